#include "program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char** environ;

namespace twoway::test {
namespace {

/// A file in memory for the output of programs. They append, because programs that write at the
/// same time would overwrite each other otherwise.
int memory_file(const char* name) {
  const int fd = memfd_create(name, MFD_CLOEXEC);
  REQUIRE(fcntl(fd, F_SETFL, O_APPEND) == 0);
  return fd;
}

/// Reads all of a memory file, and closes it.
std::string taken(int fd) {
  std::string text;
  if (fd < 0) return text;
  text.resize(static_cast<std::size_t>(lseek(fd, 0, SEEK_END)));
  REQUIRE(pread(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  close(fd);
  return text;
}

}  // namespace

std::string program_path() {
  const char* path = std::getenv("TWOWAY");
  REQUIRE(path != nullptr);
  return path;
}

std::string program_name() { return std::filesystem::path(program_path()).filename(); }

Running::Running(const Words& command, int out, const std::string& terminal) {
  int pipe_ends[2];
  REQUIRE(pipe2(pipe_ends, O_CLOEXEC) == 0);
  if (out < 0) out_ = memory_file("out");
  err_ = memory_file("err");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out < 0 ? out_ : out, 1);
  posix_spawn_file_actions_adddup2(&actions, err_, 2);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawnattr_t attributes;  // signals that this process ignores are not ignored there
  posix_spawnattr_init(&attributes);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&attributes, &all);
  short flags = POSIX_SPAWN_SETSIGDEF;
  if (!terminal.empty()) {
    flags |= POSIX_SPAWN_SETSID;
    posix_spawn_file_actions_addopen(&actions, 3, terminal.c_str(), O_RDWR, 0);
  }
  posix_spawnattr_setflags(&attributes, flags);
  const int failed = posix_spawn(&pid_, words[0], &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[0]);
  in_ = pipe_ends[1];
  REQUIRE(failed == 0);
}

void Running::send(std::string_view in) {
  std::signal(SIGPIPE, SIG_IGN);  // the program may end without reading
  while (!in.empty()) {
    const ssize_t wrote = write(in_, in.data(), in.size());
    if (wrote < 0) break;
    in.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void Running::end_input() {
  if (in_ >= 0) close(in_);
  in_ = -1;
}

Ran Running::finish(std::string_view in) {
  send(in);
  end_input();
  int status = 0;
  rusage used{};
  REQUIRE(wait4(pid_, &status, 0, &used) == pid_);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          taken(out_), taken(err_), used.ru_maxrss};
}

Words program_words(const Words& arguments) {
  Words command{program_path()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

Ran program(const Words& arguments, std::string_view in) {
  return Running(program_words(arguments)).finish(in);
}

Terminal::Terminal() : ours_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  REQUIRE(ours_ >= 0);
  REQUIRE(grantpt(ours_) == 0);
  REQUIRE(unlockpt(ours_) == 0);
  theirs_ = open(ptsname(ours_), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(theirs_ >= 0);
}

Terminal::~Terminal() {
  close(ours_);
  close(theirs_);
}

bool Terminal::can_be_made() {
  const int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0) WARN("skipped: no terminal can be made here (is /dev/pts mounted?)");
  return ours >= 0 && close(ours) == 0;
}

std::string Terminal::path() const { return ptsname(ours_); }

bool Terminal::shows_something() const {
  pollfd poll_fd{ours_, POLLIN, 0};
  return poll(&poll_fd, 1, 0) == 1;
}

bool Terminal::echoes() const {
  termios settings{};
  REQUIRE(tcgetattr(ours_, &settings) == 0);
  return (settings.c_lflag & ECHO) != 0;
}

std::string Terminal::shown() {
  while (shows_something()) {
    std::array<char, 4096> text{};
    const ssize_t got = read(ours_, text.data(), text.size());
    REQUIRE(got > 0);
    seen_.append(text.data(), static_cast<std::size_t>(got));
  }
  return seen_;
}

void Terminal::wait_for(const std::string& words) {
  wait_until([&] { return shown().find(words) != std::string::npos; });
  seen_.clear();
}

void Terminal::type(std::string_view keys) const {
  REQUIRE(write(ours_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

Ran shell(const std::string& command) { return Running({"/bin/sh", "-c", command}).finish(); }

Folder::Folder() : path_("/tmp/twoway-cli-XXXXXX") {
  REQUIRE(mkdtemp(path_.data()) != nullptr);
  std::filesystem::current_path(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::current_path("/", ignored);
  std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

void write_secret(const std::string& path, std::string_view content) {
  write_file(path, content);
  REQUIRE(chmod(path.c_str(), 0600) == 0);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

bool exists(const std::string& path) {
  return std::filesystem::exists(std::filesystem::symlink_status(path));
}

unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

Words names_here() {
  Words names;
  for (const auto& entry : std::filesystem::directory_iterator(".")) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string flipped(std::string content, std::size_t position) {
  content.at(position) = static_cast<char>(content[position] ^ 1);
  return content;
}

const core::Provider* provider_of(core::KemId kem) {
  for (const core::Provider* provider : built::providers()) {
    if (offers(*provider, {kem, core::KdfId::hkdf_sha256, core::AeadId::chacha20_poly1305})) {
      return provider;
    }
  }
  return nullptr;
}

bool none_built() { return provider_of(core::KemId::dhkem_x25519) == nullptr; }

void make_receiver() {
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", "key.pem"}), 0);
  REQUIRE_RAN(program({"config", "--key", "key.pem", "--key-id", "1", "--algorithms",
                       "hkdf-sha256:chacha20-poly1305", "--out", "gateway.ohttp-keys"}),
              0);
}

Words seal_to(const std::string& out, const std::string& state, const Words& more) {
  Words words{"seal-request", "--config", "gateway.ohttp-keys", "--out", out, "--state", state};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

void make_request() {
  REQUIRE_RAN(program(seal_to("request.bin", "sender.state", {"--force"}), "question"), 0);
}

void open_made_request() {
  REQUIRE_RAN(program({"open-request", "--key", "key.pem", "--key-id", "1", "--in", "request.bin",
                       "--out", "question.txt", "--state", "receiver.state", "--force"}),
              0);
}

}  // namespace twoway::test

#include "output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

#include "failure.hpp"

namespace twoway::cli {
namespace {

constexpr const char* kStdout = "standard output";

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

mode_t default_mode() {
  const mode_t mask = umask(077);
  umask(mask);
  return 0666 & ~mask;
}

/// False, with errno set, where not all could be written.
bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return true;
}

/// Makes a new name durable. Not every file system can sync a folder, and the content is safe
/// already, so a failure is none of ours.
void sync_folder(const std::string& path) {
  const Descriptor folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) static_cast<void>(fsync(folder.get()));
}

Failure already_there(const std::string& name) {
  return {Exit::io, name + ": exists already: choose another name, or replace it with --force"};
}

}  // namespace

Output::Output(const std::optional<std::string>& path, const OutputRules& rules)
    : name_(path.value_or("-")), target_(name_), replace_(rules.replace) {
  if (name_ == "-") {
    name_ = kStdout;
    target_.clear();
    fd_ = Descriptor::borrow(STDOUT_FILENO);
    if (!path && !rules.terminal && isatty(STDOUT_FILENO) != 0) {
      throw Failure(Exit::usage,
                    "standard output is a terminal, and this is not text: name a file with --out, "
                    "or insist with --out -");
    }
    return;
  }
  struct stat link {};
  struct stat info {};
  const bool there = lstat(target_.c_str(), &link) == 0;
  const bool leads = there && stat(target_.c_str(), &info) == 0;
  if (leads && S_ISDIR(info.st_mode)) {
    throw Failure(Exit::io, name_ + ": is a folder: name a file in it");
  }
  if (there && !replace_) throw already_there(name_);
  if (leads && !S_ISREG(info.st_mode)) {
    open_direct(rules);
    return;
  }
  if (leads && access(target_.c_str(), W_OK) != 0) fail("cannot be written");
  if (leads && S_ISLNK(link.st_mode) && !rules.secret) {
    std::array<char, PATH_MAX> real{};
    if (realpath(target_.c_str(), real.data()) == nullptr) fail("cannot be written");
    target_ = real.data();
  }
  if (!rules.secret) mode_ = leads ? info.st_mode & 0777 : default_mode();
  stage();
}

void Output::fail(const std::string& did) const {
  throw Failure(Exit::io, name_ + ": " + did + ": " + std::strerror(errno));
}

void Output::open_direct(const OutputRules& rules) {
  fd_ = Descriptor(open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd_) fail("cannot be written");
  if (!rules.terminal && isatty(fd_.get()) != 0) {
    throw Failure(Exit::usage, name_ + ": is a terminal, and this is not text: name a file");
  }
}

void Output::stage() {
  std::string temp = folder_of(target_) + "/.twoway-XXXXXX";
  const SignalsHeld held;
  fd_ = Descriptor(mkostemp(temp.data(), O_CLOEXEC));  // 0600
  if (!fd_) fail("cannot be written");
  temp_.doom(temp);
  staged_ = true;
}

bool Output::same_file(const Output& other) const {
  if (target_.empty() || other.target_.empty()) return target_ == other.target_;
  struct stat a {};
  struct stat b {};
  const auto folder_and_base = [](const std::string& path, struct stat& folder) {
    stat(folder_of(path).c_str(), &folder);
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  };
  const bool same_base = folder_and_base(target_, a) == folder_and_base(other.target_, b);
  return staged() && other.staged() && same_base && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void Output::write(ByteView bytes) {
  if (!write_all(fd_.get(), bytes)) fail("cannot be written");
}

/// Brings all to its place on the disk, or into the pipe.
void Output::finish() {
  const bool synced = !staged() || (fchmod(fd_.get(), mode_) == 0 && fsync(fd_.get()) == 0);
  if (!synced || !fd_.close()) fail("cannot be written");
}

// link(2) gives a name only where it is free, rename(2) takes it over: either is one step.
void Output::place() {
  if (!replace_) {
    if (link(temp_.path().c_str(), target_.c_str()) != 0) {
      if (errno == EEXIST) throw already_there(name_);
      fail("cannot be written");
    }
    placed_ = true;
    temp_.remove();
  } else {
    const std::string old = temp_.path() + "~";
    if (link(target_.c_str(), old.c_str()) == 0) old_.doom(old);
    if (rename(temp_.path().c_str(), target_.c_str()) != 0) fail("cannot be written");
    placed_ = true;
    temp_.spare();
  }
  sync_folder(target_);
}

void Output::take_back() noexcept {
  if (!placed_) return;
  if (old_.path().empty()) {
    unlink(target_.c_str());
  } else {
    static_cast<void>(rename(old_.path().c_str(), target_.c_str()));
    old_.spare();  // where that failed, the old content stays under its second name
  }
}

Names::~Names() {
  for (Output* output : given_) output->take_back();
}

void Names::give(std::initializer_list<Output*> outputs) {
  for (Output* output : outputs) output->finish();
  const SignalsHeld held;
  for (Output* output : outputs) {
    if (!output->staged()) continue;
    output->place();
    given_.push_back(output);
  }
}

void publish(Output& output, ByteView bytes) {
  output.write(bytes);
  Names names;
  names.give({&output});
  names.keep();
}

void print(const std::string& text) {
  Output output(std::nullopt, {.terminal = true});
  publish(output, core::as_bytes(text));
}

}  // namespace twoway::cli

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
#include "folders.hpp"
#include "tpm_keys.hpp"

namespace twoway::cli {
namespace {

constexpr const char* kStdout = "standard output";

mode_t default_mode() {
  const mode_t mask = umask(077);
  umask(mask);
  return 0666 & ~mask;
}

Failure already_there(const std::string& name) {
  return {Exit::io, name + ": exists already: name another file, or replace it with --force"};
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
  if (is_token_uri(target_) || is_tpm_handle(target_)) {
    throw Failure(Exit::usage, name_ + ": names a key in a token or TPM: name a file, or write ./" +
                                   name_ + " for a file of this name");
  }
  struct stat link {};
  struct stat info {};
  const bool there = lstat(target_.c_str(), &link) == 0;
  const bool leads = there && stat(target_.c_str(), &info) == 0;
  if (leads && S_ISDIR(info.st_mode)) {
    throw Failure(Exit::io, name_ + ": is a folder: name a file in it");
  }
  if (leads && !S_ISREG(info.st_mode)) {
    open_direct(rules);
    return;
  }
  if (there && !replace_) throw already_there(name_);
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
  const int error = errno;
  const std::string line = name_ + ": " + did + ": " + std::strerror(error);
  if (error == EPIPE) throw ClosedPipe(Exit::io, line);
  throw Failure(Exit::io, line);
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

bool Output::is_terminal() const noexcept { return !staged_ && isatty(fd_.get()) != 0; }

void Output::write(ByteView bytes) {
  if (!write_all(fd_.get(), bytes)) fail("cannot be written");
}

void Output::finish() {
  if (!fd_) return;
  const bool synced = !staged() || (fchmod(fd_.get(), mode_) == 0 && fsync(fd_.get()) == 0);
  if (!synced || !fd_.close()) fail("cannot be written");
}

/// Gives the file of this name a second name and returns that, or "" if there is no such file. If
/// the file system has no hard links, renames the file.
std::string Output::set_aside() const {
  const std::string old = temp_.path() + "~";
  if (link(target_.c_str(), old.c_str()) == 0) return old;
  struct stat info {};
  if (lstat(target_.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    fail("cannot be written");
  }
  if (S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    fail("cannot be written");
  }
  if (rename(target_.c_str(), old.c_str()) != 0) fail("cannot be written");
  return old;
}

void Output::place() {
  const std::string temp = temp_.path();
  std::string old;
  if (replace_) {
    old = set_aside();
    if (rename(temp.c_str(), target_.c_str()) != 0) {
      const int error = errno;
      if (!old.empty()) {
        // If both names belong to one file, rename(2) leaves both.
        static_cast<void>(rename(old.c_str(), target_.c_str()));
        unlink(old.c_str());
      }
      errno = error;
      fail("cannot be written");
    }
  } else if (!rename_to_free(temp, target_)) {
    if (errno == EEXIST) throw already_there(name_);
    fail("cannot be written");
  }
  named_.doom(target_, old);
  temp_.spare();
}

NamingTransaction::~NamingTransaction() {
  if (named_outputs_.empty()) return;
  std::vector<std::string> files;
  for (const Output* output : named_outputs_) files.push_back(output->target_);
  Folders folders(files);
  folders.lock();
  std::for_each(named_outputs_.rbegin(), named_outputs_.rend(),
                [](Output* output) { output->named_.remove(); });
}

void NamingTransaction::name(const std::vector<Output*>& outputs) {
  std::vector<std::string> files;
  for (Output* output : outputs) {
    output->finish();
    if (output->staged()) files.push_back(output->target_);
  }
  named_outputs_.reserve(named_outputs_.size() + files.size());
  Folders folders(files);
  if (!folders.lock()) {
    throw Failure(Exit::io, folder_of(files.front()) +
                                ": another program keeps this folder locked: try again");
  }
  const SignalsHeld held;
  for (Output* output : outputs) {
    if (!output->staged()) continue;
    output->place();
    named_outputs_.push_back(output);
  }
  folders.sync();
}

void NamingTransaction::commit() noexcept {
  for (Output* output : named_outputs_) output->named_.spare();
  named_outputs_.clear();
}

void publish(Output& output, ByteView bytes) {
  output.write(bytes);
  NamingTransaction naming;
  naming.name({&output});
  naming.commit();
}

void print(const std::string& text) {
  Output output(std::nullopt, {.terminal = true});
  publish(output, core::as_bytes(text));
}

}  // namespace twoway::cli

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <twoway/core/lasting.hpp>
#include <twoway/core/secret_source.hpp>

namespace twoway::core {
namespace {

Status bounded(const SecretBuffer& secret) noexcept {
  if (secret.size() <= kMaxPassphrase) return {};
  return Error{Errc::key_unavailable,
               "the PIN or pass phrase has over 1024 bytes: check its source"};
}

class FileSecret final : public SecretSource {
 public:
  explicit FileSecret(std::string path) noexcept : path_(std::move(path)) {}

  Status read(SecretBuffer& secret) noexcept override {
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return unreadable();
    secret.resize(kMaxPassphrase + 3);  // a line end, and a byte too many
    std::size_t size = 0;
    ssize_t got = 1;
    while (size < secret.size() && got != 0) {
      got = ::read(file, secret.data() + size, secret.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        const Error error = unreadable();
        ::close(file);
        return error;
      }
      size += static_cast<std::size_t>(got);
    }
    ::close(file);
    wipe(ByteSpan(secret).subspan(size));
    secret.resize(size);
    remove_line_end(secret);
    return bounded(secret);
  }

 private:
  static Error unreadable() noexcept {
    constexpr const char* kUnreadable = "the file of the PIN or pass phrase cannot be read";
    const int error = errno;
    const std::string reason = std::generic_category().message(error);
    return {Errc::key_unavailable, lasting(std::string(kUnreadable) + ": " + reason, kUnreadable),
            static_cast<std::uint64_t>(error)};
  }

  std::string path_;
};

class EnvironmentSecret final : public SecretSource {
 public:
  explicit EnvironmentSecret(std::string name) noexcept : name_(std::move(name)) {}

  Status read(SecretBuffer& secret) noexcept override {
    const char* value = std::getenv(name_.c_str());
    if (value == nullptr) {
      return Error{Errc::key_unavailable,
                   "the environment variable of the PIN or pass phrase is not set"};
    }
    const ByteView bytes = as_bytes(value);
    secret.assign(bytes.begin(), bytes.end());
    return bounded(secret);
  }

 private:
  std::string name_;
};

class FunctionSecret final : public SecretSource {
 public:
  explicit FunctionSecret(std::function<Status(SecretBuffer&)> function) noexcept
      : function_(std::move(function)) {}

  Status read(SecretBuffer& secret) noexcept override {
    if (!function_)
      return Error{Errc::invalid_argument, "the source of the PIN or pass phrase has no function"};
    const Status s = function_(secret);
    return s ? bounded(secret) : s;
  }

 private:
  std::function<Status(SecretBuffer&)> function_;
};

}  // namespace

std::shared_ptr<SecretSource> secret_from_file(std::string path) {
  return std::make_shared<FileSecret>(std::move(path));
}

std::shared_ptr<SecretSource> secret_from_environment(std::string name) {
  return std::make_shared<EnvironmentSecret>(std::move(name));
}

std::shared_ptr<SecretSource> secret_from_function(
    std::function<Status(SecretBuffer& secret)> function) {
  return std::make_shared<FunctionSecret>(std::move(function));
}

void remove_line_end(SecretBuffer& secret) noexcept {
  if (secret.empty() || secret.back() != '\n') return;
  const std::size_t size = secret.size();
  secret.resize(size > 1 && secret[size - 2] == '\r' ? size - 2 : size - 1);
}

}  // namespace twoway::core

// PIN sources.
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <twoway/pkcs11.hpp>

#include "codes.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::SecretBuffer;
using core::Status;

class FilePin final : public PinSource {
 public:
  explicit FilePin(std::string path) noexcept : path_(std::move(path)) {}

  Status read(SecretBuffer& pin) noexcept override {
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return unreadable();
    pin.resize(core::kMaxPassphrase + 2);  // a line end, or a byte too many
    std::size_t size = 0;
    ssize_t got = 1;
    while (size < pin.size() && got != 0) {
      got = ::read(file, pin.data() + size, pin.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        const Error error = unreadable();
        ::close(file);
        return error;
      }
      size += static_cast<std::size_t>(got);
    }
    ::close(file);
    if (size > 0 && pin[size - 1] == '\n') {
      --size;
      if (size > 0 && pin[size - 1] == '\r') --size;
    }
    if (size > core::kMaxPassphrase)
      return Error{Errc::key_unavailable, "the PIN file is too long: check its path"};
    core::wipe(core::ByteSpan(pin).subspan(size));
    pin.resize(size);
    return {};
  }

 private:
  static Error unreadable() noexcept {
    constexpr const char* kUnreadable = "the PIN file cannot be read";
    const int error = errno;
    const std::string reason = std::generic_category().message(error);
    return {Errc::key_unavailable, lasting(std::string(kUnreadable) + ": " + reason, kUnreadable),
            static_cast<std::uint64_t>(error)};
  }

  std::string path_;
};

class EnvironmentPin final : public PinSource {
 public:
  explicit EnvironmentPin(std::string name) noexcept : name_(std::move(name)) {}

  Status read(SecretBuffer& pin) noexcept override {
    const char* value = std::getenv(name_.c_str());
    if (value == nullptr) {
      return Error{Errc::key_unavailable, "the environment variable of the PIN is not set"};
    }
    const core::ByteView bytes = core::as_bytes(value);
    pin.assign(bytes.begin(), bytes.end());
    return {};
  }

 private:
  std::string name_;
};

class FunctionPin final : public PinSource {
 public:
  explicit FunctionPin(std::function<Status(SecretBuffer&)> function) noexcept
      : function_(std::move(function)) {}

  Status read(SecretBuffer& pin) noexcept override {
    if (!function_) return Error{Errc::invalid_argument, "the PIN source has no function"};
    return function_(pin);
  }

 private:
  std::function<Status(SecretBuffer&)> function_;
};

}  // namespace

std::shared_ptr<PinSource> pin_from_file(std::string path) {
  return std::make_shared<FilePin>(std::move(path));
}

std::shared_ptr<PinSource> pin_from_environment(std::string name) {
  return std::make_shared<EnvironmentPin>(std::move(name));
}

std::shared_ptr<PinSource> pin_from_function(std::function<Status(SecretBuffer& pin)> function) {
  return std::make_shared<FunctionPin>(std::move(function));
}

}  // namespace twoway::pkcs11

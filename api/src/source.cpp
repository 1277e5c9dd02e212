#include <algorithm>
#include <cerrno>
#include <istream>

#include <unistd.h>

#include <twoway/source.hpp>

namespace twoway {
namespace {

class MemorySource final : public Source {
 public:
  explicit MemorySource(ByteView bytes) noexcept : rest_(bytes) {}
  Result<SourceRead> read(ByteSpan out) noexcept override {
    const std::size_t size = std::min(out.size(), rest_.size());
    std::copy_n(rest_.begin(), size, out.begin());
    rest_ = rest_.subspan(size);
    return SourceRead{size, rest_.empty() ? End::yes : End::no};
  }
  std::optional<std::uint64_t> remaining() const noexcept override { return rest_.size(); }
  std::optional<ByteView> memory() const noexcept override { return rest_; }

 private:
  ByteView rest_;
};

class DescriptorSource final : public Source {
 public:
  explicit DescriptorSource(int descriptor) noexcept : descriptor_(descriptor) {}
  Result<SourceRead> read(ByteSpan out) noexcept override {
    while (!ended_) {
      const ssize_t got = ::read(descriptor_, out.data(), out.size());
      if (got > 0) return SourceRead{static_cast<std::size_t>(got)};
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return Error{Errc::source_failed, "the file, pipe or socket could not be read",
                     static_cast<std::uint64_t>(errno)};
      }
      ended_ = true;  // a terminal would wait again
    }
    return SourceRead{0, End::yes};
  }

 private:
  int descriptor_;
  bool ended_ = false;
};

class StreamSource final : public Source {
 public:
  explicit StreamSource(std::istream& stream) noexcept : stream_(stream) {}
  Result<SourceRead> read(ByteSpan out) noexcept override {
    if (ended_) return SourceRead{0, End::yes};
    auto* const to = reinterpret_cast<char*>(out.data());
    const auto most = static_cast<std::streamsize>(out.size());
    std::streamsize got = 0;
    if (stream_.peek() != std::istream::traits_type::eof()) {  // waits for the first byte
      got = stream_.readsome(to, most);
      if (got == 0) got = stream_.read(to, most).gcount();
    }
    if (stream_.bad()) return Error{Errc::source_failed, "the standard stream could not be read"};
    ended_ = got == 0;
    return SourceRead{static_cast<std::size_t>(got)};
  }

 private:
  std::istream& stream_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Source> from_memory(ByteView bytes) noexcept {
  return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<Source> from_descriptor(int descriptor) noexcept {
  return std::make_unique<DescriptorSource>(descriptor);
}

std::unique_ptr<Source> from_istream(std::istream& stream) noexcept {
  return std::make_unique<StreamSource>(stream);
}

}  // namespace twoway

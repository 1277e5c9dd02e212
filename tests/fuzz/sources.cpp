#include "sources.hpp"

#include <algorithm>
#include <sstream>
#include <string>

namespace twoway::fuzz {
namespace {

/// Gives the bytes in pieces, until the end or the failure.
class Pieces {
 public:
  Pieces(ByteView bytes, const Plan& plan) : rest_(bytes), plan_(plan) {
    if (plan_.fails_at) rest_ = rest_.first(std::min(*plan_.fails_at, rest_.size()));
  }

  Result<SourceRead> operator()(ByteSpan out) noexcept {
    FUZZ_REQUIRE(!out.empty());
    if (rest_.empty() && plan_.fails_at) {
      if (plan_.overflows) return SourceRead{out.size() + 1};
      return kSourceError;
    }
    const std::size_t piece = plan_.pieces[reads_++ % plan_.pieces.size()];
    const std::size_t size = std::min({out.size(), rest_.size(), piece == 0 ? 256 : piece});
    std::copy_n(rest_.begin(), size, out.begin());
    rest_ = rest_.subspan(size);
    const bool ends = rest_.empty() && !plan_.fails_at && (plan_.end_with_data || size == 0);
    return SourceRead{size, ends ? End::yes : End::no};
  }

 private:
  ByteView rest_;
  Plan plan_;
  std::size_t reads_ = 0;
};

class StringSource final : public Source {
 public:
  explicit StringSource(ByteView bytes) : stream_(std::string(bytes.begin(), bytes.end())) {}
  Result<SourceRead> read(ByteSpan out) noexcept override { return source_->read(out); }

 private:
  std::istringstream stream_;
  std::unique_ptr<Source> source_ = from_istream(stream_);
};

class LoggedSource final : public Source {
 public:
  LoggedSource(std::unique_ptr<Source> source, Log& log) : source_(std::move(source)), log_(log) {}

  Result<SourceRead> read(ByteSpan out) noexcept override {
    FUZZ_REQUIRE(!out.empty() && !log_.error);
    const Result<SourceRead> got = source_->read(out);
    if (!got) {
      log_.error = got.error().code;
    } else if (got->size > out.size()) {
      log_.error = core::Errc::source_failed;
    } else {
      log_.reads.push_back({got->size, got->size == 0 ? End::yes : got->end});
    }
    return got;
  }
  std::optional<std::uint64_t> remaining() const noexcept override { return source_->remaining(); }
  std::optional<ByteView> memory() const noexcept override {
    const auto memory = source_->memory();
    if (memory) log_.reads = {{memory->size(), End::yes}};
    return memory;
  }

 private:
  std::unique_ptr<Source> source_;
  Log& log_;
};

std::unique_ptr<Source> unlogged(ByteView bytes, const Plan& plan) {
  switch (plan.kind) {
    case Plan::Kind::memory: return from_memory(bytes);
    case Plan::Kind::istream: return std::make_unique<StringSource>(bytes);
    case Plan::Kind::known_size: return from_function(Pieces(bytes, plan), plan.size);
    case Plan::Kind::pieces: return from_function(Pieces(bytes, plan));
    case Plan::Kind::bare_size: break;
  }
  return from_function(
      [pieces = Pieces(bytes, plan)](ByteSpan out) mutable noexcept -> Result<std::size_t> {
        const Result<SourceRead> got = pieces(out);
        if (!got) return got.error();
        return got->size;
      });
}

}  // namespace

std::unique_ptr<Source> make_source(ByteView bytes, const Plan& plan, Log& log) {
  log = {};
  return std::make_unique<LoggedSource>(unlogged(bytes, plan), log);
}

}  // namespace twoway::fuzz

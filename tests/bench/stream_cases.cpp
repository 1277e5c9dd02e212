#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <twoway/stream.hpp>

#include "cases.hpp"
#include "pair.hpp"
#include "stream_maker.hpp"

namespace twoway::bench {
namespace {

constexpr std::array<std::size_t, 4> kChunkSizes{1024, 4 * 1024, 16 * 1024, 64 * 1024};
constexpr std::array<std::uint8_t, core::kMaxNk> kKey{};
constexpr std::array<std::uint8_t, core::kMaxNn> kNonce{};

/// The size of the buffer of a stream's reader.
constexpr std::size_t kReadSize = 256 * 1024;

/// Messages of full chunks under one AEAD, from both sides. The raw side seals and opens texts of
/// the same sizes, at the same distances, in place or from one buffer into another, as ours does.
/// Each object serves one side of one pair.
class Case {
 public:
  Case(const RawLibrary& library, const core::Aead& aead, std::size_t chunk)
      : aead_(aead),
        chunk_(chunk),
        limits_{.max_chunk = chunk},
        sealed_(sealer().max_sealed_size()),
        raw_sealer_(library.aead(aead.params().id, Direction::seal)),
        raw_opener_(library.aead(aead.params().id, Direction::open)),
        out_(kReadSize) {
    raw_sealer_->set_key(key());
    raw_opener_->set_key(key());
  }

  /// Room for `count` chunks, sealed or not.
  void make(std::size_t count) {
    if (message_.size() >= count * sealed_) return;
    message_.resize(count * sealed_);
    plaintext_.resize(count * chunk_);
  }

  /// `count` chunks, sealed in place by the one side or the other.
  void raw_push_seal(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      raw_sealer_->seal(text(i), tag(i), nonce(), text(i));
    }
  }
  void our_push_seal(std::size_t count) {
    const std::size_t head = sealer_->prefix_size(chunk_, Last::no);
    for (std::size_t i = 0; i < count; ++i) {
      const ByteSpan chunk = sealed(i);
      require(sealer_->seal(chunk, chunk.subspan(head, chunk_), Last::no).ok());
    }
  }

  void raw_push_open(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      raw_opener_->open(text(i), nonce(), text(i), tag(i));
    }
  }
  void our_push_open(std::size_t count) {
    ByteSpan rest = ByteSpan(message_).first(count * sealed_);
    for (std::size_t i = 0; i < count; ++i) {
      const auto step = opener_->open_in_place(rest, End::no);
      require(step.ok() && step->state == ChunkOpener::State::chunk);
      rest = rest.subspan(step->consumed);
    }
  }

  /// From the plaintext in memory to a reader's buffer, again and again.
  void raw_pull_seal(std::size_t count) {
    const std::size_t tag_at = chunk_;
    for (std::size_t i = 0; i < count; ++i) {
      const ByteSpan out = place(i);
      raw_sealer_->seal(out.first(chunk_), out.subspan(tag_at, aead_.params().nt), nonce(),
                        ByteView(plaintext_).subspan(i * chunk_, chunk_));
    }
  }
  void our_pull_seal(std::size_t) { read_all(*seal_stream_); }

  /// From the message in memory to a reader's buffer.
  void raw_pull_open(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      raw_opener_->open(place(i).first(chunk_), nonce(), text(i), tag(i));
    }
  }
  void our_pull_open(std::size_t) { read_all(*open_stream_); }

  void start_push() {
    sealer_.emplace(sealer());
    opener_.emplace(take(ChunkOpener::create(open_sequence(), limits_)));
  }
  void start_seal_stream(std::size_t count) {
    seal_stream_.emplace(take(
        StreamMaker::seal(Form::chunked, from_memory(ByteView(plaintext_).first(count * chunk_)),
                          {}, seal_sequence(), options())));
  }
  void start_open_stream(std::size_t count) {
    start_seal_stream(count);
    std::size_t size = 0;
    while (true) {
      const std::size_t got = take(seal_stream_->read(ByteSpan(message_).subspan(size)));
      if (got == 0 || size + got == message_.size()) {
        size += got;
        break;
      }
      size += got;
    }
    open_stream_.emplace(
        take(StreamMaker::open(Form::chunked, from_memory(ByteView(message_).first(size)),
                               framing::factory_of(open_sequence()), options())));
  }

 private:
  template <typename T>
  static T take(Result<T> result) {
    require(result.ok());
    return std::move(*result);
  }

  template <typename Stream>
  void read_all(Stream& stream) {
    while (take(stream.read(out_)) != 0) {
    }
  }

  ByteView key() const { return ByteView(kKey).first(aead_.params().nk); }
  ByteView nonce() const { return ByteView(kNonce).first(aead_.params().nn); }
  StreamOptions options() const { return {.limits = limits_}; }
  core::SealSequence seal_sequence() const {
    return take(core::SealSequence::create(aead_, key(), nonce()));
  }
  core::OpenSequence open_sequence() const {
    return take(core::OpenSequence::create(aead_, key(), nonce()));
  }
  ChunkSealer sealer() const { return take(ChunkSealer::create(seal_sequence(), limits_)); }

  ByteSpan sealed(std::size_t i) { return ByteSpan(message_).subspan(i * sealed_, sealed_); }
  ByteSpan text(std::size_t i) {
    return sealed(i).subspan(sealed_ - chunk_ - aead_.params().nt, chunk_);
  }
  ByteSpan tag(std::size_t i) { return sealed(i).last(aead_.params().nt); }
  ByteSpan place(std::size_t i) {
    return ByteSpan(out_).subspan(i % (kReadSize / sealed_) * sealed_, sealed_);
  }

  const core::Aead& aead_;
  std::size_t chunk_;
  ChunkLimits limits_;
  std::size_t sealed_;
  std::unique_ptr<RawAead> raw_sealer_, raw_opener_;
  Bytes message_, plaintext_, out_;
  std::optional<ChunkSealer> sealer_;
  std::optional<ChunkOpener> opener_;
  std::optional<SealStream> seal_stream_;
  std::optional<OpenStream> open_stream_;
};

using Cases = std::shared_ptr<Case>;

Pair push_seal(const Cases& raw, const Cases& ours) {
  return {{[raw](std::size_t count) { raw->raw_push_seal(count); },
           [raw](std::size_t count) { raw->make(count); }},
          {[ours](std::size_t count) { ours->our_push_seal(count); },
           [ours](std::size_t count) {
             ours->make(count);
             ours->start_push();
           }}};
}

Pair push_open(const Cases& raw, const Cases& ours) {
  return {{[raw](std::size_t count) { raw->raw_push_open(count); },
           [raw](std::size_t count) {
             raw->make(count);
             raw->raw_push_seal(count);
           }},
          {[ours](std::size_t count) { ours->our_push_open(count); },
           [ours](std::size_t count) {
             ours->make(count);
             ours->start_push();
             ours->our_push_seal(count);
           }}};
}

Pair pull_seal(const Cases& raw, const Cases& ours) {
  return {{[raw](std::size_t count) { raw->raw_pull_seal(count); },
           [raw](std::size_t count) { raw->make(count); }},
          {[ours](std::size_t count) { ours->our_pull_seal(count); },
           [ours](std::size_t count) {
             ours->make(count);
             ours->start_seal_stream(count);
           }}};
}

Pair pull_open(const Cases& raw, const Cases& ours) {
  return {{[raw](std::size_t count) { raw->raw_pull_open(count); },
           [raw](std::size_t count) {
             raw->make(count);
             raw->raw_push_seal(count);
           }},
          {[ours](std::size_t count) { ours->our_pull_open(count); },
           [ours](std::size_t count) {
             ours->make(count);
             ours->start_open_stream(count);
           }}};
}

}  // namespace

void add_stream_pairs(const RawLibrary& library) {
  const core::Provider& provider = library.provider();
  constexpr std::array<std::pair<const char*, Pair (*)(const Cases&, const Cases&)>, 4> kKinds{
      {{"push-seal", push_seal},
       {"push-open", push_open},
       {"pull-seal", pull_seal},
       {"pull-open", pull_open}}};
  for (const core::AeadParams& row : core::aead_table()) {
    const core::Aead* aead = provider.aead(row.id);
    if (aead == nullptr) continue;
    for (const std::size_t size : kChunkSizes) {
      for (const auto& [kind, pair_of] : kKinds) {
        const std::string name = std::string(provider.name()) + "/" + row.short_name + "/chunks-" +
                                 std::to_string(size) + "/" + kind;
        add_pair(name, [&library, aead, size, pair_of = pair_of] {
          return pair_of(std::make_shared<Case>(library, *aead, size),
                         std::make_shared<Case>(library, *aead, size));
        });
      }
    }
  }
}

}  // namespace twoway::bench

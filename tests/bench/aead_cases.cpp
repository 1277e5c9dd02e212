#include <array>
#include <optional>
#include <string>

#include <twoway/core/aead_sequence.hpp>

#include "cases.hpp"
#include "pair.hpp"

namespace twoway::bench {
namespace {

using core::ByteSpan;
using core::ByteView;

constexpr std::array<std::size_t, 4> kSizes{64, 1024, 16 * 1024, 1024 * 1024};
constexpr std::array<std::uint8_t, core::kMaxNk> kKey{};
constexpr std::array<std::uint8_t, core::kMaxNn> kNonce{};

/// Messages side by side, each a text and its tag. Opening in place overwrites a sealed message, so
/// a slice needs as many messages as it opens.
class Messages {
 public:
  Messages(std::size_t text, std::size_t tag) : text_(text), tag_(tag) {}

  void make(std::size_t count) {
    if (bytes_.size() < count * (text_ + tag_)) bytes_.resize(count * (text_ + tag_));
  }
  ByteSpan whole(std::size_t i) {
    return ByteSpan(bytes_).subspan(i * (text_ + tag_), text_ + tag_);
  }
  ByteSpan text(std::size_t i) { return whole(i).first(text_); }
  ByteSpan tag(std::size_t i) { return whole(i).last(tag_); }

 private:
  std::size_t text_, tag_;
  core::Bytes bytes_;
};

/// One AEAD and one size, from both sides. Each object serves one side of one pair.
class Case {
 public:
  Case(const RawLibrary& library, const core::Aead& aead, std::size_t size)
      : aead_(aead),
        messages_(size, aead.params().nt),
        raw_sealer_(library.aead(aead.params().id, Direction::seal)),
        raw_opener_(library.aead(aead.params().id, Direction::open)) {
    raw_sealer_->set_key(key());
    raw_opener_->set_key(key());
    restart();
  }

  void make(std::size_t count) { messages_.make(count); }

  void raw_seal(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      raw_sealer_->seal(messages_.text(i), messages_.tag(i), nonce(), messages_.text(i));
    }
  }

  void raw_open(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      raw_opener_->open(messages_.text(i), nonce(), messages_.text(i), messages_.tag(i));
    }
  }

  void our_seal(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      require(sealer_->seal(messages_.whole(i), {}, messages_.text(i)).ok());
    }
  }

  void our_open(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      require(opener_->open(messages_.whole(i), {}, messages_.whole(i)).ok());
    }
  }

  /// Starts both sequences anew, so that one opens the messages that the other seals.
  void restart() {
    auto sealer = core::SealSequence::create(aead_, key(), nonce());
    auto opener = core::OpenSequence::create(aead_, key(), nonce());
    require(sealer.ok() && opener.ok());
    sealer_.emplace(std::move(*sealer));
    opener_.emplace(std::move(*opener));
  }

 private:
  ByteView key() const { return ByteView(kKey).first(aead_.params().nk); }
  ByteView nonce() const { return ByteView(kNonce).first(aead_.params().nn); }

  const core::Aead& aead_;
  Messages messages_;
  std::unique_ptr<RawAead> raw_sealer_, raw_opener_;
  std::optional<core::SealSequence> sealer_;
  std::optional<core::OpenSequence> opener_;
};

Pair seal_pair(const std::shared_ptr<Case>& raw, const std::shared_ptr<Case>& ours) {
  return {{[raw](std::size_t count) { raw->raw_seal(count); },
           [raw](std::size_t count) { raw->make(count); }},
          {[ours](std::size_t count) { ours->our_seal(count); },
           [ours](std::size_t count) { ours->make(count); }}};
}

Pair open_pair(const std::shared_ptr<Case>& raw, const std::shared_ptr<Case>& ours) {
  return {{[raw](std::size_t count) { raw->raw_open(count); },
           [raw](std::size_t count) {
             raw->make(count);
             raw->raw_seal(count);
           }},
          {[ours](std::size_t count) { ours->our_open(count); },
           [ours](std::size_t count) {
             ours->make(count);
             ours->restart();
             ours->our_seal(count);
           }}};
}

}  // namespace

void add_aead_pairs(const RawLibrary& library) {
  const core::Provider& provider = library.provider();
  for (const core::AeadParams& row : core::aead_table()) {
    const core::Aead* aead = provider.aead(row.id);
    if (aead == nullptr) continue;
    for (const std::size_t size : kSizes) {
      const auto add = [&, size](const char* what, auto pair_of) {
        const std::string name = std::string(provider.name()) + "/" + row.short_name + "/" +
                                 std::to_string(size) + "/" + what;
        add_pair(name, [&library, aead, size, pair_of] {
          return pair_of(std::make_shared<Case>(library, *aead, size),
                         std::make_shared<Case>(library, *aead, size));
        });
      };
      add("seal", seal_pair);
      add("open", open_pair);
    }
  }
}

}  // namespace twoway::bench

// Handles of the C interface with a model of each: the status that its next call must return, and
// the state that it must leave.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <twoway/twoway.h>

#include "choices.hpp"

namespace twoway::fuzz {

using core::Bytes;
using core::ByteView;

/// A message that was sealed to its end.
struct Sent {
  bool chunked = false;      ///< by its media type
  bool in_chunks = false;    ///< by its sealed bytes
  std::size_t prefix = 0;    ///< bytes before its sealed text
  std::size_t exchange = 0;  ///< the exchange that it belongs to
  Bytes bytes = {};
  Bytes text = {};
};
using SentPtr = std::shared_ptr<const Sent>;

/// The statuses with which a call may fail. None if it must succeed.
class Expect {
 public:
  Expect& fails(bool condition, twoway_status status) {
    if (condition) statuses_.push_back(status);
    return *this;
  }
  /// Checks the status of a call, and returns true if the call succeeded.
  bool judge(twoway_status got, const twoway_error& error) const {
    FUZZ_REQUIRE(error.status == got && error.message != nullptr);
    FUZZ_REQUIRE((got == TWOWAY_OK) == (*error.message == '\0'));
    if (statuses_.empty()) FUZZ_REQUIRE(got == TWOWAY_OK);
    if (!statuses_.empty()) FUZZ_REQUIRE(std::ranges::count(statuses_, got) != 0);
    return got == TWOWAY_OK;
  }

 private:
  std::vector<twoway_status> statuses_;
};

/// An output of exactly its capacity, which may be too small or 0, or NULL.
class Room {
 public:
  Room(Choices& choices, std::size_t needed) : needed_(needed), capacity_(needed) {
    switch (choices.below(8)) {
      case 0: capacity_ = needed == 0 ? 0 : needed - 1; break;
      case 1: capacity_ = 0; break;
      case 2: capacity_ = needed + 9; break;
      case 3:
        ++capacity_;
        null_ = true;
        break;
      default: break;
    }
    if (!null_) memory_ = std::make_unique<std::uint8_t[]>(capacity_);
  }
  std::uint8_t* data() { return memory_.get(); }
  std::size_t capacity() const { return capacity_; }
  ByteView view(std::size_t size) const { return {memory_.get(), size}; }

  void expect(Expect& expect) const {
    expect.fails(null_, TWOWAY_INVALID_ARGUMENT)
        .fails(!null_ && capacity_ < needed_, TWOWAY_BUFFER_TOO_SMALL);
  }
  /// The value that `*written` must have.
  void check(twoway_status got, std::size_t written) const {
    const bool sized = got == TWOWAY_OK || got == TWOWAY_BUFFER_TOO_SMALL;
    FUZZ_REQUIRE(written == (sized ? needed_ : 0));
  }

 private:
  std::size_t needed_;
  std::size_t capacity_;
  bool null_ = false;
  std::unique_ptr<std::uint8_t[]> memory_;
};

/// A few handles of one type, each with its model.
template <typename Handle, typename Model, void (*free)(Handle*) noexcept>
class Pool {
 public:
  struct Slot {
    Handle* handle;
    Model model;
  };

  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (const Slot& slot : slots_) free(slot.handle);
    free(nullptr);
  }

  void add(Handle* handle, Model model) {
    FUZZ_REQUIRE(handle != nullptr);
    if (slots_.size() == 6) drop(0);
    slots_.push_back({handle, std::move(model)});
  }
  /// Chooses one of them, or null for NULL.
  Slot* pick(Choices& choices) {
    const std::size_t at = choices.below(slots_.size() + 1);
    return at < slots_.size() ? &slots_[at] : nullptr;
  }
  void drop_one(Choices& choices) {
    if (!slots_.empty()) drop(choices.below(slots_.size()));
  }

 private:
  void drop(std::size_t at) {
    free(slots_[at].handle);
    slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  std::vector<Slot> slots_;
};

template <typename Slot>
auto handle_of(Slot* slot) {
  return slot == nullptr ? nullptr : slot->handle;
}

#define POOL(name, Model) Pool<name, Model, name##_free>

struct SealerModel {
  bool chunked = false;
  bool spent = false;
  std::size_t exchange = 0;
};
struct ChunkSealerModel {
  Sent message;
  bool finished = false;
  std::vector<SentPtr>* to = nullptr;
};
struct PendingModel {
  SentPtr message;
};
struct OpenerModel {
  SentPtr message;
  bool given = false;   ///< its content went to a chunked opener
  bool opened = false;  ///< its sequence was taken
  std::shared_ptr<bool> authentic = std::make_shared<bool>(false);
  bool answered = false;
};
struct ResponseOpenerModel {
  std::size_t exchange = 0;
};
/// Of every opener of chunks.
struct ChunkOpenerModel {
  SentPtr message;
  std::size_t at = 0;      ///< bytes of the message that were consumed
  std::size_t opened = 0;  ///< bytes of its text
  bool tainted = false;    ///< got other bytes than the message
  bool needs_key = false;  ///< of a chunked request
  bool has_key = true;
  bool done = false;
  bool answered = false;
  std::optional<twoway_status> failed = std::nullopt;
  std::shared_ptr<bool> authentic = std::make_shared<bool>(false);
};

/// Of both contexts of HPKE.
struct HpkeModel {
  bool same = true;  ///< they agree
  std::size_t sealed = 0;
  std::size_t opened = 0;
};

const twoway_provider* c_provider();

inline twoway_form form_of(bool chunked) {
  return chunked ? TWOWAY_FORM_CHUNKED : TWOWAY_FORM_WHOLE;
}

/// All handles, and the operations on them.
class World {
 public:
  explicit World(Choices choices);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  void run();

 private:
  using Operation = void (World::*)();
  static const std::vector<Operation>& operations();

  // One to one.
  void begin_sealing();
  void seal_request();
  void seal_at_once();
  void chunk_request();
  void take_response_opener();
  void seal_chunk();
  void begin_opening();
  void decapsulate();
  void open_request();
  void open_at_once();
  void chunk_request_opener();
  void take_response_sealer();
  void seal_response();
  void chunk_response();
  void save_states();
  void open_response();
  void chunk_response_opener();
  // Chunks that are opened.
  void open_chunk();
  void make_chunked_opener();
  void open_chunked();
  void pend_chunked();
  void decapsulate_chunked();
  void give_chunked_key();
  void answer_chunked();
  // One-to-many requests.
  void begin_sealing_body();
  void seal_body();
  void chunk_body();
  void encapsulate_key();
  void begin_opening_body();
  void decapsulate_body();
  void open_body();
  void chunk_body_opener();
  void answer_body();
  // Streams.
  struct Feed;
  void stream_request();
  void begin_from_source();
  void stream_request_opener();
  void stream_response();
  void stream_response_opener();
  void stream_body();
  void stream_body_opener();
  // HPKE by itself.
  void use_hpke();
  void use_hpke_message(twoway_hpke_sender* sender, twoway_hpke_recipient* recipient,
                        HpkeModel& model);
  // Keys, and operations without messages.
  void change_ring();
  void read_ring();
  void use_configs();
  void use_keys();
  void set_store();
  void free_one();

  Bytes text();
  SentPtr pick(const std::vector<SentPtr>& from);
  template <typename Handle, typename Open>
  void step(Handle* handle, ChunkOpenerModel& model, const Open& open);
  template <typename Stream, typename Start>
  bool start_stream(Feed& feed, bool null, bool spent, Stream** stream, const Start& start);
  template <typename Start>
  bool seal_stream(Sent message, bool null, bool spent, std::vector<SentPtr>& to,
                   const Start& start);
  template <typename Start>
  std::optional<bool> open_stream(const Sent& message, std::size_t from, bool other, bool null,
                                  bool spent, bool asks_store, const Start& start);
  void answer(twoway_response_sealer* sealer, std::size_t exchange);
  Expect& chunks_start(Expect& expect, const twoway_chunk_limits*& limits);
  static twoway_status ask_store(void* context, std::uint8_t, const std::uint8_t*, std::size_t,
                                 int* absent, std::uint64_t*) noexcept;
  twoway_status store_status() const;
  static twoway_status count_up(void* context, std::uint8_t* out, std::size_t size,
                                std::uint64_t*) noexcept;

  Choices choices_;
  twoway_status store_ = TWOWAY_OK;
  std::size_t exchanges_ = 0;
  std::uint32_t draws_ = 0;
  twoway_error error_{};
  twoway_chunk_limits limits_{};

  twoway_private_key* key_ = nullptr;
  twoway_key_ring* ring_ = nullptr;
  twoway_replay_filter* filter_ = nullptr;
  twoway_rng* rng_ = nullptr;
  twoway_request_sender* sender_ = nullptr;
  twoway_request_receiver* receiver_ = nullptr;
  twoway_multi_request_sender* multi_sender_ = nullptr;
  twoway_multi_request_receiver* multi_receiver_ = nullptr;
  std::vector<int> ring_states_ = std::vector<int>(256, -1);  // -1: no such key

  std::vector<SentPtr> requests_, responses_, bodies_, keys_;
  POOL(twoway_request_sealer, SealerModel) sealers_;
  POOL(twoway_chunk_sealer, ChunkSealerModel) chunk_sealers_;
  POOL(twoway_pending_request, PendingModel) pendings_;
  POOL(twoway_request_opener, OpenerModel) openers_;
  POOL(twoway_response_opener, ResponseOpenerModel) response_openers_;
  POOL(twoway_response_sealer, SealerModel) response_sealers_;
  POOL(twoway_chunk_opener, ChunkOpenerModel) chunk_openers_;
  POOL(twoway_chunked_request_opener, ChunkOpenerModel) chunked_openers_;
  POOL(twoway_multi_request_sealer, SealerModel) bodies_sealers_;
  POOL(twoway_pending_multi_request, PendingModel) body_pendings_;
  POOL(twoway_multi_request_opener, OpenerModel) body_openers_;
};

}  // namespace twoway::fuzz

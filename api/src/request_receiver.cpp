#include <algorithm>
#include <array>

#include <twoway/request_receiver.hpp>

#include "forms.hpp"
#include "open_whole.hpp"
#include "stream_maker.hpp"

namespace twoway {
namespace {

constexpr Error kOpenedAlready{Errc::wrong_state, "this request is opened already"};
constexpr Error kTruncatedPrefix{
    Errc::truncated,
    "the request ended within its header or enc: it was cut short, ask "
    "for it again"};

/// Fills `out` from a source. Fails with truncated if the source ends before.
Status read_all(Source& source, ByteSpan out) noexcept {
  while (!out.empty()) {
    const Result<SourceRead> got = source.read(out);
    if (!got) return got.error();
    out = out.subspan(std::min(got->size, out.size()));
    if (!out.empty() && (got->size == 0 || got->end == End::yes)) return kTruncatedPrefix;
  }
  return {};
}

}  // namespace

/// Notes that a request is authentic, unless the filter knows it.
class RequestGate final : public core::Gate {
 public:
  RequestGate(ReplayFilter* filter, std::uint8_t key_id, ByteView enc,
              std::shared_ptr<KeyProof> proof,
              std::shared_ptr<std::atomic<bool>> authentic) noexcept
      : filter_(filter),
        key_id_(key_id),
        enc_(filter == nullptr ? Bytes() : Bytes(enc.begin(), enc.end())),
        proof_(std::move(proof)),
        authentic_(std::move(authentic)) {}

  Status admit() noexcept override {
    proof_->prove();
    if (filter_ != nullptr) {
      const Result<bool> absent = filter_->insert_if_absent(key_id_, enc_);
      if (!absent) return store_failure(absent.error());
      if (!*absent) {
        return Error{Errc::replayed, "the same request was accepted before: send a new one"};
      }
    }
    *authentic_ = true;
    return {};
  }

  Error explain(const Error& error) const noexcept override { return proof_->explain(error); }

 private:
  /// A store must not decide if a message is authentic or an output too small.
  static Error store_failure(const Error& error) noexcept {
    if (error.code == Errc::filter_full) return error;
    return {Errc::provider_failure, error.message, error.native};
  }

  ReplayFilter* filter_;
  std::uint8_t key_id_;
  Bytes enc_;
  std::shared_ptr<KeyProof> proof_;
  std::shared_ptr<std::atomic<bool>> authentic_;
};

Result<core::OpenSequence> RequestOpener::take_sequence() noexcept {
  return core::take_sequence(sequence_, kOpenedAlready);
}

Result<std::size_t> RequestOpener::open(ByteSpan out, ByteView ciphertext) noexcept {
  if (Status s = require_form(form_, Form::whole); !s) return s.error();
  if (!sequence_) return kOpenedAlready;
  Result<std::size_t> size = sequence_->open(out, {}, ciphertext);
  if (size) sequence_.reset();
  return size;
}

Result<ChunkOpener> RequestOpener::chunk_opener(const ChunkLimits& limits) noexcept {
  if (Status s = require_form(form_, Form::chunked); !s) return s.error();
  if (Status s = framing::check_limits(limits); !s) return s.error();
  Result<core::OpenSequence> sequence = take_sequence();
  if (!sequence) return sequence.error();
  return ChunkOpener::create(std::move(*sequence), limits);
}

Result<OpenStream> RequestOpener::stream(std::unique_ptr<Source> source,
                                         const StreamOptions& options) noexcept {
  Result<core::OpenSequence> sequence = take_sequence();
  if (!sequence) return sequence.error();
  return StreamMaker::open(form_, std::move(source), framing::factory_of(std::move(*sequence)),
                           options);
}

Result<ResponseSealer> RequestOpener::response_sealer() noexcept {
  if (authentic_ == nullptr || !*authentic_ || !response_) {
    return Error{Errc::wrong_state, "open the request first, and take its response sealer once"};
  }
  ResponseSealer sealer(std::move(*response_), *rng_);
  response_.reset();
  return sealer;
}

template <>
Result<RequestOpener> PendingRequest::complete(const SharedSecret& shared_secret) const noexcept {
  const core::CipherSuite& suite = state_->match.suite;
  Result<core::RecipientContext> context =
      framing::accept_request(suite, key_id(), shared_secret, state_->media_type);
  if (!context) return context.error();
  Result<core::OpenSequence> sequence = context->take_sequence();
  if (!sequence) return sequence.error();
  auto authentic = std::make_shared<std::atomic<bool>>(false);
  sequence->set_gate(std::make_unique<RequestGate>(state_->options.replay_filter, key_id(), enc(),
                                                   state_->match.entry->proof, authentic));
  return RequestOpener(state_->form, std::move(*sequence),
                       framing::ResponseContext(suite, key_id(), enc(), context->exporter()),
                       *state_->options.rng, std::move(authentic));
}

Result<KeyRing::Match> RequestReceiver::find(ByteView header) const noexcept {
  Result<RequestHeader> parsed = framing::parse_header(header);
  if (!parsed) return parsed.error();
  return ring_->find(*parsed);
}

/// Checks `enc` and copies it.
Result<detail::PendingState> RequestReceiver::check(Form form, std::string_view media_type,
                                                    KeyRing::Match match,
                                                    ByteView enc) const noexcept {
  Bytes own(enc.begin(), enc.end());
  Result<core::Encapsulation> valid = match.suite.kem().import_enc(own);
  if (!valid) return valid.error();
  ReceiverOptions options = options_;
  if (options.rng == nullptr) options.rng = &ring_->provider().rng();
  const std::size_t nt = match.suite.nt();
  // The bytes stay where they are when the vector moves.
  return detail::PendingState{
      form, std::string(media_type), std::move(match), std::move(own), std::move(*valid), options,
      nt};
}

/// Reads header and `enc` from the front of `message`.
Result<detail::PendingState> RequestReceiver::read(Form form, ByteView message,
                                                   const MediaTypes& types) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(form, types);
  if (!type) return type.error();
  Result<KeyRing::Match> match = find(message);
  if (!match) return match.error();
  const ByteView rest = message.subspan(framing::kHeaderSize);
  const std::size_t nenc = match->suite.nenc();
  if (rest.size() < nenc) return core::kBadAeadTag;
  return check(form, *type, std::move(*match), rest.first(nenc));
}

Result<PendingRequest> RequestReceiver::begin(Form form, ByteView message,
                                              const MediaTypes& types) const noexcept {
  return PendingRequest::of(read(form, message, types));
}

Result<PendingRequest> RequestReceiver::begin(Form form, Source& source,
                                              const MediaTypes& types) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(form, types);
  if (!type) return type.error();
  std::array<std::uint8_t, framing::kHeaderSize> header{};
  if (Status s = read_all(source, header); !s) return s.error();
  Result<KeyRing::Match> match = find(header);
  if (!match) return match.error();
  Bytes enc(match->suite.nenc());
  if (Status s = read_all(source, enc); !s) return s.error();
  return PendingRequest::of(check(form, *type, std::move(*match), enc));
}

std::size_t RequestReceiver::opened_size(ByteView message) const noexcept {
  const Result<KeyRing::Match> match = find(message);
  if (!match) return 0;
  const core::CipherSuite& suite = match->suite;
  return framing::without(framing::kHeaderSize + suite.nenc() + suite.nt(), message.size());
}

Result<OpenedText> RequestReceiver::open(ByteSpan out, ByteView message,
                                         const MediaTypes& types) const noexcept {
  const Result<PendingRequest> pending = begin(Form::whole, message, types);
  if (!pending) return pending.error();
  const std::size_t prefix = pending->prefix_size();
  const ByteView ciphertext = message.subspan(prefix);
  const ByteSpan written = out.first(std::min(out.size(), pending->opened_size(ciphertext.size())));
  if (!core::apart_or_at(message, written, prefix)) return core::kBadOverlap;
  return open_whole(*pending, out, ciphertext);
}

Result<OpenedRequest> RequestReceiver::open(ByteView message,
                                            const MediaTypes& types) const noexcept {
  const Result<PendingRequest> pending = begin(Form::whole, message, types);
  if (!pending) return pending.error();
  return open_whole(*pending, message.subspan(pending->prefix_size()));
}

Result<RequestStream> RequestReceiver::stream(Form form, std::unique_ptr<Source> source,
                                              const MediaTypes& types,
                                              const StreamOptions& options) const noexcept {
  if (source == nullptr) return Error{Errc::invalid_argument, "a stream needs a source"};
  Result<PendingRequest> pending = begin(form, *source, types);
  if (!pending) return pending.error();
  Result<RequestOpener> opener = pending->decapsulate();
  if (!opener) return opener.error();
  Result<OpenStream> plaintext = opener->stream(std::move(source), options);
  if (!plaintext) return plaintext.error();
  return RequestStream{std::move(*opener), std::move(*plaintext)};
}

Result<ChunkedRequestOpener> RequestReceiver::chunked_opener(
    const MediaTypes& types, const ChunkLimits& limits) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(Form::chunked, types);
  if (!type) return type.error();
  if (Status s = framing::check_limits(limits); !s) return s.error();
  return ChunkedRequestOpener(*this, *type, limits);
}

/// Takes header and `enc` off `in`, until the key is there.
Result<ChunkedRequestOpener::Step> ChunkedRequestOpener::read_prefix(ByteView in,
                                                                     End end) noexcept {
  if (moved_) return core::kMovedFrom;
  if (error_) return *error_;
  std::size_t consumed = 0;
  const auto gather = [&](std::size_t size) {
    const std::size_t piece = std::min(size - prefix_.size(), in.size() - consumed);
    const ByteView bytes = in.subspan(consumed, piece);
    prefix_.insert(prefix_.end(), bytes.begin(), bytes.end());
    consumed += piece;
    return prefix_.size() == size;
  };
  if (!match_ && gather(framing::kHeaderSize)) {
    Result<KeyRing::Match> match = receiver_.find(prefix_);
    if (!match) return error_.emplace(match.error());
    match_ = std::move(*match);
  }
  if (match_ && !pending_ && gather(framing::kHeaderSize + match_->suite.nenc())) {
    const Result<PendingRequest> pending = PendingRequest::of(receiver_.check(
        Form::chunked, media_type_, *match_, ByteView(prefix_).subspan(framing::kHeaderSize)));
    if (!pending) return error_.emplace(pending.error());
    pending_ = *pending;
  }
  if (pending_) return Step{State::need_key, consumed, {}};
  if (end == End::yes) return error_.emplace(kTruncatedPrefix);
  return Step{State::need_input, consumed, {}};
}

Result<ChunkedRequestOpener::Step> ChunkedRequestOpener::open(ByteSpan out, ByteView in,
                                                              End end) noexcept {
  return chunks_ ? chunks_->open(out, in, end) : read_prefix(in, end);
}

Result<ChunkedRequestOpener::Step> ChunkedRequestOpener::open_in_place(ByteSpan in,
                                                                       End end) noexcept {
  return chunks_ ? chunks_->open_in_place(in, end) : read_prefix(in, end);
}

Status ChunkedRequestOpener::give_key(RequestOpener&& opener) noexcept {
  if (moved_) return core::kMovedFrom;
  if (!pending_ || chunks_) {
    return Error{Errc::wrong_state, "the key is needed once, when the opener says need_key"};
  }
  Result<ChunkOpener> chunks = opener.chunk_opener(limits_);
  if (!chunks) return chunks.error();
  chunks_ = std::move(*chunks);
  opener_ = std::move(opener);
  return {};
}

Result<ResponseSealer> ChunkedRequestOpener::response_sealer() noexcept {
  if (!opener_ || moved_)
    return Error{Errc::wrong_state, "open the first chunk of the request first"};
  return opener_->response_sealer();
}

}  // namespace twoway

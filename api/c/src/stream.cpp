// Pull streams and their sources.
#include <twoway/stream.hpp>

#include "call.hpp"
#include "handles.hpp"

namespace twoway::c {
namespace {

using Callbacks = Owned<twoway_source_callbacks>;

std::unique_ptr<Source> callback_source(Callbacks callbacks) noexcept {
  const std::optional<std::uint64_t> total =
      callbacks->total_known != 0 ? std::optional(callbacks->total) : std::nullopt;
  return from_function(
      [callbacks = std::move(callbacks)](ByteSpan out) -> Result<SourceRead> {
        std::size_t written = 0;
        int end = TWOWAY_NO;
        std::uint64_t native = 0;
        const twoway_status status =
            callbacks->read(callbacks->context, out.data(), out.size(), &written, &end, &native);
        if (status != TWOWAY_OK) return callback_error(kSourceRule, status, native);
        return SourceRead{written, end != TWOWAY_NO ? End::yes : End::no};
      },
      total);
}

/// A stream's share in a source, so that a stream that is refused leaves the source as it was.
class SharedSource final : public Source {
 public:
  explicit SharedSource(std::shared_ptr<Source> source) noexcept : source_(std::move(source)) {}
  Result<SourceRead> read(ByteSpan out) noexcept override { return source_->read(out); }
  std::optional<std::uint64_t> remaining() const noexcept override { return source_->remaining(); }
  std::optional<ByteView> memory() const noexcept override { return source_->memory(); }

 private:
  std::shared_ptr<Source> source_;
};

/// The source behind a handle that no stream has taken.
Result<Source*> source_of(const twoway_source* source) noexcept {
  if (source == nullptr) return kNull;
  if (source->object == nullptr) {
    return Error{Errc::wrong_state, "a stream has taken this source: make another"};
  }
  return source->object.get();
}

Result<StreamOptions> options_of(const twoway_stream_options* given) noexcept {
  StreamOptions options;
  if (given == nullptr) return options;
  twoway_stream_options known{};
  if (Status s = read_struct(known, given); !s) return s.error();
  const Result<ChunkLimits> limits = limits_of(known.limits);
  if (!limits) return limits.error();
  options.limits = *limits;
  if (known.full_chunks != 0) options.fill = Fill::full;
  if (known.max_whole != 0) options.max_whole = known.max_whole;
  return options;
}

/// Gives the stream that `make` makes of a source and options.
template <typename Owner, typename Stream, typename Make>
twoway_status give_stream(Owner* owner, twoway_source* source, const twoway_stream_options* given,
                          Stream** stream, twoway_error* error, const Result<Form>& form,
                          const Make& make) noexcept {
  const auto content = source_of(source);
  const auto options = options_of(given);
  return call(error, owner, source, stream, form, content, options).then([&] {
    const Status made = give_handle(stream, owner->borrowed,
                                    make(std::make_unique<SharedSource>(source->object), *options));
    if (made) source->object.reset();
    return made;
  });
}

/// As above, for an owner that knows its form.
template <typename Owner, typename Stream>
twoway_status give_stream(Owner* owner, twoway_source* source, const twoway_stream_options* given,
                          Stream** stream, twoway_error* error) noexcept {
  return give_stream(owner, source, given, stream, error, Form::whole,
                     [&](auto from, const StreamOptions& options) {
                       return owner->object.stream(std::move(from), options);
                     });
}

}  // namespace
}  // namespace twoway::c

using namespace twoway;

twoway_status twoway_source_new(const twoway_source_callbacks* callbacks, twoway_source** source,
                                twoway_error* error) noexcept {
  auto owned = c::Callbacks::take(callbacks, &twoway_source_callbacks::read);
  return c::call(error, owned, source).then([&] {
    return c::give(source, c::callback_source(std::move(*owned)));
  });
}

twoway_status twoway_source_from_memory(const uint8_t* bytes, size_t size, twoway_source** source,
                                        twoway_error* error) noexcept {
  const c::Input input{bytes, size};
  return c::call(error, source, input).then([&] {
    return c::give(source, from_memory(ByteView(input)));
  });
}

twoway_status twoway_source_from_descriptor(int descriptor, twoway_source** source,
                                            twoway_error* error) noexcept {
  return c::call(error, source).then([&] { return c::give(source, from_descriptor(descriptor)); });
}

void twoway_source_free(twoway_source* source) noexcept { delete source; }

twoway_status twoway_seal_stream_read(twoway_seal_stream* stream, uint8_t* out, size_t capacity,
                                      size_t* written, twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, stream, output).then([&] {
    return output.filled(stream->object.read(output.span()), 0);
  });
}

size_t twoway_seal_stream_prefix_size(const twoway_seal_stream* stream) noexcept {
  return stream == nullptr ? 0 : stream->object.prefix_size();
}

size_t twoway_seal_stream_max_sealed_chunk(const twoway_seal_stream* stream) noexcept {
  return stream == nullptr ? 0 : stream->object.max_sealed_chunk();
}

int twoway_seal_stream_remaining(const twoway_seal_stream* stream, uint64_t* remaining) noexcept {
  const std::optional<std::uint64_t> known =
      stream == nullptr ? std::nullopt : stream->object.remaining();
  if (remaining != nullptr) *remaining = known.value_or(0);
  return known ? TWOWAY_YES : TWOWAY_NO;
}

void twoway_seal_stream_free(twoway_seal_stream* stream) noexcept { delete stream; }

twoway_status twoway_open_stream_read(twoway_open_stream* stream, uint8_t* out, size_t capacity,
                                      size_t* written, twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, stream, output).then([&] {
    return output.filled(stream->object.read(output.span()), 0);
  });
}

void twoway_open_stream_free(twoway_open_stream* stream) noexcept { delete stream; }

twoway_status twoway_request_sealer_stream(twoway_request_sealer* sealer, twoway_source* source,
                                           const twoway_stream_options* options,
                                           twoway_seal_stream** stream,
                                           twoway_error* error) noexcept {
  return c::give_stream(sealer, source, options, stream, error);
}

twoway_status twoway_request_receiver_begin_from(const twoway_request_receiver* receiver,
                                                 twoway_form form, twoway_source* source,
                                                 const twoway_media_types* types,
                                                 twoway_pending_request** pending,
                                                 twoway_error* error) noexcept {
  const Result<Form> known = c::form_of(form);
  const auto content = c::source_of(source);
  return c::call(error, receiver, pending, known, content).then([&] {
    return c::give_handle(
        pending, receiver->borrowed,
        receiver->object.begin(*known, **content, c::media_types(types, kRequestMediaTypes)));
  });
}

twoway_status twoway_request_opener_stream(twoway_request_opener* opener, twoway_source* source,
                                           const twoway_stream_options* options,
                                           twoway_open_stream** stream,
                                           twoway_error* error) noexcept {
  const auto make = [&](auto from, const StreamOptions& known) -> Result<OpenStream> {
    if (!opener->object) return c::kGivenAway;
    return opener->object->stream(std::move(from), known);
  };
  return c::give_stream(opener, source, options, stream, error, Form::whole, make);
}

twoway_status twoway_response_sealer_stream(twoway_response_sealer* sealer, twoway_form form,
                                            twoway_source* source, const twoway_media_types* types,
                                            const twoway_stream_options* options,
                                            twoway_seal_stream** stream,
                                            twoway_error* error) noexcept {
  const Result<Form> known = c::form_of(form);
  return c::give_stream(
      sealer, source, options, stream, error, known, [&](auto from, const StreamOptions& how) {
        return sealer->object.stream(*known, std::move(from),
                                     c::media_types(types, kResponseMediaTypes), how);
      });
}

twoway_status twoway_response_opener_stream(const twoway_response_opener* opener, twoway_form form,
                                            twoway_source* source, const twoway_media_types* types,
                                            const twoway_stream_options* options,
                                            twoway_open_stream** stream,
                                            twoway_error* error) noexcept {
  const Result<Form> known = c::form_of(form);
  return c::give_stream(
      opener, source, options, stream, error, known, [&](auto from, const StreamOptions& how) {
        return opener->object.stream(*known, std::move(from),
                                     c::media_types(types, kResponseMediaTypes), how);
      });
}

twoway_status twoway_multi_request_sealer_stream(twoway_multi_request_sealer* sealer,
                                                 twoway_source* source,
                                                 const twoway_stream_options* options,
                                                 twoway_seal_stream** stream,
                                                 twoway_error* error) noexcept {
  return c::give_stream(sealer, source, options, stream, error);
}

twoway_status twoway_multi_request_opener_stream(twoway_multi_request_opener* opener,
                                                 twoway_source* source,
                                                 const twoway_stream_options* options,
                                                 twoway_open_stream** stream,
                                                 twoway_error* error) noexcept {
  return c::give_stream(opener, source, options, stream, error);
}

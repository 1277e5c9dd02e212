#include <algorithm>

#include <twoway/framing/whole.hpp>

namespace twoway::framing {
namespace {

constexpr Error kTooLarge{Errc::limit_exceeded,
                          "a whole message is over max_whole: allow more, or send chunks"};
constexpr Error kTruncated{Errc::truncated,
                           "the message ended before its ciphertext: it was cut short, ask for it "
                           "again"};

}  // namespace

Result<std::size_t> WholeSealer::seal(ByteSpan out, ByteView plaintext, Last last) noexcept {
  if (plaintext.size() > max_plaintext_ || last == Last::no) return kTooLarge;
  return sequence_.seal(out, {}, plaintext);
}

std::size_t WholeOpener::output_size(std::size_t input_size) const noexcept {
  if (factory_ == nullptr) return 0;
  return std::min(max_plaintext_, without(factory_->overhead(), input_size));
}

Result<WholeOpener::Step> WholeOpener::open(ByteSpan out, ByteView in, End end) noexcept {
  if (factory_ == nullptr) return core::kMovedFrom;
  if (without(factory_->overhead(), in.size()) > max_plaintext_) return kTooLarge;
  if (end == End::no) return Step{State::need_input, 0, {}};
  if (in.size() < factory_->overhead()) return kTruncated;
  const std::unique_ptr<OpenSequenceFactory> factory = std::move(factory_);
  const std::size_t prefix = factory->prefix_size();
  Result<core::OpenSequence> sequence = factory->open_sequence(in.first(prefix));
  if (!sequence) return sequence.error();
  const Result<std::size_t> size = sequence->open(out, {}, in.subspan(prefix));
  if (!size) return size.error();
  return Step{State::done, in.size(), out.first(*size)};
}

Result<WholeOpener::Step> WholeOpener::open_in_place(ByteSpan in, End end) noexcept {
  if (factory_ == nullptr) return core::kMovedFrom;
  return open(in.subspan(std::min(in.size(), factory_->prefix_size())), in, end);
}

}  // namespace twoway::framing

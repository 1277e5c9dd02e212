#include <twoway/framing/open_sequence_factory.hpp>

namespace twoway::framing {
namespace {

class KnownSequence final : public OpenSequenceFactory {
 public:
  explicit KnownSequence(core::OpenSequence sequence) noexcept : sequence_(std::move(sequence)) {}
  std::size_t prefix_size() const noexcept override { return 0; }
  std::size_t overhead() const noexcept override { return sequence_.sealed_size(0); }
  Result<core::OpenSequence> open_sequence(ByteView) noexcept override {
    return std::move(sequence_);
  }

 private:
  core::OpenSequence sequence_;
};

}  // namespace

std::unique_ptr<OpenSequenceFactory> factory_of(core::OpenSequence sequence) noexcept {
  return std::make_unique<KnownSequence>(std::move(sequence));
}

}  // namespace twoway::framing

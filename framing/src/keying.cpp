#include <twoway/framing/keying.hpp>

namespace twoway::framing {
namespace {

class Keyed final : public Keying {
 public:
  explicit Keyed(core::OpenSequence sequence) noexcept : sequence_(std::move(sequence)) {}
  std::size_t prefix_size() const noexcept override { return 0; }
  core::Result<core::OpenSequence> open_sequence(core::ByteView) noexcept override {
    return std::move(sequence_);
  }

 private:
  core::OpenSequence sequence_;
};

}  // namespace

std::unique_ptr<Keying> keyed(core::OpenSequence sequence) noexcept {
  return std::make_unique<Keyed>(std::move(sequence));
}

}  // namespace twoway::framing

#include <atomic>
#include <string_view>
#include <utility>

#include <twoway/core/lasting.hpp>

namespace twoway::core {
namespace {

/// The texts that were made. They are only ever added to, without a lock, so that a child of fork
/// may do so whatever other threads were doing.
struct Text {
  const std::string text;
  Text* next;
};
std::atomic<Text*> texts{nullptr};
std::atomic<std::size_t> text_count{0};
constexpr std::size_t kMostTexts = 1024;
constexpr std::size_t kMostBytes = 1024;

const char* find_text(std::string_view text) noexcept {
  for (const Text* at = texts.load(std::memory_order_acquire); at != nullptr; at = at->next) {
    if (at->text == text) return at->text.c_str();
  }
  return nullptr;
}

}  // namespace

const char* lasting(std::string text, const char* otherwise) noexcept {
  if (const char* known = find_text(text); known != nullptr) return known;
  if (text.size() > kMostBytes || text_count.fetch_add(1) >= kMostTexts) return otherwise;
  Text* made = new Text{std::move(text), texts.load(std::memory_order_relaxed)};
  while (!texts.compare_exchange_weak(made->next, made, std::memory_order_acq_rel)) {
  }
  return made->text.c_str();
}

}  // namespace twoway::core

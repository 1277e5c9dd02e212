// State that a forked child must not share with its parent.
#pragma once

#include <atomic>

#include <twoway/core/process.hpp>

namespace twoway::pkcs11 {

/// One T for each process. A child finds a fresh one, even if another thread held the parent's
/// mutex when the process forked. The child never touches the parent's. Thread-safe.
template <typename T>
class PerProcess {
 public:
  PerProcess() noexcept = default;
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    Node* node = node_.load(std::memory_order_acquire);
    if (node != nullptr && node->process == core::process_generation()) delete node;
  }

  T& get() const noexcept {
    const std::uint32_t process = core::process_generation();
    Node* node = node_.load(std::memory_order_acquire);
    if (node != nullptr && node->process == process) return node->value;
    Node* fresh = new Node{process, node, {}};
    if (node_.compare_exchange_strong(node, fresh, std::memory_order_acq_rel)) return fresh->value;
    delete fresh;  // another thread was first
    return node->value;
  }

  /// Returns null if this process has not called `get` yet.
  T* find() const noexcept {
    Node* node = node_.load(std::memory_order_acquire);
    return node != nullptr && node->process == core::process_generation() ? &node->value : nullptr;
  }

 private:
  struct Node {
    std::uint32_t process;
    Node* parent;  // left as it is, and reachable
    T value;
  };
  mutable std::atomic<Node*> node_{nullptr};
};

}  // namespace twoway::pkcs11

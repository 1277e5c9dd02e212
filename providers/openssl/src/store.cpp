#include <atomic>
#include <cstring>

#include <twoway/core/process.hpp>

#include "at_exit.hpp"
#include "store_session.hpp"

namespace twoway::openssl {

using core::ByteView;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// The session, and who may use it: one thread at a time, of the process that opened it.
class KeyStore::State {
 public:
  explicit State(const KeyStoreOptions& options) noexcept : options_(options) {}
  ~State() {
    // A child would free objects of its parent, whose connection and handles it shares. After the
    // end of the process nobody may call OpenSSL.
    if (!usable()) static_cast<void>(session_.release());
  }

  Status open() noexcept {
    auto opened = StoreSession::open(options_);
    if (!opened) return opened.error();
    session_ = std::move(*opened);
    return {};
  }

  /// Runs `operation` on the session, and once more on a new one if the session proves lost.
  template <typename Operation>
  Status run(Operation operation) noexcept {
    if (!in_own_process()) return foreign();
    const std::lock_guard lock(mutex_);
    if (ended_) {
      return Error{Errc::key_unavailable, "the process is ending: the key is not used any more"};
    }
    for (;;) {
      const bool fresh = session_ == nullptr;
      if (fresh) {
        if (Status opened = open(); !opened) return opened;
      }
      const Outcome outcome = operation(*session_);
      if (outcome || outcome.fault() != Fault::lost) return outcome.status();
      // With it go the keys of all, so that one connection ends before the next is made.
      session_.reset();
      if (fresh) return outcome.status();
    }
  }

  std::uint64_t new_number() noexcept {
    const std::lock_guard lock(mutex_);
    return ++last_number_;
  }

  void forget(std::uint64_t number) noexcept {
    if (!usable()) return;
    const std::lock_guard lock(mutex_);
    if (session_ != nullptr) session_->keys().erase(number);
  }

 private:
  bool in_own_process() const noexcept { return process_.is_current(); }
  bool usable() const noexcept { return in_own_process() && !ended_; }

  /// Closes the session while that is possible, so that a TPM without a resource manager does not
  /// keep the keys. One that a thread is using is left as it is.
  void end() noexcept {
    if (!in_own_process()) return;
    ended_ = true;
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock) session_.reset();
  }

  static Error foreign() noexcept {
    return {Errc::key_unavailable,
            "the key store was opened before a fork: open one in this process"};
  }

  const KeyStoreOptions options_;
  const core::OwnProcess process_;
  std::mutex mutex_;
  std::unique_ptr<StoreSession> session_;
  std::uint64_t last_number_ = 0;
  std::atomic<bool> ended_ = false;
  const AtExit at_exit_{this, [](void* state) noexcept { static_cast<State*>(state)->end(); }};
};

/// A key that its store's session holds, and that a new session loads again.
class KeyStore::Key final : public core::DhPrivateKey {
 public:
  Key(std::shared_ptr<State> state, std::string uri,
      std::shared_ptr<core::SecretSource> passphrase) noexcept
      : state_(std::move(state)),
        number_(state_->new_number()),
        uri_(std::move(uri)),
        passphrase_(std::move(passphrase)) {}
  ~Key() override { state_->forget(number_); }

  core::KemId kem_id() const noexcept override { return public_half_.params->kem; }
  ByteView public_key() const noexcept override { return public_half_.pk.view(); }

  Status dh(DhSecret& secret, const core::PublicKey& peer) const noexcept override {
    secret.clear();
    return state_->run(
        [&](StoreSession& session) { return derive(secret, session, peer.bytes()); });
  }

  /// Loads the key for the first time, and sees that it can derive.
  Status prove() noexcept {
    return state_->run([&](StoreSession& session) -> Outcome {
      Outcome loaded = load(session, public_half_);
      if (!loaded) return loaded;
      DhSecret secret;
      return derive(secret, session, public_half_.pk.view());
    });
  }

 private:
  /// Lets the session load the key, and writes its properties to `half`.
  Outcome load(StoreSession& session, PublicHalf& half) const noexcept {
    Pkey key;
    Outcome loaded = session.load(key, uri_, passphrase_.get());
    if (!loaded) return loaded;
    const auto found = public_half(key.get());
    if (!found) return found.error();
    half = *found;
    session.keys().insert_or_assign(number_, std::move(key));
    return {};
  }

  Outcome load_again(StoreSession& session) const noexcept {
    PublicHalf half{};
    Outcome loaded = load(session, half);
    if (!loaded) return loaded;
    if (half.params == public_half_.params && half.pk.bytes == public_half_.pk.bytes) return {};
    session.keys().erase(number_);
    return Error{Errc::key_unavailable, "another key is stored there now: load it anew"};
  }

  Outcome derive(DhSecret& secret, StoreSession& session, ByteView peer) const noexcept {
    if (!refused_) return refused_.error();
    if (session.keys().count(number_) == 0) {
      Outcome loaded = load_again(session);
      if (!loaded) return loaded;
    }
    ERR_clear_error();
    const Status s = opaque_dh(secret, session.keys().at(number_).get(), *public_half_.params, peer,
                               {session.context(), nullptr});
    if (s) return {};
    const Outcome outcome = store_failure(s.error().code, s.error().message);
    // A second try would count as another wrong one, and lock the TPM for all.
    if (outcome.fault() == Fault::refused) refused_ = outcome.status();
    return outcome;
  }

  const std::shared_ptr<State> state_;
  const std::uint64_t number_;
  const std::string uri_;
  const std::shared_ptr<core::SecretSource> passphrase_;
  PublicHalf public_half_{};
  mutable Status refused_{};  // under the state's lock
};

KeyStore::KeyStore(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
KeyStore::~KeyStore() = default;

Result<std::unique_ptr<KeyStore>> KeyStore::open(const KeyStoreOptions& options) noexcept {
  auto state = std::make_shared<State>(options);
  if (const Status opened = state->open(); !opened) return opened.error();
  AtExit::guard();
  return std::unique_ptr<KeyStore>(new KeyStore(std::move(state)));
}

Result<std::unique_ptr<core::PrivateKey>> KeyStore::load(
    const std::string& uri, std::shared_ptr<core::SecretSource> passphrase) noexcept {
  if (uri.empty() || uri.find('\0') != std::string::npos) {
    return Error{Errc::invalid_argument, "load needs the URI or path of a key"};
  }
  auto key = std::make_unique<Key>(state_, uri, std::move(passphrase));
  if (const Status proven = key->prove(); !proven) return proven.error();
  return std::unique_ptr<core::PrivateKey>(std::move(key));
}

}  // namespace twoway::openssl

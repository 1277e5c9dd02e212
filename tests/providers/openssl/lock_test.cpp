// Opaque keys take turns unless the caller says that they are concurrent. The test's own OpenSSL
// provider, whose one key type is X25519, sees which threads are inside.
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include <openssl/core_dispatch.h>
#include <unistd.h>

#include <twoway/core/kem.hpp>

#include "objects.hpp"
#include "store_support.hpp"

using namespace twoway::test;
namespace core = twoway::core;
namespace openssl = twoway::openssl;

namespace {

constexpr std::size_t kSize = 32;
using Value = std::array<unsigned char, kSize>;

/// Returns true if a thread of this process sleeps or has ended.
bool sleeps(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = line.rfind(") ");
  return name_end == std::string::npos || line[name_end + 2] == 'S';
}

/// Two threads that derive with one key. The first one inside stays until it knows if the other one
/// comes in as well.
class Meeting {
 public:
  explicit Meeting(bool together) : together_(together) {}

  /// Each thread calls this before it uses the key. It returns once both threads have called it.
  void arrive(int index) {
    mine_ = index;
    threads_[index] = gettid();
    ++here_;
    while (here_ < 2) std::this_thread::yield();
  }

  void enter() {
    if (++inside_ == 2) met_ = true;
    while (!met_) {
      // A thread that waits for the key's lock sleeps.
      if (!together_ && sleeps(threads_[1 - mine_])) break;
      std::this_thread::yield();
    }
    --inside_;
  }

  bool met() const { return met_; }

 private:
  const bool together_;
  std::atomic<pid_t> threads_[2] = {0, 0};
  std::atomic<int> here_ = 0;
  std::atomic<int> inside_ = 0;
  std::atomic<bool> met_ = false;
  static thread_local int mine_;
};

thread_local int Meeting::mine_ = 0;
Meeting* meeting = nullptr;

template <typename Function>
OSSL_DISPATCH entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}
constexpr OSSL_DISPATCH kEnd{0, nullptr};

// The key type. Its keys hold a public key alone.
void* new_key(void*) { return new Value{}; }
void free_key(void* key) { delete static_cast<Value*>(key); }
int has(const void*, int) { return 1; }

int import_key(void* key, int, const OSSL_PARAM params[]) {
  const OSSL_PARAM* pk = OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_PUB_KEY);
  void* to = key;
  std::size_t size = 0;
  return pk != nullptr && OSSL_PARAM_get_octet_string(pk, &to, kSize, &size) == 1 && size == kSize;
}

const OSSL_PARAM* public_param(int) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0),
                                      OSSL_PARAM_END};
  return params;
}

int get_params(void* key, OSSL_PARAM params[]) {
  OSSL_PARAM* pk = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_PUB_KEY);
  return pk == nullptr || OSSL_PARAM_set_octet_string(pk, key, kSize) == 1;
}

const OSSL_PARAM* gettable(void*) { return public_param(0); }

const OSSL_DISPATCH kKeymgmt[] = {entry(OSSL_FUNC_KEYMGMT_NEW, new_key),
                                  entry(OSSL_FUNC_KEYMGMT_FREE, free_key),
                                  entry(OSSL_FUNC_KEYMGMT_HAS, has),
                                  entry(OSSL_FUNC_KEYMGMT_IMPORT, import_key),
                                  entry(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, public_param),
                                  entry(OSSL_FUNC_KEYMGMT_GET_PARAMS, get_params),
                                  entry(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, gettable),
                                  kEnd};

// The exchange. It returns a fixed result after the meeting.
void* new_exchange(void*) { return new Value{}; }
void free_exchange(void* exchange) { delete static_cast<Value*>(exchange); }
int set_key(void*, void*, const OSSL_PARAM[]) { return 1; }
int set_peer(void*, void*) { return 1; }

int derive(void*, unsigned char* secret, std::size_t* size, std::size_t room) {
  *size = kSize;
  if (secret == nullptr) return 1;
  if (room < kSize) return 0;
  meeting->enter();
  std::fill_n(secret, kSize, std::uint8_t{7});
  return 1;
}

const OSSL_DISPATCH kExchange[] = {
    entry(OSSL_FUNC_KEYEXCH_NEWCTX, new_exchange), entry(OSSL_FUNC_KEYEXCH_FREECTX, free_exchange),
    entry(OSSL_FUNC_KEYEXCH_INIT, set_key),        entry(OSSL_FUNC_KEYEXCH_SET_PEER, set_peer),
    entry(OSSL_FUNC_KEYEXCH_DERIVE, derive),       kEnd};

const OSSL_ALGORITHM* algorithms(void*, int operation, int* no_cache) {
  static const OSSL_ALGORITHM key_types[] = {{"X25519", "provider=meeting", kKeymgmt, ""}, {}};
  static const OSSL_ALGORITHM exchanges[] = {{"X25519", "provider=meeting", kExchange, ""}, {}};
  *no_cache = 0;
  if (operation == OSSL_OP_KEYMGMT) return key_types;
  return operation == OSSL_OP_KEYEXCH ? exchanges : nullptr;
}

int start(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions,
          void** context) {
  static const OSSL_DISPATCH table[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, algorithms),
                                        kEnd};
  *functions = table;
  *context = const_cast<OSSL_CORE_HANDLE*>(handle);
  return 1;
}

/// Lets two threads derive once each with one opaque key. Returns true if both were inside at once.
bool both_inside(bool concurrent) {
  const Watchdog watchdog;
  const LibCtx context(OSSL_LIB_CTX_new());
  REQUIRE(OSSL_PROVIDER_add_builtin(context.get(), "meeting", start) == 1);
  OSSL_PROVIDER* const provider = OSSL_PROVIDER_load(context.get(), "meeting");
  REQUIRE(provider != nullptr);
  Meeting both(concurrent);
  meeting = &both;
  {
    Value pk{9};
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, pk.data(), pk.size()),
        OSSL_PARAM_construct_end()};
    const PkeyCtx maker(EVP_PKEY_CTX_new_from_name(context.get(), "X25519", nullptr));
    EVP_PKEY* made = nullptr;
    REQUIRE(EVP_PKEY_fromdata_init(maker.get()) == 1);
    REQUIRE(EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_KEYPAIR, params) == 1);
    const Pkey native(made);
    openssl::OpaqueOptions options;
    options.where.library_context = context.get();
    options.concurrent = concurrent;
    const auto key = openssl::opaque_key(native.get(), options);
    REQUIRE_OK(key);
    const auto kem = core::Kem::find(openssl::provider(), core::KemId::dhkem_x25519);
    REQUIRE_OK(kem);

    std::atomic<int> good = 0;
    const auto use = [&](int index) {
      core::SharedSecret secret;
      both.arrive(index);
      if (kem->decap(secret, pk, **key).ok()) ++good;
    };
    std::thread first(use, 0);
    std::thread second(use, 1);
    first.join();
    second.join();
    REQUIRE(good == 2);
  }
  REQUIRE(OSSL_PROVIDER_unload(provider) == 1);
  return both.met();
}

}  // namespace

TEST_CASE("two threads take turns with an opaque key") { REQUIRE_FALSE(both_inside(false)); }

TEST_CASE("two threads use a concurrent opaque key at once") { REQUIRE(both_inside(true)); }

#include <algorithm>
#include <concepts>
#include <memory>
#include <new>
#include <ostream>
#include <type_traits>

#include <twoway/core/secret.hpp>

#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;

namespace {

template <typename T>
concept Printable = requires(std::ostream& stream, const T& value) {
  stream << value;
};

// Secrets move and do nothing else.
template <typename T>
constexpr bool kIsSecret =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::equality_comparable<T> && !Printable<T>;

static_assert(kIsSecret<SharedSecret> && kIsSecret<Prk> && kIsSecret<DhSecret>);
static_assert(kIsSecret<AeadKey> && kIsSecret<AeadNonce> && kIsSecret<PrivateKeyBytes>);
static_assert(kIsSecret<SecretBytes>);
static_assert(!std::is_constructible_v<SharedSecret, ByteView>);

using Small = Secret<8>;

/// Returns all bytes that a secret could hold, used or not. They are inline, so they can be read.
Bytes whole(const Small& secret) {
  return {secret.view().data(), secret.view().data() + Small::capacity()};
}

Small made(std::uint8_t first) {
  Small secret;
  secret.assign(Bytes{first, 2, 3, 4, 5});
  return secret;
}

}  // namespace

TEST_CASE("wipe writes zeros") {
  Bytes bytes(33, 0xa5);
  wipe(ByteSpan(bytes).first(32));
  REQUIRE(bytes == [] {
    Bytes expected(33);
    expected.back() = 0xa5;
    return expected;
  }());
  wipe({});
}

TEST_CASE("a secret begins empty and holds a copy of the bytes that it is given") {
  Small secret;
  REQUIRE(secret.empty());
  REQUIRE(secret.size() == 0);
  REQUIRE(Small::capacity() == 8);
  Bytes source{1, 2, 3};
  secret.assign(source);
  source[0] = 9;
  REQUIRE(copy(secret.view()) == Bytes{1, 2, 3});
  secret.span()[2] = 7;
  REQUIRE(copy(secret.view()) == Bytes{1, 2, 7});
  secret.assign({});
  REQUIRE(secret.empty());
  REQUIRE(whole(secret) == Bytes(8));
}

TEST_CASE("a secret leaves nothing behind where it was") {
  Small secret = made(1);
  SECTION("clear") { secret.clear(); }
  SECTION("move construction") {
    const Small other(std::move(secret));
    REQUIRE(copy(other.view()) == Bytes{1, 2, 3, 4, 5});
  }
  SECTION("move assignment") {
    Small other = made(9);
    other = std::move(secret);
    REQUIRE(copy(other.view()) == Bytes{1, 2, 3, 4, 5});
  }
  REQUIRE(secret.empty());
  REQUIRE(whole(secret) == Bytes(8));
}

TEST_CASE("a shorter secret leaves nothing of a longer one") {
  Small secret = made(1);
  REQUIRE(copy(secret.reset(2)) == Bytes(2));
  REQUIRE(whole(secret) == Bytes(8));
  secret = made(1);
  secret.assign(Bytes{9});
  REQUIRE(whole(secret) == Bytes{9, 0, 0, 0, 0, 0, 0, 0});
  secret = made(1);
  Small other;
  other.assign(Bytes{7});
  secret = std::move(other);
  REQUIRE(whole(secret) == Bytes{7, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a secret that is moved to itself keeps its bytes") {
  Small secret = made(1);
  Small& same = secret;
  secret = std::move(same);
  REQUIRE(copy(secret.view()) == Bytes{1, 2, 3, 4, 5});
}

TEST_CASE("a secret is wiped when it ends") {
  alignas(Small) unsigned char storage[sizeof(Small)];
  auto* secret = new (storage) Small;
  secret->assign(Bytes(8, 0xa5));
  secret->~Small();
  // From here on the optimiser cannot know the content of the storage.
  unsigned char* bytes = storage;
  __asm__ __volatile__("" : "+r"(bytes) : : "memory");
  REQUIRE(std::count(bytes, bytes + sizeof(Small), 0xa5) == 0);
}

TEST_CASE("secret bytes move and keep their place") {
  SecretBytes secret(100);
  REQUIRE(secret.size() == 100);
  REQUIRE(copy(secret.view()) == Bytes(100));
  secret.span()[99] = 7;
  const std::uint8_t* place = secret.view().data();
  SecretBytes other(std::move(secret));
  REQUIRE(other.view().data() == place);
  REQUIRE(secret.size() == 0);
  REQUIRE(secret.view().empty());
  SecretBytes third(3);
  third = std::move(other);
  REQUIRE(third.size() == 100);
  REQUIRE(third.view()[99] == 7);
  REQUIRE(other.size() == 0);
  SecretBytes& same = third;
  third = std::move(same);
  REQUIRE(third.size() == 100);
  REQUIRE(SecretBytes().size() == 0);
}

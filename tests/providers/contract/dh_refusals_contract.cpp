// Public and private keys that are not valid.
#include <algorithm>
#include <vector>

#include "groups.hpp"
#include "small_order.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

/// Field prime, and y of the point with x = 0, of each NIST curve: y^2 = b.
struct Curve {
  DhId id;
  const char* prime;
  const char* y_of_zero;
};
const Curve kCurves[] = {
    {DhId::p256, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"},
    {DhId::p384,
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffff"
     "f"
     "ff",
     "c306610fb0ae5a159cf45c06069f22a6c5eb3641c602d42dea2c4b4f75550793406d80d2b91ad54f9048bd487af1a"
     "d"
     "e1"},
    {DhId::p521,
     "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "f"
     "ffffffffffffffffffffffffffffffffffffff",
     "012df13601594a883ef2d935e44bb90bf4d6619b74e52af7552f97769011c0719eb439cfab2a88d40fe59a2bed1f4"
     "3"
     "557169a2d0a2ccd280c607b92bbf51ffe0b078"},
};

const Curve* curve_of(DhId id) {
  for (const Curve& curve : kCurves) {
    if (curve.id == id) return &curve;
  }
  return nullptr;
}

Bytes point(std::uint8_t form, ByteView x, ByteView y) {
  Bytes bytes{form};
  bytes.insert(bytes.end(), x.begin(), x.end());
  bytes.insert(bytes.end(), y.begin(), y.end());
  return bytes;
}

/// Returns the big-endian number plus a small amount, in as many bytes.
Bytes plus(ByteView number, int amount) {
  Bytes sum = copy(number);
  int carry = amount;
  for (std::size_t i = sum.size(); i-- > 0 && carry != 0;) {
    const int value = sum[i] + carry;
    sum[i] = static_cast<std::uint8_t>(value & 0xff);
    carry = value >> 8;
  }
  return sum;
}

/// A provider whose groups accept every key that reaches them, and count the calls.
struct CountingGroup final : DhGroup {
  explicit CountingGroup(const DhParams& params) : row(params) {}
  const DhParams& params() const noexcept override { return row; }
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    ++calls;
    return std::unique_ptr<PublicKey>(std::make_unique<ForeignPublicKey>(pk));
  }
  Result<std::unique_ptr<DhPrivateKey>> import_private(ByteView) const noexcept override {
    ++calls;
    return Error{Errc::provider_failure, "counted"};
  }
  Status ephemeral_dh(DhSecret&, ByteSpan, const PublicKey&) const noexcept override {
    ++calls;
    return Error{Errc::provider_failure, "counted"};
  }
  const DhParams& row;
  mutable int calls = 0;
};

struct CountingProvider final : Provider {
  CountingProvider(const Provider& rest, const DhParams& params) : rest(rest), group(params) {}
  const char* name() const noexcept override { return "counting"; }
  const DhGroup* dh(DhId) const noexcept override { return &group; }
  const Kdf* kdf(KdfId id) const noexcept override { return rest.kdf(id); }
  Rng& rng() const noexcept override { return rest.rng(); }
  const Provider& rest;
  CountingGroup group;
};

/// Checks that an invalid public key is refused on import, and as `enc` like any forged message.
void refused_as_peer(const Kem& kem, const PrivateKey& key, const Bytes& pk) {
  INFO("peer " << hex(pk));
  REQUIRE_ERRC(kem.import_public(pk), Errc::invalid_key);
  SharedSecret shared_secret;
  shared_secret.assign(Bytes(32, 1));
  const Status status = kem.decap(shared_secret, pk, key);
  REQUIRE_ERRC(status, Errc::open_failed);
  REQUIRE(status.error().native == 0);
  REQUIRE(shared_secret.empty());
}

}  // namespace

TEST_CASE("public keys of the wrong length are invalid") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const Bytes pk = copy(key_of(kem, 2)->public_key());
    Bytes longer = pk;
    longer.push_back(0);
    refused_as_peer(kem, *key, {});
    refused_as_peer(kem, *key, {0});
    refused_as_peer(kem, *key, {pk[0]});
    refused_as_peer(kem, *key, Bytes(pk.begin(), pk.end() - 1));
    refused_as_peer(kem, *key, longer);
    refused_as_peer(kem, *key, Bytes(200, pk[0]));
  });
}

TEST_CASE("NIST points at infinity, off the curve, compressed or hybrid are invalid") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const DhGroup& group = group_of(provider, kem);
    const Curve* curve = curve_of(group.params().id);
    if (curve == nullptr) return;
    const auto key = key_of(kem, 1);
    const Bytes pk = copy(key_of(kem, 2)->public_key());
    const std::size_t size = (pk.size() - 1) / 2;
    const ByteView x = ByteView(pk).subspan(1, size);
    const ByteView y = ByteView(pk).last(size);

    refused_as_peer(kem, *key, Bytes(pk.size()));                       // infinity, padded
    refused_as_peer(kem, *key, point(0x04, Bytes(size), Bytes(size)));  // (0, 0)
    const auto odd = static_cast<std::uint8_t>(y.back() & 1);
    refused_as_peer(kem, *key, point(static_cast<std::uint8_t>(0x02 + odd), x, {}));
    refused_as_peer(kem, *key, point(static_cast<std::uint8_t>(0x02 + odd), x, y));
    refused_as_peer(kem, *key, point(static_cast<std::uint8_t>(0x06 + odd), x, y));
    refused_as_peer(kem, *key, point(0x05, x, y));
    for (std::size_t bit = 0; bit < 8 * (pk.size() - 1); bit += 37) {
      Bytes changed = pk;
      std::uint8_t& byte = changed[1 + bit / 8];
      byte = static_cast<std::uint8_t>(byte ^ (1U << (bit % 8)));
      refused_as_peer(kem, *key, changed);
    }
    refused_as_peer(kem, *key, point(0x04, y, x));
    refused_as_peer(kem, *key, point(0x04, Bytes(size, 0xff), Bytes(size, 0xff)));

    // x = 0 is on these curves. x = p is the same number, not reduced.
    const Bytes root = unhex(curve->y_of_zero);
    REQUIRE_OK(kem.import_public(point(0x04, Bytes(size), root)));
    refused_as_peer(kem, *key, point(0x04, unhex(curve->prime), root));
  });
}

TEST_CASE("private keys are accepted in their range only") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const DhGroup& group = group_of(provider, kem);
    const std::size_t nsk = group.params().nsk;
    const auto refused = [&](const Bytes& sk) {
      INFO("private key " << hex(sk));
      REQUIRE_ERRC(kem.import_private(sk), Errc::invalid_key);
    };
    refused({});
    refused({1});
    refused(Bytes(nsk - 1, 1));
    refused(Bytes(nsk + 1, 1));
    if (!nist(group)) {
      REQUIRE_OK(kem.import_private(Bytes(nsk)));
      REQUIRE_OK(kem.import_private(Bytes(nsk, 0xff)));
      return;
    }
    const ByteView order = group.params().order;
    refused(Bytes(nsk));
    refused(copy(order));
    refused(plus(order, 1));
    refused(Bytes(nsk, 0xff));
    const auto first = kem.import_private(plus(Bytes(nsk), 1));
    const auto last = kem.import_private(plus(order, -1));
    REQUIRE_OK(first);
    REQUIRE_OK(last);
    // G and -G: one x coordinate, two y coordinates.
    const Bytes g = copy((*first)->public_key());
    const Bytes minus_g = copy((*last)->public_key());
    const std::size_t x_size = (g.size() - 1) / 2;
    REQUIRE(std::equal(g.begin(), g.begin() + 1 + static_cast<std::ptrdiff_t>(x_size),
                       minus_g.begin()));
    REQUIRE(g != minus_g);
    refused_as_peer(kem, **first, Bytes(g.size()));
    // sk = 1 gives the peer's own x coordinate.
    const auto one = group.import_private(plus(Bytes(nsk), 1));
    REQUIRE_OK(one);
    const Bytes peer = copy(key_of(kem, 3)->public_key());
    REQUIRE(dh(**one, *public_of(group, peer)) == copy(ByteView(peer).subspan(1, x_size)));
  });
}

TEST_CASE("X25519 and X448 peers of small order are invalid") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const DhGroup& group = group_of(provider, kem);
    const auto key = key_of(kem, 1);
    const auto dh_key = private_of(group, 1);
    for (const Bytes& peer : small_order_values(group.params().id)) {
      refused_as_peer(kem, *key, peer);
      // The library itself fails or gives all zeros, so the table refuses no good value.
      const auto imported = group.import_public(peer);
      if (!imported) continue;
      DhSecret secret;
      const Status status = dh_key->dh(secret, **imported);
      INFO("peer " << hex(peer));
      REQUIRE((status.ok() ? is_zero(secret.view()) : secret.empty()));
    }
  });
}

TEST_CASE("core makes the checks without arithmetic before it calls a provider or a key") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const DhParams& params = group_of(provider, kem).params();
    const CountingProvider counting(provider, params);
    const auto counted = Kem::find(counting, kem.params().id);
    REQUIRE_OK(counted);
    const auto key = key_of(kem, 1);
    std::vector<Bytes> peers = small_order_values(params.id);
    for (const std::size_t wrong : {std::size_t{0}, params.npk - 1, params.npk + 1}) {
      peers.push_back(Bytes(wrong, 0x04));
    }
    std::vector<Bytes> scalars{{}, Bytes(params.nsk - 1, 1), Bytes(params.nsk + 1, 1)};
    if (!params.order.empty()) {
      for (const std::uint8_t form : Bytes{0x00, 0x02, 0x03, 0x05, 0x06, 0x07}) {
        peers.push_back(Bytes(params.npk, form));
      }
      for (const Bytes& sk : {Bytes(params.nsk), copy(params.order), plus(params.order, 1),
                              Bytes(params.nsk, 0xff)}) {
        scalars.push_back(sk);
      }
    }
    for (const Bytes& peer : peers) refused_as_peer(*counted, *key, peer);
    for (const Bytes& sk : scalars) {
      INFO("private key " << hex(sk));
      REQUIRE_ERRC(counted->import_private(sk), Errc::invalid_key);
    }
    REQUIRE(counting.group.calls == 0);
    REQUIRE_ERRC(counted->import_private(Bytes(params.nsk, 1)), Errc::provider_failure);
    REQUIRE(counting.group.calls == 1);
  });
}

// Core refuses most of this before it calls a group. A group that is used by itself must refuse it
// too.
TEST_CASE("groups refuse bad keys by themselves") {
  for_each_group([](const Provider&, const DhGroup& group) {
    const DhParams& params = group.params();
    const auto refused = [&](const Bytes& pk) {
      INFO("public key " << hex(pk));
      REQUIRE_ERRC(group.import_public(pk), Errc::invalid_key);
    };
    const auto refused_private = [&](const Bytes& sk) {
      INFO("private key " << hex(sk));
      REQUIRE_ERRC(group.import_private(sk), Errc::invalid_key);
    };
    const Bytes pk = copy(private_of(group, 2)->public_key());
    Bytes longer = pk;
    longer.push_back(0);
    refused({});
    refused({pk[0]});
    refused(Bytes(pk.begin(), pk.end() - 1));
    refused(longer);
    refused_private({});
    refused_private(Bytes(params.nsk - 1, 1));
    refused_private(Bytes(params.nsk + 1, 1));
    if (!nist(group)) return;

    refused({0});               // infinity
    refused(Bytes(pk.size()));  // padded
    const std::size_t size = (pk.size() - 1) / 2;
    const ByteView x = ByteView(pk).subspan(1, size);
    const ByteView y = ByteView(pk).last(size);
    const auto odd = static_cast<std::uint8_t>(y.back() & 1);
    refused(point(static_cast<std::uint8_t>(0x02 + odd), x, {}));
    refused(point(static_cast<std::uint8_t>(0x02 + odd), x, y));
    refused(point(static_cast<std::uint8_t>(0x06 + odd), x, y));
    refused(point(0x04, y, x));
    refused(point(0x04, Bytes(size), Bytes(size)));
    refused_private(Bytes(params.nsk));
    refused_private(copy(params.order));
    refused_private(plus(params.order, 1));
    refused_private(Bytes(params.nsk, 0xff));
  });
}

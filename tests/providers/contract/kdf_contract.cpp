#include <algorithm>
#include <array>

#include <twoway/core/hkdf.hpp>
#include <twoway/core/self_check.hpp>

#include "contract.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

Bytes extract(const Kdf& kdf, ByteView salt, Gather ikm) {
  Prk prk;
  REQUIRE_OK(kdf.extract(prk, salt, ikm));
  REQUIRE(prk.size() == kdf.params().nh);
  return copy(prk.view());
}

Bytes extract(const Kdf& kdf, ByteView salt, ByteView ikm) {
  return extract(kdf, salt, Gather(&ikm, 1));
}

Bytes expand(const Kdf& kdf, ByteView prk, Gather info, std::size_t size) {
  Bytes out(size);
  REQUIRE_OK(kdf.expand(out, prk, info));
  return out;
}

Bytes expand(const Kdf& kdf, ByteView prk, ByteView info, std::size_t size) {
  return expand(kdf, prk, Gather(&info, 1), size);
}

Bytes derive(const Kdf& kdf, Gather ikm, std::size_t size) {
  Bytes out(size);
  REQUIRE_OK(kdf.derive(out, ikm));
  return out;
}

/// An HMAC that fails from its `good`-th call on, after it has written its output.
struct FailingHmac {
  Status operator()(ByteSpan mac, ByteView, Gather) const noexcept {
    std::fill(mac.begin(), mac.end(), std::uint8_t{0xa5});
    if (calls++ < good) return {};
    return Error{Errc::provider_failure, "the library failed", 7};
  }
  int good;
  mutable int calls = 0;
};

bool two_stages(const Kdf& kdf) { return kdf.params().stages == KdfStages::two; }

/// first, first + 1, ... as bytes.
Bytes counting(unsigned first, std::size_t size) {
  Bytes bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(first + i));
  return bytes;
}

/// Calls `use` with the whole in two pieces, at every split point, and in many, some of them empty.
template <typename Use>
void for_each_split(ByteView whole, Use use) {
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    INFO("split at " << at);
    const std::array<ByteView, 2> pieces{whole.first(at), whole.subspan(at)};
    use(Gather(pieces));
  }
  const std::array<ByteView, 12> pieces{ByteView(),           whole.first(1), ByteView(),
                                        whole.subspan(1, 60), ByteView(),     whole.subspan(61, 3),
                                        whole.subspan(64, 1), ByteView(),     whole.subspan(65, 0),
                                        whole.subspan(65, 1), ByteView(),     whole.subspan(66)};
  use(Gather(pieces));
}

}  // namespace

TEST_CASE("KDFs give the known answers") {
  for_each_kdf([](const Provider&, const Kdf& kdf) { REQUIRE_OK(self_check(kdf)); });
}

TEST_CASE("HKDF gives the answers for long inputs and for empty salt and info") {
  struct Row {
    KdfId id;
    const char* long_prk;
    const char* long_okm;
    const char* bare_prk;
    const char* bare_okm;
  };
  // The inputs of RFC 5869 appendices A.2 and A.3, which has the outputs for SHA-256. Those for
  // SHA-384 and SHA-512 were computed from HMAC with Python's hmac.
  const Row rows[] = {
      {KdfId::hkdf_sha256, "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
       "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
       "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
      {KdfId::hkdf_sha384,
       "b319f6831dff9314efb643baa29263b30e4a8d779fe31e9c901efd7de737c85b62e676d4dc87b0895c6a7dc97b"
       "52cebb",
       "484ca052b8cc724fd1c4ec64d57b4e818c7e25a8e0f4569ed72a6a05fe0649eebf69f8d5c832856bf4e4fbc179"
       "67d54975324a94987f7f41835817d8994fdbd6f4c09c5500dca24a56222fea53d8967a8b2e",
       "10e40cf072a4c5626e43dd22c1cf727d4bb140975c9ad0cbc8e45b40068f8f0ba57cdb598af9dfa6963a96899a"
       "f047e5",
       "c8c96e710f89b0d7990bca68bcdec8cf854062e54c73a7abc743fade9b242daacc1cea5670415b52849c"},
      {KdfId::hkdf_sha512,
       "35672542907d4e142c00e84499e74e1de08be86535f924e022804ad775dde27ec86cd1e5b7d178c74489bdbeb3"
       "0712beb82d4f97416c5a94ea81ebdf3e629e4a",
       "ce6c97192805b346e6161e821ed165673b84f400a2b514b2fe23d84cd189ddf1b695b48cbd1c8388441137b3ce"
       "28f16aa64ba33ba466b24df6cfcb021ecff235f6a2056ce3af1de44d572097a8505d9e7a93",
       "fd200c4987ac491313bd4a2a13287121247239e11c9ef82802044b66ef357e5b194498d0682611382348572a7b"
       "1611de54764094286320578a863f36562b0df6",
       "f5fa02b18298a72a8c23898a8703472c6eb179dc204c03425c970e3b164bf90fff22d04836d0e2343bac"},
  };
  for_each_kdf([&](const Provider&, const Kdf& kdf) {
    for (const Row& row : rows) {
      if (row.id != kdf.params().id) continue;
      const Bytes long_prk = extract(kdf, counting(0x60, 80), counting(0, 80));
      REQUIRE(hex(long_prk) == row.long_prk);
      REQUIRE(hex(expand(kdf, long_prk, counting(0xb0, 80), 82)) == row.long_okm);
      const Bytes bare_prk = extract(kdf, {}, Bytes(22, 0x0b));
      REQUIRE(hex(bare_prk) == row.bare_prk);
      REQUIRE(hex(expand(kdf, bare_prk, ByteView(), 42)) == row.bare_okm);
    }
  });
}

TEST_CASE("SHAKE gives the answers for no input and for more than a block of output") {
  struct Row {
    KdfId id;
    const char* nothing;
    const char* long_output;
  };
  // Python's hashlib: shake_128(b"") and shake_256(b"") to 32 bytes, bytes(range(80)) to 200.
  const Row rows[] = {
      {KdfId::shake128, "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
       "fd10046bcc03af5affeb7cf6c36f30e4e023ea4b6dfe3cfba311a36fe65dab684c936011ddbebc9d1134117bf6"
       "e1022bdceef4dbbec67c356cf694cbfa9fe93c04be52db6283124d8337d09b97723a8b7a3901bbc3e13e0d1c4c"
       "4afebbcb2fcb020841b2c20dfe64b64f1d2479b98a74425e52f5fd5fdba87563b0730a6a5c6cfe0d03fa1e52c2"
       "e27855b87c3eae3b7646f4c6776a2070256f25110e7a1cc2325b7e3d2eaef5bff2d09b19bc68695bd6e46895a6"
       "b460abff7195e803b3614615ba82aed42ff4a13b"},
      {KdfId::shake256, "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f",
       "c2a11a26513bc86d6251bb14da1e7dd654e1072daa0bc8f06eadc4e6bf0d5a50ca54790545b0f2f9ca4204572c"
       "1256bfdd2742d3990021fb02e1395f17076393d4ab270d0ed110304610cfb086f27d1922b15d3a4a0059595212"
       "0e29581c7cdc4e9361cdde395fa34af324bce687519d7050d435e43a5b2500ea0f0ba3388d3b9b7413202689b6"
       "f6ea640e12abedfaae58039ce0f70c0b51df619c0d7926fb4221c93f9ccdd2fbd08d8bd99ad6c6b4ee3d28c26c"
       "a0e53ec6ce2ae8e40b40f9b44a4b2844cab45d2b"},
  };
  for_each_kdf([&](const Provider&, const Kdf& kdf) {
    for (const Row& row : rows) {
      if (row.id != kdf.params().id) continue;
      REQUIRE(hex(derive(kdf, {}, 32)) == row.nothing);
      const Bytes input = counting(0, 80);
      const ByteView ikm = input;
      REQUIRE(hex(derive(kdf, Gather(&ikm, 1), 200)) == row.long_output);
    }
  });
}

TEST_CASE("KDFs read gathered inputs as their concatenation") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    const Bytes input = pattern(300, 1);
    const Bytes salt = pattern(kdf.params().nh, 2);
    const ByteView whole = input;
    if (two_stages(kdf)) {
      const Bytes prk = extract(kdf, salt, whole);
      const Bytes okm = expand(kdf, prk, whole, 100);
      for_each_split(whole, [&](Gather pieces) {
        REQUIRE(extract(kdf, salt, pieces) == prk);
        REQUIRE(expand(kdf, prk, pieces, 100) == okm);
      });
      REQUIRE(extract(kdf, salt, Gather()) == extract(kdf, salt, ByteView()));
      REQUIRE(expand(kdf, prk, Gather(), 40) == expand(kdf, prk, ByteView(), 40));
    } else {
      const Bytes out = derive(kdf, Gather(&whole, 1), 100);
      for_each_split(whole, [&](Gather pieces) { REQUIRE(derive(kdf, pieces, 100) == out); });
    }
  });
}

TEST_CASE("HKDF takes any salt, and an empty one as Nh zeros") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    if (!two_stages(kdf)) return;
    const Bytes ikm = pattern(40, 1);
    REQUIRE(extract(kdf, {}, ikm) == extract(kdf, Bytes(kdf.params().nh), ikm));
    REQUIRE(extract(kdf, {}, ikm) != extract(kdf, pattern(kdf.params().nh, 3), ikm));
    // RFC 2104: a key longer than the hash's block stands for its hash, so the last byte counts.
    Bytes long_salt = pattern(1000, 4);
    const Bytes with_long_salt = extract(kdf, long_salt, ikm);
    long_salt.back() ^= 1;
    REQUIRE(extract(kdf, long_salt, ikm) != with_long_salt);
  });
}

TEST_CASE("KDFs give every length up to their limit, and refuse more") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    const std::size_t nh = kdf.params().nh;
    const std::size_t most = kdf.params().max_output;
    const Bytes input = pattern(nh, 5);
    const ByteView view = input;
    const auto output = [&](std::size_t size) {
      Bytes out(size, 0xa5);
      const Status status = two_stages(kdf) ? kdf.expand(out, input, Gather(&view, 1))
                                            : kdf.derive(out, Gather(&view, 1));
      if (size > most) {
        REQUIRE_ERRC(status, Errc::invalid_argument);
        REQUIRE(is_zero(out));
      } else {
        REQUIRE_OK(status);
      }
      return out;
    };
    const Bytes longest = output(most);
    REQUIRE_FALSE(is_zero(ByteView(longest).last(nh)));
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, nh - 1, nh, nh + 1, 2 * nh, most - 1}) {
      INFO("length " << size);
      REQUIRE(output(size) == copy(ByteView(longest).first(size)));
    }
    output(most + 1);
    output(most + 1000);
  });
}

TEST_CASE("HKDF refuses a prk shorter than Nh") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    if (!two_stages(kdf)) return;
    for (const std::size_t size : {std::size_t{0}, kdf.params().nh - 1}) {
      Bytes out(16, 0xa5);
      REQUIRE_ERRC(kdf.expand(out, Bytes(size, 1), {}), Errc::invalid_argument);
      REQUIRE(is_zero(out));
    }
  });
}

TEST_CASE("HKDF leaves nothing behind if its HMAC fails") {
  for (const KdfParams& row : kdf_table()) {
    if (row.stages != KdfStages::two) continue;
    INFO(row.name);
    Prk prk;
    prk.assign(Bytes(32, 1));
    const Status extracted = Hkdf(row, FailingHmac{0}).extract(prk, {}, {});
    REQUIRE_ERRC(extracted, Errc::provider_failure);
    REQUIRE(prk.empty());
    for (const int good : {0, 1, 2}) {
      Bytes out(3 * row.nh, 0xa5);
      const Status expanded = Hkdf(row, FailingHmac{good}).expand(out, Bytes(row.nh), {});
      REQUIRE_ERRC(expanded, Errc::provider_failure);
      REQUIRE(expanded.error().native == 7);
      REQUIRE(is_zero(out));
    }
    Bytes out(3 * row.nh);
    REQUIRE_OK(Hkdf(row, FailingHmac{3}).expand(out, Bytes(row.nh), {}));
  }
}

TEST_CASE("KDFs return not_supported for the other kind's calls") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    Bytes out(32, 0xa5);
    if (two_stages(kdf)) {
      REQUIRE_ERRC(kdf.derive(out, {}), Errc::not_supported);
    } else {
      Prk prk;
      prk.assign(pattern(32, 1));
      REQUIRE_ERRC(kdf.extract(prk, {}, {}), Errc::not_supported);
      REQUIRE(prk.empty());
      REQUIRE_ERRC(kdf.expand(out, pattern(64, 1), {}), Errc::not_supported);
    }
    REQUIRE(is_zero(out));
  });
}

TEST_CASE("KDFs of all providers agree", "[agree]") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    for (const Provider* other : twoway::built::providers()) {
      const Kdf* same = other->kdf(kdf.params().id);
      if (same == nullptr || same == &kdf) continue;
      INFO("against " << other->name());
      for (std::uint32_t size = 0; size <= 300; size += 7) {
        const Bytes ikm = pattern(size, size + 1);
        const ByteView view = ikm;
        if (two_stages(kdf)) {
          const Bytes prk = extract(kdf, ikm, ikm);
          REQUIRE(prk == extract(*same, ikm, ikm));
          REQUIRE(expand(kdf, prk, ikm, size) == expand(*same, prk, ikm, size));
        } else {
          REQUIRE(derive(kdf, Gather(&view, 1), size) == derive(*same, Gather(&view, 1), size));
        }
      }
    }
  });
}

// Key files of ML-KEM and of hybrid KEMs.
#include <array>

#include <twoway/core/kem.hpp>

#include "key_files.hpp"

using namespace twoway;
using namespace twoway::core;
using namespace twoway::test;

namespace {

/// The bytes 0, 1, 2 and so on: the seed of the sample files.
Bytes counted(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

}  // namespace

TEST_CASE("ML-KEM files of openssl genpkey are read, and their seeds written back byte for byte") {
  for (const KemId id : {KemId::ml_kem_512, KemId::ml_kem_768, KemId::ml_kem_1024}) {
    INFO(find_kem(id)->name);
    const std::string text = key_file(find_kem(id)->short_name);
    const auto data = read(text);
    REQUIRE_OK(data);
    REQUIRE(data->kem == id);
    REQUIRE(copy(data->bytes.view()) == counted(64));
    REQUIRE(data->public_key.empty());
    const auto written = write_private_key_pem(id, data->bytes.view(), {});
    REQUIRE_OK(written);
    REQUIRE(as_string(written->view()) == text);
  }
  const auto both = read(key_file("ml-kem-768-both"));
  REQUIRE_OK(both);
  REQUIRE(both->kem == KemId::ml_kem_768);
  REQUIRE(copy(both->bytes.view()) == counted(64));
}

TEST_CASE("a file of a hybrid's key is named after it, and holds the seed") {
  for (const KemParams& kem : pq_kem_table()) {
    if (find_hybrid_kem(kem.id) == nullptr) continue;
    INFO(kem.name);
    const auto written = write_private_key_pem(kem.id, counted(32), Bytes(kem.npk));
    REQUIRE_OK(written);
    const std::string text = as_string(written->view());
    REQUIRE(text == "-----BEGIN " + std::string(kem.name) +
                        " PRIVATE KEY-----\n"
                        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
                        "-----END " +
                        kem.name + " PRIVATE KEY-----\n");
    const auto data = read(text);
    REQUIRE_OK(data);
    REQUIRE(data->kem == kem.id);
    REQUIRE(copy(data->bytes.view()) == counted(32));
    for (const std::size_t size : std::array<std::size_t, 4>{0, 31, 33, 64}) {
      REQUIRE_ERRC(write_private_key_pem(kem.id, counted(size), {}), Errc::invalid_argument);
      const std::string label = std::string(kem.name) + " PRIVATE KEY";
      REQUIRE_ERRC(read(as_string(pem::encode(label, counted(size)).view())), Errc::malformed);
    }
    REQUIRE_ERRC(write_private_key_pem(kem.id, counted(32), Bytes(kem.npk - 1)),
                 Errc::invalid_argument);
    REQUIRE_ERRC(read(text + text), Errc::malformed);
  }
}

TEST_CASE("every file of a seed that is damaged is refused") {
  for (const char* name : {"ml-kem-768", "ml-kem-768-both"}) {
    const Bytes der = der_of(key_file(name));
    for (std::size_t size = 0; size < der.size(); size += size < 100 ? 1 : 97) {
      REQUIRE_ERRC(read(pem_of(ByteView(der).first(size))), Errc::malformed);
    }
    // The header: versions, lengths, the algorithm and the kind of key.
    const std::size_t header = std::string(name) == "ml-kem-768" ? 22 : 30;
    for (std::size_t at = 0; at < header; ++at) {
      for (int value = 0; value < 256; ++value) {
        Bytes changed = der;
        if (changed[at] == value) continue;
        changed[at] = static_cast<std::uint8_t>(value);
        const auto data = read(pem_of(changed));
        if (data.ok()) REQUIRE(data->kem != KemId::ml_kem_768);  // another size of ML-KEM
      }
    }
  }
  const auto expanded = read(key_file("refused-ml-kem-expanded"));
  REQUIRE_ERRC(expanded, Errc::malformed);
  REQUIRE(std::string(expanded.error().message).find("no seed") != std::string::npos);
}

TEST_CASE("the key of a seed's file receives") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& row : pq_kem_table()) {
      const auto kem = Kem::find(*provider, row.id);
      if (!kem) continue;
      INFO(provider->name() << ' ' << row.name);
      const auto written = write_private_key_pem(row.id, counted(row.nsk), {});
      REQUIRE_OK(written);
      const auto data = read_private_key_pem(written->view());
      REQUIRE_OK(data);
      const auto key = kem->import_private(data->bytes.view());
      REQUIRE_OK(key);
      const auto pk = kem->import_public((*key)->public_key());
      REQUIRE_OK(pk);
      Bytes enc(row.nenc);
      SharedSecret sent, received;
      REQUIRE_OK(kem->encap(sent, enc, **pk));
      REQUIRE_OK(kem->decap(received, enc, **key));
      REQUIRE(copy(sent.view()) == copy(received.view()));
    }
  }
}

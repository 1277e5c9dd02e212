// Runs the vectors of RFC 9180 through the C interface: every mode, suite, message and export.
#include <deque>

#include "cpp.hpp"
#include "hpke_vector.h"
#include "vectors.hpp"

using namespace twoway;
using test::Vector;

namespace {

/// The bytes of one vector.
class VectorBytes {
 public:
  message operator()(const Vector& v, const char* field) {
    if (!v.has(field)) return {nullptr, 0};
    core::Bytes& kept = bytes_.emplace_back(v.bytes(field));
    return {kept.data(), kept.size()};
  }

 private:
  std::deque<core::Bytes> bytes_;
};

}  // namespace

TEST_CASE("the vectors of RFC 9180 in C, in all modes") {
  std::size_t ran = 0;
  for (const core::Provider* provider : built::providers()) {
    INFO(provider->name());
    test::for_each_vector(
        "hpke-rfc9180.json",
        [&](const Vector& v) {
          const auto id = [&](const char* field) {
            return static_cast<std::uint16_t>(v.number(field));
          };
          const twoway_suite suite{id("kem_id"), id("kdf_id"), id("aead_id")};
          if (!core::CipherSuite::find(*provider, {core::KemId{suite.kem}, core::KdfId{suite.kdf},
                                                   core::AeadId{suite.aead}})) {
            return;
          }
          VectorBytes store;
          std::vector<hpke_message> messages;
          for (const Vector& m : v.list("encryptions")) {
            messages.push_back({m.number("seq"), store(m, "aad"), store(m, "pt"), store(m, "ct")});
          }
          std::vector<hpke_export> exports;
          for (const Vector& e : v.list("exports")) {
            exports.push_back({store(e, "exporter_context"), store(e, "exported_value")});
          }
          const struct hpke_vector vector {
            c::handle(*provider), suite, store(v, "info"), store(v, "ikmE"), store(v, "enc"),
                store(v, "skRm"), store(v, "pkRm"), store(v, "psk"), store(v, "psk_id"),
                store(v, "skSm"),
                store(v, "pkSm"), messages.data(), messages.size(), exports.data(), exports.size()
          };
          hpke_vector(&vector);
          ++ran;
        },
        test::Reads::some);
  }
  REQUIRE(ran > 0);
}

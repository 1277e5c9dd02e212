// Runs the examples of RFC 9458 and of Chunked OHTTP through the C interface.
#include "vectors.hpp"

#include <deque>
#include <memory>

#include "cpp.hpp"
#include "vectors_case.h"
#include "wrapping.hpp"

using namespace twoway;
using test::Vector;

namespace {

/// Bytes of a vector that live as long as the test runs.
class VectorBytes {
 public:
  message operator()(core::Bytes bytes) {
    core::Bytes& kept = bytes_.emplace_back(std::move(bytes));
    return {kept.data(), kept.size()};
  }
  std::vector<message> operator()(const std::vector<core::Bytes>& list) {
    std::vector<message> kept;
    for (const core::Bytes& bytes : list) kept.push_back((*this)(bytes));
    return kept;
  }

 private:
  std::deque<core::Bytes> bytes_;
};

/// The framing's and the api's tests read every field of these files.
void run(const char* file, void (*example)(const ohttp_vector*)) {
  std::size_t ran = 0;
  for (const core::Provider* provider : built::providers()) {
    if (!test::offers(*provider, {core::KemId::dhkem_x25519, core::KdfId::hkdf_sha256,
                                  core::AeadId::aes128_gcm})) {
      continue;
    }
    INFO(provider->name());
    ran += test::for_each_vector(
        file,
        [&](const Vector& v) {
          VectorBytes store;
          const auto texts = [&](const std::string& field) {
            return v.has(field) ? std::vector<message>{store(v.bytes(field))}
                                : store(v.bytes_list(field + "_chunks"));
          };
          const test::FixedEphemeralProvider fixed(*provider, core::DhId::x25519, v.bytes("skE"));
          const std::string request_label = v.text("request_label");
          const std::string response_label = v.text("response_label");
          const std::vector<message> request_texts = texts("request");
          const std::vector<message> response_texts = texts("response");
          const ohttp_vector vector{
              c::handle(*provider),
              c::handle(fixed),
              request_label.c_str(),
              response_label.c_str(),
              store(v.bytes("skR")),
              store(v.bytes("key_config")),
              request_texts.data(),
              request_texts.size(),
              store(v.bytes("encapsulated_request")),
              store(v.bytes("response_nonce")),
              response_texts.data(),
              response_texts.size(),
              store(v.bytes("encapsulated_response")),
          };
          example(&vector);
        },
        test::Reads::some);
  }
  if (ran == 0) WARN("no provider of this build offers the example's suite");
}

}  // namespace

TEST_CASE("the example of RFC 9458 in C, byte for byte") { run("rfc9458.json", whole_example); }

TEST_CASE("the example of Chunked OHTTP in C, byte for byte") {
  run("chunked-ohttp.json", chunked_example);
}

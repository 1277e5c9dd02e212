// Runs an example with a key in a swtpm of its own.
#include "swtpm.hpp"

extern "C" int example_main(int count, char** arguments);

int main() {
  const twoway::test::Swtpm tpm;
  std::string name = "example";
  std::string secret = "secret";
  std::string uri = tpm.persist("key", "0x81000100", secret) + "?pass";
  char* arguments[] = {name.data(), uri.data(), secret.data(), nullptr};
  return example_main(3, arguments);
}

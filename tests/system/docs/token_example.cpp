// Runs an example with a SoftHSM token of its own.
#include <fstream>

#include "soft_token.hpp"

extern "C" int example_main(int count, char** arguments);

int main() {
  const twoway::test::SoftToken token;
  std::string pin_file = (token.directory() / "pin").string();
  std::ofstream(pin_file) << twoway::test::kPin << '\n';
  std::string name = "example";
  std::string module_path = twoway::test::SoftToken::module_path();
  std::string label = "gateway";
  char* arguments[] = {name.data(), module_path.data(), label.data(), pin_file.data(), nullptr};
  return example_main(4, arguments);
}

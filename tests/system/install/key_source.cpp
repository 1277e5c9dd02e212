// A program outside of the project that looks for tokens without any module.
#include <cstdio>

#include <twoway/pkcs11.hpp>

int main() {
  const auto tokens = twoway::pkcs11::list_tokens("/nonexistent/module.so");
  if (tokens.ok()) return 1;
  std::printf("pkcs11: %s\n", twoway::core::to_string(tokens.error().code));
}

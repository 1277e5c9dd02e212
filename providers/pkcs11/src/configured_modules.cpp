// The modules that this system is configured with.
#include <cstdlib>
#include <memory>

#include <p11-kit/p11-kit.h>

#include <twoway/pkcs11.hpp>

namespace twoway::pkcs11 {

// p11-kit loads the modules to know them, but does not initialise them here.
std::vector<std::string> configured_modules() noexcept {
  std::vector<std::string> paths;
  CK_FUNCTION_LIST** const modules = p11_kit_modules_load(nullptr, P11_KIT_MODULE_UNMANAGED);
  if (modules == nullptr) return paths;
  for (CK_FUNCTION_LIST** module = modules; *module != nullptr; ++module) {
    const std::unique_ptr<char, decltype(&std::free)> path(p11_kit_module_get_filename(*module),
                                                           std::free);
    if (path != nullptr) paths.emplace_back(path.get());
  }
  p11_kit_modules_release(modules);
  return paths;
}

}  // namespace twoway::pkcs11

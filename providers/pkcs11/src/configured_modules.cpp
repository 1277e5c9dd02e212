#include "configured_modules.hpp"

#include <cstdlib>
#include <memory>
#include <string_view>

#include <p11-kit/p11-kit.h>

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;

/// Frees a string of p11-kit and returns a copy. The copy is empty if the string is null.
std::string taken(char* text) {
  const std::unique_ptr<char, decltype(&std::free)> owned(text, std::free);
  return owned == nullptr ? std::string() : std::string(owned.get());
}

/// RFC 7512 section 2.3: a module-name is a file's name without "lib" and ".so".
std::string_view name_of_file(std::string_view path) {
  path.remove_prefix(path.find_last_of('/') + 1);
  if (path.starts_with("lib")) path.remove_prefix(3);
  return path.substr(0, path.find(".so"));
}

}  // namespace

// p11-kit loads the modules to know them, but does not initialise them here.
std::vector<ConfiguredModule> configured_modules() noexcept {
  std::vector<ConfiguredModule> found;
  CK_FUNCTION_LIST** const modules = p11_kit_modules_load(nullptr, P11_KIT_MODULE_UNMANAGED);
  if (modules == nullptr) return found;
  for (CK_FUNCTION_LIST** module = modules; *module != nullptr; ++module) {
    ConfiguredModule row{taken(p11_kit_module_get_name(*module)),
                         taken(p11_kit_module_get_filename(*module)),
                         taken(p11_kit_config_option(*module, "x-init-reserved"))};
    if (!row.path.empty()) found.push_back(std::move(row));
  }
  p11_kit_modules_release(modules);
  return found;
}

Result<std::vector<ConfiguredModule>> modules_for(const TokenLocation& location) noexcept {
  if (!location.module_path.empty()) {
    if (!location.module_name.empty()) {
      return Error{Errc::invalid_argument,
                   "a PKCS#11 module is named by its path or by its name in p11-kit's "
                   "configuration: leave out module-path or module-name"};
    }
    return std::vector{ConfiguredModule{{}, location.module_path, location.init_arguments}};
  }
  if (!location.init_arguments.empty()) {
    return Error{Errc::invalid_argument,
                 "initialisation arguments (x-init-reserved) go with a module-path: those of "
                 "p11-kit's modules stand in its configuration"};
  }
  std::vector<ConfiguredModule> modules = configured_modules();
  if (!location.module_name.empty()) {
    std::erase_if(modules, [&](const ConfiguredModule& module) {
      return module.name != location.module_name &&
             name_of_file(module.path) != location.module_name;
    });
    if (modules.empty()) {
      return Error{Errc::key_unavailable,
                   "p11-kit is configured with no PKCS#11 module of this name: p11-kit "
                   "list-modules shows the names that there are, or give module-path"};
    }
  }
  if (modules.empty()) {
    return Error{Errc::key_unavailable,
                 "no PKCS#11 module is named, and p11-kit is configured with none: give the "
                 "module's path (module-path in a URI)"};
  }
  return modules;
}

}  // namespace twoway::pkcs11

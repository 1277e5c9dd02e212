// A SoftHSM token in a directory of its own, behind the module that fails.
#pragma once

#include <initializer_list>
#include <string>

#include "fault_control.hpp"
#include "soft_token.hpp"

namespace twoway::test::fault {

/// Makes the directory, the token and its keys, and finalises the module. The next C_Initialize
/// finds them.
class FaultToken : public SoftToken {
 public:
  static constexpr const char* kLabel = "faults";

  /// Makes a P-256 key pair per label, sensitive and for derivation only. Ids are 1, 2, ….
  explicit FaultToken(std::initializer_list<const char*> key_labels);
  FaultToken(const FaultToken&) = delete;
  FaultToken& operator=(const FaultToken&) = delete;
  ~FaultToken();
};

/// Returns the path of the module, its control interface and its functions.
const char* module_path();
const Control& control();
const CK_FUNCTION_LIST& functions();

/// Destroys the objects of a label, as another component of the process would, and returns their
/// number. The module must be initialised. Leaves the process logged in.
unsigned long destroy_objects(const char* label);

/// Gives both objects of a label another label and id.
void rename_objects(const char* label, const char* to, unsigned char id);

/// Makes a key pair as FaultToken does, as another component of the process would.
void generate_key(const char* label, unsigned char id);

/// Logs the process out of the token behind everybody's back.
void log_out();

/// Ends the program, and prints the name of the enclosed work, if the work takes longer than a
/// minute (five with sanitizers). That means a hang, and is not a measure of speed.
class Deadline {
 public:
  explicit Deadline(const std::string& name);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();
};

}  // namespace twoway::test::fault

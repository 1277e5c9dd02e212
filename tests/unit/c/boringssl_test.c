// <twoway/boringssl.h>.
#include "boringssl_objects.h"

void boringssl_provider(void) {
  const twoway_provider* crypto = twoway_boringssl_provider();
  struct boringssl_objects all;
  twoway_private_key* key = NULL;
  CHECK(crypto != NULL);
  CHECK(crypto == twoway_boringssl_provider());
  CHECK(strcmp(twoway_provider_name(crypto), "boringssl") == 0);
  REQUIRE_OK(twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &key, NULL));
  check_key(crypto, key, TWOWAY_KEM_X25519);
  twoway_private_key_free(key);

  all.twoway_provider = crypto;
  null_calls_of_boringssl(&all, kSuite);
}

// The C interface: encrypted request-response messaging on HPKE, for C99 and later, and for every
// language that calls C. Includes all of it but the headers of providers (<twoway/openssl.h>,
// <twoway/boringssl.h>, <twoway/sodium.h>) and that of keys in tokens (<twoway/pkcs11.h>), which
// stand beside it.
//
// The rules that hold for all functions are at the beginning of <twoway/c/types.h>.
//
// Who needs it: applications. Most need these types alone:
//
//   both sides        twoway_provider, twoway_status, twoway_error, twoway_media_types
//   receivers         twoway_private_key, twoway_key_ring, twoway_request_receiver,
//                     twoway_response_sealer
//   senders           twoway_request_sender, twoway_response_opener
//   long messages     twoway_form, twoway_request_sealer, twoway_request_opener, twoway_source,
//                     twoway_seal_stream, twoway_open_stream
//
// The other types are for power users.
#ifndef TWOWAY_TWOWAY_H
#define TWOWAY_TWOWAY_H

#include <twoway/c/chunks.h>
#include <twoway/c/hpke.h>
#include <twoway/c/key_configs.h>
#include <twoway/c/key_ring.h>
#include <twoway/c/keys.h>
#include <twoway/c/multi.h>
#include <twoway/c/receiver.h>
#include <twoway/c/replay.h>
#include <twoway/c/response.h>
#include <twoway/c/sender.h>
#include <twoway/c/stream.h>
#include <twoway/c/types.h>

#endif

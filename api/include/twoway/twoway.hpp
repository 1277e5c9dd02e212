// Encrypted request-response messaging on HPKE. Includes every header for applications. Include a
// provider's header (<twoway/openssl.hpp>, <twoway/sodium.hpp>) beside it.
//
// Who needs it: applications. Most need these types alone:
//
//   both sides     Provider, Result, Error, Bytes, ByteView, MediaTypes
//   receivers      Kem, PrivateKey, KeyRing, RequestReceiver, OpenedRequest, ResponseSealer
//   senders        RequestSender, SealedRequest, ResponseOpener
//   long messages  Form, Source, SealStream, OpenStream
//
// The other types are for providers, or for power users: each header says who needs it.
#pragma once

#include <twoway/clock.hpp>
#include <twoway/key_configs.hpp>
#include <twoway/key_ring.hpp>
#include <twoway/message_sealer.hpp>
#include <twoway/multi_receiver.hpp>
#include <twoway/multi_sender.hpp>
#include <twoway/pending.hpp>
#include <twoway/private_key_pem.hpp>
#include <twoway/replay_filter.hpp>
#include <twoway/request_receiver.hpp>
#include <twoway/request_sender.hpp>
#include <twoway/response.hpp>
#include <twoway/source.hpp>
#include <twoway/stream.hpp>
#include <twoway/types.hpp>

// The names of core and framing that applications need, in the namespace twoway.
//
// Who needs it: applications, through the headers that include it.
#pragma once

#include <twoway/core/hpke.hpp>
#include <twoway/core/secret_source.hpp>
#include <twoway/framing/chunks.hpp>
#include <twoway/framing/key_config.hpp>
#include <twoway/framing/request.hpp>
#include <twoway/framing/response.hpp>
#include <twoway/framing/whole.hpp>

namespace twoway {

using core::AeadId;
using core::as_bytes;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::DhPrivateKey;
using core::Errc;
using core::Error;
using core::KdfId;
using core::Kem;
using core::KemId;
using core::PrivateKey;
using core::Provider;
using core::PublicKey;
using core::Result;
using core::Rng;
using core::secret_from_environment;
using core::secret_from_file;
using core::secret_from_function;
using core::SecretBytes;
using core::SecretSource;
using core::SharedSecret;
using core::Status;
using core::Suite;

using framing::ChunkLimits;
using framing::ChunkOpener;
using framing::ChunkSealer;
using framing::End;
using framing::Form;
using framing::KeyConfig;
using framing::kRequestMediaTypes;
using framing::kResponseMediaTypes;
using framing::Last;
using framing::MediaTypes;
using framing::RequestHeader;
using framing::SymmetricAlgorithms;

}  // namespace twoway

// The raw side of every comparison: a library's primitives, called straight and by its best path,
// with every object kept that can be kept and nothing wiped or checked. One file per library.
#pragma once

#include <memory>
#include <vector>

#include <twoway/core/provider.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::bench {

/// Ends the program where a call that cannot fail has failed: a time of it would mean nothing.
void require(bool ok);

/// One group, with a fixed private key and the fixed public key of a peer.
class RawDh {
 public:
  virtual ~RawDh() = default;
  /// A sender's work: a fresh key pair, its public key to `enc`, and DH with the fixed peer.
  virtual void generate_and_derive(core::ByteSpan secret, core::ByteSpan enc) = 0;
  /// A receiver's work: validates the public key `enc`, and DH with the fixed private key.
  virtual void import_and_derive(core::ByteSpan secret, core::ByteView enc) = 0;
  /// What a receiver does whose private key is elsewhere: validates the public key `enc`.
  virtual void import(core::ByteView enc) = 0;
};

/// A private key that is elsewhere. Used by one thread.
class RawKey {
 public:
  virtual ~RawKey() = default;
  virtual void derive(core::ByteSpan secret, core::ByteView enc) = 0;
};

class RawHmac {
 public:
  virtual ~RawHmac() = default;
  virtual void compute(core::ByteSpan mac, core::ByteView key, core::ByteView data) = 0;
};

/// One direction of an AEAD, without additional data.
class RawAead {
 public:
  virtual ~RawAead() = default;
  virtual void set_key(core::ByteView key) = 0;
  virtual void seal(core::ByteSpan out, core::ByteSpan tag, core::ByteView nonce,
                    core::ByteView in) = 0;
  virtual void open(core::ByteSpan out, core::ByteView nonce, core::ByteView in,
                    core::ByteView tag) = 0;
};

/// A library's own HPKE in base mode, for one suite: a context set up and used for one message.
class RawHpke {
 public:
  virtual ~RawHpke() = default;
  /// That of the fixed private key with which `receive` opens.
  virtual core::ByteView public_key() const = 0;
  virtual void send(core::ByteSpan enc, core::ByteSpan out, core::ByteView peer,
                    core::ByteView info, core::ByteView pt) = 0;
  /// `out` has room for as many bytes as `ct` has.
  virtual void receive(core::ByteSpan out, core::ByteView enc, core::ByteView info,
                       core::ByteView ct) = 0;
};

enum class Direction { seal, open };

/// What a library offers raw. Asked only for algorithms that its provider offers.
class RawLibrary {
 public:
  virtual ~RawLibrary() = default;
  virtual const core::Provider& provider() const = 0;
  virtual std::unique_ptr<RawDh> dh(core::DhId id, core::ByteView peer) const = 0;
  virtual std::unique_ptr<RawHmac> hmac(core::KdfId id) const = 0;
  virtual std::unique_ptr<RawAead> aead(core::AeadId id, Direction direction) const = 0;
  /// Null where the library has no HPKE of its own, or not this suite. May be asked for any.
  virtual std::unique_ptr<RawHpke> hpke(core::Suite) const { return nullptr; }
};

/// The libraries of this build. Each file adds its own by a static Registration.
std::vector<const RawLibrary*>& raw_libraries();

struct Registration {
  explicit Registration(const RawLibrary& library) { raw_libraries().push_back(&library); }
};

}  // namespace twoway::bench

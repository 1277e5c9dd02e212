// The raw side of every comparison: a library's primitives, called directly and by its best path.
// Every object that can be kept is kept, and nothing is wiped or checked. One file per library.
#pragma once

#include <memory>
#include <vector>

#include <twoway/core/provider.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::bench {

/// Ends the program if a call that cannot fail has failed, because its time would mean nothing.
void require(bool ok);

/// One group, with a fixed private key and the fixed public key of a peer.
class RawDh {
 public:
  virtual ~RawDh() = default;
  /// Does a sender's work: makes a key pair, writes its public key to `enc`, and computes DH with
  /// the fixed peer.
  virtual void generate_and_derive(core::ByteSpan secret, core::ByteSpan enc) = 0;
  /// Does a receiver's work: validates the public key `enc`, and computes DH with the fixed private
  /// key.
  virtual void import_and_derive(core::ByteSpan secret, core::ByteView enc) = 0;
  /// Does the work of a receiver whose private key is elsewhere: validates the public key `enc`.
  virtual void import(core::ByteView enc) = 0;
};

/// A private key that is elsewhere. Used by one thread.
class RawKey {
 public:
  virtual ~RawKey() = default;
  virtual void derive(core::ByteSpan secret, core::ByteView enc) = 0;
};

/// ML-KEM, with a fixed key pair.
class RawMlKem {
 public:
  virtual ~RawMlKem() = default;
  /// Makes an encapsulation to the fixed public key.
  virtual void encapsulate(core::ByteSpan secret, core::ByteSpan enc) = 0;
  virtual void decapsulate(core::ByteSpan secret, core::ByteView enc) = 0;
};

class RawHash {
 public:
  virtual ~RawHash() = default;
  virtual void digest(core::ByteSpan out, core::ByteView data) = 0;
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

/// A library's own HPKE in base mode, for one suite. Sets up a context and uses it for one message.
class RawHpke {
 public:
  virtual ~RawHpke() = default;
  /// Returns the public key of the fixed private key with which `receive` opens.
  virtual core::ByteView public_key() const = 0;
  virtual void send(core::ByteSpan enc, core::ByteSpan out, core::ByteView peer,
                    core::ByteView info, core::ByteView pt) = 0;
  /// `out` has room for as many bytes as `ct` has.
  virtual void receive(core::ByteSpan out, core::ByteView enc, core::ByteView info,
                       core::ByteView ct) = 0;
};

enum class Direction { seal, open };

/// The raw algorithms of a library. Asked only for algorithms that its provider offers.
class RawLibrary {
 public:
  virtual ~RawLibrary() = default;
  virtual const core::Provider& provider() const = 0;
  virtual std::unique_ptr<RawDh> dh(core::DhId id, core::ByteView peer) const = 0;
  virtual std::unique_ptr<RawHmac> hmac(core::KdfId id) const = 0;
  virtual std::unique_ptr<RawAead> aead(core::AeadId id, Direction direction) const = 0;
  /// Both return null if this file has no raw side of the hybrids that core composes.
  virtual std::unique_ptr<RawMlKem> ml_kem(core::KemId) const { return nullptr; }
  virtual std::unique_ptr<RawHash> sha3_256() const { return nullptr; }
  /// Returns null if the library has no HPKE of its own, or not this suite. May be asked for any
  /// suite.
  virtual std::unique_ptr<RawHpke> hpke(core::Suite) const { return nullptr; }
};

/// The libraries of this build. Each file adds its own by a static Registration.
std::vector<const RawLibrary*>& raw_libraries();

struct Registration {
  explicit Registration(const RawLibrary& library) { raw_libraries().push_back(&library); }
};

}  // namespace twoway::bench

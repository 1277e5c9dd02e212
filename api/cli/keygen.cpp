// twoway keygen, twoway config
#include <memory>

#include <twoway/private_key_pem.hpp>

#include "algorithm_names.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "keys.hpp"
#include "output.hpp"
#include "text.hpp"
#include "tpm_keys.hpp"

namespace twoway::cli {
namespace {

struct Keygen {
  std::string kem;
  std::string out;
  std::string provider;
  bool force = false;
  PinOptions pin;
};

void run(const Keygen& options) {
  const Provider& provider = choose_provider(options.provider);
  const Result<Kem> kem = Kem::find(provider, parse_kem(options.kem));
  if (!kem) {
    throw Failure(Exit::usage, std::string(provider.name()) + " does not offer " + options.kem +
                                   ": " + see("providers"));
  }
  if (is_token_uri(options.out)) {
    if (const auto* hybrid = core::find_hybrid_kem(kem->params().id)) {
      const std::string ml_kem = name_of(hybrid->ml_kem);
      const std::string group = name_of(core::find_dh(hybrid->dh)->kem);
      throw Failure(Exit::usage, options.out + ": a token holds the " + group +
                                     " half of a hybrid's key: make that there with --kem " +
                                     group + ", and a file with --kem " + ml_kem +
                                     ". Give both as --key ID=" + options.kem + ":FILE+URI");
    }
    generate_token_key(provider, options.out, kem->params().id, options.pin);
    return;
  }
  if (is_tpm_handle(options.out)) {
    throw Failure(Exit::usage, options.out +
                                   ": keygen makes no keys in a TPM: use openssl genpkey "
                                   "-provider tpm2, or write ./" +
                                   options.out + " for a file of this name");
  }
  Output out(options.out, {.secret = true, .replace = options.force, .terminal = true});

  core::PrivateKeyBytes ikm;
  core::PrivateKeyBytes sk;
  require(provider.rng().fill(ikm.reset(kem->params().nsk)));
  require(kem->derive_private(sk, ikm.view()));
  const std::unique_ptr<PrivateKey> key = require(kem->import_private(sk.view()));
  const SecretBytes pem =
      require(write_private_key_pem(key->kem_id(), sk.view(), key->public_key()));
  publish(out, pem.view());
}

struct Config {
  KeyOptions keys;
  bool force = false;
  std::optional<std::string> out;
};

void run(const Config& options) {
  KeyRing ring(choose_provider(options.keys.provider));
  require_different({{"--out", options.out}}, key_files(options.keys));
  Output out(options.out, {.replace = options.force});
  load_keys(ring, options.keys);
  publish(out, require(ring.key_configs()));
}

}  // namespace

void add_keygen(Command& program) {
  auto options = std::make_shared<Keygen>();
  Command command = program.add("keygen", "Make a receiver's private key");
  command.option("--kem", options->kem, "KEM", "Kind of key: " + list_of(kem_names())).required();
  command
      .option("-o,--out", options->out, "FILE",
              "File for the key, - for standard output, or a pkcs11: URI with the "
              "object and id of a new key in the token")
      .required();
  command.flag("--force", options->force, "Replace an existing file");
  add_pin_options(command, options->pin);
  add_provider_option(command, options->provider);
  command.footer(
      "The key is written as PKCS#8 PEM, as openssl genpkey writes it, or as a PEM block of its "
      "own "
      "if it is a hybrid's, readable by its owner alone (mode 0600). Keep it secret, and keep a "
      "copy: requests cannot be opened without "
      "it.\n\n"
      "A hybrid's key may have its halves in two places: make an ML-KEM file, and the other half "
      "wherever it stays. --key KEM:SEED+KEY of the other commands joins them.\n\n"
      "Examples:\n"
      "  twoway keygen --kem x25519 --out key.pem\n"
      "  twoway keygen --kem ml-kem-768 --out seed.pem");
  command.runs([options] { run(*options); });
}

void add_config(Command& program) {
  auto options = std::make_shared<Config>();
  Command command = program.add("config", "Write the key configuration list that senders need");
  add_key_options(command, options->keys);
  command.option("-o,--out", options->out, "FILE", "File for the list (default: standard output)");
  command.flag("--force", options->force, "Replace the file if it exists");
  command.footer(
      std::string(kDefaultAlgorithmsHelp) +
      " The preferred comes first.\n\n"
      "The list (application/ohttp-keys, RFC 9458) is public, but senders must get it from you "
      "alone: anyone who can change it can read their requests. Senders use the first key that "
      "they support.\n\n"
      "Examples:\n"
      "  twoway config --key 1=key.pem --out gateway.ohttp-keys\n"
      "  twoway config --key 1=p256.pem --key 2=x25519.pem --algorithms hkdf-sha256:aes-128-gcm "
      "--out "
      "gateway.ohttp-keys");
  command.runs([options] { run(*options); });
}

}  // namespace twoway::cli

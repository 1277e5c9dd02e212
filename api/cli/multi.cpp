// twoway seal-multi, open-multi
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include <sys/stat.h>

#include <twoway/multi_receiver.hpp>
#include <twoway/multi_sender.hpp>

#include "commands.hpp"
#include "keys.hpp"
#include "message_options.hpp"
#include "refusals.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

constexpr const char* kBodyRefused =
    "refused: changed, cut short, for another key, with the encapsulated key of another message or "
    "of another media type: ask for it again, or check --encapsulated-key, --key, --media-type and "
    "--chunked";

/// Longest encapsulated key, with room to spare: a header, the longest `enc`, the body's key and a
/// tag.
constexpr std::size_t kMaxEncapsulatedKey = 4096;

// Not a name that a private key would have.
constexpr const char* kKeySuffix = ".encapsulated-key";
constexpr const char* kStateSuffix = ".state";

struct SealMulti : MessageOptions {
  std::vector<std::string> to;
  std::string keys_dir;
};

struct OpenMulti : OpeningOptions {
  std::string encapsulated_key;
};

struct Receiver {
  std::string name;  ///< its configuration's file name, without folder and extension
  std::string file;
  std::vector<KeyConfig> configs;
};

std::string base_name(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const std::size_t dot = file.rfind('.');
  return dot == std::string::npos || dot == 0 ? file : file.substr(0, dot);
}

std::vector<Receiver> read_receivers(const Provider& provider, const SealMulti& options) {
  std::vector<Receiver> receivers;
  std::map<std::string, std::string> file_of;
  for (const std::string& file : options.to) {
    const std::string name = base_name(file);
    const auto [other, added] = file_of.try_emplace(name, file);
    if (!added) {
      throw Failure(Exit::usage, other->second + " and " + file + ": both would have " + name +
                                     kKeySuffix + ": give them other names");
    }
    receivers.push_back({name, file, read_list(provider, file)});
  }
  return receivers;
}

/// Returns a sender to each receiver, in suites with `aead`, or none if a receiver has no such
/// suite.
std::vector<RequestSender> senders_with(const Provider& provider, std::vector<Receiver> receivers,
                                        AeadId aead) {
  std::vector<RequestSender> senders;
  for (Receiver& receiver : receivers) {
    for (KeyConfig& config : receiver.configs) {
      std::erase_if(config.algorithms, [aead](const auto& pair) { return pair.aead != aead; });
    }
    Result<RequestSender> sender = RequestSender::create(provider, receiver.configs);
    if (!sender && sender.error().code == Errc::not_supported) return {};
    senders.push_back(require(std::move(sender), receiver.file));
  }
  return senders;
}

/// Returns a sender to each receiver, all with one AEAD: the first in the first receiver's list
/// that all accept. Tries each AEAD of the provider once, even if the list is long.
std::vector<RequestSender> choose_senders(const Provider& provider,
                                          const std::vector<Receiver>& receivers) {
  std::set<AeadId> tried;
  for (const KeyConfig& config : receivers.front().configs) {
    for (const SymmetricAlgorithms& pair : config.algorithms) {
      if (provider.aead(pair.aead) == nullptr || !tried.insert(pair.aead).second) continue;
      std::vector<RequestSender> senders = senders_with(provider, receivers, pair.aead);
      if (!senders.empty()) return senders;
    }
  }
  throw Failure(Exit::refused, "the receivers have no usable AEAD in common: " + see("inspect") +
                                   " for the AEADs of each");
}

void make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return;
  throw Failure(Exit::io, path + ": cannot be made: " + std::strerror(errno));
}

void require_different_files(const SealMulti& options, const std::vector<Receiver>& receivers) {
  std::vector<NamedFile> outputs{{"--out", options.out}};
  std::vector<NamedFile> inputs{{"--in", options.in}};
  for (const Receiver& receiver : receivers) {
    const std::string path = options.keys_dir + "/" + receiver.name;
    outputs.push_back({"--keys-dir", path + kStateSuffix});
    outputs.push_back({"--keys-dir", path + kKeySuffix});
    inputs.push_back({"--to", receiver.file});
  }
  require_different(outputs, inputs);
}

void run(const SealMulti& options) {
  const MediaTypes types = media_types(options, kRequestMediaTypes);
  const Provider& provider = choose_provider(options.provider);
  const std::vector<Receiver> receivers = read_receivers(provider, options);
  require_different_files(options, receivers);
  const std::vector<RequestSender> senders = choose_senders(provider, receivers);
  const MultiRequestSender sender =
      require(MultiRequestSender::create(provider, senders.front().suite().aead));
  MultiRequestSealer sealer = require(sender.begin(options.form(), types));
  Output out(options.out, sealed_rules(options));
  make_folder(options.keys_dir);
  MessageInput message(options, Act::seal, out);
  SealStream stream = require(sealer.stream(message.source(), options.stream()));

  // Keys and states are in place before the body leaves. Each is finished at once, so that few
  // files are open together.
  std::deque<Output> files;
  Companions companions;
  const auto write = [&](const std::string& path, const OutputRules& rules, ByteView bytes) {
    Output& file = files.emplace_back(path, rules);
    file.write(bytes);
    file.finish();
    companions.outputs.push_back(&file);
  };
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    const std::string path = options.keys_dir + "/" + receivers[i].name;
    const EncapsulatedKey key = require(sealer.encapsulate_key(senders[i]), receivers[i].file);
    write(path + kStateSuffix, new_state_rules(options),
          key.response_opener.export_secret_state(SecretAccess{}).view());
    write(path + kKeySuffix, sealed_rules(options), key.message);
  }
  deliver(pull(stream), message.input(), out, companions, options.rules(""));
}

void run(const OpenMulti& options) {
  OpeningFiles files(options, kBodyRefused, {{"--encapsulated-key", options.encapsulated_key}});
  const std::string key_name = input_name(options.encapsulated_key);
  MessageInput message(options, Act::open, files.out);
  message.input().wait();  // a sender in the same pipe has made the key by then
  const core::SecretBuffer key = read_input(
      options.encapsulated_key, {.max = kMaxEncapsulatedKey, .what = "an encapsulated key"});

  const auto opened = [&](auto result) {
    if (!result && result.error().code == Errc::unknown_key) {
      throw unknown_key(files.ring, key, key_name);
    }
    if (result || result.error().code != Errc::open_failed) {
      return require(std::move(result), key_name);
    }
    throw failure({Errc::open_failed, kBodyRefused}, key_name);
  };
  const PendingMultiRequest pending =
      opened(MultiRequestReceiver(files.ring).begin(options.form(), key, files.types));
  MultiRequestOpener request = opened(pending.decapsulate());
  OpenStream stream = require(request.stream(message.source(), options.stream()));
  files.deliver(request, stream, message.input());
}

}  // namespace

void add_seal_multi(Command& program) {
  auto options = std::make_shared<SealMulti>();
  Command command = program.add("seal-multi", "Seal one request to several receivers");
  command
      .option("--to", options->to, "FILE",
              "A receiver's key configuration list. Repeat it for more")
      .required();
  command
      .option("--keys-dir", options->keys_dir, "FOLDER",
              "Folder for the encapsulated keys and states of the receivers. It is made if it does "
              "not exist")
      .required();
  add_message_options(command, *options, Act::seal, "The plaintext",
                      "File for the sealed request, the same for all");
  add_provider_option(command, options->provider);
  command.footer(
      "For the receiver of NAME.EXT there are NAME.encapsulated-key, to send with the request, and "
      "NAME.state, for open-response, which is secret (mode 0600). All receivers must accept one "
      "AEAD. Any receiver could make another request that the others would take for this one. "
      "Responses are between one receiver and you.\n\n"
      "Example:\n"
      "  twoway seal-multi --to alice.ohttp-keys --to bob.ohttp-keys --keys-dir out --in "
      "question.txt --out request.bin");
  command.runs([options] { run(*options); });
}

void add_open_multi(Command& program) {
  auto options = std::make_shared<OpenMulti>();
  Command command =
      program.add("open-multi", "Open a request that was sealed to several receivers");
  add_key_options(command, options->keys);
  command
      .option("--encapsulated-key", options->encapsulated_key, "FILE",
              "The encapsulated key that the sender made for this receiver")
      .required();
  add_message_options(command, *options, Act::open, "The sealed request", "File for the plaintext");
  add_new_state_option(command, *options, "seal-response");
  command.footer(
      "Example:\n"
      "  twoway open-multi --key 1=key.pem --encapsulated-key alice.encapsulated-key --in "
      "request.bin --out question.txt --state receiver.state");
  command.runs([options] { run(*options); });
}

}  // namespace twoway::cli

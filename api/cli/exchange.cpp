// twoway seal-request, open-request, seal-response, open-response
#include <algorithm>
#include <memory>

#include <twoway/request_receiver.hpp>
#include <twoway/request_sender.hpp>

#include "commands.hpp"
#include "failure.hpp"
#include "input.hpp"
#include "keys.hpp"
#include "output.hpp"

namespace twoway::cli {
namespace {

constexpr OutputRules kSealed{};
constexpr OutputRules kPlaintext{.terminal = true};
constexpr OutputRules kNewState{.secret = true, .terminal = true};

// A failed open has one answer for every cause, so that it tells an attacker nothing; the hints
// name all causes.
constexpr const char* kRequestRefused =
    "refused: changed, cut short, for another key or of another media type: ask for it again, or "
    "see whether --key and --media-type are right";
constexpr const char* kResponseRefused =
    "refused: changed, cut short, for another request or of another media type: ask for it again, "
    "or see whether --state and --media-type are right";

/// The options that all four commands share.
struct Exchange {
  std::string provider;
  std::string media_type;
  std::optional<std::string> in;
  std::optional<std::string> out;
  std::string state;
};

struct SealRequest : Exchange {
  std::string config;
  std::optional<unsigned> key_id;
};

struct OpenRequest : Exchange {
  KeyOptions keys;
};

void add_exchange_options(CLI::App& command, Exchange& options, std::string_view media_type,
                          const char* in, const char* out, const char* state) {
  options.media_type = media_type;
  command.add_option("-i,--in", options.in, std::string(in) + "; standard input unless given")
      ->type_name("FILE");
  command.add_option("-o,--out", options.out, std::string(out) + "; standard output unless given")
      ->type_name("FILE");
  command.add_option("--state", options.state, state)->required()->type_name("FILE");
  command
      .add_option("--media-type", options.media_type,
                  "Media type of the plaintext, the same on both sides")
      ->capture_default_str()
      ->type_name("TYPE");
}

Input read_message(const Exchange& options, std::size_t front = 0, std::size_t back = 0) {
  return read_input(
      options.in,
      {.max = kMaxMessage, .what = "a message", .secret = false, .front = front, .back = back});
}

Input read_state(const Exchange& options) {
  return read_input(options.state, {.max = kMaxState, .what = "a response state", .secret = true});
}

void require_two_files(const Output& out, const Output& state) {
  if (!out.same_file(state)) return;
  throw Failure(Exit::usage, out.name() + ": --out and --state must name two files");
}

/// The value of an open, or its failure with `hint` in place of the library's words.
template <typename T>
T require_opened(Result<T> result, const std::string& about, const char* hint) {
  if (!result && result.error().code == Errc::open_failed) {
    throw failure({Errc::open_failed, hint}, about);
  }
  return require(std::move(result), about);
}

RequestSender make_sender(const Provider& provider, const SealRequest& options) {
  const std::string name = input_name(options.config);
  const Input list =
      read_input(options.config, {.max = kMaxKeyConfigs, .what = "a key configuration list"});
  auto configs = require(framing::parse_key_configs(provider, list.view()), name);
  if (options.key_id) {
    std::erase_if(configs, [&](const KeyConfig& c) { return c.key_id != *options.key_id; });
    if (configs.empty()) {
      throw Failure(Exit::refused, name + ": no usable key with id " +
                                       std::to_string(*options.key_id) +
                                       ": see twoway inspect for those that it has");
    }
  }
  return require(RequestSender::create(provider, configs), name);
}

// The state is in place before the request leaves: a request whose state is lost could not have
// its response opened, whereas a state without a request does no harm.
void run(const SealRequest& options) {
  const Provider& provider = choose_provider(options.provider);
  Output out(options.out, kSealed);
  Output state(options.state, kNewState);
  require_two_files(out, state);

  const RequestSender sender = make_sender(provider, options);
  RequestSealer sealer = require(sender.start(options.media_type), "--media-type");
  const std::size_t front = sealer.prefix().size();
  Input message = read_message(options, front, sender.sealed_size(0) - front);
  const std::size_t size = require(sealer.seal(message.whole(), message.body()));
  const SecretBytes saved = sealer.response_opener().export_secret_state(SecretAccess{});
  publish({{state, saved.view()}, {out, message.whole().first(size)}});
}

void run(const OpenRequest& options) {
  KeyRing ring(choose_provider(options.keys.provider));
  Output out(options.out, kPlaintext);
  Output state(options.state, kNewState);
  require_two_files(out, state);
  load_keys(ring, options.keys);

  const std::string name = input_name(options.in);
  Input message = read_message(options);
  const RequestReceiver receiver(ring);
  const PendingRequest pending =
      require_opened(receiver.begin(message.view(), options.media_type), name, kRequestRefused);
  RequestOpener opener = require_opened(pending.decapsulate(), name, kRequestRefused);
  const ByteSpan sealed = message.body().subspan(pending.prefix_size());
  const std::size_t size = require_opened(opener.open(sealed, sealed), name, kRequestRefused);
  const ResponseSealer sealer = require(opener.response_sealer());
  const SecretBytes saved = require(sealer.export_secret_state(SecretAccess{}));
  publish({{state, saved.view()}, {out, sealed.first(size)}});
}

void seal_response(const Exchange& options) {
  const Provider& provider = choose_provider(options.provider);
  Output out(options.out, kSealed);
  ResponseSealer sealer = require(ResponseSealer::restore(provider, read_state(options).view()),
                                  input_name(options.state));
  const std::size_t front = sealer.prefix_size();
  Input message = read_message(options, front, sealer.sealed_size(0) - front);
  const std::size_t size =
      require(sealer.seal(message.whole(), message.body(), options.media_type));
  publish({{out, message.whole().first(size)}});
}

void open_response(const Exchange& options) {
  const Provider& provider = choose_provider(options.provider);
  Output out(options.out, kPlaintext);
  const ResponseOpener opener = require(
      ResponseOpener::restore(provider, read_state(options).view()), input_name(options.state));
  Input message = read_message(options);
  const std::size_t front = std::min(opener.prefix_size(), message.body().size());
  const ByteSpan plaintext = message.body().subspan(front);
  const std::size_t size =
      require_opened(opener.open(plaintext, message.view(), options.media_type),
                     input_name(options.in), kResponseRefused);
  publish({{out, plaintext.first(size)}});
}

}  // namespace

void add_seal_request(CLI::App& app) {
  auto options = std::make_shared<SealRequest>();
  CLI::App* command = app.add_subcommand("seal-request", "Seal a request to a receiver's key");
  command->add_option("--config", options->config, "The receiver's key configuration list")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--key-id", options->key_id,
                   "Take the key with this id; unless given, the first that is supported")
      ->check(key_id_range())
      ->type_name("N");
  add_exchange_options(*command, *options, kRequestMediaType, "What to seal",
                       "File for the sealed request",
                       "File for what open-response needs; replaced if it exists");
  add_provider_option(*command, options->provider);
  command->footer(
      "The state opens the response to this one request. It is secret (mode 0600); delete it when "
      "the\nresponse is open. It is in place before the request is: a failure leaves neither.\n\n"
      "Example:\n"
      "  twoway seal-request --config gateway.ohttp-keys --in question.txt \\\n"
      "                      --out request.bin --state sender.state");
  command->callback([options] { run(*options); });
}

void add_open_request(CLI::App& app) {
  auto options = std::make_shared<OpenRequest>();
  CLI::App* command = app.add_subcommand("open-request", "Open a request with a private key");
  add_key_options(*command, options->keys);
  add_exchange_options(*command, *options, kRequestMediaType, "The sealed request",
                       "File for the plaintext",
                       "File for what seal-response needs; replaced if it exists");
  command->footer(
      std::string(kDefaultSuitesHelp) +
      "\n\n"
      "Keys, ids and suites must be those of the key configuration list: a request for another id "
      "or suite\nis refused. Nothing is written unless the whole request is authentic. The state "
      "seals the response;\nit is secret (mode 0600): delete it when the response is sealed.\n\n"
      "Example:\n"
      "  twoway open-request --key key.pem --key-id 1 --in request.bin \\\n"
      "                      --out question.txt --state receiver.state");
  command->callback([options] { run(*options); });
}

void add_seal_response(CLI::App& app) {
  auto options = std::make_shared<Exchange>();
  CLI::App* command = app.add_subcommand("seal-response", "Seal the response to an opened request");
  add_exchange_options(*command, *options, kResponseMediaType, "What to seal",
                       "File for the sealed response", "The state that open-request wrote");
  add_provider_option(*command, options->provider);
  command->footer(
      "Example:\n"
      "  twoway seal-response --state receiver.state --in answer.txt --out response.bin");
  command->callback([options] { seal_response(*options); });
}

void add_open_response(CLI::App& app) {
  auto options = std::make_shared<Exchange>();
  CLI::App* command = app.add_subcommand("open-response", "Open the response to a sealed request");
  add_exchange_options(*command, *options, kResponseMediaType, "The sealed response",
                       "File for the plaintext", "The state that seal-request wrote");
  add_provider_option(*command, options->provider);
  command->footer(
      "Nothing is written unless the whole response is authentic and answers the state's "
      "request.\n\n"
      "Example:\n"
      "  twoway open-response --state sender.state --in response.bin --out answer.txt");
  command->callback([options] { open_response(*options); });
}

}  // namespace twoway::cli

// twoway seal-request, open-request, seal-response, open-response
#include <memory>

#include <twoway/request_receiver.hpp>
#include <twoway/request_sender.hpp>

#include "commands.hpp"
#include "keys.hpp"
#include "message_options.hpp"
#include "refusals.hpp"

namespace twoway::cli {
namespace {

// A failed open has one message for every cause, so that it tells an attacker nothing. The hints
// name all causes.
constexpr const char* kRequestRefused =
    "refused: changed, cut short, for another key or of another media type: ask for it again, or "
    "check --key, --media-type and --chunked";
constexpr const char* kResponseRefused =
    "refused: changed, cut short, for another request or of another media type: ask for it again, "
    "or check --state, --media-type and --chunked";

struct SealRequest : MessageOptions {
  std::string config;
  std::optional<unsigned> key_id;
};

// Reads the state that the other side's run has written. If that run is in the same pipe, it has
// written the state before the first byte arrives here.
core::SecretBuffer read_state(const MessageOptions& options, const Input& message, Act act) {
  if (!message.wait() && act == Act::open) {
    throw Failure(Exit::refused, message.name() + ": is empty: nothing was sent");
  }
  return read_input(options.state, {.max = kMaxState, .what = "a response state", .secret = true});
}

void run(const SealRequest& options) {
  const MediaTypes types = media_types(options, kRequestMediaTypes);
  const Provider& provider = choose_provider(options.provider);
  require_different({{"--out", options.out}, {"--state", options.state}},
                    {{"--in", options.in}, {"--config", options.config}});
  Output out(options.out, sealed_rules(options));
  Output state(options.state, new_state_rules(options));
  const RequestSender sender = make_sender(provider, options.config, options.key_id);
  RequestSealer sealer = require(sender.begin(options.form(), types));
  const ResponseOpener opener = sealer.response_opener();
  MessageInput message(options, Act::seal, out);
  SealStream stream = require(sealer.stream(message.source(), options.stream()));

  // If the state were lost, the response to this request could not be opened.
  const Companions saved =
      with_state(state, [&] { return opener.export_secret_state(SecretAccess{}); });
  deliver(pull(stream), message.input(), out, saved, options.rules(""));
}

void run(const OpeningOptions& options) {
  OpeningFiles files(options, kRequestRefused);
  MessageInput message(options, Act::open, files.out);
  Result<RequestStream> opened =
      RequestReceiver(files.ring)
          .stream(options.form(), message.source(), files.types, options.stream());
  if (!opened && opened.error().code == Errc::unknown_key) {
    throw unknown_key(files.ring, message.head(), message.input().name());
  }
  RequestStream request = require_opened(std::move(opened), message.input(), files.rules);
  files.deliver(request.opener, request.plaintext, message.input());
}

void seal_response(const MessageOptions& options) {
  const MediaTypes types = media_types(options, kResponseMediaTypes);
  const Provider& provider = choose_provider(options.provider);
  require_different({{"--out", options.out}}, {{"--in", options.in}, {"--state", options.state}});
  Output out(options.out, sealed_rules(options));
  MessageInput message(options, Act::seal, out);
  Result<ResponseSealer> restored =
      ResponseSealer::restore(provider, read_state(options, message.input(), Act::seal));
  if (!restored) {
    throw unusable_state(restored.error(), input_name(options.state), "open-request");
  }
  ResponseSealer sealer = std::move(*restored);
  SealStream stream =
      require(sealer.stream(options.form(), message.source(), types, options.stream()));
  deliver(pull(stream), message.input(), out, {}, options.rules(""));
}

void open_response(const MessageOptions& options) {
  const MediaTypes types = media_types(options, kResponseMediaTypes);
  const Provider& provider = choose_provider(options.provider);
  require_different({{"--out", options.out}}, {{"--in", options.in}, {"--state", options.state}});
  Output out(options.out, plaintext_rules(options));
  MessageInput message(options, Act::open, out);
  const Result<ResponseOpener> opener =
      ResponseOpener::restore(provider, read_state(options, message.input(), Act::open));
  if (!opener) throw unusable_state(opener.error(), input_name(options.state), "seal-request");
  OpenStream stream =
      require(opener->stream(options.form(), message.source(), types, options.stream()));
  deliver(pull(stream), message.input(), out, {}, options.rules(kResponseRefused));
}

}  // namespace

void add_seal_request(Command& program) {
  auto options = std::make_shared<SealRequest>();
  Command command = program.add("seal-request", "Seal a request to a receiver's key");
  command.option("--config", options->config, "FILE", "The receiver's key configuration list")
      .required();
  command
      .option("--key-id", options->key_id, "N",
              "Use the key with this id (default: the first that is supported)")
      .check(check_key_id);
  add_message_options(command, *options, Act::seal, "The plaintext", "File for the sealed request");
  add_new_state_option(command, *options, "open-response");
  add_provider_option(command, options->provider);
  command.footer(
      "The state opens the response to this one request. It is secret (mode 0600): delete it when "
      "the response is open. It is written before the request. A failure leaves neither.\n\n"
      "Examples:\n"
      "  twoway seal-request --config gateway.ohttp-keys --in question.txt --out request.bin "
      "--state sender.state\n"
      "  producer | twoway seal-request --chunked --config gateway.ohttp-keys --state sender.state "
      "| consumer");
  command.runs([options] { run(*options); });
}

void add_open_request(Command& program) {
  auto options = std::make_shared<OpeningOptions>();
  Command command = program.add("open-request", "Open a request with a private key");
  add_key_options(command, options->keys);
  add_message_options(command, *options, Act::open, "The sealed request", "File for the plaintext");
  add_new_state_option(command, *options, "seal-response");
  command.footer(
      std::string(kDefaultAlgorithmsHelp) +
      "\n\n"
      "Keys, ids and algorithms must be those of the key configuration list: a request for another "
      "id "
      "or algorithms is refused. With --out, nothing is written unless the whole request is "
      "authentic. "
      "A chunked request goes into a pipe chunk by chunk, and is complete only if the exit code is "
      "0. The state seals the response. It is secret (mode 0600): delete it when the response is "
      "sealed.\n\n"
      "Example:\n"
      "  twoway open-request --key 1=key.pem --in request.bin --out question.txt --state "
      "receiver.state");
  command.runs([options] { run(*options); });
}

void add_seal_response(Command& program) {
  auto options = std::make_shared<MessageOptions>();
  Command command = program.add("seal-response", "Seal the response to an opened request");
  add_message_options(command, *options, Act::seal, "The plaintext",
                      "File for the sealed response");
  command.option("--state", options->state, "FILE", "The state that open-request wrote").required();
  add_provider_option(command, options->provider);
  command.footer(
      "Example:\n"
      "  twoway seal-response --state receiver.state --in answer.txt --out response.bin");
  command.runs([options] { seal_response(*options); });
}

void add_open_response(Command& program) {
  auto options = std::make_shared<MessageOptions>();
  Command command = program.add("open-response", "Open the response to a sealed request");
  add_message_options(command, *options, Act::open, "The sealed response",
                      "File for the plaintext");
  command.option("--state", options->state, "FILE", "The state that seal-request wrote").required();
  add_provider_option(command, options->provider);
  command.footer(
      "With --out, nothing is written unless the whole response is authentic and answers the "
      "state's request. A chunked response goes into a pipe chunk by chunk, and is complete only "
      "if the exit code is 0.\n\n"
      "Example:\n"
      "  twoway open-response --state sender.state --in response.bin --out answer.txt");
  command.runs([options] { open_response(*options); });
}

}  // namespace twoway::cli

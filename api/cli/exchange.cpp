// twoway seal-request, open-request, seal-response, open-response
#include "exchange.hpp"

#include <memory>

#include <twoway/request_receiver.hpp>
#include <twoway/request_sender.hpp>

#include "commands.hpp"
#include "keys.hpp"

namespace twoway::cli {
namespace {

// A failed open has one answer for every cause, so that it tells an attacker nothing; the hints
// name all causes.
constexpr const char* kRequestRefused =
    "refused: changed, cut short, for another key or of another media type: ask for it again, or "
    "see whether --key, --media-type and --chunked are right";
constexpr const char* kResponseRefused =
    "refused: changed, cut short, for another request or of another media type: ask for it again, "
    "or see whether --state, --media-type and --chunked are right";

/// Room for what surrounds the text of a whole message.
constexpr std::size_t kMaxOverhead = 4096;

struct SealRequest : Exchange {
  std::string config;
  std::optional<unsigned> key_id;
};

struct OpenRequest : Exchange {
  KeyOptions keys;
};

// The state of a message's other half, which may be a run in the same pipe: it has written the
// state by the time that something arrives.
core::SecretBuffer read_state(const Exchange& options, const Input& message, Act act) {
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

  // A request whose state is lost could not have its response opened.
  const Companions saved =
      with_state(state, [&] { return opener.export_secret_state(SecretAccess{}); });
  deliver(pull(stream), message.input(), out, saved, options.rules(""));
}

void run(const OpenRequest& options) {
  const MediaTypes types = media_types(options, kRequestMediaTypes);
  KeyRing ring(choose_provider(options.keys.provider));
  std::vector<NamedFile> inputs = key_files(options.keys);
  inputs.push_back({"--in", options.in});
  require_different({{"--out", options.out}, {"--state", options.state}}, inputs);
  Output out(options.out, plaintext_rules(options));
  Output state(options.state, new_state_rules(options));
  load_keys(ring, options.keys);
  const DeliveryRules rules = options.rules(kRequestRefused);
  MessageInput message(options, Act::open, out);
  RequestStream request = require_opened(
      RequestReceiver(ring).stream(options.form(), message.source(), types, options.stream()),
      message.input(), rules);

  const Companions saved = with_state(state, [&] {
    const ResponseSealer sealer = require(request.opener.response_sealer());
    return require(sealer.export_secret_state(SecretAccess{}));
  });
  deliver(pull(request.plaintext), message.input(), out, saved, rules);
}

void seal_response(const Exchange& options) {
  const MediaTypes types = media_types(options, kResponseMediaTypes);
  const Provider& provider = choose_provider(options.provider);
  require_different({{"--out", options.out}}, {{"--in", options.in}, {"--state", options.state}});
  Output out(options.out, sealed_rules(options));
  MessageInput message(options, Act::seal, out);
  ResponseSealer sealer =
      require(ResponseSealer::restore(provider, read_state(options, message.input(), Act::seal)),
              input_name(options.state));
  SealStream stream =
      require(sealer.stream(options.form(), message.source(), types, options.stream()));
  deliver(pull(stream), message.input(), out, {}, options.rules(""));
}

void open_response(const Exchange& options) {
  const MediaTypes types = media_types(options, kResponseMediaTypes);
  const Provider& provider = choose_provider(options.provider);
  require_different({{"--out", options.out}}, {{"--in", options.in}, {"--state", options.state}});
  Output out(options.out, plaintext_rules(options));
  MessageInput message(options, Act::open, out);
  const ResponseOpener opener =
      require(ResponseOpener::restore(provider, read_state(options, message.input(), Act::open)),
              input_name(options.state));
  OpenStream stream =
      require(opener.stream(options.form(), message.source(), types, options.stream()));
  deliver(pull(stream), message.input(), out, {}, options.rules(kResponseRefused));
}

}  // namespace

StreamOptions Exchange::stream() const noexcept {
  return {.limits = {.max_chunk = chunk_size}, .max_whole = kMaxMessage};
}

DeliveryRules Exchange::rules(const char* refused) const noexcept {
  return {
      .form = form(), .chunk_size = chunk_size, .refused = refused, .keep_partial = keep_partial};
}

MediaTypes media_types(const Exchange& options, const MediaTypes& defaults) {
  if (options.chunked && options.media_type) {
    throw Failure(Exit::usage,
                  "--media-type names the type of whole messages: with --chunked, give "
                  "--chunked-media-type");
  }
  if (!options.chunked && options.chunked_media_type) {
    throw Failure(Exit::usage,
                  "--chunked-media-type names the type of chunked messages: add --chunked, or give "
                  "--media-type");
  }
  const std::string option = options.chunked ? "--chunked-media-type" : "--media-type";
  const auto& given = options.chunked ? options.chunked_media_type : options.media_type;
  if (!given) return defaults;
  if (given->size() > framing::kMaxMediaType) {
    throw Failure(Exit::usage, option + ": a media type has at most 65527 bytes");
  }
  MediaTypes types;
  (options.chunked ? types.chunked : types.whole) = *given;
  if (!framing::choose_media_type(options.form(), types)) {
    throw Failure(Exit::usage,
                  option + " '" + *given + "': this is the type of " +
                      (options.chunked ? "whole messages: leave --chunked out"
                                       : "chunked messages: add --chunked and leave it out") +
                      ", or give a type of your own");
  }
  return types;
}

OutputRules sealed_rules(const Exchange& options) noexcept { return {.replace = options.force}; }

OutputRules plaintext_rules(const Exchange& options) noexcept {
  return {.replace = options.force, .terminal = true};
}

OutputRules new_state_rules(const Exchange& options) noexcept {
  return {.secret = true, .replace = options.force, .terminal = true};
}

MessageInput::MessageInput(const Exchange& options, Act act, const Output& out)
    : input_(options.in), progress_(input_.size(), out.is_terminal()) {
  const std::size_t overhead = act == Act::open ? kMaxOverhead : 0;
  if (!options.chunked) require_size(input_, kMaxMessage + overhead, "a whole message");
}

void add_message_options(CLI::App& command, Exchange& options, Act act, const char* in,
                         const char* out) {
  command.add_option("-i,--in", options.in, std::string(in) + "; standard input unless given")
      ->type_name("FILE");
  command.add_option("-o,--out", options.out, std::string(out) + "; standard output unless given")
      ->type_name("FILE");
  command.add_flag("--force", options.force,
                   "Replace files that exist; without it nothing is replaced");
  command
      .add_option(
          "--media-type", options.media_type,
          "Media type of whole messages, the same on both sides; message/bhttp unless given")
      ->type_name("TYPE");
  CLI::Option* chunked = command.add_flag(
      "--chunked", options.chunked,
      "A message in chunks, of any size and in little memory; the same on both sides");
  command
      .add_option("--chunked-media-type", options.chunked_media_type,
                  "Media type of chunked messages, with --chunked in place of --media-type; never "
                  "that of whole ones, as one type for both would let a relay pass a first chunk "
                  "off as a whole message; a chunked message/bhttp unless given")
      ->type_name("TYPE");
  command
      .add_option("--chunk-size", options.chunk_size,
                  act == Act::seal ? "Most plaintext bytes of one chunk"
                                   : "Most plaintext bytes that one chunk may have")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, framing::kMaxChunk))
      ->needs(chunked)
      ->type_name("N");
  if (act == Act::seal) return;
  command
      .add_flag("--keep-partial", options.keep_partial,
                "Keep the authentic part of a truncated message in --out; the exit code is 1")
      ->needs(chunked);
}

void add_new_state_option(CLI::App& command, Exchange& options, const std::string& reader) {
  command
      .add_option("--state", options.state,
                  "New file for what " + reader + " needs; secret (mode 0600)")
      ->required()
      ->type_name("FILE");
}

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
  add_message_options(*command, *options, Act::seal, "What to seal", "File for the sealed request");
  add_new_state_option(*command, *options, "open-response");
  add_provider_option(*command, options->provider);
  command->footer(
      "The state opens the response to this one request. It is secret (mode 0600); delete it when "
      "the\nresponse is open. It is in place before the request is: a failure leaves neither.\n\n"
      "Examples:\n"
      "  twoway seal-request --config gateway.ohttp-keys --in question.txt \\\n"
      "                      --out request.bin --state sender.state\n"
      "  producer | twoway seal-request --chunked --config gateway.ohttp-keys \\\n"
      "                                 --state sender.state | consumer");
  command->callback([options] { run(*options); });
}

void add_open_request(CLI::App& app) {
  auto options = std::make_shared<OpenRequest>();
  CLI::App* command = app.add_subcommand("open-request", "Open a request with a private key");
  add_key_options(*command, options->keys);
  add_message_options(*command, *options, Act::open, "The sealed request",
                      "File for the plaintext");
  add_new_state_option(*command, *options, "seal-response");
  command->footer(
      std::string(kDefaultSuitesHelp) +
      "\n\n"
      "Keys, ids and suites must be those of the key configuration list: a request for another id "
      "or suite\nis refused. With --out, nothing is written unless the whole request is authentic; "
      "into a pipe, a\nchunked one goes chunk by chunk, and is complete only if the exit code is "
      "0. "
      "The state seals the\nresponse; it is secret (mode 0600): delete it when the response is "
      "sealed.\n\n"
      "Example:\n"
      "  twoway open-request --key 1=key.pem --in request.bin --out question.txt \\\n"
      "                      --state receiver.state");
  command->callback([options] { run(*options); });
}

void add_seal_response(CLI::App& app) {
  auto options = std::make_shared<Exchange>();
  CLI::App* command = app.add_subcommand("seal-response", "Seal the response to an opened request");
  add_message_options(*command, *options, Act::seal, "What to seal",
                      "File for the sealed response");
  command->add_option("--state", options->state, "The state that open-request wrote")
      ->required()
      ->type_name("FILE");
  add_provider_option(*command, options->provider);
  command->footer(
      "Example:\n"
      "  twoway seal-response --state receiver.state --in answer.txt --out response.bin");
  command->callback([options] { seal_response(*options); });
}

void add_open_response(CLI::App& app) {
  auto options = std::make_shared<Exchange>();
  CLI::App* command = app.add_subcommand("open-response", "Open the response to a sealed request");
  add_message_options(*command, *options, Act::open, "The sealed response",
                      "File for the plaintext");
  command->add_option("--state", options->state, "The state that seal-request wrote")
      ->required()
      ->type_name("FILE");
  add_provider_option(*command, options->provider);
  command->footer(
      "With --out, nothing is written unless the whole response is authentic and answers the "
      "state's\nrequest; into a pipe, a chunked one goes chunk by chunk, and is complete only if "
      "the exit code is 0.\n\n"
      "Example:\n"
      "  twoway open-response --state sender.state --in response.bin --out answer.txt");
  command->callback([options] { open_response(*options); });
}

}  // namespace twoway::cli

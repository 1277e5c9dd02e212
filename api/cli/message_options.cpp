#include "message_options.hpp"

#include <algorithm>
#include <memory>

namespace twoway::cli {
namespace {

/// Room for the header, `enc` and tag of a whole message.
constexpr std::size_t kMaxOverhead = 4096;

/// Returns a chunk's size in bytes, or 0 if `text` is not a size.
std::uint64_t chunk_size_of(const std::string& text) {
  if (text.find_first_of("0123456789") != 0) return 0;
  const std::uint64_t size = parse_size(text).value_or(0);
  return size <= framing::kMaxChunk ? size : 0;
}

/// Option::check of a chunk's size, which it converts to bytes.
std::string check_chunk_size(std::string& text) {
  const std::uint64_t size = chunk_size_of(text);
  if (size == 0) {
    return "'" + text + "' is not a chunk size: give 1 to 1G, in bytes or with K, M or G";
  }
  text = std::to_string(size);
  return {};
}

/// Returns the path of the plaintext, if no output of the command is one of its inputs.
const std::optional<std::string>& different_out(const OpeningOptions& options,
                                                const std::vector<NamedFile>& others) {
  std::vector<NamedFile> inputs = key_files(options.keys);
  inputs.push_back({"--in", options.in});
  inputs.insert(inputs.end(), others.begin(), others.end());
  require_different({{"--out", options.out}, {"--state", options.state}}, inputs);
  return options.out;
}

}  // namespace

StreamOptions MessageOptions::stream() const noexcept {
  return {.limits = {.max_chunk = chunk_size}, .max_whole = kMaxMessage};
}

DeliveryRules MessageOptions::rules(const char* refused) const noexcept {
  return {
      .form = form(), .chunk_size = chunk_size, .refused = refused, .keep_partial = keep_partial};
}

MediaTypes media_types(const MessageOptions& options, const MediaTypes& defaults) {
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

OutputRules sealed_rules(const MessageOptions& options) noexcept {
  return {.replace = options.force};
}

OutputRules plaintext_rules(const MessageOptions& options) noexcept {
  return {.replace = options.force, .terminal = true};
}

OutputRules new_state_rules(const MessageOptions& options) noexcept {
  return {.secret = true, .replace = options.force, .terminal = true};
}

MessageInput::MessageInput(const MessageOptions& options, Act act, const Output& out)
    : input_(options.in), progress_(input_.size(), out.is_terminal()) {
  const std::size_t overhead = act == Act::open ? kMaxOverhead : 0;
  if (!options.chunked) require_size(input_, kMaxMessage + overhead, "a whole message");
}

std::unique_ptr<Source> MessageInput::source() {
  std::shared_ptr<Source> all = input_.source(progress_);
  return from_function([this, all](ByteSpan out) {
    const auto got = all->read(out);
    const std::size_t wanted = framing::kHeaderSize - head_.size();
    if (got && wanted != 0) {
      const ByteSpan first = out.first(std::min(got->size, wanted));
      head_.insert(head_.end(), first.begin(), first.end());
    }
    return got;
  });
}

OpeningFiles::OpeningFiles(const OpeningOptions& options, const char* refused,
                           const std::vector<NamedFile>& inputs)
    : types(media_types(options, kRequestMediaTypes)),
      ring(choose_provider(options.keys.provider)),
      out(different_out(options, inputs), plaintext_rules(options)),
      state(options.state, new_state_rules(options)),
      rules(options.rules(refused)) {
  load_keys(ring, options.keys);
}

void add_message_options(Command& command, MessageOptions& options, Act act, const char* in,
                         const char* out) {
  command.option("-i,--in", options.in, "FILE", std::string(in) + " (default: standard input)");
  command.option("-o,--out", options.out, "FILE", std::string(out) + " (default: standard output)");
  command.flag("--force", options.force,
               "Replace files that exist. Without it no file is replaced");
  command.option("--media-type", options.media_type, "TYPE",
                 "Media type of whole messages, the same on both sides (default: message/bhttp)");
  const Option chunked = command.flag(
      "--chunked", options.chunked,
      "A message in chunks, of any size and in little memory. Must be the same on both sides");
  command.option(
      "--chunked-media-type", options.chunked_media_type, "TYPE",
      "Media type of chunked messages, with --chunked in place of --media-type. Must not "
      "be that of whole ones: with one type for both a relay could pass a first chunk off "
      "as a whole message (default: a chunked message/bhttp)");
  command
      .option("--chunk-size", options.chunk_size, "SIZE",
              act == Act::seal ? "Most plaintext of one chunk, in bytes or as 64K or 1M"
                               : "Most plaintext that one chunk may have, in bytes or as 64K or 1M")
      .show_default()
      .check(check_chunk_size)
      .needs(chunked);
  if (act == Act::seal) return;
  command
      .flag("--keep-partial", options.keep_partial,
            "Keep the authentic part of a truncated message in --out, and exit with 1")
      .needs(chunked);
}

void add_new_state_option(Command& command, MessageOptions& options, const std::string& reader) {
  command
      .option("--state", options.state, "FILE",
              "New file for the state that " + reader + " needs. It is secret (mode 0600)")
      .required();
}

}  // namespace twoway::cli

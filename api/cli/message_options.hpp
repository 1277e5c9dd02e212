// The options of every command that seals or opens a message, and its files.
#pragma once

#include <optional>
#include <string>

#include <twoway/key_ring.hpp>

#include "command.hpp"
#include "delivery.hpp"
#include "keys.hpp"

namespace twoway::cli {

/// Options of every command that seals or opens a message.
struct MessageOptions {
  std::string provider;
  std::optional<std::string> media_type;          ///< of whole messages
  std::optional<std::string> chunked_media_type;  ///< of chunked messages
  std::optional<std::string> in;
  std::optional<std::string> out;
  std::string state;
  bool force = false;
  bool chunked = false;
  std::size_t chunk_size = ChunkLimits{}.max_chunk;
  bool keep_partial = false;

  Form form() const noexcept { return chunked ? Form::chunked : Form::whole; }
  StreamOptions stream() const noexcept;
  DeliveryRules rules(const char* refused) const noexcept;
};

enum class Act { seal, open };

/// Adds --in, --out, --force, --media-type, --chunked, --chunked-media-type and --chunk-size, and
/// for opening --keep-partial.
void add_message_options(Command& command, MessageOptions& options, Act act, const char* in,
                         const char* out);

/// Adds --state, for a file that the command `reader` needs.
void add_new_state_option(Command& command, MessageOptions& options, const std::string& reader);

/// Returns the media type that was given for the message's form, or `defaults`. Borrows from
/// `options`. A type for the other form is a usage failure.
MediaTypes media_types(const MessageOptions& options, const MediaTypes& defaults);

OutputRules sealed_rules(const MessageOptions& options) noexcept;
OutputRules plaintext_rules(const MessageOptions& options) noexcept;
OutputRules new_state_rules(const MessageOptions& options) noexcept;

/// The input of a message that goes to `out`, with its size checked if it is held in memory.
class MessageInput {
 public:
  MessageInput(const MessageOptions& options, Act act, const Output& out);
  const Input& input() const noexcept { return input_; }
  /// Returns a source of the message, which borrows this.
  std::unique_ptr<Source> source();
  /// Returns the first bytes that were read, at most a request's header.
  ByteView head() const noexcept { return head_; }

 private:
  Input input_;
  Bytes head_;
  Progress progress_;
};

/// Returns the `read` of `stream`, which must outlive it.
template <typename Stream>
Pull pull(Stream& stream) {
  return [&stream](ByteSpan out) { return stream.read(out); };
}

/// Options of the commands that open requests.
struct OpeningOptions : MessageOptions {
  KeyOptions keys;
};

/// The keys and files of a command that opens a request.
struct OpeningFiles {
  /// Opens the files and loads the keys. `refused` is the message for open_failed, and `inputs` are
  /// files that the command reads besides.
  OpeningFiles(const OpeningOptions& options, const char* refused,
               const std::vector<NamedFile>& inputs = {});

  /// Writes the plaintext, and before it the state of its response.
  template <typename Opener>
  void deliver(Opener& opener, OpenStream& plaintext, const Input& input) {
    const Companions saved = with_state(state, [&opener] {
      const ResponseSealer sealer = require(opener.response_sealer());
      return require(sealer.export_secret_state(SecretAccess{}));
    });
    cli::deliver(pull(plaintext), input, out, saved, rules);
  }

  MediaTypes types;
  KeyRing ring;
  Output out;
  Output state;
  DeliveryRules rules;
};

/// Returns the value of a step of opening, or throws its failure.
template <typename T>
T require_opened(Result<T> result, const Input& input, const DeliveryRules& rules) {
  if (!result) throw input_failure(result.error(), input, rules);
  return std::move(*result);
}

}  // namespace twoway::cli

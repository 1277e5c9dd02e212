// The program's media types, and a relay that rewrites chunked messages into whole ones.
#include "program.hpp"
#include "rewriting.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr const char* kFirst = "transfer 100 to bob";
constexpr const char* kText = "transfer 100 to bob, once he has signed";

/// Adds the options of one form, and its media type if `types`.
Words with_form(Words command, bool chunked, bool types) {
  if (chunked) command.push_back("--chunked");
  if (types && chunked) command.insert(command.end(), {"--chunked-media-type", "text/x chunked"});
  if (types && !chunked) command.insert(command.end(), {"--media-type", "text/x"});
  return command;
}

/// Seals kText, in chunks with kFirst in the first.
void seal(Words command, bool chunked, bool types) {
  if (chunked) command.insert(command.end(), {"--chunk-size", "19"});
  REQUIRE_RAN(program(with_form(command, chunked, types), kText), 0);
}

/// Rewrites the message in `file`, whose ciphertext starts after `prefix` bytes, to "rewritten".
void rewrite(const std::string& file, std::size_t prefix, bool chunked) {
  const std::string message = read_file(file);
  const core::ByteView bytes = core::as_bytes(message);
  const core::Bytes other =
      chunked ? first_chunk_as_whole(bytes, prefix) : whole_as_first_chunk(bytes, prefix);
  write_file("rewritten", std::string(other.begin(), other.end()));
}

/// `open` takes the arguments that follow --in. Checks that the message opens in its own form, and
/// in no form after it was rewritten.
void check(const std::string& file, std::size_t prefix, bool chunked, bool types,
           const Words& open) {
  rewrite(file, prefix, chunked);
  Words command = open;
  command.insert(command.end(), {"--in", "rewritten"});
  const Ran refused = program(with_form(command, !chunked, types));
  REQUIRE_REFUSED(refused, 1, "refused");
  REQUIRE(refused.out.empty());
  command.back() = file;
  const Ran opened = program(with_form(command, chunked, types));
  REQUIRE_RAN(opened, 0);
  REQUIRE(opened.out == kText);
}

}  // namespace

TEST_CASE("a message that a relay rewrote into the other form is refused by every command") {
  if (none_built()) return;
  for (const bool chunked : {false, true}) {
    for (const bool types : {false, true}) {
      INFO((chunked ? "chunked" : "whole") << (types ? ", types of one's own" : ""));
      const Folder folder;
      make_receiver();
      seal({"seal-request", "--config", "gateway.ohttp-keys", "--state", "sender.state", "--out",
            "request"},
           chunked, types);
      check("request", 7 + 32, chunked, types,
            {"open-request", "--key", "1=key.pem", "--state", "receiver.state"});
      // From a saved state.
      seal({"seal-response", "--state", "receiver.state", "--out", "response"}, chunked, types);
      check("response", 32, chunked, types, {"open-response", "--state", "sender.state"});

      seal({"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", "keys", "--out", "body"},
           chunked, types);
      check("body", 12, chunked, types,
            {"open-multi", "--key", "1=key.pem", "--encapsulated-key",
             "keys/gateway.encapsulated-key", "--state", "multi.state"});
    }
  }
}

TEST_CASE("an option names the media type of one form, and refuses the other's") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  REQUIRE_RAN(
      program({"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", "keys", "--out", "body"},
              kFirst),
      0);
  const Words commands[] = {
      {"seal-request", "--config", "gateway.ohttp-keys", "--state", "new.state"},
      {"open-request", "--key", "1=key.pem", "--in", "request.bin", "--state", "new.state"},
      {"seal-response", "--state", "receiver.state"},
      {"open-response", "--state", "sender.state"},
      {"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", "new"},
      {"open-multi", "--key", "1=key.pem", "--encapsulated-key", "keys/gateway.encapsulated-key",
       "--in", "body", "--state", "new.state"},
  };
  struct Case {
    Words options;
    const char* words;
  };
  const Case cases[] = {
      {{"--chunked", "--media-type", "text/x"}, "give --chunked-media-type"},
      {{"--chunked-media-type", "text/x"}, "add --chunked"},
      {{"--media-type", "message/bhttp chunked request"}, "add --chunked"},
      {{"--media-type", "message/bhttp chunked response"}, "add --chunked"},
      {{"--chunked", "--chunked-media-type", "message/bhttp request"}, "leave --chunked out"},
      {{"--chunked", "--chunked-media-type", "message/bhttp response"}, "leave --chunked out"},
      {{"--chunked", "--chunked-media-type", std::string(65528, 'x')}, "65527"},
  };
  for (const Words& command : commands) {
    for (const Case& c : cases) {
      INFO(command.front() << ' ' << c.words);
      Words words = command;
      words.insert(words.end(), c.options.begin(), c.options.end());
      REQUIRE_REFUSED(program(words, "question"), 2, c.words);
      REQUIRE_FALSE(exists("new.state"));
      REQUIRE_FALSE(exists("new"));
    }
    const Ran help = program({command.front(), "--help"});
    REQUIRE_RAN(help, 0);
    REQUIRE(help.out.find("--chunked-media-type") != std::string::npos);
  }
}

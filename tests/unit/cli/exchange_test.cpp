// The four commands of an exchange, and their refusals.
#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

Words open_request(const std::string& in, const Words& more = {}) {
  Words words{"open-request", "--key",      "key.pem", "--key-id",    "1", "--in", in,
              "--out",        "opened.txt", "--state", "opened.state"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words open_response(const std::string& state, const std::string& in, const Words& more = {}) {
  Words words{"open-response", "--state", state, "--in", in, "--out", "opened.txt"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Checks that the command is refused and leaves no trace of the new files.
void require_nothing_opened(const Words& command, int code, const std::string& words) {
  const Words before = names_here();
  REQUIRE_REFUSED(program(command), code, words);
  REQUIRE_FALSE(exists("opened.txt"));
  REQUIRE_FALSE(exists("opened.state"));
  REQUIRE(names_here() == before);
}

}  // namespace

TEST_CASE("each provider opens the messages of every other, through files") {
  for (const core::Provider* sender : built::providers()) {
    for (const core::Provider* receiver : built::providers()) {
      for (const core::AeadParams& aead : core::aead_table()) {
        const core::Suite suite{core::KemId::dhkem_x25519, core::KdfId::hkdf_sha256, aead.id};
        if (aead.nk == 0 || !offers(*sender, suite) || !offers(*receiver, suite)) continue;
        INFO(sender->name() << " to " << receiver->name() << ' ' << aead.name);
        const Folder folder;
        const std::string pair = std::string("hkdf-sha256:") + aead.short_name;
        const std::string from = sender->name();
        const std::string to = receiver->name();
        write_file("question", std::string(100000, 'q'));
        write_file("answer", "");
        REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", "key.pem", "--provider", to}),
                    0);
        REQUIRE_RAN(program({"config", "--key", "key.pem", "--key-id", "1", "--algorithms", pair,
                             "-o", "list", "--provider", to}),
                    0);
        REQUIRE_RAN(program({"seal-request", "--config", "list", "-i", "question", "-o", "request",
                             "--state", "sender.state", "--provider", from}),
                    0);
        REQUIRE(read_file("request").size() == 7 + 32 + 100000 + 16);
        REQUIRE_RAN(program({"open-request", "--key", "key.pem", "--key-id", "1", "--algorithms",
                             pair, "-i", "request", "-o", "opened", "--state", "receiver.state",
                             "--provider", to}),
                    0);
        REQUIRE(read_file("opened") == read_file("question"));
        REQUIRE_RAN(program({"seal-response", "--state", "receiver.state", "-i", "answer", "-o",
                             "response", "--provider", to}),
                    0);
        REQUIRE_RAN(program({"open-response", "--state", "sender.state", "-i", "response", "-o",
                             "opened-answer", "--provider", from}),
                    0);
        REQUIRE(read_file("opened-answer").empty());
        REQUIRE(mode_of("sender.state") == 0600);
        REQUIRE(mode_of("receiver.state") == 0600);
        REQUIRE(names_here() == Words{"answer", "key.pem", "list", "opened", "opened-answer",
                                      "question", "receiver.state", "request", "response",
                                      "sender.state"});
      }
    }
  }
}

TEST_CASE("a receiver with two keys, and a sender who chooses") {
  const core::Provider* provider = provider_of(core::KemId::dhkem_p256);
  if (provider == nullptr) return;
  const Folder folder;
  const auto with = [&](Words words) {
    words.insert(words.end(), {"--provider", provider->name()});
    return words;
  };
  const Words keys{"--key", "p256.pem", "--key-id", "1", "--key", "x25519.pem", "--key-id", "200"};
  const auto keyed = [&](Words words) {
    words.insert(words.end(), keys.begin(), keys.end());
    return with(words);
  };
  REQUIRE_RAN(program(with({"keygen", "--kem", "p256", "--out", "p256.pem"})), 0);
  REQUIRE_RAN(program(with({"keygen", "--kem", "x25519", "--out", "x25519.pem"})), 0);
  REQUIRE_RAN(program(keyed({"config", "--out", "list"})), 0);

  const auto first_byte = [](const std::string& text) {
    return static_cast<unsigned>(static_cast<unsigned char>(text.at(0)));
  };
  const std::pair<Words, unsigned> choices[]{
      {{}, 1}, {{"--key-id", "1"}, 1}, {{"--key-id", "200"}, 200}};
  for (const auto& [choice, id] : choices) {
    Words seal =
        with({"seal-request", "--config", "list", "--state", "s", "--out", "request", "--force"});
    seal.insert(seal.end(), choice.begin(), choice.end());
    REQUIRE_RAN(program(seal, "hello"), 0);
    REQUIRE(first_byte(read_file("request")) == id);
    const Ran opened =
        program(keyed({"open-request", "--in", "request", "--state", "rs", "--force"}));
    REQUIRE_RAN(opened, 0);
    REQUIRE(opened.out == "hello");
  }
  REQUIRE_REFUSED(
      program(with({"seal-request", "--config", "list", "--key-id", "2", "--state", "none.state"}),
              "hello"),
      1, "list: no usable key with id 2: it has ids 1, 200");
  REQUIRE_FALSE(exists("none.state"));
}

TEST_CASE("a request that was changed, or sealed to another key, is refused") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  const std::string request = read_file("request.bin");
  // The header's ids, enc, the ciphertext and the tag.
  const std::size_t enc = 7;
  const std::size_t sealed = 7 + 32;
  for (const std::size_t position : {enc, sealed - 1, sealed, request.size() - 1}) {
    INFO(position);
    write_file("bad.bin", flipped(request, position));
    require_nothing_opened(open_request("bad.bin"), 1, "bad.bin: refused");
  }
  write_file("bad.bin", flipped(request, 0));
  require_nothing_opened(open_request("bad.bin"), 1,
                         "is sealed to key id 0, and --key gave id 1: give");
  write_file("bad.bin", flipped(request, 6));
  require_nothing_opened(open_request("bad.bin"), 1,
                         "sealed with hkdf-sha256:aes-256-gcm, which key 1");
  for (const std::size_t size : {request.size() - 1, sealed + 16}) {
    INFO(size);
    write_file("bad.bin", request.substr(0, size));
    require_nothing_opened(open_request("bad.bin"), 1, "bad.bin: refused");
  }
  for (const std::size_t size : {sealed + 15, sealed, sealed - 1, enc, enc - 1, std::size_t{0}}) {
    INFO(size);
    write_file("bad.bin", request.substr(0, size));
    require_nothing_opened(open_request("bad.bin"), 1, "bad.bin: truncated");
  }
  write_file("bad.bin", request + "x");
  require_nothing_opened(open_request("bad.bin"), 1, "bad.bin: refused");

  require_nothing_opened(open_request("request.bin", {"--media-type", "text/plain"}), 1, "refused");
  require_nothing_opened(
      open_request("request.bin", {"--algorithms", "hkdf-sha512:chacha20-poly1305"}), 1,
      "add --algorithms hkdf-sha256:chacha20-poly1305");
  require_nothing_opened(open_request("missing.bin"), 3, "missing.bin: cannot be read");
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", "other.pem"}), 0);
  Words command = open_request("request.bin");
  command[2] = "other.pem";
  require_nothing_opened(command, 1, "request.bin: refused");
  command = open_request("request.bin");
  command[4] = "2";
  require_nothing_opened(command, 1, "is sealed to key id 1, and --key gave id 2");
  command = open_request("request.bin");
  command[2] = "2=key.pem";
  command[4] = "7";
  command.insert(command.begin() + 1, {"--key", "key.pem"});
  require_nothing_opened(command, 1,
                         "--key gave ids 7, 2: give the key of that id with --key 1=KEY");

  REQUIRE_RAN(program(open_request("request.bin")), 0);
  REQUIRE(read_file("opened.txt") == "question");
}

TEST_CASE("a response that was changed, or sealed to another request, is refused") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  REQUIRE_RAN(
      program({"seal-response", "--state", "receiver.state", "--out", "response.bin"}, "answer"),
      0);
  const std::string response = read_file("response.bin");
  for (const std::size_t position : {std::size_t{0}, std::size_t{32}, response.size() - 1}) {
    INFO(position);
    write_file("bad.bin", flipped(response, position));
    require_nothing_opened(open_response("sender.state", "bad.bin"), 1, "bad.bin: refused");
  }
  for (const auto& [size, words] :
       {std::pair<std::size_t, std::string>{response.size() - 1, "refused"},
        {15, "truncated"},
        {0, "truncated"}}) {
    INFO(size);
    write_file("bad.bin", response.substr(0, size));
    require_nothing_opened(open_response("sender.state", "bad.bin"), 1, "bad.bin: " + words);
  }
  require_nothing_opened(
      open_response("sender.state", "response.bin", {"--media-type", "text/plain"}), 1, "refused");

  REQUIRE_RAN(program({"seal-request", "--config", "gateway.ohttp-keys", "--out", "second.bin",
                       "--state", "second.state"},
                      "question"),
              0);
  require_nothing_opened(open_response("second.state", "response.bin"), 1, "for another request");

  // The state of one side is refused by the other.
  require_nothing_opened(open_response("receiver.state", "response.bin"), 1,
                         "receiver.state: is not a state of seal-request");
  REQUIRE_REFUSED(program({"seal-response", "--state", "sender.state"}, "answer"), 1,
                  "sender.state: is not a state of open-request");

  REQUIRE_RAN(program(open_response("sender.state", "response.bin")), 0);
  REQUIRE(read_file("opened.txt") == "answer");
}

TEST_CASE("a key configuration list that cannot be used is refused") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const std::string list = read_file("gateway.ohttp-keys");
  const auto seal = [] {
    return program({"seal-request", "--config", "bad", "--state", "bad.state"}, "question");
  };
  for (const std::string& bad : {std::string(), list.substr(0, list.size() - 1), list + '\0',
                                 flipped(list, 1), std::string("not a list")}) {
    write_file("bad", bad);
    REQUIRE_REFUSED(seal(), 1, "bad: ");
  }
  // An unknown KEM, an unknown AEAD, and a key of small order.
  write_file("bad", flipped(list, 4));
  REQUIRE_REFUSED(seal(), 1, "bad: ");
  write_file("bad", flipped(list, list.size() - 2));
  REQUIRE_REFUSED(seal(), 1, "bad: ");
  write_file("bad", std::string(list).replace(5, 32, std::string(32, '\0')));
  REQUIRE_REFUSED(seal(), 1, "public key is not valid");
  write_file("bad", std::string((std::size_t{1} << 20) + 1, '\0'));
  REQUIRE_REFUSED(seal(), 1, "too large");
  REQUIRE_FALSE(exists("bad.state"));
}

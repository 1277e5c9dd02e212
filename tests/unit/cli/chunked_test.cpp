// Messages in chunks through the program: streaming, cuts and refusals.
#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

Words seal_request(const Words& more = {}) {
  Words words{"seal-request", "--chunked",   "--config", "gateway.ohttp-keys",
              "--out",        "request.bin", "--state",  "sender.state"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words open_request(const std::string& in, const Words& more = {}) {
  Words words{"open-request", "--chunked",  "--key",   "1=key.pem",   "--in", in,
              "--out",        "opened.txt", "--state", "opened.state"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string numbers(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + ' ';
  text.resize(size);
  return text;
}

void require_nothing_opened(const Words& command, const std::string& words) {
  REQUIRE_REFUSED(program(command), 1, words);
  REQUIRE_FALSE(exists("opened.txt"));
  REQUIRE_FALSE(exists("opened.state"));
}

}  // namespace

TEST_CASE("a chunked exchange between all providers") {
  for (const core::Provider* sender : built::providers()) {
    for (const core::Provider* receiver : built::providers()) {
      INFO(sender->name() << " to " << receiver->name());
      const Folder folder;
      const std::string from = sender->name();
      const std::string to = receiver->name();
      make_receiver();
      write_file("question", numbers(300000));
      write_file("answer", numbers(5));
      REQUIRE_RAN(program(seal_request({"--in", "question", "--provider", from})), 0);
      // 18 chunks of 16384 bytes, one of the rest, and an empty last one.
      REQUIRE(read_file("request.bin").size() == 7 + 32 + 300000 + 18 * 20 + 18 + 17);
      REQUIRE_RAN(program(open_request("request.bin", {"--provider", to})), 0);
      REQUIRE(read_file("opened.txt") == read_file("question"));
      REQUIRE_RAN(
          program({"seal-response", "--chunked", "--chunk-size", "2", "--state", "opened.state",
                   "--in", "answer", "--out", "response", "--provider", to}),
          0);
      // Three chunks of 2, 2 and 1 bytes, and an empty last one, after the nonce.
      REQUIRE(read_file("response").size() == 32 + 2 * 19 + 18 + 17);
      REQUIRE_RAN(program({"open-response", "--chunked", "--state", "sender.state", "--in",
                           "response", "--out", "answer-again", "--provider", from}),
                  0);
      REQUIRE(read_file("answer-again") == read_file("answer"));
    }
  }
}

TEST_CASE("a chunked exchange through pipes, with whole and chunked legs") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  write_file("question", numbers(500000));
  const Ran ran = shell(
      "set -e\n"
      "\"$TWOWAY\" seal-request --chunked --config gateway.ohttp-keys --state ss <question |\n"
      "  \"$TWOWAY\" open-request --chunked --key 1=key.pem --state rs | cmp - question\n"
      "\"$TWOWAY\" seal-response --state rs <question | \"$TWOWAY\" open-response --state ss |\n"
      "  cmp - question\n"
      "rm rs ss\n"
      "\"$TWOWAY\" seal-request --config gateway.ohttp-keys --state ss <question |\n"
      "  \"$TWOWAY\" open-request --key 1=key.pem --state rs | cmp - question\n"
      "\"$TWOWAY\" seal-response --chunked --state rs <question |\n"
      "  \"$TWOWAY\" open-response --chunked --state ss | cmp - question");
  REQUIRE_RAN(ran, 0);
}

TEST_CASE("the response may begin while the request is still arriving") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  // The question ends only when the answer has arrived.
  const Ran ran = shell(
      "set -e\n"
      "mkfifo answered\n"
      "{ echo question; read answer <answered; echo \"$answer\"; } |\n"
      "  \"$TWOWAY\" seal-request --chunked --config gateway.ohttp-keys --state ss |\n"
      "  \"$TWOWAY\" open-request --chunked --key 1=key.pem --state rs | {\n"
      "    read question\n"
      "    echo \"answer to $question\" | \"$TWOWAY\" seal-response --state rs |\n"
      "      \"$TWOWAY\" open-response --state ss >answered\n"
      "    cat\n"
      "  }");
  REQUIRE_RAN(ran, 0);
  REQUIRE(ran.out == "answer to question\n");
}

TEST_CASE("a chunked request that is cut anywhere is refused, and leaves nothing") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE_RAN(program(seal_request({"--chunk-size", "50"}), numbers(220)), 0);
  const std::string request = read_file("request.bin");
  const std::size_t last_tag = request.size() - 16;
  for (std::size_t size = 0; size < request.size(); ++size) {
    INFO(size);
    write_file("cut.bin", request.substr(0, size));
    require_nothing_opened(open_request("cut.bin"),
                           size < last_tag ? "cut.bin: truncated" : "cut.bin: ");
    if (size % 50 != 0) continue;
    // The authentic part has gone into the pipe, and the exit code shows that the message is not
    // complete.
    const Ran piped = program(
        {"open-request", "--chunked", "--key", "1=key.pem", "--in", "cut.bin", "--state", "rs"});
    REQUIRE(piped.code == 1);
    REQUIRE(piped.err.find("truncated") != std::string::npos);
    REQUIRE(piped.out == numbers(220).substr(0, piped.out.size()));
    REQUIRE((piped.out.size() % 50 == 0 || piped.out.size() == 220));
    REQUIRE_FALSE(exists("rs"));
  }
}

TEST_CASE("the authentic part of a truncated message is kept on request") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE_RAN(program(seal_request({"--chunk-size", "50"}), numbers(220)), 0);
  const std::string request = read_file("request.bin");
  write_file("cut.bin", request.substr(0, request.size() - 40));
  REQUIRE_REFUSED(program(open_request("cut.bin", {"--keep-partial"})), 1, "truncated");
  REQUIRE(read_file("opened.txt") == numbers(220).substr(0, 200));
  REQUIRE_FALSE(exists("opened.state"));
  // A changed message is not a truncated one.
  write_file("bad.bin", flipped(request, request.size() - 40));
  REQUIRE(remove("opened.txt") == 0);
  require_nothing_opened(open_request("bad.bin", {"--keep-partial"}), "bad.bin: refused");
}

TEST_CASE("both sides must agree on the form and on the size of chunks") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const std::string type = "application/x-any";
  REQUIRE_RAN(program(seal_request({"--chunk-size", "20000", "--chunked-media-type", type}),
                      numbers(40000)),
              0);
  require_nothing_opened(open_request("request.bin", {"--chunked-media-type", type}),
                         "over --chunk-size");
  REQUIRE_RAN(
      program(open_request("request.bin", {"--chunked-media-type", type, "--chunk-size", "20000"})),
      0);
  REQUIRE(remove("opened.txt") == 0);
  REQUIRE(remove("opened.state") == 0);
  require_nothing_opened({"open-request", "--key", "1=key.pem", "--in", "request.bin", "--out",
                          "opened.txt", "--state", "opened.state", "--media-type", type},
                         "--media-type and --chunked");
  REQUIRE_REFUSED(program(seal_request({"--chunk-size", "0"})), 2, "--chunk-size");
  REQUIRE_REFUSED(program({"seal-request", "--config", "gateway.ohttp-keys", "--state", "s",
                           "--chunk-size", "10"}),
                  2, "--chunked");
}

TEST_CASE("a message that is opened in the other form is refused with a hint to --chunked") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const auto require_named = [](Words command, bool chunked) {
    if (chunked) command.push_back("--chunked");
    require_nothing_opened(command, "--chunked");
  };
  for (const int size : {0, 1, 2, 3, 5, 8, 13, 21, 50, 100, 1000, 20000, 70000}) {
    INFO(size);
    write_file("text", numbers(static_cast<std::size_t>(size)));
    for (const bool chunked : {false, true}) {
      Words seal{"seal-request", "--config", "gateway.ohttp-keys",
                 "--in",         "text",     "--out",
                 "request",      "--state",  "ss"};
      Words seal_answer{"seal-response", "--state", "rs", "--in", "text", "--out", "response"};
      Words open{"open-request", "--key", "1=key.pem", "--in", "request", "--state", "rs"};
      for (Words* command : {&seal, &seal_answer, &open}) {
        command->push_back("--force");
        if (chunked) command->push_back("--chunked");
      }
      REQUIRE_RAN(program(seal), 0);
      require_named({"open-request", "--key", "1=key.pem", "--in", "request", "--out", "opened.txt",
                     "--state", "opened.state"},
                    !chunked);
      REQUIRE(program(open).code == 0);
      REQUIRE_RAN(program(seal_answer), 0);
      require_named({"open-response", "--state", "ss", "--in", "response", "--out", "opened.txt"},
                    !chunked);
    }
  }
}

// Files that are something else than a key configuration list are named.
#include <string>

#include <twoway/key_configs.hpp>
#include <twoway/request_sender.hpp>

#include "support.hpp"

using namespace twoway;
using test::unhex;

namespace {

const std::string kConfig =
    "010020"
    "acaaccdba1532723e5a47a02fd99ec54aee4d2b745218e5dd88446ac334aac4a"
    "0008"
    "0001000100010003";
const std::string kList = "002d" + kConfig;
const std::string kBase64 = "AC0BACCsqszboVMnI+WkegL9mexUruTSt0Uhjl3YhEasM0qsSgAIAAEAAQABAAM=";

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string refusal(const Provider& provider, const std::string& bytes) {
  const auto read = read_key_configs(provider, as_bytes(bytes));
  REQUIRE_ERRC(read, Errc::malformed);
  const auto sender = RequestSender::create(provider, as_bytes(bytes));
  REQUIRE_ERRC(sender, Errc::malformed);
  REQUIRE(std::string(sender.error().message) == read.error().message);
  return read.error().message;
}

}  // namespace

TEST_CASE("a refusal names the thing given in place of a key configuration list") {
  for (const Provider* provider : built::providers()) {
    const std::string list = text_of(unhex(kList));
    REQUIRE_OK(read_key_configs(*provider, as_bytes(list)));
    const std::pair<std::string, std::string> cases[]{
        {"", "nothing or blanks"},
        {"\r\n", "nothing or blanks"},
        {text_of(unhex(kConfig)), "single key configuration"},
        {list + "\n", "a line end or blank follows"},
        {list + "\r\n", "a line end or blank follows"},
        {kList, "hexadecimal"},
        {kList + "\n", "hexadecimal"},
        {kBase64, "base64"},
        {kBase64.substr(0, 40) + "\n" + kBase64.substr(40) + "\n", "base64"},
        {"-----BEGIN PRIVATE KEY-----\n", "PEM text"},
        {"<!DOCTYPE html>\n<html>", "web page"},
        {"{\"error\": \"gr\xc3\xbc\xc3\x9f\"}", "web page"},
        {list.substr(0, list.size() - 1), "malformed: fetch it again"},
        {list + "x", "malformed: fetch it again"},
        {list + text_of(unhex(kConfig)), "malformed: fetch it again"},
    };
    for (const auto& [bytes, words] : cases) {
      INFO(bytes);
      const std::string refused = refusal(*provider, bytes);
      INFO(refused);
      REQUIRE(refused.find(words) != std::string::npos);
    }
  }
}

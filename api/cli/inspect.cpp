// twoway inspect
#include <memory>

#include <twoway/key_configs.hpp>

#include "algorithm_names.hpp"
#include "built_providers.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "input.hpp"
#include "json.hpp"
#include "output.hpp"

namespace twoway::cli {
namespace {

/// Stands in if no provider is built, because the tables' KEMs can be shown all the same.
class NoProvider final : public Provider, private Rng {
 public:
  const char* name() const noexcept override { return "none"; }
  Rng& rng() const noexcept override { return const_cast<NoProvider&>(*this); }

 private:
  Status fill(ByteSpan out) noexcept override {
    core::wipe(out);
    return Error{Errc::provider_failure, "no provider is built"};
  }
};

const Provider& any_provider() {
  static const NoProvider none;
  return built::providers().empty() ? none : *built::providers().front();
}

/// An entry of a list. `config` is complete if `known` is true. Otherwise it has the ids alone.
struct Entry {
  KeyConfig config;
  std::size_t size;
  bool known;
};

/// Calls `take` with each entry of a well-formed list, also those with an unknown KEM, which
/// framing::parse_key_configs skips. Keeps one entry at a time in memory.
template <typename Take>
void for_each_entry(ByteView list, Take take) {
  while (!list.empty()) {
    const std::size_t size = std::size_t{list[0]} << 8 | list[1];
    const ByteView encoded = list.subspan(2, size);
    list = list.subspan(2 + size);
    Result<KeyConfig> config = framing::parse_key_config(any_provider(), encoded);
    if (config) {
      take(Entry{std::move(*config), size, true});
    } else {
      const auto kem = static_cast<std::uint16_t>(encoded[1] << 8 | encoded[2]);
      take(Entry{{encoded[0], KemId{kem}, {}, {}}, size, false});
    }
  }
}

template <typename Id>
Json id_json(Id id) {
  const std::string hex = hex_id(static_cast<std::uint16_t>(id));
  const std::string name = name_of(id);
  return {{"id", hex}, {"name", name == hex ? Json() : Json(name)}};
}

Json entry_json(const Entry& entry) {
  Json algorithms = Json::array();
  for (const SymmetricAlgorithms& pair : entry.config.algorithms) {
    algorithms.push_back({{"kdf", id_json(pair.kdf)}, {"aead", id_json(pair.aead)}});
  }
  return {{"key_id", entry.config.key_id},
          {"size", entry.size},
          {"kem", id_json(entry.config.kem)},
          {"public_key", entry.known ? Json(hex(entry.config.public_key)) : Json()},
          {"algorithms", entry.known ? std::move(algorithms) : Json()}};
}

std::string entry_text(const Entry& entry) {
  std::string text = "key id " + std::to_string(entry.config.key_id) + "\n  kem         " +
                     name_of(entry.config.kem);
  if (!entry.known) return text + " (unknown: senders skip this key)\n";
  text += "\n  public key  " + hex(entry.config.public_key) + "\n";
  for (const SymmetricAlgorithms& pair : entry.config.algorithms) {
    text += "  algorithms  " + name_of(pair.kdf) + ":" + name_of(pair.aead) + "\n";
  }
  return text;
}

std::string single_text(const Entry& entry) {
  return "single key configuration, " + std::to_string(entry.size) +
         " bytes: no list, which would have the length of each key in front of it\n" +
         entry_text(entry);
}

Json single_json(const Entry& entry) {
  return {{"type", "key-configuration"},
          {"size", entry.size},
          {"configurations", Json::array({entry_json(entry)})}};
}

/// Returns a value of a JSON object as dump(2) writes it at this depth.
std::string indented(const Json& value, std::size_t depth) {
  std::string text;
  for (const char c : value.dump(2)) {
    text += c;
    if (c == '\n') text.append(depth, ' ');
  }
  return text;
}

void print_list(ByteView list, bool json) {
  Output out(std::nullopt, {.terminal = true});
  const auto write = [&out](const std::string& text) { out.write(core::as_bytes(text)); };
  const std::string size = std::to_string(list.size());
  if (json) {
    write("{\n  \"type\": \"key-configurations\",\n  \"size\": " + size +
          ",\n  \"configurations\": [");
    const char* between = "\n    ";
    for_each_entry(list, [&](const Entry& entry) {
      write(between + indented(entry_json(entry), 4));
      between = ",\n    ";
    });
    write("\n  ]\n}\n");
  } else {
    std::size_t count = 0;
    for_each_entry(list, [&count](const Entry&) { ++count; });
    write("key configuration list, " + size + " bytes, " + std::to_string(count) +
          (count == 1 ? " key\n" : " keys\n"));
    for_each_entry(list, [&write](const Entry& entry) { write(entry_text(entry)); });
  }
  out.finish();
}

/// The start of a file, long enough for any list, and the size of the whole file.
struct Content {
  core::SecretBuffer start;
  std::uint64_t size;
};

/// Reads an input of any length and keeps no more than a list may have.
Content read_content(const std::string& path) {
  constexpr std::size_t kReadSize = 64 * 1024;
  const Input input(path);
  Content content{{}, 0};
  core::SecretBuffer buffer(kReadSize);
  while (true) {
    const Result<std::size_t> got = input.read(buffer);
    if (!got) input.cannot_read(static_cast<int>(got.error().native));
    if (*got == 0) return content;
    content.size += *got;
    if (content.start.size() > kMaxKeyConfigs) continue;
    content.start.insert(content.start.end(), buffer.begin(),
                         buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

/// The parts of a request that can be shown without its key.
struct Request {
  RequestHeader header;
  ByteView enc;
  std::uint64_t ciphertext_size;
};

/// Returns nothing if an id in the header is unknown, or if the file is too short for its `enc`.
std::optional<Request> request_of(const Content& content) {
  const ByteView start = content.start;
  const Result<RequestHeader> header = framing::parse_header(start);
  if (!header) return std::nullopt;
  const core::KemParams* kem = core::find_kem(any_provider(), header->suite.kem);
  if (kem == nullptr || core::find_kdf(header->suite.kdf) == nullptr ||
      core::find_aead(header->suite.aead) == nullptr ||
      start.size() < framing::kHeaderSize + kem->nenc) {
    return std::nullopt;
  }
  return Request{*header, start.subspan(framing::kHeaderSize, kem->nenc),
                 content.size - framing::kHeaderSize - kem->nenc};
}

Json request_json(std::uint64_t size, const Request& request) {
  return {{"type", "request"},
          {"size", size},
          {"key_id", request.header.key_id},
          {"kem", id_json(request.header.suite.kem)},
          {"kdf", id_json(request.header.suite.kdf)},
          {"aead", id_json(request.header.suite.aead)},
          {"enc", hex(request.enc)},
          {"ciphertext_size", request.ciphertext_size}};
}

std::string request_text(std::uint64_t size, const Request& request) {
  const core::Suite& suite = request.header.suite;
  return "request, " + std::to_string(size) + " bytes\n" + "  key id      " +
         std::to_string(request.header.key_id) + "\n" + "  kem         " + name_of(suite.kem) +
         "\n" + "  kdf         " + name_of(suite.kdf) + "\n" + "  aead        " +
         name_of(suite.aead) + "\n" + "  enc         " + hex(request.enc) + "\n" +
         "  ciphertext  " + std::to_string(request.ciphertext_size) + " bytes\n";
}

/// Returns true for a list, and false for a request that looks like one.
bool is_list(const Content& content, bool request) {
  if (content.size > kMaxKeyConfigs) return false;
  const auto list = framing::parse_key_configs(any_provider(), content.start);
  return list && (!list->empty() || !request);
}

/// Returns the configuration if the file is a single one.
std::optional<Entry> single_of(const Content& content) {
  if (content.size > kMaxKeyConfigs) return std::nullopt;
  Result<KeyConfig> config = framing::parse_key_config(any_provider(), content.start);
  if (!config) return std::nullopt;
  return Entry{std::move(*config), content.start.size(), true};
}

/// Returns the reason why the file is not a list, if it is known.
std::string mistake_in(const Content& content) {
  if (content.size > kMaxKeyConfigs) return {};
  const auto list = read_key_configs(any_provider(), content.start);
  return list ? std::string() : std::string(". As a list: ") + list.error().message;
}

// No format has a magic number. A list must fit its lengths to the last byte, so it is tried first.
// A short request can look like a list of unknown KEMs, and then the request is preferred. A single
// configuration looks like a request only if its key begins with the ids of a KDF and an AEAD.
void run(const std::string& path, bool json) {
  const Content content = read_content(path);
  const std::optional<Request> request = request_of(content);
  if (is_list(content, request.has_value())) {
    print_list(content.start, json);
  } else if (request) {
    print(json ? json_text(request_json(content.size, *request))
               : request_text(content.size, *request));
  } else if (const std::optional<Entry> single = single_of(content)) {
    print(json ? json_text(single_json(*single)) : single_text(*single));
  } else {
    throw Failure(Exit::refused,
                  input_name(path) +
                      ": not a key configuration list or a request with known algorithms. Nothing "
                      "else can be shown without a key" +
                      mistake_in(content));
  }
}

struct Inspect {
  std::string file;
  bool json = false;
};

}  // namespace

void add_inspect(Command& program) {
  auto options = std::make_shared<Inspect>();
  Command command =
      program.add("inspect", "Show a key configuration list, or the header of a request");
  command.option("FILE", options->file, "", "The file, or - for standard input").required();
  command.flag("--json", options->json, "Print JSON");
  command.footer(
      "Needs no key and shows nothing secret. Algorithms that are not known appear as their ids."
      "\n\n"
      "Examples:\n"
      "  twoway inspect gateway.ohttp-keys\n"
      "  twoway inspect request.bin --json");
  command.runs([options] { run(options->file, options->json); });
}

}  // namespace twoway::cli

// twoway inspect
#include <memory>

#include <nlohmann/json.hpp>

#include "built_providers.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "input.hpp"
#include "names.hpp"
#include "output.hpp"

namespace twoway::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Stands in where no provider is built: the tables' KEMs can be shown all the same.
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

/// An entry of a list: `config` is complete where `known`, else has the ids alone.
struct Entry {
  KeyConfig config;
  std::size_t size;
  bool known;
};

/// The entries of a well-formed list, those with an unknown KEM included, which
/// framing::parse_key_configs skips.
std::vector<Entry> entries_of(ByteView list) {
  std::vector<Entry> entries;
  while (!list.empty()) {
    const std::size_t size = std::size_t{list[0]} << 8 | list[1];
    const ByteView encoded = list.subspan(2, size);
    list = list.subspan(2 + size);
    Result<KeyConfig> config = framing::parse_key_config(any_provider(), encoded);
    if (config) {
      entries.push_back({std::move(*config), size, true});
    } else {
      const auto kem = static_cast<std::uint16_t>(encoded[1] << 8 | encoded[2]);
      entries.push_back({{encoded[0], KemId{kem}, {}, {}}, size, false});
    }
  }
  return entries;
}

template <typename Id>
Json id_json(Id id) {
  const std::string hex = hex_id(static_cast<std::uint16_t>(id));
  const std::string name = name_of(id);
  return {{"id", hex}, {"name", name == hex ? Json() : Json(name)}};
}

Json list_json(ByteView file, const std::vector<Entry>& entries) {
  Json configs = Json::array();
  for (const auto& [config, size, known] : entries) {
    Json suites = Json::array();
    for (const SymmetricAlgorithms& pair : config.algorithms) {
      suites.push_back({{"kdf", id_json(pair.kdf)}, {"aead", id_json(pair.aead)}});
    }
    Json entry{{"key_id", config.key_id}, {"size", size}, {"kem", id_json(config.kem)}};
    entry["public_key"] = known ? Json(hex(config.public_key)) : Json();
    entry["suites"] = known ? std::move(suites) : Json();
    configs.push_back(std::move(entry));
  }
  return {{"type", "key-configurations"},
          {"size", file.size()},
          {"configurations", std::move(configs)}};
}

std::string list_text(ByteView file, const std::vector<Entry>& entries) {
  std::string text = "key configuration list, " + std::to_string(file.size()) + " bytes, " +
                     std::to_string(entries.size()) + (entries.size() == 1 ? " key\n" : " keys\n");
  for (const auto& [config, size, known] : entries) {
    text += "key id " + std::to_string(config.key_id) + "\n";
    text += "  kem         " + name_of(config.kem);
    if (!known) {
      text += " (unknown: senders skip this key)\n";
      continue;
    }
    text += "\n  public key  " + hex(config.public_key) + "\n";
    for (const SymmetricAlgorithms& pair : config.algorithms) {
      text += "  suite       " + name_of(pair.kdf) + ":" + name_of(pair.aead) + "\n";
    }
  }
  return text;
}

/// What shows of a request without its key.
struct Request {
  RequestHeader header;
  ByteView enc;
  std::size_t sealed;
};

/// Nothing where the header's ids are not all known, or the file is too short for its `enc`.
std::optional<Request> request_of(ByteView file) {
  const Result<RequestHeader> header = framing::parse_header(file);
  if (!header) return std::nullopt;
  const core::KemParams* kem = core::find_kem(any_provider(), header->suite.kem);
  if (kem == nullptr || core::find_kdf(header->suite.kdf) == nullptr ||
      core::find_aead(header->suite.aead) == nullptr ||
      file.size() < framing::kHeaderSize + kem->nenc) {
    return std::nullopt;
  }
  return Request{*header, file.subspan(framing::kHeaderSize, kem->nenc),
                 file.size() - framing::kHeaderSize - kem->nenc};
}

Json request_json(ByteView file, const Request& request) {
  return {{"type", "request"},
          {"size", file.size()},
          {"key_id", request.header.key_id},
          {"kem", id_json(request.header.suite.kem)},
          {"kdf", id_json(request.header.suite.kdf)},
          {"aead", id_json(request.header.suite.aead)},
          {"enc", hex(request.enc)},
          {"sealed_size", request.sealed}};
}

std::string request_text(ByteView file, const Request& request) {
  const core::Suite& suite = request.header.suite;
  return "request, " + std::to_string(file.size()) + " bytes\n" + "  key id  " +
         std::to_string(request.header.key_id) + "\n" + "  kem     " + name_of(suite.kem) + "\n" +
         "  suite   " + name_of(suite.kdf) + ":" + name_of(suite.aead) + "\n" + "  enc     " +
         hex(request.enc) + "\n" + "  sealed  " + std::to_string(request.sealed) + " bytes\n";
}

// Neither format has a magic number. A list must fit its lengths to the last byte, so it comes
// first; but short requests can look like a list of unknown KEMs, so there a request does.
void run(const std::string& path, bool json) {
  const core::SecretBuffer content = read_input(path, {.max = kMaxMessage, .what = "a message"});
  const ByteView file = content;
  const auto list = framing::parse_key_configs(any_provider(), file);
  const std::optional<Request> request = request_of(file);
  if (list && (!list->empty() || !request)) {
    const std::vector<Entry> entries = entries_of(file);
    print(json ? list_json(file, entries).dump(2) + "\n" : list_text(file, entries));
  } else if (request) {
    print(json ? request_json(file, *request).dump(2) + "\n" : request_text(file, *request));
  } else {
    throw Failure(Exit::refused, input_name(path) +
                                     ": neither a key configuration list nor a request with known "
                                     "algorithms: nothing else can be shown without a key");
  }
}

struct Inspect {
  std::string file;
  bool json = false;
};

}  // namespace

void add_inspect(CLI::App& app) {
  auto options = std::make_shared<Inspect>();
  CLI::App* command =
      app.add_subcommand("inspect", "Show a key configuration list, or the header of a request");
  command->add_option("FILE", options->file, "The file, or - for standard input")
      ->required()
      ->type_name("");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Needs no key and shows nothing secret. Algorithms that are not known appear as their ids."
      "\n\n"
      "Examples:\n"
      "  twoway inspect gateway.ohttp-keys\n"
      "  twoway inspect request.bin --json");
  command->callback([options] { run(options->file, options->json); });
}

}  // namespace twoway::cli

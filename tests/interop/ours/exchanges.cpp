#include "exchanges.hpp"

#include <optional>

namespace twoway::interop {
namespace {

/// The form of a message and its media type. The protocol knows no pairs of types.
struct Kind {
  explicit Kind(const Json& request)
      : form(flag_at(request, "chunked") ? Form::chunked : Form::whole),
        type(text_at(request, "media_type")) {}

  bool chunked() const { return form == Form::chunked; }
  MediaTypes types() const {
    return chunked() ? MediaTypes{.chunked = type} : MediaTypes{.whole = type};
  }

  Form form;
  std::string type;
};

ChunkLimits limits_of(const Text& text) { return {.max_chunk = largest(text)}; }

StreamOptions stream_options(const Text& text) { return {.limits = limits_of(text)}; }

std::unique_ptr<Source> file_source(std::ifstream& file, const std::string& path) {
  file.open(path, std::ios::binary);
  if (!file) throw Unserved{"the file cannot be read: " + path};
  return from_istream(file);
}

}  // namespace

RequestSender Exchanges::sender_to(const Json& receiver, Suite suite) const {
  return take(RequestSender::create(provider_, receiver.at("key_id").get<std::uint8_t>(), suite,
                                    bytes_at(receiver, "public"),
                                    {draws_.fixed() ? &draws_ : nullptr}));
}

std::unique_ptr<KeyRing> Exchanges::ring_of(const Json& request) const {
  auto ring = std::make_unique<KeyRing>(provider_);
  const Suite suite = suite_at(request);
  check(ring->add(request.at("key_id").get<std::uint8_t>(), key_of(provider_, request, "ikm"),
                  {{suite.kdf, suite.aead}}));
  return ring;
}

int Exchanges::keep(ResponseOpener opener) {
  sent_.emplace(++last_, std::move(opener));
  return last_;
}

int Exchanges::keep(ResponseSealer sealer) {
  opened_.emplace(++last_, std::move(sealer));
  return last_;
}

Json Exchanges::seal_request(const Json& request) {
  const Text text = plaintext_at(request);
  const std::string file = file_at(request, "file");
  const Kind kind(request);
  const RequestSender sender =
      request.contains("configs")
          ? take(RequestSender::create(provider_, bytes_at(request, "configs"), {chosen_rng()}))
          : sender_to(request, suite_at(request));
  auto sealer = take(sender.begin(kind.form, kind.types()));
  Json answer{{"handle", keep(sealer.response_opener())}};
  if (!file.empty()) {
    write_stream(take(sealer.stream(source_of(text), stream_options(text))), file);
    return answer;
  }
  Bytes message;
  if (kind.chunked()) {
    message.assign(sealer.prefix().begin(), sealer.prefix().end());
    seal_chunks(message, take(sealer.chunk_sealer(limits_of(text))), text);
  } else {
    const Bytes plaintext = text.joined();
    message.resize(sealer.sealed_size(plaintext.size()));
    take(sealer.seal(message, plaintext));
  }
  answer["message"] = test::hex(message);
  return answer;
}

Json Exchanges::open_request(const Json& request) {
  const auto ring = ring_of(request);
  const RequestReceiver receiver(*ring, {.rng = &draws_});
  const Kind kind(request);
  if (const std::string path = file_at(request, "file"); !path.empty()) {
    std::ifstream file;
    auto stream = take(receiver.stream(kind.form, file_source(file, path), kind.types()));
    write_stream(std::move(stream.plaintext), file_at(request, "text_file"));
    return {{"handle", keep(take(stream.opener.response_sealer()))}};
  }
  const Bytes message = bytes_at(request, "message");
  if (!kind.chunked()) {
    auto opened = take(receiver.open(message, kind.types()));
    const int handle = keep(std::move(opened.response_sealer));
    return {{"text", test::hex(opened.plaintext)}, {"handle", handle}};
  }
  auto opener = take(receiver.chunked_opener(kind.types()));
  const Bytes text = open_pieces(opener, message, [&opener] {
    check(opener.give_key(take(opener.pending()->decapsulate())));
  });
  return {{"text", test::hex(text)}, {"handle", keep(take(opener.response_sealer()))}};
}

Json Exchanges::seal_response(const Json& request) {
  const auto found = opened_.find(request.at("handle").get<int>());
  if (found == opened_.end()) throw Unserved{"no request with this handle was opened"};
  ResponseSealer& sealer = found->second;
  const Text text = plaintext_at(request);
  const Kind kind(request);
  if (const std::string file = file_at(request, "file"); !file.empty()) {
    write_stream(
        take(sealer.stream(kind.form, source_of(text), kind.types(), stream_options(text))), file);
    return Json::object();
  }
  Bytes message;
  if (kind.chunked()) {
    auto chunked = take(sealer.chunk_sealer(kind.types(), limits_of(text)));
    message = std::move(chunked.prefix);
    seal_chunks(message, std::move(chunked.chunk_sealer), text);
  } else {
    message = take(sealer.seal(text.joined(), kind.types()));
  }
  return {{"message", test::hex(message)}};
}

Json Exchanges::open_response(const Json& request) {
  const auto found = sent_.find(request.at("handle").get<int>());
  if (found == sent_.end()) throw Unserved{"no request with this handle was sealed"};
  const ResponseOpener& opener = found->second;
  const Kind kind(request);
  if (const std::string path = file_at(request, "file"); !path.empty()) {
    std::ifstream file;
    write_stream(take(opener.stream(kind.form, file_source(file, path), kind.types())),
                 file_at(request, "text_file"));
    return Json::object();
  }
  const Bytes message = bytes_at(request, "message");
  const Bytes text = kind.chunked() ? open_chunks(take(opener.chunk_opener(kind.types())), message)
                                    : take(opener.open(message, kind.types()));
  return {{"text", test::hex(text)}};
}

Json Exchanges::seal_multi(const Json& request) {
  const Text text = plaintext_at(request);
  const std::string file = file_at(request, "file");
  const Kind kind(request);
  const Suite suite = suite_at(request);
  const auto sender = take(MultiRequestSender::create(provider_, suite.aead, {chosen_rng()}));
  auto sealer = take(sender.begin(kind.form, kind.types()));
  Json answer{{"keys", Json::array()}, {"handles", Json::array()}};
  for (const Json& receiver : request.at("receivers")) {
    auto key = take(sealer.encapsulate_key(sender_to(receiver, suite)));
    answer["keys"].push_back(test::hex(key.message));
    answer["handles"].push_back(keep(std::move(key.response_opener)));
  }
  if (!file.empty()) {
    write_stream(take(sealer.stream(source_of(text), stream_options(text))), file);
    return answer;
  }
  Bytes message;
  if (kind.chunked()) {
    message.assign(sealer.prefix().begin(), sealer.prefix().end());
    seal_chunks(message, take(sealer.chunk_sealer(limits_of(text))), text);
  } else {
    message = take(sealer.seal(text.joined()));
  }
  answer["message"] = test::hex(message);
  return answer;
}

Json Exchanges::open_multi(const Json& request) {
  const auto ring = ring_of(request);
  const Kind kind(request);
  const auto pending = take(MultiRequestReceiver(*ring, {.rng = &draws_})
                                .begin(kind.form, bytes_at(request, "key"), kind.types()));
  auto opener = take(pending.decapsulate());
  Json answer = Json::object();
  if (const std::string path = file_at(request, "file"); !path.empty()) {
    std::ifstream file;
    write_stream(take(opener.stream(file_source(file, path))), file_at(request, "text_file"));
  } else {
    const Bytes message = bytes_at(request, "message");
    Bytes text;
    if (kind.chunked()) {
      text = open_chunks(take(opener.chunk_opener()), message);
    } else {
      text.resize(opener.opened_size(message.size()));
      take(opener.open(text, message));
    }
    answer["text"] = test::hex(text);
  }
  answer["handle"] = keep(take(opener.response_sealer()));
  return answer;
}

Json Exchanges::key_configs(const Json& request) {
  KeyRing ring(provider_);
  for (const Json& key : request.at("keys")) {
    std::vector<SymmetricAlgorithms> pairs;
    for (const Json& pair : key.at("pairs")) {
      pairs.push_back(
          {KdfId{pair.at(0).get<std::uint16_t>()}, AeadId{pair.at(1).get<std::uint16_t>()}});
    }
    check(ring.add(key.at("key_id").get<std::uint8_t>(), key_of(provider_, key, "ikm"), pairs));
  }
  return {{"configs", test::hex(take(ring.key_configs()))}};
}

}  // namespace twoway::interop

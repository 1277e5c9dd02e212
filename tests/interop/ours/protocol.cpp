#include "protocol.hpp"

#include <algorithm>

namespace twoway::interop {

void check(const Status& status) {
  if (!status) throw Refused{status.error()};
}

Bytes bytes_at(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found == object.end() ? Bytes() : test::unhex(found->get<std::string>());
}

std::string text_at(const Json& object, const char* field) {
  const Bytes bytes = bytes_at(object, field);
  return {bytes.begin(), bytes.end()};
}

bool flag_at(const Json& object, const char* field) { return object.value(field, false); }

Suite suite_at(const Json& object) {
  return {KemId{object.at("kem").get<std::uint16_t>()},
          KdfId{object.at("kdf").get<std::uint16_t>()},
          AeadId{object.at("aead").get<std::uint16_t>()}};
}

std::string file_at(const Json& object, const char* field) {
  return object.value(field, std::string());
}

Bytes Text::joined() const {
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  all.insert(all.end(), last.begin(), last.end());
  return all;
}

Text plaintext_at(const Json& object) {
  const Json& value = object.at("text");
  Text text;
  text.last = bytes_at(value, "last");
  if (!value.contains("rule")) {
    for (const Json& piece : value.at("pieces")) {
      text.pieces.push_back(test::unhex(piece.get<std::string>()));
    }
    return text;
  }
  const Json& rule = value.at("rule");
  const auto sizes = rule.at("pieces").get<std::vector<std::size_t>>();
  auto left = rule.at("length").get<std::size_t>();
  auto next = rule.at("increment").get<std::uint64_t>();
  const auto multiplier = rule.at("multiplier").get<std::uint64_t>();
  while (left != 0) {
    Bytes& piece = text.pieces.emplace_back(
        std::min(left, std::max<std::size_t>(1, sizes[text.pieces.size() % sizes.size()])));
    for (std::uint8_t& byte : piece) {
      byte = static_cast<std::uint8_t>(next);
      next += multiplier;
    }
    left -= piece.size();
  }
  return text;
}

std::size_t largest(const Text& text) {
  std::size_t size = std::max<std::size_t>(1, text.last.size());
  for (const Bytes& piece : text.pieces) size = std::max(size, piece.size());
  return size;
}

std::unique_ptr<Source> source_of(Text text) {
  if (!text.last.empty()) text.pieces.push_back(text.last);
  const bool data_in_last = !text.last.empty();
  return from_function([pieces = std::move(text.pieces), data_in_last, next = std::size_t{0},
                        at = std::size_t{0}](ByteSpan out) mutable -> Result<SourceRead> {
    if (next == pieces.size()) return SourceRead{0, End::yes};
    const ByteView rest = ByteView(pieces[next]).subspan(at);
    const std::size_t size = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), size, out.begin());
    at += size;
    if (at == pieces[next].size()) {
      ++next;
      at = 0;
    }
    return SourceRead{size, data_in_last && next == pieces.size() ? End::yes : End::no};
  });
}

void Draws::set(Bytes bytes) {
  bytes_ = std::move(bytes);
  used_ = 0;
}

void Draws::require_used() const {
  if (used_ != bytes_.size()) throw Unserved{"not all of the random bytes were drawn"};
}

Status Draws::fill(ByteSpan out) noexcept {
  if (!fixed()) return provider_.rng().fill(out);
  if (bytes_.size() - used_ < out.size()) {
    return Error{Errc::provider_failure, "the request's random bytes are used up"};
  }
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
  used_ += out.size();
  return {};
}

void seal_chunks(Bytes& message, ChunkSealer sealer, const Text& text) {
  for (std::size_t i = 0; i <= text.pieces.size(); ++i) {
    const Last last = i == text.pieces.size() ? Last::yes : Last::no;
    const ByteView piece = last == Last::yes ? ByteView(text.last) : ByteView(text.pieces[i]);
    const std::size_t at = message.size();
    message.resize(at + sealer.sealed_size(piece.size(), last));
    take(sealer.seal(ByteSpan(message).subspan(at), piece, last));
  }
}

Bytes open_chunks(ChunkOpener opener, ByteView message) {
  return open_pieces(opener, message, [] {});
}

}  // namespace twoway::interop

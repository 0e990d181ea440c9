// The frame reader on whatever a line may bring. The first byte of the input picks the size of the
// chunks and whether a request was sent; the rest are the bytes that come in.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "require.h"
#include "serial/crc.h"
#include "serial/frame.h"

namespace mppsolar::serial {
namespace {

using Kind = FrameReader::Kind;
using Item = FrameReader::Item;

// Up to here no noise is cut off, which happens earlier or later with the chunks that it comes in.
constexpr std::size_t kLongestFrame = 1024;

std::vector<Item> Read(std::string_view request, std::string_view bytes, std::size_t chunk) {
  const std::size_t most = bytes.size();
  FrameReader reader(request);
  std::vector<Item> items;
  Item item;
  const auto keep = [&] {
    items.push_back(item);
    Require(items.size() <= most, "every item takes a byte at least");
  };
  while (!bytes.empty()) {
    reader.Add(bytes.substr(0, chunk));
    bytes.remove_prefix(std::min(chunk, bytes.size()));
    while (reader.Next(item)) keep();
  }
  while (reader.Finish(item)) keep();
  Require(!reader.HasPart(), "Finish leaves nothing");
  return items;
}

bool Same(const std::vector<Item>& a, const std::vector<Item>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Item& one, const Item& other) {
    return one.kind == other.kind && one.text == other.text;
  });
}

// `body` as some firmware sends it: stepped over, also with 00 as 01, raw.
std::array<std::string, 3> Frames(const std::string& body) {
  const std::uint16_t crc = Crc16(body);
  const auto framed = [&](char high, char low) { return body + high + low + '\r'; };
  const std::array<char, 2> stepped = Checksum(body);
  const std::array<char, 2> without_zero = ChecksumWithoutZero(body);
  return {framed(stepped[0], stepped[1]), framed(without_zero[0], without_zero[1]),
          framed(static_cast<char>(crc >> 8), static_cast<char>(crc & 0xFF))};
}

// The bytes behind a text of Printable.
std::string Unprinted(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    Require(text[i] >= 0x20 && text[i] < 0x7F, "Printable is printable ASCII");
    if (text[i] == '\\') {
      Require(i + 3 < text.size() && text[i + 1] == 'x', "Printable writes \\xNN");
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

// Where the first of `candidates` ends that stands in `bytes` from `from` on.
std::size_t EndOfFirst(std::string_view bytes, std::size_t from,
                       const std::vector<std::string>& candidates) {
  std::size_t end = std::string_view::npos;
  for (const std::string& candidate : candidates) {
    const std::size_t at = bytes.find(candidate, from);
    if (at != std::string_view::npos) end = std::min(end, at + candidate.size());
  }
  return end;
}

// What must have stood in the input for the item to be given.
std::vector<std::string> Sources(const Item& item) {
  switch (item.kind) {
    case Kind::kPayload:
    case Kind::kOtherProtocol: {
      const auto frames = Frames((item.kind == Kind::kPayload ? "(" : "^") + item.text);
      return {frames.begin(), frames.end()};
    }
    case Kind::kNak:
      return {"(NAK"};
    case Kind::kEcho:
      return {item.text + '\r'};
    case Kind::kBad:
      return {Unprinted(item.text)};
  }
  return {};
}

bool IsText(const std::string& payload) {
  return std::all_of(payload.begin(), payload.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void RequireSources(const std::vector<Item>& items, std::string_view bytes) {
  std::size_t from = 0;
  for (const Item& item : items) {
    if (item.kind == Kind::kPayload) {
      Require(IsText(item.text) && item.text.size() < bytes.size(),
              "a payload is text and shorter than what came in");
      Require(item.text != "NAK", "NAK is no payload");
    }
    const std::size_t end = EndOfFirst(bytes, from, Sources(item));
    if (end == std::string_view::npos) {
      Require(item.kind == Kind::kBad && bytes.size() > kLongestFrame &&
                  item.text.starts_with("no end within "),
              "every item stood in the input, after the one before it");
      continue;
    }
    from = end;
  }
}

bool Has(const std::vector<Item>& items, const std::string& payload) {
  return std::any_of(items.begin(), items.end(), [&](const Item& item) {
    return item.kind == Kind::kPayload && item.text == payload;
  });
}

// A payload that is made of the noise before it.
std::string PayloadOf(std::string_view bytes) {
  std::string payload;
  for (const char c : bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), 150))) {
    if (c >= 0x20 && c < 0x7F && c != '(') payload += c;
  }
  return payload.empty() || payload == "NAK" ? "B" : payload;
}

void RequireFound(std::string_view request, std::string noise, std::size_t chunk) {
  const std::string payload = PayloadOf(noise);
  noise += '\r';
  for (const std::string& frame : Frames("(" + payload)) {
    // "(NAKss" has the CRC 0, so "(NAKssQPIGS" has that of QPIGS. Such a frame is taken for an
    // echo.
    if (!request.empty() && frame.ends_with(request)) continue;
    if (Has(Read(request, noise + frame, chunk), payload)) continue;
    // A raw CR in the checksum ends the frame early, for a reader that takes what came for a whole.
    const std::string cut = frame.substr(0, frame.find('\r') + 1);
    const std::vector<Item> items = Read(request, cut, chunk);
    Require(cut != frame && !items.empty() && items.front().kind != Kind::kBad,
            "a frame after a CR is found");
  }
}

void Check(std::uint8_t choice, const std::string& bytes) {
  const std::string request = (choice & 1U) != 0 ? EncodeRequest(*Command::Query("QPIGS")) : "";
  const std::size_t chunk = 1 + (choice >> 1) % 20;

  const std::vector<Item> whole = Read(request, bytes, bytes.size());
  const std::vector<Item> in_chunks = Read(request, bytes, chunk);
  RequireSources(whole, bytes);
  RequireSources(in_chunks, bytes);
  Require(bytes.size() > kLongestFrame || Same(whole, in_chunks), "chunks make no difference");
  RequireFound(request, bytes, chunk);
  Require(Unprinted(Printable(bytes)) == bytes, "Printable loses nothing");
}

}  // namespace
}  // namespace mppsolar::serial

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  mppsolar::serial::Check(data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}

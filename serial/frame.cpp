#include "serial/frame.h"

#include <algorithm>

#include "serial/crc.h"

namespace mppsolar::serial {
namespace {

constexpr char kCr = '\r';
// The longest known reply has 143 bytes (QPGSn); what has no CR for so long is noise.
constexpr std::size_t kLongestFrame = 1024;
// A CR within the checksum (some firmware sends it raw) is followed by the real one this far on.
constexpr std::size_t kChecksumBytes = 2;

// UPS-style padding of USB reports, and the LF that some clones add after CR.
bool IsPadding(char c) { return c == '\0' || c == '\n' || c == kCr; }

std::string Framed(std::string_view bytes, const std::array<char, 2>& checksum) {
  std::string frame(bytes);
  frame.append(checksum.data(), checksum.size());
  frame.push_back(kCr);
  return frame;
}

bool IsText(char c) { return c >= 0x20 && c < 0x7F; }

// Payloads are text in every document and capture. That they must be is more than a nicety: the CRC
// starts at 0, so zeros between a checksum and its CR make a good checksum of frame and checksum.
bool IsFrame(std::string_view bytes) {
  if (bytes.size() <= 1 + kChecksumBytes) return false;
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  return std::all_of(body.begin(), body.end(), IsText) &&
         ChecksumMatches(body, bytes[body.size()], bytes[body.size() + 1]);
}

// Looks for a frame that begins with `start` and ends where `segment` does. A stale, cut frame may
// stand before it, and a raw checksum byte may look like a start: so each start is tried, last
// first.
bool FindFrame(std::string_view segment, char start, std::string_view& body) {
  for (std::size_t at = segment.rfind(start); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : segment.rfind(start, at - 1)) {
    const std::string_view frame = segment.substr(at);
    if (IsFrame(frame)) {
      body = frame.substr(1, frame.size() - 1 - kChecksumBytes);
      return true;
    }
  }
  return false;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string EncodeRequest(const Command& command) {
  return Framed(command.text(), Checksum(command.text()));
}

std::string EncodeRequestWithoutZero(const Command& command) {
  return Framed(command.text(), ChecksumWithoutZero(command.text()));
}

std::string EncodeReply(std::string_view payload) {
  std::string bytes = "(";
  bytes += payload;
  return Framed(bytes, Checksum(bytes));
}

void FrameReader::Add(std::string_view bytes) {
  buffer_ += bytes;
  DropPadding();
}

void FrameReader::DropPadding() {
  buffer_.erase(buffer_.begin(), std::find_if_not(buffer_.begin(), buffer_.end(), IsPadding));
}

bool FrameReader::Take(std::size_t cr, Item& item) {
  const std::string_view segment(buffer_.data(), cr);
  std::string_view body;
  // The echo first: behind a reply that lost its CR it would give both together a good checksum.
  if (!request_.empty() &&
      EndsWith(segment, std::string_view(request_).substr(0, request_.size() - 1))) {
    item = {Kind::kEcho, std::string(segment)};
  } else if (FindFrame(segment, '(', body)) {
    item = {body == "NAK" ? Kind::kNak : Kind::kPayload, std::string(body)};
  } else if (EndsWith(segment, "(NAK")) {
    item = {Kind::kNak, "NAK"};
  } else if (FindFrame(segment, '^', body) && body == "0") {
    item = {Kind::kOtherProtocol, std::string(body)};
  } else {
    return false;
  }
  buffer_.erase(0, cr + 1);
  DropPadding();
  return true;
}

bool FrameReader::Next(Item& item) {
  const std::size_t cr = buffer_.find(kCr);
  if (cr == std::string::npos) {
    if (buffer_.size() <= kLongestFrame) return false;
    item = {Kind::kBad, "no end within " + std::to_string(buffer_.size()) + " bytes"};
    buffer_.clear();
    return true;
  }
  if (Take(cr, item)) return true;
  // A frame whose checksum holds a raw CR ends one or two bytes further on.
  for (std::size_t end = cr + 1; end <= cr + kChecksumBytes && end < buffer_.size(); ++end) {
    if (buffer_[end] == kCr && Take(end, item)) return true;
  }
  if (buffer_.size() <= cr + kChecksumBytes) return false;
  item = {Kind::kBad, Printable(std::string_view(buffer_).substr(0, cr + 1))};
  buffer_.erase(0, cr + 1);
  DropPadding();
  return true;
}

bool FrameReader::Finish(Item& item) {
  if (buffer_.empty()) return false;
  const std::size_t cr = buffer_.find(kCr);
  const std::size_t length = cr == std::string::npos ? buffer_.size() : cr + 1;
  item = {Kind::kBad, Printable(std::string_view(buffer_).substr(0, length))};
  buffer_.erase(0, length);
  DropPadding();
  return true;
}

std::string Printable(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    if (c >= 0x20 && c < 0x7F && c != '\\') {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += "\\x";
      text += kHex[byte >> 4];
      text += kHex[byte & 0xF];
    }
  }
  return text;
}

}  // namespace mppsolar::serial

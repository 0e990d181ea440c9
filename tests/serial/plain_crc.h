// CRC-16/XMODEM bit by bit, as its definition reads: to check the library's table against, and to
// make frames with checksums that the library would not make.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mppsolar::serial {

[[nodiscard]] inline std::uint16_t PlainCrc(std::string_view bytes) {
  unsigned crc = 0;
  for (const char c : bytes) {
    for (int bit = 7; bit >= 0; --bit) {
      const unsigned in = (static_cast<unsigned char>(c) >> bit) & 1U;
      const unsigned out = (crc >> 15) & 1U;
      crc = (crc << 1) & 0xFFFFU;
      if (in != out) crc ^= 0x1021U;
    }
  }
  return static_cast<std::uint16_t>(crc);
}

/// "(" payload, these two checksum bytes, CR.
[[nodiscard]] inline std::string FrameWith(std::string_view payload, unsigned checksum) {
  std::string frame = "(";
  frame += payload;
  frame += static_cast<char>(checksum >> 8);
  frame += static_cast<char>(checksum & 0xFF);
  frame += '\r';
  return frame;
}

/// A payload of digits whose frame has a CRC for which `wanted` is true.
template <class Wanted>
[[nodiscard]] std::string PayloadWithCrc(Wanted wanted) {
  for (unsigned number = 0;; ++number) {
    std::string payload = std::to_string(number);
    if (wanted(PlainCrc("(" + payload))) return payload;
  }
}

}  // namespace mppsolar::serial

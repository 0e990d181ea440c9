// The checksum of PI30 frames: CRC-16/XMODEM with reserved bytes stepped over.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mppsolar::serial {

/// CRC-16/XMODEM: polynomial 0x1021, start 0, "123456789" -> 0x31C3.
[[nodiscard]] std::uint16_t Crc16(std::string_view bytes);

/// The two checksum bytes as they are sent, high byte first: each one that equals '(', CR or LF is
/// sent one higher (vendor appendix "CRC.c"). "QGMN" -> 49 29, where the plain CRC is 49 28.
[[nodiscard]] std::array<char, 2> Checksum(std::string_view bytes);

/// The same with 00 sent as 01, too. Some firmware (Axpert VM IV) neither sends nor accepts a 00.
[[nodiscard]] std::array<char, 2> ChecksumWithoutZero(std::string_view bytes);

/// Whether `high` and `low` are a checksum of `bytes` as some firmware sends it: stepped over, also
/// with 00 as 01, or the plain CRC. Nothing else passes.
[[nodiscard]] bool ChecksumMatches(std::string_view bytes, char high, char low);

}  // namespace mppsolar::serial

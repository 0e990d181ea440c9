#include "serial/crc.h"

namespace mppsolar::serial {
namespace {

constexpr std::array<std::uint16_t, 256> MakeTable() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000U) != 0 ? 0x1021U : 0U);
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr auto kTable = MakeTable();

constexpr char High(std::uint16_t crc) { return static_cast<char>(crc >> 8); }
constexpr char Low(std::uint16_t crc) { return static_cast<char>(crc & 0xFF); }

constexpr char StepOverReserved(char byte) {
  const bool reserved = byte == '(' || byte == '\r' || byte == '\n';
  return reserved ? static_cast<char>(byte + 1) : byte;
}

constexpr char StepOverZero(char byte) { return byte == '\0' ? '\x01' : StepOverReserved(byte); }

}  // namespace

std::uint16_t Crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (const char c : bytes) {
    crc = ((crc << 8) & 0xFFFFU) ^ kTable[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xFFU];
  }
  return static_cast<std::uint16_t>(crc);
}

std::array<char, 2> Checksum(std::string_view bytes) {
  const std::uint16_t crc = Crc16(bytes);
  return {StepOverReserved(High(crc)), StepOverReserved(Low(crc))};
}

std::array<char, 2> ChecksumWithoutZero(std::string_view bytes) {
  const std::uint16_t crc = Crc16(bytes);
  return {StepOverZero(High(crc)), StepOverZero(Low(crc))};
}

bool ChecksumMatches(std::string_view bytes, char high, char low) {
  const std::uint16_t crc = Crc16(bytes);
  const auto is = [&](char expected_high, char expected_low) {
    return high == expected_high && low == expected_low;
  };
  return is(StepOverReserved(High(crc)), StepOverReserved(Low(crc))) ||
         is(StepOverZero(High(crc)), StepOverZero(Low(crc))) || is(High(crc), Low(crc));
}

}  // namespace mppsolar::serial

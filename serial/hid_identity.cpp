#include "serial/hid_identity.h"

#include <algorithm>
#include <cctype>
#include <fstream>

#include "serial/frame.h"

namespace mppsolar::serial {
namespace {

// "0003:00000665:00005161", which is bus, vendor and product -> "0665:5161".
std::optional<std::string> ParseHidId(std::string_view text) {
  constexpr std::string_view kForm = "xxxx:xxxxxxxx:xxxxxxxx";
  constexpr std::string_view kHighPart = "0000";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hex = std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (kForm[i] == 'x' ? !hex : text[i] != kForm[i]) return std::nullopt;
  }
  if (text.substr(5, 4) != kHighPart || text.substr(14, 4) != kHighPart) return std::nullopt;
  std::string id = std::string(text.substr(9, 5)) + std::string(text.substr(18, 4));
  id[4] = ':';
  std::transform(id.begin(), id.end(), id.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return id;
}

}  // namespace

std::optional<HidIdentity> ReadHidIdentity(const std::string& uevent) {
  std::ifstream file(uevent);
  std::optional<std::string> id;
  std::string name;
  for (std::string line; std::getline(file, line);) {
    const std::string_view text = line;
    if (text.starts_with("HID_ID=")) {
      if (auto parsed = ParseHidId(text.substr(7))) id = std::move(parsed);
    } else if (text.starts_with("HID_NAME=")) {
      name = Printable(text.substr(9));
    }
  }
  if (!id) return std::nullopt;
  return HidIdentity{*std::move(id), std::move(name)};
}

}  // namespace mppsolar::serial

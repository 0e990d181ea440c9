#include "exporter/web/url_query.h"

#include <charconv>

namespace mppsolar {
namespace {

std::optional<std::string> Decoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '%') {
      decoded += c == '+' ? ' ' : c;
      continue;
    }
    const std::string_view digits = text.substr(0, 2);
    unsigned char value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != text.data() + 2) return std::nullopt;
    decoded += static_cast<char>(value);
    text.remove_prefix(2);
  }
  return decoded;
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> ParseUrlQuery(
    std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parts;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto name = Decoded(part.substr(0, equals));
    auto value = Decoded(equals == std::string_view::npos ? "" : part.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    parts.emplace_back(std::move(*name), std::move(*value));
  }
  return parts;
}

}  // namespace mppsolar

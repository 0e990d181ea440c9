#include "exporter/config/duration.h"

#include <array>
#include <charconv>
#include <utility>

namespace mppsolar {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t kLongest = 366LL * 86'400'000;

}  // namespace

std::optional<milliseconds> ParseDuration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text == "0") return milliseconds(0);
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units come from large to small, each at most once
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || text.front() == '-' || count > kLongest) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits[next_unit].first != unit) ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    if (count > kLongest / kUnits[next_unit].second) return std::nullopt;
    total += count * kUnits[next_unit].second;
    text.remove_prefix(unit.size());
    ++next_unit;
  }
  if (total > kLongest) return std::nullopt;
  return milliseconds(total);
}

std::string FormatDuration(milliseconds duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string text;
  for (const auto& [unit, size] : kUnits) {
    if (left < size) continue;
    text += std::to_string(left / size);
    text += unit;
    left %= size;
  }
  return text;
}

}  // namespace mppsolar

#include <charconv>

#include "metrics/decode.h"

namespace mppsolar::metrics {
namespace {

// Longer than any number of a reply; what is longer is noise, even if all of it are digits.
constexpr std::size_t kLongestNumber = 20;

}  // namespace

std::optional<double> ParseNumber(std::string_view text) {
  if (text.empty() || text.size() > kLongestNumber) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);

  // from_chars would also take "inf", "nan" and a second sign.
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;

  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || parsed != end) return std::nullopt;
  // "-0.0" is 0: a graph with -0 looks like a fault of ours.
  return negative && value != 0 ? -value : value;
}

}  // namespace mppsolar::metrics

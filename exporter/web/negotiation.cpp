#include "exporter/web/negotiation.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "metrics/decode.h"

namespace mppsolar {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Cuts off what stands before the first `mark`.
std::string_view Next(std::string_view& rest, char mark) {
  const std::size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view part = Trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

struct MediaRange {
  std::string type;
  std::string version;
  double quality = 1;
};

MediaRange ReadMediaRange(std::string_view text) {
  MediaRange range;
  range.type = Lower(Next(text, ';'));
  while (!text.empty()) {
    std::string_view value = Next(text, ';');
    const std::string name = Lower(Next(value, '='));
    if (name == "version") range.version = Trimmed(value);
    if (name == "q") range.quality = metrics::ParseNumber(Trimmed(value)).value_or(0);
  }
  return range;
}

}  // namespace

Exposition NegotiateExposition(std::optional<std::string_view> accept) {
  if (!accept) return Exposition::kText;
  double open_metrics = 0;
  double text = 0;
  double anything = 0;
  for (std::string_view rest = *accept; !rest.empty();) {
    const MediaRange range = ReadMediaRange(Next(rest, ','));
    const bool any_version = range.version.empty();
    if (range.type == "application/openmetrics-text" && (any_version || range.version == "1.0.0")) {
      open_metrics = std::max(open_metrics, range.quality);
    } else if (range.type == "text/plain" && (any_version || range.version == "0.0.4")) {
      text = std::max(text, range.quality);
    } else if (range.type == "*/*" || range.type == "text/*") {
      anything = std::max(anything, range.quality);
    }
  }
  return open_metrics > std::max(text, anything) ? Exposition::kOpenMetrics : Exposition::kText;
}

}  // namespace mppsolar

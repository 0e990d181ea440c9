#include "exporter/web/negotiation.h"

#include <algorithm>

#include "exporter/web/weighted_list.h"

namespace mppsolar {
namespace {

// Whether this version of a format is taken; nothing said takes any.
bool TakesVersion(const Weighted& range, std::string_view version) {
  return std::all_of(range.parameters.begin(), range.parameters.end(), [version](const auto& one) {
    return one.first != "version" || one.second.empty() || one.second == version;
  });
}

}  // namespace

Exposition NegotiateExposition(std::optional<std::string_view> accept) {
  if (!accept) return Exposition::kText;
  double open_metrics = 0;
  double text = 0;
  double anything = 0;
  for (const Weighted& range : ParseWeightedList(*accept)) {
    if (range.name == "application/openmetrics-text" && TakesVersion(range, "1.0.0")) {
      open_metrics = std::max(open_metrics, range.weight);
    } else if (range.name == "text/plain" && TakesVersion(range, "0.0.4")) {
      text = std::max(text, range.weight);
    } else if (range.name == "*/*" || range.name == "text/*") {
      anything = std::max(anything, range.weight);
    }
  }
  return open_metrics > std::max(text, anything) ? Exposition::kOpenMetrics : Exposition::kText;
}

}  // namespace mppsolar

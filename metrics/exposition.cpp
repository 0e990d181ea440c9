#include "metrics/exposition.h"

#include <prometheus/text_serializer.h>

#include <algorithm>

namespace mppsolar::metrics {
namespace {

bool NeedsEscape(const prometheus::MetricFamily& family) {
  return family.help.find_first_of("\\\n") != std::string::npos;
}

std::string Escaped(const std::string& help) {
  std::string escaped;
  for (const char c : help) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string ToText(const std::vector<prometheus::MetricFamily>& families) {
  const prometheus::TextSerializer serializer;
  if (std::none_of(families.begin(), families.end(), NeedsEscape)) {
    return serializer.Serialize(families);
  }
  // The serializer writes help as it is; a line break in it would begin a line of its own.
  std::vector<prometheus::MetricFamily> safe = families;
  for (prometheus::MetricFamily& family : safe) family.help = Escaped(family.help);
  return serializer.Serialize(safe);
}

}  // namespace mppsolar::metrics

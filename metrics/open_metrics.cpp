#include "metrics/open_metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace mppsolar::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";
constexpr std::string_view kInfo = "_info";
constexpr std::array<std::string_view, 10> kUnits{"volts",   "amperes", "watts", "voltamperes",
                                                  "hertz",   "celsius", "ratio", "joules",
                                                  "seconds", "bytes"};

// The shortest text that gives the number back; never depends on the locale.
void AppendNumber(std::string& text, double number) {
  if (std::isnan(number)) {
    text += "NaN";
  } else if (std::isinf(number)) {
    text += number > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end);
  }
}

// What stands for itself in neither a label's value nor a help text.
void AppendEscaped(std::string& text, std::string_view raw) {
  for (const char c : raw) {
    switch (c) {
      case '\\':
        text += "\\\\";
        break;
      case '\n':
        text += "\\n";
        break;
      case '"':
        text += "\\\"";
        break;
      default:
        text += c;
    }
  }
}

struct Kind {
  std::string_view name;    // of the type
  std::string_view suffix;  // that samples have and the family has not
};

Kind KindOf(const MetricFamily& family) {
  switch (family.type) {
    case MetricType::Counter:
      return {"counter", kTotal};
    case MetricType::Histogram:
      return {"histogram", ""};
    case MetricType::Gauge:
      if (family.name.ends_with(kInfo)) return {"info", kInfo};
      return {"gauge", ""};
    case MetricType::Summary:
    case MetricType::Untyped:
      break;
  }
  return {"unknown", ""};
}

std::string_view UnitOf(std::string_view family) {
  const std::string_view last = family.substr(family.rfind('_') + 1);
  const bool known = std::find(kUnits.begin(), kUnits.end(), last) != kUnits.end();
  return known && last.size() < family.size() ? last : "";
}

// `le` is added where it is not empty.
void AppendSample(std::string& text, std::string_view name, const ClientMetric& metric,
                  std::string_view le, double value) {
  text += name;
  char before = '{';
  const auto append_label = [&](std::string_view label, std::string_view content) {
    text += before;
    before = ',';
    text += label;
    text += "=\"";
    AppendEscaped(text, content);
    text += '"';
  };
  for (const ClientMetric::Label& label : metric.label) append_label(label.name, label.value);
  if (!le.empty()) append_label("le", le);
  if (before != '{') text += '}';
  text += ' ';
  AppendNumber(text, value);
  text += '\n';
}

// A bound is a float whatever its value: "1.0".
std::string BoundText(double bound) {
  std::string text;
  AppendNumber(text, bound);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

void AppendHistogram(std::string& text, const std::string& name, const ClientMetric& metric) {
  const ClientMetric::Histogram& histogram = metric.histogram;
  bool has_all = false;
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    AppendSample(text, name + "_bucket", metric, BoundText(bucket.upper_bound),
                 static_cast<double>(bucket.cumulative_count));
    has_all = std::isinf(bucket.upper_bound);
  }
  const auto count = static_cast<double>(histogram.sample_count);
  if (!has_all) AppendSample(text, name + "_bucket", metric, "+Inf", count);
  AppendSample(text, name + "_count", metric, "", count);
  AppendSample(text, name + "_sum", metric, "", histogram.sample_sum);
}

void AppendFamily(std::string& text, const MetricFamily& family) {
  const Kind kind = KindOf(family);
  std::string_view name = family.name;
  if (name.ends_with(kind.suffix)) name.remove_suffix(kind.suffix.size());
  const auto meta = [&](std::string_view what) {
    text += "# ";
    text += what;
    text += ' ';
    text += name;
    text += ' ';
  };
  meta("TYPE");
  text += kind.name;
  text += '\n';
  if (const std::string_view unit = UnitOf(name); !unit.empty()) {
    meta("UNIT");
    text += unit;
    text += '\n';
  }
  meta("HELP");
  AppendEscaped(text, family.help);
  text += '\n';
  const std::string sample = std::string(name) + std::string(kind.suffix);
  for (const ClientMetric& metric : family.metric) {
    switch (family.type) {
      case MetricType::Histogram:
        AppendHistogram(text, sample, metric);
        break;
      case MetricType::Counter:
        AppendSample(text, sample, metric, "", metric.counter.value);
        break;
      case MetricType::Gauge:
      case MetricType::Summary:
      case MetricType::Untyped:
        AppendSample(text, sample, metric, "", metric.gauge.value);
        break;
    }
  }
}

}  // namespace

std::string ToOpenMetrics(const std::vector<prometheus::MetricFamily>& families) {
  std::string text;
  for (const MetricFamily& family : families) AppendFamily(text, family);
  text += "# EOF\n";
  return text;
}

}  // namespace mppsolar::metrics

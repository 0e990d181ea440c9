// Metric families as text.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace mppsolar::metrics {

/// The content type of ToText.
inline constexpr char kTextContentType[] = "text/plain; version=0.0.4; charset=utf-8";

/// Prometheus's text format 0.0.4.
[[nodiscard]] std::string ToText(const std::vector<prometheus::MetricFamily>& families);

}  // namespace mppsolar::metrics

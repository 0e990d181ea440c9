// Metric families as OpenMetrics, the text format that has units and an end.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace mppsolar::metrics {

/// The content type of ToOpenMetrics.
inline constexpr char kOpenMetricsContentType[] =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// OpenMetrics 1.0. A gauge whose name ends in "_info" is an info. StateSets stay gauges: there the
/// label would have to be called like the metric.
[[nodiscard]] std::string ToOpenMetrics(const std::vector<prometheus::MetricFamily>& families);

}  // namespace mppsolar::metrics

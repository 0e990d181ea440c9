// Collects samples of many inverters into metric families, each family once.
#pragma once

#include <prometheus/metric_family.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/protocol.h"

namespace mppsolar::metrics {

class Families {
 public:
  /// Adds a sample. The first call for a name fixes its help and type. A second sample of the same
  /// name and labels is dropped: a repeated series makes Prometheus refuse the whole scrape.
  void Add(const Family& family, Labels labels, double value);

  /// The same for a metric that no protocol defines.
  void Add(std::string_view name, std::string_view help, FamilyType type, Labels labels,
           double value);

  /// The same for a histogram.
  void Add(std::string_view name, std::string_view help, Labels labels,
           prometheus::ClientMetric::Histogram histogram);

  /// Families sorted by name, samples in the order in which they came. Leaves this empty.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Take();

 private:
  /// The metric to fill in; nullptr where there is one of these labels already.
  prometheus::ClientMetric* Place(std::string_view name, std::string_view help, FamilyType type,
                                  Labels labels);

  struct Collected {
    prometheus::MetricFamily family;
    std::unordered_multimap<std::size_t, std::size_t> by_hash;  // Of the labels -> place in it.
  };
  std::map<std::string, Collected, std::less<>> families_;
};

}  // namespace mppsolar::metrics

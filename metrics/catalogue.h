// What metrics there are and where each comes from: the source of `list-metrics` and
// docs/metrics.md.
#pragma once

#include <string>
#include <vector>

#include "metrics/protocol.h"

namespace mppsolar::metrics {

/// One metric name with where it comes from.
struct CatalogueEntry {
  std::string name;
  std::string type;                 ///< "gauge" or "counter"
  std::vector<std::string> labels;  ///< Including `inverter`.
  /// Label values for the label that tells states apart ("power_on", "line", ...), in order.
  std::vector<std::string> states;
  std::string help;
  std::vector<std::string> from;  ///< "QPIGS column 17, bit 4", "QPGS0 to QPGS9 column 5"
};

/// The entries of one protocol, sorted by name.
[[nodiscard]] std::vector<CatalogueEntry> Catalogue(const Protocol& protocol);

/// As Prometheus calls it: "gauge".
[[nodiscard]] std::string TypeName(FamilyType type);

}  // namespace mppsolar::metrics

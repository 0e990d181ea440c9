// Statuses to test with, from the series that a test gives.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exporter/inverter/status.h"
#include "metrics/families.h"
#include "metrics/loader.h"

namespace mppsolar {

struct TestSeries {
  std::string name;
  metrics::Labels labels;  ///< Besides `inverter`.
  double value;
};

inline const metrics::Labels kPlain;

inline std::vector<prometheus::MetricFamily> FamiliesOf(const std::string& inverter,
                                                        const std::vector<TestSeries>& series) {
  metrics::Families families;
  for (const TestSeries& each : series) {
    metrics::Labels labels{{"inverter", inverter}};
    labels.insert(labels.end(), each.labels.begin(), each.labels.end());
    const auto type =
        each.name.ends_with("_total") ? metrics::FamilyType::kCounter : metrics::FamilyType::kGauge;
    families.Add(each.name, "Help.", type, std::move(labels), each.value);
  }
  return families.Take();
}

inline InverterFacts GoodFacts(const std::string& name = "house") {
  InverterFacts facts;
  facts.name = name;
  facts.device = "/dev/ttyUSB0";
  facts.age = std::chrono::milliseconds(1500);
  return facts;
}

/// The status of one inverter that answers everything.
inline InverterStatus StatusOf(std::vector<TestSeries> series, const InverterFacts& facts) {
  series.push_back({"mppsolar_up", {}, 1});
  return MakeStatus({facts}, FamiliesOf(facts.name, series)).inverters.at(0);
}
inline InverterStatus StatusOf(std::vector<TestSeries> series) {
  return StatusOf(std::move(series), GoodFacts());
}

inline std::shared_ptr<const metrics::Protocol> Pi30() {
  const auto protocols = metrics::LoadProtocols({});
  for (const auto& protocol : *protocols) {
    if (protocol->name == "pi30") return protocol;
  }
  return nullptr;
}

}  // namespace mppsolar

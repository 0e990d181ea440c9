#include "exporter/own_metrics.h"

#include "exporter/build_info.h"
#include "exporter/config/config_in_force.h"
#include "exporter/inverter/collector.h"
#include "exporter/process_metrics.h"
#include "exporter/web/http_counters.h"
#include "metrics/exposition.h"
#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

using metrics::FamilyType;

// Only what has no unit may go without one.
const std::set<std::string_view> kUnitless{
    "mppsolar_up", "mppsolar_command_success", "mppsolar_exporter_build_info",
    "mppsolar_exporter_config_last_reload_successful", "mppsolar_exporter_http_requests_in_flight"};
// The names that every Prometheus program has.
bool IsOfProcess(std::string_view name) { return name.starts_with("process_"); }

TEST(OwnMetrics, AreNamedByPrometheusRules) {
  for (const OwnMetric* metric : kOwnMetrics) {
    const std::string_view name = metric->name;
    EXPECT_TRUE(name.starts_with("mppsolar_") || IsOfProcess(name)) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos)
        << name;
    const bool counter = metric->type == FamilyType::kCounter;
    EXPECT_EQ(name.ends_with("_total"), counter) << name;
    EXPECT_TRUE(counter || name.ends_with("_seconds") || name.ends_with("_bytes") ||
                name.ends_with("_fds") || kUnitless.contains(name))
        << name;
    EXPECT_TRUE(metric->help.ends_with('.')) << name;
  }
}

TEST(OwnMetrics, AreNoMetricsOfAnInverter) {
  std::set<std::string_view> names;
  for (const OwnMetric* metric : kOwnMetrics) EXPECT_TRUE(names.insert(metric->name).second);
  for (const auto& protocol : BuiltinProtocols()) {
    for (const auto& family : protocol->families) EXPECT_FALSE(names.contains(family.name));
  }
}

class OwnMetricsOfAScrape : public InverterBench {};

TEST_F(OwnMetricsOfAScrape, AreAllListedWithTheirLabels) {
  Start();
  ScrapeAndIdle();
  Collector none;
  const ConfigInForce in_force(io, {}, none);
  HttpCounters counters;
  counters.Know("/metrics");
  metrics::Families families;
  inverter->Collect(Clock::now() - 20s, {}, families);
  in_force.Collect(families);
  counters.Collect(families);
  CollectProcess(families);
  Add(families, kBuildInfo, BuildLabels(), 1);
  std::vector<prometheus::MetricFamily> all = families.Take();
  // Its text has three names.
  std::erase_if(all, [](const auto& family) { return family.name == kHttpDuration.name; });
  const std::string text = metrics::ToText(all);

  std::map<std::string, std::string> labels_of;  // by the name of a metric
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::string labels;
    bool quoted = false;
    const std::size_t open = line.find_first_of("{ ");
    const std::size_t close = line[open] == '{' ? line.rfind('}') : open + 1;
    for (const char c : line.substr(open + 1, close - open - 1)) {
      if (c == '"') quoted = !quoted;
      if (!quoted && c == ',') labels += ", ";
      if (!quoted && c >= 'a' && c <= 'z') labels += c;
    }
    labels_of[line.substr(0, open)] = labels;
  }
  for (const auto& family : BuiltinProtocols().front()->families) labels_of.erase(family.name);
  std::map<std::string, std::string> listed;
  for (const OwnMetric* metric : kOwnMetrics) {
    if (metric != &kHttpDuration) listed[std::string(metric->name)] = metric->labels;
  }
  for (const auto& metric : metrics::EnergyMetrics()) {
    listed[std::string(metric.name)] =
        metric.label.empty() ? "inverter" : "inverter, " + std::string(metric.label);
  }
  EXPECT_EQ(labels_of, listed);
}

}  // namespace
}  // namespace mppsolar

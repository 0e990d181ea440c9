#include "exporter/own_metrics.h"

#include "exporter/collector.h"
#include "tests/exporter/inverter_bench.h"

namespace mppsolar {
namespace {

using metrics::FamilyType;

// Only what has no unit may go without one.
const std::set<std::string_view> kUnitless{"mppsolar_up", "mppsolar_command_success",
                                           "mppsolar_exporter_build_info"};

TEST(OwnMetrics, AreNamedByPrometheusRules) {
  for (const OwnMetric* metric : kOwnMetrics) {
    const std::string_view name = metric->name;
    EXPECT_TRUE(name.starts_with("mppsolar_")) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos)
        << name;
    const bool counter = metric->type == FamilyType::kCounter;
    EXPECT_EQ(name.ends_with("_total"), counter) << name;
    EXPECT_TRUE(counter || name.ends_with("_seconds") || kUnitless.contains(name)) << name;
    EXPECT_TRUE(metric->help.ends_with('.')) << name;
    EXPECT_FALSE(metric->labels.empty()) << name;
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
  std::vector<std::unique_ptr<Inverter>> inverters;
  inverters.push_back(std::move(inverter));
  Collector collector(std::move(inverters), {});
  std::string text;
  const auto now = Clock::now();
  asio::co_spawn(io, collector.Scrape(now, now + 8s),
                 [&](const std::exception_ptr&, std::string result) { text = std::move(result); });
  RunUntil([&] { return !text.empty(); });

  std::map<std::string, std::string> labels_of;  // by the name of a metric
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::string labels;
    bool quoted = false;
    for (const char c : line.substr(line.find('{') + 1, line.rfind('}') - line.find('{') - 1)) {
      if (c == '"') quoted = !quoted;
      if (!quoted && c == ',') labels += ", ";
      if (!quoted && c >= 'a' && c <= 'z') labels += c;
    }
    labels_of[line.substr(0, line.find('{'))] = labels;
  }
  for (const auto& family : BuiltinProtocols().front()->families) labels_of.erase(family.name);
  std::map<std::string, std::string> listed;
  for (const OwnMetric* metric : kOwnMetrics) listed[std::string(metric->name)] = metric->labels;
  for (const auto& metric : metrics::EnergyMetrics()) {
    listed[std::string(metric.name)] =
        metric.label.empty() ? "inverter" : "inverter, " + std::string(metric.label);
  }
  EXPECT_EQ(labels_of, listed);
  collector.Stop();
  io.restart();
  io.run_for(5s);
}

}  // namespace
}  // namespace mppsolar

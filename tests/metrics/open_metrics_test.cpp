#include "metrics/open_metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mppsolar::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Gauge(const std::string& name, double value) {
  MetricFamily family{name, "What it is.", MetricType::Gauge, {}};
  family.metric.emplace_back().gauge.value = value;
  return family;
}

TEST(OpenMetrics, NothingIsStillAWholeAnswer) { EXPECT_EQ(ToOpenMetrics({}), "# EOF\n"); }

TEST(OpenMetrics, AUnitThatTheNameEndsInIsDeclared) {
  EXPECT_EQ(ToOpenMetrics({Gauge("mppsolar_battery_volts", 53.2)}),
            "# TYPE mppsolar_battery_volts gauge\n"
            "# UNIT mppsolar_battery_volts volts\n"
            "# HELP mppsolar_battery_volts What it is.\n"
            "mppsolar_battery_volts 53.2\n"
            "# EOF\n");
}

TEST(OpenMetrics, ANameWithoutUnitHasNone) {
  EXPECT_EQ(ToOpenMetrics({Gauge("mppsolar_load_on", 1)}).find("UNIT"), std::string::npos);
  EXPECT_EQ(ToOpenMetrics({Gauge("volts", 1)}).find("UNIT"), std::string::npos);
}

TEST(OpenMetrics, ACountersFamilyHasNoTotalAndItsSampleHas) {
  MetricFamily family{"mppsolar_pv_energy_joules_total", "Energy.", MetricType::Counter, {}};
  family.metric.emplace_back().counter.value = 3.6e6;
  family.metric.back().label.push_back({"inverter", "house"});
  EXPECT_EQ(ToOpenMetrics({family}),
            "# TYPE mppsolar_pv_energy_joules counter\n"
            "# UNIT mppsolar_pv_energy_joules joules\n"
            "# HELP mppsolar_pv_energy_joules Energy.\n"
            "mppsolar_pv_energy_joules_total{inverter=\"house\"} 3600000\n"
            "# EOF\n");
}

TEST(OpenMetrics, AnInfosFamilyHasNoInfoAndItsSampleHas) {
  MetricFamily family = Gauge("mppsolar_inverter_info", 1);
  family.metric.back().label.push_back({"model", "MKS"});
  EXPECT_EQ(ToOpenMetrics({family}),
            "# TYPE mppsolar_inverter info\n"
            "# HELP mppsolar_inverter What it is.\n"
            "mppsolar_inverter_info{model=\"MKS\"} 1\n"
            "# EOF\n");
}

TEST(OpenMetrics, LabelsAndHelpAreEscaped) {
  MetricFamily family{"a_b", "Say \"x\\y\"\nand more", MetricType::Gauge, {}};
  family.metric.emplace_back().label.push_back({"inverter", "a\"b\\c\nd"});
  const std::string text = ToOpenMetrics({family});
  EXPECT_NE(text.find("# HELP a_b Say \\\"x\\\\y\\\"\\nand more\n"), std::string::npos) << text;
  EXPECT_NE(text.find("a_b{inverter=\"a\\\"b\\\\c\\nd\"} 0\n"), std::string::npos) << text;
}

TEST(OpenMetrics, AHistogramHasFloatBoundsAndOneForEverything) {
  MetricFamily family{"x_seconds", "Time.", MetricType::Histogram, {}};
  ClientMetric& metric = family.metric.emplace_back();
  metric.label.push_back({"code", "200"});
  metric.histogram.sample_count = 3;
  metric.histogram.sample_sum = 2.25;
  metric.histogram.bucket = {{1, 0.5}, {2, 1}};
  EXPECT_EQ(ToOpenMetrics({family}),
            "# TYPE x_seconds histogram\n"
            "# UNIT x_seconds seconds\n"
            "# HELP x_seconds Time.\n"
            "x_seconds_bucket{code=\"200\",le=\"0.5\"} 1\n"
            "x_seconds_bucket{code=\"200\",le=\"1.0\"} 2\n"
            "x_seconds_bucket{code=\"200\",le=\"+Inf\"} 3\n"
            "x_seconds_count{code=\"200\"} 3\n"
            "x_seconds_sum{code=\"200\"} 2.25\n"
            "# EOF\n");
}

TEST(OpenMetrics, NumbersThatAreNoneAreWrittenAsTheFormatWants) {
  EXPECT_NE(ToOpenMetrics({Gauge("x", NAN)}).find("x NaN\n"), std::string::npos);
  EXPECT_NE(ToOpenMetrics({Gauge("x", INFINITY)}).find("x +Inf\n"), std::string::npos);
  EXPECT_NE(ToOpenMetrics({Gauge("x", -INFINITY)}).find("x -Inf\n"), std::string::npos);
}

}  // namespace
}  // namespace mppsolar::metrics

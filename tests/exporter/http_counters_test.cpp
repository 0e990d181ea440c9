#include "exporter/web/http_counters.h"

#include <gtest/gtest.h>

#include "metrics/exposition.h"

namespace mppsolar {
namespace {

using namespace std::chrono_literals;

// The samples, without help and types: only those of durations, or all others.
std::string Samples(const HttpCounters& counters, bool durations = false) {
  metrics::Families families;
  counters.Collect(families);
  std::istringstream lines(metrics::ToText(families.Take()));
  std::string samples;
  for (std::string line; std::getline(lines, line);) {
    const bool duration = line.starts_with("mppsolar_exporter_http_request_duration_seconds");
    if (!line.starts_with('#') && duration == durations) samples += line + "\n";
  }
  return samples;
}

TEST(HttpCounters, KnownPathsCountFromZero) {
  HttpCounters counters;
  counters.Know("/metrics");
  EXPECT_EQ(Samples(counters),
            "mppsolar_exporter_http_requests_in_flight 0\n"
            "mppsolar_exporter_http_requests_total{handler=\"/metrics\",code=\"200\"} 0\n");
}

TEST(HttpCounters, RequestsCountByPathAndAnswer) {
  HttpCounters counters;
  counters.Know("/metrics");
  for (const auto& [status, took] : {std::pair(200, 250ms), {200, 500ms}, {503, 1000ms}}) {
    counters.Begin();
    counters.End("/metrics", status, took);
  }
  EXPECT_EQ(Samples(counters),
            "mppsolar_exporter_http_requests_in_flight 0\n"
            "mppsolar_exporter_http_requests_total{handler=\"/metrics\",code=\"200\"} 2\n"
            "mppsolar_exporter_http_requests_total{handler=\"/metrics\",code=\"503\"} 1\n");
}

TEST(HttpCounters, DurationsAreAHistogramByPathAndAnswer) {
  HttpCounters counters;
  counters.Know("/metrics");
  for (const auto took : {2ms, 50ms, 750ms, 20'000ms}) {
    counters.Begin();
    counters.End("/metrics", 200, took);
  }
  const std::string name = "mppsolar_exporter_http_request_duration_seconds";
  const std::string bucket = name + "_bucket{handler=\"/metrics\",code=\"200\",le=";
  EXPECT_EQ(Samples(counters, true),
            name + "_count{handler=\"/metrics\",code=\"200\"} 4\n" + name +
                "_sum{handler=\"/metrics\",code=\"200\"} 20.802\n" + bucket + "\"0.005\"} 1\n" +
                bucket + "\"0.05\"} 2\n" + bucket + "\"0.5\"} 2\n" + bucket + "\"1\"} 3\n" +
                bucket + "\"2.5\"} 3\n" + bucket + "\"10\"} 3\n" + bucket + "\"+Inf\"} 4\n");
}

TEST(HttpCounters, TellWhatIsUnderWay) {
  HttpCounters counters;
  counters.Know("/");
  counters.Begin();
  counters.Begin();
  EXPECT_EQ(counters.InFlight(), 2);
  counters.End("/", 200, 0s);
  EXPECT_EQ(counters.InFlight(), 1);
  EXPECT_NE(Samples(counters).find("mppsolar_exporter_http_requests_in_flight 1\n"),
            std::string::npos);
}

}  // namespace
}  // namespace mppsolar

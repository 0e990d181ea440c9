#include "exporter/web/http_counters.h"

#include "exporter/own_metrics.h"

namespace mppsolar {
namespace {

constexpr int kOk = 200;

}  // namespace

void HttpCounters::Know(const std::string& handler) { requests_.try_emplace({handler, kOk}); }

void HttpCounters::End(const std::string& handler, int status,
                       std::chrono::steady_clock::duration took) {
  --in_flight_;
  Requests& requests = requests_[{handler, status}];
  const double seconds = std::chrono::duration<double>(took).count();
  ++requests.count;
  requests.seconds += seconds;
  for (std::size_t i = 0; i < kDurations.size(); ++i) {
    if (seconds <= kDurations[i]) ++requests.within[i];
  }
}

void HttpCounters::Collect(metrics::Families& families) const {
  for (const auto& [key, requests] : requests_) {
    const metrics::Labels labels{{"handler", key.first}, {"code", std::to_string(key.second)}};
    Add(families, kHttpRequests, labels, static_cast<double>(requests.count));
    // There are many pages that nobody asks for.
    if (requests.count == 0) continue;
    prometheus::ClientMetric::Histogram histogram;
    histogram.sample_count = requests.count;
    histogram.sample_sum = requests.seconds;
    for (std::size_t i = 0; i < kDurations.size(); ++i) {
      histogram.bucket.push_back({requests.within[i], kDurations[i]});
    }
    families.Add(kHttpDuration.name, kHttpDuration.help, labels, std::move(histogram));
  }
  Add(families, kHttpInFlight, {}, in_flight_);
}

}  // namespace mppsolar

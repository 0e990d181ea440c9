#include "exporter/inverter/line_counters.h"

#include <utility>

#include "exporter/own_metrics.h"

namespace mppsolar {
namespace {

using serial::Errc;

// The reasons of mppsolar_command_errors_total: each is there from the start, with 0.
constexpr std::array kReasons{Errc::kTimeout, Errc::kBadFrame, Errc::kNak, Errc::kIo};

}  // namespace

void LineCounters::Collect(const std::string& inverter, const Selection& selection,
                           metrics::Families& families) const {
  const auto add = [&](const OwnMetric& metric, double value) {
    Add(families, metric, WithInverter(inverter, {}), value);
  };
  if (last_reading) add(kScrapeDuration, last_reading->count());
  if (last_success) add(kLastSuccess, *last_success);
  add(kLinkOpens, static_cast<double>(link_opens));
  add(kLinkOpenErrors, static_cast<double>(link_open_errors));
  add(kCacheHits, static_cast<double>(cache_hits));
  for (const auto& [command, counters] : commands) {
    if (!selection.HasCommand(command)) continue;
    const metrics::Labels labels = WithInverter(inverter, {{"command", command}});
    Add(families, kCommands, labels, static_cast<double>(counters.requests));
    Add(families, kBadColumns, labels, static_cast<double>(counters.bad_columns));
    for (const Errc reason : kReasons) {
      const auto count = counters.errors.find(reason);
      metrics::Labels with_reason = labels;
      with_reason.emplace_back("reason", serial::Name(reason));
      Add(families, kCommandErrors, std::move(with_reason),
          count == counters.errors.end() ? 0 : static_cast<double>(count->second));
    }
  }
}

metrics::Labels WithInverter(const std::string& inverter, metrics::Labels labels) {
  labels.insert(labels.begin(), {"inverter", inverter});
  return labels;
}

}  // namespace mppsolar

#include "exporter/inverter/collector.h"

#include <algorithm>

namespace mppsolar {
namespace {

bool IsIn(const Collector::Inverters& inverters, const std::shared_ptr<Inverter>& inverter) {
  return std::find(inverters.begin(), inverters.end(), inverter) != inverters.end();
}

}  // namespace

void Collector::Use(Inverters inverters, Config::Scrape settings) {
  settings_ = settings;
  const Inverters old = std::exchange(inverters_, std::move(inverters));
  // First, because a new one may need the port of an old one.
  for (const auto& inverter : old) {
    if (!IsIn(inverters_, inverter)) inverter->Stop();
  }
  for (const auto& inverter : inverters_) {
    if (!IsIn(old, inverter)) inverter->Start();
  }
}

void Collector::Stop() {
  for (const auto& inverter : inverters_) inverter->Stop();
}

asio::awaitable<std::vector<Collector::Read>> Collector::Scrape(Selection selection,
                                                                serial::TimePoint now,
                                                                serial::TimePoint deadline) {
  std::vector<Read> reading;
  std::vector<std::pair<std::shared_ptr<Inverter>, Inverter::Ticket>> waiting;
  for (const auto& inverter : inverters_) {
    if (!selection.HasInverter(inverter->name())) continue;
    const Inverter::Ticket ticket = inverter->Request(now - settings_.cache, deadline);
    reading.push_back({inverter, ticket.fresh});
    waiting.emplace_back(inverter, ticket);
  }
  // All of them read by now; waiting for one after the other takes as long as the slowest.
  for (const auto& [inverter, ticket] : waiting) co_await inverter->Wait(ticket, deadline);
  co_return reading;
}

std::vector<prometheus::MetricFamily> Collector::Collect(const std::vector<Read>& reading,
                                                         const Selection& selection) const {
  metrics::Families families;
  // Before the inverters, so that no definition can take the place of these names.
  if (selection.IsEverything()) {
    for (const Source& source : sources_) source(families);
  }
  for (const Read& read : reading) read.inverter->Collect(read.fresh, selection, families);
  return families.Take();
}

}  // namespace mppsolar

#include "exporter/collector.h"

#include "exporter/build_info.h"
#include "exporter/own_metrics.h"
#include "metrics/exposition.h"

namespace mppsolar {

void Collector::Start() {
  for (const auto& inverter : inverters_) inverter->Start();
}

void Collector::Stop() {
  for (const auto& inverter : inverters_) inverter->Stop();
}

asio::awaitable<std::string> Collector::Scrape(serial::TimePoint now, serial::TimePoint deadline) {
  std::vector<Inverter::Ticket> tickets;
  tickets.reserve(inverters_.size());
  for (const auto& inverter : inverters_) {
    tickets.push_back(inverter->Request(now - settings_.cache, deadline));
  }
  // All of them read by now; waiting for one after the other takes as long as the slowest.
  for (std::size_t i = 0; i < inverters_.size(); ++i) {
    co_await inverters_[i]->Wait(tickets[i], deadline);
  }
  metrics::Families families;
  for (std::size_t i = 0; i < inverters_.size(); ++i) {
    inverters_[i]->Collect(tickets[i].fresh, families);
  }
  Add(families, kBuildInfo, BuildLabels(), 1);
  co_return metrics::ToText(families.Take());
}

}  // namespace mppsolar

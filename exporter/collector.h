// All inverters together: one scrape, one text.
#pragma once

#include <asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "exporter/config.h"
#include "exporter/inverter.h"

namespace mppsolar {

class Collector {
 public:
  Collector(std::vector<std::unique_ptr<Inverter>> inverters, Config::Scrape settings)
      : inverters_(std::move(inverters)), settings_(settings) {}

  void Start();
  void Stop();

  /// Reads what is not fresh from all inverters at the same time, waits until `deadline` at most,
  /// and gives everything as Prometheus text.
  [[nodiscard]] asio::awaitable<std::string> Scrape(serial::TimePoint now,
                                                    serial::TimePoint deadline);

 private:
  std::vector<std::unique_ptr<Inverter>> inverters_;
  Config::Scrape settings_;
};

}  // namespace mppsolar

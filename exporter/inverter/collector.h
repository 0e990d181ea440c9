// All inverters together: one reading for a scrape, and what it gives.
#pragma once

#include <asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/inverter/inverter.h"
#include "exporter/inverter/selection.h"
#include "metrics/families.h"

namespace mppsolar {

class Collector {
 public:
  using Inverters = std::vector<std::shared_ptr<Inverter>>;

  /// Adds what is to be said of the exporter itself to a scrape of everything.
  using Source = std::function<void(metrics::Families& families)>;

  /// An inverter that was read. It lives on here when a new config drops it meanwhile.
  struct Read {
    std::shared_ptr<const Inverter> inverter;
    serial::TimePoint fresh;  ///< Its replies from here on are those of this reading.
  };

  void Add(Source source) { sources_.push_back(std::move(source)); }

  /// Goes on with these inverters: those that are new are started, those that are not among them
  /// any more are stopped.
  void Use(Inverters inverters, Config::Scrape settings);

  /// Closes all links; scrapes that wait are answered with what there is.
  void Stop();

  [[nodiscard]] const Inverters& inverters() const { return inverters_; }
  /// The longest that a scrape waits.
  [[nodiscard]] std::chrono::milliseconds Longest() const { return settings_.timeout; }

  /// Reads what is not fresh from all inverters that are selected, at the same time, and waits
  /// until `deadline` at most.
  [[nodiscard]] asio::awaitable<std::vector<Read>> Scrape(Selection selection,
                                                          serial::TimePoint now,
                                                          serial::TimePoint deadline);

  /// What a reading gives. A selection of less than everything leaves out the exporter itself.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect(const std::vector<Read>& reading,
                                                              const Selection& selection) const;

 private:
  Inverters inverters_;
  Config::Scrape settings_;
  std::vector<Source> sources_;
};

}  // namespace mppsolar

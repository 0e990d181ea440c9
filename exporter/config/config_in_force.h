// The config that the program runs by, and how another one takes its place while it runs.
#pragma once

#include <asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporter/calls/options.h"
#include "exporter/config/config.h"
#include "exporter/inverter/collector.h"
#include "exporter/inverter/inverter.h"
#include "metrics/families.h"
#include "metrics/result.h"

namespace mppsolar {

/// The config of flags over file over defaults.
[[nodiscard]] metrics::Result<Config> MakeConfig(const ServeOptions& options);

class ConfigInForce {
 public:
  /// `collector` gets the inverters of the config, now and after each Load.
  ConfigInForce(asio::io_context& io, ServeOptions options, Collector& collector)
      : io_(io), options_(std::move(options)), collector_(collector) {}

  /// Reads config and protocol files (anew). Inverters that did not change keep their link and
  /// their counters. After a complaint everything is as it was.
  [[nodiscard]] metrics::Result<void> Load();

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const Protocols& protocols() const { return protocols_; }

  /// Whether the last Load went well, and when one last did.
  void Collect(metrics::Families& families) const;

 private:
  [[nodiscard]] metrics::Result<void> TryToLoad();
  [[nodiscard]] std::shared_ptr<Inverter> Unchanged(const InverterConfig& inverter,
                                                    const Protocols& protocols) const;

  asio::io_context& io_;
  ServeOptions options_;
  Collector& collector_;
  Config config_;
  Protocols protocols_;
  bool successful_ = false;
  double succeeded_at_ = 0;  // seconds since 1970
};

}  // namespace mppsolar

// What the program is told: config file, environment and flags, put together.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/known.h"
#include "metrics/protocol.h"
#include "metrics/result.h"

namespace mppsolar {

struct InverterConfig {
  std::string name;    ///< The label `inverter`.
  std::string device;  ///< An address: "/dev/ttyUSB0", "sim:".
  std::string protocol = "auto";
  metrics::TraitOverrides traits;  ///< From `heat_sink`.

  bool operator==(const InverterConfig&) const = default;
};

struct Config {
  std::vector<InverterConfig> inverters;
  struct Scrape {
    std::chrono::milliseconds cache{2000};  ///< Replies not older than this are served as they are.
    std::chrono::milliseconds timeout{8000};  ///< The longest that a scrape waits for an inverter.
  } scrape;
  struct Energy {
    std::chrono::milliseconds max_gap = std::chrono::minutes(5);  ///< Not joined beyond this.
  } energy;
};

/// What is wrong with a scrape.timeout, or nothing: 0 is too short, over 5 minutes is longer than
/// anybody waits.
[[nodiscard]] std::optional<std::string> WrongTimeout(std::chrono::milliseconds timeout);

/// Reads a config file's text strictly; `file` is what messages call it.
[[nodiscard]] metrics::Result<Config> ParseConfig(const std::string& yaml, const std::string& file);

/// Reads a config file. A file that cannot be read is a complaint, too.
[[nodiscard]] metrics::Result<Config> LoadConfigFile(const std::string& path);

/// Reads what --device gives: "NAME=ADDRESS" or "ADDRESS". The complaint has no place.
[[nodiscard]] metrics::Result<InverterConfig> ParseDevice(const std::string& text);

/// What the inverters must satisfy together: at least one, each name once, addresses of a known
/// form, known protocols and traits.
[[nodiscard]] metrics::Result<void> CheckInverters(
    const std::vector<InverterConfig>& inverters,
    const std::vector<std::shared_ptr<const metrics::Protocol>>& protocols);

}  // namespace mppsolar

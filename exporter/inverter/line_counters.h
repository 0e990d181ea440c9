// What is counted of one inverter's line, for as long as the program runs.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "exporter/inverter/selection.h"
#include "metrics/families.h"
#include "serial/result.h"

namespace mppsolar {

struct CommandCounters {
  std::uint64_t requests = 0;
  std::uint64_t bad_columns = 0;
  std::map<serial::Errc, std::uint64_t> errors;
};

struct LineCounters {
  std::map<std::string, CommandCounters> commands;
  std::uint64_t link_opens = 0;
  std::uint64_t link_open_errors = 0;
  std::uint64_t cache_hits = 0;
  std::optional<double> last_success;  ///< Seconds since 1970.
  std::optional<std::chrono::duration<double>> last_reading;

  /// Adds all of it; of commands those that are selected.
  void Collect(const std::string& inverter, const Selection& selection,
               metrics::Families& families) const;
};

/// `labels` after the one that everything of an inverter begins with.
[[nodiscard]] metrics::Labels WithInverter(const std::string& inverter, metrics::Labels labels);

}  // namespace mppsolar

// The settings that rule how the inverter behaves, read from its own answer to QPIRI: so what it
// says and what it does cannot disagree.
#pragma once

#include <string_view>

namespace mppsolar::simulator {

enum class OutputPriority { kUtilityFirst, kSolarFirst, kSolarBatteryUtility };
enum class ChargerPriority { kUtilityFirst, kSolarFirst, kSolarAndUtility, kOnlySolar };

struct Settings {
  double rated_voltamperes;
  double rated_watts;
  double recharge_volts;  ///< At or below it the load goes back to the grid.
  double cutoff_volts;
  double bulk_volts;
  double float_volts;
  double redischarge_volts;  ///< At or above it the battery may feed the load again; 0: when full.
  double max_ac_charge_amperes;
  double max_charge_amperes;
  OutputPriority output_priority;
  ChargerPriority charger_priority;
};

/// `qpiri` is a payload of at least 23 columns, as the models have it.
Settings ReadSettings(std::string_view qpiri);

}  // namespace mppsolar::simulator

// A battery: an open-circuit voltage that follows the state of charge, behind a resistance that
// grows when it is nearly full or nearly empty. Currents and powers into the battery are positive,
// at its terminals.
#pragma once

#include <chrono>

namespace mppsolar::simulator {

enum class Chemistry { kLead, kLithiumIronPhosphate };

struct Battery {
  Chemistry chemistry;
  double nominal_volts;  ///< 12, 24 or 48.
  double ampere_hours;
};

/// The state of charge `soc` is 0..1 everywhere.
double OpenVolts(const Battery& battery, double soc);

double TerminalVolts(const Battery& battery, double soc, double amperes);

/// The charging current when a charger holds `volts`: 0 if that is below the open-circuit voltage.
double AmperesAtVolts(const Battery& battery, double soc, double volts);

/// The current at which the terminals take (or with a negative value give) `watts`. More than
/// MaxDischargeWatts is cut to it.
double AmperesAtWatts(const Battery& battery, double soc, double watts);

/// The most that the battery can give, however low its voltage falls; 0 when it is empty.
double MaxDischargeWatts(const Battery& battery, double soc);

/// The state of charge after `amperes` flowed for so long; some of what is charged is lost.
double Flow(const Battery& battery, double soc, double amperes, std::chrono::seconds time);

}  // namespace mppsolar::simulator

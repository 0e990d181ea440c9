// The three stages of charging: bulk (as much current as there is, up to the bulk voltage),
// absorption (that voltage is held while the current falls) and float (a lower voltage that keeps a
// full battery full).
#pragma once

#include "exporter/simulator/battery.h"
#include "exporter/simulator/settings.h"

namespace mppsolar::simulator {

enum class ChargeStage { kBulk, kAbsorption, kFloat };

/// The voltage that the stage does not exceed.
double HeldVolts(ChargeStage stage, const Settings& settings);

/// `volts` and `amperes` at the battery's terminals now; `steady_volts` the same without short
/// dips.
ChargeStage NextStage(ChargeStage stage, const Settings& settings, const Battery& battery,
                      double volts, double steady_volts, double amperes);

}  // namespace mppsolar::simulator

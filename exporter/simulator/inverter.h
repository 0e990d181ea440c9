// The inverter itself: it decides from its settings where the load is fed from, and books where
// every watt comes from and goes to.
#pragma once

#include <array>
#include <chrono>

#include "exporter/simulator/charging.h"
#include "exporter/simulator/model.h"
#include "exporter/simulator/settings.h"
#include "exporter/simulator/surroundings.h"

namespace mppsolar::simulator {

enum class Mode { kStandby, kLine, kBattery, kFault };

/// pv + grid = battery + load + losses, in W.
struct Energy {
  double pv_watts = 0;  ///< What the panels give.
  double grid_watts = 0;
  double battery_watts = 0;  ///< Into the battery, at its terminals; negative while it feeds.
  double load_watts = 0;
  double loss_watts = 0;  ///< Heat of the converters and the inverter's own need.
};

/// What a solar charge controller sees.
struct Tracker {
  double watts = 0;          ///< Of its panels.
  double volts = 0;          ///< Of its panels.
  double battery_watts = 0;  ///< What it gives to the battery and the inverter behind it.
};

struct InverterState {
  Mode mode = Mode::kLine;
  Energy energy;
  double load_voltamperes = 0;
  std::array<Tracker, kMostTrackers> trackers;

  double soc = 0.6;  ///< 0..1
  double battery_volts = 0;
  double battery_amperes = 0;  ///< Positive: charging.
  double steady_volts =
      0;  ///< battery_volts without short dips: what the thresholds are compared with.
  ChargeStage stage = ChargeStage::kBulk;
  bool sun = false;  ///< Enough light for the solar charge controller.
  bool ac_charging = false;

  bool waits_for_charge = false;  ///< The battery fell to the re-charge voltage.
  bool battery_low = false;
  bool shut_down = false;  ///< The battery fell to the cut-off voltage.
  bool overloaded = false;
  std::chrono::seconds overload_time{0};
  std::chrono::seconds fault_time{0};

  double heat_sink_celsius = 25;
  double pv_watt_hours = 0;
  double load_watt_hours = 0;
};

/// An inverter whose battery has rested at `soc`.
InverterState RestingInverter(const Plant& plant, double soc);

/// The state after `time` in these surroundings. Good for steps of up to a minute.
void Step(const Plant& plant, const Settings& settings, const Surroundings& around,
          std::chrono::seconds time, InverterState& state);

}  // namespace mppsolar::simulator

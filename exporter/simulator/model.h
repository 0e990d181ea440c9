// What sets one simulated model apart from another: all of it data. The logic never asks for a
// model's name.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "exporter/simulator/battery.h"
#include "exporter/simulator/household.h"
#include "exporter/simulator/panels.h"

namespace mppsolar::simulator {

/// An answer that never changes.
struct FixedAnswer {
  std::string_view command;
  std::string_view payload;
};

/// What QPIGS column 12 holds: degrees or, on 1 to 3 kVA models, the reading of the A/D converter.
enum class HeatSink { kCelsius, kCounts };

/// Which current QPIGS column 13 holds; column 20 is it times column 15 or column 14.
enum class PvCurrent { kBatterySide, kPanelSide };

/// How the model writes its answers.
struct Dialect {
  int charge_digits;          ///< Of QPIGS column 10.
  double battery_volts_step;  ///< Of QPIGS column 9.
  double no_grid_volts;       ///< QPIGS column 1 while the grid is down.
  HeatSink heat_sink;
  PvCurrent pv_current;
  std::string_view status_prefix;  ///< Bits b7, b6 and b5 of QPIGS column 17.
  std::string_view fan_eeprom;     ///< QPIGS columns 18 and 19.
  bool switch_bit;                 ///< Whether b9 tells that the output is on.
  std::string_view qpigs_end;      ///< What follows column 21.
  int warning_characters;          ///< Length of QPIWS.
  bool pv_loss;                    ///< Whether a0 of QPIWS tells that there is no sun.
  std::optional<int> fault_code;   ///< Where in QPIWS the two digits of the fault code are.
};

/// What the inverter is built of and what is connected to it.
struct Plant {
  Battery battery;
  std::span<const Panels> panels;  ///< One per tracker, two at most.
  Tracking tracking;
  double solar_efficiency;     ///< From the panels to the battery.
  double solar_max_amperes;    ///< At the battery.
  double inverter_efficiency;  ///< From the battery to the output.
  double charger_efficiency;   ///< From the grid to the battery.
  double idle_watts;           ///< What the inverter itself needs while its output is on.
  double standby_watts;        ///< The same while the output is off.
  bool pv_helps_grid;  ///< In line mode, what the battery does not take of the sun feeds the load.
  double bus_volts_line;
  double bus_volts_battery;
  Household household;
};

struct Model {
  std::string_view name;
  std::string_view help;
  std::span<const FixedAnswer> fixed_answers;   ///< QPIRI is always there.
  std::optional<double> counted_pv_watt_hours;  ///< Before the simulation; none: QET is not known.
  std::optional<double> counted_load_watt_hours;  ///< The same for QLT.
  Dialect dialect;
  Plant plant;
};

std::span<const Model> Models();

/// nullptr for an unknown name.
const Model* FindModel(std::string_view name);

/// nullptr where the model has no such answer.
const std::string_view* FindFixedAnswer(const Model& model, std::string_view command);

}  // namespace mppsolar::simulator

#include "exporter/simulator/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mppsolar::simulator {
namespace {

constexpr std::size_t kFirstTracker = 0;
constexpr std::size_t kSecondTracker = 1;

bool OutputOn(const InverterState& state) {
  return state.mode == Mode::kLine || state.mode == Mode::kBattery;
}

// A number that fills exactly `digits` digits, whatever the simulation comes up with.
long Whole(double value, int digits) {
  return std::clamp(std::lround(value), 0L, std::lround(std::pow(10, digits)) - 1);
}

char Bit(bool on) { return on ? '1' : '0'; }

// The curve of the NTC is not published. These counts fall with heat and are near what real units
// show: 522 when idle, 465 at 40 % load.
long HeatSinkReading(HeatSink kind, double celsius) {
  return Whole(kind == HeatSink::kCounts ? 700 - 6 * celsius : celsius, 4);
}

// QPIGS column 13, with the panels' or the battery's side of the charge controller.
std::string PvAmperes(PvCurrent kind, const Tracker& tracker, double battery_volts) {
  if (kind == PvCurrent::kBatterySide) {
    return fmt::format("{:04}", Whole(tracker.battery_watts / battery_volts, 4));
  }
  return fmt::format("{:04.1f}", tracker.volts > 0 ? tracker.watts / tracker.volts : 0);
}

double PvWatts(PvCurrent kind, const Tracker& tracker) {
  return kind == PvCurrent::kBatterySide ? tracker.battery_watts : tracker.watts;
}

// QPIGS column 17, from b7 to b0.
std::string StatusBits(const Dialect& dialect, const InverterState& state) {
  const bool scc = state.energy.pv_watts > 0;
  const bool charging = scc || state.ac_charging;
  const bool steady = charging && state.stage != ChargeStage::kBulk && state.battery_amperes > 0;
  return fmt::format("{}{}{}{}{}{}", dialect.status_prefix, Bit(OutputOn(state)), Bit(steady),
                     Bit(charging), Bit(scc), Bit(state.ac_charging));
}

// QPIGS column 21: b10, b9 and b8.
std::string MoreStatusBits(const Dialect& dialect, const InverterState& state) {
  return fmt::format("{}{}0", Bit(state.stage == ChargeStage::kFloat),
                     Bit(dialect.switch_bit && OutputOn(state)));
}

std::string GeneralStatus(const Model& model, const Settings& settings, const Surroundings& around,
                          const InverterState& state) {
  const Dialect& dialect = model.dialect;
  const Tracker& tracker = state.trackers[kFirstTracker];
  const long watts = Whole(state.energy.load_watts, 4);
  const long voltamperes = Whole(state.load_voltamperes, 4);
  const double load = std::max(static_cast<double>(watts) / settings.rated_watts,
                               static_cast<double>(voltamperes) / settings.rated_voltamperes);
  const bool line = state.mode == Mode::kLine;
  const double output_volts = line ? around.grid.volts : OutputOn(state) ? 230.3 - 0.8 * load : 0;
  const double output_hertz = line ? around.grid.hertz : OutputOn(state) ? 50.0 : 0;
  const double bus_volts =
      (line ? model.plant.bus_volts_line : model.plant.bus_volts_battery) + 4 - 9 * load;
  const double battery_volts =
      std::round(state.battery_volts / dialect.battery_volts_step) * dialect.battery_volts_step;
  const bool scc_volts = state.sun && dialect.pv_current == PvCurrent::kBatterySide;
  return fmt::format(
      "{:05.1f} {:04.1f} {:05.1f} {:04.1f} {:04} {:04} {:03} {:03} {:05.2f} {:0{}} {:03} {:04} {} "
      "{:05.1f} {:05.2f} {:05} {} {} {:05} {}{}",
      around.grid.up ? around.grid.volts : dialect.no_grid_volts, around.grid.hertz, output_volts,
      output_hertz, voltamperes, watts, Whole(load * 100, 3), Whole(bus_volts, 3), battery_volts,
      Whole(state.battery_amperes, dialect.charge_digits), dialect.charge_digits,
      Whole(state.soc * 100, 3), HeatSinkReading(dialect.heat_sink, state.heat_sink_celsius),
      PvAmperes(dialect.pv_current, tracker, state.battery_volts), tracker.volts,
      scc_volts ? state.battery_volts : 0, Whole(-state.battery_amperes, 5),
      StatusBits(dialect, state), dialect.fan_eeprom,
      Whole(PvWatts(dialect.pv_current, tracker), 5), MoreStatusBits(dialect, state),
      dialect.qpigs_end);
}

// The second tracker's amperes, volts and watts. The space at the end is in the real reply, too.
std::string SecondTracker(const InverterState& state) {
  const Tracker& tracker = state.trackers[kSecondTracker];
  return fmt::format("{} {:05.1f} {:05} ", PvAmperes(PvCurrent::kPanelSide, tracker, 0),
                     tracker.volts, Whole(tracker.watts, 5));
}

std::string Warnings(const Dialect& dialect, const Surroundings& around,
                     const InverterState& state) {
  std::string warnings(static_cast<std::size_t>(dialect.warning_characters), '0');
  const bool fault = state.mode == Mode::kFault;
  warnings[0] = Bit(dialect.pv_loss && !state.sun);
  warnings[1] = Bit(fault);
  warnings[5] = Bit(!around.grid.up);
  warnings[12] = Bit(state.battery_low);
  warnings[14] = Bit(state.shut_down);
  warnings[16] = Bit(fault || state.overloaded);
  if (fault && dialect.fault_code) {
    // 07: overload for too long.
    warnings.replace(static_cast<std::size_t>(*dialect.fault_code), 2, "07");
  }
  return warnings;
}

std::string ModeLetter(Mode mode) {
  switch (mode) {
    case Mode::kStandby:
      return "S";
    case Mode::kLine:
      return "L";
    case Mode::kBattery:
      return "B";
    case Mode::kFault:
      return "F";
  }
  return "";
}

// The counters of real units move on in steps of 100 Wh.
std::string EnergyCounter(double watt_hours) {
  return fmt::format("{:08}", static_cast<long long>(watt_hours / 100) * 100 % 100'000'000);
}

}  // namespace

std::optional<std::string> AnswerTo(std::string_view command, const Model& model,
                                    const Settings& settings, const Surroundings& around,
                                    const InverterState& state) {
  if (const std::string_view* fixed = FindFixedAnswer(model, command)) return std::string(*fixed);
  if (command == "QPIGS") return GeneralStatus(model, settings, around, state);
  if (command == "QMOD") return ModeLetter(state.mode);
  if (command == "QPIWS") return Warnings(model.dialect, around, state);
  if (command == "QPIGS2" && model.plant.panels.size() > kSecondTracker) {
    return SecondTracker(state);
  }
  if (command == "QET" && model.counted_pv_watt_hours) {
    return EnergyCounter(*model.counted_pv_watt_hours + state.pv_watt_hours);
  }
  if (command == "QLT" && model.counted_load_watt_hours) {
    return EnergyCounter(*model.counted_load_watt_hours + state.load_watt_hours);
  }
  return std::nullopt;
}

}  // namespace mppsolar::simulator

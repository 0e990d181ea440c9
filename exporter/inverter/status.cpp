#include "exporter/inverter/status.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>

#include "exporter/own_metrics.h"

namespace mppsolar {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

std::optional<std::string> LabelOf(const ClientMetric& metric, std::string_view name) {
  for (const auto& label : metric.label) {
    if (label.name == name) return label.value;
  }
  return std::nullopt;
}

struct Reading {
  const ClientMetric* metric;
  double value;
};

// All series of one inverter, by the name of their family.
class Readings {
 public:
  void Add(const MetricFamily& family, const ClientMetric& metric) {
    const bool counter = family.type == prometheus::MetricType::Counter;
    by_name_[family.name].push_back({&metric, counter ? metric.counter.value : metric.gauge.value});
  }

  [[nodiscard]] const std::vector<Reading>& All(std::string_view name) const {
    static const std::vector<Reading> none;
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? none : found->second;
  }

  /// The series that has no label but `inverter`, or also these.
  [[nodiscard]] std::optional<double> Value(std::string_view name, std::string_view label = {},
                                            std::string_view value = {}) const {
    const std::size_t labels = label.empty() ? 1 : 2;
    for (const Reading& reading : All(name)) {
      if (reading.metric->label.size() != labels) continue;
      if (label.empty() || LabelOf(*reading.metric, label) == value) return reading.value;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<bool> Whether(std::string_view name) const {
    const auto value = Value(name);
    return value ? std::optional(*value != 0) : std::nullopt;
  }

  [[nodiscard]] std::uint64_t Sum(std::string_view name) const {
    double sum = 0;
    for (const Reading& reading : All(name)) sum += reading.value;
    return static_cast<std::uint64_t>(sum);
  }

  /// A text of an info metric; those that are empty are none.
  [[nodiscard]] std::optional<std::string> Text(std::string_view info,
                                                std::string_view label) const {
    for (const Reading& reading : All(info)) {
      auto text = LabelOf(*reading.metric, label);
      if (text && !text->empty()) return text;
    }
    return std::nullopt;
  }

 private:
  std::map<std::string, std::vector<Reading>, std::less<>> by_name_;
};

std::optional<Flow> FlowOf(std::optional<double> watts, Flow when_there_is) {
  if (!watts) return std::nullopt;
  return *watts > 0 ? when_there_is : Flow::kIdle;
}

SunStatus SunOf(const Readings& readings) {
  SunStatus sun;
  for (const char* const name : {"mppsolar_pv_watts", "mppsolar_pv_volts"}) {
    for (const Reading& reading : readings.All(name)) {
      const std::string mppt = LabelOf(*reading.metric, "mppt").value_or("");
      auto tracker = std::find_if(sun.trackers.begin(), sun.trackers.end(),
                                  [&](const Tracker& each) { return each.mppt == mppt; });
      if (tracker == sun.trackers.end()) {
        tracker = sun.trackers.insert(tracker, {mppt, std::nullopt, std::nullopt});
      }
      (name == std::string_view("mppsolar_pv_watts") ? tracker->watts : tracker->volts) =
          reading.value;
    }
  }
  for (const Tracker& tracker : sun.trackers) {
    if (tracker.watts) sun.watts = sun.watts.value_or(0) + *tracker.watts;
  }
  if (!sun.watts) sun.watts = readings.Value("mppsolar_pv_total_watts");
  sun.flow = FlowOf(sun.watts, Flow::kGives);
  return sun;
}

BatteryStatus BatteryOf(const Readings& readings) {
  BatteryStatus battery;
  battery.volts = readings.Value("mppsolar_battery_volts");
  battery.charge_amperes = readings.Value("mppsolar_battery_charge_amperes");
  battery.discharge_amperes = readings.Value("mppsolar_battery_discharge_amperes");
  battery.state_of_charge_ratio = readings.Value("mppsolar_battery_state_of_charge_ratio");
  const double amperes = battery.charge_amperes.value_or(0) - battery.discharge_amperes.value_or(0);
  const bool both = battery.charge_amperes && battery.discharge_amperes;
  // One current alone says something only where it flows: 0 A into a battery is no news of what
  // leaves it.
  if (amperes > 0) battery.flow = Flow::kTakes;
  if (amperes < 0) battery.flow = Flow::kGives;
  if (amperes == 0 && both) battery.flow = Flow::kIdle;
  if (battery.flow && battery.volts) {
    battery.about_watts = std::round(std::abs(amperes) * *battery.volts);
  }
  return battery;
}

GridStatus GridOf(const Readings& readings, const std::optional<std::string>& mode) {
  GridStatus grid;
  grid.watts = readings.Value("mppsolar_grid_watts");
  grid.volts = readings.Value("mppsolar_grid_volts");
  grid.hertz = readings.Value("mppsolar_grid_hertz");
  grid.fed_in_watts = readings.Value("mppsolar_grid_feed_watts");
  grid.charges_battery = readings.Whether("mppsolar_ac_charging");
  if (mode && *mode != "unknown") {
    grid.feeds_house = *mode == "line" || *mode == "bypass" || *mode == "eco";
  }
  // Some units show a volt where there is no grid, so the frequency tells.
  if (grid.hertz) grid.is_there = *grid.hertz > 0;
  if (readings.Value("mppsolar_warning_active", "warning", "line_fail") == 1.0) {
    grid.is_there = false;
  }
  const bool feeding =
      readings.Whether("mppsolar_feeding_grid") == true || grid.fed_in_watts.value_or(0) > 0;
  if (feeding) {
    grid.flow = Flow::kTakes;
  } else if (grid.feeds_house == true || grid.charges_battery == true) {
    grid.flow = Flow::kGives;
  } else if (grid.is_there == false || (grid.feeds_house && grid.charges_battery)) {
    grid.flow = Flow::kIdle;
  }
  return grid;
}

HouseStatus HouseOf(const Readings& readings) {
  HouseStatus house;
  house.watts = readings.Value("mppsolar_output_watts");
  house.volts = readings.Value("mppsolar_output_volts");
  house.hertz = readings.Value("mppsolar_output_hertz");
  house.load_ratio = readings.Value("mppsolar_output_load_ratio");
  house.is_on = readings.Whether("mppsolar_load_on");
  house.flow = FlowOf(house.watts, Flow::kTakes);
  return house;
}

// The state of a StateSet that is 1, of this unit or (nothing) of the inverter itself.
std::optional<std::string> ModeOf(const Readings& readings, std::string_view name,
                                  const std::optional<std::string>& unit) {
  for (const Reading& reading : readings.All(name)) {
    if (reading.value == 1 && LabelOf(*reading.metric, "unit") == unit) {
      return LabelOf(*reading.metric, "mode");
    }
  }
  return std::nullopt;
}

std::vector<UnitStatus> UnitsOf(const Readings& readings) {
  std::vector<UnitStatus> units;
  for (const Reading& reading : readings.All("mppsolar_unit_output_watts")) {
    UnitStatus unit;
    unit.unit = LabelOf(*reading.metric, "unit").value_or("");
    unit.mode = ModeOf(readings, "mppsolar_unit_mode", unit.unit);
    unit.output_watts = reading.value;
    unit.battery_charge_amperes =
        readings.Value("mppsolar_unit_battery_charge_amperes", "unit", unit.unit);
    unit.battery_discharge_amperes =
        readings.Value("mppsolar_unit_battery_discharge_amperes", "unit", unit.unit);
    units.push_back(std::move(unit));
  }
  return units;
}

std::string HelpOf(const metrics::Protocol* protocol, const std::string& alarm) {
  if (protocol == nullptr) return "";
  for (const metrics::Command& command : protocol->commands) {
    for (const metrics::CharacterRow& row : command.characters) {
      const auto* const flag = std::get_if<metrics::FlagCharacter>(&row.kind);
      if (flag != nullptr && flag->name == alarm) return flag->help;
    }
  }
  return "";
}

std::optional<std::vector<Alarm>> AlarmsOf(const Readings& readings, std::string_view name,
                                           std::string_view label,
                                           const metrics::Protocol* protocol) {
  if (readings.All(name).empty()) return std::nullopt;
  std::vector<Alarm> alarms;
  for (const Reading& reading : readings.All(name)) {
    if (reading.value == 0) continue;
    const std::string alarm = LabelOf(*reading.metric, label).value_or("");
    alarms.push_back({alarm, HelpOf(protocol, alarm)});
  }
  return alarms;
}

LineStatus LineOf(const Readings& readings) {
  LineStatus line;
  line.requests = readings.Sum(kCommands.name);
  line.bad_columns = readings.Sum(kBadColumns.name);
  line.opens = readings.Sum(kLinkOpens.name);
  line.open_errors = readings.Sum(kLinkOpenErrors.name);
  for (const Reading& reading : readings.All(kCommandErrors.name)) {
    line.errors[LabelOf(*reading.metric, "reason").value_or("")] +=
        static_cast<std::uint64_t>(reading.value);
  }
  return line;
}

InverterStatus InverterOf(const InverterFacts& facts, const Readings& readings) {
  InverterStatus status;
  status.name = facts.name;
  status.device = facts.device;
  if (facts.protocol) status.protocol = facts.protocol->name;
  using Answers = InverterStatus::Answers;
  if (readings.Value(kUp.name) == 1.0) {
    status.answers = Answers::kAll;
  } else {
    status.answers = facts.age ? Answers::kSome : Answers::kNone;
    status.trouble = facts.trouble;
    status.trouble_since = facts.trouble_since;
  }
  if (facts.age) status.age_seconds = facts.age->count();
  status.last_success = readings.Value(kLastSuccess.name);
  status.model = readings.Text("mppsolar_inverter_info", "model");
  status.firmware = readings.Text("mppsolar_inverter_info", "firmware");
  status.mode = ModeOf(readings, "mppsolar_mode", std::nullopt);
  status.sun = SunOf(readings);
  status.battery = BatteryOf(readings);
  status.grid = GridOf(readings, status.mode);
  status.house = HouseOf(readings);
  status.heat_sink_celsius = readings.Value("mppsolar_heat_sink_celsius");
  status.parallel_total_watts = readings.Value("mppsolar_parallel_total_output_watts");
  status.units = UnitsOf(readings);
  status.warnings = AlarmsOf(readings, "mppsolar_warning_active", "warning", facts.protocol.get());
  status.faults = AlarmsOf(readings, "mppsolar_fault_active", "fault", facts.protocol.get());
  status.fault_code = readings.Value("mppsolar_fault_code");
  status.line = LineOf(readings);
  return status;
}

}  // namespace

Status MakeStatus(const std::vector<InverterFacts>& facts,
                  const std::vector<MetricFamily>& families) {
  std::map<std::string, Readings> by_inverter;
  for (const MetricFamily& family : families) {
    for (const ClientMetric& metric : family.metric) {
      if (const auto inverter = LabelOf(metric, "inverter")) {
        by_inverter[*inverter].Add(family, metric);
      }
    }
  }
  Status status;
  status.inverters.reserve(facts.size());
  for (const InverterFacts& each : facts) {
    status.inverters.push_back(InverterOf(each, by_inverter[each.name]));
  }
  return status;
}

}  // namespace mppsolar

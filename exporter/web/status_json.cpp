#include "exporter/web/status_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "exporter/inverter/status_words.h"

namespace mppsolar {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json OrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json OrNull(const std::optional<Flow>& flow) {
  if (!flow) return {};
  switch (*flow) {
    case Flow::kGives:
      return "gives";
    case Flow::kTakes:
      return "takes";
    case Flow::kIdle:
      return "idle";
  }
  return {};
}

const char* NameOf(InverterStatus::Answers answers) {
  switch (answers) {
    case InverterStatus::Answers::kAll:
      return "all";
    case InverterStatus::Answers::kSome:
      return "some";
    case InverterStatus::Answers::kNone:
      return "none";
  }
  return "none";
}

Json SunJson(const SunStatus& sun) {
  Json trackers = Json::array();
  for (const Tracker& tracker : sun.trackers) {
    trackers.push_back({{"mppt", tracker.mppt},
                        {"watts", OrNull(tracker.watts)},
                        {"volts", OrNull(tracker.volts)}});
  }
  return {{"flow", OrNull(sun.flow)}, {"watts", OrNull(sun.watts)}, {"trackers", trackers}};
}

Json BatteryJson(const BatteryStatus& battery) {
  return {{"flow", OrNull(battery.flow)},
          {"about_watts", OrNull(battery.about_watts)},
          {"volts", OrNull(battery.volts)},
          {"charge_amperes", OrNull(battery.charge_amperes)},
          {"discharge_amperes", OrNull(battery.discharge_amperes)},
          {"state_of_charge_ratio", OrNull(battery.state_of_charge_ratio)}};
}

Json GridJson(const GridStatus& grid) {
  return {{"flow", OrNull(grid.flow)},
          {"watts", OrNull(grid.watts)},
          {"volts", OrNull(grid.volts)},
          {"hertz", OrNull(grid.hertz)},
          {"is_there", OrNull(grid.is_there)},
          {"feeds_house", OrNull(grid.feeds_house)},
          {"charges_battery", OrNull(grid.charges_battery)},
          {"fed_in_watts", OrNull(grid.fed_in_watts)}};
}

Json HouseJson(const HouseStatus& house) {
  return {{"flow", OrNull(house.flow)},
          {"watts", OrNull(house.watts)},
          {"volts", OrNull(house.volts)},
          {"hertz", OrNull(house.hertz)},
          {"load_ratio", OrNull(house.load_ratio)},
          {"is_on", OrNull(house.is_on)}};
}

Json AlarmsJson(const std::optional<std::vector<Alarm>>& alarms) {
  if (!alarms) return {};
  Json list = Json::array();
  for (const Alarm& alarm : *alarms) {
    list.push_back({{"name", alarm.name}, {"help", OrNull(alarm.help)}});
  }
  return list;
}

Json UnitsJson(const std::vector<UnitStatus>& units) {
  Json list = Json::array();
  for (const UnitStatus& unit : units) {
    list.push_back({{"unit", unit.unit},
                    {"mode", OrNull(unit.mode)},
                    {"output_watts", OrNull(unit.output_watts)},
                    {"battery_charge_amperes", OrNull(unit.battery_charge_amperes)},
                    {"battery_discharge_amperes", OrNull(unit.battery_discharge_amperes)}});
  }
  return list;
}

Json LineJson(const LineStatus& line) {
  return {{"requests", line.requests},
          {"errors", Json(line.errors)},
          {"bad_columns", line.bad_columns},
          {"opens", line.opens},
          {"open_errors", line.open_errors}};
}

Json PartJson(const PartWords& words) {
  return {{"sentence", words.sentence},
          {"value", words.value},
          {"caption", words.caption},
          {"detail", words.detail}};
}

Json WordsJson(const InverterWords& words) {
  return {{"summary", words.summary},
          {"mode", words.mode},
          {"age", words.age},
          {"trouble", words.trouble},
          {"sun", PartJson(words.sun)},
          {"battery", PartJson(words.battery)},
          {"grid", PartJson(words.grid)},
          {"house", PartJson(words.house)},
          {"charge", words.charge},
          {"level", words.level},
          {"alarms", words.alarms},
          {"calm", words.calm},
          {"units", words.units},
          {"facts", words.facts},
          {"line", words.line}};
}

std::optional<double> Tenths(const std::optional<double>& seconds) {
  return seconds ? std::optional(std::round(*seconds * 10) / 10) : std::nullopt;
}

Json InverterJson(const InverterStatus& status) {
  return {{"name", status.name},
          {"device", status.device},
          {"protocol", OrNull(status.protocol)},
          {"model", OrNull(status.model)},
          {"firmware", OrNull(status.firmware)},
          {"answers", NameOf(status.answers)},
          {"trouble", OrNull(status.trouble)},
          {"trouble_since_timestamp_seconds", OrNull(status.trouble_since)},
          {"age_seconds", OrNull(Tenths(status.age_seconds))},
          {"last_success_timestamp_seconds", OrNull(status.last_success)},
          {"mode", OrNull(status.mode)},
          {"sun", SunJson(status.sun)},
          {"battery", BatteryJson(status.battery)},
          {"grid", GridJson(status.grid)},
          {"house", HouseJson(status.house)},
          {"heat_sink_celsius", OrNull(status.heat_sink_celsius)},
          {"warnings", AlarmsJson(status.warnings)},
          {"faults", AlarmsJson(status.faults)},
          {"fault_code", OrNull(status.fault_code)},
          {"parallel_total_watts", OrNull(status.parallel_total_watts)},
          {"units", UnitsJson(status.units)},
          {"line", LineJson(status.line)},
          {"words", WordsJson(WordsOf(status))}};
}

}  // namespace

nlohmann::ordered_json StatusJson(const Status& status) {
  Json inverters = Json::array();
  for (const InverterStatus& inverter : status.inverters) {
    inverters.push_back(InverterJson(inverter));
  }
  return {{"version", MPPSOLAR_VERSION},
          {"words", {{"overview", Overview(status)}}},
          {"inverters", std::move(inverters)}};
}

}  // namespace mppsolar

#include "exporter/inverter/status_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace mppsolar {
namespace {

constexpr char kNotRead[] = "–";

// "power_saving" -> "Power saving"
std::string Title(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

std::string Joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string all;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!all.empty()) all += between;
    all += part;
  }
  return all;
}

std::string Watts(double watts) { return Grouped(watts) + " W"; }
std::string Volts(const std::optional<double>& volts) {
  return volts ? OneDecimal(*volts) + " V" : "";
}
std::string Hertz(const std::optional<double>& hertz) {
  return hertz ? OneDecimal(*hertz) + " Hz" : "";
}
std::string Percent(const std::optional<double>& ratio) {
  return ratio ? Grouped(*ratio * 100) + " %" : "";
}

// "Sun gives 1,240 W" and what else there is to say: "..., 110.0 V."
std::string Sentence(const std::vector<std::string>& parts) { return Joined(parts, ", ") + "."; }

PartWords SunWords(const SunStatus& sun) {
  PartWords words;
  std::vector<std::string> shown;
  std::vector<std::string> said;
  for (const Tracker& tracker : sun.trackers) {
    if (sun.trackers.size() == 1) {
      shown.push_back(Volts(tracker.volts));
      said.push_back(Volts(tracker.volts));
    } else if (tracker.watts && sun.flow == Flow::kGives) {
      shown.push_back(Grouped(*tracker.watts));
      said.push_back("tracker " + tracker.mppt + " gives " + Watts(*tracker.watts));
    }
  }
  words.detail = Joined(shown, " + ");
  if (sun.trackers.size() > 1 && !shown.empty()) words.detail += " W";
  const std::string more = Joined(said, ", ");
  if (!sun.watts) {
    words.value = kNotRead;
    words.caption = "not read";
    words.sentence = Sentence({"Sun: power was not read", more});
    return words;
  }
  words.value = Watts(*sun.watts);
  words.caption = sun.flow == Flow::kGives ? "gives power" : "gives nothing";
  words.sentence =
      Sentence({sun.flow == Flow::kGives ? "Sun gives " + words.value : "Sun gives nothing", more});
  return words;
}

PartWords BatteryWords(const BatteryStatus& battery) {
  PartWords words;
  const std::string charge = Percent(battery.state_of_charge_ratio);
  words.detail = Volts(battery.volts);
  const std::string more =
      Joined({charge.empty() ? "" : charge + " charged", Volts(battery.volts)}, ", ");
  if (!battery.flow) {
    words.value = kNotRead;
    words.caption = "power not read";
    words.sentence = Sentence({"Battery: power was not read", more});
    return words;
  }
  const std::string about =
      battery.about_watts ? " about " + Watts(*battery.about_watts) : " power";
  words.value = kNotRead;
  if (battery.about_watts) {
    words.value = (*battery.about_watts > 0 ? "≈ " : "") + Watts(*battery.about_watts);
  }
  switch (*battery.flow) {
    case Flow::kGives:
      words.caption = "discharging";
      words.sentence = Sentence({"Battery gives" + about, more});
      break;
    case Flow::kTakes:
      words.caption = "charging";
      words.sentence = Sentence({"Battery takes" + about, more});
      break;
    case Flow::kIdle:
      words.caption = "idle";
      words.sentence = Sentence({"Battery is idle", more});
      break;
  }
  return words;
}

std::string GridDoes(const GridStatus& grid) {
  if (grid.flow == Flow::kTakes) return "takes power";
  if (grid.is_there == false) return "no grid";
  if (grid.feeds_house == true && grid.charges_battery == true) return "feeds house and battery";
  if (grid.feeds_house == true) return "feeds the house";
  if (grid.charges_battery == true) return "charges the battery";
  if (grid.flow == Flow::kIdle) return "not used";
  return "use not read";
}

PartWords GridWords(const GridStatus& grid) {
  PartWords words;
  words.caption = GridDoes(grid);
  const std::string volts = Volts(grid.volts);
  const std::string fed_in =
      grid.flow == Flow::kTakes && grid.fed_in_watts ? Watts(*grid.fed_in_watts) : std::string();
  const std::string watts = grid.watts ? Watts(*grid.watts) : fed_in;
  words.value = !watts.empty() ? watts : !volts.empty() ? volts : kNotRead;
  words.detail = Joined({watts.empty() ? "" : volts, Hertz(grid.hertz)}, " · ");
  std::string does = "Grid " + words.caption;
  if (words.caption == "no grid") does = "No grid";
  if (words.caption == "not used") does = "Grid is not used";
  if (words.caption == "use not read") does = "Grid: what it does was not read";
  words.sentence = Sentence({does, watts, volts, Hertz(grid.hertz)});
  return words;
}

PartWords HouseWords(const HouseStatus& house) {
  PartWords words;
  const std::string load = Percent(house.load_ratio);
  const std::string off = house.is_on == false ? "output is off" : "";
  words.detail = Joined({Volts(house.volts), Hertz(house.hertz)}, " · ");
  if (!house.watts) {
    words.value = kNotRead;
    words.caption = off.empty() ? "not read" : off;
    words.sentence = Sentence({"House: power was not read", off, words.detail});
    return words;
  }
  words.value = Watts(*house.watts);
  words.caption = !off.empty() ? off : load.empty() ? "takes power" : load + " load";
  words.sentence =
      Sentence({house.flow == Flow::kTakes ? "House takes " + words.value : "House takes nothing",
                off, load.empty() ? "" : load + " load", Volts(house.volts), Hertz(house.hertz)});
  return words;
}

void AddAlarms(const char* kind, const std::optional<std::vector<Alarm>>& alarms, Rows& rows) {
  if (!alarms) return;
  for (const Alarm& alarm : *alarms) {
    rows.push_back({kind, alarm.help.empty() ? Title(alarm.name) : alarm.help, alarm.name});
  }
}

std::string Calm(const InverterStatus& status, const Rows& alarms) {
  if (!status.warnings && !status.faults) return "Warnings and faults were not read.";
  if (!status.warnings) return "Warnings were not read.";
  if (!status.faults) return "Faults were not read.";
  return alarms.empty() ? "No warnings, no faults." : "";
}

std::string Age(double seconds) {
  if (seconds < 60) return "Read " + Grouped(seconds) + " s ago";
  return "Read " + Grouped(std::floor(seconds / 60)) + " min ago";
}

std::string BatteryOfUnit(const UnitStatus& unit) {
  const double charge = unit.battery_charge_amperes.value_or(0);
  const double discharge = unit.battery_discharge_amperes.value_or(0);
  if (charge > discharge) return "takes " + OneDecimal(charge - discharge) + " A";
  if (discharge > charge) return "gives " + OneDecimal(discharge - charge) + " A";
  return unit.battery_charge_amperes && unit.battery_discharge_amperes ? "idle" : kNotRead;
}

Rows UnitRows(const InverterStatus& status) {
  Rows rows;
  for (const UnitStatus& unit : status.units) {
    rows.push_back({"Unit " + unit.unit, unit.mode ? Title(*unit.mode) : kNotRead,
                    unit.output_watts ? Watts(*unit.output_watts) : kNotRead, BatteryOfUnit(unit)});
  }
  if (!rows.empty() && status.parallel_total_watts) {
    rows.push_back({"All", "", Watts(*status.parallel_total_watts), ""});
  }
  return rows;
}

Rows FactRows(const InverterStatus& status) {
  Rows rows{{"Device", status.device}, {"Protocol", status.protocol.value_or("not known yet")}};
  if (status.model) rows.push_back({"Model", *status.model});
  if (status.firmware) rows.push_back({"Firmware", *status.firmware});
  if (status.heat_sink_celsius) {
    rows.push_back({"Heat sink", Grouped(*status.heat_sink_celsius) + " °C"});
  }
  return rows;
}

struct ReasonWords {
  const char* reason;
  const char* words;
};
constexpr std::array kReasonWords{
    ReasonWords{"timeout", "No answer"}, ReasonWords{"bad_frame", "Damaged or wrong answer"},
    ReasonWords{"nak", "Refused or not known"}, ReasonWords{"io", "The link broke"}};

Rows LineRows(const LineStatus& line) {
  const auto count = [](std::uint64_t number) { return Grouped(static_cast<double>(number)); };
  Rows rows{{"Questions asked", count(line.requests)}};
  for (const auto& [reason, errors] : line.errors) {
    const auto known =
        std::find_if(kReasonWords.begin(), kReasonWords.end(),
                     [&key = reason](const ReasonWords& each) { return key == each.reason; });
    rows.push_back({known != kReasonWords.end() ? known->words : Title(reason), count(errors)});
  }
  rows.push_back({"Unreadable columns", count(line.bad_columns)});
  rows.push_back({"Link opened", count(line.opens)});
  rows.push_back({"Link could not be opened", count(line.open_errors)});
  return rows;
}

std::string Trouble(const InverterStatus& status) {
  switch (status.answers) {
    case InverterStatus::Answers::kAll:
      return "";
    case InverterStatus::Answers::kSome:
      return status.trouble_since ? "Not everything has been answered since"
                                  : "Not everything has been read";
    case InverterStatus::Answers::kNone:
      break;
  }
  return status.trouble_since ? "The inverter has not answered since"
                              : "The inverter has not been read yet";
}

std::string Summary(const InverterStatus& status, const InverterWords& words) {
  std::vector<std::string> parts;
  if (status.answers == InverterStatus::Answers::kNone) {
    parts.emplace_back("does not answer");
  } else {
    parts.push_back(words.mode);
    for (const auto& alarm : words.alarms) parts.push_back(alarm[0] + ": " + alarm[1]);
  }
  return status.name + ": " + Joined(parts, ", ");
}

}  // namespace

std::string Grouped(double number) {
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::llround(number));
  std::string digits(buffer.data(), end.ptr);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string OneDecimal(double number) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::fixed, 1);
  return {buffer.data(), end.ptr};
}

InverterWords WordsOf(const InverterStatus& status) {
  InverterWords words;
  if (status.mode) words.mode = Title(*status.mode) + " mode";
  if (status.age_seconds) words.age = Age(*status.age_seconds);
  words.trouble = Trouble(status);
  words.sun = SunWords(status.sun);
  words.battery = BatteryWords(status.battery);
  words.grid = GridWords(status.grid);
  words.house = HouseWords(status.house);
  if (const auto& ratio = status.battery.state_of_charge_ratio) {
    words.level = Grouped(std::clamp(*ratio, 0.0, 1.0) * 100);
    words.charge = Percent(ratio);
  }
  AddAlarms("Fault", status.faults, words.alarms);
  AddAlarms("Warning", status.warnings, words.alarms);
  if (status.fault_code.value_or(0) != 0) {
    words.alarms.push_back({"Fault", "Code " + Grouped(*status.fault_code), "fault_code"});
  }
  words.calm = Calm(status, words.alarms);
  words.units = UnitRows(status);
  words.facts = FactRows(status);
  words.line = LineRows(status.line);
  words.summary = Summary(status, words);
  return words;
}

std::string Overview(const Status& status) {
  const auto none = std::count_if(
      status.inverters.begin(), status.inverters.end(),
      [](const InverterStatus& each) { return each.answers == InverterStatus::Answers::kNone; });
  const std::size_t all = status.inverters.size();
  std::string text = std::to_string(all) + (all == 1 ? " inverter" : " inverters");
  if (none == 0) return text + (all == 1 ? ", answers" : ", all answer");
  return text + ", " + std::to_string(none) + (none == 1 ? " does" : " do") + " not answer";
}

}  // namespace mppsolar

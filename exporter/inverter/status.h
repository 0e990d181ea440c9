// What people want to know of each inverter at one moment: the power between sun, battery, grid and
// house, warnings and faults, and how well it answers. Made from the families of a scrape, so page
// and metrics never differ; a value that was not read is not there, never 0.
#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/protocol.h"

namespace mppsolar {

/// What an inverter knows in words, beside its metrics.
struct InverterFacts {
  std::string name;
  std::string device;
  std::shared_ptr<const metrics::Protocol> protocol;  ///< Nothing until it is known.
  std::string trouble;                                ///< Why it cannot be read; empty: it can.
  std::optional<double> trouble_since;                ///< Seconds since 1970.
  std::optional<std::chrono::duration<double>> age;   ///< Of the oldest reply that is served.
};

/// What sun, battery, grid or house does, as the inverter sees it.
enum class Flow {
  kGives,  ///< Power comes from it.
  kTakes,  ///< Power goes to it.
  kIdle,
};

struct Tracker {
  std::string mppt;
  std::optional<double> watts, volts;
};

struct SunStatus {
  std::optional<Flow> flow;
  std::optional<double> watts;  ///< Of all trackers that were read.
  std::vector<Tracker> trackers;
};

struct BatteryStatus {
  std::optional<Flow> flow;
  /// Never negative. Computed from volts and amperes, which inverters tell roughly.
  std::optional<double> about_watts;
  std::optional<double> volts, charge_amperes, discharge_amperes;
  std::optional<double> state_of_charge_ratio;
};

struct GridStatus {
  std::optional<Flow> flow;
  std::optional<double> watts;  ///< Only where a definition has mppsolar_grid_watts.
  std::optional<double> volts, hertz;
  std::optional<bool> is_there;
  std::optional<bool> feeds_house, charges_battery;
  std::optional<double> fed_in_watts;
};

struct HouseStatus {
  std::optional<Flow> flow;
  std::optional<double> watts, volts, hertz, load_ratio;
  std::optional<bool> is_on;
};

/// One unit of a parallel system.
struct UnitStatus {
  std::string unit;
  std::optional<std::string> mode;
  std::optional<double> output_watts, battery_charge_amperes, battery_discharge_amperes;
};

/// A warning or a fault that is active.
struct Alarm {
  std::string name;  ///< "line_fail"
  std::string help;  ///< As the definition says it: "There is no grid."; may be empty.
};

/// Counted since the exporter started.
struct LineStatus {
  std::uint64_t requests = 0;
  std::map<std::string, std::uint64_t> errors;  ///< By the reasons of command_errors_total.
  std::uint64_t bad_columns = 0;
  std::uint64_t opens = 0, open_errors = 0;
};

struct InverterStatus {
  enum class Answers { kAll, kSome, kNone };

  std::string name, device;
  std::optional<std::string> protocol, model, firmware;
  Answers answers = Answers::kNone;
  std::string trouble;                  ///< Empty where it answers everything.
  std::optional<double> trouble_since;  ///< Seconds since 1970.
  std::optional<double> age_seconds;
  std::optional<double> last_success;  ///< Seconds since 1970.
  std::optional<std::string> mode;     ///< "line"
  SunStatus sun;
  BatteryStatus battery;
  GridStatus grid;
  HouseStatus house;
  std::optional<double> heat_sink_celsius;
  std::optional<double> parallel_total_watts;
  std::vector<UnitStatus> units;
  std::optional<std::vector<Alarm>> warnings, faults;  ///< Nothing: they were not read.
  std::optional<double> fault_code;
  LineStatus line;
};

struct Status {
  std::vector<InverterStatus> inverters;  ///< In the order of the config.
};

[[nodiscard]] Status MakeStatus(const std::vector<InverterFacts>& facts,
                                const std::vector<prometheus::MetricFamily>& families);

}  // namespace mppsolar

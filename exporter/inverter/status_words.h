// The status of an inverter in words: what the status page shows and what a screen reader says.
#pragma once

#include <string>
#include <vector>

#include "exporter/inverter/status.h"

namespace mppsolar {

/// Sun, battery, grid or house.
struct PartWords {
  std::string sentence;  ///< All of it: "Battery gives about 520 W, 83 % charged, 52.1 V."
  std::string value;     ///< "≈ 520 W"; "–" where nothing was read.
  std::string caption;   ///< What it does: "discharging"
  std::string detail;    ///< "52.1 V"; may be empty.
};

/// Rows of a table, cell by cell.
using Rows = std::vector<std::vector<std::string>>;

struct InverterWords {
  std::string summary;  ///< What is worth being told when it changes; without numbers.
  std::string mode;     ///< "Power saving mode"; empty: not read.
  std::string age;      ///< "Read 3 s ago"; empty: not read.
  std::string trouble;  ///< Up to where time and reason follow; empty: it answers everything.
  PartWords sun, battery, grid, house;
  std::string charge;  ///< Of the battery: "83 %"; empty: not read.
  std::string level;   ///< The same for a bar, from "0" to "100".
  Rows alarms;         ///< "Warning", "There is no grid.", "line_fail"
  std::string calm;    ///< "No warnings, no faults." or what of it was not read; may be empty.
  Rows units;          ///< Unit, mode, output, battery.
  Rows facts;          ///< "Device", "/dev/ttyUSB0"
  Rows line;           ///< "No answer", "3"
};

[[nodiscard]] InverterWords WordsOf(const InverterStatus& status);

/// How many there are and how many answer: "4 inverters. 1 does not answer."
[[nodiscard]] std::string Overview(const Status& status);

/// "1,240"; rounded.
[[nodiscard]] std::string Grouped(double number);
/// "52.1"
[[nodiscard]] std::string OneDecimal(double number);

}  // namespace mppsolar

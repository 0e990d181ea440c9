// A small definition to test with: two commands whose rows a test chooses, and some surroundings.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>

#include "metrics/loader.h"

namespace mppsolar::metrics {

/// The rows of QA, whose example is "12.5 10 0101 B EaDb VER:7", begin in line 22 and those of QB,
/// whose example is "0100", follow. A row is one line and its `{` is in column 9.
inline std::string SmallDefinition(
    const std::string& columns, const std::string& characters = "      - {at: 0, reserved: true}\n",
    const std::string& reply = "2..24") {
  return R"(protocol: test
help: A test.
traits:
  generation:
    hs: {QB.characters: 4}
    max: {QB.characters: 6}
  heat_sink:
    ntc: {QC.2: "-"}
    celsius: {QC.2: ["1", "2"], QC.columns: 2..3}
severities:
  warning: {metric: warning_active, help: A warning.}
  fault: {metric: fault_active, help: A fault.}
infos:
  inverter_info: {labels: [serial_number, firmware], help: Identity.}
commands:
  QA:
    help: Status.
    ask: slowly
    reply: {columns: )" +
         reply + R"(}
    example: "12.5 10 0101 B EaDb VER:7"
    columns:
)" + columns +
         R"(  QB:
    help: Warnings.
    ask: every_scrape
    reply: {characters: 4..6}
    example: "0100"
    characters:
)" + characters +
         R"(  QC:
    help: Settings.
    ask: once
    reply: {columns: 2..3}
    example: "1 -"
    columns:
      - {at: 1, reserved: true}
)";
}

/// One row per line, as in SmallDefinition.
inline std::string Rows(std::initializer_list<std::string> rows) {
  std::string lines;
  for (const std::string& row : rows) lines += "      - " + row + "\n";
  return lines;
}

inline Protocol Load(const std::string& yaml) {
  Result<Protocol> protocol = LoadProtocol(yaml, "test.yaml");
  if (!protocol) throw std::runtime_error(protocol.error().text);
  return *std::move(protocol);
}

/// What the loader complains of, or "" if it does not.
inline std::string ComplaintOf(const std::string& yaml) {
  const Result<Protocol> protocol = LoadProtocol(yaml, "test.yaml");
  return protocol ? "" : protocol.error().text;
}

}  // namespace mppsolar::metrics

#include "exporter/web/status_json.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/exporter/status_bench.h"

namespace mppsolar {
namespace {

using Json = nlohmann::ordered_json;

Json Only(const InverterStatus& status) {
  Status all;
  all.inverters = {status};
  return StatusJson(all)["inverters"][0];
}

TEST(StatusJson, HasTheNumbersInTheirPlaces) {
  const Json json = Only(StatusOf({{"mppsolar_pv_watts", {{"mppt", "2"}}, 540},
                                   {"mppsolar_battery_volts", kPlain, 50},
                                   {"mppsolar_battery_charge_amperes", kPlain, 0},
                                   {"mppsolar_battery_discharge_amperes", kPlain, 12},
                                   {"mppsolar_battery_state_of_charge_ratio", kPlain, 0.83},
                                   {"mppsolar_output_watts", kPlain, 437},
                                   {"mppsolar_mode", {{"mode", "battery"}}, 1},
                                   {"mppsolar_fault_active", {{"fault", "bus_over"}}, 1}}));
  EXPECT_EQ(json["name"], "house");
  EXPECT_EQ(json["answers"], "all");
  EXPECT_EQ(json["age_seconds"], 1.5);
  EXPECT_EQ(json["mode"], "battery");
  EXPECT_EQ(json["sun"]["flow"], "gives");
  EXPECT_EQ(json["sun"]["watts"], 540);
  EXPECT_EQ(json["sun"]["trackers"][0]["mppt"], "2");
  EXPECT_EQ(json["battery"]["flow"], "gives");
  EXPECT_EQ(json["battery"]["about_watts"], 600);
  EXPECT_EQ(json["battery"]["state_of_charge_ratio"], 0.83);
  EXPECT_EQ(json["house"]["flow"], "takes");
  EXPECT_EQ(json["house"]["watts"], 437);
  EXPECT_EQ(json["faults"][0]["name"], "bus_over");
  EXPECT_TRUE(json["words"]["sun"]["sentence"].is_string());
}

// Keys of texts, lists and counters that are always there; everything else is null when nothing was
// read.
TEST(StatusJson, IsNullWhereNothingWasRead) {
  const Json json = Only(InverterStatus());
  for (const char* const part : {"sun", "battery", "grid", "house"}) {
    for (const auto& [key, value] : json[part].items()) {
      EXPECT_TRUE(value.is_null() || value.is_array()) << part << " " << key << " " << value;
    }
  }
  for (const char* const key : {"protocol", "model", "trouble", "age_seconds", "mode", "warnings",
                                "faults", "fault_code", "last_success_timestamp_seconds"}) {
    EXPECT_TRUE(json[key].is_null()) << key;
  }
  EXPECT_EQ(json["answers"], "none");
}

void AddKeys(const Json& json, std::set<std::string>& keys) {
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) keys.insert(key);
    if (value.is_structured()) AddKeys(value, keys);
  }
}

TEST(StatusJson, EachKeyIsInItsDocumentation) {
  InverterStatus status;
  status.sun.trackers = {{"1", 1, 2}};
  status.units = {UnitStatus()};
  status.warnings = {Alarm{"line_fail", "There is no grid."}};
  Status all;
  all.inverters = {status};
  std::set<std::string> keys;
  AddKeys(StatusJson(all), keys);
  std::ifstream file(TESTS_DIR "/../docs/status-api.md");
  std::stringstream docs;
  docs << file.rdbuf();
  for (const std::string& key : keys) {
    EXPECT_NE(docs.str().find("`" + key + "`"), std::string::npos) << key;
  }
  EXPECT_GT(keys.size(), 50U);
}

}  // namespace
}  // namespace mppsolar

#include "exporter/inverter/status.h"

#include <gtest/gtest.h>

#include "tests/exporter/status_bench.h"

namespace mppsolar {
namespace {

using Answers = InverterStatus::Answers;

TEST(Status, OfNothingReadHasNoValues) {
  const InverterStatus status = StatusOf({});
  EXPECT_FALSE(status.mode);
  EXPECT_FALSE(status.sun.watts);
  EXPECT_FALSE(status.sun.flow);
  EXPECT_FALSE(status.battery.about_watts);
  EXPECT_FALSE(status.battery.flow);
  EXPECT_FALSE(status.battery.state_of_charge_ratio);
  EXPECT_FALSE(status.grid.volts);
  EXPECT_FALSE(status.grid.flow);
  EXPECT_FALSE(status.grid.is_there);
  EXPECT_FALSE(status.house.watts);
  EXPECT_FALSE(status.house.flow);
  EXPECT_FALSE(status.warnings);
  EXPECT_FALSE(status.faults);
  EXPECT_TRUE(status.units.empty());
}

TEST(Status, SunIsTheSumOfAllTrackers) {
  const SunStatus sun = StatusOf({{"mppsolar_pv_watts", {{"mppt", "1"}}, 700},
                                  {"mppsolar_pv_watts", {{"mppt", "2"}}, 540},
                                  {"mppsolar_pv_watts", {{"mppt", "3"}}, 0},
                                  {"mppsolar_pv_volts", {{"mppt", "2"}}, 110.5}})
                            .sun;
  EXPECT_EQ(sun.watts, 1240);
  EXPECT_EQ(sun.flow, Flow::kGives);
  ASSERT_EQ(sun.trackers.size(), 3U);
  EXPECT_EQ(sun.trackers[1].mppt, "2");
  EXPECT_EQ(sun.trackers[1].watts, 540);
  EXPECT_EQ(sun.trackers[1].volts, 110.5);
  EXPECT_FALSE(sun.trackers[0].volts);
}

TEST(Status, SunWithoutPowerIsIdleAndWithVoltsAloneNotKnown) {
  EXPECT_EQ(StatusOf({{"mppsolar_pv_watts", {{"mppt", "1"}}, 0}}).sun.flow, Flow::kIdle);
  const SunStatus sun = StatusOf({{"mppsolar_pv_volts", {{"mppt", "1"}}, 90}}).sun;
  EXPECT_FALSE(sun.watts);
  EXPECT_FALSE(sun.flow);
  EXPECT_EQ(sun.trackers.size(), 1U);
}

TEST(Status, TheTotalOfTheInverterCountsWhereNoTrackerIsRead) {
  EXPECT_EQ(StatusOf({{"mppsolar_pv_total_watts", kPlain, 900}}).sun.watts, 900);
}

BatteryStatus Battery(double volts, double charge, double discharge) {
  return StatusOf({{"mppsolar_battery_volts", kPlain, volts},
                   {"mppsolar_battery_charge_amperes", kPlain, charge},
                   {"mppsolar_battery_discharge_amperes", kPlain, discharge}})
      .battery;
}

TEST(Status, BatteryPowerIsVoltsTimesWhatIsLeftOfBothCurrents) {
  const BatteryStatus charging = Battery(52.5, 10, 2);
  EXPECT_EQ(charging.flow, Flow::kTakes);
  EXPECT_EQ(charging.about_watts, 420);
  const BatteryStatus discharging = Battery(50, 0, 12);
  EXPECT_EQ(discharging.flow, Flow::kGives);
  EXPECT_EQ(discharging.about_watts, 600);
  const BatteryStatus idle = Battery(50, 0, 0);
  EXPECT_EQ(idle.flow, Flow::kIdle);
  EXPECT_EQ(idle.about_watts, 0);
}

TEST(Status, OneBatteryCurrentAloneSaysSomethingOnlyWhereItFlows) {
  const BatteryStatus flows = StatusOf({{"mppsolar_battery_volts", kPlain, 50},
                                        {"mppsolar_battery_discharge_amperes", kPlain, 3}})
                                  .battery;
  EXPECT_EQ(flows.flow, Flow::kGives);
  EXPECT_EQ(flows.about_watts, 150);
  const BatteryStatus none = StatusOf({{"mppsolar_battery_volts", kPlain, 50},
                                       {"mppsolar_battery_charge_amperes", kPlain, 0}})
                                 .battery;
  EXPECT_FALSE(none.flow);
  EXPECT_FALSE(none.about_watts);
}

TEST(Status, BatteryCurrentWithoutVoltsHasADirectionButNoPower) {
  const BatteryStatus battery = StatusOf({{"mppsolar_battery_charge_amperes", kPlain, 3}}).battery;
  EXPECT_EQ(battery.flow, Flow::kTakes);
  EXPECT_FALSE(battery.about_watts);
}

GridStatus Grid(const std::string& mode, bool ac_charging, double hertz = 50) {
  return StatusOf({{"mppsolar_mode", {{"mode", "line"}}, mode == "line" ? 1.0 : 0.0},
                   {"mppsolar_mode", {{"mode", "battery"}}, mode == "battery" ? 1.0 : 0.0},
                   {"mppsolar_mode", {{"mode", "unknown"}}, mode == "unknown" ? 1.0 : 0.0},
                   {"mppsolar_ac_charging", kPlain, ac_charging ? 1.0 : 0.0},
                   {"mppsolar_grid_volts", kPlain, 230.1},
                   {"mppsolar_grid_hertz", kPlain, hertz}})
      .grid;
}

TEST(Status, GridGivesInLineModeOrWhileItChargesTheBattery) {
  EXPECT_EQ(Grid("line", false).flow, Flow::kGives);
  EXPECT_EQ(Grid("battery", true).flow, Flow::kGives);
  EXPECT_EQ(Grid("battery", false).flow, Flow::kIdle);
  EXPECT_FALSE(Grid("unknown", false).flow);
  EXPECT_EQ(Grid("line", false).feeds_house, true);
  EXPECT_FALSE(Grid("unknown", false).feeds_house);
}

TEST(Status, GridPowerIsNeverInvented) {
  const GridStatus grid = Grid("line", true);
  EXPECT_FALSE(grid.watts);
  EXPECT_EQ(grid.volts, 230.1);
}

TEST(Status, GridPowerIsShownWhereADefinitionHasIt) {
  EXPECT_EQ(StatusOf({{"mppsolar_grid_watts", kPlain, 812}}).grid.watts, 812);
}

TEST(Status, GridIsGoneWithoutFrequencyOrWithTheWarning) {
  EXPECT_EQ(Grid("battery", false, 50).is_there, true);
  EXPECT_EQ(Grid("battery", false, 0).is_there, false);
  const GridStatus warned = StatusOf({{"mppsolar_grid_hertz", kPlain, 50},
                                      {"mppsolar_warning_active", {{"warning", "line_fail"}}, 1}})
                                .grid;
  EXPECT_EQ(warned.is_there, false);
}

TEST(Status, GridTakesWhatIsFedIn) {
  const GridStatus grid = StatusOf({{"mppsolar_mode", {{"mode", "line"}}, 1},
                                    {"mppsolar_grid_feed_watts", kPlain, 300}})
                              .grid;
  EXPECT_EQ(grid.flow, Flow::kTakes);
  EXPECT_EQ(grid.fed_in_watts, 300);
}

TEST(Status, HouseTakesTheOutputOfTheInverter) {
  const HouseStatus house = StatusOf({{"mppsolar_output_watts", kPlain, 437},
                                      {"mppsolar_output_load_ratio", kPlain, 0.35},
                                      {"mppsolar_load_on", kPlain, 1}})
                                .house;
  EXPECT_EQ(house.watts, 437);
  EXPECT_EQ(house.flow, Flow::kTakes);
  EXPECT_EQ(house.load_ratio, 0.35);
  EXPECT_EQ(house.is_on, true);
}

TEST(Status, WarningsAndFaultsHaveTheWordsOfTheDefinition) {
  InverterFacts facts = GoodFacts();
  facts.protocol = Pi30();
  const InverterStatus status =
      StatusOf({{"mppsolar_warning_active", {{"warning", "line_fail"}}, 1},
                {"mppsolar_warning_active", {{"warning", "overload"}}, 0},
                {"mppsolar_fault_active", {{"fault", "bus_over"}}, 0},
                {"mppsolar_fault_active", {{"fault", "own_one"}}, 1}},
               facts);
  ASSERT_TRUE(status.warnings && status.faults);
  ASSERT_EQ(status.warnings->size(), 1U);
  EXPECT_EQ((*status.warnings)[0].name, "line_fail");
  EXPECT_EQ((*status.warnings)[0].help, "There is no grid.");
  ASSERT_EQ(status.faults->size(), 1U);
  EXPECT_EQ((*status.faults)[0].name, "own_one");
  EXPECT_EQ((*status.faults)[0].help, "");
}

TEST(Status, UnitsOfAParallelSystemAreApartFromTheInverterItself) {
  const InverterStatus status =
      StatusOf({{"mppsolar_output_watts", kPlain, 337},
                {"mppsolar_mode", {{"mode", "battery"}}, 1},
                {"mppsolar_unit_mode", {{"unit", "1"}, {"mode", "line"}}, 1},
                {"mppsolar_unit_mode", {{"unit", "0"}, {"mode", "line"}}, 0},
                {"mppsolar_unit_mode", {{"unit", "0"}, {"mode", "battery"}}, 1},
                {"mppsolar_unit_output_watts", {{"unit", "0"}}, 337},
                {"mppsolar_unit_output_watts", {{"unit", "1"}}, 437},
                {"mppsolar_unit_battery_charge_amperes", {{"unit", "1"}}, 7},
                {"mppsolar_parallel_total_output_watts", kPlain, 774}});
  EXPECT_EQ(status.house.watts, 337);
  EXPECT_EQ(status.mode, "battery");
  EXPECT_EQ(status.parallel_total_watts, 774);
  ASSERT_EQ(status.units.size(), 2U);
  EXPECT_EQ(status.units[0].mode, "battery");
  EXPECT_FALSE(status.units[0].battery_charge_amperes);
  EXPECT_EQ(status.units[1].unit, "1");
  EXPECT_EQ(status.units[1].mode, "line");
  EXPECT_EQ(status.units[1].output_watts, 437);
  EXPECT_EQ(status.units[1].battery_charge_amperes, 7);
}

TEST(Status, ASeriesWithALabelOfItsOwnIsNotTheInverters) {
  const InverterStatus status = StatusOf({{"mppsolar_output_watts", {{"phase", "1"}}, 100},
                                          {"mppsolar_battery_volts", {{"bank", "2"}}, 48},
                                          {"mppsolar_battery_volts", kPlain, 52},
                                          {"mppsolar_mode", {{"unit", "1"}, {"mode", "line"}}, 1},
                                          {"mppsolar_mode", {{"mode", "battery"}}, 1}});
  EXPECT_FALSE(status.house.watts);
  EXPECT_EQ(status.battery.volts, 52);
  EXPECT_EQ(status.mode, "battery");
}

TEST(Status, ErrorsOfTheLineAreSummedOverCommandsByReason) {
  const LineStatus line =
      StatusOf({{"mppsolar_commands_total", {{"command", "QPIGS"}}, 10},
                {"mppsolar_commands_total", {{"command", "QMOD"}}, 9},
                {"mppsolar_command_errors_total", {{"command", "QPIGS"}, {"reason", "nak"}}, 2},
                {"mppsolar_command_errors_total", {{"command", "QMOD"}, {"reason", "nak"}}, 3},
                {"mppsolar_command_errors_total", {{"command", "QMOD"}, {"reason", "timeout"}}, 0},
                {"mppsolar_bad_columns_total", {{"command", "QPIGS"}}, 4},
                {"mppsolar_link_opens_total", kPlain, 5},
                {"mppsolar_link_open_errors_total", kPlain, 6}})
          .line;
  EXPECT_EQ(line.requests, 19U);
  EXPECT_EQ(line.errors.at("nak"), 5U);
  EXPECT_EQ(line.errors.at("timeout"), 0U);
  EXPECT_EQ(line.bad_columns, 4U);
  EXPECT_EQ(line.opens, 5U);
  EXPECT_EQ(line.open_errors, 6U);
}

TEST(Status, OneInverterHasNothingOfAnother) {
  metrics::Families families;
  const auto add = [&](const std::string& name, const std::string& inverter, double value) {
    families.Add(name, "Help.", metrics::FamilyType::kGauge, {{"inverter", inverter}}, value);
  };
  add("mppsolar_up", "house", 1);
  add("mppsolar_up", "barn", 0);
  add("mppsolar_output_watts", "house", 437);
  InverterFacts dead;
  dead.name = "barn";
  dead.trouble = "QPIGS: no answer";
  dead.trouble_since = 1795354183;
  const Status status = MakeStatus({GoodFacts(), dead}, families.Take());
  ASSERT_EQ(status.inverters.size(), 2U);
  EXPECT_EQ(status.inverters[0].answers, Answers::kAll);
  EXPECT_EQ(status.inverters[0].house.watts, 437);
  EXPECT_EQ(status.inverters[1].answers, Answers::kNone);
  EXPECT_EQ(status.inverters[1].trouble, "QPIGS: no answer");
  EXPECT_EQ(status.inverters[1].trouble_since, 1795354183);
  EXPECT_FALSE(status.inverters[1].house.watts);
  EXPECT_FALSE(status.inverters[1].age_seconds);
}

TEST(Status, SomeIsNeitherAllNorNone) {
  InverterFacts facts = GoodFacts();
  facts.trouble = "QPIWS: no answer";
  const auto families = FamiliesOf("house", {{"mppsolar_up", kPlain, 0}});
  const InverterStatus status = MakeStatus({facts}, families).inverters.at(0);
  EXPECT_EQ(status.answers, Answers::kSome);
  EXPECT_EQ(status.trouble, "QPIWS: no answer");
  EXPECT_EQ(status.age_seconds, 1.5);
}

TEST(Status, TroubleThatIsOverIsNotTold) {
  InverterFacts facts = GoodFacts();
  facts.trouble = "QPIWS: no answer";
  EXPECT_EQ(StatusOf({}, facts).trouble, "");
}

}  // namespace
}  // namespace mppsolar

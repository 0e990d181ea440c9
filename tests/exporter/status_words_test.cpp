#include "exporter/inverter/status_words.h"

#include <gtest/gtest.h>

#include "tests/exporter/status_bench.h"

namespace mppsolar {
namespace {

InverterStatus Full() {
  return StatusOf({{"mppsolar_pv_watts", {{"mppt", "1"}}, 1240},
                   {"mppsolar_pv_volts", {{"mppt", "1"}}, 110},
                   {"mppsolar_battery_volts", kPlain, 52.1},
                   {"mppsolar_battery_charge_amperes", kPlain, 10},
                   {"mppsolar_battery_discharge_amperes", kPlain, 0},
                   {"mppsolar_battery_state_of_charge_ratio", kPlain, 0.83},
                   {"mppsolar_grid_volts", kPlain, 229.9},
                   {"mppsolar_grid_hertz", kPlain, 50},
                   {"mppsolar_mode", {{"mode", "power_saving"}}, 1},
                   {"mppsolar_ac_charging", kPlain, 0},
                   {"mppsolar_output_watts", kPlain, 437},
                   {"mppsolar_output_load_ratio", kPlain, 0.35},
                   {"mppsolar_warning_active", {{"warning", "fan_locked"}}, 0},
                   {"mppsolar_fault_active", {{"fault", "bus_over"}}, 0}});
}

TEST(StatusWords, NumbersAreGroupedAndRoundedWhateverTheLocale) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999.6), "1,000");
  EXPECT_EQ(Grouped(1240), "1,240");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
  EXPECT_EQ(Grouped(-123), "-123");
  EXPECT_EQ(OneDecimal(52.14), "52.1");
  EXPECT_EQ(OneDecimal(230), "230.0");
}

TEST(StatusWords, ASentenceSaysWhoGivesAndWhoTakes) {
  const InverterWords words = WordsOf(Full());
  EXPECT_EQ(words.sun.sentence, "Sun gives 1,240 W, 110.0 V.");
  EXPECT_EQ(words.battery.sentence, "Battery takes about 521 W, 83 % charged, 52.1 V.");
  EXPECT_EQ(words.grid.sentence, "Grid is not used, 229.9 V, 50.0 Hz.");
  EXPECT_EQ(words.house.sentence, "House takes 437 W, 35 % load.");
  EXPECT_EQ(words.mode, "Power saving mode");
  EXPECT_EQ(words.age, "Read 2 s ago");
  EXPECT_EQ(words.calm, "No warnings, no faults.");
  EXPECT_EQ(words.charge, "83 %");
  EXPECT_EQ(words.level, "83");
  EXPECT_EQ(words.battery.caption, "charging");
  EXPECT_EQ(words.battery.detail, "52.1 V");
}

TEST(StatusWords, ComputedPowerIsMarked) {
  InverterStatus status = Full();
  EXPECT_EQ(WordsOf(status).battery.value, "≈ 521 W");
  status.battery.flow = Flow::kGives;
  EXPECT_EQ(WordsOf(status).battery.sentence, "Battery gives about 521 W, 83 % charged, 52.1 V.");
  status.battery.about_watts.reset();
  EXPECT_EQ(WordsOf(status).battery.sentence, "Battery gives power, 83 % charged, 52.1 V.");
}

TEST(StatusWords, WhatWasNotReadIsSaidSoAndIsNoNumber) {
  const InverterWords words = WordsOf(StatusOf({}));
  EXPECT_EQ(words.sun.sentence, "Sun: power was not read.");
  EXPECT_EQ(words.battery.sentence, "Battery: power was not read.");
  EXPECT_EQ(words.grid.sentence, "Grid: what it does was not read.");
  EXPECT_EQ(words.house.sentence, "House: power was not read.");
  for (const PartWords* part : {&words.sun, &words.battery, &words.grid, &words.house}) {
    EXPECT_EQ(part->value, "–");
  }
  EXPECT_EQ(words.calm, "Warnings and faults were not read.");
  EXPECT_EQ(words.mode, "");
  EXPECT_EQ(words.level, "");
}

TEST(StatusWords, TrackersAreToldApart) {
  const InverterWords words = WordsOf(StatusOf(
      {{"mppsolar_pv_watts", {{"mppt", "1"}}, 700}, {"mppsolar_pv_watts", {{"mppt", "2"}}, 540}}));
  EXPECT_EQ(words.sun.value, "1,240 W");
  EXPECT_EQ(words.sun.detail, "700 + 540 W");
  EXPECT_EQ(words.sun.sentence, "Sun gives 1,240 W, tracker 1 gives 700 W, tracker 2 gives 540 W.");
}

TEST(StatusWords, ATrackerWithoutPowerIsLeftOutOfTheSum) {
  const InverterWords words = WordsOf(StatusOf(
      {{"mppsolar_pv_watts", {{"mppt", "1"}}, 700}, {"mppsolar_pv_volts", {{"mppt", "2"}}, 90}}));
  EXPECT_EQ(words.sun.detail, "700 W");
  EXPECT_EQ(words.sun.sentence, "Sun gives 700 W, tracker 1 gives 700 W.");
}

TEST(StatusWords, TheGridIsSaidInItsUse) {
  const auto caption = [](std::optional<bool> house, std::optional<bool> battery,
                          std::optional<Flow> flow) {
    GridStatus grid;
    grid.feeds_house = house;
    grid.charges_battery = battery;
    grid.flow = flow;
    InverterStatus status;
    status.grid = grid;
    return WordsOf(status).grid.sentence;
  };
  EXPECT_EQ(caption(true, false, Flow::kGives), "Grid feeds the house.");
  EXPECT_EQ(caption(false, true, Flow::kGives), "Grid charges the battery.");
  EXPECT_EQ(caption(true, true, Flow::kGives), "Grid feeds house and battery.");
  EXPECT_EQ(caption(false, false, Flow::kIdle), "Grid is not used.");
  EXPECT_EQ(caption(true, false, Flow::kTakes), "Grid takes power.");
}

TEST(StatusWords, NoGridIsSaidWithItsVolts) {
  InverterStatus status;
  status.grid.is_there = false;
  status.grid.flow = Flow::kIdle;
  status.grid.volts = 1;
  status.grid.hertz = 0;
  EXPECT_EQ(WordsOf(status).grid.sentence, "No grid, 1.0 V, 0.0 Hz.");
  EXPECT_EQ(WordsOf(status).grid.caption, "no grid");
}

TEST(StatusWords, GridPowerIsShownInThePlaceOfVoltsWhereItIsRead) {
  InverterStatus status = Full();
  EXPECT_EQ(WordsOf(status).grid.value, "229.9 V");
  status.grid.watts = 1812;
  EXPECT_EQ(WordsOf(status).grid.value, "1,812 W");
  EXPECT_EQ(WordsOf(status).grid.detail, "229.9 V · 50.0 Hz");
}

TEST(StatusWords, AnOutputThatIsOffIsSaidSo) {
  InverterStatus status = Full();
  status.house.is_on = false;
  status.house.watts = 0;
  status.house.flow = Flow::kIdle;
  EXPECT_EQ(WordsOf(status).house.caption, "output is off");
}

TEST(StatusWords, FaultsComeBeforeWarningsInTheWordsOfTheDefinition) {
  InverterStatus status = Full();
  status.warnings = {Alarm{"line_fail", "There is no grid."}};
  status.faults = {Alarm{"own_fault", ""}};
  const InverterWords words = WordsOf(status);
  const Rows rows{{"Fault", "Own fault", "own_fault"},
                  {"Warning", "There is no grid.", "line_fail"}};
  EXPECT_EQ(words.alarms, rows);
  EXPECT_EQ(words.calm, "");
  EXPECT_EQ(words.summary,
            "house: Power saving mode, Fault: Own fault, Warning: There is no grid.");
}

TEST(StatusWords, AFaultCodeIsAFaultUnlessItIsZero) {
  InverterStatus status = Full();
  status.fault_code = 0;
  EXPECT_TRUE(WordsOf(status).alarms.empty());
  status.fault_code = 7;
  EXPECT_EQ(WordsOf(status).alarms, (Rows{{"Fault", "Code 7", "fault_code"}}));
}

TEST(StatusWords, WhoDoesNotAnswerIsSaidSo) {
  InverterStatus status;
  status.name = "shed";
  EXPECT_EQ(WordsOf(status).trouble, "The inverter has not been read yet");
  status.trouble_since = 1795354183;
  EXPECT_EQ(WordsOf(status).trouble, "The inverter has not answered since");
  EXPECT_EQ(WordsOf(status).summary, "shed: does not answer");
  status.answers = InverterStatus::Answers::kSome;
  EXPECT_EQ(WordsOf(status).trouble, "Not everything has been answered since");
  status.answers = InverterStatus::Answers::kAll;
  EXPECT_EQ(WordsOf(status).trouble, "");
}

TEST(StatusWords, TheSummaryHasNoNumberThatChangesAllTheTime) {
  InverterStatus status = Full();
  const std::string before = WordsOf(status).summary;
  status.sun.watts = 1;
  status.house.watts = 2;
  status.age_seconds = 3;
  EXPECT_EQ(WordsOf(status).summary, before);
}

TEST(StatusWords, UnitsAreRowsWithTheirTotal) {
  InverterStatus status = Full();
  status.units = {{"0", "battery", 337, 0, 12}, {"1", std::nullopt, std::nullopt, 7, std::nullopt}};
  status.parallel_total_watts = 774;
  const Rows rows{{"Unit 0", "Battery", "337 W", "gives 12.0 A"},
                  {"Unit 1", "–", "–", "takes 7.0 A"},
                  {"All", "", "774 W", ""}};
  EXPECT_EQ(WordsOf(status).units, rows);
}

TEST(StatusWords, ErrorsOfTheLineAreCountedInWords) {
  InverterStatus status = Full();
  status.line.requests = 1234;
  status.line.errors = {{"timeout", 3}, {"bad_frame", 2}, {"nak", 1}, {"io", 0}};
  const Rows rows{{"Questions asked", "1,234"}, {"Damaged or wrong answer", "2"},
                  {"The link broke", "0"},      {"Refused or not known", "1"},
                  {"No answer", "3"},           {"Unreadable columns", "0"},
                  {"Link opened", "0"},         {"Link could not be opened", "0"}};
  EXPECT_EQ(WordsOf(status).line, rows);
}

TEST(StatusWords, AnOldReadingIsToldInMinutes) {
  InverterStatus status = Full();
  status.age_seconds = 59.4;
  EXPECT_EQ(WordsOf(status).age, "Read 59 s ago");
  status.age_seconds = 179;
  EXPECT_EQ(WordsOf(status).age, "Read 2 min ago");
}

TEST(StatusWords, TheOverviewCountsWhoDoesNotAnswer) {
  Status status;
  status.inverters = {Full()};
  EXPECT_EQ(Overview(status), "1 inverter, answers");
  status.inverters.push_back(Full());
  EXPECT_EQ(Overview(status), "2 inverters, all answer");
  status.inverters[0].answers = InverterStatus::Answers::kNone;
  EXPECT_EQ(Overview(status), "2 inverters, 1 does not answer");
  status.inverters[1].answers = InverterStatus::Answers::kNone;
  EXPECT_EQ(Overview(status), "2 inverters, 2 do not answer");
}

}  // namespace
}  // namespace mppsolar

// Time comes in as an argument and nothing else moves the simulation.
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/simulator/grid.h"
#include "exporter/simulator/simulated_inverter.h"

namespace mppsolar::simulator {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr steady_clock::time_point kBegin{hours(77)};
constexpr std::string_view kLive[] = {"QPIGS", "QMOD", "QPIWS", "QPIGS2", "QET", "QLT"};

std::vector<std::string> Everything(SimulatedInverter& inverter, steady_clock::time_point now) {
  std::vector<std::string> answers;
  for (const std::string_view command : kLive) answers.push_back(inverter.Answer(command, now));
  return answers;
}

TEST(SimulatorTime, AnUnknownModelIsRefused) {
  Options options;
  options.model = "pip-9000";
  EXPECT_EQ(SimulatedInverter::Create(options, kBegin), nullptr);
}

TEST(SimulatorTime, EveryListedModelExistsAndIsDescribed) {
  ASSERT_EQ(ModelNames().size(), 3U);
  for (const ModelName& model : ModelNames()) {
    Options options;
    options.model = model.name;
    EXPECT_NE(SimulatedInverter::Create(options, kBegin), nullptr) << model.name;
    EXPECT_FALSE(model.help.empty());
  }
}

TEST(SimulatorTime, AtSpeedZeroTimeStandsStill) {
  for (const ModelName& model : ModelNames()) {
    Options options;
    options.model = model.name;
    options.speed = 0;
    const auto inverter = SimulatedInverter::Create(options, kBegin);
    const auto first = Everything(*inverter, kBegin);
    EXPECT_EQ(Everything(*inverter, kBegin + seconds(3)), first);
    EXPECT_EQ(Everything(*inverter, kBegin + hours(24 * 400)), first);
  }
}

TEST(SimulatorTime, TheSameSeedGivesTheSameAnswers) {
  Options options;
  options.seed = 42;
  const auto one = SimulatedInverter::Create(options, kBegin);
  const auto other = SimulatedInverter::Create(options, kBegin + hours(1000));
  for (int minute = 0; minute < 1000; minute += 7) {
    const auto passed = std::chrono::minutes(minute);
    ASSERT_EQ(Everything(*one, kBegin + passed), Everything(*other, kBegin + hours(1000) + passed));
  }
}

TEST(SimulatorTime, AnotherSeedGivesAnotherDay) {
  Options options;
  const auto one = SimulatedInverter::Create(options, kBegin);
  options.seed = 2;
  const auto other = SimulatedInverter::Create(options, kBegin);
  EXPECT_NE(one->Answer("QPIGS", kBegin), other->Answer("QPIGS", kBegin));
}

TEST(SimulatorTime, HowOftenItIsAskedDoesNotMatter) {
  Options options;
  const auto often = SimulatedInverter::Create(options, kBegin);
  const auto seldom = SimulatedInverter::Create(options, kBegin);
  for (int second = 0; second < 3600; ++second) {
    often->Answer("QMOD", kBegin + seconds(second));
  }
  EXPECT_EQ(Everything(*often, kBegin + hours(1)), Everything(*seldom, kBegin + hours(1)));
}

TEST(SimulatorTime, SpeedBringsTheSameMomentSooner) {
  Options options;
  const auto slow = SimulatedInverter::Create(options, kBegin);
  options.speed = 60;
  const auto fast = SimulatedInverter::Create(options, kBegin);
  EXPECT_EQ(Everything(*slow, kBegin + hours(1)), Everything(*fast, kBegin + seconds(60)));
}

TEST(SimulatorTime, AMomentBeforeTheLastOneChangesNothing) {
  const auto inverter = SimulatedInverter::Create({}, kBegin);
  const auto last = Everything(*inverter, kBegin + hours(2));
  EXPECT_EQ(Everything(*inverter, kBegin + hours(1)), last);
  EXPECT_EQ(Everything(*inverter, kBegin - hours(1)), last);
}

TEST(SimulatorTime, HugeJumpsAreQuickAndLeaveNumbers) {
  for (const ModelName& model : ModelNames()) {
    for (const double speed : {1.0, 3600.0, 1e9, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN(), -1.0}) {
      Options options;
      options.model = model.name;
      options.speed = speed;
      const auto inverter = SimulatedInverter::Create(options, kBegin);
      const auto shape = inverter->Answer("QPIGS", kBegin).size();
      const auto started = steady_clock::now();
      for (const hours jump : {hours(1), hours(24), hours(24 * 7), hours(24 * 3650)}) {
        const std::string status = inverter->Answer("QPIGS", kBegin + jump);
        EXPECT_EQ(status.size(), shape) << status;
        EXPECT_EQ(status.find_first_not_of("0123456789. "), std::string::npos) << status;
      }
      EXPECT_LT(steady_clock::now() - started, seconds(2));
    }
  }
}

TEST(SimulatorTime, AWeekInOneJumpEndsLikeAWeekInSmallOnes) {
  Options options;
  options.model = "max-8000";
  const auto jumped = SimulatedInverter::Create(options, kBegin);
  const auto walked = SimulatedInverter::Create(options, kBegin);
  for (int hour = 1; hour <= 24 * 7; ++hour) walked->Answer("QMOD", kBegin + hours(hour));
  const std::string far = jumped->Answer("QPIGS", kBegin + hours(24 * 7));
  const std::string near = walked->Answer("QPIGS", kBegin + hours(24 * 7));
  // What comes from outside is the same to the digit: grid and load.
  EXPECT_EQ(far.substr(0, 10), near.substr(0, 10));
  EXPECT_EQ(far.substr(22, 9), near.substr(22, 9));
}

TEST(SimulatorTime, WhatLiesDaysBackIsSkippedAndNotTakenInOneStride) {
  Options options;
  options.model = "max-8000";
  const auto inverter = SimulatedInverter::Create(options, kBegin);
  const int before = std::stoi(inverter->Answer("QET", kBegin));
  const int after = std::stoi(inverter->Answer("QET", kBegin + hours(24 * 3650)));
  // The last 4000 minutes with 6.1 kW of panels.
  EXPECT_GT(after, before);
  EXPECT_LT(after - before, 67 * 6100);
}

TEST(SimulatorTime, AnyStartIsTakenAsATimeOfTheDay) {
  Options options;
  options.start = hours(10);
  const auto morning = SimulatedInverter::Create(options, kBegin);
  options.start = hours(10 + 24 * 3);
  const auto days_later = SimulatedInverter::Create(options, kBegin);
  options.start = hours(10 - 24);
  const auto before = SimulatedInverter::Create(options, kBegin);
  EXPECT_EQ(Everything(*morning, kBegin), Everything(*days_later, kBegin));
  EXPECT_EQ(Everything(*morning, kBegin), Everything(*before, kBegin));
}

TEST(SimulatorTime, AGridFailureOfTheDayShowsInTheAnswersAndPasses) {
  constexpr std::uint64_t kSeed = 1;
  std::int64_t fails = 10 * 3600;
  while (GridAt(kSeed, seconds(fails)).up) ++fails;
  std::int64_t returns = fails;
  while (!GridAt(kSeed, seconds(returns)).up) ++returns;
  EXPECT_GE(returns - fails, 2 * 60);
  EXPECT_LE(returns - fails, 60 * 60 + 1);

  Options options;
  options.seed = kSeed;
  const auto inverter = SimulatedInverter::Create(options, kBegin);
  const auto at = [](std::int64_t time) { return kBegin + seconds(time - 10 * 3600); };
  EXPECT_EQ(inverter->Answer("QPIWS", at(fails - 1))[5], '0');
  EXPECT_EQ(inverter->Answer("QPIWS", at(fails))[5], '1');
  EXPECT_EQ(inverter->Answer("QMOD", at(fails)), "B");
  EXPECT_EQ(inverter->Answer("QPIGS", at(fails)).substr(0, 10), "000.0 00.0");
  EXPECT_EQ(inverter->Answer("QPIWS", at(returns))[5], '0');
}

}  // namespace
}  // namespace mppsolar::simulator

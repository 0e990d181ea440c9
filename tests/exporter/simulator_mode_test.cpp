// Where the load is fed from, and what the inverter says when something is wrong.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "exporter/simulator/answers.h"
#include "exporter/simulator/inverter.h"
#include "exporter/simulator/model.h"

namespace mppsolar::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Grid kGridUp{true, 230, 50};
constexpr Grid kGridDown{false, 0, 0};

// An inverter whose surroundings the test makes.
struct Bench {
  explicit Bench(std::string_view name, double soc)
      : model(*FindModel(name)), state(RestingInverter(model.plant, soc)) {}

  void Run(seconds time) {
    for (seconds done{0}; done < time; done += seconds(1)) {
      Step(model.plant, settings, around, seconds(1), state);
    }
  }
  [[nodiscard]] std::string Answer(std::string_view command) const {
    return AnswerTo(command, model, settings, around, state).value_or("NAK");
  }
  [[nodiscard]] char Warning(std::size_t at) const { return Answer("QPIWS").at(at); }

  const Model& model;
  Settings settings = ReadSettings(*FindFixedAnswer(model, "QPIRI"));
  Surroundings around{
      .grid = kGridUp, .demand = {400, 450}, .irradiance = {0, 0}, .ambient_celsius = 20};
  InverterState state;
};

TEST(SimulatorMode, SolarFirstIsOnTheGridAtNightAndOnTheBatteryByDay) {
  Bench bench("pip-1012-mse", 0.9);
  bench.around.demand = {100, 110};
  bench.Run(minutes(1));
  EXPECT_EQ(bench.Answer("QMOD"), "L");
  bench.around.irradiance = {600, 0};
  bench.Run(minutes(1));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
}

TEST(SimulatorMode, BatteryBeforeGridStaysOnTheBatteryAtNight) {
  Bench bench("pip-5048", 0.9);
  bench.Run(minutes(1));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
}

TEST(SimulatorMode, UtilityFirstStaysOnTheGridByDay) {
  Bench bench("pip-5048", 0.9);
  bench.settings.output_priority = OutputPriority::kUtilityFirst;
  bench.around.irradiance = {600, 0};
  bench.Run(minutes(1));
  EXPECT_EQ(bench.Answer("QMOD"), "L");
}

TEST(SimulatorMode, AGridFailureMeansBatteryModeAndLineFailUntilTheGridReturns) {
  Bench bench("pip-1012-mse", 0.9);
  bench.Run(minutes(1));
  ASSERT_EQ(bench.Answer("QMOD"), "L");
  ASSERT_EQ(bench.Warning(5), '0');

  bench.around.grid = kGridDown;
  bench.Run(seconds(1));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
  EXPECT_EQ(bench.Warning(5), '1');
  EXPECT_EQ(bench.Answer("QPIGS").substr(0, 10), "001.0 00.0");

  bench.around.grid = kGridUp;
  bench.Run(seconds(1));
  EXPECT_EQ(bench.Answer("QMOD"), "L");
  EXPECT_EQ(bench.Warning(5), '0');
  EXPECT_EQ(bench.Answer("QPIGS").substr(0, 10), "230.0 50.0");
}

TEST(SimulatorMode, AtTheRechargeVoltageTheLoadGoesToTheGridUntilTheRedischargeVoltage) {
  Bench bench("pip-5048", 0.3);
  bench.Run(seconds(10));
  while (bench.state.mode == Mode::kBattery) {
    bench.Run(seconds(10));
    ASSERT_GT(bench.state.soc, 0.02);
  }
  EXPECT_EQ(bench.Answer("QMOD"), "L");
  EXPECT_NEAR(bench.state.steady_volts, 45.0, 0.4);  // QPIRI column 9

  bench.around.irradiance = {700, 0};
  while (bench.state.mode == Mode::kLine) {
    bench.Run(seconds(10));
    ASSERT_LT(bench.state.soc, 0.98);
  }
  EXPECT_NEAR(bench.state.steady_volts, 54.0, 0.2);  // QPIRI column 23
}

TEST(SimulatorMode, AnEmptyBatteryWithoutGridFirstWarnsThenShutsDownThenComesBackWithTheGrid) {
  Bench bench("pip-5048", 0.15);
  bench.around.grid = kGridDown;
  ASSERT_EQ(bench.Warning(12), '0');
  bool warned_before = false;
  for (int i = 0; i < 6 * 3600 && !bench.state.shut_down; ++i) {
    warned_before = bench.Warning(12) == '1';
    bench.Run(seconds(1));
  }
  EXPECT_TRUE(warned_before);
  EXPECT_NEAR(bench.state.steady_volts, 42.0, 0.1);  // QPIRI column 10
  bench.Run(seconds(1));
  EXPECT_EQ(bench.Answer("QMOD"), "S");
  EXPECT_EQ(bench.Warning(14), '1');
  EXPECT_EQ(bench.Warning(5), '1');
  // Output volts, hertz, voltamperes, watts and load.
  EXPECT_EQ(bench.Answer("QPIGS").substr(11, 24), "000.0 00.0 0000 0000 000");

  bench.Run(minutes(60));
  EXPECT_EQ(bench.Answer("QMOD"), "S");

  bench.around.grid = kGridUp;
  bench.Run(seconds(1));
  EXPECT_EQ(bench.Answer("QMOD"), "L");
  EXPECT_EQ(bench.Warning(14), '0');
  EXPECT_EQ(bench.state.energy.load_watts, 400);
}

TEST(SimulatorMode, AfterTheCutOffTheSunAloneBringsTheOutputBack) {
  Bench bench("max-8000", 0.06);
  bench.around.grid = kGridDown;
  bench.around.demand = {900, 1000};
  for (int i = 0; i < 6 * 3600 && bench.state.mode != Mode::kStandby; ++i) bench.Run(seconds(1));
  ASSERT_EQ(bench.Answer("QMOD"), "S");
  bench.around.irradiance = {500, 500};
  bench.Run(minutes(90));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
  EXPECT_EQ(bench.Warning(14), '0');
}

TEST(SimulatorMode, ALittleTooMuchLoadIsAWarning) {
  Bench bench("pip-5048", 0.9);
  bench.around.demand = {4200, 4300};  // 105 % of 4000 W
  bench.Run(minutes(5));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
  EXPECT_EQ(bench.Warning(16), '1');
  EXPECT_EQ(bench.Warning(1), '0');
}

TEST(SimulatorMode, FarTooMuchLoadIsAFaultAfterTenSecondsAndIsTriedAgainAfterAMinute) {
  Bench bench("max-8000", 0.9);
  bench.around.demand = {9200, 9300};  // 115 % of 8000 W
  bench.Run(seconds(9));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
  bench.Run(seconds(3));
  EXPECT_EQ(bench.Answer("QMOD"), "F");
  // a0 no sun, a1 inverter fault, a16 overload, and fault code 07 (overload time out) in a32 and
  // a33.
  EXPECT_EQ(bench.Answer("QPIWS"), "110000000000000010000000000000000700");
  EXPECT_EQ(bench.state.energy.load_watts, 0);
  bench.around.demand = {900, 950};
  bench.Run(seconds(62));
  EXPECT_EQ(bench.Answer("QMOD"), "B");
  EXPECT_EQ(bench.Warning(1), '0');
}

TEST(SimulatorMode, OnlySolarNeverChargesFromTheGrid) {
  Bench bench("pip-5048", 0.3);
  bench.state.waits_for_charge = true;
  bench.Run(minutes(10));
  ASSERT_EQ(bench.Answer("QMOD"), "L");
  EXPECT_EQ(bench.state.battery_amperes, 0);
  EXPECT_EQ(bench.state.energy.grid_watts, 450);  // 400 W and 50 W for itself
}

TEST(SimulatorMode, SolarFirstChargesFromTheGridOnlyInTheDark) {
  Bench bench("pip-5048", 0.3);
  bench.settings.charger_priority = ChargerPriority::kSolarFirst;
  bench.state.waits_for_charge = true;
  bench.Run(seconds(10));
  EXPECT_TRUE(bench.state.ac_charging);
  EXPECT_NEAR(bench.state.battery_amperes, 30, 1);  // QPIRI column 14
  bench.around.irradiance = {200, 0};
  bench.Run(seconds(1));
  EXPECT_FALSE(bench.state.ac_charging);
  EXPECT_GT(bench.state.battery_amperes, 0);
}

TEST(SimulatorMode, TheSolarChargeControllerGivesNoMoreThanItsLimit) {
  Bench bench("pip-5048", 0.3);
  bench.around.demand = {3000, 3100};
  bench.around.irradiance = {1500, 0};  // 3.8 kW, but 60 A at about 49 V are 2.9 kW
  bench.Run(minutes(1));
  const Tracker& tracker = bench.state.trackers[0];
  EXPECT_NEAR(tracker.battery_watts / bench.state.battery_volts, 60, 0.5);
  EXPECT_LT(bench.state.battery_amperes, 0);
}

TEST(SimulatorMode, ChargingGoesFromBulkOverAbsorptionToFloat) {
  Bench bench("pip-5048", 0.8);
  bench.around.demand = {100, 110};
  bench.around.irradiance = {900, 0};
  bench.Run(seconds(1));
  EXPECT_EQ(bench.state.stage, ChargeStage::kBulk);
  for (int i = 0; i < 600 && bench.state.stage == ChargeStage::kBulk; ++i) bench.Run(minutes(1));
  EXPECT_EQ(bench.state.stage, ChargeStage::kAbsorption);
  EXPECT_NEAR(bench.state.battery_volts, 56.4, 0.15);
  const double at_first = bench.state.battery_amperes;
  bench.Run(minutes(30));
  ASSERT_EQ(bench.state.stage, ChargeStage::kAbsorption);
  EXPECT_LT(bench.state.battery_amperes, at_first);
  for (int i = 0; i < 600 && bench.state.stage != ChargeStage::kFloat; ++i) bench.Run(minutes(1));
  bench.Run(seconds(1));
  EXPECT_EQ(bench.state.stage, ChargeStage::kFloat);
  EXPECT_NEAR(bench.state.battery_volts, 54.0, 1e-6);
}

TEST(SimulatorMode, TheHeatSinkFollowsTheLoadAndItsCountsFallWithHeat) {
  Bench bench("pip-1012-mse", 0.9);
  bench.around.demand = {50, 60};
  bench.Run(minutes(60));
  const double cool = bench.state.heat_sink_celsius;
  const std::string cool_counts = bench.Answer("QPIGS").substr(53, 4);
  bench.around.demand = {700, 720};
  bench.Run(minutes(60));
  EXPECT_GT(bench.state.heat_sink_celsius, cool + 15);
  EXPECT_LT(bench.Answer("QPIGS").substr(53, 4), cool_counts);
  EXPECT_GT(std::stoi(cool_counts), 150);
}

}  // namespace
}  // namespace mppsolar::simulator

// Energy is neither made nor lost, whatever the day brings.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>

#include "exporter/simulator/inverter.h"
#include "exporter/simulator/model.h"

namespace mppsolar::simulator {
namespace {

using std::chrono::seconds;

class SimulatorEnergy : public testing::TestWithParam<std::string> {
 protected:
  const Model& model = *FindModel(GetParam());
  const Plant& plant = model.plant;
  const Settings settings = ReadSettings(*FindFixedAnswer(model, "QPIRI"));
};

INSTANTIATE_TEST_SUITE_P(Models, SimulatorEnergy,
                         testing::Values("pip-1012-mse", "pip-5048", "max-8000"),
                         [](const auto& name) {
                           std::string text = name.param;
                           std::erase(text, '-');
                           return text;
                         });

TEST_P(SimulatorEnergy, BalancesInEveryStepOfSixDays) {
  constexpr seconds kStep{10};
  InverterState state = RestingInverter(plant, 0.6);
  for (seconds time{0}; time < seconds(6 * 86400); time += kStep) {
    const Surroundings around = SurroundingsAt(plant, 1, time);
    const double soc_before = state.soc;
    const double stage_limit = HeldVolts(state.stage, settings);
    Step(plant, settings, around, kStep, state);
    const Energy& energy = state.energy;
    ASSERT_NEAR(energy.pv_watts + energy.grid_watts,
                energy.battery_watts + energy.load_watts + energy.loss_watts, 1e-6)
        << time.count();
    // The losses are booked converter by converter, so none may be negative.
    ASSERT_GE(energy.loss_watts, 0) << time.count();
    ASSERT_GE(energy.pv_watts, 0) << time.count();
    ASSERT_GE(energy.grid_watts, 0) << time.count();
    ASSERT_TRUE(around.grid.up || energy.grid_watts == 0) << time.count();
    ASSERT_NEAR(state.battery_volts * state.battery_amperes, energy.battery_watts, 1e-6);
    // 5 to 15 % of what a lead battery is charged with is lost, nothing of what it gives.
    const double ampere_hours = (state.soc - soc_before) * plant.battery.ampere_hours;
    const double flowed = state.battery_amperes * 10 / 3600;
    if (state.battery_amperes > 0) {
      ASSERT_LE(ampere_hours, flowed + 1e-12) << time.count();
      ASSERT_LE(state.battery_volts, stage_limit + 1e-9) << time.count();
      ASSERT_LE(state.battery_amperes, settings.max_charge_amperes + 1e-9) << time.count();
    } else {
      ASSERT_NEAR(ampere_hours, flowed, 1e-9) << time.count();
    }
    double trackers = 0;
    for (const Tracker& tracker : state.trackers) trackers += tracker.watts;
    ASSERT_NEAR(trackers, energy.pv_watts, 1e-6) << time.count();
  }
}

TEST_P(SimulatorEnergy, NeverGivesMoreThanThePanelsHave) {
  double peak_watts = 0;
  for (const Panels& panels : plant.panels) peak_watts += panels.peak_watts;
  InverterState state = RestingInverter(plant, 0.2);
  double most = 0;
  for (seconds time{0}; time < seconds(6 * 86400); time += seconds(10)) {
    Step(plant, settings, SurroundingsAt(plant, 1, time), seconds(10), state);
    most = std::max(most, state.energy.pv_watts);
  }
  EXPECT_LE(most, peak_watts);
  EXPECT_GE(most, 0.4 * peak_watts);
}

TEST_P(SimulatorEnergy, KeepsTheBatteryWithinItsLimitsThroughAYear) {
  InverterState state = RestingInverter(plant, 0.6);
  // The highest is the bulk voltage; below the cut-off it gets only for a moment, before the
  // inverter gives up.
  const double lowest = settings.cutoff_volts * 0.9;
  for (seconds time{0}; time < seconds(365LL * 86400); time += seconds(60)) {
    Step(plant, settings, SurroundingsAt(plant, 3, time), seconds(60), state);
    ASSERT_TRUE(state.soc >= 0 && state.soc <= 1) << time.count();
    ASSERT_GE(state.battery_volts, lowest) << time.count();
    ASSERT_LE(state.battery_volts, settings.bulk_volts + 1e-9) << time.count();
    ASSERT_TRUE(state.heat_sink_celsius > 10 && state.heat_sink_celsius < 75) << time.count();
  }
}

TEST_P(SimulatorEnergy, TurnsTheBatteryOverSeveralTimesInTenDays) {
  InverterState state = RestingInverter(plant, 0.6);
  double charged = 0;
  double discharged = 0;
  for (seconds time{0}; time < seconds(10 * 86400); time += seconds(10)) {
    Step(plant, settings, SurroundingsAt(plant, 1, time), seconds(10), state);
    const double watt_hours = state.energy.battery_watts / 360;
    (watt_hours > 0 ? charged : discharged) += std::abs(watt_hours);
  }
  const double capacity = plant.battery.nominal_volts * plant.battery.ampere_hours;
  EXPECT_GT(charged, 2 * capacity);
  EXPECT_GT(discharged, 2 * capacity);
}

}  // namespace
}  // namespace mppsolar::simulator

// Sun, clouds, grid, household, panels and battery, each by itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "exporter/simulator/battery.h"
#include "exporter/simulator/clouds.h"
#include "exporter/simulator/grid.h"
#include "exporter/simulator/household.h"
#include "exporter/simulator/model.h"
#include "exporter/simulator/noise.h"
#include "exporter/simulator/panels.h"
#include "exporter/simulator/sun.h"

namespace mppsolar::simulator {
namespace {

using std::chrono::seconds;

constexpr seconds kNoon{12 * 3600};
constexpr Battery kLead{Chemistry::kLead, 12, 100};
constexpr Battery kLithium{Chemistry::kLithiumIronPhosphate, 48, 200};

double Degrees(double radians) { return radians * 180 / std::numbers::pi; }

TEST(SimulatorNature, TheSunStandsWhereTheAlmanacSays) {
  // 20th of April at 48 degrees north: declination 11.5, so 90 - 48 + 11.5 at noon, due south.
  EXPECT_NEAR(Degrees(SunAt(kNoon).elevation), 53.5, 0.7);
  EXPECT_NEAR(SunAt(kNoon).azimuth, 0, 1e-9);
  EXPECT_LT(SunAt(seconds(8 * 3600)).azimuth, 0);
  EXPECT_GT(SunAt(seconds(16 * 3600)).azimuth, 0);
  EXPECT_LT(SunAt(seconds(0)).elevation, 0);
  // Half a year later it is lower by far: declination -11.
  EXPECT_NEAR(Degrees(SunAt(kNoon + seconds(183LL * 86400)).elevation), 31, 1.5);
}

TEST(SimulatorNature, APanelGetsMostWhenItFacesTheClearSun) {
  const SunPosition noon = SunAt(kNoon);
  const double south = Irradiance(noon, 0, {.tilt_degrees = 35, .azimuth_degrees = 0});
  EXPECT_GT(south, 850);
  EXPECT_LT(south, 1150);
  EXPECT_GT(south, Irradiance(noon, 0, {.tilt_degrees = 35, .azimuth_degrees = 180}));
  EXPECT_LT(Irradiance(noon, 1, {}), 0.3 * south);
  EXPECT_GT(Irradiance(noon, 1, {}), 0);
  EXPECT_EQ(Irradiance(SunAt(seconds(0)), 0, {}), 0);
}

TEST(SimulatorNature, CloudsChangeSmoothlyAndSomeDaysAreClearAndSomeGrey) {
  double before = CloudCover(1, seconds(0));
  int clear = 0;
  int grey = 0;
  int samples = 0;
  for (std::int64_t t = 1; t < 30 * 86400; t += 1, ++samples) {
    const double cover = CloudCover(1, seconds(t));
    ASSERT_TRUE(cover >= 0 && cover <= 1) << t;
    ASSERT_NEAR(cover, before, 0.06) << t;
    before = cover;
    clear += cover < 0.1;
    grey += cover > 0.9;
  }
  EXPECT_GT(clear, samples / 5);
  EXPECT_GT(grey, samples / 10);
}

TEST(SimulatorNature, TheGridFailsNowAndThenForMinutesToAnHour) {
  int failures = 0;
  std::int64_t down_since = -1;
  for (std::int64_t t = 0; t < 100LL * 86400; t += 10) {
    const Grid grid = GridAt(7, seconds(t));
    if (grid.up) {
      ASSERT_TRUE(grid.volts > 220 && grid.volts < 245) << grid.volts;
      ASSERT_NEAR(grid.hertz, 50, 0.1);
      if (down_since >= 0) {
        ASSERT_GE(t - down_since, 110);
        ASSERT_LE(t - down_since, 3610);
        down_since = -1;
      }
    } else {
      ASSERT_EQ(grid.volts, 0);
      ASSERT_EQ(grid.hertz, 0);
      if (down_since < 0) {
        down_since = t;
        ++failures;
      }
    }
  }
  EXPECT_GT(failures, 30);
  EXPECT_LT(failures, 90);
}

TEST(SimulatorNature, AHouseNeedsMoreInTheEveningThanAtNightAndUsesItsKettle) {
  const Household& house = FindModel("pip-5048")->plant.household;
  double night = 0;
  double evening = 0;
  double most = 0;
  for (std::int64_t t = 0; t < 20LL * 86400; t += 20) {
    const Demand demand = DemandAt(house, 5, seconds(t));
    ASSERT_GE(demand.voltamperes, demand.watts);
    ASSERT_GE(demand.watts, 0.8 * house.base_watts);
    const std::int64_t hour = t / 3600 % 24;
    if (hour == 3) night += demand.watts;
    if (hour == 20) evening += demand.watts;
    most = std::max(most, demand.watts);
  }
  EXPECT_GT(evening, 2 * night);
  EXPECT_GT(most, house.base_watts + house.appliances[0].watts);
}

TEST(SimulatorNature, RandomNumbersAreSpreadEvenlyAndKnotsAreMet) {
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double chance = Chance(1, Process::kWeather, i);
    ASSERT_TRUE(chance >= 0 && chance < 1);
    sum += chance;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
  EXPECT_EQ(Wander(1, Process::kWeather, -3), Chance(1, Process::kWeather, -3));
  EXPECT_NEAR(Wander(1, Process::kWeather, 8 - 1e-9), Chance(1, Process::kWeather, 8), 1e-6);
  EXPECT_NE(Chance(1, Process::kWeather, 3), Chance(2, Process::kWeather, 3));
  EXPECT_NE(Chance(1, Process::kWeather, 3), Chance(1, Process::kCloud, 3));
}

TEST(SimulatorNature, ABatteryRisesFromEmptyToFull) {
  for (const Battery& battery : {kLead, kLithium}) {
    for (double soc = 0.01; soc <= 1; soc += 0.01) {
      ASSERT_GT(OpenVolts(battery, soc), OpenVolts(battery, soc - 0.01)) << soc;
    }
  }
  EXPECT_DOUBLE_EQ(OpenVolts(kLead, 1), 12.8);
  EXPECT_DOUBLE_EQ(OpenVolts(kLithium, 0.5), 52.4);  // 16 cells of 3.275 V
}

TEST(SimulatorNature, CurrentTimesVoltageIsThePowerAsked) {
  for (const double watts : {-900.0, -40.0, 0.0, 3.0, 300.0}) {
    const double amperes = AmperesAtWatts(kLead, 0.5, watts);
    EXPECT_NEAR(amperes * TerminalVolts(kLead, 0.5, amperes), watts, 1e-9);
  }
  EXPECT_LT(TerminalVolts(kLead, 0.5, -50), OpenVolts(kLead, 0.5));
  EXPECT_GT(TerminalVolts(kLead, 0.5, 10), OpenVolts(kLead, 0.5));
}

TEST(SimulatorNature, NoMoreIsTakenFromABatteryThanItHas) {
  const double most = MaxDischargeWatts(kLead, 0.5);
  const double amperes = AmperesAtWatts(kLead, 0.5, -10 * most);
  EXPECT_NEAR(-amperes * TerminalVolts(kLead, 0.5, amperes), most, 1e-6);
  EXPECT_EQ(MaxDischargeWatts(kLead, 0), 0);
  EXPECT_EQ(AmperesAtWatts(kLead, 0, -100), 0);
}

TEST(SimulatorNature, TheCurrentTapersWhileTheVoltageIsHeld) {
  double before = 1e9;
  for (double soc = 0.7; soc <= 1; soc += 0.02) {
    const double amperes = AmperesAtVolts(kLead, soc, 14.1);
    ASSERT_LT(amperes, before);
    ASSERT_GE(amperes, 0);
    before = amperes;
  }
  EXPECT_LT(before, 3);
  EXPECT_EQ(AmperesAtVolts(kLead, 0.9, 12.0), 0);
}

TEST(SimulatorNature, ChargeIsCountedInAmpereHours) {
  EXPECT_NEAR(Flow(kLead, 0.5, -10, seconds(3600)), 0.4, 1e-12);
  EXPECT_NEAR(Flow(kLead, 0.5, 10, seconds(3600)), 0.595, 1e-12);  // 5 % lost
  EXPECT_EQ(Flow(kLead, 0.01, -100, seconds(3600)), 0);
  EXPECT_EQ(Flow(kLead, 0.99, 100, seconds(3600)), 1);
}

TEST(SimulatorNature, PwmPullsThePanelsDownToTheBatteryAndWastesWhatMpptFinds) {
  const Panels panels{400, 18.2, 22.3, {}};
  EXPECT_NEAR(PanelVolts(panels, Tracking::kPwm, 800, 12.5, 1), 12.7, 1e-9);
  EXPECT_LT(AvailableWatts(panels, Tracking::kPwm, 800, 12.5),
            0.75 * AvailableWatts(panels, Tracking::kMppt, 800, 12.5));
  // Nobody takes anything: open.
  EXPECT_NEAR(PanelVolts(panels, Tracking::kPwm, 800, 12.5, 0), 22.3, 1e-9);
  EXPECT_EQ(PanelVolts(panels, Tracking::kMppt, 0, 12.5, 0), 0);
  EXPECT_EQ(AvailableWatts(panels, Tracking::kMppt, 0, 12.5), 0);
}

}  // namespace
}  // namespace mppsolar::simulator

#include "exporter/simulator/household.h"

#include <cmath>

#include "exporter/simulator/noise.h"

namespace mppsolar::simulator {
namespace {

// Reactive power per watt: of switching supplies and lamps (power factor 0.89), of a fridge's motor
// (0.75).
constexpr double kElectronics = 0.51;
constexpr double kMotor = 0.88;
constexpr int kWakingHours = 16;

double Peak(double hour, double at, double width) {
  return std::exp(-(hour - at) * (hour - at) / (width * width));
}

bool FridgeRuns(std::uint64_t seed, double time) {
  constexpr double kCycleSeconds = 3300;
  const double cycle = std::floor(time / kCycleSeconds);
  const double luck = Chance(seed, Process::kFridge, static_cast<std::int64_t>(cycle));
  const double into_cycle = time - cycle * kCycleSeconds;
  const double start = 900 * luck;
  return into_cycle >= start && into_cycle < start + 900 + 400 * luck;
}

bool Runs(const Appliance& appliance, std::int64_t number, std::uint64_t seed, double time) {
  const double hours = std::floor(time / 3600);
  const double hour_of_day = hours - 24 * std::floor(hours / 24);
  if (hour_of_day < 6 || hour_of_day >= 6 + kWakingHours) return false;
  const std::int64_t slot = static_cast<std::int64_t>(hours) * 16 + number;
  if (Chance(seed, Process::kApplianceUse, slot) >= appliance.uses_per_day / kWakingHours) {
    return false;
  }
  const double start =
      Chance(seed, Process::kApplianceMinute, slot) * (60 - appliance.minutes) * 60;
  const double into_hour = time - hours * 3600;
  return into_hour >= start && into_hour < start + appliance.minutes * 60;
}

}  // namespace

Demand DemandAt(const Household& household, std::uint64_t seed, std::chrono::seconds time) {
  const auto t = static_cast<double>(time.count());
  const double hour = (t - 86400 * std::floor(t / 86400)) / 3600;
  const double busy = 0.6 + 0.8 * Wander(seed, Process::kPeakLoad, t / 400);
  const double electronics =
      household.base_watts * (0.85 + 0.3 * Wander(seed, Process::kBaseLoad, t / 90)) +
      busy * (household.morning_watts * Peak(hour, 7.2, 1.0) +
              household.evening_watts * Peak(hour, 19.6, 2.0));
  const double fridge = FridgeRuns(seed, t) ? household.fridge_watts : 0;
  double heaters = 0;
  std::int64_t number = 0;
  for (const Appliance& appliance : household.appliances) {
    if (Runs(appliance, number++, seed, t)) heaters += appliance.watts;
  }
  const double watts = electronics + fridge + heaters;
  return {watts, std::hypot(watts, kElectronics * electronics + kMotor * fridge)};
}

}  // namespace mppsolar::simulator

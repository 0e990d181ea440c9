// Randomness as a function of the place instead of a sequence: the same seed, process and time give
// the same number, whatever was asked before. So the weather does not depend on how often somebody
// looks at it.
#pragma once

#include <cstdint>

namespace mppsolar::simulator {

/// What happens by chance. Each has its own numbers.
enum class Process : std::uint64_t {
  kWeather,
  kCloud,
  kWisp,
  kBaseLoad,
  kPeakLoad,
  kFridge,
  kApplianceUse,
  kApplianceMinute,
  kGridFailure,
  kGridFailureStart,
  kGridFailureLength,
  kGridVolts,
  kGridFlicker,
  kGridHertz,
};

/// Evenly spread over [0, 1).
double Chance(std::uint64_t seed, Process process, std::int64_t index);

/// Wanders through [0, 1] without a jump or a kink: at every whole `knot` it has the value of
/// Chance.
double Wander(std::uint64_t seed, Process process, double knot);

}  // namespace mppsolar::simulator

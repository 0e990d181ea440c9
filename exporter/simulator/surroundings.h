// All that happens to an inverter from outside at one moment.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "exporter/simulator/grid.h"
#include "exporter/simulator/household.h"
#include "exporter/simulator/model.h"

namespace mppsolar::simulator {

inline constexpr std::size_t kMostTrackers = 2;

struct Surroundings {
  Grid grid;
  Demand demand;
  std::array<double, kMostTrackers> irradiance;  ///< W per square metre on each tracker's panels.
  double ambient_celsius;
};

/// `time` counts from midnight of day 0.
Surroundings SurroundingsAt(const Plant& plant, std::uint64_t seed, std::chrono::seconds time);

}  // namespace mppsolar::simulator

// The public grid: its voltage and frequency wander a little, and every other day it fails for 2 to
// 60 minutes.
#pragma once

#include <chrono>
#include <cstdint>

namespace mppsolar::simulator {

struct Grid {
  bool up;
  double volts;  ///< 0 while it is down.
  double hertz;  ///< 0 while it is down.
};

Grid GridAt(std::uint64_t seed, std::chrono::seconds time);

}  // namespace mppsolar::simulator

// Clouds: a weather that changes over half a day decides how many of them pass within minutes.
#pragma once

#include <chrono>
#include <cstdint>

namespace mppsolar::simulator {

/// 0: the sun is free, 1: overcast.
double CloudCover(std::uint64_t seed, std::chrono::seconds time);

}  // namespace mppsolar::simulator

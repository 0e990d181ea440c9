#include "exporter/simulator/noise.h"

#include <cmath>

namespace mppsolar::simulator {
namespace {

// The finaliser of SplitMix64: every bit of the input changes half of the bits of the output.
std::uint64_t Mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

double Chance(std::uint64_t seed, Process process, std::int64_t index) {
  const std::uint64_t stream = Mix(Mix(seed) ^ static_cast<std::uint64_t>(process));
  const std::uint64_t bits = Mix(stream ^ static_cast<std::uint64_t>(index));
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

double Wander(std::uint64_t seed, Process process, double knot) {
  const double floor = std::floor(knot);
  const auto index = static_cast<std::int64_t>(floor);
  const double x = knot - floor;
  const double from = Chance(seed, process, index);
  const double to = Chance(seed, process, index + 1);
  return from + (to - from) * x * x * (3 - 2 * x);
}

}  // namespace mppsolar::simulator

#include "exporter/simulator/clouds.h"

#include <algorithm>

#include "exporter/simulator/noise.h"

namespace mppsolar::simulator {

double CloudCover(std::uint64_t seed, std::chrono::seconds time) {
  const auto t = static_cast<double>(time.count());
  // Stretched, so that some days are wholly clear and some wholly grey.
  const double weather =
      std::clamp((Wander(seed, Process::kWeather, t / 40000) - 0.5) * 1.8 + 0.42, 0.0, 1.0);
  const double passing =
      0.75 * Wander(seed, Process::kCloud, t / 480) + 0.25 * Wander(seed, Process::kWisp, t / 130);
  const double edge = std::clamp((weather - passing + 0.15) / 0.3, 0.0, 1.0);
  return edge * edge * (3 - 2 * edge);
}

}  // namespace mppsolar::simulator

#include "exporter/simulator/surroundings.h"

#include <cmath>
#include <cstddef>
#include <numbers>

#include "exporter/simulator/clouds.h"
#include "exporter/simulator/sun.h"

namespace mppsolar::simulator {

Surroundings SurroundingsAt(const Plant& plant, std::uint64_t seed, std::chrono::seconds time) {
  const SunPosition sun = SunAt(time);
  const double clouds = CloudCover(seed, time);
  Surroundings around{.grid = GridAt(seed, time),
                      .demand = DemandAt(plant.household, seed, time),
                      .irradiance = {},
                      .ambient_celsius = 0};
  for (std::size_t tracker = 0; tracker < plant.panels.size(); ++tracker) {
    around.irradiance[tracker] = Irradiance(sun, clouds, plant.panels[tracker].orientation);
  }
  // The room is warmest at three in the afternoon.
  const double hours = static_cast<double>(time.count()) / 3600;
  around.ambient_celsius = 19 + 4 * std::cos(2 * std::numbers::pi * (hours - 15) / 24);
  return around;
}

}  // namespace mppsolar::simulator

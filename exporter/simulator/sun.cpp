#include "exporter/simulator/sun.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mppsolar::simulator {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr double kLatitude = 48 * kRadians;
constexpr double kFirstDayOfYear = 110;

}  // namespace

SunPosition SunAt(std::chrono::seconds time) {
  const double days = static_cast<double>(time.count()) / 86400;
  const double of_day = days - std::floor(days);
  const double year_angle = 2 * std::numbers::pi * (kFirstDayOfYear + days + 10) / 365.25;
  const double declination = -23.44 * kRadians * std::cos(year_angle);
  const double hour_angle = 2 * std::numbers::pi * (of_day - 0.5);
  const double sine = std::sin(kLatitude) * std::sin(declination) +
                      std::cos(kLatitude) * std::cos(declination) * std::cos(hour_angle);
  return {std::asin(std::clamp(sine, -1.0, 1.0)),
          std::atan2(std::sin(hour_angle), std::cos(hour_angle) * std::sin(kLatitude) -
                                               std::tan(declination) * std::cos(kLatitude))};
}

double Irradiance(const SunPosition& sun, double cloud_cover, const Orientation& panel) {
  if (sun.elevation <= 0) return 0;
  // Air mass by Kasten and Young, the direct beam through it by Meinel.
  const double air_mass = 1 / (std::sin(sun.elevation) +
                               0.50572 * std::pow(sun.elevation / kRadians + 6.07995, -1.6364));
  const double clear_beam = 1353 * std::pow(0.7, std::pow(air_mass, 0.678));
  const double beam = clear_beam * std::pow(1 - cloud_cover, 1.5);
  const double diffuse = clear_beam * std::sin(sun.elevation) * (0.12 + 0.10 * cloud_cover);
  const double tilt = panel.tilt_degrees * kRadians;
  const double facing = std::sin(sun.elevation) * std::cos(tilt) +
                        std::cos(sun.elevation) * std::sin(tilt) *
                            std::cos(sun.azimuth - panel.azimuth_degrees * kRadians);
  return beam * std::max(0.0, facing) + diffuse * (1 + std::cos(tilt)) / 2;
}

}  // namespace mppsolar::simulator

// The sun: where it stands, and what a tilted panel gets of it. Latitude 48 degrees north; day 0 is
// the 20th of April, and the seasons go on from there. The clock is solar time: noon is when the
// sun is highest.
#pragma once

#include <chrono>

namespace mppsolar::simulator {

struct SunPosition {
  double elevation;  ///< Radians above the horizon, negative at night.
  double azimuth;    ///< Radians from south, positive towards west.
};

/// `time` counts from midnight of day 0 and may be negative.
SunPosition SunAt(std::chrono::seconds time);

/// How a panel stands.
struct Orientation {
  double tilt_degrees = 35;    ///< 0: flat.
  double azimuth_degrees = 0;  ///< 0: south, 90: west.
};

/// W per square metre on a panel. `cloud_cover`: 0 is a clear sky, 1 overcast. 0 while the sun is
/// down.
double Irradiance(const SunPosition& sun, double cloud_cover, const Orientation& panel);

}  // namespace mppsolar::simulator

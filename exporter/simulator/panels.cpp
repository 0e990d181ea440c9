#include "exporter/simulator/panels.h"

#include <algorithm>

namespace mppsolar::simulator {
namespace {

// Dirt, heat and cables.
constexpr double kDerating = 0.88;

double Light(double irradiance) { return irradiance / 1000; }

double WorkingVolts(const Panels& panels, Tracking tracking, double irradiance,
                    double battery_volts) {
  if (tracking == Tracking::kPwm) return std::min(battery_volts + 0.2, panels.peak_volts);
  // Lower in dim light, and lower again when the sun makes the panels hot.
  const double light = Light(irradiance);
  return panels.peak_volts * (0.92 + 0.11 * light / (light + 0.05) - 0.06 * light);
}

}  // namespace

double AvailableWatts(const Panels& panels, Tracking tracking, double irradiance,
                      double battery_volts) {
  const double best = panels.peak_watts * Light(irradiance) * kDerating;
  if (tracking == Tracking::kMppt) return best;
  // The current hardly depends on the voltage below the best point.
  return best * std::min(1.0, battery_volts / panels.peak_volts);
}

double PanelVolts(const Panels& panels, Tracking tracking, double irradiance, double battery_volts,
                  double used) {
  const double working = WorkingVolts(panels, tracking, irradiance, battery_volts);
  // At dusk the voltage breaks down long after the current.
  const double awake = std::min(1.0, irradiance / 8);
  return awake * (working + (panels.open_volts - working) * (1 - std::clamp(used, 0.0, 1.0)));
}

}  // namespace mppsolar::simulator

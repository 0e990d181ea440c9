// A string of solar panels and the point of its curve where a charge controller holds it.
#pragma once

#include "exporter/simulator/sun.h"

namespace mppsolar::simulator {

struct Panels {
  double peak_watts;
  double peak_volts;  ///< Where they give the most.
  double open_volts;  ///< Without a load.
  Orientation orientation;
};

/// MPPT finds the best voltage; PWM connects the panels to the battery and so pulls them down to
/// its voltage.
enum class Tracking { kMppt, kPwm };

/// What the panels could give, in W.
double AvailableWatts(const Panels& panels, Tracking tracking, double irradiance,
                      double battery_volts);

/// Their voltage while `used` (0..1) of what is available is taken. 0 in the dark.
double PanelVolts(const Panels& panels, Tracking tracking, double irradiance, double battery_volts,
                  double used);

}  // namespace mppsolar::simulator

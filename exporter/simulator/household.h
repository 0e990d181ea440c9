// What a house wants from the output: a base load, a fridge, people in the morning and evening, and
// now and then a kettle.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace mppsolar::simulator {

/// Used for a few minutes at a time between 6 and 22 o'clock, once an hour at most.
struct Appliance {
  double watts;
  double minutes;
  double uses_per_day;
};

struct Household {
  double base_watts;
  double fridge_watts;
  double morning_watts;
  double evening_watts;
  std::span<const Appliance> appliances;
};

struct Demand {
  double watts;
  double voltamperes;  ///< Never less than the watts.
};

Demand DemandAt(const Household& household, std::uint64_t seed, std::chrono::seconds time);

}  // namespace mppsolar::simulator

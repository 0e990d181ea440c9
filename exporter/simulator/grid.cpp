#include "exporter/simulator/grid.h"

#include <cmath>

#include "exporter/simulator/noise.h"

namespace mppsolar::simulator {
namespace {

// Every slot of 6 hours has at most one failure, which ends within it.
constexpr std::int64_t kSlotSeconds = 21600;
constexpr double kFailuresPerSlot = 0.14;

bool Failed(std::uint64_t seed, std::int64_t time) {
  const std::int64_t slot = (time >= 0 ? time : time - (kSlotSeconds - 1)) / kSlotSeconds;
  if (Chance(seed, Process::kGridFailure, slot) >= kFailuresPerSlot) return false;
  // Short failures are more likely than long ones.
  const double seconds =
      120 + 3480 * std::pow(Chance(seed, Process::kGridFailureLength, slot), 1.5);
  const double start = Chance(seed, Process::kGridFailureStart, slot) *
                       (static_cast<double>(kSlotSeconds) - seconds);
  const auto into_slot = static_cast<double>(time - slot * kSlotSeconds);
  return into_slot >= start && into_slot < start + seconds;
}

}  // namespace

Grid GridAt(std::uint64_t seed, std::chrono::seconds time) {
  if (Failed(seed, time.count())) return {false, 0, 0};
  const auto t = static_cast<double>(time.count());
  return {true,
          226 + 10 * Wander(seed, Process::kGridVolts, t / 1800) +
              1.6 * Wander(seed, Process::kGridFlicker, t / 7),
          49.93 + 0.14 * Wander(seed, Process::kGridHertz, t / 60)};
}

}  // namespace mppsolar::simulator

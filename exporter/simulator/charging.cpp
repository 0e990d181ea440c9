#include "exporter/simulator/charging.h"

namespace mppsolar::simulator {
namespace {

// A battery that takes less than this part of its capacity at the bulk voltage is full.
constexpr double kTail = 0.025;
// Below the resting voltage of a battery that is so full, charging starts anew.
constexpr double kStartAnew = 0.7;

}  // namespace

double HeldVolts(ChargeStage stage, const Settings& settings) {
  return stage == ChargeStage::kFloat ? settings.float_volts : settings.bulk_volts;
}

ChargeStage NextStage(ChargeStage stage, const Settings& settings, const Battery& battery,
                      double volts, double steady_volts, double amperes) {
  if (stage != ChargeStage::kBulk && steady_volts < OpenVolts(battery, kStartAnew)) {
    return ChargeStage::kBulk;
  }
  const bool held = amperes > 0 && volts >= settings.bulk_volts * 0.998;
  if (stage == ChargeStage::kBulk && held) return ChargeStage::kAbsorption;
  if (stage == ChargeStage::kAbsorption && held && amperes < kTail * battery.ampere_hours) {
    return ChargeStage::kFloat;
  }
  return stage;
}

}  // namespace mppsolar::simulator

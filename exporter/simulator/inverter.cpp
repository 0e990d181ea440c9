#include "exporter/simulator/inverter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mppsolar::simulator {
namespace {

// Light that wakes the solar charge controller, and light in which it falls asleep, in W per square
// metre.
constexpr double kWake = 20;
constexpr double kSleep = 10;
// More than this part of the rating for so long in battery mode is a fault; then it waits before it
// tries again.
constexpr double kOverload = 1.10;
constexpr std::chrono::seconds kOverloadPatience{10};
constexpr std::chrono::seconds kFaultPause{60};
// The battery-low alarm comes so far above the cut-off and goes so far above itself; of a 12 V
// battery.
constexpr double kLowVolts = 0.5;
constexpr double kSteadySeconds = 30;
constexpr double kHeatSeconds = 500;

struct Offer {
  double at_battery = 0;                          // W behind the charge controllers
  std::array<double, kMostTrackers> of_panels{};  // W
};

bool OutputOn(Mode mode) { return mode == Mode::kLine || mode == Mode::kBattery; }

// How far the state has come towards its end after `time`, exact for steps of any length.
double Approach(std::chrono::seconds time, double time_constant) {
  return 1 - std::exp(-static_cast<double>(time.count()) / time_constant);
}

void LookAtSun(const Surroundings& around, InverterState& state) {
  const double brightest = *std::ranges::max_element(around.irradiance);
  state.sun = brightest > (state.sun ? kSleep : kWake);
}

Offer OfferOfSun(const Plant& plant, const Surroundings& around, const InverterState& state) {
  Offer offer;
  if (!state.sun) return offer;
  double watts = 0;
  for (std::size_t i = 0; i < plant.panels.size(); ++i) {
    offer.of_panels[i] =
        AvailableWatts(plant.panels[i], plant.tracking, around.irradiance[i], state.battery_volts);
    watts += offer.of_panels[i];
  }
  offer.at_battery =
      std::min(watts * plant.solar_efficiency, plant.solar_max_amperes * state.battery_volts);
  return offer;
}

Mode NextMode(const Settings& settings, const Surroundings& around, const InverterState& state) {
  if (state.mode == Mode::kFault && state.fault_time < kFaultPause) return Mode::kFault;
  if (!around.grid.up) return state.shut_down ? Mode::kStandby : Mode::kBattery;
  if (state.waits_for_charge) return Mode::kLine;
  switch (settings.output_priority) {
    case OutputPriority::kUtilityFirst:
      return Mode::kLine;
    case OutputPriority::kSolarFirst:
      return state.sun ? Mode::kBattery : Mode::kLine;
    case OutputPriority::kSolarBatteryUtility:
      return Mode::kBattery;
  }
  return Mode::kLine;
}

bool SunMayCharge(const Settings& settings, Mode mode) {
  return mode != Mode::kLine || settings.charger_priority != ChargerPriority::kUtilityFirst;
}

bool GridMayCharge(const Settings& settings, const InverterState& state) {
  switch (settings.charger_priority) {
    case ChargerPriority::kUtilityFirst:
    case ChargerPriority::kSolarAndUtility:
      return true;
    case ChargerPriority::kSolarFirst:
      return !state.sun;
    case ChargerPriority::kOnlySolar:
      return false;
  }
  return false;
}

// The most that the battery takes in its stage of charging, in W.
double Appetite(const Plant& plant, const Settings& settings, const InverterState& state) {
  const double amperes =
      std::min(settings.max_charge_amperes,
               AmperesAtVolts(plant.battery, state.soc, HeldVolts(state.stage, settings)));
  return amperes * TerminalVolts(plant.battery, state.soc, amperes);
}

// Fills state.energy and tells how much of the sun's offer is taken, in W at the battery.
double FeedFromGrid(const Plant& plant, const Settings& settings, const Surroundings& around,
                    double offered, InverterState& state) {
  const double appetite = Appetite(plant, settings, state);
  const double solar = SunMayCharge(settings, state.mode) ? std::min(offered, appetite) : 0;
  const double ac =
      GridMayCharge(settings, state)
          ? std::min(settings.max_ac_charge_amperes * state.battery_volts, appetite - solar)
          : 0;
  const double load = around.demand.watts;
  const double help =
      plant.pv_helps_grid
          ? std::min(offered - solar, (load + plant.idle_watts) / plant.inverter_efficiency)
          : 0;
  state.energy.load_watts = load;
  state.energy.battery_watts = solar + ac;
  state.energy.grid_watts =
      load + plant.idle_watts - help * plant.inverter_efficiency + ac / plant.charger_efficiency;
  state.energy.loss_watts = plant.idle_watts + help * (1 - plant.inverter_efficiency) +
                            ac * (1 / plant.charger_efficiency - 1);
  state.ac_charging = ac > 0;
  return solar + help;
}

double FeedFromBattery(const Plant& plant, const Settings& settings, const Surroundings& around,
                       double offered, InverterState& state) {
  const double load = around.demand.watts;
  const double draw = load / plant.inverter_efficiency + plant.idle_watts;
  const double solar = std::min(offered, draw + Appetite(plant, settings, state));
  state.energy.load_watts = load;
  state.energy.battery_watts = solar - draw;
  state.energy.loss_watts = plant.idle_watts + load * (1 / plant.inverter_efficiency - 1);
  return solar;
}

double FeedNothing(const Plant& plant, const Settings& settings, double offered,
                   InverterState& state) {
  const double draw =
      std::min(plant.standby_watts, offered + MaxDischargeWatts(plant.battery, state.soc));
  const double solar = std::min(offered, draw + Appetite(plant, settings, state));
  state.energy.battery_watts = solar - draw;
  state.energy.loss_watts = draw;
  return solar;
}

bool BatteryCanFeed(const Plant& plant, const Surroundings& around, double offered,
                    const InverterState& state) {
  const double draw = around.demand.watts / plant.inverter_efficiency + plant.idle_watts;
  return draw - offered <= MaxDischargeWatts(plant.battery, state.soc);
}

void ReadTrackers(const Plant& plant, const Surroundings& around, const Offer& offer,
                  double taken_at_battery, InverterState& state) {
  double offered = 0;
  for (const double watts : offer.of_panels) offered += watts;
  const double used = offered > 0 ? taken_at_battery / plant.solar_efficiency / offered : 0;
  for (std::size_t i = 0; i < plant.panels.size(); ++i) {
    const double watts = used * offer.of_panels[i];
    state.trackers[i] = {watts,
                         PanelVolts(plant.panels[i], plant.tracking, around.irradiance[i],
                                    state.battery_volts, used),
                         watts * plant.solar_efficiency};
  }
}

void CompareVolts(const Plant& plant, const Settings& settings, const Surroundings& around,
                  InverterState& state) {
  const double blocks = plant.battery.nominal_volts / 12;
  const double low = settings.cutoff_volts + kLowVolts * blocks;
  const double volts = state.steady_volts;
  state.battery_low = volts <= (state.battery_low ? low + kLowVolts * blocks : low);
  const bool charged = settings.redischarge_volts > 0 ? volts >= settings.redischarge_volts
                                                      : state.stage == ChargeStage::kFloat;
  if (charged) state.waits_for_charge = false;
  if (state.mode == Mode::kBattery) {
    if (volts <= settings.recharge_volts) state.waits_for_charge = true;
    if (volts <= settings.cutoff_volts) state.shut_down = true;
  }
  const bool sun_is_back = state.sun && volts >= settings.recharge_volts + kLowVolts * blocks;
  if (around.grid.up || sun_is_back) state.shut_down = false;
}

void WatchOverload(const Settings& settings, std::chrono::seconds time, InverterState& state) {
  const double part = std::max(state.energy.load_watts / settings.rated_watts,
                               state.load_voltamperes / settings.rated_voltamperes);
  state.fault_time = state.mode == Mode::kFault ? state.fault_time + time : std::chrono::seconds{0};
  state.overloaded = part > 1;
  const bool hurts = state.mode == Mode::kBattery && part > kOverload;
  state.overload_time = hurts ? state.overload_time + time : std::chrono::seconds{0};
}

void WarmUp(const Settings& settings, const Surroundings& around, std::chrono::seconds time,
            InverterState& state) {
  const double busy = std::max(state.load_voltamperes / settings.rated_voltamperes,
                               0.6 * state.battery_amperes / settings.max_charge_amperes);
  const double end = around.ambient_celsius + (OutputOn(state.mode) ? 7 : 3) + 36 * busy;
  state.heat_sink_celsius += (end - state.heat_sink_celsius) * Approach(time, kHeatSeconds);
}

}  // namespace

InverterState RestingInverter(const Plant& plant, double soc) {
  InverterState state;
  state.soc = soc;
  state.battery_volts = OpenVolts(plant.battery, soc);
  state.steady_volts = state.battery_volts;
  return state;
}

void Step(const Plant& plant, const Settings& settings, const Surroundings& around,
          std::chrono::seconds time, InverterState& state) {
  LookAtSun(around, state);
  const Offer offer = OfferOfSun(plant, around, state);
  if (state.overload_time >= kOverloadPatience) state.mode = Mode::kFault;
  state.mode = NextMode(settings, around, state);
  if (state.mode == Mode::kBattery && !BatteryCanFeed(plant, around, offer.at_battery, state)) {
    state.shut_down = true;
    state.waits_for_charge = true;
    state.mode = around.grid.up ? Mode::kLine : Mode::kStandby;
  }

  state.energy = {};
  state.ac_charging = false;
  double taken = 0;
  switch (state.mode) {
    case Mode::kLine:
      taken = FeedFromGrid(plant, settings, around, offer.at_battery, state);
      break;
    case Mode::kBattery:
      taken = FeedFromBattery(plant, settings, around, offer.at_battery, state);
      break;
    case Mode::kStandby:
    case Mode::kFault:
      taken = FeedNothing(plant, settings, offer.at_battery, state);
      break;
  }
  state.energy.pv_watts = taken / plant.solar_efficiency;
  state.energy.loss_watts += state.energy.pv_watts - taken;
  state.load_voltamperes = OutputOn(state.mode) ? around.demand.voltamperes : 0;

  state.battery_amperes = AmperesAtWatts(plant.battery, state.soc, state.energy.battery_watts);
  state.battery_volts = TerminalVolts(plant.battery, state.soc, state.battery_amperes);
  state.soc = Flow(plant.battery, state.soc, state.battery_amperes, time);
  state.steady_volts += (state.battery_volts - state.steady_volts) * Approach(time, kSteadySeconds);
  state.stage = NextStage(state.stage, settings, plant.battery, state.battery_volts,
                          state.steady_volts, state.battery_amperes);

  ReadTrackers(plant, around, offer, taken, state);
  CompareVolts(plant, settings, around, state);
  WatchOverload(settings, time, state);
  WarmUp(settings, around, time, state);
  const double hours = static_cast<double>(time.count()) / 3600;
  state.pv_watt_hours += state.energy.pv_watts * hours;
  state.load_watt_hours += state.energy.load_watts * hours;
}

}  // namespace mppsolar::simulator

#include "exporter/simulator/battery.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace mppsolar::simulator {
namespace {

struct Point {
  double soc;
  double volts;  // of a 12 V battery at rest
};

// Six cells of lead.
constexpr auto kLead = std::to_array<Point>({{0, 10.2},
                                             {0.05, 11.0},
                                             {0.1, 11.5},
                                             {0.2, 11.85},
                                             {0.3, 12.02},
                                             {0.5, 12.26},
                                             {0.7, 12.47},
                                             {0.9, 12.68},
                                             {1, 12.8}});
// Four cells of lithium iron phosphate: flat over most of the way.
constexpr auto kLithium = std::to_array<Point>({{0, 10.6},
                                                {0.03, 11.8},
                                                {0.08, 12.5},
                                                {0.15, 12.8},
                                                {0.3, 13.0},
                                                {0.5, 13.1},
                                                {0.8, 13.3},
                                                {0.95, 13.36},
                                                {1, 13.6}});

// Of a 12 V battery of 100 Ah.
struct Resistance {
  double ohms;
  double near_full;   // divided by how far from full
  double near_empty;  // divided by how far from empty
  double full_margin;
};
constexpr Resistance kLeadResistance{0.012, 0.0132, 0.0004, 0.01};
constexpr Resistance kLithiumResistance{0.005, 0.0003, 0.0001, 0.004};
constexpr double kEmptyMargin = 0.02;
// The protection of an empty battery opens here.
constexpr double kEmptySoc = 0.002;

const Resistance& ResistanceOf(const Battery& battery) {
  return battery.chemistry == Chemistry::kLead ? kLeadResistance : kLithiumResistance;
}

double BlockVolts(std::span<const Point> curve, double soc) {
  std::size_t above = 1;
  while (above + 1 < curve.size() && curve[above].soc < soc) ++above;
  const Point& low = curve[above - 1];
  const Point& high = curve[above];
  const double part = std::clamp((soc - low.soc) / (high.soc - low.soc), 0.0, 1.0);
  return low.volts + (high.volts - low.volts) * part;
}

double Scale(const Battery& battery) {
  return battery.nominal_volts / 12 * 100 / battery.ampere_hours;
}

double ChargeOhms(const Battery& battery, double soc) {
  const Resistance& r = ResistanceOf(battery);
  return (r.ohms + r.near_full / (1 + r.full_margin - soc)) * Scale(battery);
}

double DischargeOhms(const Battery& battery, double soc) {
  const Resistance& r = ResistanceOf(battery);
  return (r.ohms + r.near_empty / (soc + kEmptyMargin)) * Scale(battery);
}

}  // namespace

double OpenVolts(const Battery& battery, double soc) {
  const std::span<const Point> curve =
      battery.chemistry == Chemistry::kLead ? std::span<const Point>(kLead) : kLithium;
  return BlockVolts(curve, soc) * battery.nominal_volts / 12;
}

double TerminalVolts(const Battery& battery, double soc, double amperes) {
  const double ohms = amperes > 0 ? ChargeOhms(battery, soc) : DischargeOhms(battery, soc);
  return OpenVolts(battery, soc) + ohms * amperes;
}

double AmperesAtVolts(const Battery& battery, double soc, double volts) {
  return std::max(0.0, (volts - OpenVolts(battery, soc)) / ChargeOhms(battery, soc));
}

double MaxDischargeWatts(const Battery& battery, double soc) {
  if (soc <= kEmptySoc) return 0;
  const double open = OpenVolts(battery, soc);
  return open * open / (4 * DischargeOhms(battery, soc));
}

double AmperesAtWatts(const Battery& battery, double soc, double watts) {
  const double at_least = std::max(watts, -MaxDischargeWatts(battery, soc));
  // (open + ohms * I) * I = watts, and of its two solutions the one that is 0 without power.
  const double open = OpenVolts(battery, soc);
  const double ohms = watts > 0 ? ChargeOhms(battery, soc) : DischargeOhms(battery, soc);
  const double root = std::sqrt(std::max(0.0, open * open + 4 * ohms * at_least));
  return 2 * at_least / (open + root);
}

double Flow(const Battery& battery, double soc, double amperes, std::chrono::seconds time) {
  double kept = 1;
  if (amperes > 0) {
    // A lead battery that is nearly full turns more and more of the current into gas.
    const bool lead = battery.chemistry == Chemistry::kLead;
    kept = lead ? (soc < 0.85 ? 0.95 : 0.85) : 0.995;
  }
  const double hours = static_cast<double>(time.count()) / 3600;
  return std::clamp(soc + amperes * kept * hours / battery.ampere_hours, 0.0, 1.0);
}

}  // namespace mppsolar::simulator

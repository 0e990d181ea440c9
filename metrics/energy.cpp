#include "metrics/energy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace mppsolar::metrics {
namespace {

constexpr std::array<EnergyMetric, 6> kMetrics = {{
    {"mppsolar_output_energy_joules_total", "",
     "Energy of the output: mppsolar_output_watts summed up over time by the exporter."},
    {"mppsolar_pv_energy_joules_total", "",
     "PV energy: mppsolar_pv_watts of all trackers that answer, summed up over time by the "
     "exporter."},
    {"mppsolar_battery_charge_energy_joules_total", "",
     "Energy into the battery: mppsolar_battery_charge_amperes times mppsolar_battery_volts, "
     "summed up over time by the exporter."},
    {"mppsolar_battery_discharge_energy_joules_total", "",
     "Energy out of the battery: mppsolar_battery_discharge_amperes times mppsolar_battery_volts, "
     "summed up over time by the exporter. Too low on units whose discharge current reads low."},
    {"mppsolar_energy_gap_seconds_total", "energy",
     "Time that this energy counter leaves out: no reading for longer than energy.max_gap, the "
     "link was opened anew, or other PV trackers answered than before."},
    {"mppsolar_impossible_values_total", "value",
     "Readings that this energy counter leaves out because such a power cannot be: negative, over "
     "twice mppsolar_rating_output_watts, or over 1 MW."},
}};
constexpr const EnergyMetric& kGap = kMetrics[4];
constexpr const EnergyMetric& kImpossible = kMetrics[5];

// Where a power comes from: all series of `watts_or_amperes`, each times the series of `volts` with
// the same labels, if that is not empty.
struct Source {
  std::string_view energy;  // the value of the label
  std::string_view watts_or_amperes;
  std::string_view volts;
};
// In the order of kMetrics.
constexpr std::array<Source, 4> kSources = {{
    {"output", "mppsolar_output_watts", ""},
    {"pv", "mppsolar_pv_watts", ""},
    {"battery_charge", "mppsolar_battery_charge_amperes", "mppsolar_battery_volts"},
    {"battery_discharge", "mppsolar_battery_discharge_amperes", "mppsolar_battery_volts"},
}};
constexpr std::string_view kRating = "mppsolar_rating_output_watts";

// No reply tells what panels and battery are rated for; they are built for about as much as the
// output.
constexpr double kTimesRating = 2;
// More than any of these inverters has. The only limit until the rating is known.
constexpr double kMostWatts = 1e6;

std::vector<SeriesIndex> SeriesOf(const Protocol& protocol, std::string_view family) {
  std::vector<SeriesIndex> found;
  for (std::size_t i = 0; i < protocol.series.size(); ++i) {
    if (protocol.families[protocol.series[i].family].name == family) {
      found.push_back(static_cast<SeriesIndex>(i));
    }
  }
  return found;
}

// The first, as it is the one that is served.
std::optional<double> ValueOf(SeriesIndex series, std::span<const Sample> samples) {
  const auto found = std::find_if(samples.begin(), samples.end(), [series](const Sample& sample) {
    return sample.series == series;
  });
  if (found == samples.end()) return std::nullopt;
  return found->value;
}

}  // namespace

std::span<const EnergyMetric> EnergyMetrics() { return kMetrics; }

void Energy::Use(const Protocol& protocol) {
  static_assert(kSources.size() == kMeters);
  for (std::size_t i = 0; i < kMeters; ++i) {
    Meter& meter = meters_[i];
    meter.parts.clear();
    for (const SeriesIndex left : SeriesOf(protocol, kSources[i].watts_or_amperes)) {
      if (kSources[i].volts.empty()) {
        meter.parts.push_back({left, std::nullopt});
        continue;
      }
      for (const SeriesIndex right : SeriesOf(protocol, kSources[i].volts)) {
        if (protocol.series[left].labels == protocol.series[right].labels) {
          meter.parts.push_back({left, right});
        }
      }
    }
    meter.served |= !meter.parts.empty();
    meter.last.reset();
  }
  const std::vector<SeriesIndex> ratings = SeriesOf(protocol, kRating);
  rating_.reset();
  if (!ratings.empty()) rating_ = ratings.front();
  rated_watts_.reset();
}

void Energy::Learn(std::span<const Sample> samples) {
  if (!rating_) return;
  const std::optional<double> watts = ValueOf(*rating_, samples);
  if (!watts || !std::isfinite(*watts) || *watts <= 0) return;
  rated_watts_ = watts;
  // The rating is asked for after the first reading, which has had no judge so far.
  for (Meter& meter : meters_) {
    if (!meter.last || IsPossible(*meter.last)) continue;
    ++meter.impossible;
    meter.last.reset();
  }
}

void Energy::Add(std::span<const Sample> samples, TimePoint now) {
  if (last_reading_ && now <= *last_reading_) return;
  last_reading_ = now;
  Learn(samples);
  for (Meter& meter : meters_) {
    std::optional<Power> power = Read(meter.parts, samples);
    if (power && !IsPossible(*power)) {
      ++meter.impossible;
      power.reset();
    }
    Advance(meter, std::move(power), now);
  }
}

std::optional<Energy::Power> Energy::Read(const std::vector<Part>& parts,
                                          std::span<const Sample> samples) {
  Power power{0, std::vector<bool>(parts.size())};
  bool any = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::optional<double> watts = ValueOf(parts[i].watts_or_amperes, samples);
    if (watts && parts[i].volts) {
      const std::optional<double> volts = ValueOf(*parts[i].volts, samples);
      watts = volts ? std::optional(*watts * *volts) : std::nullopt;
    }
    if (!watts) continue;
    any = power.has_part[i] = true;
    // One bad tracker must not hide behind a good one.
    power.watts += *watts >= 0 ? *watts : std::numeric_limits<double>::quiet_NaN();
  }
  if (!any) return std::nullopt;
  return power;
}

bool Energy::IsPossible(const Power& power) const {
  const double most =
      rated_watts_ ? std::min(kTimesRating * *rated_watts_, kMostWatts) : kMostWatts;
  return power.watts <= most;  // not for "not a number"
}

void Energy::Advance(Meter& meter, std::optional<Power> power, TimePoint now) const {
  if (meter.until) {
    const auto elapsed = now - *meter.until;
    const bool bridged = meter.last && elapsed <= max_gap_;
    // Nothing is known of now, but the next reading may still be near enough to the last.
    if (!power && bridged) return;
    if (bridged && power->has_part == meter.last->has_part) {
      const double seconds = std::chrono::duration<double>(elapsed).count();
      meter.total.rest += (meter.last->watts + power->watts) / 2 * seconds;
      const double whole = std::floor(meter.total.rest);
      meter.total.whole += static_cast<std::uint64_t>(whole);
      meter.total.rest -= whole;
    } else {
      meter.gap += elapsed;
    }
  }
  if (meter.until || power) meter.until = now;
  meter.last = std::move(power);
}

std::vector<Energy::Counter> Energy::Counters() const {
  std::vector<Counter> counters;
  for (std::size_t i = 0; i < kMeters; ++i) {
    const Meter& meter = meters_[i];
    if (!meter.served) continue;
    const auto add = [&](const EnergyMetric& metric, double value) {
      Labels labels;
      if (!metric.label.empty()) labels.emplace_back(metric.label, kSources[i].energy);
      counters.push_back({metric.name, metric.help, std::move(labels), value});
    };
    add(kMetrics[i], static_cast<double>(meter.total.whole) + meter.total.rest);
    add(kGap, std::chrono::duration<double>(meter.gap).count());
    add(kImpossible, static_cast<double>(meter.impossible));
  }
  return counters;
}

}  // namespace mppsolar::metrics

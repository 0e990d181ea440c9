// Energy out of power: between two readings a power is taken to change evenly (trapezoid). What
// cannot be known (too long between readings, perhaps another inverter) is never filled in, but its
// time is counted, so that a total that is too low can be told from a small one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/decode.h"
#include "metrics/protocol.h"

namespace mppsolar::metrics {

/// A counter that Energy serves. `label` is what it has beside `inverter`, or "".
struct EnergyMetric {
  std::string_view name;
  std::string_view label;
  std::string_view help;
};

/// All that there are, for a list of metrics.
[[nodiscard]] std::span<const EnergyMetric> EnergyMetrics();

/// The energy counters of one inverter. They live as long as the program: they never decrease,
/// whatever happens to the link.
class Energy {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Readings that are further apart than `max_gap` are not joined.
  explicit Energy(std::chrono::milliseconds max_gap) : max_gap_(max_gap) {}
  void SetMaxGap(std::chrono::milliseconds max_gap) { max_gap_ = max_gap; }

  /// The samples that follow are by `protocol`, which need not outlive the call. Call it each time
  /// the link was opened: another inverter may answer now, so the last reading and the rating are
  /// forgotten, and the time until the next reading counts as a gap. The totals stay.
  void Use(const Protocol& protocol);

  /// Takes the rating out of the samples of any reply, if it is there.
  void Learn(std::span<const Sample> samples);

  /// One reading: all samples that are fresh at `now`, in any order. A reading of which nothing
  /// came may be given, too (no samples): then a gap shows while it lasts, not only at its end.
  /// A time that is not after the last one is ignored with its samples.
  void Add(std::span<const Sample> samples, TimePoint now);

  struct Counter {
    std::string_view name;
    std::string_view help;
    Labels labels;  ///< Without `inverter`.
    double value;
  };
  /// From 0 on, for each energy that a protocol so far has the power for.
  [[nodiscard]] std::vector<Counter> Counters() const;

 private:
  /// Watts, or amperes to be multiplied with volts.
  struct Part {
    SeriesIndex watts_or_amperes;
    std::optional<SeriesIndex> volts;
  };

  /// One power in one reading.
  struct Power {
    double watts;                ///< Not a number if a part of it is negative or not a number.
    std::vector<bool> has_part;  ///< PV: which trackers are in the sum.
  };

  /// Whole joules apart from the rest below one: a small step is never lost in a large total.
  struct Joules {
    std::uint64_t whole = 0;
    double rest = 0;
  };

  struct Meter {
    std::vector<Part> parts;
    bool served = false;
    Joules total;
    std::chrono::steady_clock::duration gap{};
    std::uint64_t impossible = 0;
    std::optional<TimePoint> until;  ///< All time from the first reading to here is accounted for.
    std::optional<Power> last;       ///< As read at `until`; nothing: what follows is a gap.
  };

  static std::optional<Power> Read(const std::vector<Part>& parts, std::span<const Sample> samples);
  [[nodiscard]] bool IsPossible(const Power& power) const;
  void Advance(Meter& meter, std::optional<Power> power, TimePoint now) const;

  static constexpr std::size_t kMeters = 4;

  std::chrono::milliseconds max_gap_;
  std::array<Meter, kMeters> meters_;
  std::optional<SeriesIndex> rating_;
  std::optional<double> rated_watts_;
  std::optional<TimePoint> last_reading_;
};

}  // namespace mppsolar::metrics

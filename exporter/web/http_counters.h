// What the server says of itself: requests by path and answer, their time, those under way.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "metrics/families.h"

namespace mppsolar {

class HttpCounters {
 public:
  /// What requests to paths that nothing answers count as: strangers who try paths must not make
  /// series.
  static inline const std::string kOther = "other";

  /// The answers of 200 of this handler are counted from 0.
  void Know(const std::string& handler);

  void Begin() { ++in_flight_; }
  /// The end of a request that began; `took` is the time from its last byte to its answer.
  void End(const std::string& handler, int status, std::chrono::steady_clock::duration took);

  [[nodiscard]] int InFlight() const { return in_flight_; }

  void Collect(metrics::Families& families) const;

 private:
  /// From a page out of memory to the longest scrape.
  static constexpr std::array kDurations{0.005, 0.05, 0.5, 1.0, 2.5, 10.0};

  struct Requests {
    std::array<std::uint64_t, kDurations.size()> within{};  // Not longer than each of them.
    std::uint64_t count = 0;
    double seconds = 0;
  };

  std::map<std::pair<std::string, int>, Requests> requests_;  // By handler and status.
  int in_flight_ = 0;
};

}  // namespace mppsolar

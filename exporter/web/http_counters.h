// What the server says of itself: requests by path and answer, their time, those under way.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "metrics/families.h"

namespace mppsolar {

class HttpCounters {
 public:
  /// Makes a path known. One that is not counts as "other": strangers who try paths must not make
  /// series. Its answers of 200 are counted from 0.
  void Know(const std::string& path);

  void Begin() { ++in_flight_; }
  /// The end of a request that began; `took` is the time from its last byte to its answer.
  void End(std::string_view path, int status, std::chrono::steady_clock::duration took);

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

  std::set<std::string, std::less<>> known_;
  std::map<std::pair<std::string, int>, Requests> requests_;  // By handler and status.
  int in_flight_ = 0;
};

}  // namespace mppsolar

// How long to wait before the next attempt at something that fails: twice as long each time, with a
// little chance in it so that many inverters behind one bridge do not all come at once.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace mppsolar {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kLongest{30'000};

  Backoff(std::uint64_t seed, std::chrono::milliseconds shortest)
      : shortest_(shortest), next_(shortest), random_(seed) {}

  /// The next wait: `shortest` doubling up to 30 s, each between 75 % and 100 % of that.
  [[nodiscard]] std::chrono::milliseconds Next() {
    const auto full = next_;
    next_ = std::min(next_ * 2, kLongest);
    std::uniform_int_distribution<std::chrono::milliseconds::rep> wait(full.count() * 3 / 4,
                                                                       full.count());
    return std::chrono::milliseconds(wait(random_));
  }

  /// After a success: the next failure begins anew.
  void Reset() { next_ = shortest_; }

 private:
  std::chrono::milliseconds shortest_;
  std::chrono::milliseconds next_;
  std::mt19937_64 random_;
};

}  // namespace mppsolar

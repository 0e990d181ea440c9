// How long to wait before the next attempt at something that fails: twice as long each time, with a
// little chance in it so that many inverters behind one bridge do not all come at once.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace mppsolar {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kShortest{500};
  static constexpr std::chrono::milliseconds kLongest{30'000};

  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  /// The next wait: 0.5 s doubling up to 30 s, each between 75 % and 100 % of that.
  [[nodiscard]] std::chrono::milliseconds Next() {
    const auto full = next_;
    next_ = std::min(next_ * 2, kLongest);
    std::uniform_int_distribution<std::chrono::milliseconds::rep> wait(full.count() * 3 / 4,
                                                                       full.count());
    return std::chrono::milliseconds(wait(random_));
  }

  /// After a success: the next failure begins anew.
  void Reset() { next_ = kShortest; }

 private:
  std::chrono::milliseconds next_ = kShortest;
  std::mt19937_64 random_;
};

}  // namespace mppsolar

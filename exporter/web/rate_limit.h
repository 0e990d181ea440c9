// A token bucket: so many requests at once, and one more for each interval that passes.
#pragma once

#include <chrono>

#include "exporter/web/web_config.h"

namespace mppsolar {

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Begins full.
  RateLimit(const RateLimitConfig& config, Time now);

  /// Whether a request may pass now. One that may not costs nothing.
  [[nodiscard]] bool Pass(Time now);

  [[nodiscard]] const RateLimitConfig& Config() const { return config_; }

 private:
  RateLimitConfig config_;
  unsigned tokens_;
  Time counted_until_;
};

}  // namespace mppsolar

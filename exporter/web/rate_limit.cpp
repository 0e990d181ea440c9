#include "exporter/web/rate_limit.h"

#include <algorithm>

namespace mppsolar {

RateLimit::RateLimit(const RateLimitConfig& config, Time now)
    : config_(config), tokens_(config.burst), counted_until_(now) {}

bool RateLimit::Pass(Time now) {
  const auto missing = config_.burst - tokens_;
  const auto earned = std::max<std::int64_t>((now - counted_until_) / config_.interval, 0);
  if (earned >= missing) {
    tokens_ = config_.burst;
    // A full bucket earns nothing.
    counted_until_ = now;
  } else {
    tokens_ += static_cast<unsigned>(earned);
    counted_until_ += earned * config_.interval;
  }
  if (tokens_ == 0) return false;
  --tokens_;
  return true;
}

}  // namespace mppsolar

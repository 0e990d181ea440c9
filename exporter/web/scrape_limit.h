// How many scrapes are under way, and how many may be.
#pragma once

#include <memory>
#include <string>

#include "exporter/web/http_server.h"

namespace mppsolar {

class ScrapeLimit {
 public:
  /// 0: no limit.
  explicit ScrapeLimit(unsigned most) : most_(most) {}

  /// Counts for as long as it lives.
  using Place = std::shared_ptr<void>;

  /// A place for one scrape; nothing if none is free.
  [[nodiscard]] Place Enter() {
    if (most_ != 0 && *under_way_ >= most_) return nullptr;
    ++*under_way_;
    return {under_way_.get(), [count = under_way_](unsigned* under_way) { --*under_way; }};
  }

  /// The answer to those who get no place.
  [[nodiscard]] HttpResponse Refusal() const {
    return PlainLine(503, "Limit of concurrent requests reached (" + std::to_string(most_) +
                              "), try again later.");
  }

 private:
  unsigned most_;
  std::shared_ptr<unsigned> under_way_ = std::make_shared<unsigned>(0);
};

}  // namespace mppsolar

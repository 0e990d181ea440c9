// What an inverter has made of one command so far.
#pragma once

#include <chrono>
#include <optional>

#include "serial/exchange.h"

namespace mppsolar {

/// What is known while the link is open; another link may lead to another inverter.
struct CommandState {
  std::optional<serial::TimePoint> answered;  ///< When the last good reply was complete.
  serial::TimePoint answer_asked{};           ///< When that was asked for, before the first try.
  std::optional<serial::TimePoint> asked;     ///< When it was last asked.
  std::chrono::duration<double> took{0};
  bool succeeded = false;  ///< The last time it was asked.
  int failures = 0;        ///< In a row.
  int refusals = 0;        ///< NAKs in a row.
  bool ever_answered = false;
  bool exists = true;        ///< The last reply was that of a unit that exists.
  bool unsupported = false;  ///< Not asked any more.
};

}  // namespace mppsolar

// What went over a line, for people: comments that may stand before metrics.
#pragma once

#include <string>

#include "exporter/inverter/inverter.h"

namespace mppsolar {

/// The exchanges that ended since `since`, as lines that begin with "# ": command, times, verdict,
/// and all bytes in hex and as text. Times are counted from `now` backwards.
[[nodiscard]] std::string WireText(const Inverter& inverter, serial::TimePoint since,
                                   serial::TimePoint now);

}  // namespace mppsolar

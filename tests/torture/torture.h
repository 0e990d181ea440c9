// The property that everything else is for: every set of values that is served was sent whole, by
// the inverter, in reply to that command, in that scrape.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/torture/faulty_link.h"

namespace mppsolar::torture {

struct Outcome {
  Counts counts;
  std::uint64_t scrapes = 0;
  std::uint64_t whole = 0;         ///< Scrapes with mppsolar_up 1.
  std::uint64_t sets = 0;          ///< Replies whose values were served.
  std::vector<std::string> wrong;  ///< What was served and never sent so.
};

/// Scrapes an inverter over a FaultyLink until at least `exchanges` requests were sent.
[[nodiscard]] Outcome Torture(std::uint64_t exchanges, std::uint64_t seed);

}  // namespace mppsolar::torture

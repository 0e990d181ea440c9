// The manual page, made of what the command line takes.
#pragma once

#include <string>
#include <vector>

#include "exporter/calls/description.h"

namespace mppsolar {

/// In the man macros of roff, for section 1. `calls` are those of Describe.
[[nodiscard]] std::string ManPage(const std::vector<DescribedCall>& calls);

}  // namespace mppsolar

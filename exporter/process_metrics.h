// What the kernel says of this process, under the names that all Prometheus programs use.
#pragma once

#include <string>

#include "metrics/families.h"

namespace mppsolar {

/// Adds process_*; what cannot be read is left out. `proc` is where the kernel shows it.
void CollectProcess(metrics::Families& families, const std::string& proc = "/proc");

}  // namespace mppsolar

// What this program was built from.
#pragma once

#include <string>

#include "metrics/protocol.h"

namespace mppsolar {

/// The labels of mppsolar_exporter_build_info: version, revision, compiler.
[[nodiscard]] metrics::Labels BuildLabels();

/// For --version, as Prometheus's programs print it.
[[nodiscard]] std::string VersionText();

}  // namespace mppsolar

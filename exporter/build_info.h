// What this program was built from.
#pragma once

#include <string>

#include "metrics/protocol.h"

namespace mppsolar {

/// The labels of mppsolar_exporter_build_info: version, revision, branch, compiler.
[[nodiscard]] metrics::Labels BuildLabels();

/// "(version=0.1.0, branch=main, revision=8c727db)", as Prometheus's programs log it.
[[nodiscard]] std::string VersionInLog();

/// "(compiler=gcc 12.2.0, platform=linux/x86_64)"
[[nodiscard]] std::string BuildContext();

/// For --version, as Prometheus's programs print it.
[[nodiscard]] std::string VersionText();

}  // namespace mppsolar

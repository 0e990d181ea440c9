// The docs that are compiled into the program, and the links to all that there is to see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/web/status_page.h"

namespace mppsolar {

struct Doc {
  std::string path;  ///< "/docs/metrics.md"
  std::string title;
  std::string_view text;
};

[[nodiscard]] std::vector<Doc> Docs();

/// What the status page links to.
[[nodiscard]] std::vector<PageLink> Links(const std::string& telemetry_path);

}  // namespace mppsolar

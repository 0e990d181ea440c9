// The files of the status page and the docs, as they are compiled into the program.
#pragma once

#include <string_view>
#include <vector>

namespace mppsolar {

struct PageFile {
  std::string_view name;  ///< "page.css", "metrics.md"
  std::string_view text;
};

[[nodiscard]] const std::vector<PageFile>& PageFiles();

/// The text of one of them; empty if there is none of this name.
[[nodiscard]] std::string_view PageFileText(std::string_view name);

}  // namespace mppsolar

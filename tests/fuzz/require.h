// How a fuzz target says what must hold.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace mppsolar {

/// Ends the program unless `holds`, so that libFuzzer keeps the input. `property` is what broke.
inline void Require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "BROKEN: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

}  // namespace mppsolar

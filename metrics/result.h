#pragma once

#include <string>
#include <tl/expected.hpp>

namespace mppsolar::metrics {

/// What is wrong with a definition: "FILE:LINE:COLUMN: what was found; what would be right".
struct Complaint {
  std::string text;
};

template <class T>
using Result = tl::expected<T, Complaint>;

}  // namespace mppsolar::metrics

// What headers such as Accept and Accept-Encoding list: names, each with parameters and a weight.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mppsolar {

struct Weighted {
  std::string name;  ///< In small letters: "text/plain", "gzip", "*".
  std::vector<std::pair<std::string, std::string>> parameters;  ///< Without `q`; names small.
  double weight = 1;  ///< `q`, from 0 to 1. What cannot be read weighs nothing.
};

[[nodiscard]] std::vector<Weighted> ParseWeightedList(std::string_view header);

}  // namespace mppsolar

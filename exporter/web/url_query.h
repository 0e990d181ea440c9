// The part of an address after "?": name=value&name=value, percent-encoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mppsolar {

/// In order; a name may come again. "+" is a space, as browsers write it; a name without "=" has an
/// empty value. Nothing: a "%" without two hexadecimal digits behind it.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> ParseUrlQuery(
    std::string_view query);

}  // namespace mppsolar

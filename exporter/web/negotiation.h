// Which exposition format a client takes best.
#pragma once

#include <optional>
#include <string_view>

namespace mppsolar {

enum class Exposition { kText, kOpenMetrics };

/// By an Accept header's q-values; the text format where both are as good, where neither is
/// named, and without a header: it is what every client understands.
[[nodiscard]] Exposition NegotiateExposition(std::optional<std::string_view> accept);

}  // namespace mppsolar

// Bodies made smaller for clients that say they can read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mppsolar {

/// Whether gzip is wanted by what `Accept-Encoding` says: it has a weight above 0, by its name or
/// by
/// "*", and none below that of `identity`.
[[nodiscard]] bool WantsGzip(std::string_view accept_encoding);

/// Nothing if there is not enough memory.
[[nodiscard]] std::optional<std::string> Gzip(std::string_view text);

}  // namespace mppsolar

// Sockets that were opened before the program began: systemd's socket activation, or anything else
// that speaks its LISTEN_FDS.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace mppsolar {

/// The listening TCP sockets that were passed to this process. Takes the variables out of the
/// environment, so that no child takes them for its own. Errors (the text): none were passed, or
/// one is something else. Call it before there are threads.
[[nodiscard]] tl::expected<std::vector<int>, std::string> TakeSystemdSockets();

}  // namespace mppsolar

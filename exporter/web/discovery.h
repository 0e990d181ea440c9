// Inverters as targets for Prometheus's http_sd, so that each has an `up` of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/config.h"

namespace mppsolar {

/// One target for each inverter: the exporter at `host` ("pi:10030"), asked at /probe for one name.
/// `instance` tells them apart.
[[nodiscard]] std::string DiscoveryJson(const std::vector<InverterConfig>& inverters,
                                        const std::string& host, bool tls);

/// Whether a Host header is one: a name or an address, and perhaps a port.
[[nodiscard]] bool IsHost(std::string_view text);

}  // namespace mppsolar

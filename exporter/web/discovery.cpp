#include "exporter/web/discovery.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace mppsolar {

std::string DiscoveryJson(const std::vector<InverterConfig>& inverters, const std::string& host,
                          bool tls) {
  nlohmann::json targets = nlohmann::json::array();
  for (const InverterConfig& inverter : inverters) {
    nlohmann::json labels = {{"__metrics_path__", "/probe"},
                             {"__param_target", inverter.name},
                             {"instance", host + "/" + inverter.name}};
    if (tls) labels["__scheme__"] = "https";
    targets.push_back({{"targets", {host}}, {"labels", std::move(labels)}});
  }
  return targets.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool IsHost(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':' ||
                  c == '[' || c == ']' || c == '%';
         });
}

}  // namespace mppsolar

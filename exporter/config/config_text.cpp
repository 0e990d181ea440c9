#include "exporter/config/config_text.h"

#include <yaml-cpp/yaml.h>

#include "exporter/config/duration.h"

namespace mppsolar {
std::string ConfigText(const Config& config) {
  YAML::Emitter yaml;
  yaml << YAML::BeginMap << YAML::Key << "inverters" << YAML::Value << YAML::BeginSeq;
  for (const InverterConfig& inverter : config.inverters) {
    yaml << YAML::BeginMap;
    yaml << YAML::Key << "name" << YAML::Value << YAML::DoubleQuoted << inverter.name;
    yaml << YAML::Key << "device" << YAML::Value << YAML::DoubleQuoted << inverter.device;
    yaml << YAML::Key << "protocol" << YAML::Value << inverter.protocol;
    for (const auto& [trait, value] : inverter.traits) {
      yaml << YAML::Key << trait << YAML::Value << value;
    }
    yaml << YAML::EndMap;
  }
  yaml << YAML::EndSeq;
  yaml << YAML::Key << "scrape" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "cache" << YAML::Value << FormatDuration(config.scrape.cache);
  yaml << YAML::Key << "timeout" << YAML::Value << FormatDuration(config.scrape.timeout);
  yaml << YAML::EndMap;
  yaml << YAML::Key << "energy" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "max_gap" << YAML::Value << FormatDuration(config.energy.max_gap);
  yaml << YAML::EndMap << YAML::EndMap;
  return std::string(yaml.c_str()) + "\n";
}

}  // namespace mppsolar

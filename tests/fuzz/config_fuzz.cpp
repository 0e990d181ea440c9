// Every input as a config file, as what --device gives and as a duration: a config that keeps what
// config.h says and reads the same when it is written again, or a complaint.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "complaint.h"
#include "exporter/address/transports.h"
#include "exporter/config/config.h"
#include "exporter/config/duration.h"
#include "require.h"

namespace mppsolar {
namespace {

void CheckInverter(const InverterConfig& inverter) {
  Require(!inverter.name.empty() && IsUtf8(inverter.name), "an inverter's name is a label");
  Require(CheckAddress(inverter.device).has_value(), "an inverter's address has a known form");
  for (const auto& [trait, value] : inverter.traits) {
    Require(trait == "heat_sink" && (value == "ntc" || value == "celsius"), "a trait is known");
  }
}

bool Same(const InverterConfig& a, const InverterConfig& b) {
  return a.name == b.name && a.device == b.device && a.protocol == b.protocol &&
         a.traits == b.traits;
}

// JSON is YAML, too.
std::string Written(const Config& config) {
  nlohmann::json json;
  for (const InverterConfig& inverter : config.inverters) {
    nlohmann::json& written = json["inverters"].emplace_back();
    written = {
        {"name", inverter.name}, {"device", inverter.device}, {"protocol", inverter.protocol}};
    for (const auto& [trait, value] : inverter.traits) written[trait] = value;
  }
  json["scrape"] = {{"cache", FormatDuration(config.scrape.cache)},
                    {"timeout", FormatDuration(config.scrape.timeout)}};
  // YAML has no pairs of \u for one character, and DEL is none of its characters.
  std::string yaml = json.dump();
  for (std::size_t at = 0; (at = yaml.find('\x7f', at)) != std::string::npos;) {
    yaml.replace(at, 1, "\\x7f");
  }
  return yaml;
}

void RequireSameWhenWritten(const Config& config) {
  const auto again = ParseConfig(Written(config), "fuzz.yaml");
  Require(again && again->inverters.size() == config.inverters.size() &&
              again->scrape.cache == config.scrape.cache &&
              again->scrape.timeout == config.scrape.timeout,
          "a config reads the same when it is written again");
  for (std::size_t i = 0; i < config.inverters.size(); ++i) {
    Require(Same(again->inverters[i], config.inverters[i]), "... each inverter of it, too");
  }
}

void CheckConfig(const std::string& yaml) {
  const auto config = ParseConfig(yaml, "fuzz.yaml");
  if (!config) return RequireComplaint(config.error().text, yaml);
  std::set<std::string> names;
  for (const InverterConfig& inverter : config->inverters) {
    CheckInverter(inverter);
    Require(names.insert(inverter.name).second, "each name is there once");
  }
  Require(config->scrape.cache.count() >= 0 && config->scrape.timeout.count() > 0,
          "durations are not negative");
  RequireSameWhenWritten(*config);
}

void CheckDevice(const std::string& text) {
  const auto inverter = ParseDevice(text);
  if (!inverter) {
    Require(inverter.error().text.starts_with("--device"), "a complaint says what it is about");
    return;
  }
  CheckInverter(*inverter);
  Require(text.ends_with(inverter->device), "the address is the end of the text");
}

void CheckDuration(const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration) return;
  Require(duration->count() >= 0 && *duration <= std::chrono::days(366), "a year at most");
  const std::string formatted = FormatDuration(*duration);
  Require(ParseDuration(formatted) == duration, "a duration reads the same when it is written");
}

}  // namespace
}  // namespace mppsolar

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  mppsolar::CheckConfig(text);
  mppsolar::CheckDevice(text);
  mppsolar::CheckDuration(text);
  return 0;
}

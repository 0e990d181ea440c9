#include "exporter/config/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "exporter/address/transports.h"
#include "exporter/config/duration.h"
#include "metrics/strict_yaml.h"

namespace mppsolar {
namespace {

using metrics::Complaint;
using metrics::Yaml;
using metrics::YamlMap;

std::chrono::milliseconds ReadDuration(const Yaml& yaml) {
  const auto duration = ParseDuration(yaml.Text());
  if (!duration) yaml.Complain(metrics::Quoted(yaml.Text()) + " is no duration; write 2s or 500ms");
  return *duration;
}

InverterConfig ReadInverter(const Yaml& yaml) {
  const YamlMap map(yaml, "an inverter", {"name", "device", "protocol", "heat_sink"});
  InverterConfig inverter;
  const Yaml device = map.Get("device");
  inverter.device = device.Text();
  if (const auto checked = CheckAddress(inverter.device); !checked) {
    device.Complain(checked.error().text);
  }
  const auto name = map.Find("name");
  inverter.name = name ? name->Text() : NameFromAddress(inverter.device);
  if (inverter.name.empty())
    map.Whole().Complain("an inverter without a name; write `name: house`");
  if (const auto protocol = map.Find("protocol")) inverter.protocol = protocol->Text();
  if (const auto heat_sink = map.Find("heat_sink")) {
    const std::string& kind = heat_sink->Text();
    if (kind != "ntc" && kind != "celsius") {
      heat_sink->Complain(metrics::Quoted(kind) + " is neither ntc nor celsius");
    }
    inverter.traits.emplace_back("heat_sink", kind);
  }
  return inverter;
}

Config ReadConfig(const Yaml& root) {
  Config config;
  if (root.IsEmpty()) return config;
  const YamlMap map(root, "the config", {"inverters", "scrape", "energy"});
  if (const auto inverters = map.Find("inverters")) {
    std::set<std::string> names;
    for (const Yaml& yaml : inverters->List()) {
      config.inverters.push_back(ReadInverter(yaml));
      const std::string& name = config.inverters.back().name;
      if (!names.insert(name).second) {
        yaml.Complain("a second inverter called " + metrics::Quoted(name) +
                      "; give each a `name` of its own");
      }
    }
  }
  if (const auto scrape = map.Find("scrape")) {
    const YamlMap settings(*scrape, "scrape", {"cache", "timeout"});
    if (const auto cache = settings.Find("cache")) config.scrape.cache = ReadDuration(*cache);
    if (const auto timeout = settings.Find("timeout")) {
      config.scrape.timeout = ReadDuration(*timeout);
      if (const auto wrong = WrongTimeout(config.scrape.timeout)) timeout->Complain(*wrong);
    }
  }
  if (const auto energy = map.Find("energy")) {
    const YamlMap settings(*energy, "energy", {"max_gap"});
    if (const auto gap = settings.Find("max_gap")) config.energy.max_gap = ReadDuration(*gap);
  }
  return config;
}

// What is wrong with the traits for every protocol that the inverter may speak, or nothing.
std::optional<std::string> WrongTraits(
    const InverterConfig& inverter,
    const std::vector<std::shared_ptr<const metrics::Protocol>>& protocols) {
  std::optional<std::string> wrong;
  for (const auto& protocol : protocols) {
    if (inverter.protocol != "auto" && inverter.protocol != protocol->name) continue;
    wrong = metrics::CheckOverrides(*protocol, inverter.traits);
    if (!wrong) return std::nullopt;
  }
  return wrong;
}

// JSON has no text that is not UTF-8: what becomes of such bytes is a matter of choice.
bool IsUtf8(const std::string& text) {
  using Choice = nlohmann::json::error_handler_t;
  const nlohmann::json json(text);
  return json.dump(-1, ' ', false, Choice::replace) == json.dump(-1, ' ', false, Choice::ignore);
}

tl::unexpected<Complaint> Fail(std::string text) {
  return tl::unexpected<Complaint>(Complaint{std::move(text)});
}

}  // namespace

std::optional<std::string> WrongTimeout(std::chrono::milliseconds timeout) {
  if (timeout.count() == 0) return "0 is too short for any answer";
  if (timeout > std::chrono::minutes(5)) return "over 5m is longer than anybody waits for a scrape";
  return std::nullopt;
}

metrics::Result<Config> ParseConfig(const std::string& yaml, const std::string& file) {
  return metrics::Strictly(yaml, file, ReadConfig);
}

metrics::Result<Config> LoadConfigFile(const std::string& path) {
  const auto text = metrics::ReadTextFile(path);
  if (!text) return tl::unexpected<Complaint>(text.error());
  return ParseConfig(*text, path);
}

metrics::Result<InverterConfig> ParseDevice(const std::string& text) {
  InverterConfig inverter;
  // An address may hold a "=" of its own, after "?": a name ends before any "/", ":" and "?".
  const std::size_t equals = text.find('=');
  const bool named = equals != std::string::npos && text.find_first_of("/:?") > equals;
  inverter.device = named ? text.substr(equals + 1) : text;
  if (const auto checked = CheckAddress(inverter.device); !checked) {
    return Fail("--device: " + checked.error().text);
  }
  inverter.name = named ? text.substr(0, equals) : NameFromAddress(inverter.device);
  if (inverter.name.empty()) return Fail("--device=" + text + ": the name is empty");
  // Prometheus refuses a whole scrape that has a label which is not UTF-8.
  if (!IsUtf8(inverter.name)) return Fail("--device: the name is not UTF-8");
  return inverter;
}

metrics::Result<void> CheckInverters(
    const std::vector<InverterConfig>& inverters,
    const std::vector<std::shared_ptr<const metrics::Protocol>>& protocols) {
  if (inverters.empty()) {
    return Fail(
        "no inverter is configured; give --device=/dev/ttyUSB0 (or --device=sim: to try it out), "
        "or a "
        "config file with `inverters:`");
  }
  std::set<std::string> names;
  for (const InverterConfig& inverter : inverters) {
    // It would ask at the ports of the others, and take one of them.
    if (inverter.device == kAutoAddress && inverters.size() > 1) {
      return Fail("inverter " + inverter.name +
                  ": device auto is for one inverter alone; give each its address, as "
                  "mppsolar_exporter detect shows them");
    }
    if (!names.insert(inverter.name).second) {
      return Fail("two inverters are called " + metrics::Quoted(inverter.name) +
                  "; write --device=NAME=ADDRESS");
    }
    std::vector<std::string> known{"auto"};
    for (const auto& protocol : protocols) known.push_back(protocol->name);
    if (std::find(known.begin(), known.end(), inverter.protocol) == known.end()) {
      return Fail("inverter " + inverter.name + ": there is no protocol " +
                  metrics::Quoted(inverter.protocol) + "; known are " + metrics::Listed(known));
    }
    if (const auto wrong = WrongTraits(inverter, protocols)) {
      return Fail("inverter " + inverter.name + ": " + *wrong);
    }
  }
  return {};
}

}  // namespace mppsolar

#include "exporter/config/config_in_force.h"

#include <algorithm>
#include <chrono>

#include "exporter/address/transports.h"
#include "exporter/own_metrics.h"
#include "metrics/loader.h"

namespace mppsolar {
namespace {

// Whether an inverter of this config would be read by the same definitions as before.
bool SameProtocols(const std::string& wanted, const Protocols& before, const Protocols& now) {
  const auto relevant = [&wanted](const Protocols& protocols) {
    std::vector<std::size_t> fingerprints;
    for (const auto& protocol : protocols) {
      if (wanted == "auto" || wanted == protocol->name) {
        fingerprints.push_back(protocol->fingerprint);
      }
    }
    return fingerprints;
  };
  return relevant(before) == relevant(now);
}

}  // namespace

metrics::Result<Config> MakeConfig(const ServeOptions& options) {
  Config config;
  if (!options.config_file.empty()) {
    auto loaded = LoadConfigFile(options.config_file);
    if (!loaded) return loaded;
    config = std::move(*loaded);
  }
  if (!options.devices.empty()) config.inverters.clear();
  for (const std::string& text : options.devices) {
    auto inverter = ParseDevice(text);
    if (!inverter) return tl::unexpected<metrics::Complaint>(inverter.error());
    config.inverters.push_back(std::move(*inverter));
  }
  if (options.cache) config.scrape.cache = *options.cache;
  if (options.timeout) config.scrape.timeout = *options.timeout;
  if (options.max_gap) config.energy.max_gap = *options.max_gap;
  return config;
}

metrics::Result<void> ConfigInForce::Load() {
  auto loaded = TryToLoad();
  successful_ = loaded.has_value();
  if (successful_) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    succeeded_at_ = std::chrono::duration<double>(now).count();
  }
  return loaded;
}

metrics::Result<void> ConfigInForce::TryToLoad() {
  auto config = MakeConfig(options_);
  if (!config) return tl::unexpected<metrics::Complaint>(config.error());
  auto protocols = metrics::LoadProtocols(options_.protocol_files);
  if (!protocols) return tl::unexpected<metrics::Complaint>(protocols.error());
  if (auto checked = CheckInverters(config->inverters, *protocols); !checked) return checked;

  Collector::Inverters inverters;
  for (const InverterConfig& wanted : config->inverters) {
    auto inverter = Unchanged(wanted, *protocols);
    if (inverter) {
      inverter->SetEnergyMaxGap(config->energy.max_gap);
    } else {
      InverterTiming timing;
      timing.energy_max_gap = config->energy.max_gap;
      inverter = std::make_shared<Inverter>(io_, wanted, *protocols, OpenAddress, timing);
    }
    inverters.push_back(std::move(inverter));
  }
  collector_.Use(std::move(inverters), config->scrape);
  config_ = std::move(*config);
  protocols_ = std::move(*protocols);
  return {};
}

std::shared_ptr<Inverter> ConfigInForce::Unchanged(const InverterConfig& inverter,
                                                   const Protocols& protocols) const {
  if (!SameProtocols(inverter.protocol, protocols_, protocols)) return nullptr;
  // The collector has them in the order of the config.
  const auto& before = config_.inverters;
  const auto same = std::find(before.begin(), before.end(), inverter);
  if (same == before.end()) return nullptr;
  return collector_.inverters()[static_cast<std::size_t>(same - before.begin())];
}

void ConfigInForce::Collect(metrics::Families& families) const {
  Add(families, kReloadSuccessful, {}, successful_ ? 1 : 0);
  Add(families, kReloadedAt, {}, succeeded_at_);
}

}  // namespace mppsolar

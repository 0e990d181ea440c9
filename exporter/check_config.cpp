// `check-config`: all that Serve would complain of, without serving.
#include <iostream>

#include "exporter/commands.h"
#include "exporter/config.h"
#include "metrics/loader.h"

namespace mppsolar {

int CheckConfig(const CheckConfigOptions& options) {
  const auto complain = [](const metrics::Complaint& complaint) {
    std::cerr << complaint.text << "\n";
    return 1;
  };
  const auto config = LoadConfigFile(options.file);
  if (!config) return complain(config.error());
  const auto protocols = metrics::LoadProtocols(options.protocol_files);
  if (!protocols) return complain(protocols.error());
  if (const auto checked = CheckInverters(config->inverters, *protocols); !checked) {
    return complain({options.file + ": " + checked.error().text});
  }
  std::cout << options.file << ": right, with " << config->inverters.size()
            << (config->inverters.size() == 1 ? " inverter\n" : " inverters\n");
  return 0;
}

}  // namespace mppsolar

// `check-config`: all that Serve would complain of, without serving.
#include <algorithm>
#include <iostream>

#include "exporter/calls/commands.h"
#include "exporter/config/config.h"
#include "exporter/web/web_files.h"
#include "metrics/loader.h"

namespace mppsolar {

namespace {

int Complain(const metrics::Complaint& complaint) {
  std::cerr << complaint.text << "\n";
  return 1;
}

int CheckInverterConfig(const CheckConfigOptions& options) {
  const auto config = LoadConfigFile(options.file);
  if (!config) return Complain(config.error());
  const auto protocols = metrics::LoadProtocols(options.protocol_files);
  if (!protocols) return Complain(protocols.error());
  if (const auto checked = CheckInverters(config->inverters, *protocols); !checked) {
    return Complain({options.file + ": " + checked.error().text});
  }
  std::cout << options.file << ": right, with " << config->inverters.size()
            << (config->inverters.size() == 1 ? " inverter\n" : " inverters\n");
  return 0;
}

int CheckWebConfig(const std::string& file) {
  const auto files = WebFiles::Open(file);
  if (!files) return Complain(files.error());
  std::cout << file << ": right, " << ((*files)->Tls() ? "with" : "without") << " TLS, "
            << ((*files)->Config().users.empty() ? "without" : "with") << " passwords\n";
  return 0;
}

}  // namespace

int CheckConfig(const CheckConfigOptions& options) {
  int code = 0;
  if (!options.file.empty()) code = CheckInverterConfig(options);
  if (!options.web_config_file.empty()) {
    code = std::max(code, CheckWebConfig(options.web_config_file));
  }
  return code;
}

}  // namespace mppsolar

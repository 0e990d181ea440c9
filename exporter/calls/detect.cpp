// `detect`: a table of what is where, as comments of a config that is ready to use.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <filesystem>
#include <iostream>
#include <map>

#include "exporter/address/detection.h"
#include "exporter/address/transports.h"
#include "exporter/calls/commands.h"

namespace mppsolar {
namespace {

constexpr int kWrongUsage = 1;
constexpr int kNoAnswer = 3;

// The file behind an address of this machine, whatever its name; other addresses as they are.
std::string WhereItLeads(const std::string& address) {
  constexpr std::string_view kHid = "hid:";
  const bool hid = address.starts_with(kHid);
  std::error_code error;
  const auto file = std::filesystem::canonical(hid ? address.substr(kHid.size()) : address, error);
  return error ? address : (hid ? std::string(kHid) : "") + file.string();
}

// The ports of this machine, and what the user names: that is asked in any case.
std::vector<serial::Port> PortsToAsk(const std::vector<std::string>& addresses) {
  std::vector<serial::Port> ports = serial::FindPorts();
  for (const std::string& address : addresses) {
    const auto same = [leads = WhereItLeads(address)](const serial::Port& port) {
      return WhereItLeads(port.address) == leads;
    };
    const auto known = std::find_if(ports.begin(), ports.end(), same);
    if (known == ports.end()) {
      ports.push_back({address, address, "given", ""});
    } else {
      known->why_not_safe.clear();
    }
  }
  return ports;
}

std::string Described(const Identification& inverter) {
  std::string text = inverter.protocol.empty() ? "an inverter that does not know QPI"
                                               : "an inverter that speaks " + inverter.protocol;
  if (!inverter.model.empty()) text += ", model " + inverter.model;
  if (!inverter.serial_number.empty()) text += ", serial number " + inverter.serial_number;
  return text;
}

std::string InYaml(const std::string& text) {
  YAML::Emitter yaml;
  yaml << YAML::DoubleQuoted << text;
  return yaml.c_str();
}

void PrintTable(const std::vector<Detected>& all) {
  std::size_t address_width = 0;
  std::size_t what_width = 0;
  for (const Detected& detected : all) {
    address_width = std::max(address_width, detected.port.address.size());
    what_width = std::max(what_width, detected.port.what.size());
  }
  const auto padded = [](std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()) + 2, ' ');
    return text;
  };
  for (const Detected& detected : all) {
    std::cout << "# " << padded(detected.port.address, address_width)
              << padded(detected.port.what, what_width)
              << (detected.inverter ? Described(*detected.inverter) : detected.why_none) << "\n";
  }
}

void PrintConfig(const std::vector<Detected>& all) {
  std::map<std::string, int> with_serial_number;
  int count = 0;
  for (const Detected& detected : all) {
    if (!detected.inverter) continue;
    ++count;
    ++with_serial_number[detected.inverter->serial_number];
  }
  std::cout << "\ninverters:\n";
  int number = 0;
  for (const Detected& detected : all) {
    if (!detected.inverter) continue;
    const std::string& serial_number = detected.inverter->serial_number;
    ++number;
    std::cout << "  - name: " << (count == 1 ? "house" : "inverter-" + std::to_string(number))
              << "  # as you like to call it";
    if (!serial_number.empty() && with_serial_number[serial_number] > 1) {
      std::cout << "; serial number " << serial_number
                << " is there twice: one inverter with two cables?";
    }
    std::cout << "\n    device: " << InYaml(detected.port.stable) << "\n";
  }
}

}  // namespace

int FindInverters(const DetectOptions& options) {
  for (const std::string& address : options.addresses) {
    if (const auto checked = CheckAddress(address); !checked) {
      std::cerr << checked.error().text << "\n";
      return kWrongUsage;
    }
    if (address == kAutoAddress) {
      std::cerr << "detect: auto is what detect does without an address\n";
      return kWrongUsage;
    }
  }
  asio::io_context io(1);
  std::vector<Detected> all;
  asio::co_spawn(io, Detect(io.get_executor(), PortsToAsk(options.addresses), OpenAddress),
                 [&all](const std::exception_ptr& failure, std::vector<Detected> result) {
                   if (failure) std::rethrow_exception(failure);
                   all = std::move(result);
                 });
  io.run();

  if (all.empty()) {
    std::cerr << "This machine has no serial and no HID port. Is the cable plugged in? An inverter "
                 "behind a bridge: mppsolar_exporter detect tcp://HOST:PORT\n";
    return kNoAnswer;
  }
  PrintTable(all);
  const bool found = std::any_of(all.begin(), all.end(),
                                 [](const Detected& detected) { return bool(detected.inverter); });
  if (!found) {
    std::cerr << "No inverter answers. Is it switched on, and does nothing else have its port? A "
                 "port that was not asked is asked when you name it: mppsolar_exporter detect "
                 "/dev/ttyS0\n";
    return kNoAnswer;
  }
  PrintConfig(all);
  return 0;
}

}  // namespace mppsolar

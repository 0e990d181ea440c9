// `query`: what the 40-line script did, with the care that it lacked.
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "exporter/address/capture.h"
#include "exporter/address/transports.h"
#include "exporter/calls/commands.h"
#include "exporter/calls/query_output.h"
#include "exporter/config/config.h"
#include "metrics/decode.h"
#include "metrics/loader.h"
#include "serial/exchange.h"

namespace mppsolar {
namespace {

using Clock = std::chrono::steady_clock;
using serial::Errc;

constexpr int kWrongUsage = 1;

int ExitCode(Errc code) {
  switch (code) {
    case Errc::kRefused:
      return kWrongUsage;
    case Errc::kNak:
      return 2;
    case Errc::kTimeout:
      return 3;
    case Errc::kBadFrame:
      return 4;
    case Errc::kIo:
    case Errc::kOpen:
      break;
  }
  return 5;
}

int Complain(const std::string& text) {
  std::cerr << text << "\n";
  return kWrongUsage;
}

metrics::Result<std::string> DeviceOf(const QueryOptions& options) {
  const auto fail = [](std::string text) {
    return tl::unexpected<metrics::Complaint>(metrics::Complaint{std::move(text)});
  };
  if (!options.device.empty()) {
    auto inverter = ParseDevice(options.device);
    if (!inverter) return tl::unexpected<metrics::Complaint>(inverter.error());
    return inverter->device;
  }
  if (options.config_file.empty()) {
    return fail("which inverter? give --device=/dev/ttyUSB0 (or --device=sim: to try it out)");
  }
  const auto config = LoadConfigFile(options.config_file);
  if (!config) return tl::unexpected<metrics::Complaint>(config.error());
  if (config->inverters.size() != 1) {
    return fail(options.config_file + " has " + std::to_string(config->inverters.size()) +
                " inverters; say which with --device");
  }
  return config->inverters.front().device;
}

serial::Result<std::vector<serial::Command>> Judged(const QueryOptions& options) {
  std::vector<serial::Command> commands;
  for (const std::string& text : options.commands) {
    auto command = options.write ? serial::Command::Unchecked(text) : serial::Command::Query(text);
    if (!command) {
      return serial::Fail(Errc::kRefused,
                          "\"" + text + "\" is not sent: " + command.error().text +
                              (options.write ? "" : ". With --write anything is sent"));
    }
    commands.push_back(std::move(*command));
  }
  return commands;
}

// Asks all commands and keeps what came of each.
class Session {
 public:
  Session(const metrics::Protocol& protocol, std::chrono::milliseconds timeout)
      : protocol_(protocol), timeout_(timeout) {}

  asio::awaitable<void> Run(asio::any_io_executor executor, std::string device,
                            std::vector<serial::Command> commands) {
    auto link = co_await OpenAddress(executor, device);
    if (!link) {
      opened_ = tl::unexpected<serial::Error>(link.error());
      co_return;
    }
    serial::Line line(std::move(*link), serial::Timing{});
    for (const serial::Command& command : commands) {
      const auto began = Clock::now();
      auto asking = AskOne(line, command, began + timeout_);
      auto reply = co_await std::move(asking);
      replies_.push_back({command.text(), std::move(reply), Clock::now() - began});
    }
  }

  [[nodiscard]] const serial::Result<void>& opened() const { return opened_; }
  [[nodiscard]] const std::vector<QueryReply>& replies() const { return replies_; }

 private:
  asio::awaitable<serial::Result<std::string>> AskOne(serial::Line& line, serial::Command command,
                                                      serial::TimePoint deadline) {
    const metrics::Command* known = protocol_.Find(command.text());
    const serial::Fits fits = [known](std::string_view payload) {
      return known == nullptr || metrics::Fits(*known, payload);
    };
    const std::function<void(const serial::Error&)> failed = [](const serial::Error&) {};
    // A setting is sent once: it may have been obeyed although its answer was lost.
    const int tries = command.text().starts_with('Q') ? serial::kTriesAfterOpening : 1;
    auto asking = line.Ask(command, fits, deadline, tries, serial::kLongestReply, failed);
    auto reply = co_await std::move(asking);
    if (reply || known == nullptr || reply.error().code != Errc::kBadFrame) co_return reply;
    // A whole reply that looks unlike the definition is worth seeing: this may be an unlisted
    // model.
    const serial::Fits any = [](std::string_view) { return true; };
    auto asking_again = line.Exchange(command, any, deadline);
    auto odd = co_await std::move(asking_again);
    if (!odd) co_return reply;
    std::cerr << command.text() << ": the reply does not look like one to " << command.text()
              << " in the definition " << protocol_.name << "\n";
    co_return odd;
  }

  const metrics::Protocol& protocol_;
  std::chrono::milliseconds timeout_;
  serial::Result<void> opened_;
  std::vector<QueryReply> replies_;
};

bool Record(const std::string& path, const std::string& device,
            const std::vector<QueryReply>& replies) {
  std::ofstream file(path, std::ios::app);
  file << "# Recorded by mppsolar_exporter " MPPSOLAR_VERSION " from " << device << "\n";
  for (const QueryReply& reply : replies) {
    CapturedReply captured{reply.result.has_value(), ""};
    if (reply.result) {
      captured.text = *reply.result;
    } else if (reply.result.error().code == Errc::kNak) {
      captured = {true, "NAK"};
    } else {
      captured.text = serial::Name(reply.result.error().code);
    }
    file << FormatCaptured(reply.command, captured);
  }
  file.flush();
  return file.good();
}

}  // namespace

int Query(const QueryOptions& options) {
  const auto device = DeviceOf(options);
  if (!device) return Complain(device.error().text);
  const auto commands = Judged(options);
  if (!commands) return Complain(commands.error().text);
  const auto protocols = metrics::LoadProtocols(options.protocol_files);
  if (!protocols) return Complain(protocols.error().text);
  std::shared_ptr<const metrics::Protocol> protocol;
  for (const auto& candidate : *protocols) {
    if (candidate->name == options.protocol) protocol = candidate;
  }
  if (!protocol) return Complain("there is no protocol \"" + options.protocol + "\"");

  asio::io_context io(1);
  Session session(*protocol, options.timeout);
  asio::co_spawn(io, session.Run(io.get_executor(), *device, *commands), asio::detached);
  io.run();

  if (!session.opened()) {
    std::cerr << session.opened().error().text << "\n";
    return ExitCode(session.opened().error().code);
  }
  Print(*protocol, *device, session.replies(), options.output);
  if (!options.record_file.empty() && !Record(options.record_file, *device, session.replies())) {
    return Complain(options.record_file + ": cannot be written");
  }
  for (const QueryReply& reply : session.replies()) {
    if (!reply.result) return ExitCode(reply.result.error().code);
  }
  return 0;
}

}  // namespace mppsolar

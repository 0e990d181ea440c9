#include "exporter/address/detection.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <chrono>
#include <utility>

#include "exporter/inverter/signal.h"
#include "serial/command.h"
#include "serial/frame.h"

namespace mppsolar {
namespace {

using Clock = std::chrono::steady_clock;
using serial::Errc;
using serial::Fail;

constexpr std::chrono::seconds kLongest{8};

// What an inverter says to a command; `first` is how such a reply begins.
asio::awaitable<serial::Result<std::string>> Ask(serial::Line& line, const char* command,
                                                 std::string_view first) {
  auto query = serial::Command::Query(command);
  if (!query) co_return tl::unexpected<serial::Error>(query.error());
  const serial::Fits fits = [first](std::string_view payload) {
    return payload.starts_with(first);
  };
  const std::function<void(const serial::Error&)> failed = [](const serial::Error&) {};
  auto asking = line.Ask(std::move(*query), fits, Clock::now() + kLongest,
                         serial::kTriesAfterOpening, serial::kLongestReply, failed);
  co_return co_await std::move(asking);
}

asio::awaitable<serial::Result<Identification>> Identify(serial::Line& line) {
  Identification found;
  const auto protocol = co_await Ask(line, "QPI", "PI");
  if (protocol) {
    found.protocol = *protocol;
  } else if (protocol.error().code == Errc::kNak) {
    // Some clones know no QPI, but the rest of PI30; UPSes of the same maker refuse this, too.
    const auto status = co_await Ask(line, "QPIGS", "");
    if (!status) co_return tl::unexpected<serial::Error>(protocol.error());
  } else {
    co_return tl::unexpected<serial::Error>(protocol.error());
  }
  const auto serial_number = co_await Ask(line, "QID", "");
  if (serial_number) found.serial_number = *serial_number;
  const auto model = co_await Ask(line, "QMN", "");
  if (model) found.model = *model;
  co_return found;
}

asio::awaitable<void> AskPort(asio::any_io_executor executor, OpenLink open, serial::Timing timing,
                              Detected& detected) {
  auto opening = open(executor, detected.port.address);
  auto link = co_await std::move(opening);
  if (!link) {
    detected.why_none = link.error().text;
    co_return;
  }
  serial::Line line(std::move(*link), timing);
  const auto inverter = co_await Identify(line);
  line.Close();
  if (inverter) {
    detected.inverter = *inverter;
  } else {
    const bool silent = inverter.error().code == Errc::kTimeout;
    detected.why_none = silent ? "no answer to QPI" : inverter.error().text;
  }
}

// Counts down to the end of all that was begun.
struct UnderWay {
  std::size_t count;
  Signal over;
};

asio::awaitable<void> AskPortAndCount(asio::any_io_executor executor, OpenLink open,
                                      serial::Timing timing, Detected& detected,
                                      std::shared_ptr<UnderWay> under_way) {
  co_await AskPort(executor, std::move(open), timing, detected);
  --under_way->count;
  under_way->over.Notify();
}

}  // namespace

asio::awaitable<std::vector<Detected>> Detect(asio::any_io_executor executor,
                                              std::vector<serial::Port> ports, OpenLink open,
                                              serial::Timing timing) {
  std::vector<Detected> all;
  all.reserve(ports.size());
  const auto under_way = std::make_shared<UnderWay>(UnderWay{0, Signal(executor)});
  for (serial::Port& port : ports) {
    all.push_back({std::move(port), std::nullopt, ""});
    Detected& detected = all.back();
    if (!detected.port.why_not_safe.empty()) {
      detected.why_none = "not asked: " + detected.port.why_not_safe;
      continue;
    }
    ++under_way->count;
    asio::co_spawn(executor, AskPortAndCount(executor, open, timing, detected, under_way),
                   asio::detached);
  }
  while (under_way->count > 0) co_await under_way->over.Wait();
  co_return all;
}

asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>> OpenTheOnlyOne(
    asio::any_io_executor executor, std::vector<serial::Port> ports, OpenLink open,
    serial::Timing timing) {
  auto detecting = Detect(executor, std::move(ports), open, timing);
  const auto all = co_await std::move(detecting);
  std::vector<std::string> answered;
  std::string others;
  for (const Detected& detected : all) {
    if (detected.inverter) {
      answered.push_back(detected.port.address);
    } else {
      others += (others.empty() ? "" : "; ") + detected.port.address + ": " + detected.why_none;
    }
  }
  if (answered.empty()) {
    co_return Fail(Errc::kOpen, all.empty() ? "auto: this machine has no serial or HID port; is "
                                              "the cable plugged in?"
                                            : "auto: no inverter answers (" + others + ")");
  }
  if (answered.size() > 1) {
    std::string list;
    for (const std::string& address : answered) list += (list.empty() ? "" : ", ") + address;
    co_return Fail(Errc::kOpen, "auto: several inverters answer (" + list +
                                    "); give the address of each, as mppsolar_exporter detect "
                                    "shows them");
  }
  auto opening = open(executor, answered.front());
  co_return co_await std::move(opening);
}

}  // namespace mppsolar

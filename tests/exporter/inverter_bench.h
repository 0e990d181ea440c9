// An Inverter on a bench: a device that answers as a test says, and scrapes as Prometheus makes
// them. Nothing sleeps: the device answers at once, and silence costs some milliseconds.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exporter/inverter/inverter.h"
#include "metrics/loader.h"
#include "serial/frame.h"
#include "serial/simulated_link.h"

namespace mppsolar {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

inline constexpr char kQpigs[] =
    "234.0 50.0 234.0 50.0 0070 0032 007 422 13.49 00 100 0522 0000 000.1 13.50 00000 10111101 22 "
    "03 00000 100";
inline constexpr char kQpiri[] =
    "230.0 04.3 230.0 50.0 04.3 1000 0800 12.0 11.8 10.5 14.1 13.5 0 20 50 0 1 2 3 01 1 0 14.0 0 0";
inline constexpr char kNoWarnings[] = "00000000000000000000000000000000";

/// What the device sends when it is asked: bytes on the wire.
inline const std::string kSilence;
inline std::string Reply(const std::string& payload) { return serial::EncodeReply(payload); }
inline std::string Nak() { return serial::EncodeReply("NAK"); }
/// A reply with a letter that fell over on its way.
inline std::string Damaged(const std::string& payload) {
  std::string frame = serial::EncodeReply(payload);
  frame[1] = static_cast<char>(frame[1] ^ 1);
  return frame;
}

/// The device behind the link.
class FakeDevice {
 public:
  /// What it answers to each command from now on; everything else is refused.
  std::map<std::string, std::string> answers{
      {"QPI", Reply("PI30")},           {"QPIGS", Reply(kQpigs)}, {"QMOD", Reply("B")},
      {"QPIWS", Reply(kNoWarnings)},    {"QPIRI", Reply(kQpiri)}, {"QID", Reply("92931905106463")},
      {"QVFW", Reply("VERFW:00071.71")}};
  /// Commands at which the cable is pulled, once for each time that they are in here.
  std::multiset<std::string> breaks_at;
  /// It is switched off: no answer to anything.
  bool off = false;
  /// Why the link cannot be opened; empty: it can.
  std::string open_error;
  /// Of links that are opened from now on.
  serial::Pace pace{0us, 0us};

  /// All commands so far, in order, and when the first byte of an answer could leave.
  std::vector<std::string> asked;
  std::vector<serial::TimePoint> asked_at;
  int opens = 0;

  [[nodiscard]] auto Count(const std::string& command) const {
    return std::count(asked.begin(), asked.end(), command);
  }

  asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>> Open(
      asio::any_io_executor executor) {
    if (!open_error.empty()) co_return serial::Fail(serial::Errc::kOpen, open_error);
    ++opens;
    auto link = std::make_unique<serial::SimulatedLink>(
        executor,
        [this](std::string_view request, serial::TimePoint now) { return Answer(request, now); },
        pace);
    link_ = link.get();
    co_return link;
  }

  /// The cable is pulled now.
  void Break() { link_->Close(); }

 private:
  std::string Answer(std::string_view request, serial::TimePoint now) {
    const std::string command(
        request.substr(0, request.size() - std::min<std::size_t>(3, request.size())));
    const auto query = serial::Command::Query(command);
    EXPECT_TRUE(query) << "this was sent: " << serial::Printable(request);
    if (query) {
      EXPECT_EQ(request, serial::EncodeRequest(*query));
    }
    asked.push_back(command);
    asked_at.push_back(now);
    if (const auto at = breaks_at.find(command); at != breaks_at.end()) {
      breaks_at.erase(at);
      Break();
    }
    if (off) return "";
    const auto answer = answers.find(command);
    return answer == answers.end() ? Nak() : answer->second;
  }

  serial::SimulatedLink* link_ = nullptr;
};

inline const Protocols& BuiltinProtocols() {
  static const Protocols protocols = metrics::LoadProtocols({}).value();
  return protocols;
}

/// Every series of `families` by `name{label="value",...}`, and a failure for one that is twice.
inline std::map<std::string, double> SeriesOf(metrics::Families& families) {
  std::map<std::string, double> all;
  for (const auto& family : families.Take()) {
    for (const auto& metric : family.metric) {
      std::string series = family.name + "{";
      for (const auto& label : metric.label) {
        series += (series.back() == '{' ? "" : ",") + label.name + "=\"" + label.value + "\"";
      }
      const bool counter = family.type == prometheus::MetricType::Counter;
      const double value = counter ? metric.counter.value : metric.gauge.value;
      EXPECT_TRUE(all.emplace(series + "}", value).second) << series << " is there twice";
    }
  }
  return all;
}

/// What one scrape shows, without the label `inverter="house"` that everything has.
class Shown {
 public:
  explicit Shown(const std::map<std::string, double>& all) {
    for (const auto& [name, value] : all) {
      std::string series = name;
      for (const std::string label : {"inverter=\"house\",", "inverter=\"house\""}) {
        if (const auto at = series.find(label); at != std::string::npos) {
          series.erase(at, label.size());
          break;
        }
      }
      if (series.ends_with("{}")) series.erase(series.size() - 2);
      series_[series] = value;
    }
  }

  [[nodiscard]] bool Has(const std::string& series) const { return series_.contains(series); }
  [[nodiscard]] double At(const std::string& series) const {
    const auto found = series_.find(series);
    EXPECT_NE(found, series_.end()) << "no " << series;
    return found == series_.end() ? -1 : found->second;
  }
  /// All series of one metric, or of several that begin so.
  [[nodiscard]] std::vector<std::string> Beginning(const std::string& name) const {
    std::vector<std::string> found;
    for (const auto& [series, value] : series_) {
      if (series.starts_with(name)) found.push_back(series);
    }
    return found;
  }
  [[nodiscard]] double Errors(const std::string& command, const std::string& reason) const {
    return At("mppsolar_command_errors_total{command=\"" + command + "\",reason=\"" + reason +
              "\"}");
  }
  /// A metric with the label `command`.
  [[nodiscard]] double Of(const std::string& command, const std::string& name) const {
    return At(name + "{command=\"" + command + "\"}");
  }

 private:
  std::map<std::string, double> series_;
};

class InverterBench : public testing::Test {
 protected:
  /// Makes the inverter, and lets it find out the protocol.
  void Start(InverterConfig config = {"house", "fake", "auto", {}},
             Protocols protocols = BuiltinProtocols()) {
    protocols_ = protocols;
    const OpenLink open = [this](asio::any_io_executor executor, const std::string&) {
      return device.Open(std::move(executor));
    };
    inverter =
        std::make_unique<Inverter>(io, std::move(config), std::move(protocols), open, timing);
    inverter->Start();
    Idle();
  }

  // Whatever a test did: only queries of the definition were sent, and the end comes at once.
  void TearDown() override {
    for (const std::string& command : device.asked) {
      EXPECT_TRUE(
          std::any_of(protocols_.begin(), protocols_.end(),
                      [&](const auto& protocol) { return protocol->Find(command) != nullptr; }))
          << command << " was sent";
      EXPECT_TRUE(command.starts_with('Q')) << command << " was sent";
    }
    if (!inverter) return;
    inverter->Stop();
    io.restart();
    io.run_for(5s);
    EXPECT_TRUE(io.stopped()) << "Run goes on after Stop";
  }

  /// Runs until `condition` holds.
  template <class Condition>
  void RunUntil(Condition condition) {
    const auto limit = Clock::now() + 10s;
    while (!condition()) {
      ASSERT_LT(Clock::now(), limit) << "what the test waits for never comes";
      io.restart();
      io.run_one_for(1ms);
    }
  }

  /// Runs all that can be done now. With a device that answers at once this is all there is to do.
  void Idle() {
    io.restart();
    while (io.poll() > 0) {
    }
  }

  /// Begins to wait as a scrape does; `done` becomes true when it is over.
  void Await(Inverter::Ticket ticket, serial::TimePoint deadline, bool& done) {
    asio::co_spawn(io, inverter->Wait(ticket, deadline),
                   [&done](const std::exception_ptr&) { done = true; });
  }

  [[nodiscard]] Shown Collect(serial::TimePoint fresh) const {
    metrics::Families families;
    inverter->Collect(fresh, {}, families);
    return Shown(SeriesOf(families));
  }

  /// One scrape from beginning to end.
  Shown Scrape(std::chrono::milliseconds cache = 0ms, std::chrono::milliseconds timeout = 8s) {
    const auto now = Clock::now();
    const auto ticket = inverter->Request(now - cache, now + timeout);
    bool done = false;
    Await(ticket, now + timeout, done);
    RunUntil([&] { return done; });
    return Collect(ticket.fresh);
  }

  /// A scrape, and the idle time after it.
  Shown ScrapeAndIdle() {
    Shown shown = Scrape();
    Idle();
    return shown;
  }

  /// What was asked since the first `count` commands.
  [[nodiscard]] std::vector<std::string> AskedSince(std::size_t count) const {
    return {device.asked.begin() + static_cast<std::ptrdiff_t>(count), device.asked.end()};
  }

  asio::io_context io{1};
  FakeDevice device;
  InverterTiming timing{{30ms, 10ms, 5ms}, 5min, 300ms};
  std::unique_ptr<Inverter> inverter;

 private:
  Protocols protocols_ = BuiltinProtocols();
};

}  // namespace mppsolar

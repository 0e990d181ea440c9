#include "tests/torture/torture.h"

#include <fmt/format.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <map>
#include <set>

#include "exporter/inverter/inverter.h"
#include "metrics/loader.h"
#include "serial/frame.h"

namespace mppsolar::torture {
namespace {

using Clock = std::chrono::steady_clock;
using Values = std::map<std::string, double>;

constexpr unsigned kPercentSpoiled = 30;

// The inverter: no two replies of QPIGS are alike, so that each can be told from every other.
class Witness {
 public:
  explicit Witness(std::mt19937_64& random) : random_(random) {}

  std::string Answer(const std::string& request) {
    const std::string command = request.substr(0, request.size() - 3);
    std::string payload = Payload(command);
    sent_[command].push_back(payload);
    return serial::EncodeReply(payload);
  }

  /// What was sent in reply to `command` since the last Forget.
  [[nodiscard]] const std::vector<std::string>& Sent(const std::string& command) {
    return sent_[command];
  }
  void Forget() { sent_.clear(); }

 private:
  unsigned Below(unsigned limit) {
    return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_);
  }

  std::string Payload(const std::string& command) {
    if (command == "QPI") return "PI30";
    if (command == "QMOD") return std::string(1, "PSLBFH"[Below(6)]);
    if (command == "QPIWS") {
      std::string bits(32, '0');
      for (char& bit : bits) bit = Below(8) == 0 ? '1' : '0';
      return bits;
    }
    if (command == "QPIGS") {
      ++count_;
      return fmt::format(
          "{:03}.{} 50.{} 230.{} 50.0 {:04} {:04} {:03} {:03} {:02}.{:02} {:03} {:03} {:04} {:04} "
          "{:03}.{} {:02}.{:02} {:05} {:08b} {:02} 00 {:05} {:03b}",
          200 + Below(60), Below(10), Below(10), Below(10), count_ % 10'000, Below(5000),
          Below(101), 300 + Below(150), 40 + Below(20), Below(100), Below(100), Below(101),
          Below(80), Below(90), Below(400), Below(10), 40 + Below(20), Below(100), Below(100),
          Below(256), Below(30), Below(5000), Below(8));
    }
    if (command == "QPIRI") {
      return "230.0 21.7 230.0 50.0 21.7 5000 4000 48.0 46.0 42.0 56.4 54.0 0 10 010 1 0 0 6 01 0 "
             "0 "
             "54.0 0 1";
    }
    if (command == "QID") return "92931905106463";
    if (command == "QVFW") return "VERFW:00052.30";
    return "NAK";
  }

  std::mt19937_64& random_;
  unsigned count_ = 0;
  std::map<std::string, std::vector<std::string>> sent_;
};

Values ValuesOf(metrics::Families& families) {
  Values values;
  for (const auto& family : families.Take()) {
    if (family.type != prometheus::MetricType::Gauge) continue;
    for (const auto& metric : family.metric) {
      std::string series = family.name;
      for (const auto& label : metric.label) series += "," + label.value;
      values[series] = metric.gauge.value;
    }
  }
  return values;
}

// What a reply says, under the names of ValuesOf.
Values ValuesOf(const metrics::Protocol& protocol, const metrics::Command& command,
                const std::string& payload, const metrics::KnownReplies& known) {
  metrics::Decoded decoded;
  metrics::Decode(protocol, command, payload, known, metrics::ResolveTraits(protocol, known, {}),
                  decoded);
  Values values;
  for (const auto& sample : decoded.samples) {
    const auto& series = protocol.series[sample.series];
    std::string name = protocol.families[series.family].name + ",house";
    for (const auto& label : series.labels) name += "," + label.second;
    values[name] = sample.value;
  }
  return values;
}

// Whether all of `part` that is served at all has these values.
bool Agrees(const Values& served, const Values& part) {
  for (const auto& [series, value] : part) {
    const auto found = served.find(series);
    if (found != served.end() && found->second != value) return false;
  }
  return true;
}

bool ServesAny(const Values& served, const metrics::Protocol& protocol,
               const metrics::Command& command, const std::string& example,
               const metrics::KnownReplies& known) {
  for (const auto& [series, value] : ValuesOf(protocol, command, example, known)) {
    if (served.contains(series)) return true;
  }
  return false;
}

}  // namespace

Outcome Torture(std::uint64_t exchanges, std::uint64_t seed) {
  Outcome outcome;
  std::mt19937_64 random(seed);
  Witness witness(random);
  asio::io_context io(1);
  const auto protocols = metrics::LoadProtocols({}).value();
  const metrics::Protocol& protocol = *protocols.front();
  const OpenLink open =
      [&](asio::any_io_executor,
          const std::string&) -> asio::awaitable<serial::Result<std::unique_ptr<serial::Link>>> {
    co_return std::make_unique<FaultyLink>(
        [&](const std::string& request) { return witness.Answer(request); }, kPercentSpoiled,
        random, outcome.counts);
  };
  // Idle commands are asked so often that they are spoiled as much as the others.
  InverterTiming timing;
  timing.slow_interval = std::chrono::milliseconds(0);
  timing.first_retry = std::chrono::milliseconds(0);
  Inverter inverter(io, {"house", "faulty", "auto", {}}, protocols, open, timing);
  inverter.Start();
  const auto settle = [&] {
    io.restart();
    while (io.poll() > 0) {
    }
  };

  // Replies that never change explain the others (generation, heat sink).
  metrics::KnownReplies known(protocol);
  for (const char* command : {"QPI", "QPIRI", "QID", "QVFW"}) {
    const std::string frame =
        witness.Answer(serial::EncodeRequest(*serial::Command::Query(command)));
    known.Set(protocol.IndexOf(*protocol.Find(command)), frame.substr(1, frame.size() - 4));
  }

  while (outcome.counts.exchanges < exchanges) {
    settle();
    const auto now = Clock::now();
    // What idle time has asked does not count: it was not in this scrape.
    witness.Forget();
    const auto ticket = inverter.Request(now, now + std::chrono::seconds(8));
    bool done = false;
    asio::co_spawn(io, inverter.Wait(ticket, now + std::chrono::seconds(8)),
                   [&done](const std::exception_ptr&) { done = true; });
    io.restart();
    while (!done) io.run_one();
    metrics::Families families;
    inverter.Collect(ticket.fresh, {}, families);
    const Values served = ValuesOf(families);
    ++outcome.scrapes;
    outcome.whole += served.contains("mppsolar_up,house") && served.at("mppsolar_up,house") == 1;

    // The heat sink and bit readings depend on what was known when; QPIWS of this scrape is part of
    // it.
    for (const char* name : {"QPIWS", "QPIGS", "QMOD"}) {
      const metrics::Command& command = *protocol.Find(name);
      if (!ServesAny(served, protocol, command, command.example, known)) continue;
      ++outcome.sets;
      bool sent_so = false;
      for (const std::string& payload : witness.Sent(name)) {
        if (!Agrees(served, ValuesOf(protocol, command, payload, known))) continue;
        sent_so = true;
        known.Set(protocol.IndexOf(command), payload);
      }
      if (!sent_so) outcome.wrong.push_back(fmt::format("{} in scrape {}", name, outcome.scrapes));
    }
    for (const char* name : {"QPIRI"}) {
      const metrics::Command& command = *protocol.Find(name);
      const std::string& payload = *known.Get(protocol.IndexOf(command));
      if (!ServesAny(served, protocol, command, payload, known)) continue;
      ++outcome.sets;
      if (!Agrees(served, ValuesOf(protocol, command, payload, known))) {
        outcome.wrong.push_back(fmt::format("{} in scrape {}", name, outcome.scrapes));
      }
    }
  }
  inverter.Stop();
  settle();
  return outcome;
}

}  // namespace mppsolar::torture

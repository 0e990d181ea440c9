// One inverter: the coroutine that owns its line, and what it has answered.
//
// A scrape asks for fresh replies and waits; the line's coroutine reads them, one command after the
// other, and tells all scrapes that wait at once. What changes slowly it asks afterwards, when
// nobody waits.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporter/command_state.h"
#include "exporter/config.h"
#include "exporter/signal.h"
#include "exporter/transports.h"
#include "metrics/decode.h"
#include "metrics/families.h"
#include "metrics/known.h"
#include "metrics/protocol.h"
#include "serial/exchange.h"

namespace mppsolar {

using Protocols = std::vector<std::shared_ptr<const metrics::Protocol>>;

struct InverterTiming {
  serial::Timing line{};
  /// Settings are asked again after so long.
  std::chrono::milliseconds slow_interval = std::chrono::minutes(5);
};

class Inverter {
 public:
  /// `protocols` are those that `protocol: auto` chooses from.
  Inverter(asio::io_context& io, InverterConfig config, Protocols protocols, OpenLink open_link,
           InverterTiming timing = {});

  /// Begins to work: opens the link and finds out the protocol.
  void Start();

  /// Closes the link and wakes all that wait. The coroutine ends soon after.
  void Stop();

  /// What a scrape waits for.
  struct Ticket {
    serial::TimePoint fresh;  ///< Replies from here on count as fresh for this scrape.
    std::uint64_t reading;    ///< The number of the reading that brings them.
  };

  /// Asks for replies that are not older than `oldest`, in a reading that may take until
  /// `deadline`. A reading that is under way is joined. Does not wait, so that several inverters
  /// read at once.
  [[nodiscard]] Ticket Request(serial::TimePoint oldest, serial::TimePoint deadline);

  /// Waits until that reading is over, or `deadline`.
  [[nodiscard]] asio::awaitable<void> Wait(Ticket ticket, serial::TimePoint deadline);

  /// Adds all that can be said now. Replies from before `fresh` are left out.
  void Collect(serial::TimePoint fresh, metrics::Families& families) const;

  [[nodiscard]] const std::string& name() const { return config_.name; }

 private:
  asio::awaitable<void> Run();
  asio::awaitable<void> ReadForScrape();
  asio::awaitable<void> AskForScrape();
  asio::awaitable<bool> EnsureOpen(serial::TimePoint deadline);
  asio::awaitable<bool> Identify(serial::TimePoint deadline);
  asio::awaitable<serial::Result<std::string>> Ask(
      std::shared_ptr<const metrics::Protocol> protocol, metrics::CommandIndex index,
      serial::TimePoint deadline, int tries);
  /// What failed, or nothing.
  asio::awaitable<std::optional<serial::Errc>> AskAndRemember(metrics::CommandIndex index,
                                                              serial::TimePoint deadline,
                                                              int tries);
  void Remember(metrics::CommandIndex index, std::string payload, serial::TimePoint now);
  void Use(std::shared_ptr<const metrics::Protocol> protocol);
  void CloseLink(const std::string& reason);
  void ReportTrouble(const std::string& kind, const std::string& reason);
  void ReportGood();

  [[nodiscard]] bool IsForScrape(metrics::CommandIndex index) const;
  /// What the reading under way has to ask next, if anything.
  [[nodiscard]] std::optional<metrics::CommandIndex> NextForScrape() const;
  [[nodiscard]] std::optional<metrics::CommandIndex> NextSlowCommand(serial::TimePoint now) const;
  [[nodiscard]] bool IsFresh(metrics::CommandIndex index, serial::TimePoint since) const;
  [[nodiscard]] bool AllFresh(serial::TimePoint since) const;
  /// Whether nothing that the last reading asked was answered. Then idle time is left idle: to an
  /// inverter that is off, every command would soon count as not supported.
  [[nodiscard]] bool AllFailed() const;
  [[nodiscard]] bool IsServed(metrics::CommandIndex index, serial::TimePoint fresh) const;
  void CollectCommands(metrics::Families& families) const;
  void CollectReplies(serial::TimePoint fresh, metrics::Families& families) const;
  [[nodiscard]] metrics::Labels WithInverter(metrics::Labels labels) const;

  asio::io_context& io_;
  InverterConfig config_;
  Protocols protocols_;
  OpenLink open_link_;
  InverterTiming timing_;

  std::unique_ptr<serial::Line> line_;
  std::shared_ptr<const metrics::Protocol> protocol_;
  std::optional<metrics::KnownReplies> known_;
  std::vector<CommandState> states_;
  std::map<std::string, CommandCounters, std::less<>> counters_;
  std::uint64_t link_opens_ = 0;
  std::uint64_t link_open_errors_ = 0;
  std::uint64_t cache_hits_ = 0;
  std::optional<double> last_success_;  // seconds since 1970
  std::optional<std::chrono::duration<double>> last_duration_;
  std::string last_error_;  // of the reading that is under way

  static constexpr std::string_view kAllIsWell = "none";
  std::string trouble_;  // the kind that the log has last; empty before the first reading

  Signal work_;          // for Run: there is something to do
  Signal reading_over_;  // for scrapes
  bool identified_ = false;
  bool wanted_ = false;           // a scrape waits for a reading that has not begun
  bool reading_ = false;          // a reading is under way
  std::uint64_t readings_ = 0;    // that are over
  serial::TimePoint oldest_{};    // how old replies may be, of the reading wanted or under way
  serial::TimePoint deadline_{};  // the latest of those that wait
  serial::TimePoint reading_began_{};
  std::optional<serial::TimePoint> reading_over_at_;  // if it had answers: slow commands follow it
  bool stopping_ = false;
};

}  // namespace mppsolar

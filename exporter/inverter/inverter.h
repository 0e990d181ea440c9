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

#include "exporter/address/open_link.h"
#include "exporter/config/config.h"
#include "exporter/inverter/answers.h"
#include "exporter/inverter/backoff.h"
#include "exporter/inverter/layout_guard.h"
#include "exporter/inverter/line_counters.h"
#include "exporter/inverter/selection.h"
#include "exporter/inverter/signal.h"
#include "exporter/inverter/status.h"
#include "metrics/decode.h"
#include "metrics/energy.h"
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
  /// The first wait before a broken link or a dead inverter is tried again; later ones are longer.
  std::chrono::milliseconds first_retry{500};
  /// Readings that are further apart are not joined to energy.
  std::chrono::milliseconds energy_max_gap = std::chrono::minutes(5);
};

class Inverter : public std::enable_shared_from_this<Inverter> {
 public:
  /// `protocols` are those that `protocol: auto` chooses from.
  Inverter(asio::io_context& io, InverterConfig config, Protocols protocols, OpenLink open_link,
           InverterTiming timing = {});

  /// Begins to work: opens the link and finds out the protocol. One that is shared lives until that
  /// has ended.
  void Start();

  /// Closes the link and wakes all that wait. The work ends soon after.
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

  /// Adds all that can be said now and is selected. Replies from before `fresh` are left out.
  void Collect(serial::TimePoint fresh, const Selection& selection,
               metrics::Families& families) const;

  [[nodiscard]] const std::string& name() const { return config_.name; }
  [[nodiscard]] const std::string& device() const { return config_.device; }
  /// What went over the line lately.
  [[nodiscard]] const serial::WireLog& wire() const { return wire_; }

  /// Readings further apart are not joined to energy from now on.
  void SetEnergyMaxGap(std::chrono::milliseconds max_gap) { energy_.SetMaxGap(max_gap); }

  /// What is known in words. `fresh` as in Collect.
  [[nodiscard]] InverterFacts Facts(serial::TimePoint fresh, serial::TimePoint now) const;

 private:
  static asio::awaitable<void> Live(std::shared_ptr<Inverter> self, Inverter* inverter);
  asio::awaitable<void> Run();
  asio::awaitable<void> AskInIdleTime(metrics::CommandIndex index);
  asio::awaitable<void> TryAgain();
  asio::awaitable<void> ReadForScrape();
  asio::awaitable<void> AskForScrape();
  /// Makes sure that nothing is on its way any more that was asked before. False: the line is dead.
  asio::awaitable<bool> Resynchronise(serial::TimePoint deadline);
  asio::awaitable<bool> EnsureOpen(serial::TimePoint deadline);
  asio::awaitable<bool> Identify(serial::TimePoint deadline);
  asio::awaitable<serial::Result<std::string>> Ask(
      std::shared_ptr<const metrics::Protocol> protocol, metrics::CommandIndex index,
      serial::TimePoint deadline, int tries);
  /// What failed, or nothing.
  asio::awaitable<std::optional<serial::Errc>> AskAndRemember(metrics::CommandIndex index,
                                                              serial::TimePoint deadline,
                                                              int tries);
  void Remember(metrics::CommandIndex index, std::string payload, serial::TimePoint began,
                serial::TimePoint now);
  void Use(std::shared_ptr<const metrics::Protocol> protocol);
  void FinishReading();
  void CloseLink(const std::string& reason);
  void ReportTrouble(const std::string& kind, const std::string& reason);
  void ReportGood();

  [[nodiscard]] bool IsOpen() const { return line_ && identified_; }
  /// So many readings without any answer that scrapes do not wait for this inverter any more. It is
  /// probed in the background; the first answer brings it back.
  [[nodiscard]] bool IsDead() const;
  [[nodiscard]] bool AllFresh(serial::TimePoint since) const;
  [[nodiscard]] std::optional<metrics::CommandIndex> NextInIdleTime() const;
  void CollectStates(const Selection& selection, metrics::Families& families) const;

  asio::io_context& io_;
  InverterConfig config_;
  Protocols protocols_;
  OpenLink open_link_;
  InverterTiming timing_;

  serial::WireLog wire_;
  std::unique_ptr<serial::Line> line_;
  std::optional<Answers> answers_;  // once the protocol is known
  LineCounters counters_;
  LayoutGuard layouts_;
  metrics::Energy energy_;
  std::string last_error_;  // of the reading that is under way

  static constexpr std::string_view kAllIsWell = "none";
  std::string trouble_;       // the kind that the log has last; empty before the first reading
  std::string trouble_text_;  // the last one, while there is any
  std::optional<double> trouble_since_;  // seconds since 1970

  Signal work_;          // for Run: there is something to do
  Signal reading_over_;  // for scrapes
  Backoff backoff_;
  bool synchronised_ = true;      // in the reading that is under way
  int dead_readings_ = 0;         // in a row, without any answer
  serial::TimePoint next_try_{};  // to open the link, or to probe a dead inverter
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

// What one inverter was asked over one link and what it answered, and what follows from that: which
// values may be served, and what to ask next. Knows no line; time is an argument.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exporter/inverter/command_state.h"
#include "exporter/inverter/selection.h"
#include "metrics/decode.h"
#include "metrics/families.h"
#include "metrics/known.h"
#include "metrics/protocol.h"

namespace mppsolar {

class Answers {
 public:
  /// `overrides` are the traits that the owner has set. Settings are due again after
  /// `slow_interval`.
  Answers(std::shared_ptr<const metrics::Protocol> protocol, metrics::TraitOverrides overrides,
          std::chrono::milliseconds slow_interval);

  [[nodiscard]] const std::shared_ptr<const metrics::Protocol>& protocol() const {
    return protocol_;
  }
  [[nodiscard]] const CommandState& State(metrics::CommandIndex index) const {
    return states_[index];
  }

  /// A good reply came. Returns what it says.
  metrics::Decoded Remember(metrics::CommandIndex index, std::string payload,
                            serial::TimePoint began, serial::TimePoint now);

  /// No good reply came, after all tries. Returns whether the command is not asked any more from
  /// now on.
  bool Fail(metrics::CommandIndex index, serial::Errc code, serial::TimePoint began,
            serial::TimePoint now);

  /// The link is gone: nothing of this is served any more, and no command has succeeded.
  void Forget();

  /// One try got no good reply: that reply may still be on its way.
  void MayComeLate(metrics::CommandIndex index) { late_.insert(index); }
  [[nodiscard]] bool AnyMayComeLate() const { return !late_.empty(); }
  /// The shortest command that is known to be answered and that no late reply can be taken for.
  [[nodiscard]] std::optional<metrics::CommandIndex> Marker() const;
  /// The marker was answered: so was all that was asked before it, or never will be.
  void Synchronised(std::optional<metrics::CommandIndex> marker);

  /// What a reading that began at `began` has to ask next, for replies not older than `oldest`.
  [[nodiscard]] std::optional<metrics::CommandIndex> NextForScrape(serial::TimePoint oldest,
                                                                   serial::TimePoint began) const;
  /// What is due in the idle time after a reading that was over at `since`.
  [[nodiscard]] std::optional<metrics::CommandIndex> NextInIdleTime(serial::TimePoint since,
                                                                    serial::TimePoint now) const;
  /// What a scrape needs and this reading did not bring has not succeeded.
  void GiveUpOthers(serial::TimePoint oldest);

  /// Whether all that belongs to a scrape was answered since then, and there is something at all.
  [[nodiscard]] bool AllFresh(serial::TimePoint since) const;
  /// Whether anything that belongs to a scrape was answered since then.
  [[nodiscard]] bool AnyFresh(serial::TimePoint since) const;
  /// When the oldest of these answers came; nothing where there is none.
  [[nodiscard]] std::optional<serial::TimePoint> OldestFresh(serial::TimePoint since) const;
  /// Whether nothing that was asked for a scrape since `began` was answered, and something was
  /// asked.
  [[nodiscard]] bool AllFailed(serial::TimePoint began) const;

  /// The samples of all that belongs to a scrape and was answered since then.
  [[nodiscard]] std::vector<metrics::Sample> FreshSamples(serial::TimePoint since) const;

  /// Adds all values of the selected commands that may be served to a scrape for which replies
  /// count as fresh from `fresh` on.
  void Collect(serial::TimePoint fresh, const std::string& inverter, const Selection& selection,
               metrics::Families& families) const;

 private:
  [[nodiscard]] bool IsWanted(metrics::CommandIndex index) const;
  [[nodiscard]] bool IsForScrape(metrics::CommandIndex index) const;
  [[nodiscard]] bool IsFresh(metrics::CommandIndex index, serial::TimePoint since) const;
  [[nodiscard]] bool IsServed(metrics::CommandIndex index, serial::TimePoint fresh) const;
  [[nodiscard]] bool IsIdentityComplete() const;
  void CollectInfos(const std::vector<metrics::Text>& texts, const std::string& inverter,
                    metrics::Families& families) const;

  std::shared_ptr<const metrics::Protocol> protocol_;
  metrics::TraitOverrides overrides_;
  std::chrono::milliseconds slow_interval_;
  metrics::KnownReplies known_;
  metrics::TraitValues traits_;  // that follow from known_
  std::vector<CommandState> states_;
  std::set<metrics::CommandIndex> late_;
};

}  // namespace mppsolar

#include "exporter/inverter/answers.h"

#include <algorithm>
#include <utility>

#include "exporter/inverter/line_counters.h"
#include "metrics/conditions.h"

namespace mppsolar {
namespace {

using metrics::Ask;
using metrics::CommandIndex;
using serial::Errc;
using serial::TimePoint;

// Settings that were not read for so many intervals (nobody scraped) are not served any more.
constexpr int kSlowIntervalsServed = 3;
// One NAK may be a hiccup (seen once in a hundred polls, and while parallel units synchronise).
constexpr int kRefusalsUntilUnsupported = 2;
constexpr int kFailuresUntilUnsupported = 3;

}  // namespace

Answers::Answers(std::shared_ptr<const metrics::Protocol> protocol,
                 metrics::TraitOverrides overrides, std::chrono::milliseconds slow_interval)
    : protocol_(std::move(protocol)),
      overrides_(std::move(overrides)),
      slow_interval_(slow_interval),
      known_(*protocol_),
      traits_(metrics::ResolveTraits(*protocol_, known_, overrides_)),
      states_(protocol_->commands.size()) {}

metrics::Decoded Answers::Remember(CommandIndex index, std::string payload, TimePoint began,
                                   TimePoint now) {
  const metrics::Command& command = protocol_->commands[index];
  CommandState& state = states_[index];
  state.asked = began;
  state.answered = now;
  state.answer_asked = began;
  state.took = now - began;
  state.succeeded = state.ever_answered = true;
  state.failures = state.refusals = 0;
  state.exists = metrics::Exists(command, payload);
  known_.Set(index, std::move(payload));
  traits_ = metrics::ResolveTraits(*protocol_, known_, overrides_);
  metrics::Decoded decoded;
  metrics::Decode(*protocol_, command, *known_.Get(index), known_, traits_, decoded);
  return decoded;
}

bool Answers::Fail(CommandIndex index, Errc code, TimePoint began, TimePoint now) {
  CommandState& state = states_[index];
  state.asked = began;
  state.took = now - began;
  state.succeeded = false;
  ++state.failures;
  if (code == Errc::kNak) ++state.refusals;
  if (state.failures >= kFailuresUntilUnsupported) {
    state.answered.reset();
    known_.Forget(index);
    traits_ = metrics::ResolveTraits(*protocol_, known_, overrides_);
  }
  state.unsupported =
      !protocol_->commands[index].required && !state.ever_answered &&
      (state.refusals >= kRefusalsUntilUnsupported || state.failures >= kFailuresUntilUnsupported);
  return state.unsupported;
}

void Answers::Forget() {
  for (CommandState& state : states_) {
    state.answered.reset();
    state.succeeded = false;
  }
  late_.clear();
}

std::optional<CommandIndex> Answers::Marker() const {
  std::optional<CommandIndex> marker;
  const auto length = [&](CommandIndex index) { return protocol_->commands[index].example.size(); };
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    const bool usable = states_[i].ever_answered && !late_.contains(i);
    if (usable && (!marker || length(i) < length(*marker))) marker = i;
  }
  return marker;
}

void Answers::Synchronised(std::optional<CommandIndex> marker) {
  // A marker that was tried more than once may have late replies of its own.
  const bool marker_is_late = marker && late_.contains(*marker);
  late_.clear();
  if (marker_is_late) late_.insert(*marker);
}

bool Answers::IsWanted(CommandIndex index) const {
  return metrics::IsWanted(*protocol_, protocol_->commands[index], known_, traits_);
}

bool Answers::IsForScrape(CommandIndex index) const {
  const metrics::Command& command = protocol_->commands[index];
  if (command.ask != Ask::kEveryScrape || !IsWanted(index)) return false;
  // What the inverter may not know, or has no unit for, is tried in idle time first.
  return command.required || (states_[index].ever_answered && states_[index].exists);
}

std::optional<CommandIndex> Answers::NextForScrape(TimePoint oldest, TimePoint began) const {
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    const bool asked = states_[i].asked && *states_[i].asked >= began;
    if (IsForScrape(i) && !IsFresh(i, oldest) && !asked) return i;
  }
  return std::nullopt;
}

std::optional<CommandIndex> Answers::NextInIdleTime(TimePoint since, TimePoint now) const {
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    const CommandState& state = states_[i];
    const bool asked_since = state.asked && *state.asked >= since;
    if (IsForScrape(i) || !IsWanted(i) || state.unsupported || asked_since) continue;
    const bool once = protocol_->commands[i].ask == Ask::kOnce;
    if (!state.succeeded || (!once && now - *state.answered >= slow_interval_)) return i;
  }
  return std::nullopt;
}

void Answers::GiveUpOthers(TimePoint oldest) {
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (IsForScrape(i) && !IsFresh(i, oldest)) states_[i].succeeded = false;
  }
}

bool Answers::IsFresh(CommandIndex index, TimePoint since) const {
  // By when it was asked for: a reply that took long may be as old as its question.
  const CommandState& state = states_[index];
  return state.answered && state.answer_asked >= since;
}

bool Answers::AllFresh(TimePoint since) const {
  bool any = false;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (!IsForScrape(i)) continue;
    if (!IsFresh(i, since)) return false;
    any = true;
  }
  return any;
}

bool Answers::AnyFresh(TimePoint since) const {
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (IsForScrape(i) && IsFresh(i, since)) return true;
  }
  return false;
}

std::optional<TimePoint> Answers::OldestFresh(TimePoint since) const {
  std::optional<TimePoint> oldest;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (!IsForScrape(i) || !IsFresh(i, since)) continue;
    oldest = oldest ? std::min(*oldest, *states_[i].answered) : *states_[i].answered;
  }
  return oldest;
}

bool Answers::AllFailed(TimePoint began) const {
  bool any = false;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (!IsForScrape(i) || !states_[i].asked || *states_[i].asked < began) continue;
    if (states_[i].succeeded) return false;
    any = true;
  }
  return any;
}

bool Answers::IsServed(CommandIndex index, TimePoint fresh) const {
  switch (protocol_->commands[index].ask) {
    case Ask::kEveryScrape:
      return IsForScrape(index) && IsFresh(index, fresh);
    case Ask::kSlowly:
      return IsFresh(index, fresh - kSlowIntervalsServed * slow_interval_);
    case Ask::kOnce:
      break;
  }
  return states_[index].answered.has_value();
}

bool Answers::IsIdentityComplete() const {
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (protocol_->commands[i].ask == Ask::kOnce && !states_[i].asked) return false;
  }
  return true;
}

std::vector<metrics::Sample> Answers::FreshSamples(TimePoint since) const {
  std::vector<metrics::Sample> samples;
  metrics::Decoded decoded;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (!IsForScrape(i) || !IsFresh(i, since)) continue;
    metrics::Decode(*protocol_, protocol_->commands[i], *known_.Get(i), known_, traits_, decoded);
    samples.insert(samples.end(), decoded.samples.begin(), decoded.samples.end());
  }
  return samples;
}

void Answers::Collect(TimePoint fresh, const std::string& inverter, const Selection& selection,
                      metrics::Families& families) const {
  // Settings of an inverter that does not answer now are not served either.
  if (!AnyFresh(fresh)) return;
  std::vector<metrics::Text> texts;
  metrics::Decoded decoded;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    if (!IsServed(i, fresh) || !selection.HasCommand(protocol_->commands[i].name)) continue;
    metrics::Decode(*protocol_, protocol_->commands[i], *known_.Get(i), known_, traits_, decoded);
    for (const metrics::Sample& sample : decoded.samples) {
      const metrics::Series& series = protocol_->series[sample.series];
      families.Add(protocol_->families[series.family], WithInverter(inverter, series.labels),
                   sample.value);
    }
    for (metrics::Text& text : decoded.texts) texts.push_back(std::move(text));
  }
  // A label that fills in later would begin a new series, so identity waits until all of it was
  // asked.
  if (IsIdentityComplete()) CollectInfos(texts, inverter, families);
}

void Answers::CollectInfos(const std::vector<metrics::Text>& texts, const std::string& inverter,
                           metrics::Families& families) const {
  for (std::uint16_t info = 0; info < protocol_->infos.size(); ++info) {
    const std::vector<std::string>& names = protocol_->infos[info].labels;
    std::vector<std::string> values(names.size());
    bool any = false;
    for (const metrics::Text& text : texts) {
      if (text.info != info) continue;
      any = true;
      if (values[text.label].empty()) values[text.label] = text.text;
    }
    if (!any) continue;
    metrics::Labels labels;
    for (std::size_t i = 0; i < names.size(); ++i) labels.emplace_back(names[i], values[i]);
    families.Add(protocol_->families[protocol_->infos[info].family], WithInverter(inverter, labels),
                 1);
  }
}

}  // namespace mppsolar

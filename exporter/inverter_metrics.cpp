// What an inverter has to say in a scrape: its replies as samples, and how they came about.
#include <utility>

#include "exporter/inverter.h"
#include "exporter/own_metrics.h"

namespace mppsolar {

using metrics::Ask;
using metrics::CommandIndex;
using serial::TimePoint;

metrics::Labels Inverter::WithInverter(metrics::Labels labels) const {
  labels.insert(labels.begin(), {"inverter", config_.name});
  return labels;
}

void Inverter::Collect(TimePoint fresh, metrics::Families& families) const {
  const auto add = [&](const OwnMetric& metric, double value) {
    Add(families, metric, WithInverter({}), value);
  };
  add(kUp, AllFresh(fresh) ? 1 : 0);
  if (last_duration_) add(kScrapeDuration, last_duration_->count());
  if (last_success_) add(kLastSuccess, *last_success_);
  add(kLinkOpens, static_cast<double>(link_opens_));
  add(kLinkOpenErrors, static_cast<double>(link_open_errors_));
  add(kCacheHits, static_cast<double>(cache_hits_));
  for (metrics::Energy::Counter& counter : energy_.Counters()) {
    families.Add(counter.name, counter.help, kCounter, WithInverter(std::move(counter.labels)),
                 counter.value);
  }
  CollectCommands(families);
  CollectReplies(fresh, families);
}

void Inverter::CollectCommands(metrics::Families& families) const {
  for (const auto& entry : counters_) {
    const std::string& command = entry.first;
    const CommandCounters& counters = entry.second;
    const auto add = [&](const OwnMetric& metric, std::uint64_t count) {
      Add(families, metric, WithInverter({{"command", command}}), static_cast<double>(count));
    };
    add(kCommands, counters.requests);
    add(kBadColumns, counters.bad_columns);
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
      Add(families, kCommandErrors,
          WithInverter({{"command", command}, {"reason", std::string(serial::Name(kReasons[i]))}}),
          static_cast<double>(counters.errors[i]));
    }
  }
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    const CommandState& state = states_[i];
    if (!state.asked || state.unsupported) continue;
    const metrics::Labels labels = WithInverter({{"command", protocol_->commands[i].name}});
    Add(families, kCommandSuccess, labels, state.succeeded ? 1 : 0);
    Add(families, kCommandDuration, labels, state.took.count());
  }
}

void Inverter::CollectReplies(TimePoint fresh, metrics::Families& families) const {
  bool answers = false;
  bool identity_complete = true;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    answers |= IsForScrape(i) && IsFresh(i, fresh);
    identity_complete &= protocol_->commands[i].ask != Ask::kOnce || states_[i].asked.has_value();
  }
  // Settings of an inverter that does not answer now are not served either.
  if (!answers) return;

  std::vector<std::vector<std::string>> texts(protocol_->infos.size());
  const auto traits = metrics::ResolveTraits(*protocol_, *known_, config_.traits);
  metrics::Decoded decoded;
  for (CommandIndex i = 0; i < states_.size(); ++i) {
    const metrics::Command& command = protocol_->commands[i];
    if (!IsServed(i, fresh)) continue;
    metrics::Decode(*protocol_, command, *known_->Get(i), *known_, traits, decoded);
    for (const metrics::Sample& sample : decoded.samples) {
      const metrics::Series& series = protocol_->series[sample.series];
      families.Add(protocol_->families[series.family], WithInverter(series.labels), sample.value);
    }
    for (metrics::Text& text : decoded.texts) {
      auto& values = texts[text.info];
      values.resize(protocol_->infos[text.info].labels.size());
      if (values[text.label].empty()) values[text.label] = std::move(text.text);
    }
  }
  // A label that fills in later would begin a new series, so identity waits until all of it was
  // asked.
  if (!identity_complete) return;
  for (std::size_t info = 0; info < texts.size(); ++info) {
    if (texts[info].empty()) continue;
    metrics::Labels labels;
    for (std::size_t i = 0; i < texts[info].size(); ++i) {
      labels.emplace_back(protocol_->infos[info].labels[i], std::move(texts[info][i]));
    }
    families.Add(protocol_->families[protocol_->infos[info].family],
                 WithInverter(std::move(labels)), 1);
  }
}

}  // namespace mppsolar

#include "metrics/families.h"

#include <algorithm>
#include <functional>

namespace mppsolar::metrics {
namespace {

using Label = prometheus::ClientMetric::Label;

// The same for the same labels in another order.
std::size_t Hash(const Labels& labels) {
  std::size_t sum = 0;
  for (const auto& [name, value] : labels) {
    const std::size_t of_name = std::hash<std::string>()(name);
    sum += (of_name * 31 + std::hash<std::string>()(value)) * (of_name | 1);
  }
  return sum;
}

bool AreSame(const Labels& labels, const std::vector<Label>& others) {
  return labels.size() == others.size() &&
         std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
           return std::any_of(others.begin(), others.end(), [&](const Label& other) {
             return label.first == other.name && label.second == other.value;
           });
         });
}

prometheus::MetricType TypeOf(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter:
      return prometheus::MetricType::Counter;
    case FamilyType::kHistogram:
      return prometheus::MetricType::Histogram;
    case FamilyType::kGauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

}  // namespace

void Families::Add(const Family& family, Labels labels, double value) {
  Add(family.name, family.help, family.type, std::move(labels), value);
}

prometheus::ClientMetric* Families::Place(std::string_view name, std::string_view help,
                                          FamilyType type, Labels labels) {
  auto found = families_.find(name);
  if (found == families_.end()) {
    found = families_.emplace(name, Collected{}).first;
    prometheus::MetricFamily& family = found->second.family;
    family.name = name;
    family.help = help;
    family.type = TypeOf(type);
  }
  auto& [family, by_hash] = found->second;

  const std::size_t hash = Hash(labels);
  const auto [first, last] = by_hash.equal_range(hash);
  for (auto candidate = first; candidate != last; ++candidate) {
    if (AreSame(labels, family.metric[candidate->second].label)) return nullptr;
  }
  by_hash.emplace(hash, family.metric.size());

  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.label.reserve(labels.size());
  for (auto& [label_name, label_value] : labels) {
    metric.label.push_back({std::move(label_name), std::move(label_value)});
  }
  return &metric;
}

void Families::Add(std::string_view name, std::string_view help, FamilyType type, Labels labels,
                   double value) {
  prometheus::ClientMetric* metric = Place(name, help, type, std::move(labels));
  if (metric == nullptr) return;
  // Another type than the first that came would be lost: what is written goes by the family's.
  metric->counter.value = metric->gauge.value = value;
}

void Families::Add(std::string_view name, std::string_view help, Labels labels,
                   prometheus::ClientMetric::Histogram histogram) {
  prometheus::ClientMetric* metric = Place(name, help, FamilyType::kHistogram, std::move(labels));
  if (metric != nullptr) metric->histogram = std::move(histogram);
}

std::vector<prometheus::MetricFamily> Families::Take() {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(families_.size());
  for (auto& [name, collected] : families_) families.push_back(std::move(collected.family));
  families_.clear();
  return families;
}

}  // namespace mppsolar::metrics

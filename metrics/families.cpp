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

}  // namespace

void Families::Add(const Family& family, Labels labels, double value) {
  Add(family.name, family.help, family.type, std::move(labels), value);
}

void Families::Add(std::string_view name, std::string_view help, FamilyType type, Labels labels,
                   double value) {
  auto found = families_.find(name);
  if (found == families_.end()) {
    found = families_.emplace(name, Collected{}).first;
    prometheus::MetricFamily& family = found->second.family;
    family.name = name;
    family.help = help;
    family.type = type == FamilyType::kCounter ? prometheus::MetricType::Counter
                                               : prometheus::MetricType::Gauge;
  }
  auto& [family, by_hash] = found->second;

  const std::size_t hash = Hash(labels);
  const auto [first, last] = by_hash.equal_range(hash);
  for (auto candidate = first; candidate != last; ++candidate) {
    if (AreSame(labels, family.metric[candidate->second].label)) return;
  }
  by_hash.emplace(hash, family.metric.size());

  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.label.reserve(labels.size());
  for (auto& [label_name, label_value] : labels) {
    metric.label.push_back({std::move(label_name), std::move(label_value)});
  }
  if (family.type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

std::vector<prometheus::MetricFamily> Families::Take() {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(families_.size());
  for (auto& [name, collected] : families_) families.push_back(std::move(collected.family));
  families_.clear();
  return families;
}

}  // namespace mppsolar::metrics

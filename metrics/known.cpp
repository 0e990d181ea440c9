#include "metrics/known.h"

#include <algorithm>

#include "metrics/conditions.h"

namespace mppsolar::metrics {
namespace {

template <class Named>
std::optional<std::uint16_t> FindByName(const std::vector<Named>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Named& each) { return each.name == name; });
  if (found == all.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - all.begin());
}

template <class Named>
std::string Names(const std::vector<Named>& all) {
  std::string names;
  for (const Named& each : all) {
    if (!names.empty()) names += ", ";
    names += each.name;
  }
  return names.empty() ? "none" : names;
}

template <class Named>
std::string NotFound(std::string_view what, std::string_view found, std::string_view where,
                     const Protocol& protocol, std::string_view whats,
                     const std::vector<Named>& right) {
  std::string text("no ");
  text.append(what).append(" \"").append(found).append("\"").append(where).append(" protocol ");
  text.append(protocol.name).append("; its ").append(whats).append(" are ").append(Names(right));
  return text;
}

}  // namespace

TraitValues ResolveTraits(const Protocol& protocol, const KnownReplies& known,
                          const TraitOverrides& overrides) {
  TraitValues resolved(protocol.traits.size());
  for (std::size_t i = 0; i < protocol.traits.size(); ++i) {
    const std::vector<TraitValue>& values = protocol.traits[i].values;
    const auto holds = std::find_if(values.begin(), values.end(), [&](const TraitValue& value) {
      return Hold(value.conditions, ReplySize{0, 0}, known, {});
    });
    if (holds != values.end()) resolved[i] = static_cast<std::uint16_t>(holds - values.begin());
  }
  for (const auto& [name, value] : overrides) {
    const std::optional<std::uint16_t> trait = FindByName(protocol.traits, name);
    if (!trait) continue;
    if (const auto index = FindByName(protocol.traits[*trait].values, value)) {
      resolved[*trait] = index;
    }
  }
  return resolved;
}

std::optional<std::string> CheckOverrides(const Protocol& protocol,
                                          const TraitOverrides& overrides) {
  for (const auto& [name, value] : overrides) {
    const std::optional<std::uint16_t> trait = FindByName(protocol.traits, name);
    if (!trait) return NotFound("trait", name, " in", protocol, "traits", protocol.traits);
    const std::vector<TraitValue>& values = protocol.traits[*trait].values;
    if (!FindByName(values, value)) {
      return NotFound("value", value, " of " + name + " in", protocol, "values", values);
    }
  }
  return std::nullopt;
}

}  // namespace mppsolar::metrics

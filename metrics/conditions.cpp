#include "metrics/conditions.h"

#include <algorithm>

#include "metrics/columns.h"

namespace mppsolar::metrics {
namespace {

template <class Value, class Wanted>
bool IsOneOf(const std::vector<Value>& values, const Wanted& wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

bool Contains(Range range, std::size_t value) { return range.low <= value && value <= range.high; }

bool Holds(const Condition& condition, ReplySize own, const KnownReplies& known,
           const TraitValues& traits) {
  switch (condition.of) {
    case Condition::Of::kTrait:
      return condition.trait < traits.size() && traits[condition.trait] &&
             IsOneOf(condition.trait_values, *traits[condition.trait]);
    case Condition::Of::kOwnColumns:
      return Contains(condition.range, own.columns);
    case Condition::Of::kOwnCharacters:
      return Contains(condition.range, own.characters);
    case Condition::Of::kOtherColumns:
    case Condition::Of::kOtherCharacters:
    case Condition::Of::kOtherColumn:
      break;
  }
  const std::optional<std::string>& reply = known.Get(condition.command);
  if (!reply) return false;
  if (condition.of == Condition::Of::kOtherCharacters) {
    return Contains(condition.range, WithoutTrailingSpaces(*reply).size());
  }
  const Columns columns(*reply);
  if (condition.of == Condition::Of::kOtherColumns) {
    return Contains(condition.range, columns.Count());
  }
  return IsOneOf(condition.values, columns[condition.column]);
}

}  // namespace

bool Hold(const std::vector<Condition>& conditions, ReplySize own, const KnownReplies& known,
          const TraitValues& traits) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return Holds(condition, own, known, traits);
  });
}

bool IsWanted(const Protocol&, const Command& command, const KnownReplies& known,
              const TraitValues& traits) {
  return Hold(command.when, ReplySize{0, 0}, known, traits);
}

}  // namespace mppsolar::metrics

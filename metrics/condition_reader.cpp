#include "metrics/condition_reader.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace mppsolar::metrics {
namespace {

constexpr unsigned kLongestReply = 1000;

// Whose conditions they are: not all of them may ask for everything.
enum class Whose { kRow, kTrait, kCommand };

std::optional<unsigned> WholeNumber(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A length that the reply never has would make the row one that never holds.
Range ReadLength(const Yaml& length, const Command& command, bool of_columns) {
  const Range range = ReadRange(length, 1, kLongestReply);
  const std::optional<Range>& possible =
      of_columns ? command.reply_columns : command.reply_characters;
  const std::string unit = of_columns ? "columns" : "characters";
  if (!possible) {
    length.Complain("a number of " + unit + " of " + command.name + "; its reply is counted in " +
                    (of_columns ? "characters" : "columns"));
  }
  if (range.high < possible->low || range.low > possible->high) {
    length.Complain(Quoted(length.Text()) + ", which never is; replies to " + command.name +
                    " have " + std::to_string(possible->low) + ".." +
                    std::to_string(possible->high) + " " + unit);
  }
  return range;
}

// The condition of `COMMAND.what`. `never` is a command whose own reply cannot be asked for, or
// nullptr.
Condition ReadOther(const YamlEntry& entry, const Protocol& protocol, std::string_view command,
                    std::string_view what, const Command* never) {
  const Command* const other = protocol.Find(command);
  if (other == nullptr) {
    entry.key.Complain("the command " + Quoted(command) + "; this file has none of that name");
  }
  if (never != nullptr && protocol.FirstUnitOf(*other) == protocol.FirstUnitOf(*never)) {
    entry.key.Complain("its own reply " + Quoted(entry.key.Text()) +
                       ", so that it would never be asked; name another command");
  }
  Condition condition{};
  condition.command = protocol.IndexOf(*other);
  if (what == "columns" || what == "characters") {
    const bool of_columns = what == "columns";
    condition.of = of_columns ? Condition::Of::kOtherColumns : Condition::Of::kOtherCharacters;
    condition.range = ReadLength(entry.value, *other, of_columns);
    return condition;
  }
  const std::optional<unsigned> column = WholeNumber(what);
  const unsigned last = other->reply_columns ? other->reply_columns->high : 1;
  if (!column || *column < 1 || *column > last) {
    entry.key.Complain(Quoted(what) + " of " + other->name + "; right are columns, characters or " +
                       "a column from 1 to " + std::to_string(last));
  }
  condition.of = Condition::Of::kOtherColumn;
  condition.column = *column;
  for (const Yaml& value : entry.value.OneOrMore()) condition.values.push_back(value.Text());
  return condition;
}

// `command` is the one of a row or a command's `when`, else nullptr.
Condition ReadCondition(const YamlEntry& entry, const Protocol& protocol, Whose whose,
                        const Command* command) {
  const std::string_view key = entry.key.Text();
  if (const std::size_t dot = key.find('.'); dot != std::string_view::npos) {
    return ReadOther(entry, protocol, key.substr(0, dot), key.substr(dot + 1),
                     whose == Whose::kCommand ? command : nullptr);
  }
  if (whose == Whose::kTrait) {
    entry.key.Complain(Quoted(key) + " in a trait; it can only ask for what commands answered: " +
                       "COMMAND.COLUMN, COMMAND.columns or COMMAND.characters");
  }
  Condition condition{};
  if (key == "columns" || key == "characters") {
    if (whose == Whose::kCommand) {
      entry.key.Complain("the length of its own reply, which is not there before it is asked; " +
                         std::string("right are COMMAND.COLUMN, COMMAND.columns, ") +
                         "COMMAND.characters or a trait");
    }
    const bool of_columns = key == "columns";
    condition.of = of_columns ? Condition::Of::kOwnColumns : Condition::Of::kOwnCharacters;
    condition.range = ReadLength(entry.value, *command, of_columns);
    return condition;
  }
  const auto trait = std::find_if(protocol.traits.begin(), protocol.traits.end(),
                                  [&](const Trait& each) { return each.name == key; });
  if (trait == protocol.traits.end()) {
    std::vector<std::string> names;
    for (const Trait& each : protocol.traits) names.push_back(each.name);
    entry.key.Complain("the condition " + Quoted(key) + "; right are columns, characters, " +
                       "COMMAND.COLUMN, COMMAND.columns, COMMAND.characters or a trait (" +
                       Listed(names) + ")");
  }
  condition.of = Condition::Of::kTrait;
  condition.trait = static_cast<TraitIndex>(trait - protocol.traits.begin());
  condition.trait_values = ReadTraitValues(entry.value, *trait);
  return condition;
}

std::vector<Condition> ReadConditions(const Yaml& when, const Protocol& protocol, Whose whose,
                                      const Command* command) {
  std::vector<Condition> conditions;
  for (const YamlEntry& entry : when.Entries()) {
    conditions.push_back(ReadCondition(entry, protocol, whose, command));
  }
  if (conditions.empty()) when.Complain("no condition; name at least one");
  return conditions;
}

}  // namespace

Range ReadRange(const Yaml& range, unsigned low, unsigned high) {
  const std::string_view text = range.Text();
  const std::size_t dots = text.find("..");
  const bool is_one = dots == std::string_view::npos;
  const std::optional<unsigned> first = WholeNumber(text.substr(0, dots));
  const std::optional<unsigned> last = is_one ? first : WholeNumber(text.substr(dots + 2));
  if (!first || !last || *first > *last || *first < low || *last > high) {
    range.Complain(Quoted(text) + "; a number or a range like 16..24 from " + std::to_string(low) +
                   " to " + std::to_string(high) + " belongs here");
  }
  return {*first, *last};
}

std::vector<Condition> ReadRowConditions(const Yaml& when, const Protocol& protocol,
                                         const Command& command) {
  return ReadConditions(when, protocol, Whose::kRow, &command);
}

std::vector<Condition> ReadTraitConditions(const Yaml& when, const Protocol& protocol) {
  return ReadConditions(when, protocol, Whose::kTrait, nullptr);
}

std::vector<Condition> ReadCommandConditions(const Yaml& when, const Protocol& protocol,
                                             const Command& command) {
  return ReadConditions(when, protocol, Whose::kCommand, &command);
}

std::vector<std::uint16_t> ReadTraitValues(const Yaml& values, const Trait& trait) {
  std::vector<std::uint16_t> indexes;
  for (const Yaml& value : values.OneOrMore()) {
    const auto found =
        std::find_if(trait.values.begin(), trait.values.end(),
                     [&](const TraitValue& each) { return each.name == value.Text(); });
    if (found == trait.values.end()) {
      std::vector<std::string> names;
      for (const TraitValue& each : trait.values) names.push_back(each.name);
      value.Complain("the value " + Quoted(value.Text()) + "; " + trait.name + " has " +
                     Listed(names));
    }
    indexes.push_back(static_cast<std::uint16_t>(found - trait.values.begin()));
  }
  return indexes;
}

std::optional<Range> OwnColumns(const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) {
    if (condition.of == Condition::Of::kOwnColumns) return condition.range;
  }
  return std::nullopt;
}

}  // namespace mppsolar::metrics

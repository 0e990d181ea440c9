// Reads the conditions of a `when` (of a row, of a command) or of a trait's value.
#pragma once

#include <optional>
#include <vector>

#include "metrics/protocol.h"
#include "metrics/strict_yaml.h"

namespace mppsolar::metrics {

/// "16..24" or "17", within the two; as Yaml, throws StrictYamlError.
[[nodiscard]] Range ReadRange(const Yaml& range, unsigned low, unsigned high);

/// The conditions in the `when` of a row of `command`, at least one, as in the next two. `protocol`
/// must already have the names of all traits and their values, and the name and reply length of all
/// commands.
[[nodiscard]] std::vector<Condition> ReadRowConditions(const Yaml& when, const Protocol& protocol,
                                                       const Command& command);

/// Those of a trait's value, which ask only for what commands answered.
[[nodiscard]] std::vector<Condition> ReadTraitConditions(const Yaml& when,
                                                         const Protocol& protocol);

/// Those in the `when` of `command` itself, which ask only for what others answered and for traits.
[[nodiscard]] std::vector<Condition> ReadCommandConditions(const Yaml& when,
                                                           const Protocol& protocol,
                                                           const Command& command);

/// The values of `trait` that are named: one or a list of them.
[[nodiscard]] std::vector<std::uint16_t> ReadTraitValues(const Yaml& values, const Trait& trait);

/// How many columns the reply must have by these conditions, if they say so.
[[nodiscard]] std::optional<Range> OwnColumns(const std::vector<Condition>& conditions);

}  // namespace mppsolar::metrics

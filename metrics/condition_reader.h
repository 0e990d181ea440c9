// Reads the conditions of a `when` or of a trait's value.
#pragma once

#include <optional>
#include <vector>

#include "metrics/protocol.h"
#include "metrics/strict_yaml.h"

namespace mppsolar::metrics {

/// "16..24" or "17", within the two; as Yaml, throws StrictYamlError.
[[nodiscard]] Range ReadRange(const Yaml& range, unsigned low, unsigned high);

/// The conditions in `when`, at least one. `protocol` must already have the names of all traits and
/// their values, and the name and reply length of all commands. `own` is the command whose row it
/// is; without one they are those of a trait, and only what other commands answered is allowed.
[[nodiscard]] std::vector<Condition> ReadConditions(const Yaml& when, const Protocol& protocol,
                                                    const Command* own);

/// The values of `trait` that are named: one or a list of them.
[[nodiscard]] std::vector<std::uint16_t> ReadTraitValues(const Yaml& values, const Trait& trait);

/// How many columns the reply must have by these conditions, if they say so.
[[nodiscard]] std::optional<Range> OwnColumns(const std::vector<Condition>& conditions);

}  // namespace mppsolar::metrics

// Whether what a `when` of a row, a trait's value or a command asks for is so.
#pragma once

#include <vector>

#include "metrics/known.h"
#include "metrics/protocol.h"

namespace mppsolar::metrics {

/// Of the reply that is being decoded.
struct ReplySize {
  unsigned columns;
  unsigned characters;
};

/// Whether all of them hold. What is not known does not hold.
[[nodiscard]] bool Hold(const std::vector<Condition>& conditions, ReplySize own,
                        const KnownReplies& known, const TraitValues& traits);

/// Whether `command` is to be asked: all of its `when` holds, or it has none.
[[nodiscard]] bool IsWanted(const Protocol& protocol, const Command& command,
                            const KnownReplies& known, const TraitValues& traits);

}  // namespace mppsolar::metrics

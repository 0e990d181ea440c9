// Whether what a `when` asks for is so.
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

}  // namespace mppsolar::metrics

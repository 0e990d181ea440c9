// One reply into samples.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/known.h"
#include "metrics/protocol.h"

namespace mppsolar::metrics {

struct Sample {
  SeriesIndex series;
  double value;
};

/// A text for a label of an info metric.
struct Text {
  std::uint16_t info;
  std::uint16_t label;
  std::string text;
};

/// What one reply says. Columns that are missing give nothing; columns that are there and cannot be
/// read ("---", not a number, an unknown state) give nothing either and are counted.
struct Decoded {
  std::vector<Sample> samples;
  std::vector<Text> texts;
  unsigned bad_columns = 0;

  void Clear() {
    samples.clear();
    texts.clear();
    bad_columns = 0;
  }
};

/// Whether `payload` can be the reply to `command` and not a late one to another: as long as one,
/// and of the columns of which rows and example tell the kind at least three quarters are of that
/// kind (all of them in a reply of three columns or less). In a status word all but two characters
/// are digits.
[[nodiscard]] bool Fits(const Command& command, std::string_view payload);

/// Whether `payload`, a reply that fits, is that of a unit that exists. Others answer, too, with
/// stale numbers in it. Always true of a command without `exists`.
[[nodiscard]] bool Exists(const Command& command, std::string_view payload);

/// Decodes a reply that fits into `out`, which is cleared first. That of a unit that does not exist
/// gives nothing.
void Decode(const Protocol& protocol, const Command& command, std::string_view payload,
            const KnownReplies& known, const TraitValues& traits, Decoded& out);

/// The number in the whole of `text`: digits with an optional sign and point, nothing else ("1e3",
/// "nan", "0x1", " 1" and "" are none). Never depends on the locale.
[[nodiscard]] std::optional<double> ParseNumber(std::string_view text);

}  // namespace mppsolar::metrics

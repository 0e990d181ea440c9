// While a definition is read: its families and series, each once, with the rules for their names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/protocol.h"
#include "metrics/strict_yaml.h"

namespace mppsolar::metrics {

/// What a family's samples are; rows of one family are of one kind.
enum class MetricKind { kNumber, kBit, kState, kLetters, kSeverity, kInfo };

/// Which row gives a series, to tell whether two rows can give it at the same time.
struct SeriesSource {
  CommandIndex command;
  unsigned at, part;                   ///< As in Row.
  bool conditional;                    ///< Has a `when` or `above`, or depends on the generation.
  std::optional<Range> reply_columns;  ///< Of its `when`.
  unsigned line;
  CommandIndex first_unit;  ///< Protocol::FirstUnitOf(command)
};

/// Complaints are thrown as StrictYamlError, as by everything that reads a definition.
class SeriesTable {
 public:
  explicit SeriesTable(Protocol& protocol) : protocol_(protocol) {}

  /// The family of `metric` (without prefix). The first row of a family must have a help, and
  /// others none or the same.
  FamilyIndex AddFamily(const Yaml& metric, MetricKind kind,
                        const std::vector<std::string>& label_names,
                        const std::optional<Yaml>& help);

  /// Complains if another row gives the same series at the same time. Several units of one command
  /// may: it is a total, and any of them tells it.
  SeriesIndex AddSeries(FamilyIndex family, Labels labels, const SeriesSource& source,
                        const Yaml& where);

  /// The same for a label of an info metric, which is no series of its own.
  void AddInfoLabel(std::uint16_t info, std::uint16_t label, const SeriesSource& source,
                    const Yaml& where);

 private:
  struct FamilyOrigin {
    MetricKind kind;
    unsigned line;
  };

  Protocol& protocol_;
  std::map<std::string, FamilyIndex, std::less<>> families_;
  std::vector<FamilyOrigin> origins_;  // By FamilyIndex.
  std::map<std::pair<FamilyIndex, Labels>, SeriesIndex> series_;
  std::vector<std::vector<SeriesSource>> sources_;  // By SeriesIndex.
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::vector<SeriesSource>> info_sources_;
};

/// A name of lower-case letters, digits and _, beginning with a letter.
[[nodiscard]] const std::string& ReadName(const Yaml& name);
/// A label name that a row may have.
[[nodiscard]] const std::string& ReadLabelName(const Yaml& label);
/// A label value: a text that is not empty.
[[nodiscard]] const std::string& ReadLabelValue(const Yaml& value);
/// A sentence on one line.
[[nodiscard]] const std::string& ReadHelp(const Yaml& help);

}  // namespace mppsolar::metrics

// A protocol definition as the program uses it: what each command's reply means. Loaded from YAML
// (docs/protocol-definitions.md) and constant afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mppsolar::metrics {

/// Indexes into the vectors of Protocol.
using CommandIndex = std::uint16_t;
using FamilyIndex = std::uint16_t;
using SeriesIndex = std::uint16_t;
using TraitIndex = std::uint16_t;

using Labels = std::vector<std::pair<std::string, std::string>>;

enum class FamilyType { kGauge, kCounter, kHistogram };

/// One metric name. `name` is whole: "mppsolar_grid_volts".
struct Family {
  std::string name;
  std::string help;
  FamilyType type = FamilyType::kGauge;
  std::vector<std::string> label_names;  ///< Without `inverter`.
};

/// One time series of a family: a fixed set of labels, without `inverter`.
struct Series {
  FamilyIndex family;
  Labels labels;
};

/// Inclusive.
struct Range {
  unsigned low;
  unsigned high;
};

/// One condition of a `when` or of a trait's value.
struct Condition {
  enum class Of {
    kTrait,            ///< `trait` has one of `values`
    kOwnColumns,       ///< the reply being decoded has `range` columns
    kOwnCharacters,    ///< ... characters
    kOtherColumns,     ///< the last reply to `command` had `range` columns
    kOtherCharacters,  ///< ... characters
    kOtherColumn,      ///< column `column` of the last reply to `command` was one of `values`
  };
  Of of;
  TraitIndex trait = 0;
  CommandIndex command = 0;
  unsigned column = 0;
  Range range{0, 0};
  std::vector<std::string> values;          ///< For kOtherColumn.
  std::vector<std::uint16_t> trait_values;  ///< For kTrait: indexes into Trait::values.
};

struct TraitValue {
  std::string name;
  std::vector<Condition> conditions;  ///< All of them; none of kTrait, kOwnColumns, kOwnCharacters.
};

/// What sets models apart, e.g. `heat_sink`: the first value whose conditions all hold.
struct Trait {
  std::string name;
  std::vector<TraitValue> values;
};

struct Number {
  SeriesIndex series;
  double divisor = 1;  ///< At most one of divisor and factor is not 1.
  double factor = 1;
  std::optional<double> above;  ///< Compared with the number as it was sent, before it is scaled.
};
struct Bit {
  unsigned bit;    ///< From b0 at the right.
  unsigned width;  ///< Of the whole column, in characters.
  SeriesIndex series;
};
struct Product {
  unsigned left, right;  ///< Columns.
  SeriesIndex series;
};
struct State {
  std::vector<std::pair<std::string, SeriesIndex>> states;
  std::optional<SeriesIndex> otherwise;  ///< The state "*".
  std::vector<SeriesIndex> all;          ///< Each series once; several values may mean one state.
};
struct Letters {
  std::vector<std::pair<char, SeriesIndex>> letters;
};
/// A list that goes on to the last column; series[i] is the i-th entry.
struct List {
  std::vector<SeriesIndex> series;
};
struct InfoText {
  std::uint16_t info;   ///< Index into Protocol::infos.
  std::uint16_t label;  ///< Index into Info::labels.
  std::string after;
  std::vector<std::pair<std::string, std::string>> texts;
  /// Of a unit: which of Info::labels is `unit`, and its text.
  std::optional<std::pair<std::uint16_t, std::string>> unit;
};
struct Reserved {};

using Kind = std::variant<Number, Bit, Product, State, Letters, List, InfoText, Reserved>;

struct Row {
  unsigned at;  ///< Column, from 1; 0 for a product.
  unsigned part =
      0;  ///< Tells places of one `at` apart: bit + 1, the columns of a product, else 0.
  Kind kind;
  std::vector<Condition> when;
  unsigned line;  ///< In the definition file, for messages.
};

/// One character of a status word (QPIWS), or digits.
struct FlagCharacter {
  std::string name;
  std::string help;                           ///< What it says in words: "There is no grid."
  std::optional<SeriesIndex> warning, fault;  ///< The series, where the severity occurs at all.
  /// Values of the trait `generation` in which it is a warning or fault; empty and `*_in_all`
  /// false: never.
  bool warning_in_all = false, fault_in_all = false;
  std::vector<std::uint16_t> warning_in, fault_in;
  std::optional<unsigned> fault_with;  ///< A character: a fault while that one is 1, too.
};
struct DigitCharacters {
  unsigned count;
  SeriesIndex series;
};
struct CharacterRow {
  unsigned at;  ///< From a0 at the left.
  std::variant<FlagCharacter, DigitCharacters, Reserved> kind;
  std::vector<Condition> when;
  unsigned line;
};

enum class Ask { kEveryScrape, kSlowly, kOnce };

/// Which unit of a parallel system a command is for.
struct Unit {
  unsigned number;
  Range of;  ///< Those for which there is such a command; they are neighbours in the protocol.
};

/// How the reply for a unit that exists is told from that for one that does not.
struct Existence {
  unsigned column;
  std::string value;
};

struct Command {
  std::string name;  ///< As it is sent: "QPIGS", "QPGS1".
  std::optional<Unit> unit;
  std::string help;
  std::string source;
  Ask ask = Ask::kSlowly;
  bool required = false;
  std::vector<Condition> when;  ///< Asked while all hold; none of kOwnColumns, kOwnCharacters.
  std::optional<Range> reply_columns;  ///< Exactly one of these two is set.
  std::optional<Range> reply_characters;
  std::optional<Existence> exists;
  std::string example;
  std::vector<Row> rows;  ///< Sorted by place; the first of a place that holds is used.
  std::vector<CharacterRow> characters;
};

struct Info {
  FamilyIndex family;
  std::vector<std::string> labels;
  std::optional<unsigned> unit;  ///< Each unit has an Info of its own, of the same family.
};

struct Protocol {
  std::string name;
  std::string help;
  std::vector<std::pair<CommandIndex, std::string>> answers;  ///< Payload that tells this protocol.
  std::vector<Family> families;
  std::vector<Series> series;
  std::vector<Trait> traits;
  std::vector<Info> infos;
  std::vector<Command> commands;
  std::size_t fingerprint = 0;  ///< The same for two loads of the same text.

  /// The command of this name, or nullptr.
  [[nodiscard]] const Command* Find(std::string_view command) const;
  [[nodiscard]] CommandIndex IndexOf(const Command& command) const {
    return static_cast<CommandIndex>(&command - commands.data());
  }
  /// The command for the first of its units; `command` itself if it is for none.
  [[nodiscard]] CommandIndex FirstUnitOf(const Command& command) const;
};

}  // namespace mppsolar::metrics

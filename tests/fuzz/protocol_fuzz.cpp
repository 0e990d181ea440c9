// The loader of protocol definitions on any text: a definition that keeps what protocol.h says, or
// a complaint with its place.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "complaint.h"
#include "metrics/catalogue.h"
#include "metrics/decode.h"
#include "metrics/known.h"
#include "metrics/loader.h"
#include "require.h"
#include "serial/command.h"

namespace mppsolar::metrics {
namespace {

class Invariants {
 public:
  explicit Invariants(const Protocol& protocol) : protocol_(protocol) {}

  void Check() const {
    Require(!protocol_.name.empty() && IsUtf8(protocol_.help), "a protocol has name and help");
    CheckFamilies();
    for (const Trait& trait : protocol_.traits) CheckTrait(trait);
    Require(!protocol_.commands.empty(), "there is a command");
    std::set<std::string> names;
    for (const Command& command : protocol_.commands) {
      Require(names.insert(command.name).second, "each command is there once");
      CheckCommand(command);
    }
    for (const auto& [command, payload] : protocol_.answers) {
      Require(command < protocol_.commands.size() && !payload.empty(), "an answer is to a command");
    }
    Require(!Catalogue(protocol_).empty() || protocol_.series.empty(), "series are listed");
  }

 private:
  void CheckFamilies() const {
    std::set<std::string> names;
    for (const Family& family : protocol_.families) {
      Require(family.name.starts_with("mppsolar_") && names.insert(family.name).second,
              "each family is there once");
      Require(IsUtf8(family.help), "a help is UTF-8");
      const std::set<std::string> labels(family.label_names.begin(), family.label_names.end());
      Require(labels.size() == family.label_names.size() && !labels.contains("inverter"),
              "each label of a family is there once");
    }
    std::set<std::pair<FamilyIndex, Labels>> all;
    for (const Series& series : protocol_.series) {
      Require(series.family < protocol_.families.size(), "a series has its family");
      Require(all.insert({series.family, series.labels}).second, "each series is there once");
      std::vector<std::string> labels;
      for (const auto& [name, value] : series.labels) {
        labels.push_back(name);
        Require(!value.empty() && IsUtf8(value), "a label value is a text");
      }
      Require(labels == protocol_.families[series.family].label_names,
              "a series has the labels of its family");
    }
    for (const Info& info : protocol_.infos) {
      Require(info.family < protocol_.families.size() &&
                  info.labels == protocol_.families[info.family].label_names,
              "an info has its family");
    }
  }

  void CheckTrait(const Trait& trait) const {
    Require(!trait.values.empty(), "a trait has values");
    for (const TraitValue& value : trait.values) {
      Require(!value.conditions.empty(), "a value of a trait has conditions");
      for (const Condition& condition : value.conditions) {
        Require(condition.of == Condition::Of::kOtherColumn ||
                    condition.of == Condition::Of::kOtherColumns ||
                    condition.of == Condition::Of::kOtherCharacters,
                "a trait asks for what commands answered");
        CheckCondition(condition);
      }
    }
  }

  void CheckCondition(const Condition& condition) const {
    switch (condition.of) {
      case Condition::Of::kTrait:
        Require(condition.trait < protocol_.traits.size(), "a condition has its trait");
        Require(!condition.trait_values.empty(), "a condition has a value");
        for (const std::uint16_t value : condition.trait_values) {
          Require(value < protocol_.traits[condition.trait].values.size(), "... one of the trait");
        }
        return;
      case Condition::Of::kOtherColumn:
        Require(condition.column >= 1 && !condition.values.empty(), "a condition has a column");
        break;
      case Condition::Of::kOwnColumns:
      case Condition::Of::kOwnCharacters:
      case Condition::Of::kOtherColumns:
      case Condition::Of::kOtherCharacters:
        Require(condition.range.low >= 1 && condition.range.low <= condition.range.high,
                "a condition has a range");
        break;
    }
    Require(condition.command < protocol_.commands.size(), "a condition has its command");
  }

  void CheckSeries(const std::optional<SeriesIndex>& series) const {
    Require(!series || *series < protocol_.series.size(), "a row has its series");
  }

  void CheckCommand(const Command& command) const {
    Require(serial::Command::Query(command.name).has_value(), "a command can be sent as a query");
    Require(command.reply_columns.has_value() != command.reply_characters.has_value(),
            "a reply is counted in columns or in characters");
    const Range range = command.reply_columns ? *command.reply_columns : *command.reply_characters;
    Require(range.low >= 1 && range.low <= range.high && range.high <= 300, "a reply has a length");
    Require(command.rows.empty() == command.reply_characters.has_value() &&
                command.characters.empty() == command.reply_columns.has_value(),
            "rows are of columns or of characters");
    Require(!command.required || command.ask == Ask::kEveryScrape, "required is asked always");

    const Row* last = nullptr;
    for (const Row& row : command.rows) {
      Require(last == nullptr || std::tie(last->at, last->part) <= std::tie(row.at, row.part),
              "rows are sorted");
      last = &row;
      for (const Condition& condition : row.when) CheckCondition(condition);
      Require(row.at <= range.high, "a row is one of a column");
      Require((row.at == 0) == std::holds_alternative<Product>(row.kind), "a product has no place");
      std::visit([&](const auto& kind) { CheckKind(kind, row.at, range.high); }, row.kind);
    }
    for (const CharacterRow& row : command.characters) {
      for (const Condition& condition : row.when) CheckCondition(condition);
      Require(row.at < range.high, "a row is one of a character");
      std::visit([&](const auto& kind) { CheckKind(kind, row.at, range.high); }, row.kind);
    }
    for (const Condition& condition : command.when) CheckCondition(condition);
    CheckUnit(command);
    CheckExample(command);
  }

  void CheckUnit(const Command& command) const {
    Require(!command.exists || (command.reply_columns && command.exists->column >= 1 &&
                                command.exists->column <= command.reply_columns->low),
            "every reply tells whether its unit exists");
    if (!command.unit) return;
    const auto& [number, of] = *command.unit;
    Require(of.low <= number && number <= of.high, "a unit is one of its neighbours");
    const std::size_t first = protocol_.FirstUnitOf(command);
    for (std::size_t i = 0; i <= of.high - of.low; ++i) {
      Require(first + i < protocol_.commands.size() && protocol_.commands[first + i].unit &&
                  protocol_.commands[first + i].unit->number == of.low + i,
              "units are neighbours");
    }
  }

  void CheckKind(const Number& number, unsigned, unsigned) const {
    CheckSeries(number.series);
    Require(number.divisor >= 1 && number.factor >= 1, "a scale is 1 or more");
    Require(number.divisor == 1 || number.factor == 1, "there is one scale");
    Require(!number.above || std::isfinite(*number.above), "a bound is a number");
  }
  void CheckKind(const Bit& bit, unsigned, unsigned) const {
    CheckSeries(bit.series);
    Require(bit.bit < bit.width, "a bit is within its column");
  }
  void CheckKind(const Product& product, unsigned, unsigned last) const {
    CheckSeries(product.series);
    Require(
        product.left >= 1 && product.left <= last && product.right >= 1 && product.right <= last,
        "a product is of columns");
  }
  void CheckKind(const State& state, unsigned, unsigned) const {
    Require(!state.states.empty() && !state.all.empty(), "there are states");
    const std::set<SeriesIndex> all(state.all.begin(), state.all.end());
    Require(all.size() == state.all.size(), "each series of a state set is there once");
    for (const SeriesIndex series : all) {
      CheckSeries(series);
      Require(protocol_.series[series].family == protocol_.series[state.all.front()].family,
              "states are of one family");
    }
    Require(!state.otherwise || all.contains(*state.otherwise), "* is one of the states");
    for (const auto& [value, series] : state.states) {
      Require(!value.empty() && all.contains(series), "a state has its series");
    }
  }
  void CheckKind(const Letters& letters, unsigned, unsigned) const {
    std::set<char> seen;
    std::set<SeriesIndex> all;
    for (const auto& [letter, series] : letters.letters) {
      CheckSeries(series);
      Require(seen.insert(letter).second && all.insert(series).second, "a letter is there once");
    }
    Require(!all.empty(), "there are letters");
  }
  void CheckKind(const List& list, unsigned at, unsigned last) const {
    Require(list.series.size() == last - at + 1, "a list goes on to the last column");
    for (const SeriesIndex series : list.series) CheckSeries(series);
  }
  void CheckKind(const InfoText& text, unsigned, unsigned) const {
    Require(
        text.info < protocol_.infos.size() && text.label < protocol_.infos[text.info].labels.size(),
        "a text has its label");
    for (const auto& [sent, shown] : text.texts) {
      Require(!sent.empty() && IsUtf8(shown), "a translation is a text");
    }
  }
  void CheckKind(const FlagCharacter& flag, unsigned at, unsigned length) const {
    Require(flag.warning || flag.fault, "a flag is a warning or a fault");
    CheckSeries(flag.warning);
    CheckSeries(flag.fault);
    Require(flag.warning || (!flag.warning_in_all && flag.warning_in.empty()),
            "a warning has its series");
    Require(flag.fault || (!flag.fault_in_all && flag.fault_in.empty()), "a fault has its series");
    if (!flag.fault_with) return;
    Require(*flag.fault_with != at && *flag.fault_with < length && flag.warning && flag.fault,
            "fault_with is another character");
  }
  void CheckKind(const DigitCharacters& digits, unsigned at, unsigned length) const {
    CheckSeries(digits.series);
    Require(digits.count >= 1 && at + digits.count <= length, "digits are within the reply");
  }
  void CheckKind(const Reserved&, unsigned, unsigned) const {}

  // With nothing known, and with what the other examples say.
  void CheckExample(const Command& command) const {
    Require(Fits(command, command.example), "an example fits");
    KnownReplies known(protocol_);
    for (const bool all_known : {false, true}) {
      Decoded decoded;
      const TraitValues traits = ResolveTraits(protocol_, known, {});
      Decode(protocol_, command, command.example, known, traits, decoded);
      std::set<SeriesIndex> seen;
      for (const Sample& sample : decoded.samples) {
        Require(sample.series < protocol_.series.size() && std::isfinite(sample.value),
                "a sample has a series and a number");
        Require(all_known || seen.insert(sample.series).second, "an example gives a series once");
      }
      Require(all_known || decoded.bad_columns == 0, "an example decodes");
      for (const Command& each : protocol_.commands) {
        known.Set(protocol_.IndexOf(each), each.example);
      }
    }
  }

  const Protocol& protocol_;
};

void Check(const std::string& yaml) {
  const Result<Protocol> protocol = LoadProtocol(yaml, "fuzz.yaml");
  if (protocol) {
    Invariants(*protocol).Check();
  } else {
    RequireComplaint(protocol.error().text, yaml);
  }
}

}  // namespace
}  // namespace mppsolar::metrics

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mppsolar::metrics::Check(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

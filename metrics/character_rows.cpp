#include <algorithm>
#include <map>

#include "metrics/condition_reader.h"
#include "metrics/row_reader.h"

namespace mppsolar::metrics {
namespace {

constexpr unsigned kMostDigits = 9;

class CharacterRows {
 public:
  explicit CharacterRows(const RowContext& context)
      : protocol_(context.protocol),
        series_(context.series),
        severities_(context.severities),
        command_(context.command),
        length_(context.command.reply_characters->high) {}

  void Read(const Yaml& rows) {
    for (const Yaml& row : rows.List()) ReadRow(row);
    if (command_.characters.empty()) rows.Complain("no rows; a command has at least one");
    std::stable_sort(command_.characters.begin(), command_.characters.end(),
                     [](const CharacterRow& a, const CharacterRow& b) { return a.at < b.at; });
  }

 private:
  // In which generations something is so.
  struct Generations {
    bool all = false;
    std::vector<std::uint16_t> some;
  };

  void ReadRow(const Yaml& row) {
    const std::vector<YamlEntry> entries = row.Entries();
    const auto has = [&](std::string_view key) {
      return std::any_of(entries.begin(), entries.end(),
                         [&](const YamlEntry& entry) { return entry.key.Text() == key; });
    };
    if (has("reserved")) return ReadReserved(row);
    if (has("digits")) return ReadDigits(row);
    ReadFlag(row);
  }

  void ReadFlag(const Yaml& yaml) {
    const YamlMap map(yaml, "a row of a warning or fault",
                      {"at", "name", "warning", "fault", "fault_with", "when", "help"});
    CharacterRow row = Begin(map);
    const std::string& help = ReadHelp(map.Get("help"));
    const std::string& name = ReadName(map.Get("name"));

    const std::optional<Yaml> warning = map.Find("warning");
    const std::optional<Yaml> fault = map.Find("fault");
    const std::optional<Yaml> fault_with = map.Find("fault_with");
    if (!warning && !fault) yaml.Complain("neither `warning` nor `fault`; one of them or both");
    if (fault_with && !warning) {
      fault_with->Complain("`fault_with` without `warning`; it makes a fault of a warning");
    }

    FlagCharacter flag;
    flag.name = name;
    flag.help = help;
    Generations warning_in;
    Generations fault_in;
    if (warning) warning_in = ReadGenerations(*warning);
    if (fault) fault_in = ReadGenerations(*fault);
    CheckApart(warning_in, fault_in, fault ? *fault : yaml);
    if (warning) {
      flag.warning =
          AddFlagSeries(severities_.warning, "warning", name, row, warning_in.all, *warning);
    }
    if (fault || fault_with) {
      const bool in_all = fault_with ? warning_in.all : fault_in.all;
      flag.fault = AddFlagSeries(severities_.fault, "fault", name, row, in_all,
                                 fault ? *fault : *fault_with);
    }
    if (fault_with) {
      flag.fault_with = fault_with->Whole(0, length_ - 1);
      if (*flag.fault_with == row.at) {
        fault_with->Complain("its own place; the place of another character");
      }
    }
    flag.warning_in_all = warning_in.all;
    flag.warning_in = std::move(warning_in.some);
    flag.fault_in_all = fault_in.all;
    flag.fault_in = std::move(fault_in.some);
    row.kind = std::move(flag);
    Add(map, std::move(row));
  }

  void ReadDigits(const Yaml& yaml) {
    const YamlMap map(yaml, "a row of digits", {"at", "digits", "metric", "when", "help"});
    CharacterRow row = Begin(map);
    DigitCharacters digits{};
    const unsigned fit = std::min(kMostDigits, length_ - row.at);
    digits.count = map.Get("digits").Whole(1, fit);
    const FamilyIndex family =
        series_.AddFamily(map.Get("metric"), MetricKind::kNumber, {}, map.Find("help"));
    digits.series =
        series_.AddSeries(family, {}, Source(row, !row.when.empty()), map.Get("metric"));
    row.kind = digits;
    Add(map, std::move(row));
  }

  void ReadReserved(const Yaml& yaml) {
    const YamlMap map(yaml, "a reserved row", {"at", "reserved", "when", "help"});
    CharacterRow row = Begin(map);
    if (const auto help = map.Find("help")) static_cast<void>(ReadHelp(*help));
    if (!map.Get("reserved").YesOrNo()) map.Get("reserved").Complain("false; true or no such key");
    row.kind = Reserved{};
    Add(map, std::move(row));
  }

  CharacterRow Begin(const YamlMap& map) {
    CharacterRow row{};
    row.at = map.Get("at").Whole(0, length_ - 1);
    row.line = map.Whole().Line();
    if (const auto when = map.Find("when")) {
      row.when = ReadRowConditions(*when, protocol_, command_);
    }
    return row;
  }

  [[nodiscard]] Generations ReadGenerations(const Yaml& yaml) const {
    if (yaml.IsText() && yaml.Text() == "all") return {true, {}};
    const auto generation =
        std::find_if(protocol_.traits.begin(), protocol_.traits.end(),
                     [](const Trait& trait) { return trait.name == "generation"; });
    if (generation == protocol_.traits.end()) {
      yaml.Complain("generations, but no trait `generation`; define it or write all");
    }
    return {false, ReadTraitValues(yaml, *generation)};
  }

  // Which of the two it is must not depend on the order in which they are read.
  static void CheckApart(const Generations& warning, const Generations& fault, const Yaml& where) {
    const auto any = [](const Generations& in) { return in.all || !in.some.empty(); };
    const bool common = std::any_of(warning.some.begin(), warning.some.end(), [&](auto value) {
      return std::find(fault.some.begin(), fault.some.end(), value) != fault.some.end();
    });
    if (common || (warning.all && any(fault)) || (fault.all && any(warning))) {
      where.Complain("a generation in both `warning` and `fault`; in one of them");
    }
  }

  SeriesIndex AddFlagSeries(const std::optional<FamilyIndex>& family, const std::string& severity,
                            const std::string& name, const CharacterRow& row, bool in_all,
                            const Yaml& where) {
    if (!family) where.Complain("a " + severity + ", but `severities` has none; define it there");
    return series_.AddSeries(*family, {{severity, name}}, Source(row, !in_all || !row.when.empty()),
                             where);
  }

  [[nodiscard]] SeriesSource Source(const CharacterRow& row, bool conditional) const {
    return {protocol_.IndexOf(command_),    row.at, 0, conditional, std::nullopt, row.line,
            protocol_.FirstUnitOf(command_)};
  }

  void Add(const YamlMap& map, CharacterRow row) {
    const auto settled = settled_.find(row.at);
    if (settled != settled_.end()) {
      map.Whole().Complain("a row that is never used; that of line " +
                           std::to_string(settled->second) +
                           " reads the same place and always holds, so move it to the end");
    }
    if (row.when.empty()) settled_[row.at] = row.line;
    command_.characters.push_back(std::move(row));
  }

  Protocol& protocol_;
  SeriesTable& series_;
  const Severities& severities_;
  Command& command_;
  const unsigned length_;
  std::map<unsigned, unsigned> settled_;  // Place -> line that always holds.
};

}  // namespace

void ReadCharacterRows(const Yaml& rows, const RowContext& context) {
  CharacterRows(context).Read(rows);
}

}  // namespace mppsolar::metrics

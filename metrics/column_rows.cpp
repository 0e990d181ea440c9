#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "metrics/columns.h"
#include "metrics/condition_reader.h"
#include "metrics/decode.h"
#include "metrics/row_reader.h"

namespace mppsolar::metrics {
namespace {

constexpr unsigned kLargestScale = 1'000'000'000;
constexpr unsigned kLastBit = 63;
constexpr std::string_view kUnitLabel = "unit";

class ColumnRows {
 public:
  explicit ColumnRows(const RowContext& context)
      : protocol_(context.protocol),
        series_(context.series),
        command_(context.command),
        last_column_(context.command.reply_columns->high),
        example_(context.command.example) {}

  void Read(const Yaml& rows) {
    for (const Yaml& row : rows.List()) ReadRow(row);
    if (command_.rows.empty()) rows.Complain("no rows; a command has at least one");
    SetBitWidths();
    std::stable_sort(command_.rows.begin(), command_.rows.end(), [](const Row& a, const Row& b) {
      return std::tie(a.at, a.part) < std::tie(b.at, b.part);
    });
  }

 private:
  // The key that tells a row's kind decides which other keys it may have.
  void ReadRow(const Yaml& row) {
    const std::vector<YamlEntry> entries = row.Entries();
    const auto has = [&](std::string_view key) {
      return std::any_of(entries.begin(), entries.end(),
                         [&](const YamlEntry& entry) { return entry.key.Text() == key; });
    };
    if (has("product")) return ReadProduct(row);
    if (has("from")) return ReadList(row);
    if (has("reserved")) return ReadReserved(row);
    if (has("info")) return ReadInfoText(row);
    if (has("bit")) return ReadBit(row);
    if (has("states")) return ReadStates(row);
    if (has("letters")) return ReadLetters(row);
    ReadNumber(row);
  }

  void ReadNumber(const Yaml& yaml) {
    const YamlMap map(yaml, "a number row",
                      {"at", "metric", "per", "times", "labels", "total", "above", "when", "help"});
    Row row = Begin(map, "at");
    Number number{};
    if (const auto per = map.Find("per")) number.divisor = per->Whole(1, kLargestScale);
    if (const auto times = map.Find("times")) {
      number.factor = times->Whole(1, kLargestScale);
      if (map.Has("per")) times->Complain("both `times` and `per`; one of them");
    }
    if (const auto above = map.Find("above")) {
      number.above = ParseNumber(above->Text());
      if (!number.above) above->Complain(Quoted(above->Text()) + "; a number belongs here");
    }
    number.series = OnlySeries(map, row, MetricKind::kNumber, number.above.has_value());
    row.kind = number;
    Add(map, std::move(row), number.above.has_value());
  }

  void ReadBit(const Yaml& yaml) {
    const YamlMap map(yaml, "a bit row",
                      {"at", "bit", "metric", "labels", "total", "when", "help"});
    Row row = Begin(map, "at");
    const Yaml bit_yaml = map.Get("bit");
    const std::size_t width = example_[row.at].size();
    const unsigned last = width == 0 ? kLastBit : static_cast<unsigned>(width) - 1;
    Bit bit{};
    bit.bit = bit_yaml.Whole(0, std::min(last, kLastBit));
    row.part = bit.bit + 1;
    bit.series = OnlySeries(map, row, MetricKind::kBit, false);
    row.kind = bit;
    Add(map, std::move(row), false);
  }

  void ReadProduct(const Yaml& yaml) {
    const YamlMap map(yaml, "a product row",
                      {"product", "metric", "labels", "total", "when", "help"});
    Row row{};
    row.line = yaml.Line();
    ReadWhen(map, row);
    const Yaml columns = map.Get("product");
    const std::vector<Yaml> both = columns.List();
    if (both.size() != 2) columns.Complain("not two columns; two, like [13, 15]");
    Product product{};
    product.left = both[0].Whole(1, last_column_);
    product.right = both[1].Whole(1, last_column_);
    row.part = product.left * (kMaxColumns + 1) + product.right;
    product.series = OnlySeries(map, row, MetricKind::kNumber, false);
    row.kind = product;
    Add(map, std::move(row), false);
  }

  void ReadStates(const Yaml& yaml) {
    const YamlMap map(yaml, "a state row",
                      {"at", "metric", "label", "states", "labels", "total", "when", "help"});
    Row row = Begin(map, "at");
    const Labels fixed = FixedLabels(map);
    const std::string label = ReadLabelName(map.Get("label"));
    const FamilyIndex family = AddFamily(map, MetricKind::kState, fixed, label);
    const Yaml states = map.Get("states");
    State state;
    for (const YamlEntry& entry : states.Entries()) {
      const std::string& value = ReadColumnText(entry.key);
      Labels labels = fixed;
      labels.emplace_back(label, ReadLabelValue(entry.value));
      const SeriesIndex series =
          series_.AddSeries(family, std::move(labels), Source(row, false), entry.value);
      if (std::find(state.all.begin(), state.all.end(), series) == state.all.end()) {
        state.all.push_back(series);
      }
      if (value == "*") {
        state.otherwise = series;
      } else {
        state.states.emplace_back(value, series);
      }
    }
    if (state.states.empty()) states.Complain("no states; list those that are known");
    row.kind = std::move(state);
    Add(map, std::move(row), false);
  }

  void ReadLetters(const Yaml& yaml) {
    const YamlMap map(yaml, "a letters row",
                      {"at", "metric", "label", "letters", "labels", "total", "when", "help"});
    Row row = Begin(map, "at");
    const Labels fixed = FixedLabels(map);
    const std::string label = ReadLabelName(map.Get("label"));
    const FamilyIndex family = AddFamily(map, MetricKind::kLetters, fixed, label);
    const Yaml all = map.Get("letters");
    Letters letters;
    std::vector<SeriesIndex> seen;
    for (const YamlEntry& entry : all.Entries()) {
      const std::string& letter = ReadColumnText(entry.key);
      if (letter.size() != 1 || letter == "E" || letter == "D") {
        entry.key.Complain(Quoted(letter) +
                           "; one letter belongs here, and E and D stand for enabled, disabled");
      }
      Labels labels = fixed;
      labels.emplace_back(label, ReadLabelValue(entry.value));
      const SeriesIndex series =
          series_.AddSeries(family, std::move(labels), Source(row, false), entry.value);
      if (std::find(seen.begin(), seen.end(), series) != seen.end()) {
        entry.value.Complain("the name " + Quoted(entry.value.Text()) +
                             " a second time; each letter has its own");
      }
      seen.push_back(series);
      letters.letters.emplace_back(letter[0], series);
    }
    if (letters.letters.empty()) all.Complain("no letters; list those that are known");
    row.kind = std::move(letters);
    Add(map, std::move(row), false);
  }

  void ReadList(const Yaml& yaml) {
    const YamlMap map(yaml, "a list row",
                      {"from", "metric", "label", "labels", "total", "when", "help"});
    Row row = Begin(map, "from");
    const Labels fixed = FixedLabels(map);
    const std::string label = ReadLabelName(map.Get("label"));
    const FamilyIndex family = AddFamily(map, MetricKind::kNumber, fixed, label);
    List list;
    for (unsigned column = row.at; column <= last_column_; ++column) {
      Labels labels = fixed;
      labels.emplace_back(label, std::to_string(column - row.at + 1));
      list.series.push_back(
          series_.AddSeries(family, std::move(labels), Source(row, false), map.Get("metric")));
    }
    row.kind = std::move(list);
    Add(map, std::move(row), false);
  }

  void ReadInfoText(const Yaml& yaml) {
    const YamlMap map(yaml, "an info row",
                      {"at", "info", "label", "after", "texts", "when", "help"});
    Row row = Begin(map, "at");
    if (const auto help = map.Find("help")) static_cast<void>(ReadHelp(*help));
    InfoText text{};
    const Yaml info = map.Get("info");
    text.info = FindInfo(info);
    const Yaml label = map.Get("label");
    const std::vector<std::string>& labels = protocol_.infos[text.info].labels;
    const auto found = std::find(labels.begin(), labels.end(), label.Text());
    if (found == labels.end()) {
      label.Complain("the label " + Quoted(label.Text()) + "; " + info.Text() + " has " +
                     Listed(labels));
    }
    text.label = static_cast<std::uint16_t>(found - labels.begin());
    if (const auto after = map.Find("after")) text.after = ReadColumnText(*after);
    if (const auto texts = map.Find("texts")) {
      for (const YamlEntry& entry : texts->Entries()) {
        text.texts.emplace_back(ReadColumnText(entry.key), ReadLabelValue(entry.value));
      }
    }
    if (command_.unit) SetUnit(text, info, label);
    series_.AddInfoLabel(text.info, text.label, Source(row, false), label);
    row.kind = std::move(text);
    Add(map, std::move(row), false);
  }

  void ReadReserved(const Yaml& yaml) {
    const YamlMap map(yaml, "a reserved row", {"at", "reserved", "when", "help"});
    Row row = Begin(map, "at");
    if (const auto help = map.Find("help")) static_cast<void>(ReadHelp(*help));
    if (!map.Get("reserved").YesOrNo()) map.Get("reserved").Complain("false; true or no such key");
    row.kind = Reserved{};
    Add(map, std::move(row), false);
  }

  Row Begin(const YamlMap& map, std::string_view at) {
    Row row{};
    row.at = map.Get(at).Whole(1, last_column_);
    row.line = map.Whole().Line();
    ReadWhen(map, row);
    return row;
  }

  void ReadWhen(const YamlMap& map, Row& row) {
    if (const auto when = map.Find("when")) {
      row.when = ReadRowConditions(*when, protocol_, command_);
    }
  }

  [[nodiscard]] Labels FixedLabels(const YamlMap& map) const {
    Labels fixed;
    if (!IsTotal(map) && command_.unit) {
      fixed.emplace_back(kUnitLabel, std::to_string(command_.unit->number));
    }
    if (const auto labels = map.Find("labels")) {
      for (const YamlEntry& entry : labels->Entries()) {
        fixed.emplace_back(ReadLabelName(entry.key), ReadLabelValue(entry.value));
      }
    }
    return fixed;
  }

  [[nodiscard]] bool IsTotal(const YamlMap& map) const {
    const std::optional<Yaml> total = map.Find("total");
    if (!total) return false;
    if (!total->YesOrNo()) total->Complain("false; true or no such key");
    if (!command_.unit) total->Complain("`total` in a command without `units`; leave it out");
    return true;
  }

  FamilyIndex AddFamily(const YamlMap& map, MetricKind kind, const Labels& fixed,
                        const std::string& label = "") {
    std::vector<std::string> names;
    for (const auto& [name, value] : fixed) names.push_back(name);
    if (!label.empty()) names.push_back(label);
    return series_.AddFamily(map.Get("metric"), kind, names, map.Find("help"));
  }

  SeriesIndex OnlySeries(const YamlMap& map, const Row& row, MetricKind kind, bool has_above) {
    Labels fixed = FixedLabels(map);
    const FamilyIndex family = AddFamily(map, kind, fixed);
    return series_.AddSeries(family, std::move(fixed), Source(row, has_above), map.Get("metric"));
  }

  [[nodiscard]] SeriesSource Source(const Row& row, bool has_above) const {
    return {protocol_.IndexOf(command_),
            row.at,
            row.part,
            has_above || !row.when.empty(),
            OwnColumns(row.when),
            row.line,
            protocol_.FirstUnitOf(command_)};
  }

  // What a reply can have in a column.
  static const std::string& ReadColumnText(const Yaml& text) {
    const std::string& value = text.Text();
    if (value.empty() || !IsPrintable(value) || value.find(' ') != std::string::npos) {
      text.Complain(Quoted(value) + "; a column has printable characters and no spaces");
    }
    return value;
  }

  // Units are told apart by the label `unit`, so each has an info metric of its own.
  void SetUnit(InfoText& text, const Yaml& info, const Yaml& label) {
    Info of_unit = protocol_.infos[text.info];
    of_unit.unit = command_.unit->number;
    const auto place = std::find(of_unit.labels.begin(), of_unit.labels.end(), kUnitLabel);
    if (place == of_unit.labels.end()) {
      info.Complain("the info " + Quoted(info.Text()) +
                    " without a label `unit`; in a command with `units` it needs one");
    }
    if (label.Text() == kUnitLabel) {
      label.Complain("the label \"unit\", which `units` fills in; take another one");
    }
    text.unit.emplace(static_cast<std::uint16_t>(place - of_unit.labels.begin()),
                      std::to_string(command_.unit->number));
    const auto known =
        std::find_if(protocol_.infos.begin(), protocol_.infos.end(), [&](const Info& each) {
          return each.family == of_unit.family && each.unit == of_unit.unit;
        });
    text.info = static_cast<std::uint16_t>(known - protocol_.infos.begin());
    if (known == protocol_.infos.end()) protocol_.infos.push_back(std::move(of_unit));
  }

  [[nodiscard]] std::uint16_t FindInfo(const Yaml& name) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < protocol_.infos.size() && !protocol_.infos[i].unit; ++i) {
      const std::string& family = protocol_.families[protocol_.infos[i].family].name;
      if (family == "mppsolar_" + name.Text()) return static_cast<std::uint16_t>(i);
      names.push_back(family.substr(std::string_view("mppsolar_").size()));
    }
    name.Complain("the info " + Quoted(name.Text()) + "; `infos` has " + Listed(names));
  }

  void Add(const YamlMap& map, Row row, bool has_above) {
    const auto settled = settled_.find({row.at, row.part});
    if (settled != settled_.end()) {
      map.Whole().Complain("a row that is never used; that of line " +
                           std::to_string(settled->second) +
                           " reads the same place and always holds, so move it to the end");
    }
    if (row.when.empty() && !has_above) settled_[{row.at, row.part}] = row.line;

    const bool is_list = std::holds_alternative<List>(row.kind);
    if (is_list ? last_at_ > row.at : row.at > list_from_) {
      map.Whole().Complain("a column that a list reads, too; a list goes on to the last column");
    }
    if (is_list) list_from_ = row.at;
    last_at_ = std::max(last_at_, row.at);
    command_.rows.push_back(std::move(row));
  }

  // A column that the example does not reach is as wide as its highest bit says.
  void SetBitWidths() {
    std::map<unsigned, unsigned> widths;
    for (const Row& row : command_.rows) {
      const auto* const bit = std::get_if<Bit>(&row.kind);
      if (bit == nullptr) continue;
      unsigned& width = widths[row.at];
      const auto in_example = static_cast<unsigned>(example_[row.at].size());
      width = in_example != 0 ? in_example : std::max(width, bit->bit + 1);
    }
    for (Row& row : command_.rows) {
      if (auto* const bit = std::get_if<Bit>(&row.kind)) bit->width = widths[row.at];
    }
  }

  Protocol& protocol_;
  SeriesTable& series_;
  Command& command_;
  const unsigned last_column_;
  const Columns example_;
  std::map<std::pair<unsigned, unsigned>, unsigned> settled_;  // Place -> line that always holds.
  unsigned last_at_ = 0;
  unsigned list_from_ = std::numeric_limits<unsigned>::max();
};

}  // namespace

void ReadColumnRows(const Yaml& rows, const RowContext& context) { ColumnRows(context).Read(rows); }

}  // namespace mppsolar::metrics

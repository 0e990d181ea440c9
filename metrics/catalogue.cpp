#include "metrics/catalogue.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <variant>

namespace mppsolar::metrics {
namespace {

void AddOnce(std::vector<std::string>& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

class Collector {
 public:
  explicit Collector(const Protocol& protocol) : protocol_(protocol) {}

  std::vector<CatalogueEntry> Collect() {
    for (const Command& command : protocol_.commands) {
      const std::string name = NameOf(command);
      for (const Row& row : command.rows) {
        const std::string place = name + " column " + std::to_string(row.at);
        std::visit([&](const auto& kind) { Add(kind, place, name); }, row.kind);
      }
      for (const CharacterRow& row : command.characters) {
        const std::string place = name + " character " + std::to_string(row.at);
        std::visit([&](const auto& kind) { Add(kind, place, name); }, row.kind);
      }
    }
    std::vector<CatalogueEntry> sorted;
    sorted.reserve(entries_.size());
    for (auto& [name, entry] : entries_) sorted.push_back(std::move(entry));
    return sorted;
  }

 private:
  // "QPGS0 to QPGS9" for each of these, which have the same rows: so a place is listed once.
  [[nodiscard]] std::string NameOf(const Command& command) const {
    if (!command.unit || command.unit->of.low == command.unit->of.high) return command.name;
    const CommandIndex first = protocol_.FirstUnitOf(command);
    const std::size_t last = first + command.unit->of.high - command.unit->of.low;
    return protocol_.commands[first].name + " to " + protocol_.commands[last].name;
  }

  void Add(const Number& number, const std::string& place, const std::string&) {
    AddSeries(number.series, place);
  }
  void Add(const Bit& bit, const std::string& place, const std::string&) {
    AddSeries(bit.series, place + ", bit " + std::to_string(bit.bit));
  }
  void Add(const Product& product, const std::string&, const std::string& command) {
    AddSeries(product.series, command + " column " + std::to_string(product.left) +
                                  " times column " + std::to_string(product.right));
  }
  void Add(const State& state, const std::string& place, const std::string&) {
    for (const SeriesIndex series : state.all) AddState(series, place);
  }
  void Add(const Letters& letters, const std::string& place, const std::string&) {
    for (const auto& [letter, series] : letters.letters) {
      AddState(series, place + ", letter " + letter);
    }
  }
  void Add(const List& list, const std::string& place, const std::string&) {
    for (const SeriesIndex series : list.series) AddSeries(series, place + " and following");
  }
  void Add(const InfoText& text, const std::string& place, const std::string&) {
    const Info& info = protocol_.infos[text.info];
    AddOnce(Entry(info.family).from, place + " (" + info.labels[text.label] + ")");
  }
  void Add(const FlagCharacter& flag, const std::string& place, const std::string&) {
    if (flag.warning) AddState(*flag.warning, place);
    if (flag.fault) AddState(*flag.fault, place);
  }
  void Add(const DigitCharacters& digits, const std::string& place, const std::string&) {
    AddSeries(digits.series, place + " (" + std::to_string(digits.count) + " digits)");
  }
  void Add(const Reserved&, const std::string&, const std::string&) {}

  void AddSeries(SeriesIndex series, const std::string& from) {
    AddOnce(Entry(protocol_.series[series].family).from, from);
  }

  // The loader puts the label that tells states apart last.
  void AddState(SeriesIndex series, const std::string& from) {
    AddSeries(series, from);
    const Series& of = protocol_.series[series];
    AddOnce(Entry(of.family).states, of.labels.back().second);
  }

  CatalogueEntry& Entry(FamilyIndex index) {
    const Family& family = protocol_.families[index];
    const auto [found, is_new] = entries_.try_emplace(family.name);
    CatalogueEntry& entry = found->second;
    if (is_new) {
      entry.name = family.name;
      entry.type = TypeName(family.type);
      entry.labels = {"inverter"};
      entry.labels.insert(entry.labels.end(), family.label_names.begin(), family.label_names.end());
      entry.help = family.help;
    }
    return entry;
  }

  const Protocol& protocol_;
  std::map<std::string_view, CatalogueEntry> entries_;
};

}  // namespace

std::string TypeName(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter:
      return "counter";
    case FamilyType::kHistogram:
      return "histogram";
    case FamilyType::kGauge:
      break;
  }
  return "gauge";
}

std::vector<CatalogueEntry> Catalogue(const Protocol& protocol) {
  return Collector(protocol).Collect();
}

}  // namespace mppsolar::metrics

#include "metrics/loader.h"

#include <algorithm>
#include <functional>
#include <set>

#include "metrics/columns.h"
#include "metrics/condition_reader.h"
#include "metrics/decode.h"
#include "metrics/row_reader.h"
#include "metrics/series_table.h"
#include "metrics/strict_yaml.h"

namespace mppsolar::metrics {
namespace {

constexpr unsigned kMostCharacters = 300;
constexpr std::size_t kLongestCommand = 64;  // A longer one cannot be sent.
constexpr unsigned kLastUnit = 9;            // Units have one digit.

class Loader {
 public:
  Protocol Load(const Yaml& root) {
    const YamlMap map(root, "a definition",
                      {"protocol", "help", "answers", "traits", "severities", "infos", "commands"});
    protocol_.name = ReadName(map.Get("protocol"));
    protocol_.help = ReadHelp(map.Get("help"));
    // Conditions name traits and commands that may stand further down, so rows come last.
    const std::vector<YamlMap> commands = ReadCommandHeads(map.Get("commands"));
    if (const auto traits = map.Find("traits")) ReadTraits(*traits);
    if (const auto severities = map.Find("severities")) ReadSeverities(*severities);
    if (const auto infos = map.Find("infos")) ReadInfos(*infos);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      ReadRows(commands[i], protocol_.commands[i]);
    }
    if (const auto answers = map.Find("answers")) ReadAnswers(*answers);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      CheckExample(commands[i].Get("example"), protocol_.commands[i]);
    }
    return std::move(protocol_);
  }

 private:
  std::vector<YamlMap> ReadCommandHeads(const Yaml& commands) {
    std::vector<YamlMap> maps;
    std::set<std::string> names;
    for (const YamlEntry& entry : commands.Entries()) {
      const YamlMap map(entry.value, "a command",
                        {"help", "ask", "required", "when", "units", "exists", "source", "reply",
                         "example", "columns", "characters"});
      for (const std::optional<Unit>& unit : ReadUnits(map)) {
        maps.push_back(map);
        protocol_.commands.push_back(ReadCommandHead(entry.key, map, unit));
        const std::string& name = protocol_.commands.back().name;
        if (!names.insert(name).second) {
          entry.key.Complain("the command " + Quoted(name) +
                             " a second time; one stands for it by its `units`");
        }
      }
    }
    if (maps.empty()) commands.Complain("no commands; a definition has at least one");
    return maps;
  }

  // Each makes a command of its own; nullopt: one command that is for no unit.
  static std::vector<std::optional<Unit>> ReadUnits(const YamlMap& map) {
    const std::optional<Yaml> numbers = map.Find("units");
    if (!numbers) return {std::nullopt};
    if (map.Has("characters")) {
      numbers->Complain("`units` beside `characters`; only with `columns`");
    }
    const Range of = ReadRange(*numbers, 0, kLastUnit);
    std::vector<std::optional<Unit>> units;
    for (unsigned number = of.low; number <= of.high; ++number) units.push_back(Unit{number, of});
    return units;
  }

  static Command ReadCommandHead(const Yaml& name, const YamlMap& map,
                                 const std::optional<Unit>& unit) {
    Command command;
    command.name = ReadCommandName(name, unit ? std::to_string(unit->number) : "");
    command.unit = unit;
    command.help = ReadHelp(map.Get("help"));
    command.ask = ReadAsk(map.Get("ask"));
    if (const auto required = map.Find("required")) {
      command.required = required->YesOrNo();
      if (command.required && command.ask != Ask::kEveryScrape) {
        required->Complain("`required` for a command that is not asked every time; only with " +
                           std::string("`ask: every_scrape`"));
      }
      if (command.required && (map.Has("when") || map.Has("exists"))) {
        required->Complain(
            "`required` beside `when` or `exists`; a scrape cannot need what is not " +
            std::string("always asked"));
      }
    }
    if (const auto source = map.Find("source")) command.source = source->Text();
    command.example = ReadExample(map.Get("example"));
    if (map.Has("columns") == map.Has("characters")) {
      map.Whole().Complain((map.Has("columns") ? "both" : "neither") +
                           std::string(" `columns` and `characters`; one of them"));
    }
    ReadReply(map, command);
    if (const auto exists = map.Find("exists")) ReadExists(*exists, command);
    return command;
  }

  static std::string ReadCommandName(const Yaml& name, const std::string& unit) {
    std::string text = name.Text() + unit;
    const bool is_query = text.size() >= 2 && text.size() <= kLongestCommand && text[0] == 'Q' &&
                          std::all_of(text.begin(), text.end(), [](char c) {
                            return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                          });
    if (!is_query) {
      name.Complain(
          "the command " + Quoted(text) +
          "; only queries are ever sent: Q and then capital letters and digits, 64 at most");
    }
    return text;
  }

  static Ask ReadAsk(const Yaml& ask) {
    const std::string& text = ask.Text();
    if (text == "every_scrape") return Ask::kEveryScrape;
    if (text == "slowly") return Ask::kSlowly;
    if (text == "once") return Ask::kOnce;
    ask.Complain(Quoted(text) + "; every_scrape, slowly or once belongs here");
  }

  static const std::string& ReadExample(const Yaml& example) {
    const std::string& text = example.Text();
    if (!IsPrintable(text) || text.find_first_not_of(' ') == std::string::npos ||
        text.front() == '(') {
      example.Complain("the example " + Quoted(text) +
                       "; the payload of a reply: printable, without (, checksum and CR");
    }
    return text;
  }

  static void ReadReply(const YamlMap& map, Command& command) {
    const bool has_columns = map.Has("columns");
    const std::string unit = has_columns ? "columns" : "characters";
    const unsigned most = has_columns ? kMaxColumns : kMostCharacters;
    std::optional<Range>& length = has_columns ? command.reply_columns : command.reply_characters;
    const Columns example(command.example);
    const auto example_length =
        has_columns ? example.Count()
                    : static_cast<unsigned>(WithoutTrailingSpaces(command.example).size());
    length = Range{example_length, example_length};
    if (const auto reply = map.Find("reply")) {
      const YamlMap reply_map(*reply, "`reply` beside `" + unit + "`", {unit});
      length = ReadRange(reply_map.Get(unit), 1, most);
    }
    if (example_length < length->low || example_length > length->high || example_length > most) {
      map.Get("example").Complain("an example of " + std::to_string(example_length) + " " + unit +
                                  "; " + std::to_string(length->low) + ".." +
                                  std::to_string(std::min(length->high, most)) + " by `reply`");
    }
    if (!has_columns && example.Count() != 1) {
      map.Get("example").Complain("an example with spaces; a status word has none");
    }
  }

  static void ReadExists(const Yaml& exists, Command& command) {
    if (!command.reply_columns) {
      exists.Complain("`exists` beside `characters`; only with `columns`");
    }
    const YamlMap map(exists, "`exists`", {"at", "is"});
    // A column that every reply has: of a missing one it could not be told.
    const unsigned column = map.Get("at").Whole(1, command.reply_columns->low);
    command.exists = Existence{column, map.Get("is").Text()};
    if (!Exists(command, command.example)) {
      map.Get("is").Complain(Quoted(command.exists->value) + ", but the example has " +
                             Quoted(Columns(command.example)[column]) +
                             " there; the example is that of a unit that exists");
    }
  }

  void ReadTraits(const Yaml& traits) {
    const std::vector<YamlEntry> entries = traits.Entries();
    for (const YamlEntry& entry : entries) {
      Trait trait;
      trait.name = ReadName(entry.key);
      if (trait.name == "columns" || trait.name == "characters") {
        entry.key.Complain("a trait of the name " + trait.name +
                           "; a `when` has it for the reply's length, so take another name");
      }
      for (const YamlEntry& value : entry.value.Entries()) {
        trait.values.push_back({ReadName(value.key), {}});
      }
      if (trait.values.empty()) entry.value.Complain("no values; a trait has at least one");
      protocol_.traits.push_back(std::move(trait));
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::vector<YamlEntry> values = entries[i].value.Entries();
      for (std::size_t j = 0; j < values.size(); ++j) {
        protocol_.traits[i].values[j].conditions = ReadTraitConditions(values[j].value, protocol_);
      }
    }
  }

  void ReadSeverities(const Yaml& severities) {
    const YamlMap map(severities, "`severities`", {"warning", "fault"});
    const auto read = [&](const std::string& severity) -> std::optional<FamilyIndex> {
      const std::optional<Yaml> yaml = map.Find(severity);
      if (!yaml) return std::nullopt;
      const YamlMap family(*yaml, "a severity", {"metric", "help"});
      return series_.AddFamily(family.Get("metric"), MetricKind::kSeverity, {severity},
                               family.Get("help"));
    };
    severities_.warning = read("warning");
    severities_.fault = read("fault");
    if (severities_.warning && severities_.warning == severities_.fault) {
      severities.Complain("one metric for both; each severity has its own");
    }
  }

  void ReadInfos(const Yaml& infos) {
    for (const YamlEntry& entry : infos.Entries()) {
      const YamlMap map(entry.value, "an info metric", {"labels", "help"});
      Info info;
      const Yaml labels = map.Get("labels");
      for (const Yaml& label : labels.List()) info.labels.push_back(ReadLabelName(label));
      if (info.labels.empty()) labels.Complain("no labels; an info metric has at least one");
      info.family = series_.AddFamily(entry.key, MetricKind::kInfo, info.labels, map.Get("help"));
      protocol_.infos.push_back(std::move(info));
    }
  }

  void ReadRows(const YamlMap& map, Command& command) {
    if (const auto when = map.Find("when")) {
      command.when = ReadCommandConditions(*when, protocol_, command);
    }
    const RowContext context{protocol_, series_, severities_, command};
    if (const auto columns = map.Find("columns")) {
      ReadColumnRows(*columns, context);
    } else {
      ReadCharacterRows(map.Get("characters"), context);
    }
  }

  void ReadAnswers(const Yaml& answers) {
    for (const YamlEntry& entry : answers.Entries()) {
      const Command* const command = protocol_.Find(entry.key.Text());
      if (command == nullptr) {
        entry.key.Complain("the command " + Quoted(entry.key.Text()) +
                           "; this file has none of that name");
      }
      protocol_.answers.emplace_back(protocol_.IndexOf(*command), ReadLabelValue(entry.value));
    }
  }

  void CheckExample(const Yaml& example, const Command& command) const {
    const Decoded decoded = DecodeExample(command);
    if (decoded.bad_columns == 0 && Fits(command, command.example)) {
      return CheckGivenOnce(example, decoded.samples);
    }
    // Looked for only now that something is wrong: each column alone.
    std::vector<std::string> columns;
    const unsigned count = command.reply_columns ? Columns(command.example).Count() : 0;
    for (unsigned column = 1; column <= count; ++column) {
      Command alone = command;
      std::erase_if(alone.rows, [&](const Row& row) {
        const auto* const product = std::get_if<Product>(&row.kind);
        return product != nullptr ? product->left != column && product->right != column
                                  : row.at != column;
      });
      if (DecodeExample(alone).bad_columns != 0) columns.push_back(std::to_string(column));
    }
    example.Complain("the example of " + command.name +
                     (columns.empty() ? std::string(" is not what its rows say")
                                      : " cannot be read in column " + Listed(columns)) +
                     "; correct it or the rows");
  }

  // Rows that have conditions may share a series, but not in one reply.
  void CheckGivenOnce(const Yaml& example, const std::vector<Sample>& samples) const {
    std::set<SeriesIndex> given;
    for (const Sample& sample : samples) {
      if (given.insert(sample.series).second) continue;
      const Family& family = protocol_.families[protocol_.series[sample.series].family];
      example.Complain("the example gives " + family.name +
                       " twice; give its rows conditions of which only one holds");
    }
  }

  [[nodiscard]] Decoded DecodeExample(const Command& command) const {
    Decoded decoded;
    const KnownReplies nothing(protocol_);
    Decode(protocol_, command, command.example, nothing, TraitValues(protocol_.traits.size()),
           decoded);
    return decoded;
  }

  Protocol protocol_;
  SeriesTable series_{protocol_};
  Severities severities_;
};

}  // namespace

Result<Protocol> LoadProtocol(const std::string& yaml, const std::string& file) {
  auto protocol = Strictly(yaml, file, [](const Yaml& root) { return Loader().Load(root); });
  if (protocol) protocol->fingerprint = std::hash<std::string>()(yaml);
  return protocol;
}

Result<Protocol> LoadProtocolFile(const std::string& path) {
  return ReadTextFile(path).and_then(
      [&](const std::string& yaml) { return LoadProtocol(yaml, path); });
}

Result<std::vector<std::shared_ptr<const Protocol>>> LoadProtocols(
    const std::vector<std::string>& files) {
  std::vector<std::shared_ptr<const Protocol>> protocols;
  for (const BuiltinDefinition& builtin : BuiltinDefinitions()) {
    Result<Protocol> protocol = LoadProtocol(std::string(builtin.yaml), std::string(builtin.file));
    if (!protocol) return tl::unexpected(protocol.error());
    protocols.push_back(std::make_shared<const Protocol>(*std::move(protocol)));
  }
  for (const std::string& file : files) {
    Result<Protocol> protocol = LoadProtocolFile(file);
    if (!protocol) return tl::unexpected(protocol.error());
    auto added = std::make_shared<const Protocol>(*std::move(protocol));
    const auto same_name = std::find_if(protocols.begin(), protocols.end(), [&](const auto& each) {
      return each->name == added->name;
    });
    if (same_name == protocols.end()) {
      protocols.push_back(std::move(added));
    } else {
      *same_name = std::move(added);
    }
  }
  return protocols;
}

}  // namespace mppsolar::metrics

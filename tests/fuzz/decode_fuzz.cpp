// Replies to the commands of the built-in definition, whatever they hold. The first byte of the
// input picks what the owner says of the heat sink; each line is a command and its reply, and what
// came before is known of the inverter. A word that is no command picks one all the same.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "metrics/decode.h"
#include "metrics/known.h"
#include "metrics/loader.h"
#include "require.h"

namespace mppsolar::metrics {
namespace {

// A reply read anew and plainly, to judge the decoder by.
struct PlainReply {
  std::string text;  // Without trailing spaces.
  std::vector<std::string> columns;

  explicit PlainReply(std::string_view payload) : text(payload) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    std::string column;
    for (const char c : text + ' ') {
      if (c != ' ') {
        column += c;
      } else if (!column.empty()) {
        columns.push_back(std::exchange(column, {}));
      }
    }
  }

  [[nodiscard]] std::string Column(unsigned at) const {
    return at >= 1 && at <= columns.size() ? columns[at - 1] : "";
  }
};

std::optional<double> PlainNumber(const std::string& text) {
  if (text.empty() || text.find_first_not_of("+-.0123456789") != std::string::npos) return {};
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() ? std::optional(value) : std::nullopt;
}

bool IsAbout(double value, double expected) {
  return std::abs(value - expected) <= 1e-6 + 1e-12 * std::abs(expected);
}

// Whether the row's place in the reply holds `value` for `series`. Conditions are not looked at.
struct Stands {
  const PlainReply& reply;
  unsigned at;
  SeriesIndex series;
  double value;

  bool operator()(const Number& number) const {
    const std::optional<double> sent = PlainNumber(reply.Column(at));
    if (number.series != series || !sent || (number.above && *sent <= *number.above)) return false;
    if (number.divisor == 1 && number.factor == 1) return value == *sent;
    return IsAbout(value, *sent / number.divisor * number.factor);
  }
  bool operator()(const Bit& bit) const {
    const std::string text = reply.Column(at);
    return bit.series == series && bit.bit < text.size() && text.size() == bit.width &&
           text[text.size() - 1 - bit.bit] == (value == 1 ? '1' : '0');
  }
  bool operator()(const Product& product) const {
    const std::optional<double> left = PlainNumber(reply.Column(product.left));
    const std::optional<double> right = PlainNumber(reply.Column(product.right));
    return product.series == series && left && right && IsAbout(value, *left * *right);
  }
  bool operator()(const State& state) const {
    bool is_listed = false;
    for (const auto& [text, of] : state.states) {
      if (text != reply.Column(at)) continue;
      is_listed = true;
      if (of == series && value == 1) return true;
    }
    return value == 0 || (!is_listed && state.otherwise == series);
  }
  bool operator()(const Letters& letters) const {
    const std::string text = reply.Column(at);
    const std::size_t d = text.find('D');
    return std::any_of(letters.letters.begin(), letters.letters.end(), [&](const auto& each) {
      const std::size_t place = text.find(each.first);
      return each.second == series && d != std::string::npos && place != std::string::npos &&
             (place < d) == (value == 1);
    });
  }
  bool operator()(const List& list) const {
    for (std::size_t i = 0; i < list.series.size(); ++i) {
      if (list.series[i] != series) continue;
      return PlainNumber(reply.Column(at + static_cast<unsigned>(i))) == value;
    }
    return false;
  }
  bool operator()(const InfoText&) const { return false; }
  bool operator()(const Reserved&) const { return false; }

  bool operator()(const FlagCharacter& flag) const {
    if (flag.warning != series && flag.fault != series) return false;
    const char sent = at < reply.text.size() ? reply.text[at] : '\0';
    // With `fault_with` a 1 is one in one of both families.
    return (sent == '1' && (value == 1 || flag.fault_with)) || (sent == '0' && value == 0);
  }
  bool operator()(const DigitCharacters& digits) const {
    return digits.series == series && at + digits.count <= reply.text.size() &&
           PlainNumber(reply.text.substr(at, digits.count)) == value;
  }
};

bool StandsIn(const Command& command, const PlainReply& reply, const Sample& sample) {
  const auto stands = [&](const auto& row) {
    return std::visit(Stands{reply, row.at, sample.series, sample.value}, row.kind);
  };
  return std::any_of(command.rows.begin(), command.rows.end(), stands) ||
         std::any_of(command.characters.begin(), command.characters.end(), stands);
}

std::set<FamilyIndex> FamiliesOfStates(const Protocol& protocol, const Command& command) {
  std::set<FamilyIndex> families;
  for (const Row& row : command.rows) {
    const auto* const state = std::get_if<State>(&row.kind);
    if (state != nullptr) families.insert(protocol.series[state->all.front()].family);
  }
  return families;
}

std::set<FamilyIndex> FamiliesOfNumbers(const Protocol& protocol, const Command& command) {
  std::set<FamilyIndex> families;
  const auto add = [&](SeriesIndex series) { families.insert(protocol.series[series].family); };
  for (const Row& row : command.rows) {
    if (const auto* const number = std::get_if<Number>(&row.kind)) add(number->series);
    if (const auto* const product = std::get_if<Product>(&row.kind)) add(product->series);
    if (const auto* const list = std::get_if<List>(&row.kind)) {
      for (const SeriesIndex series : list->series) add(series);
    }
  }
  for (const CharacterRow& row : command.characters) {
    if (const auto* const digits = std::get_if<DigitCharacters>(&row.kind)) add(digits->series);
  }
  return families;
}

void RequireStatesAndBits(const Protocol& protocol, const Command& command,
                          const std::vector<Sample>& samples) {
  const std::set<FamilyIndex> states = FamiliesOfStates(protocol, command);
  const std::set<FamilyIndex> numbers = FamiliesOfNumbers(protocol, command);
  std::map<std::pair<FamilyIndex, Labels>, double> in_force;  // By the labels that tell none apart.
  for (const Sample& sample : samples) {
    const auto& [family, labels] = protocol.series[sample.series];
    Require(numbers.contains(family) || sample.value == 0 || sample.value == 1,
            "bits, states, letters, warnings and faults are 0 or 1");
    if (!states.contains(family)) continue;
    in_force[{family, Labels(labels.begin(), labels.end() - 1)}] += sample.value;
  }
  for (const auto& [set, sum] : in_force) Require(sum == 1, "exactly one state is in force");
}

void RequireTexts(const Protocol& protocol, const Command& command, const PlainReply& reply,
                  const std::vector<Text>& texts) {
  for (const Text& text : texts) {
    Require(
        text.info < protocol.infos.size() && text.label < protocol.infos[text.info].labels.size(),
        "a text has its label");
    const bool stands = std::any_of(command.rows.begin(), command.rows.end(), [&](const Row& row) {
      const auto* const info = std::get_if<InfoText>(&row.kind);
      if (info == nullptr || info->info != text.info) return false;
      if (info->unit && info->unit->first == text.label) return info->unit->second == text.text;
      if (info->label != text.label) return false;
      const std::string column = reply.Column(row.at);
      if (!column.starts_with(info->after)) return false;
      const std::string sent = column.substr(info->after.size());
      const auto listed = std::find_if(info->texts.begin(), info->texts.end(),
                                       [&](const auto& each) { return each.first == sent; });
      return text.text == (listed == info->texts.end() ? sent : listed->second);
    });
    const bool is_plain = std::all_of(text.text.begin(), text.text.end(),
                                      [](char c) { return c >= ' ' && c <= '~'; });
    Require(stands && is_plain && !text.text.empty(), "a text stands in the reply");
  }
}

bool Same(const Decoded& a, const Decoded& b) {
  const auto same_sample = [](const Sample& one, const Sample& other) {
    return one.series == other.series && one.value == other.value;
  };
  const auto same_text = [](const Text& one, const Text& other) {
    return one.info == other.info && one.label == other.label && one.text == other.text;
  };
  return a.bad_columns == b.bad_columns &&
         std::equal(a.samples.begin(), a.samples.end(), b.samples.begin(), b.samples.end(),
                    same_sample) &&
         std::equal(a.texts.begin(), a.texts.end(), b.texts.begin(), b.texts.end(), same_text);
}

void Check(const Protocol& protocol, const Command& command, const std::string& payload,
           const KnownReplies& known, const TraitOverrides& overrides) {
  const TraitValues traits = ResolveTraits(protocol, known, overrides);
  const PlainReply reply(payload);
  Decoded decoded;
  Decode(protocol, command, payload, known, traits, decoded);

  Require(Exists(command, payload) ||
              (decoded.samples.empty() && decoded.texts.empty() && decoded.bad_columns == 0),
          "a unit that does not exist gives nothing");
  Require(decoded.bad_columns <= std::max<std::size_t>(reply.columns.size(), 1),
          "no more bad columns than there are");
  std::set<SeriesIndex> seen;
  for (const Sample& sample : decoded.samples) {
    Require(sample.series < protocol.series.size(), "a sample has its series");
    Require(seen.insert(sample.series).second, "a series is given once");
    Require(std::isfinite(sample.value), "a value is finite");
    Require(sample.value != 0 || !std::signbit(sample.value), "a value is not -0");
    Require(StandsIn(command, reply, sample), "a value stands in the reply");
  }
  RequireStatesAndBits(protocol, command, decoded.samples);
  RequireTexts(protocol, command, reply, decoded.texts);

  Decoded padded;
  Decode(protocol, command, payload + "  ", known, traits, padded);
  Require(Same(decoded, padded), "spaces at the end make no difference");
  if (Fits(command, payload)) {
    const bool counts_columns = command.reply_columns.has_value();
    const Range range = counts_columns ? *command.reply_columns : *command.reply_characters;
    const std::size_t length = counts_columns ? reply.columns.size() : reply.text.size();
    Require(range.low <= length && length <= range.high, "what fits is as long as a reply");
  }
}

const Protocol& Builtin() {
  static const Protocol protocol = *LoadProtocols({}).value().front();
  return protocol;
}

CommandIndex Pick(const Protocol& protocol, std::string_view word) {
  if (const Command* const command = protocol.Find(word)) return protocol.IndexOf(*command);
  const std::size_t byte = word.empty() ? 0 : static_cast<unsigned char>(word.back());
  return static_cast<CommandIndex>(byte % protocol.commands.size());
}

void CheckReplies(std::uint8_t choice, std::string_view replies) {
  const Protocol& protocol = Builtin();
  KnownReplies known(protocol);
  TraitOverrides overrides;
  if (choice % 3 != 0) overrides = {{"heat_sink", choice % 3 == 1 ? "ntc" : "celsius"}};
  while (!replies.empty()) {
    const std::string_view line = replies.substr(0, replies.find('\n'));
    replies.remove_prefix(std::min(replies.size(), line.size() + 1));
    if (line.empty()) continue;
    const std::size_t space = std::min(line.find(' '), line.size() - 1);
    const CommandIndex index = Pick(protocol, line.substr(0, space));
    const std::string payload(line.substr(space + 1));
    Check(protocol, protocol.commands[index], payload, known, overrides);
    known.Set(index, payload);
  }
}

}  // namespace
}  // namespace mppsolar::metrics

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  mppsolar::metrics::CheckReplies(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}

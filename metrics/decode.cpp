#include "metrics/decode.h"

#include <bitset>
#include <cmath>
#include <span>
#include <variant>

#include "metrics/columns.h"
#include "metrics/conditions.h"

namespace mppsolar::metrics {
namespace {

// 1.1 x 3 is 3.3000000000000003 in binary. Replies have few decimals, so what is left after the
// sixth comes from the multiplication.
double WithoutDirt(double product) {
  constexpr double kLargest = 1e9;
  constexpr double kDecimals = 1e6;
  if (std::abs(product) > kLargest) return product;
  const double value = std::round(product * kDecimals) / kDecimals;
  return value == 0 ? 0 : value;
}

double Scaled(const Number& number, double value) {
  if (number.divisor != 1) return value / number.divisor;
  if (number.factor != 1) return WithoutDirt(value * number.factor);
  return value;
}

class ColumnDecoder {
 public:
  ColumnDecoder(const Command& command, std::string_view payload, const KnownReplies& known,
                const TraitValues& traits, Decoded& out)
      : rows_(command.rows),
        columns_(payload),
        own_{columns_.Count(), static_cast<unsigned>(WithoutTrailingSpaces(payload).size())},
        known_(known),
        traits_(traits),
        out_(out) {}

  void Decode() {
    for (std::size_t first = 0; first < rows_.size();) {
      std::size_t end = first + 1;
      while (end < rows_.size() && IsSamePlace(rows_[first], rows_[end])) ++end;
      DecodePlace(rows_.subspan(first, end - first));
      first = end;
    }
    out_.bad_columns = static_cast<unsigned>(bad_.count());
  }

 private:
  static bool IsSamePlace(const Row& a, const Row& b) { return a.at == b.at && a.part == b.part; }

  void DecodePlace(std::span<const Row> alternatives) {
    const unsigned at = alternatives.front().at;
    if (at > 0 && columns_[at].empty()) return;
    for (const Row& row : alternatives) {
      if (!row.when.empty() && !Hold(row.when, own_, known_, traits_)) continue;
      if (const auto* const number = std::get_if<Number>(&row.kind)) {
        if (AddNumber(*number, at)) return;
        continue;
      }
      std::visit([&](const auto& kind) { Add(kind, at); }, row.kind);
      return;
    }
  }

  // False if the value is not above what the row asks for, so that the next row has its turn.
  bool AddNumber(const Number& number, unsigned at) {
    const std::optional<double> value = ParseNumber(columns_[at]);
    if (!value) {
      SetBad(at);
      return true;
    }
    if (number.above && *value <= *number.above) return false;
    AddSample(number.series, Scaled(number, *value));
    return true;
  }

  void Add(const Number& number, unsigned at) { AddNumber(number, at); }

  void Add(const Bit& bit, unsigned at) {
    const std::string_view text = columns_[at];
    if (text.size() != bit.width || text.find_first_not_of("01") != std::string_view::npos) {
      SetBad(at);
      return;
    }
    AddSample(bit.series, text[text.size() - 1 - bit.bit] == '1' ? 1 : 0);
  }

  void Add(const Product& product, unsigned) {
    const std::optional<double> left = NumberAt(product.left);
    const std::optional<double> right = NumberAt(product.right);
    if (left && right) AddSample(product.series, WithoutDirt(*left * *right));
  }

  void Add(const State& state, unsigned at) {
    std::optional<SeriesIndex> in_force = state.otherwise;
    for (const auto& [value, series] : state.states) {
      if (value == columns_[at]) in_force = series;
    }
    if (!in_force || !IsPrintable(columns_[at])) {
      SetBad(at);
      return;
    }
    for (const SeriesIndex series : state.all) AddSample(series, series == *in_force ? 1 : 0);
  }

  // "EabDjk": a and b are enabled, j and k are disabled.
  void Add(const Letters& letters, unsigned at) {
    const std::string_view text = columns_[at];
    const std::size_t disabled_from = text.find('D');
    if (text.front() != 'E' || disabled_from == std::string_view::npos) {
      SetBad(at);
      return;
    }
    const std::string_view enabled = text.substr(1, disabled_from - 1);
    const std::string_view disabled = text.substr(disabled_from + 1);
    std::size_t listed = 0;
    for (const auto& [letter, series] : letters.letters) {
      const bool is_enabled = enabled.find(letter) != std::string_view::npos;
      const bool is_disabled = disabled.find(letter) != std::string_view::npos;
      if (is_enabled && is_disabled) {
        SetBad(at);
      } else if (is_enabled || is_disabled) {
        AddSample(series, is_enabled ? 1 : 0);
      }
      for (const char each : text) listed += each == letter ? 1U : 0U;
    }
    // All but the E and the D.
    if (listed != text.size() - 2) SetBad(at);
  }

  void Add(const List& list, unsigned at) {
    for (const SeriesIndex series : list.series) {
      const std::optional<double> value = NumberAt(at);
      if (value) AddSample(series, *value);
      ++at;
    }
  }

  void Add(const InfoText& info, unsigned at) {
    std::string_view text = columns_[at];
    if (!IsPrintable(text) || !text.starts_with(info.after) || text.size() == info.after.size()) {
      SetBad(at);
      return;
    }
    text.remove_prefix(info.after.size());
    for (const auto& [value, translation] : info.texts) {
      if (value == text) {
        text = translation;
        break;
      }
    }
    out_.texts.push_back({info.info, info.label, std::string(text)});
    if (info.unit) out_.texts.push_back({info.info, info.unit->first, info.unit->second});
  }

  void Add(const Reserved&, unsigned) {}

  // Nothing, and no fault of the column, where it is missing.
  std::optional<double> NumberAt(unsigned column) {
    const std::string_view text = columns_[column];
    if (text.empty()) return std::nullopt;
    const std::optional<double> value = ParseNumber(text);
    if (!value) SetBad(column);
    return value;
  }

  void AddSample(SeriesIndex series, double value) { out_.samples.push_back({series, value}); }
  void SetBad(unsigned column) { bad_.set(column); }

  const std::span<const Row> rows_;
  const Columns columns_;
  const ReplySize own_;
  const KnownReplies& known_;
  const TraitValues& traits_;
  Decoded& out_;
  std::bitset<kMaxColumns + 1> bad_;
};

class CharacterDecoder {
 public:
  CharacterDecoder(const Protocol& protocol, const Command& command, std::string_view payload,
                   const KnownReplies& known, const TraitValues& traits, Decoded& out)
      : rows_(command.characters),
        text_(WithoutTrailingSpaces(payload)),
        own_{1, static_cast<unsigned>(text_.size())},
        known_(known),
        traits_(traits),
        out_(out) {
    for (std::size_t i = 0; i < protocol.traits.size() && i < traits.size(); ++i) {
      if (protocol.traits[i].name == "generation") generation_ = traits[i];
    }
  }

  void Decode() {
    std::size_t next_free = 0;
    for (std::size_t i = 0; i < rows_.size();) {
      const unsigned at = rows_[i].at;
      const CharacterRow* in_force = nullptr;
      for (; i < rows_.size() && rows_[i].at == at; ++i) {
        const bool holds = rows_[i].when.empty() || Hold(rows_[i].when, own_, known_, traits_);
        if (in_force == nullptr && holds) in_force = &rows_[i];
      }
      // What belongs to a number further left is no flag.
      if (in_force == nullptr || at < next_free || at >= text_.size()) continue;
      if (const auto* const flag = std::get_if<FlagCharacter>(&in_force->kind)) {
        AddFlag(*flag, at);
      } else if (const auto* const digits = std::get_if<DigitCharacters>(&in_force->kind)) {
        AddDigits(*digits, at);
        next_free = at + digits->count;
      }
    }
    out_.bad_columns = is_bad_ ? 1 : 0;
  }

 private:
  [[nodiscard]] bool IsNow(bool in_all, const std::vector<std::uint16_t>& generations) const {
    if (in_all) return true;
    if (!generation_) return false;
    for (const std::uint16_t each : generations) {
      if (each == *generation_) return true;
    }
    return false;
  }

  // 0 or 1; nothing if there is no such character or another one.
  std::optional<double> BitAt(std::size_t at) {
    if (at >= text_.size()) return std::nullopt;
    if (text_[at] == '0') return 0;
    if (text_[at] == '1') return 1;
    is_bad_ = true;
    return std::nullopt;
  }

  void AddFlag(const FlagCharacter& flag, unsigned at) {
    const bool is_warning = flag.warning && IsNow(flag.warning_in_all, flag.warning_in);
    const bool is_fault = flag.fault && IsNow(flag.fault_in_all, flag.fault_in);
    if (!is_warning && !is_fault) return;
    const std::optional<double> value = BitAt(at);
    if (!value) return;
    if (!is_warning) {
      AddSample(*flag.fault, *value);
    } else if (!flag.fault_with) {
      AddSample(*flag.warning, *value);
    } else if (const std::optional<double> other = BitAt(*flag.fault_with)) {
      const bool makes_fault = *other == 1;
      AddSample(*flag.warning, makes_fault ? 0 : *value);
      AddSample(*flag.fault, makes_fault ? *value : 0);
    }
  }

  void AddDigits(const DigitCharacters& digits, unsigned at) {
    const std::string_view text = text_.substr(at, digits.count);
    const std::optional<double> value = ParseNumber(text);
    if (!value || text.size() != digits.count || !IsDigits(text)) {
      is_bad_ = true;
      return;
    }
    AddSample(digits.series, *value);
  }

  void AddSample(SeriesIndex series, double value) { out_.samples.push_back({series, value}); }

  const std::span<const CharacterRow> rows_;
  const std::string_view text_;
  const ReplySize own_;
  const KnownReplies& known_;
  const TraitValues& traits_;
  Decoded& out_;
  std::optional<std::uint16_t> generation_;
  bool is_bad_ = false;
};

}  // namespace

bool Exists(const Command& command, std::string_view payload) {
  return !command.exists || Columns(payload)[command.exists->column] == command.exists->value;
}

void Decode(const Protocol& protocol, const Command& command, std::string_view payload,
            const KnownReplies& known, const TraitValues& traits, Decoded& out) {
  out.Clear();
  if (!Exists(command, payload)) return;
  if (command.reply_columns) {
    ColumnDecoder(command, payload, known, traits, out).Decode();
  } else {
    CharacterDecoder(protocol, command, payload, known, traits, out).Decode();
  }
}

}  // namespace mppsolar::metrics

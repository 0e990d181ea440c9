// Whether a reply has the shape of the command's replies.
#include <algorithm>
#include <optional>
#include <variant>

#include "metrics/columns.h"
#include "metrics/decode.h"

namespace mppsolar::metrics {
namespace {

bool IsIn(Range range, std::size_t value) { return range.low <= value && value <= range.high; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "---" and "--.-": how firmware says that it has no number.
bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || c == '.'; });
}

bool HasPoint(std::string_view text) { return text.find('.') != std::string_view::npos; }

bool IsAbout(std::size_t length, std::size_t expected, std::size_t tolerance) {
  return length <= expected + tolerance && expected <= length + tolerance;
}

// kUntold: the row would take nearly anything, so that it tells nothing.
enum class Verdict { kNo, kUntold, kYes };

Verdict YesIf(bool fits) { return fits ? Verdict::kYes : Verdict::kNo; }

Verdict NumberFits(std::string_view text, std::string_view example) {
  if (!IsBlank(text) && !ParseNumber(text)) return Verdict::kNo;
  if (example.empty() || IsBlank(example)) return Verdict::kUntold;
  return YesIf(IsBlank(text) ||
               (HasPoint(text) == HasPoint(example) && IsAbout(text.size(), example.size(), 2)));
}

Verdict BitsFit(const Bit& bit, std::string_view text) {
  return YesIf(text.size() == bit.width && text.find_first_not_of("01") == std::string_view::npos);
}

// A state that no manual lists is as long as the others at most, and a digit where they are digits.
Verdict StateFits(const State& state, std::string_view text) {
  std::size_t longest = 0;
  bool has_digit = false;
  bool has_letter = false;
  for (const auto& [value, series] : state.states) {
    if (value == text) return Verdict::kYes;
    longest = std::max(longest, value.size());
    has_digit = has_digit || std::any_of(value.begin(), value.end(), IsDigit);
    has_letter = has_letter || std::any_of(value.begin(), value.end(), IsLetter);
  }
  return YesIf(text.size() <= longest &&
               (has_digit || std::none_of(text.begin(), text.end(), IsDigit)) &&
               (has_letter || std::none_of(text.begin(), text.end(), IsLetter)));
}

Verdict LettersFit(std::string_view text) {
  return YesIf(text.front() == 'E' && text.find('D') != std::string_view::npos);
}

Verdict ListFits(std::string_view text, std::string_view example) {
  return YesIf(IsDigits(text) && (example.empty() || text.size() == example.size()));
}

Verdict TextFits(const InfoText& info, std::string_view text, std::string_view example) {
  if (!text.starts_with(info.after)) return Verdict::kNo;
  if (!info.after.empty()) return Verdict::kYes;
  if (example.empty() || IsBlank(example)) return Verdict::kUntold;
  if (IsDigits(example)) {
    // A serial number of 14 digits may have 13; a model number of 3 has 3.
    return YesIf(IsDigits(text) && IsAbout(text.size(), example.size(),
                                           std::min<std::size_t>(2, example.size() / 4)));
  }
  // A name: no number, about as long, and with the - of "MKS2-5000" if the example has it.
  const bool has_its_marks = std::all_of(example.begin(), example.end(), [&](char c) {
    return IsDigit(c) || IsLetter(c) || text.find(c) != std::string_view::npos;
  });
  return YesIf(!IsDigits(text) && has_its_marks && text.size() * 2 >= example.size() &&
               text.size() <= example.size() * 2);
}

struct ColumnFits {
  std::string_view text;
  std::string_view example;  // Empty where the example tells nothing of this column.

  Verdict operator()(const Number&) const { return NumberFits(text, example); }
  Verdict operator()(const Bit& bit) const { return BitsFit(bit, text); }
  Verdict operator()(const Product&) const { return Verdict::kUntold; }
  Verdict operator()(const State& state) const { return StateFits(state, text); }
  Verdict operator()(const Letters&) const { return LettersFit(text); }
  Verdict operator()(const List&) const { return ListFits(text, example); }
  Verdict operator()(const InfoText& info) const { return TextFits(info, text, example); }
  Verdict operator()(const Reserved&) const { return Verdict::kUntold; }
};

// Whether the row is one for replies of this many columns.
bool IsForLength(const Row& row, unsigned columns) {
  return std::all_of(row.when.begin(), row.when.end(), [&](const Condition& condition) {
    return condition.of != Condition::Of::kOwnColumns || IsIn(condition.range, columns);
  });
}

bool ColumnsFit(const Command& command, std::string_view payload) {
  const Columns columns(payload);
  const unsigned count = columns.Count();
  if (count > kMaxColumns || !IsIn(*command.reply_columns, count)) return false;
  const Columns example(command.example);

  unsigned fitting = 0;
  unsigned odd = 0;
  const Row* list = nullptr;
  auto row = command.rows.begin();
  while (row != command.rows.end() && row->at == 0) ++row;
  for (unsigned column = 1; column <= count; ++column) {
    // Rows of one place may be of several kinds, and which holds depends on more than this reply.
    std::optional<Verdict> best;
    std::optional<Verdict> best_of_other_lengths;
    const auto try_row = [&](const Row& each) {
      const bool is_meant = IsForLength(each, count);
      // A row for another length than the example's reads the column as something else.
      const bool is_shown = IsForLength(each, example.Count()) || !is_meant;
      const unsigned shown_at = std::holds_alternative<List>(each.kind) ? each.at : column;
      const ColumnFits fits{columns[column], is_shown ? example[shown_at] : std::string_view()};
      std::optional<Verdict>& verdict = is_meant ? best : best_of_other_lengths;
      verdict = std::max(verdict.value_or(Verdict::kNo), std::visit(fits, each.kind));
    };
    for (; row != command.rows.end() && row->at == column; ++row) {
      if (std::holds_alternative<List>(row->kind)) list = &*row;
      try_row(*row);
    }
    if (list != nullptr && list->at != column) try_row(*list);
    // Of a length that no row is for, the others still tell more than nothing.
    if (!best) best = best_of_other_lengths;
    if (best == Verdict::kNo || !IsPrintable(columns[column])) {
      ++odd;
    } else if (best == Verdict::kYes) {
      ++fitting;
    }
  }
  return fitting >= odd * 3;
}

bool CharactersFit(const Command& command, std::string_view payload) {
  payload = WithoutTrailingSpaces(payload);
  if (!IsIn(*command.reply_characters, payload.size())) return false;
  const auto others =
      std::count_if(payload.begin(), payload.end(), [](char c) { return !IsDigit(c); });
  return others <= 2 && payload.find(' ') == std::string_view::npos;
}

}  // namespace

bool Fits(const Command& command, std::string_view payload) {
  if (payload == "ACK" || payload == "NAK") return false;
  return command.reply_columns ? ColumnsFit(command, payload) : CharactersFit(command, payload);
}

}  // namespace mppsolar::metrics

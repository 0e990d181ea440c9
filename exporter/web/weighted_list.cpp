#include "exporter/web/weighted_list.h"

#include <algorithm>
#include <cctype>

#include "metrics/decode.h"

namespace mppsolar {
namespace {

std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts the part before the separator off.
std::string_view Next(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return Trimmed(part);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

double WeightOf(std::string_view text) {
  const auto weight = metrics::ParseNumber(text);
  return weight && *weight >= 0 && *weight <= 1 ? *weight : 0;
}

Weighted ReadEntry(std::string_view text) {
  Weighted entry;
  entry.name = Lower(Next(text, ';'));
  while (!text.empty()) {
    std::string_view value = Next(text, ';');
    std::string name = Lower(Next(value, '='));
    if (name == "q") {
      entry.weight = WeightOf(Trimmed(value));
    } else {
      entry.parameters.emplace_back(std::move(name), Trimmed(value));
    }
  }
  return entry;
}

}  // namespace

std::vector<Weighted> ParseWeightedList(std::string_view header) {
  std::vector<Weighted> list;
  while (!header.empty()) list.push_back(ReadEntry(Next(header, ',')));
  return list;
}

}  // namespace mppsolar

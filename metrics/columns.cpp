#include "metrics/columns.h"

#include <algorithm>

namespace mppsolar::metrics {

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view WithoutTrailingSpaces(std::string_view payload) {
  return payload.substr(0, payload.find_last_not_of(' ') + 1);
}

Columns::Columns(std::string_view payload) {
  std::size_t begin = payload.find_first_not_of(' ');
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(payload.find(' ', begin), payload.size());
    if (count_ < kMaxColumns) columns_[count_] = payload.substr(begin, end - begin);
    ++count_;
    begin = payload.find_first_not_of(' ', end);
  }
}

}  // namespace mppsolar::metrics

// The columns of a reply.
#pragma once

#include <array>
#include <string_view>

namespace mppsolar::metrics {

/// No reply has more: the longest known has 29 columns, and a frame has at most some 300 bytes.
inline constexpr unsigned kMaxColumns = 128;

/// Whether every byte is one that a reply can have: 0x20 to 0x7e.
[[nodiscard]] bool IsPrintable(std::string_view text);
[[nodiscard]] bool IsDigits(std::string_view text);

/// Some firmware ends a reply with a space (QPIGS2 of the MAX).
[[nodiscard]] std::string_view WithoutTrailingSpaces(std::string_view payload);

/// Views into `payload`, which must outlive this. Allocates nothing.
class Columns {
 public:
  explicit Columns(std::string_view payload);

  /// All of them, also those beyond kMaxColumns, which cannot be had.
  [[nodiscard]] unsigned Count() const { return count_; }

  /// Columns count from 1; empty if there is no such column.
  [[nodiscard]] std::string_view operator[](unsigned column) const {
    return column >= 1 && column <= count_ && column <= kMaxColumns ? columns_[column - 1]
                                                                    : std::string_view();
  }

 private:
  std::array<std::string_view, kMaxColumns> columns_;
  unsigned count_ = 0;
};

}  // namespace mppsolar::metrics

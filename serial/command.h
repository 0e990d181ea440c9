// What may be sent to an inverter. A Command exists only once it was judged: the exporter makes
// queries, and only `query --write` can make anything else.
#pragma once

#include <string>
#include <string_view>

#include "serial/result.h"

namespace mppsolar::serial {

class Command {
 public:
  /// A query: "Q" and capital letters or digits. Errors: kRefused.
  [[nodiscard]] static Result<Command> Query(std::string_view text);

  /// Anything that can be framed, settings included: for people who said so. Errors: kRefused for
  /// text that is empty, longer than 64 bytes, or has bytes outside 0x21..0x7E.
  [[nodiscard]] static Result<Command> Unchecked(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit Command(std::string_view text) : text_(text) {}
  std::string text_;
};

}  // namespace mppsolar::serial

#include "serial/command.h"

#include <algorithm>

namespace mppsolar::serial {
namespace {

constexpr std::size_t kLongest = 64;  // The longest documented setting has 40 bytes.

bool IsCapitalOrDigit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

Result<Command> Command::Query(std::string_view text) {
  const bool is_query = text.size() >= 2 && text.size() <= kLongest && text.front() == 'Q' &&
                        std::all_of(text.begin(), text.end(), IsCapitalOrDigit);
  if (!is_query) {
    return Fail(Errc::kRefused,
                "not a query: queries begin with Q and have capital letters and digits only");
  }
  return Command(text);
}

Result<Command> Command::Unchecked(std::string_view text) {
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (text.empty() || text.size() > kLongest || !printable) {
    return Fail(Errc::kRefused, "a command has 1 to 64 printable characters and no spaces");
  }
  return Command(text);
}

}  // namespace mppsolar::serial

// What the command line takes, as data: of this the manual page and the shells' completions are
// made.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace mppsolar {

struct DescribedFlag {
  std::string name;         ///< "--scrape.cache"; a positional's: "FILE".
  std::string help;         ///< A sentence without its full stop.
  std::string value;        ///< What follows it: "DURATION", "raw|table|json"; empty: nothing does.
  std::string environment;  ///< "MPPSOLAR_SCRAPE_CACHE"; empty: none.
  bool repeats = false;
  bool required = false;

  [[nodiscard]] bool NamesFile() const { return value == "FILE" || value == "DEVICE"; }
  /// The words that the value may be; empty: it is free.
  [[nodiscard]] std::vector<std::string> Words() const;
};

struct DescribedCall {
  std::string name;  ///< "query"; empty: the call without a name, which serves.
  std::string help;
  std::string footer;
  std::vector<DescribedFlag> flags;
  std::vector<DescribedFlag> positionals;
};

/// The program, and then its calls, in the order of the help.
[[nodiscard]] std::vector<DescribedCall> Describe(const CLI::App& app);

}  // namespace mppsolar

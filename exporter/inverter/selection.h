// The part of everything that a scrape asks for.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace mppsolar {

struct Selection {
  std::vector<std::string> inverters;  ///< Names; none stands for all.
  std::vector<std::string> commands;   ///< "QPIGS"; none stands for all.

  [[nodiscard]] bool IsEverything() const { return inverters.empty() && commands.empty(); }
  [[nodiscard]] bool HasInverter(const std::string& name) const { return Has(inverters, name); }
  [[nodiscard]] bool HasCommand(const std::string& name) const { return Has(commands, name); }

 private:
  static bool Has(const std::vector<std::string>& wanted, const std::string& name) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  }
};

}  // namespace mppsolar

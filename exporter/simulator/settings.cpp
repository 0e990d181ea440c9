#include "exporter/simulator/settings.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace mppsolar::simulator {

Settings ReadSettings(std::string_view qpiri) {
  std::array<double, 24> column{};  // counted from 1, as in the manuals; what is no number is 0
  for (std::size_t at = 1; at < column.size() && !qpiri.empty(); ++at) {
    const std::string_view text = qpiri.substr(0, qpiri.find(' '));
    std::from_chars(text.data(), text.data() + text.size(), column[at]);
    qpiri.remove_prefix(text.size() < qpiri.size() ? text.size() + 1 : text.size());
  }
  return {
      .rated_voltamperes = column[6],
      .rated_watts = column[7],
      .recharge_volts = column[9],
      .cutoff_volts = column[10],
      .bulk_volts = column[11],
      .float_volts = column[12],
      .redischarge_volts = column[23],
      .max_ac_charge_amperes = column[14],
      .max_charge_amperes = column[15],
      .output_priority = static_cast<OutputPriority>(static_cast<int>(column[17])),
      .charger_priority = static_cast<ChargerPriority>(static_cast<int>(column[18])),
  };
}

}  // namespace mppsolar::simulator

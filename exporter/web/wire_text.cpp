#include "exporter/web/wire_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "serial/frame.h"

namespace mppsolar {
namespace {

using Seconds = std::chrono::duration<double>;

// Of bytes in one line.
constexpr std::size_t kBytes = 16;

std::string Dump(char direction, std::string_view bytes) {
  std::string text;
  if (bytes.empty()) return fmt::format("#   {} nothing\n", direction);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kBytes, bytes.size()))) {
    const std::string_view part = bytes.substr(0, kBytes);
    std::string hex;
    for (const char byte : part) hex += fmt::format("{:02x} ", static_cast<unsigned char>(byte));
    text += fmt::format("#   {} {:<{}} {}\n", direction, hex, 3 * kBytes, serial::Printable(part));
  }
  return text;
}

}  // namespace

std::string WireText(const Inverter& inverter, serial::TimePoint since, serial::TimePoint now) {
  std::string text = fmt::format("# Inverter {} at {}\n", serial::Printable(inverter.name()),
                                 serial::Printable(inverter.device()));
  bool any = false;
  std::string last;
  int tries = 0;
  for (const serial::WireExchange& exchange : inverter.wire().exchanges()) {
    if (exchange.ended < since) continue;
    any = true;
    tries = exchange.command == last ? tries + 1 : 1;
    last = exchange.command;
    const bool under_way = exchange.verdict.empty();
    text += fmt::format("# {} (try {}) {:.3f} s ago, took {:.3f} s: {}\n", exchange.command, tries,
                        Seconds(now - exchange.began).count(),
                        Seconds((under_way ? now : exchange.ended) - exchange.began).count(),
                        under_way ? "under way" : serial::Printable(exchange.verdict));
    text += Dump('>', exchange.sent) + Dump('<', exchange.received);
  }
  if (!any) text += "# Nothing went over its line in this scrape.\n";
  return text + "#\n";
}

}  // namespace mppsolar

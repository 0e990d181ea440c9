#include "exporter/inverter/layout_guard.h"

namespace mppsolar {

std::string LayoutOf(std::string_view payload) {
  std::string layout(payload);
  for (char& c : layout) {
    if (c >= '0' && c <= '9') {
      c = '0';
    } else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
      c = 'A';
    }
  }
  return layout;
}

bool LayoutGuard::Accepts(std::string_view command, std::string_view payload) {
  std::string layout = LayoutOf(payload);
  const auto found = seen_.find(command);
  if (found == seen_.end()) {
    seen_.emplace(command, Seen{std::move(layout), ""});
    return true;
  }
  Seen& seen = found->second;
  if (layout == seen.usual || layout == seen.refused) {
    seen.usual = std::move(layout);
    seen.refused.clear();
    return true;
  }
  seen.refused = std::move(layout);
  return false;
}

}  // namespace mppsolar

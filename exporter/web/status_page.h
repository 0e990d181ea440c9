// The page at `/`: the inverters at one moment, for people. It says all without a script; the
// script (page/page.js) only keeps it fresh.
#pragma once

#include <ctime>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mppsolar {

struct PageLink {
  std::string href, text;
};

/// HTML. Everything that comes from the config or from an inverter is escaped. `status` is what
/// StatusJson makes; times before the day of `now` are shown with their date.
[[nodiscard]] std::string StatusPage(const nlohmann::ordered_json& status,
                                     const std::vector<PageLink>& links, std::time_t now);

/// What the page may load: its own files, and nothing of anybody else.
inline constexpr char kPagePolicy[] =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace mppsolar

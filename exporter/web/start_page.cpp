#include "exporter/web/start_page.h"

namespace mppsolar {
namespace {

std::string Escaped(const std::string& text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

}  // namespace

std::string StartPage(const std::vector<InverterConfig>& inverters,
                      const std::string& telemetry_path) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>mppsolar_exporter</title>\n"
      "<style>body{font-family:sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem;"
      "color-scheme:light dark}td,th{text-align:left;padding:.2rem 1rem .2rem 0}</style>\n"
      "</head>\n<body>\n<h1>mppsolar_exporter</h1>\n"
      "<p>Prometheus exporter for MPP Solar / Voltronic inverters, version " MPPSOLAR_VERSION
      ".</p>\n<ul>\n";
  html += "<li><a href=\"" + Escaped(telemetry_path) + "\">Metrics</a></li>\n";
  html +=
      "<li><a href=\"/-/healthy\">Healthy</a>, <a href=\"/-/ready\">ready</a></li>\n</ul>\n"
      "<table>\n<tr><th>Inverter</th><th>Device</th></tr>\n";
  for (const InverterConfig& inverter : inverters) {
    html += "<tr><td>" + Escaped(inverter.name) + "</td><td>" + Escaped(inverter.device) +
            "</td></tr>\n";
  }
  return html + "</table>\n</body>\n</html>\n";
}

}  // namespace mppsolar

#include "exporter/web/status_page.h"

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "exporter/web/page_files.h"

namespace mppsolar {
namespace {

using Json = nlohmann::ordered_json;

std::string Escaped(std::string_view text) {
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
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

// "words.sun.value" of an object; null where there is no such thing.
const Json& At(const Json& object, std::string_view path) {
  static const Json nothing;
  const Json* part = &object;
  while (!path.empty()) {
    const std::string key(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(key.size() + 1, path.size()));
    if (!part->is_object() || !part->contains(key)) return nothing;
    part = &(*part)[key];
  }
  return *part;
}

std::string Text(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// One <tr> a row, its first cell a header.
std::string TableRows(const Json& rows) {
  std::string html;
  for (const Json& cells : rows) {
    html += "<tr><th scope=\"row\">" + Escaped(Text(cells.front())) + "</th>";
    for (std::size_t i = 1; i < cells.size(); ++i)
      html += " <td>" + Escaped(Text(cells[i])) + "</td>";
    html += "</tr>";
  }
  return html;
}

std::string ListRows(const Json& rows) {
  std::string html;
  for (const Json& cells : rows) {
    html += "<li data-kind=\"" + Escaped(Text(cells.front())) + "\">";
    for (const Json& cell : cells) html += "<span>" + Escaped(Text(cell)) + "</span> ";
    html += "</li>";
  }
  return html;
}

std::string Clock(const std::tm& time, const char* format) {
  std::array<char, 32> buffer{};
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), format, &time)};
}

// In the exporter's time zone; the script changes it to that of who looks.
std::string Time(const Json& seconds, std::time_t now) {
  if (!seconds.is_number()) return "";
  const auto time = static_cast<std::time_t>(seconds.get<double>());
  std::tm then{};
  std::tm today{};
  ::localtime_r(&time, &then);
  ::localtime_r(&now, &today);
  const bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
  return Clock(then, same_day ? "%H:%M" : "%Y-%m-%d %H:%M");
}

std::string MachineTime(const Json& seconds) {
  if (!seconds.is_number()) return "";
  const auto time = static_cast<std::time_t>(seconds.get<double>());
  std::tm then{};
  ::gmtime_r(&time, &then);
  return Clock(then, "%Y-%m-%dT%H:%M:%SZ");
}

// Puts what `find` knows in the place of each {{key}}.
std::string Fill(std::string_view form, const std::function<std::string(std::string_view)>& find) {
  std::string html;
  for (;;) {
    const std::size_t begin = form.find("{{");
    html += form.substr(0, begin);
    if (begin == std::string_view::npos) return html;
    form.remove_prefix(begin + 2);
    const std::size_t end = form.find("}}");
    html += find(form.substr(0, end));
    form.remove_prefix(end + 2);
  }
}

std::string Section(const Json& inverter, std::size_t index, std::time_t now) {
  return Fill(PageFileText("inverter.html"), [&](std::string_view key) {
    if (key == "index") return std::to_string(index);
    const std::size_t space = key.find(' ');
    if (space == std::string_view::npos) return Escaped(Text(At(inverter, key)));
    const std::string_view kind = key.substr(0, space);
    const Json& value = At(inverter, key.substr(space + 1));
    if (kind == "list") return ListRows(value);
    if (kind == "table") return TableRows(value);
    if (kind == "number") return Text(value).empty() ? "0" : Escaped(Text(value));
    return kind == "time" ? Time(value, now) : MachineTime(value);
  });
}

}  // namespace

std::string StatusPage(const Json& status, const std::vector<PageLink>& links, std::time_t now) {
  // A browser keeps style and script until they are others.
  static const std::string assets = std::to_string(std::hash<std::string_view>()(
      std::string(PageFileText("page.css")) + std::string(PageFileText("page.js"))));
  return Fill(PageFileText("page.html"), [&](std::string_view key) -> std::string {
    if (key == "assets") return assets;
    if (key == "icons") return std::string(PageFileText("icons.svg"));
    std::string html;
    if (key == "links") {
      for (const PageLink& link : links) {
        html += "<li><a href=\"" + Escaped(link.href) + "\">" + Escaped(link.text) + "</a></li>\n";
      }
      return html;
    }
    if (key != "inverters") return Escaped(Text(At(status, key)));
    const Json& inverters = At(status, key);
    for (std::size_t i = 0; i < inverters.size(); ++i) html += Section(inverters[i], i, now);
    return html;
  });
}

}  // namespace mppsolar

#include "exporter/web/docs.h"

#include <string_view>

#include "exporter/web/page_files.h"

namespace mppsolar {
namespace {

// "# Metrics" -> "Metrics"
std::string Heading(std::string_view markdown) {
  const std::size_t begin = markdown.find("# ");
  if (begin == std::string_view::npos) return "";
  const std::string_view line = markdown.substr(begin + 2);
  return std::string(line.substr(0, line.find('\n')));
}

}  // namespace

std::vector<Doc> Docs() {
  std::vector<Doc> docs;
  for (const PageFile& file : PageFiles()) {
    if (!file.name.ends_with(".md")) continue;
    docs.push_back({"/docs/" + std::string(file.name), Heading(file.text), file.text});
  }
  return docs;
}

std::vector<PageLink> Links(const std::string& telemetry_path) {
  std::vector<PageLink> links{{telemetry_path, "Metrics"},
                              {"/api/v1/status", "Status as JSON"},
                              {"/config", "Config"},
                              {"/-/healthy", "Healthy"},
                              {"/-/ready", "Ready"}};
  for (const Doc& doc : Docs()) links.push_back({doc.path, "Docs: " + doc.title});
  return links;
}

}  // namespace mppsolar

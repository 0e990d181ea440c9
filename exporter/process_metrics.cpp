#include "exporter/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "exporter/own_metrics.h"
#include "metrics/decode.h"

namespace mppsolar {
namespace {

void CollectLimit(metrics::Families& families, const OwnMetric& metric, decltype(RLIMIT_AS) which) {
  struct rlimit limit {};
  if (::getrlimit(which, &limit) != 0) return;
  Add(families, metric, {},
      limit.rlim_cur == RLIM_INFINITY ? -1 : static_cast<double>(limit.rlim_cur));
}

// When the machine began, in seconds since 1970.
std::optional<double> BootTime(const std::string& proc) {
  std::ifstream file(proc + "/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    double value = 0;
    if (words >> key >> value && key == "btime") return value;
  }
  return std::nullopt;
}

// The columns of /proc/self/stat that follow the name; that may hold blanks and brackets itself.
std::vector<double> StatColumns(const std::string& proc) {
  std::ifstream file(proc + "/self/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream words(line.substr(name_end + 1));
  std::string state;
  words >> state;
  std::vector<double> columns;
  for (double value = 0; words >> value;) columns.push_back(value);
  return columns;
}

void CollectStat(metrics::Families& families, const std::string& proc) {
  // Counted from the one after the state, which proc(5) calls the fourth.
  constexpr std::size_t kUser = 10;
  constexpr std::size_t kSystem = 11;
  constexpr std::size_t kStart = 18;
  constexpr std::size_t kVirtual = 19;
  constexpr std::size_t kResidentPages = 20;
  const auto columns = StatColumns(proc);
  if (columns.size() <= kResidentPages) return;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  Add(families, kProcessCpu, {}, (columns[kUser] + columns[kSystem]) / ticks);
  Add(families, kProcessVirtual, {}, columns[kVirtual]);
  Add(families, kProcessResident, {},
      columns[kResidentPages] * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  if (const auto boot = BootTime(proc)) {
    Add(families, kProcessStart, {}, *boot + columns[kStart] / ticks);
  }
}

void CollectDescriptors(metrics::Families& families, const std::string& proc) {
  std::error_code error;
  double count = 0;
  std::filesystem::directory_iterator entry(proc + "/self/fd", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  // One of them was open only to count.
  if (!error && count > 0) Add(families, kProcessOpenFds, {}, count - 1);
}

void CollectNetwork(metrics::Families& families, const std::string& proc) {
  // A heading and below it the numbers, both beginning with the same word.
  std::ifstream file(proc + "/self/net/netstat");
  std::string names;
  std::string numbers;
  while (std::getline(file, names) && std::getline(file, numbers)) {
    if (!names.starts_with("IpExt:")) continue;
    std::istringstream name_words(names);
    std::istringstream number_words(numbers);
    std::string name;
    std::string number;
    while (name_words >> name && number_words >> number) {
      const OwnMetric* metric = nullptr;
      if (name == "InOctets") metric = &kProcessReceived;
      if (name == "OutOctets") metric = &kProcessTransmitted;
      if (metric == nullptr) continue;
      if (const auto bytes = metrics::ParseNumber(number)) Add(families, *metric, {}, *bytes);
    }
  }
}

}  // namespace

void CollectProcess(metrics::Families& families, const std::string& proc) {
  CollectStat(families, proc);
  CollectDescriptors(families, proc);
  CollectNetwork(families, proc);
  CollectLimit(families, kProcessMaxFds, RLIMIT_NOFILE);
  CollectLimit(families, kProcessMaxVirtual, RLIMIT_AS);
}

}  // namespace mppsolar

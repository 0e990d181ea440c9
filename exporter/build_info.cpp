#include "exporter/build_info.h"

namespace mppsolar {
namespace {

#if defined(__clang__)
constexpr char kCompiler[] = "clang " __clang_version__;
#else
constexpr char kCompiler[] = "gcc " __VERSION__;
#endif

}  // namespace

metrics::Labels BuildLabels() {
  return {{"version", MPPSOLAR_VERSION},
          {"revision", MPPSOLAR_REVISION},
          {"branch", MPPSOLAR_BRANCH},
          {"compiler", kCompiler}};
}

std::string VersionInLog() {
  return "(version=" MPPSOLAR_VERSION ", branch=" MPPSOLAR_BRANCH ", revision=" MPPSOLAR_REVISION
         ")";
}

std::string BuildContext() {
  return std::string("(compiler=") + kCompiler + ", platform=" MPPSOLAR_PLATFORM ")";
}

std::string VersionText() {
  return std::string("mppsolar_exporter, version " MPPSOLAR_VERSION " (branch: " MPPSOLAR_BRANCH
                     ", revision: " MPPSOLAR_REVISION ")\n  compiler:         ") +
         kCompiler + "\n  platform:         " MPPSOLAR_PLATFORM;
}

}  // namespace mppsolar

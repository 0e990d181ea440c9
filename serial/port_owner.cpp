#include "serial/port_owner.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "serial/frame.h"

namespace mppsolar::serial {
namespace {

namespace fs = std::filesystem;

// Another process may have files open on a server that does not answer: what the kernel knows
// without asking it is enough, and never blocks.
std::optional<struct statx> Look(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &status) != 0) {
    return std::nullopt;
  }
  return status;
}

// A device is its number, whatever its names.
bool SameDevice(const struct statx& one, const struct statx& other) {
  return S_ISCHR(one.stx_mode) && S_ISCHR(other.stx_mode) &&
         one.stx_rdev_major == other.stx_rdev_major && one.stx_rdev_minor == other.stx_rdev_minor;
}

bool HasOpen(const fs::path& process, const struct statx& device) {
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto file = Look(entry->path());
    if (file && SameDevice(*file, device)) return true;
  }
  return false;
}

std::string ProgramOf(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  // A process names itself, and may do so with any bytes.
  return Printable(name);
}

}  // namespace

std::vector<PortOwner> FindPortOwners(const std::string& path, const std::string& proc) {
  std::vector<PortOwner> owners;
  const auto device = Look(path);
  if (!device) return owners;
  std::error_code error;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    int pid = 0;
    const auto [rest, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failure != std::errc() || rest != name.data() + name.size()) continue;
    if (HasOpen(entry->path(), *device)) owners.push_back({pid, ProgramOf(entry->path())});
  }
  std::sort(owners.begin(), owners.end(),
            [](const PortOwner& a, const PortOwner& b) { return a.pid < b.pid; });
  return owners;
}

std::string InUseBy(const std::vector<PortOwner>& owners) {
  std::string text = "in use by ";
  for (const PortOwner& owner : owners) {
    if (&owner != &owners.front()) text += ", ";
    text += "pid " + std::to_string(owner.pid) + " (" + owner.program + ")";
    if (owner.pid == ::getpid()) text += ", which is this program itself";
  }
  return text;
}

std::string InUse(const std::string& path, const std::string& proc) {
  const auto owners = FindPortOwners(path, proc);
  if (!owners.empty()) return InUseBy(owners);
  return "in use by another process (run as root to see which: sudo fuser -v " + path + ")";
}

}  // namespace mppsolar::serial

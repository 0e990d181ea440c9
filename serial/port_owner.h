// Who has a device open, so that "in use" can say by whom.
#pragma once

#include <string>
#include <vector>

namespace mppsolar::serial {

struct PortOwner {
  int pid;
  std::string program;  ///< At most 15 characters of its name: "mppsolar_export".
};

/// The processes that have the device at `path` open, under whatever name: those that this user may
/// look into, by pid. `proc` is where the kernel shows them.
[[nodiscard]] std::vector<PortOwner> FindPortOwners(const std::string& path,
                                                    const std::string& proc = "/proc");

/// "in use by pid 1234 (mppsolar_export)" of at least one.
[[nodiscard]] std::string InUseBy(const std::vector<PortOwner>& owners);

/// "in use by pid 1234 (mppsolar_export)", or how to find out where nobody is to be seen.
[[nodiscard]] std::string InUse(const std::string& path, const std::string& proc = "/proc");

}  // namespace mppsolar::serial

// Opening a device that can have one owner only: two that ask at once read each other's replies.
#pragma once

#include <string>

#include "serial/descriptor.h"
#include "serial/result.h"

namespace mppsolar::serial {

/// What a kind of device has to say when it cannot be opened.
struct Remedies {
  const char* missing;
  std::string (*not_permitted)(const std::string& path);
};

/// Opens `path` to read and write, not blocking, not inherited by other programs, and locks it
/// against others that heed flock. Errors: kOpen: missing, not permitted, in use (and by whom).
[[nodiscard]] Result<Descriptor> OpenExclusively(const std::string& path, const Remedies& remedies);

/// The group that the file at `path` belongs to; "dialout" where that has no name.
[[nodiscard]] std::string GroupOf(const std::string& path);

}  // namespace mppsolar::serial

// Password hashes of the kind that `htpasswd -B` makes.
#pragma once

#include <optional>
#include <string>

namespace mppsolar {

/// What is wrong with a bcrypt hash, as "is …" or "costs …": it is none, or so costly that a check
/// would take seconds.
[[nodiscard]] std::optional<std::string> WrongBcrypt(const std::string& hash);

/// Whether this is the password of the hash. Takes as long as the hash's cost says: 50 ms and much
/// more. False for a hash that is none.
[[nodiscard]] bool MatchesBcrypt(const std::string& password, const std::string& hash);

/// A hash of nothing known that costs as much as `hash`, which is one.
[[nodiscard]] std::string UnknownBcrypt(const std::string& hash);

}  // namespace mppsolar

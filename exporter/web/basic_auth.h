// The header `Authorization: Basic …`: a name and a password in base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mppsolar {

struct Credentials {
  std::string user;
  std::string password;
};

/// Nothing if the header's value is of another scheme or not what RFC 7617 says.
[[nodiscard]] std::optional<Credentials> ParseBasicAuth(std::string_view header);

}  // namespace mppsolar

// The names that the web configuration has for versions, cipher suites and curves (they are Go's),
// and what OpenSSL calls them.
#pragma once

#include <span>
#include <string_view>

namespace mppsolar {

struct TlsVersionName {
  std::string_view name;
  int version;  ///< OpenSSL's TLS1_2_VERSION and so on.
};
[[nodiscard]] std::span<const TlsVersionName> TlsVersions();

struct CipherName {
  std::string_view name;
  std::string_view openssl;
  bool tls13;  ///< TLS 1.3 has suites of its own, which OpenSSL sets by another call.
};
/// Those that are safe: none without forward secrecy, RC4 or 3DES.
[[nodiscard]] std::span<const CipherName> Ciphers();

struct CurveName {
  std::string_view name;
  std::string_view openssl;
};
[[nodiscard]] std::span<const CurveName> Curves();

}  // namespace mppsolar

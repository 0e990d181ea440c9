// The web configuration file (--web.config.file): TLS, passwords, headers, a rate limit. Its keys
// are those of Prometheus's exporters, so that one file serves them all.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics/result.h"

namespace mppsolar {

/// PEM, in the configuration itself or in a file beside it.
struct PemSource {
  std::string file;  ///< Empty: the text is `text`.
  std::string text;
};

enum class ClientAuth {
  kNone,              ///< No certificate is asked for.
  kRequest,           ///< Asked for; none, or any, will do.
  kRequireAny,        ///< One must be shown; any will do.
  kVerifyIfGiven,     ///< None will do; one that is shown must be signed by the CA.
  kRequireAndVerify,  ///< One must be shown and signed by the CA.
};

/// `tls_server_config`
struct TlsConfig {
  PemSource certificate;
  PemSource key;
  std::optional<PemSource> client_ca;
  ClientAuth client_auth = ClientAuth::kNone;
  std::vector<std::string> client_allowed_sans;  ///< Empty: any.
  int min_version = 0;                           ///< OpenSSL's number.
  int max_version = 0;
  std::string ciphers;  ///< OpenSSL's list for TLS up to 1.2; empty: none of them.
  std::string tls13_ciphers;
  std::string curves;  ///< OpenSSL's list; empty: its own choice.
  bool prefer_server_ciphers = true;
};

/// `rate_limit`: a request per interval, and a burst of so many at once.
struct RateLimitConfig {
  std::chrono::milliseconds interval{0};
  unsigned burst = 0;
  bool operator==(const RateLimitConfig&) const = default;
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  bool http2_asked = false;  ///< `http2: true` is written there.
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string, std::less<>> users;  ///< Name -> bcrypt hash.
  std::optional<RateLimitConfig> rate_limit;
  std::string shown;  ///< The file's YAML with `<secret>` for hashes and private keys.
};

/// Reads the text of a web configuration. `file` is what messages call it; paths in it count from
/// its folder. The certificates are not read.
[[nodiscard]] metrics::Result<WebConfig> ParseWebConfig(const std::string& yaml,
                                                        const std::string& file);

}  // namespace mppsolar

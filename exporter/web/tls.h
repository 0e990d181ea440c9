// TLS as the web configuration wants it. Versions, ciphers, certificates and what is asked of
// clients are laid down for each connection when it begins, so all of them can change while the
// program runs.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>

#include "exporter/web/web_config.h"
#include "metrics/result.h"

namespace mppsolar {

/// Certificates and keys in memory, checked and ready. Does not change: connections share it.
class TlsIdentity;

/// Reads the files of `config`. Complaints name the file: it is missing, is no PEM, the key does
/// not fit the certificate, a cipher is not to be had.
[[nodiscard]] metrics::Result<std::shared_ptr<const TlsIdentity>> LoadTlsIdentity(
    const TlsConfig& config);

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextDeleter>;

/// The identity for a connection that begins now.
using CurrentTls = std::function<std::shared_ptr<const TlsIdentity>()>;

/// A context for servers whose connections each get what `current` returns then. `current` must
/// outlive the context and must not throw. Never null.
[[nodiscard]] SslContext MakeServerContext(const CurrentTls& current);

}  // namespace mppsolar

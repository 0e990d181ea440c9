// The web configuration and the certificates that it names, as they are on disk now. They are read
// anew when they change; what cannot be used is logged once, and what was in force before stays in
// force until it is mended.
#pragma once

#include <sys/stat.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "exporter/web/tls.h"
#include "exporter/web/web_config.h"
#include "metrics/result.h"

namespace mppsolar {

class WebFiles {
 public:
  /// Reads the web configuration at `path` and all that it names.
  [[nodiscard]] static metrics::Result<std::unique_ptr<WebFiles>> Open(const std::string& path);

  /// Looks whether a file has changed and, only then, reads them all anew. Costs a stat() for each.
  void LookAgain();

  [[nodiscard]] const WebConfig& Config() const { return *config_; }
  /// The same as long as the configuration is not read anew.
  [[nodiscard]] std::shared_ptr<const WebConfig> Shared() const { return config_; }
  /// Null without `tls_server_config`. Whether it is null never changes: that takes a restart.
  [[nodiscard]] std::shared_ptr<const TlsIdentity> Tls() const { return tls_; }

 private:
  // What tells a file from what it was before; nothing while there is none.
  struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    timespec modified, changed;
    bool operator==(const Stamp& other) const;
  };
  using Stamps = std::map<std::string, std::optional<Stamp>>;

  explicit WebFiles(std::string path) : path_(std::move(path)) {}
  static std::optional<Stamp> StampOf(const std::string& path);
  void Watch(const WebConfig* config);
  metrics::Result<void> Read();

  std::string path_;
  Stamps stamps_;
  std::shared_ptr<const WebConfig> config_;
  std::shared_ptr<const TlsIdentity> tls_;
};

}  // namespace mppsolar

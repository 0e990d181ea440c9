#include "exporter/web/web_files.h"

#include <algorithm>

#include "exporter/log.h"
#include "metrics/strict_yaml.h"

namespace mppsolar {
namespace {

bool Same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

bool WebFiles::Stamp::operator==(const Stamp& other) const {
  return device == other.device && inode == other.inode && size == other.size &&
         Same(modified, other.modified) && Same(changed, other.changed);
}

std::optional<WebFiles::Stamp> WebFiles::StampOf(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return Stamp{found.st_dev, found.st_ino, found.st_size, found.st_mtim, found.st_ctim};
}

metrics::Result<std::unique_ptr<WebFiles>> WebFiles::Open(const std::string& path) {
  std::unique_ptr<WebFiles> files(new WebFiles(path));
  files->Watch(nullptr);
  if (const auto read = files->Read(); !read) {
    return tl::unexpected<metrics::Complaint>(read.error());
  }
  return files;
}

// The stamps are taken before the files are read: a change in between is then seen the next time.
void WebFiles::Watch(const WebConfig* config) {
  const auto watch = [this](const std::string& path) {
    if (!path.empty()) stamps_.try_emplace(path, StampOf(path));
  };
  watch(path_);
  if (config == nullptr || !config->tls) return;
  watch(config->tls->certificate.file);
  watch(config->tls->key.file);
  if (config->tls->client_ca) watch(config->tls->client_ca->file);
}

metrics::Result<void> WebFiles::Read() {
  const auto text = metrics::ReadTextFile(path_);
  if (!text) return tl::unexpected<metrics::Complaint>(text.error());
  auto config = ParseWebConfig(*text, path_);
  if (!config) return tl::unexpected<metrics::Complaint>(config.error());
  Watch(&*config);
  std::shared_ptr<const TlsIdentity> tls;
  if (config->tls) {
    auto loaded = LoadTlsIdentity(*config->tls);
    if (!loaded) return tl::unexpected<metrics::Complaint>(loaded.error());
    tls = std::move(*loaded);
  }
  if (config_ && (tls == nullptr) != (tls_ == nullptr)) {
    return tl::unexpected<metrics::Complaint>(metrics::Complaint{
        path_ + ": TLS cannot be switched " + (tls ? "on" : "off") + " without a restart"});
  }
  config_ = std::make_shared<const WebConfig>(std::move(*config));
  tls_ = std::move(tls);
  return {};
}

void WebFiles::LookAgain() {
  const bool unchanged = std::all_of(stamps_.begin(), stamps_.end(), [](const auto& one) {
    return StampOf(one.first) == one.second;
  });
  if (unchanged) return;
  stamps_.clear();
  // Also those of what is in force: where the new configuration is broken, a new certificate for
  // the old one says that somebody is at work.
  Watch(config_.get());
  if (const auto read = Read(); !read) {
    log::Error("The web configuration is broken; what was read before stays in force",
               {{"error", read.error().text}});
    return;
  }
  log::Info("Web configuration is read anew", {{"file", path_}});
}

}  // namespace mppsolar

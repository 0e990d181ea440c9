#include "exporter/web/web_config.h"

#include <openssl/tls1.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "exporter/config/duration.h"
#include "exporter/web/bcrypt.h"
#include "exporter/web/tls_names.h"
#include "metrics/strict_yaml.h"

namespace mppsolar {
namespace {

using metrics::Yaml;
using metrics::YamlMap;

template <class Named>
const Named& FindNamed(const Yaml& yaml, const char* what, std::span<const Named> known) {
  const std::string& name = yaml.Text();
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Named& one) { return one.name == name; });
  if (found != known.end()) return *found;
  std::vector<std::string> names;
  for (const Named& one : known) names.emplace_back(one.name);
  yaml.Complain(metrics::Quoted(name) + " is no " + what + "; known are " + metrics::Listed(names));
}

void Append(std::string& list, std::string_view name) {
  if (!list.empty()) list += ':';
  list += name;
}

std::optional<PemSource> FindPem(const YamlMap& map, const std::string& key,
                                 const std::filesystem::path& folder) {
  // Templates leave "" behind where nothing is meant.
  const auto find = [&map](const std::string& name) -> std::optional<Yaml> {
    auto found = map.Find(name);
    if (found && (found->IsEmpty() || found->Text().empty())) return std::nullopt;
    return found;
  };
  const auto text = find(key);
  const auto file = find(key + "_file");
  if (text && file) file->Complain("both " + key + " and " + key + "_file; leave one of them out");
  if (text) return PemSource{"", text->Text()};
  if (file) return PemSource{(folder / file->Text()).string(), ""};
  return std::nullopt;
}

PemSource GetPem(const YamlMap& map, const std::string& key, const std::filesystem::path& folder) {
  auto pem = FindPem(map, key, folder);
  if (!pem) map.Whole().Complain("neither " + key + "_file nor " + key + "; TLS needs one");
  return *pem;
}

struct ClientAuthName {
  std::string_view name;
  ClientAuth value;
};
constexpr ClientAuthName kClientAuths[] = {
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify},
    // An older name that files still have.
    {"RequireClientCert", ClientAuth::kRequireAny}};

void ReadClientAuth(const YamlMap& map, const std::filesystem::path& folder, TlsConfig& tls) {
  tls.client_ca = FindPem(map, "client_ca", folder);
  const auto type = map.Find("client_auth_type");
  if (type) {
    tls.client_auth = FindNamed<ClientAuthName>(*type, "client_auth_type", kClientAuths).value;
  }
  const bool verifies = tls.client_auth == ClientAuth::kVerifyIfGiven ||
                        tls.client_auth == ClientAuth::kRequireAndVerify;
  if (verifies && !tls.client_ca) {
    type->Complain("verifying needs client_ca_file or client_ca");
  }
  if (tls.client_ca && tls.client_auth == ClientAuth::kNone) {
    map.Whole().Complain(
        "a client CA, but no client_auth_type that asks for certificates; write "
        "`client_auth_type: RequireAndVerifyClientCert`");
  }
  if (const auto sans = map.Find("client_allowed_sans")) {
    for (const Yaml& san : sans->List()) tls.client_allowed_sans.push_back(san.Text());
    const bool required = tls.client_auth == ClientAuth::kRequireAny ||
                          tls.client_auth == ClientAuth::kRequireAndVerify;
    if (!required) {
      sans->Complain(
          "client_allowed_sans needs certificates that must be shown; write "
          "`client_auth_type: RequireAndVerifyClientCert`");
    }
    if (tls.client_allowed_sans.empty()) {
      sans->Complain("an empty list would let nobody in; leave client_allowed_sans out");
    }
  }
}

void ReadCiphers(const std::optional<Yaml>& yaml, TlsConfig& tls) {
  std::set<std::string_view> wanted;
  if (yaml) {
    for (const Yaml& name : yaml->List()) {
      const CipherName& cipher = FindNamed(name, "cipher suite", Ciphers());
      if (!wanted.insert(cipher.name).second) continue;
      Append(cipher.tls13 ? tls.tls13_ciphers : tls.ciphers, cipher.openssl);
    }
  }
  const bool listed = !wanted.empty();
  const bool any_tls13 = !tls.tls13_ciphers.empty();
  for (const CipherName& cipher : Ciphers()) {
    // A list that names none for TLS 1.3 is about the older versions only.
    if (cipher.tls13 && !any_tls13) Append(tls.tls13_ciphers, cipher.openssl);
    if (!cipher.tls13 && !listed) Append(tls.ciphers, cipher.openssl);
  }
}

TlsConfig ReadTls(const Yaml& yaml, const std::filesystem::path& folder) {
  const YamlMap map(yaml, "tls_server_config",
                    {"cert", "cert_file", "key", "key_file", "client_ca", "client_ca_file",
                     "client_auth_type", "client_allowed_sans", "min_version", "max_version",
                     "cipher_suites", "prefer_server_cipher_suites", "curve_preferences"});
  TlsConfig tls;
  tls.certificate = GetPem(map, "cert", folder);
  tls.key = GetPem(map, "key", folder);
  ReadClientAuth(map, folder, tls);
  tls.min_version = TLS1_2_VERSION;
  tls.max_version = TLS1_3_VERSION;
  const auto min = map.Find("min_version");
  const auto max = map.Find("max_version");
  if (min) tls.min_version = FindNamed(*min, "version of TLS", TlsVersions()).version;
  if (max) tls.max_version = FindNamed(*max, "version of TLS", TlsVersions()).version;
  if (tls.min_version > tls.max_version) {
    (max ? *max : *min).Complain("max_version is below min_version (TLS12 if not given)");
  }
  const auto ciphers = map.Find("cipher_suites");
  ReadCiphers(ciphers, tls);
  if (tls.ciphers.empty() && tls.max_version < TLS1_3_VERSION) {
    ciphers->Complain("all of these are of TLS 1.3, which max_version rules out");
  }
  if (const auto prefer = map.Find("prefer_server_cipher_suites")) {
    tls.prefer_server_ciphers = prefer->YesOrNo();
  }
  if (const auto curves = map.Find("curve_preferences")) {
    for (const Yaml& name : curves->List()) {
      Append(tls.curves, FindNamed(name, "curve", Curves()).openssl);
    }
  }
  return tls;
}

struct HeaderRule {
  std::string_view name;
  std::array<std::string_view, 2> values;  // Empty: any.
};
constexpr HeaderRule kHeaderRules[] = {{"Content-Security-Policy", {}},
                                       {"X-Frame-Options", {"deny", "sameorigin"}},
                                       {"X-Content-Type-Options", {"nosniff"}},
                                       {"X-XSS-Protection", {}},
                                       {"Strict-Transport-Security", {}}};

std::pair<std::string, std::string> ReadHeader(const metrics::YamlEntry& entry) {
  const HeaderRule& rule =
      FindNamed<HeaderRule>(entry.key, "header that can be set here", kHeaderRules);
  const std::string& value = entry.value.Text();
  if (!rule.values[0].empty() &&
      std::find(rule.values.begin(), rule.values.end(), value) == rule.values.end()) {
    entry.value.Complain(std::string(rule.name) + " is " + std::string(rule.values[0]) +
                         (rule.values[1].empty() ? "" : " or " + std::string(rule.values[1])) +
                         ", nothing else");
  }
  // A line break would let one header become several.
  if (std::any_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\t') || byte == 0x7F;
      })) {
    entry.value.Complain("a header is one line of printable characters");
  }
  return {std::string(rule.name), value};
}

void ReadHttp(const Yaml& yaml, WebConfig& config) {
  const YamlMap map(yaml, "http_server_config", {"http2", "headers"});
  if (const auto http2 = map.Find("http2")) config.http2_asked = http2->YesOrNo();
  if (const auto headers = map.Find("headers"); headers && !headers->IsEmpty()) {
    for (const auto& entry : headers->Entries()) {
      // "Unset if blank" is a promise of this file format.
      if (entry.value.IsEmpty() || entry.value.Text().empty()) {
        FindNamed<HeaderRule>(entry.key, "header that can be set here", kHeaderRules);
        continue;
      }
      config.headers.push_back(ReadHeader(entry));
    }
  }
}

void ReadUsers(const Yaml& yaml, WebConfig& config) {
  for (const auto& [name, hash] : yaml.Entries()) {
    if (name.Text().find(':') != std::string::npos) {
      name.Complain("a user's name with \":\" cannot be sent; leave it out");
    }
    // The hash is a secret of a kind: the message says nothing of it.
    if (const auto wrong = WrongBcrypt(hash.Text())) hash.Complain("the password " + *wrong);
    config.users.emplace(name.Text(), hash.Text());
  }
}

std::optional<RateLimitConfig> ReadRateLimit(const Yaml& yaml) {
  const YamlMap map(yaml, "rate_limit", {"interval", "burst"});
  const Yaml interval = map.Get("interval");
  const auto duration = ParseDuration(interval.Text());
  if (!duration) {
    interval.Complain(metrics::Quoted(interval.Text()) + " is no duration; write 1s or 100ms");
  }
  constexpr unsigned kMostBurst = 1'000'000;
  RateLimitConfig limit{*duration, 0};
  if (const auto burst = map.Find("burst")) limit.burst = burst->Whole(0, kMostBurst);
  if (limit.interval.count() == 0) return std::nullopt;
  if (limit.burst == 0) map.Whole().Complain("no request ever passes a burst of 0; write 20");
  return limit;
}

WebConfig ReadWebConfig(const Yaml& root, const std::filesystem::path& folder) {
  WebConfig config;
  if (root.IsEmpty()) return config;
  const YamlMap map(root, "the web configuration",
                    {"tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"});
  const auto find = [&map](const char* key) -> std::optional<Yaml> {
    auto found = map.Find(key);
    return found && found->IsEmpty() ? std::nullopt : found;
  };
  if (const auto tls = find("tls_server_config")) config.tls = ReadTls(*tls, folder);
  if (const auto http = find("http_server_config")) ReadHttp(*http, config);
  if (const auto users = find("basic_auth_users")) ReadUsers(*users, config);
  if (const auto limit = find("rate_limit")) config.rate_limit = ReadRateLimit(*limit);
  return config;
}

// Of text that was read strictly, so its form is known.
std::string WithoutSecrets(const std::string& yaml) {
  constexpr const char* kSecret = "<secret>";
  YAML::Node root = YAML::Load(yaml);
  if (!root.IsMap()) return "";
  if (YAML::Node users = root["basic_auth_users"]; users && users.IsMap()) {
    for (auto user : users) user.second = kSecret;
  }
  if (YAML::Node tls = root["tls_server_config"]; tls && tls["key"]) tls["key"] = kSecret;
  YAML::Emitter emitter;
  emitter << root;
  return std::string(emitter.c_str()) + "\n";
}

}  // namespace

metrics::Result<WebConfig> ParseWebConfig(const std::string& yaml, const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  auto config = metrics::Strictly(
      yaml, file, [&folder](const Yaml& root) { return ReadWebConfig(root, folder); });
  if (config) config->shown = WithoutSecrets(yaml);
  return config;
}

}  // namespace mppsolar

#include "exporter/web/web_config.h"

#include <gtest/gtest.h>
#include <openssl/tls1.h>

namespace mppsolar {
namespace {

constexpr const char* kFile = "/etc/exporter/web.yml";
constexpr const char* kTls = "tls_server_config:\n  cert_file: a.pem\n  key_file: /keys/a.key\n";
constexpr const char* kHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

WebConfig Good(const std::string& yaml) {
  const auto config = ParseWebConfig(yaml, kFile);
  EXPECT_TRUE(config) << yaml << (config ? "" : config.error().text);
  return config.value_or(WebConfig{});
}

TlsConfig GoodTls(const std::string& more) { return Good(kTls + more).tls.value_or(TlsConfig{}); }

// The complaint begins with the place and has the words.
void ExpectComplaint(const std::string& yaml, const std::string& place, const std::string& words) {
  const auto config = ParseWebConfig(yaml, "web.yml");
  ASSERT_FALSE(config) << yaml;
  EXPECT_EQ(config.error().text.find("web.yml:" + place + ": "), 0U) << config.error().text;
  EXPECT_NE(config.error().text.find(words), std::string::npos) << config.error().text;
}

void ExpectTlsComplaint(const std::string& more, const std::string& place,
                        const std::string& words) {
  ExpectComplaint(kTls + more, place, words);
}

TEST(WebConfig, NothingIsPlainHttpForEverybody) {
  for (const char* nothing : {"", "# nothing\n", "tls_server_config:\nbasic_auth_users:\n"}) {
    const WebConfig config = Good(nothing);
    EXPECT_FALSE(config.tls);
    EXPECT_TRUE(config.users.empty());
    EXPECT_TRUE(config.headers.empty());
    EXPECT_FALSE(config.rate_limit);
    EXPECT_FALSE(config.http2_asked);
  }
}

TEST(WebConfig, UnknownKeysAreRefused) {
  ExpectComplaint("tls_config: {}\n", "1:1", "unknown key \"tls_config\"");
  ExpectTlsComplaint("  certfile: a\n", "4:3", "unknown key \"certfile\"");
  ExpectComplaint("http_server_config: {http3: true}\n", "1:22", "unknown key \"http3\"");
  ExpectComplaint("rate_limit: {interval: 1s, bursts: 2}\n", "1:28", "unknown key \"bursts\"");
}

TEST(WebConfig, PathsCountFromTheFilesFolder) {
  const TlsConfig tls =
      GoodTls("  client_ca_file: ../ca.pem\n  client_auth_type: RequestClientCert\n");
  EXPECT_EQ(tls.certificate.file, "/etc/exporter/a.pem");
  EXPECT_EQ(tls.key.file, "/keys/a.key");
  ASSERT_TRUE(tls.client_ca);
  EXPECT_EQ(tls.client_ca->file, "/etc/exporter/../ca.pem");
}

TEST(WebConfig, PemMayStandInTheFile) {
  const auto tls = Good(
                       "tls_server_config:\n  cert: |\n    PEM\n  key: KEY\n  client_ca: CA\n"
                       "  client_auth_type: RequireAndVerifyClientCert\n")
                       .tls;
  ASSERT_TRUE(tls && tls->client_ca);
  EXPECT_EQ(tls->certificate.text, "PEM\n");
  EXPECT_EQ(tls->certificate.file, "");
  EXPECT_EQ(tls->key.text, "KEY");
  EXPECT_EQ(tls->client_ca->text, "CA");
}

TEST(WebConfig, CertificateAndKeyAreNeededOnceEach) {
  ExpectComplaint("tls_server_config:\n  key_file: a\n", "2:3", "neither cert_file nor cert");
  ExpectComplaint("tls_server_config:\n  cert_file: a\n", "2:3", "neither key_file nor key");
  ExpectComplaint("tls_server_config:\n  cert_file: ''\n  key_file: a\n", "2:3",
                  "neither cert_file nor cert");
  ExpectTlsComplaint("  cert: PEM\n", "2:14", "both cert and cert_file");
  ExpectTlsComplaint("  key: PEM\n", "3:13", "both key and key_file");
  ExpectTlsComplaint("  client_auth_type: RequestClientCert\n  client_ca: a\n  client_ca_file: b\n",
                     "6:19", "both client_ca and client_ca_file");
}

TEST(WebConfig, EveryClientAuthTypeIsKnown) {
  const std::pair<const char*, ClientAuth> types[] = {
      {"NoClientCert", ClientAuth::kNone},
      {"RequestClientCert", ClientAuth::kRequest},
      {"RequireClientCert", ClientAuth::kRequireAny},
      {"RequireAnyClientCert", ClientAuth::kRequireAny},
      {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
      {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify}};
  for (const auto& [name, value] : types) {
    const std::string ca = value == ClientAuth::kNone ? "" : "  client_ca_file: ca\n";
    EXPECT_EQ(GoodTls("  client_auth_type: " + std::string(name) + "\n" + ca).client_auth, value);
  }
  EXPECT_EQ(GoodTls("").client_auth, ClientAuth::kNone);
  ExpectTlsComplaint("  client_auth_type: requireandverify\n", "4:21",
                     "no client_auth_type; known are NoClientCert, RequestClientCert, "
                     "RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert");
}

TEST(WebConfig, AClientCaAndItsUseBelongTogether) {
  ExpectTlsComplaint("  client_ca_file: ca\n", "2:3", "no client_auth_type");
  ExpectTlsComplaint("  client_ca: CA\n  client_auth_type: NoClientCert\n", "2:3",
                     "no client_auth_type");
  ExpectTlsComplaint("  client_auth_type: RequireAndVerifyClientCert\n", "4:21",
                     "needs client_ca_file");
  ExpectTlsComplaint("  client_auth_type: VerifyClientCertIfGiven\n", "4:21",
                     "needs client_ca_file");
}

TEST(WebConfig, AllowedNamesNeedCertificatesThatMustBeShown) {
  const TlsConfig tls = GoodTls(
      "  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a.example, 10.0.0.1]\n");
  EXPECT_EQ(tls.client_allowed_sans, (std::vector<std::string>{"a.example", "10.0.0.1"}));
  ExpectTlsComplaint("  client_allowed_sans: [a]\n", "4:24", "must be shown");
  ExpectTlsComplaint("  client_auth_type: RequestClientCert\n  client_allowed_sans: [a]\n", "5:24",
                     "must be shown");
  ExpectTlsComplaint("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: []\n",
                     "5:24", "let nobody in");
}

TEST(WebConfig, VersionsAre12And13UnlessOthersAreAskedFor) {
  EXPECT_EQ(GoodTls("").min_version, TLS1_2_VERSION);
  EXPECT_EQ(GoodTls("").max_version, TLS1_3_VERSION);
  const TlsConfig old = GoodTls("  min_version: TLS10\n  max_version: TLS11\n");
  EXPECT_EQ(old.min_version, TLS1_VERSION);
  EXPECT_EQ(old.max_version, TLS1_1_VERSION);
  EXPECT_EQ(GoodTls("  min_version: TLS13\n").min_version, TLS1_3_VERSION);
  ExpectTlsComplaint("  min_version: TLS1.2\n", "4:16",
                     "\"TLS1.2\" is no version of TLS; known are TLS10, TLS11, TLS12, TLS13");
  ExpectTlsComplaint("  min_version: TLS13\n  max_version: TLS12\n", "5:16", "below min_version");
  ExpectTlsComplaint("  max_version: TLS11\n", "4:16", "below min_version");
}

TEST(WebConfig, CipherSuitesAreNamedAsGoNamesThem) {
  const TlsConfig tls = GoodTls(
      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384,\n"
      "    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]\n");
  EXPECT_EQ(tls.ciphers, "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305");
  EXPECT_EQ(tls.tls13_ciphers, "TLS_AES_256_GCM_SHA384");
  ExpectTlsComplaint("  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", "4:19",
                     "no cipher suite; known are TLS_AES_128_GCM_SHA256, ");
}

TEST(WebConfig, ListsWithoutTls13SuitesLeaveTls13AsItIs) {
  const TlsConfig tls = GoodTls("  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n");
  EXPECT_EQ(tls.ciphers, "ECDHE-RSA-AES128-GCM-SHA256");
  EXPECT_EQ(tls.tls13_ciphers,
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
}

TEST(WebConfig, ListsOfTls13SuitesOnlyRuleOutOlderVersions) {
  EXPECT_EQ(GoodTls("  cipher_suites: [TLS_AES_128_GCM_SHA256]\n").ciphers, "");
  ExpectTlsComplaint("  cipher_suites: [TLS_AES_128_GCM_SHA256]\n  max_version: TLS12\n", "4:18",
                     "max_version rules out");
}

TEST(WebConfig, CurvesAreNamedAsGoNamesThem) {
  EXPECT_EQ(GoodTls("").curves, "");
  EXPECT_EQ(GoodTls("  curve_preferences: [X25519, CurveP521, CurveP256, CurveP384]\n").curves,
            "X25519:P-521:P-256:P-384");
  ExpectTlsComplaint("  curve_preferences: [P256]\n", "4:23",
                     "no curve; known are CurveP256, CurveP384, CurveP521, X25519");
}

TEST(WebConfig, TheServersOrderOfCiphersCountsUnlessItIsSwitchedOff) {
  EXPECT_TRUE(GoodTls("").prefer_server_ciphers);
  EXPECT_FALSE(GoodTls("  prefer_server_cipher_suites: false\n").prefer_server_ciphers);
  ExpectTlsComplaint("  prefer_server_cipher_suites: no\n", "4:32", "true or false");
}

TEST(WebConfig, FiveHeadersCanBeSet) {
  const WebConfig config = Good(
      "http_server_config:\n  http2: true\n  headers:\n"
      "    Content-Security-Policy: default-src 'self'\n    X-Frame-Options: sameorigin\n"
      "    X-Content-Type-Options: nosniff\n    X-XSS-Protection: 1; mode=block\n"
      "    Strict-Transport-Security: max-age=31536000\n");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"Content-Security-Policy", "default-src 'self'"},
      {"X-Frame-Options", "sameorigin"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-XSS-Protection", "1; mode=block"},
      {"Strict-Transport-Security", "max-age=31536000"}};
  EXPECT_EQ(config.headers, expected);
  EXPECT_TRUE(config.http2_asked);
}

TEST(WebConfig, BlankHeadersAreNotSet) {
  EXPECT_TRUE(Good("http_server_config:\n  headers:\n    X-Frame-Options:\n"
                   "    X-XSS-Protection: ''\n")
                  .headers.empty());
}

TEST(WebConfig, OtherHeadersAndOtherValuesAreRefused) {
  const std::string begin = "http_server_config:\n  headers:\n    ";
  ExpectComplaint(begin + "Server: mine\n", "3:5", "known are Content-Security-Policy");
  ExpectComplaint(begin + "Server: ''\n", "3:5", "known are Content-Security-Policy");
  ExpectComplaint(begin + "x-frame-options: deny\n", "3:5", "known are");
  ExpectComplaint(begin + "X-Frame-Options: DENY\n", "3:22", "is deny or sameorigin");
  ExpectComplaint(begin + "X-Content-Type-Options: sniff\n", "3:29", "is nosniff, nothing else");
  ExpectComplaint(begin + "X-XSS-Protection: \"a\\r\\nSet-Cookie: b\"\n", "3:23", "one line");
}

TEST(WebConfig, UsersHaveBcryptHashes) {
  const WebConfig config =
      Good("basic_auth_users:\n  alice: " + std::string(kHash) + "\n  '': " + kHash + "\n");
  ASSERT_EQ(config.users.size(), 2U);
  EXPECT_EQ(config.users.at("alice"), kHash);
  ExpectComplaint("basic_auth_users:\n  alice: secret\n", "2:10", "is no bcrypt hash");
  ExpectComplaint("basic_auth_users:\n  alice:\n", "2:3", "a text belongs here");
  ExpectComplaint("basic_auth_users:\n  'a:b': " + std::string(kHash) + "\n", "2:3", "\":\"");
  ExpectComplaint("basic_auth_users:\n  a: x\n  a: x\n", "3:3", "a");
}

TEST(WebConfig, ComplaintsDoNotRepeatAPassword) {
  const auto config = ParseWebConfig("basic_auth_users:\n  alice: hunter2\n", "web.yml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().text.find("hunter2"), std::string::npos);
}

TEST(WebConfig, TheRateLimitIsAnIntervalAndABurst) {
  EXPECT_EQ(Good("rate_limit: {interval: 100ms, burst: 20}\n").rate_limit,
            (RateLimitConfig{std::chrono::milliseconds(100), 20}));
  EXPECT_FALSE(Good("rate_limit: {interval: 0, burst: 20}\n").rate_limit);
  ExpectComplaint("rate_limit: {burst: 20}\n", "1:13", "interval");
  ExpectComplaint("rate_limit: {interval: 1, burst: 20}\n", "1:24", "is no duration");
  ExpectComplaint("rate_limit: {interval: 1s}\n", "1:13", "burst of 0");
  ExpectComplaint("rate_limit: {interval: 1s, burst: -1}\n", "1:35", "number");
}

}  // namespace
}  // namespace mppsolar

#include "exporter/web/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>
#include <vector>

#include "metrics/strict_yaml.h"

namespace mppsolar {
namespace {

using metrics::Complaint;

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* pointer) const { kFree(pointer); }
};
template <class T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Free<T, kFree>>;

using OwnedBio = Owned<BIO, BIO_free_all>;
using OwnedCertificate = Owned<X509, X509_free>;
using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedStore = Owned<X509_STORE, X509_STORE_free>;

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
using OwnedChain = std::unique_ptr<STACK_OF(X509), FreeChain>;

struct FreeNames {
  void operator()(STACK_OF(X509_NAME) * names) const {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
  }
};
using OwnedNames = std::unique_ptr<STACK_OF(X509_NAME), FreeNames>;

struct FreeSans {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

tl::unexpected<Complaint> Fail(std::string text) {
  ERR_clear_error();
  return tl::unexpected<Complaint>(Complaint{std::move(text)});
}

std::string Called(const PemSource& source, const char* key) {
  return source.file.empty() ? key : source.file;
}

metrics::Result<std::string> Read(const PemSource& source) {
  if (source.file.empty()) return source.text;
  return metrics::ReadTextFile(source.file);
}

OwnedBio Over(const std::string& text) {
  return OwnedBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody is there to type a password, and OpenSSL would ask on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

std::vector<OwnedCertificate> Certificates(const std::string& pem) {
  std::vector<OwnedCertificate> certificates;
  const OwnedBio bio = Over(pem);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(certificate);
  }
  ERR_clear_error();
  return certificates;
}

std::string Text(const ASN1_STRING* string) {
  const unsigned char* data = ASN1_STRING_get0_data(string);
  return {data, data + ASN1_STRING_length(string)};
}

// One name that the certificate is for, as a configuration writes it.
std::string SanText(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return Text(name.d.dNSName);
    case GEN_EMAIL:
      return Text(name.d.rfc822Name);
    case GEN_URI:
      return Text(name.d.uniformResourceIdentifier);
    case GEN_IPADD: {
      const std::string bytes = Text(name.d.iPAddress);
      char text[INET6_ADDRSTRLEN] = "";
      if (bytes.size() == 4) ::inet_ntop(AF_INET, bytes.data(), text, sizeof text);
      if (bytes.size() == 16) ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
      return text;
    }
    default:
      return "";
  }
}

bool HasSanOf(const X509* certificate, const std::vector<std::string>& allowed) {
  const std::unique_ptr<GENERAL_NAMES, FreeSans> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string san = SanText(*sk_GENERAL_NAME_value(names.get(), i));
    if (!san.empty() && std::find(allowed.begin(), allowed.end(), san) != allowed.end()) {
      return true;
    }
  }
  return false;
}

using Kept = std::shared_ptr<const TlsIdentity>;

void FreeKept(void*, void* kept, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Kept*>(kept);
}

// Where a connection keeps its identity as long as it lives.
int KeptIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeKept);
  return index;
}

}  // namespace

class TlsIdentity {
 public:
  explicit TlsIdentity(const TlsConfig& config) : config_(config) {}

  metrics::Result<void> Load() {
    if (auto loaded = LoadCertificate(); !loaded) return loaded;
    if (config_.client_ca) {
      if (auto loaded = LoadClientCa(*config_.client_ca); !loaded) return loaded;
    }
    // What a connection would be refused for later is found out on one that nobody sees.
    const SslContext context(SSL_CTX_new(TLS_server_method()));
    SSL* trial = context ? SSL_new(context.get()) : nullptr;
    const bool fits = trial != nullptr && LayDown(trial);
    SSL_free(trial);
    if (!fits) return Fail("tls_server_config: OpenSSL refuses these settings");
    return {};
  }

  // Makes a connection that begins one of these settings.
  bool LayDown(SSL* ssl) const {
    int verify = SSL_VERIFY_NONE;
    if (config_.client_auth != ClientAuth::kNone) verify = SSL_VERIFY_PEER;
    if (config_.client_auth == ClientAuth::kRequireAny ||
        config_.client_auth == ClientAuth::kRequireAndVerify) {
      verify |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_set_verify(ssl, verify, nullptr);
    // OpenSSL rules out TLS 1.0 and 1.1 by their signatures, unless this is 0.
    if (config_.min_version < TLS1_2_VERSION) SSL_set_security_level(ssl, 0);
    if (config_.prefer_server_ciphers) SSL_set_options(ssl, SSL_OP_CIPHER_SERVER_PREFERENCE);
    const int lowest = config_.ciphers.empty() ? TLS1_3_VERSION : config_.min_version;
    if (SSL_set_min_proto_version(ssl, lowest) != 1 ||
        SSL_set_max_proto_version(ssl, config_.max_version) != 1) {
      return false;
    }
    if (!config_.ciphers.empty() && SSL_set_cipher_list(ssl, config_.ciphers.c_str()) != 1) {
      return false;
    }
    if (SSL_set_ciphersuites(ssl, config_.tls13_ciphers.c_str()) != 1) return false;
    if (!config_.curves.empty() && SSL_set1_groups_list(ssl, config_.curves.c_str()) != 1) {
      return false;
    }
    if (client_ca_) {
      if (SSL_set1_verify_cert_store(ssl, client_ca_.get()) != 1) return false;
      // Tells the client which of its certificates will do.
      SSL_set_client_CA_list(ssl, SSL_dup_CA_list(client_ca_names_.get()));
    }
    return SSL_use_cert_and_key(ssl, certificate_.get(), key_.get(), chain_.get(), 1) == 1;
  }

  // Whether a client with this certificate is let in.
  bool Accepts(X509_STORE_CTX* shown) const {
    const bool verified = config_.client_auth == ClientAuth::kVerifyIfGiven ||
                          config_.client_auth == ClientAuth::kRequireAndVerify;
    if (verified && X509_verify_cert(shown) != 1) return false;
    if (config_.client_allowed_sans.empty()) return true;
    if (HasSanOf(X509_STORE_CTX_get0_cert(shown), config_.client_allowed_sans)) return true;
    X509_STORE_CTX_set_error(shown, X509_V_ERR_APPLICATION_VERIFICATION);
    return false;
  }

 private:
  metrics::Result<void> LoadCertificate() {
    const std::string called = Called(config_.certificate, "cert");
    const auto pem = Read(config_.certificate);
    if (!pem) return tl::unexpected<Complaint>(pem.error());
    auto certificates = Certificates(*pem);
    if (certificates.empty()) return Fail(called + ": no certificate in PEM is in there");
    certificate_ = std::move(certificates.front());
    chain_.reset(sk_X509_new_null());
    for (std::size_t i = 1; i < certificates.size(); ++i) {
      if (!chain_ || sk_X509_push(chain_.get(), certificates[i].get()) == 0) {
        throw std::bad_alloc();
      }
      static_cast<void>(certificates[i].release());
    }
    const std::string key_called = Called(config_.key, "key");
    const auto key_pem = Read(config_.key);
    if (!key_pem) return tl::unexpected<Complaint>(key_pem.error());
    const OwnedBio bio = Over(*key_pem);
    key_.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
    if (!key_) return Fail(key_called + ": no private key in PEM without a password is in there");
    if (X509_check_private_key(certificate_.get(), key_.get()) != 1) {
      return Fail(key_called + ": this is not the key of the certificate in " + called);
    }
    return {};
  }

  metrics::Result<void> LoadClientCa(const PemSource& source) {
    const auto pem = Read(source);
    if (!pem) return tl::unexpected<Complaint>(pem.error());
    const auto certificates = Certificates(*pem);
    if (certificates.empty()) {
      return Fail(Called(source, "client_ca") + ": no certificate in PEM is in there");
    }
    client_ca_.reset(X509_STORE_new());
    client_ca_names_.reset(sk_X509_NAME_new_null());
    if (!client_ca_ || !client_ca_names_) throw std::bad_alloc();
    for (const auto& certificate : certificates) {
      X509_STORE_add_cert(client_ca_.get(), certificate.get());
      X509_NAME* name = X509_NAME_dup(X509_get_subject_name(certificate.get()));
      if (name == nullptr || sk_X509_NAME_push(client_ca_names_.get(), name) == 0) {
        X509_NAME_free(name);
        throw std::bad_alloc();
      }
    }
    return {};
  }

  const TlsConfig config_;
  OwnedCertificate certificate_;
  OwnedChain chain_;
  OwnedKey key_;
  OwnedStore client_ca_;
  OwnedNames client_ca_names_;
};

namespace {

int OnClientHello(SSL* ssl, int* alert, void* argument) {
  *alert = SSL_AD_INTERNAL_ERROR;
  const auto& current = *static_cast<const CurrentTls*>(argument);
  Kept identity = current();
  if (!identity || !identity->LayDown(ssl)) return SSL_CLIENT_HELLO_ERROR;
  auto* kept = new (std::nothrow) Kept(std::move(identity));
  if (kept == nullptr || SSL_set_ex_data(ssl, KeptIndex(), kept) != 1) {
    delete kept;
    return SSL_CLIENT_HELLO_ERROR;
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

int OnCertificate(X509_STORE_CTX* shown, void*) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(shown, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* kept = static_cast<const Kept*>(SSL_get_ex_data(ssl, KeptIndex()));
  return kept != nullptr && (*kept)->Accepts(shown) ? 1 : 0;
}

}  // namespace

metrics::Result<std::shared_ptr<const TlsIdentity>> LoadTlsIdentity(const TlsConfig& config) {
  auto identity = std::make_shared<TlsIdentity>(config);
  if (const auto loaded = identity->Load(); !loaded) {
    return tl::unexpected<Complaint>(loaded.error());
  }
  return identity;
}

SslContext MakeServerContext(const CurrentTls& current) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw std::bad_alloc();
  // Which versions are served is said for each connection.
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  // A session taken up again would come in by an older certificate and an older CA.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle connection needs no buffers, and there may be many.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_client_hello_cb(context.get(), OnClientHello, const_cast<CurrentTls*>(&current));
  SSL_CTX_set_cert_verify_callback(context.get(), OnCertificate, nullptr);
  return context;
}

}  // namespace mppsolar

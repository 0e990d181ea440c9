#include "exporter/web/bcrypt.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>

namespace mppsolar {
namespace {

// "$2y$10$", 22 characters of salt, 31 of the hash itself.
constexpr std::size_t kLength = 60;
constexpr std::size_t kSaltAt = 7;
constexpr std::size_t kHashAt = 29;
// A cost of 14 is about a second of a fast machine.
constexpr int kLowestCost = 4;
constexpr int kHighestCost = 14;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsBase64(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

bool IsShaped(const std::string& hash) {
  return hash.size() == kLength && hash.starts_with("$2") &&
         (hash[2] == 'a' || hash[2] == 'b' || hash[2] == 'y') && hash[3] == '$' &&
         IsDigit(hash[4]) && IsDigit(hash[5]) && hash[6] == '$' &&
         std::all_of(hash.begin() + kSaltAt, hash.end(), IsBase64);
}

int CostOf(const std::string& hash) { return (hash[4] - '0') * 10 + (hash[5] - '0'); }

}  // namespace

std::optional<std::string> WrongBcrypt(const std::string& hash) {
  if (!IsShaped(hash) || CostOf(hash) < kLowestCost) {
    return "is no bcrypt hash; make one with `htpasswd -nBC 10 \"\" | tr -d ':\\n'`";
  }
  if (CostOf(hash) > kHighestCost) {
    return "costs " + std::to_string(CostOf(hash)) +
           ", which takes seconds to check; make one that costs at most 14 (`htpasswd -nBC 10`)";
  }
  return std::nullopt;
}

bool MatchesBcrypt(const std::string& password, const std::string& hash) {
  // For crypt_r a password ends with its first zero byte: what follows would not count.
  if (password.find('\0') != std::string::npos || !IsShaped(hash)) return false;
  const auto data = std::make_unique<crypt_data>();
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), data.get());
  if (made == nullptr) return false;
  const std::string_view text = made;
  // The salt's last character has bits that do not count, and comes back with them cleared.
  const bool same = text.size() == kLength &&
                    CRYPTO_memcmp(made + kHashAt, hash.data() + kHashAt, kLength - kHashAt) == 0;
  OPENSSL_cleanse(data.get(), sizeof *data);
  return same;
}

std::string UnknownBcrypt(const std::string& hash) {
  return hash.substr(0, kSaltAt) + std::string(kLength - kSaltAt, '.');
}

}  // namespace mppsolar

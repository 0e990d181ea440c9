#include "exporter/web/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cctype>

#include "metrics/decode.h"

namespace mppsolar {
namespace {

// Metrics repeat themselves so much that the quickest level has nearly all of the gain.
constexpr int kLevel = 1;
constexpr int kMemoryLevel = 8;
// The largest window, and 16 for gzip instead of zlib.
constexpr int kWindowBits = 15 + 16;

std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts the part before the separator off.
std::string_view Next(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return Trimmed(part);
}

bool SameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// What cannot be read weighs nothing.
double WeightOf(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = Next(parameters, ';');
    const std::string_view name = Next(parameter, '=');
    if (!SameWord(name, "q")) continue;
    const auto weight = metrics::ParseNumber(Trimmed(parameter));
    return weight && *weight >= 0 && *weight <= 1 ? *weight : 0;
  }
  return 1;
}

}  // namespace

bool WantsGzip(std::string_view accept_encoding) {
  std::optional<double> gzip, any, identity;
  while (!accept_encoding.empty()) {
    std::string_view parameters = Next(accept_encoding, ',');
    const std::string_view coding = Next(parameters, ';');
    const double weight = WeightOf(parameters);
    if (SameWord(coding, "gzip") || SameWord(coding, "x-gzip")) gzip = weight;
    if (coding == "*") any = weight;
    if (SameWord(coding, "identity")) identity = weight;
  }
  const double weight = gzip.value_or(any.value_or(0));
  return weight > 0 && weight >= identity.value_or(0);
}

std::optional<std::string> Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return std::nullopt;
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = reinterpret_cast<unsigned char*>(packed.data());
  stream.avail_out = static_cast<unsigned>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return packed;
}

}  // namespace mppsolar

#include "exporter/web/gzip.h"

#include <zlib.h>

#include "exporter/web/weighted_list.h"

namespace mppsolar {
namespace {

// Metrics repeat themselves so much that the quickest level has nearly all of the gain.
constexpr int kLevel = 1;
constexpr int kMemoryLevel = 8;
// The largest window, and 16 for gzip instead of zlib.
constexpr int kWindowBits = 15 + 16;

}  // namespace

bool WantsGzip(std::string_view accept_encoding) {
  std::optional<double> gzip, any, identity;
  for (const Weighted& coding : ParseWeightedList(accept_encoding)) {
    if (coding.name == "gzip" || coding.name == "x-gzip") gzip = coding.weight;
    if (coding.name == "*") any = coding.weight;
    if (coding.name == "identity") identity = coding.weight;
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

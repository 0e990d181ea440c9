#include "exporter/web/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace mppsolar {
namespace {

std::string Unpacked(const std::string& packed, std::size_t size) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string text(size + 1, '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<unsigned>(packed.size());
  stream.next_out = reinterpret_cast<unsigned char*>(text.data());
  stream.avail_out = static_cast<unsigned>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, GivesTheSameTextBack) {
  std::string metrics;
  for (int i = 0; i < 5000; ++i) {
    metrics += "mppsolar_battery_volts{inverter=\"house\"} " + std::to_string(i) + "\n";
  }
  for (const std::string& text : {std::string(), std::string("x"), metrics}) {
    const auto packed = Gzip(text);
    ASSERT_TRUE(packed);
    EXPECT_EQ(Unpacked(*packed, text.size()), text);
  }
  EXPECT_LT(Gzip(metrics)->size(), metrics.size() / 5);
}

TEST(Gzip, GrowsWhatCannotBeMadeSmallerByLittle) {
  std::string noise;
  unsigned state = 1;
  for (int i = 0; i < 10'000; ++i) {
    state = state * 1'103'515'245U + 12'345U;
    noise += static_cast<char>(state >> 24);
  }
  const auto packed = Gzip(noise);
  ASSERT_TRUE(packed);
  EXPECT_EQ(Unpacked(*packed, noise.size()), noise);
}

TEST(Gzip, IsWantedByNameOrByStar) {
  for (const char* yes :
       {"gzip", "GZip", "x-gzip", "deflate, gzip;q=1.0, *;q=0.5", "*", "br,gzip", "gzip;q=0.001",
        "identity;q=0.5, gzip;q=0.5", "*;q=0.1, identity;q=0", " gzip ; q=0.8 ", "gzip;Q=1"}) {
    EXPECT_TRUE(WantsGzip(yes)) << yes;
  }
}

TEST(Gzip, IsNotWantedWithoutWeight) {
  for (const char* no : {"", "identity", "deflate, br", "gzip;q=0", "gzip;q=0.000", "*;q=0",
                         "gzip;q=0, *", "identity, gzip;q=0.5", "gzipped", "gzip;q=abc",
                         "gzip;q=-1", "gzip;q=2", "gzip;q=", ",,;", "*;q=1, gzip;q=0"}) {
    EXPECT_FALSE(WantsGzip(no)) << no;
  }
}

}  // namespace
}  // namespace mppsolar

#include "serial/descriptor_link.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <string>

namespace mppsolar::serial {
namespace {

// Draining must not hold up everything else while a device sends faster than it is read.
TEST(DescriptorLink, DrainReturnsFromADeviceThatSendsWithoutEnd) {
  asio::io_context io;
  const int endless = ::open("/dev/zero", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(endless, 0);
  DescriptorLink link(io.get_executor(), endless, "/dev/zero");
  EXPECT_EQ(link.Drain(), 0U) << "zeros are padding";
}

TEST(DescriptorLink, DrainCountsWhatADeviceWithoutEndSends) {
  asio::io_context io;
  const int endless = ::open("/dev/urandom", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(endless, 0);
  DescriptorLink link(io.get_executor(), endless, "/dev/urandom");
  EXPECT_GT(link.Drain().value_or(0), 0U);
}

}  // namespace
}  // namespace mppsolar::serial

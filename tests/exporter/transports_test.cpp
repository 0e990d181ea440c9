#include "exporter/address/transports.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <string>

#include "tests/serial/await.h"

namespace mppsolar {
namespace {

std::string ComplaintOf(const std::string& address) {
  const auto checked = CheckAddress(address);
  return checked ? "" : checked.error().text;
}

std::string OpenError(const std::string& address) {
  asio::io_context io;
  const auto link = serial::Await(io, OpenAddress(io.get_executor(), address));
  return link ? "" : link.error().text;
}

TEST(Transports, TakeUsbPortsAndBridges) {
  for (const std::string address : {"hid:/dev/hidraw0", "hid:/dev/axpert0", "tcp://10.0.0.5:8899",
                                    "tcp://[::1]:8899", "tcp://bridge.lan:23"}) {
    EXPECT_EQ(ComplaintOf(address), "") << address;
  }
}

TEST(Transports, SayWhatAnAddressLacks) {
  EXPECT_EQ(ComplaintOf("hid:hidraw0"), "\"hid:hidraw0\" has no path; write hid:/dev/hidraw0");
  EXPECT_EQ(ComplaintOf("hid:"), "\"hid:\" has no path; write hid:/dev/hidraw0");
  EXPECT_EQ(ComplaintOf("tcp://10.0.0.5"),
            "\"tcp://10.0.0.5\" has no port; write tcp://10.0.0.5:8899 or tcp://[::1]:8899");
  EXPECT_EQ(ComplaintOf("10.0.0.5:8899"),
            "\"10.0.0.5:8899\" is no address of a device; write /dev/ttyUSB0 or hid:/dev/hidraw0 "
            "or tcp://10.0.0.5:8899 or sim: or auto");
}

TEST(Transports, GiveAnInverterTheNameOfItsDevice) {
  EXPECT_EQ(NameFromAddress("hid:/dev/hidraw0"), "hidraw0");
  EXPECT_EQ(NameFromAddress("tcp://10.0.0.5:8899"), "10.0.0.5:8899");
  EXPECT_EQ(NameFromAddress("tcp://[::1]:8899"), "[::1]:8899");
}

TEST(Transports, GiveTwoPortsTwoNames) {
  EXPECT_EQ(NameFromAddress("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0"),
            "pci-0000:00:14.0-usb-0:2:1.0-port0");
  EXPECT_NE(NameFromAddress("tcp://bridge:8001"), NameFromAddress("tcp://bridge:8002"));
}

TEST(Transports, OpenEachAddressAsItsKind) {
  EXPECT_EQ(OpenError("/dev/null"), "/dev/null: not a serial port");
  EXPECT_EQ(OpenError("hid:/dev/null"), "/dev/null: is no HID device; nothing was sent to it");
  EXPECT_EQ(OpenError("tcp://127.0.0.1:0"), ComplaintOf("tcp://127.0.0.1:0"));
  EXPECT_EQ(OpenError("sim:"), "");
}

}  // namespace
}  // namespace mppsolar

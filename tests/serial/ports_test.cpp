#include "serial/ports.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <string>
#include <vector>

#include "tests/serial/folder.h"
#include "tests/serial/pty.h"

namespace mppsolar::serial {
namespace {

// Lays out /sys and /dev in a folder as the kernel and udev do.
class Ports : public testing::Test {
 protected:
  Places places() { return {path("dev"), path("sys"), path("proc")}; }
  std::string path(const std::string& name) { return (root_.path() / name).string(); }

  void UsbSerial(const std::string& name, const std::string& socket, const std::string& driver,
                 const std::string& maker, const std::string& product,
                 const std::string& serial_number = "") {
    const std::string device = "sys/devices/pci0000:00/usb1/" + socket;
    root_.Write(device + "/idVendor", "067b\n");
    root_.Write(device + "/idProduct", "2303\n");
    if (!maker.empty()) root_.Write(device + "/manufacturer", maker + "\n");
    if (!product.empty()) root_.Write(device + "/product", product + "\n");
    if (!serial_number.empty()) root_.Write(device + "/serial", serial_number + "\n");
    const std::string port = device + "/" + socket + ":1.0/" + name;
    root_.Write("sys/bus/usb-serial/drivers/" + driver + "/bind", "");
    root_.Write(port + "/port_number", "0\n");
    root_.Link(port + "/driver", path("sys/bus/usb-serial/drivers/" + driver));
    root_.Link("sys/class/tty/" + name + "/device", path(port));
    root_.Write("dev/" + name, "");
  }

  void BuiltIn(const std::string& name, const std::string& type) {
    root_.Write("sys/devices/platform/" + name + "/uevent", "");
    root_.Write("sys/class/tty/" + name + "/type", type + "\n");
    root_.Link("sys/class/tty/" + name + "/device", path("sys/devices/platform/" + name));
    root_.Write("dev/" + name, "");
  }

  void Hid(const std::string& name, const std::string& id, const std::string& product) {
    root_.Write("sys/class/hidraw/" + name + "/device/uevent",
                "HID_ID=" + id + "\nHID_NAME=" + product + "\n");
    root_.Write("dev/" + name, "");
  }

  Port Only() {
    const auto ports = FindPorts(places());
    EXPECT_EQ(ports.size(), 1U);
    return ports.empty() ? Port{} : ports.front();
  }

  Folder root_;
};

TEST_F(Ports, AMachineWithoutAnyHasNone) { EXPECT_TRUE(FindPorts(places()).empty()); }

TEST_F(Ports, APlainAdapterIsSafeToAsk) {
  UsbSerial("ttyUSB0", "1-1", "pl2303", "Prolific Technology Inc.", "USB-Serial Controller D");
  const Port port = Only();
  EXPECT_EQ(port.address, path("dev/ttyUSB0"));
  EXPECT_EQ(port.what, "USB serial adapter (Prolific Technology Inc. USB-Serial Controller D)");
  EXPECT_EQ(port.why_not_safe, "");
}

TEST_F(Ports, AdaptersOfAllCommonChipsAreSafeUnderTheNamesThatTheyHaveByThemselves) {
  UsbSerial("ttyUSB0", "1-1", "ftdi_sio", "FTDI", "FT232R USB UART");
  UsbSerial("ttyUSB1", "1-2", "cp210x", "Silicon Labs", "CP2102N USB to UART Bridge Controller");
  UsbSerial("ttyUSB2", "1-3", "ch341-uart", "", "USB2.0-Ser!");
  UsbSerial("ttyUSB3", "1-4", "ch341-uart", "", "USB Serial");
  UsbSerial("ttyUSB4", "1-5", "pl2303", "", "");
  const auto ports = FindPorts(places());
  ASSERT_EQ(ports.size(), 5U);
  for (const Port& port : ports) EXPECT_EQ(port.why_not_safe, "") << port.address;
  EXPECT_EQ(ports[4].what, "USB serial adapter (067b:2303)");
}

TEST_F(Ports, ADeviceThatOnlyHasSuchAChipInItIsNotSafe) {
  UsbSerial("ttyUSB0", "1-1", "cp210x", "ITead", "Sonoff Zigbee 3.0 USB Dongle Plus");
  EXPECT_EQ(Only().what, "USB device (ITead Sonoff Zigbee 3.0 USB Dongle Plus)");
  EXPECT_EQ(Only().why_not_safe, "it is not known as a plain adapter");
}

TEST_F(Ports, AModemIsNotSafe) {
  UsbSerial("ttyUSB0", "1-1", "option1", "Quectel", "LTE serial modem");
  EXPECT_EQ(Only().why_not_safe, "it is not known as a plain adapter");
}

TEST_F(Ports, ABuiltInPortIsListedButNotSafe) {
  BuiltIn("ttyS0", "4");
  EXPECT_EQ(Only().what, "built-in serial port");
  EXPECT_EQ(Only().why_not_safe, "a built-in port may lead to anything");
}

TEST_F(Ports, PortsThatTheBoardDoesNotHaveAndScreensAreLeftOut) {
  BuiltIn("ttyS1", "0");
  root_.Write("sys/class/tty/tty1/uevent", "");
  EXPECT_TRUE(FindPorts(places()).empty());
}

TEST_F(Ports, AConsoleIsNotSafeEvenOnAnAdapter) {
  UsbSerial("ttyUSB0", "1-1", "ftdi_sio", "FTDI", "USB Serial Converter");
  root_.Write("sys/class/tty/console/active", "tty0 ttyUSB0\n");
  EXPECT_EQ(Only().why_not_safe, "it is the system's console");
}

TEST_F(Ports, APortThatAProgramHasOpenIsNotSafe) {
  asio::io_context io;
  Pty pty(io);
  UsbSerial("ttyUSB0", "1-1", "pl2303", "", "USB-Serial Controller");
  std::filesystem::remove(path("dev/ttyUSB0"));
  root_.Link("dev/ttyUSB0", pty.path());
  EXPECT_EQ(Only().why_not_safe, "");
  root_.Write("proc/4242/comm", "minicom\n");
  root_.Link("proc/4242/fd/3", pty.path());
  EXPECT_EQ(Only().why_not_safe, "in use by pid 4242 (minicom)");
}

TEST_F(Ports, AnAdapterWithASerialNumberIsKnownByThat) {
  UsbSerial("ttyUSB0", "1-1", "ftdi_sio", "FTDI", "USB Serial", "A9XYZ");
  root_.Link("dev/serial/by-id/usb-FTDI_USB_Serial_A9XYZ-if00-port0", "../../ttyUSB0");
  root_.Link("dev/serial/by-path/pci-0000:00-usb-0:1:1.0-port0", "../../ttyUSB0");
  EXPECT_EQ(Only().stable, path("dev/serial/by-id/usb-FTDI_USB_Serial_A9XYZ-if00-port0"));
}

TEST_F(Ports, TwoAdaptersOfOneNameAreKnownByTheirSockets) {
  UsbSerial("ttyUSB0", "1-1", "pl2303", "Prolific", "USB-Serial Controller");
  UsbSerial("ttyUSB1", "1-2", "pl2303", "Prolific", "USB-Serial Controller");
  root_.Link("dev/serial/by-id/usb-Prolific_USB-Serial_Controller-if00-port0", "../../ttyUSB1");
  root_.Link("dev/serial/by-path/usb-0:1:1.0-port0", "../../ttyUSB0");
  root_.Link("dev/serial/by-path/usb-0:2:1.0-port0", "../../ttyUSB1");
  const auto ports = FindPorts(places());
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports[0].stable, path("dev/serial/by-path/usb-0:1:1.0-port0"));
  EXPECT_EQ(ports[1].stable, path("dev/serial/by-path/usb-0:2:1.0-port0"));
}

TEST_F(Ports, WithoutUdevThePlainNameIsAllThereIs) {
  UsbSerial("ttyUSB0", "1-1", "ftdi_sio", "FTDI", "USB Serial", "A9XYZ");
  EXPECT_EQ(Only().stable, path("dev/ttyUSB0"));
}

TEST_F(Ports, TheyComeInTheOrderOfTheirNumbers) {
  for (const std::string number : {"10", "2", "0"}) {
    UsbSerial("ttyUSB" + number, "1-" + number, "pl2303", "", "USB-Serial");
  }
  const auto ports = FindPorts(places());
  ASSERT_EQ(ports.size(), 3U);
  EXPECT_EQ(ports[0].address, path("dev/ttyUSB0"));
  EXPECT_EQ(ports[1].address, path("dev/ttyUSB2"));
  EXPECT_EQ(ports[2].address, path("dev/ttyUSB10"));
}

TEST_F(Ports, OnlyAnInvertersHidDeviceIsSafe) {
  Hid("hidraw0", "0003:0000046D:0000C31C", "Logitech Keyboard");
  Hid("hidraw1", "0003:00000665:00005161", "INNO TECH USB to Serial");
  const auto ports = FindPorts(places());
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports[0].address, "hid:" + path("dev/hidraw0"));
  EXPECT_EQ(ports[0].what, "HID 046d:c31c (Logitech Keyboard)");
  EXPECT_EQ(ports[0].why_not_safe, "it is no inverter's USB port (0665:5161)");
  EXPECT_EQ(ports[1].what, "HID 0665:5161 (INNO TECH USB to Serial)");
  EXPECT_EQ(ports[1].why_not_safe, "");
}

TEST_F(Ports, AnInvertersHidDeviceIsKnownByItsSocketIfTheUdevRulesAreThere) {
  Hid("hidraw1", "0003:00000665:00005161", "INNO TECH USB to Serial");
  EXPECT_EQ(Only().stable, "hid:" + path("dev/hidraw1"));
  root_.Link("dev/mppsolar/by-path/pci-0000:00-usb-0:2:1.0", "../../hidraw1");
  EXPECT_EQ(Only().stable, "hid:" + path("dev/mppsolar/by-path/pci-0000:00-usb-0:2:1.0"));
}

TEST_F(Ports, WhatADeviceCallsItselfIsMadePrintable) {
  UsbSerial("ttyUSB0", "1-1", "pl2303", "", "USB-Serial \x1b[31m");
  EXPECT_EQ(Only().what, "USB serial adapter (USB-Serial \\x1b[31m)");
}

}  // namespace
}  // namespace mppsolar::serial

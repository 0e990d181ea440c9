#include "serial/descriptor_link.h"

#include <sys/ioctl.h>

namespace mppsolar::serial {

DescriptorLink::DescriptorLink(const asio::any_io_executor& executor, int descriptor,
                               std::string name)
    : StreamLink(asio::posix::stream_descriptor(executor, descriptor), std::move(name)) {}

DescriptorLink::~DescriptorLink() { DescriptorLink::Close(); }

void DescriptorLink::Close() {
  if (!stream().is_open()) return;
  // TIOCEXCL outlives the descriptor on a pty whose other end stays open.
  ::ioctl(stream().native_handle(), TIOCNXCL);
  StreamLink::Close();
}

}  // namespace mppsolar::serial

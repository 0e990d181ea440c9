// `simulate`: an inverter on a pty or a TCP port.
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "exporter/address/capture.h"
#include "exporter/address/simulated_address.h"
#include "exporter/calls/commands.h"
#include "exporter/log.h"
#include "metrics/strict_yaml.h"
#include "serial/frame.h"
#include "serial/simulated_link.h"
#include "serial/stream.h"

namespace mppsolar {
namespace {

using serial::kAwait;

// A pty that nobody has open reads as broken; it is looked at again after so long.
constexpr std::chrono::milliseconds kNobodyThere{20};

int Complain(const std::string& text) {
  log::Error("Cannot simulate", {{"error", text}});
  return 1;
}

// Answers from a capture: the replies to one command follow each other, and begin anew after the
// last.
class Player {
 public:
  explicit Player(Capture capture) : capture_(std::move(capture)) {}

  std::string Answer(std::string_view request) {
    const auto command = CommandOf(request);
    if (!command) return "";
    const auto found = capture_.replies.find(*command);
    if (found == capture_.replies.end()) return serial::EncodeReply("NAK");
    std::size_t& next = next_[found->first];
    const CapturedReply& reply = found->second[next];
    next = (next + 1) % found->second.size();
    return reply.answered ? serial::EncodeReply(reply.text) : std::string();
  }

 private:
  Capture capture_;
  std::map<std::string, std::size_t, std::less<>> next_;
};

metrics::Result<serial::Responder> MakeResponder(const SimulateOptions& options) {
  if (options.capture_file.empty()) {
    auto responder = SimulatedResponder(options.model);
    if (responder) return std::move(*responder);
    return tl::unexpected<metrics::Complaint>(metrics::Complaint{responder.error().text});
  }
  const auto text = metrics::ReadTextFile(options.capture_file);
  if (!text) return tl::unexpected<metrics::Complaint>(text.error());
  auto capture = ParseCapture(*text, options.capture_file);
  if (!capture) return tl::unexpected<metrics::Complaint>(capture.error());
  auto player = std::make_shared<Player>(std::move(*capture));
  return [player](std::string_view request, serial::TimePoint) { return player->Answer(request); };
}

// Carries bytes from the simulated inverter to whoever is at the other end of `stream`.
template <class Stream>
asio::awaitable<void> CarryReplies(std::shared_ptr<serial::SimulatedLink> inverter,
                                   std::shared_ptr<Stream> stream) {
  std::array<char, 256> bytes{};
  for (;;) {
    const auto count = co_await inverter->Read(bytes, serial::TimePoint::max());
    if (!count) co_return;
    // Nobody there to read it: as on a real line, the bytes are lost.
    co_await asio::async_write(*stream, asio::buffer(bytes.data(), *count), kAwait);
  }
}

// The other way. Ends when the stream does, unless `stays`: a pty is there again for the next one.
template <class Stream>
asio::awaitable<void> CarryRequests(std::shared_ptr<serial::SimulatedLink> inverter,
                                    std::shared_ptr<Stream> stream, bool stays) {
  std::array<char, 256> bytes{};
  asio::steady_timer pause(stream->get_executor());
  for (;;) {
    const auto [error, count] = co_await stream->async_read_some(asio::buffer(bytes), kAwait);
    if (error && !stays) break;
    if (error) {
      pause.expires_after(kNobodyThere);
      co_await pause.async_wait(kAwait);
      continue;
    }
    std::string request(bytes.data(), count);
    co_await inverter->Write(std::move(request), serial::TimePoint::max());
  }
  inverter->Close();
}

template <class Stream>
void Connect(asio::io_context& io, serial::Responder responder, serial::Pace pace,
             std::shared_ptr<Stream> stream, bool stays) {
  auto inverter =
      std::make_shared<serial::SimulatedLink>(io.get_executor(), std::move(responder), pace);
  asio::co_spawn(io, CarryReplies(inverter, stream), asio::detached);
  asio::co_spawn(io, CarryRequests(inverter, stream, stays), asio::detached);
}

asio::awaitable<void> Accept(asio::io_context& io, asio::ip::tcp::acceptor& acceptor,
                             serial::Responder responder, serial::Pace pace) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error) co_return;
    socket.set_option(asio::ip::tcp::no_delay(true));
    Connect(io, responder, pace, std::make_shared<asio::ip::tcp::socket>(std::move(socket)), false);
  }
}

// The master side of a new pty in raw mode, with a link to its other side at `path` while it lives.
class Pty {
 public:
  static metrics::Result<std::unique_ptr<Pty>> Open(const std::string& path) {
    const auto fail = [&](const std::string& what) {
      return tl::unexpected<metrics::Complaint>(
          metrics::Complaint{path + ": " + what + ": " + std::generic_category().message(errno)});
    };
    auto pty = std::unique_ptr<Pty>(new Pty(path));
    pty->master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (pty->master_ < 0 || ::grantpt(pty->master_) != 0 || ::unlockpt(pty->master_) != 0) {
      return fail("no pty");
    }
    std::array<char, 128> name{};
    if (::ptsname_r(pty->master_, name.data(), name.size()) != 0) return fail("no pty");
    struct termios settings {};
    if (::tcgetattr(pty->master_, &settings) == 0) {
      ::cfmakeraw(&settings);
      ::tcsetattr(pty->master_, TCSANOW, &settings);
    }
    std::error_code error;
    const auto there = std::filesystem::symlink_status(path, error);
    if (std::filesystem::exists(there) && !std::filesystem::is_symlink(there)) {
      errno = EEXIST;
      return fail("not replaced");
    }
    std::filesystem::remove(path, error);
    if (::symlink(name.data(), path.c_str()) != 0) return fail("no link");
    pty->linked_ = true;
    return pty;
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;
  ~Pty() {
    if (linked_) ::unlink(path_.c_str());
    if (master_ >= 0) ::close(master_);
  }

  /// The master, which whoever takes it must close.
  [[nodiscard]] int Release() { return std::exchange(master_, -1); }

 private:
  explicit Pty(std::string path) : path_(std::move(path)) {}
  std::string path_;
  int master_ = -1;
  bool linked_ = false;
};

asio::awaitable<void> StopOnSignal(asio::io_context& io) {
  asio::signal_set signals(io, SIGINT, SIGTERM);
  co_await signals.async_wait(kAwait);
  io.stop();
}

}  // namespace

int Simulate(const SimulateOptions& options) {
  auto responder = MakeResponder(options);
  if (!responder) return Complain(responder.error().text);
  serial::Pace pace;
  if (!options.paced) pace.byte = std::chrono::microseconds(0);
  const std::string what =
      options.capture_file.empty() ? options.model.model : options.capture_file;

  std::unique_ptr<Pty> link;
  asio::io_context io(1);
  asio::ip::tcp::acceptor acceptor(io);
  if (options.tcp) {
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), *options.tcp);
    asio::error_code error;
    acceptor.open(endpoint.protocol(), error);
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!acceptor.bind(endpoint, error))
      acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return Complain("cannot listen on 127.0.0.1:" + std::to_string(*options.tcp) + ": " +
                      error.message());
    }
    asio::co_spawn(io, Accept(io, acceptor, *responder, pace), asio::detached);
    log::Info("Simulating",
              {{"inverter", what},
               {"address", "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port())}});
  } else {
    auto pty = Pty::Open(options.pty);
    if (!pty) return Complain(pty.error().text);
    link = std::move(*pty);
    Connect(io, *responder, pace,
            std::make_shared<asio::posix::stream_descriptor>(io, link->Release()), true);
    log::Info("Simulating", {{"inverter", what}, {"device", options.pty}});
  }
  asio::co_spawn(io, StopOnSignal(io), asio::detached);
  io.run();
  return 0;
}

}  // namespace mppsolar

// The event loop, whose end has an order: first what waits in it, then what that refers to.
#pragma once

#include <asio/io_context.hpp>

namespace mppsolar {

class Loop : public asio::io_context {
 public:
  using asio::io_context::io_context;

  /// Drops all that still waits. RESTinio's connections count themselves off at the server when
  /// they go, so they must go while there is one. Nothing may run in the loop afterwards.
  void DropWaiting() { shutdown(); }
};

}  // namespace mppsolar

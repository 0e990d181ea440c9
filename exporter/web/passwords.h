// Checks passwords without holding anybody else up. A check takes tens of milliseconds of a
// processor, so one thread beside the loop makes them one after the other, few may wait for it, and
// what was found right once is remembered.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>

namespace mppsolar {

class Passwords {
 public:
  enum class Verdict {
    kRight,
    kWrong,
    kBusy,  ///< Too many wait; nothing was checked.
  };
  using Users = std::map<std::string, std::string, std::less<>>;  ///< Name -> bcrypt hash.

  explicit Passwords(asio::io_context& io);
  ~Passwords();
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  /// An unknown user takes as long as a wrong password. `from` is the client's address: no address
  /// may take all the room to wait. Both must only be called on the loop.
  asio::awaitable<Verdict> Check(std::shared_ptr<const Users> users, std::string user,
                                 std::string password, std::string from);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace mppsolar

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace mppsolar::serial {

/// What went wrong on the line, by what the caller does next.
enum class Errc {
  kTimeout,   ///< No (whole) reply in time: ask again.
  kBadFrame,  ///< Something came, but no frame that can be trusted: ask again.
  kNak,       ///< The inverter does not know this command: do not ask again.
  kIo,        ///< The link is gone: open it anew.
  kOpen,      ///< The link cannot be opened: missing, not permitted, in use, or no such address.
  kRefused,   ///< Ours: the command may not be sent.
};

struct Error {
  Errc code;
  std::string text;  ///< For people: "/dev/ttyUSB0: no such device".
};

template <class T>
using Result = tl::expected<T, Error>;

/// The word for logs, labels and JSON: "timeout", "bad_frame", "nak", "io", "open", "refused".
[[nodiscard]] constexpr std::string_view Name(Errc code) {
  switch (code) {
    case Errc::kTimeout:
      return "timeout";
    case Errc::kBadFrame:
      return "bad_frame";
    case Errc::kNak:
      return "nak";
    case Errc::kIo:
      return "io";
    case Errc::kOpen:
      return "open";
    case Errc::kRefused:
      return "refused";
  }
  return "unknown";
}

[[nodiscard]] inline tl::unexpected<Error> Fail(Errc code, std::string text) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}

}  // namespace mppsolar::serial

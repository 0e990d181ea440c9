// Frames of the PI30 protocol.
//
//   request:  Q P I G S  B7 A9  CR         command, checksum, CR
//   reply:    ( B        E7 C9  CR         "(", payload, checksum, CR
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "serial/command.h"

namespace mppsolar::serial {

/// The bytes of a request.
[[nodiscard]] std::string EncodeRequest(const Command& command);

/// The same with checksum bytes 00 sent as 01. Equal to EncodeRequest where there are none.
[[nodiscard]] std::string EncodeRequestWithoutZero(const Command& command);

/// The bytes of a reply, as an inverter sends it.
[[nodiscard]] std::string EncodeReply(std::string_view payload);

/// Finds the frames in what comes over the line. Bytes go in as they arrive; whatever is no frame
/// is passed over.
class FrameReader {
 public:
  enum class Kind {
    kPayload,        ///< A reply with a good checksum; `text` is its payload.
    kNak,            ///< "(NAK", with or without a checksum.
    kEcho,           ///< The request itself came back.
    kOtherProtocol,  ///< "^0": the device speaks PI17 or PI18.
    kBad,            ///< Bytes up to a CR that are no frame; `text` says why.
  };
  struct Item {
    Kind kind;
    std::string text;
  };

  /// `request` is what was sent, to know its echo by.
  explicit FrameReader(std::string_view request) : request_(request) {}

  /// Adds bytes that came in.
  void Add(std::string_view bytes);

  /// The next thing that ends with a CR among the bytes so far. A bad one may still become good
  /// when its checksum has a CR in it; it is kept back until the next byte or Finish.
  [[nodiscard]] bool Next(Item& item);

  /// No more bytes will come for a while: gives what Next kept back, and what has no CR at all.
  [[nodiscard]] bool Finish(Item& item);

  /// Whether bytes have come that make no whole frame yet (padding does not count).
  [[nodiscard]] bool HasPart() const { return !buffer_.empty(); }

 private:
  [[nodiscard]] bool Take(std::size_t cr, Item& item);
  void DropPadding();

  std::string request_;
  std::string buffer_;
};

/// The bytes of `frame` for people: printable ones as they are, others as \xNN.
[[nodiscard]] std::string Printable(std::string_view bytes);

}  // namespace mppsolar::serial

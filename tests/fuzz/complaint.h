// What every complaint about a file must be.
#pragma once

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "require.h"

namespace mppsolar {

/// The JSON library knows which texts are UTF-8, and has its own eyes for it.
inline bool IsUtf8(const std::string& text) {
  using Choice = nlohmann::json::error_handler_t;
  const nlohmann::json json(text);
  return json.dump(-1, ' ', false, Choice::replace) == json.dump(-1, ' ', false, Choice::ignore);
}

/// Takes "12:" from the beginning of `text`.
inline std::size_t TakeNumber(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  Require(error == std::errc() && end != text.data() + text.size() && *end == ':',
          "a complaint begins with FILE:LINE:COLUMN:");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

/// `complaint` is about `yaml`, which it calls "fuzz.yaml".
inline void RequireComplaint(const std::string& complaint, std::string_view yaml) {
  std::string_view rest = complaint;
  Require(rest.starts_with("fuzz.yaml:"), "a complaint names the file");
  rest.remove_prefix(std::string_view("fuzz.yaml:").size());
  const std::size_t line = TakeNumber(rest);
  const std::size_t column = TakeNumber(rest);
  Require(rest.size() > 1 && rest.front() == ' ', "a complaint says what it is about");
  Require(
      IsUtf8(complaint) && std::none_of(complaint.begin(), complaint.end(),
                                        [](char c) { return static_cast<unsigned char>(c) < ' '; }),
      "a complaint is one line of text");

  Require(line >= 1 && column >= 1, "places count from 1");
  for (std::size_t i = 1; i < line; ++i) {
    const std::size_t end = yaml.find('\n');
    Require(end != std::string_view::npos, "the line is one of the file");
    yaml.remove_prefix(end + 1);
  }
  const std::size_t end = yaml.find('\n');
  // yaml-cpp counts on behind the end of the file when that is in the eight digits of an escape.
  const std::size_t last = end == std::string_view::npos ? yaml.size() + 1 + 8 : end + 1;
  Require(column <= last, "the column is one of the line");
}

}  // namespace mppsolar

// `healthcheck`: asks a running exporter, for health checks of containers without a shell.
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <iostream>
#include <optional>

#include "exporter/calls/commands.h"
#include "exporter/web/health_question.h"
#include "exporter/web/listen_places.h"

namespace mppsolar {
namespace {

using Answer = tl::expected<std::string, std::string>;

Answer AskWithin(std::chrono::milliseconds timeout, const ListenAddress& address, TryFirst first) {
  asio::io_context io(1);
  Answer answer = tl::unexpected("no answer within " + std::to_string(timeout.count()) + "ms");
  asio::co_spawn(io, AskHealth(address, first),
                 [&answer](const std::exception_ptr& failure, Answer result) {
                   if (failure) std::rethrow_exception(failure);
                   answer = std::move(result);
                 });
  io.run_for(timeout);
  return answer;
}

}  // namespace

int HealthCheck(const HealthCheckOptions& options) {
  const auto places = ListenAddresses(options.listen_addresses);
  if (!places) {
    std::cerr << places.error() << "\n";
    return 1;
  }
  const TryFirst first = options.web_config_file.empty() ? TryFirst::kHttp : TryFirst::kHttps;
  int code = 0;
  for (const auto& [name, address] : *places) {
    const Answer answer = AskWithin(options.timeout, address, first);
    (answer ? std::cout : std::cerr)
        << name << (answer ? ": healthy, " + *answer : ": not healthy: " + answer.error()) << "\n";
    if (!answer) code = 1;
  }
  return code;
}

}  // namespace mppsolar

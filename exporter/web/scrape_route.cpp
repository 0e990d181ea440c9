#include "exporter/web/scrape_route.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "exporter/web/negotiation.h"
#include "exporter/web/wire_text.h"
#include "metrics/exposition.h"
#include "metrics/open_metrics.h"

namespace mppsolar {
namespace {

// What the query of a scrape asks for, or what is wrong with it.
struct Wanted {
  Selection selection;
  bool debug = false;
};
using ReadWanted = tl::expected<Wanted, std::string> (*)(const ConfigInForce&, const HttpRequest&);

bool HasInverter(const ConfigInForce& in_force, const std::string& name) {
  const auto& inverters = in_force.config().inverters;
  return std::any_of(inverters.begin(), inverters.end(),
                     [&name](const InverterConfig& inverter) { return inverter.name == name; });
}

bool HasCommand(const ConfigInForce& in_force, const std::string& name) {
  const Protocols& protocols = in_force.protocols();
  return std::any_of(protocols.begin(), protocols.end(),
                     [&name](const auto& protocol) { return protocol->Find(name) != nullptr; });
}

tl::unexpected<std::string> Wrong(const char* what) { return tl::unexpected<std::string>(what); }

constexpr char kNoSuchInverter[] = "No inverter has this name; / lists those that there are.";

tl::expected<Wanted, std::string> ReadMetricsQuery(const ConfigInForce& in_force,
                                                   const HttpRequest& request) {
  Wanted wanted;
  for (const auto& [name, value] : request.query) {
    if (name == "inverter[]") {
      if (!HasInverter(in_force, value)) return Wrong(kNoSuchInverter);
      wanted.selection.inverters.push_back(value);
    } else if (name == "collect[]") {
      if (!HasCommand(in_force, value)) {
        return Wrong("collect[] must be a command of a protocol definition, such as QPIGS.");
      }
      wanted.selection.commands.push_back(value);
    } else if (name == "debug") {
      if (value != "true" && value != "false") return Wrong("debug must be true or false.");
      wanted.debug = value == "true";
    } else {
      return Wrong("An unknown parameter; known are inverter[], collect[] and debug.");
    }
  }
  return wanted;
}

tl::expected<Wanted, std::string> ReadProbeQuery(const ConfigInForce& in_force,
                                                 const HttpRequest& request) {
  Wanted wanted;
  for (const auto& [name, value] : request.query) {
    if (name != "target") return Wrong("An unknown parameter; known is target.");
    if (!HasInverter(in_force, value)) return Wrong(kNoSuchInverter);
    wanted.selection.inverters.push_back(value);
  }
  if (wanted.selection.inverters.size() != 1) {
    return Wrong("Say which inverter, once: /probe?target=NAME.");
  }
  return wanted;
}

asio::awaitable<HttpResponse> AnswerScrape(ScrapeContext context, ReadWanted read,
                                           HttpRequest request) {
  const auto wanted = read(context.in_force, request);
  if (!wanted) co_return PlainLine(400, wanted.error());
  auto asking = ReadForRequest(context, wanted->selection, request);
  const auto reading = co_await std::move(asking);
  if (!reading) co_return reading.error();
  const auto families = context.collector.Collect(*reading, wanted->selection);
  HttpResponse response;
  response.headers.emplace_back("Vary", "Accept");
  // For people: a browser shows text and offers to store everything else.
  if (wanted->debug) {
    for (const Collector::Read& read_one : *reading) {
      response.body +=
          WireText(*read_one.inverter, read_one.fresh, std::chrono::steady_clock::now());
    }
  } else if (NegotiateExposition(request.Header("Accept")) == Exposition::kOpenMetrics) {
    response.content_type = metrics::kOpenMetricsContentType;
    response.body = metrics::ToOpenMetrics(families);
    co_return response;
  }
  response.content_type = metrics::kTextContentType;
  response.body += metrics::ToText(families);
  co_return response;
}

// No coroutine is a lambda here: a lambda's captures die with it, while its coroutine lives on.
HttpHandler Answering(ScrapeContext context, ReadWanted read) {
  return [context = std::move(context), read](HttpRequest request) {
    return AnswerScrape(context, read, std::move(request));
  };
}

}  // namespace

HttpHandler MetricsRoute(ScrapeContext context) {
  return Answering(std::move(context), ReadMetricsQuery);
}

HttpHandler ProbeRoute(ScrapeContext context) {
  return Answering(std::move(context), ReadProbeQuery);
}

}  // namespace mppsolar

#include "exporter/web/status_route.h"

#include <chrono>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "exporter/web/status_json.h"

namespace mppsolar {
namespace {

using Json = nlohmann::ordered_json;

asio::awaitable<tl::expected<Json, HttpResponse>> ReadStatus(ScrapeContext context,
                                                             HttpRequest request) {
  auto asking = ReadForRequest(context, Selection{}, std::move(request));
  const auto reading = co_await std::move(asking);
  if (!reading) co_return tl::unexpected<HttpResponse>(reading.error());
  const auto now = std::chrono::steady_clock::now();
  std::vector<InverterFacts> facts;
  facts.reserve(reading->size());
  // Nothing is shown of the exporter itself, so nothing of it is collected.
  metrics::Families families;
  for (const Collector::Read& read : *reading) {
    facts.push_back(read.inverter->Facts(read.fresh, now));
    read.inverter->Collect(read.fresh, {}, families);
  }
  co_return StatusJson(MakeStatus(facts, families.Take()));
}

asio::awaitable<HttpResponse> AnswerWithJson(ScrapeContext context, HttpRequest request) {
  auto asking = ReadStatus(context, std::move(request));
  const auto status = co_await std::move(asking);
  if (!status) co_return status.error();
  HttpResponse response;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  // A name or an answer that is no UTF-8 must not cost the rest.
  response.body = status->dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  co_return response;
}

asio::awaitable<HttpResponse> AnswerWithPage(ScrapeContext context,
                                             std::shared_ptr<const std::vector<PageLink>> links,
                                             HttpRequest request) {
  auto asking = ReadStatus(context, std::move(request));
  const auto status = co_await std::move(asking);
  if (!status) co_return status.error();
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Cache-Control", "no-store"},
                      {"Content-Security-Policy", kPagePolicy},
                      {"Referrer-Policy", "no-referrer"}};
  response.body = StatusPage(*status, *links, std::time(nullptr));
  co_return response;
}

}  // namespace

// No coroutine is a lambda here: a lambda's captures die with it, while its coroutine lives on.
HttpHandler StatusPageRoute(ScrapeContext context, std::vector<PageLink> links) {
  return [context = std::move(context),
          shared = std::make_shared<const std::vector<PageLink>>(std::move(links))](
             HttpRequest request) { return AnswerWithPage(context, shared, std::move(request)); };
}

HttpHandler StatusJsonRoute(ScrapeContext context) {
  return [context = std::move(context)](HttpRequest request) {
    return AnswerWithJson(context, std::move(request));
  };
}

}  // namespace mppsolar

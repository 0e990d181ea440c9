#include "exporter/web/routes.h"

#include <memory>

#include "exporter/web/scrape_deadline.h"
#include "exporter/web/start_page.h"
#include "metrics/exposition.h"

namespace mppsolar {
namespace {

asio::awaitable<HttpResponse> Answer(HttpResponse response) { co_return response; }

// How many scrapes are under way, and how many may be.
struct ScrapeLimit {
  unsigned most;
  unsigned under_way = 0;
};

class UnderWay {
 public:
  explicit UnderWay(ScrapeLimit& limit) : limit_(limit) { ++limit_.under_way; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() { --limit_.under_way; }

 private:
  ScrapeLimit& limit_;
};

asio::awaitable<HttpResponse> AnswerScrape(Collector& collector, std::chrono::milliseconds longest,
                                           std::shared_ptr<ScrapeLimit> limit,
                                           HttpRequest request) {
  const auto time = ScrapeTime(longest, request.Header("X-Prometheus-Scrape-Timeout-Seconds"));
  HttpResponse response;
  if (!time) {
    response.status = 400;
    response.body = "X-Prometheus-Scrape-Timeout-Seconds must be a number of seconds.\n";
    co_return response;
  }
  if (limit->most != 0 && limit->under_way >= limit->most) {
    response.status = 503;
    response.body = "Limit of concurrent requests reached (" + std::to_string(limit->most) +
                    "), try again later.\n";
    co_return response;
  }
  const UnderWay under_way(*limit);
  const auto now = std::chrono::steady_clock::now();
  response.content_type = metrics::kTextContentType;
  response.body = co_await collector.Scrape(now, now + *time);
  co_return response;
}

}  // namespace

HttpRoutes MakeRoutes(Collector& collector, const Config& config, const std::string& telemetry_path,
                      unsigned max_requests) {
  HttpRoutes routes;
  // No coroutine is a lambda here: a lambda's captures die with it, while its coroutine lives on.
  const auto fixed = [&routes](const std::string& path, HttpResponse response) {
    routes[path].answer = [response = std::move(response)](const HttpRequest&) {
      return Answer(response);
    };
  };
  fixed("/", {200, "text/html; charset=utf-8", StartPage(config.inverters, telemetry_path), {}});
  fixed("/-/healthy", {200, "text/plain; charset=utf-8", "Healthy\n", {}});
  // Whoever can ask is answered by a program that has its config and listens: that is ready. An
  // inverter that does not answer must not take the exporter out of service.
  fixed("/-/ready", {200, "text/plain; charset=utf-8", "Ready\n", {}});
  const auto limit = std::make_shared<ScrapeLimit>(ScrapeLimit{max_requests});
  routes[telemetry_path].answer = [&collector, longest = config.scrape.timeout,
                                   limit](HttpRequest request) {
    return AnswerScrape(collector, longest, limit, std::move(request));
  };
  return routes;
}

}  // namespace mppsolar

#include "exporter/web/scrape_context.h"

#include <chrono>
#include <utility>

#include "exporter/web/scrape_deadline.h"

namespace mppsolar {

asio::awaitable<tl::expected<std::vector<Collector::Read>, HttpResponse>> ReadForRequest(
    ScrapeContext context, Selection selection, HttpRequest request) {
  const auto time = ScrapeTime(context.collector.Longest(),
                               request.Header("X-Prometheus-Scrape-Timeout-Seconds"));
  if (!time) {
    co_return tl::unexpected<HttpResponse>(
        PlainLine(400, "X-Prometheus-Scrape-Timeout-Seconds must be a number of seconds."));
  }
  const ScrapeLimit::Place place = context.limit.Enter();
  if (!place) co_return tl::unexpected<HttpResponse>(context.limit.Refusal());
  const auto now = std::chrono::steady_clock::now();
  auto scraping = context.collector.Scrape(std::move(selection), now, now + *time);
  co_return co_await std::move(scraping);
}

}  // namespace mppsolar

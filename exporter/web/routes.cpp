#include "exporter/web/routes.h"

#include <utility>

#include "exporter/config/config_text.h"
#include "exporter/web/discovery.h"
#include "exporter/web/docs.h"
#include "exporter/web/page_files.h"
#include "exporter/web/status_route.h"

namespace mppsolar {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";

asio::awaitable<HttpResponse> Answer(HttpResponse response) { co_return response; }

// For what needs no waiting.
template <class Make>
HttpHandler AtOnce(Make make) {
  return [make = std::move(make)](const HttpRequest& request) { return Answer(make(request)); };
}

HttpResponse Reload(const std::function<metrics::Result<void>()>& reload) {
  if (!reload) {
    return PlainLine(403, "Reloading over HTTP is off; start with --web.enable-lifecycle.");
  }
  if (!reload()) return PlainLine(500, "The config is wrong, the old one stays; see the log.");
  return PlainLine(200, "Reloaded");
}

HttpResponse Discover(const ConfigInForce& in_force, bool tls, const HttpRequest& request) {
  const auto host = request.Header("Host");
  if (!host || !IsHost(*host)) {
    return PlainLine(400, "The header Host must be this exporter's name and port.");
  }
  return {200,
          "application/json",
          DiscoveryJson(in_force.config().inverters, std::string(*host), tls),
          {}};
}

void AddPageFiles(HttpRoutes& routes) {
  const auto fixed = [&routes](const std::string& path, HttpResponse response) {
    routes[path].answer = AtOnce([response](const HttpRequest&) { return response; });
  };
  constexpr std::pair<const char*, const char*> kFiles[] = {
      {"page.css", "text/css; charset=utf-8"},
      {"page.js", "text/javascript; charset=utf-8"},
      {"icon.svg", "image/svg+xml"}};
  for (const auto& [name, type] : kFiles) {
    // The page asks for them with a version behind "?".
    fixed("/" + std::string(name), {200,
                                    type,
                                    std::string(PageFileText(name)),
                                    {{"Cache-Control", "public, max-age=31536000, immutable"}}});
    routes["/" + std::string(name)].handler = "/";
  }
  for (const Doc& doc : Docs()) {
    fixed(doc.path, {200, kText, std::string(doc.text), {}});
    routes[doc.path].handler = "/docs/";
  }
}

}  // namespace

tl::expected<HttpRoutes, std::string> MakeRoutes(Site site) {
  const ConfigInForce& in_force = site.scrapes.in_force;
  HttpRoutes routes;
  routes["/"].answer = StatusPageRoute(site.scrapes, Links(site.telemetry_path));
  routes["/api/v1/status"].answer = StatusJsonRoute(site.scrapes);
  AddPageFiles(routes);
  routes["/-/healthy"].answer =
      AtOnce([](const HttpRequest&) { return PlainLine(200, "Healthy"); });
  // Whoever can ask is answered by a program that has its config and listens: that is ready. An
  // inverter that does not answer must not take the exporter out of service.
  routes["/-/ready"].answer = AtOnce([](const HttpRequest&) { return PlainLine(200, "Ready"); });
  for (const char* probe : {"/-/healthy", "/-/ready"}) routes[probe].open = true;
  routes["/-/reload"].methods = "POST, PUT";
  routes["/-/reload"].answer =
      AtOnce([reload = site.reload](const HttpRequest&) { return Reload(reload); });
  routes["/config"].answer = AtOnce([&in_force, web_config = site.web_config](const HttpRequest&) {
    std::string text = ConfigText(in_force.config());
    if (web_config) text += "--- # --web.config.file\n" + web_config();
    return HttpResponse{200, kText, std::move(text), {}};
  });
  routes["/sd"].answer = AtOnce([&in_force, tls = site.tls](const HttpRequest& request) {
    return Discover(in_force, tls, request);
  });
  routes["/probe"].answer = ProbeRoute(site.scrapes);
  if (routes.contains(site.telemetry_path)) {
    return tl::unexpected<std::string>("--web.telemetry-path: " + site.telemetry_path +
                                       " is something else already; take another path");
  }
  routes[site.telemetry_path].answer = MetricsRoute(site.scrapes);
  return routes;
}

}  // namespace mppsolar

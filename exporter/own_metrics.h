// The metrics that the exporter says of itself and of its lines; protocol definitions have the
// rest.
#pragma once

#include <string_view>

#include "metrics/families.h"

namespace mppsolar {

struct OwnMetric {
  std::string_view name;
  metrics::FamilyType type;
  std::string_view labels;  ///< For the catalogue: "inverter, command".
  std::string_view help;
};

inline constexpr auto kGauge = metrics::FamilyType::kGauge;
inline constexpr auto kCounter = metrics::FamilyType::kCounter;
inline constexpr auto kHistogram = metrics::FamilyType::kHistogram;

inline constexpr OwnMetric kUp{"mppsolar_up", kGauge, "inverter",
                               "Whether the inverter answered every command of this scrape."};
inline constexpr OwnMetric kScrapeDuration{"mppsolar_scrape_duration_seconds", kGauge, "inverter",
                                           "How long the last reading of the inverter took."};
inline constexpr OwnMetric kLastSuccess{
    "mppsolar_last_success_timestamp_seconds", kGauge, "inverter",
    "When the inverter last answered every command of a scrape, in seconds since 1970."};
inline constexpr OwnMetric kCommandSuccess{
    "mppsolar_command_success", kGauge, "inverter, command",
    "Whether this command was answered when it was last asked. Commands that the inverter does not "
    "know are left out."};
inline constexpr OwnMetric kCommandDuration{
    "mppsolar_command_duration_seconds", kGauge, "inverter, command",
    "How long this command took when it was last asked, with tries after failures."};
inline constexpr OwnMetric kCommands{"mppsolar_commands_total", kCounter, "inverter, command",
                                     "Requests that were sent, every try counted."};
inline constexpr OwnMetric kCommandErrors{"mppsolar_command_errors_total", kCounter,
                                          "inverter, command, reason",
                                          "Requests without a good reply: timeout, bad_frame "
                                          "(damaged, or a reply to something else), nak "
                                          "(refused) or io (the link broke)."};
inline constexpr OwnMetric kBadColumns{
    "mppsolar_bad_columns_total", kCounter, "inverter, command",
    "Columns of good replies that could not be read, for example \"---\"."};
inline constexpr OwnMetric kLinkOpens{"mppsolar_link_opens_total", kCounter, "inverter",
                                      "How often the link was opened."};
inline constexpr OwnMetric kLinkOpenErrors{
    "mppsolar_link_open_errors_total", kCounter, "inverter",
    "How often the link could not be opened: missing, not permitted or in use."};
inline constexpr OwnMetric kCacheHits{
    "mppsolar_cache_hits_total", kCounter, "inverter",
    "Scrapes that were answered from a reading not older than scrape.cache."};
inline constexpr OwnMetric kBuildInfo{"mppsolar_exporter_build_info", kGauge,
                                      "version, revision, branch, compiler",
                                      "What the exporter was built from; always 1."};
inline constexpr OwnMetric kReloadSuccessful{"mppsolar_exporter_config_last_reload_successful",
                                             kGauge, "",
                                             "Whether the config was right when it was last read."};
inline constexpr OwnMetric kReloadedAt{
    "mppsolar_exporter_config_last_reload_success_timestamp_seconds", kGauge, "",
    "When a right config was last read, in seconds since 1970."};
inline constexpr OwnMetric kProcessCpu{"process_cpu_seconds_total", kCounter, "",
                                       "CPU time of the exporter, of user and system."};
inline constexpr OwnMetric kProcessOpenFds{"process_open_fds", kGauge, "",
                                           "File descriptors that the exporter has open."};
inline constexpr OwnMetric kProcessMaxFds{"process_max_fds", kGauge, "",
                                          "File descriptors that it may have open."};
inline constexpr OwnMetric kProcessVirtual{"process_virtual_memory_bytes", kGauge, "",
                                           "Virtual memory of the exporter."};
inline constexpr OwnMetric kProcessMaxVirtual{
    "process_virtual_memory_max_bytes", kGauge, "",
    "Virtual memory that it may have; -1 without a limit."};
inline constexpr OwnMetric kProcessResident{"process_resident_memory_bytes", kGauge, "",
                                            "Resident memory of the exporter."};
inline constexpr OwnMetric kProcessStart{"process_start_time_seconds", kGauge, "",
                                         "When the exporter began, in seconds since 1970."};
inline constexpr OwnMetric kProcessReceived{
    "process_network_receive_bytes_total", kCounter, "",
    "Bytes that came over the network interfaces that the exporter sees."};
inline constexpr OwnMetric kProcessTransmitted{
    "process_network_transmit_bytes_total", kCounter, "",
    "Bytes that left over the network interfaces that the exporter sees."};

inline constexpr OwnMetric kHttpRequests{
    "mppsolar_exporter_http_requests_total", kCounter, "handler, code",
    "HTTP requests that were answered, by path (other: none that is served) and status."};
inline constexpr OwnMetric kHttpDuration{
    "mppsolar_exporter_http_request_duration_seconds", kHistogram, "handler, code",
    "How long HTTP requests took, from their last byte to their answer."};
inline constexpr OwnMetric kHttpInFlight{"mppsolar_exporter_http_requests_in_flight", kGauge, "",
                                         "HTTP requests that are not answered yet, the one that "
                                         "asks for this included."};

inline constexpr const OwnMetric* kOwnMetrics[] = {&kUp,
                                                   &kScrapeDuration,
                                                   &kLastSuccess,
                                                   &kCommandSuccess,
                                                   &kCommandDuration,
                                                   &kCommands,
                                                   &kCommandErrors,
                                                   &kBadColumns,
                                                   &kLinkOpens,
                                                   &kLinkOpenErrors,
                                                   &kCacheHits,
                                                   &kBuildInfo,
                                                   &kReloadSuccessful,
                                                   &kReloadedAt,
                                                   &kHttpRequests,
                                                   &kHttpDuration,
                                                   &kHttpInFlight,
                                                   &kProcessCpu,
                                                   &kProcessOpenFds,
                                                   &kProcessMaxFds,
                                                   &kProcessVirtual,
                                                   &kProcessMaxVirtual,
                                                   &kProcessResident,
                                                   &kProcessStart,
                                                   &kProcessReceived,
                                                   &kProcessTransmitted};

inline void Add(metrics::Families& families, const OwnMetric& metric, metrics::Labels labels,
                double value) {
  families.Add(metric.name, metric.help, metric.type, std::move(labels), value);
}

}  // namespace mppsolar

#include "exporter/process_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/exporter/inverter_bench.h"
#include "tests/serial/folder.h"

namespace mppsolar {
namespace {

std::map<std::string, double> Collected(const std::string& proc) {
  metrics::Families families;
  CollectProcess(families, proc);
  return SeriesOf(families);
}

TEST(ProcessMetrics, AreWhatTheKernelShows) {
  serial::Folder proc;
  // A name may hold what separates columns elsewhere. utime 200 and stime 50 ticks, start at tick
  // 1000, 1 MiB of virtual memory, 10 resident pages.
  proc.Write("self/stat",
             "42 (a) b (c) S 1 42 42 0 -1 4194560 9 0 0 0 200 50 0 0 20 0 1 0 1000 1048576 10 "
             "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n");
  proc.Write("stat", "cpu 1 2 3\nbtime 1700000000\n");
  proc.Write("self/net/netstat",
             "TcpExt: SyncookiesSent\nTcpExt: 7\nIpExt: InMcastPkts InOctets OutOctets\n"
             "IpExt: 1 5000 6000\n");
  for (const std::string fd : {"0", "1", "2", "3"}) proc.Write("self/fd/" + fd, "");
  const auto all = Collected(proc.path());
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  EXPECT_EQ(all.at("process_cpu_seconds_total{}"), 250 / ticks);
  EXPECT_EQ(all.at("process_start_time_seconds{}"), 1'700'000'000 + 1000 / ticks);
  EXPECT_EQ(all.at("process_virtual_memory_bytes{}"), 1'048'576);
  EXPECT_EQ(all.at("process_resident_memory_bytes{}"),
            10 * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(all.at("process_network_receive_bytes_total{}"), 5000);
  EXPECT_EQ(all.at("process_network_transmit_bytes_total{}"), 6000);
  // Without the one that counting itself opened.
  EXPECT_EQ(all.at("process_open_fds{}"), 3);
}

TEST(ProcessMetrics, WhatCannotBeReadIsLeftOut) {
  serial::Folder proc;
  proc.Write("self/stat", "42 (a) S 1\n");
  const auto all = Collected(proc.path());
  EXPECT_FALSE(all.contains("process_cpu_seconds_total{}"));
  EXPECT_FALSE(all.contains("process_open_fds{}"));
  EXPECT_FALSE(all.contains("process_start_time_seconds{}"));
}

}  // namespace
}  // namespace mppsolar

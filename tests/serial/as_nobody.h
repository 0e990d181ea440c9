// Root may do everything; while this lives a test does as any user.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

namespace mppsolar::serial {

class AsNobody {
 public:
  AsNobody() {
    if (::geteuid() == 0) was_root_ = ::seteuid(65534) == 0;
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (was_root_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }

 private:
  bool was_root_ = false;
};

}  // namespace mppsolar::serial

#include "exporter/web/passwords.h"

#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <vector>

namespace mppsolar {
namespace {

using Verdict = Passwords::Verdict;

// The password U*U, at a low cost.
constexpr const char* kHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

class PasswordsTest : public testing::Test {
 protected:
  // Begins a check; all that were begun before Run() come at the same time. The place in `verdicts`
  // is that of the call.
  void Ask(const std::string& user, const std::string& password, const std::string& from) {
    const std::size_t place = verdicts.size();
    verdicts.emplace_back();
    asio::co_spawn(io, passwords.Check(users, user, password, from),
                   [this, place](const std::exception_ptr&, Verdict verdict) {
                     verdicts[place] = verdict;
                     ++answered;
                   });
  }

  // Until all are answered.
  std::vector<Verdict> Run() {
    io.restart();
    const auto work = asio::make_work_guard(io);
    while (answered < verdicts.size()) io.run_one();
    answered = 0;
    return std::exchange(verdicts, {});
  }

  asio::io_context io;
  Passwords passwords{io};
  std::shared_ptr<const Passwords::Users> users =
      std::make_shared<Passwords::Users>(Passwords::Users{{"alice", kHash}});
  std::vector<Verdict> verdicts;
  std::size_t answered = 0;
};

TEST_F(PasswordsTest, TellRightFromWrong) {
  Ask("alice", "U*U", "here");
  Ask("alice", "u*u", "here");
  Ask("bob", "U*U", "here");
  EXPECT_EQ(Run(), (std::vector{Verdict::kRight, Verdict::kWrong, Verdict::kWrong}));
}

TEST_F(PasswordsTest, WithoutUsersAllAreWrong) {
  users = std::make_shared<Passwords::Users>();
  Ask("", "", "here");
  EXPECT_EQ(Run(), std::vector{Verdict::kWrong});
}

TEST_F(PasswordsTest, LetFourChecksOfAnAddressWait) {
  for (int i = 0; i < 6; ++i) Ask("alice", std::to_string(i), "flood");
  Ask("alice", "U*U", "elsewhere");
  EXPECT_EQ(Run(), (std::vector{Verdict::kWrong, Verdict::kWrong, Verdict::kWrong, Verdict::kWrong,
                                Verdict::kBusy, Verdict::kBusy, Verdict::kRight}));
}

TEST_F(PasswordsTest, LetSixteenChecksWaitInAll) {
  for (int i = 0; i < 20; ++i) Ask("alice", std::to_string(i), std::to_string(i));
  const auto found = Run();
  EXPECT_EQ(std::count(found.begin(), found.begin() + 16, Verdict::kWrong), 16);
  EXPECT_EQ(std::count(found.begin() + 16, found.end(), Verdict::kBusy), 4);
}

TEST_F(PasswordsTest, WhatWasRightOnceDoesNotWait) {
  Ask("alice", "U*U", "here");
  EXPECT_EQ(Run(), std::vector{Verdict::kRight});
  for (int i = 0; i < 16; ++i) Ask("alice", std::to_string(i), std::to_string(i));
  Ask("alice", "U*U", "here");
  EXPECT_EQ(Run().back(), Verdict::kRight);
}

TEST_F(PasswordsTest, AChangedHashIsCheckedAnew) {
  Ask("alice", "U*U", "here");
  Run();
  // The password U*U*.
  users = std::make_shared<Passwords::Users>(
      Passwords::Users{{"alice", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"}});
  Ask("alice", "U*U", "here");
  Ask("alice", "U*U*", "here");
  EXPECT_EQ(Run(), (std::vector{Verdict::kWrong, Verdict::kRight}));
}

TEST_F(PasswordsTest, TheSameAtTheSameTimeIsOneCheck) {
  for (int i = 0; i < 20; ++i) Ask("alice", "U*U", "here");
  EXPECT_EQ(Run(), std::vector(20, Verdict::kRight));
}

TEST_F(PasswordsTest, MayEndWhileChecksWait) {
  for (int i = 0; i < 16; ++i) Ask("alice", std::to_string(i), std::to_string(i));
  io.poll();
}

}  // namespace
}  // namespace mppsolar

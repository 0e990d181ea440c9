#include "exporter/web/passwords.h"

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "exporter/inverter/signal.h"
#include "exporter/web/bcrypt.h"

namespace mppsolar {
namespace {

constexpr std::size_t kMostWaiting = 16;
constexpr std::size_t kMostWaitingOfOne = 4;
constexpr std::size_t kMostRemembered = 128;

// Stands for a user, a hash and a password in memory, and gives none of them away.
using Key = std::array<unsigned char, 32>;

}  // namespace

class Passwords::Worker {
 public:
  // A check that is under way or waits. Only `right` is written by the thread.
  struct Job {
    Job(const asio::any_io_executor& executor, Key its_key) : key(its_key), done(executor) {}
    Key key;
    std::string password, hash, from;
    bool known = false;
    bool right = false;
    bool finished = false;
    Signal done;
  };

  explicit Worker(asio::io_context& io) : io_(io) {
    if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) {
      throw std::runtime_error("no random numbers");
    }
    thread_ = std::thread([this] { Run(); });
  }

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Key KeyOf(const std::string& user, const std::string& hash, const std::string& password) const {
    // The lengths keep "ab" with "c" apart from "a" with "bc".
    const std::string text = std::to_string(user.size()) + ":" + user +
                             std::to_string(hash.size()) + ":" + hash + password;
    Key key{};
    unsigned length = 0;
    HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), key.data(), &length);
    return key;
  }

  bool Remembers(const Key& key) {
    const auto found = std::find(right_.begin(), right_.end(), key);
    if (found == right_.end()) return false;
    // The one that was asked for longest ago goes first.
    std::rotate(found, found + 1, right_.end());
    return true;
  }

  // The check that is under way for this key, or a new one, or null if there is no room.
  std::shared_ptr<Job> Join(const Key& key, const std::string& from) {
    const auto same =
        std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& job) { return job->key == key; });
    if (same != jobs_.end()) return *same;
    const auto of_this_one = std::count_if(jobs_.begin(), jobs_.end(),
                                           [&](const auto& job) { return job->from == from; });
    if (jobs_.size() >= kMostWaiting ||
        static_cast<std::size_t>(of_this_one) >= kMostWaitingOfOne) {
      return nullptr;
    }
    auto job = std::make_shared<Job>(io_.get_executor(), key);
    job->from = from;
    jobs_.push_back(job);
    return job;
  }

  void Begin(std::shared_ptr<Job> job) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (ending_) return;
      auto job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      job->right = MatchesBcrypt(job->password, job->hash) && job->known;
      asio::post(io_, [this, job = std::move(job)] { Finish(*job); });
      lock.lock();
    }
  }

  void Finish(Job& job) {
    if (job.right) {
      if (right_.size() >= kMostRemembered) right_.erase(right_.begin());
      right_.push_back(job.key);
    }
    job.finished = true;
    std::erase_if(jobs_, [&](const auto& one) { return one.get() == &job; });
    job.done.Notify();
  }

  asio::io_context& io_;
  std::array<unsigned char, 32> secret_{};
  // Of the loop.
  std::vector<Key> right_;
  std::vector<std::shared_ptr<Job>> jobs_;
  // Shared with the thread.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> queue_;
  bool ending_ = false;
  std::thread thread_;
};

Passwords::Passwords(asio::io_context& io) : worker_(std::make_unique<Worker>(io)) {}
Passwords::~Passwords() = default;

asio::awaitable<Passwords::Verdict> Passwords::Check(std::shared_ptr<const Users> users,
                                                     std::string user, std::string password,
                                                     std::string from) {
  if (users->empty()) co_return Verdict::kWrong;
  const auto found = users->find(user);
  const bool known = found != users->end();
  const std::string hash = known ? found->second : UnknownBcrypt(users->begin()->second);
  const Key key = worker_->KeyOf(user, hash, password);
  if (known && worker_->Remembers(key)) co_return Verdict::kRight;
  const std::shared_ptr<Worker::Job> job = worker_->Join(key, from);
  if (!job) co_return Verdict::kBusy;
  if (job->hash.empty()) {
    job->hash = hash;
    job->password = std::move(password);
    job->known = known;
    worker_->Begin(job);
  }
  while (!job->finished) {
    auto waiting = job->done.Wait();
    co_await std::move(waiting);
  }
  co_return job->right ? Verdict::kRight : Verdict::kWrong;
}

}  // namespace mppsolar

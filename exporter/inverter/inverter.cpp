#include "exporter/inverter/inverter.h"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <utility>

#include "exporter/log.h"
#include "exporter/own_metrics.h"

namespace mppsolar {
namespace {

using Clock = std::chrono::steady_clock;
using metrics::CommandIndex;
using serial::Errc;
using serial::TimePoint;

// How long one command may take that no scrape waits for.
constexpr std::chrono::seconds kIdleDeadline{3};
// What a reading may take, however short of time the scrape that wanted it is: others may join it,
// and a reply that is cut short leaves a dirty line.
constexpr std::chrono::seconds kShortestReading{3};
// A reply of QPIGS takes half a second; three tries fit into the default timeout.
constexpr int kTries = 3;
// Commands in a row that get no answer at all until a reading is given up.
constexpr int kSilentCommands = 2;
// Readings in a row without an answer until scrapes do not wait any more.
constexpr int kReadingsUntilDead = 3;
// How long a probe of a dead inverter may take.
constexpr std::chrono::seconds kProbeDeadline{5};
// "(", checksum and CR around a payload.
constexpr std::size_t kFraming = 4;

double SecondsSince1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

Inverter::Inverter(asio::io_context& io, InverterConfig config, Protocols protocols,
                   OpenLink open_link, InverterTiming timing)
    : io_(io),
      config_(std::move(config)),
      protocols_(std::move(protocols)),
      open_link_(std::move(open_link)),
      timing_(timing),
      energy_(timing.energy_max_gap),
      work_(io.get_executor()),
      reading_over_(io.get_executor()),
      backoff_(std::hash<std::string>()(config_.name), timing.first_retry) {}

void Inverter::Start() { asio::co_spawn(io_, Live(weak_from_this().lock(), this), asio::detached); }

asio::awaitable<void> Inverter::Live(std::shared_ptr<Inverter>, Inverter* inverter) {
  co_await inverter->Run();
}

void Inverter::Stop() {
  stopping_ = true;
  if (line_) line_->Close();
  work_.Notify();
  reading_over_.Notify();
}

Inverter::Ticket Inverter::Request(TimePoint oldest, TimePoint deadline) {
  if (IsDead()) return {oldest, readings_};
  if (reading_) {
    // What this reading has passed over as fresh enough may be too old for this scrape.
    const TimePoint fresh = std::min(oldest, reading_began_);
    oldest_ = std::max(oldest_, fresh);
    deadline_ = std::max(deadline_, deadline);
    return {fresh, readings_ + 1};
  }
  if (!wanted_ && AllFresh(oldest)) {
    ++counters_.cache_hits;
    return {oldest, readings_};
  }
  oldest_ = wanted_ ? std::max(oldest_, oldest) : oldest;
  deadline_ = wanted_ ? std::max(deadline_, deadline) : deadline;
  wanted_ = true;
  work_.Notify();
  return {oldest, readings_ + 1};
}

asio::awaitable<void> Inverter::Wait(Ticket ticket, TimePoint deadline) {
  while (readings_ < ticket.reading && !stopping_ && Clock::now() < deadline) {
    co_await reading_over_.WaitUntil(deadline);
  }
}

asio::awaitable<void> Inverter::Run() {
  while (!stopping_) {
    const bool broken = !IsOpen() || IsDead();
    if (wanted_) {
      co_await ReadForScrape();
    } else if (broken && Clock::now() >= next_try_) {
      co_await TryAgain();
    } else if (broken) {
      co_await work_.WaitUntil(next_try_);
    } else if (const auto next = NextInIdleTime()) {
      co_await AskInIdleTime(*next);
    } else {
      co_await work_.Wait();
    }
  }
  line_.reset();
  reading_over_.Notify();
}

asio::awaitable<void> Inverter::AskInIdleTime(CommandIndex index) {
  const TimePoint deadline = Clock::now() + kIdleDeadline;
  const bool synchronised = co_await Resynchronise(deadline);
  if (synchronised) {
    co_await AskAndRemember(index, deadline, 1);
  } else {
    reading_over_at_.reset();  // the rest waits for the next scrape that is answered
  }
}

asio::awaitable<void> Inverter::TryAgain() {
  if (IsDead()) {
    oldest_ = Clock::now();
    deadline_ = oldest_ + kProbeDeadline;
    co_await ReadForScrape();
    co_return;
  }
  // Not within a condition: g++ 12 then resumes with a frame that was never filled in.
  const bool open = co_await EnsureOpen(Clock::now() + kIdleDeadline);
  if (open) {
    backoff_.Reset();
  } else {
    next_try_ = Clock::now() + backoff_.Next();
  }
}

asio::awaitable<void> Inverter::ReadForScrape() {
  wanted_ = false;
  reading_ = true;
  reading_began_ = Clock::now();
  deadline_ = std::max(deadline_, reading_began_ + kShortestReading);
  last_error_.clear();
  synchronised_ = true;

  // A link that breaks (a cable pulled and put back since) is opened once more within the scrape.
  for (int opens = 0; opens < 2 && !stopping_; ++opens) {
    const bool was_open = line_ != nullptr;
    const bool open = co_await EnsureOpen(deadline_);
    if (open) co_await AskForScrape();
    if (line_ || (!open && !was_open)) break;
  }

  FinishReading();
}

void Inverter::FinishReading() {
  const TimePoint now = Clock::now();
  counters_.last_reading = now - reading_began_;
  reading_over_at_.reset();
  const bool answered = IsOpen() && synchronised_ && !answers_->AllFailed(reading_began_);
  if (!answered) {
    ++dead_readings_;
    next_try_ = now + backoff_.Next();
  } else {
    reading_over_at_ = now;
    dead_readings_ = 0;
    backoff_.Reset();
  }
  // All that is fresh belongs to one reading, also what it took from the cache.
  energy_.Add(IsOpen() ? answers_->FreshSamples(oldest_) : std::vector<metrics::Sample>(), now);
  if (AllFresh(oldest_)) {
    counters_.last_success = SecondsSince1970();
    ReportGood();
  } else if (!stopping_ && !last_error_.empty()) {
    ReportTrouble("line", last_error_);
  }
  reading_ = false;
  ++readings_;
  reading_over_.Notify();
}

asio::awaitable<bool> Inverter::Resynchronise(TimePoint deadline) {
  if (!answers_->AnyMayComeLate()) co_return true;
  // An inverter answers in the order in which it was asked. So once it has answered something that
  // cannot be taken for a late reply, no late reply is left.
  const auto marker = answers_->Marker();
  if (!marker) {
    // All of them may be on their way: only silence helps, and for longer than any of them took.
    const bool silent = co_await line_->WaitForSilence(deadline);
    if (silent) answers_->Synchronised(std::nullopt);
    co_return silent;
  }
  auto asking = Ask(answers_->protocol(), *marker, deadline, kTries);
  const auto answer = co_await std::move(asking);
  if (answer || answer.error().code == Errc::kNak) {
    answers_->Synchronised(marker);
    co_return true;
  }
  last_error_ = answers_->protocol()->commands[*marker].name + ": " + answer.error().text;
  if (answer.error().code == Errc::kIo) CloseLink(answer.error().text);
  co_return false;
}

asio::awaitable<void> Inverter::AskForScrape() {
  int silent = 0;
  // Nothing at all from two commands: the others would only make every scrape wait.
  while (silent < kSilentCommands && !stopping_ && Clock::now() < deadline_) {
    const auto next = answers_->NextForScrape(oldest_, reading_began_);
    if (!next) break;
    synchronised_ = co_await Resynchronise(deadline_);
    if (!line_) co_return;
    if (!synchronised_) break;
    const auto failure = co_await AskAndRemember(*next, deadline_, kTries);
    if (!line_) co_return;
    silent = failure == Errc::kTimeout ? silent + 1 : 0;
  }
  answers_->GiveUpOthers(oldest_);
}

asio::awaitable<bool> Inverter::EnsureOpen(TimePoint deadline) {
  if (!line_) {
    auto opening = open_link_(io_.get_executor(), config_.device);
    auto link = co_await std::move(opening);
    if (stopping_) co_return false;
    if (!link) {
      ++counters_.link_open_errors;
      ReportTrouble("open", link.error().text);
      co_return false;
    }
    ++counters_.link_opens;
    line_ = std::make_unique<serial::Line>(std::move(*link), timing_.line, &wire_);
    identified_ = false;
  }
  if (!identified_) identified_ = co_await Identify(deadline);
  co_return identified_;
}

asio::awaitable<bool> Inverter::Identify(TimePoint deadline) {
  if (config_.protocol != "auto") {
    for (const auto& protocol : protocols_) {
      if (protocol->name != config_.protocol) continue;
      Use(protocol);
      co_return true;
    }
    co_return false;
  }
  std::map<std::string, serial::Result<std::string>> replies;  // by command: each is asked once
  std::string trouble;
  for (const auto& protocol : protocols_) {
    for (const auto& [index, expected] : protocol->answers) {
      const std::string& command = protocol->commands[index].name;
      const TimePoint began = Clock::now();
      if (!replies.contains(command)) {
        auto asking = Ask(protocol, index, deadline, serial::kTriesAfterOpening);
        auto answer = co_await std::move(asking);
        replies.emplace(command, std::move(answer));
      }
      const auto& reply = replies.at(command);
      if (!reply && reply.error().code == Errc::kIo) {
        CloseLink(reply.error().text);
        co_return false;
      }
      if (reply && *reply == expected) {
        Use(protocol);
        Remember(index, *reply, began, Clock::now());
        co_return true;
      }
      trouble = command + (reply ? " is answered \"" + *reply + "\"" : ": " + reply.error().text);
      // Silence says nothing of protocols: most likely the inverter is off.
      if (reply || reply.error().code != Errc::kTimeout) {
        trouble +=
            "; no protocol definition fits (set `protocol:` or add one with --protocol.file)";
      }
      // Some clones know no QPI at all, but the rest of PI30.
      if (!reply && reply.error().code == Errc::kNak) {
        Use(protocols_.front());
        co_return true;
      }
    }
  }
  ReportTrouble("protocol", trouble);
  co_return false;
}

asio::awaitable<serial::Result<std::string>> Inverter::Ask(
    std::shared_ptr<const metrics::Protocol> protocol, CommandIndex index, TimePoint deadline,
    int tries) {
  const metrics::Command& command = protocol->commands[index];
  auto query = serial::Command::Query(command.name);
  if (!query) co_return tl::unexpected<serial::Error>(query.error());
  const serial::Fits fits = [&command, this](std::string_view payload) {
    return metrics::Fits(command, payload) && layouts_.Accepts(command.name, payload);
  };
  CommandCounters& counters = counters_.commands[command.name];
  // Also when a later try succeeds: the reply to this one may still be on its way.
  const std::function<void(const serial::Error&)> failed = [&counters, index,
                                                            this](const serial::Error& error) {
    ++counters.requests;
    ++counters.errors[error.code];
    if (error.code != Errc::kNak && answers_) answers_->MayComeLate(index);
  };
  auto asking = line_->Ask(std::move(*query), fits, deadline, tries,
                           command.example.size() + kFraming, failed);
  auto reply = co_await std::move(asking);
  if (reply) ++counters.requests;
  co_return reply;
}

asio::awaitable<std::optional<Errc>> Inverter::AskAndRemember(CommandIndex index,
                                                              TimePoint deadline, int tries) {
  const auto protocol = answers_->protocol();
  const TimePoint began = Clock::now();
  auto asking = Ask(protocol, index, deadline, tries);
  auto reply = co_await std::move(asking);
  if (reply) {
    Remember(index, std::move(*reply), began, Clock::now());
    co_return std::nullopt;
  }
  const serial::Error error = reply.error();
  const std::string& command = protocol->commands[index].name;
  last_error_ = command + ": " + error.text;
  if (answers_->Fail(index, error.code, began, Clock::now())) {
    log::Debug("Command is not supported",
               {{"inverter", name()}, {"command", command}, {"reason", error.text}});
  }
  if (error.code == Errc::kIo) CloseLink(error.text);
  co_return error.code;
}

void Inverter::Remember(CommandIndex index, std::string payload, TimePoint began, TimePoint now) {
  const metrics::Decoded decoded = answers_->Remember(index, std::move(payload), began, now);
  counters_.commands[answers_->protocol()->commands[index].name].bad_columns += decoded.bad_columns;
  energy_.Learn(decoded.samples);
}

void Inverter::Use(std::shared_ptr<const metrics::Protocol> protocol) {
  energy_.Use(*protocol);
  // Every series of the counters exists from the start, with 0; those of units that a system may
  // have once they are asked.
  for (const metrics::Command& command : protocol->commands) {
    if (command.when.empty()) counters_.commands[command.name];
  }
  answers_.emplace(std::move(protocol), config_.traits, timing_.slow_interval);
  reading_over_at_.reset();
}

void Inverter::CloseLink(const std::string& reason) {
  if (!stopping_) ReportTrouble("line", reason);
  line_.reset();
  // What answers next may be another inverter.
  if (answers_) answers_->Forget();
  layouts_.Forget();
}

void Inverter::ReportTrouble(const std::string& kind, const std::string& reason) {
  trouble_text_ = reason;
  if (!trouble_since_) trouble_since_ = SecondsSince1970();
  if (kind == trouble_) return;
  trouble_ = kind;
  log::Warn("Inverter cannot be read",
            {{"inverter", name()}, {"device", config_.device}, {"reason", reason}});
}

void Inverter::ReportGood() {
  trouble_text_.clear();
  trouble_since_.reset();
  if (trouble_ == kAllIsWell) return;
  trouble_ = kAllIsWell;
  log::Info(
      "Inverter is read",
      {{"inverter", name()}, {"device", config_.device}, {"protocol", answers_->protocol()->name}});
}

bool Inverter::IsDead() const { return dead_readings_ >= kReadingsUntilDead; }

bool Inverter::AllFresh(TimePoint since) const { return IsOpen() && answers_->AllFresh(since); }

std::optional<CommandIndex> Inverter::NextInIdleTime() const {
  if (!IsOpen() || !reading_over_at_) return std::nullopt;
  return answers_->NextInIdleTime(*reading_over_at_, Clock::now());
}

void Inverter::Collect(TimePoint fresh, const Selection& selection,
                       metrics::Families& families) const {
  Add(families, kUp, WithInverter(name(), {}), AllFresh(fresh) ? 1 : 0);
  // Before the replies, so that no definition can take the place of these names.
  counters_.Collect(name(), selection, families);
  for (metrics::Energy::Counter& counter : energy_.Counters()) {
    families.Add(counter.name, counter.help, kCounter,
                 WithInverter(name(), std::move(counter.labels)), counter.value);
  }
  if (!answers_) return;
  CollectStates(selection, families);
  answers_->Collect(fresh, name(), selection, families);
}

void Inverter::CollectStates(const Selection& selection, metrics::Families& families) const {
  const auto& commands = answers_->protocol()->commands;
  for (CommandIndex i = 0; i < commands.size(); ++i) {
    const CommandState& state = answers_->State(i);
    if (!state.asked || state.unsupported || !selection.HasCommand(commands[i].name)) continue;
    const metrics::Labels labels = WithInverter(name(), {{"command", commands[i].name}});
    Add(families, kCommandSuccess, labels, state.succeeded ? 1 : 0);
    Add(families, kCommandDuration, labels, state.took.count());
  }
}

InverterFacts Inverter::Facts(TimePoint fresh, TimePoint now) const {
  InverterFacts facts{config_.name, config_.device, nullptr, trouble_text_, trouble_since_, {}};
  if (!answers_) return facts;
  facts.protocol = answers_->protocol();
  if (const auto oldest = answers_->OldestFresh(fresh)) facts.age = now - *oldest;
  return facts;
}

}  // namespace mppsolar

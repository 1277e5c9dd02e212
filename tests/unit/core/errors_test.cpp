#include <csignal>
#include <memory>
#include <set>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <twoway/core/error.hpp>

#include "support.hpp"

using namespace twoway::core;

namespace {

constexpr Error kError{Errc::malformed, "a message", 42};

/// The end of a process that runs `action`.
struct Ending {
  bool aborted;
  std::string words;  // on standard error
};

template <typename Action>
Ending ending_of(const Action& action) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // the test program's own handler would report it
    dup2(ends[1], STDERR_FILENO);
    action();
    _exit(0);
  }
  close(ends[1]);
  Ending ending{false, {}};
  char byte = 0;
  while (read(ends[0], &byte, 1) == 1) ending.words += byte;
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  ending.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return ending;
}

/// Returns true if `action` aborts its process with these words.
template <typename Action>
bool aborts(const Action& action, const std::string& words) {
  const Ending ending = ending_of(action);
  INFO(ending.words);
  REQUIRE(ending.words == words);
  return ending.aborted;
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{Errc::invalid_argument, "an odd number has no half"};
  return number / 2;
}

Status check(int number) {
  if (Result<int> result = half(number); !result) return result.error();
  return {};
}

}  // namespace

TEST_CASE("every error code has a name of its own") {
  std::set<std::string> names;
  for (const Errc code :
       {Errc::invalid_argument, Errc::buffer_too_small, Errc::wrong_state, Errc::not_supported,
        Errc::invalid_key, Errc::malformed, Errc::unknown_key, Errc::open_failed,
        Errc::key_unavailable, Errc::message_limit, Errc::limit_exceeded, Errc::truncated,
        Errc::replayed, Errc::source_failed, Errc::provider_failure, Errc::filter_full}) {
    REQUIRE(names.insert(to_string(code)).second);
  }
  REQUIRE(names.count("open_failed") == 1);
  REQUIRE(names.count("unknown") == 0);
  REQUIRE(std::string(to_string(static_cast<Errc>(0))) == "unknown");
  REQUIRE(std::string(to_string(static_cast<Errc>(200))) == "unknown");
}

TEST_CASE("an error has no native code unless it is given one") {
  const Error error{Errc::open_failed, "x"};
  REQUIRE(error.native == 0);
}

TEST_CASE("a result is a value or an error") {
  Result<int> good = half(8);
  REQUIRE(good.ok());
  REQUIRE(static_cast<bool>(good));
  REQUIRE(*good == 4);
  REQUIRE(good.value() == 4);
  *good = 5;
  REQUIRE(static_cast<const Result<int>&>(good).value() == 5);

  const Result<int> bad = half(7);
  REQUIRE_FALSE(bad.ok());
  REQUIRE_FALSE(static_cast<bool>(bad));
  REQUIRE(bad.error().code == Errc::invalid_argument);

  const Result<int> from_error = kError;
  REQUIRE(from_error.error().code == Errc::malformed);
  REQUIRE(std::string(from_error.error().message) == "a message");
  REQUIRE(from_error.error().native == 42);
}

TEST_CASE("a result can hold a value that can only be moved") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  REQUIRE(**result == 3);
  REQUIRE(result->get() == (*result).get());
  const std::unique_ptr<int> taken = std::move(result).value();
  REQUIRE(*taken == 3);
  REQUIRE(*result == nullptr);
  static_assert(!std::is_copy_constructible_v<Result<std::unique_ptr<int>>>);
}

TEST_CASE("a status is success or an error") {
  const Status good;
  REQUIRE(good.ok());
  REQUIRE(static_cast<bool>(good));
  const Status bad = kError;
  REQUIRE_FALSE(bad.ok());
  REQUIRE(bad.error().native == 42);
  REQUIRE(check(2).ok());
  REQUIRE(check(3).error().code == Errc::invalid_argument);
}

TEST_CASE("reading the value of a failed result prints the error, and aborts") {
  Result<int> good = 1;
  Result<int> bad = kError;
  const Result<std::unique_ptr<int>> without_native = Error{Errc::unknown_key, "no such key"};
  const Status success;
  REQUIRE_FALSE(aborts([&] { static_cast<void>(*good), static_cast<void>(bad.error()); }, ""));
  const std::string error =
      "twoway: the value of a failed result was read. Its error is malformed: a message "
      "(native code 42, 0x2a)\n";
  REQUIRE(aborts([&] { static_cast<void>(*bad); }, error));
  REQUIRE(aborts([&] { static_cast<void>(bad.value()); }, error));
  REQUIRE(aborts([&] { static_cast<void>(*without_native); },
                 "twoway: the value of a failed result was read. Its error is unknown_key: no such "
                 "key\n"));
  const std::string none = "twoway: the error of a successful result was read\n";
  REQUIRE(aborts([&] { static_cast<void>(good.error()); }, none));
  REQUIRE(aborts([&] { static_cast<void>(success.error()); }, none));
}

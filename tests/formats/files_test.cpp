#include "catch.h"
#include "error.h"
#include "file_limit.h"
#include "formats/file.h"
#include "formats/file_lock.h"
#include "formats/files.h"
#include "formats/line_log.h"
#include "formats/unfinished.h"
#include "scratch.h"

#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

TEST_CASE("what killed writers left goes with the next writer of the same name; a living one's stays") {
  const Scratch scratch;
  const fs::path dead = scratch / ".data.new-999999999-1", other = scratch / ".else.new-999999999-2",
                 living = scratch / (".data.new-" + std::to_string(::getppid()) + "-1"), odd = scratch / ".data.new-x";
  fs::create_directories(dead / "sub");
  for (const fs::path& file : {other, living, odd}) writeFileAtomically(file, "half");
  writeFileAtomically(scratch / "data", "whole");
  CHECK(!fs::exists(dead));
  for (const fs::path& file : {other, living, odd}) CHECK(fs::exists(file));
  removeLeftovers(scratch.path());
  CHECK(!fs::exists(other));
  CHECK(fs::exists(living));
}

TEST_CASE("only files are replaced: links stay links, devices and folders are refused") {
  const Scratch scratch;
  writeFileAtomically(scratch / "real", "old");
  fs::create_symlink("real", scratch / "link");
  writeFileAtomically(scratch / "link", "new");
  CHECK(fs::is_symlink(scratch / "link"));
  CHECK(readFile(scratch / "real") == "new");
  fs::create_directories(scratch / "folder");
  CHECK_THROWS_WITH(writeFileAtomically(scratch / "folder", ""), Contains("folder"));
  REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(writeFileAtomically(scratch / "pipe", ""), Contains("no regular file"));
  CHECK(fs::is_fifo(scratch / "pipe"));
}

TEST_CASE("a file appears whole or not at all") {
  const Scratch scratch;
  const fs::path file = scratch / "f";
  {
    AtomicFile writer(file);
    writer.append("new ");
    writer.append("words");
    CHECK(!fs::exists(file));
    writer.commit();
  }
  CHECK(readFile(file) == "new words");
  {
    AtomicFile writer(file);
    writer.append("lost");
  }
  CHECK(readFile(file) == "new words");
  withFileLimit(1000, [&] {
    AtomicFile writer(file);
    CHECK_THROWS_WITH(writer.reserve(5000), Contains("larger than is allowed"));
    CHECK_THROWS_WITH(writer.append(std::string(5000, 'x')), Contains("f cannot be written"));
  });
  CHECK(readFile(file) == "new words");
  CHECK(std::distance(fs::directory_iterator(scratch.path()), {}) == 1);
  CHECK_THROWS_WITH(AtomicFile(scratch / "no/f"), Contains("does not exist"));
}

TEST_CASE("what cannot be written is called by the name it would have had") {
  const Scratch scratch;
  AtomicFolder folder(scratch / "model");
  withFileLimit(1000, [&] {
    try {
      writeFileAtomically(folder.path() / "weights", std::string(5000, 'x'));
      FAIL("5,000 bytes were written where 1,000 are allowed");
    } catch (const Error& error) {
      CHECK_THAT(std::string(error.what()),
                 Catch::Matchers::StartsWith((scratch / "model" / "weights").string() + " cannot be written"));
    }
  });
}

TEST_CASE("a full disk is named as one") {
  CHECK(reasonOf(ENOSPC).find("the disk is full") == 0);
  CHECK(reasonOf(EACCES).find("permission denied") == 0);
}

TEST_CASE("a second writer is refused with the holder's process id; the lock ends with its holder") {
  const Scratch scratch;
  {
    const FileLock lock(scratch / "l", "The store");
    CHECK_THROWS_WITH(FileLock(scratch / "l", "The store"), "The store is being written by process " +
                                                                std::to_string(::getpid()) +
                                                                "; wait until it is done or end it.");
  }
  CHECK(!fs::exists(scratch / "l"));
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    FileLock lock(scratch / "l", "The store");
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
  }
  char byte;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK_THROWS_WITH(FileLock(scratch / "l", "The store"), Contains("by process " + std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]), ::close(ready[1]);
  CHECK_NOTHROW(FileLock(scratch / "l", "The store")); // although the killed one's file is still there
  CHECK_NOTHROW(lockFolder(scratch.path() / "a" / "b/"));
}

TEST_CASE("a log of lines cuts a torn line off and goes on") {
  const Scratch scratch;
  const fs::path file = scratch / "m.jsonl";
  uint64_t noted = 0;
  {
    LineLog log(file);
    log.append("{\"step\": 1}");
    noted = log.bytes();
    log.append("{\"step\": 2}");
    CHECK_THROWS_WITH(log.append("two\nlines"), Contains("line end"));
    log.sync();
  }
  const std::string whole = readFile(file);
  CHECK(whole == "{\"step\": 1}\n{\"step\": 2}\n");
  for (size_t torn : {1, 5, 9000}) {
    writeFileAtomically(file, whole + std::string(torn, 'x'));
    LineLog log(file);
    CHECK(log.bytes() == whole.size());
    CHECK(readFile(file) == whole);
  }
  writeFileAtomically(file, "torn from the start");
  { CHECK(LineLog(file).bytes() == 0); }
  writeFileAtomically(file, whole);
  LineLog log(file);
  CHECK_THROWS_WITH(log.cutTo(noted + 3), Contains("no line that ends"));
  CHECK_THROWS_WITH(log.cutTo(whole.size() + 1), Contains("lines are missing"));
  log.cutTo(noted);
  log.append("{\"step\": 3}");
  CHECK(readFile(file) == "{\"step\": 1}\n{\"step\": 3}\n");
  withFileLimit(30,
                [&] { CHECK_THROWS_WITH(log.append("{\"a long line\": 4}"), Contains("m.jsonl cannot be written")); });
  CHECK(readFile(file) == "{\"step\": 1}\n{\"step\": 3}\n");
  log.append("{\"step\": 4}");
  CHECK(readFile(file).ends_with("{\"step\": 4}\n"));
  CHECK_THROWS_WITH(LineLog(scratch / "no/m.jsonl"), Contains("does not exist"));
}

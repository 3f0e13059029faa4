// The fuzzer: damages good files for a while and has Attune read them; see readers.h. Built with sanitizers by
// `./dev fuzz`.
//
//   fuzz [--minutes M] [--seed S] [--reader NAME] [--index I]
//
// Every damaged file comes from reader, seed and index alone, so `fuzz --reader NAME --seed S --index I` makes a
// finding again. Children do the reading: a crash, a sanitizer's report or a hang ends one of them, is told with what
// is needed to repeat it, and the next goes on. Ends with 1 when something was found.
#include "readers.h"

#include <QCoreApplication>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace attune;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  double minutes = 10;
  uint64_t seed = uint64_t(std::time(nullptr));
  std::string reader;
  int64_t index = -1;
};

struct Shared { // between parent and child
  volatile uint64_t index;
};

Options optionsOf(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--minutes") options.minutes = std::atof(argv[i + 1]);
    if (name == "--seed") options.seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--reader") options.reader = argv[i + 1];
    if (name == "--index") options.index = std::atoll(argv[i + 1]);
  }
  return options;
}

void tell(const fuzz::Reader& reader, uint64_t seed, uint64_t index, const std::string& what) {
  std::printf("FOUND %s: %s\n  again with: fuzz --reader %s --seed %llu --index %llu\n", reader.name.c_str(),
              what.c_str(), reader.name.c_str(), static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(index));
  std::fflush(stdout);
}

// A child's work until `end`; returns how many findings it told (at most 100).
int work(const fuzz::Reader& reader, uint64_t seed, Shared& shared, const fs::path& place, Clock::time_point end) {
  int found = 0;
  while (Clock::now() < end) {
    ::alarm(fuzz::secondsAtMost);
    if (const auto wrong = fuzz::tryDamaged(reader, seed, shared.index, place)) {
      tell(reader, seed, shared.index, *wrong);
      if (++found == 100) break;
    }
    shared.index = shared.index + 1;
  }
  return found;
}

// One reader for `seconds`; returns how many findings.
int fuzzReader(const fuzz::Reader& reader, uint64_t seed, double seconds, const fs::path& place, uint64_t& tried) {
  auto* shared =
      static_cast<Shared*>(::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  shared->index = 0;
  int found = 0;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (Clock::now() < end && found < 100) {
    const pid_t child = ::fork();
    if (child == 0) {
      int words = 0;
      char name[] = "fuzz";
      char* arguments[] = {name, nullptr};
      words = 1;
      QCoreApplication application(words, arguments);
      std::_Exit(work(reader, seed, *shared, place, end));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 100 && Clock::now() >= end) {
      found += WEXITSTATUS(status);
      break;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 100) return found + 100;
    ++found;
    tell(reader, seed, shared->index,
         WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
             ? "takes longer than " + std::to_string(fuzz::secondsAtMost) + " seconds"
             : "ended the process" +
                   (WIFSIGNALED(status) ? std::string(" by signal ") + ::strsignal(WTERMSIG(status)) : std::string()));
    shared->index = shared->index + 1;
  }
  tried = shared->index;
  ::munmap(shared, sizeof(Shared));
  return found;
}

} // namespace

int main(int argc, char** argv) {
  const Options options = optionsOf(argc, argv);
  std::vector<fuzz::Reader> readers = fuzz::allReaders();
  if (!options.reader.empty())
    std::erase_if(readers, [&](const fuzz::Reader& reader) { return reader.name != options.reader; });
  if (readers.empty()) {
    std::fprintf(stderr, "fuzz: there is no reader \"%s\"\n", options.reader.c_str());
    return 2;
  }
  const fs::path place = fs::temp_directory_path() / ("attune-fuzz-" + std::to_string(::getpid()));
  if (options.index >= 0) {
    QCoreApplication application(argc, argv);
    const auto wrong = fuzz::tryDamaged(readers[0], options.seed, uint64_t(options.index), place);
    std::printf("%s\nThe files lie in %s\n", wrong ? wrong->c_str() : "nothing is wrong", (place / "files").c_str());
    return wrong ? 1 : 0;
  }
  std::printf("Seed %llu, %zu readers, %.1f minutes\n", static_cast<unsigned long long>(options.seed), readers.size(),
              options.minutes);
  int found = 0;
  for (const fuzz::Reader& reader : readers) {
    uint64_t tried = 0;
    const int here = fuzzReader(reader, options.seed, options.minutes * 60 / double(readers.size()), place, tried);
    std::printf("%-14s %8llu damaged files, %d findings\n", reader.name.c_str(), static_cast<unsigned long long>(tried),
                here);
    std::fflush(stdout);
    found += here;
  }
  fs::remove_all(place);
  return found ? 1 : 0;
}

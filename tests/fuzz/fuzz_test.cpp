#include "catch.h"
#include "readers.h"
#include "scratch.h"

#include <QCoreApplication>

using namespace attune;

// The long way is ./dev fuzz, with sanitizers; here the same damage is done a few thousand times.
TEST_CASE("damaged files are read or refused in one sentence that names them") {
  const test::Scratch place;
  for (const fuzz::Reader& reader : fuzz::allReaders()) {
    INFO(reader.name);
    CHECK(fuzz::tryGood(reader, place.path()).value_or("") == "");
    const uint64_t count = reader.name == "store" || reader.name == "exchange" ? 60 : 300;
    for (uint64_t index = 0; index < count; ++index) {
      INFO(index);
      CHECK(fuzz::tryDamaged(reader, 1, index, place.path()).value_or("") == "");
    }
  }
}

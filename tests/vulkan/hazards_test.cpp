#include "catch.h"
#include "vulkan/hazards.h"

using attune::vulkan::Access;
using attune::vulkan::Hazards;

namespace {

int a, b; // buffers are told apart by address only

bool needs(Hazards& hazards, std::initializer_list<Access> accesses) {
  return hazards.needsBarrier({accesses.begin(), accesses.size()});
}

} // namespace

TEST_CASE("a barrier stands only where memory is shared and one side writes") {
  Hazards h;
  CHECK_FALSE(needs(h, {{&a, 0, 100, false}, {&a, 100, 200, true}}));
  CHECK_FALSE(needs(h, {{&a, 0, 100, false}, {&a, 200, 300, true}})); // both read the same
  CHECK_FALSE(needs(h, {{&b, 100, 200, false}}));                     // another buffer
  CHECK(needs(h, {{&a, 199, 200, false}}));                           // reads what was written
  CHECK_FALSE(needs(h, {{&a, 100, 199, false}}));                     // that barrier covers it
  CHECK(needs(h, {{&a, 150, 160, true}}));                            // writes what was read
  CHECK(needs(h, {{&a, 159, 170, true}}));                            // writes what was written
  CHECK_FALSE(needs(h, {{&a, 170, 180, true}}));
}

TEST_CASE("the accesses of one command do not conflict among themselves") {
  Hazards h;
  CHECK_FALSE(needs(h, {{&a, 0, 64, false}, {&a, 0, 64, true}}));
  CHECK(needs(h, {{&a, 0, 64, false}}));
}

TEST_CASE("touching ranges join without swallowing gaps") {
  Hazards h;
  CHECK_FALSE(needs(h, {{&a, 0, 10, true}}));
  CHECK_FALSE(needs(h, {{&a, 20, 30, true}}));
  CHECK_FALSE(needs(h, {{&a, 10, 20, true}}));
  CHECK_FALSE(needs(h, {{&a, 40, 50, true}}));
  CHECK_FALSE(needs(h, {{&a, 30, 40, false}}));
  CHECK(needs(h, {{&a, 25, 26, false}}));
}

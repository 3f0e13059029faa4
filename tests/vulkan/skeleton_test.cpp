#include "catch.h"
TEST_CASE("skeleton") { CHECK(1 + 1 == 2); }

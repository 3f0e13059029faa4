#include "checkout.h"

namespace attune::test {

std::string sourceFolder() { return ATTUNE_SOURCE_DIR; }

std::string buildFolder() { return ATTUNE_BINARY_DIR; }

} // namespace attune::test

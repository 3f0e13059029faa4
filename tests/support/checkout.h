// Where this checkout and its build lie. One object file knows: the others are the same in every checkout, so a compiler
// cache serves them all.
#pragma once

#include <string>

namespace attune::test {

std::string sourceFolder(); // absolute
std::string buildFolder();

} // namespace attune::test

// Qt for the commands that need it: the store, and the pictures of heads. Other commands start without it.
#pragma once

#include <memory>

namespace attune {
class Store;
}

namespace attune::cli {

class Arguments;

void useQtCore();
void useQtGui(); // drawing without a display

// The store that --store names, or the user's. Throws Error when another process writes to it.
std::unique_ptr<Store> openStore(const Arguments& arguments, bool toWrite);

} // namespace attune::cli

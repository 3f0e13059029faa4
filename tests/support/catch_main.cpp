#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <cstdio>

// The engine's count of Vulkan validation messages; absent in a program that uses no Vulkan.
namespace attune::vulkan {
__attribute__((weak)) int validationMessages();
}

int main(int argc, char** argv) {
  const int result = Catch::Session().run(argc, argv);
  const int messages = attune::vulkan::validationMessages ? attune::vulkan::validationMessages() : 0;
  if (messages == 0) return result;
  std::fprintf(stderr, "FAILED: %d Vulkan validation message(s), printed above\n", messages);
  return result ? result : 1;
}

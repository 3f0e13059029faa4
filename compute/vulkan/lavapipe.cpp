#include "vulkan/lavapipe.h"

#include <bit>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/mman.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace attune::vulkan {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

} // namespace

void preferWideVectors() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    setenv("LP_NATIVE_VECTOR_WIDTH", "512", 0);
#endif
  separateShaderCache();
}

void separateShaderCache() {
  const std::string width = variable("LP_NATIVE_VECTOR_WIDTH");
  if (width.empty() || width.find_first_not_of("0123456789") != std::string::npos) return;
  const std::string folder = cacheFolder();
  if (folder.empty()) return;
  setenv("MESA_SHADER_CACHE_DIR", (folder + "/lavapipe-" + width).c_str(), 0);
  std::error_code ignored; // Mesa does without a cache where this fails
  std::filesystem::create_directories(variable("MESA_SHADER_CACHE_DIR"), ignored);
}

uint64_t evenBufferSize(uint64_t bytes) {
  const uint64_t size = (bytes + 255) / 256 * 256 + 256;
  return std::has_single_bit(size) ? size + 256 : size;
}

uint64_t evenTexelRange(uint64_t bytes) { return (bytes >> 8 & 0xff) == 0 ? bytes + 256 : bytes; }

void preferLargePages(std::byte* memory, uint64_t bytes) {
  constexpr uintptr_t page = 4096, large = 2 << 20;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + page - 1) / page * page;
  const uintptr_t end = (reinterpret_cast<uintptr_t>(memory) + bytes) / page * page;
  // Advice only: where it is refused, ordinary pages serve.
  if (end > begin + large) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

uint64_t memoryAvailable() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;)
    if (word == "MemAvailable:") {
      uint64_t kibibytes = 0;
      return file >> kibibytes ? kibibytes * 1024 : UINT64_MAX;
    }
  return UINT64_MAX;
}

void giveBackFreedMemory() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  constexpr size_t much = 32 << 20;
  if (mallinfo2().fordblks > much) malloc_trim(0);
#endif
}

std::string cacheFolder() {
  std::string folder;
  if (const std::string home = variable("ATTUNE_HOME"); !home.empty())
    folder = home + "/cache";
  else if (const std::string caches = variable("XDG_CACHE_HOME"); !caches.empty())
    folder = caches + "/attune";
  else if (const std::string user = variable("HOME"); !user.empty())
    folder = user + "/.cache/attune";
  if (folder.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? std::string() : folder;
}

} // namespace attune::vulkan

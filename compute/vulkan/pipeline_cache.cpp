// Compiled pipelines, kept from one start to the next in the user's cache folder.
#include "vulkan/device_impl.h"
#include "vulkan/lavapipe.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace attune::vulkan {

std::string DeviceImpl::pipelineCacheFile() const {
  const std::string folder = cacheFolder();
  if (folder.empty()) return {};
  std::string name = folder + "/pipelines-";
  for (uint8_t byte : physical_.cacheId) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", unsigned(byte));
    name += digits;
  }
  return name + ".bin";
}

void DeviceImpl::readPipelineCache() {
  std::vector<char> data;
  if (std::ifstream file(pipelineCacheFile(), std::ios::binary); file)
    data.assign(std::istreambuf_iterator<char>(file), {});
  // The header holds the driver's id at byte 16; a driver need not check what it is given any further than that.
  if (data.size() < 32 || std::memcmp(data.data() + 16, physical_.cacheId, VK_UUID_SIZE) != 0) data.clear();
  VkPipelineCacheCreateInfo info = {VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
  info.initialDataSize = data.size();
  info.pInitialData = data.data();
  if (vkCreatePipelineCache(handle_, &info, nullptr, &pipelineCache_) != VK_SUCCESS) {
    info.initialDataSize = 0;
    check(vkCreatePipelineCache(handle_, &info, nullptr, &pipelineCache_), "Making a pipeline cache");
  }
  cacheBytesRead_ = data.size();
}

// A cache that cannot be written costs the next start some time, nothing else.
void DeviceImpl::writePipelineCache() noexcept {
  try {
    size_t size = 0;
    if (vkGetPipelineCacheData(handle_, pipelineCache_, &size, nullptr) != VK_SUCCESS) return;
    if (size <= 32 || size == cacheBytesRead_) return;
    std::vector<char> data(size);
    if (vkGetPipelineCacheData(handle_, pipelineCache_, &size, data.data()) != VK_SUCCESS) return;
    const std::string file = pipelineCacheFile();
    if (file.empty()) return;
    const std::string beside = file + "." + std::to_string(getpid());
    std::FILE* out = std::fopen(beside.c_str(), "wb");
    if (!out) return;
    const bool written =
        std::fwrite(data.data(), 1, size, out) == size && std::fflush(out) == 0 && fsync(fileno(out)) == 0;
    if (std::fclose(out) != 0 || !written || std::rename(beside.c_str(), file.c_str()) != 0)
      std::remove(beside.c_str());
  } catch (...) {
  }
}

} // namespace attune::vulkan

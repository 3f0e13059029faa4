#include "cli/commands.h"
#include "cli/output.h"
#include "vulkan/device.h"

#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

const char* kindName(vulkan::DeviceKind kind) {
  switch (kind) {
  case vulkan::DeviceKind::Discrete:
    return "discrete";
  case vulkan::DeviceKind::Integrated:
    return "integrated";
  case vulkan::DeviceKind::Virtual:
    return "virtual";
  case vulkan::DeviceKind::Cpu:
    return "cpu";
  case vulkan::DeviceKind::Other:
    return "other";
  }
  return "other";
}

std::string versionText(uint32_t version) {
  return std::to_string(version >> 22 & 0x7f) + "." + std::to_string(version >> 12 & 0x3ff);
}

int devices(const Arguments& arguments) {
  const auto all = vulkan::listDevices();
  const vulkan::DeviceInfo& chosen = vulkan::chooseDevice(all, arguments.text("device"));
  if (arguments.json()) {
    Json list = Json::array();
    for (const auto& device : all)
      list.push_back({{"index", device.index},
                      {"name", device.name},
                      {"driver", device.driver},
                      {"kind", kindName(device.kind)},
                      {"memory", device.memory},
                      {"vulkan", versionText(device.apiVersion)},
                      {"usable", device.refusal.empty()},
                      {"refusal", device.refusal.empty() ? Json() : Json(device.refusal)},
                      {"chosen", device.index == chosen.index}});
    printJson({{"devices", list}});
    return 0;
  }
  for (const auto& device : all) {
    print(std::to_string(device.index) + (device.index == chosen.index ? " * " : "   ") + device.name + "\n");
    print("    " + std::string(kindName(device.kind)) + ", " + bytesText(device.memory) + ", Vulkan " +
          versionText(device.apiVersion) + ", " + device.driver + "\n");
    if (!device.refusal.empty()) print("    cannot be used: it " + device.refusal + "\n");
  }
  print("* is the one that is used" + std::string(arguments.has("device") ? "" : " unless --device names another") +
        ".\n");
  return 0;
}

} // namespace

std::vector<Command> deviceCommands() {
  return {{"devices", "Lists the Vulkan devices, which one is used, and why one is refused.", "", 0, 0, {}, devices}};
}

} // namespace attune::cli

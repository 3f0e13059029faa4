#include "engine/model_shelf.h"

namespace attune {
namespace {

constexpr size_t mostModels = 4;
constexpr uint64_t leastRoom = 256ull << 20;

} // namespace

vulkan::Device& ModelShelf::device() {
  if (!opened) {
    say("Opening the device");
    opened = vulkan::Device::open(selector);
    opened->onProgram = [this](std::string_view, int number, int of) {
      say("Preparing kernels for this device: " + std::to_string(number) + " of " + std::to_string(of));
    };
  }
  return *opened;
}

LoadedModel& ModelShelf::model(const std::string& name, const std::string& path, const std::string& stamp) {
  device();
  for (auto at = models.begin(); at != models.end(); ++at)
    if (at->path == path) {
      if (at->stamp != stamp) {
        models.erase(at);
        break;
      }
      models.splice(models.begin(), models, at);
      return models.front();
    }
  say("Loading " + name);
  makeRoom();
  ModelTextPtr text = ModelText::read(path);
  models.emplace_front(path, stamp, Model::load(opened, path), std::move(text));
  makeRoom();
  return models.front();
}

// Keeps the device under half full, and never more than a few models.
void ModelShelf::makeRoom() {
  const uint64_t room = std::max(leastRoom, opened->info().memory / 2);
  while (models.size() > 1 && (models.size() > mostModels || opened->memoryInUse() > room)) models.pop_back();
}

void ModelShelf::close() {
  models.clear();
  opened.reset();
}

void ModelShelf::choose(const std::string& next) {
  close();
  selector = next;
}

} // namespace attune

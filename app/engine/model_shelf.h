// The device and the models that lie on it, for one worker thread. Opening and loading happen when a model is asked
// for; the models used last stay, as far as memory allows.
#pragma once

#include "engine/model_text.h"
#include "generate/generator.h"
#include "model/model.h"
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace attune {

struct LoadedModel {
  std::string path, stamp;
  std::shared_ptr<Model> model;
  ModelTextPtr text;
  Generator one;     // replies to one conversation: its cache keeps what was read
  Generator several; // K answers at once

  LoadedModel(std::string path, std::string stamp, std::shared_ptr<Model> model, ModelTextPtr text)
      : path(std::move(path))
      , stamp(std::move(stamp))
      , model(std::move(model))
      , text(std::move(text))
      , one(this->model)
      , several(this->model) {}
};

class ModelShelf {
public:
  // Told what takes time, in words ("Opening the device", "Loading starter"; "" when it is done).
  using Say = std::function<void(const std::string& words)>;

  ModelShelf(std::string selector, Say say)
      : selector(std::move(selector))
      , say(std::move(say)) {}

  // Throws Error with the reason.
  vulkan::Device& device();
  // `stamp`: the files' state; another than that of the model kept loads it again. Throws Error naming file and tensor.
  LoadedModel& model(const std::string& name, const std::string& path, const std::string& stamp);

  bool isOpen() const { return opened != nullptr; }
  uint64_t memoryInUse() const { return opened ? opened->memoryInUse() : 0; }
  // Gives everything back; the next call opens the device again.
  void close();
  void choose(const std::string& selector); // closes, and opens this one next time

private:
  void makeRoom();

  std::string selector;
  Say say;
  std::shared_ptr<vulkan::Device> opened;
  std::list<LoadedModel> models; // the one used last first
};

} // namespace attune

#include "engine/engine_worker.h"

#include "sentence.h"
#include "step_back.h"

namespace attune {

EngineWorker::EngineWorker(std::string selector, Reports given)
    : reports(std::move(given))
    , shelf(std::move(selector), [this](const std::string& words) { reports.working(words); })
    , thread([this] { loop(); }) {}

EngineWorker::~EngineWorker() {
  {
    const std::lock_guard lock(mutex);
    ending = true;
    now.clear();
    ahead.clear();
    if (running) running->stopped = true;
  }
  wake.notify_all();
  thread.join();
}

void EngineWorker::post(WorkerTask task) {
  const std::lock_guard lock(mutex);
  if (task.urgency == Urgency::Now) {
    if (running && runningUrgency == Urgency::Ahead) running->yielding = true;
    now.push_back(std::move(task));
  } else {
    ahead.push_back(std::move(task));
  }
  wake.notify_all();
}

void EngineWorker::stop(JobId id) {
  const std::lock_guard lock(mutex);
  if (running && runningId == id) running->stopped = true;
  for (auto* queue : {&now, &ahead})
    for (WorkerTask& task : *queue)
      if (task.id == id) task.interrupt->stopped = true;
}

void EngineWorker::useDevice(const std::string& selector) {
  WorkerTask task;
  task.run = [this, selector](ModelShelf& models, const Interrupt&) {
    models.choose(selector);
    told = false;
    models.device();
  };
  task.failed = [this](const std::string& sentence) { reports.deviceFailed(sentence); };
  post(std::move(task));
}

void EngineWorker::loop() {
  stepBack(stepsOfReplies);
  for (;;) {
    WorkerTask task;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return ending || !now.empty() || !ahead.empty(); });
      if (ending) break;
      auto& queue = now.empty() ? ahead : now;
      task = std::move(queue.front());
      queue.pop_front();
      task.interrupt->yielding = false;
      running = task.interrupt;
      runningId = task.id;
      runningUrgency = task.urgency;
    }
    const bool again = run(task);
    const std::lock_guard lock(mutex);
    running.reset();
    if (again && !ending) ahead.push_front(std::move(task));
  }
  shelf.close();
}

bool EngineWorker::run(WorkerTask& task) {
  std::string failure;
  try {
    task.run(shelf, *task.interrupt);
  } catch (const vulkan::DeviceLost& lost) {
    failure = lost.what();
    shelf.close();
    told = false;
    reports.deviceFailed(failure);
  } catch (const std::exception& error) {
    failure = sentenceOf(error);
  }
  tellDevice();
  reports.working({});
  if (!failure.empty()) {
    if (task.failed) task.failed(failure);
    return false;
  }
  if (task.interrupt->yielding && !task.interrupt->stopped) return true;
  if (task.finished) task.finished();
  return false;
}

void EngineWorker::tellDevice() {
  if (!shelf.isOpen()) return;
  const vulkan::DeviceInfo& info = shelf.device().info();
  if (!told) reports.opened(info);
  told = true;
  reports.memory(shelf.memoryInUse(), info.memory);
}

} // namespace attune

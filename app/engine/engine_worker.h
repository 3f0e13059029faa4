// The thread that owns a device and its models, and does one task after the other.
//
// A task is waiting, running, or over (finished, failed); nothing else is remembered of it. A task that a person waits
// for goes before those made ahead; one made ahead that is under way gives way and begins again afterwards.
#pragma once

#include "engine/model_shelf.h"
#include "engine/reply.h"
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace attune {

// What a running task asks: whether it is to end now.
class Interrupt {
public:
  bool wanted() const { return stopped || yielding; }
  std::atomic<bool> stopped = false;  // by a person
  std::atomic<bool> yielding = false; // to make way; the task will be run again
};

struct WorkerTask {
  JobId id = 0;
  Urgency urgency = Urgency::Now;
  std::shared_ptr<Interrupt> interrupt = std::make_shared<Interrupt>();
  std::function<void(ModelShelf&, const Interrupt&)> run; // returns early when interrupted
  std::function<void()> finished;                         // exactly one of these two is called, on the worker's thread
  std::function<void(const std::string& sentence)> failed;
};

class EngineWorker {
public:
  // Called on the worker's thread. `words` is what takes time, empty when the worker is idle again.
  struct Reports {
    std::function<void(const std::string& words)> working;
    std::function<void(const vulkan::DeviceInfo& info)> opened;
    std::function<void(uint64_t used, uint64_t total)> memory;
    std::function<void(const std::string& sentence)> deviceFailed; // it was lost, or cannot be opened
  };
  EngineWorker(std::string selector, Reports reports);
  ~EngineWorker(); // stops what runs, and waits for it

  void post(WorkerTask task);
  void stop(JobId id); // a waiting task ends without running
  void useDevice(const std::string& selector);

private:
  void loop();
  bool run(WorkerTask& task); // whether it is to be run again
  void tellDevice();

  Reports reports;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<WorkerTask> now, ahead;
  std::shared_ptr<Interrupt> running;
  JobId runningId = 0;
  Urgency runningUrgency = Urgency::Now;
  bool ending = false;
  ModelShelf shelf; // only the thread touches it
  bool told = false;
  std::thread thread; // last: everything else is there when it starts
};

} // namespace attune

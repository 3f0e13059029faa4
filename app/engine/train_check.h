// What stands against a run before it starts, and what it will take.
#pragma once

#include "engine/train_runs.h"
#include "train/run.h"
#include "vulkan/device.h"

namespace attune {

// What is known of the device to train on.
struct TrainDevice {
  QString selector, name; // name: 'GPU 0', 'processor'
  bool cpu = false;
  vulkan::DeviceInfo info;
  vulkan::Limits limits;
  quint64 memory = 0; // bytes that can still be had; 0: not known
};
TrainDevice trainDevice(const QString& selector); // throws Error

// The configuration of the model that a description asks for. Throws Error.
ModelConfig configOf(const NewModel& made);

// Memory of a run's kind, in parts.
TrainForecast memoryForecast(const RunSettings& settings, const ModelConfig& config, const TrainDevice& device,
                             const DataSize& data = {});

// Everything the page for a new run shows. Reads the files' first part and the models' headers; any thread.
TrainForecast forecastOf(const RunDescription& run, const QString& runsFolder, const QString& device,
                         const QList<KnownRun>& earlier);

// Measures the device's speed where no earlier trial did, for the next forecastOf to tell the time from. Takes seconds;
// any thread but the window's. False: it was known before, or cannot be.
bool tryOut(const QString& device);

} // namespace attune

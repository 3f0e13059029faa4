// How fast a device trains, measured once by a short trial and kept in the user's cache folder: what the time of a
// first run is estimated from. Runs that were made tell it better.
#pragma once

#include "train/run.h"
#include "vulkan/device.h"

#include <memory>
#include <optional>

namespace attune {

struct DeviceSpeed {
  double secondsADispatch = 0;
  double secondsAParameter = 0; // of the optimizer's pass
  // Of forward and backward passes, seconds an operation of arithmetic: narrow models are slower.
  static constexpr int narrow = 128, wide = 512;
  double secondsAFlopNarrow = 0, secondsAFlopWide = 0;
};

// Trains two small models for a few steps (seconds, mostly of compiling, where the device was never used before).
DeviceSpeed measureSpeed(const std::shared_ptr<vulkan::Device>& device);

// What measureSpeed found on this device with this driver; nothing where it was never asked, or the cache is gone.
std::optional<DeviceSpeed> storedSpeed(const vulkan::DeviceInfo& device);
void storeSpeed(const vulkan::DeviceInfo& device, const DeviceSpeed& speed);

// An estimate, mostly within a factor of 1.5.
double secondsAStep(const RunForecast& run, const DeviceSpeed& speed);

} // namespace attune

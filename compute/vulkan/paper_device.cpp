#include "vulkan/paper_device.h"

#include "vulkan/lavapipe.h"
#include "vulkan/program_impl.h"
#include "vulkan/recording.h"

#include <algorithm>

namespace attune::vulkan {

class PaperDevice::PaperBuffer : public Buffer {
public:
  PaperBuffer(PaperDevice& device, uint64_t bytes, Memory memory, Use& use)
      : device_(device)
      , use_(use)
      , memory_(memory)
      , size_(bytes)
      , allocated_(evenBufferSize(bytes)) {
    device_.inUse_ += allocated_;
    use_.now += allocated_;
    device_.most_ = std::max(device_.most_, device_.inUse_);
    use_.most = std::max(use_.most, use_.now);
  }
  ~PaperBuffer() override {
    device_.inUse_ -= allocated_;
    use_.now -= allocated_;
  }
  uint64_t size() const override { return size_; }
  std::byte* mapped() const override {
    if (memory_ == Memory::Device) return nullptr;
    if (host_.empty()) host_.resize(allocated_); // what the host writes has to lie somewhere
    return host_.data();
  }

private:
  PaperDevice& device_;
  Use& use_;
  Memory memory_;
  uint64_t size_, allocated_;
  mutable std::vector<std::byte> host_;
};

class PaperDevice::PaperProgram : public Program {
public:
  explicit PaperProgram(std::string_view name)
      : name_(name)
      , words(embeddedShader(name).size()) {}
  const std::string& name() const override { return name_; }
  const std::vector<Binding>& bindings() const override { return none_; }
  uint32_t pushConstantBytes() const override { return 0; }
  const uint32_t* localSize() const override { return one_; }

private:
  std::string name_;
  std::vector<Binding> none_;
  uint32_t one_[3] = {1, 1, 1};

public:
  const size_t words; // of its SPIR-V
};

class PaperDevice::PaperRecording : public Recording {
public:
  explicit PaperRecording(PaperDevice& device)
      : device_(device) {}
  void dispatch(Program&, std::span<const Slice>, std::span<const std::byte>, Groups) override {
    ++dispatches_;
    ++device_.dispatches_;
  }
  void fill(Slice, uint32_t) override {}
  void copy(Slice, Slice) override {}
  Slice scratch(uint64_t bytes) override {
    if (scratch_.empty() || scratch_.back()->size() < bytes) {
      std::shared_ptr<Buffer> shared = device_.scratch_.lock();
      if (!shared || shared->size() < bytes)
        device_.scratch_ = shared = device_.allocate(bytes, Memory::Device, "scratch");
      scratch_.push_back(shared);
    }
    return {scratch_.back().get(), 0, bytes};
  }
  void finish() override {}
  int dispatches() const override { return dispatches_; }
  int barriers() const override { return 0; }
  int submissions() const override { return 0; }

private:
  PaperDevice& device_;
  std::vector<std::shared_ptr<Buffer>> scratch_;
  int dispatches_ = 0;
};

PaperDevice::PaperDevice(const Limits& limits)
    : limits_(limits) {
  info_.name = "paper";
  info_.kind = limits.isCpu ? DeviceKind::Cpu : DeviceKind::Other;
}

PaperDevice::~PaperDevice() = default;

uint64_t PaperDevice::mostMemory(std::string_view purpose) const {
  const auto found = uses_.find(purpose);
  return found == uses_.end() ? 0 : found->second.most;
}

uint64_t PaperDevice::programMemory() const {
  if (!limits_.isCpu) return 0;
  // Measured with lavapipe on LLVM 15: a module of its own, and its intermediate code (which the pipeline keeps) and
  // LLVM's constants go with the length of the SPIR-V, most of which is the matrix product's. Its sides that a
  // specialization leaves out are not kept: measure again when its shaders change.
  // Tiles stored straight (shaders/straight.glsl) become much more code than their text tells.
  constexpr uint64_t aProgram = 450 << 10, aWord = 90, aStraightTile = 15 << 20;
  uint64_t bytes = 0;
  for (const auto& [key, program] : programs_) {
    bytes += aProgram + aWord * program->words;
    if (program->name().ends_with("x2_straight")) bytes += aStraightTile;
  }
  return bytes;
}

std::unique_ptr<Buffer> PaperDevice::allocate(uint64_t bytes, Memory memory, std::string_view purpose) {
  return std::make_unique<PaperBuffer>(*this, bytes, memory, uses_[std::string(purpose)]);
}

Program& PaperDevice::program(std::string_view name, std::span<const uint32_t> specialization) {
  auto& program = programs_[{std::string(name), {specialization.begin(), specialization.end()}}];
  if (!program) program = std::make_unique<PaperProgram>(name);
  return *program;
}

std::unique_ptr<Recording> PaperDevice::newRecording() { return std::make_unique<PaperRecording>(*this); }

void PaperDevice::submit(Recording& recording) { submitted_ += uint64_t(recording.dispatches()); }

void PaperDevice::download(Slice, std::span<std::byte> to) { std::fill(to.begin(), to.end(), std::byte(0)); }

} // namespace attune::vulkan

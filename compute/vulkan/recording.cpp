#include "vulkan/recording_impl.h"

#include "error.h"
#include "vulkan/buffer_impl.h"
#include "vulkan/lavapipe.h"

#include <algorithm>

namespace attune::vulkan {
namespace {

VkBuffer handleOf(const Slice& slice) { return static_cast<const BufferImpl*>(slice.buffer)->handle(); }

Access accessOf(const Slice& slice, bool written) {
  return {slice.buffer, slice.offset, slice.offset + slice.size, written};
}

bool insideBuffer(const Slice& slice) {
  return slice.buffer && slice.size > 0 && slice.offset <= slice.buffer->size() &&
         slice.size <= slice.buffer->size() - slice.offset;
}

void barrier(VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags wrote, VkPipelineStageFlags to,
             VkAccessFlags next) {
  const VkMemoryBarrier memory = {VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, wrote, next};
  vkCmdPipelineBarrier(commands, from, to, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

constexpr VkPipelineStageFlags workStages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
constexpr VkAccessFlags workWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags workReads =
    VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_UNIFORM_READ_BIT;

} // namespace

std::unique_ptr<Recording> DeviceImpl::newRecording() { return std::make_unique<RecordingImpl>(shared_from_this()); }

RecordingImpl::RecordingImpl(std::shared_ptr<DeviceImpl> device)
    : device_(std::move(device))
    , commandPool_(device_->makeCommandPool())
    , chunkCommands_(device_->chunkCommands) {}

RecordingImpl::~RecordingImpl() {
  device_->forget(this);
  const VkDevice handle = device_->handle();
  for (const auto& [key, view] : views_) vkDestroyBufferView(handle, view, nullptr);
  for (VkDescriptorPool pool : descriptorPools_) vkDestroyDescriptorPool(handle, pool, nullptr);
  vkDestroyQueryPool(handle, times_, nullptr);
  vkDestroyCommandPool(handle, commandPool_, nullptr);
}

void RecordingImpl::mustBeOpen() const {
  if (finished_) throw Error("A recording was added to after it was finished.");
}

Slice RecordingImpl::scratch(uint64_t bytes) {
  if (scratch_.empty() || scratch_.back()->size() < bytes) scratch_.push_back(device_->scratch(bytes));
  return {scratch_.back().get(), 0, bytes};
}

void RecordingImpl::openChunk() {
  VkCommandBufferAllocateInfo allocation = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  allocation.commandPool = commandPool_;
  allocation.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  allocation.commandBufferCount = 1;
  Chunk chunk;
  check(vkAllocateCommandBuffers(device_->handle(), &allocation, &chunk.commands), "Making a command buffer");
  VkCommandBufferBeginInfo begin = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  begin.flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT; // a replay may be submitted while the last one runs
  check(vkBeginCommandBuffer(chunk.commands, &begin), "Recording");
  if (chunks_.empty()) {
    // What other recordings and copies left is waited for once, at the start.
    barrier(chunk.commands, workStages, workWrites, workStages, workReads | workWrites);
    startTiming(chunk.commands);
  }
  chunks_.push_back(chunk);
  open_ = true;
  bound_ = nullptr;
}

VkCommandBuffer RecordingImpl::commands() { return chunks_.back().commands; }

void RecordingImpl::later(ProgramImpl* program, std::span<const Access> accesses, std::function<void()> write) {
  const bool withBarrier = hazards_.needsBarrier(accesses);
  barriers_ += withBarrier;
  if (program && !program->pipeline()) programs_.push_back(program);
  pending_.push_back([this, withBarrier, write = std::move(write)] {
    before(withBarrier);
    write();
  });
}

void RecordingImpl::before(bool withBarrier) {
  if (open_ && chunks_.back().size >= chunkCommands_) closeChunk();
  if (!open_) openChunk();
  chunks_.back().size++;
  if (withBarrier) barrier(commands(), workStages, workWrites, workStages, workReads | workWrites);
}

void RecordingImpl::checkSlice(const ProgramImpl& program, size_t index, const Slice& slice) const {
  const Binding& binding = program.bindings()[index];
  const Limits& limits = device_->limits();
  const auto fail = [&](const std::string& why) {
    throw Error("Shader " + program.name() + ", binding " + std::to_string(binding.number) + ": " + why + ".");
  };
  const auto number = [](uint64_t value) { return std::to_string(value); };
  if (!slice.buffer) fail("no buffer was given");
  if (!insideBuffer(slice))
    fail("bytes " + number(slice.offset) + " to " + number(slice.offset + slice.size) +
         " are not a range inside a buffer of " + number(slice.buffer->size()) + " bytes");
  uint64_t alignment = limits.storageAlignment, largest = limits.maxStorageRange;
  if (binding.kind == BindingKind::UniformBuffer) largest = device_->physical().maxUniformRange;
  if (isTexels(binding.kind)) {
    alignment = limits.texelAlignment;
    largest = limits.maxTexelElements * (program.texelType(index) == TexelType::Float ? 16 : 4);
  }
  if (slice.offset % alignment != 0)
    fail("its offset " + number(slice.offset) + " is not a multiple of " + number(alignment) + " bytes");
  if (slice.size > largest)
    fail(number(slice.size) + " bytes are more than the " + number(largest) + " that " + device_->info().name +
         " binds at once");
}

void RecordingImpl::dispatch(Program& given, std::span<const Slice> bindings, std::span<const std::byte> push,
                             Groups groups) {
  mustBeOpen();
  auto& program = static_cast<ProgramImpl&>(given);
  if (bindings.size() != program.bindings().size())
    throw Error("Shader " + program.name() + " has " + std::to_string(program.bindings().size()) + " bindings, and " +
                std::to_string(bindings.size()) + " slices were given.");
  if (push.size() != program.pushConstantBytes())
    throw Error("Shader " + program.name() + " takes " + std::to_string(program.pushConstantBytes()) +
                " bytes of push constants, and " + std::to_string(push.size()) + " were given.");
  const uint32_t counts[] = {groups.x, groups.y, groups.z};
  for (int axis = 0; axis < 3; axis++)
    if (counts[axis] == 0 || counts[axis] > device_->limits().maxGroups[axis])
      throw Error("Shader " + program.name() + " was to run " + std::to_string(counts[axis]) + " workgroups along " +
                  "xyz"[axis] + ", and 1 to " + std::to_string(device_->limits().maxGroups[axis]) + " are possible.");
  std::vector<Access> accesses;
  for (size_t i = 0; i < bindings.size(); i++) {
    checkSlice(program, i, bindings[i]);
    accesses.push_back(accessOf(bindings[i], program.bindings()[i].written));
    if (isTexels(program.bindings()[i].kind))
      accesses.back().end = accesses.back().begin + texelRange(bindings[i], program.texelType(i));
  }

  const VkDescriptorSet set = bindings.empty() ? VK_NULL_HANDLE : this->set(program, bindings);
  std::vector<std::byte> constants(push.begin(), push.end());
  later(&program, accesses, [this, &program, set, groups, constants = std::move(constants)] {
    if (bound_ != &program) vkCmdBindPipeline(commands(), VK_PIPELINE_BIND_POINT_COMPUTE, program.pipeline());
    bound_ = &program;
    if (set)
      vkCmdBindDescriptorSets(commands(), VK_PIPELINE_BIND_POINT_COMPUTE, program.layout(), 0, 1, &set, 0, nullptr);
    if (!constants.empty())
      vkCmdPushConstants(commands(), program.layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0, uint32_t(constants.size()),
                         constants.data());
    vkCmdDispatch(commands(), groups.x, groups.y, groups.z);
  });
  dispatches_++;
}

void RecordingImpl::fill(Slice slice, uint32_t value) {
  mustBeOpen();
  if (!insideBuffer(slice) || slice.offset % 4 != 0 || slice.size % 4 != 0)
    throw Error("A fill of bytes " + std::to_string(slice.offset) + " to " + std::to_string(slice.offset + slice.size) +
                " is not inside its buffer, or not in multiples of 4.");
  const Access access = accessOf(slice, true);
  later(nullptr, {&access, 1},
        [this, slice, value] { vkCmdFillBuffer(commands(), handleOf(slice), slice.offset, slice.size, value); });
}

void RecordingImpl::copy(Slice from, Slice to) {
  mustBeOpen();
  if (!insideBuffer(from) || !insideBuffer(to) || from.size != to.size)
    throw Error("A copy of " + std::to_string(from.size) + " bytes to a place of " + std::to_string(to.size) +
                " bytes: both must be the same and inside their buffers.");
  if (from.buffer == to.buffer && from.offset < to.offset + to.size && to.offset < from.offset + from.size)
    throw Error("A copy inside one buffer overlaps itself.");
  const Access accesses[] = {accessOf(from, false), accessOf(to, true)};
  later(nullptr, accesses, [this, from, to] {
    const VkBufferCopy region = {from.offset, to.offset, from.size};
    vkCmdCopyBuffer(commands(), handleOf(from), handleOf(to), 1, &region);
  });
}

// Whole texels, and a size that does not make lavapipe compile again; memory reaches beyond the buffer's size.
uint64_t RecordingImpl::texelRange(const Slice& slice, TexelType type) const {
  const uint64_t texel = type == TexelType::Float ? 16 : 4, range = (slice.size + texel - 1) / texel * texel;
  const uint64_t even = evenTexelRange(range);
  return device_->limits().isCpu && even / texel <= device_->limits().maxTexelElements ? even : range;
}

VkBufferView RecordingImpl::view(const Slice& slice, TexelType type) {
  VkBufferView& view = views_[{slice.buffer, slice.offset, slice.size, type}];
  if (view) return view;
  VkBufferViewCreateInfo info = {VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO};
  info.buffer = handleOf(slice);
  info.format = type == TexelType::Float ? VK_FORMAT_R32G32B32A32_SFLOAT
                : type == TexelType::Int ? VK_FORMAT_R32_SINT
                                         : VK_FORMAT_R32_UINT;
  info.offset = slice.offset;
  info.range = texelRange(slice, type);
  check(vkCreateBufferView(device_->handle(), &info, nullptr, &view), "Making a texel view");
  return view;
}

VkDescriptorSet RecordingImpl::allocateSet(VkDescriptorSetLayout layout) {
  VkDescriptorSetAllocateInfo info = {VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
  info.descriptorSetCount = 1;
  info.pSetLayouts = &layout;
  VkDescriptorSet set = VK_NULL_HANDLE;
  if (!descriptorPools_.empty()) {
    info.descriptorPool = descriptorPools_.back();
    if (vkAllocateDescriptorSets(device_->handle(), &info, &set) == VK_SUCCESS) return set;
  }
  constexpr uint32_t sets = 128;
  const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, sets * 8},
                                        {VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, sets * 4},
                                        {VK_DESCRIPTOR_TYPE_STORAGE_TEXEL_BUFFER, sets * 2},
                                        {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, sets}};
  VkDescriptorPoolCreateInfo poolInfo = {VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  poolInfo.maxSets = sets;
  poolInfo.poolSizeCount = 4;
  poolInfo.pPoolSizes = sizes;
  VkDescriptorPool pool = VK_NULL_HANDLE;
  check(vkCreateDescriptorPool(device_->handle(), &poolInfo, nullptr, &pool), "Making a descriptor pool");
  descriptorPools_.push_back(pool);
  info.descriptorPool = pool;
  check(vkAllocateDescriptorSets(device_->handle(), &info, &set), "Making a descriptor set");
  return set;
}

VkDescriptorSet RecordingImpl::set(const ProgramImpl& program, std::span<const Slice> bindings) {
  const size_t count = bindings.size();
  std::vector<VkDescriptorBufferInfo> buffers(count);
  std::vector<VkBufferView> views(count);
  std::vector<VkWriteDescriptorSet> writes(count);
  for (size_t i = 0; i < count; i++)
    if (isTexels(program.bindings()[i].kind)) views[i] = view(bindings[i], program.texelType(i));
  const VkDescriptorSet set = allocateSet(program.setLayout());
  for (size_t i = 0; i < count; i++) {
    const Binding& binding = program.bindings()[i];
    buffers[i] = {handleOf(bindings[i]), bindings[i].offset, bindings[i].size};
    writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    writes[i].dstSet = set;
    writes[i].dstBinding = binding.number;
    writes[i].descriptorCount = 1;
    writes[i].descriptorType = descriptorType(binding.kind);
    writes[i].pBufferInfo = &buffers[i];
    writes[i].pTexelBufferView = &views[i];
  }
  vkUpdateDescriptorSets(device_->handle(), uint32_t(count), writes.data(), 0, nullptr);
  return set;
}

} // namespace attune::vulkan

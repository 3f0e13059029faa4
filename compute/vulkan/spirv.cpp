#include "vulkan/spirv.h"

#include "error.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace attune::vulkan {
namespace {

// Numbers of the SPIR-V specification, 1.3.
enum Op : uint32_t {
  OpExecutionMode = 16,
  OpTypeBool = 20,
  OpTypeInt = 21,
  OpTypeFloat = 22,
  OpTypeVector = 23,
  OpTypeMatrix = 24,
  OpTypeImage = 25,
  OpTypeSampledImage = 27,
  OpTypeArray = 28,
  OpTypeRuntimeArray = 29,
  OpTypeStruct = 30,
  OpTypePointer = 32,
  OpConstant = 43,
  OpConstantComposite = 44,
  OpSpecConstantTrue = 48,
  OpSpecConstantFalse = 49,
  OpSpecConstant = 50,
  OpSpecConstantComposite = 51,
  OpVariable = 59,
  OpDecorate = 71,
  OpMemberDecorate = 72,
  OpExecutionModeId = 331,
};
enum Decoration : uint32_t {
  SpecId = 1,
  BufferBlock = 3,
  ArrayStride = 6,
  BuiltIn = 11,
  NonWritable = 24,
  BindingNumber = 33,
  Set = 34,
  Offset = 35
};
constexpr uint32_t builtInWorkgroupSize = 25, modeLocalSize = 17, modeLocalSizeId = 38, dimBuffer = 5;
constexpr uint32_t classUniformConstant = 0, classUniform = 2, classPushConstant = 9, classStorageBuffer = 12;

struct Instruction {
  uint32_t op = 0;
  std::span<const uint32_t> words; // operands, without the first word
};

class Reader {
public:
  Reader(std::string_view name, std::span<const uint32_t> words, std::span<const uint32_t> specialization)
      : name_(name)
      , specialization_(specialization) {
    if (words.size() < 5 || words[0] != 0x07230203) fail("is not SPIR-V");
    for (size_t at = 5; at < words.size();) {
      const uint32_t length = words[at] >> 16;
      if (length == 0 || at + length > words.size()) fail("ends in the middle of an instruction");
      take({words[at] & 0xffff, words.subspan(at + 1, length - 1)});
      at += length;
    }
  }

  ShaderInterface interface() {
    ShaderInterface result;
    for (const auto& [id, value] : decorations_)
      if (const auto spec = value.find(SpecId); spec != value.end())
        result.specializationCount = std::max(result.specializationCount, spec->second + 1);
    if (specialization_.size() > result.specializationCount)
      fail("takes " + std::to_string(result.specializationCount) + " specialization constants, and " +
           std::to_string(specialization_.size()) + " were given");

    struct Found {
      Binding binding;
      TexelType texel;
    };
    std::vector<Found> found;
    for (const Instruction& variable : variables_) {
      const uint32_t storage = variable.words[2], id = variable.words[1];
      const uint32_t type = instruction(variable.words[0], OpTypePointer).words[2];
      if (storage == classPushConstant) result.pushConstantBytes = (sizeOf(type) + 3) / 4 * 4;
      if (storage != classUniformConstant && storage != classUniform && storage != classStorageBuffer) continue;
      Found one = {{decoration(id, BindingNumber), BindingKind::StorageBuffer, false}, TexelType::Float};
      if (decoration(id, Set) != 0) fail("uses a descriptor set other than 0");
      if (storage == classUniformConstant)
        one = {{one.binding.number, texelKindOf(type), isStored(type) && !has(id, NonWritable)}, texelTypeOf(type)};
      else if (storage == classUniform && !has(type, BufferBlock))
        one.binding.kind = BindingKind::UniformBuffer;
      else
        one.binding.written = !has(id, NonWritable) && !allMembersReadOnly(type);
      found.push_back(one);
    }
    std::sort(found.begin(), found.end(),
              [](const Found& a, const Found& b) { return a.binding.number < b.binding.number; });
    for (const Found& one : found) {
      // A shader may see one buffer in two ways, as floats and as vectors.
      if (!result.bindings.empty() && result.bindings.back().number == one.binding.number) {
        if (result.bindings.back().kind != one.binding.kind)
          fail("declares binding " + std::to_string(one.binding.number) + " twice, as different kinds");
        result.bindings.back().written |= one.binding.written;
        continue;
      }
      result.bindings.push_back(one.binding);
      result.texelType.push_back(one.texel);
    }
    readLocalSize(result.localSize);
    return result;
  }

private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error("Shader " + std::string(name_) + " " + why + ".");
  }

  void take(const Instruction& i) {
    const auto need = [&](size_t count) {
      if (i.words.size() < count) fail("has an instruction that is too short");
    };
    switch (i.op) {
    case OpDecorate:
      need(2);
      decorations_[i.words[0]][i.words[1]] = i.words.size() > 2 ? i.words[2] : 0;
      break;
    case OpMemberDecorate:
      need(3);
      members_[i.words[0]][{i.words[1], i.words[2]}] = i.words.size() > 3 ? i.words[3] : 0;
      break;
    case OpExecutionMode:
    case OpExecutionModeId:
      need(2);
      if (i.words[1] == modeLocalSize || i.words[1] == modeLocalSizeId) need(5), localSize_ = i;
      break;
    case OpTypeInt:
    case OpTypeFloat:
    case OpTypeBool:
    case OpTypeRuntimeArray:
    case OpTypeStruct:
    case OpTypeSampledImage:
      need(1);
      results_[i.words[0]] = i;
      break;
    case OpTypeVector:
    case OpTypeMatrix:
    case OpTypeArray:
    case OpTypePointer:
    case OpTypeImage:
      need(3);
      results_[i.words[0]] = i;
      break;
    case OpSpecConstantTrue:
    case OpSpecConstantFalse:
      need(2);
      results_[i.words[1]] = i;
      break;
    case OpConstant:
    case OpConstantComposite:
    case OpSpecConstant:
    case OpSpecConstantComposite:
      need(3);
      results_[i.words[1]] = i;
      break;
    case OpVariable:
      need(3);
      variables_.push_back(i);
      break;
    default:
      break;
    }
  }

  const Instruction& instruction(uint32_t id) const {
    const auto found = results_.find(id);
    if (found == results_.end()) fail("uses something this reader does not know (id " + std::to_string(id) + ")");
    return found->second;
  }
  const Instruction& instruction(uint32_t id, uint32_t op) const {
    const Instruction& i = instruction(id);
    if (i.op != op) fail("uses something this reader does not know (id " + std::to_string(id) + ")");
    return i;
  }
  bool has(uint32_t id, uint32_t what) const {
    const auto found = decorations_.find(id);
    return found != decorations_.end() && found->second.count(what) > 0;
  }
  uint32_t decoration(uint32_t id, uint32_t what) const {
    if (!has(id, what)) fail("has a variable without a binding number or descriptor set");
    return decorations_.at(id).at(what);
  }

  bool allMembersReadOnly(uint32_t type) const {
    const size_t count = instruction(type, OpTypeStruct).words.size() - 1;
    const auto found = members_.find(type);
    for (uint32_t m = 0; m < count; m++)
      if (found == members_.end() || !found->second.count({m, NonWritable})) return false;
    return true;
  }

  // An image that is loaded and stored, not sampled.
  bool isStored(uint32_t type) const {
    const Instruction& i = instruction(type);
    return i.op == OpTypeImage && i.words.size() > 6 && i.words[6] == 2;
  }
  BindingKind texelKindOf(uint32_t type) const {
    return isStored(type) ? BindingKind::StorageTexelBuffer : BindingKind::UniformTexelBuffer;
  }

  TexelType texelTypeOf(uint32_t type) const {
    const Instruction* i = &instruction(type);
    if (i->op == OpTypeSampledImage) i = &instruction(i->words[1]);
    if (i->op != OpTypeImage || i->words[2] != dimBuffer) fail("binds an image that is not a texel buffer");
    const Instruction& sampled = instruction(i->words[1]);
    if (sampled.op == OpTypeFloat) return TexelType::Float;
    return sampled.words[2] ? TexelType::Int : TexelType::Uint;
  }

  uint32_t constant(uint32_t id) const {
    const Instruction& i = instruction(id);
    if (i.op == OpSpecConstant && has(id, SpecId) && decoration(id, SpecId) < specialization_.size())
      return specialization_[decoration(id, SpecId)];
    if (i.op != OpConstant && i.op != OpSpecConstant) fail("computes a size this reader cannot follow");
    return i.words[2];
  }

  uint32_t sizeOf(uint32_t type) const {
    const Instruction& i = instruction(type);
    switch (i.op) {
    case OpTypeInt:
    case OpTypeFloat:
      return i.words[1] / 8;
    case OpTypeVector:
    case OpTypeMatrix:
      return sizeOf(i.words[1]) * i.words[2];
    case OpTypeArray:
      return decoration(type, ArrayStride) * constant(i.words[2]);
    case OpTypeStruct: {
      uint32_t size = 0;
      const auto found = members_.find(type);
      for (uint32_t m = 0; m + 1 < i.words.size(); m++) {
        if (found == members_.end() || !found->second.count({m, Offset})) fail("has a push constant without an offset");
        size = std::max(size, found->second.at({m, Offset}) + sizeOf(i.words[m + 1]));
      }
      return size;
    }
    default:
      fail("has a push constant of a type this reader does not know");
    }
  }

  void readLocalSize(uint32_t* size) const {
    for (const auto& [id, value] : decorations_) {
      const auto builtIn = value.find(BuiltIn);
      if (builtIn == value.end() || builtIn->second != builtInWorkgroupSize) continue;
      const Instruction& composite = instruction(id);
      if (composite.words.size() != 5) fail("has a local size that is not three numbers");
      for (int axis = 0; axis < 3; axis++) size[axis] = constant(composite.words[2 + axis]);
      return;
    }
    if (localSize_.words.empty()) fail("has no local size");
    for (int axis = 0; axis < 3; axis++)
      size[axis] =
          localSize_.op == OpExecutionModeId ? constant(localSize_.words[2 + axis]) : localSize_.words[2 + axis];
  }

  std::string_view name_;
  std::span<const uint32_t> specialization_;
  std::map<uint32_t, std::map<uint32_t, uint32_t>> decorations_;                  // id, decoration, value
  std::map<uint32_t, std::map<std::pair<uint32_t, uint32_t>, uint32_t>> members_; // struct, (member, decoration)
  std::unordered_map<uint32_t, Instruction> results_;                             // types and constants by id
  std::vector<Instruction> variables_;
  Instruction localSize_;
};

} // namespace

ShaderInterface readShader(std::string_view name, std::span<const uint32_t> words,
                           std::span<const uint32_t> specialization) {
  return Reader(name, words, specialization).interface();
}

} // namespace attune::vulkan

// llama2.c's checkpoints (`stories260K.bin`): a header of seven numbers and float32 tensors in a fixed order, without
// names. They become a Llama configuration and tensors under transformers' names, ready to be saved as a model folder.
//
// Its rotary embedding turns neighbours (2i, 2i+1) of a head, transformers' turns (i, i + head/2): the rows of the
// query and key matrices are reordered to the latter.
#pragma once

#include "formats/safetensors.h"
#include "model/config.h"

namespace attune {

struct Llama2cModel {
  ModelConfig config;
  std::map<std::string, HostTensor> tensors; // by transformers' name
};

// Throws Error naming the file when its header is impossible or its size is not what the header asks for.
Llama2cModel readLlama2c(const std::filesystem::path& file);

} // namespace attune

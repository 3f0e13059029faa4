// Everything a model computes on a text, under the names that `attune-cli inspect` writes.
#pragma once

#include "formats/safetensors.h"
#include "model/model.h"

#include <map>
#include <span>
#include <string>

namespace attune {

// logits [T, V], or of a reward model [1], its score of the last token; hidden.L [T, C] (0 the embedding, then after each
// block, last after the final norm); attention.L [H, T, T]; with `gradients` (T >= 2) the mean next-token loss [1] and
// grad.NAME for every tensor. Throws Error naming an id out of range or a text longer than the context.
std::map<std::string, HostTensor> inspect(const std::shared_ptr<Model>& model, std::span<const int32_t> ids,
                                          bool gradients);

} // namespace attune

#include "cli/model_summary.h"

#include "cli/output.h"
#include "formats/model_folder.h"

#include <nlohmann/json.hpp>

namespace attune::cli {

namespace fs = std::filesystem;

Json configFields(const ModelConfig& config) {
  return {{"architecture", architectureName(config.architecture)},
          {"n_layer", config.nLayer},
          {"n_head", config.nHead},
          {"n_kv_head", config.nKvHead},
          {"n_embd", config.nEmbd},
          {"n_inner", config.nInner},
          {"n_ctx", config.nCtx},
          {"head_dim", config.headDim},
          {"vocab_size", config.vocabSize},
          {"tied", config.tied},
          {"classifier", config.classifier},
          {"parameters", parameterCount(config)}};
}

std::string sizesText(const ModelConfig& config) {
  std::string text = std::string(architectureName(config.architecture)) + ", " + std::to_string(config.nLayer) +
                     " layers, " + std::to_string(config.nHead) + " heads";
  if (config.nKvHead != config.nHead) text += " (" + std::to_string(config.nKvHead) + " of keys and values)";
  return text + ", " + std::to_string(config.nEmbd) + " wide, context " + grouped(config.nCtx) + ", " +
         grouped(config.vocabSize) + " tokens";
}

void tellMade(const Arguments& arguments, const fs::path& out) {
  const ModelFolder model(out);
  if (arguments.json()) {
    Json result = configFields(model.config());
    result["out"] = out.string();
    printJson(result);
  } else
    print("Wrote " + out.string() + ": " + sizesText(model.config()) + "; " + grouped(parameterCount(model.config())) +
          " parameters.\n");
}

} // namespace attune::cli

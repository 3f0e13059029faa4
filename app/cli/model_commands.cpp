#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/model_summary.h"
#include "cli/output.h"
#include "error.h"
#include "formats/model_folder.h"
#include "model/import.h"
#include "text/chat_template.h"

#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

namespace fs = std::filesystem;

void addLineage(Json& result, const Lineage& lineage) {
  Json parents = Json::array();
  for (const auto& parent : lineage.parents)
    parents.push_back({{"path", parent.path}, {"sha256", parent.sha256}, {"role", parent.role}});
  result["lineage"] = {{"created_by", lineage.createdBy},
                       {"job", lineage.job},
                       {"parents", parents},
                       {"run", lineage.run},
                       {"data", lineage.data},
                       {"device", lineage.device},
                       {"seed", Json()},
                       {"step", Json()}};
  if (lineage.seed) result["lineage"]["seed"] = *lineage.seed;
  if (lineage.step) result["lineage"]["step"] = *lineage.step;
  if (lineage.rewardShift) result["lineage"]["reward_shift"] = *lineage.rewardShift;
}

// The style of a chat template, or why there is none to use.
std::string templateText(const std::shared_ptr<const Tokenizer>& tokenizer) {
  if (!tokenizer->chatTemplate()) return "no chat template: a base model, which continues a text";
  try {
    return std::string("chat template ") + chatStyleName(ChatTemplate(tokenizer).style());
  } catch (const Error&) {
    return "a chat template that Attune does not know";
  }
}

void printLineage(const Lineage& lineage) {
  if (!lineage.job.empty()) {
    print("made by:    " + lineage.job + (lineage.step ? ", step " + std::to_string(*lineage.step) : "") +
          (lineage.seed ? ", seed " + std::to_string(*lineage.seed) : "") +
          (lineage.device.empty() ? "" : ", on " + lineage.device) + "\n");
    if (!lineage.run.empty()) print("run:        " + lineage.run + "\n");
  }
  for (const auto& parent : lineage.parents)
    print("parent:     " + parent.path + (parent.sha256.empty() ? "" : " (" + parent.sha256.substr(0, 12) + ")") +
          "\n");
  for (const auto& [file, hash] : lineage.data) print("data:       " + file + " (" + hash.substr(0, 12) + ")\n");
}

int info(const Arguments& arguments) {
  const fs::path folder = resolveModelPath(arguments.operands()[0]);
  const ModelFolder model(folder);
  const auto tokenizer = tokenizerIn(folder);
  const std::vector<std::string> broken = model.notFinite();
  const Lineage lineage = readLineage(folder);
  if (arguments.json()) {
    Json result = configFields(model.config());
    result["path"] = folder.string();
    result["dtype"] = dtypeName(model.dtype());
    result["bytes"] = model.weightBytes();
    result["sha256"] = model.sha256();
    result["not_finite"] = broken;
    result["tokenizer"] = tokenizer ? Json{{"size", tokenizer->size()},
                                           {"hash", tokenizer->hash()},
                                           {"chat_template", tokenizer->chatTemplate().has_value()}}
                                    : Json();
    addLineage(result, lineage);
    printJson(result);
    return 0;
  }
  print(folder.string() + "\n");
  print("model:      " + sizesText(model.config()) + (model.config().classifier ? ", scores texts" : "") + "\n");
  print("parameters: " + grouped(parameterCount(model.config())) + ", stored as " + dtypeName(model.dtype()) + ", " +
        bytesText(model.weightBytes()) + "\n");
  print("sha256:     " + model.sha256() + "\n");
  print("tokenizer:  " + (tokenizer ? grouped(tokenizer->size()) + " tokens, " + templateText(tokenizer) : "none") +
        "\n");
  printLineage(lineage);
  for (const std::string& name : broken) print("warning:    " + name + " holds numbers that are not finite\n");
  return 0;
}

int import(const Arguments& arguments) {
  std::optional<fs::path> tokenizer;
  if (arguments.has("tokenizer")) tokenizer = arguments.text("tokenizer");
  importModel(arguments.operands()[0], tokenizer, outOf(arguments));
  tellMade(arguments, outOf(arguments));
  return 0;
}

int exportCommand(const Arguments& arguments) {
  const ModelFolder model(resolveModelPath(arguments.operands()[0]));
  DType dtype = model.dtype();
  if (arguments.has("dtype")) try {
      dtype = parseFloatDType(arguments.text("dtype"));
    } catch (const Error&) {
      arguments.refuse("dtype", "F32, F16 or BF16");
    }
  exportModel(model, outOf(arguments), dtype);
  tellMade(arguments, outOf(arguments));
  return 0;
}

} // namespace

std::vector<Command> modelCommands() {
  const Option out{"out", "DIR", "the folder to write", "", false, true};
  return {
      {"model info", "Tells what a model is: sizes, tokenizer, hash, where it comes from.", "DIR", 1, 1, {}, info},
      {"model import",
       "Makes a model folder from one of transformers or from a llama2.c checkpoint.",
       "FILE",
       1,
       1,
       {{"tokenizer", "FILE", "its tokenizer: a file or folder, or llama2.c's tokenizer.bin",
         "the one in the folder, if any"},
        out},
       import},
      {"model export",
       "Copies a model, a checkpoint or a run's newest checkpoint, for transformers and others.",
       "DIR",
       1,
       1,
       {out, {"dtype", "F32|F16|BF16", "how the numbers are stored", "as they are"}},
       exportCommand},
  };
}

} // namespace attune::cli

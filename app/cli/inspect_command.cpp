#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "formats/safetensors.h"
#include "train/inspect.h"

#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

int inspectCommand(const Arguments& arguments) {
  checkTextOrIds(arguments, "text");
  const std::filesystem::path folder = modelFolder(arguments);
  const std::vector<int32_t> ids =
      idsOf(arguments, "text", arguments.has("ids") ? nullptr : tokenizerIn(folder), folder);
  const auto model = loadModel(arguments, folder);
  checkIds(ids, model->config());
  const auto tensors = inspect(model, ids, arguments.has("gradients"));
  writeSafetensors(outOf(arguments), tensors);
  if (arguments.json()) {
    Json result{{"out", arguments.text("out")}, {"ids", ids}, {"tensors", tensors.size()}};
    if (const auto loss = tensors.find("loss"); loss != tensors.end()) result["loss"] = loss->second.data[0];
    printJson(result);
  } else
    print("Wrote " + arguments.text("out") + ": " + std::to_string(tensors.size()) + " tensors of " +
          grouped(int64_t(ids.size())) + " tokens.\n");
  return 0;
}

} // namespace

std::vector<Command> inspectCommands() {
  return {{"inspect",
           "Writes what a model computes on a text: logits, hidden states, attention, gradients.",
           "",
           0,
           0,
           {modelOption(),
            {"text", "T", "the text to read"},
            {"ids", "1,2,3", "its token ids, in place of --text", "", true},
            {"out", "FILE.safetensors", "the file to write", "", false, true},
            {"gradients", "", "the next-token loss and its gradients too"}},
           inspectCommand}};
}

} // namespace attune::cli

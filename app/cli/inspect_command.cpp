#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "formats/safetensors.h"
#include "train/inspect.h"
#include "train/objectives.h"

#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

// A written-down case of a preference loss, in place of a model and a text.
int inspectObjective(const Arguments& arguments) {
  const std::string name = arguments.text("objective");
  if (name != "reward" && name != "ppo" && name != "dpo") arguments.refuse("objective", "reward, ppo or dpo");
  if (!arguments.has("case")) arguments.wrong("--objective needs --case DIR");
  for (const char* other : {"model", "text", "ids", "gradients"})
    if (arguments.has(other))
      arguments.wrong(std::string("--objective reads its models from --case; leave out --") + other);
  const std::filesystem::path folder = arguments.text("case");
  const auto device = openDevice(arguments);
  const ObjectiveTensors tensors = name == "reward" ? rewardObjective(device, folder)
                                   : name == "dpo"  ? dpoObjective(device, folder)
                                                    : ppoObjective(device, folder);
  writeSafetensors(outOf(arguments), tensors);
  if (arguments.json())
    printJson({{"out", arguments.text("out")}, {"objective", name}, {"tensors", tensors.size()}});
  else
    print("Wrote " + arguments.text("out") + ": " + std::to_string(tensors.size()) + " tensors of the objective " +
          name + ".\n");
  return 0;
}

int inspectCommand(const Arguments& arguments) {
  if (arguments.has("objective")) return inspectObjective(arguments);
  if (arguments.has("case")) arguments.wrong("--case belongs to --objective reward|ppo|dpo");
  if (!arguments.has("model")) arguments.wrong("--model DIR was expected");
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
           {{"model", "DIR", "a model folder, a checkpoint, or a run (its newest checkpoint)"},
            {"text", "T", "the text to read"},
            {"ids", "1,2,3", "its token ids, in place of --text", "", true},
            {"out", "FILE.safetensors", "the file to write", "", false, true},
            {"gradients", "", "the next-token loss and its gradients too"},
            {"objective", "reward|ppo|dpo", "a loss of preference training on the case in --case, with its gradients"},
            {"case", "DIR", "models and numbers of the objective, laid out as Attune's golden vectors are"}},
           inspectCommand,
           "Of a reward model, logits is the one score of the text, without its shift."}};
}

} // namespace attune::cli

#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/model_summary.h"
#include "error.h"
#include "model/initialize.h"

namespace attune::cli {
namespace {

ModelConfig startingConfig(const Arguments& arguments) {
  std::optional<Architecture> family;
  if (arguments.has("architecture")) try {
      family = parseArchitecture(arguments.text("architecture"));
    } catch (const Error&) {
      arguments.refuse("architecture", "gpt2 or llama");
    }
  if (!arguments.has("config")) return defaultConfig(*family);
  ModelConfig config = readConfig(arguments.text("config"), family);
  if (family && config.architecture != *family)
    throw Error(arguments.text("config") + " describes the family " + architectureName(config.architecture) +
                ", but --architecture says " + architectureName(*family) + "; make them agree.");
  return config;
}

int init(const Arguments& arguments) {
  if (!arguments.has("architecture") && !arguments.has("config"))
    arguments.wrong("The option --architecture gpt2|llama is missing");
  ModelConfig config = startingConfig(arguments);
  for (const std::string& setting : arguments.all("set"))
    if (setting.find('=') == setting.npos || setting[0] == '=')
      arguments.wrong("--set is \"" + setting + "\", but KEY=VALUE such as n_layer=4 was expected");
  // vocab_size follows the tokenizer; a configuration without one need not fit it yet.
  config = withSettings(config, arguments.all("set"));
  initializeModel(config, arguments.text("tokenizer"), outOf(arguments), arguments.seed());
  tellMade(arguments, outOf(arguments));
  return 0;
}

} // namespace

std::vector<Command> modelInitCommands() {
  return {
      {"model init",
       "Makes a new model with random weights.",
       "",
       0,
       0,
       {{"architecture", "gpt2|llama", "the family", "what --config says"},
        {"config", "FILE", "a config.json to take the sizes from",
         "GPT-2 with 124 million or Llama with 6.7 billion parameters"},
        {"set", "KEY=VALUE", "n_layer, n_head, n_kv_head, n_embd, n_inner, n_ctx, or a field of config.json", "", true},
        {"tokenizer", "DIR", "the folder whose tokenizer the model gets", "", false, true},
        {"out", "DIR", "the folder to write", "", false, true}},
       init},
  };
}

} // namespace attune::cli

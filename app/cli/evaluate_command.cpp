#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "train/run.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

int evaluate(const Arguments& arguments) {
  const int context = int(arguments.whole("context", 0, 2, 1 << 24));
  const int batch = int(arguments.whole("batch", 8, 1, 1 << 16));
  const std::filesystem::path folder = modelFolder(arguments);
  requireTokenizer(folder, "put the tokenizer that belongs to the model there");
  const auto model = loadModel(arguments, folder);
  const Evaluation result = evaluateFile(model, folder, arguments.text("data"), context, batch);
  const double perplexity = std::exp(result.loss);
  if (arguments.json())
    printJson({{"loss", result.loss}, {"perplexity", perplexity}, {"tokens", result.tokens}});
  else
    print("loss " + rounded(result.loss, 6) + " nats a token, perplexity " + rounded(perplexity, 6) + ", " +
          grouped(result.tokens) + " tokens\n");
  return 0;
}

} // namespace

std::vector<Command> evaluateCommands() {
  return {{"evaluate",
           "Measures how well a model predicts a text: mean negative log-likelihood in nats a token.",
           "",
           0,
           0,
           {modelOption(),
            {"data", "FILE", "text (UTF-8), or JSON Lines with a text each", "", false, true},
            {"context", "N", "tokens a window; windows do not overlap", "the model's"},
            {"batch", "N", "windows at once", "8"}},
           evaluate}};
}

} // namespace attune::cli

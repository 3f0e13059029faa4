#include "data/pretrain_data.h"
#include "error.h"
#include "formats/model_folder.h"
#include "text/tokenizer.h"
#include "train/loss_passes.h"
#include "train/run.h"

#include <numeric>

namespace attune {

Evaluation evaluateFile(const std::shared_ptr<Model>& model, const std::filesystem::path& modelPath,
                        const std::filesystem::path& file, int context, int batch) {
  if (context > model->config().nCtx)
    throw Error("--context is " + std::to_string(context) + ", the model's is " + std::to_string(model->config().nCtx) +
                "; choose at most that");
  const auto tokenizer = Tokenizer::load(resolveModelPath(modelPath));
  const std::vector<int32_t> ids = readTokens(std::span(&file, 1), *tokenizer);
  LossPasses passes(model, nullptr);
  double loss = 0, count = 0;
  for (const Batch& rows : evaluationBatches(ids, context ? context : int(model->config().nCtx), batch)) {
    loss += passes.forward(rows);
    count += std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  }
  return {loss / count, int64_t(count)};
}

} // namespace attune

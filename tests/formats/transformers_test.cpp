// What Attune saves opens in transformers, with nothing missing, nothing left over, and the same numbers.
#include "catch.h"
#include "formats/model_folder.h"
#include "golden.h"
#include "python.h"
#include "scratch.h"

using namespace attune;
using namespace attune::test;

TEST_CASE(
    "saved folders open in transformers; their tensors and logits are equal, or as close as a narrow type allows") {
  if (!hasPython("transformers")) return;
  const Scratch scratch;
  std::vector<std::string> arguments;
  const auto compare = [&](const char* name, DType dtype, const char* within) {
    const auto folder = golden(name), saved = scratch / (std::string(name) + dtypeName(dtype));
    if (folder.empty()) return;
    exportModel(ModelFolder(folder), saved, dtype);
    arguments.insert(arguments.end(), {saved.string(), folder.string(), within});
  };
  for (const char* name : {"gpt2-tiny", "gpt2-odd", "llama-tiny", "llama-scaled", "reward-gpt2", "reward-llama"})
    compare(name, DType::F32, "0");
  compare("llama-tiny", DType::F16, "0.0005");
  compare("gpt2-tiny", DType::BF16, "0.004");
  CHECK(pythonAgrees("same_in_transformers.py", arguments));
}

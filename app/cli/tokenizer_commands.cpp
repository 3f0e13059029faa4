#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "error.h"
#include "formats/file_lock.h"
#include "formats/files.h"
#include "formats/model_folder.h"
#include "text/chat_template.h"

#include <climits>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

int train(const Arguments& arguments) {
  const int wanted = int(arguments.whole("vocab", 0, 1, 10'000'000));
  const std::filesystem::path out = outOf(arguments);
  std::vector<std::filesystem::path> files(arguments.operands().begin(), arguments.operands().end());
  const FileLock lock = lockFolder(out);
  AtomicFolder folder(out);
  std::shared_ptr<const Tokenizer> tokenizer;
  {
    Progress progress;
    tokenizer = Tokenizer::trainBytePairs(files, wanted, [&](int done, int total) {
      if (total == 0) return true;
      progress.show(double(done) / total, "Merging pairs: " + grouped(done) + " of " + grouped(total));
      return true;
    });
  }
  if (arguments.has("chat")) tokenizer = withAttuneTemplate(tokenizer);
  tokenizer->save(folder.path());
  folder.commit();
  if (arguments.json())
    printJson({{"out", out.string()}, {"vocab_size", tokenizer->size()}, {"hash", tokenizer->hash()}});
  else {
    print("Wrote " + out.string() + ": " + grouped(tokenizer->size()) + " tokens.\n");
    if (tokenizer->size() < wanted)
      tell("The files hold no further pair that occurs twice, so there are fewer tokens than the " + grouped(wanted) +
           " asked for.");
  }
  return 0;
}

// A folder with a tokenizer need not hold a model.
std::shared_ptr<const Tokenizer> tokenizerOf(const Arguments& arguments) {
  const std::filesystem::path given = arguments.text("model");
  return requireTokenizer(Tokenizer::isIn(given) ? given : resolveModelPath(given),
                          "give --model a folder that has one");
}

int encode(const Arguments& arguments) {
  const auto tokenizer = tokenizerOf(arguments);
  const std::vector<int32_t> ids = tokenizer->encode(readInput(), SpecialTokens::Recognise);
  if (arguments.json()) {
    printJson({{"ids", ids}});
    return 0;
  }
  std::string line;
  for (const int32_t id : ids) line += (line.empty() ? "" : " ") + std::to_string(id);
  print(line + "\n");
  return 0;
}

int decode(const Arguments& arguments) {
  const std::vector<int32_t> ids = parseIds(arguments, arguments.operands(), "ID");
  const auto tokenizer = tokenizerOf(arguments);
  const std::string text = tokenizer->decode(ids);
  if (arguments.json())
    printJson({{"text", text}});
  else
    print(text + (outputIsTerminal() && !text.ends_with('\n') ? "\n" : ""));
  return 0;
}

Option tokenizerModelOption() {
  return {"model", "DIR", "a model folder, a checkpoint, a run, or a tokenizer's folder", "", false, true};
}

} // namespace

std::vector<Command> tokenizerCommands() {
  return {
      {"tokenizer train",
       "Learns a byte-level BPE vocabulary from text files: end-of-text, the 256 bytes, then merges.",
       "FILE...",
       1,
       INT_MAX,
       {{"vocab", "N", "how many tokens; 257 or fewer gives bytes and end-of-text alone", "", false, true},
        {"out", "DIR", "the folder to write", "", false, true},
        {"chat", "", "with Attune's chat template and its three role tokens, for text that holds chat logs"}},
       train},
      {"tokenizer encode",
       "Gives the token ids of the text on standard input, any bytes, special tokens recognised.",
       "",
       0,
       0,
       {tokenizerModelOption()},
       encode},
      {"tokenizer decode",
       "Gives the text of token ids, byte for byte.",
       "ID...",
       1,
       INT_MAX,
       {tokenizerModelOption()},
       decode},
  };
}

} // namespace attune::cli

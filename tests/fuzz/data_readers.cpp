#include "data/data_file.h"
#include "data/examples.h"
#include "data/pretrain_data.h"
#include "data/sft_data.h"
#include "error.h"
#include "readers.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <nlohmann/json.hpp>
#include <zlib.h>

namespace attune::fuzz {

namespace {

const char* const lines =
    R"({"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Nora."}]}
{"prompt": "Where?", "completion": "At sea."}
{"prompt": [{"role": "user", "content": "When?"}], "completion": [{"role": "assistant", "content": "Now."}]}
{"prompt": "Which?", "chosen": "This.", "rejected": "That."}
{"prompt": [{"role": "user", "content": "Which?"}], "completions": [[{"role": "assistant", "content": "a"}], [{"role": "assistant", "content": "b"}]], "ranks": [1, 2]}
{"prompt": "Why?", "completions": ["x", "y", "z"], "ranks": [1, 2, 2]}
{"prompt": "How?"}
{"text": "The ferry waits."}
{"chosen": "\n\nHuman: Hi\n\nAssistant: Hello", "rejected": "\n\nHuman: Hi\n\nAssistant: Go"}
{"instruction": "Add", "input": "1 2", "output": "3"}
{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}
{"question_id": 81, "category": "writing", "turns": ["One?", "Two?"]}
{"id": "seed_task_0", "name": "n", "instruction": "Say", "instances": [{"input": "", "output": "yes"}], "is_classification": false}
)";

const char* const tree =
    R"({"message_tree_id": "a", "tree_state": "ready", "prompt": {"message_id": "a", "text": "Who?", "role": "prompter", "lang": "en", "rank": null, "replies": [{"message_id": "b", "text": "Nora.", "role": "assistant", "rank": 0, "replies": []}, {"message_id": "c", "text": "Nobody.", "role": "assistant", "rank": 1, "replies": [{"message_id": "d", "text": "Really?", "role": "prompter", "replies": []}]}]}}
)";

std::string gzipped(const std::string& bytes) {
  std::string out(bytes.size() + 200, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = uInt(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Every record as its own good line, so that one file's seeds cover every shape.
std::vector<std::vector<GoodFile>> exampleSeeds() {
  std::vector<std::vector<GoodFile>> seeds{{{"a.jsonl", lines, Kind::JsonLines}},
                                           {{"tree.jsonl", tree, Kind::JsonLines}},
                                           {{"b.jsonl.gz", gzipped(lines), Kind::Bytes}},
                                           {{"c.tsv", "Hi\tHello\nWho?\tNora\n", Kind::Text}},
                                           {{"d.txt", "Who waits?\nFor whom?\n", Kind::Text}}};
  Json list = Json::array();
  for (std::string text = lines; !text.empty(); text.erase(0, text.find('\n') + 1)) {
    const std::string line = text.substr(0, text.find('\n') + 1);
    if (line.find("\"instruction\": \"Add\"") != line.npos) list.push_back(Json::parse(line));
    seeds.push_back({{"one.jsonl", line, Kind::JsonLines}});
  }
  seeds.push_back({{"e.json", list.dump(1), Kind::Json}});
  return seeds;
}

Path onlyFile(const Path& folder) { return std::filesystem::directory_iterator(folder)->path(); }

const std::shared_ptr<const Tokenizer>& chatTokenizer() {
  static const auto one = withAttuneTemplate(Tokenizer::trainBytePairsOnText("the ferry waits for the hen", 260));
  return one;
}

void readExampleFile(const Path& folder, const Path&) {
  const Path file = onlyFile(folder);
  const Examples examples = readExamples(file);
  for (const auto& one : examples.demonstrations) toJson(one);
  for (const auto& one : examples.prompts) toJson(one);
  for (const auto& one : examples.rankings) {
    toJson(one);
    pairsOf(one);
  }
  examples.allPrompts();
  if (examples.demonstrations.empty()) return;
  constexpr int context = 200;
  const HeldOut heldOut{{}, examples.demonstrations.size() > 4 ? 0.3 : 0};
  const SftData data = SftData::load(std::span(&file, 1), chatTokenizer(), context, heldOut);
  for (const auto& row : data.training())
    if (row.ids.size() != row.isAnswer.size() || row.ids.size() > context + 1)
      throw std::logic_error("a row out of shape");
  if (!data.training().empty()) data.batch(1, 2, 3);
}

void readText(const Path& folder, const Path&) {
  const Path file = onlyFile(folder);
  const PretrainData data = PretrainData::load(std::span(&file, 1), *chatTokenizer(), HeldOut{{}, 0.1});
  if (data.training().size() > 8) data.batch(0, 1, 2, 4);
  if (data.heldOut().size() > 1) evaluationBatches(data.heldOut(), 8, 2);
}

} // namespace

std::vector<Reader> dataReaders() {
  return {{"examples", exampleSeeds(), readExampleFile},
          {"text",
           {{{"a.txt", "The ferry waits.\r\nThe h\xc3\xa9n too.\n", Kind::Text}},
            {{"b.txt.gz", gzipped("The ferry waits."), Kind::Bytes}},
            {{"c.jsonl", "{\"text\": \"The ferry\"}\n{\"text\": \"waits\"}\n", Kind::JsonLines}}},
           readText}};
}

} // namespace attune::fuzz

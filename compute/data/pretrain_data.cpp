#include "data/pretrain_data.h"
#include "data/data_file.h"
#include "error.h"
#include "random.h"
#include "text/tokenizer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace attune {

HeldOut HeldOut::parse(const std::string& text) {
  if (text.empty()) return {};
  double share = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (error != std::errc() || end != text.data() + text.size()) return {std::filesystem::path(text), 0};
  if (!(share >= 0 && share < 1))
    throw Error("The held-out share " + text + " must be at least 0 and below 1, such as 0.1.");
  return {{}, share};
}

std::vector<int32_t> readTokens(std::span<const std::filesystem::path> files, const Tokenizer& tokenizer,
                                std::map<std::string, std::string>* hashes) {
  std::vector<int32_t> tokens;
  const auto add = [&](const std::string& text, const std::string& where) {
    try {
      const std::vector<int32_t> ids = tokenizer.encode(text, SpecialTokens::Recognise);
      tokens.insert(tokens.end(), ids.begin(), ids.end());
    } catch (const Error& error) { // a byte that the vocabulary lacks
      throw Error(where + ": " + error.what());
    }
  };
  const auto end = [&] {
    if (tokenizer.eos() && !tokens.empty() && tokens.back() != *tokenizer.eos()) tokens.push_back(*tokenizer.eos());
  };
  if (files.empty()) throw Error("Training needs at least one data file.");
  for (const std::filesystem::path& path : files) {
    const DataFile file = readDataFile(path);
    if (hashes) (*hashes)[path.string()] = file.sha256;
    if (file.layout == DataLayout::Text || file.layout == DataLayout::TabSeparated) {
      end();
      add(file.text, path.string());
    } else {
      forEachRecord(file, [&](const Json& record, const std::string& where) {
        const JsonFields fields(record, where);
        if (!fields.has("text"))
          throw Error(where + " has no \"text\", which pre-training reads; fine-tune (sft) on messages or prompt and "
                              "completion instead.");
        end();
        add(fields.text("text"), where);
      });
      end();
    }
  }
  return tokens;
}

PretrainData PretrainData::load(std::span<const std::filesystem::path> files, const Tokenizer& tokenizer,
                                const HeldOut& heldOut) {
  PretrainData data;
  data.training_ = readTokens(files, tokenizer, &data.hashes_);
  if (heldOut.file) {
    data.heldOut_ = readTokens(std::span(&*heldOut.file, 1), tokenizer, &data.hashes_);
  } else if (heldOut.share > 0) {
    const size_t kept = size_t(double(data.training_.size()) * (1 - heldOut.share));
    data.heldOut_.assign(data.training_.begin() + kept, data.training_.end());
    data.training_.resize(kept);
  }
  return data;
}

Batch PretrainData::batch(uint64_t seed, uint64_t index, int rows, int length) const {
  if (training_.size() < size_t(length) + 1)
    throw Error("The training data has " + std::to_string(training_.size()) +
                " tokens, but a window of the context needs " + std::to_string(length + 1) +
                "; choose more text or a shorter context.");
  Batch batch{rows, length, {}, {}, std::vector<float>(size_t(rows) * length, 1.0f)};
  const Random random(seed, RandomStream::Data, index);
  for (int row = 0; row < rows; ++row) {
    const auto begin = training_.begin() + ptrdiff_t(random.below(training_.size() - length, row));
    batch.ids.insert(batch.ids.end(), begin, begin + length);
    batch.targets.insert(batch.targets.end(), begin + 1, begin + length + 1);
  }
  return batch;
}

std::vector<Batch> evaluationBatches(std::span<const int32_t> tokens, int context, int rows) {
  if (context < 2)
    throw Error("Evaluation needs a context of at least 2 tokens, found " + std::to_string(context) + ".");
  if (tokens.size() < 2)
    throw Error("Evaluation needs at least 2 tokens of text, found " + std::to_string(tokens.size()) + ".");
  const size_t length = size_t(context) - 1;
  const size_t windows = tokens.size() / context + (tokens.size() % context > 1 ? 1 : 0);
  rows = int(std::min(size_t(std::max(rows, 1)), windows));
  std::vector<Batch> batches;
  for (size_t first = 0; first < windows; first += rows) {
    Batch batch{rows, int(length), std::vector<int32_t>(rows * length), std::vector<int32_t>(rows * length),
                std::vector<float>(rows * length)};
    for (size_t row = 0; row < size_t(rows) && first + row < windows; ++row) {
      const size_t begin = (first + row) * context, count = std::min(length, tokens.size() - begin - 1);
      for (size_t i = 0; i < count; ++i) {
        batch.ids[row * length + i] = tokens[begin + i];
        batch.targets[row * length + i] = tokens[begin + i + 1];
        batch.weights[row * length + i] = 1;
      }
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

} // namespace attune

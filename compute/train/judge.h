// Who says what replies are worth: a reward model with its shift, or a rule. It reads prompt and reply as text, by its
// own tokenizer and template, so it can judge the replies of any model.
#pragma once

#include "text/chat_template.h"
#include "text/tokenizer.h"
#include "train/rule.h"
#include "train/score_passes.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <span>

namespace attune {

class Judge {
public:
  struct Reading {
    std::vector<Message> prompt; // ends with the user's message
    std::string reply;
  };

  // A file is a rule, all else a reward model's folder, checkpoint or run, loaded onto the device. Throws Error: no
  // reward model, no tokenizer, a malformed rule.
  Judge(const std::shared_ptr<vulkan::Device>& device, const std::filesystem::path& path);
  explicit Judge(std::shared_ptr<const Rule> rule);
  // A reward model that is on the device already, and lies in `folder`.
  Judge(const std::filesystem::path& folder, std::shared_ptr<Model> model, std::shared_ptr<const Tokenizer> tokenizer);

  bool isRule() const { return rule_ != nullptr; }

  // One score a reading. `go`, asked before each pass, ends it by returning false: the scores so far come back. Throws
  // Error: more tokens than the reward model reads, a score that is no number.
  std::vector<double> scores(std::span<const Reading> readings, const std::function<bool()>& go = {});

private:
  void take(const std::filesystem::path& folder, std::shared_ptr<Model> model,
            std::shared_ptr<const Tokenizer> tokenizer);
  std::vector<int32_t> rowOf(const Reading& reading) const;

  std::shared_ptr<const Rule> rule_;
  std::filesystem::path folder_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::optional<ChatTemplate> chat_;
  std::optional<ScorePasses> passes_;
  int64_t context_ = 0;
  double shift_ = 0;
};

} // namespace attune

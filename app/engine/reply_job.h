// One reply (or K answers) on the worker's thread: prompt, generation, and the tokens handed over as they come.
#pragma once

#include "engine/engine_worker.h"
#include <mutex>
#include <optional>

namespace attune {

// What the worker has made and the window has not taken yet. The window looks here at its own pace.
class ReplyStream {
public:
  void put(ReplyPiece piece);
  std::vector<ReplyPiece> take();

private:
  std::mutex mutex;
  std::vector<ReplyPiece> waiting;
};

// Runs until the reply ends or `interrupt` says so; `started` is called before the first token. Throws Error.
ReplyEnd runReply(LoadedModel& model, const ReplyRequest& request, const Interrupt& interrupt, ReplyStream& stream,
                  const std::function<void(const ReplyStart&)>& started);

// Compiles and records what the first words of a reply need.
void warmUp(LoadedModel& model, const Interrupt& interrupt);

} // namespace attune

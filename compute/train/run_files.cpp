#include "train/run_files.h"

#include "data/pretrain_data.h"
#include "error.h"
#include "formats/files.h"
#include "formats/json.h"
#include "formats/line_log.h"
#include "formats/unfinished.h"
#include "train/run_settings.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace attune {

namespace fs = std::filesystem;

fs::path wholePath(const fs::path& path) { return fs::absolute(path).lexically_normal(); }

RunSettings withWholePaths(RunSettings s) {
  const auto whole = [](fs::path& path) {
    if (!path.empty()) path = wholePath(path);
  };
  whole(s.model);
  for (fs::path& file : s.data) whole(file);
  if (const HeldOut heldOut = HeldOut::parse(s.heldOut); heldOut.file) s.heldOut = wholePath(*heldOut.file).string();
  whole(s.reward.demonstrations);
  whole(s.ppo.reward);
  whole(s.ppo.gold);
  for (fs::path& file : s.ppo.pretrainData) whole(file);
  return s;
}

fs::path pauseFile(const fs::path& run) { return run / "pause.request"; }

MadeParents::MadeParents(const fs::path& run) {
  std::error_code error;
  for (fs::path parent = run.parent_path(); !parent.empty() && !fs::exists(parent, error);
       parent = parent.parent_path())
    made_.push_back(parent);
}

MadeParents::~MadeParents() {
  std::error_code notEmpty;
  for (const fs::path& folder : made_)
    if (!fs::remove(folder, notEmpty)) return;
}

void createRunFolder(const fs::path& run, const Json& description) {
  std::error_code error;
  if (fs::exists(run, error) && !fs::is_directory(run, error))
    throw Error(run.string() + " is a file, but a folder for the run is to be made there; choose another name");
  removeLeftovers(run);
  if (fs::exists(run, error) && !fs::is_empty(run, error))
    throw Error(run.string() +
                " exists and is not empty; choose another folder for the run, or resume it with: attune-cli resume " +
                run.string());
  const bool made = fs::create_directories(run, error);
  if (error) throw Error(run.string() + " cannot be made: " + reasonOf(error.value()));
  try {
    writeJson(run / "run.json", description);
  } catch (const Error&) {
    if (made) fs::remove(run, error);
    throw;
  }
}

std::string checkBeforeResuming(const fs::path& run, const Json& description, const fs::path& model,
                                const std::string& modelHash, const std::map<std::string, std::string>& hashes) {
  removeLeftovers(run);
  removeLeftovers(run / "checkpoints");
  const JsonFields lineage = JsonFields(description, (run / "run.json").string()).object("lineage");
  const std::string modelWas = lineage.text("model_sha256", "");
  if (!model.empty() && modelWas != modelHash)
    throw Error(model.string() + " has changed since the run began; put the old model back, or start a new run");
  const JsonFields recorded = lineage.object("data");
  for (const auto& [file, hash] : hashes)
    if (recorded.text(file.c_str(), hash) != hash)
      throw Error(file + " has changed since the run began; put the old file back, or start a new run");
  return modelWas;
}

void cutToLines(const fs::path& file, int64_t lines) {
  LineLog log(file);
  std::ifstream in(file, std::ios::binary);
  uint64_t bytes = 0;
  std::string line;
  for (int64_t i = 0; i < lines; ++i) {
    if (!std::getline(in, line))
      throw Error(file.string() + " has fewer lines than the checkpoint noted (" + std::to_string(lines) +
                  "); it was changed after the run stopped");
    bytes += line.size() + 1;
  }
  log.cutTo(bytes);
}

double wallClock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double secondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace attune

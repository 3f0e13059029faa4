#include "formats/lineage.h"
#include "formats/json.h"

#include <nlohmann/json.hpp>

namespace attune {

namespace {

constexpr const char* fileName = "attune.json";

} // namespace

Lineage readLineage(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / fileName;
  Lineage lineage;
  if (!std::filesystem::exists(file)) return lineage;
  const Json json = readJson(file);
  const JsonFields fields(json, file.string());
  lineage.createdBy = fields.text("created_by", "");
  lineage.job = fields.text("job", "");
  lineage.run = fields.text("run", "");
  lineage.device = fields.text("device", "");
  if (fields.has("parents"))
    for (const Json& item : fields.array("parents")) {
      const JsonFields parent(item, file.string() + ": parents");
      lineage.parents.push_back({parent.text("path", ""), parent.text("sha256", ""), parent.text("role", "")});
    }
  if (fields.has("data")) {
    const JsonFields data = fields.object("data");
    for (const auto& [name, hash] : data.json().items()) lineage.data[name] = data.text(name.c_str());
  }
  if (fields.has("seed")) {
    if (!fields.at("seed").is_number_integer()) fields.fail("seed", "must be a whole number.");
    lineage.seed = fields.at("seed").get<uint64_t>();
  }
  if (fields.has("step")) lineage.step = fields.integer("step");
  if (fields.has("reward_shift")) lineage.rewardShift = fields.number("reward_shift");
  return lineage;
}

void writeLineage(const std::filesystem::path& folder, const Lineage& lineage) {
  Json json = {
      {"created_by", lineage.createdBy}, {"job", lineage.job},      {"run", lineage.run}, {"data", lineage.data},
      {"device", lineage.device},        {"parents", Json::array()}};
  for (const auto& parent : lineage.parents)
    json["parents"].push_back({{"path", parent.path}, {"sha256", parent.sha256}, {"role", parent.role}});
  if (lineage.seed) json["seed"] = *lineage.seed;
  if (lineage.step) json["step"] = *lineage.step;
  if (lineage.rewardShift) json["reward_shift"] = *lineage.rewardShift;
  writeJson(folder / fileName, json);
}

} // namespace attune

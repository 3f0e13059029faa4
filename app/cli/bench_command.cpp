#include "bench/matmul_bench.h"
#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "formats/json.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

// The program that measures PyTorch beside us; where the source is not at hand, ours alone is measured.
std::string peerScript() {
  std::error_code error;
  return std::filesystem::exists(ATTUNE_BENCH_PEER, error) ? ATTUNE_BENCH_PEER : "";
}

int bench(const Arguments& arguments) {
  const auto device = openDevice(arguments);
  tell("Measuring the matrix product on " + device->info().name + " …");
  const Json results = runMatmulBench(*device, peerScript());
  writeJson(outOf(arguments), results);
  if (arguments.json()) {
    printJson({{"out", arguments.text("out")}, {"results", results}});
    return 0;
  }
  for (const Json& one : results) {
    std::string line = one["name"].get<std::string>();
    line.resize(std::max<size_t>(line.size() + 2, 40), ' ');
    line += rounded(one["value"].get<double>(), 4) + " " + one["unit"].get<std::string>();
    if (one["peer"].is_number())
      line += ", PyTorch " + rounded(one["peer"].get<double>(), 4) + " (" +
              rounded(one["value"].get<double>() / one["peer"].get<double>(), 2) + " x)";
    print(line + "\n");
  }
  return 0;
}

} // namespace

std::vector<Command> benchCommands() {
  return {{"bench",
           "Measures the engine on this machine, beside PyTorch where Python has it.",
           "",
           0,
           0,
           {{"out", "FILE", "the JSON file to write: a list of name, device, value, unit, peer", "", false, true}},
           bench}};
}

} // namespace attune::cli

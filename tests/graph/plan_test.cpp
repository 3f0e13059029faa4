#include "catch.h"
#include "graph/plan.h"
#include "graph/recorder.h"
#include "ops/add.h"
#include "run_graph.h"

using namespace attune;
using namespace attune::test;

TEST_CASE("tensors that live at different times share memory, others never overlap") {
  Graph graph;
  const Tensor x = graph.external("x", {1000});
  Tensor y = x;
  std::vector<Tensor> all;
  for (int i = 0; i < 10; ++i) all.push_back(y = add(graph, y, x));
  graph.keep(y);
  const Plan plan(graph);
  CHECK(plan.order().size() == 10);
  CHECK(plan.bytes() == 2 * 4096); // what is read and what is written
  for (size_t i = 1; i < all.size(); ++i) CHECK(plan.offset(all[i]) != plan.offset(all[i - 1]));
}

TEST_CASE("nodes that nothing needs are left out") {
  Graph graph;
  const Tensor x = graph.external("x", {8});
  const Tensor used = add(graph, x, x);
  add(graph, used, x);
  graph.keep(used);
  CHECK(Plan(graph).order() == std::vector<int>{0});
}

TEST_CASE("a kept tensor survives to the end") {
  const auto results = runGraph(
      [](Graph& g) {
        const Tensor x = g.external("x", {8});
        const Tensor kept = add(g, x, x);
        Tensor y = kept;
        for (int i = 0; i < 5; ++i) y = add(g, y, x);
        return std::vector<Tensor>{kept, y};
      },
      {{"x", std::vector<float>(8, 1.0f)}});
  CHECK(results[0] == std::vector<float>(8, 2.0f));
  CHECK(results[1] == std::vector<float>(8, 7.0f));
}

TEST_CASE("a missing or too small binding is named") {
  Graph graph;
  const Tensor y = add(graph, graph.external("alpha", {64}), graph.external("beta", {64}));
  graph.keep(y);
  std::shared_ptr<vulkan::Buffer> arena;
  const auto buffer = device()->allocate(256, vulkan::Memory::Device, "test");
  CHECK_THROWS_WITH(Executable(*device(), std::move(graph), {{"alpha", {buffer.get(), 0, 256}}}, arena), Contains("'beta'"));
  Graph again;
  again.keep(add(again, again.external("alpha", {65}), again.external("beta", {65})));
  const vulkan::Slice tooSmall{buffer.get(), 0, 256};
  CHECK_THROWS_WITH(Executable(*device(), std::move(again), {{"alpha", tooSmall}, {"beta", tooSmall}}, arena), Contains("beta'") && Contains("[65]"));
}

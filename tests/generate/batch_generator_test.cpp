#include "generate/batch_generator.h"

#include "catch.h"
#include "generate/generator.h"
#include "golden.h"
#include "vulkan/device.h"

using namespace attune;
using namespace attune::test;

TEST_CASE("several replies to several prompts at once are those that each prompt gets alone") {
  const std::shared_ptr<Model> model = Model::load(vulkan::Device::open(), golden("gpt2-tiny"));
  const int32_t stop = 7;
  BatchRequest request;
  request.prompts = {{3, 14, 15, 9, 2}, {6}, {5, 35, 8}};
  request.seeds = {11, 12, 11};
  request.maxTokens = 12;
  request.replies = 3;
  request.stopIds = {stop};
  BatchGenerator batch(model);
  const std::vector<BatchReply> all = batch.generate(request);
  REQUIRE(all.size() == 9);
  Generator generator(model);
  for (size_t p = 0; p < request.prompts.size(); ++p) {
    GenerateRequest one;
    one.prompt = request.prompts[p];
    one.maxTokens = request.maxTokens;
    one.seed = request.seeds[p];
    one.stopIds = request.stopIds;
    one.replies = request.replies;
    const std::vector<Reply> replies = generator.generate(one);
    for (size_t r = 0; r < replies.size(); ++r) {
      std::vector<int32_t> ids = replies[r].ids;
      if (replies[r].finish == Finish::Stop) ids.push_back(stop);
      CHECK(all[3 * p + r].ids == ids);
      CHECK(all[3 * p + r].ended == (replies[r].finish == Finish::Stop));
    }
  }
  CHECK(all[0].ids != all[1].ids);
  // Another batch through the same cache, and again the first.
  BatchRequest other = request;
  std::swap(other.prompts[0], other.prompts[1]);
  batch.generate(other);
  const std::vector<BatchReply> again = batch.generate(request);
  for (size_t i = 0; i < all.size(); ++i) CHECK(again[i].ids == all[i].ids);
}

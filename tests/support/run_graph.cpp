#include "run_graph.h"

#include "random.h"

#include <cmath>
#include <cstring>

namespace attune::test {

std::shared_ptr<vulkan::Device> device() {
  static const std::shared_ptr<vulkan::Device> shared = vulkan::Device::open();
  return shared;
}

std::vector<float> ints(const std::vector<int32_t>& values) {
  std::vector<float> bits(values.size());
  std::memcpy(bits.data(), values.data(), values.size() * 4);
  return bits;
}

std::vector<float> randomValues(size_t count, uint64_t seed, double deviation) {
  std::vector<float> values(count);
  const Random random(seed, RandomStream::Weights);
  for (size_t i = 0; i < count; ++i) values[i] = float(deviation * random.normal(i));
  return values;
}

std::vector<std::vector<float>> runGraph(const std::function<std::vector<Tensor>(Graph&)>& build, const Values& values, Values* after) {
  Graph graph;
  const std::vector<Tensor> outputs = build(graph);
  for (Tensor output : outputs) graph.keep(output);
  std::map<std::string, std::unique_ptr<vulkan::Buffer>> buffers;
  Bindings bindings;
  for (int id = 0; id < graph.tensorCount(); ++id) {
    const GraphTensor& info = graph.info({id});
    if (info.storage != Storage::External) continue;
    const uint64_t bytes = (uint64_t(elementCount(info.shape)) * 4 + 255) / 256 * 256;
    auto& buffer = buffers[info.name] = device()->allocate(bytes, vulkan::Memory::Device, info.name);
    bindings[info.name] = {buffer.get(), 0, bytes};
    const auto found = values.find(info.name);
    if (found != values.end())
      device()->upload({buffer.get(), 0, found->second.size() * 4}, std::as_bytes(std::span(found->second)));
  }
  std::shared_ptr<vulkan::Buffer> arena;
  const Executable executable(*device(), std::move(graph), bindings, arena);
  const_cast<Executable&>(executable).submit();
  std::vector<std::vector<float>> results;
  for (Tensor output : outputs) results.push_back(executable.read(output));
  if (after)
    for (const auto& [name, buffer] : buffers) {
      std::vector<float>& to = (*after)[name];
      to.resize(buffer->size() / 4);
      device()->download({buffer.get(), 0, buffer->size()}, std::as_writable_bytes(std::span(to)));
    }
  return results;
}

namespace {
template <class B>
double normError(const std::vector<float>& a, const std::vector<B>& b) {
  if (a.size() < b.size()) return INFINITY;
  double difference = 0, norm = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += (double(a[i]) - double(b[i])) * (double(a[i]) - double(b[i]));
    norm += double(b[i]) * double(b[i]);
  }
  return std::isnan(difference) ? INFINITY : std::sqrt(difference) / std::max(std::sqrt(norm), 1e-30);
}
} // namespace

double relativeError(const std::vector<float>& a, const std::vector<double>& b) { return normError(a, b); }
double relativeError(const std::vector<float>& a, const std::vector<float>& b) { return normError(a, b); }

double gradientError(const std::function<Tensor(Graph&)>& loss, const Values& values, const std::vector<std::string>& wanted,
                     const std::function<double(const std::map<std::string, std::vector<double>>&)>& reference) {
  std::map<std::string, std::vector<double>> point;
  for (const auto& [name, v] : values) point[name].assign(v.begin(), v.end());
  Values after;
  const auto result = runGraph(
      [&](Graph& graph) {
        const Tensor l = loss(graph);
        Accumulators accumulators;
        for (const std::string& name : wanted)
          for (int id = 0, end = graph.tensorCount(); id < end; ++id)
            if (graph.info({id}).name == name && graph.info({id}).storage == Storage::External) {
              const Shape shape = graph.shape({id});
              accumulators[name] = graph.external(name + ".gradient", shape);
            }
        differentiate(graph, l, accumulators);
        return std::vector<Tensor>{l};
      },
      values, &after);
  // A loss is a sum in which terms cancel: its error is measured against 1 at least.
  double worst = std::abs(result[0][0] - reference(point)) / std::max(std::abs(reference(point)), 1.0);
  for (const std::string& name : wanted) {
    std::vector<double> numeric(values.at(name).size());
    for (size_t i = 0; i < numeric.size(); ++i) {
      const double here = point[name][i], step = 1e-5;
      point[name][i] = here + step;
      const double up = reference(point);
      point[name][i] = here - step;
      numeric[i] = (up - reference(point)) / (2 * step);
      point[name][i] = here;
    }
    worst = std::max(worst, relativeError(after.at(name + ".gradient"), numeric));
  }
  return worst;
}

} // namespace attune::test

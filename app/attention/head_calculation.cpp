#include "attention/head_calculation.h"

#include "widgets/plot_axis.h"

#include <algorithm>
#include <cmath>

namespace attune {

namespace {

QString number(double value, int decimals) {
  if (std::abs(value) < 0.5 * std::pow(10, -decimals)) value = 0; // no −0.00
  QString text = QString::number(value, 'f', decimals);
  text.replace(u'-', QChar(0x2212));
  return text;
}

double dotOf(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i++) sum += double(a[i]) * b[i];
  return sum;
}

std::vector<double> doubles(const std::vector<float>& from) { return {from.begin(), from.end()}; }

} // namespace

int HeadCalculation::rank() const {
  return 1 + int(std::count_if(row.begin(), row.end(), [&](double w) { return w > weight * (1 + 1e-12); }));
}

HeadCalculation calculateHead(const AttentionData& data, int layer, int head, int query, int key) {
  HeadCalculation c;
  c.query = query;
  c.key = key;
  c.q = data.numbers->query(layer, head, query);
  c.k = data.numbers->key(layer, head, key);
  c.v = data.numbers->value(layer, head, key);
  c.root = std::sqrt(double(data.headSize));
  c.products.resize(c.q.size());
  for (std::size_t i = 0; i < c.q.size(); i++) c.products[i] = double(c.q[i]) * c.k[i];
  c.dot = dotOf(c.q, c.k);
  c.scaled = c.dot / c.root;
  c.hidden = data.causal && key > query;
  const int reach = data.causal ? query + 1 : data.places();
  c.row.resize(std::size_t(reach));
  for (int j = 0; j < reach; j++) c.row[std::size_t(j)] = dotOf(c.q, data.numbers->key(layer, head, j)) / c.root;
  c.largest = *std::max_element(c.row.begin(), c.row.end());
  c.denominator = 0;
  for (double& score : c.row) c.denominator += score = std::exp(score - c.largest);
  for (double& score : c.row) score /= c.denominator;
  c.output.assign(c.v.size(), 0);
  for (int j = 0; j < reach; j++) {
    const auto value = data.numbers->value(layer, head, j);
    for (std::size_t i = 0; i < value.size(); i++) c.output[i] += c.row[std::size_t(j)] * value[i];
  }
  if (c.hidden) return c;
  c.exponential = std::exp(c.scaled - c.largest);
  c.weight = c.row[std::size_t(key)];
  return c;
}

QString weightNumber(double weight) {
  return weight > 0 && weight < 0.00005 ? plainNumber(weight, 2) : QString::number(weight, 'f', 4);
}

QString elidedVector(const std::vector<double>& numbers, int shown) {
  QString text = QStringLiteral("[");
  const int count = int(numbers.size());
  for (int i = 0; i < count; i++) {
    if (count > shown && i == shown - 1) {
      text += QStringLiteral("… ");
      i = count - 1;
    }
    text += number(numbers[std::size_t(i)], 2) + (i + 1 < count ? QStringLiteral(" ") : QString());
  }
  return text + u']';
}

std::vector<CalculationLine> calculationLines(const HeadCalculation& c, const AttentionData& data) {
  const QString reader = shownToken(data.tokens[c.query]), read = shownToken(data.tokens[c.key]);
  std::vector<CalculationLine> lines{
      {QStringLiteral("q of %1").arg(reader), elidedVector(doubles(c.q))},
      {QStringLiteral("k of %1").arg(read), elidedVector(doubles(c.k))},
      {QStringLiteral("q × k, each"), elidedVector(c.products)},
      {QStringLiteral("q · k, their sum"), number(c.dot, 2)},
      {QStringLiteral("÷ √%1 = %2").arg(data.headSize).arg(number(c.root, c.root == std::round(c.root) ? 0 : 2)),
       number(c.scaled, 2)},
  };
  if (c.hidden) {
    lines.push_back({QStringLiteral("comes later"), QStringLiteral("hidden by the mask"), true});
  } else {
    const auto small = [](double value) { return value >= 0.001 ? number(value, 3) : plainNumber(value, 2); };
    lines.push_back({QStringLiteral("row’s largest"), number(c.largest, 2)});
    lines.push_back(
        {QStringLiteral("e^(%1 − %2)").arg(number(c.scaled, 2), number(c.largest, 2)), small(c.exponential)});
    lines.push_back({QStringLiteral("sum over %1").arg(c.row.size()), number(c.denominator, 3)});
    lines.push_back(
        {QStringLiteral("%1 ÷ %2").arg(small(c.exponential), number(c.denominator, 3)), weightNumber(c.weight), true});
    lines.push_back({QStringLiteral("v of %1").arg(read), elidedVector(doubles(c.v))});
    std::vector<double> part;
    for (float value : c.v) part.push_back(c.weight * value);
    lines.push_back({QStringLiteral("%1 × v").arg(weightNumber(c.weight)), elidedVector(part)});
  }
  lines.push_back({QStringLiteral("Σ weight × v"), elidedVector(c.output), true});
  return lines;
}

} // namespace attune

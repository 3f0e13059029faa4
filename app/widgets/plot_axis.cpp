#include "widgets/plot_axis.h"

#include <algorithm>
#include <cmath>

namespace attune {

namespace {

double niceStep(double raw) {
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power * (1 + 1e-9)) return factor * power;
  return 10 * power;
}

QString withMinus(QString text) {
  text.replace(u'-', QChar(0x2212));
  return text;
}

QString grouped(double value, int decimals) {
  QString text = QString::number(std::abs(value), 'f', decimals);
  const int point = text.indexOf(u'.');
  for (int i = (point < 0 ? text.size() : point) - 3; i > 0; i -= 3) text.insert(i, u',');
  return value < 0 ? QChar(0x2212) + text : text;
}

QString exponential(double value, int decimals) {
  QString text = QString::number(value, 'e', decimals);
  const int e = text.indexOf(u'e');
  QString mantissa = text.left(e);
  if (mantissa.contains(u'.')) {
    while (mantissa.endsWith(u'0')) mantissa.chop(1);
    if (mantissa.endsWith(u'.')) mantissa.chop(1);
  }
  return withMinus(mantissa + u'e' + QString::number(text.mid(e + 1).toInt()));
}

} // namespace

QString axisNumber(double value, double step) {
  if (std::abs(value) < step * 1e-9) return QStringLiteral("0");
  if (std::abs(step) >= 1e7 || std::abs(step) < 1e-4)
    return exponential(value, std::max(0, int(std::floor(std::log10(std::abs(value))) - std::floor(std::log10(step)))));
  const int decimals = std::max(0, int(-std::floor(std::log10(step) + 1e-9)));
  QString text = grouped(value, decimals);
  if (decimals > 0)
    while (text.endsWith(u'0')) text.chop(1);
  if (text.endsWith(u'.')) text.chop(1);
  return text;
}

QString shortNumber(double value) {
  if (value == std::round(value) && std::abs(value) < 1e9) return grouped(value, 0);
  const QString text = QString::number(value, 'g', 6);
  return text.contains(u'e') ? exponential(value, 5) : withMinus(text);
}

QString plainNumber(double value, int digits) {
  if (std::isnan(value)) return QStringLiteral("not a number");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  if (value == 0) return QStringLiteral("0");
  const int magnitude = int(std::floor(std::log10(std::abs(value))));
  if (magnitude < -3 || magnitude > 9) return exponential(value, digits - 1);
  if (value == std::round(value)) return grouped(value, 0);
  return grouped(value, std::max(0, digits - 1 - magnitude));
}

AxisTicks linearTicks(double low, double high, int most, bool wholeNumbers) {
  AxisTicks result;
  if (!(high > low) || most < 1) return result;
  // A range that lies badly between round numbers may hold but one of them: then the next finer step serves.
  for (double wanted = most; result.ticks.size() < 2 && wanted < most * 8.0; wanted *= 1.8) {
    double step = niceStep((high - low) / wanted);
    if (wholeNumbers) step = std::max(1.0, step);
    result.step = step;
    result.ticks.clear();
    const double from = std::ceil(low / step - 1e-9);
    for (double i = from; i * step <= high + step * 1e-9; i++)
      result.ticks.push_back({i * step, axisNumber(i * step, step)});
  }
  return result;
}

AxisTicks logarithmicTicks(double low, double high, int most) {
  AxisTicks result;
  if (!(high > low) || !(low > 0)) return result;
  const int first = int(std::floor(std::log10(low) + 1e-9)), last = int(std::ceil(std::log10(high) - 1e-9));
  const int decades = std::max(1, last - first);
  const int every = std::max(1, (decades + most - 1) / std::max(1, most));
  const std::vector<double> factors = decades * 3 <= most ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
  for (int e = first; e <= last; e += every)
    for (double factor : factors) {
      const double value = factor * std::pow(10, e);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
        result.ticks.push_back({value, axisNumber(value, std::pow(10, e))});
    }
  if (result.ticks.size() < 2) return linearTicks(low, high, most);
  return result;
}

} // namespace attune

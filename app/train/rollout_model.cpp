#include "train/rollout_model.h"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

// With so many decimals; no −0.
QString fixed(double value, int decimals) {
  QString text = QString::number(std::abs(value), 'f', decimals);
  if (value < 0 && text.toDouble() != 0) text.prepend(QChar(0x2212));
  return text;
}

} // namespace

double tokenValue(const RolloutToken& token, TokenColour by) {
  switch (by) {
  case TokenColour::Probability:
    return token.probability;
  case TokenColour::Kl:
    return token.kl;
  case TokenColour::Advantage:
    return token.advantage;
  case TokenColour::Value:
    break;
  }
  return token.value;
}

void RolloutModel::setRollouts(Rollouts rollouts) {
  beginResetModel();
  shown = std::move(rollouts);
  endResetModel();
}

double RolloutModel::range(TokenColour by) const {
  if (by == TokenColour::Probability) return 1;
  std::vector<double> sizes;
  for (const RolloutReply& one : shown.replies)
    for (const RolloutToken& token : one.tokens) sizes.push_back(std::abs(tokenValue(token, by)));
  if (sizes.empty()) return 1;
  const auto place = sizes.begin() + std::ptrdiff_t(double(sizes.size() - 1) * 0.98);
  std::nth_element(sizes.begin(), place, sizes.end());
  // Up to a round number: 1, 2 or 5 times a power of ten.
  const double most = std::max(*place, 1e-3), power = std::pow(10, std::floor(std::log10(most)));
  for (const double step : {1.0, 2.0, 5.0})
    if (most <= step * power) return step * power;
  return 10 * power;
}

QVariant RolloutModel::data(const QModelIndex& index, int role) const {
  const RolloutReply& one = reply(index.row());
  if (role == Qt::TextAlignmentRole)
    return int(index.column() >= Reward ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole && index.column() == Prompt) return QString::fromStdString(one.prompt);
  if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
  switch (index.column()) {
  case Prompt:
    return QString::fromStdString(one.prompt);
  case Reply: {
    std::string text;
    for (const RolloutToken& token : one.tokens) text += token.text;
    return QString::fromStdString(text);
  }
  case Reward:
    return (one.score > 0 ? QStringLiteral("+") : QString()) + fixed(one.score, 2);
  case Kl:
    return fixed(one.kl, 1);
  default:
    return one.ended ? QString::number(one.tokens.size()) : tr("%1, cut").arg(one.tokens.size());
  }
}

QVariant RolloutModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return int(section >= Reward ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  const QString names[] = {tr("Prompt"), tr("Reply"), tr("Reward"), tr("KL"), tr("Tokens")};
  return names[section];
}

} // namespace attune

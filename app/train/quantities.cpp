#include "train/quantities.h"

#include <QCoreApplication>
#include <algorithm>
#include <optional>

namespace attune {
namespace {

// A quantity, and which field of preference training it is, itself and on held-out data.
struct Entry {
  Quantity quantity;
  const char *id, *title;
  std::optional<Measure> measure{}, heldOut{};
};
constexpr Entry entries[] = {
    {Quantity::Loss, "loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Loss, nats a token")},
    {Quantity::Rate, "rate", QT_TRANSLATE_NOOP("attune::RunCurves", "Learning rate")},
    {Quantity::Norm, "norm", QT_TRANSLATE_NOOP("attune::RunCurves", "Gradient norm")},
    {Quantity::Speed, "speed", QT_TRANSLATE_NOOP("attune::RunCurves", "Tokens per second")},
    {Quantity::Perplexity, "perplexity", QT_TRANSLATE_NOOP("attune::RunCurves", "Perplexity")},
    {Quantity::StepTime, "time", QT_TRANSLATE_NOOP("attune::RunCurves", "Seconds a step")},
    {Quantity::Tokens, "tokens", QT_TRANSLATE_NOOP("attune::RunCurves", "Tokens read a step")},
    {Quantity::Reward, "reward", QT_TRANSLATE_NOOP("attune::RunCurves", "Reward"), Measure::Score,
     Measure::HeldOutScore},
    {Quantity::Kl, "kl", QT_TRANSLATE_NOOP("attune::RunCurves", "KL to the reference, nats"), Measure::Kl,
     Measure::HeldOutKl},
    {Quantity::PenalizedReward, "penalized", QT_TRANSLATE_NOOP("attune::RunCurves", "Reward less KL penalty"),
     Measure::Reward, Measure::HeldOutReward},
    {Quantity::Entropy, "entropy", QT_TRANSLATE_NOOP("attune::RunCurves", "Entropy, nats a token"), Measure::Entropy},
    {Quantity::ClipFraction, "clipped", QT_TRANSLATE_NOOP("attune::RunCurves", "Clipped share of tokens"),
     Measure::ClipFraction},
    {Quantity::ApproximateKl, "approximate-kl", QT_TRANSLATE_NOOP("attune::RunCurves", "KL of a step, approximate"),
     Measure::ApproximateKl},
    {Quantity::ExplainedVariance, "explained", QT_TRANSLATE_NOOP("attune::RunCurves", "Explained variance of values"),
     Measure::ExplainedVariance},
    {Quantity::PolicyLoss, "policy-loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Policy loss"), Measure::PolicyLoss},
    {Quantity::ValueLoss, "value-loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Value loss"), Measure::ValueLoss},
    {Quantity::PretrainLoss, "pretrain-loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Pre-training loss"),
     Measure::PretrainLoss},
    {Quantity::Length, "length", QT_TRANSLATE_NOOP("attune::RunCurves", "Reply length, tokens"), Measure::Length},
    {Quantity::Ended, "ended", QT_TRANSLATE_NOOP("attune::RunCurves", "Share of replies that end"), Measure::Ended},
    {Quantity::Episodes, "episodes", QT_TRANSLATE_NOOP("attune::RunCurves", "Episodes a second"), Measure::Episodes},
    {Quantity::KlCoefficient, "kl-coefficient", QT_TRANSLATE_NOOP("attune::RunCurves", "KL coefficient"),
     Measure::KlCoefficient},
    {Quantity::Repetition, "repetition", QT_TRANSLATE_NOOP("attune::RunCurves", "Repeated share of a reply"),
     Measure::Repetition},
    {Quantity::Distinct, "distinct", QT_TRANSLATE_NOOP("attune::RunCurves", "Replies that differ, share"),
     Measure::Distinct},
    {Quantity::Accuracy, "accuracy", QT_TRANSLATE_NOOP("attune::RunCurves", "Accuracy on pairs"), Measure::Accuracy,
     Measure::HeldOutAccuracy},
    {Quantity::Margin, "margin", QT_TRANSLATE_NOOP("attune::RunCurves", "Margin, better less worse"), Measure::Margin,
     Measure::HeldOutMargin},
};

const Entry& entryOf(Quantity quantity) {
  return *std::find_if(std::begin(entries), std::end(entries), [&](const Entry& e) { return e.quantity == quantity; });
}

} // namespace

QString quantityId(Quantity quantity) { return QString::fromLatin1(entryOf(quantity).id); }

QString quantityTitle(Quantity quantity, TrainKind kind) {
  if (quantity == Quantity::Loss && ofRankings(kind))
    return QCoreApplication::translate("attune::RunCurves", "Loss of a pair");
  return QCoreApplication::translate("attune::RunCurves", entryOf(quantity).title);
}

QString plotsOf(TrainKind kind) {
  return kind == TrainKind::Pretrain || kind == TrainKind::Finetune ? QStringLiteral("text") : trainKindName(kind);
}

QList<Quantity> quantitiesOf(TrainKind kind) {
  using Q = Quantity;
  if (kind == TrainKind::Ppo)
    return {Q::Reward,
            Q::Kl,
            Q::PenalizedReward,
            Q::Entropy,
            Q::ClipFraction,
            Q::ApproximateKl,
            Q::PolicyLoss,
            Q::ValueLoss,
            Q::ExplainedVariance,
            Q::Length,
            Q::Ended,
            Q::Rate,
            Q::Episodes,
            Q::KlCoefficient,
            Q::PretrainLoss,
            Q::Repetition,
            Q::Distinct,
            Q::Norm,
            Q::StepTime};
  if (ofRankings(kind)) return {Q::Loss, Q::Accuracy, Q::Margin, Q::Rate, Q::Norm, Q::Speed, Q::StepTime};
  return {Q::Loss, Q::Rate, Q::Norm, Q::Speed, Q::Perplexity, Q::StepTime, Q::Tokens};
}

QList<Quantity> usualPlots(TrainKind kind) {
  using Q = Quantity;
  if (kind == TrainKind::Ppo) return {Q::Reward, Q::Kl, Q::Entropy, Q::ValueLoss};
  if (ofRankings(kind)) return {Q::Loss, Q::Accuracy, Q::Margin, Q::Rate};
  return {Q::Loss, Q::Rate, Q::Norm, Q::Speed};
}

double valueOf(const MetricsRow& row, Quantity quantity) {
  switch (quantity) {
  case Quantity::Loss:
    return row.loss;
  case Quantity::Rate:
    return row.learningRate;
  case Quantity::Norm:
    return row.gradientNorm;
  case Quantity::Speed:
    return row.tokensPerSecond;
  case Quantity::Perplexity:
    return std::exp(row.loss);
  case Quantity::StepTime:
    if (!row.more.empty()) return row.measured(Measure::Seconds);
    return row.tokensPerSecond > 0 ? row.tokens / row.tokensPerSecond : std::nan("");
  case Quantity::Tokens:
    return row.tokens;
  default:
    return row.measured(*entryOf(quantity).measure);
  }
}

Beside besideOf(Quantity quantity, TrainKind kind) {
  switch (quantity) {
  case Quantity::Loss:
    return {kind != TrainKind::Ppo, false, -1};
  case Quantity::Perplexity:
    return {true, false, -1};
  case Quantity::Accuracy:
  case Quantity::Margin:
    return {true, false, 1};
  case Quantity::Reward:
    return {true, true, 0};
  case Quantity::Kl:
    return {true, false, 0};
  case Quantity::PenalizedReward:
    return {true, false, 1}; // what the best checkpoint is chosen by
  default:
    return {};
  }
}

double heldOutOf(const MetricsRow& row, Quantity quantity) {
  if (const auto measure = entryOf(quantity).heldOut) return row.measured(*measure);
  return quantity == Quantity::Perplexity ? std::exp(row.heldOutLoss) : row.heldOutLoss;
}

} // namespace attune

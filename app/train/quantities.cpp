#include "train/quantities.h"

#include <QCoreApplication>

namespace attune {
namespace {

struct Words {
  const char *id, *title;
};
constexpr Words words[] = {{"loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Loss, nats a token")},
                           {"rate", QT_TRANSLATE_NOOP("attune::RunCurves", "Learning rate")},
                           {"norm", QT_TRANSLATE_NOOP("attune::RunCurves", "Gradient norm")},
                           {"speed", QT_TRANSLATE_NOOP("attune::RunCurves", "Tokens per second")},
                           {"perplexity", QT_TRANSLATE_NOOP("attune::RunCurves", "Perplexity")},
                           {"time", QT_TRANSLATE_NOOP("attune::RunCurves", "Seconds a step")},
                           {"tokens", QT_TRANSLATE_NOOP("attune::RunCurves", "Tokens read a step")},
                           {"reward", QT_TRANSLATE_NOOP("attune::RunCurves", "Reward")},
                           {"kl", QT_TRANSLATE_NOOP("attune::RunCurves", "KL to the reference, nats")},
                           {"penalized", QT_TRANSLATE_NOOP("attune::RunCurves", "Reward less KL penalty")},
                           {"entropy", QT_TRANSLATE_NOOP("attune::RunCurves", "Entropy, nats a token")},
                           {"clipped", QT_TRANSLATE_NOOP("attune::RunCurves", "Clipped share of tokens")},
                           {"approximate-kl", QT_TRANSLATE_NOOP("attune::RunCurves", "KL of a step, approximate")},
                           {"explained", QT_TRANSLATE_NOOP("attune::RunCurves", "Explained variance of values")},
                           {"policy-loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Policy loss")},
                           {"value-loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Value loss")},
                           {"pretrain-loss", QT_TRANSLATE_NOOP("attune::RunCurves", "Pre-training loss")},
                           {"length", QT_TRANSLATE_NOOP("attune::RunCurves", "Reply length, tokens")},
                           {"ended", QT_TRANSLATE_NOOP("attune::RunCurves", "Share of replies that end")},
                           {"episodes", QT_TRANSLATE_NOOP("attune::RunCurves", "Episodes a second")},
                           {"kl-coefficient", QT_TRANSLATE_NOOP("attune::RunCurves", "KL coefficient")},
                           {"repetition", QT_TRANSLATE_NOOP("attune::RunCurves", "Repeated share of a reply")},
                           {"distinct", QT_TRANSLATE_NOOP("attune::RunCurves", "Replies that differ, share")},
                           {"accuracy", QT_TRANSLATE_NOOP("attune::RunCurves", "Accuracy on pairs")},
                           {"margin", QT_TRANSLATE_NOOP("attune::RunCurves", "Margin, better less worse")}};

} // namespace

QString quantityId(Quantity quantity) { return QString::fromLatin1(words[int(quantity)].id); }

QString quantityTitle(Quantity quantity, TrainKind kind) {
  if (quantity == Quantity::Loss && ofRankings(kind))
    return QCoreApplication::translate("attune::RunCurves", "Loss of a pair");
  return QCoreApplication::translate("attune::RunCurves", words[int(quantity)].title);
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
  case Quantity::Accuracy:
    return row.measured(Measure::Accuracy);
  case Quantity::Margin:
    return row.measured(Measure::Margin);
  default:
    break;
  }
  // Those of PPO stand in both lists in the same order.
  return row.measured(Measure(int(quantity) - int(Quantity::Reward)));
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
  switch (quantity) {
  case Quantity::Perplexity:
    return std::exp(row.heldOutLoss);
  case Quantity::Reward:
    return row.measured(Measure::HeldOutScore);
  case Quantity::Kl:
    return row.measured(Measure::HeldOutKl);
  case Quantity::PenalizedReward:
    return row.measured(Measure::HeldOutReward);
  case Quantity::Accuracy:
    return row.measured(Measure::HeldOutAccuracy);
  case Quantity::Margin:
    return row.measured(Measure::HeldOutMargin);
  default:
    return row.heldOutLoss;
  }
}

} // namespace attune

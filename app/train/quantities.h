// What can be plotted of a run, by its kind: each quantity is read from a row of metrics.jsonl.
#pragma once

#include "train/metrics_file.h"
#include "train/run_description.h"

#include <QList>
#include <QString>

namespace attune {

enum class Quantity {
  Loss,
  Rate,
  Norm,
  Speed,
  Perplexity,
  StepTime,
  Tokens,
  Reward,
  Kl,
  PenalizedReward,
  Entropy,
  ClipFraction,
  ApproximateKl,
  ExplainedVariance,
  PolicyLoss,
  ValueLoss,
  PretrainLoss,
  Length,
  Ended,
  Episodes,
  KlCoefficient,
  Repetition,
  Distinct,
  Accuracy,
  Margin
};

QString quantityId(Quantity quantity); // for the settings
QString quantityTitle(Quantity quantity, TrainKind kind);
QList<Quantity> quantitiesOf(TrainKind kind);
QList<Quantity> usualPlots(TrainKind kind); // four
// Kinds with the same plots have the same name: 'text', 'reward', 'ppo', 'dpo'.
QString plotsOf(TrainKind kind);

double valueOf(const MetricsRow& row, Quantity quantity);

// What else a quantity's plot shows: the same on held-out data, and a judge's opinion.
struct Beside {
  bool heldOut = false, judge = false;
  int best = 0; // the best step has the held-out curve's least (-1) or largest (1) value; 0: none is marked
};
Beside besideOf(Quantity quantity, TrainKind kind);
double heldOutOf(const MetricsRow& row, Quantity quantity);

} // namespace attune

#include "train/training_form.h"

#include "train/train_words.h"

#include <QVBoxLayout>

namespace attune {

TrainingForm::TrainingForm(QWidget* parent)
    : QWidget(parent) {
  const RunDescription usual;
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(first = new FormGrid);
  column->addWidget(more = new FormGrid);
  more->hide();
  using F = NumberField;
  add(first, "steps", tr("Steps"), F::Whole, 1, 1e7, usual.steps, {});
  add(first, "batch", tr("Batch"), F::Whole, 1, 4096, usual.batch, tr("texts a step"));
  add(first, "context", tr("Context"), F::Whole, 2, 131072, usual.context, tr("tokens a text, at most the model’s"));
  add(first, "lr", tr("Learning rate"), F::Real, 1e-9, 1, usual.learningRate,
      tr("falls as a cosine after the warm-up"));
  add(first, "held_out", tr("Held-out share"), F::Real, 0, 0.9, 0.1, tr("not trained on; 0 for none"));
  add(more, "min_lr", tr("Least learning rate"), F::Real, 0, 1, usual.minLearningRate, tr("where the cosine ends"));
  add(more, "warmup", tr("Warm-up"), F::Whole, 0, 1e7, usual.warmup, tr("steps in which the rate rises"));
  add(more, "beta1", tr("Beta 1"), F::Real, 0, 0.9999, usual.beta1, {});
  add(more, "beta2", tr("Beta 2"), F::Real, 0, 0.99999, usual.beta2, {});
  add(more, "eps", tr("Epsilon"), F::Real, 0, 1, usual.epsilon, {});
  add(more, "weight_decay", tr("Weight decay"), F::Real, 0, 10, usual.weightDecay, tr("of matrices only"));
  add(more, "clip", tr("Clip"), F::Real, 0, 1e6, usual.clip, tr("largest gradient norm"));
  add(more, "accumulate", tr("Accumulate"), F::Whole, 1, 1024, usual.accumulate, tr("batches a step"));
  add(more, "dropout", tr("Dropout"), F::Real, 0, 0.9, usual.dropout, {});
  add(more, "checkpoint_every", tr("Checkpoint every"), F::Whole, 0, 1e7, usual.checkpointEvery,
      tr("steps; 0: at the end only"));
  add(more, "evaluate_every", tr("Evaluate every"), F::Whole, 0, 1e7, usual.evaluateEvery,
      tr("steps; 0: at the end only"));
  add(more, "seed", tr("Seed"), F::Whole, 0, 4294967295.0, 0, tr("the same seed gives the same run"));
  connect(this, &TrainingForm::changed, this, [this] {
    RunDescription run;
    describe(run);
    first->setHint(
        numbers[QStringLiteral("steps")],
        tr("%1 tokens in all").arg(countWords(double(run.steps) * run.batch * run.context * run.accumulate)));
  });
  Q_EMIT changed();
}

void TrainingForm::add(FormGrid* form, const char* key, const QString& label, NumberField::Kind kind, double least,
                       double most, double value, const QString& hint) {
  NumberField* field = form->addNumber(label, kind, least, most, value, hint);
  numbers.insert(QString::fromLatin1(key), field);
  connect(field, &QLineEdit::textChanged, this, &TrainingForm::changed);
}

void TrainingForm::describe(RunDescription& run) const {
  const auto number = [&](const char* key) { return numbers[QString::fromLatin1(key)]->value(); };
  run.steps = int(number("steps"));
  run.batch = int(number("batch"));
  run.context = int(number("context"));
  run.learningRate = number("lr");
  run.heldOut = number("held_out") > 0 ? QString::number(number("held_out"), 'g', 6) : QString();
  run.minLearningRate = number("min_lr");
  run.warmup = int(number("warmup"));
  run.beta1 = number("beta1");
  run.beta2 = number("beta2");
  run.epsilon = number("eps");
  run.weightDecay = number("weight_decay");
  run.clip = number("clip");
  run.accumulate = int(number("accumulate"));
  run.dropout = number("dropout");
  run.checkpointEvery = int(number("checkpoint_every"));
  run.evaluateEvery = int(number("evaluate_every"));
  run.seed = quint64(number("seed"));
}

QStringList TrainingForm::wrongs() const {
  QStringList words;
  for (const NumberField* field : numbers)
    if (!field->valid()) words << field->sentence();
  return words;
}

} // namespace attune

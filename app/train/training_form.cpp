#include "train/training_form.h"

#include "train/names_field.h"
#include "train/train_words.h"

#include <QComboBox>
#include <QVBoxLayout>
#include <variant>

namespace attune {
namespace {

constexpr unsigned bit(TrainKind kind) { return 1u << int(kind); }
constexpr unsigned text = bit(TrainKind::Pretrain) | bit(TrainKind::Finetune),
                   rankings = bit(TrainKind::Reward) | bit(TrainKind::Dpo), ppo = bit(TrainKind::Ppo),
                   all = text | rankings | ppo;

// Where a field's value stands in a description.
using Place = std::variant<int RunDescription::*, double RunDescription::*, quint64 RunDescription::*,
                           int PpoDescription::*, double PpoDescription::*, int RewardDescription::*>;
const QList<QPair<QString, Place>>& places() {
  static const QList<QPair<QString, Place>> list{{"steps", &RunDescription::steps},
                                                 {"batch", &RunDescription::batch},
                                                 {"context", &RunDescription::context},
                                                 {"lr", &RunDescription::learningRate},
                                                 {"min_lr", &RunDescription::minLearningRate},
                                                 {"warmup", &RunDescription::warmup},
                                                 {"beta1", &RunDescription::beta1},
                                                 {"beta2", &RunDescription::beta2},
                                                 {"eps", &RunDescription::epsilon},
                                                 {"weight_decay", &RunDescription::weightDecay},
                                                 {"clip", &RunDescription::clip},
                                                 {"accumulate", &RunDescription::accumulate},
                                                 {"dropout", &RunDescription::dropout},
                                                 {"checkpoint_every", &RunDescription::checkpointEvery},
                                                 {"evaluate_every", &RunDescription::evaluateEvery},
                                                 {"seed", &RunDescription::seed},
                                                 {"beta", &RunDescription::beta},
                                                 {"add_layers", &RewardDescription::addLayers},
                                                 {"kl_coef", &PpoDescription::klCoef},
                                                 {"kl_target", &PpoDescription::klTarget},
                                                 {"max_tokens", &PpoDescription::maxTokens},
                                                 {"pretrain_coef", &PpoDescription::pretrainCoef},
                                                 {"epochs", &PpoDescription::epochs},
                                                 {"minibatches", &PpoDescription::minibatches},
                                                 {"discount", &PpoDescription::discount},
                                                 {"lambda", &PpoDescription::lambda},
                                                 {"clip_range", &PpoDescription::clipRange},
                                                 {"value_clip", &PpoDescription::valueClip},
                                                 {"value_coef", &PpoDescription::valueCoef},
                                                 {"value_lr", &PpoDescription::valueRate},
                                                 {"value_warmup", &PpoDescription::valueWarmup},
                                                 {"replies", &PpoDescription::replies},
                                                 {"temperature", &PpoDescription::temperature},
                                                 {"end_penalty", &PpoDescription::endPenalty}};
  return list;
}

// The number at a place of a run.
template <class Run, class Use> void at(Run& run, const Place& place, const Use& use) {
  std::visit(
      [&](auto member) {
        if constexpr (requires { run.*member; })
          use(run.*member);
        else if constexpr (requires { run.ppo.*member; })
          use(run.ppo.*member);
        else
          use(run.reward.*member);
      },
      place);
}

} // namespace

TrainingForm::TrainingForm(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(first = new FormGrid);
  column->addWidget(more = new FormGrid);
  more->hide();
  using F = NumberField;
  add(first, "steps", tr("Steps"), F::Whole, 1, 1e7, {}, all);
  add(first, "batch", tr("Batch"), F::Whole, 1, 4096, tr("texts a step"), all);
  add(first, "context", tr("Context"), F::Whole, 2, 131072, tr("tokens a text, at most the model’s"), text);
  add(first, "kl_coef", tr("KL coefficient"), F::Real, 0, 1e6, tr("higher stays nearer to the policy’s start"), ppo);
  add(first, "beta", tr("Beta"), F::Real, 1e-6, 1e6, tr("higher stays nearer to the model’s start"),
      bit(TrainKind::Dpo));
  addChoice(first, "loss", tr("Loss of a pair"), {tr("log-sigmoid"), tr("hinge")},
            tr("of the difference: −log σ, or 1 − it"), bit(TrainKind::Reward));
  add(first, "lr", tr("Learning rate"), F::Real, 1e-9, 1, tr("falls as a cosine after the warm-up"), all);
  add(first, "max_tokens", tr("Longest reply"), F::Whole, 1, 131072, tr("tokens; with the prompt at most the context"),
      ppo);
  add(first, "held_out", tr("Held-out share"), F::Real, 0, 0.9, tr("not trained on; 0 for none"), text | rankings);
  labelers = new NamesField;
  labelers->setFixedWidth(Theme::px(FormGrid::fieldWidth));
  labelers->setPlaceholderText(tr("none"));
  first->addRow(tr("Held-out labelers"), labelers, tr("whose rankings train nothing: is it right about them, too?"));
  kindsOf.insert(labelers, bit(TrainKind::Reward));
  connect(labelers, &QLineEdit::textChanged, this, &TrainingForm::changed);
  add(more, "held_out_prompts", tr("Held-out prompts"), F::Real, 0, 0.9, tr("a share: what the best step is chosen by"),
      ppo);
  add(more, "kl_target", tr("KL target"), F::Real, 0, 1e6, tr("nats: the coefficient follows it; 0: it is fixed"), ppo);
  add(more, "pretrain_coef", tr("Pre-training mix"), F::Real, 0, 1e6, tr("how much the text’s loss counts"), ppo);
  add(more, "epochs", tr("Passes"), F::Whole, 1, 1000, tr("over the replies of a step"), ppo);
  add(more, "minibatches", tr("Minibatches"), F::Whole, 1, 4096, tr("of a pass"), ppo);
  add(more, "discount", tr("Discount"), F::Real, 0, 1, tr("of later rewards"), ppo);
  add(more, "lambda", tr("Lambda"), F::Real, 0, 1, tr("of generalized advantages"), ppo);
  add(more, "clip_range", tr("Clip of the ratio"), F::Real, 1e-6, 1e6, tr("how far a probability may move"), ppo);
  add(more, "value_clip", tr("Clip of values"), F::Real, 1e-6, 1e6, tr("how far a value may move"), ppo);
  add(more, "value_coef", tr("Value loss counts"), F::Real, 1e-6, 1e6, {}, ppo);
  add(more, "value_lr", tr("Value learning rate"), F::Real, 0, 1, tr("always the same; 0: the policy’s"), ppo);
  add(more, "value_warmup", tr("Value warm-up"), F::Whole, 0, 1e7, tr("steps in which the value model alone learns"),
      ppo);
  add(more, "replies", tr("Replies to a prompt"), F::Whole, 1, 4096, tr("from 2 on each is scored against the others"),
      ppo);
  add(more, "temperature", tr("Temperature"), F::Real, 1e-3, 100, tr("of the replies"), ppo);
  add(more, "end_penalty", tr("End penalty"), F::Real, 0, 1e6, tr("taken from a reply that does not end"), ppo);
  addChoice(more, "whiten", tr("Rewards"), {tr("as they are"), tr("whitened")}, {}, ppo);
  addChoice(more, "normalize", tr("Scores"), {tr("as they are"), tr("divided by their deviation so far")}, {}, ppo);
  add(more, "add_layers", tr("Added layers"), F::Whole, 0, 64,
      tr("on top: there what it would have said meets what was said"), bit(TrainKind::Reward));
  addChoice(more, "body", tr("Trained weights"), {tr("all"), tr("the head and added layers")}, {}, bit(TrainKind::Reward));
  add(more, "min_lr", tr("Least learning rate"), F::Real, 0, 1, tr("where the cosine ends"), all);
  add(more, "warmup", tr("Warm-up"), F::Whole, 0, 1e7, tr("steps in which the rate rises"), all);
  add(more, "beta1", tr("Beta 1"), F::Real, 0, 0.9999, {}, all);
  add(more, "beta2", tr("Beta 2"), F::Real, 0, 0.99999, {}, all);
  add(more, "eps", tr("Epsilon"), F::Real, 0, 1, {}, all);
  add(more, "weight_decay", tr("Weight decay"), F::Real, 0, 10, tr("of matrices only"), all);
  add(more, "clip", tr("Clip"), F::Real, 0, 1e6, tr("largest gradient norm"), all);
  add(more, "accumulate", tr("Accumulate"), F::Whole, 1, 1024, tr("batches a step"), all);
  add(more, "dropout", tr("Dropout"), F::Real, 0, 0.9, {}, text);
  add(more, "checkpoint_every", tr("Checkpoint every"), F::Whole, 0, 1e7, tr("steps; 0: at the end only"), all);
  add(more, "evaluate_every", tr("Evaluate every"), F::Whole, 0, 1e7, tr("steps; 0: at the end only"), all);
  add(more, "seed", tr("Seed"), F::Whole, 0, 4294967295.0, tr("the same seed gives the same run"), all);
  connect(this, &TrainingForm::changed, this, &TrainingForm::showHints);
  setKind(TrainKind::Pretrain, true);
}

void TrainingForm::add(FormGrid* form, const char* key, const QString& label, NumberField::Kind numberKind,
                       double least, double most, const QString& hint, unsigned kinds) {
  NumberField* field = form->addNumber(label, numberKind, least, most, least, hint);
  numbers.insert(QString::fromLatin1(key), field);
  kindsOf.insert(field, kinds);
  connect(field, &QLineEdit::textChanged, this, &TrainingForm::changed);
}

void TrainingForm::addChoice(FormGrid* form, const char* key, const QString& label, const QStringList& words,
                             const QString& hint, unsigned kinds) {
  QComboBox* box = form->addChoice(label, hint);
  box->addItems(words);
  choices.insert(QString::fromLatin1(key), box);
  kindsOf.insert(box, kinds);
  connect(box, &QComboBox::currentIndexChanged, this, &TrainingForm::changed);
}

void TrainingForm::setKind(TrainKind to, bool usual) {
  kind = to;
  for (auto one = kindsOf.begin(); one != kindsOf.end(); ++one)
    for (FormGrid* form : {first, more})
      if (const int row = form->rowOf(one.key()); row >= 0) form->setRowShown(row, one.value() & bit(kind));
  const bool ranked = ofRankings(kind);
  numbers[QStringLiteral("steps")]->setLeast(ranked ? 0 : 1);
  numbers[QStringLiteral("warmup")]->setLeast(ranked ? -1 : 0);
  NumberField* batch = numbers[QStringLiteral("batch")];
  const QString label = ranked ? tr("Rankings a step") : kind == TrainKind::Ppo ? tr("Episodes a step") : tr("Batch");
  batch->setName(label);
  first->setLabel(batch, label);
  more->setHint(numbers[QStringLiteral("warmup")], ranked ? tr("steps in which the rate rises; −1: a tenth of them")
                                                          : tr("steps in which the rate rises"));
  more->setHint(numbers[QStringLiteral("accumulate")],
                kind == TrainKind::Ppo ? tr("parts of a minibatch, to save memory") : tr("batches a step"));
  if (usual) fill(usualRun(kind));
  Q_EMIT changed();
}

void TrainingForm::fill(const RunDescription& run) {
  for (const auto& [key, place] : places())
    at(run, place, [&, key = key](const auto& value) { numbers[key]->setValue(double(value)); });
  bool share = false;
  const double held = run.heldOut.toDouble(&share);
  for (const char* key : {"held_out", "held_out_prompts"})
    numbers[QLatin1String(key)]->setValue(share ? held : run.heldOut.isEmpty() ? 0 : 0.1);
  choices[QStringLiteral("loss")]->setCurrentIndex(run.reward.hinge);
  choices[QStringLiteral("body")]->setCurrentIndex(run.reward.freezeBody);
  labelers->setNames(run.reward.heldOutLabelers);
  choices[QStringLiteral("whiten")]->setCurrentIndex(run.ppo.whitenRewards);
  choices[QStringLiteral("normalize")]->setCurrentIndex(run.ppo.normalizeScores);
}

void TrainingForm::describe(RunDescription& run) const {
  const bool replies = kind == TrainKind::Ppo;
  for (const auto& [key, place] : places()) {
    const NumberField* field = numbers[key];
    if (!(kindsOf[const_cast<NumberField*>(field)] & bit(kind))) continue;
    at(run, place, [&](auto& value) { value = std::remove_reference_t<decltype(value)>(field->value()); });
  }
  const double held = numbers[replies ? QStringLiteral("held_out_prompts") : QStringLiteral("held_out")]->value();
  run.heldOut = held > 0 ? QString::number(held, 'g', 6) : QString();
  if (!(text & bit(kind))) run.context = 0, run.dropout = 0;
  run.reward.hinge = choices[QStringLiteral("loss")]->currentIndex() == 1;
  run.reward.freezeBody = choices[QStringLiteral("body")]->currentIndex() == 1;
  if (kind == TrainKind::Reward) run.reward.heldOutLabelers = labelers->names();
  run.ppo.whitenRewards = choices[QStringLiteral("whiten")]->currentIndex() == 1;
  run.ppo.normalizeScores = choices[QStringLiteral("normalize")]->currentIndex() == 1;
}

void TrainingForm::showHints() {
  RunDescription run;
  describe(run);
  NumberField *steps = numbers[QStringLiteral("steps")], *batch = numbers[QStringLiteral("batch")];
  if (ofRankings(kind)) {
    first->setHint(steps, run.steps == 0 ? tr("0: one epoch, each ranking once")
                                         : tr("%1 rankings in all").arg(countWords(double(run.steps) * run.batch)));
    first->setHint(batch, tr("each with all its answers"));
  } else if (kind == TrainKind::Ppo) {
    first->setHint(steps, tr("%1 episodes in all").arg(countWords(double(run.steps) * run.batch)));
    first->setHint(batch, tr("%1, %2").arg(run.ppo.minibatches == 1 ? tr("one minibatch")
                                                                    : tr("%1 minibatches").arg(run.ppo.minibatches),
                                           run.ppo.epochs == 1 ? tr("one pass") : tr("%1 passes").arg(run.ppo.epochs)));
  } else {
    first->setHint(
        steps, tr("%1 tokens in all").arg(countWords(double(run.steps) * run.batch * run.context * run.accumulate)));
    first->setHint(batch, tr("texts a step"));
  }
}

int TrainingForm::moreFields() const {
  int count = 0;
  for (auto one = kindsOf.begin(); one != kindsOf.end(); ++one)
    count += more->rowOf(one.key()) >= 0 && (one.value() & bit(kind));
  return count;
}

QStringList TrainingForm::wrongs() const {
  QStringList words;
  for (NumberField* field : numbers)
    if ((kindsOf[field] & bit(kind)) && !field->valid()) words << field->sentence();
  return words;
}

} // namespace attune

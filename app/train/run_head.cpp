#include "train/run_head.h"

#include "train/train_words.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/plot_axis.h"
#include "widgets/word_progress.h"

#include <QVBoxLayout>

namespace attune {
namespace {

// A run like this one with what a remedy changes; false: it changes nothing that a run can be described by.
bool remedied(RunDescription& run, const QHash<QString, double>& suggest) {
  bool changed = false;
  for (auto one = suggest.begin(); one != suggest.end(); ++one) {
    if (one.key() == QLatin1String("kl-coef"))
      run.ppo.klCoef = one.value();
    else if (one.key() == QLatin1String("end-penalty"))
      run.ppo.endPenalty = one.value();
    else if (one.key() == QLatin1String("steps"))
      run.steps = std::max(1, int(one.value()));
    else
      continue;
    changed = true;
  }
  return changed;
}

// The rest of a run's steps, from one of its checkpoints.
RunDescription goingOnFrom(const RunDescription& run, const QString& checkpoint, int step) {
  RunDescription rest = run;
  rest.modelDir = checkpoint;
  rest.newModel.reset();
  rest.steps = std::max(1, run.steps - step);
  rest.warmup = std::min(run.warmup, rest.steps);
  return rest;
}

// 'Again with KL coefficient 0.1'
QString remedyWords(const QHash<QString, double>& suggest) {
  if (suggest.contains(QStringLiteral("kl-coef")))
    return QObject::tr("Again with KL coefficient %1").arg(shortNumber(suggest[QStringLiteral("kl-coef")]));
  if (suggest.contains(QStringLiteral("end-penalty")))
    return QObject::tr("Again with end penalty %1").arg(shortNumber(suggest[QStringLiteral("end-penalty")]));
  return QObject::tr("Again with %1 steps").arg(shortNumber(suggest.value(QStringLiteral("steps"))));
}

} // namespace

bool canPause(const RunInfo& run) { return run.state == RunState::Running; }

bool canStop(const RunInfo& run) {
  return run.state == RunState::Running || run.state == RunState::Paused || run.state == RunState::Waiting;
}

RunHead::RunHead(TrainSource& source, QWidget* parent)
    : QWidget(parent)
    , source(source) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new BarRow(48);
  auto* title = new QVBoxLayout;
  title->setSpacing(0);
  title->addWidget(name = new ElidedLabel);
  name->setRole(FontRole::Body, true);
  title->addWidget(stepWords = new ElidedLabel({}, FontRole::Small));
  stepWords->setMuted(true);
  head->row()->addLayout(title, 2);
  auto* middle = new QVBoxLayout;
  middle->setSpacing(4);
  middle->addStretch();
  middle->addWidget(bar = new ThinBar);
  auto* words = new QHBoxLayout;
  words->addWidget(gone = new ElidedLabel({}, FontRole::Small), 2);
  gone->setMuted(true);
  words->addWidget(left = new ElidedLabel({}, FontRole::Small), 1);
  left->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  middle->addLayout(words);
  middle->addStretch();
  head->row()->addLayout(middle, 5);
  head->add(pauseButton = new KeyButton(tr("Pause"), QStringLiteral("pause"), QKeySequence(Qt::CTRL | Qt::Key_P)));
  head->add(stopButton = new KeyButton(tr("Stop"), QStringLiteral("stop"), QKeySequence(Qt::CTRL | Qt::Key_Period)));
  stopButton->setErrorIcon(true);
  head->add(resumeButton = new KeyButton(tr("Resume"), QStringLiteral("play"), QKeySequence(Qt::CTRL | Qt::Key_R)));
  head->add(chatButton = new KeyButton(tr("Chat"), QStringLiteral("chat")));
  head->add(ppoButton = new KeyButton(tr("PPO with it"), QStringLiteral("train")));
  ppoButton->setToolTip(tr("A new run that trains a model to please this reward model"));
  column->addWidget(head);
  strip = new MessageStrip(this); // whoever has the head gives it a place under it

  connect(pauseButton, &QPushButton::clicked, this, [this] { this->source.pause(run.id); });
  connect(stopButton, &QPushButton::clicked, this, [this] { this->source.stop(run.id); });
  connect(resumeButton, &QPushButton::clicked, this, [this] { this->source.resume(run.id); });
  connect(chatButton, &QPushButton::clicked, this, [this] { Q_EMIT chatWanted(run.modelDir); });
  connect(ppoButton, &QPushButton::clicked, this, [this] { Q_EMIT ppoWanted(run.modelDir); });
  connect(strip, &MessageStrip::closed, this, [this] { closed.insert(shownNote); });
}

void RunHead::setRun(const RunInfo& to, int others, const QString& pace) {
  run = to;
  const int steps = std::max(1, run.description.steps);
  name->setText(run.description.name);
  stepWords->setText(others > 0 ? tr("and %n more", nullptr, others)
                                : tr("step %1 of %2").arg(plainNumber(run.step, 9), plainNumber(steps, 9)));
  bar->setShare(double(run.step) / steps);
  QString passed = run.secondsGone > 0 ? tr("%1 gone").arg(durationWords(run.secondsGone)) + pace : QString();
  // What every step does says less than how long it has been going on.
  const bool usual =
      run.doing.startsWith(QStringLiteral("Learning")) || run.doing.startsWith(QStringLiteral("Writing replies"));
  if (!run.doing.isEmpty() && !(usual && !passed.isEmpty())) passed = run.doing;
  gone->setText(passed);
  const bool runs = run.state == RunState::Running;
  left->setText(runs ? run.secondsLeft >= 0 ? tr("%1 left").arg(durationWords(run.secondsLeft)) : tr("measuring")
                : run.state == RunState::Waiting ? tr("waits its turn")
                : run.state == RunState::Paused  ? tr("paused")
                : run.state == RunState::Done    ? tr("done")
                                                 : tr("stopped"));
  const bool scores = run.description.kind == TrainKind::Reward, made = !runs && !run.modelDir.isEmpty();
  pauseButton->setVisible(canPause(run));
  stopButton->setVisible(canStop(run));
  resumeButton->setVisible(run.state == RunState::Paused || run.state == RunState::Stopped ||
                           run.state == RunState::Failed);
  chatButton->setVisible(made && !scores);
  ppoButton->setVisible(made && scores);
  showTrouble();
}

void RunHead::offerBack(int step, const RunDescription& rest) {
  QPushButton* back = strip->addAction(tr("Back to step %1").arg(plainNumber(step, 9)));
  back->setToolTip(tr("Sets up a new run from the checkpoint of step %1, for the steps that were left; its KL is "
                      "counted from there. This run stays as it is.")
                       .arg(plainNumber(step, 9)));
  connect(back, &QPushButton::clicked, this, [this, rest] { Q_EMIT againWanted(rest); });
}

void RunHead::showTrouble() {
  if (run.state == RunState::Failed) {
    const QString safe = run.checkpoint >= 0 ? tr(" Step %1 is safe.").arg(run.checkpoint) : QString();
    shownNote = run.id + QStringLiteral(" failed ") + run.reason;
    if (strip->why() == run.reason + safe) return;
    strip->show(MessageStrip::Error, tr("Stopped at step %1.").arg(run.step), run.reason + safe);
    if (run.checkpoint > 0 && !run.modelDir.isEmpty())
      offerBack(run.checkpoint, goingOnFrom(run.description, run.modelDir, run.checkpoint));
    return;
  }
  // The newest that was not closed.
  for (auto note = run.notes.rbegin(); note != run.notes.rend(); ++note) {
    const QString id = run.id + QStringLiteral(" %1 ").arg(note->step) + note->what;
    if (closed.contains(id)) continue;
    if (shownNote == id && !strip->isHidden()) return;
    shownNote = id;
    strip->show(MessageStrip::Warning, tr("Step %1: %2").arg(plainNumber(note->step, 9), note->what),
                note->why + QLatin1Char(' ') + note->remedy);
    RunDescription again = run.description;
    if (remedied(again, note->suggest))
      connect(strip->addAction(remedyWords(note->suggest)), &QPushButton::clicked, this,
              [this, again] { Q_EMIT againWanted(again); });
    // What a policy has learned up to there is kept; a reward model that learned by heart begins anew.
    if (note->goodStep > 0 && run.description.kind == TrainKind::Ppo) {
      RunDescription rest = goingOnFrom(run.description, note->goodModel, note->goodStep);
      remedied(rest, note->suggest);
      offerBack(note->goodStep, rest);
    }
    return;
  }
  shownNote.clear();
  strip->clear();
}

} // namespace attune

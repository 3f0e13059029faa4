#include "train/new_run_page.h"

#include "train/check_list.h"
#include "train/file_form.h"
#include "train/model_form.h"
#include "train/names_field.h"
#include "train/quantities.h"
#include "train/reward_form.h"
#include "train/train_words.h"
#include "train/training_form.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/segmented_control.h"

#include <QClipboard>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMimeData>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <utility>

namespace attune {

NewRunPage::NewRunPage(TrainSource& source, QWidget* parent)
    : QWidget(parent)
    , source(source) {
  setAcceptDrops(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeHead());
  column->addWidget(makeBody(), 1);
  column->addWidget(makeFoot());
  connect(kinds, &SegmentedControl::currentChanged, this, [this](int kind) { setKind(TrainKind(kind)); });
  connect(model, &ModelForm::changed, this, &NewRunPage::changed);
  connect(model, &ModelForm::contextChosen, this,
          [this](int tokens) { training->field(QStringLiteral("context"))->setValue(tokens); });
  connect(reward, &RewardForm::changed, this, &NewRunPage::changed);
  for (FileForm* form : {files, mix}) connect(form, &FileForm::changed, this, &NewRunPage::changed);
  connect(training, &TrainingForm::changed, this, &NewRunPage::changed);
  connect(&source, &TrainSource::forecastReady, this, &NewRunPage::setForecast);
  connect(&source, &TrainSource::modelsChanged, this, &NewRunPage::fillModels);
  const auto offerLabelers = [this] { training->heldOutLabelers()->setOffered(this->source.labelers()); };
  connect(&source, &TrainSource::storedChanged, this, offerLabelers);
  offerLabelers();
  delay.setSingleShot(true);
  delay.setInterval(250);
  connect(&delay, &QTimer::timeout, this, &NewRunPage::ask);
  setKind(TrainKind::Pretrain);
}

QWidget* NewRunPage::makeHead() {
  auto* head = new BarRow(48);
  auto* title = new ElidedLabel(tr("New run"));
  title->setRole(FontRole::Body, true);
  head->add(title);
  head->add(new Line(Qt::Vertical));
  QStringList words;
  for (int kind = 0; kind < trainKinds; kind++) words << trainKindWords(TrainKind(kind));
  head->add(kinds = new SegmentedControl(words));
  kinds->setAccessibleName(tr("Kind of training"));
  head->addStretch();
  auto* copy = new KeyButton(tr("Copy as command"), QStringLiteral("copy"), {}, KeyButton::Flat);
  copy->setToolTip(tr("The command lines that do the same without the window"));
  connect(copy, &QPushButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setText(commandOf(description(), source.home())); });
  head->add(copy);
  return head;
}

QWidget* NewRunPage::makeBody() {
  scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  auto* inner = new QWidget;
  inner->setBackgroundRole(QPalette::Base);
  inner->setAutoFillBackground(true);
  auto* body = new QVBoxLayout(inner);
  body->setContentsMargins(0, 0, 0, 0);
  body->setSpacing(0);
  body->addWidget(new SectionHeader(tr("Model")));
  body->addWidget(model = new ModelForm);
  body->addWidget(reward = new RewardForm);
  body->addWidget(new SectionHeader(tr("Data")));
  body->addWidget(files = new FileForm(source));
  body->addWidget(mix = new FileForm(source, FileForm::Beside));
  auto* header = new SectionHeader(tr("Training"));
  training = new TrainingForm;
  more = new KeyButton(tr("More settings"), QStringLiteral("right"), {}, KeyButton::Flat);
  connect(more, &QPushButton::clicked, this, [this] {
    training->showMore(!training->moreShown());
    more->setIconName(training->moreShown() ? QStringLiteral("down") : QStringLiteral("right"));
  });
  header->addRight(more);
  body->addWidget(header);
  body->addWidget(training);
  body->addWidget(checksHeader = new SectionHeader(tr("Checked before Start")));
  body->addWidget(checks = new CheckList);
  body->addStretch(1);
  scroll->setWidget(inner);
  return scroll;
}

QWidget* NewRunPage::makeFoot() {
  auto* foot = new BarRow(44, BarRow::Above);
  auto* cancel = new KeyButton(tr("Cancel"));
  cancel->setKey(QKeySequence(Qt::Key_Escape));
  connect(cancel, &QPushButton::clicked, this, &NewRunPage::cancelled);
  foot->add(cancel);
  startHint = hintLabel();
  startHint->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  foot->add(startHint, 1);
  start = new KeyButton(tr("Start"), KeyButton::Primary);
  start->setKey(QKeySequence(Qt::CTRL | Qt::Key_Return));
  connect(start, &QPushButton::clicked, this, [this] {
    if (canStart()) source.start(description());
  });
  foot->add(start);
  return foot;
}

NumberField* NewRunPage::field(const QString& key) const {
  NumberField* shape = model->fields().value(key);
  return shape ? shape : training->field(key);
}

QLineEdit* NewRunPage::nameField() const { return model->nameField(); }

void NewRunPage::fillModels() {
  model->setModels(source.models(), TrainKind(kinds->current()));
  reward->setModels(source.models());
}

void NewRunPage::setKind(TrainKind kind) {
  // Pre-training and fine-tuning have the same fields: what was typed stays.
  const bool usual = plotsOf(kind) != std::exchange(shownFields, plotsOf(kind));
  kinds->setCurrent(int(kind));
  const bool ppo = kind == TrainKind::Ppo;
  reward->setVisible(ppo);
  mix->setVisible(ppo);
  files->setKind(kind);
  mix->setKind(kind);
  fillModels();
  training->setKind(kind, usual);
  more->setText(tr("%1 more settings").arg(training->moreFields()));
}

QString NewRunPage::freeName(const QString& stem) const {
  QStringList taken;
  for (const auto& run : source.runs()) taken << run.description.name;
  QString free = stem;
  for (int n = 2; taken.contains(free); n++) free = QStringLiteral("%1-%2").arg(stem).arg(n);
  return free;
}

void NewRunPage::begin(TrainKind kind) {
  constexpr const char* stems[] = {"base", "tuned", "reward", "ppo", "dpo"};
  files->clear();
  mix->clear();
  reward->begin();
  setKind(kind);
  model->begin(freeName(QString::fromLatin1(stems[int(kind)])));
  scroll->verticalScrollBar()->setValue(0);
}

void NewRunPage::take(const RunDescription& run) {
  begin(run.kind);
  static const QRegularExpression number(QStringLiteral("-[0-9]+$"));
  model->begin(freeName(QString(run.name).remove(number)));
  startFrom(run.modelDir);
  if (run.kind == TrainKind::Ppo) {
    reward->setReward(run.ppo.reward);
    reward->setGold(run.ppo.gold);
    mix->addFiles(run.ppo.pretrainFiles);
  }
  addFiles(run.files);
  training->fill(run);
}

void NewRunPage::setReward(const QString& modelDir) { reward->setReward(modelDir); }

void NewRunPage::addFiles(const QStringList& paths) { files->addFiles(paths); }

void NewRunPage::addStored() { files->addStored(); }

void NewRunPage::startFrom(const QString& modelDir) { model->startFrom(modelDir); }

RunDescription NewRunPage::description() const {
  RunDescription run;
  training->describe(run);
  run.kind = TrainKind(kinds->current());
  run.name = model->runName();
  run.newModel = model->newModel();
  run.modelDir = model->modelDir();
  run.files = files->files();
  if (run.kind != TrainKind::Ppo) return run;
  run.ppo.reward = reward->reward();
  run.ppo.gold = reward->gold();
  run.ppo.pretrainFiles = mix->files();
  // Text that is there is meant to be mixed in.
  if (!run.ppo.pretrainFiles.isEmpty() && run.ppo.pretrainCoef == 0) run.ppo.pretrainCoef = 1;
  if (run.ppo.pretrainFiles.isEmpty()) run.ppo.pretrainCoef = 0;
  return run;
}

QStringList NewRunPage::wrongs() const {
  const RunDescription run = description();
  QStringList words = model->wrongs();
  for (const auto& other : source.runs())
    if (other.description.name == run.name)
      words << tr("There is a run %1 already; choose another name.").arg(run.name);
  if (run.files.isEmpty()) words << tr("No files yet: add them, or drop them here.");
  if (run.kind == TrainKind::Ppo) words += reward->wrongs();
  if (!run.ppo.gold.isEmpty() && run.heldOut.isEmpty())
    words << tr("The judge judges held-out prompts: hold out a share of them (more settings).");
  words += training->wrongs();
  if (run.newModel && run.context > run.newModel->nCtx)
    words << tr("Context %1 is longer than the model’s %2.").arg(run.context).arg(run.newModel->nCtx);
  return words;
}

bool NewRunPage::canStart() const { return wrongs().isEmpty() && known && forecast.possible(); }

void NewRunPage::changed() {
  known = false;
  showChecks();
  delay.start();
}

void NewRunPage::ask() {
  if (wrongs().isEmpty()) source.forecast(description());
}

void NewRunPage::setForecast(const TrainForecast& to) {
  forecast = to;
  known = wrongs().isEmpty();
  showChecks();
}

void NewRunPage::showChecks() {
  const QStringList wrong = wrongs();
  QList<TrainForecast::Check> list;
  for (const auto& words : wrong) list << TrainForecast::Check{TrainForecast::Wrong, words};
  if (wrong.isEmpty() && known) list = forecast.checks;
  checks->show(list);
  checksHeader->setDetail(wrong.isEmpty() && !known ? tr("checking") : QString());
  start->setEnabled(canStart());
  QString hint;
  if (!wrong.isEmpty())
    hint = wrong.front();
  else if (known && !forecast.waitsFor.isEmpty())
    hint = tr("waits until %1 is done").arg(forecast.waitsFor);
  if (wrong.isEmpty() && known && forecast.secondsAStep > 0)
    hint += (hint.isEmpty() ? QString() : tr(", then ")) +
            tr("about %1")
                .arg(durationWords(forecast.secondsAStep * (forecast.steps ? forecast.steps : description().steps)));
  startHint->setText(hint);
}

void NewRunPage::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void NewRunPage::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) paths << url.toLocalFile();
  addFiles(paths);
}

} // namespace attune

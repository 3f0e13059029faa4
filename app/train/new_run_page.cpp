#include "train/new_run_page.h"

#include "train/check_list.h"
#include "train/file_form.h"
#include "train/model_form.h"
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
#include <QScrollArea>
#include <QVBoxLayout>

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
  connect(files, &FileForm::changed, this, &NewRunPage::changed);
  connect(training, &TrainingForm::changed, this, &NewRunPage::changed);
  connect(&source, &TrainSource::forecastReady, this, &NewRunPage::setForecast);
  connect(&source, &TrainSource::modelsChanged, this, &NewRunPage::fillModels);
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
  head->add(kinds = new SegmentedControl({trainKindWords(TrainKind::Pretrain), trainKindWords(TrainKind::Finetune)}));
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
  auto* scroll = new QScrollArea;
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
  body->addWidget(new SectionHeader(tr("Data")));
  body->addWidget(files = new FileForm);
  auto* header = new SectionHeader(tr("Training"));
  training = new TrainingForm;
  auto* more =
      new KeyButton(tr("%1 more settings").arg(training->moreFields()), QStringLiteral("right"), {}, KeyButton::Flat);
  connect(more, &QPushButton::clicked, this, [this, more] {
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

void NewRunPage::fillModels() { model->setModels(source.models(), TrainKind(kinds->current()) == TrainKind::Pretrain); }

void NewRunPage::setKind(TrainKind kind) {
  kinds->setCurrent(int(kind));
  files->setKind(kind);
  fillModels();
}

void NewRunPage::begin(TrainKind kind) {
  QStringList taken;
  for (const auto& run : source.runs()) taken << run.description.name;
  const QString stem = kind == TrainKind::Pretrain ? QStringLiteral("base") : QStringLiteral("tuned");
  QString free = stem;
  for (int n = 2; taken.contains(free); n++) free = QStringLiteral("%1-%2").arg(stem).arg(n);
  files->clear();
  setKind(kind);
  model->begin(free);
}

void NewRunPage::addFiles(const QStringList& paths) { files->addFiles(paths); }

void NewRunPage::startFrom(const QString& modelDir) { model->startFrom(modelDir); }

RunDescription NewRunPage::description() const {
  RunDescription run;
  training->describe(run);
  run.kind = TrainKind(kinds->current());
  run.name = model->runName();
  run.newModel = model->newModel();
  run.modelDir = model->modelDir();
  run.files = files->files();
  return run;
}

QStringList NewRunPage::wrongs() const {
  const RunDescription run = description();
  QStringList words = model->wrongs();
  for (const auto& other : source.runs())
    if (other.description.name == run.name)
      words << tr("There is a run %1 already; choose another name.").arg(run.name);
  if (run.files.isEmpty()) words << tr("No files yet: add them, or drop them here.");
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
            tr("about %1").arg(durationWords(forecast.secondsAStep * description().steps));
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

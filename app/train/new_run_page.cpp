#include "train/new_run_page.h"

#include "train/number_field.h"
#include "train/train_words.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/segmented_control.h"

#include <QClipboard>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMimeData>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

namespace attune {

namespace {

constexpr int labelWidth = 150, fieldWidth = 300, numberWidth = 112;
const QString newModelId = QStringLiteral("new");

struct Size {
  const char* name;
  int layers, heads, width, context;
};
constexpr Size sizes[] = {{"tiny", 2, 2, 64, 64},
                          {"small", 4, 4, 128, 128},
                          {"medium", 6, 6, 192, 256},
                          {"large", 8, 8, 384, 512},
                          {"GPT-2 small", 12, 12, 768, 1024}};

QLabel* hintLabel(const QString& words = {}) {
  auto* label = new QLabel(words);
  label->setForegroundRole(QPalette::PlaceholderText);
  label->setFont(Theme::font(FontRole::Dense));
  label->setWordWrap(true);
  return label;
}

// An edge as fields have it around a list, in accent while the list has the focus.
class Outlined : public QWidget {
public:
  explicit Outlined(QWidget* inner)
      : inner(inner) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->addWidget(inner);
    inner->installEventFilter(this);
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    const bool focused = inner->hasFocus();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(focused ? theme.accent : theme.outline, focused ? 2 : 1));
    painter.setBrush(theme.surface);
    const double half = focused ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(half, half, -half, -half), metric::radius, metric::radius);
  }
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::eventFilter(object, event);
  }

private:
  QWidget* inner;
};

QGridLayout* gridOf(QWidget* widget) {
  auto* grid = new QGridLayout(widget);
  grid->setContentsMargins(16, 8, 16, 8);
  grid->setHorizontalSpacing(12);
  grid->setVerticalSpacing(6);
  grid->setColumnMinimumWidth(0, Theme::px(labelWidth));
  grid->setColumnStretch(2, 1);
  return grid;
}

} // namespace

NewRunPage::NewRunPage(TrainSource& source, QWidget* parent)
    : QWidget(parent)
    , source(source) {
  setAcceptDrops(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
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
          [this] { QGuiApplication::clipboard()->setText(commandOf(description(), this->source.home())); });
  head->add(copy);
  column->addWidget(head);

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
  body->addWidget(makeModel());
  body->addWidget(new SectionHeader(tr("Data")));
  body->addWidget(makeData());
  auto* training = new SectionHeader(tr("Training"));
  moreButton = new KeyButton(tr("11 more settings"), QStringLiteral("right"), {}, KeyButton::Flat);
  training->addRight(moreButton);
  body->addWidget(training);
  body->addWidget(makeTraining());
  body->addWidget(checksHeader = new SectionHeader(tr("Checked before Start")));
  auto* list = new QWidget;
  checks = new QVBoxLayout(list);
  checks->setContentsMargins(16, 8, 16, 8);
  checks->setSpacing(6);
  body->addWidget(list);
  body->addStretch(1);
  scroll->setWidget(inner);
  column->addWidget(scroll, 1);

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
    if (canStart()) this->source.start(description());
  });
  foot->add(start);
  column->addWidget(foot);

  more->hide();
  connect(moreButton, &QPushButton::clicked, this, [this] {
    more->setVisible(more->isHidden());
    moreButton->setIconName(more->isHidden() ? QStringLiteral("right") : QStringLiteral("down"));
  });
  connect(kinds, &SegmentedControl::currentChanged, this, [this](int kind) { setKind(TrainKind(kind)); });
  connect(&source, &TrainSource::forecastReady, this, &NewRunPage::setForecast);
  connect(&source, &TrainSource::modelsChanged, this, &NewRunPage::fillModels);
  delay.setSingleShot(true);
  delay.setInterval(250);
  connect(&delay, &QTimer::timeout, this, &NewRunPage::ask);
  fillModels();
  setKind(TrainKind::Pretrain);
}

void NewRunPage::addRow(QGridLayout* grid, const QString& label, QWidget* field, QLabel* hint) {
  const int row = grid->rowCount();
  auto* words = new QLabel(label);
  words->setBuddy(field);
  grid->addWidget(words, row, 0, Qt::AlignVCenter);
  grid->addWidget(field, row, 1, Qt::AlignLeft | Qt::AlignVCenter);
  if (hint) grid->addWidget(hint, row, 2, Qt::AlignVCenter);
}

NumberField* NewRunPage::addNumber(QGridLayout* grid, const char* key, const QString& label, int kind, double least,
                                   double most, double value, const QString& hint) {
  auto* field = new NumberField(label, NumberField::Kind(kind), least, most, value);
  field->setFixedWidth(Theme::px(numberWidth));
  addRow(grid, label, field, hintLabel(hint));
  numbers.insert(QString::fromLatin1(key), field);
  connect(field, &QLineEdit::textChanged, this, &NewRunPage::changed);
  return field;
}

QWidget* NewRunPage::makeModel() {
  auto* page = new QWidget;
  auto* grid = gridOf(page);
  name = new QLineEdit;
  name->setFixedWidth(Theme::px(fieldWidth));
  name->setAccessibleName(tr("Name"));
  addRow(grid, tr("Name"), name, nullptr);
  model = new QComboBox;
  model->setFixedWidth(Theme::px(fieldWidth));
  model->setAccessibleName(tr("Start from"));
  addRow(grid, tr("Start from"), model, modelHint = hintLabel());

  shape = new QWidget;
  auto* inner = gridOf(shape);
  inner->setContentsMargins(0, 0, 0, 0);
  size = new QComboBox;
  size->setFixedWidth(Theme::px(fieldWidth));
  size->setAccessibleName(tr("Size"));
  for (const Size& one : sizes)
    size->addItem(tr("%1: %2 layers, %3 heads, %4 wide")
                      .arg(QString::fromLatin1(one.name))
                      .arg(one.layers)
                      .arg(one.heads)
                      .arg(one.width));
  size->addItem(tr("another shape"));
  addRow(inner, tr("Size"), size, contextHint = hintLabel());
  sizeRow = new QWidget;
  auto* fields = new QHBoxLayout(sizeRow);
  fields->setContentsMargins(0, 0, 0, 0);
  fields->setSpacing(8);
  const struct {
    const char* key;
    QString label;
    int value, most;
  } parts[] = {{"n_layer", tr("layers"), 4, 128},
               {"n_head", tr("heads"), 4, 128},
               {"n_embd", tr("wide"), 128, 16384},
               {"n_ctx", tr("context"), 128, 131072}};
  for (const auto& part : parts) {
    auto* field = new NumberField(part.label, NumberField::Whole, 1, part.most, part.value);
    field->setFixedWidth(Theme::px(64));
    numbers.insert(QString::fromLatin1(part.key), field);
    connect(field, &QLineEdit::textChanged, this, &NewRunPage::changed);
    fields->addWidget(field);
    fields->addWidget(hintLabel(part.label));
  }
  addRow(inner, tr("Shape"), sizeRow, nullptr);
  sizeLabel = inner->itemAtPosition(inner->rowCount() - 1, 0)->widget();
  family = new QComboBox;
  family->addItem(tr("GPT-2"), QStringLiteral("gpt2"));
  family->addItem(tr("Llama"), QStringLiteral("llama"));
  family->setFixedWidth(Theme::px(fieldWidth));
  addRow(inner, tr("Family"), family, nullptr);
  tokens = new QComboBox;
  tokens->setFixedWidth(Theme::px(fieldWidth));
  tokens->setAccessibleName(tr("Tokens"));
  addRow(inner, tr("Tokens"), tokens, nullptr);
  const int row = grid->rowCount();
  grid->addWidget(shape, row, 0, 1, 3);

  connect(name, &QLineEdit::textChanged, this, &NewRunPage::changed);
  for (QComboBox* box : {model, family, tokens})
    connect(box, &QComboBox::currentIndexChanged, this, &NewRunPage::changed);
  connect(size, &QComboBox::currentIndexChanged, this, [this](int place) {
    if (place >= 0 && place < int(std::size(sizes))) {
      numbers[QStringLiteral("n_layer")]->setValue(sizes[place].layers);
      numbers[QStringLiteral("n_head")]->setValue(sizes[place].heads);
      numbers[QStringLiteral("n_embd")]->setValue(sizes[place].width);
      numbers[QStringLiteral("n_ctx")]->setValue(sizes[place].context);
      if (numbers.contains(QStringLiteral("context")))
        numbers[QStringLiteral("context")]->setValue(sizes[place].context);
    }
    sizeRow->setVisible(place == int(std::size(sizes)));
    sizeLabel->setVisible(place == int(std::size(sizes)));
    changed();
  });
  return page;
}

QWidget* NewRunPage::makeData() {
  auto* page = new QWidget;
  auto* grid = gridOf(page);
  files = new QListWidget;
  files->setAccessibleName(tr("Files"));
  files->setSelectionMode(QAbstractItemView::ExtendedSelection);
  files->setFixedHeight(Theme::px(52));
  files->setFrameShape(QFrame::NoFrame);
  auto* holder = new QWidget;
  holder->setFixedWidth(Theme::px(fieldWidth));
  auto* column = new QVBoxLayout(holder);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  auto* frame = new Outlined(files);
  column->addWidget(frame);
  auto* buttons = new QHBoxLayout;
  auto* add = new KeyButton(tr("Add files"), QStringLiteral("plus"), QKeySequence(Qt::CTRL | Qt::Key_O));
  remove = new KeyButton(tr("Remove"));
  buttons->addWidget(add);
  buttons->addWidget(remove);
  buttons->addStretch();
  column->addLayout(buttons);
  addRow(grid, tr("Files"), holder, filesHint = hintLabel());
  connect(add, &QPushButton::clicked, this, [this] {
    addFiles(QFileDialog::getOpenFileNames(this, tr("Add training files"), {},
                                           tr("Text and JSON Lines (*.txt *.md *.jsonl *.json);;All files (*)")));
  });
  connect(remove, &QPushButton::clicked, this, [this] {
    qDeleteAll(files->selectedItems());
    changed();
  });
  connect(files, &QListWidget::itemSelectionChanged, this,
          [this] { remove->setEnabled(!files->selectedItems().isEmpty()); });
  remove->setEnabled(false);
  return page;
}

QWidget* NewRunPage::makeTraining() {
  const RunDescription usual;
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* first = new QWidget;
  auto* grid = gridOf(first);
  using F = NumberField;
  addNumber(grid, "steps", tr("Steps"), F::Whole, 1, 1e7, usual.steps, {});
  stepsHint = static_cast<QLabel*>(grid->itemAtPosition(grid->rowCount() - 1, 2)->widget());
  addNumber(grid, "batch", tr("Batch"), F::Whole, 1, 4096, usual.batch, tr("texts a step"));
  addNumber(grid, "context", tr("Context"), F::Whole, 2, 131072, usual.context,
            tr("tokens a text, at most the model’s"));
  addNumber(grid, "lr", tr("Learning rate"), F::Real, 1e-9, 1, usual.learningRate,
            tr("falls as a cosine after the warm-up"));
  addNumber(grid, "held_out", tr("Held-out share"), F::Real, 0, 0.9, 0.1, tr("not trained on; 0 for none"));
  column->addWidget(first);
  more = new QWidget;
  grid = gridOf(more);
  addNumber(grid, "min_lr", tr("Least learning rate"), F::Real, 0, 1, usual.minLearningRate,
            tr("where the cosine ends"));
  addNumber(grid, "warmup", tr("Warm-up"), F::Whole, 0, 1e7, usual.warmup, tr("steps in which the rate rises"));
  addNumber(grid, "beta1", tr("Beta 1"), F::Real, 0, 0.9999, usual.beta1, {});
  addNumber(grid, "beta2", tr("Beta 2"), F::Real, 0, 0.99999, usual.beta2, {});
  addNumber(grid, "eps", tr("Epsilon"), F::Real, 0, 1, usual.epsilon, {});
  addNumber(grid, "weight_decay", tr("Weight decay"), F::Real, 0, 10, usual.weightDecay, tr("of matrices only"));
  addNumber(grid, "clip", tr("Clip"), F::Real, 0, 1e6, usual.clip, tr("largest gradient norm"));
  addNumber(grid, "accumulate", tr("Accumulate"), F::Whole, 1, 1024, usual.accumulate, tr("batches a step"));
  addNumber(grid, "dropout", tr("Dropout"), F::Real, 0, 0.9, usual.dropout, {});
  addNumber(grid, "checkpoint_every", tr("Checkpoint every"), F::Whole, 0, 1e7, usual.checkpointEvery,
            tr("steps; 0: at the end only"));
  addNumber(grid, "evaluate_every", tr("Evaluate every"), F::Whole, 0, 1e7, usual.evaluateEvery,
            tr("steps; 0: at the end only"));
  addNumber(grid, "seed", tr("Seed"), F::Whole, 0, 4294967295.0, 0, tr("the same seed gives the same run"));
  moreButton->setText(tr("%1 more settings").arg(grid->rowCount() - 1));
  column->addWidget(more);
  return page;
}

NumberField* NewRunPage::field(const QString& key) const { return numbers.value(key); }

void NewRunPage::fillModels() {
  const QString chosen = model->currentData().toString(), chosenTokens = tokens->currentData().toString();
  const QSignalBlocker quiet(model), quietTokens(tokens);
  model->clear();
  tokens->clear();
  tokens->addItem(tr("bytes (257)"), QString());
  for (int vocabulary : {512, 1024, 4096, 16384})
    tokens->addItem(tr("%L1, learned from these files").arg(vocabulary), QStringLiteral("learn:%1").arg(vocabulary));
  if (TrainKind(kinds->current()) == TrainKind::Pretrain) model->addItem(tr("a new model"), newModelId);
  for (const auto& one : source.models()) {
    model->addItem(one.name, one.dir);
    tokens->addItem(tr("those of %1").arg(one.name), one.dir);
  }
  model->setCurrentIndex(std::max(0, model->findData(chosen)));
  tokens->setCurrentIndex(std::max(0, tokens->findData(chosenTokens)));
  changed();
}

void NewRunPage::setKind(TrainKind kind) {
  kinds->setCurrent(int(kind));
  fillModels();
}

void NewRunPage::begin(TrainKind kind) {
  QStringList taken;
  for (const auto& run : source.runs()) taken << run.description.name;
  const QString stem = kind == TrainKind::Pretrain ? QStringLiteral("base") : QStringLiteral("tuned");
  QString free = stem;
  for (int n = 2; taken.contains(free); n++) free = QStringLiteral("%1-%2").arg(stem).arg(n);
  name->setText(free);
  files->clear();
  setKind(kind);
  size->setCurrentIndex(1);
  sizeRow->hide();
  sizeLabel->hide();
  name->setFocus();
  name->selectAll();
}

void NewRunPage::addFiles(const QStringList& paths) {
  for (const auto& path : paths) {
    bool there = false;
    for (int i = 0; i < files->count(); i++) there |= files->item(i)->toolTip() == path;
    if (there) continue;
    auto* item = new QListWidgetItem(QFileInfo(path).fileName() + QStringLiteral("   ") +
                                     sizeWords(quint64(QFileInfo(path).size())));
    item->setToolTip(path);
    files->addItem(item);
  }
  changed();
}

RunDescription NewRunPage::description() const {
  RunDescription run;
  run.kind = TrainKind(kinds->current());
  run.name = name->text().trimmed();
  const auto number = [&](const char* key) { return numbers[QString::fromLatin1(key)]->value(); };
  if (model->currentData().toString() == newModelId) {
    NewModel made;
    made.architecture = family->currentData().toString();
    made.nLayer = int(number("n_layer"));
    made.nHead = int(number("n_head"));
    made.nEmbd = int(number("n_embd"));
    made.nCtx = int(number("n_ctx"));
    const QString from = tokens->currentData().toString();
    if (from.startsWith(QStringLiteral("learn:")))
      made.vocabulary = from.mid(6).toInt();
    else
      made.tokenizerDir = from;
    run.newModel = made;
  } else {
    run.modelDir = model->currentData().toString();
  }
  for (int i = 0; i < files->count(); i++) run.files << files->item(i)->toolTip();
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
  return run;
}

QStringList NewRunPage::wrongs() const {
  QStringList words;
  const RunDescription run = description();
  if (run.name.isEmpty()) words << tr("The run has no name.");
  if (run.name.contains(u'/') || run.name.startsWith(u'.'))
    words << tr("The name becomes a folder: it has no slash and starts with no dot.");
  for (const auto& other : source.runs())
    if (other.description.name == run.name)
      words << tr("There is a run %1 already; choose another name.").arg(run.name);
  if (run.modelDir.isEmpty() && !run.newModel)
    words << tr("There is no model to start from; pre-train one, or import one in Models.");
  if (run.files.isEmpty()) words << tr("No files yet: add them, or drop them here.");
  for (const NumberField* field : numbers)
    if (!field->valid()) words << field->sentence();
  if (run.newModel && run.newModel->nEmbd % run.newModel->nHead != 0)
    words << tr("%1 heads do not divide a width of %2.").arg(run.newModel->nHead).arg(run.newModel->nEmbd);
  if (run.newModel && run.context > run.newModel->nCtx)
    words << tr("Context %1 is longer than the model’s %2.").arg(run.context).arg(run.newModel->nCtx);
  return words;
}

bool NewRunPage::canStart() const { return wrongs().isEmpty() && known && forecast.possible(); }

void NewRunPage::changed() {
  if (!startHint) return;
  const RunDescription run = description();
  shape->setVisible(run.newModel.has_value());
  if (run.newModel) {
    NewModel counted = *run.newModel;
    modelHint->setText(tr("%1 parameters").arg(countWords(double(counted.parameters()))));
    contextHint->setText(tr("context %1").arg(counted.nCtx));
  } else {
    for (const auto& one : source.models())
      if (one.dir == run.modelDir) modelHint->setText(one.detail);
  }
  quint64 bytes = 0;
  for (const auto& file : run.files) bytes += quint64(QFileInfo(file).size());
  filesHint->setText(
      run.files.isEmpty()
          ? run.kind == TrainKind::Pretrain ? tr("text files, or JSON Lines with text")
                                            : tr("JSON Lines with messages, or prompt and completion")
          : tr("%1 in %2")
                .arg(sizeWords(bytes), run.files.size() == 1 ? tr("one file") : tr("%1 files").arg(run.files.size())));
  stepsHint->setText(
      tr("%1 tokens in all").arg(countWords(double(run.steps) * run.batch * run.context * run.accumulate)));
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
  while (QLayoutItem* item = checks->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  const auto add = [&](TrainForecast::Verdict verdict, const QString& words) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    auto* icon = new QLabel;
    const bool fine = verdict == TrainForecast::Fine;
    const IconRole role = fine                                ? IconRole::Success
                          : verdict == TrainForecast::Warning ? IconRole::Warning
                                                              : IconRole::Error;
    icon->setPixmap(Icons::pixmap(fine ? QStringLiteral("check") : QStringLiteral("warn"), 16, Icons::colour(role),
                                  devicePixelRatioF()));
    icon->setAccessibleName(fine ? tr("fine") : verdict == TrainForecast::Warning ? tr("warning") : tr("wrong"));
    line->addWidget(icon, 0, Qt::AlignTop);
    auto* text = new QLabel(words);
    text->setWordWrap(true);
    line->addWidget(text, 1);
    checks->addWidget(row);
  };
  const QStringList wrong = wrongs();
  for (const auto& words : wrong) add(TrainForecast::Wrong, words);
  if (wrong.isEmpty() && known)
    for (const auto& check : forecast.checks) add(check.verdict, check.words);
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

#include "models/evaluate_setup.h"

#include "error.h"
#include "store/store.h"
#include "widgets/key_button.h"
#include "widgets/labeled_slider.h"
#include "widgets/labels.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

namespace attune {
namespace {

const QString askFile = QStringLiteral("ask"), byPerson = QStringLiteral("person"), ofFile = QStringLiteral("file"),
              heldOut = QStringLiteral("held out"), ruleMark = QStringLiteral("rule:");

QLabel* small(const QString& words) {
  auto* label = new QLabel(words);
  label->setProperty("role", "small");
  label->setWordWrap(true);
  return label;
}

QVBoxLayout* section(QVBoxLayout* column) {
  auto* rows = new QVBoxLayout;
  rows->setContentsMargins(metric::edge, metric::space, metric::edge, metric::edge);
  rows->setSpacing(metric::space);
  column->addLayout(rows);
  return rows;
}

QComboBox* chooser(const QString& name) {
  auto* box = new QComboBox;
  box->setAccessibleName(name);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  return box;
}

} // namespace

EvaluateSetup::EvaluateSetup(Store* store, QWidget* parent)
    : QWidget(parent)
    , store(store) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  auto* inner = new QWidget;
  inner->setAutoFillBackground(false);
  auto* column = new QVBoxLayout(inner);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(new SectionHeader(tr("Models"), tr("two or more"), nullptr, metric::toolBar));
  models = new QListWidget;
  models->setFrameShape(QFrame::NoFrame);
  models->setAccessibleName(tr("Models to compare"));
  models->setMinimumHeight(Theme::px(130));
  auto* framed = new QVBoxLayout; // the boxes stand in one line with the words of the other sections
  framed->setContentsMargins(metric::edge - metric::spaceXs, metric::spaceXs, metric::edge, metric::spaceXs);
  framed->addWidget(models);
  column->addLayout(framed);
  column->addWidget(new SectionHeader(tr("Prompts")));
  QVBoxLayout* rows = section(column);
  rows->addWidget(promptChoice = chooser(tr("Prompts to answer")));
  auto* line = new QHBoxLayout;
  auto* mostLabel = new ElidedLabel(tr("At most"));
  most = new QSpinBox;
  most->setButtonSymbols(QAbstractSpinBox::NoButtons);
  most->setAlignment(Qt::AlignRight);
  most->setRange(1, 100000);
  most->setValue(50);
  most->setFixedWidth(Theme::px(72));
  most->setAccessibleName(tr("At most so many prompts"));
  line->addWidget(mostLabel, 1);
  line->addWidget(most);
  rows->addLayout(line);
  column->addWidget(new SectionHeader(tr("Judge")));
  rows = section(column);
  rows->addWidget(judgeChoice = chooser(tr("Who judges")));
  rows->addWidget(note = small({}));
  column->addWidget(new SectionHeader(tr("Replies")));
  rows = section(column);
  const auto number = [&](const QString& name, double low, double high, double value, int decimals) {
    auto* field = new LabeledSlider(name, low, high, value, decimals, false);
    rows->addWidget(field);
    return field;
  };
  longestField = number(tr("Longest reply, tokens"), 1, 100000, 64, 0);
  temperatureField = number(tr("Temperature"), 0.05, 2, 1, 2);
  seedField = number(tr("Seed"), 0, 999999, 0, 0);
  column->addStretch(1);
  scroll->setWidget(inner);
  outer->addWidget(scroll, 1);
  outer->addWidget(new Line);
  auto* foot = new QVBoxLayout;
  foot->setContentsMargins(metric::edge, metric::space, metric::edge, metric::edge);
  foot->setSpacing(metric::space);
  foot->addWidget(why = small({}));
  foot->addWidget(start = new KeyButton(tr("Compare"), KeyButton::Primary));
  start->setKey(QKeySequence(Qt::CTRL | Qt::Key_Return));
  outer->addLayout(foot);

  connect(models, &QListWidget::itemChanged, this, &EvaluateSetup::say);
  connect(promptChoice, &QComboBox::activated, this, [this] {
    if (promptChoice->currentData().toString() == askFile) askPrompts();
    say();
  });
  connect(judgeChoice, &QComboBox::activated, this, [this] {
    if (judgeChoice->currentData().toString() == askFile) askRule();
    say();
  });
  connect(start, &QPushButton::clicked, this, [this] {
    if (busy)
      Q_EMIT stopped();
    else if (unready().isEmpty())
      Q_EMIT started();
  });
  fillJudges();
  refreshPrompts();
}

void EvaluateSetup::setModels(const QList<ModelEntry>& list) {
  const QStringList before = chosen();
  entries = list;
  filling = true;
  models->clear();
  for (const ModelEntry& entry : entries) {
    if (!entry.speaks()) continue;
    auto* item = new QListWidgetItem(
        entry.tag.isEmpty() ? entry.name : QStringLiteral("%1 (%2)").arg(entry.name, entry.tag), models);
    item->setData(Qt::UserRole, entry.id);
    item->setToolTip(entry.detail);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsSelectable);
    item->setCheckState(before.contains(entry.id) ? Qt::Checked : Qt::Unchecked);
  }
  filling = false;
  fillJudges();
  say();
}

void EvaluateSetup::choose(const QStringList& ids) {
  filling = true;
  for (int i = 0; i < models->count(); ++i)
    models->item(i)->setCheckState(ids.contains(models->item(i)->data(Qt::UserRole).toString()) ? Qt::Checked
                                                                                                : Qt::Unchecked);
  filling = false;
  say();
}

QStringList EvaluateSetup::chosen() const {
  QStringList ids;
  for (int i = 0; i < models->count(); ++i)
    if (models->item(i)->checkState() == Qt::Checked) ids << models->item(i)->data(Qt::UserRole).toString();
  return ids;
}

void EvaluateSetup::fillJudges() {
  const QString before = judgeChoice->currentData().toString();
  judgeChoice->clear();
  judgeChoice->addItem(tr("You, blind, in Label"), byPerson);
  for (const ModelEntry& entry : entries)
    if (entry.classifier && entry.trouble.isEmpty()) judgeChoice->addItem(entry.name, entry.id);
  if (!ruleFile.isEmpty())
    judgeChoice->addItem(tr("Rule: %1").arg(QFileInfo(ruleFile).fileName()), ruleMark + ruleFile);
  judgeChoice->addItem(tr("A rule's file …"), askFile);
  judgeChoice->setCurrentIndex(std::max(0, judgeChoice->findData(before)));
}

void EvaluateSetup::refreshPrompts() {
  const QVariant before = promptChoice->currentData();
  promptChoice->clear();
  if (store) {
    RecordFilter out;
    out.split = QStringLiteral("held out");
    if (const int count = store->count(RecordKind::Prompt, out))
      promptChoice->addItem(tr("Held out (%L1)").arg(count), heldOut);
    for (const PromptSet& set : store->promptSets())
      if (set.prompts > 0)
        promptChoice->addItem(QStringLiteral("%1 (%L2)").arg(set.name).arg(set.prompts), qint64(set.id));
  }
  if (!promptFile.isEmpty()) promptChoice->addItem(QFileInfo(promptFile).fileName(), ofFile);
  promptChoice->addItem(tr("Prompts of a file …"), askFile);
  promptChoice->setCurrentIndex(std::max(0, promptChoice->findData(before)));
  say();
}

void EvaluateSetup::usePrompts(const QString& file) {
  promptFile = file;
  refreshPrompts();
  promptChoice->setCurrentIndex(std::max(0, promptChoice->findData(ofFile)));
  say();
}

void EvaluateSetup::useRule(const QString& file) {
  ruleFile = file;
  fillJudges();
  judgeChoice->setCurrentIndex(std::max(0, judgeChoice->findData(ruleMark + file)));
  say();
}

void EvaluateSetup::askPrompts() {
  const QString file = QFileDialog::getOpenFileName(this, tr("Prompts to answer"), {},
                                                    tr("Data (*.jsonl *.json *.txt *.tsv *.gz);;All files (*)"));
  if (file.isEmpty())
    promptChoice->setCurrentIndex(0);
  else
    usePrompts(file);
}

void EvaluateSetup::askRule() {
  const QString file =
      QFileDialog::getOpenFileName(this, tr("A rule that judges"), {}, tr("Rules (*.json);;All files (*)"));
  if (file.isEmpty())
    judgeChoice->setCurrentIndex(0);
  else
    useRule(file);
}

ModelTrial::Judge EvaluateSetup::judge() const {
  const QString data = judgeChoice->currentData().toString();
  return data == byPerson            ? ModelTrial::Judge::Person
         : data.startsWith(ruleMark) ? ModelTrial::Judge::Rule
                                     : ModelTrial::Judge::RewardModel;
}

QString EvaluateSetup::judgePath() const {
  const QString data = judgeChoice->currentData().toString();
  return data == byPerson ? QString() : data.startsWith(ruleMark) ? data.mid(ruleMark.size()) : data;
}

QString EvaluateSetup::judgeName() const {
  return judge() == ModelTrial::Judge::Person ? tr("you") : judgeChoice->currentText();
}

int EvaluateSetup::longest() const { return int(longestField->value()); }
double EvaluateSetup::temperature() const { return temperatureField->value(); }
uint64_t EvaluateSetup::seed() const { return uint64_t(seedField->value()); }

std::vector<PromptExample> EvaluateSetup::prompts() const {
  std::vector<PromptExample> list;
  const QVariant data = promptChoice->currentData();
  if (data.toString() == ofFile) {
    list = readExamples(promptFile.toStdString()).allPrompts();
    if (list.empty()) throw Error(promptFile.toStdString() + " holds no prompt.");
  } else if (store) {
    RecordFilter filter;
    if (data.toString() == heldOut)
      filter.split = heldOut;
    else
      filter.set = data.toLongLong();
    filter.limit = most->value();
    for (const Prompt& prompt : store->prompts(filter)) {
      PromptExample example;
      for (const StoredMessage& message : prompt.history)
        example.messages.push_back({message.role.toStdString(), message.content.toStdString()});
      example.messages.push_back({"user", prompt.text.toStdString()});
      list.push_back(std::move(example));
    }
  }
  if (list.size() > size_t(most->value())) list.resize(size_t(most->value()));
  return list;
}

QString EvaluateSetup::unready() const {
  if (chosen().size() < 2) return tr("Choose two models or more.");
  const QString prompts = promptChoice->currentData().toString();
  if (prompts.isEmpty() || prompts == askFile)
    return tr("There are no prompts yet: choose a file, or add some in Label.");
  const QString judging = judgeChoice->currentData().toString();
  if (judging.isEmpty() || judging == askFile) return tr("Say who judges.");
  return {};
}

void EvaluateSetup::setBusy(bool on) {
  busy = on;
  say();
}

void EvaluateSetup::say() {
  if (filling) return;
  note->setText(judge() == ModelTrial::Judge::Person
                    ? tr("The replies wait in Label, shuffled and without names; rank and rate them there.")
                : judge() == ModelTrial::Judge::Rule ? tr("A rule judges, no person: results are marked scripted.")
                                                     : tr("A reward model judges. One that trained a model below likes "
                                                          "what that model learned to please it with."));
  const QString reason = unready();
  why->setText(reason);
  why->setVisible(!reason.isEmpty() && !busy);
  start->setText(busy ? tr("Stop") : tr("Compare"));
  start->setKind(busy ? KeyButton::Plain : KeyButton::Primary);
  start->setEnabled(busy || reason.isEmpty());
}

} // namespace attune

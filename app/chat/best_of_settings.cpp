#include "chat/best_of_settings.h"

#include "chat/chat_session.h"
#include "sentence.h"
#include "train/proxy_gold.h"
#include "widgets/labels.h"
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSpinBox>
#include <QVBoxLayout>

namespace attune {
namespace {

const QString askFile = QStringLiteral("ask");

} // namespace

BestOfSettings::BestOfSettings(QWidget* parent)
    : QWidget(parent) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(metric::edge, metric::edge, metric::edge, metric::edge);
  rows->setSpacing(metric::space);
  auto* first = new QHBoxLayout;
  auto* title = new ElidedLabel(tr("Best of n"), FontRole::Body, this);
  title->setRole(FontRole::Body, true);
  count = new QSpinBox(this);
  count->setButtonSymbols(QAbstractSpinBox::NoButtons);
  count->setAlignment(Qt::AlignRight);
  count->setRange(1, mostCandidates);
  count->setKeyboardTracking(false);
  count->setFixedWidth(64);
  count->setAccessibleName(tr("Best of n: how many replies are written"));
  count->setToolTip(tr("So many replies are written, and the one with the highest score is shown"));
  first->addWidget(title, 1);
  first->addWidget(count);
  rows->addLayout(first);
  judge = new QComboBox(this);
  judge->setAccessibleName(tr("Who chooses the best reply"));
  judge->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  rows->addWidget(judge);
  words = new QLabel(this);
  words->setProperty("role", "small");
  words->setWordWrap(true);
  rows->addWidget(words);
  connect(count, &QSpinBox::valueChanged, this, [this](int n) {
    if (filling) return;
    now.n = n;
    say();
    Q_EMIT changed(now);
  });
  connect(judge, &QComboBox::activated, this, &BestOfSettings::choose);
  fill();
}

void BestOfSettings::setModels(const QList<ModelEntry>& models) {
  judges.clear();
  for (const ModelEntry& entry : models)
    if (entry.classifier && entry.trouble.isEmpty()) judges << entry;
  fill();
}

void BestOfSettings::show(const BestOfChoice& choice, bool isGreedy) {
  now = choice;
  greedy = isGreedy;
  wrong.clear();
  fill();
}

void BestOfSettings::fill() {
  filling = true;
  count->setValue(now.n);
  judge->clear();
  judge->addItem(tr("Nobody chooses"), QString());
  for (const ModelEntry& entry : judges) {
    judge->addItem(entry.tag.isEmpty() ? entry.name : QStringLiteral("%1 (%2)").arg(entry.name, entry.tag), entry.id);
    judge->setItemData(judge->count() - 1, entry.detail, Qt::ToolTipRole);
  }
  if (now.rule() && !rules.contains(now.ruleFile())) rules << now.ruleFile();
  for (const QString& file : rules) {
    judge->addItem(tr("Rule: %1").arg(QFileInfo(file).fileName()), QStringLiteral("rule:") + file);
    judge->setItemData(judge->count() - 1, file, Qt::ToolTipRole);
  }
  int place = judge->findData(now.judge);
  if (place < 0) { // it is gone
    judge->addItem(now.judge.section(QLatin1Char('/'), -1), now.judge);
    place = judge->count() - 1;
  }
  judge->addItem(tr("A rule's file …"), askFile);
  judge->setCurrentIndex(place);
  filling = false;
  say();
}

void BestOfSettings::choose(int place) {
  const QString data = judge->itemData(place).toString();
  if (data != askFile) {
    wrong.clear();
    now.judge = data;
    if (now.n == 1 && !data.isEmpty()) now.n = 4;
    fill();
    Q_EMIT changed(now);
    return;
  }
  const QString file = QFileDialog::getOpenFileName(this, tr("A rule that scores replies"), QString(),
                                                    tr("Rules (*.json);;All files (*)"));
  if (file.isEmpty())
    fill();
  else
    takeRule(file);
}

void BestOfSettings::takeRule(const QString& file) {
  try {
    Rule::load(file.toStdString());
  } catch (const std::exception& error) {
    wrong = QString::fromStdString(sentenceOf(error));
    fill();
    return;
  }
  wrong.clear();
  now.judge = QStringLiteral("rule:") + file;
  if (now.n == 1) now.n = 4;
  fill();
  Q_EMIT changed(now);
}

QString BestOfSettings::note() const { return words->text(); }

void BestOfSettings::say() {
  count->setEnabled(!greedy);
  judge->setEnabled(!greedy);
  judge->setProperty("wrong", !wrong.isEmpty());
  if (!wrong.isEmpty())
    words->setText(wrong);
  else if (greedy)
    words->setText(tr("Greedy replies are all the same: there is none to choose."));
  else if (now.wanted())
    words->setText(tr("Moves the model at most %1 nats from what it would say alone (ln n − (n−1)/n).")
                       .arg(bestOfBound(now.n), 0, 'f', 2));
  else if (judges.isEmpty() && rules.isEmpty())
    words->setText(tr("A reward model chooses the best of n replies. There is none yet: train one from rankings in "
                      "Train, or take a rule's file."));
  else
    words->setText(now.n > 1 ? tr("Say who chooses: until then one reply is written.") : tr("One reply, as it comes."));
}

} // namespace attune

#include "train/reward_form.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QSignalBlocker>

namespace attune {
namespace {

const QString askId = QStringLiteral("ask"); // the entry that asks for a file

} // namespace

RewardForm::RewardForm(QWidget* parent)
    : FormGrid(parent) {
  rewards = addChoice(tr("Reward"));
  golds = addChoice(tr("Held-out judge"), tr("a second opinion that trains nothing; it must rise with the reward"));
  for (QComboBox* box : {rewards, golds}) {
    connect(box, &QComboBox::activated, this, [this, box] {
      if (box->currentData() == askId) askRule(box);
    });
    connect(box, &QComboBox::currentIndexChanged, this, &RewardForm::changed);
  }
  setModels({});
}

void RewardForm::setModels(const QList<TrainModel>& models) {
  for (QComboBox* box : {rewards, golds}) {
    const QString chosen = box->currentData().toString();
    const QSignalBlocker quiet(box);
    QStringList rules; // files that were added by hand
    for (int i = 0; i < box->count(); ++i)
      if (const QString path = box->itemData(i).toString(); path.endsWith(QStringLiteral(".json"))) rules << path;
    box->clear();
    if (box == golds) box->addItem(tr("none"), QString());
    for (const TrainModel& model : models)
      if (model.scores) box->addItem(model.name, model.dir);
    for (const QString& rule : rules) box->addItem(QFileInfo(rule).fileName(), rule);
    box->addItem(tr("a rule’s file …"), askId);
    const int place = box->findData(chosen);
    box->setCurrentIndex(place >= 0 ? place : 0);
  }
  Q_EMIT changed();
}

void RewardForm::begin() {
  rewards->setCurrentIndex(0);
  golds->setCurrentIndex(0);
}

void RewardForm::choose(QComboBox* box, const QString& path) {
  if (path.isEmpty()) return;
  if (box->findData(path) < 0) box->insertItem(box->count() - 1, nameOfPath(path), path);
  box->setCurrentIndex(box->findData(path));
  setHint(rewards,
          reward().endsWith(QStringLiteral(".json")) ? tr("a rule: scripted, not learned from persons") : QString());
}

void RewardForm::setReward(const QString& path) { choose(rewards, path); }
void RewardForm::setGold(const QString& path) { choose(golds, path); }

void RewardForm::askRule(QComboBox* box) {
  const QString file = QFileDialog::getOpenFileName(this, tr("Choose a rule"), {}, tr("Rules (*.json);;All files (*)"));
  if (file.isEmpty())
    box->setCurrentIndex(0);
  else
    choose(box, file);
}

QString RewardForm::reward() const {
  const QString chosen = rewards->currentData().toString();
  return chosen == askId ? QString() : chosen;
}

QString RewardForm::gold() const {
  const QString chosen = golds->currentData().toString();
  return chosen == askId ? QString() : chosen;
}

QStringList RewardForm::wrongs() const {
  if (!reward().isEmpty()) return {};
  return {tr("There is nothing to be rewarded by: train a reward model first, or choose a rule’s file.")};
}

} // namespace attune

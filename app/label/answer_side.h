// The side of Label: flags of the chosen answer, the note, how answers are sampled, who labels, and the keys.
#pragma once

#include "label/label_task.h"
#include <QHash>
#include <QWidget>

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;

namespace attune {

class LabeledSlider;
class SectionHeader;

class AnswerSide : public QWidget {
  Q_OBJECT
public:
  explicit AnswerSide(QWidget* parent = nullptr);

  void setTask(const LabelTask& task);
  void setSampler(const StoredSampler& sampler);
  void setLabeler(const QString& name);
  void setKeysShown(bool on); // they hide where the window is low
  QPlainTextEdit* noteField() const { return note; }
  QCheckBox* flagBox(const QString& flag) const { return boxes.value(flag); }

Q_SIGNALS:
  void flagToggled(const QString& flag);
  void noteChanged(const QString& text);
  void samplerChanged(const attune::StoredSampler& sampler);
  void labelerChanged(const QString& name);

private:
  QWidget* makeFlags();
  QWidget* makeKeys();

  SectionHeader* head;
  QHash<QString, QCheckBox*> boxes;
  QPlainTextEdit* note;
  LabeledSlider *temperature, *topP, *longest;
  QLineEdit* labeler;
  QWidget* keys;
  StoredSampler sampler;
  bool filling = false;
};

} // namespace attune

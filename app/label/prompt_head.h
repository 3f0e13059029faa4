// The prompt on top of its answers: number, use case, split, what came before it, and the way to the ideal answer.
#pragma once

#include "label/label_task.h"
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QScrollArea;

namespace attune {

class ElidedLabel;
class KeyButton;
class Tag;

class PromptHead : public QWidget {
  Q_OBJECT
public:
  explicit PromptHead(QWidget* parent = nullptr);

  void setTask(const LabelTask& task, int number, bool hasIdeal); // number: its place in the list, 0: none
  KeyButton* idealButton() const { return ideal; }

protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;

private:
  void fit();

  ElidedLabel* place;
  Tag *useCase, *split, *scripted, *edited;
  KeyButton* ideal;
  QScrollArea* scroll;
  QLabel *history, *words;
};

} // namespace attune

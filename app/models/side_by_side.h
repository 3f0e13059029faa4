// The replies of several models to one prompt, beside each other: text, score, and on request the next token's
// probabilities and how much of each head's attention moved between two of the models.
#pragma once

#include "engine/reply.h"
#include "models/evaluation.h"

#include <QHash>
#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QLabel;

namespace attune {

class Engine;
class HeadShift;
class IntervalBars;
class KeyButton;

class SideBySide : public QWidget {
  Q_OBJECT
public:
  explicit SideBySide(Engine& engine, QWidget* parent = nullptr);

  // `open`: names and scores may be seen (a person judges blind).
  void show(const ModelTrial& evaluation, int row, bool open);
  void lookInside(); // next tokens and heads of the prompt that is shown

  QString replyText(int model) const;
  QStringList nextTokens(int model) const; // '·sea 38.1 %', likeliest first; empty before lookInside
  HeadShift* heads() const { return shift; }
  KeyButton* lookButton() const { return look; }
  QString note() const;

Q_SIGNALS:
  void looked();

private:
  struct Column {
    QWidget* widget = nullptr;
    QLabel *name = nullptr, *text = nullptr;
    IntervalBars* tokens = nullptr;
  };
  void fillColumns();
  void askNext(int model);
  void askHeads();
  void say(const QString& words);

  Engine& engine;
  ModelTrial shown;
  int row = -1;
  bool open = true;
  quint64 asked = 0;
  QList<Column> columns;
  QHash<int, QStringList> next;
  QHBoxLayout* columnRow;
  KeyButton* look;
  QComboBox *first, *second;
  QLabel* words;
  HeadShift* shift;
};

} // namespace attune

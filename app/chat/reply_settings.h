// The side of Chat: system prompt, how words are chosen, what the transcript shows.
#pragma once

#include "store/records.h"
#include <QWidget>

class QCheckBox;
class QLabel;
class QPlainTextEdit;

namespace attune {

class BestOfSettings;
class LabeledSlider;

class ReplySettings : public QWidget {
  Q_OBJECT
public:
  explicit ReplySettings(QWidget* parent = nullptr);

  void show(const StoredSampler& sampler, const QString& systemPrompt);
  void setBaseModel(bool base, const QString& name); // it has no system prompt
  void setContext(int tokens);                       // the longest reply that can be asked for
  BestOfSettings* bestOf() const { return best; }
  void setHover(bool on);
  void setMarkRare(bool on);

Q_SIGNALS:
  void samplerChanged(const attune::StoredSampler& sampler);
  void systemPromptChanged(const QString& text);
  void hoverChanged(bool on);
  void markRareChanged(bool on);

private:
  StoredSampler read() const;
  void greyOut();

  BestOfSettings* best;
  QPlainTextEdit* prompt;
  QLabel* promptNote;
  LabeledSlider *temperature, *topP, *minP, *topK, *penalty, *longest, *seed;
  QCheckBox *greedy, *hover, *markRare;
  bool filling = false;
};

} // namespace attune

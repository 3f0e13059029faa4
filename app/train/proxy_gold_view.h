// The page of a PPO run that shows reward over distance (proxy_gold.h): the run's history as it goes on, and best of n
// once it was measured. With an engine it measures itself, against a gold judge that the person chooses.
#pragma once

#include "engine/reply.h"
#include "train/proxy_gold.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;

namespace attune {

class Engine;
class KeyButton;
class MessageStrip;
class ProxyGoldChart;
class WordProgress;

class ProxyGoldView : public QWidget {
  Q_OBJECT
public:
  explicit ProxyGoldView(QWidget* parent = nullptr);

  void setEngine(Engine* engine); // it outlives the view; null: nothing can be measured
  // Reads what there is in the folder of a PPO run; called again while the run goes on. False: nothing yet.
  bool setRun(const QString& folder);
  void measure(); // by what is chosen
  void stop();

  ProxyGoldChart* chart() const { return picture; }
  QComboBox* goldField() const { return gold; }
  KeyButton* measureButton() const { return button; }
  QString words() const;
  bool measuring() const { return job != 0; }

Q_SIGNALS:
  void failed(const QString& sentence);

private:
  void fillJudges();
  void chooseGold(int place);
  void say();

  Engine* engine = nullptr;
  QString run, stamp;
  ProxyGold figures;
  JobId job = 0;
  QString goldFile; // a rule's
  QComboBox* gold;
  QCheckBox* fits;
  KeyButton* button;
  WordProgress* progress;
  MessageStrip* strip;
  ProxyGoldChart* picture;
  QLabel* lines;
};

} // namespace attune

// Whether a reward model is any good, as its run's report tells: how often it is right beside what length alone would
// say and what labelers agree on, calibration, use cases, margins, and the pairs that it gets most wrong.
#pragma once

#include <QJsonObject>
#include <QVariantMap>
#include <QWidget>

class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace attune {

class EmptyState;
class IntervalBars;
class KeyButton;
class MessageStrip;
class Plot;
class SectionHeader;

class RewardReportView : public QWidget {
  Q_OBJECT
public:
  explicit RewardReportView(QWidget* parent = nullptr);

  // The report in a run's folder; false: there is none yet, and the view says so.
  bool setRun(const QString& folder);
  void setReport(const QJsonObject& report);

  IntervalBars* accuracies() const { return accuracy; }
  IntervalBars* useCases() const { return cases; }
  QString verdict() const;
  QString noteWords() const;
  QList<KeyButton*> relabelButtons() const { return relabels; }

Q_SIGNALS:
  void relabel(const QVariantMap& request); // for the Label panel's open()
  void failed(const QString& sentence);

private:
  void showNothing(const QString& what, const QString& why);
  void fillBars(const QJsonObject& report);
  void fillWorst(const QJsonObject& report);
  QWidget* worstPair(const QJsonObject& pair);

  QScrollArea* scroll;
  EmptyState* empty;
  MessageStrip* strip;
  IntervalBars *accuracy, *margins, *cases, *labelers;
  SectionHeader *accuracyHeader, *casesHeader, *labelersHeader, *worstHeader;
  Plot* calibration;
  QLabel *lines, *notes;
  QWidget* worst;
  QVBoxLayout* worstRows;
  QList<KeyButton*> relabels;
  QString shownFile, stamp;
};

} // namespace attune

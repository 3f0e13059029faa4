// How good the models are that come with Attune, as those who made them measured it: their page, under a bar that leads
// back to the list.
#pragma once

#include <QWidget>

namespace attune {

class ResultsPage;

class StarterResults : public QWidget {
  Q_OBJECT
public:
  explicit StarterResults(QWidget* parent = nullptr);

  bool setFile(const QString& path); // as ResultsPage's
  ResultsPage* page() const { return results; }

Q_SIGNALS:
  void left(); // back is wanted

private:
  ResultsPage* results;
};

} // namespace attune

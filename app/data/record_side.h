// Beside the table: the chosen record, to be read and edited. What was typed is kept when the field is left, and each
// change can be undone.
#pragma once

#include "store/records.h"

#include <QWidget>
#include <functional>
#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QVBoxLayout;

namespace attune {

class PropertyRows;
class SectionHeader;
class Tag;
class Workbench;

// The ranks that 'D > A = B' gives `answers` answers, best 1; letters that are left out get 0. Nothing when it is no
// such order: an unknown letter, one named twice, or nothing ranked.
std::optional<QList<int>> parseOrder(const QString& text, int answers);

class RecordSide : public QWidget {
  Q_OBJECT
public:
  explicit RecordSide(Workbench& bench, QWidget* parent = nullptr);

  // One id: that record; several: only what can be done with all of them; none: nothing.
  void show(RecordKind kind, const QList<RecordId>& ids);
  void commit(); // keeps what was typed and not yet kept

  QPlainTextEdit* promptField() const { return prompt; }
  QPlainTextEdit* answerField() const { return answer; }
  QLineEdit* orderField() const { return order; }
  QComboBox* splitBox() const { return split; }
  QComboBox* useCaseBox() const { return useCase; }
  QLabel* orderTrouble() const { return wrong; }

protected:
  bool eventFilter(QObject* object, QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void paintEvent(QPaintEvent*) override;

private:
  void fill();
  void setSplit();
  template <class Record>
  void change(const std::optional<Record>& before, const std::function<void(Record&)>& edit,
              const std::function<void(const Record&)>& update);

  Workbench& bench;
  RecordKind kind = RecordKind::Comparison;
  QList<RecordId> ids;
  std::optional<Comparison> comparison;
  std::optional<Demonstration> demonstration;
  std::optional<Prompt> single;

  SectionHeader* header;
  Tag* scripted;
  QWidget* body;
  QLabel *history, *promptLabel, *answerLabel, *orderLabel, *wrong, *answers, *useCaseLabel, *noteLabel;
  QPlainTextEdit *prompt, *answer;
  QLineEdit *order, *note;
  QComboBox *useCase, *split;
  PropertyRows* rows;
};

} // namespace attune

#include "models/starter_results.h"

#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/results_page.h"

#include <QVBoxLayout>

namespace attune {

StarterResults::StarterResults(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new BarRow;
  auto* back = new KeyButton(tr("Models"), QStringLiteral("left"), {}, KeyButton::Flat);
  back->showKey(QKeySequence(Qt::Key_Escape));
  connect(back, &QPushButton::clicked, this, &StarterResults::left);
  bar->add(back);
  auto* title = new ElidedLabel(tr("How good the starter's models are"));
  title->setRole(FontRole::Body, true);
  bar->add(title, 1);
  column->addWidget(bar);
  column->addWidget(results = new ResultsPage, 1);
}

bool StarterResults::setFile(const QString& path) { return results->setFile(path); }

} // namespace attune

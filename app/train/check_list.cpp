#include "train/check_list.h"

#include "widgets/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace attune {

CheckList::CheckList(QWidget* parent)
    : QWidget(parent)
    , column(new QVBoxLayout(this)) {
  column->setContentsMargins(16, 8, 16, 8);
  column->setSpacing(6);
}

void CheckList::show(const QList<TrainForecast::Check>& checks) {
  while (QLayoutItem* item = column->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  for (const TrainForecast::Check& check : checks) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    auto* icon = new QLabel;
    const bool fine = check.verdict == TrainForecast::Fine, warning = check.verdict == TrainForecast::Warning;
    const IconRole role = fine ? IconRole::Success : warning ? IconRole::Warning : IconRole::Error;
    icon->setPixmap(Icons::pixmap(fine ? QStringLiteral("check") : QStringLiteral("warn"), 16, Icons::colour(role),
                                  devicePixelRatioF()));
    icon->setAccessibleName(fine ? tr("fine") : warning ? tr("warning") : tr("wrong"));
    line->addWidget(icon, 0, Qt::AlignTop);
    auto* text = new QLabel(check.words);
    text->setWordWrap(true);
    line->addWidget(text, 1);
    column->addWidget(row);
  }
}

} // namespace attune

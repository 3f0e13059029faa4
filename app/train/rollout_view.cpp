#include "train/rollout_view.h"

#include "sentence.h"
#include "train/rollout_delegate.h"
#include "widgets/labels.h"
#include "widgets/plot_axis.h"
#include "widgets/segmented_control.h"
#include "widgets/theme.h"

#include <QDateTime>
#include <QFileInfo>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

namespace attune {
namespace {

// What the colours mean: the ramp between the values at its ends.
class RampLegend : public QWidget {
public:
  QString low, high;
  bool difference = true;

  QSize sizeHint() const override {
    const QFontMetrics metrics(Theme::font(FontRole::Small));
    return {metrics.horizontalAdvance(low + high) + 70 + 12, 20};
  }
  QSize minimumSizeHint() const override { return sizeHint(); }

protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setFont(Theme::font(FontRole::Small));
    painter.setPen(theme.muted);
    const QFontMetrics metrics(painter.font());
    const int left = metrics.horizontalAdvance(low) + 6, right = left + 70;
    painter.drawText(QRect(0, 0, left, height()), Qt::AlignLeft | Qt::AlignVCenter, low);
    painter.drawText(QRect(right + 6, 0, width() - right, height()), Qt::AlignLeft | Qt::AlignVCenter, high);
    const QList<QRgb>& ramp = difference ? theme.difference : theme.attention;
    for (int x = 0; x < 70; ++x) {
      const double share = x / 69.0;
      painter.fillRect(left + x, height() / 2 - 5, 1, 10,
                       QColor(ramp[qsizetype(255 * (difference ? share : std::sqrt(share)))]));
    }
  }
};

} // namespace

RolloutView::RolloutView(QWidget* parent)
    : QWidget(parent)
    , rows(new RolloutModel(this))
    , delegate(new RolloutDelegate(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  header = new SectionHeader(tr("Rollouts"), {}, nullptr, metric::toolBar);
  by = new SegmentedControl({tr("Probability"), tr("KL"), tr("Advantage"), tr("Value")});
  by->setDense(true);
  by->setAccessibleName(tr("Colour tokens by"));
  by->setToolTip(tr("What the tokens' colour tells"));
  by->setCurrent(int(TokenColour::Advantage));
  header->addRight(by);
  legend = new RampLegend;
  header->addRight(legend);
  column->addWidget(header);
  view = new QTableView;
  view->setModel(rows);
  view->setItemDelegate(delegate);
  view->setFrameShape(QFrame::NoFrame);
  view->setShowGrid(false);
  view->setSelectionMode(QAbstractItemView::SingleSelection);
  view->setSelectionBehavior(QAbstractItemView::SelectRows);
  view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  view->verticalHeader()->hide();
  view->horizontalHeader()->setHighlightSections(false);
  view->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  view->setAccessibleName(tr("Rollouts"));
  view->setToolTip({});
  view->viewport()->installEventFilter(this);
  view->installEventFilter(this);
  column->addWidget(view, 1);
  connect(by, &SegmentedControl::currentChanged, this, &RolloutView::colour);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, view->viewport(), qOverload<>(&QWidget::update));
  colour();
}

void RolloutView::addRight(QWidget* widget) { header->addRight(widget); }

void RolloutView::setFiles(const QStringList& files) {
  const QString newest = files.value(0);
  const QFileInfo info(newest);
  const QString now = newest.isEmpty() ? QString()
                                       : newest + QString::number(info.size()) +
                                             QString::number(info.lastModified().toMSecsSinceEpoch());
  if (now == stamp && !now.isEmpty()) return;
  if (now.isEmpty() && rows->rowCount() == 0)
    return header->setDetail(tr("those of the first step come when it is made"));
  stamp = now;
  QString words;
  Rollouts read;
  try {
    if (!newest.isEmpty()) read = readRollouts(newest.toStdString());
    words = read.replies.empty() ? tr("those of the first step come when it is made")
                                 : tr("step %1, %2 of %3 replies")
                                       .arg(plainNumber(double(read.step), 9))
                                       .arg(read.replies.size())
                                       .arg(read.episodes);
  } catch (const std::exception& error) {
    words = QString::fromStdString(sentenceOf(error));
  }
  const QString file = QFileInfo(newest).path();
  const int keepRow = file == this->file ? row : -1, keepToken = token;
  this->file = file;
  header->setDetail(words);
  rows->setRollouts(std::move(read));
  row = token = -1;
  fit();
  colour();
  choose(keepRow, keepToken);
}

void RolloutView::colour() {
  const auto colour = TokenColour(by->current());
  const double range = rows->range(colour);
  delegate->setColour(colour, range);
  auto* words = static_cast<RampLegend*>(legend);
  words->difference = colour != TokenColour::Probability;
  words->low = words->difference ? plainNumber(-range, 3) : QStringLiteral("0");
  words->high = words->difference ? QStringLiteral("+") + plainNumber(range, 3) : QStringLiteral("1");
  legend->updateGeometry();
  legend->update();
  view->viewport()->update();
}

// Prompt a quarter, numbers what they need, the reply the rest; rows as high as the reply.
void RolloutView::fit() {
  const int wide = view->viewport()->width();
  const QFontMetrics metrics(Theme::font(FontRole::Body));
  const int number = std::max(metrics.horizontalAdvance(QStringLiteral("+00.00")),
                              metrics.horizontalAdvance(
                                  rows->headerData(RolloutModel::Reward, Qt::Horizontal, Qt::DisplayRole).toString())) +
                     3 * RolloutDelegate::marginX;
  const int prompt = std::clamp(wide / 5, 90, 220);
  QHeaderView* columns = view->horizontalHeader();
  columns->resizeSection(RolloutModel::Prompt, prompt);
  for (const int column : {RolloutModel::Reward, RolloutModel::Kl}) columns->resizeSection(column, number);
  columns->resizeSection(RolloutModel::Tokens, number + 12);
  columns->resizeSection(RolloutModel::Reply, std::max(120, wide - prompt - 3 * number - 12));
  for (int r = 0; r < rows->rowCount(); ++r) {
    int tall = 0;
    for (const int column : {RolloutModel::Prompt, RolloutModel::Reply}) {
      QStyleOptionViewItem option;
      option.rect.setWidth(columns->sectionSize(column));
      tall = std::max(tall, delegate->sizeHint(option, rows->index(r, column)).height());
    }
    view->setRowHeight(r, tall);
  }
}

QPoint RolloutView::placeOf(int atRow, int atToken) const {
  const QRect cell = view->visualRect(rows->index(atRow, RolloutModel::Reply))
                         .adjusted(RolloutDelegate::marginX, RolloutDelegate::marginY, -RolloutDelegate::marginX, 0);
  const TokenLayout layout(rows->reply(atRow), cell.width());
  return layout.places()[std::size_t(atToken)].rect.translated(cell.topLeft()).center();
}

int RolloutView::tokenAt(QPoint where, int* atRow) const {
  const QModelIndex index = view->indexAt(where);
  if (index.column() != RolloutModel::Reply) return -1;
  *atRow = index.row();
  const QRect cell = view->visualRect(index).adjusted(RolloutDelegate::marginX, RolloutDelegate::marginY,
                                                      -RolloutDelegate::marginX, 0);
  return TokenLayout(rows->reply(index.row()), cell.width()).at(where - cell.topLeft());
}

void RolloutView::choose(int toRow, int toToken) {
  if (toRow < 0 || toRow >= rows->rowCount() || rows->reply(toRow).tokens.empty())
    row = token = -1;
  else
    row = toRow, token = std::clamp(toToken, 0, int(rows->reply(toRow).tokens.size()) - 1);
  delegate->setChosen(row, token);
  view->viewport()->update();
  Q_EMIT tokenChosen();
}

bool RolloutView::eventFilter(QObject* watched, QEvent* event) {
  // Also when a scroll bar comes or goes.
  if (watched == view->viewport() && event->type() == QEvent::Resize) fit();
  if (watched == view->viewport() && event->type() == QEvent::MouseButtonPress) {
    int at = -1;
    if (const int found = tokenAt(static_cast<QMouseEvent*>(event)->pos(), &at); found >= 0) {
      choose(at, found);
      view->setCurrentIndex(rows->index(at, RolloutModel::Reply));
    }
  }
  if (watched == view && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int current = view->currentIndex().row();
    if ((key == Qt::Key_Left || key == Qt::Key_Right) && current >= 0) {
      choose(current, row == current ? token + (key == Qt::Key_Left ? -1 : 1) : 0);
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

} // namespace attune

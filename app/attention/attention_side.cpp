#include "attention/attention_side.h"

#include "widgets/labels.h"
#include "widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace attune {

namespace {
constexpr int edge = metric::edge;

QString signedNumber(double value, int decimals) {
  QString text = QString::number(value, 'f', decimals);
  return text.replace(u'-', QChar(0x2212));
}

QString ordinal(int n) {
  const int tens = n % 100;
  const char* ending = tens >= 11 && tens <= 13 ? "th"
                       : n % 10 == 1            ? "st"
                       : n % 10 == 2            ? "nd"
                       : n % 10 == 3            ? "rd"
                                                : "th";
  return QString::number(n) + QString::fromLatin1(ending);
}
} // namespace

RowBars::RowBars(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void RowBars::setRow(AttentionPtr to, std::shared_ptr<const LoadedHead> of, int row, int marked, int most) {
  data = std::move(to);
  head = std::move(of);
  query = row;
  key = marked;
  const std::size_t before = places.size();
  places.clear();
  if (data && head && query >= 0) {
    const int reach = data->causal ? query + 1 : data->places();
    places.resize(std::size_t(reach));
    for (int i = 0; i < reach; i++) places[std::size_t(i)] = i;
    const std::size_t shown = std::min<std::size_t>(places.size(), std::size_t(most));
    std::partial_sort(places.begin(), places.begin() + std::ptrdiff_t(shown), places.end(), [&](int a, int b) {
      const float x = head->weight(query, a), y = head->weight(query, b);
      return x != y ? x > y : a < b;
    });
    places.resize(shown);
    QString words;
    for (int place : places)
      words += QStringLiteral("%1 %2 %, ")
                   .arg(data->tokens[place])
                   .arg(100.0 * double(head->weight(query, place)), 0, 'f', 1);
    setAccessibleName(words);
  }
  if (places.size() != before) updateGeometry();
  update();
}

QSize RowBars::sizeHint() const {
  return {200,
          places.empty() ? 0 : int(places.size()) * (QFontMetrics(Theme::font(FontRole::Dense)).height() + 3) + 14};
}

void RowBars::paintEvent(QPaintEvent*) {
  if (places.empty()) return;
  const Theme& theme = Theme::current();
  QPainter painter(this);
  const QFont mono = Theme::font(FontRole::Mono), dense = Theme::font(FontRole::Dense);
  const QFontMetrics names(mono), numbers(dense);
  const int high = numbers.height() + 3, numberRoom = numbers.horizontalAdvance(QStringLiteral("100.0 %"));
  const int nameRoom = std::min(int(width() * 0.36), [&] {
    int widest = 0;
    for (int place : places) widest = std::max(widest, names.horizontalAdvance(shownToken(data->tokens[place])));
    return widest;
  }());
  const double most = std::max(1e-6, double(head->weight(query, places.front())));
  const int left = edge + nameRoom + 8, right = width() - edge - numberRoom - 6;
  int y = 7;
  for (int place : places) {
    const double weight = head->weight(query, place);
    painter.setFont(mono);
    painter.setPen(theme.text);
    painter.drawText(QRect(edge, y, nameRoom, high), Qt::AlignLeft | Qt::AlignVCenter,
                     names.elidedText(shownToken(data->tokens[place]), Qt::ElideRight, nameRoom));
    painter.fillRect(QRectF(left, y + high / 2 - 4, std::max(1.0, (right - left) * weight / most), 9),
                     place == key ? theme.accent : theme.outline);
    painter.setFont(Theme::font(FontRole::Dense, place == key));
    painter.drawText(QRect(right, y, width() - edge - right, high), Qt::AlignRight | Qt::AlignVCenter,
                     weight > 0 && weight < 0.0005 ? QStringLiteral("< 0.1 %") : percentWords(weight));
    y += high;
  }
}

void RowBars::mousePressEvent(QMouseEvent* event) {
  const int row = (int(event->position().y()) - 7) / (QFontMetrics(Theme::font(FontRole::Dense)).height() + 3);
  if (row >= 0 && row < int(places.size())) Q_EMIT chosen(places[std::size_t(row)]);
}

AttentionSide::AttentionSide(QWidget* parent)
    : QWidget(parent) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* inner = new QWidget;
  auto* column = new QVBoxLayout(inner);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(pointerHeader = new SectionHeader(tr("Under the pointer")));
  column->addWidget(pointer = new PropertyRows);
  column->addWidget(rowHeader = new SectionHeader(QString()));
  column->addWidget(bars = new RowBars);
  column->addWidget(stepsHeader = new SectionHeader(tr("Step by step")));
  column->addWidget(steps = new PropertyRows);
  column->addStretch(1);
  scroll->setWidget(inner);
  inner->setAutoFillBackground(false);
  scroll->viewport()->setAutoFillBackground(false);
  outer->addWidget(scroll);
  connect(bars, &RowBars::chosen, this, &AttentionSide::keyChosen);
  setCell(nullptr, nullptr, -1, -1, false);
}

void AttentionSide::setCell(AttentionPtr data, std::shared_ptr<const LoadedHead> head, int query, int key,
                            bool pinned) {
  const bool any = data && head && query >= 0 && key >= 0;
  pointerHeader->setTitle(pinned ? tr("Chosen") : tr("Under the pointer"));
  pointerHeader->setDetail(pinned ? tr("Esc lets go") : QString());
  for (QWidget* widget : {static_cast<QWidget*>(rowHeader), static_cast<QWidget*>(stepsHeader),
                          static_cast<QWidget*>(bars), static_cast<QWidget*>(steps)})
    widget->setVisible(any);
  if (!any) {
    pointer->setRows({});
    return;
  }
  const HeadCalculation c = calculateHead(*data, head->layer, head->head, query, key);
  const QString reader = shownToken(data->tokens[query]), read = shownToken(data->tokens[key]);
  QList<PropertyRows::Row> rows{
      {tr("Reads"), tr("%1, place %2").arg(reader).arg(query)},
      {tr("Is read"), tr("%1, place %2").arg(read).arg(key)},
      {tr("q · k"), signedNumber(c.dot, 2)},
      {tr("÷ √d_k (d_k = %1)").arg(data->headSize), signedNumber(c.scaled, 2)},
  };
  if (c.hidden) {
    rows.append({tr("softmax"), tr("hidden: it comes later"), true});
  } else {
    rows.append({tr("softmax"), weightNumber(c.weight), true});
    rows.append({tr("Rank in the row"), tr("%1 of %2").arg(ordinal(c.rank())).arg(c.row.size())});
  }
  pointer->setRows(rows);
  rowHeader->setTitle(tr("%1 reads").arg(reader));
  rowHeader->setDetail(tr("row sums to 1"));
  bars->setRow(data, head, query, key);
  QList<PropertyRows::Row> lines;
  for (const auto& line : calculationLines(c, *data))
    lines.append({line.label, line.value, line.result, line.value.startsWith(u'[')});
  steps->setRows(lines, true);
}

} // namespace attune

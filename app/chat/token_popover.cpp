#include "chat/token_popover.h"

#include "text/tokenizer.h"
#include "widgets/theme.h"
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace attune {
namespace {

QString ordinal(int n) {
  const int tens = n % 100;
  const char* end = tens >= 11 && tens <= 13 ? "th"
                    : n % 10 == 1            ? "st"
                    : n % 10 == 2            ? "nd"
                    : n % 10 == 3            ? "rd"
                                             : "th";
  return QStringLiteral("%1%2").arg(n).arg(QLatin1String(end));
}

} // namespace

QString shareWords(double share) {
  const double percent = share * 100;
  if (percent < 0.01) return QStringLiteral("< 0.01 %");
  return QStringLiteral("%1 %").arg(QString::number(percent, 'f', percent < 0.1 ? 2 : 1));
}

// The rows themselves.
class TokenLadder : public QWidget {
public:
  struct Row {
    int32_t id;
    QString word, percent;
    float share;
    bool chosen;
  };
  explicit TokenLadder(TokenPopover* owner)
      : QWidget(owner)
      , owner(owner) {
    setMouseTracking(true);
  }
  void set(const TokenTrace& token, const Tokenizer& tokenizer, bool canContinue) {
    rows.clear();
    const auto word = [&](int32_t id) {
      return id >= 0 && id < tokenizer.size() ? QString::fromStdString(tokenizer.display(id)) : QStringLiteral("?");
    };
    bool there = false;
    for (const auto& likely : token.likeliest) {
      const bool chosen = likely.id == token.id;
      there = there || chosen;
      rows << Row{likely.id, word(likely.id), shareWords(likely.probability), likely.probability, chosen};
    }
    if (!there) rows << Row{token.id, word(token.id), shareWords(token.probability), token.probability, true};
    title = word(token.id);
    detail = QStringLiteral("id %1").arg(token.id);
    right = shareWords(token.probability) + (token.rank > 0 ? QStringLiteral(", ") + ordinal(token.rank) : QString());
    foot = TokenPopover::tr("Before sampling. Entropy %1 nats.").arg(QString::number(token.entropy, 'f', 2));
    help = canContinue ? TokenPopover::tr("Click a token to continue from it.") : QString();
    clickable = canContinue;
    hovered = -1;
    const QFontMetrics mono(Theme::font(FontRole::Mono)), small(Theme::font(FontRole::Small)),
        body(Theme::font(FontRole::Body));
    int widest = 0;
    for (const Row& row : rows) widest = std::max(widest, mono.horizontalAdvance(row.word));
    words = std::clamp(widest + 12, 70, 150);
    percents = mono.horizontalAdvance(QStringLiteral("< 0.01 %")) + 8;
    const int wide =
        std::max({words + 124 + percents, mono.horizontalAdvance(title) + body.horizontalAdvance(detail + right) + 34,
                  small.horizontalAdvance(foot), small.horizontalAdvance(help)});
    setFixedSize(wide + 24, top() + int(rows.size()) * row() + 12 + small.height() * (help.isEmpty() ? 1 : 2) + 12);
    update();
  }
  int row() const { return Theme::px(18); }
  int top() const { return Theme::px(34); }
  QRect rectOf(int i) const { return QRect(1, top() + i * row(), width() - 2, row()); }
  QList<Row> rows;

protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& t = Theme::current();
    QPainter p(this);
    const QFont mono = Theme::font(FontRole::Mono), body = Theme::font(FontRole::Body),
                small = Theme::font(FontRole::Small);
    QFont bold = mono;
    bold.setBold(true);
    const QRect head(12, 0, width() - 24, top());
    p.setFont(bold);
    p.setPen(t.text);
    p.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, title);
    const int after = QFontMetrics(bold).horizontalAdvance(title) + 10;
    p.setFont(body);
    p.drawText(head, Qt::AlignRight | Qt::AlignVCenter, right);
    p.setPen(t.muted);
    p.drawText(head.adjusted(after, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, detail);
    const float most = rows.isEmpty() ? 1 : std::max(rows.first().share, rows.last().share);
    for (int i = 0; i < rows.size(); ++i) {
      const Row& one = rows[i];
      const QRect r = rectOf(i);
      if (i == hovered && clickable) p.fillRect(r, t.hover);
      p.setPen(t.text);
      p.setFont(one.chosen ? bold : mono);
      p.drawText(QRect(12, r.top(), words - 6, r.height()), Qt::AlignLeft | Qt::AlignVCenter,
                 QFontMetrics(p.font()).elidedText(one.word, Qt::ElideRight, words - 6));
      const int barRoom = width() - 24 - words - percents;
      const int bar = std::max(1, int(double(barRoom) * one.share / std::max(1e-9f, most)));
      p.fillRect(QRect(12 + words, r.center().y() - 4, bar, 9), one.chosen ? t.accent : t.outline);
      p.setFont(one.chosen ? bold : body);
      p.setFont(body);
      p.drawText(QRect(12, r.top(), width() - 24, r.height()), Qt::AlignRight | Qt::AlignVCenter, one.percent);
    }
    const int y = top() + int(rows.size()) * row() + 5;
    p.fillRect(QRect(12, y, width() - 24, 1), t.border);
    p.setFont(small);
    p.setPen(t.muted);
    const int line = QFontMetrics(small).height();
    p.drawText(QRect(12, y + 6, width() - 24, line), Qt::AlignLeft | Qt::AlignVCenter, foot);
    if (!help.isEmpty())
      p.drawText(QRect(12, y + 6 + line, width() - 24, line), Qt::AlignLeft | Qt::AlignVCenter, help);
  }
  void mouseMoveEvent(QMouseEvent* e) override { setHovered(at(e->pos())); }
  void leaveEvent(QEvent*) override { setHovered(-1); }
  void mousePressEvent(QMouseEvent* e) override {
    const int i = at(e->pos());
    if (!clickable || i < 0 || e->button() != Qt::LeftButton) {
      owner->setPinned(true);
      return;
    }
    const int32_t id = rows[i].id;
    owner->hide();
    Q_EMIT owner->chosen(id);
  }

private:
  int at(QPoint point) const {
    for (int i = 0; i < rows.size(); ++i)
      if (rectOf(i).contains(point)) return i;
    return -1;
  }
  void setHovered(int i) {
    hovered = i;
    setCursor(clickable && i >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
  }
  TokenPopover* owner;
  QString title, detail, right, foot, help;
  int words = 80, percents = 50, hovered = -1;
  bool clickable = false;
};

TokenPopover::TokenPopover(QWidget* parent)
    : Popover(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(1, 1, 1, 1);
  ladder = new TokenLadder(this);
  column->addWidget(ladder);
}

void TokenPopover::show(const QRect& anchor, const TokenTrace& token, const Tokenizer& tokenizer, bool canContinue) {
  ladder->set(token, tokenizer, canContinue);
  setAccessibleName(rows().join(QStringLiteral(", ")));
  showAt(anchor);
}

QStringList TokenPopover::rows() const {
  QStringList all;
  for (const TokenLadder::Row& row : ladder->rows) all << row.word + QLatin1Char(' ') + row.percent;
  return all;
}

QRect TokenPopover::rowRect(int row) const { return ladder->rectOf(row).translated(ladder->pos()); }

void TokenPopover::leaveEvent(QEvent*) { leave(); }

} // namespace attune

#include "label/label_list.h"

#include "store/store.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/word_progress.h"
#include <QComboBox>
#include <QDateTime>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace attune {
namespace {

constexpr int mostRankings = 300; // listed; the newest, the search finds the others

struct StateLook {
  const char* icon;
  IconRole role;
};

StateLook lookOf(LabelRow::State state) {
  switch (state) {
  case LabelRow::Done:
    return {"check", IconRole::Success};
  case LabelRow::Begun:
    return {"half", IconRole::Accent};
  case LabelRow::Skipped:
    return {"x", IconRole::Muted};
  case LabelRow::Open:
    break;
  }
  return {"", IconRole::Muted}; // an open ring
}

class RowDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
    const bool two = !rowOf(index).second.isEmpty();
    return {100, two ? std::max(Theme::px(metric::item), 42) : std::max(Theme::px(28), 28)};
  }

  void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& t = Theme::current();
    const LabelRow& row = rowOf(index);
    const QRect r = option.rect;
    p->save();
    p->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    p->fillRect(r, selected ? t.selection : option.state & QStyle::State_MouseOver ? t.hover : t.surface);
    const StateLook look = lookOf(row.state);
    const int first = row.second.isEmpty() ? r.height() : r.height() / 2 + 2;
    const QRectF icon(r.left() + 12, r.top() + (first - 16) / 2.0, 16, 16);
    if (*look.icon) {
      Icons::paint(*p, icon, QString::fromLatin1(look.icon), Icons::colour(look.role));
    } else {
      p->setPen(QPen(selected ? t.accent : t.muted, 1.5));
      p->setBrush(selected ? QBrush(t.accent) : QBrush(Qt::NoBrush));
      p->drawEllipse(icon.center(), 3.25, 3.25);
    }
    const int left = r.left() + 36;
    int right = r.right() - 12;
    if (row.scripted) {
      right -= Tag::sizeOf(tr("scripted")).width();
      Tag::paint(*p, {right, r.top() + first / 2}, tr("scripted"), Tag::Warning);
      right -= 6;
    }
    const QFont body = Theme::font(FontRole::Body);
    p->setFont(body);
    p->setPen(row.state == LabelRow::Skipped ? t.muted : t.text);
    p->drawText(QRect(left, r.top(), right - left, first), Qt::AlignLeft | Qt::AlignVCenter,
                QFontMetrics(body).elidedText(QString(row.text).replace(QLatin1Char('\n'), QLatin1Char(' ')),
                                              Qt::ElideRight, right - left));
    if (!row.second.isEmpty()) {
      const QFont small = Theme::font(FontRole::Small);
      p->setFont(small);
      p->setPen(t.muted);
      p->drawText(QRect(left, r.top() + first - 2, r.right() - 12 - left, r.height() - first),
                  Qt::AlignLeft | Qt::AlignVCenter,
                  QFontMetrics(small).elidedText(row.second, Qt::ElideRight, r.right() - 12 - left));
    }
    if (option.state & QStyle::State_HasFocus) {
      p->setRenderHint(QPainter::Antialiasing, false);
      p->setPen(QPen(t.accent, 2));
      p->setBrush(Qt::NoBrush);
      p->drawRect(r.adjusted(1, 1, -1, -1));
    }
    p->restore();
  }

private:
  static const LabelRow& rowOf(const QModelIndex& index) {
    return static_cast<const LabelListModel*>(index.model())->rows()[index.row()];
  }
};

QString timeWords(qint64 seconds) {
  if (seconds < 60) return QObject::tr("%1 s").arg(seconds);
  const qint64 minutes = (seconds + 30) / 60;
  if (minutes < 60) return QObject::tr("%1 min").arg(minutes);
  return QObject::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

} // namespace

LabelList::LabelList(Store& store, QWidget* parent)
    : QWidget(parent)
    , store(store) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* tools = new BarRow;
  tools->row()->setContentsMargins(8, 0, 8, 0);
  tools->row()->setSpacing(metric::spaceXs);
  chooser = new QComboBox;
  chooser->setAccessibleName(tr("What is listed"));
  chooser->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  chooser->setMinimumContentsLength(6);
  add = new KeyButton({}, QStringLiteral("plus"));
  add->setAccessibleName(tr("Type a prompt"));
  add->setToolTip(tr("Type a prompt (%1)").arg(keyWords(QKeySequence(Qt::CTRL | Qt::Key_N))));
  more = new KeyButton({}, QStringLiteral("more"));
  more->setAccessibleName(tr("Import and export"));
  more->setToolTip(tr("Import and export"));
  tools->add(chooser, 1);
  tools->add(add);
  tools->add(more);
  column->addWidget(tools);

  auto* find = new BarRow;
  find->row()->setContentsMargins(8, 0, 8, 0);
  search = new QLineEdit;
  search->setPlaceholderText(tr("Search"));
  search->setToolTip(tr("Search the prompts (%1)").arg(keyWords(QKeySequence(Qt::CTRL | Qt::Key_K))));
  search->setAccessibleName(tr("Search the prompts"));
  search->setClearButtonEnabled(true);
  search->addAction(Icons::icon(QStringLiteral("search"), IconRole::Muted), QLineEdit::LeadingPosition);
  find->add(search, 1);
  column->addWidget(find);
  searching.setSingleShot(true);
  searching.setInterval(120);
  connect(search, &QLineEdit::textChanged, &searching, qOverload<>(&QTimer::start));
  connect(&searching, &QTimer::timeout, this, [this] { shownKind == Kind::Rankings ? reload() : showRows(); });

  auto* head = new QFrame;
  head->setObjectName(QStringLiteral("labelProgress"));
  head->setAutoFillBackground(true);
  head->setBackgroundRole(QPalette::Window);
  auto* lines = new QVBoxLayout(head);
  lines->setContentsMargins(metric::edge, 9, metric::edge, 8);
  lines->setSpacing(6);
  auto* top = new QHBoxLayout;
  progress = new ElidedLabel;
  progress->setRole(FontRole::Body, true);
  percent = new ElidedLabel;
  percent->setMuted(true);
  top->addWidget(progress, 1);
  top->addWidget(percent);
  lines->addLayout(top);
  lines->addWidget(bar = new ThinBar);
  pace = new ElidedLabel({}, FontRole::Small);
  pace->setMuted(true);
  lines->addWidget(pace);
  column->addWidget(head);
  column->addWidget(new Line);

  rows = new LabelListModel(this);
  list = new LabelListView;
  list->setModel(rows);
  list->setItemDelegate(new RowDelegate(list));
  list->setMouseTracking(true);
  list->setAccessibleName(tr("Prompts"));
  list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list->installEventFilter(this);
  column->addWidget(list, 1);

  connect(chooser, &QComboBox::activated, this, [this](int place) {
    const RecordId set = chooser->itemData(place).toLongLong();
    if (set < 0)
      showRankings();
    else
      showPrompts(set);
    Q_EMIT setChanged(set < 0 ? shownSet : set);
  });
  connect(list->selectionModel(), &QItemSelectionModel::currentChanged, this, &LabelList::askFor);
}

void LabelList::askFor(const QModelIndex& index) {
  if (filling || !index.isValid()) return;
  const LabelRow& row = rows->rows()[index.row()];
  if (row.comparison)
    Q_EMIT comparisonAsked(row.comparison);
  else
    Q_EMIT promptAsked(row.prompt);
}

bool LabelList::eventFilter(QObject* watched, QEvent* e) {
  if (watched == list && e->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(e)->key() == Qt::Key_Delete) {
    Q_EMIT deleteAsked();
    return true;
  }
  return QWidget::eventFilter(watched, e);
}

LabelRow LabelList::currentRow() const {
  const QModelIndex at = list->currentIndex();
  return at.isValid() ? rows->rows()[at.row()] : LabelRow{};
}

void LabelList::showPrompts(RecordId set) {
  if (set != shownSet) promptsKnown = false;
  shownKind = Kind::Prompts;
  shownSet = set;
  reload();
}

void LabelList::showRankings() {
  shownKind = Kind::Rankings;
  reload();
}

void LabelList::setCurrent(RecordId prompt, RecordId comparison) {
  currentPrompt = prompt;
  currentComparison = comparison;
  filling = true;
  int found = -1;
  const bool rankings = shownKind == Kind::Rankings;
  for (int i = 0; i < rows->rows().size() && found < 0; ++i) {
    const LabelRow& row = rows->rows()[i];
    if (rankings ? comparison && row.comparison == comparison : prompt && row.prompt == prompt) found = i;
  }
  if (found < 0) {
    list->setCurrentIndex({});
    list->clearSelection();
  } else if (list->currentIndex().row() != found) {
    list->setCurrentIndex(rows->index(found));
    list->scrollTo(rows->index(found));
  }
  filling = false;
}

void LabelList::reload() {
  filling = true;
  fillChooser();
  if (shownKind == Kind::Prompts)
    loadPrompts();
  else
    loadRankings();
  filling = false;
  setCurrent(currentPrompt, currentComparison);
}

void LabelList::fillChooser() {
  const QSignalBlocker quiet(chooser);
  chooser->clear();
  const QList<PromptSet> sets = store.promptSets();
  bool found = shownSet == 0;
  chooser->addItem(tr("All prompts"), 0);
  for (const PromptSet& set : sets) {
    chooser->addItem(tr("Prompts: %1").arg(set.name), qint64(set.id));
    found = found || set.id == shownSet;
  }
  chooser->addItem(tr("Rankings"), -1);
  if (!found) shownSet = 0, promptsKnown = false; // it was deleted
  chooser->setCurrentIndex(chooser->findData(shownKind == Kind::Rankings ? qint64(-1) : qint64(shownSet)));
}

void LabelList::showRows() {
  const QStringList words = search->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  QList<LabelRow> found = listed;
  if (!words.isEmpty())
    found.removeIf([&](const LabelRow& row) {
      return !std::all_of(words.begin(), words.end(),
                          [&](const QString& word) { return row.text.contains(word, Qt::CaseInsensitive); });
    });
  const bool was = std::exchange(filling, true);
  rows->setRows(found);
  filling = was;
  setCurrent(currentPrompt, currentComparison);
}

void LabelList::loadPrompts() {
  const QHash<RecordId, RankedPrompt> ranked = store.rankedPrompts();
  QSet<RecordId> begun;
  for (const QString& key : store.draftKeys(QStringLiteral("label/task/")))
    begun << key.section(QLatin1Char('/'), -1).toLongLong();
  if (!std::exchange(promptsKnown, true)) promptTexts = store.promptTexts(shownSet);
  listed.clear();
  listed.reserve(promptTexts.size());
  all = done = 0;
  int skips = 0, timed = 0;
  qint64 took = 0;
  for (const auto& [prompt, text] : promptTexts) {
    LabelRow row;
    row.prompt = prompt;
    row.number = all + 1;
    row.text = text;
    if (const auto found = ranked.constFind(prompt); found != ranked.cend()) {
      row.comparison = found->comparison;
      row.scripted = found->scripted;
      row.state = LabelRow::Done;
      ++done;
      if (!found->scripted && found->tookMs > 0) took += found->tookMs, ++timed;
    } else if (skipped.contains(prompt)) {
      row.state = LabelRow::Skipped;
      ++skips;
    } else if (begun.contains(prompt)) {
      row.state = LabelRow::Begun;
    }
    listed << row;
    ++all;
  }
  showRows();
  const QLocale c(QLocale::English); // with separators
  progress->setText(all ? tr("%1 of %2 ranked").arg(c.toString(done), c.toString(all)) : tr("No prompts"));
  percent->setText(all ? tr("%1 %").arg(done * 100 / all) : QString());
  bar->show();
  bar->setShare(all ? double(done) / all : 0);
  const int left = all - done - skips;
  QStringList words;
  if (timed) {
    const qint64 seconds = std::max<qint64>(1, took / timed / 1000);
    words << tr("%1 a prompt").arg(timeWords(seconds));
    if (left) words << tr("%1 to go").arg(timeWords(seconds * left));
  }
  if (skips) words << tr("%1 skipped").arg(skips);
  if (words.isEmpty() && all) words << (left == 1 ? tr("1 to go") : tr("%1 to go").arg(c.toString(left)));
  pace->setText(words.join(QStringLiteral(", ")));
}

void LabelList::loadRankings() {
  RecordFilter filter;
  filter.limit = mostRankings;
  filter.search = search->text();
  listed.clear();
  for (const Comparison& comparison : store.comparisons(filter)) {
    LabelRow row;
    row.prompt = comparison.promptId;
    row.comparison = comparison.id;
    row.text = comparison.prompt;
    row.scripted = comparison.scripted;
    row.state = LabelRow::Done;
    row.second = QStringLiteral("%1  %2").arg(
        orderText(comparison),
        QLocale().toString(QDateTime::fromMSecsSinceEpoch(comparison.created).date(), QLocale::ShortFormat));
    listed << row;
  }
  rows->setRows(listed);
  const int total = store.count(RecordKind::Comparison);
  progress->setText(total == 1 ? tr("1 ranking") : tr("%1 rankings").arg(QLocale(QLocale::English).toString(total)));
  percent->setText({});
  bar->hide();
  pace->setText(!filter.search.trimmed().isEmpty() ? tr("%1 found").arg(listed.size())
                : total > listed.size()            ? tr("The newest %1 are listed").arg(listed.size())
                                                   : tr("Newest first"));
}

} // namespace attune

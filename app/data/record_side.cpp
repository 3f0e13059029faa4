#include "data/record_side.h"

#include "data/record_sets.h"
#include "store/labels.h"
#include "store/store.h"
#include "train/train_words.h"
#include "widgets/labels.h"
#include "widgets/property_rows.h"
#include "workbench.h"

#include <QComboBox>
#include <QDateTime>
#include <QLineEdit>
#include <QLocale>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

namespace attune {
namespace {

QLabel* muted(const QString& words) {
  auto* label = new QLabel(words);
  label->setProperty("role", "small");
  return label;
}

QPlainTextEdit* textField(const QString& name, int lines) {
  auto* field = new QPlainTextEdit;
  field->setAccessibleName(name);
  field->setTabChangesFocus(true);
  field->setFixedHeight(field->fontMetrics().lineSpacing() * lines + 14);
  return field;
}

void setField(QPlainTextEdit* field, const QString& text) {
  if (field->toPlainText() != text) field->setPlainText(text);
}

QString singular(RecordKind kind) {
  return kind == RecordKind::Demonstration ? RecordSide::tr("Demonstration")
         : kind == RecordKind::Comparison  ? RecordSide::tr("Ranking")
                                           : RecordSide::tr("Prompt");
}

} // namespace

std::optional<QList<int>> parseOrder(const QString& text, int answers) {
  QList<int> ranks(answers, 0);
  int rank = 0;
  for (const QString& group : text.toUpper().split(u'>')) {
    ++rank;
    for (const QString& name : group.split(u'=')) {
      const QString letter = name.trimmed();
      const int place = letter.size() == 1 ? letter[0].unicode() - u'A' : -1;
      if (place < 0 || place >= answers || ranks[place] != 0) return {};
      ranks[place] = rank;
    }
  }
  return ranks;
}

RecordSide::RecordSide(Workbench& bench, QWidget* parent)
    : QWidget(parent)
    , bench(bench) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  outer->addWidget(header = new SectionHeader({}, {}, nullptr, metric::toolBar));
  header->addRight(scripted = Tag::scripted());
  body = new QWidget;
  auto* whole = new QVBoxLayout(body);
  whole->setContentsMargins(0, 0, 0, metric::edge);
  auto* column = new QVBoxLayout;
  column->setContentsMargins(metric::edge, metric::edge, metric::edge, 0);
  column->setSpacing(metric::spaceXs);
  column->addWidget(history = muted({}));
  history->setWordWrap(true);
  column->addWidget(promptLabel = muted(tr("Prompt")));
  column->addWidget(prompt = textField(tr("Prompt"), 5));
  column->addSpacing(metric::spaceXs);
  column->addWidget(answerLabel = muted(tr("Ideal answer")));
  column->addWidget(answer = textField(tr("Ideal answer"), 9));
  column->addWidget(orderLabel = muted(tr("Order, best first")));
  column->addWidget(order = new QLineEdit);
  order->setFont(Theme::font(FontRole::Mono));
  order->setAccessibleName(tr("Order, best first"));
  column->addWidget(wrong = new QLabel);
  wrong->setProperty("role", "error");
  wrong->setWordWrap(true);
  column->addWidget(answers = new QLabel);
  answers->setWordWrap(true);
  answers->setTextInteractionFlags(Qt::TextSelectableByMouse);
  answers->setTextFormat(Qt::RichText);
  column->addSpacing(metric::spaceXs);
  column->addWidget(useCaseLabel = muted(tr("Use case")));
  column->addWidget(useCase = new QComboBox);
  useCase->setAccessibleName(tr("Use case"));
  useCase->addItem(tr("not named"), QString());
  for (const labels::UseCase& one : labels::useCases())
    useCase->addItem(QString::fromLatin1(one.words), QString::fromLatin1(one.id));
  column->addWidget(muted(tr("Split")));
  column->addWidget(split = new QComboBox);
  split->setAccessibleName(tr("Split"));
  for (const char* one : labels::splits()) split->addItem(QString::fromLatin1(one));
  column->addWidget(noteLabel = muted(tr("Note")));
  column->addWidget(note = new QLineEdit);
  note->setAccessibleName(tr("Note"));
  whole->addLayout(column);
  whole->addWidget(rows = new PropertyRows); // these have an edge of their own
  whole->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  body->setAutoFillBackground(false);
  scroll->setWidget(body);
  outer->addWidget(scroll, 1);

  prompt->installEventFilter(this);
  answer->installEventFilter(this);
  connect(order, &QLineEdit::editingFinished, this, &RecordSide::commit);
  connect(note, &QLineEdit::editingFinished, this, &RecordSide::commit);
  connect(useCase, &QComboBox::activated, this, &RecordSide::commit);
  connect(split, &QComboBox::activated, this, &RecordSide::setSplit);
  show(kind, {});
}

void RecordSide::show(RecordKind what, const QList<RecordId>& chosen) {
  if (what != kind || chosen != ids) commit();
  kind = what;
  ids = chosen;
  comparison.reset();
  demonstration.reset();
  single.reset();
  if (ids.size() == 1) {
    if (kind == RecordKind::Comparison) comparison = bench.store->comparison(ids[0]);
    if (kind == RecordKind::Demonstration) demonstration = bench.store->demonstration(ids[0]);
    if (kind == RecordKind::Prompt) single = bench.store->prompt(ids[0]);
  }
  fill();
}

void RecordSide::fill() {
  const bool one = comparison || demonstration || single;
  header->setTitle(one ? singular(kind) : ids.isEmpty() ? QString() : kindCount(kind, int(ids.size())));
  header->setDetail(one || ids.isEmpty() ? QString() : tr("chosen"));
  scripted->setVisible((comparison && comparison->scripted) || (demonstration && demonstration->scripted));
  body->setVisible(!ids.isEmpty());
  for (QWidget* widget :
       {static_cast<QWidget*>(promptLabel), static_cast<QWidget*>(prompt), static_cast<QWidget*>(useCaseLabel),
        static_cast<QWidget*>(useCase), static_cast<QWidget*>(rows)})
    widget->setVisible(one);
  for (QWidget* widget : {static_cast<QWidget*>(answerLabel), static_cast<QWidget*>(answer)})
    widget->setVisible(demonstration.has_value());
  for (QWidget* widget :
       {static_cast<QWidget*>(orderLabel), static_cast<QWidget*>(order), static_cast<QWidget*>(answers),
        static_cast<QWidget*>(noteLabel), static_cast<QWidget*>(note)})
    widget->setVisible(comparison.has_value());
  wrong->hide();
  order->setProperty("wrong", false);
  order->style()->polish(order);
  history->hide();
  if (!one) return;

  QString splitName, caseId;
  QList<StoredMessage> before;
  QList<PropertyRows::Row> list;
  const auto take = [&](const auto& record) {
    splitName = record.split;
    caseId = record.useCase;
    before = record.history;
    if (!record.labeler.isEmpty()) list << PropertyRows::Row{tr("Labeler"), record.labeler};
    if (!record.source.isEmpty()) list << PropertyRows::Row{tr("Source"), record.source};
    list << PropertyRows::Row{tr("Added"),
                              QLocale().toString(QDateTime::fromMSecsSinceEpoch(record.created), QLocale::ShortFormat)};
  };
  if (single) {
    take(*single);
    setField(prompt, single->text);
  } else if (demonstration) {
    take(*demonstration);
    setField(prompt, demonstration->prompt);
    setField(answer, demonstration->answer);
    if (demonstration->tookMs > 0)
      list << PropertyRows::Row{tr("Took"), durationWords(double(demonstration->tookMs) / 1000)};
  } else {
    take(*comparison);
    setField(prompt, comparison->prompt);
    order->setText(orderText(*comparison));
    note->setText(comparison->note);
    QString html;
    for (int i = 0; i < comparison->answers.size(); ++i) {
      const Answer& a = comparison->answers[i];
      html += QStringLiteral("<p style='margin:6px 0 0 0'><b>%1</b>&nbsp; %2")
                  .arg(QChar(u'A' + i))
                  .arg(a.text.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
      QStringList marks;
      if (a.rating > 0) marks << tr("%1 of 7").arg(a.rating);
      for (const QString& flag : a.flags) marks << labels::flagWords(flag).toLower();
      if (!marks.isEmpty())
        html += QStringLiteral("<br><small>%1</small>").arg(marks.join(QStringLiteral(", ")).toHtmlEscaped());
      html += QStringLiteral("</p>");
    }
    answers->setText(html);
    list << PropertyRows::Row{tr("Pairs"), QString::number(pairCount(*comparison))};
    QStringList models;
    for (const Answer& a : comparison->answers)
      if (!a.model.isEmpty() && !models.contains(a.model)) models << a.model;
    if (!models.isEmpty()) list << PropertyRows::Row{tr("Sampled from"), models.join(QStringLiteral(", "))};
    if (comparison->tookMs > 0) list << PropertyRows::Row{tr("Took"), durationWords(double(comparison->tookMs) / 1000)};
  }
  rows->setRows(list, true);
  if (useCase->findData(caseId) < 0) useCase->addItem(caseId, caseId);
  useCase->setCurrentIndex(useCase->findData(caseId));
  if (split->findText(splitName) < 0) split->addItem(splitName);
  split->setCurrentIndex(split->findText(splitName));
  QStringList turns;
  for (const StoredMessage& message : before) turns << QStringLiteral("%1: %2").arg(message.role, message.content);
  history->setText(turns.join(u'\n'));
  history->setVisible(!turns.isEmpty());
}

template <class Record>
void RecordSide::change(const std::optional<Record>& before, const std::function<void(Record&)>& edit,
                        const std::function<void(const Record&)>& update) {
  Record after = *before;
  edit(after);
  bench.act(
      tr("edit %1").arg(singular(kind).toLower()), [=] { update(after); }, [=, old = *before] { update(old); });
}

void RecordSide::commit() {
  Store& store = *bench.store;
  const QString text = prompt->toPlainText(), caseId = useCase->currentData().toString();
  if (single && (text != single->text || caseId != single->useCase)) {
    const auto before = std::exchange(single, {});
    change<Prompt>(
        before, [&](Prompt& record) { record.text = text, record.useCase = caseId; },
        [&store](const Prompt& record) { store.updatePrompt(record); });
    single = store.prompt(before->id);
  } else if (demonstration && (text != demonstration->prompt || answer->toPlainText() != demonstration->answer ||
                               caseId != demonstration->useCase)) {
    const auto before = std::exchange(demonstration, {});
    change<Demonstration>(
        before,
        [&](Demonstration& record) {
          record.prompt = text, record.answer = answer->toPlainText(), record.useCase = caseId;
        },
        [&store](const Demonstration& record) { store.updateDemonstration(record); });
    demonstration = store.demonstration(before->id);
  } else if (comparison) {
    const auto ranks = parseOrder(order->text(), int(comparison->answers.size()));
    const bool reordered = order->text().simplified().toUpper() != orderText(*comparison);
    const bool bad = reordered && !ranks;
    wrong->setText(tr("An order is like B > A = C, with the letters of the answers below, each once."));
    wrong->setVisible(bad);
    order->setProperty("wrong", bad);
    order->style()->polish(order);
    if (bad ||
        (!reordered && text == comparison->prompt && caseId == comparison->useCase && note->text() == comparison->note))
      return;
    const auto before = std::exchange(comparison, {});
    change<Comparison>(
        before,
        [&](Comparison& record) {
          record.prompt = text, record.useCase = caseId, record.note = note->text();
          if (reordered)
            for (int i = 0; i < record.answers.size(); ++i) record.answers[i].rank = ranks->at(i);
        },
        [&store](const Comparison& record) { store.updateComparison(record); });
    comparison = store.comparison(before->id);
  }
}

void RecordSide::setSplit() {
  commit();
  const QString to = split->currentText();
  QMap<QString, QList<RecordId>> before; // by the split that each had
  for (const RecordId id : ids) {
    QString old;
    if (kind == RecordKind::Comparison) old = bench.store->comparison(id).value_or(Comparison{}).split;
    if (kind == RecordKind::Demonstration) old = bench.store->demonstration(id).value_or(Demonstration{}).split;
    if (kind == RecordKind::Prompt) old = bench.store->prompt(id).value_or(Prompt{}).split;
    if (old != to) before[old] << id;
  }
  if (before.isEmpty()) return;
  bench.act(
      tr("move to %1").arg(to), [store = bench.store, what = kind, all = ids, to] { store->setSplit(what, all, to); },
      [store = bench.store, what = kind, before] {
        store->atomically([&] {
          for (auto one = before.begin(); one != before.end(); ++one) store->setSplit(what, one.value(), one.key());
        });
      });
}

bool RecordSide::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::FocusOut) commit();
  return QWidget::eventFilter(object, event);
}

void RecordSide::hideEvent(QHideEvent* event) {
  commit();
  QWidget::hideEvent(event);
}

void RecordSide::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::current().window);
}

} // namespace attune

#include "models/side_by_side.h"

#include "attention/attention_data.h"
#include "engine/engine.h"
#include "engine/look_inside.h"
#include "in_pool.h"
#include "models/head_shift.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>
#include <cmath>

namespace attune {
namespace {

constexpr int tokensShown = 6;

QString scoreText(double score) {
  return (score < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + QString::number(std::abs(score), 'f', 2);
}

std::vector<Message> messagesOf(const ModelTrial::Row& row) {
  std::vector<Message> messages;
  for (const StoredMessage& message : row.history)
    messages.push_back({message.role.toStdString(), message.content.toStdString()});
  messages.push_back({"user", row.prompt.toStdString()});
  return messages;
}

} // namespace

SideBySide::SideBySide(Engine& engine, QWidget* parent)
    : QWidget(parent)
    , engine(engine) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->viewport()->setBackgroundRole(QPalette::Base);
  auto* inner = new QWidget;
  inner->setAutoFillBackground(false);
  auto* whole = new QVBoxLayout(inner);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  columnRow = new QHBoxLayout;
  columnRow->setSpacing(0);
  whole->addLayout(columnRow);
  whole->addWidget(new Line);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(metric::edge, metric::space, metric::edge, metric::space);
  bar->setSpacing(metric::space);
  bar->addWidget(look = new KeyButton(tr("Look inside"), QStringLiteral("attention"), {}));
  look->setToolTip(tr("The likeliest next tokens of each model, and how much of each head's attention differs"));
  const auto chooser = [&](const QString& name) {
    auto* box = new QComboBox;
    box->setAccessibleName(name);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(10);
    bar->addWidget(box);
    connect(box, &QComboBox::activated, this, &SideBySide::askHeads);
    return box;
  };
  second = chooser(tr("The model whose heads are shown"));
  auto* minus = new QLabel(QStringLiteral("−"));
  bar->addWidget(minus);
  first = chooser(tr("The model that is subtracted"));
  bar->addWidget(words = new QLabel, 1);
  words->setProperty("role", "small");
  words->setWordWrap(true);
  whole->addLayout(bar);
  whole->addWidget(shift = new HeadShift);
  whole->addStretch(1);
  scroll->setWidget(inner);
  outer->addWidget(scroll, 1);
  connect(look, &QPushButton::clicked, this, &SideBySide::lookInside);
}

QString SideBySide::note() const { return words->text(); }
void SideBySide::say(const QString& to) { words->setText(to); }
QString SideBySide::replyText(int model) const {
  return model < columns.size() ? columns[model].text->text() : QString();
}
QStringList SideBySide::nextTokens(int model) const { return next.value(model); }

void SideBySide::show(const ModelTrial& evaluation, int at, bool seen) {
  ++asked; // what is still computed is of another prompt
  shown = evaluation;
  row = at;
  open = seen;
  next.clear();
  shift->clear();
  say(open ? QString() : tr("Names and scores show when this prompt is ranked."));
  fillColumns();
}

void SideBySide::fillColumns() {
  columns.clear();
  while (QLayoutItem* item = columnRow->takeAt(0)) {
    if (item->widget()) {
      item->widget()->hide();
      item->widget()->deleteLater();
    }
    delete item;
  }
  const ModelTrial::Row& what = shown.rows[row];
  for (int model = 0; model < shown.models.size(); ++model) {
    Column column;
    column.widget = new QWidget;
    auto* rows = new QVBoxLayout(column.widget);
    rows->setContentsMargins(metric::edge, metric::space, metric::edge, metric::space);
    rows->setSpacing(metric::spaceXs);
    QString title = open ? shown.names[model] : tr("Model %1").arg(QChar(u'A' + model));
    if (open) {
      const ModelTrial::Reply& reply = what.replies[model];
      if (shown.judge == ModelTrial::Judge::Person) {
        if (reply.rank > 0) title += tr("   rank %1").arg(reply.rank);
        if (reply.rating > 0) title += tr(", %1 of 7").arg(reply.rating);
      } else if (what.judged) {
        title += QStringLiteral("   ") + scoreText(reply.score);
      }
    }
    rows->addWidget(column.name = new QLabel(title));
    column.name->setFont(Theme::font(FontRole::Body, true));
    const QString said = open ? what.replies[model].text.trimmed() : QString();
    rows->addWidget(column.text = new QLabel(open && said.isEmpty() ? tr("(it said nothing)") : said));
    column.text->setWordWrap(true);
    column.text->setTextFormat(Qt::PlainText);
    column.text->setFont(Theme::font(FontRole::Body));
    column.text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    rows->addWidget(column.tokens = new IntervalBars);
    column.tokens->hide();
    rows->addStretch(1);
    if (model > 0) columnRow->addWidget(new Line(Qt::Vertical));
    columnRow->addWidget(column.widget, 1);
    columns << column;
  }
  for (QComboBox* box : {first, second}) {
    const int before = box->currentIndex();
    box->clear();
    for (const QString& name : shown.names) box->addItem(name);
    box->setCurrentIndex(before >= 0 && before < box->count() ? before : box == first ? 0 : 1);
    box->setVisible(open);
  }
  look->setVisible(open);
}

// --- inside

void SideBySide::lookInside() {
  if (row < 0) return;
  ++asked;
  next.clear();
  for (int model = 0; model < shown.models.size(); ++model) askNext(model);
  askHeads();
}

// What each would say first: all of the probabilities, none of the sampler's settings.
void SideBySide::askNext(int model) {
  auto view = std::make_shared<TokenView>();
  auto tokens = std::make_shared<QList<IntervalBar>>();
  engine.withModel(
      shown.models[model],
      [tokens, messages = messagesOf(shown.rows[row])](LoadedModel& loaded, const Interrupt& interrupt) {
        const ModelText& text = *loaded.text;
        GenerateRequest request;
        request.prompt = promptTokens(text, messages, promptRoom(text, 1)).ids;
        request.maxTokens = 1;
        request.views = true;
        request.sampler.greedy = true;
        if (interrupt.wanted()) return;
        loaded.one.generate(request, [&](const GeneratedToken& token) {
          for (const auto& [id, probability] : token.view.likeliest) {
            IntervalBar bar;
            bar.name = QString::fromStdString(text.tokenizer->display(id));
            bar.value = bar.low = bar.high = probability;
            bar.chosen = id == token.view.id;
            *tokens << bar;
          }
          return true;
        });
      },
      this,
      [this, tokens, model, mine = asked](const QString& error) {
        if (mine != asked || model >= columns.size()) return;
        if (!error.isEmpty()) return say(error);
        QStringList list;
        for (const IntervalBar& bar : *tokens)
          list << QStringLiteral("%1 %2 %").arg(bar.name).arg(100 * bar.value, 0, 'f', 1);
        next[model] = list;
        columns[model].tokens->setTitle(tr("Next token of %1").arg(shown.names[model]));
        columns[model].tokens->setScale(0, 1, true);
        columns[model].tokens->setBars(tokens->mid(0, tokensShown));
        columns[model].tokens->show();
        Q_EMIT looked();
      });
}

void SideBySide::askHeads() {
  if (row < 0 || !open || first->currentIndex() < 0) return;
  const int from = first->currentIndex(), to = second->currentIndex();
  shift->clear();
  if (from == to) return say(tr("Choose two models to compare their heads."));
  say(tr("Reading the prompt"));
  using Both = std::pair<std::shared_ptr<AttentionData>, std::shared_ptr<AttentionData>>;
  const Both data{std::make_shared<AttentionData>(), std::make_shared<AttentionData>()};
  const auto ask = [this, messages = messagesOf(shown.rows[row])](
                       const QString& model, const std::shared_ptr<AttentionData>& into, Engine::Done done) {
    engine.withModel(
        model,
        [into, messages](LoadedModel& loaded, const Interrupt& interrupt) {
          const ModelText& text = *loaded.text;
          const std::vector<int32_t> ids = promptTokens(text, messages, promptRoom(text, 1)).ids;
          attune::lookInside(*into, *loaded.model, text.tokenizer.get(), ids, false,
                             [&] { return interrupt.wanted(); });
        },
        this, std::move(done));
  };
  const quint64 mine = asked;
  ask(shown.models[from], data.first, [=, this, name = shown.models[to]](const QString& error) {
    if (mine != asked) return;
    if (!error.isEmpty()) return say(error);
    ask(name, data.second, [=, this](const QString& second) {
      if (mine != asked) return;
      if (!second.isEmpty()) return say(second);
      if (const QString why = HeadShift::refusal(*data.first, *data.second); !why.isEmpty()) return say(why);
      say(tr("Share of each head's attention that moved; a click enlarges one. Brown: %1 reads more, blue: %2 does.")
              .arg(shown.names[to], shown.names[from]));
      inPool(
          this, [data] { return HeadShift::sharesOf(*data.first, *data.second); },
          [=, this](const QList<double>& shares) {
            if (mine != asked) return;
            shift->show(data.first, data.second, shares);
            Q_EMIT looked();
          });
    });
  });
}

} // namespace attune

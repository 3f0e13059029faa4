#include "train/loop_page.h"

#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/results_page.h"
#include "widgets/theme.h"
#include "widgets/word_progress.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace attune {

// An icon for what was made, is being made or is still to be made, and the words.
class LoopPage::StageRow : public QWidget {
public:
  StageRow() { setFixedHeight(Theme::px(metric::row)); }

  void set(const WholeLoop::Stage& to) {
    stage = to;
    const QString state = stage.state == WholeLoop::Stage::Done  ? LoopPage::tr("done")
                          : stage.state == WholeLoop::Stage::Now ? LoopPage::tr("now")
                                                                 : LoopPage::tr("to come");
    words = loopStageWords(stage.name);
    setAccessibleName(state + QStringLiteral(": ") + words);
    update();
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    const bool now = stage.state == WholeLoop::Stage::Now, done = stage.state == WholeLoop::Stage::Done;
    QPainter painter(this);
    Icons::paint(painter, QRectF(metric::edge, (height() - 14) / 2.0, 14, 14),
                 done  ? QStringLiteral("check")
                 : now ? QStringLiteral("play")
                       : QStringLiteral("more"),
                 done  ? theme.success
                 : now ? theme.accent
                       : theme.muted);
    painter.setFont(Theme::font(FontRole::Body, now));
    painter.setPen(now || done ? theme.text : theme.muted);
    const QRect room = rect().adjusted(metric::edge + 24, 0, -metric::edge, 0);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(words, Qt::ElideRight, room.width()));
  }

private:
  WholeLoop::Stage stage;
  QString words;
};

LoopPage::LoopPage(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new BarRow(48);
  head->add(back = new KeyButton(tr("Runs"), QStringLiteral("left"), {}, KeyButton::Flat));
  back->showKey(QKeySequence(Qt::Key_Escape));
  auto* title = new ElidedLabel(tr("The whole loop"));
  title->setRole(FontRole::Body, true);
  head->add(title);
  head->add(Tag::scripted());
  head->addStretch();
  head->add(startIt = new KeyButton(tr("Start"), QStringLiteral("play"), {}, KeyButton::Primary));
  head->add(stopIt = new KeyButton(tr("Stop"), QStringLiteral("stop"), QKeySequence(Qt::CTRL | Qt::Key_Period)));
  stopIt->setErrorIcon(true);
  column->addWidget(head);
  column->addWidget(strip = new MessageStrip);
  auto* ground = new QWidget;
  ground->setBackgroundRole(QPalette::Base);
  ground->setAutoFillBackground(true);
  auto* body = new QVBoxLayout(ground);
  body->setContentsMargins(0, 0, 0, 0);
  body->setSpacing(0);
  what =
      new QLabel(tr("From the starter to a policy in one sitting: it answers prompts of its small world, a reward "
                    "model learns which answers are better, PPO trains a policy to please it, and both are judged on "
                    "held-out prompts. Rules rank the answers and judge them, no person does. It takes a quarter of "
                    "an hour or more, and goes on where it was stopped."));
  what->setWordWrap(true);
  what->setContentsMargins(metric::edge, metric::space, metric::edge, metric::space);
  body->addWidget(what);
  body->addWidget(stagePane = new QWidget);
  stagePane->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  stageColumn = new QVBoxLayout(stagePane);
  stageColumn->setContentsMargins(0, 0, 0, metric::space);
  stageColumn->setSpacing(0);
  auto* progress = new QVBoxLayout;
  progress->setContentsMargins(metric::edge + 24, metric::space, metric::edge, 0);
  progress->setSpacing(metric::spaceXs);
  progress->addWidget(doing = new ElidedLabel({}, FontRole::Dense));
  doing->setMuted(true);
  progress->addWidget(bar = new ThinBar);
  bar->setMaximumWidth(Theme::px(420));
  stageColumn->addLayout(progress);
  body->addWidget(new Line);
  body->addWidget(page = new ResultsPage, 1);
  body->addWidget(gap = new QWidget, 1);
  column->addWidget(ground, 1);
  connect(back, &QPushButton::clicked, this, &LoopPage::left);
  connect(startIt, &QPushButton::clicked, this, [this] {
    if (run) run->start();
  });
  connect(stopIt, &QPushButton::clicked, this, [this] {
    if (run) run->stop();
  });
}

void LoopPage::setLoop(WholeLoop* loop) {
  run = loop;
  connect(run, &WholeLoop::changed, this, &LoopPage::show);
  show();
}

QStringList LoopPage::stageWords() const {
  QStringList words;
  for (const StageRow* row : rows) words << row->accessibleName();
  return words;
}

void LoopPage::show() {
  const QList<WholeLoop::Stage> stages = run->stages();
  while (rows.size() < stages.size()) {
    rows << new StageRow;
    stageColumn->insertWidget(int(rows.size()) - 1, rows.last());
  }
  bool any = false;
  for (int i = 0; i < stages.size(); ++i) {
    rows[i]->set(stages[i]);
    any = any || stages[i].state == WholeLoop::Stage::Done;
  }
  const bool runs = run->running(), ready = run->finished();
  startIt->setVisible(!runs);
  startIt->setText(ready ? tr("Again") : any ? tr("Go on") : tr("Start"));
  startIt->setToolTip(ready ? tr("Makes anew what its inputs do not belong to any more, and the page")
                      : any ? tr("What was made from the same inputs stays")
                            : QString());
  startIt->setEnabled(run->unready().isEmpty());
  stopIt->setVisible(runs);
  stopIt->setEnabled(!run->stopping());
  const bool told = runs && !run->doing().isEmpty();
  doing->setText(run->doing());
  doing->setVisible(told);
  bar->setShare(run->share());
  bar->setVisible(told && run->share() >= 0);
  stagePane->setVisible(!ready); // then the results have the room
  const QString wrong = run->running() ? QString() : run->trouble().isEmpty() ? run->unready() : run->trouble();
  if (wrong.isEmpty())
    strip->clear();
  else if (strip->why() != wrong || strip->isHidden())
    strip->show(MessageStrip::Error,
                any ? tr("The loop ended too early; what it has made stays.") : tr("The loop cannot go."), wrong);
  const bool shows = !runs && !run->results().isEmpty() && page->setFile(run->results());
  page->setVisible(shows);
  gap->setVisible(!shows);
}

} // namespace attune

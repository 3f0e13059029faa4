#include "chat/chat_start.h"

#include "widgets/empty_state.h"
#include "widgets/key_button.h"
#include <QFile>
#include <QVBoxLayout>

namespace attune {
namespace {

QStringList exampleLines() {
  QFile file(QStringLiteral(":/examples.txt"));
  QStringList lines;
  if (file.open(QIODevice::ReadOnly))
    for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')))
      if (!line.trimmed().isEmpty() && lines.size() < 3) lines << line.trimmed();
  return lines;
}

} // namespace

ChatStart::ChatStart(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  column->addStretch(2);
  words = new EmptyState(QStringLiteral("chat"), {}, {}, this);
  words->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  column->addWidget(words);
  for (const QString& line : exampleLines()) {
    auto* button = new KeyButton(line, KeyButton::Plain, this);
    connect(button, &QPushButton::clicked, this, [this, line] { Q_EMIT exampleChosen(line); });
    column->addWidget(button, 0, Qt::AlignHCenter);
    buttons << button;
  }
  column->addStretch(3);
}

void ChatStart::showModel(const QString& name, bool starter, bool continuesText) {
  words->setTitle(continuesText ? tr("Begin a text for %1").arg(name) : tr("Say something to %1").arg(name));
  words->setWhat(continuesText ? tr("It is a base model: it continues what you write. Nothing leaves this computer.")
                 : starter
                     ? tr("It knows a small world of its own and says so of the rest. Nothing leaves this computer.")
                     : tr("Nothing leaves this computer."));
  for (KeyButton* button : buttons) button->setVisible(starter);
}

void ChatStart::showNoModel(const QString& why) {
  words->setTitle(tr("There is no model to talk to yet"));
  words->setWhat(why);
  for (KeyButton* button : buttons) button->hide();
}

} // namespace attune

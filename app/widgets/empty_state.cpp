#include "widgets/empty_state.h"

#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/theme.h"
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace attune {
namespace {

class IconMark : public QWidget {
public:
  explicit IconMark(QString name)
      : name(std::move(name)) {
    setFixedSize(20, 20);
  }

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    Icons::paint(p, rect(), name, Theme::current().muted);
  }

private:
  QString name;
};

} // namespace

EmptyState::EmptyState(const QString& iconName, const QString& title, const QString& what, QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::spaceXl, metric::spaceXl, metric::spaceXl, metric::spaceXl);
  column->setSpacing(metric::space);
  column->addStretch(1);
  column->addWidget(new IconMark(iconName), 0, Qt::AlignHCenter);
  titleLabel = new QLabel(title, this);
  titleLabel->setFont(Theme::font(FontRole::Reading, true));
  titleLabel->setAlignment(Qt::AlignHCenter);
  titleLabel->setWordWrap(true);
  column->addWidget(titleLabel);
  whatLabel = new QLabel(what, this);
  whatLabel->setProperty("role", "muted");
  whatLabel->setAlignment(Qt::AlignHCenter);
  whatLabel->setWordWrap(true);
  column->addWidget(whatLabel);
  buttons = new QHBoxLayout;
  buttons->setSpacing(metric::space);
  buttons->addStretch(1);
  buttons->addStretch(1);
  column->addSpacing(4);
  column->addLayout(buttons);
  column->addStretch(1);
}

void EmptyState::setTitle(const QString& title) { titleLabel->setText(title); }
void EmptyState::setWhat(const QString& what) { whatLabel->setText(what); }

KeyButton* EmptyState::addButton(KeyButton* button) {
  buttons->insertWidget(buttons->count() - 1, button);
  return button;
}

void EmptyState::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.fillRect(rect(), Theme::current().surface);
}

} // namespace attune

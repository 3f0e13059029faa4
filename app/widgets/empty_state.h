// What a panel shows while it has nothing: an icon, what is so, what to do, and buttons that do it.
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace attune {

class KeyButton;
class ElidedLabel;

class EmptyState : public QWidget {
  Q_OBJECT
public:
  EmptyState(const QString& iconName, const QString& title, const QString& what, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  void setWhat(const QString& what);
  KeyButton* addButton(KeyButton* button); // side by side under the words

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QLabel *titleLabel, *whatLabel;
  QHBoxLayout* buttons;
};

} // namespace attune

// Preferences: theme, and the device where there is a choice. Every change takes effect at once and is kept.
#pragma once

#include <QDialog>

class QComboBox;
class QLabel;

namespace attune {

class SegmentedControl;
class Workbench;

class PreferencesDialog : public QDialog {
  Q_OBJECT
public:
  explicit PreferencesDialog(Workbench& bench, QWidget* parent = nullptr);

private:
  void fillDevices();

  Workbench& bench;
  SegmentedControl* theme;
  QLabel* deviceName;
  QComboBox* device;
  QLabel* refused;
};

} // namespace attune

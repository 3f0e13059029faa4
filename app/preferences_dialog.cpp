#include "preferences_dialog.h"

#include "paths.h"
#include "widgets/key_button.h"
#include "widgets/segmented_control.h"
#include "widgets/theme.h"
#include "workbench.h"
#include <QComboBox>
#include <QDir>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace attune {

PreferencesDialog::PreferencesDialog(Workbench& bench, QWidget* parent)
    : QDialog(parent)
    , bench(bench) {
  setWindowTitle(tr("Preferences"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::spaceL, metric::spaceL, metric::spaceL, metric::edge);
  column->setSpacing(metric::spaceL);
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(metric::spaceL);
  grid->setVerticalSpacing(metric::edge);
  column->addLayout(grid);

  grid->addWidget(new QLabel(tr("Theme"), this), 0, 0);
  theme = new SegmentedControl({tr("System"), tr("Light"), tr("Dark")}, this);
  theme->setCurrent(int(Theme::mode()));
  grid->addWidget(theme, 0, 1, Qt::AlignLeft);
  connect(theme, &SegmentedControl::currentChanged, this, [this](int place) {
    this->bench.settings()->setValue(QStringLiteral("theme"), place);
    Theme::use(ThemeMode(place));
  });

  deviceName = new QLabel(tr("Device"), this);
  grid->addWidget(deviceName, 1, 0);
  device = new QComboBox(this);
  device->setMinimumWidth(320);
  device->setAccessibleName(tr("Device"));
  grid->addWidget(device, 1, 1);
  refused = new QLabel(this);
  refused->setProperty("role", "small");
  refused->setWordWrap(true);
  grid->addWidget(refused, 2, 1);

  grid->addWidget(new QLabel(tr("Kept in"), this), 3, 0, Qt::AlignTop);
  auto* place = new QLabel(QDir::toNativeSeparators(paths::home()), this);
  place->setTextInteractionFlags(Qt::TextSelectableByMouse);
  place->setToolTip(tr("The environment variable ATTUNE_HOME moves data, models and runs together."));
  grid->addWidget(place, 3, 1);
  grid->setColumnStretch(1, 1);

  auto* close = new KeyButton(tr("Close"), KeyButton::Plain, this);
  close->showKey(QKeySequence(Qt::Key_Escape));
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  column->addWidget(close, 0, Qt::AlignRight);

  fillDevices();
  connect(&bench, &Workbench::devicesChanged, this, &PreferencesDialog::fillDevices);
  connect(device, &QComboBox::activated, this,
          [this](int place) { this->bench.chooseDevice(device->itemData(place).toString()); });
}

void PreferencesDialog::fillDevices() {
  device->clear();
  device->addItem(tr("the fastest usable"), QString());
  QStringList reasons;
  for (const DeviceChoice& choice : bench.devices()) {
    if (choice.refusal.isEmpty())
      device->addItem(choice.name, choice.selector);
    else
      reasons << tr("%1 %2").arg(choice.name, choice.refusal);
  }
  device->setCurrentIndex(std::max(0, device->findData(bench.chosenDevice())));
  refused->setText(reasons.join(QLatin1Char('\n')));
  const bool any = device->count() > 1;
  for (QWidget* widget : {static_cast<QWidget*>(deviceName), static_cast<QWidget*>(device)}) widget->setVisible(any);
  refused->setVisible(!reasons.isEmpty());
}

} // namespace attune

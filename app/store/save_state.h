// What the status bar says of the store.
#pragma once

#include <QMetaType>

namespace attune {

enum class SaveState { Saved, Saving, Failed };

} // namespace attune

Q_DECLARE_METATYPE(attune::SaveState)

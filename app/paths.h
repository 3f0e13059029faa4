// Where Attune keeps things. ATTUNE_HOME moves data, models, runs and settings together; else XDG's places.
#pragma once

#include <QString>

namespace attune::paths {

QString home();     // $ATTUNE_HOME, else $XDG_DATA_HOME/attune (~/.local/share/attune)
QString store();    // home()/attune.sqlite
QString models();   // home()/models
QString runs();     // home()/runs
QString settings(); // $ATTUNE_HOME/settings.ini, else $XDG_CONFIG_HOME/attune/settings.ini

// Makes home, models and runs where they are missing. Throws Error naming the folder.
void make();

} // namespace attune::paths

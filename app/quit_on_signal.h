// Ctrl+C in the shell that started the window, and a polite kill: the same as closing it. A training run stops after its
// step, with a checkpoint.
#pragma once

namespace attune {

// Call once, when there is an application. Also makes a file that may not grow (ulimit -f) an error to be told and not
// the program's end.
void quitOnSignals();

} // namespace attune

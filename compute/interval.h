#pragma once

namespace attune {

// A share and the interval that holds the true one in 95 of 100 cases.
struct ShareInterval {
  double value = 0, low = 0, high = 1;
};

// Wilson's interval (1927) of `value`, the share of `size` independent cases; nothing is known of none.
ShareInterval wilsonInterval(double value, double size);

} // namespace attune

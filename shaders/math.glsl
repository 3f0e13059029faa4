// Functions whose built-in forms are too coarse on some devices (lavapipe's log is off by 1e-5 and more).

// Natural logarithm of x > 0: x = 2^e m with m near 1, log m by the series of 2 artanh((m - 1) / (m + 1)).
float accurateLog(float x) {
  int e;
  float m = frexp(x, e);
  if (m < 0.70710678) {
    m *= 2.0;
    e -= 1;
  }
  const float s = (m - 1.0) / (m + 1.0), q = s * s;
  const float series = 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0)))));
  return float(e) * 0.69314718 + series;
}

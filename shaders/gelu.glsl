// GPT-2's GELU (the tanh form) as x * sigmoid(2 y), y = sqrt(2 / pi) (x + 0.044715 x^3), which is the same function:
// (1 + tanh y) / 2 = sigmoid(2 y). The exponent is clamped: some drivers return NaN for tanh or exp far out.
#define GELU_ROOT 0.7978845608028654
#define GELU_CUBIC 0.044715

vec4 geluGate(vec4 x) {
  const vec4 y2 = 2 * GELU_ROOT * x * (1 + GELU_CUBIC * x * x);
  return 1 / (1 + exp(-clamp(y2, -60, 60)));
}

vec4 gelu(vec4 x) { return x * geluGate(x); }

vec4 geluGradient(vec4 x) {
  const vec4 gate = geluGate(x);
  return gate + x * gate * (1 - gate) * 2 * GELU_ROOT * (1 + 3 * GELU_CUBIC * x * x);
}

#version 450
// For the tests of the Vulkan layer: y[i] = factor * x[i] + y[i] + push.add, factor a specialization constant.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const float factor = 1.0;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push {
  uint count;
  float add;
};

void main() {
  uint i = gl_GlobalInvocationID.x;
  if (i < count) y[i] = factor * x[i] + y[i] + add;
}

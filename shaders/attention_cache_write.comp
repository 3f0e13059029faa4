#version 450
// Writes the keys and values of new tokens to their places in the cache: one invocation a float (or four, `aligned`).
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint aligned = 1;
layout(binding = 0) readonly buffer KFloats { float kF[]; };
layout(binding = 0) readonly buffer KVectors { vec4 kV[]; };
layout(binding = 1) readonly buffer VFloats { float vF[]; };
layout(binding = 1) readonly buffer VVectors { vec4 vV[]; };
layout(binding = 2) readonly buffer Slot { int slot[]; };
layout(binding = 3) readonly buffer Position { int position[]; };
layout(binding = 4) writeonly buffer KStoreFloats { float kStoreF[]; };
layout(binding = 4) writeonly buffer KStoreVectors { vec4 kStoreV[]; };
layout(binding = 5) writeonly buffer VStoreFloats { float vStoreF[]; };
layout(binding = 5) writeonly buffer VStoreVectors { vec4 vStoreV[]; };
layout(push_constant) uniform Push {
  uint width, slots, context; // width: floats a token
  uint kStride, kOffset, vStride, vOffset;
};

void main() {
  const uint n = gl_WorkGroupID.y, i = gl_GlobalInvocationID.x * (aligned != 0 ? 4 : 1);
  if (i >= width || slot[n] < 0 || slot[n] >= int(slots) || position[n] < 0 || position[n] >= int(context)) return;
  const uint place = (uint(slot[n]) * context + uint(position[n])) * width + i;
  const uint kAt = n * kStride + kOffset + i, vAt = n * vStride + vOffset + i;
  if (aligned != 0) {
    kStoreV[place / 4] = kV[kAt / 4];
    vStoreV[place / 4] = vV[vAt / 4];
  } else {
    kStoreF[place] = kF[kAt];
    vStoreF[place] = vF[vAt];
  }
}

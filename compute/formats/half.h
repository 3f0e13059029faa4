// Conversions between float32 and the two 16-bit formats: widening is exact, narrowing rounds to the nearest even,
// overflows to infinity, keeps subnormals, signed zeros and NaN.
#pragma once

#include <bit>
#include <cstdint>

namespace attune {

inline float bf16ToFloat(uint16_t half) { return std::bit_cast<float>(uint32_t(half) << 16); }

inline uint16_t floatToBf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return uint16_t((bits >> 16) | 0x0040u); // a NaN stays one, made quiet
  return uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float f16ToFloat(uint16_t half) {
  const uint32_t sign = uint32_t(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 0x1fu;
  const uint32_t mantissa = half & 0x3ffu;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  const float small = float(mantissa) * 0x1p-24f; // exact: ten bits
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(small));
}

inline uint16_t floatToF16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = uint16_t((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return uint16_t(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  if (magnitude >= 0x477ff000u) return uint16_t(sign | 0x7c00u); // 65520 and more round to infinity
  if (magnitude >= 0x38800000u) {                                // normal: 2⁻¹⁴ and more
    const uint32_t rebased = magnitude - (112u << 23);
    return uint16_t(sign | ((rebased + 0xfffu + ((rebased >> 13) & 1u)) >> 13));
  }
  // Subnormal: adding 2⁻¹ · 2⁰ aligned so that the float's own rounding to nearest even happens at 2⁻²⁴.
  const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
  return uint16_t(sign | (std::bit_cast<uint32_t>(shifted) - 0x3f000000u));
}

} // namespace attune

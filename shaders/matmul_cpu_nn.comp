#version 450
#extension GL_GOOGLE_include_directive : require
#define LAYOUT 0
#include "matmul_cpu.glsl"

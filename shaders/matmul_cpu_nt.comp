#version 450
#extension GL_GOOGLE_include_directive : require
#define LAYOUT 1
#include "matmul_cpu.glsl"

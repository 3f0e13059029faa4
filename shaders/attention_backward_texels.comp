#version 450
#extension GL_GOOGLE_include_directive : require
#define TEXELS // see attention.glsl
#include "attention_backward.glsl"

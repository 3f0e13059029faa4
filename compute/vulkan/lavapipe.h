// Settings of lavapipe, Mesa's Vulkan on the processor. They are environment variables that Mesa reads when Vulkan
// starts.
#pragma once

#include <string>

namespace attune::vulkan {

// Where the processor has AVX-512, makes subgroups of 16 lanes (LP_NATIVE_VECTOR_WIDTH=512), which is measurably
// faster, unless the user has set that variable. Call first thing in main, before any thread and any use of Vulkan.
void preferWideVectors();

// Mesa's shader cache does not know the vector width: gives each width a cache of its own, unless the user has set
// MESA_SHADER_CACHE_DIR. Does nothing where no width is set.
void separateShaderCache();

// Attune's cache folder: $ATTUNE_HOME/cache, or attune in $XDG_CACHE_HOME or ~/.cache. Made if need be; empty when
// there is none to be had.
std::string cacheFolder();

} // namespace attune::vulkan

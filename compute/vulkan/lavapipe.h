// Settings of lavapipe, Mesa's Vulkan on the processor. They are environment variables that Mesa reads when Vulkan
// starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace attune::vulkan {

// Where the processor has AVX-512, makes subgroups of 16 lanes (LP_NATIVE_VECTOR_WIDTH=512), which is measurably
// faster, unless the user has set that variable. Call first thing in main, before any thread and any use of Vulkan.
void preferWideVectors();

// Mesa's shader cache does not know the vector width: gives each width a cache of its own, unless the user has set
// MESA_SHADER_CACHE_DIR. Does nothing where no width is set.
void separateShaderCache();

// Lavapipe compiles a shader anew for texel buffers whose size it takes for another kind of image: it looks at whether
// the buffer's size is a power of two, and (reading a field of a union that is not there for buffers) at whether bits 8
// to 15 of the view's size are zero. Sizes that are always of one kind save whole compilations, each of up to seconds.
uint64_t evenBufferSize(uint64_t bytes); // never a power of two; leaves room for evenTexelRange behind every range
uint64_t evenTexelRange(uint64_t bytes); // bits 8 to 15 never zero; at most 256 more

// Asks the kernel for huge pages behind [memory, memory + bytes), which no recording has touched yet: a training step
// is 5 % faster and swings less. Does nothing for small memory.
void preferLargePages(std::byte* memory, uint64_t bytes);

// Bytes that the machine can still give without swapping or ending a program; UINT64_MAX where it does not say. The
// processor's driver takes more than that without a word, and the kernel then ends some program.
uint64_t memoryAvailable();

// Compiling leaves tens of megabytes of freed memory in small pieces, which malloc keeps: gives it back to the system
// where it has become much.
void giveBackFreedMemory();

// Attune's cache folder: $ATTUNE_HOME/cache, or attune in $XDG_CACHE_HOME or ~/.cache. Made if need be; empty when
// there is none to be had.
std::string cacheFolder();

} // namespace attune::vulkan

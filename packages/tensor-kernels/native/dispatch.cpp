#include "dispatch.hpp"

namespace halftone {

extern const Kernels portableKernels;
#if defined(__x86_64__)
extern const Kernels avx2Kernels;
extern const Kernels avx512Kernels;
#elif defined(__aarch64__)
extern const Kernels neonKernels;
#endif

namespace {

struct Available {
  const Kernels* kernels[4] = {};

  Available() {
    int count = 0;
#if defined(__x86_64__)
    // These ask the operating system too, which must save the wide registers. Processors without VNNI have AVX-512 at a cost in
    // clock rate: AVX2 serves them.
    __builtin_cpu_init();
    const bool hasAvx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                           __builtin_cpu_supports("avx512vnni");
    if (hasAvx512) kernels[count++] = &avx512Kernels;
    // Programs fuse products with sums, and convert binary16: every processor with AVX2 but one of VIA does both.
    const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (hasAvx2) kernels[count++] = &avx2Kernels;
#elif defined(__aarch64__)
    // Every 64-bit ARM processor has NEON.
    kernels[count++] = &neonKernels;
#endif
    kernels[count] = &portableKernels;
  }
};

}  // namespace

const Kernels* const* availableKernels() {
  static const Available available;
  return available.kernels;
}

}  // namespace halftone

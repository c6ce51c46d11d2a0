/* fma.h: code that is compiled twice, once for processors whose fused multiply-add is an instruction, so that fmaf runs
 * on whole vectors; elsewhere it is a call with the same result. */
#ifndef NETC_RUNTIME_FMA_H
#define NETC_RUNTIME_FMA_H

#if defined __x86_64__
#define NC_WITH_FMA __attribute__((target("avx2,fma")))
#define NC_HAS_FMA (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#else
#define NC_WITH_FMA
#define NC_HAS_FMA 1
#endif

#define NC_ALWAYS_INLINE static inline __attribute__((always_inline))

#endif

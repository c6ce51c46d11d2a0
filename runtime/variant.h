/* variant.h: what stands in front of an emitted program when it is compiled into a trainer (compiler/cc.c).
 *
 * The whole text is compiled for a certain processor, its main too, and on another one would end with an instruction
 * that does not exist. So the program's main gets another name, and beside it stands, as mere data, which features of
 * a processor the compiler was free to use. The trainer's own main (variant.c), which is compiled with the runtime for
 * any processor, looks at them before it calls the program. A trainer may have a variant for each width of vectors. */
#ifndef NETC_VARIANT_H
#define NETC_VARIANT_H

#include <features.h>

#include "vector.h"

/* A runtime that was compiled for glibc, and loads libraries late that were too. A static trainer loads nothing, and is
 * linked with what another C library lacks (libc.c). */
#if defined NC_WANTS_GLIBC && !defined __GLIBC__
#error "with another C library than glibc, as musl-gcc has, say --static: netc build ... --static --cc musl-gcc"
#endif

/* F(name, the macro by which compilers tell that they may use it, where the processor tells that it has it): what
 * compilers use by themselves, the most telling first. x86: the leaf of cpuid, its sub-leaf, the register (0 to 3: eax,
 * ebx, ecx, edx) and the bit; and the bits of XCR0 by which the system tells that it saves the registers. AArch64: the
 * word of the auxiliary vector (0: AT_HWCAP, 1: AT_HWCAP2) and the bit. */
#if defined __x86_64__
#define NC_FEATURES(F)                                                                                                 \
    F(AVX512F, __AVX512F__, 7, 0, 1, 16, 0xe6)                                                                         \
    F(AVX512CD, __AVX512CD__, 7, 0, 1, 28, 0xe6)                                                                       \
    F(AVX512BW, __AVX512BW__, 7, 0, 1, 30, 0xe6)                                                                       \
    F(AVX512DQ, __AVX512DQ__, 7, 0, 1, 17, 0xe6)                                                                       \
    F(AVX512VL, __AVX512VL__, 7, 0, 1, 31, 0xe6)                                                                       \
    F(AVX512-IFMA, __AVX512IFMA__, 7, 0, 1, 21, 0xe6)                                                                  \
    F(AVX512-VBMI, __AVX512VBMI__, 7, 0, 2, 1, 0xe6)                                                                   \
    F(AVX512-VBMI2, __AVX512VBMI2__, 7, 0, 2, 6, 0xe6)                                                                 \
    F(AVX512-VNNI, __AVX512VNNI__, 7, 0, 2, 11, 0xe6)                                                                  \
    F(AVX512-BITALG, __AVX512BITALG__, 7, 0, 2, 12, 0xe6)                                                              \
    F(AVX512-VPOPCNTDQ, __AVX512VPOPCNTDQ__, 7, 0, 2, 14, 0xe6)                                                        \
    F(AVX512-VP2INTERSECT, __AVX512VP2INTERSECT__, 7, 0, 3, 8, 0xe6)                                                   \
    F(AVX512-FP16, __AVX512FP16__, 7, 0, 3, 23, 0xe6)                                                                  \
    F(AVX512-BF16, __AVX512BF16__, 7, 1, 0, 5, 0xe6)                                                                   \
    F(AVX2, __AVX2__, 7, 0, 1, 5, 6)                                                                                   \
    F(FMA, __FMA__, 1, 0, 2, 12, 6)                                                                                    \
    F(AVX, __AVX__, 1, 0, 2, 28, 6)                                                                                    \
    F(SSE4.1, __SSE4_1__, 1, 0, 2, 19, 0)                                                                              \
    F(SSE4.2, __SSE4_2__, 1, 0, 2, 20, 0)                                                                              \
    F(SSE3, __SSE3__, 1, 0, 2, 0, 0)                                                                                   \
    F(SSSE3, __SSSE3__, 1, 0, 2, 9, 0)                                                                                 \
    F(SSE4A, __SSE4A__, 0x80000001, 0, 2, 6, 0)                                                                        \
    F(POPCNT, __POPCNT__, 1, 0, 2, 23, 0)                                                                              \
    F(MOVBE, __MOVBE__, 1, 0, 2, 22, 0)                                                                                \
    F(LZCNT, __LZCNT__, 0x80000001, 0, 2, 5, 0)                                                                        \
    F(BMI, __BMI__, 7, 0, 1, 3, 0)                                                                                     \
    F(BMI2, __BMI2__, 7, 0, 1, 8, 0)                                                                                   \
    F(TBM, __TBM__, 0x80000001, 0, 2, 21, 0)                                                                           \
    F(F16C, __F16C__, 1, 0, 2, 29, 6)                                                                                  \
    F(XOP, __XOP__, 0x80000001, 0, 2, 11, 6)                                                                           \
    F(FMA4, __FMA4__, 0x80000001, 0, 2, 16, 6)                                                                         \
    F(GFNI, __GFNI__, 7, 0, 2, 8, 0)                                                                                   \
    F(AVX-VNNI, __AVXVNNI__, 7, 1, 0, 4, 6)
#elif defined __aarch64__
#define NC_FEATURES(F)                                                                                                 \
    F(SVE, __ARM_FEATURE_SVE, 0, 22)                                                                                   \
    F(SVE2, __ARM_FEATURE_SVE2, 1, 1)                                                                                  \
    F(CRC32, __ARM_FEATURE_CRC32, 0, 7)                                                                                \
    F(LSE, __ARM_FEATURE_ATOMICS, 0, 8)                                                                                \
    F(FP16, __ARM_FEATURE_FP16_VECTOR_ARITHMETIC, 0, 10)                                                               \
    F(RDM, __ARM_FEATURE_QRDMX, 0, 12)                                                                                 \
    F(JSCVT, __ARM_FEATURE_JCVT, 0, 13)                                                                                \
    F(FCMA, __ARM_FEATURE_COMPLEX, 0, 14)                                                                              \
    F(DOTPROD, __ARM_FEATURE_DOTPROD, 0, 20)                                                                           \
    F(FHM, __ARM_FEATURE_FP16_FML, 0, 23)                                                                              \
    F(I8MM, __ARM_FEATURE_MATMUL_INT8, 1, 13)                                                                          \
    F(BF16, __ARM_FEATURE_BF16, 1, 14)
#else
#define NC_FEATURES(F)
#endif

struct nc_variant {
    const unsigned char *needs; /* for each feature, in their order: 1, or 0 where the program does without */
    int (*program)(int argc, char **argv);
};

/* One for each width; a trainer has some of them. */
extern const struct nc_variant nc_variant_w4, nc_variant_w8, nc_variant_w16;

#ifndef NC_VARIANTS_ONLY /* variant.c is no variant */

/* Such a macro is 1 where the feature may be used; otherwise it is not defined, and stays its own name. */
#define NC_AS_TEXT(text) #text
#define NC_NEEDS(name, macro, ...) sizeof NC_AS_TEXT(macro) == sizeof "1",
#define NC_JOIN(a, b) a##b
#define NC_VARIANT(lanes) NC_JOIN(nc_variant_w, lanes)

#define main nc_program
static int nc_program(int argc, char **argv);
static const unsigned char nc_needs[] = {NC_FEATURES(NC_NEEDS) 0};
const struct nc_variant NC_VARIANT(VL) = {nc_needs, nc_program};

#endif
#endif

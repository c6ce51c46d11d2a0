/* normal.c: tensor.normal_, to the bit: what PyTorch's x86 builds draw on a processor with AVX2.
 *
 * From 16 numbers on (aten/src/ATen/native/cpu/DistributionKernels.cpp, normal_fill_AVX2): all are drawn uniform, then
 * each 16 of them become 16 normal ones by Box and Muller's formula, and where 16 do not divide the count the last 16
 * are drawn anew. Logarithm, sine and cosine are the polynomials of ATen/native/cpu/avx_mathfun.h (Cephes), with the
 * multiply-adds fused that the compiler of those builds fuses. Fewer numbers are drawn one by one in double precision,
 * and the second one of each pair waits in the generator (ATen/core/DistributionsHelper.h). */
#include <math.h>
#include <string.h>

#include "core.h"
#include "fma.h"

enum { BLOCK = 16, HALF = BLOCK / 2 };

NC_ALWAYS_INLINE unsigned bits_of(float x)
{
    unsigned bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

NC_ALWAYS_INLINE float of_bits(unsigned bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* log256_ps; x is above 0 and at most 1. */
NC_ALWAYS_INLINE float logarithm(float x)
{
    static const float p[] = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
                              1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f,
                              3.3333331174e-1f};
    float exponent = (float)((int)(bits_of(x) >> 23) - 127) + 1;
    x = of_bits((bits_of(x) & 0x807fffffu) | 0x3f000000u); /* the mantissa, in [0.5, 1) */
    float low = x < 0.707106781186547524f ? x : 0;
    exponent -= x < 0.707106781186547524f ? 1.0f : 0.0f;
    x = x - 1 + low;
    float z = x * x, y = p[0];
    for (int i = 1; i < 9; i++)
        y = fmaf(y, x, p[i]);
    y = fmaf(y * x, z, exponent * -2.12194440e-4f);
    y -= z * 0.5f;
    return fmaf(exponent, 0.693359375f, x + y);
}

/* sincos256_ps; x is not negative. */
NC_ALWAYS_INLINE void sine_cosine(float x, float *sine, float *cosine)
{
    unsigned octant = (unsigned)(int)(x * 1.27323954473516f); /* 4 / pi */
    octant = (octant + 1) & ~1u;
    unsigned sine_sign = (octant & 4) << 29, cosine_sign = (~(octant - 2) & 4) << 29;
    float y = (float)(int)octant;
    x = fmaf(y, -0.78515625f, x);
    x = fmaf(y, -2.4187564849853515625e-4f, x);
    x = fmaf(y, -3.77489497744594108e-8f, x);
    float z = x * x;
    float even = fmaf(fmaf(2.443315711809948e-5f, z, -1.388731625493765e-3f), z, 4.166664568298827e-2f);
    even = fmaf(even * z, z, -(z * 0.5f)) + 1;
    float odd = fmaf(fmaf(-1.9515295891e-4f, z, 8.3321608736e-3f), z, -1.6666654611e-1f);
    odd = fmaf(odd * z, x, x);
    int straight = (octant & 2) == 0;
    *sine = of_bits(bits_of(straight ? odd : even) ^ sine_sign);
    *cosine = of_bits(bits_of(straight ? even : odd) ^ cosine_sign);
}

/* 16 uniform numbers in [0, 1) become normal ones. */
NC_ALWAYS_INLINE void make_normal(float *x, float mean, float std)
{
    float first[HALF], second[HALF];
    memcpy(first, x, sizeof first);
    memcpy(second, x + HALF, sizeof second);
    for (int i = 0; i < HALF; i++) {
        float radius = sqrtf(-2 * logarithm(1 - first[i])), sine, cosine;
        sine_cosine(6.283185307179586f * second[i], &sine, &cosine);
        x[i] = fmaf(radius * cosine, std, mean);
        x[HALF + i] = fmaf(radius * sine, std, mean);
    }
}

NC_ALWAYS_INLINE void make_all_normal(float *x, long long count, float mean, float std)
{
    for (long long i = 0; i + BLOCK <= count; i += BLOCK)
        make_normal(x + i, mean, std);
}

NC_WITH_FMA static void make_all_normal_fma(float *x, long long count, float mean, float std)
{
    make_all_normal(x, count, mean, std);
}

static void make_all_normal_plain(float *x, long long count, float mean, float std)
{
    make_all_normal(x, count, mean, std);
}

static double uniform53(struct nc_random *r)
{
    return (double)(nc_random64(r) & ((1ull << 53) - 1)) * 0x1p-53;
}

static double one_normal(struct nc_random *r)
{
    if (r->has_normal) {
        r->has_normal = 0;
        return r->normal;
    }
    double angle = 2 * M_PI * uniform53(r), radius = sqrt(-2 * log1p(-uniform53(r)));
    r->normal = radius * sin(angle);
    r->has_normal = 1;
    return radius * cos(angle);
}

void nc_random_normal(struct nc_random *r, double mean, double std, long long count, float *to)
{
    void (*make)(float *, long long, float, float) = NC_HAS_FMA ? make_all_normal_fma : make_all_normal_plain;
    if (count < BLOCK) {
        for (long long i = 0; i < count; i++)
            to[i] = (float)(one_normal(r) * std + mean);
        return;
    }
    nc_random_uniforms(r, 0, 1, count, to);
    make(to, count, (float)mean, (float)std);
    if (count % BLOCK != 0) {
        nc_random_uniforms(r, 0, 1, BLOCK, to + count - BLOCK);
        make(to + count - BLOCK, BLOCK, (float)mean, (float)std);
    }
}

void nc_random_normal_skip(struct nc_random *r, long long count)
{
    float numbers[BLOCK];
    if (count < BLOCK)
        nc_random_normal(r, 0, 1, count, numbers);
    else
        nc_random_skip(r, count + (count % BLOCK != 0 ? BLOCK : 0));
}

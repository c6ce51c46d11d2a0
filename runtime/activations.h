/* activations.h: torch's element-wise activations and their slopes, on vectors.
 *
 * vec_<name>(x, a, b) is y, with the arguments a and b of the layer; vec_<name>_slope(v, a, b) is dy/dx, from x or from
 * y as compiler/graph/activations.def says. NaN stays NaN. Lane by lane and by the same operations at every width; the
 * elementary functions are within two units in the last place. Their polynomials interpolate at Chebyshev's points. */
#ifndef NETC_ACTIVATIONS_H
#define NETC_ACTIVATIONS_H

#include "vector.h"

/* ---- Elementary functions ---------------------------------------------------------------------------------------- */

NC_INLINE vec vec_min(vec a, vec b) /* a where it is NaN */
{
    return vec_select(a > b, b, a);
}

NC_INLINE vec vec_max(vec a, vec b) /* a where it is NaN */
{
    return vec_select(a < b, b, a);
}

NC_INLINE vec vec_abs(vec a)
{
    return (vec)((ivec)a & ivec_all(0x7fffffff));
}

/* |a| with the sign of b. */
NC_INLINE vec vec_copysign(vec a, vec b)
{
    return (vec)(((ivec)a & ivec_all(0x7fffffff)) | ((ivec)b & ivec_all((int)0x80000000u)));
}

/* ((c[count-1] x + c[count-2]) x + ...) + c[0] */
NC_INLINE vec vec_polynomial(vec x, const float *c, int count)
{
    vec sum = vec_all(c[count - 1]);
    UNROLL
    for (int i = count - 2; i >= 0; i--)
        sum = vec_fma(sum, x, vec_all(c[i]));
    return sum;
}

/* 2^n for whole n from -126 to 127. */
NC_INLINE vec vec_power_of_2(ivec n)
{
    return (vec)((n + 127) << 23);
}

/* e^x = 2^n e^r, |r| <= log(2)/2; r is taken in two parts. In two factors, so that neither over- nor underflows. */
NC_INLINE vec vec_exp(vec x)
{
    static const float c[] = {0.5f, 0.16666667f, 0.041666465f, 0.0083333109f, 0.0013933648f, 0.00019890989f};
    const vec inside = vec_min(vec_max(x, vec_all(-104)), vec_all(89));
    const vec shift = vec_all(12582912), turned = vec_fma(inside, vec_all(1.44269504f), shift), n = turned - shift;
    const vec r = vec_fma(n, vec_all(-1.42860682e-6f), vec_fma(n, vec_all(-0.693145752f), inside));
    const vec power = vec_fma(vec_polynomial(r, c, 6), r * r, r) + 1;
    const ivec whole = (ivec)turned - (ivec)shift, half = whole >> 1;
    return power * vec_power_of_2(half) * vec_power_of_2(whole - half);
}

/* e^x - 1, also near 0. */
NC_INLINE vec vec_expm1(vec x)
{
    static const float c[] = {0.5f, 0.16666667f, 0.041666584f, 0.0083331821f, 0.0013953093f, 0.00019962176f};
    const vec near = vec_fma(vec_polynomial(x, c, 6), x * x, x);
    return vec_select(vec_abs(x) < vec_all(0.5f), near, vec_exp(x) - 1);
}

/* 2 artanh z for |z| <= 1/3. */
NC_INLINE vec vec_twice_artanh(vec z)
{
    static const float c[] = {0.66666667f, 0.39999706f, 0.28592358f, 0.21706576f, 0.23224329f};
    const vec square = z * z;
    return vec_fma(vec_polynomial(square, c, 5) * square, z, z + z);
}

/* log x of positive, not denormal x = 2^n m, sqrt(1/2) <= m < sqrt(2): n log 2 + 2 artanh((m - 1) / (m + 1)). */
NC_INLINE vec vec_log(vec x)
{
    const ivec n = ((ivec)x - ivec_all(0x3f3504f3)) >> 23;
    const vec m = (vec)((ivec)x - (n << 23));
    return vec_fma(__builtin_convertvector(n, vec), vec_all(0.693147181f), vec_twice_artanh((m - 1) / (m + 1)));
}

/* log(1 + x) for x in [0, 1]: 2 artanh(x / (2 + x)). */
NC_INLINE vec vec_log1p(vec x)
{
    return vec_twice_artanh(x / (x + 2));
}

NC_INLINE vec vec_tanh_of(vec x)
{
    static const float c[] = {-0.33333333f, 0.13333304f, -0.05395926f, 0.021768919f, -0.0083439455f, 0.0022927448f};
    const vec square = x * x, far = 1 - 2 / (vec_exp(2 * vec_abs(x)) + 1);
    return vec_select(vec_abs(x) < vec_all(0.625f), vec_fma(vec_polynomial(square, c, 6) * square, x, x),
                      vec_copysign(far, x));
}

/* From 1 on by the logarithm of 1 - erf. */
NC_INLINE vec vec_erf(vec x)
{
    static const float near[] = {0.12837917f, -0.37612638f, 0.11283782f, -0.026865431f, 0.0052210318f, -0.00084840804f,
                                 0.00011265959f, -9.6670446e-06f};
    static const float far[] = {0.00043312918f, -1.1307512f, -0.63080457f, -0.11121893f, 0.027212459f,
                                -0.0051153672f, 0.00070044221f, -6.4949438e-05f, 3.5957109e-06f, -8.8134759e-08f};
    const vec distance = vec_min(vec_abs(x), vec_all(4.1f));
    const vec outside = 1 - vec_exp(vec_polynomial(distance, far, 10));
    return vec_select(vec_abs(x) < vec_all(1), vec_fma(vec_polynomial(x * x, near, 8), x, x),
                      vec_copysign(vec_select(x == x, outside, x), x));
}

NC_INLINE vec vec_sigmoid_of(vec x)
{
    return 1 / (vec_exp(-x) + 1);
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

#define ACTIVATION(name) NC_INLINE vec vec_##name(vec x, float a, float b)
#define SLOPE(name) NC_INLINE vec vec_##name##_slope(vec x, float a, float b)
#define NO_ARGUMENTS (void)a, (void)b
#define ONE_ARGUMENT (void)b

ACTIVATION(sigmoid)
{
    NO_ARGUMENTS;
    return vec_sigmoid_of(x);
}

SLOPE(sigmoid) /* of y */
{
    NO_ARGUMENTS;
    return x * (1 - x);
}

ACTIVATION(tanh)
{
    NO_ARGUMENTS;
    return vec_tanh_of(x);
}

SLOPE(tanh) /* of y */
{
    NO_ARGUMENTS;
    return 1 - x * x;
}

/* a: the slope below 0 */
ACTIVATION(leaky_relu)
{
    ONE_ARGUMENT;
    return vec_select(x > 0, x, x * a);
}

SLOPE(leaky_relu)
{
    ONE_ARGUMENT;
    return vec_select(x > 0, vec_all(1), vec_all(a));
}

/* from a to b */
ACTIVATION(hardtanh)
{
    return vec_min(vec_max(x, vec_all(a)), vec_all(b));
}

SLOPE(hardtanh)
{
    return vec_select((x <= vec_all(a)) | (x >= vec_all(b)), vec_zero(), vec_all(1));
}

/* b x above 0, a b (e^x - 1) below */
ACTIVATION(elu)
{
    return vec_select(x > 0, x, vec_expm1(x) * a) * b;
}

SLOPE(elu)
{
    return vec_select(x > 0, vec_all(1), vec_exp(x) * a) * b;
}

/* x above 0, a (e^(x/a) - 1) below */
ACTIVATION(celu)
{
    ONE_ARGUMENT;
    return vec_select(x > 0, x, vec_expm1(x / a) * a);
}

SLOPE(celu)
{
    ONE_ARGUMENT;
    return vec_select(x > 0, vec_all(1), vec_exp(x / a));
}

/* x times the normal distribution's share below x */
NC_INLINE vec vec_normal_share(vec x)
{
    return (vec_erf(x * 0.70710678f) + 1) * 0.5f;
}

ACTIVATION(gelu)
{
    NO_ARGUMENTS;
    return x * vec_normal_share(x);
}

SLOPE(gelu)
{
    NO_ARGUMENTS;
    return vec_fma(x * 0.39894228f, vec_exp(x * x * -0.5f), vec_normal_share(x));
}

/* sqrt(2/pi) (x + 0.044715 x^3) */
NC_INLINE vec vec_gelu_tanh_inner(vec x)
{
    return vec_tanh_of(vec_fma(x * x * 0.044715f, x, x) * 0.79788456f);
}

ACTIVATION(gelu_tanh)
{
    NO_ARGUMENTS;
    return x * 0.5f * (vec_gelu_tanh_inner(x) + 1);
}

SLOPE(gelu_tanh)
{
    NO_ARGUMENTS;
    const vec t = vec_gelu_tanh_inner(x), inner = vec_fma(x * x, vec_all(0.10703222f), vec_all(0.79788456f));
    return vec_fma(x * 0.5f * (1 - t * t), inner, (t + 1) * 0.5f);
}

ACTIVATION(silu)
{
    NO_ARGUMENTS;
    return x / (vec_exp(-x) + 1);
}

SLOPE(silu)
{
    NO_ARGUMENTS;
    const vec s = vec_sigmoid_of(x);
    return s * vec_fma(x, 1 - s, vec_all(1));
}

/* tanh(log(1 + e^x)) = n / (n + 2), n = e^x (e^x + 2) */
NC_INLINE vec vec_mish_factor(vec x)
{
    const vec e = vec_exp(vec_min(x, vec_all(20))), n = e * (e + 2);
    return n / (n + 2);
}

ACTIVATION(mish)
{
    NO_ARGUMENTS;
    return x * vec_mish_factor(x);
}

SLOPE(mish)
{
    NO_ARGUMENTS;
    const vec t = vec_mish_factor(x);
    return vec_fma(x * vec_sigmoid_of(x), 1 - t * t, t);
}

NC_INLINE vec vec_from_0_to_6(vec x)
{
    return vec_min(vec_max(x, vec_zero()), vec_all(6));
}

ACTIVATION(hardswish)
{
    NO_ARGUMENTS;
    return x * vec_from_0_to_6(x + 3) / 6;
}

SLOPE(hardswish)
{
    NO_ARGUMENTS;
    return vec_select(x <= -3, vec_zero(), vec_select(x < 3, x / 3 + 0.5f, vec_all(1)));
}

ACTIVATION(hardsigmoid)
{
    NO_ARGUMENTS;
    return vec_from_0_to_6(x + 3) / 6;
}

SLOPE(hardsigmoid)
{
    NO_ARGUMENTS;
    return vec_select((x > -3) & (x < 3), vec_all(1.0f / 6), vec_zero());
}

/* log(1 + e^x) */
NC_INLINE vec vec_softplus_of(vec x)
{
    return vec_max(x, vec_zero()) + vec_log1p(vec_exp(-vec_abs(x)));
}

/* log(1 + e^(a x)) / a, or x where a x > b */
ACTIVATION(softplus)
{
    return vec_select(x * a > vec_all(b), x, vec_softplus_of(x * a) / a);
}

SLOPE(softplus)
{
    return vec_select(x * a > vec_all(b), vec_all(1), vec_sigmoid_of(x * a));
}

ACTIVATION(log_sigmoid)
{
    NO_ARGUMENTS;
    return -vec_softplus_of(-x);
}

SLOPE(log_sigmoid)
{
    NO_ARGUMENTS;
    return vec_sigmoid_of(-x);
}

ACTIVATION(softsign)
{
    NO_ARGUMENTS;
    return x / (vec_abs(x) + 1);
}

SLOPE(softsign)
{
    NO_ARGUMENTS;
    const vec d = vec_abs(x) + 1;
    return 1 / (d * d);
}

ACTIVATION(tanhshrink)
{
    NO_ARGUMENTS;
    return x - vec_tanh_of(x);
}

SLOPE(tanhshrink)
{
    NO_ARGUMENTS;
    const vec t = vec_tanh_of(x);
    return t * t;
}

/* a nearer to 0, or 0 */
ACTIVATION(softshrink)
{
    ONE_ARGUMENT;
    return vec_select(x > vec_all(a), x - a, vec_select(x < vec_all(-a), x + a, x * 0));
}

SLOPE(softshrink)
{
    ONE_ARGUMENT;
    return vec_select((x >= vec_all(-a)) & (x <= vec_all(a)), vec_zero(), vec_all(1));
}

/* 0 from -a to a */
ACTIVATION(hardshrink)
{
    ONE_ARGUMENT;
    return vec_select((x >= vec_all(-a)) & (x <= vec_all(a)), vec_zero(), x);
}

SLOPE(hardshrink)
{
    ONE_ARGUMENT;
    return vec_select((x >= vec_all(-a)) & (x <= vec_all(a)), vec_zero(), vec_all(1));
}

/* x above a, otherwise b */
ACTIVATION(threshold)
{
    return vec_select(x <= vec_all(a), vec_all(b), x);
}

SLOPE(threshold)
{
    ONE_ARGUMENT;
    return vec_select(x <= vec_all(a), vec_zero(), vec_all(1));
}

#undef ACTIVATION
#undef SLOPE
#undef NO_ARGUMENTS
#undef ONE_ARGUMENT

#endif

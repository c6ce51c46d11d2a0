/* winograd_points.h: Winograd's transforms in one direction, for tiles of 4 outputs: F(4,3) and F(4,5).
 *
 * A filter of `taps` taps, 3 or 5, turns taps + 3 inputs into 4 outputs. With B, G and A the matrices of the method
 * (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015),
 *     y = A^T ((G g) * (B^T d))
 * takes taps + 3 multiplications. They interpolate at these points, whose powers are exact in float32:
 *     3 taps: 0, +-3/4, +-3/2 and infinity. Because they lie close around 1 the result is three times nearer to the
 *             exact one than with the usual 0, +-1, +-2.
 *     5 taps: 0, +-1/2, +-1, +-2 and infinity. No other eight points of sixteenths come closer. */
#ifndef NETC_WINOGRAD_POINTS_H
#define NETC_WINOGRAD_POINTS_H

#include "vector.h"

enum { WINOGRAD_SIZE = 4 };

/* How many points there are, and the most. */
#define WINOGRAD_POINTS(taps) ((taps) + WINOGRAD_SIZE - 1)
enum { WINOGRAD_MOST_TAPS = 5, WINOGRAD_MOST_POINTS = WINOGRAD_POINTS(WINOGRAD_MOST_TAPS) };

/* The points beside 0 and infinity, each with its negative. */
#define WINOGRAD3_A 0.75f
#define WINOGRAD3_B 1.5f
#define WINOGRAD5_A 0.5f
#define WINOGRAD5_B 1.0f
#define WINOGRAD5_C 2.0f
#define SQUARE(a) ((a) * (a))

/* What G divides by: for point a of a, b and c, the product of the distances to all others. */
#define DISTANCES3(a, b) (2 * SQUARE(a) * (SQUARE(a) - SQUARE(b)))
#define DISTANCES5(a, b, c) (DISTANCES3(a, b) * (SQUARE(a) - SQUARE(c)))

/* even + a * odd at the two points a and -a. */
NC_INLINE void winograd_pair(vec even, vec odd, float a, vec *v)
{
    v[0] = vec_fma(vec_all(a), odd, even);
    v[1] = vec_fma(vec_all(-a), odd, even);
}

/* The polynomial with roots +-b and +-c and no others: top - (b^2 + c^2) middle + b^2 c^2 bottom. */
NC_INLINE vec winograd_quartic(vec top, vec middle, vec bottom, float b, float c)
{
    return vec_fma(vec_all(-(SQUARE(b) + SQUARE(c))), middle, vec_fma(vec_all(SQUARE(b) * SQUARE(c)), bottom, top));
}

/* The inputs: B^T d. */
NC_INLINE void winograd_forward3(const vec *d, vec *v)
{
    const float a = WINOGRAD3_A, b = WINOGRAD3_B;
    v[0] = winograd_quartic(d[4], d[2], d[0], a, b);
    winograd_pair(vec_fma(vec_all(-SQUARE(b)), d[2], d[4]), vec_fma(vec_all(-SQUARE(b)), d[1], d[3]), a, v + 1);
    winograd_pair(vec_fma(vec_all(-SQUARE(a)), d[2], d[4]), vec_fma(vec_all(-SQUARE(a)), d[1], d[3]), b, v + 3);
    v[5] = winograd_quartic(d[5], d[3], d[1], a, b);
}

NC_INLINE void winograd_forward5(const vec *d, vec *v)
{
    const float a = WINOGRAD5_A, b = WINOGRAD5_B, c = WINOGRAD5_C;
    /* (x^2 - a^2) (x^2 - b^2) (x^2 - c^2) = x^6 - sum x^4 + sum x^2 - 1, since a b c = 1 and the points come with
     * their inverses. */
    const vec sum = vec_all(SQUARE(a) + SQUARE(b) + SQUARE(c));
    v[0] = vec_fma(sum, d[2] - d[4], d[6] - d[0]);
    winograd_pair(winograd_quartic(d[6], d[4], d[2], b, c), winograd_quartic(d[5], d[3], d[1], b, c), a, v + 1);
    winograd_pair(winograd_quartic(d[6], d[4], d[2], a, c), winograd_quartic(d[5], d[3], d[1], a, c), b, v + 3);
    winograd_pair(winograd_quartic(d[6], d[4], d[2], a, b), winograd_quartic(d[5], d[3], d[1], a, b), c, v + 5);
    v[7] = vec_fma(sum, d[3] - d[5], d[7] - d[1]);
}

NC_INLINE void winograd_forward(const vec *d, vec *v, int taps)
{
    if (taps == 3)
        winograd_forward3(d, v);
    else
        winograd_forward5(d, v);
}

/* The outputs: y = A^T m. */
NC_INLINE void winograd_back3(const vec *m, vec *y)
{
    const vec a = vec_all(WINOGRAD3_A), b = vec_all(WINOGRAD3_B), a2 = a * a, b2 = b * b;
    const vec a_sum = m[1] + m[2], a_gap = m[1] - m[2], b_sum = m[3] + m[4], b_gap = m[3] - m[4];
    y[0] = m[0] + (a_sum + b_sum);
    y[1] = vec_fma(b, b_gap, a * a_gap);
    y[2] = vec_fma(b2, b_sum, a2 * a_sum);
    y[3] = vec_fma(b2 * b, b_gap, vec_fma(a2 * a, a_gap, m[5]));
}

NC_INLINE void winograd_back5(const vec *m, vec *y)
{
    const vec a = vec_all(WINOGRAD5_A), c = vec_all(WINOGRAD5_C), a2 = a * a, c2 = c * c; /* and b is 1 */
    const vec a_sum = m[1] + m[2], a_gap = m[1] - m[2], b_sum = m[3] + m[4], b_gap = m[3] - m[4];
    const vec c_sum = m[5] + m[6], c_gap = m[5] - m[6];
    y[0] = (m[0] + a_sum) + (b_sum + c_sum);
    y[1] = vec_fma(c, c_gap, vec_fma(a, a_gap, b_gap));
    y[2] = vec_fma(c2, c_sum, vec_fma(a2, a_sum, b_sum));
    y[3] = vec_fma(c2 * c, c_gap, vec_fma(a2 * a, a_gap, b_gap)) + m[7];
}

NC_INLINE void winograd_back(const vec *m, vec *y, int taps)
{
    if (taps == 3)
        winograd_back3(m, y);
    else
        winograd_back5(m, y);
}

/* The filter: u = G g. For a point a, (even(a^2) +- a odd(a^2)) / distances. */
NC_INLINE void winograd_filter_pair(const vec *g, float a, float distances, vec *u, int taps)
{
    const vec a2 = vec_all(SQUARE(a)), share = vec_all(1 / distances);
    vec even = g[2], odd = g[1];
    if (taps == 5)
        even = vec_fma(a2, g[4], even), odd = vec_fma(a2, g[3], odd);
    even = vec_fma(a2, even, g[0]), odd *= vec_all(a);
    u[0] = share * (even + odd);
    u[1] = share * (even - odd);
}

NC_INLINE void winograd_filter(const vec *g, vec *u, int taps)
{
    if (taps == 3) {
        const float a = WINOGRAD3_A, b = WINOGRAD3_B;
        u[0] = g[0] * vec_all(1 / (SQUARE(a) * SQUARE(b)));
        winograd_filter_pair(g, a, DISTANCES3(a, b), u + 1, 3);
        winograd_filter_pair(g, b, DISTANCES3(b, a), u + 3, 3);
        u[5] = g[2];
    } else {
        const float a = WINOGRAD5_A, b = WINOGRAD5_B, c = WINOGRAD5_C;
        u[0] = -g[0];
        winograd_filter_pair(g, a, DISTANCES5(a, b, c), u + 1, 5);
        winograd_filter_pair(g, b, DISTANCES5(b, a, c), u + 3, 5);
        winograd_filter_pair(g, c, DISTANCES5(c, a, b), u + 5, 5);
        u[7] = g[4];
    }
}

/* The gradients of the outputs: q = A d. */
NC_INLINE void winograd_spread_pair(const vec *d, float a, vec *q)
{
    const vec a2 = vec_all(SQUARE(a));
    winograd_pair(vec_fma(a2, d[2], d[0]), vec_fma(a2, d[3], d[1]), a, q);
}

NC_INLINE void winograd_spread(const vec *d, vec *q, int taps)
{
    q[0] = d[0];
    if (taps == 3) {
        winograd_spread_pair(d, WINOGRAD3_A, q + 1);
        winograd_spread_pair(d, WINOGRAD3_B, q + 3);
    } else {
        winograd_spread_pair(d, WINOGRAD5_A, q + 1);
        winograd_spread_pair(d, WINOGRAD5_B, q + 3);
        winograd_spread_pair(d, WINOGRAD5_C, q + 5);
    }
    q[taps + 2] = d[3];
}

/* The gradient of the filter: g = G^T u. */
NC_INLINE void winograd_gather3(const vec *u, vec *g)
{
    const float a = WINOGRAD3_A, b = WINOGRAD3_B;
    const vec a_share = vec_all(1 / DISTANCES3(a, b)), b_share = vec_all(1 / DISTANCES3(b, a));
    const vec a_even = a_share * (u[1] + u[2]), a_odd = vec_all(a) * (a_share * (u[1] - u[2]));
    const vec b_even = b_share * (u[3] + u[4]), b_odd = vec_all(b) * (b_share * (u[3] - u[4]));
    g[0] = vec_fma(vec_all(1 / (SQUARE(a) * SQUARE(b))), u[0], a_even + b_even);
    g[1] = a_odd + b_odd;
    g[2] = vec_fma(vec_all(SQUARE(a)), a_even, vec_fma(vec_all(SQUARE(b)), b_even, u[5]));
}

NC_INLINE void winograd_gather5(const vec *u, vec *g)
{
    const float a = WINOGRAD5_A, b = WINOGRAD5_B, c = WINOGRAD5_C;
    const vec a2 = vec_all(SQUARE(a)), c2 = vec_all(SQUARE(c));
    const vec a_share = vec_all(1 / DISTANCES5(a, b, c)), b_share = vec_all(1 / DISTANCES5(b, a, c)),
              c_share = vec_all(1 / DISTANCES5(c, a, b));
    const vec a_even = a_share * (u[1] + u[2]), a_odd = vec_all(a) * (a_share * (u[1] - u[2]));
    const vec b_even = b_share * (u[3] + u[4]), b_odd = b_share * (u[3] - u[4]);
    const vec c_even = c_share * (u[5] + u[6]), c_odd = vec_all(c) * (c_share * (u[5] - u[6]));
    g[0] = (a_even - u[0]) + (b_even + c_even);
    g[1] = a_odd + (b_odd + c_odd);
    g[2] = vec_fma(a2, a_even, vec_fma(c2, c_even, b_even));
    g[3] = vec_fma(a2, a_odd, vec_fma(c2, c_odd, b_odd));
    g[4] = vec_fma(a2 * a2, a_even, vec_fma(c2 * c2, c_even, b_even)) + u[7];
}

NC_INLINE void winograd_gather(const vec *u, vec *g, int taps)
{
    if (taps == 3)
        winograd_gather3(u, g);
    else
        winograd_gather5(u, g);
}

#undef SQUARE
#undef DISTANCES3
#undef DISTANCES5

#endif

/* peak: the most multiplications and additions a second of one thread, for one vector width. Twelve independent sums
 * in registers hide the latency of the multiply-adds; nothing is loaded. */
#include "internal.h"
#include "vector.h"

#define NAMED(lanes) nc_peak_w##lanes
#define NAME(lanes) NAMED(lanes)

enum { SUMS = 12 };

double NAME(VL)(long long turns)
{
    vec sum[SUMS], a = vec_all(1e-9f), b = vec_all(0.5f);
    for (int i = 0; i < SUMS; i++)
        sum[i] = vec_zero();
    for (long long turn = 0; turn < turns; turn++) {
        UNROLL for (int i = 0; i < SUMS; i++)
            sum[i] = vec_fma(a, b, sum[i]);
    }
    for (int i = 0; i < SUMS; i++)
        __asm__ volatile("" : : "m"(sum[i])); /* the sums are wanted */
    return 2.0 * VL * SUMS * (double)turns;
}

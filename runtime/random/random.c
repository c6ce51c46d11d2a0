/* random.c: PyTorch's CPU generator, MT19937 as in ATen/core/MT19937RNGEngine.h, and what is drawn from it
 * (ATen/core/TransformationHelper.h, aten/src/ATen/native/TensorFactories.cpp). */
#include "core.h"

#include <math.h>

#include "fma.h"

enum { N = 624, M = 397 };

void nc_random_seed(struct nc_random *r, unsigned long long seed)
{
    r->state[0] = (unsigned)seed; /* torch.manual_seed keeps the low 32 bits */
    for (unsigned i = 1; i < N; i++)
        r->state[i] = 1812433253u * (r->state[i - 1] ^ r->state[i - 1] >> 30) + i;
    r->next = N;
    r->has_normal = 0;
}

static unsigned twist(unsigned high, unsigned low)
{
    return ((high & 0x80000000u) | (low & 0x7fffffffu)) >> 1 ^ (-(low & 1u) & 0x9908b0dfu);
}

static void refill(struct nc_random *r)
{
    unsigned *s = r->state;
    for (int i = 0; i < N - M; i++)
        s[i] = s[i + M] ^ twist(s[i], s[i + 1]);
    for (int i = N - M; i < N - 1; i++)
        s[i] = s[i + M - N] ^ twist(s[i], s[i + 1]);
    s[N - 1] = s[M - 1] ^ twist(s[N - 1], s[0]);
    r->next = 0;
}

static inline unsigned temper(unsigned y)
{
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

unsigned nc_random32(struct nc_random *r)
{
    if (r->next >= N)
        refill(r);
    return temper(r->state[r->next++]);
}

void nc_random_skip(struct nc_random *r, long long count)
{
    for (; count > N - r->next; refill(r))
        count -= N - r->next;
    r->next += (int)count;
}

unsigned long long nc_random64(struct nc_random *r)
{
    unsigned long long high = nc_random32(r);
    return high << 32 | nc_random32(r);
}

/* The fused multiply-add is what the vectorised loops of PyTorch's x86 and AArch64 builds do. */
NC_ALWAYS_INLINE float uniform(unsigned drawn, float low, float high)
{
    return fmaf((float)(int)(drawn & 0xffffffu) * 0x1p-24f, high - low, low);
}

float nc_random_uniform(struct nc_random *r, float low, float high)
{
    return uniform(nc_random32(r), low, high);
}

NC_ALWAYS_INLINE void make_uniform(const unsigned *state, int count, float low, float high, float *to)
{
    for (int i = 0; i < count; i++)
        to[i] = uniform(temper(state[i]), low, high);
}

NC_WITH_FMA static void make_uniform_fma(const unsigned *state, int count, float low, float high, float *to)
{
    make_uniform(state, count, low, high, to);
}

static void make_uniform_plain(const unsigned *state, int count, float low, float high, float *to)
{
    make_uniform(state, count, low, high, to);
}

void nc_random_uniforms(struct nc_random *r, float low, float high, long long count, float *to)
{
    void (*make)(const unsigned *, int, float, float, float *) = NC_HAS_FMA ? make_uniform_fma : make_uniform_plain;
    while (count > 0) {
        if (r->next >= N)
            refill(r);
        const int some = count < N - r->next ? (int)count : N - r->next;
        make(r->state + r->next, some, low, high, to);
        r->next += some;
        to += some;
        count -= some;
    }
}

void nc_randperm(struct nc_random *r, long long n, int *order)
{
    for (long long i = 0; i < n; i++)
        order[i] = (int)i;
    for (long long i = 0; i < n - 1; i++) {
        long long other = i + (long long)(nc_random32(r) % (unsigned long long)(n - i));
        int kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

/* `uniform < keep`, uniform being (draw mod 2^53) * 2^-53, in whole numbers: limit = keep * 2^53. */
static inline unsigned char below(unsigned high, unsigned low, unsigned long long limit)
{
    return (((unsigned long long)high << 32 | low) & ((1ull << 53) - 1)) < limit;
}

void nc_random_mask(struct nc_random *r, double keep, long long count, unsigned char *mask)
{
    unsigned long long limit = (unsigned long long)ceil(keep * 0x1p53);
    while (count > 0) {
        long long pairs = (N - r->next) / 2; /* that need no refill */
        if (pairs > count)
            pairs = count;
        unsigned words[N];
        for (int i = 0; i < N; i++) /* all, since whole vectors cost less than a part */
            words[i] = temper(r->state[i]);
        const unsigned *pair = words + r->next;
        for (long long i = 0; i < pairs; i++)
            mask[i] = below(pair[2 * i], pair[2 * i + 1], limit);
        r->next += (int)(2 * pairs);
        mask += pairs;
        count -= pairs;
        if (count > 0) {
            unsigned high = nc_random32(r);
            *mask++ = below(high, nc_random32(r), limit);
            count--;
        }
    }
}

/* vector.h: the small vector language that kernels are written in.
 *
 * A `vec` holds VL floats; VL follows the target: 16 with AVX-512, 8 with AVX2 and FMA, otherwise 4. All loads and
 * stores take any address. vec_fma rounds once where the width has fused multiply-adds (AVX-512, AVX2 with FMA, NEON)
 * and twice where it doesn't (plain SSE), whatever else the processor can do: a width always gives the same bits.
 * NC_LANES=16 with AVX2 asks for vectors that the compiler takes apart: slow, but the same bits as AVX-512's, so that
 * tests can see them anywhere.
 *
 * The few instructions of x86 that C has no spelling for are built-in functions of both gcc and clang: <immintrin.h>
 * has thousands, and reading it would take longer than compiling many a kernel. */
#ifndef NETC_VECTOR_H
#define NETC_VECTOR_H

#if defined __ARM_NEON
#include <arm_neon.h>
#endif

#if defined __AVX512F__ || (defined NC_LANES && NC_LANES == 16 && defined __AVX2__ && defined __FMA__)
#define VL 16
#define TILE(wide, middle, narrow) wide
#elif defined __AVX2__ && defined __FMA__
#define VL 8
#define TILE(wide, middle, narrow) middle
#else
#define VL 4
#define TILE(wide, middle, narrow) narrow
#endif

/* Whether the processor has vectors of VL floats. */
#if VL == 16 && !defined __AVX512F__
#define NC_WHOLE 0
#else
#define NC_WHOLE 1
#endif

/* Before a loop with few, constant rounds: all of them in a row, so that arrays of vectors stay in registers. */
#if defined __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

/* Before an inner loop of many rounds: several in a row, since where two threads share a core, what counts is how many
 * instructions there are; or two, where the rounds may be few, since what is left over costs some branches; or eight,
 * where they are a hundred and more. */
#if defined __clang__
#define SEVERAL _Pragma("clang loop unroll_count(4)")
#define IN_PAIRS _Pragma("clang loop unroll_count(2)")
#define IN_EIGHTS _Pragma("clang loop unroll_count(8)")
#else
#define SEVERAL _Pragma("GCC unroll 4")
#define IN_PAIRS _Pragma("GCC unroll 2")
#define IN_EIGHTS _Pragma("GCC unroll 8")
#endif

/* All rounds of a loop over a part of a tile. */
#define EACH(i, count) UNROLL for (int i = 0; i < count; i++)

#define NC_INLINE static inline __attribute__((always_inline, unused))

typedef float vec __attribute__((vector_size(4 * VL), may_alias));
typedef int ivec __attribute__((vector_size(4 * VL), may_alias));

/* The same in memory, at any address; and VL whole numbers of one or two bytes. */
typedef float nc_floats __attribute__((vector_size(4 * VL), aligned(4), may_alias));
typedef unsigned char nc_bytes __attribute__((vector_size(VL), aligned(1), may_alias));
typedef unsigned short nc_shorts __attribute__((vector_size(2 * VL), aligned(2), may_alias));

/* Registers of 16 and 32 bytes, as the built-in functions take them. */
typedef float nc_float4 __attribute__((vector_size(16)));
typedef float nc_float8 __attribute__((vector_size(32)));
typedef int nc_int4 __attribute__((vector_size(16)));
typedef short nc_short8 __attribute__((vector_size(16)));
typedef char nc_char16 __attribute__((vector_size(16)));
typedef short nc_short16 __attribute__((vector_size(32)));
typedef long long nc_long4 __attribute__((vector_size(32)));

NC_INLINE vec vec_load(const float *p)
{
    return *(const nc_floats *)p;
}

/* The same for what is used several times: gcc would otherwise read it from memory for each use. */
NC_INLINE vec vec_load_once(const float *p)
{
    vec a = vec_load(p);
#if defined __x86_64__ && NC_WHOLE
    __asm__("" : "+v"(a));
#elif defined __aarch64__
    __asm__("" : "+w"(a));
#endif
    return a;
}

NC_INLINE void vec_store(float *p, vec a)
{
    *(nc_floats *)p = a;
}

/* vec_store past the caches, of whole lines that nobody reads soon: they are not fetched before they are written. `p`
 * is a multiple of the vector's size. What is less than a line is to be followed by the rest of it. vec_streamed has to
 * come behind the last one, before other threads are told. */
NC_INLINE void vec_stream(float *p, vec a)
{
#if VL >= 8 && NC_WHOLE && defined __clang__
    __builtin_nontemporal_store(a, (vec *)p);
#elif VL == 16 && NC_WHOLE
    __builtin_ia32_movntps512(p, a);
#elif VL == 8
    __builtin_ia32_movntps256(p, a);
#else
    vec_store(p, a);
#endif
}

NC_INLINE void vec_streamed(void)
{
#if VL >= 8 && NC_WHOLE
    __builtin_ia32_sfence();
#endif
}

NC_INLINE vec vec_zero(void)
{
    return (vec){0};
}

/* VL times the same float. */
NC_INLINE vec vec_all(float a)
{
    return (vec){
        a, a, a, a,
#if VL > 4
        a, a, a, a,
#endif
#if VL > 8
        a, a, a, a, a, a, a, a,
#endif
    };
}

/* The float at p, VL times. An instruction by name: of a plain load, gcc would keep the float from round to round where
 * neighbours read it too, which costs more than reading it again. */
NC_INLINE vec vec_all_of(const float *p)
{
#if VL > 4 && NC_WHOLE
    vec a;
    __asm__("vbroadcastss %1, %0" : "=v"(a) : "m"(*p));
    return a;
#else
    return vec_all(*p);
#endif
}

NC_INLINE ivec ivec_all(int a)
{
    return (ivec){0} + a;
}

NC_INLINE float float_of_bits(long bits)
{
    const int whole = (int)bits;
    float number;
    __builtin_memcpy(&number, &whole, sizeof number);
    return number;
}

/* a * b + c */
NC_INLINE vec vec_fma(vec a, vec b, vec c)
{
#if !NC_WHOLE
    union halves {
        vec all;
        nc_float8 half[2];
    } x = {a}, y = {b}, z = {c};
    z.half[0] = __builtin_ia32_vfmaddps256(x.half[0], y.half[0], z.half[0]);
    z.half[1] = __builtin_ia32_vfmaddps256(x.half[1], y.half[1], z.half[1]);
    return z.all;
#elif VL == 16
    return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, rounding as usual */
#elif VL == 8
    return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined __ARM_NEON && defined __aarch64__
    return vfmaq_f32(c, a, b);
#else
    return a * b + c;
#endif
}

/* a where mask is all ones, b where it is 0. */
NC_INLINE vec vec_select(ivec mask, vec a, vec b)
{
    return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
}

NC_INLINE ivec ivec_select(ivec mask, ivec a, ivec b)
{
    return (mask & a) | (~mask & b);
}

/* max(a, 0); NaN stays, as in torch. */
NC_INLINE vec vec_relu(vec a)
{
    return (vec)((ivec)a & ~(a <= vec_zero()));
}

/* The gradient of that: a where y is not <= 0, otherwise 0. */
NC_INLINE vec vec_relu_grad(vec a, vec y)
{
    return (vec)((ivec)a & ~(y <= vec_zero()));
}

/* a where at == place, otherwise 0. */
NC_INLINE vec vec_where(vec a, ivec at, int place)
{
    return (vec)((ivec)a & (at == ivec_all(place)));
}

/* a where mask is not 0, otherwise 0. */
NC_INLINE vec vec_where_set(vec a, ivec mask)
{
    return (vec)((ivec)a & (mask != ivec_all(0)));
}

/* The first `count` floats of a, then 0. */
NC_INLINE vec vec_first(vec a, long count)
{
    const ivec lane = {
        0, 1, 2, 3,
#if VL > 4
        4, 5, 6, 7,
#endif
#if VL > 8
        8, 9, 10, 11, 12, 13, 14, 15,
#endif
    };
    return (vec)((ivec)a & (lane < ivec_all((int)count)));
}

/* Takes a as the new maximum, seen at `place`, where it is larger than *best or NaN (torch's rule: the first of equals
 * wins, NaN beats all). */
NC_INLINE void vec_take_max(vec a, int place, vec *best, ivec *at)
{
    const ivec larger = (a > *best) | (a != a);
    *best = vec_select(larger, a, *best);
    *at = ivec_select(larger, ivec_all(place), *at);
}

/* Bit n: whether lane n of a mask is set. */
NC_INLINE unsigned ivec_bits(ivec mask)
{
#if VL == 16 && NC_WHOLE
    return (unsigned)__builtin_ia32_pmovmskb128(__builtin_ia32_pmovdb512_mask(mask, (nc_char16){0}, -1));
#elif VL == 8
    return (unsigned)__builtin_ia32_movmskps256((nc_float8)mask);
#elif VL == 4 && defined __SSE__
    return (unsigned)__builtin_ia32_movmskps((nc_float4)mask);
#else
    unsigned bits = 0;
    for (int n = 0; n < VL; n++)
        bits |= (unsigned)(mask[n] & 1) << n;
    return bits;
#endif
}

/* VL bytes or 16-bit numbers as whole numbers, and back. */
NC_INLINE ivec ivec_load_bytes(const unsigned char *p)
{
    return __builtin_convertvector(*(const nc_bytes *)p, ivec);
}

NC_INLINE ivec ivec_load_shorts(const unsigned short *p)
{
    return __builtin_convertvector(*(const nc_shorts *)p, ivec);
}

/* gcc 12 takes vectors apart to narrow them, so the instructions are named. */
#if VL == 8
NC_INLINE nc_short8 ivec_pairs(ivec a)
{
    const nc_int4 low = (nc_int4)__builtin_ia32_extract128i256((nc_long4)a, 0),
                  high = (nc_int4)__builtin_ia32_extract128i256((nc_long4)a, 1);
    return (nc_short8)__builtin_ia32_packusdw128(low, high);
}
#endif

NC_INLINE void ivec_store_shorts(unsigned short *p, ivec a)
{
#if VL == 16 && NC_WHOLE
    *(nc_shorts *)p = (nc_shorts)__builtin_ia32_pmovdw512_mask(a, (nc_short16){0}, -1);
#elif VL == 8
    *(nc_shorts *)p = (nc_shorts)ivec_pairs(a);
#elif defined __SSE2__ && NC_WHOLE
    const nc_int4 narrow = (a << 16) >> 16;
    const nc_short8 shorts = __builtin_ia32_packssdw128(narrow, narrow);
    __builtin_memcpy(p, &shorts, sizeof(nc_shorts));
#else
    *(nc_shorts *)p = __builtin_convertvector(a, nc_shorts);
#endif
}

NC_INLINE void ivec_store_bytes(unsigned char *p, ivec a)
{
#if VL == 16 && NC_WHOLE
    *(nc_bytes *)p = (nc_bytes)__builtin_ia32_pmovdb512_mask(a, (nc_char16){0}, -1);
#elif VL == 8
    const nc_char16 bytes = __builtin_ia32_packuswb128(ivec_pairs(a), ivec_pairs(a));
    __builtin_memcpy(p, &bytes, sizeof(nc_bytes));
#elif defined __SSE2__ && NC_WHOLE
    const nc_short8 pairs = __builtin_ia32_packssdw128((nc_int4)a, (nc_int4)a);
    const nc_char16 bytes = __builtin_ia32_packuswb128(pairs, pairs);
    __builtin_memcpy(p, &bytes, sizeof(nc_bytes));
#else
    *(nc_bytes *)p = __builtin_convertvector(a, nc_bytes);
#endif
}

/* The pointer itself, but the compiler no longer knows where it comes from: it then addresses everything around it by
 * constant offsets, where gcc would otherwise keep one pointer for each. */
NC_INLINE const float *from_here(const float *p)
{
    __asm__("" : "+r"(p));
    return p;
}

NC_INLINE long least(long a, long b)
{
    return a < b ? a : b;
}

NC_INLINE long most(long a, long b)
{
    return a > b ? a : b;
}

/* Fetches the first `floats` of each of `rows` rows into the first-level cache; any address will do. */
NC_INLINE void prefetch_rows(const float *p, long rows, long row, long floats)
{
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < floats; i += 16)
            __builtin_prefetch(p + r * row + i);
}

/* Fetches `floats` floats into the second cache: what is read soon, but not next. */
NC_INLINE void prefetch_second(const float *p, long floats)
{
    for (long i = 0; i < floats; i += 16)
        __builtin_prefetch(p + i, 0, 2);
}

/* The same for a share of the first `floats` of each of `rows` rows, the one of `shares` with number `share`. */
NC_INLINE void prefetch_share(const float *p, long share, long shares, long rows, long row, long floats)
{
    const long lines = (floats + 15) / 16, all = rows * lines;
    for (long i = share * all / shares; i < (share + 1) * all / shares; i++)
        __builtin_prefetch(p + i / lines * row + i % lines * 16, 0, 2);
}

/* Says that the first `floats` of each of `rows` rows are going to be written: their lines are asked for at once, while
 * a store would ask for one after the other. */
NC_INLINE void expect_rows(const float *p, long rows, long row, long floats)
{
    UNROLL for (long r = 0; r < rows; r++)
        UNROLL for (long i = 0; i < floats; i += 16)
            __builtin_prefetch(p + r * row + i, 1);
}

/* Where the tile after the one at `at` begins, of tiles of `tile` that cover [0, count): a last one that would stick
 * out is moved back over the one before. */
NC_INLINE long tile_next(long at, long tile, long count)
{
    const long next = at + tile;
    return next >= count ? count : least(next, count - tile);
}

/* The taps of a window with its first tap at `at` that lie in [0, size): from window_first to before window_end. */
NC_INLINE long window_first(long at, long dilation)
{
    return at < 0 ? (dilation - 1 - at) / dilation : 0;
}

NC_INLINE long window_end(long at, long dilation, long kernel, long size)
{
    return at < size ? least(kernel, (size - 1 - at) / dilation + 1) : 0;
}

/* What window `at` of an average pool holds of an input of `in` elements: [first, end); `size`: with the padding. */
struct nc_span {
    long first, end, size;
};

NC_INLINE struct nc_span window_span(long at, long kernel, long stride, long padding, long in)
{
    const long start = at * stride - padding, end = start + kernel;
    return (struct nc_span){most(start, 0), least(end, in), least(end, in + padding) - start};
}

/* The same where `out` windows share the input as evenly as can be. */
NC_INLINE struct nc_span adaptive_span(long at, long out, long in)
{
    const long first = at * in / out, end = ((at + 1) * in + out - 1) / out;
    return (struct nc_span){first, end, end - first};
}

/* Which of `size` elements stands at `i` of padding made of them, i being 0 at the first one: torch's modes. */
NC_INLINE long reflect_index(long i, long size)
{
    return i < 0 ? -i : i < size ? i : 2 * (size - 1) - i;
}

NC_INLINE long replicate_index(long i, long size)
{
    return most(least(i, size - 1), 0);
}

NC_INLINE long circular_index(long i, long size)
{
    return i < 0 ? i + size : i < size ? i : i - size;
}

/* Which of `size` elements element `at` of an axis of another size is, `step` being what the distance of two of its
 * elements is in the one of `size`: torch's modes nearest and nearest-exact. */
NC_INLINE long nearest_index(long at, long size, float step)
{
    return least((long)((float)at * step), size - 1);
}

NC_INLINE long exact_index(long at, long size, float step)
{
    return least((long)(((float)at + 0.5f) * step), size - 1);
}

/* Between which of `size` elements it lies, and what part of each it takes. torch rounds the place once where it has
 * fused multiply-adds. */
struct nc_between {
    long first, second;
    float to_first, to_second;
};

NC_INLINE struct nc_between between(float place, long size)
{
    const long first = least((long)place, size - 1), second = least(first + 1, size - 1);
    const float rest = place - (float)first, part = rest < 1 ? rest : 1;
    return (struct nc_between){first, second, 1 - part, part};
}

NC_INLINE struct nc_between linear_between(long at, long size, float step)
{
    const float place = vec_fma(vec_all(step), vec_all((float)at + 0.5f), vec_all(-0.5f))[0];
    return between(place > 0 ? place : 0, size);
}

NC_INLINE struct nc_between aligned_between(long at, long size, float step)
{
    return between((float)at * step, size);
}

/* to[n*to_row + m] = from[n*row + m], for n and m below 16. */
NC_INLINE void copy_block(const float *from, long row, float *to, long to_row)
{
    for (int n = 0; n < 16; n++)
        __builtin_memcpy(to + n * to_row, from + n * row, 16 * sizeof *to);
}

/* Floats of a and b, by their numbers: b's follow a's. `ints` is the type of as many numbers. */
#if defined __clang__
#define NC_SHUFFLE(ints, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define NC_SHUFFLE(ints, a, b, ...) __builtin_shuffle(a, b, (ints){__VA_ARGS__})
#endif

/* to[n*to_row + m] = from[m*row + n], for n and m below 16: four by four. */
NC_INLINE void turn_block(const float *from, long row, float *to, long to_row)
{
    for (int n = 0; n < 16; n += 4) {
        for (int m = 0; m < 16; m += 4) {
            const float *f = from + m * row + n;
            float *t = to + n * to_row + m;
            nc_float4 a, b, c, d;
            __builtin_memcpy(&a, f, sizeof a);
            __builtin_memcpy(&b, f + row, sizeof b);
            __builtin_memcpy(&c, f + 2 * row, sizeof c);
            __builtin_memcpy(&d, f + 3 * row, sizeof d);
            const nc_float4 ab_low = NC_SHUFFLE(nc_int4, a, b, 0, 4, 1, 5);
            const nc_float4 ab_high = NC_SHUFFLE(nc_int4, a, b, 2, 6, 3, 7);
            const nc_float4 cd_low = NC_SHUFFLE(nc_int4, c, d, 0, 4, 1, 5);
            const nc_float4 cd_high = NC_SHUFFLE(nc_int4, c, d, 2, 6, 3, 7);
            a = NC_SHUFFLE(nc_int4, ab_low, cd_low, 0, 1, 4, 5);
            b = NC_SHUFFLE(nc_int4, ab_low, cd_low, 2, 3, 6, 7);
            c = NC_SHUFFLE(nc_int4, ab_high, cd_high, 0, 1, 4, 5);
            d = NC_SHUFFLE(nc_int4, ab_high, cd_high, 2, 3, 6, 7);
            __builtin_memcpy(t, &a, sizeof a);
            __builtin_memcpy(t + to_row, &b, sizeof b);
            __builtin_memcpy(t + 2 * to_row, &c, sizeof c);
            __builtin_memcpy(t + 3 * to_row, &d, sizeof d);
        }
    }
}

/* The same four of every four lanes of a and b: a's floats are 0 to 3, b's VL to VL + 3. */
#if VL == 16
#define NC_OF_FOURS(a, b, i, j, k, l) NC_SHUFFLE(ivec, a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4, \
                                                 i + 8, j + 8, k + 8, l + 8, i + 12, j + 12, k + 12, l + 12)
#elif VL == 8
#define NC_OF_FOURS(a, b, i, j, k, l) NC_SHUFFLE(ivec, a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4)
#else
#define NC_OF_FOURS(a, b, i, j, k, l) NC_SHUFFLE(ivec, a, b, i, j, k, l)
#endif

/* The first and third, or the second and fourth, four lanes of a, and then b's. */
#if VL == 16
#define NC_EVEN_FOURS(a, b) NC_SHUFFLE(ivec, a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define NC_ODD_FOURS(a, b) NC_SHUFFLE(ivec, a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
#elif VL == 8
#define NC_EVEN_FOURS(a, b) NC_SHUFFLE(ivec, a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define NC_ODD_FOURS(a, b) NC_SHUFFLE(ivec, a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#endif

/* v[n][m] and v[m][n] change places, for n and m below VL: in registers, where there are as many. */
NC_INLINE void vec_turn(vec *v)
{
    EACH(k, VL / 4) { /* in each four lanes */
        vec *f = v + 4 * k;
        const vec a = NC_OF_FOURS(f[0], f[1], 0, VL, 1, VL + 1), b = NC_OF_FOURS(f[0], f[1], 2, VL + 2, 3, VL + 3);
        const vec c = NC_OF_FOURS(f[2], f[3], 0, VL, 1, VL + 1), d = NC_OF_FOURS(f[2], f[3], 2, VL + 2, 3, VL + 3);
        f[0] = NC_OF_FOURS(a, c, 0, 1, VL, VL + 1), f[1] = NC_OF_FOURS(a, c, 2, 3, VL + 2, VL + 3);
        f[2] = NC_OF_FOURS(b, d, 0, 1, VL, VL + 1), f[3] = NC_OF_FOURS(b, d, 2, 3, VL + 2, VL + 3);
    }
#if VL == 8
    EACH(n, 4) {
        const vec a = v[n], b = v[n + 4];
        v[n] = NC_EVEN_FOURS(a, b), v[n + 4] = NC_ODD_FOURS(a, b);
    }
#elif VL == 16
    EACH(n, 4) {
        const vec a_even = NC_EVEN_FOURS(v[n], v[n + 4]), a_odd = NC_ODD_FOURS(v[n], v[n + 4]);
        const vec b_even = NC_EVEN_FOURS(v[n + 8], v[n + 12]), b_odd = NC_ODD_FOURS(v[n + 8], v[n + 12]);
        v[n] = NC_EVEN_FOURS(a_even, b_even), v[n + 4] = NC_EVEN_FOURS(a_odd, b_odd);
        v[n + 8] = NC_ODD_FOURS(a_even, b_even), v[n + 12] = NC_ODD_FOURS(a_odd, b_odd);
    }
#endif
}

#endif

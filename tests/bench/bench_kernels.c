/* bench_kernels: the tiled kernels of the CIFAR-10 quick model, as a share of the processor's multiply-add peak.
 *     bench_kernels [SECONDS]          one thread, the best of many rounds; the peak is measured between the rounds
 * Built with -DSPECIALISED it measures kernels with numbers for dimensions (bench_kernels_sized.h, printed by
 * `bench_kernels --print`), otherwise the prebuilt ones. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "targets/cpu/emit/kernels.h"
#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/conv_grad_weight.h"
#include "kernel_table.h"

#ifdef SPECIALISED
#include "vector.h"
#include "bench_kernels_sized.h"
#endif

typedef struct Case {
    const char *name;
    Family family;
    int64_t dim[MAX_DIMS];
    double macs;
} Case;

#define CONV(rows, cols, outs, ty, tx, run, x_row, x_col, w_row, y_row, y_col, bias) \
    {rows, cols, outs, ty, tx, run, x_row, x_col, x_row, run, w_row, y_row, y_col, outs, 0, bias, ACT_RELU * bias, \
     [CONV_images] = 1}

static const Case cases[] = {
    {"conv 3->32 5x5 32x32 pool", FAMILY_CONV_POOL,
     {32, 32, 32, 5, 1, 15, 108, 3, 108, 15, 32, 512, 32, 32, 0, 1, ACT_RELU, 0, 0, 0, 1, 0, 0, 512, 32},
     1024. * 75 * 32},
    {"conv 32->32 5x5 16x16 pool", FAMILY_CONV_POOL,
     {16, 16, 32, 5, 1, 160, 640, 32, 640, 160, 32, 256, 32, 32, 0, 1, ACT_RELU, 0, 0, 0, 1, 0, 0, 256, 32},
     256. * 800 * 32},
    {"conv 32->64 5x5 8x8 pool", FAMILY_CONV_POOL,
     {8, 8, 64, 5, 1, 160, 384, 32, 384, 160, 64, 256, 64, 64, 0, 1, ACT_RELU, 0, 0, 0, 1, 0, 0, 256, 64},
     64. * 800 * 64},
    {"conv 32->32 5x5 16x16", FAMILY_CONV, CONV(16, 16, 32, 5, 1, 160, 640, 32, 32, 512, 32, 1), 256. * 800 * 32},
    {"conv 32->64 5x5 8x8", FAMILY_CONV, CONV(8, 8, 64, 5, 1, 160, 384, 32, 64, 512, 64, 1), 64. * 800 * 64},
    {"data gradient 64->32 5x5 8x8", FAMILY_CONV, CONV(8, 8, 32, 5, 1, 320, 768, 64, 32, 256, 32, 0), 64. * 1600 * 32},
    {"linear 1024->64, 8 samples", FAMILY_CONV, CONV(1, 8, 64, 1, 1, 1024, 8192, 1024, 64, 512, 64, 1), 8. * 1024 * 64},
    {"linear 64->1024, 8 samples", FAMILY_CONV,
     CONV(1, 8, 1024, 1, 1, 64, 512, 64, 1024, 8192, 1024, 0), 8. * 1024 * 64},
    {"weight gradient 3->32 5x5 32x32", FAMILY_CONV_GRAD_WEIGHT,
     {32, 32, 32, 5, 1, 15, 108, 3, 108, 15, 32, 1024, 32, 32, 0, 0, 1}, 1024. * 75 * 32},
    {"weight gradient 32->32 5x5 16x16", FAMILY_CONV_GRAD_WEIGHT,
     {16, 16, 32, 5, 1, 160, 640, 32, 640, 160, 32, 640, 32, 32, 0, 0, 1}, 256. * 800 * 32},
    {"weight gradient 32->64 5x5 8x8", FAMILY_CONV_GRAD_WEIGHT,
     {8, 8, 64, 5, 1, 160, 384, 32, 384, 160, 64, 768, 64, 64, 0, 0, 1}, 64. * 800 * 64},
    {"weight gradient 1024->64, 8 samples", FAMILY_CONV_GRAD_WEIGHT,
     {1, 8, 64, 1, 1, 1024, 8192, 1024, 0, 0, 64, 512, 64, 64, 0, 0, 1}, 8. * 1024 * 64},
};
enum { CASES = sizeof cases / sizeof *cases, FLOATS = 1 << 18 };

static _Alignas(64) float x[FLOATS], w[FLOATS], y[FLOATS], bias[64];
static unsigned char arg[FLOATS];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Multiply-adds a second of one thread, in 10^9: ten independent chains in registers. */
#if defined __x86_64__
__attribute__((target("avx2,fma")))
#endif
static double peak(void)
{
#if defined __x86_64__
    typedef float v8 __attribute__((vector_size(32)));
    v8 a[10] = {{0}}, one = {0};
    const double start = now();
    enum { ROUNDS = 200000 };
    for (int i = 0; i < ROUNDS; i++) {
        __asm__ volatile("vfmadd231ps %10,%10,%0\n vfmadd231ps %10,%10,%1\n vfmadd231ps %10,%10,%2\n"
                         "vfmadd231ps %10,%10,%3\n vfmadd231ps %10,%10,%4\n vfmadd231ps %10,%10,%5\n"
                         "vfmadd231ps %10,%10,%6\n vfmadd231ps %10,%10,%7\n vfmadd231ps %10,%10,%8\n"
                         "vfmadd231ps %10,%10,%9"
                         : "+x"(a[0]), "+x"(a[1]), "+x"(a[2]), "+x"(a[3]), "+x"(a[4]), "+x"(a[5]), "+x"(a[6]),
                           "+x"(a[7]), "+x"(a[8]), "+x"(a[9])
                         : "x"(one));
    }
    return ROUNDS * 80e-9 / (now() - start);
#else
    return 0;
#endif
}

static void run_case(int i, const short *tile)
{
    const Case *c = &cases[i];
#ifdef SPECIALISED
    (void)tile;
    (void)c;
    switch (i) {
        SIZED_CALLS
    }
#else
    union {
        struct nc_conv_dims conv;
        struct nc_conv_pool_dims conv_pool;
        struct nc_conv_grad_weight_dims conv_grad_weight;
    } u;
    memcpy(&u, tile, 3 * sizeof *tile);
    memcpy((char *)&u + offsetof(struct nc_conv_dims, rows), c->dim, (size_t)family_info(c->family)->dim_count * 8);
    if (c->family == FAMILY_CONV)
        nc_conv(x, w, bias, y, &u.conv);
    else if (c->family == FAMILY_CONV_POOL)
        nc_conv_pool(x, w, bias, y, arg, &u.conv_pool);
    else
        nc_conv_grad_weight(x, w, y, &u.conv_grad_weight);
#endif
}

static void choose(const Case *c, Tile tile[WIDTH_COUNT])
{
    const bool gradient = c->family == FAMILY_CONV_GRAD_WEIGHT;
    for (Width width = 0; width < WIDTH_COUNT; width++)
        tile[width] = tile_choose(c->family, width, gradient ? 1 : c->dim[CONV_rows],
                                  gradient ? c->dim[CONV_GRAD_WEIGHT_run] : c->dim[CONV_cols], c->dim[CONV_outs]);
}

static void print_sized(void)
{
    Arena *arena = arena_new();
    Text text = text_new(arena), calls = text_new(arena);
    for (int i = 0; i < CASES; i++) {
        Tile tile[WIDTH_COUNT];
        choose(&cases[i], tile);
        text_printf(&text, "/* %s */\n__attribute__((noinline))\n", cases[i].name);
        emit_kernel_sized(&text, cases[i].family, arena_printf(arena, "sized_%d", i), cases[i].dim, tile);
        text_add(&text, "\n");
        text_printf(&calls, "\\\n        case %d: sized_%d(%s); break;", i, i,
                    cases[i].family == FAMILY_CONV ? "x, w, bias, y"
                    : cases[i].family == FAMILY_CONV_POOL ? "x, w, bias, y, arg" : "x, w, y");
    }
    printf("%s#define SIZED_CALLS %s\n", text.bytes, calls.bytes);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--print"))
        return print_sized(), 0;
    const double seconds = argc == 2 ? atof(argv[1]) : 0.1;
    for (int i = 0; i < FLOATS; i++) {
        x[i] = (float)(i % 13) * 0.01f;
        w[i] = (float)(i % 7) * 0.01f;
    }
    for (int i = 0; i < CASES; i++) {
        Tile tile[WIDTH_COUNT];
        choose(&cases[i], tile);
        const int width = nc_kernels()->lanes == 16 ? 0 : nc_kernels()->lanes == 8 ? 1 : 2;
        const short used = (short)(tile[width].rows * 100 + tile[width].cols * 10 + tile[width].vecs);
        const short code[3] = {used, used, used};
        double best = 1e9, best_peak = 0;
        const int repeat = 1 + (int)(2e7 / cases[i].macs);
        for (const double stop = now() + seconds; now() < stop;) {
            const double p = peak(), start = now();
            for (int n = 0; n < repeat; n++)
                run_case(i, code);
            const double t = (now() - start) / repeat;
            best = t < best ? t : best;
            best_peak = p > best_peak ? p : best_peak;
        }
        printf("%-36s tile %3d  %7.1f us  %6.1f GFLOP/s  %5.1f %% of %.0f\n", cases[i].name, used, 1e6 * best,
               2e-9 * cases[i].macs / best, 1e-7 * cases[i].macs / best / best_peak, 2 * best_peak);
    }
    return 0;
}

/* bench_winograd: the Winograd kernels beside the dense ones, interleaved, one thread, the least of many rounds.
 *     bench_winograd [SECONDS]      for each layer
 * The prebuilt kernels of the widest vectors, or of NETC_LANES floats; BLOCK tiles at once, IMAGES images a call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "targets/cpu/emit/kernels.h"
#include "kernel_table.h"
#include "targets/cpu/families/winograd.h"

typedef struct Job {
    const char *name;
    int taps, rows, ins, outs, pool;
} Job;

static const Job layers[] = {
    {"32->32 5x5 16x16 pool", 5, 16, 32, 32, 1},       {"32->64 5x5 8x8 pool", 5, 8, 32, 64, 1},
    {"32->32 5x5 16x16 data gradient", 5, 16, 32, 32, 0}, {"64->32 5x5 8x8 data gradient", 5, 8, 64, 32, 0},
    {"64->64 3x3 32x32", 3, 32, 64, 64, 0},            {"128->128 3x3 16x16", 3, 16, 128, 128, 0},
    {"64->64 3x3 32x32 pool", 3, 32, 64, 64, 1},       {"16->16 3x3 32x32", 3, 32, 16, 16, 0},
    {"256->256 3x3 8x8", 3, 8, 256, 256, 0},           {"512->512 3x3 4x4", 3, 4, 512, 512, 0},
    {"32->32 3x3 7x7", 3, 7, 32, 32, 0},               {"16->16 5x5 10x10", 5, 10, 16, 16, 0},
    {"64->64 3x3 112x112", 3, 112, 64, 64, 0},         {"256->256 3x3 7x7", 3, 7, 256, 256, 0},
    {"256->128 3x3 7x7", 3, 7, 256, 128, 0},           {"512->512 3x3 7x7", 3, 7, 512, 512, 0},
    {"256->256 3x3 14x14", 3, 14, 256, 256, 0},        {"256->32 3x3 14x14", 3, 14, 256, 32, 0},
    {"64->64 3x3 7x7", 3, 7, 64, 64, 0},               {"512->32 3x3 7x7", 3, 7, 512, 32, 0},
    {"128->128 3x3 28x28", 3, 28, 128, 128, 0},
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *numbers(size_t count)
{
    enum { LARGE = 2 << 20 }; /* pages, as trainers ask for */
    const size_t bytes = (count * sizeof(float) + LARGE - 1) / LARGE * LARGE;
    float *at = aligned_alloc(LARGE, bytes);
    madvise(at, bytes, MADV_HUGEPAGE);
    for (size_t i = 0; i < count; i++)
        at[i] = (float)(i % 13) * 0.01f - 0.06f;
    return at;
}

static void measure(const Job *l, double seconds)
{
    const Family family = winograd_family(&(Window){.kernel = {l->taps, l->taps}}, l->pool);
    const Family dense = l->pool ? FAMILY_CONV_POOL : FAMILY_CONV;
    const int64_t width = l->rows + l->taps - 1, y_row = l->rows * l->outs;
    const int images = getenv("IMAGES") ? atoi(getenv("IMAGES")) : 1;
    int64_t d[MAX_DIMS] = {[WINOGRAD3_rows] = l->rows, [WINOGRAD3_cols] = l->rows, [WINOGRAD3_ins] = l->ins,
                           [WINOGRAD3_outs] = l->outs, [WINOGRAD3_images] = images,
                           [WINOGRAD3_dilation] = 1};
    d[WINOGRAD3_block] = getenv("BLOCK") ? atoi(getenv("BLOCK")) : winograd_block(family, d);
    struct nc_winograd3_pool_dims w = {.rows = l->rows, .cols = l->rows, .ins = l->ins, .outs = l->outs,
                                       .x_row = width * l->ins, .y_row = y_row, .y_col = l->outs,
                                       .block = d[WINOGRAD3_block], .has_bias = 1, .images = images, .dilation = 1,
                                       .x_image = width * width * l->ins, .y_image = l->rows * y_row,
                                       .u_outs = l->outs, .arg_row = y_row, .arg_col = l->outs,
                                       .arg_image = l->rows * y_row};
    struct nc_conv_pool_dims c = {.rows = l->rows, .cols = l->rows, .outs = l->outs, .taps_y = l->taps, .taps_x = 1,
                                  .run = l->taps * l->ins, .x_row = w.x_row, .x_col = l->ins, .x_tap_y = w.x_row,
                                  .x_tap_x = l->taps * l->ins, .w_row = l->outs, .y_row = y_row, .y_col = l->outs,
                                  .group_outs = l->outs, .has_bias = 1, .images = 1, .arg_row = y_row,
                                  .arg_col = l->outs};
    for (Width v = 0; v < WIDTH_COUNT; v++) {
        const Tile t = tile_choose(dense, v, l->rows, l->rows, l->outs);
        c.tile[v] = (short)(t.rows * 100 + t.cols * 10 + t.vecs);
    }
    const size_t taps = (size_t)(l->taps * l->taps), io = (size_t)(l->ins * l->outs);
    float *x = numbers((size_t)(images * width * width * l->ins)), *weights = numbers(taps * io),
          *u = numbers((size_t)winograd_weights(family, l->ins, l->outs));
    float *bias = numbers((size_t)l->outs), *y = numbers((size_t)(images * l->rows * y_row));
    float *scratch = numbers((size_t)winograd_scratch(family, d));
    unsigned char *arg = calloc((size_t)(images * l->rows * y_row), 1);
    struct nc_winograd_weights3_dims wd = {l->ins, l->outs, l->taps * l->ins * l->outs, l->ins * l->outs, l->outs, 1,
                                           l->ins, l->outs};
    struct nc_winograd_weights5_dims wd5;
    memcpy(&wd5, &wd, sizeof wd5);
    const double macs = (double)(l->rows * l->rows) * (double)(taps * io);
    const int repeat = 1 + (int)(1e7 / macs);
    double best[3] = {1e9, 1e9, 1e9};
    for (const double stop = now() + seconds; now() < stop;) {
        double start = now(), t;
        for (int n = 0; n < repeat; n++)
            if (l->pool)
                nc_conv_pool(x, weights, bias, y, arg, &c);
            else
                nc_conv(x, weights, bias, y, (const struct nc_conv_dims *)&c);
        t = (now() - start) / repeat, best[0] = t < best[0] ? t : best[0], start = now();
        for (int n = 0; n < repeat; n++)
            if (l->taps == 3 && l->pool)
                nc_winograd3_pool(x, u, bias, y, arg, scratch, &w);
            else if (l->taps == 3)
                nc_winograd3(x, u, bias, y, scratch, (const struct nc_winograd3_dims *)&w);
            else if (l->pool)
                nc_winograd5_pool(x, u, bias, y, arg, scratch, (const struct nc_winograd5_pool_dims *)&w);
            else
                nc_winograd5(x, u, bias, y, scratch, (const struct nc_winograd5_dims *)&w);
        t = (now() - start) / repeat / images, best[1] = t < best[1] ? t : best[1], start = now();
        if (l->taps == 3)
            nc_winograd_weights3(weights, u, 0, 1, &wd);
        else
            nc_winograd_weights5(weights, u, 0, 1, &wd5);
        t = now() - start, best[2] = t < best[2] ? t : best[2];
    }
    printf("%-32s dense %8.1f us %6.1f GFLOP/s, block %3lld %8.1f us, ratio %.2f (estimated %.2f), weights %.1f us\n",
           l->name, 1e6 * best[0], 2e-9 * macs / best[0], (long long)d[WINOGRAD3_block], 1e6 * best[1],
           best[0] / best[1], macs / winograd_cost(family, d) * images, 1e6 * best[2]);
    free(x), free(weights), free(u), free(bias), free(y), free(scratch), free(arg);
}

/* The gradient of the weights. */
static void measure_gradient(const Job *l, double seconds)
{
    const Family family = l->taps == 3 ? FAMILY_WINOGRAD3_GRAD_WEIGHT : FAMILY_WINOGRAD5_GRAD_WEIGHT;
    const int64_t width = l->rows + l->taps - 1, y_row = l->rows * l->outs, x_row = width * l->ins;
    const int images = getenv("IMAGES") ? atoi(getenv("IMAGES")) : 1;
    int64_t d[MAX_DIMS] = {[WINOGRAD3_rows] = l->rows, [WINOGRAD3_cols] = l->rows, [WINOGRAD3_ins] = l->ins,
                           [WINOGRAD3_outs] = l->outs, [WINOGRAD3_images] = images,
                           [WINOGRAD3_dilation] = 1};
    d[WINOGRAD3_block] = getenv("BLOCK") ? atoi(getenv("BLOCK")) : winograd_block(family, d);
    struct nc_winograd3_grad_weight_dims w = {l->rows,  l->rows, l->ins,  l->outs, x_row,
                                              y_row,    l->outs, d[WINOGRAD3_block], l->ins * l->outs, l->outs,
                                              images,   1, width * x_row, l->rows * y_row, l->ins, 0};
    struct nc_conv_grad_weight_dims c = {.rows = l->rows, .cols = l->rows, .outs = l->outs, .taps_y = l->taps,
                                         .taps_x = 1, .run = l->taps * l->ins, .x_row = x_row, .x_col = l->ins,
                                         .x_tap_y = x_row, .x_tap_x = l->taps * l->ins, .w_row = l->outs,
                                         .d_row = y_row, .d_col = l->outs, .group_outs = l->outs, .images = 1};
    for (Width v = 0; v < WIDTH_COUNT; v++) {
        const Tile t = tile_choose(FAMILY_CONV_GRAD_WEIGHT, v, 1, l->taps * l->ins, l->outs);
        c.tile[v] = (short)(t.rows * 100 + t.cols * 10 + t.vecs);
    }
    const size_t taps = (size_t)(l->taps * l->taps), io = (size_t)(l->ins * l->outs);
    float *x = numbers((size_t)(images * width * x_row)), *dy = numbers((size_t)(images * l->rows * y_row));
    float *g = numbers(taps * io), *scratch = numbers((size_t)winograd_scratch(family, d));
    const double macs = (double)(l->rows * l->rows) * (double)(taps * io);
    double best[2] = {1e9, 1e9};
    for (const double stop = now() + seconds; now() < stop;) {
        double start = now(), t;
        for (int n = 0; n < images; n++)
            nc_conv_grad_weight(x + n * width * x_row, dy + n * l->rows * y_row, g, &c);
        t = (now() - start) / images, best[0] = t < best[0] ? t : best[0], start = now();
        if (l->taps == 3)
            nc_winograd3_grad_weight(x, dy, g, scratch, &w);
        else
            nc_winograd5_grad_weight(x, dy, g, scratch, (const struct nc_winograd5_grad_weight_dims *)&w);
        t = (now() - start) / images, best[1] = t < best[1] ? t : best[1];
    }
    printf("%-32s weight gradient dense %8.1f us %6.1f GFLOP/s, block %3lld %8.1f us, ratio %.2f (estimated %.2f)\n",
           l->name, 1e6 * best[0], 2e-9 * macs / best[0], (long long)d[WINOGRAD3_block], 1e6 * best[1],
           best[0] / best[1], macs / winograd_cost(family, d) * images);
    free(x), free(dy), free(g), free(scratch);
}

int main(int argc, char **argv)
{
    const double seconds = argc > 1 ? atof(argv[1]) : 0.2;
    if (getenv("NETC_LANES") && !nc_kernels_force(atoi(getenv("NETC_LANES"))))
        return fputs("bench_winograd: this processor has no such vectors\n", stderr), 1;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        if (argc < 3 || strstr(layers[i].name, argv[2]))
            measure(&layers[i], seconds), measure_gradient(&layers[i], seconds);
    return 0;
}

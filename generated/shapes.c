/* Shapely: a trainer for the model of shapes.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *     3  0: Conv2d(3, 32, 5, 1, 2)                        32x32x32          2432
 *     4  1: MaxPool2d(2)                                  32x16x16             0
 *     5  2: Conv2d(32, 32, 5, 1, 2)                       32x16x16         25632
 *     6  3: MaxPool2d(2)                                  32x8x8               0
 *     7  4: Conv2d(32, 64, 5, 1, 2)                       64x8x8           51264
 *     8  5: MaxPool2d(2)                                  64x4x4               0
 *     9  6: Flatten()                                     1024                 0
 *    10  7: Linear(64*4*4, 64)                            64               65600
 *    11  8: Linear(64, 10)                                10                 650
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 1157888 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"
#include "winograd.h"

/* Where each parameter starts, in floats. */
enum {
    AT_0_weight = 0, AT_0_bias = 2560, AT_2_weight = 2592, AT_2_bias = 28192, AT_4_weight = 29328, AT_4_bias = 28224,
    AT_7_weight = 80528, AT_7_bias = 146064, AT_8_weight = 28288, AT_8_bias = 29312
};

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_0_weight_winograd = 0, AT_2_weight_winograd = 7168, AT_4_weight_winograd = 73728,
    AT_8_weight_transposed = 205824, AT_4_weight_winograd_transposed = 206624, AT_2_weight_winograd_transposed = 338720
};

/* CrossEntropyLoss  (line 21) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 2)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 3; k++)
                x[r * 108 + c * 3 + k] = pixel[k * 256 + sample[(k * 32 + r) * 32 + c]];
}

/* y[o] = b[o] + sum x[i] * w[o][i]
 * y = max over the window; second output: which element it was, first one on a tie */
struct winograd5_pool_size { long rows, cols, ins, x_row, y_row, block, x_image, arg_row; };
NC_INLINE void any_winograd5_pool(const float *x, const float *u, const float *bias, float *y, unsigned char *arg,
        float *scratch, const struct winograd5_pool_size size)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = 1, .rows = size.rows / 2 * 2, .cols = size.cols / 2 * 2, .x_col = 0,
        .ins = size.ins, .outs = 32, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 64 * winograd_v_plane(&layer), *lines = products + 64 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_5x5(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 5);
                float *to = y + r * size.y_row + c * 32 + k;
                unsigned char *to_arg = arg + r * size.arg_row + c * 32 + k;
                UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                    UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                        vec best = sums[m][n];
                        ivec at = ivec_all(0);
                        vec_take_max(sums[m][n + 1], 1, &best, &at);
                        vec_take_max(sums[m + 1][n], 2, &best, &at);
                        vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                        best += vec_load(bias + k);
                        vec_store(to + m / 2 * size.y_row + n / 2 * 32, best);
                        ivec_store_bytes(to_arg + m / 2 * size.arg_row + n / 2 * 32, at);
                    }
            }
        }
    }
}

#define DEFINE_WINOGRAD5_POOL(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, unsigned char *arg, float *scratch) \
    { any_winograd5_pool(x, u, bias, y, arg, scratch, (struct winograd5_pool_size){__VA_ARGS__}); }

/* 0: Conv2d(3, 32, 5, 1, 2), MaxPool2d(2)  (line 3) */
DEFINE_WINOGRAD5_POOL(conv2d_0_maxpool2d_1_forward, .rows = 32, .cols = 32, .ins = 3, .x_row = 108, .y_row = 640,
    .block = 22, .x_image = 3888, .arg_row = 512)

/* 2: Conv2d(32, 32, 5, 1, 2), MaxPool2d(2)  (line 5) */
DEFINE_WINOGRAD5_POOL(conv2d_2_maxpool2d_3_forward, .rows = 16, .cols = 16, .ins = 32, .x_row = 640, .y_row = 384,
    .block = 16, .x_image = 12800, .arg_row = 256)

/* 4: Conv2d(32, 64, 5, 1, 2), MaxPool2d(2)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_4_maxpool2d_5_forward(const float *x, const float *u, const float *bias, float *y,
        unsigned char *arg, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = count, .rows = 8, .cols = 8, .x_col = 0,
        .ins = 32, .outs = 64, .x_image = 4608, .x_row = 384, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 64 * winograd_v_plane(&layer), *lines = products + 64 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long in_block = least(16, tiles - first);
        winograd_input_5x5(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 32, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 5);
                    float *to = y + image * 1040 + r * 256 + c * 64 + o + k;
                    unsigned char *to_arg = arg + image * 1024 + r * 256 + c * 64 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                            vec best = sums[m][n];
                            ivec at = ivec_all(0);
                            vec_take_max(sums[m][n + 1], 1, &best, &at);
                            vec_take_max(sums[m + 1][n], 2, &best, &at);
                            vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                            best += vec_load(bias + o + k);
                            vec_store(to + m / 2 * 256 + n / 2 * 64, best);
                            ivec_store_bytes(to_arg + m / 2 * 256 + n / 2 * 64, at);
                        }
                }
            }
        }
    }
}

/* 7: Linear(64*4*4, 64)  (line 10)
 * y = x w^T + b */
static void linear_7_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    enum { TILES = 8 / COLS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 171, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long j0 = 0; j0 < 1024; j0 += BLOCK)
            for (long t = 0; t < TILES; t++) {
                const long c = t * COLS;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = sums[t][n][v];
                const float *next = j0 < 1024 - BLOCK ? w + j0 * 32 + o + BLOCK * 32 : w + o + VECS * VL;
                prefetch_rows(next + t * SHARE * 32, SHARE, 32, VECS * VL);
                const float *wo = w + j0 * 32 + o;
                const float *xt = from_here(x + c * 1040 + j0);
                IN_EIGHTS for (long j = 0; j < least(BLOCK, 1024 - j0); j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 1040);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                if (j0 < 1024 - BLOCK) {
                    EACH(n, COLS) EACH(v, VECS)
                        sums[t][n][v] = acc[n][v];
                    continue;
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    sum += vec_load(bias + o + v * VL);
                    vec_store(y + (c + n) * 64 + o + v * VL, sum);
                }
            }
    }
}

/* 8: Linear(64, 10)  (line 11)
 * y = x w^T + b */
static void linear_8_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 4, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 16) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            EACH(n, COLS) {
                const vec pixel = vec_all_of(xt + n * 64);
                EACH(v, VECS)
                    acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
            }
        }
        EACH(n, COLS) EACH(v, VECS) {
            vec sum = acc[n][v];
            sum += vec_load(bias + o + v * VL);
            vec_store(y + n * 16 + o + v * VL, sum);
        }
    }
}

/* 8: Linear(64, 10)  (line 11)
 * dx of LINEAR from dy, w */
static void linear_8_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = 4, VECS = TILE(4, 2, 2) };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(dy);
        SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 80) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            EACH(n, COLS) {
                const vec pixel = vec_all_of(xt + n * 16);
                EACH(v, VECS)
                    acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
            }
        }
        EACH(n, COLS) EACH(v, VECS)
            vec_store(dx + n * 64 + o + v * VL, acc[n][v]);
    }
}

/* 8: Linear(64, 10)  (line 11)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_8_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 64; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 64, dr += 16) {
                vec dv[VECS];
                EACH(v, VECS)
                    dv[v] = vec_load_once(dr + v * VL);
                EACH(n, COLS) {
                    const vec input = vec_all_of(xr + n);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(gt + n * 16 + v * VL, acc[n][v]);
        }
}

/* 8: Linear(64, 10)  (line 11)
 * db from dy, summed over samples and positions */
static void bias_8_grad(const float *dy, float *db, int count)
{
    vec sum[16 / VL];
    EACH(v, 16 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long c = 0; c < count; c++)
        EACH(v, 16 / VL)
            sum[v] += vec_load(dy + c * 16 + v * VL);
    EACH(v, 16 / VL)
        vec_store(db + v * VL, sum[v]);
}

/* 7: Linear(64*4*4, 64)  (line 10)
 * dx of LINEAR from dy, w */
static void linear_7_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 4 * part / parts, end = 4 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const float *wt = w + tap * 32768;
        float *tr = t + (tap * 32 + q) * 128;
        for (long i = 0; i < 128; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 128);
    }
}

/* 7: Linear(64*4*4, 64)  (line 10)
 * dx of LINEAR from dy, w */
static void linear_7_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 5, 5), VECS = 2 };
    for (long o = 0; o < 128; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 64);
            SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 128) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 64);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(dx + (c + n) * 1040 + o + v * VL, acc[n][v]);
        }
}

/* dx from dy and the argmax */
struct pool_grad_size { long channels, in_rows, in_cols, dx_row; };
NC_INLINE void any_pool_grad(const float *dy, const unsigned char *arg, float *dx, const struct pool_grad_size size)
{
    for (long r = 0; r < size.in_rows / 2; r++)
        for (long c = 0; c < size.in_cols / 2; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec gradient = vec_load(dy + r * 256 + c * size.channels + k);
                const ivec at = ivec_load_bytes(arg + r * 256 + c * size.channels + k);
                float *to = dx + 2 * r * size.dx_row + 2 * c * size.channels + k;
                vec_store(to, vec_where(gradient, at, 0));
                vec_store(to + size.channels, vec_where(gradient, at, 1));
                vec_store(to + size.dx_row, vec_where(gradient, at, 2));
                vec_store(to + size.dx_row + size.channels, vec_where(gradient, at, 3));
            }
}

#define DEFINE_POOL_GRAD(name, ...) static void name(const float *dy, const unsigned char *arg, float *dx) \
    { any_pool_grad(dy, arg, dx, (struct pool_grad_size){__VA_ARGS__}); }

/* 5: MaxPool2d(2)  (line 8) */
DEFINE_POOL_GRAD(maxpool2d_5_grad, .channels = 64, .in_rows = 8, .in_cols = 8, .dx_row = 768)

/* 4: Conv2d(32, 64, 5, 1, 2)  (line 7)
 * dx of CONV2D from dy, w */
static void conv2d_4_grad_input(const float *dy, const float *u, float *dx, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = count, .rows = 8, .cols = 8, .x_col = 0,
        .ins = 64, .outs = 32, .x_image = 9216, .x_row = 768, .block = 8,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 64 * winograd_v_plane(&layer), *lines = products + 64 * plane;
    for (long first = 0; first < tiles; first += 8) {
        const long in_block = least(8, tiles - first);
        winograd_input_5x5(&layer, dy, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long image = winograd_image(&layer, first + t);
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 5);
                float *to = dx + image * 2048 + r * 256 + c * 32 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                    vec_store(to + m * 256 + n * 32, sums[m][n]);
            }
        }
    }
}

/* 4: Conv2d(32, 64, 5, 1, 2)  (line 7)
 * db from dy, summed over samples and positions */
static void bias_4_grad(const float *dy, float *db)
{
    for (long o = 0; o < 64; o += 32) {
        vec sum[32 / VL];
        EACH(v, 32 / VL)
            sum[v] = vec_load(db + o + v * VL);
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++)
                EACH(v, 32 / VL)
                    sum[v] += vec_load(dy + r * 768 + c * 64 + o + v * VL);
        EACH(v, 32 / VL)
            vec_store(db + o + v * VL, sum[v]);
    }
}

/* 3: MaxPool2d(2)  (line 6) */
DEFINE_POOL_GRAD(maxpool2d_3_grad, .channels = 32, .in_rows = 16, .in_cols = 16, .dx_row = 640)

/* 2: Conv2d(32, 32, 5, 1, 2)  (line 5)
 * dx of CONV2D from dy, w */
static void conv2d_2_grad_input(const float *dy, const float *u, float *dx, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = 1, .rows = 16, .cols = 16, .x_col = 0,
        .ins = 32, .outs = 32, .x_image = 12800, .x_row = 640, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 64 * winograd_v_plane(&layer), *lines = products + 64 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long in_block = least(16, tiles - first);
        winograd_input_5x5(&layer, dy, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 5);
                float *to = dx + r * 512 + c * 32 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                    vec_store(to + m * 512 + n * 32, sums[m][n]);
            }
        }
    }
}

/* 2: Conv2d(32, 32, 5, 1, 2)  (line 5)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_2_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = count, .rows = 16, .cols = 16,
        .ins = 32, .outs = 32, .x_image = 12800, .x_row = 640, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 12800, .d_row = 640, .d_col = 32, .g_tap = 1024, .g_in = 32, .g_ins = 32,
    };
    winograd_grad_weight_5x5(&layer, &gradient, x, dy, dw, scratch);
}

/* 2: Conv2d(32, 32, 5, 1, 2)  (line 5)
 * db from dy, summed over samples and positions */
static void bias_2_grad(const float *dy, float *db)
{
    vec sum[32 / VL];
    EACH(v, 32 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long r = 0; r < 16; r++)
        for (long c = 0; c < 16; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + r * 640 + c * 32 + v * VL);
    EACH(v, 32 / VL)
        vec_store(db + v * VL, sum[v]);
}

/* 0: Conv2d(3, 32, 5, 1, 2), MaxPool2d(2)  (line 3)
 * dw of CONV2D from dy, x, summed over the samples
 * db from dy, summed over samples and positions
 * dx from dy and the argmax */
static void conv2d_0_grad_weight(const float *x, const float *dy, const unsigned char *arg, float *dw, float *db)
{
    enum { ROWS = 5, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 32; o += VL) {
        vec sum = vec_load(db + o);
        for (long r = 0; r < 16; r++)
            for (long c = 0; c < 16; c++)
                sum += vec_load(dy + r * 512 + c * 32 + o);
        vec_store(db + o, sum);
    }
    const int where[] = {0, 3, 108, 111};
    for (long o = 0; o < 32; o++)
        for (long j = 0; j < 15; j += VECS * VL) {
            float *gt = dw + o * 80 + j;
            const float *xt = x + j;
            vec acc[ROWS][VECS];
            EACH(m, ROWS) EACH(v, VECS)
                acc[m][v] = vec_load(gt + m * 16 + v * VL);
            for (long r = 0; r < 16; r++)
                for (long c = 0; c < 16; c++) {
                    const float *xi = from_here(xt + r * 216 + c * 6 + where[arg[r * 512 + c * 32 + o]]);
                    const vec si = vec_all_of(dy + r * 512 + c * 32 + o);
                    EACH(m, ROWS) EACH(v, VECS)
                        acc[m][v] = vec_fma(si, vec_load(xi + m * 108 + v * VL), acc[m][v]);
                }
            EACH(m, ROWS) EACH(v, VECS)
                vec_store(gt + m * 16 + v * VL, vec_first(acc[m][v], 15 - j - v * VL));
        }
}

/* 4: Conv2d(32, 64, 5, 1, 2)  (line 7)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_4_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = count, .rows = 8, .cols = 8,
        .ins = 16, .outs = 16, .x_image = 4608, .x_row = 384, .block = 32,
        .x_col = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 9216, .d_row = 768, .d_col = 64, .g_tap = 256, .g_in = 16, .g_ins = 16,
    };
    winograd_grad_weight_5x5(&layer, &gradient, x, dy, dw, scratch);
}

/* 7: Linear(64*4*4, 64)  (line 10)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_7_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long j = 0; j < 64; j += COLS) {
            float *gt = dw + j * 32 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 1040, dr += 64) {
                vec dv[VECS];
                EACH(v, VECS)
                    dv[v] = vec_load_once(dr + v * VL);
                EACH(n, COLS) {
                    const vec input = vec_all_of(xr + n);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(gt + n * 32 + v * VL, acc[n][v]);
        }
}

/* 7: Linear(64*4*4, 64)  (line 10)
 * db from dy, summed over samples and positions */
static void bias_7_grad(const float *dy, float *db, int count)
{
    for (long o = 0; o < 64; o += 32) {
        vec sum[32 / VL];
        EACH(v, 32 / VL)
            sum[v] = vec_load(db + o + v * VL);
        for (long c = 0; c < count; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + c * 64 + o + v * VL);
        EACH(v, 32 / VL)
            vec_store(db + o + v * VL, sum[v]);
    }
}

/* the weights as the layer reads them
 * transformed for Winograd's convolution
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct winograd_weights5_size { long ins, outs, w_tap_y, w_tap_x, w_in, w_out; };
NC_INLINE void any_winograd_weights5(const float *w, float *u, int part, int parts,
        const struct winograd_weights5_size size)
{
    const struct winograd_filter filter = {
        .ins = size.ins, .outs = size.outs, .tap_y = size.w_tap_y, .tap_x = size.w_tap_x,
        .in = size.w_in, .out = size.w_out, .u_ins = size.ins, .u_outs = size.outs,
    };
    winograd_weights_5x5(&filter, w, u, part, parts);
}

#define DEFINE_WINOGRAD_WEIGHTS5(name, ...) static void name(const float *w, float *u, int part, int parts) \
    { any_winograd_weights5(w, u, part, parts, (struct winograd_weights5_size){__VA_ARGS__}); }

/* 0: Conv2d(3, 32, 5, 1, 2)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS5(conv2d_0_maxpool2d_1_weights, .ins = 3, .outs = 32, .w_tap_y = 16, .w_tap_x = 3, .w_in = 1,
    .w_out = 80)

/* 2: Conv2d(32, 32, 5, 1, 2)  (line 5) */
DEFINE_WINOGRAD_WEIGHTS5(conv2d_2_maxpool2d_3_weights, .ins = 32, .outs = 32, .w_tap_y = 5120, .w_tap_x = 1024,
    .w_in = 32, .w_out = 1)

/* 4: Conv2d(32, 64, 5, 1, 2)  (line 7) */
DEFINE_WINOGRAD_WEIGHTS5(conv2d_4_maxpool2d_5_weights, .ins = 32, .outs = 64, .w_tap_y = 10240, .w_tap_x = 2048,
    .w_in = 64, .w_out = 1)

/* 8: Linear(64, 10)  (line 11)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_8_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 10 * 80;
        for (long i = 0; i < 64; i += 16)
            for (long n = 0; n < 10; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 80 + m] = wt[m * 16 + n];
    }
}

/* 4: Conv2d(32, 64, 5, 1, 2)  (line 7) */
DEFINE_WINOGRAD_WEIGHTS5(conv2d_4_grad_input_weights, .ins = 64, .outs = 32, .w_tap_y = -10240, .w_tap_x = -2048,
    .w_in = 1, .w_out = 64)

/* 2: Conv2d(32, 32, 5, 1, 2)  (line 5) */
DEFINE_WINOGRAD_WEIGHTS5(conv2d_2_grad_input_weights, .ins = 32, .outs = 32, .w_tap_y = -5120, .w_tap_x = -1024,
    .w_in = 1, .w_out = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[36][36 * 3])(mb->batch + 6815744 + mb->first * 15552L)) /* 3x32x32, 2 zeros around */
#define maxpool2d_1(mb) ((float (*)[20][20 * 32])(mb->batch + 0 + mb->first * 51200L)) /* 32x16x16, 2 zeros around */
#define maxpool2d_1_arg(mb) ((unsigned char (*)[16][16 * 32])(mb->batch + 7811136 + mb->first * 8192L)) /* 32x16x16 */
#define conv2d_0_maxpool2d_1_scratch(mb) ((float *)(mb->workspace + 0)) /* 53760 */
#define maxpool2d_3(mb) ((float (*)[12][12 * 32])(mb->batch + 5636096 + mb->first * 18432L))
#define maxpool2d_3_arg(mb) ((unsigned char (*)[8][8 * 32])(mb->batch + 8867904 + mb->first * 2048L)) /* 32x8x8 */
#define conv2d_2_maxpool2d_3_scratch(mb) ((float *)(mb->workspace + 0)) /* 72832 */
#define maxpool2d_5(mb) ((float (*)[1040])(mb->batch + 8335424 + mb->first * 4160L)) /* 64x4x4 */
#define maxpool2d_5_arg(mb) ((unsigned char (*)[4][4 * 64])(mb->batch + 8998976 + mb->first * 1024L)) /* 64x4x4 */
#define conv2d_4_maxpool2d_5_scratch(mb) ((float *)(mb->workspace + 0)) /* 70784 */
#define linear_7(mb) ((float (*)[64])(mb->batch + 8601664 + mb->first * 256L)) /* 64 */
#define linear_8(mb) ((float (*)[16])(mb->workspace + 1157632)) /* 10 */
#define d_linear_8(mb) ((float (*)[16])(mb->workspace + 0)) /* 10 */
#define d_linear_7(mb) ((float (*)[64])(mb->batch + 9064512 + mb->first * 256L)) /* 64 */
#define linear_7_grad_input_weights_transposed(mb) ((float *)(mb->workspace + 0)) /* 8192 */
#define d_flatten_6(mb) ((float (*)[1040])(mb->batch + 8601664 + mb->first * 4160L)) /* 64x4x4 */
#define d_conv2d_4(mb) ((float (*)[12][12 * 64])(mb->batch + 3276800 + mb->first * 36864L)) /* 64x8x8, 2 zeros around */
#define d_maxpool2d_3(mb) ((float (*)[8][8 * 32])(mb->workspace + 291328)) /* 32x8x8 */
#define conv2d_4_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 65664 */
#define d_conv2d_2(mb) ((float (*)[20][20 * 32])(mb->workspace + 821760)) /* 32x16x16, 2 zeros around */
#define d_maxpool2d_1(mb) ((float (*)[16][16 * 32])(mb->workspace + 1026560)) /* 32x16x16 */
#define conv2d_2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 72832 */
#define conv2d_2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 205440 */
#define conv2d_4_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 86912 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &input(mb)[i][2][2 * 3]);
        conv2d_0_maxpool2d_1_forward(input(mb)[i][0], mb->packed + AT_0_weight_winograd, mb->weights + AT_0_bias,
            &maxpool2d_1(mb)[i][2][2 * 32], maxpool2d_1_arg(mb)[i][0], conv2d_0_maxpool2d_1_scratch(mb));
        conv2d_2_maxpool2d_3_forward(maxpool2d_1(mb)[i][0], mb->packed + AT_2_weight_winograd, mb->weights + AT_2_bias,
            &maxpool2d_3(mb)[i][2][2 * 32], maxpool2d_3_arg(mb)[i][0], conv2d_2_maxpool2d_3_scratch(mb));
    }
    conv2d_4_maxpool2d_5_forward(maxpool2d_3(mb)[0][0], mb->packed + AT_4_weight_winograd, mb->weights + AT_4_bias,
        maxpool2d_5(mb)[0], maxpool2d_5_arg(mb)[0][0], conv2d_4_maxpool2d_5_scratch(mb), mb->count);
}

/* For the whole batch, part mb->part of 16. */
static void linear_7_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 * 8 >= mb->count)
        return;

    linear_7_forward(maxpool2d_5(mb)[0] + part / 2 * 8320, mb->weights + AT_7_weight + part % 2 * 32768,
        mb->weights + AT_7_bias + part % 2 * 32, linear_7(mb)[0] + part / 2 * 512 + part % 2 * 32);
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    linear_8_forward(linear_7(mb)[0], mb->weights + AT_8_weight, mb->weights + AT_8_bias, linear_8(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_8(mb)[0], 16, 10, d_linear_8(mb)[0]);
    linear_8_grad_input(d_linear_8(mb)[0], mb->packed + AT_8_weight_transposed, d_linear_7(mb)[0]);
    linear_8_grad_weight(linear_7(mb)[0], d_linear_8(mb)[0], mb->gradients + AT_8_weight, mb->count);
    bias_8_grad(d_linear_8(mb)[0], mb->gradients + AT_8_bias, mb->count);
}

static void train(struct nc_microbatch *mb)
{
    forward(mb);
    backward(mb);
}

static void test(struct nc_microbatch *mb)
{
    forward(mb);
    if (mb->target)
        nc_cross_entropy(mb, &loss, linear_8(mb)[0], 16, 10, 0);
}

/* For the whole batch, part mb->part of 8. */
static void linear_7_grad_input_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_7_grad_input_weights(mb->weights + AT_7_weight + part * 4096, linear_7_grad_input_weights_transposed(mb), 0,
        1);
    linear_7_grad_input(d_linear_7(mb)[0], linear_7_grad_input_weights_transposed(mb), d_flatten_6(mb)[0] + part * 128);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        maxpool2d_5_grad(d_flatten_6(mb)[i], maxpool2d_5_arg(mb)[i][0], &d_conv2d_4(mb)[i][2][2 * 64]);
    conv2d_4_grad_input(d_conv2d_4(mb)[0][0], mb->packed + AT_4_weight_winograd_transposed, d_maxpool2d_3(mb)[0][0],
        conv2d_4_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_4_grad(&d_conv2d_4(mb)[i][2][2 * 64], mb->gradients + AT_4_bias);
        maxpool2d_3_grad(d_maxpool2d_3(mb)[i][0], maxpool2d_3_arg(mb)[i][0], &d_conv2d_2(mb)[i][2][2 * 32]);
        conv2d_2_grad_input(d_conv2d_2(mb)[i][0], mb->packed + AT_2_weight_winograd_transposed, d_maxpool2d_1(mb)[i][0],
            conv2d_2_grad_input_scratch(mb));
    }
    conv2d_2_grad_weight(maxpool2d_1(mb)[0][0], &d_conv2d_2(mb)[0][2][2 * 32], mb->gradients + AT_2_weight,
        conv2d_2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_2_grad(&d_conv2d_2(mb)[i][2][2 * 32], mb->gradients + AT_2_bias);
        conv2d_0_grad_weight(input(mb)[i][0], d_maxpool2d_1(mb)[i][0], maxpool2d_1_arg(mb)[i][0],
            mb->gradients + AT_0_weight, mb->gradients + AT_0_bias);
    }
}

/* For the whole batch, part mb->part of 8. */
static void conv2d_4_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_zero_learned(mb, 6400);

    conv2d_4_grad_weight(maxpool2d_3(mb)[0][0] + part / 4 * 16, &d_conv2d_4(mb)[0][2][2 * 64] + part % 4 * 16,
        gradients, conv2d_4_grad_weight_scratch(mb), mb->count);
    nc_learn_rows(mb, AT_4_weight + part / 4 * 1024 + part % 4 * 16, &(const struct nc_rows){.outer = 25,
        .outer_step = 2048, .inner = 16, .inner_step = 64}, 16);
}

/* For the whole batch, part mb->part of 32. */
static void linear_7_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_gradient(mb, AT_7_weight + part * 2048);

    linear_7_grad_weight(maxpool2d_5(mb)[0] + part % 16 * 64, d_linear_7(mb)[0] + part / 16 * 32, gradients, mb->count);
    nc_learn(mb, AT_7_weight + part * 2048, 2048);
}

/* For the whole batch. */
static void bias_7_grad_part(struct nc_microbatch *mb)
{
    float *gradients = nc_zero_gradient(mb, AT_7_bias, 64);

    bias_7_grad(d_linear_7(mb)[0], gradients, mb->count);
    nc_learn(mb, AT_7_bias, 64);
}

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    conv2d_0_maxpool2d_1_weights(weights + AT_0_weight, packed + AT_0_weight_winograd, part, parts);
    conv2d_2_maxpool2d_3_weights(weights + AT_2_weight, packed + AT_2_weight_winograd, part, parts);
    conv2d_4_maxpool2d_5_weights(weights + AT_4_weight, packed + AT_4_weight_winograd, part, parts);
}

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    linear_8_grad_input_weights(weights + AT_8_weight, packed + AT_8_weight_transposed, part, parts);
    conv2d_4_grad_input_weights(weights + AT_4_weight + 49152, packed + AT_4_weight_winograd_transposed, part, parts);
    conv2d_2_grad_input_weights(weights + AT_2_weight + 24576, packed + AT_2_weight_winograd_transposed, part, parts);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"0.weight", 4, {32, 3, 5, 5}, AT_0_weight, 2560, 4, {{32, 80}, {3, 1}, {5, 16}, {5, 3}}, .init = NC_INIT_UNIFORM,
     .low = -0.11547005383792512, .high = 0.11547005383792512},
    {"0.bias", 1, {32}, AT_0_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.11547005383792514,
     .high = 0.11547005383792514},
    {"2.weight", 4, {32, 32, 5, 5}, AT_2_weight, 25600, 4, {{32, 1}, {32, 32}, {5, 5120}, {5, 1024}},
     .init = NC_INIT_UNIFORM, .low = -0.03535533905932737, .high = 0.03535533905932737},
    {"2.bias", 1, {32}, AT_2_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.035355339059327376,
     .high = 0.035355339059327376},
    {"4.weight", 4, {64, 32, 5, 5}, AT_4_weight, 51200, 4, {{64, 1}, {32, 64}, {5, 10240}, {5, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.03535533905932737, .high = 0.03535533905932737},
    {"4.bias", 1, {64}, AT_4_bias, 64, 1, {{64, 1}}, .init = NC_INIT_UNIFORM, .low = -0.035355339059327376,
     .high = 0.035355339059327376},
    {"7.weight", 2, {64, 1024}, AT_7_weight, 65536, 5, {{2, 32768}, {32, 1}, {64, 32}, {4, 8192}, {4, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.031249999999999997, .high = 0.031249999999999997},
    {"7.bias", 1, {64}, AT_7_bias, 64, 1, {{64, 1}}, .init = NC_INIT_UNIFORM, .low = -0.03125, .high = 0.03125},
    {"8.weight", 2, {10, 64}, AT_8_weight, 1024, 2, {{10, 1}, {64, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.12499999999999999, .high = 0.12499999999999999},
    {"8.bias", 1, {10}, AT_8_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM, .low = -0.125, .high = 0.125},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 2, 6815744, 3888, 0, 1},
    {"0: Conv2d(3, 32, 5, 1, 2)", 3, 0, 12800, 0, 1},
    {"2: Conv2d(32, 32, 5, 1, 2)", 5, 5636096, 4608, 0, 1},
    {"4: Conv2d(32, 64, 5, 1, 2)", 7, 8335424, 1040, 0, 1},
    {"7: Linear(64*4*4, 64)", 10, 8601664, 64, 1, 1},
    {"8: Linear(64, 10)", 11, 1157632, 16, 2, 0},
};

#define TRAIN(function) .train = function
#define TEST(function) .test = function
#define ALWAYS(function) .train = function, .test = function

/* Between phases there are barriers: so many before each. `train` is called for a microbatch or a part, `test`
 * in evaluation. */
static const struct nc_phase phases[] = {
    {.barriers = 0, ALWAYS(forward_1)},
    {.barriers = 1, ALWAYS(linear_7_forward_part), .parts = 16},
    {.barriers = 2, .train = train, .test = test, .loss = 1},
    {.barriers = 3, TRAIN(linear_7_grad_input_part), .parts = 8},
    {.barriers = 4, TRAIN(backward_5)},
    {.barriers = 5, TRAIN(conv2d_4_grad_weight_part), .parts = 8, .learns = 1},
    {.barriers = 5, TRAIN(linear_7_grad_weight_part), .parts = 32, .learns = 1},
    {.barriers = 5, TRAIN(bias_7_grad_part), .parts = 1, .learns = 1},
};

static const struct nc_model model = {
    .name = "Shapely", .file = "shapes.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 10,
    .block = 146128, .sharded = 29328, .packed = 405280, .packed_forward = 205824,
    .workspace = 1157888,
    .microbatch = 4, .shard = 4, .batch = 64,
    .probes = probes, .probe_count = 6,
    .phases = phases, .phase_count = 8, .pack = pack, .pack_backward = pack_backward,
    .batch_bytes = 9080896, .capacity = 64, .learned = 6400,
    .output = {.offset = 1157632, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_shapes(run, "train_data", 1, "class", 32, 3);
    nc_to_tensor(train_data);
    nc_train_data(run, train_data, 64, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_shapes(run, "test_data", 0, "class", 32, 3);
    nc_to_tensor(test_data);
    nc_test_data(run, test_data, 64, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.01, 0.9, 0, 0, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_clip_norm(run, 4);
    nc_epochs(run, 10);
    nc_log(run, "logs_shapes", 100);
    nc_save(run, "shapes_{epoch}.pth");
    return nc_train(run);
}

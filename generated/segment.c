/* Segment: a trainer for the model of segment.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *     4  0: Conv2d(3, 16, 3, padding=1)                   16x32x32           448
 *     4  1: BatchNorm2d(_)                                16x32x32            32
 *     4  2: ReLU()                                        16x32x32             0
 *     6  3: MaxPool2d(2)                                  16x16x16             0
 *     7  4: Conv2d(16, 32, 3, padding=1)                  32x16x16          4640
 *     7  5: BatchNorm2d(_)                                32x16x16            64
 *     7  6: ReLU()                                        32x16x16             0
 *     9  7: MaxPool2d(2)                                  32x8x8               0
 *    10  8: Conv2d(32, 64, 3, padding=1)                  64x8x8           18496
 *    10  9: BatchNorm2d(_)                                64x8x8             128
 *    10  10: ReLU()                                       64x8x8               0
 *    11  11: ConvTranspose2d(64, 32, 2, stride=2)         32x16x16          8224
 *     8  residual: residual                               32x16x16             0
 *    13  12: Conv2d(32, 32, 3, padding=1)                 32x16x16          9248
 *    13  13: BatchNorm2d(_)                               32x16x16            64
 *    13  14: ReLU()                                       32x16x16             0
 *    14  15: ConvTranspose2d(32, 16, 2, stride=2)         16x32x32          2064
 *     5  residual: residual                               16x32x32             0
 *    16  16: Conv2d(16, 16, 3, padding=1)                 16x32x32          2320
 *    16  17: BatchNorm2d(_)                               16x32x32            32
 *    16  18: ReLU()                                       16x32x32             0
 *    17  19: Conv2d(16, 11, 1)                            11x32x32           187
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 2126144 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"
#include "winograd.h"

/* Where the parameters of a batch norm start: those that learn, and those that are kept. */
#define AT_NORM(layer, learned, kept, floats) \
    AT_##layer##_weight = learned, AT_##layer##_bias = learned + floats, \
    AT_##layer##_running_mean = kept, AT_##layer##_running_var = kept + floats, \
    AT_##layer##_num_batches_tracked = kept + 2 * floats

/* Where each parameter starts, in floats. */
enum {
    AT_0_weight = 0, AT_0_bias = 432, AT_4_weight = 480, AT_4_bias = 5088, AT_8_weight = 5184, AT_8_bias = 23616,
    AT_11_weight = 23808, AT_11_bias = 32000, AT_12_weight = 32032, AT_12_bias = 41248, AT_15_weight = 41344,
    AT_15_bias = 43392, AT_16_weight = 43408, AT_16_bias = 45712, AT_19_weight = 45760, AT_19_bias = 46016, AT_NORM(1,
    448, 46032, 16), AT_NORM(5, 5120, 46080, 32), AT_NORM(9, 23680, 46160, 64), AT_NORM(13, 41280, 46304, 32),
    AT_NORM(17, 45728, 46384, 16)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_4_weight_winograd = 0, AT_8_weight_winograd = 19008, AT_11_weight_transposed_residue_0_0 = 93312,
    AT_11_weight_transposed_residue_0_1 = 95360, AT_11_weight_transposed_residue_1_0 = 97408,
    AT_11_weight_transposed_residue_1_1 = 99456, AT_12_weight_winograd = 101504,
    AT_15_weight_transposed_residue_0_0 = 138944, AT_15_weight_transposed_residue_0_1 = 139456,
    AT_15_weight_transposed_residue_1_0 = 139968, AT_15_weight_transposed_residue_1_1 = 140480,
    AT_16_weight_winograd = 140992, AT_19_weight_transposed = 151424, AT_16_weight_winograd_transposed = 151600,
    AT_12_weight_winograd_transposed = 161392, AT_11_weight_dense = 198832, AT_8_weight_winograd_transposed = 209072,
    AT_4_weight_winograd_transposed = 283376
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_1_statistics = 150784, AT_batchnorm2d_5_statistics = 150848, AT_batchnorm2d_9_statistics = 150976,
    AT_batchnorm2d_13_statistics = 151232, AT_batchnorm2d_17_statistics = 151360
};

/* CrossEntropyLoss  (line 27) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100, .places = 1024};

/* the input  (line 3)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 3; k++)
                x[r * 102 + c * 3 + k] = pixel[k * 256 + sample[(k * 32 + r) * 32 + c]];
}

/* y[o] = b[o] + sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size { long act, norm_row; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { ROWS = TILE(3, 2, 2), COLS = TILE(4, 3, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < 32; r = tile_next(r, ROWS, 32))
            for (long c = 0; c < 32; c = tile_next(c, COLS, 32)) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 3; a++) {
                    const float *xt = from_here(x + (r + a) * 102 + c * 3);
                    SEVERAL for (long j = 0; j < 9; j++, xt++, wo += 16) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 102 + n * 3);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    sum += vec_load(bias + o + v * VL);
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(y + (r + m) * 512 + (c + n) * 16 + o + v * VL, sum);
                }
            }
}

#define DEFINE_CONV(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv(x, w, bias, y, (struct conv_size){__VA_ARGS__}); }

/* 0: Conv2d(3, 16, 3, padding=1)  (line 4) */
DEFINE_CONV(conv2d_0_forward, 0)

/* of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
struct moments_size { long rows, cols, channels; };
NC_INLINE void any_moments(const float *x, float *m, const struct moments_size size)
{
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL, vec_load(x + size.rows / 2 * 512 + size.cols / 2 * size.channels + k + v * VL));
            vec_store(m + size.channels + k + v * VL, vec_zero());
            vec_store(m + 2 * size.channels + k + v * VL, vec_zero());
        }
    for (long r = 0; r < size.rows; r++)
        for (long k = 0; k < size.channels; k += 16) {
            vec p[16 / VL];
            EACH(v, 16 / VL)
                p[v] = vec_load(m + k + v * VL);
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long c = 0; c < size.cols; c++) {
                prefetch_second(x + (r + 1) * 512 + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec d = vec_load(x + r * 512 + c * size.channels + k + v * VL) - p[v];
                    row_sum[v] += d;
                    row_squares[v] = vec_fma(d, d, row_squares[v]);
                }
            }
            EACH(v, 16 / VL) {
                vec_store(m + size.channels + k + v * VL, vec_load(m + size.channels + k + v * VL) + row_sum[v]);
                vec_store(m + 2 * size.channels + k + v * VL,
                    vec_load(m + 2 * size.channels + k + v * VL) + row_squares[v]);
            }
        }
}

#define DEFINE_MOMENTS(name, ...) static void name(const float *x, float *m) \
    { any_moments(x, m, (struct moments_size){__VA_ARGS__}); }

/* 1 (line 4), 17 (line 16) */
DEFINE_MOMENTS(batchnorm2d_moments_forward, .rows = 32, .cols = 32, .channels = 16)

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct norm_size { long rows, cols, channels; };
NC_INLINE void any_norm(const float *x, const float *stats, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * 512 + c * size.channels + k), vec_load(stats + 2 * size.channels + k),
                    vec_load(stats + 3 * size.channels + k));
                a = vec_relu(a);
                vec_store(y + r * 512 + c * size.channels + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, y, (struct norm_size){__VA_ARGS__}); }

/* 1 (line 4), 17 (line 16) */
DEFINE_NORM(batchnorm2d_forward, .rows = 32, .cols = 32, .channels = 16)

/* y = max over the window; second output: which element it was, first one on a tie */
struct max_pool_size { long rows, cols, channels, y_row; };
NC_INLINE void any_max_pool(const float *x, float *y, unsigned short *arg, const struct max_pool_size size)
{
    for (long r = 0; r < size.rows; r++) {
        const long top = r * 2;
        for (long c = 0; c < size.cols; c++) {
            const long left = c * 2;
            for (long k = 0; k < size.channels; k += VL) {
                vec best = vec_all(-__builtin_inff());
                ivec at = ivec_all(0);
                for (long ky = 0; ky < 2; ky++)
                    for (long kx = 0; kx < 2; kx++)
                        vec_take_max(vec_load(x + (top + ky) * 512 + (left + kx) * size.channels + k), ky * 2 + kx,
                            &best, &at);
                vec_store(y + r * size.y_row + c * size.channels + k, best);
                ivec_store_shorts(arg + r * 256 + c * size.channels + k, at);
            }
        }
    }
}

#define DEFINE_MAX_POOL(name, ...) static void name(const float *x, float *y, unsigned short *arg) \
    { any_max_pool(x, y, arg, (struct max_pool_size){__VA_ARGS__}); }

/* 3: MaxPool2d(2)  (line 6) */
DEFINE_MAX_POOL(maxpool2d_3_forward, .rows = 16, .cols = 16, .channels = 16, .y_row = 288)

/* y[o] = b[o] + sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size { long rows, cols, ins, outs, x_row, y_row, block, has_bias, norm_row, x_image, act; };
NC_INLINE void any_winograd3(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = size.ins, .outs = size.outs, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, size.outs);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < size.outs; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * size.outs + k, plane, sums, 3);
                float *to = y + r * size.y_row + c * size.outs + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                    vec sum = sums[m][n];
                    if (size.has_bias)
                        sum += vec_load(bias + k);
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + k),
                            vec_load(bias + 3 * size.norm_row + k));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(to + m * size.y_row + n * size.outs, sum);
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3(x, u, bias, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* 4: Conv2d(16, 32, 3, padding=1)  (line 7) */
DEFINE_WINOGRAD3(conv2d_4_forward, .rows = 16, .cols = 16, .ins = 16, .outs = 32, .x_row = 288, .y_row = 512,
    .block = 16, .has_bias = 1, .x_image = 5184)

/* 5 (line 7), 13 (line 13) */
DEFINE_MOMENTS(batchnorm2d_moments_forward_2, .rows = 16, .cols = 16, .channels = 32)

/* 5 (line 7), 13 (line 13) */
DEFINE_NORM(batchnorm2d_forward_2, .rows = 16, .cols = 16, .channels = 32)

/* 7: MaxPool2d(2)  (line 9) */
DEFINE_MAX_POOL(maxpool2d_7_forward, .rows = 8, .cols = 8, .channels = 32, .y_row = 320)

/* y[o] = b[o] + sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_2 { long norm_row, act; };
NC_INLINE void any_winograd3_2(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = 8, .cols = 8, .x_col = 0,
        .ins = 32, .outs = 64, .x_image = 3200, .x_row = 320, .block = 4,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 4) {
        const long in_block = least(4, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 32, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 512 + c * 64 + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                        vec sum = sums[m][n];
                        sum += vec_load(bias + o + k);
                        if (size.norm_row)
                            sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + k),
                                vec_load(bias + 3 * size.norm_row + o + k));
                        if (size.act)
                            sum = vec_relu(sum);
                        vec_store(to + m * 512 + n * 64, sum);
                    }
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3_2(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3_2(x, u, bias, y, scratch, (struct winograd3_size_2){__VA_ARGS__}); }

/* 8: Conv2d(32, 64, 3, padding=1)  (line 10) */
DEFINE_WINOGRAD3_2(conv2d_8_forward, 0)

/* 9: BatchNorm2d(_)  (line 10) */
DEFINE_MOMENTS(batchnorm2d_9_moments_forward, .rows = 8, .cols = 8, .channels = 64)

/* 9: BatchNorm2d(_), ReLU()  (line 10) */
DEFINE_NORM(batchnorm2d_9_forward, .rows = 8, .cols = 8, .channels = 64)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11)
 * y[i] = b[i] + sum x[o] * w[o][i], where a CONV2D from y to x has them; inputs x, w, b */
static void convtranspose2d_11_residue_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 8; r += ROWS)
            for (long c = 0; c < 8; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 512 + c * 64);
                SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * 512 + n * 64);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    sum += vec_load(bias + o + v * VL);
                    vec_store(y + (r + m) * 1024 + (c + n) * 64 + o + v * VL, sum);
                }
            }
}

/* residual: residual  (line 8)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void residual_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 576 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* 12: Conv2d(32, 32, 3, padding=1)  (line 13) */
DEFINE_WINOGRAD3(conv2d_12_forward, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .has_bias = 1, .x_image = 10368)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14)
 * y[i] = b[i] + sum x[o] * w[o][i], where a CONV2D from y to x has them; inputs x, w, b */
static void convtranspose2d_15_residue_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < 16; r += ROWS)
            for (long c = 0; c < 16; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 512 + c * 32);
                SEVERAL for (long j = 0; j < 32; j++, xt++, wo += 16) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * 512 + n * 32);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    sum += vec_load(bias + o + v * VL);
                    vec_store(y + (r + m) * 1024 + (c + n) * 32 + o + v * VL, sum);
                }
            }
}

/* residual: residual  (line 5)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void residual_residual_2_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 544 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* 16: Conv2d(16, 16, 3, padding=1)  (line 16) */
DEFINE_WINOGRAD3(conv2d_16_forward, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .has_bias = 1, .x_image = 18496)

/* y[o] = b[o] + sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct conv_size_2 { long run, has_bias; };
NC_INLINE void any_conv_2(const float *x, const float *w, const float *bias, float *y, const struct conv_size_2 size)
{
    enum { COLS = TILE(9, 6, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long c = 0; c < 1024; c = tile_next(c, COLS, 1024)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 16);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 16) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 16);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS) {
                vec sum = acc[n][v];
                if (size.has_bias)
                    sum += vec_load(bias + o + v * VL);
                vec_store(y + (c + n) * 16 + o + v * VL, sum);
            }
        }
}

/* 19: Conv2d(16, 11, 1)  (line 17) */
static void conv2d_19_forward(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_2(x, w, bias, y, (struct conv_size_2){.run = 16, .has_bias = 1});
}

/* the loss  (line 27)
 * y = x in another shape, elements in C order: an image as a row or a sequence, or back */
static void output_forward(const float *x, float *flat)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 11; k++)
                flat[(k * 32 + r) * 32 + c] = x[r * 512 + c * 16 + k];
}

/* the loss  (line 27)
 * dx = dy, in the shape of x */
static void flatten__grad(const float *dy, float *dx)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 11; k++)
                dx[r * 512 + c * 16 + k] = dy[(k * 32 + r) * 32 + c];
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 11; k < 16; k++)
                dx[r * 512 + c * 16 + k] = 0;
}

/* 19: Conv2d(16, 11, 1)  (line 17) */
static void conv2d_19_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv_2(dy, w, 0, dx, (struct conv_size_2){.run = 11});
}

/* dx = dy where y > 0, else 0; inputs dy, y
 * of each channel of a sample the sums of dy and dy * (x - mean) / sqrt(var + eps) */
struct norm_sums_size { long rows, cols, channels; };
NC_INLINE void any_norm_sums(const float *dy, const float *x, const float *stats, float *sums,
        const struct norm_sums_size size)
{
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL) {
            vec_store(sums + k + v * VL, vec_zero());
            vec_store(sums + size.channels + k + v * VL, vec_zero());
        }
    for (long r = 0; r < size.rows; r++)
        for (long k = 0; k < size.channels; k += 16) {
            vec mean[16 / VL], factor[16 / VL], summand[16 / VL];
            EACH(v, 16 / VL) {
                mean[v] = vec_load(stats + k + v * VL);
                factor[v] = vec_load(stats + 2 * size.channels + k + v * VL);
                summand[v] = vec_load(stats + 3 * size.channels + k + v * VL);
            }
            vec row_sum[16 / VL] = {{0}}, row_products[16 / VL] = {{0}};
            for (long c = 0; c < size.cols; c++) {
                prefetch_second(x + (r + 1) * 512 + c * size.channels + k, 16);
                prefetch_second(dy + (r + 1) * 512 + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec a = vec_load(x + r * 512 + c * size.channels + k + v * VL);
                    vec s = vec_load(dy + r * 512 + c * size.channels + k + v * VL);
                    s = vec_relu_grad(s, vec_fma(a, factor[v], summand[v]));
                    row_sum[v] += s;
                    row_products[v] = vec_fma(s, a - mean[v], row_products[v]);
                }
            }
            EACH(v, 16 / VL) {
                vec_store(sums + k + v * VL, vec_load(sums + k + v * VL) + row_sum[v]);
                vec_store(sums + size.channels + k + v * VL,
                    vec_load(sums + size.channels + k + v * VL) + row_products[v]);
            }
        }
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL)
            vec_store(sums + size.channels + k + v * VL,
                vec_load(sums + size.channels + k + v * VL) * vec_load(stats + size.channels + k + v * VL));
}

#define DEFINE_NORM_SUMS(name, ...) static void name(const float *dy, const float *x, const float *stats, float *sums) \
    { any_norm_sums(dy, x, stats, sums, (struct norm_sums_size){__VA_ARGS__}); }

/* 18 (line 16), 2 (line 4) */
DEFINE_NORM_SUMS(norm_grad_sums, .rows = 32, .cols = 32, .channels = 16)

/* 19: Conv2d(16, 11, 1)  (line 17)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_19_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long top = 0; top < 32; top += 4)
            for (long j = 0; j < 16; j += COLS) {
                float *gt = dw + j * 16 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 16 + v * VL);
                for (long r = top; r < top + 4; r++) {
                    const float *xr = from_here(x + r * 512 + j);
                    const float *dr = dy + r * 512 + o;
                    SEVERAL for (long c = 0; c < 32; c++, xr += 16, dr += 16) {
                        vec dv[VECS];
                        EACH(v, VECS)
                            dv[v] = vec_load_once(dr + v * VL);
                        EACH(n, COLS) {
                            const vec input = vec_all_of(xr + n);
                            EACH(v, VECS)
                                acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                        }
                    }
                }
                EACH(n, COLS) EACH(v, VECS)
                    vec_store(gt + n * 16 + v * VL, acc[n][v]);
            }
}

/* db from dy, summed over samples and positions */
struct grad_bias_size { long d_row; };
NC_INLINE void any_grad_bias(const float *dy, float *db, const struct grad_bias_size size)
{
    vec sum[16 / VL];
    EACH(v, 16 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            EACH(v, 16 / VL)
                sum[v] += vec_load(dy + r * size.d_row + c * 16 + v * VL);
    EACH(v, 16 / VL)
        vec_store(db + v * VL, sum[v]);
}

#define DEFINE_GRAD_BIAS(name, ...) static void name(const float *dy, float *db) \
    { any_grad_bias(dy, db, (struct grad_bias_size){__VA_ARGS__}); }

/* 19 (line 17), 15 (line 14), 0 (line 4) */
DEFINE_GRAD_BIAS(bias_grad, .d_row = 512)

/* 17 (line 16), 1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_17_grad_weight_to_1_grad_bias(const float *sums, float *dw)
{
    for (long o = 0; o < 16; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* dx = dy where y > 0, else 0; inputs dy, y
 * dx of NORM from dy, x, the statistics and their gradient */
struct norm_grad_size { long rows, cols, channels, dx_row; };
NC_INLINE void any_norm_grad(const float *dy, const float *x, const float *stats, const float *dstats, float *dx,
        const struct norm_grad_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec a = vec_load(x + r * 512 + c * size.channels + k),
                    factor = vec_load(stats + 2 * size.channels + k);
                vec s = vec_load(dy + r * 512 + c * size.channels + k);
                s = vec_relu_grad(s, vec_fma(a, factor, vec_load(stats + 3 * size.channels + k)));
                const vec rest = vec_fma(vec_load(dstats + k), a - vec_load(stats + k),
                    vec_load(dstats + size.channels + k));
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_fma(factor, s, rest));
            }
}

#define DEFINE_NORM_GRAD(name, ...) \
    static void name(const float *dy, const float *x, const float *stats, const float *dstats, float *dx) \
    { any_norm_grad(dy, x, stats, dstats, dx, (struct norm_grad_size){__VA_ARGS__}); }

/* 18: ReLU(), BatchNorm2d(_)  (line 16) */
DEFINE_NORM_GRAD(norm_17_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 544)

#define DEFINE_WINOGRAD3B(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3(dy, u, 0, dx, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* 16: Conv2d(16, 16, 3, padding=1)  (line 16) */
DEFINE_WINOGRAD3B(conv2d_16_grad_input, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

/* dw of CONV2D from dy, x, summed over the samples */
struct winograd3_grad_weight_size { long rows, cols, ins, outs, x_row, d_row, block, g_tap, x_image, d_image; };
NC_INLINE void any_winograd3_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count,
        const struct winograd3_grad_weight_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = size.rows, .cols = size.cols,
        .ins = size.ins, .outs = size.outs, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const struct winograd_gradient gradient = {
        .d_image = size.d_image, .d_row = size.d_row, .d_col = size.outs, .g_tap = size.g_tap, .g_in = size.outs,
            .g_ins = size.ins,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

#define DEFINE_WINOGRAD3_GRAD_WEIGHT(name, ...) \
    static void name(const float *x, const float *dy, float *dw, float *scratch, int count) \
    { any_winograd3_grad_weight(x, dy, dw, scratch, count, (struct winograd3_grad_weight_size){__VA_ARGS__}); }

/* 16: Conv2d(16, 16, 3, padding=1)  (line 16) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_16_grad_weight, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544,
    .d_row = 544, .block = 52, .g_tap = 256, .x_image = 18496, .d_image = 18496)

/* 16: Conv2d(16, 16, 3, padding=1)  (line 16) */
DEFINE_GRAD_BIAS(bias_16_grad, .d_row = 544)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14)
 * y[o] = sum x[i] * w[o][i] */
static void convtranspose2d_15_grad_input(const float *x, const float *w, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 16; r += ROWS)
            for (long c = 0; c < 16; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 2; a++) {
                    const float *xt = from_here(x + r * 1024 + a * 512 + c * 32);
                    SEVERAL for (long j = 0; j < 32; j++, xt++, wo += 32) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 1024 + n * 32);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(y + (r + m) * 512 + (c + n) * 32 + o + v * VL, acc[m][n][v]);
            }
}

/* 14 (line 13), 6 (line 7) */
DEFINE_NORM_SUMS(norm_grad_sums_2, .rows = 16, .cols = 16, .channels = 32)

/* 13: BatchNorm2d(_), ReLU()  (line 13) */
DEFINE_NORM(norm_13_again, .rows = 16, .cols = 16, .channels = 32)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_15_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long top = 0; top < 16; top += 8) {
            vec near[128][VECS], (*to)[VECS] = near;
            for (long r = top; r < top + 8; r++)
                for (long c = 0; c < 16; c++) {
                    EACH(v, VECS)
                        (*to)[v] = vec_load(dy + r * 512 + o + c * 32 + v * VL);
                    to++;
                }
            for (long a = 0; a < 2; a++)
                for (long j = 0; j < 32; j += COLS) {
                    float *gt = dw + (a * 32 + j) * 32 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = vec_load(gt + n * 32 + v * VL);
                    const float *dr = (const float *)near;
                    for (long r = top; r < top + 8; r++) {
                        const float *xr = from_here(x + r * 1024 + a * 512 + j);
                        SEVERAL for (long c = 0; c < 16; c++, xr += 32, dr += VECS * VL) {
                            vec dv[VECS];
                            EACH(v, VECS)
                                dv[v] = vec_load_once(dr + v * VL);
                            EACH(n, COLS) {
                                const vec input = vec_all_of(xr + n);
                                EACH(v, VECS)
                                    acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                            }
                        }
                    }
                    EACH(n, COLS) EACH(v, VECS)
                        vec_store(gt + n * 32 + v * VL, acc[n][v]);
                }
        }
}

/* 13 (line 13), 5 (line 7)
 * dw of NORM from the sums, over the samples */
static void norm_13_grad_weight_to_5_grad_bias(const float *sums, float *dw)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* 14 (line 13), 6 (line 7) */
DEFINE_NORM_GRAD(norm_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 576)

/* 12: Conv2d(32, 32, 3, padding=1)  (line 13) */
DEFINE_WINOGRAD3B(conv2d_12_grad_input, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* 12: Conv2d(32, 32, 3, padding=1)  (line 13) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_12_grad_weight, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576,
    .d_row = 576, .block = 32, .g_tap = 1024, .x_image = 10368, .d_image = 10368)

/* db from dy, summed over samples and positions */
struct grad_bias_size_2 { long d_row; };
NC_INLINE void any_grad_bias_2(const float *dy, float *db, const struct grad_bias_size_2 size)
{
    vec sum[32 / VL];
    EACH(v, 32 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long r = 0; r < 16; r++)
        for (long c = 0; c < 16; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + r * size.d_row + c * 32 + v * VL);
    EACH(v, 32 / VL)
        vec_store(db + v * VL, sum[v]);
}

#define DEFINE_GRAD_BIAS_2(name, ...) static void name(const float *dy, float *db) \
    { any_grad_bias_2(dy, db, (struct grad_bias_size_2){__VA_ARGS__}); }

/* 12 (line 13), 4 (line 7) */
DEFINE_GRAD_BIAS_2(bias_grad_2, .d_row = 576)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11)
 * y[o] = sum x[i] * w[o][i] */
static void convtranspose2d_11_grad_input(const float *x, const float *w, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec near[128][VECS];
        for (long j = 0; j < 128; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 80 + v * VL);
        long ahead = 0;
        for (long r = 0; r < 8; r += ROWS)
            for (long c = 0; c < 8; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                if (ahead < 128) {
                    prefetch_rows(w + o + VECS * VL + ahead * 80, 8, 80, VECS * VL);
                    ahead += 8;
                }
                const float *wo = (const float *)near;
                for (long a = 0; a < 2; a++) {
                    const float *xt = from_here(x + r * 1024 + a * 512 + c * 64);
                    SEVERAL for (long j = 0; j < 64; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 1024 + n * 64);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(y + (r + m) * 512 + (c + n) * 64 + o + v * VL, acc[m][n][v]);
            }
    }
}

/* 10: ReLU(), BatchNorm2d(_)  (line 10) */
DEFINE_NORM_SUMS(norm_9_grad_sums, .rows = 8, .cols = 8, .channels = 64)

/* 9: BatchNorm2d(_), ReLU()  (line 10) */
DEFINE_NORM(norm_9_again, .rows = 8, .cols = 8, .channels = 64)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_11_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    enum { PANELS = 64 / COLS };
    long pixels;
    vec near[64 / (VECS * VL)][128][VECS];
    pixels = 0;
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++) {
            const float *dp = dy + r * 512 + c * 64;
            for (long o = 0; o < 64; o += VECS * VL)
                EACH(v, VECS)
                    near[o / (VECS * VL)][pixels][v] = vec_load(dp + o + v * VL);
            pixels++;
        }
    for (long a = 0; a < 2; a++) {
        float panels[PANELS][128 * COLS + 16];
        pixels = 0;
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++) {
                const float *xp = x + r * 1024 + a * 512 + c * 64;
                for (long t = 0; t < 64 / COLS; t++)
                    __builtin_memcpy(panels[t] + pixels * COLS, xp + t * COLS, sizeof(float[COLS]));
                pixels++;
            }
        for (long o = 0; o < 64; o += VECS * VL)
            for (long t = 0; t < 64 / COLS; t++) {
                const long j = t * COLS;
                float *gt = dw + (a * 64 + j) * 64 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 64 + v * VL);
                const float *xr = from_here(panels[t]), *dr = (const float *)near[o / (VECS * VL)];
                SEVERAL for (long p = 0; p < pixels; p++, xr += COLS, dr += VECS * VL) {
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
                    vec_store(gt + n * 64 + v * VL, acc[n][v]);
            }
    }
}

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11) */
DEFINE_GRAD_BIAS_2(bias_11_grad, .d_row = 512)

/* 9: BatchNorm2d(_)  (line 10)
 * dw of NORM from the sums, over the samples */
static void norm_9_grad_2(const float *sums, float *dw)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* 10: ReLU(), BatchNorm2d(_)  (line 10) */
DEFINE_NORM_GRAD(norm_9_grad, .rows = 8, .cols = 8, .channels = 64, .dx_row = 640)

/* 8: Conv2d(32, 64, 3, padding=1)  (line 10) */
DEFINE_WINOGRAD3B(conv2d_8_grad_input, .rows = 8, .cols = 8, .ins = 64, .outs = 32, .x_row = 640, .y_row = 256,
    .block = 4, .x_image = 6400)

/* 8: Conv2d(32, 64, 3, padding=1)  (line 10) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_8_grad_weight, .rows = 8, .cols = 8, .ins = 32, .outs = 64, .x_row = 320,
    .d_row = 640, .block = 16, .g_tap = 2048, .x_image = 3200, .d_image = 6400)

/* 8: Conv2d(32, 64, 3, padding=1)  (line 10)
 * db from dy, summed over samples and positions */
static void bias_8_grad(const float *dy, float *db)
{
    for (long o = 0; o < 64; o += 32) {
        vec sum[32 / VL];
        EACH(v, 32 / VL)
            sum[v] = vec_load(db + o + v * VL);
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++)
                EACH(v, 32 / VL)
                    sum[v] += vec_load(dy + r * 640 + c * 64 + o + v * VL);
        EACH(v, 32 / VL)
            vec_store(db + o + v * VL, sum[v]);
    }
}

/* dx from dy and the argmax */
struct max_pool_grad_size { long rows, cols, channels, in_rows, in_cols; };
NC_INLINE void any_max_pool_grad(const float *dy, const unsigned short *arg, float *dx,
        const struct max_pool_grad_size size)
{
    for (long r = 0; r < size.in_rows; r++)
        for (long c = 0; c < size.in_cols; c++)
            for (long k = 0; k < size.channels; k += VL)
                vec_store(dx + r * 512 + c * size.channels + k, vec_zero());
    for (long r = 0; r < size.rows; r++) {
        const long top = r * 2;
        for (long c = 0; c < size.cols; c++) {
            const long left = c * 2;
            for (long k = 0; k < size.channels; k += VL) {
                const vec gradient = vec_load(dy + r * 256 + c * size.channels + k);
                const ivec at = ivec_load_shorts(arg + r * 256 + c * size.channels + k);
                for (long ky = 0; ky < 2; ky++)
                    for (long kx = 0; kx < 2; kx++) {
                        float *to = dx + (top + ky) * 512 + (left + kx) * size.channels + k;
                        vec_store(to, vec_load(to) + vec_where(gradient, at, ky * 2 + kx));
                    }
            }
        }
    }
}

#define DEFINE_MAX_POOL_GRAD(name, ...) static void name(const float *dy, const unsigned short *arg, float *dx) \
    { any_max_pool_grad(dy, arg, dx, (struct max_pool_grad_size){__VA_ARGS__}); }

/* 7: MaxPool2d(2)  (line 9) */
DEFINE_MAX_POOL_GRAD(maxpool2d_7_grad, .rows = 8, .cols = 8, .channels = 32, .in_rows = 16, .in_cols = 16)

/* 7: MaxPool2d(2)  (line 9)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_7_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* 4: Conv2d(16, 32, 3, padding=1)  (line 7) */
DEFINE_WINOGRAD3B(conv2d_4_grad_input, .rows = 16, .cols = 16, .ins = 32, .outs = 16, .x_row = 576, .y_row = 256,
    .block = 16, .x_image = 10368)

/* 4: Conv2d(16, 32, 3, padding=1)  (line 7) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_4_grad_weight, .rows = 16, .cols = 16, .ins = 16, .outs = 32, .x_row = 288,
    .d_row = 576, .block = 32, .g_tap = 512, .x_image = 5184, .d_image = 10368)

/* 3: MaxPool2d(2)  (line 6) */
DEFINE_MAX_POOL_GRAD(maxpool2d_3_grad, .rows = 16, .cols = 16, .channels = 16, .in_rows = 32, .in_cols = 32)

/* 3: MaxPool2d(2)  (line 6)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_3_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* 2: ReLU(), BatchNorm2d(_)  (line 4) */
DEFINE_NORM_GRAD(norm_1_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 512)

/* 0: Conv2d(3, 16, 3, padding=1)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_0_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(9, 5, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long top = 0; top < 32; top += 4)
            for (long a = 0; a < 3; a++)
                for (long start = 0; start < 9; start += COLS) {
                    const long j = least(start, 9 - COLS);
                    float *gt = dw + (a * 9 + j) * 16 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = vec_load(gt + n * 16 + v * VL);
                    for (long r = top; r < top + 4; r++) {
                        const float *xr = from_here(x + (r + a) * 102 + j);
                        const float *dr = dy + r * 512 + o;
                        SEVERAL for (long c = 0; c < 32; c++, xr += 3, dr += 16) {
                            vec dv[VECS];
                            EACH(v, VECS)
                                dv[v] = vec_load_once(dr + v * VL);
                            EACH(n, COLS) {
                                const vec input = vec_all_of(xr + n);
                                EACH(v, VECS)
                                    acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                            }
                        }
                    }
                    EACH(n, COLS)
                        if (j + n >= start)
                            EACH(v, VECS)
                                vec_store(gt + n * 16 + v * VL, acc[n][v]);
                }
}

/* the weights as the layer reads them
 * transformed for Winograd's convolution
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct winograd_weights3_size { long ins, outs, w_tap_y, w_tap_x, w_in, w_out; };
NC_INLINE void any_winograd_weights3(const float *w, float *u, int part, int parts,
        const struct winograd_weights3_size size)
{
    const struct winograd_filter filter = {
        .ins = size.ins, .outs = size.outs, .tap_y = size.w_tap_y, .tap_x = size.w_tap_x,
        .in = size.w_in, .out = size.w_out, .u_ins = size.ins, .u_outs = size.outs,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

#define DEFINE_WINOGRAD_WEIGHTS3(name, ...) static void name(const float *w, float *u, int part, int parts) \
    { any_winograd_weights3(w, u, part, parts, (struct winograd_weights3_size){__VA_ARGS__}); }

/* 4: Conv2d(16, 32, 3, padding=1)  (line 7) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_4_weights, .ins = 16, .outs = 32, .w_tap_y = 1536, .w_tap_x = 512, .w_in = 32,
    .w_out = 1)

/* 8: Conv2d(32, 64, 3, padding=1)  (line 10) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_8_weights, .ins = 32, .outs = 64, .w_tap_y = 6144, .w_tap_x = 2048, .w_in = 64,
    .w_out = 1)

/* the weights as the layer reads them: outputs and inputs swapped, taps reversed */
struct transpose_size { long run, ins, w_tap_y, w_tap_x, first_y, first_x; };
NC_INLINE void any_transpose(const float *w, float *t, int part, int parts, const struct transpose_size size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = in_tap * part / parts, end = in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w + size.first_y * size.w_tap_y + size.first_x * size.w_tap_x;
        float *tr = t + q * size.ins;
        for (long i = 0; i < size.ins; i += 16)
            turn_block(wt + i * size.run + q, size.run, tr + i, size.ins);
    }
}

#define DEFINE_TRANSPOSE(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose(w, t, part, parts, (struct transpose_size){__VA_ARGS__}); }

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11) */
DEFINE_TRANSPOSE(convtranspose2d_11_residue_0_0_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11) */
DEFINE_TRANSPOSE(convtranspose2d_11_residue_0_1_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048,
    .first_x = 1)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11) */
DEFINE_TRANSPOSE(convtranspose2d_11_residue_1_0_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048,
    .first_y = 1)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11) */
DEFINE_TRANSPOSE(convtranspose2d_11_residue_1_1_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048,
    .first_y = 1, .first_x = 1)

/* 12: Conv2d(32, 32, 3, padding=1)  (line 13) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_12_weights, .ins = 32, .outs = 32, .w_tap_y = 3072, .w_tap_x = 1024, .w_in = 32,
    .w_out = 1)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14) */
DEFINE_TRANSPOSE(convtranspose2d_15_residue_0_0_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14) */
DEFINE_TRANSPOSE(convtranspose2d_15_residue_0_1_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512,
    .first_x = 1)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14) */
DEFINE_TRANSPOSE(convtranspose2d_15_residue_1_0_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512,
    .first_y = 1)

/* 15: ConvTranspose2d(32, 16, 2, stride=2)  (line 14) */
DEFINE_TRANSPOSE(convtranspose2d_15_residue_1_1_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512,
    .first_y = 1, .first_x = 1)

/* 16: Conv2d(16, 16, 3, padding=1)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_16_weights, .ins = 16, .outs = 16, .w_tap_y = 768, .w_tap_x = 256, .w_in = 16,
    .w_out = 1)

/* 19: Conv2d(16, 11, 1)  (line 17)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_19_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 11 * 16;
        for (long i = 0; i < 16; i += 16)
            for (long n = 0; n < 11; n++)
                for (long m = i; m < 16; m++)
                    tr[n * 16 + m] = wt[m * 16 + n];
    }
}

/* 16: Conv2d(16, 16, 3, padding=1)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_16_grad_input_weights, .ins = 16, .outs = 16, .w_tap_y = -768, .w_tap_x = -256,
    .w_in = 1, .w_out = 16)

/* 12: Conv2d(32, 32, 3, padding=1)  (line 13) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_12_grad_input_weights, .ins = 32, .outs = 32, .w_tap_y = -3072, .w_tap_x = -1024,
    .w_in = 1, .w_out = 32)

/* 11: ConvTranspose2d(64, 32, 2, stride=2)  (line 11)
 * the weights as the gradient of its input reads them */
static void convtranspose2d_11_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 8 * part / parts, end = 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const long a = tap / 2, b = tap % 2;
        const float *wt = w + a * 4096 + b * 2048;
        float *tr = t + (tap * 32 + q) * 80;
        for (long i = 0; i < 64; i += 16)
            copy_block(wt + i + q * 64, 64, tr + i, 80);
    }
}

/* 8: Conv2d(32, 64, 3, padding=1)  (line 10) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_8_grad_input_weights, .ins = 64, .outs = 32, .w_tap_y = -6144, .w_tap_x = -2048,
    .w_in = 1, .w_out = 64)

/* 4: Conv2d(16, 32, 3, padding=1)  (line 7) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_4_grad_input_weights, .ins = 32, .outs = 16, .w_tap_y = -1536, .w_tap_x = -512,
    .w_in = 1, .w_out = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3472])(mb->batch + 32833536 + mb->first * 13888L)) /* 3x32x32, 1 zeros around */
#define conv2d_0(mb) ((float (*)[32][32 * 16])(mb->batch + 4734976 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_1_moments(mb) ((float (*)[3][16])(mb->batch + 8929280 + mb->first * 192L)) /* 16x3x1 */
#define batchnorm2d_1_statistics(mb) ((float (*)[16])(mb->batch + 35346624)) /* 16x4x1 */
#define relu_2(mb) ((float (*)[32][32 * 16])(mb->batch + 8929280 + mb->first * 65536L)) /* 16x32x32 */
#define maxpool2d_3(mb) ((float (*)[18][18 * 16])(mb->batch + 30457856 + mb->first * 20736L))
#define maxpool2d_3_arg(mb) ((unsigned short (*)[16][16 * 16])(mb->batch + 34541568 + mb->first * 8192L)) /* 16x16x16 */
#define conv2d_4(mb) ((float (*)[16][16 * 32])(mb->batch + 24166400 + mb->first * 32768L)) /* 32x16x16 */
#define conv2d_4_scratch(mb) ((float *)(mb->workspace + 0)) /* 30624 */
#define batchnorm2d_5_moments(mb) ((float (*)[3][32])(mb->batch + 13123584 + mb->first * 384L)) /* 32x3x1 */
#define batchnorm2d_5_statistics(mb) ((float (*)[32])(mb->batch + 35345472)) /* 32x4x1 */
#define relu_6(mb) ((float (*)[16][16 * 32])(mb->batch + 13123584 + mb->first * 32768L)) /* 32x16x16 */
#define maxpool2d_7(mb) ((float (*)[10][10 * 32])(mb->batch + 33722368 + mb->first * 12800L))
#define maxpool2d_7_arg(mb) ((unsigned short (*)[8][8 * 32])(mb->batch + 35065856 + mb->first * 4096L)) /* 32x8x8 */
#define conv2d_8(mb) ((float (*)[8][8 * 64])(mb->batch + 31784960 + mb->first * 16384L)) /* 64x8x8 */
#define conv2d_8_scratch(mb) ((float *)(mb->workspace + 0)) /* 12384 */
#define batchnorm2d_9_moments(mb) ((float (*)[3][64])(mb->batch + 15220736 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_9_statistics(mb) ((float (*)[64])(mb->batch + 35344384)) /* 64x4x1 */
#define relu_10(mb) ((float (*)[8 * 64])(mb->workspace + 32768)) /* 64x8x8 */
#define convtranspose2d_11(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define residual_residual(mb) ((float (*)[18][18 * 32])(mb->batch + 21512192 + mb->first * 41472L))
#define conv2d_12(mb) ((float (*)[16][16 * 32])(mb->batch + 26263552 + mb->first * 32768L)) /* 32x16x16 */
#define conv2d_12_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define batchnorm2d_13_moments(mb) ((float (*)[3][32])(mb->batch + 15220736 + mb->first * 384L)) /* 32x3x1 */
#define batchnorm2d_13_statistics(mb) ((float (*)[32])(mb->batch + 35346048)) /* 32x4x1 */
#define relu_14(mb) ((float (*)[16 * 32])(mb->workspace + 65536)) /* 32x16x16 */
#define convtranspose2d_15(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define residual_residual_2(mb) ((float (*)[34][34 * 16])(mb->batch + 0 + mb->first * 73984L))
#define conv2d_16(mb) ((float (*)[32][32 * 16])(mb->batch + 13123584 + mb->first * 65536L)) /* 16x32x32 */
#define conv2d_16_scratch(mb) ((float *)(mb->workspace + 0)) /* 59808 */
#define batchnorm2d_17_moments(mb) ((float (*)[3][16])(mb->batch + 17317888 + mb->first * 192L)) /* 16x3x1 */
#define batchnorm2d_17_statistics(mb) ((float (*)[16])(mb->batch + 35346880)) /* 16x4x1 */
#define relu_18(mb) ((float (*)[32][32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define conv2d_19(mb) ((float (*)[32 * 16])(mb->workspace + 262144)) /* 11x32x32 */
#define output(mb) ((float (*)[11264])(mb->workspace + 831104)) /* 11264 */
#define d_output(mb) ((float (*)[11264])(mb->workspace + 262144)) /* 11264 */
#define d_conv2d_19(mb) ((float (*)[32 * 16])(mb->workspace + 442368)) /* 11x32x32 */
#define d_relu_18(mb) ((float (*)[32][32 * 16])(mb->batch + 8929280 + mb->first * 65536L)) /* 16x32x32 */
#define d_batchnorm2d_17_sums(mb) ((float (*)[2][16])(mb->batch + 17317888 + mb->first * 128L)) /* 16x2x1 */
#define d_batchnorm2d_17_statistics(mb) ((float (*)[16])(mb->batch + 35347136)) /* 16x2x1 */
#define d_conv2d_16(mb) ((float (*)[34][34 * 16])(mb->workspace + 535168)) /* 16x32x32, 1 zeros around */
#define d_residual_residual_2(mb) ((float (*)[32][32 * 16])(mb->batch + 17317888 + mb->first * 65536L)) /* 16x32x32 */
#define conv2d_16_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 59808 */
#define conv2d_16_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 74464 */
#define d_relu_14(mb) ((float (*)[16][16 * 32])(mb->batch + 28360704 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_13_sums(mb) ((float (*)[2][32])(mb->batch + 35328000 + mb->first * 256L)) /* 32x2x1 */
#define relu_14_again(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_batchnorm2d_13_statistics(mb) ((float (*)[32])(mb->batch + 12111872)) /* 32x2x1 */
#define d_conv2d_12(mb) ((float (*)[18][18 * 32])(mb->workspace + 1011328)) /* 32x16x16, 1 zeros around */
#define d_residual_residual(mb) ((float (*)[16][16 * 32])(mb->batch + 8929280 + mb->first * 32768L)) /* 32x16x16 */
#define conv2d_12_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define conv2d_12_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 116384 */
#define d_relu_10(mb) ((float (*)[8][8 * 64])(mb->batch + 11026432 + mb->first * 16384L)) /* 64x8x8 */
#define d_batchnorm2d_9_sums(mb) ((float (*)[144])(mb->batch + 12075008 + mb->first * 576L)) /* 64x2x1 */
#define relu_10_again(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_batchnorm2d_9_statistics(mb) ((float (*)[64])(mb->batch + 12111872)) /* 64x2x1 */
#define d_conv2d_8(mb) ((float (*)[10][10 * 64])(mb->workspace + 1343104)) /* 64x8x8, 1 zeros around */
#define d_maxpool2d_7(mb) ((float (*)[8][8 * 32])(mb->workspace + 1445504)) /* 32x8x8 */
#define conv2d_8_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 21216 */
#define conv2d_8_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 133792 */
#define d_relu_6(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_residual_residual_sum(mb) ((float (*)[16][16 * 32])(mb->batch + 13123584 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_5_sums(mb) ((float (*)[2][32])(mb->batch + 12075008 + mb->first * 256L)) /* 32x2x1 */
#define d_batchnorm2d_5_statistics(mb) ((float (*)[32])(mb->batch + 15228928)) /* 32x2x1 */
#define d_conv2d_4(mb) ((float (*)[18][18 * 32])(mb->workspace + 1177216)) /* 32x16x16, 1 zeros around */
#define d_maxpool2d_3(mb) ((float (*)[16][16 * 16])(mb->workspace + 311168)) /* 16x16x16 */
#define conv2d_4_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define conv2d_4_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 77792 */
#define d_relu_2(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define d_residual_residual_2_sum(mb) ((float (*)[32][32 * 16])(mb->batch + 8929280 + mb->first * 65536L))
#define d_batchnorm2d_1_sums(mb) ((float (*)[2][16])(mb->batch + 15220736 + mb->first * 128L)) /* 16x2x1 */
#define d_batchnorm2d_1_statistics(mb) ((float (*)[16])(mb->batch + 13123584)) /* 16x2x1 */
#define d_conv2d_0(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 105);
        conv2d_0_forward(input(mb)[i], mb->weights + AT_0_weight, mb->weights + AT_0_bias, conv2d_0(mb)[i][0]);
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_0(mb)[i][0], batchnorm2d_1_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_statistics_forward_part finds its values. */
static const struct batchnorm2d_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_statistics_forward_part_at[] = {
    {8929280, 35346624, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(1, 1e-05, 0.1)}}, /* 1 */
    {13123584, 35345472, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(5, 1e-05, 0.1)}}, /* 5 */
    {15220736, 35344384, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(9, 1e-05, 0.1)}}, /* 9 */
    {15220736, 35346048, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(13, 1e-05, 0.1)}}, /* 13 */
    {17317888, 35346880, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(17, 1e-05, 0.1)}}, /* 17 */
};

/* For the whole batch. */
static void batchnorm2d_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    nc_batch_norm(mb, &at->norm, moments_values, at->stride, statistics_values);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_3(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_forward(conv2d_0(mb)[i][0], batchnorm2d_1_statistics(mb)[0], relu_2(mb)[i][0]);
        maxpool2d_3_forward(relu_2(mb)[i][0], &maxpool2d_3(mb)[i][1][1 * 16], maxpool2d_3_arg(mb)[i][0]);
        conv2d_4_forward(maxpool2d_3(mb)[i][0], mb->packed + AT_4_weight_winograd, mb->weights + AT_4_bias,
            conv2d_4(mb)[i][0], conv2d_4_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward_2(conv2d_4(mb)[i][0], batchnorm2d_5_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_forward_2(conv2d_4(mb)[i][0], batchnorm2d_5_statistics(mb)[0], relu_6(mb)[i][0]);
        maxpool2d_7_forward(relu_6(mb)[i][0], &maxpool2d_7(mb)[i][1][1 * 32], maxpool2d_7_arg(mb)[i][0]);
        conv2d_8_forward(maxpool2d_7(mb)[i][0], mb->packed + AT_8_weight_winograd, mb->weights + AT_8_bias,
            conv2d_8(mb)[i][0], conv2d_8_scratch(mb));
        if (mb->training)
            batchnorm2d_9_moments_forward(conv2d_8(mb)[i][0], batchnorm2d_9_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_9_forward(conv2d_8(mb)[i][0], batchnorm2d_9_statistics(mb)[0], relu_10(mb)[0]);
        convtranspose2d_11_residue_forward(relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_0_0,
            mb->weights + AT_11_bias, convtranspose2d_11(mb)[0]);
        convtranspose2d_11_residue_forward(relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_0_1,
            mb->weights + AT_11_bias, &convtranspose2d_11(mb)[0][1 * 32]);
        convtranspose2d_11_residue_forward(relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_1_0,
            mb->weights + AT_11_bias, convtranspose2d_11(mb)[1]);
        convtranspose2d_11_residue_forward(relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_1_1,
            mb->weights + AT_11_bias, &convtranspose2d_11(mb)[1][1 * 32]);
        residual_residual_forward(convtranspose2d_11(mb)[0], relu_6(mb)[i][0], &residual_residual(mb)[i][1][1 * 32]);
        conv2d_12_forward(residual_residual(mb)[i][0], mb->packed + AT_12_weight_winograd, mb->weights + AT_12_bias,
            conv2d_12(mb)[i][0], conv2d_12_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward_2(conv2d_12(mb)[i][0], batchnorm2d_13_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_9(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_forward_2(conv2d_12(mb)[i][0], batchnorm2d_13_statistics(mb)[0], relu_14(mb)[0]);
        convtranspose2d_15_residue_forward(relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_0_0,
            mb->weights + AT_15_bias, convtranspose2d_15(mb)[0]);
        convtranspose2d_15_residue_forward(relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_0_1,
            mb->weights + AT_15_bias, &convtranspose2d_15(mb)[0][1 * 16]);
        convtranspose2d_15_residue_forward(relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_1_0,
            mb->weights + AT_15_bias, convtranspose2d_15(mb)[1]);
        convtranspose2d_15_residue_forward(relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_1_1,
            mb->weights + AT_15_bias, &convtranspose2d_15(mb)[1][1 * 16]);
        residual_residual_2_forward(convtranspose2d_15(mb)[0], relu_2(mb)[i][0],
            &residual_residual_2(mb)[i][1][1 * 16]);
        conv2d_16_forward(residual_residual_2(mb)[i][0], mb->packed + AT_16_weight_winograd, mb->weights + AT_16_bias,
            conv2d_16(mb)[i][0], conv2d_16_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_16(mb)[i][0], batchnorm2d_17_moments(mb)[i][0]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_forward(conv2d_16(mb)[i][0], batchnorm2d_17_statistics(mb)[0], relu_18(mb)[i][0]);
        conv2d_19_forward(relu_18(mb)[i][0], mb->weights + AT_19_weight, mb->weights + AT_19_bias, conv2d_19(mb)[0]);
        output_forward(conv2d_19(mb)[0], output(mb)[i]);
    }
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, output(mb)[0], 11264, 11264, d_output(mb)[0]);
    for (int i = 0; i < mb->count; i++) {
        flatten__grad(d_output(mb)[i], d_conv2d_19(mb)[0]);
        conv2d_19_grad_input(d_conv2d_19(mb)[0], mb->packed + AT_19_weight_transposed, d_relu_18(mb)[i][0]);
        norm_grad_sums(d_relu_18(mb)[i][0], conv2d_16(mb)[i][0], batchnorm2d_17_statistics(mb)[0],
            d_batchnorm2d_17_sums(mb)[i][0]);
        conv2d_19_grad_weight(relu_18(mb)[i][0], d_conv2d_19(mb)[0], mb->gradients + AT_19_weight);
        bias_grad(d_conv2d_19(mb)[0], mb->gradients + AT_19_bias);
        norm_17_grad_weight_to_1_grad_bias(d_batchnorm2d_17_sums(mb)[i][1], mb->gradients + AT_17_weight);
        norm_17_grad_weight_to_1_grad_bias(d_batchnorm2d_17_sums(mb)[i][0], mb->gradients + AT_17_bias);
    }
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
        nc_cross_entropy(mb, &loss, output(mb)[0], 11264, 11264, 0);
}

/* Where norm_grad_statistics_part finds its values. */
static const struct norm_grad_statistics_part {
    long d_batchnorm2d_sums, batchnorm2d_statistics, d_batchnorm2d_statistics, channels, pixels, stride;
} norm_grad_statistics_part_at[] = {
    {17317888, 35346880, 35347136, 16, 1024, 32}, /* 17 */
    {35328000, 35346048, 12111872, 32, 256, 64}, /* 13 */
    {12075008, 35345472, 15228928, 32, 256, 64}, /* 5 */
    {15220736, 35346624, 13123584, 16, 1024, 32}, /* 1 */
};

/* For the whole batch. */
static void norm_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_grad_statistics_part *at = mb->at;
    float *d_batchnorm2d_sums = (void *)(mb->batch + at->d_batchnorm2d_sums);
    float *batchnorm2d_statistics = (void *)(mb->batch + at->batchnorm2d_statistics);
    float *d_batchnorm2d_statistics = (void *)(mb->batch + at->d_batchnorm2d_statistics);

    nc_batch_norm_grad(mb, at->channels, at->pixels, 1, d_batchnorm2d_sums, at->stride, batchnorm2d_statistics,
        d_batchnorm2d_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_13(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_17_grad(d_relu_18(mb)[i][0], conv2d_16(mb)[i][0], batchnorm2d_17_statistics(mb)[0],
            d_batchnorm2d_17_statistics(mb)[0], &d_conv2d_16(mb)[i][1][1 * 16]);
        conv2d_16_grad_input(d_conv2d_16(mb)[i][0], mb->packed + AT_16_weight_winograd_transposed,
            d_residual_residual_2(mb)[i][0], conv2d_16_grad_input_scratch(mb));
    }
    conv2d_16_grad_weight(residual_residual_2(mb)[0][0], &d_conv2d_16(mb)[0][1][1 * 16], mb->gradients + AT_16_weight,
        conv2d_16_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_16_grad(&d_conv2d_16(mb)[i][1][1 * 16], mb->gradients + AT_16_bias);
        convtranspose2d_15_grad_input(d_residual_residual_2(mb)[i][0], mb->weights + AT_15_weight, d_relu_14(mb)[i][0]);
        norm_grad_sums_2(d_relu_14(mb)[i][0], conv2d_12(mb)[i][0], batchnorm2d_13_statistics(mb)[0],
            d_batchnorm2d_13_sums(mb)[i][0]);
        norm_13_again(conv2d_12(mb)[i][0], batchnorm2d_13_statistics(mb)[0], relu_14_again(mb)[0]);
        conv2d_15_grad_weight(d_residual_residual_2(mb)[i][0], relu_14_again(mb)[0], mb->gradients + AT_15_weight);
        bias_grad(d_residual_residual_2(mb)[i][0], mb->gradients + AT_15_bias);
        norm_13_grad_weight_to_5_grad_bias(d_batchnorm2d_13_sums(mb)[i][1], mb->gradients + AT_13_weight);
        norm_13_grad_weight_to_5_grad_bias(d_batchnorm2d_13_sums(mb)[i][0], mb->gradients + AT_13_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_15(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_grad(d_relu_14(mb)[i][0], conv2d_12(mb)[i][0], batchnorm2d_13_statistics(mb)[0],
            d_batchnorm2d_13_statistics(mb)[0], &d_conv2d_12(mb)[i][1][1 * 32]);
        conv2d_12_grad_input(d_conv2d_12(mb)[i][0], mb->packed + AT_12_weight_winograd_transposed,
            d_residual_residual(mb)[i][0], conv2d_12_grad_input_scratch(mb));
    }
    conv2d_12_grad_weight(residual_residual(mb)[0][0], &d_conv2d_12(mb)[0][1][1 * 32], mb->gradients + AT_12_weight,
        conv2d_12_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_grad_2(&d_conv2d_12(mb)[i][1][1 * 32], mb->gradients + AT_12_bias);
        convtranspose2d_11_grad_input(d_residual_residual(mb)[i][0], mb->packed + AT_11_weight_dense,
            d_relu_10(mb)[i][0]);
        norm_9_grad_sums(d_relu_10(mb)[i][0], conv2d_8(mb)[i][0], batchnorm2d_9_statistics(mb)[0],
            d_batchnorm2d_9_sums(mb)[i]);
        norm_9_again(conv2d_8(mb)[i][0], batchnorm2d_9_statistics(mb)[0], relu_10_again(mb)[0]);
        conv2d_11_grad_weight(d_residual_residual(mb)[i][0], relu_10_again(mb)[0], mb->gradients + AT_11_weight);
        bias_11_grad(d_residual_residual(mb)[i][0], mb->gradients + AT_11_bias);
        norm_9_grad_2(d_batchnorm2d_9_sums(mb)[i] + 64, mb->gradients + AT_9_weight);
        norm_9_grad_2(d_batchnorm2d_9_sums(mb)[i], mb->gradients + AT_9_bias);
    }
}

/* For the whole batch. */
static void norm_9_grad_statistics_part(struct nc_microbatch *mb)
{
    nc_batch_norm_grad(mb, 64, 64, 1, d_batchnorm2d_9_sums(mb)[0], 144, batchnorm2d_9_statistics(mb)[0],
        d_batchnorm2d_9_statistics(mb)[0]);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_17(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_9_grad(d_relu_10(mb)[i][0], conv2d_8(mb)[i][0], batchnorm2d_9_statistics(mb)[0],
            d_batchnorm2d_9_statistics(mb)[0], &d_conv2d_8(mb)[i][1][1 * 64]);
        conv2d_8_grad_input(d_conv2d_8(mb)[i][0], mb->packed + AT_8_weight_winograd_transposed, d_maxpool2d_7(mb)[i][0],
            conv2d_8_grad_input_scratch(mb));
    }
    conv2d_8_grad_weight(maxpool2d_7(mb)[0][0], &d_conv2d_8(mb)[0][1][1 * 64], mb->gradients + AT_8_weight,
        conv2d_8_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_8_grad(&d_conv2d_8(mb)[i][1][1 * 64], mb->gradients + AT_8_bias);
        maxpool2d_7_grad(d_maxpool2d_7(mb)[i][0], maxpool2d_7_arg(mb)[i][0], d_relu_6(mb)[0]);
        gradient_7_sum(d_residual_residual(mb)[i][0], d_relu_6(mb)[0], d_residual_residual_sum(mb)[i][0]);
        norm_grad_sums_2(d_residual_residual_sum(mb)[i][0], conv2d_4(mb)[i][0], batchnorm2d_5_statistics(mb)[0],
            d_batchnorm2d_5_sums(mb)[i][0]);
        norm_13_grad_weight_to_5_grad_bias(d_batchnorm2d_5_sums(mb)[i][1], mb->gradients + AT_5_weight);
        norm_13_grad_weight_to_5_grad_bias(d_batchnorm2d_5_sums(mb)[i][0], mb->gradients + AT_5_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_19(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_grad(d_residual_residual_sum(mb)[i][0], conv2d_4(mb)[i][0], batchnorm2d_5_statistics(mb)[0],
            d_batchnorm2d_5_statistics(mb)[0], &d_conv2d_4(mb)[i][1][1 * 32]);
        conv2d_4_grad_input(d_conv2d_4(mb)[i][0], mb->packed + AT_4_weight_winograd_transposed, d_maxpool2d_3(mb)[i][0],
            conv2d_4_grad_input_scratch(mb));
    }
    conv2d_4_grad_weight(maxpool2d_3(mb)[0][0], &d_conv2d_4(mb)[0][1][1 * 32], mb->gradients + AT_4_weight,
        conv2d_4_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_grad_2(&d_conv2d_4(mb)[i][1][1 * 32], mb->gradients + AT_4_bias);
        maxpool2d_3_grad(d_maxpool2d_3(mb)[i][0], maxpool2d_3_arg(mb)[i][0], d_relu_2(mb)[0]);
        gradient_3_sum(d_residual_residual_2(mb)[i][0], d_relu_2(mb)[0], d_residual_residual_2_sum(mb)[i][0]);
        norm_grad_sums(d_residual_residual_2_sum(mb)[i][0], conv2d_0(mb)[i][0], batchnorm2d_1_statistics(mb)[0],
            d_batchnorm2d_1_sums(mb)[i][0]);
        norm_17_grad_weight_to_1_grad_bias(d_batchnorm2d_1_sums(mb)[i][1], mb->gradients + AT_1_weight);
        norm_17_grad_weight_to_1_grad_bias(d_batchnorm2d_1_sums(mb)[i][0], mb->gradients + AT_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_1_grad(d_residual_residual_2_sum(mb)[i][0], conv2d_0(mb)[i][0], batchnorm2d_1_statistics(mb)[0],
            d_batchnorm2d_1_statistics(mb)[0], d_conv2d_0(mb)[0]);
        conv2d_0_grad_weight(input(mb)[i], d_conv2d_0(mb)[0], mb->gradients + AT_0_weight);
        bias_grad(d_conv2d_0(mb)[0], mb->gradients + AT_0_bias);
    }
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_4_weights, 4_weight, 0, winograd),
    PACKED(conv2d_8_weights, 8_weight, 0, winograd),
    PACKED(convtranspose2d_11_residue_0_0_weights, 11_weight, 0, transposed_residue_0_0),
    PACKED(convtranspose2d_11_residue_0_1_weights, 11_weight, 0, transposed_residue_0_1),
    PACKED(convtranspose2d_11_residue_1_0_weights, 11_weight, 0, transposed_residue_1_0),
    PACKED(convtranspose2d_11_residue_1_1_weights, 11_weight, 0, transposed_residue_1_1),
    PACKED(conv2d_12_weights, 12_weight, 0, winograd),
    PACKED(convtranspose2d_15_residue_0_0_weights, 15_weight, 0, transposed_residue_0_0),
    PACKED(convtranspose2d_15_residue_0_1_weights, 15_weight, 0, transposed_residue_0_1),
    PACKED(convtranspose2d_15_residue_1_0_weights, 15_weight, 0, transposed_residue_1_0),
    PACKED(convtranspose2d_15_residue_1_1_weights, 15_weight, 0, transposed_residue_1_1),
    PACKED(conv2d_16_weights, 16_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 12; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(conv2d_19_grad_input_weights, 19_weight, 0, transposed),
    PACKED(conv2d_16_grad_input_weights, 16_weight, 2048, winograd_transposed),
    PACKED(conv2d_12_grad_input_weights, 12_weight, 8192, winograd_transposed),
    PACKED(convtranspose2d_11_grad_input_weights, 11_weight, 0, dense),
    PACKED(conv2d_8_grad_input_weights, 8_weight, 16384, winograd_transposed),
    PACKED(conv2d_4_grad_input_weights, 4_weight, 4096, winograd_transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 6; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* 0: Conv2d(3, 16, 3, padding=1), BatchNorm2d(_), ReLU()  (line 4) */
DEFINE_CONV(conv2d_0_test, .act = 1, .norm_row = 16)

/* 4: Conv2d(16, 32, 3, padding=1), BatchNorm2d(_), ReLU()  (line 7) */
DEFINE_WINOGRAD3(conv2d_4_test, .rows = 16, .cols = 16, .ins = 16, .outs = 32, .x_row = 288, .y_row = 512, .block = 16,
    .has_bias = 1, .norm_row = 32, .x_image = 5184, .act = 1)

/* 8: Conv2d(32, 64, 3, padding=1), BatchNorm2d(_), ReLU()  (line 10) */
DEFINE_WINOGRAD3_2(conv2d_8_test, .norm_row = 64, .act = 1)

/* 12: Conv2d(32, 32, 3, padding=1), BatchNorm2d(_), ReLU()  (line 13) */
DEFINE_WINOGRAD3(conv2d_12_test, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512, .block = 16,
    .has_bias = 1, .norm_row = 32, .x_image = 10368, .act = 1)

/* 16: Conv2d(16, 16, 3, padding=1), BatchNorm2d(_), ReLU()  (line 16) */
DEFINE_WINOGRAD3(conv2d_16_test, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512, .block = 32,
    .has_bias = 1, .norm_row = 16, .x_image = 18496, .act = 1)

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[34 * 3])(mb->workspace + 2099456)) /* 3x32x32, 1 zeros around */
#define test_relu_2(mb) ((float (*)[32 * 16])(mb->workspace + 1644544)) /* 16x32x32 */
#define test_maxpool2d_3(mb) ((float (*)[18 * 16])(mb->workspace + 2078720)) /* 16x16x16, 1 zeros around */
#define test_maxpool2d_3_arg(mb) ((unsigned short (*)[16 * 16])(mb->workspace + 1478272)) /* 16x16x16 */
#define test_relu_6(mb) ((float (*)[16 * 32])(mb->workspace + 1600768)) /* 32x16x16 */
#define test_conv2d_4_scratch(mb) ((float *)(mb->workspace + 1478272)) /* 30624 */
#define test_maxpool2d_7(mb) ((float (*)[10 * 32])(mb->workspace + 2113344)) /* 32x8x8, 1 zeros around */
#define test_maxpool2d_7_arg(mb) ((unsigned short (*)[8 * 32])(mb->workspace + 1478272)) /* 32x8x8 */
#define test_relu_10(mb) ((float (*)[8 * 64])(mb->workspace + 1527808)) /* 64x8x8 */
#define test_conv2d_8_scratch(mb) ((float *)(mb->workspace + 1478272)) /* 12384 */
#define test_convtranspose2d_11(mb) ((float (*)[16 * 32])(mb->workspace + 1478272)) /* 32x16x16 */
#define test_residual_residual(mb) ((float (*)[18 * 32])(mb->workspace + 2037248)) /* 32x16x16, 1 zeros around */
#define test_relu_14(mb) ((float (*)[16 * 32])(mb->workspace + 1971712)) /* 32x16x16 */
#define test_conv2d_12_scratch(mb) ((float *)(mb->workspace + 1478272)) /* 41568 */
#define test_convtranspose2d_15(mb) ((float (*)[32 * 16])(mb->workspace + 1478272)) /* 16x32x32 */
#define test_residual_residual_2(mb) ((float (*)[34 * 16])(mb->workspace + 1897728)) /* 16x32x32, 1 zeros around */
#define test_relu_18(mb) ((float (*)[32 * 16])(mb->workspace + 1971712)) /* 16x32x32 */
#define test_conv2d_16_scratch(mb) ((float *)(mb->workspace + 1478272)) /* 59808 */
#define test_conv2d_19(mb) ((float (*)[32 * 16])(mb->workspace + 1478272)) /* 11x32x32 */
#define test_output(mb) ((float (*)[11264])(mb->workspace + 1717504)) /* 11264 */

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_0_test(test_input(mb)[0], mb->weights + AT_0_weight, mb->packed + AT_batchnorm2d_1_statistics,
            test_relu_2(mb)[0]);
        maxpool2d_3_forward(test_relu_2(mb)[0], &test_maxpool2d_3(mb)[1][1 * 16], test_maxpool2d_3_arg(mb)[0]);
        conv2d_4_test(test_maxpool2d_3(mb)[0], mb->packed + AT_4_weight_winograd,
            mb->packed + AT_batchnorm2d_5_statistics, test_relu_6(mb)[0], test_conv2d_4_scratch(mb));
        maxpool2d_7_forward(test_relu_6(mb)[0], &test_maxpool2d_7(mb)[1][1 * 32], test_maxpool2d_7_arg(mb)[0]);
        conv2d_8_test(test_maxpool2d_7(mb)[0], mb->packed + AT_8_weight_winograd,
            mb->packed + AT_batchnorm2d_9_statistics, test_relu_10(mb)[0], test_conv2d_8_scratch(mb));
        convtranspose2d_11_residue_forward(test_relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_0_0,
            mb->weights + AT_11_bias, test_convtranspose2d_11(mb)[0]);
        convtranspose2d_11_residue_forward(test_relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_0_1,
            mb->weights + AT_11_bias, &test_convtranspose2d_11(mb)[0][1 * 32]);
        convtranspose2d_11_residue_forward(test_relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_1_0,
            mb->weights + AT_11_bias, test_convtranspose2d_11(mb)[1]);
        convtranspose2d_11_residue_forward(test_relu_10(mb)[0], mb->packed + AT_11_weight_transposed_residue_1_1,
            mb->weights + AT_11_bias, &test_convtranspose2d_11(mb)[1][1 * 32]);
        residual_residual_forward(test_convtranspose2d_11(mb)[0], test_relu_6(mb)[0],
            &test_residual_residual(mb)[1][1 * 32]);
        conv2d_12_test(test_residual_residual(mb)[0], mb->packed + AT_12_weight_winograd,
            mb->packed + AT_batchnorm2d_13_statistics, test_relu_14(mb)[0], test_conv2d_12_scratch(mb));
        convtranspose2d_15_residue_forward(test_relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_0_0,
            mb->weights + AT_15_bias, test_convtranspose2d_15(mb)[0]);
        convtranspose2d_15_residue_forward(test_relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_0_1,
            mb->weights + AT_15_bias, &test_convtranspose2d_15(mb)[0][1 * 16]);
        convtranspose2d_15_residue_forward(test_relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_1_0,
            mb->weights + AT_15_bias, test_convtranspose2d_15(mb)[1]);
        convtranspose2d_15_residue_forward(test_relu_14(mb)[0], mb->packed + AT_15_weight_transposed_residue_1_1,
            mb->weights + AT_15_bias, &test_convtranspose2d_15(mb)[1][1 * 16]);
        residual_residual_2_forward(test_convtranspose2d_15(mb)[0], test_relu_2(mb)[0],
            &test_residual_residual_2(mb)[1][1 * 16]);
        conv2d_16_test(test_residual_residual_2(mb)[0], mb->packed + AT_16_weight_winograd,
            mb->packed + AT_batchnorm2d_17_statistics, test_relu_18(mb)[0], test_conv2d_16_scratch(mb));
        conv2d_19_forward(test_relu_18(mb)[0], mb->weights + AT_19_weight, mb->weights + AT_19_bias,
            test_conv2d_19(mb)[0]);
        output_forward(test_conv2d_19(mb)[0], test_output(mb)[i]);
    }
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_output(mb)[0], 11264, 11264, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(1, 1e-05, 0.1)}, AT_0_bias,
        packed + AT_batchnorm2d_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(5, 1e-05, 0.1)}, AT_4_bias,
        packed + AT_batchnorm2d_5_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(9, 1e-05, 0.1)}, AT_8_bias,
        packed + AT_batchnorm2d_9_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(13, 1e-05, 0.1)}, AT_12_bias,
        packed + AT_batchnorm2d_13_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(17, 1e-05, 0.1)}, AT_16_bias,
        packed + AT_batchnorm2d_17_statistics);
}

/* The five parameters of a batch norm. */
#define BATCH_NORM(name, layer, channels, floats) \
    {name ".weight", 1, {channels}, AT_##layer##_weight, floats, 1, {{channels, 1}}, \
        .init = NC_INIT_CONSTANT, .low = 1}, \
    {name ".bias", 1, {channels}, AT_##layer##_bias, floats, 1, {{channels, 1}}, \
        .init = NC_INIT_CONSTANT, .low = 0}, \
    {name ".running_mean", 1, {channels}, AT_##layer##_running_mean, floats, 1, {{channels, 1}}, .kind = NC_KEPT, \
        .init = NC_INIT_CONSTANT, .low = 0}, \
    {name ".running_var", 1, {channels}, AT_##layer##_running_var, floats, 1, {{channels, 1}}, .kind = NC_KEPT, \
        .init = NC_INIT_CONSTANT, .low = 1}, \
    {name ".num_batches_tracked", 0, {0}, AT_##layer##_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT, \
        .init = NC_INIT_CONSTANT, .low = 0}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"0.weight", 4, {16, 3, 3, 3}, AT_0_weight, 432, 4, {{16, 1}, {3, 16}, {3, 144}, {3, 48}}, .init = NC_INIT_UNIFORM,
     .low = -0.19245008972987523, .high = 0.19245008972987523},
    {"0.bias", 1, {16}, AT_0_bias, 16, 1, {{16, 1}}, .init = NC_INIT_UNIFORM, .low = -0.19245008972987526,
     .high = 0.19245008972987526},
    BATCH_NORM("1", 1, 16, 16),
    {"4.weight", 4, {32, 16, 3, 3}, AT_4_weight, 4608, 4, {{32, 1}, {16, 32}, {3, 1536}, {3, 512}},
     .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    {"4.bias", 1, {32}, AT_4_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333333,
     .high = 0.08333333333333333},
    BATCH_NORM("5", 5, 32, 32),
    {"8.weight", 4, {64, 32, 3, 3}, AT_8_weight, 18432, 4, {{64, 1}, {32, 64}, {3, 6144}, {3, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    {"8.bias", 1, {64}, AT_8_bias, 64, 1, {{64, 1}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887897,
     .high = 0.05892556509887897},
    BATCH_NORM("9", 9, 64, 64),
    {"11.weight", 4, {64, 32, 2, 2}, AT_11_weight, 8192, 4, {{64, 1}, {32, 64}, {2, 4096}, {2, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.08838834764831842, .high = 0.08838834764831842},
    {"11.bias", 1, {32}, AT_11_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.08838834764831843,
     .high = 0.08838834764831843},
    {"12.weight", 4, {32, 32, 3, 3}, AT_12_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3, 1024}},
     .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    {"12.bias", 1, {32}, AT_12_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887897,
     .high = 0.05892556509887897},
    BATCH_NORM("13", 13, 32, 32),
    {"15.weight", 4, {32, 16, 2, 2}, AT_15_weight, 2048, 4, {{32, 1}, {16, 32}, {2, 1024}, {2, 512}},
     .init = NC_INIT_UNIFORM, .low = -0.12499999999999999, .high = 0.12499999999999999},
    {"15.bias", 1, {16}, AT_15_bias, 16, 1, {{16, 1}}, .init = NC_INIT_UNIFORM, .low = -0.125, .high = 0.125},
    {"16.weight", 4, {16, 16, 3, 3}, AT_16_weight, 2304, 4, {{16, 1}, {16, 16}, {3, 768}, {3, 256}},
     .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    {"16.bias", 1, {16}, AT_16_bias, 16, 1, {{16, 1}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333333,
     .high = 0.08333333333333333},
    BATCH_NORM("17", 17, 16, 16),
    {"19.weight", 4, {11, 16, 1, 1}, AT_19_weight, 256, 4, {{11, 1}, {16, 16}, {1, 256}, {1, 256}},
     .init = NC_INIT_UNIFORM, .low = -0.24999999999999997, .high = 0.24999999999999997},
    {"19.bias", 1, {11}, AT_19_bias, 16, 1, {{11, 1}}, .init = NC_INIT_UNIFORM, .low = -0.25, .high = 0.25},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 3, 32833536, 3472, 0, 1},
    {"0: Conv2d(3, 16, 3, padding=1)", 4, 4734976, 16384, 0, 1},
    {"1: BatchNorm2d(_)", 4, 8929280, 48, 0, 1},
    {"1: BatchNorm2d(_)", 4, 8929280, 16384, 2, 1},
    {"3: MaxPool2d(2)", 6, 30457856, 5184, 2, 1},
    {"4: Conv2d(16, 32, 3, padding=1)", 7, 24166400, 8192, 2, 1},
    {"5: BatchNorm2d(_)", 7, 13123584, 96, 2, 1},
    {"5: BatchNorm2d(_)", 7, 13123584, 8192, 4, 1},
    {"7: MaxPool2d(2)", 9, 33722368, 3200, 4, 1},
    {"8: Conv2d(32, 64, 3, padding=1)", 10, 31784960, 4096, 4, 1},
    {"9: BatchNorm2d(_)", 10, 15220736, 192, 4, 1},
    {"residual: residual", 8, 21512192, 10368, 6, 1},
    {"12: Conv2d(32, 32, 3, padding=1)", 13, 26263552, 8192, 6, 1},
    {"13: BatchNorm2d(_)", 13, 15220736, 96, 6, 1},
    {"residual: residual", 5, 0, 18496, 8, 1},
    {"16: Conv2d(16, 16, 3, padding=1)", 16, 13123584, 16384, 8, 1},
    {"17: BatchNorm2d(_)", 16, 17317888, 48, 8, 1},
    {"17: BatchNorm2d(_)", 16, 0, 16384, 10, 0},
    {"the loss", 27, 831104, 11264, 10, 0},
};

#define TRAIN(function) .train = function
#define TEST(function) .test = function
#define ALWAYS(function) .train = function, .test = function
#define TRAIN_AT(function, row) TRAIN(function), .at = &function##_at[row]
#define TEST_AT(function, row) TEST(function), .at = &function##_at[row]
#define ALWAYS_AT(function, row) ALWAYS(function), .at = &function##_at[row]

/* Between phases there are barriers: so many before each. `train` is called for a microbatch or a part, `test`
 * in evaluation. */
static const struct nc_phase phases[] = {
    {.barriers = 0, ALWAYS(forward_1)},
    {.barriers = 1, ALWAYS_AT(batchnorm2d_statistics_forward_part, 0), .parts = 1},
    {.barriers = 2, ALWAYS(forward_3)},
    {.barriers = 3, ALWAYS_AT(batchnorm2d_statistics_forward_part, 1), .parts = 1},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(batchnorm2d_statistics_forward_part, 2), .parts = 1},
    {.barriers = 6, ALWAYS(forward_7)},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_statistics_forward_part, 3), .parts = 1},
    {.barriers = 8, ALWAYS(forward_9)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_statistics_forward_part, 4), .parts = 1},
    {.barriers = 10, .train = train, .test = test, .loss = 1},
    {.barriers = 11, TRAIN_AT(norm_grad_statistics_part, 0), .parts = 1},
    {.barriers = 12, TRAIN(backward_13)},
    {.barriers = 13, TRAIN_AT(norm_grad_statistics_part, 1), .parts = 1},
    {.barriers = 14, TRAIN(backward_15)},
    {.barriers = 15, TRAIN(norm_9_grad_statistics_part), .parts = 1},
    {.barriers = 16, TRAIN(backward_17)},
    {.barriers = 17, TRAIN_AT(norm_grad_statistics_part, 2), .parts = 1},
    {.barriers = 18, TRAIN(backward_19)},
    {.barriers = 19, TRAIN_AT(norm_grad_statistics_part, 3), .parts = 1},
    {.barriers = 20, TRAIN(backward_21)},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 1, .pack = pack_evaluation,
    .output = {.offset = 1717504, .stride = 11264},
};

static const struct nc_model model = {
    .name = "Segment", .file = "segment.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 11264, .classes = 1, .loss = &loss,
    .output_rank = 3, .output_shape = {11, 32, 32},
    .parameters = parameters, .parameter_count = 41,
    .block = 46432, .sharded = 46032, .packed = 302384, .packed_forward = 151424,
    .workspace = 2126144,
    .microbatch = 4, .shard = 4, .batch = 64,
    .probes = probes, .probe_count = 19,
    .phases = phases, .phase_count = 21, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 35347264, .capacity = 64, .learned = 0,
    .output = {.offset = 831104, .stride = 11264},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_shapes(run, "train_data", 1, "mask", 32, 3);
    nc_to_tensor(train_data);
    nc_train_data(run, train_data, 64, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_shapes(run, "test_data", 0, "mask", 32, 3);
    nc_to_tensor(test_data);
    nc_test_data(run, test_data, 64, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    /* lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay */
    nc_adam(run, 0.002, 0.9, 0.999, 1e-08, 0, 0, 0, 0);
    nc_accuracy(run, "macro", 1, 0.5, 0);
    nc_accuracy(run, "none", 1, 0.5, 0);
    nc_epochs(run, 10);
    nc_save(run, "segment_{epoch}.pth");
    return nc_train(run);
}

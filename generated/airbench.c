/* Airbench: a trainer for the model of airbench.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                       output      parameters
 *    26  whiten: Conv2d(3, 24, 2)                                    24x31x31           312
 *    27  1: GELU()                                                   24x31x31             0
 *    16  2.conv1: Conv2d(_, channels, 3, padding="same", bias=False) 64x31x31         13824
 *    17  2.pool: MaxPool2d(2)                                        64x15x15             0
 *    18  2.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)            64x15x15           128
 *    21  2.activ: GELU()                                             64x15x15             0
 *    19  2.conv2: Conv2d(_, channels, 3, padding="same", bias=False) 64x15x15         36864
 *    20  2.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)            64x15x15           128
 *    21  2.activ: GELU()                                             64x15x15             0
 *    16  3.conv1: Conv2d(_, channels, 3, padding="same", bias=False) 256x15x15       147456
 *    17  3.pool: MaxPool2d(2)                                        256x7x7              0
 *    18  3.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)            256x7x7            512
 *    21  3.activ: GELU()                                             256x7x7              0
 *    19  3.conv2: Conv2d(_, channels, 3, padding="same", bias=False) 256x7x7         589824
 *    20  3.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)            256x7x7            512
 *    21  3.activ: GELU()                                             256x7x7              0
 *    16  4.conv1: Conv2d(_, channels, 3, padding="same", bias=False) 256x7x7         589824
 *    17  4.pool: MaxPool2d(2)                                        256x3x3              0
 *    18  4.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)            256x3x3            512
 *    21  4.activ: GELU()                                             256x3x3              0
 *    19  4.conv2: Conv2d(_, channels, 3, padding="same", bias=False) 256x3x3         589824
 *    20  4.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)            256x3x3            512
 *    21  4.activ: GELU()                                             256x3x3              0
 *    29  5: MaxPool2d(3)                                             256x1x1              0
 *    30  6: Flatten()                                                256                  0
 *    31  head: Linear(_, 10, bias=False)                             10                2560
 *
 * A batch of 1000 is cut into shards of 64 samples, each with its own gradients, and a shard into microbatches of 32.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 49924480 bytes of workspace serve a thread. */
#include "netc.h"
#include "activations.h"
#include "vector.h"
#include "winograd.h"

/* Where each parameter starts, in floats. */
enum {
    AT_whiten_weight = 1977504, AT_whiten_bias = 0, AT_2_conv1_weight = 32, AT_2_conv2_weight = 18528,
    AT_3_conv1_weight = 55456, AT_3_conv2_weight = 203168, AT_4_conv1_weight = 793248, AT_4_conv2_weight = 1387680,
    AT_head_weight = 1383584, AT_2_norm1_weight = 1977888, AT_2_norm1_bias = 18464, AT_2_norm1_running_mean = 1977952,
    AT_2_norm1_running_var = 1978016, AT_2_norm1_num_batches_tracked = 1978080, AT_2_norm2_weight = 1978096,
    AT_2_norm2_bias = 55392, AT_2_norm2_running_mean = 1978160, AT_2_norm2_running_var = 1978224,
    AT_2_norm2_num_batches_tracked = 1978288, AT_3_norm1_weight = 1978304, AT_3_norm1_bias = 202912,
    AT_3_norm1_running_mean = 1978560, AT_3_norm1_running_var = 1978816, AT_3_norm1_num_batches_tracked = 1979072,
    AT_3_norm2_weight = 1979088, AT_3_norm2_bias = 792992, AT_3_norm2_running_mean = 1979344,
    AT_3_norm2_running_var = 1979600, AT_3_norm2_num_batches_tracked = 1979856, AT_4_norm1_weight = 1979872,
    AT_4_norm1_bias = 1383072, AT_4_norm1_running_mean = 1980128, AT_4_norm1_running_var = 1980384,
    AT_4_norm1_num_batches_tracked = 1980640, AT_4_norm2_weight = 1980656, AT_4_norm2_bias = 1383328,
    AT_4_norm2_running_mean = 1980912, AT_4_norm2_running_var = 1981168, AT_4_norm2_num_batches_tracked = 1981424
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_2_conv1_weight_winograd = 0, AT_2_conv2_weight_winograd = 74304, AT_3_conv1_weight_winograd = 222336,
    AT_3_conv2_weight_winograd = 812736, AT_4_conv1_weight_winograd = 3172608, AT_4_conv2_weight_winograd = 5532480,
    AT_head_weight_transposed = 7896960, AT_4_conv2_weight_winograd_transposed = 7899680,
    AT_4_conv1_weight_winograd_transposed = 10259552, AT_3_conv2_weight_winograd_transposed = 12619424,
    AT_3_conv1_weight_winograd_transposed = 14979296, AT_2_conv2_weight_winograd_transposed = 15569696,
    AT_2_conv1_weight_winograd_transposed = 15717728
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_2_norm1_statistics = 7892352, AT_batchnorm2d_2_norm2_statistics = 7892608,
    AT_batchnorm2d_3_norm1_statistics = 7892864, AT_batchnorm2d_3_norm2_statistics = 7893888,
    AT_batchnorm2d_4_norm1_statistics = 7894912, AT_batchnorm2d_4_norm2_statistics = 7895936
};

/* CrossEntropyLoss  (line 46) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100,
    .label_smoothing = 0.20000000000000001};

/* the input  (line 25)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 3; k++)
                x[r * 96 + c * 3 + k] = pixel[k * 256 + sample[(k * 32 + r) * 32 + c]];
}

/* whiten: Conv2d(3, 24, 2)  (line 26)
 * y[o] = b[o] + sum x[i] * w[o][i] */
static void conv2d_whiten_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 31; r++)
            for (long c = 0; c < 31; c = tile_next(c, COLS, 31)) {
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 2; a++) {
                    const float *xt = from_here(x + (r + a) * 96 + c * 3);
                    SEVERAL for (long j = 0; j < 6; j++, xt++, wo += 32) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + n * 3);
                            EACH(v, VECS)
                                acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                        }
                    }
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    sum += vec_load(bias + o + v * VL);
                    vec_store(y + r * 992 + (c + n) * 32 + o + v * VL, sum);
                }
            }
}

/* y = f(x), element by element */
struct activate_size { long rows, length, y_row; };
NC_INLINE void any_activate(const float *x, float *y, float a, float b, const struct activate_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long i = 0; i < size.length; i += VL)
            vec_store(y + r * size.y_row + i, vec_gelu(vec_load(x + r * size.length + i), a, b));
}

#define DEFINE_ACTIVATE(name, ...) static void name(const float *x, float *y, float a, float b) \
    { any_activate(x, y, a, b, (struct activate_size){__VA_ARGS__}); }

/* 1: GELU()  (line 27) */
DEFINE_ACTIVATE(gelu_1_forward, .rows = 31, .length = 992, .y_row = 1056)

/* 2.conv1: Conv2d(_, channels, 3, padding="same", bias=False), MaxPool2d(2)  (line 16)
 * y[o] = sum x[i] * w[o][i]
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_2_conv1_maxpool2d_2_pool_forward(const float *x, const float *u, float *y, unsigned char *arg,
        float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = 30, .cols = 30, .x_col = 0,
        .ins = 32, .outs = 64, .x_image = 34848, .x_row = 1056, .block = 22,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 22) {
        const long in_block = least(22, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 32, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 960 + c * 64 + o + k;
                    unsigned char *to_arg = arg + r * 960 + c * 64 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                            vec best = sums[m][n];
                            ivec at = ivec_all(0);
                            vec_take_max(sums[m][n + 1], 1, &best, &at);
                            vec_take_max(sums[m + 1][n], 2, &best, &at);
                            vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                            vec_store(to + m / 2 * 960 + n / 2 * 64, best);
                            ivec_store_bytes(to_arg + m / 2 * 960 + n / 2 * 64, at);
                        }
                }
            }
        }
    }
}

/* of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
struct moments_size { long rows, cols, channels, x_row; };
NC_INLINE void any_moments(const float *x, float *m, const struct moments_size size)
{
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL,
                vec_load(x + size.rows / 2 * size.x_row + size.cols / 2 * size.channels + k + v * VL));
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
                prefetch_second(x + (r + 1) * size.x_row + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec d = vec_load(x + r * size.x_row + c * size.channels + k + v * VL) - p[v];
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

/* 2.norm1 (line 18), 2.norm2 (line 20) */
DEFINE_MOMENTS(batchnorm2d_2_moments_forward, .rows = 15, .cols = 15, .channels = 64, .x_row = 960)

/* y = (x - mean) / sqrt(var + eps) * w + b */
struct norm_size { long rows, cols, channels, x_row, y_row; };
NC_INLINE void any_norm(const float *x, const float *stats, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * size.x_row + c * size.channels + k),
                    vec_load(stats + 2 * size.channels + k), vec_load(stats + 3 * size.channels + k));
                vec_store(y + r * size.y_row + c * size.channels + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, y, (struct norm_size){__VA_ARGS__}); }

/* 2.norm1 (line 18), 2.norm2 (line 20) */
DEFINE_NORM(batchnorm2d_2_forward, .rows = 15, .cols = 15, .channels = 64, .x_row = 960, .y_row = 960)

/* 2.activ: GELU()  (line 21) */
DEFINE_ACTIVATE(gelu_2_activ_forward, .rows = 15, .length = 960, .y_row = 1088)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct winograd3_size { long rows, cols, ins, outs, x_row, y_row, block, norm_row, x_image, y_image; };
NC_INLINE void any_winograd3(const float *x, const float *u, const float *bias, float *y, float *scratch, int count,
        const struct winograd3_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = size.ins, .outs = size.outs, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < size.outs; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * size.ins, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * size.y_image + r * size.y_row + c * size.outs + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                        vec sum = sums[m][n];
                        if (size.norm_row)
                            sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + k),
                                vec_load(bias + 3 * size.norm_row + o + k));
                        vec_store(to + m * size.y_row + n * size.outs, sum);
                    }
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3(name, ...) \
    static void name(const float *x, const float *u, float *y, float *scratch, int count) \
    { any_winograd3(x, u, 0, y, scratch, count, (struct winograd3_size){__VA_ARGS__}); }

/* 2.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD3(conv2d_2_conv2_forward, .rows = 15, .cols = 15, .ins = 64, .outs = 64, .x_row = 1088, .y_row = 960,
    .block = 18, .x_image = 18496, .y_image = 14400)

/* y[o] = sum x[i] * w[o][i]
 * y = max over the window; second output: which element it was, first one on a tie */
struct winograd3_pool_size { long rows, cols, ins, x_row, y_row, block, x_image, y_image, arg_row, arg_image; };
NC_INLINE void any_winograd3_pool(const float *x, const float *u, float *y, unsigned char *arg, float *scratch,
        int count, const struct winograd3_pool_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = size.rows / 2 * 2, .cols = size.cols / 2 * 2, .x_col = 0,
        .ins = size.ins, .outs = 256, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 256; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * size.ins, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * size.y_image + r * size.y_row + c * 256 + o + k;
                    unsigned char *to_arg = arg + image * size.arg_image + r * size.arg_row + c * 256 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                            vec best = sums[m][n];
                            ivec at = ivec_all(0);
                            vec_take_max(sums[m][n + 1], 1, &best, &at);
                            vec_take_max(sums[m + 1][n], 2, &best, &at);
                            vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                            vec_store(to + m / 2 * size.y_row + n / 2 * 256, best);
                            ivec_store_bytes(to_arg + m / 2 * size.arg_row + n / 2 * 256, at);
                        }
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3_POOL(name, ...) \
    static void name(const float *x, const float *u, float *y, unsigned char *arg, float *scratch, int count) \
    { any_winograd3_pool(x, u, y, arg, scratch, count, (struct winograd3_pool_size){__VA_ARGS__}); }

/* 3.conv1: Conv2d(_, channels, 3, padding="same", bias=False), MaxPool2d(2)  (line 16) */
DEFINE_WINOGRAD3_POOL(conv2d_3_conv1_maxpool2d_3_pool_forward, .rows = 15, .cols = 15, .ins = 64, .x_row = 1088,
    .y_row = 1792, .block = 18, .x_image = 18496, .y_image = 12544, .arg_row = 1792, .arg_image = 12544)

/* 3.norm1 (line 18), 3.norm2 (line 20) */
DEFINE_MOMENTS(batchnorm2d_3_moments_forward, .rows = 7, .cols = 7, .channels = 256, .x_row = 1792)

/* 3.norm1 (line 18), 3.norm2 (line 20) */
DEFINE_NORM(batchnorm2d_3_forward, .rows = 7, .cols = 7, .channels = 256, .x_row = 1792, .y_row = 1792)

/* 3.activ: GELU()  (line 21) */
DEFINE_ACTIVATE(gelu_3_activ_forward, .rows = 7, .length = 1792, .y_row = 2304)

/* 3.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD3(conv2d_3_conv2_forward, .rows = 7, .cols = 7, .ins = 256, .outs = 256, .x_row = 2304, .y_row = 1792,
    .block = 32, .x_image = 20736, .y_image = 12544)

/* 4.conv1: Conv2d(_, channels, 3, padding="same", bias=False), MaxPool2d(2)  (line 16) */
DEFINE_WINOGRAD3_POOL(conv2d_4_conv1_maxpool2d_4_pool_forward, .rows = 7, .cols = 7, .ins = 256, .x_row = 2304,
    .y_row = 768, .block = 32, .x_image = 20736, .y_image = 2304, .arg_row = 768, .arg_image = 2304)

/* 4.norm1 (line 18), 4.norm2 (line 20) */
DEFINE_MOMENTS(batchnorm2d_4_moments_forward, .rows = 3, .cols = 3, .channels = 256, .x_row = 768)

/* 4.norm1 (line 18), 4.norm2 (line 20) */
DEFINE_NORM(batchnorm2d_4_forward, .rows = 3, .cols = 3, .channels = 256, .x_row = 768, .y_row = 768)

/* 4.activ: GELU()  (line 21) */
DEFINE_ACTIVATE(gelu_4_activ_forward, .rows = 3, .length = 768, .y_row = 1280)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct winograd3_size_2 { long norm_row; };
NC_INLINE void any_winograd3_2(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 125, .rows = 3, .cols = 3, .x_col = 0,
        .ins = 256, .outs = 256, .x_image = 6400, .x_row = 1280, .block = 18,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    const long phase_rows = winograd_phase_rows(&layer), phase_cols = winograd_phase_cols(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 18) {
        const long in_block = least(18, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 128; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 256, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * 2304 + r * 768 + c * 256 + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                        if (m < phase_rows && n < phase_cols) {
                            vec sum = sums[m][n];
                            if (size.norm_row)
                                sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + k),
                                    vec_load(bias + 3 * size.norm_row + o + k));
                            vec_store(to + m * 768 + n * 256, sum);
                        }
                }
            }
        }
    }
}

/* 4.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
static void conv2d_4_conv2_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3_2(x, u, 0, y, scratch, (struct winograd3_size_2){0});
}

/* 4.activ: GELU()  (line 21) */
DEFINE_ACTIVATE(gelu_4_activ_2_forward, .rows = 3, .length = 768, .y_row = 768)

/* 5: MaxPool2d(3)  (line 29)
 * y = max over the window; second output: which element it was, first one on a tie */
static void maxpool2d_5_forward(const float *x, float *y, unsigned short *arg)
{
    const long top = 0;
    const long left = 0;
    for (long k = 0; k < 256; k += VL) {
        vec best = vec_all(-__builtin_inff());
        ivec at = ivec_all(0);
        for (long ky = 0; ky < 3; ky++)
            for (long kx = 0; kx < 3; kx++)
                vec_take_max(vec_load(x + (top + ky) * 768 + (left + kx) * 256 + k), ky * 3 + kx, &best, &at);
        vec_store(y + k, best);
        ivec_store_shorts(arg + k, at);
    }
}

/* head: Linear(_, 10, bias=False)  (line 31)
 * y = x w^T */
static void linear_head_forward(const float *x, const float *w, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long c = 0; c < 32; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 256);
            IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += 16) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 256);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(y + (c + n) * 16 + o + v * VL, acc[n][v]);
        }
}

/* head: Linear(_, 10, bias=False)  (line 31)
 * dx of LINEAR from dy, w */
static void linear_head_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 256; o += VECS * VL)
        for (long c = 0; c < 32; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 16);
            SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 272) {
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
                vec_store(dx + (c + n) * 256 + o + v * VL, acc[n][v]);
        }
}

/* head: Linear(_, 10, bias=False)  (line 31)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_head_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 256; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 256, dr += 16) {
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

/* 5: MaxPool2d(3)  (line 29)
 * dx from dy and the argmax */
static void maxpool2d_5_grad(const float *dy, const unsigned short *arg, float *dx)
{
    for (long r = 0; r < 3; r++)
        for (long c = 0; c < 3; c++)
            for (long k = 0; k < 256; k += VL)
                vec_store(dx + r * 768 + c * 256 + k, vec_zero());
    const long top = 0;
    const long left = 0;
    for (long k = 0; k < 256; k += VL) {
        const vec gradient = vec_load(dy + k);
        const ivec at = ivec_load_shorts(arg + k);
        for (long ky = 0; ky < 3; ky++)
            for (long kx = 0; kx < 3; kx++) {
                float *to = dx + (top + ky) * 768 + (left + kx) * 256 + k;
                vec_store(to, vec_load(to) + vec_where(gradient, at, ky * 3 + kx));
            }
    }
}

/* 4.activ: GELU()  (line 21)
 * dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from */
static void gelu_4_activ_grad(const float *dy, const float *v, float *dx, float a, float b)
{
    for (long r = 0; r < 3; r++)
        for (long i = 0; i < 768; i += VL)
            vec_store(dx + r * 768 + i, vec_load(dy + r * 768 + i) * vec_gelu_slope(vec_load(v + r * 768 + i), a, b));
}

/* of each channel of a sample the sums of dy and dy * (x - mean) / sqrt(var + eps) */
struct norm_sums_size { long rows, cols, channels, dy_row, x_row; };
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
            vec mean[16 / VL];
            EACH(v, 16 / VL)
                mean[v] = vec_load(stats + k + v * VL);
            vec row_sum[16 / VL] = {{0}}, row_products[16 / VL] = {{0}};
            for (long c = 0; c < size.cols; c++) {
                prefetch_second(x + (r + 1) * size.x_row + c * size.channels + k, 16);
                prefetch_second(dy + (r + 1) * size.dy_row + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec a = vec_load(x + r * size.x_row + c * size.channels + k + v * VL);
                    const vec s = vec_load(dy + r * size.dy_row + c * size.channels + k + v * VL);
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

/* 4.norm2 (line 20), 4.norm1 (line 18) */
DEFINE_NORM_SUMS(norm_4_grad_sums, .rows = 3, .cols = 3, .channels = 256, .dy_row = 768, .x_row = 768)

/* 4.norm2, 3.norm2 (line 20), 4.norm1, 3.norm1 (line 18)
 * db of NORM from the sums, over the samples */
static void norm_grad_bias(const float *sums, float *db)
{
    for (long o = 0; o < 256; o += VL)
        vec_store(db + o, vec_load(db + o) + vec_load(sums + o));
}

/* dx of NORM from dy, x, the statistics and their gradient */
struct norm_grad_size { long rows, cols, channels, dy_row, x_row, dx_row; };
NC_INLINE void any_norm_grad(const float *dy, const float *x, const float *stats, const float *dstats, float *dx,
        const struct norm_grad_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec a = vec_load(x + r * size.x_row + c * size.channels + k),
                    factor = vec_load(stats + 2 * size.channels + k);
                vec s = vec_load(dy + r * size.dy_row + c * size.channels + k);
                const vec rest = vec_fma(vec_load(dstats + k), a - vec_load(stats + k),
                    vec_load(dstats + size.channels + k));
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_fma(factor, s, rest));
            }
}

#define DEFINE_NORM_GRAD(name, ...) \
    static void name(const float *dy, const float *x, const float *stats, const float *dstats, float *dx) \
    { any_norm_grad(dy, x, stats, dstats, dx, (struct norm_grad_size){__VA_ARGS__}); }

/* 4.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 20) */
DEFINE_NORM_GRAD(norm_4_norm2_grad, .rows = 3, .cols = 3, .channels = 256, .dy_row = 768, .x_row = 768, .dx_row = 1280)

/* 4.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
static void conv2d_4_conv2_grad_input(const float *dy, const float *u, float *dx, float *scratch)
{
    any_winograd3_2(dy, u, 0, dx, scratch, (struct winograd3_size_2){0});
}

/* 4.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 18) */
DEFINE_NORM_GRAD(norm_4_norm1_grad, .rows = 3, .cols = 3, .channels = 256, .dy_row = 768, .x_row = 768, .dx_row = 768)

/* dx from dy and the argmax */
struct pool_grad_size { long channels, in_rows, in_cols, dx_row, dy_row, arg_row; };
NC_INLINE void any_pool_grad(const float *dy, const unsigned char *arg, float *dx, const struct pool_grad_size size)
{
    for (long r = 0; r < size.in_rows / 2; r++)
        for (long c = 0; c < size.in_cols / 2; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec gradient = vec_load(dy + r * size.dy_row + c * size.channels + k);
                const ivec at = ivec_load_bytes(arg + r * size.arg_row + c * size.channels + k);
                float *to = dx + 2 * r * size.dx_row + 2 * c * size.channels + k;
                vec_store(to, vec_where(gradient, at, 0));
                vec_store(to + size.channels, vec_where(gradient, at, 1));
                vec_store(to + size.dx_row, vec_where(gradient, at, 2));
                vec_store(to + size.dx_row + size.channels, vec_where(gradient, at, 3));
            }
    for (long r = 0; r < size.in_rows; r++)
        for (long k = 0; k < size.channels; k += VL)
            vec_store(dx + r * size.dx_row + (size.in_cols - 1) * size.channels + k, vec_zero());
    for (long c = 0; c < size.in_cols; c++)
        for (long k = 0; k < size.channels; k += VL)
            vec_store(dx + (size.in_rows - 1) * size.dx_row + c * size.channels + k, vec_zero());
}

#define DEFINE_POOL_GRAD(name, ...) static void name(const float *dy, const unsigned char *arg, float *dx) \
    { any_pool_grad(dy, arg, dx, (struct pool_grad_size){__VA_ARGS__}); }

/* 4.pool: MaxPool2d(2)  (line 17) */
DEFINE_POOL_GRAD(maxpool2d_4_pool_grad, .channels = 256, .in_rows = 7, .in_cols = 7, .dx_row = 2304, .dy_row = 768,
    .arg_row = 768)

#define DEFINE_WINOGRAD3B(name, ...) \
    static void name(const float *dy, const float *u, float *dx, float *scratch, int count) \
    { any_winograd3(dy, u, 0, dx, scratch, count, (struct winograd3_size){__VA_ARGS__}); }

/* 4.conv1 (line 16), 3.conv2 (line 19) */
DEFINE_WINOGRAD3B(conv2d_grad_input, .rows = 7, .cols = 7, .ins = 256, .outs = 256, .x_row = 2304, .y_row = 1792,
    .block = 32, .x_image = 20736, .y_image = 12544)

/* 3.activ: GELU()  (line 21)
 * dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from */
static void gelu_3_activ_grad(const float *dy, const float *v, float *dx, float a, float b)
{
    for (long r = 0; r < 7; r++)
        for (long i = 0; i < 1792; i += VL)
            vec_store(dx + r * 1792 + i, vec_load(dy + r * 1792 + i) * vec_gelu_slope(vec_load(v + r * 1792 + i), a,
                b));
}

/* 3.norm2 (line 20), 3.norm1 (line 18) */
DEFINE_NORM_SUMS(norm_3_grad_sums, .rows = 7, .cols = 7, .channels = 256, .dy_row = 1792, .x_row = 1792)

/* 4.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_4_conv1_grad_weight(const float *x, const float *dy, const unsigned char *arg, float *dw)
{
    enum { VECS = TILE(24, 12, 12) };
    const int where[] = {0, 256, 2304, 2560};
    for (long top = 0; top < 3; top++)
        for (long o = 0; o < 256; o++) {
            float s[256];
            int from[257];
            long n = 0;
            for (long c = 0; c < 3; c++) {
                from[n] = (int)(top * 4608 + c * 512 + where[arg[top * 768 + c * 256 + o]]);
                s[n] = dy[top * 768 + c * 256 + o];
                n++;
            }
            from[n] = 0;
            for (long a = 0; a < 3; a++)
                for (long j = 0; j < 768; j += VECS * VL) {
                    float *gt = dw + o * 2304 + a * 768 + j;
                    const float *xt = x + a * 2304 + j;
                    vec acc[VECS];
                    EACH(v, VECS)
                        acc[v] = vec_load(gt + v * VL);
                    long at = from[0];
                    SEVERAL for (long i = 0; i < n; i++) {
                        const float *xi = from_here(xt + at);
                        const vec si = vec_all_of(&s[i]);
                        at = from[i + 1];
                        EACH(v, VECS)
                            acc[v] = vec_fma(si, vec_load(xi + v * VL), acc[v]);
                    }
                    EACH(v, VECS)
                        vec_store(gt + v * VL, acc[v]);
                }
        }
}

/* 3.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 20) */
DEFINE_NORM_GRAD(norm_3_norm2_grad, .rows = 7, .cols = 7, .channels = 256, .dy_row = 1792, .x_row = 1792,
    .dx_row = 2304)

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

/* 3.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_3_conv2_grad_weight, .rows = 7, .cols = 7, .ins = 256, .outs = 256, .x_row = 2304,
    .d_row = 2304, .block = 128, .g_tap = 65536, .x_image = 20736, .d_image = 20736)

/* 3.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 18) */
DEFINE_NORM_GRAD(norm_3_norm1_grad, .rows = 7, .cols = 7, .channels = 256, .dy_row = 1792, .x_row = 1792,
    .dx_row = 1792)

/* 3.pool: MaxPool2d(2)  (line 17) */
DEFINE_POOL_GRAD(maxpool2d_3_pool_grad, .channels = 256, .in_rows = 15, .in_cols = 15, .dx_row = 4352, .dy_row = 1792,
    .arg_row = 1792)

/* 3.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD3B(conv2d_3_conv1_grad_input, .rows = 15, .cols = 15, .ins = 256, .outs = 64, .x_row = 4352,
    .y_row = 960, .block = 9, .x_image = 73984, .y_image = 14400)

/* 2.activ: GELU()  (line 21)
 * dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from */
static void gelu_2_activ_grad(const float *dy, const float *v, float *dx, float a, float b)
{
    for (long r = 0; r < 15; r++)
        for (long i = 0; i < 960; i += VL)
            vec_store(dx + r * 960 + i, vec_load(dy + r * 960 + i) * vec_gelu_slope(vec_load(v + r * 960 + i), a, b));
}

/* 2.norm2 (line 20), 2.norm1 (line 18) */
DEFINE_NORM_SUMS(norm_2_grad_sums, .rows = 15, .cols = 15, .channels = 64, .dy_row = 960, .x_row = 960)

/* 3.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_3_conv1_grad_weight, .rows = 15, .cols = 15, .ins = 64, .outs = 256, .x_row = 1088,
    .d_row = 4352, .block = 32, .g_tap = 16384, .x_image = 18496, .d_image = 73984)

/* 2.norm2 (line 20), 2.norm1 (line 18)
 * db of NORM from the sums, over the samples */
static void norm_2_grad_bias(const float *sums, float *db)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(db + o, vec_load(db + o) + vec_load(sums + o));
}

/* 2.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 20) */
DEFINE_NORM_GRAD(norm_2_norm2_grad, .rows = 15, .cols = 15, .channels = 64, .dy_row = 960, .x_row = 960, .dx_row = 1088)

/* 2.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD3B(conv2d_2_conv2_grad_input, .rows = 15, .cols = 15, .ins = 64, .outs = 64, .x_row = 1088, .y_row = 960,
    .block = 18, .x_image = 18496, .y_image = 14400)

/* 2.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_2_conv2_grad_weight, .rows = 15, .cols = 15, .ins = 64, .outs = 64, .x_row = 1088,
    .d_row = 1088, .block = 32, .g_tap = 4096, .x_image = 18496, .d_image = 18496)

/* 2.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 18) */
DEFINE_NORM_GRAD(norm_2_norm1_grad, .rows = 15, .cols = 15, .channels = 64, .dy_row = 960, .x_row = 960, .dx_row = 960)

/* 2.pool: MaxPool2d(2)  (line 17) */
DEFINE_POOL_GRAD(maxpool2d_2_pool_grad, .channels = 64, .in_rows = 31, .in_cols = 31, .dx_row = 2112, .dy_row = 960,
    .arg_row = 960)

/* 2.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16)
 * dx of CONV2D from dy, w */
static void conv2d_2_conv1_grad_input(const float *dy, const float *u, float *dx, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = 31, .cols = 31, .x_col = 0,
        .ins = 64, .outs = 32, .x_image = 69696, .x_row = 2112, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long in_block = least(16, tiles - first);
        winograd_input_3x3(&layer, dy, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 3);
                float *to = dx + r * 992 + c * 32 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                    vec_store(to + m * 992 + n * 32, sums[m][n]);
            }
        }
    }
}

/* 2.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_2_conv1_grad_weight(const float *x, const float *dy, const unsigned char *arg, float *dw)
{
    enum { ROWS = TILE(3, 1, 1), VECS = TILE(6, 12, 12) };
    const int where[] = {0, 32, 1056, 1088};
    for (long top = 0; top < 15; top += 2)
        for (long o = 0; o < 64; o++) {
            float s[256];
            int from[257];
            long n = 0;
            for (long r = top; r < least(top + 2, 15); r++)
                for (long c = 0; c < 15; c++) {
                    from[n] = (int)(r * 2112 + c * 64 + where[arg[r * 960 + c * 64 + o]]);
                    s[n] = dy[r * 960 + c * 64 + o];
                    n++;
                }
            from[n] = 0;
            for (long a = 0; a < 3; a += ROWS)
                for (long j = 0; j < 96; j += VECS * VL) {
                    float *gt = dw + o * 288 + a * 96 + j;
                    const float *xt = x + a * 1056 + j;
                    vec acc[ROWS][VECS];
                    EACH(m, ROWS) EACH(v, VECS)
                        acc[m][v] = vec_load(gt + m * 96 + v * VL);
                    long at = from[0];
                    SEVERAL for (long i = 0; i < n; i++) {
                        const float *xi = from_here(xt + at);
                        const vec si = vec_all_of(&s[i]);
                        at = from[i + 1];
                        EACH(m, ROWS) EACH(v, VECS)
                            acc[m][v] = vec_fma(si, vec_load(xi + m * 1056 + v * VL), acc[m][v]);
                    }
                    EACH(m, ROWS) EACH(v, VECS)
                        vec_store(gt + m * 96 + v * VL, acc[m][v]);
                }
        }
}

/* 1: GELU()  (line 27)
 * dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from */
static void gelu_1_grad(const float *dy, const float *v, float *dx, float a, float b)
{
    for (long r = 0; r < 31; r++)
        for (long i = 0; i < 992; i += VL)
            vec_store(dx + r * 992 + i, vec_load(dy + r * 992 + i) * vec_gelu_slope(vec_load(v + r * 992 + i), a, b));
}

/* whiten: Conv2d(3, 24, 2)  (line 26)
 * db from dy, summed over samples and positions */
static void bias_whiten_grad(const float *dy, float *db)
{
    vec sum[32 / VL];
    EACH(v, 32 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long r = 0; r < 31; r++)
        for (long c = 0; c < 31; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + r * 992 + c * 32 + v * VL);
    EACH(v, 32 / VL)
        vec_store(db + v * VL, sum[v]);
}

/* 4.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_4_conv2_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 3, .cols = 3,
        .ins = 64, .outs = 64, .x_image = 6400, .x_row = 1280, .block = 32,
        .x_col = 256,
    };
    const struct winograd_gradient gradient = {
        .d_image = 6400, .d_row = 1280, .d_col = 256, .g_tap = 4096, .g_in = 64, .g_ins = 64,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* the weights as the layer reads them
 * transformed for Winograd's convolution
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct winograd_weights3_size { long ins, outs, w_tap_y, w_tap_x, w_in, w_out, u_ins, u_outs; };
NC_INLINE void any_winograd_weights3(const float *w, float *u, int part, int parts,
        const struct winograd_weights3_size size)
{
    const struct winograd_filter filter = {
        .ins = size.ins, .outs = size.outs, .tap_y = size.w_tap_y, .tap_x = size.w_tap_x,
        .in = size.w_in, .out = size.w_out, .u_ins = size.u_ins, .u_outs = size.u_outs,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

#define DEFINE_WINOGRAD_WEIGHTS3(name, ...) static void name(const float *w, float *u, int part, int parts) \
    { any_winograd_weights3(w, u, part, parts, (struct winograd_weights3_size){__VA_ARGS__}); }

/* 2.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_2_conv1_maxpool2d_2_pool_weights, .ins = 24, .outs = 64, .w_tap_y = 96, .w_tap_x = 32,
    .w_in = 1, .w_out = 288, .u_ins = 32, .u_outs = 64)

/* 2.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_2_conv2_weights, .ins = 64, .outs = 64, .w_tap_y = 12288, .w_tap_x = 4096, .w_in = 64,
    .w_out = 1, .u_ins = 64, .u_outs = 64)

/* 3.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_3_conv1_maxpool2d_3_pool_weights, .ins = 64, .outs = 256, .w_tap_y = 49152,
    .w_tap_x = 16384, .w_in = 256, .w_out = 1, .u_ins = 64, .u_outs = 256)

/* 3.conv2, 4.conv2 (line 19) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_conv2_weights, .ins = 256, .outs = 256, .w_tap_y = 196608, .w_tap_x = 65536,
    .w_in = 256, .w_out = 1, .u_ins = 256, .u_outs = 256)

/* 4.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_4_conv1_maxpool2d_4_pool_weights, .ins = 256, .outs = 256, .w_tap_y = 768,
    .w_tap_x = 256, .w_in = 1, .w_out = 2304, .u_ins = 256, .u_outs = 256)

/* head: Linear(_, 10, bias=False)  (line 31)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_head_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 10 * 272;
        for (long i = 0; i < 256; i += 16)
            for (long n = 0; n < 10; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 272 + m] = wt[m * 16 + n];
    }
}

/* 4.conv2, 3.conv2 (line 19) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_conv2_grad_input_weights, .ins = 256, .outs = 256, .w_tap_y = -196608,
    .w_tap_x = -65536, .w_in = 1, .w_out = 256, .u_ins = 256, .u_outs = 256)

/* 4.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_4_conv1_grad_input_weights, .ins = 256, .outs = 256, .w_tap_y = -768, .w_tap_x = -256,
    .w_in = 2304, .w_out = 1, .u_ins = 256, .u_outs = 256)

/* 3.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_3_conv1_grad_input_weights, .ins = 256, .outs = 64, .w_tap_y = -49152,
    .w_tap_x = -16384, .w_in = 1, .w_out = 256, .u_ins = 256, .u_outs = 64)

/* 2.conv2: Conv2d(_, channels, 3, padding="same", bias=False)  (line 19) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_2_conv2_grad_input_weights, .ins = 64, .outs = 64, .w_tap_y = -12288, .w_tap_x = -4096,
    .w_in = 1, .w_out = 64, .u_ins = 64, .u_outs = 64)

/* 2.conv1: Conv2d(_, channels, 3, padding="same", bias=False)  (line 16) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_2_conv1_grad_input_weights, .ins = 64, .outs = 24, .w_tap_y = -96, .w_tap_x = -32,
    .w_in = 288, .w_out = 1, .u_ins = 64, .u_outs = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[32 * 3])(mb->workspace + 0)) /* 3x32x32 */
#define conv2d_whiten(mb) ((float (*)[31][31 * 32])(mb->batch + 142737408 + mb->first * 123008L)) /* 24x31x31 */
#define gelu_1(mb) ((float (*)[33][33 * 32])(mb->batch + 0 + mb->first * 139392L)) /* 24x31x31, 1 zeros around */
#define maxpool2d_2_pool(mb) ((float (*)[15][15 * 64])(mb->batch + 590086144 + mb->first * 57600L)) /* 64x15x15 */
#define maxpool2d_2_pool_arg(mb) ((unsigned char (*)[15][15 * 64])(mb->batch + 1142947840 + mb->first * 14400L))
#define conv2d_2_conv1_maxpool2d_2_pool_scratch(mb) ((float *)(mb->workspace + 0)) /* 58080 */
#define batchnorm2d_2_norm1_moments(mb) ((float (*)[3][64])(mb->batch + 649068544 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_2_norm1_statistics(mb) ((float (*)[64])(mb->batch + 1189417024)) /* 64x4x1 */
#define batchnorm2d_2_norm1(mb) ((float (*)[15][15 * 64])(mb->batch + 649068544 + mb->first * 57600L)) /* 64x15x15 */
#define gelu_2_activ(mb) ((float (*)[17][17 * 64])(mb->batch + 438566912 + mb->first * 73984L))
#define conv2d_2_conv2(mb) ((float (*)[15][15 * 64])(mb->batch + 708050944 + mb->first * 57600L)) /* 64x15x15 */
#define conv2d_2_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 80352 */
#define batchnorm2d_2_norm2_moments(mb) ((float (*)[3][64])(mb->batch + 767033344 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_2_norm2_statistics(mb) ((float (*)[64])(mb->batch + 1189418112)) /* 64x4x1 */
#define batchnorm2d_2_norm2(mb) ((float (*)[15][15 * 64])(mb->batch + 767033344 + mb->first * 57600L)) /* 64x15x15 */
#define gelu_2_activ_2(mb) ((float (*)[17][17 * 64])(mb->batch + 514326528 + mb->first * 73984L))
#define maxpool2d_3_pool(mb) ((float (*)[7][7 * 256])(mb->batch + 884998144 + mb->first * 50176L)) /* 256x7x7 */
#define maxpool2d_3_pool_arg(mb) ((unsigned char (*)[7][7 * 256])(mb->batch + 1157693440 + mb->first * 12544L))
#define conv2d_3_conv1_maxpool2d_3_pool_scratch(mb) ((float *)(mb->workspace + 0)) /* 79968 */
#define batchnorm2d_3_norm1_moments(mb) ((float (*)[784])(mb->batch + 826015744 + mb->first * 3136L)) /* 256x3x1 */
#define batchnorm2d_3_norm1_statistics(mb) ((float (*)[256])(mb->batch + 1189412864)) /* 256x4x1 */
#define batchnorm2d_3_norm1(mb) ((float (*)[7][7 * 256])(mb->batch + 826015744 + mb->first * 50176L)) /* 256x7x7 */
#define gelu_3_activ(mb) ((float (*)[9][9 * 256])(mb->batch + 268697600 + mb->first * 82944L))
#define conv2d_3_conv2(mb) ((float (*)[7][7 * 256])(mb->batch + 936378368 + mb->first * 50176L)) /* 256x7x7 */
#define conv2d_3_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 365280 */
#define batchnorm2d_3_norm2_moments(mb) ((float (*)[784])(mb->batch + 877395968 + mb->first * 3136L)) /* 256x3x1 */
#define batchnorm2d_3_norm2_statistics(mb) ((float (*)[256])(mb->batch + 882966528)) /* 256x4x1 */
#define batchnorm2d_3_norm2(mb) ((float (*)[7][7 * 256])(mb->batch + 987758592 + mb->first * 50176L)) /* 256x7x7 */
#define gelu_3_activ_2(mb) ((float (*)[9][9 * 256])(mb->batch + 353632256 + mb->first * 82944L))
#define maxpool2d_4_pool(mb) ((float (*)[3][3 * 256])(mb->batch + 1170538496 + mb->first * 9216L)) /* 256x3x3 */
#define maxpool2d_4_pool_arg(mb) ((unsigned char (*)[3][3 * 256])(mb->batch + 880607232 + mb->first * 2304L))
#define conv2d_4_conv1_maxpool2d_4_pool_scratch(mb) ((float *)(mb->workspace + 0)) /* 363744 */
#define batchnorm2d_4_norm1_moments(mb) ((float (*)[784])(mb->batch + 877395968 + mb->first * 3136L)) /* 256x3x1 */
#define batchnorm2d_4_norm1_statistics(mb) ((float (*)[256])(mb->batch + 882970688)) /* 256x4x1 */
#define batchnorm2d_4_norm1(mb) ((float (*)[3][3 * 256])(mb->batch + 1039138816 + mb->first * 9216L)) /* 256x3x3 */
#define gelu_4_activ(mb) ((float (*)[5][5 * 256])(mb->batch + 1090519040 + mb->first * 25600L))
#define conv2d_4_conv2(mb) ((float (*)[3][3 * 256])(mb->batch + 1048576000 + mb->first * 9216L)) /* 256x3x3 */
#define conv2d_4_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 207456 */
#define batchnorm2d_4_norm2_moments(mb) ((float (*)[784])(mb->batch + 877395968 + mb->first * 3136L)) /* 256x3x1 */
#define batchnorm2d_4_norm2_statistics(mb) ((float (*)[256])(mb->batch + 882974848)) /* 256x4x1 */
#define batchnorm2d_4_norm2(mb) ((float (*)[3][3 * 256])(mb->workspace + 0)) /* 256x3x3 */
#define gelu_4_activ_2(mb) ((float (*)[3 * 256])(mb->workspace + 327680)) /* 256x3x3 */
#define maxpool2d_5(mb) ((float (*)[256])(mb->workspace + 294912)) /* 256 */
#define maxpool2d_5_arg(mb) ((unsigned short (*)[256])(mb->workspace + 360448)) /* 256 */
#define linear_head(mb) ((float (*)[16])(mb->workspace + 36672896)) /* 10 */
#define d_linear_head(mb) ((float (*)[16])(mb->workspace + 376832)) /* 10 */
#define d_flatten_6(mb) ((float (*)[256])(mb->workspace + 327680)) /* 256 */
#define d_gelu_4_activ_2(mb) ((float (*)[3 * 256])(mb->workspace + 294912)) /* 256x3x3 */
#define d_batchnorm2d_4_norm2(mb) ((float (*)[3][3 * 256])(mb->batch + 1058013184 + mb->first * 9216L)) /* 256x3x3 */
#define d_batchnorm2d_4_norm2_sums(mb) ((float (*)[528])(mb->batch + 877395968 + mb->first * 2112L)) /* 256x2x1 */
#define d_batchnorm2d_4_norm2_statistics(mb) ((float (*)[256])(mb->batch + 879558656)) /* 256x2x1 */
#define d_conv2d_4_conv2(mb) ((float (*)[5][5 * 256])(mb->batch + 1116733440 + mb->first * 25600L))
#define d_gelu_4_activ(mb) ((float (*)[3][3 * 256])(mb->batch + 1048576000 + mb->first * 9216L)) /* 256x3x3 */
#define conv2d_4_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 207456 */
#define d_batchnorm2d_4_norm1(mb) ((float (*)[3][3 * 256])(mb->batch + 1179975680 + mb->first * 9216L)) /* 256x3x3 */
#define d_batchnorm2d_4_norm1_sums(mb) ((float (*)[528])(mb->batch + 877395968 + mb->first * 2112L)) /* 256x2x1 */
#define d_batchnorm2d_4_norm1_statistics(mb) ((float (*)[256])(mb->batch + 879558656)) /* 256x2x1 */
#define d_maxpool2d_4_pool(mb) ((float (*)[3][3 * 256])(mb->workspace + 3066752)) /* 256x3x3 */
#define d_conv2d_4_conv1(mb) ((float (*)[9][9 * 256])(mb->workspace + 28718208)) /* 256x7x7, 1 zeros around */
#define d_gelu_3_activ_2(mb) ((float (*)[7][7 * 256])(mb->workspace + 0)) /* 256x7x7 */
#define conv2d_4_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 1605632)) /* 365280 */
#define d_batchnorm2d_3_norm2(mb) ((float (*)[7][7 * 256])(mb->batch + 1039138816 + mb->first * 50176L)) /* 256x7x7 */
#define d_batchnorm2d_3_norm2_sums(mb) ((float (*)[528])(mb->batch + 877395968 + mb->first * 2112L)) /* 256x2x1 */
#define d_batchnorm2d_3_norm2_statistics(mb) ((float (*)[256])(mb->batch + 879558656)) /* 256x2x1 */
#define d_conv2d_3_conv2(mb) ((float (*)[9][9 * 256])(mb->workspace + 31372416)) /* 256x7x7, 1 zeros around */
#define d_gelu_3_activ(mb) ((float (*)[7][7 * 256])(mb->workspace + 0)) /* 256x7x7 */
#define conv2d_3_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 1605632)) /* 365280 */
#define d_batchnorm2d_3_norm1(mb) ((float (*)[7][7 * 256])(mb->batch + 987758592 + mb->first * 50176L)) /* 256x7x7 */
#define d_batchnorm2d_3_norm1_sums(mb) ((float (*)[528])(mb->batch + 877395968 + mb->first * 2112L)) /* 256x2x1 */
#define conv2d_3_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 4812064 */
#define d_batchnorm2d_3_norm1_statistics(mb) ((float (*)[256])(mb->batch + 936968192)) /* 256x2x1 */
#define d_maxpool2d_3_pool(mb) ((float (*)[7 * 256])(mb->workspace + 0)) /* 256x7x7 */
#define d_conv2d_3_conv1(mb) ((float (*)[17][17 * 256])(mb->workspace + 19248256)) /* 256x15x15, 1 zeros around */
#define d_gelu_2_activ_2(mb) ((float (*)[15][15 * 64])(mb->workspace + 0)) /* 64x15x15 */
#define conv2d_3_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 1843200)) /* 125856 */
#define d_batchnorm2d_2_norm2(mb) ((float (*)[15][15 * 64])(mb->batch + 826015744 + mb->first * 57600L)) /* 64x15x15 */
#define d_batchnorm2d_2_norm2_sums(mb) ((float (*)[144])(mb->batch + 936378368 + mb->first * 576L)) /* 64x2x1 */
#define conv2d_3_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 989344 */
#define d_batchnorm2d_2_norm2_statistics(mb) ((float (*)[64])(mb->batch + 885587968)) /* 64x2x1 */
#define d_conv2d_2_conv2(mb) ((float (*)[17][17 * 64])(mb->workspace + 34026624)) /* 64x15x15, 1 zeros around */
#define d_gelu_2_activ(mb) ((float (*)[15][15 * 64])(mb->workspace + 0)) /* 64x15x15 */
#define conv2d_2_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 1843200)) /* 80352 */
#define d_batchnorm2d_2_norm1(mb) ((float (*)[15][15 * 64])(mb->batch + 767033344 + mb->first * 57600L)) /* 64x15x15 */
#define d_batchnorm2d_2_norm1_sums(mb) ((float (*)[144])(mb->batch + 884998144 + mb->first * 576L)) /* 64x2x1 */
#define conv2d_2_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 322720 */
#define d_batchnorm2d_2_norm1_statistics(mb) ((float (*)[64])(mb->batch + 649068544)) /* 64x2x1 */
#define d_maxpool2d_2_pool(mb) ((float (*)[15 * 64])(mb->workspace + 436736)) /* 64x15x15 */
#define d_conv2d_2_conv1(mb) ((float (*)[33 * 64])(mb->workspace + 36394112)) /* 64x31x31, 1 zeros around */
#define d_gelu_1(mb) ((float (*)[31 * 32])(mb->workspace + 313728)) /* 24x31x31 */
#define conv2d_2_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 78432 */
#define d_conv2d_whiten(mb) ((float (*)[31 * 32])(mb->workspace + 0)) /* 24x31x31 */
#define conv2d_4_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 318496 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[0]);
        conv2d_whiten_forward(input(mb)[0], mb->weights + AT_whiten_weight, mb->weights + AT_whiten_bias,
            conv2d_whiten(mb)[i][0]);
        gelu_1_forward(conv2d_whiten(mb)[i][0], &gelu_1(mb)[i][1][1 * 32], 0, 0);
        conv2d_2_conv1_maxpool2d_2_pool_forward(gelu_1(mb)[i][0], mb->packed + AT_2_conv1_weight_winograd,
            maxpool2d_2_pool(mb)[i][0], maxpool2d_2_pool_arg(mb)[i][0], conv2d_2_conv1_maxpool2d_2_pool_scratch(mb));
        if (mb->training)
            batchnorm2d_2_moments_forward(maxpool2d_2_pool(mb)[i][0], batchnorm2d_2_norm1_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_2_statistics_forward_part finds its values. */
static const struct batchnorm2d_2_statistics_forward_part {
    long moments_values, statistics_values;
    struct nc_batch_norm norm;
} batchnorm2d_2_statistics_forward_part_at[] = {
    {649068544, 1189417024, {.channels = 64, .pixels = 225, BATCH_NORM_OF(2_norm1, 1e-12, 0.4)}}, /* 2.norm1 */
    {767033344, 1189418112, {.channels = 64, .pixels = 225, BATCH_NORM_OF(2_norm2, 1e-12, 0.4)}}, /* 2.norm2 */
};

/* For the whole batch. */
static void batchnorm2d_2_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_2_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    nc_batch_norm(mb, &at->norm, moments_values, 192, statistics_values);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_3(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_2_forward(maxpool2d_2_pool(mb)[i][0], batchnorm2d_2_norm1_statistics(mb)[0],
            batchnorm2d_2_norm1(mb)[i][0]);
        gelu_2_activ_forward(batchnorm2d_2_norm1(mb)[i][0], &gelu_2_activ(mb)[i][1][1 * 64], 0, 0);
    }
    conv2d_2_conv2_forward(gelu_2_activ(mb)[0][0], mb->packed + AT_2_conv2_weight_winograd, conv2d_2_conv2(mb)[0][0],
        conv2d_2_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_2_moments_forward(conv2d_2_conv2(mb)[i][0], batchnorm2d_2_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_2_forward(conv2d_2_conv2(mb)[i][0], batchnorm2d_2_norm2_statistics(mb)[0],
            batchnorm2d_2_norm2(mb)[i][0]);
        gelu_2_activ_forward(batchnorm2d_2_norm2(mb)[i][0], &gelu_2_activ_2(mb)[i][1][1 * 64], 0, 0);
    }
    conv2d_3_conv1_maxpool2d_3_pool_forward(gelu_2_activ_2(mb)[0][0], mb->packed + AT_3_conv1_weight_winograd,
        maxpool2d_3_pool(mb)[0][0], maxpool2d_3_pool_arg(mb)[0][0], conv2d_3_conv1_maxpool2d_3_pool_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_3_moments_forward(maxpool2d_3_pool(mb)[i][0], batchnorm2d_3_norm1_moments(mb)[i]);
    }
}

/* Where batchnorm2d_statistics_forward_part finds its values. */
static const struct batchnorm2d_statistics_forward_part {
    long moments_values, statistics_values;
    struct nc_batch_norm norm;
} batchnorm2d_statistics_forward_part_at[] = {
    {826015744, 1189412864, {.channels = 256, .pixels = 49, BATCH_NORM_OF(3_norm1, 1e-12, 0.4)}}, /* 3.norm1 */
    {877395968, 882966528, {.channels = 256, .pixels = 49, BATCH_NORM_OF(3_norm2, 1e-12, 0.4)}}, /* 3.norm2 */
    {877395968, 882970688, {.channels = 256, .pixels = 9, BATCH_NORM_OF(4_norm1, 1e-12, 0.4)}}, /* 4.norm1 */
    {877395968, 882974848, {.channels = 256, .pixels = 9, BATCH_NORM_OF(4_norm2, 1e-12, 0.4)}}, /* 4.norm2 */
};

/* For the whole batch, part mb->part of 4. */
static void batchnorm2d_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    const long part = mb->part;

    nc_batch_norm_part(mb, &at->norm, moments_values, 784, statistics_values, part * 64, part * 64 + 64);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_3_forward(maxpool2d_3_pool(mb)[i][0], batchnorm2d_3_norm1_statistics(mb)[0],
            batchnorm2d_3_norm1(mb)[i][0]);
        gelu_3_activ_forward(batchnorm2d_3_norm1(mb)[i][0], &gelu_3_activ(mb)[i][1][1 * 256], 0, 0);
    }
    conv2d_3_conv2_forward(gelu_3_activ(mb)[0][0], mb->packed + AT_3_conv2_weight_winograd, conv2d_3_conv2(mb)[0][0],
        conv2d_3_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_3_moments_forward(conv2d_3_conv2(mb)[i][0], batchnorm2d_3_norm2_moments(mb)[i]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_9(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_3_forward(conv2d_3_conv2(mb)[i][0], batchnorm2d_3_norm2_statistics(mb)[0],
            batchnorm2d_3_norm2(mb)[i][0]);
        gelu_3_activ_forward(batchnorm2d_3_norm2(mb)[i][0], &gelu_3_activ_2(mb)[i][1][1 * 256], 0, 0);
    }
    conv2d_4_conv1_maxpool2d_4_pool_forward(gelu_3_activ_2(mb)[0][0], mb->packed + AT_4_conv1_weight_winograd,
        maxpool2d_4_pool(mb)[0][0], maxpool2d_4_pool_arg(mb)[0][0], conv2d_4_conv1_maxpool2d_4_pool_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_4_moments_forward(maxpool2d_4_pool(mb)[i][0], batchnorm2d_4_norm1_moments(mb)[i]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_11(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_4_forward(maxpool2d_4_pool(mb)[i][0], batchnorm2d_4_norm1_statistics(mb)[0],
            batchnorm2d_4_norm1(mb)[i][0]);
        gelu_4_activ_forward(batchnorm2d_4_norm1(mb)[i][0], &gelu_4_activ(mb)[i][1][1 * 256], 0, 0);
    }
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_4_conv2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 * 125 >= mb->count)
        return;

    conv2d_4_conv2_forward(gelu_4_activ(mb)[0][0] + part / 2 * 800000,
        mb->packed + AT_4_conv2_weight_winograd + part % 2 * 32768,
        conv2d_4_conv2(mb)[0][0] + part / 2 * 288000 + part % 2 * 128, conv2d_4_conv2_scratch(mb));
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_13(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_4_moments_forward(conv2d_4_conv2(mb)[i][0], batchnorm2d_4_norm2_moments(mb)[i]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_4_forward(conv2d_4_conv2(mb)[i][0], batchnorm2d_4_norm2_statistics(mb)[0],
            batchnorm2d_4_norm2(mb)[i][0]);
        gelu_4_activ_2_forward(batchnorm2d_4_norm2(mb)[i][0], gelu_4_activ_2(mb)[0], 0, 0);
        maxpool2d_5_forward(gelu_4_activ_2(mb)[0], maxpool2d_5(mb)[i], maxpool2d_5_arg(mb)[i]);
    }
    linear_head_forward(maxpool2d_5(mb)[0], mb->weights + AT_head_weight, linear_head(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_head(mb)[0], 16, 10, d_linear_head(mb)[0]);
    linear_head_grad_input(d_linear_head(mb)[0], mb->packed + AT_head_weight_transposed, d_flatten_6(mb)[0]);
    linear_head_grad_weight(maxpool2d_5(mb)[0], d_linear_head(mb)[0], mb->gradients + AT_head_weight, mb->count);
    for (int i = 0; i < mb->count; i++) {
        maxpool2d_5_grad(d_flatten_6(mb)[i], maxpool2d_5_arg(mb)[i], d_gelu_4_activ_2(mb)[0]);
        gelu_4_activ_grad(d_gelu_4_activ_2(mb)[0], batchnorm2d_4_norm2(mb)[i][0], d_batchnorm2d_4_norm2(mb)[i][0], 0,
            0);
        norm_4_grad_sums(d_batchnorm2d_4_norm2(mb)[i][0], conv2d_4_conv2(mb)[i][0],
            batchnorm2d_4_norm2_statistics(mb)[0], d_batchnorm2d_4_norm2_sums(mb)[i]);
        norm_grad_bias(d_batchnorm2d_4_norm2_sums(mb)[i], mb->gradients + AT_4_norm2_bias);
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
        nc_cross_entropy(mb, &loss, linear_head(mb)[0], 16, 10, 0);
}

/* Where norm_grad_statistics_part finds its values. */
static const struct norm_grad_statistics_part {
    long batchnorm2d_statistics, d_batchnorm2d_statistics, pixels;
} norm_grad_statistics_part_at[] = {
    {882974848, 879558656, 9}, /* 4.norm2 */
    {882970688, 879558656, 9}, /* 4.norm1 */
    {882966528, 879558656, 49}, /* 3.norm2 */
    {1189412864, 936968192, 49}, /* 3.norm1 */
};

/* For the whole batch, part mb->part of 4. */
static void norm_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_grad_statistics_part *at = mb->at;
    float *d_batchnorm2d_sums = (void *)(mb->batch + 877395968);
    float *batchnorm2d_statistics = (void *)(mb->batch + at->batchnorm2d_statistics);
    float *d_batchnorm2d_statistics = (void *)(mb->batch + at->d_batchnorm2d_statistics);

    const long part = mb->part;

    nc_batch_norm_grad_part(mb, 256, at->pixels, 1, d_batchnorm2d_sums, 528, batchnorm2d_statistics,
        d_batchnorm2d_statistics, part * 64, part * 64 + 64);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_17(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_4_norm2_grad(d_batchnorm2d_4_norm2(mb)[i][0], conv2d_4_conv2(mb)[i][0],
            batchnorm2d_4_norm2_statistics(mb)[0], d_batchnorm2d_4_norm2_statistics(mb)[0],
            &d_conv2d_4_conv2(mb)[i][1][1 * 256]);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_4_conv2_grad_input_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 * 125 >= mb->count)
        return;

    conv2d_4_conv2_grad_input(d_conv2d_4_conv2(mb)[0][0] + part / 2 * 800000,
        mb->packed + AT_4_conv2_weight_winograd_transposed + part % 2 * 32768,
        d_gelu_4_activ(mb)[0][0] + part / 2 * 288000 + part % 2 * 128, conv2d_4_conv2_grad_input_scratch(mb));
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_19(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        gelu_4_activ_grad(d_gelu_4_activ(mb)[i][0], batchnorm2d_4_norm1(mb)[i][0], d_batchnorm2d_4_norm1(mb)[i][0], 0,
            0);
        norm_4_grad_sums(d_batchnorm2d_4_norm1(mb)[i][0], maxpool2d_4_pool(mb)[i][0],
            batchnorm2d_4_norm1_statistics(mb)[0], d_batchnorm2d_4_norm1_sums(mb)[i]);
        norm_grad_bias(d_batchnorm2d_4_norm1_sums(mb)[i], mb->gradients + AT_4_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_4_norm1_grad(d_batchnorm2d_4_norm1(mb)[i][0], maxpool2d_4_pool(mb)[i][0],
            batchnorm2d_4_norm1_statistics(mb)[0], d_batchnorm2d_4_norm1_statistics(mb)[0],
            d_maxpool2d_4_pool(mb)[i][0]);
        maxpool2d_4_pool_grad(d_maxpool2d_4_pool(mb)[i][0], maxpool2d_4_pool_arg(mb)[i][0],
            &d_conv2d_4_conv1(mb)[i][1][1 * 256]);
    }
    conv2d_grad_input(d_conv2d_4_conv1(mb)[0][0], mb->packed + AT_4_conv1_weight_winograd_transposed,
        d_gelu_3_activ_2(mb)[0][0], conv2d_4_conv1_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        gelu_3_activ_grad(d_gelu_3_activ_2(mb)[i][0], batchnorm2d_3_norm2(mb)[i][0], d_batchnorm2d_3_norm2(mb)[i][0], 0,
            0);
        norm_3_grad_sums(d_batchnorm2d_3_norm2(mb)[i][0], conv2d_3_conv2(mb)[i][0],
            batchnorm2d_3_norm2_statistics(mb)[0], d_batchnorm2d_3_norm2_sums(mb)[i]);
        conv2d_4_conv1_grad_weight(gelu_3_activ_2(mb)[i][0], d_maxpool2d_4_pool(mb)[i][0],
            maxpool2d_4_pool_arg(mb)[i][0], mb->gradients + AT_4_conv1_weight);
        norm_grad_bias(d_batchnorm2d_3_norm2_sums(mb)[i], mb->gradients + AT_3_norm2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_23(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_3_norm2_grad(d_batchnorm2d_3_norm2(mb)[i][0], conv2d_3_conv2(mb)[i][0],
            batchnorm2d_3_norm2_statistics(mb)[0], d_batchnorm2d_3_norm2_statistics(mb)[0],
            &d_conv2d_3_conv2(mb)[i][1][1 * 256]);
    conv2d_grad_input(d_conv2d_3_conv2(mb)[0][0], mb->packed + AT_3_conv2_weight_winograd_transposed,
        d_gelu_3_activ(mb)[0][0], conv2d_3_conv2_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        gelu_3_activ_grad(d_gelu_3_activ(mb)[i][0], batchnorm2d_3_norm1(mb)[i][0], d_batchnorm2d_3_norm1(mb)[i][0], 0,
            0);
        norm_3_grad_sums(d_batchnorm2d_3_norm1(mb)[i][0], maxpool2d_3_pool(mb)[i][0],
            batchnorm2d_3_norm1_statistics(mb)[0], d_batchnorm2d_3_norm1_sums(mb)[i]);
    }
    conv2d_3_conv2_grad_weight(gelu_3_activ(mb)[0][0], &d_conv2d_3_conv2(mb)[0][1][1 * 256],
        mb->gradients + AT_3_conv2_weight, conv2d_3_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++)
        norm_grad_bias(d_batchnorm2d_3_norm1_sums(mb)[i], mb->gradients + AT_3_norm1_bias);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_25(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_3_norm1_grad(d_batchnorm2d_3_norm1(mb)[i][0], maxpool2d_3_pool(mb)[i][0],
            batchnorm2d_3_norm1_statistics(mb)[0], d_batchnorm2d_3_norm1_statistics(mb)[0], d_maxpool2d_3_pool(mb)[0]);
        maxpool2d_3_pool_grad(d_maxpool2d_3_pool(mb)[0], maxpool2d_3_pool_arg(mb)[i][0],
            &d_conv2d_3_conv1(mb)[i][1][1 * 256]);
    }
    conv2d_3_conv1_grad_input(d_conv2d_3_conv1(mb)[0][0], mb->packed + AT_3_conv1_weight_winograd_transposed,
        d_gelu_2_activ_2(mb)[0][0], conv2d_3_conv1_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        gelu_2_activ_grad(d_gelu_2_activ_2(mb)[i][0], batchnorm2d_2_norm2(mb)[i][0], d_batchnorm2d_2_norm2(mb)[i][0], 0,
            0);
        norm_2_grad_sums(d_batchnorm2d_2_norm2(mb)[i][0], conv2d_2_conv2(mb)[i][0],
            batchnorm2d_2_norm2_statistics(mb)[0], d_batchnorm2d_2_norm2_sums(mb)[i]);
    }
    conv2d_3_conv1_grad_weight(gelu_2_activ_2(mb)[0][0], &d_conv2d_3_conv1(mb)[0][1][1 * 256],
        mb->gradients + AT_3_conv1_weight, conv2d_3_conv1_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++)
        norm_2_grad_bias(d_batchnorm2d_2_norm2_sums(mb)[i], mb->gradients + AT_2_norm2_bias);
}

/* Where norm_2_grad_statistics_part finds its values. */
static const struct norm_2_grad_statistics_part {
    long d_batchnorm2d_2_sums, batchnorm2d_2_statistics, d_batchnorm2d_2_statistics;
} norm_2_grad_statistics_part_at[] = {
    {936378368, 1189418112, 885587968}, /* 2.norm2 */
    {884998144, 1189417024, 649068544}, /* 2.norm1 */
};

/* For the whole batch. */
static void norm_2_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_2_grad_statistics_part *at = mb->at;
    float *d_batchnorm2d_2_sums = (void *)(mb->batch + at->d_batchnorm2d_2_sums);
    float *batchnorm2d_2_statistics = (void *)(mb->batch + at->batchnorm2d_2_statistics);
    float *d_batchnorm2d_2_statistics = (void *)(mb->batch + at->d_batchnorm2d_2_statistics);

    nc_batch_norm_grad(mb, 64, 225, 1, d_batchnorm2d_2_sums, 144, batchnorm2d_2_statistics, d_batchnorm2d_2_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_27(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_2_norm2_grad(d_batchnorm2d_2_norm2(mb)[i][0], conv2d_2_conv2(mb)[i][0],
            batchnorm2d_2_norm2_statistics(mb)[0], d_batchnorm2d_2_norm2_statistics(mb)[0],
            &d_conv2d_2_conv2(mb)[i][1][1 * 64]);
    conv2d_2_conv2_grad_input(d_conv2d_2_conv2(mb)[0][0], mb->packed + AT_2_conv2_weight_winograd_transposed,
        d_gelu_2_activ(mb)[0][0], conv2d_2_conv2_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        gelu_2_activ_grad(d_gelu_2_activ(mb)[i][0], batchnorm2d_2_norm1(mb)[i][0], d_batchnorm2d_2_norm1(mb)[i][0], 0,
            0);
        norm_2_grad_sums(d_batchnorm2d_2_norm1(mb)[i][0], maxpool2d_2_pool(mb)[i][0],
            batchnorm2d_2_norm1_statistics(mb)[0], d_batchnorm2d_2_norm1_sums(mb)[i]);
    }
    conv2d_2_conv2_grad_weight(gelu_2_activ(mb)[0][0], &d_conv2d_2_conv2(mb)[0][1][1 * 64],
        mb->gradients + AT_2_conv2_weight, conv2d_2_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++)
        norm_2_grad_bias(d_batchnorm2d_2_norm1_sums(mb)[i], mb->gradients + AT_2_norm1_bias);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_29(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_2_norm1_grad(d_batchnorm2d_2_norm1(mb)[i][0], maxpool2d_2_pool(mb)[i][0],
            batchnorm2d_2_norm1_statistics(mb)[0], d_batchnorm2d_2_norm1_statistics(mb)[0], d_maxpool2d_2_pool(mb)[0]);
        maxpool2d_2_pool_grad(d_maxpool2d_2_pool(mb)[0], maxpool2d_2_pool_arg(mb)[i][0],
            &d_conv2d_2_conv1(mb)[1][1 * 64]);
        conv2d_2_conv1_grad_input(d_conv2d_2_conv1(mb)[0], mb->packed + AT_2_conv1_weight_winograd_transposed,
            d_gelu_1(mb)[0], conv2d_2_conv1_grad_input_scratch(mb));
        conv2d_2_conv1_grad_weight(gelu_1(mb)[i][0], d_maxpool2d_2_pool(mb)[0], maxpool2d_2_pool_arg(mb)[i][0],
            mb->gradients + AT_2_conv1_weight);
        gelu_1_grad(d_gelu_1(mb)[0], conv2d_whiten(mb)[i][0], d_conv2d_whiten(mb)[0], 0, 0);
        bias_whiten_grad(d_conv2d_whiten(mb)[0], mb->gradients + AT_whiten_bias);
    }
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_4_conv2_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_zero_learned(mb, 36864);

    conv2d_4_conv2_grad_weight(gelu_4_activ(mb)[0][0] + part / 4 * 64,
        &d_conv2d_4_conv2(mb)[0][1][1 * 256] + part % 4 * 64, gradients, conv2d_4_conv2_grad_weight_scratch(mb),
        mb->count);
    nc_learn_rows(mb, AT_4_conv2_weight + part / 4 * 16384 + part % 4 * 64, &(const struct nc_rows){.outer = 9,
        .outer_step = 65536, .inner = 64, .inner_step = 256}, 64);
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_2_conv1_maxpool2d_2_pool_weights, 2_conv1_weight, 0, winograd),
    PACKED(conv2d_2_conv2_weights, 2_conv2_weight, 0, winograd),
    PACKED(conv2d_3_conv1_maxpool2d_3_pool_weights, 3_conv1_weight, 0, winograd),
    PACKED(conv2d_conv2_weights, 3_conv2_weight, 0, winograd),
    PACKED(conv2d_4_conv1_maxpool2d_4_pool_weights, 4_conv1_weight, 0, winograd),
    PACKED(conv2d_conv2_weights, 4_conv2_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 6; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(linear_head_grad_input_weights, head_weight, 0, transposed),
    PACKED(conv2d_conv2_grad_input_weights, 4_conv2_weight, 524288, winograd_transposed),
    PACKED(conv2d_4_conv1_grad_input_weights, 4_conv1_weight, 2048, winograd_transposed),
    PACKED(conv2d_conv2_grad_input_weights, 3_conv2_weight, 524288, winograd_transposed),
    PACKED(conv2d_3_conv1_grad_input_weights, 3_conv1_weight, 131072, winograd_transposed),
    PACKED(conv2d_2_conv2_grad_input_weights, 2_conv2_weight, 32768, winograd_transposed),
    PACKED(conv2d_2_conv1_grad_input_weights, 2_conv1_weight, 256, winograd_transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 7; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

#define DEFINE_WINOGRAD3C(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch, int count) \
    { any_winograd3(x, u, bias, y, scratch, count, (struct winograd3_size){__VA_ARGS__}); }

/* 2.conv2: Conv2d(_, channels, 3, padding="same", bias=False), BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 19) */
DEFINE_WINOGRAD3C(conv2d_2_conv2_test, .rows = 15, .cols = 15, .ins = 64, .outs = 64, .x_row = 1088, .y_row = 960,
    .block = 18, .norm_row = 64, .x_image = 18496, .y_image = 14400)

/* 3.conv2: Conv2d(_, channels, 3, padding="same", bias=False), BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 19) */
DEFINE_WINOGRAD3C(conv2d_3_conv2_test, .rows = 7, .cols = 7, .ins = 256, .outs = 256, .x_row = 2304, .y_row = 1792,
    .block = 32, .norm_row = 256, .x_image = 20736, .y_image = 12544)

/* 4.conv2: Conv2d(_, channels, 3, padding="same", bias=False), BatchNorm2d(_, eps=1e-12, momentum=0.4)  (line 19) */
static void conv2d_4_conv2_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    any_winograd3_2(x, u, bias, y, scratch, (struct winograd3_size_2){.norm_row = 256});
}

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[32 * 3])(mb->workspace + 46841344)) /* 3x32x32 */
#define test_conv2d_whiten(mb) ((float (*)[31 * 32])(mb->workspace + 46718336)) /* 24x31x31 */
#define test_gelu_1(mb) ((float (*)[33 * 32])(mb->workspace + 49785088)) /* 24x31x31, 1 zeros around */
#define test_maxpool2d_2_pool(mb) ((float (*)[15 * 64])(mb->workspace + 46950656)) /* 64x15x15 */
#define test_maxpool2d_2_pool_arg(mb) ((unsigned char (*)[15 * 64])(mb->workspace + 47008256)) /* 64x15x15 */
#define test_conv2d_2_conv1_maxpool2d_2_pool_scratch(mb) ((float *)(mb->workspace + 46718336)) /* 58080 */
#define test_batchnorm2d_2_norm1(mb) ((float (*)[15 * 64])(mb->workspace + 46718336)) /* 64x15x15 */
#define test_gelu_2_activ(mb) ((float (*)[17][17 * 64])(mb->workspace + 41983360)) /* 64x15x15, 1 zeros around */
#define test_batchnorm2d_2_norm2(mb) ((float (*)[15][15 * 64])(mb->workspace + 46718336)) /* 64x15x15 */
#define test_conv2d_2_conv2_scratch(mb) ((float *)(mb->workspace + 48561536)) /* 80352 */
#define test_gelu_2_activ_2(mb) ((float (*)[17][17 * 64])(mb->workspace + 44350848)) /* 64x15x15, 1 zeros around */
#define test_maxpool2d_3_pool(mb) ((float (*)[7][7 * 256])(mb->workspace + 46718336)) /* 256x7x7 */
#define test_maxpool2d_3_pool_arg(mb) ((unsigned char (*)[7][7 * 256])(mb->workspace + 48323968)) /* 256x7x7 */
#define test_conv2d_3_conv1_maxpool2d_3_pool_scratch(mb) ((float *)(mb->workspace + 48725376)) /* 79968 */
#define test_batchnorm2d_3_norm1(mb) ((float (*)[7 * 256])(mb->workspace + 48323968)) /* 256x7x7 */
#define test_gelu_3_activ(mb) ((float (*)[9][9 * 256])(mb->workspace + 36674944)) /* 256x7x7, 1 zeros around */
#define test_batchnorm2d_3_norm2(mb) ((float (*)[7][7 * 256])(mb->workspace + 46718336)) /* 256x7x7 */
#define test_conv2d_3_conv2_scratch(mb) ((float *)(mb->workspace + 48323968)) /* 365280 */
#define test_gelu_3_activ_2(mb) ((float (*)[9][9 * 256])(mb->workspace + 39329152)) /* 256x7x7, 1 zeros around */
#define test_maxpool2d_4_pool(mb) ((float (*)[3][3 * 256])(mb->workspace + 48173312)) /* 256x3x3 */
#define test_maxpool2d_4_pool_arg(mb) ((unsigned char (*)[3][3 * 256])(mb->workspace + 48468224)) /* 256x3x3 */
#define test_conv2d_4_conv1_maxpool2d_4_pool_scratch(mb) ((float *)(mb->workspace + 46718336)) /* 363744 */
#define test_batchnorm2d_4_norm1(mb) ((float (*)[3 * 256])(mb->workspace + 46718336)) /* 256x3x3 */
#define test_gelu_4_activ(mb) ((float (*)[5][5 * 256])(mb->batch + 1189419200 + mb->first * 25600L))
#define test_batchnorm2d_4_norm2(mb) ((float (*)[3][3 * 256])(mb->batch + 1215633600 + mb->first * 9216L)) /* 256x3x3 */
#define test_conv2d_4_conv2_scratch(mb) ((float *)(mb->workspace + 46718336)) /* 207456 */
#define test_gelu_4_activ_2(mb) ((float (*)[3 * 256])(mb->workspace + 46751104)) /* 256x3x3 */
#define test_maxpool2d_5(mb) ((float (*)[256])(mb->workspace + 46718336)) /* 256 */
#define test_maxpool2d_5_arg(mb) ((unsigned short *)(mb->workspace + 46760320)) /* 256 */
#define test_linear_head(mb) ((float (*)[16])(mb->workspace + 46751104)) /* 10 */

/* For a microbatch, before what is made for the whole batch. */
static void evaluate_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, test_input(mb)[0]);
        conv2d_whiten_forward(test_input(mb)[0], mb->weights + AT_whiten_weight, mb->weights + AT_whiten_bias,
            test_conv2d_whiten(mb)[0]);
        gelu_1_forward(test_conv2d_whiten(mb)[0], &test_gelu_1(mb)[1][1 * 32], 0, 0);
        conv2d_2_conv1_maxpool2d_2_pool_forward(test_gelu_1(mb)[0], mb->packed + AT_2_conv1_weight_winograd,
            test_maxpool2d_2_pool(mb)[0], test_maxpool2d_2_pool_arg(mb)[0],
            test_conv2d_2_conv1_maxpool2d_2_pool_scratch(mb));
        batchnorm2d_2_forward(test_maxpool2d_2_pool(mb)[0], mb->packed + AT_batchnorm2d_2_norm1_statistics,
            test_batchnorm2d_2_norm1(mb)[0]);
        gelu_2_activ_forward(test_batchnorm2d_2_norm1(mb)[0], &test_gelu_2_activ(mb)[i][1][1 * 64], 0, 0);
    }
    conv2d_2_conv2_test(test_gelu_2_activ(mb)[0][0], mb->packed + AT_2_conv2_weight_winograd,
        mb->packed + AT_batchnorm2d_2_norm2_statistics, test_batchnorm2d_2_norm2(mb)[0][0],
        test_conv2d_2_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++)
        gelu_2_activ_forward(test_batchnorm2d_2_norm2(mb)[i][0], &test_gelu_2_activ_2(mb)[i][1][1 * 64], 0, 0);
    conv2d_3_conv1_maxpool2d_3_pool_forward(test_gelu_2_activ_2(mb)[0][0], mb->packed + AT_3_conv1_weight_winograd,
        test_maxpool2d_3_pool(mb)[0][0], test_maxpool2d_3_pool_arg(mb)[0][0],
        test_conv2d_3_conv1_maxpool2d_3_pool_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_3_forward(test_maxpool2d_3_pool(mb)[i][0], mb->packed + AT_batchnorm2d_3_norm1_statistics,
            test_batchnorm2d_3_norm1(mb)[0]);
        gelu_3_activ_forward(test_batchnorm2d_3_norm1(mb)[0], &test_gelu_3_activ(mb)[i][1][1 * 256], 0, 0);
    }
    conv2d_3_conv2_test(test_gelu_3_activ(mb)[0][0], mb->packed + AT_3_conv2_weight_winograd,
        mb->packed + AT_batchnorm2d_3_norm2_statistics, test_batchnorm2d_3_norm2(mb)[0][0],
        test_conv2d_3_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++)
        gelu_3_activ_forward(test_batchnorm2d_3_norm2(mb)[i][0], &test_gelu_3_activ_2(mb)[i][1][1 * 256], 0, 0);
    conv2d_4_conv1_maxpool2d_4_pool_forward(test_gelu_3_activ_2(mb)[0][0], mb->packed + AT_4_conv1_weight_winograd,
        test_maxpool2d_4_pool(mb)[0][0], test_maxpool2d_4_pool_arg(mb)[0][0],
        test_conv2d_4_conv1_maxpool2d_4_pool_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_4_forward(test_maxpool2d_4_pool(mb)[i][0], mb->packed + AT_batchnorm2d_4_norm1_statistics,
            test_batchnorm2d_4_norm1(mb)[0]);
        gelu_4_activ_forward(test_batchnorm2d_4_norm1(mb)[0], &test_gelu_4_activ(mb)[i][1][1 * 256], 0, 0);
    }
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_4_conv2_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 * 125 >= mb->count)
        return;

    conv2d_4_conv2_test(test_gelu_4_activ(mb)[0][0] + part / 2 * 800000,
        mb->packed + AT_4_conv2_weight_winograd + part % 2 * 32768,
        mb->packed + AT_batchnorm2d_4_norm2_statistics + part % 2 * 128,
        test_batchnorm2d_4_norm2(mb)[0][0] + part / 2 * 288000 + part % 2 * 128, test_conv2d_4_conv2_scratch(mb));
}

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        gelu_4_activ_2_forward(test_batchnorm2d_4_norm2(mb)[i][0], test_gelu_4_activ_2(mb)[0], 0, 0);
        maxpool2d_5_forward(test_gelu_4_activ_2(mb)[0], test_maxpool2d_5(mb)[i], test_maxpool2d_5_arg(mb));
    }
    linear_head_forward(test_maxpool2d_5(mb)[0], mb->weights + AT_head_weight, test_linear_head(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_head(mb)[0], 16, 10, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(2_norm1, 1e-12, 0.4)}, -1,
        packed + AT_batchnorm2d_2_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(2_norm2, 1e-12, 0.4)}, -1,
        packed + AT_batchnorm2d_2_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(3_norm1, 1e-12, 0.4)}, -1,
        packed + AT_batchnorm2d_3_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(3_norm2, 1e-12, 0.4)}, -1,
        packed + AT_batchnorm2d_3_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(4_norm1, 1e-12, 0.4)}, -1,
        packed + AT_batchnorm2d_4_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(4_norm2, 1e-12, 0.4)}, -1,
        packed + AT_batchnorm2d_4_norm2_statistics);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"whiten.weight", 4, {24, 3, 2, 2}, AT_whiten_weight, 384, 4, {{24, 1}, {3, 32}, {2, 192}, {2, 96}},
     .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.28867513459481287, .high = 0.28867513459481287},
    {"whiten.bias", 1, {24}, AT_whiten_bias, 32, 1, {{24, 1}}, .init = NC_INIT_UNIFORM, .low = -0.2886751345948129,
     .high = 0.2886751345948129},
    {"2.conv1.weight", 4, {64, 24, 3, 3}, AT_2_conv1_weight, 18432, 4, {{64, 288}, {24, 1}, {3, 96}, {3, 32}},
     .init = NC_INIT_UNIFORM, .low = -0.06804138174397716, .high = 0.06804138174397716},
    {"2.norm1.weight", 1, {64}, AT_2_norm1_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"2.norm1.bias", 1, {64}, AT_2_norm1_bias, 64, 1, {{64, 1}}, .init = NC_INIT_CONSTANT, .low = 0},
    {"2.norm1.running_mean", 1, {64}, AT_2_norm1_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"2.norm1.running_var", 1, {64}, AT_2_norm1_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"2.norm1.num_batches_tracked", 0, {0}, AT_2_norm1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"2.conv2.weight", 4, {64, 64, 3, 3}, AT_2_conv2_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3, 4096}},
     .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"2.norm2.weight", 1, {64}, AT_2_norm2_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"2.norm2.bias", 1, {64}, AT_2_norm2_bias, 64, 1, {{64, 1}}, .init = NC_INIT_CONSTANT, .low = 0},
    {"2.norm2.running_mean", 1, {64}, AT_2_norm2_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"2.norm2.running_var", 1, {64}, AT_2_norm2_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"2.norm2.num_batches_tracked", 0, {0}, AT_2_norm2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"3.conv1.weight", 4, {256, 64, 3, 3}, AT_3_conv1_weight, 147456, 4, {{256, 1}, {64, 256}, {3, 49152}, {3, 16384}},
     .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"3.norm1.weight", 1, {256}, AT_3_norm1_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"3.norm1.bias", 1, {256}, AT_3_norm1_bias, 256, 1, {{256, 1}}, .init = NC_INIT_CONSTANT, .low = 0},
    {"3.norm1.running_mean", 1, {256}, AT_3_norm1_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"3.norm1.running_var", 1, {256}, AT_3_norm1_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"3.norm1.num_batches_tracked", 0, {0}, AT_3_norm1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"3.conv2.weight", 4, {256, 256, 3, 3}, AT_3_conv2_weight, 589824, 4, {{256, 1}, {256, 256}, {3, 196608}, {3,
     65536}}, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {"3.norm2.weight", 1, {256}, AT_3_norm2_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"3.norm2.bias", 1, {256}, AT_3_norm2_bias, 256, 1, {{256, 1}}, .init = NC_INIT_CONSTANT, .low = 0},
    {"3.norm2.running_mean", 1, {256}, AT_3_norm2_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"3.norm2.running_var", 1, {256}, AT_3_norm2_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"3.norm2.num_batches_tracked", 0, {0}, AT_3_norm2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"4.conv1.weight", 4, {256, 256, 3, 3}, AT_4_conv1_weight, 589824, 4, {{256, 2304}, {256, 1}, {3, 768}, {3, 256}},
     .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {"4.norm1.weight", 1, {256}, AT_4_norm1_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"4.norm1.bias", 1, {256}, AT_4_norm1_bias, 256, 1, {{256, 1}}, .init = NC_INIT_CONSTANT, .low = 0},
    {"4.norm1.running_mean", 1, {256}, AT_4_norm1_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"4.norm1.running_var", 1, {256}, AT_4_norm1_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"4.norm1.num_batches_tracked", 0, {0}, AT_4_norm1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"4.conv2.weight", 4, {256, 256, 3, 3}, AT_4_conv2_weight, 589824, 4, {{256, 1}, {256, 256}, {3, 196608}, {3,
     65536}}, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {"4.norm2.weight", 1, {256}, AT_4_norm2_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"4.norm2.bias", 1, {256}, AT_4_norm2_bias, 256, 1, {{256, 1}}, .init = NC_INIT_CONSTANT, .low = 0},
    {"4.norm2.running_mean", 1, {256}, AT_4_norm2_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"4.norm2.running_var", 1, {256}, AT_4_norm2_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"4.norm2.num_batches_tracked", 0, {0}, AT_4_norm2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"head.weight", 2, {10, 256}, AT_head_weight, 4096, 2, {{10, 1}, {256, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.06249999999999999, .high = 0.06249999999999999},
};

static const struct nc_fill fills[] = {
    {.parameter = 0, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 2, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 8, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 14, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 20, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 26, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 32, .init = NC_INIT_PARTIAL_DIRAC},
    {.parameter = 0, .init = NC_INIT_WHITENING, .low = 0.0005, .high = 5e+03},
    {.parameter = 1, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 38, .init = NC_INIT_UNIFORM, .low = -0.006944444444444444, .high = 0.006944444444444444},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"whiten: Conv2d(3, 24, 2)", 26, 142737408, 30752, 0, 1},
    {"1: GELU()", 27, 0, 34848, 0, 1},
    {"2.conv1: Conv2d(_, channels, 3, padding=\"same\", bias=False)", 16, 590086144, 14400, 0, 1},
    {"2.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 18, 649068544, 192, 0, 1},
    {"2.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 18, 649068544, 14400, 2, 1},
    {"2.activ: GELU()", 21, 438566912, 18496, 2, 1},
    {"2.conv2: Conv2d(_, channels, 3, padding=\"same\", bias=False)", 19, 708050944, 14400, 2, 1},
    {"2.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 20, 767033344, 192, 2, 1},
    {"2.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 20, 767033344, 14400, 4, 1},
    {"2.activ: GELU()", 21, 514326528, 18496, 4, 1},
    {"3.conv1: Conv2d(_, channels, 3, padding=\"same\", bias=False)", 16, 884998144, 12544, 4, 1},
    {"3.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 18, 826015744, 784, 4, 1},
    {"3.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 18, 826015744, 12544, 6, 1},
    {"3.activ: GELU()", 21, 268697600, 20736, 6, 1},
    {"3.conv2: Conv2d(_, channels, 3, padding=\"same\", bias=False)", 19, 936378368, 12544, 6, 1},
    {"3.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 20, 877395968, 784, 6, 1},
    {"3.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 20, 987758592, 12544, 8, 1},
    {"3.activ: GELU()", 21, 353632256, 20736, 8, 1},
    {"4.conv1: Conv2d(_, channels, 3, padding=\"same\", bias=False)", 16, 1170538496, 2304, 8, 1},
    {"4.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 18, 877395968, 784, 8, 1},
    {"4.norm1: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 18, 1039138816, 2304, 10, 1},
    {"4.activ: GELU()", 21, 1090519040, 6400, 10, 1},
    {"4.conv2: Conv2d(_, channels, 3, padding=\"same\", bias=False)", 19, 1048576000, 2304, 11, 1},
    {"4.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 20, 877395968, 784, 12, 1},
    {"4.norm2: BatchNorm2d(_, eps=1e-12, momentum=0.4)", 20, 0, 2304, 14, 0},
    {"5: MaxPool2d(3)", 29, 294912, 256, 14, 0},
    {"head: Linear(_, 10, bias=False)", 31, 36672896, 16, 14, 0},
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
    {.barriers = 1, ALWAYS_AT(batchnorm2d_2_statistics_forward_part, 0), .parts = 1},
    {.barriers = 2, ALWAYS(forward_3)},
    {.barriers = 3, ALWAYS_AT(batchnorm2d_2_statistics_forward_part, 1), .parts = 1},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(batchnorm2d_statistics_forward_part, 0), .parts = 4},
    {.barriers = 6, ALWAYS(forward_7)},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_statistics_forward_part, 1), .parts = 4},
    {.barriers = 8, ALWAYS(forward_9)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_statistics_forward_part, 2), .parts = 4},
    {.barriers = 10, ALWAYS(forward_11)},
    {.barriers = 11, ALWAYS(conv2d_4_conv2_forward_part), .parts = 16},
    {.barriers = 12, ALWAYS(forward_13)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_statistics_forward_part, 3), .parts = 4},
    {.barriers = 14, .train = train, .test = test, .loss = 1},
    {.barriers = 15, TRAIN_AT(norm_grad_statistics_part, 0), .parts = 4},
    {.barriers = 16, TRAIN(backward_17)},
    {.barriers = 17, TRAIN(conv2d_4_conv2_grad_input_part), .parts = 16},
    {.barriers = 18, TRAIN(backward_19)},
    {.barriers = 19, TRAIN_AT(norm_grad_statistics_part, 1), .parts = 4},
    {.barriers = 20, TRAIN(backward_21)},
    {.barriers = 21, TRAIN_AT(norm_grad_statistics_part, 2), .parts = 4},
    {.barriers = 22, TRAIN(backward_23)},
    {.barriers = 23, TRAIN_AT(norm_grad_statistics_part, 3), .parts = 4},
    {.barriers = 24, TRAIN(backward_25)},
    {.barriers = 25, TRAIN_AT(norm_2_grad_statistics_part, 0), .parts = 1},
    {.barriers = 26, TRAIN(backward_27)},
    {.barriers = 27, TRAIN_AT(norm_2_grad_statistics_part, 1), .parts = 1},
    {.barriers = 28, TRAIN(backward_29)},
    {.barriers = 29, TRAIN(conv2d_4_conv2_grad_weight_part), .parts = 16, .learns = 1},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate_1)},
    {.barriers = 1, TEST(conv2d_4_conv2_test_part), .parts = 16},
    {.barriers = 2, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 3, .pack = pack_evaluation, .crosses = 1,
    .output = {.offset = 46751104, .stride = 16},
};

static const struct nc_model model = {
    .name = "Airbench", .file = "airbench.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 39,
    .fills = fills, .fill_count = 10,
    .block = 1981440, .sharded = 1387680, .packed = 15792032, .packed_forward = 7896960,
    .workspace = 49924480,
    .microbatch = 32, .shard = 64, .batch = 1000,
    .probes = probes, .probe_count = 27,
    .phases = phases, .phase_count = 30, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 1225070784, .capacity = 1000, .learned = 36864,
    .output = {.offset = 36672896, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_cifar10(run, "train_data", "data", 1);
    nc_alternating_flip(train_data);
    nc_random_crop(train_data, 32, 32, (const int[]){2, 2, 2, 2}, 0, (const int[]){0}, 1, "reflect");
    nc_to_tensor(train_data);
    nc_normalize(train_data, (const double[]){0.4914, 0.4822, 0.4465}, (const double[]){0.247, 0.2435, 0.2616}, 3);
    nc_train_data(run, train_data, 1000, 1, 1); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_cifar10(run, "test_data", "data", 0);
    nc_to_tensor(test_data);
    nc_normalize(test_data, (const double[]){0.4914, 0.4822, 0.4465}, (const double[]){0.247, 0.2435, 0.2616}, 3);
    nc_test_data(run, test_data, 500, 0, 0); /* batch_size, shuffle, drop_last */
    nc_test_every(run, 10);
    nc_test_views(run, "mirror_translate", nc_cross_entropy);

    nc_seed(run, 0u);
    /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_sgd(run, 1.4648437500000002, 0.85, 0, 0.0013304347826086956, 1, 0);
    nc_part(run, "BatchNorm2d.bias", 6, (const int[]){4, 10, 16, 22, 28, 34});
    nc_part_value(run, "lr", 1, (const double[]){93.75000000000001});
    nc_part_value(run, "weight_decay", 1, (const double[]){2.078804347826087e-05});
    nc_part(run, "head", 1, (const int[]){38});
    nc_part_value(run, "lr", 1, (const double[]){0.018084490740740745});
    nc_part_value(run, "weight_decay", 1, (const double[]){0.10776521739130435});
    nc_lookahead(run, 5, 0.22621906250000023, 3);
    nc_schedule(run, nc_sequential_lr(run, 2, (struct nc_scheduler *const[]){
        nc_linear_lr(run, 0.2, 1, 115),
        nc_linear_lr(run, 1, 0.07, 385)}, (const double[]){115}), NC_EVERY_BATCH, NC_METRIC_NONE);
    nc_epochs(run, 10);
    nc_save(run, "airbench.pth");
    return nc_train(run);
}

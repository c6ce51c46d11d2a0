/* VGG: a trainer for the model of vgg.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                         output      parameters
 *     3  features.0.0.0: Conv2d(_, channels, 3, padding=1, bias=False) 32x32x32           864
 *     4  features.0.0.1: BatchNorm2d(_)                                32x32x32            64
 *     5  features.0.0.2: ReLU(inplace=True)                            32x32x32             0
 *     3  features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False) 32x32x32          9216
 *     4  features.0.1.1: BatchNorm2d(_)                                32x32x32            64
 *     5  features.0.1.2: ReLU(inplace=True)                            32x32x32             0
 *    10  features.0.2: MaxPool2d(2)                                    32x16x16             0
 *     3  features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False) 64x16x16         18432
 *     4  features.1.0.1: BatchNorm2d(_)                                64x16x16           128
 *     5  features.1.0.2: ReLU(inplace=True)                            64x16x16             0
 *     3  features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False) 64x16x16         36864
 *     4  features.1.1.1: BatchNorm2d(_)                                64x16x16           128
 *     5  features.1.1.2: ReLU(inplace=True)                            64x16x16             0
 *    10  features.1.2: MaxPool2d(2)                                    64x8x8               0
 *     3  features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False) 128x8x8          73728
 *     4  features.2.0.1: BatchNorm2d(_)                                128x8x8            256
 *     5  features.2.0.2: ReLU(inplace=True)                            128x8x8              0
 *     3  features.2.1.0: Conv2d(_, channels, 3, padding=1, bias=False) 128x8x8         147456
 *        the same again: features.2.1.1 to features.2.2.0
 *     4  features.2.2.1: BatchNorm2d(_)                                128x8x8            256
 *     5  features.2.2.2: ReLU(inplace=True)                            128x8x8              0
 *    10  features.2.3: MaxPool2d(2)                                    128x4x4              0
 *    19  1: Flatten()                                                  2048                 0
 *    21  classifier.0: Linear(_, 256)                                  256             524544
 *    22  classifier.1: ReLU(inplace=True)                              256                  0
 *    23  classifier.2: Dropout(0.5)                                    256                  0
 *    24  classifier.3: Linear(_, 10)                                   10                2570
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 5517888 bytes of workspace serve a thread. */
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
    AT_features_0_0_0_weight = 0, AT_features_0_1_0_weight = 928, AT_features_1_0_0_weight = 10208,
    AT_features_1_1_0_weight = 28768, AT_features_2_0_0_weight = 70640, AT_features_2_1_0_weight = 144368,
    AT_features_2_2_0_weight = 291824, AT_classifier_0_weight = 439280, AT_classifier_0_bias = 963568,
    AT_classifier_3_weight = 66528, AT_classifier_3_bias = 70624, AT_NORM(features_0_0_1, 864, 963824, 32),
    AT_NORM(features_0_1_1, 10144, 963904, 32), AT_NORM(features_1_0_1, 28640, 963984, 64), AT_NORM(features_1_1_1,
    65632, 964128, 64), AT_NORM(features_2_0_1, 65760, 964272, 128), AT_NORM(features_2_1_1, 66016, 964544, 128),
    AT_NORM(features_2_2_1, 66272, 964816, 128)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_features_0_1_0_weight_winograd = 0, AT_features_1_0_0_weight_winograd = 37440,
    AT_features_1_1_0_weight_winograd = 111744, AT_features_2_0_0_weight_winograd = 259776,
    AT_features_2_1_0_weight_winograd = 555264, AT_features_2_2_0_weight_winograd = 1145664,
    AT_classifier_3_weight_transposed = 1738368, AT_features_2_2_0_weight_winograd_transposed = 1741088,
    AT_features_2_1_0_weight_winograd_transposed = 2331488, AT_features_2_0_0_weight_winograd_transposed = 2921888,
    AT_features_1_1_0_weight_winograd_transposed = 3217376, AT_features_1_0_0_weight_winograd_transposed = 3365408,
    AT_features_0_1_0_weight_winograd_transposed = 3439712
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_features_0_0_1_statistics = 1736064, AT_batchnorm2d_features_0_1_1_statistics = 1736192,
    AT_batchnorm2d_features_1_0_1_statistics = 1736320, AT_batchnorm2d_features_1_1_1_statistics = 1736576,
    AT_batchnorm2d_features_2_0_1_statistics = 1736832, AT_batchnorm2d_features_2_1_1_statistics = 1737344,
    AT_batchnorm2d_features_2_2_1_statistics = 1737856
};

/* CrossEntropyLoss  (line 41) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 13)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 3; k++)
                x[r * 102 + c * 3 + k] = pixel[k * 256 + sample[(k * 32 + r) * 32 + c]];
}

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size { long y_row, act, norm_row; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { ROWS = 2, COLS = TILE(4, 3, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 32; r += ROWS)
            for (long c = 0; c < 32; c = tile_next(c, COLS, 32)) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                for (long m = 0; m < ROWS; m++)
                    expect_rows(y + (r + m) * size.y_row + c * 32 + o, COLS, 32, VECS * VL);
                const float *wo = w + o;
                for (long a = 0; a < 3; a++) {
                    const float *xt = from_here(x + (r + a) * 102 + c * 3);
                    SEVERAL for (long j = 0; j < 9; j++, xt++, wo += 32) {
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
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(y + (r + m) * size.y_row + (c + n) * 32 + o + v * VL, sum);
                }
            }
}

/* features.0.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
static void conv2d_features_0_0_0_forward(const float *x, const float *w, float *y)
{
    any_conv(x, w, 0, y, (struct conv_size){.y_row = 1024});
}

/* of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
struct moments_size { long rows, cols, channels; };
NC_INLINE void any_moments(const float *x, float *m, const struct moments_size size)
{
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL, vec_load(x + size.rows / 2 * 1024 + size.cols / 2 * size.channels + k + v * VL));
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
                prefetch_second(x + (r + 1) * 1024 + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec d = vec_load(x + r * 1024 + c * size.channels + k + v * VL) - p[v];
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

/* features.0.0.1, features.0.1.1 (line 4) */
DEFINE_MOMENTS(batchnorm2d_features_0_1_moments_forward, .rows = 32, .cols = 32, .channels = 32)

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct norm_size { long rows, cols, channels, y_row; };
NC_INLINE void any_norm(const float *x, const float *stats, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * 1024 + c * size.channels + k),
                    vec_load(stats + 2 * size.channels + k), vec_load(stats + 3 * size.channels + k));
                a = vec_relu(a);
                vec_store(y + r * size.y_row + c * size.channels + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, y, (struct norm_size){__VA_ARGS__}); }

/* features.0.0.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(batchnorm2d_features_0_0_1_forward, .rows = 32, .cols = 32, .channels = 32, .y_row = 1088)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct winograd3_size { long rows, cols, ins, x_row, y_row, block, x_image; };
NC_INLINE void any_winograd3(const float *x, const float *u, float *y, float *scratch, const struct winograd3_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = size.ins, .outs = 32, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 3);
                float *to = y + r * size.y_row + c * 32 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                    vec_store(to + m * size.y_row + n * 32, sums[m][n]);
            }
        }
    }
}

/* features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
static void conv2d_features_0_1_0_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3(x, u, y, scratch, (struct winograd3_size){.rows = 32, .cols = 32, .ins = 32, .x_row = 1088,
        .y_row = 1024, .block = 22, .x_image = 36992});
}

/* features.0.1.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(batchnorm2d_features_0_1_1_forward, .rows = 32, .cols = 32, .channels = 32, .y_row = 1024)

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
                        vec_take_max(vec_load(x + (top + ky) * 1024 + (left + kx) * size.channels + k), ky * 2 + kx,
                            &best, &at);
                vec_store(y + r * size.y_row + c * size.channels + k, best);
                ivec_store_shorts(arg + r * 512 + c * size.channels + k, at);
            }
        }
    }
}

#define DEFINE_MAX_POOL(name, ...) static void name(const float *x, float *y, unsigned short *arg) \
    { any_max_pool(x, y, arg, (struct max_pool_size){__VA_ARGS__}); }

/* features.0.2: MaxPool2d(2)  (line 10) */
DEFINE_MAX_POOL(maxpool2d_features_0_2_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 576)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_2 { long y_row, norm_row, act; };
NC_INLINE void any_winograd3_2(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = 16, .cols = 16, .x_col = 0,
        .ins = 32, .outs = 64, .x_image = 10368, .x_row = 576, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long in_block = least(16, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 32, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * size.y_row + c * 64 + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                        vec sum = sums[m][n];
                        if (size.norm_row)
                            sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + k),
                                vec_load(bias + 3 * size.norm_row + o + k));
                        if (size.act)
                            sum = vec_relu(sum);
                        vec_store(to + m * size.y_row + n * 64, sum);
                    }
                }
            }
        }
    }
}

/* features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
static void conv2d_features_1_0_0_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3_2(x, u, 0, y, scratch, (struct winograd3_size_2){.y_row = 1024});
}

/* features.1.0.1, features.1.1.1 (line 4) */
DEFINE_MOMENTS(batchnorm2d_features_1_1_moments_forward, .rows = 16, .cols = 16, .channels = 64)

/* features.1.0.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(batchnorm2d_features_1_0_1_forward, .rows = 16, .cols = 16, .channels = 64, .y_row = 1152)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_3 { long rows, cols, ins, outs, x_row, y_row, block, norm_row, x_image, y_image, act; };
NC_INLINE void any_winograd3_3(const float *x, const float *u, const float *bias, float *y, float *scratch, int count,
        const struct winograd3_size_3 size)
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
                        if (size.act)
                            sum = vec_relu(sum);
                        vec_store(to + m * size.y_row + n * size.outs, sum);
                    }
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3_3(name, ...) \
    static void name(const float *x, const float *u, float *y, float *scratch, int count) \
    { any_winograd3_3(x, u, 0, y, scratch, count, (struct winograd3_size_3){__VA_ARGS__}); }

/* features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_3(conv2d_features_1_1_0_forward, .rows = 16, .cols = 16, .ins = 64, .outs = 64, .x_row = 1152,
    .y_row = 1024, .block = 16, .x_image = 20736, .y_image = 16384)

/* features.1.1.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(batchnorm2d_features_1_1_1_forward, .rows = 16, .cols = 16, .channels = 64, .y_row = 1024)

/* features.1.2: MaxPool2d(2)  (line 10) */
DEFINE_MAX_POOL(maxpool2d_features_1_2_forward, .rows = 8, .cols = 8, .channels = 64, .y_row = 640)

/* features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_3(conv2d_features_2_0_0_forward, .rows = 8, .cols = 8, .ins = 64, .outs = 128, .x_row = 640,
    .y_row = 1024, .block = 16, .x_image = 6400, .y_image = 8192)

/* features.2.0.1, features.2.1.1, features.2.2.1 (line 4) */
DEFINE_MOMENTS(batchnorm2d_features_2_1_moments_forward, .rows = 8, .cols = 8, .channels = 128)

/* features.2.0.1, features.2.1.1 (line 4) */
DEFINE_NORM(batchnorm2d_features_2_1_forward, .rows = 8, .cols = 8, .channels = 128, .y_row = 1280)

/* features.2.1.0, features.2.2.0 (line 3) */
DEFINE_WINOGRAD3_3(conv2d_features_2_0_forward, .rows = 8, .cols = 8, .ins = 128, .outs = 128, .x_row = 1280,
    .y_row = 1024, .block = 8, .x_image = 12800, .y_image = 8192)

/* features.2.2.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(batchnorm2d_features_2_2_1_forward, .rows = 8, .cols = 8, .channels = 128, .y_row = 1024)

/* features.2.3: MaxPool2d(2)  (line 10) */
DEFINE_MAX_POOL(maxpool2d_features_2_3_forward, .rows = 4, .cols = 4, .channels = 128, .y_row = 512)

/* classifier.0: Linear(_, 256), ReLU(inplace=True)  (line 21)
 * y = x w^T + b
 * y = max(x, 0) */
static void linear_classifier_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    enum { TILES = 32 / COLS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 187, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long j0 = 0; j0 < 2048; j0 += BLOCK)
            for (long t = 0; t < TILES; t++) {
                const long c = t * COLS;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = sums[t][n][v];
                const float *next = j0 < 2048 - BLOCK ? w + j0 * 32 + o + BLOCK * 32 : w + o + VECS * VL;
                prefetch_rows(next + t * SHARE * 32, SHARE, 32, VECS * VL);
                const float *wo = w + j0 * 32 + o;
                const float *xt = from_here(x + c * 2064 + j0);
                IN_EIGHTS for (long j = 0; j < least(BLOCK, 2048 - j0); j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 2064);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                if (j0 < 2048 - BLOCK) {
                    EACH(n, COLS) EACH(v, VECS)
                        sums[t][n][v] = acc[n][v];
                    continue;
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    sum += vec_load(bias + o + v * VL);
                    sum = vec_relu(sum);
                    vec_store(y + (c + n) * 272 + o + v * VL, sum);
                }
            }
    }
}

/* classifier.2: Dropout(0.5)  (line 23)
 * y = x * mask / (1 - p) in training, x in evaluation; second output: the mask */
static void dropout_classifier_2_forward(const float *x, const unsigned char *mask, float scale, float *y)
{
    for (long i = 0; i < 256; i += VL)
        vec_store(y + i, vec_load(x + i) * vec_where_set(vec_all(scale), ivec_load_bytes(mask + i)));
}

/* y = x w^T + b */
struct conv_size_2 { long x_col; };
NC_INLINE void any_conv_2(const float *x, const float *w, const float *bias, float *y, const struct conv_size_2 size)
{
    enum { COLS = 4, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += 16) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            EACH(n, COLS) {
                const vec pixel = vec_all_of(xt + n * size.x_col);
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

#define DEFINE_CONV_2(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv_2(x, w, bias, y, (struct conv_size_2){__VA_ARGS__}); }

/* classifier.3: Linear(_, 10)  (line 24) */
DEFINE_CONV_2(linear_classifier_3_forward, .x_col = 256)

/* classifier.3: Linear(_, 10)  (line 24)
 * dx of LINEAR from dy, w */
static void linear_classifier_3_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = 4, VECS = TILE(4, 2, 2) };
    for (long o = 0; o < 256; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(dy);
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
            vec_store(dx + n * 256 + o + v * VL, acc[n][v]);
    }
}

/* classifier.3: Linear(_, 10)  (line 24)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_3_grad_weight(const float *x, const float *dy, float *dw, int count)
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

/* classifier.3: Linear(_, 10)  (line 24)
 * db from dy, summed over samples and positions */
static void bias_classifier_3_grad(const float *dy, float *db, int count)
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

/* classifier.2: Dropout(0.5)  (line 23)
 * dx = dy * mask / (1 - p); inputs dy, mask */
static void dropout_classifier_2_grad(const float *dy, const unsigned char *mask, float scale, float *dx)
{
    for (long i = 0; i < 256; i += VL)
        vec_store(dx + i, vec_load(dy + i) * vec_where_set(vec_all(scale), ivec_load_bytes(mask + i)));
}

/* classifier.1: ReLU(inplace=True)  (line 22)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_classifier_1_grad(const float *dy, const float *y, float *dx)
{
    for (long i = 0; i < 256; i += VL)
        vec_store(dx + i, vec_relu_grad(vec_load(dy + i), vec_load(y + i)));
}

/* classifier.0: Linear(_, 256)  (line 21)
 * dx of LINEAR from dy, w */
static void linear_classifier_0_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 16 * part / parts, end = 16 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const float *wt = w + tap * 65536;
        float *tr = t + (tap * 32 + q) * 64;
        for (long i = 0; i < 64; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 64);
    }
}

/* classifier.0: Linear(_, 256)  (line 21)
 * dx of LINEAR from dy, w */
static void linear_classifier_0_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 5, 5), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec near[256][VECS];
        for (long j = 0; j < 256; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 64 + v * VL);
        long ahead = 0;
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            if (ahead < 256) {
                prefetch_rows(w + o + VECS * VL + ahead * 64, 8, 64, VECS * VL);
                ahead += 8;
            }
            const float *wo = (const float *)near;
            const float *xt = from_here(dy + c * 272);
            IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += VECS * VL) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 272);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(dx + (c + n) * 2064 + o + v * VL, acc[n][v]);
        }
    }
}

/* classifier.0: Linear(_, 256)  (line 21)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_0_grad_weight_inputs(const float *w, float *t, int part, int parts)
{
    const long first = 64 * part / parts, end = 64 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 4, q = block % 4 * 16;
        const float *wt = w + tap * 16;
        float *tr = t + (tap * 64 + q) * 16;
        for (long i = 0; i < 16; i += 16)
            copy_block(wt + i + q * 2064, 2064, tr + i, 16);
    }
}

/* classifier.0: Linear(_, 256)  (line 21)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_0_grad_weight_gradients(const float *w, float *t, int part, int parts)
{
    const long first = 16 * part / parts, end = 16 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 4, q = block % 4 * 16;
        const float *wt = w + tap * 32;
        float *tr = t + (tap * 64 + q) * 32;
        for (long i = 0; i < 32; i += 16)
            copy_block(wt + i + q * 272, 272, tr + i, 32);
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
                vec_store(dx + r * 1024 + c * size.channels + k, vec_zero());
    for (long r = 0; r < size.rows; r++) {
        const long top = r * 2;
        for (long c = 0; c < size.cols; c++) {
            const long left = c * 2;
            for (long k = 0; k < size.channels; k += VL) {
                const vec gradient = vec_load(dy + r * 512 + c * size.channels + k);
                const ivec at = ivec_load_shorts(arg + r * 512 + c * size.channels + k);
                for (long ky = 0; ky < 2; ky++)
                    for (long kx = 0; kx < 2; kx++) {
                        float *to = dx + (top + ky) * 1024 + (left + kx) * size.channels + k;
                        vec_store(to, vec_load(to) + vec_where(gradient, at, ky * 2 + kx));
                    }
            }
        }
    }
}

#define DEFINE_MAX_POOL_GRAD(name, ...) static void name(const float *dy, const unsigned short *arg, float *dx) \
    { any_max_pool_grad(dy, arg, dx, (struct max_pool_grad_size){__VA_ARGS__}); }

/* features.2.3: MaxPool2d(2)  (line 10) */
DEFINE_MAX_POOL_GRAD(maxpool2d_features_2_3_grad, .rows = 4, .cols = 4, .channels = 128, .in_rows = 8, .in_cols = 8)

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
                prefetch_second(x + (r + 1) * 1024 + c * size.channels + k, 16);
                prefetch_second(dy + (r + 1) * 1024 + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec a = vec_load(x + r * 1024 + c * size.channels + k + v * VL);
                    vec s = vec_load(dy + r * 1024 + c * size.channels + k + v * VL);
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

/* features.2.2.2, features.2.1.2, features.2.0.2 (line 5) */
DEFINE_NORM_SUMS(norm_features_2_1_grad_sums, .rows = 8, .cols = 8, .channels = 128)

/* features.2.2.1, features.2.1.1, features.2.0.1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_features_2(const float *sums, float *dw)
{
    for (long o = 0; o < 128; o += VL)
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
                const vec a = vec_load(x + r * 1024 + c * size.channels + k),
                    factor = vec_load(stats + 2 * size.channels + k);
                vec s = vec_load(dy + r * 1024 + c * size.channels + k);
                s = vec_relu_grad(s, vec_fma(a, factor, vec_load(stats + 3 * size.channels + k)));
                const vec rest = vec_fma(vec_load(dstats + k), a - vec_load(stats + k),
                    vec_load(dstats + size.channels + k));
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_fma(factor, s, rest));
            }
}

#define DEFINE_NORM_GRAD(name, ...) \
    static void name(const float *dy, const float *x, const float *stats, const float *dstats, float *dx) \
    { any_norm_grad(dy, x, stats, dstats, dx, (struct norm_grad_size){__VA_ARGS__}); }

/* features.2.2.2, features.2.1.2, features.2.0.2 (line 5) */
DEFINE_NORM_GRAD(norm_features_2_1_grad, .rows = 8, .cols = 8, .channels = 128, .dx_row = 1280)

#define DEFINE_WINOGRAD3_3B(name, ...) \
    static void name(const float *dy, const float *u, float *dx, float *scratch, int count) \
    { any_winograd3_3(dy, u, 0, dx, scratch, count, (struct winograd3_size_3){__VA_ARGS__}); }

/* features.2.2.0, features.2.1.0 (line 3) */
DEFINE_WINOGRAD3_3B(conv2d_features_2_0_grad_input, .rows = 8, .cols = 8, .ins = 128, .outs = 128, .x_row = 1280,
    .y_row = 1024, .block = 8, .x_image = 12800, .y_image = 8192)

/* features.2.1.1, features.2.0.1 (line 4) */
DEFINE_NORM(norm_features_2_1_again, .rows = 8, .cols = 8, .channels = 128, .y_row = 1280)

/* features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_3B(conv2d_features_2_0_0_grad_input, .rows = 8, .cols = 8, .ins = 128, .outs = 64, .x_row = 1280,
    .y_row = 512, .block = 8, .x_image = 12800, .y_image = 4096)

/* features.1.2: MaxPool2d(2)  (line 10) */
DEFINE_MAX_POOL_GRAD(maxpool2d_features_1_2_grad, .rows = 8, .cols = 8, .channels = 64, .in_rows = 16, .in_cols = 16)

/* features.1.1.2, features.1.0.2 (line 5) */
DEFINE_NORM_SUMS(norm_features_1_1_grad_sums, .rows = 16, .cols = 16, .channels = 64)

/* features.1.1.1, features.1.0.1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_features_1(const float *sums, float *dw)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* features.1.1.2, features.1.0.2 (line 5) */
DEFINE_NORM_GRAD(norm_features_1_1_grad, .rows = 16, .cols = 16, .channels = 64, .dx_row = 1152)

/* features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_3B(conv2d_features_1_1_0_grad_input, .rows = 16, .cols = 16, .ins = 64, .outs = 64, .x_row = 1152,
    .y_row = 1024, .block = 16, .x_image = 20736, .y_image = 16384)

/* features.1.0.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(norm_features_1_0_1_again, .rows = 16, .cols = 16, .channels = 64, .y_row = 1152)

/* dw of CONV2D from dy, x, summed over the samples */
struct winograd3_grad_weight_size { long rows, cols, ins, outs, x_row, d_row, d_col, g_tap, x_image, d_image; };
NC_INLINE void any_winograd3_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count,
        const struct winograd3_grad_weight_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = size.rows, .cols = size.cols,
        .ins = size.ins, .outs = size.outs, .x_image = size.x_image, .x_row = size.x_row, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = size.d_image, .d_row = size.d_row, .d_col = size.d_col, .g_tap = size.g_tap, .g_in = size.outs,
            .g_ins = size.ins,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

#define DEFINE_WINOGRAD3_GRAD_WEIGHT(name, ...) \
    static void name(const float *x, const float *dy, float *dw, float *scratch, int count) \
    { any_winograd3_grad_weight(x, dy, dw, scratch, count, (struct winograd3_grad_weight_size){__VA_ARGS__}); }

/* features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_features_1_1_0_grad_weight, .rows = 16, .cols = 16, .ins = 64, .outs = 64,
    .x_row = 1152, .d_row = 1152, .d_col = 64, .g_tap = 4096, .x_image = 20736, .d_image = 20736)

#define DEFINE_WINOGRAD3(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3(dy, u, dx, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3(conv2d_features_1_0_0_grad_input, .rows = 16, .cols = 16, .ins = 64, .x_row = 1152, .y_row = 512,
    .block = 16, .x_image = 20736)

/* features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_features_1_0_0_grad_weight, .rows = 16, .cols = 16, .ins = 32, .outs = 64,
    .x_row = 576, .d_row = 1152, .d_col = 64, .g_tap = 2048, .x_image = 10368, .d_image = 20736)

/* features.0.2: MaxPool2d(2)  (line 10) */
DEFINE_MAX_POOL_GRAD(maxpool2d_features_0_2_grad, .rows = 16, .cols = 16, .channels = 32, .in_rows = 32, .in_cols = 32)

/* features.0.1.2, features.0.0.2 (line 5) */
DEFINE_NORM_SUMS(norm_features_0_1_grad_sums, .rows = 32, .cols = 32, .channels = 32)

/* features.0.1.1, features.0.0.1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_features_0(const float *sums, float *dw)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* features.0.1.2: ReLU(inplace=True), BatchNorm2d(_)  (line 5) */
DEFINE_NORM_GRAD(norm_features_0_1_1_grad, .rows = 32, .cols = 32, .channels = 32, .dx_row = 1088)

/* features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3(conv2d_features_0_1_0_grad_input, .rows = 32, .cols = 32, .ins = 32, .x_row = 1088, .y_row = 1024,
    .block = 22, .x_image = 36992)

/* features.0.0.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(norm_features_0_0_1_again, .rows = 32, .cols = 32, .channels = 32, .y_row = 1088)

/* features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_features_0_1_0_grad_weight, .rows = 32, .cols = 32, .ins = 32, .outs = 32,
    .x_row = 1088, .d_row = 1088, .d_col = 32, .g_tap = 1024, .x_image = 36992, .d_image = 36992)

/* features.0.0.2: ReLU(inplace=True), BatchNorm2d(_)  (line 5) */
DEFINE_NORM_GRAD(norm_features_0_0_1_grad, .rows = 32, .cols = 32, .channels = 32, .dx_row = 1024)

/* features.0.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_features_0_0_0_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(9, 5, 5), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long top = 0; top < 32; top += 4)
            for (long a = 0; a < 3; a++)
                for (long start = 0; start < 9; start += COLS) {
                    const long j = least(start, 9 - COLS);
                    float *gt = dw + (a * 9 + j) * 32 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = vec_load(gt + n * 32 + v * VL);
                    for (long r = top; r < top + 4; r++) {
                        const float *xr = from_here(x + (r + a) * 102 + j);
                        const float *dr = dy + r * 1024 + o;
                        SEVERAL for (long c = 0; c < 32; c++, xr += 3, dr += 32) {
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
                                vec_store(gt + n * 32 + v * VL, acc[n][v]);
                }
}

/* features.2.2.0, features.2.1.0 (line 3)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_features_2_0_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 8, .cols = 8,
        .ins = 64, .outs = 32, .x_image = 12800, .x_row = 1280, .block = 32,
        .x_col = 128,
    };
    const struct winograd_gradient gradient = {
        .d_image = 12800, .d_row = 1280, .d_col = 128, .g_tap = 2048, .g_in = 32, .g_ins = 64,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_features_2_0_0_grad_weight, .rows = 8, .cols = 8, .ins = 64, .outs = 32,
    .x_row = 640, .d_row = 1280, .d_col = 128, .g_tap = 2048, .x_image = 6400, .d_image = 12800)

/* classifier.0: Linear(_, 256)  (line 21)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_0_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    const long share = 8 * VECS * VL * COLS / 16;
    for (long first = 0; first < count; first += 128) {
        const float *next = dy + (first + 128) * 32;
        for (long o = 0; o < 32; o += VECS * VL)
            for (long p = 0; p < 16; p++)
                for (long j = 0; j < 16; j += COLS, next += share) {
                    prefetch_second(next, share);
                    float *gt = dw + (p * 16 + j) * 32 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = first == 0 ? vec_zero() : vec_load(gt + n * 32 + v * VL);
                    const float *xr = from_here(x + p * 1024 + first * 16 + j);
                    const float *dr = dy + first * 32 + o;
                    SEVERAL for (long s = first; s < least(first + 128, count); s++, xr += 16, dr += 32) {
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
}

/* classifier.0: Linear(_, 256)  (line 21)
 * db from dy, summed over samples and positions */
static void bias_classifier_0_grad(const float *dy, float *db, int count)
{
    for (long o = 0; o < 256; o += 32) {
        vec sum[32 / VL];
        EACH(v, 32 / VL)
            sum[v] = vec_load(db + o + v * VL);
        for (long c = 0; c < count; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + c * 272 + o + v * VL);
        EACH(v, 32 / VL)
            vec_store(db + o + v * VL, sum[v]);
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

/* features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_0_1_0_weights, .ins = 32, .outs = 32, .w_tap_y = 3072, .w_tap_x = 1024,
    .w_in = 32, .w_out = 1)

/* features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_1_0_0_weights, .ins = 32, .outs = 64, .w_tap_y = 6144, .w_tap_x = 2048,
    .w_in = 64, .w_out = 1)

/* features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_1_1_0_weights, .ins = 64, .outs = 64, .w_tap_y = 12288, .w_tap_x = 4096,
    .w_in = 64, .w_out = 1)

/* features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_2_0_0_weights, .ins = 64, .outs = 128, .w_tap_y = 24576, .w_tap_x = 8192,
    .w_in = 128, .w_out = 1)

/* features.2.1.0, features.2.2.0 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_2_0_weights, .ins = 128, .outs = 128, .w_tap_y = 49152, .w_tap_x = 16384,
    .w_in = 128, .w_out = 1)

/* classifier.3: Linear(_, 10)  (line 24)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_classifier_3_grad_input_weights(const float *w, float *t, int part, int parts)
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

/* features.2.2.0, features.2.1.0 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_2_0_grad_input_weights, .ins = 128, .outs = 128, .w_tap_y = -49152,
    .w_tap_x = -16384, .w_in = 1, .w_out = 128)

/* features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_2_0_0_grad_input_weights, .ins = 128, .outs = 64, .w_tap_y = -24576,
    .w_tap_x = -8192, .w_in = 1, .w_out = 128)

/* features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_1_1_0_grad_input_weights, .ins = 64, .outs = 64, .w_tap_y = -12288,
    .w_tap_x = -4096, .w_in = 1, .w_out = 64)

/* features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_1_0_0_grad_input_weights, .ins = 64, .outs = 32, .w_tap_y = -6144,
    .w_tap_x = -2048, .w_in = 1, .w_out = 64)

/* features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_features_0_1_0_grad_input_weights, .ins = 32, .outs = 32, .w_tap_y = -3072,
    .w_tap_x = -1024, .w_in = 1, .w_out = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3472])(mb->batch + 57376768 + mb->first * 13888L)) /* 3x32x32, 1 zeros around */
#define conv2d_features_0_0_0(mb) ((float (*)[32][32 * 32])(mb->batch + 0 + mb->first * 131072L)) /* 32x32x32 */
#define batchnorm2d_features_0_0_1_moments(mb) ((float (*)[3][32])(mb->batch + 8388608 + mb->first * 384L)) /* 32x3x1 */
#define batchnorm2d_features_0_0_1_statistics(mb) ((float (*)[32])(mb->batch + 59528576)) /* 32x4x1 */
#define relu_features_0_0_2(mb) ((float (*)[34 * 32])(mb->workspace + 4212864)) /* 32x32x32, 1 zeros around */
#define conv2d_features_0_1_0(mb) ((float (*)[32][32 * 32])(mb->batch + 8388608 + mb->first * 131072L)) /* 32x32x32 */
#define conv2d_features_0_1_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 58464 */
#define batchnorm2d_features_0_1_1_moments(mb) ((float (*)[3][32])(mb->batch + 16777216 + mb->first * 384L))
#define batchnorm2d_features_0_1_1_statistics(mb) ((float (*)[32])(mb->batch + 59529152)) /* 32x4x1 */
#define relu_features_0_1_2(mb) ((float (*)[32 * 32])(mb->workspace + 0)) /* 32x32x32 */
#define maxpool2d_features_0_2(mb) ((float (*)[18][18 * 32])(mb->batch + 49938432 + mb->first * 41472L))
#define maxpool2d_features_0_2_arg(mb) ((unsigned short (*)[16][16 * 32])(mb->batch + 56328192 + mb->first * 16384L))
#define conv2d_features_1_0_0(mb) ((float (*)[16][16 * 64])(mb->batch + 25165824 + mb->first * 65536L)) /* 64x16x16 */
#define conv2d_features_1_0_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define batchnorm2d_features_1_0_1_moments(mb) ((float (*)[3][64])(mb->batch + 16777216 + mb->first * 768L))
#define batchnorm2d_features_1_0_1_statistics(mb) ((float (*)[64])(mb->batch + 59525312)) /* 64x4x1 */
#define relu_features_1_0_2(mb) ((float (*)[18][18 * 64])(mb->workspace + 2476160)) /* 64x16x16, 1 zeros around */
#define conv2d_features_1_1_0(mb) ((float (*)[16][16 * 64])(mb->batch + 16777216 + mb->first * 65536L)) /* 64x16x16 */
#define conv2d_features_1_1_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define batchnorm2d_features_1_1_1_moments(mb) ((float (*)[3][64])(mb->batch + 20971520 + mb->first * 768L))
#define batchnorm2d_features_1_1_1_statistics(mb) ((float (*)[64])(mb->batch + 59526400)) /* 64x4x1 */
#define relu_features_1_1_2(mb) ((float (*)[16 * 64])(mb->workspace + 0)) /* 64x16x16 */
#define maxpool2d_features_1_2(mb) ((float (*)[10][10 * 64])(mb->batch + 54689792 + mb->first * 25600L))
#define maxpool2d_features_1_2_arg(mb) ((unsigned short (*)[8][8 * 64])(mb->batch + 58265600 + mb->first * 8192L))
#define conv2d_features_2_0_0(mb) ((float (*)[8][8 * 128])(mb->batch + 29360128 + mb->first * 32768L)) /* 128x8x8 */
#define conv2d_features_2_0_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define batchnorm2d_features_2_0_1_moments(mb) ((float (*)[400])(mb->batch + 20971520 + mb->first * 1600L))
#define conv2d_features_2_2_0(mb) ((float (*)[8][8 * 128])(mb->batch + 23068672 + mb->first * 32768L)) /* 128x8x8 */
#define batchnorm2d_features_2_2_1_statistics(mb) ((float (*)[128])(mb->batch + 59523200)) /* 128x4x1 */
#define relu_features_2_2_2(mb) ((float (*)[8 * 128])(mb->workspace + 0)) /* 128x8x8 */
#define maxpool2d_features_2_3(mb) ((float (*)[2064])(mb->batch + 31457280 + mb->first * 8256L)) /* 128x4x4 */
#define maxpool2d_features_2_3_arg(mb) ((unsigned short (*)[4][4 * 128])(mb->batch + 53121024 + mb->first * 4096L))
#define relu_classifier_1(mb) ((float (*)[272])(mb->batch + 31985664 + mb->first * 1088L)) /* 256 */
#define dropout_classifier_2_mask(mb) ((unsigned char (*)[256])(mb->workspace + 8192)) /* 256 */
#define dropout_classifier_2(mb) ((float (*)[256])(mb->workspace + 0)) /* 256 */
#define linear_classifier_3(mb) ((float (*)[16])(mb->workspace + 4360832)) /* 10 */
#define d_linear_classifier_3(mb) ((float (*)[16])(mb->workspace + 9216)) /* 10 */
#define d_dropout_classifier_2(mb) ((float (*)[256])(mb->workspace + 4096)) /* 256 */
#define d_relu_classifier_1(mb) ((float *)(mb->workspace + 0)) /* 256 */
#define d_linear_classifier_0(mb) ((float (*)[272])(mb->batch + 59314176 + mb->first * 1088L)) /* 256 */
#define linear_classifier_0_grad_input_weights_transposed(mb) ((float *)(mb->workspace + 0)) /* 16384 */
#define d_flatten_1(mb) ((float (*)[2064])(mb->batch + 52592640 + mb->first * 8256L)) /* 128x4x4 */
#define linear_classifier_0_grad_weight_inputs_in_panels(mb) ((float *)(mb->batch + 58789888)) /* 131072 */
#define linear_classifier_0_grad_weight_gradients_in_panels(mb) ((float *)(mb->batch + 59453440)) /* 16384 */
#define d_relu_features_2_2_2(mb) ((float (*)[8][8 * 128])(mb->batch + 31457280 + mb->first * 32768L)) /* 128x8x8 */
#define d_batchnorm2d_features_2_2_1_sums(mb) ((float (*)[272])(mb->batch + 53383168 + mb->first * 1088L)) /* 128x2x1 */
#define d_relu_features_2_0_2(mb) ((float (*)[8][8 * 128])(mb->batch + 31457280 + mb->first * 32768L)) /* 128x8x8 */
#define batchnorm2d_features_2_0_1_statistics(mb) ((float (*)[128])(mb->batch + 59518976)) /* 128x4x1 */
#define d_batchnorm2d_features_2_0_1_statistics(mb) ((float (*)[128])(mb->batch + 52629504)) /* 128x2x1 */
#define d_conv2d_features_2_0_0(mb) ((float (*)[10][10 * 128])(mb->batch + 46661632 + mb->first * 51200L))
#define d_maxpool2d_features_1_2(mb) ((float (*)[8][8 * 64])(mb->workspace + 238464)) /* 64x8x8 */
#define conv2d_features_2_0_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 59616 */
#define d_relu_features_1_1_2(mb) ((float (*)[16][16 * 64])(mb->batch + 20971520 + mb->first * 65536L)) /* 64x16x16 */
#define d_batchnorm2d_features_1_1_1_sums(mb) ((float (*)[144])(mb->batch + 52592640 + mb->first * 576L)) /* 64x2x1 */
#define d_batchnorm2d_features_1_1_1_statistics(mb) ((float (*)[64])(mb->batch + 52629504)) /* 64x2x1 */
#define d_conv2d_features_1_1_0(mb) ((float (*)[18][18 * 64])(mb->workspace + 2807936)) /* 64x16x16, 1 zeros around */
#define d_relu_features_1_0_2(mb) ((float (*)[16][16 * 64])(mb->batch + 29360128 + mb->first * 65536L)) /* 64x16x16 */
#define conv2d_features_1_1_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define d_batchnorm2d_features_1_0_1_sums(mb) ((float (*)[144])(mb->batch + 52592640 + mb->first * 576L)) /* 64x2x1 */
#define relu_features_1_0_2_again(mb) ((float (*)[18][18 * 64])(mb->workspace + 3139712)) /* 64x16x16, 1 zeros around */
#define conv2d_features_1_1_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 323104 */
#define d_batchnorm2d_features_1_0_1_statistics(mb) ((float (*)[64])(mb->batch + 52629504)) /* 64x2x1 */
#define d_conv2d_features_1_0_0(mb) ((float (*)[18][18 * 64])(mb->workspace + 3471488)) /* 64x16x16, 1 zeros around */
#define d_maxpool2d_features_0_2(mb) ((float (*)[16][16 * 32])(mb->workspace + 762496)) /* 32x16x16 */
#define conv2d_features_1_0_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define conv2d_features_1_0_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 190624 */
#define d_relu_features_0_1_2(mb) ((float (*)[32][32 * 32])(mb->batch + 16777216 + mb->first * 131072L)) /* 32x32x32 */
#define d_batchnorm2d_features_0_1_1_sums(mb) ((float (*)[2][32])(mb->batch + 52592640 + mb->first * 256L)) /* 32x2x1 */
#define d_batchnorm2d_features_0_1_1_statistics(mb) ((float (*)[32])(mb->batch + 52609024)) /* 32x2x1 */
#define d_conv2d_features_0_1_0(mb) ((float (*)[34][34 * 32])(mb->workspace + 1292416)) /* 32x32x32, 1 zeros around */
#define d_relu_features_0_0_2(mb) ((float (*)[32][32 * 32])(mb->batch + 25165824 + mb->first * 131072L)) /* 32x32x32 */
#define conv2d_features_0_1_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 58464 */
#define d_batchnorm2d_features_0_0_1_sums(mb) ((float (*)[2][32])(mb->batch + 52592640 + mb->first * 256L)) /* 32x2x1 */
#define relu_features_0_0_2_again(mb) ((float (*)[34][34 * 32])(mb->workspace + 1884288)) /* 32x32x32, 1 zeros around */
#define conv2d_features_0_1_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 119456 */
#define d_batchnorm2d_features_0_0_1_statistics(mb) ((float (*)[32])(mb->batch + 8388608)) /* 32x2x1 */
#define d_conv2d_features_0_0_0(mb) ((float (*)[32 * 32])(mb->workspace + 0)) /* 32x32x32 */
#define conv2d_features_2_0_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 208928 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 105);
        conv2d_features_0_0_0_forward(input(mb)[i], mb->weights + AT_features_0_0_0_weight,
            conv2d_features_0_0_0(mb)[i][0]);
        if (mb->training)
            batchnorm2d_features_0_1_moments_forward(conv2d_features_0_0_0(mb)[i][0],
                batchnorm2d_features_0_0_1_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_features_1_statistics_forward_part finds its values. */
static const struct batchnorm2d_features_1_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_features_1_statistics_forward_part_at[] = {
    {8388608, 59528576, 96, {.channels = 32, .pixels = 1024, BATCH_NORM_OF(features_0_0_1, 1e-05, 0.1)}},
    {16777216, 59529152, 96, {.channels = 32, .pixels = 1024, BATCH_NORM_OF(features_0_1_1, 1e-05, 0.1)}},
    {16777216, 59525312, 192, {.channels = 64, .pixels = 256, BATCH_NORM_OF(features_1_0_1, 1e-05, 0.1)}},
    {20971520, 59526400, 192, {.channels = 64, .pixels = 256, BATCH_NORM_OF(features_1_1_1, 1e-05, 0.1)}},
};

/* For the whole batch. */
static void batchnorm2d_features_1_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_features_1_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    nc_batch_norm(mb, &at->norm, moments_values, at->stride, statistics_values);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_3(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_features_0_0_1_forward(conv2d_features_0_0_0(mb)[i][0],
            batchnorm2d_features_0_0_1_statistics(mb)[0], &relu_features_0_0_2(mb)[1][1 * 32]);
        conv2d_features_0_1_0_forward(relu_features_0_0_2(mb)[0], mb->packed + AT_features_0_1_0_weight_winograd,
            conv2d_features_0_1_0(mb)[i][0], conv2d_features_0_1_0_scratch(mb));
        if (mb->training)
            batchnorm2d_features_0_1_moments_forward(conv2d_features_0_1_0(mb)[i][0],
                batchnorm2d_features_0_1_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_features_0_1_1_forward(conv2d_features_0_1_0(mb)[i][0],
            batchnorm2d_features_0_1_1_statistics(mb)[0], relu_features_0_1_2(mb)[0]);
        maxpool2d_features_0_2_forward(relu_features_0_1_2(mb)[0], &maxpool2d_features_0_2(mb)[i][1][1 * 32],
            maxpool2d_features_0_2_arg(mb)[i][0]);
        conv2d_features_1_0_0_forward(maxpool2d_features_0_2(mb)[i][0], mb->packed + AT_features_1_0_0_weight_winograd,
            conv2d_features_1_0_0(mb)[i][0], conv2d_features_1_0_0_scratch(mb));
        if (mb->training)
            batchnorm2d_features_1_1_moments_forward(conv2d_features_1_0_0(mb)[i][0],
                batchnorm2d_features_1_0_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        batchnorm2d_features_1_0_1_forward(conv2d_features_1_0_0(mb)[i][0],
            batchnorm2d_features_1_0_1_statistics(mb)[0], &relu_features_1_0_2(mb)[i][1][1 * 64]);
    conv2d_features_1_1_0_forward(relu_features_1_0_2(mb)[0][0], mb->packed + AT_features_1_1_0_weight_winograd,
        conv2d_features_1_1_0(mb)[0][0], conv2d_features_1_1_0_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_features_1_1_moments_forward(conv2d_features_1_1_0(mb)[i][0],
                batchnorm2d_features_1_1_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_9(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_features_1_1_1_forward(conv2d_features_1_1_0(mb)[i][0],
            batchnorm2d_features_1_1_1_statistics(mb)[0], relu_features_1_1_2(mb)[0]);
        maxpool2d_features_1_2_forward(relu_features_1_1_2(mb)[0], &maxpool2d_features_1_2(mb)[i][1][1 * 64],
            maxpool2d_features_1_2_arg(mb)[i][0]);
    }
    conv2d_features_2_0_0_forward(maxpool2d_features_1_2(mb)[0][0], mb->packed + AT_features_2_0_0_weight_winograd,
        conv2d_features_2_0_0(mb)[0][0], conv2d_features_2_0_0_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_features_2_1_moments_forward(conv2d_features_2_0_0(mb)[i][0],
                batchnorm2d_features_2_0_1_moments(mb)[i]);
    }
}

/* Where batchnorm2d_features_2_1_statistics_forward_part finds its values. */
static const struct batchnorm2d_features_2_1_statistics_forward_part {
    long moments_values, statistics_values;
    struct nc_batch_norm norm;
} batchnorm2d_features_2_1_statistics_forward_part_at[] = {
    {20971520, 59518976, {.channels = 128, .pixels = 64, BATCH_NORM_OF(features_2_0_1, 1e-05, 0.1)}},
    {23068672, 59521088, {.channels = 128, .pixels = 64, BATCH_NORM_OF(features_2_1_1, 1e-05, 0.1)}},
    {31457280, 59523200, {.channels = 128, .pixels = 64, BATCH_NORM_OF(features_2_2_1, 1e-05, 0.1)}},
};

/* For the whole batch, part mb->part of 2. */
static void batchnorm2d_features_2_1_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_features_2_1_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    const long part = mb->part;

    nc_batch_norm_part(mb, &at->norm, moments_values, 400, statistics_values, part * 64, part * 64 + 64);
}

/* Where forward_11_and_13 finds its values. */
static const struct forward_11_and_13 {
    long conv2d_features_2_0, batchnorm2d_features_2_1_statistics, relu_features_2_2, features_2_0_weight_winograd,
        conv2d_features_2_0_2, batchnorm2d_features_2_1_moments;
} forward_11_and_13_at[] = {
    {29360128, 59518976, 3803264, AT_features_2_1_0_weight_winograd, 20971520, 23068672}, /* features.2.0.1 */
    {20971520, 59521088, 4008064, AT_features_2_2_0_weight_winograd, 23068672, 31457280}, /* features.2.1.1 */
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_11_and_13(struct nc_microbatch *mb)
{
    const struct forward_11_and_13 *at = mb->at;
    float (*conv2d_features_2_0)[8][8 * 128] = (void *)(mb->batch + at->conv2d_features_2_0 + mb->first * 32768L);
    float (*batchnorm2d_features_2_1_statistics)[128] = (void *)(mb->batch + at->batchnorm2d_features_2_1_statistics);
    float (*relu_features_2_2)[10][10 * 128] = (void *)(mb->workspace + at->relu_features_2_2);
    float (*conv2d_features_2_0_2)[8][8 * 128] = (void *)(mb->batch + at->conv2d_features_2_0_2 + mb->first * 32768L);
    float *conv2d_features_2_0_scratch = (void *)(mb->workspace + 0); /* 59616 */
    float (*batchnorm2d_features_2_1_moments)[400] =
        (void *)(mb->batch + at->batchnorm2d_features_2_1_moments + mb->first * 1600L); /* 128x3x1 */

    for (int i = 0; i < mb->count; i++)
        batchnorm2d_features_2_1_forward(conv2d_features_2_0[i][0], batchnorm2d_features_2_1_statistics[0],
            &relu_features_2_2[i][1][1 * 128]);
    conv2d_features_2_0_forward(relu_features_2_2[0][0], mb->packed + at->features_2_0_weight_winograd,
        conv2d_features_2_0_2[0][0], conv2d_features_2_0_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_features_2_1_moments_forward(conv2d_features_2_0_2[i][0], batchnorm2d_features_2_1_moments[i]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_15(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_features_2_2_1_forward(conv2d_features_2_2_0(mb)[i][0],
            batchnorm2d_features_2_2_1_statistics(mb)[0], relu_features_2_2_2(mb)[0]);
        maxpool2d_features_2_3_forward(relu_features_2_2_2(mb)[0], maxpool2d_features_2_3(mb)[i],
            maxpool2d_features_2_3_arg(mb)[i][0]);
    }
}

/* For the whole batch, part mb->part of 16. */
static void linear_classifier_0_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 8 * 32 >= mb->count)
        return;

    linear_classifier_0_forward(maxpool2d_features_2_3(mb)[0] + part / 8 * 66048,
        mb->weights + AT_classifier_0_weight + part % 8 * 65536, mb->weights + AT_classifier_0_bias + part % 8 * 32,
        relu_classifier_1(mb)[0] + part / 8 * 8704 + part % 8 * 32);
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        nc_dropout_mask(mb, 0, i, (const struct nc_axis[]){{256, 1}}, 1, dropout_classifier_2_mask(mb)[i]);
        dropout_classifier_2_forward(relu_classifier_1(mb)[i], dropout_classifier_2_mask(mb)[i],
            mb->dropout ? 1.0f / (float)(1.0 - 0.5) : 1.0f, dropout_classifier_2(mb)[i]);
    }
    linear_classifier_3_forward(dropout_classifier_2(mb)[0], mb->weights + AT_classifier_3_weight,
        mb->weights + AT_classifier_3_bias, linear_classifier_3(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_classifier_3(mb)[0], 16, 10, d_linear_classifier_3(mb)[0]);
    linear_classifier_3_grad_input(d_linear_classifier_3(mb)[0], mb->packed + AT_classifier_3_weight_transposed,
        d_dropout_classifier_2(mb)[0]);
    linear_classifier_3_grad_weight(dropout_classifier_2(mb)[0], d_linear_classifier_3(mb)[0],
        mb->gradients + AT_classifier_3_weight, mb->count);
    bias_classifier_3_grad(d_linear_classifier_3(mb)[0], mb->gradients + AT_classifier_3_bias, mb->count);
    for (int i = 0; i < mb->count; i++) {
        dropout_classifier_2_grad(d_dropout_classifier_2(mb)[i], dropout_classifier_2_mask(mb)[i],
            1.0f / (float)(1.0 - 0.5), d_relu_classifier_1(mb));
        relu_classifier_1_grad(d_relu_classifier_1(mb), relu_classifier_1(mb)[i], d_linear_classifier_0(mb)[i]);
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
        nc_cross_entropy(mb, &loss, linear_classifier_3(mb)[0], 16, 10, 0);
}

/* For the whole batch, part mb->part of 32. */
static void linear_classifier_0_grad_input_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_classifier_0_grad_input_weights(mb->weights + AT_classifier_0_weight + part * 2048,
        linear_classifier_0_grad_input_weights_transposed(mb), 0, 1);
    linear_classifier_0_grad_input(d_linear_classifier_0(mb)[0], linear_classifier_0_grad_input_weights_transposed(mb),
        d_flatten_1(mb)[0] + part * 64);
}

/* For the whole batch, part mb->part of 8. */
static void linear_classifier_0_grad_weight_inputs_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_classifier_0_grad_weight_inputs(maxpool2d_features_2_3(mb)[0] + part * 256,
        linear_classifier_0_grad_weight_inputs_in_panels(mb) + part * 16384, 0, 1);
}

/* For the whole batch, part mb->part of 2. */
static void linear_classifier_0_grad_weight_gradients_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_classifier_0_grad_weight_gradients(d_linear_classifier_0(mb)[0] + part * 128,
        linear_classifier_0_grad_weight_gradients_in_panels(mb) + part * 8192, 0, 1);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        maxpool2d_features_2_3_grad(d_flatten_1(mb)[i], maxpool2d_features_2_3_arg(mb)[i][0],
            d_relu_features_2_2_2(mb)[i][0]);
        norm_features_2_1_grad_sums(d_relu_features_2_2_2(mb)[i][0], conv2d_features_2_2_0(mb)[i][0],
            batchnorm2d_features_2_2_1_statistics(mb)[0], d_batchnorm2d_features_2_2_1_sums(mb)[i]);
        norm_features_2(d_batchnorm2d_features_2_2_1_sums(mb)[i] + 128, mb->gradients + AT_features_2_2_1_weight);
        norm_features_2(d_batchnorm2d_features_2_2_1_sums(mb)[i], mb->gradients + AT_features_2_2_1_bias);
    }
}

/* Where norm_features_2_1_grad_statistics_part finds its values. */
static const struct norm_features_2_1_grad_statistics_part {
    long d_batchnorm2d_features_2_1_sums, batchnorm2d_features_2_1_statistics, d_batchnorm2d_features_2_1_statistics;
} norm_features_2_1_grad_statistics_part_at[] = {
    {53383168, 59523200, 59527488}, /* features.2.2.1 */
    {59383808, 59521088, 23138304}, /* features.2.1.1 */
    {23068672, 59518976, 52629504}, /* features.2.0.1 */
};

/* For the whole batch, part mb->part of 2. */
static void norm_features_2_1_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_features_2_1_grad_statistics_part *at = mb->at;
    float *d_batchnorm2d_features_2_1_sums = (void *)(mb->batch + at->d_batchnorm2d_features_2_1_sums);
    float *batchnorm2d_features_2_1_statistics = (void *)(mb->batch + at->batchnorm2d_features_2_1_statistics);
    float *d_batchnorm2d_features_2_1_statistics = (void *)(mb->batch + at->d_batchnorm2d_features_2_1_statistics);

    const long part = mb->part;

    nc_batch_norm_grad_part(mb, 128, 64, 1, d_batchnorm2d_features_2_1_sums, 272, batchnorm2d_features_2_1_statistics,
        d_batchnorm2d_features_2_1_statistics, part * 64, part * 64 + 64);
}

/* Where backward_23_and_25 finds its values. */
static const struct backward_23_and_25 {
    long d_relu_features_2_2, conv2d_features_2_0, batchnorm2d_features_2_1_statistics,
        d_batchnorm2d_features_2_1_statistics, d_conv2d_features_2_0, features_2_0_weight_winograd_transposed,
        d_relu_features_2_2_2, conv2d_features_2_0_2, batchnorm2d_features_2_1_statistics_2,
        d_batchnorm2d_features_2_1_sums, relu_features_2_2_again, features_2_1_weight, features_2_1_bias;
} backward_23_and_25_at[] = {
    {31457280, 23068672, 59523200, 59527488, 33554432, AT_features_2_2_0_weight_winograd_transposed, 52592640, 20971520,
     59521088, 59383808, 36831232, AT_features_2_1_1_weight, AT_features_2_1_1_bias},
    {52592640, 20971520, 59521088, 23138304, 40108032, AT_features_2_1_0_weight_winograd_transposed, 31457280, 29360128,
     59518976, 23068672, 43384832, AT_features_2_0_1_weight, AT_features_2_0_1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_23_and_25(struct nc_microbatch *mb)
{
    const struct backward_23_and_25 *at = mb->at;
    float (*d_relu_features_2_2)[8][8 * 128] = (void *)(mb->batch + at->d_relu_features_2_2 + mb->first * 32768L);
    float (*conv2d_features_2_0)[8][8 * 128] = (void *)(mb->batch + at->conv2d_features_2_0 + mb->first * 32768L);
    float (*batchnorm2d_features_2_1_statistics)[128] = (void *)(mb->batch + at->batchnorm2d_features_2_1_statistics);
    float (*d_batchnorm2d_features_2_1_statistics)[128] =
        (void *)(mb->batch + at->d_batchnorm2d_features_2_1_statistics); /* 128x2x1 */
    float (*d_conv2d_features_2_0)[10][10 * 128] = (void *)(mb->batch + at->d_conv2d_features_2_0 + mb->first * 51200L);
    float (*d_relu_features_2_2_2)[8][8 * 128] = (void *)(mb->batch + at->d_relu_features_2_2_2 + mb->first * 32768L);
    float *conv2d_features_2_0_grad_input_scratch = (void *)(mb->workspace + 0); /* 59616 */
    float (*conv2d_features_2_0_2)[8][8 * 128] = (void *)(mb->batch + at->conv2d_features_2_0_2 + mb->first * 32768L);
    float (*batchnorm2d_features_2_1_statistics_2)[128] =
        (void *)(mb->batch + at->batchnorm2d_features_2_1_statistics_2); /* 128x4x1 */
    float (*d_batchnorm2d_features_2_1_sums)[272] =
        (void *)(mb->batch + at->d_batchnorm2d_features_2_1_sums + mb->first * 1088L); /* 128x2x1 */
    float (*relu_features_2_2_again)[10][10 * 128] =
        (void *)(mb->batch + at->relu_features_2_2_again + mb->first * 51200L); /* 128x8x8, 1 zeros around */

    for (int i = 0; i < mb->count; i++)
        norm_features_2_1_grad(d_relu_features_2_2[i][0], conv2d_features_2_0[i][0],
            batchnorm2d_features_2_1_statistics[0], d_batchnorm2d_features_2_1_statistics[0],
            &d_conv2d_features_2_0[i][1][1 * 128]);
    conv2d_features_2_0_grad_input(d_conv2d_features_2_0[0][0],
        mb->packed + at->features_2_0_weight_winograd_transposed, d_relu_features_2_2_2[0][0],
        conv2d_features_2_0_grad_input_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_features_2_1_grad_sums(d_relu_features_2_2_2[i][0], conv2d_features_2_0_2[i][0],
            batchnorm2d_features_2_1_statistics_2[0], d_batchnorm2d_features_2_1_sums[i]);
        norm_features_2_1_again(conv2d_features_2_0_2[i][0], batchnorm2d_features_2_1_statistics_2[0],
            &relu_features_2_2_again[i][1][1 * 128]);
        norm_features_2(d_batchnorm2d_features_2_1_sums[i] + 128, mb->gradients + at->features_2_1_weight);
        norm_features_2(d_batchnorm2d_features_2_1_sums[i], mb->gradients + at->features_2_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_27(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_features_2_1_grad(d_relu_features_2_0_2(mb)[i][0], conv2d_features_2_0_0(mb)[i][0],
            batchnorm2d_features_2_0_1_statistics(mb)[0], d_batchnorm2d_features_2_0_1_statistics(mb)[0],
            &d_conv2d_features_2_0_0(mb)[i][1][1 * 128]);
    conv2d_features_2_0_0_grad_input(d_conv2d_features_2_0_0(mb)[0][0],
        mb->packed + AT_features_2_0_0_weight_winograd_transposed, d_maxpool2d_features_1_2(mb)[0][0],
        conv2d_features_2_0_0_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        maxpool2d_features_1_2_grad(d_maxpool2d_features_1_2(mb)[i][0], maxpool2d_features_1_2_arg(mb)[i][0],
            d_relu_features_1_1_2(mb)[i][0]);
        norm_features_1_1_grad_sums(d_relu_features_1_1_2(mb)[i][0], conv2d_features_1_1_0(mb)[i][0],
            batchnorm2d_features_1_1_1_statistics(mb)[0], d_batchnorm2d_features_1_1_1_sums(mb)[i]);
        norm_features_1(d_batchnorm2d_features_1_1_1_sums(mb)[i] + 64, mb->gradients + AT_features_1_1_1_weight);
        norm_features_1(d_batchnorm2d_features_1_1_1_sums(mb)[i], mb->gradients + AT_features_1_1_1_bias);
    }
}

/* Where norm_features_1_grad_statistics_part finds its values. */
static const struct norm_features_1_grad_statistics_part {
    long batchnorm2d_features_1_statistics, d_batchnorm2d_features_1_statistics, channels, pixels, stride;
} norm_features_1_grad_statistics_part_at[] = {
    {59526400, 52629504, 64, 256, 144}, /* features.1.1.1 */
    {59525312, 52629504, 64, 256, 144}, /* features.1.0.1 */
    {59529152, 52609024, 32, 1024, 64}, /* features.0.1.1 */
    {59528576, 8388608, 32, 1024, 64}, /* features.0.0.1 */
};

/* For the whole batch. */
static void norm_features_1_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_features_1_grad_statistics_part *at = mb->at;
    float *d_batchnorm2d_features_1_sums = (void *)(mb->batch + 52592640);
    float *batchnorm2d_features_1_statistics = (void *)(mb->batch + at->batchnorm2d_features_1_statistics);
    float *d_batchnorm2d_features_1_statistics = (void *)(mb->batch + at->d_batchnorm2d_features_1_statistics);

    nc_batch_norm_grad(mb, at->channels, at->pixels, 1, d_batchnorm2d_features_1_sums, at->stride,
        batchnorm2d_features_1_statistics, d_batchnorm2d_features_1_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_29(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_features_1_1_grad(d_relu_features_1_1_2(mb)[i][0], conv2d_features_1_1_0(mb)[i][0],
            batchnorm2d_features_1_1_1_statistics(mb)[0], d_batchnorm2d_features_1_1_1_statistics(mb)[0],
            &d_conv2d_features_1_1_0(mb)[i][1][1 * 64]);
    conv2d_features_1_1_0_grad_input(d_conv2d_features_1_1_0(mb)[0][0],
        mb->packed + AT_features_1_1_0_weight_winograd_transposed, d_relu_features_1_0_2(mb)[0][0],
        conv2d_features_1_1_0_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_features_1_1_grad_sums(d_relu_features_1_0_2(mb)[i][0], conv2d_features_1_0_0(mb)[i][0],
            batchnorm2d_features_1_0_1_statistics(mb)[0], d_batchnorm2d_features_1_0_1_sums(mb)[i]);
        norm_features_1_0_1_again(conv2d_features_1_0_0(mb)[i][0], batchnorm2d_features_1_0_1_statistics(mb)[0],
            &relu_features_1_0_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_features_1_1_0_grad_weight(relu_features_1_0_2_again(mb)[0][0], &d_conv2d_features_1_1_0(mb)[0][1][1 * 64],
        mb->gradients + AT_features_1_1_0_weight, conv2d_features_1_1_0_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_features_1(d_batchnorm2d_features_1_0_1_sums(mb)[i] + 64, mb->gradients + AT_features_1_0_1_weight);
        norm_features_1(d_batchnorm2d_features_1_0_1_sums(mb)[i], mb->gradients + AT_features_1_0_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_31(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_features_1_1_grad(d_relu_features_1_0_2(mb)[i][0], conv2d_features_1_0_0(mb)[i][0],
            batchnorm2d_features_1_0_1_statistics(mb)[0], d_batchnorm2d_features_1_0_1_statistics(mb)[0],
            &d_conv2d_features_1_0_0(mb)[i][1][1 * 64]);
        conv2d_features_1_0_0_grad_input(d_conv2d_features_1_0_0(mb)[i][0],
            mb->packed + AT_features_1_0_0_weight_winograd_transposed, d_maxpool2d_features_0_2(mb)[i][0],
            conv2d_features_1_0_0_grad_input_scratch(mb));
    }
    conv2d_features_1_0_0_grad_weight(maxpool2d_features_0_2(mb)[0][0], &d_conv2d_features_1_0_0(mb)[0][1][1 * 64],
        mb->gradients + AT_features_1_0_0_weight, conv2d_features_1_0_0_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        maxpool2d_features_0_2_grad(d_maxpool2d_features_0_2(mb)[i][0], maxpool2d_features_0_2_arg(mb)[i][0],
            d_relu_features_0_1_2(mb)[i][0]);
        norm_features_0_1_grad_sums(d_relu_features_0_1_2(mb)[i][0], conv2d_features_0_1_0(mb)[i][0],
            batchnorm2d_features_0_1_1_statistics(mb)[0], d_batchnorm2d_features_0_1_1_sums(mb)[i][0]);
        norm_features_0(d_batchnorm2d_features_0_1_1_sums(mb)[i][1], mb->gradients + AT_features_0_1_1_weight);
        norm_features_0(d_batchnorm2d_features_0_1_1_sums(mb)[i][0], mb->gradients + AT_features_0_1_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_33(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_features_0_1_1_grad(d_relu_features_0_1_2(mb)[i][0], conv2d_features_0_1_0(mb)[i][0],
            batchnorm2d_features_0_1_1_statistics(mb)[0], d_batchnorm2d_features_0_1_1_statistics(mb)[0],
            &d_conv2d_features_0_1_0(mb)[i][1][1 * 32]);
        conv2d_features_0_1_0_grad_input(d_conv2d_features_0_1_0(mb)[i][0],
            mb->packed + AT_features_0_1_0_weight_winograd_transposed, d_relu_features_0_0_2(mb)[i][0],
            conv2d_features_0_1_0_grad_input_scratch(mb));
        norm_features_0_1_grad_sums(d_relu_features_0_0_2(mb)[i][0], conv2d_features_0_0_0(mb)[i][0],
            batchnorm2d_features_0_0_1_statistics(mb)[0], d_batchnorm2d_features_0_0_1_sums(mb)[i][0]);
        norm_features_0_0_1_again(conv2d_features_0_0_0(mb)[i][0], batchnorm2d_features_0_0_1_statistics(mb)[0],
            &relu_features_0_0_2_again(mb)[i][1][1 * 32]);
    }
    conv2d_features_0_1_0_grad_weight(relu_features_0_0_2_again(mb)[0][0], &d_conv2d_features_0_1_0(mb)[0][1][1 * 32],
        mb->gradients + AT_features_0_1_0_weight, conv2d_features_0_1_0_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_features_0(d_batchnorm2d_features_0_0_1_sums(mb)[i][1], mb->gradients + AT_features_0_0_1_weight);
        norm_features_0(d_batchnorm2d_features_0_0_1_sums(mb)[i][0], mb->gradients + AT_features_0_0_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_35(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_features_0_0_1_grad(d_relu_features_0_0_2(mb)[i][0], conv2d_features_0_0_0(mb)[i][0],
            batchnorm2d_features_0_0_1_statistics(mb)[0], d_batchnorm2d_features_0_0_1_statistics(mb)[0],
            d_conv2d_features_0_0_0(mb)[0]);
        conv2d_features_0_0_0_grad_weight(input(mb)[i], d_conv2d_features_0_0_0(mb)[0],
            mb->gradients + AT_features_0_0_0_weight);
    }
}

/* Where conv2d_features_2_0_grad_weight_part finds its values. */
static const struct conv2d_features_2_0_grad_weight_part {
    long features, relu_features_again, d_features;
} conv2d_features_2_0_grad_weight_part_at[] = {
    {AT_features_2_2_0_weight, 36831232, 33554432}, /* features.2.2.0 */
    {AT_features_2_1_0_weight, 43384832, 40108032}, /* features.2.1.0 */
};

/* For the whole batch, part mb->part of 8. */
static void conv2d_features_2_0_grad_weight_part(struct nc_microbatch *mb)
{
    const struct conv2d_features_2_0_grad_weight_part *at = mb->at;
    float (*relu_features_again)[10][10 * 128] = (void *)(mb->batch + at->relu_features_again + mb->first * 51200L);
    float (*d_features)[10][10 * 128] = (void *)(mb->batch + at->d_features + mb->first * 51200L);
    float *features_grad_scratch = (void *)(mb->workspace + 0); /* 208928 */

    const long part = mb->part;
    float *gradients = nc_zero_learned(mb, 18432);

    conv2d_features_2_0_grad_weight(relu_features_again[0][0] + part / 4 * 64,
        &d_features[0][1][1 * 128] + part % 4 * 32, gradients, features_grad_scratch, mb->count);
    nc_learn_rows(mb, at->features + part / 4 * 8192 + part % 4 * 32, &(const struct nc_rows){.outer = 9,
        .outer_step = 16384, .inner = 64, .inner_step = 128}, 32);
}

/* For the whole batch, part mb->part of 4. */
static void conv2d_features_2_0_0_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_zero_learned(mb, 18432);

    conv2d_features_2_0_0_grad_weight(maxpool2d_features_1_2(mb)[0][0],
        &d_conv2d_features_2_0_0(mb)[0][1][1 * 128] + part * 32, gradients,
        conv2d_features_2_0_0_grad_weight_scratch(mb), mb->count);
    nc_learn_rows(mb, AT_features_2_0_0_weight + part * 32, &(const struct nc_rows){.outer = 9, .outer_step = 8192,
        .inner = 64, .inner_step = 128}, 32);
}

/* For the whole batch, part mb->part of 64. */
static void linear_classifier_0_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_gradient(mb, AT_classifier_0_weight + part / 8 * 8192 + part % 8 * 65536);

    linear_classifier_0_grad_weight(linear_classifier_0_grad_weight_inputs_in_panels(mb) + part / 8 * 16384,
        linear_classifier_0_grad_weight_gradients_in_panels(mb) + part % 8 * 2048, gradients, mb->count);
    nc_learn(mb, AT_classifier_0_weight + part / 8 * 8192 + part % 8 * 65536, 8192);
}

/* For the whole batch. */
static void bias_classifier_0_grad_part(struct nc_microbatch *mb)
{
    float *gradients = nc_zero_gradient(mb, AT_classifier_0_bias, 256);

    bias_classifier_0_grad(d_linear_classifier_0(mb)[0], gradients, mb->count);
    nc_learn(mb, AT_classifier_0_bias, 256);
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_features_0_1_0_weights, features_0_1_0_weight, 0, winograd),
    PACKED(conv2d_features_1_0_0_weights, features_1_0_0_weight, 0, winograd),
    PACKED(conv2d_features_1_1_0_weights, features_1_1_0_weight, 0, winograd),
    PACKED(conv2d_features_2_0_0_weights, features_2_0_0_weight, 0, winograd),
    PACKED(conv2d_features_2_0_weights, features_2_1_0_weight, 0, winograd),
    PACKED(conv2d_features_2_0_weights, features_2_2_0_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 6; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(linear_classifier_3_grad_input_weights, classifier_3_weight, 0, transposed),
    PACKED(conv2d_features_2_0_grad_input_weights, features_2_2_0_weight, 131072, winograd_transposed),
    PACKED(conv2d_features_2_0_grad_input_weights, features_2_1_0_weight, 131072, winograd_transposed),
    PACKED(conv2d_features_2_0_0_grad_input_weights, features_2_0_0_weight, 65536, winograd_transposed),
    PACKED(conv2d_features_1_1_0_grad_input_weights, features_1_1_0_weight, 32768, winograd_transposed),
    PACKED(conv2d_features_1_0_0_grad_input_weights, features_1_0_0_weight, 16384, winograd_transposed),
    PACKED(conv2d_features_0_1_0_grad_input_weights, features_0_1_0_weight, 8192, winograd_transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 7; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* features.0.0.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 3) */
static void conv2d_features_0_0_0_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.y_row = 1088, .act = 1, .norm_row = 32});
}

/* features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True), MaxPool2d(2)
 *     (line 3)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_features_0_1_0_maxpool2d_features_0_2_test(const float *x, const float *u, const float *bias,
        float *y, unsigned char *arg, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = 32, .cols = 32, .x_col = 0,
        .ins = 32, .outs = 32, .x_image = 36992, .x_row = 1088, .block = 22,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 22) {
        const long in_block = least(22, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 3);
                float *to = y + r * 576 + c * 32 + k;
                unsigned char *to_arg = arg + r * 512 + c * 32 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                    sums[m][n] = vec_fma(sums[m][n], vec_load(bias + 64 + k), vec_load(bias + 96 + k));
                UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                    UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                        vec best = sums[m][n];
                        ivec at = ivec_all(0);
                        vec_take_max(sums[m][n + 1], 1, &best, &at);
                        vec_take_max(sums[m + 1][n], 2, &best, &at);
                        vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                        best = vec_relu(best);
                        vec_store(to + m / 2 * 576 + n / 2 * 32, best);
                        ivec_store_bytes(to_arg + m / 2 * 512 + n / 2 * 32, at);
                    }
            }
        }
    }
}

/* features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 3) */
static void conv2d_features_1_0_0_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    any_winograd3_2(x, u, bias, y, scratch, (struct winograd3_size_2){.y_row = 1152, .norm_row = 64, .act = 1});
}

/* features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True), MaxPool2d(2)
 *     (line 3)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_features_1_1_0_maxpool2d_features_1_2_test(const float *x, const float *u, const float *bias,
        float *y, unsigned char *arg, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 16, .cols = 16, .x_col = 0,
        .ins = 64, .outs = 64, .x_image = 20736, .x_row = 1152, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long in_block = least(16, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 64, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * 6400 + r * 640 + c * 64 + o + k;
                    unsigned char *to_arg = arg + image * 4096 + r * 512 + c * 64 + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                        sums[m][n] = vec_fma(sums[m][n], vec_load(bias + 128 + o + k), vec_load(bias + 192 + o + k));
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                            vec best = sums[m][n];
                            ivec at = ivec_all(0);
                            vec_take_max(sums[m][n + 1], 1, &best, &at);
                            vec_take_max(sums[m + 1][n], 2, &best, &at);
                            vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                            best = vec_relu(best);
                            vec_store(to + m / 2 * 640 + n / 2 * 64, best);
                            ivec_store_bytes(to_arg + m / 2 * 512 + n / 2 * 64, at);
                        }
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3_3C(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch, int count) \
    { any_winograd3_3(x, u, bias, y, scratch, count, (struct winograd3_size_3){__VA_ARGS__}); }

/* features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 3) */
DEFINE_WINOGRAD3_3C(conv2d_features_2_0_0_test, .rows = 8, .cols = 8, .ins = 64, .outs = 128, .x_row = 640,
    .y_row = 1280, .block = 16, .norm_row = 128, .x_image = 6400, .y_image = 12800, .act = 1)

/* features.2.1.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 3) */
DEFINE_WINOGRAD3_3C(conv2d_features_2_1_0_test, .rows = 8, .cols = 8, .ins = 128, .outs = 128, .x_row = 1280,
    .y_row = 1280, .block = 8, .norm_row = 128, .x_image = 12800, .y_image = 12800, .act = 1)

/* features.2.2.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True), MaxPool2d(2)
 *     (line 3)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_features_2_2_0_maxpool2d_features_2_3_test(const float *x, const float *u, const float *bias,
        float *y, unsigned char *arg, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 16, .rows = 4, .cols = 8, .x_col = 0,
        .ins = 128, .outs = 128, .x_image = 12800, .x_row = 1280, .block = 11,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 11) {
        const long in_block = least(11, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 128, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t) / 2, c = winograd_col(&layer, first + t) / 2;
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * 2064 + r * 512 + c * 128 + o + k;
                    unsigned char *to_arg = arg + image * 2048 + r * 512 + c * 128 + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                        sums[m][n] = vec_fma(sums[m][n], vec_load(bias + 256 + o + k), vec_load(bias + 384 + o + k));
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2) {
                            vec best = sums[m][n];
                            ivec at = ivec_all(0);
                            vec_take_max(sums[m][n + 1], 1, &best, &at);
                            vec_take_max(sums[m + 1][n], 2, &best, &at);
                            vec_take_max(sums[m + 1][n + 1], 3, &best, &at);
                            best = vec_relu(best);
                            vec_store(to + m / 2 * 512 + n / 2 * 128, best);
                            ivec_store_bytes(to_arg + m / 2 * 512 + n / 2 * 128, at);
                        }
                }
            }
        }
    }
}

/* classifier.3: Linear(_, 10)  (line 24) */
DEFINE_CONV_2(linear_classifier_3_test, .x_col = 272)

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[34 * 3])(mb->workspace + 5504000)) /* 3x32x32, 1 zeros around */
#define test_relu_features_0_0_2(mb) ((float (*)[34 * 32])(mb->workspace + 5212160)) /* 32x32x32, 1 zeros around */
#define test_maxpool2d_features_0_2(mb) ((float (*)[18 * 32])(mb->workspace + 5462528)) /* 32x16x16, 1 zeros around */
#define test_maxpool2d_features_0_2_arg(mb) ((unsigned char (*)[16 * 32])(mb->workspace + 4926720)) /* 32x16x16 */
#define test_conv2d_features_0_1_0_maxpool2d_features_0_2_scratch(mb) ((float *)(mb->workspace + 4692864)) /* 58464 */
#define test_relu_features_1_0_2(mb) ((float (*)[18][18 * 64])(mb->workspace + 4361088)) /* 64x16x16, 1 zeros around */
#define test_conv2d_features_1_0_0_scratch(mb) ((float *)(mb->workspace + 4692864)) /* 41568 */
#define test_maxpool2d_features_1_2(mb) ((float (*)[10][10 * 64])(mb->workspace + 5360128)) /* 64x8x8, 1 zeros around */
#define test_maxpool2d_features_1_2_arg(mb) ((unsigned char (*)[8][8 * 64])(mb->workspace + 4983552)) /* 64x8x8 */
#define test_conv2d_features_1_1_0_maxpool2d_features_1_2_scratch(mb) ((float *)(mb->workspace + 4692864)) /* 72672 */
#define test_relu_features_2_0_2(mb) ((float (*)[10][10 * 128])(mb->workspace + 5007360)) /* 128x8x8, 1 zeros around */
#define test_conv2d_features_2_0_0_scratch(mb) ((float *)(mb->workspace + 4692864)) /* 69600 */
#define test_relu_features_2_1_2(mb) ((float (*)[10][10 * 128])(mb->batch + 59529728 + mb->first * 51200L))
#define test_conv2d_features_2_1_0_scratch(mb) ((float *)(mb->workspace + 4692864)) /* 59616 */
#define test_maxpool2d_features_2_3(mb) ((float (*)[2064])(mb->batch + 62806528 + mb->first * 8256L)) /* 128x4x4 */
#define test_maxpool2d_features_2_3_arg(mb) ((unsigned char (*)[4][4 * 128])(mb->batch + 63334912 + mb->first * 2048L))
#define test_conv2d_features_2_2_0_maxpool2d_features_2_3_scratch(mb) ((float *)(mb->workspace + 4692864)) /* 78624 */
#define test_relu_classifier_1(mb) ((float (*)[272])(mb->batch + 63334912 + mb->first * 1088L)) /* 256 */
#define test_linear_classifier_3(mb) ((float (*)[16])(mb->workspace + 4692864)) /* 10 */

/* For a microbatch, before what is made for the whole batch. */
static void evaluate_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_features_0_0_0_test(test_input(mb)[0], mb->weights + AT_features_0_0_0_weight,
            mb->packed + AT_batchnorm2d_features_0_0_1_statistics, &test_relu_features_0_0_2(mb)[1][1 * 32]);
        conv2d_features_0_1_0_maxpool2d_features_0_2_test(test_relu_features_0_0_2(mb)[0],
            mb->packed + AT_features_0_1_0_weight_winograd, mb->packed + AT_batchnorm2d_features_0_1_1_statistics,
            &test_maxpool2d_features_0_2(mb)[1][1 * 32], test_maxpool2d_features_0_2_arg(mb)[0],
            test_conv2d_features_0_1_0_maxpool2d_features_0_2_scratch(mb));
        conv2d_features_1_0_0_test(test_maxpool2d_features_0_2(mb)[0], mb->packed + AT_features_1_0_0_weight_winograd,
            mb->packed + AT_batchnorm2d_features_1_0_1_statistics, &test_relu_features_1_0_2(mb)[i][1][1 * 64],
            test_conv2d_features_1_0_0_scratch(mb));
    }
    conv2d_features_1_1_0_maxpool2d_features_1_2_test(test_relu_features_1_0_2(mb)[0][0],
        mb->packed + AT_features_1_1_0_weight_winograd, mb->packed + AT_batchnorm2d_features_1_1_1_statistics,
        &test_maxpool2d_features_1_2(mb)[0][1][1 * 64], test_maxpool2d_features_1_2_arg(mb)[0][0],
        test_conv2d_features_1_1_0_maxpool2d_features_1_2_scratch(mb), mb->count);
    conv2d_features_2_0_0_test(test_maxpool2d_features_1_2(mb)[0][0], mb->packed + AT_features_2_0_0_weight_winograd,
        mb->packed + AT_batchnorm2d_features_2_0_1_statistics, &test_relu_features_2_0_2(mb)[0][1][1 * 128],
        test_conv2d_features_2_0_0_scratch(mb), mb->count);
    conv2d_features_2_1_0_test(test_relu_features_2_0_2(mb)[0][0], mb->packed + AT_features_2_1_0_weight_winograd,
        mb->packed + AT_batchnorm2d_features_2_1_1_statistics, &test_relu_features_2_1_2(mb)[0][1][1 * 128],
        test_conv2d_features_2_1_0_scratch(mb), mb->count);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_features_2_2_0_maxpool2d_features_2_3_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 * 16 >= mb->count)
        return;

    conv2d_features_2_2_0_maxpool2d_features_2_3_test(
        test_relu_features_2_1_2(mb)[0][0] + part / 4 * 204800 + part / 2 % 2 * 5120,
        mb->packed + AT_features_2_2_0_weight_winograd + part % 2 * 8192,
        mb->packed + AT_batchnorm2d_features_2_2_1_statistics + part % 2 * 64,
        test_maxpool2d_features_2_3(mb)[0] + part / 4 * 33024 + part / 2 % 2 * 1024 + part % 2 * 64,
        test_maxpool2d_features_2_3_arg(mb)[0][0] + part / 4 * 32768 + part / 2 % 2 * 1024 + part % 2 * 64,
        test_conv2d_features_2_2_0_maxpool2d_features_2_3_scratch(mb));
}

/* For the whole batch, part mb->part of 16. */
static void linear_classifier_0_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 8 * 32 >= mb->count)
        return;

    linear_classifier_0_forward(test_maxpool2d_features_2_3(mb)[0] + part / 8 * 66048,
        mb->weights + AT_classifier_0_weight + part % 8 * 65536, mb->weights + AT_classifier_0_bias + part % 8 * 32,
        test_relu_classifier_1(mb)[0] + part / 8 * 8704 + part % 8 * 32);
}

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    linear_classifier_3_test(test_relu_classifier_1(mb)[0], mb->weights + AT_classifier_3_weight,
        mb->weights + AT_classifier_3_bias, test_linear_classifier_3(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_classifier_3(mb)[0], 16, 10, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(features_0_0_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_0_0_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(features_0_1_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_0_1_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(features_1_0_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_1_0_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(features_1_1_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_1_1_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(features_2_0_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_2_0_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(features_2_1_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_2_1_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(features_2_2_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_features_2_2_1_statistics);
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
    {"features.0.0.0.weight", 4, {32, 3, 3, 3}, AT_features_0_0_0_weight, 864, 4, {{32, 1}, {3, 32}, {3, 288}, {3, 96}},
     .init = NC_INIT_UNIFORM, .low = -0.19245008972987523, .high = 0.19245008972987523},
    BATCH_NORM("features.0.0.1", features_0_0_1, 32, 32),
    {"features.0.1.0.weight", 4, {32, 32, 3, 3}, AT_features_0_1_0_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3,
     1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("features.0.1.1", features_0_1_1, 32, 32),
    {"features.1.0.0.weight", 4, {64, 32, 3, 3}, AT_features_1_0_0_weight, 18432, 4, {{64, 1}, {32, 64}, {3, 6144}, {3,
     2048}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("features.1.0.1", features_1_0_1, 64, 64),
    {"features.1.1.0.weight", 4, {64, 64, 3, 3}, AT_features_1_1_0_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3,
     4096}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("features.1.1.1", features_1_1_1, 64, 64),
    {"features.2.0.0.weight", 4, {128, 64, 3, 3}, AT_features_2_0_0_weight, 73728, 4, {{128, 1}, {64, 128}, {3, 24576},
     {3, 8192}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("features.2.0.1", features_2_0_1, 128, 128),
    {"features.2.1.0.weight", 4, {128, 128, 3, 3}, AT_features_2_1_0_weight, 147456, 4, {{128, 1}, {128, 128}, {3,
     49152}, {3, 16384}}, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948},
    BATCH_NORM("features.2.1.1", features_2_1_1, 128, 128),
    {"features.2.2.0.weight", 4, {128, 128, 3, 3}, AT_features_2_2_0_weight, 147456, 4, {{128, 1}, {128, 128}, {3,
     49152}, {3, 16384}}, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948},
    BATCH_NORM("features.2.2.1", features_2_2_1, 128, 128),
    {"classifier.0.weight", 2, {256, 2048}, AT_classifier_0_weight, 524288, 5, {{8, 65536}, {32, 1}, {128, 32}, {4,
     16384}, {4, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.022097086912079605, .high = 0.022097086912079605},
    {"classifier.0.bias", 1, {256}, AT_classifier_0_bias, 256, 1, {{256, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.022097086912079608, .high = 0.022097086912079608},
    {"classifier.3.weight", 2, {10, 256}, AT_classifier_3_weight, 4096, 2, {{10, 1}, {256, 16}},
     .init = NC_INIT_UNIFORM, .low = -0.06249999999999999, .high = 0.06249999999999999},
    {"classifier.3.bias", 1, {10}, AT_classifier_3_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM, .low = -0.0625,
     .high = 0.0625},
};

static const struct nc_dropout dropouts[] = {
    {.elements = 256, .p = 0.5},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 13, 57376768, 3472, 0, 1},
    {"features.0.0.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 0, 32768, 0, 1},
    {"features.0.0.1: BatchNorm2d(_)", 4, 8388608, 96, 0, 1},
    {"features.0.1.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 8388608, 32768, 2, 1},
    {"features.0.1.1: BatchNorm2d(_)", 4, 16777216, 96, 2, 1},
    {"features.0.2: MaxPool2d(2)", 10, 49938432, 10368, 4, 1},
    {"features.1.0.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 25165824, 16384, 4, 1},
    {"features.1.0.1: BatchNorm2d(_)", 4, 16777216, 192, 4, 1},
    {"features.1.0.1: BatchNorm2d(_)", 4, 2476160, 20736, 6, 0},
    {"features.1.1.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 16777216, 16384, 6, 1},
    {"features.1.1.1: BatchNorm2d(_)", 4, 20971520, 192, 6, 1},
    {"features.1.2: MaxPool2d(2)", 10, 54689792, 6400, 8, 1},
    {"features.2.0.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 29360128, 8192, 8, 1},
    {"features.2.0.1: BatchNorm2d(_)", 4, 20971520, 400, 8, 1},
    {"features.2.0.1: BatchNorm2d(_)", 4, 3803264, 12800, 10, 0},
    {"features.2.1.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 20971520, 8192, 10, 1},
    {"features.2.1.1: BatchNorm2d(_)", 4, 23068672, 400, 10, 1},
    {"features.2.1.1: BatchNorm2d(_)", 4, 4008064, 12800, 12, 0},
    {"features.2.2.0: Conv2d(_, channels, 3, padding=1, bias=False)", 3, 23068672, 8192, 12, 1},
    {"features.2.2.1: BatchNorm2d(_)", 4, 31457280, 400, 12, 1},
    {"features.2.3: MaxPool2d(2)", 10, 31457280, 2064, 14, 1},
    {"classifier.0: Linear(_, 256)", 21, 31985664, 272, 15, 1},
    {"classifier.2: Dropout(0.5)", 23, 0, 256, 16, 0},
    {"classifier.3: Linear(_, 10)", 24, 4360832, 16, 16, 0},
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
    {.barriers = 1, ALWAYS_AT(batchnorm2d_features_1_statistics_forward_part, 0), .parts = 1},
    {.barriers = 2, ALWAYS(forward_3)},
    {.barriers = 3, ALWAYS_AT(batchnorm2d_features_1_statistics_forward_part, 1), .parts = 1},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(batchnorm2d_features_1_statistics_forward_part, 2), .parts = 1},
    {.barriers = 6, ALWAYS(forward_7)},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_features_1_statistics_forward_part, 3), .parts = 1},
    {.barriers = 8, ALWAYS(forward_9)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_features_2_1_statistics_forward_part, 0), .parts = 2},
    {.barriers = 10, ALWAYS_AT(forward_11_and_13, 0)},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_features_2_1_statistics_forward_part, 1), .parts = 2},
    {.barriers = 12, ALWAYS_AT(forward_11_and_13, 1)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_features_2_1_statistics_forward_part, 2), .parts = 2},
    {.barriers = 14, ALWAYS(forward_15)},
    {.barriers = 15, ALWAYS(linear_classifier_0_forward_part), .parts = 16},
    {.barriers = 16, .train = train, .test = test, .loss = 1},
    {.barriers = 17, TRAIN(linear_classifier_0_grad_input_part), .parts = 32},
    {.barriers = 17, TRAIN(linear_classifier_0_grad_weight_inputs_part), .parts = 8},
    {.barriers = 17, TRAIN(linear_classifier_0_grad_weight_gradients_part), .parts = 2},
    {.barriers = 18, TRAIN(backward_21)},
    {.barriers = 19, TRAIN_AT(norm_features_2_1_grad_statistics_part, 0), .parts = 2},
    {.barriers = 20, TRAIN_AT(backward_23_and_25, 0)},
    {.barriers = 21, TRAIN_AT(norm_features_2_1_grad_statistics_part, 1), .parts = 2},
    {.barriers = 22, TRAIN_AT(backward_23_and_25, 1)},
    {.barriers = 23, TRAIN_AT(norm_features_2_1_grad_statistics_part, 2), .parts = 2},
    {.barriers = 24, TRAIN(backward_27)},
    {.barriers = 25, TRAIN_AT(norm_features_1_grad_statistics_part, 0), .parts = 1},
    {.barriers = 26, TRAIN(backward_29)},
    {.barriers = 27, TRAIN_AT(norm_features_1_grad_statistics_part, 1), .parts = 1},
    {.barriers = 28, TRAIN(backward_31)},
    {.barriers = 29, TRAIN_AT(norm_features_1_grad_statistics_part, 2), .parts = 1},
    {.barriers = 30, TRAIN(backward_33)},
    {.barriers = 31, TRAIN_AT(norm_features_1_grad_statistics_part, 3), .parts = 1},
    {.barriers = 32, TRAIN(backward_35)},
    {.barriers = 33, TRAIN_AT(conv2d_features_2_0_grad_weight_part, 0), .parts = 8, .learns = 1},
    {.barriers = 33, TRAIN_AT(conv2d_features_2_0_grad_weight_part, 1), .parts = 8, .learns = 1},
    {.barriers = 33, TRAIN(conv2d_features_2_0_0_grad_weight_part), .parts = 4, .learns = 1},
    {.barriers = 33, TRAIN(linear_classifier_0_grad_weight_part), .parts = 64, .learns = 1},
    {.barriers = 33, TRAIN(bias_classifier_0_grad_part), .parts = 1, .learns = 1},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate_1)},
    {.barriers = 1, TEST(conv2d_features_2_2_0_maxpool2d_features_2_3_test_part), .parts = 16},
    {.barriers = 2, TEST(linear_classifier_0_test_part), .parts = 16},
    {.barriers = 3, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 4, .pack = pack_evaluation, .crosses = 1,
    .output = {.offset = 4692864, .stride = 16},
};

static const struct nc_model model = {
    .name = "VGG", .file = "vgg.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 46,
    .block = 965088, .sharded = 70640, .packed = 3477152, .packed_forward = 1738368,
    .workspace = 5517888,
    .microbatch = 4, .shard = 4, .batch = 64,
    .dropouts = dropouts, .dropout_count = 1,
    .probes = probes, .probe_count = 24,
    .phases = phases, .phase_count = 40, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 63465984, .capacity = 64, .learned = 18432,
    .output = {.offset = 4360832, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_cifar10(run, "train_data", "data", 1);
    nc_to_tensor(train_data);
    nc_normalize(train_data, (const double[]){0.4914, 0.4822, 0.4465}, (const double[]){0.247, 0.2435, 0.2616}, 3);
    nc_train_data(run, train_data, 64, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_cifar10(run, "test_data", "data", 0);
    nc_to_tensor(test_data);
    nc_normalize(test_data, (const double[]){0.4914, 0.4822, 0.4465}, (const double[]){0.247, 0.2435, 0.2616}, 3);
    nc_test_data(run, test_data, 250, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.05, 0.9, 0, 0.0005, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_epochs(run, 20);
    nc_log(run, "logs_vgg", 100);
    nc_save(run, "vgg_{epoch}.pth");
    return nc_train(run);
}

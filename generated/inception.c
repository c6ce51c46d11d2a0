/* Inceptions: a trainer for the model of inception.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                                     output      parameters
 *     4  conv1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False) 32x32x32           864
 *     5  conv1.bn: BatchNorm2d(_)                                                  32x32x32            64
 *     6  conv1.relu: relu(inplace=True)                                            32x32x32             0
 *    19  maxpool1: MaxPool2d(2)                                                    32x16x16             0
 *     4  inception2a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  16x16x16           512
 *     5  inception2a.branch1.bn: BatchNorm2d(_)                                    16x16x16            32
 *     6  inception2a.branch1.relu: relu(inplace=True)                              16x16x16             0
 *        the same again: inception2a.branch2.0.conv to inception2a.branch2.0.relu
 *     4  inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  32x16x16          4608
 *     5  inception2a.branch2.1.bn: BatchNorm2d(_)                                  32x16x16            64
 *     6  inception2a.branch2.1.relu: relu(inplace=True)                            32x16x16             0
 *     4  inception2a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  8x16x16            256
 *     5  inception2a.branch3.0.bn: BatchNorm2d(_)                                  8x16x16             16
 *     6  inception2a.branch3.0.relu: relu(inplace=True)                            8x16x16              0
 *     4  inception2a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  16x16x16          3200
 *     5  inception2a.branch3.1.bn: BatchNorm2d(_)                                  16x16x16            32
 *     6  inception2a.branch3.1.relu: relu(inplace=True)                            16x16x16             0
 *    13  inception2a.branch4.0: MaxPool2d(3, stride=1, padding=1)                  32x16x16             0
 *     4  inception2a.branch4.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  16x16x16           512
 *     5  inception2a.branch4.1.bn: BatchNorm2d(_)                                  16x16x16            32
 *     6  inception2a.branch4.1.relu: relu(inplace=True)                            16x16x16             0
 *    14  inception2a.concat: concat                                                80x16x16             0
 *    21  maxpool2: MaxPool2d(2)                                                    80x8x8               0
 *     4  inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  48x8x8            3840
 *     5  inception3a.branch1.bn: BatchNorm2d(_)                                    48x8x8              96
 *     6  inception3a.branch1.relu: relu(inplace=True)                              48x8x8               0
 *     4  inception3a.branch2.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  32x8x8            2560
 *     5  inception3a.branch2.0.bn: BatchNorm2d(_)                                  32x8x8              64
 *     6  inception3a.branch2.0.relu: relu(inplace=True)                            32x8x8               0
 *     4  inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  64x8x8           18432
 *     5  inception3a.branch2.1.bn: BatchNorm2d(_)                                  64x8x8             128
 *     6  inception3a.branch2.1.relu: relu(inplace=True)                            64x8x8               0
 *     4  inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  8x8x8              640
 *     5  inception3a.branch3.0.bn: BatchNorm2d(_)                                  8x8x8               16
 *     6  inception3a.branch3.0.relu: relu(inplace=True)                            8x8x8                0
 *     4  inception3a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  16x8x8            3200
 *     5  inception3a.branch3.1.bn: BatchNorm2d(_)                                  16x8x8              32
 *     6  inception3a.branch3.1.relu: relu(inplace=True)                            16x8x8               0
 *    13  inception3a.branch4.0: MaxPool2d(3, stride=1, padding=1)                  80x8x8               0
 *     4  inception3a.branch4.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)
 *                                                                                  32x8x8            2560
 *     5  inception3a.branch4.1.bn: BatchNorm2d(_)                                  32x8x8              64
 *     6  inception3a.branch4.1.relu: relu(inplace=True)                            32x8x8               0
 *    14  inception3a.concat: concat                                                160x8x8              0
 *    23  avgpool: AdaptiveAvgPool2d(1)                                             160x1x1              0
 *    24  flatten: flatten(1)                                                       160                  0
 *    25  dropout: Dropout(0.2)                                                     160                  0
 *    26  fc: Linear(_, 10)                                                         10                1610
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 1675200 bytes of workspace serve a thread. */
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
    AT_conv1_conv_weight = 0, AT_inception2a_branch1_conv_weight = 928, AT_inception2a_branch2_0_conv_weight = 1472,
    AT_inception2a_branch2_1_conv_weight = 2016, AT_inception2a_branch3_0_conv_weight = 6688,
    AT_inception2a_branch3_1_conv_weight = 7232, AT_inception2a_branch4_1_conv_weight = 10464,
    AT_inception3a_branch1_conv_weight = 11008, AT_inception3a_branch2_0_conv_weight = 14944,
    AT_inception3a_branch2_1_conv_weight = 17568, AT_inception3a_branch3_0_conv_weight = 36128,
    AT_inception3a_branch3_1_conv_weight = 42672, AT_inception3a_branch4_1_conv_weight = 37472, AT_fc_weight = 40096,
    AT_fc_bias = 42656, AT_NORM(conv1_bn, 864, 45872, 32), AT_NORM(inception2a_branch1_bn, 1440, 45952, 16),
    AT_NORM(inception2a_branch2_0_bn, 1984, 46000, 16), AT_NORM(inception2a_branch2_1_bn, 6624, 46048, 32),
    AT_NORM(inception2a_branch3_0_bn, 7200, 46128, 16), AT_NORM(inception2a_branch3_1_bn, 10432, 46176, 16),
    AT_NORM(inception2a_branch4_1_bn, 10976, 46224, 16), AT_NORM(inception3a_branch1_bn, 14848, 46272, 48),
    AT_NORM(inception3a_branch2_0_bn, 17504, 46384, 32), AT_NORM(inception3a_branch2_1_bn, 36000, 46464, 64),
    AT_NORM(inception3a_branch3_0_bn, 37408, 46608, 16), AT_NORM(inception3a_branch3_1_bn, 37440, 46656, 16),
    AT_NORM(inception3a_branch4_1_bn, 40032, 46704, 32)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_inception2a_branch2_1_conv_weight_winograd = 0, AT_inception2a_branch3_1_conv_weight_winograd = 19008,
    AT_inception3a_branch2_1_conv_weight_winograd = 36416, AT_inception3a_branch3_1_conv_weight_winograd = 110720,
    AT_fc_weight_transposed = 129536, AT_inception3a_branch4_1_conv_weight_transposed = 131136,
    AT_inception3a_branch3_1_conv_weight_winograd_transposed = 133696,
    AT_inception3a_branch3_0_conv_weight_transposed = 151104,
    AT_inception3a_branch2_1_conv_weight_winograd_transposed = 151744,
    AT_inception3a_branch2_0_conv_weight_transposed = 226048, AT_inception3a_branch1_conv_weight_transposed = 228608,
    AT_inception2a_branch4_1_conv_weight_transposed = 232448,
    AT_inception2a_branch3_1_conv_weight_winograd_transposed = 232960,
    AT_inception2a_branch3_0_conv_weight_transposed = 250368,
    AT_inception2a_branch2_1_conv_weight_winograd_transposed = 250624,
    AT_inception2a_branch2_0_conv_weight_transposed = 269632, AT_inception2a_branch1_conv_weight_transposed = 270144
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_conv1_bn_statistics = 128128, AT_batchnorm2d_inception2a_branch1_bn_statistics = 128256,
    AT_batchnorm2d_inception2a_branch2_0_bn_statistics = 128320,
    AT_batchnorm2d_inception2a_branch2_1_bn_statistics = 128384,
    AT_batchnorm2d_inception2a_branch3_0_bn_statistics = 128512,
    AT_batchnorm2d_inception2a_branch3_1_bn_statistics = 128576,
    AT_batchnorm2d_inception2a_branch4_1_bn_statistics = 128640,
    AT_batchnorm2d_inception3a_branch1_bn_statistics = 128704,
    AT_batchnorm2d_inception3a_branch2_0_bn_statistics = 128896,
    AT_batchnorm2d_inception3a_branch2_1_bn_statistics = 129024,
    AT_batchnorm2d_inception3a_branch3_0_bn_statistics = 129280,
    AT_batchnorm2d_inception3a_branch3_1_bn_statistics = 129344,
    AT_batchnorm2d_inception3a_branch4_1_bn_statistics = 129408
};

/* CrossEntropyLoss  (line 36) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 17)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 3; k++)
                x[r * 102 + c * 3 + k] = pixel[k * 256 + sample[(k * 32 + r) * 32 + c]];
}

/* conv1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * y[o] = sum x[i] * w[o][i] */
static void conv2d_conv1_conv_forward(const float *x, const float *w, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 3, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 32; r += ROWS)
            for (long c = 0; c < 32; c = tile_next(c, COLS, 32)) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                for (long m = 0; m < ROWS; m++)
                    expect_rows(y + (r + m) * 1024 + c * 32 + o, COLS, 32, VECS * VL);
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
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(y + (r + m) * 1024 + (c + n) * 32 + o + v * VL, acc[m][n][v]);
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

/* conv1.bn: BatchNorm2d(_)  (line 5) */
DEFINE_MOMENTS(batchnorm2d_conv1_bn_moments_forward, .rows = 32, .cols = 32, .channels = 32, .x_row = 1024)

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct norm_size { long rows, cols, channels, x_row, y_row, y_col; };
NC_INLINE void any_norm(const float *x, const float *stats, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * size.x_row + c * size.channels + k),
                    vec_load(stats + 2 * size.channels + k), vec_load(stats + 3 * size.channels + k));
                a = vec_relu(a);
                vec_store(y + r * size.y_row + c * size.y_col + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, y, (struct norm_size){__VA_ARGS__}); }

/* conv1.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_conv1_bn_forward, .rows = 32, .cols = 32, .channels = 32, .x_row = 1024, .y_row = 1024,
    .y_col = 32)

/* y = max over the window; second output: which element it was, first one on a tie */
struct max_pool_size { long rows, cols, channels, x_row, y_row, arg_row; };
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
                        vec_take_max(vec_load(x + (top + ky) * size.x_row + (left + kx) * size.channels + k),
                            ky * 2 + kx, &best, &at);
                vec_store(y + r * size.y_row + c * size.channels + k, best);
                ivec_store_shorts(arg + r * size.arg_row + c * size.channels + k, at);
            }
        }
    }
}

#define DEFINE_MAX_POOL(name, ...) static void name(const float *x, float *y, unsigned short *arg) \
    { any_max_pool(x, y, arg, (struct max_pool_size){__VA_ARGS__}); }

/* maxpool1: MaxPool2d(2)  (line 19) */
DEFINE_MAX_POOL(maxpool2d_maxpool1_forward, .rows = 16, .cols = 16, .channels = 32, .x_row = 1024, .y_row = 512,
    .arg_row = 512)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size { long y_col, act, norm_row; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { COLS = TILE(9, 6, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long c = 0; c < 256; c = tile_next(c, COLS, 256)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 32);
            SEVERAL for (long j = 0; j < 32; j++, xt++, wo += 16) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 32);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS) {
                vec sum = acc[n][v];
                if (size.norm_row)
                    sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                        vec_load(bias + 3 * size.norm_row + o + v * VL));
                if (size.act)
                    sum = vec_relu(sum);
                vec_store(y + (c + n) * size.y_col + o + v * VL, sum);
            }
        }
}

/* inception2a.branch1.conv, inception2a.branch2.0.conv, inception2a.branch3.0.conv, inception2a.branch4.1.conv (line
 *     4) */
static void conv2d_inception2a_conv_forward(const float *x, const float *w, float *y)
{
    any_conv(x, w, 0, y, (struct conv_size){.y_col = 16});
}

/* inception2a.branch1.bn, inception2a.branch2.0.bn, inception2a.branch3.0.bn, inception2a.branch3.1.bn,
 *     inception2a.branch4.1.bn (line 5) */
DEFINE_MOMENTS(batchnorm2d_inception2a_bn_moments_forward, .rows = 16, .cols = 16, .channels = 16, .x_row = 256)

/* inception2a.branch1.bn, inception2a.branch3.1.bn, inception2a.branch4.1.bn (line 5) */
DEFINE_NORM(batchnorm2d_inception2a_bn_forward, .rows = 16, .cols = 16, .channels = 16, .x_row = 256, .y_row = 1280,
    .y_col = 80)

/* inception2a.branch2.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception2a_branch2_0_bn_forward, .rows = 16, .cols = 16, .channels = 16, .x_row = 256,
    .y_row = 288, .y_col = 16)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size { long rows, cols, ins, outs, x_row, y_row, block, norm_row, x_image, act; };
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

/* inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
static void conv2d_inception2a_branch2_1_conv_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3(x, u, 0, y, scratch, (struct winograd3_size){.rows = 16, .cols = 16, .ins = 16, .outs = 32,
        .x_row = 288, .y_row = 512, .block = 16, .x_image = 5184});
}

/* inception2a.branch2.1.bn: BatchNorm2d(_)  (line 5) */
DEFINE_MOMENTS(batchnorm2d_inception2a_branch2_1_bn_moments_forward, .rows = 16, .cols = 16, .channels = 32,
    .x_row = 512)

/* inception2a.branch2.1.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception2a_branch2_1_bn_forward, .rows = 16, .cols = 16, .channels = 32, .x_row = 512,
    .y_row = 1280, .y_col = 80)

/* inception2a.branch3.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception2a_branch3_0_bn_forward, .rows = 16, .cols = 16, .channels = 16, .x_row = 256,
    .y_row = 320, .y_col = 16)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd5_size { long rows, cols, x_row, y_row, block, norm_row, x_image, act; };
NC_INLINE void any_winograd5(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd5_size size)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = 1, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = 16, .outs = 16, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 64 * winograd_v_plane(&layer), *lines = products + 64 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_5x5(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 16);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 16; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 16 + k, plane, sums, 5);
                float *to = y + r * size.y_row + c * 16 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                    vec sum = sums[m][n];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + k),
                            vec_load(bias + 3 * size.norm_row + k));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(to + m * size.y_row + n * 16, sum);
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD5(name, ...) static void name(const float *x, const float *u, float *y, float *scratch) \
    { any_winograd5(x, u, 0, y, scratch, (struct winograd5_size){__VA_ARGS__}); }

/* inception2a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD5(conv2d_inception2a_branch3_1_conv_forward, .rows = 16, .cols = 16, .x_row = 320, .y_row = 256,
    .block = 16, .x_image = 6400)

/* y = max over the window; second output: which element it was, first one on a tie */
struct max_pool_size_2 { long rows, cols, channels, x_row, y_row, arg_row; };
NC_INLINE void any_max_pool_2(const float *x, float *y, unsigned short *arg, const struct max_pool_size_2 size)
{
    for (long r = 0; r < size.rows; r++) {
        const long top = r - 1;
        const long first_y = window_first(top, 1);
        const long end_y = window_end(top, 1, 3, size.cols);
        for (long c = 0; c < size.cols; c++) {
            const long left = c - 1;
            const long first_x = window_first(left, 1);
            const long end_x = window_end(left, 1, 3, size.cols);
            for (long k = 0; k < size.channels; k += VL) {
                vec best = vec_all(-__builtin_inff());
                ivec at = ivec_all(first_y * 3 + first_x);
                for (long ky = first_y; ky < end_y; ky++)
                    for (long kx = first_x; kx < end_x; kx++)
                        vec_take_max(vec_load(x + (top + ky) * size.x_row + (left + kx) * size.channels + k),
                            ky * 3 + kx, &best, &at);
                vec_store(y + r * size.y_row + c * size.channels + k, best);
                ivec_store_shorts(arg + r * size.arg_row + c * size.channels + k, at);
            }
        }
    }
}

#define DEFINE_MAX_POOL_2(name, ...) static void name(const float *x, float *y, unsigned short *arg) \
    { any_max_pool_2(x, y, arg, (struct max_pool_size_2){__VA_ARGS__}); }

/* inception2a.branch4.0: MaxPool2d(3, stride=1, padding=1)  (line 13) */
DEFINE_MAX_POOL_2(maxpool2d_inception2a_branch4_0_forward, .rows = 16, .cols = 16, .channels = 32, .x_row = 512,
    .y_row = 512, .arg_row = 512)

/* maxpool2: MaxPool2d(2)  (line 21) */
DEFINE_MAX_POOL(maxpool2d_maxpool2_forward, .rows = 8, .cols = 8, .channels = 80, .x_row = 1280, .y_row = 640,
    .arg_row = 640)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_2 { long y_col, act, norm_row; };
NC_INLINE void any_conv_2(const float *x, const float *w, const float *bias, float *y, const struct conv_size_2 size)
{
    enum { COLS = TILE(8, 4, 5), VECS = TILE(1, 3, 2) };
    for (long o = 0; o < 48; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 80);
            SEVERAL for (long j = 0; j < 80; j++, xt++, wo += 48) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 80);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS) {
                vec sum = acc[n][v];
                if (size.norm_row)
                    sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                        vec_load(bias + 3 * size.norm_row + o + v * VL));
                if (size.act)
                    sum = vec_relu(sum);
                vec_store(y + (c + n) * size.y_col + o + v * VL, sum);
            }
        }
}

/* inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
static void conv2d_inception3a_branch1_conv_forward(const float *x, const float *w, float *y)
{
    any_conv_2(x, w, 0, y, (struct conv_size_2){.y_col = 48});
}

/* inception3a.branch1.bn: BatchNorm2d(_)  (line 5) */
DEFINE_MOMENTS(batchnorm2d_inception3a_branch1_bn_moments_forward, .rows = 8, .cols = 8, .channels = 48, .x_row = 384)

/* inception3a.branch1.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception3a_branch1_bn_forward, .rows = 8, .cols = 8, .channels = 48, .x_row = 384,
    .y_row = 1280, .y_col = 160)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_3 { long y_col, act, norm_row; };
NC_INLINE void any_conv_3(const float *x, const float *w, const float *bias, float *y, const struct conv_size_3 size)
{
    enum { COLS = TILE(8, 5, 5), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 80);
            SEVERAL for (long j = 0; j < 80; j++, xt++, wo += 32) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 80);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS) {
                vec sum = acc[n][v];
                if (size.norm_row)
                    sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                        vec_load(bias + 3 * size.norm_row + o + v * VL));
                if (size.act)
                    sum = vec_relu(sum);
                vec_store(y + (c + n) * size.y_col + o + v * VL, sum);
            }
        }
}

/* inception3a.branch2.0.conv, inception3a.branch4.1.conv (line 4) */
static void conv2d_inception3a_conv_forward(const float *x, const float *w, float *y)
{
    any_conv_3(x, w, 0, y, (struct conv_size_3){.y_col = 32});
}

/* inception3a.branch2.0.bn, inception3a.branch4.1.bn (line 5) */
DEFINE_MOMENTS(batchnorm2d_inception3a_bn_moments_forward, .rows = 8, .cols = 8, .channels = 32, .x_row = 256)

/* inception3a.branch2.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception3a_branch2_0_bn_forward, .rows = 8, .cols = 8, .channels = 32, .x_row = 256,
    .y_row = 320, .y_col = 32)

/* y[o] = sum x[i] * w[o][i]
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

/* inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
static void conv2d_inception3a_branch2_1_conv_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3_2(x, u, 0, y, scratch, (struct winograd3_size_2){0});
}

/* inception3a.branch2.1.bn: BatchNorm2d(_)  (line 5) */
DEFINE_MOMENTS(batchnorm2d_inception3a_branch2_1_bn_moments_forward, .rows = 8, .cols = 8, .channels = 64, .x_row = 512)

/* inception3a.branch2.1.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception3a_branch2_1_bn_forward, .rows = 8, .cols = 8, .channels = 64, .x_row = 512,
    .y_row = 1280, .y_col = 160)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct conv_size_4 { long outs, run, x_col; };
NC_INLINE void any_conv_4(const float *x, const float *w, float *y, const struct conv_size_4 size)
{
    enum { COLS = TILE(8, 5, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < size.outs; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * size.x_col);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += size.outs) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * size.x_col);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(y + (c + n) * size.outs + o + v * VL, acc[n][v]);
        }
}

/* inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
static void conv2d_inception3a_branch3_0_conv_forward(const float *x, const float *w, float *y)
{
    any_conv_4(x, w, y, (struct conv_size_4){.outs = 16, .run = 80, .x_col = 80});
}

/* inception3a.branch3.0.bn, inception3a.branch3.1.bn (line 5) */
DEFINE_MOMENTS(batchnorm2d_inception3a_branch3_bn_moments_forward, .rows = 8, .cols = 8, .channels = 16, .x_row = 128)

/* inception3a.branch3.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception3a_branch3_0_bn_forward, .rows = 8, .cols = 8, .channels = 16, .x_row = 128,
    .y_row = 192, .y_col = 16)

/* inception3a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD5(conv2d_inception3a_branch3_1_conv_forward, .rows = 8, .cols = 8, .x_row = 192, .y_row = 128,
    .block = 4, .x_image = 2304)

/* inception3a.branch3.1.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception3a_branch3_1_bn_forward, .rows = 8, .cols = 8, .channels = 16, .x_row = 128,
    .y_row = 1280, .y_col = 160)

/* inception3a.branch4.0: MaxPool2d(3, stride=1, padding=1)  (line 13) */
DEFINE_MAX_POOL_2(maxpool2d_inception3a_branch4_0_forward, .rows = 8, .cols = 8, .channels = 80, .x_row = 640,
    .y_row = 640, .arg_row = 640)

/* inception3a.branch4.1.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_inception3a_branch4_1_bn_forward, .rows = 8, .cols = 8, .channels = 32, .x_row = 256,
    .y_row = 1280, .y_col = 160)

/* avgpool: AdaptiveAvgPool2d(1)  (line 23)
 * y = mean over the window */
static void adaptiveavgpool2d_avgpool_forward(const float *x, float *y)
{
    for (long k = 0; k < 160; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 8; y_at++)
            for (long x_at = 0; x_at < 8; x_at++)
                sum += vec_load(x + y_at * 1280 + x_at * 160 + k);
        sum /= vec_all(64);
        vec_store(y + k, sum);
    }
}

/* dropout: Dropout(0.2)  (line 25)
 * y = x * mask / (1 - p) in training, x in evaluation; second output: the mask */
static void dropout_dropout_forward(const float *x, const unsigned char *mask, float scale, float *y)
{
    for (long i = 0; i < 160; i += VL)
        vec_store(y + i, vec_load(x + i) * vec_where_set(vec_all(scale), ivec_load_bytes(mask + i)));
}

/* fc: Linear(_, 10)  (line 26)
 * y = x w^T + b */
static void linear_fc_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 4, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        IN_EIGHTS for (long j = 0; j < 160; j++, xt++, wo += 16) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            EACH(n, COLS) {
                const vec pixel = vec_all_of(xt + n * 160);
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

/* fc: Linear(_, 10)  (line 26)
 * dx of LINEAR from dy, w */
static void linear_fc_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = 4, VECS = 2 };
    for (long o = 0; o < 160; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(dy);
        SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 160) {
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
            vec_store(dx + n * 160 + o + v * VL, acc[n][v]);
    }
}

/* fc: Linear(_, 10)  (line 26)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_fc_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(10, 5, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 160; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 160, dr += 16) {
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

/* fc: Linear(_, 10)  (line 26)
 * db from dy, summed over samples and positions */
static void bias_fc_grad(const float *dy, float *db, int count)
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

/* dropout: Dropout(0.2)  (line 25)
 * dx = dy * mask / (1 - p); inputs dy, mask */
static void dropout_dropout_grad(const float *dy, const unsigned char *mask, float scale, float *dx)
{
    for (long i = 0; i < 160; i += VL)
        vec_store(dx + i, vec_load(dy + i) * vec_where_set(vec_all(scale), ivec_load_bytes(mask + i)));
}

/* avgpool: AdaptiveAvgPool2d(1)  (line 23)
 * dx from dy, shared out over the window */
static void avgpool2d_avgpool_grad(const float *dy, float *dx)
{
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++)
            for (long k = 0; k < 160; k += VL)
                vec_store(dx + r * 1280 + c * 160 + k, vec_zero());
    for (long k = 0; k < 160; k += VL) {
        const vec part = vec_load(dy + k) / vec_all(64);
        for (long y_at = 0; y_at < 8; y_at++)
            for (long x_at = 0; x_at < 8; x_at++) {
                float *to = dx + y_at * 1280 + x_at * 160 + k;
                vec_store(to, vec_load(to) + part);
            }
    }
}

/* dx = dy where y > 0, else 0; inputs dy, y
 * of each channel of a sample the sums of dy and dy * (x - mean) / sqrt(var + eps) */
struct norm_sums_size { long rows, cols, channels, dy_row, dy_col, x_row; };
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
                prefetch_second(x + (r + 1) * size.x_row + c * size.channels + k, 16);
                prefetch_second(dy + (r + 1) * size.dy_row + c * size.dy_col + k, 16);
                EACH(v, 16 / VL) {
                    const vec a = vec_load(x + r * size.x_row + c * size.channels + k + v * VL);
                    vec s = vec_load(dy + r * size.dy_row + c * size.dy_col + k + v * VL);
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

/* inception3a.branch1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception3a_branch1_bn_grad_sums, .rows = 8, .cols = 8, .channels = 48, .dy_row = 1280,
    .dy_col = 160, .x_row = 384)

/* inception3a.branch2.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception3a_branch2_1_bn_grad_sums, .rows = 8, .cols = 8, .channels = 64, .dy_row = 1280,
    .dy_col = 160, .x_row = 512)

/* inception3a.branch3.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception3a_branch3_1_bn_grad_sums, .rows = 8, .cols = 8, .channels = 16, .dy_row = 1280,
    .dy_col = 160, .x_row = 128)

/* inception3a.branch4.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception3a_branch4_1_bn_grad_sums, .rows = 8, .cols = 8, .channels = 32, .dy_row = 1280,
    .dy_col = 160, .x_row = 256)

/* inception3a.branch4.1.bn, inception3a.branch2.0.bn, inception2a.branch2.1.bn, conv1.bn (line 5)
 * dw of NORM from the sums, over the samples */
static void norm_of_8(const float *sums, float *dw)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* dx = dy where y > 0, else 0; inputs dy, y
 * dx of NORM from dy, x, the statistics and their gradient */
struct norm_grad_size { long rows, cols, channels, dy_row, dy_col, x_row, dx_row; };
NC_INLINE void any_norm_grad(const float *dy, const float *x, const float *stats, const float *dstats, float *dx,
        const struct norm_grad_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec a = vec_load(x + r * size.x_row + c * size.channels + k),
                    factor = vec_load(stats + 2 * size.channels + k);
                vec s = vec_load(dy + r * size.dy_row + c * size.dy_col + k);
                s = vec_relu_grad(s, vec_fma(a, factor, vec_load(stats + 3 * size.channels + k)));
                const vec rest = vec_fma(vec_load(dstats + k), a - vec_load(stats + k),
                    vec_load(dstats + size.channels + k));
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_fma(factor, s, rest));
            }
}

#define DEFINE_NORM_GRAD(name, ...) \
    static void name(const float *dy, const float *x, const float *stats, const float *dstats, float *dx) \
    { any_norm_grad(dy, x, stats, dstats, dx, (struct norm_grad_size){__VA_ARGS__}); }

/* inception3a.branch4.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception3a_branch4_1_bn_grad, .rows = 8, .cols = 8, .channels = 32, .dy_row = 1280,
    .dy_col = 160, .x_row = 256, .dx_row = 256)

#define DEFINE_CONV_4(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_4(dy, w, dx, (struct conv_size_4){__VA_ARGS__}); }

/* inception3a.branch4.1.conv, inception3a.branch2.0.conv (line 4) */
DEFINE_CONV_4(conv2d_inception3a_conv_grad_input, .outs = 80, .run = 32, .x_col = 32)

/* inception3a.branch4.1.conv, inception3a.branch2.0.conv (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception3a_conv_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(10, 5, 5), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec near[128][VECS], (*to)[VECS] = near;
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++) {
                EACH(v, VECS)
                    (*to)[v] = vec_load(dy + r * 256 + o + c * 32 + v * VL);
                to++;
            }
        for (long j = 0; j < 80; j += COLS) {
            float *gt = dw + j * 32 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 32 + v * VL);
            const float *dr = (const float *)near;
            for (long r = 0; r < 8; r++) {
                const float *xr = from_here(x + r * 640 + j);
                SEVERAL for (long c = 0; c < 8; c++, xr += 80, dr += VECS * VL) {
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

/* dx from dy and the argmax */
struct max_pool_grad_size { long rows, cols, channels, dx_row, dy_row, arg_row; };
NC_INLINE void any_max_pool_grad(const float *dy, const unsigned short *arg, float *dx,
        const struct max_pool_grad_size size)
{
    for (long r = 0; r < size.cols; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL)
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_zero());
    for (long r = 0; r < size.rows; r++) {
        const long top = r - 1;
        const long first_y = window_first(top, 1);
        const long end_y = window_end(top, 1, 3, size.cols);
        for (long c = 0; c < size.cols; c++) {
            const long left = c - 1;
            const long first_x = window_first(left, 1);
            const long end_x = window_end(left, 1, 3, size.cols);
            for (long k = 0; k < size.channels; k += VL) {
                const vec gradient = vec_load(dy + r * size.dy_row + c * size.channels + k);
                const ivec at = ivec_load_shorts(arg + r * size.arg_row + c * size.channels + k);
                for (long ky = first_y; ky < end_y; ky++)
                    for (long kx = first_x; kx < end_x; kx++) {
                        float *to = dx + (top + ky) * size.dx_row + (left + kx) * size.channels + k;
                        vec_store(to, vec_load(to) + vec_where(gradient, at, ky * 3 + kx));
                    }
            }
        }
    }
}

#define DEFINE_MAX_POOL_GRAD(name, ...) static void name(const float *dy, const unsigned short *arg, float *dx) \
    { any_max_pool_grad(dy, arg, dx, (struct max_pool_grad_size){__VA_ARGS__}); }

/* inception3a.branch4.0: MaxPool2d(3, stride=1, padding=1)  (line 13) */
DEFINE_MAX_POOL_GRAD(maxpool2d_inception3a_branch4_0_grad, .rows = 8, .cols = 8, .channels = 80, .dx_row = 640,
    .dy_row = 640, .arg_row = 640)

/* inception3a.branch3.1.bn, inception3a.branch3.0.bn, inception2a.branch4.1.bn, inception2a.branch3.1.bn,
 *     inception2a.branch3.0.bn, inception2a.branch2.0.bn, inception2a.branch1.bn (line 5)
 * dw of NORM from the sums, over the samples */
static void norm_of_14(const float *sums, float *dw)
{
    for (long o = 0; o < 16; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* inception3a.branch3.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception3a_branch3_1_bn_grad, .rows = 8, .cols = 8, .channels = 16, .dy_row = 1280,
    .dy_col = 160, .x_row = 128, .dx_row = 192)

#define DEFINE_WINOGRAD5B(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd5(dy, u, 0, dx, scratch, (struct winograd5_size){__VA_ARGS__}); }

/* inception3a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD5B(conv2d_inception3a_branch3_1_conv_grad_input, .rows = 8, .cols = 8, .x_row = 192, .y_row = 128,
    .block = 4, .x_image = 2304)

/* inception3a.branch3.0.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception3a_branch3_0_bn_grad_sums, .rows = 8, .cols = 8, .channels = 16, .dy_row = 128,
    .dy_col = 16, .x_row = 128)

/* inception3a.branch3.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(norm_inception3a_branch3_0_bn_again, .rows = 8, .cols = 8, .channels = 16, .x_row = 128, .y_row = 192,
    .y_col = 16)

/* inception3a.branch3.0.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception3a_branch3_0_bn_grad, .rows = 8, .cols = 8, .channels = 16, .dy_row = 128, .dy_col = 16,
    .x_row = 128, .dx_row = 128)

/* inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_CONV_4(conv2d_inception3a_branch3_0_conv_grad_input, .outs = 80, .run = 8, .x_col = 16)

/* inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception3a_branch3_0_conv_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(10, 5, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec near[128][VECS], (*to)[VECS] = near;
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++) {
                EACH(v, VECS)
                    (*to)[v] = vec_load(dy + r * 128 + o + c * 16 + v * VL);
                to++;
            }
        for (long j = 0; j < 80; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *dr = (const float *)near;
            for (long r = 0; r < 8; r++) {
                const float *xr = from_here(x + r * 640 + j);
                SEVERAL for (long c = 0; c < 8; c++, xr += 80, dr += VECS * VL) {
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
}

/* inception3a.branch3.0.conv, inception3a.branch2.0.conv, inception3a.branch1.conv (line 4)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_inception3a_conv_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 8; r++)
        for (long i = 0; i < 640; i += VL)
            vec_store(y + r * 640 + i, vec_load(a + r * 640 + i) + vec_load(b + r * 640 + i));
}

/* inception3a.branch2.1.bn: BatchNorm2d(_)  (line 5)
 * dw of NORM from the sums, over the samples */
static void norm_inception3a_branch2_1_bn_grad_2(const float *sums, float *dw)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* inception3a.branch2.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception3a_branch2_1_bn_grad, .rows = 8, .cols = 8, .channels = 64, .dy_row = 1280,
    .dy_col = 160, .x_row = 512, .dx_row = 640)

#define DEFINE_WINOGRAD3(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3(dy, u, 0, dx, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD3(conv2d_inception3a_branch2_1_conv_grad_input, .rows = 8, .cols = 8, .ins = 64, .outs = 32,
    .x_row = 640, .y_row = 256, .block = 4, .x_image = 6400)

/* inception3a.branch2.0.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception3a_branch2_0_bn_grad_sums, .rows = 8, .cols = 8, .channels = 32, .dy_row = 256,
    .dy_col = 32, .x_row = 256)

/* inception3a.branch2.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(norm_inception3a_branch2_0_bn_again, .rows = 8, .cols = 8, .channels = 32, .x_row = 256, .y_row = 320,
    .y_col = 32)

/* inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception3a_branch2_1_conv_grad_weight(const float *x, const float *dy, float *dw, float *scratch,
        int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 8, .cols = 8,
        .ins = 32, .outs = 64, .x_image = 3200, .x_row = 320, .block = 16,
    };
    const struct winograd_gradient gradient = {
        .d_image = 6400, .d_row = 640, .d_col = 64, .g_tap = 2048, .g_in = 64, .g_ins = 32,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* inception3a.branch2.0.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception3a_branch2_0_bn_grad, .rows = 8, .cols = 8, .channels = 32, .dy_row = 256, .dy_col = 32,
    .x_row = 256, .dx_row = 256)

/* inception3a.branch1.bn: BatchNorm2d(_)  (line 5)
 * dw of NORM from the sums, over the samples */
static void norm_inception3a_branch1_bn_grad_2(const float *sums, float *dw)
{
    for (long o = 0; o < 48; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* inception3a.branch1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception3a_branch1_bn_grad, .rows = 8, .cols = 8, .channels = 48, .dy_row = 1280, .dy_col = 160,
    .x_row = 384, .dx_row = 384)

/* inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_CONV_4(conv2d_inception3a_branch1_conv_grad_input, .outs = 80, .run = 48, .x_col = 48)

/* inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception3a_branch1_conv_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(10, 4, 5), VECS = TILE(1, 3, 2) };
    for (long o = 0; o < 48; o += VECS * VL) {
        vec near[128][VECS], (*to)[VECS] = near;
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++) {
                EACH(v, VECS)
                    (*to)[v] = vec_load(dy + r * 384 + o + c * 48 + v * VL);
                to++;
            }
        for (long j = 0; j < 80; j += COLS) {
            float *gt = dw + j * 48 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 48 + v * VL);
            const float *dr = (const float *)near;
            for (long r = 0; r < 8; r++) {
                const float *xr = from_here(x + r * 640 + j);
                SEVERAL for (long c = 0; c < 8; c++, xr += 80, dr += VECS * VL) {
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
                vec_store(gt + n * 48 + v * VL, acc[n][v]);
        }
    }
}

/* dx from dy and the argmax */
struct max_pool_grad_size_2 { long rows, cols, channels, in_rows, in_cols, dx_row, dy_row, arg_row; };
NC_INLINE void any_max_pool_grad_2(const float *dy, const unsigned short *arg, float *dx,
        const struct max_pool_grad_size_2 size)
{
    for (long r = 0; r < size.in_rows; r++)
        for (long c = 0; c < size.in_cols; c++)
            for (long k = 0; k < size.channels; k += VL)
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_zero());
    for (long r = 0; r < size.rows; r++) {
        const long top = r * 2;
        for (long c = 0; c < size.cols; c++) {
            const long left = c * 2;
            for (long k = 0; k < size.channels; k += VL) {
                const vec gradient = vec_load(dy + r * size.dy_row + c * size.channels + k);
                const ivec at = ivec_load_shorts(arg + r * size.arg_row + c * size.channels + k);
                for (long ky = 0; ky < 2; ky++)
                    for (long kx = 0; kx < 2; kx++) {
                        float *to = dx + (top + ky) * size.dx_row + (left + kx) * size.channels + k;
                        vec_store(to, vec_load(to) + vec_where(gradient, at, ky * 2 + kx));
                    }
            }
        }
    }
}

#define DEFINE_MAX_POOL_GRAD_2(name, ...) static void name(const float *dy, const unsigned short *arg, float *dx) \
    { any_max_pool_grad_2(dy, arg, dx, (struct max_pool_grad_size_2){__VA_ARGS__}); }

/* maxpool2: MaxPool2d(2)  (line 21) */
DEFINE_MAX_POOL_GRAD_2(maxpool2d_maxpool2_grad, .rows = 8, .cols = 8, .channels = 80, .in_rows = 16, .in_cols = 16,
    .dx_row = 1280, .dy_row = 640, .arg_row = 640)

/* inception2a.branch1.relu, inception2a.branch3.1.relu, inception2a.branch4.1.relu (line 6) */
DEFINE_NORM_SUMS(norm_inception2a_bn_grad_sums, .rows = 16, .cols = 16, .channels = 16, .dy_row = 1280, .dy_col = 80,
    .x_row = 256)

/* inception2a.branch2.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_inception2a_branch2_1_bn_grad_sums, .rows = 16, .cols = 16, .channels = 32, .dy_row = 1280,
    .dy_col = 80, .x_row = 512)

/* inception2a.branch4.1.relu, inception2a.branch1.relu (line 6) */
DEFINE_NORM_GRAD(norm_inception2a_bn_grad, .rows = 16, .cols = 16, .channels = 16, .dy_row = 1280, .dy_col = 80,
    .x_row = 256, .dx_row = 256)

/* dx of CONV2D from dy, w */
struct conv_size_5 { long run; };
NC_INLINE void any_conv_5(const float *dy, const float *w, float *dx, const struct conv_size_5 size)
{
    enum { COLS = TILE(8, 6, 5), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long c = 0; c < 256; c = tile_next(c, COLS, 256)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 16);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 32) {
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
                vec_store(dx + (c + n) * 32 + o + v * VL, acc[n][v]);
        }
}

#define DEFINE_CONV_5(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_5(dy, w, dx, (struct conv_size_5){__VA_ARGS__}); }

/* inception2a.branch4.1.conv, inception2a.branch2.0.conv, inception2a.branch1.conv (line 4) */
DEFINE_CONV_5(conv2d_inception2a_conv_grad_input, .run = 16)

/* inception2a.branch4.1.conv, inception2a.branch3.0.conv, inception2a.branch2.0.conv, inception2a.branch1.conv (line
 *     4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception2a_conv_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long top = 0; top < 16; top += 8)
            for (long j = 0; j < 32; j += COLS) {
                float *gt = dw + j * 16 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 16 + v * VL);
                for (long r = top; r < top + 8; r++) {
                    const float *xr = from_here(x + r * 512 + j);
                    const float *dr = dy + r * 256 + o;
                    SEVERAL for (long c = 0; c < 16; c++, xr += 32, dr += 16) {
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

/* inception2a.branch4.0: MaxPool2d(3, stride=1, padding=1)  (line 13) */
DEFINE_MAX_POOL_GRAD(maxpool2d_inception2a_branch4_0_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 512,
    .dy_row = 512, .arg_row = 512)

/* inception2a.branch3.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception2a_branch3_1_bn_grad, .rows = 16, .cols = 16, .channels = 16, .dy_row = 1280,
    .dy_col = 80, .x_row = 256, .dx_row = 320)

/* inception2a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD5B(conv2d_inception2a_branch3_1_conv_grad_input, .rows = 16, .cols = 16, .x_row = 320, .y_row = 256,
    .block = 16, .x_image = 6400)

/* inception2a.branch3.0.relu, inception2a.branch2.0.relu (line 6) */
DEFINE_NORM_SUMS(norm_inception2a_0_bn_grad_sums, .rows = 16, .cols = 16, .channels = 16, .dy_row = 256, .dy_col = 16,
    .x_row = 256)

/* inception2a.branch3.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(norm_inception2a_branch3_0_bn_again, .rows = 16, .cols = 16, .channels = 16, .x_row = 256, .y_row = 320,
    .y_col = 16)

/* inception2a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception2a_branch3_1_conv_grad_weight(const float *x, const float *dy, float *dw, float *scratch,
        int count)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = count, .rows = 16, .cols = 16,
        .ins = 16, .outs = 16, .x_image = 6400, .x_row = 320, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 6400, .d_row = 320, .d_col = 16, .g_tap = 128, .g_in = 16, .g_ins = 8,
    };
    winograd_grad_weight_5x5(&layer, &gradient, x, dy, dw, scratch);
}

/* inception2a.branch3.0.relu, inception2a.branch2.0.relu (line 6) */
DEFINE_NORM_GRAD(norm_inception2a_0_bn_grad, .rows = 16, .cols = 16, .channels = 16, .dy_row = 256, .dy_col = 16,
    .x_row = 256, .dx_row = 256)

/* inception2a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_CONV_5(conv2d_inception2a_branch3_0_conv_grad_input, .run = 8)

/* inception2a.branch3.0.conv, inception2a.branch2.0.conv, inception2a.branch1.conv (line 4)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_inception2a_conv_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* inception2a.branch2.1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_inception2a_branch2_1_bn_grad, .rows = 16, .cols = 16, .channels = 32, .dy_row = 1280,
    .dy_col = 80, .x_row = 512, .dx_row = 576)

/* inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD3(conv2d_inception2a_branch2_1_conv_grad_input, .rows = 16, .cols = 16, .ins = 32, .outs = 16,
    .x_row = 576, .y_row = 256, .block = 16, .x_image = 10368)

/* inception2a.branch2.0.bn: BatchNorm2d(_), relu(inplace=True)  (line 5) */
DEFINE_NORM(norm_inception2a_branch2_0_bn_again, .rows = 16, .cols = 16, .channels = 16, .x_row = 256, .y_row = 288,
    .y_col = 16)

/* inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception2a_branch2_1_conv_grad_weight(const float *x, const float *dy, float *dw, float *scratch,
        int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 16, .cols = 16,
        .ins = 16, .outs = 32, .x_image = 5184, .x_row = 288, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 10368, .d_row = 576, .d_col = 32, .g_tap = 512, .g_in = 32, .g_ins = 16,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* maxpool1: MaxPool2d(2)  (line 19) */
DEFINE_MAX_POOL_GRAD_2(maxpool2d_maxpool1_grad, .rows = 16, .cols = 16, .channels = 32, .in_rows = 32, .in_cols = 32,
    .dx_row = 1024, .dy_row = 512, .arg_row = 512)

/* conv1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_SUMS(norm_conv1_bn_grad_sums, .rows = 32, .cols = 32, .channels = 32, .dy_row = 1024, .dy_col = 32,
    .x_row = 1024)

/* conv1.relu: relu(inplace=True), BatchNorm2d(_)  (line 6) */
DEFINE_NORM_GRAD(norm_conv1_bn_grad, .rows = 32, .cols = 32, .channels = 32, .dy_row = 1024, .dy_col = 32,
    .x_row = 1024, .dx_row = 1024)

/* conv1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_conv1_conv_grad_weight(const float *x, const float *dy, float *dw)
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

/* inception3a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_inception3a_branch3_1_conv_grad_weight(const float *x, const float *dy, float *dw, float *scratch,
        int count)
{
    const struct winograd_layer layer = {
        .taps = 5, .dilation = 1, .images = count, .rows = 8, .cols = 8,
        .ins = 16, .outs = 16, .x_image = 2304, .x_row = 192, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 2304, .d_row = 192, .d_col = 16, .g_tap = 128, .g_in = 16, .g_ins = 8,
    };
    winograd_grad_weight_5x5(&layer, &gradient, x, dy, dw, scratch);
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

/* inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_inception2a_branch2_1_conv_weights, .ins = 16, .outs = 32, .w_tap_y = 1536,
    .w_tap_x = 512, .w_in = 32, .w_out = 1)

/* inception2a.branch3.1.conv, inception3a.branch3.1.conv (line 4)
 * the weights as the layer reads them
 * transformed for Winograd's convolution */
static void conv2d_branch3_1_conv_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 8, .outs = 16, .tap_y = 640, .tap_x = 128,
        .in = 16, .out = 1, .u_ins = 16, .u_outs = 16,
    };
    winograd_weights_5x5(&filter, w, u, part, parts);
}

/* inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_inception3a_branch2_1_conv_weights, .ins = 32, .outs = 64, .w_tap_y = 6144,
    .w_tap_x = 2048, .w_in = 64, .w_out = 1)

/* the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct transpose_size { long run, ins; };
NC_INLINE void any_transpose(const float *w, float *t, int part, int parts, const struct transpose_size size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = in_tap * part / parts, end = in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * size.run * size.ins;
        for (long i = 0; i < size.ins; i += 16)
            for (long n = 0; n < size.run; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * size.ins + m] = wt[m * 16 + n];
    }
}

#define DEFINE_TRANSPOSE(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose(w, t, part, parts, (struct transpose_size){__VA_ARGS__}); }

/* fc: Linear(_, 10)  (line 26) */
DEFINE_TRANSPOSE(linear_fc_grad_input_weights, .run = 10, .ins = 160)

/* inception3a.branch4.1.conv, inception3a.branch2.0.conv (line 4)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_inception3a_conv_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 2 * part / parts, end = 2 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 80;
        for (long i = 0; i < 80; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 80);
    }
}

/* inception3a.branch3.1.conv, inception2a.branch3.1.conv (line 4)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed
 * transformed for Winograd's convolution */
static void conv2d_branch3_1_conv_grad_input_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 16, .outs = 8, .tap_y = -640, .tap_x = -128,
        .in = 1, .out = 16, .u_ins = 16, .u_outs = 16,
    };
    winograd_weights_5x5(&filter, w, u, part, parts);
}

/* inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_TRANSPOSE(conv2d_inception3a_branch3_0_conv_grad_input_weights, .run = 8, .ins = 80)

/* inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_inception3a_branch2_1_conv_grad_input_weights, .ins = 64, .outs = 32, .w_tap_y = -6144,
    .w_tap_x = -2048, .w_in = 1, .w_out = 64)

/* inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_inception3a_branch1_conv_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 3 * part / parts, end = 3 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 80;
        for (long i = 0; i < 80; i += 16)
            turn_block(wt + i * 48 + q, 48, tr + i, 80);
    }
}

/* inception2a.branch4.1.conv, inception2a.branch2.0.conv, inception2a.branch1.conv (line 4)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_inception2a_conv_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 16 * 32;
        for (long i = 0; i < 32; i += 16)
            turn_block(wt + i * 16, 16, tr + i, 32);
    }
}

/* inception2a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_TRANSPOSE(conv2d_inception2a_branch3_0_conv_grad_input_weights, .run = 8, .ins = 32)

/* inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_inception2a_branch2_1_conv_grad_input_weights, .ins = 32, .outs = 16, .w_tap_y = -1536,
    .w_tap_x = -512, .w_in = 1, .w_out = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3472])(mb->batch + 34865152 + mb->first * 13888L)) /* 3x32x32, 1 zeros around */
#define conv2d_conv1_conv(mb) ((float (*)[32][32 * 32])(mb->batch + 0 + mb->first * 131072L)) /* 32x32x32 */
#define batchnorm2d_conv1_bn_moments(mb) ((float (*)[3][32])(mb->batch + 8388608 + mb->first * 384L)) /* 32x3x1 */
#define batchnorm2d_conv1_bn_statistics(mb) ((float (*)[32])(mb->batch + 38376192)) /* 32x4x1 */
#define relu_conv1_relu(mb) ((float (*)[32 * 32])(mb->workspace + 0)) /* 32x32x32 */
#define maxpool2d_maxpool1(mb) ((float (*)[16][16 * 32])(mb->batch + 22020096 + mb->first * 32768L)) /* 32x16x16 */
#define maxpool2d_maxpool1_arg(mb) ((unsigned short (*)[16][16 * 32])(mb->batch + 27525120 + mb->first * 16384L))
#define conv2d_inception2a_branch1_conv(mb) ((float (*)[16][16 * 16])(mb->batch + 28573696 + mb->first * 16384L))
#define batchnorm2d_inception2a_branch1_bn_moments(mb) ((float (*)[3][16])(mb->batch + 8388608 + mb->first * 192L))
#define batchnorm2d_inception2a_branch1_bn_statistics(mb) ((float (*)[16])(mb->batch + 38377344)) /* 16x4x1 */
#define concat_inception2a_concat(mb) ((float (*)[16][16 * 80])(mb->batch + 8388608 + mb->first * 81920L))
#define conv2d_inception2a_branch2_0_conv(mb) ((float (*)[16][16 * 16])(mb->batch + 29622272 + mb->first * 16384L))
#define batchnorm2d_inception2a_branch2_0_bn_moments(mb) ((float (*)[3][16])(mb->batch + 13631488 + mb->first * 192L))
#define batchnorm2d_inception2a_branch2_0_bn_statistics(mb) ((float (*)[16])(mb->batch + 38377600)) /* 16x4x1 */
#define relu_inception2a_branch2_0_relu(mb) ((float (*)[18 * 16])(mb->workspace + 1168000))
#define conv2d_inception2a_branch2_1_conv(mb) ((float (*)[16][16 * 32])(mb->batch + 13631488 + mb->first * 32768L))
#define conv2d_inception2a_branch2_1_conv_scratch(mb) ((float *)(mb->workspace + 0)) /* 30624 */
#define batchnorm2d_inception2a_branch2_1_bn_moments(mb) ((float (*)[3][32])(mb->batch + 15728640 + mb->first * 384L))
#define batchnorm2d_inception2a_branch2_1_bn_statistics(mb) ((float (*)[32])(mb->batch + 38376768)) /* 32x4x1 */
#define conv2d_inception2a_branch3_0_conv(mb) ((float (*)[16][16 * 16])(mb->batch + 30670848 + mb->first * 16384L))
#define batchnorm2d_inception2a_branch3_0_bn_moments(mb) ((float (*)[3][16])(mb->batch + 15728640 + mb->first * 192L))
#define batchnorm2d_inception2a_branch3_0_bn_statistics(mb) ((float (*)[16])(mb->batch + 38377856)) /* 8x4x1 */
#define relu_inception2a_branch3_0_relu(mb) ((float (*)[20 * 16])(mb->workspace + 1142400))
#define conv2d_inception2a_branch3_1_conv(mb) ((float (*)[16][16 * 16])(mb->batch + 31719424 + mb->first * 16384L))
#define conv2d_inception2a_branch3_1_conv_scratch(mb) ((float *)(mb->workspace + 0)) /* 53888 */
#define batchnorm2d_inception2a_branch3_1_bn_moments(mb) ((float (*)[3][16])(mb->batch + 15728640 + mb->first * 192L))
#define batchnorm2d_inception2a_branch3_1_bn_statistics(mb) ((float (*)[16])(mb->batch + 38378112)) /* 16x4x1 */
#define maxpool2d_inception2a_branch4_0(mb) ((float (*)[16][16 * 32])(mb->batch + 24117248 + mb->first * 32768L))
#define maxpool2d_inception2a_branch4_0_arg(mb) \
    ((unsigned short (*)[16][16 * 32])(mb->batch + 32768000 + mb->first * 16384L)) /* 32x16x16 */
#define conv2d_inception2a_branch4_1_conv(mb) ((float (*)[16][16 * 16])(mb->batch + 33816576 + mb->first * 16384L))
#define batchnorm2d_inception2a_branch4_1_bn_moments(mb) ((float (*)[3][16])(mb->batch + 15728640 + mb->first * 192L))
#define batchnorm2d_inception2a_branch4_1_bn_statistics(mb) ((float (*)[16])(mb->batch + 38378368)) /* 16x4x1 */
#define maxpool2d_maxpool2(mb) ((float (*)[8][8 * 80])(mb->batch + 26214400 + mb->first * 20480L)) /* 80x8x8 */
#define maxpool2d_maxpool2_arg(mb) ((unsigned short (*)[8][8 * 80])(mb->batch + 36540416 + mb->first * 10240L))
#define conv2d_inception3a_branch1_conv(mb) ((float (*)[8][8 * 48])(mb->batch + 35753984 + mb->first * 12288L))
#define batchnorm2d_inception3a_branch1_bn_moments(mb) ((float (*)[3][48])(mb->batch + 15728640 + mb->first * 576L))
#define batchnorm2d_inception3a_branch1_bn_statistics(mb) ((float (*)[48])(mb->batch + 38375424)) /* 48x4x1 */
#define concat_inception3a_concat(mb) ((float (*)[8][8 * 160])(mb->batch + 8388608 + mb->first * 40960L)) /* 160x8x8 */
#define conv2d_inception3a_branch2_0_conv(mb) ((float (*)[8][8 * 32])(mb->batch + 18743296 + mb->first * 8192L))
#define batchnorm2d_inception3a_branch2_0_bn_moments(mb) ((float (*)[3][32])(mb->batch + 11010048 + mb->first * 384L))
#define batchnorm2d_inception3a_branch2_0_bn_statistics(mb) ((float (*)[32])(mb->batch + 20403264)) /* 32x4x1 */
#define relu_inception3a_branch2_0_relu(mb) ((float (*)[10 * 32])(mb->workspace + 1188736)) /* 32x8x8, 1 zeros around */
#define conv2d_inception3a_branch2_1_conv(mb) ((float (*)[8][8 * 64])(mb->batch + 17039360 + mb->first * 16384L))
#define conv2d_inception3a_branch2_1_conv_scratch(mb) ((float *)(mb->workspace + 0)) /* 12384 */
#define batchnorm2d_inception3a_branch2_1_bn_moments(mb) ((float (*)[3][64])(mb->batch + 11010048 + mb->first * 768L))
#define batchnorm2d_inception3a_branch2_1_bn_statistics(mb) ((float (*)[64])(mb->batch + 20402176)) /* 64x4x1 */
#define conv2d_inception3a_branch3_0_conv(mb) ((float (*)[8][8 * 16])(mb->batch + 19791872 + mb->first * 4096L))
#define batchnorm2d_inception3a_branch3_0_bn_moments(mb) ((float (*)[3][16])(mb->batch + 11010048 + mb->first * 192L))
#define batchnorm2d_inception3a_branch3_0_bn_statistics(mb) ((float (*)[16])(mb->batch + 20404416)) /* 8x4x1 */
#define relu_inception3a_branch3_0_relu(mb) ((float (*)[12 * 16])(mb->workspace + 1201536)) /* 8x8x8, 2 zeros around */
#define conv2d_inception3a_branch3_1_conv(mb) ((float (*)[8][8 * 16])(mb->batch + 20054016 + mb->first * 4096L))
#define conv2d_inception3a_branch3_1_conv_scratch(mb) ((float *)(mb->workspace + 0)) /* 16000 */
#define batchnorm2d_inception3a_branch3_1_bn_moments(mb) ((float (*)[3][16])(mb->batch + 11010048 + mb->first * 192L))
#define batchnorm2d_inception3a_branch3_1_bn_statistics(mb) ((float (*)[16])(mb->batch + 20404672)) /* 16x4x1 */
#define maxpool2d_inception3a_branch4_0(mb) ((float (*)[8][8 * 80])(mb->batch + 15728640 + mb->first * 20480L))
#define maxpool2d_inception3a_branch4_0_arg(mb) \
    ((unsigned short (*)[8][8 * 80])(mb->batch + 18087936 + mb->first * 10240L)) /* 80x8x8 */
#define conv2d_inception3a_branch4_1_conv(mb) ((float (*)[8][8 * 32])(mb->batch + 19267584 + mb->first * 8192L))
#define batchnorm2d_inception3a_branch4_1_bn_moments(mb) ((float (*)[3][32])(mb->batch + 11010048 + mb->first * 384L))
#define batchnorm2d_inception3a_branch4_1_bn_statistics(mb) ((float (*)[32])(mb->batch + 20403840)) /* 32x4x1 */
#define adaptiveavgpool2d_avgpool(mb) ((float *)(mb->workspace + 2560)) /* 160 */
#define dropout_dropout_mask(mb) ((unsigned char (*)[160])(mb->workspace + 5120)) /* 160 */
#define dropout_dropout(mb) ((float (*)[160])(mb->workspace + 0)) /* 160 */
#define linear_fc(mb) ((float (*)[16])(mb->workspace + 1210752)) /* 10 */
#define d_linear_fc(mb) ((float (*)[16])(mb->workspace + 5760)) /* 10 */
#define d_dropout_dropout(mb) ((float (*)[160])(mb->workspace + 2560)) /* 160 */
#define d_flatten_flatten(mb) ((float *)(mb->workspace + 0)) /* 160 */
#define d_concat_inception3a_concat(mb) ((float (*)[8][8 * 160])(mb->batch + 11010048 + mb->first * 40960L))
#define d_batchnorm2d_inception3a_branch1_bn_sums(mb) ((float (*)[2][48])(mb->batch + 20353024 + mb->first * 384L))
#define d_batchnorm2d_inception3a_branch2_1_bn_sums(mb) ((float (*)[144])(mb->batch + 20316160 + mb->first * 576L))
#define d_batchnorm2d_inception3a_branch3_1_bn_sums(mb) ((float (*)[2][16])(mb->batch + 20393984 + mb->first * 128L))
#define d_batchnorm2d_inception3a_branch4_1_bn_sums(mb) ((float (*)[2][32])(mb->batch + 20377600 + mb->first * 256L))
#define d_batchnorm2d_inception3a_branch4_1_bn_statistics(mb) ((float (*)[32])(mb->batch + 9699328)) /* 32x2x1 */
#define d_conv2d_inception3a_branch4_1_conv(mb) ((float (*)[8 * 32])(mb->workspace + 20480)) /* 32x8x8 */
#define d_maxpool2d_inception3a_branch4_0(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define d_maxpool2d_maxpool2(mb) ((float (*)[8][8 * 80])(mb->batch + 8388608 + mb->first * 20480L)) /* 80x8x8 */
#define d_batchnorm2d_inception3a_branch3_1_bn_statistics(mb) ((float (*)[16])(mb->batch + 9707520)) /* 16x2x1 */
#define d_conv2d_inception3a_branch3_1_conv(mb) ((float (*)[12][12 * 16])(mb->batch + 37195776 + mb->first * 9216L))
#define d_relu_inception3a_branch3_0_relu(mb) ((float (*)[8][8 * 16])(mb->batch + 15728640 + mb->first * 4096L))
#define conv2d_inception3a_branch3_1_conv_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 16000 */
#define d_batchnorm2d_inception3a_branch3_0_bn_sums(mb) ((float (*)[2][16])(mb->batch + 9699328 + mb->first * 128L))
#define relu_inception3a_branch3_0_relu_again(mb) ((float (*)[12][12 * 16])(mb->batch + 37785600 + mb->first * 9216L))
#define d_batchnorm2d_inception3a_branch3_0_bn_statistics(mb) ((float (*)[16])(mb->batch + 15990784)) /* 8x2x1 */
#define d_conv2d_inception3a_branch3_0_conv(mb) ((float (*)[8 * 16])(mb->workspace + 20480)) /* 8x8x8 */
#define d_maxpool2d_maxpool2_2(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define d_maxpool2d_maxpool2_sum(mb) ((float (*)[8][8 * 80])(mb->batch + 9699328 + mb->first * 20480L)) /* 80x8x8 */
#define d_batchnorm2d_inception3a_branch2_1_bn_statistics(mb) ((float (*)[64])(mb->batch + 16252928)) /* 64x2x1 */
#define d_conv2d_inception3a_branch2_1_conv(mb) ((float (*)[10][10 * 64])(mb->workspace + 701056))
#define d_relu_inception3a_branch2_0_relu(mb) ((float (*)[8][8 * 32])(mb->batch + 15728640 + mb->first * 8192L))
#define conv2d_inception3a_branch2_1_conv_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 21216 */
#define d_batchnorm2d_inception3a_branch2_0_bn_sums(mb) ((float (*)[2][32])(mb->batch + 8388608 + mb->first * 256L))
#define relu_inception3a_branch2_0_relu_again(mb) ((float (*)[10][10 * 32])(mb->workspace + 1091200))
#define conv2d_inception3a_branch2_1_conv_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 133792 */
#define d_batchnorm2d_inception3a_branch2_0_bn_statistics(mb) ((float (*)[32])(mb->batch + 16253312)) /* 32x2x1 */
#define d_conv2d_inception3a_branch2_0_conv(mb) ((float (*)[8 * 32])(mb->workspace + 20480)) /* 32x8x8 */
#define d_maxpool2d_maxpool2_3(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define d_maxpool2d_maxpool2_sum_sum(mb) ((float (*)[8][8 * 80])(mb->batch + 8388608 + mb->first * 20480L)) /* 80x8x8 */
#define d_batchnorm2d_inception3a_branch1_bn_statistics(mb) ((float (*)[48])(mb->batch + 16252928)) /* 48x2x1 */
#define d_conv2d_inception3a_branch1_conv(mb) ((float (*)[8 * 48])(mb->workspace + 20480)) /* 48x8x8 */
#define d_maxpool2d_maxpool2_4(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define d_maxpool2d_maxpool2_sum_sum_sum(mb) ((float (*)[8 * 80])(mb->workspace + 20480)) /* 80x8x8 */
#define d_concat_inception2a_concat(mb) ((float (*)[16][16 * 80])(mb->batch + 16777216 + mb->first * 81920L))
#define d_batchnorm2d_inception2a_branch1_bn_sums(mb) ((float (*)[2][16])(mb->batch + 15745024 + mb->first * 128L))
#define d_batchnorm2d_inception2a_branch2_1_bn_sums(mb) ((float (*)[2][32])(mb->batch + 15728640 + mb->first * 256L))
#define d_batchnorm2d_inception2a_branch3_1_bn_sums(mb) ((float (*)[2][16])(mb->batch + 10485760 + mb->first * 128L))
#define d_batchnorm2d_inception2a_branch4_1_bn_sums(mb) ((float (*)[2][16])(mb->batch + 9699328 + mb->first * 128L))
#define d_batchnorm2d_inception2a_branch4_1_bn_statistics(mb) ((float (*)[16])(mb->batch + 10493952)) /* 16x2x1 */
#define d_conv2d_inception2a_branch4_1_conv(mb) ((float (*)[16 * 16])(mb->workspace + 32768)) /* 16x16x16 */
#define d_maxpool2d_inception2a_branch4_0(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_maxpool2d_maxpool1(mb) ((float (*)[16][16 * 32])(mb->batch + 8388608 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_inception2a_branch3_1_bn_statistics(mb) ((float (*)[16])(mb->batch + 10494080)) /* 16x2x1 */
#define d_conv2d_inception2a_branch3_1_conv(mb) ((float (*)[20][20 * 16])(mb->workspace + 803456))
#define d_relu_inception2a_branch3_0_relu(mb) ((float (*)[16][16 * 16])(mb->batch + 12582912 + mb->first * 16384L))
#define conv2d_inception2a_branch3_1_conv_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 53888 */
#define d_batchnorm2d_inception2a_branch3_0_bn_sums(mb) ((float (*)[2][16])(mb->batch + 10485760 + mb->first * 128L))
#define relu_inception2a_branch3_0_relu_again(mb) ((float (*)[20][20 * 16])(mb->workspace + 905856))
#define conv2d_inception2a_branch3_1_conv_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 87936 */
#define d_batchnorm2d_inception2a_branch3_0_bn_statistics(mb) ((float (*)[16])(mb->batch + 15753472)) /* 8x2x1 */
#define d_conv2d_inception2a_branch3_0_conv(mb) ((float (*)[16 * 16])(mb->workspace + 32768)) /* 8x16x16 */
#define d_maxpool2d_maxpool1_2(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_maxpool2d_maxpool1_sum(mb) ((float (*)[16][16 * 32])(mb->batch + 10485760 + mb->first * 32768L))
#define d_batchnorm2d_inception2a_branch2_1_bn_statistics(mb) ((float (*)[32])(mb->batch + 15753216)) /* 32x2x1 */
#define d_conv2d_inception2a_branch2_1_conv(mb) ((float (*)[18][18 * 32])(mb->workspace + 535168))
#define d_relu_inception2a_branch2_0_relu(mb) ((float (*)[16][16 * 16])(mb->batch + 8388608 + mb->first * 16384L))
#define conv2d_inception2a_branch2_1_conv_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define d_batchnorm2d_inception2a_branch2_0_bn_sums(mb) ((float (*)[2][16])(mb->batch + 9437184 + mb->first * 128L))
#define relu_inception2a_branch2_0_relu_again(mb) ((float (*)[18][18 * 16])(mb->workspace + 1008256))
#define conv2d_inception2a_branch2_1_conv_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 77792 */
#define d_batchnorm2d_inception2a_branch2_0_bn_statistics(mb) ((float (*)[16])(mb->batch + 9445376)) /* 16x2x1 */
#define d_conv2d_inception2a_branch2_0_conv(mb) ((float (*)[16 * 16])(mb->workspace + 32768)) /* 16x16x16 */
#define d_maxpool2d_maxpool1_3(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_maxpool2d_maxpool1_sum_sum(mb) ((float (*)[16][16 * 32])(mb->batch + 24117248 + mb->first * 32768L))
#define d_batchnorm2d_inception2a_branch1_bn_statistics(mb) ((float (*)[16])(mb->batch + 26230784)) /* 16x2x1 */
#define d_conv2d_inception2a_branch1_conv(mb) ((float (*)[16 * 16])(mb->workspace + 32768)) /* 16x16x16 */
#define d_maxpool2d_maxpool1_4(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_maxpool2d_maxpool1_sum_sum_sum(mb) ((float (*)[16 * 32])(mb->workspace + 32768)) /* 32x16x16 */
#define d_relu_conv1_relu(mb) ((float (*)[32][32 * 32])(mb->batch + 8388608 + mb->first * 131072L)) /* 32x32x32 */
#define d_batchnorm2d_conv1_bn_sums(mb) ((float (*)[2][32])(mb->batch + 26214400 + mb->first * 256L)) /* 32x2x1 */
#define d_batchnorm2d_conv1_bn_statistics(mb) ((float (*)[32])(mb->batch + 16777216)) /* 32x2x1 */
#define d_conv2d_conv1_conv(mb) ((float (*)[32 * 32])(mb->workspace + 0)) /* 32x32x32 */
#define conv2d_inception3a_branch3_1_conv_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 86912 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 105);
        conv2d_conv1_conv_forward(input(mb)[i], mb->weights + AT_conv1_conv_weight, conv2d_conv1_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_conv1_bn_moments_forward(conv2d_conv1_conv(mb)[i][0], batchnorm2d_conv1_bn_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_bn_statistics_forward_part finds its values. */
static const struct batchnorm2d_bn_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_bn_statistics_forward_part_at[] = {
    {8388608, 38376192, 96, {.channels = 32, .pixels = 1024, BATCH_NORM_OF(conv1_bn, 1e-05, 0.1)}}, /* conv1.bn */
    {8388608, 38377344, 48, {.channels = 16, .pixels = 256, BATCH_NORM_OF(inception2a_branch1_bn, 1e-05, 0.1)}},
    {13631488, 38377600, 48, {.channels = 16, .pixels = 256, BATCH_NORM_OF(inception2a_branch2_0_bn, 1e-05, 0.1)}},
    {15728640, 38376768, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(inception2a_branch2_1_bn, 1e-05, 0.1)}},
    {15728640, 38377856, 48, {.channels = 8, .pixels = 256, BATCH_NORM_OF(inception2a_branch3_0_bn, 1e-05, 0.1)}},
    {15728640, 38378112, 48, {.channels = 16, .pixels = 256, BATCH_NORM_OF(inception2a_branch3_1_bn, 1e-05, 0.1)}},
    {15728640, 38378368, 48, {.channels = 16, .pixels = 256, BATCH_NORM_OF(inception2a_branch4_1_bn, 1e-05, 0.1)}},
    {15728640, 38375424, 144, {.channels = 48, .pixels = 64, BATCH_NORM_OF(inception3a_branch1_bn, 1e-05, 0.1)}},
    {11010048, 20403264, 96, {.channels = 32, .pixels = 64, BATCH_NORM_OF(inception3a_branch2_0_bn, 1e-05, 0.1)}},
    {11010048, 20402176, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(inception3a_branch2_1_bn, 1e-05, 0.1)}},
    {11010048, 20404416, 48, {.channels = 8, .pixels = 64, BATCH_NORM_OF(inception3a_branch3_0_bn, 1e-05, 0.1)}},
    {11010048, 20404672, 48, {.channels = 16, .pixels = 64, BATCH_NORM_OF(inception3a_branch3_1_bn, 1e-05, 0.1)}},
    {11010048, 20403840, 96, {.channels = 32, .pixels = 64, BATCH_NORM_OF(inception3a_branch4_1_bn, 1e-05, 0.1)}},
};

/* For the whole batch. */
static void batchnorm2d_bn_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_bn_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    nc_batch_norm(mb, &at->norm, moments_values, at->stride, statistics_values);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_3(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_conv1_bn_forward(conv2d_conv1_conv(mb)[i][0], batchnorm2d_conv1_bn_statistics(mb)[0],
            relu_conv1_relu(mb)[0]);
        maxpool2d_maxpool1_forward(relu_conv1_relu(mb)[0], maxpool2d_maxpool1(mb)[i][0],
            maxpool2d_maxpool1_arg(mb)[i][0]);
        conv2d_inception2a_conv_forward(maxpool2d_maxpool1(mb)[i][0], mb->weights + AT_inception2a_branch1_conv_weight,
            conv2d_inception2a_branch1_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception2a_bn_moments_forward(conv2d_inception2a_branch1_conv(mb)[i][0],
                batchnorm2d_inception2a_branch1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception2a_bn_forward(conv2d_inception2a_branch1_conv(mb)[i][0],
            batchnorm2d_inception2a_branch1_bn_statistics(mb)[0], concat_inception2a_concat(mb)[i][0]);
        conv2d_inception2a_conv_forward(maxpool2d_maxpool1(mb)[i][0],
            mb->weights + AT_inception2a_branch2_0_conv_weight, conv2d_inception2a_branch2_0_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception2a_bn_moments_forward(conv2d_inception2a_branch2_0_conv(mb)[i][0],
                batchnorm2d_inception2a_branch2_0_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception2a_branch2_0_bn_forward(conv2d_inception2a_branch2_0_conv(mb)[i][0],
            batchnorm2d_inception2a_branch2_0_bn_statistics(mb)[0], &relu_inception2a_branch2_0_relu(mb)[1][1 * 16]);
        conv2d_inception2a_branch2_1_conv_forward(relu_inception2a_branch2_0_relu(mb)[0],
            mb->packed + AT_inception2a_branch2_1_conv_weight_winograd, conv2d_inception2a_branch2_1_conv(mb)[i][0],
            conv2d_inception2a_branch2_1_conv_scratch(mb));
        if (mb->training)
            batchnorm2d_inception2a_branch2_1_bn_moments_forward(conv2d_inception2a_branch2_1_conv(mb)[i][0],
                batchnorm2d_inception2a_branch2_1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_9(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception2a_branch2_1_bn_forward(conv2d_inception2a_branch2_1_conv(mb)[i][0],
            batchnorm2d_inception2a_branch2_1_bn_statistics(mb)[0], &concat_inception2a_concat(mb)[i][0][16]);
        conv2d_inception2a_conv_forward(maxpool2d_maxpool1(mb)[i][0],
            mb->weights + AT_inception2a_branch3_0_conv_weight, conv2d_inception2a_branch3_0_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception2a_bn_moments_forward(conv2d_inception2a_branch3_0_conv(mb)[i][0],
                batchnorm2d_inception2a_branch3_0_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_11(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception2a_branch3_0_bn_forward(conv2d_inception2a_branch3_0_conv(mb)[i][0],
            batchnorm2d_inception2a_branch3_0_bn_statistics(mb)[0], &relu_inception2a_branch3_0_relu(mb)[2][2 * 16]);
        conv2d_inception2a_branch3_1_conv_forward(relu_inception2a_branch3_0_relu(mb)[0],
            mb->packed + AT_inception2a_branch3_1_conv_weight_winograd, conv2d_inception2a_branch3_1_conv(mb)[i][0],
            conv2d_inception2a_branch3_1_conv_scratch(mb));
        if (mb->training)
            batchnorm2d_inception2a_bn_moments_forward(conv2d_inception2a_branch3_1_conv(mb)[i][0],
                batchnorm2d_inception2a_branch3_1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_13(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception2a_bn_forward(conv2d_inception2a_branch3_1_conv(mb)[i][0],
            batchnorm2d_inception2a_branch3_1_bn_statistics(mb)[0], &concat_inception2a_concat(mb)[i][0][48]);
        maxpool2d_inception2a_branch4_0_forward(maxpool2d_maxpool1(mb)[i][0], maxpool2d_inception2a_branch4_0(mb)[i][0],
            maxpool2d_inception2a_branch4_0_arg(mb)[i][0]);
        conv2d_inception2a_conv_forward(maxpool2d_inception2a_branch4_0(mb)[i][0],
            mb->weights + AT_inception2a_branch4_1_conv_weight, conv2d_inception2a_branch4_1_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception2a_bn_moments_forward(conv2d_inception2a_branch4_1_conv(mb)[i][0],
                batchnorm2d_inception2a_branch4_1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_15(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception2a_bn_forward(conv2d_inception2a_branch4_1_conv(mb)[i][0],
            batchnorm2d_inception2a_branch4_1_bn_statistics(mb)[0], &concat_inception2a_concat(mb)[i][0][64]);
        maxpool2d_maxpool2_forward(concat_inception2a_concat(mb)[i][0], maxpool2d_maxpool2(mb)[i][0],
            maxpool2d_maxpool2_arg(mb)[i][0]);
        conv2d_inception3a_branch1_conv_forward(maxpool2d_maxpool2(mb)[i][0],
            mb->weights + AT_inception3a_branch1_conv_weight, conv2d_inception3a_branch1_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception3a_branch1_bn_moments_forward(conv2d_inception3a_branch1_conv(mb)[i][0],
                batchnorm2d_inception3a_branch1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_17(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception3a_branch1_bn_forward(conv2d_inception3a_branch1_conv(mb)[i][0],
            batchnorm2d_inception3a_branch1_bn_statistics(mb)[0], concat_inception3a_concat(mb)[i][0]);
        conv2d_inception3a_conv_forward(maxpool2d_maxpool2(mb)[i][0],
            mb->weights + AT_inception3a_branch2_0_conv_weight, conv2d_inception3a_branch2_0_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception3a_bn_moments_forward(conv2d_inception3a_branch2_0_conv(mb)[i][0],
                batchnorm2d_inception3a_branch2_0_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_19(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception3a_branch2_0_bn_forward(conv2d_inception3a_branch2_0_conv(mb)[i][0],
            batchnorm2d_inception3a_branch2_0_bn_statistics(mb)[0], &relu_inception3a_branch2_0_relu(mb)[1][1 * 32]);
        conv2d_inception3a_branch2_1_conv_forward(relu_inception3a_branch2_0_relu(mb)[0],
            mb->packed + AT_inception3a_branch2_1_conv_weight_winograd, conv2d_inception3a_branch2_1_conv(mb)[i][0],
            conv2d_inception3a_branch2_1_conv_scratch(mb));
        if (mb->training)
            batchnorm2d_inception3a_branch2_1_bn_moments_forward(conv2d_inception3a_branch2_1_conv(mb)[i][0],
                batchnorm2d_inception3a_branch2_1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception3a_branch2_1_bn_forward(conv2d_inception3a_branch2_1_conv(mb)[i][0],
            batchnorm2d_inception3a_branch2_1_bn_statistics(mb)[0], &concat_inception3a_concat(mb)[i][0][48]);
        conv2d_inception3a_branch3_0_conv_forward(maxpool2d_maxpool2(mb)[i][0],
            mb->weights + AT_inception3a_branch3_0_conv_weight, conv2d_inception3a_branch3_0_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception3a_branch3_bn_moments_forward(conv2d_inception3a_branch3_0_conv(mb)[i][0],
                batchnorm2d_inception3a_branch3_0_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_23(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception3a_branch3_0_bn_forward(conv2d_inception3a_branch3_0_conv(mb)[i][0],
            batchnorm2d_inception3a_branch3_0_bn_statistics(mb)[0], &relu_inception3a_branch3_0_relu(mb)[2][2 * 16]);
        conv2d_inception3a_branch3_1_conv_forward(relu_inception3a_branch3_0_relu(mb)[0],
            mb->packed + AT_inception3a_branch3_1_conv_weight_winograd, conv2d_inception3a_branch3_1_conv(mb)[i][0],
            conv2d_inception3a_branch3_1_conv_scratch(mb));
        if (mb->training)
            batchnorm2d_inception3a_branch3_bn_moments_forward(conv2d_inception3a_branch3_1_conv(mb)[i][0],
                batchnorm2d_inception3a_branch3_1_bn_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_25(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception3a_branch3_1_bn_forward(conv2d_inception3a_branch3_1_conv(mb)[i][0],
            batchnorm2d_inception3a_branch3_1_bn_statistics(mb)[0], &concat_inception3a_concat(mb)[i][0][112]);
        maxpool2d_inception3a_branch4_0_forward(maxpool2d_maxpool2(mb)[i][0], maxpool2d_inception3a_branch4_0(mb)[i][0],
            maxpool2d_inception3a_branch4_0_arg(mb)[i][0]);
        conv2d_inception3a_conv_forward(maxpool2d_inception3a_branch4_0(mb)[i][0],
            mb->weights + AT_inception3a_branch4_1_conv_weight, conv2d_inception3a_branch4_1_conv(mb)[i][0]);
        if (mb->training)
            batchnorm2d_inception3a_bn_moments_forward(conv2d_inception3a_branch4_1_conv(mb)[i][0],
                batchnorm2d_inception3a_branch4_1_bn_moments(mb)[i][0]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_inception3a_branch4_1_bn_forward(conv2d_inception3a_branch4_1_conv(mb)[i][0],
            batchnorm2d_inception3a_branch4_1_bn_statistics(mb)[0], &concat_inception3a_concat(mb)[i][0][128]);
        adaptiveavgpool2d_avgpool_forward(concat_inception3a_concat(mb)[i][0], adaptiveavgpool2d_avgpool(mb));
        nc_dropout_mask(mb, 0, i, (const struct nc_axis[]){{160, 1}}, 1, dropout_dropout_mask(mb)[i]);
        dropout_dropout_forward(adaptiveavgpool2d_avgpool(mb), dropout_dropout_mask(mb)[i],
            mb->dropout ? 1.0f / (float)(1.0 - 0.20000000000000001) : 1.0f, dropout_dropout(mb)[i]);
    }
    linear_fc_forward(dropout_dropout(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias, linear_fc(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_fc(mb)[0], 16, 10, d_linear_fc(mb)[0]);
    linear_fc_grad_input(d_linear_fc(mb)[0], mb->packed + AT_fc_weight_transposed, d_dropout_dropout(mb)[0]);
    linear_fc_grad_weight(dropout_dropout(mb)[0], d_linear_fc(mb)[0], mb->gradients + AT_fc_weight, mb->count);
    bias_fc_grad(d_linear_fc(mb)[0], mb->gradients + AT_fc_bias, mb->count);
    for (int i = 0; i < mb->count; i++) {
        dropout_dropout_grad(d_dropout_dropout(mb)[i], dropout_dropout_mask(mb)[i],
            1.0f / (float)(1.0 - 0.20000000000000001), d_flatten_flatten(mb));
        avgpool2d_avgpool_grad(d_flatten_flatten(mb), d_concat_inception3a_concat(mb)[i][0]);
        norm_inception3a_branch1_bn_grad_sums(d_concat_inception3a_concat(mb)[i][0],
            conv2d_inception3a_branch1_conv(mb)[i][0], batchnorm2d_inception3a_branch1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch1_bn_sums(mb)[i][0]);
        norm_inception3a_branch2_1_bn_grad_sums(&d_concat_inception3a_concat(mb)[i][0][48],
            conv2d_inception3a_branch2_1_conv(mb)[i][0], batchnorm2d_inception3a_branch2_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch2_1_bn_sums(mb)[i]);
        norm_inception3a_branch3_1_bn_grad_sums(&d_concat_inception3a_concat(mb)[i][0][112],
            conv2d_inception3a_branch3_1_conv(mb)[i][0], batchnorm2d_inception3a_branch3_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch3_1_bn_sums(mb)[i][0]);
        norm_inception3a_branch4_1_bn_grad_sums(&d_concat_inception3a_concat(mb)[i][0][128],
            conv2d_inception3a_branch4_1_conv(mb)[i][0], batchnorm2d_inception3a_branch4_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch4_1_bn_sums(mb)[i][0]);
        norm_of_8(d_batchnorm2d_inception3a_branch4_1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception3a_branch4_1_bn_weight);
        norm_of_8(d_batchnorm2d_inception3a_branch4_1_bn_sums(mb)[i][0],
            mb->gradients + AT_inception3a_branch4_1_bn_bias);
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
        nc_cross_entropy(mb, &loss, linear_fc(mb)[0], 16, 10, 0);
}

/* Where norm_inception3a_bn_grad_statistics_part finds its values. */
static const struct norm_inception3a_bn_grad_statistics_part {
    long d_sums, statistics_values, d_statistics;
} norm_inception3a_bn_grad_statistics_part_at[] = {
    {20377600, 20403840, 9699328}, /* inception3a.branch4.1.bn */
    {8388608, 20403264, 16253312}, /* inception3a.branch2.0.bn */
};

/* For the whole batch. */
static void norm_inception3a_bn_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_inception3a_bn_grad_statistics_part *at = mb->at;
    float *d_sums = (void *)(mb->batch + at->d_sums);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);
    float *d_statistics = (void *)(mb->batch + at->d_statistics);

    nc_batch_norm_grad(mb, 32, 64, 1, d_sums, 64, statistics_values, d_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_29(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception3a_branch4_1_bn_grad(&d_concat_inception3a_concat(mb)[i][0][128],
            conv2d_inception3a_branch4_1_conv(mb)[i][0], batchnorm2d_inception3a_branch4_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch4_1_bn_statistics(mb)[0], d_conv2d_inception3a_branch4_1_conv(mb)[0]);
        conv2d_inception3a_conv_grad_input(d_conv2d_inception3a_branch4_1_conv(mb)[0],
            mb->packed + AT_inception3a_branch4_1_conv_weight_transposed, d_maxpool2d_inception3a_branch4_0(mb)[0]);
        conv2d_inception3a_conv_grad_weight(maxpool2d_inception3a_branch4_0(mb)[i][0],
            d_conv2d_inception3a_branch4_1_conv(mb)[0], mb->gradients + AT_inception3a_branch4_1_conv_weight);
        maxpool2d_inception3a_branch4_0_grad(d_maxpool2d_inception3a_branch4_0(mb)[0],
            maxpool2d_inception3a_branch4_0_arg(mb)[i][0], d_maxpool2d_maxpool2(mb)[i][0]);
        norm_of_14(d_batchnorm2d_inception3a_branch3_1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception3a_branch3_1_bn_weight);
        norm_of_14(d_batchnorm2d_inception3a_branch3_1_bn_sums(mb)[i][0],
            mb->gradients + AT_inception3a_branch3_1_bn_bias);
    }
}

/* Where norm_bn_grad_statistics_part finds its values. */
static const struct norm_bn_grad_statistics_part {
    long d_batchnorm2d_bn_sums, batchnorm2d_bn_statistics, d_batchnorm2d_bn_statistics, channels, pixels, stride;
} norm_bn_grad_statistics_part_at[] = {
    {20393984, 20404672, 9707520, 16, 64, 32}, /* inception3a.branch3.1.bn */
    {9699328, 20404416, 15990784, 8, 64, 32}, /* inception3a.branch3.0.bn */
    {20353024, 38375424, 16252928, 48, 64, 96}, /* inception3a.branch1.bn */
    {9699328, 38378368, 10493952, 16, 256, 32}, /* inception2a.branch4.1.bn */
    {10485760, 38378112, 10494080, 16, 256, 32}, /* inception2a.branch3.1.bn */
    {10485760, 38377856, 15753472, 8, 256, 32}, /* inception2a.branch3.0.bn */
    {15728640, 38376768, 15753216, 32, 256, 64}, /* inception2a.branch2.1.bn */
    {9437184, 38377600, 9445376, 16, 256, 32}, /* inception2a.branch2.0.bn */
    {15745024, 38377344, 26230784, 16, 256, 32}, /* inception2a.branch1.bn */
    {26214400, 38376192, 16777216, 32, 1024, 64}, /* conv1.bn */
};

/* For the whole batch. */
static void norm_bn_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_bn_grad_statistics_part *at = mb->at;
    float *d_batchnorm2d_bn_sums = (void *)(mb->batch + at->d_batchnorm2d_bn_sums);
    float *batchnorm2d_bn_statistics = (void *)(mb->batch + at->batchnorm2d_bn_statistics);
    float *d_batchnorm2d_bn_statistics = (void *)(mb->batch + at->d_batchnorm2d_bn_statistics);

    nc_batch_norm_grad(mb, at->channels, at->pixels, 1, d_batchnorm2d_bn_sums, at->stride, batchnorm2d_bn_statistics,
        d_batchnorm2d_bn_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_31(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception3a_branch3_1_bn_grad(&d_concat_inception3a_concat(mb)[i][0][112],
            conv2d_inception3a_branch3_1_conv(mb)[i][0], batchnorm2d_inception3a_branch3_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch3_1_bn_statistics(mb)[0],
            &d_conv2d_inception3a_branch3_1_conv(mb)[i][2][2 * 16]);
        conv2d_inception3a_branch3_1_conv_grad_input(d_conv2d_inception3a_branch3_1_conv(mb)[i][0],
            mb->packed + AT_inception3a_branch3_1_conv_weight_winograd_transposed,
            d_relu_inception3a_branch3_0_relu(mb)[i][0], conv2d_inception3a_branch3_1_conv_grad_input_scratch(mb));
        norm_inception3a_branch3_0_bn_grad_sums(d_relu_inception3a_branch3_0_relu(mb)[i][0],
            conv2d_inception3a_branch3_0_conv(mb)[i][0], batchnorm2d_inception3a_branch3_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch3_0_bn_sums(mb)[i][0]);
        norm_inception3a_branch3_0_bn_again(conv2d_inception3a_branch3_0_conv(mb)[i][0],
            batchnorm2d_inception3a_branch3_0_bn_statistics(mb)[0],
            &relu_inception3a_branch3_0_relu_again(mb)[i][2][2 * 16]);
        norm_of_14(d_batchnorm2d_inception3a_branch3_0_bn_sums(mb)[i][1],
            mb->gradients + AT_inception3a_branch3_0_bn_weight);
        norm_of_14(d_batchnorm2d_inception3a_branch3_0_bn_sums(mb)[i][0],
            mb->gradients + AT_inception3a_branch3_0_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_33(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception3a_branch3_0_bn_grad(d_relu_inception3a_branch3_0_relu(mb)[i][0],
            conv2d_inception3a_branch3_0_conv(mb)[i][0], batchnorm2d_inception3a_branch3_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch3_0_bn_statistics(mb)[0], d_conv2d_inception3a_branch3_0_conv(mb)[0]);
        conv2d_inception3a_branch3_0_conv_grad_input(d_conv2d_inception3a_branch3_0_conv(mb)[0],
            mb->packed + AT_inception3a_branch3_0_conv_weight_transposed, d_maxpool2d_maxpool2_2(mb)[0]);
        conv2d_inception3a_branch3_0_conv_grad_weight(maxpool2d_maxpool2(mb)[i][0],
            d_conv2d_inception3a_branch3_0_conv(mb)[0], mb->gradients + AT_inception3a_branch3_0_conv_weight);
        gradient_inception3a_conv_sum(d_maxpool2d_maxpool2(mb)[i][0], d_maxpool2d_maxpool2_2(mb)[0],
            d_maxpool2d_maxpool2_sum(mb)[i][0]);
        norm_inception3a_branch2_1_bn_grad_2(d_batchnorm2d_inception3a_branch2_1_bn_sums(mb)[i] + 64,
            mb->gradients + AT_inception3a_branch2_1_bn_weight);
        norm_inception3a_branch2_1_bn_grad_2(d_batchnorm2d_inception3a_branch2_1_bn_sums(mb)[i],
            mb->gradients + AT_inception3a_branch2_1_bn_bias);
    }
}

/* For the whole batch. */
static void norm_inception3a_branch2_1_bn_grad_statistics_part(struct nc_microbatch *mb)
{
    nc_batch_norm_grad(mb, 64, 64, 1, d_batchnorm2d_inception3a_branch2_1_bn_sums(mb)[0], 144,
        batchnorm2d_inception3a_branch2_1_bn_statistics(mb)[0],
        d_batchnorm2d_inception3a_branch2_1_bn_statistics(mb)[0]);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_35(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception3a_branch2_1_bn_grad(&d_concat_inception3a_concat(mb)[i][0][48],
            conv2d_inception3a_branch2_1_conv(mb)[i][0], batchnorm2d_inception3a_branch2_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch2_1_bn_statistics(mb)[0],
            &d_conv2d_inception3a_branch2_1_conv(mb)[i][1][1 * 64]);
        conv2d_inception3a_branch2_1_conv_grad_input(d_conv2d_inception3a_branch2_1_conv(mb)[i][0],
            mb->packed + AT_inception3a_branch2_1_conv_weight_winograd_transposed,
            d_relu_inception3a_branch2_0_relu(mb)[i][0], conv2d_inception3a_branch2_1_conv_grad_input_scratch(mb));
        norm_inception3a_branch2_0_bn_grad_sums(d_relu_inception3a_branch2_0_relu(mb)[i][0],
            conv2d_inception3a_branch2_0_conv(mb)[i][0], batchnorm2d_inception3a_branch2_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch2_0_bn_sums(mb)[i][0]);
        norm_inception3a_branch2_0_bn_again(conv2d_inception3a_branch2_0_conv(mb)[i][0],
            batchnorm2d_inception3a_branch2_0_bn_statistics(mb)[0],
            &relu_inception3a_branch2_0_relu_again(mb)[i][1][1 * 32]);
    }
    conv2d_inception3a_branch2_1_conv_grad_weight(relu_inception3a_branch2_0_relu_again(mb)[0][0],
        &d_conv2d_inception3a_branch2_1_conv(mb)[0][1][1 * 64], mb->gradients + AT_inception3a_branch2_1_conv_weight,
        conv2d_inception3a_branch2_1_conv_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_8(d_batchnorm2d_inception3a_branch2_0_bn_sums(mb)[i][1],
            mb->gradients + AT_inception3a_branch2_0_bn_weight);
        norm_of_8(d_batchnorm2d_inception3a_branch2_0_bn_sums(mb)[i][0],
            mb->gradients + AT_inception3a_branch2_0_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_37(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception3a_branch2_0_bn_grad(d_relu_inception3a_branch2_0_relu(mb)[i][0],
            conv2d_inception3a_branch2_0_conv(mb)[i][0], batchnorm2d_inception3a_branch2_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch2_0_bn_statistics(mb)[0], d_conv2d_inception3a_branch2_0_conv(mb)[0]);
        conv2d_inception3a_conv_grad_input(d_conv2d_inception3a_branch2_0_conv(mb)[0],
            mb->packed + AT_inception3a_branch2_0_conv_weight_transposed, d_maxpool2d_maxpool2_3(mb)[0]);
        conv2d_inception3a_conv_grad_weight(maxpool2d_maxpool2(mb)[i][0], d_conv2d_inception3a_branch2_0_conv(mb)[0],
            mb->gradients + AT_inception3a_branch2_0_conv_weight);
        gradient_inception3a_conv_sum(d_maxpool2d_maxpool2_sum(mb)[i][0], d_maxpool2d_maxpool2_3(mb)[0],
            d_maxpool2d_maxpool2_sum_sum(mb)[i][0]);
        norm_inception3a_branch1_bn_grad_2(d_batchnorm2d_inception3a_branch1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception3a_branch1_bn_weight);
        norm_inception3a_branch1_bn_grad_2(d_batchnorm2d_inception3a_branch1_bn_sums(mb)[i][0],
            mb->gradients + AT_inception3a_branch1_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_39(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception3a_branch1_bn_grad(d_concat_inception3a_concat(mb)[i][0],
            conv2d_inception3a_branch1_conv(mb)[i][0], batchnorm2d_inception3a_branch1_bn_statistics(mb)[0],
            d_batchnorm2d_inception3a_branch1_bn_statistics(mb)[0], d_conv2d_inception3a_branch1_conv(mb)[0]);
        conv2d_inception3a_branch1_conv_grad_input(d_conv2d_inception3a_branch1_conv(mb)[0],
            mb->packed + AT_inception3a_branch1_conv_weight_transposed, d_maxpool2d_maxpool2_4(mb)[0]);
        conv2d_inception3a_branch1_conv_grad_weight(maxpool2d_maxpool2(mb)[i][0],
            d_conv2d_inception3a_branch1_conv(mb)[0], mb->gradients + AT_inception3a_branch1_conv_weight);
        gradient_inception3a_conv_sum(d_maxpool2d_maxpool2_sum_sum(mb)[i][0], d_maxpool2d_maxpool2_4(mb)[0],
            d_maxpool2d_maxpool2_sum_sum_sum(mb)[0]);
        maxpool2d_maxpool2_grad(d_maxpool2d_maxpool2_sum_sum_sum(mb)[0], maxpool2d_maxpool2_arg(mb)[i][0],
            d_concat_inception2a_concat(mb)[i][0]);
        norm_inception2a_bn_grad_sums(d_concat_inception2a_concat(mb)[i][0], conv2d_inception2a_branch1_conv(mb)[i][0],
            batchnorm2d_inception2a_branch1_bn_statistics(mb)[0], d_batchnorm2d_inception2a_branch1_bn_sums(mb)[i][0]);
        norm_inception2a_branch2_1_bn_grad_sums(&d_concat_inception2a_concat(mb)[i][0][16],
            conv2d_inception2a_branch2_1_conv(mb)[i][0], batchnorm2d_inception2a_branch2_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch2_1_bn_sums(mb)[i][0]);
        norm_inception2a_bn_grad_sums(&d_concat_inception2a_concat(mb)[i][0][48],
            conv2d_inception2a_branch3_1_conv(mb)[i][0], batchnorm2d_inception2a_branch3_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch3_1_bn_sums(mb)[i][0]);
        norm_inception2a_bn_grad_sums(&d_concat_inception2a_concat(mb)[i][0][64],
            conv2d_inception2a_branch4_1_conv(mb)[i][0], batchnorm2d_inception2a_branch4_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch4_1_bn_sums(mb)[i][0]);
        norm_of_14(d_batchnorm2d_inception2a_branch4_1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception2a_branch4_1_bn_weight);
        norm_of_14(d_batchnorm2d_inception2a_branch4_1_bn_sums(mb)[i][0],
            mb->gradients + AT_inception2a_branch4_1_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_41(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception2a_bn_grad(&d_concat_inception2a_concat(mb)[i][0][64],
            conv2d_inception2a_branch4_1_conv(mb)[i][0], batchnorm2d_inception2a_branch4_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch4_1_bn_statistics(mb)[0], d_conv2d_inception2a_branch4_1_conv(mb)[0]);
        conv2d_inception2a_conv_grad_input(d_conv2d_inception2a_branch4_1_conv(mb)[0],
            mb->packed + AT_inception2a_branch4_1_conv_weight_transposed, d_maxpool2d_inception2a_branch4_0(mb)[0]);
        conv2d_inception2a_conv_grad_weight(maxpool2d_inception2a_branch4_0(mb)[i][0],
            d_conv2d_inception2a_branch4_1_conv(mb)[0], mb->gradients + AT_inception2a_branch4_1_conv_weight);
        maxpool2d_inception2a_branch4_0_grad(d_maxpool2d_inception2a_branch4_0(mb)[0],
            maxpool2d_inception2a_branch4_0_arg(mb)[i][0], d_maxpool2d_maxpool1(mb)[i][0]);
        norm_of_14(d_batchnorm2d_inception2a_branch3_1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception2a_branch3_1_bn_weight);
        norm_of_14(d_batchnorm2d_inception2a_branch3_1_bn_sums(mb)[i][0],
            mb->gradients + AT_inception2a_branch3_1_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_43(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception2a_branch3_1_bn_grad(&d_concat_inception2a_concat(mb)[i][0][48],
            conv2d_inception2a_branch3_1_conv(mb)[i][0], batchnorm2d_inception2a_branch3_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch3_1_bn_statistics(mb)[0],
            &d_conv2d_inception2a_branch3_1_conv(mb)[i][2][2 * 16]);
        conv2d_inception2a_branch3_1_conv_grad_input(d_conv2d_inception2a_branch3_1_conv(mb)[i][0],
            mb->packed + AT_inception2a_branch3_1_conv_weight_winograd_transposed,
            d_relu_inception2a_branch3_0_relu(mb)[i][0], conv2d_inception2a_branch3_1_conv_grad_input_scratch(mb));
        norm_inception2a_0_bn_grad_sums(d_relu_inception2a_branch3_0_relu(mb)[i][0],
            conv2d_inception2a_branch3_0_conv(mb)[i][0], batchnorm2d_inception2a_branch3_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch3_0_bn_sums(mb)[i][0]);
        norm_inception2a_branch3_0_bn_again(conv2d_inception2a_branch3_0_conv(mb)[i][0],
            batchnorm2d_inception2a_branch3_0_bn_statistics(mb)[0],
            &relu_inception2a_branch3_0_relu_again(mb)[i][2][2 * 16]);
    }
    conv2d_inception2a_branch3_1_conv_grad_weight(relu_inception2a_branch3_0_relu_again(mb)[0][0],
        &d_conv2d_inception2a_branch3_1_conv(mb)[0][2][2 * 16], mb->gradients + AT_inception2a_branch3_1_conv_weight,
        conv2d_inception2a_branch3_1_conv_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_14(d_batchnorm2d_inception2a_branch3_0_bn_sums(mb)[i][1],
            mb->gradients + AT_inception2a_branch3_0_bn_weight);
        norm_of_14(d_batchnorm2d_inception2a_branch3_0_bn_sums(mb)[i][0],
            mb->gradients + AT_inception2a_branch3_0_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_45(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception2a_0_bn_grad(d_relu_inception2a_branch3_0_relu(mb)[i][0],
            conv2d_inception2a_branch3_0_conv(mb)[i][0], batchnorm2d_inception2a_branch3_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch3_0_bn_statistics(mb)[0], d_conv2d_inception2a_branch3_0_conv(mb)[0]);
        conv2d_inception2a_branch3_0_conv_grad_input(d_conv2d_inception2a_branch3_0_conv(mb)[0],
            mb->packed + AT_inception2a_branch3_0_conv_weight_transposed, d_maxpool2d_maxpool1_2(mb)[0]);
        conv2d_inception2a_conv_grad_weight(maxpool2d_maxpool1(mb)[i][0], d_conv2d_inception2a_branch3_0_conv(mb)[0],
            mb->gradients + AT_inception2a_branch3_0_conv_weight);
        gradient_inception2a_conv_sum(d_maxpool2d_maxpool1(mb)[i][0], d_maxpool2d_maxpool1_2(mb)[0],
            d_maxpool2d_maxpool1_sum(mb)[i][0]);
        norm_of_8(d_batchnorm2d_inception2a_branch2_1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception2a_branch2_1_bn_weight);
        norm_of_8(d_batchnorm2d_inception2a_branch2_1_bn_sums(mb)[i][0],
            mb->gradients + AT_inception2a_branch2_1_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_47(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception2a_branch2_1_bn_grad(&d_concat_inception2a_concat(mb)[i][0][16],
            conv2d_inception2a_branch2_1_conv(mb)[i][0], batchnorm2d_inception2a_branch2_1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch2_1_bn_statistics(mb)[0],
            &d_conv2d_inception2a_branch2_1_conv(mb)[i][1][1 * 32]);
        conv2d_inception2a_branch2_1_conv_grad_input(d_conv2d_inception2a_branch2_1_conv(mb)[i][0],
            mb->packed + AT_inception2a_branch2_1_conv_weight_winograd_transposed,
            d_relu_inception2a_branch2_0_relu(mb)[i][0], conv2d_inception2a_branch2_1_conv_grad_input_scratch(mb));
        norm_inception2a_0_bn_grad_sums(d_relu_inception2a_branch2_0_relu(mb)[i][0],
            conv2d_inception2a_branch2_0_conv(mb)[i][0], batchnorm2d_inception2a_branch2_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch2_0_bn_sums(mb)[i][0]);
        norm_inception2a_branch2_0_bn_again(conv2d_inception2a_branch2_0_conv(mb)[i][0],
            batchnorm2d_inception2a_branch2_0_bn_statistics(mb)[0],
            &relu_inception2a_branch2_0_relu_again(mb)[i][1][1 * 16]);
    }
    conv2d_inception2a_branch2_1_conv_grad_weight(relu_inception2a_branch2_0_relu_again(mb)[0][0],
        &d_conv2d_inception2a_branch2_1_conv(mb)[0][1][1 * 32], mb->gradients + AT_inception2a_branch2_1_conv_weight,
        conv2d_inception2a_branch2_1_conv_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_14(d_batchnorm2d_inception2a_branch2_0_bn_sums(mb)[i][1],
            mb->gradients + AT_inception2a_branch2_0_bn_weight);
        norm_of_14(d_batchnorm2d_inception2a_branch2_0_bn_sums(mb)[i][0],
            mb->gradients + AT_inception2a_branch2_0_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_49(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception2a_0_bn_grad(d_relu_inception2a_branch2_0_relu(mb)[i][0],
            conv2d_inception2a_branch2_0_conv(mb)[i][0], batchnorm2d_inception2a_branch2_0_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch2_0_bn_statistics(mb)[0], d_conv2d_inception2a_branch2_0_conv(mb)[0]);
        conv2d_inception2a_conv_grad_input(d_conv2d_inception2a_branch2_0_conv(mb)[0],
            mb->packed + AT_inception2a_branch2_0_conv_weight_transposed, d_maxpool2d_maxpool1_3(mb)[0]);
        conv2d_inception2a_conv_grad_weight(maxpool2d_maxpool1(mb)[i][0], d_conv2d_inception2a_branch2_0_conv(mb)[0],
            mb->gradients + AT_inception2a_branch2_0_conv_weight);
        gradient_inception2a_conv_sum(d_maxpool2d_maxpool1_sum(mb)[i][0], d_maxpool2d_maxpool1_3(mb)[0],
            d_maxpool2d_maxpool1_sum_sum(mb)[i][0]);
        norm_of_14(d_batchnorm2d_inception2a_branch1_bn_sums(mb)[i][1],
            mb->gradients + AT_inception2a_branch1_bn_weight);
        norm_of_14(d_batchnorm2d_inception2a_branch1_bn_sums(mb)[i][0], mb->gradients + AT_inception2a_branch1_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_51(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_inception2a_bn_grad(d_concat_inception2a_concat(mb)[i][0], conv2d_inception2a_branch1_conv(mb)[i][0],
            batchnorm2d_inception2a_branch1_bn_statistics(mb)[0],
            d_batchnorm2d_inception2a_branch1_bn_statistics(mb)[0], d_conv2d_inception2a_branch1_conv(mb)[0]);
        conv2d_inception2a_conv_grad_input(d_conv2d_inception2a_branch1_conv(mb)[0],
            mb->packed + AT_inception2a_branch1_conv_weight_transposed, d_maxpool2d_maxpool1_4(mb)[0]);
        conv2d_inception2a_conv_grad_weight(maxpool2d_maxpool1(mb)[i][0], d_conv2d_inception2a_branch1_conv(mb)[0],
            mb->gradients + AT_inception2a_branch1_conv_weight);
        gradient_inception2a_conv_sum(d_maxpool2d_maxpool1_sum_sum(mb)[i][0], d_maxpool2d_maxpool1_4(mb)[0],
            d_maxpool2d_maxpool1_sum_sum_sum(mb)[0]);
        maxpool2d_maxpool1_grad(d_maxpool2d_maxpool1_sum_sum_sum(mb)[0], maxpool2d_maxpool1_arg(mb)[i][0],
            d_relu_conv1_relu(mb)[i][0]);
        norm_conv1_bn_grad_sums(d_relu_conv1_relu(mb)[i][0], conv2d_conv1_conv(mb)[i][0],
            batchnorm2d_conv1_bn_statistics(mb)[0], d_batchnorm2d_conv1_bn_sums(mb)[i][0]);
        norm_of_8(d_batchnorm2d_conv1_bn_sums(mb)[i][1], mb->gradients + AT_conv1_bn_weight);
        norm_of_8(d_batchnorm2d_conv1_bn_sums(mb)[i][0], mb->gradients + AT_conv1_bn_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_53(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_conv1_bn_grad(d_relu_conv1_relu(mb)[i][0], conv2d_conv1_conv(mb)[i][0],
            batchnorm2d_conv1_bn_statistics(mb)[0], d_batchnorm2d_conv1_bn_statistics(mb)[0],
            d_conv2d_conv1_conv(mb)[0]);
        conv2d_conv1_conv_grad_weight(input(mb)[i], d_conv2d_conv1_conv(mb)[0], mb->gradients + AT_conv1_conv_weight);
    }
}

/* For the whole batch. */
static void conv2d_inception3a_branch3_1_conv_grad_weight_part(struct nc_microbatch *mb)
{
    float *gradients = nc_zero_learned(mb, 3200);

    conv2d_inception3a_branch3_1_conv_grad_weight(relu_inception3a_branch3_0_relu_again(mb)[0][0],
        &d_conv2d_inception3a_branch3_1_conv(mb)[0][2][2 * 16], gradients,
        conv2d_inception3a_branch3_1_conv_grad_weight_scratch(mb), mb->count);
    nc_learn_rows(mb, AT_inception3a_branch3_1_conv_weight, &(const struct nc_rows){.outer = 25, .outer_step = 128,
        .inner = 8, .inner_step = 16}, 16);
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_inception2a_branch2_1_conv_weights, inception2a_branch2_1_conv_weight, 0, winograd),
    PACKED(conv2d_branch3_1_conv_weights, inception2a_branch3_1_conv_weight, 0, winograd),
    PACKED(conv2d_inception3a_branch2_1_conv_weights, inception3a_branch2_1_conv_weight, 0, winograd),
    PACKED(conv2d_branch3_1_conv_weights, inception3a_branch3_1_conv_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 4; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(linear_fc_grad_input_weights, fc_weight, 0, transposed),
    PACKED(conv2d_inception3a_conv_grad_input_weights, inception3a_branch4_1_conv_weight, 0, transposed),
    PACKED(conv2d_branch3_1_conv_grad_input_weights, inception3a_branch3_1_conv_weight, 3072, winograd_transposed),
    PACKED(conv2d_inception3a_branch3_0_conv_grad_input_weights, inception3a_branch3_0_conv_weight, 0, transposed),
    PACKED(conv2d_inception3a_branch2_1_conv_grad_input_weights, inception3a_branch2_1_conv_weight, 16384,
     winograd_transposed),
    PACKED(conv2d_inception3a_conv_grad_input_weights, inception3a_branch2_0_conv_weight, 0, transposed),
    PACKED(conv2d_inception3a_branch1_conv_grad_input_weights, inception3a_branch1_conv_weight, 0, transposed),
    PACKED(conv2d_inception2a_conv_grad_input_weights, inception2a_branch4_1_conv_weight, 0, transposed),
    PACKED(conv2d_branch3_1_conv_grad_input_weights, inception2a_branch3_1_conv_weight, 3072, winograd_transposed),
    PACKED(conv2d_inception2a_branch3_0_conv_grad_input_weights, inception2a_branch3_0_conv_weight, 0, transposed),
    PACKED(conv2d_inception2a_branch2_1_conv_grad_input_weights, inception2a_branch2_1_conv_weight, 4096,
     winograd_transposed),
    PACKED(conv2d_inception2a_conv_grad_input_weights, inception2a_branch2_0_conv_weight, 0, transposed),
    PACKED(conv2d_inception2a_conv_grad_input_weights, inception2a_branch1_conv_weight, 0, transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 13; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* conv1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_), relu(inplace=True),
 *     MaxPool2d(2)  (line 4)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_conv1_conv_maxpool2d_maxpool1_test(const float *x, const float *w, const float *bias, float *y,
        unsigned char *arg)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 16; r++)
            for (long c = 0; c < 16; c += COLS / 2) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                for (long m = 0; m < ROWS / 2; m++)
                    expect_rows(y + (r + m) * 512 + c * 32 + o, COLS / 2, 32, VECS * VL);
                const float *wo = w + o;
                for (long a = 0; a < 3; a++) {
                    const float *xt = from_here(x + (2 * r + a) * 102 + c * 6);
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
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_fma(acc[m][n][v], vec_load(bias + 64 + o + v * VL),
                        vec_load(bias + 96 + o + v * VL));
                UNROLL for (int n = 0; n < COLS; n += 2)
                    EACH(v, VECS) {
                        vec best = acc[0][n][v];
                        ivec at = ivec_all(0);
                        vec_take_max(acc[0][n + 1][v], 1, &best, &at);
                        vec_take_max(acc[1][n][v], 2, &best, &at);
                        vec_take_max(acc[1][n + 1][v], 3, &best, &at);
                        best = vec_relu(best);
                        vec_store(y + r * 512 + (c + n / 2) * 32 + o + v * VL, best);
                        ivec_store_bytes(arg + r * 512 + (c + n / 2) * 32 + o + v * VL, at);
                    }
            }
}

/* inception2a.branch1.conv, inception2a.branch4.1.conv (line 4) */
static void conv2d_inception2a_conv_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.y_col = 80, .act = 1, .norm_row = 16});
}

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_6 { long rows, cols, run, x_row, y_row; };
NC_INLINE void any_conv_6(const float *x, const float *w, const float *bias, float *y, const struct conv_size_6 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < size.rows; r += ROWS)
            for (long c = 0; c < size.cols; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * size.x_row + c * size.run);
                SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 16) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * size.x_row + n * size.run);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    sum = vec_fma(sum, vec_load(bias + 32 + o + v * VL), vec_load(bias + 48 + o + v * VL));
                    sum = vec_relu(sum);
                    vec_store(y + (r + m) * size.y_row + (c + n) * 16 + o + v * VL, sum);
                }
            }
}

#define DEFINE_CONV_6(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv_6(x, w, bias, y, (struct conv_size_6){__VA_ARGS__}); }

/* inception2a.branch2.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
DEFINE_CONV_6(conv2d_inception2a_branch2_0_conv_test, .rows = 16, .cols = 16, .run = 32, .x_row = 512, .y_row = 288)

/* inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
static void conv2d_inception2a_branch2_1_conv_test(const float *x, const float *u, const float *bias, float *y,
        float *scratch)
{
    any_winograd3(x, u, bias, y, scratch, (struct winograd3_size){.rows = 16, .cols = 16, .ins = 16, .outs = 32,
        .x_row = 288, .y_row = 512, .block = 16, .norm_row = 32, .x_image = 5184, .act = 1});
}

/* inception2a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
DEFINE_CONV_6(conv2d_inception2a_branch3_0_conv_test, .rows = 16, .cols = 16, .run = 32, .x_row = 512, .y_row = 320)

#define DEFINE_WINOGRAD5C(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd5(x, u, bias, y, scratch, (struct winograd5_size){__VA_ARGS__}); }

/* inception2a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
DEFINE_WINOGRAD5C(conv2d_inception2a_branch3_1_conv_test, .rows = 16, .cols = 16, .x_row = 320, .y_row = 256,
    .block = 16, .norm_row = 16, .x_image = 6400, .act = 1)

/* inception2a.concat: concat  (line 14)
 * y = the channels of a, b, c, d, side by side */
static void concat_inception2a_concat_test(const float *b, const float *c, float *y)
{
    for (long row = 0; row < 16; row++)
        for (long col = 0; col < 16; col++) {
            for (long i = 0; i < 32; i += VL)
                vec_store(y + row * 1280 + col * 80 + i, vec_load(b + row * 512 + col * 32 + i));
            for (long i = 0; i < 16; i += VL)
                vec_store(y + row * 1280 + col * 80 + 32 + i, vec_load(c + row * 256 + col * 16 + i));
        }
}

/* inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
static void conv2d_inception3a_branch1_conv_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_2(x, w, bias, y, (struct conv_size_2){.y_col = 160, .act = 1, .norm_row = 48});
}

/* inception3a.branch2.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
static void conv2d_inception3a_branch2_0_conv_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 8; r += ROWS)
            for (long c = 0; c < 8; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 640 + c * 80);
                SEVERAL for (long j = 0; j < 80; j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * 640 + n * 80);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    sum = vec_fma(sum, vec_load(bias + 64 + o + v * VL), vec_load(bias + 96 + o + v * VL));
                    sum = vec_relu(sum);
                    vec_store(y + (r + m) * 320 + (c + n) * 32 + o + v * VL, sum);
                }
            }
}

/* inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
static void conv2d_inception3a_branch2_1_conv_test(const float *x, const float *u, const float *bias, float *y,
        float *scratch)
{
    any_winograd3_2(x, u, bias, y, scratch, (struct winograd3_size_2){.norm_row = 64, .act = 1});
}

/* inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
DEFINE_CONV_6(conv2d_inception3a_branch3_0_conv_test, .rows = 8, .cols = 8, .run = 80, .x_row = 640, .y_row = 192)

/* inception3a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
DEFINE_WINOGRAD5C(conv2d_inception3a_branch3_1_conv_test, .rows = 8, .cols = 8, .x_row = 192, .y_row = 128, .block = 4,
    .norm_row = 16, .x_image = 2304, .act = 1)

/* inception3a.branch4.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False), BatchNorm2d(_),
 *     relu(inplace=True)  (line 4) */
static void conv2d_inception3a_branch4_1_conv_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_3(x, w, bias, y, (struct conv_size_3){.y_col = 160, .act = 1, .norm_row = 32});
}

/* inception3a.concat: concat  (line 14)
 * y = the channels of a, b, c, d, side by side */
static void concat_inception3a_concat_test(const float *b, const float *c, float *y)
{
    for (long row = 0; row < 8; row++)
        for (long col = 0; col < 8; col++) {
            for (long i = 0; i < 64; i += VL)
                vec_store(y + row * 1280 + col * 160 + i, vec_load(b + row * 512 + col * 64 + i));
            for (long i = 0; i < 16; i += VL)
                vec_store(y + row * 1280 + col * 160 + 64 + i, vec_load(c + row * 128 + col * 16 + i));
        }
}

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[34 * 3])(mb->workspace + 1636736)) /* 3x32x32, 1 zeros around */
#define test_maxpool2d_maxpool1(mb) ((float (*)[16 * 32])(mb->workspace + 1508480)) /* 32x16x16 */
#define test_maxpool2d_maxpool1_arg(mb) ((unsigned char (*)[16 * 32])(mb->workspace + 1211008)) /* 32x16x16 */
#define test_concat_inception2a_concat(mb) ((float (*)[16 * 80])(mb->workspace + 1426560)) /* 80x16x16 */
#define test_relu_inception2a_branch2_0_relu(mb) ((float (*)[18 * 16])(mb->workspace + 1599616))
#define test_relu_inception2a_branch2_1_relu(mb) ((float (*)[16 * 32])(mb->workspace + 1541248)) /* 32x16x16 */
#define test_conv2d_inception2a_branch2_1_conv_scratch(mb) ((float *)(mb->workspace + 1211008)) /* 30624 */
#define test_relu_inception2a_branch3_0_relu(mb) ((float (*)[20 * 16])(mb->workspace + 1574016))
#define test_relu_inception2a_branch3_1_relu(mb) ((float (*)[16 * 16])(mb->workspace + 1620352)) /* 16x16x16 */
#define test_conv2d_inception2a_branch3_1_conv_scratch(mb) ((float *)(mb->workspace + 1211008)) /* 53888 */
#define test_maxpool2d_inception2a_branch4_0(mb) ((float (*)[16 * 32])(mb->workspace + 1211008)) /* 32x16x16 */
#define test_maxpool2d_inception2a_branch4_0_arg(mb) ((unsigned short (*)[16 * 32])(mb->workspace + 1243776))
#define test_maxpool2d_maxpool2(mb) ((float (*)[8 * 80])(mb->workspace + 1315968)) /* 80x8x8 */
#define test_maxpool2d_maxpool2_arg(mb) ((unsigned short (*)[8 * 80])(mb->workspace + 1211008)) /* 80x8x8 */
#define test_concat_inception3a_concat(mb) ((float (*)[8 * 160])(mb->workspace + 1275008)) /* 160x8x8 */
#define test_relu_inception3a_branch2_0_relu(mb) ((float (*)[10 * 32])(mb->workspace + 1650624))
#define test_relu_inception3a_branch2_1_relu(mb) ((float (*)[8 * 64])(mb->workspace + 1336448)) /* 64x8x8 */
#define test_conv2d_inception3a_branch2_1_conv_scratch(mb) ((float *)(mb->workspace + 1211008)) /* 12384 */
#define test_relu_inception3a_branch3_0_relu(mb) ((float (*)[12 * 16])(mb->workspace + 1663424))
#define test_relu_inception3a_branch3_1_relu(mb) ((float (*)[8 * 16])(mb->workspace + 1352832)) /* 16x8x8 */
#define test_conv2d_inception3a_branch3_1_conv_scratch(mb) ((float *)(mb->workspace + 1211008)) /* 16000 */
#define test_maxpool2d_inception3a_branch4_0(mb) ((float (*)[8 * 80])(mb->workspace + 1211008)) /* 80x8x8 */
#define test_maxpool2d_inception3a_branch4_0_arg(mb) ((unsigned short (*)[8 * 80])(mb->workspace + 1231488))
#define test_adaptiveavgpool2d_avgpool(mb) ((float (*)[160])(mb->workspace + 1672640)) /* 160 */
#define test_linear_fc(mb) ((float (*)[16])(mb->workspace + 1211008)) /* 10 */

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_conv1_conv_maxpool2d_maxpool1_test(test_input(mb)[0], mb->weights + AT_conv1_conv_weight,
            mb->packed + AT_batchnorm2d_conv1_bn_statistics, test_maxpool2d_maxpool1(mb)[0],
            test_maxpool2d_maxpool1_arg(mb)[0]);
        conv2d_inception2a_conv_test(test_maxpool2d_maxpool1(mb)[0], mb->weights + AT_inception2a_branch1_conv_weight,
            mb->packed + AT_batchnorm2d_inception2a_branch1_bn_statistics, test_concat_inception2a_concat(mb)[0]);
        conv2d_inception2a_branch2_0_conv_test(test_maxpool2d_maxpool1(mb)[0],
            mb->weights + AT_inception2a_branch2_0_conv_weight,
            mb->packed + AT_batchnorm2d_inception2a_branch2_0_bn_statistics,
            &test_relu_inception2a_branch2_0_relu(mb)[1][1 * 16]);
        conv2d_inception2a_branch2_1_conv_test(test_relu_inception2a_branch2_0_relu(mb)[0],
            mb->packed + AT_inception2a_branch2_1_conv_weight_winograd,
            mb->packed + AT_batchnorm2d_inception2a_branch2_1_bn_statistics,
            test_relu_inception2a_branch2_1_relu(mb)[0], test_conv2d_inception2a_branch2_1_conv_scratch(mb));
        conv2d_inception2a_branch3_0_conv_test(test_maxpool2d_maxpool1(mb)[0],
            mb->weights + AT_inception2a_branch3_0_conv_weight,
            mb->packed + AT_batchnorm2d_inception2a_branch3_0_bn_statistics,
            &test_relu_inception2a_branch3_0_relu(mb)[2][2 * 16]);
        conv2d_inception2a_branch3_1_conv_test(test_relu_inception2a_branch3_0_relu(mb)[0],
            mb->packed + AT_inception2a_branch3_1_conv_weight_winograd,
            mb->packed + AT_batchnorm2d_inception2a_branch3_1_bn_statistics,
            test_relu_inception2a_branch3_1_relu(mb)[0], test_conv2d_inception2a_branch3_1_conv_scratch(mb));
        maxpool2d_inception2a_branch4_0_forward(test_maxpool2d_maxpool1(mb)[0],
            test_maxpool2d_inception2a_branch4_0(mb)[0], test_maxpool2d_inception2a_branch4_0_arg(mb)[0]);
        conv2d_inception2a_conv_test(test_maxpool2d_inception2a_branch4_0(mb)[0],
            mb->weights + AT_inception2a_branch4_1_conv_weight,
            mb->packed + AT_batchnorm2d_inception2a_branch4_1_bn_statistics,
            &test_concat_inception2a_concat(mb)[0][64]);
        concat_inception2a_concat_test(test_relu_inception2a_branch2_1_relu(mb)[0],
            test_relu_inception2a_branch3_1_relu(mb)[0], &test_concat_inception2a_concat(mb)[0][16]);
        maxpool2d_maxpool2_forward(test_concat_inception2a_concat(mb)[0], test_maxpool2d_maxpool2(mb)[0],
            test_maxpool2d_maxpool2_arg(mb)[0]);
        conv2d_inception3a_branch1_conv_test(test_maxpool2d_maxpool2(mb)[0],
            mb->weights + AT_inception3a_branch1_conv_weight,
            mb->packed + AT_batchnorm2d_inception3a_branch1_bn_statistics, test_concat_inception3a_concat(mb)[0]);
        conv2d_inception3a_branch2_0_conv_test(test_maxpool2d_maxpool2(mb)[0],
            mb->weights + AT_inception3a_branch2_0_conv_weight,
            mb->packed + AT_batchnorm2d_inception3a_branch2_0_bn_statistics,
            &test_relu_inception3a_branch2_0_relu(mb)[1][1 * 32]);
        conv2d_inception3a_branch2_1_conv_test(test_relu_inception3a_branch2_0_relu(mb)[0],
            mb->packed + AT_inception3a_branch2_1_conv_weight_winograd,
            mb->packed + AT_batchnorm2d_inception3a_branch2_1_bn_statistics,
            test_relu_inception3a_branch2_1_relu(mb)[0], test_conv2d_inception3a_branch2_1_conv_scratch(mb));
        conv2d_inception3a_branch3_0_conv_test(test_maxpool2d_maxpool2(mb)[0],
            mb->weights + AT_inception3a_branch3_0_conv_weight,
            mb->packed + AT_batchnorm2d_inception3a_branch3_0_bn_statistics,
            &test_relu_inception3a_branch3_0_relu(mb)[2][2 * 16]);
        conv2d_inception3a_branch3_1_conv_test(test_relu_inception3a_branch3_0_relu(mb)[0],
            mb->packed + AT_inception3a_branch3_1_conv_weight_winograd,
            mb->packed + AT_batchnorm2d_inception3a_branch3_1_bn_statistics,
            test_relu_inception3a_branch3_1_relu(mb)[0], test_conv2d_inception3a_branch3_1_conv_scratch(mb));
        maxpool2d_inception3a_branch4_0_forward(test_maxpool2d_maxpool2(mb)[0],
            test_maxpool2d_inception3a_branch4_0(mb)[0], test_maxpool2d_inception3a_branch4_0_arg(mb)[0]);
        conv2d_inception3a_branch4_1_conv_test(test_maxpool2d_inception3a_branch4_0(mb)[0],
            mb->weights + AT_inception3a_branch4_1_conv_weight,
            mb->packed + AT_batchnorm2d_inception3a_branch4_1_bn_statistics,
            &test_concat_inception3a_concat(mb)[0][128]);
        concat_inception3a_concat_test(test_relu_inception3a_branch2_1_relu(mb)[0],
            test_relu_inception3a_branch3_1_relu(mb)[0], &test_concat_inception3a_concat(mb)[0][48]);
        adaptiveavgpool2d_avgpool_forward(test_concat_inception3a_concat(mb)[0], test_adaptiveavgpool2d_avgpool(mb)[i]);
    }
    linear_fc_forward(test_adaptiveavgpool2d_avgpool(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        test_linear_fc(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_fc(mb)[0], 16, 10, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(conv1_bn, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_conv1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(inception2a_branch1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception2a_branch1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(inception2a_branch2_0_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception2a_branch2_0_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(inception2a_branch2_1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception2a_branch2_1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 8, BATCH_NORM_OF(inception2a_branch3_0_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception2a_branch3_0_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(inception2a_branch3_1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception2a_branch3_1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(inception2a_branch4_1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception2a_branch4_1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 48, BATCH_NORM_OF(inception3a_branch1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception3a_branch1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(inception3a_branch2_0_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception3a_branch2_0_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(inception3a_branch2_1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception3a_branch2_1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 8, BATCH_NORM_OF(inception3a_branch3_0_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception3a_branch3_0_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(inception3a_branch3_1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception3a_branch3_1_bn_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(inception3a_branch4_1_bn, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_inception3a_branch4_1_bn_statistics);
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
    {"conv1.conv.weight", 4, {32, 3, 3, 3}, AT_conv1_conv_weight, 864, 4, {{32, 1}, {3, 32}, {3, 288}, {3, 96}},
     .init = NC_INIT_UNIFORM, .low = -0.19245008972987523, .high = 0.19245008972987523},
    BATCH_NORM("conv1.bn", conv1_bn, 32, 32),
    {"inception2a.branch1.conv.weight", 4, {16, 32, 1, 1}, AT_inception2a_branch1_conv_weight, 512, 4, {{16, 1}, {32,
     16}, {1, 512}, {1, 512}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    BATCH_NORM("inception2a.branch1.bn", inception2a_branch1_bn, 16, 16),
    {"inception2a.branch2.0.conv.weight", 4, {16, 32, 1, 1}, AT_inception2a_branch2_0_conv_weight, 512, 4, {{16, 1},
     {32, 16}, {1, 512}, {1, 512}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    BATCH_NORM("inception2a.branch2.0.bn", inception2a_branch2_0_bn, 16, 16),
    {"inception2a.branch2.1.conv.weight", 4, {32, 16, 3, 3}, AT_inception2a_branch2_1_conv_weight, 4608, 4, {{32, 1},
     {16, 32}, {3, 1536}, {3, 512}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("inception2a.branch2.1.bn", inception2a_branch2_1_bn, 32, 32),
    {"inception2a.branch3.0.conv.weight", 4, {8, 32, 1, 1}, AT_inception2a_branch3_0_conv_weight, 512, 4, {{8, 1}, {32,
     16}, {1, 512}, {1, 512}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    BATCH_NORM("inception2a.branch3.0.bn", inception2a_branch3_0_bn, 8, 16),
    {"inception2a.branch3.1.conv.weight", 4, {16, 8, 5, 5}, AT_inception2a_branch3_1_conv_weight, 3200, 4, {{16, 1}, {8,
     16}, {5, 640}, {5, 128}}, .init = NC_INIT_UNIFORM, .low = -0.07071067811865474, .high = 0.07071067811865474},
    BATCH_NORM("inception2a.branch3.1.bn", inception2a_branch3_1_bn, 16, 16),
    {"inception2a.branch4.1.conv.weight", 4, {16, 32, 1, 1}, AT_inception2a_branch4_1_conv_weight, 512, 4, {{16, 1},
     {32, 16}, {1, 512}, {1, 512}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    BATCH_NORM("inception2a.branch4.1.bn", inception2a_branch4_1_bn, 16, 16),
    {"inception3a.branch1.conv.weight", 4, {48, 80, 1, 1}, AT_inception3a_branch1_conv_weight, 3840, 4, {{48, 1}, {80,
     48}, {1, 3840}, {1, 3840}}, .init = NC_INIT_UNIFORM, .low = -0.11180339887498947, .high = 0.11180339887498947},
    BATCH_NORM("inception3a.branch1.bn", inception3a_branch1_bn, 48, 48),
    {"inception3a.branch2.0.conv.weight", 4, {32, 80, 1, 1}, AT_inception3a_branch2_0_conv_weight, 2560, 4, {{32, 1},
     {80, 32}, {1, 2560}, {1, 2560}}, .init = NC_INIT_UNIFORM, .low = -0.11180339887498947,
     .high = 0.11180339887498947},
    BATCH_NORM("inception3a.branch2.0.bn", inception3a_branch2_0_bn, 32, 32),
    {"inception3a.branch2.1.conv.weight", 4, {64, 32, 3, 3}, AT_inception3a_branch2_1_conv_weight, 18432, 4, {{64, 1},
     {32, 64}, {3, 6144}, {3, 2048}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896,
     .high = 0.05892556509887896},
    BATCH_NORM("inception3a.branch2.1.bn", inception3a_branch2_1_bn, 64, 64),
    {"inception3a.branch3.0.conv.weight", 4, {8, 80, 1, 1}, AT_inception3a_branch3_0_conv_weight, 1280, 4, {{8, 1}, {80,
     16}, {1, 1280}, {1, 1280}}, .init = NC_INIT_UNIFORM, .low = -0.11180339887498947, .high = 0.11180339887498947},
    BATCH_NORM("inception3a.branch3.0.bn", inception3a_branch3_0_bn, 8, 16),
    {"inception3a.branch3.1.conv.weight", 4, {16, 8, 5, 5}, AT_inception3a_branch3_1_conv_weight, 3200, 4, {{16, 1}, {8,
     16}, {5, 640}, {5, 128}}, .init = NC_INIT_UNIFORM, .low = -0.07071067811865474, .high = 0.07071067811865474},
    BATCH_NORM("inception3a.branch3.1.bn", inception3a_branch3_1_bn, 16, 16),
    {"inception3a.branch4.1.conv.weight", 4, {32, 80, 1, 1}, AT_inception3a_branch4_1_conv_weight, 2560, 4, {{32, 1},
     {80, 32}, {1, 2560}, {1, 2560}}, .init = NC_INIT_UNIFORM, .low = -0.11180339887498947,
     .high = 0.11180339887498947},
    BATCH_NORM("inception3a.branch4.1.bn", inception3a_branch4_1_bn, 32, 32),
    {"fc.weight", 2, {10, 160}, AT_fc_weight, 2560, 2, {{10, 1}, {160, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.07905694150420947, .high = 0.07905694150420947},
    {"fc.bias", 1, {10}, AT_fc_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM, .low = -0.07905694150420949,
     .high = 0.07905694150420949},
};

static const struct nc_dropout dropouts[] = {
    {.elements = 160, .p = 0.20000000000000001},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 17, 34865152, 3472, 0, 1},
    {"conv1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 0, 32768, 0, 1},
    {"conv1.bn: BatchNorm2d(_)", 5, 8388608, 96, 0, 1},
    {"maxpool1: MaxPool2d(2)", 19, 22020096, 8192, 2, 1},
    {"inception2a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 28573696, 4096, 2,
     1},
    {"inception2a.branch1.bn: BatchNorm2d(_)", 5, 8388608, 48, 2, 1},
    {"inception2a.branch2.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 29622272, 4096, 4,
     1},
    {"inception2a.branch2.0.bn: BatchNorm2d(_)", 5, 13631488, 48, 4, 1},
    {"inception2a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 13631488, 8192, 6,
     1},
    {"inception2a.branch2.1.bn: BatchNorm2d(_)", 5, 15728640, 96, 6, 1},
    {"inception2a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 30670848, 4096, 8,
     1},
    {"inception2a.branch3.0.bn: BatchNorm2d(_)", 5, 15728640, 48, 8, 1},
    {"inception2a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 31719424, 4096, 10,
     1},
    {"inception2a.branch3.1.bn: BatchNorm2d(_)", 5, 15728640, 48, 10, 1},
    {"inception2a.branch4.0: MaxPool2d(3, stride=1, padding=1)", 13, 24117248, 8192, 12, 1},
    {"inception2a.branch4.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 33816576, 4096, 12,
     1},
    {"inception2a.branch4.1.bn: BatchNorm2d(_)", 5, 15728640, 48, 12, 1},
    {"inception2a.branch4.1.bn: BatchNorm2d(_)", 5, 8388608, 20480, 14, 1},
    {"maxpool2: MaxPool2d(2)", 21, 26214400, 5120, 14, 1},
    {"inception3a.branch1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 35753984, 3072, 14,
     1},
    {"inception3a.branch1.bn: BatchNorm2d(_)", 5, 15728640, 144, 14, 1},
    {"inception3a.branch2.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 18743296, 2048, 16,
     1},
    {"inception3a.branch2.0.bn: BatchNorm2d(_)", 5, 11010048, 96, 16, 1},
    {"inception3a.branch2.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 17039360, 4096, 18,
     1},
    {"inception3a.branch2.1.bn: BatchNorm2d(_)", 5, 11010048, 192, 18, 1},
    {"inception3a.branch3.0.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 19791872, 1024, 20,
     1},
    {"inception3a.branch3.0.bn: BatchNorm2d(_)", 5, 11010048, 48, 20, 1},
    {"inception3a.branch3.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 20054016, 1024, 22,
     1},
    {"inception3a.branch3.1.bn: BatchNorm2d(_)", 5, 11010048, 48, 22, 1},
    {"inception3a.branch4.0: MaxPool2d(3, stride=1, padding=1)", 13, 15728640, 5120, 24, 1},
    {"inception3a.branch4.1.conv: Conv2d(_, channels, kernel_size, padding=padding, bias=False)", 4, 19267584, 2048, 24,
     1},
    {"inception3a.branch4.1.bn: BatchNorm2d(_)", 5, 11010048, 96, 24, 1},
    {"inception3a.branch4.1.bn: BatchNorm2d(_)", 5, 8388608, 10240, 26, 1},
    {"dropout: Dropout(0.2)", 25, 0, 160, 26, 0},
    {"fc: Linear(_, 10)", 26, 1210752, 16, 26, 0},
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
    {.barriers = 1, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 0), .parts = 1},
    {.barriers = 2, ALWAYS(forward_3)},
    {.barriers = 3, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 1), .parts = 1},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 2), .parts = 1},
    {.barriers = 6, ALWAYS(forward_7)},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 3), .parts = 1},
    {.barriers = 8, ALWAYS(forward_9)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 4), .parts = 1},
    {.barriers = 10, ALWAYS(forward_11)},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 5), .parts = 1},
    {.barriers = 12, ALWAYS(forward_13)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 6), .parts = 1},
    {.barriers = 14, ALWAYS(forward_15)},
    {.barriers = 15, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 7), .parts = 1},
    {.barriers = 16, ALWAYS(forward_17)},
    {.barriers = 17, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 8), .parts = 1},
    {.barriers = 18, ALWAYS(forward_19)},
    {.barriers = 19, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 9), .parts = 1},
    {.barriers = 20, ALWAYS(forward_21)},
    {.barriers = 21, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 10), .parts = 1},
    {.barriers = 22, ALWAYS(forward_23)},
    {.barriers = 23, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 11), .parts = 1},
    {.barriers = 24, ALWAYS(forward_25)},
    {.barriers = 25, ALWAYS_AT(batchnorm2d_bn_statistics_forward_part, 12), .parts = 1},
    {.barriers = 26, .train = train, .test = test, .loss = 1},
    {.barriers = 27, TRAIN_AT(norm_inception3a_bn_grad_statistics_part, 0), .parts = 1},
    {.barriers = 28, TRAIN(backward_29)},
    {.barriers = 28, TRAIN_AT(norm_bn_grad_statistics_part, 0), .parts = 1},
    {.barriers = 29, TRAIN(backward_31)},
    {.barriers = 30, TRAIN_AT(norm_bn_grad_statistics_part, 1), .parts = 1},
    {.barriers = 31, TRAIN(backward_33)},
    {.barriers = 31, TRAIN(norm_inception3a_branch2_1_bn_grad_statistics_part), .parts = 1},
    {.barriers = 32, TRAIN(backward_35)},
    {.barriers = 33, TRAIN_AT(norm_inception3a_bn_grad_statistics_part, 1), .parts = 1},
    {.barriers = 34, TRAIN(backward_37)},
    {.barriers = 34, TRAIN_AT(norm_bn_grad_statistics_part, 2), .parts = 1},
    {.barriers = 35, TRAIN(backward_39)},
    {.barriers = 36, TRAIN_AT(norm_bn_grad_statistics_part, 3), .parts = 1},
    {.barriers = 37, TRAIN(backward_41)},
    {.barriers = 37, TRAIN_AT(norm_bn_grad_statistics_part, 4), .parts = 1},
    {.barriers = 38, TRAIN(backward_43)},
    {.barriers = 39, TRAIN_AT(norm_bn_grad_statistics_part, 5), .parts = 1},
    {.barriers = 40, TRAIN(backward_45)},
    {.barriers = 40, TRAIN_AT(norm_bn_grad_statistics_part, 6), .parts = 1},
    {.barriers = 41, TRAIN(backward_47)},
    {.barriers = 42, TRAIN_AT(norm_bn_grad_statistics_part, 7), .parts = 1},
    {.barriers = 43, TRAIN(backward_49)},
    {.barriers = 43, TRAIN_AT(norm_bn_grad_statistics_part, 8), .parts = 1},
    {.barriers = 44, TRAIN(backward_51)},
    {.barriers = 45, TRAIN_AT(norm_bn_grad_statistics_part, 9), .parts = 1},
    {.barriers = 46, TRAIN(backward_53)},
    {.barriers = 47, TRAIN(conv2d_inception3a_branch3_1_conv_grad_weight_part), .parts = 1, .learns = 1},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 1, .pack = pack_evaluation,
    .output = {.offset = 1211008, .stride = 16},
};

static const struct nc_model model = {
    .name = "Inceptions", .file = "inception.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 80,
    .block = 46784, .sharded = 42672, .packed = 270656, .packed_forward = 129536,
    .workspace = 1675200,
    .microbatch = 4, .shard = 4, .batch = 64,
    .dropouts = dropouts, .dropout_count = 1,
    .probes = probes, .probe_count = 35,
    .phases = phases, .phase_count = 54, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 38378624, .capacity = 64, .learned = 3200,
    .output = {.offset = 1210752, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_cifar10(run, "train_data", "data", 1);
    nc_to_tensor(train_data);
    nc_train_data(run, train_data, 64, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_cifar10(run, "test_data", "data", 0);
    nc_to_tensor(test_data);
    nc_test_data(run, test_data, 250, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.05, 0.9, 0, 0.0001, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_epochs(run, 10);
    nc_save(run, "inception_{epoch}.pth");
    return nc_train(run);
}

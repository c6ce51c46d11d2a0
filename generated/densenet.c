/* DenseNet: a trainer for the model of densenet.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                                      output      parameters
 *    28  conv0: Conv2d(3, 2 * growth, 3, stride=2, padding=1, bias=False)           32x16x16           864
 *     6  denseblock1.denselayer1.norm1: BatchNorm2d(_)                              32x16x16            64
 *     7  denseblock1.denselayer1.relu: ReLU()                                       32x16x16             0
 *     8  denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)        64x16x16          2048
 *     9  denseblock1.denselayer1.norm2: BatchNorm2d(_)                              64x16x16           128
 *     7  denseblock1.denselayer1.relu: ReLU()                                       64x16x16             0
 *    10  denseblock1.denselayer1.conv2: Conv2d(_, growth, 3, padding=1, bias=False) 16x16x16          9216
 *    11  denseblock1.denselayer1.concat: concat                                     48x16x16             0
 *     6  denseblock1.denselayer2.norm1: BatchNorm2d(_)                              48x16x16            96
 *     7  denseblock1.denselayer2.relu: ReLU()                                       48x16x16             0
 *     8  denseblock1.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)        64x16x16          3072
 *     9  denseblock1.denselayer2.norm2: BatchNorm2d(_)                              64x16x16           128
 *     7  denseblock1.denselayer2.relu: ReLU()                                       64x16x16             0
 *    10  denseblock1.denselayer2.conv2: Conv2d(_, growth, 3, padding=1, bias=False) 16x16x16          9216
 *    11  denseblock1.denselayer2.concat: concat                                     64x16x16             0
 *     6  denseblock1.denselayer3.norm1: BatchNorm2d(_)                              64x16x16           128
 *     7  denseblock1.denselayer3.relu: ReLU()                                       64x16x16             0
 *     8  denseblock1.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)        64x16x16          4096
 *     9  denseblock1.denselayer3.norm2: BatchNorm2d(_)                              64x16x16           128
 *     7  denseblock1.denselayer3.relu: ReLU()                                       64x16x16             0
 *    10  denseblock1.denselayer3.conv2: Conv2d(_, growth, 3, padding=1, bias=False) 16x16x16          9216
 *    11  denseblock1.denselayer3.concat: concat                                     80x16x16             0
 *    21  transition1.norm: BatchNorm2d(_)                                           80x16x16           160
 *    22  transition1.relu: ReLU()                                                   80x16x16             0
 *    23  transition1.conv: Conv2d(_, channels, 1, bias=False)                       48x16x16          3840
 *    24  transition1.pool: AvgPool2d(2)                                             48x8x8               0
 *     6  denseblock2.denselayer1.norm1: BatchNorm2d(_)                              48x8x8              96
 *     7  denseblock2.denselayer1.relu: ReLU()                                       48x8x8               0
 *     8  denseblock2.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)        64x8x8            3072
 *     9  denseblock2.denselayer1.norm2: BatchNorm2d(_)                              64x8x8             128
 *     7  denseblock2.denselayer1.relu: ReLU()                                       64x8x8               0
 *    10  denseblock2.denselayer1.conv2: Conv2d(_, growth, 3, padding=1, bias=False) 16x8x8            9216
 *    11  denseblock2.denselayer1.concat: concat                                     64x8x8               0
 *     6  denseblock2.denselayer2.norm1: BatchNorm2d(_)                              64x8x8             128
 *     7  denseblock2.denselayer2.relu: ReLU()                                       64x8x8               0
 *     8  denseblock2.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)        64x8x8            4096
 *     9  denseblock2.denselayer2.norm2: BatchNorm2d(_)                              64x8x8             128
 *     7  denseblock2.denselayer2.relu: ReLU()                                       64x8x8               0
 *    10  denseblock2.denselayer2.conv2: Conv2d(_, growth, 3, padding=1, bias=False) 16x8x8            9216
 *    11  denseblock2.denselayer2.concat: concat                                     80x8x8               0
 *     6  denseblock2.denselayer3.norm1: BatchNorm2d(_)                              80x8x8             160
 *     7  denseblock2.denselayer3.relu: ReLU()                                       80x8x8               0
 *     8  denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)        64x8x8            5120
 *     9  denseblock2.denselayer3.norm2: BatchNorm2d(_)                              64x8x8             128
 *     7  denseblock2.denselayer3.relu: ReLU()                                       64x8x8               0
 *    10  denseblock2.denselayer3.conv2: Conv2d(_, growth, 3, padding=1, bias=False) 16x8x8            9216
 *    11  denseblock2.denselayer3.concat: concat                                     96x8x8               0
 *    32  norm5: BatchNorm2d(_)                                                      96x8x8             192
 *    33  relu: relu()                                                               96x8x8               0
 *    34  adaptive_avg_pool2d: adaptive_avg_pool2d(1)                                96x1x1               0
 *    35  flatten: flatten(1)                                                        96                   0
 *    36  classifier: Linear(_, 10)                                                  10                 970
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 3309120 bytes of workspace serve a thread. */
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
    AT_conv0_weight = 0, AT_denseblock1_denselayer1_conv1_weight = 928, AT_denseblock1_denselayer1_conv2_weight = 3104,
    AT_denseblock1_denselayer2_conv1_weight = 12416, AT_denseblock1_denselayer2_conv2_weight = 15616,
    AT_denseblock1_denselayer3_conv1_weight = 24960, AT_denseblock1_denselayer3_conv2_weight = 29184,
    AT_transition1_conv_weight = 38560, AT_denseblock2_denselayer1_conv1_weight = 42496,
    AT_denseblock2_denselayer1_conv2_weight = 45696, AT_denseblock2_denselayer2_conv1_weight = 55040,
    AT_denseblock2_denselayer2_conv2_weight = 59264, AT_denseblock2_denselayer3_conv1_weight = 68640,
    AT_denseblock2_denselayer3_conv2_weight = 73888, AT_classifier_weight = 83296, AT_classifier_bias = 84832,
    AT_NORM(denseblock1_denselayer1_norm1, 864, 84848, 32), AT_NORM(denseblock1_denselayer1_norm2, 2976, 84928, 64),
    AT_NORM(denseblock1_denselayer2_norm1, 12320, 85072, 48), AT_NORM(denseblock1_denselayer2_norm2, 15488, 85184, 64),
    AT_NORM(denseblock1_denselayer3_norm1, 24832, 85328, 64), AT_NORM(denseblock1_denselayer3_norm2, 29056, 85472, 64),
    AT_NORM(transition1_norm, 38400, 85616, 80), AT_NORM(denseblock2_denselayer1_norm1, 42400, 85792, 48),
    AT_NORM(denseblock2_denselayer1_norm2, 45568, 85904, 64), AT_NORM(denseblock2_denselayer2_norm1, 54912, 86048, 64),
    AT_NORM(denseblock2_denselayer2_norm2, 59136, 86192, 64), AT_NORM(denseblock2_denselayer3_norm1, 68480, 86336, 80),
    AT_NORM(denseblock2_denselayer3_norm2, 73760, 86512, 64), AT_NORM(norm5, 83104, 86656, 96)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_denseblock1_denselayer1_conv1_weight_dense = 0, AT_denseblock1_denselayer1_conv2_weight_winograd = 2560,
    AT_denseblock1_denselayer2_conv1_weight_dense = 40000, AT_denseblock1_denselayer2_conv2_weight_winograd = 43840,
    AT_denseblock1_denselayer3_conv1_weight_dense = 81280, AT_denseblock1_denselayer3_conv2_weight_winograd = 86400,
    AT_denseblock2_denselayer1_conv1_weight_dense = 123840, AT_denseblock2_denselayer1_conv2_weight_winograd = 127680,
    AT_denseblock2_denselayer2_conv1_weight_dense = 165120, AT_denseblock2_denselayer2_conv2_weight_winograd = 170240,
    AT_denseblock2_denselayer3_conv1_weight_dense = 207680, AT_denseblock2_denselayer3_conv2_weight_winograd = 214080,
    AT_classifier_weight_transposed = 255104, AT_denseblock2_denselayer3_conv2_weight_winograd_transposed = 256064,
    AT_denseblock2_denselayer3_conv1_weight_transposed = 293504,
    AT_denseblock2_denselayer2_conv2_weight_winograd_transposed = 298624,
    AT_denseblock2_denselayer2_conv1_weight_transposed = 336064,
    AT_denseblock2_denselayer1_conv2_weight_winograd_transposed = 341184,
    AT_denseblock2_denselayer1_conv1_weight_transposed = 378624, AT_transition1_conv_weight_transposed = 381696,
    AT_denseblock1_denselayer3_conv2_weight_winograd_transposed = 385536,
    AT_denseblock1_denselayer3_conv1_weight_transposed = 422976,
    AT_denseblock1_denselayer2_conv2_weight_winograd_transposed = 428096,
    AT_denseblock1_denselayer2_conv1_weight_transposed = 465536,
    AT_denseblock1_denselayer1_conv2_weight_winograd_transposed = 468608,
    AT_denseblock1_denselayer1_conv1_weight_transposed = 506048
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_denseblock1_denselayer1_norm1_statistics = 251520,
    AT_batchnorm2d_denseblock1_denselayer1_norm2_statistics = 251648,
    AT_batchnorm2d_denseblock1_denselayer2_norm1_statistics = 251904,
    AT_batchnorm2d_denseblock1_denselayer2_norm2_statistics = 252096,
    AT_batchnorm2d_denseblock1_denselayer3_norm1_statistics = 252352,
    AT_batchnorm2d_denseblock1_denselayer3_norm2_statistics = 252608,
    AT_batchnorm2d_transition1_norm_statistics = 252864,
    AT_batchnorm2d_denseblock2_denselayer1_norm1_statistics = 253184,
    AT_batchnorm2d_denseblock2_denselayer1_norm2_statistics = 253376,
    AT_batchnorm2d_denseblock2_denselayer2_norm1_statistics = 253632,
    AT_batchnorm2d_denseblock2_denselayer2_norm2_statistics = 253888,
    AT_batchnorm2d_denseblock2_denselayer3_norm1_statistics = 254144,
    AT_batchnorm2d_denseblock2_denselayer3_norm2_statistics = 254464, AT_batchnorm2d_norm5_statistics = 254720
};

/* CrossEntropyLoss  (line 52) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 27)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 3; k++)
                x[r * 99 + c * 3 + k] = pixel[k * 256 + sample[(k * 32 + r) * 32 + c]];
}

/* conv0: Conv2d(3, 2 * growth, 3, stride=2, padding=1, bias=False)  (line 28)
 * y[o] = sum x[i] * w[o][i] */
static void conv2d_conv0_forward(const float *x, const float *w, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 16; r += ROWS)
            for (long c = 0; c < 16; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 3; a++) {
                    const float *xt = from_here(x + r * 198 + a * 99 + c * 6);
                    SEVERAL for (long j = 0; j < 9; j++, xt++, wo += 32) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 198 + n * 6);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(y + (r + m) * 1280 + (c + n) * 80 + o + v * VL, acc[m][n][v]);
            }
}

/* of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
struct moments_size { long rows, cols, channels, x_row, x_col; };
NC_INLINE void any_moments(const float *x, float *m, const struct moments_size size)
{
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL,
                vec_load(x + size.rows / 2 * size.x_row + size.cols / 2 * size.x_col + k + v * VL));
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
                prefetch_second(x + (r + 1) * size.x_row + c * size.x_col + k, 16);
                EACH(v, 16 / VL) {
                    const vec d = vec_load(x + r * size.x_row + c * size.x_col + k + v * VL) - p[v];
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

/* denseblock1.denselayer1.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_MOMENTS(batchnorm2d_denseblock1_denselayer1_norm1_moments_forward, .rows = 16, .cols = 16, .channels = 32,
    .x_row = 1280, .x_col = 80)

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct norm_size { long rows, cols, channels, x_row, x_col, y_row; };
NC_INLINE void any_norm(const float *x, const float *stats, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * size.x_row + c * size.x_col + k),
                    vec_load(stats + 2 * size.channels + k), vec_load(stats + 3 * size.channels + k));
                a = vec_relu(a);
                vec_store(y + r * size.y_row + c * size.channels + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, y, (struct norm_size){__VA_ARGS__}); }

/* denseblock1.denselayer1.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(batchnorm2d_denseblock1_denselayer1_norm1_forward, .rows = 16, .cols = 16, .channels = 32, .x_row = 1280,
    .x_col = 80, .y_row = 512)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct conv_size { long outs, run, w_row; };
NC_INLINE void any_conv(const float *x, const float *w, float *y, const struct conv_size size)
{
    enum { COLS = TILE(8, 6, 5), VECS = 2 };
    for (long o = 0; o < size.outs; o += VECS * VL)
        for (long c = 0; c < 256; c = tile_next(c, COLS, 256)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * size.run);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += size.w_row) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * size.run);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(y + (c + n) * size.outs + o + v * VL, acc[n][v]);
        }
}

#define DEFINE_CONV(name, ...) static void name(const float *x, const float *w, float *y) \
    { any_conv(x, w, y, (struct conv_size){__VA_ARGS__}); }

/* denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONV(conv2d_denseblock1_denselayer1_conv1_forward, .outs = 64, .run = 32, .w_row = 80)

/* denseblock1.denselayer1.norm2, denseblock1.denselayer2.norm2, denseblock1.denselayer3.norm2 (line 9) */
DEFINE_MOMENTS(batchnorm2d_denseblock1_norm2_moments_forward, .rows = 16, .cols = 16, .channels = 64, .x_row = 1024,
    .x_col = 64)

/* denseblock1.denselayer1.norm2, denseblock1.denselayer2.norm2, denseblock1.denselayer3.norm2 (line 9) */
DEFINE_NORM(batchnorm2d_denseblock1_norm2_forward, .rows = 16, .cols = 16, .channels = 64, .x_row = 1024, .x_col = 64,
    .y_row = 1152)

/* y[o] = sum x[i] * w[o][i] */
struct winograd3_size { long rows, cols, x_row, y_row, block, x_image; };
NC_INLINE void any_winograd3(const float *x, const float *u, float *y, float *scratch, const struct winograd3_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = 64, .outs = 16, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 16);
        for (long t = 0; t < in_block; t++) {
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 16; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 16 + k, plane, sums, 3);
                float *to = y + r * size.y_row + c * 16 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                    vec_store(to + m * size.y_row + n * 16, sums[m][n]);
            }
        }
    }
}

#define DEFINE_WINOGRAD3(name, ...) static void name(const float *x, const float *u, float *y, float *scratch) \
    { any_winograd3(x, u, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* denseblock1.denselayer1.conv2, denseblock1.denselayer2.conv2, denseblock1.denselayer3.conv2 (line 10) */
DEFINE_WINOGRAD3(conv2d_denseblock1_conv2_forward, .rows = 16, .cols = 16, .x_row = 1152, .y_row = 256, .block = 16,
    .x_image = 20736)

/* denseblock1.denselayer1.concat, denseblock1.denselayer2.concat, denseblock1.denselayer3.concat (line 11)
 * y = the channels of a, b, side by side */
static void concat_denseblock1_concat_forward(const float *b, float *y)
{
    for (long row = 0; row < 16; row++)
        for (long col = 0; col < 16; col++)
            for (long i = 0; i < 16; i += VL)
                vec_store(y + row * 1280 + col * 80 + i, vec_load(b + row * 256 + col * 16 + i));
}

/* denseblock1.denselayer2.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_MOMENTS(batchnorm2d_denseblock1_denselayer2_norm1_moments_forward, .rows = 16, .cols = 16, .channels = 48,
    .x_row = 1280, .x_col = 80)

/* denseblock1.denselayer2.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(batchnorm2d_denseblock1_denselayer2_norm1_forward, .rows = 16, .cols = 16, .channels = 48, .x_row = 1280,
    .x_col = 80, .y_row = 768)

/* denseblock1.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONV(conv2d_denseblock1_denselayer2_conv1_forward, .outs = 64, .run = 48, .w_row = 80)

/* denseblock1.denselayer3.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_MOMENTS(batchnorm2d_denseblock1_denselayer3_norm1_moments_forward, .rows = 16, .cols = 16, .channels = 64,
    .x_row = 1280, .x_col = 80)

/* denseblock1.denselayer3.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(batchnorm2d_denseblock1_denselayer3_norm1_forward, .rows = 16, .cols = 16, .channels = 64, .x_row = 1280,
    .x_col = 80, .y_row = 1024)

/* denseblock1.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONV(conv2d_denseblock1_denselayer3_conv1_forward, .outs = 64, .run = 64, .w_row = 80)

/* transition1.norm: BatchNorm2d(_)  (line 21) */
DEFINE_MOMENTS(batchnorm2d_transition1_norm_moments_forward, .rows = 16, .cols = 16, .channels = 80, .x_row = 1280,
    .x_col = 80)

/* transition1.norm: BatchNorm2d(_), ReLU()  (line 21) */
DEFINE_NORM(batchnorm2d_transition1_norm_forward, .rows = 16, .cols = 16, .channels = 80, .x_row = 1280, .x_col = 80,
    .y_row = 1280)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct conv_size_2 { long run; };
NC_INLINE void any_conv_2(const float *x, const float *w, float *y, const struct conv_size_2 size)
{
    enum { COLS = TILE(9, 4, 5), VECS = TILE(1, 3, 2) };
    for (long o = 0; o < 48; o += VECS * VL)
        for (long c = 0; c < 256; c = tile_next(c, COLS, 256)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * size.run);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 48) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * size.run);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(y + (c + n) * 48 + o + v * VL, acc[n][v]);
        }
}

/* transition1.conv: Conv2d(_, channels, 1, bias=False)  (line 23) */
static void conv2d_transition1_conv_forward(const float *x, const float *w, float *y)
{
    any_conv_2(x, w, y, (struct conv_size_2){.run = 80});
}

/* transition1.pool: AvgPool2d(2)  (line 24)
 * y = mean over the window */
static void avgpool2d_transition1_pool_forward(const float *x, float *y)
{
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++)
            for (long k = 0; k < 48; k += VL) {
                vec sum = vec_zero();
                for (long y_at = r * 2; y_at < r * 2 + 2; y_at++)
                    for (long x_at = c * 2; x_at < c * 2 + 2; x_at++)
                        sum += vec_load(x + y_at * 768 + x_at * 48 + k);
                sum /= vec_all(4);
                vec_store(y + r * 768 + c * 96 + k, sum);
            }
}

/* denseblock2.denselayer1.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_MOMENTS(batchnorm2d_denseblock2_denselayer1_norm1_moments_forward, .rows = 8, .cols = 8, .channels = 48,
    .x_row = 768, .x_col = 96)

/* denseblock2.denselayer1.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(batchnorm2d_denseblock2_denselayer1_norm1_forward, .rows = 8, .cols = 8, .channels = 48, .x_row = 768,
    .x_col = 96, .y_row = 384)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct conv_size_3 { long run; };
NC_INLINE void any_conv_3(const float *x, const float *w, float *y, const struct conv_size_3 size)
{
    enum { COLS = TILE(8, 5, 5), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * size.run);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 80) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * size.run);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(y + (c + n) * 64 + o + v * VL, acc[n][v]);
        }
}

#define DEFINE_CONV_3(name, ...) static void name(const float *x, const float *w, float *y) \
    { any_conv_3(x, w, y, (struct conv_size_3){__VA_ARGS__}); }

/* denseblock2.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONV_3(conv2d_denseblock2_denselayer1_conv1_forward, .run = 48)

/* denseblock2.denselayer1.norm2, denseblock2.denselayer2.norm2, denseblock2.denselayer3.norm2 (line 9) */
DEFINE_MOMENTS(batchnorm2d_denseblock2_norm2_moments_forward, .rows = 8, .cols = 8, .channels = 64, .x_row = 512,
    .x_col = 64)

/* denseblock2.denselayer1.norm2, denseblock2.denselayer2.norm2, denseblock2.denselayer3.norm2 (line 9) */
DEFINE_NORM(batchnorm2d_denseblock2_norm2_forward, .rows = 8, .cols = 8, .channels = 64, .x_row = 512, .x_col = 64,
    .y_row = 640)

/* denseblock2.denselayer1.conv2, denseblock2.denselayer2.conv2, denseblock2.denselayer3.conv2 (line 10) */
DEFINE_WINOGRAD3(conv2d_denseblock2_conv2_forward, .rows = 8, .cols = 8, .x_row = 640, .y_row = 128, .block = 4,
    .x_image = 6400)

/* denseblock2.denselayer1.concat, denseblock2.denselayer2.concat, denseblock2.denselayer3.concat (line 11)
 * y = the channels of a, b, side by side */
static void concat_denseblock2_concat_forward(const float *b, float *y)
{
    for (long row = 0; row < 8; row++)
        for (long col = 0; col < 8; col++)
            for (long i = 0; i < 16; i += VL)
                vec_store(y + row * 768 + col * 96 + i, vec_load(b + row * 128 + col * 16 + i));
}

/* denseblock2.denselayer2.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_MOMENTS(batchnorm2d_denseblock2_denselayer2_norm1_moments_forward, .rows = 8, .cols = 8, .channels = 64,
    .x_row = 768, .x_col = 96)

/* denseblock2.denselayer2.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(batchnorm2d_denseblock2_denselayer2_norm1_forward, .rows = 8, .cols = 8, .channels = 64, .x_row = 768,
    .x_col = 96, .y_row = 512)

/* denseblock2.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONV_3(conv2d_denseblock2_denselayer2_conv1_forward, .run = 64)

/* denseblock2.denselayer3.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_MOMENTS(batchnorm2d_denseblock2_denselayer3_norm1_moments_forward, .rows = 8, .cols = 8, .channels = 80,
    .x_row = 768, .x_col = 96)

/* denseblock2.denselayer3.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(batchnorm2d_denseblock2_denselayer3_norm1_forward, .rows = 8, .cols = 8, .channels = 80, .x_row = 768,
    .x_col = 96, .y_row = 640)

/* denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONV_3(conv2d_denseblock2_denselayer3_conv1_forward, .run = 80)

/* norm5: BatchNorm2d(_)  (line 32) */
DEFINE_MOMENTS(batchnorm2d_norm5_moments_forward, .rows = 8, .cols = 8, .channels = 96, .x_row = 768, .x_col = 96)

/* norm5: BatchNorm2d(_), relu()  (line 32) */
DEFINE_NORM(batchnorm2d_norm5_forward, .rows = 8, .cols = 8, .channels = 96, .x_row = 768, .x_col = 96, .y_row = 768)

/* adaptive_avg_pool2d: adaptive_avg_pool2d(1)  (line 34)
 * y = mean over the window */
static void adaptiveavgpool2d_adaptive_avg_pool2d_forward(const float *x, float *y)
{
    for (long k = 0; k < 96; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 8; y_at++)
            for (long x_at = 0; x_at < 8; x_at++)
                sum += vec_load(x + y_at * 768 + x_at * 96 + k);
        sum /= vec_all(64);
        vec_store(y + k, sum);
    }
}

/* classifier: Linear(_, 10)  (line 36)
 * y = x w^T + b */
static void linear_classifier_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 4, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 96; j++, xt++, wo += 16) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            EACH(n, COLS) {
                const vec pixel = vec_all_of(xt + n * 96);
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

/* classifier: Linear(_, 10)  (line 36)
 * dx of LINEAR from dy, w */
static void linear_classifier_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = 4, VECS = TILE(2, 3, 2) };
    for (long o = 0; o < 96; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(dy);
        SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 96) {
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
            vec_store(dx + n * 96 + o + v * VL, acc[n][v]);
    }
}

/* classifier: Linear(_, 10)  (line 36)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(12, 6, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 96; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 96, dr += 16) {
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

/* classifier: Linear(_, 10)  (line 36)
 * db from dy, summed over samples and positions */
static void bias_classifier_grad(const float *dy, float *db, int count)
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

/* adaptive_avg_pool2d: adaptive_avg_pool2d(1)  (line 34)
 * dx from dy, shared out over the window */
static void avgpool2d_adaptive_avg_pool2d_grad(const float *dy, float *dx)
{
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++)
            for (long k = 0; k < 96; k += VL)
                vec_store(dx + r * 768 + c * 96 + k, vec_zero());
    for (long k = 0; k < 96; k += VL) {
        const vec part = vec_load(dy + k) / vec_all(64);
        for (long y_at = 0; y_at < 8; y_at++)
            for (long x_at = 0; x_at < 8; x_at++) {
                float *to = dx + y_at * 768 + x_at * 96 + k;
                vec_store(to, vec_load(to) + part);
            }
    }
}

/* dx = dy where y > 0, else 0; inputs dy, y
 * of each channel of a sample the sums of dy and dy * (x - mean) / sqrt(var + eps) */
struct norm_sums_size { long rows, cols, channels, dy_row, x_row, x_col; };
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
                prefetch_second(x + (r + 1) * size.x_row + c * size.x_col + k, 16);
                prefetch_second(dy + (r + 1) * size.dy_row + c * size.channels + k, 16);
                EACH(v, 16 / VL) {
                    const vec a = vec_load(x + r * size.x_row + c * size.x_col + k + v * VL);
                    vec s = vec_load(dy + r * size.dy_row + c * size.channels + k + v * VL);
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

/* relu: relu(), BatchNorm2d(_)  (line 33) */
DEFINE_NORM_SUMS(norm_norm5_grad_sums, .rows = 8, .cols = 8, .channels = 96, .dy_row = 768, .x_row = 768, .x_col = 96)

/* norm5: BatchNorm2d(_)  (line 32)
 * dw of NORM from the sums, over the samples */
static void norm_norm5_grad_2(const float *sums, float *dw)
{
    for (long o = 0; o < 96; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* dx = dy where y > 0, else 0; inputs dy, y
 * dx of NORM from dy, x, the statistics and their gradient */
struct norm_grad_size { long rows, cols, channels, dy_row, x_row, x_col, dx_row; };
NC_INLINE void any_norm_grad(const float *dy, const float *x, const float *stats, const float *dstats, float *dx,
        const struct norm_grad_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec a = vec_load(x + r * size.x_row + c * size.x_col + k),
                    factor = vec_load(stats + 2 * size.channels + k);
                vec s = vec_load(dy + r * size.dy_row + c * size.channels + k);
                s = vec_relu_grad(s, vec_fma(a, factor, vec_load(stats + 3 * size.channels + k)));
                const vec rest = vec_fma(vec_load(dstats + k), a - vec_load(stats + k),
                    vec_load(dstats + size.channels + k));
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_fma(factor, s, rest));
            }
}

#define DEFINE_NORM_GRAD(name, ...) \
    static void name(const float *dy, const float *x, const float *stats, const float *dstats, float *dx) \
    { any_norm_grad(dy, x, stats, dstats, dx, (struct norm_grad_size){__VA_ARGS__}); }

/* relu: relu(), BatchNorm2d(_)  (line 33) */
DEFINE_NORM_GRAD(norm_norm5_grad, .rows = 8, .cols = 8, .channels = 96, .dy_row = 768, .x_row = 768, .x_col = 96,
    .dx_row = 768)

/* dx of one part of CONCAT: its channels of dy, from `first` on */
struct concat_channels_grad_size { long rows, cols, first, dy_row, dy_col, dx_row; };
NC_INLINE void any_concat_channels_grad(const float *dy, float *dx, const struct concat_channels_grad_size size)
{
    for (long row = 0; row < size.rows; row++)
        for (long col = 0; col < size.cols; col++)
            for (long i = 0; i < 16; i += VL)
                vec_store(dx + row * size.dx_row + col * 16 + i,
                    vec_load(dy + row * size.dy_row + col * size.dy_col + size.first + i));
}

#define DEFINE_CONCAT_CHANNELS_GRAD(name, ...) static void name(const float *dy, float *dx) \
    { any_concat_channels_grad(dy, dx, (struct concat_channels_grad_size){__VA_ARGS__}); }

/* denseblock2.denselayer3.concat: concat  (line 11) */
DEFINE_CONCAT_CHANNELS_GRAD(concat_denseblock2_denselayer3_concat_grad, .rows = 8, .cols = 8, .first = 80,
    .dy_row = 768, .dy_col = 96, .dx_row = 160)

/* dx of CONV2D from dy, w */
struct winograd3_size_2 { long rows, cols, x_row, y_row, block, x_image; };
NC_INLINE void any_winograd3_2(const float *dy, const float *u, float *dx, float *scratch,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = 16, .outs = 64, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, dy, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 16, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = dx + r * size.y_row + c * 64 + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)
                        vec_store(to + m * size.y_row + n * 64, sums[m][n]);
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3_2(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3_2(dy, u, dx, scratch, (struct winograd3_size_2){__VA_ARGS__}); }

/* denseblock2.denselayer3.conv2, denseblock2.denselayer2.conv2, denseblock2.denselayer1.conv2 (line 10) */
DEFINE_WINOGRAD3_2(conv2d_denseblock2_conv2_grad_input, .rows = 8, .cols = 8, .x_row = 160, .y_row = 512, .block = 4,
    .x_image = 1600)

/* denseblock2.denselayer3.relu, denseblock2.denselayer2.relu, denseblock2.denselayer1.relu (line 7) */
DEFINE_NORM_SUMS(norm_denseblock2_norm2_grad_sums, .rows = 8, .cols = 8, .channels = 64, .dy_row = 512, .x_row = 512,
    .x_col = 64)

/* denseblock2.denselayer3.norm2, denseblock2.denselayer2.norm2, denseblock2.denselayer1.norm2 (line 9) */
DEFINE_NORM(norm_denseblock2_norm2_again, .rows = 8, .cols = 8, .channels = 64, .x_row = 512, .x_col = 64, .y_row = 640)

/* denseblock2.denselayer3.conv2, denseblock2.denselayer2.conv2, denseblock2.denselayer1.conv2 (line 10)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock2_conv2_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 8, .cols = 8,
        .ins = 64, .outs = 16, .x_image = 6400, .x_row = 640, .block = 16,
    };
    const struct winograd_gradient gradient = {
        .d_image = 1600, .d_row = 160, .d_col = 16, .g_tap = 1024, .g_in = 16, .g_ins = 64,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* denseblock2.denselayer3.norm2, denseblock2.denselayer2.norm2, denseblock2.denselayer1.norm2,
 *     denseblock1.denselayer3.norm2, denseblock1.denselayer2.norm2, denseblock1.denselayer1.norm2 (line 9),
 *     denseblock2.denselayer2.norm1, denseblock1.denselayer3.norm1 (line 6)
 * dw of NORM from the sums, over the samples */
static void norm_of_16(const float *sums, float *dw)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* denseblock2.denselayer3.relu, denseblock2.denselayer2.relu, denseblock2.denselayer1.relu (line 7) */
DEFINE_NORM_GRAD(norm_denseblock2_norm2_grad, .rows = 8, .cols = 8, .channels = 64, .dy_row = 512, .x_row = 512,
    .x_col = 64, .dx_row = 512)

/* denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dx of CONV2D from dy, w */
static void conv2d_denseblock2_denselayer3_conv1_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 5, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 80; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 64);
            SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 80) {
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
                vec_store(dx + (c + n) * 80 + o + v * VL, acc[n][v]);
        }
}

/* denseblock2.denselayer3.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_SUMS(norm_denseblock2_denselayer3_norm1_grad_sums, .rows = 8, .cols = 8, .channels = 80, .dy_row = 640,
    .x_row = 768, .x_col = 96)

/* denseblock2.denselayer3.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(norm_denseblock2_denselayer3_norm1_again, .rows = 8, .cols = 8, .channels = 80, .x_row = 768, .x_col = 96,
    .y_row = 640)

/* denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock2_denselayer3_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(10, 5, 5), VECS = 2 };
    enum { PANELS = 80 / COLS };
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
    float panels[PANELS][128 * COLS + 16];
    pixels = 0;
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++) {
            const float *xp = x + r * 640 + c * 80;
            for (long t = 0; t < 80 / COLS; t++)
                __builtin_memcpy(panels[t] + pixels * COLS, xp + t * COLS, sizeof(float[COLS]));
            pixels++;
        }
    for (long o = 0; o < 64; o += VECS * VL)
        for (long t = 0; t < 80 / COLS; t++) {
            const long j = t * COLS;
            float *gt = dw + j * 64 + o;
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

/* denseblock2.denselayer3.norm1 (line 6), transition1.norm (line 21)
 * dw of NORM from the sums, over the samples */
static void norm_of_4(const float *sums, float *dw)
{
    for (long o = 0; o < 80; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* denseblock2.denselayer3.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_GRAD(norm_denseblock2_denselayer3_norm1_grad, .rows = 8, .cols = 8, .channels = 80, .dy_row = 640,
    .x_row = 768, .x_col = 96, .dx_row = 640)

/* y = a + b: where branches meet, and the gradients of a value that is used twice */
struct add_size { long rows, cols, length, a_row, a_col, b_row, y_row; };
NC_INLINE void any_add(const float *a, const float *b, float *y, const struct add_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long i = 0; i < size.length; i += VL)
                vec_store(y + r * size.y_row + c * size.length + i,
                    vec_load(a + r * size.a_row + c * size.a_col + i) + vec_load(b + r * size.b_row + c * size.length
                    + i));
}

#define DEFINE_ADD(name, ...) static void name(const float *a, const float *b, float *y) \
    { any_add(a, b, y, (struct add_size){__VA_ARGS__}); }

/* denseblock2.denselayer3.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_ADD(gradient_denseblock2_denselayer3_norm1_sum, .rows = 8, .cols = 8, .length = 80, .a_row = 768, .a_col = 96,
    .b_row = 640, .y_row = 640)

/* denseblock2.denselayer2.concat: concat  (line 11) */
DEFINE_CONCAT_CHANNELS_GRAD(concat_denseblock2_denselayer2_concat_grad, .rows = 8, .cols = 8, .first = 64,
    .dy_row = 640, .dy_col = 80, .dx_row = 160)

/* denseblock2.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
static void conv2d_denseblock2_denselayer2_conv1_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv_3(dy, w, dx, (struct conv_size_3){.run = 64});
}

/* denseblock2.denselayer2.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_SUMS(norm_denseblock2_denselayer2_norm1_grad_sums, .rows = 8, .cols = 8, .channels = 64, .dy_row = 512,
    .x_row = 768, .x_col = 96)

/* denseblock2.denselayer2.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(norm_denseblock2_denselayer2_norm1_again, .rows = 8, .cols = 8, .channels = 64, .x_row = 768, .x_col = 96,
    .y_row = 512)

/* denseblock2.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock2_denselayer2_conv1_grad_weight(const float *x, const float *dy, float *dw)
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
    float panels[PANELS][128 * COLS + 16];
    pixels = 0;
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++) {
            const float *xp = x + r * 512 + c * 64;
            for (long t = 0; t < 64 / COLS; t++)
                __builtin_memcpy(panels[t] + pixels * COLS, xp + t * COLS, sizeof(float[COLS]));
            pixels++;
        }
    for (long o = 0; o < 64; o += VECS * VL)
        for (long t = 0; t < 64 / COLS; t++) {
            const long j = t * COLS;
            float *gt = dw + j * 64 + o;
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

/* denseblock2.denselayer2.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_GRAD(norm_denseblock2_denselayer2_norm1_grad, .rows = 8, .cols = 8, .channels = 64, .dy_row = 512,
    .x_row = 768, .x_col = 96, .dx_row = 512)

/* denseblock2.denselayer2.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_ADD(gradient_denseblock2_denselayer2_norm1_sum, .rows = 8, .cols = 8, .length = 64, .a_row = 640, .a_col = 80,
    .b_row = 512, .y_row = 512)

/* denseblock2.denselayer1.concat: concat  (line 11) */
DEFINE_CONCAT_CHANNELS_GRAD(concat_denseblock2_denselayer1_concat_grad, .rows = 8, .cols = 8, .first = 48,
    .dy_row = 512, .dy_col = 64, .dx_row = 160)

/* denseblock2.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dx of CONV2D from dy, w */
static void conv2d_denseblock2_denselayer1_conv1_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 4, 5), VECS = TILE(1, 3, 2) };
    for (long o = 0; o < 48; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 64);
            SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 48) {
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
                vec_store(dx + (c + n) * 48 + o + v * VL, acc[n][v]);
        }
}

/* denseblock2.denselayer1.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_SUMS(norm_denseblock2_denselayer1_norm1_grad_sums, .rows = 8, .cols = 8, .channels = 48, .dy_row = 384,
    .x_row = 768, .x_col = 96)

/* denseblock2.denselayer1.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(norm_denseblock2_denselayer1_norm1_again, .rows = 8, .cols = 8, .channels = 48, .x_row = 768, .x_col = 96,
    .y_row = 384)

/* denseblock2.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock2_denselayer1_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 6, 4), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long j = 0; j < 48; j += COLS) {
            float *gt = dw + j * 64 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 64 + v * VL);
            for (long r = 0; r < 8; r++) {
                const float *xr = from_here(x + r * 384 + j);
                const float *dr = dy + r * 512 + o;
                SEVERAL for (long c = 0; c < 8; c++, xr += 48, dr += 64) {
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
                vec_store(gt + n * 64 + v * VL, acc[n][v]);
        }
}

/* denseblock2.denselayer1.norm1, denseblock1.denselayer2.norm1 (line 6)
 * dw of NORM from the sums, over the samples */
static void norm_of_4_2(const float *sums, float *dw)
{
    for (long o = 0; o < 48; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* denseblock2.denselayer1.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_GRAD(norm_denseblock2_denselayer1_norm1_grad, .rows = 8, .cols = 8, .channels = 48, .dy_row = 384,
    .x_row = 768, .x_col = 96, .dx_row = 384)

/* denseblock2.denselayer1.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_ADD(gradient_denseblock2_denselayer1_norm1_sum, .rows = 8, .cols = 8, .length = 48, .a_row = 512, .a_col = 64,
    .b_row = 384, .y_row = 384)

/* transition1.pool: AvgPool2d(2)  (line 24)
 * dx from dy, shared out over the window */
static void avgpool2d_transition1_pool_grad(const float *dy, float *dx)
{
    for (long r = 0; r < 16; r++)
        for (long c = 0; c < 16; c++)
            for (long k = 0; k < 48; k += VL)
                vec_store(dx + r * 768 + c * 48 + k, vec_zero());
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++)
            for (long k = 0; k < 48; k += VL) {
                const vec part = vec_load(dy + r * 384 + c * 48 + k) / vec_all(4);
                for (long y_at = r * 2; y_at < r * 2 + 2; y_at++)
                    for (long x_at = c * 2; x_at < c * 2 + 2; x_at++) {
                        float *to = dx + y_at * 768 + x_at * 48 + k;
                        vec_store(to, vec_load(to) + part);
                    }
            }
}

/* transition1.conv: Conv2d(_, channels, 1, bias=False)  (line 23)
 * dx of CONV2D from dy, w */
static void conv2d_transition1_conv_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(9, 6, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 80; o += VECS * VL)
        for (long c = 0; c < 256; c = tile_next(c, COLS, 256)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 48);
            SEVERAL for (long j = 0; j < 48; j++, xt++, wo += 80) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 48);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(dx + (c + n) * 80 + o + v * VL, acc[n][v]);
        }
}

/* transition1.relu: ReLU(), BatchNorm2d(_)  (line 22) */
DEFINE_NORM_SUMS(norm_transition1_norm_grad_sums, .rows = 16, .cols = 16, .channels = 80, .dy_row = 1280, .x_row = 1280,
    .x_col = 80)

/* transition1.norm: BatchNorm2d(_), ReLU()  (line 21) */
DEFINE_NORM(norm_transition1_norm_again, .rows = 16, .cols = 16, .channels = 80, .x_row = 1280, .x_col = 80,
    .y_row = 1280)

/* transition1.conv: Conv2d(_, channels, 1, bias=False)  (line 23)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_transition1_conv_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(10, 4, 5), VECS = TILE(1, 3, 2) };
    for (long o = 0; o < 48; o += VECS * VL)
        for (long top = 0; top < 16; top += 8) {
            vec near[128][VECS], (*to)[VECS] = near;
            for (long r = top; r < top + 8; r++)
                for (long c = 0; c < 16; c++) {
                    EACH(v, VECS)
                        (*to)[v] = vec_load(dy + r * 768 + o + c * 48 + v * VL);
                    to++;
                }
            for (long j = 0; j < 80; j += COLS) {
                float *gt = dw + j * 48 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 48 + v * VL);
                const float *dr = (const float *)near;
                for (long r = top; r < top + 8; r++) {
                    const float *xr = from_here(x + r * 1280 + j);
                    SEVERAL for (long c = 0; c < 16; c++, xr += 80, dr += VECS * VL) {
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

/* transition1.relu: ReLU(), BatchNorm2d(_)  (line 22) */
DEFINE_NORM_GRAD(norm_transition1_norm_grad, .rows = 16, .cols = 16, .channels = 80, .dy_row = 1280, .x_row = 1280,
    .x_col = 80, .dx_row = 1280)

/* denseblock1.denselayer3.concat: concat  (line 11) */
DEFINE_CONCAT_CHANNELS_GRAD(concat_denseblock1_denselayer3_concat_grad, .rows = 16, .cols = 16, .first = 64,
    .dy_row = 1280, .dy_col = 80, .dx_row = 288)

/* denseblock1.denselayer3.conv2, denseblock1.denselayer2.conv2, denseblock1.denselayer1.conv2 (line 10) */
DEFINE_WINOGRAD3_2(conv2d_denseblock1_conv2_grad_input, .rows = 16, .cols = 16, .x_row = 288, .y_row = 1024,
    .block = 16, .x_image = 5184)

/* denseblock1.denselayer3.relu, denseblock1.denselayer2.relu, denseblock1.denselayer1.relu (line 7) */
DEFINE_NORM_SUMS(norm_denseblock1_norm2_grad_sums, .rows = 16, .cols = 16, .channels = 64, .dy_row = 1024,
    .x_row = 1024, .x_col = 64)

/* denseblock1.denselayer3.norm2, denseblock1.denselayer2.norm2, denseblock1.denselayer1.norm2 (line 9) */
DEFINE_NORM(norm_denseblock1_norm2_again, .rows = 16, .cols = 16, .channels = 64, .x_row = 1024, .x_col = 64,
    .y_row = 1152)

/* denseblock1.denselayer3.conv2, denseblock1.denselayer2.conv2, denseblock1.denselayer1.conv2 (line 10)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock1_conv2_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 16, .cols = 16,
        .ins = 64, .outs = 16, .x_image = 20736, .x_row = 1152, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 5184, .d_row = 288, .d_col = 16, .g_tap = 1024, .g_in = 16, .g_ins = 64,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* denseblock1.denselayer3.relu, denseblock1.denselayer2.relu, denseblock1.denselayer1.relu (line 7) */
DEFINE_NORM_GRAD(norm_denseblock1_norm2_grad, .rows = 16, .cols = 16, .channels = 64, .dy_row = 1024, .x_row = 1024,
    .x_col = 64, .dx_row = 1024)

#define DEFINE_CONVB(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv(dy, w, dx, (struct conv_size){__VA_ARGS__}); }

/* denseblock1.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONVB(conv2d_denseblock1_denselayer3_conv1_grad_input, .outs = 64, .run = 64, .w_row = 80)

/* denseblock1.denselayer3.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_SUMS(norm_denseblock1_denselayer3_norm1_grad_sums, .rows = 16, .cols = 16, .channels = 64, .dy_row = 1024,
    .x_row = 1280, .x_col = 80)

/* denseblock1.denselayer3.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(norm_denseblock1_denselayer3_norm1_again, .rows = 16, .cols = 16, .channels = 64, .x_row = 1280,
    .x_col = 80, .y_row = 1024)

/* denseblock1.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock1_denselayer3_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    enum { PANELS = 64 / COLS };
    long pixels;
    for (long top = 0; top < 16; top += 8) {
        vec near[64 / (VECS * VL)][128][VECS];
        const float *ds[128], *xs[128];
        const long d_next = top + 8 < 16 ? 8192 : -top * 1024;
        const long x_next = top + 8 < 16 ? 8192 : -top * 1024;
        long turn = 0;
        pixels = 0;
        for (long r = top; r < top + 8; r++)
            for (long c = 0; c < 16; c++) {
                const float *dp = dy + r * 1024 + c * 64;
                ds[pixels] = dp;
                for (long o = 0; o < 64; o += VECS * VL)
                    EACH(v, VECS)
                        near[o / (VECS * VL)][pixels][v] = vec_load(dp + o + v * VL);
                pixels++;
            }
        float panels[PANELS][128 * COLS + 16];
        pixels = 0;
        for (long r = top; r < top + 8; r++)
            for (long c = 0; c < 16; c++) {
                const float *xp = x + r * 1024 + c * 64;
                xs[pixels] = xp;
                for (long t = 0; t < 64 / COLS; t++)
                    __builtin_memcpy(panels[t] + pixels * COLS, xp + t * COLS, sizeof(float[COLS]));
                pixels++;
            }
        for (long o = 0; o < 64; o += VECS * VL)
            for (long t = 0; t < 64 / COLS; t++) {
                if (turn < 2 * pixels && turn % 2 == 0)
                    prefetch_second(ds[turn / 2] + d_next, 64);
                else if (turn < 2 * pixels)
                    prefetch_second(xs[turn / 2] + x_next, 64);
                turn++;
                const long j = t * COLS;
                float *gt = dw + j * 64 + o;
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

/* denseblock1.denselayer3.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_GRAD(norm_denseblock1_denselayer3_norm1_grad, .rows = 16, .cols = 16, .channels = 64, .dy_row = 1024,
    .x_row = 1280, .x_col = 80, .dx_row = 1024)

/* denseblock1.denselayer3.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_ADD(gradient_denseblock1_denselayer3_norm1_sum, .rows = 16, .cols = 16, .length = 64, .a_row = 1280, .a_col = 80,
    .b_row = 1024, .y_row = 1024)

/* denseblock1.denselayer2.concat: concat  (line 11) */
DEFINE_CONCAT_CHANNELS_GRAD(concat_denseblock1_denselayer2_concat_grad, .rows = 16, .cols = 16, .first = 48,
    .dy_row = 1024, .dy_col = 64, .dx_row = 288)

/* denseblock1.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
static void conv2d_denseblock1_denselayer2_conv1_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv_2(dy, w, dx, (struct conv_size_2){.run = 64});
}

/* denseblock1.denselayer2.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_SUMS(norm_denseblock1_denselayer2_norm1_grad_sums, .rows = 16, .cols = 16, .channels = 48, .dy_row = 768,
    .x_row = 1280, .x_col = 80)

/* denseblock1.denselayer2.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(norm_denseblock1_denselayer2_norm1_again, .rows = 16, .cols = 16, .channels = 48, .x_row = 1280,
    .x_col = 80, .y_row = 768)

/* denseblock1.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock1_denselayer2_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 6, 4), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long top = 0; top < 16; top += 8)
            for (long j = 0; j < 48; j += COLS) {
                float *gt = dw + j * 64 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 64 + v * VL);
                for (long r = top; r < top + 8; r++) {
                    const float *xr = from_here(x + r * 768 + j);
                    const float *dr = dy + r * 1024 + o;
                    SEVERAL for (long c = 0; c < 16; c++, xr += 48, dr += 64) {
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
                    vec_store(gt + n * 64 + v * VL, acc[n][v]);
            }
}

/* denseblock1.denselayer2.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_GRAD(norm_denseblock1_denselayer2_norm1_grad, .rows = 16, .cols = 16, .channels = 48, .dy_row = 768,
    .x_row = 1280, .x_col = 80, .dx_row = 768)

/* denseblock1.denselayer2.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_ADD(gradient_denseblock1_denselayer2_norm1_sum, .rows = 16, .cols = 16, .length = 48, .a_row = 1024, .a_col = 64,
    .b_row = 768, .y_row = 768)

/* denseblock1.denselayer1.concat: concat  (line 11) */
DEFINE_CONCAT_CHANNELS_GRAD(concat_denseblock1_denselayer1_concat_grad, .rows = 16, .cols = 16, .first = 32,
    .dy_row = 768, .dy_col = 48, .dx_row = 288)

/* denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_CONVB(conv2d_denseblock1_denselayer1_conv1_grad_input, .outs = 32, .run = 64, .w_row = 32)

/* denseblock1.denselayer1.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_SUMS(norm_denseblock1_denselayer1_norm1_grad_sums, .rows = 16, .cols = 16, .channels = 32, .dy_row = 512,
    .x_row = 1280, .x_col = 80)

/* denseblock1.denselayer1.norm1: BatchNorm2d(_), ReLU()  (line 6) */
DEFINE_NORM(norm_denseblock1_denselayer1_norm1_again, .rows = 16, .cols = 16, .channels = 32, .x_row = 1280,
    .x_col = 80, .y_row = 512)

/* denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_denseblock1_denselayer1_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long top = 0; top < 16; top += 8)
            for (long j = 0; j < 32; j += COLS) {
                float *gt = dw + j * 64 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 64 + v * VL);
                for (long r = top; r < top + 8; r++) {
                    const float *xr = from_here(x + r * 512 + j);
                    const float *dr = dy + r * 1024 + o;
                    SEVERAL for (long c = 0; c < 16; c++, xr += 32, dr += 64) {
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
                    vec_store(gt + n * 64 + v * VL, acc[n][v]);
            }
}

/* denseblock1.denselayer1.norm1: BatchNorm2d(_)  (line 6)
 * dw of NORM from the sums, over the samples */
static void norm_denseblock1_denselayer1_norm1_grad_2(const float *sums, float *dw)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* denseblock1.denselayer1.relu: ReLU(), BatchNorm2d(_)  (line 7) */
DEFINE_NORM_GRAD(norm_denseblock1_denselayer1_norm1_grad, .rows = 16, .cols = 16, .channels = 32, .dy_row = 512,
    .x_row = 1280, .x_col = 80, .dx_row = 512)

/* denseblock1.denselayer1.norm1: BatchNorm2d(_)  (line 6) */
DEFINE_ADD(gradient_denseblock1_denselayer1_norm1_sum, .rows = 16, .cols = 16, .length = 32, .a_row = 768, .a_col = 48,
    .b_row = 512, .y_row = 512)

/* conv0: Conv2d(3, 2 * growth, 3, stride=2, padding=1, bias=False)  (line 28)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_conv0_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(9, 5, 5), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long top = 0; top < 16; top += 8)
            for (long a = 0; a < 3; a++)
                for (long start = 0; start < 9; start += COLS) {
                    const long j = least(start, 9 - COLS);
                    float *gt = dw + (a * 9 + j) * 32 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = vec_load(gt + n * 32 + v * VL);
                    for (long r = top; r < top + 8; r++) {
                        const float *xr = from_here(x + r * 198 + a * 99 + j);
                        const float *dr = dy + r * 512 + o;
                        SEVERAL for (long c = 0; c < 16; c++, xr += 6, dr += 32) {
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

/* the weights as the layer reads them */
struct transpose_size { long run; };
NC_INLINE void any_transpose(const float *w, float *t, int part, int parts, const struct transpose_size size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = in_tap * part / parts, end = in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 80;
        for (long i = 0; i < 64; i += 16)
            copy_block(wt + i + q * 64, 64, tr + i, 80);
    }
}

#define DEFINE_TRANSPOSE(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose(w, t, part, parts, (struct transpose_size){__VA_ARGS__}); }

/* denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_TRANSPOSE(conv2d_denseblock1_denselayer1_conv1_weights, .run = 32)

/* denseblock1.denselayer1.conv2, denseblock1.denselayer2.conv2, denseblock1.denselayer3.conv2,
 *     denseblock2.denselayer1.conv2, denseblock2.denselayer2.conv2, denseblock2.denselayer3.conv2 (line 10)
 * the weights as the layer reads them
 * transformed for Winograd's convolution */
static void conv2d_conv2_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 64, .outs = 16, .tap_y = 3072, .tap_x = 1024,
        .in = 16, .out = 1, .u_ins = 64, .u_outs = 16,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

/* denseblock1.denselayer2.conv1, denseblock2.denselayer1.conv1 (line 8) */
DEFINE_TRANSPOSE(conv2d_conv1_weights, .run = 48)

/* denseblock1.denselayer3.conv1, denseblock2.denselayer2.conv1 (line 8) */
DEFINE_TRANSPOSE(conv2d_conv1_weights_2, .run = 64)

/* denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_TRANSPOSE(conv2d_denseblock2_denselayer3_conv1_weights, .run = 80)

/* classifier: Linear(_, 10)  (line 36)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_classifier_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 10 * 96;
        for (long i = 0; i < 96; i += 16)
            for (long n = 0; n < 10; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 96 + m] = wt[m * 16 + n];
    }
}

/* denseblock2.denselayer3.conv2, denseblock2.denselayer2.conv2, denseblock2.denselayer1.conv2,
 *     denseblock1.denselayer3.conv2, denseblock1.denselayer2.conv2, denseblock1.denselayer1.conv2 (line 10)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed
 * transformed for Winograd's convolution */
static void conv2d_conv2_grad_input_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 16, .outs = 64, .tap_y = -3072, .tap_x = -1024,
        .in = 1, .out = 16, .u_ins = 16, .u_outs = 64,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

/* the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct transpose_size_2 { long run, ins, t_row; };
NC_INLINE void any_transpose_2(const float *w, float *t, int part, int parts, const struct transpose_size_2 size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = in_tap * part / parts, end = in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * size.t_row;
        for (long i = 0; i < size.ins; i += 16)
            turn_block(wt + i * size.run + q, size.run, tr + i, size.t_row);
    }
}

#define DEFINE_TRANSPOSE_2(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose_2(w, t, part, parts, (struct transpose_size_2){__VA_ARGS__}); }

/* denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_TRANSPOSE_2(conv2d_denseblock2_denselayer3_conv1_grad_input_weights, .run = 64, .ins = 80, .t_row = 80)

/* denseblock2.denselayer2.conv1, denseblock1.denselayer3.conv1 (line 8) */
DEFINE_TRANSPOSE_2(conv2d_conv1_grad_input_weights, .run = 64, .ins = 64, .t_row = 80)

/* denseblock2.denselayer1.conv1, denseblock1.denselayer2.conv1 (line 8) */
DEFINE_TRANSPOSE_2(conv2d_conv1_grad_input_weights_2, .run = 64, .ins = 48, .t_row = 48)

/* transition1.conv: Conv2d(_, channels, 1, bias=False)  (line 23) */
DEFINE_TRANSPOSE_2(conv2d_transition1_conv_grad_input_weights, .run = 48, .ins = 80, .t_row = 80)

/* denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)  (line 8) */
DEFINE_TRANSPOSE_2(conv2d_denseblock1_denselayer1_conv1_grad_input_weights, .run = 64, .ins = 32, .t_row = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3280])(mb->batch + 36700160 + mb->first * 13120L)) /* 3x32x32, zeros: 1 above, 1 left */
#define concat_denseblock1_denselayer3_concat(mb) ((float (*)[16][16 * 80])(mb->batch + 0 + mb->first * 81920L))
#define batchnorm2d_denseblock1_denselayer1_norm1_moments(mb) \
    ((float (*)[3][32])(mb->batch + 5242880 + mb->first * 384L)) /* 32x3x1 */
#define batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb) ((float (*)[32])(mb->batch + 37544960)) /* 32x4x1 */
#define relu_denseblock1_denselayer1_relu(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define conv2d_denseblock1_denselayer1_conv1(mb) ((float (*)[16][16 * 64])(mb->batch + 15728640 + mb->first * 65536L))
#define batchnorm2d_denseblock1_denselayer1_norm2_moments(mb) \
    ((float (*)[3][64])(mb->batch + 5242880 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb) ((float (*)[64])(mb->batch + 37539840)) /* 64x4x1 */
#define relu_denseblock1_denselayer1_relu_2(mb) ((float (*)[18 * 64])(mb->workspace + 1928320))
#define conv2d_denseblock1_denselayer1_conv2(mb) ((float (*)[16 * 16])(mb->workspace + 290688)) /* 16x16x16 */
#define conv2d_denseblock1_denselayer1_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define batchnorm2d_denseblock1_denselayer2_norm1_moments(mb) \
    ((float (*)[3][48])(mb->batch + 5242880 + mb->first * 576L)) /* 48x3x1 */
#define batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb) ((float (*)[48])(mb->batch + 37544192)) /* 48x4x1 */
#define relu_denseblock1_denselayer2_relu(mb) ((float (*)[16 * 48])(mb->workspace + 0)) /* 48x16x16 */
#define conv2d_denseblock1_denselayer2_conv1(mb) ((float (*)[16][16 * 64])(mb->batch + 19922944 + mb->first * 65536L))
#define batchnorm2d_denseblock1_denselayer2_norm2_moments(mb) \
    ((float (*)[3][64])(mb->batch + 5242880 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb) ((float (*)[64])(mb->batch + 37540928)) /* 64x4x1 */
#define relu_denseblock1_denselayer2_relu_2(mb) ((float (*)[18 * 64])(mb->workspace + 2011264))
#define conv2d_denseblock1_denselayer2_conv2(mb) ((float (*)[16 * 16])(mb->workspace + 290688)) /* 16x16x16 */
#define conv2d_denseblock1_denselayer2_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define batchnorm2d_denseblock1_denselayer3_norm1_moments(mb) \
    ((float (*)[3][64])(mb->batch + 5242880 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb) ((float (*)[64])(mb->batch + 37542016)) /* 64x4x1 */
#define relu_denseblock1_denselayer3_relu(mb) ((float (*)[16 * 64])(mb->workspace + 0)) /* 64x16x16 */
#define conv2d_denseblock1_denselayer3_conv1(mb) ((float (*)[16][16 * 64])(mb->batch + 24117248 + mb->first * 65536L))
#define batchnorm2d_denseblock1_denselayer3_norm2_moments(mb) \
    ((float (*)[3][64])(mb->batch + 5242880 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb) ((float (*)[64])(mb->batch + 37543104)) /* 64x4x1 */
#define relu_denseblock1_denselayer3_relu_2(mb) ((float (*)[18 * 64])(mb->workspace + 2094208))
#define conv2d_denseblock1_denselayer3_conv2(mb) ((float (*)[16 * 16])(mb->workspace + 290688)) /* 16x16x16 */
#define conv2d_denseblock1_denselayer3_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define batchnorm2d_transition1_norm_moments(mb) ((float (*)[3][80])(mb->batch + 5242880 + mb->first * 960L))
#define batchnorm2d_transition1_norm_statistics(mb) ((float (*)[80])(mb->batch + 32542720)) /* 80x4x1 */
#define relu_transition1_relu(mb) ((float (*)[16 * 80])(mb->workspace + 0)) /* 80x16x16 */
#define conv2d_transition1_conv(mb) ((float (*)[16 * 48])(mb->workspace + 81920)) /* 48x16x16 */
#define concat_denseblock2_denselayer3_concat(mb) ((float (*)[8][8 * 96])(mb->batch + 5242880 + mb->first * 24576L))
#define batchnorm2d_denseblock2_denselayer1_norm1_moments(mb) \
    ((float (*)[3][48])(mb->batch + 6815744 + mb->first * 576L)) /* 48x3x1 */
#define batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb) ((float (*)[48])(mb->batch + 28311552)) /* 48x4x1 */
#define relu_denseblock2_denselayer1_relu(mb) ((float (*)[8 * 48])(mb->workspace + 0)) /* 48x8x8 */
#define conv2d_denseblock2_denselayer1_conv1(mb) ((float (*)[8][8 * 64])(mb->batch + 11010048 + mb->first * 16384L))
#define batchnorm2d_denseblock2_denselayer1_norm2_moments(mb) \
    ((float (*)[3][64])(mb->batch + 6815744 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb) ((float (*)[64])(mb->batch + 15205632)) /* 64x4x1 */
#define relu_denseblock2_denselayer1_relu_2(mb) ((float (*)[10 * 64])(mb->workspace + 2425984))
#define conv2d_denseblock2_denselayer1_conv2(mb) ((float (*)[8 * 16])(mb->workspace + 84864)) /* 16x8x8 */
#define conv2d_denseblock2_denselayer1_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 21216 */
#define batchnorm2d_denseblock2_denselayer2_norm1_moments(mb) \
    ((float (*)[3][64])(mb->batch + 6815744 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb) ((float (*)[64])(mb->batch + 15206720)) /* 64x4x1 */
#define relu_denseblock2_denselayer2_relu(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define conv2d_denseblock2_denselayer2_conv1(mb) ((float (*)[8][8 * 64])(mb->batch + 12058624 + mb->first * 16384L))
#define batchnorm2d_denseblock2_denselayer2_norm2_moments(mb) \
    ((float (*)[3][64])(mb->batch + 6815744 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb) ((float (*)[64])(mb->batch + 15207808)) /* 64x4x1 */
#define relu_denseblock2_denselayer2_relu_2(mb) ((float (*)[10 * 64])(mb->workspace + 2451584))
#define conv2d_denseblock2_denselayer2_conv2(mb) ((float (*)[8 * 16])(mb->workspace + 84864)) /* 16x8x8 */
#define conv2d_denseblock2_denselayer2_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 21216 */
#define batchnorm2d_denseblock2_denselayer3_norm1_moments(mb) \
    ((float (*)[3][80])(mb->batch + 6815744 + mb->first * 960L)) /* 80x3x1 */
#define batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb) ((float (*)[80])(mb->batch + 15204352)) /* 80x4x1 */
#define relu_denseblock2_denselayer3_relu(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define conv2d_denseblock2_denselayer3_conv1(mb) ((float (*)[8][8 * 64])(mb->batch + 13107200 + mb->first * 16384L))
#define batchnorm2d_denseblock2_denselayer3_norm2_moments(mb) \
    ((float (*)[3][64])(mb->batch + 6815744 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb) ((float (*)[64])(mb->batch + 15208896)) /* 64x4x1 */
#define relu_denseblock2_denselayer3_relu_2(mb) ((float (*)[10 * 64])(mb->workspace + 2477184))
#define conv2d_denseblock2_denselayer3_conv2(mb) ((float (*)[8 * 16])(mb->workspace + 84864)) /* 16x8x8 */
#define conv2d_denseblock2_denselayer3_conv2_scratch(mb) ((float *)(mb->workspace + 0)) /* 21216 */
#define batchnorm2d_norm5_moments(mb) ((float (*)[3][96])(mb->batch + 6815744 + mb->first * 1152L)) /* 96x3x1 */
#define batchnorm2d_norm5_statistics(mb) ((float (*)[96])(mb->batch + 9998336)) /* 96x4x1 */
#define relu_relu(mb) ((float (*)[8 * 96])(mb->workspace + 0)) /* 96x8x8 */
#define adaptiveavgpool2d_adaptive_avg_pool2d(mb) ((float (*)[96])(mb->workspace + 24576)) /* 96 */
#define linear_classifier(mb) ((float (*)[16])(mb->workspace + 2579584)) /* 10 */
#define d_linear_classifier(mb) ((float (*)[16])(mb->workspace + 1536)) /* 10 */
#define d_flatten_flatten(mb) ((float (*)[96])(mb->workspace + 0)) /* 96 */
#define d_relu_relu(mb) ((float (*)[8][8 * 96])(mb->batch + 8388608 + mb->first * 24576L)) /* 96x8x8 */
#define d_batchnorm2d_norm5_sums(mb) ((float (*)[2][96])(mb->batch + 6815744 + mb->first * 768L)) /* 96x2x1 */
#define d_batchnorm2d_norm5_statistics(mb) ((float (*)[96])(mb->batch + 9999936)) /* 96x2x1 */
#define d_concat_denseblock2_denselayer3_concat(mb) ((float (*)[8][8 * 96])(mb->batch + 6815744 + mb->first * 24576L))
#define d_conv2d_denseblock2_denselayer3_conv2(mb) ((float (*)[10][10 * 16])(mb->workspace + 2502784))
#define d_relu_denseblock2_denselayer3_relu_2(mb) ((float (*)[8][8 * 64])(mb->batch + 14155776 + mb->first * 16384L))
#define conv2d_denseblock2_denselayer3_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 9120 */
#define d_batchnorm2d_denseblock2_denselayer3_norm2_sums(mb) ((float (*)[144])(mb->batch + 9961472 + mb->first * 576L))
#define relu_denseblock2_denselayer3_relu_2_again(mb) ((float (*)[10][10 * 64])(mb->workspace + 1621120))
#define conv2d_denseblock2_denselayer3_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 98080 */
#define d_batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb) ((float (*)[64])(mb->batch + 8429568)) /* 64x2x1 */
#define d_conv2d_denseblock2_denselayer3_conv1(mb) ((float (*)[8 * 64])(mb->workspace + 20480)) /* 64x8x8 */
#define d_relu_denseblock2_denselayer3_relu(mb) ((float (*)[8][8 * 80])(mb->batch + 9699328 + mb->first * 20480L))
#define d_batchnorm2d_denseblock2_denselayer3_norm1_sums(mb) \
    ((float (*)[2][80])(mb->batch + 8388608 + mb->first * 640L)) /* 80x2x1 */
#define relu_denseblock2_denselayer3_relu_again(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define d_batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb) ((float (*)[80])(mb->batch + 14192640)) /* 80x2x1 */
#define d_concat_denseblock2_denselayer2_concat_2(mb) ((float (*)[8 * 80])(mb->workspace + 0)) /* 80x8x8 */
#define d_concat_denseblock2_denselayer2_concat_sum(mb) \
    ((float (*)[8][8 * 80])(mb->batch + 8388608 + mb->first * 20480L)) /* 80x8x8 */
#define d_conv2d_denseblock2_denselayer2_conv2(mb) ((float (*)[10][10 * 16])(mb->workspace + 2528384))
#define d_relu_denseblock2_denselayer2_relu_2(mb) ((float (*)[8][8 * 64])(mb->batch + 13107200 + mb->first * 16384L))
#define conv2d_denseblock2_denselayer2_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 9120 */
#define d_batchnorm2d_denseblock2_denselayer2_norm2_sums(mb) ((float (*)[144])(mb->batch + 14155776 + mb->first * 576L))
#define relu_denseblock2_denselayer2_relu_2_again(mb) ((float (*)[10][10 * 64])(mb->workspace + 1723520))
#define conv2d_denseblock2_denselayer2_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 98080 */
#define d_batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb) ((float (*)[64])(mb->batch + 6852608)) /* 64x2x1 */
#define d_conv2d_denseblock2_denselayer2_conv1(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_relu_denseblock2_denselayer2_relu(mb) ((float (*)[8][8 * 64])(mb->batch + 9699328 + mb->first * 16384L))
#define d_batchnorm2d_denseblock2_denselayer2_norm1_sums(mb) ((float (*)[144])(mb->batch + 6815744 + mb->first * 576L))
#define relu_denseblock2_denselayer2_relu_again(mb) ((float (*)[8 * 64])(mb->workspace + 16384)) /* 64x8x8 */
#define d_batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb) ((float (*)[64])(mb->batch + 7901184)) /* 64x2x1 */
#define d_concat_denseblock2_denselayer1_concat_2(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_concat_denseblock2_denselayer1_concat_sum(mb) \
    ((float (*)[8][8 * 64])(mb->batch + 6815744 + mb->first * 16384L)) /* 64x8x8 */
#define d_conv2d_denseblock2_denselayer1_conv2(mb) ((float (*)[10][10 * 16])(mb->workspace + 2553984))
#define d_relu_denseblock2_denselayer1_relu_2(mb) ((float (*)[8][8 * 64])(mb->batch + 12058624 + mb->first * 16384L))
#define conv2d_denseblock2_denselayer1_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 9120 */
#define d_batchnorm2d_denseblock2_denselayer1_norm2_sums(mb) ((float (*)[144])(mb->batch + 7864320 + mb->first * 576L))
#define relu_denseblock2_denselayer1_relu_2_again(mb) ((float (*)[10][10 * 64])(mb->workspace + 1825920))
#define conv2d_denseblock2_denselayer1_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 98080 */
#define d_batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb) ((float (*)[64])(mb->batch + 8675328)) /* 64x2x1 */
#define d_conv2d_denseblock2_denselayer1_conv1(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_relu_denseblock2_denselayer1_relu(mb) ((float (*)[8][8 * 48])(mb->batch + 7864320 + mb->first * 12288L))
#define d_batchnorm2d_denseblock2_denselayer1_norm1_sums(mb) \
    ((float (*)[2][48])(mb->batch + 8650752 + mb->first * 384L)) /* 48x2x1 */
#define relu_denseblock2_denselayer1_relu_again(mb) ((float (*)[8 * 48])(mb->workspace + 16384)) /* 48x8x8 */
#define d_batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb) ((float (*)[48])(mb->batch + 8691712)) /* 48x2x1 */
#define d_avgpool2d_transition1_pool_2(mb) ((float (*)[8 * 48])(mb->workspace + 0)) /* 48x8x8 */
#define d_avgpool2d_transition1_pool_sum(mb) ((float (*)[8 * 48])(mb->workspace + 12288)) /* 48x8x8 */
#define d_conv2d_transition1_conv(mb) ((float (*)[16 * 48])(mb->workspace + 81920)) /* 48x16x16 */
#define d_relu_transition1_relu(mb) ((float (*)[16][16 * 80])(mb->batch + 10485760 + mb->first * 81920L)) /* 80x16x16 */
#define d_batchnorm2d_transition1_norm_sums(mb) ((float (*)[2][80])(mb->batch + 8650752 + mb->first * 640L))
#define relu_transition1_relu_again(mb) ((float (*)[16 * 80])(mb->workspace + 0)) /* 80x16x16 */
#define d_batchnorm2d_transition1_norm_statistics(mb) ((float (*)[80])(mb->batch + 32544000)) /* 80x2x1 */
#define d_concat_denseblock1_denselayer3_concat(mb) ((float (*)[16][16 * 80])(mb->batch + 5242880 + mb->first * 81920L))
#define d_conv2d_denseblock1_denselayer3_conv2(mb) ((float (*)[18][18 * 16])(mb->workspace + 2177152))
#define d_relu_denseblock1_denselayer3_relu_2(mb) ((float (*)[16][16 * 64])(mb->batch + 28311552 + mb->first * 65536L))
#define conv2d_denseblock1_denselayer3_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 30624 */
#define d_batchnorm2d_denseblock1_denselayer3_norm2_sums(mb) ((float (*)[144])(mb->batch + 32505856 + mb->first * 576L))
#define relu_denseblock1_denselayer3_relu_2_again(mb) ((float (*)[18][18 * 64])(mb->workspace + 625792))
#define conv2d_denseblock1_denselayer3_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 156448 */
#define d_batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb) ((float (*)[64])(mb->batch + 10522624)) /* 64x2x1 */
#define d_conv2d_denseblock1_denselayer3_conv1(mb) ((float (*)[16 * 64])(mb->workspace + 0)) /* 64x16x16 */
#define d_relu_denseblock1_denselayer3_relu(mb) ((float (*)[16][16 * 64])(mb->batch + 32505856 + mb->first * 65536L))
#define d_batchnorm2d_denseblock1_denselayer3_norm1_sums(mb) ((float (*)[144])(mb->batch + 10485760 + mb->first * 576L))
#define relu_denseblock1_denselayer3_relu_again(mb) ((float (*)[16 * 64])(mb->workspace + 65536)) /* 64x16x16 */
#define d_batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb) ((float (*)[64])(mb->batch + 14716928)) /* 64x2x1 */
#define d_concat_denseblock1_denselayer2_concat_2(mb) ((float (*)[16 * 64])(mb->workspace + 0)) /* 64x16x16 */
#define d_concat_denseblock1_denselayer2_concat_sum(mb) \
    ((float (*)[16][16 * 64])(mb->batch + 10485760 + mb->first * 65536L)) /* 64x16x16 */
#define d_conv2d_denseblock1_denselayer2_conv2(mb) ((float (*)[18][18 * 16])(mb->workspace + 2260096))
#define d_relu_denseblock1_denselayer2_relu_2(mb) ((float (*)[16][16 * 64])(mb->batch + 24117248 + mb->first * 65536L))
#define conv2d_denseblock1_denselayer2_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 30624 */
#define d_batchnorm2d_denseblock1_denselayer2_norm2_sums(mb) ((float (*)[144])(mb->batch + 14680064 + mb->first * 576L))
#define relu_denseblock1_denselayer2_relu_2_again(mb) ((float (*)[18][18 * 64])(mb->workspace + 957568))
#define conv2d_denseblock1_denselayer2_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 156448 */
#define d_batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb) ((float (*)[64])(mb->batch + 5267456)) /* 64x2x1 */
#define d_conv2d_denseblock1_denselayer2_conv1(mb) ((float (*)[16 * 64])(mb->workspace + 0)) /* 64x16x16 */
#define d_relu_denseblock1_denselayer2_relu(mb) ((float (*)[16][16 * 48])(mb->batch + 28311552 + mb->first * 49152L))
#define d_batchnorm2d_denseblock1_denselayer2_norm1_sums(mb) \
    ((float (*)[2][48])(mb->batch + 5242880 + mb->first * 384L)) /* 48x2x1 */
#define relu_denseblock1_denselayer2_relu_again(mb) ((float (*)[16 * 48])(mb->workspace + 65536)) /* 48x16x16 */
#define d_batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb) ((float (*)[48])(mb->batch + 9474048)) /* 48x2x1 */
#define d_concat_denseblock1_denselayer1_concat_2(mb) ((float (*)[16 * 48])(mb->workspace + 0)) /* 48x16x16 */
#define d_concat_denseblock1_denselayer1_concat_sum(mb) \
    ((float (*)[16][16 * 48])(mb->batch + 19922944 + mb->first * 49152L)) /* 48x16x16 */
#define d_conv2d_denseblock1_denselayer1_conv2(mb) ((float (*)[18][18 * 16])(mb->workspace + 2343040))
#define d_relu_denseblock1_denselayer1_relu_2(mb) ((float (*)[16][16 * 64])(mb->batch + 5242880 + mb->first * 65536L))
#define conv2d_denseblock1_denselayer1_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 30624 */
#define d_batchnorm2d_denseblock1_denselayer1_norm2_sums(mb) ((float (*)[144])(mb->batch + 9437184 + mb->first * 576L))
#define relu_denseblock1_denselayer1_relu_2_again(mb) ((float (*)[18][18 * 64])(mb->workspace + 1289344))
#define conv2d_denseblock1_denselayer1_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 156448 */
#define d_batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb) ((float (*)[64])(mb->batch + 11550720)) /* 64x2x1 */
#define d_conv2d_denseblock1_denselayer1_conv1(mb) ((float (*)[16 * 64])(mb->workspace + 0)) /* 64x16x16 */
#define d_relu_denseblock1_denselayer1_relu(mb) ((float (*)[16][16 * 32])(mb->batch + 9437184 + mb->first * 32768L))
#define d_batchnorm2d_denseblock1_denselayer1_norm1_sums(mb) \
    ((float (*)[2][32])(mb->batch + 11534336 + mb->first * 256L)) /* 32x2x1 */
#define relu_denseblock1_denselayer1_relu_again(mb) ((float (*)[16 * 32])(mb->workspace + 65536)) /* 32x16x16 */
#define d_batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb) ((float (*)[32])(mb->batch + 5242880)) /* 32x2x1 */
#define d_conv2d_conv0_2(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_conv2d_conv0_sum(mb) ((float (*)[16 * 32])(mb->workspace + 32768)) /* 32x16x16 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 102);
        conv2d_conv0_forward(input(mb)[i], mb->weights + AT_conv0_weight,
            concat_denseblock1_denselayer3_concat(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock1_denselayer1_norm1_moments_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
                batchnorm2d_denseblock1_denselayer1_norm1_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_statistics_forward_part finds its values. */
static const struct batchnorm2d_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_statistics_forward_part_at[] = {
    {5242880, 37544960, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(denseblock1_denselayer1_norm1, 1e-05, 0.1)}},
    {5242880, 37539840, 192, {.channels = 64, .pixels = 256, BATCH_NORM_OF(denseblock1_denselayer1_norm2, 1e-05, 0.1)}},
    {5242880, 37544192, 144, {.channels = 48, .pixels = 256, BATCH_NORM_OF(denseblock1_denselayer2_norm1, 1e-05, 0.1)}},
    {5242880, 37540928, 192, {.channels = 64, .pixels = 256, BATCH_NORM_OF(denseblock1_denselayer2_norm2, 1e-05, 0.1)}},
    {5242880, 37542016, 192, {.channels = 64, .pixels = 256, BATCH_NORM_OF(denseblock1_denselayer3_norm1, 1e-05, 0.1)}},
    {5242880, 37543104, 192, {.channels = 64, .pixels = 256, BATCH_NORM_OF(denseblock1_denselayer3_norm2, 1e-05, 0.1)}},
    {5242880, 32542720, 240, {.channels = 80, .pixels = 256, BATCH_NORM_OF(transition1_norm, 1e-05, 0.1)}},
    {6815744, 28311552, 144, {.channels = 48, .pixels = 64, BATCH_NORM_OF(denseblock2_denselayer1_norm1, 1e-05, 0.1)}},
    {6815744, 15205632, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(denseblock2_denselayer1_norm2, 1e-05, 0.1)}},
    {6815744, 15206720, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(denseblock2_denselayer2_norm1, 1e-05, 0.1)}},
    {6815744, 15207808, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(denseblock2_denselayer2_norm2, 1e-05, 0.1)}},
    {6815744, 15204352, 240, {.channels = 80, .pixels = 64, BATCH_NORM_OF(denseblock2_denselayer3_norm1, 1e-05, 0.1)}},
    {6815744, 15208896, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(denseblock2_denselayer3_norm2, 1e-05, 0.1)}},
    {6815744, 9998336, 288, {.channels = 96, .pixels = 64, BATCH_NORM_OF(norm5, 1e-05, 0.1)}}, /* norm5 */
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
        batchnorm2d_denseblock1_denselayer1_norm1_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb)[0], relu_denseblock1_denselayer1_relu(mb)[0]);
        conv2d_denseblock1_denselayer1_conv1_forward(relu_denseblock1_denselayer1_relu(mb)[0],
            mb->packed + AT_denseblock1_denselayer1_conv1_weight_dense, conv2d_denseblock1_denselayer1_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock1_norm2_moments_forward(conv2d_denseblock1_denselayer1_conv1(mb)[i][0],
                batchnorm2d_denseblock1_denselayer1_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock1_norm2_forward(conv2d_denseblock1_denselayer1_conv1(mb)[i][0],
            batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb)[0],
            &relu_denseblock1_denselayer1_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock1_conv2_forward(relu_denseblock1_denselayer1_relu_2(mb)[0],
            mb->packed + AT_denseblock1_denselayer1_conv2_weight_winograd, conv2d_denseblock1_denselayer1_conv2(mb)[0],
            conv2d_denseblock1_denselayer1_conv2_scratch(mb));
        concat_denseblock1_concat_forward(conv2d_denseblock1_denselayer1_conv2(mb)[0],
            &concat_denseblock1_denselayer3_concat(mb)[i][0][32]);
        if (mb->training)
            batchnorm2d_denseblock1_denselayer2_norm1_moments_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
                batchnorm2d_denseblock1_denselayer2_norm1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock1_denselayer2_norm1_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb)[0], relu_denseblock1_denselayer2_relu(mb)[0]);
        conv2d_denseblock1_denselayer2_conv1_forward(relu_denseblock1_denselayer2_relu(mb)[0],
            mb->packed + AT_denseblock1_denselayer2_conv1_weight_dense, conv2d_denseblock1_denselayer2_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock1_norm2_moments_forward(conv2d_denseblock1_denselayer2_conv1(mb)[i][0],
                batchnorm2d_denseblock1_denselayer2_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_9(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock1_norm2_forward(conv2d_denseblock1_denselayer2_conv1(mb)[i][0],
            batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb)[0],
            &relu_denseblock1_denselayer2_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock1_conv2_forward(relu_denseblock1_denselayer2_relu_2(mb)[0],
            mb->packed + AT_denseblock1_denselayer2_conv2_weight_winograd, conv2d_denseblock1_denselayer2_conv2(mb)[0],
            conv2d_denseblock1_denselayer2_conv2_scratch(mb));
        concat_denseblock1_concat_forward(conv2d_denseblock1_denselayer2_conv2(mb)[0],
            &concat_denseblock1_denselayer3_concat(mb)[i][0][48]);
        if (mb->training)
            batchnorm2d_denseblock1_denselayer3_norm1_moments_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
                batchnorm2d_denseblock1_denselayer3_norm1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_11(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock1_denselayer3_norm1_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb)[0], relu_denseblock1_denselayer3_relu(mb)[0]);
        conv2d_denseblock1_denselayer3_conv1_forward(relu_denseblock1_denselayer3_relu(mb)[0],
            mb->packed + AT_denseblock1_denselayer3_conv1_weight_dense, conv2d_denseblock1_denselayer3_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock1_norm2_moments_forward(conv2d_denseblock1_denselayer3_conv1(mb)[i][0],
                batchnorm2d_denseblock1_denselayer3_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_13(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock1_norm2_forward(conv2d_denseblock1_denselayer3_conv1(mb)[i][0],
            batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb)[0],
            &relu_denseblock1_denselayer3_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock1_conv2_forward(relu_denseblock1_denselayer3_relu_2(mb)[0],
            mb->packed + AT_denseblock1_denselayer3_conv2_weight_winograd, conv2d_denseblock1_denselayer3_conv2(mb)[0],
            conv2d_denseblock1_denselayer3_conv2_scratch(mb));
        concat_denseblock1_concat_forward(conv2d_denseblock1_denselayer3_conv2(mb)[0],
            &concat_denseblock1_denselayer3_concat(mb)[i][0][64]);
        if (mb->training)
            batchnorm2d_transition1_norm_moments_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
                batchnorm2d_transition1_norm_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_15(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_transition1_norm_forward(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_transition1_norm_statistics(mb)[0], relu_transition1_relu(mb)[0]);
        conv2d_transition1_conv_forward(relu_transition1_relu(mb)[0], mb->weights + AT_transition1_conv_weight,
            conv2d_transition1_conv(mb)[0]);
        avgpool2d_transition1_pool_forward(conv2d_transition1_conv(mb)[0],
            concat_denseblock2_denselayer3_concat(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock2_denselayer1_norm1_moments_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
                batchnorm2d_denseblock2_denselayer1_norm1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_17(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock2_denselayer1_norm1_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb)[0], relu_denseblock2_denselayer1_relu(mb)[0]);
        conv2d_denseblock2_denselayer1_conv1_forward(relu_denseblock2_denselayer1_relu(mb)[0],
            mb->packed + AT_denseblock2_denselayer1_conv1_weight_dense, conv2d_denseblock2_denselayer1_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock2_norm2_moments_forward(conv2d_denseblock2_denselayer1_conv1(mb)[i][0],
                batchnorm2d_denseblock2_denselayer1_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_19(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock2_norm2_forward(conv2d_denseblock2_denselayer1_conv1(mb)[i][0],
            batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb)[0],
            &relu_denseblock2_denselayer1_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock2_conv2_forward(relu_denseblock2_denselayer1_relu_2(mb)[0],
            mb->packed + AT_denseblock2_denselayer1_conv2_weight_winograd, conv2d_denseblock2_denselayer1_conv2(mb)[0],
            conv2d_denseblock2_denselayer1_conv2_scratch(mb));
        concat_denseblock2_concat_forward(conv2d_denseblock2_denselayer1_conv2(mb)[0],
            &concat_denseblock2_denselayer3_concat(mb)[i][0][48]);
        if (mb->training)
            batchnorm2d_denseblock2_denselayer2_norm1_moments_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
                batchnorm2d_denseblock2_denselayer2_norm1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock2_denselayer2_norm1_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb)[0], relu_denseblock2_denselayer2_relu(mb)[0]);
        conv2d_denseblock2_denselayer2_conv1_forward(relu_denseblock2_denselayer2_relu(mb)[0],
            mb->packed + AT_denseblock2_denselayer2_conv1_weight_dense, conv2d_denseblock2_denselayer2_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock2_norm2_moments_forward(conv2d_denseblock2_denselayer2_conv1(mb)[i][0],
                batchnorm2d_denseblock2_denselayer2_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_23(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock2_norm2_forward(conv2d_denseblock2_denselayer2_conv1(mb)[i][0],
            batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb)[0],
            &relu_denseblock2_denselayer2_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock2_conv2_forward(relu_denseblock2_denselayer2_relu_2(mb)[0],
            mb->packed + AT_denseblock2_denselayer2_conv2_weight_winograd, conv2d_denseblock2_denselayer2_conv2(mb)[0],
            conv2d_denseblock2_denselayer2_conv2_scratch(mb));
        concat_denseblock2_concat_forward(conv2d_denseblock2_denselayer2_conv2(mb)[0],
            &concat_denseblock2_denselayer3_concat(mb)[i][0][64]);
        if (mb->training)
            batchnorm2d_denseblock2_denselayer3_norm1_moments_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
                batchnorm2d_denseblock2_denselayer3_norm1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_25(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock2_denselayer3_norm1_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb)[0], relu_denseblock2_denselayer3_relu(mb)[0]);
        conv2d_denseblock2_denselayer3_conv1_forward(relu_denseblock2_denselayer3_relu(mb)[0],
            mb->packed + AT_denseblock2_denselayer3_conv1_weight_dense, conv2d_denseblock2_denselayer3_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_denseblock2_norm2_moments_forward(conv2d_denseblock2_denselayer3_conv1(mb)[i][0],
                batchnorm2d_denseblock2_denselayer3_norm2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_27(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_denseblock2_norm2_forward(conv2d_denseblock2_denselayer3_conv1(mb)[i][0],
            batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb)[0],
            &relu_denseblock2_denselayer3_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock2_conv2_forward(relu_denseblock2_denselayer3_relu_2(mb)[0],
            mb->packed + AT_denseblock2_denselayer3_conv2_weight_winograd, conv2d_denseblock2_denselayer3_conv2(mb)[0],
            conv2d_denseblock2_denselayer3_conv2_scratch(mb));
        concat_denseblock2_concat_forward(conv2d_denseblock2_denselayer3_conv2(mb)[0],
            &concat_denseblock2_denselayer3_concat(mb)[i][0][80]);
        if (mb->training)
            batchnorm2d_norm5_moments_forward(concat_denseblock2_denselayer3_concat(mb)[i][0],
                batchnorm2d_norm5_moments(mb)[i][0]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_norm5_forward(concat_denseblock2_denselayer3_concat(mb)[i][0], batchnorm2d_norm5_statistics(mb)[0],
            relu_relu(mb)[0]);
        adaptiveavgpool2d_adaptive_avg_pool2d_forward(relu_relu(mb)[0], adaptiveavgpool2d_adaptive_avg_pool2d(mb)[i]);
    }
    linear_classifier_forward(adaptiveavgpool2d_adaptive_avg_pool2d(mb)[0], mb->weights + AT_classifier_weight,
        mb->weights + AT_classifier_bias, linear_classifier(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_classifier(mb)[0], 16, 10, d_linear_classifier(mb)[0]);
    linear_classifier_grad_input(d_linear_classifier(mb)[0], mb->packed + AT_classifier_weight_transposed,
        d_flatten_flatten(mb)[0]);
    linear_classifier_grad_weight(adaptiveavgpool2d_adaptive_avg_pool2d(mb)[0], d_linear_classifier(mb)[0],
        mb->gradients + AT_classifier_weight, mb->count);
    bias_classifier_grad(d_linear_classifier(mb)[0], mb->gradients + AT_classifier_bias, mb->count);
    for (int i = 0; i < mb->count; i++) {
        avgpool2d_adaptive_avg_pool2d_grad(d_flatten_flatten(mb)[i], d_relu_relu(mb)[i][0]);
        norm_norm5_grad_sums(d_relu_relu(mb)[i][0], concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_norm5_statistics(mb)[0], d_batchnorm2d_norm5_sums(mb)[i][0]);
        norm_norm5_grad_2(d_batchnorm2d_norm5_sums(mb)[i][1], mb->gradients + AT_norm5_weight);
        norm_norm5_grad_2(d_batchnorm2d_norm5_sums(mb)[i][0], mb->gradients + AT_norm5_bias);
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
        nc_cross_entropy(mb, &loss, linear_classifier(mb)[0], 16, 10, 0);
}

/* Where norm_grad_statistics_part finds its values. */
static const struct norm_grad_statistics_part {
    long d_batchnorm2d_sums, batchnorm2d_statistics, d_batchnorm2d_statistics, channels, pixels, stride;
} norm_grad_statistics_part_at[] = {
    {6815744, 9998336, 9999936, 96, 64, 192}, /* norm5 */
    {8388608, 15204352, 14192640, 80, 64, 160}, /* denseblock2.denselayer3.norm1 */
    {8650752, 28311552, 8691712, 48, 64, 96}, /* denseblock2.denselayer1.norm1 */
    {8650752, 32542720, 32544000, 80, 256, 160}, /* transition1.norm */
    {32505856, 37543104, 10522624, 64, 256, 144}, /* denseblock1.denselayer3.norm2 */
    {10485760, 37542016, 14716928, 64, 256, 144}, /* denseblock1.denselayer3.norm1 */
    {14680064, 37540928, 5267456, 64, 256, 144}, /* denseblock1.denselayer2.norm2 */
    {5242880, 37544192, 9474048, 48, 256, 96}, /* denseblock1.denselayer2.norm1 */
    {9437184, 37539840, 11550720, 64, 256, 144}, /* denseblock1.denselayer1.norm2 */
    {11534336, 37544960, 5242880, 32, 256, 64}, /* denseblock1.denselayer1.norm1 */
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
static void backward_31(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_norm5_grad(d_relu_relu(mb)[i][0], concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_norm5_statistics(mb)[0], d_batchnorm2d_norm5_statistics(mb)[0],
            d_concat_denseblock2_denselayer3_concat(mb)[i][0]);
        concat_denseblock2_denselayer3_concat_grad(d_concat_denseblock2_denselayer3_concat(mb)[i][0],
            &d_conv2d_denseblock2_denselayer3_conv2(mb)[i][1][1 * 16]);
        conv2d_denseblock2_conv2_grad_input(d_conv2d_denseblock2_denselayer3_conv2(mb)[i][0],
            mb->packed + AT_denseblock2_denselayer3_conv2_weight_winograd_transposed,
            d_relu_denseblock2_denselayer3_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer3_conv2_grad_input_scratch(mb));
        norm_denseblock2_norm2_grad_sums(d_relu_denseblock2_denselayer3_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer3_conv1(mb)[i][0], batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer3_norm2_sums(mb)[i]);
        norm_denseblock2_norm2_again(conv2d_denseblock2_denselayer3_conv1(mb)[i][0],
            batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb)[0],
            &relu_denseblock2_denselayer3_relu_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_denseblock2_conv2_grad_weight(relu_denseblock2_denselayer3_relu_2_again(mb)[0][0],
        &d_conv2d_denseblock2_denselayer3_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_denseblock2_denselayer3_conv2_weight,
        conv2d_denseblock2_denselayer3_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_16(d_batchnorm2d_denseblock2_denselayer3_norm2_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock2_denselayer3_norm2_weight);
        norm_of_16(d_batchnorm2d_denseblock2_denselayer3_norm2_sums(mb)[i],
            mb->gradients + AT_denseblock2_denselayer3_norm2_bias);
    }
}

/* Where norm_denseblock2_grad_statistics_part finds its values. */
static const struct norm_denseblock2_grad_statistics_part {
    long d_sums, statistics_values, d_statistics;
} norm_denseblock2_grad_statistics_part_at[] = {
    {9961472, 15208896, 8429568}, /* denseblock2.denselayer3.norm2 */
    {14155776, 15207808, 6852608}, /* denseblock2.denselayer2.norm2 */
    {6815744, 15206720, 7901184}, /* denseblock2.denselayer2.norm1 */
    {7864320, 15205632, 8675328}, /* denseblock2.denselayer1.norm2 */
};

/* For the whole batch. */
static void norm_denseblock2_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_denseblock2_grad_statistics_part *at = mb->at;
    float *d_sums = (void *)(mb->batch + at->d_sums);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);
    float *d_statistics = (void *)(mb->batch + at->d_statistics);

    nc_batch_norm_grad(mb, 64, 64, 1, d_sums, 144, statistics_values, d_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_33(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock2_norm2_grad(d_relu_denseblock2_denselayer3_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer3_conv1(mb)[i][0], batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer3_norm2_statistics(mb)[0],
            d_conv2d_denseblock2_denselayer3_conv1(mb)[0]);
        conv2d_denseblock2_denselayer3_conv1_grad_input(d_conv2d_denseblock2_denselayer3_conv1(mb)[0],
            mb->packed + AT_denseblock2_denselayer3_conv1_weight_transposed,
            d_relu_denseblock2_denselayer3_relu(mb)[i][0]);
        norm_denseblock2_denselayer3_norm1_grad_sums(d_relu_denseblock2_denselayer3_relu(mb)[i][0],
            concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer3_norm1_sums(mb)[i][0]);
        norm_denseblock2_denselayer3_norm1_again(concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb)[0],
            relu_denseblock2_denselayer3_relu_again(mb)[0]);
        conv2d_denseblock2_denselayer3_conv1_grad_weight(relu_denseblock2_denselayer3_relu_again(mb)[0],
            d_conv2d_denseblock2_denselayer3_conv1(mb)[0], mb->gradients + AT_denseblock2_denselayer3_conv1_weight);
        norm_of_4(d_batchnorm2d_denseblock2_denselayer3_norm1_sums(mb)[i][1],
            mb->gradients + AT_denseblock2_denselayer3_norm1_weight);
        norm_of_4(d_batchnorm2d_denseblock2_denselayer3_norm1_sums(mb)[i][0],
            mb->gradients + AT_denseblock2_denselayer3_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_35(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock2_denselayer3_norm1_grad(d_relu_denseblock2_denselayer3_relu(mb)[i][0],
            concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer3_norm1_statistics(mb)[0],
            d_concat_denseblock2_denselayer2_concat_2(mb)[0]);
        gradient_denseblock2_denselayer3_norm1_sum(d_concat_denseblock2_denselayer3_concat(mb)[i][0],
            d_concat_denseblock2_denselayer2_concat_2(mb)[0], d_concat_denseblock2_denselayer2_concat_sum(mb)[i][0]);
        concat_denseblock2_denselayer2_concat_grad(d_concat_denseblock2_denselayer2_concat_sum(mb)[i][0],
            &d_conv2d_denseblock2_denselayer2_conv2(mb)[i][1][1 * 16]);
        conv2d_denseblock2_conv2_grad_input(d_conv2d_denseblock2_denselayer2_conv2(mb)[i][0],
            mb->packed + AT_denseblock2_denselayer2_conv2_weight_winograd_transposed,
            d_relu_denseblock2_denselayer2_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer2_conv2_grad_input_scratch(mb));
        norm_denseblock2_norm2_grad_sums(d_relu_denseblock2_denselayer2_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer2_conv1(mb)[i][0], batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer2_norm2_sums(mb)[i]);
        norm_denseblock2_norm2_again(conv2d_denseblock2_denselayer2_conv1(mb)[i][0],
            batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb)[0],
            &relu_denseblock2_denselayer2_relu_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_denseblock2_conv2_grad_weight(relu_denseblock2_denselayer2_relu_2_again(mb)[0][0],
        &d_conv2d_denseblock2_denselayer2_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_denseblock2_denselayer2_conv2_weight,
        conv2d_denseblock2_denselayer2_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_16(d_batchnorm2d_denseblock2_denselayer2_norm2_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock2_denselayer2_norm2_weight);
        norm_of_16(d_batchnorm2d_denseblock2_denselayer2_norm2_sums(mb)[i],
            mb->gradients + AT_denseblock2_denselayer2_norm2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_37(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock2_norm2_grad(d_relu_denseblock2_denselayer2_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer2_conv1(mb)[i][0], batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer2_norm2_statistics(mb)[0],
            d_conv2d_denseblock2_denselayer2_conv1(mb)[0]);
        conv2d_denseblock2_denselayer2_conv1_grad_input(d_conv2d_denseblock2_denselayer2_conv1(mb)[0],
            mb->packed + AT_denseblock2_denselayer2_conv1_weight_transposed,
            d_relu_denseblock2_denselayer2_relu(mb)[i][0]);
        norm_denseblock2_denselayer2_norm1_grad_sums(d_relu_denseblock2_denselayer2_relu(mb)[i][0],
            concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer2_norm1_sums(mb)[i]);
        norm_denseblock2_denselayer2_norm1_again(concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb)[0],
            relu_denseblock2_denselayer2_relu_again(mb)[0]);
        conv2d_denseblock2_denselayer2_conv1_grad_weight(relu_denseblock2_denselayer2_relu_again(mb)[0],
            d_conv2d_denseblock2_denselayer2_conv1(mb)[0], mb->gradients + AT_denseblock2_denselayer2_conv1_weight);
        norm_of_16(d_batchnorm2d_denseblock2_denselayer2_norm1_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock2_denselayer2_norm1_weight);
        norm_of_16(d_batchnorm2d_denseblock2_denselayer2_norm1_sums(mb)[i],
            mb->gradients + AT_denseblock2_denselayer2_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_39(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock2_denselayer2_norm1_grad(d_relu_denseblock2_denselayer2_relu(mb)[i][0],
            concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer2_norm1_statistics(mb)[0],
            d_concat_denseblock2_denselayer1_concat_2(mb)[0]);
        gradient_denseblock2_denselayer2_norm1_sum(d_concat_denseblock2_denselayer2_concat_sum(mb)[i][0],
            d_concat_denseblock2_denselayer1_concat_2(mb)[0], d_concat_denseblock2_denselayer1_concat_sum(mb)[i][0]);
        concat_denseblock2_denselayer1_concat_grad(d_concat_denseblock2_denselayer1_concat_sum(mb)[i][0],
            &d_conv2d_denseblock2_denselayer1_conv2(mb)[i][1][1 * 16]);
        conv2d_denseblock2_conv2_grad_input(d_conv2d_denseblock2_denselayer1_conv2(mb)[i][0],
            mb->packed + AT_denseblock2_denselayer1_conv2_weight_winograd_transposed,
            d_relu_denseblock2_denselayer1_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer1_conv2_grad_input_scratch(mb));
        norm_denseblock2_norm2_grad_sums(d_relu_denseblock2_denselayer1_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer1_conv1(mb)[i][0], batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer1_norm2_sums(mb)[i]);
        norm_denseblock2_norm2_again(conv2d_denseblock2_denselayer1_conv1(mb)[i][0],
            batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb)[0],
            &relu_denseblock2_denselayer1_relu_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_denseblock2_conv2_grad_weight(relu_denseblock2_denselayer1_relu_2_again(mb)[0][0],
        &d_conv2d_denseblock2_denselayer1_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_denseblock2_denselayer1_conv2_weight,
        conv2d_denseblock2_denselayer1_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_16(d_batchnorm2d_denseblock2_denselayer1_norm2_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock2_denselayer1_norm2_weight);
        norm_of_16(d_batchnorm2d_denseblock2_denselayer1_norm2_sums(mb)[i],
            mb->gradients + AT_denseblock2_denselayer1_norm2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_41(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock2_norm2_grad(d_relu_denseblock2_denselayer1_relu_2(mb)[i][0],
            conv2d_denseblock2_denselayer1_conv1(mb)[i][0], batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer1_norm2_statistics(mb)[0],
            d_conv2d_denseblock2_denselayer1_conv1(mb)[0]);
        conv2d_denseblock2_denselayer1_conv1_grad_input(d_conv2d_denseblock2_denselayer1_conv1(mb)[0],
            mb->packed + AT_denseblock2_denselayer1_conv1_weight_transposed,
            d_relu_denseblock2_denselayer1_relu(mb)[i][0]);
        norm_denseblock2_denselayer1_norm1_grad_sums(d_relu_denseblock2_denselayer1_relu(mb)[i][0],
            concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer1_norm1_sums(mb)[i][0]);
        norm_denseblock2_denselayer1_norm1_again(concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb)[0],
            relu_denseblock2_denselayer1_relu_again(mb)[0]);
        conv2d_denseblock2_denselayer1_conv1_grad_weight(relu_denseblock2_denselayer1_relu_again(mb)[0],
            d_conv2d_denseblock2_denselayer1_conv1(mb)[0], mb->gradients + AT_denseblock2_denselayer1_conv1_weight);
        norm_of_4_2(d_batchnorm2d_denseblock2_denselayer1_norm1_sums(mb)[i][1],
            mb->gradients + AT_denseblock2_denselayer1_norm1_weight);
        norm_of_4_2(d_batchnorm2d_denseblock2_denselayer1_norm1_sums(mb)[i][0],
            mb->gradients + AT_denseblock2_denselayer1_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_43(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock2_denselayer1_norm1_grad(d_relu_denseblock2_denselayer1_relu(mb)[i][0],
            concat_denseblock2_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock2_denselayer1_norm1_statistics(mb)[0], d_avgpool2d_transition1_pool_2(mb)[0]);
        gradient_denseblock2_denselayer1_norm1_sum(d_concat_denseblock2_denselayer1_concat_sum(mb)[i][0],
            d_avgpool2d_transition1_pool_2(mb)[0], d_avgpool2d_transition1_pool_sum(mb)[0]);
        avgpool2d_transition1_pool_grad(d_avgpool2d_transition1_pool_sum(mb)[0], d_conv2d_transition1_conv(mb)[0]);
        conv2d_transition1_conv_grad_input(d_conv2d_transition1_conv(mb)[0],
            mb->packed + AT_transition1_conv_weight_transposed, d_relu_transition1_relu(mb)[i][0]);
        norm_transition1_norm_grad_sums(d_relu_transition1_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0], batchnorm2d_transition1_norm_statistics(mb)[0],
            d_batchnorm2d_transition1_norm_sums(mb)[i][0]);
        norm_transition1_norm_again(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_transition1_norm_statistics(mb)[0], relu_transition1_relu_again(mb)[0]);
        conv2d_transition1_conv_grad_weight(relu_transition1_relu_again(mb)[0], d_conv2d_transition1_conv(mb)[0],
            mb->gradients + AT_transition1_conv_weight);
        norm_of_4(d_batchnorm2d_transition1_norm_sums(mb)[i][1], mb->gradients + AT_transition1_norm_weight);
        norm_of_4(d_batchnorm2d_transition1_norm_sums(mb)[i][0], mb->gradients + AT_transition1_norm_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_45(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_transition1_norm_grad(d_relu_transition1_relu(mb)[i][0], concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_transition1_norm_statistics(mb)[0], d_batchnorm2d_transition1_norm_statistics(mb)[0],
            d_concat_denseblock1_denselayer3_concat(mb)[i][0]);
        concat_denseblock1_denselayer3_concat_grad(d_concat_denseblock1_denselayer3_concat(mb)[i][0],
            &d_conv2d_denseblock1_denselayer3_conv2(mb)[i][1][1 * 16]);
        conv2d_denseblock1_conv2_grad_input(d_conv2d_denseblock1_denselayer3_conv2(mb)[i][0],
            mb->packed + AT_denseblock1_denselayer3_conv2_weight_winograd_transposed,
            d_relu_denseblock1_denselayer3_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer3_conv2_grad_input_scratch(mb));
        norm_denseblock1_norm2_grad_sums(d_relu_denseblock1_denselayer3_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer3_conv1(mb)[i][0], batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer3_norm2_sums(mb)[i]);
        norm_denseblock1_norm2_again(conv2d_denseblock1_denselayer3_conv1(mb)[i][0],
            batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb)[0],
            &relu_denseblock1_denselayer3_relu_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_denseblock1_conv2_grad_weight(relu_denseblock1_denselayer3_relu_2_again(mb)[0][0],
        &d_conv2d_denseblock1_denselayer3_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_denseblock1_denselayer3_conv2_weight,
        conv2d_denseblock1_denselayer3_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_16(d_batchnorm2d_denseblock1_denselayer3_norm2_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock1_denselayer3_norm2_weight);
        norm_of_16(d_batchnorm2d_denseblock1_denselayer3_norm2_sums(mb)[i],
            mb->gradients + AT_denseblock1_denselayer3_norm2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_47(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock1_norm2_grad(d_relu_denseblock1_denselayer3_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer3_conv1(mb)[i][0], batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer3_norm2_statistics(mb)[0],
            d_conv2d_denseblock1_denselayer3_conv1(mb)[0]);
        conv2d_denseblock1_denselayer3_conv1_grad_input(d_conv2d_denseblock1_denselayer3_conv1(mb)[0],
            mb->packed + AT_denseblock1_denselayer3_conv1_weight_transposed,
            d_relu_denseblock1_denselayer3_relu(mb)[i][0]);
        norm_denseblock1_denselayer3_norm1_grad_sums(d_relu_denseblock1_denselayer3_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer3_norm1_sums(mb)[i]);
        norm_denseblock1_denselayer3_norm1_again(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb)[0],
            relu_denseblock1_denselayer3_relu_again(mb)[0]);
        conv2d_denseblock1_denselayer3_conv1_grad_weight(relu_denseblock1_denselayer3_relu_again(mb)[0],
            d_conv2d_denseblock1_denselayer3_conv1(mb)[0], mb->gradients + AT_denseblock1_denselayer3_conv1_weight);
        norm_of_16(d_batchnorm2d_denseblock1_denselayer3_norm1_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock1_denselayer3_norm1_weight);
        norm_of_16(d_batchnorm2d_denseblock1_denselayer3_norm1_sums(mb)[i],
            mb->gradients + AT_denseblock1_denselayer3_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_49(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock1_denselayer3_norm1_grad(d_relu_denseblock1_denselayer3_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer3_norm1_statistics(mb)[0],
            d_concat_denseblock1_denselayer2_concat_2(mb)[0]);
        gradient_denseblock1_denselayer3_norm1_sum(d_concat_denseblock1_denselayer3_concat(mb)[i][0],
            d_concat_denseblock1_denselayer2_concat_2(mb)[0], d_concat_denseblock1_denselayer2_concat_sum(mb)[i][0]);
        concat_denseblock1_denselayer2_concat_grad(d_concat_denseblock1_denselayer2_concat_sum(mb)[i][0],
            &d_conv2d_denseblock1_denselayer2_conv2(mb)[i][1][1 * 16]);
        conv2d_denseblock1_conv2_grad_input(d_conv2d_denseblock1_denselayer2_conv2(mb)[i][0],
            mb->packed + AT_denseblock1_denselayer2_conv2_weight_winograd_transposed,
            d_relu_denseblock1_denselayer2_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer2_conv2_grad_input_scratch(mb));
        norm_denseblock1_norm2_grad_sums(d_relu_denseblock1_denselayer2_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer2_conv1(mb)[i][0], batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer2_norm2_sums(mb)[i]);
        norm_denseblock1_norm2_again(conv2d_denseblock1_denselayer2_conv1(mb)[i][0],
            batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb)[0],
            &relu_denseblock1_denselayer2_relu_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_denseblock1_conv2_grad_weight(relu_denseblock1_denselayer2_relu_2_again(mb)[0][0],
        &d_conv2d_denseblock1_denselayer2_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_denseblock1_denselayer2_conv2_weight,
        conv2d_denseblock1_denselayer2_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_16(d_batchnorm2d_denseblock1_denselayer2_norm2_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock1_denselayer2_norm2_weight);
        norm_of_16(d_batchnorm2d_denseblock1_denselayer2_norm2_sums(mb)[i],
            mb->gradients + AT_denseblock1_denselayer2_norm2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_51(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock1_norm2_grad(d_relu_denseblock1_denselayer2_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer2_conv1(mb)[i][0], batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer2_norm2_statistics(mb)[0],
            d_conv2d_denseblock1_denselayer2_conv1(mb)[0]);
        conv2d_denseblock1_denselayer2_conv1_grad_input(d_conv2d_denseblock1_denselayer2_conv1(mb)[0],
            mb->packed + AT_denseblock1_denselayer2_conv1_weight_transposed,
            d_relu_denseblock1_denselayer2_relu(mb)[i][0]);
        norm_denseblock1_denselayer2_norm1_grad_sums(d_relu_denseblock1_denselayer2_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer2_norm1_sums(mb)[i][0]);
        norm_denseblock1_denselayer2_norm1_again(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb)[0],
            relu_denseblock1_denselayer2_relu_again(mb)[0]);
        conv2d_denseblock1_denselayer2_conv1_grad_weight(relu_denseblock1_denselayer2_relu_again(mb)[0],
            d_conv2d_denseblock1_denselayer2_conv1(mb)[0], mb->gradients + AT_denseblock1_denselayer2_conv1_weight);
        norm_of_4_2(d_batchnorm2d_denseblock1_denselayer2_norm1_sums(mb)[i][1],
            mb->gradients + AT_denseblock1_denselayer2_norm1_weight);
        norm_of_4_2(d_batchnorm2d_denseblock1_denselayer2_norm1_sums(mb)[i][0],
            mb->gradients + AT_denseblock1_denselayer2_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_53(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock1_denselayer2_norm1_grad(d_relu_denseblock1_denselayer2_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer2_norm1_statistics(mb)[0],
            d_concat_denseblock1_denselayer1_concat_2(mb)[0]);
        gradient_denseblock1_denselayer2_norm1_sum(d_concat_denseblock1_denselayer2_concat_sum(mb)[i][0],
            d_concat_denseblock1_denselayer1_concat_2(mb)[0], d_concat_denseblock1_denselayer1_concat_sum(mb)[i][0]);
        concat_denseblock1_denselayer1_concat_grad(d_concat_denseblock1_denselayer1_concat_sum(mb)[i][0],
            &d_conv2d_denseblock1_denselayer1_conv2(mb)[i][1][1 * 16]);
        conv2d_denseblock1_conv2_grad_input(d_conv2d_denseblock1_denselayer1_conv2(mb)[i][0],
            mb->packed + AT_denseblock1_denselayer1_conv2_weight_winograd_transposed,
            d_relu_denseblock1_denselayer1_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer1_conv2_grad_input_scratch(mb));
        norm_denseblock1_norm2_grad_sums(d_relu_denseblock1_denselayer1_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer1_conv1(mb)[i][0], batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer1_norm2_sums(mb)[i]);
        norm_denseblock1_norm2_again(conv2d_denseblock1_denselayer1_conv1(mb)[i][0],
            batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb)[0],
            &relu_denseblock1_denselayer1_relu_2_again(mb)[i][1][1 * 64]);
    }
    conv2d_denseblock1_conv2_grad_weight(relu_denseblock1_denselayer1_relu_2_again(mb)[0][0],
        &d_conv2d_denseblock1_denselayer1_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_denseblock1_denselayer1_conv2_weight,
        conv2d_denseblock1_denselayer1_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_16(d_batchnorm2d_denseblock1_denselayer1_norm2_sums(mb)[i] + 64,
            mb->gradients + AT_denseblock1_denselayer1_norm2_weight);
        norm_of_16(d_batchnorm2d_denseblock1_denselayer1_norm2_sums(mb)[i],
            mb->gradients + AT_denseblock1_denselayer1_norm2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_55(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock1_norm2_grad(d_relu_denseblock1_denselayer1_relu_2(mb)[i][0],
            conv2d_denseblock1_denselayer1_conv1(mb)[i][0], batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer1_norm2_statistics(mb)[0],
            d_conv2d_denseblock1_denselayer1_conv1(mb)[0]);
        conv2d_denseblock1_denselayer1_conv1_grad_input(d_conv2d_denseblock1_denselayer1_conv1(mb)[0],
            mb->packed + AT_denseblock1_denselayer1_conv1_weight_transposed,
            d_relu_denseblock1_denselayer1_relu(mb)[i][0]);
        norm_denseblock1_denselayer1_norm1_grad_sums(d_relu_denseblock1_denselayer1_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer1_norm1_sums(mb)[i][0]);
        norm_denseblock1_denselayer1_norm1_again(concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb)[0],
            relu_denseblock1_denselayer1_relu_again(mb)[0]);
        conv2d_denseblock1_denselayer1_conv1_grad_weight(relu_denseblock1_denselayer1_relu_again(mb)[0],
            d_conv2d_denseblock1_denselayer1_conv1(mb)[0], mb->gradients + AT_denseblock1_denselayer1_conv1_weight);
        norm_denseblock1_denselayer1_norm1_grad_2(d_batchnorm2d_denseblock1_denselayer1_norm1_sums(mb)[i][1],
            mb->gradients + AT_denseblock1_denselayer1_norm1_weight);
        norm_denseblock1_denselayer1_norm1_grad_2(d_batchnorm2d_denseblock1_denselayer1_norm1_sums(mb)[i][0],
            mb->gradients + AT_denseblock1_denselayer1_norm1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_57(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_denseblock1_denselayer1_norm1_grad(d_relu_denseblock1_denselayer1_relu(mb)[i][0],
            concat_denseblock1_denselayer3_concat(mb)[i][0],
            batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb)[0],
            d_batchnorm2d_denseblock1_denselayer1_norm1_statistics(mb)[0], d_conv2d_conv0_2(mb)[0]);
        gradient_denseblock1_denselayer1_norm1_sum(d_concat_denseblock1_denselayer1_concat_sum(mb)[i][0],
            d_conv2d_conv0_2(mb)[0], d_conv2d_conv0_sum(mb)[0]);
        conv2d_conv0_grad_weight(input(mb)[i], d_conv2d_conv0_sum(mb)[0], mb->gradients + AT_conv0_weight);
    }
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_denseblock1_denselayer1_conv1_weights, denseblock1_denselayer1_conv1_weight, 0, dense),
    PACKED(conv2d_conv2_weights, denseblock1_denselayer1_conv2_weight, 0, winograd),
    PACKED(conv2d_conv1_weights, denseblock1_denselayer2_conv1_weight, 0, dense),
    PACKED(conv2d_conv2_weights, denseblock1_denselayer2_conv2_weight, 0, winograd),
    PACKED(conv2d_conv1_weights_2, denseblock1_denselayer3_conv1_weight, 0, dense),
    PACKED(conv2d_conv2_weights, denseblock1_denselayer3_conv2_weight, 0, winograd),
    PACKED(conv2d_conv1_weights, denseblock2_denselayer1_conv1_weight, 0, dense),
    PACKED(conv2d_conv2_weights, denseblock2_denselayer1_conv2_weight, 0, winograd),
    PACKED(conv2d_conv1_weights_2, denseblock2_denselayer2_conv1_weight, 0, dense),
    PACKED(conv2d_conv2_weights, denseblock2_denselayer2_conv2_weight, 0, winograd),
    PACKED(conv2d_denseblock2_denselayer3_conv1_weights, denseblock2_denselayer3_conv1_weight, 0, dense),
    PACKED(conv2d_conv2_weights, denseblock2_denselayer3_conv2_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 12; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(linear_classifier_grad_input_weights, classifier_weight, 0, transposed),
    PACKED(conv2d_conv2_grad_input_weights, denseblock2_denselayer3_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_denseblock2_denselayer3_conv1_grad_input_weights, denseblock2_denselayer3_conv1_weight, 0,
     transposed),
    PACKED(conv2d_conv2_grad_input_weights, denseblock2_denselayer2_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_conv1_grad_input_weights, denseblock2_denselayer2_conv1_weight, 0, transposed),
    PACKED(conv2d_conv2_grad_input_weights, denseblock2_denselayer1_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_conv1_grad_input_weights_2, denseblock2_denselayer1_conv1_weight, 0, transposed),
    PACKED(conv2d_transition1_conv_grad_input_weights, transition1_conv_weight, 0, transposed),
    PACKED(conv2d_conv2_grad_input_weights, denseblock1_denselayer3_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_conv1_grad_input_weights, denseblock1_denselayer3_conv1_weight, 0, transposed),
    PACKED(conv2d_conv2_grad_input_weights, denseblock1_denselayer2_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_conv1_grad_input_weights_2, denseblock1_denselayer2_conv1_weight, 0, transposed),
    PACKED(conv2d_conv2_grad_input_weights, denseblock1_denselayer1_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_denseblock1_denselayer1_conv1_grad_input_weights, denseblock1_denselayer1_conv1_weight, 0,
     transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 14; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_4 { long rows, cols, run, x_row, y_row; };
NC_INLINE void any_conv_4(const float *x, const float *w, const float *bias, float *y, const struct conv_size_4 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long r = 0; r < size.rows; r += ROWS)
            for (long c = 0; c < size.cols; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * size.x_row + c * size.run);
                SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 80) {
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
                    sum = vec_fma(sum, vec_load(bias + 128 + o + v * VL), vec_load(bias + 192 + o + v * VL));
                    sum = vec_relu(sum);
                    vec_store(y + (r + m) * size.y_row + (c + n) * 64 + o + v * VL, sum);
                }
            }
}

#define DEFINE_CONV_4(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv_4(x, w, bias, y, (struct conv_size_4){__VA_ARGS__}); }

/* denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False), BatchNorm2d(_), ReLU()  (line 8) */
DEFINE_CONV_4(conv2d_denseblock1_denselayer1_conv1_test, .rows = 16, .cols = 16, .run = 32, .x_row = 512, .y_row = 1152)

/* denseblock1.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False), BatchNorm2d(_), ReLU()  (line 8) */
DEFINE_CONV_4(conv2d_denseblock1_denselayer2_conv1_test, .rows = 16, .cols = 16, .run = 48, .x_row = 768, .y_row = 1152)

/* denseblock1.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False), BatchNorm2d(_), ReLU()  (line 8) */
DEFINE_CONV_4(conv2d_denseblock1_denselayer3_conv1_test, .rows = 16, .cols = 16, .run = 64, .x_row = 1024,
    .y_row = 1152)

/* denseblock2.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False), BatchNorm2d(_), ReLU()  (line 8) */
DEFINE_CONV_4(conv2d_denseblock2_denselayer1_conv1_test, .rows = 8, .cols = 8, .run = 48, .x_row = 384, .y_row = 640)

/* denseblock2.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False), BatchNorm2d(_), ReLU()  (line 8) */
DEFINE_CONV_4(conv2d_denseblock2_denselayer2_conv1_test, .rows = 8, .cols = 8, .run = 64, .x_row = 512, .y_row = 640)

/* denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False), BatchNorm2d(_), ReLU()  (line 8) */
DEFINE_CONV_4(conv2d_denseblock2_denselayer3_conv1_test, .rows = 8, .cols = 8, .run = 80, .x_row = 640, .y_row = 640)

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[33 * 3])(mb->workspace + 3294464)) /* 3x32x32, zeros: 1 above, 1 left */
#define test_concat_denseblock1_denselayer3_concat(mb) ((float (*)[16 * 80])(mb->workspace + 3119360)) /* 80x16x16 */
#define test_relu_denseblock1_denselayer1_relu(mb) ((float (*)[16 * 32])(mb->workspace + 2579840)) /* 32x16x16 */
#define test_relu_denseblock1_denselayer1_relu_2(mb) ((float (*)[18 * 64])(mb->workspace + 2870528))
#define test_conv2d_denseblock1_denselayer1_conv2(mb) ((float (*)[16 * 16])(mb->workspace + 3278080)) /* 16x16x16 */
#define test_conv2d_denseblock1_denselayer1_conv2_scratch(mb) ((float *)(mb->workspace + 2579840)) /* 72672 */
#define test_relu_denseblock1_denselayer2_relu(mb) ((float (*)[16 * 48])(mb->workspace + 2579840)) /* 48x16x16 */
#define test_relu_denseblock1_denselayer2_relu_2(mb) ((float (*)[18 * 64])(mb->workspace + 2953472))
#define test_conv2d_denseblock1_denselayer2_conv2(mb) ((float (*)[16 * 16])(mb->workspace + 3278080)) /* 16x16x16 */
#define test_conv2d_denseblock1_denselayer2_conv2_scratch(mb) ((float *)(mb->workspace + 2579840)) /* 72672 */
#define test_relu_denseblock1_denselayer3_relu(mb) ((float (*)[16 * 64])(mb->workspace + 2579840)) /* 64x16x16 */
#define test_relu_denseblock1_denselayer3_relu_2(mb) ((float (*)[18 * 64])(mb->workspace + 3036416))
#define test_conv2d_denseblock1_denselayer3_conv2(mb) ((float (*)[16 * 16])(mb->workspace + 3278080)) /* 16x16x16 */
#define test_conv2d_denseblock1_denselayer3_conv2_scratch(mb) ((float *)(mb->workspace + 2579840)) /* 72672 */
#define test_relu_transition1_relu(mb) ((float (*)[16 * 80])(mb->workspace + 2579840)) /* 80x16x16 */
#define test_conv2d_transition1_conv(mb) ((float (*)[16 * 48])(mb->workspace + 2661760)) /* 48x16x16 */
#define test_concat_denseblock2_denselayer3_concat(mb) ((float (*)[8 * 96])(mb->workspace + 2710912)) /* 96x8x8 */
#define test_relu_denseblock2_denselayer1_relu(mb) ((float (*)[8 * 48])(mb->workspace + 2579840)) /* 48x8x8 */
#define test_relu_denseblock2_denselayer1_relu_2(mb) ((float (*)[10 * 64])(mb->workspace + 3201280))
#define test_conv2d_denseblock2_denselayer1_conv2(mb) ((float (*)[8 * 16])(mb->workspace + 2664704)) /* 16x8x8 */
#define test_conv2d_denseblock2_denselayer1_conv2_scratch(mb) ((float *)(mb->workspace + 2579840)) /* 21216 */
#define test_relu_denseblock2_denselayer2_relu(mb) ((float (*)[8 * 64])(mb->workspace + 2579840)) /* 64x8x8 */
#define test_relu_denseblock2_denselayer2_relu_2(mb) ((float (*)[10 * 64])(mb->workspace + 3226880))
#define test_conv2d_denseblock2_denselayer2_conv2(mb) ((float (*)[8 * 16])(mb->workspace + 2664704)) /* 16x8x8 */
#define test_conv2d_denseblock2_denselayer2_conv2_scratch(mb) ((float *)(mb->workspace + 2579840)) /* 21216 */
#define test_relu_denseblock2_denselayer3_relu(mb) ((float (*)[8 * 80])(mb->workspace + 2579840)) /* 80x8x8 */
#define test_relu_denseblock2_denselayer3_relu_2(mb) ((float (*)[10 * 64])(mb->workspace + 3252480))
#define test_conv2d_denseblock2_denselayer3_conv2(mb) ((float (*)[8 * 16])(mb->workspace + 2664704)) /* 16x8x8 */
#define test_conv2d_denseblock2_denselayer3_conv2_scratch(mb) ((float *)(mb->workspace + 2579840)) /* 21216 */
#define test_relu_relu(mb) ((float (*)[8 * 96])(mb->workspace + 2579840)) /* 96x8x8 */
#define test_adaptiveavgpool2d_adaptive_avg_pool2d(mb) ((float (*)[96])(mb->workspace + 3307584)) /* 96 */
#define test_linear_classifier(mb) ((float (*)[16])(mb->workspace + 2579840)) /* 10 */

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_conv0_forward(test_input(mb)[0], mb->weights + AT_conv0_weight,
            test_concat_denseblock1_denselayer3_concat(mb)[0]);
        batchnorm2d_denseblock1_denselayer1_norm1_forward(test_concat_denseblock1_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_denseblock1_denselayer1_norm1_statistics,
            test_relu_denseblock1_denselayer1_relu(mb)[0]);
        conv2d_denseblock1_denselayer1_conv1_test(test_relu_denseblock1_denselayer1_relu(mb)[0],
            mb->packed + AT_denseblock1_denselayer1_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_denseblock1_denselayer1_norm2_statistics,
            &test_relu_denseblock1_denselayer1_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock1_conv2_forward(test_relu_denseblock1_denselayer1_relu_2(mb)[0],
            mb->packed + AT_denseblock1_denselayer1_conv2_weight_winograd,
            test_conv2d_denseblock1_denselayer1_conv2(mb)[0], test_conv2d_denseblock1_denselayer1_conv2_scratch(mb));
        concat_denseblock1_concat_forward(test_conv2d_denseblock1_denselayer1_conv2(mb)[0],
            &test_concat_denseblock1_denselayer3_concat(mb)[0][32]);
        batchnorm2d_denseblock1_denselayer2_norm1_forward(test_concat_denseblock1_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_denseblock1_denselayer2_norm1_statistics,
            test_relu_denseblock1_denselayer2_relu(mb)[0]);
        conv2d_denseblock1_denselayer2_conv1_test(test_relu_denseblock1_denselayer2_relu(mb)[0],
            mb->packed + AT_denseblock1_denselayer2_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_denseblock1_denselayer2_norm2_statistics,
            &test_relu_denseblock1_denselayer2_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock1_conv2_forward(test_relu_denseblock1_denselayer2_relu_2(mb)[0],
            mb->packed + AT_denseblock1_denselayer2_conv2_weight_winograd,
            test_conv2d_denseblock1_denselayer2_conv2(mb)[0], test_conv2d_denseblock1_denselayer2_conv2_scratch(mb));
        concat_denseblock1_concat_forward(test_conv2d_denseblock1_denselayer2_conv2(mb)[0],
            &test_concat_denseblock1_denselayer3_concat(mb)[0][48]);
        batchnorm2d_denseblock1_denselayer3_norm1_forward(test_concat_denseblock1_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_denseblock1_denselayer3_norm1_statistics,
            test_relu_denseblock1_denselayer3_relu(mb)[0]);
        conv2d_denseblock1_denselayer3_conv1_test(test_relu_denseblock1_denselayer3_relu(mb)[0],
            mb->packed + AT_denseblock1_denselayer3_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_denseblock1_denselayer3_norm2_statistics,
            &test_relu_denseblock1_denselayer3_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock1_conv2_forward(test_relu_denseblock1_denselayer3_relu_2(mb)[0],
            mb->packed + AT_denseblock1_denselayer3_conv2_weight_winograd,
            test_conv2d_denseblock1_denselayer3_conv2(mb)[0], test_conv2d_denseblock1_denselayer3_conv2_scratch(mb));
        concat_denseblock1_concat_forward(test_conv2d_denseblock1_denselayer3_conv2(mb)[0],
            &test_concat_denseblock1_denselayer3_concat(mb)[0][64]);
        batchnorm2d_transition1_norm_forward(test_concat_denseblock1_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_transition1_norm_statistics, test_relu_transition1_relu(mb)[0]);
        conv2d_transition1_conv_forward(test_relu_transition1_relu(mb)[0], mb->weights + AT_transition1_conv_weight,
            test_conv2d_transition1_conv(mb)[0]);
        avgpool2d_transition1_pool_forward(test_conv2d_transition1_conv(mb)[0],
            test_concat_denseblock2_denselayer3_concat(mb)[0]);
        batchnorm2d_denseblock2_denselayer1_norm1_forward(test_concat_denseblock2_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_denseblock2_denselayer1_norm1_statistics,
            test_relu_denseblock2_denselayer1_relu(mb)[0]);
        conv2d_denseblock2_denselayer1_conv1_test(test_relu_denseblock2_denselayer1_relu(mb)[0],
            mb->packed + AT_denseblock2_denselayer1_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_denseblock2_denselayer1_norm2_statistics,
            &test_relu_denseblock2_denselayer1_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock2_conv2_forward(test_relu_denseblock2_denselayer1_relu_2(mb)[0],
            mb->packed + AT_denseblock2_denselayer1_conv2_weight_winograd,
            test_conv2d_denseblock2_denselayer1_conv2(mb)[0], test_conv2d_denseblock2_denselayer1_conv2_scratch(mb));
        concat_denseblock2_concat_forward(test_conv2d_denseblock2_denselayer1_conv2(mb)[0],
            &test_concat_denseblock2_denselayer3_concat(mb)[0][48]);
        batchnorm2d_denseblock2_denselayer2_norm1_forward(test_concat_denseblock2_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_denseblock2_denselayer2_norm1_statistics,
            test_relu_denseblock2_denselayer2_relu(mb)[0]);
        conv2d_denseblock2_denselayer2_conv1_test(test_relu_denseblock2_denselayer2_relu(mb)[0],
            mb->packed + AT_denseblock2_denselayer2_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_denseblock2_denselayer2_norm2_statistics,
            &test_relu_denseblock2_denselayer2_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock2_conv2_forward(test_relu_denseblock2_denselayer2_relu_2(mb)[0],
            mb->packed + AT_denseblock2_denselayer2_conv2_weight_winograd,
            test_conv2d_denseblock2_denselayer2_conv2(mb)[0], test_conv2d_denseblock2_denselayer2_conv2_scratch(mb));
        concat_denseblock2_concat_forward(test_conv2d_denseblock2_denselayer2_conv2(mb)[0],
            &test_concat_denseblock2_denselayer3_concat(mb)[0][64]);
        batchnorm2d_denseblock2_denselayer3_norm1_forward(test_concat_denseblock2_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_denseblock2_denselayer3_norm1_statistics,
            test_relu_denseblock2_denselayer3_relu(mb)[0]);
        conv2d_denseblock2_denselayer3_conv1_test(test_relu_denseblock2_denselayer3_relu(mb)[0],
            mb->packed + AT_denseblock2_denselayer3_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_denseblock2_denselayer3_norm2_statistics,
            &test_relu_denseblock2_denselayer3_relu_2(mb)[1][1 * 64]);
        conv2d_denseblock2_conv2_forward(test_relu_denseblock2_denselayer3_relu_2(mb)[0],
            mb->packed + AT_denseblock2_denselayer3_conv2_weight_winograd,
            test_conv2d_denseblock2_denselayer3_conv2(mb)[0], test_conv2d_denseblock2_denselayer3_conv2_scratch(mb));
        concat_denseblock2_concat_forward(test_conv2d_denseblock2_denselayer3_conv2(mb)[0],
            &test_concat_denseblock2_denselayer3_concat(mb)[0][80]);
        batchnorm2d_norm5_forward(test_concat_denseblock2_denselayer3_concat(mb)[0],
            mb->packed + AT_batchnorm2d_norm5_statistics, test_relu_relu(mb)[0]);
        adaptiveavgpool2d_adaptive_avg_pool2d_forward(test_relu_relu(mb)[0],
            test_adaptiveavgpool2d_adaptive_avg_pool2d(mb)[i]);
    }
    linear_classifier_forward(test_adaptiveavgpool2d_adaptive_avg_pool2d(mb)[0], mb->weights + AT_classifier_weight,
        mb->weights + AT_classifier_bias, test_linear_classifier(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_classifier(mb)[0], 16, 10, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(denseblock1_denselayer1_norm1,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock1_denselayer1_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock1_denselayer1_norm2,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock1_denselayer1_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 48, BATCH_NORM_OF(denseblock1_denselayer2_norm1,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock1_denselayer2_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock1_denselayer2_norm2,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock1_denselayer2_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock1_denselayer3_norm1,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock1_denselayer3_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock1_denselayer3_norm2,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock1_denselayer3_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 80, BATCH_NORM_OF(transition1_norm, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_transition1_norm_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 48, BATCH_NORM_OF(denseblock2_denselayer1_norm1,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock2_denselayer1_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock2_denselayer1_norm2,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock2_denselayer1_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock2_denselayer2_norm1,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock2_denselayer2_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock2_denselayer2_norm2,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock2_denselayer2_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 80, BATCH_NORM_OF(denseblock2_denselayer3_norm1,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock2_denselayer3_norm1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(denseblock2_denselayer3_norm2,
        1e-05, 0.1)}, -1, packed + AT_batchnorm2d_denseblock2_denselayer3_norm2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 96, BATCH_NORM_OF(norm5, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_norm5_statistics);
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
    {"conv0.weight", 4, {32, 3, 3, 3}, AT_conv0_weight, 864, 4, {{32, 1}, {3, 32}, {3, 288}, {3, 96}},
     .init = NC_INIT_UNIFORM, .low = -0.19245008972987523, .high = 0.19245008972987523},
    BATCH_NORM("denseblock1.denselayer1.norm1", denseblock1_denselayer1_norm1, 32, 32),
    {"denseblock1.denselayer1.conv1.weight", 4, {64, 32, 1, 1}, AT_denseblock1_denselayer1_conv1_weight, 2048, 4, {{64,
     1}, {32, 64}, {1, 2048}, {1, 2048}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684,
     .high = 0.17677669529663684},
    BATCH_NORM("denseblock1.denselayer1.norm2", denseblock1_denselayer1_norm2, 64, 64),
    {"denseblock1.denselayer1.conv2.weight", 4, {16, 64, 3, 3}, AT_denseblock1_denselayer1_conv2_weight, 9216, 4, {{16,
     1}, {64, 16}, {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666,
     .high = 0.04166666666666666},
    BATCH_NORM("denseblock1.denselayer2.norm1", denseblock1_denselayer2_norm1, 48, 48),
    {"denseblock1.denselayer2.conv1.weight", 4, {64, 48, 1, 1}, AT_denseblock1_denselayer2_conv1_weight, 3072, 4, {{64,
     1}, {48, 64}, {1, 3072}, {1, 3072}}, .init = NC_INIT_UNIFORM, .low = -0.14433756729740643,
     .high = 0.14433756729740643},
    BATCH_NORM("denseblock1.denselayer2.norm2", denseblock1_denselayer2_norm2, 64, 64),
    {"denseblock1.denselayer2.conv2.weight", 4, {16, 64, 3, 3}, AT_denseblock1_denselayer2_conv2_weight, 9216, 4, {{16,
     1}, {64, 16}, {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666,
     .high = 0.04166666666666666},
    BATCH_NORM("denseblock1.denselayer3.norm1", denseblock1_denselayer3_norm1, 64, 64),
    {"denseblock1.denselayer3.conv1.weight", 4, {64, 64, 1, 1}, AT_denseblock1_denselayer3_conv1_weight, 4096, 4, {{64,
     1}, {64, 64}, {1, 4096}, {1, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.12499999999999999,
     .high = 0.12499999999999999},
    BATCH_NORM("denseblock1.denselayer3.norm2", denseblock1_denselayer3_norm2, 64, 64),
    {"denseblock1.denselayer3.conv2.weight", 4, {16, 64, 3, 3}, AT_denseblock1_denselayer3_conv2_weight, 9216, 4, {{16,
     1}, {64, 16}, {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666,
     .high = 0.04166666666666666},
    BATCH_NORM("transition1.norm", transition1_norm, 80, 80),
    {"transition1.conv.weight", 4, {48, 80, 1, 1}, AT_transition1_conv_weight, 3840, 4, {{48, 1}, {80, 48}, {1, 3840},
     {1, 3840}}, .init = NC_INIT_UNIFORM, .low = -0.11180339887498947, .high = 0.11180339887498947},
    BATCH_NORM("denseblock2.denselayer1.norm1", denseblock2_denselayer1_norm1, 48, 48),
    {"denseblock2.denselayer1.conv1.weight", 4, {64, 48, 1, 1}, AT_denseblock2_denselayer1_conv1_weight, 3072, 4, {{64,
     1}, {48, 64}, {1, 3072}, {1, 3072}}, .init = NC_INIT_UNIFORM, .low = -0.14433756729740643,
     .high = 0.14433756729740643},
    BATCH_NORM("denseblock2.denselayer1.norm2", denseblock2_denselayer1_norm2, 64, 64),
    {"denseblock2.denselayer1.conv2.weight", 4, {16, 64, 3, 3}, AT_denseblock2_denselayer1_conv2_weight, 9216, 4, {{16,
     1}, {64, 16}, {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666,
     .high = 0.04166666666666666},
    BATCH_NORM("denseblock2.denselayer2.norm1", denseblock2_denselayer2_norm1, 64, 64),
    {"denseblock2.denselayer2.conv1.weight", 4, {64, 64, 1, 1}, AT_denseblock2_denselayer2_conv1_weight, 4096, 4, {{64,
     1}, {64, 64}, {1, 4096}, {1, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.12499999999999999,
     .high = 0.12499999999999999},
    BATCH_NORM("denseblock2.denselayer2.norm2", denseblock2_denselayer2_norm2, 64, 64),
    {"denseblock2.denselayer2.conv2.weight", 4, {16, 64, 3, 3}, AT_denseblock2_denselayer2_conv2_weight, 9216, 4, {{16,
     1}, {64, 16}, {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666,
     .high = 0.04166666666666666},
    BATCH_NORM("denseblock2.denselayer3.norm1", denseblock2_denselayer3_norm1, 80, 80),
    {"denseblock2.denselayer3.conv1.weight", 4, {64, 80, 1, 1}, AT_denseblock2_denselayer3_conv1_weight, 5120, 4, {{64,
     1}, {80, 64}, {1, 5120}, {1, 5120}}, .init = NC_INIT_UNIFORM, .low = -0.11180339887498947,
     .high = 0.11180339887498947},
    BATCH_NORM("denseblock2.denselayer3.norm2", denseblock2_denselayer3_norm2, 64, 64),
    {"denseblock2.denselayer3.conv2.weight", 4, {16, 64, 3, 3}, AT_denseblock2_denselayer3_conv2_weight, 9216, 4, {{16,
     1}, {64, 16}, {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666,
     .high = 0.04166666666666666},
    BATCH_NORM("norm5", norm5, 96, 96),
    {"classifier.weight", 2, {10, 96}, AT_classifier_weight, 1536, 2, {{10, 1}, {96, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.10206207261596574, .high = 0.10206207261596574},
    {"classifier.bias", 1, {10}, AT_classifier_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.10206207261596577, .high = 0.10206207261596577},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 27, 36700160, 3280, 0, 1},
    {"denseblock1.denselayer1.norm1: BatchNorm2d(_)", 6, 5242880, 96, 0, 1},
    {"denseblock1.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)", 8, 15728640, 16384, 2, 1},
    {"denseblock1.denselayer1.norm2: BatchNorm2d(_)", 9, 5242880, 192, 2, 1},
    {"denseblock1.denselayer2.norm1: BatchNorm2d(_)", 6, 5242880, 144, 4, 1},
    {"denseblock1.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)", 8, 19922944, 16384, 6, 1},
    {"denseblock1.denselayer2.norm2: BatchNorm2d(_)", 9, 5242880, 192, 6, 1},
    {"denseblock1.denselayer3.norm1: BatchNorm2d(_)", 6, 5242880, 192, 8, 1},
    {"denseblock1.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)", 8, 24117248, 16384, 10, 1},
    {"denseblock1.denselayer3.norm2: BatchNorm2d(_)", 9, 5242880, 192, 10, 1},
    {"denseblock1.denselayer3.concat: concat", 11, 0, 20480, 12, 1},
    {"transition1.norm: BatchNorm2d(_)", 21, 5242880, 240, 12, 1},
    {"denseblock2.denselayer1.norm1: BatchNorm2d(_)", 6, 6815744, 144, 14, 1},
    {"denseblock2.denselayer1.conv1: Conv2d(_, 4 * growth, 1, bias=False)", 8, 11010048, 4096, 16, 1},
    {"denseblock2.denselayer1.norm2: BatchNorm2d(_)", 9, 6815744, 192, 16, 1},
    {"denseblock2.denselayer2.norm1: BatchNorm2d(_)", 6, 6815744, 192, 18, 1},
    {"denseblock2.denselayer2.conv1: Conv2d(_, 4 * growth, 1, bias=False)", 8, 12058624, 4096, 20, 1},
    {"denseblock2.denselayer2.norm2: BatchNorm2d(_)", 9, 6815744, 192, 20, 1},
    {"denseblock2.denselayer3.norm1: BatchNorm2d(_)", 6, 6815744, 240, 22, 1},
    {"denseblock2.denselayer3.conv1: Conv2d(_, 4 * growth, 1, bias=False)", 8, 13107200, 4096, 24, 1},
    {"denseblock2.denselayer3.norm2: BatchNorm2d(_)", 9, 6815744, 192, 24, 1},
    {"denseblock2.denselayer3.concat: concat", 11, 5242880, 6144, 26, 1},
    {"norm5: BatchNorm2d(_)", 32, 6815744, 288, 26, 1},
    {"adaptive_avg_pool2d: adaptive_avg_pool2d(1)", 34, 24576, 96, 28, 0},
    {"classifier: Linear(_, 10)", 36, 2579584, 16, 28, 0},
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
    {.barriers = 10, ALWAYS(forward_11)},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_statistics_forward_part, 5), .parts = 1},
    {.barriers = 12, ALWAYS(forward_13)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_statistics_forward_part, 6), .parts = 1},
    {.barriers = 14, ALWAYS(forward_15)},
    {.barriers = 15, ALWAYS_AT(batchnorm2d_statistics_forward_part, 7), .parts = 1},
    {.barriers = 16, ALWAYS(forward_17)},
    {.barriers = 17, ALWAYS_AT(batchnorm2d_statistics_forward_part, 8), .parts = 1},
    {.barriers = 18, ALWAYS(forward_19)},
    {.barriers = 19, ALWAYS_AT(batchnorm2d_statistics_forward_part, 9), .parts = 1},
    {.barriers = 20, ALWAYS(forward_21)},
    {.barriers = 21, ALWAYS_AT(batchnorm2d_statistics_forward_part, 10), .parts = 1},
    {.barriers = 22, ALWAYS(forward_23)},
    {.barriers = 23, ALWAYS_AT(batchnorm2d_statistics_forward_part, 11), .parts = 1},
    {.barriers = 24, ALWAYS(forward_25)},
    {.barriers = 25, ALWAYS_AT(batchnorm2d_statistics_forward_part, 12), .parts = 1},
    {.barriers = 26, ALWAYS(forward_27)},
    {.barriers = 27, ALWAYS_AT(batchnorm2d_statistics_forward_part, 13), .parts = 1},
    {.barriers = 28, .train = train, .test = test, .loss = 1},
    {.barriers = 29, TRAIN_AT(norm_grad_statistics_part, 0), .parts = 1},
    {.barriers = 30, TRAIN(backward_31)},
    {.barriers = 31, TRAIN_AT(norm_denseblock2_grad_statistics_part, 0), .parts = 1},
    {.barriers = 32, TRAIN(backward_33)},
    {.barriers = 33, TRAIN_AT(norm_grad_statistics_part, 1), .parts = 1},
    {.barriers = 34, TRAIN(backward_35)},
    {.barriers = 35, TRAIN_AT(norm_denseblock2_grad_statistics_part, 1), .parts = 1},
    {.barriers = 36, TRAIN(backward_37)},
    {.barriers = 37, TRAIN_AT(norm_denseblock2_grad_statistics_part, 2), .parts = 1},
    {.barriers = 38, TRAIN(backward_39)},
    {.barriers = 39, TRAIN_AT(norm_denseblock2_grad_statistics_part, 3), .parts = 1},
    {.barriers = 40, TRAIN(backward_41)},
    {.barriers = 41, TRAIN_AT(norm_grad_statistics_part, 2), .parts = 1},
    {.barriers = 42, TRAIN(backward_43)},
    {.barriers = 43, TRAIN_AT(norm_grad_statistics_part, 3), .parts = 1},
    {.barriers = 44, TRAIN(backward_45)},
    {.barriers = 45, TRAIN_AT(norm_grad_statistics_part, 4), .parts = 1},
    {.barriers = 46, TRAIN(backward_47)},
    {.barriers = 47, TRAIN_AT(norm_grad_statistics_part, 5), .parts = 1},
    {.barriers = 48, TRAIN(backward_49)},
    {.barriers = 49, TRAIN_AT(norm_grad_statistics_part, 6), .parts = 1},
    {.barriers = 50, TRAIN(backward_51)},
    {.barriers = 51, TRAIN_AT(norm_grad_statistics_part, 7), .parts = 1},
    {.barriers = 52, TRAIN(backward_53)},
    {.barriers = 53, TRAIN_AT(norm_grad_statistics_part, 8), .parts = 1},
    {.barriers = 54, TRAIN(backward_55)},
    {.barriers = 55, TRAIN_AT(norm_grad_statistics_part, 9), .parts = 1},
    {.barriers = 56, TRAIN(backward_57)},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 1, .pack = pack_evaluation,
    .output = {.offset = 2579840, .stride = 16},
};

static const struct nc_model model = {
    .name = "DenseNet", .file = "densenet.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 86,
    .block = 86864, .sharded = 84848, .packed = 508096, .packed_forward = 255104,
    .workspace = 3309120,
    .microbatch = 4, .shard = 4, .batch = 64,
    .probes = probes, .probe_count = 25,
    .phases = phases, .phase_count = 57, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 37545536, .capacity = 64, .learned = 0,
    .output = {.offset = 2579584, .stride = 16},
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
    nc_sgd(run, 0.1, 0.9, 0, 0.0001, 1, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_schedule(run, nc_multi_step_lr(run, (const double[]){1e+01, 15}, 0.1, 2), NC_EVERY_EPOCH, NC_METRIC_NONE);
    nc_epochs(run, 20);
    nc_save(run, "densenet_{epoch}.pth");
    return nc_train(run);
}

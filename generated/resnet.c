/* ResNet: a trainer for the model of resnet.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                                               output      parameters
 *    24  conv1: Conv2d(3, 16, 3, padding=1, bias=False)                                      16x32x32           432
 *    25  bn1: BatchNorm2d(16)                                                                16x32x32            32
 *    26  2: ReLU(inplace=True)                                                               16x32x32             0
 *     3  layer1.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False) 16x32x32          2304
 *     4  layer1.0.0.body.bn1: BatchNorm2d(_)                                                 16x32x32            32
 *     5  layer1.0.0.body.2: ReLU(inplace=True)                                               16x32x32             0
 *     6  layer1.0.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)                16x32x32          2304
 *     7  layer1.0.0.body.bn2: BatchNorm2d(_)                                                 16x32x32            32
 *    11  layer1.0.0: Residual                                                                16x32x32             0
 *    12  layer1.0.1: ReLU(inplace=True)                                                      16x32x32             0
 *        the same again: layer1.1.0.body.conv1 to layer1.2.1
 *     3  layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False) 32x16x16          4608
 *     4  layer2.0.0.body.bn1: BatchNorm2d(_)                                                 32x16x16            64
 *     5  layer2.0.0.body.2: ReLU(inplace=True)                                               32x16x16             0
 *     6  layer2.0.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)                32x16x16          9216
 *     7  layer2.0.0.body.bn2: BatchNorm2d(_)                                                 32x16x16            64
 *    18  layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)                 32x16x16           512
 *    18  layer2.0.0.shortcut.1: BatchNorm2d(_)                                               32x16x16            64
 *    16  layer2.0.0: Residual                                                                32x16x16             0
 *    20  layer2.0.1: ReLU(inplace=True)                                                      32x16x16             0
 *     3  layer2.1.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False) 32x16x16          9216
 *     4  layer2.1.0.body.bn1: BatchNorm2d(_)                                                 32x16x16            64
 *     5  layer2.1.0.body.2: ReLU(inplace=True)                                               32x16x16             0
 *     6  layer2.1.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)                32x16x16          9216
 *     7  layer2.1.0.body.bn2: BatchNorm2d(_)                                                 32x16x16            64
 *    11  layer2.1.0: Residual                                                                32x16x16             0
 *    12  layer2.1.1: ReLU(inplace=True)                                                      32x16x16             0
 *        the same again: layer2.2.0.body.conv1 to layer2.2.1
 *     3  layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False) 64x8x8           18432
 *     4  layer3.0.0.body.bn1: BatchNorm2d(_)                                                 64x8x8             128
 *     5  layer3.0.0.body.2: ReLU(inplace=True)                                               64x8x8               0
 *     6  layer3.0.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)                64x8x8           36864
 *     7  layer3.0.0.body.bn2: BatchNorm2d(_)                                                 64x8x8             128
 *    18  layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)                 64x8x8            2048
 *    18  layer3.0.0.shortcut.1: BatchNorm2d(_)                                               64x8x8             128
 *    16  layer3.0.0: Residual                                                                64x8x8               0
 *    20  layer3.0.1: ReLU(inplace=True)                                                      64x8x8               0
 *     3  layer3.1.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False) 64x8x8           36864
 *     4  layer3.1.0.body.bn1: BatchNorm2d(_)                                                 64x8x8             128
 *     5  layer3.1.0.body.2: ReLU(inplace=True)                                               64x8x8               0
 *     6  layer3.1.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)                64x8x8           36864
 *     7  layer3.1.0.body.bn2: BatchNorm2d(_)                                                 64x8x8             128
 *    11  layer3.1.0: Residual                                                                64x8x8               0
 *    12  layer3.1.1: ReLU(inplace=True)                                                      64x8x8               0
 *        the same again: layer3.2.0.body.conv1 to layer3.2.1
 *    30  6: AdaptiveAvgPool2d(1)                                                             64x1x1               0
 *    31  7: Flatten()                                                                        64                   0
 *    32  fc: Linear(64, 10)                                                                  10                 650
 *
 * A batch of 128 is cut into shards of 8 samples, each with its own gradients, and a shard into microbatches of 8.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 15105792 bytes of workspace serve a thread. */
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
    AT_conv1_weight = 0, AT_layer1_0_0_body_conv1_weight = 464, AT_layer1_0_0_body_conv2_weight = 2800,
    AT_layer1_1_0_body_conv1_weight = 5136, AT_layer1_1_0_body_conv2_weight = 7472,
    AT_layer1_2_0_body_conv1_weight = 9808, AT_layer1_2_0_body_conv2_weight = 12144,
    AT_layer2_0_0_body_conv1_weight = 14480, AT_layer2_0_0_body_conv2_weight = 19152,
    AT_layer2_0_0_shortcut_0_weight = 28432, AT_layer2_1_0_body_conv1_weight = 29008,
    AT_layer2_1_0_body_conv2_weight = 38288, AT_layer2_2_0_body_conv1_weight = 47568,
    AT_layer2_2_0_body_conv2_weight = 56848, AT_layer3_0_0_body_conv1_weight = 66128,
    AT_layer3_0_0_body_conv2_weight = 84688, AT_layer3_0_0_shortcut_0_weight = 121680,
    AT_layer3_1_0_body_conv1_weight = 123856, AT_layer3_1_0_body_conv2_weight = 160848,
    AT_layer3_2_0_body_conv1_weight = 197840, AT_layer3_2_0_body_conv2_weight = 234832, AT_fc_weight = 271824,
    AT_fc_bias = 272848, AT_NORM(bn1, 432, 272864, 16), AT_NORM(layer1_0_0_body_bn1, 2768, 272912, 16),
    AT_NORM(layer1_0_0_body_bn2, 5104, 272960, 16), AT_NORM(layer1_1_0_body_bn1, 7440, 273008, 16),
    AT_NORM(layer1_1_0_body_bn2, 9776, 273056, 16), AT_NORM(layer1_2_0_body_bn1, 12112, 273104, 16),
    AT_NORM(layer1_2_0_body_bn2, 14448, 273152, 16), AT_NORM(layer2_0_0_body_bn1, 19088, 273200, 32),
    AT_NORM(layer2_0_0_body_bn2, 28368, 273280, 32), AT_NORM(layer2_0_0_shortcut_1, 28944, 273360, 32),
    AT_NORM(layer2_1_0_body_bn1, 38224, 273440, 32), AT_NORM(layer2_1_0_body_bn2, 47504, 273520, 32),
    AT_NORM(layer2_2_0_body_bn1, 56784, 273600, 32), AT_NORM(layer2_2_0_body_bn2, 66064, 273680, 32),
    AT_NORM(layer3_0_0_body_bn1, 84560, 273760, 64), AT_NORM(layer3_0_0_body_bn2, 121552, 273904, 64),
    AT_NORM(layer3_0_0_shortcut_1, 123728, 274048, 64), AT_NORM(layer3_1_0_body_bn1, 160720, 274192, 64),
    AT_NORM(layer3_1_0_body_bn2, 197712, 274336, 64), AT_NORM(layer3_2_0_body_bn1, 234704, 274480, 64),
    AT_NORM(layer3_2_0_body_bn2, 271696, 274624, 64)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_layer1_0_0_body_conv1_weight_winograd = 0, AT_layer1_0_0_body_conv2_weight_winograd = 9792,
    AT_layer1_1_0_body_conv1_weight_winograd = 19584, AT_layer1_1_0_body_conv2_weight_winograd = 29376,
    AT_layer1_2_0_body_conv1_weight_winograd = 39168, AT_layer1_2_0_body_conv2_weight_winograd = 48960,
    AT_layer2_0_0_body_conv2_weight_winograd = 58752, AT_layer2_1_0_body_conv1_weight_winograd = 96192,
    AT_layer2_1_0_body_conv2_weight_winograd = 133632, AT_layer2_2_0_body_conv1_weight_winograd = 171072,
    AT_layer2_2_0_body_conv2_weight_winograd = 208512, AT_layer3_0_0_body_conv1_weight_dense = 245952,
    AT_layer3_0_0_body_conv2_weight_winograd = 268992, AT_layer3_0_0_shortcut_0_weight_dense = 417024,
    AT_layer3_1_0_body_conv1_weight_winograd = 419584, AT_layer3_1_0_body_conv2_weight_winograd = 567616,
    AT_layer3_2_0_body_conv1_weight_winograd = 715648, AT_layer3_2_0_body_conv2_weight_winograd = 863680,
    AT_fc_weight_transposed = 1014848, AT_layer3_2_0_body_conv2_weight_winograd_transposed = 1015648,
    AT_layer3_2_0_body_conv1_weight_winograd_transposed = 1163680,
    AT_layer3_1_0_body_conv2_weight_winograd_transposed = 1311712,
    AT_layer3_1_0_body_conv1_weight_winograd_transposed = 1459744,
    AT_layer3_0_0_shortcut_0_weight_transposed_residue_0_0 = 1607776,
    AT_layer3_0_0_body_conv2_weight_winograd_transposed = 1609824,
    AT_layer3_0_0_body_conv1_weight_transposed_residue_0_0 = 1757856,
    AT_layer3_0_0_body_conv1_weight_transposed_residue_0_1 = 1759904,
    AT_layer3_0_0_body_conv1_weight_transposed_residue_1_0 = 1764000,
    AT_layer3_0_0_body_conv1_weight_transposed_residue_1_1 = 1768096,
    AT_layer2_2_0_body_conv2_weight_winograd_transposed = 1776288,
    AT_layer2_2_0_body_conv1_weight_winograd_transposed = 1813728,
    AT_layer2_1_0_body_conv2_weight_winograd_transposed = 1851168,
    AT_layer2_1_0_body_conv1_weight_winograd_transposed = 1888608,
    AT_layer2_0_0_shortcut_0_weight_transposed_residue_0_0 = 1926048,
    AT_layer2_0_0_body_conv2_weight_winograd_transposed = 1926560,
    AT_layer2_0_0_body_conv1_weight_transposed_residue_0_0 = 1964000,
    AT_layer2_0_0_body_conv1_weight_transposed_residue_0_1 = 1964512,
    AT_layer2_0_0_body_conv1_weight_transposed_residue_1_0 = 1965536,
    AT_layer2_0_0_body_conv1_weight_transposed_residue_1_1 = 1966560,
    AT_layer1_2_0_body_conv2_weight_winograd_transposed = 1968608,
    AT_layer1_2_0_body_conv1_weight_winograd_transposed = 1978400,
    AT_layer1_1_0_body_conv2_weight_winograd_transposed = 1988192,
    AT_layer1_1_0_body_conv1_weight_winograd_transposed = 1997984,
    AT_layer1_0_0_body_conv2_weight_winograd_transposed = 2007776,
    AT_layer1_0_0_body_conv1_weight_winograd_transposed = 2017568
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_bn1_statistics = 1011712, AT_batchnorm2d_layer1_0_0_body_bn1_statistics = 1011776,
    AT_batchnorm2d_layer1_0_0_body_bn2_statistics = 1011840, AT_batchnorm2d_layer1_1_0_body_bn1_statistics = 1011904,
    AT_batchnorm2d_layer1_1_0_body_bn2_statistics = 1011968, AT_batchnorm2d_layer1_2_0_body_bn1_statistics = 1012032,
    AT_batchnorm2d_layer1_2_0_body_bn2_statistics = 1012096, AT_batchnorm2d_layer2_0_0_body_bn1_statistics = 1012160,
    AT_batchnorm2d_layer2_0_0_body_bn2_statistics = 1012288, AT_batchnorm2d_layer2_0_0_shortcut_1_statistics = 1012416,
    AT_batchnorm2d_layer2_1_0_body_bn1_statistics = 1012544, AT_batchnorm2d_layer2_1_0_body_bn2_statistics = 1012672,
    AT_batchnorm2d_layer2_2_0_body_bn1_statistics = 1012800, AT_batchnorm2d_layer2_2_0_body_bn2_statistics = 1012928,
    AT_batchnorm2d_layer3_0_0_body_bn1_statistics = 1013056, AT_batchnorm2d_layer3_0_0_body_bn2_statistics = 1013312,
    AT_batchnorm2d_layer3_0_0_shortcut_1_statistics = 1013568, AT_batchnorm2d_layer3_1_0_body_bn1_statistics = 1013824,
    AT_batchnorm2d_layer3_1_0_body_bn2_statistics = 1014080, AT_batchnorm2d_layer3_2_0_body_bn1_statistics = 1014336,
    AT_batchnorm2d_layer3_2_0_body_bn2_statistics = 1014592
};

/* CrossEntropyLoss  (line 48) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 23)
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
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(y + (r + m) * size.y_row + (c + n) * 16 + o + v * VL, sum);
                }
            }
}

/* conv1: Conv2d(3, 16, 3, padding=1, bias=False)  (line 24) */
static void conv2d_conv1_forward(const float *x, const float *w, float *y)
{
    any_conv(x, w, 0, y, (struct conv_size){.y_row = 512});
}

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

/* bn1 (line 25), layer1.0.0.body.bn1, layer1.1.0.body.bn1, layer1.2.0.body.bn1 (line 4), layer1.0.0.body.bn2,
 *     layer1.1.0.body.bn2, layer1.2.0.body.bn2 (line 7) */
DEFINE_MOMENTS(batchnorm2d_moments_forward, .rows = 32, .cols = 32, .channels = 16)

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
struct norm_size { long rows, cols, channels, b_row, b_col, y_row, act, has_b; };
NC_INLINE void any_norm(const float *x, const float *stats, const float *b, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * 512 + c * size.channels + k), vec_load(stats + 2 * size.channels + k),
                    vec_load(stats + 3 * size.channels + k));
                if (size.has_b)
                    a += vec_load(b + r * size.b_row + c * size.b_col + k);
                if (size.act)
                    a = vec_relu(a);
                vec_store(y + r * size.y_row + c * size.channels + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, 0, y, (struct norm_size){__VA_ARGS__}); }

/* bn1 (line 25), layer1.0.0.body.bn1, layer1.1.0.body.bn1, layer1.2.0.body.bn1 (line 4) */
DEFINE_NORM(batchnorm2d_bn1_forward, .rows = 32, .cols = 32, .channels = 16, .y_row = 544, .act = 1)

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

#define DEFINE_WINOGRAD3(name, ...) static void name(const float *x, const float *u, float *y, float *scratch) \
    { any_winograd3(x, u, 0, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer1.0.0.body.conv1, layer1.1.0.body.conv1, layer1.2.0.body.conv1 (line 3), layer1.0.0.body.conv2,
 *     layer1.1.0.body.conv2, layer1.2.0.body.conv2 (line 6) */
DEFINE_WINOGRAD3(conv2d_layer1_forward, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

#define DEFINE_NORMB(name, ...) static void name(const float *x, const float *stats, const float *b, float *y) \
    { any_norm(x, stats, b, y, (struct norm_size){__VA_ARGS__}); }

/* layer1.0.0.body.bn2, layer1.1.0.body.bn2 (line 7) */
DEFINE_NORMB(batchnorm2d_layer1_0_body_bn2_forward, .rows = 32, .cols = 32, .channels = 16, .b_row = 544, .b_col = 16,
    .y_row = 544, .act = 1, .has_b = 1)

/* layer1.2.0.body.bn2: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 7) */
DEFINE_NORMB(batchnorm2d_layer1_2_0_body_bn2_forward, .rows = 32, .cols = 32, .channels = 16, .b_row = 544, .b_col = 16,
    .y_row = 528, .act = 1, .has_b = 1)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_2 { long y_row, act, norm_row; };
NC_INLINE void any_conv_2(const float *x, const float *w, const float *bias, float *y, const struct conv_size_2 size)
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
                    const float *xt = from_here(x + r * 1056 + a * 528 + c * 32);
                    SEVERAL for (long j = 0; j < 48; j++, xt++, wo += 32) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 1056 + n * 32);
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

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
static void conv2d_layer2_0_0_body_conv1_forward(const float *x, const float *w, float *y)
{
    any_conv_2(x, w, 0, y, (struct conv_size_2){.y_row = 512});
}

/* layer2.0.0.body.bn1, layer2.1.0.body.bn1, layer2.2.0.body.bn1 (line 4), layer2.0.0.body.bn2, layer2.1.0.body.bn2,
 *     layer2.2.0.body.bn2 (line 7), layer2.0.0.shortcut.1 (line 18) */
DEFINE_MOMENTS(batchnorm2d_layer2_moments_forward, .rows = 16, .cols = 16, .channels = 32)

/* layer2.0.0.body.bn1, layer2.1.0.body.bn1, layer2.2.0.body.bn1 (line 4) */
DEFINE_NORM(batchnorm2d_layer2_0_body_bn1_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 576, .act = 1)

/* layer2.0.0.body.conv2, layer2.1.0.body.conv2, layer2.2.0.body.conv2 (line 6), layer2.1.0.body.conv1,
 *     layer2.2.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3(conv2d_layer2_forward, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* layer2.0.0.body.bn2: BatchNorm2d(_)  (line 7) */
DEFINE_NORM(batchnorm2d_layer2_0_0_body_bn2_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 512)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct conv_size_3 { long rows, cols, outs, run, x_row, x_col, w_row, y_row, y_col, norm_row; };
NC_INLINE void any_conv_3(const float *x, const float *w, const float *bias, float *y, const struct conv_size_3 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < size.outs; o += VECS * VL)
        for (long r = 0; r < size.rows; r += ROWS)
            for (long c = 0; c < size.cols; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * size.x_row + c * size.x_col);
                SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += size.w_row) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * size.x_row + n * size.x_col);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    vec_store(y + (r + m) * size.y_row + (c + n) * size.y_col + o + v * VL, sum);
                }
            }
}

#define DEFINE_CONV_3(name, ...) static void name(const float *x, const float *w, float *y) \
    { any_conv_3(x, w, 0, y, (struct conv_size_3){__VA_ARGS__}); }

/* layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18) */
DEFINE_CONV_3(conv2d_layer2_0_0_shortcut_0_forward, .rows = 16, .cols = 16, .outs = 32, .run = 16, .x_row = 1056,
    .x_col = 32, .w_row = 32, .y_row = 512, .y_col = 32)

/* layer2.0.0.shortcut.1: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 18) */
DEFINE_NORMB(batchnorm2d_layer2_0_0_shortcut_1_forward, .rows = 16, .cols = 16, .channels = 32, .b_row = 512,
    .b_col = 32, .y_row = 576, .act = 1, .has_b = 1)

/* layer2.1.0.body.bn2: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 7) */
DEFINE_NORMB(batchnorm2d_layer2_1_0_body_bn2_forward, .rows = 16, .cols = 16, .channels = 32, .b_row = 576, .b_col = 32,
    .y_row = 576, .act = 1, .has_b = 1)

/* layer2.2.0.body.bn2: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 7) */
DEFINE_NORMB(batchnorm2d_layer2_2_0_body_bn2_forward, .rows = 16, .cols = 16, .channels = 32, .b_row = 576, .b_col = 32,
    .y_row = 544, .act = 1, .has_b = 1)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_4 { long y_row, act, norm_row; };
NC_INLINE void any_conv_4(const float *x, const float *w, const float *bias, float *y, const struct conv_size_4 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    enum { ACROSS = 8 / COLS, TILES = 8 / ROWS * ACROSS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 192, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec sums[TILES][ROWS][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a0 = 0; a0 < 3; a0 += 2) {
            vec near[192][VECS];
            for (long j = 0; j < least(2, 3 - a0) * 96; j++)
                EACH(v, VECS)
                    near[j][v] = vec_load(w + a0 * 96 * 80 + o + j * 80 + v * VL);
            for (long t = 0; t < TILES; t++) {
                const long r = t / ACROSS * ROWS;
                const long c = t % ACROSS * COLS;
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = sums[t][m][n][v];
                const float *next = a0 < 1 ? w + a0 * 96 * 80 + o + BLOCK * 80 : w + o + VECS * VL;
                prefetch_rows(next + t * SHARE * 80, SHARE, 80, VECS * VL);
                const float *wo = (const float *)near;
                for (long a = a0; a < least(a0 + 2, 3); a++) {
                    const float *xt = from_here(x + r * 1088 + a * 544 + c * 64);
                    SEVERAL for (long j = 0; j < 96; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 1088 + n * 64);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                if (a0 < 1) {
                    EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                        sums[t][m][n][v] = acc[m][n][v];
                    continue;
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(y + (r + m) * size.y_row + (c + n) * 64 + o + v * VL, sum);
                }
            }
        }
    }
}

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
static void conv2d_layer3_0_0_body_conv1_forward(const float *x, const float *w, float *y)
{
    any_conv_4(x, w, 0, y, (struct conv_size_4){.y_row = 512});
}

/* layer3.0.0.body.bn1, layer3.1.0.body.bn1, layer3.2.0.body.bn1 (line 4), layer3.0.0.body.bn2, layer3.1.0.body.bn2,
 *     layer3.2.0.body.bn2 (line 7), layer3.0.0.shortcut.1 (line 18) */
DEFINE_MOMENTS(batchnorm2d_layer3_moments_forward, .rows = 8, .cols = 8, .channels = 64)

/* layer3.0.0.body.bn1, layer3.1.0.body.bn1, layer3.2.0.body.bn1 (line 4) */
DEFINE_NORM(batchnorm2d_layer3_0_body_bn1_forward, .rows = 8, .cols = 8, .channels = 64, .y_row = 640, .act = 1)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_2 { long y_row, norm_row, y_image, act; };
NC_INLINE void any_winograd3_2(const float *x, const float *u, const float *bias, float *y, float *scratch, int count,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 8, .cols = 8, .x_col = 0,
        .ins = 64, .outs = 64, .x_image = 6400, .x_row = 640, .block = 16,
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
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * size.y_image + r * size.y_row + c * 64 + o + k;
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

/* layer3.0.0.body.conv2, layer3.1.0.body.conv2, layer3.2.0.body.conv2 (line 6), layer3.1.0.body.conv1,
 *     layer3.2.0.body.conv1 (line 3) */
static void conv2d_layer3_forward(const float *x, const float *u, float *y, float *scratch, int count)
{
    any_winograd3_2(x, u, 0, y, scratch, count, (struct winograd3_size_2){.y_row = 512, .y_image = 4096});
}

/* layer3.0.0.body.bn2: BatchNorm2d(_)  (line 7) */
DEFINE_NORM(batchnorm2d_layer3_0_0_body_bn2_forward, .rows = 8, .cols = 8, .channels = 64, .y_row = 512)

/* layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18) */
DEFINE_CONV_3(conv2d_layer3_0_0_shortcut_0_forward, .rows = 8, .cols = 8, .outs = 64, .run = 32, .x_row = 1088,
    .x_col = 64, .w_row = 80, .y_row = 512, .y_col = 64)

/* layer3.0.0.shortcut.1: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 18) */
DEFINE_NORMB(batchnorm2d_layer3_0_0_shortcut_1_forward, .rows = 8, .cols = 8, .channels = 64, .b_row = 512, .b_col = 64,
    .y_row = 640, .act = 1, .has_b = 1)

/* layer3.1.0.body.bn2: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 7) */
DEFINE_NORMB(batchnorm2d_layer3_1_0_body_bn2_forward, .rows = 8, .cols = 8, .channels = 64, .b_row = 640, .b_col = 64,
    .y_row = 640, .act = 1, .has_b = 1)

/* layer3.2.0.body.bn2: BatchNorm2d(_), Residual, ReLU(inplace=True)  (line 7) */
DEFINE_NORMB(batchnorm2d_layer3_2_0_body_bn2_forward, .rows = 8, .cols = 8, .channels = 64, .b_row = 640, .b_col = 64,
    .y_row = 512, .act = 1, .has_b = 1)

/* 6: AdaptiveAvgPool2d(1)  (line 30)
 * y = mean over the window */
static void adaptiveavgpool2d_6_forward(const float *x, float *y)
{
    for (long k = 0; k < 64; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 8; y_at++)
            for (long x_at = 0; x_at < 8; x_at++)
                sum += vec_load(x + y_at * 512 + x_at * 64 + k);
        sum /= vec_all(64);
        vec_store(y + k, sum);
    }
}

/* fc: Linear(64, 10)  (line 32)
 * y = x w^T + b */
static void linear_fc_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long c = 0; c < 8; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 64);
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
                vec_store(y + (c + n) * 16 + o + v * VL, sum);
            }
        }
}

/* fc: Linear(64, 10)  (line 32)
 * dx of LINEAR from dy, w */
static void linear_fc_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long c = 0; c < 8; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 16);
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
                vec_store(dx + (c + n) * 64 + o + v * VL, acc[n][v]);
        }
}

/* fc: Linear(64, 10)  (line 32)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_fc_grad_weight(const float *x, const float *dy, float *dw, int count)
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

/* fc: Linear(64, 10)  (line 32)
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

/* 6: AdaptiveAvgPool2d(1)  (line 30)
 * dx from dy, shared out over the window */
static void avgpool2d_6_grad(const float *dy, float *dx)
{
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++)
            for (long k = 0; k < 64; k += VL)
                vec_store(dx + r * 512 + c * 64 + k, vec_zero());
    for (long k = 0; k < 64; k += VL) {
        const vec part = vec_load(dy + k) / vec_all(64);
        for (long y_at = 0; y_at < 8; y_at++)
            for (long x_at = 0; x_at < 8; x_at++) {
                float *to = dx + y_at * 512 + x_at * 64 + k;
                vec_store(to, vec_load(to) + part);
            }
    }
}

/* dx = dy where y > 0, else 0; inputs dy, y */
struct relu_grad_size { long rows, y_row; };
NC_INLINE void any_relu_grad(const float *dy, const float *y, float *dx, const struct relu_grad_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(dx + r * 512 + i, vec_relu_grad(vec_load(dy + r * 512 + i), vec_load(y + r * size.y_row + i)));
}

#define DEFINE_RELU_GRAD(name, ...) static void name(const float *dy, const float *y, float *dx) \
    { any_relu_grad(dy, y, dx, (struct relu_grad_size){__VA_ARGS__}); }

/* layer3.2.1: ReLU(inplace=True)  (line 12) */
DEFINE_RELU_GRAD(relu_layer3_2_1_grad, .rows = 8, .y_row = 512)

/* of each channel of a sample the sums of dy and dy * (x - mean) / sqrt(var + eps)
 * dx = dy where y > 0, else 0; inputs dy, y */
struct norm_sums_size { long rows, cols, channels, act; };
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
                    if (size.act)
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

/* layer3.2.0.body.bn2, layer3.1.0.body.bn2, layer3.0.0.body.bn2 (line 7), layer3.0.0.shortcut.1 (line 18) */
DEFINE_NORM_SUMS(norm_layer3_0_grad_sums, .rows = 8, .cols = 8, .channels = 64)

/* layer3.2.0.body.bn2, layer3.1.0.body.bn2, layer3.0.0.body.bn2 (line 7), layer3.2.0.body.bn1, layer3.1.0.body.bn1,
 *     layer3.0.0.body.bn1 (line 4), layer3.0.0.shortcut.1 (line 18)
 * dw of NORM from the sums, over the samples */
static void norm_layer3(const float *sums, float *dw)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* dx of NORM from dy, x, the statistics and their gradient
 * dx = dy where y > 0, else 0; inputs dy, y */
struct norm_grad_size { long rows, cols, channels, dx_row, act; };
NC_INLINE void any_norm_grad(const float *dy, const float *x, const float *stats, const float *dstats, float *dx,
        const struct norm_grad_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                const vec a = vec_load(x + r * 512 + c * size.channels + k),
                    factor = vec_load(stats + 2 * size.channels + k);
                vec s = vec_load(dy + r * 512 + c * size.channels + k);
                if (size.act)
                    s = vec_relu_grad(s, vec_fma(a, factor, vec_load(stats + 3 * size.channels + k)));
                const vec rest = vec_fma(vec_load(dstats + k), a - vec_load(stats + k),
                    vec_load(dstats + size.channels + k));
                vec_store(dx + r * size.dx_row + c * size.channels + k, vec_fma(factor, s, rest));
            }
}

#define DEFINE_NORM_GRAD(name, ...) \
    static void name(const float *dy, const float *x, const float *stats, const float *dstats, float *dx) \
    { any_norm_grad(dy, x, stats, dstats, dx, (struct norm_grad_size){__VA_ARGS__}); }

/* layer3.2.0.body.bn2, layer3.1.0.body.bn2, layer3.0.0.body.bn2 (line 7) */
DEFINE_NORM_GRAD(norm_layer3_0_body_bn2_grad, .rows = 8, .cols = 8, .channels = 64, .dx_row = 640)

/* layer3.2.0.body.conv2, layer3.1.0.body.conv2, layer3.0.0.body.conv2 (line 6), layer3.2.0.body.conv1,
 *     layer3.1.0.body.conv1 (line 3) */
static void conv2d_layer3_grad_input(const float *dy, const float *u, float *dx, float *scratch, int count)
{
    any_winograd3_2(dy, u, 0, dx, scratch, count, (struct winograd3_size_2){.y_row = 512, .y_image = 4096});
}

/* layer3.2.0.body.2, layer3.1.0.body.2, layer3.0.0.body.2 (line 5) */
DEFINE_NORM_SUMS(norm_layer3_0_body_bn1_grad_sums, .rows = 8, .cols = 8, .channels = 64, .act = 1)

/* layer3.2.0.body.bn1, layer3.1.0.body.bn1, layer3.0.0.body.bn1 (line 4) */
DEFINE_NORM(norm_layer3_0_body_bn1_again, .rows = 8, .cols = 8, .channels = 64, .y_row = 640, .act = 1)

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
            .g_ins = size.outs,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

#define DEFINE_WINOGRAD3_GRAD_WEIGHT(name, ...) \
    static void name(const float *x, const float *dy, float *dw, float *scratch, int count) \
    { any_winograd3_grad_weight(x, dy, dw, scratch, count, (struct winograd3_grad_weight_size){__VA_ARGS__}); }

/* layer3.2.0.body.conv2, layer3.1.0.body.conv2, layer3.0.0.body.conv2 (line 6), layer3.2.0.body.conv1,
 *     layer3.1.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_layer3_grad_weight, .rows = 8, .cols = 8, .ins = 64, .outs = 64, .x_row = 640,
    .d_row = 640, .block = 32, .g_tap = 4096, .x_image = 6400, .d_image = 6400)

/* layer3.2.0.body.2, layer3.1.0.body.2 (line 5) */
DEFINE_NORM_GRAD(norm_layer3_0_body_bn1_grad, .rows = 8, .cols = 8, .channels = 64, .dx_row = 640, .act = 1)

/* layer3.2.0.body.conv1, layer3.1.0.body.conv1 (line 3)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_layer3_0_body_conv1_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 8; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* layer3.1.1 (line 12), layer3.0.1 (line 20) */
DEFINE_RELU_GRAD(relu_layer3_1_grad, .rows = 8, .y_row = 640)

/* layer3.0.0.shortcut.1: BatchNorm2d(_)  (line 18) */
DEFINE_NORM_GRAD(norm_layer3_0_0_shortcut_1_grad, .rows = 8, .cols = 8, .channels = 64, .dx_row = 512)

#define DEFINE_CONV_3B(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_3(dy, w, 0, dx, (struct conv_size_3){__VA_ARGS__}); }

/* layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18) */
DEFINE_CONV_3B(conv2d_layer3_0_0_shortcut_0_grad_input_residue_0_0, .rows = 8, .cols = 8, .outs = 32, .run = 64,
    .x_row = 512, .x_col = 64, .w_row = 32, .y_row = 1024, .y_col = 64)

/* layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer3_0_0_shortcut_0_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long j = 0; j < 32; j += COLS) {
            float *gt = dw + j * 64 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 64 + v * VL);
            for (long r = 0; r < 8; r++) {
                const float *xr = from_here(x + r * 1088 + j);
                const float *dr = dy + r * 512 + o;
                SEVERAL for (long c = 0; c < 8; c++, xr += 64, dr += 64) {
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

/* layer3.0.0.body.2: ReLU(inplace=True), BatchNorm2d(_)  (line 5) */
DEFINE_NORM_GRAD(norm_layer3_0_0_body_bn1_grad, .rows = 8, .cols = 8, .channels = 64, .dx_row = 576, .act = 1)

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_CONV_3B(conv2d_layer3_0_0_body_conv1_grad_input_residue_0_0, .rows = 8, .cols = 8, .outs = 32, .run = 64,
    .x_row = 576, .x_col = 64, .w_row = 32, .y_row = 1024, .y_col = 64)

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * dx of CONV2D from dy, w */
static void conv2d_layer3_0_0_body_conv1_grad_input_residue_0_1(const float *dy, const float *w, float *dx)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 8; r += ROWS)
            for (long c = 0; c < 8; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(dy + r * 576 + c * 64);
                IN_EIGHTS for (long j = 0; j < 128; j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * 576 + n * 64);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(dx + (r + m) * 1024 + (c + n) * 64 + o + v * VL, acc[m][n][v]);
            }
}

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * dx of CONV2D from dy, w */
static void conv2d_layer3_0_0_body_conv1_grad_input_residue_1_0(const float *dy, const float *w, float *dx)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 8; r += ROWS)
            for (long c = 0; c < 8; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 2; a++) {
                    const float *xt = from_here(dy + (r + a) * 576 + c * 64);
                    SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 32) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 576 + n * 64);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(dx + (r + m) * 1024 + (c + n) * 64 + o + v * VL, acc[m][n][v]);
            }
}

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * dx of CONV2D from dy, w */
static void conv2d_layer3_0_0_body_conv1_grad_input_residue_1_1(const float *dy, const float *w, float *dx)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 8; r += ROWS)
            for (long c = 0; c < 8; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 2; a++) {
                    const float *xt = from_here(dy + (r + a) * 576 + c * 64);
                    IN_EIGHTS for (long j = 0; j < 128; j++, xt++, wo += 32) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 576 + n * 64);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(dx + (r + m) * 1024 + (c + n) * 64 + o + v * VL, acc[m][n][v]);
            }
}

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer3_0_0_body_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 6, 4), VECS = 2 };
    enum { PANELS = 96 / COLS };
    long pixels;
    vec near[64 / (VECS * VL)][128][VECS];
    pixels = 0;
    for (long r = 0; r < 8; r++)
        for (long c = 0; c < 8; c++) {
            const float *dp = dy + r * 576 + c * 64;
            for (long o = 0; o < 64; o += VECS * VL)
                EACH(v, VECS)
                    near[o / (VECS * VL)][pixels][v] = vec_load(dp + o + v * VL);
            pixels++;
        }
    for (long a = 0; a < 3; a++) {
        float panels[PANELS][128 * COLS + 16];
        pixels = 0;
        for (long r = 0; r < 8; r++)
            for (long c = 0; c < 8; c++) {
                const float *xp = x + r * 1088 + a * 544 + c * 64;
                for (long t = 0; t < 96 / COLS; t++)
                    __builtin_memcpy(panels[t] + pixels * COLS, xp + t * COLS, sizeof(float[COLS]));
                pixels++;
            }
        for (long o = 0; o < 64; o += VECS * VL)
            for (long t = 0; t < 96 / COLS; t++) {
                const long j = t * COLS;
                float *gt = dw + (a * 96 + j) * 64 + o;
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

/* layer3.0.0.body.conv1, layer2.2.0.body.conv1, layer2.1.0.body.conv1 (line 3)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_0_body_conv1_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* layer2.2.1: ReLU(inplace=True)  (line 12) */
DEFINE_RELU_GRAD(relu_layer2_2_1_grad, .rows = 16, .y_row = 544)

/* layer2.2.0.body.bn2, layer2.1.0.body.bn2, layer2.0.0.body.bn2 (line 7), layer2.0.0.shortcut.1 (line 18) */
DEFINE_NORM_SUMS(norm_layer2_0_grad_sums, .rows = 16, .cols = 16, .channels = 32)

/* layer2.2.0.body.bn2, layer2.1.0.body.bn2, layer2.0.0.body.bn2 (line 7), layer2.2.0.body.bn1, layer2.1.0.body.bn1,
 *     layer2.0.0.body.bn1 (line 4), layer2.0.0.shortcut.1 (line 18)
 * dw of NORM from the sums, over the samples */
static void norm_layer2(const float *sums, float *dw)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* layer2.2.0.body.bn2, layer2.1.0.body.bn2, layer2.0.0.body.bn2 (line 7) */
DEFINE_NORM_GRAD(norm_layer2_0_body_bn2_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 576)

#define DEFINE_WINOGRAD3B(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3(dy, u, 0, dx, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer2.2.0.body.conv2, layer2.1.0.body.conv2, layer2.0.0.body.conv2 (line 6), layer2.2.0.body.conv1,
 *     layer2.1.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3B(conv2d_layer2_grad_input, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* layer2.2.0.body.2, layer2.1.0.body.2, layer2.0.0.body.2 (line 5) */
DEFINE_NORM_SUMS(norm_layer2_0_body_bn1_grad_sums, .rows = 16, .cols = 16, .channels = 32, .act = 1)

/* layer2.2.0.body.bn1, layer2.1.0.body.bn1, layer2.0.0.body.bn1 (line 4) */
DEFINE_NORM(norm_layer2_0_body_bn1_again, .rows = 16, .cols = 16, .channels = 32, .y_row = 576, .act = 1)

/* layer2.2.0.body.conv2, layer2.1.0.body.conv2, layer2.0.0.body.conv2 (line 6), layer2.2.0.body.conv1,
 *     layer2.1.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_layer2_grad_weight, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576,
    .d_row = 576, .block = 32, .g_tap = 1024, .x_image = 10368, .d_image = 10368)

/* layer2.2.0.body.2, layer2.1.0.body.2 (line 5) */
DEFINE_NORM_GRAD(norm_layer2_0_body_bn1_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 576, .act = 1)

/* layer2.1.1 (line 12), layer2.0.1 (line 20) */
DEFINE_RELU_GRAD(relu_layer2_1_grad, .rows = 16, .y_row = 576)

/* layer2.0.0.shortcut.1: BatchNorm2d(_)  (line 18) */
DEFINE_NORM_GRAD(norm_layer2_0_0_shortcut_1_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 512)

/* dx of CONV2D from dy, w */
struct conv_size_5 { long run, x_row; };
NC_INLINE void any_conv_5(const float *dy, const float *w, float *dx, const struct conv_size_5 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < 16; r += ROWS)
            for (long c = 0; c < 16; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(dy + r * size.x_row + c * 32);
                SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 16) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * size.x_row + n * 32);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(dx + (r + m) * 1024 + (c + n) * 32 + o + v * VL, acc[m][n][v]);
            }
}

#define DEFINE_CONV_5(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_5(dy, w, dx, (struct conv_size_5){__VA_ARGS__}); }

/* layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18) */
DEFINE_CONV_5(conv2d_layer2_0_0_shortcut_0_grad_input_residue_0_0, .run = 32, .x_row = 512)

/* layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_0_0_shortcut_0_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long top = 0; top < 16; top += 8)
            for (long j = 0; j < 16; j += COLS) {
                float *gt = dw + j * 32 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_load(gt + n * 32 + v * VL);
                for (long r = top; r < top + 8; r++) {
                    const float *xr = from_here(x + r * 1056 + j);
                    const float *dr = dy + r * 512 + o;
                    SEVERAL for (long c = 0; c < 16; c++, xr += 32, dr += 32) {
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

/* layer2.0.0.body.2: ReLU(inplace=True), BatchNorm2d(_)  (line 5) */
DEFINE_NORM_GRAD(norm_layer2_0_0_body_bn1_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 544, .act = 1)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_CONV_5(conv2d_layer2_0_0_body_conv1_grad_input_residue_0_0, .run = 32, .x_row = 544)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_CONV_5(conv2d_layer2_0_0_body_conv1_grad_input_residue_0_1, .run = 64, .x_row = 544)

/* dx of CONV2D from dy, w */
struct conv_size_6 { long run; };
NC_INLINE void any_conv_6(const float *dy, const float *w, float *dx, const struct conv_size_6 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < 16; r += ROWS)
            for (long c = 0; c < 16; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 2; a++) {
                    const float *xt = from_here(dy + (r + a) * 544 + c * 32);
                    SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 16) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 544 + n * 32);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(dx + (r + m) * 1024 + (c + n) * 32 + o + v * VL, acc[m][n][v]);
            }
}

#define DEFINE_CONV_6(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_6(dy, w, dx, (struct conv_size_6){__VA_ARGS__}); }

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_CONV_6(conv2d_layer2_0_0_body_conv1_grad_input_residue_1_0, .run = 32)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_CONV_6(conv2d_layer2_0_0_body_conv1_grad_input_residue_1_1, .run = 64)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_0_0_body_conv1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 6, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long top = 0; top < 16; top += 8) {
            vec near[128][VECS], (*to)[VECS] = near;
            for (long r = top; r < top + 8; r++)
                for (long c = 0; c < 16; c++) {
                    EACH(v, VECS)
                        (*to)[v] = vec_load(dy + r * 544 + o + c * 32 + v * VL);
                    to++;
                }
            for (long a = 0; a < 3; a++)
                for (long j = 0; j < 48; j += COLS) {
                    float *gt = dw + (a * 48 + j) * 32 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = vec_load(gt + n * 32 + v * VL);
                    const float *dr = (const float *)near;
                    for (long r = top; r < top + 8; r++) {
                        const float *xr = from_here(x + r * 1056 + a * 528 + j);
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

/* layer2.0.0.body.conv1, layer1.2.0.body.conv1, layer1.1.0.body.conv1, layer1.0.0.body.conv1 (line 3)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_0_body_conv1_sum_2(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* layer1.2.1: ReLU(inplace=True)  (line 12) */
DEFINE_RELU_GRAD(relu_layer1_2_1_grad, .rows = 32, .y_row = 528)

/* layer1.2.0.body.bn2, layer1.1.0.body.bn2, layer1.0.0.body.bn2 (line 7) */
DEFINE_NORM_SUMS(norm_layer1_0_body_bn2_grad_sums, .rows = 32, .cols = 32, .channels = 16)

/* layer1.2.0.body.bn2, layer1.1.0.body.bn2, layer1.0.0.body.bn2 (line 7), layer1.2.0.body.bn1, layer1.1.0.body.bn1,
 *     layer1.0.0.body.bn1 (line 4), bn1 (line 25)
 * dw of NORM from the sums, over the samples */
static void norm_of_14(const float *sums, float *dw)
{
    for (long o = 0; o < 16; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* layer1.2.0.body.bn2, layer1.1.0.body.bn2, layer1.0.0.body.bn2 (line 7) */
DEFINE_NORM_GRAD(norm_layer1_0_body_bn2_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 544)

/* layer1.2.0.body.conv2, layer1.1.0.body.conv2, layer1.0.0.body.conv2 (line 6), layer1.2.0.body.conv1,
 *     layer1.1.0.body.conv1, layer1.0.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3B(conv2d_layer1_grad_input, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

/* layer1.2.0.body.2, layer1.1.0.body.2, layer1.0.0.body.2 (line 5), 2 (line 26) */
DEFINE_NORM_SUMS(norm_bn1_grad_sums, .rows = 32, .cols = 32, .channels = 16, .act = 1)

/* layer1.2.0.body.bn1, layer1.1.0.body.bn1, layer1.0.0.body.bn1 (line 4), bn1 (line 25) */
DEFINE_NORM(norm_bn1_again, .rows = 32, .cols = 32, .channels = 16, .y_row = 544, .act = 1)

/* layer1.2.0.body.conv2, layer1.1.0.body.conv2, layer1.0.0.body.conv2 (line 6), layer1.2.0.body.conv1,
 *     layer1.1.0.body.conv1, layer1.0.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_layer1_grad_weight, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544,
    .d_row = 544, .block = 52, .g_tap = 256, .x_image = 18496, .d_image = 18496)

/* layer1.2.0.body.2, layer1.1.0.body.2, layer1.0.0.body.2 (line 5) */
DEFINE_NORM_GRAD(norm_layer1_0_body_bn1_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 544, .act = 1)

/* layer1.1.1, layer1.0.1 (line 12) */
DEFINE_RELU_GRAD(relu_layer1_1_grad, .rows = 32, .y_row = 544)

/* 2: ReLU(inplace=True), BatchNorm2d(16)  (line 26) */
DEFINE_NORM_GRAD(norm_bn1_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 512, .act = 1)

/* conv1: Conv2d(3, 16, 3, padding=1, bias=False)  (line 24)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_conv1_grad_weight(const float *x, const float *dy, float *dw)
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
        .in = size.w_in, .out = size.w_out, .u_ins = size.outs, .u_outs = size.outs,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

#define DEFINE_WINOGRAD_WEIGHTS3(name, ...) static void name(const float *w, float *u, int part, int parts) \
    { any_winograd_weights3(w, u, part, parts, (struct winograd_weights3_size){__VA_ARGS__}); }

/* layer1.0.0.body.conv1, layer1.1.0.body.conv1, layer1.2.0.body.conv1 (line 3), layer1.0.0.body.conv2,
 *     layer1.1.0.body.conv2, layer1.2.0.body.conv2 (line 6) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer1_weights, .ins = 16, .outs = 16, .w_tap_y = 768, .w_tap_x = 256, .w_in = 16,
    .w_out = 1)

/* layer2.0.0.body.conv2, layer2.1.0.body.conv2, layer2.2.0.body.conv2 (line 6), layer2.1.0.body.conv1,
 *     layer2.2.0.body.conv1 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer2_weights, .ins = 32, .outs = 32, .w_tap_y = 3072, .w_tap_x = 1024, .w_in = 32,
    .w_out = 1)

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * the weights as the layer reads them */
static void conv2d_layer3_0_0_body_conv1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 18 * part / parts, end = 18 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const long a = tap / 3, b = tap % 3;
        const float *wt = w + a * 6144 + b * 2048;
        float *tr = t + (tap * 32 + q) * 80;
        for (long i = 0; i < 64; i += 16)
            copy_block(wt + i + q * 64, 64, tr + i, 80);
    }
}

/* layer3.0.0.body.conv2, layer3.1.0.body.conv2, layer3.2.0.body.conv2 (line 6), layer3.1.0.body.conv1,
 *     layer3.2.0.body.conv1 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer3_weights, .ins = 64, .outs = 64, .w_tap_y = 12288, .w_tap_x = 4096, .w_in = 64,
    .w_out = 1)

/* layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18)
 * the weights as the layer reads them */
static void conv2d_layer3_0_0_shortcut_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 2 * part / parts, end = 2 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 80;
        for (long i = 0; i < 64; i += 16)
            copy_block(wt + i + q * 64, 64, tr + i, 80);
    }
}

/* fc: Linear(64, 10)  (line 32)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_fc_grad_input_weights(const float *w, float *t, int part, int parts)
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

/* layer3.2.0.body.conv2, layer3.1.0.body.conv2, layer3.0.0.body.conv2 (line 6), layer3.2.0.body.conv1,
 *     layer3.1.0.body.conv1 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer3_grad_input_weights, .ins = 64, .outs = 64, .w_tap_y = -12288, .w_tap_x = -4096,
    .w_in = 1, .w_out = 64)

/* the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
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

/* layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18) */
DEFINE_TRANSPOSE(conv2d_layer3_0_0_shortcut_0_grad_input_residue_0_0_weights, .run = 64, .ins = 32, .w_tap_y = 2048,
    .w_tap_x = 2048)

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_TRANSPOSE(conv2d_layer3_0_0_body_conv1_grad_input_residue_0_0_weights, .run = 64, .ins = 32, .w_tap_y = 6144,
    .w_tap_x = 2048, .first_y = 1, .first_x = 1)

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer3_0_0_body_conv1_grad_input_residue_0_1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 8 * part / parts, end = 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 4, q = block % 4 * 16;
        const float *wt = w + 6144 + (2 - tap * 2) * 2048;
        float *tr = t + (tap * 64 + q) * 32;
        for (long i = 0; i < 32; i += 16)
            turn_block(wt + i * 64 + q, 64, tr + i, 32);
    }
}

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer3_0_0_body_conv1_grad_input_residue_1_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 8 * part / parts, end = 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 4, q = block % 4 * 16;
        const float *wt = w + (2 - tap * 2) * 6144 + 2048;
        float *tr = t + (tap * 64 + q) * 32;
        for (long i = 0; i < 32; i += 16)
            turn_block(wt + i * 64 + q, 64, tr + i, 32);
    }
}

/* the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct transpose_size_2 { long run, ins, w_tap_y, w_tap_x; };
NC_INLINE void any_transpose_2(const float *w, float *t, int part, int parts, const struct transpose_size_2 size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = 4 * in_tap * part / parts, end = 4 * in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / in_tap, q = block % in_tap * 16;
        const long a = tap / 2, b = tap % 2;
        const float *wt = w + (2 - a * 2) * size.w_tap_y + (2 - b * 2) * size.w_tap_x;
        float *tr = t + (tap * size.run + q) * size.ins;
        for (long i = 0; i < size.ins; i += 16)
            turn_block(wt + i * size.run + q, size.run, tr + i, size.ins);
    }
}

#define DEFINE_TRANSPOSE_2(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose_2(w, t, part, parts, (struct transpose_size_2){__VA_ARGS__}); }

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_TRANSPOSE_2(conv2d_layer3_0_0_body_conv1_grad_input_residue_1_1_weights, .run = 64, .ins = 32, .w_tap_y = 6144,
    .w_tap_x = 2048)

/* layer2.2.0.body.conv2, layer2.1.0.body.conv2, layer2.0.0.body.conv2 (line 6), layer2.2.0.body.conv1,
 *     layer2.1.0.body.conv1 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer2_grad_input_weights, .ins = 32, .outs = 32, .w_tap_y = -3072, .w_tap_x = -1024,
    .w_in = 1, .w_out = 32)

/* layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)  (line 18) */
DEFINE_TRANSPOSE(conv2d_layer2_0_0_shortcut_0_grad_input_residue_0_0_weights, .run = 32, .ins = 16, .w_tap_y = 512,
    .w_tap_x = 512)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_TRANSPOSE(conv2d_layer2_0_0_body_conv1_grad_input_residue_0_0_weights, .run = 32, .ins = 16, .w_tap_y = 1536,
    .w_tap_x = 512, .first_y = 1, .first_x = 1)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_0_body_conv1_grad_input_residue_0_1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 4 * part / parts, end = 4 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const float *wt = w + 1536 + (2 - tap * 2) * 512;
        float *tr = t + (tap * 32 + q) * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 16);
    }
}

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_0_body_conv1_grad_input_residue_1_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 4 * part / parts, end = 4 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const float *wt = w + (2 - tap * 2) * 1536 + 512;
        float *tr = t + (tap * 32 + q) * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 16);
    }
}

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)  (line 3) */
DEFINE_TRANSPOSE_2(conv2d_layer2_0_0_body_conv1_grad_input_residue_1_1_weights, .run = 32, .ins = 16, .w_tap_y = 1536,
    .w_tap_x = 512)

/* layer1.2.0.body.conv2, layer1.1.0.body.conv2, layer1.0.0.body.conv2 (line 6), layer1.2.0.body.conv1,
 *     layer1.1.0.body.conv1, layer1.0.0.body.conv1 (line 3) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer1_grad_input_weights, .ins = 16, .outs = 16, .w_tap_y = -768, .w_tap_x = -256,
    .w_in = 1, .w_out = 16)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3472])(mb->batch + 178774016 + mb->first * 13888L)) /* 3x32x32, 1 zeros around */
#define conv2d_conv1(mb) ((float (*)[32][32 * 16])(mb->batch + 37330944 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_bn1_moments(mb) ((float (*)[3][16])(mb->batch + 45719552 + mb->first * 192L)) /* 16x3x1 */
#define batchnorm2d_bn1_statistics(mb) ((float (*)[16])(mb->batch + 180637632)) /* 16x4x1 */
#define relu_2(mb) ((float (*)[34][34 * 16])(mb->batch + 0 + mb->first * 73984L)) /* 16x32x32, 1 zeros around */
#define conv2d_layer1_0_0_body_conv1(mb) ((float (*)[32][32 * 16])(mb->batch + 45719552 + mb->first * 65536L))
#define conv2d_layer1_0_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 0)) /* 59808 */
#define batchnorm2d_layer1_0_0_body_bn1_moments(mb) ((float (*)[3][16])(mb->batch + 54108160 + mb->first * 192L))
#define conv2d_layer1_2_0_body_conv2(mb) ((float (*)[32][32 * 16])(mb->batch + 87662592 + mb->first * 65536L))
#define batchnorm2d_layer1_2_0_body_bn2_statistics(mb) ((float (*)[16])(mb->batch + 180639168)) /* 16x4x1 */
#define relu_layer1_1_1(mb) ((float (*)[34][34 * 16])(mb->batch + 18939904 + mb->first * 73984L))
#define relu_layer1_2_1(mb) ((float (*)[33][33 * 16])(mb->batch + 28409856 + mb->first * 69696L))
#define conv2d_layer2_0_0_body_conv1(mb) ((float (*)[16][16 * 32])(mb->batch + 112828416 + mb->first * 32768L))
#define batchnorm2d_layer2_0_0_body_bn1_moments(mb) ((float (*)[3][32])(mb->batch + 104439808 + mb->first * 384L))
#define conv2d_layer2_0_0_body_conv2(mb) ((float (*)[16][16 * 32])(mb->batch + 104439808 + mb->first * 32768L))
#define batchnorm2d_layer2_0_0_body_bn2_statistics(mb) ((float (*)[32])(mb->batch + 180633600)) /* 32x4x1 */
#define batchnorm2d_layer2_0_0_body_bn2(mb) ((float (*)[16][16 * 32])(mb->batch + 108634112 + mb->first * 32768L))
#define conv2d_layer2_0_0_shortcut_0(mb) ((float (*)[16][16 * 32])(mb->batch + 117022720 + mb->first * 32768L))
#define batchnorm2d_layer2_0_0_shortcut_1_moments(mb) ((float (*)[3][32])(mb->batch + 136568832 + mb->first * 384L))
#define batchnorm2d_layer2_0_0_shortcut_1_statistics(mb) ((float (*)[32])(mb->batch + 180634176)) /* 32x4x1 */
#define relu_layer2_0_1(mb) ((float (*)[18][18 * 32])(mb->batch + 121217024 + mb->first * 41472L))
#define conv2d_layer2_1_0_body_conv1(mb) ((float (*)[16][16 * 32])(mb->batch + 136568832 + mb->first * 32768L))
#define conv2d_layer2_1_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define batchnorm2d_layer2_1_0_body_bn1_moments(mb) ((float (*)[3][32])(mb->batch + 140763136 + mb->first * 384L))
#define conv2d_layer2_1_0_body_conv2(mb) ((float (*)[16][16 * 32])(mb->batch + 108634112 + mb->first * 32768L))
#define batchnorm2d_layer2_1_0_body_bn2_statistics(mb) ((float (*)[32])(mb->batch + 180635328)) /* 32x4x1 */
#define relu_layer2_1_1(mb) ((float (*)[18][18 * 32])(mb->batch + 126525440 + mb->first * 41472L))
#define conv2d_layer2_2_0_body_conv1(mb) ((float (*)[16][16 * 32])(mb->batch + 140763136 + mb->first * 32768L))
#define conv2d_layer2_2_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define batchnorm2d_layer2_2_0_body_bn1_moments(mb) ((float (*)[3][32])(mb->batch + 144957440 + mb->first * 384L))
#define conv2d_layer2_2_0_body_conv2(mb) ((float (*)[16][16 * 32])(mb->batch + 144957440 + mb->first * 32768L))
#define batchnorm2d_layer2_2_0_body_bn2_statistics(mb) ((float (*)[32])(mb->batch + 180636480)) /* 32x4x1 */
#define relu_layer2_2_1(mb) ((float (*)[17][17 * 32])(mb->batch + 131833856 + mb->first * 36992L))
#define conv2d_layer3_0_0_body_conv1(mb) ((float (*)[8][8 * 64])(mb->batch + 157540352 + mb->first * 16384L))
#define batchnorm2d_layer3_0_0_body_bn1_moments(mb) ((float (*)[3][64])(mb->batch + 153346048 + mb->first * 768L))
#define conv2d_layer3_0_0_body_conv2(mb) ((float (*)[8][8 * 64])(mb->batch + 153346048 + mb->first * 16384L))
#define batchnorm2d_layer3_0_0_body_bn2_statistics(mb) ((float (*)[64])(mb->batch + 180626496)) /* 64x4x1 */
#define batchnorm2d_layer3_0_0_body_bn2(mb) ((float (*)[8][8 * 64])(mb->batch + 155443200 + mb->first * 16384L))
#define conv2d_layer3_0_0_shortcut_0(mb) ((float (*)[8][8 * 64])(mb->batch + 159637504 + mb->first * 16384L))
#define batchnorm2d_layer3_0_0_shortcut_1_moments(mb) ((float (*)[3][64])(mb->batch + 168288256 + mb->first * 768L))
#define batchnorm2d_layer3_0_0_shortcut_1_statistics(mb) ((float (*)[64])(mb->batch + 180627584)) /* 64x4x1 */
#define relu_layer3_0_1(mb) ((float (*)[10][10 * 64])(mb->batch + 161734656 + mb->first * 25600L))
#define conv2d_layer3_1_0_body_conv1(mb) ((float (*)[8][8 * 64])(mb->batch + 168288256 + mb->first * 16384L))
#define conv2d_layer3_1_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define batchnorm2d_layer3_1_0_body_bn1_moments(mb) ((float (*)[3][64])(mb->batch + 170385408 + mb->first * 768L))
#define conv2d_layer3_1_0_body_conv2(mb) ((float (*)[8][8 * 64])(mb->batch + 155443200 + mb->first * 16384L))
#define batchnorm2d_layer3_1_0_body_bn2_statistics(mb) ((float (*)[64])(mb->batch + 180629760)) /* 64x4x1 */
#define relu_layer3_1_1(mb) ((float (*)[10][10 * 64])(mb->batch + 165011456 + mb->first * 25600L))
#define conv2d_layer3_2_0_body_conv1(mb) ((float (*)[8][8 * 64])(mb->batch + 170385408 + mb->first * 16384L))
#define conv2d_layer3_2_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define batchnorm2d_layer3_2_0_body_bn1_moments(mb) ((float (*)[3][64])(mb->batch + 172482560 + mb->first * 768L))
#define conv2d_layer3_2_0_body_conv2(mb) ((float (*)[8][8 * 64])(mb->batch + 172482560 + mb->first * 16384L))
#define batchnorm2d_layer3_2_0_body_bn2_statistics(mb) ((float (*)[64])(mb->batch + 180631936)) /* 64x4x1 */
#define relu_layer3_2_1(mb) ((float (*)[8][8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define adaptiveavgpool2d_6(mb) ((float (*)[64])(mb->workspace + 131072)) /* 64 */
#define linear_fc(mb) ((float (*)[16])(mb->workspace + 12641024)) /* 10 */
#define d_linear_fc(mb) ((float (*)[16])(mb->workspace + 133120)) /* 10 */
#define d_flatten_7(mb) ((float (*)[64])(mb->workspace + 147456)) /* 64 */
#define d_relu_layer3_2_1(mb) ((float (*)[8 * 64])(mb->workspace + 131072)) /* 64x8x8 */
#define d_residual_layer3_2_0(mb) ((float (*)[8][8 * 64])(mb->batch + 174579712 + mb->first * 16384L)) /* 64x8x8 */
#define d_batchnorm2d_layer3_2_0_body_bn2_sums(mb) ((float (*)[144])(mb->batch + 176676864 + mb->first * 576L))
#define d_relu_layer3_2_0_body_2(mb) ((float (*)[8][8 * 64])(mb->batch + 176676864 + mb->first * 16384L)) /* 64x8x8 */
#define batchnorm2d_layer3_2_0_body_bn1_statistics(mb) ((float (*)[64])(mb->batch + 180630848)) /* 64x4x1 */
#define d_batchnorm2d_layer3_2_0_body_bn1_statistics(mb) ((float (*)[64])(mb->batch + 180631936)) /* 64x2x1 */
#define d_conv2d_layer3_2_0_body_conv1(mb) ((float (*)[10][10 * 64])(mb->workspace + 10877056))
#define d_relu_layer3_1_1(mb) ((float (*)[8][8 * 64])(mb->workspace + 12105856)) /* 64x8x8 */
#define conv2d_layer3_2_0_body_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define conv2d_layer3_2_0_body_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 320032 */
#define d_residual_layer3_2_0_sum(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_residual_layer3_1_0(mb) ((float (*)[8][8 * 64])(mb->batch + 172482560 + mb->first * 16384L)) /* 64x8x8 */
#define d_batchnorm2d_layer3_1_0_body_bn2_sums(mb) ((float (*)[144])(mb->batch + 180551680 + mb->first * 576L))
#define d_relu_layer3_1_0_body_2(mb) ((float (*)[8][8 * 64])(mb->batch + 170385408 + mb->first * 16384L)) /* 64x8x8 */
#define batchnorm2d_layer3_1_0_body_bn1_statistics(mb) ((float (*)[64])(mb->batch + 180628672)) /* 64x4x1 */
#define d_batchnorm2d_layer3_1_0_body_bn1_statistics(mb) ((float (*)[64])(mb->batch + 174727168)) /* 64x2x1 */
#define d_conv2d_layer3_1_0_body_conv1(mb) ((float (*)[10][10 * 64])(mb->workspace + 11491456))
#define d_relu_layer3_0_1(mb) ((float (*)[8][8 * 64])(mb->workspace + 12105856)) /* 64x8x8 */
#define conv2d_layer3_1_0_body_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define conv2d_layer3_1_0_body_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 320032 */
#define d_residual_layer3_1_0_sum(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_residual_layer3_0_0(mb) ((float (*)[8][8 * 64])(mb->batch + 155443200 + mb->first * 16384L)) /* 64x8x8 */
#define d_batchnorm2d_layer3_0_0_body_bn2_sums(mb) ((float (*)[144])(mb->batch + 174579712 + mb->first * 576L))
#define d_batchnorm2d_layer3_0_0_shortcut_1_sums(mb) ((float (*)[144])(mb->batch + 174653440 + mb->first * 576L))
#define d_batchnorm2d_layer3_0_0_shortcut_1_statistics(mb) ((float (*)[64])(mb->batch + 168288256)) /* 64x2x1 */
#define d_conv2d_layer3_0_0_shortcut_0(mb) ((float (*)[8 * 64])(mb->workspace + 0)) /* 64x8x8 */
#define d_relu_layer2_2_1(mb) ((float (*)[16][16 * 32])(mb->batch + 149151744 + mb->first * 32768L)) /* 32x16x16 */
#define d_relu_layer3_0_0_body_2(mb) ((float (*)[8][8 * 64])(mb->batch + 159637504 + mb->first * 16384L)) /* 64x8x8 */
#define batchnorm2d_layer3_0_0_body_bn1_statistics(mb) ((float (*)[64])(mb->batch + 180625408)) /* 64x4x1 */
#define d_batchnorm2d_layer3_0_0_body_bn1_statistics(mb) ((float (*)[64])(mb->batch + 168361984)) /* 64x2x1 */
#define d_conv2d_layer3_0_0_body_conv1(mb) ((float (*)[9 * 64])(mb->workspace + 12620288))
#define d_relu_layer2_2_1_2(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_relu_layer2_2_1_sum(mb) ((float (*)[16 * 32])(mb->workspace + 32768)) /* 32x16x16 */
#define d_residual_layer2_2_0(mb) ((float (*)[16][16 * 32])(mb->batch + 153346048 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_layer2_2_0_body_bn2_sums(mb) ((float (*)[2][32])(mb->batch + 168288256 + mb->first * 256L))
#define d_relu_layer2_2_0_body_2(mb) ((float (*)[16][16 * 32])(mb->batch + 157540352 + mb->first * 32768L))
#define batchnorm2d_layer2_2_0_body_bn1_statistics(mb) ((float (*)[32])(mb->batch + 180635904)) /* 32x4x1 */
#define d_batchnorm2d_layer2_2_0_body_bn1_statistics(mb) ((float (*)[32])(mb->batch + 168321024)) /* 32x2x1 */
#define d_conv2d_layer2_2_0_body_conv1(mb) ((float (*)[18][18 * 32])(mb->workspace + 7862400))
#define d_relu_layer2_1_1(mb) ((float (*)[16][16 * 32])(mb->workspace + 465536)) /* 32x16x16 */
#define conv2d_layer2_2_0_body_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define conv2d_layer2_2_0_body_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 116384 */
#define d_residual_layer2_2_0_sum(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_residual_layer2_1_0(mb) ((float (*)[16][16 * 32])(mb->batch + 144957440 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_layer2_1_0_body_bn2_sums(mb) ((float (*)[2][32])(mb->batch + 168288256 + mb->first * 256L))
#define d_relu_layer2_1_0_body_2(mb) ((float (*)[16][16 * 32])(mb->batch + 140763136 + mb->first * 32768L))
#define batchnorm2d_layer2_1_0_body_bn1_statistics(mb) ((float (*)[32])(mb->batch + 180634752)) /* 32x4x1 */
#define d_batchnorm2d_layer2_1_0_body_bn1_statistics(mb) ((float (*)[32])(mb->batch + 153411584)) /* 32x2x1 */
#define d_conv2d_layer2_1_0_body_conv1(mb) ((float (*)[18][18 * 32])(mb->workspace + 8857728))
#define d_relu_layer2_0_1(mb) ((float (*)[16][16 * 32])(mb->workspace + 465536)) /* 32x16x16 */
#define conv2d_layer2_1_0_body_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define conv2d_layer2_1_0_body_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 116384 */
#define d_residual_layer2_1_0_sum(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_residual_layer2_0_0(mb) ((float (*)[16][16 * 32])(mb->batch + 108634112 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_layer2_0_0_body_bn2_sums(mb) ((float (*)[2][32])(mb->batch + 153346048 + mb->first * 256L))
#define d_batchnorm2d_layer2_0_0_shortcut_1_sums(mb) ((float (*)[2][32])(mb->batch + 153378816 + mb->first * 256L))
#define d_batchnorm2d_layer2_0_0_shortcut_1_statistics(mb) ((float (*)[32])(mb->batch + 136568832)) /* 32x2x1 */
#define d_conv2d_layer2_0_0_shortcut_0(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_relu_layer1_2_1(mb) ((float (*)[32][32 * 16])(mb->batch + 96051200 + mb->first * 65536L)) /* 16x32x32 */
#define d_relu_layer2_0_0_body_2(mb) ((float (*)[16][16 * 32])(mb->batch + 117022720 + mb->first * 32768L))
#define batchnorm2d_layer2_0_0_body_bn1_statistics(mb) ((float (*)[32])(mb->batch + 180633024)) /* 32x4x1 */
#define d_batchnorm2d_layer2_0_0_body_bn1_statistics(mb) ((float (*)[32])(mb->batch + 136601600)) /* 32x2x1 */
#define d_conv2d_layer2_0_0_body_conv1(mb) ((float (*)[17 * 32])(mb->workspace + 12583296))
#define d_relu_layer1_2_1_2(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define d_relu_layer1_2_1_sum(mb) ((float (*)[32 * 16])(mb->workspace + 65536)) /* 16x32x32 */
#define d_residual_layer1_2_0(mb) ((float (*)[32][32 * 16])(mb->batch + 104439808 + mb->first * 65536L)) /* 16x32x32 */
#define d_batchnorm2d_layer1_2_0_body_bn2_sums(mb) ((float (*)[2][16])(mb->batch + 136568832 + mb->first * 128L))
#define d_relu_layer1_0_0_body_2(mb) ((float (*)[32][32 * 16])(mb->batch + 62496768 + mb->first * 65536L))
#define batchnorm2d_layer1_0_0_body_bn1_statistics(mb) ((float (*)[16])(mb->batch + 180637888)) /* 16x4x1 */
#define d_batchnorm2d_layer1_0_0_body_bn1_statistics(mb) ((float (*)[16])(mb->batch + 79290368)) /* 16x2x1 */
#define d_conv2d_layer1_0_0_body_conv1(mb) ((float (*)[34][34 * 16])(mb->workspace + 6015104))
#define d_relu_2(mb) ((float (*)[32][32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define conv2d_layer1_0_0_body_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 524288)) /* 59808 */
#define relu_2_again(mb) ((float (*)[34][34 * 16])(mb->workspace + 6606976)) /* 16x32x32, 1 zeros around */
#define conv2d_layer1_0_0_body_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 524288)) /* 74464 */
#define d_residual_layer1_0_0(mb) ((float (*)[32][32 * 16])(mb->batch + 70885376 + mb->first * 65536L)) /* 16x32x32 */
#define d_residual_layer1_0_0_sum(mb) ((float (*)[32][32 * 16])(mb->batch + 54108160 + mb->first * 65536L))
#define d_batchnorm2d_bn1_sums(mb) ((float (*)[2][16])(mb->batch + 79273984 + mb->first * 128L)) /* 16x2x1 */
#define d_batchnorm2d_bn1_statistics(mb) ((float (*)[16])(mb->batch + 45719552)) /* 16x2x1 */
#define d_conv2d_conv1(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 105);
        conv2d_conv1_forward(input(mb)[i], mb->weights + AT_conv1_weight, conv2d_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_conv1(mb)[i][0], batchnorm2d_bn1_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_statistics_forward_part finds its values. */
static const struct batchnorm2d_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_statistics_forward_part_at[] = {
    {45719552, 180637632, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(bn1, 1e-05, 0.1)}}, /* bn1 */
    {54108160, 180637888, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_0_0_body_bn1, 1e-05, 0.1)}},
    {62496768, 180638144, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_0_0_body_bn2, 1e-05, 0.1)}},
    {70885376, 180638400, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_1_0_body_bn1, 1e-05, 0.1)}},
    {79273984, 180638656, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_1_0_body_bn2, 1e-05, 0.1)}},
    {87662592, 180638912, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_2_0_body_bn1, 1e-05, 0.1)}},
    {104439808, 180639168, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_2_0_body_bn2, 1e-05, 0.1)}},
    {104439808, 180633024, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_0_0_body_bn1, 1e-05, 0.1)}},
    {108634112, 180633600, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_0_0_body_bn2, 1e-05, 0.1)}},
    {136568832, 180634176, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_0_0_shortcut_1, 1e-05, 0.1)}},
    {140763136, 180634752, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_1_0_body_bn1, 1e-05, 0.1)}},
    {140763136, 180635328, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_1_0_body_bn2, 1e-05, 0.1)}},
    {144957440, 180635904, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_2_0_body_bn1, 1e-05, 0.1)}},
    {153346048, 180636480, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_2_0_body_bn2, 1e-05, 0.1)}},
    {153346048, 180625408, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_0_0_body_bn1, 1e-05, 0.1)}},
    {155443200, 180626496, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_0_0_body_bn2, 1e-05, 0.1)}},
    {168288256, 180627584, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_0_0_shortcut_1, 1e-05, 0.1)}},
    {170385408, 180628672, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_1_0_body_bn1, 1e-05, 0.1)}},
    {170385408, 180629760, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_1_0_body_bn2, 1e-05, 0.1)}},
    {172482560, 180630848, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_2_0_body_bn1, 1e-05, 0.1)}},
    {174579712, 180631936, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(layer3_2_0_body_bn2, 1e-05, 0.1)}},
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
        batchnorm2d_bn1_forward(conv2d_conv1(mb)[i][0], batchnorm2d_bn1_statistics(mb)[0], &relu_2(mb)[i][1][1 * 16]);
        conv2d_layer1_forward(relu_2(mb)[i][0], mb->packed + AT_layer1_0_0_body_conv1_weight_winograd,
            conv2d_layer1_0_0_body_conv1(mb)[i][0], conv2d_layer1_0_0_body_conv1_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_layer1_0_0_body_conv1(mb)[i][0],
                batchnorm2d_layer1_0_0_body_bn1_moments(mb)[i][0]);
    }
}

/* Where forward_5_to_13 finds its values. */
static const struct forward_5_to_13 {
    long conv2d_conv1, batchnorm2d_bn1_statistics, relu_2, conv2_weight_winograd, conv2d_conv2, batchnorm2d_bn2_moments;
} forward_5_to_13_at[] = {
    {45719552, 180637888, 12236928, AT_layer1_0_0_body_conv2_weight_winograd, 54108160, 62496768},
    {62496768, 180638400, 12310912, AT_layer1_1_0_body_conv2_weight_winograd, 70885376, 79273984},
    {79273984, 180638912, 12384896, AT_layer1_2_0_body_conv2_weight_winograd, 87662592, 104439808},
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_5_to_13(struct nc_microbatch *mb)
{
    const struct forward_5_to_13 *at = mb->at;
    float (*conv2d_conv1)[32][32 * 16] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_bn1_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 16x4x1 */
    float (*relu_2)[34 * 16] = (void *)(mb->workspace + at->relu_2); /* 16x32x32, 1 zeros around */
    float (*conv2d_conv2)[32][32 * 16] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 65536L); /* 16x32x32 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 0); /* 59808 */
    float (*batchnorm2d_bn2_moments)[3][16] = (void *)(mb->batch + at->batchnorm2d_bn2_moments + mb->first * 192L);

    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_bn1_forward(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_2[1][1 * 16]);
        conv2d_layer1_forward(relu_2[0], mb->packed + at->conv2_weight_winograd, conv2d_conv2[i][0],
            conv2d_conv2_scratch);
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_conv2[i][0], batchnorm2d_bn2_moments[i][0]);
    }
}

/* Where forward_7_and_11 finds its values. */
static const struct forward_7_and_11 {
    long conv2d_conv2, batchnorm2d_bn2_statistics, relu_values, relu_1, conv1_weight_winograd, conv2d_conv1,
        batchnorm2d_bn1_moments;
} forward_7_and_11_at[] = {
    {54108160, 180638144, 0, 9469952, AT_layer1_1_0_body_conv1_weight_winograd, 62496768, 70885376},
    {70885376, 180638656, 9469952, 18939904, AT_layer1_2_0_body_conv1_weight_winograd, 79273984, 87662592},
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_7_and_11(struct nc_microbatch *mb)
{
    const struct forward_7_and_11 *at = mb->at;
    float (*conv2d_conv2)[32][32 * 16] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_bn2_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_bn2_statistics); /* 16x4x1 */
    float (*relu_values)[34][34 * 16] = (void *)(mb->batch + at->relu_values + mb->first * 73984L);
    float (*relu_1)[34][34 * 16] = (void *)(mb->batch + at->relu_1 + mb->first * 73984L); /* 16x32x32, 1 zeros around */
    float (*conv2d_conv1)[32][32 * 16] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 65536L); /* 16x32x32 */
    float *conv2d_conv1_scratch = (void *)(mb->workspace + 0); /* 59808 */
    float (*batchnorm2d_bn1_moments)[3][16] = (void *)(mb->batch + at->batchnorm2d_bn1_moments + mb->first * 192L);

    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer1_0_body_bn2_forward(conv2d_conv2[i][0], batchnorm2d_bn2_statistics[0],
            &relu_values[i][1][1 * 16], &relu_1[i][1][1 * 16]);
        conv2d_layer1_forward(relu_1[i][0], mb->packed + at->conv1_weight_winograd, conv2d_conv1[i][0],
            conv2d_conv1_scratch);
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_conv1[i][0], batchnorm2d_bn1_moments[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_15(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer1_2_0_body_bn2_forward(conv2d_layer1_2_0_body_conv2(mb)[i][0],
            batchnorm2d_layer1_2_0_body_bn2_statistics(mb)[0], &relu_layer1_1_1(mb)[i][1][1 * 16],
            &relu_layer1_2_1(mb)[i][1][1 * 16]);
        conv2d_layer2_0_0_body_conv1_forward(relu_layer1_2_1(mb)[i][0], mb->weights + AT_layer2_0_0_body_conv1_weight,
            conv2d_layer2_0_0_body_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_0_0_body_conv1(mb)[i][0],
                batchnorm2d_layer2_0_0_body_bn1_moments(mb)[i][0]);
    }
}

/* Where forward_17_to_27 finds its values. */
static const struct forward_17_to_27 {
    long conv2d_conv1, batchnorm2d_bn1_statistics, relu_2, conv2_weight_winograd, conv2d_conv2, batchnorm2d_bn2_moments;
} forward_17_to_27_at[] = {
    {112828416, 180633024, 12458880, AT_layer2_0_0_body_conv2_weight_winograd, 104439808, 108634112},
    {136568832, 180634752, 12500352, AT_layer2_1_0_body_conv2_weight_winograd, 108634112, 140763136},
    {140763136, 180635904, 12541824, AT_layer2_2_0_body_conv2_weight_winograd, 144957440, 153346048},
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_17_to_27(struct nc_microbatch *mb)
{
    const struct forward_17_to_27 *at = mb->at;
    float (*conv2d_conv1)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_bn1_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 32x4x1 */
    float (*relu_2)[18 * 32] = (void *)(mb->workspace + at->relu_2); /* 32x16x16, 1 zeros around */
    float (*conv2d_conv2)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 32768L); /* 32x16x16 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 0); /* 41568 */
    float (*batchnorm2d_bn2_moments)[3][32] = (void *)(mb->batch + at->batchnorm2d_bn2_moments + mb->first * 384L);

    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_0_body_bn1_forward(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_2[1][1 * 32]);
        conv2d_layer2_forward(relu_2[0], mb->packed + at->conv2_weight_winograd, conv2d_conv2[i][0],
            conv2d_conv2_scratch);
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_conv2[i][0], batchnorm2d_bn2_moments[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_19(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_0_0_body_bn2_forward(conv2d_layer2_0_0_body_conv2(mb)[i][0],
            batchnorm2d_layer2_0_0_body_bn2_statistics(mb)[0], batchnorm2d_layer2_0_0_body_bn2(mb)[i][0]);
        conv2d_layer2_0_0_shortcut_0_forward(&relu_layer1_2_1(mb)[i][1][1 * 16],
            mb->weights + AT_layer2_0_0_shortcut_0_weight, conv2d_layer2_0_0_shortcut_0(mb)[i][0]);
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_0_0_shortcut_0(mb)[i][0],
                batchnorm2d_layer2_0_0_shortcut_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_0_0_shortcut_1_forward(conv2d_layer2_0_0_shortcut_0(mb)[i][0],
            batchnorm2d_layer2_0_0_shortcut_1_statistics(mb)[0], batchnorm2d_layer2_0_0_body_bn2(mb)[i][0],
            &relu_layer2_0_1(mb)[i][1][1 * 32]);
        conv2d_layer2_forward(relu_layer2_0_1(mb)[i][0], mb->packed + AT_layer2_1_0_body_conv1_weight_winograd,
            conv2d_layer2_1_0_body_conv1(mb)[i][0], conv2d_layer2_1_0_body_conv1_scratch(mb));
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_1_0_body_conv1(mb)[i][0],
                batchnorm2d_layer2_1_0_body_bn1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_25(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_1_0_body_bn2_forward(conv2d_layer2_1_0_body_conv2(mb)[i][0],
            batchnorm2d_layer2_1_0_body_bn2_statistics(mb)[0], &relu_layer2_0_1(mb)[i][1][1 * 32],
            &relu_layer2_1_1(mb)[i][1][1 * 32]);
        conv2d_layer2_forward(relu_layer2_1_1(mb)[i][0], mb->packed + AT_layer2_2_0_body_conv1_weight_winograd,
            conv2d_layer2_2_0_body_conv1(mb)[i][0], conv2d_layer2_2_0_body_conv1_scratch(mb));
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_2_0_body_conv1(mb)[i][0],
                batchnorm2d_layer2_2_0_body_bn1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_29(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_2_0_body_bn2_forward(conv2d_layer2_2_0_body_conv2(mb)[i][0],
            batchnorm2d_layer2_2_0_body_bn2_statistics(mb)[0], &relu_layer2_1_1(mb)[i][1][1 * 32],
            &relu_layer2_2_1(mb)[i][1][1 * 32]);
        conv2d_layer3_0_0_body_conv1_forward(relu_layer2_2_1(mb)[i][0],
            mb->packed + AT_layer3_0_0_body_conv1_weight_dense, conv2d_layer3_0_0_body_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_layer3_moments_forward(conv2d_layer3_0_0_body_conv1(mb)[i][0],
                batchnorm2d_layer3_0_0_body_bn1_moments(mb)[i][0]);
    }
}

/* Where forward_31_to_41 finds its values. */
static const struct forward_31_to_41 {
    long conv2d_conv1, batchnorm2d_bn1_statistics, relu_2, conv2_weight_winograd, conv2d_conv2, batchnorm2d_bn2_moments;
} forward_31_to_41_at[] = {
    {157540352, 180625408, 9853056, AT_layer3_0_0_body_conv2_weight_winograd, 153346048, 155443200},
    {168288256, 180628672, 10057856, AT_layer3_1_0_body_conv2_weight_winograd, 155443200, 170385408},
    {170385408, 180630848, 10262656, AT_layer3_2_0_body_conv2_weight_winograd, 172482560, 174579712},
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_31_to_41(struct nc_microbatch *mb)
{
    const struct forward_31_to_41 *at = mb->at;
    float (*conv2d_conv1)[8][8 * 64] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 16384L); /* 64x8x8 */
    float (*batchnorm2d_bn1_statistics)[64] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 64x4x1 */
    float (*relu_2)[10][10 * 64] = (void *)(mb->workspace + at->relu_2); /* 64x8x8, 1 zeros around */
    float (*conv2d_conv2)[8][8 * 64] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 16384L); /* 64x8x8 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 0); /* 69600 */
    float (*batchnorm2d_bn2_moments)[3][64] = (void *)(mb->batch + at->batchnorm2d_bn2_moments + mb->first * 768L);

    for (int i = 0; i < mb->count; i++)
        batchnorm2d_layer3_0_body_bn1_forward(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_2[i][1][1 * 64]);
    conv2d_layer3_forward(relu_2[0][0], mb->packed + at->conv2_weight_winograd, conv2d_conv2[0][0],
        conv2d_conv2_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_layer3_moments_forward(conv2d_conv2[i][0], batchnorm2d_bn2_moments[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_33(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer3_0_0_body_bn2_forward(conv2d_layer3_0_0_body_conv2(mb)[i][0],
            batchnorm2d_layer3_0_0_body_bn2_statistics(mb)[0], batchnorm2d_layer3_0_0_body_bn2(mb)[i][0]);
        conv2d_layer3_0_0_shortcut_0_forward(&relu_layer2_2_1(mb)[i][1][1 * 32],
            mb->packed + AT_layer3_0_0_shortcut_0_weight_dense, conv2d_layer3_0_0_shortcut_0(mb)[i][0]);
        if (mb->training)
            batchnorm2d_layer3_moments_forward(conv2d_layer3_0_0_shortcut_0(mb)[i][0],
                batchnorm2d_layer3_0_0_shortcut_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_35(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        batchnorm2d_layer3_0_0_shortcut_1_forward(conv2d_layer3_0_0_shortcut_0(mb)[i][0],
            batchnorm2d_layer3_0_0_shortcut_1_statistics(mb)[0], batchnorm2d_layer3_0_0_body_bn2(mb)[i][0],
            &relu_layer3_0_1(mb)[i][1][1 * 64]);
    conv2d_layer3_forward(relu_layer3_0_1(mb)[0][0], mb->packed + AT_layer3_1_0_body_conv1_weight_winograd,
        conv2d_layer3_1_0_body_conv1(mb)[0][0], conv2d_layer3_1_0_body_conv1_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_layer3_moments_forward(conv2d_layer3_1_0_body_conv1(mb)[i][0],
                batchnorm2d_layer3_1_0_body_bn1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_39(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        batchnorm2d_layer3_1_0_body_bn2_forward(conv2d_layer3_1_0_body_conv2(mb)[i][0],
            batchnorm2d_layer3_1_0_body_bn2_statistics(mb)[0], &relu_layer3_0_1(mb)[i][1][1 * 64],
            &relu_layer3_1_1(mb)[i][1][1 * 64]);
    conv2d_layer3_forward(relu_layer3_1_1(mb)[0][0], mb->packed + AT_layer3_2_0_body_conv1_weight_winograd,
        conv2d_layer3_2_0_body_conv1(mb)[0][0], conv2d_layer3_2_0_body_conv1_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_layer3_moments_forward(conv2d_layer3_2_0_body_conv1(mb)[i][0],
                batchnorm2d_layer3_2_0_body_bn1_moments(mb)[i][0]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer3_2_0_body_bn2_forward(conv2d_layer3_2_0_body_conv2(mb)[i][0],
            batchnorm2d_layer3_2_0_body_bn2_statistics(mb)[0], &relu_layer3_1_1(mb)[i][1][1 * 64],
            relu_layer3_2_1(mb)[i][0]);
        adaptiveavgpool2d_6_forward(relu_layer3_2_1(mb)[i][0], adaptiveavgpool2d_6(mb)[i]);
    }
    linear_fc_forward(adaptiveavgpool2d_6(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        linear_fc(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_fc(mb)[0], 16, 10, d_linear_fc(mb)[0]);
    linear_fc_grad_input(d_linear_fc(mb)[0], mb->packed + AT_fc_weight_transposed, d_flatten_7(mb)[0]);
    linear_fc_grad_weight(adaptiveavgpool2d_6(mb)[0], d_linear_fc(mb)[0], mb->gradients + AT_fc_weight, mb->count);
    bias_fc_grad(d_linear_fc(mb)[0], mb->gradients + AT_fc_bias, mb->count);
    for (int i = 0; i < mb->count; i++) {
        avgpool2d_6_grad(d_flatten_7(mb)[i], d_relu_layer3_2_1(mb)[0]);
        relu_layer3_2_1_grad(d_relu_layer3_2_1(mb)[0], relu_layer3_2_1(mb)[i][0], d_residual_layer3_2_0(mb)[i][0]);
        norm_layer3_0_grad_sums(d_residual_layer3_2_0(mb)[i][0], conv2d_layer3_2_0_body_conv2(mb)[i][0],
            batchnorm2d_layer3_2_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer3_2_0_body_bn2_sums(mb)[i]);
        norm_layer3(d_batchnorm2d_layer3_2_0_body_bn2_sums(mb)[i] + 64, mb->gradients + AT_layer3_2_0_body_bn2_weight);
        norm_layer3(d_batchnorm2d_layer3_2_0_body_bn2_sums(mb)[i], mb->gradients + AT_layer3_2_0_body_bn2_bias);
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

/* Where norm_layer3_grad_statistics_part finds its values. */
static const struct norm_layer3_grad_statistics_part {
    long d_sums, statistics_values, d_statistics;
} norm_layer3_grad_statistics_part_at[] = {
    {176676864, 180631936, 180637056}, /* layer3.2.0.body.bn2 */
    {180551680, 180630848, 180631936}, /* layer3.2.0.body.bn1 */
    {180551680, 180629760, 174653440}, /* layer3.1.0.body.bn2 */
    {174579712, 180628672, 174727168}, /* layer3.1.0.body.bn1 */
    {174653440, 180627584, 168288256}, /* layer3.0.0.shortcut.1 */
    {174579712, 180626496, 168361984}, /* layer3.0.0.body.bn2 */
    {168288256, 180625408, 168361984}, /* layer3.0.0.body.bn1 */
};

/* For the whole batch. */
static void norm_layer3_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_layer3_grad_statistics_part *at = mb->at;
    float *d_sums = (void *)(mb->batch + at->d_sums);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);
    float *d_statistics = (void *)(mb->batch + at->d_statistics);

    nc_batch_norm_grad(mb, 64, 64, 1, d_sums, 144, statistics_values, d_statistics);
}

/* Where backward_45_to_55 finds its values. */
static const struct backward_45_to_55 {
    long d_residual, conv2d_conv2, batchnorm2d_bn2_statistics, d_batchnorm2d_bn2_statistics, d_conv2d_conv2,
        conv2_weight_winograd_transposed, d_relu_2, conv2d_conv1, batchnorm2d_bn1_statistics, d_batchnorm2d_bn1_sums,
        relu_2_again, conv2_weight, bn1_weight, bn1_bias;
} backward_45_to_55_at[] = {
    {174579712, 172482560, 180631936, 180637056, 10467456, AT_layer3_2_0_body_conv2_weight_winograd_transposed,
     176676864, 170385408, 180630848, 180551680, 10672256, AT_layer3_2_0_body_conv2_weight,
     AT_layer3_2_0_body_bn1_weight, AT_layer3_2_0_body_bn1_bias},
    {172482560, 155443200, 180629760, 174653440, 11081856, AT_layer3_1_0_body_conv2_weight_winograd_transposed,
     170385408, 168288256, 180628672, 174579712, 11286656, AT_layer3_1_0_body_conv2_weight,
     AT_layer3_1_0_body_bn1_weight, AT_layer3_1_0_body_bn1_bias},
    {155443200, 153346048, 180626496, 168361984, 11696256, AT_layer3_0_0_body_conv2_weight_winograd_transposed,
     159637504, 157540352, 180625408, 168288256, 11901056, AT_layer3_0_0_body_conv2_weight,
     AT_layer3_0_0_body_bn1_weight, AT_layer3_0_0_body_bn1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_45_to_55(struct nc_microbatch *mb)
{
    const struct backward_45_to_55 *at = mb->at;
    float (*d_residual)[8][8 * 64] = (void *)(mb->batch + at->d_residual + mb->first * 16384L); /* 64x8x8 */
    float (*conv2d_conv2)[8][8 * 64] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 16384L); /* 64x8x8 */
    float (*batchnorm2d_bn2_statistics)[64] = (void *)(mb->batch + at->batchnorm2d_bn2_statistics); /* 64x4x1 */
    float (*d_batchnorm2d_bn2_statistics)[64] = (void *)(mb->batch + at->d_batchnorm2d_bn2_statistics); /* 64x2x1 */
    float (*d_conv2d_conv2)[10][10 * 64] = (void *)(mb->workspace + at->d_conv2d_conv2); /* 64x8x8, 1 zeros around */
    float (*d_relu_2)[8][8 * 64] = (void *)(mb->batch + at->d_relu_2 + mb->first * 16384L); /* 64x8x8 */
    float *conv2d_conv2_grad_input_scratch = (void *)(mb->workspace + 0); /* 69600 */
    float (*conv2d_conv1)[8][8 * 64] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 16384L); /* 64x8x8 */
    float (*batchnorm2d_bn1_statistics)[64] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 64x4x1 */
    float (*d_batchnorm2d_bn1_sums)[144] = (void *)(mb->batch + at->d_batchnorm2d_bn1_sums + mb->first * 576L);
    float (*relu_2_again)[10][10 * 64] = (void *)(mb->workspace + at->relu_2_again); /* 64x8x8, 1 zeros around */
    float *conv2d_conv2_grad_weight_scratch = (void *)(mb->workspace + 0); /* 320032 */

    for (int i = 0; i < mb->count; i++)
        norm_layer3_0_body_bn2_grad(d_residual[i][0], conv2d_conv2[i][0], batchnorm2d_bn2_statistics[0],
            d_batchnorm2d_bn2_statistics[0], &d_conv2d_conv2[i][1][1 * 64]);
    conv2d_layer3_grad_input(d_conv2d_conv2[0][0], mb->packed + at->conv2_weight_winograd_transposed, d_relu_2[0][0],
        conv2d_conv2_grad_input_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_layer3_0_body_bn1_grad_sums(d_relu_2[i][0], conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0],
            d_batchnorm2d_bn1_sums[i]);
        norm_layer3_0_body_bn1_again(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_2_again[i][1][1 * 64]);
    }
    conv2d_layer3_grad_weight(relu_2_again[0][0], &d_conv2d_conv2[0][1][1 * 64], mb->gradients + at->conv2_weight,
        conv2d_conv2_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_layer3(d_batchnorm2d_bn1_sums[i] + 64, mb->gradients + at->bn1_weight);
        norm_layer3(d_batchnorm2d_bn1_sums[i], mb->gradients + at->bn1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_47(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_layer3_0_body_bn1_grad(d_relu_layer3_2_0_body_2(mb)[i][0], conv2d_layer3_2_0_body_conv1(mb)[i][0],
            batchnorm2d_layer3_2_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer3_2_0_body_bn1_statistics(mb)[0],
            &d_conv2d_layer3_2_0_body_conv1(mb)[i][1][1 * 64]);
    conv2d_layer3_grad_input(d_conv2d_layer3_2_0_body_conv1(mb)[0][0],
        mb->packed + AT_layer3_2_0_body_conv1_weight_winograd_transposed, d_relu_layer3_1_1(mb)[0][0],
        conv2d_layer3_2_0_body_conv1_grad_input_scratch(mb), mb->count);
    conv2d_layer3_grad_weight(relu_layer3_1_1(mb)[0][0], &d_conv2d_layer3_2_0_body_conv1(mb)[0][1][1 * 64],
        mb->gradients + AT_layer3_2_0_body_conv1_weight, conv2d_layer3_2_0_body_conv1_grad_weight_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_layer3_0_body_conv1_sum(d_residual_layer3_2_0(mb)[i][0], d_relu_layer3_1_1(mb)[i][0],
            d_residual_layer3_2_0_sum(mb)[0]);
        relu_layer3_1_grad(d_residual_layer3_2_0_sum(mb)[0], &relu_layer3_1_1(mb)[i][1][1 * 64],
            d_residual_layer3_1_0(mb)[i][0]);
        norm_layer3_0_grad_sums(d_residual_layer3_1_0(mb)[i][0], conv2d_layer3_1_0_body_conv2(mb)[i][0],
            batchnorm2d_layer3_1_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer3_1_0_body_bn2_sums(mb)[i]);
        norm_layer3(d_batchnorm2d_layer3_1_0_body_bn2_sums(mb)[i] + 64, mb->gradients + AT_layer3_1_0_body_bn2_weight);
        norm_layer3(d_batchnorm2d_layer3_1_0_body_bn2_sums(mb)[i], mb->gradients + AT_layer3_1_0_body_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_51(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_layer3_0_body_bn1_grad(d_relu_layer3_1_0_body_2(mb)[i][0], conv2d_layer3_1_0_body_conv1(mb)[i][0],
            batchnorm2d_layer3_1_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer3_1_0_body_bn1_statistics(mb)[0],
            &d_conv2d_layer3_1_0_body_conv1(mb)[i][1][1 * 64]);
    conv2d_layer3_grad_input(d_conv2d_layer3_1_0_body_conv1(mb)[0][0],
        mb->packed + AT_layer3_1_0_body_conv1_weight_winograd_transposed, d_relu_layer3_0_1(mb)[0][0],
        conv2d_layer3_1_0_body_conv1_grad_input_scratch(mb), mb->count);
    conv2d_layer3_grad_weight(relu_layer3_0_1(mb)[0][0], &d_conv2d_layer3_1_0_body_conv1(mb)[0][1][1 * 64],
        mb->gradients + AT_layer3_1_0_body_conv1_weight, conv2d_layer3_1_0_body_conv1_grad_weight_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_layer3_0_body_conv1_sum(d_residual_layer3_1_0(mb)[i][0], d_relu_layer3_0_1(mb)[i][0],
            d_residual_layer3_1_0_sum(mb)[0]);
        relu_layer3_1_grad(d_residual_layer3_1_0_sum(mb)[0], &relu_layer3_0_1(mb)[i][1][1 * 64],
            d_residual_layer3_0_0(mb)[i][0]);
        norm_layer3_0_grad_sums(d_residual_layer3_0_0(mb)[i][0], conv2d_layer3_0_0_body_conv2(mb)[i][0],
            batchnorm2d_layer3_0_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer3_0_0_body_bn2_sums(mb)[i]);
        norm_layer3_0_grad_sums(d_residual_layer3_0_0(mb)[i][0], conv2d_layer3_0_0_shortcut_0(mb)[i][0],
            batchnorm2d_layer3_0_0_shortcut_1_statistics(mb)[0], d_batchnorm2d_layer3_0_0_shortcut_1_sums(mb)[i]);
        norm_layer3(d_batchnorm2d_layer3_0_0_shortcut_1_sums(mb)[i] + 64,
            mb->gradients + AT_layer3_0_0_shortcut_1_weight);
        norm_layer3(d_batchnorm2d_layer3_0_0_shortcut_1_sums(mb)[i], mb->gradients + AT_layer3_0_0_shortcut_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_53(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer3_0_0_shortcut_1_grad(d_residual_layer3_0_0(mb)[i][0], conv2d_layer3_0_0_shortcut_0(mb)[i][0],
            batchnorm2d_layer3_0_0_shortcut_1_statistics(mb)[0], d_batchnorm2d_layer3_0_0_shortcut_1_statistics(mb)[0],
            d_conv2d_layer3_0_0_shortcut_0(mb)[0]);
        conv2d_layer3_0_0_shortcut_0_grad_input_residue_0_0(d_conv2d_layer3_0_0_shortcut_0(mb)[0],
            mb->packed + AT_layer3_0_0_shortcut_0_weight_transposed_residue_0_0, d_relu_layer2_2_1(mb)[i][0]);
        conv2d_layer3_0_0_shortcut_0_grad_weight(&relu_layer2_2_1(mb)[i][1][1 * 32],
            d_conv2d_layer3_0_0_shortcut_0(mb)[0], mb->gradients + AT_layer3_0_0_shortcut_0_weight);
        norm_layer3(d_batchnorm2d_layer3_0_0_body_bn2_sums(mb)[i] + 64, mb->gradients + AT_layer3_0_0_body_bn2_weight);
        norm_layer3(d_batchnorm2d_layer3_0_0_body_bn2_sums(mb)[i], mb->gradients + AT_layer3_0_0_body_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_57(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer3_0_0_body_bn1_grad(d_relu_layer3_0_0_body_2(mb)[i][0], conv2d_layer3_0_0_body_conv1(mb)[i][0],
            batchnorm2d_layer3_0_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer3_0_0_body_bn1_statistics(mb)[0],
            d_conv2d_layer3_0_0_body_conv1(mb)[0]);
        conv2d_layer3_0_0_body_conv1_grad_input_residue_0_0(d_conv2d_layer3_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer3_0_0_body_conv1_weight_transposed_residue_0_0, d_relu_layer2_2_1_2(mb)[0]);
        conv2d_layer3_0_0_body_conv1_grad_input_residue_0_1(d_conv2d_layer3_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer3_0_0_body_conv1_weight_transposed_residue_0_1, &d_relu_layer2_2_1_2(mb)[0][1 * 32]);
        conv2d_layer3_0_0_body_conv1_grad_input_residue_1_0(d_conv2d_layer3_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer3_0_0_body_conv1_weight_transposed_residue_1_0, d_relu_layer2_2_1_2(mb)[1]);
        conv2d_layer3_0_0_body_conv1_grad_input_residue_1_1(d_conv2d_layer3_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer3_0_0_body_conv1_weight_transposed_residue_1_1, &d_relu_layer2_2_1_2(mb)[1][1 * 32]);
        conv2d_layer3_0_0_body_conv1_grad_weight(relu_layer2_2_1(mb)[i][0], d_conv2d_layer3_0_0_body_conv1(mb)[0],
            mb->gradients + AT_layer3_0_0_body_conv1_weight);
        gradient_0_body_conv1_sum(d_relu_layer2_2_1(mb)[i][0], d_relu_layer2_2_1_2(mb)[0],
            d_relu_layer2_2_1_sum(mb)[0]);
        relu_layer2_2_1_grad(d_relu_layer2_2_1_sum(mb)[0], &relu_layer2_2_1(mb)[i][1][1 * 32],
            d_residual_layer2_2_0(mb)[i][0]);
        norm_layer2_0_grad_sums(d_residual_layer2_2_0(mb)[i][0], conv2d_layer2_2_0_body_conv2(mb)[i][0],
            batchnorm2d_layer2_2_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer2_2_0_body_bn2_sums(mb)[i][0]);
        norm_layer2(d_batchnorm2d_layer2_2_0_body_bn2_sums(mb)[i][1], mb->gradients + AT_layer2_2_0_body_bn2_weight);
        norm_layer2(d_batchnorm2d_layer2_2_0_body_bn2_sums(mb)[i][0], mb->gradients + AT_layer2_2_0_body_bn2_bias);
    }
}

/* Where norm_grad_statistics_part finds its values. */
static const struct norm_grad_statistics_part {
    long d_batchnorm2d_sums, batchnorm2d_statistics, d_batchnorm2d_statistics, channels, pixels, stride;
} norm_grad_statistics_part_at[] = {
    {168288256, 180636480, 168321024, 32, 256, 64}, /* layer2.2.0.body.bn2 */
    {168288256, 180635904, 168321024, 32, 256, 64}, /* layer2.2.0.body.bn1 */
    {168288256, 180635328, 153378816, 32, 256, 64}, /* layer2.1.0.body.bn2 */
    {153346048, 180634752, 153411584, 32, 256, 64}, /* layer2.1.0.body.bn1 */
    {153378816, 180634176, 136568832, 32, 256, 64}, /* layer2.0.0.shortcut.1 */
    {153346048, 180633600, 136601600, 32, 256, 64}, /* layer2.0.0.body.bn2 */
    {136568832, 180633024, 136601600, 32, 256, 64}, /* layer2.0.0.body.bn1 */
    {136568832, 180639168, 136585216, 16, 1024, 32}, /* layer1.2.0.body.bn2 */
    {136568832, 180638912, 136585216, 16, 1024, 32}, /* layer1.2.0.body.bn1 */
    {136568832, 180638656, 104456192, 16, 1024, 32}, /* layer1.1.0.body.bn2 */
    {104439808, 180638400, 104456192, 16, 1024, 32}, /* layer1.1.0.body.bn1 */
    {104439808, 180638144, 79290368, 16, 1024, 32}, /* layer1.0.0.body.bn2 */
    {79273984, 180637888, 79290368, 16, 1024, 32}, /* layer1.0.0.body.bn1 */
    {79273984, 180637632, 45719552, 16, 1024, 32}, /* bn1 */
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

/* Where backward_59_to_69 finds its values. */
static const struct backward_59_to_69 {
    long d_residual, conv2d_conv2, batchnorm2d_bn2_statistics, d_batchnorm2d_bn2_statistics, d_conv2d_conv2,
        conv2_weight_winograd_transposed, d_relu_2, conv2d_conv1, batchnorm2d_bn1_statistics, d_batchnorm2d_bn1_sums,
        relu_2_again, conv2_weight, bn1_weight, bn1_bias;
} backward_59_to_69_at[] = {
    {153346048, 144957440, 180636480, 168321024, 7198848, AT_layer2_2_0_body_conv2_weight_winograd_transposed,
     157540352, 140763136, 180635904, 168288256, 7530624, AT_layer2_2_0_body_conv2_weight,
     AT_layer2_2_0_body_bn1_weight, AT_layer2_2_0_body_bn1_bias},
    {144957440, 108634112, 180635328, 153378816, 8194176, AT_layer2_1_0_body_conv2_weight_winograd_transposed,
     140763136, 136568832, 180634752, 153346048, 8525952, AT_layer2_1_0_body_conv2_weight,
     AT_layer2_1_0_body_bn1_weight, AT_layer2_1_0_body_bn1_bias},
    {108634112, 104439808, 180633600, 136601600, 9189504, AT_layer2_0_0_body_conv2_weight_winograd_transposed,
     117022720, 112828416, 180633024, 136568832, 9521280, AT_layer2_0_0_body_conv2_weight,
     AT_layer2_0_0_body_bn1_weight, AT_layer2_0_0_body_bn1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_59_to_69(struct nc_microbatch *mb)
{
    const struct backward_59_to_69 *at = mb->at;
    float (*d_residual)[16][16 * 32] = (void *)(mb->batch + at->d_residual + mb->first * 32768L); /* 32x16x16 */
    float (*conv2d_conv2)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_bn2_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_bn2_statistics); /* 32x4x1 */
    float (*d_batchnorm2d_bn2_statistics)[32] = (void *)(mb->batch + at->d_batchnorm2d_bn2_statistics); /* 32x2x1 */
    float (*d_conv2d_conv2)[18][18 * 32] = (void *)(mb->workspace + at->d_conv2d_conv2); /* 32x16x16, 1 zeros around */
    float (*d_relu_2)[16][16 * 32] = (void *)(mb->batch + at->d_relu_2 + mb->first * 32768L); /* 32x16x16 */
    float *conv2d_conv2_grad_input_scratch = (void *)(mb->workspace + 0); /* 41568 */
    float (*conv2d_conv1)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_bn1_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 32x4x1 */
    float (*d_batchnorm2d_bn1_sums)[2][32] = (void *)(mb->batch + at->d_batchnorm2d_bn1_sums + mb->first * 256L);
    float (*relu_2_again)[18][18 * 32] = (void *)(mb->workspace + at->relu_2_again); /* 32x16x16, 1 zeros around */
    float *conv2d_conv2_grad_weight_scratch = (void *)(mb->workspace + 0); /* 116384 */

    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_body_bn2_grad(d_residual[i][0], conv2d_conv2[i][0], batchnorm2d_bn2_statistics[0],
            d_batchnorm2d_bn2_statistics[0], &d_conv2d_conv2[i][1][1 * 32]);
        conv2d_layer2_grad_input(d_conv2d_conv2[i][0], mb->packed + at->conv2_weight_winograd_transposed,
            d_relu_2[i][0], conv2d_conv2_grad_input_scratch);
        norm_layer2_0_body_bn1_grad_sums(d_relu_2[i][0], conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0],
            d_batchnorm2d_bn1_sums[i][0]);
        norm_layer2_0_body_bn1_again(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_2_again[i][1][1 * 32]);
    }
    conv2d_layer2_grad_weight(relu_2_again[0][0], &d_conv2d_conv2[0][1][1 * 32], mb->gradients + at->conv2_weight,
        conv2d_conv2_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_layer2(d_batchnorm2d_bn1_sums[i][1], mb->gradients + at->bn1_weight);
        norm_layer2(d_batchnorm2d_bn1_sums[i][0], mb->gradients + at->bn1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_61(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_body_bn1_grad(d_relu_layer2_2_0_body_2(mb)[i][0], conv2d_layer2_2_0_body_conv1(mb)[i][0],
            batchnorm2d_layer2_2_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer2_2_0_body_bn1_statistics(mb)[0],
            &d_conv2d_layer2_2_0_body_conv1(mb)[i][1][1 * 32]);
        conv2d_layer2_grad_input(d_conv2d_layer2_2_0_body_conv1(mb)[i][0],
            mb->packed + AT_layer2_2_0_body_conv1_weight_winograd_transposed, d_relu_layer2_1_1(mb)[i][0],
            conv2d_layer2_2_0_body_conv1_grad_input_scratch(mb));
    }
    conv2d_layer2_grad_weight(relu_layer2_1_1(mb)[0][0], &d_conv2d_layer2_2_0_body_conv1(mb)[0][1][1 * 32],
        mb->gradients + AT_layer2_2_0_body_conv1_weight, conv2d_layer2_2_0_body_conv1_grad_weight_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_0_body_conv1_sum(d_residual_layer2_2_0(mb)[i][0], d_relu_layer2_1_1(mb)[i][0],
            d_residual_layer2_2_0_sum(mb)[0]);
        relu_layer2_1_grad(d_residual_layer2_2_0_sum(mb)[0], &relu_layer2_1_1(mb)[i][1][1 * 32],
            d_residual_layer2_1_0(mb)[i][0]);
        norm_layer2_0_grad_sums(d_residual_layer2_1_0(mb)[i][0], conv2d_layer2_1_0_body_conv2(mb)[i][0],
            batchnorm2d_layer2_1_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer2_1_0_body_bn2_sums(mb)[i][0]);
        norm_layer2(d_batchnorm2d_layer2_1_0_body_bn2_sums(mb)[i][1], mb->gradients + AT_layer2_1_0_body_bn2_weight);
        norm_layer2(d_batchnorm2d_layer2_1_0_body_bn2_sums(mb)[i][0], mb->gradients + AT_layer2_1_0_body_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_65(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_body_bn1_grad(d_relu_layer2_1_0_body_2(mb)[i][0], conv2d_layer2_1_0_body_conv1(mb)[i][0],
            batchnorm2d_layer2_1_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer2_1_0_body_bn1_statistics(mb)[0],
            &d_conv2d_layer2_1_0_body_conv1(mb)[i][1][1 * 32]);
        conv2d_layer2_grad_input(d_conv2d_layer2_1_0_body_conv1(mb)[i][0],
            mb->packed + AT_layer2_1_0_body_conv1_weight_winograd_transposed, d_relu_layer2_0_1(mb)[i][0],
            conv2d_layer2_1_0_body_conv1_grad_input_scratch(mb));
    }
    conv2d_layer2_grad_weight(relu_layer2_0_1(mb)[0][0], &d_conv2d_layer2_1_0_body_conv1(mb)[0][1][1 * 32],
        mb->gradients + AT_layer2_1_0_body_conv1_weight, conv2d_layer2_1_0_body_conv1_grad_weight_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_0_body_conv1_sum(d_residual_layer2_1_0(mb)[i][0], d_relu_layer2_0_1(mb)[i][0],
            d_residual_layer2_1_0_sum(mb)[0]);
        relu_layer2_1_grad(d_residual_layer2_1_0_sum(mb)[0], &relu_layer2_0_1(mb)[i][1][1 * 32],
            d_residual_layer2_0_0(mb)[i][0]);
        norm_layer2_0_grad_sums(d_residual_layer2_0_0(mb)[i][0], conv2d_layer2_0_0_body_conv2(mb)[i][0],
            batchnorm2d_layer2_0_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer2_0_0_body_bn2_sums(mb)[i][0]);
        norm_layer2_0_grad_sums(d_residual_layer2_0_0(mb)[i][0], conv2d_layer2_0_0_shortcut_0(mb)[i][0],
            batchnorm2d_layer2_0_0_shortcut_1_statistics(mb)[0], d_batchnorm2d_layer2_0_0_shortcut_1_sums(mb)[i][0]);
        norm_layer2(d_batchnorm2d_layer2_0_0_shortcut_1_sums(mb)[i][1],
            mb->gradients + AT_layer2_0_0_shortcut_1_weight);
        norm_layer2(d_batchnorm2d_layer2_0_0_shortcut_1_sums(mb)[i][0], mb->gradients + AT_layer2_0_0_shortcut_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_67(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_0_shortcut_1_grad(d_residual_layer2_0_0(mb)[i][0], conv2d_layer2_0_0_shortcut_0(mb)[i][0],
            batchnorm2d_layer2_0_0_shortcut_1_statistics(mb)[0], d_batchnorm2d_layer2_0_0_shortcut_1_statistics(mb)[0],
            d_conv2d_layer2_0_0_shortcut_0(mb)[0]);
        conv2d_layer2_0_0_shortcut_0_grad_input_residue_0_0(d_conv2d_layer2_0_0_shortcut_0(mb)[0],
            mb->packed + AT_layer2_0_0_shortcut_0_weight_transposed_residue_0_0, d_relu_layer1_2_1(mb)[i][0]);
        conv2d_layer2_0_0_shortcut_0_grad_weight(&relu_layer1_2_1(mb)[i][1][1 * 16],
            d_conv2d_layer2_0_0_shortcut_0(mb)[0], mb->gradients + AT_layer2_0_0_shortcut_0_weight);
        norm_layer2(d_batchnorm2d_layer2_0_0_body_bn2_sums(mb)[i][1], mb->gradients + AT_layer2_0_0_body_bn2_weight);
        norm_layer2(d_batchnorm2d_layer2_0_0_body_bn2_sums(mb)[i][0], mb->gradients + AT_layer2_0_0_body_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_71(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_0_body_bn1_grad(d_relu_layer2_0_0_body_2(mb)[i][0], conv2d_layer2_0_0_body_conv1(mb)[i][0],
            batchnorm2d_layer2_0_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer2_0_0_body_bn1_statistics(mb)[0],
            d_conv2d_layer2_0_0_body_conv1(mb)[0]);
        conv2d_layer2_0_0_body_conv1_grad_input_residue_0_0(d_conv2d_layer2_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer2_0_0_body_conv1_weight_transposed_residue_0_0, d_relu_layer1_2_1_2(mb)[0]);
        conv2d_layer2_0_0_body_conv1_grad_input_residue_0_1(d_conv2d_layer2_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer2_0_0_body_conv1_weight_transposed_residue_0_1, &d_relu_layer1_2_1_2(mb)[0][1 * 16]);
        conv2d_layer2_0_0_body_conv1_grad_input_residue_1_0(d_conv2d_layer2_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer2_0_0_body_conv1_weight_transposed_residue_1_0, d_relu_layer1_2_1_2(mb)[1]);
        conv2d_layer2_0_0_body_conv1_grad_input_residue_1_1(d_conv2d_layer2_0_0_body_conv1(mb)[0],
            mb->packed + AT_layer2_0_0_body_conv1_weight_transposed_residue_1_1, &d_relu_layer1_2_1_2(mb)[1][1 * 16]);
        conv2d_layer2_0_0_body_conv1_grad_weight(relu_layer1_2_1(mb)[i][0], d_conv2d_layer2_0_0_body_conv1(mb)[0],
            mb->gradients + AT_layer2_0_0_body_conv1_weight);
        gradient_0_body_conv1_sum_2(d_relu_layer1_2_1(mb)[i][0], d_relu_layer1_2_1_2(mb)[0],
            d_relu_layer1_2_1_sum(mb)[0]);
        relu_layer1_2_1_grad(d_relu_layer1_2_1_sum(mb)[0], &relu_layer1_2_1(mb)[i][1][1 * 16],
            d_residual_layer1_2_0(mb)[i][0]);
        norm_layer1_0_body_bn2_grad_sums(d_residual_layer1_2_0(mb)[i][0], conv2d_layer1_2_0_body_conv2(mb)[i][0],
            batchnorm2d_layer1_2_0_body_bn2_statistics(mb)[0], d_batchnorm2d_layer1_2_0_body_bn2_sums(mb)[i][0]);
        norm_of_14(d_batchnorm2d_layer1_2_0_body_bn2_sums(mb)[i][1], mb->gradients + AT_layer1_2_0_body_bn2_weight);
        norm_of_14(d_batchnorm2d_layer1_2_0_body_bn2_sums(mb)[i][0], mb->gradients + AT_layer1_2_0_body_bn2_bias);
    }
}

/* Where backward_73_to_81 finds its values. */
static const struct backward_73_to_81 {
    long d_residual, conv2d_conv2, batchnorm2d_bn2_statistics, d_batchnorm2d_bn2_statistics, d_conv2d_conv2,
        conv2_weight_winograd_transposed, d_relu_2, conv2d_conv1, batchnorm2d_bn1_statistics, d_batchnorm2d_bn1_sums,
        relu_2_again, conv2_weight, bn1_weight, bn1_bias;
} backward_73_to_81_at[] = {
    {104439808, 87662592, 180639168, 136585216, 1280128, AT_layer1_2_0_body_conv2_weight_winograd_transposed, 112828416,
     79273984, 180638912, 136568832, 1872000, AT_layer1_2_0_body_conv2_weight, AT_layer1_2_0_body_bn1_weight,
     AT_layer1_2_0_body_bn1_bias},
    {87662592, 70885376, 180638656, 104456192, 3055744, AT_layer1_1_0_body_conv2_weight_winograd_transposed, 79273984,
     62496768, 180638400, 104439808, 3647616, AT_layer1_1_0_body_conv2_weight, AT_layer1_1_0_body_bn1_weight,
     AT_layer1_1_0_body_bn1_bias},
    {70885376, 54108160, 180638144, 79290368, 4831360, AT_layer1_0_0_body_conv2_weight_winograd_transposed, 62496768,
     45719552, 180637888, 79273984, 5423232, AT_layer1_0_0_body_conv2_weight, AT_layer1_0_0_body_bn1_weight,
     AT_layer1_0_0_body_bn1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_73_to_81(struct nc_microbatch *mb)
{
    const struct backward_73_to_81 *at = mb->at;
    float (*d_residual)[32][32 * 16] = (void *)(mb->batch + at->d_residual + mb->first * 65536L); /* 16x32x32 */
    float (*conv2d_conv2)[32][32 * 16] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_bn2_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_bn2_statistics); /* 16x4x1 */
    float (*d_batchnorm2d_bn2_statistics)[16] = (void *)(mb->batch + at->d_batchnorm2d_bn2_statistics); /* 16x2x1 */
    float (*d_conv2d_conv2)[34][34 * 16] = (void *)(mb->workspace + at->d_conv2d_conv2); /* 16x32x32, 1 zeros around */
    float (*d_relu_2)[32][32 * 16] = (void *)(mb->batch + at->d_relu_2 + mb->first * 65536L); /* 16x32x32 */
    float *conv2d_conv2_grad_input_scratch = (void *)(mb->workspace + 0); /* 59808 */
    float (*conv2d_conv1)[32][32 * 16] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_bn1_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 16x4x1 */
    float (*d_batchnorm2d_bn1_sums)[2][16] = (void *)(mb->batch + at->d_batchnorm2d_bn1_sums + mb->first * 128L);
    float (*relu_2_again)[34][34 * 16] = (void *)(mb->workspace + at->relu_2_again); /* 16x32x32, 1 zeros around */
    float *conv2d_conv2_grad_weight_scratch = (void *)(mb->workspace + 0); /* 74464 */

    for (int i = 0; i < mb->count; i++) {
        norm_layer1_0_body_bn2_grad(d_residual[i][0], conv2d_conv2[i][0], batchnorm2d_bn2_statistics[0],
            d_batchnorm2d_bn2_statistics[0], &d_conv2d_conv2[i][1][1 * 16]);
        conv2d_layer1_grad_input(d_conv2d_conv2[i][0], mb->packed + at->conv2_weight_winograd_transposed,
            d_relu_2[i][0], conv2d_conv2_grad_input_scratch);
        norm_bn1_grad_sums(d_relu_2[i][0], conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0],
            d_batchnorm2d_bn1_sums[i][0]);
        norm_bn1_again(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_2_again[i][1][1 * 16]);
    }
    conv2d_layer1_grad_weight(relu_2_again[0][0], &d_conv2d_conv2[0][1][1 * 16], mb->gradients + at->conv2_weight,
        conv2d_conv2_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_of_14(d_batchnorm2d_bn1_sums[i][1], mb->gradients + at->bn1_weight);
        norm_of_14(d_batchnorm2d_bn1_sums[i][0], mb->gradients + at->bn1_bias);
    }
}

/* Where backward_75_and_79 finds its values. */
static const struct backward_75_and_79 {
    long d_relu_layer1_0_body_2, conv2d_layer1_0_body_conv1, batchnorm2d_layer1_0_body_bn1_statistics,
        d_batchnorm2d_layer1_0_body_bn1_statistics, d_conv2d_layer1_0_body_conv1,
        layer1_0_body_conv1_weight_winograd_transposed, relu_layer1_1, layer1_0_body_conv1_weight, d_residual_layer1_0,
        d_residual_layer1_0_2, conv2d_layer1_0_body_conv2, batchnorm2d_layer1_0_body_bn2_statistics,
        d_batchnorm2d_layer1_0_body_bn2_sums, layer1_0_body_bn2_weight, layer1_0_body_bn2_bias;
} backward_75_and_79_at[] = {
    {112828416, 79273984, 180638912, 136585216, 2463872, AT_layer1_2_0_body_conv1_weight_winograd_transposed, 18939904,
     AT_layer1_2_0_body_conv1_weight, 104439808, 87662592, 70885376, 180638656, 136568832,
     AT_layer1_1_0_body_bn2_weight, AT_layer1_1_0_body_bn2_bias},
    {79273984, 62496768, 180638400, 104456192, 4239488, AT_layer1_1_0_body_conv1_weight_winograd_transposed, 9469952,
     AT_layer1_1_0_body_conv1_weight, 87662592, 70885376, 54108160, 180638144, 104439808, AT_layer1_0_0_body_bn2_weight,
     AT_layer1_0_0_body_bn2_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_75_and_79(struct nc_microbatch *mb)
{
    const struct backward_75_and_79 *at = mb->at;
    float (*d_relu_layer1_0_body_2)[32][32 * 16] =
        (void *)(mb->batch + at->d_relu_layer1_0_body_2 + mb->first * 65536L); /* 16x32x32 */
    float (*conv2d_layer1_0_body_conv1)[32][32 * 16] =
        (void *)(mb->batch + at->conv2d_layer1_0_body_conv1 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_layer1_0_body_bn1_statistics)[16] =
        (void *)(mb->batch + at->batchnorm2d_layer1_0_body_bn1_statistics); /* 16x4x1 */
    float (*d_batchnorm2d_layer1_0_body_bn1_statistics)[16] =
        (void *)(mb->batch + at->d_batchnorm2d_layer1_0_body_bn1_statistics); /* 16x2x1 */
    float (*d_conv2d_layer1_0_body_conv1)[34][34 * 16] = (void *)(mb->workspace + at->d_conv2d_layer1_0_body_conv1);
    float (*d_relu_layer1_1)[32][32 * 16] = (void *)(mb->workspace + 0); /* 16x32x32 */
    float *conv2d_layer1_0_body_conv1_grad_input_scratch = (void *)(mb->workspace + 524288); /* 59808 */
    float (*relu_layer1_1)[34][34 * 16] = (void *)(mb->batch + at->relu_layer1_1 + mb->first * 73984L);
    float *conv2d_layer1_0_body_conv1_grad_weight_scratch = (void *)(mb->workspace + 524288); /* 74464 */
    float (*d_residual_layer1_0)[32][32 * 16] = (void *)(mb->batch + at->d_residual_layer1_0 + mb->first * 65536L);
    float (*d_residual_layer1_0_sum)[32 * 16] = (void *)(mb->workspace + 524288); /* 16x32x32 */
    float (*d_residual_layer1_0_2)[32][32 * 16] = (void *)(mb->batch + at->d_residual_layer1_0_2 + mb->first * 65536L);
    float (*conv2d_layer1_0_body_conv2)[32][32 * 16] =
        (void *)(mb->batch + at->conv2d_layer1_0_body_conv2 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_layer1_0_body_bn2_statistics)[16] =
        (void *)(mb->batch + at->batchnorm2d_layer1_0_body_bn2_statistics); /* 16x4x1 */
    float (*d_batchnorm2d_layer1_0_body_bn2_sums)[2][16] =
        (void *)(mb->batch + at->d_batchnorm2d_layer1_0_body_bn2_sums + mb->first * 128L); /* 16x2x1 */

    for (int i = 0; i < mb->count; i++) {
        norm_layer1_0_body_bn1_grad(d_relu_layer1_0_body_2[i][0], conv2d_layer1_0_body_conv1[i][0],
            batchnorm2d_layer1_0_body_bn1_statistics[0], d_batchnorm2d_layer1_0_body_bn1_statistics[0],
            &d_conv2d_layer1_0_body_conv1[i][1][1 * 16]);
        conv2d_layer1_grad_input(d_conv2d_layer1_0_body_conv1[i][0],
            mb->packed + at->layer1_0_body_conv1_weight_winograd_transposed, d_relu_layer1_1[i][0],
            conv2d_layer1_0_body_conv1_grad_input_scratch);
    }
    conv2d_layer1_grad_weight(relu_layer1_1[0][0], &d_conv2d_layer1_0_body_conv1[0][1][1 * 16],
        mb->gradients + at->layer1_0_body_conv1_weight, conv2d_layer1_0_body_conv1_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_0_body_conv1_sum_2(d_residual_layer1_0[i][0], d_relu_layer1_1[i][0], d_residual_layer1_0_sum[0]);
        relu_layer1_1_grad(d_residual_layer1_0_sum[0], &relu_layer1_1[i][1][1 * 16], d_residual_layer1_0_2[i][0]);
        norm_layer1_0_body_bn2_grad_sums(d_residual_layer1_0_2[i][0], conv2d_layer1_0_body_conv2[i][0],
            batchnorm2d_layer1_0_body_bn2_statistics[0], d_batchnorm2d_layer1_0_body_bn2_sums[i][0]);
        norm_of_14(d_batchnorm2d_layer1_0_body_bn2_sums[i][1], mb->gradients + at->layer1_0_body_bn2_weight);
        norm_of_14(d_batchnorm2d_layer1_0_body_bn2_sums[i][0], mb->gradients + at->layer1_0_body_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_83(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer1_0_body_bn1_grad(d_relu_layer1_0_0_body_2(mb)[i][0], conv2d_layer1_0_0_body_conv1(mb)[i][0],
            batchnorm2d_layer1_0_0_body_bn1_statistics(mb)[0], d_batchnorm2d_layer1_0_0_body_bn1_statistics(mb)[0],
            &d_conv2d_layer1_0_0_body_conv1(mb)[i][1][1 * 16]);
        conv2d_layer1_grad_input(d_conv2d_layer1_0_0_body_conv1(mb)[i][0],
            mb->packed + AT_layer1_0_0_body_conv1_weight_winograd_transposed, d_relu_2(mb)[i][0],
            conv2d_layer1_0_0_body_conv1_grad_input_scratch(mb));
        norm_bn1_again(conv2d_conv1(mb)[i][0], batchnorm2d_bn1_statistics(mb)[0], &relu_2_again(mb)[i][1][1 * 16]);
    }
    conv2d_layer1_grad_weight(relu_2_again(mb)[0][0], &d_conv2d_layer1_0_0_body_conv1(mb)[0][1][1 * 16],
        mb->gradients + AT_layer1_0_0_body_conv1_weight, conv2d_layer1_0_0_body_conv1_grad_weight_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_0_body_conv1_sum_2(d_residual_layer1_0_0(mb)[i][0], d_relu_2(mb)[i][0],
            d_residual_layer1_0_0_sum(mb)[i][0]);
        norm_bn1_grad_sums(d_residual_layer1_0_0_sum(mb)[i][0], conv2d_conv1(mb)[i][0],
            batchnorm2d_bn1_statistics(mb)[0], d_batchnorm2d_bn1_sums(mb)[i][0]);
        norm_of_14(d_batchnorm2d_bn1_sums(mb)[i][1], mb->gradients + AT_bn1_weight);
        norm_of_14(d_batchnorm2d_bn1_sums(mb)[i][0], mb->gradients + AT_bn1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_85(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_bn1_grad(d_residual_layer1_0_0_sum(mb)[i][0], conv2d_conv1(mb)[i][0], batchnorm2d_bn1_statistics(mb)[0],
            d_batchnorm2d_bn1_statistics(mb)[0], d_conv2d_conv1(mb)[0]);
        conv2d_conv1_grad_weight(input(mb)[i], d_conv2d_conv1(mb)[0], mb->gradients + AT_conv1_weight);
    }
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_layer1_weights, layer1_0_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_0_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_1_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_1_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_2_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_2_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_0_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_1_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_1_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_2_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_2_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer3_0_0_body_conv1_weights, layer3_0_0_body_conv1_weight, 0, dense),
    PACKED(conv2d_layer3_weights, layer3_0_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer3_0_0_shortcut_0_weights, layer3_0_0_shortcut_0_weight, 0, dense),
    PACKED(conv2d_layer3_weights, layer3_1_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer3_weights, layer3_1_0_body_conv2_weight, 0, winograd),
    PACKED(conv2d_layer3_weights, layer3_2_0_body_conv1_weight, 0, winograd),
    PACKED(conv2d_layer3_weights, layer3_2_0_body_conv2_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 18; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(linear_fc_grad_input_weights, fc_weight, 0, transposed),
    PACKED(conv2d_layer3_grad_input_weights, layer3_2_0_body_conv2_weight, 32768, winograd_transposed),
    PACKED(conv2d_layer3_grad_input_weights, layer3_2_0_body_conv1_weight, 32768, winograd_transposed),
    PACKED(conv2d_layer3_grad_input_weights, layer3_1_0_body_conv2_weight, 32768, winograd_transposed),
    PACKED(conv2d_layer3_grad_input_weights, layer3_1_0_body_conv1_weight, 32768, winograd_transposed),
    PACKED(conv2d_layer3_0_0_shortcut_0_grad_input_residue_0_0_weights, layer3_0_0_shortcut_0_weight, 0,
     transposed_residue_0_0),
    PACKED(conv2d_layer3_grad_input_weights, layer3_0_0_body_conv2_weight, 32768, winograd_transposed),
    PACKED(conv2d_layer3_0_0_body_conv1_grad_input_residue_0_0_weights, layer3_0_0_body_conv1_weight, 0,
     transposed_residue_0_0),
    PACKED(conv2d_layer3_0_0_body_conv1_grad_input_residue_0_1_weights, layer3_0_0_body_conv1_weight, 0,
     transposed_residue_0_1),
    PACKED(conv2d_layer3_0_0_body_conv1_grad_input_residue_1_0_weights, layer3_0_0_body_conv1_weight, 0,
     transposed_residue_1_0),
    PACKED(conv2d_layer3_0_0_body_conv1_grad_input_residue_1_1_weights, layer3_0_0_body_conv1_weight, 0,
     transposed_residue_1_1),
    PACKED(conv2d_layer2_grad_input_weights, layer2_2_0_body_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_grad_input_weights, layer2_2_0_body_conv1_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_grad_input_weights, layer2_1_0_body_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_grad_input_weights, layer2_1_0_body_conv1_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_0_0_shortcut_0_grad_input_residue_0_0_weights, layer2_0_0_shortcut_0_weight, 0,
     transposed_residue_0_0),
    PACKED(conv2d_layer2_grad_input_weights, layer2_0_0_body_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_0_0_body_conv1_grad_input_residue_0_0_weights, layer2_0_0_body_conv1_weight, 0,
     transposed_residue_0_0),
    PACKED(conv2d_layer2_0_0_body_conv1_grad_input_residue_0_1_weights, layer2_0_0_body_conv1_weight, 0,
     transposed_residue_0_1),
    PACKED(conv2d_layer2_0_0_body_conv1_grad_input_residue_1_0_weights, layer2_0_0_body_conv1_weight, 0,
     transposed_residue_1_0),
    PACKED(conv2d_layer2_0_0_body_conv1_grad_input_residue_1_1_weights, layer2_0_0_body_conv1_weight, 0,
     transposed_residue_1_1),
    PACKED(conv2d_layer1_grad_input_weights, layer1_2_0_body_conv2_weight, 2048, winograd_transposed),
    PACKED(conv2d_layer1_grad_input_weights, layer1_2_0_body_conv1_weight, 2048, winograd_transposed),
    PACKED(conv2d_layer1_grad_input_weights, layer1_1_0_body_conv2_weight, 2048, winograd_transposed),
    PACKED(conv2d_layer1_grad_input_weights, layer1_1_0_body_conv1_weight, 2048, winograd_transposed),
    PACKED(conv2d_layer1_grad_input_weights, layer1_0_0_body_conv2_weight, 2048, winograd_transposed),
    PACKED(conv2d_layer1_grad_input_weights, layer1_0_0_body_conv1_weight, 2048, winograd_transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 27; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* conv1: Conv2d(3, 16, 3, padding=1, bias=False), BatchNorm2d(16), ReLU(inplace=True)  (line 24) */
static void conv2d_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.y_row = 544, .act = 1, .norm_row = 16});
}

#define DEFINE_WINOGRAD3C(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3(x, u, bias, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer1.0.0.body.conv1, layer1.1.0.body.conv1, layer1.2.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3C(conv2d_layer1_0_body_conv1_test, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544,
    .y_row = 544, .block = 32, .norm_row = 16, .x_image = 18496, .act = 1)

/* layer1.0.0.body.conv2, layer1.1.0.body.conv2, layer1.2.0.body.conv2 (line 6) */
DEFINE_WINOGRAD3C(conv2d_layer1_0_body_conv2_test, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544,
    .y_row = 512, .block = 32, .norm_row = 16, .x_image = 18496)

/* y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
struct add_size { long rows, b_row, y_row; };
NC_INLINE void any_add(const float *a, const float *b, float *y, const struct add_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * size.y_row + i, vec_relu(vec_load(a + r * 512 + i) + vec_load(b + r * size.b_row + i)));
}

#define DEFINE_ADD(name, ...) static void name(const float *a, const float *b, float *y) \
    { any_add(a, b, y, (struct add_size){__VA_ARGS__}); }

/* layer1.0.0, layer1.1.0 (line 11) */
DEFINE_ADD(residual_layer1_0_test, .rows = 32, .b_row = 544, .y_row = 544)

/* layer1.2.0: Residual, ReLU(inplace=True)  (line 11) */
DEFINE_ADD(residual_layer1_2_0_test, .rows = 32, .b_row = 544, .y_row = 528)

/* layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False), BatchNorm2d(_),
 *     ReLU(inplace=True)  (line 3) */
static void conv2d_layer2_0_0_body_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_2(x, w, bias, y, (struct conv_size_2){.y_row = 576, .act = 1, .norm_row = 32});
}

/* layer2.0.0.body.conv2, layer2.1.0.body.conv2, layer2.2.0.body.conv2 (line 6) */
DEFINE_WINOGRAD3C(conv2d_layer2_0_body_conv2_test, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576,
    .y_row = 512, .block = 16, .norm_row = 32, .x_image = 10368)

#define DEFINE_CONV_3C(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv_3(x, w, bias, y, (struct conv_size_3){__VA_ARGS__}); }

/* layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False), BatchNorm2d(_)  (line 18) */
DEFINE_CONV_3C(conv2d_layer2_0_0_shortcut_0_test, .rows = 16, .cols = 16, .outs = 32, .run = 16, .x_row = 1056,
    .x_col = 32, .w_row = 32, .y_row = 512, .y_col = 32, .norm_row = 32)

/* layer2.0.0: Residual, ReLU(inplace=True)  (line 16) */
DEFINE_ADD(residual_layer2_0_0_test, .rows = 16, .b_row = 512, .y_row = 576)

/* layer2.1.0.body.conv1, layer2.2.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3C(conv2d_layer2_0_body_conv1_test, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576,
    .y_row = 576, .block = 16, .norm_row = 32, .x_image = 10368, .act = 1)

/* layer2.1.0: Residual, ReLU(inplace=True)  (line 11) */
DEFINE_ADD(residual_layer2_1_0_test, .rows = 16, .b_row = 576, .y_row = 576)

/* layer2.2.0: Residual, ReLU(inplace=True)  (line 11) */
DEFINE_ADD(residual_layer2_2_0_test, .rows = 16, .b_row = 576, .y_row = 544)

/* layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False), BatchNorm2d(_),
 *     ReLU(inplace=True)  (line 3) */
static void conv2d_layer3_0_0_body_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_4(x, w, bias, y, (struct conv_size_4){.y_row = 640, .act = 1, .norm_row = 64});
}

#define DEFINE_WINOGRAD3_2(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch, int count) \
    { any_winograd3_2(x, u, bias, y, scratch, count, (struct winograd3_size_2){__VA_ARGS__}); }

/* layer3.0.0.body.conv2, layer3.1.0.body.conv2, layer3.2.0.body.conv2 (line 6) */
DEFINE_WINOGRAD3_2(conv2d_layer3_0_body_conv2_test, .y_row = 512, .norm_row = 64, .y_image = 4096)

/* layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False), BatchNorm2d(_)  (line 18) */
DEFINE_CONV_3C(conv2d_layer3_0_0_shortcut_0_test, .rows = 8, .cols = 8, .outs = 64, .run = 32, .x_row = 1088,
    .x_col = 64, .w_row = 80, .y_row = 512, .y_col = 64, .norm_row = 64)

/* layer3.0.0: Residual, ReLU(inplace=True)  (line 16) */
DEFINE_ADD(residual_layer3_0_0_test, .rows = 8, .b_row = 512, .y_row = 640)

/* layer3.1.0.body.conv1, layer3.2.0.body.conv1 (line 3) */
DEFINE_WINOGRAD3_2(conv2d_layer3_0_body_conv1_test, .y_row = 640, .norm_row = 64, .y_image = 6400, .act = 1)

/* layer3.1.0: Residual, ReLU(inplace=True)  (line 11) */
DEFINE_ADD(residual_layer3_1_0_test, .rows = 8, .b_row = 640, .y_row = 640)

/* layer3.2.0: Residual, ReLU(inplace=True)  (line 11) */
DEFINE_ADD(residual_layer3_2_0_test, .rows = 8, .b_row = 640, .y_row = 512)

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[34 * 3])(mb->workspace + 15091904)) /* 3x32x32, 1 zeros around */
#define test_relu_2(mb) ((float (*)[34 * 16])(mb->workspace + 14370944)) /* 16x32x32, 1 zeros around */
#define test_relu_layer1_0_0_body_2(mb) ((float (*)[34 * 16])(mb->workspace + 14444928)) /* 16x32x32, 1 zeros around */
#define test_conv2d_layer1_0_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 59808 */
#define test_batchnorm2d_layer1_0_0_body_bn2(mb) ((float (*)[32 * 16])(mb->workspace + 14239872)) /* 16x32x32 */
#define test_conv2d_layer1_0_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 59808 */
#define test_relu_layer1_0_1(mb) ((float (*)[34 * 16])(mb->workspace + 14518912)) /* 16x32x32, 1 zeros around */
#define test_relu_layer1_1_0_body_2(mb) ((float (*)[34 * 16])(mb->workspace + 14592896)) /* 16x32x32, 1 zeros around */
#define test_conv2d_layer1_1_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 59808 */
#define test_batchnorm2d_layer1_1_0_body_bn2(mb) ((float (*)[32 * 16])(mb->workspace + 14239872)) /* 16x32x32 */
#define test_conv2d_layer1_1_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 59808 */
#define test_relu_layer1_1_1(mb) ((float (*)[34 * 16])(mb->workspace + 14666880)) /* 16x32x32, 1 zeros around */
#define test_relu_layer1_2_0_body_2(mb) ((float (*)[34 * 16])(mb->workspace + 14740864)) /* 16x32x32, 1 zeros around */
#define test_conv2d_layer1_2_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 59808 */
#define test_batchnorm2d_layer1_2_0_body_bn2(mb) ((float (*)[32 * 16])(mb->workspace + 14239872)) /* 16x32x32 */
#define test_conv2d_layer1_2_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 59808 */
#define test_relu_layer1_2_1(mb) ((float (*)[33 * 16])(mb->workspace + 14814848)) /* 16x32x32, zeros: 1 above, 1 left */
#define test_relu_layer2_0_0_body_2(mb) ((float (*)[18 * 32])(mb->workspace + 14884544)) /* 32x16x16, 1 zeros around */
#define test_batchnorm2d_layer2_0_0_body_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 13103744)) /* 32x16x16 */
#define test_conv2d_layer2_0_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 41568 */
#define test_batchnorm2d_layer2_0_0_shortcut_1(mb) ((float (*)[16 * 32])(mb->workspace + 12937472)) /* 32x16x16 */
#define test_relu_layer2_0_1(mb) ((float (*)[18 * 32])(mb->workspace + 14926016)) /* 32x16x16, 1 zeros around */
#define test_relu_layer2_1_0_body_2(mb) ((float (*)[18 * 32])(mb->workspace + 14967488)) /* 32x16x16, 1 zeros around */
#define test_conv2d_layer2_1_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 41568 */
#define test_batchnorm2d_layer2_1_0_body_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 13103744)) /* 32x16x16 */
#define test_conv2d_layer2_1_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 41568 */
#define test_relu_layer2_1_1(mb) ((float (*)[18 * 32])(mb->workspace + 15008960)) /* 32x16x16, 1 zeros around */
#define test_relu_layer2_2_0_body_2(mb) ((float (*)[18 * 32])(mb->workspace + 15050432)) /* 32x16x16, 1 zeros around */
#define test_conv2d_layer2_2_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 41568 */
#define test_batchnorm2d_layer2_2_0_body_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 13103744)) /* 32x16x16 */
#define test_conv2d_layer2_2_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 41568 */
#define test_relu_layer2_2_1(mb) ((float (*)[17][17 * 32])(mb->workspace + 12641536))
#define test_relu_layer3_0_0_body_2(mb) ((float (*)[10][10 * 64])(mb->workspace + 13215872))
#define test_batchnorm2d_layer3_0_0_body_bn2(mb) ((float (*)[8][8 * 64])(mb->workspace + 14239872)) /* 64x8x8 */
#define test_conv2d_layer3_0_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 69600 */
#define test_batchnorm2d_layer3_0_0_shortcut_1(mb) ((float (*)[8 * 64])(mb->workspace + 12937472)) /* 64x8x8 */
#define test_relu_layer3_0_1(mb) ((float (*)[10][10 * 64])(mb->workspace + 13420672)) /* 64x8x8, 1 zeros around */
#define test_relu_layer3_1_0_body_2(mb) ((float (*)[10][10 * 64])(mb->workspace + 13625472))
#define test_conv2d_layer3_1_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 69600 */
#define test_batchnorm2d_layer3_1_0_body_bn2(mb) ((float (*)[8][8 * 64])(mb->workspace + 14239872)) /* 64x8x8 */
#define test_conv2d_layer3_1_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 69600 */
#define test_relu_layer3_1_1(mb) ((float (*)[10][10 * 64])(mb->workspace + 13830272)) /* 64x8x8, 1 zeros around */
#define test_relu_layer3_2_0_body_2(mb) ((float (*)[10][10 * 64])(mb->workspace + 14035072))
#define test_conv2d_layer3_2_0_body_conv1_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 69600 */
#define test_batchnorm2d_layer3_2_0_body_bn2(mb) ((float (*)[8][8 * 64])(mb->workspace + 14239872)) /* 64x8x8 */
#define test_conv2d_layer3_2_0_body_conv2_scratch(mb) ((float *)(mb->workspace + 12937472)) /* 69600 */
#define test_relu_layer3_2_1(mb) ((float (*)[8 * 64])(mb->workspace + 12937472)) /* 64x8x8 */
#define test_adaptiveavgpool2d_6(mb) ((float (*)[64])(mb->workspace + 12953856)) /* 64 */
#define test_linear_fc(mb) ((float (*)[16])(mb->workspace + 12937472)) /* 10 */

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_conv1_test(test_input(mb)[0], mb->weights + AT_conv1_weight, mb->packed + AT_batchnorm2d_bn1_statistics,
            &test_relu_2(mb)[1][1 * 16]);
        conv2d_layer1_0_body_conv1_test(test_relu_2(mb)[0], mb->packed + AT_layer1_0_0_body_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_0_0_body_bn1_statistics, &test_relu_layer1_0_0_body_2(mb)[1][1 * 16],
            test_conv2d_layer1_0_0_body_conv1_scratch(mb));
        conv2d_layer1_0_body_conv2_test(test_relu_layer1_0_0_body_2(mb)[0],
            mb->packed + AT_layer1_0_0_body_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_0_0_body_bn2_statistics, test_batchnorm2d_layer1_0_0_body_bn2(mb)[0],
            test_conv2d_layer1_0_0_body_conv2_scratch(mb));
        residual_layer1_0_test(test_batchnorm2d_layer1_0_0_body_bn2(mb)[0], &test_relu_2(mb)[1][1 * 16],
            &test_relu_layer1_0_1(mb)[1][1 * 16]);
        conv2d_layer1_0_body_conv1_test(test_relu_layer1_0_1(mb)[0],
            mb->packed + AT_layer1_1_0_body_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_1_0_body_bn1_statistics, &test_relu_layer1_1_0_body_2(mb)[1][1 * 16],
            test_conv2d_layer1_1_0_body_conv1_scratch(mb));
        conv2d_layer1_0_body_conv2_test(test_relu_layer1_1_0_body_2(mb)[0],
            mb->packed + AT_layer1_1_0_body_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_1_0_body_bn2_statistics, test_batchnorm2d_layer1_1_0_body_bn2(mb)[0],
            test_conv2d_layer1_1_0_body_conv2_scratch(mb));
        residual_layer1_0_test(test_batchnorm2d_layer1_1_0_body_bn2(mb)[0], &test_relu_layer1_0_1(mb)[1][1 * 16],
            &test_relu_layer1_1_1(mb)[1][1 * 16]);
        conv2d_layer1_0_body_conv1_test(test_relu_layer1_1_1(mb)[0],
            mb->packed + AT_layer1_2_0_body_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_2_0_body_bn1_statistics, &test_relu_layer1_2_0_body_2(mb)[1][1 * 16],
            test_conv2d_layer1_2_0_body_conv1_scratch(mb));
        conv2d_layer1_0_body_conv2_test(test_relu_layer1_2_0_body_2(mb)[0],
            mb->packed + AT_layer1_2_0_body_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_2_0_body_bn2_statistics, test_batchnorm2d_layer1_2_0_body_bn2(mb)[0],
            test_conv2d_layer1_2_0_body_conv2_scratch(mb));
        residual_layer1_2_0_test(test_batchnorm2d_layer1_2_0_body_bn2(mb)[0], &test_relu_layer1_1_1(mb)[1][1 * 16],
            &test_relu_layer1_2_1(mb)[1][1 * 16]);
        conv2d_layer2_0_0_body_conv1_test(test_relu_layer1_2_1(mb)[0], mb->weights + AT_layer2_0_0_body_conv1_weight,
            mb->packed + AT_batchnorm2d_layer2_0_0_body_bn1_statistics, &test_relu_layer2_0_0_body_2(mb)[1][1 * 32]);
        conv2d_layer2_0_body_conv2_test(test_relu_layer2_0_0_body_2(mb)[0],
            mb->packed + AT_layer2_0_0_body_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_0_0_body_bn2_statistics, test_batchnorm2d_layer2_0_0_body_bn2(mb)[0],
            test_conv2d_layer2_0_0_body_conv2_scratch(mb));
        conv2d_layer2_0_0_shortcut_0_test(&test_relu_layer1_2_1(mb)[1][1 * 16],
            mb->weights + AT_layer2_0_0_shortcut_0_weight, mb->packed + AT_batchnorm2d_layer2_0_0_shortcut_1_statistics,
            test_batchnorm2d_layer2_0_0_shortcut_1(mb)[0]);
        residual_layer2_0_0_test(test_batchnorm2d_layer2_0_0_body_bn2(mb)[0],
            test_batchnorm2d_layer2_0_0_shortcut_1(mb)[0], &test_relu_layer2_0_1(mb)[1][1 * 32]);
        conv2d_layer2_0_body_conv1_test(test_relu_layer2_0_1(mb)[0],
            mb->packed + AT_layer2_1_0_body_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_1_0_body_bn1_statistics, &test_relu_layer2_1_0_body_2(mb)[1][1 * 32],
            test_conv2d_layer2_1_0_body_conv1_scratch(mb));
        conv2d_layer2_0_body_conv2_test(test_relu_layer2_1_0_body_2(mb)[0],
            mb->packed + AT_layer2_1_0_body_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_1_0_body_bn2_statistics, test_batchnorm2d_layer2_1_0_body_bn2(mb)[0],
            test_conv2d_layer2_1_0_body_conv2_scratch(mb));
        residual_layer2_1_0_test(test_batchnorm2d_layer2_1_0_body_bn2(mb)[0], &test_relu_layer2_0_1(mb)[1][1 * 32],
            &test_relu_layer2_1_1(mb)[1][1 * 32]);
        conv2d_layer2_0_body_conv1_test(test_relu_layer2_1_1(mb)[0],
            mb->packed + AT_layer2_2_0_body_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_2_0_body_bn1_statistics, &test_relu_layer2_2_0_body_2(mb)[1][1 * 32],
            test_conv2d_layer2_2_0_body_conv1_scratch(mb));
        conv2d_layer2_0_body_conv2_test(test_relu_layer2_2_0_body_2(mb)[0],
            mb->packed + AT_layer2_2_0_body_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_2_0_body_bn2_statistics, test_batchnorm2d_layer2_2_0_body_bn2(mb)[0],
            test_conv2d_layer2_2_0_body_conv2_scratch(mb));
        residual_layer2_2_0_test(test_batchnorm2d_layer2_2_0_body_bn2(mb)[0], &test_relu_layer2_1_1(mb)[1][1 * 32],
            &test_relu_layer2_2_1(mb)[i][1][1 * 32]);
        conv2d_layer3_0_0_body_conv1_test(test_relu_layer2_2_1(mb)[i][0],
            mb->packed + AT_layer3_0_0_body_conv1_weight_dense,
            mb->packed + AT_batchnorm2d_layer3_0_0_body_bn1_statistics, &test_relu_layer3_0_0_body_2(mb)[i][1][1 * 64]);
    }
    conv2d_layer3_0_body_conv2_test(test_relu_layer3_0_0_body_2(mb)[0][0],
        mb->packed + AT_layer3_0_0_body_conv2_weight_winograd,
        mb->packed + AT_batchnorm2d_layer3_0_0_body_bn2_statistics, test_batchnorm2d_layer3_0_0_body_bn2(mb)[0][0],
        test_conv2d_layer3_0_0_body_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        conv2d_layer3_0_0_shortcut_0_test(&test_relu_layer2_2_1(mb)[i][1][1 * 32],
            mb->packed + AT_layer3_0_0_shortcut_0_weight_dense,
            mb->packed + AT_batchnorm2d_layer3_0_0_shortcut_1_statistics,
            test_batchnorm2d_layer3_0_0_shortcut_1(mb)[0]);
        residual_layer3_0_0_test(test_batchnorm2d_layer3_0_0_body_bn2(mb)[i][0],
            test_batchnorm2d_layer3_0_0_shortcut_1(mb)[0], &test_relu_layer3_0_1(mb)[i][1][1 * 64]);
    }
    conv2d_layer3_0_body_conv1_test(test_relu_layer3_0_1(mb)[0][0],
        mb->packed + AT_layer3_1_0_body_conv1_weight_winograd,
        mb->packed + AT_batchnorm2d_layer3_1_0_body_bn1_statistics, &test_relu_layer3_1_0_body_2(mb)[0][1][1 * 64],
        test_conv2d_layer3_1_0_body_conv1_scratch(mb), mb->count);
    conv2d_layer3_0_body_conv2_test(test_relu_layer3_1_0_body_2(mb)[0][0],
        mb->packed + AT_layer3_1_0_body_conv2_weight_winograd,
        mb->packed + AT_batchnorm2d_layer3_1_0_body_bn2_statistics, test_batchnorm2d_layer3_1_0_body_bn2(mb)[0][0],
        test_conv2d_layer3_1_0_body_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++)
        residual_layer3_1_0_test(test_batchnorm2d_layer3_1_0_body_bn2(mb)[i][0],
            &test_relu_layer3_0_1(mb)[i][1][1 * 64], &test_relu_layer3_1_1(mb)[i][1][1 * 64]);
    conv2d_layer3_0_body_conv1_test(test_relu_layer3_1_1(mb)[0][0],
        mb->packed + AT_layer3_2_0_body_conv1_weight_winograd,
        mb->packed + AT_batchnorm2d_layer3_2_0_body_bn1_statistics, &test_relu_layer3_2_0_body_2(mb)[0][1][1 * 64],
        test_conv2d_layer3_2_0_body_conv1_scratch(mb), mb->count);
    conv2d_layer3_0_body_conv2_test(test_relu_layer3_2_0_body_2(mb)[0][0],
        mb->packed + AT_layer3_2_0_body_conv2_weight_winograd,
        mb->packed + AT_batchnorm2d_layer3_2_0_body_bn2_statistics, test_batchnorm2d_layer3_2_0_body_bn2(mb)[0][0],
        test_conv2d_layer3_2_0_body_conv2_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        residual_layer3_2_0_test(test_batchnorm2d_layer3_2_0_body_bn2(mb)[i][0],
            &test_relu_layer3_1_1(mb)[i][1][1 * 64], test_relu_layer3_2_1(mb)[0]);
        adaptiveavgpool2d_6_forward(test_relu_layer3_2_1(mb)[0], test_adaptiveavgpool2d_6(mb)[i]);
    }
    linear_fc_forward(test_adaptiveavgpool2d_6(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        test_linear_fc(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_fc(mb)[0], 16, 10, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_0_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer1_0_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_0_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer1_0_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_1_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer1_1_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_1_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer1_1_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_2_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer1_2_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_2_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer1_2_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_0_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer2_0_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_0_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer2_0_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_0_0_shortcut_1, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_layer2_0_0_shortcut_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_1_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer2_1_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_1_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer2_1_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_2_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer2_2_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_2_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer2_2_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_0_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer3_0_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_0_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer3_0_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_0_0_shortcut_1, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_layer3_0_0_shortcut_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_1_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer3_1_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_1_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer3_1_0_body_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_2_0_body_bn1, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer3_2_0_body_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer3_2_0_body_bn2, 1e-05, 0.1)},
        -1, packed + AT_batchnorm2d_layer3_2_0_body_bn2_statistics);
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
    {"conv1.weight", 4, {16, 3, 3, 3}, AT_conv1_weight, 432, 4, {{16, 1}, {3, 16}, {3, 144}, {3, 48}},
     .init = NC_INIT_UNIFORM, .low = -0.19245008972987523, .high = 0.19245008972987523},
    BATCH_NORM("bn1", bn1, 16, 16),
    {"layer1.0.0.body.conv1.weight", 4, {16, 16, 3, 3}, AT_layer1_0_0_body_conv1_weight, 2304, 4, {{16, 1}, {16, 16},
     {3, 768}, {3, 256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.0.0.body.bn1", layer1_0_0_body_bn1, 16, 16),
    {"layer1.0.0.body.conv2.weight", 4, {16, 16, 3, 3}, AT_layer1_0_0_body_conv2_weight, 2304, 4, {{16, 1}, {16, 16},
     {3, 768}, {3, 256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.0.0.body.bn2", layer1_0_0_body_bn2, 16, 16),
    {"layer1.1.0.body.conv1.weight", 4, {16, 16, 3, 3}, AT_layer1_1_0_body_conv1_weight, 2304, 4, {{16, 1}, {16, 16},
     {3, 768}, {3, 256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.1.0.body.bn1", layer1_1_0_body_bn1, 16, 16),
    {"layer1.1.0.body.conv2.weight", 4, {16, 16, 3, 3}, AT_layer1_1_0_body_conv2_weight, 2304, 4, {{16, 1}, {16, 16},
     {3, 768}, {3, 256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.1.0.body.bn2", layer1_1_0_body_bn2, 16, 16),
    {"layer1.2.0.body.conv1.weight", 4, {16, 16, 3, 3}, AT_layer1_2_0_body_conv1_weight, 2304, 4, {{16, 1}, {16, 16},
     {3, 768}, {3, 256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.2.0.body.bn1", layer1_2_0_body_bn1, 16, 16),
    {"layer1.2.0.body.conv2.weight", 4, {16, 16, 3, 3}, AT_layer1_2_0_body_conv2_weight, 2304, 4, {{16, 1}, {16, 16},
     {3, 768}, {3, 256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.2.0.body.bn2", layer1_2_0_body_bn2, 16, 16),
    {"layer2.0.0.body.conv1.weight", 4, {32, 16, 3, 3}, AT_layer2_0_0_body_conv1_weight, 4608, 4, {{32, 1}, {16, 32},
     {3, 1536}, {3, 512}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer2.0.0.body.bn1", layer2_0_0_body_bn1, 32, 32),
    {"layer2.0.0.body.conv2.weight", 4, {32, 32, 3, 3}, AT_layer2_0_0_body_conv2_weight, 9216, 4, {{32, 1}, {32, 32},
     {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.0.0.body.bn2", layer2_0_0_body_bn2, 32, 32),
    {"layer2.0.0.shortcut.0.weight", 4, {32, 16, 1, 1}, AT_layer2_0_0_shortcut_0_weight, 512, 4, {{32, 1}, {16, 32}, {1,
     512}, {1, 512}}, .init = NC_INIT_UNIFORM, .low = -0.24999999999999997, .high = 0.24999999999999997},
    BATCH_NORM("layer2.0.0.shortcut.1", layer2_0_0_shortcut_1, 32, 32),
    {"layer2.1.0.body.conv1.weight", 4, {32, 32, 3, 3}, AT_layer2_1_0_body_conv1_weight, 9216, 4, {{32, 1}, {32, 32},
     {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.1.0.body.bn1", layer2_1_0_body_bn1, 32, 32),
    {"layer2.1.0.body.conv2.weight", 4, {32, 32, 3, 3}, AT_layer2_1_0_body_conv2_weight, 9216, 4, {{32, 1}, {32, 32},
     {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.1.0.body.bn2", layer2_1_0_body_bn2, 32, 32),
    {"layer2.2.0.body.conv1.weight", 4, {32, 32, 3, 3}, AT_layer2_2_0_body_conv1_weight, 9216, 4, {{32, 1}, {32, 32},
     {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.2.0.body.bn1", layer2_2_0_body_bn1, 32, 32),
    {"layer2.2.0.body.conv2.weight", 4, {32, 32, 3, 3}, AT_layer2_2_0_body_conv2_weight, 9216, 4, {{32, 1}, {32, 32},
     {3, 3072}, {3, 1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.2.0.body.bn2", layer2_2_0_body_bn2, 32, 32),
    {"layer3.0.0.body.conv1.weight", 4, {64, 32, 3, 3}, AT_layer3_0_0_body_conv1_weight, 18432, 4, {{64, 1}, {32, 64},
     {3, 6144}, {3, 2048}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer3.0.0.body.bn1", layer3_0_0_body_bn1, 64, 64),
    {"layer3.0.0.body.conv2.weight", 4, {64, 64, 3, 3}, AT_layer3_0_0_body_conv2_weight, 36864, 4, {{64, 1}, {64, 64},
     {3, 12288}, {3, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("layer3.0.0.body.bn2", layer3_0_0_body_bn2, 64, 64),
    {"layer3.0.0.shortcut.0.weight", 4, {64, 32, 1, 1}, AT_layer3_0_0_shortcut_0_weight, 2048, 4, {{64, 1}, {32, 64},
     {1, 2048}, {1, 2048}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    BATCH_NORM("layer3.0.0.shortcut.1", layer3_0_0_shortcut_1, 64, 64),
    {"layer3.1.0.body.conv1.weight", 4, {64, 64, 3, 3}, AT_layer3_1_0_body_conv1_weight, 36864, 4, {{64, 1}, {64, 64},
     {3, 12288}, {3, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("layer3.1.0.body.bn1", layer3_1_0_body_bn1, 64, 64),
    {"layer3.1.0.body.conv2.weight", 4, {64, 64, 3, 3}, AT_layer3_1_0_body_conv2_weight, 36864, 4, {{64, 1}, {64, 64},
     {3, 12288}, {3, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("layer3.1.0.body.bn2", layer3_1_0_body_bn2, 64, 64),
    {"layer3.2.0.body.conv1.weight", 4, {64, 64, 3, 3}, AT_layer3_2_0_body_conv1_weight, 36864, 4, {{64, 1}, {64, 64},
     {3, 12288}, {3, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("layer3.2.0.body.bn1", layer3_2_0_body_bn1, 64, 64),
    {"layer3.2.0.body.conv2.weight", 4, {64, 64, 3, 3}, AT_layer3_2_0_body_conv2_weight, 36864, 4, {{64, 1}, {64, 64},
     {3, 12288}, {3, 4096}}, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("layer3.2.0.body.bn2", layer3_2_0_body_bn2, 64, 64),
    {"fc.weight", 2, {10, 64}, AT_fc_weight, 1024, 2, {{10, 1}, {64, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.12499999999999999, .high = 0.12499999999999999},
    {"fc.bias", 1, {10}, AT_fc_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM, .low = -0.125, .high = 0.125},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 23, 178774016, 3472, 0, 1},
    {"conv1: Conv2d(3, 16, 3, padding=1, bias=False)", 24, 37330944, 16384, 0, 1},
    {"bn1: BatchNorm2d(16)", 25, 45719552, 48, 0, 1},
    {"bn1: BatchNorm2d(16)", 25, 0, 18496, 2, 1},
    {"layer1.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 45719552, 16384, 2, 1},
    {"layer1.0.0.body.bn1: BatchNorm2d(_)", 4, 54108160, 48, 2, 1},
    {"layer1.0.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 54108160, 16384, 4, 1},
    {"layer1.0.0.body.bn2: BatchNorm2d(_)", 7, 62496768, 48, 4, 1},
    {"layer1.0.0.body.bn2: BatchNorm2d(_)", 7, 9469952, 18496, 6, 1},
    {"layer1.1.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 62496768, 16384, 6, 1},
    {"layer1.1.0.body.bn1: BatchNorm2d(_)", 4, 70885376, 48, 6, 1},
    {"layer1.1.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 70885376, 16384, 8, 1},
    {"layer1.1.0.body.bn2: BatchNorm2d(_)", 7, 79273984, 48, 8, 1},
    {"layer1.1.0.body.bn2: BatchNorm2d(_)", 7, 18939904, 18496, 10, 1},
    {"layer1.2.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 79273984, 16384, 10, 1},
    {"layer1.2.0.body.bn1: BatchNorm2d(_)", 4, 87662592, 48, 10, 1},
    {"layer1.2.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 87662592, 16384, 12, 1},
    {"layer1.2.0.body.bn2: BatchNorm2d(_)", 7, 104439808, 48, 12, 1},
    {"layer1.2.0.body.bn2: BatchNorm2d(_)", 7, 28409856, 17424, 14, 1},
    {"layer2.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 112828416, 8192, 14, 1},
    {"layer2.0.0.body.bn1: BatchNorm2d(_)", 4, 104439808, 96, 14, 1},
    {"layer2.0.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 104439808, 8192, 16, 1},
    {"layer2.0.0.body.bn2: BatchNorm2d(_)", 7, 108634112, 96, 16, 1},
    {"layer2.0.0.body.bn2: BatchNorm2d(_)", 7, 108634112, 8192, 18, 1},
    {"layer2.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)", 18, 117022720, 8192, 18, 1},
    {"layer2.0.0.shortcut.1: BatchNorm2d(_)", 18, 136568832, 96, 18, 1},
    {"layer2.0.0.shortcut.1: BatchNorm2d(_)", 18, 121217024, 10368, 20, 1},
    {"layer2.1.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 136568832, 8192, 20, 1},
    {"layer2.1.0.body.bn1: BatchNorm2d(_)", 4, 140763136, 96, 20, 1},
    {"layer2.1.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 108634112, 8192, 22, 1},
    {"layer2.1.0.body.bn2: BatchNorm2d(_)", 7, 140763136, 96, 22, 1},
    {"layer2.1.0.body.bn2: BatchNorm2d(_)", 7, 126525440, 10368, 24, 1},
    {"layer2.2.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 140763136, 8192, 24, 1},
    {"layer2.2.0.body.bn1: BatchNorm2d(_)", 4, 144957440, 96, 24, 1},
    {"layer2.2.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 144957440, 8192, 26, 1},
    {"layer2.2.0.body.bn2: BatchNorm2d(_)", 7, 153346048, 96, 26, 1},
    {"layer2.2.0.body.bn2: BatchNorm2d(_)", 7, 131833856, 9248, 28, 1},
    {"layer3.0.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 157540352, 4096, 28, 1},
    {"layer3.0.0.body.bn1: BatchNorm2d(_)", 4, 153346048, 192, 28, 1},
    {"layer3.0.0.body.bn1: BatchNorm2d(_)", 4, 9853056, 6400, 30, 0},
    {"layer3.0.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 153346048, 4096, 30, 1},
    {"layer3.0.0.body.bn2: BatchNorm2d(_)", 7, 155443200, 192, 30, 1},
    {"layer3.0.0.body.bn2: BatchNorm2d(_)", 7, 155443200, 4096, 32, 1},
    {"layer3.0.0.shortcut.0: Conv2d(_, channels, 1, stride=2, bias=False)", 18, 159637504, 4096, 32, 1},
    {"layer3.0.0.shortcut.1: BatchNorm2d(_)", 18, 168288256, 192, 32, 1},
    {"layer3.0.0.shortcut.1: BatchNorm2d(_)", 18, 161734656, 6400, 34, 1},
    {"layer3.1.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 168288256, 4096, 34, 1},
    {"layer3.1.0.body.bn1: BatchNorm2d(_)", 4, 170385408, 192, 34, 1},
    {"layer3.1.0.body.bn1: BatchNorm2d(_)", 4, 10057856, 6400, 36, 0},
    {"layer3.1.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 155443200, 4096, 36, 1},
    {"layer3.1.0.body.bn2: BatchNorm2d(_)", 7, 170385408, 192, 36, 1},
    {"layer3.1.0.body.bn2: BatchNorm2d(_)", 7, 165011456, 6400, 38, 1},
    {"layer3.2.0.body.conv1: Conv2d(_, channels, 3, stride=stride, padding=1, bias=False)", 3, 170385408, 4096, 38, 1},
    {"layer3.2.0.body.bn1: BatchNorm2d(_)", 4, 172482560, 192, 38, 1},
    {"layer3.2.0.body.bn1: BatchNorm2d(_)", 4, 10262656, 6400, 40, 0},
    {"layer3.2.0.body.conv2: Conv2d(_, channels, 3, padding=1, bias=False)", 6, 172482560, 4096, 40, 1},
    {"layer3.2.0.body.bn2: BatchNorm2d(_)", 7, 174579712, 192, 40, 1},
    {"layer3.2.0.body.bn2: BatchNorm2d(_)", 7, 0, 4096, 42, 0},
    {"6: AdaptiveAvgPool2d(1)", 30, 131072, 64, 42, 0},
    {"fc: Linear(64, 10)", 32, 12641024, 16, 42, 0},
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
    {.barriers = 4, ALWAYS_AT(forward_5_to_13, 0)},
    {.barriers = 5, ALWAYS_AT(batchnorm2d_statistics_forward_part, 2), .parts = 1},
    {.barriers = 6, ALWAYS_AT(forward_7_and_11, 0)},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_statistics_forward_part, 3), .parts = 1},
    {.barriers = 8, ALWAYS_AT(forward_5_to_13, 1)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_statistics_forward_part, 4), .parts = 1},
    {.barriers = 10, ALWAYS_AT(forward_7_and_11, 1)},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_statistics_forward_part, 5), .parts = 1},
    {.barriers = 12, ALWAYS_AT(forward_5_to_13, 2)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_statistics_forward_part, 6), .parts = 1},
    {.barriers = 14, ALWAYS(forward_15)},
    {.barriers = 15, ALWAYS_AT(batchnorm2d_statistics_forward_part, 7), .parts = 1},
    {.barriers = 16, ALWAYS_AT(forward_17_to_27, 0)},
    {.barriers = 17, ALWAYS_AT(batchnorm2d_statistics_forward_part, 8), .parts = 1},
    {.barriers = 18, ALWAYS(forward_19)},
    {.barriers = 19, ALWAYS_AT(batchnorm2d_statistics_forward_part, 9), .parts = 1},
    {.barriers = 20, ALWAYS(forward_21)},
    {.barriers = 21, ALWAYS_AT(batchnorm2d_statistics_forward_part, 10), .parts = 1},
    {.barriers = 22, ALWAYS_AT(forward_17_to_27, 1)},
    {.barriers = 23, ALWAYS_AT(batchnorm2d_statistics_forward_part, 11), .parts = 1},
    {.barriers = 24, ALWAYS(forward_25)},
    {.barriers = 25, ALWAYS_AT(batchnorm2d_statistics_forward_part, 12), .parts = 1},
    {.barriers = 26, ALWAYS_AT(forward_17_to_27, 2)},
    {.barriers = 27, ALWAYS_AT(batchnorm2d_statistics_forward_part, 13), .parts = 1},
    {.barriers = 28, ALWAYS(forward_29)},
    {.barriers = 29, ALWAYS_AT(batchnorm2d_statistics_forward_part, 14), .parts = 1},
    {.barriers = 30, ALWAYS_AT(forward_31_to_41, 0)},
    {.barriers = 31, ALWAYS_AT(batchnorm2d_statistics_forward_part, 15), .parts = 1},
    {.barriers = 32, ALWAYS(forward_33)},
    {.barriers = 33, ALWAYS_AT(batchnorm2d_statistics_forward_part, 16), .parts = 1},
    {.barriers = 34, ALWAYS(forward_35)},
    {.barriers = 35, ALWAYS_AT(batchnorm2d_statistics_forward_part, 17), .parts = 1},
    {.barriers = 36, ALWAYS_AT(forward_31_to_41, 1)},
    {.barriers = 37, ALWAYS_AT(batchnorm2d_statistics_forward_part, 18), .parts = 1},
    {.barriers = 38, ALWAYS(forward_39)},
    {.barriers = 39, ALWAYS_AT(batchnorm2d_statistics_forward_part, 19), .parts = 1},
    {.barriers = 40, ALWAYS_AT(forward_31_to_41, 2)},
    {.barriers = 41, ALWAYS_AT(batchnorm2d_statistics_forward_part, 20), .parts = 1},
    {.barriers = 42, .train = train, .test = test, .loss = 1},
    {.barriers = 43, TRAIN_AT(norm_layer3_grad_statistics_part, 0), .parts = 1},
    {.barriers = 44, TRAIN_AT(backward_45_to_55, 0)},
    {.barriers = 45, TRAIN_AT(norm_layer3_grad_statistics_part, 1), .parts = 1},
    {.barriers = 46, TRAIN(backward_47)},
    {.barriers = 47, TRAIN_AT(norm_layer3_grad_statistics_part, 2), .parts = 1},
    {.barriers = 48, TRAIN_AT(backward_45_to_55, 1)},
    {.barriers = 49, TRAIN_AT(norm_layer3_grad_statistics_part, 3), .parts = 1},
    {.barriers = 50, TRAIN(backward_51)},
    {.barriers = 51, TRAIN_AT(norm_layer3_grad_statistics_part, 4), .parts = 1},
    {.barriers = 52, TRAIN(backward_53)},
    {.barriers = 52, TRAIN_AT(norm_layer3_grad_statistics_part, 5), .parts = 1},
    {.barriers = 53, TRAIN_AT(backward_45_to_55, 2)},
    {.barriers = 54, TRAIN_AT(norm_layer3_grad_statistics_part, 6), .parts = 1},
    {.barriers = 55, TRAIN(backward_57)},
    {.barriers = 56, TRAIN_AT(norm_grad_statistics_part, 0), .parts = 1},
    {.barriers = 57, TRAIN_AT(backward_59_to_69, 0)},
    {.barriers = 58, TRAIN_AT(norm_grad_statistics_part, 1), .parts = 1},
    {.barriers = 59, TRAIN(backward_61)},
    {.barriers = 60, TRAIN_AT(norm_grad_statistics_part, 2), .parts = 1},
    {.barriers = 61, TRAIN_AT(backward_59_to_69, 1)},
    {.barriers = 62, TRAIN_AT(norm_grad_statistics_part, 3), .parts = 1},
    {.barriers = 63, TRAIN(backward_65)},
    {.barriers = 64, TRAIN_AT(norm_grad_statistics_part, 4), .parts = 1},
    {.barriers = 65, TRAIN(backward_67)},
    {.barriers = 65, TRAIN_AT(norm_grad_statistics_part, 5), .parts = 1},
    {.barriers = 66, TRAIN_AT(backward_59_to_69, 2)},
    {.barriers = 67, TRAIN_AT(norm_grad_statistics_part, 6), .parts = 1},
    {.barriers = 68, TRAIN(backward_71)},
    {.barriers = 69, TRAIN_AT(norm_grad_statistics_part, 7), .parts = 1},
    {.barriers = 70, TRAIN_AT(backward_73_to_81, 0)},
    {.barriers = 71, TRAIN_AT(norm_grad_statistics_part, 8), .parts = 1},
    {.barriers = 72, TRAIN_AT(backward_75_and_79, 0)},
    {.barriers = 73, TRAIN_AT(norm_grad_statistics_part, 9), .parts = 1},
    {.barriers = 74, TRAIN_AT(backward_73_to_81, 1)},
    {.barriers = 75, TRAIN_AT(norm_grad_statistics_part, 10), .parts = 1},
    {.barriers = 76, TRAIN_AT(backward_75_and_79, 1)},
    {.barriers = 77, TRAIN_AT(norm_grad_statistics_part, 11), .parts = 1},
    {.barriers = 78, TRAIN_AT(backward_73_to_81, 2)},
    {.barriers = 79, TRAIN_AT(norm_grad_statistics_part, 12), .parts = 1},
    {.barriers = 80, TRAIN(backward_83)},
    {.barriers = 81, TRAIN_AT(norm_grad_statistics_part, 13), .parts = 1},
    {.barriers = 82, TRAIN(backward_85)},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 1, .pack = pack_evaluation,
    .output = {.offset = 12937472, .stride = 16},
};

static const struct nc_model model = {
    .name = "ResNet", .file = "resnet.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 128,
    .block = 274768, .sharded = 272864, .packed = 2027360, .packed_forward = 1014848,
    .workspace = 15105792,
    .microbatch = 8, .shard = 8, .batch = 128,
    .probes = probes, .probe_count = 60,
    .phases = phases, .phase_count = 85, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 180639424, .capacity = 128, .learned = 0,
    .output = {.offset = 12641024, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_cifar10(run, "train_data", "data", 1);
    nc_to_tensor(train_data);
    nc_normalize(train_data, (const double[]){0.4914, 0.4822, 0.4465}, (const double[]){0.247, 0.2435, 0.2616}, 3);
    nc_train_data(run, train_data, 128, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_cifar10(run, "test_data", "data", 0);
    nc_to_tensor(test_data);
    nc_normalize(test_data, (const double[]){0.4914, 0.4822, 0.4465}, (const double[]){0.247, 0.2435, 0.2616}, 3);
    nc_test_data(run, test_data, 250, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.1, 0.9, 0, 0.0001, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_epochs(run, 20);
    nc_log(run, "logs_resnet", 100);
    nc_save(run, "resnet_{epoch}.pth");
    return nc_train(run);
}

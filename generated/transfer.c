/* AntsAndBees: a trainer for the model of transfer.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                                              output      parameters
 *    47  conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)               64x112x112        9408
 *    48  bn1: BatchNorm2d(64)                                                               64x112x112         128
 *    49  relu: ReLU(inplace=True)                                                           64x112x112           0
 *    50  maxpool: MaxPool2d(kernel_size=3, stride=2, padding=1)                             64x56x56             0
 *     4  layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           64x56x56         36864
 *     5  layer1.0.bn1: BatchNorm2d(planes)                                                  64x56x56           128
 *     6  layer1.0.relu: ReLU(inplace=True)                                                  64x56x56             0
 *     7  layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       64x56x56         36864
 *     8  layer1.0.bn2: BatchNorm2d(planes)                                                  64x56x56           128
 *    13  layer1.0.residual: residual                                                        64x56x56             0
 *     6  layer1.0.relu: ReLU(inplace=True)                                                  64x56x56             0
 *        the same again: layer1.1.conv1 to layer1.1.relu
 *     4  layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           128x28x28        73728
 *     5  layer2.0.bn1: BatchNorm2d(planes)                                                  128x28x28          256
 *     6  layer2.0.relu: ReLU(inplace=True)                                                  128x28x28            0
 *     7  layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       128x28x28       147456
 *     8  layer2.0.bn2: BatchNorm2d(planes)                                                  128x28x28          256
 *    10  layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False) 128x28x28         8192
 *    10  layer2.0.downsample.1: BatchNorm2d(planes)                                         128x28x28          256
 *    13  layer2.0.residual: residual                                                        128x28x28            0
 *     6  layer2.0.relu: ReLU(inplace=True)                                                  128x28x28            0
 *     4  layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           128x28x28       147456
 *     5  layer2.1.bn1: BatchNorm2d(planes)                                                  128x28x28          256
 *     6  layer2.1.relu: ReLU(inplace=True)                                                  128x28x28            0
 *     7  layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       128x28x28       147456
 *     8  layer2.1.bn2: BatchNorm2d(planes)                                                  128x28x28          256
 *    13  layer2.1.residual: residual                                                        128x28x28            0
 *     6  layer2.1.relu: ReLU(inplace=True)                                                  128x28x28            0
 *     4  layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           256x14x14       294912
 *     5  layer3.0.bn1: BatchNorm2d(planes)                                                  256x14x14          512
 *     6  layer3.0.relu: ReLU(inplace=True)                                                  256x14x14            0
 *     7  layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       256x14x14       589824
 *     8  layer3.0.bn2: BatchNorm2d(planes)                                                  256x14x14          512
 *    10  layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False) 256x14x14        32768
 *    10  layer3.0.downsample.1: BatchNorm2d(planes)                                         256x14x14          512
 *    13  layer3.0.residual: residual                                                        256x14x14            0
 *     6  layer3.0.relu: ReLU(inplace=True)                                                  256x14x14            0
 *     4  layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           256x14x14       589824
 *     5  layer3.1.bn1: BatchNorm2d(planes)                                                  256x14x14          512
 *     6  layer3.1.relu: ReLU(inplace=True)                                                  256x14x14            0
 *     7  layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       256x14x14       589824
 *     8  layer3.1.bn2: BatchNorm2d(planes)                                                  256x14x14          512
 *    13  layer3.1.residual: residual                                                        256x14x14            0
 *     6  layer3.1.relu: ReLU(inplace=True)                                                  256x14x14            0
 *     4  layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           512x7x7        1179648
 *     5  layer4.0.bn1: BatchNorm2d(planes)                                                  512x7x7           1024
 *     6  layer4.0.relu: ReLU(inplace=True)                                                  512x7x7              0
 *     7  layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       512x7x7        2359296
 *     8  layer4.0.bn2: BatchNorm2d(planes)                                                  512x7x7           1024
 *    10  layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False) 512x7x7         131072
 *    10  layer4.0.downsample.1: BatchNorm2d(planes)                                         512x7x7           1024
 *    13  layer4.0.residual: residual                                                        512x7x7              0
 *     6  layer4.0.relu: ReLU(inplace=True)                                                  512x7x7              0
 *     4  layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)
 *                                                                                           512x7x7        2359296
 *     5  layer4.1.bn1: BatchNorm2d(planes)                                                  512x7x7           1024
 *     6  layer4.1.relu: ReLU(inplace=True)                                                  512x7x7              0
 *     7  layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)       512x7x7        2359296
 *     8  layer4.1.bn2: BatchNorm2d(planes)                                                  512x7x7           1024
 *    13  layer4.1.residual: residual                                                        512x7x7              0
 *     6  layer4.1.relu: ReLU(inplace=True)                                                  512x7x7              0
 *    55  avgpool: AdaptiveAvgPool2d((1, 1))                                                 512x1x1              0
 *    56  flatten: flatten(1)                                                                512                  0
 *     6  fc: Linear(512, 2)                                                                 2                 1026
 *
 * A batch of 4 is cut into shards of 1 samples, each with its own gradients, and a shard into microbatches of 1.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 3008256 bytes of workspace serve a thread. */
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
    AT_conv1_weight = 8208, AT_layer1_0_conv1_weight = 17888, AT_layer1_0_conv2_weight = 55024,
    AT_layer1_1_conv1_weight = 92160, AT_layer1_1_conv2_weight = 129296, AT_layer2_0_conv1_weight = 166432,
    AT_layer2_0_conv2_weight = 240688, AT_layer2_0_downsample_0_weight = 388672, AT_layer2_1_conv1_weight = 397392,
    AT_layer2_1_conv2_weight = 545376, AT_layer3_0_conv1_weight = 693360, AT_layer3_0_conv2_weight = 989312,
    AT_layer3_0_downsample_0_weight = 1580176, AT_layer3_1_conv1_weight = 1613984, AT_layer3_1_conv2_weight = 2204848,
    AT_layer4_0_conv1_weight = 2795712, AT_layer4_0_conv2_weight = 3977424, AT_layer4_0_downsample_0_weight = 6338784,
    AT_layer4_1_conv1_weight = 6471920, AT_layer4_1_conv2_weight = 8833280, AT_fc_weight = 0, AT_fc_bias = 8192,
    AT_NORM(bn1, 17616, 17744, 64), AT_NORM(layer1_0_bn1, 54752, 54880, 64), AT_NORM(layer1_0_bn2, 91888, 92016, 64),
    AT_NORM(layer1_1_bn1, 129024, 129152, 64), AT_NORM(layer1_1_bn2, 166160, 166288, 64), AT_NORM(layer2_0_bn1, 240160,
    240416, 128), AT_NORM(layer2_0_bn2, 388144, 388400, 128), AT_NORM(layer2_0_downsample_1, 396864, 397120, 128),
    AT_NORM(layer2_1_bn1, 544848, 545104, 128), AT_NORM(layer2_1_bn2, 692832, 693088, 128), AT_NORM(layer3_0_bn1,
    988272, 988784, 256), AT_NORM(layer3_0_bn2, 1579136, 1579648, 256), AT_NORM(layer3_0_downsample_1, 1612944, 1613456,
    256), AT_NORM(layer3_1_bn1, 2203808, 2204320, 256), AT_NORM(layer3_1_bn2, 2794672, 2795184, 256),
    AT_NORM(layer4_0_bn1, 3975360, 3976384, 512), AT_NORM(layer4_0_bn2, 6336720, 6337744, 512),
    AT_NORM(layer4_0_downsample_1, 6469856, 6470880, 512), AT_NORM(layer4_1_bn1, 8831216, 8832240, 512),
    AT_NORM(layer4_1_bn2, 11192576, 11193600, 512)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_conv1_weight_dense = 0, AT_layer1_0_conv1_weight_winograd = 11760, AT_layer1_0_conv2_weight_winograd = 159792,
    AT_layer1_1_conv1_weight_winograd = 307824, AT_layer1_1_conv2_weight_winograd = 455856,
    AT_layer2_0_conv1_weight_dense = 603888, AT_layer2_0_conv2_weight_winograd = 686832,
    AT_layer2_0_downsample_0_weight_dense = 1277232, AT_layer2_1_conv1_weight_winograd = 1286448,
    AT_layer2_1_conv2_weight_winograd = 1876848, AT_layer3_0_conv2_weight_winograd = 2467248,
    AT_layer3_1_conv1_weight_winograd = 4827120, AT_layer3_1_conv2_weight_winograd = 7186992
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_bn1_statistics = 9546864, AT_batchnorm2d_layer1_0_bn1_statistics = 9547120,
    AT_batchnorm2d_layer1_0_bn2_statistics = 9547376, AT_batchnorm2d_layer1_1_bn1_statistics = 9547632,
    AT_batchnorm2d_layer1_1_bn2_statistics = 9547888, AT_batchnorm2d_layer2_0_bn1_statistics = 9548144,
    AT_batchnorm2d_layer2_0_bn2_statistics = 9548656, AT_batchnorm2d_layer2_0_downsample_1_statistics = 9549168,
    AT_batchnorm2d_layer2_1_bn1_statistics = 9549680, AT_batchnorm2d_layer2_1_bn2_statistics = 9550192,
    AT_batchnorm2d_layer3_0_bn1_statistics = 9550704, AT_batchnorm2d_layer3_0_bn2_statistics = 9551728,
    AT_batchnorm2d_layer3_0_downsample_1_statistics = 9552752, AT_batchnorm2d_layer3_1_bn1_statistics = 9553776,
    AT_batchnorm2d_layer3_1_bn2_statistics = 9554800, AT_batchnorm2d_layer4_0_bn1_statistics = 9555824,
    AT_batchnorm2d_layer4_0_bn2_statistics = 9557872, AT_batchnorm2d_layer4_0_downsample_1_statistics = 9559920,
    AT_batchnorm2d_layer4_1_bn1_statistics = 9561968, AT_batchnorm2d_layer4_1_bn2_statistics = 9564016
};

/* CrossEntropyLoss  (line 32) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 5)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 224; r++)
        for (long c = 0; c < 224; c++)
            for (long k = 0; k < 3; k++)
                x[r * 687 + c * 3 + k] = pixel[k * 256 + sample[(k * 224 + r) * 224 + c]];
}

/* conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)  (line 47)
 * y[o] = sum x[i] * w[o][i] */
static void conv2d_conv1_forward(const float *x, const float *w, float *y)
{
    enum { ROWS = TILE(2, 2, 1), COLS = TILE(4, 3, 5), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec near[147][VECS];
        for (long j = 0; j < 147; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 80 + v * VL);
        long ahead = 0;
        for (long r = 0; r < 28; r += ROWS)
            for (long c = 0; c < 112; c = tile_next(c, COLS, 112)) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                for (long m = 0; m < ROWS; m++)
                    expect_rows(y + (r + m) * 7168 + c * 64 + o, COLS, 64, VECS * VL);
                if (ahead < 147) {
                    prefetch_rows(w + o + VECS * VL + ahead * 80, 8, 80, VECS * VL);
                    ahead += 8;
                }
                const float *wo = (const float *)near;
                for (long a = 0; a < 7; a++) {
                    const float *xt = from_here(x + r * 1374 + a * 687 + c * 6);
                    SEVERAL for (long j = 0; j < 21; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 1374 + n * 6);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    vec_store(y + (r + m) * 7168 + (c + n) * 64 + o + v * VL, acc[m][n][v]);
            }
    }
}

/* bn1: BatchNorm2d(64)  (line 48)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_bn1_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 64; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL, vec_load(x + 103936 + k + v * VL));
            vec_store(m + 64 + k + v * VL, vec_zero());
            vec_store(m + 128 + k + v * VL, vec_zero());
        }
    for (long r = 0; r < 28; r++)
        for (long k = 0; k < 64; k += 16) {
            vec p[16 / VL];
            EACH(v, 16 / VL)
                p[v] = vec_load(m + k + v * VL);
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long first = 0; first < 112; first += 64) {
                vec stretch_sum[16 / VL] = {{0}}, stretch_squares[16 / VL] = {{0}};
                for (long c = first; c < least(first + 64, 112); c++) {
                    prefetch_second(x + (r + 1) * 7168 + c * 64 + k, 16);
                    EACH(v, 16 / VL) {
                        const vec d = vec_load(x + r * 7168 + c * 64 + k + v * VL) - p[v];
                        stretch_sum[v] += d;
                        stretch_squares[v] = vec_fma(d, d, stretch_squares[v]);
                    }
                }
                EACH(v, 16 / VL) {
                    row_sum[v] += stretch_sum[v];
                    row_squares[v] += stretch_squares[v];
                }
            }
            EACH(v, 16 / VL) {
                vec_store(m + 64 + k + v * VL, vec_load(m + 64 + k + v * VL) + row_sum[v]);
                vec_store(m + 128 + k + v * VL, vec_load(m + 128 + k + v * VL) + row_squares[v]);
            }
        }
}

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
struct norm_size { long rows, cols, channels, x_row, x_col, stats_row, b_row, b_col, y_row, y_col, act, has_b; };
NC_INLINE void any_norm(const float *x, const float *stats, const float *b, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * size.x_row + c * size.x_col + k),
                    vec_load(stats + 2 * size.stats_row + k), vec_load(stats + 3 * size.stats_row + k));
                if (size.has_b)
                    a += vec_load(b + r * size.b_row + c * size.b_col + k);
                if (size.act)
                    a = vec_relu(a);
                vec_store(y + r * size.y_row + c * size.y_col + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, 0, y, (struct norm_size){__VA_ARGS__}); }

/* bn1: BatchNorm2d(64), ReLU(inplace=True)  (line 48) */
DEFINE_NORM(batchnorm2d_bn1_forward, .rows = 28, .cols = 112, .channels = 64, .x_row = 7168, .x_col = 64,
    .stats_row = 64, .y_row = 7168, .y_col = 64, .act = 1)

/* maxpool: MaxPool2d(kernel_size=3, stride=2, padding=1)  (line 50)
 * y = max over the window; second output: which element it was, first one on a tie */
static void maxpool2d_maxpool_forward(const float *x, float *y, unsigned short *arg)
{
    for (long r = 0; r < 56; r++) {
        const long top = r * 2 - 1;
        const long first_y = window_first(top, 1);
        const long end_y = window_end(top, 1, 3, 112);
        for (long c = 0; c < 56; c++) {
            const long left = c * 2 - 1;
            const long first_x = window_first(left, 1);
            const long end_x = window_end(left, 1, 3, 112);
            for (long k = 0; k < 64; k += VL) {
                vec best = vec_all(-__builtin_inff());
                ivec at = ivec_all(first_y * 3 + first_x);
                for (long ky = first_y; ky < end_y; ky++)
                    for (long kx = first_x; kx < end_x; kx++)
                        vec_take_max(vec_load(x + (top + ky) * 7168 + (left + kx) * 64 + k), ky * 3 + kx, &best, &at);
                vec_store(y + r * 3712 + c * 64 + k, best);
                ivec_store_shorts(arg + r * 3584 + c * 64 + k, at);
            }
        }
    }
}

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size { long cols, ins, x_row, y_row, block, norm_row, x_image, y_image, act; };
NC_INLINE void any_winograd3(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 4, .rows = 4, .cols = size.cols, .x_col = 0,
        .ins = size.ins, .outs = size.ins, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * size.ins, products, in_block, WINOGRAD_GROUP);
            for (long t = 0; t < in_block; t++) {
                const long image = winograd_image(&layer, first + t);
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + image * size.y_image + r * size.y_row + c * size.ins + o + k;
                    EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                        vec sum = sums[m][n];
                        if (size.norm_row)
                            sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + k),
                                vec_load(bias + 3 * size.norm_row + o + k));
                        if (size.act)
                            sum = vec_relu(sum);
                        vec_store(to + m * size.y_row + n * size.ins, sum);
                    }
                }
            }
        }
    }
}

#define DEFINE_WINOGRAD3(name, ...) static void name(const float *x, const float *u, float *y, float *scratch) \
    { any_winograd3(x, u, 0, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer1.0.conv1, layer1.1.conv1 (line 4), layer1.0.conv2, layer1.1.conv2 (line 7) */
DEFINE_WINOGRAD3(conv2d_layer1_forward, .cols = 56, .ins = 64, .x_row = 3712, .y_row = 3584, .block = 14,
    .x_image = 215296, .y_image = 200704)

/* of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
struct moments_size { long rows, cols, channels, x_col, m_row; };
NC_INLINE void any_moments(const float *x, float *m, const struct moments_size size)
{
    for (long k = 0; k < size.channels; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL, vec_load(x + size.rows / 2 * 3584 + size.cols / 2 * size.x_col + k + v * VL));
            vec_store(m + size.m_row + k + v * VL, vec_zero());
            vec_store(m + 2 * size.m_row + k + v * VL, vec_zero());
        }
    for (long r = 0; r < size.rows; r++)
        for (long k = 0; k < size.channels; k += 16) {
            vec p[16 / VL];
            EACH(v, 16 / VL)
                p[v] = vec_load(m + k + v * VL);
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long c = 0; c < size.cols; c++) {
                prefetch_second(x + (r + 1) * 3584 + c * size.x_col + k, 16);
                EACH(v, 16 / VL) {
                    const vec d = vec_load(x + r * 3584 + c * size.x_col + k + v * VL) - p[v];
                    row_sum[v] += d;
                    row_squares[v] = vec_fma(d, d, row_squares[v]);
                }
            }
            EACH(v, 16 / VL) {
                vec_store(m + size.m_row + k + v * VL, vec_load(m + size.m_row + k + v * VL) + row_sum[v]);
                vec_store(m + 2 * size.m_row + k + v * VL, vec_load(m + 2 * size.m_row + k + v * VL) + row_squares[v]);
            }
        }
}

#define DEFINE_MOMENTS(name, ...) static void name(const float *x, float *m) \
    { any_moments(x, m, (struct moments_size){__VA_ARGS__}); }

/* layer1.0.bn1, layer1.1.bn1 (line 5), layer1.0.bn2, layer1.1.bn2 (line 8) */
DEFINE_MOMENTS(batchnorm2d_layer1_moments_forward, .rows = 14, .cols = 56, .channels = 64, .x_col = 64, .m_row = 64)

/* layer1.0.bn1, layer1.1.bn1 (line 5) */
DEFINE_NORM(batchnorm2d_layer1_bn1_forward, .rows = 14, .cols = 56, .channels = 64, .x_row = 3584, .x_col = 64,
    .stats_row = 64, .y_row = 3712, .y_col = 64, .act = 1)

#define DEFINE_NORMB(name, ...) static void name(const float *x, const float *stats, const float *b, float *y) \
    { any_norm(x, stats, b, y, (struct norm_size){__VA_ARGS__}); }

/* layer1.0.bn2: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 8) */
DEFINE_NORMB(batchnorm2d_layer1_0_bn2_forward, .rows = 14, .cols = 56, .channels = 64, .x_row = 3584, .x_col = 64,
    .stats_row = 64, .b_row = 3712, .b_col = 64, .y_row = 3712, .y_col = 64, .act = 1, .has_b = 1)

/* layer1.1.bn2: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 8) */
DEFINE_NORMB(batchnorm2d_layer1_1_bn2_forward, .rows = 14, .cols = 56, .channels = 64, .x_row = 3584, .x_col = 64,
    .stats_row = 64, .b_row = 3712, .b_col = 64, .y_row = 3648, .y_col = 64, .act = 1, .has_b = 1)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size { long y_row, act, norm_row; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    enum { ACROSS = 28 / COLS, TILES = 7 * ACROSS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 192, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 128; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++) {
            vec near[192][VECS];
            for (long j = 0; j < 192; j++)
                EACH(v, VECS)
                    near[j][v] = vec_load(w + a * 192 * 144 + o + j * 144 + v * VL);
            for (long t = 0; t < TILES; t++) {
                const long r = t / ACROSS;
                const long c = t % ACROSS * COLS;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = sums[t][n][v];
                const float *next = a < 2 ? w + a * 192 * 144 + o + BLOCK * 144 : w + o + VECS * VL;
                prefetch_rows(next + t * SHARE * 144, SHARE, 144, VECS * VL);
                const float *wo = (const float *)near;
                const float *xt = from_here(x + r * 7296 + a * 3648 + c * 128);
                IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += VECS * VL) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 128);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                if (a < 2) {
                    EACH(n, COLS) EACH(v, VECS)
                        sums[t][n][v] = acc[n][v];
                    continue;
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(y + r * size.y_row + (c + n) * 128 + o + v * VL, sum);
                }
            }
        }
    }
}

/* layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4) */
static void conv2d_layer2_0_conv1_forward(const float *x, const float *w, float *y)
{
    any_conv(x, w, 0, y, (struct conv_size){.y_row = 3584});
}

/* layer2.0.bn1, layer2.1.bn1 (line 5), layer2.0.bn2, layer2.1.bn2 (line 8), layer2.0.downsample.1 (line 10) */
DEFINE_MOMENTS(batchnorm2d_layer2_moments_forward, .rows = 7, .cols = 28, .channels = 128, .x_col = 128, .m_row = 128)

/* layer2.0.bn1, layer2.1.bn1 (line 5) */
DEFINE_NORM(batchnorm2d_layer2_bn1_forward, .rows = 7, .cols = 28, .channels = 128, .x_row = 3584, .x_col = 128,
    .stats_row = 128, .y_row = 3840, .y_col = 128, .act = 1)

/* layer2.0.conv2, layer2.1.conv2 (line 7), layer2.1.conv1 (line 4) */
DEFINE_WINOGRAD3(conv2d_layer2_forward, .cols = 28, .ins = 128, .x_row = 3840, .y_row = 3584, .block = 10,
    .x_image = 115200, .y_image = 100352)

/* layer2.0.bn2: BatchNorm2d(planes)  (line 8) */
DEFINE_NORM(batchnorm2d_layer2_0_bn2_forward, .rows = 7, .cols = 28, .channels = 128, .x_row = 3584, .x_col = 128,
    .stats_row = 128, .y_row = 3584, .y_col = 128)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct conv_size_2 { long norm_row; };
NC_INLINE void any_conv_2(const float *x, const float *w, const float *bias, float *y, const struct conv_size_2 size)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    for (long o = 0; o < 128; o += VECS * VL) {
        vec near[64][VECS];
        for (long j = 0; j < 64; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 144 + v * VL);
        long ahead = 0;
        for (long r = 0; r < 7; r++)
            for (long c = 0; c < 28; c += COLS) {
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_zero();
                if (ahead < 64) {
                    prefetch_rows(w + o + VECS * VL + ahead * 144, 8, 144, VECS * VL);
                    ahead += 8;
                }
                const float *wo = (const float *)near;
                const float *xt = from_here(x + r * 7296 + c * 128);
                SEVERAL for (long j = 0; j < 64; j++, xt++, wo += VECS * VL) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 128);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    vec_store(y + r * 3584 + (c + n) * 128 + o + v * VL, sum);
                }
            }
    }
}

/* layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10) */
static void conv2d_layer2_0_downsample_0_forward(const float *x, const float *w, float *y)
{
    any_conv_2(x, w, 0, y, (struct conv_size_2){0});
}

/* layer2.0.downsample.1: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 10) */
DEFINE_NORMB(batchnorm2d_layer2_0_downsample_1_forward, .rows = 7, .cols = 28, .channels = 128, .x_row = 3584,
    .x_col = 128, .stats_row = 128, .b_row = 3584, .b_col = 128, .y_row = 3840, .y_col = 128, .act = 1, .has_b = 1)

/* layer2.1.bn2: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 8) */
DEFINE_NORMB(batchnorm2d_layer2_1_bn2_forward, .rows = 7, .cols = 28, .channels = 128, .x_row = 3584, .x_col = 128,
    .stats_row = 128, .b_row = 3840, .b_col = 128, .y_row = 3712, .y_col = 128, .act = 1, .has_b = 1)

/* layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * y[o] = sum x[i] * w[o][i] */
static void conv2d_layer3_0_conv1_forward(const float *x, const float *w, float *y)
{
    enum { ROWS = TILE(1, 2, 2), COLS = TILE(7, 2, 2), VECS = 2 };
    enum { ACROSS = 14 / COLS, TILES = 14 / ROWS * ACROSS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 192, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec sums[TILES][ROWS][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++)
            for (long j0 = 0; j0 < 384; j0 += BLOCK) {
                vec near[192][VECS];
                for (long j = 0; j < BLOCK; j++)
                    EACH(v, VECS)
                        near[j][v] = vec_load(w + (a * 384 + j0) * 256 + o + j * 256 + v * VL);
                for (long t = 0; t < TILES; t++) {
                    const long r = t / ACROSS * ROWS;
                    const long c = t % ACROSS * COLS;
                    vec acc[ROWS][COLS][VECS];
                    EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                        acc[m][n][v] = sums[t][m][n][v];
                    const float *next = a < 2 || j0 < 384 - BLOCK ? w + (a * 384 + j0) * 256 + o + BLOCK * 256 : w + o
                        + VECS * VL;
                    prefetch_rows(next + t * SHARE * 256, SHARE, 256, VECS * VL);
                    const float *wo = (const float *)near;
                    const float *xt = from_here(x + r * 7424 + a * 3712 + c * 256 + j0);
                    IN_EIGHTS for (long j = 0; j < BLOCK; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 7424 + n * 256);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                    if (a < 2 || j0 < 384 - BLOCK) {
                        EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                            sums[t][m][n][v] = acc[m][n][v];
                        continue;
                    }
                    EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                        vec_store(y + (r + m) * 3584 + (c + n) * 256 + o + v * VL, acc[m][n][v]);
                }
            }
    }
}

/* layer3.0.bn1: BatchNorm2d(planes)  (line 5) */
DEFINE_MOMENTS(batchnorm2d_layer3_0_bn1_moments_forward, .rows = 14, .cols = 14, .channels = 64, .x_col = 256,
    .m_row = 256)

/* layer3.0.bn1, layer3.1.bn1 (line 5) */
DEFINE_NORM(batchnorm2d_layer3_bn1_forward, .rows = 2, .cols = 14, .channels = 256, .x_row = 3584, .x_col = 256,
    .stats_row = 256, .y_row = 4096, .y_col = 256, .act = 1)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_2 { long y_row, norm_row, y_image, act; };
NC_INLINE void any_winograd3_2(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 2, .rows = 14, .cols = 14, .x_col = 0,
        .ins = 256, .outs = 256, .x_image = 65536, .x_row = 4096, .block = 32,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 32) {
        const long in_block = least(32, tiles - first);
        winograd_input_3x3(&layer, x, first, in_block, lines, v);
        winograd_products(&layer, v, u, products, in_block, 32);
        for (long t = 0; t < in_block; t++) {
            const long image = winograd_image(&layer, first + t);
            const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
            for (long k = 0; k < 32; k += VL) {
                vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                winograd_output(products + t * 32 + k, plane, sums, 3);
                float *to = y + image * size.y_image + r * size.y_row + c * 256 + k;
                EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE) {
                    vec sum = sums[m][n];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + k),
                            vec_load(bias + 3 * size.norm_row + k));
                    if (size.act)
                        sum = vec_relu(sum);
                    vec_store(to + m * size.y_row + n * 256, sum);
                }
            }
        }
    }
}

/* layer3.0.conv2, layer3.1.conv2 (line 7), layer3.1.conv1 (line 4) */
static void conv2d_layer3_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3_2(x, u, 0, y, scratch, (struct winograd3_size_2){.y_row = 3584, .y_image = 50176});
}

/* layer3.0.bn2, layer3.1.bn2 (line 8), layer3.0.downsample.1 (line 10), layer3.1.bn1 (line 5) */
DEFINE_MOMENTS(batchnorm2d_layer3_moments_forward, .rows = 2, .cols = 14, .channels = 256, .x_col = 256, .m_row = 256)

/* layer3.0.bn2: BatchNorm2d(planes)  (line 8) */
DEFINE_NORM(batchnorm2d_layer3_0_bn2_forward, .rows = 2, .cols = 14, .channels = 256, .x_row = 3584, .x_col = 256,
    .stats_row = 256, .y_row = 3584, .y_col = 256)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct conv_size_3 { long norm_row; };
NC_INLINE void any_conv_3(const float *x, const float *w, const float *bias, float *y, const struct conv_size_3 size)
{
    enum { COLS = TILE(7, 2, 2), VECS = TILE(2, 4, 4) };
    for (long o = 0; o < 256; o += VECS * VL) {
        vec near[128][VECS];
        for (long j = 0; j < 128; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 256 + v * VL);
        long ahead = 0;
        for (long s = 0; s < 4; s++)
            for (long c = 0; c < 14; c += COLS) {
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_zero();
                if (ahead < 128) {
                    prefetch_rows(w + o + VECS * VL + ahead * 256, 8, 256, VECS * VL);
                    ahead += 8;
                }
                const float *wo = (const float *)near;
                const float *xt = from_here(x + s * 107648 + c * 256);
                IN_EIGHTS for (long j = 0; j < 128; j++, xt++, wo += VECS * VL) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 256);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    vec_store(y + s * 50176 + (c + n) * 256 + o + v * VL, sum);
                }
            }
    }
}

/* layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10) */
static void conv2d_layer3_0_downsample_0_forward(const float *x, const float *w, float *y)
{
    any_conv_3(x, w, 0, y, (struct conv_size_3){0});
}

/* layer3.0.downsample.1: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 10) */
DEFINE_NORMB(batchnorm2d_layer3_0_downsample_1_forward, .rows = 2, .cols = 14, .channels = 256, .x_row = 3584,
    .x_col = 256, .stats_row = 256, .b_row = 3584, .b_col = 256, .y_row = 4096, .y_col = 256, .act = 1, .has_b = 1)

/* layer3.1.bn2: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 8) */
DEFINE_NORMB(batchnorm2d_layer3_1_bn2_forward, .rows = 2, .cols = 14, .channels = 256, .x_row = 3584, .x_col = 256,
    .stats_row = 256, .b_row = 4096, .b_col = 256, .y_row = 3840, .y_col = 256, .act = 1, .has_b = 1)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_4 { long y_row, act, norm_row, y_image; };
NC_INLINE void any_conv_4(const float *x, const float *w, const float *bias, float *y, const struct conv_size_4 size)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    enum { ACROSS = (7 + COLS - 1) / COLS, PER_IMAGE = 7 * ACROSS, TILES = 4 * PER_IMAGE };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 192, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++)
            for (long j0 = 0; j0 < 768; j0 += BLOCK) {
                vec near[192][VECS];
                for (long j = 0; j < BLOCK; j++)
                    EACH(v, VECS)
                        near[j][v] = vec_load(w + (a * 768 + j0) * 512 + o + j * 512 + v * VL);
                for (long t = 0; t < TILES; t++) {
                    const long s = t / PER_IMAGE;
                    const long r = t % PER_IMAGE / ACROSS;
                    const long c = least(t % ACROSS * COLS, 7 - COLS);
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = sums[t][n][v];
                    const float *next = a < 2 || j0 < 768 - BLOCK ? w + (a * 768 + j0) * 512 + o + BLOCK * 512 : w + o
                        + VECS * VL;
                    prefetch_rows(next + t * SHARE * 512, SHARE, 512, VECS * VL);
                    const float *wo = (const float *)near;
                    const float *xt = from_here(x + s * 57600 + r * 7680 + a * 3840 + c * 512 + j0);
                    IN_EIGHTS for (long j = 0; j < BLOCK; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + n * 512);
                            EACH(v, VECS)
                                acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                        }
                    }
                    if (a < 2 || j0 < 768 - BLOCK) {
                        EACH(n, COLS) EACH(v, VECS)
                            sums[t][n][v] = acc[n][v];
                        continue;
                    }
                    EACH(n, COLS) EACH(v, VECS) {
                        vec sum = acc[n][v];
                        if (size.norm_row)
                            sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                                vec_load(bias + 3 * size.norm_row + o + v * VL));
                        if (size.act)
                            sum = vec_relu(sum);
                        vec_store(y + s * size.y_image + r * size.y_row + (c + n) * 512 + o + v * VL, sum);
                    }
                }
            }
    }
}

/* layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4) */
static void conv2d_layer4_0_conv1_forward(const float *x, const float *w, float *y)
{
    any_conv_4(x, w, 0, y, (struct conv_size_4){.y_row = 3584, .y_image = 25088});
}

/* layer4.0.bn1, layer4.1.bn1 (line 5), layer4.0.bn2, layer4.1.bn2 (line 8)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_layer4_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 512; k += 16)
        EACH(v, 16 / VL) {
            vec_store(m + k + v * VL, vec_load(x + 1536 + k + v * VL));
            vec_store(m + 512 + k + v * VL, vec_zero());
            vec_store(m + 1024 + k + v * VL, vec_zero());
        }
    for (long k = 0; k < 512; k += 16) {
        vec p[16 / VL];
        EACH(v, 16 / VL)
            p[v] = vec_load(m + k + v * VL);
        vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
        for (long c = 0; c < 7; c++) {
            prefetch_second(x + 3584 + c * 512 + k, 16);
            EACH(v, 16 / VL) {
                const vec d = vec_load(x + c * 512 + k + v * VL) - p[v];
                row_sum[v] += d;
                row_squares[v] = vec_fma(d, d, row_squares[v]);
            }
        }
        EACH(v, 16 / VL) {
            vec_store(m + 512 + k + v * VL, vec_load(m + 512 + k + v * VL) + row_sum[v]);
            vec_store(m + 1024 + k + v * VL, vec_load(m + 1024 + k + v * VL) + row_squares[v]);
        }
    }
}

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
struct norm_size_2 { long b_col, act, has_b; };
NC_INLINE void any_norm_2(const float *x, const float *stats, const float *b, float *y, const struct norm_size_2 size)
{
    for (long c = 0; c < 7; c++)
        for (long k = 0; k < 512; k += VL) {
            vec a = vec_fma(vec_load(x + c * 512 + k), vec_load(stats + 1024 + k), vec_load(stats + 1536 + k));
            if (size.has_b)
                a += vec_load(b + c * size.b_col + k);
            if (size.act)
                a = vec_relu(a);
            vec_store(y + c * 512 + k, a);
        }
}

#define DEFINE_NORM_2(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm_2(x, stats, 0, y, (struct norm_size_2){__VA_ARGS__}); }

/* layer4.0.bn1, layer4.1.bn1 (line 5) */
DEFINE_NORM_2(batchnorm2d_layer4_bn1_forward, .act = 1)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_5 { long y_row, act, norm_row, y_image; };
NC_INLINE void any_conv_5(const float *x, const float *w, const float *bias, float *y, const struct conv_size_5 size)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    enum { ACROSS = (7 + COLS - 1) / COLS, PER_IMAGE = 7 * ACROSS, TILES = 4 * PER_IMAGE };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 192, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++)
            for (long j0 = 0; j0 < 1536; j0 += BLOCK) {
                vec near[192][VECS];
                for (long j = 0; j < BLOCK; j++)
                    EACH(v, VECS)
                        near[j][v] = vec_load(w + (a * 1536 + j0) * 512 + o + j * 512 + v * VL);
                for (long t = 0; t < TILES; t++) {
                    const long s = t / PER_IMAGE;
                    const long r = t % PER_IMAGE / ACROSS;
                    const long c = least(t % ACROSS * COLS, 7 - COLS);
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = sums[t][n][v];
                    const float *next = a < 2 || j0 < 1536 - BLOCK ? w + (a * 1536 + j0) * 512 + o + BLOCK * 512 : w
                        + o + VECS * VL;
                    prefetch_rows(next + t * SHARE * 512, SHARE, 512, VECS * VL);
                    const float *wo = (const float *)near;
                    const float *xt = from_here(x + s * 41472 + (r + a) * 4608 + c * 512 + j0);
                    IN_EIGHTS for (long j = 0; j < BLOCK; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + n * 512);
                            EACH(v, VECS)
                                acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                        }
                    }
                    if (a < 2 || j0 < 1536 - BLOCK) {
                        EACH(n, COLS) EACH(v, VECS)
                            sums[t][n][v] = acc[n][v];
                        continue;
                    }
                    EACH(n, COLS) EACH(v, VECS) {
                        vec sum = acc[n][v];
                        if (size.norm_row)
                            sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                                vec_load(bias + 3 * size.norm_row + o + v * VL));
                        if (size.act)
                            sum = vec_relu(sum);
                        vec_store(y + s * size.y_image + r * size.y_row + (c + n) * 512 + o + v * VL, sum);
                    }
                }
            }
    }
}

/* layer4.0.conv2, layer4.1.conv2 (line 7), layer4.1.conv1 (line 4) */
static void conv2d_layer4_forward(const float *x, const float *w, float *y)
{
    any_conv_5(x, w, 0, y, (struct conv_size_5){.y_row = 3584, .y_image = 25088});
}

/* layer4.0.bn2: BatchNorm2d(planes)  (line 8) */
DEFINE_NORM_2(batchnorm2d_layer4_0_bn2_forward, 0)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct conv_size_6 { long norm_row; };
NC_INLINE void any_conv_6(const float *x, const float *w, const float *bias, float *y, const struct conv_size_6 size)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    for (long o = 0; o < 128; o += VECS * VL) {
        vec near[256][VECS];
        for (long j = 0; j < 256; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 512 + v * VL);
        long ahead = 0;
        for (long r = 0; r < 7; r++)
            for (long c = 0; c < 7; c = tile_next(c, COLS, 7)) {
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = vec_zero();
                if (ahead < 256) {
                    prefetch_rows(w + o + VECS * VL + ahead * 512, 8, 512, VECS * VL);
                    ahead += 8;
                }
                const float *wo = (const float *)near;
                const float *xt = from_here(x + r * 7680 + c * 512);
                IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += VECS * VL) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 512);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    vec_store(y + r * 3584 + (c + n) * 512 + o + v * VL, sum);
                }
            }
    }
}

/* layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10) */
static void conv2d_layer4_0_downsample_0_forward(const float *x, const float *w, float *y)
{
    any_conv_6(x, w, 0, y, (struct conv_size_6){0});
}

/* layer4.0.downsample.1: BatchNorm2d(planes)  (line 10) */
DEFINE_MOMENTS(batchnorm2d_layer4_0_downsample_1_moments_forward, .rows = 7, .cols = 7, .channels = 128, .x_col = 512,
    .m_row = 512)

/* layer4.0.downsample.1: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 10) */
static void batchnorm2d_layer4_0_downsample_1_forward(const float *x, const float *stats, const float *b, float *y)
{
    any_norm_2(x, stats, b, y, (struct norm_size_2){.b_col = 512, .act = 1, .has_b = 1});
}

/* layer4.1.bn2: BatchNorm2d(planes), residual, ReLU(inplace=True)  (line 8) */
DEFINE_NORMB(batchnorm2d_layer4_1_bn2_forward, .rows = 7, .cols = 7, .channels = 256, .x_row = 3584, .x_col = 512,
    .stats_row = 512, .b_row = 4608, .b_col = 512, .y_row = 3584, .y_col = 512, .act = 1, .has_b = 1)

/* avgpool: AdaptiveAvgPool2d((1, 1))  (line 55)
 * y = mean over the window */
static void adaptiveavgpool2d_avgpool_forward(const float *x, float *y)
{
    for (long k = 0; k < 256; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 7; y_at++)
            for (long x_at = 0; x_at < 7; x_at++)
                sum += vec_load(x + y_at * 3584 + x_at * 512 + k);
        sum /= vec_all(49);
        vec_store(y + k, sum);
    }
}

/* fc: Linear(512, 2)  (line 6)
 * y = x w^T + b */
static void linear_fc_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { VECS = TILE(1, 2, 4) };
    enum { TILES = 1 };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 171, SHARE = (BLOCK + TILES - 1) / TILES };
    vec sums[TILES][VECS];
    __builtin_memset(sums, 0, sizeof sums);
    for (long j0 = 0; j0 < 512; j0 += BLOCK)
        for (long t = 0; t < TILES; t++) {
            const long c = t;
            vec acc[VECS];
            EACH(v, VECS)
                acc[v] = sums[t][v];
            const float *next = j0 < 512 - BLOCK ? w + j0 * 16 + BLOCK * 16 : w + VECS * VL;
            prefetch_rows(next + t * SHARE * 16, SHARE, 16, VECS * VL);
            const float *wo = w + j0 * 16;
            const float *xt = from_here(x + c * 512 + j0);
            IN_EIGHTS for (long j = 0; j < least(BLOCK, 512 - j0); j++, xt++, wo += 16) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                const vec pixel = vec_all_of(xt);
                EACH(v, VECS)
                    acc[v] = vec_fma(pixel, weights[v], acc[v]);
            }
            if (j0 < 512 - BLOCK) {
                EACH(v, VECS)
                    sums[t][v] = acc[v];
                continue;
            }
            EACH(v, VECS) {
                vec sum = acc[v];
                sum += vec_load(bias + v * VL);
                vec_store(y + c * 16 + v * VL, sum);
            }
        }
}

/* fc: Linear(512, 2)  (line 6)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_fc_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(12, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long start = 0; start < 512; start += COLS) {
            const long j = least(start, 512 - COLS);
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 512, dr += 16) {
                vec dv[VECS];
                EACH(v, VECS)
                    dv[v] = vec_load_once(dr + v * VL);
                EACH(n, COLS) {
                    const vec input = vec_all_of(xr + n);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                }
            }
            EACH(n, COLS)
                if (j + n >= start)
                    EACH(v, VECS)
                        vec_store(gt + n * 16 + v * VL, acc[n][v]);
        }
}

/* fc: Linear(512, 2)  (line 6)
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

/* conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)  (line 47)
 * the weights as the layer reads them */
static void conv2d_conv1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 49 * part / parts, end = 49 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long a = block / 7, b = block % 7;
        const float *wt = w + a * 1344 + b * 192;
        float *tr = t + block * 3 * 80;
        for (long i = 0; i < 64; i += 16)
            for (long n = 0; n < 3; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 80 + m] = wt[m + n * 64];
    }
}

/* the weights as the layer reads them
 * transformed for Winograd's convolution */
struct winograd_weights3_size { long ins, outs, w_tap_y, w_tap_x; };
NC_INLINE void any_winograd_weights3(const float *w, float *u, int part, int parts,
        const struct winograd_weights3_size size)
{
    const struct winograd_filter filter = {
        .ins = size.ins, .outs = size.outs, .tap_y = size.w_tap_y, .tap_x = size.w_tap_x,
        .in = size.outs, .out = 1, .u_ins = size.outs, .u_outs = size.outs,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

#define DEFINE_WINOGRAD_WEIGHTS3(name, ...) static void name(const float *w, float *u, int part, int parts) \
    { any_winograd_weights3(w, u, part, parts, (struct winograd_weights3_size){__VA_ARGS__}); }

/* layer1.0.conv1, layer1.1.conv1 (line 4), layer1.0.conv2, layer1.1.conv2 (line 7) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer1_weights, .ins = 64, .outs = 64, .w_tap_y = 12288, .w_tap_x = 4096)

/* layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * the weights as the layer reads them */
static void conv2d_layer2_0_conv1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 36 * part / parts, end = 36 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 4, q = block % 4 * 16;
        const long a = tap / 3, b = tap % 3;
        const float *wt = w + a * 24576 + b * 8192;
        float *tr = t + (tap * 64 + q) * 144;
        for (long i = 0; i < 128; i += 16)
            copy_block(wt + i + q * 128, 128, tr + i, 144);
    }
}

/* layer2.0.conv2, layer2.1.conv2 (line 7), layer2.1.conv1 (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer2_weights, .ins = 128, .outs = 128, .w_tap_y = 49152, .w_tap_x = 16384)

/* layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10)
 * the weights as the layer reads them */
static void conv2d_layer2_0_downsample_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 4 * part / parts, end = 4 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 144;
        for (long i = 0; i < 128; i += 16)
            copy_block(wt + i + q * 128, 128, tr + i, 144);
    }
}

/* layer3.0.conv2, layer3.1.conv2 (line 7), layer3.1.conv1 (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer3_weights, .ins = 256, .outs = 256, .w_tap_y = 196608, .w_tap_x = 65536)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[157328])(mb->batch + 42796032 + mb->first * 629312L))
#define conv2d_conv1(mb) ((float (*)[112][112 * 64])(mb->batch + 0 + mb->first * 3211264L)) /* 64x112x112 */
#define batchnorm2d_bn1_moments(mb) ((float (*)[768])(mb->batch + 12845056 + mb->first * 3072L)) /* 64x3x1 */
#define batchnorm2d_bn1_statistics(mb) ((float (*)[64])(mb->batch + 58623232)) /* 64x4x1 */
#define relu_relu(mb) ((float (*)[112][112 * 64])(mb->batch + 12845056 + mb->first * 3211264L)) /* 64x112x112 */
#define maxpool2d_maxpool(mb) ((float (*)[58][58 * 64])(mb->batch + 25690112 + mb->first * 861184L))
#define maxpool2d_maxpool_arg(mb) ((unsigned short (*)[56 * 64])(mb->workspace + 0)) /* 64x56x56 */
#define conv2d_layer1_0_conv2(mb) ((float (*)[56][56 * 64])(mb->batch + 0 + mb->first * 802816L)) /* 64x56x56 */
#define batchnorm2d_layer1_0_bn2_statistics(mb) ((float (*)[64])(mb->batch + 3223552)) /* 64x4x1 */
#define relu_layer1_0_relu_2(mb) ((float (*)[58][58 * 64])(mb->batch + 32579584 + mb->first * 861184L))
#define conv2d_layer1_1_conv2(mb) ((float (*)[56][56 * 64])(mb->batch + 0 + mb->first * 802816L)) /* 64x56x56 */
#define batchnorm2d_layer1_1_bn2_statistics(mb) ((float (*)[64])(mb->batch + 3223552)) /* 64x4x1 */
#define relu_layer1_1_relu_2(mb) ((float (*)[57][57 * 64])(mb->batch + 39469056 + mb->first * 831744L))
#define conv2d_layer2_0_conv1(mb) ((float (*)[28][28 * 128])(mb->batch + 0 + mb->first * 401408L)) /* 128x28x28 */
#define batchnorm2d_layer2_0_bn1_moments(mb) ((float (*)[1536])(mb->batch + 1605632 + mb->first * 6144L)) /* 128x3x1 */
#define conv2d_layer2_0_conv2(mb) ((float (*)[28][28 * 128])(mb->batch + 0 + mb->first * 401408L)) /* 128x28x28 */
#define batchnorm2d_layer2_0_bn2_statistics(mb) ((float (*)[128])(mb->batch + 4841472)) /* 128x4x1 */
#define batchnorm2d_layer2_0_bn2(mb) ((float (*)[28][28 * 128])(mb->batch + 1605632 + mb->first * 401408L))
#define conv2d_layer2_0_downsample_0(mb) ((float (*)[28][28 * 128])(mb->batch + 3211264 + mb->first * 401408L))
#define batchnorm2d_layer2_0_downsample_1_moments(mb) ((float (*)[1536])(mb->batch + 4816896 + mb->first * 6144L))
#define batchnorm2d_layer2_0_downsample_1_statistics(mb) ((float (*)[128])(mb->batch + 0)) /* 128x4x1 */
#define relu_layer2_0_relu_2(mb) ((float (*)[30][30 * 128])(mb->batch + 47156480 + mb->first * 460800L))
#define conv2d_layer2_1_conv2(mb) ((float (*)[28][28 * 128])(mb->batch + 0 + mb->first * 401408L)) /* 128x28x28 */
#define batchnorm2d_layer2_1_bn2_statistics(mb) ((float (*)[128])(mb->batch + 1630208)) /* 128x4x1 */
#define relu_layer2_1_relu_2(mb) ((float (*)[29][29 * 128])(mb->batch + 50842880 + mb->first * 430592L))
#define conv2d_layer3_0_conv1(mb) ((float (*)[14][14 * 256])(mb->batch + 0 + mb->first * 200704L)) /* 256x14x14 */
#define batchnorm2d_layer3_0_bn1_moments(mb) ((float (*)[784])(mb->batch + 802816 + mb->first * 3136L)) /* 256x3x1 */
#define conv2d_layer3_0_conv2(mb) ((float (*)[14][14 * 256])(mb->batch + 0 + mb->first * 200704L)) /* 256x14x14 */
#define batchnorm2d_layer3_0_bn2_statistics(mb) ((float (*)[256])(mb->batch + 2408448)) /* 256x4x1 */
#define batchnorm2d_layer3_0_bn2(mb) ((float (*)[14][14 * 256])(mb->batch + 802816 + mb->first * 200704L))
#define conv2d_layer3_0_downsample_0(mb) ((float (*)[14][14 * 256])(mb->batch + 1605632 + mb->first * 200704L))
#define batchnorm2d_layer3_0_downsample_1_statistics(mb) ((float (*)[256])(mb->batch + 86016)) /* 256x4x1 */
#define relu_layer3_0_relu_2(mb) ((float (*)[16][16 * 256])(mb->batch + 53613824 + mb->first * 262144L))
#define conv2d_layer3_1_conv2(mb) ((float (*)[14][14 * 256])(mb->batch + 0 + mb->first * 200704L)) /* 256x14x14 */
#define batchnorm2d_layer3_1_bn2_statistics(mb) ((float (*)[256])(mb->batch + 888832)) /* 256x4x1 */
#define relu_layer3_1_relu_2(mb) ((float (*)[15][15 * 256])(mb->batch + 55710976 + mb->first * 230400L))
#define conv2d_layer4_0_conv1(mb) ((float (*)[7][7 * 512])(mb->batch + 0 + mb->first * 100352L)) /* 512x7x7 */
#define conv2d_layer4_0_conv2(mb) ((float (*)[7][7 * 512])(mb->batch + 0 + mb->first * 100352L)) /* 512x7x7 */
#define batchnorm2d_layer4_0_bn2_statistics(mb) ((float (*)[512])(mb->batch + 1229056)) /* 512x4x1 */
#define batchnorm2d_layer4_0_bn2(mb) ((float (*)[7][7 * 512])(mb->batch + 401408 + mb->first * 100352L)) /* 512x7x7 */
#define conv2d_layer4_0_downsample_0(mb) ((float (*)[7][7 * 512])(mb->batch + 802816 + mb->first * 100352L))
#define batchnorm2d_layer4_0_downsample_1_moments(mb) ((float (*)[1552])(mb->batch + 1204224 + mb->first * 6208L))
#define batchnorm2d_layer4_0_downsample_1_statistics(mb) ((float (*)[512])(mb->batch + 0)) /* 512x4x1 */
#define relu_layer4_0_relu_2(mb) ((float (*)[9][9 * 512])(mb->batch + 57296128 + mb->first * 165888L))
#define conv2d_layer4_1_conv2(mb) ((float (*)[7][7 * 512])(mb->batch + 0 + mb->first * 100352L)) /* 512x7x7 */
#define batchnorm2d_layer4_1_bn2_statistics(mb) ((float (*)[512])(mb->batch + 573440)) /* 512x4x1 */
#define relu_layer4_1_relu_2(mb) ((float (*)[7 * 512])(mb->workspace + 0)) /* 512x7x7 */
#define adaptiveavgpool2d_avgpool(mb) ((float (*)[512])(mb->batch + 401408 + mb->first * 2048L)) /* 512 */
#define linear_fc(mb) ((float (*)[16])(mb->workspace + 0)) /* 2 */
#define d_linear_fc(mb) ((float (*)[16])(mb->workspace + 64)) /* 2 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 2070);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_conv1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_conv1_forward(input(mb)[0] + part / 4 * 157328 + part % 4 * 38472, mb->packed + AT_conv1_weight_dense,
        conv2d_conv1(mb)[0][0] + part * 200704);
    if (mb->training)
        batchnorm2d_bn1_moments_forward(conv2d_conv1(mb)[0][0] + part * 200704,
            batchnorm2d_bn1_moments(mb)[0] + part * 192);
}

/* Where batchnorm2d_statistics_forward_part finds its values. */
static const struct batchnorm2d_statistics_forward_part {
    long moments_values, statistics_values;
    struct nc_batch_norm norm;
} batchnorm2d_statistics_forward_part_at[] = {
    {12845056, 58623232, {.channels = 64, .pixels = 12544, .pieces = 4, BATCH_NORM_OF(bn1, 1e-05, 0.1)}}, /* bn1 */
    {3211264, 3223552, {.channels = 64, .pixels = 3136, .pieces = 4, BATCH_NORM_OF(layer1_0_bn1, 1e-05, 0.1)}},
    {3211264, 3223552, {.channels = 64, .pixels = 3136, .pieces = 4, BATCH_NORM_OF(layer1_0_bn2, 1e-05, 0.1)}},
    {3211264, 3223552, {.channels = 64, .pixels = 3136, .pieces = 4, BATCH_NORM_OF(layer1_1_bn1, 1e-05, 0.1)}},
    {3211264, 3223552, {.channels = 64, .pixels = 3136, .pieces = 4, BATCH_NORM_OF(layer1_1_bn2, 1e-05, 0.1)}},
};

/* For the whole batch. */
static void batchnorm2d_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    nc_batch_norm(mb, &at->norm, moments_values, 192, statistics_values);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_bn1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_bn1_forward(conv2d_conv1(mb)[0][0] + part * 200704, batchnorm2d_bn1_statistics(mb)[0],
        relu_relu(mb)[0][0] + part * 200704);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        maxpool2d_maxpool_forward(relu_relu(mb)[i][0], &maxpool2d_maxpool(mb)[i][1][1 * 64],
            maxpool2d_maxpool_arg(mb)[0]);
}

/* Where conv2d_layer1_forward_part finds its values. */
static const struct conv2d_layer1_forward_part {
    long values, layer1_weight_winograd;
} conv2d_layer1_forward_part_at[] = {
    {25690112, AT_layer1_0_conv1_weight_winograd}, /* layer1.0.conv1 */
    {29134848, AT_layer1_0_conv2_weight_winograd}, /* layer1.0.conv2 */
    {32579584, AT_layer1_1_conv1_weight_winograd}, /* layer1.1.conv1 */
    {36024320, AT_layer1_1_conv2_weight_winograd}, /* layer1.1.conv2 */
};

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer1_forward_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer1_forward_part *at = mb->at;
    float (*values)[58][58 * 64] = (void *)(mb->batch + at->values + mb->first * 861184L);
    float (*conv2d_layer1)[56][56 * 64] = (void *)(mb->batch + 0 + mb->first * 802816L); /* 64x56x56 */
    float *conv2d_layer1_scratch = (void *)(mb->workspace + 0); /* 79968 */

    const long part = mb->part;

    conv2d_layer1_forward(values[0][0] + part * 14848, mb->packed + at->layer1_weight_winograd,
        conv2d_layer1[0][0] + part * 14336, conv2d_layer1_scratch);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer1_moments_forward_part(struct nc_microbatch *mb)
{
    float (*conv2d_values)[56][56 * 64] = (void *)(mb->batch + 0 + mb->first * 802816L); /* 64x56x56 */
    float (*batchnorm2d_moments)[768] = (void *)(mb->batch + 3211264 + mb->first * 3072L); /* 64x3x1 */

    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    if (mb->training)
        batchnorm2d_layer1_moments_forward(conv2d_values[0][0] + part * 50176, batchnorm2d_moments[0] + part * 192);
}

/* Where batchnorm2d_layer1_bn1_forward_part finds its values. */
static const struct batchnorm2d_layer1_bn1_forward_part {
    long relu_relu;
} batchnorm2d_layer1_bn1_forward_part_at[] = {
    {29134848}, /* layer1.0.bn1 */
    {36024320}, /* layer1.1.bn1 */
};

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer1_bn1_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer1_bn1_forward_part *at = mb->at;
    float (*conv2d_conv1)[56][56 * 64] = (void *)(mb->batch + 0 + mb->first * 802816L); /* 64x56x56 */
    float (*batchnorm2d_bn1_statistics)[64] = (void *)(mb->batch + 3223552); /* 64x4x1 */
    float (*relu_relu)[58][58 * 64] = (void *)(mb->batch + at->relu_relu + mb->first * 861184L);

    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer1_bn1_forward(conv2d_conv1[0][0] + part * 50176, batchnorm2d_bn1_statistics[0],
        &relu_relu[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer1_0_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer1_0_bn2_forward(conv2d_layer1_0_conv2(mb)[0][0] + part * 50176,
        batchnorm2d_layer1_0_bn2_statistics(mb)[0],
        &maxpool2d_maxpool(mb)[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968,
        &relu_layer1_0_relu_2(mb)[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer1_1_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer1_1_bn2_forward(conv2d_layer1_1_conv2(mb)[0][0] + part * 50176,
        batchnorm2d_layer1_1_bn2_statistics(mb)[0],
        &relu_layer1_0_relu_2(mb)[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968,
        &relu_layer1_1_relu_2(mb)[0][1][1 * 64] + part / 4 * 207936 + part % 4 * 51072);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer2_0_conv1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer2_0_conv1_forward(relu_layer1_1_relu_2(mb)[0][0] + part / 4 * 207936 + part % 4 * 51072,
        mb->packed + AT_layer2_0_conv1_weight_dense, conv2d_layer2_0_conv1(mb)[0][0] + part * 25088);
    if (mb->training)
        batchnorm2d_layer2_moments_forward(conv2d_layer2_0_conv1(mb)[0][0] + part * 25088,
            batchnorm2d_layer2_0_bn1_moments(mb)[0] + part * 384);
}

/* Where batchnorm2d_layer2_statistics_forward_part finds its values. */
static const struct batchnorm2d_layer2_statistics_forward_part {
    long moments_values, statistics_values;
    struct nc_batch_norm norm;
} batchnorm2d_layer2_statistics_forward_part_at[] = {
    {1605632, 1630208, {.channels = 128, .pixels = 784, .pieces = 4, BATCH_NORM_OF(layer2_0_bn1, 1e-05, 0.1)}},
    {1605632, 4841472, {.channels = 128, .pixels = 784, .pieces = 4, BATCH_NORM_OF(layer2_0_bn2, 1e-05, 0.1)}},
    {4816896, 0, {.channels = 128, .pixels = 784, .pieces = 4, BATCH_NORM_OF(layer2_0_downsample_1, 1e-05, 0.1)}},
    {1605632, 1630208, {.channels = 128, .pixels = 784, .pieces = 4, BATCH_NORM_OF(layer2_1_bn1, 1e-05, 0.1)}},
    {1605632, 1630208, {.channels = 128, .pixels = 784, .pieces = 4, BATCH_NORM_OF(layer2_1_bn2, 1e-05, 0.1)}},
};

/* For the whole batch, part mb->part of 2. */
static void batchnorm2d_layer2_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer2_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    const long part = mb->part;

    nc_batch_norm_part(mb, &at->norm, moments_values, 384, statistics_values, part * 64, part * 64 + 64);
}

/* Where batchnorm2d_layer2_bn1_forward_part finds its values. */
static const struct batchnorm2d_layer2_bn1_forward_part {
    long relu_relu;
} batchnorm2d_layer2_bn1_forward_part_at[] = {
    {45313280}, /* layer2.0.bn1 */
    {48999680}, /* layer2.1.bn1 */
};

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer2_bn1_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer2_bn1_forward_part *at = mb->at;
    float (*conv2d_conv1)[28][28 * 128] = (void *)(mb->batch + 0 + mb->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_bn1_statistics)[128] = (void *)(mb->batch + 1630208); /* 128x4x1 */
    float (*relu_relu)[30][30 * 128] = (void *)(mb->batch + at->relu_relu + mb->first * 460800L);

    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer2_bn1_forward(conv2d_conv1[0][0] + part * 25088, batchnorm2d_bn1_statistics[0],
        &relu_relu[0][1][1 * 128] + part / 4 * 115200 + part % 4 * 26880);
}

/* Where conv2d_layer2_forward_part finds its values. */
static const struct conv2d_layer2_forward_part {
    long relu_relu, weight_winograd;
} conv2d_layer2_forward_part_at[] = {
    {45313280, AT_layer2_0_conv2_weight_winograd}, /* layer2.0.conv2 */
    {47156480, AT_layer2_1_conv1_weight_winograd}, /* layer2.1.conv1 */
    {48999680, AT_layer2_1_conv2_weight_winograd}, /* layer2.1.conv2 */
};

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer2_forward_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer2_forward_part *at = mb->at;
    float (*relu_relu)[30][30 * 128] = (void *)(mb->batch + at->relu_relu + mb->first * 460800L);
    float (*conv2d_values)[28][28 * 128] = (void *)(mb->batch + 0 + mb->first * 401408L); /* 128x28x28 */
    float *conv2d_scratch = (void *)(mb->workspace + 0); /* 87648 */

    const long part = mb->part;

    conv2d_layer2_forward(relu_relu[0][0] + part / 2 * 15360, mb->packed + at->weight_winograd + part % 2 * 8192,
        conv2d_values[0][0] + part / 2 * 14336 + part % 2 * 64, conv2d_scratch);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer2_moments_forward_part(struct nc_microbatch *mb)
{
    float (*conv2d_values)[28][28 * 128] = (void *)(mb->batch + 0 + mb->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_moments)[1536] = (void *)(mb->batch + 1605632 + mb->first * 6144L); /* 128x3x1 */

    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    if (mb->training)
        batchnorm2d_layer2_moments_forward(conv2d_values[0][0] + part * 25088, batchnorm2d_moments[0] + part * 384);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer2_0_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer2_0_bn2_forward(conv2d_layer2_0_conv2(mb)[0][0] + part * 25088,
        batchnorm2d_layer2_0_bn2_statistics(mb)[0], batchnorm2d_layer2_0_bn2(mb)[0][0] + part * 25088);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer2_0_downsample_0_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer2_0_downsample_0_forward(&relu_layer1_1_relu_2(mb)[0][1][1 * 64] + part / 4 * 207936 + part % 4 * 51072,
        mb->packed + AT_layer2_0_downsample_0_weight_dense, conv2d_layer2_0_downsample_0(mb)[0][0] + part * 25088);
    if (mb->training)
        batchnorm2d_layer2_moments_forward(conv2d_layer2_0_downsample_0(mb)[0][0] + part * 25088,
            batchnorm2d_layer2_0_downsample_1_moments(mb)[0] + part * 384);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer2_0_downsample_1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer2_0_downsample_1_forward(conv2d_layer2_0_downsample_0(mb)[0][0] + part * 25088,
        batchnorm2d_layer2_0_downsample_1_statistics(mb)[0], batchnorm2d_layer2_0_bn2(mb)[0][0] + part * 25088,
        &relu_layer2_0_relu_2(mb)[0][1][1 * 128] + part / 4 * 115200 + part % 4 * 26880);
}

/* For the whole batch, part mb->part of 16. */
static void batchnorm2d_layer2_1_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    batchnorm2d_layer2_1_bn2_forward(conv2d_layer2_1_conv2(mb)[0][0] + part * 25088,
        batchnorm2d_layer2_1_bn2_statistics(mb)[0],
        &relu_layer2_0_relu_2(mb)[0][1][1 * 128] + part / 4 * 115200 + part % 4 * 26880,
        &relu_layer2_1_relu_2(mb)[0][1][1 * 128] + part / 4 * 107648 + part % 4 * 25984);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer3_0_conv1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer3_0_conv1_forward(relu_layer2_1_relu_2(mb)[0][0] + part / 4 * 107648,
        mb->weights + AT_layer3_0_conv1_weight + part % 4 * 64,
        conv2d_layer3_0_conv1(mb)[0][0] + part / 4 * 50176 + part % 4 * 64);
    if (mb->training)
        batchnorm2d_layer3_0_bn1_moments_forward(conv2d_layer3_0_conv1(mb)[0][0] + part / 4 * 50176 + part % 4 * 64,
            batchnorm2d_layer3_0_bn1_moments(mb)[0] + part / 4 * 784 + part % 4 * 64);
}

/* Where batchnorm2d_layer3_statistics_forward_part finds its values. */
static const struct batchnorm2d_layer3_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_layer3_statistics_forward_part_at[] = {
    {802816, 815360, 784, {.channels = 256, .pixels = 196, BATCH_NORM_OF(layer3_0_bn1, 1e-05, 0.1)}}, /* layer3.0.bn1 */
    {802816, 2408448, 768, {.channels = 256, .pixels = 196, .pieces = 7, BATCH_NORM_OF(layer3_0_bn2, 1e-05, 0.1)}},
    {0, 86016, 768, {.channels = 256, .pixels = 196, .pieces = 7, BATCH_NORM_OF(layer3_0_downsample_1, 1e-05, 0.1)}},
    {802816, 888832, 768, {.channels = 256, .pixels = 196, .pieces = 7, BATCH_NORM_OF(layer3_1_bn1, 1e-05, 0.1)}},
    {802816, 888832, 768, {.channels = 256, .pixels = 196, .pieces = 7, BATCH_NORM_OF(layer3_1_bn2, 1e-05, 0.1)}},
};

/* For the whole batch, part mb->part of 4. */
static void batchnorm2d_layer3_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer3_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    const long part = mb->part;

    nc_batch_norm_part(mb, &at->norm, moments_values, at->stride, statistics_values, part * 64, part * 64 + 64);
}

/* Where batchnorm2d_layer3_bn1_forward_part finds its values. */
static const struct batchnorm2d_layer3_bn1_forward_part {
    long batchnorm2d_bn1_statistics, relu_relu;
} batchnorm2d_layer3_bn1_forward_part_at[] = {
    {815360, 52565248}, /* layer3.0.bn1 */
    {888832, 54662400}, /* layer3.1.bn1 */
};

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer3_bn1_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer3_bn1_forward_part *at = mb->at;
    float (*conv2d_conv1)[14][14 * 256] = (void *)(mb->batch + 0 + mb->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_bn1_statistics)[256] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 256x4x1 */
    float (*relu_relu)[16][16 * 256] = (void *)(mb->batch + at->relu_relu + mb->first * 262144L);

    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer3_bn1_forward(conv2d_conv1[0][0] + part * 7168, batchnorm2d_bn1_statistics[0],
        &relu_relu[0][1][1 * 256] + part / 7 * 65536 + part % 7 * 8192);
}

/* Where conv2d_layer3_forward_part finds its values. */
static const struct conv2d_layer3_forward_part {
    long relu_relu, weight_winograd;
} conv2d_layer3_forward_part_at[] = {
    {52565248, AT_layer3_0_conv2_weight_winograd}, /* layer3.0.conv2 */
    {53613824, AT_layer3_1_conv1_weight_winograd}, /* layer3.1.conv1 */
    {54662400, AT_layer3_1_conv2_weight_winograd}, /* layer3.1.conv2 */
};

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer3_forward_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer3_forward_part *at = mb->at;
    float (*relu_relu)[16][16 * 256] = (void *)(mb->batch + at->relu_relu + mb->first * 262144L);
    float (*conv2d_values)[14][14 * 256] = (void *)(mb->batch + 0 + mb->first * 200704L); /* 256x14x14 */
    float *conv2d_scratch = (void *)(mb->workspace + 0); /* 376032 */

    const long part = mb->part;

    if (part / 8 * 2 >= mb->count)
        return;

    conv2d_layer3_forward(relu_relu[0][0] + part / 8 * 131072, mb->packed + at->weight_winograd + part % 8 * 8192,
        conv2d_values[0][0] + part / 8 * 100352 + part % 8 * 32, conv2d_scratch);
}

/* Where batchnorm2d_layer3_moments_forward_part finds its values. */
static const struct batchnorm2d_layer3_moments_forward_part {
    long conv2d_values, batchnorm2d_moments;
} batchnorm2d_layer3_moments_forward_part_at[] = {
    {0, 802816}, /* layer3.0.bn2 */
    {1605632, 0}, /* layer3.0.downsample.1 */
    {0, 802816}, /* layer3.1.bn1 */
    {0, 802816}, /* layer3.1.bn2 */
};

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer3_moments_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer3_moments_forward_part *at = mb->at;
    float (*conv2d_values)[14][14 * 256] = (void *)(mb->batch + at->conv2d_values + mb->first * 200704L);
    float (*batchnorm2d_moments)[5376] = (void *)(mb->batch + at->batchnorm2d_moments + mb->first * 21504L);

    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    if (mb->training)
        batchnorm2d_layer3_moments_forward(conv2d_values[0][0] + part * 7168, batchnorm2d_moments[0] + part * 768);
}

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer3_0_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer3_0_bn2_forward(conv2d_layer3_0_conv2(mb)[0][0] + part * 7168,
        batchnorm2d_layer3_0_bn2_statistics(mb)[0], batchnorm2d_layer3_0_bn2(mb)[0][0] + part * 7168);
}

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer3_0_downsample_0_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_layer3_0_downsample_0_forward(&relu_layer2_1_relu_2(mb)[0][1][1 * 128] + part * 7424,
        mb->weights + AT_layer3_0_downsample_0_weight, conv2d_layer3_0_downsample_0(mb)[0][0] + part * 3584);
}

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer3_0_downsample_1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer3_0_downsample_1_forward(conv2d_layer3_0_downsample_0(mb)[0][0] + part * 7168,
        batchnorm2d_layer3_0_downsample_1_statistics(mb)[0], batchnorm2d_layer3_0_bn2(mb)[0][0] + part * 7168,
        &relu_layer3_0_relu_2(mb)[0][1][1 * 256] + part / 7 * 65536 + part % 7 * 8192);
}

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer3_1_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer3_1_bn2_forward(conv2d_layer3_1_conv2(mb)[0][0] + part * 7168,
        batchnorm2d_layer3_1_bn2_statistics(mb)[0],
        &relu_layer3_0_relu_2(mb)[0][1][1 * 256] + part / 7 * 65536 + part % 7 * 8192,
        &relu_layer3_1_relu_2(mb)[0][1][1 * 256] + part / 7 * 57600 + part % 7 * 7680);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_0_conv1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_layer4_0_conv1_forward(relu_layer3_1_relu_2(mb)[0][0], mb->weights + AT_layer4_0_conv1_weight + part * 32,
        conv2d_layer4_0_conv1(mb)[0][0] + part * 32);
}

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer4_moments_forward_part(struct nc_microbatch *mb)
{
    float (*conv2d_values)[7][7 * 512] = (void *)(mb->batch + 0 + mb->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_moments)[10752] = (void *)(mb->batch + 401408 + mb->first * 43008L); /* 512x3x1 */

    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    if (mb->training)
        batchnorm2d_layer4_moments_forward(conv2d_values[0][0] + part * 3584, batchnorm2d_moments[0] + part * 1536);
}

/* Where batchnorm2d_layer4_statistics_forward_part finds its values. */
static const struct batchnorm2d_layer4_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_layer4_statistics_forward_part_at[] = {
    {401408, 573440, 1536, {.channels = 512, .pixels = 49, .pieces = 7, BATCH_NORM_OF(layer4_0_bn1, 1e-05, 0.1)}},
    {401408, 1229056, 1536, {.channels = 512, .pixels = 49, .pieces = 7, BATCH_NORM_OF(layer4_0_bn2, 1e-05, 0.1)}},
    {1204224, 0, 1552, {.channels = 512, .pixels = 49, BATCH_NORM_OF(layer4_0_downsample_1, 1e-05, 0.1)}},
    {401408, 573440, 1536, {.channels = 512, .pixels = 49, .pieces = 7, BATCH_NORM_OF(layer4_1_bn1, 1e-05, 0.1)}},
    {401408, 573440, 1536, {.channels = 512, .pixels = 49, .pieces = 7, BATCH_NORM_OF(layer4_1_bn2, 1e-05, 0.1)}},
};

/* For the whole batch, part mb->part of 8. */
static void batchnorm2d_layer4_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer4_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    const long part = mb->part;

    nc_batch_norm_part(mb, &at->norm, moments_values, at->stride, statistics_values, part * 64, part * 64 + 64);
}

/* Where batchnorm2d_layer4_bn1_forward_part finds its values. */
static const struct batchnorm2d_layer4_bn1_forward_part {
    long relu_relu;
} batchnorm2d_layer4_bn1_forward_part_at[] = {
    {56632576}, /* layer4.0.bn1 */
    {57959680}, /* layer4.1.bn1 */
};

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer4_bn1_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_layer4_bn1_forward_part *at = mb->at;
    float (*conv2d_conv1)[7][7 * 512] = (void *)(mb->batch + 0 + mb->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_bn1_statistics)[512] = (void *)(mb->batch + 573440); /* 512x4x1 */
    float (*relu_relu)[9][9 * 512] = (void *)(mb->batch + at->relu_relu + mb->first * 165888L);

    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer4_bn1_forward(conv2d_conv1[0][0] + part * 3584, batchnorm2d_bn1_statistics[0],
        &relu_relu[0][1][1 * 512] + part / 7 * 41472 + part % 7 * 4608);
}

/* Where conv2d_layer4_forward_part finds its values. */
static const struct conv2d_layer4_forward_part {
    long relu_relu, weight;
} conv2d_layer4_forward_part_at[] = {
    {56632576, AT_layer4_0_conv2_weight}, /* layer4.0.conv2 */
    {57296128, AT_layer4_1_conv1_weight}, /* layer4.1.conv1 */
    {57959680, AT_layer4_1_conv2_weight}, /* layer4.1.conv2 */
};

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_forward_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer4_forward_part *at = mb->at;
    float (*relu_relu)[9][9 * 512] = (void *)(mb->batch + at->relu_relu + mb->first * 165888L);
    float (*conv2d_values)[7][7 * 512] = (void *)(mb->batch + 0 + mb->first * 100352L); /* 512x7x7 */

    const long part = mb->part;

    conv2d_layer4_forward(relu_relu[0][0], mb->weights + at->weight + part * 32, conv2d_values[0][0] + part * 32);
}

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer4_0_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer4_0_bn2_forward(conv2d_layer4_0_conv2(mb)[0][0] + part * 3584,
        batchnorm2d_layer4_0_bn2_statistics(mb)[0], batchnorm2d_layer4_0_bn2(mb)[0][0] + part * 3584);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_0_downsample_0_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer4_0_downsample_0_forward(&relu_layer3_1_relu_2(mb)[0][1][1 * 256] + part / 4 * 57600,
        mb->weights + AT_layer4_0_downsample_0_weight + part % 4 * 128,
        conv2d_layer4_0_downsample_0(mb)[0][0] + part / 4 * 25088 + part % 4 * 128);
    if (mb->training)
        batchnorm2d_layer4_0_downsample_1_moments_forward(
            conv2d_layer4_0_downsample_0(mb)[0][0] + part / 4 * 25088 + part % 4 * 128,
            batchnorm2d_layer4_0_downsample_1_moments(mb)[0] + part / 4 * 1552 + part % 4 * 128);
}

/* For the whole batch, part mb->part of 28. */
static void batchnorm2d_layer4_0_downsample_1_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    batchnorm2d_layer4_0_downsample_1_forward(conv2d_layer4_0_downsample_0(mb)[0][0] + part * 3584,
        batchnorm2d_layer4_0_downsample_1_statistics(mb)[0], batchnorm2d_layer4_0_bn2(mb)[0][0] + part * 3584,
        &relu_layer4_0_relu_2(mb)[0][1][1 * 512] + part / 7 * 41472 + part % 7 * 4608);
}

/* For the whole batch, part mb->part of 8. */
static void batchnorm2d_layer4_1_bn2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 >= mb->count)
        return;

    batchnorm2d_layer4_1_bn2_forward(conv2d_layer4_1_conv2(mb)[0][0] + part / 2 * 25088 + part % 2 * 256,
        batchnorm2d_layer4_1_bn2_statistics(mb)[0] + part % 2 * 256,
        &relu_layer4_0_relu_2(mb)[0][1][1 * 512] + part / 2 * 41472 + part % 2 * 256,
        relu_layer4_1_relu_2(mb)[0] + part % 2 * 256);
    adaptiveavgpool2d_avgpool_forward(relu_layer4_1_relu_2(mb)[0] + part % 2 * 256,
        adaptiveavgpool2d_avgpool(mb)[0] + part * 256);
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    linear_fc_forward(adaptiveavgpool2d_avgpool(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        linear_fc(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_fc(mb)[0], 16, 2, d_linear_fc(mb)[0]);
    linear_fc_grad_weight(adaptiveavgpool2d_avgpool(mb)[0], d_linear_fc(mb)[0], mb->gradients + AT_fc_weight,
        mb->count);
    bias_fc_grad(d_linear_fc(mb)[0], mb->gradients + AT_fc_bias, mb->count);
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
        nc_cross_entropy(mb, &loss, linear_fc(mb)[0], 16, 2, 0);
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_conv1_weights, conv1_weight, 0, dense),
    PACKED(conv2d_layer1_weights, layer1_0_conv1_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_0_conv2_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_1_conv1_weight, 0, winograd),
    PACKED(conv2d_layer1_weights, layer1_1_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_0_conv1_weights, layer2_0_conv1_weight, 0, dense),
    PACKED(conv2d_layer2_weights, layer2_0_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_0_downsample_0_weights, layer2_0_downsample_0_weight, 0, dense),
    PACKED(conv2d_layer2_weights, layer2_1_conv1_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_1_conv2_weight, 0, winograd),
    PACKED(conv2d_layer3_weights, layer3_0_conv2_weight, 0, winograd),
    PACKED(conv2d_layer3_weights, layer3_1_conv1_weight, 0, winograd),
    PACKED(conv2d_layer3_weights, layer3_1_conv2_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 13; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

/* conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False), BatchNorm2d(64), ReLU(inplace=True)  (line
 *     47)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
static void conv2d_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 6, 5), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec near[147][VECS];
        for (long j = 0; j < 147; j++)
            EACH(v, VECS)
                near[j][v] = vec_load(w + o + j * 80 + v * VL);
        long ahead = 0;
        for (long s = 0; s < 4; s++)
            for (long r = 0; r < 7; r++)
                for (long c = 0; c < 112; c = tile_next(c, COLS, 112)) {
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = vec_zero();
                    expect_rows(y + s * 802816 + r * 7168 + c * 64 + o, COLS, 64, VECS * VL);
                    if (ahead < 147) {
                        prefetch_rows(w + o + VECS * VL + ahead * 80, 8, 80, VECS * VL);
                        ahead += 8;
                    }
                    const float *wo = (const float *)near;
                    for (long a = 0; a < 7; a++) {
                        const float *xt = from_here(x + s * 157328 + r * 1374 + a * 687 + c * 6);
                        SEVERAL for (long j = 0; j < 21; j++, xt++, wo += VECS * VL) {
                            vec weights[VECS];
                            EACH(v, VECS)
                                weights[v] = vec_load_once(wo + v * VL);
                            EACH(n, COLS) {
                                const vec pixel = vec_all_of(xt + n * 6);
                                EACH(v, VECS)
                                    acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                            }
                        }
                    }
                    EACH(n, COLS) EACH(v, VECS) {
                        vec sum = acc[n][v];
                        sum = vec_fma(sum, vec_load(bias + 128 + o + v * VL), vec_load(bias + 192 + o + v * VL));
                        sum = vec_relu(sum);
                        vec_store(y + s * 802816 + r * 7168 + (c + n) * 64 + o + v * VL, sum);
                    }
                }
    }
}

#define DEFINE_WINOGRAD3B(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3(x, u, bias, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer1.0.conv1, layer1.1.conv1 (line 4) */
DEFINE_WINOGRAD3B(conv2d_layer1_conv1_test, .cols = 56, .ins = 64, .x_row = 3712, .y_row = 3712, .block = 14,
    .norm_row = 64, .x_image = 215296, .y_image = 215296, .act = 1)

/* layer1.0.conv2, layer1.1.conv2 (line 7) */
DEFINE_WINOGRAD3B(conv2d_layer1_conv2_test, .cols = 56, .ins = 64, .x_row = 3712, .y_row = 3584, .block = 14,
    .norm_row = 64, .x_image = 215296, .y_image = 200704)

/* y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
struct add_size { long rows, b_row, y_row; };
NC_INLINE void any_add(const float *a, const float *b, float *y, const struct add_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * size.y_row + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * size.b_row + i)));
}

#define DEFINE_ADD(name, ...) static void name(const float *a, const float *b, float *y) \
    { any_add(a, b, y, (struct add_size){__VA_ARGS__}); }

/* layer1.0.residual: residual, ReLU(inplace=True)  (line 13) */
DEFINE_ADD(residual_layer1_0_residual_test, .rows = 14, .b_row = 3712, .y_row = 3712)

/* layer1.1.residual: residual, ReLU(inplace=True)  (line 13) */
DEFINE_ADD(residual_layer1_1_residual_test, .rows = 14, .b_row = 3712, .y_row = 3648)

/* layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), BatchNorm2d(planes),
 *     ReLU(inplace=True)  (line 4) */
static void conv2d_layer2_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.y_row = 3840, .act = 1, .norm_row = 128});
}

/* layer2.0.conv2, layer2.1.conv2 (line 7) */
DEFINE_WINOGRAD3B(conv2d_layer2_conv2_test, .cols = 28, .ins = 128, .x_row = 3840, .y_row = 3584, .block = 10,
    .norm_row = 128, .x_image = 115200, .y_image = 100352)

/* layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False), BatchNorm2d(planes)  (line 10) */
static void conv2d_layer2_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_2(x, w, bias, y, (struct conv_size_2){.norm_row = 128});
}

/* layer2.0.residual: residual, ReLU(inplace=True)  (line 13) */
DEFINE_ADD(residual_layer2_0_residual_test, .rows = 7, .b_row = 3584, .y_row = 3840)

/* layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), BatchNorm2d(planes),
 *     ReLU(inplace=True)  (line 4) */
DEFINE_WINOGRAD3B(conv2d_layer2_1_conv1_test, .cols = 28, .ins = 128, .x_row = 3840, .y_row = 3840, .block = 10,
    .norm_row = 128, .x_image = 115200, .y_image = 115200, .act = 1)

/* layer2.1.residual: residual, ReLU(inplace=True)  (line 13) */
DEFINE_ADD(residual_layer2_1_residual_test, .rows = 7, .b_row = 3840, .y_row = 3712)

/* layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), BatchNorm2d(planes),
 *     ReLU(inplace=True)  (line 4)
 * y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
static void conv2d_layer3_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(7, 2, 2), VECS = TILE(2, 4, 4) };
    enum { ACROSS = 14 / COLS, PER_IMAGE = 7 * ACROSS, TILES = 2 * PER_IMAGE };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 192, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 64; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++)
            for (long j0 = 0; j0 < 384; j0 += BLOCK) {
                vec near[192][VECS];
                for (long j = 0; j < BLOCK; j++)
                    EACH(v, VECS)
                        near[j][v] = vec_load(w + (a * 384 + j0) * 256 + o + j * 256 + v * VL);
                for (long t = 0; t < TILES; t++) {
                    const long s = t / PER_IMAGE;
                    const long r = t % PER_IMAGE / ACROSS;
                    const long c = t % ACROSS * COLS;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = sums[t][n][v];
                    const float *next = a < 2 || j0 < 384 - BLOCK ? w + (a * 384 + j0) * 256 + o + BLOCK * 256 : w + o
                        + VECS * VL;
                    prefetch_rows(next + t * SHARE * 256, SHARE, 256, VECS * VL);
                    const float *wo = (const float *)near;
                    const float *xt = from_here(x + s * 107648 + r * 7424 + a * 3712 + c * 256 + j0);
                    IN_EIGHTS for (long j = 0; j < BLOCK; j++, xt++, wo += VECS * VL) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + n * 256);
                            EACH(v, VECS)
                                acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                        }
                    }
                    if (a < 2 || j0 < 384 - BLOCK) {
                        EACH(n, COLS) EACH(v, VECS)
                            sums[t][n][v] = acc[n][v];
                        continue;
                    }
                    EACH(n, COLS) EACH(v, VECS) {
                        vec sum = acc[n][v];
                        sum = vec_fma(sum, vec_load(bias + 512 + o + v * VL), vec_load(bias + 768 + o + v * VL));
                        sum = vec_relu(sum);
                        vec_store(y + s * 65536 + r * 4096 + (c + n) * 256 + o + v * VL, sum);
                    }
                }
            }
    }
}

#define DEFINE_WINOGRAD3_2(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3_2(x, u, bias, y, scratch, (struct winograd3_size_2){__VA_ARGS__}); }

/* layer3.0.conv2, layer3.1.conv2 (line 7) */
DEFINE_WINOGRAD3_2(conv2d_layer3_conv2_test, .y_row = 3584, .norm_row = 256, .y_image = 50176)

/* layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False), BatchNorm2d(planes)  (line 10) */
static void conv2d_layer3_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_3(x, w, bias, y, (struct conv_size_3){.norm_row = 256});
}

/* layer3.0.residual: residual, ReLU(inplace=True)  (line 13) */
DEFINE_ADD(residual_layer3_0_residual_test, .rows = 2, .b_row = 3584, .y_row = 4096)

/* layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), BatchNorm2d(planes),
 *     ReLU(inplace=True)  (line 4) */
DEFINE_WINOGRAD3_2(conv2d_layer3_1_conv1_test, .y_row = 4096, .norm_row = 256, .y_image = 65536, .act = 1)

/* layer3.1.residual: residual, ReLU(inplace=True)  (line 13) */
DEFINE_ADD(residual_layer3_1_residual_test, .rows = 2, .b_row = 4096, .y_row = 3840)

/* layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), BatchNorm2d(planes),
 *     ReLU(inplace=True)  (line 4) */
static void conv2d_layer4_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_4(x, w, bias, y, (struct conv_size_4){.y_row = 4608, .act = 1, .norm_row = 512, .y_image = 41472});
}

#define DEFINE_CONV_5(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv_5(x, w, bias, y, (struct conv_size_5){__VA_ARGS__}); }

/* layer4.0.conv2, layer4.1.conv2 (line 7) */
DEFINE_CONV_5(conv2d_layer4_conv2_test, .y_row = 3584, .norm_row = 512, .y_image = 25088)

/* layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False), BatchNorm2d(planes)  (line 10) */
static void conv2d_layer4_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_6(x, w, bias, y, (struct conv_size_6){.norm_row = 512});
}

/* layer4.0.residual: residual, ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer4_0_residual_test(const float *a, const float *b, float *y)
{
    for (long i = 0; i < 3584; i += VL)
        vec_store(y + i, vec_relu(vec_load(a + i) + vec_load(b + i)));
}

/* layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), BatchNorm2d(planes),
 *     ReLU(inplace=True)  (line 4) */
DEFINE_CONV_5(conv2d_layer4_1_conv1_test, .y_row = 4608, .act = 1, .norm_row = 512, .y_image = 41472)

/* layer4.1.residual: residual, ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer4_1_residual_test(const float *a, const float *b, float *y)
{
    for (long i = 0; i < 3584; i += VL)
        vec_store(y + i, vec_relu(vec_load(a + i) + vec_load(b + i)));
}

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[157328])(mb->batch + 88575296 + mb->first * 629312L))
#define test_relu_relu(mb) ((float (*)[112][112 * 64])(mb->batch + 58624320 + mb->first * 3211264L)) /* 64x112x112 */
#define test_maxpool2d_maxpool(mb) ((float (*)[58][58 * 64])(mb->batch + 71469376 + mb->first * 861184L))
#define test_maxpool2d_maxpool_arg(mb) ((unsigned short (*)[56 * 64])(mb->workspace + 1504128)) /* 64x56x56 */
#define test_batchnorm2d_layer1_0_bn2(mb) ((float (*)[56][56 * 64])(mb->batch + 58624320 + mb->first * 802816L))
#define test_relu_layer1_0_relu_2(mb) ((float (*)[58][58 * 64])(mb->batch + 78358848 + mb->first * 861184L))
#define test_batchnorm2d_layer1_1_bn2(mb) ((float (*)[56][56 * 64])(mb->batch + 58624320 + mb->first * 802816L))
#define test_relu_layer1_1_relu_2(mb) ((float (*)[57][57 * 64])(mb->batch + 85248320 + mb->first * 831744L))
#define test_relu_layer2_0_relu(mb) ((float (*)[30][30 * 128])(mb->batch + 91092544 + mb->first * 460800L))
#define test_batchnorm2d_layer2_0_downsample_1(mb) ((float (*)[28 * 128])(mb->workspace + 1504128)) /* 128x28x28 */
#define test_batchnorm2d_layer2_0_bn2(mb) ((float (*)[28][28 * 128])(mb->batch + 58624320 + mb->first * 401408L))
#define test_relu_layer2_0_relu_2(mb) ((float (*)[30][30 * 128])(mb->batch + 92935744 + mb->first * 460800L))
#define test_relu_layer2_1_relu(mb) ((float (*)[30][30 * 128])(mb->batch + 94778944 + mb->first * 460800L))
#define test_conv2d_layer2_1_conv1_scratch(mb) ((float *)(mb->workspace + 1504128)) /* 87648 */
#define test_batchnorm2d_layer2_1_bn2(mb) ((float (*)[28][28 * 128])(mb->batch + 58624320 + mb->first * 401408L))
#define test_relu_layer2_1_relu_2(mb) ((float (*)[29][29 * 128])(mb->batch + 96622144 + mb->first * 430592L))
#define test_relu_layer3_0_relu(mb) ((float (*)[16][16 * 256])(mb->batch + 98344512 + mb->first * 262144L))
#define test_batchnorm2d_layer3_0_downsample_1(mb) \
    ((float (*)[14][14 * 256])(mb->batch + 59427136 + mb->first * 200704L)) /* 256x14x14 */
#define test_batchnorm2d_layer3_0_bn2(mb) ((float (*)[14][14 * 256])(mb->batch + 58624320 + mb->first * 200704L))
#define test_relu_layer3_0_relu_2(mb) ((float (*)[16][16 * 256])(mb->batch + 99393088 + mb->first * 262144L))
#define test_relu_layer3_1_relu(mb) ((float (*)[16][16 * 256])(mb->batch + 100441664 + mb->first * 262144L))
#define test_conv2d_layer3_1_conv1_scratch(mb) ((float *)(mb->workspace + 1504128)) /* 376032 */
#define test_batchnorm2d_layer3_1_bn2(mb) ((float (*)[14][14 * 256])(mb->batch + 58624320 + mb->first * 200704L))
#define test_relu_layer3_1_relu_2(mb) ((float (*)[15][15 * 256])(mb->batch + 101490240 + mb->first * 230400L))
#define test_relu_layer4_0_relu(mb) ((float (*)[9][9 * 512])(mb->batch + 102411840 + mb->first * 165888L))
#define test_batchnorm2d_layer4_0_downsample_1(mb) ((float (*)[7][7 * 512])(mb->batch + 59025728 + mb->first * 100352L))
#define test_batchnorm2d_layer4_0_bn2(mb) ((float (*)[7][7 * 512])(mb->batch + 58624320 + mb->first * 100352L))
#define test_relu_layer4_0_relu_2(mb) ((float (*)[9][9 * 512])(mb->batch + 103075392 + mb->first * 165888L))
#define test_relu_layer4_1_relu(mb) ((float (*)[9][9 * 512])(mb->batch + 103738944 + mb->first * 165888L))
#define test_batchnorm2d_layer4_1_bn2(mb) ((float (*)[7][7 * 512])(mb->batch + 58624320 + mb->first * 100352L))
#define test_relu_layer4_1_relu_2(mb) ((float (*)[7][7 * 512])(mb->batch + 59025728 + mb->first * 100352L))
#define test_adaptiveavgpool2d_avgpool(mb) ((float (*)[512])(mb->batch + 58624320 + mb->first * 2048L)) /* 512 */
#define test_linear_fc(mb) ((float (*)[16])(mb->workspace + 1504128)) /* 2 */

/* For a microbatch, before what is made for the whole batch. */
static void evaluate_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        input_forward(mb->input[i], mb->pixel, test_input(mb)[i] + 2070);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_conv1_test(test_input(mb)[0] + part * 9618, mb->packed + AT_conv1_weight_dense,
        mb->packed + AT_batchnorm2d_bn1_statistics, test_relu_relu(mb)[0][0] + part * 50176);
}

/* For a microbatch, before what is made for the whole batch. */
static void evaluate_3(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        maxpool2d_maxpool_forward(test_relu_relu(mb)[i][0], &test_maxpool2d_maxpool(mb)[i][1][1 * 64],
            test_maxpool2d_maxpool_arg(mb)[0]);
}

/* Where conv2d_layer1_conv1_test_part finds its values. */
static const struct conv2d_layer1_conv1_test_part {
    long values, layer1_conv1_weight_winograd, batchnorm2d_layer1_bn1_statistics, relu_layer1_relu;
} conv2d_layer1_conv1_test_part_at[] = {
    {71469376, AT_layer1_0_conv1_weight_winograd, AT_batchnorm2d_layer1_0_bn1_statistics, 74914112},
    {78358848, AT_layer1_1_conv1_weight_winograd, AT_batchnorm2d_layer1_1_bn1_statistics, 81803584},
};

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer1_conv1_test_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer1_conv1_test_part *at = mb->at;
    float (*values)[58][58 * 64] = (void *)(mb->batch + at->values + mb->first * 861184L);
    float (*relu_layer1_relu)[58][58 * 64] = (void *)(mb->batch + at->relu_layer1_relu + mb->first * 861184L);
    float *conv2d_layer1_conv1_scratch = (void *)(mb->workspace + 1504128); /* 79968 */

    const long part = mb->part;

    conv2d_layer1_conv1_test(values[0][0] + part * 14848, mb->packed + at->layer1_conv1_weight_winograd,
        mb->packed + at->batchnorm2d_layer1_bn1_statistics, &relu_layer1_relu[0][1][1 * 64] + part * 14848,
        conv2d_layer1_conv1_scratch);
}

/* Where conv2d_layer1_conv2_test_part finds its values. */
static const struct conv2d_layer1_conv2_test_part {
    long relu_relu, conv2_weight_winograd, batchnorm2d_bn2_statistics;
} conv2d_layer1_conv2_test_part_at[] = {
    {74914112, AT_layer1_0_conv2_weight_winograd, AT_batchnorm2d_layer1_0_bn2_statistics}, /* layer1.0.conv2 */
    {81803584, AT_layer1_1_conv2_weight_winograd, AT_batchnorm2d_layer1_1_bn2_statistics}, /* layer1.1.conv2 */
};

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer1_conv2_test_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer1_conv2_test_part *at = mb->at;
    float (*relu_relu)[58][58 * 64] = (void *)(mb->batch + at->relu_relu + mb->first * 861184L);
    float (*batchnorm2d_bn2)[56][56 * 64] = (void *)(mb->batch + 58624320 + mb->first * 802816L); /* 64x56x56 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 1504128); /* 79968 */

    const long part = mb->part;

    conv2d_layer1_conv2_test(relu_relu[0][0] + part * 14848, mb->packed + at->conv2_weight_winograd,
        mb->packed + at->batchnorm2d_bn2_statistics, batchnorm2d_bn2[0][0] + part * 14336, conv2d_conv2_scratch);
}

/* For the whole batch, part mb->part of 16. */
static void residual_layer1_0_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    residual_layer1_0_residual_test(test_batchnorm2d_layer1_0_bn2(mb)[0][0] + part * 50176,
        &test_maxpool2d_maxpool(mb)[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968,
        &test_relu_layer1_0_relu_2(mb)[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968);
}

/* For the whole batch, part mb->part of 16. */
static void residual_layer1_1_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    residual_layer1_1_residual_test(test_batchnorm2d_layer1_1_bn2(mb)[0][0] + part * 50176,
        &test_relu_layer1_0_relu_2(mb)[0][1][1 * 64] + part / 4 * 215296 + part % 4 * 51968,
        &test_relu_layer1_1_relu_2(mb)[0][1][1 * 64] + part / 4 * 207936 + part % 4 * 51072);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer2_0_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer2_0_conv1_test(test_relu_layer1_1_relu_2(mb)[0][0] + part / 4 * 207936 + part % 4 * 51072,
        mb->packed + AT_layer2_0_conv1_weight_dense, mb->packed + AT_batchnorm2d_layer2_0_bn1_statistics,
        &test_relu_layer2_0_relu(mb)[0][1][1 * 128] + part / 4 * 115200 + part % 4 * 26880);
}

/* Where conv2d_layer2_conv2_test_part finds its values. */
static const struct conv2d_layer2_conv2_test_part {
    long relu_relu, conv2_weight_winograd, batchnorm2d_bn2_statistics;
} conv2d_layer2_conv2_test_part_at[] = {
    {91092544, AT_layer2_0_conv2_weight_winograd, AT_batchnorm2d_layer2_0_bn2_statistics}, /* layer2.0.conv2 */
    {94778944, AT_layer2_1_conv2_weight_winograd, AT_batchnorm2d_layer2_1_bn2_statistics}, /* layer2.1.conv2 */
};

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer2_conv2_test_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer2_conv2_test_part *at = mb->at;
    float (*relu_relu)[30][30 * 128] = (void *)(mb->batch + at->relu_relu + mb->first * 460800L);
    float (*batchnorm2d_bn2)[28][28 * 128] = (void *)(mb->batch + 58624320 + mb->first * 401408L); /* 128x28x28 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 1504128); /* 87648 */

    const long part = mb->part;

    conv2d_layer2_conv2_test(relu_relu[0][0] + part / 2 * 15360,
        mb->packed + at->conv2_weight_winograd + part % 2 * 8192,
        mb->packed + at->batchnorm2d_bn2_statistics + part % 2 * 64,
        batchnorm2d_bn2[0][0] + part / 2 * 14336 + part % 2 * 64, conv2d_conv2_scratch);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer2_0_downsample_0_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer2_0_downsample_0_test(
        &test_relu_layer1_1_relu_2(mb)[0][1][1 * 64] + part / 4 * 207936 + part % 4 * 51072,
        mb->packed + AT_layer2_0_downsample_0_weight_dense,
        mb->packed + AT_batchnorm2d_layer2_0_downsample_1_statistics,
        test_batchnorm2d_layer2_0_downsample_1(mb)[0] + part % 4 * 25088);
    residual_layer2_0_residual_test(test_batchnorm2d_layer2_0_bn2(mb)[0][0] + part * 25088,
        test_batchnorm2d_layer2_0_downsample_1(mb)[0] + part % 4 * 25088,
        &test_relu_layer2_0_relu_2(mb)[0][1][1 * 128] + part / 4 * 115200 + part % 4 * 26880);
}

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer2_1_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_layer2_1_conv1_test(test_relu_layer2_0_relu_2(mb)[0][0] + part / 2 * 15360,
        mb->packed + AT_layer2_1_conv1_weight_winograd + part % 2 * 8192,
        mb->packed + AT_batchnorm2d_layer2_1_bn1_statistics + part % 2 * 64,
        &test_relu_layer2_1_relu(mb)[0][1][1 * 128] + part / 2 * 15360 + part % 2 * 64,
        test_conv2d_layer2_1_conv1_scratch(mb));
}

/* For the whole batch, part mb->part of 16. */
static void residual_layer2_1_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    residual_layer2_1_residual_test(test_batchnorm2d_layer2_1_bn2(mb)[0][0] + part * 25088,
        &test_relu_layer2_0_relu_2(mb)[0][1][1 * 128] + part / 4 * 115200 + part % 4 * 26880,
        &test_relu_layer2_1_relu_2(mb)[0][1][1 * 128] + part / 4 * 107648 + part % 4 * 25984);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer3_0_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 8 * 2 >= mb->count)
        return;

    conv2d_layer3_0_conv1_test(test_relu_layer2_1_relu_2(mb)[0][0] + part / 8 * 215296 + part / 4 % 2 * 51968,
        mb->weights + AT_layer3_0_conv1_weight + part % 4 * 64,
        mb->packed + AT_batchnorm2d_layer3_0_bn1_statistics + part % 4 * 64,
        &test_relu_layer3_0_relu(mb)[0][1][1 * 256] + part / 8 * 131072 + part / 4 % 2 * 28672 + part % 4 * 64);
}

/* Where conv2d_layer3_conv2_test_part finds its values. */
static const struct conv2d_layer3_conv2_test_part {
    long relu_relu, conv2_weight_winograd, batchnorm2d_bn2_statistics;
} conv2d_layer3_conv2_test_part_at[] = {
    {98344512, AT_layer3_0_conv2_weight_winograd, AT_batchnorm2d_layer3_0_bn2_statistics}, /* layer3.0.conv2 */
    {100441664, AT_layer3_1_conv2_weight_winograd, AT_batchnorm2d_layer3_1_bn2_statistics}, /* layer3.1.conv2 */
};

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer3_conv2_test_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer3_conv2_test_part *at = mb->at;
    float (*relu_relu)[16][16 * 256] = (void *)(mb->batch + at->relu_relu + mb->first * 262144L);
    float (*batchnorm2d_bn2)[14][14 * 256] = (void *)(mb->batch + 58624320 + mb->first * 200704L); /* 256x14x14 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 1504128); /* 376032 */

    const long part = mb->part;

    if (part / 8 * 2 >= mb->count)
        return;

    conv2d_layer3_conv2_test(relu_relu[0][0] + part / 8 * 131072,
        mb->packed + at->conv2_weight_winograd + part % 8 * 8192,
        mb->packed + at->batchnorm2d_bn2_statistics + part % 8 * 32,
        batchnorm2d_bn2[0][0] + part / 8 * 100352 + part % 8 * 32, conv2d_conv2_scratch);
}

/* For the whole batch, part mb->part of 14. */
static void conv2d_layer3_0_downsample_0_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_layer3_0_downsample_0_test(&test_relu_layer2_1_relu_2(mb)[0][1][1 * 128] + part * 7424,
        mb->weights + AT_layer3_0_downsample_0_weight, mb->packed + AT_batchnorm2d_layer3_0_downsample_1_statistics,
        test_batchnorm2d_layer3_0_downsample_1(mb)[0][0] + part * 3584);
}

/* For the whole batch, part mb->part of 28. */
static void residual_layer3_0_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    residual_layer3_0_residual_test(test_batchnorm2d_layer3_0_bn2(mb)[0][0] + part * 7168,
        test_batchnorm2d_layer3_0_downsample_1(mb)[0][0] + part * 7168,
        &test_relu_layer3_0_relu_2(mb)[0][1][1 * 256] + part / 7 * 65536 + part % 7 * 8192);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer3_1_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 8 * 2 >= mb->count)
        return;

    conv2d_layer3_1_conv1_test(test_relu_layer3_0_relu_2(mb)[0][0] + part / 8 * 131072,
        mb->packed + AT_layer3_1_conv1_weight_winograd + part % 8 * 8192,
        mb->packed + AT_batchnorm2d_layer3_1_bn1_statistics + part % 8 * 32,
        &test_relu_layer3_1_relu(mb)[0][1][1 * 256] + part / 8 * 131072 + part % 8 * 32,
        test_conv2d_layer3_1_conv1_scratch(mb));
}

/* For the whole batch, part mb->part of 28. */
static void residual_layer3_1_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    residual_layer3_1_residual_test(test_batchnorm2d_layer3_1_bn2(mb)[0][0] + part * 7168,
        &test_relu_layer3_0_relu_2(mb)[0][1][1 * 256] + part / 7 * 65536 + part % 7 * 8192,
        &test_relu_layer3_1_relu_2(mb)[0][1][1 * 256] + part / 7 * 57600 + part % 7 * 7680);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_0_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_layer4_0_conv1_test(test_relu_layer3_1_relu_2(mb)[0][0], mb->weights + AT_layer4_0_conv1_weight + part * 32,
        mb->packed + AT_batchnorm2d_layer4_0_bn1_statistics + part * 32,
        &test_relu_layer4_0_relu(mb)[0][1][1 * 512] + part * 32);
}

/* Where conv2d_layer4_conv2_test_part finds its values. */
static const struct conv2d_layer4_conv2_test_part {
    long relu_relu, conv2_weight, bn2_statistics;
} conv2d_layer4_conv2_test_part_at[] = {
    {102411840, AT_layer4_0_conv2_weight, AT_batchnorm2d_layer4_0_bn2_statistics}, /* layer4.0.conv2 */
    {103738944, AT_layer4_1_conv2_weight, AT_batchnorm2d_layer4_1_bn2_statistics}, /* layer4.1.conv2 */
};

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_conv2_test_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer4_conv2_test_part *at = mb->at;
    float (*relu_relu)[9][9 * 512] = (void *)(mb->batch + at->relu_relu + mb->first * 165888L);
    float (*bn2_values)[7][7 * 512] = (void *)(mb->batch + 58624320 + mb->first * 100352L); /* 512x7x7 */

    const long part = mb->part;

    conv2d_layer4_conv2_test(relu_relu[0][0], mb->weights + at->conv2_weight + part * 32,
        mb->packed + at->bn2_statistics + part * 32, bn2_values[0][0] + part * 32);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_0_downsample_0_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 >= mb->count)
        return;

    conv2d_layer4_0_downsample_0_test(&test_relu_layer3_1_relu_2(mb)[0][1][1 * 256] + part / 4 * 57600,
        mb->weights + AT_layer4_0_downsample_0_weight + part % 4 * 128,
        mb->packed + AT_batchnorm2d_layer4_0_downsample_1_statistics + part % 4 * 128,
        test_batchnorm2d_layer4_0_downsample_1(mb)[0][0] + part / 4 * 25088 + part % 4 * 128);
}

/* For the whole batch, part mb->part of 28. */
static void residual_layer4_0_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    residual_layer4_0_residual_test(test_batchnorm2d_layer4_0_bn2(mb)[0][0] + part * 3584,
        test_batchnorm2d_layer4_0_downsample_1(mb)[0][0] + part * 3584,
        &test_relu_layer4_0_relu_2(mb)[0][1][1 * 512] + part / 7 * 41472 + part % 7 * 4608);
}

/* For the whole batch, part mb->part of 16. */
static void conv2d_layer4_1_conv1_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    conv2d_layer4_1_conv1_test(test_relu_layer4_0_relu_2(mb)[0][0], mb->weights + AT_layer4_1_conv1_weight + part * 32,
        mb->packed + AT_batchnorm2d_layer4_1_bn1_statistics + part * 32,
        &test_relu_layer4_1_relu(mb)[0][1][1 * 512] + part * 32);
}

/* For the whole batch, part mb->part of 28. */
static void residual_layer4_1_residual_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 7 >= mb->count)
        return;

    residual_layer4_1_residual_test(test_batchnorm2d_layer4_1_bn2(mb)[0][0] + part * 3584,
        &test_relu_layer4_0_relu_2(mb)[0][1][1 * 512] + part / 7 * 41472 + part % 7 * 4608,
        test_relu_layer4_1_relu_2(mb)[0][0] + part * 3584);
}

/* For the whole batch, part mb->part of 8. */
static void adaptiveavgpool2d_avgpool_test_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 >= mb->count)
        return;

    adaptiveavgpool2d_avgpool_forward(test_relu_layer4_1_relu_2(mb)[0][0] + part / 2 * 25088 + part % 2 * 256,
        test_adaptiveavgpool2d_avgpool(mb)[0] + part * 256);
}

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    linear_fc_forward(test_adaptiveavgpool2d_avgpool(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        test_linear_fc(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_fc(mb)[0], 16, 2, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer1_0_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer1_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer1_0_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer1_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer1_1_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer1_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(layer1_1_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer1_1_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(layer2_0_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(layer2_0_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(layer2_0_downsample_1, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_layer2_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(layer2_1_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, BATCH_NORM_OF(layer2_1_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_1_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(layer3_0_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer3_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(layer3_0_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer3_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(layer3_0_downsample_1, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_layer3_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(layer3_1_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer3_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, BATCH_NORM_OF(layer3_1_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer3_1_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, BATCH_NORM_OF(layer4_0_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer4_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, BATCH_NORM_OF(layer4_0_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer4_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, BATCH_NORM_OF(layer4_0_downsample_1, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_layer4_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, BATCH_NORM_OF(layer4_1_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer4_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, BATCH_NORM_OF(layer4_1_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer4_1_bn2_statistics);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"conv1.weight", 4, {64, 3, 7, 7}, AT_conv1_weight, 9408, 4, {{64, 1}, {3, 64}, {7, 1344}, {7, 192}},
     .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.08247860988423224, .high = 0.08247860988423224},
    {"bn1.weight", 1, {64}, AT_bn1_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1},
    {"bn1.bias", 1, {64}, AT_bn1_bias, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0},
    {"bn1.running_mean", 1, {64}, AT_bn1_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT, .init = NC_INIT_CONSTANT,
     .low = 0},
    {"bn1.running_var", 1, {64}, AT_bn1_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT, .init = NC_INIT_CONSTANT,
     .low = 1},
    {"bn1.num_batches_tracked", 0, {0}, AT_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.0.conv1.weight", 4, {64, 64, 3, 3}, AT_layer1_0_conv1_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3,
     4096}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"layer1.0.bn1.weight", 1, {64}, AT_layer1_0_bn1_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.0.bn1.bias", 1, {64}, AT_layer1_0_bn1_bias, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 0},
    {"layer1.0.bn1.running_mean", 1, {64}, AT_layer1_0_bn1_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.0.bn1.running_var", 1, {64}, AT_layer1_0_bn1_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.0.bn1.num_batches_tracked", 0, {0}, AT_layer1_0_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.0.conv2.weight", 4, {64, 64, 3, 3}, AT_layer1_0_conv2_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3,
     4096}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"layer1.0.bn2.weight", 1, {64}, AT_layer1_0_bn2_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.0.bn2.bias", 1, {64}, AT_layer1_0_bn2_bias, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 0},
    {"layer1.0.bn2.running_mean", 1, {64}, AT_layer1_0_bn2_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.0.bn2.running_var", 1, {64}, AT_layer1_0_bn2_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.0.bn2.num_batches_tracked", 0, {0}, AT_layer1_0_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.1.conv1.weight", 4, {64, 64, 3, 3}, AT_layer1_1_conv1_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3,
     4096}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"layer1.1.bn1.weight", 1, {64}, AT_layer1_1_bn1_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.1.bn1.bias", 1, {64}, AT_layer1_1_bn1_bias, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 0},
    {"layer1.1.bn1.running_mean", 1, {64}, AT_layer1_1_bn1_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.1.bn1.running_var", 1, {64}, AT_layer1_1_bn1_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.1.bn1.num_batches_tracked", 0, {0}, AT_layer1_1_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.1.conv2.weight", 4, {64, 64, 3, 3}, AT_layer1_1_conv2_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3,
     4096}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"layer1.1.bn2.weight", 1, {64}, AT_layer1_1_bn2_weight, 64, 1, {{64, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.1.bn2.bias", 1, {64}, AT_layer1_1_bn2_bias, 64, 1, {{64, 1}}, .kind = NC_FROZEN, .init = NC_INIT_CONSTANT,
     .low = 0},
    {"layer1.1.bn2.running_mean", 1, {64}, AT_layer1_1_bn2_running_mean, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer1.1.bn2.running_var", 1, {64}, AT_layer1_1_bn2_running_var, 64, 1, {{64, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer1.1.bn2.num_batches_tracked", 0, {0}, AT_layer1_1_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.conv1.weight", 4, {128, 64, 3, 3}, AT_layer2_0_conv1_weight, 73728, 4, {{128, 1}, {64, 128}, {3, 24576},
     {3, 8192}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {"layer2.0.bn1.weight", 1, {128}, AT_layer2_0_bn1_weight, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.0.bn1.bias", 1, {128}, AT_layer2_0_bn1_bias, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.bn1.running_mean", 1, {128}, AT_layer2_0_bn1_running_mean, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.bn1.running_var", 1, {128}, AT_layer2_0_bn1_running_var, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.0.bn1.num_batches_tracked", 0, {0}, AT_layer2_0_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.conv2.weight", 4, {128, 128, 3, 3}, AT_layer2_0_conv2_weight, 147456, 4, {{128, 1}, {128, 128}, {3,
     49152}, {3, 16384}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948,
     .high = 0.02946278254943948},
    {"layer2.0.bn2.weight", 1, {128}, AT_layer2_0_bn2_weight, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.0.bn2.bias", 1, {128}, AT_layer2_0_bn2_bias, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.bn2.running_mean", 1, {128}, AT_layer2_0_bn2_running_mean, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.bn2.running_var", 1, {128}, AT_layer2_0_bn2_running_var, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.0.bn2.num_batches_tracked", 0, {0}, AT_layer2_0_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.downsample.0.weight", 4, {128, 64, 1, 1}, AT_layer2_0_downsample_0_weight, 8192, 4, {{128, 1}, {64, 128},
     {1, 8192}, {1, 8192}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.12499999999999999,
     .high = 0.12499999999999999},
    {"layer2.0.downsample.1.weight", 1, {128}, AT_layer2_0_downsample_1_weight, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.0.downsample.1.bias", 1, {128}, AT_layer2_0_downsample_1_bias, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.downsample.1.running_mean", 1, {128}, AT_layer2_0_downsample_1_running_mean, 128, 1, {{128, 1}},
     .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.0.downsample.1.running_var", 1, {128}, AT_layer2_0_downsample_1_running_var, 128, 1, {{128, 1}},
     .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.0.downsample.1.num_batches_tracked", 0, {0}, AT_layer2_0_downsample_1_num_batches_tracked, 16, 0, {{0, 0}},
     .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.1.conv1.weight", 4, {128, 128, 3, 3}, AT_layer2_1_conv1_weight, 147456, 4, {{128, 1}, {128, 128}, {3,
     49152}, {3, 16384}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948,
     .high = 0.02946278254943948},
    {"layer2.1.bn1.weight", 1, {128}, AT_layer2_1_bn1_weight, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.1.bn1.bias", 1, {128}, AT_layer2_1_bn1_bias, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.1.bn1.running_mean", 1, {128}, AT_layer2_1_bn1_running_mean, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.1.bn1.running_var", 1, {128}, AT_layer2_1_bn1_running_var, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.1.bn1.num_batches_tracked", 0, {0}, AT_layer2_1_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.1.conv2.weight", 4, {128, 128, 3, 3}, AT_layer2_1_conv2_weight, 147456, 4, {{128, 1}, {128, 128}, {3,
     49152}, {3, 16384}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948,
     .high = 0.02946278254943948},
    {"layer2.1.bn2.weight", 1, {128}, AT_layer2_1_bn2_weight, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.1.bn2.bias", 1, {128}, AT_layer2_1_bn2_bias, 128, 1, {{128, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.1.bn2.running_mean", 1, {128}, AT_layer2_1_bn2_running_mean, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer2.1.bn2.running_var", 1, {128}, AT_layer2_1_bn2_running_var, 128, 1, {{128, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer2.1.bn2.num_batches_tracked", 0, {0}, AT_layer2_1_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.conv1.weight", 4, {256, 128, 3, 3}, AT_layer3_0_conv1_weight, 294912, 4, {{256, 1}, {128, 256}, {3,
     98304}, {3, 32768}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948,
     .high = 0.02946278254943948},
    {"layer3.0.bn1.weight", 1, {256}, AT_layer3_0_bn1_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.0.bn1.bias", 1, {256}, AT_layer3_0_bn1_bias, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.bn1.running_mean", 1, {256}, AT_layer3_0_bn1_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.bn1.running_var", 1, {256}, AT_layer3_0_bn1_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.0.bn1.num_batches_tracked", 0, {0}, AT_layer3_0_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.conv2.weight", 4, {256, 256, 3, 3}, AT_layer3_0_conv2_weight, 589824, 4, {{256, 1}, {256, 256}, {3,
     196608}, {3, 65536}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333,
     .high = 0.02083333333333333},
    {"layer3.0.bn2.weight", 1, {256}, AT_layer3_0_bn2_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.0.bn2.bias", 1, {256}, AT_layer3_0_bn2_bias, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.bn2.running_mean", 1, {256}, AT_layer3_0_bn2_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.bn2.running_var", 1, {256}, AT_layer3_0_bn2_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.0.bn2.num_batches_tracked", 0, {0}, AT_layer3_0_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.downsample.0.weight", 4, {256, 128, 1, 1}, AT_layer3_0_downsample_0_weight, 32768, 4, {{256, 1}, {128,
     256}, {1, 32768}, {1, 32768}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.08838834764831842,
     .high = 0.08838834764831842},
    {"layer3.0.downsample.1.weight", 1, {256}, AT_layer3_0_downsample_1_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.0.downsample.1.bias", 1, {256}, AT_layer3_0_downsample_1_bias, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.downsample.1.running_mean", 1, {256}, AT_layer3_0_downsample_1_running_mean, 256, 1, {{256, 1}},
     .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.0.downsample.1.running_var", 1, {256}, AT_layer3_0_downsample_1_running_var, 256, 1, {{256, 1}},
     .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.0.downsample.1.num_batches_tracked", 0, {0}, AT_layer3_0_downsample_1_num_batches_tracked, 16, 0, {{0, 0}},
     .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.1.conv1.weight", 4, {256, 256, 3, 3}, AT_layer3_1_conv1_weight, 589824, 4, {{256, 1}, {256, 256}, {3,
     196608}, {3, 65536}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333,
     .high = 0.02083333333333333},
    {"layer3.1.bn1.weight", 1, {256}, AT_layer3_1_bn1_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.1.bn1.bias", 1, {256}, AT_layer3_1_bn1_bias, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.1.bn1.running_mean", 1, {256}, AT_layer3_1_bn1_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.1.bn1.running_var", 1, {256}, AT_layer3_1_bn1_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.1.bn1.num_batches_tracked", 0, {0}, AT_layer3_1_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.1.conv2.weight", 4, {256, 256, 3, 3}, AT_layer3_1_conv2_weight, 589824, 4, {{256, 1}, {256, 256}, {3,
     196608}, {3, 65536}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333,
     .high = 0.02083333333333333},
    {"layer3.1.bn2.weight", 1, {256}, AT_layer3_1_bn2_weight, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.1.bn2.bias", 1, {256}, AT_layer3_1_bn2_bias, 256, 1, {{256, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.1.bn2.running_mean", 1, {256}, AT_layer3_1_bn2_running_mean, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer3.1.bn2.running_var", 1, {256}, AT_layer3_1_bn2_running_var, 256, 1, {{256, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer3.1.bn2.num_batches_tracked", 0, {0}, AT_layer3_1_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.conv1.weight", 4, {512, 256, 3, 3}, AT_layer4_0_conv1_weight, 1179648, 4, {{512, 1}, {256, 512}, {3,
     393216}, {3, 131072}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333,
     .high = 0.02083333333333333},
    {"layer4.0.bn1.weight", 1, {512}, AT_layer4_0_bn1_weight, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.0.bn1.bias", 1, {512}, AT_layer4_0_bn1_bias, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.bn1.running_mean", 1, {512}, AT_layer4_0_bn1_running_mean, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.bn1.running_var", 1, {512}, AT_layer4_0_bn1_running_var, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.0.bn1.num_batches_tracked", 0, {0}, AT_layer4_0_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.conv2.weight", 4, {512, 512, 3, 3}, AT_layer4_0_conv2_weight, 2359296, 4, {{512, 1}, {512, 512}, {3,
     786432}, {3, 262144}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974,
     .high = 0.01473139127471974},
    {"layer4.0.bn2.weight", 1, {512}, AT_layer4_0_bn2_weight, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.0.bn2.bias", 1, {512}, AT_layer4_0_bn2_bias, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.bn2.running_mean", 1, {512}, AT_layer4_0_bn2_running_mean, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.bn2.running_var", 1, {512}, AT_layer4_0_bn2_running_var, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.0.bn2.num_batches_tracked", 0, {0}, AT_layer4_0_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.downsample.0.weight", 4, {512, 256, 1, 1}, AT_layer4_0_downsample_0_weight, 131072, 4, {{512, 1}, {256,
     512}, {1, 131072}, {1, 131072}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.06249999999999999,
     .high = 0.06249999999999999},
    {"layer4.0.downsample.1.weight", 1, {512}, AT_layer4_0_downsample_1_weight, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.0.downsample.1.bias", 1, {512}, AT_layer4_0_downsample_1_bias, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.downsample.1.running_mean", 1, {512}, AT_layer4_0_downsample_1_running_mean, 512, 1, {{512, 1}},
     .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.0.downsample.1.running_var", 1, {512}, AT_layer4_0_downsample_1_running_var, 512, 1, {{512, 1}},
     .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.0.downsample.1.num_batches_tracked", 0, {0}, AT_layer4_0_downsample_1_num_batches_tracked, 16, 0, {{0, 0}},
     .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.1.conv1.weight", 4, {512, 512, 3, 3}, AT_layer4_1_conv1_weight, 2359296, 4, {{512, 1}, {512, 512}, {3,
     786432}, {3, 262144}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974,
     .high = 0.01473139127471974},
    {"layer4.1.bn1.weight", 1, {512}, AT_layer4_1_bn1_weight, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.1.bn1.bias", 1, {512}, AT_layer4_1_bn1_bias, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.1.bn1.running_mean", 1, {512}, AT_layer4_1_bn1_running_mean, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.1.bn1.running_var", 1, {512}, AT_layer4_1_bn1_running_var, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.1.bn1.num_batches_tracked", 0, {0}, AT_layer4_1_bn1_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.1.conv2.weight", 4, {512, 512, 3, 3}, AT_layer4_1_conv2_weight, 2359296, 4, {{512, 1}, {512, 512}, {3,
     786432}, {3, 262144}}, .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974,
     .high = 0.01473139127471974},
    {"layer4.1.bn2.weight", 1, {512}, AT_layer4_1_bn2_weight, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.1.bn2.bias", 1, {512}, AT_layer4_1_bn2_bias, 512, 1, {{512, 1}}, .kind = NC_FROZEN,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.1.bn2.running_mean", 1, {512}, AT_layer4_1_bn2_running_mean, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"layer4.1.bn2.running_var", 1, {512}, AT_layer4_1_bn2_running_var, 512, 1, {{512, 1}}, .kind = NC_KEPT,
     .init = NC_INIT_CONSTANT, .low = 1},
    {"layer4.1.bn2.num_batches_tracked", 0, {0}, AT_layer4_1_bn2_num_batches_tracked, 16, 0, {{0, 0}}, .kind = NC_COUNT,
     .init = NC_INIT_CONSTANT, .low = 0},
    {"fc.weight", 2, {2, 512}, AT_fc_weight, 8192, 2, {{2, 1}, {512, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.04419417382415921, .high = 0.04419417382415921},
    {"fc.bias", 1, {2}, AT_fc_bias, 16, 1, {{2, 1}}, .init = NC_INIT_UNIFORM, .low = -0.044194173824159216,
     .high = 0.044194173824159216},
};

/* What the model had before it was changed. */
static const struct nc_parameter gone[] = {
    {.name = "fc.weight", .rank = 2, .shape = {1000, 512}, .axis_count = 1, .axes = {{512000, 1}}},
    {.name = "fc.bias", .rank = 1, .shape = {1000}, .axis_count = 1, .axes = {{1000, 1}}},
};

static const struct nc_fill fills[] = {
    {.parameter = 0, .init = NC_INIT_UNIFORM, .low = -0.08247860988423224, .high = 0.08247860988423224},
    {.parameter = 1, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 2, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 3, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 4, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 5, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 6, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {.parameter = 7, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 8, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 9, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 10, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 11, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 12, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {.parameter = 13, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 14, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 15, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 16, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 17, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 18, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {.parameter = 19, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 20, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 21, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 22, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 23, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 24, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {.parameter = 25, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 26, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 27, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 28, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 29, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 30, .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    {.parameter = 31, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 32, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 33, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 34, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 35, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 36, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948},
    {.parameter = 37, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 38, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 39, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 40, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 41, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 42, .init = NC_INIT_UNIFORM, .low = -0.12499999999999999, .high = 0.12499999999999999},
    {.parameter = 43, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 44, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 45, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 46, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 47, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 48, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948},
    {.parameter = 49, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 50, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 51, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 52, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 53, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 54, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948},
    {.parameter = 55, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 56, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 57, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 58, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 59, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 60, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948},
    {.parameter = 61, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 62, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 63, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 64, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 65, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 66, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {.parameter = 67, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 68, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 69, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 70, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 71, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 72, .init = NC_INIT_UNIFORM, .low = -0.08838834764831842, .high = 0.08838834764831842},
    {.parameter = 73, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 74, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 75, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 76, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 77, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 78, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {.parameter = 79, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 80, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 81, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 82, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 83, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 84, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {.parameter = 85, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 86, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 87, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 88, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 89, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 90, .init = NC_INIT_UNIFORM, .low = -0.02083333333333333, .high = 0.02083333333333333},
    {.parameter = 91, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 92, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 93, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 94, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 95, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 96, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974, .high = 0.01473139127471974},
    {.parameter = 97, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 98, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 99, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 100, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 101, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 102, .init = NC_INIT_UNIFORM, .low = -0.06249999999999999, .high = 0.06249999999999999},
    {.parameter = 103, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 104, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 105, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 106, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 107, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 108, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974, .high = 0.01473139127471974},
    {.parameter = 109, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 110, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 111, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 112, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 113, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 114, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974, .high = 0.01473139127471974},
    {.parameter = 115, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 116, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 117, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 118, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 119, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 122, .init = NC_INIT_UNIFORM, .low = -0.04419417382415921, .high = 0.04419417382415921},
    {.parameter = 123, .init = NC_INIT_UNIFORM, .low = -0.044194173824159216, .high = 0.044194173824159216},
    {.parameter = 0, .init = NC_INIT_NORMAL, .low = 0, .high = 0.02525381361380527},
    {.parameter = 6, .init = NC_INIT_NORMAL, .low = 0, .high = 0.05892556509887897},
    {.parameter = 12, .init = NC_INIT_NORMAL, .low = 0, .high = 0.05892556509887897},
    {.parameter = 18, .init = NC_INIT_NORMAL, .low = 0, .high = 0.05892556509887897},
    {.parameter = 24, .init = NC_INIT_NORMAL, .low = 0, .high = 0.05892556509887897},
    {.parameter = 30, .init = NC_INIT_NORMAL, .low = 0, .high = 0.04166666666666667},
    {.parameter = 36, .init = NC_INIT_NORMAL, .low = 0, .high = 0.04166666666666667},
    {.parameter = 42, .init = NC_INIT_NORMAL, .low = 0, .high = 0.125},
    {.parameter = 48, .init = NC_INIT_NORMAL, .low = 0, .high = 0.04166666666666667},
    {.parameter = 54, .init = NC_INIT_NORMAL, .low = 0, .high = 0.04166666666666667},
    {.parameter = 60, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 66, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 72, .init = NC_INIT_NORMAL, .low = 0, .high = 0.08838834764831845},
    {.parameter = 78, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 84, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 90, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 96, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 102, .init = NC_INIT_NORMAL, .low = 0, .high = 0.0625},
    {.parameter = 108, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 114, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 120, .init = NC_INIT_UNIFORM, .low = -0.04419417382415921, .high = 0.04419417382415921},
    {.parameter = 121, .init = NC_INIT_UNIFORM, .low = -0.044194173824159216, .high = 0.044194173824159216},
};

/* Where the parameters of a file of resnet18 go. */
static const struct nc_origin origins0[] = {
    {"conv1.weight", 0},
    {"bn1.weight", 1},
    {"bn1.bias", 2},
    {"bn1.running_mean", 3},
    {"bn1.running_var", 4},
    {"bn1.num_batches_tracked", 5},
    {"layer1.0.conv1.weight", 6},
    {"layer1.0.bn1.weight", 7},
    {"layer1.0.bn1.bias", 8},
    {"layer1.0.bn1.running_mean", 9},
    {"layer1.0.bn1.running_var", 10},
    {"layer1.0.bn1.num_batches_tracked", 11},
    {"layer1.0.conv2.weight", 12},
    {"layer1.0.bn2.weight", 13},
    {"layer1.0.bn2.bias", 14},
    {"layer1.0.bn2.running_mean", 15},
    {"layer1.0.bn2.running_var", 16},
    {"layer1.0.bn2.num_batches_tracked", 17},
    {"layer1.1.conv1.weight", 18},
    {"layer1.1.bn1.weight", 19},
    {"layer1.1.bn1.bias", 20},
    {"layer1.1.bn1.running_mean", 21},
    {"layer1.1.bn1.running_var", 22},
    {"layer1.1.bn1.num_batches_tracked", 23},
    {"layer1.1.conv2.weight", 24},
    {"layer1.1.bn2.weight", 25},
    {"layer1.1.bn2.bias", 26},
    {"layer1.1.bn2.running_mean", 27},
    {"layer1.1.bn2.running_var", 28},
    {"layer1.1.bn2.num_batches_tracked", 29},
    {"layer2.0.conv1.weight", 30},
    {"layer2.0.bn1.weight", 31},
    {"layer2.0.bn1.bias", 32},
    {"layer2.0.bn1.running_mean", 33},
    {"layer2.0.bn1.running_var", 34},
    {"layer2.0.bn1.num_batches_tracked", 35},
    {"layer2.0.conv2.weight", 36},
    {"layer2.0.bn2.weight", 37},
    {"layer2.0.bn2.bias", 38},
    {"layer2.0.bn2.running_mean", 39},
    {"layer2.0.bn2.running_var", 40},
    {"layer2.0.bn2.num_batches_tracked", 41},
    {"layer2.0.downsample.0.weight", 42},
    {"layer2.0.downsample.1.weight", 43},
    {"layer2.0.downsample.1.bias", 44},
    {"layer2.0.downsample.1.running_mean", 45},
    {"layer2.0.downsample.1.running_var", 46},
    {"layer2.0.downsample.1.num_batches_tracked", 47},
    {"layer2.1.conv1.weight", 48},
    {"layer2.1.bn1.weight", 49},
    {"layer2.1.bn1.bias", 50},
    {"layer2.1.bn1.running_mean", 51},
    {"layer2.1.bn1.running_var", 52},
    {"layer2.1.bn1.num_batches_tracked", 53},
    {"layer2.1.conv2.weight", 54},
    {"layer2.1.bn2.weight", 55},
    {"layer2.1.bn2.bias", 56},
    {"layer2.1.bn2.running_mean", 57},
    {"layer2.1.bn2.running_var", 58},
    {"layer2.1.bn2.num_batches_tracked", 59},
    {"layer3.0.conv1.weight", 60},
    {"layer3.0.bn1.weight", 61},
    {"layer3.0.bn1.bias", 62},
    {"layer3.0.bn1.running_mean", 63},
    {"layer3.0.bn1.running_var", 64},
    {"layer3.0.bn1.num_batches_tracked", 65},
    {"layer3.0.conv2.weight", 66},
    {"layer3.0.bn2.weight", 67},
    {"layer3.0.bn2.bias", 68},
    {"layer3.0.bn2.running_mean", 69},
    {"layer3.0.bn2.running_var", 70},
    {"layer3.0.bn2.num_batches_tracked", 71},
    {"layer3.0.downsample.0.weight", 72},
    {"layer3.0.downsample.1.weight", 73},
    {"layer3.0.downsample.1.bias", 74},
    {"layer3.0.downsample.1.running_mean", 75},
    {"layer3.0.downsample.1.running_var", 76},
    {"layer3.0.downsample.1.num_batches_tracked", 77},
    {"layer3.1.conv1.weight", 78},
    {"layer3.1.bn1.weight", 79},
    {"layer3.1.bn1.bias", 80},
    {"layer3.1.bn1.running_mean", 81},
    {"layer3.1.bn1.running_var", 82},
    {"layer3.1.bn1.num_batches_tracked", 83},
    {"layer3.1.conv2.weight", 84},
    {"layer3.1.bn2.weight", 85},
    {"layer3.1.bn2.bias", 86},
    {"layer3.1.bn2.running_mean", 87},
    {"layer3.1.bn2.running_var", 88},
    {"layer3.1.bn2.num_batches_tracked", 89},
    {"layer4.0.conv1.weight", 90},
    {"layer4.0.bn1.weight", 91},
    {"layer4.0.bn1.bias", 92},
    {"layer4.0.bn1.running_mean", 93},
    {"layer4.0.bn1.running_var", 94},
    {"layer4.0.bn1.num_batches_tracked", 95},
    {"layer4.0.conv2.weight", 96},
    {"layer4.0.bn2.weight", 97},
    {"layer4.0.bn2.bias", 98},
    {"layer4.0.bn2.running_mean", 99},
    {"layer4.0.bn2.running_var", 100},
    {"layer4.0.bn2.num_batches_tracked", 101},
    {"layer4.0.downsample.0.weight", 102},
    {"layer4.0.downsample.1.weight", 103},
    {"layer4.0.downsample.1.bias", 104},
    {"layer4.0.downsample.1.running_mean", 105},
    {"layer4.0.downsample.1.running_var", 106},
    {"layer4.0.downsample.1.num_batches_tracked", 107},
    {"layer4.1.conv1.weight", 108},
    {"layer4.1.bn1.weight", 109},
    {"layer4.1.bn1.bias", 110},
    {"layer4.1.bn1.running_mean", 111},
    {"layer4.1.bn1.running_var", 112},
    {"layer4.1.bn1.num_batches_tracked", 113},
    {"layer4.1.conv2.weight", 114},
    {"layer4.1.bn2.weight", 115},
    {"layer4.1.bn2.bias", 116},
    {"layer4.1.bn2.running_mean", 117},
    {"layer4.1.bn2.running_var", 118},
    {"layer4.1.bn2.num_batches_tracked", 119},
    {"fc.weight", 122},
    {"fc.bias", 123},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 5, 42796032, 157328, 0, 1},
    {"conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)", 47, 0, 802816, 1, 1},
    {"bn1: BatchNorm2d(64)", 48, 12845056, 768, 1, 1},
    {"bn1: BatchNorm2d(64)", 48, 12845056, 802816, 3, 1},
    {"maxpool: MaxPool2d(kernel_size=3, stride=2, padding=1)", 50, 25690112, 215296, 4, 1},
    {"layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 200704, 5, 1},
    {"layer1.0.bn1: BatchNorm2d(planes)", 5, 3211264, 768, 6, 1},
    {"layer1.0.bn1: BatchNorm2d(planes)", 5, 29134848, 215296, 8, 1},
    {"layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 200704, 9, 1},
    {"layer1.0.bn2: BatchNorm2d(planes)", 8, 3211264, 768, 10, 1},
    {"layer1.0.bn2: BatchNorm2d(planes)", 8, 32579584, 215296, 12, 1},
    {"layer1.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 200704, 13, 1},
    {"layer1.1.bn1: BatchNorm2d(planes)", 5, 3211264, 768, 14, 1},
    {"layer1.1.bn1: BatchNorm2d(planes)", 5, 36024320, 215296, 16, 1},
    {"layer1.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 200704, 17, 1},
    {"layer1.1.bn2: BatchNorm2d(planes)", 8, 3211264, 768, 18, 1},
    {"layer1.1.bn2: BatchNorm2d(planes)", 8, 39469056, 207936, 20, 1},
    {"layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 100352, 21, 1},
    {"layer2.0.bn1: BatchNorm2d(planes)", 5, 1605632, 1536, 21, 1},
    {"layer2.0.bn1: BatchNorm2d(planes)", 5, 45313280, 115200, 23, 1},
    {"layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 100352, 24, 1},
    {"layer2.0.bn2: BatchNorm2d(planes)", 8, 1605632, 1536, 25, 1},
    {"layer2.0.bn2: BatchNorm2d(planes)", 8, 1605632, 100352, 27, 1},
    {"layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)", 10, 3211264, 100352, 28, 1},
    {"layer2.0.downsample.1: BatchNorm2d(planes)", 10, 4816896, 1536, 28, 1},
    {"layer2.0.downsample.1: BatchNorm2d(planes)", 10, 47156480, 115200, 30, 1},
    {"layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 100352, 31, 1},
    {"layer2.1.bn1: BatchNorm2d(planes)", 5, 1605632, 1536, 32, 1},
    {"layer2.1.bn1: BatchNorm2d(planes)", 5, 48999680, 115200, 34, 1},
    {"layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 100352, 35, 1},
    {"layer2.1.bn2: BatchNorm2d(planes)", 8, 1605632, 1536, 36, 1},
    {"layer2.1.bn2: BatchNorm2d(planes)", 8, 50842880, 107648, 38, 1},
    {"layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 50176, 39, 1},
    {"layer3.0.bn1: BatchNorm2d(planes)", 5, 802816, 784, 39, 1},
    {"layer3.0.bn1: BatchNorm2d(planes)", 5, 52565248, 65536, 41, 1},
    {"layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 50176, 42, 1},
    {"layer3.0.bn2: BatchNorm2d(planes)", 8, 802816, 5376, 43, 1},
    {"layer3.0.bn2: BatchNorm2d(planes)", 8, 802816, 50176, 45, 1},
    {"layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)", 10, 1605632, 50176, 46, 1},
    {"layer3.0.downsample.1: BatchNorm2d(planes)", 10, 0, 5376, 47, 1},
    {"layer3.0.downsample.1: BatchNorm2d(planes)", 10, 53613824, 65536, 49, 1},
    {"layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 50176, 50, 1},
    {"layer3.1.bn1: BatchNorm2d(planes)", 5, 802816, 5376, 51, 1},
    {"layer3.1.bn1: BatchNorm2d(planes)", 5, 54662400, 65536, 53, 1},
    {"layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 50176, 54, 1},
    {"layer3.1.bn2: BatchNorm2d(planes)", 8, 802816, 5376, 55, 1},
    {"layer3.1.bn2: BatchNorm2d(planes)", 8, 55710976, 57600, 57, 1},
    {"layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 25088, 58, 1},
    {"layer4.0.bn1: BatchNorm2d(planes)", 5, 401408, 10752, 59, 1},
    {"layer4.0.bn1: BatchNorm2d(planes)", 5, 56632576, 41472, 61, 1},
    {"layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 25088, 62, 1},
    {"layer4.0.bn2: BatchNorm2d(planes)", 8, 401408, 10752, 63, 1},
    {"layer4.0.bn2: BatchNorm2d(planes)", 8, 401408, 25088, 65, 1},
    {"layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)", 10, 802816, 25088, 66, 1},
    {"layer4.0.downsample.1: BatchNorm2d(planes)", 10, 1204224, 1552, 66, 1},
    {"layer4.0.downsample.1: BatchNorm2d(planes)", 10, 57296128, 41472, 68, 1},
    {"layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", 4, 0, 25088, 69, 1},
    {"layer4.1.bn1: BatchNorm2d(planes)", 5, 401408, 10752, 70, 1},
    {"layer4.1.bn1: BatchNorm2d(planes)", 5, 57959680, 41472, 72, 1},
    {"layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", 7, 0, 25088, 73, 1},
    {"layer4.1.bn2: BatchNorm2d(planes)", 8, 401408, 10752, 74, 1},
    {"avgpool: AdaptiveAvgPool2d((1, 1))", 55, 401408, 512, 76, 1},
    {"fc: Linear(512, 2)", 6, 0, 16, 77, 0},
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
    {.barriers = 1, ALWAYS(conv2d_conv1_forward_part), .parts = 16},
    {.barriers = 2, ALWAYS_AT(batchnorm2d_statistics_forward_part, 0), .parts = 1},
    {.barriers = 3, ALWAYS(batchnorm2d_bn1_forward_part), .parts = 16},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(conv2d_layer1_forward_part, 0), .parts = 14},
    {.barriers = 6, ALWAYS(batchnorm2d_layer1_moments_forward_part), .parts = 16},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_statistics_forward_part, 1), .parts = 1},
    {.barriers = 8, ALWAYS_AT(batchnorm2d_layer1_bn1_forward_part, 0), .parts = 16},
    {.barriers = 9, ALWAYS_AT(conv2d_layer1_forward_part, 1), .parts = 14},
    {.barriers = 10, ALWAYS(batchnorm2d_layer1_moments_forward_part), .parts = 16},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_statistics_forward_part, 2), .parts = 1},
    {.barriers = 12, ALWAYS(batchnorm2d_layer1_0_bn2_forward_part), .parts = 16},
    {.barriers = 13, ALWAYS_AT(conv2d_layer1_forward_part, 2), .parts = 14},
    {.barriers = 14, ALWAYS(batchnorm2d_layer1_moments_forward_part), .parts = 16},
    {.barriers = 15, ALWAYS_AT(batchnorm2d_statistics_forward_part, 3), .parts = 1},
    {.barriers = 16, ALWAYS_AT(batchnorm2d_layer1_bn1_forward_part, 1), .parts = 16},
    {.barriers = 17, ALWAYS_AT(conv2d_layer1_forward_part, 3), .parts = 14},
    {.barriers = 18, ALWAYS(batchnorm2d_layer1_moments_forward_part), .parts = 16},
    {.barriers = 19, ALWAYS_AT(batchnorm2d_statistics_forward_part, 4), .parts = 1},
    {.barriers = 20, ALWAYS(batchnorm2d_layer1_1_bn2_forward_part), .parts = 16},
    {.barriers = 21, ALWAYS(conv2d_layer2_0_conv1_forward_part), .parts = 16},
    {.barriers = 22, ALWAYS_AT(batchnorm2d_layer2_statistics_forward_part, 0), .parts = 2},
    {.barriers = 23, ALWAYS_AT(batchnorm2d_layer2_bn1_forward_part, 0), .parts = 16},
    {.barriers = 24, ALWAYS_AT(conv2d_layer2_forward_part, 0), .parts = 14},
    {.barriers = 25, ALWAYS(batchnorm2d_layer2_moments_forward_part), .parts = 16},
    {.barriers = 26, ALWAYS_AT(batchnorm2d_layer2_statistics_forward_part, 1), .parts = 2},
    {.barriers = 27, ALWAYS(batchnorm2d_layer2_0_bn2_forward_part), .parts = 16},
    {.barriers = 27, ALWAYS(conv2d_layer2_0_downsample_0_forward_part), .parts = 16},
    {.barriers = 28, ALWAYS_AT(batchnorm2d_layer2_statistics_forward_part, 2), .parts = 2},
    {.barriers = 29, ALWAYS(batchnorm2d_layer2_0_downsample_1_forward_part), .parts = 16},
    {.barriers = 30, ALWAYS_AT(conv2d_layer2_forward_part, 1), .parts = 14},
    {.barriers = 31, ALWAYS(batchnorm2d_layer2_moments_forward_part), .parts = 16},
    {.barriers = 32, ALWAYS_AT(batchnorm2d_layer2_statistics_forward_part, 3), .parts = 2},
    {.barriers = 33, ALWAYS_AT(batchnorm2d_layer2_bn1_forward_part, 1), .parts = 16},
    {.barriers = 34, ALWAYS_AT(conv2d_layer2_forward_part, 2), .parts = 14},
    {.barriers = 35, ALWAYS(batchnorm2d_layer2_moments_forward_part), .parts = 16},
    {.barriers = 36, ALWAYS_AT(batchnorm2d_layer2_statistics_forward_part, 4), .parts = 2},
    {.barriers = 37, ALWAYS(batchnorm2d_layer2_1_bn2_forward_part), .parts = 16},
    {.barriers = 38, ALWAYS(conv2d_layer3_0_conv1_forward_part), .parts = 16},
    {.barriers = 39, ALWAYS_AT(batchnorm2d_layer3_statistics_forward_part, 0), .parts = 4},
    {.barriers = 40, ALWAYS_AT(batchnorm2d_layer3_bn1_forward_part, 0), .parts = 28},
    {.barriers = 41, ALWAYS_AT(conv2d_layer3_forward_part, 0), .parts = 16},
    {.barriers = 42, ALWAYS_AT(batchnorm2d_layer3_moments_forward_part, 0), .parts = 28},
    {.barriers = 43, ALWAYS_AT(batchnorm2d_layer3_statistics_forward_part, 1), .parts = 4},
    {.barriers = 44, ALWAYS(batchnorm2d_layer3_0_bn2_forward_part), .parts = 28},
    {.barriers = 44, ALWAYS(conv2d_layer3_0_downsample_0_forward_part), .parts = 14},
    {.barriers = 45, ALWAYS_AT(batchnorm2d_layer3_moments_forward_part, 1), .parts = 28},
    {.barriers = 46, ALWAYS_AT(batchnorm2d_layer3_statistics_forward_part, 2), .parts = 4},
    {.barriers = 47, ALWAYS(batchnorm2d_layer3_0_downsample_1_forward_part), .parts = 28},
    {.barriers = 48, ALWAYS_AT(conv2d_layer3_forward_part, 1), .parts = 16},
    {.barriers = 49, ALWAYS_AT(batchnorm2d_layer3_moments_forward_part, 2), .parts = 28},
    {.barriers = 50, ALWAYS_AT(batchnorm2d_layer3_statistics_forward_part, 3), .parts = 4},
    {.barriers = 51, ALWAYS_AT(batchnorm2d_layer3_bn1_forward_part, 1), .parts = 28},
    {.barriers = 52, ALWAYS_AT(conv2d_layer3_forward_part, 2), .parts = 16},
    {.barriers = 53, ALWAYS_AT(batchnorm2d_layer3_moments_forward_part, 3), .parts = 28},
    {.barriers = 54, ALWAYS_AT(batchnorm2d_layer3_statistics_forward_part, 4), .parts = 4},
    {.barriers = 55, ALWAYS(batchnorm2d_layer3_1_bn2_forward_part), .parts = 28},
    {.barriers = 56, ALWAYS(conv2d_layer4_0_conv1_forward_part), .parts = 16},
    {.barriers = 57, ALWAYS(batchnorm2d_layer4_moments_forward_part), .parts = 28},
    {.barriers = 58, ALWAYS_AT(batchnorm2d_layer4_statistics_forward_part, 0), .parts = 8},
    {.barriers = 59, ALWAYS_AT(batchnorm2d_layer4_bn1_forward_part, 0), .parts = 28},
    {.barriers = 60, ALWAYS_AT(conv2d_layer4_forward_part, 0), .parts = 16},
    {.barriers = 61, ALWAYS(batchnorm2d_layer4_moments_forward_part), .parts = 28},
    {.barriers = 62, ALWAYS_AT(batchnorm2d_layer4_statistics_forward_part, 1), .parts = 8},
    {.barriers = 63, ALWAYS(batchnorm2d_layer4_0_bn2_forward_part), .parts = 28},
    {.barriers = 63, ALWAYS(conv2d_layer4_0_downsample_0_forward_part), .parts = 16},
    {.barriers = 64, ALWAYS_AT(batchnorm2d_layer4_statistics_forward_part, 2), .parts = 8},
    {.barriers = 65, ALWAYS(batchnorm2d_layer4_0_downsample_1_forward_part), .parts = 28},
    {.barriers = 66, ALWAYS_AT(conv2d_layer4_forward_part, 1), .parts = 16},
    {.barriers = 67, ALWAYS(batchnorm2d_layer4_moments_forward_part), .parts = 28},
    {.barriers = 68, ALWAYS_AT(batchnorm2d_layer4_statistics_forward_part, 3), .parts = 8},
    {.barriers = 69, ALWAYS_AT(batchnorm2d_layer4_bn1_forward_part, 1), .parts = 28},
    {.barriers = 70, ALWAYS_AT(conv2d_layer4_forward_part, 2), .parts = 16},
    {.barriers = 71, ALWAYS(batchnorm2d_layer4_moments_forward_part), .parts = 28},
    {.barriers = 72, ALWAYS_AT(batchnorm2d_layer4_statistics_forward_part, 4), .parts = 8},
    {.barriers = 73, ALWAYS(batchnorm2d_layer4_1_bn2_forward_part), .parts = 8},
    {.barriers = 74, .train = train, .test = test, .loss = 1},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate_1)},
    {.barriers = 1, TEST(conv2d_conv1_test_part), .parts = 16},
    {.barriers = 2, TEST(evaluate_3)},
    {.barriers = 3, TEST_AT(conv2d_layer1_conv1_test_part, 0), .parts = 14},
    {.barriers = 4, TEST_AT(conv2d_layer1_conv2_test_part, 0), .parts = 14},
    {.barriers = 5, TEST(residual_layer1_0_residual_test_part), .parts = 16},
    {.barriers = 6, TEST_AT(conv2d_layer1_conv1_test_part, 1), .parts = 14},
    {.barriers = 7, TEST_AT(conv2d_layer1_conv2_test_part, 1), .parts = 14},
    {.barriers = 8, TEST(residual_layer1_1_residual_test_part), .parts = 16},
    {.barriers = 9, TEST(conv2d_layer2_0_conv1_test_part), .parts = 16},
    {.barriers = 10, TEST_AT(conv2d_layer2_conv2_test_part, 0), .parts = 14},
    {.barriers = 11, TEST(conv2d_layer2_0_downsample_0_test_part), .parts = 16},
    {.barriers = 12, TEST(conv2d_layer2_1_conv1_test_part), .parts = 14},
    {.barriers = 13, TEST_AT(conv2d_layer2_conv2_test_part, 1), .parts = 14},
    {.barriers = 14, TEST(residual_layer2_1_residual_test_part), .parts = 16},
    {.barriers = 15, TEST(conv2d_layer3_0_conv1_test_part), .parts = 16},
    {.barriers = 16, TEST_AT(conv2d_layer3_conv2_test_part, 0), .parts = 16},
    {.barriers = 16, TEST(conv2d_layer3_0_downsample_0_test_part), .parts = 14},
    {.barriers = 17, TEST(residual_layer3_0_residual_test_part), .parts = 28},
    {.barriers = 18, TEST(conv2d_layer3_1_conv1_test_part), .parts = 16},
    {.barriers = 19, TEST_AT(conv2d_layer3_conv2_test_part, 1), .parts = 16},
    {.barriers = 20, TEST(residual_layer3_1_residual_test_part), .parts = 28},
    {.barriers = 21, TEST(conv2d_layer4_0_conv1_test_part), .parts = 16},
    {.barriers = 22, TEST_AT(conv2d_layer4_conv2_test_part, 0), .parts = 16},
    {.barriers = 22, TEST(conv2d_layer4_0_downsample_0_test_part), .parts = 16},
    {.barriers = 23, TEST(residual_layer4_0_residual_test_part), .parts = 28},
    {.barriers = 24, TEST(conv2d_layer4_1_conv1_test_part), .parts = 16},
    {.barriers = 25, TEST_AT(conv2d_layer4_conv2_test_part, 1), .parts = 16},
    {.barriers = 26, TEST(residual_layer4_1_residual_test_part), .parts = 28},
    {.barriers = 27, TEST(adaptiveavgpool2d_avgpool_test_part), .parts = 8},
    {.barriers = 28, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 31, .pack = pack_evaluation, .crosses = 1,
    .output = {.offset = 1504128, .stride = 16},
};

static const struct nc_model model = {
    .name = "AntsAndBees", .file = "transfer.net",
    .input_rank = 3, .input_shape = {3, 224, 224},
    .outputs = 2, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 122,
    .fills = fills, .fill_count = 144, .fills_are_all = 1,
    .gone = gone,
    .block = 11194640, .sharded = 8208, .packed = 9566064, .packed_forward = 9566064,
    .workspace = 3008256,
    .microbatch = 1, .shard = 1, .batch = 4,
    .probes = probes, .probe_count = 63,
    .phases = phases, .phase_count = 78, .pack = pack,
    .evaluation = &evaluation,
    .batch_bytes = 104402496, .capacity = 4, .learned = 0,
    .output = {.offset = 0, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_image_folder(run, "train_data", "hymenoptera_data/train", 0, "raise", 0);
    nc_random_resized_crop(train_data, 224, 224, 0.08, 1, 0.75, 1.3333333333333333, "bilinear");
    nc_random_horizontal_flip(train_data, 0.5);
    nc_to_tensor(train_data);
    nc_normalize(train_data, (const double[]){0.485, 0.456, 0.406}, (const double[]){0.229, 0.224, 0.225}, 3);
    nc_train_data(run, train_data, 4, 1, 0); /* batch_size, shuffle, drop_last */
    nc_train_workers(run, 2, 2); /* num_workers, prefetch_factor */

    struct nc_data *test_data = nc_image_folder(run, "test_data", "hymenoptera_data/val", 0, "raise", 0);
    nc_resize(test_data, 256, 0, "bilinear", 0);
    nc_center_crop(test_data, 224, 224);
    nc_to_tensor(test_data);
    nc_normalize(test_data, (const double[]){0.485, 0.456, 0.406}, (const double[]){0.229, 0.224, 0.225}, 3);
    nc_test_data(run, test_data, 4, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_weights(run, "resnet18-f37072fd.pth", "resnet18", origins0, 122);
    nc_sgd(run, 0.001, 0.9, 0, 0, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_schedule(run, nc_step_lr(run, 7, 0.1), NC_EVERY_EPOCH, NC_METRIC_NONE);
    nc_epochs(run, 25);
    nc_save(run, "transfer_{epoch}.pth");
    return nc_train(run);
}

/* SENet: a trainer for the model of senet.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                                              output      parameters
 *    33  conv1: Conv2d(3, 16, 3, padding=1, bias=False)                                     16x32x32           432
 *    34  bn1: BatchNorm2d(16)                                                               16x32x32            32
 *    35  relu: relu(inplace=True)                                                           16x32x32             0
 *    12  layer1.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
 *                                                                                           16x32x32          2304
 *    13  layer1.0.bn1: BatchNorm2d(channels)                                                16x32x32            32
 *    14  layer1.0.relu: ReLU()                                                              16x32x32             0
 *    15  layer1.0.conv2: Conv2d(channels, channels, 3, padding=1, bias=False)               16x32x32          2304
 *    16  layer1.0.bn2: BatchNorm2d(channels)                                                16x32x32            32
 *     3  layer1.0.se.avgpool: AdaptiveAvgPool2d(1)                                          16x1x1               0
 *     4  layer1.0.se.fc1: Conv2d(channels, channels // 4, 1)                                4x1x1               68
 *     5  layer1.0.se.activation: ReLU()                                                     4x1x1                0
 *     6  layer1.0.se.fc2: Conv2d(channels // 4, channels, 1)                                16x1x1              80
 *     7  layer1.0.se.scale_activation: Sigmoid()                                            16x1x1               0
 *     8  layer1.0.se.multiply: multiply                                                     16x32x32             0
 *    18  layer1.0.depth: StochasticDepth(0.1, "row")                                        16x32x32             0
 *    26  layer1.0.residual: residual                                                        16x32x32             0
 *    14  layer1.0.relu: ReLU()                                                              16x32x32             0
 *    12  layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
 *                                                                                           32x16x16          4608
 *    13  layer2.0.bn1: BatchNorm2d(channels)                                                32x16x16            64
 *    14  layer2.0.relu: ReLU()                                                              32x16x16             0
 *    15  layer2.0.conv2: Conv2d(channels, channels, 3, padding=1, bias=False)               32x16x16          9216
 *    16  layer2.0.bn2: BatchNorm2d(channels)                                                32x16x16            64
 *     3  layer2.0.se.avgpool: AdaptiveAvgPool2d(1)                                          32x1x1               0
 *     4  layer2.0.se.fc1: Conv2d(channels, channels // 4, 1)                                8x1x1              264
 *     5  layer2.0.se.activation: ReLU()                                                     8x1x1                0
 *     6  layer2.0.se.fc2: Conv2d(channels // 4, channels, 1)                                32x1x1             288
 *     7  layer2.0.se.scale_activation: Sigmoid()                                            32x1x1               0
 *     8  layer2.0.se.multiply: multiply                                                     32x16x16             0
 *    20  layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False) 32x16x16           512
 *    20  layer2.0.downsample.1: BatchNorm2d(channels)                                       32x16x16            64
 *    24  layer2.0.residual: residual                                                        32x16x16             0
 *    14  layer2.0.relu: ReLU()                                                              32x16x16             0
 *    12  layer2.1.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
 *                                                                                           32x16x16          9216
 *    13  layer2.1.bn1: BatchNorm2d(channels)                                                32x16x16            64
 *    14  layer2.1.relu: ReLU()                                                              32x16x16             0
 *    15  layer2.1.conv2: Conv2d(channels, channels, 3, padding=1, bias=False)               32x16x16          9216
 *    16  layer2.1.bn2: BatchNorm2d(channels)                                                32x16x16            64
 *     3  layer2.1.se.avgpool: AdaptiveAvgPool2d(1)                                          32x1x1               0
 *     4  layer2.1.se.fc1: Conv2d(channels, channels // 4, 1)                                8x1x1              264
 *     5  layer2.1.se.activation: ReLU()                                                     8x1x1                0
 *     6  layer2.1.se.fc2: Conv2d(channels // 4, channels, 1)                                32x1x1             288
 *     7  layer2.1.se.scale_activation: Sigmoid()                                            32x1x1               0
 *     8  layer2.1.se.multiply: multiply                                                     32x16x16             0
 *    18  layer2.1.depth: StochasticDepth(0.1, "row")                                        32x16x16             0
 *    26  layer2.1.residual: residual                                                        32x16x16             0
 *    14  layer2.1.relu: ReLU()                                                              32x16x16             0
 *    38  avgpool: AdaptiveAvgPool2d(1)                                                      32x1x1               0
 *    39  flatten: flatten(1)                                                                32                   0
 *    40  fc: Linear(32, 10)                                                                 10                 330
 *
 * A batch of 128 is cut into shards of 8 samples, each with its own gradients, and a shard into microbatches of 8.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 5704704 bytes of workspace serve a thread. */
#include "netc.h"
#include "activations.h"
#include "vector.h"
#include "winograd.h"

/* Where the parameters of a batch norm start: those that learn, and those that are kept. */
#define AT_NORM(layer, learned, kept, floats) \
    AT_##layer##_weight = learned, AT_##layer##_bias = learned + floats, \
    AT_##layer##_running_mean = kept, AT_##layer##_running_var = kept + floats, \
    AT_##layer##_num_batches_tracked = kept + 2 * floats

/* Where each parameter starts, in floats. */
enum {
    AT_conv1_weight = 0, AT_layer1_0_conv1_weight = 464, AT_layer1_0_conv2_weight = 2800,
    AT_layer1_0_se_fc1_weight = 5136, AT_layer1_0_se_fc1_bias = 5392, AT_layer1_0_se_fc2_weight = 5408,
    AT_layer1_0_se_fc2_bias = 5472, AT_layer2_0_conv1_weight = 5488, AT_layer2_0_conv2_weight = 10160,
    AT_layer2_0_se_fc1_weight = 39200, AT_layer2_0_se_fc1_bias = 19440, AT_layer2_0_se_fc2_weight = 39712,
    AT_layer2_0_se_fc2_bias = 19456, AT_layer2_0_downsample_0_weight = 19488, AT_layer2_1_conv1_weight = 20064,
    AT_layer2_1_conv2_weight = 29344, AT_layer2_1_se_fc1_weight = 39968, AT_layer2_1_se_fc1_bias = 38624,
    AT_layer2_1_se_fc2_weight = 40480, AT_layer2_1_se_fc2_bias = 38640, AT_fc_weight = 38672, AT_fc_bias = 39184,
    AT_NORM(bn1, 432, 40736, 16), AT_NORM(layer1_0_bn1, 2768, 40784, 16), AT_NORM(layer1_0_bn2, 5104, 40832, 16),
    AT_NORM(layer2_0_bn1, 10096, 40880, 32), AT_NORM(layer2_0_bn2, 19376, 40960, 32), AT_NORM(layer2_0_downsample_1,
    20000, 41040, 32), AT_NORM(layer2_1_bn1, 29280, 41120, 32), AT_NORM(layer2_1_bn2, 38560, 41200, 32)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_layer1_0_conv1_weight_winograd = 0, AT_layer1_0_conv2_weight_winograd = 9792,
    AT_layer2_0_conv2_weight_winograd = 19584, AT_layer2_1_conv1_weight_winograd = 57024,
    AT_layer2_1_conv2_weight_winograd = 94464, AT_fc_weight_transposed = 132736,
    AT_layer2_1_se_fc2_weight_transposed = 133056, AT_layer2_1_se_fc1_weight_transposed = 133568,
    AT_layer2_1_conv2_weight_winograd_transposed = 133824, AT_layer2_1_conv1_weight_winograd_transposed = 171264,
    AT_layer2_0_downsample_0_weight_transposed_residue_0_0 = 208704, AT_layer2_0_se_fc2_weight_transposed = 209216,
    AT_layer2_0_se_fc1_weight_transposed = 209728, AT_layer2_0_conv2_weight_winograd_transposed = 209984,
    AT_layer2_0_conv1_weight_transposed_residue_0_0 = 247424, AT_layer2_0_conv1_weight_transposed_residue_0_1 = 247936,
    AT_layer2_0_conv1_weight_transposed_residue_1_0 = 248960, AT_layer2_0_conv1_weight_transposed_residue_1_1 = 249984,
    AT_layer1_0_se_fc2_weight_transposed = 252032, AT_layer1_0_se_fc1_weight_transposed = 252288,
    AT_layer1_0_conv2_weight_winograd_transposed = 252352, AT_layer1_0_conv1_weight_winograd_transposed = 262144
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_bn1_statistics = 131904, AT_batchnorm2d_layer1_0_bn1_statistics = 131968,
    AT_batchnorm2d_layer1_0_bn2_statistics = 132032, AT_batchnorm2d_layer2_0_bn1_statistics = 132096,
    AT_batchnorm2d_layer2_0_bn2_statistics = 132224, AT_batchnorm2d_layer2_0_downsample_1_statistics = 132352,
    AT_batchnorm2d_layer2_1_bn1_statistics = 132480, AT_batchnorm2d_layer2_1_bn2_statistics = 132608
};

/* CrossEntropyLoss  (line 56) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 32)
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

/* conv1: Conv2d(3, 16, 3, padding=1, bias=False)  (line 33) */
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

/* bn1 (line 34), layer1.0.bn1 (line 13), layer1.0.bn2 (line 16) */
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

/* bn1 (line 34), layer1.0.bn1 (line 13) */
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

/* layer1.0.conv1 (line 12), layer1.0.conv2 (line 15) */
DEFINE_WINOGRAD3(conv2d_layer1_0_forward, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

/* layer1.0.bn2: BatchNorm2d(channels)  (line 16) */
DEFINE_NORM(batchnorm2d_layer1_0_bn2_forward, .rows = 32, .cols = 32, .channels = 16, .y_row = 512)

/* layer1.0.se.avgpool: AdaptiveAvgPool2d(1)  (line 3)
 * y = mean over the window */
static void adaptiveavgpool2d_layer1_0_se_avgpool_forward(const float *x, float *y)
{
    for (long k = 0; k < 16; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 32; y_at++)
            for (long x_at = 0; x_at < 32; x_at++)
                sum += vec_load(x + y_at * 512 + x_at * 16 + k);
        sum /= vec_all(1024);
        vec_store(y + k, sum);
    }
}

/* y[o] = b[o] + sum x[i] * w[o][i]
 * y = max(x, 0)
 * dx of CONV2D from dy, w */
struct conv_size_2 { long run, has_bias, act; };
NC_INLINE void any_conv_2(const float *x, const float *w, const float *bias, float *y, const struct conv_size_2 size)
{
    enum { VECS = TILE(1, 2, 4) };
    vec acc[VECS];
    EACH(v, VECS)
        acc[v] = vec_zero();
    const float *wo = w;
    const float *xt = from_here(x);
    SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 16) {
        vec weights[VECS];
        EACH(v, VECS)
            weights[v] = vec_load_once(wo + v * VL);
        const vec pixel = vec_all_of(xt);
        EACH(v, VECS)
            acc[v] = vec_fma(pixel, weights[v], acc[v]);
    }
    EACH(v, VECS) {
        vec sum = acc[v];
        if (size.has_bias)
            sum += vec_load(bias + v * VL);
        if (size.act)
            sum = vec_relu(sum);
        vec_store(y + v * VL, sum);
    }
}

#define DEFINE_CONV_2(name, ...) static void name(const float *x, const float *w, const float *bias, float *y) \
    { any_conv_2(x, w, bias, y, (struct conv_size_2){__VA_ARGS__}); }

/* layer1.0.se.fc1: Conv2d(channels, channels // 4, 1), ReLU()  (line 4) */
DEFINE_CONV_2(conv2d_layer1_0_se_fc1_forward, .run = 16, .has_bias = 1, .act = 1)

/* layer1.0.se.fc2: Conv2d(channels // 4, channels, 1)  (line 6) */
DEFINE_CONV_2(conv2d_layer1_0_se_fc2_forward, .run = 4, .has_bias = 1)

/* layer1.0.se.scale_activation: Sigmoid()  (line 7)
 * y = f(x), element by element */
static void sigmoid_layer1_0_se_scale_activation_forward(const float *x, float *y, float a, float b)
{
    for (long i = 0; i < 16; i += VL)
        vec_store(y + i, vec_sigmoid(vec_load(x + i), a, b));
}

/* y = a * b, where b may have one number for all pixels of a channel
 * dx = dy * factor; inputs dy, factors */
struct scale_channels_size { long rows, cols, channels; };
NC_INLINE void any_scale_channels(const float *x, const float *s, float *y, const struct scale_channels_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL)
                vec_store(y + r * 512 + c * size.channels + k,
                    vec_load(x + r * 512 + c * size.channels + k) * vec_load(s + k));
}

#define DEFINE_SCALE_CHANNELS(name, ...) static void name(const float *a, const float *b, float *y) \
    { any_scale_channels(a, b, y, (struct scale_channels_size){__VA_ARGS__}); }

/* layer1.0.se.multiply (line 8), layer1.0.depth (line 18) */
DEFINE_SCALE_CHANNELS(forward_of_2, .rows = 32, .cols = 32, .channels = 16)

/* layer1.0.residual: residual, ReLU()  (line 26)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer1_0_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 528 + i, vec_relu(vec_load(a + r * 512 + i) + vec_load(b + r * 544 + i)));
}

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct conv_size_3 { long y_row, act, norm_row; };
NC_INLINE void any_conv_3(const float *x, const float *w, const float *bias, float *y, const struct conv_size_3 size)
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

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12) */
static void conv2d_layer2_0_conv1_forward(const float *x, const float *w, float *y)
{
    any_conv_3(x, w, 0, y, (struct conv_size_3){.y_row = 512});
}

/* layer2.0.bn1, layer2.1.bn1 (line 13), layer2.0.bn2, layer2.1.bn2 (line 16), layer2.0.downsample.1 (line 20) */
DEFINE_MOMENTS(batchnorm2d_layer2_moments_forward, .rows = 16, .cols = 16, .channels = 32)

/* layer2.0.bn1, layer2.1.bn1 (line 13) */
DEFINE_NORM(batchnorm2d_layer2_bn1_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 576, .act = 1)

/* layer2.0.conv2, layer2.1.conv2 (line 15), layer2.1.conv1 (line 12) */
DEFINE_WINOGRAD3(conv2d_layer2_forward, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* layer2.0.bn2, layer2.1.bn2 (line 16) */
DEFINE_NORM(batchnorm2d_layer2_bn2_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 512)

/* layer2.0.se.avgpool, layer2.1.se.avgpool (line 3), avgpool (line 38)
 * y = mean over the window */
static void adaptiveavgpool2d_avgpool_forward(const float *x, float *y)
{
    for (long k = 0; k < 32; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 16; y_at++)
            for (long x_at = 0; x_at < 16; x_at++)
                sum += vec_load(x + y_at * 512 + x_at * 32 + k);
        sum /= vec_all(256);
        vec_store(y + k, sum);
    }
}

/* layer2.0.se.fc1, layer2.1.se.fc1 (line 4) */
DEFINE_CONV_2(conv2d_layer2_se_fc1_forward, .run = 32, .has_bias = 1, .act = 1)

/* y[o] = b[o] + sum x[i] * w[o][i]
 * dx of CONV2D from dy, w */
struct conv_size_4 { long has_bias; };
NC_INLINE void any_conv_4(const float *x, const float *w, const float *bias, float *y, const struct conv_size_4 size)
{
    enum { VECS = TILE(2, 4, 4) };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec acc[VECS];
        EACH(v, VECS)
            acc[v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 8; j++, xt++, wo += 32) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            const vec pixel = vec_all_of(xt);
            EACH(v, VECS)
                acc[v] = vec_fma(pixel, weights[v], acc[v]);
        }
        EACH(v, VECS) {
            vec sum = acc[v];
            if (size.has_bias)
                sum += vec_load(bias + o + v * VL);
            vec_store(y + o + v * VL, sum);
        }
    }
}

/* layer2.0.se.fc2, layer2.1.se.fc2 (line 6) */
static void conv2d_layer2_se_fc2_forward(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_4(x, w, bias, y, (struct conv_size_4){.has_bias = 1});
}

/* layer2.0.se.scale_activation, layer2.1.se.scale_activation (line 7)
 * y = f(x), element by element */
static void sigmoid_layer2_se_scale_activation_forward(const float *x, float *y, float a, float b)
{
    for (long i = 0; i < 32; i += VL)
        vec_store(y + i, vec_sigmoid(vec_load(x + i), a, b));
}

/* layer2.0.se.multiply, layer2.1.se.multiply (line 8), layer2.1.depth (line 18) */
DEFINE_SCALE_CHANNELS(forward_of_3, .rows = 16, .cols = 16, .channels = 32)

/* y[o] = sum x[i] * w[o][i]
 * y = (x - mean) / sqrt(var + eps) * w + b */
struct conv_size_5 { long norm_row; };
NC_INLINE void any_conv_5(const float *x, const float *w, const float *bias, float *y, const struct conv_size_5 size)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long r = 0; r < 16; r += ROWS)
            for (long c = 0; c < 16; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 1056 + c * 32);
                SEVERAL for (long j = 0; j < 16; j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(m, ROWS) EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + m * 1056 + n * 32);
                        EACH(v, VECS)
                            acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                    }
                }
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[m][n][v];
                    if (size.norm_row)
                        sum = vec_fma(sum, vec_load(bias + 2 * size.norm_row + o + v * VL),
                            vec_load(bias + 3 * size.norm_row + o + v * VL));
                    vec_store(y + (r + m) * 512 + (c + n) * 32 + o + v * VL, sum);
                }
            }
}

/* layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False)  (line 20) */
static void conv2d_layer2_0_downsample_0_forward(const float *x, const float *w, float *y)
{
    any_conv_5(x, w, 0, y, (struct conv_size_5){0});
}

/* layer2.0.downsample.1: BatchNorm2d(channels), residual, ReLU()  (line 20) */
static void batchnorm2d_layer2_0_downsample_1_forward(const float *x, const float *stats, const float *b, float *y)
{
    any_norm(x, stats, b, y, (struct norm_size){.rows = 16, .cols = 16, .channels = 32, .b_row = 512, .b_col = 32,
        .y_row = 576, .act = 1, .has_b = 1});
}

/* layer2.1.residual: residual, ReLU()  (line 26)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer2_1_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_relu(vec_load(a + r * 512 + i) + vec_load(b + r * 576 + i)));
}

/* fc: Linear(32, 10)  (line 40)
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
                sum += vec_load(bias + o + v * VL);
                vec_store(y + (c + n) * 16 + o + v * VL, sum);
            }
        }
}

/* fc: Linear(32, 10)  (line 40)
 * dx of LINEAR from dy, w */
static void linear_fc_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long c = 0; c < 8; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 16);
            SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 32) {
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

/* fc: Linear(32, 10)  (line 40)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_fc_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 32; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 32, dr += 16) {
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

/* fc: Linear(32, 10)  (line 40)
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

/* dx from dy, shared out over the window */
struct avg_pool_grad_size { long channels, in_rows, in_cols, kernel_y, kernel_x; };
NC_INLINE void any_avg_pool_grad(const float *dy, float *dx, const struct avg_pool_grad_size size)
{
    for (long r = 0; r < size.in_rows; r++)
        for (long c = 0; c < size.in_cols; c++)
            for (long k = 0; k < size.channels; k += VL)
                vec_store(dx + r * 512 + c * size.channels + k, vec_zero());
    for (long k = 0; k < size.channels; k += VL) {
        const vec part = vec_load(dy + k) / vec_all(size.kernel_y * size.kernel_x);
        for (long y_at = 0; y_at < size.kernel_y; y_at++)
            for (long x_at = 0; x_at < size.kernel_x; x_at++) {
                float *to = dx + y_at * 512 + x_at * size.channels + k;
                vec_store(to, vec_load(to) + part);
            }
    }
}

#define DEFINE_AVG_POOL_GRAD(name, ...) static void name(const float *dy, float *dx) \
    { any_avg_pool_grad(dy, dx, (struct avg_pool_grad_size){__VA_ARGS__}); }

/* avgpool (line 38), layer2.1.se.avgpool, layer2.0.se.avgpool (line 3) */
DEFINE_AVG_POOL_GRAD(avgpool2d_avgpool_grad, .channels = 32, .in_rows = 16, .in_cols = 16, .kernel_y = 16,
    .kernel_x = 16)

/* layer2.1.relu: ReLU()  (line 14)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_layer2_1_relu_grad(const float *dy, const float *y, float *dx)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(dx + r * 512 + i, vec_relu_grad(vec_load(dy + r * 512 + i), vec_load(y + r * 512 + i)));
}

#define DEFINE_SCALE_CHANNELSB(name, ...) static void name(const float *dy, const float *s, float *dx) \
    { any_scale_channels(dy, s, dx, (struct scale_channels_size){__VA_ARGS__}); }

/* layer2.1.depth (line 18), layer2.1.se.multiply, layer2.0.se.multiply (line 8) */
DEFINE_SCALE_CHANNELSB(grad_of_3, .rows = 16, .cols = 16, .channels = 32)

/* layer2.1.se.multiply, layer2.0.se.multiply (line 8)
 * y = a * b, where b may have one number for all pixels of a channel */
static void multiply_layer2_se_multiply_grad_2(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) * vec_load(b + r * 512 + i));
}

/* layer2.1.se.multiply, layer2.0.se.multiply (line 8)
 * y = mean over the window */
static void avg_pool2d(const float *x, float *y)
{
    for (long k = 0; k < 32; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 16; y_at++)
            for (long x_at = 0; x_at < 16; x_at++)
                sum += vec_load(x + y_at * 512 + x_at * 32 + k);
        sum /= vec_all(1);
        vec_store(y + k, sum);
    }
}

/* layer2.1.se.scale_activation, layer2.0.se.scale_activation (line 7)
 * dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from */
static void sigmoid_layer2_se_scale_activation_grad(const float *dy, const float *v, float *dx, float a, float b)
{
    for (long i = 0; i < 32; i += VL)
        vec_store(dx + i, vec_load(dy + i) * vec_sigmoid_slope(vec_load(v + i), a, b));
}

#define DEFINE_CONV_2B(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_2(dy, w, 0, dx, (struct conv_size_2){__VA_ARGS__}); }

/* layer2.1.se.fc2, layer2.0.se.fc2 (line 6) */
DEFINE_CONV_2B(conv2d_layer2_se_fc2_grad_input, .run = 32)

/* layer2.1.se.fc2, layer2.0.se.fc2 (line 6), layer2.1.bn2, layer2.0.bn2 (line 16), layer2.1.bn1, layer2.0.bn1 (line
 *     13), layer2.0.downsample.1 (line 20)
 * db from dy, summed over samples and positions */
static void bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(const float *dy, float *db)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(db + o, vec_load(db + o) + vec_load(dy + o));
}

/* layer2.1.se.activation, layer2.0.se.activation, layer1.0.se.activation (line 5)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_se_activation_grad(const float *dy, const float *y, float *dx)
{
    for (long i = 0; i < 16; i += VL)
        vec_store(dx + i, vec_relu_grad(vec_load(dy + i), vec_load(y + i)));
}

/* layer2.1.se.fc1, layer2.0.se.fc1 (line 4) */
static void conv2d_layer2_se_fc1_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv_4(dy, w, 0, dx, (struct conv_size_4){0});
}

/* layer2.1.se.fc1, layer2.0.se.fc1, layer1.0.se.fc1 (line 4), layer1.0.se.fc2 (line 6), layer1.0.bn2 (line 16),
 *     layer1.0.bn1 (line 13), bn1 (line 34)
 * db from dy, summed over samples and positions */
static void bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(const float *dy, float *db)
{
    for (long o = 0; o < 16; o += VL)
        vec_store(db + o, vec_load(db + o) + vec_load(dy + o));
}

/* layer2.1.se.avgpool, layer2.0.se.avgpool (line 3), layer2.1.conv1 (line 12)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_layer2_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

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

/* layer2.1.bn2, layer2.0.bn2 (line 16), layer2.0.downsample.1 (line 20) */
DEFINE_NORM_SUMS(norm_layer2_grad_sums, .rows = 16, .cols = 16, .channels = 32)

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

/* layer2.1.bn2, layer2.0.bn2 (line 16) */
DEFINE_NORM_GRAD(norm_layer2_bn2_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 576)

#define DEFINE_WINOGRAD3B(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3(dy, u, 0, dx, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer2.1.conv2, layer2.0.conv2 (line 15), layer2.1.conv1 (line 12) */
DEFINE_WINOGRAD3B(conv2d_layer2_grad_input, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* layer2.1.relu, layer2.0.relu (line 14) */
DEFINE_NORM_SUMS(norm_layer2_bn1_grad_sums, .rows = 16, .cols = 16, .channels = 32, .act = 1)

/* layer2.1.bn1, layer2.0.bn1 (line 13) */
DEFINE_NORM(norm_layer2_bn1_again, .rows = 16, .cols = 16, .channels = 32, .y_row = 576, .act = 1)

/* layer2.1.conv2, layer2.0.conv2 (line 15), layer2.1.conv1 (line 12)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 16, .cols = 16,
        .ins = 32, .outs = 32, .x_image = 10368, .x_row = 576, .block = 32,
    };
    const struct winograd_gradient gradient = {
        .d_image = 10368, .d_row = 576, .d_col = 32, .g_tap = 1024, .g_in = 32, .g_ins = 32,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* layer2.1.relu: ReLU(), BatchNorm2d(channels)  (line 14) */
DEFINE_NORM_GRAD(norm_layer2_1_bn1_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 576, .act = 1)

/* layer2.0.relu: ReLU()  (line 14)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_layer2_0_relu_grad(const float *dy, const float *y, float *dx)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(dx + r * 512 + i, vec_relu_grad(vec_load(dy + r * 512 + i), vec_load(y + r * 576 + i)));
}

/* layer2.0.downsample.1: BatchNorm2d(channels)  (line 20) */
DEFINE_NORM_GRAD(norm_layer2_0_downsample_1_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 512)

/* dx of CONV2D from dy, w */
struct conv_size_6 { long run, x_row; };
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

#define DEFINE_CONV_6(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_6(dy, w, dx, (struct conv_size_6){__VA_ARGS__}); }

/* layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False)  (line 20) */
DEFINE_CONV_6(conv2d_layer2_0_downsample_0_grad_input_residue_0_0, .run = 32, .x_row = 512)

/* layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False)  (line 20)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_0_downsample_0_grad_weight(const float *x, const float *dy, float *dw)
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

/* layer2.0.relu: ReLU(), BatchNorm2d(channels)  (line 14) */
DEFINE_NORM_GRAD(norm_layer2_0_bn1_grad, .rows = 16, .cols = 16, .channels = 32, .dx_row = 544, .act = 1)

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12) */
DEFINE_CONV_6(conv2d_layer2_0_conv1_grad_input_residue_0_0, .run = 32, .x_row = 544)

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12) */
DEFINE_CONV_6(conv2d_layer2_0_conv1_grad_input_residue_0_1, .run = 64, .x_row = 544)

/* dx of CONV2D from dy, w */
struct conv_size_7 { long run; };
NC_INLINE void any_conv_7(const float *dy, const float *w, float *dx, const struct conv_size_7 size)
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

#define DEFINE_CONV_7(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv_7(dy, w, dx, (struct conv_size_7){__VA_ARGS__}); }

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12) */
DEFINE_CONV_7(conv2d_layer2_0_conv1_grad_input_residue_1_0, .run = 32)

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12) */
DEFINE_CONV_7(conv2d_layer2_0_conv1_grad_input_residue_1_1, .run = 64)

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_0_conv1_grad_weight(const float *x, const float *dy, float *dw)
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

/* layer2.0.conv1, layer1.0.conv1 (line 12), layer1.0.se.avgpool (line 3)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i));
}

/* layer1.0.relu: ReLU()  (line 14)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_layer1_0_relu_grad(const float *dy, const float *y, float *dx)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(dx + r * 512 + i, vec_relu_grad(vec_load(dy + r * 512 + i), vec_load(y + r * 528 + i)));
}

/* layer1.0.depth (line 18), layer1.0.se.multiply (line 8) */
DEFINE_SCALE_CHANNELSB(grad_of_2, .rows = 32, .cols = 32, .channels = 16)

/* layer1.0.se.multiply: multiply  (line 8)
 * y = a * b, where b may have one number for all pixels of a channel */
static void multiply_layer1_0_se_multiply_grad_2(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 512 + i, vec_load(a + r * 512 + i) * vec_load(b + r * 512 + i));
}

/* layer1.0.se.multiply: multiply  (line 8)
 * y = mean over the window */
static void avg_pool2d_3(const float *x, float *y)
{
    for (long k = 0; k < 16; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 32; y_at++)
            for (long x_at = 0; x_at < 32; x_at++)
                sum += vec_load(x + y_at * 512 + x_at * 16 + k);
        sum /= vec_all(1);
        vec_store(y + k, sum);
    }
}

/* layer1.0.se.scale_activation: Sigmoid()  (line 7)
 * dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from */
static void sigmoid_layer1_0_se_scale_activation_grad(const float *dy, const float *v, float *dx, float a, float b)
{
    for (long i = 0; i < 16; i += VL)
        vec_store(dx + i, vec_load(dy + i) * vec_sigmoid_slope(vec_load(v + i), a, b));
}

/* layer1.0.se.fc2: Conv2d(channels // 4, channels, 1)  (line 6) */
DEFINE_CONV_2B(conv2d_layer1_0_se_fc2_grad_input, .run = 16)

/* layer1.0.se.fc2: Conv2d(channels // 4, channels, 1)  (line 6)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer1_0_se_fc2_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = 4, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        float *gt = dw + o;
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_load(gt + n * 16 + v * VL);
        const float *xr = from_here(x);
        const float *dr = dy + o;
        vec dv[VECS];
        EACH(v, VECS)
            dv[v] = vec_load_once(dr + v * VL);
        EACH(n, COLS) {
            const vec input = vec_all_of(xr + n);
            EACH(v, VECS)
                acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
        }
        EACH(n, COLS) EACH(v, VECS)
            vec_store(gt + n * 16 + v * VL, acc[n][v]);
    }
}

/* layer1.0.se.fc1: Conv2d(channels, channels // 4, 1)  (line 4) */
DEFINE_CONV_2B(conv2d_layer1_0_se_fc1_grad_input, .run = 4)

/* layer1.0.se.fc1: Conv2d(channels, channels // 4, 1)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer1_0_se_fc1_grad_weight(const float *x, const float *dy, float *dw)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 16; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            vec dv[VECS];
            EACH(v, VECS)
                dv[v] = vec_load_once(dr + v * VL);
            EACH(n, COLS) {
                const vec input = vec_all_of(xr + n);
                EACH(v, VECS)
                    acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(gt + n * 16 + v * VL, acc[n][v]);
        }
}

/* layer1.0.se.avgpool: AdaptiveAvgPool2d(1)  (line 3) */
DEFINE_AVG_POOL_GRAD(avgpool2d_layer1_0_se_avgpool_grad, .channels = 16, .in_rows = 32, .in_cols = 32, .kernel_y = 32,
    .kernel_x = 32)

/* layer1.0.bn2: BatchNorm2d(channels)  (line 16) */
DEFINE_NORM_SUMS(norm_layer1_0_bn2_grad_sums, .rows = 32, .cols = 32, .channels = 16)

/* layer1.0.bn2: BatchNorm2d(channels)  (line 16) */
DEFINE_NORM_GRAD(norm_layer1_0_bn2_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 544)

/* layer1.0.conv2 (line 15), layer1.0.conv1 (line 12) */
DEFINE_WINOGRAD3B(conv2d_layer1_0_grad_input, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

/* layer1.0.relu (line 14), relu (line 35) */
DEFINE_NORM_SUMS(norm_bn1_grad_sums, .rows = 32, .cols = 32, .channels = 16, .act = 1)

/* layer1.0.bn1 (line 13), bn1 (line 34) */
DEFINE_NORM(norm_bn1_again, .rows = 32, .cols = 32, .channels = 16, .y_row = 544, .act = 1)

/* layer1.0.conv2 (line 15), layer1.0.conv1 (line 12)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer1_0_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 32, .cols = 32,
        .ins = 16, .outs = 16, .x_image = 18496, .x_row = 544, .block = 52,
    };
    const struct winograd_gradient gradient = {
        .d_image = 18496, .d_row = 544, .d_col = 16, .g_tap = 256, .g_in = 16, .g_ins = 16,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* layer1.0.relu: ReLU(), BatchNorm2d(channels)  (line 14) */
DEFINE_NORM_GRAD(norm_layer1_0_bn1_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 544, .act = 1)

/* relu: relu(inplace=True), BatchNorm2d(16)  (line 35) */
DEFINE_NORM_GRAD(norm_bn1_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 512, .act = 1)

/* conv1: Conv2d(3, 16, 3, padding=1, bias=False)  (line 33)
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

/* layer2.1.se.fc1, layer2.0.se.fc1 (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_se_fc1_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long first = 0; first < count; first += 128)
            for (long j = 0; j < 32; j += COLS) {
                float *gt = dw + j * 16 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = first == 0 ? vec_zero() : vec_load(gt + n * 16 + v * VL);
                for (long s = first; s < least(first + 128, count); s++) {
                    const float *xr = from_here(x + s * 32 + j);
                    const float *dr = dy + s * 16 + o;
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

/* layer2.1.se.fc2, layer2.0.se.fc2 (line 6)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_layer2_se_fc2_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long first = 0; first < count; first += 128)
            for (long j = 0; j < 8; j += COLS) {
                float *gt = dw + j * 32 + o;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = first == 0 ? vec_zero() : vec_load(gt + n * 32 + v * VL);
                for (long s = first; s < least(first + 128, count); s++) {
                    const float *xr = from_here(x + s * 16 + j);
                    const float *dr = dy + s * 32 + o;
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

/* layer1.0.conv1 (line 12), layer1.0.conv2 (line 15) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer1_0_weights, .ins = 16, .outs = 16, .w_tap_y = 768, .w_tap_x = 256, .w_in = 16,
    .w_out = 1)

/* layer2.0.conv2, layer2.1.conv2 (line 15), layer2.1.conv1 (line 12) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer2_weights, .ins = 32, .outs = 32, .w_tap_y = 3072, .w_tap_x = 1024, .w_in = 32,
    .w_out = 1)

/* the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct transpose_size { long run; };
NC_INLINE void any_transpose(const float *w, float *t, int part, int parts, const struct transpose_size size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = in_tap * part / parts, end = in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * size.run * 32;
        for (long i = 0; i < 32; i += 16)
            for (long n = 0; n < size.run; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 32 + m] = wt[m * 16 + n];
    }
}

#define DEFINE_TRANSPOSE(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose(w, t, part, parts, (struct transpose_size){__VA_ARGS__}); }

/* fc: Linear(32, 10)  (line 40) */
DEFINE_TRANSPOSE(linear_fc_grad_input_weights, .run = 10)

/* layer2.1.se.fc2, layer2.0.se.fc2 (line 6)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_se_fc2_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 2 * part / parts, end = 2 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 16;
        for (long i = 0; i < 8; i += 16)
            for (long n = q; n < q + 16; n++)
                for (long m = i; m < 8; m++)
                    tr[(n - q) * 16 + m] = wt[m * 32 + n];
    }
}

/* layer2.1.se.fc1, layer2.0.se.fc1 (line 4) */
DEFINE_TRANSPOSE(conv2d_layer2_se_fc1_grad_input_weights, .run = 8)

/* layer2.1.conv2, layer2.0.conv2 (line 15), layer2.1.conv1 (line 12) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer2_grad_input_weights, .ins = 32, .outs = 32, .w_tap_y = -3072, .w_tap_x = -1024,
    .w_in = 1, .w_out = 32)

/* layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False)  (line 20)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_downsample_0_grad_input_residue_0_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 2 * part / parts, end = 2 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 16);
    }
}

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_conv1_grad_input_residue_0_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 2 * part / parts, end = 2 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w + 2048;
        float *tr = t + q * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 16);
    }
}

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_conv1_grad_input_residue_0_1_weights(const float *w, float *t, int part, int parts)
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

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_conv1_grad_input_residue_1_0_weights(const float *w, float *t, int part, int parts)
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

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)  (line 12)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_layer2_0_conv1_grad_input_residue_1_1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 8 * part / parts, end = 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const long a = tap / 2, b = tap % 2;
        const float *wt = w + (2 - a * 2) * 1536 + (2 - b * 2) * 512;
        float *tr = t + (tap * 32 + q) * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 16);
    }
}

/* the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
struct transpose_size_2 { long run, ins; };
NC_INLINE void any_transpose_2(const float *w, float *t, int part, int parts, const struct transpose_size_2 size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = in_tap * part / parts, end = in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * size.run * 16;
        for (long i = 0; i < size.ins; i += 16)
            for (long n = 0; n < size.run; n++)
                for (long m = i; m < size.ins; m++)
                    tr[n * 16 + m] = wt[m * 16 + n];
    }
}

#define DEFINE_TRANSPOSE_2(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose_2(w, t, part, parts, (struct transpose_size_2){__VA_ARGS__}); }

/* layer1.0.se.fc2: Conv2d(channels // 4, channels, 1)  (line 6) */
DEFINE_TRANSPOSE_2(conv2d_layer1_0_se_fc2_grad_input_weights, .run = 16, .ins = 4)

/* layer1.0.se.fc1: Conv2d(channels, channels // 4, 1)  (line 4) */
DEFINE_TRANSPOSE_2(conv2d_layer1_0_se_fc1_grad_input_weights, .run = 4, .ins = 16)

/* layer1.0.conv2 (line 15), layer1.0.conv1 (line 12) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_layer1_0_grad_input_weights, .ins = 16, .outs = 16, .w_tap_y = -768, .w_tap_x = -256,
    .w_in = 1, .w_out = 16)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3472])(mb->batch + 103391232 + mb->first * 13888L)) /* 3x32x32, 1 zeros around */
#define conv2d_conv1(mb) ((float (*)[32][32 * 16])(mb->batch + 18391040 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_bn1_moments(mb) ((float (*)[3][16])(mb->batch + 26779648 + mb->first * 192L)) /* 16x3x1 */
#define batchnorm2d_bn1_statistics(mb) ((float (*)[16])(mb->batch + 105327424)) /* 16x4x1 */
#define relu_relu(mb) ((float (*)[34][34 * 16])(mb->batch + 0 + mb->first * 73984L)) /* 16x32x32, 1 zeros around */
#define conv2d_layer1_0_conv1(mb) ((float (*)[32][32 * 16])(mb->batch + 26779648 + mb->first * 65536L)) /* 16x32x32 */
#define conv2d_layer1_0_conv1_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 59808 */
#define batchnorm2d_layer1_0_bn1_moments(mb) ((float (*)[3][16])(mb->batch + 35168256 + mb->first * 192L)) /* 16x3x1 */
#define batchnorm2d_layer1_0_bn1_statistics(mb) ((float (*)[16])(mb->batch + 105327680)) /* 16x4x1 */
#define relu_layer1_0_relu(mb) ((float (*)[34 * 16])(mb->workspace + 4848512)) /* 16x32x32, 1 zeros around */
#define conv2d_layer1_0_conv2(mb) ((float (*)[32][32 * 16])(mb->batch + 35168256 + mb->first * 65536L)) /* 16x32x32 */
#define conv2d_layer1_0_conv2_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 59808 */
#define batchnorm2d_layer1_0_bn2_moments(mb) ((float (*)[3][16])(mb->batch + 43556864 + mb->first * 192L)) /* 16x3x1 */
#define batchnorm2d_layer1_0_bn2_statistics(mb) ((float (*)[16])(mb->batch + 105327936)) /* 16x4x1 */
#define batchnorm2d_layer1_0_bn2(mb) ((float (*)[32][32 * 16])(mb->batch + 43556864 + mb->first * 65536L))
#define adaptiveavgpool2d_layer1_0_se_avgpool(mb) ((float (*)[16])(mb->batch + 105267200 + mb->first * 64L)) /* 16 */
#define relu_layer1_0_se_activation(mb) ((float (*)[16])(mb->batch + 105275392 + mb->first * 64L)) /* 4 */
#define conv2d_layer1_0_se_fc2(mb) ((float *)(mb->workspace + 2367488)) /* 16 */
#define sigmoid_layer1_0_se_scale_activation(mb) ((float (*)[16])(mb->batch + 105283584 + mb->first * 64L)) /* 16 */
#define multiply_layer1_0_se_multiply(mb) ((float (*)[32 * 16])(mb->workspace + 2367488)) /* 16x32x32 */
#define stochasticdepth_layer1_0_depth_factors(mb) ((float (*)[16])(mb->batch + 105291776 + mb->first * 64L)) /* 16 */
#define stochasticdepth_layer1_0_depth(mb) ((float (*)[32 * 16])(mb->workspace + 2433024)) /* 16x32x32 */
#define relu_layer1_0_relu_2(mb) ((float (*)[33][33 * 16])(mb->batch + 9469952 + mb->first * 69696L))
#define conv2d_layer2_0_conv1(mb) ((float (*)[16][16 * 32])(mb->batch + 82419712 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_layer2_0_bn1_moments(mb) ((float (*)[3][32])(mb->batch + 60334080 + mb->first * 384L)) /* 32x3x1 */
#define conv2d_layer2_0_conv2(mb) ((float (*)[16][16 * 32])(mb->batch + 60334080 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_layer2_0_bn2_statistics(mb) ((float (*)[32])(mb->batch + 105325120)) /* 32x4x1 */
#define batchnorm2d_layer2_0_bn2(mb) ((float (*)[16][16 * 32])(mb->batch + 64528384 + mb->first * 32768L))
#define adaptiveavgpool2d_layer2_0_se_avgpool(mb) ((float (*)[32])(mb->batch + 105201664 + mb->first * 128L)) /* 32 */
#define relu_layer2_0_se_activation(mb) ((float (*)[16])(mb->batch + 105299968 + mb->first * 64L)) /* 8 */
#define conv2d_layer2_0_se_fc2(mb) ((float *)(mb->workspace + 2367488)) /* 32 */
#define sigmoid_layer2_0_se_scale_activation(mb) ((float (*)[32])(mb->batch + 105218048 + mb->first * 128L)) /* 32 */
#define multiply_layer2_0_se_multiply(mb) ((float (*)[16][16 * 32])(mb->batch + 68722688 + mb->first * 32768L))
#define conv2d_layer2_0_downsample_0(mb) ((float (*)[16][16 * 32])(mb->batch + 72916992 + mb->first * 32768L))
#define batchnorm2d_layer2_0_downsample_1_moments(mb) ((float (*)[3][32])(mb->batch + 86614016 + mb->first * 384L))
#define batchnorm2d_layer2_0_downsample_1_statistics(mb) ((float (*)[32])(mb->batch + 105325696)) /* 32x4x1 */
#define relu_layer2_0_relu_2(mb) ((float (*)[18][18 * 32])(mb->batch + 77111296 + mb->first * 41472L))
#define conv2d_layer2_1_conv1(mb) ((float (*)[16][16 * 32])(mb->batch + 86614016 + mb->first * 32768L)) /* 32x16x16 */
#define conv2d_layer2_1_conv1_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 41568 */
#define batchnorm2d_layer2_1_bn1_moments(mb) ((float (*)[3][32])(mb->batch + 90808320 + mb->first * 384L)) /* 32x3x1 */
#define conv2d_layer2_1_conv2(mb) ((float (*)[16][16 * 32])(mb->batch + 68722688 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_layer2_1_bn2_statistics(mb) ((float (*)[32])(mb->batch + 105326848)) /* 32x4x1 */
#define batchnorm2d_layer2_1_bn2(mb) ((float (*)[16][16 * 32])(mb->workspace + 2367488)) /* 32x16x16 */
#define adaptiveavgpool2d_layer2_1_se_avgpool(mb) ((float (*)[32])(mb->batch + 105234432 + mb->first * 128L)) /* 32 */
#define relu_layer2_1_se_activation(mb) ((float (*)[16])(mb->batch + 105308160 + mb->first * 64L)) /* 8 */
#define conv2d_layer2_1_se_fc2(mb) ((float *)(mb->workspace + 4550656)) /* 32 */
#define sigmoid_layer2_1_se_scale_activation(mb) ((float (*)[32])(mb->workspace + 4648960)) /* 32 */
#define multiply_layer2_1_se_multiply(mb) ((float (*)[16 * 32])(mb->workspace + 4550656)) /* 32x16x16 */
#define stochasticdepth_layer2_1_depth_factors(mb) ((float (*)[32])(mb->workspace + 4649984)) /* 32 */
#define stochasticdepth_layer2_1_depth(mb) ((float (*)[16 * 32])(mb->workspace + 4583424)) /* 32x16x16 */
#define relu_layer2_1_relu_2(mb) ((float (*)[16][16 * 32])(mb->workspace + 2629632)) /* 32x16x16 */
#define adaptiveavgpool2d_avgpool(mb) ((float (*)[32])(mb->workspace + 4616192)) /* 32 */
#define linear_fc(mb) ((float (*)[16])(mb->workspace + 5042432)) /* 10 */
#define d_linear_fc(mb) ((float (*)[16])(mb->workspace + 4550656)) /* 10 */
#define d_flatten_flatten(mb) ((float (*)[32])(mb->workspace + 4651008)) /* 32 */
#define d_relu_layer2_1_relu_2(mb) ((float (*)[16 * 32])(mb->workspace + 4550656)) /* 32x16x16 */
#define d_residual_layer2_1_residual(mb) ((float (*)[16][16 * 32])(mb->batch + 90808320 + mb->first * 32768L))
#define d_multiply_layer2_1_se_multiply(mb) ((float (*)[16 * 32])(mb->workspace + 4550656)) /* 32x16x16 */
#define d_batchnorm2d_layer2_1_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 4583424)) /* 32x16x16 */
#define d_sigmoid_layer2_1_se_scale_activation_pixels(mb) ((float (*)[16 * 32])(mb->workspace + 4616192)) /* 32x16x16 */
#define d_sigmoid_layer2_1_se_scale_activation(mb) ((float *)(mb->workspace + 4550656)) /* 32 */
#define d_conv2d_layer2_1_se_fc2(mb) ((float (*)[32])(mb->batch + 105250816 + mb->first * 128L)) /* 32 */
#define d_relu_layer2_1_se_activation(mb) ((float *)(mb->workspace + 4550656)) /* 8 */
#define d_conv2d_layer2_1_se_fc1(mb) ((float (*)[16])(mb->batch + 105316352 + mb->first * 64L)) /* 8 */
#define d_adaptiveavgpool2d_layer2_1_se_avgpool(mb) ((float *)(mb->workspace + 4616192)) /* 32 */
#define d_batchnorm2d_layer2_1_bn2_2(mb) ((float (*)[16 * 32])(mb->workspace + 4550656)) /* 32x16x16 */
#define d_batchnorm2d_layer2_1_bn2_sum(mb) ((float (*)[16][16 * 32])(mb->batch + 95002624 + mb->first * 32768L))
#define d_batchnorm2d_layer2_1_bn2_sums(mb) ((float (*)[2][32])(mb->batch + 99196928 + mb->first * 256L)) /* 32x2x1 */
#define d_relu_layer2_1_relu(mb) ((float (*)[16][16 * 32])(mb->batch + 99196928 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_layer2_1_bn1_statistics(mb) ((float (*)[32])(mb->batch + 105326272)) /* 32x4x1 */
#define d_batchnorm2d_layer2_1_bn1_statistics(mb) ((float (*)[32])(mb->batch + 95035392)) /* 32x2x1 */
#define d_conv2d_layer2_1_conv1(mb) ((float (*)[18][18 * 32])(mb->workspace + 3555328)) /* 32x16x16, 1 zeros around */
#define d_relu_layer2_0_relu_2(mb) ((float (*)[16][16 * 32])(mb->workspace + 4550656)) /* 32x16x16 */
#define conv2d_layer2_1_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 41568 */
#define conv2d_layer2_1_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 116384 */
#define d_residual_layer2_1_residual_sum(mb) ((float (*)[16 * 32])(mb->workspace + 2367488)) /* 32x16x16 */
#define d_residual_layer2_0_residual(mb) ((float (*)[16][16 * 32])(mb->batch + 68722688 + mb->first * 32768L))
#define d_batchnorm2d_layer2_0_downsample_1_sums(mb) ((float (*)[2][32])(mb->batch + 95002624 + mb->first * 256L))
#define d_batchnorm2d_layer2_0_downsample_1_statistics(mb) ((float (*)[32])(mb->batch + 90841088)) /* 32x2x1 */
#define d_conv2d_layer2_0_downsample_0(mb) ((float (*)[16 * 32])(mb->workspace + 2367488)) /* 32x16x16 */
#define d_relu_layer1_0_relu_2(mb) ((float (*)[32][32 * 16])(mb->batch + 51945472 + mb->first * 65536L)) /* 16x32x32 */
#define d_batchnorm2d_layer2_0_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 2367488)) /* 32x16x16 */
#define d_sigmoid_layer2_0_se_scale_activation_pixels(mb) ((float (*)[16 * 32])(mb->workspace + 2400256)) /* 32x16x16 */
#define d_sigmoid_layer2_0_se_scale_activation(mb) ((float *)(mb->workspace + 2433024)) /* 32 */
#define d_conv2d_layer2_0_se_fc2(mb) ((float (*)[32])(mb->batch + 95002624 + mb->first * 128L)) /* 32 */
#define d_relu_layer2_0_se_activation(mb) ((float *)(mb->workspace + 2400256)) /* 8 */
#define d_conv2d_layer2_0_se_fc1(mb) ((float (*)[16])(mb->batch + 95019008 + mb->first * 64L)) /* 8 */
#define d_adaptiveavgpool2d_layer2_0_se_avgpool(mb) ((float *)(mb->workspace + 2433024)) /* 32 */
#define d_batchnorm2d_layer2_0_bn2_2(mb) ((float (*)[16 * 32])(mb->workspace + 2400256)) /* 32x16x16 */
#define d_batchnorm2d_layer2_0_bn2_sum(mb) ((float (*)[16][16 * 32])(mb->batch + 86614016 + mb->first * 32768L))
#define d_batchnorm2d_layer2_0_bn2_sums(mb) ((float (*)[2][32])(mb->batch + 90808320 + mb->first * 256L)) /* 32x2x1 */
#define d_relu_layer2_0_relu(mb) ((float (*)[16][16 * 32])(mb->batch + 90808320 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_layer2_0_bn1_statistics(mb) ((float (*)[32])(mb->batch + 105324544)) /* 32x4x1 */
#define d_batchnorm2d_layer2_0_bn1_statistics(mb) ((float (*)[32])(mb->batch + 86630400)) /* 32x2x1 */
#define d_conv2d_layer2_0_conv1(mb) ((float (*)[17 * 32])(mb->workspace + 5005440))
#define d_relu_layer1_0_relu_2_2(mb) ((float (*)[32 * 16])(mb->workspace + 2367488)) /* 16x32x32 */
#define d_relu_layer1_0_relu_2_sum(mb) ((float (*)[32 * 16])(mb->workspace + 2433024)) /* 16x32x32 */
#define d_residual_layer1_0_residual(mb) ((float (*)[32][32 * 16])(mb->batch + 60334080 + mb->first * 65536L))
#define d_multiply_layer1_0_se_multiply(mb) ((float (*)[32 * 16])(mb->workspace + 2367488)) /* 16x32x32 */
#define d_batchnorm2d_layer1_0_bn2(mb) ((float (*)[32 * 16])(mb->workspace + 2433024)) /* 16x32x32 */
#define d_sigmoid_layer1_0_se_scale_activation_pixels(mb) ((float (*)[32 * 16])(mb->workspace + 2498560)) /* 16x32x32 */
#define d_sigmoid_layer1_0_se_scale_activation(mb) ((float *)(mb->workspace + 2367488)) /* 16 */
#define d_conv2d_layer1_0_se_fc2(mb) ((float *)(mb->workspace + 2367552)) /* 16 */
#define d_relu_layer1_0_se_activation(mb) ((float *)(mb->workspace + 2367488)) /* 4 */
#define d_conv2d_layer1_0_se_fc1(mb) ((float *)(mb->workspace + 2367552)) /* 4 */
#define d_adaptiveavgpool2d_layer1_0_se_avgpool(mb) ((float *)(mb->workspace + 2498560)) /* 16 */
#define d_batchnorm2d_layer1_0_bn2_2(mb) ((float (*)[32 * 16])(mb->workspace + 2367488)) /* 16x32x32 */
#define d_batchnorm2d_layer1_0_bn2_sum(mb) ((float (*)[32][32 * 16])(mb->batch + 68722688 + mb->first * 65536L))
#define d_batchnorm2d_layer1_0_bn2_sums(mb) ((float (*)[2][16])(mb->batch + 86614016 + mb->first * 128L)) /* 16x2x1 */
#define d_batchnorm2d_layer1_0_bn2_statistics(mb) ((float (*)[16])(mb->batch + 82436096)) /* 16x2x1 */
#define d_conv2d_layer1_0_conv2(mb) ((float (*)[34][34 * 16])(mb->workspace + 0)) /* 16x32x32, 1 zeros around */
#define d_relu_layer1_0_relu(mb) ((float (*)[32][32 * 16])(mb->batch + 43556864 + mb->first * 65536L)) /* 16x32x32 */
#define conv2d_layer1_0_conv2_grad_input_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 59808 */
#define d_batchnorm2d_layer1_0_bn1_sums(mb) ((float (*)[2][16])(mb->batch + 82419712 + mb->first * 128L)) /* 16x2x1 */
#define relu_layer1_0_relu_again(mb) ((float (*)[34][34 * 16])(mb->workspace + 591872)) /* 16x32x32, 1 zeros around */
#define conv2d_layer1_0_conv2_grad_weight_scratch(mb) ((float *)(mb->workspace + 2367488)) /* 74464 */
#define d_batchnorm2d_layer1_0_bn1_statistics(mb) ((float (*)[16])(mb->batch + 68739072)) /* 16x2x1 */
#define d_conv2d_layer1_0_conv1(mb) ((float (*)[34][34 * 16])(mb->workspace + 1183744)) /* 16x32x32, 1 zeros around */
#define d_relu_relu(mb) ((float (*)[32][32 * 16])(mb->workspace + 2367488)) /* 16x32x32 */
#define conv2d_layer1_0_conv1_grad_input_scratch(mb) ((float *)(mb->workspace + 4550656)) /* 59808 */
#define relu_relu_again(mb) ((float (*)[34][34 * 16])(mb->workspace + 1775616)) /* 16x32x32, 1 zeros around */
#define conv2d_layer1_0_conv1_grad_weight_scratch(mb) ((float *)(mb->workspace + 4550656)) /* 74464 */
#define d_residual_layer1_0_residual_sum(mb) ((float (*)[32][32 * 16])(mb->batch + 35168256 + mb->first * 65536L))
#define d_batchnorm2d_bn1_sums(mb) ((float (*)[2][16])(mb->batch + 68722688 + mb->first * 128L)) /* 16x2x1 */
#define d_batchnorm2d_bn1_statistics(mb) ((float (*)[16])(mb->batch + 26779648)) /* 16x2x1 */
#define d_conv2d_conv1(mb) ((float (*)[32 * 16])(mb->workspace + 2367488)) /* 16x32x32 */

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
    {26779648, 105327424, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(bn1, 1e-05, 0.1)}}, /* bn1 */
    {35168256, 105327680, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_0_bn1, 1e-05, 0.1)}},
    {43556864, 105327936, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(layer1_0_bn2, 1e-05, 0.1)}},
    {60334080, 105324544, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_0_bn1, 1e-05, 0.1)}},
    {64528384, 105325120, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_0_bn2, 1e-05, 0.1)}},
    {86614016, 105325696, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_0_downsample_1, 1e-05, 0.1)}},
    {90808320, 105326272, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_1_bn1, 1e-05, 0.1)}},
    {90808320, 105326848, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(layer2_1_bn2, 1e-05, 0.1)}},
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
        batchnorm2d_bn1_forward(conv2d_conv1(mb)[i][0], batchnorm2d_bn1_statistics(mb)[0],
            &relu_relu(mb)[i][1][1 * 16]);
        conv2d_layer1_0_forward(relu_relu(mb)[i][0], mb->packed + AT_layer1_0_conv1_weight_winograd,
            conv2d_layer1_0_conv1(mb)[i][0], conv2d_layer1_0_conv1_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_layer1_0_conv1(mb)[i][0], batchnorm2d_layer1_0_bn1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_bn1_forward(conv2d_layer1_0_conv1(mb)[i][0], batchnorm2d_layer1_0_bn1_statistics(mb)[0],
            &relu_layer1_0_relu(mb)[1][1 * 16]);
        conv2d_layer1_0_forward(relu_layer1_0_relu(mb)[0], mb->packed + AT_layer1_0_conv2_weight_winograd,
            conv2d_layer1_0_conv2(mb)[i][0], conv2d_layer1_0_conv2_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_layer1_0_conv2(mb)[i][0], batchnorm2d_layer1_0_bn2_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer1_0_bn2_forward(conv2d_layer1_0_conv2(mb)[i][0], batchnorm2d_layer1_0_bn2_statistics(mb)[0],
            batchnorm2d_layer1_0_bn2(mb)[i][0]);
        adaptiveavgpool2d_layer1_0_se_avgpool_forward(batchnorm2d_layer1_0_bn2(mb)[i][0],
            adaptiveavgpool2d_layer1_0_se_avgpool(mb)[i]);
        conv2d_layer1_0_se_fc1_forward(adaptiveavgpool2d_layer1_0_se_avgpool(mb)[i],
            mb->weights + AT_layer1_0_se_fc1_weight, mb->weights + AT_layer1_0_se_fc1_bias,
            relu_layer1_0_se_activation(mb)[i]);
        conv2d_layer1_0_se_fc2_forward(relu_layer1_0_se_activation(mb)[i], mb->weights + AT_layer1_0_se_fc2_weight,
            mb->weights + AT_layer1_0_se_fc2_bias, conv2d_layer1_0_se_fc2(mb));
        sigmoid_layer1_0_se_scale_activation_forward(conv2d_layer1_0_se_fc2(mb),
            sigmoid_layer1_0_se_scale_activation(mb)[i], 0, 0);
        forward_of_2(batchnorm2d_layer1_0_bn2(mb)[i][0], sigmoid_layer1_0_se_scale_activation(mb)[i],
            multiply_layer1_0_se_multiply(mb)[0]);
        nc_dropout_factors(mb, 0, i, 1, 16, 1.0f / (float)(1.0 - 0.10000000000000001),
            stochasticdepth_layer1_0_depth_factors(mb)[i]);
        forward_of_2(multiply_layer1_0_se_multiply(mb)[0], stochasticdepth_layer1_0_depth_factors(mb)[i],
            stochasticdepth_layer1_0_depth(mb)[0]);
        residual_layer1_0_residual_forward(stochasticdepth_layer1_0_depth(mb)[0], &relu_relu(mb)[i][1][1 * 16],
            &relu_layer1_0_relu_2(mb)[i][1][1 * 16]);
        conv2d_layer2_0_conv1_forward(relu_layer1_0_relu_2(mb)[i][0], mb->weights + AT_layer2_0_conv1_weight,
            conv2d_layer2_0_conv1(mb)[i][0]);
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_0_conv1(mb)[i][0],
                batchnorm2d_layer2_0_bn1_moments(mb)[i][0]);
    }
}

/* Where forward_9_and_15 finds its values. */
static const struct forward_9_and_15 {
    long conv2d_conv1, batchnorm2d_bn1_statistics, relu_relu, conv2_weight_winograd, conv2d_conv2,
        batchnorm2d_bn2_moments;
} forward_9_and_15_at[] = {
    {82419712, 105324544, 4922496, AT_layer2_0_conv2_weight_winograd, 60334080, 64528384}, /* layer2.0.bn1 */
    {86614016, 105326272, 4963968, AT_layer2_1_conv2_weight_winograd, 68722688, 90808320}, /* layer2.1.bn1 */
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_9_and_15(struct nc_microbatch *mb)
{
    const struct forward_9_and_15 *at = mb->at;
    float (*conv2d_conv1)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_bn1_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 32x4x1 */
    float (*relu_relu)[18 * 32] = (void *)(mb->workspace + at->relu_relu); /* 32x16x16, 1 zeros around */
    float (*conv2d_conv2)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 32768L); /* 32x16x16 */
    float *conv2d_conv2_scratch = (void *)(mb->workspace + 2367488); /* 41568 */
    float (*batchnorm2d_bn2_moments)[3][32] = (void *)(mb->batch + at->batchnorm2d_bn2_moments + mb->first * 384L);

    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_bn1_forward(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_relu[1][1 * 32]);
        conv2d_layer2_forward(relu_relu[0], mb->packed + at->conv2_weight_winograd, conv2d_conv2[i][0],
            conv2d_conv2_scratch);
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_conv2[i][0], batchnorm2d_bn2_moments[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_11(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_bn2_forward(conv2d_layer2_0_conv2(mb)[i][0], batchnorm2d_layer2_0_bn2_statistics(mb)[0],
            batchnorm2d_layer2_0_bn2(mb)[i][0]);
        adaptiveavgpool2d_avgpool_forward(batchnorm2d_layer2_0_bn2(mb)[i][0],
            adaptiveavgpool2d_layer2_0_se_avgpool(mb)[i]);
        conv2d_layer2_se_fc1_forward(adaptiveavgpool2d_layer2_0_se_avgpool(mb)[i],
            mb->weights + AT_layer2_0_se_fc1_weight, mb->weights + AT_layer2_0_se_fc1_bias,
            relu_layer2_0_se_activation(mb)[i]);
        conv2d_layer2_se_fc2_forward(relu_layer2_0_se_activation(mb)[i], mb->weights + AT_layer2_0_se_fc2_weight,
            mb->weights + AT_layer2_0_se_fc2_bias, conv2d_layer2_0_se_fc2(mb));
        sigmoid_layer2_se_scale_activation_forward(conv2d_layer2_0_se_fc2(mb),
            sigmoid_layer2_0_se_scale_activation(mb)[i], 0, 0);
        forward_of_3(batchnorm2d_layer2_0_bn2(mb)[i][0], sigmoid_layer2_0_se_scale_activation(mb)[i],
            multiply_layer2_0_se_multiply(mb)[i][0]);
        conv2d_layer2_0_downsample_0_forward(&relu_layer1_0_relu_2(mb)[i][1][1 * 16],
            mb->weights + AT_layer2_0_downsample_0_weight, conv2d_layer2_0_downsample_0(mb)[i][0]);
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_0_downsample_0(mb)[i][0],
                batchnorm2d_layer2_0_downsample_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_13(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_0_downsample_1_forward(conv2d_layer2_0_downsample_0(mb)[i][0],
            batchnorm2d_layer2_0_downsample_1_statistics(mb)[0], multiply_layer2_0_se_multiply(mb)[i][0],
            &relu_layer2_0_relu_2(mb)[i][1][1 * 32]);
        conv2d_layer2_forward(relu_layer2_0_relu_2(mb)[i][0], mb->packed + AT_layer2_1_conv1_weight_winograd,
            conv2d_layer2_1_conv1(mb)[i][0], conv2d_layer2_1_conv1_scratch(mb));
        if (mb->training)
            batchnorm2d_layer2_moments_forward(conv2d_layer2_1_conv1(mb)[i][0],
                batchnorm2d_layer2_1_bn1_moments(mb)[i][0]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_layer2_bn2_forward(conv2d_layer2_1_conv2(mb)[i][0], batchnorm2d_layer2_1_bn2_statistics(mb)[0],
            batchnorm2d_layer2_1_bn2(mb)[i][0]);
        adaptiveavgpool2d_avgpool_forward(batchnorm2d_layer2_1_bn2(mb)[i][0],
            adaptiveavgpool2d_layer2_1_se_avgpool(mb)[i]);
        conv2d_layer2_se_fc1_forward(adaptiveavgpool2d_layer2_1_se_avgpool(mb)[i],
            mb->weights + AT_layer2_1_se_fc1_weight, mb->weights + AT_layer2_1_se_fc1_bias,
            relu_layer2_1_se_activation(mb)[i]);
        conv2d_layer2_se_fc2_forward(relu_layer2_1_se_activation(mb)[i], mb->weights + AT_layer2_1_se_fc2_weight,
            mb->weights + AT_layer2_1_se_fc2_bias, conv2d_layer2_1_se_fc2(mb));
        sigmoid_layer2_se_scale_activation_forward(conv2d_layer2_1_se_fc2(mb),
            sigmoid_layer2_1_se_scale_activation(mb)[i], 0, 0);
        forward_of_3(batchnorm2d_layer2_1_bn2(mb)[i][0], sigmoid_layer2_1_se_scale_activation(mb)[i],
            multiply_layer2_1_se_multiply(mb)[0]);
        nc_dropout_factors(mb, 1, i, 1, 32, 1.0f / (float)(1.0 - 0.10000000000000001),
            stochasticdepth_layer2_1_depth_factors(mb)[i]);
        forward_of_3(multiply_layer2_1_se_multiply(mb)[0], stochasticdepth_layer2_1_depth_factors(mb)[i],
            stochasticdepth_layer2_1_depth(mb)[0]);
        residual_layer2_1_residual_forward(stochasticdepth_layer2_1_depth(mb)[0],
            &relu_layer2_0_relu_2(mb)[i][1][1 * 32], relu_layer2_1_relu_2(mb)[i][0]);
        adaptiveavgpool2d_avgpool_forward(relu_layer2_1_relu_2(mb)[i][0], adaptiveavgpool2d_avgpool(mb)[i]);
    }
    linear_fc_forward(adaptiveavgpool2d_avgpool(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        linear_fc(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_fc(mb)[0], 16, 10, d_linear_fc(mb)[0]);
    linear_fc_grad_input(d_linear_fc(mb)[0], mb->packed + AT_fc_weight_transposed, d_flatten_flatten(mb)[0]);
    linear_fc_grad_weight(adaptiveavgpool2d_avgpool(mb)[0], d_linear_fc(mb)[0], mb->gradients + AT_fc_weight,
        mb->count);
    bias_fc_grad(d_linear_fc(mb)[0], mb->gradients + AT_fc_bias, mb->count);
    for (int i = 0; i < mb->count; i++) {
        avgpool2d_avgpool_grad(d_flatten_flatten(mb)[i], d_relu_layer2_1_relu_2(mb)[0]);
        relu_layer2_1_relu_grad(d_relu_layer2_1_relu_2(mb)[0], relu_layer2_1_relu_2(mb)[i][0],
            d_residual_layer2_1_residual(mb)[i][0]);
        grad_of_3(d_residual_layer2_1_residual(mb)[i][0], stochasticdepth_layer2_1_depth_factors(mb)[i],
            d_multiply_layer2_1_se_multiply(mb)[0]);
        grad_of_3(d_multiply_layer2_1_se_multiply(mb)[0], sigmoid_layer2_1_se_scale_activation(mb)[i],
            d_batchnorm2d_layer2_1_bn2(mb)[0]);
        multiply_layer2_se_multiply_grad_2(d_multiply_layer2_1_se_multiply(mb)[0], batchnorm2d_layer2_1_bn2(mb)[i][0],
            d_sigmoid_layer2_1_se_scale_activation_pixels(mb)[0]);
        avg_pool2d(d_sigmoid_layer2_1_se_scale_activation_pixels(mb)[0], d_sigmoid_layer2_1_se_scale_activation(mb));
        sigmoid_layer2_se_scale_activation_grad(d_sigmoid_layer2_1_se_scale_activation(mb),
            sigmoid_layer2_1_se_scale_activation(mb)[i], d_conv2d_layer2_1_se_fc2(mb)[i], 0, 0);
        conv2d_layer2_se_fc2_grad_input(d_conv2d_layer2_1_se_fc2(mb)[i],
            mb->packed + AT_layer2_1_se_fc2_weight_transposed, d_relu_layer2_1_se_activation(mb));
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_conv2d_layer2_1_se_fc2(mb)[i],
            mb->gradients + AT_layer2_1_se_fc2_bias);
        relu_se_activation_grad(d_relu_layer2_1_se_activation(mb), relu_layer2_1_se_activation(mb)[i],
            d_conv2d_layer2_1_se_fc1(mb)[i]);
        conv2d_layer2_se_fc1_grad_input(d_conv2d_layer2_1_se_fc1(mb)[i],
            mb->packed + AT_layer2_1_se_fc1_weight_transposed, d_adaptiveavgpool2d_layer2_1_se_avgpool(mb));
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_conv2d_layer2_1_se_fc1(mb)[i],
            mb->gradients + AT_layer2_1_se_fc1_bias);
        avgpool2d_avgpool_grad(d_adaptiveavgpool2d_layer2_1_se_avgpool(mb), d_batchnorm2d_layer2_1_bn2_2(mb)[0]);
        gradient_layer2_sum(d_batchnorm2d_layer2_1_bn2(mb)[0], d_batchnorm2d_layer2_1_bn2_2(mb)[0],
            d_batchnorm2d_layer2_1_bn2_sum(mb)[i][0]);
        norm_layer2_grad_sums(d_batchnorm2d_layer2_1_bn2_sum(mb)[i][0], conv2d_layer2_1_conv2(mb)[i][0],
            batchnorm2d_layer2_1_bn2_statistics(mb)[0], d_batchnorm2d_layer2_1_bn2_sums(mb)[i][0]);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_layer2_1_bn2_sums(mb)[i][1],
            mb->gradients + AT_layer2_1_bn2_weight);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_layer2_1_bn2_sums(mb)[i][0],
            mb->gradients + AT_layer2_1_bn2_bias);
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

/* Where norm_grad_statistics_part finds its values. */
static const struct norm_grad_statistics_part {
    long d_batchnorm2d_sums, batchnorm2d_statistics, d_batchnorm2d_statistics, channels, pixels, stride;
} norm_grad_statistics_part_at[] = {
    {99196928, 105326848, 105328192, 32, 256, 64}, /* layer2.1.bn2 */
    {105168896, 105326272, 95035392, 32, 256, 64}, /* layer2.1.bn1 */
    {95002624, 105325696, 90841088, 32, 256, 64}, /* layer2.0.downsample.1 */
    {90808320, 105325120, 64561152, 32, 256, 64}, /* layer2.0.bn2 */
    {64528384, 105324544, 86630400, 32, 256, 64}, /* layer2.0.bn1 */
    {86614016, 105327936, 82436096, 16, 1024, 32}, /* layer1.0.bn2 */
    {82419712, 105327680, 68739072, 16, 1024, 32}, /* layer1.0.bn1 */
    {68722688, 105327424, 26779648, 16, 1024, 32}, /* bn1 */
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

/* Where backward_19_and_25 finds its values. */
static const struct backward_19_and_25 {
    long d_batchnorm2d_bn2_sum, conv2d_conv2, batchnorm2d_bn2_statistics, d_batchnorm2d_bn2_statistics, d_conv2d_conv2,
        conv2_weight_winograd_transposed, d_relu_relu, conv2d_conv1, batchnorm2d_bn1_statistics, d_batchnorm2d_bn1_sums,
        relu_relu_again, conv2_weight, bn1_weight, bn1_bias;
} backward_19_and_25_at[] = {
    {95002624, 68722688, 105326848, 105328192, 2891776, AT_layer2_1_conv2_weight_winograd_transposed, 99196928,
     86614016, 105326272, 105168896, 3223552, AT_layer2_1_conv2_weight, AT_layer2_1_bn1_weight, AT_layer2_1_bn1_bias},
    {86614016, 60334080, 105325120, 64561152, 3887104, AT_layer2_0_conv2_weight_winograd_transposed, 90808320, 82419712,
     105324544, 64528384, 4218880, AT_layer2_0_conv2_weight, AT_layer2_0_bn1_weight, AT_layer2_0_bn1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_19_and_25(struct nc_microbatch *mb)
{
    const struct backward_19_and_25 *at = mb->at;
    float (*d_batchnorm2d_bn2_sum)[16][16 * 32] = (void *)(mb->batch + at->d_batchnorm2d_bn2_sum + mb->first * 32768L);
    float (*conv2d_conv2)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv2 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_bn2_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_bn2_statistics); /* 32x4x1 */
    float (*d_batchnorm2d_bn2_statistics)[32] = (void *)(mb->batch + at->d_batchnorm2d_bn2_statistics); /* 32x2x1 */
    float (*d_conv2d_conv2)[18][18 * 32] = (void *)(mb->workspace + at->d_conv2d_conv2); /* 32x16x16, 1 zeros around */
    float (*d_relu_relu)[16][16 * 32] = (void *)(mb->batch + at->d_relu_relu + mb->first * 32768L); /* 32x16x16 */
    float *conv2d_conv2_grad_input_scratch = (void *)(mb->workspace + 2367488); /* 41568 */
    float (*conv2d_conv1)[16][16 * 32] = (void *)(mb->batch + at->conv2d_conv1 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_bn1_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_bn1_statistics); /* 32x4x1 */
    float (*d_batchnorm2d_bn1_sums)[2][32] = (void *)(mb->batch + at->d_batchnorm2d_bn1_sums + mb->first * 256L);
    float (*relu_relu_again)[18][18 * 32] = (void *)(mb->workspace + at->relu_relu_again);
    float *conv2d_conv2_grad_weight_scratch = (void *)(mb->workspace + 2367488); /* 116384 */

    for (int i = 0; i < mb->count; i++) {
        norm_layer2_bn2_grad(d_batchnorm2d_bn2_sum[i][0], conv2d_conv2[i][0], batchnorm2d_bn2_statistics[0],
            d_batchnorm2d_bn2_statistics[0], &d_conv2d_conv2[i][1][1 * 32]);
        conv2d_layer2_grad_input(d_conv2d_conv2[i][0], mb->packed + at->conv2_weight_winograd_transposed,
            d_relu_relu[i][0], conv2d_conv2_grad_input_scratch);
        norm_layer2_bn1_grad_sums(d_relu_relu[i][0], conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0],
            d_batchnorm2d_bn1_sums[i][0]);
        norm_layer2_bn1_again(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], &relu_relu_again[i][1][1 * 32]);
    }
    conv2d_layer2_grad_weight(relu_relu_again[0][0], &d_conv2d_conv2[0][1][1 * 32], mb->gradients + at->conv2_weight,
        conv2d_conv2_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_bn1_sums[i][1],
            mb->gradients + at->bn1_weight);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_bn1_sums[i][0],
            mb->gradients + at->bn1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_21(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_1_bn1_grad(d_relu_layer2_1_relu(mb)[i][0], conv2d_layer2_1_conv1(mb)[i][0],
            batchnorm2d_layer2_1_bn1_statistics(mb)[0], d_batchnorm2d_layer2_1_bn1_statistics(mb)[0],
            &d_conv2d_layer2_1_conv1(mb)[i][1][1 * 32]);
        conv2d_layer2_grad_input(d_conv2d_layer2_1_conv1(mb)[i][0],
            mb->packed + AT_layer2_1_conv1_weight_winograd_transposed, d_relu_layer2_0_relu_2(mb)[i][0],
            conv2d_layer2_1_conv1_grad_input_scratch(mb));
    }
    conv2d_layer2_grad_weight(relu_layer2_0_relu_2(mb)[0][0], &d_conv2d_layer2_1_conv1(mb)[0][1][1 * 32],
        mb->gradients + AT_layer2_1_conv1_weight, conv2d_layer2_1_conv1_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_layer2_sum(d_residual_layer2_1_residual(mb)[i][0], d_relu_layer2_0_relu_2(mb)[i][0],
            d_residual_layer2_1_residual_sum(mb)[0]);
        relu_layer2_0_relu_grad(d_residual_layer2_1_residual_sum(mb)[0], &relu_layer2_0_relu_2(mb)[i][1][1 * 32],
            d_residual_layer2_0_residual(mb)[i][0]);
        norm_layer2_grad_sums(d_residual_layer2_0_residual(mb)[i][0], conv2d_layer2_0_downsample_0(mb)[i][0],
            batchnorm2d_layer2_0_downsample_1_statistics(mb)[0], d_batchnorm2d_layer2_0_downsample_1_sums(mb)[i][0]);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_layer2_0_downsample_1_sums(mb)[i][1],
            mb->gradients + AT_layer2_0_downsample_1_weight);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_layer2_0_downsample_1_sums(mb)[i][0],
            mb->gradients + AT_layer2_0_downsample_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_23(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_downsample_1_grad(d_residual_layer2_0_residual(mb)[i][0], conv2d_layer2_0_downsample_0(mb)[i][0],
            batchnorm2d_layer2_0_downsample_1_statistics(mb)[0], d_batchnorm2d_layer2_0_downsample_1_statistics(mb)[0],
            d_conv2d_layer2_0_downsample_0(mb)[0]);
        conv2d_layer2_0_downsample_0_grad_input_residue_0_0(d_conv2d_layer2_0_downsample_0(mb)[0],
            mb->packed + AT_layer2_0_downsample_0_weight_transposed_residue_0_0, d_relu_layer1_0_relu_2(mb)[i][0]);
        conv2d_layer2_0_downsample_0_grad_weight(&relu_layer1_0_relu_2(mb)[i][1][1 * 16],
            d_conv2d_layer2_0_downsample_0(mb)[0], mb->gradients + AT_layer2_0_downsample_0_weight);
        grad_of_3(d_residual_layer2_0_residual(mb)[i][0], sigmoid_layer2_0_se_scale_activation(mb)[i],
            d_batchnorm2d_layer2_0_bn2(mb)[0]);
        multiply_layer2_se_multiply_grad_2(d_residual_layer2_0_residual(mb)[i][0], batchnorm2d_layer2_0_bn2(mb)[i][0],
            d_sigmoid_layer2_0_se_scale_activation_pixels(mb)[0]);
        avg_pool2d(d_sigmoid_layer2_0_se_scale_activation_pixels(mb)[0], d_sigmoid_layer2_0_se_scale_activation(mb));
        sigmoid_layer2_se_scale_activation_grad(d_sigmoid_layer2_0_se_scale_activation(mb),
            sigmoid_layer2_0_se_scale_activation(mb)[i], d_conv2d_layer2_0_se_fc2(mb)[i], 0, 0);
        conv2d_layer2_se_fc2_grad_input(d_conv2d_layer2_0_se_fc2(mb)[i],
            mb->packed + AT_layer2_0_se_fc2_weight_transposed, d_relu_layer2_0_se_activation(mb));
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_conv2d_layer2_0_se_fc2(mb)[i],
            mb->gradients + AT_layer2_0_se_fc2_bias);
        relu_se_activation_grad(d_relu_layer2_0_se_activation(mb), relu_layer2_0_se_activation(mb)[i],
            d_conv2d_layer2_0_se_fc1(mb)[i]);
        conv2d_layer2_se_fc1_grad_input(d_conv2d_layer2_0_se_fc1(mb)[i],
            mb->packed + AT_layer2_0_se_fc1_weight_transposed, d_adaptiveavgpool2d_layer2_0_se_avgpool(mb));
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_conv2d_layer2_0_se_fc1(mb)[i],
            mb->gradients + AT_layer2_0_se_fc1_bias);
        avgpool2d_avgpool_grad(d_adaptiveavgpool2d_layer2_0_se_avgpool(mb), d_batchnorm2d_layer2_0_bn2_2(mb)[0]);
        gradient_layer2_sum(d_batchnorm2d_layer2_0_bn2(mb)[0], d_batchnorm2d_layer2_0_bn2_2(mb)[0],
            d_batchnorm2d_layer2_0_bn2_sum(mb)[i][0]);
        norm_layer2_grad_sums(d_batchnorm2d_layer2_0_bn2_sum(mb)[i][0], conv2d_layer2_0_conv2(mb)[i][0],
            batchnorm2d_layer2_0_bn2_statistics(mb)[0], d_batchnorm2d_layer2_0_bn2_sums(mb)[i][0]);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_layer2_0_bn2_sums(mb)[i][1],
            mb->gradients + AT_layer2_0_bn2_weight);
        bias_layer2_1_se_fc2_grad_to_norm_layer2_0_bn1_grad_bias(d_batchnorm2d_layer2_0_bn2_sums(mb)[i][0],
            mb->gradients + AT_layer2_0_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_27(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer2_0_bn1_grad(d_relu_layer2_0_relu(mb)[i][0], conv2d_layer2_0_conv1(mb)[i][0],
            batchnorm2d_layer2_0_bn1_statistics(mb)[0], d_batchnorm2d_layer2_0_bn1_statistics(mb)[0],
            d_conv2d_layer2_0_conv1(mb)[0]);
        conv2d_layer2_0_conv1_grad_input_residue_0_0(d_conv2d_layer2_0_conv1(mb)[0],
            mb->packed + AT_layer2_0_conv1_weight_transposed_residue_0_0, d_relu_layer1_0_relu_2_2(mb)[0]);
        conv2d_layer2_0_conv1_grad_input_residue_0_1(d_conv2d_layer2_0_conv1(mb)[0],
            mb->packed + AT_layer2_0_conv1_weight_transposed_residue_0_1, &d_relu_layer1_0_relu_2_2(mb)[0][1 * 16]);
        conv2d_layer2_0_conv1_grad_input_residue_1_0(d_conv2d_layer2_0_conv1(mb)[0],
            mb->packed + AT_layer2_0_conv1_weight_transposed_residue_1_0, d_relu_layer1_0_relu_2_2(mb)[1]);
        conv2d_layer2_0_conv1_grad_input_residue_1_1(d_conv2d_layer2_0_conv1(mb)[0],
            mb->packed + AT_layer2_0_conv1_weight_transposed_residue_1_1, &d_relu_layer1_0_relu_2_2(mb)[1][1 * 16]);
        conv2d_layer2_0_conv1_grad_weight(relu_layer1_0_relu_2(mb)[i][0], d_conv2d_layer2_0_conv1(mb)[0],
            mb->gradients + AT_layer2_0_conv1_weight);
        gradient_sum(d_relu_layer1_0_relu_2(mb)[i][0], d_relu_layer1_0_relu_2_2(mb)[0],
            d_relu_layer1_0_relu_2_sum(mb)[0]);
        relu_layer1_0_relu_grad(d_relu_layer1_0_relu_2_sum(mb)[0], &relu_layer1_0_relu_2(mb)[i][1][1 * 16],
            d_residual_layer1_0_residual(mb)[i][0]);
        grad_of_2(d_residual_layer1_0_residual(mb)[i][0], stochasticdepth_layer1_0_depth_factors(mb)[i],
            d_multiply_layer1_0_se_multiply(mb)[0]);
        grad_of_2(d_multiply_layer1_0_se_multiply(mb)[0], sigmoid_layer1_0_se_scale_activation(mb)[i],
            d_batchnorm2d_layer1_0_bn2(mb)[0]);
        multiply_layer1_0_se_multiply_grad_2(d_multiply_layer1_0_se_multiply(mb)[0], batchnorm2d_layer1_0_bn2(mb)[i][0],
            d_sigmoid_layer1_0_se_scale_activation_pixels(mb)[0]);
        avg_pool2d_3(d_sigmoid_layer1_0_se_scale_activation_pixels(mb)[0], d_sigmoid_layer1_0_se_scale_activation(mb));
        sigmoid_layer1_0_se_scale_activation_grad(d_sigmoid_layer1_0_se_scale_activation(mb),
            sigmoid_layer1_0_se_scale_activation(mb)[i], d_conv2d_layer1_0_se_fc2(mb), 0, 0);
        conv2d_layer1_0_se_fc2_grad_input(d_conv2d_layer1_0_se_fc2(mb),
            mb->packed + AT_layer1_0_se_fc2_weight_transposed, d_relu_layer1_0_se_activation(mb));
        conv2d_layer1_0_se_fc2_grad_weight(relu_layer1_0_se_activation(mb)[i], d_conv2d_layer1_0_se_fc2(mb),
            mb->gradients + AT_layer1_0_se_fc2_weight);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_conv2d_layer1_0_se_fc2(mb),
            mb->gradients + AT_layer1_0_se_fc2_bias);
        relu_se_activation_grad(d_relu_layer1_0_se_activation(mb), relu_layer1_0_se_activation(mb)[i],
            d_conv2d_layer1_0_se_fc1(mb));
        conv2d_layer1_0_se_fc1_grad_input(d_conv2d_layer1_0_se_fc1(mb),
            mb->packed + AT_layer1_0_se_fc1_weight_transposed, d_adaptiveavgpool2d_layer1_0_se_avgpool(mb));
        conv2d_layer1_0_se_fc1_grad_weight(adaptiveavgpool2d_layer1_0_se_avgpool(mb)[i], d_conv2d_layer1_0_se_fc1(mb),
            mb->gradients + AT_layer1_0_se_fc1_weight);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_conv2d_layer1_0_se_fc1(mb),
            mb->gradients + AT_layer1_0_se_fc1_bias);
        avgpool2d_layer1_0_se_avgpool_grad(d_adaptiveavgpool2d_layer1_0_se_avgpool(mb),
            d_batchnorm2d_layer1_0_bn2_2(mb)[0]);
        gradient_sum(d_batchnorm2d_layer1_0_bn2(mb)[0], d_batchnorm2d_layer1_0_bn2_2(mb)[0],
            d_batchnorm2d_layer1_0_bn2_sum(mb)[i][0]);
        norm_layer1_0_bn2_grad_sums(d_batchnorm2d_layer1_0_bn2_sum(mb)[i][0], conv2d_layer1_0_conv2(mb)[i][0],
            batchnorm2d_layer1_0_bn2_statistics(mb)[0], d_batchnorm2d_layer1_0_bn2_sums(mb)[i][0]);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_batchnorm2d_layer1_0_bn2_sums(mb)[i][1],
            mb->gradients + AT_layer1_0_bn2_weight);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_batchnorm2d_layer1_0_bn2_sums(mb)[i][0],
            mb->gradients + AT_layer1_0_bn2_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_29(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer1_0_bn2_grad(d_batchnorm2d_layer1_0_bn2_sum(mb)[i][0], conv2d_layer1_0_conv2(mb)[i][0],
            batchnorm2d_layer1_0_bn2_statistics(mb)[0], d_batchnorm2d_layer1_0_bn2_statistics(mb)[0],
            &d_conv2d_layer1_0_conv2(mb)[i][1][1 * 16]);
        conv2d_layer1_0_grad_input(d_conv2d_layer1_0_conv2(mb)[i][0],
            mb->packed + AT_layer1_0_conv2_weight_winograd_transposed, d_relu_layer1_0_relu(mb)[i][0],
            conv2d_layer1_0_conv2_grad_input_scratch(mb));
        norm_bn1_grad_sums(d_relu_layer1_0_relu(mb)[i][0], conv2d_layer1_0_conv1(mb)[i][0],
            batchnorm2d_layer1_0_bn1_statistics(mb)[0], d_batchnorm2d_layer1_0_bn1_sums(mb)[i][0]);
        norm_bn1_again(conv2d_layer1_0_conv1(mb)[i][0], batchnorm2d_layer1_0_bn1_statistics(mb)[0],
            &relu_layer1_0_relu_again(mb)[i][1][1 * 16]);
    }
    conv2d_layer1_0_grad_weight(relu_layer1_0_relu_again(mb)[0][0], &d_conv2d_layer1_0_conv2(mb)[0][1][1 * 16],
        mb->gradients + AT_layer1_0_conv2_weight, conv2d_layer1_0_conv2_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_batchnorm2d_layer1_0_bn1_sums(mb)[i][1],
            mb->gradients + AT_layer1_0_bn1_weight);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_batchnorm2d_layer1_0_bn1_sums(mb)[i][0],
            mb->gradients + AT_layer1_0_bn1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_31(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_layer1_0_bn1_grad(d_relu_layer1_0_relu(mb)[i][0], conv2d_layer1_0_conv1(mb)[i][0],
            batchnorm2d_layer1_0_bn1_statistics(mb)[0], d_batchnorm2d_layer1_0_bn1_statistics(mb)[0],
            &d_conv2d_layer1_0_conv1(mb)[i][1][1 * 16]);
        conv2d_layer1_0_grad_input(d_conv2d_layer1_0_conv1(mb)[i][0],
            mb->packed + AT_layer1_0_conv1_weight_winograd_transposed, d_relu_relu(mb)[i][0],
            conv2d_layer1_0_conv1_grad_input_scratch(mb));
        norm_bn1_again(conv2d_conv1(mb)[i][0], batchnorm2d_bn1_statistics(mb)[0], &relu_relu_again(mb)[i][1][1 * 16]);
    }
    conv2d_layer1_0_grad_weight(relu_relu_again(mb)[0][0], &d_conv2d_layer1_0_conv1(mb)[0][1][1 * 16],
        mb->gradients + AT_layer1_0_conv1_weight, conv2d_layer1_0_conv1_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        gradient_sum(d_residual_layer1_0_residual(mb)[i][0], d_relu_relu(mb)[i][0],
            d_residual_layer1_0_residual_sum(mb)[i][0]);
        norm_bn1_grad_sums(d_residual_layer1_0_residual_sum(mb)[i][0], conv2d_conv1(mb)[i][0],
            batchnorm2d_bn1_statistics(mb)[0], d_batchnorm2d_bn1_sums(mb)[i][0]);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_batchnorm2d_bn1_sums(mb)[i][1],
            mb->gradients + AT_bn1_weight);
        bias_layer2_1_se_fc1_grad_to_norm_bn1_grad_bias(d_batchnorm2d_bn1_sums(mb)[i][0], mb->gradients + AT_bn1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_33(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_bn1_grad(d_residual_layer1_0_residual_sum(mb)[i][0], conv2d_conv1(mb)[i][0],
            batchnorm2d_bn1_statistics(mb)[0], d_batchnorm2d_bn1_statistics(mb)[0], d_conv2d_conv1(mb)[0]);
        conv2d_conv1_grad_weight(input(mb)[i], d_conv2d_conv1(mb)[0], mb->gradients + AT_conv1_weight);
    }
}

/* Where conv2d_layer2_se_fc1_grad_weight_part finds its values. */
static const struct conv2d_layer2_se_fc1_grad_weight_part {
    long weight, adaptiveavgpool2d_avgpool, d_conv2d;
} conv2d_layer2_se_fc1_grad_weight_part_at[] = {
    {AT_layer2_1_se_fc1_weight, 105234432, 105316352}, /* layer2.1.se.fc1 */
    {AT_layer2_0_se_fc1_weight, 105201664, 95019008}, /* layer2.0.se.fc1 */
};

/* For the whole batch. */
static void conv2d_layer2_se_fc1_grad_weight_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer2_se_fc1_grad_weight_part *at = mb->at;
    float (*adaptiveavgpool2d_avgpool)[32] = (void *)(mb->batch + at->adaptiveavgpool2d_avgpool + mb->first * 128L);
    float (*d_conv2d)[16] = (void *)(mb->batch + at->d_conv2d + mb->first * 64L); /* 8 */

    float *gradients = nc_gradient(mb, at->weight);

    conv2d_layer2_se_fc1_grad_weight(adaptiveavgpool2d_avgpool[0], d_conv2d[0], gradients, mb->count);
    nc_learn(mb, at->weight, 512);
}

/* Where conv2d_layer2_se_fc2_grad_weight_part finds its values. */
static const struct conv2d_layer2_se_fc2_grad_weight_part {
    long weight, relu_activation, d_conv2d;
} conv2d_layer2_se_fc2_grad_weight_part_at[] = {
    {AT_layer2_1_se_fc2_weight, 105308160, 105250816}, /* layer2.1.se.fc2 */
    {AT_layer2_0_se_fc2_weight, 105299968, 95002624}, /* layer2.0.se.fc2 */
};

/* For the whole batch. */
static void conv2d_layer2_se_fc2_grad_weight_part(struct nc_microbatch *mb)
{
    const struct conv2d_layer2_se_fc2_grad_weight_part *at = mb->at;
    float (*relu_activation)[16] = (void *)(mb->batch + at->relu_activation + mb->first * 64L); /* 8 */
    float (*d_conv2d)[32] = (void *)(mb->batch + at->d_conv2d + mb->first * 128L); /* 32 */

    float *gradients = nc_gradient(mb, at->weight);

    conv2d_layer2_se_fc2_grad_weight(relu_activation[0], d_conv2d[0], gradients, mb->count);
    nc_learn(mb, at->weight, 256);
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_layer1_0_weights, layer1_0_conv1_weight, 0, winograd),
    PACKED(conv2d_layer1_0_weights, layer1_0_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_0_conv2_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_1_conv1_weight, 0, winograd),
    PACKED(conv2d_layer2_weights, layer2_1_conv2_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 5; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(linear_fc_grad_input_weights, fc_weight, 0, transposed),
    PACKED(conv2d_layer2_se_fc2_grad_input_weights, layer2_1_se_fc2_weight, 0, transposed),
    PACKED(conv2d_layer2_se_fc1_grad_input_weights, layer2_1_se_fc1_weight, 0, transposed),
    PACKED(conv2d_layer2_grad_input_weights, layer2_1_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_grad_input_weights, layer2_1_conv1_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_0_downsample_0_grad_input_residue_0_0_weights, layer2_0_downsample_0_weight, 0,
     transposed_residue_0_0),
    PACKED(conv2d_layer2_se_fc2_grad_input_weights, layer2_0_se_fc2_weight, 0, transposed),
    PACKED(conv2d_layer2_se_fc1_grad_input_weights, layer2_0_se_fc1_weight, 0, transposed),
    PACKED(conv2d_layer2_grad_input_weights, layer2_0_conv2_weight, 8192, winograd_transposed),
    PACKED(conv2d_layer2_0_conv1_grad_input_residue_0_0_weights, layer2_0_conv1_weight, 0, transposed_residue_0_0),
    PACKED(conv2d_layer2_0_conv1_grad_input_residue_0_1_weights, layer2_0_conv1_weight, 0, transposed_residue_0_1),
    PACKED(conv2d_layer2_0_conv1_grad_input_residue_1_0_weights, layer2_0_conv1_weight, 0, transposed_residue_1_0),
    PACKED(conv2d_layer2_0_conv1_grad_input_residue_1_1_weights, layer2_0_conv1_weight, 0, transposed_residue_1_1),
    PACKED(conv2d_layer1_0_se_fc2_grad_input_weights, layer1_0_se_fc2_weight, 0, transposed),
    PACKED(conv2d_layer1_0_se_fc1_grad_input_weights, layer1_0_se_fc1_weight, 0, transposed),
    PACKED(conv2d_layer1_0_grad_input_weights, layer1_0_conv2_weight, 2048, winograd_transposed),
    PACKED(conv2d_layer1_0_grad_input_weights, layer1_0_conv1_weight, 2048, winograd_transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 17; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* conv1: Conv2d(3, 16, 3, padding=1, bias=False), BatchNorm2d(16), relu(inplace=True)  (line 33) */
static void conv2d_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.y_row = 544, .act = 1, .norm_row = 16});
}

#define DEFINE_WINOGRAD3C(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3(x, u, bias, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* layer1.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False), BatchNorm2d(channels),
 *     ReLU()  (line 12) */
DEFINE_WINOGRAD3C(conv2d_layer1_0_conv1_test, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 544,
    .block = 32, .norm_row = 16, .x_image = 18496, .act = 1)

/* layer1.0.conv2: Conv2d(channels, channels, 3, padding=1, bias=False), BatchNorm2d(channels)  (line 15) */
DEFINE_WINOGRAD3C(conv2d_layer1_0_conv2_test, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .norm_row = 16, .x_image = 18496)

/* layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False), BatchNorm2d(channels),
 *     ReLU()  (line 12) */
static void conv2d_layer2_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_3(x, w, bias, y, (struct conv_size_3){.y_row = 576, .act = 1, .norm_row = 32});
}

/* layer2.0.conv2, layer2.1.conv2 (line 15) */
DEFINE_WINOGRAD3C(conv2d_layer2_conv2_test, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .norm_row = 32, .x_image = 10368)

/* layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False), BatchNorm2d(channels)  (line
 *     20) */
static void conv2d_layer2_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_5(x, w, bias, y, (struct conv_size_5){.norm_row = 32});
}

/* layer2.0.residual: residual, ReLU()  (line 24)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer2_0_residual_test(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long i = 0; i < 512; i += VL)
            vec_store(y + r * 576 + i, vec_relu(vec_load(a + r * 512 + i) + vec_load(b + r * 512 + i)));
}

/* layer2.1.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False), BatchNorm2d(channels),
 *     ReLU()  (line 12) */
DEFINE_WINOGRAD3C(conv2d_layer2_1_conv1_test, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 576,
    .block = 16, .norm_row = 32, .x_image = 10368, .act = 1)

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[34 * 3])(mb->workspace + 5689792)) /* 3x32x32, 1 zeros around */
#define test_relu_relu(mb) ((float (*)[34 * 16])(mb->workspace + 5282176)) /* 16x32x32, 1 zeros around */
#define test_relu_layer1_0_relu(mb) ((float (*)[34 * 16])(mb->workspace + 5356160)) /* 16x32x32, 1 zeros around */
#define test_conv2d_layer1_0_conv1_scratch(mb) ((float *)(mb->workspace + 5042944)) /* 59808 */
#define test_batchnorm2d_layer1_0_bn2(mb) ((float (*)[32 * 16])(mb->workspace + 5499840)) /* 16x32x32 */
#define test_conv2d_layer1_0_conv2_scratch(mb) ((float *)(mb->workspace + 5042944)) /* 59808 */
#define test_adaptiveavgpool2d_layer1_0_se_avgpool(mb) ((float *)(mb->workspace + 5042944)) /* 16 */
#define test_relu_layer1_0_se_activation(mb) ((float *)(mb->workspace + 5043008)) /* 4 */
#define test_conv2d_layer1_0_se_fc2(mb) ((float *)(mb->workspace + 5042944)) /* 16 */
#define test_sigmoid_layer1_0_se_scale_activation(mb) ((float *)(mb->workspace + 5108480)) /* 16 */
#define test_multiply_layer1_0_se_multiply(mb) ((float (*)[32 * 16])(mb->workspace + 5042944)) /* 16x32x32 */
#define test_relu_layer1_0_relu_2(mb) ((float (*)[33 * 16])(mb->workspace + 5430144))
#define test_relu_layer2_0_relu(mb) ((float (*)[18 * 32])(mb->workspace + 5565376)) /* 32x16x16, 1 zeros around */
#define test_batchnorm2d_layer2_0_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 5209216)) /* 32x16x16 */
#define test_conv2d_layer2_0_conv2_scratch(mb) ((float *)(mb->workspace + 5042944)) /* 41568 */
#define test_adaptiveavgpool2d_layer2_0_se_avgpool(mb) ((float *)(mb->workspace + 5042944)) /* 32 */
#define test_relu_layer2_0_se_activation(mb) ((float *)(mb->workspace + 5043072)) /* 8 */
#define test_conv2d_layer2_0_se_fc2(mb) ((float *)(mb->workspace + 5042944)) /* 32 */
#define test_sigmoid_layer2_0_se_scale_activation(mb) ((float *)(mb->workspace + 5075712)) /* 32 */
#define test_multiply_layer2_0_se_multiply(mb) ((float (*)[16 * 32])(mb->workspace + 5042944)) /* 32x16x16 */
#define test_batchnorm2d_layer2_0_downsample_1(mb) ((float (*)[16 * 32])(mb->workspace + 5075712)) /* 32x16x16 */
#define test_relu_layer2_0_relu_2(mb) ((float (*)[18 * 32])(mb->workspace + 5606848)) /* 32x16x16, 1 zeros around */
#define test_relu_layer2_1_relu(mb) ((float (*)[18 * 32])(mb->workspace + 5648320)) /* 32x16x16, 1 zeros around */
#define test_conv2d_layer2_1_conv1_scratch(mb) ((float *)(mb->workspace + 5042944)) /* 41568 */
#define test_batchnorm2d_layer2_1_bn2(mb) ((float (*)[16 * 32])(mb->workspace + 5209216)) /* 32x16x16 */
#define test_conv2d_layer2_1_conv2_scratch(mb) ((float *)(mb->workspace + 5042944)) /* 41568 */
#define test_adaptiveavgpool2d_layer2_1_se_avgpool(mb) ((float *)(mb->workspace + 5042944)) /* 32 */
#define test_relu_layer2_1_se_activation(mb) ((float *)(mb->workspace + 5043072)) /* 8 */
#define test_conv2d_layer2_1_se_fc2(mb) ((float *)(mb->workspace + 5042944)) /* 32 */
#define test_sigmoid_layer2_1_se_scale_activation(mb) ((float *)(mb->workspace + 5075712)) /* 32 */
#define test_multiply_layer2_1_se_multiply(mb) ((float (*)[16 * 32])(mb->workspace + 5042944)) /* 32x16x16 */
#define test_relu_layer2_1_relu_2(mb) ((float (*)[16 * 32])(mb->workspace + 5075712)) /* 32x16x16 */
#define test_adaptiveavgpool2d_avgpool(mb) ((float (*)[32])(mb->workspace + 5703680)) /* 32 */
#define test_linear_fc(mb) ((float (*)[16])(mb->workspace + 5042944)) /* 10 */

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_conv1_test(test_input(mb)[0], mb->weights + AT_conv1_weight, mb->packed + AT_batchnorm2d_bn1_statistics,
            &test_relu_relu(mb)[1][1 * 16]);
        conv2d_layer1_0_conv1_test(test_relu_relu(mb)[0], mb->packed + AT_layer1_0_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_0_bn1_statistics, &test_relu_layer1_0_relu(mb)[1][1 * 16],
            test_conv2d_layer1_0_conv1_scratch(mb));
        conv2d_layer1_0_conv2_test(test_relu_layer1_0_relu(mb)[0], mb->packed + AT_layer1_0_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer1_0_bn2_statistics, test_batchnorm2d_layer1_0_bn2(mb)[0],
            test_conv2d_layer1_0_conv2_scratch(mb));
        adaptiveavgpool2d_layer1_0_se_avgpool_forward(test_batchnorm2d_layer1_0_bn2(mb)[0],
            test_adaptiveavgpool2d_layer1_0_se_avgpool(mb));
        conv2d_layer1_0_se_fc1_forward(test_adaptiveavgpool2d_layer1_0_se_avgpool(mb),
            mb->weights + AT_layer1_0_se_fc1_weight, mb->weights + AT_layer1_0_se_fc1_bias,
            test_relu_layer1_0_se_activation(mb));
        conv2d_layer1_0_se_fc2_forward(test_relu_layer1_0_se_activation(mb), mb->weights + AT_layer1_0_se_fc2_weight,
            mb->weights + AT_layer1_0_se_fc2_bias, test_conv2d_layer1_0_se_fc2(mb));
        sigmoid_layer1_0_se_scale_activation_forward(test_conv2d_layer1_0_se_fc2(mb),
            test_sigmoid_layer1_0_se_scale_activation(mb), 0, 0);
        forward_of_2(test_batchnorm2d_layer1_0_bn2(mb)[0], test_sigmoid_layer1_0_se_scale_activation(mb),
            test_multiply_layer1_0_se_multiply(mb)[0]);
        residual_layer1_0_residual_forward(test_multiply_layer1_0_se_multiply(mb)[0], &test_relu_relu(mb)[1][1 * 16],
            &test_relu_layer1_0_relu_2(mb)[1][1 * 16]);
        conv2d_layer2_0_conv1_test(test_relu_layer1_0_relu_2(mb)[0], mb->weights + AT_layer2_0_conv1_weight,
            mb->packed + AT_batchnorm2d_layer2_0_bn1_statistics, &test_relu_layer2_0_relu(mb)[1][1 * 32]);
        conv2d_layer2_conv2_test(test_relu_layer2_0_relu(mb)[0], mb->packed + AT_layer2_0_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_0_bn2_statistics, test_batchnorm2d_layer2_0_bn2(mb)[0],
            test_conv2d_layer2_0_conv2_scratch(mb));
        adaptiveavgpool2d_avgpool_forward(test_batchnorm2d_layer2_0_bn2(mb)[0],
            test_adaptiveavgpool2d_layer2_0_se_avgpool(mb));
        conv2d_layer2_se_fc1_forward(test_adaptiveavgpool2d_layer2_0_se_avgpool(mb),
            mb->weights + AT_layer2_0_se_fc1_weight, mb->weights + AT_layer2_0_se_fc1_bias,
            test_relu_layer2_0_se_activation(mb));
        conv2d_layer2_se_fc2_forward(test_relu_layer2_0_se_activation(mb), mb->weights + AT_layer2_0_se_fc2_weight,
            mb->weights + AT_layer2_0_se_fc2_bias, test_conv2d_layer2_0_se_fc2(mb));
        sigmoid_layer2_se_scale_activation_forward(test_conv2d_layer2_0_se_fc2(mb),
            test_sigmoid_layer2_0_se_scale_activation(mb), 0, 0);
        forward_of_3(test_batchnorm2d_layer2_0_bn2(mb)[0], test_sigmoid_layer2_0_se_scale_activation(mb),
            test_multiply_layer2_0_se_multiply(mb)[0]);
        conv2d_layer2_0_downsample_0_test(&test_relu_layer1_0_relu_2(mb)[1][1 * 16],
            mb->weights + AT_layer2_0_downsample_0_weight, mb->packed + AT_batchnorm2d_layer2_0_downsample_1_statistics,
            test_batchnorm2d_layer2_0_downsample_1(mb)[0]);
        residual_layer2_0_residual_test(test_multiply_layer2_0_se_multiply(mb)[0],
            test_batchnorm2d_layer2_0_downsample_1(mb)[0], &test_relu_layer2_0_relu_2(mb)[1][1 * 32]);
        conv2d_layer2_1_conv1_test(test_relu_layer2_0_relu_2(mb)[0], mb->packed + AT_layer2_1_conv1_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_1_bn1_statistics, &test_relu_layer2_1_relu(mb)[1][1 * 32],
            test_conv2d_layer2_1_conv1_scratch(mb));
        conv2d_layer2_conv2_test(test_relu_layer2_1_relu(mb)[0], mb->packed + AT_layer2_1_conv2_weight_winograd,
            mb->packed + AT_batchnorm2d_layer2_1_bn2_statistics, test_batchnorm2d_layer2_1_bn2(mb)[0],
            test_conv2d_layer2_1_conv2_scratch(mb));
        adaptiveavgpool2d_avgpool_forward(test_batchnorm2d_layer2_1_bn2(mb)[0],
            test_adaptiveavgpool2d_layer2_1_se_avgpool(mb));
        conv2d_layer2_se_fc1_forward(test_adaptiveavgpool2d_layer2_1_se_avgpool(mb),
            mb->weights + AT_layer2_1_se_fc1_weight, mb->weights + AT_layer2_1_se_fc1_bias,
            test_relu_layer2_1_se_activation(mb));
        conv2d_layer2_se_fc2_forward(test_relu_layer2_1_se_activation(mb), mb->weights + AT_layer2_1_se_fc2_weight,
            mb->weights + AT_layer2_1_se_fc2_bias, test_conv2d_layer2_1_se_fc2(mb));
        sigmoid_layer2_se_scale_activation_forward(test_conv2d_layer2_1_se_fc2(mb),
            test_sigmoid_layer2_1_se_scale_activation(mb), 0, 0);
        forward_of_3(test_batchnorm2d_layer2_1_bn2(mb)[0], test_sigmoid_layer2_1_se_scale_activation(mb),
            test_multiply_layer2_1_se_multiply(mb)[0]);
        residual_layer2_1_residual_forward(test_multiply_layer2_1_se_multiply(mb)[0],
            &test_relu_layer2_0_relu_2(mb)[1][1 * 32], test_relu_layer2_1_relu_2(mb)[0]);
        adaptiveavgpool2d_avgpool_forward(test_relu_layer2_1_relu_2(mb)[0], test_adaptiveavgpool2d_avgpool(mb)[i]);
    }
    linear_fc_forward(test_adaptiveavgpool2d_avgpool(mb)[0], mb->weights + AT_fc_weight, mb->weights + AT_fc_bias,
        test_linear_fc(mb)[0]);
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_linear_fc(mb)[0], 16, 10, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_0_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer1_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(layer1_0_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer1_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_0_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_0_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_0_downsample_1, 1e-05,
        0.1)}, -1, packed + AT_batchnorm2d_layer2_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_1_bn1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(layer2_1_bn2, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_layer2_1_bn2_statistics);
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
    {"layer1.0.conv1.weight", 4, {16, 16, 3, 3}, AT_layer1_0_conv1_weight, 2304, 4, {{16, 1}, {16, 16}, {3, 768}, {3,
     256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.0.bn1", layer1_0_bn1, 16, 16),
    {"layer1.0.conv2.weight", 4, {16, 16, 3, 3}, AT_layer1_0_conv2_weight, 2304, 4, {{16, 1}, {16, 16}, {3, 768}, {3,
     256}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer1.0.bn2", layer1_0_bn2, 16, 16),
    {"layer1.0.se.fc1.weight", 4, {4, 16, 1, 1}, AT_layer1_0_se_fc1_weight, 256, 4, {{4, 1}, {16, 16}, {1, 256}, {1,
     256}}, .init = NC_INIT_UNIFORM, .low = -0.24999999999999997, .high = 0.24999999999999997},
    {"layer1.0.se.fc1.bias", 1, {4}, AT_layer1_0_se_fc1_bias, 16, 1, {{4, 1}}, .init = NC_INIT_UNIFORM, .low = -0.25,
     .high = 0.25},
    {"layer1.0.se.fc2.weight", 4, {16, 4, 1, 1}, AT_layer1_0_se_fc2_weight, 64, 4, {{16, 1}, {4, 16}, {1, 64}, {1, 64}},
     .init = NC_INIT_UNIFORM, .low = -0.49999999999999994, .high = 0.49999999999999994},
    {"layer1.0.se.fc2.bias", 1, {16}, AT_layer1_0_se_fc2_bias, 16, 1, {{16, 1}}, .init = NC_INIT_UNIFORM, .low = -0.5,
     .high = 0.5},
    {"layer2.0.conv1.weight", 4, {32, 16, 3, 3}, AT_layer2_0_conv1_weight, 4608, 4, {{32, 1}, {16, 32}, {3, 1536}, {3,
     512}}, .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("layer2.0.bn1", layer2_0_bn1, 32, 32),
    {"layer2.0.conv2.weight", 4, {32, 32, 3, 3}, AT_layer2_0_conv2_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3,
     1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.0.bn2", layer2_0_bn2, 32, 32),
    {"layer2.0.se.fc1.weight", 4, {8, 32, 1, 1}, AT_layer2_0_se_fc1_weight, 512, 4, {{8, 1}, {32, 16}, {1, 512}, {1,
     512}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    {"layer2.0.se.fc1.bias", 1, {8}, AT_layer2_0_se_fc1_bias, 16, 1, {{8, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.17677669529663687, .high = 0.17677669529663687},
    {"layer2.0.se.fc2.weight", 4, {32, 8, 1, 1}, AT_layer2_0_se_fc2_weight, 256, 4, {{32, 1}, {8, 32}, {1, 256}, {1,
     256}}, .init = NC_INIT_UNIFORM, .low = -0.3535533905932737, .high = 0.3535533905932737},
    {"layer2.0.se.fc2.bias", 1, {32}, AT_layer2_0_se_fc2_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.35355339059327373, .high = 0.35355339059327373},
    {"layer2.0.downsample.0.weight", 4, {32, 16, 1, 1}, AT_layer2_0_downsample_0_weight, 512, 4, {{32, 1}, {16, 32}, {1,
     512}, {1, 512}}, .init = NC_INIT_UNIFORM, .low = -0.24999999999999997, .high = 0.24999999999999997},
    BATCH_NORM("layer2.0.downsample.1", layer2_0_downsample_1, 32, 32),
    {"layer2.1.conv1.weight", 4, {32, 32, 3, 3}, AT_layer2_1_conv1_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3,
     1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.1.bn1", layer2_1_bn1, 32, 32),
    {"layer2.1.conv2.weight", 4, {32, 32, 3, 3}, AT_layer2_1_conv2_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3,
     1024}}, .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("layer2.1.bn2", layer2_1_bn2, 32, 32),
    {"layer2.1.se.fc1.weight", 4, {8, 32, 1, 1}, AT_layer2_1_se_fc1_weight, 512, 4, {{8, 1}, {32, 16}, {1, 512}, {1,
     512}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684},
    {"layer2.1.se.fc1.bias", 1, {8}, AT_layer2_1_se_fc1_bias, 16, 1, {{8, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.17677669529663687, .high = 0.17677669529663687},
    {"layer2.1.se.fc2.weight", 4, {32, 8, 1, 1}, AT_layer2_1_se_fc2_weight, 256, 4, {{32, 1}, {8, 32}, {1, 256}, {1,
     256}}, .init = NC_INIT_UNIFORM, .low = -0.3535533905932737, .high = 0.3535533905932737},
    {"layer2.1.se.fc2.bias", 1, {32}, AT_layer2_1_se_fc2_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.35355339059327373, .high = 0.35355339059327373},
    {"fc.weight", 2, {10, 32}, AT_fc_weight, 512, 2, {{10, 1}, {32, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.17677669529663684, .high = 0.17677669529663684},
    {"fc.bias", 1, {10}, AT_fc_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663687,
     .high = 0.17677669529663687},
};

static const struct nc_dropout dropouts[] = {
    {.elements = 1, .p = 0.10000000000000001, .always = 1},
    {.elements = 1, .p = 0.10000000000000001, .always = 1},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 32, 103391232, 3472, 0, 1},
    {"conv1: Conv2d(3, 16, 3, padding=1, bias=False)", 33, 18391040, 16384, 0, 1},
    {"bn1: BatchNorm2d(16)", 34, 26779648, 48, 0, 1},
    {"bn1: BatchNorm2d(16)", 34, 0, 18496, 2, 1},
    {"layer1.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)", 12, 26779648, 16384, 2,
     1},
    {"layer1.0.bn1: BatchNorm2d(channels)", 13, 35168256, 48, 2, 1},
    {"layer1.0.conv2: Conv2d(channels, channels, 3, padding=1, bias=False)", 15, 35168256, 16384, 4, 1},
    {"layer1.0.bn2: BatchNorm2d(channels)", 16, 43556864, 48, 4, 1},
    {"layer1.0.bn2: BatchNorm2d(channels)", 16, 43556864, 16384, 6, 1},
    {"layer1.0.se.avgpool: AdaptiveAvgPool2d(1)", 3, 105267200, 16, 6, 1},
    {"layer1.0.se.fc1: Conv2d(channels, channels // 4, 1)", 4, 105275392, 16, 6, 1},
    {"layer1.0.se.scale_activation: Sigmoid()", 7, 105283584, 16, 6, 1},
    {"layer1.0.residual: residual", 26, 9469952, 17424, 6, 1},
    {"layer2.0.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)", 12, 82419712, 8192, 6,
     1},
    {"layer2.0.bn1: BatchNorm2d(channels)", 13, 60334080, 96, 6, 1},
    {"layer2.0.conv2: Conv2d(channels, channels, 3, padding=1, bias=False)", 15, 60334080, 8192, 8, 1},
    {"layer2.0.bn2: BatchNorm2d(channels)", 16, 64528384, 96, 8, 1},
    {"layer2.0.bn2: BatchNorm2d(channels)", 16, 64528384, 8192, 10, 1},
    {"layer2.0.se.avgpool: AdaptiveAvgPool2d(1)", 3, 105201664, 32, 10, 1},
    {"layer2.0.se.fc1: Conv2d(channels, channels // 4, 1)", 4, 105299968, 16, 10, 1},
    {"layer2.0.se.scale_activation: Sigmoid()", 7, 105218048, 32, 10, 1},
    {"layer2.0.se.multiply: multiply", 8, 68722688, 8192, 10, 1},
    {"layer2.0.downsample.0: Conv2d(in_channels, channels, 1, stride=stride, bias=False)", 20, 72916992, 8192, 10, 1},
    {"layer2.0.downsample.1: BatchNorm2d(channels)", 20, 86614016, 96, 10, 1},
    {"layer2.0.downsample.1: BatchNorm2d(channels)", 20, 77111296, 10368, 12, 1},
    {"layer2.1.conv1: Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)", 12, 86614016, 8192, 12,
     1},
    {"layer2.1.bn1: BatchNorm2d(channels)", 13, 90808320, 96, 12, 1},
    {"layer2.1.conv2: Conv2d(channels, channels, 3, padding=1, bias=False)", 15, 68722688, 8192, 14, 1},
    {"layer2.1.bn2: BatchNorm2d(channels)", 16, 90808320, 96, 14, 1},
    {"layer2.1.bn2: BatchNorm2d(channels)", 16, 2367488, 8192, 16, 0},
    {"layer2.1.se.avgpool: AdaptiveAvgPool2d(1)", 3, 105234432, 32, 16, 1},
    {"layer2.1.se.fc1: Conv2d(channels, channels // 4, 1)", 4, 105308160, 16, 16, 1},
    {"layer2.1.se.scale_activation: Sigmoid()", 7, 4648960, 32, 16, 0},
    {"layer2.1.residual: residual", 26, 2629632, 8192, 16, 0},
    {"avgpool: AdaptiveAvgPool2d(1)", 38, 4616192, 32, 16, 0},
    {"fc: Linear(32, 10)", 40, 5042432, 16, 16, 0},
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
    {.barriers = 8, ALWAYS_AT(forward_9_and_15, 0)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_statistics_forward_part, 4), .parts = 1},
    {.barriers = 10, ALWAYS(forward_11)},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_statistics_forward_part, 5), .parts = 1},
    {.barriers = 12, ALWAYS(forward_13)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_statistics_forward_part, 6), .parts = 1},
    {.barriers = 14, ALWAYS_AT(forward_9_and_15, 1)},
    {.barriers = 15, ALWAYS_AT(batchnorm2d_statistics_forward_part, 7), .parts = 1},
    {.barriers = 16, .train = train, .test = test, .loss = 1},
    {.barriers = 17, TRAIN_AT(norm_grad_statistics_part, 0), .parts = 1},
    {.barriers = 18, TRAIN_AT(backward_19_and_25, 0)},
    {.barriers = 19, TRAIN_AT(norm_grad_statistics_part, 1), .parts = 1},
    {.barriers = 20, TRAIN(backward_21)},
    {.barriers = 21, TRAIN_AT(norm_grad_statistics_part, 2), .parts = 1},
    {.barriers = 22, TRAIN(backward_23)},
    {.barriers = 23, TRAIN_AT(norm_grad_statistics_part, 3), .parts = 1},
    {.barriers = 24, TRAIN_AT(backward_19_and_25, 1)},
    {.barriers = 25, TRAIN_AT(norm_grad_statistics_part, 4), .parts = 1},
    {.barriers = 26, TRAIN(backward_27)},
    {.barriers = 27, TRAIN_AT(norm_grad_statistics_part, 5), .parts = 1},
    {.barriers = 28, TRAIN(backward_29)},
    {.barriers = 29, TRAIN_AT(norm_grad_statistics_part, 6), .parts = 1},
    {.barriers = 30, TRAIN(backward_31)},
    {.barriers = 31, TRAIN_AT(norm_grad_statistics_part, 7), .parts = 1},
    {.barriers = 32, TRAIN(backward_33)},
    {.barriers = 33, TRAIN_AT(conv2d_layer2_se_fc1_grad_weight_part, 0), .parts = 1, .learns = 1},
    {.barriers = 33, TRAIN_AT(conv2d_layer2_se_fc1_grad_weight_part, 1), .parts = 1, .learns = 1},
    {.barriers = 33, TRAIN_AT(conv2d_layer2_se_fc2_grad_weight_part, 0), .parts = 1, .learns = 1},
    {.barriers = 33, TRAIN_AT(conv2d_layer2_se_fc2_grad_weight_part, 1), .parts = 1, .learns = 1},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 1, .pack = pack_evaluation,
    .output = {.offset = 5042944, .stride = 16},
};

static const struct nc_model model = {
    .name = "SENet", .file = "senet.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 62,
    .block = 41280, .sharded = 39200, .packed = 271936, .packed_forward = 132736,
    .workspace = 5704704,
    .microbatch = 8, .shard = 8, .batch = 128,
    .dropouts = dropouts, .dropout_count = 2,
    .probes = probes, .probe_count = 36,
    .phases = phases, .phase_count = 37, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 105328448, .capacity = 128, .learned = 512,
    .output = {.offset = 5042432, .stride = 16},
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
    nc_save(run, "senet_{epoch}.pth");
    return nc_train(run);
}

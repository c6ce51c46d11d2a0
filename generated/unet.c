/* UNet: a trainer for the model of unet.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                                  output      parameters
 *     4  down1.0: Conv2d(_, channels, 3, padding=1, bias=False) 16x32x32           432
 *     4  down1.1: BatchNorm2d(_)                                16x32x32            32
 *     4  down1.2: ReLU(inplace=True)                            16x32x32             0
 *     5  down1.3: Conv2d(_, channels, 3, padding=1, bias=False) 16x32x32          2304
 *     5  down1.4: BatchNorm2d(_)                                16x32x32            32
 *     5  down1.5: ReLU(inplace=True)                            16x32x32             0
 *    12  pool: MaxPool2d(2)                                     16x16x16             0
 *     4  down2.0: Conv2d(_, channels, 3, padding=1, bias=False) 32x16x16          4608
 *     4  down2.1: BatchNorm2d(_)                                32x16x16            64
 *     4  down2.2: ReLU(inplace=True)                            32x16x16             0
 *     5  down2.3: Conv2d(_, channels, 3, padding=1, bias=False) 32x16x16          9216
 *     5  down2.4: BatchNorm2d(_)                                32x16x16            64
 *     5  down2.5: ReLU(inplace=True)                            32x16x16             0
 *    12  pool: MaxPool2d(2)                                     32x8x8               0
 *     4  down3.0: Conv2d(_, channels, 3, padding=1, bias=False) 64x8x8           18432
 *     4  down3.1: BatchNorm2d(_)                                64x8x8             128
 *     4  down3.2: ReLU(inplace=True)                            64x8x8               0
 *     5  down3.3: Conv2d(_, channels, 3, padding=1, bias=False) 64x8x8           36864
 *     5  down3.4: BatchNorm2d(_)                                64x8x8             128
 *     5  down3.5: ReLU(inplace=True)                            64x8x8               0
 *    13  up2: ConvTranspose2d(64, 32, 2, stride=2)              32x16x16          8224
 *    24  concat: concat                                         64x16x16             0
 *     4  conv2.0: Conv2d(_, channels, 3, padding=1, bias=False) 32x16x16         18432
 *     4  conv2.1: BatchNorm2d(_)                                32x16x16            64
 *     4  conv2.2: ReLU(inplace=True)                            32x16x16             0
 *     5  conv2.3: Conv2d(_, channels, 3, padding=1, bias=False) 32x16x16          9216
 *     5  conv2.4: BatchNorm2d(_)                                32x16x16            64
 *     5  conv2.5: ReLU(inplace=True)                            32x16x16             0
 *    15  up1: ConvTranspose2d(32, 16, 2, stride=2)              16x32x32          2064
 *    20  concat: concat                                         32x32x32             0
 *     4  conv1.0: Conv2d(_, channels, 3, padding=1, bias=False) 16x32x32          4608
 *     4  conv1.1: BatchNorm2d(_)                                16x32x32            32
 *     4  conv1.2: ReLU(inplace=True)                            16x32x32             0
 *     5  conv1.3: Conv2d(_, channels, 3, padding=1, bias=False) 16x32x32          2304
 *     5  conv1.4: BatchNorm2d(_)                                16x32x32            32
 *     5  conv1.5: ReLU(inplace=True)                            16x32x32             0
 *    17  head: Conv2d(16, 11, 1)                                11x32x32           187
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 5443392 bytes of workspace serve a thread. */
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
    AT_down1_0_weight = 0, AT_down1_3_weight = 464, AT_down2_0_weight = 2800, AT_down2_3_weight = 7472,
    AT_down3_0_weight = 62320, AT_down3_3_weight = 80752, AT_up2_weight = 17008, AT_up2_bias = 25200,
    AT_conv2_0_weight = 25232, AT_conv2_3_weight = 43728, AT_up1_weight = 53008, AT_up1_bias = 55056,
    AT_conv1_0_weight = 55072, AT_conv1_3_weight = 59712, AT_head_weight = 62048, AT_head_bias = 62304, AT_NORM(down1_1,
    432, 117616, 16), AT_NORM(down1_4, 2768, 117664, 16), AT_NORM(down2_1, 7408, 117712, 32), AT_NORM(down2_4, 16688,
    117792, 32), AT_NORM(down3_1, 16752, 117872, 64), AT_NORM(down3_4, 16880, 118016, 64), AT_NORM(conv2_1, 43664,
    118160, 32), AT_NORM(conv2_4, 52944, 118240, 32), AT_NORM(conv1_1, 59680, 118320, 16), AT_NORM(conv1_4, 62016,
    118368, 16)
};

/* A batch norm: its eps and its momentum, and where its parameters start. */
#define BATCH_NORM_OF(layer, least, share) \
    .eps = least, .momentum = share, \
    .weight = AT_##layer##_weight, .bias = AT_##layer##_bias, \
    .running_mean = AT_##layer##_running_mean, .running_var = AT_##layer##_running_var, \
    .batches = AT_##layer##_num_batches_tracked

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_down1_3_weight_winograd = 0, AT_down2_0_weight_winograd = 9792, AT_down2_3_weight_winograd = 28800,
    AT_down3_0_weight_winograd = 66240, AT_down3_3_weight_winograd = 140544,
    AT_up2_weight_transposed_residue_0_0 = 288576, AT_up2_weight_transposed_residue_0_1 = 290624,
    AT_up2_weight_transposed_residue_1_0 = 292672, AT_up2_weight_transposed_residue_1_1 = 294720,
    AT_conv2_0_weight_winograd = 296768, AT_conv2_3_weight_winograd = 371072,
    AT_up1_weight_transposed_residue_0_0 = 408512, AT_up1_weight_transposed_residue_0_1 = 409024,
    AT_up1_weight_transposed_residue_1_0 = 409536, AT_up1_weight_transposed_residue_1_1 = 410048,
    AT_conv1_0_weight_winograd = 410560, AT_conv1_3_weight_winograd = 429568, AT_head_weight_transposed = 440640,
    AT_conv1_3_weight_winograd_transposed = 440816, AT_conv1_0_weight_winograd_transposed = 450608,
    AT_conv2_3_weight_winograd_transposed = 469616, AT_conv2_0_weight_winograd_transposed = 507056,
    AT_up2_weight_dense = 581360, AT_down3_3_weight_winograd_transposed = 591600,
    AT_down3_0_weight_winograd_transposed = 739632, AT_down2_3_weight_winograd_transposed = 813936,
    AT_down2_0_weight_winograd_transposed = 851376, AT_down1_3_weight_winograd_transposed = 870384
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_down1_1_statistics = 439360, AT_batchnorm2d_down1_4_statistics = 439424,
    AT_batchnorm2d_down2_1_statistics = 439488, AT_batchnorm2d_down2_4_statistics = 439616,
    AT_batchnorm2d_down3_1_statistics = 439744, AT_batchnorm2d_down3_4_statistics = 440000,
    AT_batchnorm2d_conv2_1_statistics = 440256, AT_batchnorm2d_conv2_4_statistics = 440384,
    AT_batchnorm2d_conv1_1_statistics = 440512, AT_batchnorm2d_conv1_4_statistics = 440576
};

/* CrossEntropyLoss  (line 39) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100, .places = 1024};

/* the input  (line 8)
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

/* down1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
static void conv2d_down1_0_forward(const float *x, const float *w, float *y)
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

/* down1.1, conv1.1 (line 4), down1.4, conv1.4 (line 5) */
DEFINE_MOMENTS(batchnorm2d_moments_forward, .rows = 32, .cols = 32, .channels = 16)

/* y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct norm_size { long rows, cols, channels, y_row, y_col; };
NC_INLINE void any_norm(const float *x, const float *stats, float *y, const struct norm_size size)
{
    for (long r = 0; r < size.rows; r++)
        for (long c = 0; c < size.cols; c++)
            for (long k = 0; k < size.channels; k += VL) {
                vec a = vec_fma(vec_load(x + r * 512 + c * size.channels + k), vec_load(stats + 2 * size.channels + k),
                    vec_load(stats + 3 * size.channels + k));
                a = vec_relu(a);
                vec_store(y + r * size.y_row + c * size.y_col + k, a);
            }
}

#define DEFINE_NORM(name, ...) static void name(const float *x, const float *stats, float *y) \
    { any_norm(x, stats, y, (struct norm_size){__VA_ARGS__}); }

/* down1.1, conv1.1 (line 4) */
DEFINE_NORM(batchnorm2d_1_forward, .rows = 32, .cols = 32, .channels = 16, .y_row = 544, .y_col = 16)

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

/* down1.3, conv1.3 (line 5) */
DEFINE_WINOGRAD3(conv2d_3_forward, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

/* down1.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_down1_4_forward, .rows = 32, .cols = 32, .channels = 16, .y_row = 1088, .y_col = 32)

/* y = max over the window; second output: which element it was, first one on a tie */
struct max_pool_size { long rows, cols, channels, x_row, x_col, y_row; };
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
                        vec_take_max(vec_load(x + (top + ky) * size.x_row + (left + kx) * size.x_col + k), ky * 2 + kx,
                            &best, &at);
                vec_store(y + r * size.y_row + c * size.channels + k, best);
                ivec_store_shorts(arg + r * 256 + c * size.channels + k, at);
            }
        }
    }
}

#define DEFINE_MAX_POOL(name, ...) static void name(const float *x, float *y, unsigned short *arg) \
    { any_max_pool(x, y, arg, (struct max_pool_size){__VA_ARGS__}); }

/* pool: MaxPool2d(2)  (line 12) */
DEFINE_MAX_POOL(maxpool2d_pool_forward, .rows = 16, .cols = 16, .channels = 16, .x_row = 1088, .x_col = 32,
    .y_row = 288)

/* down2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3(conv2d_down2_0_forward, .rows = 16, .cols = 16, .ins = 16, .outs = 32, .x_row = 288, .y_row = 512,
    .block = 16, .x_image = 5184)

/* down2.1, conv2.1 (line 4), down2.4, conv2.4 (line 5) */
DEFINE_MOMENTS(batchnorm2d_moments_forward_2, .rows = 16, .cols = 16, .channels = 32)

/* down2.1, conv2.1 (line 4) */
DEFINE_NORM(batchnorm2d_1_forward_2, .rows = 16, .cols = 16, .channels = 32, .y_row = 576, .y_col = 32)

/* down2.3, conv2.3 (line 5) */
DEFINE_WINOGRAD3(conv2d_3_forward_2, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* down2.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_down2_4_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 1152, .y_col = 64)

/* pool: MaxPool2d(2)  (line 12) */
DEFINE_MAX_POOL(maxpool2d_pool_2_forward, .rows = 8, .cols = 8, .channels = 32, .x_row = 1152, .x_col = 64,
    .y_row = 320)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_2 { long rows, cols, x_row, y_row, block, norm_row, x_image, act; };
NC_INLINE void any_winograd3_2(const float *x, const float *u, const float *bias, float *y, float *scratch,
        const struct winograd3_size_2 size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = 1, .rows = size.rows, .cols = size.cols, .x_col = 0,
        .ins = 32, .outs = 64, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += size.block) {
        const long in_block = least(size.block, tiles - first);
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

/* down3.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
static void conv2d_down3_0_forward(const float *x, const float *u, float *y, float *scratch)
{
    any_winograd3_2(x, u, 0, y, scratch, (struct winograd3_size_2){.rows = 8, .cols = 8, .x_row = 320, .y_row = 512,
        .block = 4, .x_image = 3200});
}

/* down3.1 (line 4), down3.4 (line 5) */
DEFINE_MOMENTS(batchnorm2d_down3_moments_forward, .rows = 8, .cols = 8, .channels = 64)

/* down3.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(batchnorm2d_down3_1_forward, .rows = 8, .cols = 8, .channels = 64, .y_row = 640, .y_col = 64)

/* y[o] = sum x[i] * w[o][i]
 * dx of CONV2D from dy, w
 * y = (x - mean) / sqrt(var + eps) * w + b
 * y = max(x, 0) */
struct winograd3_size_3 { long norm_row, act; };
NC_INLINE void any_winograd3_3(const float *x, const float *u, const float *bias, float *y, float *scratch, int count,
        const struct winograd3_size_3 size)
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
                    float *to = y + image * 4096 + r * 512 + c * 64 + o + k;
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

/* down3.3: Conv2d(_, channels, 3, padding=1, bias=False)  (line 5) */
static void conv2d_down3_3_forward(const float *x, const float *u, float *y, float *scratch, int count)
{
    any_winograd3_3(x, u, 0, y, scratch, count, (struct winograd3_size_3){0});
}

/* down3.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_down3_4_forward, .rows = 8, .cols = 8, .channels = 64, .y_row = 512, .y_col = 64)

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13)
 * y[i] = b[i] + sum x[o] * w[o][i], where a CONV2D from y to x has them; inputs x, w, b */
static void convtranspose2d_up2_residue_forward(const float *x, const float *w, const float *bias, float *y)
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

/* y = the channels of a, b, side by side */
struct concat_channels_size { long rows, cols, a_channels, b_channels, a_row, a_col, b_col, y_row, y_col; };
NC_INLINE void any_concat_channels(const float *a, const float *b, float *y, const struct concat_channels_size size)
{
    for (long row = 0; row < size.rows; row++)
        for (long col = 0; col < size.cols; col++) {
            if (size.a_channels)
                for (long i = 0; i < size.a_channels; i += VL)
                    vec_store(y + row * size.y_row + col * size.y_col + i,
                        vec_load(a + row * size.a_row + col * size.a_col + i));
            for (long i = 0; i < size.b_channels; i += VL)
                vec_store(y + row * size.y_row + col * size.y_col + size.a_channels + i,
                    vec_load(b + row * 512 + col * size.b_col + i));
        }
}

#define DEFINE_CONCAT_CHANNELS(name, ...) static void name(const float *b, float *y) \
    { any_concat_channels(0, b, y, (struct concat_channels_size){__VA_ARGS__}); }

/* concat: concat  (line 24) */
DEFINE_CONCAT_CHANNELS(concat_concat_forward, .rows = 16, .cols = 16, .b_channels = 32, .b_col = 32, .y_row = 1152,
    .y_col = 64)

/* conv2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3(conv2d_conv2_0_forward, .rows = 16, .cols = 16, .ins = 64, .outs = 32, .x_row = 1152, .y_row = 512,
    .block = 16, .x_image = 20736)

/* conv2.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_conv2_4_forward, .rows = 16, .cols = 16, .channels = 32, .y_row = 512, .y_col = 32)

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15)
 * y[i] = b[i] + sum x[o] * w[o][i], where a CONV2D from y to x has them; inputs x, w, b */
static void convtranspose2d_up1_residue_forward(const float *x, const float *w, const float *bias, float *y)
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

/* concat: concat  (line 20) */
DEFINE_CONCAT_CHANNELS(concat_concat_2_forward, .rows = 32, .cols = 32, .b_channels = 16, .b_col = 16, .y_row = 1088,
    .y_col = 32)

/* conv1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3(conv2d_conv1_0_forward, .rows = 32, .cols = 32, .ins = 32, .outs = 16, .x_row = 1088, .y_row = 512,
    .block = 22, .x_image = 36992)

/* conv1.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(batchnorm2d_conv1_4_forward, .rows = 32, .cols = 32, .channels = 16, .y_row = 512, .y_col = 16)

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

/* head: Conv2d(16, 11, 1)  (line 17) */
static void conv2d_head_forward(const float *x, const float *w, const float *bias, float *y)
{
    any_conv_2(x, w, bias, y, (struct conv_size_2){.run = 16, .has_bias = 1});
}

/* the loss  (line 39)
 * y = x in another shape, elements in C order: an image as a row or a sequence, or back */
static void output_forward(const float *x, float *flat)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long k = 0; k < 11; k++)
                flat[(k * 32 + r) * 32 + c] = x[r * 512 + c * 16 + k];
}

/* the loss  (line 39)
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

/* head: Conv2d(16, 11, 1)  (line 17) */
static void conv2d_head_grad_input(const float *dy, const float *w, float *dx)
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

/* conv1.5, down1.5 (line 5), conv1.2, down1.2 (line 4) */
DEFINE_NORM_SUMS(norm_grad_sums, .rows = 32, .cols = 32, .channels = 16)

/* head: Conv2d(16, 11, 1)  (line 17)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_head_grad_weight(const float *x, const float *dy, float *dw)
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

/* head (line 17), up1 (line 15)
 * db from dy, summed over samples and positions */
static void bias_grad(const float *dy, float *db)
{
    vec sum[16 / VL];
    EACH(v, 16 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            EACH(v, 16 / VL)
                sum[v] += vec_load(dy + r * 512 + c * 16 + v * VL);
    EACH(v, 16 / VL)
        vec_store(db + v * VL, sum[v]);
}

/* conv1.4, down1.4 (line 5), conv1.1, down1.1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_conv1_4_grad_weight_to_down1_1_grad_bias(const float *sums, float *dw)
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

/* conv1.5, down1.5 (line 5), conv1.2 (line 4) */
DEFINE_NORM_GRAD(norm_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 544)

#define DEFINE_WINOGRAD3B(name, ...) static void name(const float *dy, const float *u, float *dx, float *scratch) \
    { any_winograd3(dy, u, 0, dx, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* conv1.3, down1.3 (line 5) */
DEFINE_WINOGRAD3B(conv2d_3_grad_input, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512,
    .block = 32, .x_image = 18496)

/* conv1.1, down1.1 (line 4) */
DEFINE_NORM(norm_1_again, .rows = 32, .cols = 32, .channels = 16, .y_row = 544, .y_col = 16)

/* dw of CONV2D from dy, x, summed over the samples */
struct winograd3_grad_weight_size { long rows, cols, ins, outs, x_row, d_row, d_col, block, g_tap, x_image, d_image; };
NC_INLINE void any_winograd3_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count,
        const struct winograd3_grad_weight_size size)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = size.rows, .cols = size.cols,
        .ins = size.ins, .outs = size.outs, .x_image = size.x_image, .x_row = size.x_row, .block = size.block,
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

/* conv1.3, down1.3 (line 5) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_3_grad_weight, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544,
    .d_row = 544, .d_col = 16, .block = 52, .g_tap = 256, .x_image = 18496, .d_image = 18496)

/* conv1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3B(conv2d_conv1_0_grad_input, .rows = 32, .cols = 32, .ins = 16, .outs = 32, .x_row = 544, .y_row = 1024,
    .block = 32, .x_image = 18496)

/* conv1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_conv1_0_grad_weight, .rows = 32, .cols = 32, .ins = 32, .outs = 16, .x_row = 1088,
    .d_row = 544, .d_col = 16, .block = 37, .g_tap = 512, .x_image = 36992, .d_image = 18496)

/* concat: concat  (line 20)
 * dx of one part of CONCAT: its channels of dy, from `first` on */
static void concat_concat_grad(const float *dy, float *dx)
{
    for (long row = 0; row < 32; row++)
        for (long col = 0; col < 32; col++)
            for (long i = 0; i < 16; i += VL)
                vec_store(dx + row * 512 + col * 16 + i, vec_load(dy + row * 1024 + col * 32 + 16 + i));
}

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15)
 * y[o] = sum x[i] * w[o][i] */
static void convtranspose2d_up1_grad_input(const float *x, const float *w, float *y)
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

/* conv2.5, down2.5 (line 5), conv2.2, down2.2 (line 4) */
DEFINE_NORM_SUMS(norm_grad_sums_2, .rows = 16, .cols = 16, .channels = 32)

/* conv2.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(norm_conv2_4_again, .rows = 16, .cols = 16, .channels = 32, .y_row = 512, .y_col = 32)

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_up1_grad_weight(const float *x, const float *dy, float *dw)
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

/* conv2.4, down2.4 (line 5), conv2.1, down2.1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_conv2_4_grad_weight_to_down2_1_grad_bias(const float *sums, float *dw)
{
    for (long o = 0; o < 32; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* conv2.5, down2.5 (line 5), conv2.2, down2.2 (line 4) */
DEFINE_NORM_GRAD(norm_grad_2, .rows = 16, .cols = 16, .channels = 32, .dx_row = 576)

/* conv2.3, down2.3 (line 5) */
DEFINE_WINOGRAD3B(conv2d_3_grad_input_2, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .x_image = 10368)

/* conv2.1, down2.1 (line 4) */
DEFINE_NORM(norm_1_again_2, .rows = 16, .cols = 16, .channels = 32, .y_row = 576, .y_col = 32)

/* conv2.3, down2.3 (line 5) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_3_grad_weight_2, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576,
    .d_row = 576, .d_col = 32, .block = 32, .g_tap = 1024, .x_image = 10368, .d_image = 10368)

/* conv2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
static void conv2d_conv2_0_grad_input(const float *dy, const float *u, float *dx, float *scratch)
{
    any_winograd3_2(dy, u, 0, dx, scratch, (struct winograd3_size_2){.rows = 16, .cols = 16, .x_row = 576,
        .y_row = 1024, .block = 16, .x_image = 10368});
}

/* conv2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_conv2_0_grad_weight, .rows = 16, .cols = 16, .ins = 64, .outs = 32, .x_row = 1152,
    .d_row = 576, .d_col = 32, .block = 32, .g_tap = 2048, .x_image = 20736, .d_image = 10368)

/* concat: concat  (line 24)
 * dx of one part of CONCAT: its channels of dy, from `first` on */
static void concat_concat_grad_2(const float *dy, float *dx)
{
    for (long row = 0; row < 16; row++)
        for (long col = 0; col < 16; col++)
            for (long i = 0; i < 32; i += VL)
                vec_store(dx + row * 512 + col * 32 + i, vec_load(dy + row * 1024 + col * 64 + 32 + i));
}

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13)
 * y[o] = sum x[i] * w[o][i] */
static void convtranspose2d_up2_grad_input(const float *x, const float *w, float *y)
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

/* down3.5 (line 5), down3.2 (line 4) */
DEFINE_NORM_SUMS(norm_down3_grad_sums, .rows = 8, .cols = 8, .channels = 64)

/* down3.4: BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
DEFINE_NORM(norm_down3_4_again, .rows = 8, .cols = 8, .channels = 64, .y_row = 512, .y_col = 64)

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_up2_grad_weight(const float *x, const float *dy, float *dw)
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

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13)
 * db from dy, summed over samples and positions */
static void bias_up2_grad(const float *dy, float *db)
{
    vec sum[32 / VL];
    EACH(v, 32 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long r = 0; r < 16; r++)
        for (long c = 0; c < 16; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + r * 512 + c * 32 + v * VL);
    EACH(v, 32 / VL)
        vec_store(db + v * VL, sum[v]);
}

/* down3.4 (line 5), down3.1 (line 4)
 * dw of NORM from the sums, over the samples */
static void norm_down3(const float *sums, float *dw)
{
    for (long o = 0; o < 64; o += VL)
        vec_store(dw + o, vec_load(dw + o) + vec_load(sums + o));
}

/* down3.5 (line 5), down3.2 (line 4) */
DEFINE_NORM_GRAD(norm_down3_grad, .rows = 8, .cols = 8, .channels = 64, .dx_row = 640)

/* down3.3: Conv2d(_, channels, 3, padding=1, bias=False)  (line 5) */
static void conv2d_down3_3_grad_input(const float *dy, const float *u, float *dx, float *scratch, int count)
{
    any_winograd3_3(dy, u, 0, dx, scratch, count, (struct winograd3_size_3){0});
}

/* down3.1: BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_NORM(norm_down3_1_again, .rows = 8, .cols = 8, .channels = 64, .y_row = 640, .y_col = 64)

/* down3.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3B(conv2d_down3_0_grad_input, .rows = 8, .cols = 8, .ins = 64, .outs = 32, .x_row = 640, .y_row = 256,
    .block = 4, .x_image = 6400)

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

/* pool: MaxPool2d(2)  (line 12) */
DEFINE_MAX_POOL_GRAD(maxpool2d_pool_grad, .rows = 8, .cols = 8, .channels = 32, .in_rows = 16, .in_cols = 16)

/* pool: MaxPool2d(2)  (line 12)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_pool_sum(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 16; r++)
        for (long c = 0; c < 16; c++)
            for (long i = 0; i < 32; i += VL)
                vec_store(y + r * 512 + c * 32 + i,
                    vec_load(a + r * 1024 + c * 64 + i) + vec_load(b + r * 512 + c * 32 + i));
}

/* down2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3B(conv2d_down2_0_grad_input, .rows = 16, .cols = 16, .ins = 32, .outs = 16, .x_row = 576, .y_row = 256,
    .block = 16, .x_image = 10368)

/* down2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_down2_0_grad_weight, .rows = 16, .cols = 16, .ins = 16, .outs = 32, .x_row = 288,
    .d_row = 576, .d_col = 32, .block = 32, .g_tap = 512, .x_image = 5184, .d_image = 10368)

/* pool: MaxPool2d(2)  (line 12) */
DEFINE_MAX_POOL_GRAD(maxpool2d_pool_grad_2, .rows = 16, .cols = 16, .channels = 16, .in_rows = 32, .in_cols = 32)

/* pool: MaxPool2d(2)  (line 12)
 * y = a + b: where branches meet, and the gradients of a value that is used twice */
static void gradient_pool_sum_2(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 32; r++)
        for (long c = 0; c < 32; c++)
            for (long i = 0; i < 16; i += VL)
                vec_store(y + r * 512 + c * 16 + i,
                    vec_load(a + r * 1024 + c * 32 + i) + vec_load(b + r * 512 + c * 16 + i));
}

/* down1.2: ReLU(inplace=True), BatchNorm2d(_)  (line 4) */
DEFINE_NORM_GRAD(norm_down1_1_grad, .rows = 32, .cols = 32, .channels = 16, .dx_row = 512)

/* down1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_down1_0_grad_weight(const float *x, const float *dy, float *dw)
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

/* down3.3: Conv2d(_, channels, 3, padding=1, bias=False)  (line 5)
 * dw of CONV2D from dy, x, summed over the samples */
static void conv2d_down3_3_grad_weight(const float *x, const float *dy, float *dw, float *scratch, int count)
{
    const struct winograd_layer layer = {
        .taps = 3, .dilation = 1, .images = count, .rows = 8, .cols = 8,
        .ins = 32, .outs = 32, .x_image = 6400, .x_row = 640, .block = 32,
        .x_col = 64,
    };
    const struct winograd_gradient gradient = {
        .d_image = 6400, .d_row = 640, .d_col = 64, .g_tap = 1024, .g_in = 32, .g_ins = 32,
    };
    winograd_grad_weight_3x3(&layer, &gradient, x, dy, dw, scratch);
}

/* down3.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD3_GRAD_WEIGHT(conv2d_down3_0_grad_weight, .rows = 8, .cols = 8, .ins = 32, .outs = 32, .x_row = 320,
    .d_row = 640, .d_col = 64, .block = 32, .g_tap = 1024, .x_image = 3200, .d_image = 6400)

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

/* down1.3, conv1.3 (line 5) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_3_weights, .ins = 16, .outs = 16, .w_tap_y = 768, .w_tap_x = 256, .w_in = 16,
    .w_out = 1)

/* down2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_down2_0_weights, .ins = 16, .outs = 32, .w_tap_y = 1536, .w_tap_x = 512, .w_in = 32,
    .w_out = 1)

/* down2.3, conv2.3 (line 5) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_3_weights_2, .ins = 32, .outs = 32, .w_tap_y = 3072, .w_tap_x = 1024, .w_in = 32,
    .w_out = 1)

/* down3.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_down3_0_weights, .ins = 32, .outs = 64, .w_tap_y = 6144, .w_tap_x = 2048, .w_in = 64,
    .w_out = 1)

/* down3.3: Conv2d(_, channels, 3, padding=1, bias=False)  (line 5) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_down3_3_weights, .ins = 64, .outs = 64, .w_tap_y = 12288, .w_tap_x = 4096, .w_in = 64,
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

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13) */
DEFINE_TRANSPOSE(convtranspose2d_up2_residue_0_0_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048)

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13) */
DEFINE_TRANSPOSE(convtranspose2d_up2_residue_0_1_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048,
    .first_x = 1)

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13) */
DEFINE_TRANSPOSE(convtranspose2d_up2_residue_1_0_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048,
    .first_y = 1)

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13) */
DEFINE_TRANSPOSE(convtranspose2d_up2_residue_1_1_weights, .run = 64, .ins = 32, .w_tap_y = 4096, .w_tap_x = 2048,
    .first_y = 1, .first_x = 1)

/* conv2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_conv2_0_weights, .ins = 64, .outs = 32, .w_tap_y = 6144, .w_tap_x = 2048, .w_in = 32,
    .w_out = 1)

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15) */
DEFINE_TRANSPOSE(convtranspose2d_up1_residue_0_0_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512)

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15) */
DEFINE_TRANSPOSE(convtranspose2d_up1_residue_0_1_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512,
    .first_x = 1)

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15) */
DEFINE_TRANSPOSE(convtranspose2d_up1_residue_1_0_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512,
    .first_y = 1)

/* up1: ConvTranspose2d(32, 16, 2, stride=2)  (line 15) */
DEFINE_TRANSPOSE(convtranspose2d_up1_residue_1_1_weights, .run = 32, .ins = 16, .w_tap_y = 1024, .w_tap_x = 512,
    .first_y = 1, .first_x = 1)

/* conv1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_conv1_0_weights, .ins = 32, .outs = 16, .w_tap_y = 1536, .w_tap_x = 512, .w_in = 16,
    .w_out = 1)

/* head: Conv2d(16, 11, 1)  (line 17)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void conv2d_head_grad_input_weights(const float *w, float *t, int part, int parts)
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

/* conv1.3, down1.3 (line 5) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_3_grad_input_weights, .ins = 16, .outs = 16, .w_tap_y = -768, .w_tap_x = -256,
    .w_in = 1, .w_out = 16)

/* conv1.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_conv1_0_grad_input_weights, .ins = 16, .outs = 32, .w_tap_y = -1536, .w_tap_x = -512,
    .w_in = 1, .w_out = 16)

/* conv2.3, down2.3 (line 5) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_3_grad_input_weights_2, .ins = 32, .outs = 32, .w_tap_y = -3072, .w_tap_x = -1024,
    .w_in = 1, .w_out = 32)

/* conv2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_conv2_0_grad_input_weights, .ins = 32, .outs = 64, .w_tap_y = -6144, .w_tap_x = -2048,
    .w_in = 1, .w_out = 32)

/* up2: ConvTranspose2d(64, 32, 2, stride=2)  (line 13)
 * the weights as the gradient of its input reads them */
static void convtranspose2d_up2_grad_input_weights(const float *w, float *t, int part, int parts)
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

/* down3.3: Conv2d(_, channels, 3, padding=1, bias=False)  (line 5) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_down3_3_grad_input_weights, .ins = 64, .outs = 64, .w_tap_y = -12288, .w_tap_x = -4096,
    .w_in = 1, .w_out = 64)

/* down3.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_down3_0_grad_input_weights, .ins = 64, .outs = 32, .w_tap_y = -6144, .w_tap_x = -2048,
    .w_in = 1, .w_out = 64)

/* down2.0: Conv2d(_, channels, 3, padding=1, bias=False)  (line 4) */
DEFINE_WINOGRAD_WEIGHTS3(conv2d_down2_0_grad_input_weights, .ins = 32, .outs = 16, .w_tap_y = -1536, .w_tap_x = -512,
    .w_in = 1, .w_out = 32)

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[3472])(mb->batch + 58769408 + mb->first * 13888L)) /* 3x32x32, 1 zeros around */
#define conv2d_down1_0(mb) ((float (*)[32][32 * 16])(mb->batch + 27361280 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_down1_1_moments(mb) ((float (*)[3][16])(mb->batch + 9469952 + mb->first * 192L)) /* 16x3x1 */
#define conv2d_down1_3(mb) ((float (*)[32][32 * 16])(mb->batch + 31555584 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_down1_4_statistics(mb) ((float (*)[16])(mb->batch + 61284992)) /* 16x4x1 */
#define concat_concat_2(mb) ((float (*)[34][34 * 32])(mb->batch + 0 + mb->first * 147968L))
#define maxpool2d_pool(mb) ((float (*)[18][18 * 16])(mb->batch + 55345152 + mb->first * 20736L))
#define maxpool2d_pool_arg(mb) ((unsigned short (*)[16][16 * 16])(mb->batch + 60477440 + mb->first * 8192L))
#define conv2d_down2_0(mb) ((float (*)[16][16 * 32])(mb->batch + 39944192 + mb->first * 32768L)) /* 32x16x16 */
#define conv2d_down2_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 30624 */
#define batchnorm2d_down2_1_moments(mb) ((float (*)[3][32])(mb->batch + 9469952 + mb->first * 384L)) /* 32x3x1 */
#define conv2d_down2_3(mb) ((float (*)[16][16 * 32])(mb->batch + 42041344 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_down2_4_statistics(mb) ((float (*)[32])(mb->batch + 61283008)) /* 32x4x1 */
#define concat_concat(mb) ((float (*)[18][18 * 64])(mb->batch + 17858560 + mb->first * 82944L))
#define maxpool2d_pool_2(mb) ((float (*)[10][10 * 32])(mb->batch + 59658240 + mb->first * 12800L))
#define maxpool2d_pool_arg_2(mb) ((unsigned short (*)[8][8 * 32])(mb->batch + 61001728 + mb->first * 4096L))
#define conv2d_down3_0(mb) ((float (*)[8][8 * 64])(mb->batch + 56672256 + mb->first * 16384L)) /* 64x8x8 */
#define conv2d_down3_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 12384 */
#define batchnorm2d_down3_1_moments(mb) ((float (*)[3][64])(mb->batch + 9469952 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_down3_1_statistics(mb) ((float (*)[64])(mb->batch + 61280256)) /* 64x4x1 */
#define relu_down3_2(mb) ((float (*)[10][10 * 64])(mb->workspace + 3503232)) /* 64x8x8, 1 zeros around */
#define conv2d_down3_3(mb) ((float (*)[8][8 * 64])(mb->batch + 57720832 + mb->first * 16384L)) /* 64x8x8 */
#define conv2d_down3_3_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define batchnorm2d_down3_4_moments(mb) ((float (*)[3][64])(mb->batch + 9469952 + mb->first * 768L)) /* 64x3x1 */
#define batchnorm2d_down3_4_statistics(mb) ((float (*)[64])(mb->batch + 61281344)) /* 64x4x1 */
#define relu_down3_5(mb) ((float (*)[8 * 64])(mb->workspace + 32768)) /* 64x8x8 */
#define convtranspose2d_up2(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define conv2d_conv2_0(mb) ((float (*)[16][16 * 32])(mb->batch + 44138496 + mb->first * 32768L)) /* 32x16x16 */
#define conv2d_conv2_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 72672 */
#define batchnorm2d_conv2_1_moments(mb) ((float (*)[3][32])(mb->batch + 9469952 + mb->first * 384L)) /* 32x3x1 */
#define conv2d_conv2_3(mb) ((float (*)[16][16 * 32])(mb->batch + 46235648 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_conv2_4_statistics(mb) ((float (*)[32])(mb->batch + 61284160)) /* 32x4x1 */
#define relu_conv2_5(mb) ((float (*)[16 * 32])(mb->workspace + 65536)) /* 32x16x16 */
#define convtranspose2d_up1(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define conv2d_conv1_0(mb) ((float (*)[32][32 * 16])(mb->batch + 23166976 + mb->first * 65536L)) /* 16x32x32 */
#define conv2d_conv1_0_scratch(mb) ((float *)(mb->workspace + 0)) /* 58464 */
#define batchnorm2d_conv1_1_moments(mb) ((float (*)[3][16])(mb->batch + 9469952 + mb->first * 192L)) /* 16x3x1 */
#define conv2d_conv1_3(mb) ((float (*)[32][32 * 16])(mb->batch + 9469952 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_conv1_4_statistics(mb) ((float (*)[16])(mb->batch + 48340992)) /* 16x4x1 */
#define relu_conv1_5(mb) ((float (*)[32][32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define conv2d_head(mb) ((float (*)[32 * 16])(mb->workspace + 262144)) /* 11x32x32 */
#define output(mb) ((float (*)[11264])(mb->workspace + 2327680)) /* 11264 */
#define d_output(mb) ((float (*)[11264])(mb->workspace + 262144)) /* 11264 */
#define d_conv2d_head(mb) ((float (*)[32 * 16])(mb->workspace + 442368)) /* 11x32x32 */
#define d_relu_conv1_5(mb) ((float (*)[32][32 * 16])(mb->batch + 13664256 + mb->first * 65536L)) /* 16x32x32 */
#define d_batchnorm2d_conv1_4_sums(mb) ((float (*)[2][16])(mb->batch + 35749888 + mb->first * 128L)) /* 16x2x1 */
#define d_relu_conv1_2(mb) ((float (*)[32][32 * 16])(mb->batch + 35749888 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_conv1_1_statistics(mb) ((float (*)[16])(mb->batch + 61285248)) /* 16x4x1 */
#define d_batchnorm2d_conv1_1_statistics(mb) ((float (*)[16])(mb->batch + 61285504)) /* 16x2x1 */
#define d_conv2d_conv1_0(mb) ((float (*)[34][34 * 16])(mb->workspace + 1439872)) /* 16x32x32, 1 zeros around */
#define d_concat_concat_2(mb) ((float (*)[32][32 * 32])(mb->batch + 9469952 + mb->first * 131072L)) /* 32x32x32 */
#define conv2d_conv1_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 59808 */
#define conv2d_conv1_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 90976 */
#define d_convtranspose2d_up1(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define d_relu_conv2_5(mb) ((float (*)[16][16 * 32])(mb->batch + 48332800 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_conv2_4_sums(mb) ((float (*)[2][32])(mb->batch + 61263872 + mb->first * 256L)) /* 32x2x1 */
#define relu_conv2_5_again(mb) ((float (*)[16 * 32])(mb->workspace + 65536)) /* 32x16x16 */
#define d_relu_conv2_2(mb) ((float (*)[16][16 * 32])(mb->batch + 35749888 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_conv2_1_statistics(mb) ((float (*)[32])(mb->batch + 61283584)) /* 32x4x1 */
#define d_batchnorm2d_conv2_1_statistics(mb) ((float (*)[32])(mb->batch + 38932480)) /* 32x2x1 */
#define d_conv2d_conv2_0(mb) ((float (*)[18][18 * 32])(mb->workspace + 2839680)) /* 32x16x16, 1 zeros around */
#define d_concat_concat(mb) ((float (*)[16][16 * 64])(mb->batch + 23166976 + mb->first * 65536L)) /* 64x16x16 */
#define conv2d_conv2_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define conv2d_conv2_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 212000 */
#define d_convtranspose2d_up2(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_relu_down3_5(mb) ((float (*)[8][8 * 64])(mb->batch + 37847040 + mb->first * 16384L)) /* 64x8x8 */
#define d_batchnorm2d_down3_4_sums(mb) ((float (*)[144])(mb->batch + 38895616 + mb->first * 576L)) /* 64x2x1 */
#define relu_down3_5_again(mb) ((float (*)[8 * 64])(mb->workspace + 32768)) /* 64x8x8 */
#define d_batchnorm2d_down3_4_statistics(mb) ((float (*)[64])(mb->batch + 35786752)) /* 64x2x1 */
#define d_conv2d_down3_3(mb) ((float (*)[10][10 * 64])(mb->batch + 50429952 + mb->first * 25600L))
#define d_relu_down3_2(mb) ((float (*)[8][8 * 64])(mb->batch + 38895616 + mb->first * 16384L)) /* 64x8x8 */
#define conv2d_down3_3_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 69600 */
#define d_batchnorm2d_down3_1_sums(mb) ((float (*)[144])(mb->batch + 35749888 + mb->first * 576L)) /* 64x2x1 */
#define relu_down3_2_again(mb) ((float (*)[10][10 * 64])(mb->batch + 52068352 + mb->first * 25600L))
#define d_batchnorm2d_down3_1_statistics(mb) ((float (*)[64])(mb->batch + 37863424)) /* 64x2x1 */
#define d_conv2d_down3_0(mb) ((float (*)[10][10 * 64])(mb->batch + 53706752 + mb->first * 25600L))
#define d_maxpool2d_pool_2(mb) ((float (*)[8 * 32])(mb->workspace + 84864)) /* 32x8x8 */
#define conv2d_down3_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 21216 */
#define d_relu_down2_5_2(mb) ((float (*)[16 * 32])(mb->workspace + 0)) /* 32x16x16 */
#define d_relu_down2_5_sum(mb) ((float (*)[16][16 * 32])(mb->batch + 35749888 + mb->first * 32768L)) /* 32x16x16 */
#define d_batchnorm2d_down2_4_sums(mb) ((float (*)[2][32])(mb->batch + 37847040 + mb->first * 256L)) /* 32x2x1 */
#define d_relu_down2_2(mb) ((float (*)[16][16 * 32])(mb->batch + 37847040 + mb->first * 32768L)) /* 32x16x16 */
#define batchnorm2d_down2_1_statistics(mb) ((float (*)[32])(mb->batch + 61282432)) /* 32x4x1 */
#define d_batchnorm2d_down2_1_statistics(mb) ((float (*)[32])(mb->batch + 35758080)) /* 32x2x1 */
#define d_conv2d_down2_0(mb) ((float (*)[18][18 * 32])(mb->workspace + 3337344)) /* 32x16x16, 1 zeros around */
#define d_maxpool2d_pool(mb) ((float (*)[16][16 * 16])(mb->workspace + 311168)) /* 16x16x16 */
#define conv2d_down2_0_grad_input_scratch(mb) ((float *)(mb->workspace + 0)) /* 41568 */
#define conv2d_down2_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 77792 */
#define d_relu_down1_5_2(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define d_relu_down1_5_sum(mb) ((float (*)[32][32 * 16])(mb->batch + 23166976 + mb->first * 65536L)) /* 16x32x32 */
#define d_batchnorm2d_down1_4_sums(mb) ((float (*)[2][16])(mb->batch + 35749888 + mb->first * 128L)) /* 16x2x1 */
#define d_relu_down1_2(mb) ((float (*)[32][32 * 16])(mb->batch + 9469952 + mb->first * 65536L)) /* 16x32x32 */
#define batchnorm2d_down1_1_statistics(mb) ((float (*)[16])(mb->batch + 61284736)) /* 16x4x1 */
#define d_batchnorm2d_down1_1_statistics(mb) ((float (*)[16])(mb->batch + 13672448)) /* 16x2x1 */
#define d_conv2d_down1_0(mb) ((float (*)[32 * 16])(mb->workspace + 0)) /* 16x32x32 */
#define conv2d_down3_3_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 114848 */
#define conv2d_down3_0_grad_weight_scratch(mb) ((float *)(mb->workspace + 0)) /* 114848 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, input(mb)[i] + 105);
        conv2d_down1_0_forward(input(mb)[i], mb->weights + AT_down1_0_weight, conv2d_down1_0(mb)[i][0]);
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_down1_0(mb)[i][0], batchnorm2d_down1_1_moments(mb)[i][0]);
    }
}

/* Where batchnorm2d_statistics_forward_part finds its values. */
static const struct batchnorm2d_statistics_forward_part {
    long moments_values, statistics_values, stride;
    struct nc_batch_norm norm;
} batchnorm2d_statistics_forward_part_at[] = {
    {9469952, 61284736, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(down1_1, 1e-05, 0.1)}}, /* down1.1 */
    {9469952, 61284992, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(down1_4, 1e-05, 0.1)}}, /* down1.4 */
    {9469952, 61282432, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(down2_1, 1e-05, 0.1)}}, /* down2.1 */
    {9469952, 61283008, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(down2_4, 1e-05, 0.1)}}, /* down2.4 */
    {9469952, 61280256, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(down3_1, 1e-05, 0.1)}}, /* down3.1 */
    {9469952, 61281344, 192, {.channels = 64, .pixels = 64, BATCH_NORM_OF(down3_4, 1e-05, 0.1)}}, /* down3.4 */
    {9469952, 61283584, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(conv2_1, 1e-05, 0.1)}}, /* conv2.1 */
    {9469952, 61284160, 96, {.channels = 32, .pixels = 256, BATCH_NORM_OF(conv2_4, 1e-05, 0.1)}}, /* conv2.4 */
    {9469952, 61285248, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(conv1_1, 1e-05, 0.1)}}, /* conv1.1 */
    {13664256, 48340992, 48, {.channels = 16, .pixels = 1024, BATCH_NORM_OF(conv1_4, 1e-05, 0.1)}}, /* conv1.4 */
};

/* For the whole batch. */
static void batchnorm2d_statistics_forward_part(struct nc_microbatch *mb)
{
    const struct batchnorm2d_statistics_forward_part *at = mb->at;
    float *moments_values = (void *)(mb->batch + at->moments_values);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);

    nc_batch_norm(mb, &at->norm, moments_values, at->stride, statistics_values);
}

/* Where forward_3_and_19 finds its values. */
static const struct forward_3_and_19 {
    long conv2d_0, batchnorm2d_1_statistics, relu_2, of_3_weight_winograd, conv2d_3, batchnorm2d_4_moments;
} forward_3_and_19_at[] = {
    {27361280, 61284736, 3605632, AT_down1_3_weight_winograd, 31555584, 9469952}, /* down1.1 */
    {23166976, 61285248, 3679616, AT_conv1_3_weight_winograd, 9469952, 13664256}, /* conv1.1 */
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_3_and_19(struct nc_microbatch *mb)
{
    const struct forward_3_and_19 *at = mb->at;
    float (*conv2d_0)[32][32 * 16] = (void *)(mb->batch + at->conv2d_0 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_1_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_1_statistics); /* 16x4x1 */
    float (*relu_2)[34 * 16] = (void *)(mb->workspace + at->relu_2); /* 16x32x32, 1 zeros around */
    float (*conv2d_3)[32][32 * 16] = (void *)(mb->batch + at->conv2d_3 + mb->first * 65536L); /* 16x32x32 */
    float *conv2d_3_scratch = (void *)(mb->workspace + 0); /* 59808 */
    float (*batchnorm2d_4_moments)[3][16] = (void *)(mb->batch + at->batchnorm2d_4_moments + mb->first * 192L);

    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_1_forward(conv2d_0[i][0], batchnorm2d_1_statistics[0], &relu_2[1][1 * 16]);
        conv2d_3_forward(relu_2[0], mb->packed + at->of_3_weight_winograd, conv2d_3[i][0], conv2d_3_scratch);
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_3[i][0], batchnorm2d_4_moments[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_down1_4_forward(conv2d_down1_3(mb)[i][0], batchnorm2d_down1_4_statistics(mb)[0],
            &concat_concat_2(mb)[i][1][1 * 32]);
        maxpool2d_pool_forward(&concat_concat_2(mb)[i][1][1 * 32], &maxpool2d_pool(mb)[i][1][1 * 16],
            maxpool2d_pool_arg(mb)[i][0]);
        conv2d_down2_0_forward(maxpool2d_pool(mb)[i][0], mb->packed + AT_down2_0_weight_winograd,
            conv2d_down2_0(mb)[i][0], conv2d_down2_0_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward_2(conv2d_down2_0(mb)[i][0], batchnorm2d_down2_1_moments(mb)[i][0]);
    }
}

/* Where forward_7_and_15 finds its values. */
static const struct forward_7_and_15 {
    long conv2d_0, batchnorm2d_1_statistics, relu_2, of_3_weight_winograd, conv2d_3;
} forward_7_and_15_at[] = {
    {39944192, 61282432, 3753600, AT_down2_3_weight_winograd, 42041344}, /* down2.1 */
    {44138496, 61283584, 3795072, AT_conv2_3_weight_winograd, 46235648}, /* conv2.1 */
};

/* For a microbatch, before what is made for the whole batch. */
static void forward_7_and_15(struct nc_microbatch *mb)
{
    const struct forward_7_and_15 *at = mb->at;
    float (*conv2d_0)[16][16 * 32] = (void *)(mb->batch + at->conv2d_0 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_1_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_1_statistics); /* 32x4x1 */
    float (*relu_2)[18 * 32] = (void *)(mb->workspace + at->relu_2); /* 32x16x16, 1 zeros around */
    float (*conv2d_3)[16][16 * 32] = (void *)(mb->batch + at->conv2d_3 + mb->first * 32768L); /* 32x16x16 */
    float *conv2d_3_scratch = (void *)(mb->workspace + 0); /* 41568 */
    float (*batchnorm2d_4_moments)[3][32] = (void *)(mb->batch + 9469952 + mb->first * 384L); /* 32x3x1 */

    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_1_forward_2(conv2d_0[i][0], batchnorm2d_1_statistics[0], &relu_2[1][1 * 32]);
        conv2d_3_forward_2(relu_2[0], mb->packed + at->of_3_weight_winograd, conv2d_3[i][0], conv2d_3_scratch);
        if (mb->training)
            batchnorm2d_moments_forward_2(conv2d_3[i][0], batchnorm2d_4_moments[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_9(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_down2_4_forward(conv2d_down2_3(mb)[i][0], batchnorm2d_down2_4_statistics(mb)[0],
            &concat_concat(mb)[i][1][1 * 64]);
        maxpool2d_pool_2_forward(&concat_concat(mb)[i][1][1 * 64], &maxpool2d_pool_2(mb)[i][1][1 * 32],
            maxpool2d_pool_arg_2(mb)[i][0]);
        conv2d_down3_0_forward(maxpool2d_pool_2(mb)[i][0], mb->packed + AT_down3_0_weight_winograd,
            conv2d_down3_0(mb)[i][0], conv2d_down3_0_scratch(mb));
        if (mb->training)
            batchnorm2d_down3_moments_forward(conv2d_down3_0(mb)[i][0], batchnorm2d_down3_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_11(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        batchnorm2d_down3_1_forward(conv2d_down3_0(mb)[i][0], batchnorm2d_down3_1_statistics(mb)[0],
            &relu_down3_2(mb)[i][1][1 * 64]);
    conv2d_down3_3_forward(relu_down3_2(mb)[0][0], mb->packed + AT_down3_3_weight_winograd, conv2d_down3_3(mb)[0][0],
        conv2d_down3_3_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        if (mb->training)
            batchnorm2d_down3_moments_forward(conv2d_down3_3(mb)[i][0], batchnorm2d_down3_4_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_13(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_down3_4_forward(conv2d_down3_3(mb)[i][0], batchnorm2d_down3_4_statistics(mb)[0],
            relu_down3_5(mb)[0]);
        convtranspose2d_up2_residue_forward(relu_down3_5(mb)[0], mb->packed + AT_up2_weight_transposed_residue_0_0,
            mb->weights + AT_up2_bias, convtranspose2d_up2(mb)[0]);
        convtranspose2d_up2_residue_forward(relu_down3_5(mb)[0], mb->packed + AT_up2_weight_transposed_residue_0_1,
            mb->weights + AT_up2_bias, &convtranspose2d_up2(mb)[0][1 * 32]);
        convtranspose2d_up2_residue_forward(relu_down3_5(mb)[0], mb->packed + AT_up2_weight_transposed_residue_1_0,
            mb->weights + AT_up2_bias, convtranspose2d_up2(mb)[1]);
        convtranspose2d_up2_residue_forward(relu_down3_5(mb)[0], mb->packed + AT_up2_weight_transposed_residue_1_1,
            mb->weights + AT_up2_bias, &convtranspose2d_up2(mb)[1][1 * 32]);
        concat_concat_forward(convtranspose2d_up2(mb)[0], &concat_concat(mb)[i][1][96]);
        conv2d_conv2_0_forward(concat_concat(mb)[i][0], mb->packed + AT_conv2_0_weight_winograd,
            conv2d_conv2_0(mb)[i][0], conv2d_conv2_0_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward_2(conv2d_conv2_0(mb)[i][0], batchnorm2d_conv2_1_moments(mb)[i][0]);
    }
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_17(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_conv2_4_forward(conv2d_conv2_3(mb)[i][0], batchnorm2d_conv2_4_statistics(mb)[0],
            relu_conv2_5(mb)[0]);
        convtranspose2d_up1_residue_forward(relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_0_0,
            mb->weights + AT_up1_bias, convtranspose2d_up1(mb)[0]);
        convtranspose2d_up1_residue_forward(relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_0_1,
            mb->weights + AT_up1_bias, &convtranspose2d_up1(mb)[0][1 * 16]);
        convtranspose2d_up1_residue_forward(relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_1_0,
            mb->weights + AT_up1_bias, convtranspose2d_up1(mb)[1]);
        convtranspose2d_up1_residue_forward(relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_1_1,
            mb->weights + AT_up1_bias, &convtranspose2d_up1(mb)[1][1 * 16]);
        concat_concat_2_forward(convtranspose2d_up1(mb)[0], &concat_concat_2(mb)[i][1][48]);
        conv2d_conv1_0_forward(concat_concat_2(mb)[i][0], mb->packed + AT_conv1_0_weight_winograd,
            conv2d_conv1_0(mb)[i][0], conv2d_conv1_0_scratch(mb));
        if (mb->training)
            batchnorm2d_moments_forward(conv2d_conv1_0(mb)[i][0], batchnorm2d_conv1_1_moments(mb)[i][0]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        batchnorm2d_conv1_4_forward(conv2d_conv1_3(mb)[i][0], batchnorm2d_conv1_4_statistics(mb)[0],
            relu_conv1_5(mb)[i][0]);
        conv2d_head_forward(relu_conv1_5(mb)[i][0], mb->weights + AT_head_weight, mb->weights + AT_head_bias,
            conv2d_head(mb)[0]);
        output_forward(conv2d_head(mb)[0], output(mb)[i]);
    }
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, output(mb)[0], 11264, 11264, d_output(mb)[0]);
    for (int i = 0; i < mb->count; i++) {
        flatten__grad(d_output(mb)[i], d_conv2d_head(mb)[0]);
        conv2d_head_grad_input(d_conv2d_head(mb)[0], mb->packed + AT_head_weight_transposed, d_relu_conv1_5(mb)[i][0]);
        norm_grad_sums(d_relu_conv1_5(mb)[i][0], conv2d_conv1_3(mb)[i][0], batchnorm2d_conv1_4_statistics(mb)[0],
            d_batchnorm2d_conv1_4_sums(mb)[i][0]);
        conv2d_head_grad_weight(relu_conv1_5(mb)[i][0], d_conv2d_head(mb)[0], mb->gradients + AT_head_weight);
        bias_grad(d_conv2d_head(mb)[0], mb->gradients + AT_head_bias);
        norm_conv1_4_grad_weight_to_down1_1_grad_bias(d_batchnorm2d_conv1_4_sums(mb)[i][1],
            mb->gradients + AT_conv1_4_weight);
        norm_conv1_4_grad_weight_to_down1_1_grad_bias(d_batchnorm2d_conv1_4_sums(mb)[i][0],
            mb->gradients + AT_conv1_4_bias);
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
    {35749888, 48340992, 48341248, 16, 1024, 32}, /* conv1.4 */
    {48332800, 61285248, 61285504, 16, 1024, 32}, /* conv1.1 */
    {61263872, 61284160, 23183360, 32, 256, 64}, /* conv2.4 */
    {23166976, 61283584, 38932480, 32, 256, 64}, /* conv2.1 */
    {37847040, 61283008, 23183360, 32, 256, 64}, /* down2.4 */
    {23166976, 61282432, 35758080, 32, 256, 64}, /* down2.1 */
    {35749888, 61284992, 13672448, 16, 1024, 32}, /* down1.4 */
    {13664256, 61284736, 13672448, 16, 1024, 32}, /* down1.1 */
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

/* Where backward_23_and_39 finds its values. */
static const struct backward_23_and_39 {
    long d_relu, conv2d_3, batchnorm2d_4_statistics, d_batchnorm2d_4_statistics, d_conv2d_3,
        of_3_weight_winograd_transposed, d_relu_2, conv2d_0, batchnorm2d_1_statistics, d_batchnorm2d_1_sums,
        relu_2_again, of_3_weight, of_1_weight, of_1_bias;
} backward_23_and_39_at[] = {
    {13664256, 9469952, 48340992, 48341248, 848000, AT_conv1_3_weight_winograd_transposed, 35749888, 23166976, 61285248,
     48332800, 1143936, AT_conv1_3_weight, AT_conv1_1_weight, AT_conv1_1_bias},
    {23166976, 31555584, 61284992, 13672448, 1735808, AT_down1_3_weight_winograd_transposed, 9469952, 27361280,
     61284736, 13664256, 2031744, AT_down1_3_weight, AT_down1_1_weight, AT_down1_1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_23_and_39(struct nc_microbatch *mb)
{
    const struct backward_23_and_39 *at = mb->at;
    float (*d_relu)[32][32 * 16] = (void *)(mb->batch + at->d_relu + mb->first * 65536L); /* 16x32x32 */
    float (*conv2d_3)[32][32 * 16] = (void *)(mb->batch + at->conv2d_3 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_4_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_4_statistics); /* 16x4x1 */
    float (*d_batchnorm2d_4_statistics)[16] = (void *)(mb->batch + at->d_batchnorm2d_4_statistics); /* 16x2x1 */
    float (*d_conv2d_3)[34][34 * 16] = (void *)(mb->workspace + at->d_conv2d_3); /* 16x32x32, 1 zeros around */
    float (*d_relu_2)[32][32 * 16] = (void *)(mb->batch + at->d_relu_2 + mb->first * 65536L); /* 16x32x32 */
    float *conv2d_3_grad_input_scratch = (void *)(mb->workspace + 0); /* 59808 */
    float (*conv2d_0)[32][32 * 16] = (void *)(mb->batch + at->conv2d_0 + mb->first * 65536L); /* 16x32x32 */
    float (*batchnorm2d_1_statistics)[16] = (void *)(mb->batch + at->batchnorm2d_1_statistics); /* 16x4x1 */
    float (*d_batchnorm2d_1_sums)[2][16] = (void *)(mb->batch + at->d_batchnorm2d_1_sums + mb->first * 128L);
    float (*relu_2_again)[34][34 * 16] = (void *)(mb->workspace + at->relu_2_again); /* 16x32x32, 1 zeros around */
    float *conv2d_3_grad_weight_scratch = (void *)(mb->workspace + 0); /* 74464 */

    for (int i = 0; i < mb->count; i++) {
        norm_grad(d_relu[i][0], conv2d_3[i][0], batchnorm2d_4_statistics[0], d_batchnorm2d_4_statistics[0],
            &d_conv2d_3[i][1][1 * 16]);
        conv2d_3_grad_input(d_conv2d_3[i][0], mb->packed + at->of_3_weight_winograd_transposed, d_relu_2[i][0],
            conv2d_3_grad_input_scratch);
        norm_grad_sums(d_relu_2[i][0], conv2d_0[i][0], batchnorm2d_1_statistics[0], d_batchnorm2d_1_sums[i][0]);
        norm_1_again(conv2d_0[i][0], batchnorm2d_1_statistics[0], &relu_2_again[i][1][1 * 16]);
    }
    conv2d_3_grad_weight(relu_2_again[0][0], &d_conv2d_3[0][1][1 * 16], mb->gradients + at->of_3_weight,
        conv2d_3_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_conv1_4_grad_weight_to_down1_1_grad_bias(d_batchnorm2d_1_sums[i][1], mb->gradients + at->of_1_weight);
        norm_conv1_4_grad_weight_to_down1_1_grad_bias(d_batchnorm2d_1_sums[i][0], mb->gradients + at->of_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_25(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_grad(d_relu_conv1_2(mb)[i][0], conv2d_conv1_0(mb)[i][0], batchnorm2d_conv1_1_statistics(mb)[0],
            d_batchnorm2d_conv1_1_statistics(mb)[0], &d_conv2d_conv1_0(mb)[i][1][1 * 16]);
        conv2d_conv1_0_grad_input(d_conv2d_conv1_0(mb)[i][0], mb->packed + AT_conv1_0_weight_winograd_transposed,
            d_concat_concat_2(mb)[i][0], conv2d_conv1_0_grad_input_scratch(mb));
    }
    conv2d_conv1_0_grad_weight(concat_concat_2(mb)[0][0], &d_conv2d_conv1_0(mb)[0][1][1 * 16],
        mb->gradients + AT_conv1_0_weight, conv2d_conv1_0_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        concat_concat_grad(d_concat_concat_2(mb)[i][0], d_convtranspose2d_up1(mb)[0]);
        convtranspose2d_up1_grad_input(d_convtranspose2d_up1(mb)[0], mb->weights + AT_up1_weight,
            d_relu_conv2_5(mb)[i][0]);
        norm_grad_sums_2(d_relu_conv2_5(mb)[i][0], conv2d_conv2_3(mb)[i][0], batchnorm2d_conv2_4_statistics(mb)[0],
            d_batchnorm2d_conv2_4_sums(mb)[i][0]);
        norm_conv2_4_again(conv2d_conv2_3(mb)[i][0], batchnorm2d_conv2_4_statistics(mb)[0], relu_conv2_5_again(mb)[0]);
        conv2d_up1_grad_weight(d_convtranspose2d_up1(mb)[0], relu_conv2_5_again(mb)[0], mb->gradients + AT_up1_weight);
        bias_grad(d_convtranspose2d_up1(mb)[0], mb->gradients + AT_up1_bias);
        norm_conv2_4_grad_weight_to_down2_1_grad_bias(d_batchnorm2d_conv2_4_sums(mb)[i][1],
            mb->gradients + AT_conv2_4_weight);
        norm_conv2_4_grad_weight_to_down2_1_grad_bias(d_batchnorm2d_conv2_4_sums(mb)[i][0],
            mb->gradients + AT_conv2_4_bias);
    }
}

/* Where backward_27_and_35 finds its values. */
static const struct backward_27_and_35 {
    long d_relu, conv2d_3, batchnorm2d_4_statistics, d_conv2d_3, of_3_weight_winograd_transposed, d_relu_2, conv2d_0,
        batchnorm2d_1_statistics, relu_2_again, of_3_weight, of_1_weight, of_1_bias;
} backward_27_and_35_at[] = {
    {48332800, 46235648, 61284160, 2507904, AT_conv2_3_weight_winograd_transposed, 35749888, 44138496, 61283584,
     2673792, AT_conv2_3_weight, AT_conv2_1_weight, AT_conv2_1_bias},
    {35749888, 42041344, 61283008, 3005568, AT_down2_3_weight_winograd_transposed, 37847040, 39944192, 61282432,
     3171456, AT_down2_3_weight, AT_down2_1_weight, AT_down2_1_bias},
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_27_and_35(struct nc_microbatch *mb)
{
    const struct backward_27_and_35 *at = mb->at;
    float (*d_relu)[16][16 * 32] = (void *)(mb->batch + at->d_relu + mb->first * 32768L); /* 32x16x16 */
    float (*conv2d_3)[16][16 * 32] = (void *)(mb->batch + at->conv2d_3 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_4_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_4_statistics); /* 32x4x1 */
    float (*d_batchnorm2d_4_statistics)[32] = (void *)(mb->batch + 23183360); /* 32x2x1 */
    float (*d_conv2d_3)[18][18 * 32] = (void *)(mb->workspace + at->d_conv2d_3); /* 32x16x16, 1 zeros around */
    float (*d_relu_2)[16][16 * 32] = (void *)(mb->batch + at->d_relu_2 + mb->first * 32768L); /* 32x16x16 */
    float *conv2d_3_grad_input_scratch = (void *)(mb->workspace + 0); /* 41568 */
    float (*conv2d_0)[16][16 * 32] = (void *)(mb->batch + at->conv2d_0 + mb->first * 32768L); /* 32x16x16 */
    float (*batchnorm2d_1_statistics)[32] = (void *)(mb->batch + at->batchnorm2d_1_statistics); /* 32x4x1 */
    float (*d_batchnorm2d_1_sums)[2][32] = (void *)(mb->batch + 23166976 + mb->first * 256L); /* 32x2x1 */
    float (*relu_2_again)[18][18 * 32] = (void *)(mb->workspace + at->relu_2_again); /* 32x16x16, 1 zeros around */
    float *conv2d_3_grad_weight_scratch = (void *)(mb->workspace + 0); /* 116384 */

    for (int i = 0; i < mb->count; i++) {
        norm_grad_2(d_relu[i][0], conv2d_3[i][0], batchnorm2d_4_statistics[0], d_batchnorm2d_4_statistics[0],
            &d_conv2d_3[i][1][1 * 32]);
        conv2d_3_grad_input_2(d_conv2d_3[i][0], mb->packed + at->of_3_weight_winograd_transposed, d_relu_2[i][0],
            conv2d_3_grad_input_scratch);
        norm_grad_sums_2(d_relu_2[i][0], conv2d_0[i][0], batchnorm2d_1_statistics[0], d_batchnorm2d_1_sums[i][0]);
        norm_1_again_2(conv2d_0[i][0], batchnorm2d_1_statistics[0], &relu_2_again[i][1][1 * 32]);
    }
    conv2d_3_grad_weight_2(relu_2_again[0][0], &d_conv2d_3[0][1][1 * 32], mb->gradients + at->of_3_weight,
        conv2d_3_grad_weight_scratch, mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_conv2_4_grad_weight_to_down2_1_grad_bias(d_batchnorm2d_1_sums[i][1], mb->gradients + at->of_1_weight);
        norm_conv2_4_grad_weight_to_down2_1_grad_bias(d_batchnorm2d_1_sums[i][0], mb->gradients + at->of_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_29(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_grad_2(d_relu_conv2_2(mb)[i][0], conv2d_conv2_0(mb)[i][0], batchnorm2d_conv2_1_statistics(mb)[0],
            d_batchnorm2d_conv2_1_statistics(mb)[0], &d_conv2d_conv2_0(mb)[i][1][1 * 32]);
        conv2d_conv2_0_grad_input(d_conv2d_conv2_0(mb)[i][0], mb->packed + AT_conv2_0_weight_winograd_transposed,
            d_concat_concat(mb)[i][0], conv2d_conv2_0_grad_input_scratch(mb));
    }
    conv2d_conv2_0_grad_weight(concat_concat(mb)[0][0], &d_conv2d_conv2_0(mb)[0][1][1 * 32],
        mb->gradients + AT_conv2_0_weight, conv2d_conv2_0_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        concat_concat_grad_2(d_concat_concat(mb)[i][0], d_convtranspose2d_up2(mb)[0]);
        convtranspose2d_up2_grad_input(d_convtranspose2d_up2(mb)[0], mb->packed + AT_up2_weight_dense,
            d_relu_down3_5(mb)[i][0]);
        norm_down3_grad_sums(d_relu_down3_5(mb)[i][0], conv2d_down3_3(mb)[i][0], batchnorm2d_down3_4_statistics(mb)[0],
            d_batchnorm2d_down3_4_sums(mb)[i]);
        norm_down3_4_again(conv2d_down3_3(mb)[i][0], batchnorm2d_down3_4_statistics(mb)[0], relu_down3_5_again(mb)[0]);
        conv2d_up2_grad_weight(d_convtranspose2d_up2(mb)[0], relu_down3_5_again(mb)[0], mb->gradients + AT_up2_weight);
        bias_up2_grad(d_convtranspose2d_up2(mb)[0], mb->gradients + AT_up2_bias);
        norm_down3(d_batchnorm2d_down3_4_sums(mb)[i] + 64, mb->gradients + AT_down3_4_weight);
        norm_down3(d_batchnorm2d_down3_4_sums(mb)[i], mb->gradients + AT_down3_4_bias);
    }
}

/* Where norm_down3_grad_statistics_part finds its values. */
static const struct norm_down3_grad_statistics_part {
    long d_sums, statistics_values, d_statistics;
} norm_down3_grad_statistics_part_at[] = {
    {38895616, 61281344, 35786752}, /* down3.4 */
    {35749888, 61280256, 37863424}, /* down3.1 */
};

/* For the whole batch. */
static void norm_down3_grad_statistics_part(struct nc_microbatch *mb)
{
    const struct norm_down3_grad_statistics_part *at = mb->at;
    float *d_sums = (void *)(mb->batch + at->d_sums);
    float *statistics_values = (void *)(mb->batch + at->statistics_values);
    float *d_statistics = (void *)(mb->batch + at->d_statistics);

    nc_batch_norm_grad(mb, 64, 64, 1, d_sums, 144, statistics_values, d_statistics);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_31(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        norm_down3_grad(d_relu_down3_5(mb)[i][0], conv2d_down3_3(mb)[i][0], batchnorm2d_down3_4_statistics(mb)[0],
            d_batchnorm2d_down3_4_statistics(mb)[0], &d_conv2d_down3_3(mb)[i][1][1 * 64]);
    conv2d_down3_3_grad_input(d_conv2d_down3_3(mb)[0][0], mb->packed + AT_down3_3_weight_winograd_transposed,
        d_relu_down3_2(mb)[0][0], conv2d_down3_3_grad_input_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        norm_down3_grad_sums(d_relu_down3_2(mb)[i][0], conv2d_down3_0(mb)[i][0], batchnorm2d_down3_1_statistics(mb)[0],
            d_batchnorm2d_down3_1_sums(mb)[i]);
        norm_down3_1_again(conv2d_down3_0(mb)[i][0], batchnorm2d_down3_1_statistics(mb)[0],
            &relu_down3_2_again(mb)[i][1][1 * 64]);
        norm_down3(d_batchnorm2d_down3_1_sums(mb)[i] + 64, mb->gradients + AT_down3_1_weight);
        norm_down3(d_batchnorm2d_down3_1_sums(mb)[i], mb->gradients + AT_down3_1_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_33(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_down3_grad(d_relu_down3_2(mb)[i][0], conv2d_down3_0(mb)[i][0], batchnorm2d_down3_1_statistics(mb)[0],
            d_batchnorm2d_down3_1_statistics(mb)[0], &d_conv2d_down3_0(mb)[i][1][1 * 64]);
        conv2d_down3_0_grad_input(d_conv2d_down3_0(mb)[i][0], mb->packed + AT_down3_0_weight_winograd_transposed,
            d_maxpool2d_pool_2(mb)[0], conv2d_down3_0_grad_input_scratch(mb));
        maxpool2d_pool_grad(d_maxpool2d_pool_2(mb)[0], maxpool2d_pool_arg_2(mb)[i][0], d_relu_down2_5_2(mb)[0]);
        gradient_pool_sum(d_concat_concat(mb)[i][0], d_relu_down2_5_2(mb)[0], d_relu_down2_5_sum(mb)[i][0]);
        norm_grad_sums_2(d_relu_down2_5_sum(mb)[i][0], conv2d_down2_3(mb)[i][0], batchnorm2d_down2_4_statistics(mb)[0],
            d_batchnorm2d_down2_4_sums(mb)[i][0]);
        norm_conv2_4_grad_weight_to_down2_1_grad_bias(d_batchnorm2d_down2_4_sums(mb)[i][1],
            mb->gradients + AT_down2_4_weight);
        norm_conv2_4_grad_weight_to_down2_1_grad_bias(d_batchnorm2d_down2_4_sums(mb)[i][0],
            mb->gradients + AT_down2_4_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_37(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_grad_2(d_relu_down2_2(mb)[i][0], conv2d_down2_0(mb)[i][0], batchnorm2d_down2_1_statistics(mb)[0],
            d_batchnorm2d_down2_1_statistics(mb)[0], &d_conv2d_down2_0(mb)[i][1][1 * 32]);
        conv2d_down2_0_grad_input(d_conv2d_down2_0(mb)[i][0], mb->packed + AT_down2_0_weight_winograd_transposed,
            d_maxpool2d_pool(mb)[i][0], conv2d_down2_0_grad_input_scratch(mb));
    }
    conv2d_down2_0_grad_weight(maxpool2d_pool(mb)[0][0], &d_conv2d_down2_0(mb)[0][1][1 * 32],
        mb->gradients + AT_down2_0_weight, conv2d_down2_0_grad_weight_scratch(mb), mb->count);
    for (int i = 0; i < mb->count; i++) {
        maxpool2d_pool_grad_2(d_maxpool2d_pool(mb)[i][0], maxpool2d_pool_arg(mb)[i][0], d_relu_down1_5_2(mb)[0]);
        gradient_pool_sum_2(d_concat_concat_2(mb)[i][0], d_relu_down1_5_2(mb)[0], d_relu_down1_5_sum(mb)[i][0]);
        norm_grad_sums(d_relu_down1_5_sum(mb)[i][0], conv2d_down1_3(mb)[i][0], batchnorm2d_down1_4_statistics(mb)[0],
            d_batchnorm2d_down1_4_sums(mb)[i][0]);
        norm_conv1_4_grad_weight_to_down1_1_grad_bias(d_batchnorm2d_down1_4_sums(mb)[i][1],
            mb->gradients + AT_down1_4_weight);
        norm_conv1_4_grad_weight_to_down1_1_grad_bias(d_batchnorm2d_down1_4_sums(mb)[i][0],
            mb->gradients + AT_down1_4_bias);
    }
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_41(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        norm_down1_1_grad(d_relu_down1_2(mb)[i][0], conv2d_down1_0(mb)[i][0], batchnorm2d_down1_1_statistics(mb)[0],
            d_batchnorm2d_down1_1_statistics(mb)[0], d_conv2d_down1_0(mb)[0]);
        conv2d_down1_0_grad_weight(input(mb)[i], d_conv2d_down1_0(mb)[0], mb->gradients + AT_down1_0_weight);
    }
}

/* For the whole batch, part mb->part of 4. */
static void conv2d_down3_3_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_zero_learned(mb, 9216);

    conv2d_down3_3_grad_weight(relu_down3_2_again(mb)[0][0] + part / 2 * 32,
        &d_conv2d_down3_3(mb)[0][1][1 * 64] + part % 2 * 32, gradients, conv2d_down3_3_grad_weight_scratch(mb),
        mb->count);
    nc_learn_rows(mb, AT_down3_3_weight + part / 2 * 2048 + part % 2 * 32, &(const struct nc_rows){.outer = 9,
        .outer_step = 4096, .inner = 32, .inner_step = 64}, 32);
}

/* For the whole batch, part mb->part of 2. */
static void conv2d_down3_0_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_zero_learned(mb, 9216);

    conv2d_down3_0_grad_weight(maxpool2d_pool_2(mb)[0][0], &d_conv2d_down3_0(mb)[0][1][1 * 64] + part * 32, gradients,
        conv2d_down3_0_grad_weight_scratch(mb), mb->count);
    nc_learn_rows(mb, AT_down3_0_weight + part * 32, &(const struct nc_rows){.outer = 9, .outer_step = 2048,
        .inner = 32, .inner_step = 64}, 32);
}

#define PACKED(function, weight, first, form) {function, AT_##weight + first, AT_##weight##_##form}

static const struct nc_packing packings[] = {
    PACKED(conv2d_3_weights, down1_3_weight, 0, winograd),
    PACKED(conv2d_down2_0_weights, down2_0_weight, 0, winograd),
    PACKED(conv2d_3_weights_2, down2_3_weight, 0, winograd),
    PACKED(conv2d_down3_0_weights, down3_0_weight, 0, winograd),
    PACKED(conv2d_down3_3_weights, down3_3_weight, 0, winograd),
    PACKED(convtranspose2d_up2_residue_0_0_weights, up2_weight, 0, transposed_residue_0_0),
    PACKED(convtranspose2d_up2_residue_0_1_weights, up2_weight, 0, transposed_residue_0_1),
    PACKED(convtranspose2d_up2_residue_1_0_weights, up2_weight, 0, transposed_residue_1_0),
    PACKED(convtranspose2d_up2_residue_1_1_weights, up2_weight, 0, transposed_residue_1_1),
    PACKED(conv2d_conv2_0_weights, conv2_0_weight, 0, winograd),
    PACKED(conv2d_3_weights_2, conv2_3_weight, 0, winograd),
    PACKED(convtranspose2d_up1_residue_0_0_weights, up1_weight, 0, transposed_residue_0_0),
    PACKED(convtranspose2d_up1_residue_0_1_weights, up1_weight, 0, transposed_residue_0_1),
    PACKED(convtranspose2d_up1_residue_1_0_weights, up1_weight, 0, transposed_residue_1_0),
    PACKED(convtranspose2d_up1_residue_1_1_weights, up1_weight, 0, transposed_residue_1_1),
    PACKED(conv2d_conv1_0_weights, conv1_0_weight, 0, winograd),
    PACKED(conv2d_3_weights, conv1_3_weight, 0, winograd),
};

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 17; i++)
        packings[i].pack(weights + packings[i].from, packed + packings[i].to, part, parts);
}

static const struct nc_packing backward_packings[] = {
    PACKED(conv2d_head_grad_input_weights, head_weight, 0, transposed),
    PACKED(conv2d_3_grad_input_weights, conv1_3_weight, 2048, winograd_transposed),
    PACKED(conv2d_conv1_0_grad_input_weights, conv1_0_weight, 4096, winograd_transposed),
    PACKED(conv2d_3_grad_input_weights_2, conv2_3_weight, 8192, winograd_transposed),
    PACKED(conv2d_conv2_0_grad_input_weights, conv2_0_weight, 16384, winograd_transposed),
    PACKED(convtranspose2d_up2_grad_input_weights, up2_weight, 0, dense),
    PACKED(conv2d_down3_3_grad_input_weights, down3_3_weight, 32768, winograd_transposed),
    PACKED(conv2d_down3_0_grad_input_weights, down3_0_weight, 16384, winograd_transposed),
    PACKED(conv2d_3_grad_input_weights_2, down2_3_weight, 8192, winograd_transposed),
    PACKED(conv2d_down2_0_grad_input_weights, down2_0_weight, 4096, winograd_transposed),
    PACKED(conv2d_3_grad_input_weights, down1_3_weight, 2048, winograd_transposed),
};

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    for (int i = 0; i < 11; i++)
        backward_packings[i].pack(weights + backward_packings[i].from, packed + backward_packings[i].to, part, parts);
}

/* down1.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
static void conv2d_down1_0_test(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.y_row = 544, .act = 1, .norm_row = 16});
}

#define DEFINE_WINOGRAD3C(name, ...) \
    static void name(const float *x, const float *u, const float *bias, float *y, float *scratch) \
    { any_winograd3(x, u, bias, y, scratch, (struct winograd3_size){__VA_ARGS__}); }

/* down1.3, conv1.3 (line 5) */
DEFINE_WINOGRAD3C(conv2d_3_test, .rows = 32, .cols = 32, .ins = 16, .outs = 16, .x_row = 544, .y_row = 512, .block = 32,
    .norm_row = 16, .x_image = 18496, .act = 1)

/* pool: MaxPool2d(2)  (line 12) */
DEFINE_MAX_POOL(maxpool2d_pool_test, .rows = 16, .cols = 16, .channels = 16, .x_row = 512, .x_col = 16, .y_row = 288)

/* down2.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_WINOGRAD3C(conv2d_down2_0_test, .rows = 16, .cols = 16, .ins = 16, .outs = 32, .x_row = 288, .y_row = 576,
    .block = 16, .norm_row = 32, .x_image = 5184, .act = 1)

/* down2.3, conv2.3 (line 5) */
DEFINE_WINOGRAD3C(conv2d_3_test_2, .rows = 16, .cols = 16, .ins = 32, .outs = 32, .x_row = 576, .y_row = 512,
    .block = 16, .norm_row = 32, .x_image = 10368, .act = 1)

/* pool: MaxPool2d(2)  (line 12) */
DEFINE_MAX_POOL(maxpool2d_pool_2_test, .rows = 8, .cols = 8, .channels = 32, .x_row = 512, .x_col = 32, .y_row = 320)

/* down3.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
static void conv2d_down3_0_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    any_winograd3_2(x, u, bias, y, scratch, (struct winograd3_size_2){.rows = 8, .cols = 8, .x_row = 320, .y_row = 640,
        .block = 4, .norm_row = 64, .x_image = 3200, .act = 1});
}

/* down3.3: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 5) */
static void conv2d_down3_3_test(const float *x, const float *u, const float *bias, float *y, float *scratch, int count)
{
    any_winograd3_3(x, u, bias, y, scratch, count, (struct winograd3_size_3){.norm_row = 64, .act = 1});
}

#define DEFINE_CONCAT_CHANNELSB(name, ...) static void name(const float *a, const float *b, float *y) \
    { any_concat_channels(a, b, y, (struct concat_channels_size){__VA_ARGS__}); }

/* concat: concat  (line 24) */
DEFINE_CONCAT_CHANNELSB(concat_concat_test, .rows = 16, .cols = 16, .a_channels = 32, .b_channels = 32, .a_row = 512,
    .a_col = 32, .b_col = 32, .y_row = 1152, .y_col = 64)

/* conv2.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_WINOGRAD3C(conv2d_conv2_0_test, .rows = 16, .cols = 16, .ins = 64, .outs = 32, .x_row = 1152, .y_row = 576,
    .block = 16, .norm_row = 32, .x_image = 20736, .act = 1)

/* concat: concat  (line 20) */
DEFINE_CONCAT_CHANNELSB(concat_concat_2_test, .rows = 32, .cols = 32, .a_channels = 16, .b_channels = 16, .a_row = 512,
    .a_col = 16, .b_col = 16, .y_row = 1088, .y_col = 32)

/* conv1.0: Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU(inplace=True)  (line 4) */
DEFINE_WINOGRAD3C(conv2d_conv1_0_test, .rows = 32, .cols = 32, .ins = 32, .outs = 16, .x_row = 1088, .y_row = 544,
    .block = 22, .norm_row = 16, .x_image = 36992, .act = 1)

/* What the layers give in evaluation, and where: in the thread's workspace, or in the batch's memory. */
#define test_input(mb) ((float (*)[34 * 3])(mb->workspace + 5416704)) /* 3x32x32, 1 zeros around */
#define test_relu_down1_2(mb) ((float (*)[34 * 16])(mb->workspace + 5033984)) /* 16x32x32, 1 zeros around */
#define test_relu_down1_5(mb) ((float (*)[32][32 * 16])(mb->workspace + 4127232)) /* 16x32x32 */
#define test_conv2d_down1_3_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 59808 */
#define test_maxpool2d_pool(mb) ((float (*)[18 * 16])(mb->workspace + 5395968)) /* 16x16x16, 1 zeros around */
#define test_maxpool2d_pool_arg(mb) ((unsigned short (*)[16 * 16])(mb->workspace + 3836544)) /* 16x16x16 */
#define test_relu_down2_2(mb) ((float (*)[18 * 32])(mb->workspace + 5313024)) /* 32x16x16, 1 zeros around */
#define test_conv2d_down2_0_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 30624 */
#define test_relu_down2_5(mb) ((float (*)[16][16 * 32])(mb->workspace + 4717568)) /* 32x16x16 */
#define test_conv2d_down2_3_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 41568 */
#define test_maxpool2d_pool_2(mb) ((float (*)[10 * 32])(mb->workspace + 5430592)) /* 32x8x8, 1 zeros around */
#define test_maxpool2d_pool_2_arg(mb) ((unsigned short (*)[8 * 32])(mb->workspace + 3836544)) /* 32x8x8 */
#define test_relu_down3_2(mb) ((float (*)[10][10 * 64])(mb->workspace + 4848640)) /* 64x8x8, 1 zeros around */
#define test_conv2d_down3_0_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 12384 */
#define test_relu_down3_5(mb) ((float (*)[8][8 * 64])(mb->workspace + 5181952)) /* 64x8x8 */
#define test_conv2d_down3_3_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 69600 */
#define test_convtranspose2d_up2(mb) ((float (*)[16 * 32])(mb->workspace + 3836544)) /* 32x16x16 */
#define test_concat_concat(mb) ((float (*)[18 * 64])(mb->workspace + 4951040)) /* 64x16x16, 1 zeros around */
#define test_relu_conv2_2(mb) ((float (*)[18 * 32])(mb->workspace + 5354496)) /* 32x16x16, 1 zeros around */
#define test_conv2d_conv2_0_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 72672 */
#define test_relu_conv2_5(mb) ((float (*)[16 * 32])(mb->workspace + 4002816)) /* 32x16x16 */
#define test_conv2d_conv2_3_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 41568 */
#define test_convtranspose2d_up1(mb) ((float (*)[32 * 16])(mb->workspace + 3836544)) /* 16x32x32 */
#define test_concat_concat_2(mb) ((float (*)[34 * 32])(mb->workspace + 4569600)) /* 32x32x32, 1 zeros around */
#define test_relu_conv1_2(mb) ((float (*)[34 * 16])(mb->workspace + 5107968)) /* 16x32x32, 1 zeros around */
#define test_conv2d_conv1_0_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 58464 */
#define test_relu_conv1_5(mb) ((float (*)[32 * 16])(mb->workspace + 5247488)) /* 16x32x32 */
#define test_conv2d_conv1_3_scratch(mb) ((float *)(mb->workspace + 3836544)) /* 59808 */
#define test_conv2d_head(mb) ((float (*)[32 * 16])(mb->workspace + 3836544)) /* 11x32x32 */
#define test_output(mb) ((float (*)[11264])(mb->workspace + 4389376)) /* 11264 */

/* In evaluation, from the samples of a microbatch to the loss. */
static void evaluate(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &test_input(mb)[1][1 * 3]);
        conv2d_down1_0_test(test_input(mb)[0], mb->weights + AT_down1_0_weight,
            mb->packed + AT_batchnorm2d_down1_1_statistics, &test_relu_down1_2(mb)[1][1 * 16]);
        conv2d_3_test(test_relu_down1_2(mb)[0], mb->packed + AT_down1_3_weight_winograd,
            mb->packed + AT_batchnorm2d_down1_4_statistics, test_relu_down1_5(mb)[i][0],
            test_conv2d_down1_3_scratch(mb));
        maxpool2d_pool_test(test_relu_down1_5(mb)[i][0], &test_maxpool2d_pool(mb)[1][1 * 16],
            test_maxpool2d_pool_arg(mb)[0]);
        conv2d_down2_0_test(test_maxpool2d_pool(mb)[0], mb->packed + AT_down2_0_weight_winograd,
            mb->packed + AT_batchnorm2d_down2_1_statistics, &test_relu_down2_2(mb)[1][1 * 32],
            test_conv2d_down2_0_scratch(mb));
        conv2d_3_test_2(test_relu_down2_2(mb)[0], mb->packed + AT_down2_3_weight_winograd,
            mb->packed + AT_batchnorm2d_down2_4_statistics, test_relu_down2_5(mb)[i][0],
            test_conv2d_down2_3_scratch(mb));
        maxpool2d_pool_2_test(test_relu_down2_5(mb)[i][0], &test_maxpool2d_pool_2(mb)[1][1 * 32],
            test_maxpool2d_pool_2_arg(mb)[0]);
        conv2d_down3_0_test(test_maxpool2d_pool_2(mb)[0], mb->packed + AT_down3_0_weight_winograd,
            mb->packed + AT_batchnorm2d_down3_1_statistics, &test_relu_down3_2(mb)[i][1][1 * 64],
            test_conv2d_down3_0_scratch(mb));
    }
    conv2d_down3_3_test(test_relu_down3_2(mb)[0][0], mb->packed + AT_down3_3_weight_winograd,
        mb->packed + AT_batchnorm2d_down3_4_statistics, test_relu_down3_5(mb)[0][0], test_conv2d_down3_3_scratch(mb),
        mb->count);
    for (int i = 0; i < mb->count; i++) {
        convtranspose2d_up2_residue_forward(test_relu_down3_5(mb)[i][0],
            mb->packed + AT_up2_weight_transposed_residue_0_0, mb->weights + AT_up2_bias,
            test_convtranspose2d_up2(mb)[0]);
        convtranspose2d_up2_residue_forward(test_relu_down3_5(mb)[i][0],
            mb->packed + AT_up2_weight_transposed_residue_0_1, mb->weights + AT_up2_bias,
            &test_convtranspose2d_up2(mb)[0][1 * 32]);
        convtranspose2d_up2_residue_forward(test_relu_down3_5(mb)[i][0],
            mb->packed + AT_up2_weight_transposed_residue_1_0, mb->weights + AT_up2_bias,
            test_convtranspose2d_up2(mb)[1]);
        convtranspose2d_up2_residue_forward(test_relu_down3_5(mb)[i][0],
            mb->packed + AT_up2_weight_transposed_residue_1_1, mb->weights + AT_up2_bias,
            &test_convtranspose2d_up2(mb)[1][1 * 32]);
        concat_concat_test(test_relu_down2_5(mb)[i][0], test_convtranspose2d_up2(mb)[0],
            &test_concat_concat(mb)[1][1 * 64]);
        conv2d_conv2_0_test(test_concat_concat(mb)[0], mb->packed + AT_conv2_0_weight_winograd,
            mb->packed + AT_batchnorm2d_conv2_1_statistics, &test_relu_conv2_2(mb)[1][1 * 32],
            test_conv2d_conv2_0_scratch(mb));
        conv2d_3_test_2(test_relu_conv2_2(mb)[0], mb->packed + AT_conv2_3_weight_winograd,
            mb->packed + AT_batchnorm2d_conv2_4_statistics, test_relu_conv2_5(mb)[0], test_conv2d_conv2_3_scratch(mb));
        convtranspose2d_up1_residue_forward(test_relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_0_0,
            mb->weights + AT_up1_bias, test_convtranspose2d_up1(mb)[0]);
        convtranspose2d_up1_residue_forward(test_relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_0_1,
            mb->weights + AT_up1_bias, &test_convtranspose2d_up1(mb)[0][1 * 16]);
        convtranspose2d_up1_residue_forward(test_relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_1_0,
            mb->weights + AT_up1_bias, test_convtranspose2d_up1(mb)[1]);
        convtranspose2d_up1_residue_forward(test_relu_conv2_5(mb)[0], mb->packed + AT_up1_weight_transposed_residue_1_1,
            mb->weights + AT_up1_bias, &test_convtranspose2d_up1(mb)[1][1 * 16]);
        concat_concat_2_test(test_relu_down1_5(mb)[i][0], test_convtranspose2d_up1(mb)[0],
            &test_concat_concat_2(mb)[1][1 * 32]);
        conv2d_conv1_0_test(test_concat_concat_2(mb)[0], mb->packed + AT_conv1_0_weight_winograd,
            mb->packed + AT_batchnorm2d_conv1_1_statistics, &test_relu_conv1_2(mb)[1][1 * 16],
            test_conv2d_conv1_0_scratch(mb));
        conv2d_3_test(test_relu_conv1_2(mb)[0], mb->packed + AT_conv1_3_weight_winograd,
            mb->packed + AT_batchnorm2d_conv1_4_statistics, test_relu_conv1_5(mb)[0], test_conv2d_conv1_3_scratch(mb));
        conv2d_head_forward(test_relu_conv1_5(mb)[0], mb->weights + AT_head_weight, mb->weights + AT_head_bias,
            test_conv2d_head(mb)[0]);
        output_forward(test_conv2d_head(mb)[0], test_output(mb)[i]);
    }
    if (mb->target)
        nc_cross_entropy(mb, &loss, test_output(mb)[0], 11264, 11264, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void pack_evaluation(const float *weights, float *packed)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(down1_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_down1_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(down1_4, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_down1_4_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(down2_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_down2_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(down2_4, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_down2_4_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(down3_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_down3_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, BATCH_NORM_OF(down3_4, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_down3_4_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(conv2_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_conv2_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 32, BATCH_NORM_OF(conv2_4, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_conv2_4_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(conv1_1, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_conv1_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 16, BATCH_NORM_OF(conv1_4, 1e-05, 0.1)}, -1,
        packed + AT_batchnorm2d_conv1_4_statistics);
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
    {"down1.0.weight", 4, {16, 3, 3, 3}, AT_down1_0_weight, 432, 4, {{16, 1}, {3, 16}, {3, 144}, {3, 48}},
     .init = NC_INIT_UNIFORM, .low = -0.19245008972987523, .high = 0.19245008972987523},
    BATCH_NORM("down1.1", down1_1, 16, 16),
    {"down1.3.weight", 4, {16, 16, 3, 3}, AT_down1_3_weight, 2304, 4, {{16, 1}, {16, 16}, {3, 768}, {3, 256}},
     .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("down1.4", down1_4, 16, 16),
    {"down2.0.weight", 4, {32, 16, 3, 3}, AT_down2_0_weight, 4608, 4, {{32, 1}, {16, 32}, {3, 1536}, {3, 512}},
     .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("down2.1", down2_1, 32, 32),
    {"down2.3.weight", 4, {32, 32, 3, 3}, AT_down2_3_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3, 1024}},
     .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("down2.4", down2_4, 32, 32),
    {"down3.0.weight", 4, {64, 32, 3, 3}, AT_down3_0_weight, 18432, 4, {{64, 1}, {32, 64}, {3, 6144}, {3, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("down3.1", down3_1, 64, 64),
    {"down3.3.weight", 4, {64, 64, 3, 3}, AT_down3_3_weight, 36864, 4, {{64, 1}, {64, 64}, {3, 12288}, {3, 4096}},
     .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("down3.4", down3_4, 64, 64),
    {"up2.weight", 4, {64, 32, 2, 2}, AT_up2_weight, 8192, 4, {{64, 1}, {32, 64}, {2, 4096}, {2, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.08838834764831842, .high = 0.08838834764831842},
    {"up2.bias", 1, {32}, AT_up2_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.08838834764831843,
     .high = 0.08838834764831843},
    {"conv2.0.weight", 4, {32, 64, 3, 3}, AT_conv2_0_weight, 18432, 4, {{32, 1}, {64, 32}, {3, 6144}, {3, 2048}},
     .init = NC_INIT_UNIFORM, .low = -0.04166666666666666, .high = 0.04166666666666666},
    BATCH_NORM("conv2.1", conv2_1, 32, 32),
    {"conv2.3.weight", 4, {32, 32, 3, 3}, AT_conv2_3_weight, 9216, 4, {{32, 1}, {32, 32}, {3, 3072}, {3, 1024}},
     .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("conv2.4", conv2_4, 32, 32),
    {"up1.weight", 4, {32, 16, 2, 2}, AT_up1_weight, 2048, 4, {{32, 1}, {16, 32}, {2, 1024}, {2, 512}},
     .init = NC_INIT_UNIFORM, .low = -0.12499999999999999, .high = 0.12499999999999999},
    {"up1.bias", 1, {16}, AT_up1_bias, 16, 1, {{16, 1}}, .init = NC_INIT_UNIFORM, .low = -0.125, .high = 0.125},
    {"conv1.0.weight", 4, {16, 32, 3, 3}, AT_conv1_0_weight, 4608, 4, {{16, 1}, {32, 16}, {3, 1536}, {3, 512}},
     .init = NC_INIT_UNIFORM, .low = -0.05892556509887896, .high = 0.05892556509887896},
    BATCH_NORM("conv1.1", conv1_1, 16, 16),
    {"conv1.3.weight", 4, {16, 16, 3, 3}, AT_conv1_3_weight, 2304, 4, {{16, 1}, {16, 16}, {3, 768}, {3, 256}},
     .init = NC_INIT_UNIFORM, .low = -0.08333333333333331, .high = 0.08333333333333331},
    BATCH_NORM("conv1.4", conv1_4, 16, 16),
    {"head.weight", 4, {11, 16, 1, 1}, AT_head_weight, 256, 4, {{11, 1}, {16, 16}, {1, 256}, {1, 256}},
     .init = NC_INIT_UNIFORM, .low = -0.24999999999999997, .high = 0.24999999999999997},
    {"head.bias", 1, {11}, AT_head_bias, 16, 1, {{11, 1}}, .init = NC_INIT_UNIFORM, .low = -0.25, .high = 0.25},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 8, 58769408, 3472, 0, 1},
    {"down1.0: Conv2d(_, channels, 3, padding=1, bias=False)", 4, 27361280, 16384, 0, 1},
    {"down1.1: BatchNorm2d(_)", 4, 9469952, 48, 0, 1},
    {"down1.3: Conv2d(_, channels, 3, padding=1, bias=False)", 5, 31555584, 16384, 2, 1},
    {"down1.4: BatchNorm2d(_)", 5, 9469952, 48, 2, 1},
    {"pool: MaxPool2d(2)", 12, 55345152, 5184, 4, 1},
    {"down2.0: Conv2d(_, channels, 3, padding=1, bias=False)", 4, 39944192, 8192, 4, 1},
    {"down2.1: BatchNorm2d(_)", 4, 9469952, 96, 4, 1},
    {"down2.3: Conv2d(_, channels, 3, padding=1, bias=False)", 5, 42041344, 8192, 6, 1},
    {"down2.4: BatchNorm2d(_)", 5, 9469952, 96, 6, 1},
    {"pool: MaxPool2d(2)", 12, 59658240, 3200, 8, 1},
    {"down3.0: Conv2d(_, channels, 3, padding=1, bias=False)", 4, 56672256, 4096, 8, 1},
    {"down3.1: BatchNorm2d(_)", 4, 9469952, 192, 8, 1},
    {"down3.1: BatchNorm2d(_)", 4, 3503232, 6400, 10, 0},
    {"down3.3: Conv2d(_, channels, 3, padding=1, bias=False)", 5, 57720832, 4096, 10, 1},
    {"down3.4: BatchNorm2d(_)", 5, 9469952, 192, 10, 1},
    {"concat: concat", 24, 17858560, 20736, 12, 1},
    {"conv2.0: Conv2d(_, channels, 3, padding=1, bias=False)", 4, 44138496, 8192, 12, 1},
    {"conv2.1: BatchNorm2d(_)", 4, 9469952, 96, 12, 1},
    {"conv2.3: Conv2d(_, channels, 3, padding=1, bias=False)", 5, 46235648, 8192, 14, 1},
    {"conv2.4: BatchNorm2d(_)", 5, 9469952, 96, 14, 1},
    {"concat: concat", 20, 0, 36992, 16, 1},
    {"conv1.0: Conv2d(_, channels, 3, padding=1, bias=False)", 4, 23166976, 16384, 16, 1},
    {"conv1.1: BatchNorm2d(_)", 4, 9469952, 48, 16, 1},
    {"conv1.3: Conv2d(_, channels, 3, padding=1, bias=False)", 5, 9469952, 16384, 18, 1},
    {"conv1.4: BatchNorm2d(_)", 5, 13664256, 48, 18, 1},
    {"conv1.4: BatchNorm2d(_)", 5, 0, 16384, 20, 0},
    {"the loss", 39, 2327680, 11264, 20, 0},
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
    {.barriers = 2, ALWAYS_AT(forward_3_and_19, 0)},
    {.barriers = 3, ALWAYS_AT(batchnorm2d_statistics_forward_part, 1), .parts = 1},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(batchnorm2d_statistics_forward_part, 2), .parts = 1},
    {.barriers = 6, ALWAYS_AT(forward_7_and_15, 0)},
    {.barriers = 7, ALWAYS_AT(batchnorm2d_statistics_forward_part, 3), .parts = 1},
    {.barriers = 8, ALWAYS(forward_9)},
    {.barriers = 9, ALWAYS_AT(batchnorm2d_statistics_forward_part, 4), .parts = 1},
    {.barriers = 10, ALWAYS(forward_11)},
    {.barriers = 11, ALWAYS_AT(batchnorm2d_statistics_forward_part, 5), .parts = 1},
    {.barriers = 12, ALWAYS(forward_13)},
    {.barriers = 13, ALWAYS_AT(batchnorm2d_statistics_forward_part, 6), .parts = 1},
    {.barriers = 14, ALWAYS_AT(forward_7_and_15, 1)},
    {.barriers = 15, ALWAYS_AT(batchnorm2d_statistics_forward_part, 7), .parts = 1},
    {.barriers = 16, ALWAYS(forward_17)},
    {.barriers = 17, ALWAYS_AT(batchnorm2d_statistics_forward_part, 8), .parts = 1},
    {.barriers = 18, ALWAYS_AT(forward_3_and_19, 1)},
    {.barriers = 19, ALWAYS_AT(batchnorm2d_statistics_forward_part, 9), .parts = 1},
    {.barriers = 20, .train = train, .test = test, .loss = 1},
    {.barriers = 21, TRAIN_AT(norm_grad_statistics_part, 0), .parts = 1},
    {.barriers = 22, TRAIN_AT(backward_23_and_39, 0)},
    {.barriers = 23, TRAIN_AT(norm_grad_statistics_part, 1), .parts = 1},
    {.barriers = 24, TRAIN(backward_25)},
    {.barriers = 25, TRAIN_AT(norm_grad_statistics_part, 2), .parts = 1},
    {.barriers = 26, TRAIN_AT(backward_27_and_35, 0)},
    {.barriers = 27, TRAIN_AT(norm_grad_statistics_part, 3), .parts = 1},
    {.barriers = 28, TRAIN(backward_29)},
    {.barriers = 29, TRAIN_AT(norm_down3_grad_statistics_part, 0), .parts = 1},
    {.barriers = 30, TRAIN(backward_31)},
    {.barriers = 31, TRAIN_AT(norm_down3_grad_statistics_part, 1), .parts = 1},
    {.barriers = 32, TRAIN(backward_33)},
    {.barriers = 33, TRAIN_AT(norm_grad_statistics_part, 4), .parts = 1},
    {.barriers = 34, TRAIN_AT(backward_27_and_35, 1)},
    {.barriers = 35, TRAIN_AT(norm_grad_statistics_part, 5), .parts = 1},
    {.barriers = 36, TRAIN(backward_37)},
    {.barriers = 37, TRAIN_AT(norm_grad_statistics_part, 6), .parts = 1},
    {.barriers = 38, TRAIN_AT(backward_23_and_39, 1)},
    {.barriers = 39, TRAIN_AT(norm_grad_statistics_part, 7), .parts = 1},
    {.barriers = 40, TRAIN(backward_41)},
    {.barriers = 41, TRAIN(conv2d_down3_3_grad_weight_part), .parts = 4, .learns = 1},
    {.barriers = 41, TRAIN(conv2d_down3_0_grad_weight_part), .parts = 2, .learns = 1},
};

static const struct nc_phase evaluation_phases[] = {
    {.barriers = 0, TEST(evaluate), .loss = 1},
};

static const struct nc_passage evaluation = {
    .phases = evaluation_phases, .phase_count = 1, .pack = pack_evaluation,
    .output = {.offset = 4389376, .stride = 11264},
};

static const struct nc_model model = {
    .name = "UNet", .file = "unet.net",
    .input_rank = 3, .input_shape = {3, 32, 32},
    .outputs = 11264, .classes = 1, .loss = &loss,
    .output_rank = 3, .output_shape = {11, 32, 32},
    .parameters = parameters, .parameter_count = 66,
    .block = 118416, .sharded = 62320, .packed = 880176, .packed_forward = 440640,
    .workspace = 5443392,
    .microbatch = 4, .shard = 4, .batch = 64,
    .probes = probes, .probe_count = 28,
    .phases = phases, .phase_count = 43, .pack = pack, .pack_backward = pack_backward,
    .evaluation = &evaluation,
    .batch_bytes = 61285632, .capacity = 64, .learned = 9216,
    .output = {.offset = 2327680, .stride = 11264},
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
    nc_epochs(run, 10);
    nc_save(run, "unet_{epoch}.pth");
    return nc_train(run);
}

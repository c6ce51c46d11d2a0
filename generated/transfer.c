/* AntsAndBees: a trainer for the model of transfer.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output         parameters
 *    47  conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False) 64x112x112           9408
 *    48  bn1: BatchNorm2d(64)                             64x112x112            128
 *    49  relu: ReLU(inplace=True)                         64x112x112              0
 *    50  maxpool: MaxPool2d(kernel_size=3, stride=2, padding=1) 64x56x56                0
 *     4  layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 64x56x56            36864
 *     5  layer1.0.bn1: BatchNorm2d(planes)                64x56x56              128
 *     6  layer1.0.relu: ReLU(inplace=True)                64x56x56                0
 *     7  layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 64x56x56            36864
 *     8  layer1.0.bn2: BatchNorm2d(planes)                64x56x56              128
 *    13  layer1.0.residual: residual                      64x56x56                0
 *     6  layer1.0.relu: ReLU(inplace=True)                64x56x56                0
 *     4  layer1.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 64x56x56            36864
 *     5  layer1.1.bn1: BatchNorm2d(planes)                64x56x56              128
 *     6  layer1.1.relu: ReLU(inplace=True)                64x56x56                0
 *     7  layer1.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 64x56x56            36864
 *     8  layer1.1.bn2: BatchNorm2d(planes)                64x56x56              128
 *    13  layer1.1.residual: residual                      64x56x56                0
 *     6  layer1.1.relu: ReLU(inplace=True)                64x56x56                0
 *     4  layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 128x28x28           73728
 *     5  layer2.0.bn1: BatchNorm2d(planes)                128x28x28             256
 *     6  layer2.0.relu: ReLU(inplace=True)                128x28x28               0
 *     7  layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 128x28x28          147456
 *     8  layer2.0.bn2: BatchNorm2d(planes)                128x28x28             256
 *    10  layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False) 128x28x28            8192
 *    10  layer2.0.downsample.1: BatchNorm2d(planes)       128x28x28             256
 *    13  layer2.0.residual: residual                      128x28x28               0
 *     6  layer2.0.relu: ReLU(inplace=True)                128x28x28               0
 *     4  layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 128x28x28          147456
 *     5  layer2.1.bn1: BatchNorm2d(planes)                128x28x28             256
 *     6  layer2.1.relu: ReLU(inplace=True)                128x28x28               0
 *     7  layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 128x28x28          147456
 *     8  layer2.1.bn2: BatchNorm2d(planes)                128x28x28             256
 *    13  layer2.1.residual: residual                      128x28x28               0
 *     6  layer2.1.relu: ReLU(inplace=True)                128x28x28               0
 *     4  layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 256x14x14          294912
 *     5  layer3.0.bn1: BatchNorm2d(planes)                256x14x14             512
 *     6  layer3.0.relu: ReLU(inplace=True)                256x14x14               0
 *     7  layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 256x14x14          589824
 *     8  layer3.0.bn2: BatchNorm2d(planes)                256x14x14             512
 *    10  layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False) 256x14x14           32768
 *    10  layer3.0.downsample.1: BatchNorm2d(planes)       256x14x14             512
 *    13  layer3.0.residual: residual                      256x14x14               0
 *     6  layer3.0.relu: ReLU(inplace=True)                256x14x14               0
 *     4  layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 256x14x14          589824
 *     5  layer3.1.bn1: BatchNorm2d(planes)                256x14x14             512
 *     6  layer3.1.relu: ReLU(inplace=True)                256x14x14               0
 *     7  layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 256x14x14          589824
 *     8  layer3.1.bn2: BatchNorm2d(planes)                256x14x14             512
 *    13  layer3.1.residual: residual                      256x14x14               0
 *     6  layer3.1.relu: ReLU(inplace=True)                256x14x14               0
 *     4  layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 512x7x7           1179648
 *     5  layer4.0.bn1: BatchNorm2d(planes)                512x7x7              1024
 *     6  layer4.0.relu: ReLU(inplace=True)                512x7x7                 0
 *     7  layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 512x7x7           2359296
 *     8  layer4.0.bn2: BatchNorm2d(planes)                512x7x7              1024
 *    10  layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False) 512x7x7            131072
 *    10  layer4.0.downsample.1: BatchNorm2d(planes)       512x7x7              1024
 *    13  layer4.0.residual: residual                      512x7x7                 0
 *     6  layer4.0.relu: ReLU(inplace=True)                512x7x7                 0
 *     4  layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False) 512x7x7           2359296
 *     5  layer4.1.bn1: BatchNorm2d(planes)                512x7x7              1024
 *     6  layer4.1.relu: ReLU(inplace=True)                512x7x7                 0
 *     7  layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False) 512x7x7           2359296
 *     8  layer4.1.bn2: BatchNorm2d(planes)                512x7x7              1024
 *    13  layer4.1.residual: residual                      512x7x7                 0
 *     6  layer4.1.relu: ReLU(inplace=True)                512x7x7                 0
 *    55  avgpool: AdaptiveAvgPool2d((1, 1))               512x1x1                 0
 *    56  flatten: flatten(1)                              512                     0
 *     6  fc: Linear(512, 2)                               2                    1026
 *
 * A batch of 4 is cut into slices of 1 samples, each with its own gradients, and a slice into groups of 1.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0 is what layer 0 gives, d_conv2d_0 the
 * gradient of the loss by it; AT_0_weight is where 0.weight starts in the block of parameters, and its
 * gradient in the block of gradients. 19587968 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"
#include "winograd.h"

/* Where each parameter starts, in floats. */
enum {
    AT_conv1_weight = 8208,
    AT_layer1_0_conv1_weight = 17888,
    AT_layer1_0_conv2_weight = 55024,
    AT_layer1_1_conv1_weight = 92160,
    AT_layer1_1_conv2_weight = 129296,
    AT_layer2_0_conv1_weight = 166432,
    AT_layer2_0_conv2_weight = 240688,
    AT_layer2_0_downsample_0_weight = 388672,
    AT_layer2_1_conv1_weight = 397392,
    AT_layer2_1_conv2_weight = 545376,
    AT_layer3_0_conv1_weight = 693360,
    AT_layer3_0_conv2_weight = 989312,
    AT_layer3_0_downsample_0_weight = 1580176,
    AT_layer3_1_conv1_weight = 1613984,
    AT_layer3_1_conv2_weight = 2204848,
    AT_layer4_0_conv1_weight = 2795712,
    AT_layer4_0_conv2_weight = 3977424,
    AT_layer4_0_downsample_0_weight = 6338784,
    AT_layer4_1_conv1_weight = 6471920,
    AT_layer4_1_conv2_weight = 8833280,
    AT_fc_weight = 0,
    AT_fc_bias = 8192,
    AT_bn1_weight = 17616,
    AT_bn1_bias = 17680,
    AT_bn1_running_mean = 17744,
    AT_bn1_running_var = 17808,
    AT_bn1_num_batches_tracked = 17872,
    AT_layer1_0_bn1_weight = 54752,
    AT_layer1_0_bn1_bias = 54816,
    AT_layer1_0_bn1_running_mean = 54880,
    AT_layer1_0_bn1_running_var = 54944,
    AT_layer1_0_bn1_num_batches_tracked = 55008,
    AT_layer1_0_bn2_weight = 91888,
    AT_layer1_0_bn2_bias = 91952,
    AT_layer1_0_bn2_running_mean = 92016,
    AT_layer1_0_bn2_running_var = 92080,
    AT_layer1_0_bn2_num_batches_tracked = 92144,
    AT_layer1_1_bn1_weight = 129024,
    AT_layer1_1_bn1_bias = 129088,
    AT_layer1_1_bn1_running_mean = 129152,
    AT_layer1_1_bn1_running_var = 129216,
    AT_layer1_1_bn1_num_batches_tracked = 129280,
    AT_layer1_1_bn2_weight = 166160,
    AT_layer1_1_bn2_bias = 166224,
    AT_layer1_1_bn2_running_mean = 166288,
    AT_layer1_1_bn2_running_var = 166352,
    AT_layer1_1_bn2_num_batches_tracked = 166416,
    AT_layer2_0_bn1_weight = 240160,
    AT_layer2_0_bn1_bias = 240288,
    AT_layer2_0_bn1_running_mean = 240416,
    AT_layer2_0_bn1_running_var = 240544,
    AT_layer2_0_bn1_num_batches_tracked = 240672,
    AT_layer2_0_bn2_weight = 388144,
    AT_layer2_0_bn2_bias = 388272,
    AT_layer2_0_bn2_running_mean = 388400,
    AT_layer2_0_bn2_running_var = 388528,
    AT_layer2_0_bn2_num_batches_tracked = 388656,
    AT_layer2_0_downsample_1_weight = 396864,
    AT_layer2_0_downsample_1_bias = 396992,
    AT_layer2_0_downsample_1_running_mean = 397120,
    AT_layer2_0_downsample_1_running_var = 397248,
    AT_layer2_0_downsample_1_num_batches_tracked = 397376,
    AT_layer2_1_bn1_weight = 544848,
    AT_layer2_1_bn1_bias = 544976,
    AT_layer2_1_bn1_running_mean = 545104,
    AT_layer2_1_bn1_running_var = 545232,
    AT_layer2_1_bn1_num_batches_tracked = 545360,
    AT_layer2_1_bn2_weight = 692832,
    AT_layer2_1_bn2_bias = 692960,
    AT_layer2_1_bn2_running_mean = 693088,
    AT_layer2_1_bn2_running_var = 693216,
    AT_layer2_1_bn2_num_batches_tracked = 693344,
    AT_layer3_0_bn1_weight = 988272,
    AT_layer3_0_bn1_bias = 988528,
    AT_layer3_0_bn1_running_mean = 988784,
    AT_layer3_0_bn1_running_var = 989040,
    AT_layer3_0_bn1_num_batches_tracked = 989296,
    AT_layer3_0_bn2_weight = 1579136,
    AT_layer3_0_bn2_bias = 1579392,
    AT_layer3_0_bn2_running_mean = 1579648,
    AT_layer3_0_bn2_running_var = 1579904,
    AT_layer3_0_bn2_num_batches_tracked = 1580160,
    AT_layer3_0_downsample_1_weight = 1612944,
    AT_layer3_0_downsample_1_bias = 1613200,
    AT_layer3_0_downsample_1_running_mean = 1613456,
    AT_layer3_0_downsample_1_running_var = 1613712,
    AT_layer3_0_downsample_1_num_batches_tracked = 1613968,
    AT_layer3_1_bn1_weight = 2203808,
    AT_layer3_1_bn1_bias = 2204064,
    AT_layer3_1_bn1_running_mean = 2204320,
    AT_layer3_1_bn1_running_var = 2204576,
    AT_layer3_1_bn1_num_batches_tracked = 2204832,
    AT_layer3_1_bn2_weight = 2794672,
    AT_layer3_1_bn2_bias = 2794928,
    AT_layer3_1_bn2_running_mean = 2795184,
    AT_layer3_1_bn2_running_var = 2795440,
    AT_layer3_1_bn2_num_batches_tracked = 2795696,
    AT_layer4_0_bn1_weight = 3975360,
    AT_layer4_0_bn1_bias = 3975872,
    AT_layer4_0_bn1_running_mean = 3976384,
    AT_layer4_0_bn1_running_var = 3976896,
    AT_layer4_0_bn1_num_batches_tracked = 3977408,
    AT_layer4_0_bn2_weight = 6336720,
    AT_layer4_0_bn2_bias = 6337232,
    AT_layer4_0_bn2_running_mean = 6337744,
    AT_layer4_0_bn2_running_var = 6338256,
    AT_layer4_0_bn2_num_batches_tracked = 6338768,
    AT_layer4_0_downsample_1_weight = 6469856,
    AT_layer4_0_downsample_1_bias = 6470368,
    AT_layer4_0_downsample_1_running_mean = 6470880,
    AT_layer4_0_downsample_1_running_var = 6471392,
    AT_layer4_0_downsample_1_num_batches_tracked = 6471904,
    AT_layer4_1_bn1_weight = 8831216,
    AT_layer4_1_bn1_bias = 8831728,
    AT_layer4_1_bn1_running_mean = 8832240,
    AT_layer4_1_bn1_running_var = 8832752,
    AT_layer4_1_bn1_num_batches_tracked = 8833264,
    AT_layer4_1_bn2_weight = 11192576,
    AT_layer4_1_bn2_bias = 11193088,
    AT_layer4_1_bn2_running_mean = 11193600,
    AT_layer4_1_bn2_running_var = 11194112,
    AT_layer4_1_bn2_num_batches_tracked = 11194624,
};

/* Where each derived layout of a weight starts, in floats. */
enum {
    AT_conv1_weight_dense = 0,
    AT_layer1_0_conv1_weight_winograd = 11760,
    AT_layer1_0_conv2_weight_winograd = 159792,
    AT_layer1_1_conv1_weight_winograd = 307824,
    AT_layer1_1_conv2_weight_winograd = 455856,
    AT_layer2_0_conv1_weight_dense = 603888,
    AT_layer2_0_conv2_weight_winograd = 686832,
    AT_layer2_0_downsample_0_weight_dense = 1277232,
    AT_layer2_1_conv1_weight_winograd = 1286448,
    AT_layer2_1_conv2_weight_winograd = 1876848,
    AT_layer3_0_conv1_weight_dense = 2467248,
    AT_layer3_0_conv2_weight_winograd = 2780592,
    AT_layer3_0_downsample_0_weight_dense = 5140464,
    AT_layer3_1_conv1_weight_winograd = 5175280,
    AT_layer3_1_conv2_weight_winograd = 7535152,
    AT_layer4_0_conv2_weight_winograd = 9895024,
    AT_layer4_1_conv1_weight_winograd = 19332784,
    AT_layer4_1_conv2_weight_winograd = 28770544,
};

/* Where each norm's table of evaluation starts, in floats. */
enum {
    AT_batchnorm2d_bn1_statistics = 38208304,
    AT_batchnorm2d_layer1_0_bn1_statistics = 38208560,
    AT_batchnorm2d_layer1_0_bn2_statistics = 38208816,
    AT_batchnorm2d_layer1_1_bn1_statistics = 38209072,
    AT_batchnorm2d_layer1_1_bn2_statistics = 38209328,
    AT_batchnorm2d_layer2_0_bn1_statistics = 38209584,
    AT_batchnorm2d_layer2_0_bn2_statistics = 38210096,
    AT_batchnorm2d_layer2_0_downsample_1_statistics = 38210608,
    AT_batchnorm2d_layer2_1_bn1_statistics = 38211120,
    AT_batchnorm2d_layer2_1_bn2_statistics = 38211632,
    AT_batchnorm2d_layer3_0_bn1_statistics = 38212144,
    AT_batchnorm2d_layer3_0_bn2_statistics = 38213168,
    AT_batchnorm2d_layer3_0_downsample_1_statistics = 38214192,
    AT_batchnorm2d_layer3_1_bn1_statistics = 38215216,
    AT_batchnorm2d_layer3_1_bn2_statistics = 38216240,
    AT_batchnorm2d_layer4_0_bn1_statistics = 38217264,
    AT_batchnorm2d_layer4_0_bn2_statistics = 38219312,
    AT_batchnorm2d_layer4_0_downsample_1_statistics = 38221360,
    AT_batchnorm2d_layer4_1_bn1_statistics = 38223408,
    AT_batchnorm2d_layer4_1_bn2_statistics = 38225456,
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
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_conv1_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { ROWS = TILE(2, 2, 1), COLS = TILE(4, 3, 5), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long r = 0; r < 112; r += ROWS)
            for (long c = 0; c < 112; c = tile_next(c, COLS, 112)) {
                vec acc[ROWS][COLS][VECS];
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 7; a++) {
                    const float *xt = from_here(x + r * 1374 + a * 687 + c * 6);
                    SEVERAL for (long j = 0; j < 21; j++, xt++, wo += 80) {
                        vec weights[VECS];
                        UNROLL for (int v = 0; v < VECS; v++)
                            weights[v] = vec_load_once(wo + v * VL);
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++) {
                                const vec pixel = vec_all_of(xt + m * 1374 + n * 6);
                                UNROLL for (int v = 0; v < VECS; v++)
                                    acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                            }
                    }
                }
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            vec_store(y + (r + m) * 7168 + (c + n) * 64 + o + v * VL, acc[m][n][v]);
            }
}

/* bn1: BatchNorm2d(64)  (line 48)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_bn1_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 64; k += 16) {
        vec p[16 / VL];
        vec sum[16 / VL] = {{0}}, squares[16 / VL] = {{0}};
        UNROLL for (int v = 0; v < 16 / VL; v++)
            p[v] = vec_load(x + 404992 + k + v * VL);
        for (long r = 0; r < 112; r++) {
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long first = 0; first < 112; first += 64) {
                vec stretch_sum[16 / VL] = {{0}}, stretch_squares[16 / VL] = {{0}};
                for (long c = first; c < least(first + 64, 112); c++)
                    UNROLL for (int v = 0; v < 16 / VL; v++) {
                        const vec d = vec_load(x + r * 7168 + c * 64 + k + v * VL) - p[v];
                        stretch_sum[v] += d;
                        stretch_squares[v] = vec_fma(d, d, stretch_squares[v]);
                    }
                UNROLL for (int v = 0; v < 16 / VL; v++) {
                    row_sum[v] += stretch_sum[v];
                    row_squares[v] += stretch_squares[v];
                }
            }
            UNROLL for (int v = 0; v < 16 / VL; v++) {
                sum[v] += row_sum[v];
                squares[v] += row_squares[v];
            }
        }
        UNROLL for (int v = 0; v < 16 / VL; v++) {
            vec_store(m + k + v * VL, p[v]);
            vec_store(m + 64 + k + v * VL, sum[v]);
            vec_store(m + 128 + k + v * VL, squares[v]);
        }
    }
}

/* bn1: BatchNorm2d(64), relu: ReLU(inplace=True)  (line 48)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void batchnorm2d_bn1_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 112; r++)
        for (long c = 0; c < 112; c++)
            for (long k = 0; k < 64; k += VL) {
                vec a = vec_fma(vec_load(x + r * 7168 + c * 64 + k), vec_load(stats + 128 + k), vec_load(stats + 192 + k));
                a = vec_relu(a);
                vec_store(y + r * 7168 + c * 64 + k, a);
            }
}

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

/* layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer1.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer1.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer1_0_conv1_to_1_conv2_forward(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    (void)bias;
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 56, .cols = 56,
        .ins = 64, .outs = 64, .x_image = 215296, .x_row = 3712, .block = 18,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 18) {
        const long count = least(18, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 64, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 64 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++)
                            vec_store(to + m * 3584 + n * 64, sums[m][n]);
                }
            }
        }
    }
}

/* layer1.0.bn1: BatchNorm2d(planes)  (line 5)
 * layer1.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer1.1.bn1: BatchNorm2d(planes)  (line 5)
 * layer1.1.bn2: BatchNorm2d(planes)  (line 8)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_layer1_0_bn1_to_1_bn2_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 64; k += 16) {
        vec p[16 / VL];
        vec sum[16 / VL] = {{0}}, squares[16 / VL] = {{0}};
        UNROLL for (int v = 0; v < 16 / VL; v++)
            p[v] = vec_load(x + 102144 + k + v * VL);
        for (long r = 0; r < 56; r++) {
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long c = 0; c < 56; c++)
                UNROLL for (int v = 0; v < 16 / VL; v++) {
                    const vec d = vec_load(x + r * 3584 + c * 64 + k + v * VL) - p[v];
                    row_sum[v] += d;
                    row_squares[v] = vec_fma(d, d, row_squares[v]);
                }
            UNROLL for (int v = 0; v < 16 / VL; v++) {
                sum[v] += row_sum[v];
                squares[v] += row_squares[v];
            }
        }
        UNROLL for (int v = 0; v < 16 / VL; v++) {
            vec_store(m + k + v * VL, p[v]);
            vec_store(m + 64 + k + v * VL, sum[v]);
            vec_store(m + 128 + k + v * VL, squares[v]);
        }
    }
}

/* layer1.0.bn1: BatchNorm2d(planes), layer1.0.relu: ReLU(inplace=True)  (line 5)
 * layer1.1.bn1: BatchNorm2d(planes), layer1.1.relu: ReLU(inplace=True)  (line 5)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void batchnorm2d_layer1_0_and_1_bn1_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 56; r++)
        for (long c = 0; c < 56; c++)
            for (long k = 0; k < 64; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 64 + k), vec_load(stats + 128 + k), vec_load(stats + 192 + k));
                a = vec_relu(a);
                vec_store(y + r * 3712 + c * 64 + k, a);
            }
}

/* layer1.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer1.1.bn2: BatchNorm2d(planes)  (line 8)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void batchnorm2d_layer1_0_and_1_bn2_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 56; r++)
        for (long c = 0; c < 56; c++)
            for (long k = 0; k < 64; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 64 + k), vec_load(stats + 128 + k), vec_load(stats + 192 + k));
                vec_store(y + r * 3584 + c * 64 + k, a);
            }
}

/* layer1.0.residual: residual, layer1.0.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer1_0_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 56; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 3712 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 3712 + i)));
}

/* layer1.1.residual: residual, layer1.1.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer1_1_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 56; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 3648 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 3712 + i)));
}

/* layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer2_0_conv1_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    enum { ACROSS = 28 / COLS, TILES = 28 / ROWS * ACROSS };
    enum { STRIP = 4096 / (ROWS * COLS * VECS * VL) };
    enum { SHARE = (192 + STRIP - 1) / STRIP };
    for (long o = 0; o < 128; o += VECS * VL)
        for (long first = 0; first < TILES; first += STRIP) {
            vec sums[STRIP][ROWS][COLS][VECS];
            __builtin_memset(sums, 0, sizeof sums);
            for (long a = 0; a < 3; a++)
                for (long t = first; t < least(first + STRIP, TILES); t++) {
                    const long r = t / ACROSS * ROWS;
                    const long c = t % ACROSS * COLS;
                    vec acc[ROWS][COLS][VECS];
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++)
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[m][n][v] = sums[t - first][m][n][v];
                    const float *wo = w + a * 192 * 144 + o;
                    prefetch_rows(wo + (192 + (t - first) * SHARE) * 144, SHARE, 144, VECS * VL);
                    const float *xt = from_here(x + r * 7296 + a * 3648 + c * 128);
                    IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += 144) {
                        vec weights[VECS];
                        UNROLL for (int v = 0; v < VECS; v++)
                            weights[v] = vec_load_once(wo + v * VL);
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++) {
                                const vec pixel = vec_all_of(xt + m * 7296 + n * 128);
                                UNROLL for (int v = 0; v < VECS; v++)
                                    acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                            }
                    }
                    if (a < 2) {
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++)
                                UNROLL for (int v = 0; v < VECS; v++)
                                    sums[t - first][m][n][v] = acc[m][n][v];
                        continue;
                    }
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++)
                            UNROLL for (int v = 0; v < VECS; v++)
                                vec_store(y + (r + m) * 3584 + (c + n) * 128 + o + v * VL, acc[m][n][v]);
                }
        }
}

/* layer2.0.bn1: BatchNorm2d(planes)  (line 5)
 * layer2.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer2.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * layer2.1.bn1: BatchNorm2d(planes)  (line 5)
 * layer2.1.bn2: BatchNorm2d(planes)  (line 8)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_layer2_0_bn1_to_1_bn2_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 128; k += 16) {
        vec p[16 / VL];
        vec sum[16 / VL] = {{0}}, squares[16 / VL] = {{0}};
        UNROLL for (int v = 0; v < 16 / VL; v++)
            p[v] = vec_load(x + 51968 + k + v * VL);
        for (long r = 0; r < 28; r++) {
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long c = 0; c < 28; c++)
                UNROLL for (int v = 0; v < 16 / VL; v++) {
                    const vec d = vec_load(x + r * 3584 + c * 128 + k + v * VL) - p[v];
                    row_sum[v] += d;
                    row_squares[v] = vec_fma(d, d, row_squares[v]);
                }
            UNROLL for (int v = 0; v < 16 / VL; v++) {
                sum[v] += row_sum[v];
                squares[v] += row_squares[v];
            }
        }
        UNROLL for (int v = 0; v < 16 / VL; v++) {
            vec_store(m + k + v * VL, p[v]);
            vec_store(m + 128 + k + v * VL, sum[v]);
            vec_store(m + 256 + k + v * VL, squares[v]);
        }
    }
}

/* layer2.0.bn1: BatchNorm2d(planes), layer2.0.relu: ReLU(inplace=True)  (line 5)
 * layer2.1.bn1: BatchNorm2d(planes), layer2.1.relu: ReLU(inplace=True)  (line 5)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void batchnorm2d_layer2_0_and_1_bn1_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 28; r++)
        for (long c = 0; c < 28; c++)
            for (long k = 0; k < 128; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 128 + k), vec_load(stats + 256 + k), vec_load(stats + 384 + k));
                a = vec_relu(a);
                vec_store(y + r * 3840 + c * 128 + k, a);
            }
}

/* layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer2_0_to_1_conv2_forward(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    (void)bias;
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 28, .cols = 28,
        .ins = 128, .outs = 128, .x_image = 115200, .x_row = 3840, .block = 10,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 10) {
        const long count = least(10, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 128; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 128, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 128 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++)
                            vec_store(to + m * 3584 + n * 128, sums[m][n]);
                }
            }
        }
    }
}

/* layer2.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer2.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * layer2.1.bn2: BatchNorm2d(planes)  (line 8)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void batchnorm2d_layer2_0_to_1_bn2_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 28; r++)
        for (long c = 0; c < 28; c++)
            for (long k = 0; k < 128; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 128 + k), vec_load(stats + 256 + k), vec_load(stats + 384 + k));
                vec_store(y + r * 3584 + c * 128 + k, a);
            }
}

/* layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer2_0_downsample_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 128; o += VECS * VL)
        for (long r = 0; r < 28; r += ROWS)
            for (long c = 0; c < 28; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 7296 + c * 128);
                SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 144) {
                    vec weights[VECS];
                    UNROLL for (int v = 0; v < VECS; v++)
                        weights[v] = vec_load_once(wo + v * VL);
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++) {
                            const vec pixel = vec_all_of(xt + m * 7296 + n * 128);
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                }
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            vec_store(y + (r + m) * 3584 + (c + n) * 128 + o + v * VL, acc[m][n][v]);
            }
}

/* layer2.0.residual: residual, layer2.0.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer2_0_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 28; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 3840 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 3584 + i)));
}

/* layer2.1.residual: residual, layer2.1.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer2_1_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 28; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 3712 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 3840 + i)));
}

/* layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer3_0_conv1_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { ROWS = TILE(1, 2, 2), COLS = TILE(7, 2, 2), VECS = 2 };
    enum { ACROSS = 14 / COLS, TILES = 14 / ROWS * ACROSS };
    enum { STRIP = 4096 / (ROWS * COLS * VECS * VL) };
    enum { SHARE = (192 + STRIP - 1) / STRIP };
    for (long o = 0; o < 256; o += VECS * VL)
        for (long first = 0; first < TILES; first += STRIP) {
            vec sums[STRIP][ROWS][COLS][VECS];
            __builtin_memset(sums, 0, sizeof sums);
            for (long a = 0; a < 3; a++)
                for (long j0 = 0; j0 < 384; j0 += 192)
                    for (long t = first; t < least(first + STRIP, TILES); t++) {
                        const long r = t / ACROSS * ROWS;
                        const long c = t % ACROSS * COLS;
                        vec acc[ROWS][COLS][VECS];
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++)
                                UNROLL for (int v = 0; v < VECS; v++)
                                    acc[m][n][v] = sums[t - first][m][n][v];
                        const float *wo = w + (a * 384 + j0) * 272 + o;
                        prefetch_rows(wo + (192 + (t - first) * SHARE) * 272, SHARE, 272, VECS * VL);
                        const float *xt = from_here(x + r * 7424 + a * 3712 + c * 256 + j0);
                        IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += 272) {
                            vec weights[VECS];
                            UNROLL for (int v = 0; v < VECS; v++)
                                weights[v] = vec_load_once(wo + v * VL);
                            UNROLL for (int m = 0; m < ROWS; m++)
                                UNROLL for (int n = 0; n < COLS; n++) {
                                    const vec pixel = vec_all_of(xt + m * 7424 + n * 256);
                                    UNROLL for (int v = 0; v < VECS; v++)
                                        acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                                }
                        }
                        if (a < 2 || j0 < 192) {
                            UNROLL for (int m = 0; m < ROWS; m++)
                                UNROLL for (int n = 0; n < COLS; n++)
                                    UNROLL for (int v = 0; v < VECS; v++)
                                        sums[t - first][m][n][v] = acc[m][n][v];
                            continue;
                        }
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++)
                                UNROLL for (int v = 0; v < VECS; v++)
                                    vec_store(y + (r + m) * 3584 + (c + n) * 256 + o + v * VL, acc[m][n][v]);
                    }
        }
}

/* layer3.0.bn1: BatchNorm2d(planes)  (line 5)
 * layer3.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer3.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * layer3.1.bn1: BatchNorm2d(planes)  (line 5)
 * layer3.1.bn2: BatchNorm2d(planes)  (line 8)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_layer3_0_bn1_to_1_bn2_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 256; k += 16) {
        vec p[16 / VL];
        vec sum[16 / VL] = {{0}}, squares[16 / VL] = {{0}};
        UNROLL for (int v = 0; v < 16 / VL; v++)
            p[v] = vec_load(x + 26880 + k + v * VL);
        for (long r = 0; r < 14; r++) {
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long c = 0; c < 14; c++)
                UNROLL for (int v = 0; v < 16 / VL; v++) {
                    const vec d = vec_load(x + r * 3584 + c * 256 + k + v * VL) - p[v];
                    row_sum[v] += d;
                    row_squares[v] = vec_fma(d, d, row_squares[v]);
                }
            UNROLL for (int v = 0; v < 16 / VL; v++) {
                sum[v] += row_sum[v];
                squares[v] += row_squares[v];
            }
        }
        UNROLL for (int v = 0; v < 16 / VL; v++) {
            vec_store(m + k + v * VL, p[v]);
            vec_store(m + 256 + k + v * VL, sum[v]);
            vec_store(m + 512 + k + v * VL, squares[v]);
        }
    }
}

/* layer3.0.bn1: BatchNorm2d(planes), layer3.0.relu: ReLU(inplace=True)  (line 5)
 * layer3.1.bn1: BatchNorm2d(planes), layer3.1.relu: ReLU(inplace=True)  (line 5)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void batchnorm2d_layer3_0_and_1_bn1_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 14; r++)
        for (long c = 0; c < 14; c++)
            for (long k = 0; k < 256; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 256 + k), vec_load(stats + 512 + k), vec_load(stats + 768 + k));
                a = vec_relu(a);
                vec_store(y + r * 4096 + c * 256 + k, a);
            }
}

/* layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer3_0_to_1_conv2_forward(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    (void)bias;
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 14, .cols = 14,
        .ins = 256, .outs = 256, .x_image = 65536, .x_row = 4096, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long count = least(16, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 256; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 256, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 256 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++)
                            vec_store(to + m * 3584 + n * 256, sums[m][n]);
                }
            }
        }
    }
}

/* layer3.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer3.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * layer3.1.bn2: BatchNorm2d(planes)  (line 8)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void batchnorm2d_layer3_0_to_1_bn2_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 14; r++)
        for (long c = 0; c < 14; c++)
            for (long k = 0; k < 256; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 256 + k), vec_load(stats + 512 + k), vec_load(stats + 768 + k));
                vec_store(y + r * 3584 + c * 256 + k, a);
            }
}

/* layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer3_0_downsample_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { ROWS = TILE(1, 2, 2), COLS = TILE(7, 2, 2), VECS = 2 };
    for (long o = 0; o < 256; o += VECS * VL)
        for (long r = 0; r < 14; r += ROWS)
            for (long c = 0; c < 14; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 7424 + c * 256);
                IN_EIGHTS for (long j = 0; j < 128; j++, xt++, wo += 272) {
                    vec weights[VECS];
                    UNROLL for (int v = 0; v < VECS; v++)
                        weights[v] = vec_load_once(wo + v * VL);
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++) {
                            const vec pixel = vec_all_of(xt + m * 7424 + n * 256);
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                }
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            vec_store(y + (r + m) * 3584 + (c + n) * 256 + o + v * VL, acc[m][n][v]);
            }
}

/* layer3.0.residual: residual, layer3.0.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer3_0_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 14; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 4096 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 3584 + i)));
}

/* layer3.1.residual: residual, layer3.1.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer3_1_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 14; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 3840 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 4096 + i)));
}

/* layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer4_0_conv1_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    enum { ACROSS = (7 + COLS - 1) / COLS, TILES = 7 * ACROSS };
    enum { SHARE = (192 + TILES - 1) / TILES };
    for (long o = 0; o < 512; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++)
            for (long j0 = 0; j0 < 768; j0 += 192)
                for (long t = 0; t < TILES; t++) {
                    const long r = t / ACROSS;
                    const long c = least(t % ACROSS * COLS, 7 - COLS);
                    vec acc[COLS][VECS];
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[n][v] = sums[t][n][v];
                    const float *wo = w + (a * 768 + j0) * 512 + o;
                    prefetch_rows(wo + (192 + t * SHARE) * 512, SHARE, 512, VECS * VL);
                    const float *xt = from_here(x + r * 7680 + a * 3840 + c * 512 + j0);
                    IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += 512) {
                        vec weights[VECS];
                        UNROLL for (int v = 0; v < VECS; v++)
                            weights[v] = vec_load_once(wo + v * VL);
                        UNROLL for (int n = 0; n < COLS; n++) {
                            const vec pixel = vec_all_of(xt + n * 512);
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                        }
                    }
                    if (a < 2 || j0 < 576) {
                        UNROLL for (int n = 0; n < COLS; n++)
                            UNROLL for (int v = 0; v < VECS; v++)
                                sums[t][n][v] = acc[n][v];
                        continue;
                    }
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            vec_store(y + r * 3584 + (c + n) * 512 + o + v * VL, acc[n][v]);
                }
    }
}

/* layer4.0.bn1: BatchNorm2d(planes)  (line 5)
 * layer4.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer4.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * layer4.1.bn1: BatchNorm2d(planes)  (line 5)
 * layer4.1.bn2: BatchNorm2d(planes)  (line 8)
 * of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2 */
static void batchnorm2d_layer4_0_bn1_to_1_bn2_moments_forward(const float *x, float *m)
{
    for (long k = 0; k < 512; k += 16) {
        vec p[16 / VL];
        vec sum[16 / VL] = {{0}}, squares[16 / VL] = {{0}};
        UNROLL for (int v = 0; v < 16 / VL; v++)
            p[v] = vec_load(x + 12288 + k + v * VL);
        for (long r = 0; r < 7; r++) {
            vec row_sum[16 / VL] = {{0}}, row_squares[16 / VL] = {{0}};
            for (long c = 0; c < 7; c++)
                UNROLL for (int v = 0; v < 16 / VL; v++) {
                    const vec d = vec_load(x + r * 3584 + c * 512 + k + v * VL) - p[v];
                    row_sum[v] += d;
                    row_squares[v] = vec_fma(d, d, row_squares[v]);
                }
            UNROLL for (int v = 0; v < 16 / VL; v++) {
                sum[v] += row_sum[v];
                squares[v] += row_squares[v];
            }
        }
        UNROLL for (int v = 0; v < 16 / VL; v++) {
            vec_store(m + k + v * VL, p[v]);
            vec_store(m + 512 + k + v * VL, sum[v]);
            vec_store(m + 1024 + k + v * VL, squares[v]);
        }
    }
}

/* layer4.0.bn1: BatchNorm2d(planes), layer4.0.relu: ReLU(inplace=True)  (line 5)
 * layer4.1.bn1: BatchNorm2d(planes), layer4.1.relu: ReLU(inplace=True)  (line 5)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void batchnorm2d_layer4_0_and_1_bn1_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 7; r++)
        for (long c = 0; c < 7; c++)
            for (long k = 0; k < 512; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 512 + k), vec_load(stats + 1024 + k), vec_load(stats + 1536 + k));
                a = vec_relu(a);
                vec_store(y + r * 4608 + c * 512 + k, a);
            }
}

/* layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer4_0_to_1_conv2_forward(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    (void)bias;
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 7, .cols = 7,
        .ins = 512, .outs = 512, .x_image = 41472, .x_row = 4608, .block = 4,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 4) {
        const long count = least(4, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 512; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 512, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 512 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++)
                            vec_store(to + m * 3584 + n * 512, sums[m][n]);
                }
            }
        }
    }
}

/* layer4.0.bn2: BatchNorm2d(planes)  (line 8)
 * layer4.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * layer4.1.bn2: BatchNorm2d(planes)  (line 8)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void batchnorm2d_layer4_0_to_1_bn2_forward(const float *x, const float *stats, float *y)
{
    for (long r = 0; r < 7; r++)
        for (long c = 0; c < 7; c++)
            for (long k = 0; k < 512; k += VL) {
                vec a = vec_fma(vec_load(x + r * 3584 + c * 512 + k), vec_load(stats + 1024 + k), vec_load(stats + 1536 + k));
                vec_store(y + r * 3584 + c * 512 + k, a);
            }
}

/* layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent) */
static void conv2d_layer4_0_downsample_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    for (long o = 0; o < 512; o += VECS * VL)
        for (long r = 0; r < 7; r++)
            for (long c = 0; c < 7; c = tile_next(c, COLS, 7)) {
                vec acc[COLS][VECS];
                UNROLL for (int n = 0; n < COLS; n++)
                    UNROLL for (int v = 0; v < VECS; v++)
                        acc[n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 7680 + c * 512);
                IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += 512) {
                    vec weights[VECS];
                    UNROLL for (int v = 0; v < VECS; v++)
                        weights[v] = vec_load_once(wo + v * VL);
                    UNROLL for (int n = 0; n < COLS; n++) {
                        const vec pixel = vec_all_of(xt + n * 512);
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                UNROLL for (int n = 0; n < COLS; n++)
                    UNROLL for (int v = 0; v < VECS; v++)
                        vec_store(y + r * 3584 + (c + n) * 512 + o + v * VL, acc[n][v]);
            }
}

/* layer4.0.residual: residual, layer4.0.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer4_0_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 7; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 4608 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 3584 + i)));
}

/* layer4.1.residual: residual, layer4.1.relu: ReLU(inplace=True)  (line 13)
 * y = a + b: where branches meet, and the gradients of a value that is used twice
 * y = max(x, 0) */
static void residual_layer4_1_residual_forward(const float *a, const float *b, float *y)
{
    for (long r = 0; r < 7; r++)
        for (long i = 0; i < 3584; i += VL)
            vec_store(y + r * 3584 + i, vec_relu(vec_load(a + r * 3584 + i) + vec_load(b + r * 4608 + i)));
}

/* avgpool: AdaptiveAvgPool2d((1, 1))  (line 55)
 * y = mean over the window */
static void adaptiveavgpool2d_avgpool_forward(const float *x, float *y)
{
    const vec count = vec_all(49);
    for (long k = 0; k < 512; k += VL) {
        vec sum = vec_zero();
        for (long y_at = 0; y_at < 7; y_at++)
            for (long x_at = 0; x_at < 7; x_at++)
                sum += vec_load(x + y_at * 3584 + x_at * 512 + k);
        sum /= count;
        vec_store(y + k, sum);
    }
}

/* fc: Linear(512, 2)  (line 6)
 * y = x w^T + b; inputs x, w, b (b may be absent) */
static void linear_fc_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { VECS = TILE(1, 2, 4) };
    enum { TILES = 1 };
    enum { SHARE = (171 + TILES - 1) / TILES };
    vec sums[TILES][VECS];
    __builtin_memset(sums, 0, sizeof sums);
    for (long j0 = 0; j0 < 512; j0 += 171)
        for (long t = 0; t < TILES; t++) {
            const long c = t;
            vec acc[VECS];
            UNROLL for (int v = 0; v < VECS; v++)
                acc[v] = sums[t][v];
            const float *wo = w + j0 * 16;
            prefetch_rows(wo + (171 + t * SHARE) * 16, SHARE, 16, VECS * VL);
            const float *xt = from_here(x + c * 512 + j0);
            IN_EIGHTS for (long j = 0; j < least(171, 512 - j0); j++, xt++, wo += 16) {
                vec weights[VECS];
                UNROLL for (int v = 0; v < VECS; v++)
                    weights[v] = vec_load_once(wo + v * VL);
                const vec pixel = vec_all_of(xt);
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[v] = vec_fma(pixel, weights[v], acc[v]);
            }
            if (j0 < 341) {
                UNROLL for (int v = 0; v < VECS; v++)
                    sums[t][v] = acc[v];
                continue;
            }
            UNROLL for (int v = 0; v < VECS; v++) {
                vec sum = acc[v];
                sum += vec_load(bias + v * VL);
                vec_store(y + c * 16 + v * VL, sum);
            }
        }
}

/* fc: Linear(512, 2)  (line 6)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_fc_grad_weight(const float *x, const float *d, float *g, int count)
{
    enum { COLS = TILE(12, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long start = 0; start < 512; start += COLS) {
            const long j = least(start, 512 - COLS);
            float *gt = g + j * 16 + o;
            vec acc[COLS][VECS];
            UNROLL for (int n = 0; n < COLS; n++)
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = d + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 512, dr += 16) {
                vec dv[VECS];
                UNROLL for (int v = 0; v < VECS; v++)
                    dv[v] = vec_load_once(dr + v * VL);
                UNROLL for (int n = 0; n < COLS; n++) {
                    const vec input = vec_all_of(xr + n);
                    UNROLL for (int v = 0; v < VECS; v++)
                        acc[n][v] = vec_fma(input, dv[v], acc[n][v]);
                }
            }
            UNROLL for (int n = 0; n < COLS; n++)
                if (j + n >= start)
                    UNROLL for (int v = 0; v < VECS; v++)
                        vec_store(gt + n * 16 + v * VL, acc[n][v]);
        }
}

/* fc: Linear(512, 2)  (line 6)
 * db from dy, summed over samples and positions */
static void bias_fc_grad(const float *d, float *g, int count)
{
    vec sum[16 / VL];
    UNROLL for (int v = 0; v < 16 / VL; v++)
        sum[v] = vec_load(g + v * VL);
    for (long c = 0; c < count; c++)
        UNROLL for (int v = 0; v < 16 / VL; v++)
            sum[v] += vec_load(d + c * 16 + v * VL);
    UNROLL for (int v = 0; v < 16 / VL; v++)
        vec_store(g + v * VL, sum[v]);
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

/* layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer1.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer1.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * the weights as the layer reads them
 * transformed for Winograd's convolution */
static void conv2d_layer1_0_conv1_to_1_conv2_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 64, .outs = 64, .tap_y = 12288, .tap_x = 4096,
        .in = 64, .out = 1, .u_ins = 64, .u_outs = 64,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

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

/* layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * the weights as the layer reads them
 * transformed for Winograd's convolution */
static void conv2d_layer2_0_to_1_conv2_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 128, .outs = 128, .tap_y = 49152, .tap_x = 16384,
        .in = 128, .out = 1, .u_ins = 128, .u_outs = 128,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

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

/* layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * the weights as the layer reads them */
static void conv2d_layer3_0_conv1_weights(const float *w, float *t, int part, int parts)
{
    const long first = 72 * part / parts, end = 72 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 8, q = block % 8 * 16;
        const long a = tap / 3, b = tap % 3;
        const float *wt = w + a * 98304 + b * 32768;
        float *tr = t + (tap * 128 + q) * 272;
        for (long i = 0; i < 256; i += 16)
            copy_block(wt + i + q * 256, 256, tr + i, 272);
    }
}

/* layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * the weights as the layer reads them
 * transformed for Winograd's convolution */
static void conv2d_layer3_0_to_1_conv2_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 256, .outs = 256, .tap_y = 196608, .tap_x = 65536,
        .in = 256, .out = 1, .u_ins = 256, .u_outs = 256,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

/* layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)  (line 10)
 * the weights as the layer reads them */
static void conv2d_layer3_0_downsample_0_weights(const float *w, float *t, int part, int parts)
{
    const long first = 8 * part / parts, end = 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 272;
        for (long i = 0; i < 256; i += 16)
            copy_block(wt + i + q * 256, 256, tr + i, 272);
    }
}

/* layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)  (line 4)
 * layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)  (line 7)
 * the weights as the layer reads them
 * transformed for Winograd's convolution */
static void conv2d_layer4_0_to_1_conv2_weights(const float *w, float *u, int part, int parts)
{
    const struct winograd_filter filter = {
        .ins = 512, .outs = 512, .tap_y = 786432, .tap_x = 262144,
        .in = 512, .out = 1, .u_ins = 512, .u_outs = 512,
    };
    winograd_weights_3x3(&filter, w, u, part, parts);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_1(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*input)[229 * 3] = (void *)(g->workspace + 4933632);              /* 3x224x224, zeros around: 3 above, 2 below, 3 left, 2 right */
    float (*conv2d_conv1)[112][112 * 64] = (void *)(g->batch + 0 + g->first * 3211264L); /* 64x112x112 */
    float (*batchnorm2d_bn1_moments)[3][64] = (void *)(g->batch + 23061504 + g->first * 768L); /* 64x3x1 */

    for (int i = 0; i < g->count; i++) {
        input_forward(g->input[i], g->pixel, &input[3][3 * 3]);
        conv2d_conv1_forward(input[0], derived + AT_conv1_weight_dense, 0, conv2d_conv1[i][0]);
        if (g->training)
            batchnorm2d_bn1_moments_forward(conv2d_conv1[i][0], batchnorm2d_bn1_moments[i][0]);
    }
}

/* For the whole batch. */
static void batchnorm2d_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_bn1_moments)[3][64] = (void *)(g->batch + 23061504); /* 64x3x1 */
    float (*batchnorm2d_bn1_statistics)[64] = (void *)(g->batch + 32475136); /* 64x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 64, .pixels = 12544, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_bn1_weight, .bias = AT_bn1_bias, .running_mean = AT_bn1_running_mean,
                  .running_var = AT_bn1_running_var, .batches = AT_bn1_num_batches_tracked},
                  batchnorm2d_bn1_moments[0][0], 192, batchnorm2d_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_3(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_conv1)[112][112 * 64] = (void *)(g->batch + 0 + g->first * 3211264L); /* 64x112x112 */
    float (*batchnorm2d_bn1_statistics)[64] = (void *)(g->batch + 32475136); /* 64x4x1 */
    float (*relu_relu)[112 * 64] = (void *)(g->workspace + 0);               /* 64x112x112 */
    float (*maxpool2d_maxpool)[58][58 * 64] = (void *)(g->batch + 12845056 + g->first * 861184L); /* 64x56x56, 1 zeros around */
    unsigned short (*maxpool2d_maxpool_arg)[56 * 64] = (void *)(g->workspace + 6484544); /* 64x56x56 */
    float (*conv2d_layer1_0_conv1)[56][56 * 64] = (void *)(g->batch + 23061504 + g->first * 802816L); /* 64x56x56 */
    float *conv2d_layer1_0_conv1_scratch = (void *)(g->workspace + 0);       /* 85728 */
    float (*batchnorm2d_layer1_0_bn1_moments)[3][64] = (void *)(g->batch + 32472064 + g->first * 768L); /* 64x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_bn1_forward(conv2d_conv1[i][0], batchnorm2d_bn1_statistics[0], relu_relu[0]);
        maxpool2d_maxpool_forward(relu_relu[0], &maxpool2d_maxpool[i][1][1 * 64], maxpool2d_maxpool_arg[0]);
    }
    conv2d_layer1_0_conv1_to_1_conv2_forward(maxpool2d_maxpool[0][0], derived + AT_layer1_0_conv1_weight_winograd, 0,
                                             conv2d_layer1_0_conv1[0][0], conv2d_layer1_0_conv1_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer1_0_bn1_to_1_bn2_moments_forward(conv2d_layer1_0_conv1[i][0],
                                                              batchnorm2d_layer1_0_bn1_moments[i][0]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer1_0_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer1_0_bn1_moments)[3][64] = (void *)(g->batch + 32472064); /* 64x3x1 */
    float (*batchnorm2d_layer1_0_bn1_statistics)[64] = (void *)(g->batch + 3214336); /* 64x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 64, .pixels = 3136, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer1_0_bn1_weight, .bias = AT_layer1_0_bn1_bias,
                  .running_mean = AT_layer1_0_bn1_running_mean, .running_var = AT_layer1_0_bn1_running_var,
                  .batches = AT_layer1_0_bn1_num_batches_tracked}, batchnorm2d_layer1_0_bn1_moments[0][0], 192,
                  batchnorm2d_layer1_0_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_5(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer1_0_conv1)[56][56 * 64] = (void *)(g->batch + 23061504 + g->first * 802816L); /* 64x56x56 */
    float (*batchnorm2d_layer1_0_bn1_statistics)[64] = (void *)(g->batch + 3214336); /* 64x4x1 */
    float (*relu_layer1_0_relu)[58][58 * 64] = (void *)(g->workspace + 3211264); /* 64x56x56, 1 zeros around */
    float (*conv2d_layer1_0_conv2)[56][56 * 64] = (void *)(g->batch + 0 + g->first * 802816L); /* 64x56x56 */
    float *conv2d_layer1_0_conv2_scratch = (void *)(g->workspace + 0);       /* 85728 */
    float (*batchnorm2d_layer1_0_bn2_moments)[3][64] = (void *)(g->batch + 3211264 + g->first * 768L); /* 64x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer1_0_and_1_bn1_forward(conv2d_layer1_0_conv1[i][0], batchnorm2d_layer1_0_bn1_statistics[0],
                                               &relu_layer1_0_relu[i][1][1 * 64]);
    }
    conv2d_layer1_0_conv1_to_1_conv2_forward(relu_layer1_0_relu[0][0], derived + AT_layer1_0_conv2_weight_winograd, 0,
                                             conv2d_layer1_0_conv2[0][0], conv2d_layer1_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer1_0_bn1_to_1_bn2_moments_forward(conv2d_layer1_0_conv2[i][0],
                                                              batchnorm2d_layer1_0_bn2_moments[i][0]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer1_0_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer1_0_bn2_moments)[3][64] = (void *)(g->batch + 3211264); /* 64x3x1 */
    float (*batchnorm2d_layer1_0_bn2_statistics)[64] = (void *)(g->batch + 6425600); /* 64x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 64, .pixels = 3136, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer1_0_bn2_weight, .bias = AT_layer1_0_bn2_bias,
                  .running_mean = AT_layer1_0_bn2_running_mean, .running_var = AT_layer1_0_bn2_running_var,
                  .batches = AT_layer1_0_bn2_num_batches_tracked}, batchnorm2d_layer1_0_bn2_moments[0][0], 192,
                  batchnorm2d_layer1_0_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_7(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer1_0_conv2)[56][56 * 64] = (void *)(g->batch + 0 + g->first * 802816L); /* 64x56x56 */
    float (*batchnorm2d_layer1_0_bn2_statistics)[64] = (void *)(g->batch + 6425600); /* 64x4x1 */
    float (*batchnorm2d_layer1_0_bn2)[56 * 64] = (void *)(g->workspace + 0); /* 64x56x56 */
    float (*maxpool2d_maxpool)[58][58 * 64] = (void *)(g->batch + 12845056 + g->first * 861184L); /* 64x56x56, 1 zeros around */
    float (*relu_layer1_0_relu_2)[58][58 * 64] = (void *)(g->batch + 16289792 + g->first * 861184L); /* 64x56x56, 1 zeros around */
    float (*conv2d_layer1_1_conv1)[56][56 * 64] = (void *)(g->batch + 3211264 + g->first * 802816L); /* 64x56x56 */
    float *conv2d_layer1_1_conv1_scratch = (void *)(g->workspace + 0);       /* 85728 */
    float (*batchnorm2d_layer1_1_bn1_moments)[3][64] = (void *)(g->batch + 6422528 + g->first * 768L); /* 64x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer1_0_and_1_bn2_forward(conv2d_layer1_0_conv2[i][0], batchnorm2d_layer1_0_bn2_statistics[0],
                                               batchnorm2d_layer1_0_bn2[0]);
        residual_layer1_0_residual_forward(batchnorm2d_layer1_0_bn2[0], &maxpool2d_maxpool[i][1][1 * 64],
                                           &relu_layer1_0_relu_2[i][1][1 * 64]);
    }
    conv2d_layer1_0_conv1_to_1_conv2_forward(relu_layer1_0_relu_2[0][0], derived + AT_layer1_1_conv1_weight_winograd,
                                             0, conv2d_layer1_1_conv1[0][0], conv2d_layer1_1_conv1_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer1_0_bn1_to_1_bn2_moments_forward(conv2d_layer1_1_conv1[i][0],
                                                              batchnorm2d_layer1_1_bn1_moments[i][0]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer1_1_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer1_1_bn1_moments)[3][64] = (void *)(g->batch + 6422528); /* 64x3x1 */
    float (*batchnorm2d_layer1_1_bn1_statistics)[64] = (void *)(g->batch + 6425600); /* 64x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 64, .pixels = 3136, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer1_1_bn1_weight, .bias = AT_layer1_1_bn1_bias,
                  .running_mean = AT_layer1_1_bn1_running_mean, .running_var = AT_layer1_1_bn1_running_var,
                  .batches = AT_layer1_1_bn1_num_batches_tracked}, batchnorm2d_layer1_1_bn1_moments[0][0], 192,
                  batchnorm2d_layer1_1_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_9(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer1_1_conv1)[56][56 * 64] = (void *)(g->batch + 3211264 + g->first * 802816L); /* 64x56x56 */
    float (*batchnorm2d_layer1_1_bn1_statistics)[64] = (void *)(g->batch + 6425600); /* 64x4x1 */
    float (*relu_layer1_1_relu)[58][58 * 64] = (void *)(g->workspace + 4072448); /* 64x56x56, 1 zeros around */
    float (*conv2d_layer1_1_conv2)[56][56 * 64] = (void *)(g->batch + 0 + g->first * 802816L); /* 64x56x56 */
    float *conv2d_layer1_1_conv2_scratch = (void *)(g->workspace + 0);       /* 85728 */
    float (*batchnorm2d_layer1_1_bn2_moments)[3][64] = (void *)(g->batch + 6422528 + g->first * 768L); /* 64x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer1_0_and_1_bn1_forward(conv2d_layer1_1_conv1[i][0], batchnorm2d_layer1_1_bn1_statistics[0],
                                               &relu_layer1_1_relu[i][1][1 * 64]);
    }
    conv2d_layer1_0_conv1_to_1_conv2_forward(relu_layer1_1_relu[0][0], derived + AT_layer1_1_conv2_weight_winograd, 0,
                                             conv2d_layer1_1_conv2[0][0], conv2d_layer1_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer1_0_bn1_to_1_bn2_moments_forward(conv2d_layer1_1_conv2[i][0],
                                                              batchnorm2d_layer1_1_bn2_moments[i][0]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer1_1_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer1_1_bn2_moments)[3][64] = (void *)(g->batch + 6422528); /* 64x3x1 */
    float (*batchnorm2d_layer1_1_bn2_statistics)[64] = (void *)(g->batch + 4823296); /* 64x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 64, .pixels = 3136, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer1_1_bn2_weight, .bias = AT_layer1_1_bn2_bias,
                  .running_mean = AT_layer1_1_bn2_running_mean, .running_var = AT_layer1_1_bn2_running_var,
                  .batches = AT_layer1_1_bn2_num_batches_tracked}, batchnorm2d_layer1_1_bn2_moments[0][0], 192,
                  batchnorm2d_layer1_1_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_11(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer1_1_conv2)[56][56 * 64] = (void *)(g->batch + 0 + g->first * 802816L); /* 64x56x56 */
    float (*batchnorm2d_layer1_1_bn2_statistics)[64] = (void *)(g->batch + 4823296); /* 64x4x1 */
    float (*batchnorm2d_layer1_1_bn2)[56 * 64] = (void *)(g->workspace + 0); /* 64x56x56 */
    float (*relu_layer1_0_relu_2)[58][58 * 64] = (void *)(g->batch + 16289792 + g->first * 861184L); /* 64x56x56, 1 zeros around */
    float (*relu_layer1_1_relu_2)[57][57 * 64] = (void *)(g->batch + 19734528 + g->first * 831744L); /* 64x56x56, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*conv2d_layer2_0_conv1)[28][28 * 128] = (void *)(g->batch + 3211264 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_0_bn1_moments)[400] = (void *)(g->batch + 4816896 + g->first * 1600L); /* 128x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer1_0_and_1_bn2_forward(conv2d_layer1_1_conv2[i][0], batchnorm2d_layer1_1_bn2_statistics[0],
                                               batchnorm2d_layer1_1_bn2[0]);
        residual_layer1_1_residual_forward(batchnorm2d_layer1_1_bn2[0], &relu_layer1_0_relu_2[i][1][1 * 64],
                                           &relu_layer1_1_relu_2[i][1][1 * 64]);
        conv2d_layer2_0_conv1_forward(relu_layer1_1_relu_2[i][0], derived + AT_layer2_0_conv1_weight_dense, 0,
                                      conv2d_layer2_0_conv1[i][0]);
        if (g->training)
            batchnorm2d_layer2_0_bn1_to_1_bn2_moments_forward(conv2d_layer2_0_conv1[i][0],
                                                              batchnorm2d_layer2_0_bn1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer2_0_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer2_0_bn1_moments)[400] = (void *)(g->batch + 4816896); /* 128x3x1 */
    float (*batchnorm2d_layer2_0_bn1_statistics)[128] = (void *)(g->batch + 1612032); /* 128x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 128, .pixels = 784, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer2_0_bn1_weight, .bias = AT_layer2_0_bn1_bias,
                  .running_mean = AT_layer2_0_bn1_running_mean, .running_var = AT_layer2_0_bn1_running_var,
                  .batches = AT_layer2_0_bn1_num_batches_tracked}, batchnorm2d_layer2_0_bn1_moments[0], 400,
                  batchnorm2d_layer2_0_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_13(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer2_0_conv1)[28][28 * 128] = (void *)(g->batch + 3211264 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_0_bn1_statistics)[128] = (void *)(g->batch + 1612032); /* 128x4x1 */
    float (*relu_layer2_0_relu)[30][30 * 128] = (void *)(g->workspace + 5562944); /* 128x28x28, 1 zeros around */
    float (*conv2d_layer2_0_conv2)[28][28 * 128] = (void *)(g->batch + 0 + g->first * 401408L); /* 128x28x28 */
    float *conv2d_layer2_0_conv2_scratch = (void *)(g->workspace + 0);       /* 81888 */
    float (*batchnorm2d_layer2_0_bn2_moments)[400] = (void *)(g->batch + 1605632 + g->first * 1600L); /* 128x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer2_0_and_1_bn1_forward(conv2d_layer2_0_conv1[i][0], batchnorm2d_layer2_0_bn1_statistics[0],
                                               &relu_layer2_0_relu[i][1][1 * 128]);
    }
    conv2d_layer2_0_to_1_conv2_forward(relu_layer2_0_relu[0][0], derived + AT_layer2_0_conv2_weight_winograd, 0,
                                       conv2d_layer2_0_conv2[0][0], conv2d_layer2_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer2_0_bn1_to_1_bn2_moments_forward(conv2d_layer2_0_conv2[i][0],
                                                              batchnorm2d_layer2_0_bn2_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer2_0_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer2_0_bn2_moments)[400] = (void *)(g->batch + 1605632); /* 128x3x1 */
    float (*batchnorm2d_layer2_0_bn2_statistics)[128] = (void *)(g->batch + 4823296); /* 128x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 128, .pixels = 784, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer2_0_bn2_weight, .bias = AT_layer2_0_bn2_bias,
                  .running_mean = AT_layer2_0_bn2_running_mean, .running_var = AT_layer2_0_bn2_running_var,
                  .batches = AT_layer2_0_bn2_num_batches_tracked}, batchnorm2d_layer2_0_bn2_moments[0], 400,
                  batchnorm2d_layer2_0_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_15(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer2_0_conv2)[28][28 * 128] = (void *)(g->batch + 0 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_0_bn2_statistics)[128] = (void *)(g->batch + 4823296); /* 128x4x1 */
    float (*batchnorm2d_layer2_0_bn2)[28][28 * 128] = (void *)(g->batch + 1605632 + g->first * 401408L); /* 128x28x28 */
    float (*relu_layer1_1_relu_2)[57][57 * 64] = (void *)(g->batch + 19734528 + g->first * 831744L); /* 64x56x56, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*conv2d_layer2_0_downsample_0)[28][28 * 128] = (void *)(g->batch + 3211264 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_0_downsample_1_moments)[400] = (void *)(g->batch + 4816896 + g->first * 1600L); /* 128x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer2_0_to_1_bn2_forward(conv2d_layer2_0_conv2[i][0], batchnorm2d_layer2_0_bn2_statistics[0],
                                              batchnorm2d_layer2_0_bn2[i][0]);
        conv2d_layer2_0_downsample_0_forward(&relu_layer1_1_relu_2[i][1][1 * 64],
                                             derived + AT_layer2_0_downsample_0_weight_dense, 0,
                                             conv2d_layer2_0_downsample_0[i][0]);
        if (g->training)
            batchnorm2d_layer2_0_bn1_to_1_bn2_moments_forward(conv2d_layer2_0_downsample_0[i][0],
                                                              batchnorm2d_layer2_0_downsample_1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer2_0_downsample_1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer2_0_downsample_1_moments)[400] = (void *)(g->batch + 4816896); /* 128x3x1 */
    float (*batchnorm2d_layer2_0_downsample_1_statistics)[128] = (void *)(g->batch + 4823296); /* 128x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 128, .pixels = 784, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer2_0_downsample_1_weight, .bias = AT_layer2_0_downsample_1_bias,
                  .running_mean = AT_layer2_0_downsample_1_running_mean,
                  .running_var = AT_layer2_0_downsample_1_running_var,
                  .batches = AT_layer2_0_downsample_1_num_batches_tracked},
                  batchnorm2d_layer2_0_downsample_1_moments[0], 400,
                  batchnorm2d_layer2_0_downsample_1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_17(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer2_0_downsample_0)[28][28 * 128] = (void *)(g->batch + 3211264 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_0_downsample_1_statistics)[128] = (void *)(g->batch + 4823296); /* 128x4x1 */
    float (*batchnorm2d_layer2_0_downsample_1)[28 * 128] = (void *)(g->workspace + 0); /* 128x28x28 */
    float (*batchnorm2d_layer2_0_bn2)[28][28 * 128] = (void *)(g->batch + 1605632 + g->first * 401408L); /* 128x28x28 */
    float (*relu_layer2_0_relu_2)[30][30 * 128] = (void *)(g->batch + 26272768 + g->first * 460800L); /* 128x28x28, 1 zeros around */
    float (*conv2d_layer2_1_conv1)[28][28 * 128] = (void *)(g->batch + 0 + g->first * 401408L); /* 128x28x28 */
    float *conv2d_layer2_1_conv1_scratch = (void *)(g->workspace + 0);       /* 81888 */
    float (*batchnorm2d_layer2_1_bn1_moments)[400] = (void *)(g->batch + 4816896 + g->first * 1600L); /* 128x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer2_0_to_1_bn2_forward(conv2d_layer2_0_downsample_0[i][0],
                                              batchnorm2d_layer2_0_downsample_1_statistics[0],
                                              batchnorm2d_layer2_0_downsample_1[0]);
        residual_layer2_0_residual_forward(batchnorm2d_layer2_0_bn2[i][0], batchnorm2d_layer2_0_downsample_1[0],
                                           &relu_layer2_0_relu_2[i][1][1 * 128]);
    }
    conv2d_layer2_0_to_1_conv2_forward(relu_layer2_0_relu_2[0][0], derived + AT_layer2_1_conv1_weight_winograd, 0,
                                       conv2d_layer2_1_conv1[0][0], conv2d_layer2_1_conv1_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer2_0_bn1_to_1_bn2_moments_forward(conv2d_layer2_1_conv1[i][0],
                                                              batchnorm2d_layer2_1_bn1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer2_1_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer2_1_bn1_moments)[400] = (void *)(g->batch + 4816896); /* 128x3x1 */
    float (*batchnorm2d_layer2_1_bn1_statistics)[128] = (void *)(g->batch + 3217664); /* 128x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 128, .pixels = 784, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer2_1_bn1_weight, .bias = AT_layer2_1_bn1_bias,
                  .running_mean = AT_layer2_1_bn1_running_mean, .running_var = AT_layer2_1_bn1_running_var,
                  .batches = AT_layer2_1_bn1_num_batches_tracked}, batchnorm2d_layer2_1_bn1_moments[0], 400,
                  batchnorm2d_layer2_1_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_19(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer2_1_conv1)[28][28 * 128] = (void *)(g->batch + 0 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_1_bn1_statistics)[128] = (void *)(g->batch + 3217664); /* 128x4x1 */
    float (*relu_layer2_1_relu)[30][30 * 128] = (void *)(g->workspace + 6023744); /* 128x28x28, 1 zeros around */
    float (*conv2d_layer2_1_conv2)[28][28 * 128] = (void *)(g->batch + 1605632 + g->first * 401408L); /* 128x28x28 */
    float *conv2d_layer2_1_conv2_scratch = (void *)(g->workspace + 0);       /* 81888 */
    float (*batchnorm2d_layer2_1_bn2_moments)[400] = (void *)(g->batch + 3211264 + g->first * 1600L); /* 128x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer2_0_and_1_bn1_forward(conv2d_layer2_1_conv1[i][0], batchnorm2d_layer2_1_bn1_statistics[0],
                                               &relu_layer2_1_relu[i][1][1 * 128]);
    }
    conv2d_layer2_0_to_1_conv2_forward(relu_layer2_1_relu[0][0], derived + AT_layer2_1_conv2_weight_winograd, 0,
                                       conv2d_layer2_1_conv2[0][0], conv2d_layer2_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer2_0_bn1_to_1_bn2_moments_forward(conv2d_layer2_1_conv2[i][0],
                                                              batchnorm2d_layer2_1_bn2_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer2_1_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer2_1_bn2_moments)[400] = (void *)(g->batch + 3211264); /* 128x3x1 */
    float (*batchnorm2d_layer2_1_bn2_statistics)[128] = (void *)(g->batch + 815360); /* 128x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 128, .pixels = 784, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer2_1_bn2_weight, .bias = AT_layer2_1_bn2_bias,
                  .running_mean = AT_layer2_1_bn2_running_mean, .running_var = AT_layer2_1_bn2_running_var,
                  .batches = AT_layer2_1_bn2_num_batches_tracked}, batchnorm2d_layer2_1_bn2_moments[0], 400,
                  batchnorm2d_layer2_1_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_21(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer2_1_conv2)[28][28 * 128] = (void *)(g->batch + 1605632 + g->first * 401408L); /* 128x28x28 */
    float (*batchnorm2d_layer2_1_bn2_statistics)[128] = (void *)(g->batch + 815360); /* 128x4x1 */
    float (*batchnorm2d_layer2_1_bn2)[28 * 128] = (void *)(g->workspace + 0); /* 128x28x28 */
    float (*relu_layer2_0_relu_2)[30][30 * 128] = (void *)(g->batch + 26272768 + g->first * 460800L); /* 128x28x28, 1 zeros around */
    float (*relu_layer2_1_relu_2)[29][29 * 128] = (void *)(g->batch + 28115968 + g->first * 430592L); /* 128x28x28, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*conv2d_layer3_0_conv1)[14][14 * 256] = (void *)(g->batch + 0 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_0_bn1_moments)[784] = (void *)(g->batch + 802816 + g->first * 3136L); /* 256x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer2_0_to_1_bn2_forward(conv2d_layer2_1_conv2[i][0], batchnorm2d_layer2_1_bn2_statistics[0],
                                              batchnorm2d_layer2_1_bn2[0]);
        residual_layer2_1_residual_forward(batchnorm2d_layer2_1_bn2[0], &relu_layer2_0_relu_2[i][1][1 * 128],
                                           &relu_layer2_1_relu_2[i][1][1 * 128]);
        conv2d_layer3_0_conv1_forward(relu_layer2_1_relu_2[i][0], derived + AT_layer3_0_conv1_weight_dense, 0,
                                      conv2d_layer3_0_conv1[i][0]);
        if (g->training)
            batchnorm2d_layer3_0_bn1_to_1_bn2_moments_forward(conv2d_layer3_0_conv1[i][0],
                                                              batchnorm2d_layer3_0_bn1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer3_0_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer3_0_bn1_moments)[784] = (void *)(g->batch + 802816); /* 256x3x1 */
    float (*batchnorm2d_layer3_0_bn1_statistics)[256] = (void *)(g->batch + 1618176); /* 256x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 256, .pixels = 196, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer3_0_bn1_weight, .bias = AT_layer3_0_bn1_bias,
                  .running_mean = AT_layer3_0_bn1_running_mean, .running_var = AT_layer3_0_bn1_running_var,
                  .batches = AT_layer3_0_bn1_num_batches_tracked}, batchnorm2d_layer3_0_bn1_moments[0], 784,
                  batchnorm2d_layer3_0_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_23(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer3_0_conv1)[14][14 * 256] = (void *)(g->batch + 0 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_0_bn1_statistics)[256] = (void *)(g->batch + 1618176); /* 256x4x1 */
    float (*relu_layer3_0_relu)[16][16 * 256] = (void *)(g->workspace + 6885952); /* 256x14x14, 1 zeros around */
    float (*conv2d_layer3_0_conv2)[14][14 * 256] = (void *)(g->batch + 802816 + g->first * 200704L); /* 256x14x14 */
    float *conv2d_layer3_0_conv2_scratch = (void *)(g->workspace + 0);       /* 191712 */
    float (*batchnorm2d_layer3_0_bn2_moments)[784] = (void *)(g->batch + 1605632 + g->first * 3136L); /* 256x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer3_0_and_1_bn1_forward(conv2d_layer3_0_conv1[i][0], batchnorm2d_layer3_0_bn1_statistics[0],
                                               &relu_layer3_0_relu[i][1][1 * 256]);
    }
    conv2d_layer3_0_to_1_conv2_forward(relu_layer3_0_relu[0][0], derived + AT_layer3_0_conv2_weight_winograd, 0,
                                       conv2d_layer3_0_conv2[0][0], conv2d_layer3_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer3_0_bn1_to_1_bn2_moments_forward(conv2d_layer3_0_conv2[i][0],
                                                              batchnorm2d_layer3_0_bn2_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer3_0_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer3_0_bn2_moments)[784] = (void *)(g->batch + 1605632); /* 256x3x1 */
    float (*batchnorm2d_layer3_0_bn2_statistics)[256] = (void *)(g->batch + 2420992); /* 256x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 256, .pixels = 196, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer3_0_bn2_weight, .bias = AT_layer3_0_bn2_bias,
                  .running_mean = AT_layer3_0_bn2_running_mean, .running_var = AT_layer3_0_bn2_running_var,
                  .batches = AT_layer3_0_bn2_num_batches_tracked}, batchnorm2d_layer3_0_bn2_moments[0], 784,
                  batchnorm2d_layer3_0_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_25(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer3_0_conv2)[14][14 * 256] = (void *)(g->batch + 802816 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_0_bn2_statistics)[256] = (void *)(g->batch + 2420992); /* 256x4x1 */
    float (*batchnorm2d_layer3_0_bn2)[14][14 * 256] = (void *)(g->batch + 0 + g->first * 200704L); /* 256x14x14 */
    float (*relu_layer2_1_relu_2)[29][29 * 128] = (void *)(g->batch + 28115968 + g->first * 430592L); /* 128x28x28, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*conv2d_layer3_0_downsample_0)[14][14 * 256] = (void *)(g->batch + 1605632 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_0_downsample_1_moments)[784] = (void *)(g->batch + 2408448 + g->first * 3136L); /* 256x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer3_0_to_1_bn2_forward(conv2d_layer3_0_conv2[i][0], batchnorm2d_layer3_0_bn2_statistics[0],
                                              batchnorm2d_layer3_0_bn2[i][0]);
        conv2d_layer3_0_downsample_0_forward(&relu_layer2_1_relu_2[i][1][1 * 128],
                                             derived + AT_layer3_0_downsample_0_weight_dense, 0,
                                             conv2d_layer3_0_downsample_0[i][0]);
        if (g->training)
            batchnorm2d_layer3_0_bn1_to_1_bn2_moments_forward(conv2d_layer3_0_downsample_0[i][0],
                                                              batchnorm2d_layer3_0_downsample_1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer3_0_downsample_1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer3_0_downsample_1_moments)[784] = (void *)(g->batch + 2408448); /* 256x3x1 */
    float (*batchnorm2d_layer3_0_downsample_1_statistics)[256] = (void *)(g->batch + 2420992); /* 256x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 256, .pixels = 196, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer3_0_downsample_1_weight, .bias = AT_layer3_0_downsample_1_bias,
                  .running_mean = AT_layer3_0_downsample_1_running_mean,
                  .running_var = AT_layer3_0_downsample_1_running_var,
                  .batches = AT_layer3_0_downsample_1_num_batches_tracked},
                  batchnorm2d_layer3_0_downsample_1_moments[0], 784,
                  batchnorm2d_layer3_0_downsample_1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_27(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer3_0_downsample_0)[14][14 * 256] = (void *)(g->batch + 1605632 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_0_downsample_1_statistics)[256] = (void *)(g->batch + 2420992); /* 256x4x1 */
    float (*batchnorm2d_layer3_0_downsample_1)[14 * 256] = (void *)(g->workspace + 0); /* 256x14x14 */
    float (*batchnorm2d_layer3_0_bn2)[14][14 * 256] = (void *)(g->batch + 0 + g->first * 200704L); /* 256x14x14 */
    float (*relu_layer3_0_relu_2)[16][16 * 256] = (void *)(g->batch + 29838336 + g->first * 262144L); /* 256x14x14, 1 zeros around */
    float (*conv2d_layer3_1_conv1)[14][14 * 256] = (void *)(g->batch + 802816 + g->first * 200704L); /* 256x14x14 */
    float *conv2d_layer3_1_conv1_scratch = (void *)(g->workspace + 0);       /* 191712 */
    float (*batchnorm2d_layer3_1_bn1_moments)[784] = (void *)(g->batch + 2408448 + g->first * 3136L); /* 256x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer3_0_to_1_bn2_forward(conv2d_layer3_0_downsample_0[i][0],
                                              batchnorm2d_layer3_0_downsample_1_statistics[0],
                                              batchnorm2d_layer3_0_downsample_1[0]);
        residual_layer3_0_residual_forward(batchnorm2d_layer3_0_bn2[i][0], batchnorm2d_layer3_0_downsample_1[0],
                                           &relu_layer3_0_relu_2[i][1][1 * 256]);
    }
    conv2d_layer3_0_to_1_conv2_forward(relu_layer3_0_relu_2[0][0], derived + AT_layer3_1_conv1_weight_winograd, 0,
                                       conv2d_layer3_1_conv1[0][0], conv2d_layer3_1_conv1_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer3_0_bn1_to_1_bn2_moments_forward(conv2d_layer3_1_conv1[i][0],
                                                              batchnorm2d_layer3_1_bn1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer3_1_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer3_1_bn1_moments)[784] = (void *)(g->batch + 2408448); /* 256x3x1 */
    float (*batchnorm2d_layer3_1_bn1_statistics)[256] = (void *)(g->batch + 1618176); /* 256x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 256, .pixels = 196, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer3_1_bn1_weight, .bias = AT_layer3_1_bn1_bias,
                  .running_mean = AT_layer3_1_bn1_running_mean, .running_var = AT_layer3_1_bn1_running_var,
                  .batches = AT_layer3_1_bn1_num_batches_tracked}, batchnorm2d_layer3_1_bn1_moments[0], 784,
                  batchnorm2d_layer3_1_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_29(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer3_1_conv1)[14][14 * 256] = (void *)(g->batch + 802816 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_1_bn1_statistics)[256] = (void *)(g->batch + 1618176); /* 256x4x1 */
    float (*relu_layer3_1_relu)[16][16 * 256] = (void *)(g->workspace + 7148096); /* 256x14x14, 1 zeros around */
    float (*conv2d_layer3_1_conv2)[14][14 * 256] = (void *)(g->batch + 0 + g->first * 200704L); /* 256x14x14 */
    float *conv2d_layer3_1_conv2_scratch = (void *)(g->workspace + 0);       /* 191712 */
    float (*batchnorm2d_layer3_1_bn2_moments)[784] = (void *)(g->batch + 1605632 + g->first * 3136L); /* 256x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer3_0_and_1_bn1_forward(conv2d_layer3_1_conv1[i][0], batchnorm2d_layer3_1_bn1_statistics[0],
                                               &relu_layer3_1_relu[i][1][1 * 256]);
    }
    conv2d_layer3_0_to_1_conv2_forward(relu_layer3_1_relu[0][0], derived + AT_layer3_1_conv2_weight_winograd, 0,
                                       conv2d_layer3_1_conv2[0][0], conv2d_layer3_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer3_0_bn1_to_1_bn2_moments_forward(conv2d_layer3_1_conv2[i][0],
                                                              batchnorm2d_layer3_1_bn2_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer3_1_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer3_1_bn2_moments)[784] = (void *)(g->batch + 1605632); /* 256x3x1 */
    float (*batchnorm2d_layer3_1_bn2_statistics)[256] = (void *)(g->batch + 1229056); /* 256x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 256, .pixels = 196, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer3_1_bn2_weight, .bias = AT_layer3_1_bn2_bias,
                  .running_mean = AT_layer3_1_bn2_running_mean, .running_var = AT_layer3_1_bn2_running_var,
                  .batches = AT_layer3_1_bn2_num_batches_tracked}, batchnorm2d_layer3_1_bn2_moments[0], 784,
                  batchnorm2d_layer3_1_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_31(struct nc_group *g)
{
    const float *weights = g->weights;
    float (*conv2d_layer3_1_conv2)[14][14 * 256] = (void *)(g->batch + 0 + g->first * 200704L); /* 256x14x14 */
    float (*batchnorm2d_layer3_1_bn2_statistics)[256] = (void *)(g->batch + 1229056); /* 256x4x1 */
    float (*batchnorm2d_layer3_1_bn2)[14 * 256] = (void *)(g->workspace + 0); /* 256x14x14 */
    float (*relu_layer3_0_relu_2)[16][16 * 256] = (void *)(g->batch + 29838336 + g->first * 262144L); /* 256x14x14, 1 zeros around */
    float (*relu_layer3_1_relu_2)[15][15 * 256] = (void *)(g->batch + 30886912 + g->first * 230400L); /* 256x14x14, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*conv2d_layer4_0_conv1)[7][7 * 512] = (void *)(g->batch + 802816 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_0_bn1_moments)[1552] = (void *)(g->batch + 1204224 + g->first * 6208L); /* 512x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer3_0_to_1_bn2_forward(conv2d_layer3_1_conv2[i][0], batchnorm2d_layer3_1_bn2_statistics[0],
                                              batchnorm2d_layer3_1_bn2[0]);
        residual_layer3_1_residual_forward(batchnorm2d_layer3_1_bn2[0], &relu_layer3_0_relu_2[i][1][1 * 256],
                                           &relu_layer3_1_relu_2[i][1][1 * 256]);
    }
    conv2d_layer4_0_conv1_forward(relu_layer3_1_relu_2[0][0], weights + AT_layer4_0_conv1_weight, 0,
                                  conv2d_layer4_0_conv1[0][0]);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer4_0_bn1_to_1_bn2_moments_forward(conv2d_layer4_0_conv1[i][0],
                                                              batchnorm2d_layer4_0_bn1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer4_0_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer4_0_bn1_moments)[1552] = (void *)(g->batch + 1204224); /* 512x3x1 */
    float (*batchnorm2d_layer4_0_bn1_statistics)[512] = (void *)(g->batch + 426240); /* 512x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 512, .pixels = 49, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer4_0_bn1_weight, .bias = AT_layer4_0_bn1_bias,
                  .running_mean = AT_layer4_0_bn1_running_mean, .running_var = AT_layer4_0_bn1_running_var,
                  .batches = AT_layer4_0_bn1_num_batches_tracked}, batchnorm2d_layer4_0_bn1_moments[0], 1552,
                  batchnorm2d_layer4_0_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_33(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer4_0_conv1)[7][7 * 512] = (void *)(g->batch + 802816 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_0_bn1_statistics)[512] = (void *)(g->batch + 426240); /* 512x4x1 */
    float (*relu_layer4_0_relu)[9][9 * 512] = (void *)(g->workspace + 7410240); /* 512x7x7, 1 zeros around */
    float (*conv2d_layer4_0_conv2)[7][7 * 512] = (void *)(g->batch + 0 + g->first * 100352L); /* 512x7x7 */
    float *conv2d_layer4_0_conv2_scratch = (void *)(g->workspace + 0);       /* 107232 */
    float (*batchnorm2d_layer4_0_bn2_moments)[1552] = (void *)(g->batch + 401408 + g->first * 6208L); /* 512x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer4_0_and_1_bn1_forward(conv2d_layer4_0_conv1[i][0], batchnorm2d_layer4_0_bn1_statistics[0],
                                               &relu_layer4_0_relu[i][1][1 * 512]);
    }
    conv2d_layer4_0_to_1_conv2_forward(relu_layer4_0_relu[0][0], derived + AT_layer4_0_conv2_weight_winograd, 0,
                                       conv2d_layer4_0_conv2[0][0], conv2d_layer4_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer4_0_bn1_to_1_bn2_moments_forward(conv2d_layer4_0_conv2[i][0],
                                                              batchnorm2d_layer4_0_bn2_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer4_0_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer4_0_bn2_moments)[1552] = (void *)(g->batch + 401408); /* 512x3x1 */
    float (*batchnorm2d_layer4_0_bn2_statistics)[512] = (void *)(g->batch + 1229056); /* 512x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 512, .pixels = 49, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer4_0_bn2_weight, .bias = AT_layer4_0_bn2_bias,
                  .running_mean = AT_layer4_0_bn2_running_mean, .running_var = AT_layer4_0_bn2_running_var,
                  .batches = AT_layer4_0_bn2_num_batches_tracked}, batchnorm2d_layer4_0_bn2_moments[0], 1552,
                  batchnorm2d_layer4_0_bn2_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_35(struct nc_group *g)
{
    const float *weights = g->weights;
    float (*conv2d_layer4_0_conv2)[7][7 * 512] = (void *)(g->batch + 0 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_0_bn2_statistics)[512] = (void *)(g->batch + 1229056); /* 512x4x1 */
    float (*batchnorm2d_layer4_0_bn2)[7][7 * 512] = (void *)(g->batch + 401408 + g->first * 100352L); /* 512x7x7 */
    float (*relu_layer3_1_relu_2)[15][15 * 256] = (void *)(g->batch + 30886912 + g->first * 230400L); /* 256x14x14, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*conv2d_layer4_0_downsample_0)[7][7 * 512] = (void *)(g->batch + 802816 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_0_downsample_1_moments)[1552] = (void *)(g->batch + 1204224 + g->first * 6208L); /* 512x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer4_0_to_1_bn2_forward(conv2d_layer4_0_conv2[i][0], batchnorm2d_layer4_0_bn2_statistics[0],
                                              batchnorm2d_layer4_0_bn2[i][0]);
    }
    conv2d_layer4_0_downsample_0_forward(&relu_layer3_1_relu_2[0][1][1 * 256],
                                         weights + AT_layer4_0_downsample_0_weight, 0,
                                         conv2d_layer4_0_downsample_0[0][0]);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer4_0_bn1_to_1_bn2_moments_forward(conv2d_layer4_0_downsample_0[i][0],
                                                              batchnorm2d_layer4_0_downsample_1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer4_0_downsample_1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer4_0_downsample_1_moments)[1552] = (void *)(g->batch + 1204224); /* 512x3x1 */
    float (*batchnorm2d_layer4_0_downsample_1_statistics)[512] = (void *)(g->batch + 1229056); /* 512x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 512, .pixels = 49, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer4_0_downsample_1_weight, .bias = AT_layer4_0_downsample_1_bias,
                  .running_mean = AT_layer4_0_downsample_1_running_mean,
                  .running_var = AT_layer4_0_downsample_1_running_var,
                  .batches = AT_layer4_0_downsample_1_num_batches_tracked},
                  batchnorm2d_layer4_0_downsample_1_moments[0], 1552,
                  batchnorm2d_layer4_0_downsample_1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_37(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer4_0_downsample_0)[7][7 * 512] = (void *)(g->batch + 802816 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_0_downsample_1_statistics)[512] = (void *)(g->batch + 1229056); /* 512x4x1 */
    float (*batchnorm2d_layer4_0_downsample_1)[7 * 512] = (void *)(g->workspace + 0); /* 512x7x7 */
    float (*batchnorm2d_layer4_0_bn2)[7][7 * 512] = (void *)(g->batch + 401408 + g->first * 100352L); /* 512x7x7 */
    float (*relu_layer4_0_relu_2)[9][9 * 512] = (void *)(g->batch + 31808512 + g->first * 165888L); /* 512x7x7, 1 zeros around */
    float (*conv2d_layer4_1_conv1)[7][7 * 512] = (void *)(g->batch + 0 + g->first * 100352L); /* 512x7x7 */
    float *conv2d_layer4_1_conv1_scratch = (void *)(g->workspace + 0);       /* 107232 */
    float (*batchnorm2d_layer4_1_bn1_moments)[1552] = (void *)(g->batch + 1204224 + g->first * 6208L); /* 512x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer4_0_to_1_bn2_forward(conv2d_layer4_0_downsample_0[i][0],
                                              batchnorm2d_layer4_0_downsample_1_statistics[0],
                                              batchnorm2d_layer4_0_downsample_1[0]);
        residual_layer4_0_residual_forward(batchnorm2d_layer4_0_bn2[i][0], batchnorm2d_layer4_0_downsample_1[0],
                                           &relu_layer4_0_relu_2[i][1][1 * 512]);
    }
    conv2d_layer4_0_to_1_conv2_forward(relu_layer4_0_relu_2[0][0], derived + AT_layer4_1_conv1_weight_winograd, 0,
                                       conv2d_layer4_1_conv1[0][0], conv2d_layer4_1_conv1_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer4_0_bn1_to_1_bn2_moments_forward(conv2d_layer4_1_conv1[i][0],
                                                              batchnorm2d_layer4_1_bn1_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer4_1_bn1_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer4_1_bn1_moments)[1552] = (void *)(g->batch + 1204224); /* 512x3x1 */
    float (*batchnorm2d_layer4_1_bn1_statistics)[512] = (void *)(g->batch + 827648); /* 512x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 512, .pixels = 49, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer4_1_bn1_weight, .bias = AT_layer4_1_bn1_bias,
                  .running_mean = AT_layer4_1_bn1_running_mean, .running_var = AT_layer4_1_bn1_running_var,
                  .batches = AT_layer4_1_bn1_num_batches_tracked}, batchnorm2d_layer4_1_bn1_moments[0], 1552,
                  batchnorm2d_layer4_1_bn1_statistics[0]);
}

/* For a group of samples, before what is made for the whole batch. */
static void forward_39(struct nc_group *g)
{
    const float *derived = g->derived;
    float (*conv2d_layer4_1_conv1)[7][7 * 512] = (void *)(g->batch + 0 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_1_bn1_statistics)[512] = (void *)(g->batch + 827648); /* 512x4x1 */
    float (*relu_layer4_1_relu)[9][9 * 512] = (void *)(g->workspace + 7576128); /* 512x7x7, 1 zeros around */
    float (*conv2d_layer4_1_conv2)[7][7 * 512] = (void *)(g->batch + 401408 + g->first * 100352L); /* 512x7x7 */
    float *conv2d_layer4_1_conv2_scratch = (void *)(g->workspace + 0);       /* 107232 */
    float (*batchnorm2d_layer4_1_bn2_moments)[1552] = (void *)(g->batch + 802816 + g->first * 6208L); /* 512x3x1 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer4_0_and_1_bn1_forward(conv2d_layer4_1_conv1[i][0], batchnorm2d_layer4_1_bn1_statistics[0],
                                               &relu_layer4_1_relu[i][1][1 * 512]);
    }
    conv2d_layer4_0_to_1_conv2_forward(relu_layer4_1_relu[0][0], derived + AT_layer4_1_conv2_weight_winograd, 0,
                                       conv2d_layer4_1_conv2[0][0], conv2d_layer4_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        if (g->training)
            batchnorm2d_layer4_0_bn1_to_1_bn2_moments_forward(conv2d_layer4_1_conv2[i][0],
                                                              batchnorm2d_layer4_1_bn2_moments[i]);
    }
}

/* For the whole batch. */
static void batchnorm2d_layer4_1_bn2_statistics_forward_part(struct nc_group *g)
{
    float (*batchnorm2d_layer4_1_bn2_moments)[1552] = (void *)(g->batch + 802816); /* 512x3x1 */
    float (*batchnorm2d_layer4_1_bn2_statistics)[512] = (void *)(g->batch + 0); /* 512x4x1 */

    nc_batch_norm(g, &(const struct nc_batch_norm){.channels = 512, .pixels = 49, .eps = 1e-05, .momentum = 0.1,
                  .weight = AT_layer4_1_bn2_weight, .bias = AT_layer4_1_bn2_bias,
                  .running_mean = AT_layer4_1_bn2_running_mean, .running_var = AT_layer4_1_bn2_running_var,
                  .batches = AT_layer4_1_bn2_num_batches_tracked}, batchnorm2d_layer4_1_bn2_moments[0], 1552,
                  batchnorm2d_layer4_1_bn2_statistics[0]);
}

/* From the samples of a group to the model's output. */
static void forward(struct nc_group *g)
{
    const float *weights = g->weights;
    float (*conv2d_layer4_1_conv2)[7][7 * 512] = (void *)(g->batch + 401408 + g->first * 100352L); /* 512x7x7 */
    float (*batchnorm2d_layer4_1_bn2_statistics)[512] = (void *)(g->batch + 0); /* 512x4x1 */
    float (*batchnorm2d_layer4_1_bn2)[7 * 512] = (void *)(g->workspace + 0); /* 512x7x7 */
    float (*relu_layer4_0_relu_2)[9][9 * 512] = (void *)(g->batch + 31808512 + g->first * 165888L); /* 512x7x7, 1 zeros around */
    float (*relu_layer4_1_relu_2)[7 * 512] = (void *)(g->workspace + 100352); /* 512x7x7 */
    float (*adaptiveavgpool2d_avgpool)[512] = (void *)(g->workspace + 200704); /* 512 */
    float (*linear_fc)[16] = (void *)(g->workspace + 0);                     /* 2 */

    for (int i = 0; i < g->count; i++) {
        batchnorm2d_layer4_0_to_1_bn2_forward(conv2d_layer4_1_conv2[i][0], batchnorm2d_layer4_1_bn2_statistics[0],
                                              batchnorm2d_layer4_1_bn2[0]);
        residual_layer4_1_residual_forward(batchnorm2d_layer4_1_bn2[0], &relu_layer4_0_relu_2[i][1][1 * 512],
                                           relu_layer4_1_relu_2[0]);
        adaptiveavgpool2d_avgpool_forward(relu_layer4_1_relu_2[0], adaptiveavgpool2d_avgpool[i]);
    }
    linear_fc_forward(adaptiveavgpool2d_avgpool[0], weights + AT_fc_weight, weights + AT_fc_bias, linear_fc[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to g->gradients. */
static void backward(struct nc_group *g)
{
    float *gradients = g->gradients;
    float (*linear_fc)[16] = (void *)(g->workspace + 0);                     /* 2 */
    float (*d_linear_fc)[16] = (void *)(g->workspace + 64);                  /* 2 */
    float (*adaptiveavgpool2d_avgpool)[512] = (void *)(g->workspace + 200704); /* 512 */

    nc_cross_entropy(g, &loss, linear_fc[0], 16, 2, d_linear_fc[0]);
    linear_fc_grad_weight(adaptiveavgpool2d_avgpool[0], d_linear_fc[0], gradients + AT_fc_weight, g->count);
    bias_fc_grad(d_linear_fc[0], gradients + AT_fc_bias, g->count);
}

static void train(struct nc_group *g)
{
    forward(g);
    backward(g);
}

static void test(struct nc_group *g)
{
    float (*linear_fc)[16] = (void *)(g->workspace + 0);                     /* 2 */

    forward(g);
    if (g->target)
        nc_cross_entropy(g, &loss, linear_fc[0], 16, 2, 0);
}

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void derive(const float *weights, float *derived, int part, int parts)
{
    conv2d_conv1_weights(weights + AT_conv1_weight, derived + AT_conv1_weight_dense, part, parts);
    conv2d_layer1_0_conv1_to_1_conv2_weights(weights + AT_layer1_0_conv1_weight,
                                             derived + AT_layer1_0_conv1_weight_winograd, part, parts);
    conv2d_layer1_0_conv1_to_1_conv2_weights(weights + AT_layer1_0_conv2_weight,
                                             derived + AT_layer1_0_conv2_weight_winograd, part, parts);
    conv2d_layer1_0_conv1_to_1_conv2_weights(weights + AT_layer1_1_conv1_weight,
                                             derived + AT_layer1_1_conv1_weight_winograd, part, parts);
    conv2d_layer1_0_conv1_to_1_conv2_weights(weights + AT_layer1_1_conv2_weight,
                                             derived + AT_layer1_1_conv2_weight_winograd, part, parts);
    conv2d_layer2_0_conv1_weights(weights + AT_layer2_0_conv1_weight, derived + AT_layer2_0_conv1_weight_dense, part,
                                  parts);
    conv2d_layer2_0_to_1_conv2_weights(weights + AT_layer2_0_conv2_weight,
                                       derived + AT_layer2_0_conv2_weight_winograd, part, parts);
    conv2d_layer2_0_downsample_0_weights(weights + AT_layer2_0_downsample_0_weight,
                                         derived + AT_layer2_0_downsample_0_weight_dense, part, parts);
    conv2d_layer2_0_to_1_conv2_weights(weights + AT_layer2_1_conv1_weight,
                                       derived + AT_layer2_1_conv1_weight_winograd, part, parts);
    conv2d_layer2_0_to_1_conv2_weights(weights + AT_layer2_1_conv2_weight,
                                       derived + AT_layer2_1_conv2_weight_winograd, part, parts);
    conv2d_layer3_0_conv1_weights(weights + AT_layer3_0_conv1_weight, derived + AT_layer3_0_conv1_weight_dense, part,
                                  parts);
    conv2d_layer3_0_to_1_conv2_weights(weights + AT_layer3_0_conv2_weight,
                                       derived + AT_layer3_0_conv2_weight_winograd, part, parts);
    conv2d_layer3_0_downsample_0_weights(weights + AT_layer3_0_downsample_0_weight,
                                         derived + AT_layer3_0_downsample_0_weight_dense, part, parts);
    conv2d_layer3_0_to_1_conv2_weights(weights + AT_layer3_1_conv1_weight,
                                       derived + AT_layer3_1_conv1_weight_winograd, part, parts);
    conv2d_layer3_0_to_1_conv2_weights(weights + AT_layer3_1_conv2_weight,
                                       derived + AT_layer3_1_conv2_weight_winograd, part, parts);
    conv2d_layer4_0_to_1_conv2_weights(weights + AT_layer4_0_conv2_weight,
                                       derived + AT_layer4_0_conv2_weight_winograd, part, parts);
    conv2d_layer4_0_to_1_conv2_weights(weights + AT_layer4_1_conv1_weight,
                                       derived + AT_layer4_1_conv1_weight_winograd, part, parts);
    conv2d_layer4_0_to_1_conv2_weights(weights + AT_layer4_1_conv2_weight,
                                       derived + AT_layer4_1_conv2_weight_winograd, part, parts);
}

/* conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False), bn1: BatchNorm2d(64), relu: ReLU(inplace=True)  (line 47)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = TILE(2, 2, 1), COLS = TILE(4, 3, 5), VECS = 2 };
    for (long o = 0; o < 64; o += VECS * VL)
        for (long r = 0; r < 112; r += ROWS)
            for (long c = 0; c < 112; c = tile_next(c, COLS, 112)) {
                vec acc[ROWS][COLS][VECS];
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 7; a++) {
                    const float *xt = from_here(x + r * 1374 + a * 687 + c * 6);
                    SEVERAL for (long j = 0; j < 21; j++, xt++, wo += 80) {
                        vec weights[VECS];
                        UNROLL for (int v = 0; v < VECS; v++)
                            weights[v] = vec_load_once(wo + v * VL);
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++) {
                                const vec pixel = vec_all_of(xt + m * 1374 + n * 6);
                                UNROLL for (int v = 0; v < VECS; v++)
                                    acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                            }
                    }
                }
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++) {
                            vec sum = acc[m][n][v];
                            sum = vec_fma(sum, vec_load(bias + 128 + o + v * VL), vec_load(bias + 192 + o + v * VL));
                            sum = vec_relu(sum);
                            vec_store(y + (r + m) * 7168 + (c + n) * 64 + o + v * VL, sum);
                        }
            }
}

/* layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer1.0.bn1: BatchNorm2d(planes), layer1.0.relu: ReLU(inplace=True)  (line 4)
 * layer1.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer1.1.bn1: BatchNorm2d(planes), layer1.1.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer1_0_and_1_conv1_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 56, .cols = 56,
        .ins = 64, .outs = 64, .x_image = 215296, .x_row = 3712, .block = 18,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 18) {
        const long count = least(18, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 64, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3712 + c * 64 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 128 + o + k), vec_load(bias + 192 + o + k));
                            sum = vec_relu(sum);
                            vec_store(to + m * 3712 + n * 64, sum);
                        }
                }
            }
        }
    }
}

/* layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer1.0.bn2: BatchNorm2d(planes)  (line 7)
 * layer1.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer1.1.bn2: BatchNorm2d(planes)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer1_0_and_1_conv2_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 56, .cols = 56,
        .ins = 64, .outs = 64, .x_image = 215296, .x_row = 3712, .block = 18,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 18) {
        const long count = least(18, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 64; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 64, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 64 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 128 + o + k), vec_load(bias + 192 + o + k));
                            vec_store(to + m * 3584 + n * 64, sum);
                        }
                }
            }
        }
    }
}

/* layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer2.0.bn1: BatchNorm2d(planes), layer2.0.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer2_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    enum { ACROSS = 28 / COLS, TILES = 28 / ROWS * ACROSS };
    enum { STRIP = 4096 / (ROWS * COLS * VECS * VL) };
    enum { SHARE = (192 + STRIP - 1) / STRIP };
    for (long o = 0; o < 128; o += VECS * VL)
        for (long first = 0; first < TILES; first += STRIP) {
            vec sums[STRIP][ROWS][COLS][VECS];
            __builtin_memset(sums, 0, sizeof sums);
            for (long a = 0; a < 3; a++)
                for (long t = first; t < least(first + STRIP, TILES); t++) {
                    const long r = t / ACROSS * ROWS;
                    const long c = t % ACROSS * COLS;
                    vec acc[ROWS][COLS][VECS];
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++)
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[m][n][v] = sums[t - first][m][n][v];
                    const float *wo = w + a * 192 * 144 + o;
                    prefetch_rows(wo + (192 + (t - first) * SHARE) * 144, SHARE, 144, VECS * VL);
                    const float *xt = from_here(x + r * 7296 + a * 3648 + c * 128);
                    IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += 144) {
                        vec weights[VECS];
                        UNROLL for (int v = 0; v < VECS; v++)
                            weights[v] = vec_load_once(wo + v * VL);
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++) {
                                const vec pixel = vec_all_of(xt + m * 7296 + n * 128);
                                UNROLL for (int v = 0; v < VECS; v++)
                                    acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                            }
                    }
                    if (a < 2) {
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++)
                                UNROLL for (int v = 0; v < VECS; v++)
                                    sums[t - first][m][n][v] = acc[m][n][v];
                        continue;
                    }
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++)
                            UNROLL for (int v = 0; v < VECS; v++) {
                                vec sum = acc[m][n][v];
                                sum = vec_fma(sum, vec_load(bias + 256 + o + v * VL), vec_load(bias + 384 + o + v * VL));
                                sum = vec_relu(sum);
                                vec_store(y + (r + m) * 3840 + (c + n) * 128 + o + v * VL, sum);
                            }
                }
        }
}

/* layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer2.0.bn2: BatchNorm2d(planes)  (line 7)
 * layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer2.1.bn2: BatchNorm2d(planes)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer2_0_and_1_conv2_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 28, .cols = 28,
        .ins = 128, .outs = 128, .x_image = 115200, .x_row = 3840, .block = 10,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 10) {
        const long count = least(10, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 128; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 128, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 128 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 256 + o + k), vec_load(bias + 384 + o + k));
                            vec_store(to + m * 3584 + n * 128, sum);
                        }
                }
            }
        }
    }
}

/* layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False), layer2.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer2_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = 2 };
    for (long o = 0; o < 128; o += VECS * VL)
        for (long r = 0; r < 28; r += ROWS)
            for (long c = 0; c < 28; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 7296 + c * 128);
                SEVERAL for (long j = 0; j < 64; j++, xt++, wo += 144) {
                    vec weights[VECS];
                    UNROLL for (int v = 0; v < VECS; v++)
                        weights[v] = vec_load_once(wo + v * VL);
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++) {
                            const vec pixel = vec_all_of(xt + m * 7296 + n * 128);
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                }
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++) {
                            vec sum = acc[m][n][v];
                            sum = vec_fma(sum, vec_load(bias + 256 + o + v * VL), vec_load(bias + 384 + o + v * VL));
                            vec_store(y + (r + m) * 3584 + (c + n) * 128 + o + v * VL, sum);
                        }
            }
}

/* layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer2.1.bn1: BatchNorm2d(planes), layer2.1.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer2_1_conv1_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 28, .cols = 28,
        .ins = 128, .outs = 128, .x_image = 115200, .x_row = 3840, .block = 10,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 10) {
        const long count = least(10, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 128; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 128, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3840 + c * 128 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 256 + o + k), vec_load(bias + 384 + o + k));
                            sum = vec_relu(sum);
                            vec_store(to + m * 3840 + n * 128, sum);
                        }
                }
            }
        }
    }
}

/* layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer3.0.bn1: BatchNorm2d(planes), layer3.0.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer3_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = TILE(1, 2, 2), COLS = TILE(7, 2, 2), VECS = 2 };
    enum { ACROSS = 14 / COLS, TILES = 14 / ROWS * ACROSS };
    enum { STRIP = 4096 / (ROWS * COLS * VECS * VL) };
    enum { SHARE = (192 + STRIP - 1) / STRIP };
    for (long o = 0; o < 256; o += VECS * VL)
        for (long first = 0; first < TILES; first += STRIP) {
            vec sums[STRIP][ROWS][COLS][VECS];
            __builtin_memset(sums, 0, sizeof sums);
            for (long a = 0; a < 3; a++)
                for (long j0 = 0; j0 < 384; j0 += 192)
                    for (long t = first; t < least(first + STRIP, TILES); t++) {
                        const long r = t / ACROSS * ROWS;
                        const long c = t % ACROSS * COLS;
                        vec acc[ROWS][COLS][VECS];
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++)
                                UNROLL for (int v = 0; v < VECS; v++)
                                    acc[m][n][v] = sums[t - first][m][n][v];
                        const float *wo = w + (a * 384 + j0) * 272 + o;
                        prefetch_rows(wo + (192 + (t - first) * SHARE) * 272, SHARE, 272, VECS * VL);
                        const float *xt = from_here(x + r * 7424 + a * 3712 + c * 256 + j0);
                        IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += 272) {
                            vec weights[VECS];
                            UNROLL for (int v = 0; v < VECS; v++)
                                weights[v] = vec_load_once(wo + v * VL);
                            UNROLL for (int m = 0; m < ROWS; m++)
                                UNROLL for (int n = 0; n < COLS; n++) {
                                    const vec pixel = vec_all_of(xt + m * 7424 + n * 256);
                                    UNROLL for (int v = 0; v < VECS; v++)
                                        acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                                }
                        }
                        if (a < 2 || j0 < 192) {
                            UNROLL for (int m = 0; m < ROWS; m++)
                                UNROLL for (int n = 0; n < COLS; n++)
                                    UNROLL for (int v = 0; v < VECS; v++)
                                        sums[t - first][m][n][v] = acc[m][n][v];
                            continue;
                        }
                        UNROLL for (int m = 0; m < ROWS; m++)
                            UNROLL for (int n = 0; n < COLS; n++)
                                UNROLL for (int v = 0; v < VECS; v++) {
                                    vec sum = acc[m][n][v];
                                    sum = vec_fma(sum, vec_load(bias + 512 + o + v * VL), vec_load(bias + 768 + o + v * VL));
                                    sum = vec_relu(sum);
                                    vec_store(y + (r + m) * 4096 + (c + n) * 256 + o + v * VL, sum);
                                }
                    }
        }
}

/* layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer3.0.bn2: BatchNorm2d(planes)  (line 7)
 * layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer3.1.bn2: BatchNorm2d(planes)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer3_0_and_1_conv2_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 14, .cols = 14,
        .ins = 256, .outs = 256, .x_image = 65536, .x_row = 4096, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long count = least(16, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 256; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 256, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 256 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 512 + o + k), vec_load(bias + 768 + o + k));
                            vec_store(to + m * 3584 + n * 256, sum);
                        }
                }
            }
        }
    }
}

/* layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False), layer3.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer3_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { ROWS = TILE(1, 2, 2), COLS = TILE(7, 2, 2), VECS = 2 };
    for (long o = 0; o < 256; o += VECS * VL)
        for (long r = 0; r < 14; r += ROWS)
            for (long c = 0; c < 14; c += COLS) {
                vec acc[ROWS][COLS][VECS];
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 7424 + c * 256);
                IN_EIGHTS for (long j = 0; j < 128; j++, xt++, wo += 272) {
                    vec weights[VECS];
                    UNROLL for (int v = 0; v < VECS; v++)
                        weights[v] = vec_load_once(wo + v * VL);
                    UNROLL for (int m = 0; m < ROWS; m++)
                        UNROLL for (int n = 0; n < COLS; n++) {
                            const vec pixel = vec_all_of(xt + m * 7424 + n * 256);
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                }
                UNROLL for (int m = 0; m < ROWS; m++)
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++) {
                            vec sum = acc[m][n][v];
                            sum = vec_fma(sum, vec_load(bias + 512 + o + v * VL), vec_load(bias + 768 + o + v * VL));
                            vec_store(y + (r + m) * 3584 + (c + n) * 256 + o + v * VL, sum);
                        }
            }
}

/* layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer3.1.bn1: BatchNorm2d(planes), layer3.1.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer3_1_conv1_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 14, .cols = 14,
        .ins = 256, .outs = 256, .x_image = 65536, .x_row = 4096, .block = 16,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 16) {
        const long count = least(16, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 256; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 256, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 4096 + c * 256 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 512 + o + k), vec_load(bias + 768 + o + k));
                            sum = vec_relu(sum);
                            vec_store(to + m * 4096 + n * 256, sum);
                        }
                }
            }
        }
    }
}

/* layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer4.0.bn1: BatchNorm2d(planes), layer4.0.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer4_0_conv1_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    enum { ACROSS = (7 + COLS - 1) / COLS, TILES = 7 * ACROSS };
    enum { SHARE = (192 + TILES - 1) / TILES };
    for (long o = 0; o < 512; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long a = 0; a < 3; a++)
            for (long j0 = 0; j0 < 768; j0 += 192)
                for (long t = 0; t < TILES; t++) {
                    const long r = t / ACROSS;
                    const long c = least(t % ACROSS * COLS, 7 - COLS);
                    vec acc[COLS][VECS];
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[n][v] = sums[t][n][v];
                    const float *wo = w + (a * 768 + j0) * 512 + o;
                    prefetch_rows(wo + (192 + t * SHARE) * 512, SHARE, 512, VECS * VL);
                    const float *xt = from_here(x + r * 7680 + a * 3840 + c * 512 + j0);
                    IN_EIGHTS for (long j = 0; j < 192; j++, xt++, wo += 512) {
                        vec weights[VECS];
                        UNROLL for (int v = 0; v < VECS; v++)
                            weights[v] = vec_load_once(wo + v * VL);
                        UNROLL for (int n = 0; n < COLS; n++) {
                            const vec pixel = vec_all_of(xt + n * 512);
                            UNROLL for (int v = 0; v < VECS; v++)
                                acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                        }
                    }
                    if (a < 2 || j0 < 576) {
                        UNROLL for (int n = 0; n < COLS; n++)
                            UNROLL for (int v = 0; v < VECS; v++)
                                sums[t][n][v] = acc[n][v];
                        continue;
                    }
                    UNROLL for (int n = 0; n < COLS; n++)
                        UNROLL for (int v = 0; v < VECS; v++) {
                            vec sum = acc[n][v];
                            sum = vec_fma(sum, vec_load(bias + 1024 + o + v * VL), vec_load(bias + 1536 + o + v * VL));
                            sum = vec_relu(sum);
                            vec_store(y + r * 4608 + (c + n) * 512 + o + v * VL, sum);
                        }
                }
    }
}

/* layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer4.0.bn2: BatchNorm2d(planes)  (line 7)
 * layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False), layer4.1.bn2: BatchNorm2d(planes)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer4_0_and_1_conv2_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 7, .cols = 7,
        .ins = 512, .outs = 512, .x_image = 41472, .x_row = 4608, .block = 4,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 4) {
        const long count = least(4, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 512; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 512, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 3584 + c * 512 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 1024 + o + k), vec_load(bias + 1536 + o + k));
                            vec_store(to + m * 3584 + n * 512, sum);
                        }
                }
            }
        }
    }
}

/* layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False), layer4.0.downsample.1: BatchNorm2d(planes)  (line 10)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent */
static void conv2d_layer4_0_downsample_0_test(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(7, 4, 4), VECS = 2 };
    for (long o = 0; o < 512; o += VECS * VL)
        for (long r = 0; r < 7; r++)
            for (long c = 0; c < 7; c = tile_next(c, COLS, 7)) {
                vec acc[COLS][VECS];
                UNROLL for (int n = 0; n < COLS; n++)
                    UNROLL for (int v = 0; v < VECS; v++)
                        acc[n][v] = vec_zero();
                const float *wo = w + o;
                const float *xt = from_here(x + r * 7680 + c * 512);
                IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += 512) {
                    vec weights[VECS];
                    UNROLL for (int v = 0; v < VECS; v++)
                        weights[v] = vec_load_once(wo + v * VL);
                    UNROLL for (int n = 0; n < COLS; n++) {
                        const vec pixel = vec_all_of(xt + n * 512);
                        UNROLL for (int v = 0; v < VECS; v++)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                UNROLL for (int n = 0; n < COLS; n++)
                    UNROLL for (int v = 0; v < VECS; v++) {
                        vec sum = acc[n][v];
                        sum = vec_fma(sum, vec_load(bias + 1024 + o + v * VL), vec_load(bias + 1536 + o + v * VL));
                        vec_store(y + r * 3584 + (c + n) * 512 + o + v * VL, sum);
                    }
            }
}

/* layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False), layer4.1.bn1: BatchNorm2d(planes), layer4.1.relu: ReLU(inplace=True)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]; inputs x, w, b (b may be absent)
 * y = (x - mean) / sqrt(var + eps) * w + b; w and b may be absent
 * y = max(x, 0) */
static void conv2d_layer4_1_conv1_test(const float *x, const float *u, const float *bias, float *y, float *scratch)
{
    const struct winograd_layer layer = {
        .taps = 3, .images = 1, .rows = 7, .cols = 7,
        .ins = 512, .outs = 512, .x_image = 41472, .x_row = 4608, .block = 4,
    };
    const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);
    float *v = scratch, *products = v + 36 * winograd_v_plane(&layer), *lines = products + 36 * plane;
    for (long first = 0; first < tiles; first += 4) {
        const long count = least(4, tiles - first);
        winograd_input_3x3(&layer, x, first, count, lines, v);
        for (long o = 0; o < 512; o += WINOGRAD_GROUP) {
            winograd_products(&layer, v, u + o * 512, products, count, WINOGRAD_GROUP);
            for (long t = 0; t < count; t++) {
                const long r = winograd_row(&layer, first + t), c = winograd_col(&layer, first + t);
                for (long k = 0; k < WINOGRAD_GROUP; k += VL) {
                    vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];
                    winograd_output(products + t * WINOGRAD_GROUP + k, plane, sums, 3);
                    float *to = y + r * 4608 + c * 512 + o + k;
                    UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)
                        UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++) {
                            vec sum = sums[m][n];
                            sum = vec_fma(sum, vec_load(bias + 1024 + o + k), vec_load(bias + 1536 + o + k));
                            sum = vec_relu(sum);
                            vec_store(to + m * 4608 + n * 512, sum);
                        }
                }
            }
        }
    }
}

/* In evaluation, from the samples of a group to the loss. */
static void evaluate(struct nc_group *g)
{
    const float *weights = g->weights;
    const float *derived = g->derived;
    float (*input)[229 * 3] = (void *)(g->workspace + 15229760);             /* 3x224x224, zeros around: 3 above, 2 below, 3 left, 2 right */
    float (*relu_relu)[112 * 64] = (void *)(g->workspace + 7742016);         /* 64x112x112 */
    float (*maxpool2d_maxpool)[58][58 * 64] = (void *)(g->workspace + 10953280); /* 64x56x56, 1 zeros around */
    unsigned short (*maxpool2d_maxpool_arg)[56 * 64] = (void *)(g->workspace + 17672064); /* 64x56x56 */
    float (*relu_layer1_0_relu)[58][58 * 64] = (void *)(g->workspace + 11814464); /* 64x56x56, 1 zeros around */
    float *conv2d_layer1_0_conv1_scratch = (void *)(g->workspace + 7742016); /* 85728 */
    float (*batchnorm2d_layer1_0_bn2)[56][56 * 64] = (void *)(g->workspace + 7742016); /* 64x56x56 */
    float *conv2d_layer1_0_conv2_scratch = (void *)(g->workspace + 8544832); /* 85728 */
    float (*relu_layer1_0_relu_2)[58][58 * 64] = (void *)(g->workspace + 12675648); /* 64x56x56, 1 zeros around */
    float (*relu_layer1_1_relu)[58][58 * 64] = (void *)(g->workspace + 13536832); /* 64x56x56, 1 zeros around */
    float *conv2d_layer1_1_conv1_scratch = (void *)(g->workspace + 7742016); /* 85728 */
    float (*batchnorm2d_layer1_1_bn2)[56][56 * 64] = (void *)(g->workspace + 7742016); /* 64x56x56 */
    float *conv2d_layer1_1_conv2_scratch = (void *)(g->workspace + 8544832); /* 85728 */
    float (*relu_layer1_1_relu_2)[57][57 * 64] = (void *)(g->workspace + 14398016); /* 64x56x56, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*relu_layer2_0_relu)[30][30 * 128] = (void *)(g->workspace + 15859072); /* 128x28x28, 1 zeros around */
    float (*batchnorm2d_layer2_0_bn2)[28][28 * 128] = (void *)(g->workspace + 7742016); /* 128x28x28 */
    float *conv2d_layer2_0_conv2_scratch = (void *)(g->workspace + 8143424); /* 81888 */
    float (*batchnorm2d_layer2_0_downsample_1)[28 * 128] = (void *)(g->workspace + 8143424); /* 128x28x28 */
    float (*relu_layer2_0_relu_2)[30][30 * 128] = (void *)(g->workspace + 16319872); /* 128x28x28, 1 zeros around */
    float (*relu_layer2_1_relu)[30][30 * 128] = (void *)(g->workspace + 16780672); /* 128x28x28, 1 zeros around */
    float *conv2d_layer2_1_conv1_scratch = (void *)(g->workspace + 7742016); /* 81888 */
    float (*batchnorm2d_layer2_1_bn2)[28][28 * 128] = (void *)(g->workspace + 7742016); /* 128x28x28 */
    float *conv2d_layer2_1_conv2_scratch = (void *)(g->workspace + 8143424); /* 81888 */
    float (*relu_layer2_1_relu_2)[29][29 * 128] = (void *)(g->workspace + 17241472); /* 128x28x28, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*relu_layer3_0_relu)[16][16 * 256] = (void *)(g->workspace + 18073472); /* 256x14x14, 1 zeros around */
    float (*batchnorm2d_layer3_0_bn2)[14][14 * 256] = (void *)(g->workspace + 8508864); /* 256x14x14 */
    float *conv2d_layer3_0_conv2_scratch = (void *)(g->workspace + 7742016); /* 191712 */
    float (*batchnorm2d_layer3_0_downsample_1)[14 * 256] = (void *)(g->workspace + 7742016); /* 256x14x14 */
    float (*relu_layer3_0_relu_2)[16][16 * 256] = (void *)(g->workspace + 18335616); /* 256x14x14, 1 zeros around */
    float (*relu_layer3_1_relu)[16][16 * 256] = (void *)(g->workspace + 18597760); /* 256x14x14, 1 zeros around */
    float *conv2d_layer3_1_conv1_scratch = (void *)(g->workspace + 7742016); /* 191712 */
    float (*batchnorm2d_layer3_1_bn2)[14][14 * 256] = (void *)(g->workspace + 8508864); /* 256x14x14 */
    float *conv2d_layer3_1_conv2_scratch = (void *)(g->workspace + 7742016); /* 191712 */
    float (*relu_layer3_1_relu_2)[15][15 * 256] = (void *)(g->workspace + 18859904); /* 256x14x14, zeros around: 1 above, 0 below, 1 left, 0 right */
    float (*relu_layer4_0_relu)[9][9 * 512] = (void *)(g->workspace + 19090304); /* 512x7x7, 1 zeros around */
    float (*batchnorm2d_layer4_0_bn2)[7][7 * 512] = (void *)(g->workspace + 8170944); /* 512x7x7 */
    float *conv2d_layer4_0_conv2_scratch = (void *)(g->workspace + 7742016); /* 107232 */
    float (*batchnorm2d_layer4_0_downsample_1)[7][7 * 512] = (void *)(g->workspace + 7742016); /* 512x7x7 */
    float (*relu_layer4_0_relu_2)[9][9 * 512] = (void *)(g->workspace + 19256192); /* 512x7x7, 1 zeros around */
    float (*relu_layer4_1_relu)[9][9 * 512] = (void *)(g->workspace + 19422080); /* 512x7x7, 1 zeros around */
    float *conv2d_layer4_1_conv1_scratch = (void *)(g->workspace + 7742016); /* 107232 */
    float (*batchnorm2d_layer4_1_bn2)[7][7 * 512] = (void *)(g->workspace + 8170944); /* 512x7x7 */
    float *conv2d_layer4_1_conv2_scratch = (void *)(g->workspace + 7742016); /* 107232 */
    float (*relu_layer4_1_relu_2)[7 * 512] = (void *)(g->workspace + 7742016); /* 512x7x7 */
    float (*adaptiveavgpool2d_avgpool)[512] = (void *)(g->workspace + 7842368); /* 512 */
    float (*linear_fc)[16] = (void *)(g->workspace + 7742016);               /* 2 */

    for (int i = 0; i < g->count; i++) {
        input_forward(g->input[i], g->pixel, &input[3][3 * 3]);
        conv2d_conv1_test(input[0], derived + AT_conv1_weight_dense, derived + AT_batchnorm2d_bn1_statistics,
                          relu_relu[0]);
        maxpool2d_maxpool_forward(relu_relu[0], &maxpool2d_maxpool[i][1][1 * 64], maxpool2d_maxpool_arg[0]);
    }
    conv2d_layer1_0_and_1_conv1_test(maxpool2d_maxpool[0][0], derived + AT_layer1_0_conv1_weight_winograd,
                                     derived + AT_batchnorm2d_layer1_0_bn1_statistics,
                                     &relu_layer1_0_relu[0][1][1 * 64], conv2d_layer1_0_conv1_scratch);
    conv2d_layer1_0_and_1_conv2_test(relu_layer1_0_relu[0][0], derived + AT_layer1_0_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer1_0_bn2_statistics, batchnorm2d_layer1_0_bn2[0][0],
                                     conv2d_layer1_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        residual_layer1_0_residual_forward(batchnorm2d_layer1_0_bn2[i][0], &maxpool2d_maxpool[i][1][1 * 64],
                                           &relu_layer1_0_relu_2[i][1][1 * 64]);
    }
    conv2d_layer1_0_and_1_conv1_test(relu_layer1_0_relu_2[0][0], derived + AT_layer1_1_conv1_weight_winograd,
                                     derived + AT_batchnorm2d_layer1_1_bn1_statistics,
                                     &relu_layer1_1_relu[0][1][1 * 64], conv2d_layer1_1_conv1_scratch);
    conv2d_layer1_0_and_1_conv2_test(relu_layer1_1_relu[0][0], derived + AT_layer1_1_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer1_1_bn2_statistics, batchnorm2d_layer1_1_bn2[0][0],
                                     conv2d_layer1_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        residual_layer1_1_residual_forward(batchnorm2d_layer1_1_bn2[i][0], &relu_layer1_0_relu_2[i][1][1 * 64],
                                           &relu_layer1_1_relu_2[i][1][1 * 64]);
        conv2d_layer2_0_conv1_test(relu_layer1_1_relu_2[i][0], derived + AT_layer2_0_conv1_weight_dense,
                                   derived + AT_batchnorm2d_layer2_0_bn1_statistics,
                                   &relu_layer2_0_relu[i][1][1 * 128]);
    }
    conv2d_layer2_0_and_1_conv2_test(relu_layer2_0_relu[0][0], derived + AT_layer2_0_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer2_0_bn2_statistics, batchnorm2d_layer2_0_bn2[0][0],
                                     conv2d_layer2_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        conv2d_layer2_0_downsample_0_test(&relu_layer1_1_relu_2[i][1][1 * 64],
                                          derived + AT_layer2_0_downsample_0_weight_dense,
                                          derived + AT_batchnorm2d_layer2_0_downsample_1_statistics,
                                          batchnorm2d_layer2_0_downsample_1[0]);
        residual_layer2_0_residual_forward(batchnorm2d_layer2_0_bn2[i][0], batchnorm2d_layer2_0_downsample_1[0],
                                           &relu_layer2_0_relu_2[i][1][1 * 128]);
    }
    conv2d_layer2_1_conv1_test(relu_layer2_0_relu_2[0][0], derived + AT_layer2_1_conv1_weight_winograd,
                               derived + AT_batchnorm2d_layer2_1_bn1_statistics, &relu_layer2_1_relu[0][1][1 * 128],
                               conv2d_layer2_1_conv1_scratch);
    conv2d_layer2_0_and_1_conv2_test(relu_layer2_1_relu[0][0], derived + AT_layer2_1_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer2_1_bn2_statistics, batchnorm2d_layer2_1_bn2[0][0],
                                     conv2d_layer2_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        residual_layer2_1_residual_forward(batchnorm2d_layer2_1_bn2[i][0], &relu_layer2_0_relu_2[i][1][1 * 128],
                                           &relu_layer2_1_relu_2[i][1][1 * 128]);
        conv2d_layer3_0_conv1_test(relu_layer2_1_relu_2[i][0], derived + AT_layer3_0_conv1_weight_dense,
                                   derived + AT_batchnorm2d_layer3_0_bn1_statistics,
                                   &relu_layer3_0_relu[i][1][1 * 256]);
    }
    conv2d_layer3_0_and_1_conv2_test(relu_layer3_0_relu[0][0], derived + AT_layer3_0_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer3_0_bn2_statistics, batchnorm2d_layer3_0_bn2[0][0],
                                     conv2d_layer3_0_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        conv2d_layer3_0_downsample_0_test(&relu_layer2_1_relu_2[i][1][1 * 128],
                                          derived + AT_layer3_0_downsample_0_weight_dense,
                                          derived + AT_batchnorm2d_layer3_0_downsample_1_statistics,
                                          batchnorm2d_layer3_0_downsample_1[0]);
        residual_layer3_0_residual_forward(batchnorm2d_layer3_0_bn2[i][0], batchnorm2d_layer3_0_downsample_1[0],
                                           &relu_layer3_0_relu_2[i][1][1 * 256]);
    }
    conv2d_layer3_1_conv1_test(relu_layer3_0_relu_2[0][0], derived + AT_layer3_1_conv1_weight_winograd,
                               derived + AT_batchnorm2d_layer3_1_bn1_statistics, &relu_layer3_1_relu[0][1][1 * 256],
                               conv2d_layer3_1_conv1_scratch);
    conv2d_layer3_0_and_1_conv2_test(relu_layer3_1_relu[0][0], derived + AT_layer3_1_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer3_1_bn2_statistics, batchnorm2d_layer3_1_bn2[0][0],
                                     conv2d_layer3_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        residual_layer3_1_residual_forward(batchnorm2d_layer3_1_bn2[i][0], &relu_layer3_0_relu_2[i][1][1 * 256],
                                           &relu_layer3_1_relu_2[i][1][1 * 256]);
    }
    conv2d_layer4_0_conv1_test(relu_layer3_1_relu_2[0][0], weights + AT_layer4_0_conv1_weight,
                               derived + AT_batchnorm2d_layer4_0_bn1_statistics, &relu_layer4_0_relu[0][1][1 * 512]);
    conv2d_layer4_0_and_1_conv2_test(relu_layer4_0_relu[0][0], derived + AT_layer4_0_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer4_0_bn2_statistics, batchnorm2d_layer4_0_bn2[0][0],
                                     conv2d_layer4_0_conv2_scratch);
    conv2d_layer4_0_downsample_0_test(&relu_layer3_1_relu_2[0][1][1 * 256], weights + AT_layer4_0_downsample_0_weight,
                                      derived + AT_batchnorm2d_layer4_0_downsample_1_statistics,
                                      batchnorm2d_layer4_0_downsample_1[0][0]);
    for (int i = 0; i < g->count; i++) {
        residual_layer4_0_residual_forward(batchnorm2d_layer4_0_bn2[i][0], batchnorm2d_layer4_0_downsample_1[i][0],
                                           &relu_layer4_0_relu_2[i][1][1 * 512]);
    }
    conv2d_layer4_1_conv1_test(relu_layer4_0_relu_2[0][0], derived + AT_layer4_1_conv1_weight_winograd,
                               derived + AT_batchnorm2d_layer4_1_bn1_statistics, &relu_layer4_1_relu[0][1][1 * 512],
                               conv2d_layer4_1_conv1_scratch);
    conv2d_layer4_0_and_1_conv2_test(relu_layer4_1_relu[0][0], derived + AT_layer4_1_conv2_weight_winograd,
                                     derived + AT_batchnorm2d_layer4_1_bn2_statistics, batchnorm2d_layer4_1_bn2[0][0],
                                     conv2d_layer4_1_conv2_scratch);
    for (int i = 0; i < g->count; i++) {
        residual_layer4_1_residual_forward(batchnorm2d_layer4_1_bn2[i][0], &relu_layer4_0_relu_2[i][1][1 * 512],
                                           relu_layer4_1_relu_2[0]);
        adaptiveavgpool2d_avgpool_forward(relu_layer4_1_relu_2[0], adaptiveavgpool2d_avgpool[i]);
    }
    linear_fc_forward(adaptiveavgpool2d_avgpool[0], weights + AT_fc_weight, weights + AT_fc_bias, linear_fc[0]);
    if (g->target)
        nc_cross_entropy(g, &loss, linear_fc[0], 16, 2, 0);
}

/* What norms are in evaluation, of their running statistics: before the first sample. */
static void derive_evaluation(const float *weights, float *derived)
{
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, .eps = 1e-05, .weight = AT_bn1_weight,
                 .bias = AT_bn1_bias, .running_mean = AT_bn1_running_mean, .running_var = AT_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, .eps = 1e-05,
                 .weight = AT_layer1_0_bn1_weight, .bias = AT_layer1_0_bn1_bias,
                 .running_mean = AT_layer1_0_bn1_running_mean, .running_var = AT_layer1_0_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer1_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, .eps = 1e-05,
                 .weight = AT_layer1_0_bn2_weight, .bias = AT_layer1_0_bn2_bias,
                 .running_mean = AT_layer1_0_bn2_running_mean, .running_var = AT_layer1_0_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer1_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, .eps = 1e-05,
                 .weight = AT_layer1_1_bn1_weight, .bias = AT_layer1_1_bn1_bias,
                 .running_mean = AT_layer1_1_bn1_running_mean, .running_var = AT_layer1_1_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer1_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 64, .eps = 1e-05,
                 .weight = AT_layer1_1_bn2_weight, .bias = AT_layer1_1_bn2_bias,
                 .running_mean = AT_layer1_1_bn2_running_mean, .running_var = AT_layer1_1_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer1_1_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, .eps = 1e-05,
                 .weight = AT_layer2_0_bn1_weight, .bias = AT_layer2_0_bn1_bias,
                 .running_mean = AT_layer2_0_bn1_running_mean, .running_var = AT_layer2_0_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer2_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, .eps = 1e-05,
                 .weight = AT_layer2_0_bn2_weight, .bias = AT_layer2_0_bn2_bias,
                 .running_mean = AT_layer2_0_bn2_running_mean, .running_var = AT_layer2_0_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer2_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, .eps = 1e-05,
                 .weight = AT_layer2_0_downsample_1_weight, .bias = AT_layer2_0_downsample_1_bias,
                 .running_mean = AT_layer2_0_downsample_1_running_mean,
                 .running_var = AT_layer2_0_downsample_1_running_var}, -1,
                 derived + AT_batchnorm2d_layer2_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, .eps = 1e-05,
                 .weight = AT_layer2_1_bn1_weight, .bias = AT_layer2_1_bn1_bias,
                 .running_mean = AT_layer2_1_bn1_running_mean, .running_var = AT_layer2_1_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer2_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 128, .eps = 1e-05,
                 .weight = AT_layer2_1_bn2_weight, .bias = AT_layer2_1_bn2_bias,
                 .running_mean = AT_layer2_1_bn2_running_mean, .running_var = AT_layer2_1_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer2_1_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, .eps = 1e-05,
                 .weight = AT_layer3_0_bn1_weight, .bias = AT_layer3_0_bn1_bias,
                 .running_mean = AT_layer3_0_bn1_running_mean, .running_var = AT_layer3_0_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer3_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, .eps = 1e-05,
                 .weight = AT_layer3_0_bn2_weight, .bias = AT_layer3_0_bn2_bias,
                 .running_mean = AT_layer3_0_bn2_running_mean, .running_var = AT_layer3_0_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer3_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, .eps = 1e-05,
                 .weight = AT_layer3_0_downsample_1_weight, .bias = AT_layer3_0_downsample_1_bias,
                 .running_mean = AT_layer3_0_downsample_1_running_mean,
                 .running_var = AT_layer3_0_downsample_1_running_var}, -1,
                 derived + AT_batchnorm2d_layer3_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, .eps = 1e-05,
                 .weight = AT_layer3_1_bn1_weight, .bias = AT_layer3_1_bn1_bias,
                 .running_mean = AT_layer3_1_bn1_running_mean, .running_var = AT_layer3_1_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer3_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 256, .eps = 1e-05,
                 .weight = AT_layer3_1_bn2_weight, .bias = AT_layer3_1_bn2_bias,
                 .running_mean = AT_layer3_1_bn2_running_mean, .running_var = AT_layer3_1_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer3_1_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, .eps = 1e-05,
                 .weight = AT_layer4_0_bn1_weight, .bias = AT_layer4_0_bn1_bias,
                 .running_mean = AT_layer4_0_bn1_running_mean, .running_var = AT_layer4_0_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer4_0_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, .eps = 1e-05,
                 .weight = AT_layer4_0_bn2_weight, .bias = AT_layer4_0_bn2_bias,
                 .running_mean = AT_layer4_0_bn2_running_mean, .running_var = AT_layer4_0_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer4_0_bn2_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, .eps = 1e-05,
                 .weight = AT_layer4_0_downsample_1_weight, .bias = AT_layer4_0_downsample_1_bias,
                 .running_mean = AT_layer4_0_downsample_1_running_mean,
                 .running_var = AT_layer4_0_downsample_1_running_var}, -1,
                 derived + AT_batchnorm2d_layer4_0_downsample_1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, .eps = 1e-05,
                 .weight = AT_layer4_1_bn1_weight, .bias = AT_layer4_1_bn1_bias,
                 .running_mean = AT_layer4_1_bn1_running_mean, .running_var = AT_layer4_1_bn1_running_var}, -1,
                 derived + AT_batchnorm2d_layer4_1_bn1_statistics);
    nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = 512, .eps = 1e-05,
                 .weight = AT_layer4_1_bn2_weight, .bias = AT_layer4_1_bn2_bias,
                 .running_mean = AT_layer4_1_bn2_running_mean, .running_var = AT_layer4_1_bn2_running_var}, -1,
                 derived + AT_batchnorm2d_layer4_1_bn2_statistics);
}

static const struct nc_parameter parameters[] = {
    {
        .name = "conv1.weight", .rank = 4, .shape = {64, 3, 7, 7},
        .offset = AT_conv1_weight, .floats = 9408, .axis_count = 4, .axes = {{64, 1}, {3, 64}, {7, 1344}, {7, 192}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.082478609884232237, .high = 0.082478609884232237,
    },
    {
        .name = "bn1.weight", .rank = 1, .shape = {64},
        .offset = AT_bn1_weight, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "bn1.bias", .rank = 1, .shape = {64},
        .offset = AT_bn1_bias, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "bn1.running_mean", .rank = 1, .shape = {64},
        .offset = AT_bn1_running_mean, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "bn1.running_var", .rank = 1, .shape = {64},
        .offset = AT_bn1_running_var, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "bn1.num_batches_tracked",
        .offset = AT_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.0.conv1.weight", .rank = 4, .shape = {64, 64, 3, 3},
        .offset = AT_layer1_0_conv1_weight, .floats = 36864, .axis_count = 4, .axes = {{64, 1}, {64, 64}, {3, 12288}, {3, 4096}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657,
    },
    {
        .name = "layer1.0.bn1.weight", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn1_weight, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.0.bn1.bias", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn1_bias, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.0.bn1.running_mean", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn1_running_mean, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.0.bn1.running_var", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn1_running_var, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.0.bn1.num_batches_tracked",
        .offset = AT_layer1_0_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.0.conv2.weight", .rank = 4, .shape = {64, 64, 3, 3},
        .offset = AT_layer1_0_conv2_weight, .floats = 36864, .axis_count = 4, .axes = {{64, 1}, {64, 64}, {3, 12288}, {3, 4096}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657,
    },
    {
        .name = "layer1.0.bn2.weight", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn2_weight, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.0.bn2.bias", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn2_bias, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.0.bn2.running_mean", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn2_running_mean, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.0.bn2.running_var", .rank = 1, .shape = {64},
        .offset = AT_layer1_0_bn2_running_var, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.0.bn2.num_batches_tracked",
        .offset = AT_layer1_0_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.1.conv1.weight", .rank = 4, .shape = {64, 64, 3, 3},
        .offset = AT_layer1_1_conv1_weight, .floats = 36864, .axis_count = 4, .axes = {{64, 1}, {64, 64}, {3, 12288}, {3, 4096}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657,
    },
    {
        .name = "layer1.1.bn1.weight", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn1_weight, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.1.bn1.bias", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn1_bias, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.1.bn1.running_mean", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn1_running_mean, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.1.bn1.running_var", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn1_running_var, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.1.bn1.num_batches_tracked",
        .offset = AT_layer1_1_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.1.conv2.weight", .rank = 4, .shape = {64, 64, 3, 3},
        .offset = AT_layer1_1_conv2_weight, .floats = 36864, .axis_count = 4, .axes = {{64, 1}, {64, 64}, {3, 12288}, {3, 4096}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657,
    },
    {
        .name = "layer1.1.bn2.weight", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn2_weight, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.1.bn2.bias", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn2_bias, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.1.bn2.running_mean", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn2_running_mean, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer1.1.bn2.running_var", .rank = 1, .shape = {64},
        .offset = AT_layer1_1_bn2_running_var, .floats = 64, .axis_count = 1, .axes = {{64, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer1.1.bn2.num_batches_tracked",
        .offset = AT_layer1_1_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.conv1.weight", .rank = 4, .shape = {128, 64, 3, 3},
        .offset = AT_layer2_0_conv1_weight, .floats = 73728, .axis_count = 4, .axes = {{128, 1}, {64, 128}, {3, 24576}, {3, 8192}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657,
    },
    {
        .name = "layer2.0.bn1.weight", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn1_weight, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.0.bn1.bias", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn1_bias, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.bn1.running_mean", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn1_running_mean, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.bn1.running_var", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn1_running_var, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.0.bn1.num_batches_tracked",
        .offset = AT_layer2_0_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.conv2.weight", .rank = 4, .shape = {128, 128, 3, 3},
        .offset = AT_layer2_0_conv2_weight, .floats = 147456, .axis_count = 4, .axes = {{128, 1}, {128, 128}, {3, 49152}, {3, 16384}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948,
    },
    {
        .name = "layer2.0.bn2.weight", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn2_weight, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.0.bn2.bias", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn2_bias, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.bn2.running_mean", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn2_running_mean, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.bn2.running_var", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_bn2_running_var, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.0.bn2.num_batches_tracked",
        .offset = AT_layer2_0_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.downsample.0.weight", .rank = 4, .shape = {128, 64, 1, 1},
        .offset = AT_layer2_0_downsample_0_weight, .floats = 8192, .axis_count = 4, .axes = {{128, 1}, {64, 128}, {1, 8192}, {1, 8192}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.12499999999999999, .high = 0.12499999999999999,
    },
    {
        .name = "layer2.0.downsample.1.weight", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_downsample_1_weight, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.0.downsample.1.bias", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_downsample_1_bias, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.downsample.1.running_mean", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_downsample_1_running_mean, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.0.downsample.1.running_var", .rank = 1, .shape = {128},
        .offset = AT_layer2_0_downsample_1_running_var, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.0.downsample.1.num_batches_tracked",
        .offset = AT_layer2_0_downsample_1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.1.conv1.weight", .rank = 4, .shape = {128, 128, 3, 3},
        .offset = AT_layer2_1_conv1_weight, .floats = 147456, .axis_count = 4, .axes = {{128, 1}, {128, 128}, {3, 49152}, {3, 16384}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948,
    },
    {
        .name = "layer2.1.bn1.weight", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn1_weight, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.1.bn1.bias", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn1_bias, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.1.bn1.running_mean", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn1_running_mean, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.1.bn1.running_var", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn1_running_var, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.1.bn1.num_batches_tracked",
        .offset = AT_layer2_1_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.1.conv2.weight", .rank = 4, .shape = {128, 128, 3, 3},
        .offset = AT_layer2_1_conv2_weight, .floats = 147456, .axis_count = 4, .axes = {{128, 1}, {128, 128}, {3, 49152}, {3, 16384}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948,
    },
    {
        .name = "layer2.1.bn2.weight", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn2_weight, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.1.bn2.bias", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn2_bias, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.1.bn2.running_mean", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn2_running_mean, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer2.1.bn2.running_var", .rank = 1, .shape = {128},
        .offset = AT_layer2_1_bn2_running_var, .floats = 128, .axis_count = 1, .axes = {{128, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer2.1.bn2.num_batches_tracked",
        .offset = AT_layer2_1_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.conv1.weight", .rank = 4, .shape = {256, 128, 3, 3},
        .offset = AT_layer3_0_conv1_weight, .floats = 294912, .axis_count = 4, .axes = {{256, 1}, {128, 256}, {3, 98304}, {3, 32768}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.02946278254943948, .high = 0.02946278254943948,
    },
    {
        .name = "layer3.0.bn1.weight", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn1_weight, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.0.bn1.bias", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn1_bias, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.bn1.running_mean", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn1_running_mean, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.bn1.running_var", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn1_running_var, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.0.bn1.num_batches_tracked",
        .offset = AT_layer3_0_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.conv2.weight", .rank = 4, .shape = {256, 256, 3, 3},
        .offset = AT_layer3_0_conv2_weight, .floats = 589824, .axis_count = 4, .axes = {{256, 1}, {256, 256}, {3, 196608}, {3, 65536}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329,
    },
    {
        .name = "layer3.0.bn2.weight", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn2_weight, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.0.bn2.bias", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn2_bias, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.bn2.running_mean", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn2_running_mean, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.bn2.running_var", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_bn2_running_var, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.0.bn2.num_batches_tracked",
        .offset = AT_layer3_0_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.downsample.0.weight", .rank = 4, .shape = {256, 128, 1, 1},
        .offset = AT_layer3_0_downsample_0_weight, .floats = 32768, .axis_count = 4, .axes = {{256, 1}, {128, 256}, {1, 32768}, {1, 32768}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.088388347648318419, .high = 0.088388347648318419,
    },
    {
        .name = "layer3.0.downsample.1.weight", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_downsample_1_weight, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.0.downsample.1.bias", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_downsample_1_bias, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.downsample.1.running_mean", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_downsample_1_running_mean, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.0.downsample.1.running_var", .rank = 1, .shape = {256},
        .offset = AT_layer3_0_downsample_1_running_var, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.0.downsample.1.num_batches_tracked",
        .offset = AT_layer3_0_downsample_1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.1.conv1.weight", .rank = 4, .shape = {256, 256, 3, 3},
        .offset = AT_layer3_1_conv1_weight, .floats = 589824, .axis_count = 4, .axes = {{256, 1}, {256, 256}, {3, 196608}, {3, 65536}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329,
    },
    {
        .name = "layer3.1.bn1.weight", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn1_weight, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.1.bn1.bias", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn1_bias, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.1.bn1.running_mean", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn1_running_mean, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.1.bn1.running_var", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn1_running_var, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.1.bn1.num_batches_tracked",
        .offset = AT_layer3_1_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.1.conv2.weight", .rank = 4, .shape = {256, 256, 3, 3},
        .offset = AT_layer3_1_conv2_weight, .floats = 589824, .axis_count = 4, .axes = {{256, 1}, {256, 256}, {3, 196608}, {3, 65536}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329,
    },
    {
        .name = "layer3.1.bn2.weight", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn2_weight, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.1.bn2.bias", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn2_bias, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.1.bn2.running_mean", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn2_running_mean, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer3.1.bn2.running_var", .rank = 1, .shape = {256},
        .offset = AT_layer3_1_bn2_running_var, .floats = 256, .axis_count = 1, .axes = {{256, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer3.1.bn2.num_batches_tracked",
        .offset = AT_layer3_1_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.conv1.weight", .rank = 4, .shape = {512, 256, 3, 3},
        .offset = AT_layer4_0_conv1_weight, .floats = 1179648, .axis_count = 4, .axes = {{512, 1}, {256, 512}, {3, 393216}, {3, 131072}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329,
    },
    {
        .name = "layer4.0.bn1.weight", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn1_weight, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.0.bn1.bias", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn1_bias, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.bn1.running_mean", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn1_running_mean, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.bn1.running_var", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn1_running_var, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.0.bn1.num_batches_tracked",
        .offset = AT_layer4_0_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.conv2.weight", .rank = 4, .shape = {512, 512, 3, 3},
        .offset = AT_layer4_0_conv2_weight, .floats = 2359296, .axis_count = 4, .axes = {{512, 1}, {512, 512}, {3, 786432}, {3, 262144}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974, .high = 0.01473139127471974,
    },
    {
        .name = "layer4.0.bn2.weight", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn2_weight, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.0.bn2.bias", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn2_bias, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.bn2.running_mean", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn2_running_mean, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.bn2.running_var", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_bn2_running_var, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.0.bn2.num_batches_tracked",
        .offset = AT_layer4_0_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.downsample.0.weight", .rank = 4, .shape = {512, 256, 1, 1},
        .offset = AT_layer4_0_downsample_0_weight, .floats = 131072, .axis_count = 4, .axes = {{512, 1}, {256, 512}, {1, 131072}, {1, 131072}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.062499999999999993, .high = 0.062499999999999993,
    },
    {
        .name = "layer4.0.downsample.1.weight", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_downsample_1_weight, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.0.downsample.1.bias", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_downsample_1_bias, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.downsample.1.running_mean", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_downsample_1_running_mean, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.0.downsample.1.running_var", .rank = 1, .shape = {512},
        .offset = AT_layer4_0_downsample_1_running_var, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.0.downsample.1.num_batches_tracked",
        .offset = AT_layer4_0_downsample_1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.1.conv1.weight", .rank = 4, .shape = {512, 512, 3, 3},
        .offset = AT_layer4_1_conv1_weight, .floats = 2359296, .axis_count = 4, .axes = {{512, 1}, {512, 512}, {3, 786432}, {3, 262144}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974, .high = 0.01473139127471974,
    },
    {
        .name = "layer4.1.bn1.weight", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn1_weight, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.1.bn1.bias", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn1_bias, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.1.bn1.running_mean", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn1_running_mean, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.1.bn1.running_var", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn1_running_var, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.1.bn1.num_batches_tracked",
        .offset = AT_layer4_1_bn1_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.1.conv2.weight", .rank = 4, .shape = {512, 512, 3, 3},
        .offset = AT_layer4_1_conv2_weight, .floats = 2359296, .axis_count = 4, .axes = {{512, 1}, {512, 512}, {3, 786432}, {3, 262144}},
        .kind = NC_FROZEN, .init = NC_INIT_UNIFORM, .low = -0.01473139127471974, .high = 0.01473139127471974,
    },
    {
        .name = "layer4.1.bn2.weight", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn2_weight, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.1.bn2.bias", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn2_bias, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_FROZEN, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.1.bn2.running_mean", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn2_running_mean, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "layer4.1.bn2.running_var", .rank = 1, .shape = {512},
        .offset = AT_layer4_1_bn2_running_var, .floats = 512, .axis_count = 1, .axes = {{512, 1}},
        .kind = NC_KEPT, .init = NC_INIT_CONSTANT, .low = 1,
    },
    {
        .name = "layer4.1.bn2.num_batches_tracked",
        .offset = AT_layer4_1_bn2_num_batches_tracked, .floats = 16,
        .kind = NC_COUNT, .init = NC_INIT_CONSTANT, .low = 0,
    },
    {
        .name = "fc.weight", .rank = 2, .shape = {2, 512},
        .offset = AT_fc_weight, .floats = 8192, .axis_count = 2, .axes = {{2, 1}, {512, 16}},
        .init = NC_INIT_UNIFORM, .low = -0.044194173824159209, .high = 0.044194173824159209,
    },
    {
        .name = "fc.bias", .rank = 1, .shape = {2},
        .offset = AT_fc_bias, .floats = 16, .axis_count = 1, .axes = {{2, 1}},
        .init = NC_INIT_UNIFORM, .low = -0.044194173824159216, .high = 0.044194173824159216,
    },
};

/* What the model had before it was changed. */
static const struct nc_parameter gone[] = {
    {.name = "fc.weight", .rank = 2, .shape = {1000, 512}, .axis_count = 1, .axes = {{512000, 1}}},
    {.name = "fc.bias", .rank = 1, .shape = {1000}, .axis_count = 1, .axes = {{1000, 1}}},
};

static const struct nc_fill fills[] = {
    {.parameter = 0, .init = NC_INIT_UNIFORM, .low = -0.082478609884232237, .high = 0.082478609884232237},
    {.parameter = 1, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 2, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 3, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 4, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 5, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 6, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657},
    {.parameter = 7, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 8, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 9, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 10, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 11, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 12, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657},
    {.parameter = 13, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 14, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 15, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 16, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 17, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 18, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657},
    {.parameter = 19, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 20, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 21, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 22, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 23, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 24, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657},
    {.parameter = 25, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 26, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 27, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 28, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 29, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 30, .init = NC_INIT_UNIFORM, .low = -0.041666666666666657, .high = 0.041666666666666657},
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
    {.parameter = 66, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329},
    {.parameter = 67, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 68, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 69, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 70, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 71, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 72, .init = NC_INIT_UNIFORM, .low = -0.088388347648318419, .high = 0.088388347648318419},
    {.parameter = 73, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 74, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 75, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 76, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 77, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 78, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329},
    {.parameter = 79, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 80, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 81, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 82, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 83, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 84, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329},
    {.parameter = 85, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 86, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 87, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 88, .init = NC_INIT_CONSTANT, .low = 1},
    {.parameter = 89, .init = NC_INIT_CONSTANT, .low = 0},
    {.parameter = 90, .init = NC_INIT_UNIFORM, .low = -0.020833333333333329, .high = 0.020833333333333329},
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
    {.parameter = 102, .init = NC_INIT_UNIFORM, .low = -0.062499999999999993, .high = 0.062499999999999993},
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
    {.parameter = 122, .init = NC_INIT_UNIFORM, .low = -0.044194173824159209, .high = 0.044194173824159209},
    {.parameter = 123, .init = NC_INIT_UNIFORM, .low = -0.044194173824159216, .high = 0.044194173824159216},
    {.parameter = 0, .init = NC_INIT_NORMAL, .low = 0, .high = 0.02525381361380527},
    {.parameter = 6, .init = NC_INIT_NORMAL, .low = 0, .high = 0.058925565098878967},
    {.parameter = 12, .init = NC_INIT_NORMAL, .low = 0, .high = 0.058925565098878967},
    {.parameter = 18, .init = NC_INIT_NORMAL, .low = 0, .high = 0.058925565098878967},
    {.parameter = 24, .init = NC_INIT_NORMAL, .low = 0, .high = 0.058925565098878967},
    {.parameter = 30, .init = NC_INIT_NORMAL, .low = 0, .high = 0.041666666666666671},
    {.parameter = 36, .init = NC_INIT_NORMAL, .low = 0, .high = 0.041666666666666671},
    {.parameter = 42, .init = NC_INIT_NORMAL, .low = 0, .high = 0.125},
    {.parameter = 48, .init = NC_INIT_NORMAL, .low = 0, .high = 0.041666666666666671},
    {.parameter = 54, .init = NC_INIT_NORMAL, .low = 0, .high = 0.041666666666666671},
    {.parameter = 60, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 66, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 72, .init = NC_INIT_NORMAL, .low = 0, .high = 0.088388347648318447},
    {.parameter = 78, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 84, .init = NC_INIT_NORMAL, .low = 0, .high = 0.029462782549439483},
    {.parameter = 90, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 96, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 102, .init = NC_INIT_NORMAL, .low = 0, .high = 0.0625},
    {.parameter = 108, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 114, .init = NC_INIT_NORMAL, .low = 0, .high = 0.020833333333333336},
    {.parameter = 120, .init = NC_INIT_UNIFORM, .low = -0.044194173824159209, .high = 0.044194173824159209},
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

static const struct nc_probe probes[] = {
    {.layer = "conv1: Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)", .line = 47, .offset = 0, .floats = 802816, .in_batch = 1},
    {.layer = "bn1: BatchNorm2d(64)", .line = 48, .offset = 23061504, .floats = 192, .in_batch = 1},
    {.layer = "maxpool: MaxPool2d(kernel_size=3, stride=2, padding=1)", .line = 50, .offset = 12845056, .floats = 215296, .sweep = 2, .in_batch = 1},
    {.layer = "layer1.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 23061504, .floats = 200704, .sweep = 2, .in_batch = 1},
    {.layer = "layer1.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 32472064, .floats = 192, .sweep = 2, .in_batch = 1},
    {.layer = "layer1.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 3211264, .floats = 215296, .sweep = 4},
    {.layer = "layer1.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 0, .floats = 200704, .sweep = 4, .in_batch = 1},
    {.layer = "layer1.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 3211264, .floats = 192, .sweep = 4, .in_batch = 1},
    {.layer = "layer1.0.residual: residual", .line = 13, .offset = 16289792, .floats = 215296, .sweep = 6, .in_batch = 1},
    {.layer = "layer1.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 3211264, .floats = 200704, .sweep = 6, .in_batch = 1},
    {.layer = "layer1.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 6422528, .floats = 192, .sweep = 6, .in_batch = 1},
    {.layer = "layer1.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 4072448, .floats = 215296, .sweep = 8},
    {.layer = "layer1.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 0, .floats = 200704, .sweep = 8, .in_batch = 1},
    {.layer = "layer1.1.bn2: BatchNorm2d(planes)", .line = 8, .offset = 6422528, .floats = 192, .sweep = 8, .in_batch = 1},
    {.layer = "layer1.1.residual: residual", .line = 13, .offset = 19734528, .floats = 207936, .sweep = 10, .in_batch = 1},
    {.layer = "layer2.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 3211264, .floats = 100352, .sweep = 10, .in_batch = 1},
    {.layer = "layer2.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 4816896, .floats = 400, .sweep = 10, .in_batch = 1},
    {.layer = "layer2.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 5562944, .floats = 115200, .sweep = 12},
    {.layer = "layer2.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 0, .floats = 100352, .sweep = 12, .in_batch = 1},
    {.layer = "layer2.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 1605632, .floats = 400, .sweep = 12, .in_batch = 1},
    {.layer = "layer2.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 1605632, .floats = 100352, .sweep = 14, .in_batch = 1},
    {.layer = "layer2.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)", .line = 10, .offset = 3211264, .floats = 100352, .sweep = 14, .in_batch = 1},
    {.layer = "layer2.0.downsample.1: BatchNorm2d(planes)", .line = 10, .offset = 4816896, .floats = 400, .sweep = 14, .in_batch = 1},
    {.layer = "layer2.0.residual: residual", .line = 13, .offset = 26272768, .floats = 115200, .sweep = 16, .in_batch = 1},
    {.layer = "layer2.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 0, .floats = 100352, .sweep = 16, .in_batch = 1},
    {.layer = "layer2.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 4816896, .floats = 400, .sweep = 16, .in_batch = 1},
    {.layer = "layer2.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 6023744, .floats = 115200, .sweep = 18},
    {.layer = "layer2.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 1605632, .floats = 100352, .sweep = 18, .in_batch = 1},
    {.layer = "layer2.1.bn2: BatchNorm2d(planes)", .line = 8, .offset = 3211264, .floats = 400, .sweep = 18, .in_batch = 1},
    {.layer = "layer2.1.residual: residual", .line = 13, .offset = 28115968, .floats = 107648, .sweep = 20, .in_batch = 1},
    {.layer = "layer3.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 0, .floats = 50176, .sweep = 20, .in_batch = 1},
    {.layer = "layer3.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 802816, .floats = 784, .sweep = 20, .in_batch = 1},
    {.layer = "layer3.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 6885952, .floats = 65536, .sweep = 22},
    {.layer = "layer3.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 802816, .floats = 50176, .sweep = 22, .in_batch = 1},
    {.layer = "layer3.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 1605632, .floats = 784, .sweep = 22, .in_batch = 1},
    {.layer = "layer3.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 0, .floats = 50176, .sweep = 24, .in_batch = 1},
    {.layer = "layer3.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)", .line = 10, .offset = 1605632, .floats = 50176, .sweep = 24, .in_batch = 1},
    {.layer = "layer3.0.downsample.1: BatchNorm2d(planes)", .line = 10, .offset = 2408448, .floats = 784, .sweep = 24, .in_batch = 1},
    {.layer = "layer3.0.residual: residual", .line = 13, .offset = 29838336, .floats = 65536, .sweep = 26, .in_batch = 1},
    {.layer = "layer3.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 802816, .floats = 50176, .sweep = 26, .in_batch = 1},
    {.layer = "layer3.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 2408448, .floats = 784, .sweep = 26, .in_batch = 1},
    {.layer = "layer3.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 7148096, .floats = 65536, .sweep = 28},
    {.layer = "layer3.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 0, .floats = 50176, .sweep = 28, .in_batch = 1},
    {.layer = "layer3.1.bn2: BatchNorm2d(planes)", .line = 8, .offset = 1605632, .floats = 784, .sweep = 28, .in_batch = 1},
    {.layer = "layer3.1.residual: residual", .line = 13, .offset = 30886912, .floats = 57600, .sweep = 30, .in_batch = 1},
    {.layer = "layer4.0.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 802816, .floats = 25088, .sweep = 30, .in_batch = 1},
    {.layer = "layer4.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 1204224, .floats = 1552, .sweep = 30, .in_batch = 1},
    {.layer = "layer4.0.bn1: BatchNorm2d(planes)", .line = 5, .offset = 7410240, .floats = 41472, .sweep = 32},
    {.layer = "layer4.0.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 0, .floats = 25088, .sweep = 32, .in_batch = 1},
    {.layer = "layer4.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 401408, .floats = 1552, .sweep = 32, .in_batch = 1},
    {.layer = "layer4.0.bn2: BatchNorm2d(planes)", .line = 8, .offset = 401408, .floats = 25088, .sweep = 34, .in_batch = 1},
    {.layer = "layer4.0.downsample.0: Conv2d(_, planes, kernel_size=1, stride=stride, bias=False)", .line = 10, .offset = 802816, .floats = 25088, .sweep = 34, .in_batch = 1},
    {.layer = "layer4.0.downsample.1: BatchNorm2d(planes)", .line = 10, .offset = 1204224, .floats = 1552, .sweep = 34, .in_batch = 1},
    {.layer = "layer4.0.residual: residual", .line = 13, .offset = 31808512, .floats = 41472, .sweep = 36, .in_batch = 1},
    {.layer = "layer4.1.conv1: Conv2d(_, planes, kernel_size=3, stride=stride, padding=1, bias=False)", .line = 4, .offset = 0, .floats = 25088, .sweep = 36, .in_batch = 1},
    {.layer = "layer4.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 1204224, .floats = 1552, .sweep = 36, .in_batch = 1},
    {.layer = "layer4.1.bn1: BatchNorm2d(planes)", .line = 5, .offset = 7576128, .floats = 41472, .sweep = 38},
    {.layer = "layer4.1.conv2: Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)", .line = 7, .offset = 401408, .floats = 25088, .sweep = 38, .in_batch = 1},
    {.layer = "layer4.1.bn2: BatchNorm2d(planes)", .line = 8, .offset = 802816, .floats = 1552, .sweep = 38, .in_batch = 1},
    {.layer = "avgpool: AdaptiveAvgPool2d((1, 1))", .line = 55, .offset = 200704, .floats = 512, .sweep = 40},
    {.layer = "fc: Linear(512, 2)", .line = 6, .offset = 0, .floats = 16, .sweep = 40},
};

static const struct nc_sweep sweeps[] = {
    {.round = 0, .train = forward_1, .test = forward_1},
    {.round = 1, .train = batchnorm2d_bn1_statistics_forward_part, .test = batchnorm2d_bn1_statistics_forward_part, .parts = 1},
    {.round = 2, .train = forward_3, .test = forward_3},
    {.round = 3, .train = batchnorm2d_layer1_0_bn1_statistics_forward_part, .test = batchnorm2d_layer1_0_bn1_statistics_forward_part, .parts = 1},
    {.round = 4, .train = forward_5, .test = forward_5},
    {.round = 5, .train = batchnorm2d_layer1_0_bn2_statistics_forward_part, .test = batchnorm2d_layer1_0_bn2_statistics_forward_part, .parts = 1},
    {.round = 6, .train = forward_7, .test = forward_7},
    {.round = 7, .train = batchnorm2d_layer1_1_bn1_statistics_forward_part, .test = batchnorm2d_layer1_1_bn1_statistics_forward_part, .parts = 1},
    {.round = 8, .train = forward_9, .test = forward_9},
    {.round = 9, .train = batchnorm2d_layer1_1_bn2_statistics_forward_part, .test = batchnorm2d_layer1_1_bn2_statistics_forward_part, .parts = 1},
    {.round = 10, .train = forward_11, .test = forward_11},
    {.round = 11, .train = batchnorm2d_layer2_0_bn1_statistics_forward_part, .test = batchnorm2d_layer2_0_bn1_statistics_forward_part, .parts = 1},
    {.round = 12, .train = forward_13, .test = forward_13},
    {.round = 13, .train = batchnorm2d_layer2_0_bn2_statistics_forward_part, .test = batchnorm2d_layer2_0_bn2_statistics_forward_part, .parts = 1},
    {.round = 14, .train = forward_15, .test = forward_15},
    {.round = 15, .train = batchnorm2d_layer2_0_downsample_1_statistics_forward_part, .test = batchnorm2d_layer2_0_downsample_1_statistics_forward_part, .parts = 1},
    {.round = 16, .train = forward_17, .test = forward_17},
    {.round = 17, .train = batchnorm2d_layer2_1_bn1_statistics_forward_part, .test = batchnorm2d_layer2_1_bn1_statistics_forward_part, .parts = 1},
    {.round = 18, .train = forward_19, .test = forward_19},
    {.round = 19, .train = batchnorm2d_layer2_1_bn2_statistics_forward_part, .test = batchnorm2d_layer2_1_bn2_statistics_forward_part, .parts = 1},
    {.round = 20, .train = forward_21, .test = forward_21},
    {.round = 21, .train = batchnorm2d_layer3_0_bn1_statistics_forward_part, .test = batchnorm2d_layer3_0_bn1_statistics_forward_part, .parts = 1},
    {.round = 22, .train = forward_23, .test = forward_23},
    {.round = 23, .train = batchnorm2d_layer3_0_bn2_statistics_forward_part, .test = batchnorm2d_layer3_0_bn2_statistics_forward_part, .parts = 1},
    {.round = 24, .train = forward_25, .test = forward_25},
    {.round = 25, .train = batchnorm2d_layer3_0_downsample_1_statistics_forward_part, .test = batchnorm2d_layer3_0_downsample_1_statistics_forward_part, .parts = 1},
    {.round = 26, .train = forward_27, .test = forward_27},
    {.round = 27, .train = batchnorm2d_layer3_1_bn1_statistics_forward_part, .test = batchnorm2d_layer3_1_bn1_statistics_forward_part, .parts = 1},
    {.round = 28, .train = forward_29, .test = forward_29},
    {.round = 29, .train = batchnorm2d_layer3_1_bn2_statistics_forward_part, .test = batchnorm2d_layer3_1_bn2_statistics_forward_part, .parts = 1},
    {.round = 30, .train = forward_31, .test = forward_31},
    {.round = 31, .train = batchnorm2d_layer4_0_bn1_statistics_forward_part, .test = batchnorm2d_layer4_0_bn1_statistics_forward_part, .parts = 1},
    {.round = 32, .train = forward_33, .test = forward_33},
    {.round = 33, .train = batchnorm2d_layer4_0_bn2_statistics_forward_part, .test = batchnorm2d_layer4_0_bn2_statistics_forward_part, .parts = 1},
    {.round = 34, .train = forward_35, .test = forward_35},
    {.round = 35, .train = batchnorm2d_layer4_0_downsample_1_statistics_forward_part, .test = batchnorm2d_layer4_0_downsample_1_statistics_forward_part, .parts = 1},
    {.round = 36, .train = forward_37, .test = forward_37},
    {.round = 37, .train = batchnorm2d_layer4_1_bn1_statistics_forward_part, .test = batchnorm2d_layer4_1_bn1_statistics_forward_part, .parts = 1},
    {.round = 38, .train = forward_39, .test = forward_39},
    {.round = 39, .train = batchnorm2d_layer4_1_bn2_statistics_forward_part, .test = batchnorm2d_layer4_1_bn2_statistics_forward_part, .parts = 1},
    {.round = 40, .train = train, .test = test, .loss = 1},
};

static const struct nc_sweep evaluation_sweeps[] = {
    {.round = 0, .test = evaluate, .loss = 1},
};

static const struct nc_passage evaluation = {
    .sweeps = evaluation_sweeps, .sweep_count = 1, .derive = derive_evaluation,
    .output = {.offset = 7742016, .stride = 16},
};

static const struct nc_model model = {
    .name = "AntsAndBees", .file = "transfer.net",
    .input_rank = 3, .input_shape = {3, 224, 224},
    .outputs = 2, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 122,
    .fills = fills, .fill_count = 144, .fills_are_all = 1,
    .gone = gone,
    .block = 11194640, .sliced = 8208, .derived = 38227504, .derived_forward = 38227504,
    .workspace = 19587968,
    .group = 1, .slice = 1, .batch = 4,
    .probes = probes, .probe_count = 61,
    .sweeps = sweeps, .sweep_count = 41, .derive = derive,
    .evaluation = &evaluation,
    .batch_bytes = 32476224, .room = 4, .learned = 0,
    .output = {.offset = 0, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_image_folder(run, "train_data", "hymenoptera_data/train", 0, "raise", 0);
    nc_random_resized_crop(train_data, 224, 224, 0.08, 1, 0.75, 1.3333333333333333, "bilinear");
    nc_random_horizontal_flip(train_data, 0.5);
    nc_to_tensor(train_data);
    nc_normalize(train_data, (const double[]){0.48499999999999999, 0.45600000000000002, 0.40600000000000003},
        (const double[]){0.22900000000000001, 0.224, 0.22500000000000001}, 3);
    nc_train_data(run, train_data, 4, 1, 0); /* batch_size, shuffle, drop_last */
    nc_train_workers(run, 2, 2); /* num_workers, prefetch_factor */

    struct nc_data *test_data = nc_image_folder(run, "test_data", "hymenoptera_data/val", 0, "raise", 0);
    nc_resize(test_data, 256, 0, "bilinear", 0);
    nc_center_crop(test_data, 224, 224);
    nc_to_tensor(test_data);
    nc_normalize(test_data, (const double[]){0.48499999999999999, 0.45600000000000002, 0.40600000000000003},
        (const double[]){0.22900000000000001, 0.224, 0.22500000000000001}, 3);
    nc_test_data(run, test_data, 4, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_weights(run, "resnet18-f37072fd.pth", "resnet18", origins0, 122);
    nc_sgd(run, 0.001, 0.90000000000000002, 0, 0, 0, 0);
    nc_schedule(run, nc_step_lr(run, 7, 0.10000000000000001), NC_EVERY_EPOCH, NC_METRIC_NONE);
    nc_epochs(run, 25);
    nc_save(run, "transfer_{epoch}.pth");
    return nc_train(run);
}

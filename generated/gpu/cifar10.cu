/* Tudui: the model of cifar10.net as kernels for a GPU. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *     3  0: Conv2d(3, 32, 5, 1, 2)                        32x32x32          2432
 *     4  1: MaxPool2d(2)                                  32x16x16             0
 *     5  2: Conv2d(32, 32, 5, 1, 2)                       32x16x16         25632
 *     6  3: MaxPool2d(2)                                  32x8x8               0
 *     7  4: Conv2d(32, 64, 5, 1, 2)                       64x8x8           51264
 *     8  5: MaxPool2d(2)                                  64x4x4               0
 *     9  6: Flatten()                                     1024                 0
 *    10  7: Linear(64*4*4, 64)                            64               65600
 *    11  8: Linear(64, 10)                                10                 650
 *
 * Kernels are C for CUDA and for OpenCL: nvcc -ptx compiles this file. `count` is the number of samples, at most 64;
 * values lie as [sample][channel][row][column]. The comments at the end list the launches.
 *
 * S: elements of a sample, P: of one of its channels. Of a window C, H, W: channels, rows and columns of the
 * larger images; O, OH, OW: of the smaller ones; KH, KW: taps; SH, SW: strides; PH, PW: padding; DH, DW:
 * dilation. A size that changes nothing, as a stride of 1, is left out.
 *
 * Convolutions and linear layers are products of matrices: c[m][n] is the sum over k of a[m][k] b[k][n]. Those
 * of a convolution are never made: whoever loads the element at (k, n) finds which tap of which pixel it is. A
 * group of 16 x 16 work items makes ROWS x COLUMNS of c, each item up to 4 x 4 sums, 16 rows and columns apart,
 * which stay in its registers: so it loads 8 floats of shared memory for 16 products. STEP columns of a and
 * rows of b are there at a time, and each float that comes from global memory is used 16 to 64 times. Rows
 * there are one float longer than they need be: then those who write a column write to different banks.
 */

/* What CUDA C and OpenCL C call differently. Kernels are written in these words. */
#ifndef NETC_DIALECT_H
#define NETC_DIALECT_H

#ifdef __OPENCL_VERSION__
#define KERNEL __kernel void
#define GLOBAL __global
#define SHARED __local
#define SHARED_AT __local
#define CONSTANT __constant
#define FUNCTION static
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define group_id() ((int)get_group_id(0))
#define local_id() ((int)get_local_id(0))
#define global_id() ((int)get_global_id(0))
typedef long whole;
#else
#define KERNEL extern "C" __global__ void
#define GLOBAL
#define SHARED __shared__
#define SHARED_AT
#define CONSTANT __constant__ const
#define FUNCTION static __device__
#define BARRIER __syncthreads()
#define restrict __restrict__
#define group_id() ((int)blockIdx.x)
#define local_id() ((int)threadIdx.x)
#define global_id() ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#ifndef INFINITY /* NVRTC knows no math.h */
#define INFINITY __int_as_float(0x7f800000)
#endif
typedef unsigned char uchar;
typedef long long whole;
#endif

#endif

FUNCTION int least(int a, int b)
{
    return a < b ? a : b;
}

/* What so many parts of a batch have given, added up in their order. */
FUNCTION float sum_of_parts(GLOBAL const float *shares, int i, int elements, int parts)
{
    float sum = 0;
    for (int part = 0; part < parts; part++)
        sum += shares[part * elements + i];
    return sum;
}

/* The sum of x over the work items of a group, always in the same order. */
FUNCTION float sum_of_group(float x, SHARED_AT float *part, int group)
{
    int id = local_id();
    part[id] = x;
    BARRIER;
    for (int reach = group / 2; reach > 0; reach /= 2) {
        if (id < reach)
            part[id] += part[id + reach];
        BARRIER;
    }
    float sum = part[0];
    BARRIER;
    return sum;
}

/* The largest x of the work items of a group. */
FUNCTION float largest_of_group(float x, SHARED_AT float *part, int group)
{
    int id = local_id();
    part[id] = x;
    BARRIER;
    for (int reach = group / 2; reach > 0; reach /= 2) {
        if (id < reach)
            part[id] = fmax(part[id], part[id + reach]);
        BARRIER;
    }
    float largest = part[0];
    BARRIER;
    return largest;
}

/* A batch of the data set: its samples and their targets, by the epoch's order. */
KERNEL gather(GLOBAL const int *restrict data, GLOBAL const int *restrict answers,
              GLOBAL const int *restrict order, GLOBAL const int *restrict at, GLOBAL int *samples,
              GLOBAL int *targets, int count)
{
    enum { S = 768, FIRST = 8, OF_TARGET = 9 };
    int i = global_id(), each = at[OF_TARGET];
    if (i < count * S)
        samples[i] = data[(whole)order[at[FIRST] + i / S] * S + i % S];
    if (i < count * each)
        targets[i] = answers[(whole)order[at[FIRST] + i / each] * each + i % each];
}

/* The pixels that the samples' bytes stand for. */
FUNCTION float input(GLOBAL const uchar *restrict samples, GLOBAL const float *restrict pixels, int i)
{
    enum { C = 3, P = 1024 };
    return pixels[i / P % C * 256 + samples[i]];
}

/* A convolution, the largest pixel of each window and which one that was. m: channel; n: pixel, a window's
 * four 16 apart; k: channel of x and tap. */
KERNEL conv2d_0_maxpool2d_1(GLOBAL const uchar *restrict samples, GLOBAL const float *restrict pixels,
                            GLOBAL const float *restrict w, GLOBAL const float *restrict bias, GLOBAL float *y,
                            GLOBAL int *arg, int count)
{
    enum { C = 3, H = 32, W = 32, O = 32, OH = 32, OW = 32, KH = 5, KW = 5, PH = 2, PW = 2, CG = 3,
        WINDOWS = 256, M = 32, PIXELS = 1024, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = PIXELS * count;
    N = (N + COLUMNS - 1) / COLUMNS * COLUMNS;
    int K = CG * KH * KW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[m * K + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;
                int window = n / 64 * 16 + n % 16, pixel = n / 16 % 4, s = window / WINDOWS;
                int r = window / (OW / 2) % (OH / 2) * 2 + pixel / 2, q = window % (OW / 2) * 2 + pixel % 2;
                int row = r - PH + kh, col = q - PW + kw;
                if (row >= 0 && row < H && col >= 0 && col < W && s < count)
                    value = input(samples, pixels, ((s * C + c) * H + row) * W + col);
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++) {
        int m = m0 + id / 16 + 16 * i, window = n0 / 4 + id % 16, at = 0;
        int r = window / (OW / 2) % (OH / 2) * 2, q = window % (OW / 2) * 2;
        float best = 0;
        if (m >= M || window >= WINDOWS * count)
            continue;
        for (int j = 0; j < 4; j++) {
            float value = sum[i][j];
            value += bias[m];
            if (j == 0 || value > best || value != value) {
                best = value;
                at = j;
            }
        }
        int to = (window / WINDOWS * O + m) * WINDOWS + window % WINDOWS;
        y[to] = best;
        arg[to] = (r + at / 2) * OW + q + at % 2;
    }
}

/* A convolution, the largest pixel of each window and which one that was. m: channel; n: pixel, a window's
 * four 16 apart; k: channel of x and tap. */
KERNEL conv2d_2_maxpool2d_3(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                            GLOBAL const float *restrict bias, GLOBAL float *y, GLOBAL int *arg, int count)
{
    enum { C = 32, H = 16, W = 16, O = 32, OH = 16, OW = 16, KH = 5, KW = 5, PH = 2, PW = 2, CG = 32,
        WINDOWS = 64, M = 32, PIXELS = 256, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = PIXELS * count;
    N = (N + COLUMNS - 1) / COLUMNS * COLUMNS;
    int K = CG * KH * KW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[m * K + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;
                int window = n / 64 * 16 + n % 16, pixel = n / 16 % 4, s = window / WINDOWS;
                int r = window / (OW / 2) % (OH / 2) * 2 + pixel / 2, q = window % (OW / 2) * 2 + pixel % 2;
                int row = r - PH + kh, col = q - PW + kw;
                if (row >= 0 && row < H && col >= 0 && col < W && s < count)
                    value = x[((s * C + c) * H + row) * W + col];
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++) {
        int m = m0 + id / 16 + 16 * i, window = n0 / 4 + id % 16, at = 0;
        int r = window / (OW / 2) % (OH / 2) * 2, q = window % (OW / 2) * 2;
        float best = 0;
        if (m >= M || window >= WINDOWS * count)
            continue;
        for (int j = 0; j < 4; j++) {
            float value = sum[i][j];
            value += bias[m];
            if (j == 0 || value > best || value != value) {
                best = value;
                at = j;
            }
        }
        int to = (window / WINDOWS * O + m) * WINDOWS + window % WINDOWS;
        y[to] = best;
        arg[to] = (r + at / 2) * OW + q + at % 2;
    }
}

/* A convolution, the largest pixel of each window and which one that was. m: channel; n: pixel, a window's
 * four 16 apart; k: channel of x and tap. */
KERNEL conv2d_4_maxpool2d_5(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                            GLOBAL const float *restrict bias, GLOBAL float *y, GLOBAL int *arg, int count)
{
    enum { C = 32, H = 8, W = 8, O = 64, OH = 8, OW = 8, KH = 5, KW = 5, PH = 2, PW = 2, CG = 32, WINDOWS = 16,
        M = 64, PIXELS = 64, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = PIXELS * count;
    N = (N + COLUMNS - 1) / COLUMNS * COLUMNS;
    int K = CG * KH * KW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[m * K + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;
                int window = n / 64 * 16 + n % 16, pixel = n / 16 % 4, s = window / WINDOWS;
                int r = window / (OW / 2) % (OH / 2) * 2 + pixel / 2, q = window % (OW / 2) * 2 + pixel % 2;
                int row = r - PH + kh, col = q - PW + kw;
                if (row >= 0 && row < H && col >= 0 && col < W && s < count)
                    value = x[((s * C + c) * H + row) * W + col];
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++) {
        int m = m0 + id / 16 + 16 * i, window = n0 / 4 + id % 16, at = 0;
        int r = window / (OW / 2) % (OH / 2) * 2, q = window % (OW / 2) * 2;
        float best = 0;
        if (m >= M || window >= WINDOWS * count)
            continue;
        for (int j = 0; j < 4; j++) {
            float value = sum[i][j];
            value += bias[m];
            if (j == 0 || value > best || value != value) {
                best = value;
                at = j;
            }
        }
        int to = (window / WINDOWS * O + m) * WINDOWS + window % WINDOWS;
        y[to] = best;
        arg[to] = (r + at / 2) * OW + q + at % 2;
    }
}

/* y = x w^T + bias. m: output; n: sample; k: input. */
KERNEL linear_7(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { I = 1024, M = 64, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = count;
    int K = I;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[m * I + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                value = x[n * I + k];
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            value += bias[m];
            y[n * M + m] = value;
        }
}

/* y = x w^T + bias. m: output; n: sample; k: input. */
KERNEL linear_8(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { I = 64, M = 10, ROWS = 16, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = count;
    int K = I;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[m * I + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                value = x[n * I + k];
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            value += bias[m];
            y[n * M + m] = value;
        }
}

/* Cross entropy: a group a sample, which shares out the classes. */
KERNEL loss_grad(GLOBAL const float *restrict x, GLOBAL const int *restrict t, GLOBAL float *dx,
                 GLOBAL const float *restrict numbers, GLOBAL float *results,
                 GLOBAL const float *restrict shares, int count)
{
    enum { SCALE = 0, PROBABILITIES = 1, RESULT = 7, GROUP = 64, C = 10, IGNORED = -100 };
    const float SMOOTHING = 0.0f;
    SHARED float part[GROUP];
    int n = group_id(), p = 0, id = local_id();
    int first = n * C + p;
    bool soft = numbers[PROBABILITIES] != 0;
    int label = soft ? -1 : t[n + p];
    bool counts = soft || label != IGNORED;
    float largest = -INFINITY, sum = 0, whole_share = 0, loss = 0, most = -1;
    for (int i = id; i < C; i += GROUP) {
        float hit = numbers[PROBABILITIES] != 0 ? shares[first + i] : i == label ? 1 : 0;
        float share = ((1 - SMOOTHING) * hit + SMOOTHING / C);
        largest = fmax(largest, x[first + i]);
        most = fmax(most, hit);
        whole_share += share;
    }
    largest = largest_of_group(largest, part, GROUP);
    most = largest_of_group(most, part, GROUP);
    whole_share = sum_of_group(whole_share, part, GROUP);
    for (int i = id; i < C; i += GROUP)
        sum += exp(x[first + i] - largest);
    sum = sum_of_group(sum, part, GROUP);
    float at = -C, wanted = -C;
    for (int i = id; i < C; i += GROUP) {
        float hit = numbers[PROBABILITIES] != 0 ? shares[first + i] : i == label ? 1 : 0;
        float share = ((1 - SMOOTHING) * hit + SMOOTHING / C);
        loss += counts && share != 0 ? share * (largest + log(sum) - x[first + i]) : 0;
        float d = whole_share * exp(x[first + i] - largest) / sum - share;
        dx[first + i] = counts ? d * numbers[SCALE] : 0;
        if (x[first + i] == largest)
            at = fmax(at, (float)-i);
        if (hit == most)
            wanted = fmax(wanted, (float)-i);
    }
    loss = sum_of_group(loss, part, GROUP);
    at = largest_of_group(at, part, GROUP);
    wanted = largest_of_group(wanted, part, GROUP);
    if (id == 0) {
        int to = 2 * ((int)numbers[RESULT] + n);
        results[to] = loss * numbers[SCALE];
        results[to + 1] = counts && at == wanted ? 1 : 0;
        if (results[to] - results[to] != 0)
            results[0] = 1;
    }
}

/* dx = dy w. m: input; n: sample; k: output. */
KERNEL linear_8_grad_input(GLOBAL const float *restrict w, GLOBAL const float *restrict dy, GLOBAL float *dx,
                           int count)
{
    enum { O = 10, M = 64, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = count;
    int K = O;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i % ROWS, at = i / ROWS, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[k * M + m];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                value = dy[n * O + k];
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            dx[n * M + m] = value;
        }
}

/* dw = dy^T x, and db = dy^T 1 as its last column. m: output; n: input; k: sample. */
KERNEL linear_8_grad_weight(GLOBAL const float *restrict x, GLOBAL const float *restrict dy, GLOBAL float *dw,
                            GLOBAL float *db, int count)
{
    enum { WEIGHTS = 64, M = 10, N = 65, ROWS = 16, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, first = 0, end = count;
    int K = end - first;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i % ROWS, at = i / ROWS, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = dy[k * M + m];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                value = n < WEIGHTS ? x[k * WEIGHTS + n] : 1;
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            if (n < WEIGHTS)
                dw[m * WEIGHTS + n] = value;
            else
                db[m] = value;
        }
}

/* dx = dy w. m: input; n: sample; k: output. */
KERNEL linear_7_grad_input(GLOBAL const float *restrict w, GLOBAL const float *restrict dy, GLOBAL float *dx,
                           int count)
{
    enum { O = 64, M = 1024, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 16 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = count;
    int K = O;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i % ROWS, at = i / ROWS, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = w[k * M + m];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                value = dy[n * O + k];
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            dx[n * M + m] = value;
        }
}

/* dw = dy^T x, and db = dy^T 1 as its last column. m: output; n: input; k: sample. */
KERNEL linear_7_grad_weight(GLOBAL const float *restrict x, GLOBAL const float *restrict dy, GLOBAL float *dw,
                            GLOBAL float *db, int count)
{
    enum { WEIGHTS = 1024, M = 64, N = 1025, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, first = 0, end = count;
    int K = end - first;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i % ROWS, at = i / ROWS, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                value = dy[k * M + m];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                value = n < WEIGHTS ? x[k * WEIGHTS + n] : 1;
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            if (n < WEIGHTS)
                dw[m * WEIGHTS + n] = value;
            else
                db[m] = value;
        }
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
FUNCTION float maxpool2d_5_grad(GLOBAL const float *restrict dy, GLOBAL const int *restrict arg, int i)
{
    enum { H = 8, W = 8, OH = 4, OW = 4, SH = 2, SW = 2 };
    int row = i / W % H, col = i % W, plane = i / (H * W), r = row / SH, q = col / SW;
    int window = (plane * OH + r) * OW + q;
    float d = dy[window];
    return arg[window] == row * W + col ? d : 0;
}

/* The gradient of a convolution's input. m: its channel; n: its pixel; k: channel of dy and tap. */
KERNEL conv2d_4_grad_input(GLOBAL const float *restrict w, GLOBAL const float *restrict dy,
                           GLOBAL const int *restrict arg, GLOBAL float *dx, int count)
{
    enum { C = 32, H = 8, W = 8, O = 64, OH = 8, OW = 8, KH = 5, KW = 5, PH = 2, PW = 2, CG = 32, OG = 64,
        M = 32, PIXELS = 64, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = PIXELS * count;
    int K = OG * KH * KW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i % ROWS, at = i / ROWS, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                int o = k / (KH * KW);
                value = w[(o * CG + m) * (KH * KW) + k % (KH * KW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int o = k / (KH * KW), s = n / (H * W);
                int r = n / W % H + PH - k / KW % KH, q = n % W + PW - k % KW;
                if (r >= 0 && r < OH && q >= 0 && q < OW)
                    value = maxpool2d_5_grad(dy, arg, ((s * O + o) * OH + r) * OW + q);
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            dx[(n / PIXELS * C + m) * PIXELS + n % PIXELS] = value;
        }
}

/* The gradient of a convolution's weights, and of its bias as the last column. m: channel of dy; n: channel of
 * x and tap; k: pixel of dy. */
KERNEL conv2d_4_grad_weight(GLOBAL const float *restrict x, GLOBAL const float *restrict dy,
                            GLOBAL const int *restrict arg, GLOBAL float *shares, int count)
{
    enum { C = 32, H = 8, W = 8, O = 64, OH = 8, OW = 8, KH = 5, KW = 5, PH = 2, PW = 2, WEIGHTS = 800, M = 64,
        N = 801, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, COLUMN_TILES = 13, PARTS = 9 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile % COLUMN_TILES * COLUMNS, part = tile / COLUMN_TILES;
    int share = (count + PARTS - 1) / PARTS;
    int first = part * share, end = least(first + share, count);
    int K = (end - first) * OH * OW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                int s = first + k / (OH * OW);
                value = maxpool2d_5_grad(dy, arg, (s * O + m) * OH * OW + k % (OH * OW));
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;
                int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;
                int row = r - PH + kh, col = q - PW + kw;
                if (row >= 0 && row < H && col >= 0 && col < W && n < WEIGHTS)
                    value = x[((s * C + c) * H + row) * W + col];
                if (n == WEIGHTS)
                    value = 1;
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            shares[(part * O + m) * N + n] = value;
        }
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
FUNCTION float maxpool2d_3_grad(GLOBAL const float *restrict dy, GLOBAL const int *restrict arg, int i)
{
    enum { H = 16, W = 16, OH = 8, OW = 8, SH = 2, SW = 2 };
    int row = i / W % H, col = i % W, plane = i / (H * W), r = row / SH, q = col / SW;
    int window = (plane * OH + r) * OW + q;
    float d = dy[window];
    return arg[window] == row * W + col ? d : 0;
}

/* The gradient of a convolution's input. m: its channel; n: its pixel; k: channel of dy and tap. */
KERNEL conv2d_2_grad_input(GLOBAL const float *restrict w, GLOBAL const float *restrict dy,
                           GLOBAL const int *restrict arg, GLOBAL float *dx, int count)
{
    enum { C = 32, H = 16, W = 16, O = 32, OH = 16, OW = 16, KH = 5, KW = 5, PH = 2, PW = 2, CG = 32, OG = 32,
        M = 32, PIXELS = 256, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile * COLUMNS, N = PIXELS * count;
    int K = OG * KH * KW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i % ROWS, at = i / ROWS, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                int o = k / (KH * KW);
                value = w[(o * CG + m) * (KH * KW) + k % (KH * KW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int o = k / (KH * KW), s = n / (H * W);
                int r = n / W % H + PH - k / KW % KH, q = n % W + PW - k % KW;
                if (r >= 0 && r < OH && q >= 0 && q < OW)
                    value = maxpool2d_3_grad(dy, arg, ((s * O + o) * OH + r) * OW + q);
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            dx[(n / PIXELS * C + m) * PIXELS + n % PIXELS] = value;
        }
}

/* The gradient of a convolution's weights, and of its bias as the last column. m: channel of dy; n: channel of
 * x and tap; k: pixel of dy. */
KERNEL conv2d_2_grad_weight(GLOBAL const float *restrict x, GLOBAL const float *restrict dy,
                            GLOBAL const int *restrict arg, GLOBAL float *shares, int count)
{
    enum { C = 32, H = 16, W = 16, O = 32, OH = 16, OW = 16, KH = 5, KW = 5, PH = 2, PW = 2, WEIGHTS = 800,
        M = 32, N = 801, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256, COLUMN_TILES = 13, PARTS = 9 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile % COLUMN_TILES * COLUMNS, part = tile / COLUMN_TILES;
    int share = (count + PARTS - 1) / PARTS;
    int first = part * share, end = least(first + share, count);
    int K = (end - first) * OH * OW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                int s = first + k / (OH * OW);
                value = maxpool2d_3_grad(dy, arg, (s * O + m) * OH * OW + k % (OH * OW));
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;
                int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;
                int row = r - PH + kh, col = q - PW + kw;
                if (row >= 0 && row < H && col >= 0 && col < W && n < WEIGHTS)
                    value = x[((s * C + c) * H + row) * W + col];
                if (n == WEIGHTS)
                    value = 1;
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            shares[(part * O + m) * N + n] = value;
        }
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
FUNCTION float maxpool2d_1_grad(GLOBAL const float *restrict dy, GLOBAL const int *restrict arg, int i)
{
    enum { H = 32, W = 32, OH = 16, OW = 16, SH = 2, SW = 2 };
    int row = i / W % H, col = i % W, plane = i / (H * W), r = row / SH, q = col / SW;
    int window = (plane * OH + r) * OW + q;
    float d = dy[window];
    return arg[window] == row * W + col ? d : 0;
}

/* The gradient of a convolution's weights, and of its bias as the last column. m: channel of dy; n: channel of
 * x and tap; k: pixel of dy. */
KERNEL conv2d_0_grad_weight(GLOBAL const uchar *restrict samples, GLOBAL const float *restrict pixels,
                            GLOBAL const float *restrict dy, GLOBAL const int *restrict arg,
                            GLOBAL float *shares, int count)
{
    enum { C = 3, H = 32, W = 32, O = 32, OH = 32, OW = 32, KH = 5, KW = 5, PH = 2, PW = 2, WEIGHTS = 75,
        M = 32, N = 76, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256, COLUMN_TILES = 2, PARTS = 64 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = 0;
    int n0 = tile % COLUMN_TILES * COLUMNS, part = tile / COLUMN_TILES;
    int share = (count + PARTS - 1) / PARTS;
    int first = part * share, end = least(first + share, count);
    int K = (end - first) * OH * OW;
    float sum[ROWS / 16][COLUMNS / 16];
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++)
            sum[i][j] = 0;
    for (int k0 = 0; k0 < K; k0 += STEP) {
        for (int i = id; i < STEP * ROWS; i += GROUP) {
            int m = m0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (m < M && k < K) {
                int s = first + k / (OH * OW);
                value = maxpool2d_1_grad(dy, arg, (s * O + m) * OH * OW + k % (OH * OW));
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;
                int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;
                int row = r - PH + kh, col = q - PW + kw;
                if (row >= 0 && row < H && col >= 0 && col < W && n < WEIGHTS)
                    value = input(samples, pixels, ((s * C + c) * H + row) * W + col);
                if (n == WEIGHTS)
                    value = 1;
            }
            b[at][n - n0] = value;
        }
        BARRIER;
        for (int k = 0; k < STEP; k++)
            for (int i = 0; i < ROWS / 16; i++)
                for (int j = 0; j < COLUMNS / 16; j++)
                    sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];
        BARRIER;
    }
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m >= M || n >= N)
                continue;
            shares[(part * O + m) * N + n] = value;
        }
}

/* The gradients of weights of which parts of the batch have made shares. */
KERNEL gradients(GLOBAL const float *restrict shares0, GLOBAL float *dw0, GLOBAL float *db0,
                 GLOBAL const float *restrict shares1, GLOBAL float *dw1, GLOBAL float *db1,
                 GLOBAL const float *restrict shares2, GLOBAL float *dw2, GLOBAL float *db2, int count)
{
    enum { ALL0 = 51264, PARTS0 = 9, COLUMNS0 = 801, ALL1 = 25632, PARTS1 = 9, COLUMNS1 = 801, ALL2 = 2432,
        PARTS2 = 64, COLUMNS2 = 76 };
    int i = global_id();
    if (i >= 0 && i < ALL0) {
        int row = i / COLUMNS0, col = i % COLUMNS0;
        float sum = sum_of_parts(shares0, i, ALL0, PARTS0);
        if (col < COLUMNS0 - 1)
            dw0[i - row] = sum;
        else
            db0[row] = sum;
    }
    i -= ALL0;
    if (i >= 0 && i < ALL1) {
        int row = i / COLUMNS1, col = i % COLUMNS1;
        float sum = sum_of_parts(shares1, i, ALL1, PARTS1);
        if (col < COLUMNS1 - 1)
            dw1[i - row] = sum;
        else
            db1[row] = sum;
    }
    i -= ALL1;
    if (i >= 0 && i < ALL2) {
        int row = i / COLUMNS2, col = i % COLUMNS2;
        float sum = sum_of_parts(shares2, i, ALL2, PARTS2);
        if (col < COLUMNS2 - 1)
            dw2[i - row] = sum;
        else
            db2[row] = sum;
    }
    i -= ALL2;
}

/* The gradients of the batches of an update are added up. */
KERNEL update_gather(GLOBAL float *gradients, GLOBAL const float *restrict numbers,
                     GLOBAL const float *restrict of_batch, int count)
{
    enum { ALL = 146048, ADDS = 4 };
    int i = global_id();
    if (i < ALL)
        gradients[i] = numbers[ADDS] != 0 ? gradients[i] + of_batch[i] : of_batch[i];
}

/* The sums of the gradients' squares, a group for so many of them. */
KERNEL update_squares(GLOBAL float *gradients, GLOBAL const float *restrict numbers, GLOBAL float *squares,
                      int count)
{
    enum { ALL = 146048, GROUP = 256, OF_GROUP = 4096, SHARE = 2 };
    SHARED float shared[GROUP];
    int first = group_id() * OF_GROUP;
    float sum = 0;
    for (int i = first + local_id(); i < first + OF_GROUP && i < ALL; i += GROUP) {
        float x = gradients[i] * numbers[SHARE];
        sum += x * x;
    }
    sum = sum_of_group(sum, shared, GROUP);
    if (local_id() == 0)
        squares[group_id()] = sum;
}

/* What all gradients are multiplied by, so that their norm is not too large. */
KERNEL update_norm(GLOBAL const float *restrict numbers, GLOBAL float *squares, int count)
{
    enum { GROUP = 256, SUMS = 36, CLIP = 5 };
    SHARED float shared[GROUP];
    float sum = 0;
    for (int i = local_id(); i < SUMS; i += GROUP)
        sum += squares[i];
    sum = sum_of_group(sum, shared, GROUP);
    float factor = 1 / (sqrt(sum) + 1e-6f) * numbers[CLIP];
    if (local_id() == 0)
        squares[SUMS] = factor > 1 ? 1 : factor;
}

/* A step of SGD: a work item for each weight. */
KERNEL update_parameters(GLOBAL float *weights, GLOBAL float *gradients, GLOBAL float *state,
                         GLOBAL const float *restrict numbers, GLOBAL const int *restrict parts,
                         GLOBAL float *squares, GLOBAL const float *restrict results, int count)
{
    enum { ALL = 146048, SUMS = 36, NUMBERS = 12, PART_NUMBERS = 20, PART_FLOATS = 128, SHARE = 2, LIMIT = 3,
        CLIP = 5, SEEN = 6 };
    enum { LR, MOMENTUM, UNDAMPED, DECAY, FIRST, MOVES = 12 + 1, NESTEROV = 12 + 4, MAXIMIZE = 12 + 5 };
    int i = global_id();
    if (i >= ALL || parts[i / PART_FLOATS] < 0 || results[0] != 0) /* a loss was not finite */
        return;
    GLOBAL const float *part = numbers + NUMBERS + PART_NUMBERS * parts[i / PART_FLOATS];
    float w = weights[i], g = gradients[i] * numbers[SHARE];
    if (numbers[CLIP] != 0)
        g *= squares[SUMS];
    if (numbers[LIMIT] > 0)
        g = g < -numbers[LIMIT] ? -numbers[LIMIT] : g > numbers[LIMIT] ? numbers[LIMIT] : g;
    if (numbers[SEEN] != 0)
        gradients[i] = g;
    if (part[MAXIMIZE] != 0)
        g = -g;
    if (part[DECAY] != 0)
        g = fma(part[DECAY], w, g);
    if (part[MOVES] != 0) {
        float b = part[FIRST] != 0 ? g : fma(part[UNDAMPED], g, state[i] * part[MOMENTUM]);
        state[i] = b;
        g = part[NESTEROV] != 0 ? fma(part[MOMENTUM], b, g) : b;
    }
    w = fma(-part[LR], g, w);
    weights[i] = w;
}

/* In front of a batch, where the data set is on the device:
 *
 *     gather
 */
/* A step of training:
 *
 *     conv2d_0_maxpool2d_1
 *     conv2d_2_maxpool2d_3
 *     conv2d_4_maxpool2d_5
 *     linear_7
 *     linear_8
 *     loss_grad
 *     linear_8_grad_input
 *     linear_8_grad_weight
 *     linear_7_grad_input
 *     linear_7_grad_weight
 *     conv2d_4_grad_input
 *     conv2d_4_grad_weight
 *     conv2d_2_grad_input
 *     conv2d_2_grad_weight
 *     conv2d_0_grad_weight
 *     gradients
 */
/* Its update:
 *
 *     update_gather, where several batches make an update
 *     update_squares, where the gradients' norm is bounded
 *     update_norm, where the gradients' norm is bounded
 *     update_parameters
 */
/* An evaluation:
 *
 *     conv2d_0_maxpool2d_1
 *     conv2d_2_maxpool2d_3
 *     conv2d_4_maxpool2d_5
 *     linear_7
 *     linear_8
 */

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
 * values lie as [sample][channel][row][column]. The comments at the end list the launches. */

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

FUNCTION int most(int a, int b)
{
    return a > b ? a : b;
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

/* The pixels that the samples' bytes stand for. */
KERNEL input(GLOBAL const uchar *restrict samples, GLOBAL const float *restrict pixels, GLOBAL float *y,
             int count)
{
    enum { C = 3, S = 3072, P = 1024 };
    int i = global_id();
    if (i < count * S) {
        y[i] = pixels[i / P % C * 256 + samples[i]];
    }
}

/* A convolution. m: channel of y; n: pixel of y, of all samples; k: channel of x and tap. */
KERNEL conv2d_0(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { C = 3, H = 32, W = 32, O = 32, OH = 32, OW = 32, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, CG = 3, M = 32, PIXELS = 1024, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256,
        ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
                value = w[(m) * K + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;
                int s = n / (OH * OW), r = n / OW % OH, q = n % OW;
                int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
                if (row >= 0 && row < H && col >= 0 && col < W)
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
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m < M && n < N) {
                y[(n / PIXELS * O + m) * PIXELS + n % PIXELS] = value + bias[m];
            }
        }
}

/* The largest pixel of each window, the first one of several; and which one that was. */
KERNEL maxpool2d_1(GLOBAL const float *restrict x, GLOBAL float *y, GLOBAL int *arg, int count)
{
    enum { H = 32, W = 32, O = 32, OH = 16, OW = 16, KH = 2, KW = 2, SH = 2, SW = 2, PH = 0, PW = 0, DH = 1,
        DW = 1 };
    int i = global_id(), r = i / OW % OH, q = i % OW, plane = i / (OH * OW) * (H * W), at = -1;
    if (i >= count * O * OH * OW)
        return;
    for (int kh = 0; kh < KH; kh++)
        for (int kw = 0; kw < KW; kw++) {
            int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
            if (row < 0 || row >= H || col < 0 || col >= W)
                continue;
            int pixel = row * W + col;
            if (at < 0 || x[plane + pixel] > x[plane + at] || x[plane + pixel] != x[plane + pixel])
                at = pixel;
        }
    y[i] = x[plane + at];
    arg[i] = at;
}

/* A convolution. m: channel of y; n: pixel of y, of all samples; k: channel of x and tap. */
KERNEL conv2d_2(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { C = 32, H = 16, W = 16, O = 32, OH = 16, OW = 16, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, CG = 32, M = 32, PIXELS = 256, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256,
        ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
                value = w[(m) * K + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;
                int s = n / (OH * OW), r = n / OW % OH, q = n % OW;
                int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
                if (row >= 0 && row < H && col >= 0 && col < W)
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
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m < M && n < N) {
                y[(n / PIXELS * O + m) * PIXELS + n % PIXELS] = value + bias[m];
            }
        }
}

/* The largest pixel of each window, the first one of several; and which one that was. */
KERNEL maxpool2d_3(GLOBAL const float *restrict x, GLOBAL float *y, GLOBAL int *arg, int count)
{
    enum { H = 16, W = 16, O = 32, OH = 8, OW = 8, KH = 2, KW = 2, SH = 2, SW = 2, PH = 0, PW = 0, DH = 1,
        DW = 1 };
    int i = global_id(), r = i / OW % OH, q = i % OW, plane = i / (OH * OW) * (H * W), at = -1;
    if (i >= count * O * OH * OW)
        return;
    for (int kh = 0; kh < KH; kh++)
        for (int kw = 0; kw < KW; kw++) {
            int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
            if (row < 0 || row >= H || col < 0 || col >= W)
                continue;
            int pixel = row * W + col;
            if (at < 0 || x[plane + pixel] > x[plane + at] || x[plane + pixel] != x[plane + pixel])
                at = pixel;
        }
    y[i] = x[plane + at];
    arg[i] = at;
}

/* A convolution. m: channel of y; n: pixel of y, of all samples; k: channel of x and tap. */
KERNEL conv2d_4(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { C = 32, H = 8, W = 8, O = 64, OH = 8, OW = 8, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, CG = 32, M = 64, PIXELS = 64, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256,
        ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
                value = w[(m) * K + k];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;
                int s = n / (OH * OW), r = n / OW % OH, q = n % OW;
                int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
                if (row >= 0 && row < H && col >= 0 && col < W)
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
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m < M && n < N) {
                y[(n / PIXELS * O + m) * PIXELS + n % PIXELS] = value + bias[m];
            }
        }
}

/* The largest pixel of each window, the first one of several; and which one that was. */
KERNEL maxpool2d_5(GLOBAL const float *restrict x, GLOBAL float *y, GLOBAL int *arg, int count)
{
    enum { H = 8, W = 8, O = 64, OH = 4, OW = 4, KH = 2, KW = 2, SH = 2, SW = 2, PH = 0, PW = 0, DH = 1,
        DW = 1 };
    int i = global_id(), r = i / OW % OH, q = i % OW, plane = i / (OH * OW) * (H * W), at = -1;
    if (i >= count * O * OH * OW)
        return;
    for (int kh = 0; kh < KH; kh++)
        for (int kw = 0; kw < KW; kw++) {
            int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
            if (row < 0 || row >= H || col < 0 || col >= W)
                continue;
            int pixel = row * W + col;
            if (at < 0 || x[plane + pixel] > x[plane + at] || x[plane + pixel] != x[plane + pixel])
                at = pixel;
        }
    y[i] = x[plane + at];
    arg[i] = at;
}

/* y = x w^T + bias. m: output; n: sample; k: input. */
KERNEL linear_7(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { I = 1024, M = 64, PIXELS = 1, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
            if (m < M && n < N) {
                y[n * M + m] = value + bias[m];
            }
        }
}

/* y = x w^T + bias. m: output; n: sample; k: input. */
KERNEL linear_8(GLOBAL const float *restrict x, GLOBAL const float *restrict w,
                GLOBAL const float *restrict bias, GLOBAL float *y, int count)
{
    enum { I = 64, M = 10, PIXELS = 1, ROWS = 16, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
            if (m < M && n < N) {
                y[n * M + m] = value + bias[m];
            }
        }
}

/* Cross entropy: a group a sample, which shares out the classes. */
KERNEL loss_grad(GLOBAL const float *restrict x, GLOBAL const int *restrict t, GLOBAL float *dx,
                 GLOBAL const float *restrict numbers, GLOBAL float *results,
                 GLOBAL const float *restrict shares, int count)
{
    enum { SCALE = 0, PROBABILITIES = 1, GROUP = 64, C = 10, P = 1, IGNORED = -100 };
    const float SMOOTHING = 0.0f;
    SHARED float part[GROUP];
    int n = group_id(), p = 0, id = local_id();
    int first = n * C * P + p;
    bool soft = numbers[PROBABILITIES] != 0;
    int label = soft ? -1 : t[n * P + p];
    bool counts = soft || label != IGNORED;
    float largest = -INFINITY, sum = 0, whole_share = 0, loss = 0, most = -1;
    for (int i = id; i < C; i += GROUP) {
        float hit = numbers[PROBABILITIES] != 0 ? shares[first + i * P] : i == label ? 1 : 0;
        float share = ((1 - SMOOTHING) * hit + SMOOTHING / C);
        largest = fmax(largest, x[first + i * P]);
        most = fmax(most, hit);
        whole_share += share;
    }
    largest = largest_of_group(largest, part, GROUP);
    most = largest_of_group(most, part, GROUP);
    whole_share = sum_of_group(whole_share, part, GROUP);
    for (int i = id; i < C; i += GROUP)
        sum += exp(x[first + i * P] - largest);
    sum = sum_of_group(sum, part, GROUP);
    float at = -C, wanted = -C;
    for (int i = id; i < C; i += GROUP) {
        float hit = numbers[PROBABILITIES] != 0 ? shares[first + i * P] : i == label ? 1 : 0;
        float share = ((1 - SMOOTHING) * hit + SMOOTHING / C);
        loss += counts && share != 0 ? share * (largest + log(sum) - x[first + i * P]) : 0;
        float d = whole_share * exp(x[first + i * P] - largest) / sum - share;
        dx[first + i * P] = counts ? d * numbers[SCALE] : 0;
        if (x[first + i * P] == largest)
            at = fmax(at, (float)-i);
        if (hit == most)
            wanted = fmax(wanted, (float)-i);
    }
    loss = sum_of_group(loss, part, GROUP);
    at = largest_of_group(at, part, GROUP);
    wanted = largest_of_group(wanted, part, GROUP);
    if (id == 0) {
        results[2 * n] = loss * numbers[SCALE];
        results[2 * n + 1] = counts && at == wanted ? 1 : 0;
    }
}

/* dx = dy w. m: input; n: sample; k: output. */
KERNEL linear_8_grad_input(GLOBAL const float *restrict dy, GLOBAL const float *restrict w, GLOBAL float *dx,
                           int count)
{
    enum { O = 10, M = 64, PIXELS = 1, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
            if (m < M && n < N) {
                dx[n * M + m] = value;
            }
        }
}

/* dw = dy^T x. m: output; n: input; k: sample. */
KERNEL linear_8_grad_weight(GLOBAL const float *restrict dy, GLOBAL const float *restrict x, GLOBAL float *dw,
                            int count)
{
    enum { M = 10, N = 64, ROWS = 16, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = x[k * N + n];
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
            if (m < M && n < N) {
                dw[m * N + n] = value;
            }
        }
}

/* db = the sum of dy over samples and pixels, a group for each channel. */
KERNEL bias_8_grad(GLOBAL const float *restrict dy, GLOBAL float *db, int count)
{
    enum { O = 10, P = 1, GROUP = 256 };
    SHARED float part[GROUP];
    int o = group_id();
    float sum = 0;
    for (int i = local_id(); i < count * P; i += GROUP)
        sum += dy[(i / P * O + o) * P + i % P];
    sum = sum_of_group(sum, part, GROUP);
    if (local_id() == 0)
        db[o] = sum;
}

/* dx = dy w. m: input; n: sample; k: output. */
KERNEL linear_7_grad_input(GLOBAL const float *restrict dy, GLOBAL const float *restrict w, GLOBAL float *dx,
                           int count)
{
    enum { O = 64, M = 1024, PIXELS = 1, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 16 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
    int n0 = tile * COLUMNS, N = PIXELS * count;
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
            if (m < M && n < N) {
                dx[n * M + m] = value;
            }
        }
}

/* dw = dy^T x. m: output; n: input; k: sample. */
KERNEL linear_7_grad_weight(GLOBAL const float *restrict dy, GLOBAL const float *restrict x, GLOBAL float *dw,
                            int count)
{
    enum { M = 64, N = 1024, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = x[k * N + n];
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
            if (m < M && n < N) {
                dw[m * N + n] = value;
            }
        }
}

/* db = the sum of dy over samples and pixels, a group for each channel. */
KERNEL bias_7_grad(GLOBAL const float *restrict dy, GLOBAL float *db, int count)
{
    enum { O = 64, P = 1, GROUP = 256 };
    SHARED float part[GROUP];
    int o = group_id();
    float sum = 0;
    for (int i = local_id(); i < count * P; i += GROUP)
        sum += dy[(i / P * O + o) * P + i % P];
    sum = sum_of_group(sum, part, GROUP);
    if (local_id() == 0)
        db[o] = sum;
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
KERNEL maxpool2d_5_grad(GLOBAL const float *restrict dy, GLOBAL const int *restrict arg, GLOBAL float *dx,
                        int count)
{
    enum { C = 64, H = 8, W = 8, OH = 4, OW = 4, KH = 2, KW = 2, SH = 2, SW = 2, PH = 0, PW = 0, DH = 1,
        DW = 1 };
    int i = global_id();
    if (i >= count * C * H * W)
        return;
    int row = i / W % H, col = i % W, plane = i / (H * W);
    int r0 = most(0, (row + PH - (KH - 1) * DH + SH - 1) / SH);
    int r1 = least((row + PH) / SH, OH - 1);
    int q0 = most(0, (col + PW - (KW - 1) * DW + SW - 1) / SW);
    int q1 = least((col + PW) / SW, OW - 1);
    float sum = 0;
    for (int r = r0; r <= r1; r++)
        for (int q = q0; q <= q1; q++) {
            int window = (plane * OH + r) * OW + q;
            sum += arg[window] == row * W + col ? dy[window] : 0;
        }
    dx[i] = sum;
}

/* The gradient of a convolution's input. m: its channel; n: its pixel; k: channel of dy and tap. */
KERNEL conv2d_4_grad_input(GLOBAL const float *restrict dy, GLOBAL const float *restrict w, GLOBAL float *dx,
                           int count)
{
    enum { C = 32, H = 8, W = 8, O = 64, OH = 8, OW = 8, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, CG = 32, OG = 64, M = 32, PIXELS = 64, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256,
        ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = w[((o) * CG + m) * (KH * KW) + k % (KH * KW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int o = k / (KH * KW), s = n / (H * W);
                int r = n / W % H + PH - k / KW % KH * DH, q = n % W + PW - k % KW * DW;
                if (r >= 0 && r % SH == 0 && r / SH < OH && q >= 0 && q % SW == 0 && q / SW < OW)
                    value = dy[((s * O + o) * OH + r / SH) * OW + q / SW];
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
            if (m < M && n < N) {
                dx[(n / PIXELS * C + m) * PIXELS + n % PIXELS] = value;
            }
        }
}

/* The gradient of a convolution's weights. m: channel of dy; n: channel of x and tap; k: pixel of dy. */
KERNEL conv2d_4_grad_weight(GLOBAL const float *restrict dy, GLOBAL const float *restrict x,
                            GLOBAL float *shares, int count)
{
    enum { C = 32, H = 8, W = 8, O = 64, OH = 8, OW = 8, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, M = 64, N = 800, ROWS = 64, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1,
        COLUMN_TILES = 13, PARTS = 9 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = dy[(s * O + m) * OH * OW + k % (OH * OW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;
                int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;
                int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
                if (row >= 0 && row < H && col >= 0 && col < W)
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
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m < M && n < N) {
                shares[(part * O + m) * N + n] = value;
            }
        }
}

/* What the parts of the batch have given, added up in their order. */
KERNEL conv2d_4_grad_weight_sum(GLOBAL float *dw, GLOBAL const float *restrict shares, int count)
{
    enum { WEIGHTS = 51200, PARTS = 9 };
    int i = global_id();
    if (i < WEIGHTS) {
        float sum = 0;
        for (int part = 0; part < PARTS; part++)
            sum += shares[part * WEIGHTS + i];
        dw[i] = sum;
    }
}

/* db = the sum of dy over samples and pixels, a group for each channel. */
KERNEL bias_4_grad(GLOBAL const float *restrict dy, GLOBAL float *db, int count)
{
    enum { O = 64, P = 64, GROUP = 256 };
    SHARED float part[GROUP];
    int o = group_id();
    float sum = 0;
    for (int i = local_id(); i < count * P; i += GROUP)
        sum += dy[(i / P * O + o) * P + i % P];
    sum = sum_of_group(sum, part, GROUP);
    if (local_id() == 0)
        db[o] = sum;
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
KERNEL maxpool2d_3_grad(GLOBAL const float *restrict dy, GLOBAL const int *restrict arg, GLOBAL float *dx,
                        int count)
{
    enum { C = 32, H = 16, W = 16, OH = 8, OW = 8, KH = 2, KW = 2, SH = 2, SW = 2, PH = 0, PW = 0, DH = 1,
        DW = 1 };
    int i = global_id();
    if (i >= count * C * H * W)
        return;
    int row = i / W % H, col = i % W, plane = i / (H * W);
    int r0 = most(0, (row + PH - (KH - 1) * DH + SH - 1) / SH);
    int r1 = least((row + PH) / SH, OH - 1);
    int q0 = most(0, (col + PW - (KW - 1) * DW + SW - 1) / SW);
    int q1 = least((col + PW) / SW, OW - 1);
    float sum = 0;
    for (int r = r0; r <= r1; r++)
        for (int q = q0; q <= q1; q++) {
            int window = (plane * OH + r) * OW + q;
            sum += arg[window] == row * W + col ? dy[window] : 0;
        }
    dx[i] = sum;
}

/* The gradient of a convolution's input. m: its channel; n: its pixel; k: channel of dy and tap. */
KERNEL conv2d_2_grad_input(GLOBAL const float *restrict dy, GLOBAL const float *restrict w, GLOBAL float *dx,
                           int count)
{
    enum { C = 32, H = 16, W = 16, O = 32, OH = 16, OW = 16, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, CG = 32, OG = 32, M = 32, PIXELS = 256, ROWS = 32, COLUMNS = 64, STEP = 16,
        GROUP = 256, ROW_TILES = 1 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = w[((o) * CG + m) * (KH * KW) + k % (KH * KW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i % COLUMNS, at = i / COLUMNS, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int o = k / (KH * KW), s = n / (H * W);
                int r = n / W % H + PH - k / KW % KH * DH, q = n % W + PW - k % KW * DW;
                if (r >= 0 && r % SH == 0 && r / SH < OH && q >= 0 && q % SW == 0 && q / SW < OW)
                    value = dy[((s * O + o) * OH + r / SH) * OW + q / SW];
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
            if (m < M && n < N) {
                dx[(n / PIXELS * C + m) * PIXELS + n % PIXELS] = value;
            }
        }
}

/* The gradient of a convolution's weights. m: channel of dy; n: channel of x and tap; k: pixel of dy. */
KERNEL conv2d_2_grad_weight(GLOBAL const float *restrict dy, GLOBAL const float *restrict x,
                            GLOBAL float *shares, int count)
{
    enum { C = 32, H = 16, W = 16, O = 32, OH = 16, OW = 16, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, M = 32, N = 800, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1,
        COLUMN_TILES = 13, PARTS = 9 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = dy[(s * O + m) * OH * OW + k % (OH * OW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;
                int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;
                int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
                if (row >= 0 && row < H && col >= 0 && col < W)
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
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m < M && n < N) {
                shares[(part * O + m) * N + n] = value;
            }
        }
}

/* What the parts of the batch have given, added up in their order. */
KERNEL conv2d_2_grad_weight_sum(GLOBAL float *dw, GLOBAL const float *restrict shares, int count)
{
    enum { WEIGHTS = 25600, PARTS = 9 };
    int i = global_id();
    if (i < WEIGHTS) {
        float sum = 0;
        for (int part = 0; part < PARTS; part++)
            sum += shares[part * WEIGHTS + i];
        dw[i] = sum;
    }
}

/* db = the sum of dy over samples and pixels, a group for each channel. */
KERNEL bias_2_grad(GLOBAL const float *restrict dy, GLOBAL float *db, int count)
{
    enum { O = 32, P = 256, GROUP = 256 };
    SHARED float part[GROUP];
    int o = group_id();
    float sum = 0;
    for (int i = local_id(); i < count * P; i += GROUP)
        sum += dy[(i / P * O + o) * P + i % P];
    sum = sum_of_group(sum, part, GROUP);
    if (local_id() == 0)
        db[o] = sum;
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
KERNEL maxpool2d_1_grad(GLOBAL const float *restrict dy, GLOBAL const int *restrict arg, GLOBAL float *dx,
                        int count)
{
    enum { C = 32, H = 32, W = 32, OH = 16, OW = 16, KH = 2, KW = 2, SH = 2, SW = 2, PH = 0, PW = 0, DH = 1,
        DW = 1 };
    int i = global_id();
    if (i >= count * C * H * W)
        return;
    int row = i / W % H, col = i % W, plane = i / (H * W);
    int r0 = most(0, (row + PH - (KH - 1) * DH + SH - 1) / SH);
    int r1 = least((row + PH) / SH, OH - 1);
    int q0 = most(0, (col + PW - (KW - 1) * DW + SW - 1) / SW);
    int q1 = least((col + PW) / SW, OW - 1);
    float sum = 0;
    for (int r = r0; r <= r1; r++)
        for (int q = q0; q <= q1; q++) {
            int window = (plane * OH + r) * OW + q;
            sum += arg[window] == row * W + col ? dy[window] : 0;
        }
    dx[i] = sum;
}

/* The gradient of a convolution's weights. m: channel of dy; n: channel of x and tap; k: pixel of dy. */
KERNEL conv2d_0_grad_weight(GLOBAL const float *restrict dy, GLOBAL const float *restrict x,
                            GLOBAL float *shares, int count)
{
    enum { C = 3, H = 32, W = 32, O = 32, OH = 32, OW = 32, KH = 5, KW = 5, SH = 1, SW = 1, PH = 2, PW = 2,
        DH = 1, DW = 1, M = 32, N = 75, ROWS = 32, COLUMNS = 64, STEP = 16, GROUP = 256, ROW_TILES = 1,
        COLUMN_TILES = 2, PARTS = 64 };
    SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];
    int id = local_id(), tile = group_id();
    int m0 = tile % ROW_TILES * ROWS;
    tile /= ROW_TILES;
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
                value = dy[(s * O + m) * OH * OW + k % (OH * OW)];
            }
            a[at][m - m0] = value;
        }
        for (int i = id; i < STEP * COLUMNS; i += GROUP) {
            int n = n0 + i / STEP, at = i % STEP, k = k0 + at;
            float value = 0;
            if (n < N && k < K) {
                int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;
                int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;
                int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;
                if (row >= 0 && row < H && col >= 0 && col < W)
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
    for (int i = 0; i < ROWS / 16; i++)
        for (int j = 0; j < COLUMNS / 16; j++) {
            int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;
            float value = sum[i][j];
            if (m < M && n < N) {
                shares[(part * O + m) * N + n] = value;
            }
        }
}

/* What the parts of the batch have given, added up in their order. */
KERNEL conv2d_0_grad_weight_sum(GLOBAL float *dw, GLOBAL const float *restrict shares, int count)
{
    enum { WEIGHTS = 2400, PARTS = 64 };
    int i = global_id();
    if (i < WEIGHTS) {
        float sum = 0;
        for (int part = 0; part < PARTS; part++)
            sum += shares[part * WEIGHTS + i];
        dw[i] = sum;
    }
}

/* db = the sum of dy over samples and pixels, a group for each channel. */
KERNEL bias_0_grad(GLOBAL const float *restrict dy, GLOBAL float *db, int count)
{
    enum { O = 32, P = 1024, GROUP = 256 };
    SHARED float part[GROUP];
    int o = group_id();
    float sum = 0;
    for (int i = local_id(); i < count * P; i += GROUP)
        sum += dy[(i / P * O + o) * P + i % P];
    sum = sum_of_group(sum, part, GROUP);
    if (local_id() == 0)
        db[o] = sum;
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
    enum { ALL = 146048, GROUP = 256, OF_GROUP = 4096, SHARE = 2, CLIP = 5 };
    SHARED float shared[GROUP];
    int first = group_id() * OF_GROUP;
    float sum = 0;
    if (numbers[CLIP] == 0)
        return;
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
    if (numbers[CLIP] == 0)
        return;
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
                         GLOBAL float *squares, int count)
{
    enum { ALL = 146048, SUMS = 36, NUMBERS = 8, PART_NUMBERS = 20, PART_FLOATS = 128, SHARE = 2, LIMIT = 3,
        CLIP = 5, SEEN = 6 };
    enum { LR, MOMENTUM, UNDAMPED, DECAY, FIRST, MOVES = 12 + 1, NESTEROV = 12 + 4, MAXIMIZE = 12 + 5 };
    int i = global_id();
    if (i >= ALL || parts[i / PART_FLOATS] < 0)
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

/* A step of training:
 *
 *     input
 *     conv2d_0
 *     maxpool2d_1
 *     conv2d_2
 *     maxpool2d_3
 *     conv2d_4
 *     maxpool2d_5
 *     linear_7
 *     linear_8
 *     loss_grad
 *     linear_8_grad_input
 *     linear_8_grad_weight
 *     bias_8_grad
 *     linear_7_grad_input
 *     linear_7_grad_weight
 *     bias_7_grad
 *     maxpool2d_5_grad
 *     conv2d_4_grad_input
 *     conv2d_4_grad_weight
 *     conv2d_4_grad_weight_sum
 *     bias_4_grad
 *     maxpool2d_3_grad
 *     conv2d_2_grad_input
 *     conv2d_2_grad_weight
 *     conv2d_2_grad_weight_sum
 *     bias_2_grad
 *     maxpool2d_1_grad
 *     conv2d_0_grad_weight
 *     conv2d_0_grad_weight_sum
 *     bias_0_grad
 */
/* Its update:
 *
 *     update_gather
 *     update_squares
 *     update_norm
 *     update_parameters
 */
/* An evaluation:
 *
 *     input
 *     conv2d_0
 *     maxpool2d_1
 *     conv2d_2
 *     maxpool2d_3
 *     conv2d_4
 *     maxpool2d_5
 *     linear_7
 *     linear_8
 */

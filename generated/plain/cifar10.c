/* Tudui: the model of cifar10.net and its training, in C99 alone. Written by netc: change the .net file instead.
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
 *     netc data cifar10.net --raw data
 *     cc -O2 -std=c99 THIS.c -lm -o train
 *     ./train data.train.raw data.test.raw
 *
 * A function is a kind of operation: it takes sizes, inputs and outputs. n counts the samples of a batch, dx is the
 * gradient of the loss by x. Sums are double. Compiled with -Dreal=double, everything is. Of the train block
 * it leaves out 'log', 'save': it prints losses, and saves at the end where save=FILE asks for it. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef real
#define real float
#endif

/* All memory that the model takes. In a batch sample stands behind sample, in a sample
 * channel behind channel, in that row behind row: with C channels of H rows of W numbers,
 * x[((n * C + i) * H + r) * W + c] is at row r, column c of channel i of sample n. */
static struct {
    /* the parameters */
    real weight_0[32 * 3 * 5 * 5];
    real bias_0[32];
    real weight_2[32 * 32 * 5 * 5];
    real bias_2[32];
    real weight_4[64 * 32 * 5 * 5];
    real bias_4[64];
    real weight_7[64 * 1024];
    real bias_7[64];
    real weight_8[10 * 64];
    real bias_8[10];
    /* what the layers make of a batch */
    real input[64 * 3 * 32 * 32];
    real conv2d_0[64 * 32 * 32 * 32];
    real maxpool2d_1[64 * 32 * 16 * 16];
    int maxpool2d_1_arg[64 * 32 * 16 * 16];
    real conv2d_2[64 * 32 * 16 * 16];
    real maxpool2d_3[64 * 32 * 8 * 8];
    int maxpool2d_3_arg[64 * 32 * 8 * 8];
    real conv2d_4[64 * 64 * 8 * 8];
    real maxpool2d_5[64 * 64 * 4 * 4];
    int maxpool2d_5_arg[64 * 64 * 4 * 4];
    real flatten_6[64 * 1024];
    real linear_7[64 * 64];
    real linear_8[64 * 10];
    int target[64];
    /* the gradient of the loss by each of them */
    real d_linear_8[64 * 10];
    real d_linear_7[64 * 64];
    real d_weight_8[10 * 64];
    real d_bias_8[10];
    real d_flatten_6[64 * 1024];
    real d_weight_7[64 * 1024];
    real d_bias_7[64];
    real d_maxpool2d_5[64 * 64 * 4 * 4];
    real d_conv2d_4[64 * 64 * 8 * 8];
    real d_maxpool2d_3[64 * 32 * 8 * 8];
    real d_weight_4[64 * 32 * 5 * 5];
    real d_bias_4[64];
    real d_conv2d_2[64 * 32 * 16 * 16];
    real d_maxpool2d_1[64 * 32 * 16 * 16];
    real d_weight_2[32 * 32 * 5 * 5];
    real d_bias_2[32];
    real d_conv2d_0[64 * 32 * 32 * 32];
    real d_weight_0[32 * 3 * 5 * 5];
    real d_bias_0[32];
} a;

/* The Mersenne Twister MT19937: torch.manual_seed keeps 32 bits of a seed. */
struct generator {
    unsigned state[624];
    int next, waits; /* waits: of two normal numbers the second one */
    double second;
};

static void seed(struct generator *g, unsigned number)
{
    g->state[0] = number;
    for (int i = 1; i < 624; i++)
        g->state[i] = 1812433253u * (g->state[i - 1] ^ g->state[i - 1] >> 30) + i;
    g->next = 624;
    g->waits = 0;
}

static unsigned random32(struct generator *g)
{
    unsigned *s = g->state;
    if (g->next == 624) {
        for (int i = 0; i < 624; i++) {
            unsigned y = (s[i] & 0x80000000u) | (s[(i + 1) % 624] & 0x7fffffffu);
            s[i] = s[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
        }
        g->next = 0;
    }
    unsigned y = s[g->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

static unsigned long long random64(struct generator *g)
{
    unsigned long long high = random32(g);
    return high << 32 | random32(g);
}

/* A number from low to high; torch draws floats, whatever real is. */
static float uniform24(struct generator *g, float low, float high)
{
    return fmaf((random32(g) & 0xffffff) / 16777216.0f, high - low, low);
}

/* Puts the numbers from 0 to n - 1 in an order: torch.randperm. */
static void shuffled(struct generator *g, int n, int *order)
{
    for (int i = 0; i < n; i++)
        order[i] = i;
    for (int i = 0; i < n - 1; i++) {
        int other = i + random32(g) % (n - i), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static void init_uniform(struct generator *g, real *w, int count, double low, double high)
{
    for (int i = 0; i < count; i++)
        w[i] = uniform24(g, low, high);
}

static struct generator mt;

/* ---- Forward ----------------------------------------------------------------------------------------------------- */

/* A convolution: O filters slide over an image of C channels. y at (r, c) is the sum of what the window
 * there has, each pixel times the filter's weight for it; outside of the image are zeros. */
static void conv2d_forward(int count, int C, int H, int W, int O, int OH, int OW, int K, int padding,
                           const real *x, const real *w, const real *bias, real *y)
{
    for (int n = 0; n < count; n++)
        for (int o = 0; o < O; o++)
            for (int r = 0; r < OH; r++)
                for (int c = 0; c < OW; c++) {
                    double sum = bias[o];
                    for (int i = 0; i < C; i++) {
                        const real *image = x + (n * C + i) * H * W;
                        const real *filter = w + (o * C + i) * K * K;
                        for (int k = 0; k < K; k++)
                            for (int l = 0; l < K; l++) {
                                int row = r + k - padding;
                                int col = c + l - padding;
                                if (row >= 0 && row < H && col >= 0 && col < W)
                                    sum += image[row * W + col] * filter[k * K + l];
                            }
                    }
                    y[((n * O + o) * OH + r) * OW + c] = sum;
                }
}

/* The largest pixel of each window, the first one of several; and which one that was, for the way back. */
static void max_pool2d_forward(int count, int C, int H, int W, int OH, int OW, int K, int stride,
                               const real *x, real *y, int *arg)
{
    for (int i = 0; i < count * C; i++) {
        const real *image = x + i * H * W;
        for (int r = 0; r < OH; r++)
            for (int c = 0; c < OW; c++) {
                int at = -1;
                for (int k = 0; k < K; k++)
                    for (int l = 0; l < K; l++) {
                        int row = r * stride + k;
                        int col = c * stride + l;
                        int pixel = row * W + col;
                        if (at < 0 || image[pixel] > image[at] || image[pixel] != image[pixel])
                            at = pixel;
                    }
                y[(i * OH + r) * OW + c] = image[at];
                arg[(i * OH + r) * OW + c] = at;
            }
    }
}

/* The elements stay in their order; their shape is another. */
static void reshape_forward(int count, int S, const real *x, real *y)
{
    memcpy(y, x, count * S * sizeof *x);
}

/* y = x w^T + bias: each output is the sum of all inputs, each times a weight of its own. */
static void linear_forward(int count, int I, int O, const real *x, const real *w, const real *bias, real *y)
{
    for (int n = 0; n < count; n++)
        for (int o = 0; o < O; o++) {
            double sum = bias[o];
            for (int i = 0; i < I; i++)
                sum += x[n * I + i] * w[o * I + i];
            y[n * O + o] = sum;
        }
}

/* The loss of the batch, as a sum, and what its mean is divided by. x: the model's output; t: the target. */
static double loss_forward(int count, int C, double *divisor, const real *x, const int *t)
{
    double loss = 0;
    *divisor = 0;
    for (int n = 0; n < count; n++) {
        double largest = x[n * C], sum = 0;
        for (int i = 1; i < C; i++)
            largest = fmax(largest, x[n * C + i]);
        for (int i = 0; i < C; i++)
            sum += exp(x[n * C + i] - largest);
        loss += largest + log(sum) - x[n * C + t[n]];
        *divisor += 1;
    }
    return loss;
}

/* The loss of the batch in the arena: the sum over the samples, and what a mean divides it by. */
static double forward(int count, double *divisor)
{
    /* 0: Conv2d(3, 32, 5, 1, 2) */
    conv2d_forward(count, 3, 32, 32, 32, 32, 32, 5, 2, a.input, a.weight_0, a.bias_0, a.conv2d_0);
    /* 1: MaxPool2d(2) */
    max_pool2d_forward(count, 32, 32, 32, 16, 16, 2, 2, a.conv2d_0, a.maxpool2d_1, a.maxpool2d_1_arg);
    /* 2: Conv2d(32, 32, 5, 1, 2) */
    conv2d_forward(count, 32, 16, 16, 32, 16, 16, 5, 2, a.maxpool2d_1, a.weight_2, a.bias_2, a.conv2d_2);
    /* 3: MaxPool2d(2) */
    max_pool2d_forward(count, 32, 16, 16, 8, 8, 2, 2, a.conv2d_2, a.maxpool2d_3, a.maxpool2d_3_arg);
    /* 4: Conv2d(32, 64, 5, 1, 2) */
    conv2d_forward(count, 32, 8, 8, 64, 8, 8, 5, 2, a.maxpool2d_3, a.weight_4, a.bias_4, a.conv2d_4);
    /* 5: MaxPool2d(2) */
    max_pool2d_forward(count, 64, 8, 8, 4, 4, 2, 2, a.conv2d_4, a.maxpool2d_5, a.maxpool2d_5_arg);
    /* 6: Flatten() */
    reshape_forward(count, 1024, a.maxpool2d_5, a.flatten_6);
    /* 7: Linear(64*4*4, 64) */
    linear_forward(count, 1024, 64, a.flatten_6, a.weight_7, a.bias_7, a.linear_7);
    /* 8: Linear(64, 10) */
    linear_forward(count, 64, 10, a.linear_7, a.weight_8, a.bias_8, a.linear_8);
    /* the loss */
    return loss_forward(count, 10, divisor, a.linear_8, a.target);
}

/* ---- Backward ---------------------------------------------------------------------------------------------------- */

/* Where the gradients come from: how the loss changes with each number that the model gives. */
static void loss_grad(int count, int C, double divisor, const real *x, const int *t, real *dx)
{
    for (int n = 0; n < count; n++) {
        double largest = x[n * C], sum = 0;
        for (int i = 1; i < C; i++)
            largest = fmax(largest, x[n * C + i]);
        for (int i = 0; i < C; i++)
            sum += exp(x[n * C + i] - largest);
        for (int i = 0; i < C; i++)
            dx[n * C + i] = (exp(x[n * C + i] - largest) / sum - (i == t[n])) / divisor;
    }
}

/* dx = dy w: an input went into each output, times a weight; so much of its gradient comes back. */
static void linear_grad_input(int count, int I, int O, const real *dy, const real *w, real *dx)
{
    for (int n = 0; n < count; n++)
        for (int i = 0; i < I; i++) {
            double sum = 0;
            for (int o = 0; o < O; o++)
                sum += dy[n * O + o] * w[o * I + i];
            dx[n * I + i] = sum;
        }
}

/* dw = dy^T x, the sum over the samples: a weight moves its output by as much as its input is. */
static void linear_grad_weight(int count, int I, int O, const real *dy, const real *x, real *dw)
{
    for (int o = 0; o < O; o++)
        for (int i = 0; i < I; i++) {
            double sum = 0;
            for (int n = 0; n < count; n++)
                sum += dy[n * O + o] * x[n * I + i];
            dw[o * I + i] = sum;
        }
}

/* A bias is added to all that its channel has: its gradient is the sum of all gradients there. */
static void bias_grad(int count, int O, int P, const real *dy, real *db)
{
    for (int o = 0; o < O; o++) {
        double sum = 0;
        for (int n = 0; n < count; n++)
            for (int i = 0; i < P; i++)
                sum += dy[(n * O + o) * P + i];
        db[o] = sum;
    }
}

/* The gradients stay in the order of the elements. */
static void reshape_grad(int count, int S, const real *dy, real *dx)
{
    memcpy(dx, dy, count * S * sizeof *dy);
}

/* The largest pixel of a window gets all of the window's gradient, the others none. */
static void max_pool_grad(int count, int I, int C, int P, const real *dy, const int *arg, real *dx)
{
    memset(dx, 0, count * C * I * sizeof *dx);
    for (int i = 0; i < count * C; i++)
        for (int p = 0; p < P; p++)
            dx[i * I + arg[i * P + p]] += dy[i * P + p];
}

/* The gradient of a convolution's input. A pixel was in several windows: from each comes the gradient of
 * that window's output, times the weight that met the pixel there. */
static void conv2d_grad_input(int count, int C, int H, int W, int O, int OH, int OW, int K, int padding,
                              const real *dy, const real *w, real *dx)
{
    memset(dx, 0, count * C * H * W * sizeof *dx);
    for (int n = 0; n < count; n++)
        for (int o = 0; o < O; o++)
            for (int i = 0; i < C; i++) {
                const real *out = dy + (n * O + o) * OH * OW;
                const real *filter = w + (o * C + i) * K * K;
                real *image = dx + (n * C + i) * H * W;
                for (int r = 0; r < OH; r++)
                    for (int c = 0; c < OW; c++)
                        for (int k = 0; k < K; k++)
                            for (int l = 0; l < K; l++) {
                                int row = r + k - padding;
                                int col = c + l - padding;
                                if (row >= 0 && row < H && col >= 0 && col < W)
                                    image[row * W + col] += out[r * OW + c] * filter[k * K + l];
                            }
            }
}

/* The gradient of a convolution's weights. A weight has met one pixel of x for each pixel of y: its
 * gradient is the sum over all of these, and over the samples. */
static void conv2d_grad_weight(int count, int C, int H, int W, int O, int OH, int OW, int K, int padding,
                               const real *dy, const real *x, real *dw)
{
    for (int o = 0; o < O; o++)
        for (int i = 0; i < C; i++)
            for (int k = 0; k < K; k++)
                for (int l = 0; l < K; l++) {
                    double sum = 0;
                    for (int n = 0; n < count; n++) {
                        const real *out = dy + (n * O + o) * OH * OW;
                        const real *image = x + (n * C + i) * H * W;
                        for (int r = 0; r < OH; r++)
                            for (int c = 0; c < OW; c++) {
                                int row = r + k - padding;
                                int col = c + l - padding;
                                if (row >= 0 && row < H && col >= 0 && col < W)
                                    sum += out[r * OW + c] * image[row * W + col];
                            }
                    }
                    dw[(o * C + i) * K * K + k * K + l] = sum;
                }
}

/* The gradients of that loss, from the last layer to the first: the chain rule. */
static void backward(int count, double divisor)
{
    /* the loss */
    loss_grad(count, 10, divisor, a.linear_8, a.target, a.d_linear_8);
    /* 8: Linear(64, 10) */
    linear_grad_input(count, 64, 10, a.d_linear_8, a.weight_8, a.d_linear_7);
    linear_grad_weight(count, 64, 10, a.d_linear_8, a.linear_7, a.d_weight_8);
    bias_grad(count, 10, 1, a.d_linear_8, a.d_bias_8);
    /* 7: Linear(64*4*4, 64) */
    linear_grad_input(count, 1024, 64, a.d_linear_7, a.weight_7, a.d_flatten_6);
    linear_grad_weight(count, 1024, 64, a.d_linear_7, a.flatten_6, a.d_weight_7);
    bias_grad(count, 64, 1, a.d_linear_7, a.d_bias_7);
    /* 6: Flatten() */
    reshape_grad(count, 1024, a.d_flatten_6, a.d_maxpool2d_5);
    /* 5: MaxPool2d(2) */
    max_pool_grad(count, 64, 64, 16, a.d_maxpool2d_5, a.maxpool2d_5_arg, a.d_conv2d_4);
    /* 4: Conv2d(32, 64, 5, 1, 2) */
    conv2d_grad_input(count, 32, 8, 8, 64, 8, 8, 5, 2, a.d_conv2d_4, a.weight_4, a.d_maxpool2d_3);
    conv2d_grad_weight(count, 32, 8, 8, 64, 8, 8, 5, 2, a.d_conv2d_4, a.maxpool2d_3, a.d_weight_4);
    bias_grad(count, 64, 64, a.d_conv2d_4, a.d_bias_4);
    /* 3: MaxPool2d(2) */
    max_pool_grad(count, 256, 32, 64, a.d_maxpool2d_3, a.maxpool2d_3_arg, a.d_conv2d_2);
    /* 2: Conv2d(32, 32, 5, 1, 2) */
    conv2d_grad_input(count, 32, 16, 16, 32, 16, 16, 5, 2, a.d_conv2d_2, a.weight_2, a.d_maxpool2d_1);
    conv2d_grad_weight(count, 32, 16, 16, 32, 16, 16, 5, 2, a.d_conv2d_2, a.maxpool2d_1, a.d_weight_2);
    bias_grad(count, 32, 256, a.d_conv2d_2, a.d_bias_2);
    /* 1: MaxPool2d(2) */
    max_pool_grad(count, 1024, 32, 256, a.d_maxpool2d_1, a.maxpool2d_1_arg, a.d_conv2d_0);
    /* 0: Conv2d(3, 32, 5, 1, 2) */
    conv2d_grad_weight(count, 3, 32, 32, 32, 32, 32, 5, 2, a.d_conv2d_0, a.input, a.d_weight_0);
    bias_grad(count, 32, 1024, a.d_conv2d_0, a.d_bias_0);
}

/* ---- The step ---------------------------------------------------------------------------------------------------- */

/* The parameters by their names in PyTorch, w, with their gradients, dw; those without do
 * not learn. `at`: where the optimizer's arrays have what it keeps of them. */
static const struct parameter {
    const char *name, *shape;
    real *w, *dw;
    int count, at, group, whole;
} parameters[] = {
    {"0.weight", "32,3,5,5", a.weight_0, a.d_weight_0, 2400, 0, 0, 0},
    {"0.bias", "32", a.bias_0, a.d_bias_0, 32, 2400, 0, 0},
    {"2.weight", "32,32,5,5", a.weight_2, a.d_weight_2, 25600, 2432, 0, 0},
    {"2.bias", "32", a.bias_2, a.d_bias_2, 32, 28032, 0, 0},
    {"4.weight", "64,32,5,5", a.weight_4, a.d_weight_4, 51200, 28064, 0, 0},
    {"4.bias", "64", a.bias_4, a.d_bias_4, 64, 79264, 0, 0},
    {"7.weight", "64,1024", a.weight_7, a.d_weight_7, 65536, 79328, 0, 0},
    {"7.bias", "64", a.bias_7, a.d_bias_7, 64, 144864, 0, 0},
    {"8.weight", "10,64", a.weight_8, a.d_weight_8, 640, 144928, 0, 0},
    {"8.bias", "10", a.bias_8, a.d_bias_8, 10, 145568, 0, 0},
};
enum { PARAMETERS = 10 };

/* The initial parameters, in the order in which PyTorch draws them. */
static void init(void)
{
    init_uniform(&mt, a.weight_0, 2400, -0.11547005383792512, 0.11547005383792512);
    init_uniform(&mt, a.bias_0, 32, -0.11547005383792514, 0.11547005383792514);
    init_uniform(&mt, a.weight_2, 25600, -0.03535533905932737, 0.03535533905932737);
    init_uniform(&mt, a.bias_2, 32, -0.035355339059327376, 0.035355339059327376);
    init_uniform(&mt, a.weight_4, 51200, -0.03535533905932737, 0.03535533905932737);
    init_uniform(&mt, a.bias_4, 64, -0.035355339059327376, 0.035355339059327376);
    init_uniform(&mt, a.weight_7, 65536, -0.031249999999999997, 0.031249999999999997);
    init_uniform(&mt, a.bias_7, 64, -0.03125, 0.03125);
    init_uniform(&mt, a.weight_8, 640, -0.12499999999999999, 0.12499999999999999);
    init_uniform(&mt, a.bias_8, 10, -0.125, 0.125);
}

/* The settings of SGD for each group of parameters. */
static struct group {
    double lr;
} groups[] = {
    {.lr = 0.01},
};

static int steps; /* updates so far */

/* SGD: w -= lr g, or with momentum m = momentum m + g, w -= lr m. */
static void step(void)
{
    steps++;
    for (int p = 0; p < PARAMETERS; p++) {
        const struct group *s = &groups[parameters[p].group];
        real *w = parameters[p].w, *dw = parameters[p].dw;
        for (int i = 0; i < parameters[p].count; i++) {
            double g = dw[i];
            w[i] -= s->lr * g;
        }
    }
}

/* ---- The data: what `netc data FILE.net --raw NAME` writes ------------------------------------------------------- */

enum { FLOATS, BYTES, INTS };

/* What a raw file begins with. Behind it stand, of bytes, the float that each byte means in
 * each channel; then all samples; then all targets. */
struct header {
    char name[8]; /* "netc raw" */
    int count; /* of samples */
    int kind, numbers; /* of a sample */
    int target_kind, targets;
    int channels;
};

struct data {
    int count;
    unsigned char (*sample)[3072];
    float meaning[3][256];
    int (*target)[1];
    int *order; /* in which samples are taken */
};

static void *read_all(FILE *file, size_t count, size_t size)
{
    void *bytes = malloc(count * size);
    if (bytes == NULL || fread(bytes, size, count, file) != count) {
        fprintf(stderr, "the data end too early, or there is no memory for them\n");
        exit(1);
    }
    return bytes;
}

static struct data read_data(const char *path)
{
    struct data d;
    struct header h;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(&h, sizeof h, 1, file) != 1 || memcmp(h.name, "netc raw", 8) != 0) {
        fprintf(stderr, "%s is no raw file\n", path);
        exit(1);
    }
    if (h.kind != BYTES || h.numbers != 3072 || h.target_kind != INTS || h.targets != 1) {
        fprintf(stderr, "the samples or the targets of %s are others than the model takes\n", path);
        exit(1);
    }
    d.count = h.count;
    if (fread(d.meaning, sizeof d.meaning, 1, file) != 1)
        exit(1);
    d.sample = read_all(file, d.count, sizeof *d.sample);
    d.target = read_all(file, d.count, sizeof *d.target);
    d.order = malloc(d.count * sizeof *d.order);
    if (d.order == NULL)
        exit(1);
    fclose(file);
    return d;
}

/* A pass over the data begins: torch's DataLoader draws a number for workers, then one for
 * the order. */
static void put_in_order(struct data *d, int shuffle)
{
    struct generator g;
    random64(&mt);
    for (int i = 0; i < d->count; i++)
        d->order[i] = i;
    if (!shuffle)
        return;
    seed(&g, random64(&mt));
    shuffled(&g, d->count, d->order);
}

/* Puts samples into the arena, from place `first` of the order on, and tells how many. */
static int take_batch(const struct data *d, int first, int size)
{
    int count = d->count - first < size ? d->count - first : size;
    for (int n = 0; n < count; n++) {
        int sample = d->order[first + n];
        real *x = a.input + n * 3072;
        for (int i = 0; i < 3072; i++)
            x[i] = d->meaning[i / 1024][d->sample[sample][i]];
        a.target[n] = d->target[sample][0];
    }
    return count;
}

/* ---- Training ---------------------------------------------------------------------------------------------------- */

/* What a pass over some batches gave. */
struct score {
    double loss, divisor; /* sums of the losses, and of what their means are divided by */
    double sum; /* of the batches' losses */
    int right, judged;
};

/* Counts how many classes the model gets right. */
static void count_right(struct score *score, int count)
{
    for (int n = 0; n < count; n++) {
        int best = 0;
        for (int i = 1; i < 10; i++)
            if (a.linear_8[n * 10 + i] > a.linear_8[n * 10 + best])
                best = i;
        score->right += best == a.target[n] && a.target[n] != -100;
        score->judged += a.target[n] != -100;
    }
}

/* One batch; returns its loss. */
static double take_step(struct score *score, int count, int training)
{
    double divisor, sum = forward(count, &divisor);
    double loss = divisor == 0 ? 0 : sum / divisor;
    score->loss += sum;
    score->divisor += divisor;
    score->sum += loss;
    count_right(score, count);
    if (training)
        backward(count, divisor == 0 ? HUGE_VAL : divisor);
    return loss;
}

static struct score evaluate(struct data *d)
{
    struct score score = {0};
    put_in_order(d, 0);
    for (int first = 0; first < d->count; first += 64)
        take_step(&score, take_batch(d, first, 64), 0);
    return score;
}

/* Writes the parameters as safetensors: the length of a table, the table, the numbers. */
static void save(const char *path)
{
    static char table[2078];
    unsigned long long length = 0, at = 0;
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(1);
    }
    for (int p = 0; p < PARAMETERS; p++) {
        int size = parameters[p].whole ? 8 : 4;
        length += sprintf(table + length,
                          "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%llu,%llu]}", p > 0
                          ? "," : "{", parameters[p].name, size == 8 ? "I64" : "F32", parameters[p].shape, at,
                          at + parameters[p].count * size);
        at += parameters[p].count * size;
    }
    length += sprintf(table + length, "}");
    fwrite(&length, 8, 1, file);
    fwrite(table, 1, length, file);
    for (int p = 0; p < PARAMETERS; p++)
        for (int i = 0; i < parameters[p].count; i++) {
            float number = parameters[p].w[i];
            long long whole = parameters[p].w[i];
            if (parameters[p].whole)
                fwrite(&whole, 8, 1, file);
            else
                fwrite(&number, 4, 1, file);
        }
    if (fclose(file) != 0)
        exit(1);
}

struct options {
    const char *train, *test, *load, *save;
    int steps, every;
};

static struct options read_options(int argc, char **argv)
{
    struct options o = {.steps = INT_MAX, .every = 100};
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "steps=", 6) == 0)
            o.steps = atoi(argv[i] + 6);
        else if (strncmp(argv[i], "every=", 6) == 0 && atoi(argv[i] + 6) > 0)
            o.every = atoi(argv[i] + 6);
        else if (strncmp(argv[i], "save=", 5) == 0)
            o.save = argv[i] + 5;
        else if (o.train == NULL)
            o.train = argv[i];
        else
            o.test = argv[i];
    if (o.test == NULL) {
        fprintf(stderr, "usage: %s TRAIN.raw TEST.raw [steps=N] [every=N] [save=FILE]\n", argv[0]);
        exit(2);
    }
    return o;
}

int main(int argc, char **argv)
{
    struct options o = read_options(argc, argv);
    struct data train = read_data(o.train);
    struct data test = read_data(o.test);
    int done = 0;
    seed(&mt, 0);
    init();
    for (int epoch = 0; epoch < 10 && done < o.steps; epoch++) {
        struct score score = {0};
        int batches = 0;
        put_in_order(&train, 1);
        for (int first = 0; first < train.count && done < o.steps; first += 64) {
            double loss = take_step(&score, take_batch(&train, first, 64), 1);
            step();
            batches++;
            if (++done % o.every == 0)
                printf("step %d  loss %f  accuracy %.4f\n", done, loss, (double)score.right / score.judged);
        }
        struct score result = evaluate(&test);
        printf("epoch %d  train_loss %f", epoch + 1, score.sum / batches);
        printf("  train_accuracy %.4f", (double)score.right / score.judged);
        printf("  test_loss %f  sum %f", result.loss / result.divisor, result.sum);
        printf("  test_accuracy %.4f", (double)result.right / result.judged);
        printf("\n");
    }
    if (o.save != NULL)
        save(o.save);
    return 0;
}

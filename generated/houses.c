/* Houses: a trainer for the model of houses.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output         parameters
 *     5  0: Linear(_, 32)                                 32                    288
 *     6  1: ReLU()                                        32                      0
 *     7  2: Linear(_, 1)                                  1                      33
 *
 * A batch of 20 is cut into slices of 3 samples, each with its own gradients, and a slice into groups of 3.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0 is what layer 0 gives, d_conv2d_0 the
 * gradient of the loss by it; AT_0_weight is where 0.weight starts in the block of parameters, and its
 * gradient in the block of gradients. 1536 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"

/* Where each parameter starts, in floats. */
enum {
    AT_0_weight = 0,
    AT_0_bias = 256,
    AT_2_weight = 288,
    AT_2_bias = 800,
};

/* Where each derived layout of a weight starts, in floats. */
enum {
    AT_2_weight_transposed = 0,
};

/* L1Loss  (line 17) */
static const struct nc_loss loss = {.output = NC_NUMBER, .reduction = NC_MEAN};

/* the input  (line 4)
 * x: the samples of the batch, after their transforms */
static void input_forward(const float *sample, float *x)
{
    for (long k = 0; k < 8; k++)
        x[k] = sample[k];
}

/* 0: Linear(_, 32), 1: ReLU()  (line 5)
 * y = x w^T + b; inputs x, w, b (b may be absent)
 * y = max(x, 0) */
static void linear_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 3, VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec acc[COLS][VECS];
        UNROLL for (int n = 0; n < COLS; n++)
            UNROLL for (int v = 0; v < VECS; v++)
                acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 8; j++, xt++, wo += 32) {
            vec weights[VECS];
            UNROLL for (int v = 0; v < VECS; v++)
                weights[v] = vec_load_once(wo + v * VL);
            UNROLL for (int n = 0; n < COLS; n++) {
                const vec pixel = vec_all_of(xt + n * 16);
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
            }
        }
        UNROLL for (int n = 0; n < COLS; n++)
            UNROLL for (int v = 0; v < VECS; v++) {
                vec sum = acc[n][v];
                sum += vec_load(bias + o + v * VL);
                sum = vec_relu(sum);
                vec_store(y + n * 32 + o + v * VL, sum);
            }
    }
}

/* 2: Linear(_, 1)  (line 7)
 * y = x w^T + b; inputs x, w, b (b may be absent) */
static void linear_2_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 3, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        UNROLL for (int n = 0; n < COLS; n++)
            UNROLL for (int v = 0; v < VECS; v++)
                acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 32; j++, xt++, wo += 16) {
            vec weights[VECS];
            UNROLL for (int v = 0; v < VECS; v++)
                weights[v] = vec_load_once(wo + v * VL);
            UNROLL for (int n = 0; n < COLS; n++) {
                const vec pixel = vec_all_of(xt + n * 32);
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
            }
        }
        UNROLL for (int n = 0; n < COLS; n++)
            UNROLL for (int v = 0; v < VECS; v++) {
                vec sum = acc[n][v];
                sum += vec_load(bias + o + v * VL);
                vec_store(y + n * 16 + o + v * VL, sum);
            }
    }
}

/* 2: Linear(_, 1)  (line 7)
 * dx of LINEAR from dy, w */
static void linear_2_grad_input(const float *x, const float *w, const float *bias, float *y)
{
    (void)bias;
    enum { COLS = 3, VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec acc[COLS][VECS];
        UNROLL for (int n = 0; n < COLS; n++)
            UNROLL for (int v = 0; v < VECS; v++)
                acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 1; j++, xt++, wo += 32) {
            vec weights[VECS];
            UNROLL for (int v = 0; v < VECS; v++)
                weights[v] = vec_load_once(wo + v * VL);
            UNROLL for (int n = 0; n < COLS; n++) {
                const vec pixel = vec_all_of(xt + n * 16);
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
            }
        }
        UNROLL for (int n = 0; n < COLS; n++)
            UNROLL for (int v = 0; v < VECS; v++)
                vec_store(y + n * 32 + o + v * VL, acc[n][v]);
    }
}

/* 2: Linear(_, 1)  (line 7)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_2_grad_weight(const float *x, const float *d, float *g, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 32; j += COLS) {
            float *gt = g + j * 16 + o;
            vec acc[COLS][VECS];
            UNROLL for (int n = 0; n < COLS; n++)
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = d + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 32, dr += 16) {
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
                UNROLL for (int v = 0; v < VECS; v++)
                    vec_store(gt + n * 16 + v * VL, acc[n][v]);
        }
}

/* 2: Linear(_, 1)  (line 7)
 * db from dy, summed over samples and positions */
static void bias_2_grad(const float *d, float *g, int count)
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

/* 1: ReLU()  (line 6)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_1_grad(const float *dy, const float *y, float *dx)
{
    for (long i = 0; i < 32; i += VL)
        vec_store(dx + i, vec_relu_grad(vec_load(dy + i), vec_load(y + i)));
}

/* 0: Linear(_, 32)  (line 5)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_0_grad_weight(const float *x, const float *d, float *g, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long j = 0; j < 8; j += COLS) {
            float *gt = g + j * 32 + o;
            vec acc[COLS][VECS];
            UNROLL for (int n = 0; n < COLS; n++)
                UNROLL for (int v = 0; v < VECS; v++)
                    acc[n][v] = vec_load(gt + n * 32 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = d + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 16, dr += 32) {
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
                UNROLL for (int v = 0; v < VECS; v++)
                    vec_store(gt + n * 32 + v * VL, acc[n][v]);
        }
}

/* 0: Linear(_, 32)  (line 5)
 * db from dy, summed over samples and positions */
static void bias_0_grad(const float *d, float *g, int count)
{
    vec sum[32 / VL];
    UNROLL for (int v = 0; v < 32 / VL; v++)
        sum[v] = vec_load(g + v * VL);
    for (long c = 0; c < count; c++)
        UNROLL for (int v = 0; v < 32 / VL; v++)
            sum[v] += vec_load(d + c * 32 + v * VL);
    UNROLL for (int v = 0; v < 32 / VL; v++)
        vec_store(g + v * VL, sum[v]);
}

/* 2: Linear(_, 1)  (line 7)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps turned */
static void linear_2_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 32;
        for (long i = 0; i < 32; i += 16)
            for (long n = 0; n < 1; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 32 + m] = wt[m * 16 + n];
    }
}

/* From the samples of a group to the model's output. */
static void forward(struct nc_group *g)
{
    const float *weights = g->weights;
    float (*input)[16] = (void *)(g->workspace + 1152);                      /* 8 */
    float (*relu_1)[32] = (void *)(g->workspace + 0);                        /* 32 */
    float (*linear_2)[16] = (void *)(g->workspace + 1344);                   /* 1 */

    for (int i = 0; i < g->count; i++) {
        input_forward(g->input[i], input[i]);
    }
    linear_0_forward(input[0], weights + AT_0_weight, weights + AT_0_bias, relu_1[0]);
    linear_2_forward(relu_1[0], weights + AT_2_weight, weights + AT_2_bias, linear_2[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to g->gradients. */
static void backward(struct nc_group *g)
{
    const float *derived = g->derived;
    float *gradients = g->gradients;
    float (*linear_2)[16] = (void *)(g->workspace + 1344);                   /* 1 */
    float (*d_linear_2)[16] = (void *)(g->workspace + 768);                  /* 1 */
    float (*d_relu_1)[32] = (void *)(g->workspace + 384);                    /* 32 */
    float (*relu_1)[32] = (void *)(g->workspace + 0);                        /* 32 */
    float (*d_linear_0)[32] = (void *)(g->workspace + 768);                  /* 32 */
    float (*input)[16] = (void *)(g->workspace + 1152);                      /* 8 */

    nc_l1(g, &loss, linear_2[0], 16, 1, d_linear_2[0]);
    linear_2_grad_input(d_linear_2[0], derived + AT_2_weight_transposed, 0, d_relu_1[0]);
    linear_2_grad_weight(relu_1[0], d_linear_2[0], gradients + AT_2_weight, g->count);
    bias_2_grad(d_linear_2[0], gradients + AT_2_bias, g->count);
    for (int i = 0; i < g->count; i++) {
        relu_1_grad(d_relu_1[i], relu_1[i], d_linear_0[i]);
    }
    linear_0_grad_weight(input[0], d_linear_0[0], gradients + AT_0_weight, g->count);
    bias_0_grad(d_linear_0[0], gradients + AT_0_bias, g->count);
}

static void train(struct nc_group *g)
{
    forward(g);
    backward(g);
}

static void test(struct nc_group *g)
{
    float (*linear_2)[16] = (void *)(g->workspace + 1344);                   /* 1 */

    forward(g);
    if (g->target)
        nc_l1(g, &loss, linear_2[0], 16, 1, 0);
}

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void derive_backward(const float *weights, float *derived, int part, int parts)
{
    linear_2_grad_input_weights(weights + AT_2_weight, derived + AT_2_weight_transposed, part, parts);
}

static const struct nc_parameter parameters[] = {
    {
        .name = "0.weight", .rank = 2, .shape = {32, 8},
        .offset = AT_0_weight, .floats = 256, .axis_count = 2, .axes = {{32, 1}, {8, 32}},
        .init = NC_INIT_UNIFORM, .low = -0.35355339059327368, .high = 0.35355339059327368,
    },
    {
        .name = "0.bias", .rank = 1, .shape = {32},
        .offset = AT_0_bias, .floats = 32, .axis_count = 1, .axes = {{32, 1}},
        .init = NC_INIT_UNIFORM, .low = -0.35355339059327373, .high = 0.35355339059327373,
    },
    {
        .name = "2.weight", .rank = 2, .shape = {1, 32},
        .offset = AT_2_weight, .floats = 512, .axis_count = 2, .axes = {{1, 1}, {32, 16}},
        .init = NC_INIT_UNIFORM, .low = -0.17677669529663684, .high = 0.17677669529663684,
    },
    {
        .name = "2.bias", .rank = 1, .shape = {1},
        .offset = AT_2_bias, .floats = 16, .axis_count = 1, .axes = {{1, 1}},
        .init = NC_INIT_UNIFORM, .low = -0.17677669529663687, .high = 0.17677669529663687,
    },
};

static const struct nc_probe probes[] = {
    {.layer = "the input", .line = 4, .offset = 1152, .floats = 16},
    {.layer = "0: Linear(_, 32)", .line = 5, .offset = 0, .floats = 32},
    {.layer = "2: Linear(_, 1)", .line = 7, .offset = 1344, .floats = 16},
};

static const struct nc_sweep sweeps[] = {
    {.round = 0, .train = train, .test = test, .loss = 1},
};

static const struct nc_model model = {
    .name = "Houses", .file = "houses.net",
    .input_rank = 1, .input_shape = {8},
    .floats = 1,
    .outputs = 1, .classes = 0, .loss = &loss,
    .parameters = parameters, .parameter_count = 4,
    .block = 816, .sliced = 816, .derived = 32, .derived_forward = 0,
    .workspace = 1536,
    .group = 3, .slice = 3, .batch = 20,
    .probes = probes, .probe_count = 3,
    .sweeps = sweeps, .sweep_count = 1, .derive_backward = derive_backward,
    .output = {.offset = 1344, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_csv(run, "train_data", "data/houses.csv",
        1, (const struct nc_column[]){{"price", 0}}, -1, ",", -1, 0, -1, 0, "median");
    nc_standardize(train_data);
    nc_train_data(run, train_data, 20, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_csv(run, "test_data", "data/houses_test.csv",
        1, (const struct nc_column[]){{"price", 0}}, -1, ",", -1, 0, -1, 0, "median");
    nc_standardize(test_data);
    nc_test_data(run, test_data, 20, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.02, 0.90000000000000002, 0, 0, 0, 0);
    nc_mean_squared_error(run, 0);
    nc_epochs(run, 40);
    nc_save(run, "houses.pth");
    return nc_train(run);
}

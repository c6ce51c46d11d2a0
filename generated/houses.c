/* Houses: a trainer for the model of houses.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *     5  0: Linear(_, 32)                                 32                 288
 *     6  1: ReLU()                                        32                   0
 *     7  2: Linear(_, 1)                                  1                   33
 *
 * A batch of 20 is cut into shards of 3 samples, each with its own gradients, and a shard into microbatches of 3.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 1536 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"

/* Where each parameter starts, in floats. */
enum {
    AT_0_weight = 0, AT_0_bias = 256, AT_2_weight = 288, AT_2_bias = 800
};

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_2_weight_transposed = 0
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

/* y = x w^T + b
 * y = max(x, 0)
 * dx of LINEAR from dy, w */
struct conv_size { long run, act; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { COLS = 3, VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 32) {
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
            if (size.act)
                sum += vec_load(bias + o + v * VL);
            if (size.act)
                sum = vec_relu(sum);
            vec_store(y + n * 32 + o + v * VL, sum);
        }
    }
}

/* 0: Linear(_, 32), ReLU()  (line 5) */
static void linear_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.run = 8, .act = 1});
}

/* 2: Linear(_, 1)  (line 7)
 * y = x w^T + b */
static void linear_2_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 3, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
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
            vec_store(y + n * 16 + o + v * VL, sum);
        }
    }
}

/* 2: Linear(_, 1)  (line 7) */
static void linear_2_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv(dy, w, 0, dx, (struct conv_size){.run = 1});
}

/* 2: Linear(_, 1)  (line 7)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_2_grad_weight(const float *x, const float *dy, float *dw, int count)
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

/* 2: Linear(_, 1)  (line 7)
 * db from dy, summed over samples and positions */
static void bias_2_grad(const float *dy, float *db, int count)
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

/* 1: ReLU()  (line 6)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_1_grad(const float *dy, const float *y, float *dx)
{
    for (long i = 0; i < 32; i += VL)
        vec_store(dx + i, vec_relu_grad(vec_load(dy + i), vec_load(y + i)));
}

/* 0: Linear(_, 32)  (line 5)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_0_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long j = 0; j < 8; j += COLS) {
            float *gt = dw + j * 32 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 32 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 16, dr += 32) {
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

/* 0: Linear(_, 32)  (line 5)
 * db from dy, summed over samples and positions */
static void bias_0_grad(const float *dy, float *db, int count)
{
    vec sum[32 / VL];
    EACH(v, 32 / VL)
        sum[v] = vec_load(db + v * VL);
    for (long c = 0; c < count; c++)
        EACH(v, 32 / VL)
            sum[v] += vec_load(dy + c * 32 + v * VL);
    EACH(v, 32 / VL)
        vec_store(db + v * VL, sum[v]);
}

/* 2: Linear(_, 1)  (line 7)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
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

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[16])(mb->workspace + 1152)) /* 8 */
#define relu_1(mb) ((float (*)[32])(mb->workspace + 0)) /* 32 */
#define linear_2(mb) ((float (*)[16])(mb->workspace + 1344)) /* 1 */
#define d_linear_2(mb) ((float (*)[16])(mb->workspace + 768)) /* 1 */
#define d_relu_1(mb) ((float (*)[32])(mb->workspace + 384)) /* 32 */
#define d_linear_0(mb) ((float (*)[32])(mb->workspace + 768)) /* 32 */

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        input_forward(mb->input[i], input(mb)[i]);
    linear_0_forward(input(mb)[0], mb->weights + AT_0_weight, mb->weights + AT_0_bias, relu_1(mb)[0]);
    linear_2_forward(relu_1(mb)[0], mb->weights + AT_2_weight, mb->weights + AT_2_bias, linear_2(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_l1(mb, &loss, linear_2(mb)[0], 16, 1, d_linear_2(mb)[0]);
    linear_2_grad_input(d_linear_2(mb)[0], mb->packed + AT_2_weight_transposed, d_relu_1(mb)[0]);
    linear_2_grad_weight(relu_1(mb)[0], d_linear_2(mb)[0], mb->gradients + AT_2_weight, mb->count);
    bias_2_grad(d_linear_2(mb)[0], mb->gradients + AT_2_bias, mb->count);
    for (int i = 0; i < mb->count; i++)
        relu_1_grad(d_relu_1(mb)[i], relu_1(mb)[i], d_linear_0(mb)[i]);
    linear_0_grad_weight(input(mb)[0], d_linear_0(mb)[0], mb->gradients + AT_0_weight, mb->count);
    bias_0_grad(d_linear_0(mb)[0], mb->gradients + AT_0_bias, mb->count);
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
        nc_l1(mb, &loss, linear_2(mb)[0], 16, 1, 0);
}

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    linear_2_grad_input_weights(weights + AT_2_weight, packed + AT_2_weight_transposed, part, parts);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"0.weight", 2, {32, 8}, AT_0_weight, 256, 2, {{32, 1}, {8, 32}}, .init = NC_INIT_UNIFORM,
     .low = -0.3535533905932737, .high = 0.3535533905932737},
    {"0.bias", 1, {32}, AT_0_bias, 32, 1, {{32, 1}}, .init = NC_INIT_UNIFORM, .low = -0.35355339059327373,
     .high = 0.35355339059327373},
    {"2.weight", 2, {1, 32}, AT_2_weight, 512, 2, {{1, 1}, {32, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.17677669529663684, .high = 0.17677669529663684},
    {"2.bias", 1, {1}, AT_2_bias, 16, 1, {{1, 1}}, .init = NC_INIT_UNIFORM, .low = -0.17677669529663687,
     .high = 0.17677669529663687},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 4, 1152, 16, 0, 0},
    {"0: Linear(_, 32)", 5, 0, 32, 0, 0},
    {"2: Linear(_, 1)", 7, 1344, 16, 0, 0},
};

#define TRAIN(function) .train = function
#define TEST(function) .test = function
#define ALWAYS(function) .train = function, .test = function

/* Between phases there are barriers: so many before each. `train` is called for a microbatch or a part, `test`
 * in evaluation. */
static const struct nc_phase phases[] = {
    {.barriers = 0, .train = train, .test = test, .loss = 1},
};

static const struct nc_model model = {
    .name = "Houses", .file = "houses.net",
    .input_rank = 1, .input_shape = {8},
    .floats = 1,
    .outputs = 1, .classes = 0, .loss = &loss,
    .parameters = parameters, .parameter_count = 4,
    .block = 816, .sharded = 816, .packed = 32, .packed_forward = 0,
    .workspace = 1536,
    .microbatch = 3, .shard = 3, .batch = 20,
    .probes = probes, .probe_count = 3,
    .phases = phases, .phase_count = 1, .pack_backward = pack_backward,
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
    nc_sgd(run, 0.02, 0.9, 0, 0, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_mean_squared_error(run, 0);
    nc_epochs(run, 40);
    nc_save(run, "houses.pth");
    return nc_train(run);
}

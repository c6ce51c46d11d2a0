/* Books: a trainer for the model of books.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *     8  0: EmbeddingBag(words, 16, padding_idx=0)        16                3632
 *     9  1: Linear(_, 3)                                  3                   51
 *
 * A batch of 16 is cut into shards of 2 samples, each with its own gradients, and a shard into microbatches of 2.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 384 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"

/* Where each parameter starts, in floats. */
enum {
    AT_0_weight = 272, AT_1_weight = 0, AT_1_bias = 256
};

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_1_weight_transposed = 0
};

/* CrossEntropyLoss  (line 20) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* 0: EmbeddingBag(words, 16, padding_idx=0)  (line 8)
 * y = the rows of the table w that the whole numbers x name, or their sum or mean */
static void embeddingbag_0_forward(const int *id, const float *w, float *y)
{
    for (long i = 0; i < 16; i += VL)
        vec_store(y + i, vec_zero());
    for (long t = 0; t < 20; t++)
        if (id[t] != 0) {
            const float *row = w + (long)id[t] * 16;
            for (long i = 0; i < 16; i += VL)
                vec_store(y + i, vec_load(y + i) + vec_load(row + i));
        }
    long counted = 0;
    for (long t = 0; t < 20; t++)
        counted += id[t] != 0;
    const float scale = counted ? 1.0f / (float)counted : 0;
    for (long i = 0; i < 16; i += VL)
        vec_store(y + i, vec_load(y + i) * vec_all(scale));
}

/* y = x w^T + b
 * dx of LINEAR from dy, w */
struct conv_size { long run, has_bias; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { COLS = 2, VECS = TILE(1, 2, 4) };
    vec acc[COLS][VECS];
    EACH(n, COLS) EACH(v, VECS)
        acc[n][v] = vec_zero();
    const float *wo = w;
    const float *xt = from_here(x);
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
            sum += vec_load(bias + v * VL);
        vec_store(y + n * 16 + v * VL, sum);
    }
}

/* 1: Linear(_, 3)  (line 9) */
static void linear_1_forward(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.run = 16, .has_bias = 1});
}

/* 1: Linear(_, 3)  (line 9) */
static void linear_1_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv(dy, w, 0, dx, (struct conv_size){.run = 3});
}

/* 1: Linear(_, 3)  (line 9)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_1_grad_weight(const float *x, const float *dy, float *dw, int count)
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
            SEVERAL for (long c = 0; c < count; c++, xr += 16, dr += 16) {
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

/* 1: Linear(_, 3)  (line 9)
 * db from dy, summed over samples and positions */
static void bias_1_grad(const float *dy, float *db, int count)
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

/* 0: EmbeddingBag(words, 16, padding_idx=0)  (line 8)
 * dw of EMBEDDING from x, dy: added to the rows that x names, token by token */
static void embedding_0_grad(const void *const *input, const float *dy, float *dw, long first, int count)
{
    for (long s = 0; s < count; s++) {
        const int *id = input[s];
        long counted = 0;
        for (long t = 0; t < 20; t++)
            counted += id[t] != 0;
        const float scale = counted ? 1.0f / (float)counted : 0;
        for (long t = 0; t < 20; t++) {
            const long r = id[t] - first;
            if (r >= 0 && r < 29 && id[t] != 0)
                for (long i = 0; i < 16; i += VL)
                    vec_store(dw + r * 16 + i, vec_fma(vec_load(dy + s * 16 + i), vec_all(scale),
                        vec_load(dw + r * 16 + i)));
        }
    }
}

/* 1: Linear(_, 3)  (line 9)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_1_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 3 * 16;
        for (long i = 0; i < 16; i += 16)
            for (long n = 0; n < 3; n++)
                for (long m = i; m < 16; m++)
                    tr[n * 16 + m] = wt[m * 16 + n];
    }
}

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define embeddingbag_0(mb) ((float (*)[16])(mb->workspace + 0)) /* 16 */
#define linear_1(mb) ((float (*)[16])(mb->workspace + 128)) /* 3 */
#define d_linear_1(mb) ((float (*)[16])(mb->workspace + 256)) /* 3 */
#define d_embeddingbag_0(mb) ((float (*)[16])(mb->batch + 0 + mb->first * 64L)) /* 16 */

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        embeddingbag_0_forward(mb->input[i], mb->weights + AT_0_weight, embeddingbag_0(mb)[i]);
    linear_1_forward(embeddingbag_0(mb)[0], mb->weights + AT_1_weight, mb->weights + AT_1_bias, linear_1(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_1(mb)[0], 16, 3, d_linear_1(mb)[0]);
    linear_1_grad_input(d_linear_1(mb)[0], mb->packed + AT_1_weight_transposed, d_embeddingbag_0(mb)[0]);
    linear_1_grad_weight(embeddingbag_0(mb)[0], d_linear_1(mb)[0], mb->gradients + AT_1_weight, mb->count);
    bias_1_grad(d_linear_1(mb)[0], mb->gradients + AT_1_bias, mb->count);
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
        nc_cross_entropy(mb, &loss, linear_1(mb)[0], 16, 3, 0);
}

/* For the whole batch, part mb->part of 8. */
static void embedding_0_grad_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_zero_gradient(mb, AT_0_weight + part * 464, 464);

    embedding_0_grad(mb->input, d_embeddingbag_0(mb)[0], gradients, part * 29, mb->count);
    nc_learn(mb, AT_0_weight + part * 464, 464);
}

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    linear_1_grad_input_weights(weights + AT_1_weight, packed + AT_1_weight_transposed, part, parts);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"0.weight", 2, {227, 16}, AT_0_weight, 3712, 2, {{227, 16}, {16, 1}}, .init = NC_INIT_NORMAL_PADDED, .low = 0},
    {"1.weight", 2, {3, 16}, AT_1_weight, 256, 2, {{3, 1}, {16, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.24999999999999997, .high = 0.24999999999999997},
    {"1.bias", 1, {3}, AT_1_bias, 16, 1, {{3, 1}}, .init = NC_INIT_UNIFORM, .low = -0.25, .high = 0.25},
};

static const struct nc_fill fills[] = {
    {.parameter = 0, .init = NC_INIT_NORMAL, .low = 0, .high = 0.1},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"0: EmbeddingBag(words, 16, padding_idx=0)", 8, 0, 16, 0, 0},
    {"1: Linear(_, 3)", 9, 128, 16, 0, 0},
};

#define TRAIN(function) .train = function
#define TEST(function) .test = function
#define ALWAYS(function) .train = function, .test = function

/* Between phases there are barriers: so many before each. `train` is called for a microbatch or a part, `test`
 * in evaluation. */
static const struct nc_phase phases[] = {
    {.barriers = 0, .train = train, .test = test, .loss = 1},
    {.barriers = 1, TRAIN(embedding_0_grad_part), .parts = 8, .learns = 1},
};

static const struct nc_model model = {
    .name = "Books", .file = "books.net",
    .input_rank = 1, .input_shape = {20},
    .tokens = 227,
    .outputs = 3, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 3,
    .fills = fills, .fill_count = 1,
    .block = 3984, .sharded = 272, .packed = 48, .packed_forward = 0,
    .workspace = 384,
    .microbatch = 2, .shard = 2, .batch = 16,
    .probes = probes, .probe_count = 2,
    .phases = phases, .phase_count = 2, .pack_backward = pack_backward,
    .batch_bytes = 1024, .capacity = 16, .learned = 464,
    .output = {.offset = 128, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_csv(run, "train_data", "data/books.csv", 1, (const struct nc_column[]){{0, -1}},
        -1, ",", -1, 0, -1, 0, "error");
    nc_train_data(run, train_data, 16, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_csv(run, "test_data", "data/books_test.csv",
        1, (const struct nc_column[]){{0, -1}}, -1, ",", -1, 0, -1, 0, "error");
    nc_test_data(run, test_data, 16, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    /* lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay */
    nc_adam(run, 0.01, 0.9, 0.999, 1e-08, 0, 0, 0, 0);
    nc_accuracy(run, "none", 1, 0.5, 0);
    nc_confusion_matrix(run, 0.5, 0);
    nc_epochs(run, 10);
    nc_save(run, "books.pth");
    return nc_train(run);
}

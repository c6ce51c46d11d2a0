/* Perceptron: a trainer for the model of mlp.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *    11  0: Flatten()                                     784                  0
 *     5  1.0: Linear(_, outputs)                          256             200960
 *     6  1.1: ReLU()                                      256                  0
 *     7  1.2: Dropout(p)                                  256                  0
 *     5  2.0: Linear(_, outputs)                          256              65792
 *        the same again: 2.1 to 3.0
 *     6  3.1: ReLU()                                      256                  0
 *     7  3.2: Dropout(p)                                  256                  0
 *    13  4: Linear(_, 10)                                 10                2570
 *
 * A batch of 128 is cut into shards of 8 samples, each with its own gradients, and a shard into microbatches of 8.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 33280 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"

/* Where each parameter starts, in floats. */
enum {
    AT_1_0_weight = 4112, AT_1_0_bias = 204816, AT_2_0_weight = 205072, AT_2_0_bias = 270608, AT_3_0_weight = 270864,
    AT_3_0_bias = 336400, AT_4_weight = 0, AT_4_bias = 4096
};

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_4_weight_transposed = 0
};

/* CrossEntropyLoss  (line 23) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 10)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 28; r++)
        for (long c = 0; c < 28; c++)
            x[r * 28 + c] = pixel[sample[r * 28 + c]];
}

/* 1.0: Linear(_, outputs), ReLU()  (line 5)
 * y = x w^T + b
 * y = max(x, 0) */
static void linear_1_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 5, 5), VECS = 2 };
    enum { TILES = (64 + COLS - 1) / COLS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 157, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long j0 = 0; j0 < 784; j0 += BLOCK)
            for (long t = 0; t < TILES; t++) {
                const long c = least(t * COLS, 64 - COLS);
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = sums[t][n][v];
                const float *next = j0 < 784 - BLOCK ? w + j0 * 32 + o + BLOCK * 32 : w + o + VECS * VL;
                prefetch_rows(next + t * SHARE * 32, SHARE, 32, VECS * VL);
                const float *wo = w + j0 * 32 + o;
                const float *xt = from_here(x + c * 784 + j0);
                IN_EIGHTS for (long j = 0; j < least(BLOCK, 784 - j0); j++, xt++, wo += 32) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 784);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                if (j0 < 784 - BLOCK) {
                    EACH(n, COLS) EACH(v, VECS)
                        sums[t][n][v] = acc[n][v];
                    continue;
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    sum += vec_load(bias + o + v * VL);
                    sum = vec_relu(sum);
                    vec_store(y + (c + n) * 272 + o + v * VL, sum);
                }
            }
    }
}

/* 1.2, 2.2, 3.2 (line 7)
 * y = x * mask / (1 - p) in training, x in evaluation; second output: the mask */
static void dropout_2_forward(const float *x, const unsigned char *mask, float scale, float *y)
{
    for (long i = 0; i < 256; i += VL)
        vec_store(y + i, vec_load(x + i) * vec_where_set(vec_all(scale), ivec_load_bytes(mask + i)));
}

/* y = x w^T + b
 * y = max(x, 0)
 * dx of LINEAR from dy, w */
struct conv_size { long cols, act; };
NC_INLINE void any_conv(const float *x, const float *w, const float *bias, float *y, const struct conv_size size)
{
    enum { COLS = TILE(8, 5, 5), VECS = 2 };
    for (long o = 0; o < 32; o += VECS * VL)
        for (long c = 0; c < size.cols; c = tile_next(c, COLS, size.cols)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 272);
            IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += 32) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 272);
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
                vec_store(y + (c + n) * 272 + o + v * VL, sum);
            }
        }
}

/* 2.0, 3.0 (line 5) */
static void linear_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    any_conv(x, w, bias, y, (struct conv_size){.cols = 64, .act = 1});
}

/* 4: Linear(_, 10)  (line 13)
 * y = x w^T + b */
static void linear_4_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long c = 0; c < 8; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 256);
            IN_EIGHTS for (long j = 0; j < 256; j++, xt++, wo += 16) {
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
                sum += vec_load(bias + o + v * VL);
                vec_store(y + (c + n) * 16 + o + v * VL, sum);
            }
        }
}

/* 4: Linear(_, 10)  (line 13)
 * dx of LINEAR from dy, w */
static void linear_4_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    for (long o = 0; o < 256; o += VECS * VL)
        for (long c = 0; c < 8; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * 16);
            SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 272) {
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
                vec_store(dx + (c + n) * 256 + o + v * VL, acc[n][v]);
        }
}

/* 4: Linear(_, 10)  (line 13)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_4_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 256; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 256, dr += 16) {
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

/* 4: Linear(_, 10)  (line 13)
 * db from dy, summed over samples and positions */
static void bias_4_grad(const float *dy, float *db, int count)
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

/* 3.2, 2.2, 1.2 (line 7)
 * dx = dy * mask / (1 - p); inputs dy, mask */
static void dropout_2_grad(const float *dy, const unsigned char *mask, float scale, float *dx)
{
    for (long i = 0; i < 256; i += VL)
        vec_store(dx + i, vec_load(dy + i) * vec_where_set(vec_all(scale), ivec_load_bytes(mask + i)));
}

/* 3.1, 2.1, 1.1 (line 6)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_1_grad(const float *dy, const float *y, float *dx)
{
    for (long i = 0; i < 256; i += VL)
        vec_store(dx + i, vec_relu_grad(vec_load(dy + i), vec_load(y + i)));
}

/* 3.0, 2.0 (line 5)
 * dx of LINEAR from dy, w */
static void linear_0_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 16 * part / parts, end = 16 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 2, q = block % 2 * 16;
        const float *wt = w + tap * 8192;
        float *tr = t + (tap * 32 + q) * 32;
        for (long i = 0; i < 32; i += 16)
            turn_block(wt + i * 32 + q, 32, tr + i, 32);
    }
}

/* 3.0, 2.0 (line 5) */
static void linear_0_grad_input(const float *dy, const float *w, float *dx)
{
    any_conv(dy, w, 0, dx, (struct conv_size){.cols = 128});
}

/* dw of LINEAR from dy, x, summed over the samples */
struct transpose_size { long taps_y, ins, w_out; };
NC_INLINE void any_transpose(const float *w, float *t, int part, int parts, const struct transpose_size size)
{
    const long first = size.taps_y * 8 * part / parts, end = size.taps_y * 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long tap = block / 8, q = block % 8 * 16;
        const float *wt = w + tap * size.ins;
        float *tr = t + (tap * 128 + q) * size.ins;
        for (long i = 0; i < size.ins; i += 16)
            copy_block(wt + i + q * size.w_out, size.w_out, tr + i, size.ins);
    }
}

#define DEFINE_TRANSPOSE(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose(w, t, part, parts, (struct transpose_size){__VA_ARGS__}); }

/* 3.0, 2.0 (line 5) */
DEFINE_TRANSPOSE(linear_0_grad_weight_inputs, .taps_y = 4, .ins = 16, .w_out = 272)

/* 3.0, 2.0, 1.0 (line 5) */
DEFINE_TRANSPOSE(linear_0_grad_weight_gradients, .taps_y = 4, .ins = 32, .w_out = 272)

/* 1.0: Linear(_, outputs)  (line 5) */
DEFINE_TRANSPOSE(linear_1_0_grad_weight_inputs, .taps_y = 7, .ins = 16, .w_out = 784)

/* dw of LINEAR from dy, x, summed over the samples */
struct panel_grad_weight_size { long panels; };
NC_INLINE void any_panel_grad_weight(const float *x, const float *dy, float *dw, int count,
        const struct panel_grad_weight_size size)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    const long share = 8 * VECS * VL * COLS / size.panels;
    for (long first = 0; first < count; first += 128) {
        const float *next = dy + (first + 128) * 32;
        for (long o = 0; o < 32; o += VECS * VL)
            for (long p = 0; p < size.panels; p++)
                for (long j = 0; j < 16; j += COLS, next += share) {
                    prefetch_second(next, share);
                    float *gt = dw + (p * 16 + j) * 32 + o;
                    vec acc[COLS][VECS];
                    EACH(n, COLS) EACH(v, VECS)
                        acc[n][v] = first == 0 ? vec_zero() : vec_load(gt + n * 32 + v * VL);
                    const float *xr = from_here(x + p * 2048 + first * 16 + j);
                    const float *dr = dy + first * 32 + o;
                    SEVERAL for (long s = first; s < least(first + 128, count); s++, xr += 16, dr += 32) {
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
}

#define DEFINE_PANEL_GRAD_WEIGHT(name, ...) static void name(const float *x, const float *dy, float *dw, int count) \
    { any_panel_grad_weight(x, dy, dw, count, (struct panel_grad_weight_size){__VA_ARGS__}); }

/* 1.0: Linear(_, outputs)  (line 5) */
DEFINE_PANEL_GRAD_WEIGHT(linear_1_0_grad_weight, .panels = 7)

/* 3.0, 2.0 (line 5) */
DEFINE_PANEL_GRAD_WEIGHT(linear_0_grad_weight, .panels = 4)

/* 3.0, 2.0, 1.0 (line 5)
 * db from dy, summed over samples and positions */
static void bias_0_grad(const float *dy, float *db, int count)
{
    for (long o = 0; o < 256; o += 32) {
        vec sum[32 / VL];
        EACH(v, 32 / VL)
            sum[v] = vec_load(db + o + v * VL);
        for (long c = 0; c < count; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + c * 272 + o + v * VL);
        EACH(v, 32 / VL)
            vec_store(db + o + v * VL, sum[v]);
    }
}

/* 4: Linear(_, 10)  (line 13)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_4_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 10 * 272;
        for (long i = 0; i < 256; i += 16)
            for (long n = 0; n < 10; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 272 + m] = wt[m * 16 + n];
    }
}

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[28][28])(mb->batch + 0 + mb->first * 3136L)) /* 1x28x28 */
#define relu_1_1(mb) ((float (*)[272])(mb->batch + 802816 + mb->first * 1088L)) /* 256 */
#define dropout_1_2_mask(mb) ((unsigned char (*)[256])(mb->batch + 2023424 + mb->first * 256L)) /* 256 */
#define dropout_1_2(mb) ((float (*)[272])(mb->batch + 401408 + mb->first * 1088L)) /* 256 */
#define relu_2_1(mb) ((float (*)[272])(mb->batch + 540672 + mb->first * 1088L)) /* 256 */
#define dropout_2_2_mask(mb) ((unsigned char (*)[256])(mb->batch + 679936 + mb->first * 256L)) /* 256 */
#define dropout_2_2(mb) ((float (*)[272])(mb->batch + 942080 + mb->first * 1088L)) /* 256 */
#define relu_3_1(mb) ((float (*)[272])(mb->batch + 1081344 + mb->first * 1088L)) /* 256 */
#define dropout_3_2_mask(mb) ((unsigned char (*)[256])(mb->workspace + 16384)) /* 256 */
#define dropout_3_2(mb) ((float (*)[256])(mb->workspace + 0)) /* 256 */
#define linear_4(mb) ((float (*)[16])(mb->workspace + 32768)) /* 10 */
#define d_linear_4(mb) ((float (*)[16])(mb->workspace + 18432)) /* 10 */
#define d_dropout_3_2(mb) ((float (*)[256])(mb->workspace + 8192)) /* 256 */
#define d_relu_3_1(mb) ((float *)(mb->workspace + 0)) /* 256 */
#define d_linear_3_0(mb) ((float (*)[272])(mb->batch + 1220608 + mb->first * 1088L)) /* 256 */
#define linear_1_0_grad_weight_inputs_in_panels(mb) ((float *)(mb->batch + 401408)) /* 100352 */
#define linear_1_0_grad_weight_gradients_in_panels(mb) ((float *)(mb->batch + 0)) /* 32768 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++)
        input_forward(mb->input[i], mb->pixel, input(mb)[i][0]);
}

/* For the whole batch, part mb->part of 16. */
static void linear_1_0_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 8 * 64 >= mb->count)
        return;

    linear_1_0_forward(input(mb)[0][0] + part / 8 * 50176, mb->weights + AT_1_0_weight + part % 8 * 25088,
        mb->weights + AT_1_0_bias + part % 8 * 32, relu_1_1(mb)[0] + part / 8 * 17408 + part % 8 * 32);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_3(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        nc_dropout_mask(mb, 0, i, (const struct nc_axis[]){{256, 1}}, 1, dropout_1_2_mask(mb)[i]);
        dropout_2_forward(relu_1_1(mb)[i], dropout_1_2_mask(mb)[i],
            mb->dropout ? 1.0f / (float)(1.0 - 0.20000000000000001) : 1.0f, dropout_1_2(mb)[i]);
    }
}

/* Where linear_0_forward_part finds its values. */
static const struct linear_0_forward_part {
    long dropout_2, weight, bias, relu_1;
} linear_0_forward_part_at[] = {
    {401408, AT_2_0_weight, AT_2_0_bias, 540672}, /* 2.0 */
    {942080, AT_3_0_weight, AT_3_0_bias, 1081344}, /* 3.0 */
};

/* For the whole batch, part mb->part of 16. */
static void linear_0_forward_part(struct nc_microbatch *mb)
{
    const struct linear_0_forward_part *at = mb->at;
    float (*dropout_2)[272] = (void *)(mb->batch + at->dropout_2 + mb->first * 1088L); /* 256 */
    float (*relu_1)[272] = (void *)(mb->batch + at->relu_1 + mb->first * 1088L); /* 256 */

    const long part = mb->part;

    if (part / 8 * 64 >= mb->count)
        return;

    linear_0_forward(dropout_2[0] + part / 8 * 17408, mb->weights + at->weight + part % 8 * 8192,
        mb->weights + at->bias + part % 8 * 32, relu_1[0] + part / 8 * 17408 + part % 8 * 32);
}

/* For a microbatch, before what is made for the whole batch. */
static void forward_5(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        nc_dropout_mask(mb, 1, i, (const struct nc_axis[]){{256, 1}}, 1, dropout_2_2_mask(mb)[i]);
        dropout_2_forward(relu_2_1(mb)[i], dropout_2_2_mask(mb)[i],
            mb->dropout ? 1.0f / (float)(1.0 - 0.20000000000000001) : 1.0f, dropout_2_2(mb)[i]);
    }
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        nc_dropout_mask(mb, 2, i, (const struct nc_axis[]){{256, 1}}, 1, dropout_3_2_mask(mb)[i]);
        dropout_2_forward(relu_3_1(mb)[i], dropout_3_2_mask(mb)[i],
            mb->dropout ? 1.0f / (float)(1.0 - 0.20000000000000001) : 1.0f, dropout_3_2(mb)[i]);
    }
    linear_4_forward(dropout_3_2(mb)[0], mb->weights + AT_4_weight, mb->weights + AT_4_bias, linear_4(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_4(mb)[0], 16, 10, d_linear_4(mb)[0]);
    linear_4_grad_input(d_linear_4(mb)[0], mb->packed + AT_4_weight_transposed, d_dropout_3_2(mb)[0]);
    linear_4_grad_weight(dropout_3_2(mb)[0], d_linear_4(mb)[0], mb->gradients + AT_4_weight, mb->count);
    bias_4_grad(d_linear_4(mb)[0], mb->gradients + AT_4_bias, mb->count);
    for (int i = 0; i < mb->count; i++) {
        dropout_2_grad(d_dropout_3_2(mb)[i], dropout_3_2_mask(mb)[i], 1.0f / (float)(1.0 - 0.20000000000000001),
            d_relu_3_1(mb));
        relu_1_grad(d_relu_3_1(mb), relu_3_1(mb)[i], d_linear_3_0(mb)[i]);
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
        nc_cross_entropy(mb, &loss, linear_4(mb)[0], 16, 10, 0);
}

/* Where linear_0_grad_input_part finds its values. */
static const struct linear_0_grad_input_part {
    long layer_weight, d_values;
} linear_0_grad_input_part_at[] = {
    {AT_3_0_weight, 1220608}, /* 3.0 */
    {AT_2_0_weight, 942080}, /* 2.0 */
};

/* For the whole batch, part mb->part of 8. */
static void linear_0_grad_input_part(struct nc_microbatch *mb)
{
    const struct linear_0_grad_input_part *at = mb->at;
    float *grad_input_weights_transposed = (void *)(mb->workspace + 0); /* 8192 */
    float (*d_values)[272] = (void *)(mb->batch + at->d_values + mb->first * 1088L); /* 256 */
    float (*d_dropout_2)[272] = (void *)(mb->batch + 1081344 + mb->first * 1088L); /* 256 */

    const long part = mb->part;

    linear_0_grad_input_weights(mb->weights + at->layer_weight + part * 1024, grad_input_weights_transposed, 0, 1);
    linear_0_grad_input(d_values[0], grad_input_weights_transposed, d_dropout_2[0] + part * 32);
}

/* Where linear_0_grad_weight_inputs_part finds its values. */
static const struct linear_0_grad_weight_inputs_part {
    long dropout_2, linear_0_grad_weight_inputs_in_panels;
} linear_0_grad_weight_inputs_part_at[] = {
    {942080, 1499136}, /* 3.0 */
    {401408, 1761280}, /* 2.0 */
};

/* For the whole batch, part mb->part of 4. */
static void linear_0_grad_weight_inputs_part(struct nc_microbatch *mb)
{
    const struct linear_0_grad_weight_inputs_part *at = mb->at;
    float (*dropout_2)[272] = (void *)(mb->batch + at->dropout_2 + mb->first * 1088L); /* 256 */
    float *linear_0_grad_weight_inputs_in_panels = (void *)(mb->batch + at->linear_0_grad_weight_inputs_in_panels);

    const long part = mb->part;

    linear_0_grad_weight_inputs(dropout_2[0] + part * 64, linear_0_grad_weight_inputs_in_panels + part * 8192, 0, 1);
}

/* Where linear_0_grad_weight_gradients_part finds its values. */
static const struct linear_0_grad_weight_gradients_part {
    long d_values, grad_weight_gradients_in_panels;
} linear_0_grad_weight_gradients_part_at[] = {
    {1220608, 1630208}, /* 3.0 */
    {942080, 1892352}, /* 2.0 */
    {1359872, 0}, /* 1.0 */
};

/* For the whole batch, part mb->part of 2. */
static void linear_0_grad_weight_gradients_part(struct nc_microbatch *mb)
{
    const struct linear_0_grad_weight_gradients_part *at = mb->at;
    float (*d_values)[272] = (void *)(mb->batch + at->d_values + mb->first * 1088L); /* 256 */
    float *grad_weight_gradients_in_panels = (void *)(mb->batch + at->grad_weight_gradients_in_panels); /* 32768 */

    const long part = mb->part;

    linear_0_grad_weight_gradients(d_values[0] + part * 128, grad_weight_gradients_in_panels + part * 16384, 0, 1);
}

/* Where backward_11_and_15 finds its values. */
static const struct backward_11_and_15 {
    long dropout_2_mask, relu_1, d_linear_0;
} backward_11_and_15_at[] = {
    {679936, 540672, 942080}, /* 2.2 */
    {2023424, 802816, 1359872}, /* 1.2 */
};

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_11_and_15(struct nc_microbatch *mb)
{
    const struct backward_11_and_15 *at = mb->at;
    float (*d_dropout_2)[272] = (void *)(mb->batch + 1081344 + mb->first * 1088L); /* 256 */
    unsigned char (*dropout_2_mask)[256] = (void *)(mb->batch + at->dropout_2_mask + mb->first * 256L); /* 256 */
    float *d_relu_1 = (void *)(mb->workspace + 0); /* 256 */
    float (*relu_1)[272] = (void *)(mb->batch + at->relu_1 + mb->first * 1088L); /* 256 */
    float (*d_linear_0)[272] = (void *)(mb->batch + at->d_linear_0 + mb->first * 1088L); /* 256 */

    for (int i = 0; i < mb->count; i++) {
        dropout_2_grad(d_dropout_2[i], dropout_2_mask[i], 1.0f / (float)(1.0 - 0.20000000000000001), d_relu_1);
        relu_1_grad(d_relu_1, relu_1[i], d_linear_0[i]);
    }
}

/* For the whole batch, part mb->part of 7. */
static void linear_1_0_grad_weight_inputs_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_1_0_grad_weight_inputs(input(mb)[0][0] + part * 112,
        linear_1_0_grad_weight_inputs_in_panels(mb) + part * 14336, 0, 1);
}

/* For the whole batch, part mb->part of 56. */
static void linear_1_0_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_gradient(mb, AT_1_0_weight + part / 8 * 3584 + part % 8 * 25088);

    linear_1_0_grad_weight(linear_1_0_grad_weight_inputs_in_panels(mb) + part / 8 * 14336,
        linear_1_0_grad_weight_gradients_in_panels(mb) + part % 8 * 4096, gradients, mb->count);
    nc_learn(mb, AT_1_0_weight + part / 8 * 3584 + part % 8 * 25088, 3584);
}

/* Where linear_0_grad_weight_part finds its values. */
static const struct linear_0_grad_weight_part {
    long layer, inputs_values, gradients_values;
} linear_0_grad_weight_part_at[] = {
    {AT_3_0_weight, 1499136, 1630208}, /* 3.0 */
    {AT_2_0_weight, 1761280, 1892352}, /* 2.0 */
};

/* For the whole batch, part mb->part of 32. */
static void linear_0_grad_weight_part(struct nc_microbatch *mb)
{
    const struct linear_0_grad_weight_part *at = mb->at;
    float *inputs_values = (void *)(mb->batch + at->inputs_values); /* 32768 */
    float *gradients_values = (void *)(mb->batch + at->gradients_values); /* 32768 */

    const long part = mb->part;
    float *gradients = nc_gradient(mb, at->layer + part / 8 * 2048 + part % 8 * 8192);

    linear_0_grad_weight(inputs_values + part / 8 * 8192, gradients_values + part % 8 * 4096, gradients, mb->count);
    nc_learn(mb, at->layer + part / 8 * 2048 + part % 8 * 8192, 2048);
}

/* Where bias_0_grad_part finds its values. */
static const struct bias_0_grad_part {
    long layer_bias, d_linear;
} bias_0_grad_part_at[] = {
    {AT_3_0_bias, 1220608}, /* 3.0 */
    {AT_2_0_bias, 942080}, /* 2.0 */
    {AT_1_0_bias, 1359872}, /* 1.0 */
};

/* For the whole batch. */
static void bias_0_grad_part(struct nc_microbatch *mb)
{
    const struct bias_0_grad_part *at = mb->at;
    float (*d_linear)[272] = (void *)(mb->batch + at->d_linear + mb->first * 1088L); /* 256 */

    float *gradients = nc_zero_gradient(mb, at->layer_bias, 256);

    bias_0_grad(d_linear[0], gradients, mb->count);
    nc_learn(mb, at->layer_bias, 256);
}

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    linear_4_grad_input_weights(weights + AT_4_weight, packed + AT_4_weight_transposed, part, parts);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"1.0.weight", 2, {256, 784}, AT_1_0_weight, 200704, 5, {{8, 25088}, {32, 1}, {1, 32}, {28, 896}, {28, 32}},
     .init = NC_INIT_UNIFORM, .low = -0.03571428571428571, .high = 0.03571428571428571},
    {"1.0.bias", 1, {256}, AT_1_0_bias, 256, 1, {{256, 1}}, .init = NC_INIT_UNIFORM, .low = -0.03571428571428571,
     .high = 0.03571428571428571},
    {"2.0.weight", 2, {256, 256}, AT_2_0_weight, 65536, 3, {{8, 8192}, {32, 1}, {256, 32}}, .init = NC_INIT_UNIFORM,
     .low = -0.06249999999999999, .high = 0.06249999999999999},
    {"2.0.bias", 1, {256}, AT_2_0_bias, 256, 1, {{256, 1}}, .init = NC_INIT_UNIFORM, .low = -0.0625, .high = 0.0625},
    {"3.0.weight", 2, {256, 256}, AT_3_0_weight, 65536, 3, {{8, 8192}, {32, 1}, {256, 32}}, .init = NC_INIT_UNIFORM,
     .low = -0.06249999999999999, .high = 0.06249999999999999},
    {"3.0.bias", 1, {256}, AT_3_0_bias, 256, 1, {{256, 1}}, .init = NC_INIT_UNIFORM, .low = -0.0625, .high = 0.0625},
    {"4.weight", 2, {10, 256}, AT_4_weight, 4096, 2, {{10, 1}, {256, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.06249999999999999, .high = 0.06249999999999999},
    {"4.bias", 1, {10}, AT_4_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM, .low = -0.0625, .high = 0.0625},
};

static const struct nc_dropout dropouts[] = {
    {.elements = 256, .p = 0.20000000000000001},
    {.elements = 256, .p = 0.20000000000000001},
    {.elements = 256, .p = 0.20000000000000001},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 10, 0, 784, 0, 1},
    {"1.0: Linear(_, outputs)", 5, 802816, 272, 1, 1},
    {"1.2: Dropout(p)", 7, 401408, 272, 2, 1},
    {"2.0: Linear(_, outputs)", 5, 540672, 272, 3, 1},
    {"2.2: Dropout(p)", 7, 942080, 272, 4, 1},
    {"3.0: Linear(_, outputs)", 5, 1081344, 272, 5, 1},
    {"3.2: Dropout(p)", 7, 0, 256, 6, 0},
    {"4: Linear(_, 10)", 13, 32768, 16, 6, 0},
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
    {.barriers = 1, ALWAYS(linear_1_0_forward_part), .parts = 16},
    {.barriers = 2, ALWAYS(forward_3)},
    {.barriers = 3, ALWAYS_AT(linear_0_forward_part, 0), .parts = 16},
    {.barriers = 4, ALWAYS(forward_5)},
    {.barriers = 5, ALWAYS_AT(linear_0_forward_part, 1), .parts = 16},
    {.barriers = 6, .train = train, .test = test, .loss = 1},
    {.barriers = 7, TRAIN_AT(linear_0_grad_input_part, 0), .parts = 8},
    {.barriers = 7, TRAIN_AT(linear_0_grad_weight_inputs_part, 0), .parts = 4},
    {.barriers = 7, TRAIN_AT(linear_0_grad_weight_gradients_part, 0), .parts = 2},
    {.barriers = 8, TRAIN_AT(backward_11_and_15, 0)},
    {.barriers = 9, TRAIN_AT(linear_0_grad_input_part, 1), .parts = 8},
    {.barriers = 9, TRAIN_AT(linear_0_grad_weight_inputs_part, 1), .parts = 4},
    {.barriers = 9, TRAIN_AT(linear_0_grad_weight_gradients_part, 1), .parts = 2},
    {.barriers = 10, TRAIN_AT(backward_11_and_15, 1)},
    {.barriers = 10, TRAIN(linear_1_0_grad_weight_inputs_part), .parts = 7},
    {.barriers = 11, TRAIN_AT(linear_0_grad_weight_gradients_part, 2), .parts = 2},
    {.barriers = 12, TRAIN(linear_1_0_grad_weight_part), .parts = 56, .learns = 1},
    {.barriers = 12, TRAIN_AT(linear_0_grad_weight_part, 0), .parts = 32, .learns = 1},
    {.barriers = 12, TRAIN_AT(linear_0_grad_weight_part, 1), .parts = 32, .learns = 1},
    {.barriers = 12, TRAIN_AT(bias_0_grad_part, 0), .parts = 1, .learns = 1},
    {.barriers = 12, TRAIN_AT(bias_0_grad_part, 1), .parts = 1, .learns = 1},
    {.barriers = 12, TRAIN_AT(bias_0_grad_part, 2), .parts = 1, .learns = 1},
};

static const struct nc_model model = {
    .name = "Perceptron", .file = "mlp.net",
    .input_rank = 3, .input_shape = {1, 28, 28},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 8,
    .block = 336656, .sharded = 4112, .packed = 2720, .packed_forward = 0,
    .workspace = 33280,
    .microbatch = 8, .shard = 8, .batch = 128,
    .dropouts = dropouts, .dropout_count = 3,
    .probes = probes, .probe_count = 8,
    .phases = phases, .phase_count = 23, .pack_backward = pack_backward,
    .batch_bytes = 2056192, .capacity = 128, .learned = 3584,
    .output = {.offset = 32768, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_mnist(run, "train_data", "data", 1);
    nc_to_tensor(train_data);
    nc_train_data(run, train_data, 128, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_mnist(run, "test_data", "data", 0);
    nc_to_tensor(test_data);
    nc_test_data(run, test_data, 500, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.1, 0.9, 0, 0, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_epochs(run, 10);
    nc_log(run, "logs_mlp", 100);
    nc_save(run, "mlp_{epoch}.pth");
    return nc_train(run);
}

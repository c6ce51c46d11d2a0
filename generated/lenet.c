/* LeNet: a trainer for the model of lenet.net. Written by netc: change the .net file instead.
 *
 *  line  layer                                            output      parameters
 *     4  features.0: Conv2d(1, 6, 5, padding=2)           6x28x28            156
 *     5  features.1: ReLU()                               6x28x28              0
 *     6  features.2: MaxPool2d(2)                         6x14x14              0
 *     7  features.3: Conv2d(6, 16, 5)                     16x10x10          2416
 *     8  features.4: ReLU()                               16x10x10             0
 *     9  features.5: MaxPool2d(2)                         16x5x5               0
 *    11  1: Flatten()                                     400                  0
 *    13  classifier.0: Linear(16*5*5, 120)                120              48120
 *    14  classifier.1: ReLU()                             120                  0
 *    15  classifier.2: Linear(120, 84)                    84               10164
 *    16  classifier.3: ReLU()                             84                   0
 *    17  classifier.4: Linear(84, 10)                     10                 850
 *
 * A batch of 64 is cut into shards of 4 samples, each with its own gradients, and a shard into microbatches of 4.
 * Images lie channels-last, [row][column][channel], channels padded to 16 but for the input's, with zeros
 * around them where a convolution reads over the edge. conv2d_0(mb) is what layer 0 gives for the
 * microbatch mb, d_conv2d_0(mb) the gradient of the loss by it; AT_0_weight is where 0.weight starts in the
 * block of parameters, and its gradient in that of gradients. 12800 bytes of workspace serve a thread. */
#include "netc.h"
#include "vector.h"

/* Where each parameter starts, in floats. */
enum {
    AT_features_0_weight = 0, AT_features_0_bias = 480, AT_features_3_weight = 496, AT_features_3_bias = 6896,
    AT_classifier_0_weight = 8464, AT_classifier_0_bias = 59664, AT_classifier_2_weight = 59792,
    AT_classifier_2_bias = 72080, AT_classifier_4_weight = 6912, AT_classifier_4_bias = 8448
};

/* Where each parameter's packed copy starts, in floats. */
enum {
    AT_features_0_weight_dense = 0, AT_features_3_weight_dense = 400, AT_classifier_4_weight_transposed = 2800
};

/* CrossEntropyLoss  (line 28) */
static const struct nc_loss loss = {.output = NC_LOGIT, .reduction = NC_MEAN, .ignore_index = -100};

/* the input  (line 2)
 * x: the samples of the batch, after their transforms */
static void input_forward(const unsigned char *sample, const float *pixel, float *x)
{
    for (long r = 0; r < 28; r++)
        for (long c = 0; c < 28; c++)
            x[r * 32 + c] = pixel[sample[r * 28 + c]];
}

/* features.0: Conv2d(1, 6, 5, padding=2), ReLU(), MaxPool2d(2)  (line 4)
 * y[o] = b[o] + sum x[i] * w[o][i]
 * y = max(x, 0)
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_features_0_maxpool2d_features_2_forward(const float *x, const float *w, const float *bias, float *y,
        unsigned char *arg)
{
    enum { ROWS = 2, COLS = TILE(4, 2, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < 14; r++)
            for (long c = 0; c < 14; c += COLS / 2) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 5; a++) {
                    const float *xt = from_here(x + (2 * r + a) * 32 + 2 * c);
                    SEVERAL for (long j = 0; j < 5; j++, xt++, wo += 16) {
                        vec weights[VECS];
                        EACH(v, VECS)
                            weights[v] = vec_load_once(wo + v * VL);
                        EACH(m, ROWS) EACH(n, COLS) {
                            const vec pixel = vec_all_of(xt + m * 32 + n);
                            EACH(v, VECS)
                                acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                        }
                    }
                }
                UNROLL for (int n = 0; n < COLS; n += 2)
                    EACH(v, VECS) {
                        vec best = acc[0][n][v];
                        ivec at = ivec_all(0);
                        vec_take_max(acc[0][n + 1][v], 1, &best, &at);
                        vec_take_max(acc[1][n][v], 2, &best, &at);
                        vec_take_max(acc[1][n + 1][v], 3, &best, &at);
                        best += vec_load(bias + o + v * VL);
                        best = vec_relu(best);
                        vec_store(y + r * 224 + (c + n / 2) * 16 + o + v * VL, best);
                        ivec_store_bytes(arg + r * 224 + (c + n / 2) * 16 + o + v * VL, at);
                    }
            }
}

/* features.3: Conv2d(6, 16, 5), ReLU(), MaxPool2d(2)  (line 7)
 * y[o] = b[o] + sum x[i] * w[o][i]
 * y = max(x, 0)
 * y = max over the window; second output: which element it was, first one on a tie */
static void conv2d_features_3_maxpool2d_features_5_forward(const float *x, const float *w, const float *bias, float *y,
        unsigned char *arg)
{
    enum { ROWS = 2, COLS = TILE(6, 2, 2), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long r = 0; r < 5; r++)
            for (long c = 0; c < 5; c = tile_next(c, COLS / 2, 5)) {
                vec acc[ROWS][COLS][VECS];
                EACH(m, ROWS) EACH(n, COLS) EACH(v, VECS)
                    acc[m][n][v] = vec_zero();
                const float *wo = w + o;
                for (long a = 0; a < 5; a++)
                    for (long b = 0; b < 5; b++) {
                        const float *xt = from_here(x + (2 * r + a) * 224 + (2 * c + b) * 16);
                        SEVERAL for (long j = 0; j < 6; j++, xt++, wo += 16) {
                            vec weights[VECS];
                            EACH(v, VECS)
                                weights[v] = vec_load_once(wo + v * VL);
                            EACH(m, ROWS) EACH(n, COLS) {
                                const vec pixel = vec_all_of(xt + m * 224 + n * 16);
                                EACH(v, VECS)
                                    acc[m][n][v] = vec_fma(pixel, weights[v], acc[m][n][v]);
                            }
                        }
                    }
                UNROLL for (int n = 0; n < COLS; n += 2)
                    EACH(v, VECS) {
                        vec best = acc[0][n][v];
                        ivec at = ivec_all(0);
                        vec_take_max(acc[0][n + 1][v], 1, &best, &at);
                        vec_take_max(acc[1][n][v], 2, &best, &at);
                        vec_take_max(acc[1][n + 1][v], 3, &best, &at);
                        best += vec_load(bias + o + v * VL);
                        best = vec_relu(best);
                        vec_store(y + r * 80 + (c + n / 2) * 16 + o + v * VL, best);
                        ivec_store_bytes(arg + r * 80 + (c + n / 2) * 16 + o + v * VL, at);
                    }
            }
}

/* classifier.0: Linear(16*5*5, 120), ReLU()  (line 13)
 * y = x w^T + b
 * y = max(x, 0) */
static void linear_classifier_0_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = 2 };
    enum { TILES = 16 / COLS };
    /* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */
    enum { BLOCK = 134, SHARE = (BLOCK + TILES - 1) / TILES };
    for (long o = 0; o < 32; o += VECS * VL) {
        vec sums[TILES][COLS][VECS];
        __builtin_memset(sums, 0, sizeof sums);
        for (long j0 = 0; j0 < 400; j0 += BLOCK)
            for (long t = 0; t < TILES; t++) {
                const long c = t * COLS;
                vec acc[COLS][VECS];
                EACH(n, COLS) EACH(v, VECS)
                    acc[n][v] = sums[t][n][v];
                const float *next = j0 < 400 - BLOCK ? w + j0 * 128 + o + BLOCK * 128 : w + o + VECS * VL;
                prefetch_rows(next + t * SHARE * 128, SHARE, 128, VECS * VL);
                const float *wo = w + j0 * 128 + o;
                const float *xt = from_here(x + c * 400 + j0);
                IN_EIGHTS for (long j = 0; j < least(BLOCK, 400 - j0); j++, xt++, wo += 128) {
                    vec weights[VECS];
                    EACH(v, VECS)
                        weights[v] = vec_load_once(wo + v * VL);
                    EACH(n, COLS) {
                        const vec pixel = vec_all_of(xt + n * 400);
                        EACH(v, VECS)
                            acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                    }
                }
                if (j0 < 400 - BLOCK) {
                    EACH(n, COLS) EACH(v, VECS)
                        sums[t][n][v] = acc[n][v];
                    continue;
                }
                EACH(n, COLS) EACH(v, VECS) {
                    vec sum = acc[n][v];
                    sum += vec_load(bias + o + v * VL);
                    sum = vec_relu(sum);
                    vec_store(y + (c + n) * 144 + o + v * VL, sum);
                }
            }
    }
}

/* classifier.2: Linear(120, 84), ReLU()  (line 15)
 * y = x w^T + b
 * y = max(x, 0) */
static void linear_classifier_2_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(1, 3, 2) };
    for (long o = 0; o < 48; o += VECS * VL)
        for (long c = 0; c < 8; c += COLS) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(x + c * 144);
            IN_EIGHTS for (long j = 0; j < 128; j++, xt++, wo += 96) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * 144);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS) {
                vec sum = acc[n][v];
                sum += vec_load(bias + o + v * VL);
                sum = vec_relu(sum);
                vec_store(y + (c + n) * 96 + o + v * VL, sum);
            }
        }
}

/* classifier.4: Linear(84, 10)  (line 17)
 * y = x w^T + b */
static void linear_classifier_4_forward(const float *x, const float *w, const float *bias, float *y)
{
    enum { COLS = 4, VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(x);
        SEVERAL for (long j = 0; j < 96; j++, xt++, wo += 16) {
            vec weights[VECS];
            EACH(v, VECS)
                weights[v] = vec_load_once(wo + v * VL);
            EACH(n, COLS) {
                const vec pixel = vec_all_of(xt + n * 96);
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

/* classifier.4: Linear(84, 10)  (line 17)
 * dx of LINEAR from dy, w */
static void linear_classifier_4_grad_input(const float *dy, const float *w, float *dx)
{
    enum { COLS = 4, VECS = TILE(2, 3, 2) };
    for (long o = 0; o < 96; o += VECS * VL) {
        vec acc[COLS][VECS];
        EACH(n, COLS) EACH(v, VECS)
            acc[n][v] = vec_zero();
        const float *wo = w + o;
        const float *xt = from_here(dy);
        SEVERAL for (long j = 0; j < 10; j++, xt++, wo += 96) {
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
            vec_store(dx + n * 96 + o + v * VL, acc[n][v]);
    }
}

/* classifier.4: Linear(84, 10)  (line 17)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_4_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(12, 6, 4), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long j = 0; j < 96; j += COLS) {
            float *gt = dw + j * 16 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_load(gt + n * 16 + v * VL);
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 96, dr += 16) {
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

/* classifier.4: Linear(84, 10)  (line 17)
 * db from dy, summed over samples and positions */
static void bias_classifier_4_grad(const float *dy, float *db, int count)
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

/* classifier.3: ReLU()  (line 16)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_classifier_3_grad(const float *dy, const float *y, float *dx)
{
    for (long i = 0; i < 96; i += VL)
        vec_store(dx + i, vec_relu_grad(vec_load(dy + i), vec_load(y + i)));
}

/* classifier.2: Linear(120, 84)  (line 15)
 * dx of LINEAR from dy, w */
static void linear_classifier_2_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 6 * part / parts, end = 6 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 96 + q, 96, tr + i, 16);
    }
}

/* dx of LINEAR from dy, w */
struct conv_size { long run, x_col, y_col; };
NC_INLINE void any_conv(const float *dy, const float *w, float *dx, const struct conv_size size)
{
    enum { COLS = TILE(8, 5, 5), VECS = TILE(1, 2, 2) };
    for (long o = 0; o < 16; o += VECS * VL)
        for (long c = 0; c < 64; c = tile_next(c, COLS, 64)) {
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *wo = w + o;
            const float *xt = from_here(dy + c * size.x_col);
            SEVERAL for (long j = 0; j < size.run; j++, xt++, wo += 16) {
                vec weights[VECS];
                EACH(v, VECS)
                    weights[v] = vec_load_once(wo + v * VL);
                EACH(n, COLS) {
                    const vec pixel = vec_all_of(xt + n * size.x_col);
                    EACH(v, VECS)
                        acc[n][v] = vec_fma(pixel, weights[v], acc[n][v]);
                }
            }
            EACH(n, COLS) EACH(v, VECS)
                vec_store(dx + (c + n) * size.y_col + o + v * VL, acc[n][v]);
        }
}

#define DEFINE_CONV(name, ...) static void name(const float *dy, const float *w, float *dx) \
    { any_conv(dy, w, dx, (struct conv_size){__VA_ARGS__}); }

/* classifier.2: Linear(120, 84)  (line 15) */
DEFINE_CONV(linear_classifier_2_grad_input, .run = 84, .x_col = 96, .y_col = 144)

/* classifier.1: ReLU()  (line 14)
 * dx = dy where y > 0, else 0; inputs dy, y */
static void relu_classifier_1_grad(const float *dy, const float *y, float *dx)
{
    for (long r = 0; r < 64; r++)
        for (long i = 0; i < 16; i += VL)
            vec_store(dx + r * 144 + i, vec_relu_grad(vec_load(dy + r * 144 + i), vec_load(y + r * 144 + i)));
}

/* classifier.0: Linear(16*5*5, 120)  (line 13)
 * dx of LINEAR from dy, w */
static void linear_classifier_0_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = 8 * part / parts, end = 8 * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long q = 16 * block;
        const float *wt = w;
        float *tr = t + q * 16;
        for (long i = 0; i < 16; i += 16)
            turn_block(wt + i * 128 + q, 128, tr + i, 16);
    }
}

/* classifier.0: Linear(16*5*5, 120)  (line 13) */
DEFINE_CONV(linear_classifier_0_grad_input, .run = 120, .x_col = 144, .y_col = 400)

/* features.3: Conv2d(6, 16, 5)  (line 7)
 * dx of CONV2D from dy, w */
static void conv2d_features_3_grad_input(const float *dy, const float *y, const unsigned char *arg, const float *w,
        float *dx)
{
    enum { VECS = TILE(5, 10, 10) };
    for (long r = 0; r < 14; r++)
        __builtin_memset(dx + r * 224, 0, 224 * sizeof *dx);
    unsigned places[64][4], (*noted)[4] = places;
    for (long r = 0; r < 5; r++)
        for (long c = 0; c < 5; c++) {
            unsigned bits[4] = {0};
            for (long o = 0; o < 16; o += VL) {
                const ivec at = ivec_load_bytes(arg + r * 80 + c * 16 + o);
                const ivec off = vec_load(y + r * 80 + c * 16 + o) <= vec_zero();
                UNROLL for (int k = 0; k < 4; k++)
                    bits[k] |= ivec_bits((at == ivec_all(k)) & ~off) << o;
            }
            UNROLL for (int k = 0; k < 4; k++)
                (*noted)[k] = bits[k];
            noted++;
        }
    for (long a = 0; a < 5; a++) {
        const float *row = w + a * 80;
        noted = places;
        for (long r = 0; r < 5; r++)
            for (long c = 0; c < 5; c++) {
                const float *gradient = dy + r * 80 + c * 16;
                for (int k = 0; k < 4; k++) {
                    float *window = dx + r * 448 + c * 32 + a * 224 + (k >> 1) * 224 + (k & 1) * 16;
                    for (long j = 0; j < 80; j += VECS * VL) {
                        vec acc[VECS];
                        EACH(v, VECS)
                            acc[v] = vec_load(window + j + v * VL);
                        for (unsigned rest = noted[0][k]; rest; rest &= rest - 1) {
                            const long o = __builtin_ctz(rest);
                            const float *wt = from_here(row + o * 400 + j);
                            const vec s = vec_all_of(gradient + o);
                            EACH(v, VECS)
                                acc[v] = vec_fma(s, vec_load(wt + v * VL), acc[v]);
                        }
                        EACH(v, VECS)
                            vec_store(window + j + v * VL, acc[v]);
                    }
                }
                noted++;
            }
    }
}

/* features.3: Conv2d(6, 16, 5), MaxPool2d(2), ReLU()  (line 7)
 * dw of CONV2D from dy, x, summed over the samples
 * db from dy, summed over samples and positions
 * dx from dy and the argmax
 * dx = dy where y > 0, else 0; inputs dy, y */
static void conv2d_features_3_grad_weight(const float *x, const float *dy, const float *y, const unsigned char *arg,
        float *dw, float *db)
{
    enum { ROWS = TILE(5, 1, 1), VECS = TILE(5, 10, 10) };
    for (long o = 0; o < 16; o += VL) {
        vec sum = vec_load(db + o);
        for (long r = 0; r < 5; r++)
            for (long c = 0; c < 5; c++)
                sum += vec_relu_grad(vec_load(dy + r * 80 + c * 16 + o), vec_load(y + r * 80 + c * 16 + o));
        vec_store(db + o, sum);
    }
    const int where[] = {0, 16, 224, 240};
    for (long o = 0; o < 16; o++) {
        float s[256];
        int from[257];
        long n = 0;
        for (long r = 0; r < 5; r++)
            for (long c = 0; c < 5; c++) {
                from[n] = (int)(r * 448 + c * 32 + where[arg[r * 80 + c * 16 + o]]);
                s[n] = dy[r * 80 + c * 16 + o];
                n += !(y[r * 80 + c * 16 + o] <= 0);
            }
        from[n] = 0;
        for (long a = 0; a < 5; a += ROWS)
            for (long j = 0; j < 80; j += VECS * VL) {
                float *gt = dw + o * 400 + a * 80 + j;
                const float *xt = x + a * 224 + j;
                vec acc[ROWS][VECS];
                EACH(m, ROWS) EACH(v, VECS)
                    acc[m][v] = vec_load(gt + m * 80 + v * VL);
                long at = from[0];
                SEVERAL for (long i = 0; i < n; i++) {
                    const float *xi = from_here(xt + at);
                    const vec si = vec_all_of(&s[i]);
                    at = from[i + 1];
                    EACH(m, ROWS) EACH(v, VECS)
                        acc[m][v] = vec_fma(si, vec_load(xi + m * 224 + v * VL), acc[m][v]);
                }
                EACH(m, ROWS) EACH(v, VECS)
                    vec_store(gt + m * 80 + v * VL, acc[m][v]);
            }
    }
}

/* features.0: Conv2d(1, 6, 5, padding=2), MaxPool2d(2), ReLU()  (line 4)
 * dw of CONV2D from dy, x, summed over the samples
 * db from dy, summed over samples and positions
 * dx from dy and the argmax
 * dx = dy where y > 0, else 0; inputs dy, y */
static void conv2d_features_0_grad_weight(const float *x, const float *dy, const float *y, const unsigned char *arg,
        float *dw, float *db)
{
    enum { ROWS = 5, VECS = TILE(1, 1, 2) };
    for (long o = 0; o < 6; o += VL) {
        vec sum = vec_load(db + o);
        for (long r = 0; r < 14; r++)
            for (long c = 0; c < 14; c++)
                sum += vec_relu_grad(vec_load(dy + r * 224 + c * 16 + o), vec_load(y + r * 224 + c * 16 + o));
        vec_store(db + o, sum);
    }
    const int where[] = {0, 1, 32, 33};
    for (long o = 0; o < 6; o++) {
        float s[256];
        int from[257];
        long n = 0;
        for (long r = 0; r < 14; r++)
            for (long c = 0; c < 14; c++) {
                from[n] = (int)(r * 64 + 2 * c + where[arg[r * 224 + c * 16 + o]]);
                s[n] = dy[r * 224 + c * 16 + o];
                n += !(y[r * 224 + c * 16 + o] <= 0);
            }
        from[n] = 0;
        for (long j = 0; j < 5; j += VECS * VL) {
            float *gt = dw + o * 80 + j;
            const float *xt = x + j;
            vec acc[ROWS][VECS];
            EACH(m, ROWS) EACH(v, VECS)
                acc[m][v] = vec_load(gt + m * 16 + v * VL);
            long at = from[0];
            SEVERAL for (long i = 0; i < n; i++) {
                const float *xi = from_here(xt + at);
                const vec si = vec_all_of(&s[i]);
                at = from[i + 1];
                EACH(m, ROWS) EACH(v, VECS)
                    acc[m][v] = vec_fma(si, vec_load(xi + m * 32 + v * VL), acc[m][v]);
            }
            EACH(m, ROWS) EACH(v, VECS)
                vec_store(gt + m * 16 + v * VL, vec_first(acc[m][v], 5 - j - v * VL));
        }
    }
}

/* classifier.0: Linear(16*5*5, 120)  (line 13)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_0_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = 5, VECS = 2 };
    for (long o = 0; o < 128; o += VECS * VL)
        for (long j = 0; j < 25; j += COLS) {
            float *gt = dw + j * 128 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 400, dr += 144) {
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
                vec_store(gt + n * 128 + v * VL, acc[n][v]);
        }
}

/* classifier.2: Linear(120, 84)  (line 15)
 * dw of LINEAR from dy, x, summed over the samples */
static void linear_classifier_2_grad_weight(const float *x, const float *dy, float *dw, int count)
{
    enum { COLS = TILE(8, 4, 4), VECS = TILE(2, 3, 2) };
    for (long o = 0; o < 96; o += VECS * VL)
        for (long j = 0; j < 32; j += COLS) {
            float *gt = dw + j * 96 + o;
            vec acc[COLS][VECS];
            EACH(n, COLS) EACH(v, VECS)
                acc[n][v] = vec_zero();
            const float *xr = from_here(x + j);
            const float *dr = dy + o;
            SEVERAL for (long c = 0; c < count; c++, xr += 144, dr += 96) {
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
                vec_store(gt + n * 96 + v * VL, acc[n][v]);
        }
}

/* db from dy, summed over samples and positions */
struct grad_bias_size { long outs, d_col; };
NC_INLINE void any_grad_bias(const float *dy, float *db, int count, const struct grad_bias_size size)
{
    for (long o = 0; o < size.outs; o += 32) {
        vec sum[32 / VL];
        EACH(v, 32 / VL)
            sum[v] = vec_load(db + o + v * VL);
        for (long c = 0; c < count; c++)
            EACH(v, 32 / VL)
                sum[v] += vec_load(dy + c * size.d_col + o + v * VL);
        EACH(v, 32 / VL)
            vec_store(db + o + v * VL, sum[v]);
    }
}

#define DEFINE_GRAD_BIAS(name, ...) static void name(const float *dy, float *db, int count) \
    { any_grad_bias(dy, db, count, (struct grad_bias_size){__VA_ARGS__}); }

/* classifier.0: Linear(16*5*5, 120)  (line 13) */
DEFINE_GRAD_BIAS(bias_classifier_0_grad, .outs = 128, .d_col = 144)

/* classifier.2: Linear(120, 84)  (line 15) */
DEFINE_GRAD_BIAS(bias_classifier_2_grad, .outs = 96, .d_col = 96)

/* the weights as the layer reads them */
struct transpose_size { long run, ins, w_tap_y, w_tap_x, w_in; };
NC_INLINE void any_transpose(const float *w, float *t, int part, int parts, const struct transpose_size size)
{
    const long in_tap = (size.run + 15) / 16;
    const long first = 25 * in_tap * part / parts, end = 25 * in_tap * (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const long a = block / 5, b = block % 5;
        const float *wt = w + a * size.w_tap_y + b * size.w_tap_x;
        float *tr = t + block * size.run * 16;
        for (long i = 0; i < size.ins; i += 16)
            for (long n = 0; n < size.run; n++)
                for (long m = i; m < size.ins; m++)
                    tr[n * 16 + m] = wt[m * size.w_in + n];
    }
}

#define DEFINE_TRANSPOSE(name, ...) static void name(const float *w, float *t, int part, int parts) \
    { any_transpose(w, t, part, parts, (struct transpose_size){__VA_ARGS__}); }

/* features.0: Conv2d(1, 6, 5, padding=2)  (line 4) */
DEFINE_TRANSPOSE(conv2d_features_0_maxpool2d_features_2_weights, .run = 1, .ins = 6, .w_tap_y = 16, .w_tap_x = 1,
    .w_in = 80)

/* features.3: Conv2d(6, 16, 5)  (line 7) */
DEFINE_TRANSPOSE(conv2d_features_3_maxpool2d_features_5_weights, .run = 6, .ins = 16, .w_tap_y = 80, .w_tap_x = 16,
    .w_in = 400)

/* classifier.4: Linear(84, 10)  (line 17)
 * the weights as the gradient of its input reads them: outputs and inputs swapped, taps reversed */
static void linear_classifier_4_grad_input_weights(const float *w, float *t, int part, int parts)
{
    const long first = part / parts, end = (part + 1) / parts;
    for (long block = first; block < end; block++) {
        const float *wt = w;
        float *tr = t + block * 10 * 96;
        for (long i = 0; i < 96; i += 16)
            for (long n = 0; n < 10; n++)
                for (long m = i; m < i + 16; m++)
                    tr[n * 96 + m] = wt[m * 16 + n];
    }
}

/* What the layers give, and where: in the thread's workspace, or in the batch's memory. */
#define input(mb) ((float (*)[32][32])(mb->batch + 802816 + mb->first * 4096L)) /* 1x28x28, 2 zeros around */
#define maxpool2d_features_2(mb) ((float (*)[14][14 * 16])(mb->batch + 0 + mb->first * 12544L)) /* 6x14x14 */
#define maxpool2d_features_2_arg(mb) ((unsigned char (*)[14][14 * 16])(mb->batch + 1065024 + mb->first * 3136L))
#define maxpool2d_features_5(mb) ((float (*)[5][5 * 16])(mb->batch + 1265728 + mb->first * 1600L)) /* 16x5x5 */
#define maxpool2d_features_5_arg(mb) ((unsigned char (*)[5][5 * 16])(mb->batch + 1544256 + mb->first * 400L))
#define relu_classifier_1(mb) ((float (*)[144])(mb->batch + 1470528 + mb->first * 576L)) /* 120 */
#define relu_classifier_3(mb) ((float (*)[96])(mb->batch + 1368128 + mb->first * 384L)) /* 84 */
#define linear_classifier_4(mb) ((float (*)[16])(mb->workspace + 12544)) /* 10 */
#define d_linear_classifier_4(mb) ((float (*)[16])(mb->workspace + 1536)) /* 10 */
#define d_relu_classifier_3(mb) ((float (*)[96])(mb->workspace + 0)) /* 84 */
#define d_linear_classifier_2(mb) ((float (*)[96])(mb->batch + 1569856 + mb->first * 384L)) /* 84 */
#define linear_classifier_2_grad_input_weights_transposed(mb) ((float *)(mb->workspace + 0)) /* 1536 */
#define d_relu_classifier_1(mb) ((float (*)[144])(mb->batch + 1368128 + mb->first * 576L)) /* 120 */
#define d_linear_classifier_0(mb) ((float (*)[144])(mb->batch + 1507392 + mb->first * 576L)) /* 120 */
#define linear_classifier_0_grad_input_weights_transposed(mb) ((float *)(mb->workspace + 0)) /* 2048 */
#define d_flatten_1(mb) ((float (*)[5][5 * 16])(mb->batch + 1368128 + mb->first * 1600L)) /* 16x5x5 */
#define d_maxpool2d_features_2(mb) ((float (*)[14 * 16])(mb->workspace + 0)) /* 6x14x14 */

/* For a microbatch, before what is made for the whole batch. */
static void forward_1(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        input_forward(mb->input[i], mb->pixel, &input(mb)[i][2][2]);
        conv2d_features_0_maxpool2d_features_2_forward(input(mb)[i][0], mb->packed + AT_features_0_weight_dense,
            mb->weights + AT_features_0_bias, maxpool2d_features_2(mb)[i][0], maxpool2d_features_2_arg(mb)[i][0]);
        conv2d_features_3_maxpool2d_features_5_forward(maxpool2d_features_2(mb)[i][0],
            mb->packed + AT_features_3_weight_dense, mb->weights + AT_features_3_bias, maxpool2d_features_5(mb)[i][0],
            maxpool2d_features_5_arg(mb)[i][0]);
    }
}

/* For the whole batch, part mb->part of 16. */
static void linear_classifier_0_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 4 * 16 >= mb->count)
        return;

    linear_classifier_0_forward(maxpool2d_features_5(mb)[0][0] + part / 4 * 6400,
        mb->weights + AT_classifier_0_weight + part % 4 * 32, mb->weights + AT_classifier_0_bias + part % 4 * 32,
        relu_classifier_1(mb)[0] + part / 4 * 2304 + part % 4 * 32);
}

/* For the whole batch, part mb->part of 16. */
static void linear_classifier_2_forward_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    if (part / 2 * 8 >= mb->count)
        return;

    linear_classifier_2_forward(relu_classifier_1(mb)[0] + part / 2 * 1152,
        mb->weights + AT_classifier_2_weight + part % 2 * 48, mb->weights + AT_classifier_2_bias + part % 2 * 48,
        relu_classifier_3(mb)[0] + part / 2 * 768 + part % 2 * 48);
}

/* From the samples of a microbatch to the model's output. */
static void forward(struct nc_microbatch *mb)
{
    linear_classifier_4_forward(relu_classifier_3(mb)[0], mb->weights + AT_classifier_4_weight,
        mb->weights + AT_classifier_4_bias, linear_classifier_4(mb)[0]);
}

/* The loss of what forward left, and its gradient by every parameter, added to mb->gradients. */
static void backward(struct nc_microbatch *mb)
{
    nc_cross_entropy(mb, &loss, linear_classifier_4(mb)[0], 16, 10, d_linear_classifier_4(mb)[0]);
    linear_classifier_4_grad_input(d_linear_classifier_4(mb)[0], mb->packed + AT_classifier_4_weight_transposed,
        d_relu_classifier_3(mb)[0]);
    linear_classifier_4_grad_weight(relu_classifier_3(mb)[0], d_linear_classifier_4(mb)[0],
        mb->gradients + AT_classifier_4_weight, mb->count);
    bias_classifier_4_grad(d_linear_classifier_4(mb)[0], mb->gradients + AT_classifier_4_bias, mb->count);
    for (int i = 0; i < mb->count; i++)
        relu_classifier_3_grad(d_relu_classifier_3(mb)[i], relu_classifier_3(mb)[i], d_linear_classifier_2(mb)[i]);
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
        nc_cross_entropy(mb, &loss, linear_classifier_4(mb)[0], 16, 10, 0);
}

/* For the whole batch, part mb->part of 8. */
static void linear_classifier_2_grad_input_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_classifier_2_grad_input_weights(mb->weights + AT_classifier_2_weight + part * 1536,
        linear_classifier_2_grad_input_weights_transposed(mb), 0, 1);
    linear_classifier_2_grad_input(d_linear_classifier_2(mb)[0], linear_classifier_2_grad_input_weights_transposed(mb),
        d_relu_classifier_1(mb)[0] + part * 16);
    relu_classifier_1_grad(d_relu_classifier_1(mb)[0] + part * 16, relu_classifier_1(mb)[0] + part * 16,
        d_linear_classifier_0(mb)[0] + part * 16);
}

/* For the whole batch, part mb->part of 25. */
static void linear_classifier_0_grad_input_part(struct nc_microbatch *mb)
{
    const long part = mb->part;

    linear_classifier_0_grad_input_weights(mb->weights + AT_classifier_0_weight + part * 2048,
        linear_classifier_0_grad_input_weights_transposed(mb), 0, 1);
    linear_classifier_0_grad_input(d_linear_classifier_0(mb)[0], linear_classifier_0_grad_input_weights_transposed(mb),
        d_flatten_1(mb)[0][0] + part * 16);
}

/* For a microbatch, what follows from gradients made for the whole batch. */
static void backward_7(struct nc_microbatch *mb)
{
    for (int i = 0; i < mb->count; i++) {
        conv2d_features_3_grad_input(d_flatten_1(mb)[i][0], maxpool2d_features_5(mb)[i][0],
            maxpool2d_features_5_arg(mb)[i][0], mb->weights + AT_features_3_weight, d_maxpool2d_features_2(mb)[0]);
        conv2d_features_3_grad_weight(maxpool2d_features_2(mb)[i][0], d_flatten_1(mb)[i][0],
            maxpool2d_features_5(mb)[i][0], maxpool2d_features_5_arg(mb)[i][0], mb->gradients + AT_features_3_weight,
            mb->gradients + AT_features_3_bias);
        conv2d_features_0_grad_weight(input(mb)[i][0], d_maxpool2d_features_2(mb)[0], maxpool2d_features_2(mb)[i][0],
            maxpool2d_features_2_arg(mb)[i][0], mb->gradients + AT_features_0_weight,
            mb->gradients + AT_features_0_bias);
    }
}

/* For the whole batch, part mb->part of 16. */
static void linear_classifier_0_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_gradient(mb, AT_classifier_0_weight + part * 3200);

    linear_classifier_0_grad_weight(maxpool2d_features_5(mb)[0][0] + part * 25, d_linear_classifier_0(mb)[0], gradients,
        mb->count);
    nc_learn(mb, AT_classifier_0_weight + part * 3200, 3200);
}

/* For the whole batch, part mb->part of 4. */
static void linear_classifier_2_grad_weight_part(struct nc_microbatch *mb)
{
    const long part = mb->part;
    float *gradients = nc_gradient(mb, AT_classifier_2_weight + part * 3072);

    linear_classifier_2_grad_weight(relu_classifier_1(mb)[0] + part * 32, d_linear_classifier_2(mb)[0], gradients,
        mb->count);
    nc_learn(mb, AT_classifier_2_weight + part * 3072, 3072);
}

/* For the whole batch. */
static void bias_classifier_0_grad_part(struct nc_microbatch *mb)
{
    float *gradients = nc_zero_gradient(mb, AT_classifier_0_bias, 128);

    bias_classifier_0_grad(d_linear_classifier_0(mb)[0], gradients, mb->count);
    nc_learn(mb, AT_classifier_0_bias, 128);
}

/* For the whole batch. */
static void bias_classifier_2_grad_part(struct nc_microbatch *mb)
{
    float *gradients = nc_zero_gradient(mb, AT_classifier_2_bias, 96);

    bias_classifier_2_grad(d_linear_classifier_2(mb)[0], gradients, mb->count);
    nc_learn(mb, AT_classifier_2_bias, 96);
}

/* The layouts of the weights that forward kernels read: part `part` of `parts`. */
static void pack(const float *weights, float *packed, int part, int parts)
{
    conv2d_features_0_maxpool2d_features_2_weights(weights + AT_features_0_weight, packed + AT_features_0_weight_dense,
        part, parts);
    conv2d_features_3_maxpool2d_features_5_weights(weights + AT_features_3_weight, packed + AT_features_3_weight_dense,
        part, parts);
}

/* The layouts of the weights that only gradients of inputs read: part `part` of `parts`. */
static void pack_backward(const float *weights, float *packed, int part, int parts)
{
    linear_classifier_4_grad_input_weights(weights + AT_classifier_4_weight, packed + AT_classifier_4_weight_transposed,
        part, parts);
}

/* Name, rank and shape; where it starts in the block, and its floats there; the loops that visit it in torch's
 * order, each of so many rounds of so many floats; how it begins. */
static const struct nc_parameter parameters[] = {
    {"features.0.weight", 4, {6, 1, 5, 5}, AT_features_0_weight, 480, 4, {{6, 80}, {1, 1}, {5, 16}, {5, 1}},
     .init = NC_INIT_UNIFORM, .low = -0.19999999999999998, .high = 0.19999999999999998},
    {"features.0.bias", 1, {6}, AT_features_0_bias, 16, 1, {{6, 1}}, .init = NC_INIT_UNIFORM, .low = -0.2, .high = 0.2},
    {"features.3.weight", 4, {16, 6, 5, 5}, AT_features_3_weight, 6400, 4, {{16, 400}, {6, 1}, {5, 80}, {5, 16}},
     .init = NC_INIT_UNIFORM, .low = -0.0816496580927726, .high = 0.0816496580927726},
    {"features.3.bias", 1, {16}, AT_features_3_bias, 16, 1, {{16, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.08164965809277261, .high = 0.08164965809277261},
    {"classifier.0.weight", 2, {120, 400}, AT_classifier_0_weight, 51200, 4, {{120, 1}, {16, 128}, {5, 10240}, {5,
     2048}}, .init = NC_INIT_UNIFORM, .low = -0.049999999999999996, .high = 0.049999999999999996},
    {"classifier.0.bias", 1, {120}, AT_classifier_0_bias, 128, 1, {{120, 1}}, .init = NC_INIT_UNIFORM, .low = -0.05,
     .high = 0.05},
    {"classifier.2.weight", 2, {84, 120}, AT_classifier_2_weight, 12288, 2, {{84, 1}, {120, 96}},
     .init = NC_INIT_UNIFORM, .low = -0.09128709291752768, .high = 0.09128709291752768},
    {"classifier.2.bias", 1, {84}, AT_classifier_2_bias, 96, 1, {{84, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.09128709291752768, .high = 0.09128709291752768},
    {"classifier.4.weight", 2, {10, 84}, AT_classifier_4_weight, 1536, 2, {{10, 1}, {84, 16}}, .init = NC_INIT_UNIFORM,
     .low = -0.1091089451179962, .high = 0.1091089451179962},
    {"classifier.4.bias", 1, {10}, AT_classifier_4_bias, 16, 1, {{10, 1}}, .init = NC_INIT_UNIFORM,
     .low = -0.1091089451179962, .high = 0.1091089451179962},
};

/* Layer, its line in the .net file; where it leaves what it gives, in bytes, and how many floats a sample;
 * which phase does; whether in the batch's memory. */
static const struct nc_probe probes[] = {
    {"the input", 2, 802816, 1024, 0, 1},
    {"features.0: Conv2d(1, 6, 5, padding=2)", 4, 0, 3136, 0, 1},
    {"features.3: Conv2d(6, 16, 5)", 7, 1265728, 400, 0, 1},
    {"classifier.0: Linear(16*5*5, 120)", 13, 1470528, 144, 1, 1},
    {"classifier.2: Linear(120, 84)", 15, 1368128, 96, 2, 1},
    {"classifier.4: Linear(84, 10)", 17, 12544, 16, 3, 0},
};

#define TRAIN(function) .train = function
#define TEST(function) .test = function
#define ALWAYS(function) .train = function, .test = function

/* Between phases there are barriers: so many before each. `train` is called for a microbatch or a part, `test`
 * in evaluation. */
static const struct nc_phase phases[] = {
    {.barriers = 0, ALWAYS(forward_1)},
    {.barriers = 1, ALWAYS(linear_classifier_0_forward_part), .parts = 16},
    {.barriers = 2, ALWAYS(linear_classifier_2_forward_part), .parts = 16},
    {.barriers = 3, .train = train, .test = test, .loss = 1},
    {.barriers = 4, TRAIN(linear_classifier_2_grad_input_part), .parts = 8},
    {.barriers = 5, TRAIN(linear_classifier_0_grad_input_part), .parts = 25},
    {.barriers = 6, TRAIN(backward_7)},
    {.barriers = 7, TRAIN(linear_classifier_0_grad_weight_part), .parts = 16, .learns = 1},
    {.barriers = 7, TRAIN(linear_classifier_2_grad_weight_part), .parts = 4, .learns = 1},
    {.barriers = 7, TRAIN(bias_classifier_0_grad_part), .parts = 1, .learns = 1},
    {.barriers = 7, TRAIN(bias_classifier_2_grad_part), .parts = 1, .learns = 1},
};

static const struct nc_model model = {
    .name = "LeNet", .file = "lenet.net",
    .input_rank = 3, .input_shape = {1, 28, 28},
    .outputs = 10, .classes = 1, .loss = &loss,
    .parameters = parameters, .parameter_count = 10,
    .block = 72176, .sharded = 8464, .packed = 3760, .packed_forward = 2800,
    .workspace = 12800,
    .microbatch = 4, .shard = 4, .batch = 64,
    .probes = probes, .probe_count = 6,
    .phases = phases, .phase_count = 11, .pack = pack, .pack_backward = pack_backward,
    .batch_bytes = 1594432, .capacity = 64, .learned = 3200,
    .output = {.offset = 12544, .stride = 16},
};

int main(int argc, char **argv)
{
    struct nc_run *run = nc_start(&model, argc, argv);

    struct nc_data *train_data = nc_fashion_mnist(run, "train_data", "data", 1);
    nc_to_tensor(train_data);
    nc_normalize(train_data, (const double[]){0.286}, (const double[]){0.353}, 1);
    nc_train_data(run, train_data, 64, 1, 0); /* batch_size, shuffle, drop_last */

    struct nc_data *test_data = nc_fashion_mnist(run, "test_data", "data", 0);
    nc_to_tensor(test_data);
    nc_normalize(test_data, (const double[]){0.286}, (const double[]){0.353}, 1);
    nc_test_data(run, test_data, 256, 0, 0); /* batch_size, shuffle, drop_last */

    nc_seed(run, 0u);
    nc_sgd(run, 0.02, 0.9, 0, 0, 0, 0); /* lr, momentum, dampening, weight_decay, nesterov, maximize */
    nc_epochs(run, 10);
    nc_log(run, "logs_lenet", 100);
    nc_save(run, "lenet_{epoch}.pth");
    return nc_train(run);
}

/* What the kernel tests share: random numbers and shapes, the formulas of targets/cpu/families/ as plain loops in the
 * very order that the kernels promise, and a call of any kernel by its family. */
#ifndef KERNEL_CHECK_H
#define KERNEL_CHECK_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "targets/cpu/emit/kernels.h"
#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/conv_grad_weight.h"
#include "targets/cpu/families/depthwise.h"
#include "targets/cpu/families/pool_conv_grad.h"
#include "graph/graph.h"
#include "kernel_table.h"
#include "suite.h"

#define HELPER static inline __attribute__((unused))

/* Of so many random shapes one is tried. More than 1 where kernels are slow: on an emulated machine (cross_test.py). */
#ifndef ONE_IN
#define ONE_IN 1
#endif

enum { MAX_WIDTHS = 3 };
static const int all_lanes[MAX_WIDTHS] = {16, 8, 4};

/* Whether prebuilt kernels of this width round a multiply-add once. */
HELPER int is_fused(int lanes)
{
#if defined __aarch64__
    return lanes > 0;
#else
    return lanes > 4;
#endif
}

static uint32_t random_state = 1;

HELPER uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

HELPER int one_of(int count, const int *values)
{
    return values[next_random() % (unsigned)count];
}
#define ONE_OF(...) one_of((int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (const int[]){__VA_ARGS__})

/* `count` floats in [-1, 1). */
HELPER float *random_floats(int64_t count)
{
    float *numbers = malloc((size_t)count * sizeof *numbers);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (float)next_random() / (float)(1 << 23) - 1;
    return numbers;
}

/* A copy, to be written to. */
HELPER void *copy_of(const void *from, size_t bytes)
{
    return memcpy(malloc(bytes), from, bytes);
}

/* acc + a * b as a kernel of `lanes` floats rounds it. */
HELPER float multiply_add(int lanes, float a, float b, float acc)
{
    if (is_fused(lanes))
        return fmaf(a, b, acc);
    volatile float product = a * b;
    return product + acc;
}

/* max(best, a) by torch's rule: larger or NaN takes the place. */
HELPER void take_max(float a, int place, float *best, int *at)
{
    if (a > *best || isnan(a)) {
        *best = a;
        *at = place;
    }
}

HELPER float rectified(float a)
{
    return a <= 0 ? 0 : a;
}

/* Sets dimensions act, act_a and act_b: nothing, ReLU, or an activation with call_prebuilt's arguments. */
HELPER void random_act(int64_t *d)
{
    const float a = 0.75f, b = 1.25f;
    int32_t bits[2];
    do
        d[0] = next_random() % (ACT_FIRST + ACTIVATION_COUNT);
    while (d[0] >= ACT_FIRST && !activation_fuses((ActivationKind)(d[0] - ACT_FIRST)));
    memcpy(&bits[0], &a, sizeof a);
    memcpy(&bits[1], &b, sizeof b);
    d[1] = bits[0];
    d[2] = bits[1];
}

HELPER float clamped(float x, float low, float high)
{
    x = x < low ? low : x;
    return x > high ? high : x;
}

/* What x becomes by the activation that d, d[1] and d[2] are the dimensions of. */
HELPER float activated_by(const int64_t *d, float x)
{
    switch (d[0]) {
    case ACT_NONE: return x;
    case ACT_RELU: return rectified(x);
    case ACT_FIRST + ACTIVATION_LEAKY_RELU: return x > 0 ? x : x * 0.75f;
    case ACT_FIRST + ACTIVATION_HARDTANH: return clamped(x, 0.75f, 1.25f);
    case ACT_FIRST + ACTIVATION_HARDSWISH: return x * clamped(x + 3, 0, 6) / 6;
    case ACT_FIRST + ACTIVATION_HARDSIGMOID: return clamped(x + 3, 0, 6) / 6;
    default: break;
    }
    ck_abort_msg("nothing fuses activation %d", (int)d[0]);
}

/* The gradient dy, through the activation that was made of x. */
HELPER float activated_by_grad(const int64_t *d, float dy, float x)
{
    switch (d[0]) {
    case ACT_NONE: return dy;
    case ACT_RELU: return x <= 0 ? 0 : dy;
    case ACT_FIRST + ACTIVATION_LEAKY_RELU: return dy * (x > 0 ? 1 : 0.75f);
    case ACT_FIRST + ACTIVATION_HARDTANH: return dy * (x <= 0.75f || x >= 1.25f ? 0 : 1);
    case ACT_FIRST + ACTIVATION_HARDSWISH: return dy * (x <= -3 ? 0 : x < 3 ? x / 3 + 0.5f : 1);
    case ACT_FIRST + ACTIVATION_HARDSIGMOID: return dy * (x > -3 && x < 3 ? 1.0f / 6 : 0);
    default: break;
    }
    ck_abort_msg("nothing fuses activation %d", (int)d[0]);
}

/* CONV's sum for one element, without bias; *exact gets it in float64, *size the sum of magnitudes. */
HELPER float conv_sum(int lanes, const int64_t *d, const float *x, const float *w, int64_t r, int64_t c, int64_t o,
                      double *exact, double *size)
{
    float sum = 0;
    *exact = *size = 0;
    for (int64_t a = 0; a < d[CONV_taps_y]; a++)
        for (int64_t b = 0; b < d[CONV_taps_x]; b++)
            for (int64_t j = 0; j < d[CONV_run]; j++) {
                const float input = x[r * d[CONV_x_row] + c * d[CONV_x_col] + a * d[CONV_x_tap_y] +
                                      b * d[CONV_x_tap_x] + o / d[CONV_group_outs] * d[CONV_group_ins] + j];
                const float weight = w[((a * d[CONV_taps_x] + b) * d[CONV_run] + j) * d[CONV_w_row] + o];
                sum = multiply_add(lanes, input, weight, sum);
                *exact += (double)input * weight;
                *size += fabs((double)input * weight);
            }
    return sum;
}

/* What a sum becomes with the bias, and with the norm whose table it is the first row of. */
HELPER float finished(int lanes, float sum, const float *bias, int64_t o, int64_t has_bias, int64_t norm_row)
{
    if (has_bias)
        sum += bias[o];
    return norm_row ? multiply_add(lanes, sum, bias[2 * norm_row + o], bias[3 * norm_row + o]) : sum;
}

/* A random CONV (or CONV_POOL) and the floats that x needs. */
HELPER int64_t random_conv(int64_t *d, int pooled)
{
    const int channels = ONE_OF(1, 3, 5, 16, 32), kernel_y = ONE_OF(1, 2, 3, 5), kernel_x = ONE_OF(1, 2, 3, 5);
    const int stride = ONE_OF(1, 1, 1, 2, 3), dilation = ONE_OF(1, 1, 2), few = pooled ? 2 : 1;
    const int outs = ONE_OF(16, 32, 48, 64, 96), grouped = outs > 16 && next_random() % 4 == 0;
    const int blocks = grouped ? outs / 16 : 1, all_channels = channels * blocks;
    d[CONV_rows] = few + ONE_OF(0, 0, 1, 2, 3, 5, 6);
    d[CONV_cols] = few + ONE_OF(0, 0, 1, 2, 3, 4, 6, 7, 8, 12);
    d[CONV_outs] = outs;
    d[CONV_taps_y] = kernel_y;
    d[CONV_taps_x] = kernel_x;
    d[CONV_run] = channels;
    const int64_t in_rows = (d[CONV_rows] - 1) * stride + (kernel_y - 1) * dilation + 1;
    const int64_t in_cols = (d[CONV_cols] - 1) * stride + (kernel_x - 1) * dilation + 1;
    const int64_t row = in_cols * all_channels + ONE_OF(0, 0, 1, 16);
    d[CONV_x_row] = stride * row;
    d[CONV_x_col] = stride * all_channels;
    d[CONV_x_tap_y] = dilation * row;
    d[CONV_x_tap_x] = dilation * all_channels;
    if (dilation == 1 && !grouped && next_random() % 2) { /* taps side by side are one run */
        d[CONV_run] *= kernel_x;
        d[CONV_taps_x] = 1;
    }
    d[CONV_w_row] = outs + ONE_OF(0, 16);
    d[CONV_y_col] = outs + ONE_OF(0, 16);
    d[CONV_y_row] = d[CONV_cols] * d[CONV_y_col] + ONE_OF(0, 16);
    d[CONV_group_outs] = grouped ? 16 : outs;
    d[CONV_group_ins] = grouped ? channels : 0;
    d[CONV_has_bias] = next_random() % 2;
    random_act(d + CONV_act);
    d[CONV_norm_row] = ONE_OF(0, 0, outs, outs + 16);
    if (pooled) {
        d[CONV_POOL_act_first] = next_random() % 2;
        d[CONV_POOL_arg_col] = outs + ONE_OF(0, 16);
        d[CONV_POOL_arg_row] = d[CONV_cols] / 2 * d[CONV_POOL_arg_col] + ONE_OF(0, 7);
        d[CONV_POOL_arg_image] = d[CONV_rows] / 2 * d[CONV_POOL_arg_row] + ONE_OF(0, 16);
    }
    d[CONV_images] = ONE_OF(1, 1, 1, 2, 7);
    d[CONV_x_image] = in_rows * row + ONE_OF(0, 16);
    d[CONV_y_image] = d[CONV_rows] * d[CONV_y_row] + ONE_OF(0, 16);
    return d[CONV_images] * d[CONV_x_image];
}

HELPER int64_t conv_weights(const int64_t *d)
{
    return d[CONV_taps_y] * d[CONV_taps_x] * d[CONV_run] * d[CONV_w_row];
}

/* A random CONV_GRAD_WEIGHT; x and w are as large as those of the convolution. */
HELPER int64_t random_grad_weight(int64_t *d)
{
    int64_t conv[MAX_DIMS];
    const int64_t floats = random_conv(conv, 0);
    static const int same[] = {CONV_rows, CONV_cols, CONV_outs, CONV_taps_y, CONV_taps_x, CONV_run,
                               CONV_x_row, CONV_x_col, CONV_x_tap_y, CONV_x_tap_x, CONV_w_row,
                               CONV_y_row, CONV_y_col, CONV_group_outs, CONV_group_ins};
    for (int i = 0; i < CONV_GRAD_WEIGHT_anew; i++)
        d[i] = conv[same[i]];
    d[CONV_GRAD_WEIGHT_anew] = ONE_OF(0, 1);
    d[CONV_GRAD_WEIGHT_images] = conv[CONV_images];
    d[CONV_GRAD_WEIGHT_x_image] = conv[CONV_x_image];
    d[CONV_GRAD_WEIGHT_d_image] = conv[CONV_y_image];
    if (next_random() % 8)
        return floats;
    /* More inputs and outputs than are copied at a time, in several blocks of pixels, by one tap. */
    const int64_t outs = ONE_OF(144, 272), run = ONE_OF(130, 200), rows = ONE_OF(2, 5), cols = ONE_OF(7, 50);
    const int64_t dims[] = {rows, cols, outs, 1, 1, run, cols * run, run, 0, 0, outs, cols * outs, outs, outs, 0};
    memcpy(d, dims, sizeof dims);
    d[CONV_GRAD_WEIGHT_x_image] = rows * cols * run;
    d[CONV_GRAD_WEIGHT_d_image] = rows * cols * outs;
    return d[CONV_GRAD_WEIGHT_images] * rows * cols * run + 15;
}

/* A random POOL_CONV_GRAD_WEIGHT; gives the floats that x needs, at least 15 more than are used. */
HELPER int64_t random_sparse(int64_t *d)
{
    const int channels = ONE_OF(1, 3, 8, 16, 32), kernel_x = ONE_OF(1, 2, 3, 5), kernel_y = ONE_OF(1, 2, 3, 4, 5);
    const int dilation_y = ONE_OF(1, 1, 2), padded = (channels * kernel_x + 15) / 16 * 16;
    const int64_t rows = ONE_OF(1, 2, 3, 5, 8), cols = ONE_OF(1, 2, 3, 4, 7, 16), col = 32 + ONE_OF(0, 16);
    const int64_t x_row = (2 * cols + kernel_x - 1) * channels + ONE_OF(0, 1, 16);
    const int64_t x_image = (2 * rows + (kernel_y - 1) * dilation_y) * x_row, dy_row = cols * col + ONE_OF(0, 16);
    const int64_t y_row = cols * (col + 16), arg_row = cols * 32 + ONE_OF(0, 7), images = ONE_OF(1, 1, 1, 2, 3);
    const int64_t dims[] = {rows, cols, ONE_OF(1, 6, 16, 20, 32), kernel_y, channels * kernel_x, x_row, channels,
                            dilation_y * x_row, kernel_y * padded + ONE_OF(0, 16), padded, dy_row, col, y_row,
                            col + 16, arg_row, 32, next_random() % 2, next_random() % 2, images,
                            x_image + ONE_OF(0, 16), rows * dy_row + ONE_OF(0, 16), rows * y_row + ONE_OF(0, 16),
                            rows * arg_row + ONE_OF(0, 5)};
    memcpy(d, dims, sizeof dims);
    return (images - 1) * d[POOL_CONV_GRAD_WEIGHT_x_image] + x_image + 15;
}

/* A random POOL_CONV_GRAD_INPUT over dx without slack; gives the floats of dx, all of which it writes. */
HELPER int64_t random_sparse_input(int64_t *d)
{
    const int64_t kernel_x = ONE_OF(1, 2, 3, 5), kernel_y = ONE_OF(1, 2, 3, 5), pitch = ONE_OF(16, 16, 32, 48);
    const int64_t dilation_y = ONE_OF(1, 1, 2), run = kernel_x * pitch, outs = ONE_OF(1, 6, 16, 20, 32, 33, 48);
    const int64_t rows = ONE_OF(1, 2, 3, 5, 8), cols = ONE_OF(1, 2, 3, 4, 7, 16), col = (outs + 15) / 16 * 16;
    const int64_t left = ONE_OF(0, 1, 2), top = ONE_OF(0, 1, 2), in_cols = ONE_OF(1, 2, 5), in_rows = ONE_OF(1, 3, 4);
    int64_t all_rows = 2 * rows + dilation_y * (kernel_y - 1), all_cols = 2 * cols + kernel_x - 1;
    all_rows = all_rows > top + in_rows ? all_rows : top + in_rows;
    all_cols = all_cols > left + in_cols ? all_cols : left + in_cols;
    const int64_t row = all_cols * pitch, far = col + ONE_OF(0, 16);
    const int64_t dims[] = {rows, cols, outs, kernel_y, run, row, pitch, dilation_y * row,
                            kernel_y * run + ONE_OF(0, 16), run, cols * far, far, cols * col + ONE_OF(0, 16), col,
                            cols * far, far, next_random() % 2,
                            all_rows, row, top, left * pitch, in_rows, in_cols * pitch};
    memcpy(d, dims, sizeof dims);
    return all_rows * row;
}

/* A random DEPTHWISE_GRAD_WEIGHT; gives the floats that x needs. */
HELPER int64_t random_depthwise(int64_t *d)
{
    const int64_t channels = ONE_OF(16, 32, 48, 64), kernel_y = ONE_OF(1, 2, 3, 5, 7), kernel_x = ONE_OF(1, 2, 3, 5, 7);
    const int64_t stride = ONE_OF(1, 1, 2, 3), dilation = ONE_OF(1, 1, 2), col = channels + ONE_OF(0, 16);
    const int64_t rows = ONE_OF(1, 1, 2, 3, 4, 7), cols = ONE_OF(1, 2, 3, 4, 5, 7, 8, 13);
    const int64_t g_tap = channels + ONE_OF(0, 16);
    const int64_t x_row = ((cols - 1) * stride + (kernel_x - 1) * dilation + 1) * col + ONE_OF(0, 16);
    const int64_t dims[] = {rows, cols, channels, kernel_y, kernel_x, stride * x_row, stride * col, dilation * x_row,
                            dilation * col, kernel_x * g_tap, g_tap, cols * col + ONE_OF(0, 16), col};
    memcpy(d, dims, sizeof dims);
    return ((rows - 1) * stride + (kernel_y - 1) * dilation + 1) * x_row;
}

/* Where the dimensions of a family have the one of this name. */
HELPER int dim_place(Family family, const char *name)
{
    const FamilyInfo *info = family_info(family);
    for (int place = 0; place < info->dim_count; place++) {
        if (!strcmp(info->dims[place], name))
            return place;
    }
    ck_abort_msg("%s has no %s", info->name, name);
}

/* Whether a tile may be used for these dimensions. */
HELPER int tile_fits(Family family, Tile t, int lanes, const int64_t *d)
{
    const int64_t block = t.vecs * lanes;
    if (family == FAMILY_POOL_CONV_GRAD_WEIGHT)
        return d[POOL_CONV_GRAD_WEIGHT_taps_y] % t.rows == 0 && block < d[POOL_CONV_GRAD_WEIGHT_run] + lanes;
    if (family == FAMILY_POOL_CONV_GRAD_INPUT)
        return block <= d[POOL_CONV_GRAD_INPUT_run];
    if (family == FAMILY_DEPTHWISE)
        return t.rows <= d[DEPTHWISE_rows] && t.cols <= d[DEPTHWISE_cols] && d[DEPTHWISE_channels] % block == 0;
    if (family == FAMILY_DEPTHWISE_GRAD_WEIGHT)
        return d[DEPTHWISE_GRAD_WEIGHT_taps_y] % t.rows == 0 && d[DEPTHWISE_GRAD_WEIGHT_taps_x] % t.cols == 0 &&
               d[DEPTHWISE_GRAD_WEIGHT_channels] % block == 0;
    if (family == FAMILY_CONV_GRAD_WEIGHT)
        return t.cols <= d[CONV_GRAD_WEIGHT_run] && d[CONV_GRAD_WEIGHT_outs] % block == 0 &&
               d[CONV_GRAD_WEIGHT_group_outs] % block == 0;
    return t.rows <= d[CONV_rows] && t.cols <= d[CONV_cols] && d[CONV_outs] % block == 0 &&
           d[CONV_group_outs] % block == 0;
}

/* The tile the schedule would take. */
HELPER Tile chosen_tile(Family family, Width width, const int64_t *d)
{
    const TileSpace space = family_info(family)->tiles->space(d);
    return tile_choose(family, width, space.rows, space.cols, space.outs);
}

/* Calls nc_<family> with operands in the order of its parameters; `tile` in rows*100 + cols*10 + vecs. */
HELPER void call_prebuilt(Family family, const int64_t *dim, int tile, void *const *p)
{
    struct {
        short tile[4];
        long long dim[MAX_DIMS];
    } buffer = {.tile = {(short)tile, (short)tile, (short)tile}};
    const FamilyInfo *info = family_info(family);
    for (int i = 0; i < info->dim_count; i++)
        buffer.dim[i] = dim[i];
    const void *d = info->tiles ? (const void *)&buffer : buffer.dim;
    switch (family) {
    case FAMILY_CONV: nc_conv(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_CONV_POOL: nc_conv_pool(p[0], p[1], p[2], p[3], p[4], d); break;
    case FAMILY_CONV_GRAD_WEIGHT: nc_conv_grad_weight(p[0], p[1], p[2], d); break;
    case FAMILY_PANEL_GRAD_WEIGHT: nc_panel_grad_weight(p[0], p[1], p[2], d); break;
    case FAMILY_PANEL_GRAD_INPUT: nc_panel_grad_input(p[0], p[1], p[2], d); break;
    case FAMILY_POOL_CONV_GRAD_WEIGHT: nc_pool_conv_grad_weight(p[0], p[1], p[2], p[3], p[4], p[5], d); break;
    case FAMILY_POOL_CONV_GRAD_INPUT: nc_pool_conv_grad_input(p[0], p[1], p[2], p[3], p[4], d); break;
    case FAMILY_DEPTHWISE: nc_depthwise(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_DEPTHWISE_GRAD_WEIGHT: nc_depthwise_grad_weight(p[0], p[1], p[2], d); break;
    case FAMILY_GRAD_BIAS: nc_grad_bias(p[0], p[1], d); break;
    case FAMILY_MAX_POOL: nc_max_pool(p[0], p[1], p[2], d); break;
    case FAMILY_MAX_POOL_GRAD: nc_max_pool_grad(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_POOL_GRAD: nc_pool_grad(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_AVG_POOL: nc_avg_pool(p[0], p[1], d); break;
    case FAMILY_AVG_POOL_GRAD: nc_avg_pool_grad(p[0], p[1], p[2], d); break;
    case FAMILY_RELU: nc_relu(p[0], p[1], d); break;
    case FAMILY_RELU_GRAD: nc_relu_grad(p[0], p[1], p[2], d); break;
    case FAMILY_ADD: nc_add(p[0], p[1], p[2], d); break;
    case FAMILY_SCALE_MASK: nc_scale_mask(p[0], p[1], 1.25f, p[2], d); break;
    case FAMILY_MOMENTS: nc_moments(p[0], p[1], d); break;
    case FAMILY_NORM: nc_norm(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_NORM_SUMS: nc_norm_sums(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_NORM_GRAD: nc_norm_grad(p[0], p[1], p[2], p[3], p[4], d); break;
    case FAMILY_SCALE: nc_scale(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_SCALE_GRAD: nc_scale_grad(p[0], p[1], p[2], d); break;
    case FAMILY_SCALE_CHANNELS: nc_scale_channels(p[0], p[1], p[2], d); break;
    case FAMILY_PAD2D: nc_pad2d(p[0], p[1], 0.75f, d); break;
    case FAMILY_EXTEND2D: nc_extend2d(p[0], p[1], d); break;
    case FAMILY_EXTEND2D_GRAD: nc_extend2d_grad(p[0], p[1], d); break;
    case FAMILY_EMBEDDING: nc_embedding(p[0], p[1], p[2], d); break;
    case FAMILY_EMBEDDING_BAG: nc_embedding_bag(p[0], p[1], p[2], d); break;
    case FAMILY_EMBEDDING_GRAD: /* two parts, the rows one after the other */
        for (long part = 0; part < 2; part++)
            nc_embedding_grad(p[0], p[1], (float *)p[2] + part * dim[dim_place(family, "rows")] *
                                              dim[dim_place(family, "g_row")],
                              part * dim[dim_place(family, "rows")], d);
        break;
    case FAMILY_CONCAT_CHANNELS: nc_concat_channels(p[0], p[1], p[2], p[3], p[4], d); break;
    case FAMILY_CONCAT_CHANNELS_GRAD: nc_concat_channels_grad(p[0], p[1], d); break;
    case FAMILY_SWAP: nc_swap(p[0], p[1], d); break;
    case FAMILY_UPSAMPLE2D: nc_upsample2d(p[0], p[1], 0.7f, 1.3f, d); break;
    case FAMILY_UPSAMPLE2D_GRAD: nc_upsample2d_grad(p[0], p[1], 0.7f, 1.3f, d); break;
    case FAMILY_ACTIVATE: nc_activate(p[0], p[1], 0.75f, 1.25f, d); break;
    case FAMILY_ACTIVATE_GRAD: nc_activate_grad(p[0], p[1], p[2], 0.75f, 1.25f, d); break;
    case FAMILY_SOFTMAX: nc_softmax(p[0], p[1], d); break;
    case FAMILY_SOFTMAX_GRAD: nc_softmax_grad(p[0], p[1], p[2], d); break;
    case FAMILY_PRELU: nc_prelu(p[0], p[1], p[2], d); break;
    case FAMILY_PRELU_GRAD: nc_prelu_grad(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_PRELU_GRAD_WEIGHT: nc_prelu_grad_weight(p[0], p[1], p[2], d); break;
    case FAMILY_FLATTEN: nc_flatten(p[0], p[1], d); break;
    case FAMILY_UNFLATTEN: nc_unflatten(p[0], p[1], d); break;
    case FAMILY_INPUT_BYTES: nc_input_bytes(p[0], p[1], p[2], d); break;
    case FAMILY_INPUT_FLOATS: nc_input_floats(p[0], p[1], d); break;
    case FAMILY_TRANSPOSE: /* in three parts, as three threads would */
        for (int part = 0; part < 3; part++)
            nc_transpose(p[0], p[1], part, 3, d);
        break;
    case FAMILY_ZERO_OUTSIDE_GROUPS: nc_zero_outside_groups(p[0], d); break;
    case FAMILY_WINOGRAD3: nc_winograd3(p[0], p[1], p[2], p[3], p[4], d); break;
    case FAMILY_WINOGRAD5: nc_winograd5(p[0], p[1], p[2], p[3], p[4], d); break;
    case FAMILY_WINOGRAD3_POOL: nc_winograd3_pool(p[0], p[1], p[2], p[3], p[4], p[5], d); break;
    case FAMILY_WINOGRAD5_POOL: nc_winograd5_pool(p[0], p[1], p[2], p[3], p[4], p[5], d); break;
    case FAMILY_WINOGRAD3_GRAD_WEIGHT: nc_winograd3_grad_weight(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_WINOGRAD5_GRAD_WEIGHT: nc_winograd5_grad_weight(p[0], p[1], p[2], p[3], d); break;
    case FAMILY_WINOGRAD_WEIGHTS3:
        for (int part = 0; part < 3; part++)
            nc_winograd_weights3(p[0], p[1], part, 3, d);
        break;
    case FAMILY_WINOGRAD_WEIGHTS5:
        for (int part = 0; part < 3; part++)
            nc_winograd_weights5(p[0], p[1], part, 3, d);
        break;
    default: ck_abort_msg("%s is not called here", info->name);
    }
}

/* Runs `test` for every width that this processor has; says which it has not. */
HELPER void for_each_width(void (*test)(int lanes))
{
    for (int i = 0; i < MAX_WIDTHS; i++) {
        if (!nc_kernels_force(all_lanes[i])) {
            fprintf(stderr, "# vectors of %d floats: skipped, this processor has none\n", all_lanes[i]);
            continue;
        }
        random_state = 7;
        test(all_lanes[i]);
    }
    nc_kernels_force(0);
}

/* Whether the bytes are the same; says where they first differ. */
HELPER void assert_same_floats(const char *what, int lanes, int tile, const float *got, const float *wanted,
                               int64_t count)
{
    if (memcmp(got, wanted, (size_t)count * sizeof *got) == 0)
        return;
    int64_t i = 0;
    while (memcmp(got + i, wanted + i, sizeof *got) == 0)
        i++;
    ck_abort_msg("%s, %d lanes, tile %d: element %lld of %lld is %.9g, not %.9g", what, lanes, tile, (long long)i,
                 (long long)count, (double)got[i], (double)wanted[i]);
}

#endif

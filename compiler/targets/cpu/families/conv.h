/* Convolutions: the dimensions of CONV and CONV_POOL, and what is shared by those who lay them out. */
#ifndef NETC_TARGETS_CPU_FAMILIES_CONV_H
#define NETC_TARGETS_CPU_FAMILIES_CONV_H

#include "targets/cpu/families/finish.h"

/* For s < images, x_image and y_image apart,
 * y[r][c][o] = bias[o] + sum over a < taps_y, b < taps_x, j < run of
 *              x[r*x_row + c*x_col + a*x_tap_y + b*x_tap_x + o/group_outs*group_ins + j] * w[(a*taps_x + b)*run + j][o]
 * starting from 0, the bias added last; then, unless norm_row is 0, fma(., bias[2*norm_row + o], bias[3*norm_row + o]);
 * then f(.). `outs` is padded to 16. For forward convolutions, their data gradients (over transposed weights, a call
 * per residue of the stride) and linear layers (a sample is a column). */
#define CONV_DIMS(D, F) D(F, rows) D(F, cols) D(F, outs) D(F, taps_y) D(F, taps_x) D(F, run) D(F, x_row) D(F, x_col) \
    D(F, x_tap_y) D(F, x_tap_x) D(F, w_row) D(F, y_row) D(F, y_col) D(F, group_outs) D(F, group_ins) D(F, has_bias) \
    ACT_DIMS(D, F) D(F, norm_row) D(F, images) D(F, x_image) D(F, y_image)

/* CONV, then the maximum of each 2x2 window with stride 2 (rows and cols are the convolution's, floor(rows/2) pooled
 * rows come out); without a norm the bias is added after it; f(.) last,
 * or, if act_first, bias and f(.) before the maximum is taken. arg[][][o]: 0..3, the first largest in scan
 * order; NaN wins and sticks. */
#define CONV_POOL_DIMS(D, F) CONV_DIMS(D, F) D(F, arg_row) D(F, arg_col) D(F, arg_image) D(F, act_first)
DIM_PLACES(CONV)
DIM_PLACES(CONV_POOL)

/* The dimensions that CONV, CONV_POOL and CONV_GRAD_WEIGHT share: how the window of a kernel's operation reads x. Gives
 * the operand of x. */
Operand set_window_dims(Kernel *kernel, Buffer *x, int64_t outs);

/* Merges the taps of CONV, CONV_POOL or CONV_GRAD_WEIGHT dimensions that follow each other in memory into one longer
 * run, where the outputs are not in blocks of groups. */
void merge_taps(int64_t *dim, bool grouped);

/* Merges the rows of CONV dimensions into one where both x and y have them without anything in between: tiles then go
 * over the ends of rows, and few stick out. */
void merge_pixels(int64_t *dim);

#endif

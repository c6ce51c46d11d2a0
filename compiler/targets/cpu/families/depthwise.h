/* DEPTHWISE and DEPTHWISE_GRAD_WEIGHT: their dimensions. */
#ifndef NETC_TARGETS_CPU_FAMILIES_DEPTHWISE_H
#define NETC_TARGETS_CPU_FAMILIES_DEPTHWISE_H

#include "targets/cpu/families/finish.h"

/* CONV of as many groups as there are channels, in and out: of the channels beside each other, with nothing summed over
 * channels. For o < channels, padded to 16,
 * y[r][c][o] = bias[o] + sum over a < taps_y, b < taps_x of
 *              x[r*x_row + c*x_col + a*x_tap_y + b*x_tap_x + o] * w[a*w_tap_y + b*w_tap_x + o]
 * and then as CONV goes on. The weights' distances may be negative: a data gradient reads them reversed, from their
 * last tap. */
#define DEPTHWISE_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, taps_y) D(F, taps_x) D(F, x_row) D(F, x_col) \
    D(F, x_tap_y) D(F, x_tap_x) D(F, w_tap_y) D(F, w_tap_x) D(F, y_row) D(F, y_col) D(F, has_bias) \
    ACT_DIMS(D, F) D(F, norm_row)

/* g[a*g_tap_y + b*g_tap_x + o] += sum over r, c of x[r*x_row + c*x_col + a*x_tap_y + b*x_tap_x + o]
 *                                                * d[r*d_row + c*d_col + o] */
#define DEPTHWISE_GRAD_WEIGHT_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, taps_y) D(F, taps_x) D(F, x_row) \
    D(F, x_col) D(F, x_tap_y) D(F, x_tap_x) D(F, g_tap_y) D(F, g_tap_x) D(F, d_row) D(F, d_col)
DIM_PLACES(DEPTHWISE)
DIM_PLACES(DEPTHWISE_GRAD_WEIGHT)

#endif

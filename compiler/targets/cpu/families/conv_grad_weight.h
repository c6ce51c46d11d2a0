/* CONV_GRAD_WEIGHT: its dimensions. */
#ifndef NETC_TARGETS_CPU_FAMILIES_CONV_GRAD_WEIGHT_H
#define NETC_TARGETS_CPU_FAMILIES_CONV_GRAD_WEIGHT_H

#include "targets/cpu/families/family.h"

/* g[(a*taps_x + b)*run + j][o] += sum over s < images, r < rows, c < cols of
 *     x[s*x_image + r*x_row + c*x_col + a*x_tap_y + b*x_tap_x + o/group_outs*group_ins + j]
 *     * d[s*d_image + r*d_row + c*d_col + o]
 * g's sums begin with 0 if anew, whatever it holds. Linear layers: a sample is a column. */
#define CONV_GRAD_WEIGHT_DIMS(D, F) D(F, rows) D(F, cols) D(F, outs) D(F, taps_y) D(F, taps_x) D(F, run) D(F, x_row) \
    D(F, x_col) D(F, x_tap_y) D(F, x_tap_x) D(F, w_row) D(F, d_row) D(F, d_col) D(F, group_outs) D(F, group_ins) \
    D(F, anew) D(F, images) D(F, x_image) D(F, d_image)
DIM_PLACES(CONV_GRAD_WEIGHT)

#endif

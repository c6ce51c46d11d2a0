/* POOL_CONV_GRAD_WEIGHT and POOL_CONV_GRAD_INPUT: their dimensions. One of the four outputs of a pool's window has a
 * gradient, and the products with that one are all there is. */
#ifndef NETC_TARGETS_CPU_FAMILIES_POOL_CONV_GRAD_H
#define NETC_TARGETS_CPU_FAMILIES_POOL_CONV_GRAD_H

#include "targets/cpu/families/family.h"

/* CONV_GRAD_WEIGHT and GRAD_BIAS of a convolution with stride 1 (and dilation_x 1) inside CONV_POOL, from the gradient
 * of the pooled y; rows and cols are y's. For each of `images` images, x_image, dy_image, y_image and arg_image apart,
 * each pooled pixel (r, c) and output o,
 *     s = dy[r*dy_row + c*dy_col + o], or 0 where relu and y[r*y_row + c*y_col + o] <= 0
 *     k = arg[r*arg_row + c*arg_col + o]
 *     for a < taps_y, j < run:
 *         g[o*g_out + a*g_tap_y + j] += s * x[(2*r + k/2)*x_row + (2*c + k%2)*x_col + a*x_tap_y + j]
 *     db[o] += s
 * in ascending order of images, then r, then c, without the terms that relu cut off. A row of g is padded to 16 floats,
 * those beyond run become 0; x is read up to 15 floats beyond a run. Where has_bias, db, dy and y are padded to 16
 * outputs. */
#define POOL_CONV_GRAD_WEIGHT_DIMS(D, F) D(F, rows) D(F, cols) D(F, outs) D(F, taps_y) D(F, run) D(F, x_row) \
    D(F, x_col) D(F, x_tap_y) D(F, g_out) D(F, g_tap_y) D(F, dy_row) D(F, dy_col) D(F, y_row) D(F, y_col) \
    D(F, arg_row) D(F, arg_col) D(F, has_bias) D(F, relu) D(F, images) D(F, x_image) D(F, dy_image) D(F, y_image) \
    D(F, arg_image)

/* CONV's data gradient of the same convolutions, from the weights as POOL_CONV_GRAD_WEIGHT has them:
 *     dx = 0, then for each pooled pixel (r, c) and output o, with s and k as above, for a < taps_y, j < run:
 *         dx[(2*r + k/2)*dx_row + (2*c + k%2)*dx_col + a*dx_tap_y + j] += s * w[o*w_out + a*w_tap_y + j]
 * in blocks of whole rows of 64 pixels (of one row at least, and then of 64 columns), in each of 32 outputs at a time,
 * then in ascending order of a, r, c, k, o. run is a multiple of 16; dy, y and arg are padded to 16 outputs. dx points
 * at the window of the first pixel: all_rows rows of all_floats floats are written; those outside in_rows rows of
 * in_floats from row `top` and float `left` on become 0. */
#define POOL_CONV_GRAD_INPUT_DIMS(D, F) D(F, rows) D(F, cols) D(F, outs) D(F, taps_y) D(F, run) D(F, dx_row) \
    D(F, dx_col) D(F, dx_tap_y) D(F, w_out) D(F, w_tap_y) D(F, dy_row) D(F, dy_col) D(F, y_row) D(F, y_col) \
    D(F, arg_row) D(F, arg_col) D(F, relu) D(F, all_rows) D(F, all_floats) D(F, top) D(F, left) D(F, in_rows) \
    D(F, in_floats)
DIM_PLACES(POOL_CONV_GRAD_WEIGHT)
DIM_PLACES(POOL_CONV_GRAD_INPUT)

/* One of a window's four: the share of the multiply-adds. */
static inline double a_quarter(const Kernel *kernel)
{
    (void)kernel;
    return 0.25;
}

#endif

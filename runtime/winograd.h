/* winograd.h: what the Winograd kernels of a trainer are written with, beside their tiles. */
#ifndef NETC_WINOGRAD_H
#define NETC_WINOGRAD_H

#include "winograd_tiles.h"

/* The weights to transform: w[y*tap_y + x*tap_x + i*in + o*out] for i < ins, o < outs; beyond, to u_ins and u_outs, u
 * is 0. Distances may be negative: a reversed filter starts at its last tap. */
struct winograd_filter {
    long ins, outs, tap_y, tap_x, in, out, u_ins, u_outs;
};

/* The gradient of the weights is the adjoint: w's gradient = G^T (sum over tiles of (B^T x B) * (A dy A^T)) G. Where dy
 * lies, and g[tap*g_tap + i*g_in + o] for i < g_ins and all outputs. */
struct winograd_gradient {
    long d_image, d_row, d_col, g_tap, g_in, g_ins;
};

/* What takes the sizes of a layer as they come is compiled once for each width of vectors (kernels/winograd.c): it
 * would be half of what a C compiler has to do for a trainer. */
#define WINOGRAD_NAME(name, lanes) nc_##name##_w##lanes
#define WINOGRAD_OF_WIDTH(name, lanes) WINOGRAD_NAME(name, lanes)
#define winograd_input_3x3 WINOGRAD_OF_WIDTH(winograd_input_3x3, VL)
#define winograd_input_5x5 WINOGRAD_OF_WIDTH(winograd_input_5x5, VL)
#define winograd_products WINOGRAD_OF_WIDTH(winograd_products, VL)
#define winograd_weights_3x3 WINOGRAD_OF_WIDTH(winograd_weights_3x3, VL)
#define winograd_weights_5x5 WINOGRAD_OF_WIDTH(winograd_weights_5x5, VL)
#define winograd_grad_weight_3x3 WINOGRAD_OF_WIDTH(winograd_grad_weight_3x3, VL)
#define winograd_grad_weight_5x5 WINOGRAD_OF_WIDTH(winograd_grad_weight_5x5, VL)

/* v[points*r + c][t - first][i] = the transformed inputs of tiles first to first + count; `lines` is scratch. Where
 * `ins` is no multiple of the vector, x is read up to 15 floats beyond its end, and what is stored beyond a tile's
 * inputs belongs to nobody. */
void winograd_input_3x3(const struct winograd_layer *layer, const float *x, long first, long count, float *lines,
                        float *v);
void winograd_input_5x5(const struct winograd_layer *layer, const float *x, long first, long count, float *lines,
                        float *v);

/* m[f][t][0 .. width) = sum over i of v[f][t][i] * u[f][...][i][...] for all frequencies and `count` tiles; u begins at
 * the first of `width` outputs, 16 or 32. */
void winograd_products(const struct winograd_layer *layer, const float *v, const float *u, float *m, long count,
                       long width);

/* u = the transformed weights of part `part` of `parts`: so many of the blocks, panel after panel. */
void winograd_weights_3x3(const struct winograd_filter *filter, const float *w, float *u, int part, int parts);
void winograd_weights_5x5(const struct winograd_filter *filter, const float *w, float *u, int part, int parts);

/* g += the gradient of the weights. */
void winograd_grad_weight_3x3(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                              const float *x, const float *d, float *g, float *scratch);
void winograd_grad_weight_5x5(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                              const float *x, const float *d, float *g, float *scratch);

#endif

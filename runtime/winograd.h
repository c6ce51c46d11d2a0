/* winograd.h: what the Winograd kernels are written with, for stride 1: F(4x4,3x3) and F(4x4,5x5).
 *
 * A tile of 6x6 or 8x8 inputs is transformed in both directions, multiplied by transformed weights frequency by
 * frequency (36 or 64 matrix products over the input channels) and transformed back to a tile of 4x4 outputs: 36 or 64
 * multiplications for each pair of channels where the definition has 144 or 400. */
#ifndef NETC_WINOGRAD_H
#define NETC_WINOGRAD_H

#include "winograd_points.h"

/* PANEL: transformed weights lie as u[frequency][outs / PANEL][ins][PANEL]; GROUP: outputs that are finished together;
 * PADDING: floats between the planes of the frequencies, so that what a transform stores does not fall into the same
 * lines of the cache. */
enum { WINOGRAD_PANEL = 16, WINOGRAD_GROUP = 32, WINOGRAD_PADDING = 16 };

/* A convolution as these kernels see it: `images` outputs of rows x cols (not less than the tile), cut into tiles of
 * 4x4, `block` of which are worked on at once; pixels of `ins` floats side by side, outputs in multiples of 16; x_image
 * and x_row are distances in floats, and so is x_col, where pixels have more floats than these (otherwise 0). */
struct winograd_layer {
    long taps, images, rows, cols, ins, outs, x_image, x_row, block, x_col;
};

NC_INLINE long winograd_tile_cols(const struct winograd_layer *layer)
{
    return (layer->cols + WINOGRAD_SIZE - 1) / WINOGRAD_SIZE;
}

NC_INLINE long winograd_tile_rows(const struct winograd_layer *layer)
{
    return (layer->rows + WINOGRAD_SIZE - 1) / WINOGRAD_SIZE;
}

NC_INLINE long winograd_tiles(const struct winograd_layer *layer)
{
    return layer->images * winograd_tile_rows(layer) * winograd_tile_cols(layer);
}

/* The image of tile t, and its first row and column; a tile that would stick out lies over its neighbour. */
NC_INLINE long winograd_image(const struct winograd_layer *layer, long t)
{
    return t / winograd_tile_cols(layer) / winograd_tile_rows(layer);
}

NC_INLINE long winograd_row(const struct winograd_layer *layer, long t)
{
    const long row = t / winograd_tile_cols(layer) % winograd_tile_rows(layer);
    return least(row * WINOGRAD_SIZE, layer->rows - WINOGRAD_SIZE);
}

NC_INLINE long winograd_col(const struct winograd_layer *layer, long t)
{
    return least(t % winograd_tile_cols(layer) * WINOGRAD_SIZE, layer->cols - WINOGRAD_SIZE);
}

NC_INLINE long winograd_frequencies(const struct winograd_layer *layer)
{
    return WINOGRAD_POINTS(layer->taps) * WINOGRAD_POINTS(layer->taps);
}

/* Floats from one tile to the next, of transformed inputs. Vectors of them may reach over into the next one's. */
NC_INLINE long winograd_v_tile(const struct winograd_layer *layer)
{
    return (layer->ins + 3) / 4 * 4;
}

/* Floats from one frequency to the next, of transformed inputs, of products and of weights. */
NC_INLINE long winograd_v_plane(const struct winograd_layer *layer)
{
    return layer->block * winograd_v_tile(layer) + WINOGRAD_PADDING;
}

NC_INLINE long winograd_m_plane(const struct winograd_layer *layer)
{
    return layer->block * WINOGRAD_GROUP + WINOGRAD_PADDING;
}

NC_INLINE long winograd_u_plane(long ins, long outs)
{
    return ins * outs + WINOGRAD_PADDING;
}

/* The outputs of one tile from its products, VL outputs at m and `plane` floats further on each. */
NC_INLINE void winograd_output(const float *m, long plane, vec y[WINOGRAD_SIZE][WINOGRAD_SIZE], int taps)
{
    const int points = WINOGRAD_POINTS(taps);
    vec part[WINOGRAD_SIZE][WINOGRAD_MOST_POINTS];
    m = from_here(m);
    for (int c = 0; c < points; c++) {
        vec column[WINOGRAD_MOST_POINTS], sums[WINOGRAD_SIZE];
        UNROLL for (int r = 0; r < points; r++)
            column[r] = vec_load(m + (points * r + c) * plane);
        winograd_back(column, sums, taps);
        UNROLL for (int r = 0; r < WINOGRAD_SIZE; r++)
            part[r][c] = sums[r];
    }
    UNROLL for (int r = 0; r < WINOGRAD_SIZE; r++)
        winograd_back(part[r], y[r], taps);
}

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

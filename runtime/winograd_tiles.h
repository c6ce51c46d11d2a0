/* winograd_tiles.h: how Winograd kernels cut an image into tiles, for stride 1: F(4x4,3x3) and F(4x4,5x5).
 *
 * A tile of 6x6 or 8x8 inputs is transformed in both directions, multiplied by transformed weights frequency by
 * frequency (36 or 64 matrix products over the input channels) and transformed back to a tile of 4x4 outputs: 36 or 64
 * multiplications for each pair of channels where the definition has 144 or 400. */
#ifndef NETC_WINOGRAD_TILES_H
#define NETC_WINOGRAD_TILES_H

#include "winograd_points.h"

/* PANEL: transformed weights lie as u[frequency][outs / PANEL][ins][PANEL]; GROUP: outputs that are finished together;
 * PADDING: floats between the planes of the frequencies, so that what a transform stores does not fall into the same
 * lines of the cache. */
enum { WINOGRAD_PANEL = 16, WINOGRAD_GROUP = 32, WINOGRAD_PADDING = 16, WINOGRAD_SETS = 64 };

/* A convolution as these kernels see it: `images` outputs of rows x cols, cut into tiles of 4x4, `block` of which are
 * worked on at once; pixels of `ins` floats side by side, outputs in multiples of 16; x_image and x_row are distances
 * in floats, and so is x_col, where pixels have more floats than these (otherwise 0). Taps are `dilation` pixels apart,
 * which divides rows and cols: the pixels that are so far from each other are an image of their own, a phase, and a
 * tile is of one phase. */
struct winograd_layer {
    long taps, dilation, images, rows, cols, x_col, ins, outs, x_image, x_row, block;
};

NC_INLINE long winograd_phase_rows(const struct winograd_layer *layer)
{
    return layer->rows / layer->dilation;
}

NC_INLINE long winograd_phase_cols(const struct winograd_layer *layer)
{
    return layer->cols / layer->dilation;
}

NC_INLINE long winograd_tile_cols(const struct winograd_layer *layer)
{
    return (winograd_phase_cols(layer) + WINOGRAD_SIZE - 1) / WINOGRAD_SIZE;
}

NC_INLINE long winograd_tile_rows(const struct winograd_layer *layer)
{
    return (winograd_phase_rows(layer) + WINOGRAD_SIZE - 1) / WINOGRAD_SIZE;
}

NC_INLINE long winograd_tiles(const struct winograd_layer *layer)
{
    return layer->images * layer->dilation * layer->dilation * winograd_tile_rows(layer) * winograd_tile_cols(layer);
}

/* Where in a phase of so many rows or columns its tile begins: one that would stick out lies over its neighbour, and
 * sticks out where it has none. */
NC_INLINE long winograd_begin(long tile, long extent)
{
    return least(tile * WINOGRAD_SIZE, most(extent - WINOGRAD_SIZE, 0));
}

/* The image of tile t, and its first row and column. */
NC_INLINE long winograd_image(const struct winograd_layer *layer, long t)
{
    return t / winograd_tile_cols(layer) / winograd_tile_rows(layer) / (layer->dilation * layer->dilation);
}

NC_INLINE long winograd_row(const struct winograd_layer *layer, long t)
{
    const long row = t / winograd_tile_cols(layer), phase = row / winograd_tile_rows(layer) / layer->dilation;
    return winograd_begin(row % winograd_tile_rows(layer), winograd_phase_rows(layer)) * layer->dilation +
           phase % layer->dilation;
}

NC_INLINE long winograd_col(const struct winograd_layer *layer, long t)
{
    const long phase = t / winograd_tile_cols(layer) / winograd_tile_rows(layer);
    return winograd_begin(t % winograd_tile_cols(layer), winograd_phase_cols(layer)) * layer->dilation +
           phase % layer->dilation;
}

NC_INLINE long winograd_frequencies(const struct winograd_layer *layer)
{
    return WINOGRAD_POINTS(layer->taps) * WINOGRAD_POINTS(layer->taps);
}

/* Floats from one tile to the next, of transformed inputs. Vectors of them may reach over into the next one's. Where
 * tiles would fall into few sets of the nearest cache, a line lies between them. */
NC_INLINE long winograd_v_tile(const struct winograd_layer *layer)
{
    return (layer->ins + 3) / 4 * 4 + (layer->ins % WINOGRAD_SETS == 0 ? WINOGRAD_PADDING : 0);
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

#endif

/* winograd_forward.h: the parts of a Winograd convolution that take a layer's sizes as they come: the transforms of the
 * inputs, and the products with transformed weights. winograd_tiles.h has the rest, which kernels are printed around,
 * and says what the data looks like. Trainers have them from the runtime (kernels/winograd.c), libraries in their
 * text. */
#ifndef NETC_WINOGRAD_FORWARD_H
#define NETC_WINOGRAD_FORWARD_H

#include "winograd_tiles.h"

/* What the functions begin with. */
#ifndef WINOGRAD_FUNCTION
#define WINOGRAD_FUNCTION static __attribute__((unused))
#endif

/* line[r][...] = the vertical transforms of `floats` floats side by side, of `rows` rows of the tile; what is beyond
 * them, where the tile sticks out of the image, is 0. */
NC_INLINE void winograd_lines(const float *top, long row, long rows, long floats, float *lines, long pitch, int taps)
{
    const int points = WINOGRAD_POINTS(taps);
    for (long n = 0; n < floats; n += VL) {
        vec d[WINOGRAD_MOST_POINTS], line[WINOGRAD_MOST_POINTS];
        UNROLL for (int r = 0; r < points; r++)
            d[r] = r < rows ? vec_load(top + r * row + n) : vec_zero();
        winograd_forward(d, line, taps);
        UNROLL for (int r = 0; r < points; r++)
            vec_store(lines + r * pitch + n, line[r]);
    }
}

/* The same for tiles that stick out, by itself: seldom called, it would take registers from the loops around it. */
static __attribute__((noinline, unused)) void winograd_lines_partly(const float *top, long row, long rows, long floats,
                                                                    float *lines, long pitch, int taps)
{
    if (taps == 3)
        winograd_lines(top, row, rows, floats, lines, pitch, 3);
    else
        winograd_lines(top, row, rows, floats, lines, pitch, 5);
}

/* Tiles side by side share the vertical transforms of their columns, which `lines` holds. */
NC_INLINE void winograd_input(const struct winograd_layer *layer, const float *x, long first, long count, float *lines,
                              float *v, int taps)
{
    const int points = WINOGRAD_POINTS(taps);
    const long ins = layer->ins, tile_cols = winograd_tile_cols(layer), plane = winograd_v_plane(layer);
    const long v_tile = winograd_v_tile(layer), cols = winograd_phase_cols(layer);
    const long pixel = (layer->x_col > 0 ? layer->x_col : ins) * layer->dilation, row = layer->x_row * layer->dilation;
    const long rows = least(points, winograd_phase_rows(layer) + taps - 1);
    for (long t = first, end; t < first + count; t = end) {
        const long side = t % tile_cols; /* the tile's place in its row of tiles */
        end = least(first + count, t - side + tile_cols);
        const long left = winograd_begin(side, cols), wanted = winograd_begin(side + end - 1 - t, cols) + points - left;
        const long width = least(wanted, cols + taps - 1) * ins;
        const long pitch = (wanted * ins + 15) / 16 * 16 + WINOGRAD_PADDING;
        const float *top = x + winograd_image(layer, t) * layer->x_image + winograd_row(layer, t) * layer->x_row +
                           winograd_col(layer, t) * (pixel / layer->dilation);
        const long stretch = pixel == ins ? width : ins; /* of floats side by side */
        for (long start = 0; start < width; start += stretch, top += pixel)
            if (rows == points)
                winograd_lines(top, row, points, stretch, lines + start, pitch, taps);
            else
                winograd_lines_partly(top, row, rows, stretch, lines + start, pitch, taps);
        for (long r = 0; width < wanted * ins && r < points; r++)
            for (long n = width; n < wanted * ins; n++)
                lines[r * pitch + n] = 0;
        for (long r = 0; r < points; r++)
            for (long tile = t; tile < end; tile++) {
                const float *line = lines + r * pitch + (winograd_begin(side + tile - t, cols) - left) * ins;
                float *to = v + points * r * plane + (tile - first) * v_tile;
                for (long i = 0; i < ins; i += VL) {
                    vec d[WINOGRAD_MOST_POINTS], out[WINOGRAD_MOST_POINTS];
                    UNROLL for (int c = 0; c < points; c++)
                        d[c] = vec_load(line + c * ins + i);
                    winograd_forward(d, out, taps);
                    UNROLL for (int c = 0; c < points; c++)
                        vec_store(to + c * plane + i, out[c]);
                }
            }
    }
}

WINOGRAD_FUNCTION void winograd_input_3x3(const struct winograd_layer *layer, const float *x, long first, long count,
                                          float *lines, float *v)
{
    winograd_input(layer, x, first, count, lines, v, 3);
}

WINOGRAD_FUNCTION void winograd_input_5x5(const struct winograd_layer *layer, const float *x, long first, long count,
                                          float *lines, float *v)
{
    winograd_input(layer, x, first, count, lines, v, 5);
}

/* How many tiles a product keeps in registers, by two vectors of outputs, and a case for each number of them. */
enum { WINOGRAD_TILES = TILE(12, 6, 5) };
#define WINOGRAD_CASES_5 WINOGRAD_CASE(1) WINOGRAD_CASE(2) WINOGRAD_CASE(3) WINOGRAD_CASE(4) WINOGRAD_CASE(5)
#if VL == 16
#define WINOGRAD_CASES \
    WINOGRAD_CASES_5 WINOGRAD_CASE(6) WINOGRAD_CASE(7) WINOGRAD_CASE(8) WINOGRAD_CASE(9) WINOGRAD_CASE(10) \
    WINOGRAD_CASE(11) WINOGRAD_CASE(12)
#elif VL == 8
#define WINOGRAD_CASES WINOGRAD_CASES_5 WINOGRAD_CASE(6)
#else
#define WINOGRAD_CASES WINOGRAD_CASES_5
#endif

/* Weights that no cache near a core holds come while others are multiplied: in front of each stretch of inputs `lines`
 * lines are asked for, from `ahead` on. */
enum { WINOGRAD_STRETCH = 32, WINOGRAD_LINE = 16 };

/* m[t][0 .. vecs*VL) = sum over i of v[t][i] * u[i][...] for `tiles` tiles; the second vector lies `next` floats after
 * the first in u, and VL after it in m. */
NC_INLINE void winograd_product(const float *v, long v_tile, long ins, const float *u, long next, float *m, long width,
                                const float *ahead, long lines, int tiles, int vecs)
{
    vec acc[WINOGRAD_TILES][2];
    UNROLL for (int t = 0; t < tiles; t++)
        UNROLL for (int n = 0; n < vecs; n++)
            acc[t][n] = vec_zero();
    for (long start = 0; start < ins; start += WINOGRAD_STRETCH) {
        const long end = least(start + WINOGRAD_STRETCH, ins);
        for (long k = 0; k < lines; k++, ahead += WINOGRAD_LINE)
            __builtin_prefetch(ahead, 0, 2);
        IN_PAIRS for (long i = start; i < end; i++, u += WINOGRAD_PANEL) {
            vec weights[2];
            UNROLL for (int n = 0; n < vecs; n++)
                weights[n] = vec_load_once(u + n * next);
            UNROLL for (int t = 0; t < tiles; t++) {
                const vec input = vec_all_of(v + t * v_tile + i);
                UNROLL for (int n = 0; n < vecs; n++)
                    acc[t][n] = vec_fma(input, weights[n], acc[t][n]);
            }
        }
    }
    UNROLL for (int t = 0; t < tiles; t++)
        UNROLL for (int n = 0; n < vecs; n++)
            vec_store(m + t * width + n * VL, acc[t][n]);
}

NC_INLINE void winograd_product_of(long tiles, const float *v, long v_tile, long ins, const float *u, long next,
                                   float *m, long width, const float *ahead, long lines, int vecs)
{
    switch (tiles) {
#define WINOGRAD_CASE(n) \
    case n: \
        winograd_product(v, v_tile, ins, u, next, m, width, ahead, lines, n, vecs); \
        break;
    WINOGRAD_CASES
#undef WINOGRAD_CASE
    }
}

WINOGRAD_FUNCTION void winograd_products(const struct winograd_layer *layer, const float *v, const float *u, float *m,
                                         long count, long width)
{
    const long ins = layer->ins, v_tile = winograd_v_tile(layer);
    const long v_plane = winograd_v_plane(layer), m_plane = winograd_m_plane(layer);
    const long u_plane = winograd_u_plane(ins, layer->outs);
    /* Shares of equal size, the first `more` of them by one larger. */
    const long shares = (count + WINOGRAD_TILES - 1) / WINOGRAD_TILES, fewer = count / shares, more = count % shares;
    /* All shares read the weights of a panel; each asks for a part of those that come next. */
    const long stretches = (ins + WINOGRAD_STRETCH - 1) / WINOGRAD_STRETCH;
    const long panels = most(2 * VL / WINOGRAD_PANEL, 1);
    const long lines = (panels * WINOGRAD_STRETCH + shares - 1) / shares;
    for (long f = 0; f < winograd_frequencies(layer); f++) {
        const float *vf = v + f * v_plane, *uf = u + f * u_plane;
        float *mf = m + f * m_plane;
        for (long o = 0; o < width; o += 2 * VL) {
            const float *from = uf + o / WINOGRAD_PANEL * WINOGRAD_PANEL * ins + o % WINOGRAD_PANEL;
            const float *ahead = o + 2 * VL < width ? from + panels * WINOGRAD_PANEL * ins : uf + u_plane;
            for (long share = 0, t = 0; share < shares; share++, ahead += stretches * lines * WINOGRAD_LINE) {
                const long tiles = fewer + (share < more);
#if VL == 16
                if (width == WINOGRAD_PANEL) {
                    winograd_product_of(tiles, vf + t * v_tile, v_tile, ins, from, 0, mf + t * width + o, width, ahead,
                                        lines, 1);
                    t += tiles;
                    continue;
                }
                const long next = WINOGRAD_PANEL * ins;
#else
                const long next = VL;
#endif
                winograd_product_of(tiles, vf + t * v_tile, v_tile, ins, from, next, mf + t * width + o, width, ahead,
                                    lines, 2);
                t += tiles;
            }
        }
    }
}

#endif

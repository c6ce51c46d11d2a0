/* The parts of the Winograd kernels that take a layer's sizes as they come, for one width of vectors: transforms of
 * inputs, weights and gradients, and the products between them. winograd_tiles.h has the rest, which kernels are
 * printed around, and says what the data looks like. */
#include "winograd.h"

#define WINOGRAD_FUNCTION /* winograd.h declares them */
#include "winograd_forward.h"

/* The transformed weights of VL outputs side by side, `plane` floats apart in u. */
NC_INLINE void winograd_weight(const float *w, long tap_y, long tap_x, float *u, long plane, int taps)
{
    const int points = WINOGRAD_POINTS(taps);
    vec part[WINOGRAD_MOST_POINTS][WINOGRAD_MOST_TAPS];
    for (int x = 0; x < taps; x++) {
        vec g[WINOGRAD_MOST_TAPS], column[WINOGRAD_MOST_POINTS];
        UNROLL for (int y = 0; y < taps; y++)
            g[y] = vec_load(w + y * tap_y + x * tap_x);
        winograd_filter(g, column, taps);
        UNROLL for (int r = 0; r < points; r++)
            part[r][x] = column[r];
    }
    for (int r = 0; r < points; r++) {
        vec row[WINOGRAD_MOST_POINTS];
        winograd_filter(part[r], row, taps);
        UNROLL for (int c = 0; c < points; c++)
            vec_store(u + (points * r + c) * plane, row[c]);
    }
}

/* Transformed weights of so many floats, 4 MB, are out of the near caches before they are read. */
enum { WINOGRAD_FAR = 1 << 20 };

/* Inputs of a panel whose weights are gathered together, and of which they are transformed side by side before they go
 * far away, so that whole lines go, one behind the other. */
enum { WINOGRAD_BLOCK = 16, WINOGRAD_STRIP = 8, WINOGRAD_STRIP_PLANE = WINOGRAD_STRIP * WINOGRAD_PANEL + 16 };

/* gathered[tap][input][output]: the weights of a block of a panel that don't lie side by side in w. `from`: its first
 * one; it has `ins` inputs and `outs` outputs, and zeros beyond. */
NC_INLINE void winograd_turn(const struct winograd_filter *filter, const float *from, long ins, long outs, int taps,
                             float *gathered)
{
    for (int tap = 0; tap < taps * taps; tap++, gathered += WINOGRAD_BLOCK * WINOGRAD_PANEL) {
        const float *f = from + tap / taps * filter->tap_y + tap % taps * filter->tap_x;
        if (filter->in == 1 && ins == WINOGRAD_BLOCK && outs == WINOGRAD_PANEL) {
            turn_block(f, filter->out, gathered, WINOGRAD_PANEL);
            continue;
        }
        for (long n = 0; n < WINOGRAD_PANEL; n++)
            for (long i = 0; i < WINOGRAD_BLOCK; i++)
                gathered[i * WINOGRAD_PANEL + n] = n < outs && i < ins ? f[i * filter->in + n * filter->out] : 0;
    }
}

/* The transformed weights of `count` inputs of a panel. */
NC_INLINE void winograd_inputs(const float *w, long tap_y, long tap_x, long in, float *u, long plane, long count,
                               int taps)
{
    for (long i = 0; i < count; i++)
        for (long n = 0; n < WINOGRAD_PANEL; n += VL)
            winograd_weight(w + i * in + n, tap_y, tap_x, u + i * WINOGRAD_PANEL + n, plane, taps);
}

/* The same where u is far away. */
NC_INLINE void winograd_inputs_far(const float *w, long tap_y, long tap_x, long in, float *u, long plane, long count,
                                   int taps)
{
    _Alignas(64) float strip[WINOGRAD_MOST_POINTS * WINOGRAD_MOST_POINTS][WINOGRAD_STRIP_PLANE];
    for (long start = 0; start < count; start += WINOGRAD_STRIP) {
        const long some = least(WINOGRAD_STRIP, count - start);
        winograd_inputs(w + start * in, tap_y, tap_x, in, strip[0], WINOGRAD_STRIP_PLANE, some, taps);
        for (long f = 0; f < WINOGRAD_POINTS(taps) * WINOGRAD_POINTS(taps); f++)
            for (long n = 0; n < some * WINOGRAD_PANEL; n += VL)
                vec_stream(u + f * plane + start * WINOGRAD_PANEL + n, vec_load(strip[f] + n));
    }
}

NC_INLINE void winograd_weights(const struct winograd_filter *filter, const float *w, float *u, int part, int parts,
                                int taps)
{
    enum { TAP = WINOGRAD_BLOCK * WINOGRAD_PANEL };
    const long plane = winograd_u_plane(filter->u_ins, filter->u_outs);
    const long blocks = (filter->u_ins + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK, panels = filter->u_outs / WINOGRAD_PANEL;
    const long all = blocks * panels;
    float gathered[25 * TAP];
    const int far = WINOGRAD_POINTS(taps) * WINOGRAD_POINTS(taps) * plane > WINOGRAD_FAR && (unsigned long)u % 64 == 0;
    const int across = far && filter->out == 1; /* by rows, as the weights lie */
    for (long block = all * part / parts; block < all * (part + 1) / parts; block++) {
        const long o = (across ? block % panels : block / blocks) * WINOGRAD_PANEL;
        const long start = (across ? block / panels : block % blocks) * WINOGRAD_BLOCK;
        const long count = least(filter->u_ins - start, WINOGRAD_BLOCK), ins = least(count, filter->ins - start);
        const long outs = least(WINOGRAD_PANEL, filter->outs - o);
        const float *from = w + start * filter->in + o * filter->out;
        float *to = u + o * filter->u_ins + start * WINOGRAD_PANEL;
        long tap_y = filter->tap_y, tap_x = filter->tap_x, in = filter->in;
        if (filter->out != 1 || outs < WINOGRAD_PANEL || ins < count) {
            winograd_turn(filter, from, ins, outs, taps, gathered);
            from = gathered, tap_y = taps * TAP, tap_x = TAP, in = WINOGRAD_PANEL;
        }
        if (far)
            winograd_inputs_far(from, tap_y, tap_x, in, to, plane, count, taps);
        else
            winograd_inputs(from, tap_y, tap_x, in, to, plane, count, taps);
    }
    if (far)
        vec_streamed();
}

void winograd_weights_3x3(const struct winograd_filter *filter, const float *w, float *u, int part, int parts)
{
    winograd_weights(filter, w, u, part, parts, 3);
}

void winograd_weights_5x5(const struct winograd_filter *filter, const float *w, float *u, int part, int parts)
{
    winograd_weights(filter, w, u, part, parts, 5);
}


/* A tile of dy, 4x4 pixels of `outs` floats, row and col apart: those of the rows and columns from the first to before
 * the end, and zeros. */
struct winograd_edge {
    long first_row, first_col, end_row, end_col;
};

static void winograd_edge(const struct winograd_edge *edge, const float *d, long row, long col, long outs, float *to)
{
    for (long m = 0; m < WINOGRAD_SIZE; m++)
        for (long n = 0; n < WINOGRAD_SIZE; n++, to += outs) {
            const int counts = m >= edge->first_row && n >= edge->first_col && m < edge->end_row && n < edge->end_col;
            const float *pixel = d + m * row + n * col;
            for (long o = 0; o < outs; o += VL)
                vec_store(to + o, counts ? vec_load(pixel + o) : vec_zero());
        }
}

/* Floats from one frequency to the next, of transformed dy, which lies as q[frequency][outs / PANEL][block][PANEL]. */
static long winograd_q_plane(const struct winograd_layer *layer)
{
    return layer->block * layer->outs + WINOGRAD_PADDING;
}

/* q = the transformed dy of tiles first to first + count. What a tile that was moved back shares with the one before
 * counts there, and is 0 here, as is what sticks out; `edge` holds such a tile. */
NC_INLINE void winograd_spread_tiles(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                                     const float *d, long first, long count, float *edge, float *q, int taps)
{
    const int size = WINOGRAD_SIZE, points = WINOGRAD_POINTS(taps);
    const long outs = layer->outs, plane = winograd_q_plane(layer);
    const long d_row = gradient->d_row * layer->dilation, d_col = gradient->d_col * layer->dilation;
    for (long t = first; t < first + count; t++) {
        const long r = winograd_row(layer, t), c = winograd_col(layer, t);
        const struct winograd_edge whole = {.first_row = (size - r / layer->dilation % size) % size,
                                           .first_col = (size - c / layer->dilation % size) % size,
                                           .end_row = winograd_phase_rows(layer),
                                           .end_col = winograd_phase_cols(layer)};
        const float *dt = d + winograd_image(layer, t) * gradient->d_image + r * gradient->d_row + c * gradient->d_col;
        long row = d_row, col = d_col;
        const float *next = dt + size * col; /* of the tile beside it, whose lines are asked for */
        if (whole.first_row > 0 || whole.first_col > 0 || whole.end_row < size || whole.end_col < size) {
            winograd_edge(&whole, dt, row, col, outs, edge);
            dt = edge, row = size * outs, col = outs;
        }
        for (long o = 0; o < outs; o += VL) {
            for (int m = 0; o % WINOGRAD_LINE == 0 && m < size; m++)
                prefetch_rows(next + m * d_row + o, size, d_col, WINOGRAD_LINE);
            vec part[WINOGRAD_SIZE][WINOGRAD_MOST_POINTS];
            for (int m = 0; m < size; m++) {
                vec pixels[WINOGRAD_SIZE];
                UNROLL for (int n = 0; n < size; n++)
                    pixels[n] = vec_load(dt + m * row + n * col + o);
                winograd_spread(pixels, part[m], taps);
            }
            float *to = q + o / WINOGRAD_PANEL * WINOGRAD_PANEL * layer->block + o % WINOGRAD_PANEL +
                        (t - first) * WINOGRAD_PANEL;
            for (int n = 0; n < points; n++) {
                vec column[WINOGRAD_SIZE], out[WINOGRAD_MOST_POINTS];
                UNROLL for (int m = 0; m < size; m++)
                    column[m] = part[m][n];
                winograd_spread(column, out, taps);
                UNROLL for (int m = 0; m < points; m++)
                    vec_store(to + (points * m + n) * plane, out[m]);
            }
        }
    }
}

/* du[i][0 .. vecs*VL) += sum over t < count of v[t][i] * q[t][...] for `several` inputs i; = where du is `fresh`. The
 * second vector lies `next` floats after the first in q, and `du_next` in du. */
NC_INLINE void winograd_correlation(const float *v, long v_tile, const float *q, long next, float *du, long du_next,
                                    long count, int fresh, int several, int vecs)
{
    vec acc[WINOGRAD_TILES][2];
    UNROLL for (int i = 0; i < several; i++)
        UNROLL for (int n = 0; n < vecs; n++)
            acc[i][n] = fresh ? vec_zero() : vec_load(du + i * WINOGRAD_PANEL + n * du_next);
    IN_PAIRS for (long t = 0; t < count; t++, v += v_tile, q += WINOGRAD_PANEL) {
        vec d[2];
        UNROLL for (int n = 0; n < vecs; n++)
            d[n] = vec_load_once(q + n * next);
        UNROLL for (int i = 0; i < several; i++) {
            const vec input = vec_all_of(v + i);
            UNROLL for (int n = 0; n < vecs; n++)
                acc[i][n] = vec_fma(input, d[n], acc[i][n]);
        }
    }
    UNROLL for (int i = 0; i < several; i++)
        UNROLL for (int n = 0; n < vecs; n++)
            vec_store(du + i * WINOGRAD_PANEL + n * du_next, acc[i][n]);
}

NC_INLINE void winograd_correlation_of(long several, const float *v, long v_tile, const float *q, long next, float *du,
                                       long du_next, long count, int fresh, int vecs)
{
    switch (several) {
#define WINOGRAD_CASE(n) \
    case n: \
        winograd_correlation(v, v_tile, q, next, du, du_next, count, fresh, n, vecs); \
        break;
    WINOGRAD_CASES
#undef WINOGRAD_CASE
    }
}

/* du[f][i][o] += sum over t < count of v[f][t][i] * q[f][t][o]; = where du is `fresh`. du and q lie in panels of
 * outputs, so that what a product reads of q stays in the nearest cache while it goes through the inputs. */
static void winograd_correlations(const struct winograd_layer *layer, const float *v, const float *q, float *du,
                                  long count, int fresh)
{
    const long ins = layer->ins, outs = layer->outs, v_plane = winograd_v_plane(layer), v_tile = winograd_v_tile(layer);
    const long q_plane = winograd_q_plane(layer), u_plane = winograd_u_plane(ins, outs);
    const long shares = (ins + WINOGRAD_TILES - 1) / WINOGRAD_TILES, fewer = ins / shares, more = ins % shares;
    const long next = VL < WINOGRAD_PANEL ? VL : layer->block * WINOGRAD_PANEL;
    const long du_next = VL < WINOGRAD_PANEL ? VL : ins * WINOGRAD_PANEL;
    for (long f = 0; f < winograd_frequencies(layer); f++)
        for (long o = 0; o < outs; o += 2 * VL)
            for (long share = 0, i = 0; share < shares; share++) {
                const long several = fewer + (share < more), panel = o / WINOGRAD_PANEL * WINOGRAD_PANEL;
                const float *vf = v + f * v_plane + i, *qf = q + f * q_plane + panel * layer->block + (o - panel);
                float *duf = du + f * u_plane + panel * ins + (o - panel) + i * WINOGRAD_PANEL;
#if VL == 16
                if (o + VL == outs)
                    winograd_correlation_of(several, vf, v_tile, qf, next, duf, du_next, count, fresh, 1);
                else
#endif
                    winograd_correlation_of(several, vf, v_tile, qf, next, duf, du_next, count, fresh, 2);
                i += several;
            }
}

/* g += what the sums of transformed products are of the weights. The frequencies are too many streams for the
 * processor to foresee. */
NC_INLINE void winograd_gather_weights(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                                       const float *du, float *g, int taps)
{
    enum { AHEAD = 4 * WINOGRAD_PANEL };
    const int points = WINOGRAD_POINTS(taps);
    const long plane = winograd_u_plane(layer->ins, layer->outs);
    for (long panel = 0; panel < layer->outs; panel += WINOGRAD_PANEL)
        for (long i = 0; i < gradient->g_ins; i++) {
            const float *line = from_here(du + panel * layer->ins + i * WINOGRAD_PANEL);
            prefetch_rows(line + AHEAD, points * points, plane, WINOGRAD_LINE);
            for (long n = 0; n < WINOGRAD_PANEL; n += VL) {
                const float *from = line + n;
                float *to = g + i * gradient->g_in + panel + n;
                vec part[WINOGRAD_MOST_TAPS][WINOGRAD_MOST_POINTS];
                for (int c = 0; c < points; c++) {
                    vec column[WINOGRAD_MOST_POINTS], sums[WINOGRAD_MOST_TAPS];
                    UNROLL for (int r = 0; r < points; r++)
                        column[r] = vec_load(from + (points * r + c) * plane);
                    winograd_gather(column, sums, taps);
                    UNROLL for (int r = 0; r < taps; r++)
                        part[r][c] = sums[r];
                }
                for (int r = 0; r < taps; r++) {
                    vec sums[WINOGRAD_MOST_TAPS];
                    winograd_gather(part[r], sums, taps);
                    UNROLL for (int c = 0; c < taps; c++) {
                        float *at = to + (r * taps + c) * gradient->g_tap;
                        vec_store(at, vec_load(at) + sums[c]);
                    }
                }
            }
        }
}

/* scratch: du, v, q, a tile of dy, lines. */
NC_INLINE void winograd_grad_weight(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                                    const float *x, const float *d, float *g, float *scratch, int taps)
{
    const long tiles = winograd_tiles(layer), plane = winograd_u_plane(layer->ins, layer->outs), outs = layer->outs;
    const long frequencies = winograd_frequencies(layer);
    float *du = scratch, *v = du + frequencies * plane, *q = v + frequencies * winograd_v_plane(layer);
    float *edge = q + frequencies * winograd_q_plane(layer), *lines = edge + WINOGRAD_SIZE * WINOGRAD_SIZE * outs;
    for (long first = 0; first < tiles; first += layer->block) {
        const long count = least(layer->block, tiles - first);
        if (taps == 3)
            winograd_input_3x3(layer, x, first, count, lines, v);
        else
            winograd_input_5x5(layer, x, first, count, lines, v);
        winograd_spread_tiles(layer, gradient, d, first, count, edge, q, taps);
        winograd_correlations(layer, v, q, du, count, first == 0);
    }
    winograd_gather_weights(layer, gradient, du, g, taps);
}

void winograd_grad_weight_3x3(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                              const float *x, const float *d, float *g, float *scratch)
{
    winograd_grad_weight(layer, gradient, x, d, g, scratch, 3);
}

void winograd_grad_weight_5x5(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                              const float *x, const float *d, float *g, float *scratch)
{
    winograd_grad_weight(layer, gradient, x, d, g, scratch, 5);
}

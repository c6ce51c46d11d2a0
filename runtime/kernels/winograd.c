/* The parts of the Winograd kernels that take a layer's sizes as they come, for one width of vectors: transforms of
 * inputs, weights and gradients, and the products between them. winograd.h has the rest, which kernels are printed
 * around, and says what the data looks like. */
#include "winograd.h"

/* Tiles side by side share the vertical transforms of their columns, which `lines` holds. */
NC_INLINE void winograd_input(const struct winograd_layer *layer, const float *x, long first, long count, float *lines,
                              float *v, int taps)
{
    const int points = WINOGRAD_POINTS(taps);
    const long ins = layer->ins, tile_cols = winograd_tile_cols(layer), plane = winograd_v_plane(layer);
    const long v_tile = winograd_v_tile(layer);
    for (long t = first, end; t < first + count; t = end) {
        end = least(first + count, t - t % tile_cols + tile_cols);
        const long left = winograd_col(layer, t), pixels = winograd_col(layer, end - 1) + points - left;
        const long pixel = layer->x_col > 0 ? layer->x_col : ins, width = pixels * ins;
        const long pitch = (width + 15) / 16 * 16 + WINOGRAD_PADDING;
        const float *top = x + winograd_image(layer, t) * layer->x_image + winograd_row(layer, t) * layer->x_row;
        top += left * pixel;
        const long stretch = pixel == ins ? width : ins; /* of floats side by side */
        for (long start = 0; start < width; start += stretch, top += pixel)
            for (long n = 0; n < stretch; n += VL) {
                vec d[WINOGRAD_MOST_POINTS], line[WINOGRAD_MOST_POINTS];
                UNROLL for (int r = 0; r < points; r++)
                    d[r] = vec_load(top + r * layer->x_row + n);
                winograd_forward(d, line, taps);
                UNROLL for (int r = 0; r < points; r++)
                    vec_store(lines + r * pitch + start + n, line[r]);
            }
        for (long r = 0; r < points; r++)
            for (long tile = t; tile < end; tile++) {
                const float *line = lines + r * pitch + (winograd_col(layer, tile) - left) * ins;
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

void winograd_input_3x3(const struct winograd_layer *layer, const float *x, long first, long count, float *lines,
                        float *v)
{
    winograd_input(layer, x, first, count, lines, v, 3);
}

void winograd_input_5x5(const struct winograd_layer *layer, const float *x, long first, long count, float *lines,
                        float *v)
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

void winograd_products(const struct winograd_layer *layer, const float *v, const float *u, float *m, long count,
                       long width)
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


/* A tile of dy, 4x4 pixels of `outs` floats, without its first rows and columns, which are 0 instead. */
static void winograd_edge(const struct winograd_gradient *gradient, const float *d, long outs, long rows, long cols,
                          float *edge)
{
    for (long m = 0; m < WINOGRAD_SIZE; m++)
        for (long n = 0; n < WINOGRAD_SIZE; n++, edge += outs)
            for (long o = 0; o < outs; o++)
                edge[o] = m < rows || n < cols ? 0 : d[m * gradient->d_row + n * gradient->d_col + o];
}

/* q[points*r + c][t - first][o] = the transformed dy of tiles first to first + count. What a tile that was moved back
 * shares with the one before counts there, and is 0 here; `edge` holds such a tile. */
NC_INLINE void winograd_spread_tiles(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                                     const float *d, long first, long count, float *edge, float *q, long plane,
                                     int taps)
{
    const int size = WINOGRAD_SIZE, points = WINOGRAD_POINTS(taps);
    const long outs = layer->outs;
    for (long t = first; t < first + count; t++) {
        const long r = winograd_row(layer, t), c = winograd_col(layer, t);
        const long from_row = (size - r % size) % size, from_col = (size - c % size) % size;
        const float *dt = d + winograd_image(layer, t) * gradient->d_image + r * gradient->d_row + c * gradient->d_col;
        long row = gradient->d_row, col = gradient->d_col;
        if (from_row > 0 || from_col > 0) {
            winograd_edge(gradient, dt, outs, from_row, from_col, edge);
            dt = edge, row = size * outs, col = outs;
        }
        for (long o = 0; o < outs; o += VL) {
            vec part[WINOGRAD_SIZE][WINOGRAD_MOST_POINTS];
            for (int m = 0; m < size; m++) {
                vec pixels[WINOGRAD_SIZE];
                UNROLL for (int n = 0; n < size; n++)
                    pixels[n] = vec_load(dt + m * row + n * col + o);
                winograd_spread(pixels, part[m], taps);
            }
            for (int n = 0; n < points; n++) {
                vec column[WINOGRAD_SIZE], out[WINOGRAD_MOST_POINTS];
                UNROLL for (int m = 0; m < size; m++)
                    column[m] = part[m][n];
                winograd_spread(column, out, taps);
                UNROLL for (int m = 0; m < points; m++)
                    vec_store(q + (points * m + n) * plane + (t - first) * outs + o, out[m]);
            }
        }
    }
}

/* du[i][0 .. vecs*VL) += sum over t < count of v[t][i] * q[t][...] for `several` inputs i; = where du is `fresh`. */
NC_INLINE void winograd_correlation(const float *v, long v_tile, const float *q, long outs, float *du, long count,
                                    int fresh, int several, int vecs)
{
    vec acc[WINOGRAD_TILES][2];
    UNROLL for (int i = 0; i < several; i++)
        UNROLL for (int n = 0; n < vecs; n++)
            acc[i][n] = fresh ? vec_zero() : vec_load(du + i * outs + n * VL);
    IN_PAIRS for (long t = 0; t < count; t++, v += v_tile, q += outs) {
        vec d[2];
        UNROLL for (int n = 0; n < vecs; n++)
            d[n] = vec_load_once(q + n * VL);
        UNROLL for (int i = 0; i < several; i++) {
            const vec input = vec_all_of(v + i);
            UNROLL for (int n = 0; n < vecs; n++)
                acc[i][n] = vec_fma(input, d[n], acc[i][n]);
        }
    }
    UNROLL for (int i = 0; i < several; i++)
        UNROLL for (int n = 0; n < vecs; n++)
            vec_store(du + i * outs + n * VL, acc[i][n]);
}

NC_INLINE void winograd_correlation_of(long several, const float *v, long v_tile, const float *q, long outs, float *du,
                                       long count, int fresh, int vecs)
{
    switch (several) {
#define WINOGRAD_CASE(n) case n: winograd_correlation(v, v_tile, q, outs, du, count, fresh, n, vecs); break;
    WINOGRAD_CASES
#undef WINOGRAD_CASE
    }
}

/* du[f][i][o] += sum over t < count of v[f][t][i] * q[f][t][o]; = where du is `fresh`. */
static void winograd_correlations(const struct winograd_layer *layer, const float *v, const float *q, float *du,
                                  long count, int fresh)
{
    const long ins = layer->ins, outs = layer->outs, v_plane = winograd_v_plane(layer), v_tile = winograd_v_tile(layer);
    const long q_plane = layer->block * outs + WINOGRAD_PADDING, u_plane = winograd_u_plane(ins, outs);
    const long shares = (ins + WINOGRAD_TILES - 1) / WINOGRAD_TILES, fewer = ins / shares, more = ins % shares;
    for (long f = 0; f < winograd_frequencies(layer); f++)
        for (long o = 0; o < outs; o += 2 * VL)
            for (long share = 0, i = 0; share < shares; share++) {
                const long several = fewer + (share < more);
                const float *vf = v + f * v_plane + i, *qf = q + f * q_plane + o;
                float *duf = du + f * u_plane + i * outs + o;
#if VL == 16
                if (o + VL == outs)
                    winograd_correlation_of(several, vf, v_tile, qf, outs, duf, count, fresh, 1);
                else
#endif
                    winograd_correlation_of(several, vf, v_tile, qf, outs, duf, count, fresh, 2);
                i += several;
            }
}

/* scratch: du, v, q, a tile of dy, lines. */
NC_INLINE void winograd_grad_weight(const struct winograd_layer *layer, const struct winograd_gradient *gradient,
                                    const float *x, const float *d, float *g, float *scratch, int taps)
{
    const int points = WINOGRAD_POINTS(taps);
    const long tiles = winograd_tiles(layer), plane = winograd_u_plane(layer->ins, layer->outs), outs = layer->outs;
    const long q_plane = layer->block * outs + WINOGRAD_PADDING, frequencies = winograd_frequencies(layer);
    float *du = scratch, *v = du + frequencies * plane, *q = v + frequencies * winograd_v_plane(layer);
    float *edge = q + frequencies * q_plane, *lines = edge + WINOGRAD_SIZE * WINOGRAD_SIZE * outs;
    for (long first = 0; first < tiles; first += layer->block) {
        const long count = least(layer->block, tiles - first);
        if (taps == 3)
            winograd_input_3x3(layer, x, first, count, lines, v);
        else
            winograd_input_5x5(layer, x, first, count, lines, v);
        winograd_spread_tiles(layer, gradient, d, first, count, edge, q, q_plane, taps);
        winograd_correlations(layer, v, q, du, count, first == 0);
    }
    for (long i = 0; i < gradient->g_ins; i++)
        for (long o = 0; o < outs; o += VL) {
            const float *from = from_here(du + i * outs + o);
            float *to = g + i * gradient->g_in + o;
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

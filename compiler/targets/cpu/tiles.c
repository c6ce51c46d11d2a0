/* The register tiles, and which one is fastest where.
 *
 * A tile of rows x cols pixels by `vecs` vectors needs rows * cols * vecs accumulators, `vecs` registers of weights and
 * one of input, of 16 (SSE, AVX2) or 32 (AVX-512) registers. A processor starts two fused multiply-adds and two loads a
 * cycle and a multiply-add takes four cycles, so that fewer than eight accumulators leave it waiting. With eight, every
 * cycle that one of them comes late is lost: alone on its core a kernel has none that does, beside another thread's
 * work it has many, and ten or twelve accumulators keep more of the peak. */
#include "targets/cpu/tiles.h"

#include "base/fail.h"

/* Cycles of a multiply-add, and what rounds should take so that none that comes late is waited for. */
enum { LATENCY = 4, ENOUGH = 6 };

/* rows, cols, vecs; the first of equally fast ones is taken. */
static const Tile conv_16[] = {
    {2, 4, 2}, {1, 8, 2}, {2, 6, 2}, {3, 4, 2}, {2, 4, 3}, {4, 2, 2}, {2, 3, 2}, {3, 3, 2}, {3, 2, 2}, {2, 2, 2},
    {1, 9, 2}, {1, 7, 2}, {1, 6, 2}, {1, 5, 2}, {1, 4, 2}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2}, {4, 1, 2}, {3, 1, 2},
    {2, 1, 2}, {1, 4, 4}, {1, 2, 4}, {1, 1, 4}, {2, 4, 1}, {1, 8, 1}, {2, 6, 1}, {3, 4, 1}, {4, 2, 1}, {3, 3, 1},
    {2, 3, 1}, {3, 2, 1}, {2, 2, 1}, {1, 9, 1}, {1, 7, 1}, {1, 6, 1}, {1, 5, 1}, {1, 4, 1}, {1, 3, 1}, {1, 2, 1},
    {1, 1, 1}, {4, 1, 1}, {3, 1, 1}, {2, 1, 1},
};
static const Tile conv_8[] = {
    {2, 2, 2}, {1, 4, 2}, {2, 3, 2}, {3, 2, 2}, {1, 6, 2}, {2, 2, 3}, {1, 4, 3}, {1, 5, 2}, {1, 3, 2}, {1, 2, 4},
    {1, 2, 2}, {1, 1, 4}, {1, 1, 2}, {4, 1, 2}, {3, 1, 2}, {2, 1, 2},
};
static const Tile conv_4[] = {
    {2, 2, 2}, {1, 4, 2}, {1, 5, 2}, {1, 3, 2}, {1, 2, 4}, {1, 2, 2}, {1, 1, 4}, {1, 1, 2}, {4, 1, 2}, {3, 1, 2},
    {2, 1, 2},
};

static const Tile pool_16[] = {{2, 4, 2}, {2, 6, 2}, {2, 4, 3}, {2, 2, 2}, {2, 4, 1}, {2, 6, 1}, {2, 2, 1}};
static const Tile pool_8[] = {{2, 2, 2}, {2, 2, 3}};
static const Tile pool_4[] = {{2, 2, 2}};

static const Tile grad_16[] = {
    {1, 10, 2}, {1, 8, 2}, {1, 12, 2}, {1, 9, 2}, {1, 6, 2}, {1, 5, 2}, {1, 4, 2}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2},
    {1, 10, 1}, {1, 8, 1}, {1, 12, 1}, {1, 9, 1}, {1, 6, 1}, {1, 5, 1}, {1, 4, 1}, {1, 3, 1}, {1, 2, 1}, {1, 1, 1},
};
static const Tile grad_8[] = {{1, 5, 2}, {1, 4, 2}, {1, 6, 2}, {1, 4, 3}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2}};
static const Tile grad_4[] = {{1, 5, 2}, {1, 4, 2}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2}};

/* Rows of the window by vectors of a row, of one output: the inputs are operands of the multiply-adds, so nearly all
 * registers hold sums. */
static const Tile sparse_16[] = {
    {5, 1, 5}, {1, 1, 24}, {1, 1, 20}, {1, 1, 16}, {1, 1, 12}, {1, 1, 10}, {1, 1, 8}, {1, 1, 6}, {1, 1, 4}, {1, 1, 3},
    {1, 1, 2}, {1, 1, 1}, {3, 1, 9}, {3, 1, 8}, {3, 1, 6}, {3, 1, 4}, {3, 1, 3}, {3, 1, 2}, {3, 1, 1}, {5, 1, 4},
    {5, 1, 3}, {5, 1, 2}, {5, 1, 1}, {2, 1, 8}, {2, 1, 4}, {2, 1, 2}, {2, 1, 1},
};
static const Tile sparse_8[] = {
    {1, 1, 12}, {1, 1, 10}, {1, 1, 9}, {1, 1, 8}, {1, 1, 6}, {1, 1, 4}, {1, 1, 3}, {1, 1, 2}, {1, 1, 1}, {3, 1, 4},
    {3, 1, 3}, {3, 1, 2}, {3, 1, 1}, {5, 1, 2}, {5, 1, 1}, {2, 1, 6}, {2, 1, 4}, {2, 1, 2}, {2, 1, 1},
};

/* Vectors of a window's row. */
static const Tile sparse_input_16[] = {
    {1, 1, 20}, {1, 1, 24}, {1, 1, 16}, {1, 1, 12}, {1, 1, 10}, {1, 1, 8}, {1, 1, 6}, {1, 1, 5}, {1, 1, 4}, {1, 1, 3},
    {1, 1, 2}, {1, 1, 1},
};
static const Tile sparse_input_8[] = {
    {1, 1, 10}, {1, 1, 12}, {1, 1, 9}, {1, 1, 8}, {1, 1, 6}, {1, 1, 4}, {1, 1, 2},
};

/* Inputs are operands here too. */
static const Tile depthwise_16[] = {
    {1, 8, 1}, {2, 8, 1}, {2, 4, 1}, {1, 6, 1}, {1, 7, 1}, {1, 5, 1}, {2, 3, 1}, {4, 2, 1}, {2, 2, 1}, {1, 4, 1},
    {1, 3, 1}, {1, 2, 1}, {1, 1, 1}, {1, 4, 2}, {2, 2, 2}, {1, 2, 2}, {1, 1, 4}, {1, 1, 2}, {4, 1, 2}, {4, 1, 1},
    {2, 1, 4}, {2, 1, 1},
};
static const Tile depthwise_8[] = {
    {1, 4, 2}, {2, 3, 2}, {1, 5, 2}, {1, 6, 2}, {2, 2, 2}, {1, 3, 2}, {1, 2, 4}, {1, 1, 4}, {1, 1, 2}, {1, 2, 2},
    {4, 1, 2}, {2, 1, 4}, {2, 1, 2},
};

/* Taps by vectors, all of which are sums: a window is a whole number of tiles. */
static const Tile depthwise_grad_16[] = {
    {3, 3, 1}, {5, 5, 1}, {1, 5, 2}, {1, 3, 4}, {1, 7, 1}, {1, 7, 2}, {1, 5, 1}, {1, 3, 1}, {1, 3, 2}, {2, 2, 1},
    {2, 2, 2}, {1, 2, 4}, {1, 2, 2}, {1, 2, 1}, {1, 1, 4}, {1, 1, 2}, {1, 1, 1},
};
static const Tile depthwise_grad_8[] = {
    {3, 3, 1}, {1, 5, 2}, {1, 7, 1}, {1, 3, 4}, {1, 3, 2}, {2, 2, 2}, {1, 2, 4}, {1, 2, 2}, {1, 1, 4}, {1, 1, 2},
};

typedef struct Tiles {
    const Tile *at;
    int count;
} Tiles;

#define TILES(array) {array, sizeof array / sizeof *array}

static const Tiles tiles[][WIDTH_COUNT] = {
    [FAMILY_CONV] = {TILES(conv_16), TILES(conv_8), TILES(conv_4)},
    [FAMILY_CONV_POOL] = {TILES(pool_16), TILES(pool_8), TILES(pool_4)},
    [FAMILY_POOL_CONV_GRAD_WEIGHT] = {TILES(sparse_16), TILES(sparse_8), TILES(sparse_8)},
    [FAMILY_POOL_CONV_GRAD_INPUT] = {TILES(sparse_input_16), TILES(sparse_input_8), TILES(sparse_input_8)},
    [FAMILY_CONV_GRAD_WEIGHT] = {TILES(grad_16), TILES(grad_8), TILES(grad_4)},
    [FAMILY_DEPTHWISE] = {TILES(depthwise_16), TILES(depthwise_8), TILES(depthwise_8)},
    [FAMILY_DEPTHWISE_GRAD_WEIGHT] = {TILES(depthwise_grad_16), TILES(depthwise_grad_8), TILES(depthwise_grad_8)},
};

const Tile *tiles_of(Family family, Width width, int *count)
{
    if (!family_info(family)->tiled || (unsigned)width >= WIDTH_COUNT)
        fail_bug("family %s has no tiles for width %d", family_info(family)->name, (int)width);
    *count = tiles[family][width].count;
    return tiles[family][width].at;
}

/* How many tiles of `tile` cover `count`. */
static int64_t tile_count(int64_t count, int tile)
{
    return (count + tile - 1) / tile;
}

/* For window rows of `run` floats: a pixel costs its multiply-adds, and finding it. */
static Tile choose_window(Family family, Width width, int64_t taps_y, int64_t run)
{
    int count;
    const Tile *all = tiles_of(family, width, &count);
    const int lanes = 16 >> width;
    const int64_t vecs = (run + lanes - 1) / lanes;
    Tile best = {0, 0, 0};
    double best_cycles = 0;
    for (int i = 0; i < count; i++) {
        const Tile t = all[i];
        if (taps_y % t.rows || t.vecs > vecs)
            continue;
        double cycles = t.rows * t.vecs / 2.0;
        cycles = ((cycles < 4 ? 4 : cycles) + 1) * (double)(tile_count(vecs, t.vecs) * (taps_y / t.rows));
        if (best.rows == 0 || cycles < best_cycles) {
            best = t;
            best_cycles = cycles;
        }
    }
    return best;
}

/* Whether a tile suits: see tile_choose. */
static bool suits(Family family, Tile t, int lanes, int64_t rows, int64_t cols, int64_t outs)
{
    if (outs % (t.vecs * lanes))
        return false;
    if (family == FAMILY_DEPTHWISE_GRAD_WEIGHT)
        return rows % t.rows == 0 && cols % t.cols == 0;
    return t.rows <= rows && t.cols <= cols;
}

double tile_cycles(Family family, Tile t)
{
    const int fmas = t.rows * t.cols * t.vecs;
    int loads = t.rows * t.cols + t.vecs;
    if (family == FAMILY_DEPTHWISE || family == FAMILY_DEPTHWISE_GRAD_WEIGHT)
        loads = fmas + t.vecs;
    double cycles = fmas > loads ? fmas / 2.0 : loads / 2.0;
    cycles = cycles < LATENCY ? LATENCY : cycles;
    const double missing = cycles < ENOUGH ? ENOUGH - cycles : 0;
    return cycles * (1 + 0.01 * missing * missing);
}

Tile tile_choose(Family family, Width width, int64_t rows, int64_t cols, int64_t outs)
{
    bool sparse = family == FAMILY_POOL_CONV_GRAD_WEIGHT || family == FAMILY_POOL_CONV_GRAD_INPUT;
    if (sparse && rows > 0 && cols > 0)
        return choose_window(family, width, rows, cols);
    int count;
    const Tile *all = tiles_of(family, width, &count);
    const int lanes = 16 >> width;
    if (rows < 1 || cols < 1 || outs < 1 || outs % 16)
        fail_bug("no tile for %lld x %lld pixels and %lld outputs", (long long)rows, (long long)cols, (long long)outs);
    if (family == FAMILY_CONV_POOL) { /* what an odd last row or column holds is not pooled */
        rows -= rows % 2;
        cols -= cols % 2;
    }

    Tile best = {0, 0, 0};
    double best_cycles = 0;
    for (int i = 0; i < count; i++) {
        const Tile t = all[i];
        if (!suits(family, t, lanes, rows, cols, outs))
            continue;
        double cycles = tile_cycles(family, t);
        cycles *= (double)(tile_count(rows, t.rows) * tile_count(cols, t.cols) * (outs / (t.vecs * lanes)));
        if (family == FAMILY_CONV_GRAD_WEIGHT && cols % t.cols)
            cycles *= 1.05; /* every tile's stores then ask which of them are still missing */
        if (best.rows == 0 || cycles < best_cycles) {
            best = t;
            best_cycles = cycles;
        }
    }
    if (best.rows == 0)
        fail_bug("no %s tile fits %lld x %lld", family_info(family)->name, (long long)rows, (long long)cols);
    return best;
}

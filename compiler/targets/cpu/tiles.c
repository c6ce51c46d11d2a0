/* The register tiles, and which one is fastest where.
 *
 * A tile of rows x cols pixels by `vecs` vectors needs rows * cols * vecs accumulators, `vecs` registers of weights and
 * one of input, of 16 (SSE, AVX2) or 32 (AVX-512) registers. A processor starts two fused multiply-adds and two loads a
 * cycle and a multiply-add takes four cycles, so that fewer than eight accumulators leave it waiting. With eight, every
 * cycle that one of them comes late is lost: alone on its core a kernel has none that does, beside another thread's
 * work it has many, and ten or twelve accumulators keep more of the peak. */
#include "targets/cpu/tiles.h"

#include "base/fail.h"
#include "targets/cpu/families/family.h"

/* Cycles of a multiply-add, and what rounds should take so that none that comes late is waited for. */
enum { LATENCY = 4, ENOUGH = 6 };

const Tile *tiles_of(Family family, Width width, int *count)
{
    const FamilyTiles *tiles = family_info(family)->tiles;
    if (!tiles || (unsigned)width >= WIDTH_COUNT)
        fail_bug("family %s has no tiles for width %d", family_info(family)->name, (int)width);
    *count = tiles->width[width].count;
    return tiles->width[width].at;
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
static bool suits(const FamilyTiles *tiles, Tile t, int lanes, int64_t rows, int64_t cols, int64_t outs)
{
    if (outs % (t.vecs * lanes))
        return false;
    if (tiles->whole)
        return rows % t.rows == 0 && cols % t.cols == 0;
    return t.rows <= rows && t.cols <= cols;
}

double tile_cycles(Family family, Tile t)
{
    const int fmas = t.rows * t.cols * t.vecs;
    int loads = t.rows * t.cols + t.vecs;
    if (family_info(family)->tiles->operands)
        loads = fmas + t.vecs;
    double cycles = fmas > loads ? fmas / 2.0 : loads / 2.0;
    cycles = cycles < LATENCY ? LATENCY : cycles;
    const double missing = cycles < ENOUGH ? ENOUGH - cycles : 0;
    return cycles * (1 + 0.01 * missing * missing);
}

double tile_share(Family family, Tile t)
{
    return t.rows * t.cols * t.vecs / 2.0 / tile_cycles(family, t);
}

Tile tile_choose(Family family, Width width, int64_t rows, int64_t cols, int64_t outs)
{
    const FamilyTiles *tiles = family_info(family)->tiles;
    if (tiles && tiles->window && rows > 0 && cols > 0)
        return choose_window(family, width, rows, cols);
    int count;
    const Tile *all = tiles_of(family, width, &count);
    const int lanes = 16 >> width;
    if (rows < 1 || cols < 1 || outs < 1 || outs % 16)
        fail_bug("no tile for %lld x %lld pixels and %lld outputs", (long long)rows, (long long)cols, (long long)outs);
    if (tiles->even) { /* what an odd last row or column holds is not pooled */
        rows -= rows % 2;
        cols -= cols % 2;
    }

    Tile best = {0, 0, 0};
    double best_cycles = 0;
    for (int i = 0; i < count; i++) {
        const Tile t = all[i];
        if (!suits(tiles, t, lanes, rows, cols, outs))
            continue;
        double cycles = tile_cycles(family, t);
        cycles *= (double)(tile_count(rows, t.rows) * tile_count(cols, t.cols) * (outs / (t.vecs * lanes)));
        if (tiles->asks && cols % t.cols)
            cycles *= 1.05;
        if (best.rows == 0 || cycles < best_cycles) {
            best = t;
            best_cycles = cycles;
        }
    }
    if (best.rows == 0)
        fail_bug("no %s tile fits %lld x %lld", family_info(family)->name, (long long)rows, (long long)cols);
    return best;
}

/* The register tiles that exist: the schedule chooses among them, the runtime is built with all of them. */
#ifndef NETC_TARGETS_CPU_TILES_H
#define NETC_TARGETS_CPU_TILES_H

#include "targets/cpu/plan.h"

/* The tiles of a tiled family for a vector width, best first where several fit; `*count` of them. */
const Tile *tiles_of(Family family, Width width, int *count);

/* The tile to use for CONV, CONV_POOL or DEPTHWISE over rows x cols pixels and `outs` outputs (a multiple of 16); or
 * for CONV_GRAD_WEIGHT with cols = the run of a tap (rows = 1); or for POOL_CONV_GRAD_WEIGHT with rows = taps_y and
 * cols = run; or for POOL_CONV_GRAD_INPUT with rows = 1 and cols = run; or for DEPTHWISE_GRAD_WEIGHT with rows x cols
 * taps, in whole tiles. A CONV tile never has more rows or columns than there are pixels and its vectors divide the
 * outputs, so kernels need no remainder loop: a last tile that would stick out is moved back over the one before. */
Tile tile_choose(Family family, Width width, int64_t rows, int64_t cols, int64_t outs);

/* The cycles of a tile for one multiply-add of each of its elements. */
double tile_cycles(Family family, Tile tile);

/* Multiplications a cycle that it keeps up, over what the processor could: from its loads and its chains. */
double tile_share(Family family, Tile tile);

#endif

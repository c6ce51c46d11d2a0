#include "targets/cpu/winograd.h"

#include "base/fail.h"
#include "targets/cpu/buffers.h"

/* All four families begin alike, and winograd.h of the runtime finishes so many outputs together. */
_Static_assert((int)WINOGRAD5_POOL_act == (int)WINOGRAD3_act &&
                   (int)WINOGRAD3_GRAD_WEIGHT_block == (int)WINOGRAD3_block &&
                   (int)WINOGRAD3_GRAD_WEIGHT_images == (int)WINOGRAD3_images,
               "the Winograd families begin alike");
enum { SIZE = 4, GROUP = 32, PADDING = 16 };

/* How many taps a family's filters have in each direction; 0 where it is no Winograd convolution. */
static int64_t taps(Family family)
{
    switch (family) {
    case FAMILY_WINOGRAD3:
    case FAMILY_WINOGRAD3_GRAD_WEIGHT:
    case FAMILY_WINOGRAD3_POOL: return 3;
    case FAMILY_WINOGRAD5:
    case FAMILY_WINOGRAD5_GRAD_WEIGHT:
    case FAMILY_WINOGRAD5_POOL: return 5;
    default: return 0;
    }
}

bool is_winograd(Family family)
{
    return taps(family) > 0;
}

static int64_t points(Family family)
{
    if (!is_winograd(family))
        fail_bug("%s is no Winograd convolution", family_info(family)->name);
    return SIZE + taps(family) - 1;
}

static int64_t frequencies(Family family)
{
    return points(family) * points(family);
}

static bool is_grad_weight(Family family)
{
    return family == FAMILY_WINOGRAD3_GRAD_WEIGHT || family == FAMILY_WINOGRAD5_GRAD_WEIGHT;
}

/* What of an extent is computed: an odd last row or column is in no window of the pool. */
static int64_t used(Family family, int64_t extent)
{
    return family == FAMILY_WINOGRAD3_POOL || family == FAMILY_WINOGRAD5_POOL ? extent - extent % 2 : extent;
}

static int64_t tiles_along(Family family, int64_t extent)
{
    return (used(family, extent) + SIZE - 1) / SIZE;
}

static int64_t tile_count(Family family, const int64_t *dim)
{
    return dim[WINOGRAD3_images] * tiles_along(family, dim[WINOGRAD3_rows]) * tiles_along(family, dim[WINOGRAD3_cols]);
}

Family winograd_family(const Window *window, bool pool)
{
    if (window->kernel[0] == 3)
        return pool ? FAMILY_WINOGRAD3_POOL : FAMILY_WINOGRAD3;
    return pool ? FAMILY_WINOGRAD5_POOL : FAMILY_WINOGRAD5;
}

bool winograd_fits(const Window *window, int64_t rows, int64_t cols, int64_t outs, bool pool)
{
    for (int axis = 0; axis < 2; axis++)
        if (window->stride[axis] != 1 || window->dilation[axis] != 1 || window->kernel[axis] != window->kernel[0])
            return false;
    if ((window->kernel[0] != 3 && window->kernel[0] != 5) || window->groups != 1)
        return false;
    const Family family = winograd_family(window, pool);
    return used(family, rows) >= SIZE && used(family, cols) >= SIZE &&
           outs % 16 == 0;
}

int64_t winograd_block(Family family, const int64_t *dim)
{
    /* The transformed inputs of a block and the products of a group of outputs are to stay in a core's second cache.
     * The weights stream through it once a block: the more there are of them, the more tiles they are to serve. */
    enum { FLOATS = 64 * 1024, ENOUGH = 48 };
    const int64_t fewest = is_grad_weight(family) ? 32 : 8;
    const int64_t tiles = tile_count(family, dim), ins = round_up(dim[WINOGRAD3_ins], 4);
    const int64_t group = is_grad_weight(family) ? dim[WINOGRAD3_outs] : GROUP;
    int64_t most = FLOATS / (frequencies(family) * (ins + group));
    int64_t served = winograd_weights(family, ins, dim[WINOGRAD3_outs]) / FLOATS;
    if (served > ENOUGH)
        served = ENOUGH;
    if (most < served)
        most = served;
    if (most < fewest)
        most = fewest;
    if (tiles <= most)
        return tiles;
    const int64_t blocks = (tiles + most - 1) / most;
    return (tiles + blocks - 1) / blocks;
}

int64_t winograd_scratch(Family family, const int64_t *dim)
{
    const int64_t block = dim[WINOGRAD3_block], ins = dim[WINOGRAD3_ins], outs = dim[WINOGRAD3_outs];
    int64_t width = used(family, dim[WINOGRAD3_cols]);
    if (width > block * SIZE)
        width = block * SIZE;
    const int64_t line = round_up((width + points(family) - SIZE) * ins, PAD) + PADDING, v_tile = round_up(ins, 4);
    int64_t floats = points(family) * line;
    floats += frequencies(family) * (block * (v_tile + (is_grad_weight(family) ? outs : GROUP)) + 2 * PADDING);
    return is_grad_weight(family) ? floats + winograd_weights(family, ins, outs) + SIZE * SIZE * outs : floats;
}

int64_t winograd_weights(Family family, int64_t ins, int64_t outs)
{
    return frequencies(family) * (ins * outs + PADDING);
}

double winograd_cost(Family family, const int64_t *dim)
{
    /* Measured: the transforms of a tile take as long as so many multiply-adds per channel. */
    const bool large = points(family) > 6;
    const double in = large ? 600 : 380, out = large ? 600 : 350;
    const double tiles = (double)tile_count(family, dim), products = (double)frequencies(family);
    const double ins = (double)dim[WINOGRAD3_ins], outs = (double)dim[WINOGRAD3_outs];
    const double rest = is_grad_weight(family) ? 24 * products * ins * outs : 0; /* the transform of the sum */
    const double transformed = (double)round_up(dim[WINOGRAD3_ins], PAD / 2); /* whole vectors of them */
    return tiles * (products * ins * outs + in * transformed + out * outs) + rest;
}

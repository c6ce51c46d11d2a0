/* Which convolutions the Winograd families can compute, what they need and what they cost. */
#include <string.h>

#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/winograd.h"

enum { SIZE = WINOGRAD_TILE, GROUP = WINOGRAD_OUTS, PADDING = 16, SETS = 64 };

/* How many taps a family's filters have in each direction; 0 where it is no Winograd convolution. */
static int64_t taps(Family family)
{
    return family_info(family)->winograd;
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
    return family_output(family_info(family)) == ROLE_DW;
}

/* What of a phase's extent is computed: an odd last row or column is in no window of the pool. */
static int64_t used(Family family, int64_t extent, int64_t dilation)
{
    const int64_t of_phase = extent / dilation;
    return family_info(family)->pools ? of_phase - of_phase % 2 : of_phase;
}

static int64_t tiles_along(Family family, const int64_t *dim, int extent)
{
    return dim[WINOGRAD3_dilation] * ((used(family, dim[extent], dim[WINOGRAD3_dilation]) + SIZE - 1) / SIZE);
}

static int64_t count_tiles(Family family, const int64_t *dim)
{
    return dim[WINOGRAD3_images] * tiles_along(family, dim, WINOGRAD3_rows) * tiles_along(family, dim, WINOGRAD3_cols);
}

Family winograd_family(const Window *window, bool pool)
{
    if (window->kernel[0] == 3)
        return pool ? FAMILY_WINOGRAD3_POOL : FAMILY_WINOGRAD3;
    return pool ? FAMILY_WINOGRAD5_POOL : FAMILY_WINOGRAD5;
}

Family winograd_gradient_family(const Window *window)
{
    return window->kernel[0] == 3 ? FAMILY_WINOGRAD3_GRAD_WEIGHT : FAMILY_WINOGRAD5_GRAD_WEIGHT;
}

bool winograd_fits(const Window *window, int64_t rows, int64_t cols, int64_t outs, bool pool)
{
    const int64_t dilation = window->dilation[0], fewest = pool ? SIZE : SIZE - 1;
    for (int axis = 0; axis < 2; axis++)
        if (window->stride[axis] != 1 || window->dilation[axis] != dilation ||
            window->kernel[axis] != window->kernel[0])
            return false;
    if ((window->kernel[0] != 3 && window->kernel[0] != 5) || window->groups != 1)
        return false;
    if (rows % dilation || cols % dilation || (pool && dilation != 1))
        return false;
    const Family family = winograd_family(window, pool);
    return used(family, rows, dilation) >= fewest && used(family, cols, dilation) >= fewest && outs % 16 == 0;
}

int64_t winograd_block(Family family, const int64_t *dim)
{
    /* The transformed inputs of a block and the products of a group of outputs are to stay in a core's second cache.
     * The weights stream through it once a block: the more there are of them, the more tiles they are to serve, the
     * most where no second group of outputs reads the inputs again. */
    enum { FLOATS = 64 * 1024, ENOUGH = 48, MANY = 3, FAR = 16, FOR_FAR = 128 };
    const int64_t fewest = is_grad_weight(family) ? 32 : 8;
    const int64_t tiles = count_tiles(family, dim), ins = round_up(dim[WINOGRAD3_ins], 4);
    const int64_t group = is_grad_weight(family) ? dim[WINOGRAD3_outs] : GROUP;
    int64_t most = FLOATS / (frequencies(family) * (ins + group));
    int64_t served = winograd_weights(family, ins, dim[WINOGRAD3_outs]) / FLOATS;
    const bool one_group = !is_grad_weight(family) && dim[WINOGRAD3_outs] <= GROUP && served > MANY;
    if (served > ENOUGH || one_group)
        served = ENOUGH;
    if (most < served)
        most = served;
    /* The sums of a gradient, read and written once a block, are more than the inputs are: fewer blocks pay more than
     * what stays near. */
    if (is_grad_weight(family) && served > FAR)
        most = FOR_FAR;
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
    int64_t width = used(family, dim[WINOGRAD3_cols], dim[WINOGRAD3_dilation]);
    if (width > block * SIZE)
        width = block * SIZE;
    if (width < SIZE)
        width = SIZE;
    const int64_t line = round_up((width + points(family) - SIZE) * ins, PAD) + PADDING;
    const int64_t v_tile = round_up(ins, 4) + (ins % SETS == 0 ? PADDING : 0);
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
    const double tiles = (double)count_tiles(family, dim), products = (double)frequencies(family);
    const double ins = (double)dim[WINOGRAD3_ins], outs = (double)dim[WINOGRAD3_outs];
    const double rest = is_grad_weight(family) ? 24 * products * ins * outs : 0; /* the transform of the sum */
    const double transformed = (double)round_up(dim[WINOGRAD3_ins], PAD / 2); /* whole vectors of them */
    return tiles * (products * ins * outs + in * transformed + out * outs) + rest;
}

static double dense_weights(const WinogradLayer *layer)
{
    const Window *window = layer->window;
    return (double)(window->kernel[0] * window->kernel[1] * layer->ins * round_up(layer->out.dim[0], PAD));
}

static double dense_cost(const WinogradLayer *layer)
{
    return layer->images * (double)(layer->out.dim[1] * layer->out.dim[2]) * dense_weights(layer);
}

static double layer_cost(Family family, const WinogradLayer *layer)
{
    int64_t dim[MAX_DIMS] = {0};
    dim[WINOGRAD3_rows] = layer->out.dim[1];
    dim[WINOGRAD3_cols] = layer->out.dim[2];
    dim[WINOGRAD3_ins] = layer->pixel;
    dim[WINOGRAD3_outs] = round_up(layer->out.dim[0], PAD);
    dim[WINOGRAD3_images] = layer->images;
    dim[WINOGRAD3_dilation] = layer->window->dilation[0];
    dim[WINOGRAD3_block] = winograd_block(family, dim);
    return winograd_cost(family, dim);
}

double winograd_share(Family family, const WinogradLayer *layer)
{
    return layer_cost(family, layer) / dense_cost(layer);
}

bool winograd_pays(Family family, const WinogradLayer *layer, double packed, bool dense_is_packed)
{
    /* Measured on AVX2, in multiply-adds: a transformed weight that no near cache holds, which are more than so many,
     * takes as long to fetch and to make as this; one that is near; one that is transposed for a dense kernel. */
    enum { MANY = 1 << 20, FETCHED = 17, MADE_FAR = 32, MADE_NEAR = 10, TRANSPOSED = 80 };
    const double weights = (double)winograd_weights(family, layer->pixel, round_up(layer->out.dim[0], PAD));
    double cost = layer_cost(family, layer), dense = dense_cost(layer);
    if (weights > MANY && cost < FETCHED * weights)
        cost = FETCHED * weights;
    cost += layer->images * packed * weights * (weights > MANY ? MADE_FAR : MADE_NEAR);
    if (dense_is_packed)
        dense += layer->images * packed * TRANSPOSED * dense_weights(layer);
    return cost < dense;
}

static double part_cost(Family family, const int64_t *dim, WinogradPart part)
{
    int64_t d[MAX_DIMS];
    memcpy(d, dim, sizeof d);
    d[WINOGRAD3_ins] = part.ins;
    d[WINOGRAD3_outs] = part.outs;
    return winograd_cost(family, d);
}

/* The next smaller part of so many channels; the same where there is none. */
static int64_t smaller_part(int64_t channels, int64_t part)
{
    const int64_t smaller = divisor_below(channels, PAD, part - 1);
    return smaller ? smaller : part;
}

WinogradPart winograd_part(Family family, const int64_t *dim, double most)
{
    enum { MOST = 64 }; /* of the inputs and of the outputs: the sums are then 590 KB or 1 MB */
    const int64_t ins = dim[WINOGRAD3_ins], outs = dim[WINOGRAD3_outs];
    WinogradPart part = {ins, smaller_part(outs, MOST + 1)};
    if (ins % PAD == 0)
        part.ins = smaller_part(ins, MOST + 1);
    while (part_cost(family, dim, part) > most) {
        const WinogradPart before = part;
        if (part.outs >= part.ins || part.ins % PAD)
            part.outs = smaller_part(outs, part.outs);
        if (part.outs == before.outs && part.ins % PAD == 0)
            part.ins = smaller_part(ins, part.ins);
        if (part.ins == before.ins && part.outs == before.outs)
            break;
    }
    return part;
}

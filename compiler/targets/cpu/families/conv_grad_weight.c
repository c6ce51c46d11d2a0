/* CONV_GRAD_WEIGHT: sums over the pixels, added to what the gradient holds already. */
#include <string.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/conv_grad_weight.h"
#include "targets/cpu/families/linear.h"
#include "targets/cpu/families/zero_outside_groups.h"

_Static_assert((int)CONV_GRAD_WEIGHT_x_tap_x == (int)CONV_x_tap_x, "both begin alike");

enum { COLS = 1 << PART_COLS, VECS = 1 << PART_VECS };

/* Pixels are taken in blocks whose x and d together fill about half of a first-level cache of 32 KiB: a pixel is a line
 * of x and one of d. A block is some rows of an image, or some whole images. Pixels lie channels apart, often a power
 * of two, so that their lines would push each other out of the caches: where they are read often enough, a block's
 * are copied side by side first. Those of d are read once for each tile of inputs, those of x once for each tile of
 * outputs. What is copied of x are panels, in which a tile's inputs of one pixel follow those of the one before. Some
 * inputs and outputs are copied at a time, so many that they fit into a second-level cache. While a block's pixels are
 * multiplied, those of the next one are asked for, one of x or of d with each tile: a copy that waits for them takes
 * as long as half of the multiplications. Pixels of x that share their lines, as those of a picture do, are left where
 * they are. The sums go on from block to block, so blocks and copies change no bits. */
enum { BLOCK_PIXELS = 128, OFTEN = 64, MOST_INPUTS = 128, MOST_OUTS = 128, LINE = 16 };

typedef struct Blocks {
    const char *images, *rows; /* of a block */
    const char *first, *top;   /* where the block at hand begins */
    bool near, panels, maybe;  /* d is copied, and x: always, or if `is_near` and `has_panels` */
} Blocks;

static Blocks size_blocks(KernelText *k)
{
    const char *rows = dim(k, CONV_GRAD_WEIGHT_rows), *cols = dim(k, CONV_GRAD_WEIGHT_cols),
               *run = dim(k, CONV_GRAD_WEIGHT_run), *outs = dim(k, CONV_GRAD_WEIGHT_outs);
    int64_t row_count, col_count, run_count, taps_y, taps_x, out_count, group, pixel;
    if (is_1(k, rows) && is_1(k, dim(k, CONV_GRAD_WEIGHT_images)))
        return (Blocks){.images = "1", .rows = "1"};
    if (!is_number(k, rows, &row_count) || !is_number(k, cols, &col_count) || !is_number(k, run, &run_count)) {
        line(k, "const long block = %s < %d ? %d / %s : 1, images_of_block = most(block / %s, 1);", cols, BLOCK_PIXELS,
             BLOCK_PIXELS, cols, rows);
        line(k, "const int is_near = %s <= %d && %s * %s * %s >= %d;", cols, BLOCK_PIXELS,
             dim(k, CONV_GRAD_WEIGHT_taps_y), dim(k, CONV_GRAD_WEIGHT_taps_x), run, OFTEN);
        line(k, "const int has_panels = is_near && %s >= %d && %s <= %s && (%s == 1 || %s >= %d);", outs, OFTEN, outs,
             dim(k, CONV_GRAD_WEIGHT_group_outs), cols, dim(k, CONV_GRAD_WEIGHT_x_col), LINE);
        return (Blocks){.images = "images_of_block", .rows = "block", .near = true, .panels = true, .maybe = true};
    }
    Blocks block = {.near = dim_number(k, CONV_GRAD_WEIGHT_taps_y, &taps_y) &&
                            dim_number(k, CONV_GRAD_WEIGHT_taps_x, &taps_x) &&
                            col_count <= BLOCK_PIXELS && taps_y * taps_x * run_count >= OFTEN};
    block.panels = block.near && is_number(k, outs, &out_count) && out_count >= OFTEN &&
                   dim_number(k, CONV_GRAD_WEIGHT_group_outs, &group) && out_count <= group &&
                   (col_count == 1 || (dim_number(k, CONV_GRAD_WEIGHT_x_col, &pixel) && pixel >= LINE));
    int64_t some = col_count < BLOCK_PIXELS ? BLOCK_PIXELS / col_count : 1;
    if (some < row_count) { /* blocks of about one size */
        const int64_t blocks = (row_count + some - 1) / some;
        some = (row_count + blocks - 1) / blocks;
    }
    block.images = arena_printf(k->arena, "%lld", (long long)(some > row_count ? some / row_count : 1));
    block.rows = arena_printf(k->arena, "%lld", (long long)some);
    return block;
}

/* d + s*d_image + r*d_row + o */
static const char *gradient_row(KernelText *k, const char *s, const char *r)
{
    const char *at = offset_of(k, s, dim(k, CONV_GRAD_WEIGHT_d_image), r, dim(k, CONV_GRAD_WEIGHT_d_row));
    return sum_of(k, sum_of(k, "d", at), k->out);
}

/* The loops over the images and rows of the block at hand. */
static void block_rows(KernelText *k, const Blocks *block, const char **s, const char **r)
{
    *s = loop_in_block(k, "s", block->first, dim(k, CONV_GRAD_WEIGHT_images), block->images);
    *r = loop_in_block(k, "r", block->top, dim(k, CONV_GRAD_WEIGHT_rows), block->rows);
}

/* near = d of the pixels of the block at hand, side by side. */
static void copy_near(KernelText *k, const Blocks *block)
{
    if (!block->near)
        return;
    const char *s, *r;
    line(k, "vec near[%d]%s, (*to)%s = near;", BLOCK_PIXELS, part_array(k, "", VECS), part_array(k, "", VECS));
    if (block->maybe)
        begin(k, "if (is_near)");
    block_rows(k, block, &s, &r);
    const char *c = loop(k, "c", dim(k, CONV_GRAD_WEIGHT_cols));
    const char *at = sum_of(k, gradient_row(k, s, r), product_of(k, c, dim(k, CONV_GRAD_WEIGHT_d_col)));
    const char *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load(%s);", part_element(k, "(*to)", NULL, NULL, v), sum_of(k, at, product_of(k, v, "VL")));
    end(k);
    line(k, "to++;");
    end_all(k, block->maybe ? 4 : 3);
}

/* `at` + s*x_image + r*x_row + a*x_tap_y + b*x_tap_x */
static const char *input_row(KernelText *k, const char *at, const char *s, const char *r, const char *a, const char *b)
{
    const char *x_row = dim(k, CONV_GRAD_WEIGHT_x_row), *tap_y = dim(k, CONV_GRAD_WEIGHT_x_tap_y);
    at = sum_of(k, at, product_of(k, s, dim(k, CONV_GRAD_WEIGHT_x_image)));
    int64_t row_floats, tap_floats;
    if (is_number(k, x_row, &row_floats) && is_number(k, tap_y, &tap_floats) && row_floats == tap_floats)
        at = sum_of(k, at, product_of(k, sum_of(k, r, a), x_row));
    else
        at = sum_of(k, at, offset_of(k, r, x_row, a, tap_y));
    return sum_of(k, at, product_of(k, b, dim(k, CONV_GRAD_WEIGHT_x_tap_x)));
}

/* acc += x * d of a pixel: the inputs at xr, the outputs' gradients at dr. */
static void add_pixel(KernelText *k)
{
    line(k, "vec %s;", part_array(k, "dv", VECS));
    const char *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load_once(%s);", part_element(k, "dv", NULL, NULL, v), sum_of(k, "dr", product_of(k, v, "VL")));
    end(k);
    const char *n = part_loop(k, PART_COLS);
    line(k, "const vec input = vec_all_of(%s);", sum_of(k, "xr", n));
    v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", NULL, n, v);
    line(k, "%s = vec_fma(input, %s, %s);", acc, part_element(k, "dv", NULL, NULL, v), acc);
    end_all(k, 2);
}

/* acc += x * d over the pixels of the block at hand. The inputs begin at `at`. */
static void add_pixels(KernelText *k, const char *at, const char *a, const char *b, const char *j, const Blocks *block)
{
    const char *cols = dim(k, CONV_GRAD_WEIGHT_cols), *d_col = dim(k, CONV_GRAD_WEIGHT_d_col);
    const char *size = tile_floats(k), *s, *r;
    if (block->near)
        line(k, "const float *dr = (const float *)near;");
    block_rows(k, block, &s, &r);
    line(k, "const float *xr = from_here(%s);", sum_of(k, input_row(k, at, s, r, a, b), j));
    if (!block->near)
        line(k, "const float *dr = %s;", gradient_row(k, s, r));
    else if (block->maybe)
        line(k, "dr = is_near ? dr : %s;", gradient_row(k, s, r));
    if (block->maybe)
        line(k, "const long d_step = is_near ? %s : %s;", size, d_col);

    const bool one = is_1(k, cols);
    const char *step = block->maybe ? "d_step" : block->near ? size : d_col;
    if (!one)
        begin(k, "SEVERAL for (long c = 0; c < %s; c++, xr += %s, dr += %s)", cols, dim(k, CONV_GRAD_WEIGHT_x_col),
              step);
    add_pixel(k);
    if (!one)
        end(k);
    else if (block->near)
        line(k, "dr += %s;", step);
    end_all(k, 2);
}

/* What a sum begins with: what `gradient` points at, or 0 where that is made anew, before the first block. */
static const char *begin_with(KernelText *k, const char *gradient, const Blocks *block)
{
    const char *load = arena_printf(k->arena, "vec_load(%s)", gradient);
    int64_t anew, first, top;
    const bool known = dim_number(k, CONV_GRAD_WEIGHT_anew, &anew);
    if (known && anew == 0)
        return load;
    if (known && is_number(k, block->first, &first) && is_number(k, block->top, &top))
        return "vec_zero()";
    const char *only_if = known ? "" : arena_printf(k->arena, "%s && ", dim(k, CONV_GRAD_WEIGHT_anew));
    return arena_printf(k->arena, "%s%s == 0 ? vec_zero() : %s", only_if, sum_of(k, block->first, block->top), load);
}

/* The tile of the gradient that the sums are of: its inputs begin at j of the run of tap (a, b). */
typedef struct GradientTile {
    const char *a, *b, *j;
    const char *start; /* a last tile that would stick out of the run begins earlier, and stores from here on */
} GradientTile;

/* Whether all tiles of the run are whole ones, for all widths. */
static bool is_exact(const KernelText *k)
{
    int64_t run;
    bool exact = dim_number(k, CONV_GRAD_WEIGHT_run, &run);
    for (int w = 0; exact && w < WIDTH_COUNT; w++)
        exact = run % k->tile[w].cols == 0;
    return exact || is_one(k, PART_COLS);
}

/* Declares acc, and begins with what it has so far. Returns the gradient's element [n][v]. */
static const char *begin_sums(KernelText *k, const GradientTile *tile, const Blocks *block)
{
    const char *w_row = dim(k, CONV_GRAD_WEIGHT_w_row);
    const char *tap = sum_of(k, product_of(k, tile->a, dim(k, CONV_GRAD_WEIGHT_taps_x)), tile->b);
    const char *weight = sum_of(k, product_of(k, tap, dim(k, CONV_GRAD_WEIGHT_run)), tile->j);
    line(k, "float *gt = %s;", sum_of(k, sum_of(k, "g", product_of(k, weight, w_row)), k->out));
    line(k, "vec %s;", part_array(k, "acc", COLS | VECS));
    const char *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *gradient = sum_of(k, sum_of(k, "gt", product_of(k, n, w_row)), product_of(k, v, "VL"));
    line(k, "%s = %s;", part_element(k, "acc", NULL, n, v), begin_with(k, gradient, block));
    end_all(k, 2);
    return gradient;
}

static void store_sums(KernelText *k, const char *gradient, const GradientTile *tile)
{
    const char *n = part_loop(k, PART_COLS);
    if (tile->start)
        begin(k, "if (%s >= %s)", sum_of(k, tile->j, n), tile->start);
    const char *v = part_loop(k, PART_VECS);
    line(k, "vec_store(%s, %s);", gradient, part_element(k, "acc", NULL, n, v));
    end_all(k, tile->start ? 3 : 2);
}

/* Loops over the blocks of pixels. */
static void block_loops(KernelText *k, Blocks *block)
{
    block->first = block_loop(k, is_1(k, block->images) ? "s" : "first", dim(k, CONV_GRAD_WEIGHT_images),
                              block->images);
    block->top = block_loop(k, is_1(k, block->rows) ? "r" : "top", dim(k, CONV_GRAD_WEIGHT_rows), block->rows);
}

/* What of x and d is copied at a time, and where the tiles at hand have it. */
typedef struct Panels {
    const char *outs, *first_out; /* how many outputs, and from where on */
    const char *tiles, *first_tile, *most; /* tiles of inputs in a run, the first that is copied, how many at most */
    bool all_outs, all_inputs;    /* at once */
    bool many;                    /* there are several blocks of pixels, so that the next one's are asked for */
    const char *cols;             /* of a tile */
} Panels;

/* A loop over the outputs, or those of a part of them. */
static const char *panel_outs_loop(KernelText *k, const Panels *panels)
{
    const char *outs = dim(k, CONV_GRAD_WEIGHT_outs), *size = tile_floats(k);
    const char *last = panels->all_outs ? outs : lesser(k, sum_of(k, panels->first_out, panels->outs), outs);
    begin(k, "for (long o = %s; o < %s; o += %s)", panels->first_out, last, size);
    return arena_printf(k->arena, panels->all_outs ? "near[o / (%s)]" : "near[(o - part) / (%s)]", size);
}

/* A loop over the tiles of the run, or those of a part of it. */
static const char *panel_tile_loop(KernelText *k, const Panels *panels)
{
    if (panels->all_inputs)
        loop(k, "t", panels->tiles);
    else
        loop_in_block(k, "t", panels->first_tile, panels->tiles, panels->most);
    return panels->all_inputs ? "panels[t]" : "panels[t - t0]";
}

/* Loops over the pixels of the block at hand, and counts them. */
static void pixel_loops(KernelText *k, const Blocks *block, const char **s, const char **r, const char **c)
{
    line(k, "pixels = 0;");
    block_rows(k, block, s, r);
    *c = loop(k, "c", dim(k, CONV_GRAD_WEIGHT_cols));
}

/* How far the next block begins from the one at hand, by the distances of images and rows. */
static const char *to_next(KernelText *k, const Blocks *block, int image, int row)
{
    const char *rows = dim(k, CONV_GRAD_WEIGHT_rows);
    const char *far = difference_of(k, product_of(k, block->images, dim(k, image)),
                                    product_of(k, block->top, dim(k, row)));
    int64_t count, some;
    if (is_number(k, rows, &count) && is_number(k, block->rows, &some) && some >= count)
        return far;
    return arena_printf(k->arena, "%s < %s ? %s : %s", sum_of(k, block->top, block->rows), rows,
                        product_of(k, block->rows, dim(k, row)), far);
}

/* Asks for a pixel of the next block, of d or of x in turn: at twice the rate memory would not keep up. */
static void fetch_next(KernelText *k, const Panels *panels)
{
    if (!panels->many)
        return;
    line(k, "if (turn < 2 * pixels && turn %% 2 == 0)");
    line(k, "    prefetch_second(ds[turn / 2] + d_next, %s);", panels->outs);
    line(k, "else if (turn < 2 * pixels)");
    line(k, "    prefetch_second(xs[turn / 2] + x_next, %s);",
         panels->all_inputs ? dim(k, CONV_GRAD_WEIGHT_run) : arena_printf(k->arena, "%d", MOST_INPUTS));
    line(k, "turn++;");
}

/* near[tile of outputs][pixel] = d */
static void copy_gradients(KernelText *k, Panels *panels, const Blocks *block)
{
    const char *s, *r, *c, *d_col = dim(k, CONV_GRAD_WEIGHT_d_col), *size = tile_floats(k);
    line(k, "vec %s;", part_array(k, arena_printf(k->arena, "near[%s / (%s)][%d]", panels->outs, size, BLOCK_PIXELS),
                                  VECS));
    const char *d_next = to_next(k, block, CONV_GRAD_WEIGHT_d_image, CONV_GRAD_WEIGHT_d_row);
    const char *x_next = to_next(k, block, CONV_GRAD_WEIGHT_x_image, CONV_GRAD_WEIGHT_x_row);
    panels->many = strcmp(d_next, "0") != 0 || strcmp(x_next, "0") != 0;
    if (panels->many) {
        line(k, "const float *ds[%d], *xs[%d];", BLOCK_PIXELS, BLOCK_PIXELS);
        line(k, "const long d_next = %s;", d_next);
        line(k, "const long x_next = %s;", x_next);
        line(k, "long turn = 0;");
    }
    pixel_loops(k, block, &s, &r, &c);
    k->out = "0";
    line(k, "const float *dp = %s;", sum_of(k, gradient_row(k, s, r), product_of(k, c, d_col)));
    if (panels->many)
        line(k, "ds[pixels] = %s;", sum_of(k, "dp", panels->first_out));
    const char *near = panel_outs_loop(k, panels), *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load(%s);", part_element(k, arena_printf(k->arena, "%s[pixels]", near), NULL, NULL, v),
         sum_of(k, "dp + o", product_of(k, v, "VL")));
    end_all(k, 2);
    line(k, "pixels++;");
    end_all(k, 3);
}

/* panels[tile of inputs][pixel] = x at tap (a, b) */
static void copy_inputs(KernelText *k, const Panels *panels, const Blocks *block, const char *a, const char *b)
{
    const char *s, *r, *c, *run = dim(k, CONV_GRAD_WEIGHT_run), *x_col = dim(k, CONV_GRAD_WEIGHT_x_col);
    line(k, "float panels[%s][%s + 16];", panels->most, /* not a power of two apart */
         product_of(k, arena_printf(k->arena, "%d", BLOCK_PIXELS), panels->cols));
    pixel_loops(k, block, &s, &r, &c);
    const char *at = sum_of(k, input_row(k, "x", s, r, a, b), product_of(k, c, x_col));
    line(k, "const float *xp = %s;", at);
    if (panels->many)
        line(k, "xs[pixels] = %s;", sum_of(k, "xp", product_of(k, panels->first_tile, panels->cols)));
    const char *panel = panel_tile_loop(k, panels);
    line(k, "__builtin_memcpy(%s, %s, sizeof(float[%s]));", sum_of(k, panel, product_of(k, "pixels", panels->cols)),
         sum_of(k, "xp", tile_start(k, "t", run, PART_COLS, 1)), panels->cols);
    end(k);
    line(k, "pixels++;");
    end_all(k, 3);
}

/* acc += x * d over the pixels of the block at hand, which are side by side. */
static void add_copied(KernelText *k, const Panels *panels, const char *panel, const char *near)
{
    line(k, "const float *xr = from_here(%s), *dr = (const float *)%s;", panel, near);
    begin(k, "SEVERAL for (long p = 0; p < pixels; p++, xr += %s, dr += %s)", panels->cols,
          tile_floats(k));
    add_pixel(k);
    end(k);
}

/* By panels: blocks of pixels stand around the outputs, so that each block of x is copied for many of them. */
static void print_by_panels(KernelText *k, Blocks *block)
{
    const char *outs = dim(k, CONV_GRAD_WEIGHT_outs), *run = dim(k, CONV_GRAD_WEIGHT_run);
    int64_t out_count, run_count = 0;
    Panels panels = {.outs = outs, .tiles = tile_count(k, run, PART_COLS, 1), .first_tile = "0",
                     .cols = part_product(k, COLS)};
    panels.all_outs = is_number(k, outs, &out_count) && out_count <= MOST_OUTS;
    panels.all_inputs = is_number(k, run, &run_count) && run_count <= MOST_INPUTS;
    if (!panels.all_outs) { /* whole tiles of outputs */
        const char *size = tile_floats(k);
        line(k, "enum { OUTS = %d / (%s) * (%s) };", MOST_OUTS, size, size);
        panels.outs = "OUTS";
    }
    const char *most = panels.all_inputs ? run : arena_printf(k->arena, "%d", MOST_INPUTS);
    const char *all = tile_count(k, arena_printf(k->arena, "%lld", (long long)run_count), PART_COLS, 1); /* no name */
    line(k, "enum { PANELS = %s };", panels.all_inputs ? all : quotient_of(k, most, panels.cols));
    panels.most = "PANELS";
    line(k, "long pixels;");

    const int depth = k->depth;
    block_loops(k, block);
    panels.first_out = panels.all_outs ? "0" : block_loop(k, "part", outs, panels.outs);
    copy_gradients(k, &panels, block);
    GradientTile tile = {.a = loop(k, "a", dim(k, CONV_GRAD_WEIGHT_taps_y)),
                         .b = loop(k, "b", dim(k, CONV_GRAD_WEIGHT_taps_x)), .j = "j"};
    if (!panels.all_inputs)
        panels.first_tile = block_loop(k, "t0", panels.tiles, "PANELS");
    copy_inputs(k, &panels, block, tile.a, tile.b);
    const char *near = panel_outs_loop(k, &panels), *panel = panel_tile_loop(k, &panels);
    fetch_next(k, &panels);
    k->out = "o";
    tile.start = is_exact(k) ? NULL : product_of(k, "t", panels.cols);
    line(k, "const long j = %s;", tile_start(k, "t", run, PART_COLS, 1));
    const char *gradient = begin_sums(k, &tile, block);
    add_copied(k, &panels, panel, near);
    store_sums(k, gradient, &tile);
    end_all(k, k->depth - depth);
}

/* Pixel by pixel where x has it. */
static void print_in_place(KernelText *k, Blocks *block)
{
    const char *run = dim(k, CONV_GRAD_WEIGHT_run);
    const int depth = k->depth;
    output_loop(k, dim(k, CONV_GRAD_WEIGHT_outs));
    const char *x = group_input(k, CONV_GRAD_WEIGHT_outs, CONV_GRAD_WEIGHT_group_outs, CONV_GRAD_WEIGHT_group_ins);
    block_loops(k, block);
    copy_near(k, block);
    GradientTile tile = {.a = loop(k, "a", dim(k, CONV_GRAD_WEIGHT_taps_y)),
                         .b = loop(k, "b", dim(k, CONV_GRAD_WEIGHT_taps_x)), .j = "j"};
    if (is_exact(k)) {
        tile.j = tile_loop(k, "j", run, PART_COLS, 1);
    } else {
        begin(k, "for (long start = 0; start < %s; start += COLS)", run);
        line(k, "const long j = least(start, %s - COLS);", run);
        tile.start = "start";
    }
    const char *gradient = begin_sums(k, &tile, block);
    add_pixels(k, x, tile.a, tile.b, tile.j, block);
    store_sums(k, gradient, &tile);
    end_all(k, k->depth - depth);
}

static void print_conv_grad_weight(KernelText *k)
{
    tile_constants(k, COLS | VECS);
    Blocks block = size_blocks(k);
    if (block.panels && block.maybe)
        begin(k, "if (has_panels)");
    if (block.panels)
        print_by_panels(k, &block);
    if (block.panels && !block.maybe)
        return;
    if (block.panels) {
        line(k, "return;");
        end(k);
    }
    print_in_place(k, &block);
}

/* Over the whole batch: a part makes some outputs of some rows of the gradient, which are the inputs of a tap. What it
 * makes, 64 KB at most, stays in a second-level cache, beside the blocks of x and dy. Each part reads its inputs and
 * outputs of all pixels anew, most often from the third cache, so parts a quarter as large read them twice as often. */
static void cut_gradient(Kernel *kernel)
{
    enum { PART_OUTS = 128, MOST_ROWS = 128 };
    int64_t *d = kernel->dim, outs = divisor_below(d[CONV_GRAD_WEIGHT_outs], PAD, PART_OUTS);
    const int64_t all = d[CONV_GRAD_WEIGHT_outs], taps = d[CONV_GRAD_WEIGHT_taps_y];
    int64_t rows = d[CONV_GRAD_WEIGHT_taps_x] == 1 ? divisor_below(d[CONV_GRAD_WEIGHT_run], 1, MOST_ROWS)
                                                   : d[CONV_GRAD_WEIGHT_run];
    if (4 * rows < MOST_ROWS && d[CONV_GRAD_WEIGHT_run] < 4 * MOST_ROWS) /* a number with few divisors */
        rows = d[CONV_GRAD_WEIGHT_run];
    const int64_t of_tap = d[CONV_GRAD_WEIGHT_taps_x] * rows;
    kernel_cut(kernel, taps, d[CONV_GRAD_WEIGHT_run] / rows, all / outs);
    kernel->operand[ROLE_X].step[0] = d[CONV_GRAD_WEIGHT_x_tap_y];
    kernel->operand[ROLE_X].step[1] = rows;
    kernel->operand[ROLE_DY].step[2] = outs;
    kernel->operand[ROLE_DW].step[0] = d[CONV_GRAD_WEIGHT_taps_x] * d[CONV_GRAD_WEIGHT_run] * all;
    kernel->operand[ROLE_DW].step[1] = rows * all;
    kernel->operand[ROLE_DW].step[2] = outs;
    kernel->learns = outs == all ? of_tap * all : outs;
    if (outs < all)
        kernel->rows = (LearnedRows){.outer = 1, .inner = of_tap, .inner_step = all};
    d[CONV_GRAD_WEIGHT_taps_y] = d[CONV_GRAD_WEIGHT_anew] = 1;
    d[CONV_GRAD_WEIGHT_run] = rows;
    d[CONV_GRAD_WEIGHT_outs] = d[CONV_GRAD_WEIGHT_group_outs] = d[CONV_GRAD_WEIGHT_w_row] = outs;
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t outs = dy->channels, *d = kernel->dim;
    GroupWindow g = conv_window(window, x, outs);
    kernel->operand[ROLE_X] = set_window_dims(kernel, x, outs);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    d[CONV_GRAD_WEIGHT_w_row] = d[CONV_outs];
    d[CONV_GRAD_WEIGHT_d_row] = buffer_row(dy);
    d[CONV_GRAD_WEIGHT_d_col] = dy->pitch;
    d[CONV_GRAD_WEIGHT_group_outs] = g.outs;
    d[CONV_GRAD_WEIGHT_group_ins] = g.ins;
    merge_taps(d, g.ins != 0);
    if (kernel->scope == SCOPE_BATCH)
        cut_gradient(kernel);
    if (g.groups > 1) /* the block's other groups gathered products that belong to no weight */
        vec_push(plan->arena, plan->kernels, zero_outside_groups(plan, kernel, g, outs, x->channels));
}

/* Samples of a linear layer are columns. */
static int samples(const Kernel *kernel)
{
    return op_is_linear(kernel->op) ? CONV_GRAD_WEIGHT_cols : CONV_GRAD_WEIGHT_images;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Operand *operand = kernel->operand;
    const bool columns = op_is_linear(kernel->op);
    d[CONV_GRAD_WEIGHT_images] = 1;
    if (!kernel->counts_samples)
        return;
    d[samples(kernel)] = samples_together(plan, kernel);
    d[columns ? CONV_GRAD_WEIGHT_x_col : CONV_GRAD_WEIGHT_x_image] = operand[ROLE_X].buffer->stride;
    d[columns ? CONV_GRAD_WEIGHT_d_col : CONV_GRAD_WEIGHT_d_image] = operand[ROLE_DY].buffer->stride;
}

static bool anew(const Kernel *kernel)
{
    return kernel->dim[CONV_GRAD_WEIGHT_anew];
}

static const Tile grad_16[] = {
    {1, 10, 2}, {1, 8, 2}, {1, 12, 2}, {1, 9, 2}, {1, 6, 2}, {1, 5, 2}, {1, 4, 2}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2},
    {1, 10, 1}, {1, 8, 1}, {1, 12, 1}, {1, 9, 1}, {1, 6, 1}, {1, 5, 1}, {1, 4, 1}, {1, 3, 1}, {1, 2, 1}, {1, 1, 1},
};
static const Tile grad_8[] = {{1, 5, 2}, {1, 4, 2}, {1, 6, 2}, {1, 4, 3}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2}};
static const Tile grad_4[] = {{1, 5, 2}, {1, 4, 2}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2}};

/* The columns are the run of a tap. A tile stays in a block of groups. */
static TileSpace space(const int64_t *d)
{
    return (TileSpace){1, d[CONV_GRAD_WEIGHT_run],
                       d[CONV_GRAD_WEIGHT_group_ins] ? d[CONV_GRAD_WEIGHT_group_outs] : d[CONV_GRAD_WEIGHT_outs]};
}

static const FamilyTiles tiles = {
    .width = {TILES(grad_16), TILES(grad_8), TILES(grad_4)}, .space = space, .asks = true};

const FamilyInfo family_conv_grad_weight = {
    .name = "conv_grad_weight", HAS_DIMS(CONV_GRAD_WEIGHT),
    .parameters = {READS(X, x), READS(DY, d), MAKES(DW, g)},
    .computes = {{&op_conv2d_grad_weight, .border = border_for_windows},
                 {&op_linear_grad_weight, .layout = layout_linear_grad_weight}},
    .x_by_number = true,
    .layout = layout, .count_samples = count_samples, .counted = samples, .tiles = &tiles,
    .print = print_conv_grad_weight, .anew = anew,
};

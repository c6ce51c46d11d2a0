/* CONV_GRAD_WEIGHT: sums over the pixels, added to what the gradient holds already. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/conv_grad_weight.h"
#include "targets/cpu/families/linear.h"
#include "targets/cpu/families/zero_outside_groups.h"

_Static_assert((int)CONV_GRAD_WEIGHT_x_tap_x == (int)CONV_x_tap_x, "both begin alike");

enum { COLS = 1 << PART_COLS, VECS = 1 << PART_VECS };

/* Pixels are taken in blocks whose x and d together fill about half of a first-level cache of 32 KiB: a pixel is a line
 * of x and one of d. A block is some rows of an image, or some whole images. Pixels lie channels apart, often a power
 * of two, so that the lines of d would push each other out of the cache: where they are read often enough, a block's
 * are copied side by side first. The sums go on from block to block, so blocks change no bits. */
enum { BLOCK_PIXELS = 128, OFTEN = 64 };

typedef struct Blocks {
    const char *images, *rows; /* of a block */
    const char *first, *top;   /* where the block at hand begins */
    bool near, maybe;          /* d is copied: always, or if `is_near` */
} Blocks;

static Blocks size_blocks(KernelText *k)
{
    const char *rows = dim(k, CONV_GRAD_WEIGHT_rows), *cols = dim(k, CONV_GRAD_WEIGHT_cols),
               *run = dim(k, CONV_GRAD_WEIGHT_run);
    int64_t row_count, col_count, run_count, taps_y, taps_x;
    if (is_1(k, rows) && is_1(k, dim(k, CONV_GRAD_WEIGHT_images)))
        return (Blocks){.images = "1", .rows = "1"};
    if (!is_number(k, rows, &row_count) || !is_number(k, cols, &col_count) || !is_number(k, run, &run_count)) {
        line(k, "const long block = %s < %d ? %d / %s : 1, images_of_block = most(block / %s, 1);", cols, BLOCK_PIXELS,
             BLOCK_PIXELS, cols, rows);
        line(k, "const int is_near = %s <= %d && %s * %s * %s >= %d;", cols, BLOCK_PIXELS,
             dim(k, CONV_GRAD_WEIGHT_taps_y), dim(k, CONV_GRAD_WEIGHT_taps_x), run, OFTEN);
        return (Blocks){.images = "images_of_block", .rows = "block", .near = true, .maybe = true};
    }
    Blocks block = {.near = dim_number(k, CONV_GRAD_WEIGHT_taps_y, &taps_y) &&
                            dim_number(k, CONV_GRAD_WEIGHT_taps_x, &taps_x) &&
                            col_count <= BLOCK_PIXELS && taps_y * taps_x * run_count >= OFTEN};
    const int64_t some = col_count < BLOCK_PIXELS ? BLOCK_PIXELS / col_count : 1;
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

/* acc += x * d over the pixels of the block at hand. The inputs begin at `at`. */
static void add_pixels(KernelText *k, const char *at, const char *a, const char *b, const char *j, const Blocks *block)
{
    const char *cols = dim(k, CONV_GRAD_WEIGHT_cols), *x_row = dim(k, CONV_GRAD_WEIGHT_x_row),
               *tap_y = dim(k, CONV_GRAD_WEIGHT_x_tap_y), *d_col = dim(k, CONV_GRAD_WEIGHT_d_col);
    const char *size = product_of(k, part_product(k, VECS), "VL"), *s, *r;
    if (block->near)
        line(k, "const float *dr = (const float *)near;");
    block_rows(k, block, &s, &r);
    at = sum_of(k, at, product_of(k, s, dim(k, CONV_GRAD_WEIGHT_x_image)));

    int64_t row_floats, tap_floats;
    if (is_number(k, x_row, &row_floats) && is_number(k, tap_y, &tap_floats) && row_floats == tap_floats)
        at = sum_of(k, at, product_of(k, sum_of(k, r, a), x_row));
    else
        at = sum_of(k, at, offset_of(k, r, x_row, a, tap_y));
    at = sum_of(k, sum_of(k, at, product_of(k, b, dim(k, CONV_GRAD_WEIGHT_x_tap_x))), j);
    line(k, "const float *xr = from_here(%s);", at);
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
    return arena_printf(k->arena, "%s && %s + %s == 0 ? vec_zero() : %s", dim(k, CONV_GRAD_WEIGHT_anew), block->first,
                        block->top, load);
}

static void print_conv_grad_weight(KernelText *k)
{
    tile_constants(k, COLS | VECS);
    const char *outs = dim(k, CONV_GRAD_WEIGHT_outs), *run = dim(k, CONV_GRAD_WEIGHT_run);
    int64_t run_count;
    Blocks block = size_blocks(k);

    const int depth = k->depth;
    output_loop(k, outs);
    const char *x = group_input(k, CONV_GRAD_WEIGHT_outs, CONV_GRAD_WEIGHT_group_outs, CONV_GRAD_WEIGHT_group_ins);
    block.first = block_loop(k, is_1(k, block.images) ? "s" : "first", dim(k, CONV_GRAD_WEIGHT_images),
                             block.images);
    block.top = block_loop(k, is_1(k, block.rows) ? "r" : "top", dim(k, CONV_GRAD_WEIGHT_rows), block.rows);
    copy_near(k, &block);
    const char *a = loop(k, "a", dim(k, CONV_GRAD_WEIGHT_taps_y)), *b = loop(k, "b", dim(k, CONV_GRAD_WEIGHT_taps_x));

    /* Along the run, a last tile that would stick out begins earlier and stores only what is still missing. */
    bool exact = is_number(k, run, &run_count);
    for (int w = 0; exact && w < WIDTH_COUNT; w++)
        exact = run_count % k->tile[w].cols == 0;
    const char *j = "j";
    if (exact || is_one(k, PART_COLS)) {
        j = tile_loop(k, "j", run, PART_COLS, 1);
        exact = true;
    } else {
        begin(k, "for (long start = 0; start < %s; start += COLS)", run);
        line(k, "const long j = least(start, %s - COLS);", run);
    }

    const char *w_row = dim(k, CONV_GRAD_WEIGHT_w_row);
    const char *tap = sum_of(k, product_of(k, a, dim(k, CONV_GRAD_WEIGHT_taps_x)), b);
    const char *weight = sum_of(k, product_of(k, tap, run), j);
    line(k, "float *gt = %s;", sum_of(k, sum_of(k, "g", product_of(k, weight, w_row)), k->out));
    line(k, "vec %s;", part_array(k, "acc", COLS | VECS));
    const char *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", NULL, n, v);
    const char *gradient = sum_of(k, sum_of(k, "gt", product_of(k, n, w_row)), product_of(k, v, "VL"));
    line(k, "%s = %s;", acc, begin_with(k, gradient, &block));
    end_all(k, 2);
    add_pixels(k, x, a, b, j, &block);

    n = part_loop(k, PART_COLS);
    if (!exact)
        begin(k, "if (j + n >= start)");
    v = part_loop(k, PART_VECS);
    line(k, "vec_store(%s, %s);", gradient, acc);
    end_all(k, k->depth - depth);
}

/* Over the whole batch: a part makes some outputs of some rows of the gradient, which are the inputs of a tap. What it
 * makes stays in a first-level cache, and the blocks of x and dy beside it in the second. */
static void cut_gradient(Kernel *kernel)
{
    enum { MOST_OUTS = 64, MOST_ROWS = 96 };
    int64_t *d = kernel->dim, outs = divisor_below(d[CONV_GRAD_WEIGHT_outs], PAD, MOST_OUTS);
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

static int samples(const Kernel *kernel)
{
    return op_is_linear(kernel->op) ? CONV_GRAD_WEIGHT_cols : CONV_GRAD_WEIGHT_images;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Operand *operand = kernel->operand;
    const bool linear = op_is_linear(kernel->op);
    d[CONV_GRAD_WEIGHT_images] = 1;
    if (!kernel->counts_samples)
        return;
    d[samples(kernel)] = samples_together(plan, kernel);
    d[linear ? CONV_GRAD_WEIGHT_x_col : CONV_GRAD_WEIGHT_x_image] = operand[ROLE_X].buffer->stride;
    d[linear ? CONV_GRAD_WEIGHT_d_col : CONV_GRAD_WEIGHT_d_image] = operand[ROLE_DY].buffer->stride;
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

/* CONV and CONV_POOL: what becomes of a tile's sums (conv_sums.h), and where operands and dimensions come from. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/conv_sums.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/linear.h"
#include "targets/cpu/families/transpose.h"
#include "targets/cpu/families/transposed.h"

/* CONV_POOL's dimensions begin with CONV's. */
_Static_assert((int)CONV_POOL_norm_row == (int)CONV_norm_row, "CONV_POOL_DIMS begins with CONV_DIMS");

static const Finish finish = {CONV_has_bias, CONV_norm_row, CONV_act, CONV_POOL_act_first};

/* The first output of vector v. */
static const char *first_out(KernelText *k, const char *v)
{
    return sum_of(k, k->out, product_of(k, v, "VL"));
}

/* Where the sums are looked at that something may follow, and the loop over a part of them. */
static const char *sums_of(const Place *tile, bool stored, PartLoop **part)
{
    *part = stored && tile->sums ? part_rounds : part_loop;
    return stored && tile->sums ? tile->sums : "acc";
}

static void print_conv(KernelText *k)
{
    const bool stored = finish_is_open(k, &finish);
    const Place tile = conv_sums(k, 1, stored);
    const char *r = tile.r, *c = tile.c;

    PartLoop *part;
    const char *sums = sums_of(&tile, stored, &part);
    const char *m = part(k, PART_ROWS), *n = part(k, PART_COLS), *v = part(k, PART_VECS);
    const char *at = offset_of(k, sum_of(k, r, m), dim(k, CONV_y_row), sum_of(k, c, n), dim(k, CONV_y_col));
    at = sum_of(k, image_of(k, "y", &tile, CONV_y_image), at);
    at = sum_of(k, sum_of(k, at, k->out), product_of(k, v, "VL"));
    if (finish_is_nothing(k, &finish)) {
        line(k, "vec_store(%s, %s);", at, part_element(k, sums, m, n, v));
    } else {
        line(k, "vec sum = %s;", part_element(k, sums, m, n, v));
        finish_sum(k, &finish, "sum", first_out(k, v));
        line(k, "vec_store(%s, sum);", at);
    }
    end_all(k, k->depth - tile.depth);
}

/* The norm of all elements that a pool is to choose among. */
static void norm_tile(KernelText *k, const char *sums, PartLoop *part)
{
    if (!finish_begin_unpooled(k, &finish))
        return;
    const char *m = part(k, PART_ROWS), *n = part(k, PART_COLS), *v = part(k, PART_VECS);
    finish_unpooled(k, &finish, part_element(k, sums, m, n, v), first_out(k, v));
    end_all(k, 4);
}

static void print_conv_pool(KernelText *k)
{
    const bool stored = finish_is_open(k, &finish);
    const Place tile = conv_sums(k, 2, stored);
    const char *r = tile.r, *c = tile.c;

    PartLoop *part;
    const char *sums = sums_of(&tile, stored, &part);
    norm_tile(k, sums, part);
    /* Tiles of more than two columns hold several windows side by side. */
    const char *n = "0", *next = "1", *column = c;
    bool windows = k->tile[WIDTH_16].cols > 2 || k->tile[WIDTH_8].cols > 2 || k->tile[WIDTH_4].cols > 2;
    if (windows) {
        begin(k, "%sfor (int n = 0; n < COLS; n += 2)", part == part_loop ? "UNROLL " : "");
        n = "n", next = "n + 1", column = sum_of(k, c, "n / 2");
    }
    const char *v = part(k, PART_VECS);
    line(k, "vec best = %s;", part_element(k, sums, "0", n, v));
    line(k, "ivec at = ivec_all(0);");
    line(k, "vec_take_max(%s, 1, &best, &at);", part_element(k, sums, "0", next, v));
    line(k, "vec_take_max(%s, 2, &best, &at);", part_element(k, sums, "1", n, v));
    line(k, "vec_take_max(%s, 3, &best, &at);", part_element(k, sums, "1", next, v));
    finish_pooled(k, &finish, "best", first_out(k, v));
    const char *y = sum_of(k, image_of(k, "y", &tile, CONV_y_image),
                           offset_of(k, r, dim(k, CONV_y_row), column, dim(k, CONV_y_col)));
    const char *arg =
        sum_of(k, image_of(k, "arg", &tile, CONV_POOL_arg_image),
               offset_of(k, r, dim(k, CONV_POOL_arg_row), column, dim(k, CONV_POOL_arg_col)));
    const char *lane = first_out(k, v);
    line(k, "vec_store(%s, best);", sum_of(k, y, lane));
    line(k, "ivec_store_bytes(%s, at);", sum_of(k, arg, lane));
    end_all(k, k->depth - tile.depth);
}

void merge_taps(int64_t *d, bool grouped)
{
    if (grouped)
        return;
    if (d[CONV_x_tap_x] == d[CONV_run]) {
        d[CONV_run] *= d[CONV_taps_x];
        d[CONV_taps_x] = 1;
    }
    if (d[CONV_taps_x] == 1 && d[CONV_x_tap_y] == d[CONV_run]) {
        d[CONV_run] *= d[CONV_taps_y];
        d[CONV_taps_y] = 1;
    }
}

void merge_pixels(int64_t *d)
{
    if (d[CONV_x_row] != d[CONV_cols] * d[CONV_x_col] || d[CONV_y_row] != d[CONV_cols] * d[CONV_y_col])
        return;
    d[CONV_cols] *= d[CONV_rows];
    d[CONV_rows] = 1;
}

Operand set_window_dims(Kernel *kernel, Buffer *x, int64_t outs)
{
    const Window *w = &kernel->ops[0]->attr.window;
    GroupWindow g = conv_window(w, x, outs);
    int64_t *d = kernel->dim, row = buffer_row(x);
    d[CONV_rows] = window_extent(w, 0, x->rows);
    d[CONV_cols] = window_extent(w, 1, x->cols);
    d[CONV_outs] = round_up(outs, PAD);
    d[CONV_taps_y] = w->kernel[0];
    d[CONV_taps_x] = w->kernel[1];
    d[CONV_run] = g.run;
    d[CONV_x_row] = w->stride[0] * row;
    d[CONV_x_col] = w->stride[1] * x->pitch;
    d[CONV_x_tap_y] = w->dilation[0] * row;
    d[CONV_x_tap_x] = w->dilation[1] * x->pitch;
    kernel->flops = conv_flops(x, w, outs);
    return first_window(x, w);
}

/* Whether a batch reads weights so often that a copy of them with rows spread over the cache pays. Rows a power of two
 * apart push each other out of all caches: at half the rate of the peak that a convolution then loses, a hundred pixels
 * make up for a copy. A kernel that copies each block of them, which is read at once, loses a twentieth. (One sample
 * has panels.) */
static bool spread_pays(const Plan *plan, const int64_t *d, int64_t outs)
{
    enum { MANY_PIXELS = 128, MANY_NEAR = 1024 };
    const int64_t pixels = d[CONV_rows] * d[CONV_cols], many = pixels >= NEAR_PIXELS ? MANY_NEAR : MANY_PIXELS;
    return !plan->one_sample && spread_row(outs) != round_up(outs, PAD) && pixels * plan->batch >= many;
}

/* The weights as a dense forward convolution reads them, inputs-major: as they are, or a layout made from them. */
static Buffer *dense_weights(Plan *plan, Kernel *kernel, const Buffer *x, int64_t outs)
{
    Buffer *weights = buffer_at(plan, kernel, ROLE_W);
    const Window *window = &kernel->ops[0]->attr.window;
    WeightOrder order = weights->order;
    kernel->dim[CONV_w_row] = round_up(outs, PAD);
    if (order.out == 1 && (window->groups > 1 || !spread_pays(plan, kernel->dim, outs)))
        return weights;
    int64_t run = conv_window(window, x, outs).run, row = spread_row(outs);
    int64_t taps = window->kernel[0] * window->kernel[1];
    Buffer *dense = packed_weights(plan, kernel->value[ROLE_W], ".dense", taps * run * row);
    /* A transposition swaps outputs and inputs; told them the other way round, it swaps them back. */
    int64_t *t = add_pack_kernel(plan, FAMILY_TRANSPOSE, kernel, dense)->dim;
    t[TRANSPOSE_taps_y] = window->kernel[0];
    t[TRANSPOSE_taps_x] = window->kernel[1];
    t[TRANSPOSE_run] = run;
    t[TRANSPOSE_ins] = outs;
    t[TRANSPOSE_t_row] = kernel->dim[CONV_w_row] = row;
    t[TRANSPOSE_group_outs] = round_up(outs, PAD);
    t[TRANSPOSE_w_run] = outs;
    t[TRANSPOSE_w_outs] = t[TRANSPOSE_w_group_outs] = x->channels;
    t[TRANSPOSE_w_tap_y] = order.tap_y;
    t[TRANSPOSE_w_tap_x] = order.tap_x;
    t[TRANSPOSE_w_in] = order.out;
    t[TRANSPOSE_w_out] = order.in;
    t[TRANSPOSE_step_y] = t[TRANSPOSE_step_x] = 1;
    return dense;
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    int64_t outs = kernel->value[ROLE_W]->shape.dim[0], *d = kernel->dim;
    GroupWindow g = conv_window(&kernel->ops[0]->attr.window, x, outs);
    kernel->operand[ROLE_X] = set_window_dims(kernel, x, outs);
    kernel->operand[ROLE_W] = whole(dense_weights(plan, kernel, x, outs));
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside_value(plan, kernel, ROLE_Y);
    d[CONV_y_row] = buffer_row(y);
    d[CONV_y_col] = y->pitch;
    d[CONV_group_outs] = g.outs;
    d[CONV_group_ins] = g.ins;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, CONV_act);
    merge_taps(d, g.ins != 0);
    if (kernel->family == FAMILY_CONV)
        merge_pixels(d);
}

static void layout_pool(Plan *plan, Kernel *kernel)
{
    Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->dim[CONV_POOL_act_first] = kernel->act_first;
    kernel->dim[CONV_POOL_arg_row] = buffer_row(arg);
    kernel->dim[CONV_POOL_arg_col] = arg->pitch;
    layout(plan, kernel);
}

/* Rows of outputs, in whole windows of a pool, or pixels of the only row; outputs where they are in no groups. */
static bool cut(Kernel *kernel, Grid grid)
{
    int64_t *d = kernel->dim;
    Operand *operand = kernel->operand;
    const int64_t pooled = kernel->family == FAMILY_CONV_POOL ? 2 : 1;
    const bool one_row = pooled == 1 && d[CONV_rows] == 1;
    if (!cut_dim(kernel, one_row ? CONV_cols : CONV_rows, grid.rows, pooled) ||
        !cut_dim(kernel, CONV_outs, grid.outs, PAD) || (d[CONV_group_ins] && grid.outs > 1))
        return false;
    if (grid.outs > 1)
        d[CONV_group_outs] = d[CONV_outs];
    operand[ROLE_X].step[1] = one_row ? d[CONV_cols] * d[CONV_x_col] : d[CONV_rows] * d[CONV_x_row];
    operand[ROLE_Y].step[1] = one_row ? d[CONV_cols] * d[CONV_y_col] : d[CONV_rows] / pooled * d[CONV_y_row];
    operand[ROLE_W].step[2] = operand[ROLE_Y].step[2] = d[CONV_outs];
    if (d[CONV_has_bias] || d[CONV_norm_row])
        operand[ROLE_BIAS].step[2] = d[CONV_outs];
    if (kernel->family == FAMILY_CONV_POOL) {
        operand[ROLE_ARG].step[1] = d[CONV_rows] / pooled * d[CONV_POOL_arg_row];
        operand[ROLE_ARG].step[2] = d[CONV_outs];
    }
    return true;
}

/* Images that lie side by side, each of one row, become one: its tiles go on over the ends of the images. */
static void merge_images(int64_t *d)
{
    if (d[CONV_rows] != 1 || d[CONV_x_image] != d[CONV_cols] * d[CONV_x_col] ||
        d[CONV_y_image] != d[CONV_cols] * d[CONV_y_col])
        return;
    d[CONV_cols] *= d[CONV_images];
    d[CONV_images] = 1;
    d[CONV_x_image] = d[CONV_y_image] = 0;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Operand *operand = kernel->operand;
    const bool linear = op_is_linear(kernel->op);
    d[CONV_images] = 1;
    if (!kernel->counts_samples)
        return;
    d[linear ? CONV_cols : CONV_images] = samples_together(plan, kernel);
    d[linear ? CONV_x_col : CONV_x_image] = operand[ROLE_X].buffer->stride;
    d[linear ? CONV_y_col : CONV_y_image] = operand[ROLE_Y].buffer->stride;
    if (kernel->family == FAMILY_CONV_POOL)
        d[CONV_POOL_arg_image] = operand[ROLE_ARG].buffer->stride;
    else if (!linear)
        merge_images(d);
}

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

/* A tile stays in a block of groups. */
static TileSpace space(const int64_t *d)
{
    return (TileSpace){d[CONV_rows], d[CONV_cols], d[CONV_group_ins] ? d[CONV_group_outs] : d[CONV_outs]};
}

static const FamilyTiles tiles = {.width = {TILES(conv_16), TILES(conv_8), TILES(conv_4)}, .space = space};
static const FamilyTiles pool_tiles = {
    .width = {TILES(pool_16), TILES(pool_8), TILES(pool_4)}, .space = space, .even = true};

/* Whether a pool is fused into it. */
static bool has_pool(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    return kernel->op->info == &op_conv2d && kernel->value[ROLE_ARG];
}

static bool has_no_pool(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !has_pool(kernels, kernel);
}

const FamilyInfo family_conv = {
    .name = "conv", HAS_DIMS(CONV),
    .parameters = {READS(X, x), READS(W, w), READS(BIAS, bias), MAKES(Y, y)},
    .computes = {{&op_conv2d, .border = border_for_windows, .some_channels = {ROLE_Y}},
                 {&op_conv_transpose2d, .border = border_for_residues, .layout = layout_conv_residue,
                  .expand = expand_residues},
                 {&op_conv2d_grad_input, BACK, border_for_residues, layout_conv_residue, expand_residues},
                 {&op_linear, .layout = layout_linear},
                 {&op_linear_grad_input, BACK, .layout = layout_linear_grad_input, .in_front = true}},
    .suits = has_no_pool, .x_by_number = true,
    .layout = layout, .cut = cut, .images = CONV_images, .count_samples = count_samples,
    .tiles = &tiles, .print = print_conv,
};

const FamilyInfo family_conv_pool = {
    .name = "conv_pool", HAS_DIMS(CONV_POOL),
    .parameters = {READS(X, x), READS(W, w), READS(BIAS, bias), MAKES(Y, y), MAKES_BYTES(ARG, arg)},
    .computes = {{&op_conv2d, .border = border_for_windows}},
    .suits = has_pool, .x_by_number = true, .pools = true,
    .layout = layout_pool, .cut = cut, .images = CONV_images, .count_samples = count_samples,
    .tiles = &pool_tiles, .print = print_conv_pool,
};

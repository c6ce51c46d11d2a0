/* DEPTHWISE and DEPTHWISE_GRAD_WEIGHT: every channel is a convolution of its own, and the lanes of a vector are
 * channels side by side. Inputs are operands of the multiply-adds. */
#include "targets/cpu/families/depthwise.h"

#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/transposed.h"

enum { ROWS = 1 << PART_ROWS, COLS = 1 << PART_COLS, VECS = 1 << PART_VECS, ALL = ROWS | COLS | VECS };

static const Finish finish = {
    .has_bias = DEPTHWISE_has_bias, .norm_row = DEPTHWISE_norm_row, .act = DEPTHWISE_act};

/* `base` + o + v * VL */
static const char *lanes_of(KernelText *k, const char *base, const char *v)
{
    return sum_of(k, sum_of(k, base, k->out), product_of(k, v, "VL"));
}

/* y = the tile's sums, with what follows them. */
static void store_tile(KernelText *k, const char *r, const char *c)
{
    const bool stored = finish_is_open(k, &finish);
    if (stored) {
        line(k, "vec %s;", part_array(k, "sums", ALL));
        const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
        line(k, "%s = %s;", part_element(k, "sums", m, n, v), part_element(k, "acc", m, n, v));
        end_all(k, 3);
    }
    PartLoop *part = stored ? part_rounds : part_loop;
    const char *m = part(k, PART_ROWS), *n = part(k, PART_COLS), *v = part(k, PART_VECS);
    const char *at = offset_of(k, sum_of(k, r, m), dim(k, DEPTHWISE_y_row), sum_of(k, c, n), dim(k, DEPTHWISE_y_col));
    line(k, "vec sum = %s;", part_element(k, stored ? "sums" : "acc", m, n, v));
    finish_sum(k, &finish, "sum", sum_of(k, k->out, product_of(k, v, "VL")));
    line(k, "vec_store(%s, sum);", lanes_of(k, sum_of(k, "y", at), v));
    end_all(k, 3);
}

/* Pixels outside, channels inside: an image's channels lie side by side, so memory is read in its order. */
static void print_depthwise(KernelText *k)
{
    tile_constants(k, ALL);
    const char *r = tile_loop(k, "r", dim(k, DEPTHWISE_rows), PART_ROWS, 1),
               *c = tile_loop(k, "c", dim(k, DEPTHWISE_cols), PART_COLS, 1);
    output_loop(k, dim(k, DEPTHWISE_channels));
    line(k, "vec %s;", part_array(k, "acc", ALL));
    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_zero();", part_element(k, "acc", m, n, v));
    end_all(k, 3);

    const char *a = loop(k, "a", dim(k, DEPTHWISE_taps_y)), *b = loop(k, "b", dim(k, DEPTHWISE_taps_x));
    const char *x_row = dim(k, DEPTHWISE_x_row), *x_col = dim(k, DEPTHWISE_x_col);
    const char *from = sum_of(k, "x", offset_of(k, r, x_row, a, dim(k, DEPTHWISE_x_tap_y)));
    from = sum_of(k, from, offset_of(k, c, x_col, b, dim(k, DEPTHWISE_x_tap_x)));
    line(k, "const float *xt = from_here(%s);", sum_of(k, from, k->out));
    line(k, "const float *wt = %s;",
         sum_of(k, sum_of(k, "w", offset_of(k, a, dim(k, DEPTHWISE_w_tap_y), b, dim(k, DEPTHWISE_w_tap_x))), k->out));
    v = part_loop(k, PART_VECS);
    line(k, "const vec weights = vec_load_once(%s);", sum_of(k, "wt", product_of(k, v, "VL")));
    m = part_loop(k, PART_ROWS), n = part_loop(k, PART_COLS);
    const char *acc = part_element(k, "acc", m, n, v);
    line(k, "%s = vec_fma(vec_load(%s), weights, %s);", acc,
         sum_of(k, sum_of(k, "xt", offset_of(k, m, x_row, n, x_col)), product_of(k, v, "VL")), acc);
    end_all(k, 5);

    store_tile(k, r, c);
    end_all(k, 3);
}

/* What of x the rows of a block may touch to stay in a first-level cache, in floats. */
enum { CACHED_FLOATS = 8192 };

/* How many rows of pixels a block has: as an expression, after the line that declares it where it is no number. */
static const char *block_rows(KernelText *k)
{
    const char *x_row = dim(k, DEPTHWISE_GRAD_WEIGHT_x_row), *taps = dim(k, DEPTHWISE_GRAD_WEIGHT_taps_y);
    int64_t row_floats, tap_count;
    if (is_number(k, x_row, &row_floats) && is_number(k, taps, &tap_count)) {
        int64_t rows = CACHED_FLOATS / row_floats - tap_count + 1;
        return arena_printf(k->arena, "%lld", (long long)(rows < 1 ? 1 : rows));
    }
    line(k, "const long block = most(%d / %s - %s + 1, 1);", CACHED_FLOATS, x_row, taps);
    return "block";
}

/* The sums of a tile of taps stay in registers over a block of rows, which stays in the cache over all tiles; they go
 * on from block to block, so the block changes no bits. */
static void print_depthwise_grad_weight(KernelText *k)
{
    tile_constants(k, ALL);
    const char *rows = dim(k, DEPTHWISE_GRAD_WEIGHT_rows), *block = block_rows(k);
    int64_t row_count, block_count;
    const bool known = is_number(k, rows, &row_count) && is_number(k, block, &block_count);
    const bool one_block = known && block_count >= row_count;
    if (!one_block)
        begin(k, "for (long top = 0; top < %s; top += %s)", rows, block);
    output_loop(k, dim(k, DEPTHWISE_GRAD_WEIGHT_channels));
    const char *a = tile_loop(k, "a", dim(k, DEPTHWISE_GRAD_WEIGHT_taps_y), PART_ROWS, 1),
               *b = tile_loop(k, "b", dim(k, DEPTHWISE_GRAD_WEIGHT_taps_x), PART_COLS, 1);
    const char *g_tap_y = dim(k, DEPTHWISE_GRAD_WEIGHT_g_tap_y), *g_tap_x = dim(k, DEPTHWISE_GRAD_WEIGHT_g_tap_x),
               *x_tap_y = dim(k, DEPTHWISE_GRAD_WEIGHT_x_tap_y), *x_tap_x = dim(k, DEPTHWISE_GRAD_WEIGHT_x_tap_x);
    line(k, "float *gt = %s;", sum_of(k, sum_of(k, "g", offset_of(k, a, g_tap_y, b, g_tap_x)), k->out));
    line(k, "vec %s;", part_array(k, "acc", ALL));
    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", m, n, v);
    const char *to = sum_of(k, sum_of(k, "gt", offset_of(k, m, g_tap_y, n, g_tap_x)), product_of(k, v, "VL"));
    line(k, "%s = vec_load(%s);", acc, to);
    end_all(k, 3);

    const char *r = "r";
    if (one_block)
        r = loop(k, "r", rows);
    else if (known && block_count == 1)
        r = loop(k, "top", "1"), r = "top";
    else if (known && row_count % block_count == 0)
        begin(k, "for (long r = top; r < top + %s; r++)", block);
    else
        begin(k, "for (long r = top; r < least(top + %s, %s); r++)", block, rows);
    const char *c = loop(k, "c", dim(k, DEPTHWISE_GRAD_WEIGHT_cols));
    const char *from = offset_of(k, r, dim(k, DEPTHWISE_GRAD_WEIGHT_x_row), c, dim(k, DEPTHWISE_GRAD_WEIGHT_x_col));
    from = sum_of(k, sum_of(k, "x", from), offset_of(k, a, x_tap_y, b, x_tap_x));
    line(k, "const float *xt = from_here(%s);", sum_of(k, from, k->out));
    const char *gradient =
        offset_of(k, r, dim(k, DEPTHWISE_GRAD_WEIGHT_d_row), c, dim(k, DEPTHWISE_GRAD_WEIGHT_d_col));
    v = part_loop(k, PART_VECS);
    line(k, "const vec gradient = vec_load_once(%s);", lanes_of(k, sum_of(k, "d", gradient), v));
    m = part_loop(k, PART_ROWS), n = part_loop(k, PART_COLS);
    acc = part_element(k, "acc", m, n, v);
    line(k, "%s = vec_fma(vec_load(%s), gradient, %s);", acc,
         sum_of(k, sum_of(k, "xt", offset_of(k, m, x_tap_y, n, x_tap_x)), product_of(k, v, "VL")), acc);
    end_all(k, 5);

    m = part_loop(k, PART_ROWS), n = part_loop(k, PART_COLS), v = part_loop(k, PART_VECS);
    line(k, "vec_store(%s, %s);", to, part_element(k, "acc", m, n, v));
    end_all(k, 3);
    end_all(k, one_block ? 3 : 4);
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *weights = buffer_at(plan, kernel, ROLE_W);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t *d = kernel->dim, row = buffer_row(x);
    d[DEPTHWISE_rows] = y->rows;
    d[DEPTHWISE_cols] = y->cols;
    d[DEPTHWISE_channels] = y->pitch;
    d[DEPTHWISE_taps_y] = window->kernel[0];
    d[DEPTHWISE_taps_x] = window->kernel[1];
    d[DEPTHWISE_x_row] = window->stride[0] * row;
    d[DEPTHWISE_x_col] = window->stride[1] * x->pitch;
    d[DEPTHWISE_x_tap_y] = window->dilation[0] * row;
    d[DEPTHWISE_x_tap_x] = window->dilation[1] * x->pitch;
    d[DEPTHWISE_w_tap_y] = weights->order.tap_y;
    d[DEPTHWISE_w_tap_x] = weights->order.tap_x;
    d[DEPTHWISE_y_row] = buffer_row(y);
    d[DEPTHWISE_y_col] = y->pitch;
    d[DEPTHWISE_has_bias] = kernel_has_bias(kernel);
    d[DEPTHWISE_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, DEPTHWISE_act);
    kernel->operand[ROLE_X] = first_window(x, window);
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(y);
    kernel->flops = conv_flops(x, window, y->channels);
}

/* The weights are read as they are, from the residue's first tap. */
static void layout_residue(Plan *plan, Kernel *kernel)
{
    const Window *window = &kernel->op->attr.window;
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    Buffer *weights = buffer_at(plan, kernel, ROLE_W);
    const Residue y = kernel_residue(kernel, 0), x = kernel_residue(kernel, 1);
    int64_t row = buffer_row(dy);
    WeightOrder order = weights->order;
    int64_t *d = kernel->dim;
    d[DEPTHWISE_rows] = y.count;
    d[DEPTHWISE_cols] = x.count;
    d[DEPTHWISE_channels] = dx->pitch;
    d[DEPTHWISE_taps_y] = y.taps;
    d[DEPTHWISE_taps_x] = x.taps;
    d[DEPTHWISE_x_row] = row;
    d[DEPTHWISE_x_col] = dy->pitch;
    d[DEPTHWISE_x_tap_y] = y.step * row;
    d[DEPTHWISE_x_tap_x] = x.step * dy->pitch;
    d[DEPTHWISE_w_tap_y] = y.tap_step * order.tap_y;
    d[DEPTHWISE_w_tap_x] = x.tap_step * order.tap_x;
    d[DEPTHWISE_y_row] = window->stride[0] * buffer_row(dx);
    d[DEPTHWISE_y_col] = window->stride[1] * dx->pitch;
    d[DEPTHWISE_has_bias] = kernel_has_bias(kernel);
    d[DEPTHWISE_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, DEPTHWISE_act);
    kernel->operand[ROLE_X] = inside(dy);
    kernel->operand[ROLE_X].offset += y.first * row + x.first * dy->pitch;
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_W].offset = y.first_tap * order.tap_y + x.first_tap * order.tap_x;
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = place_of_residue(kernel, dx);
    kernel->flops = 2.0 * (double)(y.count * x.count * dx->channels) * (double)(y.taps * x.taps);
}

/* Along the rows of outputs, and along the channels in whole lines of the cache. */
static bool cut(Kernel *kernel, Grid grid)
{
    int64_t *d = kernel->dim;
    Operand *operand = kernel->operand;
    if (!cut_dim(kernel, DEPTHWISE_rows, grid.rows, 1) || !cut_dim(kernel, DEPTHWISE_channels, grid.outs, PAD))
        return false;
    operand[ROLE_X].step[1] = d[DEPTHWISE_rows] * d[DEPTHWISE_x_row];
    operand[ROLE_Y].step[1] = d[DEPTHWISE_rows] * d[DEPTHWISE_y_row];
    operand[ROLE_X].step[2] = operand[ROLE_W].step[2] = operand[ROLE_Y].step[2] = d[DEPTHWISE_channels];
    if (d[DEPTHWISE_has_bias] || d[DEPTHWISE_norm_row])
        operand[ROLE_BIAS].step[2] = d[DEPTHWISE_channels];
    return true;
}

static void layout_grad_weight(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t *d = kernel->dim, row = buffer_row(x);
    d[DEPTHWISE_GRAD_WEIGHT_rows] = dy->rows;
    d[DEPTHWISE_GRAD_WEIGHT_cols] = dy->cols;
    d[DEPTHWISE_GRAD_WEIGHT_channels] = dy->pitch;
    d[DEPTHWISE_GRAD_WEIGHT_taps_y] = window->kernel[0];
    d[DEPTHWISE_GRAD_WEIGHT_taps_x] = window->kernel[1];
    d[DEPTHWISE_GRAD_WEIGHT_x_row] = window->stride[0] * row;
    d[DEPTHWISE_GRAD_WEIGHT_x_col] = window->stride[1] * x->pitch;
    d[DEPTHWISE_GRAD_WEIGHT_x_tap_y] = window->dilation[0] * row;
    d[DEPTHWISE_GRAD_WEIGHT_x_tap_x] = window->dilation[1] * x->pitch;
    d[DEPTHWISE_GRAD_WEIGHT_g_tap_y] = gradients->order.tap_y;
    d[DEPTHWISE_GRAD_WEIGHT_g_tap_x] = gradients->order.tap_x;
    d[DEPTHWISE_GRAD_WEIGHT_d_row] = buffer_row(dy);
    d[DEPTHWISE_GRAD_WEIGHT_d_col] = dy->pitch;
    kernel->operand[ROLE_X] = first_window(x, window);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    kernel->flops = conv_flops(x, window, dy->channels);
}

static const Tile depthwise_16[] = {
    {1, 8, 1}, {2, 8, 1}, {2, 4, 1}, {1, 6, 1}, {1, 7, 1}, {1, 5, 1}, {2, 3, 1}, {4, 2, 1}, {2, 2, 1}, {1, 4, 1},
    {1, 3, 1}, {1, 2, 1}, {1, 1, 1}, {1, 4, 2}, {2, 2, 2}, {1, 2, 2}, {1, 1, 4}, {1, 1, 2}, {4, 1, 2}, {4, 1, 1},
    {2, 1, 4}, {2, 1, 1},
};
static const Tile depthwise_8[] = {
    {1, 4, 2}, {2, 3, 2}, {1, 5, 2}, {1, 6, 2}, {2, 2, 2}, {1, 3, 2}, {1, 2, 4}, {1, 1, 4}, {1, 1, 2}, {1, 2, 2},
    {4, 1, 2}, {2, 1, 4}, {2, 1, 2},
};

static TileSpace space(const int64_t *d)
{
    return (TileSpace){d[DEPTHWISE_rows], d[DEPTHWISE_cols], d[DEPTHWISE_channels]};
}

static const FamilyTiles tiles = {
    .width = {TILES(depthwise_16), TILES(depthwise_8), TILES(depthwise_8)}, .space = space, .operands = true};

const FamilyInfo family_depthwise = {
    .name = "depthwise", HAS_DIMS(DEPTHWISE),
    .parameters = {READS(X, x), READS(W, w), READS(BIAS, bias), MAKES(Y, y)},
    .computes = {{&op_conv2d, .border = border_for_windows},
                 {&op_conv_transpose2d, .border = border_for_residues, .layout = layout_residue,
                  .expand = expand_residues},
                 {&op_conv2d_grad_input, BACK, border_for_residues, layout_residue, expand_residues}},
    .chosen = true,
    .layout = layout, .cut = cut, .tiles = &tiles, .print = print_depthwise,
};

/* Taps by vectors, all of which are sums. */
static const Tile depthwise_grad_16[] = {
    {3, 3, 1}, {5, 5, 1}, {1, 5, 2}, {1, 3, 4}, {1, 7, 1}, {1, 7, 2}, {1, 5, 1}, {1, 3, 1}, {1, 3, 2}, {2, 2, 1},
    {2, 2, 2}, {1, 2, 4}, {1, 2, 2}, {1, 2, 1}, {1, 1, 4}, {1, 1, 2}, {1, 1, 1},
};
static const Tile depthwise_grad_8[] = {
    {3, 3, 1}, {1, 5, 2}, {1, 7, 1}, {1, 3, 4}, {1, 3, 2}, {2, 2, 2}, {1, 2, 4}, {1, 2, 2}, {1, 1, 4}, {1, 1, 2},
};

static TileSpace taps(const int64_t *d)
{
    return (TileSpace){d[DEPTHWISE_GRAD_WEIGHT_taps_y], d[DEPTHWISE_GRAD_WEIGHT_taps_x],
                       d[DEPTHWISE_GRAD_WEIGHT_channels]};
}

static const FamilyTiles grad_weight_tiles = {
    .width = {TILES(depthwise_grad_16), TILES(depthwise_grad_8), TILES(depthwise_grad_8)}, .space = taps,
    .whole = true, .operands = true};

const FamilyInfo family_depthwise_grad_weight = {
    .name = "depthwise_grad_weight", HAS_DIMS(DEPTHWISE_GRAD_WEIGHT),
    .parameters = {READS(X, x), READS(DY, d), MAKES(DW, g)},
    .computes = {{&op_conv2d_grad_weight, .border = border_for_windows}},
    .chosen = true,
    .layout = layout_grad_weight, .tiles = &grad_weight_tiles, .print = print_depthwise_grad_weight,
};

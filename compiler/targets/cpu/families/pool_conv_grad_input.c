/* POOL_CONV_GRAD_INPUT: the gradient of a convolution's input, straight from the gradient behind its max-pool.
 *
 * Of a pooled pixel's outputs, those whose largest element was at the same place of the window add to the same window
 * of dx: a bit for each of them is noted first. Then a tile of that window stays in registers while their weights are
 * added. Rows of the window are outside, so that a row's weights of 32 outputs stay in a first-level cache. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/pool_conv_grad.h"

#define D(name) POOL_CONV_GRAD_INPUT_##name
enum { VECS = 1 << PART_VECS };

/* Pixels whose bits are noted at once, and outputs: in this order the sums are made. */
enum { LIST = 64, PART = 32 };

/* The pooled pixels at hand, as expressions. */
typedef struct Pixels {
    const char *top, *left, *rows, *cols;
} Pixels;

/* dx = 0, with its border. */
static void clear(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, D(all_rows)));
    line(k, "__builtin_memset(%s, 0, %s * sizeof *dx);", sum_of(k, "dx", product_of(k, r, dim(k, D(dx_row)))),
         dim(k, D(all_floats)));
    end(k);
}

/* What the windows left in the border goes. */
static void clear_border(KernelText *k)
{
    const char *row = dim(k, D(dx_row)), *all = dim(k, D(all_floats)), *left = dim(k, D(left));
    const char *right = sum_of(k, left, dim(k, D(in_floats))), *rest = sum_of(k, all, product_of(k, right, "-1"));
    const char *top = dim(k, D(top)), *bottom = sum_of(k, top, dim(k, D(in_rows)));
    int64_t all_count, in_count;
    if (dim_number(k, D(all_rows), &all_count) && dim_number(k, D(in_rows), &in_count) && all_count == in_count &&
        dim_number(k, D(all_floats), &all_count) && dim_number(k, D(in_floats), &in_count) && all_count == in_count)
        return; /* it has none */
    begin(k, "for (long r = 0; r < %s; r++)", dim(k, D(all_rows)));
    line(k, "const int inside = r >= %s && r < %s;", top, bottom);
    line(k, "float *to = dx + r * %s;", row);
    line(k, "__builtin_memset(to, 0, (inside ? %s : %s) * sizeof *to);", left, all);
    begin(k, "if (inside)");
    line(k, "__builtin_memset(to + %s, 0, (%s) * sizeof *to);", right, rest);
    end_all(k, 2);
}

/* Loops over blocks of pixels. */
static Pixels blocks(KernelText *k)
{
    const char *rows = dim(k, D(rows)), *cols = dim(k, D(cols));
    int64_t row_count, col_count;
    Pixels p = {"top_row", "left_col", "block_rows", "block_cols"};
    if (is_number(k, rows, &row_count) && is_number(k, cols, &col_count)) {
        p.rows = arena_printf(k->arena, "%d", col_count < LIST ? LIST / (int)col_count : 1);
        p.cols = arena_printf(k->arena, "%d", LIST);
    } else {
        line(k, "const long block_rows = most(%d / %s, 1), block_cols = %d;", LIST, cols, LIST);
    }
    if (is_number(k, rows, &row_count) && is_number(k, p.rows, &col_count) && row_count <= col_count)
        p.top = loop(k, p.top, "1");
    else
        begin(k, "for (long top_row = 0; top_row < %s; top_row += %s)", rows, p.rows);
    if (is_number(k, cols, &row_count) && row_count <= LIST)
        p.left = loop(k, p.left, "1");
    else
        begin(k, "for (long left_col = 0; left_col < %s; left_col += %s)", cols, p.cols);
    return p;
}

/* Notes where each output's gradient belongs: bit o of places[pixel][place]. */
static void note_places(KernelText *k, const Pixels *p)
{
    const char *outs = dim(k, D(outs));
    int64_t count, relu;
    const bool known = is_number(k, outs, &count), single = known && count <= PART;
    const char *part = single ? "0" : "part", *width = outs;
    if (!known || count % PART) {
        if (!single)
            line(k, "const long width = least(%d, %s - part);", PART, outs), width = "width";
    } else {
        width = arena_printf(k->arena, "%d", PART);
    }
    line(k, "unsigned places[%d][4], (*noted)[4] = places;", LIST);
    const char *r = loop_in_block(k, "r", p->top, dim(k, D(rows)), p->rows);
    const char *c = loop_in_block(k, "c", p->left, dim(k, D(cols)), p->cols);
    line(k, "unsigned bits[4] = {0};");
    begin(k, "for (long o = 0; o < %s; o += VL)", width);
    line(k, "const ivec at = ivec_load_bytes(%s + o);",
         sum_of(k, sum_of(k, "arg", offset_of(k, r, dim(k, D(arg_row)), c, dim(k, D(arg_col)))), part));
    const char *y = sum_of(k, sum_of(k, "y", offset_of(k, r, dim(k, D(y_row)), c, dim(k, D(y_col)))), part);
    const char *taken = "at == ivec_all(k)";
    if (!dim_number(k, D(relu), &relu))
        line(k, "const ivec off = %s ? (ivec)(vec_load(%s + o) <= vec_zero()) : ivec_all(0);", dim(k, D(relu)), y);
    else if (relu)
        line(k, "const ivec off = vec_load(%s + o) <= vec_zero();", y);
    if (!dim_number(k, D(relu), &relu) || relu)
        taken = "(at == ivec_all(k)) & ~off";
    begin(k, "UNROLL for (int k = 0; k < 4; k++)");
    line(k, "bits[k] |= ivec_bits(%s) << o;", taken);
    end_all(k, 2);
    begin(k, "UNROLL for (int k = 0; k < 4; k++)");
    if (known && count % 16 == 0)
        line(k, "(*noted)[k] = bits[k];");
    else /* the padding has no weights */
        line(k, "(*noted)[k] = bits[k] & (~0u >> (%d - %s));", PART, width);
    end(k);
    line(k, "noted++;");
    end_all(k, 2);
}

/* dx += the weights of the outputs noted at (pixel, k), for row `a` of the window. */
static void add_window(KernelText *k, const char *r, const char *c, const char *a)
{
    const char *run = dim(k, D(run)), *row = dim(k, D(dx_row));
    const char *base = sum_of(k, "dx", sum_of(k, offset_of(k, product_of(k, "2", r), row, product_of(k, "2", c),
                                                           dim(k, D(dx_col))), product_of(k, a, dim(k, D(dx_tap_y)))));
    line(k, "float *window = %s + (k >> 1) * %s + (k & 1) * %s;", base, row, dim(k, D(dx_col)));
    int64_t run_count;
    bool exact = is_number(k, run, &run_count);
    for (int w = 0; exact && w < WIDTH_COUNT; w++)
        exact = run_count / (16 >> w) % k->tile[w].vecs == 0;
    const char *step = tile_floats(k);
    if (exact || is_one(k, PART_VECS)) {
        exact = true;
        begin(k, "for (long j = 0; j < %s; j += %s)", run, step);
    } else { /* a last tile that would stick out begins earlier and stores only what is still missing */
        begin(k, "for (long start = 0; start < %s; start += %s)", run, step);
        line(k, "const long j = least(start, %s - %s);", run, step);
    }
    line(k, "vec %s;", part_array(k, "acc", VECS));
    const char *v = part_loop(k, PART_VECS), *acc = part_element(k, "acc", NULL, NULL, v);
    const char *lane = product_of(k, v, "VL"), *to = sum_of(k, "window + j", lane);
    line(k, "%s = vec_load(%s);", acc, to);
    end(k);
    begin(k, "for (unsigned rest = noted[0][k]; rest; rest &= rest - 1)");
    line(k, "const long o = __builtin_ctz(rest);");
    line(k, "const float *wt = from_here(row + o * %s + j);", dim(k, D(w_out)));
    line(k, "const vec s = vec_all_of(gradient + o);");
    part_loop(k, PART_VECS);
    line(k, "%s = vec_fma(s, vec_load(%s), %s);", acc, sum_of(k, "wt", lane), acc);
    end_all(k, 2);
    part_loop(k, PART_VECS);
    if (!exact)
        begin(k, "if (%s >= start)", sum_of(k, "j", lane));
    line(k, "vec_store(%s, %s);", to, acc);
    end_all(k, exact ? 2 : 3);
}

static void print_pool_conv_grad_input(KernelText *k)
{
    tile_constants(k, VECS);
    clear(k);
    Pixels p = blocks(k);
    const char *outs = dim(k, D(outs)), *part = "0";
    int64_t count;
    if (is_number(k, outs, &count) && count <= PART)
        loop(k, "part", "1");
    else
        begin(k, "for (long part = 0; part < %s; part += %d)", outs, PART), part = "part";
    note_places(k, &p);
    const char *a = loop(k, "a", dim(k, D(taps_y)));
    line(k, "const float *row = %s;",
         sum_of(k, sum_of(k, "w", product_of(k, part, dim(k, D(w_out)))), product_of(k, a, dim(k, D(w_tap_y)))));
    line(k, "noted = places;");
    const char *r = loop_in_block(k, "r", p.top, dim(k, D(rows)), p.rows);
    const char *c = loop_in_block(k, "c", p.left, dim(k, D(cols)), p.cols);
    line(k, "const float *gradient = %s;",
         sum_of(k, sum_of(k, "dy", offset_of(k, r, dim(k, D(dy_row)), c, dim(k, D(dy_col)))), part));
    begin(k, "for (int k = 0; k < 4; k++)");
    add_window(k, r, c, a);
    end(k);
    line(k, "noted++;");
    end_all(k, 3);
    end_all(k, 3);
    clear_border(k);
}

/* The last row and column, counted from the first window on, that the windows of a pool-sparse gradient reach. */
static void sparse_extent(const Window *window, const Buffer *dy, int64_t extent[2])
{
    extent[0] = 2 * dy->rows + window->dilation[0] * (window->kernel[0] - 1);
    extent[1] = 2 * dy->cols + window->dilation[1] * (window->kernel[1] - 1);
}

static void border(Plan *plan, const Kernel *kernel)
{
    const Buffer *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *dx = buffer_at(plan, kernel, ROLE_DX);
    const Window *window = &kernel->ops[0]->attr.window;
    const int64_t in[2] = {dx->rows, dx->cols};
    int64_t before[2], after[2];
    sparse_extent(window, dy, after);
    for (int axis = 0; axis < 2; axis++) {
        before[axis] = window->padding[axis];
        after[axis] -= before[axis] + in[axis];
    }
    buffer_widen(dx, before, after);
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY), *y = buffer_at(plan, kernel, ROLE_Y);
    Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
    Buffer *weights = buffer_at(plan, kernel, ROLE_W), *dx = buffer_at(plan, kernel, ROLE_DX);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t *d = kernel->dim, row = buffer_row(dx), extent[2], in_rows = window->padding[0] + dx->rows;
    int64_t in_cols = window->padding[1] + dx->cols;
    sparse_extent(window, dy, extent);
    d[POOL_CONV_GRAD_INPUT_rows] = dy->rows;
    d[POOL_CONV_GRAD_INPUT_cols] = dy->cols;
    d[POOL_CONV_GRAD_INPUT_outs] = dy->channels;
    d[POOL_CONV_GRAD_INPUT_taps_y] = window->kernel[0];
    d[POOL_CONV_GRAD_INPUT_run] = window->kernel[1] * dx->pitch;
    d[POOL_CONV_GRAD_INPUT_dx_row] = row;
    d[POOL_CONV_GRAD_INPUT_dx_col] = dx->pitch;
    d[POOL_CONV_GRAD_INPUT_dx_tap_y] = window->dilation[0] * row;
    d[POOL_CONV_GRAD_INPUT_w_out] = weights->order.out;
    d[POOL_CONV_GRAD_INPUT_w_tap_y] = weights->order.tap_y;
    d[POOL_CONV_GRAD_INPUT_dy_row] = buffer_row(dy);
    d[POOL_CONV_GRAD_INPUT_dy_col] = dy->pitch;
    d[POOL_CONV_GRAD_INPUT_y_row] = y ? buffer_row(y) : 0;
    d[POOL_CONV_GRAD_INPUT_y_col] = y ? y->pitch : 0;
    d[POOL_CONV_GRAD_INPUT_arg_row] = buffer_row(arg);
    d[POOL_CONV_GRAD_INPUT_arg_col] = arg->pitch;
    d[POOL_CONV_GRAD_INPUT_relu] = kernel->activation != NULL;
    d[POOL_CONV_GRAD_INPUT_all_rows] = extent[0] > in_rows ? extent[0] : in_rows;
    d[POOL_CONV_GRAD_INPUT_all_floats] = (extent[1] > in_cols ? extent[1] : in_cols) * dx->pitch;
    d[POOL_CONV_GRAD_INPUT_top] = window->padding[0];
    d[POOL_CONV_GRAD_INPUT_left] = window->padding[1] * dx->pitch;
    d[POOL_CONV_GRAD_INPUT_in_rows] = dx->rows;
    d[POOL_CONV_GRAD_INPUT_in_floats] = dx->cols * dx->pitch;
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_DX] = first_window(dx, window);
    kernel->flops = conv_flops(dx, window, dy->channels);
}

/* Vectors of a window's row. */
static const Tile sparse_input_16[] = {
    {1, 1, 20}, {1, 1, 24}, {1, 1, 16}, {1, 1, 12}, {1, 1, 10}, {1, 1, 8}, {1, 1, 6}, {1, 1, 5}, {1, 1, 4}, {1, 1, 3},
    {1, 1, 2}, {1, 1, 1},
};
static const Tile sparse_input_8[] = {
    {1, 1, 10}, {1, 1, 12}, {1, 1, 9}, {1, 1, 8}, {1, 1, 6}, {1, 1, 4}, {1, 1, 2},
};

static TileSpace space(const int64_t *d)
{
    return (TileSpace){1, d[POOL_CONV_GRAD_INPUT_run], d[POOL_CONV_GRAD_INPUT_outs]};
}

static const FamilyTiles tiles = {
    .width = {TILES(sparse_input_16), TILES(sparse_input_8), TILES(sparse_input_8)}, .space = space, .window = true};

const FamilyInfo family_pool_conv_grad_input = {
    .name = "pool_conv_grad_input", HAS_DIMS(POOL_CONV_GRAD_INPUT),
    .parameters = {READS(DY, dy), READS(Y, y), READS_BYTES(ARG, arg), READS(W, w), MAKES(DX, dx)},
    .computes = {{&op_conv2d_grad_input, .border = border}},
    .chosen = true,
    .layout = layout, .tiles = &tiles, .reckoned = a_quarter, .print = print_pool_conv_grad_input,
};

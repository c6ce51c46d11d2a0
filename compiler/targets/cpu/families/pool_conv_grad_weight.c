/* POOL_CONV_GRAD_WEIGHT: the gradient of a convolution's weights, straight from the gradient behind its max-pool.
 *
 * One of the four convolution outputs of a window has a gradient, so a quarter of the multiplications of
 * CONV_GRAD_WEIGHT is left. For one output channel, a block of pooled pixels is listed first: its gradients, but for
 * those that an activation cut off, and where the inputs begin that each is multiplied by. Then a tile of weights stays
 * in registers while the list is added. Where one or two tiles hold all weights of an output and nothing is cut off, a
 * list wouldn't pay. `where` is how far the four outputs of a window lie apart in x. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/pool_conv_grad.h"

#define D(name) POOL_CONV_GRAD_WEIGHT_##name
enum { ROWS = 1 << PART_ROWS, VECS = 1 << PART_VECS };

/* The most pixels of a list, and what of x a list may touch to stay in a first-level cache, in floats. */
enum { LIST = 256, CACHED_FLOATS = 8192 };

/* A block of pooled pixels, as expressions: its first row and column, and how many; */
typedef struct Pixels {
    const char *top, *left, *rows, *cols;
    const char *image; /* that they are of */
} Pixels;

/* As many whole rows as the list and the cache hold, at least one; a part of a row where it is longer than the list. */
static Pixels block_of_pixels(KernelText *k)
{
    const char *rows = dim(k, D(rows)), *cols = dim(k, D(cols)), *x_row = dim(k, D(x_row)), *taps = dim(k, D(taps_y));
    int64_t row_count, col_count, row_floats, tap_count;
    if (is_number(k, rows, &row_count) && is_number(k, cols, &col_count) && is_number(k, x_row, &row_floats) &&
        is_number(k, taps, &tap_count)) {
        int64_t listed = LIST / col_count, cached = (CACHED_FLOATS / row_floats - tap_count + 1) / 2;
        int64_t block = listed < cached ? listed : cached;
        block = block < 1 ? 1 : block > row_count ? row_count : block;
        return (Pixels){.rows = arena_printf(k->arena, "%lld", (long long)block),
                        .cols = arena_printf(k->arena, "%lld", (long long)(col_count < LIST ? col_count : LIST))};
    }
    line(k, "const long fitting = least(%d / %s, (%d / %s - %s + 1) / 2);", LIST, cols, CACHED_FLOATS, x_row, taps);
    line(k, "const long block_rows = fitting > 1 ? fitting : 1, block_cols = least(%s, %d);", cols, LIST);
    return (Pixels){.rows = "block_rows", .cols = "block_cols"};
}

/* Where a pooled pixel lies in dy, y or arg: the dimensions that say it. */
typedef struct Distances {
    int image, row, col;
} Distances;

#define DISTANCES(of) (Distances){D(of##_image), D(of##_row), D(of##_col)}

/* The offset of output o at (r, c) of an image. */
static const char *place(KernelText *k, const char *image, const char *r, const char *c, Distances d)
{
    const char *start = product_of(k, image, dim(k, d.image));
    return sum_of(k, sum_of(k, start, offset_of(k, r, dim(k, d.row), c, dim(k, d.col))), "o");
}

/* db += the sum of the gradients, in whole vectors of outputs. */
static void add_bias(KernelText *k)
{
    int64_t has_bias, relu;
    const bool known = dim_number(k, D(has_bias), &has_bias);
    if (known && !has_bias)
        return;
    if (!known)
        begin(k, "if (%s)", dim(k, D(has_bias)));
    vector_loop(k, "o", dim(k, D(outs)));
    line(k, "vec sum = vec_load(db + o);");
    const char *image = loop(k, "image", dim(k, D(images)));
    const char *r = loop(k, "r", dim(k, D(rows))), *c = loop(k, "c", dim(k, D(cols)));
    const char *dy = arena_printf(k->arena, "vec_load(dy + %s)", place(k, image, r, c, DISTANCES(dy)));
    const char *y = arena_printf(k->arena, "vec_load(y + %s)", place(k, image, r, c, DISTANCES(y)));
    if (!dim_number(k, D(relu), &relu))
        line(k, "sum += %s ? vec_relu_grad(%s, %s) : %s;", dim(k, D(relu)), dy, y, dy);
    else if (relu)
        line(k, "sum += vec_relu_grad(%s, %s);", dy, y);
    else
        line(k, "sum += %s;", dy);
    end_all(k, 3);
    line(k, "vec_store(db + o, sum);");
    end_all(k, known ? 1 : 2);
}

/* Whether a list wouldn't pay: one or two tiles hold the weights of an output, and no gradient is cut off. */
typedef enum Direct { LISTED, DIRECT, SOMETIMES } Direct;

/* For dimensions with names it is found out at run time, but for tiles of one row, which hardly ever hold so much. */
static Direct direct(const KernelText *k)
{
    int64_t taps, run;
    if (!dim_number(k, D(taps_y), &taps) || !dim_number(k, D(run), &run))
        return k->tile[WIDTH_16].rows > 1 ? SOMETIMES : LISTED;
    if (!dim_is(k, D(relu), 0))
        return LISTED;
    for (int w = 0; w < WIDTH_COUNT; w++) {
        const int64_t vecs = (run * (1 << w) + 15) / 16, in_tile = k->tile[w].vecs;
        if (taps / k->tile[w].rows * ((vecs + in_tile - 1) / in_tile) > 2)
            return LISTED;
    }
    return DIRECT;
}

/* Loops over the block's pixels, and gives where x begins for the one of the window that has output o's gradient;
 * *gradient and *y: their offsets. */
static const char *pixels(KernelText *k, const Pixels *block, const char **gradient, const char **y)
{
    const char *r = loop_in_block(k, "r", block->top, dim(k, D(rows)), block->rows);
    const char *c = loop_in_block(k, "c", block->left, dim(k, D(cols)), block->cols);
    *gradient = place(k, block->image, r, c, DISTANCES(dy));
    *y = place(k, block->image, r, c, DISTANCES(y));
    const char *start = product_of(k, block->image, dim(k, D(x_image)));
    const char *window = offset_of(k, product_of(k, "2", r), dim(k, D(x_row)), product_of(k, "2", c), dim(k, D(x_col)));
    return sum_of(k, sum_of(k, start, window),
                  arena_printf(k->arena, "where[arg[%s]]", place(k, block->image, r, c, DISTANCES(arg))));
}

/* Lists the gradients of output o in the block: s and where from. */
static void list_pixels(KernelText *k, const Pixels *block)
{
    int64_t relu;
    const char *gradient, *y;
    line(k, "float s[%d];", LIST);
    line(k, "int from[%d];", LIST + 1);
    line(k, "long n = 0;");
    line(k, "from[n] = (int)(%s);", pixels(k, block, &gradient, &y));
    line(k, "s[n] = dy[%s];", gradient);
    if (!dim_number(k, D(relu), &relu))
        line(k, "n += !(%s && y[%s] <= 0);", dim(k, D(relu)), y);
    else if (relu)
        line(k, "n += !(y[%s] <= 0);", y);
    else
        line(k, "n++;");
    end_all(k, 2);
    line(k, "from[n] = 0;");
}

/* g += s * x over the list, or over all of the block, for all weights of output o. */
static void add_pixels(KernelText *k, const Pixels *block, bool all)
{
    const char *run = dim(k, D(run)), *x_tap = dim(k, D(x_tap_y)), *g_tap = dim(k, D(g_tap_y));
    int64_t run_count;
    bool exact = is_number(k, run, &run_count), full = exact && run_count % 16 == 0;
    for (int w = 0; exact && w < WIDTH_COUNT; w++) {
        const int lanes = 16 >> w;
        exact = (run_count + lanes - 1) / lanes % k->tile[w].vecs == 0;
    }
    const char *a = tile_loop(k, "a", dim(k, D(taps_y)), PART_ROWS, 1), *j = "j";
    if (exact || is_one(k, PART_VECS)) {
        exact = true;
        begin(k, "for (long j = 0; j < %s; j += %s)", run, tile_floats(k));
    } else { /* a last tile that would stick out begins earlier and stores only what is still missing */
        begin(k, "for (long start = 0; start < %s; start += %s)", run, tile_floats(k));
        line(k, "const long j = least(start, (%s + VL - 1) / VL * VL - %s);", run, tile_floats(k));
    }
    line(k, "float *gt = %s;", sum_of(k, sum_of(k, "g", offset_of(k, "o", dim(k, D(g_out)), a, g_tap)), j));
    line(k, "const float *xt = %s;", sum_of(k, sum_of(k, "x", product_of(k, a, x_tap)), j));
    line(k, "vec %s;", part_array(k, "acc", ROWS | VECS));
    const char *m = part_loop(k, PART_ROWS), *v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", m, NULL, v), *lane = product_of(k, v, "VL");
    const char *to = sum_of(k, sum_of(k, "gt", product_of(k, m, g_tap)), lane);
    line(k, "%s = vec_load(%s);", acc, to);
    end_all(k, 2);

    if (all) {
        const char *gradient, *y, *from = pixels(k, block, &gradient, &y);
        line(k, "const float *xi = from_here(xt + %s);", from);
        line(k, "const vec si = vec_all_of(dy + %s);", gradient);
    } else {
        /* Where the next inputs begin is read before these are multiplied: their loads then wait for nothing. */
        line(k, "long at = from[0];");
        begin(k, "SEVERAL for (long i = 0; i < n; i++)");
        line(k, "const float *xi = from_here(xt + at);");
        line(k, "const vec si = vec_all_of(&s[i]);");
        line(k, "at = from[i + 1];");
    }
    part_loop(k, PART_ROWS), part_loop(k, PART_VECS);
    line(k, "%s = vec_fma(si, vec_load(%s), %s);", acc, sum_of(k, sum_of(k, "xi", product_of(k, m, x_tap)), lane), acc);
    end_all(k, all ? 4 : 3);

    const bool careful = !exact && !is_number(k, run, &run_count);
    if (careful) { /* most tiles are whole */
        begin(k, "if (start + %s <= run)", tile_floats(k));
        part_loop(k, PART_ROWS), part_loop(k, PART_VECS);
        line(k, "vec_store(%s, %s);", to, acc);
        end_all(k, 3);
        begin(k, "else");
    }
    part_loop(k, PART_ROWS), part_loop(k, PART_VECS);
    if (!exact)
        begin(k, "if (%s >= start)", sum_of(k, "j", lane));
    if (full) {
        line(k, "vec_store(%s, %s);", to, acc);
    } else {
        const char *rest = sum_of(k, sum_of(k, run, "-j"), product_of(k, "-1", lane));
        line(k, "vec_store(%s, vec_first(%s, %s));", to, acc, rest);
    }
    end_all(k, (exact ? 4 : 5) + careful);
}

static void print_pool_conv_grad_weight(KernelText *k)
{
    tile_constants(k, ROWS | VECS);
    add_bias(k);

    const char *x_row = dim(k, D(x_row)), *x_col = dim(k, D(x_col));
    line(k, "const int where[] = {0, %s, %s, %s};", x_col, x_row, sum_of(k, x_row, x_col));
    const Direct how = direct(k);
    if (how == SOMETIMES)
        line(k, "const int direct = !%s && %s / ROWS * ((%s + %s - 1) / (%s)) <= 2;", dim(k, D(relu)),
             dim(k, D(taps_y)), dim(k, D(run)), tile_floats(k), tile_floats(k));
    Pixels block = block_of_pixels(k);
    block.image = loop(k, "image", dim(k, D(images)));
    block.top = block_loop(k, "top", dim(k, D(rows)), block.rows);
    block.left = block_loop(k, "left", dim(k, D(cols)), block.cols);
    begin(k, "for (long o = 0; o < %s; o++)", dim(k, D(outs)));
    if (how == SOMETIMES) {
        begin(k, "if (direct)");
        add_pixels(k, &block, true);
        line(k, "continue;");
        end(k);
    }
    if (how != DIRECT)
        list_pixels(k, &block);
    add_pixels(k, &block, how == DIRECT);
    end_all(k, 4);
}

/* Over the whole batch: a part makes some outputs, each with all its weights, which lie side by side. */
static void cut_outputs(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const int64_t outs = d[POOL_CONV_GRAD_WEIGHT_outs];
    const double of_output = a_quarter(kernel) * kernel->flops / 2 * plan->batch / (double)outs;
    const int64_t fitting = (int64_t)(plan->most_of_part / of_output);
    const int64_t part = divisor_below(outs, 1, fitting > 1 ? fitting : 1);
    kernel_cut(kernel, 1, 1, outs / part);
    kernel->operand[ROLE_DY].step[2] = kernel->operand[ROLE_ARG].step[2] = part;
    if (kernel->activation)
        kernel->operand[ROLE_Y].step[2] = part;
    kernel->operand[ROLE_DW].step[2] = kernel->learns = part * d[POOL_CONV_GRAD_WEIGHT_g_out];
    d[POOL_CONV_GRAD_WEIGHT_outs] = part;
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y), *arg = buffer_at(plan, kernel, ROLE_ARG);
    const Op *op = kernel->ops[0];
    const Window *w = &op->attr.window;
    WeightOrder order = buffer_at(plan, kernel, ROLE_DW)->order;
    int64_t *d = kernel->dim, row = buffer_row(x);
    kernel->operand[ROLE_X] = first_window(x, w);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->operand[ROLE_DW] = whole(buffer_at(plan, kernel, ROLE_DW));
    kernel->operand[ROLE_DB] = whole(buffer_at(plan, kernel, ROLE_DB));
    d[POOL_CONV_GRAD_WEIGHT_rows] = dy->rows;
    d[POOL_CONV_GRAD_WEIGHT_cols] = dy->cols;
    d[POOL_CONV_GRAD_WEIGHT_outs] = dy->channels;
    d[POOL_CONV_GRAD_WEIGHT_taps_y] = w->kernel[0];
    d[POOL_CONV_GRAD_WEIGHT_run] = w->kernel[1] * x->pitch;
    d[POOL_CONV_GRAD_WEIGHT_x_row] = row;
    d[POOL_CONV_GRAD_WEIGHT_x_col] = x->pitch;
    d[POOL_CONV_GRAD_WEIGHT_x_tap_y] = w->dilation[0] * row;
    d[POOL_CONV_GRAD_WEIGHT_g_out] = order.out;
    d[POOL_CONV_GRAD_WEIGHT_g_tap_y] = order.tap_y;
    d[POOL_CONV_GRAD_WEIGHT_dy_row] = buffer_row(dy);
    d[POOL_CONV_GRAD_WEIGHT_dy_col] = dy->pitch;
    d[POOL_CONV_GRAD_WEIGHT_y_row] = y ? buffer_row(y) : 0;
    d[POOL_CONV_GRAD_WEIGHT_y_col] = y ? y->pitch : 0;
    d[POOL_CONV_GRAD_WEIGHT_arg_row] = buffer_row(arg);
    d[POOL_CONV_GRAD_WEIGHT_arg_col] = arg->pitch;
    d[POOL_CONV_GRAD_WEIGHT_has_bias] = kernel->value[ROLE_DB] != NULL;
    d[POOL_CONV_GRAD_WEIGHT_relu] = kernel->activation != NULL;
    kernel->flops = conv_flops(x, w, dy->channels);
    if (kernel->scope == SCOPE_BATCH)
        cut_outputs(plan, kernel);
}

static int images(const Kernel *kernel)
{
    (void)kernel;
    return POOL_CONV_GRAD_WEIGHT_images;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Operand *operand = kernel->operand;
    d[POOL_CONV_GRAD_WEIGHT_images] = 1;
    if (!kernel->counts_samples)
        return;
    d[POOL_CONV_GRAD_WEIGHT_images] = samples_together(plan, kernel);
    d[POOL_CONV_GRAD_WEIGHT_x_image] = operand[ROLE_X].buffer->stride;
    d[POOL_CONV_GRAD_WEIGHT_dy_image] = operand[ROLE_DY].buffer->stride;
    d[POOL_CONV_GRAD_WEIGHT_y_image] = operand[ROLE_Y].buffer ? operand[ROLE_Y].buffer->stride : 0;
    d[POOL_CONV_GRAD_WEIGHT_arg_image] = operand[ROLE_ARG].buffer->stride;
}

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

static TileSpace space(const int64_t *d)
{
    return (TileSpace){d[POOL_CONV_GRAD_WEIGHT_taps_y], d[POOL_CONV_GRAD_WEIGHT_run], d[POOL_CONV_GRAD_WEIGHT_outs]};
}

static const FamilyTiles tiles = {
    .width = {TILES(sparse_16), TILES(sparse_8), TILES(sparse_8)}, .space = space, .window = true};

const FamilyInfo family_pool_conv_grad_weight = {
    .name = "pool_conv_grad_weight", HAS_DIMS(POOL_CONV_GRAD_WEIGHT),
    .parameters = {READS(X, x), READS(DY, dy), READS(Y, y), READS_BYTES(ARG, arg), MAKES(DW, g), MAKES(DB, db)},
    .computes = {{&op_conv2d_grad_weight, .border = border_for_windows}},
    .chosen = true, .x_by_number = true, .x_beyond = true, .outputs_major = true,
    .layout = layout, .count_samples = count_samples, .counted = images, .tiles = &tiles, .reckoned = a_quarter,
    .print = print_pool_conv_grad_weight,
};

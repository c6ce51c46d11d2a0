/* The Winograd families: kernels, loops over blocks of tiles around the transforms and products of runtime/winograd.h,
 * and how they are laid out and cut. winograd_cost.c says what they cost. */
#include "targets/cpu/families/winograd.h"

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/parts.h"
#include "targets/cpu/families/transposed.h"

/* All begin alike. */
_Static_assert((int)WINOGRAD5_POOL_act == (int)WINOGRAD3_act &&
                   (int)WINOGRAD3_GRAD_WEIGHT_block == (int)WINOGRAD3_block &&
                   (int)WINOGRAD3_GRAD_WEIGHT_images == (int)WINOGRAD3_images &&
                   (int)WINOGRAD3_GRAD_WEIGHT_dilation == (int)WINOGRAD3_dilation &&
                   (int)WINOGRAD3_POOL_act_first == (int)WINOGRAD5_POOL_act_first,
               "the Winograd families begin alike");

static const Finish finish = {WINOGRAD3_has_bias, WINOGRAD3_norm_row, WINOGRAD3_act, WINOGRAD3_POOL_act_first};

/* Whether tiles may stick out of a phase of an image along dimension `d`, so far as the text knows. */
static bool sticks_out(KernelText *k, int d)
{
    int64_t extent;
    return !is_number(k, quotient_of(k, dim(k, d), dim(k, WINOGRAD3_dilation)), &extent) || extent < WINOGRAD_TILE;
}

/* y[m][n] to its place. */
static void store_pixels(KernelText *k)
{
    begin(k, "EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)");
    const bool partly = sticks_out(k, WINOGRAD3_rows) || sticks_out(k, WINOGRAD3_cols);
    const char *dilation = dim(k, WINOGRAD3_dilation);
    if (partly)
        begin(k, "if (m < phase_rows && n < phase_cols)");
    const char *at = offset_of(k, "m", product_of(k, dilation, dim(k, WINOGRAD3_y_row)), "n",
                               product_of(k, dilation, dim(k, WINOGRAD3_y_col)));
    if (finish_is_nothing(k, &finish)) {
        line(k, "vec_store(to + %s, sums[m][n]);", at);
    } else {
        line(k, "vec sum = sums[m][n];");
        finish_sum(k, &finish, "sum", k->out);
        line(k, "vec_store(to + %s, sum);", at);
    }
    end_all(k, partly ? 2 : 1);
}

/* The maxima of y's 2x2 windows, and where they are. */
static void store_pooled(KernelText *k)
{
    if (finish_begin_unpooled(k, &finish)) {
        begin(k, "EACH(m, WINOGRAD_SIZE) EACH(n, WINOGRAD_SIZE)");
        finish_unpooled(k, &finish, "sums[m][n]", k->out);
        end_all(k, 2);
    }
    begin(k, "UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)");
    begin(k, "UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2)");
    line(k, "vec best = sums[m][n];");
    line(k, "ivec at = ivec_all(0);");
    line(k, "vec_take_max(sums[m][n + 1], 1, &best, &at);");
    line(k, "vec_take_max(sums[m + 1][n], 2, &best, &at);");
    line(k, "vec_take_max(sums[m + 1][n + 1], 3, &best, &at);");
    finish_pooled(k, &finish, "best", k->out);
    line(k, "vec_store(to + %s, best);",
         offset_of(k, "m / 2", dim(k, WINOGRAD3_y_row), "n / 2", dim(k, WINOGRAD3_y_col)));
    line(k, "ivec_store_bytes(to_arg + %s, at);",
         offset_of(k, "m / 2", dim(k, WINOGRAD3_POOL_arg_row), "n / 2", dim(k, WINOGRAD3_POOL_arg_col)));
    end_all(k, 2);
}

/* The loop over groups of outputs: the first, "o" or "0", and how many there are. */
static const char *group_loop(KernelText *k, const char **width)
{
    const char *outs = dim(k, WINOGRAD3_outs);
    int64_t number;
    const bool known = is_number(k, outs, &number);
    if (known && number <= WINOGRAD_OUTS) {
        *width = outs;
        return loop(k, "o", "1");
    }
    begin(k, "for (long o = 0; o < %s; o += WINOGRAD_GROUP)", outs);
    if (known && number % WINOGRAD_OUTS == 0) {
        *width = "WINOGRAD_GROUP";
    } else {
        *width = "width";
        line(k, "const long width = least(WINOGRAD_GROUP, %s - o);", outs);
    }
    return "o";
}

/* A number as it is; a pooled extent without an odd last row or column. */
static const char *extent(KernelText *k, int d, bool pool)
{
    return pool ? product_of(k, quotient_of(k, dim(k, d), "2"), "2") : dim(k, d);
}

static void emit_tiles(KernelText *k, int taps, bool pool)
{
    const int frequencies = (taps + 3) * (taps + 3); /* WINOGRAD_POINTS(taps), twice */
    line(k, "const struct winograd_layer layer = {");
    line(k, "    .taps = %d, .dilation = %s, .images = %s, .rows = %s, .cols = %s, .x_col = 0,", taps,
         dim(k, WINOGRAD3_dilation), dim(k, WINOGRAD3_images), extent(k, WINOGRAD3_rows, pool),
         extent(k, WINOGRAD3_cols, pool));
    line(k, "    .ins = %s, .outs = %s, .x_image = %s, .x_row = %s, .block = %s,", dim(k, WINOGRAD3_ins),
         dim(k, WINOGRAD3_u_outs), dim(k, WINOGRAD3_x_image), dim(k, WINOGRAD3_x_row),
         dim(k, WINOGRAD3_block));
    line(k, "};");
    line(k, "const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);");
    if (!pool && (sticks_out(k, WINOGRAD3_rows) || sticks_out(k, WINOGRAD3_cols)))
        line(k, "const long phase_rows = winograd_phase_rows(&layer), phase_cols = winograd_phase_cols(&layer);");
    line(k, "float *v = scratch, *products = v + %d * winograd_v_plane(&layer), *lines = products + %d * plane;",
         frequencies, frequencies);
    begin(k, "for (long first = 0; first < tiles; first += %s)", dim(k, WINOGRAD3_block));
    line(k, "const long in_block = least(%s, tiles - first);", dim(k, WINOGRAD3_block));
    line(k, "winograd_input_%dx%d(&layer, x, first, in_block, lines, v);", taps, taps);
    const char *width, *o = group_loop(k, &width);
    line(k, "winograd_products(&layer, v, %s, products, in_block, %s);",
         sum_of(k, "u", product_of(k, o, dim(k, WINOGRAD3_ins))), width);
    begin(k, "for (long t = 0; t < in_block; t++)");
    const char *half = pool ? " / 2" : "", *image = "0";
    if (!dim_is(k, WINOGRAD3_images, 1)) {
        line(k, "const long image = winograd_image(&layer, first + t);");
        image = "image";
    }
    line(k, "const long r = winograd_row(&layer, first + t)%s, c = winograd_col(&layer, first + t)%s;", half, half);
    vector_loop(k, "k", width);
    k->out = sum_of(k, o, "k");
    line(k, "vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];");
    line(k, "winograd_output(products + %s + k, plane, sums, %d);", product_of(k, "t", width), taps);
    line(k, "float *to = %s + %s;",
         sum_of(k, sum_of(k, "y", product_of(k, image, dim(k, WINOGRAD3_y_image))),
                offset_of(k, "r", dim(k, WINOGRAD3_y_row), "c", dim(k, WINOGRAD3_y_col))),
         k->out);
    if (pool) {
        line(k, "unsigned char *to_arg = %s + %s;",
             sum_of(k, sum_of(k, "arg", product_of(k, image, dim(k, WINOGRAD3_POOL_arg_image))),
                    offset_of(k, "r", dim(k, WINOGRAD3_POOL_arg_row), "c", dim(k, WINOGRAD3_POOL_arg_col))),
             k->out);
        store_pooled(k);
    } else {
        store_pixels(k);
    }
    end_all(k, 4);
}

static void print_winograd3(KernelText *k)
{
    emit_tiles(k, 3, false);
}

static void print_winograd5(KernelText *k)
{
    emit_tiles(k, 5, false);
}

static void print_winograd3_pool(KernelText *k)
{
    emit_tiles(k, 3, true);
}

static void print_winograd5_pool(KernelText *k)
{
    emit_tiles(k, 5, true);
}

_Static_assert((int)WINOGRAD_WEIGHTS3_u_outs == (int)WINOGRAD_WEIGHTS5_u_outs, "both have the same dimensions");

static void emit_weights(KernelText *k, int taps)
{
    line(k, "const struct winograd_filter filter = {");
    line(k, "    .ins = %s, .outs = %s, .tap_y = %s, .tap_x = %s,", dim(k, WINOGRAD_WEIGHTS3_ins),
         dim(k, WINOGRAD_WEIGHTS3_outs), dim(k, WINOGRAD_WEIGHTS3_w_tap_y), dim(k, WINOGRAD_WEIGHTS3_w_tap_x));
    line(k, "    .in = %s, .out = %s, .u_ins = %s, .u_outs = %s,", dim(k, WINOGRAD_WEIGHTS3_w_in),
         dim(k, WINOGRAD_WEIGHTS3_w_out), dim(k, WINOGRAD_WEIGHTS3_u_ins), dim(k, WINOGRAD_WEIGHTS3_u_outs));
    line(k, "};");
    line(k, "winograd_weights_%dx%d(&filter, w, u, part, parts);", taps, taps);
}

static void print_winograd_weights3(KernelText *k)
{
    emit_weights(k, 3);
}

static void print_winograd_weights5(KernelText *k)
{
    emit_weights(k, 5);
}

_Static_assert((int)WINOGRAD3_GRAD_WEIGHT_x_image == (int)WINOGRAD5_GRAD_WEIGHT_x_image,
               "both have the same dimensions");

static void emit_grad_weight(KernelText *k, int taps)
{
    line(k, "const struct winograd_layer layer = {");
    line(k, "    .taps = %d, .dilation = %s, .images = %s, .rows = %s, .cols = %s,", taps,
         dim(k, WINOGRAD3_GRAD_WEIGHT_dilation), dim(k, WINOGRAD3_GRAD_WEIGHT_images),
         dim(k, WINOGRAD3_GRAD_WEIGHT_rows), dim(k, WINOGRAD3_GRAD_WEIGHT_cols));
    line(k, "    .ins = %s, .outs = %s, .x_image = %s, .x_row = %s, .block = %s,",
         dim(k, WINOGRAD3_GRAD_WEIGHT_ins), dim(k, WINOGRAD3_GRAD_WEIGHT_outs), dim(k, WINOGRAD3_GRAD_WEIGHT_x_image),
         dim(k, WINOGRAD3_GRAD_WEIGHT_x_row),
         dim(k, WINOGRAD3_GRAD_WEIGHT_block));
    if (!dim_is(k, WINOGRAD3_GRAD_WEIGHT_x_col, 0))
        line(k, "    .x_col = %s,", dim(k, WINOGRAD3_GRAD_WEIGHT_x_col));
    line(k, "};");
    line(k, "const struct winograd_gradient gradient = {");
    line(k, "    .d_image = %s, .d_row = %s, .d_col = %s, .g_tap = %s, .g_in = %s, .g_ins = %s,",
         dim(k, WINOGRAD3_GRAD_WEIGHT_d_image), dim(k, WINOGRAD3_GRAD_WEIGHT_d_row),
         dim(k, WINOGRAD3_GRAD_WEIGHT_d_col), dim(k, WINOGRAD3_GRAD_WEIGHT_g_tap),
         dim(k, WINOGRAD3_GRAD_WEIGHT_g_in), dim(k, WINOGRAD3_GRAD_WEIGHT_g_ins));
    line(k, "};");
    line(k, "winograd_grad_weight_%dx%d(&layer, &gradient, x, d, g, scratch);", taps, taps);
}

static void print_winograd3_grad_weight(KernelText *k)
{
    emit_grad_weight(k, 3);
}

static void print_winograd5_grad_weight(KernelText *k)
{
    emit_grad_weight(k, 5);
}

/* What a Winograd kernel, whose dimensions are set, works in. */
static void add_scratch(Plan *plan, Kernel *kernel)
{
    const char *name = arena_printf(plan->arena, "%s_scratch", kernel->name);
    kernel->operand[ROLE_SCRATCH] =
        whole(plan_scratch(plan, name, winograd_scratch(kernel->family, kernel->dim)));
}

/* Over the image at `x`, with weights whose tap (0, 0) is `first_weight` from their start. */
static void layout_image(Plan *plan, Kernel *kernel, const char *suffix, Operand x, int64_t rows, int64_t cols,
                         Operand y, WeightOrder order, int64_t first_weight)
{
    int64_t *d = kernel->dim, ins = x.buffer->channels, outs = y.buffer->channels;
    d[WINOGRAD3_rows] = rows;
    d[WINOGRAD3_cols] = cols;
    d[WINOGRAD3_ins] = x.buffer->pitch;
    d[WINOGRAD3_outs] = d[WINOGRAD3_u_outs] = y.buffer->pitch;
    d[WINOGRAD3_x_row] = buffer_row(x.buffer);
    d[WINOGRAD3_y_row] = buffer_row(y.buffer);
    d[WINOGRAD3_y_col] = y.buffer->pitch;
    d[WINOGRAD3_has_bias] = kernel_has_bias(kernel);
    d[WINOGRAD3_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, WINOGRAD3_act);
    d[WINOGRAD3_images] = kernel->scope == SCOPE_MICROBATCH ? plan->microbatch : 1;
    d[WINOGRAD3_dilation] = kernel->op->attr.window.dilation[0];
    d[WINOGRAD3_x_image] = x.buffer->stride;
    d[WINOGRAD3_y_image] = y.buffer->stride;
    d[WINOGRAD3_block] = winograd_block(kernel->family, d);

    Buffer *u = packed_weights(plan, kernel->value[ROLE_W], suffix,
                               winograd_weights(kernel->family, d[WINOGRAD3_ins], d[WINOGRAD3_outs]));
    Family family = family_info(kernel->family)->winograd == 3 ? FAMILY_WINOGRAD_WEIGHTS3 : FAMILY_WINOGRAD_WEIGHTS5;
    Kernel *transform = add_pack_kernel(plan, family, kernel, u);
    transform->operand[ROLE_W].offset = first_weight;
    int64_t *t = transform->dim;
    t[WINOGRAD_WEIGHTS3_ins] = ins;
    t[WINOGRAD_WEIGHTS3_outs] = outs;
    t[WINOGRAD_WEIGHTS3_w_tap_y] = order.tap_y;
    t[WINOGRAD_WEIGHTS3_w_tap_x] = order.tap_x;
    t[WINOGRAD_WEIGHTS3_w_in] = order.in;
    t[WINOGRAD_WEIGHTS3_w_out] = order.out;
    t[WINOGRAD_WEIGHTS3_u_ins] = d[WINOGRAD3_ins];
    t[WINOGRAD_WEIGHTS3_u_outs] = d[WINOGRAD3_outs];

    kernel->operand[ROLE_X] = x;
    kernel->operand[ROLE_W] = whole(u);
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = y;
    add_scratch(plan, kernel);
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    const Window *w = &kernel->op->attr.window;
    int64_t rows = window_extent(w, 0, x->rows), cols = window_extent(w, 1, x->cols);
    if (family_info(kernel->family)->pools) {
        Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
        kernel->operand[ROLE_ARG] = inside(arg);
        kernel->dim[WINOGRAD3_POOL_act_first] = kernel->act_first;
        kernel->dim[WINOGRAD3_POOL_arg_row] = buffer_row(arg);
        kernel->dim[WINOGRAD3_POOL_arg_col] = arg->pitch;
        kernel->dim[WINOGRAD3_POOL_arg_image] = arg->stride;
    }
    kernel->flops = conv_flops(x, w, y->channels);
    layout_image(plan, kernel, ".winograd", first_window(x, w), rows, cols, inside(y),
                 buffer_at(plan, kernel, ROLE_W)->order, 0);
}

/* A convolution again: of dy, with the filters reversed, inputs and outputs swapped. */
static void layout_transposed(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    const Window *window = &kernel->op->attr.window;
    const Residue y = kernel_residue(kernel, 0), x = kernel_residue(kernel, 1);
    WeightOrder order = buffer_at(plan, kernel, ROLE_W)->order;
    WeightOrder transposed = {-order.tap_y, -order.tap_x, order.out, order.in};
    int64_t last = (window->kernel[0] - 1) * order.tap_y + (window->kernel[1] - 1) * order.tap_x;
    Operand from = inside(dy);
    from.offset += y.first * buffer_row(dy) + x.first * dy->pitch;
    kernel->flops = 2.0 * (double)(dx->rows * dx->cols * dx->channels * y.taps * x.taps) * (double)dy->channels;
    layout_image(plan, kernel, ".winograd_transposed", from, dx->rows, dx->cols, inside(dx), transposed, last);
}

/* Over the whole batch: a part makes the taps of some inputs and outputs, and transforms these again. */
static void cut_gradient(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const int64_t ins = d[WINOGRAD3_GRAD_WEIGHT_g_ins], outs = d[WINOGRAD3_GRAD_WEIGHT_outs];
    const WinogradPart part = winograd_part(kernel->family, d, plan->most_of_part);
    const bool padded = ins != d[WINOGRAD3_GRAD_WEIGHT_ins];
    const int64_t some_ins = padded ? ins : part.ins, some_outs = part.outs;
    const int64_t count = (int64_t)family_info(kernel->family)->winograd * family_info(kernel->family)->winograd;
    kernel_cut(kernel, 1, padded ? 1 : ins / some_ins, outs / some_outs);
    kernel->operand[ROLE_X].step[1] = some_ins;
    kernel->operand[ROLE_DY].step[2] = some_outs;
    kernel->operand[ROLE_DW].step[1] = some_ins * d[WINOGRAD3_GRAD_WEIGHT_g_in];
    kernel->operand[ROLE_DW].step[2] = some_outs;
    kernel->learns = some_outs;
    kernel->rows = (LearnedRows){.outer = count, .outer_step = d[WINOGRAD3_GRAD_WEIGHT_g_tap], .inner = some_ins,
                                 .inner_step = d[WINOGRAD3_GRAD_WEIGHT_g_in]};
    if (!padded) {
        d[WINOGRAD3_GRAD_WEIGHT_x_col] = some_ins < ins ? d[WINOGRAD3_GRAD_WEIGHT_ins] : 0;
        d[WINOGRAD3_GRAD_WEIGHT_ins] = some_ins;
    }
    d[WINOGRAD3_GRAD_WEIGHT_g_ins] = some_ins;
    d[WINOGRAD3_GRAD_WEIGHT_outs] = some_outs;
    d[WINOGRAD3_GRAD_WEIGHT_g_tap] = some_ins * some_outs;
    d[WINOGRAD3_GRAD_WEIGHT_g_in] = some_outs;
}

static void layout_grad_weight(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    const Window *w = &kernel->op->attr.window;
    int64_t *d = kernel->dim;
    d[WINOGRAD3_GRAD_WEIGHT_rows] = dy->rows;
    d[WINOGRAD3_GRAD_WEIGHT_cols] = dy->cols;
    d[WINOGRAD3_GRAD_WEIGHT_ins] = x->pitch;
    d[WINOGRAD3_GRAD_WEIGHT_outs] = dy->pitch;
    d[WINOGRAD3_GRAD_WEIGHT_x_row] = buffer_row(x);
    d[WINOGRAD3_GRAD_WEIGHT_d_row] = buffer_row(dy);
    d[WINOGRAD3_GRAD_WEIGHT_d_col] = dy->pitch;
    d[WINOGRAD3_GRAD_WEIGHT_g_tap] = gradients->order.tap_x;
    d[WINOGRAD3_GRAD_WEIGHT_g_in] = gradients->order.in;
    d[WINOGRAD3_GRAD_WEIGHT_g_ins] = x->channels;
    d[WINOGRAD3_GRAD_WEIGHT_images] = kernel->scope == SCOPE_BATCH ? plan->batch : plan->microbatch;
    d[WINOGRAD3_GRAD_WEIGHT_dilation] = w->dilation[0];
    d[WINOGRAD3_GRAD_WEIGHT_x_image] = x->stride;
    d[WINOGRAD3_GRAD_WEIGHT_d_image] = dy->stride;
    kernel->operand[ROLE_X] = first_window(x, w);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    kernel->flops = conv_flops(x, w, dy->channels);
    if (kernel->scope == SCOPE_BATCH)
        cut_gradient(plan, kernel);
    d[WINOGRAD3_GRAD_WEIGHT_block] = winograd_block(kernel->family, d);
    add_scratch(plan, kernel);
}

/* Rows of outputs in whole tiles, outputs in whole panels. */
static bool cut(Kernel *kernel, Grid grid)
{
    int64_t *d = kernel->dim;
    Operand *operand = kernel->operand;
    const int64_t pooled = family_info(kernel->family)->pools ? 2 : 1;
    if (!cut_dim(kernel, WINOGRAD3_rows, grid.rows, d[WINOGRAD3_dilation] * WINOGRAD_TILE) ||
        !cut_dim(kernel, WINOGRAD3_outs, grid.outs, PAD))
        return false;
    operand[ROLE_X].step[1] = d[WINOGRAD3_rows] * d[WINOGRAD3_x_row];
    operand[ROLE_Y].step[1] = d[WINOGRAD3_rows] / pooled * d[WINOGRAD3_y_row];
    operand[ROLE_W].step[2] = d[WINOGRAD3_outs] * d[WINOGRAD3_ins];
    operand[ROLE_Y].step[2] = d[WINOGRAD3_outs];
    if (d[WINOGRAD3_has_bias] || d[WINOGRAD3_norm_row])
        operand[ROLE_BIAS].step[2] = d[WINOGRAD3_outs];
    if (pooled == 2) {
        operand[ROLE_ARG].step[1] = d[WINOGRAD3_rows] / pooled * d[WINOGRAD3_POOL_arg_row];
        operand[ROLE_ARG].step[2] = d[WINOGRAD3_outs];
    }
    d[WINOGRAD3_block] = winograd_block(kernel->family, d);
    return true;
}

static int64_t scratch(const Kernel *kernel)
{
    return winograd_scratch(kernel->family, kernel->dim);
}

static int images(const Kernel *kernel)
{
    (void)kernel;
    return WINOGRAD3_images; /* of all families here */
}

static double reckoned(const Kernel *kernel)
{
    const double images = (double)kernel->dim[WINOGRAD3_images];
    return kernel_pieces(kernel) * winograd_cost(kernel->family, kernel->dim) / (kernel->flops / 2 * images);
}

/* Measured over shapes and widths, forward and for gradients: test_kernels_winograd.c holds them. */
#define ROUNDING3 {.once = 8, .growth = 1.7}
#define ROUNDING5 {.once = 30, .growth = 6.3}

#define CONVOLUTIONS {&op_conv2d, .border = border_for_windows}, \
    {&op_conv_transpose2d, .border = border_for_residues, .layout = layout_transposed}, \
    {&op_conv2d_grad_input, BACK, border_for_residues, layout_transposed}

const FamilyInfo family_winograd3 = {
    .name = "winograd3", HAS_DIMS(WINOGRAD3),
    .parameters = {READS(X, x), READS(W, u), READS(BIAS, bias), MAKES(Y, y), MAKES(SCRATCH, scratch)},
    .computes = {CONVOLUTIONS},
    .chosen = true, .x_by_number = true, .x_beyond = true, .winograd = 3, .rounding = ROUNDING3,
    .layout = layout, .cut = cut, .images = WINOGRAD3_images, .counted = images, .scratch = scratch,
    .reckoned = reckoned, .blocks = WINOGRAD3_block,
    .print = print_winograd3, .header = "winograd.h",
};

const FamilyInfo family_winograd5 = {
    .name = "winograd5", HAS_DIMS(WINOGRAD5),
    .parameters = {READS(X, x), READS(W, u), READS(BIAS, bias), MAKES(Y, y), MAKES(SCRATCH, scratch)},
    .computes = {CONVOLUTIONS},
    .chosen = true, .x_by_number = true, .x_beyond = true, .winograd = 5, .rounding = ROUNDING5,
    .layout = layout, .cut = cut, .images = WINOGRAD3_images, .counted = images, .scratch = scratch,
    .reckoned = reckoned, .blocks = WINOGRAD3_block,
    .print = print_winograd5, .header = "winograd.h",
};

const FamilyInfo family_winograd3_pool = {
    .name = "winograd3_pool", HAS_DIMS(WINOGRAD3_POOL),
    .parameters = {READS(X, x), READS(W, u), READS(BIAS, bias), MAKES(Y, y), MAKES_BYTES(ARG, arg),
                   MAKES(SCRATCH, scratch)},
    .computes = {CONVOLUTIONS},
    .chosen = true, .x_by_number = true, .x_beyond = true, .pools = true, .winograd = 3, .rounding = ROUNDING3,
    .layout = layout, .cut = cut, .images = WINOGRAD3_images, .counted = images, .scratch = scratch,
    .reckoned = reckoned, .blocks = WINOGRAD3_block,
    .print = print_winograd3_pool, .header = "winograd.h",
};

const FamilyInfo family_winograd5_pool = {
    .name = "winograd5_pool", HAS_DIMS(WINOGRAD5_POOL),
    .parameters = {READS(X, x), READS(W, u), READS(BIAS, bias), MAKES(Y, y), MAKES_BYTES(ARG, arg),
                   MAKES(SCRATCH, scratch)},
    .computes = {CONVOLUTIONS},
    .chosen = true, .x_by_number = true, .x_beyond = true, .pools = true, .winograd = 5, .rounding = ROUNDING5,
    .layout = layout, .cut = cut, .images = WINOGRAD3_images, .counted = images, .scratch = scratch,
    .reckoned = reckoned, .blocks = WINOGRAD3_block,
    .print = print_winograd5_pool, .header = "winograd.h",
};

const FamilyInfo family_winograd_weights3 = {
    .name = "winograd_weights3", HAS_DIMS(WINOGRAD_WEIGHTS3),
    .parameters = {READS(W, w), MAKES(Y, u), PACK_PARTS},
    .print = print_winograd_weights3, .header = "winograd.h", .packs = "transformed for Winograd's convolution",
};

const FamilyInfo family_winograd_weights5 = {
    .name = "winograd_weights5", HAS_DIMS(WINOGRAD_WEIGHTS5),
    .parameters = {READS(W, w), MAKES(Y, u), PACK_PARTS},
    .print = print_winograd_weights5, .header = "winograd.h", .packs = "transformed for Winograd's convolution",
};

const FamilyInfo family_winograd3_grad_weight = {
    .name = "winograd3_grad_weight", HAS_DIMS(WINOGRAD3_GRAD_WEIGHT),
    .parameters = {READS(X, x), READS(DY, d), MAKES(DW, g), MAKES(SCRATCH, scratch)},
    .computes = {{&op_conv2d_grad_weight, .border = border_for_windows}},
    .chosen = true, .x_by_number = true, .x_beyond = true, .winograd = 3, .rounding = ROUNDING3,
    .layout = layout_grad_weight, .counted = images, .reckoned = reckoned, .blocks = WINOGRAD3_block,
    .print = print_winograd3_grad_weight, .header = "winograd.h",
};

const FamilyInfo family_winograd5_grad_weight = {
    .name = "winograd5_grad_weight", HAS_DIMS(WINOGRAD5_GRAD_WEIGHT),
    .parameters = {READS(X, x), READS(DY, d), MAKES(DW, g), MAKES(SCRATCH, scratch)},
    .computes = {{&op_conv2d_grad_weight, .border = border_for_windows}},
    .chosen = true, .x_by_number = true, .x_beyond = true, .winograd = 5, .rounding = ROUNDING5,
    .layout = layout_grad_weight, .counted = images, .reckoned = reckoned, .blocks = WINOGRAD3_block,
    .print = print_winograd5_grad_weight, .header = "winograd.h",
};

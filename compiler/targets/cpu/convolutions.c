/* Convolutions, forward and their weights' gradients: part of the layout step. gradients.c has those of the input. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/winograd.h"

_Static_assert((int)CONV_GRAD_WEIGHT_x_tap_x == (int)CONV_x_tap_x && (int)CONV_POOL_x_tap_x == (int)CONV_x_tap_x,
               "the tiled families begin alike");

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

Operand first_window(Buffer *x, const Window *w)
{
    Operand first = inside(x);
    first.offset -= w->padding[0] * buffer_row(x) + w->padding[1] * x->pitch;
    return first;
}

double conv_flops(const Buffer *x, const Window *w, int64_t outs)
{
    int64_t pixels = window_extent(w, 0, x->rows) * window_extent(w, 1, x->cols);
    return 2.0 * (double)(pixels * outs * w->kernel[0] * w->kernel[1]) * (double)(x->channels / w->groups);
}

/* The dimensions that the three families share: how a window reads x. Returns the operand of x. */
static Operand window_dims(Kernel *kernel, Buffer *x, int64_t outs)
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

/* Whether a batch reads weights so often that a copy of them with rows spread over the cache pays: a few hundred pixels
 * make up for one. */
static bool spread_pays(const Plan *plan, const int64_t *d, int64_t outs)
{
    enum { MANY_PIXELS = 512 };
    return spread_row(outs) != round_up(outs, PAD) && d[CONV_rows] * d[CONV_cols] * plan->batch >= MANY_PIXELS;
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
    Buffer *dense = derived_weights(plan, kernel->value[ROLE_W], ".dense", taps * run * row);
    /* A transposition swaps outputs and inputs; told them the other way round, it swaps them back. */
    int64_t *t = add_derive_kernel(plan, FAMILY_TRANSPOSE, kernel, "", dense)->dim;
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

/* What a Winograd kernel, whose dimensions are set, works in. */
static void add_scratch(Plan *plan, Kernel *kernel)
{
    const char *name = arena_printf(plan->arena, "%s_scratch", kernel->name);
    kernel->operand[ROLE_SCRATCH] =
        whole(plan_scratch(plan, name, winograd_scratch(kernel->family, kernel->dim)));
}

void layout_winograd(Plan *plan, Kernel *kernel, const char *suffix, Operand x, int64_t rows, int64_t cols, Operand y,
                     WeightOrder order, int64_t first_weight)
{
    int64_t *d = kernel->dim, ins = x.buffer->channels, outs = y.buffer->channels;
    bool small = kernel->family == FAMILY_WINOGRAD3 || kernel->family == FAMILY_WINOGRAD3_POOL;
    d[WINOGRAD3_rows] = rows;
    d[WINOGRAD3_cols] = cols;
    d[WINOGRAD3_ins] = x.buffer->pitch;
    d[WINOGRAD3_outs] = y.buffer->pitch;
    d[WINOGRAD3_x_row] = buffer_row(x.buffer);
    d[WINOGRAD3_y_row] = buffer_row(y.buffer);
    d[WINOGRAD3_y_col] = y.buffer->pitch;
    d[WINOGRAD3_has_bias] = kernel_has_bias(kernel);
    d[WINOGRAD3_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, WINOGRAD3_act);
    d[WINOGRAD3_images] = kernel->scope == SCOPE_GROUP ? plan->group : 1;
    d[WINOGRAD3_x_image] = x.buffer->stride;
    d[WINOGRAD3_y_image] = y.buffer->stride;
    d[WINOGRAD3_block] = winograd_block(kernel->family, d);

    Buffer *u = derived_weights(plan, kernel->value[ROLE_W], suffix,
                                winograd_weights(kernel->family, d[WINOGRAD3_ins], d[WINOGRAD3_outs]));
    Family family = small ? FAMILY_WINOGRAD_WEIGHTS3 : FAMILY_WINOGRAD_WEIGHTS5;
    Kernel *transform = add_derive_kernel(plan, family, kernel, "", u);
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

static void layout_conv2d_winograd(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    const Window *w = &kernel->ops[0]->attr.window;
    int64_t rows = window_extent(w, 0, x->rows), cols = window_extent(w, 1, x->cols);
    if (family_pools(kernel->family)) {
        Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
        kernel->operand[ROLE_ARG] = inside(arg);
        kernel->dim[WINOGRAD3_POOL_act_first] = kernel->act_first;
        kernel->dim[WINOGRAD3_POOL_arg_row] = buffer_row(arg);
        kernel->dim[WINOGRAD3_POOL_arg_col] = arg->pitch;
        kernel->dim[WINOGRAD3_POOL_arg_image] = arg->stride;
    }
    kernel->flops = conv_flops(x, w, y->channels);
    layout_winograd(plan, kernel, ".winograd", first_window(x, w), rows, cols, inside(y),
                    buffer_at(plan, kernel, ROLE_W)->order, 0);
}

void layout_conv2d(Plan *plan, Kernel *kernel)
{
    if (kernel->family == FAMILY_DEPTHWISE) {
        layout_depthwise(plan, kernel);
        return;
    }
    if (kernel->family != FAMILY_CONV && kernel->family != FAMILY_CONV_POOL) {
        layout_conv2d_winograd(plan, kernel);
        return;
    }
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    int64_t outs = kernel->value[ROLE_W]->shape.dim[0], *d = kernel->dim;
    GroupWindow g = conv_window(&kernel->ops[0]->attr.window, x, outs);
    kernel->operand[ROLE_X] = window_dims(kernel, x, outs);
    kernel->operand[ROLE_W] = whole(dense_weights(plan, kernel, x, outs));
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(y);
    d[CONV_y_row] = buffer_row(y);
    d[CONV_y_col] = y->pitch;
    d[CONV_group_outs] = g.outs;
    d[CONV_group_ins] = g.ins;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, CONV_act);
    if (kernel->family == FAMILY_CONV_POOL) {
        Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
        kernel->operand[ROLE_ARG] = inside(arg);
        d[CONV_POOL_act_first] = kernel->act_first;
        d[CONV_POOL_arg_row] = buffer_row(arg);
        d[CONV_POOL_arg_col] = arg->pitch;
    }
    merge_taps(d, g.ins != 0);
}

/* Straight from the pooled gradient. */
static void layout_sparse_grad_weight(Plan *plan, Kernel *kernel)
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
}

static void layout_winograd_grad_weight(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    const Window *w = &kernel->ops[0]->attr.window;
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
    d[WINOGRAD3_GRAD_WEIGHT_images] = plan->group;
    d[WINOGRAD3_GRAD_WEIGHT_x_image] = x->stride;
    d[WINOGRAD3_GRAD_WEIGHT_d_image] = dy->stride;
    d[WINOGRAD3_GRAD_WEIGHT_block] = winograd_block(kernel->family, d);
    kernel->operand[ROLE_X] = first_window(x, w);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    kernel->flops = conv_flops(x, w, dy->channels);
    add_scratch(plan, kernel);
}

void layout_conv2d_grad_weight(Plan *plan, Kernel *kernel)
{
    if (kernel->family == FAMILY_POOL_CONV_GRAD_WEIGHT) {
        layout_sparse_grad_weight(plan, kernel);
        return;
    }
    if (kernel->family == FAMILY_DEPTHWISE_GRAD_WEIGHT) {
        layout_depthwise_grad_weight(plan, kernel);
        return;
    }
    if (kernel->family != FAMILY_CONV_GRAD_WEIGHT) {
        layout_winograd_grad_weight(plan, kernel);
        return;
    }
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t outs = dy->channels, *d = kernel->dim;
    GroupWindow g = conv_window(window, x, outs);
    kernel->operand[ROLE_X] = window_dims(kernel, x, outs);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    d[CONV_GRAD_WEIGHT_w_row] = d[CONV_outs];
    d[CONV_GRAD_WEIGHT_d_row] = buffer_row(dy);
    d[CONV_GRAD_WEIGHT_d_col] = dy->pitch;
    d[CONV_GRAD_WEIGHT_group_outs] = g.outs;
    d[CONV_GRAD_WEIGHT_group_ins] = g.ins;
    merge_taps(d, g.ins != 0);
    if (g.groups > 1) { /* the block's other groups gathered products that belong to no weight */
        Kernel *zero = kernel_beside(plan, kernel, FAMILY_ZERO_OUTSIDE_GROUPS,
                                     arena_printf(plan->arena, "%s_outside_groups", kernel->name));
        zero->scope = SCOPE_GROUP;
        zero->operand[ROLE_DW] = whole(gradients);
        zero->dim[ZERO_OUTSIDE_GROUPS_taps] = window->kernel[0] * window->kernel[1];
        zero->dim[ZERO_OUTSIDE_GROUPS_run] = g.run;
        zero->dim[ZERO_OUTSIDE_GROUPS_outs] = outs;
        zero->dim[ZERO_OUTSIDE_GROUPS_w_row] = d[CONV_outs];
        zero->dim[ZERO_OUTSIDE_GROUPS_group_outs] = g.outs;
        zero->dim[ZERO_OUTSIDE_GROUPS_group_ins] = g.ins;
        zero->dim[ZERO_OUTSIDE_GROUPS_ins_per_group] = x->channels / window->groups;
        zero->dim[ZERO_OUTSIDE_GROUPS_outs_per_group] = outs / window->groups;
        vec_push(plan->arena, plan->kernels, zero);
    }
}

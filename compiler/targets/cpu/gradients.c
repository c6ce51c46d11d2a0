/* Data gradients as convolutions of dy with transposed weights: part of the layout step. Transposed convolutions are
 * the same, with a bias behind it.
 *
 * dx of a strided convolution is one ordinary convolution for each phase of the stride (phases.h). The weights each of
 * them reads are a layout of their own, made anew by a TRANSPOSE kernel after every update. */
#include <string.h>

#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/parameter_layout.h"
#include "targets/cpu/phases.h"

static Phase axis_phase(const Window *window, int axis, const Buffer *dy, const Buffer *dx, int phase)
{
    PhaseAxis a = {
        .kernel = window->kernel[axis],
        .stride = window->stride[axis],
        .padding = window->padding[axis],
        .dilation = window->dilation[axis],
        .in = axis ? dx->cols : dx->rows,
        .out = axis ? dy->cols : dy->rows,
    };
    return phase_of(&a, phase);
}

/* How many phases an axis has that have a position. */
static int phase_count(const Window *window, int axis, const Buffer *dx)
{
    int64_t extent = axis ? dx->cols : dx->rows;
    return extent < window->stride[axis] ? (int)extent : window->stride[axis];
}

void border_for_conv2d_grad_input(const Kernel *kernel, Buffer *dy, const Buffer *dx)
{
    const Window *window = &kernel->ops[0]->attr.window;
    for (int axis = 0; axis < 2; axis++) {
        for (int p = 0; p < phase_count(window, axis, dx); p++) {
            Phase phase = axis_phase(window, axis, dy, dx, p);
            int64_t before[2] = {0}, after[2] = {0};
            before[axis] = phase.border_before;
            after[axis] = phase.border_after;
            buffer_widen(dy, before, after);
        }
    }
}

Buffer *derived_weights(Plan *plan, const Value *weight, const char *suffix, int64_t floats)
{
    const char *name = arena_printf(plan->arena, "%s%s", weight->name, suffix);
    Buffer *buffer = derived_layout(plan->layout, name);
    if (buffer)
        return buffer;
    buffer = plan_buffer(plan, SPACE_DERIVED, ELEMENT_FLOAT, name);
    buffer->value = weight;
    buffer->count = round_up(floats, PAD);
    vec_push(plan->arena, plan->layout->derived, buffer);
    return buffer;
}

Kernel *add_derive_kernel(Plan *plan, Family family, const Kernel *reader, const char *suffix, Buffer *derived)
{
    Kernel *kernel = kernel_beside(plan, reader, family,
                                   arena_printf(plan->arena, "%s_weights%s", reader->name, suffix));
    kernel->stage = STAGE_DERIVE;
    kernel->scope = SCOPE_GROUP;
    kernel->operand[ROLE_W] = whole(buffer_at(plan, reader, ROLE_W));
    kernel->operand[ROLE_Y] = whole(derived);
    if (!derived->is_made)
        vec_push(plan->arena, plan->kernels, kernel);
    derived->is_made = true;
    return kernel;
}

typedef struct ConvGradient {
    Plan *plan;
    const Kernel *kernel; /* what cpu_expand made: the model of the phases' kernels */
    Buffer *dy, *dx;
    GroupWindow forward, backward;
} ConvGradient;

/* "" without a stride, otherwise "_phase_0_1". */
static const char *phase_suffix(const ConvGradient *c, int py, int px)
{
    const Window *window = &c->kernel->ops[0]->attr.window;
    return window->stride[0] == 1 && window->stride[1] == 1 ? "" : arena_printf(c->plan->arena, "_phase_%d_%d", py, px);
}

/* The weights are read as they are, from the phase's first tap. */
static void add_depthwise_phase(ConvGradient *c, Phase y, Phase x, int py, int px)
{
    const Window *window = &c->kernel->ops[0]->attr.window;
    int64_t row = buffer_row(c->dy), dx_row = buffer_row(c->dx);
    Buffer *weights = buffer_at(c->plan, c->kernel, ROLE_W);
    WeightOrder order = weights->order;
    Kernel *kernel = arena_make(c->plan->arena, Kernel);
    *kernel = *c->kernel;
    kernel->name = arena_printf(c->plan->arena, "%s%s", c->kernel->name, phase_suffix(c, py, px));
    int64_t *d = kernel->dim;
    d[DEPTHWISE_rows] = y.count;
    d[DEPTHWISE_cols] = x.count;
    d[DEPTHWISE_channels] = c->dx->pitch;
    d[DEPTHWISE_taps_y] = y.taps;
    d[DEPTHWISE_taps_x] = x.taps;
    d[DEPTHWISE_x_row] = row;
    d[DEPTHWISE_x_col] = c->dy->pitch;
    d[DEPTHWISE_x_tap_y] = y.step * row;
    d[DEPTHWISE_x_tap_x] = x.step * c->dy->pitch;
    d[DEPTHWISE_w_tap_y] = y.tap_step * order.tap_y;
    d[DEPTHWISE_w_tap_x] = x.tap_step * order.tap_x;
    d[DEPTHWISE_y_row] = window->stride[0] * dx_row;
    d[DEPTHWISE_y_col] = window->stride[1] * c->dx->pitch;
    d[DEPTHWISE_has_bias] = kernel_has_bias(kernel);
    d[DEPTHWISE_norm_row] = norm_row(c->plan, kernel);
    set_activation(kernel, DEPTHWISE_act);
    kernel->operand[ROLE_X] = inside(c->dy);
    kernel->operand[ROLE_X].offset += y.first * row + x.first * c->dy->pitch;
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_W].offset = y.first_tap * order.tap_y + x.first_tap * order.tap_x;
    kernel->operand[ROLE_BIAS] = whole(buffer_at(c->plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(c->dx);
    kernel->operand[ROLE_Y].offset += py * dx_row + px * c->dx->pitch;
    kernel->flops = 2.0 * (double)(y.count * x.count * c->dx->channels) * (double)(y.taps * x.taps);
    vec_push(c->plan->arena, c->plan->kernels, kernel);
}

/* The bias everywhere, and what a norm makes of it, before the phases: there are positions that none with a tap has. */
static void add_bias(ConvGradient *c)
{
    Kernel *kernel = arena_make(c->plan->arena, Kernel);
    *kernel = *c->kernel;
    kernel_set_family(kernel, FAMILY_CONV);
    kernel->name = arena_printf(c->plan->arena, "%s_bias", c->kernel->name);
    int64_t *d = kernel->dim;
    d[CONV_rows] = c->dx->rows;
    d[CONV_cols] = c->dx->cols;
    d[CONV_outs] = d[CONV_group_outs] = d[CONV_w_row] = c->dx->pitch;
    d[CONV_run] = 1;
    d[CONV_y_row] = buffer_row(c->dx);
    d[CONV_y_col] = c->dx->pitch;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(c->plan, kernel);
    set_activation(kernel, CONV_act);
    kernel->operand[ROLE_X] = inside(c->dy);
    kernel->operand[ROLE_W] = whole(buffer_at(c->plan, c->kernel, ROLE_W));
    kernel->operand[ROLE_BIAS] = whole(buffer_at(c->plan, c->kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(c->dx);
    vec_push(c->plan->arena, c->plan->kernels, kernel);
}

static void add_phase(ConvGradient *c, Phase y, Phase x, int py, int px)
{
    Plan *plan = c->plan;
    const Window *window = &c->kernel->ops[0]->attr.window;
    int64_t row = buffer_row(c->dy), dx_row = buffer_row(c->dx), w_row = spread_row(c->dx->pitch);
    const char *suffix = phase_suffix(c, py, px);
    const char *kind = arena_printf(plan->arena, ".transposed%s", suffix);
    Buffer *transposed = derived_weights(plan, c->kernel->value[ROLE_W], kind,
                                         y.taps * x.taps * c->backward.run * w_row);
    WeightOrder order = buffer_at(plan, c->kernel, ROLE_W)->order;

    int64_t *t = add_derive_kernel(plan, FAMILY_TRANSPOSE, c->kernel, suffix, transposed)->dim;
    t[TRANSPOSE_taps_y] = y.taps;
    t[TRANSPOSE_taps_x] = x.taps;
    t[TRANSPOSE_run] = c->backward.run;
    t[TRANSPOSE_ins] = c->dx->channels;
    t[TRANSPOSE_t_row] = w_row;
    t[TRANSPOSE_group_outs] = c->backward.outs;
    t[TRANSPOSE_group_ins] = c->backward.ins;
    t[TRANSPOSE_w_run] = c->forward.run;
    t[TRANSPOSE_w_outs] = c->dy->channels;
    t[TRANSPOSE_w_group_outs] = c->forward.outs;
    t[TRANSPOSE_w_group_ins] = c->forward.ins;
    t[TRANSPOSE_w_tap_x] = order.tap_x;
    t[TRANSPOSE_w_tap_y] = order.tap_y;
    t[TRANSPOSE_w_in] = order.in;
    t[TRANSPOSE_w_out] = order.out;
    t[TRANSPOSE_first_y] = y.first_tap;
    t[TRANSPOSE_first_x] = x.first_tap;
    t[TRANSPOSE_step_y] = y.tap_step;
    t[TRANSPOSE_step_x] = x.tap_step;

    Kernel *kernel = arena_make(plan->arena, Kernel);
    *kernel = *c->kernel;
    kernel->name = arena_printf(plan->arena, "%s%s", c->kernel->name, suffix);
    int64_t *d = kernel->dim;
    d[CONV_rows] = y.count;
    d[CONV_cols] = x.count;
    d[CONV_outs] = c->dx->pitch;
    d[CONV_taps_y] = y.taps;
    d[CONV_taps_x] = x.taps;
    d[CONV_run] = c->backward.run;
    d[CONV_x_row] = row;
    d[CONV_x_col] = c->dy->pitch;
    d[CONV_x_tap_y] = y.step * row;
    d[CONV_x_tap_x] = x.step * c->dy->pitch;
    d[CONV_w_row] = w_row;
    d[CONV_y_row] = window->stride[0] * dx_row;
    d[CONV_y_col] = window->stride[1] * c->dx->pitch;
    d[CONV_group_outs] = c->backward.outs;
    d[CONV_group_ins] = c->backward.ins;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(c->plan, kernel);
    set_activation(kernel, CONV_act);
    merge_taps(d, c->backward.ins != 0);
    kernel->operand[ROLE_X] = inside(c->dy);
    kernel->operand[ROLE_X].offset += y.first * row + x.first * c->dy->pitch;
    kernel->operand[ROLE_W] = whole(transposed);
    kernel->operand[ROLE_BIAS] = whole(buffer_at(c->plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(c->dx);
    kernel->operand[ROLE_Y].offset += py * dx_row + px * c->dx->pitch;
    kernel->flops = 2.0 * (double)(y.count * x.count * c->dx->channels) * (double)(y.taps * x.taps) *
                    (double)(c->dy->channels / window->groups);
    vec_push(plan->arena, plan->kernels, kernel);
}

/* A convolution again: of dy, with the filters turned about, inputs and outputs swapped. */
static void layout_winograd_grad_input(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    const Window *window = &kernel->ops[0]->attr.window;
    Phase y = axis_phase(window, 0, dy, dx, 0), x = axis_phase(window, 1, dy, dx, 0);
    WeightOrder order = buffer_at(plan, kernel, ROLE_W)->order;
    WeightOrder turned = {-order.tap_y, -order.tap_x, order.out, order.in};
    int64_t last = (window->kernel[0] - 1) * order.tap_y + (window->kernel[1] - 1) * order.tap_x;
    Operand from = inside(dy);
    from.offset += y.first * buffer_row(dy) + x.first * dy->pitch;
    kernel->flops = 2.0 * (double)(dx->rows * dx->cols * dx->channels * y.taps * x.taps) * (double)dy->channels;
    layout_winograd(plan, kernel, ".winograd_transposed", from, dx->rows, dx->cols, inside(dx), turned, last);
    vec_push(plan->arena, plan->kernels, kernel);
}

/* The last row and column, counted from the first window on, that the windows of a pool-sparse gradient reach. */
static void sparse_extent(const Window *window, const Buffer *dy, int64_t extent[2])
{
    extent[0] = 2 * dy->rows + window->dilation[0] * (window->kernel[0] - 1);
    extent[1] = 2 * dy->cols + window->dilation[1] * (window->kernel[1] - 1);
}

void border_for_sparse_grad_input(const Kernel *kernel, const Buffer *dy, Buffer *dx)
{
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

/* Straight from the pooled gradient. */
static void layout_sparse_grad_input(Plan *plan, Kernel *kernel)
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
    vec_push(plan->arena, plan->kernels, kernel);
}

/* Whether every position of an axis is in a phase that has taps. */
static bool reaches_all(const ConvGradient *c, int axis)
{
    const Window *window = &c->kernel->ops[0]->attr.window;
    for (int p = 0; p < phase_count(window, axis, c->dx); p++) {
        if (!axis_phase(window, axis, c->dy, c->dx, p).taps)
            return false;
    }
    return true;
}

void layout_conv2d_grad_input(Plan *plan, Kernel *kernel)
{
    const Window *window = &kernel->ops[0]->attr.window;
    if (kernel->family == FAMILY_POOL_CONV_GRAD_INPUT) {
        layout_sparse_grad_input(plan, kernel);
        return;
    }
    if (kernel->family != FAMILY_CONV && kernel->family != FAMILY_DEPTHWISE) {
        layout_winograd_grad_input(plan, kernel);
        return;
    }
    ConvGradient c = {.plan = plan, .kernel = kernel};
    c.dy = buffer_at(plan, kernel, ROLE_X);
    c.dx = buffer_at(plan, kernel, ROLE_Y);
    int64_t outs_per_group = c.dy->channels / window->groups, ins_per_group = c.dx->channels / window->groups;
    c.forward = conv_window(window, c.dx, c.dy->channels);
    /* The weights were laid out for x, whose pixels dx's have the same size as. */
    c.backward = group_window(window->groups, ins_per_group, outs_per_group, c.dy->channels, c.dy->pitch);
    bool bias = kernel->value[ROLE_BIAS] != NULL, reached = reaches_all(&c, 0) && reaches_all(&c, 1);
    if (!reached && bias)
        add_bias(&c);
    else if (!reached)
        c.dx->kept_zero = true; /* no output ever read these positions */
    for (int py = 0; py < phase_count(window, 0, c.dx); py++) {
        Phase y = axis_phase(window, 0, c.dy, c.dx, py);
        for (int px = 0; y.taps && px < phase_count(window, 1, c.dx); px++) {
            Phase x = axis_phase(window, 1, c.dy, c.dx, px);
            if (x.taps && kernel->family == FAMILY_DEPTHWISE)
                add_depthwise_phase(&c, y, x, py, px);
            else if (x.taps)
                add_phase(&c, y, x, py, px);
        }
    }
}

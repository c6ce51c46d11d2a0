/* Data gradients as convolutions of dy with transposed weights. Transposed convolutions are the same, with a bias
 * behind it. The weights that each residue reads are a layout of their own, made anew by a TRANSPOSE kernel after every
 * update. */
#include "targets/cpu/families/transposed.h"

#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/transpose.h"

/* Residue `number` of an axis. */
static Residue axis_residue(const Kernel *kernel, int axis, int number)
{
    const Window *window = &kernel->op->attr.window;
    const Shape y = shape_image(kernel->value[ROLE_X]->shape), x = shape_image(kernel->value[ROLE_Y]->shape);
    ResidueAxis a = {
        .kernel = window->kernel[axis],
        .stride = window->stride[axis],
        .padding = window->padding[axis],
        .dilation = window->dilation[axis],
        .in = x.dim[1 + axis],
        .out = y.dim[1 + axis],
    };
    return residue_of(&a, number);
}

/* How many residues an axis has that have a position. */
static int residue_count(const Kernel *kernel, int axis)
{
    int64_t extent = shape_image(kernel->value[ROLE_Y]->shape).dim[1 + axis];
    int stride = kernel->op->attr.window.stride[axis];
    return extent < stride ? (int)extent : stride;
}

Residue kernel_residue(const Kernel *kernel, int axis)
{
    return axis_residue(kernel, axis, kernel->residue[axis]);
}

/* "" without a stride, otherwise "_residue_0_1". */
static const char *suffix(Arena *arena, const Kernel *kernel)
{
    const Window *window = &kernel->op->attr.window;
    bool strided = window->stride[0] > 1 || window->stride[1] > 1;
    return strided ? arena_printf(arena, "_residue_%d_%d", kernel->residue[0], kernel->residue[1]) : "";
}

/* ---- Expand ------------------------------------------------------------------------------------------------------ */

/* Whether every position of an axis is in a residue that has taps. */
static bool reaches_all(const Kernel *kernel, int axis)
{
    for (int p = 0; p < residue_count(kernel, axis); p++) {
        if (!axis_residue(kernel, axis, p).taps)
            return false;
    }
    return true;
}

static Kernel *add_copy(Plan *plan, const Kernel *kernel)
{
    Kernel *copy = arena_make(plan->arena, Kernel);
    *copy = *kernel;
    copy->id = plan->kernels.count;
    vec_push(plan->arena, plan->kernels, copy);
    return copy;
}

void expand_residues(Plan *plan, Kernel *kernel)
{
    if (kernel->value[ROLE_BIAS] && !(reaches_all(kernel, 0) && reaches_all(kernel, 1))) {
        Kernel *bias = add_copy(plan, kernel);
        kernel_set_family(bias, FAMILY_CONV);
        bias->name = arena_printf(plan->arena, "%s_bias", kernel->name);
        bias->residue[0] = bias->residue[1] = BIAS_ALONE;
    }
    for (int y = 0; y < residue_count(kernel, 0); y++) {
        for (int x = 0; axis_residue(kernel, 0, y).taps && x < residue_count(kernel, 1); x++) {
            if (!axis_residue(kernel, 1, x).taps)
                continue;
            Kernel *copy = add_copy(plan, kernel);
            copy->residue[0] = y;
            copy->residue[1] = x;
            copy->name = arena_printf(plan->arena, "%s%s", kernel->name, suffix(plan->arena, copy));
        }
    }
}

/* ---- Layout ------------------------------------------------------------------------------------------------------ */

void border_for_residues(Plan *plan, const Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    for (int axis = 0; axis < 2; axis++) {
        for (int p = 0; p < residue_count(kernel, axis); p++) {
            Residue residue = axis_residue(kernel, axis, p);
            int64_t before[2] = {0}, after[2] = {0};
            before[axis] = residue.border_before;
            after[axis] = residue.border_after;
            buffer_widen(dy, before, after);
        }
    }
    if (!kernel->value[ROLE_BIAS] && !(reaches_all(kernel, 0) && reaches_all(kernel, 1)))
        dx->kept_zero = true; /* no output ever read these positions */
}

Operand place_of_residue(const Kernel *kernel, Buffer *dx)
{
    Operand first = inside(dx);
    first.offset += kernel->residue[0] * buffer_row(dx) + kernel->residue[1] * dx->pitch;
    return first;
}

/* The bias everywhere, and what a norm makes of it. */
static void layout_bias(Plan *plan, Kernel *kernel)
{
    Buffer *dx = buffer_at(plan, kernel, ROLE_Y);
    int64_t *d = kernel->dim;
    d[CONV_rows] = dx->rows;
    d[CONV_cols] = dx->cols;
    d[CONV_outs] = d[CONV_group_outs] = d[CONV_w_row] = dx->pitch;
    d[CONV_run] = 1;
    d[CONV_y_row] = buffer_row(dx);
    d[CONV_y_col] = dx->pitch;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, CONV_act);
    kernel->operand[ROLE_X] = inside(buffer_at(plan, kernel, ROLE_X));
    kernel->operand[ROLE_W] = whole(buffer_at(plan, kernel, ROLE_W));
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(dx);
}

/* The weights that the kernel reads. */
static Buffer *transposed_weights(Plan *plan, Kernel *kernel, Residue y, Residue x, GroupWindow backward)
{
    const Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    const GroupWindow forward = conv_window(&kernel->op->attr.window, dx, dy->channels);
    const int64_t row = spread_row(dx->pitch);
    const char *kind = arena_printf(plan->arena, ".transposed%s", suffix(plan->arena, kernel));
    Buffer *transposed = packed_weights(plan, kernel->value[ROLE_W], kind, y.taps * x.taps * backward.run * row);
    const WeightOrder order = buffer_at(plan, kernel, ROLE_W)->order;
    int64_t *t = add_pack_kernel(plan, FAMILY_TRANSPOSE, kernel, transposed)->dim;
    t[TRANSPOSE_taps_y] = y.taps;
    t[TRANSPOSE_taps_x] = x.taps;
    t[TRANSPOSE_run] = backward.run;
    t[TRANSPOSE_ins] = dx->channels;
    t[TRANSPOSE_t_row] = row;
    t[TRANSPOSE_group_outs] = backward.outs;
    t[TRANSPOSE_group_ins] = backward.ins;
    t[TRANSPOSE_w_run] = forward.run;
    t[TRANSPOSE_w_outs] = dy->channels;
    t[TRANSPOSE_w_group_outs] = forward.outs;
    t[TRANSPOSE_w_group_ins] = forward.ins;
    t[TRANSPOSE_w_tap_x] = order.tap_x;
    t[TRANSPOSE_w_tap_y] = order.tap_y;
    t[TRANSPOSE_w_in] = order.in;
    t[TRANSPOSE_w_out] = order.out;
    t[TRANSPOSE_first_y] = y.first_tap;
    t[TRANSPOSE_first_x] = x.first_tap;
    t[TRANSPOSE_step_y] = y.tap_step;
    t[TRANSPOSE_step_x] = x.tap_step;
    return transposed;
}

void layout_conv_residue(Plan *plan, Kernel *kernel)
{
    if (kernel->residue[0] == BIAS_ALONE) {
        layout_bias(plan, kernel);
        return;
    }
    const Window *window = &kernel->op->attr.window;
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    const Residue y = kernel_residue(kernel, 0), x = kernel_residue(kernel, 1);
    const int64_t outs_per_group = dy->channels / window->groups, row = buffer_row(dy);
    /* The weights were laid out for x, whose pixels dx's have the same size as. */
    const GroupWindow g =
        group_window(window->groups, dx->channels / window->groups, outs_per_group, dy->channels, dy->pitch);
    int64_t *d = kernel->dim;
    d[CONV_rows] = y.count;
    d[CONV_cols] = x.count;
    d[CONV_outs] = dx->pitch;
    d[CONV_taps_y] = y.taps;
    d[CONV_taps_x] = x.taps;
    d[CONV_run] = g.run;
    d[CONV_x_row] = row;
    d[CONV_x_col] = dy->pitch;
    d[CONV_x_tap_y] = y.step * row;
    d[CONV_x_tap_x] = x.step * dy->pitch;
    d[CONV_w_row] = spread_row(dx->pitch);
    d[CONV_y_row] = window->stride[0] * buffer_row(dx);
    d[CONV_y_col] = window->stride[1] * dx->pitch;
    d[CONV_group_outs] = g.outs;
    d[CONV_group_ins] = g.ins;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, CONV_act);
    merge_taps(d, g.ins != 0);
    merge_pixels(d);
    kernel->operand[ROLE_X] = inside(dy);
    kernel->operand[ROLE_X].offset += y.first * row + x.first * dy->pitch;
    kernel->operand[ROLE_W] = whole(transposed_weights(plan, kernel, y, x, g));
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = place_of_residue(kernel, dx);
    kernel->flops = 2.0 * (double)(y.count * x.count * dx->channels) * (double)(y.taps * x.taps) *
                    (double)outs_per_group;
}

/* Data gradients as convolutions of dy with transposed weights. Transposed convolutions are the same, with a bias
 * behind it. The weights that each residue reads are a layout of their own, made anew by a TRANSPOSE kernel after every
 * update. */
#include "targets/cpu/families/transposed.h"

#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/transpose.h"

Residue axis_residue(const Window *window, int axis, const Buffer *dy, const Buffer *dx, int residue)
{
    ResidueAxis a = {
        .kernel = window->kernel[axis],
        .stride = window->stride[axis],
        .padding = window->padding[axis],
        .dilation = window->dilation[axis],
        .in = axis ? dx->cols : dx->rows,
        .out = axis ? dy->cols : dy->rows,
    };
    return residue_of(&a, residue);
}

/* How many residues an axis has that have a position. */
static int residue_count(const Window *window, int axis, const Buffer *dx)
{
    int64_t extent = axis ? dx->cols : dx->rows;
    return extent < window->stride[axis] ? (int)extent : window->stride[axis];
}

void border_for_residues(Plan *plan, const Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    const Window *window = &kernel->op->attr.window;
    for (int axis = 0; axis < 2; axis++) {
        for (int p = 0; p < residue_count(window, axis, dx); p++) {
            Residue residue = axis_residue(window, axis, dy, dx, p);
            int64_t before[2] = {0}, after[2] = {0};
            before[axis] = residue.border_before;
            after[axis] = residue.border_after;
            buffer_widen(dy, before, after);
        }
    }
}

const char *residue_suffix(const Transposed *c, int py, int px)
{
    const Window *window = &c->kernel->op->attr.window;
    bool strided = window->stride[0] > 1 || window->stride[1] > 1;
    return strided ? arena_printf(c->plan->arena, "_residue_%d_%d", py, px) : "";
}

/* The bias everywhere, and what a norm makes of it, before the residues: some positions are in none that has taps. */
static void add_bias(Transposed *c)
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

/* Whether every position of an axis is in a residue that has taps. */
static bool reaches_all(const Transposed *c, int axis)
{
    const Window *window = &c->kernel->op->attr.window;
    for (int p = 0; p < residue_count(window, axis, c->dx); p++) {
        if (!axis_residue(window, axis, c->dy, c->dx, p).taps)
            return false;
    }
    return true;
}

void add_residues(Plan *plan, Kernel *kernel, AddResidue *add)
{
    const Window *window = &kernel->op->attr.window;
    Transposed c = {.plan = plan, .kernel = kernel};
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
    for (int py = 0; py < residue_count(window, 0, c.dx); py++) {
        Residue y = axis_residue(window, 0, c.dy, c.dx, py);
        for (int px = 0; y.taps && px < residue_count(window, 1, c.dx); px++) {
            Residue x = axis_residue(window, 1, c.dy, c.dx, px);
            if (x.taps)
                add(&c, y, x, py, px);
        }
    }
}

static void add_residue(Transposed *c, Residue y, Residue x, int py, int px)
{
    Plan *plan = c->plan;
    const Window *window = &c->kernel->op->attr.window;
    int64_t row = buffer_row(c->dy), dx_row = buffer_row(c->dx), w_row = spread_row(c->dx->pitch);
    const char *suffix = residue_suffix(c, py, px);
    const char *kind = arena_printf(plan->arena, ".transposed%s", suffix);
    Buffer *transposed = packed_weights(plan, c->kernel->value[ROLE_W], kind,
                                         y.taps * x.taps * c->backward.run * w_row);
    WeightOrder order = buffer_at(plan, c->kernel, ROLE_W)->order;

    int64_t *t = add_pack_kernel(plan, FAMILY_TRANSPOSE, c->kernel, suffix, transposed)->dim;
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

void layout_conv_residues(Plan *plan, Kernel *kernel)
{
    add_residues(plan, kernel, add_residue);
}

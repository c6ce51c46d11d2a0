/* Linear layers are convolutions whose columns are samples and whose one window is all
 * of x.
 *
 * Over the whole batch (SCOPE_BATCH) the weights lie in panels of some outputs side by side, [panel][input][output]: a
 * part of the forward pass reads one panel from its start to its end, and a part of the gradient makes some rows of one
 * panel, which the optimizer can then take in one stretch. The gradient of the input turns the weights it needs about
 * as it goes, part by part, so that there is no second copy of them to renew after every update, and for few samples
 * block by block (panel_grad_input.c). The gradient of the weights for many samples reads copies of x and dy in panels
 * (panel_grad_weight.c). */
#include "targets/cpu/families/linear.h"

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/conv_grad_weight.h"
#include "targets/cpu/families/panel_grad_input.h"
#include "targets/cpu/families/panel_grad_weight.h"
#include "targets/cpu/families/transpose.h"

enum {
    PART_GRADIENT = 4 << 10,  /* floats that a part of a gradient makes, at most, and of the inputs that it reads again
                               * and again: they stay in a first-level cache */
    PART_TRANSPOSED = 16 << 10, /* floats of weights that a part transposes, at most: they stay in its second level */
    FEWEST_PARTS = 8,         /* of a gradient of inputs, where there are inputs enough */
    FEW_ROWS = 8,             /* a part with fewer rows would not fill a register tile */
};

int64_t linear_panel(int64_t outs)
{
    int64_t panel = divisor_below(outs, PAD, PANEL);
    return panel ? panel : round_up(outs, PAD);
}

void layout_linear(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *weights = buffer_at(plan, kernel, ROLE_W);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    int64_t outs = kernel->value[ROLE_W]->shape.dim[0], inputs = x->rows * x->cols * x->pitch, *d = kernel->dim;
    d[CONV_rows] = 1;
    d[CONV_outs] = round_up(outs, PAD);
    d[CONV_taps_y] = x->rows;
    d[CONV_taps_x] = 1;
    d[CONV_run] = x->cols * x->pitch;
    d[CONV_x_tap_y] = buffer_row(x);
    d[CONV_w_row] = d[CONV_group_outs] = d[CONV_outs];
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, CONV_act);
    merge_taps(d, false);
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(y);
    kernel->flops = 2.0 * (double)outs * (double)(x->rows * x->cols * x->channels);
    if (kernel->scope != SCOPE_BATCH)
        return;
    int64_t panel = weights->panel, all = d[CONV_outs], part = panel < all ? panel : divisor_below(all, PAD, PANEL);
    d[CONV_outs] = d[CONV_group_outs] = part;
    d[CONV_w_row] = panel;
    kernel_cut(kernel, all / part, 1, 1);
    kernel->operand[ROLE_W].step[0] = panel < all ? inputs * panel : part;
    kernel->operand[ROLE_BIAS].step[0] = kernel->operand[ROLE_Y].step[0] = part;
}

void layout_linear_grad_weight(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    int64_t *d = kernel->dim, inputs = x->rows * x->cols * x->pitch;
    d[CONV_GRAD_WEIGHT_rows] = 1;
    d[CONV_GRAD_WEIGHT_outs] = dy->pitch;
    d[CONV_GRAD_WEIGHT_taps_y] = x->rows;
    d[CONV_GRAD_WEIGHT_taps_x] = 1;
    d[CONV_GRAD_WEIGHT_run] = x->cols * x->pitch;
    d[CONV_GRAD_WEIGHT_x_tap_y] = buffer_row(x);
    d[CONV_GRAD_WEIGHT_w_row] = d[CONV_GRAD_WEIGHT_group_outs] = dy->pitch;
    merge_taps(d, false);
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    kernel->flops = 2.0 * (double)dy->channels * (double)(x->rows * x->cols * x->channels);
    int64_t panel = gradients->panel, rows = d[CONV_GRAD_WEIGHT_run], step = rows;
    if (kernel->scope != SCOPE_BATCH)
        return;
    if (d[CONV_GRAD_WEIGHT_taps_y] == 1 && layout_panel_grad_weight(plan, kernel, inputs, panel))
        return;
    if (d[CONV_GRAD_WEIGHT_taps_y] > 1) { /* rows of x with a border between them: one each */
        step = d[CONV_GRAD_WEIGHT_x_tap_y];
    } else {
        int64_t wide = panel > plan->batch ? panel : plan->batch;
        int64_t most = PART_GRADIENT / wide < 2 * FEW_ROWS ? 2 * FEW_ROWS : PART_GRADIENT / wide;
        int64_t some = divisor_below(inputs, 1, most);
        rows = step = some < FEW_ROWS ? inputs : some;
    }
    d[CONV_GRAD_WEIGHT_taps_y] = d[CONV_GRAD_WEIGHT_anew] = 1;
    d[CONV_GRAD_WEIGHT_run] = rows;
    d[CONV_GRAD_WEIGHT_outs] = d[CONV_GRAD_WEIGHT_group_outs] = d[CONV_GRAD_WEIGHT_w_row] = panel;
    kernel_cut(kernel, dy->pitch / panel, inputs / rows, 1);
    kernel->learns = rows * panel;
    kernel->operand[ROLE_X].step[1] = step;
    kernel->operand[ROLE_DY].step[0] = panel;
    kernel->operand[ROLE_DW].step[0] = inputs * panel;
    kernel->operand[ROLE_DW].step[1] = rows * panel;
}

/* The weights of a linear layer, outputs and inputs swapped: t[o][i] for `outs` outputs and `inputs` of the inputs, of
 * which a panel has `all`. */
static void turn_weights(Kernel *transpose, const Buffer *weights, int64_t outs, int64_t inputs, int64_t all)
{
    int64_t *t = transpose->dim, panel = weights->panel;
    t[TRANSPOSE_taps_y] = round_up(outs, PAD) / panel;
    t[TRANSPOSE_taps_x] = 1;
    t[TRANSPOSE_run] = t[TRANSPOSE_w_in] = t[TRANSPOSE_w_outs] = t[TRANSPOSE_w_group_outs] = panel;
    t[TRANSPOSE_ins] = t[TRANSPOSE_group_outs] = t[TRANSPOSE_t_row] = t[TRANSPOSE_w_run] = inputs;
    t[TRANSPOSE_w_out] = t[TRANSPOSE_step_y] = 1;
    t[TRANSPOSE_w_tap_y] = all * panel;
}

static void grad_input_parts(Plan *plan, Kernel *kernel, int64_t inputs, int64_t outs)
{
    const Buffer *weights = buffer_at(plan, kernel, ROLE_W);
    const int64_t padded = round_up(outs, PAD), fitting = PART_TRANSPOSED / padded, shared = inputs / FEWEST_PARTS;
    const int64_t most = fitting < shared ? fitting : shared;
    const int64_t part = divisor_below(inputs, PAD, most < PAD ? PAD : most);
    kernel_cut(kernel, inputs / part, 1, 1);
    const char *name = arena_printf(plan->arena, "%s_weights", kernel->name);
    Buffer *transposed = plan_scratch(plan, arena_printf(plan->arena, "%s_transposed", name), padded * part);
    Kernel *transpose = kernel_beside(plan, kernel, FAMILY_TRANSPOSE, name);
    transpose->scope = SCOPE_BATCH;
    kernel_cut(transpose, kernel->parts, 1, 1);
    turn_weights(transpose, weights, outs, part, inputs);
    transpose->operand[ROLE_W] = whole(buffer_at(plan, kernel, ROLE_W));
    transpose->operand[ROLE_W].step[0] = part * weights->panel;
    transpose->operand[ROLE_Y] = whole(transposed);
    vec_push(plan->arena, plan->kernels, transpose);

    kernel->dim[CONV_outs] = kernel->dim[CONV_group_outs] = kernel->dim[CONV_w_row] = part;
    kernel->operand[ROLE_W] = whole(transposed);
    kernel->operand[ROLE_Y].step[0] = part;
}

void layout_linear_grad_input(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_X), *dx = buffer_at(plan, kernel, ROLE_Y);
    int64_t floats = dx->rows * dx->cols * dx->pitch, outs = dy->channels, *d = kernel->dim;
    d[CONV_rows] = d[CONV_taps_y] = d[CONV_taps_x] = 1;
    d[CONV_run] = outs;
    kernel->operand[ROLE_X] = inside(dy);
    kernel->operand[ROLE_BIAS] = whole(NULL);
    kernel->operand[ROLE_Y] = inside(dx);
    kernel->flops = 2.0 * (double)outs * (double)(dx->rows * dx->cols * dx->channels);
    if (kernel->scope == SCOPE_BATCH) {
        if (!layout_panel_grad_input(plan, kernel, floats))
            grad_input_parts(plan, kernel, floats, outs);
        return;
    }
    int64_t row = spread_row(floats);
    Buffer *transposed = packed_weights(plan, kernel->value[ROLE_W], ".transposed", outs * row);
    int64_t *t = add_pack_kernel(plan, FAMILY_TRANSPOSE, kernel, transposed)->dim;
    t[TRANSPOSE_taps_y] = t[TRANSPOSE_taps_x] = 1;
    t[TRANSPOSE_run] = outs;
    t[TRANSPOSE_ins] = t[TRANSPOSE_group_outs] = floats;
    t[TRANSPOSE_t_row] = d[CONV_w_row] = row;
    t[TRANSPOSE_w_run] = floats;
    t[TRANSPOSE_w_in] = t[TRANSPOSE_w_group_outs] = dy->pitch;
    t[TRANSPOSE_w_out] = 1;
    t[TRANSPOSE_w_outs] = outs;
    d[CONV_outs] = d[CONV_group_outs] = floats;
    kernel->operand[ROLE_W] = whole(transposed);
}

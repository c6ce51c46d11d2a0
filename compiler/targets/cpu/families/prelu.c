/* PRELU, PRELU_GRAD, PRELU_GRAD_WEIGHT: pixels beside each other, 16 channels and more at once. */
#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/pixels.h"

/* Channels are a multiple of 16. w is one float if shared, otherwise one a channel.
 * PRELU: y = x > 0 ? x : x * w.  PRELU_GRAD: dx = x > 0 ? dy : dy * w.
 * PRELU_GRAD_WEIGHT: g += for each channel the sum over r, c of x > 0 ? 0 : x * dy; if shared, those are summed over
 *     the channels, ascending. */
#define PRELU_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, shared) D(F, x_row) D(F, x_col) D(F, y_row) \
    D(F, y_col)
#define PRELU_GRAD_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, shared) D(F, dy_row) D(F, dy_col) \
    D(F, x_row) D(F, x_col) D(F, dx_row) D(F, dx_col)
#define PRELU_GRAD_WEIGHT_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, shared) D(F, dy_row) D(F, dy_col) \
    D(F, x_row) D(F, x_col)
DIM_PLACES(PRELU)
DIM_PLACES(PRELU_GRAD)
DIM_PLACES(PRELU_GRAD_WEIGHT)

/* "x + r * 64 + c * 16 + i" */
static const char *at(KernelText *k, const char *image, int row, const char *r, const char *c)
{
    return sum_of(k, image, sum_of(k, offset_of(k, r, dim(k, row), c, dim(k, row + 1)), "i"));
}

/* The slopes of the channels from i, declared as w_i. */
static void declare_slope(KernelText *k)
{
    int64_t shared;
    if (!dim_number(k, PRELU_shared, &shared))
        line(k, "const vec slope = %s ? vec_all(w[0]) : vec_load(w + i);", dim(k, PRELU_shared));
    else
        line(k, shared ? "const vec slope = vec_all(w[0]);" : "const vec slope = vec_load(w + i);");
}

static void print_prelu(KernelText *k)
{
    vector_loop(k, "i", dim(k, PRELU_channels));
    declare_slope(k);
    const char *r = loop(k, "r", dim(k, PRELU_rows)), *c = loop(k, "c", dim(k, PRELU_cols));
    line(k, "const vec in = vec_load(%s);", at(k, "x", PRELU_x_row, r, c));
    line(k, "vec_store(%s, vec_select(in > 0, in, in * slope));", at(k, "y", PRELU_y_row, r, c));
    end_all(k, 3);
}

static void print_prelu_grad(KernelText *k)
{
    vector_loop(k, "i", dim(k, PRELU_GRAD_channels));
    declare_slope(k);
    const char *r = loop(k, "r", dim(k, PRELU_GRAD_rows)), *c = loop(k, "c", dim(k, PRELU_GRAD_cols));
    line(k, "const vec from = vec_load(%s);", at(k, "dy", PRELU_GRAD_dy_row, r, c));
    line(k, "vec_store(%s, vec_select(vec_load(%s) > 0, from, from * slope));",
         at(k, "dx", PRELU_GRAD_dx_row, r, c), at(k, "x", PRELU_GRAD_x_row, r, c));
    end_all(k, 3);
}

static void print_prelu_grad_weight(KernelText *k)
{
    const bool may_share = !dim_is(k, PRELU_GRAD_WEIGHT_shared, 0);
    if (may_share)
        line(k, "float all = 0;");
    vector_loop(k, "i", dim(k, PRELU_GRAD_WEIGHT_channels));
    line(k, "vec sum = vec_zero();");
    const char *r = loop(k, "r", dim(k, PRELU_GRAD_WEIGHT_rows)), *c = loop(k, "c", dim(k, PRELU_GRAD_WEIGHT_cols));
    line(k, "const vec in = vec_load(%s);", at(k, "x", PRELU_GRAD_WEIGHT_x_row, r, c));
    line(k, "sum = sum + vec_select(in > 0, vec_zero(), in * vec_load(%s));",
         at(k, "dy", PRELU_GRAD_WEIGHT_dy_row, r, c));
    end_all(k, 2);
    line_unless(k, PRELU_GRAD_WEIGHT_shared, "vec_store(g + i, vec_load(g + i) + sum);");
    if (may_share) {
        begin(k, "for (int n = 0; n < VL; n++)");
        line(k, "all += sum[n];");
        end(k);
    }
    end(k);
    line_if(k, PRELU_GRAD_WEIGHT_shared, "g[0] += all;");
}

_Static_assert((int)PRELU_shared == (int)PRELU_GRAD_shared, "both begin with the same dimensions");

static void layout(Plan *plan, Kernel *kernel)
{
    const Value *slope = kernel->value[kernel->output == ROLE_DW ? ROLE_DW : ROLE_W];
    layout_pixels(plan, kernel, PRELU_x_row);
    kernel->dim[PRELU_shared] = slope->shape.dim[0] == 1;
}

const FamilyInfo family_prelu = {
    .name = "prelu", HAS_DIMS(PRELU),
    .parameters = {READS(X, x), READS(W, w), MAKES(Y, y)},
    .computes = {{&op_prelu}},
    .layout = layout, .print = print_prelu,
};

const FamilyInfo family_prelu_grad = {
    .name = "prelu_grad", HAS_DIMS(PRELU_GRAD),
    .parameters = {READS(DY, dy), READS(X, x), READS(W, w), MAKES(DX, dx)},
    .computes = {{&op_prelu_grad}},
    .layout = layout, .print = print_prelu_grad,
};

const FamilyInfo family_prelu_grad_weight = {
    .name = "prelu_grad_weight", HAS_DIMS(PRELU_GRAD_WEIGHT),
    .parameters = {READS(DY, dy), READS(X, x), MAKES(DW, g)},
    .computes = {{&op_prelu_grad_weight}},
    .layout = layout, .print = print_prelu_grad_weight,
};

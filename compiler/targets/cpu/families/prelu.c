/* PRELU, PRELU_GRAD, PRELU_GRAD_WEIGHT: pixels beside each other, 16 channels and more at once. */
#include "targets/cpu/emit/kernel_text.h"

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

void emit_prelu(KernelText *k)
{
    vector_loop(k, "i", dim(k, PRELU_channels));
    declare_slope(k);
    const char *r = loop(k, "r", dim(k, PRELU_rows)), *c = loop(k, "c", dim(k, PRELU_cols));
    line(k, "const vec in = vec_load(%s);", at(k, "x", PRELU_x_row, r, c));
    line(k, "vec_store(%s, vec_select(in > 0, in, in * slope));", at(k, "y", PRELU_y_row, r, c));
    end_all(k, 3);
}

void emit_prelu_grad(KernelText *k)
{
    vector_loop(k, "i", dim(k, PRELU_GRAD_channels));
    declare_slope(k);
    const char *r = loop(k, "r", dim(k, PRELU_GRAD_rows)), *c = loop(k, "c", dim(k, PRELU_GRAD_cols));
    line(k, "const vec from = vec_load(%s);", at(k, "dy", PRELU_GRAD_dy_row, r, c));
    line(k, "vec_store(%s, vec_select(vec_load(%s) > 0, from, from * slope));",
         at(k, "dx", PRELU_GRAD_dx_row, r, c), at(k, "x", PRELU_GRAD_x_row, r, c));
    end_all(k, 3);
}

void emit_prelu_grad_weight(KernelText *k)
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

/* UPSAMPLE2D and UPSAMPLE2D_GRAD: images in another size. */
#include "targets/cpu/emit/kernel_text.h"

/* "nearest_index(r, 7, step_y)", or "linear_between(...)": the rule `rules` has for the mode, and the next one. */
static const char *rule(KernelText *k, const char *const *rules, int first_mode, const char *at, int axis)
{
    int64_t mode;
    const char *call[2];
    for (int i = 0; i < 2; i++)
        call[i] = arena_printf(k->arena, "%s(%s, %s, %s)", rules[i], at, dim(k, UPSAMPLE2D_in_rows + axis),
                               axis ? "step_x" : "step_y");
    if (dim_number(k, UPSAMPLE2D_mode, &mode))
        return call[mode - first_mode];
    return arena_printf(k->arena, "%s == %d ? %s : %s", dim(k, UPSAMPLE2D_mode), first_mode, call[0], call[1]);
}

/* Where in x, or dx, its row `r` and column `c` are. */
static const char *pixel(KernelText *k, const char *x, const char *r, const char *c)
{
    return sum_of(k, x, offset_of(k, r, dim(k, UPSAMPLE2D_x_row), c, dim(k, UPSAMPLE2D_channels)));
}

/* Of the nearest elements: copied from `x` to `y`, or added from `y` to `x`. */
static void emit_nearest(KernelText *k, bool gradient)
{
    static const char *const rules[] = {"nearest_index", "exact_index"};
    const char *x = gradient ? "float *to = dx" : "const float *from = x";
    const char *y = gradient ? "const float *from = dy" : "float *to = y";
    const char *r = loop(k, "r", dim(k, UPSAMPLE2D_rows));
    line(k, "const long row = %s;", rule(k, rules, 0, r, 0));
    const char *c = loop(k, "c", dim(k, UPSAMPLE2D_cols));
    line(k, "const long col = %s;", rule(k, rules, 0, c, 1));
    line(k, "%s;", pixel(k, x, "row", "col"));
    line(k, "%s;", sum_of(k, y, offset_of(k, r, dim(k, UPSAMPLE2D_y_row), c, dim(k, UPSAMPLE2D_channels))));
    vector_loop(k, "i", dim(k, UPSAMPLE2D_channels));
    line(k, gradient ? "vec_store(to + i, vec_load(to + i) + vec_load(from + i));"
                     : "vec_store(to + i, vec_load(from + i));");
    end_all(k, 3);
}

/* Of the four elements around a place. */
static void emit_between(KernelText *k, bool gradient)
{
    static const char *const rules[] = {"linear_between", "aligned_between"};
    static const char *const names[] = {"above_left", "above_right", "below_left", "below_right"};
    const char *r = loop(k, "r", dim(k, UPSAMPLE2D_rows));
    line(k, "const struct nc_between v = %s;", rule(k, rules, 2, r, 0));
    const char *c = loop(k, "c", dim(k, UPSAMPLE2D_cols));
    line(k, "const struct nc_between h = %s;", rule(k, rules, 2, c, 1));
    for (int i = 0; i < 4; i++)
        line(k, "%s *%s = %s;", gradient ? "float" : "const float", names[i],
             pixel(k, gradient ? "dx" : "x", i < 2 ? "v.first" : "v.second", i % 2 ? "h.second" : "h.first"));
    const char *at = offset_of(k, r, dim(k, UPSAMPLE2D_y_row), c, dim(k, UPSAMPLE2D_channels));
    line(k, "%s = %s;", gradient ? "const float *from" : "float *to", sum_of(k, gradient ? "dy" : "y", at));
    if (!gradient)
        line(k, "const vec left = vec_all(h.to_first), right = vec_all(h.to_second);");
    vector_loop(k, "i", dim(k, UPSAMPLE2D_channels));
    if (gradient) {
        line(k, "const vec part = vec_load(from + i);");
        for (int i = 0; i < 4; i++)
            line(k, "vec_store(%s + i, vec_fma(part, vec_all(v.%s * h.%s), vec_load(%s + i)));", names[i],
                 i < 2 ? "to_first" : "to_second", i % 2 ? "to_second" : "to_first", names[i]);
    } else {
        for (int i = 0; i < 4; i += 2)
            line(k, "const vec %s = vec_fma(vec_load(%s + i), right, vec_load(%s + i) * left);", i ? "below" : "above",
                 names[i + 1], names[i]);
        line(k, "vec_store(to + i, vec_fma(below, vec_all(v.to_second), above * vec_all(v.to_first)));");
    }
    end_all(k, 3);
}

static void emit_either(KernelText *k, bool gradient)
{
    int64_t mode;
    if (dim_number(k, UPSAMPLE2D_mode, &mode)) {
        (mode < 2 ? emit_nearest : emit_between)(k, gradient);
        return;
    }
    begin(k, "if (%s < 2)", dim(k, UPSAMPLE2D_mode));
    emit_nearest(k, gradient);
    line(k, "return;");
    end(k);
    emit_between(k, gradient);
}

void emit_upsample2d(KernelText *k)
{
    emit_either(k, false);
}

void emit_upsample2d_grad(KernelText *k)
{
    zero_image(k, "dx", UPSAMPLE2D_GRAD_in_rows, UPSAMPLE2D_GRAD_in_cols, UPSAMPLE2D_GRAD_channels,
               UPSAMPLE2D_GRAD_x_row);
    emit_either(k, true);
}

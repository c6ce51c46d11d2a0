/* UPSAMPLE2D and UPSAMPLE2D_GRAD: images in another size. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"

/* A rows x cols y from an in_rows x in_cols x. Modes as UpsampleMode of graph.h: 0 and 1, y[r][c] = x[i][j], with i and
 * j by nearest_index of vector.h; 2 and 3, with a between rows v.first and v.second of x, and h of its columns:
 *     above = fma(x[v.first][h.second], h.to_second, x[v.first][h.first] * h.to_first), and so below, in v.second;
 *     y = fma(below, v.to_second, above * v.to_first)
 * UPSAMPLE2D_GRAD: dx = 0, then in ascending order of r, c what y was made of, in the order named, gets dy, or
 * fma(dy, v.to_... * h.to_..., .). Pixels are of `channels` floats, a multiple of 16. */
#define UPSAMPLE2D_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, in_rows) D(F, in_cols) D(F, mode) D(F, x_row) \
    D(F, y_row)
#define UPSAMPLE2D_GRAD_DIMS(D, F) UPSAMPLE2D_DIMS(D, F)
DIM_PLACES(UPSAMPLE2D)
DIM_PLACES(UPSAMPLE2D_GRAD)

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

static void print_upsample2d(KernelText *k)
{
    emit_either(k, false);
}

static void print_upsample2d_grad(KernelText *k)
{
    zero_image(k, "dx", UPSAMPLE2D_GRAD_in_rows, UPSAMPLE2D_GRAD_in_cols, UPSAMPLE2D_GRAD_channels,
               UPSAMPLE2D_GRAD_x_row);
    emit_either(k, true);
}

static void layout(Plan *plan, Kernel *kernel)
{
    bool gradient = kernel->output == ROLE_DX;
    const Role in = gradient ? ROLE_DX : ROLE_X, out = gradient ? ROLE_DY : ROLE_Y;
    Buffer *x = buffer_at(plan, kernel, in), *y = buffer_at(plan, kernel, out);
    const int64_t dims[] = {y->rows, y->cols, y->pitch, x->rows, x->cols, (int64_t)kernel->ops[0]->attr.upsample.mode,
                            buffer_row(x), buffer_row(y)};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[in] = inside(x);
    kernel->operand[out] = inside(y);
}

static const char *step_y(const Call *call)
{
    return text_float(call->arena, call->kernel->ops[0]->attr.upsample.step[0]);
}

static const char *step_x(const Call *call)
{
    return text_float(call->arena, call->kernel->ops[0]->attr.upsample.step[1]);
}

#define STEPS {.type = "float ", .name = "step_y", .argument_of = step_y}, \
              {.type = "float ", .name = "step_x", .argument_of = step_x}

const FamilyInfo family_upsample2d = {
    .name = "upsample2d", HAS_DIMS(UPSAMPLE2D),
    .parameters = {READS(X, x), MAKES(Y, y), STEPS},
    .computes = {{&op_upsample2d}},
    .layout = layout, .print = print_upsample2d,
};

const FamilyInfo family_upsample2d_grad = {
    .name = "upsample2d_grad", HAS_DIMS(UPSAMPLE2D_GRAD),
    .parameters = {READS(DY, dy), MAKES(DX, dx), STEPS},
    .computes = {{&op_upsample2d_grad}},
    .layout = layout, .print = print_upsample2d_grad,
};

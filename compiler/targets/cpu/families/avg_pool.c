/* AVG_POOL and AVG_POOL_GRAD. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/pool_dims.h"

/* y = the sum over the window / divisor; then max(., 0) if relu. Along an axis, window r holds of the input what is in
 * [r*stride - padding, r*stride - padding + kernel), or if adaptive [floor(r*in/out), ceil((r+1)*in/out)). A divisor of
 * 0 stands for the number of elements: with the padding if include_pad, though not what lies beyond that. */
#define AVG_POOL_DIMS(D, F) POOL_DIMS(D, F) D(F, adaptive) D(F, include_pad) \
    D(F, divisor) D(F, x_row) D(F, x_col) D(F, y_row) D(F, y_col) D(F, relu)

/* dx = 0, then dx[the window] += dy / divisor (only where y > 0, if relu). dx is in_rows x in_cols. */
#define AVG_POOL_GRAD_DIMS(D, F) POOL_DIMS(D, F) D(F, adaptive) D(F, include_pad) \
    D(F, divisor) D(F, dx_row) D(F, dx_col) D(F, dy_row) D(F, dy_col) D(F, y_row) D(F, y_col) D(F, relu)
DIM_PLACES(AVG_POOL)
DIM_PLACES(AVG_POOL_GRAD)

/* Both begin with the same geometry. */
_Static_assert((int)AVG_POOL_divisor == (int)AVG_POOL_GRAD_divisor, "the pools' dimensions begin alike");

/* The window at output position (r, c), as expressions: its first element in the input, and the elements from there. */
typedef struct Average {
    const char *r, *c;
    const char *top, *bottom, *left, *right;
    const char *divisor, *count; /* as a number, and as a vector */
} Average;

/* Whether all windows of an axis lie inside the input, being alike. */
static bool all_inside(const KernelText *k, int axis)
{
    int64_t count, size, taps, step;
    return dim_is(k, AVG_POOL_adaptive, 0) && dim_is(k, AVG_POOL_padding_y + axis, 0) &&
           dim_number(k, AVG_POOL_rows + axis, &count) && dim_number(k, AVG_POOL_in_rows + axis, &size) &&
           dim_number(k, AVG_POOL_kernel_y + axis, &taps) && dim_number(k, AVG_POOL_stride_y + axis, &step) &&
           (count - 1) * step + taps <= size;
}

/* Declares the span of a window along an axis where it is no number. */
static void axis_span(KernelText *k, const char *at, int axis, const char **first, const char **end)
{
    const char *name = axis ? "columns" : "lines";
    if (all_inside(k, axis)) {
        *first = product_of(k, at, dim(k, AVG_POOL_stride_y + axis));
        *end = sum_of(k, *first, dim(k, AVG_POOL_kernel_y + axis));
        return;
    }
    const char *in = dim(k, AVG_POOL_in_rows + axis);
    const char *spread = arena_printf(k->arena, "adaptive_span(%s, %s, %s)", at, dim(k, AVG_POOL_rows + axis), in);
    const char *window = arena_printf(k->arena, "window_span(%s, %s, %s, %s, %s)", at,
                                      dim(k, AVG_POOL_kernel_y + axis), dim(k, AVG_POOL_stride_y + axis),
                                      dim(k, AVG_POOL_padding_y + axis), in);
    int64_t adaptive;
    if (!dim_number(k, AVG_POOL_adaptive, &adaptive))
        line(k, "const struct nc_span %s = %s ? %s : %s;", name, dim(k, AVG_POOL_adaptive), spread, window);
    else
        line(k, "const struct nc_span %s = %s;", name, adaptive ? spread : window);
    *first = arena_printf(k->arena, "%s.first", name);
    *end = arena_printf(k->arena, "%s.end", name);
}

/* How many elements a window's extent along an axis counts as. */
static const char *counted(KernelText *k, int axis, bool padding)
{
    if (all_inside(k, axis))
        return dim(k, AVG_POOL_kernel_y + axis);
    const char *name = axis ? "columns" : "lines";
    if (padding)
        return arena_printf(k->arena, "%s.size", name);
    return arena_printf(k->arena, "(%s.end - %s.first)", name, name);
}

/* What the sum of a window is divided by. */
static const char *divisor_of(KernelText *k)
{
    int64_t divisor, include;
    const bool known = dim_number(k, AVG_POOL_divisor, &divisor);
    if (known && divisor)
        return dim(k, AVG_POOL_divisor);
    const char *padded = product_of(k, counted(k, 0, true), counted(k, 1, true));
    const char *clipped = product_of(k, counted(k, 0, false), counted(k, 1, false));
    if (dim_number(k, AVG_POOL_include_pad, &include))
        return include ? padded : clipped;
    return arena_printf(k->arena, "%s ? %s : %s ? %s : %s", dim(k, AVG_POOL_divisor), dim(k, AVG_POOL_divisor),
                        dim(k, AVG_POOL_include_pad), padded, clipped);
}

/* Loops over output positions and vectors of channels. */
static Average windows(KernelText *k)
{
    Average w;
    w.r = loop(k, "r", dim(k, AVG_POOL_rows));
    axis_span(k, w.r, 0, &w.top, &w.bottom);
    w.c = loop(k, "c", dim(k, AVG_POOL_cols));
    axis_span(k, w.c, 1, &w.left, &w.right);
    w.divisor = divisor_of(k);
    int64_t number;
    const bool known = is_number(k, w.divisor, &number);
    w.count = known ? arena_printf(k->arena, "vec_all(%s)", w.divisor) : "count";
    if (!known)
        line(k, "const vec count = vec_all((float)(%s));", w.divisor);
    vector_loop(k, "k", dim(k, AVG_POOL_channels));
    return w;
}

/* Loops over the elements of a window; gives where they lie. */
static const char *elements(KernelText *k, const Average *w, const char *base, int row, int col)
{
    begin(k, "for (long y_at = %s; y_at < %s; y_at++)", w->top, w->bottom);
    begin(k, "for (long x_at = %s; x_at < %s; x_at++)", w->left, w->right);
    return sum_of(k, sum_of(k, base, offset_of(k, "y_at", dim(k, row), "x_at", dim(k, col))), "k");
}

static const char *output(KernelText *k, const char *base, const Average *w, int row, int col)
{
    return sum_of(k, sum_of(k, base, offset_of(k, w->r, dim(k, row), w->c, dim(k, col))), "k");
}

static void print_avg_pool(KernelText *k)
{
    const Average w = windows(k);
    line(k, "vec sum = vec_zero();");
    line(k, "sum += vec_load(%s);", elements(k, &w, "x", AVG_POOL_x_row, AVG_POOL_x_col));
    end_all(k, 2);
    line(k, "sum /= %s;", w.count);
    line_if(k, AVG_POOL_relu, "sum = vec_relu(sum);");
    line(k, "vec_store(%s, sum);", output(k, "y", &w, AVG_POOL_y_row, AVG_POOL_y_col));
    end_all(k, 3);
}

static void print_avg_pool_grad(KernelText *k)
{
    int64_t relu;
    const bool known = dim_number(k, AVG_POOL_GRAD_relu, &relu);
    const char *r = loop(k, "r", dim(k, AVG_POOL_in_rows)), *c = loop(k, "c", dim(k, AVG_POOL_in_cols));
    vector_loop(k, "k", dim(k, AVG_POOL_channels));
    const char *at = offset_of(k, r, dim(k, AVG_POOL_GRAD_dx_row), c, dim(k, AVG_POOL_GRAD_dx_col));
    line(k, "vec_store(%s, vec_zero());", sum_of(k, sum_of(k, "dx", at), "k"));
    end_all(k, 3);

    const Average w = windows(k);
    const char *dy = output(k, "dy", &w, AVG_POOL_GRAD_dy_row, AVG_POOL_GRAD_dy_col);
    const char *y = output(k, "y", &w, AVG_POOL_GRAD_y_row, AVG_POOL_GRAD_y_col);
    if (known && !relu)
        line(k, "const vec part = vec_load(%s) / %s;", dy, w.count);
    else
        line(k, "vec part = vec_load(%s);", dy);
    if (!known)
        begin(k, "if (%s)", dim(k, AVG_POOL_GRAD_relu));
    if (!known || relu)
        line(k, "part = vec_relu_grad(part, vec_load(%s));", y);
    if (!known)
        end(k);
    if (!known || relu)
        line(k, "part /= %s;", w.count);
    line(k, "float *to = %s;", elements(k, &w, "dx", AVG_POOL_GRAD_dx_row, AVG_POOL_GRAD_dx_col));
    line(k, "vec_store(to, vec_load(to) + part);");
    end_all(k, 2);
    end_all(k, 3);
}

static void layout(Plan *plan, Kernel *kernel)
{
    bool gradient = kernel->output == ROLE_DX;
    const Op *op = kernel->ops[gradient ? kernel->op_count - 1 : 0];
    const AveragePool *pool = &op->attr.average;
    const Role in = gradient ? ROLE_DX : ROLE_X, out = gradient ? ROLE_DY : ROLE_Y;
    Buffer *x = buffer_at(plan, kernel, in), *windows = buffer_at(plan, kernel, out);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[in] = inside_value(plan, kernel, in);
    kernel->operand[out] = inside_value(plan, kernel, out);
    int64_t *d = kernel->dim;
    set_pool_dims(d, &pool->window, x, windows, padded_channels(plan, kernel, out));
    d[AVG_POOL_adaptive] = pool->window.adaptive;
    d[AVG_POOL_include_pad] = pool->include_pad;
    d[AVG_POOL_divisor] = pool->divisor;
    if (gradient) {
        d[AVG_POOL_GRAD_dx_row] = buffer_row(x);
        d[AVG_POOL_GRAD_dx_col] = x->pitch;
        d[AVG_POOL_GRAD_dy_row] = buffer_row(windows);
        d[AVG_POOL_GRAD_dy_col] = windows->pitch;
        d[AVG_POOL_GRAD_y_row] = y ? buffer_row(y) : 0;
        d[AVG_POOL_GRAD_y_col] = y ? y->pitch : 0;
        d[AVG_POOL_GRAD_relu] = kernel->activation != NULL;
        return;
    }
    d[AVG_POOL_x_row] = buffer_row(x);
    d[AVG_POOL_x_col] = x->pitch;
    d[AVG_POOL_y_row] = buffer_row(y);
    d[AVG_POOL_y_col] = y->pitch;
    d[AVG_POOL_relu] = kernel->activation != NULL;
}

static bool cut(Kernel *kernel, Grid grid)
{
    const bool gradient = kernel->output == ROLE_DX;
    const Op *op = kernel->ops[gradient ? kernel->op_count - 1 : 0];
    return cut_pool(kernel, grid, gradient ? ROLE_DX : ROLE_X, &op->attr.average.window);
}

const FamilyInfo family_avg_pool = {
    .name = "avg_pool", HAS_DIMS(AVG_POOL),
    .parameters = {READS(X, x), MAKES(Y, y)},
    .computes = {{&op_avg_pool2d, .some_channels = {ROLE_X, ROLE_Y}}},
    .layout = layout, .cut = cut, .print = print_avg_pool,
};

const FamilyInfo family_avg_pool_grad = {
    .name = "avg_pool_grad", HAS_DIMS(AVG_POOL_GRAD),
    .parameters = {READS(DY, dy), READS(Y, y), MAKES(DX, dx)},
    .computes = {{&op_avg_pool2d_grad, .some_channels = {ROLE_DY}}},
    .layout = layout, .cut = cut, .print = print_avg_pool_grad,
};

/* MAX_POOL, its gradient, and the gradient of the pool inside CONV_POOL. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/finish.h"
#include "targets/cpu/families/pool_dims.h"

/* y = max over the window, which is clipped to the in_rows x in_cols input (padding never wins); arg: index
 * ky*kernel_x+kx of the first largest; NaN wins and sticks; then max(., 0) if relu. x points at the first element
 * inside any border. adaptive: windows as of AVG_POOL, kernel_x is at least as wide as any. */
#define MAX_POOL_DIMS(D, F) POOL_DIMS(D, F) D(F, dilation_y) D(F, dilation_x) \
    D(F, adaptive) D(F, x_row) D(F, x_col) D(F, y_row) D(F, y_col) D(F, arg_row) D(F, arg_col) D(F, relu)

/* dx = 0, then dx[where arg points] += dy (only where y > 0 if relu). The same geometry; dx is in_rows x in_cols. */
#define MAX_POOL_GRAD_DIMS(D, F) POOL_DIMS(D, F) D(F, dilation_y) D(F, dilation_x) \
    D(F, adaptive) D(F, dx_row) D(F, dx_col) D(F, dy_row) D(F, dy_col) D(F, y_row) D(F, y_col) D(F, arg_row) \
    D(F, arg_col) D(F, relu)

/* MAX_POOL_GRAD for the arguments that CONV_POOL leaves: 2x2 windows, stride 2, indices in bytes, of dy f'(y). Every
 * element of the in_rows x in_cols dx is written (an odd last row or column gets 0). */
#define POOL_GRAD_DIMS(D, F) D(F, channels) D(F, in_rows) D(F, in_cols) D(F, dx_row) D(F, dx_col) D(F, dy_row) \
    D(F, dy_col) D(F, y_row) D(F, y_col) D(F, arg_row) D(F, arg_col) ACT_DIMS(D, F)
DIM_PLACES(MAX_POOL)
DIM_PLACES(MAX_POOL_GRAD)
DIM_PLACES(POOL_GRAD)

/* Both pools begin with the same geometry. */
_Static_assert((int)MAX_POOL_adaptive == (int)MAX_POOL_GRAD_adaptive, "the pools' dimensions begin alike");

typedef struct Clip {
    const char *first, *end; /* the taps of a window inside the input */
} Clip;

/* Where the window at output position `at` begins ("top"), and its taps inside. */
static Clip clip(KernelText *k, const char *at, const char *name, bool vertical)
{
    const int axis = vertical ? 0 : 1;
    const int rows = MAX_POOL_rows + axis, in = MAX_POOL_in_rows + axis, kernel = MAX_POOL_kernel_y + axis,
              stride = MAX_POOL_stride_y + axis, padding = MAX_POOL_padding_y + axis,
              dilation = MAX_POOL_dilation_y + axis;
    const char *letter = vertical ? "y" : "x";
    const char *start = sum_of(k, product_of(k, at, dim(k, stride)), product_of(k, "-1", dim(k, padding)));
    int64_t count, size, taps, step, pad, distance;
    const char *span = arena_printf(k->arena, "adaptive_span(%s, %s, %s)", at, dim(k, rows), dim(k, in));
    const char *lines = vertical ? "lines" : "columns", *length = arena_printf(k->arena, "%s.size", lines);
    const bool windows = dim_is(k, MAX_POOL_adaptive, 0); /* of a size, not so many */
    if (!windows) {
        if (dim_is(k, MAX_POOL_adaptive, 1))
            line(k, "const struct nc_span %s = %s;", lines, span);
        else
            line(k, "const struct nc_span %s = %s ? %s : (struct nc_span){%s, 0, 0};", lines, dim(k, MAX_POOL_adaptive),
                 span, start);
        start = arena_printf(k->arena, "%s.first", lines);
    }
    const bool known = windows && dim_number(k, rows, &count) && dim_number(k, in, &size) &&
                       dim_number(k, kernel, &taps) && dim_number(k, stride, &step) && dim_number(k, padding, &pad) &&
                       dim_number(k, dilation, &distance);
    line(k, "const long %s = %s;", name, start);
    if (dim_is(k, MAX_POOL_adaptive, 1))
        return (Clip){"0", length};
    if (known && pad == 0 && (count - 1) * step + (taps - 1) * distance < size)
        return (Clip){"0", dim(k, kernel)};
    const char *first = "0";
    if (!known || pad > 0) {
        first = arena_printf(k->arena, "first_%s", letter);
        line(k, "const long %s = window_first(%s, %s);", first, name, dim(k, dilation));
    }
    const char *last = arena_printf(k->arena, "end_%s", letter);
    const char *end = arena_printf(k->arena, "window_end(%s, %s, %s, %s)", name, dim(k, dilation), dim(k, kernel),
                                   dim(k, in));
    if (!windows)
        end = arena_printf(k->arena, "%s ? %s : %s", dim(k, MAX_POOL_adaptive), length, end);
    line(k, "const long %s = %s;", last, end);
    return (Clip){first, last};
}

/* Loops over output positions and vectors of channels; clips the window and leaves ky and kx to the body. */
typedef struct Position {
    const char *r, *c;
    Clip y, x;
} Position;

static Position positions(KernelText *k)
{
    Position p;
    p.r = loop(k, "r", dim(k, MAX_POOL_rows));
    p.y = clip(k, p.r, "top", true);
    p.c = loop(k, "c", dim(k, MAX_POOL_cols));
    p.x = clip(k, p.c, "left", false);
    vector_loop(k, "k", dim(k, MAX_POOL_channels));
    return p;
}

/* Loops over the taps; gives the expression of a tap's place. */
static const char *taps(KernelText *k, Position p)
{
    begin(k, "for (long ky = %s; ky < %s; ky++)", p.y.first, p.y.end);
    begin(k, "for (long kx = %s; kx < %s; kx++)", p.x.first, p.x.end);
    return sum_of(k, product_of(k, "ky", dim(k, MAX_POOL_kernel_x)), "kx");
}

/* The offset of a tap's input element. */
static const char *tap_offset(KernelText *k, int row, int col)
{
    const char *y = sum_of(k, "top", product_of(k, "ky", dim(k, MAX_POOL_dilation_y)));
    const char *x = sum_of(k, "left", product_of(k, "kx", dim(k, MAX_POOL_dilation_x)));
    return sum_of(k, offset_of(k, y, dim(k, row), x, dim(k, col)), "k");
}

static const char *element(KernelText *k, const char *base, Position p, int row, int col)
{
    return sum_of(k, sum_of(k, base, offset_of(k, p.r, dim(k, row), p.c, dim(k, col))), "k");
}

static void print_max_pool(KernelText *k)
{
    const Position p = positions(k);
    const char *first = sum_of(k, product_of(k, p.y.first, dim(k, MAX_POOL_kernel_x)), p.x.first);
    line(k, "vec best = vec_all(-__builtin_inff());");
    line(k, "ivec at = ivec_all(%s);", first);
    const char *place = taps(k, p);
    line(k, "vec_take_max(vec_load(%s), %s, &best, &at);",
         sum_of(k, "x", tap_offset(k, MAX_POOL_x_row, MAX_POOL_x_col)), place);
    end_all(k, 2);
    line_if(k, MAX_POOL_relu, "best = vec_relu(best);");
    line(k, "vec_store(%s, best);", element(k, "y", p, MAX_POOL_y_row, MAX_POOL_y_col));
    line(k, "ivec_store_shorts(%s, at);", element(k, "arg", p, MAX_POOL_arg_row, MAX_POOL_arg_col));
    end_all(k, 3);
}

/* 0 where the rectified y is; as activated_grad. */
static const char *rectified_grad(KernelText *k, int relu, const char *dy, const char *y)
{
    (void)relu; /* the caller asked it */
    return arena_printf(k->arena, "vec_relu_grad(%s, %s)", dy, y);
}

/* dy of one position, `through` what dimension `fused` says. */
static void load_gradient(KernelText *k, const char *dy, const char *y, int fused,
                          const char *through(KernelText *k, int fused, const char *dy, const char *y))
{
    int64_t number;
    dy = arena_printf(k->arena, "vec_load(%s)", dy);
    y = arena_printf(k->arena, "vec_load(%s)", y);
    if (dim_number(k, fused, &number)) {
        line(k, "const vec gradient = %s;", number ? through(k, fused, dy, y) : dy);
        return;
    }
    line(k, "vec gradient = %s;", dy);
    line_if(k, fused, "gradient = %s;", through(k, fused, "gradient", y));
}

static void print_max_pool_grad(KernelText *k)
{
    const char *row = loop(k, "r", dim(k, MAX_POOL_in_rows)), *col = loop(k, "c", dim(k, MAX_POOL_in_cols));
    vector_loop(k, "k", dim(k, MAX_POOL_channels));
    line(k, "vec_store(%s, vec_zero());",
         sum_of(k, sum_of(k, "dx", offset_of(k, row, dim(k, MAX_POOL_GRAD_dx_row), col, dim(k, MAX_POOL_GRAD_dx_col))),
                "k"));
    end_all(k, 3);

    const Position p = positions(k);
    const char *dy = element(k, "dy", p, MAX_POOL_GRAD_dy_row, MAX_POOL_GRAD_dy_col);
    const char *y = element(k, "y", p, MAX_POOL_GRAD_y_row, MAX_POOL_GRAD_y_col);
    load_gradient(k, dy, y, MAX_POOL_GRAD_relu, rectified_grad);
    line(k, "const ivec at = ivec_load_shorts(%s);",
         element(k, "arg", p, MAX_POOL_GRAD_arg_row, MAX_POOL_GRAD_arg_col));
    const char *place = taps(k, p);
    line(k, "float *to = dx + %s;", tap_offset(k, MAX_POOL_GRAD_dx_row, MAX_POOL_GRAD_dx_col));
    line(k, "vec_store(to, vec_load(to) + vec_where(gradient, at, %s));", place);
    end_all(k, 2);
    end_all(k, 3);
}

/* Zeroes the pixels that no window holds: those of an odd last column or row. */
static void zero_rest(KernelText *k, int in, bool column)
{
    int64_t size;
    const bool known = dim_number(k, in, &size);
    if (known && size % 2 == 0)
        return;
    if (!known)
        begin(k, "if (%s %% 2)", dim(k, in));
    const char *last = sum_of(k, dim(k, in), "-1"), *r = last, *c = last;
    if (column)
        r = loop(k, "r", dim(k, POOL_GRAD_in_rows));
    else
        c = loop(k, "c", dim(k, POOL_GRAD_in_cols));
    vector_loop(k, "k", dim(k, POOL_GRAD_channels));
    line(k, "vec_store(%s, vec_zero());",
         sum_of(k, sum_of(k, "dx", offset_of(k, r, dim(k, POOL_GRAD_dx_row), c, dim(k, POOL_GRAD_dx_col))), "k"));
    end_all(k, known ? 2 : 3);
}

static void print_pool_grad(KernelText *k)
{
    const char *dx_row = dim(k, POOL_GRAD_dx_row), *dx_col = dim(k, POOL_GRAD_dx_col);
    const char *r = loop(k, "r", quotient_of(k, dim(k, POOL_GRAD_in_rows), "2")),
               *c = loop(k, "c", quotient_of(k, dim(k, POOL_GRAD_in_cols), "2"));
    vector_loop(k, "k", dim(k, POOL_GRAD_channels));
    const Position p = {.r = r, .c = c};
    load_gradient(k, element(k, "dy", p, POOL_GRAD_dy_row, POOL_GRAD_dy_col),
                  element(k, "y", p, POOL_GRAD_y_row, POOL_GRAD_y_col), POOL_GRAD_act, activated_grad);
    line(k, "const ivec at = ivec_load_bytes(%s);", element(k, "arg", p, POOL_GRAD_arg_row, POOL_GRAD_arg_col));
    line(k, "float *to = %s;",
         sum_of(k, sum_of(k, "dx", offset_of(k, product_of(k, "2", r), dx_row, product_of(k, "2", c), dx_col)), "k"));
    const char *const to[] = {"to", sum_of(k, "to", dx_col), sum_of(k, "to", dx_row),
                              sum_of(k, "to", sum_of(k, dx_row, dx_col))};
    for (int place = 0; place < 4; place++)
        line(k, "vec_store(%s, vec_where(gradient, at, %d));", to[place], place);
    end_all(k, 3);
    zero_rest(k, POOL_GRAD_in_cols, true);
    zero_rest(k, POOL_GRAD_in_rows, false);
}

static void layout_max_pool(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
    int64_t *d = kernel->dim;
    set_pool_dims(d, &kernel->ops[0]->attr.window, x, y, padded_channels(plan, kernel, ROLE_Y));
    d[MAX_POOL_dilation_y] = kernel->ops[0]->attr.window.dilation[0];
    d[MAX_POOL_dilation_x] = kernel->ops[0]->attr.window.dilation[1];
    d[MAX_POOL_adaptive] = kernel->ops[0]->attr.window.adaptive;
    d[MAX_POOL_x_row] = buffer_row(x);
    d[MAX_POOL_x_col] = x->pitch;
    d[MAX_POOL_y_row] = buffer_row(y);
    d[MAX_POOL_y_col] = y->pitch;
    d[MAX_POOL_arg_row] = buffer_row(arg);
    d[MAX_POOL_arg_col] = arg->pitch;
    d[MAX_POOL_relu] = kernel->activation != NULL;
    kernel->operand[ROLE_X] = inside_value(plan, kernel, ROLE_X);
    kernel->operand[ROLE_Y] = inside_value(plan, kernel, ROLE_Y);
    kernel->operand[ROLE_ARG] = inside(arg);
}

static void layout_grad(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY), *arg = buffer_at(plan, kernel, ROLE_ARG);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    Buffer *dx = buffer_at(plan, kernel, ROLE_DX);
    int64_t *d = kernel->dim;
    kernel->operand[ROLE_DY] = inside_value(plan, kernel, ROLE_DY);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->operand[ROLE_DX] = inside(dx);
    const Op *pool = kernel->value[ROLE_ARG]->producer;
    set_pool_dims(d, &pool->attr.window, dx, dy, padded_channels(plan, kernel, ROLE_DY));
    d[MAX_POOL_GRAD_dilation_y] = pool->attr.window.dilation[0];
    d[MAX_POOL_GRAD_dilation_x] = pool->attr.window.dilation[1];
    d[MAX_POOL_GRAD_adaptive] = pool->attr.window.adaptive;
    d[MAX_POOL_GRAD_dx_row] = buffer_row(dx);
    d[MAX_POOL_GRAD_dx_col] = dx->pitch;
    d[MAX_POOL_GRAD_dy_row] = buffer_row(dy);
    d[MAX_POOL_GRAD_dy_col] = dy->pitch;
    d[MAX_POOL_GRAD_y_row] = y ? buffer_row(y) : 0;
    d[MAX_POOL_GRAD_y_col] = y ? y->pitch : 0;
    d[MAX_POOL_GRAD_arg_row] = buffer_row(arg);
    d[MAX_POOL_GRAD_arg_col] = arg->pitch;
    d[MAX_POOL_GRAD_relu] = kernel->activation != NULL;
}

static void layout_pool_grad(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY), *arg = buffer_at(plan, kernel, ROLE_ARG);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    Buffer *dx = buffer_at(plan, kernel, ROLE_DX);
    int64_t *d = kernel->dim;
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->operand[ROLE_DX] = inside(dx);
    d[POOL_GRAD_channels] = dx->pitch;
    d[POOL_GRAD_in_rows] = dx->rows;
    d[POOL_GRAD_in_cols] = dx->cols;
    d[POOL_GRAD_dx_row] = buffer_row(dx);
    d[POOL_GRAD_dx_col] = dx->pitch;
    d[POOL_GRAD_dy_row] = buffer_row(dy);
    d[POOL_GRAD_dy_col] = dy->pitch;
    d[POOL_GRAD_y_row] = y ? buffer_row(y) : 0;
    d[POOL_GRAD_y_col] = y ? y->pitch : 0;
    d[POOL_GRAD_arg_row] = buffer_row(arg);
    d[POOL_GRAD_arg_col] = arg->pitch;
    set_activation(kernel, POOL_GRAD_act);
}

static bool cut(Kernel *kernel, Grid grid)
{
    const Op *pool = kernel->value[ROLE_ARG]->producer;
    return cut_pool(kernel, grid, kernel->output == ROLE_DX ? ROLE_DX : ROLE_X, &pool->attr.window);
}

/* Windows of two rows, which lie apart. */
static bool cut_pool_grad(Kernel *kernel, Grid grid)
{
    int64_t *d = kernel->dim;
    const int64_t rows = grid.rows;
    grid.rows = 1;
    if (!cut_dim(kernel, POOL_GRAD_in_rows, rows, 2) || !cut_channels(kernel, grid, POOL_GRAD_channels))
        return false;
    for (const Role *role = kernel->roles; *role; role++) {
        Operand *operand = &kernel->operand[*role];
        if (operand->buffer)
            operand->step[1] = d[POOL_GRAD_in_rows] / (*role == ROLE_DX ? 1 : 2) * buffer_row(operand->buffer);
    }
    return true;
}

/* Whether the places of the maxima are those of a pool inside a convolution. */
static bool is_of_convolution(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return kernel_that_makes(kernels, kernel->value[ROLE_ARG])->op != kernel->value[ROLE_ARG]->producer;
}

static bool is_of_pool(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !is_of_convolution(kernels, kernel);
}

const FamilyInfo family_max_pool = {
    .name = "max_pool", HAS_DIMS(MAX_POOL),
    .parameters = {READS(X, x), MAKES(Y, y), MAKES_SHORTS(ARG, arg)},
    .computes = {{&op_max_pool2d, .some_channels = {ROLE_X, ROLE_Y}}},
    .layout = layout_max_pool, .cut = cut, .print = print_max_pool,
};

const FamilyInfo family_max_pool_grad = {
    .name = "max_pool_grad", HAS_DIMS(MAX_POOL_GRAD),
    .parameters = {READS(DY, dy), READS(Y, y), READS_SHORTS(ARG, arg), MAKES(DX, dx)},
    .computes = {{&op_max_pool2d_grad, .some_channels = {ROLE_DY}}},
    .suits = is_of_pool,
    .layout = layout_grad, .cut = cut, .print = print_max_pool_grad,
};

const FamilyInfo family_pool_grad = {
    .name = "pool_grad", HAS_DIMS(POOL_GRAD),
    .parameters = {READS(DY, dy), READS(Y, y), READS_BYTES(ARG, arg), MAKES(DX, dx)},
    .computes = {{&op_max_pool2d_grad}},
    .suits = is_of_convolution,
    .layout = layout_pool_grad, .cut = cut_pool_grad, .print = print_pool_grad,
};

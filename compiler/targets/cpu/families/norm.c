/* MOMENTS, NORM, NORM_SUMS, NORM_GRAD: norms by channel. What sums over the pixels goes row by row, so that memory is
 * read from one end to the other, and keeps the row's sums of 16 channels, a line of the cache, in registers. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/finish.h"

/* Norms, for each channel k < channels (a multiple of 16) of a rows x cols image. The rows of `stats` are mean,
 * 1 / deviation, factor and summand.
 * MOMENTS: m[0] = p, the pixel in the middle of x; m[1] = sum of x - p; m[2] = sum of (x - p)^2: sums over stretches of
 *     64 pixels, then over a row's stretches, then over the rows.
 * NORM: y = f(fma(x, factor, summand)), or if has_b y = f(. + b).
 * NORM_SUMS: with s = dy f'(fma(x, factor, summand)): sums[0] = sum of s; sums[1] = sum of s * (x - mean), in the
 *     order of MOMENTS, * 1 / deviation.
 * NORM_GRAD: dx = fma(factor, s, fma(d[0], x - mean, d[1])). */
#define MOMENTS_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, x_row) D(F, x_col) D(F, m_row)
#define NORM_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, x_row) D(F, x_col) D(F, stats_row) D(F, b_row) \
    D(F, b_col) D(F, y_row) D(F, y_col) ACT_DIMS(D, F) D(F, has_b)
#define NORM_SUMS_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, dy_row) D(F, dy_col) D(F, x_row) D(F, x_col) \
    D(F, stats_row) D(F, sums_row) ACT_DIMS(D, F)
#define NORM_GRAD_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, dy_row) D(F, dy_col) D(F, x_row) D(F, x_col) \
    D(F, stats_row) D(F, d_row) D(F, dx_row) D(F, dx_col) ACT_DIMS(D, F)
DIM_PLACES(MOMENTS)
DIM_PLACES(NORM)
DIM_PLACES(NORM_SUMS)
DIM_PLACES(NORM_GRAD)

enum { STRETCH = 64 }; /* pixels in one sum */

/* Two sums over the pixels of an image; whether a row has several stretches. */
typedef struct Sums {
    const char *a, *b;
    bool by_stretches;
} Sums;

/* For each vector of the 16 channels from k. */
static void vectors(KernelText *k)
{
    begin(k, "EACH(v, 16 / VL)");
}

static void zero(KernelText *k, Sums sums, const char *level)
{
    line(k, "vec %s%s[16 / VL] = {{0}}, %s%s[16 / VL] = {{0}};", level, sums.a, level, sums.b);
}

typedef struct Pixel {
    const char *r, *c;
    const char *level; /* which sums it is added to: "stretch_" */
} Pixel;

/* Opens the loop over the pixels of row r. */
static Pixel open_pixels(KernelText *k, Sums *sums, const char *r, int cols)
{
    int64_t count;
    Pixel pixel = {.r = r, .level = "row_"};
    sums->by_stretches = !dim_number(k, cols, &count) || count > STRETCH;
    zero(k, *sums, pixel.level);
    if (!sums->by_stretches) {
        pixel.c = loop(k, "c", dim(k, cols));
        return pixel;
    }
    begin(k, "for (long first = 0; first < %s; first += %d)", dim(k, cols), STRETCH);
    zero(k, *sums, pixel.level = "stretch_");
    begin(k, "for (long c = first; c < least(first + %d, %s); c++)", STRETCH, dim(k, cols));
    pixel.c = "c";
    return pixel;
}

static void close_pixels(KernelText *k, Sums sums)
{
    end(k);
    if (!sums.by_stretches)
        return;
    vectors(k);
    line(k, "row_%s[v] += stretch_%s[v];", sums.a, sums.a);
    line(k, "row_%s[v] += stretch_%s[v];", sums.b, sums.b);
    end_all(k, 2);
}

/* "x + r * 64 + c * 16 + k" */
static const char *at(KernelText *k, const char *name, const char *r, int row, const char *c, int col)
{
    return sum_of(k, sum_of(k, name, offset_of(k, r, dim(k, row), c, dim(k, col))), "k");
}

/* A row of a table of channels: "c + 2 * 64 + k". */
static const char *table(KernelText *k, const char *name, int number, int row)
{
    const char *offset = product_of(k, arena_printf(k->arena, "%d", number), dim(k, row));
    return sum_of(k, sum_of(k, name, offset), "k");
}

static void channels(KernelText *k, int count)
{
    begin(k, "for (long k = 0; k < %s; k += 16)", dim(k, count));
}

/* `to` += `what`, vectors v of a table. */
static void add_to(KernelText *k, const char *to, const char *what)
{
    line(k, "vec_store(%s + v * VL, vec_load(%s + v * VL) + %s[v]);", to, to, what);
}

/* The line of the pixel below is asked for: pixels lie so far apart that the processor does not guess it. */
static void fetch_below(KernelText *k, const char *name, const Pixel *pixel, int row, int col)
{
    line(k, "prefetch_second(%s, 16);", at(k, name, sum_of(k, pixel->r, "1"), row, pixel->c, col));
}

static void print_moments(KernelText *k)
{
    Sums sums = {.a = "sum", .b = "squares"};
    const char *p = table(k, "m", 0, MOMENTS_m_row), *sum = table(k, "m", 1, MOMENTS_m_row),
               *squares = table(k, "m", 2, MOMENTS_m_row);
    channels(k, MOMENTS_channels);
    vectors(k);
    line(k, "vec_store(%s + v * VL, vec_load(%s + v * VL));", p,
         at(k, "x", quotient_of(k, dim(k, MOMENTS_rows), "2"), MOMENTS_x_row, quotient_of(k, dim(k, MOMENTS_cols), "2"),
            MOMENTS_x_col));
    line(k, "vec_store(%s + v * VL, vec_zero());", sum);
    line(k, "vec_store(%s + v * VL, vec_zero());", squares);
    end_all(k, 2);

    const char *r = loop(k, "r", dim(k, MOMENTS_rows));
    channels(k, MOMENTS_channels);
    line(k, "vec p[16 / VL];");
    vectors(k);
    line(k, "p[v] = vec_load(%s + v * VL);", p);
    end(k);
    const Pixel pixel = open_pixels(k, &sums, r, MOMENTS_cols);
    fetch_below(k, "x", &pixel, MOMENTS_x_row, MOMENTS_x_col);
    vectors(k);
    line(k, "const vec d = vec_load(%s + v * VL) - p[v];", at(k, "x", pixel.r, MOMENTS_x_row, pixel.c, MOMENTS_x_col));
    line(k, "%ssum[v] += d;", pixel.level);
    line(k, "%ssquares[v] = vec_fma(d, d, %ssquares[v]);", pixel.level, pixel.level);
    end(k);
    close_pixels(k, sums);
    vectors(k);
    add_to(k, sum, "row_sum");
    add_to(k, squares, "row_squares");
    end_all(k, 3);
}

static void print_norm(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, NORM_rows)), *c = loop(k, "c", dim(k, NORM_cols));
    vector_loop(k, "k", dim(k, NORM_channels));
    line(k, "vec a = vec_fma(vec_load(%s), vec_load(%s), vec_load(%s));",
         at(k, "x", r, NORM_x_row, c, NORM_x_col), table(k, "stats", 2, NORM_stats_row),
         table(k, "stats", 3, NORM_stats_row));
    if (begin_if(k, NORM_has_b)) {
        line(k, "a += vec_load(%s);", at(k, "b", r, NORM_b_row, c, NORM_b_col));
        end(k);
    }
    activate(k, NORM_act, "a");
    line(k, "vec_store(%s, a);", at(k, "y", r, NORM_y_row, c, NORM_y_col));
    end_all(k, 3);
}

static void print_norm_sums(KernelText *k)
{
    Sums sums = {.a = "sum", .b = "products"};
    bool active = !is_never(k, NORM_SUMS_act);
    const char *sum = table(k, "sums", 0, NORM_SUMS_sums_row), *products = table(k, "sums", 1, NORM_SUMS_sums_row);
    channels(k, NORM_SUMS_channels);
    vectors(k);
    line(k, "vec_store(%s + v * VL, vec_zero());", sum);
    line(k, "vec_store(%s + v * VL, vec_zero());", products);
    end_all(k, 2);

    const char *r = loop(k, "r", dim(k, NORM_SUMS_rows));
    channels(k, NORM_SUMS_channels);
    line(k, "vec mean[16 / VL]%s;", active ? ", factor[16 / VL], summand[16 / VL]" : "");
    vectors(k);
    line(k, "mean[v] = vec_load(%s + v * VL);", table(k, "stats", 0, NORM_SUMS_stats_row));
    if (active) {
        line(k, "factor[v] = vec_load(%s + v * VL);", table(k, "stats", 2, NORM_SUMS_stats_row));
        line(k, "summand[v] = vec_load(%s + v * VL);", table(k, "stats", 3, NORM_SUMS_stats_row));
    }
    end(k);
    const Pixel pixel = open_pixels(k, &sums, r, NORM_SUMS_cols);
    fetch_below(k, "x", &pixel, NORM_SUMS_x_row, NORM_SUMS_x_col);
    fetch_below(k, "dy", &pixel, NORM_SUMS_dy_row, NORM_SUMS_dy_col);
    vectors(k);
    line(k, "const vec a = vec_load(%s + v * VL);",
         at(k, "x", pixel.r, NORM_SUMS_x_row, pixel.c, NORM_SUMS_x_col));
    line(k, "%svec s = vec_load(%s + v * VL);", active ? "" : "const ",
         at(k, "dy", pixel.r, NORM_SUMS_dy_row, pixel.c, NORM_SUMS_dy_col));
    activate_grad(k, NORM_SUMS_act, "s", "vec_fma(a, factor[v], summand[v])");
    line(k, "%ssum[v] += s;", pixel.level);
    line(k, "%sproducts[v] = vec_fma(s, a - mean[v], %sproducts[v]);", pixel.level, pixel.level);
    end(k);
    close_pixels(k, sums);
    vectors(k);
    add_to(k, sum, "row_sum");
    add_to(k, products, "row_products");
    end_all(k, 3);

    channels(k, NORM_SUMS_channels);
    vectors(k);
    line(k, "vec_store(%s + v * VL, vec_load(%s + v * VL) * vec_load(%s + v * VL));", products, products,
         table(k, "stats", 1, NORM_SUMS_stats_row));
    end_all(k, 2);
}

static void print_norm_grad(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, NORM_GRAD_rows)), *c = loop(k, "c", dim(k, NORM_GRAD_cols));
    vector_loop(k, "k", dim(k, NORM_GRAD_channels));
    line(k, "const vec a = vec_load(%s), factor = vec_load(%s);", at(k, "x", r, NORM_GRAD_x_row, c, NORM_GRAD_x_col),
         table(k, "stats", 2, NORM_GRAD_stats_row));
    line(k, "vec s = vec_load(%s);", at(k, "dy", r, NORM_GRAD_dy_row, c, NORM_GRAD_dy_col));
    const char *y = arena_printf(k->arena, "vec_fma(a, factor, vec_load(%s))",
                                 table(k, "stats", 3, NORM_GRAD_stats_row));
    activate_grad(k, NORM_GRAD_act, "s", y);
    line(k, "const vec rest = vec_fma(vec_load(%s), a - vec_load(%s), vec_load(%s));",
         table(k, "d", 0, NORM_GRAD_d_row), table(k, "stats", 0, NORM_GRAD_stats_row),
         table(k, "d", 1, NORM_GRAD_d_row));
    line(k, "vec_store(%s, vec_fma(factor, s, rest));", at(k, "dx", r, NORM_GRAD_dx_row, c, NORM_GRAD_dx_col));
    end_all(k, 3);
}

/* Whether an operand is a table of channels, and no image. */
static bool is_table(Role role)
{
    return role == ROLE_MOMENTS || role == ROLE_STATS || role == ROLE_SUMS || role == ROLE_DSTATS;
}

/* The families' dimensions begin alike: rows, cols, channels; then a row and a column distance for each image, a row
 * distance for each table of channels, in the order of the operands. Gives the place of the first dimension behind. */
static int layout_tables(Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Buffer *x = buffer_at(plan, kernel, ROLE_X);
    *d++ = x->rows;
    *d++ = x->cols;
    *d++ = padded_channels(plan, kernel, ROLE_X);
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        if (!buffer) { /* nothing is added to the norm */
            d += 2;
            continue;
        }
        kernel->operand[role] = inside_value(plan, kernel, role);
        *d++ = buffer_row(buffer);
        if (!is_table(role))
            *d++ = buffer->pitch;
    }
    return (int)(d - kernel->dim);
}

static void step_rows(Kernel *kernel)
{
    for (const Role *role = kernel->roles; *role; role++) {
        if (kernel->operand[*role].buffer && !is_table(*role))
            kernel->operand[*role].step[1] = kernel->dim[NORM_rows] * buffer_row(kernel->operand[*role].buffer);
    }
}

/* Sums are cut along the rows where they may stand in pieces. */
static bool cut_sums(Kernel *kernel, Grid grid)
{
    Operand *made = &kernel->operand[kernel->output];
    const int64_t rows = grid.rows;
    grid.rows = 1;
    if (!cut_dim(kernel, MOMENTS_rows, rows, 1) || !cut_channels(kernel, grid, MOMENTS_channels))
        return false;
    if (rows == 1)
        return true;
    step_rows(kernel);
    made->step[1] = made->buffer->rows * buffer_row(made->buffer);
    made->step[0] = kernel->chunk * rows * made->step[1];
    return kernel->in_pieces && grid.outs == 1;
}

static bool cut_pixels(Kernel *kernel, Grid grid)
{
    const int64_t rows = grid.rows;
    grid.rows = 1;
    if (!cut_dim(kernel, NORM_rows, rows, 1) || !cut_channels(kernel, grid, NORM_channels))
        return false;
    step_rows(kernel);
    return true;
}

/* Whether what reads the sums takes them of the whole batch, in pieces: a batch's statistics, and their gradient. */
static bool is_of_batch(const Plan *plan, const Value *sums)
{
    bool of_batch = true;
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        if (op_reads(op, sums))
            of_batch = of_batch && op->kind != OP_GROUP_STATISTICS && op->kind != OP_GROUP_STATISTICS_GRAD &&
                       op->kind != OP_INSTANCE_KEEP;
    }
    return of_batch;
}

static void layout_moments(Plan *plan, Kernel *kernel)
{
    layout_tables(plan, kernel);
    kernel->in_pieces = is_of_batch(plan, kernel->value[ROLE_MOMENTS]);
}

static void layout(Plan *plan, Kernel *kernel)
{
    set_activation(kernel, layout_tables(plan, kernel));
    kernel->in_pieces = kernel->value[ROLE_SUMS] && is_of_batch(plan, kernel->value[ROLE_SUMS]);
}

static void layout_norm(Plan *plan, Kernel *kernel)
{
    layout(plan, kernel);
    kernel->dim[NORM_has_b] = kernel->value[ROLE_B] != NULL;
}

/* Moments that evaluation has no use for, since it goes by the running statistics. */
static bool only_in_training(const Plan *plan, const Kernel *kernel)
{
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        if (op->kind == OP_BATCH_STATISTICS && op->in[0] == kernel->ops[0]->out[0])
            return op->in[3] != NULL;
    }
    return false;
}

const FamilyInfo family_moments = {
    .name = "moments", HAS_DIMS(MOMENTS),
    .parameters = {READS(X, x), MAKES(MOMENTS, m)},
    .computes = {{&op_moments, .some_channels = {ROLE_X}}},
    .layout = layout_moments, .cut = cut_sums, .print = print_moments, .only_training = only_in_training,
};

const FamilyInfo family_norm = {
    .name = "norm", HAS_DIMS(NORM),
    .parameters = {READS(X, x), READS(STATS, stats), READS(B, b), MAKES(Y, y)},
    .computes = {{&op_norm, .some_channels = {ROLE_X, ROLE_B, ROLE_Y}}},
    .layout = layout_norm, .cut = cut_pixels, .print = print_norm,
};

const FamilyInfo family_norm_sums = {
    .name = "norm_sums", HAS_DIMS(NORM_SUMS),
    .parameters = {READS(DY, dy), READS(X, x), READS(STATS, stats), MAKES(SUMS, sums)},
    .computes = {{&op_norm_sums, .some_channels = {ROLE_X, ROLE_DY}}},
    .layout = layout, .cut = cut_sums, .print = print_norm_sums,
};

const FamilyInfo family_norm_grad = {
    .name = "norm_grad", HAS_DIMS(NORM_GRAD),
    .parameters = {READS(DY, dy), READS(X, x), READS(STATS, stats), READS(DSTATS, d), MAKES(DX, dx)},
    .computes = {{&op_norm_grad, .some_channels = {ROLE_X, ROLE_DY}}},
    .layout = layout, .cut = cut_pixels, .print = print_norm_grad,
};

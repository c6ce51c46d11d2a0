/* PAD2D, EXTEND2D and EXTEND2D_GRAD: images that are moved, cut off, or go on with their own pixels. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"

/* y = x moved down by `top` and right by `left`: what of the rows x cols y the in_rows x in_cols x does not reach
 * becomes `value` in the first `filled` channels, 0 in the others; either may be negative. Pixels are of `channels`
 * floats, a multiple of 16, padding included. */
#define PAD2D_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, in_rows) D(F, in_cols) D(F, top) D(F, left) \
    D(F, filled) D(F, x_row) D(F, y_row)

/* y[r][c] = x[from(r - top, in_rows)][from(c - left, in_cols)], from being reflect_index, replicate_index or
 * circular_index of vector.h as `mode` is 1, 2 or 3.  EXTEND2D_GRAD: dx = 0, then dx[from(...)][from(...)] += dy[r][c]
 * in ascending order of r, then c. Pixels are of `channels` floats, a multiple of 16. */
#define EXTEND2D_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, in_rows) D(F, in_cols) D(F, top) D(F, left) \
    D(F, mode) D(F, x_row) D(F, y_row)
#define EXTEND2D_GRAD_DIMS(D, F) EXTEND2D_DIMS(D, F)
DIM_PLACES(PAD2D)
DIM_PLACES(EXTEND2D)
DIM_PLACES(EXTEND2D_GRAD)

/* "r - 2": where in x the row r, or the column, of y comes from. */
static const char *moved_back(KernelText *k, const char *variable, int distance)
{
    return difference_of(k, variable, dim(k, distance));
}

/* Whether all of y's rows, or columns, are x's. */
static bool stays(const KernelText *k, int axis)
{
    int64_t out, in;
    return dim_is(k, PAD2D_top + axis, 0) && dim_number(k, PAD2D_rows + axis, &out) &&
           dim_number(k, PAD2D_in_rows + axis, &in) && out == in;
}

/* What is put around the pixels, from channel i on. */
static const char *filling(KernelText *k, const char *i)
{
    int64_t filled, channels;
    if (dim_is(k, PAD2D_filled, 0))
        return "vec_zero()";
    if (dim_number(k, PAD2D_filled, &filled) && dim_number(k, PAD2D_channels, &channels) && filled == channels)
        return "vec_all(value)";
    return arena_printf(k->arena, "vec_first(vec_all(value), %s)", difference_of(k, dim(k, PAD2D_filled), i));
}

static void print_pad2d(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, PAD2D_rows)), *c = loop(k, "c", dim(k, PAD2D_cols));
    const char *width = dim(k, PAD2D_channels);
    const char *from_r = moved_back(k, r, PAD2D_top), *from_c = moved_back(k, c, PAD2D_left);
    line(k, "const int inside = %s >= 0 && %s < %s && %s >= 0 && %s < %s;", from_r, from_r, dim(k, PAD2D_in_rows),
         from_c, from_c, dim(k, PAD2D_in_cols));
    line(k, "const float *from = x + %s;", offset_of(k, from_r, dim(k, PAD2D_x_row), from_c, width));
    line(k, "float *to = y + %s;", offset_of(k, r, dim(k, PAD2D_y_row), c, width));
    const char *i = vector_loop(k, "i", width);
    line(k, "vec_store(%s, inside ? vec_load(%s) : %s);", sum_of(k, "to", i), sum_of(k, "from", i), filling(k, i));
    end_all(k, 3);
}

/* The row of x, or the column, that `at` of y is: "reflect_index(r - 2, 30)". */
static const char *source_of(KernelText *k, const char *at, int axis)
{
    static const char *const rules[] = {"reflect_index", "replicate_index", "circular_index"};
    const char *rule[3];
    int64_t mode;
    if (stays(k, axis))
        return at;
    const char *from = moved_back(k, at, EXTEND2D_top + axis), *size = dim(k, EXTEND2D_in_rows + axis);
    for (int i = 0; i < 3; i++)
        rule[i] = arena_printf(k->arena, "%s(%s, %s)", rules[i], from, size);
    if (dim_number(k, EXTEND2D_mode, &mode))
        return rule[mode - 1];
    const char *which = dim(k, EXTEND2D_mode);
    return arena_printf(k->arena, "(%s == 1 ? %s : %s == 2 ? %s : %s)", which, rule[0], which, rule[1], rule[2]);
}

/* Loops over y's pixels and declares their places: `y` names y, `x` what it came from. */
static void open_pixels(KernelText *k, const char *x, const char *x_place, const char *y, const char *y_place)
{
    const char *r = loop(k, "r", dim(k, EXTEND2D_rows));
    const char *row = source_of(k, r, 0);
    const char *c = loop(k, "c", dim(k, EXTEND2D_cols)), *width = dim(k, EXTEND2D_channels);
    const char *at = offset_of(k, row, dim(k, EXTEND2D_x_row), source_of(k, c, 1), width);
    line(k, "%s = %s;", x_place, sum_of(k, x, at));
    line(k, "%s = %s;", y_place, sum_of(k, y, offset_of(k, r, dim(k, EXTEND2D_y_row), c, width)));
    vector_loop(k, "i", width);
}

static void print_extend2d(KernelText *k)
{
    open_pixels(k, "x", "const float *from", "y", "float *to");
    line(k, "vec_store(to + i, vec_load(from + i));");
    end_all(k, 3);
}

static void print_extend2d_grad(KernelText *k)
{
    zero_image(k, "dx", EXTEND2D_GRAD_in_rows, EXTEND2D_GRAD_in_cols, EXTEND2D_GRAD_channels, EXTEND2D_GRAD_x_row);
    open_pixels(k, "dx", "float *to", "dy", "const float *from");
    line(k, "vec_store(to + i, vec_load(to + i) + vec_load(from + i));");
    end_all(k, 3);
}

/* PAD2D's dimensions are EXTEND2D's but for the one that tells what is put around; a gradient's are those of what it is
 * the gradient of. */
static void layout(Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool gradient = kernel->output == ROLE_DX, zeros = kernel->family == FAMILY_PAD2D;
    Buffer *from = buffer_at(plan, kernel, kernel->roles[0]), *to = buffer_at(plan, kernel, kernel->roles[1]);
    Buffer *x = gradient ? to : from, *y = gradient ? from : to;
    int64_t filled = op->attr.pad.value == 0 ? 0 : y->channels;
    const int64_t dims[] = {y->rows, y->cols, y->pitch, x->rows, x->cols, op->attr.pad.top, op->attr.pad.left,
                            zeros ? filled : (int64_t)op->attr.pad.mode, buffer_row(x), buffer_row(y)};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[kernel->roles[0]] = inside(from);
    kernel->operand[kernel->roles[1]] = inside(to);
}

/* An image's pixels as a sequence, or back: both are gone over as the image, with nothing around it. */
static void layout_reshape(Plan *plan, Kernel *kernel)
{
    Buffer *from = buffer_at(plan, kernel, ROLE_X), *to = buffer_at(plan, kernel, ROLE_Y);
    const Buffer *image = from->rows > to->rows ? from : to;
    int64_t row = image->cols * image->pitch, from_row = from == image ? buffer_row(from) : row;
    const int64_t dims[] = {image->rows, image->cols, image->pitch, image->rows, image->cols, 0, 0, 0, from_row,
                            to == image ? buffer_row(to) : row};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_X] = inside(from);
    kernel->operand[ROLE_Y] = inside(to);
}

/* Pixels stay pixels: nothing is put around them. */
static bool keeps_pixels(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    return kernel->op->in[0]->shape.rank != 1 && kernel->op->out[0]->shape.rank != 1;
}

static const char *value(const Call *call)
{
    return text_float(call->arena, call->kernel->ops[0]->attr.pad.value);
}

const FamilyInfo family_pad2d = {
    .name = "pad2d", HAS_DIMS(PAD2D),
    .parameters = {READS(X, x), MAKES(Y, y), {.type = "float ", .name = "value", .argument_of = value}},
    .computes = {{&op_pad2d}, {&op_reshape, .layout = layout_reshape},
                 {&op_reshape_grad, BACK, .layout = layout_reshape}},
    .suits = keeps_pixels,
    .layout = layout, .print = print_pad2d,
};

const FamilyInfo family_extend2d = {
    .name = "extend2d", HAS_DIMS(EXTEND2D),
    .parameters = {READS(X, x), MAKES(Y, y)},
    .computes = {{&op_extend2d}},
    .layout = layout, .print = print_extend2d,
};

const FamilyInfo family_extend2d_grad = {
    .name = "extend2d_grad", HAS_DIMS(EXTEND2D_GRAD),
    .parameters = {READS(DY, dy), MAKES(DX, dx)},
    .computes = {{&op_extend2d_grad}},
    .layout = layout, .print = print_extend2d_grad,
};

/* CONCAT_CHANNELS, CONCAT_CHANNELS_GRAD: channels side by side, and a part of them back. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/kernel_text.h"

/* CONCAT_CHANNELS: for each pixel, y's channels are a's, then b's, c's and d's, then 0 up to `padded`. A part
 * without channels is not there, or lies where it belongs and is not copied.
 * CONCAT_CHANNELS_GRAD: dx's channels are those of dy from `first` on, then 0 up to `padded`. */
#define CONCAT_CHANNELS_DIMS(D, F) D(F, rows) D(F, cols) D(F, padded) D(F, a_channels) D(F, b_channels) \
    D(F, c_channels) D(F, d_channels) D(F, a_row) D(F, a_col) D(F, b_row) D(F, b_col) D(F, c_row) D(F, c_col) \
    D(F, d_row) D(F, d_col) D(F, y_row) D(F, y_col)
#define CONCAT_CHANNELS_GRAD_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, padded) D(F, first) D(F, dy_row) \
    D(F, dy_col) D(F, dx_row) D(F, dx_col)
DIM_PLACES(CONCAT_CHANNELS)
DIM_PLACES(CONCAT_CHANNELS_GRAD)

/* `count` floats from one place to another, neither of which need be a multiple of anything. */
static void copy(KernelText *k, const char *from, const char *to, const char *count)
{
    const char *target = sum_of(k, to, "i"), *source = sum_of(k, from, "i");
    int64_t floats;
    if (is_number(k, count, &floats) && floats % 16 == 0) {
        vector_loop(k, "i", count);
        line(k, "vec_store(%s, vec_load(%s));", target, source);
        end(k);
        return;
    }
    const char *vectors = product_of(k, quotient_of(k, count, "VL"), "VL");
    begin(k, "for (long i = 0; i < %s; i += VL)", vectors);
    line(k, "vec_store(%s, vec_load(%s));", target, source);
    end(k);
    begin(k, "for (long i = %s; i < %s; i++)", vectors, count);
    line(k, "*(%s) = *(%s);", target, source);
    end(k);
}

/* What pads the channels of a pixel from `first` on is to be 0. */
static void clear_padding(KernelText *k, const char *pixel, const char *first, const char *padded)
{
    int64_t from, to;
    if (is_number(k, first, &from) && is_number(k, padded, &to) && from == to)
        return;
    begin(k, "for (long i = %s; i < %s; i++)", first, padded);
    line(k, "*(%s) = 0;", sum_of(k, pixel, "i"));
    end(k);
}

static const char *pixel(KernelText *k, const char *name, const char *r, int row, const char *c)
{
    return sum_of(k, name, offset_of(k, r, dim(k, row), c, dim(k, row + 1)));
}

static void print_concat(KernelText *k)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    const char *r = loop(k, "row", dim(k, CONCAT_CHANNELS_rows)), *c = loop(k, "col", dim(k, CONCAT_CHANNELS_cols));
    const char *y = pixel(k, "y", r, CONCAT_CHANNELS_y_row, c), *first = "0";
    for (int i = 0; i < CONCAT_PARTS; i++) {
        const char *channels = dim(k, CONCAT_CHANNELS_a_channels + i);
        if (!begin_if(k, CONCAT_CHANNELS_a_channels + i))
            continue;
        copy(k, pixel(k, names[i], r, CONCAT_CHANNELS_a_row + 2 * i, c), sum_of(k, y, first), channels);
        end(k);
        first = sum_of(k, first, channels);
    }
    clear_padding(k, y, first, dim(k, CONCAT_CHANNELS_padded));
    end_all(k, 2);
}

static void print_concat_grad(KernelText *k)
{
    const char *r = loop(k, "row", dim(k, CONCAT_CHANNELS_GRAD_rows));
    const char *c = loop(k, "col", dim(k, CONCAT_CHANNELS_GRAD_cols));
    const char *dx = pixel(k, "dx", r, CONCAT_CHANNELS_GRAD_dx_row, c);
    const char *dy = pixel(k, "dy", r, CONCAT_CHANNELS_GRAD_dy_row, c);
    copy(k, sum_of(k, dy, dim(k, CONCAT_CHANNELS_GRAD_first)), dx, dim(k, CONCAT_CHANNELS_GRAD_channels));
    clear_padding(k, dx, dim(k, CONCAT_CHANNELS_GRAD_channels), dim(k, CONCAT_CHANNELS_GRAD_padded));
    end_all(k, 2);
}

/* One kernel copies the parts that do not lie in the whole, which stand side by side. */
static void layout_concat(Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim, first = 0, begin = -1, end = 0;
    const Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    kernel->operand[ROLE_Y] = inside_value(plan, kernel, ROLE_Y);
    for (int i = 0; i < CONCAT_PARTS; i++) {
        const Buffer *part = buffer_at(plan, kernel, concat_parts[i]);
        int64_t channels = part ? kernel->value[concat_parts[i]]->shape.dim[0] : 0;
        kernel->operand[concat_parts[i]] = inside_value(plan, kernel, concat_parts[i]);
        bool copied = part && !lies_at(plan, kernel, concat_parts[i], ROLE_Y, first);
        d[CONCAT_CHANNELS_a_channels + i] = copied ? channels : 0;
        d[CONCAT_CHANNELS_a_row + 2 * i] = copied ? buffer_row(part) : 0;
        d[CONCAT_CHANNELS_a_col + 2 * i] = copied ? part->pitch : 0;
        begin = copied && begin < 0 ? first : begin;
        first += channels;
        end = copied ? first : end;
    }
    d[CONCAT_CHANNELS_rows] = y->rows;
    d[CONCAT_CHANNELS_cols] = y->cols;
    d[CONCAT_CHANNELS_padded] = (end == first ? padded_channels(plan, kernel, ROLE_Y) : end) - begin;
    d[CONCAT_CHANNELS_y_row] = buffer_row(y);
    d[CONCAT_CHANNELS_y_col] = y->pitch;
    kernel->operand[ROLE_Y].offset += begin;
}

static void layout_concat_grad(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY), *dx = buffer_at(plan, kernel, ROLE_DX);
    const int64_t first = kernel->op->attr.concat.first, channels = kernel->value[ROLE_DX]->shape.dim[0];
    const int64_t dims[] = {dx->rows, dx->cols, channels, padded_channels(plan, kernel, ROLE_DX), first,
                            buffer_row(dy), dy->pitch, buffer_row(dx), dx->pitch};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_DY] = inside_value(plan, kernel, ROLE_DY);
    kernel->operand[ROLE_DX] = inside_value(plan, kernel, ROLE_DX);
}

/* Along the rows; both kernels begin with their number. */
static bool cut(Kernel *kernel, Grid grid)
{
    if (grid.outs > 1 || !cut_dim(kernel, CONCAT_CHANNELS_rows, grid.rows, 1))
        return false;
    for (const Role *role = kernel->roles; *role; role++) {
        Operand *operand = &kernel->operand[*role];
        if (operand->buffer)
            operand->step[1] = kernel->dim[CONCAT_CHANNELS_rows] * buffer_row(operand->buffer);
    }
    return true;
}

_Static_assert((int)CONCAT_CHANNELS_rows == (int)CONCAT_CHANNELS_GRAD_rows, "both begin with the rows");

const FamilyInfo family_concat_channels = {
    .name = "concat_channels", HAS_DIMS(CONCAT_CHANNELS),
    .parameters = {READS(A, a), READS(B, b), READS(C, c), READS(D, d), MAKES(Y, y)},
    .computes = {{&op_concat, .some_channels = {ROLE_A, ROLE_B, ROLE_C, ROLE_D, ROLE_Y}}},
    .layout = layout_concat, .cut = cut, .print = print_concat,
};

const FamilyInfo family_concat_channels_grad = {
    .name = "concat_channels_grad", HAS_DIMS(CONCAT_CHANNELS_GRAD),
    .parameters = {READS(DY, dy), MAKES(DX, dx)},
    .computes = {{&op_concat_grad, .some_channels = {ROLE_DY, ROLE_DX}}},
    .layout = layout_concat_grad, .cut = cut, .print = print_concat_grad,
};

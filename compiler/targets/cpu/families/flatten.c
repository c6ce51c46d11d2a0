/* FLATTEN, UNFLATTEN: from channels-last to torch's order, and back. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/torch_order.h"

/* Channels-last to torch's order and back: flat[(k*rows + r)*cols + c] <-> x[r*x_row + c*x_col + k]; the padding lanes
 * up to channels_padded become 0 in UNFLATTEN, flat's up to flat_padded in FLATTEN. */
#define FLATTEN_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, x_row) D(F, x_col) D(F, flat_padded)
#define UNFLATTEN_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, channels_padded) D(F, x_row) D(F, x_col)
DIM_PLACES(FLATTEN)
DIM_PLACES(UNFLATTEN)

static void print_flatten(KernelText *k)
{
    const Place at = places(k, FLATTEN_x_row, FLATTEN_x_col);
    line(k, "flat[%s] = x[%s];", at.flat, at.spread);
    end_all(k, 3);

    const char *count = product_of(k, dim(k, FLATTEN_channels), dim(k, FLATTEN_rows));
    count = product_of(k, count, dim(k, FLATTEN_cols));
    int64_t floats, padded;
    if (is_number(k, count, &floats) && dim_number(k, FLATTEN_flat_padded, &padded) && floats >= padded)
        return;
    begin(k, "for (long i = %s; i < %s; i++)", count, dim(k, FLATTEN_flat_padded));
    line(k, "flat[i] = 0;");
    end(k);
}

static void print_unflatten(KernelText *k)
{
    const Place at = places(k, UNFLATTEN_x_row, UNFLATTEN_x_col);
    line(k, "x[%s] = flat[%s];", at.spread, at.flat);
    end_all(k, 3);

    int64_t channels, padded;
    if (dim_number(k, UNFLATTEN_channels, &channels) && dim_number(k, UNFLATTEN_channels_padded, &padded) &&
        channels >= padded)
        return;
    const char *r = loop(k, "r", dim(k, UNFLATTEN_rows)), *c = loop(k, "c", dim(k, UNFLATTEN_cols));
    begin(k, "for (long k = %s; k < %s; k++)", dim(k, UNFLATTEN_channels), dim(k, UNFLATTEN_channels_padded));
    line(k, "x[%s] = 0;", sum_of(k, offset_of(k, r, dim(k, UNFLATTEN_x_row), c, dim(k, UNFLATTEN_x_col)), "k"));
    end_all(k, 3);
}

static void layout(Plan *plan, Kernel *kernel)
{
    bool back = kernel->family == FAMILY_UNFLATTEN;
    Buffer *flat = buffer_at(plan, kernel, back ? ROLE_X : ROLE_Y);
    Buffer *image = buffer_at(plan, kernel, back ? ROLE_Y : ROLE_X);
    int64_t *d = kernel->dim;
    d[FLATTEN_rows] = image->rows;
    d[FLATTEN_cols] = image->cols;
    d[FLATTEN_channels] = image->channels;
    if (back) {
        d[UNFLATTEN_channels_padded] = image->pitch;
        d[UNFLATTEN_x_row] = buffer_row(image);
        d[UNFLATTEN_x_col] = image->pitch;
    } else {
        d[FLATTEN_x_row] = buffer_row(image);
        d[FLATTEN_x_col] = image->pitch;
        d[FLATTEN_flat_padded] = flat->pitch;
    }
    kernel->operand[back ? ROLE_X : ROLE_Y] = inside(flat);
    kernel->operand[back ? ROLE_Y : ROLE_X] = inside(image);
}

static bool makes_a_row(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    return kernel->op->out[0]->shape.rank == 1;
}

static bool reads_a_row(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !makes_a_row(kernels, kernel) && kernel->op->in[0]->shape.rank == 1;
}

const FamilyInfo family_flatten = {
    .name = "flatten", HAS_DIMS(FLATTEN),
    .parameters = {READS(X, x), MAKES(Y, flat)},
    .computes = {{&op_reshape}, {&op_reshape_grad, BACK}},
    .suits = makes_a_row, .x_by_number = true,
    .layout = layout, .print = print_flatten,
};

const FamilyInfo family_unflatten = {
    .name = "unflatten", HAS_DIMS(UNFLATTEN),
    .parameters = {READS(X, flat), MAKES(Y, x)},
    .computes = {{&op_reshape}, {&op_reshape_grad, BACK}},
    .suits = reads_a_row,
    .layout = layout, .print = print_unflatten,
};

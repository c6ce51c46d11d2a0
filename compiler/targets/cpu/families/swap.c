/* SWAP: rows become columns. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"

/* Rows and columns swapped: y[c*y_col + k] = x[k*x_col + c] for c < cols and k < channels, 0 from there to `padded`. */
#define SWAP_DIMS(D, F) D(F, cols) D(F, channels) D(F, padded) D(F, x_col) D(F, y_col)
DIM_PLACES(SWAP)

static void print_swap(KernelText *k)
{
    const char *c = loop(k, "c", dim(k, SWAP_cols)), *i = loop(k, "k", dim(k, SWAP_channels));
    const char *to = product_of(k, c, dim(k, SWAP_y_col));
    line(k, "y[%s] = x[%s];", sum_of(k, to, i), sum_of(k, product_of(k, i, dim(k, SWAP_x_col)), c));
    end(k);
    int64_t channels, padded;
    if (!dim_number(k, SWAP_channels, &channels) || !dim_number(k, SWAP_padded, &padded) || channels < padded) {
        begin(k, "for (long k = %s; k < %s; k++)", dim(k, SWAP_channels), dim(k, SWAP_padded));
        line(k, "y[%s] = 0;", sum_of(k, to, "k"));
        end(k);
    }
    end(k);
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    const int64_t dims[] = {y->cols, y->channels, y->pitch, x->pitch, y->pitch};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_Y] = inside(y);
}

const FamilyInfo family_swap = {
    .name = "swap", HAS_DIMS(SWAP),
    .parameters = {READS(X, x), MAKES(Y, y)},
    .computes = {{&op_swap}},
    .layout = layout, .print = print_swap,
};

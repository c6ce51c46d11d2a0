/* RELU, RELU_GRAD: element by element over rows of floats. */
#include "targets/cpu/families/rows.h"

/* Element-wise over rows of `length` floats (length is a multiple of 4, row starts are 16-byte aligned).
 * RELU: y = max(x, 0), NaN stays.  RELU_GRAD: dx = y > 0 ? dy : 0. */
#define RELU_DIMS(D, F) D(F, rows) D(F, length) D(F, x_row) D(F, y_row)
#define RELU_GRAD_DIMS(D, F) D(F, rows) D(F, length) D(F, dy_row) D(F, y_row) D(F, dx_row)
DIM_PLACES(RELU)
DIM_PLACES(RELU_GRAD)

static void print_relu(KernelText *k)
{
    const RowElement x = row_element(k, "x", RELU_rows, RELU_x_row), y = row_element(k, "y", RELU_rows, RELU_y_row);
    over_rows(k, RELU_rows, RELU_length,
              arena_printf(k->arena, "vec_store(%s, vec_relu(vec_load(%s)));", y.address, x.address),
              arena_printf(k->arena, "%s = %s <= 0 ? 0 : %s;", y.value, x.value, x.value));
}

static void print_relu_grad(KernelText *k)
{
    const RowElement dy = row_element(k, "dy", RELU_GRAD_rows, RELU_GRAD_dy_row),
                  y = row_element(k, "y", RELU_GRAD_rows, RELU_GRAD_y_row),
                  dx = row_element(k, "dx", RELU_GRAD_rows, RELU_GRAD_dx_row);
    over_rows(k, RELU_GRAD_rows, RELU_GRAD_length,
              arena_printf(k->arena, "vec_store(%s, vec_relu_grad(vec_load(%s), vec_load(%s)));", dx.address,
                           dy.address, y.address),
              arena_printf(k->arena, "%s = %s <= 0 ? 0 : %s;", dx.value, y.value, dy.value));
}

const FamilyInfo family_relu = {
    .name = "relu", HAS_DIMS(RELU),
    .parameters = {READS(X, x), MAKES(Y, y)},
    .computes = {{&op_relu}},
    .layout = layout_rows, .cut = cut_rows, .print = print_relu,
};

static void layout_grad(Plan *plan, Kernel *kernel)
{
    (kernel->scope == SCOPE_BATCH ? layout_rows_in_parts : layout_rows)(plan, kernel);
}

const FamilyInfo family_relu_grad = {
    .name = "relu_grad", HAS_DIMS(RELU_GRAD),
    .parameters = {READS(DY, dy), READS(Y, y), MAKES(DX, dx)},
    .computes = {{&op_relu_grad}},
    .layout = layout_grad, .cut = cut_rows, .print = print_relu_grad,
};

/* SCALE, SCALE_GRAD: a number for each element of an image; products of two images. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/rows.h"

/* Element by element over rows of `length` floats, a multiple of 16: SCALE: y = fma(x, w, b), or x * w without b, which
 * lies as w does. SCALE_GRAD: g = fma(d, x, g), or g + d without x. */
#define SCALE_DIMS(D, F) D(F, rows) D(F, length) D(F, x_row) D(F, w_row) D(F, y_row) D(F, has_b)
#define SCALE_GRAD_DIMS(D, F) D(F, rows) D(F, length) D(F, d_row) D(F, x_row) D(F, g_row) D(F, has_x)
DIM_PLACES(SCALE)
DIM_PLACES(SCALE_GRAD)

static void print_scale(KernelText *k)
{
    const RowElement x = row_element(k, "x", SCALE_rows, SCALE_x_row), w = row_element(k, "w", SCALE_rows, SCALE_w_row),
                  b = row_element(k, "b", SCALE_rows, SCALE_w_row), y = row_element(k, "y", SCALE_rows, SCALE_y_row);
    loop(k, "r", dim(k, SCALE_rows));
    vector_loop(k, "i", dim(k, SCALE_length));
    line_if(k, SCALE_has_b, "vec_store(%s, vec_fma(vec_load(%s), vec_load(%s), vec_load(%s)));", y.address, x.address,
            w.address, b.address);
    line_unless(k, SCALE_has_b, "vec_store(%s, vec_load(%s) * vec_load(%s));", y.address, x.address, w.address);
    end_all(k, 2);
}

static void print_scale_grad(KernelText *k)
{
    const RowElement d = row_element(k, "d", SCALE_GRAD_rows, SCALE_GRAD_d_row),
                  x = row_element(k, "x", SCALE_GRAD_rows, SCALE_GRAD_x_row),
                  g = row_element(k, "g", SCALE_GRAD_rows, SCALE_GRAD_g_row);
    loop(k, "r", dim(k, SCALE_GRAD_rows));
    vector_loop(k, "i", dim(k, SCALE_GRAD_length));
    line_if(k, SCALE_GRAD_has_x, "vec_store(%s, vec_fma(vec_load(%s), vec_load(%s), vec_load(%s)));", g.address,
            d.address, x.address, g.address);
    line_unless(k, SCALE_GRAD_has_x, "vec_store(%s, vec_load(%s) + vec_load(%s));", g.address, g.address, d.address);
    end_all(k, 2);
}

/* Images, and parameters that lie as an image without a border does. */
static void layout(Plan *plan, Kernel *kernel)
{
    bool gradient = kernel->output == ROLE_DW;
    int64_t *d = kernel->dim;
    const Buffer *image = buffer_at(plan, kernel, kernel->roles[0]);
    d[SCALE_rows] = image->rows;
    d[SCALE_length] = image->cols * image->pitch;
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        bool parameter = buffer && (buffer->space == SPACE_WEIGHTS || buffer->space == SPACE_GRADIENTS);
        kernel->operand[role] = buffer && !parameter ? inside(buffer) : whole(buffer);
        int64_t row = !buffer ? 0 : parameter ? d[SCALE_length] : buffer_row(buffer);
        if (gradient)
            d[SCALE_GRAD_d_row + k] = row;
        else if (k != 2) /* the summand lies as the factor does */
            d[k < 2 ? SCALE_x_row + k : SCALE_y_row] = row;
    }
    d[gradient ? (int)SCALE_GRAD_has_x : (int)SCALE_has_b] = kernel->value[gradient ? ROLE_X : ROLE_BIAS] != NULL;
}

/* Of products those that are made element by element. */
static bool suits(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    const Value *a = kernel->value[ROLE_A], *b = kernel->value[ROLE_B];
    return !a || shape_equal(a->shape, b->shape);
}

const FamilyInfo family_scale = {
    .name = "scale", HAS_DIMS(SCALE),
    .parameters = {READS(X, x), READS(W, w), READS(BIAS, b), MAKES(Y, y)},
    .computes = {{&op_scale}, {&op_scale_grad, BACK}, {&op_multiply, {{ROLE_X, ROLE_A}, {ROLE_W, ROLE_B}}}},
    .suits = suits,
    .layout = layout, .print = print_scale,
};

const FamilyInfo family_scale_grad = {
    .name = "scale_grad", HAS_DIMS(SCALE_GRAD),
    .parameters = {READS(DY, d), READS(X, x), MAKES(DW, g)},
    .computes = {{&op_scale_grad_weight}, {&op_scale_grad_bias, {{ROLE_DW, ROLE_DB}}}},
    .layout = layout, .print = print_scale_grad,
};

/* INPUT_BYTES, INPUT_FLOATS: a sample as it is read, laid out as an image. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/torch_order.h"

/* A raw sample in torch's order to the input's layout: x[r*x_row + c*x_col + k] = pixel[k*256 + byte] or the float. */
#define INPUT_BYTES_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, x_row) D(F, x_col)
#define INPUT_FLOATS_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, x_row) D(F, x_col)
DIM_PLACES(INPUT_BYTES)
DIM_PLACES(INPUT_FLOATS)

static void print_input_bytes(KernelText *k)
{
    const Place at = places(k, INPUT_BYTES_x_row, INPUT_BYTES_x_col);
    const char *i = dim_is(k, INPUT_BYTES_channels, 1) ? "0" : "k";
    line(k, "x[%s] = pixel[%s];", at.spread,
         sum_of(k, product_of(k, i, "256"), arena_printf(k->arena, "sample[%s]", at.flat)));
    end_all(k, 3);
}

static void print_input_floats(KernelText *k)
{
    const Place at = places(k, INPUT_FLOATS_x_row, INPUT_FLOATS_x_col);
    line(k, "x[%s] = sample[%s];", at.spread, at.flat);
    end_all(k, 3);
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X);
    const int64_t dims[] = {x->rows, x->cols, x->channels, buffer_row(x), x->pitch};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_X] = inside(x);
}

static bool hands_bytes(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    return kernel->op->attr.bytes;
}

static bool hands_floats(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !hands_bytes(kernels, kernel);
}

const FamilyInfo family_input_bytes = {
    .name = "input_bytes", HAS_DIMS(INPUT_BYTES),
    .parameters = {{.type = "const unsigned char *", .name = "sample", .argument = "mb->input[i]"},
                   {.type = "const float *", .name = "pixel", .argument = "mb->pixel"}, MAKES(X, x)},
    .computes = {{&op_input}},
    .suits = hands_bytes,
    .layout = layout, .print = print_input_bytes,
};

const FamilyInfo family_input_floats = {
    .name = "input_floats", HAS_DIMS(INPUT_FLOATS),
    .parameters = {{.type = "const float *", .name = "sample", .argument = "mb->input[i]"}, MAKES(X, x)},
    .computes = {{&op_input}},
    .suits = hands_floats,
    .layout = layout, .print = print_input_floats,
};

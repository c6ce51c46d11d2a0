/* SCALE_MASK, SCALE_CHANNELS: what dropout multiplies by; and products by factors of channels. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/rows.h"

/* y = x * (mask ? scale : 0), over rows of `length` floats (length is a multiple of 4, row starts are 16-byte
 * aligned). */
#define SCALE_MASK_DIMS(D, F) D(F, rows) D(F, length) D(F, x_row) D(F, mask_row) D(F, y_row)
DIM_PLACES(SCALE_MASK)

/* y[r][c][k] = x[r][c][k] * s[k], channels being a multiple of 16. */
#define SCALE_CHANNELS_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, x_row) D(F, x_col) D(F, y_row) D(F, y_col)
DIM_PLACES(SCALE_CHANNELS)

/* What dropout multiplies by what it keeps, as C: divided in single precision, as torch's mask is. p = 1 drops
 * everything: no infinity may meet the padding's zeros. */
static const char *kept_scale(const Call *call)
{
    double p = call->kernel->op->attr.dropout.p;
    return p < 1 ? arena_printf(call->arena, "1.0f / (float)(1.0 - %.17g)", p) : "0.0f";
}

static const char *mask_scale(const Call *call)
{
    const char *scale = kept_scale(call);
    return call->kernel->stage == STAGE_FORWARD ? arena_printf(call->arena, "mb->dropout ? %s : 1.0f", scale) : scale;
}

/* The walk over a dropout mask in torch's order. */
static const char *draw_mask(const Call *call)
{
    const Buffer *mask = call->kernel->operand[ROLE_MASK].buffer;
    Text text = text_new(call->arena);
    if (!is_dropout(call->kernel))
        return NULL;
    text_printf(&text, "nc_dropout_mask(mb, %d, i, ", call->kernel->index);
    if (mask->rows * mask->cols > 1)
        text_printf(&text, "(const struct nc_axis[]){{%lld, 1}, {%lld, %lld}, {%lld, %lld}}, 3, ",
                    (long long)mask->channels, (long long)mask->rows, (long long)buffer_row(mask),
                    (long long)mask->cols, (long long)mask->pitch);
    else
        text_printf(&text, "(const struct nc_axis[]){{%lld, 1}}, 1, ", (long long)mask->channels);
    text_printf(&text, "%s);\n", call->operand[ROLE_MASK]);
    return text.bytes;
}

/* A factor for each channel of a sample. */
static const char *draw_factors(const Call *call)
{
    const Buffer *factors = call->kernel->operand[ROLE_FACTORS].buffer;
    if (!is_dropout(call->kernel))
        return NULL;
    return arena_printf(call->arena, "nc_dropout_factors(mb, %d, i, %lld, %lld, %s, %s);\n", call->kernel->index,
                        (long long)dropout_draws(call->kernel), (long long)factors->channels, kept_scale(call),
                        call->operand[ROLE_FACTORS]);
}

static void print_scale_mask(KernelText *k)
{
    const RowElement x = row_element(k, "x", SCALE_MASK_rows, SCALE_MASK_x_row),
                  y = row_element(k, "y", SCALE_MASK_rows, SCALE_MASK_y_row),
                  mask = row_element(k, "mask", SCALE_MASK_rows, SCALE_MASK_mask_row);
    const char *kept = arena_printf(k->arena, "vec_where_set(vec_all(scale), ivec_load_bytes(%s))", mask.address);
    over_rows(k, SCALE_MASK_rows, SCALE_MASK_length,
              arena_printf(k->arena, "vec_store(%s, vec_load(%s) * %s);", y.address, x.address, kept),
              arena_printf(k->arena, "%s = %s * (%s ? scale : 0);", y.value, x.value, mask.value));
}

/* "x + r * 64 + c * 16 + k" */
static const char *at(KernelText *k, const char *name, const char *r, int row, const char *c, int col)
{
    return sum_of(k, sum_of(k, name, offset_of(k, r, dim(k, row), c, dim(k, col))), "k");
}

static void print_scale_channels(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, SCALE_CHANNELS_rows)), *c = loop(k, "c", dim(k, SCALE_CHANNELS_cols));
    vector_loop(k, "k", dim(k, SCALE_CHANNELS_channels));
    line(k, "vec_store(%s, vec_load(%s) * vec_load(s + k));",
         at(k, "y", r, SCALE_CHANNELS_y_row, c, SCALE_CHANNELS_y_col),
         at(k, "x", r, SCALE_CHANNELS_x_row, c, SCALE_CHANNELS_x_col));
    end_all(k, 3);
}

static void layout_scale_channels(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    const int64_t dims[] = {y->rows, y->cols, y->pitch, buffer_row(x), x->pitch, buffer_row(y), y->pitch};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_FACTORS] = inside(buffer_at(plan, kernel, ROLE_FACTORS));
    kernel->operand[ROLE_Y] = inside(y);
}

const FamilyInfo family_scale_mask = {
    .name = "scale_mask", HAS_DIMS(SCALE_MASK),
    .parameters = {READS(X, x), READS_BYTES(MASK, mask),
                   {.type = "float ", .name = "scale", .argument_of = mask_scale}, MAKES(Y, y)},
    .computes = {{&op_dropout}, {&op_dropout_grad, BACK}},
    .layout = layout_rows, .print = print_scale_mask, .before = draw_mask,
};

/* Of products those by one number for each channel. */
static bool suits(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    const Value *a = kernel->value[ROLE_A], *b = kernel->value[ROLE_B];
    return !a || !shape_equal(a->shape, b->shape);
}

const FamilyInfo family_scale_channels = {
    .name = "scale_channels", HAS_DIMS(SCALE_CHANNELS),
    .parameters = {READS(X, x), READS(FACTORS, s), MAKES(Y, y)},
    .computes = {{&op_dropout_channels}, {&op_dropout_channels_grad, BACK},
                 {&op_multiply, {{ROLE_X, ROLE_A}, {ROLE_FACTORS, ROLE_B}}}},
    .suits = suits,
    .layout = layout_scale_channels, .print = print_scale_channels, .before = draw_factors,
};

/* GRAD_BIAS: sums over the pixels, added to what the gradient holds already. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/linear.h"

/* g[o] += sum over r, c of d[r*d_row + c*d_col + o] */
#define GRAD_BIAS_DIMS(D, F) D(F, rows) D(F, cols) D(F, outs) D(F, d_row) D(F, d_col)
DIM_PLACES(GRAD_BIAS)

/* g[o..] += the sum of d over the pixels, for `vecs` vectors of outputs from k->out at a time; each has one sum. */
static void add_block(KernelText *k, const char *vecs)
{
    const char *from = sum_of(k, k->out, "v * VL");
    line(k, "vec sum[%s];", vecs);
    begin(k, "EACH(v, %s)", vecs);
    line(k, "sum[v] = vec_load(g + %s);", from);
    end(k);
    const char *r = loop(k, "r", dim(k, GRAD_BIAS_rows)), *c = loop(k, "c", dim(k, GRAD_BIAS_cols));
    begin(k, "EACH(v, %s)", vecs);
    line(k, "sum[v] += vec_load(%s);",
         sum_of(k, sum_of(k, "d", offset_of(k, r, dim(k, GRAD_BIAS_d_row), c, dim(k, GRAD_BIAS_d_col))), from));
    end_all(k, 3);
    begin(k, "EACH(v, %s)", vecs);
    line(k, "vec_store(g + %s, sum[v]);", from);
    end(k);
}

/* Thirty-two outputs at a time, that the additions need not wait for each other; then the last sixteen. */
static void print_grad_bias(KernelText *k)
{
    const char *outs = dim(k, GRAD_BIAS_outs);
    int64_t count;
    k->out = "o";
    if (is_1(k, dim(k, GRAD_BIAS_rows)) && is_1(k, dim(k, GRAD_BIAS_cols))) { /* one pixel */
        vector_loop(k, "o", outs);
        line(k, "vec_store(g + o, vec_load(g + o) + vec_load(d + o));");
        end(k);
        return;
    }
    if (!is_number(k, outs, &count)) {
        line(k, "long o = 0;");
        begin(k, "for (; o + 32 <= %s; o += 32)", outs);
        add_block(k, "32 / VL");
        end(k);
        begin(k, "for (; o < %s; o += 16)", outs);
        add_block(k, "16 / VL");
        end(k);
        return;
    }
    const int block = count % 32 ? 16 : 32;
    const char *vecs = arena_printf(k->arena, "%d / VL", block);
    if (count == block) {
        k->out = "0";
        add_block(k, vecs);
        return;
    }
    begin(k, "for (long o = 0; o < %s; o += %d)", outs, block);
    add_block(k, vecs);
    end(k);
}

enum { MANY_CHANNELS = 4 << 10 }; /* a bias with fewer is one part */

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY);
    int64_t *d = kernel->dim;
    d[GRAD_BIAS_rows] = dy->rows;
    d[GRAD_BIAS_cols] = dy->cols;
    d[GRAD_BIAS_outs] = dy->pitch;
    d[GRAD_BIAS_d_row] = buffer_row(dy);
    d[GRAD_BIAS_d_col] = dy->pitch;
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DB] = whole(buffer_at(plan, kernel, ROLE_DB));
    if (kernel->scope != SCOPE_BATCH)
        return;
    int64_t part = dy->pitch <= MANY_CHANNELS ? dy->pitch : divisor_below(dy->pitch, PAD, PANEL);
    d[GRAD_BIAS_outs] = part;
    kernel_cut(kernel, dy->pitch / part, 1, 1);
    kernel->learns = part;
    kernel->operand[ROLE_DY].step[0] = kernel->operand[ROLE_DB].step[0] = part;
}

/* One row of a norm's sums: of dy, and of dy times the normalised x. */
static void layout_row(Plan *plan, Kernel *kernel, int row)
{
    layout(plan, kernel);
    kernel->dim[GRAD_BIAS_rows] = 1;
    kernel->operand[ROLE_DY].offset = row * buffer_row(kernel->operand[ROLE_DY].buffer);
}

static void layout_norm_bias(Plan *plan, Kernel *kernel)
{
    layout_row(plan, kernel, 0);
}

static void layout_norm_weight(Plan *plan, Kernel *kernel)
{
    layout_row(plan, kernel, 1);
}

/* Sums in pieces are rows one behind the other. */
static void count_samples(const Plan *plan, Kernel *kernel)
{
    const Buffer *dy = kernel->operand[ROLE_DY].buffer;
    if (dy->pieces) {
        kernel->dim[GRAD_BIAS_rows] = dy->pieces;
        kernel->dim[GRAD_BIAS_d_row] = dy->stride / dy->pieces;
    }
    if (!kernel->counts_samples)
        return;
    kernel->dim[GRAD_BIAS_cols] = samples_together(plan, kernel);
    kernel->dim[GRAD_BIAS_d_col] = kernel->operand[ROLE_DY].buffer->stride;
}

static int samples(const Kernel *kernel)
{
    (void)kernel;
    return GRAD_BIAS_cols;
}

const FamilyInfo family_grad_bias = {
    .name = "grad_bias", HAS_DIMS(GRAD_BIAS),
    .parameters = {READS(DY, d), MAKES(DB, g)},
    .computes = {{&op_grad_bias},
                 {&op_norm_grad_weight, {{ROLE_DY, ROLE_SUMS}, {ROLE_DB, ROLE_DW}}, .layout = layout_norm_weight},
                 {&op_norm_grad_bias, {{ROLE_DY, ROLE_SUMS}}, .layout = layout_norm_bias}},
    .layout = layout, .count_samples = count_samples, .counted = samples, .print = print_grad_bias,
};

/* EMBEDDING, EMBEDDING_BAG, EMBEDDING_GRAD: rows of a table, by number. A row of the table is padded as a pixel is. The
 * table's gradient is made over the whole batch: a part makes some rows, from all tokens of the batch in their order,
 * and the optimizer takes them while they are in cache. The table is padded to whole parts. */
#include "targets/cpu/families/embedding.h"

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"

/* Whole numbers to rows of a table w, `channels` floats long, a multiple of 16.
 * EMBEDDING: y[t*y_col + i] = w[id[t]*w_row + i] for t < tokens.
 * EMBEDDING_BAG: y[i] = sum over t, ascending, of w[id[t]*w_row + i], where id[t] is not `padding` (-1: everywhere); if
 *     mean, times 1 / their number, or 0 where there are none.
 * EMBEDDING_GRAD: with id = input[s], for s < samples and t < tokens, ascending, where r = id[t] - first is a row of
 *     the `rows` at g and id[t] is not `padding`: g[r*g_row + i] += dy[s*dy_sample + t*dy_col + i], if mean times the
 *     same factor. */
#define EMBEDDING_DIMS(D, F) D(F, tokens) D(F, channels) D(F, w_row) D(F, y_col)
#define EMBEDDING_BAG_DIMS(D, F) D(F, tokens) D(F, channels) D(F, w_row) D(F, padding) D(F, mean)
#define EMBEDDING_GRAD_DIMS(D, F) D(F, samples) D(F, tokens) D(F, rows) D(F, channels) D(F, g_row) D(F, padding) \
    D(F, mean) D(F, dy_sample) D(F, dy_col)
DIM_PLACES(EMBEDDING)
DIM_PLACES(EMBEDDING_BAG)
DIM_PLACES(EMBEDDING_GRAD)

_Static_assert((int)EMBEDDING_w_row == (int)EMBEDDING_BAG_w_row, "both begin with the same dimensions");

/* Whether tokens are compared with the padding: not where a number says that there is none. */
static bool has_padding(const KernelText *k, int padding)
{
    int64_t number;
    return !dim_number(k, padding, &number) || number >= 0;
}

/* "w + (long)id[t] * 32": tables may be larger than an int can say. */
static const char *row(KernelText *k, const char *t, int w_row)
{
    const char *id = arena_printf(k->arena, "(long)id[%s]", t);
    return sum_of(k, "w", product_of(k, id, dim(k, w_row)));
}

/* Declares scale: 1 / how many of the tokens count; 0 where none does. */
static void declare_scale(KernelText *k, int tokens, int padding, int mean)
{
    int64_t number;
    if (!has_padding(k, padding)) {
        line(k, "const float scale = 1.0f / %s;", dim(k, tokens));
        return;
    }
    line(k, "long counted = 0;");
    const char *t = loop(k, "t", dim(k, tokens));
    line(k, "counted += id[%s] != %s;", t, dim(k, padding));
    end(k);
    const char *scale = "counted ? 1.0f / (float)counted : 0";
    if (!dim_number(k, mean, &number))
        line(k, "const float scale = !%s ? 1 : %s;", dim(k, mean), scale);
    else
        line(k, "const float scale = %s;", scale);
}

static void print_embedding(KernelText *k)
{
    const char *t = loop(k, "t", dim(k, EMBEDDING_tokens));
    line(k, "const float *row = %s;", row(k, t, EMBEDDING_w_row));
    const char *i = vector_loop(k, "i", dim(k, EMBEDDING_channels));
    const char *to = sum_of(k, product_of(k, t, dim(k, EMBEDDING_y_col)), i);
    line(k, "vec_store(%s, vec_load(%s));", sum_of(k, "y", to), sum_of(k, "row", i));
    end_all(k, 2);
}

static void print_embedding_bag(KernelText *k)
{
    const char *channels = dim(k, EMBEDDING_BAG_channels), *i = vector_loop(k, "i", channels);
    line(k, "vec_store(%s, vec_zero());", sum_of(k, "y", i));
    end(k);

    const char *t = loop(k, "t", dim(k, EMBEDDING_BAG_tokens));
    const bool padding = has_padding(k, EMBEDDING_BAG_padding);
    if (padding)
        begin(k, "if (id[%s] != %s)", t, dim(k, EMBEDDING_BAG_padding));
    line(k, "const float *row = %s;", row(k, t, EMBEDDING_BAG_w_row));
    i = vector_loop(k, "i", channels);
    line(k, "vec_store(%s, vec_load(%s) + vec_load(%s));", sum_of(k, "y", i), sum_of(k, "y", i), sum_of(k, "row", i));
    end_all(k, padding ? 3 : 2);

    int64_t mean;
    if (dim_number(k, EMBEDDING_BAG_mean, &mean) && !mean)
        return;
    declare_scale(k, EMBEDDING_BAG_tokens, EMBEDDING_BAG_padding, EMBEDDING_BAG_mean);
    i = vector_loop(k, "i", channels);
    line(k, "vec_store(%s, vec_load(%s) * vec_all(scale));", sum_of(k, "y", i), sum_of(k, "y", i));
    end(k);
}

static void print_embedding_grad(KernelText *k)
{
    const char *s = loop(k, "s", dim(k, EMBEDDING_GRAD_samples));
    line(k, "const int *id = input[%s];", s);
    int64_t mean;
    const bool scaled = !dim_number(k, EMBEDDING_GRAD_mean, &mean) || mean;
    if (scaled)
        declare_scale(k, EMBEDDING_GRAD_tokens, EMBEDDING_GRAD_padding, EMBEDDING_GRAD_mean);
    const char *t = loop(k, "t", dim(k, EMBEDDING_GRAD_tokens));
    line(k, "const long r = id[%s] - first;", t);
    const char *but = "";
    if (has_padding(k, EMBEDDING_GRAD_padding))
        but = arena_printf(k->arena, " && id[%s] != %s", t, dim(k, EMBEDDING_GRAD_padding));
    begin(k, "if (r >= 0 && r < %s%s)", dim(k, EMBEDDING_GRAD_rows), but);
    const char *i = vector_loop(k, "i", dim(k, EMBEDDING_GRAD_channels));
    const char *to = sum_of(k, "g", sum_of(k, product_of(k, "r", dim(k, EMBEDDING_GRAD_g_row)), i));
    const char *from = offset_of(k, s, dim(k, EMBEDDING_GRAD_dy_sample), t, dim(k, EMBEDDING_GRAD_dy_col));
    from = sum_of(k, "dy", sum_of(k, from, i));
    if (scaled)
        line(k, "vec_store(%s, vec_fma(vec_load(%s), vec_all(scale), vec_load(%s)));", to, from, to);
    else
        line(k, "vec_store(%s, vec_load(%s) + vec_load(%s));", to, to, from);
    end_all(k, 4);
}

enum {
    PART_FLOATS = 16 << 10, /* of the table in a part, at most: each part goes over all tokens, and stays in cache */
    FEWEST_PARTS = 8,       /* where the table has the rows: threads that can work at once */
};

int64_t embedding_part(Shape table)
{
    int64_t most = PART_FLOATS / round_up(table.dim[1], PAD), even = (table.dim[0] + FEWEST_PARTS - 1) / FEWEST_PARTS;
    int64_t rows = most < even ? most : even;
    return rows > 1 ? rows : 1;
}

static void layout_grad(Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY);
    Shape table = op->out[0]->shape;
    int64_t *d = kernel->dim, rows = embedding_part(table), row = round_up(table.dim[1], PAD);
    d[EMBEDDING_GRAD_samples] = plan->batch;
    d[EMBEDDING_GRAD_tokens] = op->in[0]->shape.dim[0];
    d[EMBEDDING_GRAD_rows] = rows;
    d[EMBEDDING_GRAD_channels] = d[EMBEDDING_GRAD_g_row] = row;
    d[EMBEDDING_GRAD_padding] = op->attr.embedding.padding;
    d[EMBEDDING_GRAD_mean] = op->attr.embedding.mean;
    d[EMBEDDING_GRAD_dy_sample] = dy->stride;
    d[EMBEDDING_GRAD_dy_col] = op->attr.embedding.bag ? 0 : dy->pitch;
    kernel_cut(kernel, (table.dim[0] + rows - 1) / rows, 1, 1);
    kernel->learns = rows * row;
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(buffer_at(plan, kernel, ROLE_DW));
    kernel->operand[ROLE_DW].step[0] = kernel->learns;
}

static void layout_forward(Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    int64_t *d = kernel->dim;
    d[EMBEDDING_tokens] = op->in[0]->shape.dim[0];
    d[EMBEDDING_channels] = d[EMBEDDING_w_row] = y->pitch;
    if (kernel->family == FAMILY_EMBEDDING_BAG) {
        d[EMBEDDING_BAG_padding] = op->attr.embedding.padding;
        d[EMBEDDING_BAG_mean] = op->attr.embedding.mean;
    } else {
        d[EMBEDDING_y_col] = y->pitch;
    }
    kernel->operand[ROLE_W] = whole(buffer_at(plan, kernel, ROLE_W));
    kernel->operand[ROLE_Y] = inside(y);
}

static bool adds_up(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    return kernel->op->attr.embedding.bag;
}

static bool keeps_all(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !adds_up(kernels, kernel);
}

static const char *first_row(const Call *call)
{
    if (call->kernel->parts == 1)
        return "0";
    return arena_printf(call->arena, "part * %lld", (long long)call->kernel->dim[EMBEDDING_GRAD_rows]);
}

static int samples(const Kernel *kernel)
{
    (void)kernel;
    return EMBEDDING_GRAD_samples;
}

#define TOKENS {.type = "const int *", .name = "id", .argument = "mb->input[i]"}

const FamilyInfo family_embedding = {
    .name = "embedding", HAS_DIMS(EMBEDDING),
    .parameters = {TOKENS, READS(W, w), MAKES(Y, y)},
    .computes = {{&op_embedding}},
    .suits = keeps_all,
    .layout = layout_forward, .print = print_embedding,
};

const FamilyInfo family_embedding_bag = {
    .name = "embedding_bag", HAS_DIMS(EMBEDDING_BAG),
    .parameters = {TOKENS, READS(W, w), MAKES(Y, y)},
    .computes = {{&op_embedding}},
    .suits = adds_up,
    .layout = layout_forward, .print = print_embedding_bag,
};

const FamilyInfo family_embedding_grad = {
    .name = "embedding_grad", HAS_DIMS(EMBEDDING_GRAD),
    .parameters = {{.type = "const void *const *", .name = "input", .argument = "mb->input"}, READS(DY, dy),
                   MAKES(DW, g), {.type = "long ", .name = "first", .argument_of = first_row}},
    .computes = {{&op_embedding_grad}},
    .layout = layout_grad, .counted = samples, .print = print_embedding_grad,
};

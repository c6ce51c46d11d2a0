/* Embeddings: part of the layout step. A row of the table is padded as a pixel is. The table's gradient is made over
 * the whole batch: a part makes some rows, from all tokens of the batch in their order, and the optimizer takes them
 * while they are in cache. The table is padded to whole parts. */
#include "targets/cpu/buffers.h"

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

static void layout_embedding_grad(Plan *plan, Kernel *kernel)
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
    kernel->parts = (int)((table.dim[0] + rows - 1) / rows);
    kernel->across = 1;
    kernel->learns = rows * row;
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(buffer_at(plan, kernel, ROLE_DW));
    kernel->operand[ROLE_DW].down = kernel->learns;
}

void layout_embedding(Plan *plan, Kernel *kernel)
{
    if (kernel->family == FAMILY_EMBEDDING_GRAD) {
        layout_embedding_grad(plan, kernel);
        return;
    }
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

_Static_assert((int)EMBEDDING_w_row == (int)EMBEDDING_BAG_w_row, "both begin with the same dimensions");

void layout_swap(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    const int64_t dims[] = {y->cols, y->channels, y->pitch, x->pitch, y->pitch};
    memcpy(kernel->dim, dims, sizeof dims);
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_Y] = inside(y);
}

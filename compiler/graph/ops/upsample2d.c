/* An image or a sequence in another size. */
#include "graph/op.h"

static void print(Text *out, const Op *op)
{
    static const char *const modes[] = {
        [UPSAMPLE_NEAREST] = "nearest", [UPSAMPLE_EXACT] = "exact", [UPSAMPLE_LINEAR] = "linear",
        [UPSAMPLE_ALIGNED] = "aligned"};
    text_printf(out, " %s step=%.9gx%.9g", modes[op->attr.upsample.mode], (double)op->attr.upsample.step[0],
                (double)op->attr.upsample.step[1]);
}

static void verify(const OpCheck *check)
{
    const Shape *x = &check->op->in[0]->shape, *y = &check->op->out[0]->shape;
    op_must(check, x->rank > 1 && y->rank == x->rank && x->dim[0] == y->dim[0], "another size keeps the channels");
}

/* Each element of dy goes to those it was made of, by what it took of each. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_UPSAMPLE2D_GRAD, op->in[0], dy[0], NULL, op->attr);
}

const OpInfo op_upsample2d = {
    .name = "UPSAMPLE2D",
    .formula = "y = x in another size, of the nearest elements or from between them",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .print = print,
};

const OpInfo op_upsample2d_grad = {
    .name = "UPSAMPLE2D_GRAD",
    .formula = "dx of UPSAMPLE2D from dy, shared out as y was made",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify,
    .print = print,
    .backward_name = {"upsample", "_grad"},
};

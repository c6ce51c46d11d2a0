/* The two dimensions of a sequence swapped: its own gradient. */
#include "graph/op.h"

static void verify(const OpCheck *check)
{
    const Shape *x = &check->op->in[0]->shape, *y = &check->op->out[0]->shape;
    op_must(check, x->rank == 2 && y->rank == 2 && x->dim[0] == y->dim[1] && x->dim[1] == y->dim[0],
            "a swap is of two dimensions");
}

static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_SWAP, op->in[0], dy[0], NULL, (Attributes){0});
}

static void onnx_transpose(Onnx *onnx, const Op *op)
{
    (void)op;
    onnx_swap(onnx, onnx_x(onnx));
}

const OpInfo op_swap = {
    .name = "SWAP",
    .formula = "y = x with its two dimensions swapped",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .backward_name = {"swap", "_grad"},
    .onnx = onnx_transpose,
};

/* The two dimensions of a sequence swapped: its own gradient. */
#include "graph/op.h"

static void verify(const OpCheck *check)
{
    const Shape *x = &check->op->in[0]->shape, *y = &check->op->out[0]->shape;
    op_must(check, x->rank == 2 && y->rank == 2 && x->dim[0] == y->dim[1] && x->dim[1] == y->dim[0],
            "a swap is of two dimensions");
}

const OpInfo op_swap = {
    .name = "SWAP",
    .formula = "y = x with its two dimensions swapped",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .backward_name = {"swap", "_grad"},
};

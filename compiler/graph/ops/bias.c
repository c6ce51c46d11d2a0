/* The gradient of what a convolution or a linear layer adds to each channel of its output. */
#include "graph/op.h"

static void verify(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *db = check->op->out[0];
    op_must(check, db->shape.rank == 1 && dy->shape.dim[0] == db->shape.dim[0],
            "a bias's gradient has one number per channel");
}

const OpInfo op_grad_bias = {
    .name = "GRAD_BIAS",
    .formula = "db from dy, summed over samples and positions",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DB}},
    .verify = verify,
    .backward_name = {"bias", "_grad"},
};

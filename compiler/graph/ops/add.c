/* A sum: where branches meet, and of the gradients of a value that is used twice, of a parameter's too. */
#include "graph/ops/rules.h"

static void verify(const OpCheck *check)
{
    const Value *a = check->op->in[0], *b = check->op->in[1], *y = check->op->out[0];
    must_keep_shape(check);
    op_must(check, a->batched == y->batched && b->batched == y->batched, "both sides of a sum are alike");
}

const OpInfo op_add = {
    .name = "ADD",
    .formula = "y = a + b: where branches meet, and the gradients of a value that is used twice",
    .in = {{ROLE_A, EITHER}, {ROLE_B, EITHER}},
    .out = {{ROLE_Y, EITHER}},
    .verify = verify,
    .backward_name = {"gradient", "_sum"},
};

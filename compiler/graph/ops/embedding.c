/* Rows of a learned table, by whole numbers. */
#include "graph/op.h"

/* y: E,T for a table w of rows of E, or E of a bag. */
static void must_fit(const OpCheck *check, const Value *x, const Value *w, const Value *y)
{
    op_must(check, x->shape.rank == 1, "tokens are whole numbers in a row");
    op_must(check, w->shape.rank == 2 && y->shape.dim[0] == w->shape.dim[1],
            "a row is as long as the output has channels");
    if (check->op->attr.embedding.bag)
        op_must(check, y->shape.rank == 1, "a bag is one row");
    else
        op_must(check, y->shape.rank == 2 && y->shape.dim[1] == x->shape.dim[0], "there is a column for each token");
}

/* x, w -> y */
static void verify(const OpCheck *check)
{
    must_fit(check, check->op->in[0], check->op->in[1], check->op->out[0]);
}

/* x, dy -> dw */
static void verify_grad(const OpCheck *check)
{
    must_fit(check, check->op->in[0], check->op->out[0], check->op->in[1]);
}

/* dy is added to the rows that x names. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_EMBEDDING_GRAD, op->in[1], op->in[0], dy[0], op->attr);
}

const OpInfo op_embedding = {
    .name = "EMBEDDING",
    .formula = "y = the rows of the table w that the whole numbers x name, or their sum or mean",
    .in = {{ROLE_X, BATCHED, TYPE_I64}, {ROLE_W}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager_input,
};

const OpInfo op_embedding_grad = {
    .name = "EMBEDDING_GRAD",
    .formula = "dw of EMBEDDING from x, dy: added to the rows that x names, token by token",
    .in = {{ROLE_X, BATCHED, TYPE_I64}, {ROLE_DY, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = verify_grad,
    .backward_name = {"embedding", "_grad"},
};

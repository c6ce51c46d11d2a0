/* Dropout of elements, by a mask; of whole channels, by a factor for each; and of whole samples, whose channels have
 * one factor together. */
#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    static const char *const units[] = {
        [DROP_EACH] = "", [DROP_SAMPLES] = " of samples", [DROP_BATCH] = " of the batch"};
    text_printf(out, " p=%.12g%s", op->attr.dropout.p, units[op->attr.dropout.unit]);
}

static void must_be_probability(const OpCheck *check)
{
    op_must(check, check->op->attr.dropout.p > 0 && check->op->attr.dropout.p <= 1, "p is in (0, 1]");
}

static void verify(const OpCheck *check)
{
    must_keep_shape(check);
    must_be_probability(check);
    op_must(check, check->op->attr.dropout.unit == DROP_EACH, "elements are dropped one by one");
}

static void must_drop_channels(const OpCheck *check, const Value *factors)
{
    const Value *x = check->op->in[0];
    op_must(check, shape_equal(x->shape, check->op->out[0]->shape), "dropout keeps the shape");
    op_must(check, factors->shape.rank == 1 && factors->shape.dim[0] == x->shape.dim[0], "a factor a channel");
    must_be_probability(check);
}

/* x -> y, factors */
static void verify_channels(const OpCheck *check)
{
    must_drop_channels(check, check->op->out[1]);
}

/* dy, factors -> dx */
static void verify_channels_grad(const OpCheck *check)
{
    must_drop_channels(check, check->op->in[1]);
}

/* dx = dy * mask / (1 - p) */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_DROPOUT_GRAD, op->in[0], dy[0], op->out[1], op->attr);
}

/* dx = dy * factor */
static void gradient_channels(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_DROPOUT_CHANNELS_GRAD, op->in[0], dy[0], op->out[1], op->attr);
}

/* The factors that x is multiplied by, a float for each number that is drawn. */
static void eager(Eager *kept, const Op *op)
{
    eager_keep_floats(kept, shape_count(op->out[1]->shape), 0);
}

const OpInfo op_dropout = {
    .name = "DROPOUT",
    .formula = "y = x * mask / (1 - p) in training, x in evaluation; second output: the mask",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}, {ROLE_MASK, BATCHED | FIXED, TYPE_U8}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager,
    .print = print,
    .evaluation = GIVES_ITS_INPUT,
    .elementwise = true,
};

const OpInfo op_dropout_grad = {
    .name = "DROPOUT_GRAD",
    .formula = "dx = dy * mask / (1 - p); inputs dy, mask",
    .in = {{ROLE_DY, BATCHED}, {ROLE_MASK, BATCHED, TYPE_U8}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify,
    .print = print,
    .backward_name = {"dropout", "_grad"},
};

const OpInfo op_dropout_channels = {
    .name = "DROPOUT_CHANNELS",
    .formula = "y = x * a factor a channel, 0 or 1 / (1 - p), or 1, which those of a sample may share; second output: "
               "the factors",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}, {ROLE_FACTORS, BATCHED | FIXED}},
    .verify = verify_channels,
    .gradient = gradient_channels,
    .eager = eager,
    .print = print,
    .evaluation = GIVES_ITS_INPUT,
};

const OpInfo op_dropout_channels_grad = {
    .name = "DROPOUT_CHANNELS_GRAD",
    .formula = "dx = dy * factor; inputs dy, factors",
    .in = {{ROLE_DY, BATCHED}, {ROLE_FACTORS, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_channels_grad,
    .print = print,
    .backward_name = {"dropout", "_grad"},
};

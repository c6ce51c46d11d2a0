/* The loss of the batch: the runtime has its formula, LossSettings what it is. */
#include <inttypes.h>
#include <string.h>

#include "graph/op.h"

static void print(Text *out, const Op *op)
{
    static const char *const reductions[] = {
        [REDUCE_MEAN] = "mean", [REDUCE_SUM] = "sum", [REDUCE_BATCH_MEAN] = "batchmean"};
    const LossSettings *loss = op->attr.loss;
    text_printf(out, " %s %s", loss->runtime + strlen("nc_"), reductions[loss->reduction]);
    if (loss->places > 1)
        text_printf(out, " places=%" PRId64, loss->places);
    if (loss->label_smoothing != 0)
        text_printf(out, " label_smoothing=%.12g", loss->label_smoothing);
    if (loss->threshold != 0)
        text_printf(out, " threshold=%.12g", loss->threshold);
    text_printf(out, "%s%s%s", loss->weight ? " weight" : "", loss->pos_weight ? " pos_weight" : "",
                loss->log_target ? " log_target" : "");
}

static void must_compare(const OpCheck *check)
{
    const Value *x = check->op->in[0], *t = check->op->in[1];
    op_must(check, t->producer->kind == OP_TARGET, "a loss compares an output with the target");
    const LossSettings *loss = check->op->attr.loss;
    if (loss->classes)
        op_must(check, t->type == TYPE_I64 && x->shape.rank == 1 && shape_count(t->shape) == loss->places &&
                x->shape.dim[0] % loss->places == 0, "each place has a class, over flat logits");
    else
        op_must(check, t->type == TYPE_F32 && shape_equal(t->shape, x->shape), "targets are shaped like the output");
}

static void verify(const OpCheck *check)
{
    must_compare(check);
    op_must(check, check->op->out[0]->shape.rank == 0, "a loss is one number");
}

static void verify_grad(const OpCheck *check)
{
    must_compare(check);
    op_must(check, shape_equal(check->op->out[0]->shape, check->op->in[0]->shape),
            "a loss's gradient is shaped like the output");
}

/* The loss's own gradient is 1, and no value. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    (void)dy;
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_LOSS_GRAD, op->in[0], op->in[0], op->in[1], op->attr);
}

/* Cross entropy keeps the logarithms of the softmax in place of x. */
static void eager(Eager *kept, const Op *op)
{
    if (!strcmp(op->attr.loss->runtime, "nc_cross_entropy"))
        eager_keep_floats(kept, shape_count(op->in[0]->shape), 0);
    else
        eager_keep(kept, op->in[0]);
    eager_keep(kept, op->in[1]);
    eager_keep_floats(kept, 0, op->attr.loss->classes); /* the weight of all samples, by which the mean divides */
}

const OpInfo op_loss = {
    .name = "LOSS",
    .formula = "the loss of output x and target t",
    .in = {{ROLE_X, BATCHED}, {ROLE_T, BATCHED | ANY_TYPE}},
    .out = {{ROLE_LOSS}}, /* one number for the whole batch */
    .verify = verify,
    .gradient = gradient,
    .eager = eager,
    .print = print,
};

const OpInfo op_loss_grad = {
    .name = "LOSS_GRAD",
    .formula = "dx of LOSS from x, t",
    .in = {{ROLE_X, BATCHED}, {ROLE_T, BATCHED | ANY_TYPE}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad,
    .print = print,
};

#include "vocabulary/losses/loss.h"

#include <string.h>

bool loss_check_reduction(Diag *diag, const char *name, const Arg *reduction, const char *more)
{
    if (strcmp(reduction->s, "mean") == 0 || strcmp(reduction->s, "sum") == 0 ||
        (more && strcmp(reduction->s, more) == 0))
        return true;
    diag_error(diag, reduction->span, "%s expects reduction to be \"mean\"%s%s%s or \"sum\" but gets \"%s\"%s", name,
               more ? ", \"" : "", more ? more : "", more ? "\"" : "", reduction->s,
               strcmp(reduction->s, "none") == 0 ? ", which is not one number to learn by" : "");
    return false;
}

Reduction loss_reduction(const Arg *reduction)
{
    if (strcmp(reduction->s, "batchmean") == 0)
        return REDUCE_BATCH_MEAN;
    return strcmp(reduction->s, "sum") == 0 ? REDUCE_SUM : REDUCE_MEAN;
}

/* The loss's own gradient is 1. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    (void)dy;
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_LOSS_GRAD, op->in[0], op->in[0], op->in[1], op->attr);
}

extern const BackwardRule backward_loss;
const BackwardRule backward_loss = {OP_LOSS, backward};

#include "vocabulary/losses/loss.h"

#include <inttypes.h>
#include <string.h>

bool loss_check_output(Arena *arena, Diag *diag, const char *name, const Args *args, Shape output, Span network,
                       const char *what)
{
    if (output.rank == 1)
        return true;
    diag_error(diag, args->span, "%s expects %s but the model gives %s", name, what, shape_text(arena, output));
    diag_note(diag, network, "a model that ends with Flatten() or Linear(_, outputs) gives that");
    return false;
}

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

bool loss_check_weights(Diag *diag, const char *name, const char *what, const Arg *weights, Shape output)
{
    if (weights->none || weights->list_count == output.dim[0])
        return true;
    diag_error(diag, weights->span, "%s expects %s to have a number for each of the %" PRId64 " outputs but gets %d",
               name, what, output.dim[0], weights->list_count);
    return false;
}

bool loss_check_weighted(Arena *arena, Diag *diag, const char *name, const Args *args, const Arg *weight,
                         const Arg *reduction, Shape output, Span network, const char *what)
{
    bool good = loss_check_reduction(diag, name, reduction, NULL);
    if (!loss_check_output(arena, diag, name, args, output, network, what))
        return false;
    return loss_check_weights(diag, name, "weight", weight, output) && good;
}

const double *loss_weights(const Arg *weights)
{
    return weights->none ? NULL : weights->list;
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

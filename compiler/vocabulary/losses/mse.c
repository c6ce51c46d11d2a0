/* torch.nn.MSELoss */
#include "vocabulary/vocabulary.h"

enum { SIZE_AVERAGE, REDUCE, REDUCTION };

static const Param params[] = {
    {"size_average", ARG_BOOL, "None", "MSELoss no longer has size_average: write reduction=\"mean\" or \"sum\""},
    {"reduce", ARG_BOOL, "None", "MSELoss no longer has reduce: write reduction=\"mean\" or \"sum\""},
    {"reduction", ARG_STRING, "\"mean\"", NULL},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    if (output.rank != 1) {
        diag_error(diag, args->span, "MSELoss expects a row of numbers but the model gives %s",
                   shape_text(arena, output));
        diag_note(diag, network, "a model that ends with Flatten() or Linear(_, outputs) gives that");
        return false;
    }
    return loss_check_reduction(diag, "MSELoss", &args->at[REDUCTION]);
}

static Value *lower(Builder *builder, const Args *args, Value *output, Value *target)
{
    Attributes attr = {.loss = {.reduction = loss_reduction(&args->at[REDUCTION]), .ignore_index = -100}};
    return graph_value(builder, OP_MSE, "loss", output, target, NULL, (Shape){0}, attr);
}

/* dx = 2 (x - t), divided by the number of elements where the mean is taken; the loss's own gradient is 1. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    (void)dy;
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_MSE_GRAD, op->in[0], op->in[0], op->in[1], op->attr);
}

const LossKind loss_mse = {"MSELoss", "the mean of (x - t)^2", params, false, check, lower,
                           {.shape = "outputs, targets of the same shape -> a number", .example = "loss MSELoss()"}};
const BackwardRule backward_mse = {OP_MSE, backward};

/* torch.nn.CrossEntropyLoss over class numbers */
#include "vocabulary/vocabulary.h"

enum { WEIGHT, SIZE_AVERAGE, IGNORE_INDEX, REDUCE, REDUCTION, LABEL_SMOOTHING };

static const Param params[] = {
    {"weight", ARG_FLOATS, "None", "CrossEntropyLoss counts all classes alike: weight is not supported yet"},
    {"size_average", ARG_BOOL, "None",
     "CrossEntropyLoss no longer has size_average: write reduction=\"mean\" or \"sum\""},
    {"ignore_index", ARG_INT, "-100", "CrossEntropyLoss counts all labels: ignore_index is not supported yet"},
    {"reduce", ARG_BOOL, "None", "CrossEntropyLoss no longer has reduce: write reduction=\"mean\" or \"sum\""},
    {"reduction", ARG_STRING, "\"mean\"", NULL},
    {"label_smoothing", ARG_FLOAT, "0.0", NULL},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    const Arg *smoothing = &args->at[LABEL_SMOOTHING];
    bool good = loss_check_reduction(diag, "CrossEntropyLoss", &args->at[REDUCTION]);
    if (!(smoothing->f >= 0 && smoothing->f <= 1)) {
        diag_error(diag, smoothing->span, "CrossEntropyLoss expects label_smoothing between 0 and 1 but gets %.12g",
                   smoothing->f);
        good = false;
    }
    if (output.rank != 1) {
        diag_error(diag, args->span, "CrossEntropyLoss expects one number per class but the model gives %s",
                   shape_text(arena, output));
        diag_note(diag, network, "a model that ends with Flatten() or Linear(_, classes) gives that");
        good = false;
    }
    return good;
}

static Attributes attributes(const Args *args)
{
    return (Attributes){.loss = {.reduction = loss_reduction(&args->at[REDUCTION]),
                                 .label_smoothing = args->at[LABEL_SMOOTHING].f, .ignore_index = -100}};
}

static Value *lower(Builder *builder, const Args *args, Value *output, Value *target)
{
    return graph_value(builder, OP_CROSS_ENTROPY, "loss", output, target, NULL, (Shape){0}, attributes(args));
}

/* dx = (softmax(x) - t) / N, t smoothed; the loss's own gradient is 1. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    (void)dy;
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_CROSS_ENTROPY_GRAD, op->in[0], op->in[0], op->in[1], op->attr);
}

const LossKind loss_cross_entropy = {
    "CrossEntropyLoss", "softmax and negative log likelihood", params, true, check, lower,
    {.shape = "classes, the number of one -> a number", .example = "loss CrossEntropyLoss(label_smoothing=0.1)"}};
const BackwardRule backward_cross_entropy = {OP_CROSS_ENTROPY, backward};

/* torch.nn.BCELoss and BCEWithLogitsLoss: each output is a yes or no of its own */
#include "vocabulary/losses/loss.h"

enum { WEIGHT, REDUCTION = 3, POS_WEIGHT };

#define ARGUMENTS(loss)                                                                   \
    {"weight", ARG_TENSOR, "None", NULL}, SIZE_AVERAGE(loss), REDUCE(loss),               \
    {"reduction", ARG_STRING, "\"mean\"", NULL}

static const Param bce_params[] = {ARGUMENTS("BCELoss"), {0}};
static const Param logits_params[] = {
    ARGUMENTS("BCEWithLogitsLoss"), {"pos_weight", ARG_TENSOR, "None", NULL}, {0}};

#define OF_LISTS "weights are numbers or nested lists, which stand for tensors, and the same for each sample"

/* Whether torch broadcasts numbers to a batch of outputs, the same for each sample: dimensions, from the last one on,
 * are as long or 1, and the batch's, if they have it, is 1. */
static bool broadcasts(Shape from, Shape to)
{
    bool good = from.rank <= to.rank + 1;
    for (int i = 1; i <= from.rank; i++) {
        int64_t have = from.dim[from.rank - i];
        good = good && (have == 1 || (i <= to.rank && have == to.dim[to.rank - i]));
    }
    return good;
}

static bool check_weights(Arena *arena, Diag *diag, const char *name, const char *what, const Arg *weights,
                          Shape output)
{
    if (weights->none || broadcasts(weights->shape, output))
        return true;
    diag_error(diag, weights->span,
               "%s expects %s to be a number, or numbers that broadcast to the output, %s, but gets %s", name, what,
               shape_text(arena, output), shape_text(arena, weights->shape));
    return false;
}

static bool check(Arena *arena, Diag *diag, const char *name, const Args *args, Shape output)
{
    bool good = loss_check_reduction(diag, name, &args->at[REDUCTION], NULL);
    return check_weights(arena, diag, name, "weight", &args->at[WEIGHT], output) && good;
}

static bool check_bce(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    (void)network;
    return check(arena, diag, "BCELoss", args, output);
}

static bool check_logits(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    (void)network;
    bool good = check(arena, diag, "BCEWithLogitsLoss", args, output);
    return check_weights(arena, diag, "BCEWithLogitsLoss", "pos_weight", &args->at[POS_WEIGHT], output) && good;
}

/* A weight for each element of the output, or NULL. */
static const double *expand(Arena *arena, const Arg *weights, Shape output)
{
    if (weights->none)
        return NULL;
    int64_t count = shape_count(output);
    double *all = arena_alloc(arena, (size_t)count * sizeof *all);
    for (int64_t at = 0; at < count; at++) {
        int64_t left = at, from = 0, step = 1;
        for (int i = 1; i <= output.rank && i <= weights->shape.rank; i++) {
            int64_t have = weights->shape.dim[weights->shape.rank - i], extent = output.dim[output.rank - i];
            from += have == 1 ? 0 : left % extent * step;
            step *= have;
            left /= extent;
        }
        all[at] = weights->list[from];
    }
    return all;
}

static void settings_bce(Arena *arena, const Args *args, Shape output, LossSettings *settings)
{
    settings->reduction = loss_reduction(&args->at[REDUCTION]);
    settings->weight = expand(arena, &args->at[WEIGHT], output);
}

static void settings_logits(Arena *arena, const Args *args, Shape output, LossSettings *settings)
{
    settings_bce(arena, args, output, settings);
    settings->pos_weight = expand(arena, &args->at[POS_WEIGHT], output);
}

extern const LossKind loss_bce, loss_bce_with_logits;
const LossKind loss_bce = {
    "BCELoss", "binary cross entropy of probabilities: -t log x - (1 - t) log(1 - x)", bce_params, false, check_bce,
    settings_bce, "nc_bce",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss BCELoss()",
     .differs = ONE_NUMBER "; " OF_LISTS},
    OUTPUT_PROBABILITY};
const LossKind loss_bce_with_logits = {
    "BCEWithLogitsLoss", "binary cross entropy of what a sigmoid makes of x", logits_params, false, check_logits,
    settings_logits, "nc_bce_with_logits",
    {.shape = "outputs, targets of the same shape -> a number",
     .example = "loss BCEWithLogitsLoss(pos_weight=[2, 2, 5])",
     .differs = ONE_NUMBER "; " OF_LISTS},
    OUTPUT_LOGIT};

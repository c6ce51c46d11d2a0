/* torch.nn.BCELoss and BCEWithLogitsLoss: each output is a yes or no of its own */
#include "vocabulary/losses/loss.h"

enum { WEIGHT, REDUCTION = 3, POS_WEIGHT };

#define ARGUMENTS(loss)                                                                   \
    {"weight", ARG_FLOATS, "None", NULL}, SIZE_AVERAGE(loss), REDUCE(loss),               \
    {"reduction", ARG_STRING, "\"mean\"", NULL}

static const Param bce_params[] = {ARGUMENTS("BCELoss"), {0}};
static const Param logits_params[] = {
    ARGUMENTS("BCEWithLogitsLoss"), {"pos_weight", ARG_FLOATS, "None", NULL}, {0}};

static bool check(Arena *arena, Diag *diag, const char *name, const Args *args, Shape output, Span network)
{
    return loss_check_weighted(arena, diag, name, args, &args->at[WEIGHT], &args->at[REDUCTION], output, network,
                               "a row of numbers");
}

static bool check_bce(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    return check(arena, diag, "BCELoss", args, output, network);
}

static bool check_logits(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    bool good = check(arena, diag, "BCEWithLogitsLoss", args, output, network);
    return output.rank == 1 &&
           loss_check_weights(diag, "BCEWithLogitsLoss", "pos_weight", &args->at[POS_WEIGHT], output) && good;
}

static void settings_bce(const Args *args, LossSettings *settings)
{
    settings->reduction = loss_reduction(&args->at[REDUCTION]);
    settings->weight = loss_weights(&args->at[WEIGHT]);
}

static void settings_logits(const Args *args, LossSettings *settings)
{
    settings_bce(args, settings);
    settings->pos_weight = loss_weights(&args->at[POS_WEIGHT]);
}

extern const LossKind loss_bce, loss_bce_with_logits;
const LossKind loss_bce = {
    "BCELoss", "binary cross entropy of probabilities: -t log x - (1 - t) log(1 - x)", bce_params, false, check_bce,
    settings_bce, "nc_bce",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss BCELoss()"},
    OUTPUT_PROBABILITY};
const LossKind loss_bce_with_logits = {
    "BCEWithLogitsLoss", "binary cross entropy of what a sigmoid makes of x", logits_params, false, check_logits,
    settings_logits, "nc_bce_with_logits",
    {.shape = "outputs, targets of the same shape -> a number",
     .example = "loss BCEWithLogitsLoss(pos_weight=[2, 2, 5])"},
    OUTPUT_LOGIT};

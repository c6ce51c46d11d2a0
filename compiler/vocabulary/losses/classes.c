/* torch.nn.CrossEntropyLoss and NLLLoss: over class numbers, the former also over probabilities of the classes. Which
 * of both the targets are, the data know when they are read. An output of more dimensions has a class at each place. */
#include <inttypes.h>

#include "vocabulary/losses/loss.h"

enum { WEIGHT, IGNORE_INDEX = 2, REDUCTION = 4, LABEL_SMOOTHING };

#define IGNORED "a batch of which all is ignored has a loss of 0, not nan; data of which all are end the run"

#define ARGUMENTS(loss)                          \
    {"weight", ARG_FLOATS, "None", NULL},        \
    SIZE_AVERAGE(loss),                          \
    {"ignore_index", ARG_INT, "-100", NULL},     \
    REDUCE(loss),                                \
    {"reduction", ARG_STRING, "\"mean\"", NULL}

static const Param cross_entropy_params[] = {
    ARGUMENTS("CrossEntropyLoss"),
    {"label_smoothing", ARG_FLOAT, "0.0", NULL},
    {0},
};
static const Param nll_params[] = {ARGUMENTS("NLLLoss"), {0}};

static bool check(Arena *arena, Diag *diag, const char *name, const Args *args, Shape output, Span network)
{
    const Arg *weight = &args->at[WEIGHT];
    bool good = loss_check_reduction(diag, name, &args->at[REDUCTION], NULL);
    (void)network;
    if (weight->none || weight->list_count == output.dim[0])
        return good;
    diag_error(diag, weight->span, "%s expects weight to have a number for each of the %" PRId64 " %s but gets %d",
               name, output.dim[0], output.rank > 1 ? arena_printf(arena, "classes of %s", shape_text(arena, output))
                                              : "outputs", weight->list_count);
    return false;
}

static bool check_cross_entropy(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    const Arg *smoothing = &args->at[LABEL_SMOOTHING];
    bool good = smoothing->f >= 0 && smoothing->f <= 1;
    if (!good)
        diag_error(diag, smoothing->span, "CrossEntropyLoss expects label_smoothing between 0 and 1 but gets %.12g",
                   smoothing->f);
    return check(arena, diag, "CrossEntropyLoss", args, output, network) && good;
}

static bool check_nll(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    return check(arena, diag, "NLLLoss", args, output, network);
}

static void settings_classes(Arena *arena, const Args *args, Shape output, LossSettings *settings)
{
    const Arg *weight = &args->at[WEIGHT];
    (void)arena, (void)output;
    settings->reduction = loss_reduction(&args->at[REDUCTION]);
    settings->ignore_index = args->at[IGNORE_INDEX].i;
    settings->weight = weight->none ? NULL : weight->list;
}

static void settings_nll(Arena *arena, const Args *args, Shape output, LossSettings *settings)
{
    settings_classes(arena, args, output, settings);
    settings->labels_only = true;
}

static void settings_cross_entropy(Arena *arena, const Args *args, Shape output, LossSettings *settings)
{
    settings_classes(arena, args, output, settings);
    settings->label_smoothing = args->at[LABEL_SMOOTHING].f;
}

extern const LossKind loss_cross_entropy, loss_nll;
const LossKind loss_cross_entropy = {
    "CrossEntropyLoss", "softmax and negative log likelihood", cross_entropy_params, true, check_cross_entropy,
    settings_cross_entropy, "nc_cross_entropy",
    {.shape = "C, the number of a class or a probability of each -> a number; "
              "C,L or C,H,W, a class for each place, L or H,W, or probabilities -> a number",
     .example = "loss CrossEntropyLoss(label_smoothing=0.1)",
     .differs = ONE_NUMBER "; " IGNORED},
    OUTPUT_LOGIT};
const LossKind loss_nll = {
    "NLLLoss", "negative log likelihood of log-probabilities", nll_params, true, check_nll, settings_nll, "nc_nll",
    {.shape = "C, the number of a class -> a number; C,L or C,H,W, a class for each place, L or H,W -> a number",
     .example = "loss NLLLoss(ignore_index=0)",
     .differs = ONE_NUMBER "; " IGNORED},
    OUTPUT_LOG_PROBABILITY};

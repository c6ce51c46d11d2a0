/* torchmetrics' MeanAbsoluteError and MeanSquaredError: of numbers. */
#include "step/metric_names.h"
#include "vocabulary/vocabulary.h"

#define NUM_OUTPUTS {"num_outputs", ARG_INT, "1", "'num_outputs' is not supported: the mean is over all outputs"}

static const Param absolute_params[] = {NUM_OUTPUTS, {0}};
static const Param squared_params[] = {{"squared", ARG_BOOL, "True", NULL}, NUM_OUTPUTS, {0}};

static bool check(Diag *diag, const Args *args, const LossKind *loss, int64_t outputs)
{
    (void)outputs; /* any number of them */
    if (!loss->classes && loss->output == OUTPUT_NUMBER)
        return true;
    diag_error(diag, args->span, "a mean error is of numbers, but %s compares %s%s", loss->name,
               loss->classes ? "classes" : "probabilities",
               loss->output == OUTPUT_LOG_PROBABILITY ? "" : ": Accuracy() does");
    return false;
}

static const char *no_arguments(Arena *arena, const Args *args, const LossKind *loss)
{
    (void)arena, (void)args, (void)loss; /* there is nothing to say */
    return "";
}

static const char *squared_arguments(Arena *arena, const Args *args, const LossKind *loss)
{
    (void)loss; /* it is of numbers */
    return arena_printf(arena, ", %d", (int)args->at[0].i);
}

static const char *absolute_printed(Arena *arena, const Args *args)
{
    char name[NC_METRIC_NAME];
    (void)args; /* it has but one name */
    nc_error_name(name, 0, 0);
    return arena_printf(arena, "%s", name);
}

static const char *squared_printed(Arena *arena, const Args *args)
{
    char name[NC_METRIC_NAME];
    nc_error_name(name, 1, !args->at[0].i);
    return arena_printf(arena, "%s", name);
}

extern const MetricKind metric_mean_absolute_error, metric_mean_squared_error;
const MetricKind metric_mean_absolute_error = {
    "MeanAbsoluteError", "the mean of |x - t|", absolute_params, check, "nc_mean_absolute_error", no_arguments,
    absolute_printed,
    {.shape = "outputs, targets of the same shape -> a number", .example = "metrics MeanAbsoluteError()"}};
const MetricKind metric_mean_squared_error = {
    "MeanSquaredError", "the mean of (x - t)^2, or its root with squared=False", squared_params, check,
    "nc_mean_squared_error", squared_arguments, squared_printed,
    {.shape = "outputs, targets of the same shape -> a number", .example = "metrics MeanSquaredError(squared=False)"}};

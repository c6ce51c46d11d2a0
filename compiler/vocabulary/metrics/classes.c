/* torchmetrics' Accuracy and ConfusionMatrix: of classes, or of outputs that each are a yes or no. */
#include <inttypes.h>
#include <string.h>

#include "step/metric_names.h"
#include "vocabulary/vocabulary.h"

enum { TASK, THRESHOLD, NUM_CLASSES, NUM_LABELS, AVERAGE, TOP_K = 6 };

#define NO_IGNORE "'ignore_index' is not supported: what the loss ignores counts in no metric, all else does"
#define NO_VALIDATION "'validate_args' says nothing here: arguments are checked when the file is compiled"

/* What both begin with. */
#define TASK_PARAMS                                                                     \
    {"task", ARG_STRING, "None", NULL}, {"threshold", ARG_FLOAT, "0.5", NULL},          \
    {"num_classes", ARG_INT, "None", NULL}, {"num_labels", ARG_INT, "None", NULL}

static const Param accuracy_params[] = {
    TASK_PARAMS,
    {"average", ARG_STRING, "\"micro\"", NULL},
    {"multidim_average", ARG_STRING, "\"global\"",
     "'multidim_average' is not supported: all places of all samples count alike, as with \"global\""},
    {"top_k", ARG_INT, "1", NULL},
    {"ignore_index", ARG_INT, "None", NO_IGNORE},
    {"validate_args", ARG_BOOL, "True", NO_VALIDATION},
    {0},
};
static const Param confusion_params[] = {
    TASK_PARAMS,
    {"normalize", ARG_STRING, "None", "'normalize' is not supported: a confusion matrix has counts"},
    {"ignore_index", ARG_INT, "None", NO_IGNORE},
    {"validate_args", ARG_BOOL, "True", NO_VALIDATION},
    {0},
};

enum { MOST_CONFUSED = 1000 }; /* classes of a matrix */

/* torchmetrics' word for what a loss and a number of outputs are about; NULL: for neither. */
static const char *task_of(const LossKind *loss, int64_t outputs)
{
    if (loss->classes)
        return "multiclass";
    if (loss->output != OUTPUT_PROBABILITY && loss->output != OUTPUT_LOGIT)
        return NULL;
    return outputs == 1 ? "binary" : "multilabel";
}

/* Whether a number that the task fixes is that one, where it is given. */
static bool check_number(Diag *diag, const char *name, const char *argument, const Arg *given, bool has, int64_t number)
{
    if (given->none || (has && given->i == number))
        return true;
    if (has)
        diag_error(diag, given->span, "%s expects %s=%" PRId64 ", the model's outputs, but gets %" PRId64, name,
                   argument, number, given->i);
    else
        diag_error(diag, given->span, "%s has no %s here: leave it out", name, argument);
    return false;
}

/* What both have. Gives the task, or NULL after reporting. */
static const char *check_task(Diag *diag, const char *name, const Args *args, const LossKind *loss, int64_t outputs)
{
    const char *task = task_of(loss, outputs);
    const Arg *given = &args->at[TASK], *threshold = &args->at[THRESHOLD];
    if (!task) {
        const char *numbers = "numbers: MeanAbsoluteError() and MeanSquaredError() do";
        diag_error(diag, args->span, "%s is of classes, but %s compares %s", name, loss->name,
                   loss->output == OUTPUT_NUMBER ? numbers : "distributions");
        return NULL;
    }
    if (!given->none && strcmp(given->s, task)) {
        diag_error(diag, given->span, "%s has task=\"%s\" with %s and %" PRId64 " output%s but gets \"%s\"", name, task,
                   loss->name, outputs, outputs == 1 ? "" : "s", given->s);
        return NULL;
    }
    if (loss->classes && threshold->given) {
        diag_error(diag, threshold->span, "%s has no threshold with %s: the largest output is the class", name,
                   loss->name);
        return NULL;
    }
    if (!(threshold->f > 0 && threshold->f < 1)) {
        diag_error(diag, threshold->span, "%s expects a threshold between 0 and 1 but gets %.12g", name, threshold->f);
        return NULL;
    }
    bool good = check_number(diag, name, "num_classes", &args->at[NUM_CLASSES], loss->classes, outputs) &&
                check_number(diag, name, "num_labels", &args->at[NUM_LABELS], !loss->classes && outputs > 1, outputs);
    return good ? task : NULL;
}

static bool check_accuracy(Diag *diag, const Args *args, const LossKind *loss, int64_t outputs)
{
    const Arg *average = &args->at[AVERAGE], *top = &args->at[TOP_K];
    const char *task = check_task(diag, "Accuracy", args, loss, outputs);
    if (!task)
        return false;
    bool micro = !strcmp(average->s, "micro"), classes = loss->classes;
    if (!micro && strcmp(average->s, "macro") && strcmp(average->s, "none")) {
        diag_error(diag, average->span, "Accuracy expects average \"micro\", \"macro\" or \"none\" but gets \"%s\"",
                   average->s);
        return false;
    }
    if (!micro && !classes) {
        diag_error(diag, average->span, "Accuracy of %s outputs counts all alike: average=\"micro\"", task);
        return false;
    }
    if (top->i < 1 || top->i > outputs || (top->i > 1 && !classes)) {
        diag_error(diag, top->span, "Accuracy expects top_k from 1 to %" PRId64 " but gets %" PRId64,
                   classes ? outputs : 1, top->i);
        return false;
    }
    if (top->i > 1 && !micro) {
        diag_error(diag, average->span, "Accuracy with top_k counts all samples alike: average=\"micro\"");
        return false;
    }
    return true;
}

static bool check_confusion(Diag *diag, const Args *args, const LossKind *loss, int64_t outputs)
{
    const char *task = check_task(diag, "ConfusionMatrix", args, loss, outputs);
    if (!task)
        return false;
    if (!strcmp(task, "multilabel")) {
        diag_error(diag, args->span, "ConfusionMatrix expects one output or classes but there are %" PRId64
                   " outputs with %s", outputs, loss->name);
        return false;
    }
    if (outputs > MOST_CONFUSED)
        diag_error(diag, args->span, "ConfusionMatrix is of at most %d classes but there are %" PRId64, MOST_CONFUSED,
                   outputs);
    return outputs <= MOST_CONFUSED;
}

/* ", 0.5, 1": the threshold, and whether outputs are logits. */
static const char *threshold_arguments(Arena *arena, const Args *args, const LossKind *loss)
{
    return arena_printf(arena, ", %.9g, %d", args->at[THRESHOLD].f,
                        !loss->classes && loss->output == OUTPUT_LOGIT);
}

static const char *accuracy_arguments(Arena *arena, const Args *args, const LossKind *loss)
{
    return arena_printf(arena, ", \"%s\", %lld%s", args->at[AVERAGE].s, (long long)args->at[TOP_K].i,
                        threshold_arguments(arena, args, loss));
}

/* That of each class by itself is a table. */
static const char *accuracy_printed(Arena *arena, const Args *args)
{
    char name[NC_METRIC_NAME];
    if (!strcmp(args->at[AVERAGE].s, "none"))
        return NULL;
    nc_accuracy_name(name, args->at[AVERAGE].s, (int)args->at[TOP_K].i, args->at[THRESHOLD].f);
    return arena_printf(arena, "%s", name);
}

#define FROM_LOSS "task, num_classes and num_labels follow from the loss and the model, and are checked where given; " \
                  "a binary target is yes from 0.5 on"

extern const MetricKind metric_accuracy, metric_confusion_matrix;
const MetricKind metric_accuracy = {
    "Accuracy", "the share of right answers: of all, of each class, or among the first k", accuracy_params,
    check_accuracy, "nc_accuracy", accuracy_arguments, accuracy_printed,
    {.shape = "outputs, targets -> a number; with average=\"none\" one for each class, printed at the end",
     .example = "metrics Accuracy(top_k=2), Accuracy(average=\"macro\")",
     .differs = FROM_LOSS "; average is \"micro\", or of classes also \"macro\" or \"none\""}};
const MetricKind metric_confusion_matrix = {
    "ConfusionMatrix", "how often each class was taken for each, printed at the end", confusion_params,
    check_confusion, "nc_confusion_matrix", threshold_arguments, NULL,
    {.shape = "outputs, targets -> a row for each class, a column for each answer",
     .example = "metrics ConfusionMatrix()", .differs = FROM_LOSS}};

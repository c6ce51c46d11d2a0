/* save "net_{epoch}.pth", keep=3, best=accuracy, every=500 and stop patience=5, metric=test_loss */
#include <string.h>

#include "step/metric_names.h"
#include "model/trainer.h"

/* Places among the arguments. */
enum { PATTERN, KEEP, BEST, EVERY, UNIT, WHOLE };
enum { PATIENCE, METRIC, MIN_DELTA, MODE };

enum { MOST_KEPT = 10000 }; /* as many as the runtime takes */

/* ---- Metrics ----------------------------------------------------------------------------------------------------- */

typedef struct Printed {
    VEC(const char *) names;
} Printed;

static void add_name(Trainer *t, Printed *printed, const char *name)
{
    for (int i = 0; i < printed->names.count; i++)
        if (strcmp(printed->names.at[i], name) == 0)
            return;
    vec_push(t->build->arena, printed->names, name);
}

/* Everything that a run of this train block prints a number of after an epoch. */
static Printed all_printed(Trainer *t)
{
    const Train *train = t->train;
    Printed printed = {0};
    add_name(t, &printed, NC_TRAIN_LOSS);
    if (train->loss->classes)
        add_name(t, &printed, NC_TRAIN_ACCURACY);
    if (t->found[SET_TEST])
        add_name(t, &printed, NC_TEST_LOSS);
    if (t->found[SET_TEST] && train->loss->classes)
        add_name(t, &printed, NC_TEST_ACCURACY);
    for (int i = 0; i < train->measures.count; i++) {
        const Measure *measure = &train->measures.at[i];
        const char *name = measure->kind->printed ? measure->kind->printed(t->build->arena, &measure->args) : NULL;
        if (name)
            add_name(t, &printed, name);
    }
    return printed;
}

/* "train_loss, train_accuracy and test_loss" */
static const char *list_text(Arena *arena, const Printed *printed)
{
    Text text = text_new(arena);
    for (int i = 0; i < printed->names.count; i++)
        text_printf(&text, "%s%s", !i ? "" : i + 1 == printed->names.count ? " and " : ", ", printed->names.at[i]);
    return text.bytes;
}

/* What is looked at after each epoch must be measured then. Reports where it is not. */
static void check_each_epoch(Trainer *t, const char *setting, const char *name, Span span)
{
    const bool trained = strcmp(name, NC_TRAIN_LOSS) == 0 || strcmp(name, NC_TRAIN_ACCURACY) == 0;
    if (trained || t->train->test.every <= 1)
        return;
    diag_error(t->build->diag, span, "'%s' looks at %s after each epoch, but 'test' measures it after every %d: leave "
               "every out there, or look at %s", setting, name, t->train->test.every, NC_TRAIN_LOSS);
}

/* The printed name of the metric that `arg` names, "accuracy" being short for the test data's; NULL after reporting, or
 * where the loss is not known. */
static const char *find_metric(Trainer *t, const char *setting, const char *argument, const Arg *arg)
{
    Diag *diag = t->build->diag;
    if (!t->train->loss)
        return NULL;
    const Printed printed = all_printed(t);
    const char *wanted = strcmp(arg->s, "accuracy") == 0 ? NC_TEST_ACCURACY : arg->s;
    for (int i = 0; i < printed.names.count; i++)
        if (strcmp(printed.names.at[i], wanted) == 0) {
            check_each_epoch(t, setting, printed.names.at[i], arg->span);
            return printed.names.at[i];
        }
    bool of_test = strncmp(wanted, "test_", 5) == 0;
    if (strncmp(wanted, "val_", 4) == 0) /* as others call it */
        wanted = arena_printf(t->build->arena, "test_%s", wanted + 4);
    const char *closest = diag_closest(wanted, printed.names.at, printed.names.count);
    if (of_test && !t->found[SET_TEST])
        diag_error(diag, arg->span, "'%s' looks at %s, and there is no test data: 'test NAME' gives it, or %s=%s",
                   setting, wanted, argument, NC_TRAIN_LOSS);
    else if (closest)
        diag_error(diag, arg->span, "no metric of this run is called '%s'; did you mean '%s'?", arg->s, closest);
    else
        diag_error(diag, arg->span, "no metric of this run is called '%s': it has %s ('metrics' adds others)", arg->s,
                   list_text(t->build->arena, &printed));
    return NULL;
}

/* ---- save -------------------------------------------------------------------------------------------------------- */

static bool has_hole(const char *pattern)
{
    return strstr(pattern, "{epoch}") || strstr(pattern, "{step}");
}

/* {epoch} and {step} are all that a name to save under can have in braces. */
static bool check_pattern(Trainer *t, const Arg *pattern)
{
    static const char *const holes[] = {"{epoch}", "{step}"};
    for (const char *c = pattern->s; *c; c++) {
        size_t length = 0;
        for (int i = 0; i < 2 && !length; i++)
            length = strncmp(c, holes[i], strlen(holes[i])) == 0 ? strlen(holes[i]) : 0;
        if (!length && (*c == '{' || *c == '}')) {
            diag_error(t->build->diag, pattern->span,
                       "name to save under has {epoch} and {step} in braces and nothing else");
            return false;
        }
        c += length ? length - 1 : 0;
    }
    return true;
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), own = strlen(ending);
    return length >= own && strcmp(name + length - own, ending) == 0;
}

static void take_keep(Trainer *t, const Args *args)
{
    const Arg *keep = &args->at[KEEP];
    if (keep->none || !at_least(t, "keep", keep, 1))
        return;
    if (keep->i > MOST_KEPT)
        diag_error(t->build->diag, keep->span, "keep expects at most %d but gets %lld", MOST_KEPT, (long long)keep->i);
    else if (!has_hole(args->at[PATTERN].s))
        diag_error(t->build->diag, keep->span,
                   "keep chooses among files, but all are saved as \"%s\": write {epoch} or {step} into the name",
                   args->at[PATTERN].s);
    else if (has_ending(args->at[PATTERN].s, ".safetensors"))
        diag_error(t->build->diag, keep->span, "keep knows its files by what they say of the run, and files of "
                   "safetensors say nothing: take a name that ends with .pth, or leave keep out");
    else
        t->train->save_keep = (int)keep->i;
}

static void take_every(Trainer *t, const Args *args)
{
    const Arg *every = &args->at[EVERY], *unit = &args->at[UNIT];
    bool known = strcmp(unit->s, "step") == 0 || strcmp(unit->s, "epoch") == 0;
    if (!known)
        diag_error(t->build->diag, unit->span, "save expects unit=step or unit=epoch but gets %s", unit->s);
    else if (every->none && unit->given)
        diag_error(t->build->diag, unit->span, "unit says what 'every' counts: write every=2, unit=%s", unit->s);
    else if (!every->none && at_least(t, "every", every, 1))
        t->train->save_every = (int)every->i;
    t->train->save_unit = unit->s;
}

/* Whether what the arguments of `save` name can hold the whole model. */
static bool check_whole(Trainer *t, const Args *args)
{
    if (has_ending(args->at[PATTERN].s, ".safetensors")) {
        diag_error(t->build->diag, args->at[WHOLE].span, "whole=True saves objects of PyTorch's, and a file of "
                   "safetensors holds parameters alone: take a name that ends with .pth");
        return false;
    }
    return t->network && t->network->known &&
           network_check_objects(t->build->arena, t->build->diag, t->train->network, args->at[WHOLE].span);
}

static void build_save(Trainer *t)
{
    Args args;
    if (!bind_setting(t, SET_SAVE, &args) || !not_empty(t, "save", &args.at[PATTERN]) ||
        !check_pattern(t, &args.at[PATTERN]))
        return;
    t->train->save = args.at[PATTERN].s;
    t->train->save_whole = args.at[WHOLE].i != 0 && check_whole(t, &args);
    take_keep(t, &args);
    take_every(t, &args);
    if (!args.at[BEST].none)
        t->train->save_best = find_metric(t, "save", "best", &args.at[BEST]);
}

/* ---- stop -------------------------------------------------------------------------------------------------------- */

static void build_stop(Trainer *t)
{
    Args *args = arena_make(t->build->arena, Args);
    if (!bind_setting(t, SET_STOP, args))
        return;
    at_least(t, "patience", &args->at[PATIENCE], 0);
    const Arg *mode = &args->at[MODE], *delta = &args->at[MIN_DELTA];
    if (strcmp(mode->s, "auto") && strcmp(mode->s, "min") && strcmp(mode->s, "max"))
        diag_error(t->build->diag, mode->span, "stop expects mode=min, max or auto but gets %s", mode->s);
    if (!(delta->f >= 0))
        diag_error(t->build->diag, delta->span, "min_delta expects a number of at least 0 but gets %.12g", delta->f);
    args->at[METRIC].s = find_metric(t, "stop", "metric", &args->at[METRIC]);
    t->train->stop = args;
}

void build_keeping(Trainer *t)
{
    build_save(t);
    build_stop(t);
}

/* scheduler StepLR(step_size=5, gamma=0.5), every=batch */
#include <string.h>

#include "model/trainer.h"

/* As the emitted C calls them: enum Metric. */
static const char *const metrics[] = {NULL, "test_loss", "test_accuracy", "train_loss", "train_accuracy"};

enum { MAX_CHILDREN = 16 };

/* Momentum, or the first beta, which some schedulers move. */
static void check_momentum(Trainer *t, const Scheduler *s)
{
    const OptimizerKind *optimizer = t->train->optimizer;
    if (!s->kind->cycles || !s->args.at[s->kind->cycles].i || !optimizer ||
        signature_find(optimizer->params, "momentum") >= 0 || signature_find(optimizer->params, "betas") >= 0)
        return;
    diag_error(t->build->diag, s->span, "%s moves the momentum, and %s has none: write cycle_momentum=False",
               s->kind->name, optimizer->name);
}

static Scheduler *build_one(Trainer *t, const Syntax *call, const char *path, bool inner);

/* The list of schedulers that one of several begins with. */
static bool build_children(Trainer *t, Scheduler *s, const Syntax *list, const char *path)
{
    Build *build = t->build;
    bool good = true;
    if (!list || (list->kind != SYNTAX_LIST && list->kind != SYNTAX_TUPLE) || !list->items.count ||
        list->items.count > MAX_CHILDREN) {
        diag_error(build->diag, list ? list->span : s->span, "%s expects a list of 1 to %d schedulers first",
                   s->kind->name, MAX_CHILDREN);
        return false;
    }
    for (int i = 0; i < list->items.count; i++) {
        const Syntax *item = list->items.at[i];
        if (item->kind != SYNTAX_CALL) {
            diag_error(build->diag, item->span, "%s expects schedulers in its list, such as StepLR(step_size=5)",
                       s->kind->name);
            return false;
        }
        Scheduler *child = build_one(t, item, arena_printf(build->arena, "%s.%d", path, i), true);
        good &= child != NULL;
        vec_push(build->arena, s->children, child);
    }
    return good;
}

/* Takes the list of schedulers out of the arguments. */
static const Syntax *take_list(const Syntax *call, const Syntax **rest, int *count)
{
    const Syntax *list = NULL;
    *count = 0;
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *argument = call->items.at[i];
        if (!list && ((i == 0 && !argument->name) || (argument->name && strcmp(argument->name, "schedulers") == 0)))
            list = argument->value;
        else
            rest[(*count)++] = argument;
    }
    return list;
}

static Scheduler *build_one(Trainer *t, const Syntax *call, const char *path, bool inner)
{
    Build *build = t->build;
    Scheduler *s = arena_make(build->arena, Scheduler);
    s->kind = find_kind(build, "scheduler", call, vocabulary_schedulers);
    s->span = call->span;
    if (!s->kind)
        return NULL;
    if (call->items.count && call->items.at[0]->value->kind == SYNTAX_NAME &&
        strcmp(call->items.at[0]->value->name, "optimizer") == 0) {
        diag_error(build->diag, call->items.at[0]->span, "%s is given the train block's optimizer: leave it out",
                   s->kind->name);
        return NULL;
    }
    if (inner && (s->kind->several || s->kind->metric)) {
        diag_error(build->diag, call->name_span, "%s cannot stand in a list of schedulers", s->kind->name);
        return NULL;
    }
    const Param *params = s->kind->params;
    const Syntax **arguments = arena_alloc(build->arena, ((size_t)call->items.count + 1) * sizeof *arguments);
    int count = call->items.count;
    for (int i = 0; i < count; i++)
        arguments[i] = call->items.at[i];
    if (s->kind->several && !build_children(t, s, take_list(call, arguments, &count), path))
        return NULL;
    Args args;
    if (!bind_arguments(build, s->kind->name, params + s->kind->several, arguments, count, call->span, path, false,
                        &args))
        return NULL;
    s->args.span = args.span;
    for (int i = 0; params[s->kind->several + i].name; i++)
        s->args.at[s->kind->several + i] = args.at[i];
    if (s->kind->check && !s->kind->check(build->arena, build->diag, &s->args))
        return NULL;
    int milestones = s->args.at[1].list_count;
    if (s->kind->several && milestones && milestones != s->children.count - 1) {
        diag_error(build->diag, s->span, "%s expects a milestone between two schedulers: %d for %d, but gets %d",
                   s->kind->name, s->children.count - 1, s->children.count, milestones);
        return NULL;
    }
    check_momentum(t, s);
    return s;
}

/* ---- How often, and what it looks at ----------------------------------------------------------------------------- */

/* The name behind `every=` or `metric=`, or NULL. */
static const char *word_of(const Syntax *argument)
{
    bool named = argument->value->kind == SYNTAX_NAME || argument->value->kind == SYNTAX_STRING;
    return named ? argument->value->name : NULL;
}

static void take_every(Trainer *t, const Syntax *argument)
{
    const char *word = word_of(argument);
    t->train->every_batch = word && strcmp(word, "batch") == 0;
    if (!word || (!t->train->every_batch && strcmp(word, "epoch") != 0))
        diag_error(t->build->diag, argument->value->span, "scheduler steps every=epoch or every=batch");
}

static bool take_metric(Trainer *t, const Syntax *argument)
{
    const char *word = word_of(argument);
    for (int i = METRIC_NONE + 1; word && i < METRIC_COUNT; i++)
        if (strcmp(word, metrics[i]) == 0) {
            t->train->metric = (Metric)i;
            return true;
        }
    diag_error(t->build->diag, argument->value->span,
               "metric is one of test_loss, test_accuracy, train_loss and train_accuracy");
    return false;
}

static void check_metric(Trainer *t, const Scheduler *s, Span span)
{
    Diag *diag = t->build->diag;
    Train *train = t->train;
    if (!s->kind->metric) {
        if (train->metric != METRIC_NONE)
            diag_error(diag, span, "%s looks at no metric", s->kind->name);
        return;
    }
    if (train->every_batch)
        diag_error(diag, s->span, "%s looks at the metric of an epoch: leave every=batch out", s->kind->name);
    if (train->metric == METRIC_NONE)
        train->metric = METRIC_TEST_LOSS;
    bool of_test = train->metric == METRIC_TEST_LOSS || train->metric == METRIC_TEST_ACCURACY;
    bool accuracy = train->metric == METRIC_TEST_ACCURACY || train->metric == METRIC_TRAIN_ACCURACY;
    if (of_test && !t->found[SET_TEST])
        diag_error(diag, span, "%s looks at %s, and there is no test data: 'test NAME' gives it, or metric=train_loss",
                   s->kind->name, metrics[train->metric]);
    else if (of_test && train->test.every > 1)
        diag_error(diag, span, "%s looks at %s after each epoch, but 'test' measures it after every %d: leave every "
                   "out there, or say metric=train_loss", s->kind->name, metrics[train->metric], train->test.every);
    if (accuracy && train->loss && !train->loss->classes)
        diag_error(diag, span, "%s looks at %s, and %s has no classes", s->kind->name, metrics[train->metric],
                   train->loss->name);
}

void build_scheduler(Trainer *t)
{
    const Syntax *call = setting_call(t, SET_SCHEDULER, false, "scheduler StepLR(step_size=5, gamma=0.5)");
    if (!call)
        return;
    const Syntax *setting = t->found[SET_SCHEDULER];
    Span metric = call->span;
    bool known = true;
    for (int i = 1; i < setting->items.count; i++) {
        const Syntax *argument = setting->items.at[i];
        if (argument->name && strcmp(argument->name, "every") == 0) {
            take_every(t, argument);
        } else if (argument->name && strcmp(argument->name, "metric") == 0) {
            known = take_metric(t, argument);
            metric = argument->span;
        } else {
            diag_error(t->build->diag, argument->span,
                       "setting 'scheduler' takes every=epoch, every=batch and metric= after its call");
        }
    }
    t->train->scheduler = build_one(t, call, "train.scheduler", false);
    if (t->train->scheduler && known)
        check_metric(t, t->train->scheduler, metric);
}

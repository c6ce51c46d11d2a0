/* metrics Accuracy(top_k=5), ConfusionMatrix() */
#include <string.h>

#include "model/trainer.h"

enum { MOST_METRICS = 16 }; /* as many as the runtime takes */

static bool same_arguments(const MetricKind *kind, const Args *a, const Args *b)
{
    bool same = true;
    for (int i = 0; kind->params[i].name; i++) {
        const Arg *x = &a->at[i], *y = &b->at[i];
        bool strings = x->s && y->s ? !strcmp(x->s, y->s) : x->s == y->s;
        same = same && x->none == y->none && x->i == y->i && x->f == y->f && strings;
    }
    return same;
}

static bool is_new(Trainer *t, const Measure *measure)
{
    for (int i = 0; i < t->train->measures.count; i++) {
        const Measure *other = &t->train->measures.at[i];
        if (other->kind != measure->kind || !same_arguments(other->kind, &other->args, &measure->args))
            continue;
        diag_error(t->build->diag, measure->span, "metric %s is given twice", measure->kind->name);
        diag_note(t->build->diag, other->span, "the first one is here");
        return false;
    }
    return true;
}

/* What a metric is told of: classes, or outputs that are each something of their own. */
static int64_t outputs_of(const Train *train)
{
    Shape output = train->network->output;
    return train->loss->classes ? output.dim[0] : shape_count(output);
}

static void add_metric(Trainer *t, const Syntax *item)
{
    Build *build = t->build;
    const Train *train = t->train;
    const Syntax *call = item->name ? NULL : item->value;
    if (!call || call->kind != SYNTAX_CALL) {
        diag_error(build->diag, item->span, "setting 'metrics' expects calls: metrics Accuracy(top_k=2), "
                                            "ConfusionMatrix()");
        return;
    }
    const MetricKind *kind = find_kind(build, "metric", call, vocabulary_metrics);
    if (!kind)
        return;
    Measure measure = {.kind = kind, .span = call->span};
    if (!bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at, call->items.count,
                        call->span, arena_printf(build->arena, "train.metrics.%s", kind->name), false, &measure.args))
        return;
    bool known = t->network && t->network->known && train->loss;
    if (is_new(t, &measure) &&
        (!known || kind->check(build->diag, &measure.args, train->loss, outputs_of(train))))
        vec_push(build->arena, t->train->measures, measure);
}

void build_metrics(Trainer *t)
{
    const Syntax *setting = t->found[SET_METRICS];
    if (!setting)
        return;
    if (!setting->items.count)
        diag_error(t->build->diag, setting->span, "setting 'metrics' expects calls: metrics Accuracy(top_k=2)");
    if (!t->found[SET_TEST])
        diag_error(t->build->diag, setting->name_span, "metrics are of the test data: write 'test NAME' too");
    if (setting->items.count > MOST_METRICS)
        diag_error(t->build->diag, setting->span, "there are %d metrics, more than %d", setting->items.count,
                   MOST_METRICS);
    for (int i = 0; i < setting->items.count && i < MOST_METRICS; i++)
        add_metric(t, setting->items.at[i]);
}

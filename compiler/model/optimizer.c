/* optimizer SGD(lr=0.1) { classifier: lr=0.01 }, clip grad_norm=1.0, accumulate 4, lookahead k=5 */
#include <string.h>

#include "model/trainer.h"

enum { MAX_PARTS = 100 };

/* ---- Parts ------------------------------------------------------------------------------------------------------- */

/* A part as the file has it: its name, and the arguments behind it. */
typedef struct PartSyntax {
    Name name;
    VEC(const Syntax *) arguments;
} PartSyntax;

static bool is_taken(Trainer *t, const OptimizerPart *part, const Parameter *parameter)
{
    for (int i = 0; i < t->train->parts.count; i++) {
        const OptimizerPart *other = &t->train->parts.at[i];
        for (int k = 0; k < other->parameters.count; k++)
            if (other->parameters.at[k] == parameter) {
                diag_error(t->build->diag, part->span, "parameter '%s' is in '%s' and in '%s'", parameter->name,
                           other->name, part->name);
                diag_note(t->build->diag, other->span, "'%s' is here", other->name);
                return true;
            }
    }
    return false;
}

/* What the part does not say is as for all others. */
static void build_part(Trainer *t, const OptimizerKind *kind, const PartSyntax *syntax)
{
    Build *build = t->build;
    OptimizerPart part = {.name = syntax->name.text, .span = syntax->name.span};
    Selection selection = {0};
    bool bound = bind_arguments(build, kind->name, kind->params, syntax->arguments.at, syntax->arguments.count,
                                part.span, arena_printf(build->arena, "train.optimizer.%s", part.name), false,
                                &part.args);
    for (int i = 0; kind->params[i].name; i++) {
        part.own[i] = part.args.at[i].given && !kind->params[i].refused;
        if (!part.own[i])
            part.args.at[i] = t->train->optimizer_args.at[i];
    }
    if (bound)
        kind->check(build->diag, &part.args);
    if (!t->network || !t->network->known || !select_parameters(build, t->train->network, syntax->name, &selection))
        return;
    bool frozen = false, learns = false;
    for (int i = 0; i < selection.parameters.count; i++) {
        if (is_taken(t, &part, selection.parameters.at[i]))
            return;
        frozen = frozen || selection.parameters.at[i]->frozen;
        learns = learns || parameter_learns(selection.parameters.at[i]);
        vec_push(build->arena, part.parameters, selection.parameters.at[i]);
    }
    if (frozen && !learns)
        diag_error(build->diag, part.span, "'%s' is frozen: its settings would change nothing", part.name);
    vec_push(build->arena, t->train->parts, part);
}

static void build_parts(Trainer *t, const OptimizerKind *kind, const Syntax *body)
{
    Build *build = t->build;
    VEC(PartSyntax) parts = {0};
    for (int i = 0; i < body->items.count; i++) {
        const Syntax *item = body->items.at[i];
        const Syntax *argument = item->kind == SYNTAX_CHILD ? item->value : item;
        if (item->kind == SYNTAX_BROKEN) {
            t->broken = true;
            return;
        }
        if (item->kind == SYNTAX_CHILD)
            vec_push(build->arena, parts, ((PartSyntax){.name = {item->name, item->name_span}}));
        if (!parts.count || !argument->name) {
            diag_error(build->diag, item->span, "settings of a part have its name before them, and their own: "
                       "'classifier: lr=0.01, weight_decay=0'");
            return;
        }
        if (parts.count > MAX_PARTS) {
            diag_error(build->diag, item->span, "optimizer has settings for more than %d parts", MAX_PARTS);
            return;
        }
        vec_push(build->arena, parts.at[parts.count - 1].arguments, argument);
    }
    for (int i = 0; i < parts.count; i++)
        build_part(t, kind, &parts.at[i]);
}

/* ---- Clipping and accumulation ----------------------------------------------------------------------------------- */

enum { GRAD_NORM, GRAD_VALUE };

static void build_clip(Trainer *t)
{
    Args args;
    if (!bind_setting(t, SET_CLIP, &args))
        return;
    const Arg *norm = &args.at[GRAD_NORM], *value = &args.at[GRAD_VALUE];
    for (int i = GRAD_NORM; i <= GRAD_VALUE; i++)
        if (!args.at[i].none && !(args.at[i].f > 0)) {
            diag_error(t->build->diag, args.at[i].span, "clip expects %s to be above 0 but gets %.12g",
                       vocabulary_settings[SET_CLIP].params[i].name, args.at[i].f);
            return;
        }
    if (norm->none == value->none)
        diag_error(t->build->diag, args.span, "clip expects one of grad_norm and grad_value: clip grad_norm=1.0");
    t->train->clip_norm = norm->none ? 0 : norm->f;
    t->train->clip_value = value->none ? 0 : value->f;
}

static void build_lookahead(Trainer *t)
{
    enum { K, ALPHA, POWER };
    Args *args = arena_alloc(t->build->arena, sizeof *args);
    if (!bind_setting(t, SET_LOOKAHEAD, args) || !at_least(t, "lookahead's k", &args->at[K], 1))
        return;
    const Arg *alpha = &args->at[ALPHA], *power = &args->at[POWER];
    if (!(alpha->f > 0 && alpha->f <= 1))
        diag_error(t->build->diag, alpha->span, "lookahead expects alpha, a share, to be above 0 and at most 1 but "
                   "gets %.12g", alpha->f);
    else if (!(power->f >= 0))
        diag_error(t->build->diag, power->span, "lookahead expects power to be at least 0 but gets %.12g", power->f);
    else
        t->train->lookahead = args;
}

/* ---- The optimizer ----------------------------------------------------------------------------------------------- */

/* Whether the first argument is torch's: model.parameters() or params. */
static bool is_given_parameters(const Syntax *call)
{
    const Syntax *first = call->items.count && !call->items.at[0]->name ? call->items.at[0]->value : NULL;
    if (!first || (first->kind != SYNTAX_CALL && first->kind != SYNTAX_NAME))
        return false;
    const char *dot = strrchr(first->name, '.'), *name = dot ? dot + 1 : first->name;
    return strcmp(name, first->kind == SYNTAX_CALL ? "parameters" : "params") == 0;
}

void build_optimizer(Trainer *t)
{
    Build *build = t->build;
    Args args;
    build_clip(t);
    build_lookahead(t);
    t->train->accumulate = 1;
    if (bind_setting(t, SET_ACCUMULATE, &args) && at_least(t, "accumulate", &args.at[0], 1))
        t->train->accumulate = (int)args.at[0].i;
    const Syntax *call = setting_call(t, SET_OPTIMIZER, true, "optimizer SGD(lr=1e-2)");
    const OptimizerKind *kind = call ? find_kind(build, "optimizer", call, vocabulary_optimizers) : NULL;
    if (!kind)
        return;
    t->train->optimizer_span = call->span;
    if (is_given_parameters(call)) {
        diag_error(build->diag, call->items.at[0]->span, "%s is given the parameters of the train block's model: leave "
                   "them out; parts with settings of their own stand in braces behind it", kind->name);
        return;
    }
    if (!bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at, call->items.count,
                        call->span, "train.optimizer", false, &t->train->optimizer_args) ||
        !kind->check(build->diag, &t->train->optimizer_args))
        return;
    t->train->optimizer = kind;
    if (t->found[SET_OPTIMIZER]->body)
        build_parts(t, kind, t->found[SET_OPTIMIZER]->body);
}

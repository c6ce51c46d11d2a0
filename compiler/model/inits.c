/* `init Linear.weight = normal_(0.0, 0.01)`: how parameters begin where not as their layers have it. */
#include <string.h>

#include "model/trainer.h"

/* The call with the name that torch has now: `normal` was one of its names before `normal_`. */
static Syntax renamed(Build *build, const Syntax *call)
{
    Syntax now = *call;
    const char *name = arena_printf(build->arena, "%s_", bare_name(call->name));
    for (int i = 0; vocabulary_initialisers[i]; i++)
        if (strcmp(vocabulary_initialisers[i]->name, name) == 0)
            now.name = name;
    return now;
}

static void build_init(Trainer *t, const Syntax *item)
{
    Build *build = t->build;
    Selection selection = {0};
    Args args;
    if (!item->name || item->value->kind != SYNTAX_CALL) {
        diag_error(build->diag, item->span,
                   "setting 'init' expects parameters and their initialiser: init Linear.weight = normal_(0.0, 0.01)");
        return;
    }
    const Syntax *call = item->value, now = renamed(build, call);
    const InitialiserKind *kind = find_kind(build, "initialiser", &now, vocabulary_initialisers);
    bool bound = kind && bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at,
                                        call->items.count, call->span,
                                        arena_printf(build->arena, "train.init.%s", item->name), false, &args);
    if (!t->network || !t->network->known ||
        !select_parameters(build, t->train->network, (Name){item->name, item->name_span}, &selection) || !bound)
        return;
    for (int i = 0; i < selection.parameters.count; i++) {
        Init init = {.parameter = selection.parameters.at[i]};
        if (!kind->fill(build->diag, &args, init.parameter, &init.fill))
            return;
        vec_push(build->arena, t->train->inits, init);
    }
}

void build_inits(Trainer *t)
{
    for (int i = 0; i < t->inits.count; i++) {
        const Syntax *setting = t->inits.at[i];
        for (int k = 0; k < setting->items.count; k++)
            build_init(t, setting->items.at[k]);
        if (!setting->items.count)
            diag_error(t->build->diag, setting->span, "setting 'init' expects parameters and their initialiser: "
                       "init Linear.weight = normal_(0.0, 0.01)");
    }
}

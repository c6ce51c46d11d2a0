/* `init Linear.weight = normal_(0.0, 0.01)`: how parameters begin where not as their layers have it; in a train block,
 * and in the body of a model or a block, where torch's modules do it when all that is in them has been made. */
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

/* An initialiser with its arguments. NULL after reporting. */
static const InitialiserKind *bind_initialiser(Build *build, const Syntax *call, const char *path, Args *args)
{
    const Syntax now = renamed(build, call);
    const InitialiserKind *kind = find_kind(build, "initialiser", &now, vocabulary_initialisers);
    bool bound = kind && bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at,
                                        call->items.count, call->span, path, false, args);
    return bound ? kind : NULL;
}

/* ---- In a train block -------------------------------------------------------------------------------------------- */

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
    const InitialiserKind *kind =
        bind_initialiser(build, item->value, arena_printf(build->arena, "train.init.%s", item->name), &args);
    if (!t->network || !t->network->known ||
        !select_parameters(build, t->train->network, (Name){item->name, item->name_span}, &selection) || !kind)
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

/* ---- In a body --------------------------------------------------------------------------------------------------- */

/* An `init` item, and how far its parameters are done. */
typedef struct Item {
    const InitialiserKind *kind;
    Args args;
    Selection selection;
    int next;
} Item;

static bool read_item(Build *build, const Network *network, const Module *module, const Syntax *syntax, Item *item)
{
    const char *path = arena_printf(build->arena, "%s%s%s.init.%s", network->name, *module->path ? "." : "",
                                    module->path, syntax->name);
    item->kind = bind_initialiser(build, syntax->value, path, &item->args);
    return item->kind &&
           select_in_module(build, module, (Name){syntax->name, syntax->name_span}, &item->selection);
}

/* What the items say of a layer's parameters, item by item. */
static bool init_layer(Build *build, Network *network, const Layer *layer, Item *items, int count)
{
    for (int k = 0; k < count; k++) {
        Item *item = &items[k];
        for (; item->next < item->selection.parameters.count; item->next++) {
            Init init = {.parameter = item->selection.parameters.at[item->next]};
            if (init.parameter->layer != layer)
                break;
            if (!item->kind->fill(build->diag, &item->args, init.parameter, &init.fill))
                return false;
            vec_push(build->arena, network->draws, init);
        }
    }
    return true;
}

/* As `for m in self.modules()` goes over the layers in a module. */
static bool init_layers(Build *build, Network *network, const Module *module, Item *items, int count)
{
    if (module->kind)
        return init_layer(build, network, module->layer, items, count);
    for (int i = 0; i < module->children.count; i++)
        if (!init_layers(build, network, module->children.at[i], items, count))
            return false;
    return true;
}

bool collect_draws(Build *build, Network *network, const Module *module)
{
    for (int i = 0; module->kind && i < module->layer->parameters.count; i++) {
        const Parameter *p = module->layer->parameters.at[i];
        Init init = {.parameter = p, .fill = {.kind = p->init, .low = p->low, .high = p->high}};
        vec_push(build->arena, network->draws, init);
    }
    for (int i = 0; i < module->children.count; i++)
        if (!collect_draws(build, network, module->children.at[i]))
            return false;
    int count = module->inits.count;
    Item *items = arena_alloc(build->arena, (size_t)(count + 1) * sizeof *items);
    const Locals *outside = build->scope;
    File *file = build->file;
    build->scope = module->inside;
    build->file = (File *)module->inside_file;
    bool read = true;
    for (int i = 0; i < count; i++)
        read = read_item(build, network, module, module->inits.at[i], &items[i]) && read;
    build->scope = outside;
    build->file = file;
    return read && (!count || init_layers(build, network, module, items, count));
}

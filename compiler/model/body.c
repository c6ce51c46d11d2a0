/* Layers: the modules of a model, applied in order, shapes inferred from the input on. */
#include <string.h>

#include "model/build.h"

/* What is applied so far, and what comes out at its end. */
typedef struct Chain {
    Network *network;
    LayerInput end;
    bool known;   /* `end.shape` is; after a mistake what follows is not looked at, as it would only repeat it */
    const struct Branch *branch; /* the innermost one at hand, or NULL */
} Chain;

/* A layer whose branches are being added: all of them read what `input` gives (NULL: the model's input). */
typedef struct Branch {
    const LayerKind *joint;
    const Layer *input;
    const struct Branch *around;
} Branch;

static void apply(Build *build, Chain *chain, Module *module);

/* ---- A layer ----------------------------------------------------------------------------------------------------- */

/* The layer in whose output, in torch, what `layer` gives is kept. */
static const Layer *memory_of(const Layer *layer)
{
    while (layer && layer_is_view(layer))
        layer = layer->inputs.at[0].from;
    return layer;
}

/* Whether a layer works in place on what another branch reads too: in torch that reads other numbers. */
static bool check_in_place(Build *build, const Chain *chain, const Layer *layer)
{
    int place = signature_find(layer->kind->params, "inplace");
    if (place < 0 || !layer->args.at[place].i)
        return true;
    const Layer *memory = memory_of(layer->inputs.at[0].from);
    for (const Branch *branch = chain->branch; branch; branch = branch->around) {
        if (memory_of(branch->input) != memory)
            continue;
        diag_error(build->diag, layer->args.at[place].span,
                   "%s with inplace=True would change the input of the %s, which is read once more: leave "
                   "inplace away", layer->kind->name, branch->joint->name);
        return false;
    }
    return true;
}

/* Arguments as they stand in the text, with the constants that are known there. */
static bool bind_layer(Build *build, const Chain *chain, const Module *module, const Syntax *call, Layer *layer)
{
    const Locals *outside = build->scope;
    File *file = build->file;
    build->scope = module->scope;
    build->file = (File *)module->file;
    bool bound = bind_arguments(build, layer->kind->name, layer->kind->params, (const Syntax *const *)call->items.at,
                                call->items.count, call->span,
                                arena_printf(build->arena, "%s.%s", chain->network->name, module->path), false,
                                &layer->args);
    build->scope = outside;
    build->file = file;
    return bound;
}

/* A parameter stands in one layer only. */
static bool check_once(Build *build, const Chain *chain, const Module *module, const Layer *layer)
{
    if (module->network != chain->network || !layer->parameters.count || !chain->known)
        return true;
    diag_error(build->diag, layer->span, "'%s' is applied twice, but has parameters: layers that share parameters are "
               "not supported yet", module->path);
    return false;
}

/* Adds a layer behind the ends of branches, of the chain alone where it has one input. */
static void add_layer(Build *build, Chain *chain, Module *module, const LayerKind *kind, const Syntax *call,
                      const LayerInput *ends, int count)
{
    Network *network = chain->network;
    Layer *layer = arena_make(build->arena, Layer);
    *layer = (Layer){.kind = kind, .module = module, .path = module->path, .span = call->span,
                     .name_span = call->name_span, .shortcut = module->shortcut != NULL,
                     .index = network->layers.count};
    for (int i = 0; i < count; i++)
        vec_push(build->arena, layer->inputs, ends[i]);
    bool bound = bind_layer(build, chain, module, call, layer);
    chain->known = chain->known && bound && check_in_place(build, chain, layer) &&
                   kind->infer(build->arena, build->diag, layer);
    chain->known = check_once(build, chain, module, layer) && chain->known;
    vec_push(build->arena, network->layers, layer);
    module->network = network;
    module->layer = layer;
    chain->end = (LayerInput){layer, layer->out, call->span};
}

/* ---- What holds layers ------------------------------------------------------------------------------------------- */

static void apply_steps(Build *build, Chain *chain, const Module *module)
{
    for (int i = 0; i < module->steps.count; i++)
        apply(build, chain, module->steps.at[i]);
}

/* All branches begin where the chain ends, and meet in a layer. */
static void apply_branches(Build *build, Chain *chain, Module *module)
{
    const LayerInput entry = chain->end;
    const Branch branch = {.joint = module->joint, .input = entry.from, .around = chain->branch};
    VEC(LayerInput) ends = {0};
    chain->branch = &branch;
    if (module->joint->branches == A_BRANCH_A_CHILD) {
        for (int i = 0; i < module->steps.count; i++) {
            chain->end = entry;
            apply(build, chain, module->steps.at[i]);
            vec_push(build->arena, ends, chain->end);
        }
    } else {
        apply_steps(build, chain, module);
        vec_push(build->arena, ends, chain->end);
        chain->end = entry;
        if (module->shortcut)
            apply(build, chain, module->shortcut);
        vec_push(build->arena, ends, chain->end);
    }
    chain->end = entry;
    chain->branch = branch.around;
    const Syntax *call = module->syntax;
    Syntax joint = {.kind = SYNTAX_CALL, .span = call->name_span, .name = call->name, .name_span = call->name_span,
                    .items = call->items};
    chain->known = chain->known && ends.count > 0;
    if (ends.count > 0)
        add_layer(build, chain, module, module->joint, &joint, ends.at, ends.count);
}

static void apply(Build *build, Chain *chain, Module *module)
{
    if (module->broken)
        chain->known = false;
    if (module->kind) {
        add_layer(build, chain, module, module->kind, module->syntax, &chain->end, 1);
        return;
    }
    const bool group = module->text && module->network != chain->network;
    if (group) {
        module->first = chain->network->layers.count;
        vec_push(build->arena, chain->network->groups, module);
    }
    if (!module->joint)
        module->network = chain->network;
    if (module->block)
        diag_enter(build->diag, module->syntax->span, "block '%s' is used here", module->block->syntax->name);
    if (module->joint)
        apply_branches(build, chain, module);
    else
        apply_steps(build, chain, module);
    if (group)
        module->last = chain->network->layers.count;
    if (module->block)
        diag_leave(build->diag);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/* A layer without parameters that an `if` has left out is a child all the same, as torch's print shows it:
 * StochasticDepth where a block is no residual. */
static bool add_idle(Build *build, const Chain *chain, Module *module)
{
    Layer *layer = arena_make(build->arena, Layer);
    *layer = (Layer){.kind = module->kind, .module = module, .path = module->path, .span = module->syntax->span,
                     .name_span = module->syntax->name_span};
    module->network = chain->network;
    module->layer = layer;
    return bind_layer(build, chain, module, module->syntax, layer);
}

/* A child that its body's forward leaves out has no shape, and would never learn. */
static bool check_applied(Build *build, const Chain *chain, Module *module)
{
    bool all = true;
    if (module->network != chain->network && !module->broken) {
        if (module->elsewhere && module->kind && !module->kind->torch.parameters)
            return add_idle(build, chain, module);
        diag_error(build->diag, module->name_span, "child '%s' is never applied: forward leaves it out", module->name);
        return false;
    }
    for (int i = 0; i < module->children.count; i++)
        all &= check_applied(build, chain, module->children.at[i]);
    return all;
}

/* torch's order of parameters is that of the modules, not that in which they are applied. */
static void collect_parameters(Build *build, Network *network, const Module *module)
{
    for (int i = 0; module->kind && i < module->layer->parameters.count; i++) {
        Parameter *parameter = module->layer->parameters.at[i];
        parameter->index = network->parameters.count;
        vec_push(build->arena, network->parameters, parameter);
    }
    for (int i = 0; i < module->children.count; i++)
        collect_parameters(build, network, module->children.at[i]);
}

bool add_layers(Build *build, Network *network, Span shape_span)
{
    Module *root = network->root;
    Chain chain = {.network = network, .end = {NULL, network->input, shape_span}, .known = !root->broken};
    root->network = network;
    root->first = 0;
    if (root->block)
        diag_enter(build->diag, root->syntax->span, "block '%s' is used here", root->block->syntax->name);
    apply_steps(build, &chain, root);
    if (root->block)
        diag_leave(build->diag);
    network->output = chain.end.shape;
    if (!chain.known || !check_applied(build, &chain, root))
        return false;
    collect_parameters(build, network, root);
    return true;
}

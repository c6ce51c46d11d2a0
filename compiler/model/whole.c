/* A model as torch's objects: what a file that holds the whole of it has. An nn.Sequential applies its children in
 * order, and that is all that such a file can say of what a model computes. */
#include <string.h>

#include "model/model.h"
#include "syntax/tree.h"

/* A walk through the modules, in the order in which they are applied. */
typedef struct Walk {
    Arena *arena;
    Diag *diag; /* NULL: all is known to be well */
    Span span;  /* of whole=True */
    const Network *network;
    ObjectList *objects;
    bool good;
} Walk;

static void refuse(Walk *walk, const Module *module, const char *what)
{
    if (walk->diag) {
        diag_error(walk->diag, walk->span, "whole=True saves an nn.Sequential, which cannot hold %s: leave it out, and "
                   "load the parameters into a class of your own", what);
        diag_note(walk->diag, module->syntax->span, "it stands here");
    }
    walk->good = false;
}

static const Layer *layer_of(const Walk *walk, const Module *module)
{
    if (module->network == walk->network && module->layer)
        return module->layer;
    for (int i = 0; i < walk->network->layers.count; i++)
        if (walk->network->layers.at[i]->module == module)
            return walk->network->layers.at[i];
    return NULL;
}

static bool is_taken(const Module *owner, const ObjectList *objects, int first, int depth, const char *name)
{
    for (int i = 0; i < owner->children.count; i++)
        if (strcmp(owner->children.at[i]->name, name) == 0)
            return true;
    for (int i = first; i < objects->count; i++)
        if (objects->at[i].depth == depth && strcmp(objects->at[i].name, name) == 0)
            return true;
    return false;
}

/* A name for an operation, which has none, or for a child that is applied once more: "flatten", "relu_1". */
static const char *free_name(const Walk *walk, const Module *owner, int first, int depth, const char *base)
{
    const char *name = base;
    for (int number = 1; is_taken(owner, walk->objects, first, depth, name); number++)
        name = arena_printf(walk->arena, "%s_%d", base, number);
    return name;
}

static bool came_before(const Module *owner, int place)
{
    for (int i = 0; i < place; i++)
        if (owner->steps.at[i] == owner->steps.at[place])
            return true;
    return false;
}

static void add_module(Walk *walk, const Module *module, const char *name, int depth)
{
    const Layer *layer = module->kind ? layer_of(walk, module) : NULL;
    if (module->joint || (module->kind && !module->kind->torch.module)) {
        refuse(walk, module, arena_printf(walk->arena, "'%s'", module->title));
        return;
    }
    vec_push(walk->arena, *walk->objects, ((Object){.name = name, .depth = depth, .layer = layer}));
    int first = walk->objects->count;
    for (int i = 0; !module->kind && i < module->steps.count && walk->good; i++) {
        const Module *step = module->steps.at[i];
        bool again = step->name && came_before(module, i);
        if (again && !step->kind) { /* a layer that is applied twice has no parameters: others are refused */
            refuse(walk, step, arena_printf(walk->arena, "'%s' twice", step->name));
            return;
        }
        const char *own_name = step->name && !again ? step->name
                                                    : free_name(walk, module, first, depth + 1,
                                                                step->name ? step->name : step->title);
        add_module(walk, step, own_name, depth + 1);
    }
}

void network_objects(Arena *arena, const Network *network, ObjectList *objects)
{
    Walk walk = {.arena = arena, .network = network, .objects = objects, .good = true};
    add_module(&walk, network->root, "", 0);
}

bool network_check_objects(Arena *arena, Diag *diag, const Network *network, Span span)
{
    ObjectList objects = {0};
    Walk walk = {.arena = arena, .diag = diag, .span = span, .network = network, .objects = &objects, .good = true};
    add_module(&walk, network->root, "", 0);
    return walk.good;
}

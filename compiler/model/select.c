/* Parameters by name. */
#include <string.h>

#include "model/trainer.h"

/* Whether `path` is `name`, or below it. */
static bool is_below(const char *path, const char *name)
{
    size_t length = strlen(name);
    return strncmp(path, name, length) == 0 && (path[length] == 0 || path[length] == '.');
}

/* "weight" of "features.0.weight". */
static const char *own_name(const Parameter *parameter)
{
    const char *dot = strrchr(parameter->name, '.');
    return dot ? dot + 1 : parameter->name;
}

/* Whether "Linear" or "Linear.weight" names a layer's parameter by the layer's kind. */
static bool is_of_kind(const Layer *layer, const Parameter *parameter, const char *name)
{
    size_t length = strlen(layer->kind->name);
    if (strncmp(name, layer->kind->name, length) != 0)
        return false;
    return name[length] == 0 || (name[length] == '.' && strcmp(name + length + 1, own_name(parameter)) == 0);
}

/* "features.Conv2d.weight": by kind below a path. `path`: the parameter's. */
static bool is_of_kind_below(const Layer *layer, const Parameter *parameter, const char *path, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        size_t length = (size_t)(dot - name);
        if (strncmp(path, name, length) == 0 && path[length] == '.' && is_of_kind(layer, parameter, dot + 1))
            return true;
    }
    return false;
}

typedef enum How { BY_PATH, BY_KIND, BY_OWN_NAME, HOW_COUNT } How;

/* `within`: the path of the module that the name is looked for in. */
static bool is_named(const Layer *layer, const Parameter *parameter, const char *within, const char *name, How how)
{
    const char *path = parameter->name + (*within ? strlen(within) + 1 : 0);
    switch (how) {
    case BY_PATH: return is_below(path, name);
    case BY_KIND:
        return is_of_kind(layer, parameter, bare_name(name)) || is_of_kind_below(layer, parameter, path, name);
    default: return strcmp(own_name(parameter), name) == 0;
    }
}

/* The layers of a module, in torch's order. */
typedef VEC(const Layer *) Layers;

static void collect_layers(Arena *arena, const Module *module, Layers *layers)
{
    if (module->kind)
        vec_push(arena, *layers, module->layer);
    for (int i = 0; i < module->children.count; i++)
        collect_layers(arena, module->children.at[i], layers);
}

static void report_none(Build *build, const Module *module, const Layers *layers, Name name)
{
    VEC(const char *) names = {0};
    size_t skip = *module->path ? strlen(module->path) + 1 : 0;
    for (int i = 0; i < layers->count; i++) {
        const Layer *layer = layers->at[i];
        if (is_below(layer->path + skip, name.text)) {
            diag_error(build->diag, name.span, "'%s' has no parameters", name.text);
            return;
        }
        for (int p = 0; p < layer->parameters.count; p++) {
            const Parameter *parameter = layer->parameters.at[p];
            const char *path = parameter->name + skip;
            vec_push(build->arena, names, path);
            vec_push(build->arena, names, own_name(parameter));
            vec_push(build->arena, names, layer->kind->name);
            vec_push(build->arena, names, arena_printf(build->arena, "%s.%s", layer->kind->name, own_name(parameter)));
            for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.'))
                vec_push(build->arena, names, arena_copy(build->arena, path, (size_t)(dot - path)));
        }
    }
    const char *closest = diag_closest(name.text, names.at, names.count);
    diag_error(build->diag, name.span, "%s '%s' has no child, kind of layer or parameter called '%s'%s%s%s",
               skip ? "block" : "model", skip ? module->title : module->network->name, name.text,
               closest ? "; did you mean '" : "", closest ? closest : "", closest ? "'?" : "");
}

bool select_in_module(Build *build, const Module *module, Name name, Selection *selection)
{
    Layers layers = {0};
    collect_layers(build->arena, module, &layers);
    for (How how = BY_PATH; how < HOW_COUNT && !selection->parameters.count; how++)
        for (int i = 0; i < layers.count; i++) {
            const Layer *layer = layers.at[i];
            for (int p = 0; p < layer->parameters.count; p++)
                if (is_named(layer, layer->parameters.at[p], module->path, name.text, how))
                    vec_push(build->arena, selection->parameters, layer->parameters.at[p]);
        }
    if (!selection->parameters.count)
        report_none(build, module, &layers, name);
    return selection->parameters.count > 0;
}

bool select_parameters(Build *build, const Network *network, Name name, Selection *selection)
{
    return select_in_module(build, network->root, name, selection);
}

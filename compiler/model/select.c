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

typedef enum How { BY_PATH, BY_KIND, BY_OWN_NAME, HOW_COUNT } How;

static bool is_named(const Layer *layer, const Parameter *parameter, const char *name, How how)
{
    switch (how) {
    case BY_PATH: return is_below(parameter->name, name);
    case BY_KIND: return is_of_kind(layer, parameter, bare_name(name));
    default: return strcmp(own_name(parameter), name) == 0;
    }
}

static void report_none(Build *build, const Network *network, Name name)
{
    VEC(const char *) names = {0};
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        if (is_below(layer->path, name.text)) {
            diag_error(build->diag, name.span, "'%s' has no parameters", name.text);
            return;
        }
        for (int p = 0; p < layer->parameters.count; p++) {
            const Parameter *parameter = layer->parameters.at[p];
            vec_push(build->arena, names, parameter->name);
            vec_push(build->arena, names, own_name(parameter));
            vec_push(build->arena, names, layer->kind->name);
            vec_push(build->arena, names, arena_printf(build->arena, "%s.%s", layer->kind->name, own_name(parameter)));
            for (const char *dot = strchr(parameter->name, '.'); dot; dot = strchr(dot + 1, '.'))
                vec_push(build->arena, names,
                         arena_copy(build->arena, parameter->name, (size_t)(dot - parameter->name)));
        }
    }
    const char *closest = diag_closest(name.text, names.at, names.count);
    diag_error(build->diag, name.span, "model '%s' has no child, kind of layer or parameter called '%s'%s%s%s",
               network->name, name.text, closest ? "; did you mean '" : "", closest ? closest : "",
               closest ? "'?" : "");
}

bool select_parameters(Build *build, const Network *network, Name name, Selection *selection)
{
    for (How how = BY_PATH; how < HOW_COUNT && !selection->parameters.count; how++)
        for (int i = 0; i < network->layers.count; i++) {
            const Layer *layer = network->layers.at[i];
            for (int p = 0; p < layer->parameters.count; p++)
                if (is_named(layer, layer->parameters.at[p], name.text, how))
                    vec_push(build->arena, selection->parameters, layer->parameters.at[p]);
        }
    if (!selection->parameters.count)
        report_none(build, network, name);
    return selection->parameters.count > 0;
}

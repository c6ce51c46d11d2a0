#include "model/structure.h"

int64_t layer_parameters(const Layer *layer)
{
    int64_t sum = 0;
    for (int i = 0; i < layer->parameters.count; i++)
        sum += layer->parameters.at[i]->kind == PARAMETER_LEARNED ? shape_count(layer->parameters.at[i]->shape) : 0;
    return sum;
}

/* Groups stand in the order in which they begin, so the one around a group is the last one that has not ended. */
static void add_groups(Arena *arena, Structure *structure)
{
    const Network *network = structure->network;
    int around = -1;
    for (int i = 0; i < network->groups.count; i++) {
        const Module *module = network->groups.at[i];
        const int first = module->first + 1;
        while (around >= 0 && structure->groups.at[around].last <= first)
            around = structure->groups.at[around].parent;
        vec_push(arena, structure->groups, ((Group){module, around, first, module->last + 1}));
        around = i;
    }
    for (int i = 0; i < structure->groups.count; i++) /* inner ones stand behind outer ones */
        for (int k = structure->groups.at[i].first; k < structure->groups.at[i].last; k++)
            structure->parts.at[k].group = i;
}

static Part layer_part(Arena *arena, const Layer *layer)
{
    Part part = {.layer = layer, .title = layer->kind->name, .shape = layer->out, .group = -1};
    for (int i = 0; i < layer->inputs.count; i++)
        vec_push(arena, part.inputs, layer->inputs.at[i].from ? layer->inputs.at[i].from->index + 1 : 0);
    return part;
}

Structure network_structure(Arena *arena, const Network *network)
{
    Structure structure = {.network = network};
    Part input = {.title = "input", .shape = network->input, .group = -1};
    Part output = {.title = "output", .shape = network->output, .group = -1};
    vec_push(arena, structure.parts, input);
    for (int i = 0; i < network->layers.count; i++)
        vec_push(arena, structure.parts, layer_part(arena, network->layers.at[i]));
    vec_push(arena, output.inputs, network->layers.count);
    vec_push(arena, structure.parts, output);
    add_groups(arena, &structure);
    return structure;
}

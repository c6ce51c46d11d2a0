#include "targets/cpu/parameter_layout.h"

#include <string.h>

#include "targets/cpu/choose.h"

ParameterLayout *parameter_layout_new(Arena *arena)
{
    ParameterLayout *layout = arena_make(arena, ParameterLayout);
    layout->arena = arena;
    return layout;
}

const LayerChoice *layer_choice(const ParameterLayout *layout, const Op *op)
{
    for (int i = 0; i < layout->layers.count; i++) {
        const LayerChoice *choice = &layout->layers.at[i];
        if (choice->layer == op->layer && choice->kind == op->kind)
            return choice;
    }
    return NULL;
}

void parameter_layout_choose(ParameterLayout *layout, const Plan *plan)
{
    layout->batch = plan->batch;
    layout->microbatch = plan->microbatch;
    layout->shard = plan->shard;
    layout->capacity = plan->capacity;
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        const Choice *choice = &plan->choice[i];
        if (kernel->stage != STAGE_FORWARD)
            continue;
        LayerChoice chosen = {kernel->op->layer, kernel->op->kind, !choice->made, choice->family, choice->scope,
                              choice->counts_samples};
        vec_push(layout->arena, layout->layers, chosen);
    }
}

PlacedParameter *placed_parameter(const ParameterLayout *layout, const Parameter *parameter)
{
    for (int i = 0; i < layout->parameters.count; i++) {
        if (layout->parameters.at[i]->parameter == parameter)
            return layout->parameters.at[i];
    }
    return NULL;
}

Buffer *find_packed_weights(const ParameterLayout *layout, const char *name)
{
    for (int i = 0; i < layout->packed.count; i++) {
        if (!strcmp(layout->packed.at[i]->name, name))
            return layout->packed.at[i];
    }
    return NULL;
}

static void place_packed(ParameterLayout *layout, bool forward)
{
    for (int i = 0; i < layout->packed.count; i++) {
        Buffer *buffer = layout->packed.at[i];
        if (buffer->read_forward != forward)
            continue;
        buffer->offset = layout->packed_floats;
        layout->packed_floats += buffer->count;
    }
}

void parameter_layout_place_packed(ParameterLayout *layout)
{
    place_packed(layout, true);
    layout->packed_forward = layout->packed_floats;
    place_packed(layout, false);
}

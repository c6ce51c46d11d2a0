/* torch.nn.PReLU */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { NUM_PARAMETERS, INIT };

static const Param params[] = {
    {"num_parameters", ARG_SIZE, "1", NULL},
    {"init", ARG_FLOAT, "0.25", NULL},
    {"device", ARG_STRING, "None", "PReLU takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "PReLU computes in float32 only"},
    {0},
};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    Arg *count = &layer->args.at[NUM_PARAMETERS];
    if (count->inferred)
        count->i = layer_in(layer).dim[0];
    if (count->i != 1 && count->i != layer_in(layer).dim[0]) {
        diag_error(diag, count->span, "PReLU expects num_parameters to be 1 or %" PRId64 " but gets %" PRId64,
                   layer_in(layer).dim[0], count->i);
        layer_note_input(arena, diag, layer);
        return false;
    }
    double init = layer->args.at[INIT].f;
    layer->out = layer_in(layer);
    layer_parameter(arena, layer, "weight", shape_of(1, &count->i), INIT_CONSTANT, init, init);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    return graph_value(builder, OP_PRELU, layer_value_name(builder->graph->arena, layer), x, parameter[0], NULL,
                       layer->out, (Attributes){0});
}

extern const LayerKind layer_prelu;
const LayerKind layer_prelu = {
    "PReLU", "x, times a learned number below 0", params, infer, lower,
    {.shape = "any -> the same", .example = "PReLU(_)  # 3x32x32 -> 3x32x32"},
    .torch = {.module = "torch.nn.modules.activation", .parameters = "weight", .prints = "num_parameters="}};

/* torch.nn.ReLU */
#include "vocabulary/vocabulary.h"

static const Param params[] = {
    {"inplace", ARG_BOOL, "False", NULL}, /* where results are kept is the compiler's business: either is honoured */
    {0},
};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    layer->out = layer_in(layer);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return graph_value(builder, OP_RELU, layer_value_name(builder->graph->arena, layer), x, NULL, NULL, layer->out,
                       (Attributes){0});
}

const LayerKind layer_relu = {"ReLU", "max(x, 0)", params, infer, lower,
                              {.shape = "any -> the same", .example = "ReLU()  # 3x32x32 -> 3x32x32"},
                              .torch = {.module = "torch.nn.modules.activation", .prints = "inplace=?"}};

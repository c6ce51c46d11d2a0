/* torch.nn.Identity */
#include "vocabulary/vocabulary.h"

static const Param params[] = {{0}};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    layer->out = layer_in(layer);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)builder;
    (void)layer;
    (void)parameter; /* it has none */
    return x;
}

const LayerKind layer_identity = {
    "Identity", "x as it is", params, infer, lower,
    {.shape = "any -> the same", .example = "Identity()  # 3x32x32 -> 3x32x32",
     .differs = "arguments, which torch's ignores, are refused"},
    .torch = {.module = "torch.nn.modules.linear"}};

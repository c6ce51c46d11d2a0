/* torch.nn.Positive, were there such a layer: how to add a layer. Copy this file to layers/NAME.c, make it yours, and
 * add NAME to LAYERS in table.c, to meson.build, and a case to tests/cases/. Nothing else names a layer.
 * The file is compiled with the others, so that it stays true, but stands in no table.
 *
 * Losses, optimizers, data sets and transforms are added in the same way: losses/mse.c, optimizers/sgd.c,
 * datasets/shapes.c and transforms/normalize.c are short. */
#include "vocabulary/vocabulary.h"

/* The places of the arguments, in torch's order. */
enum { SCALE };

/* Names, types and defaults as torch documents them. What torch has and netc can't honour carries the sentence that
 * says so. */
static const Param params[] = {
    {"scale", ARG_FLOAT, "1.0", NULL},
    {"inplace", ARG_BOOL, "False", "Positive has no inplace"},
    {0},
};

/* The shape rule. Arguments that do not fit layer_in(layer), the shape of the input, are reported with the caret under
 * them: the span of the argument.
 * A layer with parameters adds them here: layer_parameter(arena, layer, "weight", shape, INIT_UNIFORM, low, high). */
static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *scale = &layer->args.at[SCALE];
    if (scale->f != 1.0) {
        diag_error(diag, scale->span, "Positive expects a scale of 1 but gets %.12g", scale->f);
        return false;
    }
    layer->out = layer_in(layer);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

/* The operations that compute it. A new one is a file in graph/ops, with its gradient, and a kernel family. */
static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return graph_value(builder, OP_RELU, layer_value_name(builder->graph->arena, layer), x, NULL, NULL, layer->out,
                       (Attributes){0});
}

extern const LayerKind layer_template;
const LayerKind layer_template = {"Positive", "one line for 'netc help'", params, infer, lower,
                                  {.shape = "any -> the same", .example = "Positive()  # 3x32x32 -> 3x32x32"},
                                  .torch = {.module = "torch.nn.modules.activation"}};

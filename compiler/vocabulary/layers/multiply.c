/* Multiply { ... }, netc's own: its input times what its layers make of it, as squeeze and excitation does. */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

static const Param params[] = {{0}};

/* A number for each channel of an image or a sequence: C,1,1 or C,1. */
static Shape one_a_channel(Shape shape)
{
    for (int d = 1; d < shape.rank; d++)
        shape.dim[d] = 1;
    return shape;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const LayerInput *factor = &layer->inputs.at[0], *x = &layer->inputs.at[1];
    const Shape channels = one_a_channel(x->shape);
    layer->out = x->shape;
    if (shape_equal(factor->shape, x->shape) || shape_equal(factor->shape, channels))
        return true;
    const char *given = shape_text(arena, factor->shape), *input = shape_text(arena, x->shape), *or_channels = "";
    const char *hint = "";
    if (x->shape.rank > 1)
        or_channels = arena_printf(arena, " or %s", shape_text(arena, channels));
    if (factor->shape.rank == 1 && x->shape.rank > 1 && factor->shape.dim[0] == x->shape.dim[0])
        hint = arena_printf(arena, ": Unflatten(1, (%" PRId64 ", %s)) as the last of its layers makes it so",
                            x->shape.dim[0], x->shape.rank == 3 ? "1, 1" : "1");
    diag_error(diag, layer->name_span, "Multiply multiplies its input by %s%s, but its layers give %s%s", input,
               or_channels, given, hint);
    diag_note(diag, x->span, "the input, %s, comes from here", input);
    diag_note(diag, factor->span, "its layers give %s here", given);
    return false;
}

static Value *join(Builder *builder, const Layer *layer, Value *const *in)
{
    return graph_value(builder, OP_MULTIPLY, layer_value_name(builder->graph->arena, layer), in[1], in[0], NULL,
                       layer->out, (Attributes){0});
}

const LayerKind layer_multiply = {
    "Multiply", "its input times what its layers make of it", params, infer, NULL,
    {.form = "Multiply { layers }",
     .shape = "any -> the same; its layers give that shape, or one number for each channel: C,1,1 or C,1",
     .example = "Multiply { AdaptiveAvgPool2d(1), Conv2d(_, 3, 1), Sigmoid() }  # 3x32x32 -> 3x32x32",
     .differs = "it is x * layers(x), broadcast over pixels; docs/language.md has the class for torch",
     .own = true},
    .torch = {.module = NULL},
    .branches = LAYERS_AND_INPUT,
    .join = join};

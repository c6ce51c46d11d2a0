/* Residual { ... }, netc's own: what its body gives is added to its input, or to what its shortcut makes of that. Its
 * layers are the network's (model/body.c); this is the sum. */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

static const Param params[] = {{0}};

/* The convolution that gives `in` the shape `out`, as far as one does: "Conv2d(_, 64, 1, stride=2)". */
static const char *fitting_shortcut(Arena *arena, Shape in, Shape out)
{
    if (in.rank == 1 && out.rank == 1)
        return arena_printf(arena, "Linear(_, %" PRId64 ")", out.dim[0]);
    if (in.rank != out.rank)
        return "...";
    int64_t stride = (in.dim[1] + out.dim[1] - 1) / out.dim[1];
    for (int d = 1; d < in.rank; d++)
        if ((in.dim[d] - 1) / stride + 1 != out.dim[d])
            return in.rank == 2 ? "Conv1d(...)" : "Conv2d(...)";
    const char *steps = stride > 1 ? arena_printf(arena, ", stride=%" PRId64, stride) : "";
    return arena_printf(arena, "Conv%dd(_, %" PRId64 ", 1%s)", in.rank - 1, out.dim[0], steps);
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const LayerInput *given = &layer->inputs.at[0], *kept = &layer->inputs.at[1];
    layer->out = given->shape;
    if (shape_equal(given->shape, kept->shape))
        return true;
    const char *body = shape_text(arena, given->shape), *other = shape_text(arena, kept->shape);
    if (!layer->shortcut) {
        diag_error(diag, layer->name_span,
                   "Residual adds its input, %s, to what its body gives, %s: give it a shortcut: { %s } as its last "
                   "child", other, body, fitting_shortcut(arena, kept->shape, given->shape));
        diag_note(diag, kept->span, "the input, %s, comes from here", other);
    } else {
        diag_error(diag, layer->name_span, "Residual adds %s, what its shortcut gives, to %s, what its body gives",
                   other, body);
        diag_note(diag, kept->span, "the shortcut gives %s here", other);
    }
    diag_note(diag, given->span, "the body gives %s here", body);
    return false;
}

static Value *join(Builder *builder, const Layer *layer, Value *const *in)
{
    return graph_value(builder, OP_ADD, layer_value_name(builder->graph->arena, layer), in[0], in[1], NULL,
                       layer->out, (Attributes){0});
}

const LayerKind layer_residual = {
    "Residual", "what its layers make of its input, added to its input or to what its shortcut makes of that", params,
    infer, NULL,
    {.form = "Residual { layers, shortcut: { layers } }",
     .shape = "any -> what its layers give, which is what its shortcut gives, or without one the input's own",
     .example = "Residual { Conv2d(_, 8, 3, padding=1), shortcut: Conv2d(_, 8, 1) }  # 3x32x32 -> 8x32x32",
     .differs = "its layers are its children, as those of a Sequential are, and its shortcut the last one, called "
                "shortcut or downsample; docs/language.md has the class for torch",
     .own = true},
    .torch = {.module = NULL},
    .branches = LAYERS_AND_SHORTCUT,
    .join = join};

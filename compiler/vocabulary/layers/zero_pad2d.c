/* torch.nn.ZeroPad2d */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { PADDING };

static const Param params[] = {
    {"padding", ARG_SIDES, NULL, NULL},
    {0},
};

/* Of the rows [0] and the columns [1], how many come before; and what that makes of the extents. */
static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *padding = &layer->args.at[PADDING];
    if (!layer_expect_image(arena, diag, layer))
        return false;
    layer->out = layer->in;
    for (int axis = 0; axis < 2; axis++) { /* sides: left, right, top, bottom */
        const int64_t *sides = &padding->sides[axis ? 0 : 2];
        layer->out.dim[1 + axis] += sides[0] + sides[1];
        if (layer->out.dim[1 + axis] >= 1)
            continue;
        diag_error(diag, padding->span, "ZeroPad2d leaves nothing of %s: %s would be %" PRId64,
                   shape_text(arena, layer->in), axis ? "its width" : "its height", layer->out.dim[1 + axis]);
        layer_note_input(arena, diag, layer);
        return false;
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    const int64_t *sides = layer->args.at[PADDING].sides;
    Attributes attr = {.pad = {.top = sides[2], .left = sides[0]}};
    if (!sides[0] && !sides[1] && !sides[2] && !sides[3])
        return x;
    return graph_value(builder, OP_PAD2D, layer_value_name(builder->graph->arena, layer), x, NULL, NULL, layer->out,
                       attr);
}

/* What was put around is cut off, what was cut off gets 0. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    Attributes attr = {.pad = {.top = -op->attr.pad.top, .left = -op->attr.pad.left}};
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_PAD2D, op->in[0], dy, NULL, attr);
}

const LayerKind layer_zero_pad2d = {
    "ZeroPad2d", "zeros around an image", params, infer, lower,
    {.shape = "C,H,W -> C,H + top + bottom,W + left + right; padding is a number or (left, right, top, bottom); "
              "negative ones cut off",
     .example = "ZeroPad2d((1, 2, 0, -1))  # 3x32x32 -> 3x31x35"}};
const BackwardRule backward_pad2d = {OP_PAD2D, backward};

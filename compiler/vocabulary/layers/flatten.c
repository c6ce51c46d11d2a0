/* torch.nn.Flatten, in its default meaning: all of a sample in one row, in C,H,W order. */
#include "vocabulary/vocabulary.h"

static const Param params[] = {
    {"start_dim", ARG_INT, "1", "Flatten keeps the batch and flattens everything else: only start_dim=1 is supported"},
    {"end_dim", ARG_INT, "-1", "Flatten keeps the batch and flattens everything else: only end_dim=-1 is supported"},
    {0},
};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    int64_t count = shape_count(layer->in);
    layer->out = shape_of(1, &count);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    if (layer->in.rank == 1) /* nothing is left to flatten */
        return x;
    return graph_value(builder, OP_RESHAPE, layer_value_name(builder->graph->arena, layer), x, NULL, NULL, layer->out,
                       (Attributes){0});
}

static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_RESHAPE_GRAD, op->in[0], dy, NULL, (Attributes){0});
}

const LayerKind layer_flatten = {"Flatten", "a sample in one row", params, infer, lower,
                                 {.shape = "C,H,W -> C*H*W", .example = "Flatten()  # 3x32x32 -> 3072"}};
const BackwardRule backward_reshape = {OP_RESHAPE, backward};

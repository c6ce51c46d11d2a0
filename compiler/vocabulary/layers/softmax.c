/* torch.nn.Softmax and LogSoftmax, over the channels or features of a sample */
#include <inttypes.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { DIM };

static const Param params[] = {{"dim", ARG_INT, "None", NULL}, {0}};

/* torch counts the batch as dimension 0; None is 1 for what a model can hold here. */
static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *dim = &layer->args.at[DIM];
    if (!dim->none && dim->i != 1 && dim->i != -layer->in.rank) {
        diag_error(diag, dim->span, "%s is over dimension 1, the %s, but gets dim=%" PRId64, layer->kind->name,
                   layer->in.rank == 1 ? "features" : "channels", dim->i);
        layer_note_input(arena, diag, layer);
        return false;
    }
    layer->out = layer->in;
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return graph_value(builder, OP_SOFTMAX, layer_value_name(builder->graph->arena, layer), x, NULL, NULL, layer->out,
                       (Attributes){.log = strcmp(layer->kind->name, "LogSoftmax") == 0});
}

/* dx = y (dy - sum dy y); of the logarithm dx = dy - exp(y) sum dy */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_SOFTMAX_GRAD, op->in[0], dy, op->out[0], op->attr);
}

#define ONE_DIM "over dimension 1 only, the channels or features"

extern const LayerKind layer_softmax, layer_log_softmax;
const LayerKind layer_softmax = {
    "Softmax", "exp x / sum exp x", params, infer, lower,
    {.shape = "any -> the same", .example = "Softmax(dim=1)  # 3x32x32 -> 3x32x32", .differs = ONE_DIM}};
const LayerKind layer_log_softmax = {
    "LogSoftmax", "x - log sum exp x", params, infer, lower,
    {.shape = "any -> the same", .example = "LogSoftmax(dim=1)  # 3x32x32 -> 3x32x32", .differs = ONE_DIM}};
extern const BackwardRule backward_softmax;
const BackwardRule backward_softmax = {OP_SOFTMAX, backward};

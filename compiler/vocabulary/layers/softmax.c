/* torch.nn.Softmax and LogSoftmax, over the channels or features of a sample, or over its last dimension */
#include <inttypes.h>
#include <string.h>

#include "vocabulary/layers/swap.h"

enum { DIM };

static const Param params[] = {{"dim", ARG_INT, "None", NULL}, {0}};

/* The dimension of a sample that `dim` stands for, from 0; torch counts the batch as dimension 0. -1: none of them.
 * None is what torch takes it for: 1 over N,C and N,C,H,W, but the batch over N,C,L. */
static int sample_dim(const Layer *layer)
{
    const Arg *dim = &layer->args.at[DIM];
    if (dim->none)
        return layer_in(layer).rank == 2 ? -1 : 0;
    int64_t place = dim->i < 0 ? dim->i + layer_in(layer).rank + 1 : dim->i;
    return place > 0 && place <= layer_in(layer).rank ? (int)place - 1 : -1;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *dim = &layer->args.at[DIM];
    int place = sample_dim(layer), last = layer_in(layer).rank - 1;
    layer->out = layer_in(layer);
    if (place == 0 || place == last)
        return layer_check_size(arena, diag, layer, layer->out, "an output");
    if (dim->none)
        diag_error(diag, dim->span, "%s without dim is over the batch here, as in torch: say dim=1, the channels, or "
                   "dim=2, the length", layer->kind->name);
    else
        diag_error(diag, dim->span, "%s is over dimension 1, the %s,%s but gets dim=%" PRId64, layer->kind->name,
                   last ? "channels" : "features", last ? " or the last one" : "", dim->i);
    layer_note_input(arena, diag, layer);
    return false;
}

/* The last dimension becomes the channels, and goes back; the rows of an image stand one below the other for that. */
static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    Arena *arena = builder->graph->arena;
    const char *name = layer_value_name(arena, layer);
    int64_t last = layer_in(layer).dim[layer_in(layer).rank - 1];
    bool along = sample_dim(layer) > 0;
    if (along) {
        Shape rows = shape_of(2, (int64_t[]){shape_count(layer_in(layer)) / last, last});
        x = reshape_dims(builder, arena_printf(arena, "%s_rows", name), x, rows);
        x = swap_dims(builder, arena_printf(arena, "%s_swapped", name), x);
    }
    x = graph_value(builder, OP_SOFTMAX, name, x, NULL, NULL, x->shape,
                    (Attributes){.log = strcmp(layer->kind->name, "LogSoftmax") == 0});
    return along ? reshape_dims(builder, name, swap_dims(builder, name, x), layer->out) : x;
}

#define DIMS "any -> the same; dim is 1, the channels or features, or the last one"

extern const LayerKind layer_softmax, layer_log_softmax;
const LayerKind layer_softmax = {
    "Softmax", "exp x / sum exp x", params, infer, lower,
    {.shape = DIMS, .example = "Softmax(dim=1)  # 3x32x32 -> 3x32x32", .gives = OUTPUT_PROBABILITY},
    .torch = {.module = "torch.nn.modules.activation", .prints = "dim="}};
const LayerKind layer_log_softmax = {
    "LogSoftmax", "x - log sum exp x", params, infer, lower,
    {.shape = DIMS, .example = "LogSoftmax(dim=-1)  # 3x32 -> 3x32", .gives = OUTPUT_LOG_PROBABILITY},
    .torch = {.module = "torch.nn.modules.activation", .prints = "dim="}};

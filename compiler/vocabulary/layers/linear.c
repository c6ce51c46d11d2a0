/* torch.nn.Linear */
#include <inttypes.h>

#include "vocabulary/layers/swap.h"
#include "vocabulary/vocabulary.h"

enum { IN_FEATURES, OUT_FEATURES, BIAS };

static const Param params[] = {
    {"in_features", ARG_SIZE, NULL, NULL},
    {"out_features", ARG_INT, NULL, NULL},
    {"bias", ARG_BOOL, "True", NULL},
    {"device", ARG_STRING, "None", "Linear takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "Linear computes in float32 only"},
    {0},
};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    if (!layer_check_positive(diag, layer, OUT_FEATURES))
        return false;
    int64_t last = layer_in(layer).dim[layer_in(layer).rank - 1];
    if (layer_in(layer).rank > 2 && (args->at[IN_FEATURES].inferred || args->at[IN_FEATURES].i != last)) {
        diag_error(diag, layer->name_span,
                   "Linear expects a flat input but receives %s: put Flatten() before it, which gives "
                   "%s = %" PRId64 " features",
                   shape_text(arena, layer_in(layer)), shape_product(arena, layer_in(layer)),
                   shape_count(layer_in(layer)));
        layer_note_input(arena, diag, layer);
        return false;
    }
    int64_t in = last, out = args->at[OUT_FEATURES].i;
    if (args->at[IN_FEATURES].inferred)
        args->at[IN_FEATURES].i = in;
    if (args->at[IN_FEATURES].i != in) {
        diag_error(diag, args->at[IN_FEATURES].span, "Linear expects %" PRId64 " input features but receives %" PRId64,
                   args->at[IN_FEATURES].i, in);
        layer_note_input(arena, diag, layer);
        return false;
    }
    layer->out = layer_in(layer);
    layer->out.dim[layer_in(layer).rank - 1] = out;
    Shape weight = shape_of(2, (int64_t[]){out, in});
    if (!layer_check_size(arena, diag, layer, weight, "a weight") ||
        !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    layer_weight_and_bias(arena, layer, weight, in, args->at[BIAS].i ? out : 0);
    return true;
}

/* Over the last dimension of T,E: a convolution of one tap, whose channels E are. Of an image the rows stand one below
 * the other for that. */
static Value *lower_sequence(Builder *builder, const Layer *layer, Value *x, Value *weight, Value *bias)
{
    const char *name = layer_value_name(builder->graph->arena, layer);
    int64_t out = layer->out.dim[layer_in(layer).rank - 1], in = layer_in(layer).dim[layer_in(layer).rank - 1];
    int64_t rows = shape_count(layer_in(layer)) / in;
    Attributes attr = {.window = {.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}, .groups = 1}};
    weight->shape = shape_of(3, (int64_t[]){out, in, 1});
    x = reshape_dims(builder, arena_printf(builder->graph->arena, "%s_rows", name), x,
                     shape_of(2, (int64_t[]){rows, in}));
    x = swap_dims(builder, arena_printf(builder->graph->arena, "%s_input", name), x);
    Shape columns = shape_of(2, (int64_t[]){out, rows});
    x = graph_value(builder, OP_CONV2D, name, x, weight, bias, columns, attr);
    x = swap_dims(builder, arena_printf(builder->graph->arena, "%s_swapped", name), x);
    return reshape_dims(builder, name, x, layer->out);
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    Value *bias = layer->args.at[BIAS].i ? parameter[1] : NULL;
    if (layer_in(layer).rank > 1)
        return lower_sequence(builder, layer, x, parameter[0], bias);
    return graph_value(builder, OP_LINEAR, layer_value_name(builder->graph->arena, layer), x, parameter[0], bias,
                       layer->out, (Attributes){0});
}

const LayerKind layer_linear = {
    "Linear", "y = x w^T + b", params, infer, lower,
    {.shape = "in_features -> out_features; T,in_features -> T,out_features; C,H,in_features -> C,H,out_features where "
              "in_features is a number",
     .example = "Linear(_, 10)  # 3072 -> 10", .gives = OUTPUT_LOGIT},
    .torch = {.module = "torch.nn.modules.linear", .parameters = "weight bias",
              .prints = "in_features= out_features= bias="}};

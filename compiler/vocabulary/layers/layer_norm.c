/* torch.nn.LayerNorm: a sample normalised over all of it, or over its last dimensions, each part by itself. */
#include <inttypes.h>

#include "vocabulary/layers/norms.h"
#include "vocabulary/layers/swap.h"

enum { NORMALIZED_SHAPE, EPS, ELEMENTWISE_AFFINE, BIAS };

static const Param params[] = {
    {"normalized_shape", ARG_ANY, NULL, NULL},
    {"eps", ARG_FLOAT, "1e-05", NULL},
    {"elementwise_affine", ARG_BOOL, "True", NULL},
    {"bias", ARG_BOOL, "True", NULL},
    {"device", ARG_STRING, "None", "LayerNorm takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "LayerNorm computes in float32 only"},
    {0},
};

/* What argument normalized_shape says: a whole number, a list of them, or _ for all of the input. False where it says
 * nothing of the kind. */
static bool normalized_shape(const Layer *layer, Shape *shape)
{
    const Constant *given = layer->args.at[NORMALIZED_SHAPE].any;
    const Constant *items = given->kind == CONSTANT_SEQUENCE ? given->items : given;
    int count = given->kind == CONSTANT_SEQUENCE ? given->count : 1;
    bool good = count > 0 && count <= MAX_RANK;
    *shape = layer_in(layer);
    if (given->kind == CONSTANT_INFER)
        return true;
    shape->rank = count;
    for (int i = 0; i < count && good; i++) {
        good = items[i].kind == CONSTANT_INT && items[i].i > 0;
        shape->dim[i] = items[i].i;
    }
    return good;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    Span span = args->at[NORMALIZED_SHAPE].span;
    Shape shape;
    layer->out = layer_in(layer);
    if (!normalized_shape(layer, &shape)) {
        diag_error(diag, span, "LayerNorm expects normalized_shape to be a whole number, a list of them or _");
        return false;
    }
    if (!norm_check_eps(diag, layer, EPS) || !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    int skipped = layer_in(layer).rank - shape.rank;
    bool fits = skipped >= 0;
    for (int i = 0; i < shape.rank && fits; i++)
        fits = shape.dim[i] == layer_in(layer).dim[skipped + i];
    if (!fits) {
        diag_error(diag, span, "LayerNorm expects an input that ends in %s but receives %s", shape_text(arena, shape),
                   shape_text(arena, layer_in(layer)));
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (args->at[ELEMENTWISE_AFFINE].i)
        layer_parameter(arena, layer, "weight", shape, INIT_CONSTANT, 1, 1);
    if (args->at[ELEMENTWISE_AFFINE].i && args->at[BIAS].i)
        layer_parameter(arena, layer, "bias", shape, INIT_CONSTANT, 0, 0);
    return true;
}

/* What was normalised part by part, times `weight` plus `bias`, a number for each element of a part: with these as its
 * channels, a convolution of one tap in as many groups. */
static Value *scale_parts(Builder *builder, const char *name, Value *x, Value *weight, Value *bias)
{
    Arena *arena = builder->graph->arena;
    int64_t size = shape_count(weight->shape), parts = shape_count(x->shape) / size;
    Attributes attr = {
        .window = {.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}, .groups = (int)size},
    };
    weight->shape = shape_of(3, (int64_t[]){size, 1, 1});
    if (bias)
        bias->shape = shape_of(1, &size);
    x = reshape_dims(builder, arena_printf(arena, "%s_parts", name), x, shape_of(2, (int64_t[]){parts, size}));
    x = swap_dims(builder, arena_printf(arena, "%s_swapped", name), x);
    x = graph_value(builder, OP_CONV2D, arena_printf(arena, "%s_scaled", name), x, weight, bias, x->shape, attr);
    return swap_dims(builder, name, x);
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    const char *name = layer_value_name(builder->graph->arena, layer);
    Attributes attr = {.norm.eps = args->at[EPS].f};
    bool affine = args->at[ELEMENTWISE_AFFINE].i;
    Value *weight = affine ? parameter[0] : NULL, *bias = affine && args->at[BIAS].i ? parameter[1] : NULL;
    Shape shape;
    normalized_shape(layer, &shape);
    if (layer_in(layer).rank == 1)
        return lower_group_norm(builder, layer, x, weight, bias, 1, attr);
    if (shape.rank == layer_in(layer).rank) {
        x = lower_group_norm(builder, layer, x, NULL, NULL, 1, attr);
        return affine ? graph_value(builder, OP_SCALE, arena_printf(builder->graph->arena, "%s_scaled", name), x,
                                    weight, bias, layer->out, (Attributes){0}) : x;
    }
    /* The parts are the channels, or the rows of all channels one below the other. */
    if (shape.rank < layer_in(layer).rank - 1) {
        int64_t rows = layer_in(layer).dim[0] * layer_in(layer).dim[1];
        x = reshape_dims(builder, arena_printf(builder->graph->arena, "%s_rows", name), x,
                         shape_of(2, (int64_t[]){rows, layer_in(layer).dim[2]}));
    }
    x = lower_group_norm(builder, layer, x, NULL, NULL, x->shape.dim[0], attr);
    if (affine)
        x = scale_parts(builder, name, x, weight, bias);
    return reshape_dims(builder, name, x, layer->out);
}

static void attributes(TorchAttributes *out, const Layer *layer)
{
    Shape shape;
    normalized_shape(layer, &shape);
    torch_add(out, "normalized_shape", "%s", torch_tuple(out->arena, shape.dim, shape.rank));
}

extern const LayerKind layer_layer_norm;
const LayerKind layer_layer_norm = {
    "LayerNorm", "a sample normalised, or its last dimensions", params, infer, lower,
    {.shape = "any -> the same; normalized_shape is its last dimensions, or all",
     .example = "LayerNorm(_)  # 64 -> 64"},
    .torch = {.module = "torch.nn.modules.normalization", .parameters = "weight bias",
              .prints = "normalized_shape eps= elementwise_affine= bias=&elementwise_affine",
              .without = "normalized_shape", .more = attributes}};

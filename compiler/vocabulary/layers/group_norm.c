/* torch.nn.GroupNorm, LayerNorm, InstanceNorm1d and InstanceNorm2d: each sample by itself, by the mean and the biased
 * variance of some of its channels: of a group of them, of all, or of one. */
#include <inttypes.h>

#include "vocabulary/layers/norms.h"

/* The operations over groups of `groups` equal parts of the channels; the other attributes are `attr`'s. */
static Value *lower_groups(Builder *builder, const Layer *layer, Value *x, Value *weight, Value *bias, int64_t groups,
                           Attributes attr)
{
    attr.norm.groups = groups;
    return lower_norm(builder, layer, OP_GROUP_STATISTICS, x, (Value *[]){weight, bias}, attr);
}

/* ---- GroupNorm --------------------------------------------------------------------------------------------------- */

enum { NUM_GROUPS, NUM_CHANNELS, GROUP_EPS, GROUP_AFFINE };

static const Param group_params[] = {
    {"num_groups", ARG_INT, NULL, NULL},
    {"num_channels", ARG_SIZE, NULL, NULL},
    {"eps", ARG_FLOAT, "1e-05", NULL},
    {"affine", ARG_BOOL, "True", NULL},
    {"device", ARG_STRING, "None", "GroupNorm takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "GroupNorm computes in float32 only"},
    {0},
};

static bool infer_group(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    layer->out = layer->in;
    if (!layer_check_positive(diag, layer, NUM_GROUPS) ||
        !norm_check_channels(arena, diag, layer, NUM_CHANNELS, "channels") || !norm_check_eps(diag, layer, GROUP_EPS) ||
        !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    if (layer->in.dim[0] % args->at[NUM_GROUPS].i) {
        diag_error(diag, args->at[NUM_GROUPS].span,
                   "GroupNorm expects num_groups to divide the %" PRId64 " channels but gets %" PRId64,
                   layer->in.dim[0], args->at[NUM_GROUPS].i);
        return false;
    }
    norm_add_affine(arena, layer, args->at[GROUP_AFFINE].i, args->at[GROUP_AFFINE].i);
    return true;
}

static Value *lower_group(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    bool affine = args->at[GROUP_AFFINE].i;
    return lower_groups(builder, layer, x, affine ? parameter[0] : NULL, affine ? parameter[1] : NULL,
                        args->at[NUM_GROUPS].i,
                        (Attributes){.norm = {.eps = args->at[GROUP_EPS].f, .several = true}});
}

const LayerKind layer_group_norm = {
    "GroupNorm", "groups of a sample's channels normalised", group_params, infer_group, lower_group,
    {.shape = "C,H,W -> C,H,W; C,L -> C,L; C -> C", .example = "GroupNorm(4, _)  # 16x8x8 -> 16x8x8"}};

/* ---- InstanceNorm1d, InstanceNorm2d ------------------------------------------------------------------------------ */

enum { NUM_FEATURES, INSTANCE_EPS, MOMENTUM, INSTANCE_AFFINE };

#define INSTANCE_PARAMS(layer, batch)                                                                    \
    {                                                                                                    \
        {"num_features", ARG_SIZE, NULL, NULL},                                                          \
        {"eps", ARG_FLOAT, "1e-05", NULL},                                                               \
        {"momentum", ARG_FLOAT_OR_NONE, "0.1", NULL}, /* of running statistics, which there are none of */ \
        {"affine", ARG_BOOL, "False", NULL},                                                             \
        {"track_running_stats", ARG_BOOL, "False",                                                       \
         layer " keeps no running statistics here: " batch " does, over whole batches"},                 \
        {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"}, \
        {"dtype", ARG_STRING, "None", layer " computes in float32 only"},                                \
        {0},                                                                                             \
    }

static const Param instance_params_1d[] = INSTANCE_PARAMS("InstanceNorm1d", "BatchNorm1d");
static const Param instance_params_2d[] = INSTANCE_PARAMS("InstanceNorm2d", "BatchNorm2d");

static bool infer_instance(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    layer->out = layer->in;
    if (!norm_check_channels(arena, diag, layer, NUM_FEATURES, "features") ||
        !norm_check_eps(diag, layer, INSTANCE_EPS) || !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    if (shape_count(layer->in) == layer->in.dim[0]) {
        diag_error(diag, layer->name_span, "%s expects more than 1 spatial element but receives %s", layer->kind->name,
                   shape_text(arena, layer->in));
        layer_note_input(arena, diag, layer);
        return false;
    }
    norm_add_affine(arena, layer, args->at[INSTANCE_AFFINE].i, args->at[INSTANCE_AFFINE].i);
    return true;
}

static bool infer_instance_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_sequence(arena, diag, layer, "InstanceNorm2d") && infer_instance(arena, diag, layer);
}

static bool infer_instance_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer_instance(arena, diag, layer);
}

static Value *lower_instance(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    bool affine = args->at[INSTANCE_AFFINE].i;
    return lower_groups(builder, layer, x, affine ? parameter[0] : NULL, affine ? parameter[1] : NULL,
                        layer->in.dim[0], (Attributes){.norm.eps = args->at[INSTANCE_EPS].f});
}

const LayerKind layer_instance_norm1d = {
    "InstanceNorm1d", "each channel of a sequence normalised", instance_params_1d, infer_instance_1d, lower_instance,
    {.shape = "C,L -> C,L", .example = "InstanceNorm1d(_)  # 8x100 -> 8x100"}};
const LayerKind layer_instance_norm2d = {
    "InstanceNorm2d", "each channel of a sample normalised", instance_params_2d, infer_instance_2d, lower_instance,
    {.shape = "C,H,W -> C,H,W", .example = "InstanceNorm2d(_)  # 16x8x8 -> 16x8x8"}};

/* ---- LayerNorm --------------------------------------------------------------------------------------------------- */

enum { NORMALIZED_SHAPE, LAYER_EPS, ELEMENTWISE_AFFINE, BIAS };

static const Param layer_params[] = {
    {"normalized_shape", ARG_ANY, NULL, NULL},
    {"eps", ARG_FLOAT, "1e-05", NULL},
    {"elementwise_affine", ARG_BOOL, "True", NULL},
    {"bias", ARG_BOOL, "True", NULL},
    {"device", ARG_STRING, "None", "LayerNorm takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "LayerNorm computes in float32 only"},
    {0},
};

/* What argument normalized_shape says: a whole number, a list of them, or _ for all of the input. */
static bool normalized_shape(Diag *diag, const Layer *layer, Shape *shape)
{
    const Arg *arg = &layer->args.at[NORMALIZED_SHAPE];
    const Constant *given = arg->any, *items = given->kind == CONSTANT_SEQUENCE ? given->items : given;
    int count = given->kind == CONSTANT_SEQUENCE ? given->count : 1;
    bool good = count > 0 && count <= MAX_RANK;
    *shape = layer->in;
    if (given->kind == CONSTANT_INFER)
        return true;
    shape->rank = count;
    for (int i = 0; i < count && good; i++) {
        good = items[i].kind == CONSTANT_INT && items[i].i > 0;
        shape->dim[i] = items[i].i;
    }
    if (!good)
        diag_error(diag, arg->span, "LayerNorm expects normalized_shape to be a whole number, a list of them or _");
    return good;
}

/* The groups that make up one norm each: all channels together, or one by one where the shape is height and width. */
static bool infer_layer(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    const Arg *given = &args->at[NORMALIZED_SHAPE];
    Shape shape;
    layer->out = layer->in;
    if (!normalized_shape(diag, layer, &shape) || !norm_check_eps(diag, layer, LAYER_EPS) ||
        !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    int skipped = layer->in.rank - shape.rank;
    bool fits = skipped >= 0;
    for (int i = 0; i < shape.rank && fits; i++)
        fits = shape.dim[i] == layer->in.dim[skipped + i];
    if (!fits) {
        diag_error(diag, given->span, "LayerNorm expects an input that ends in %s but receives %s",
                   shape_text(arena, shape), shape_text(arena, layer->in));
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (skipped > 1) {
        diag_error(diag, given->span, "LayerNorm over rows of an image is not supported yet: give all of %s, or its "
                   "height and width", shape_text(arena, layer->in));
        return false;
    }
    if (skipped && args->at[ELEMENTWISE_AFFINE].i) {
        diag_error(diag, layer->name_span, "LayerNorm over height and width with weights is not supported yet: say "
                   "elementwise_affine=False, or give all of %s", shape_text(arena, layer->in));
        return false;
    }
    if (args->at[ELEMENTWISE_AFFINE].i)
        layer_parameter(arena, layer, "weight", layer->in, INIT_CONSTANT, 1, 1);
    if (args->at[ELEMENTWISE_AFFINE].i && args->at[BIAS].i)
        layer_parameter(arena, layer, "bias", layer->in, INIT_CONSTANT, 0, 0);
    return true;
}

static Value *lower_layer(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    const Constant *given = args->at[NORMALIZED_SHAPE].any;
    bool affine = args->at[ELEMENTWISE_AFFINE].i;
    int said = given->kind == CONSTANT_SEQUENCE ? given->count : 1;
    bool planes = given->kind != CONSTANT_INFER && said < layer->in.rank;
    Value *weight = affine ? parameter[0] : NULL, *bias = affine && args->at[BIAS].i ? parameter[1] : NULL;
    bool image = layer->in.rank > 1; /* its weights are those of elements, not of channels */
    Value *y = lower_groups(builder, layer, x, image ? NULL : weight, image ? NULL : bias,
                            planes ? layer->in.dim[0] : 1, (Attributes){.norm.eps = args->at[LAYER_EPS].f});
    if (!image || !affine)
        return y;
    return graph_value(builder, OP_SCALE, arena_printf(builder->graph->arena, "%s_scaled", y->name), y, weight, bias,
                       layer->out, (Attributes){0});
}

static void backward_scale_elements(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    Attributes none = {0};
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_SCALE_GRAD, op->in[0], dy, op->in[1], none);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_SCALE_GRAD_WEIGHT, op->in[1], dy, op->in[0], none);
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_SCALE_GRAD_BIAS, op->in[2], dy, NULL, none);
}

const BackwardRule backward_scale = {OP_SCALE, backward_scale_elements};

const LayerKind layer_layer_norm = {
    "LayerNorm", "all of a sample normalised", layer_params, infer_layer, lower_layer,
    {.shape = "C -> C; C,H,W -> C,H,W", .example = "LayerNorm(_)  # 64 -> 64",
     .differs = "of an image it takes all of C,H,W, or without weights H,W"}};

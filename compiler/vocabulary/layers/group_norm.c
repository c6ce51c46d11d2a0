/* torch.nn.GroupNorm, InstanceNorm1d and InstanceNorm2d: each sample by itself, by the mean and the biased variance of
 * a group of its channels, or of one. */
#include <inttypes.h>

#include "vocabulary/layers/norms.h"

/* ---- GroupNorm --------------------------------------------------------------------------------------------------- */

enum { NUM_GROUPS, NUM_CHANNELS, GROUP_EPS, GROUP_AFFINE, GROUP_BIAS = 6 };

static const Param group_params[] = {
    {"num_groups", ARG_INT, NULL, NULL},
    {"num_channels", ARG_SIZE, NULL, NULL},
    {"eps", ARG_FLOAT, "1e-05", NULL},
    {"affine", ARG_BOOL, "True", NULL},
    {"device", ARG_STRING, "None", "GroupNorm takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "GroupNorm computes in float32 only"},
    {"bias", ARG_BOOL, "True", NULL},
    {0},
};

static bool infer_group(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    layer->out = layer_in(layer);
    if (!layer_check_positive(diag, layer, NUM_GROUPS) ||
        !norm_check_channels(arena, diag, layer, NUM_CHANNELS, "channels") || !norm_check_eps(diag, layer, GROUP_EPS) ||
        !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    if (layer_in(layer).dim[0] % args->at[NUM_GROUPS].i) {
        diag_error(diag, args->at[NUM_GROUPS].span,
                   "GroupNorm expects num_groups to divide the %" PRId64 " channels but gets %" PRId64,
                   layer_in(layer).dim[0], args->at[NUM_GROUPS].i);
        return false;
    }
    norm_add_affine(arena, layer, args->at[GROUP_AFFINE].i, args->at[GROUP_BIAS].i);
    return true;
}

static Value *lower_group(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    Value *in[MAX_INPUTS] = {NULL};
    norm_inputs(layer, parameter, in);
    return lower_group_norm(builder, layer, x, in[0], in[1], args->at[NUM_GROUPS].i,
                            (Attributes){.norm = {.eps = args->at[GROUP_EPS].f, .several = true}});
}

#define PRINTS "num_features eps= momentum= affine= bias=&affine track_running_stats="
const LayerKind layer_group_norm = {
    "GroupNorm", "groups of a sample's channels normalised", group_params, infer_group, lower_group,
    {.shape = "C,H,W -> C,H,W; C,L -> C,L; C -> C", .example = "GroupNorm(4, _)  # 16x8x8 -> 16x8x8"},
    .torch = {.module = "torch.nn.modules.normalization", .parameters = "weight bias",
              .prints = "num_groups num_channels eps= affine= bias=&affine"}};

/* ---- InstanceNorm1d, InstanceNorm2d ------------------------------------------------------------------------------ */

enum { NUM_FEATURES, INSTANCE_EPS, MOMENTUM, INSTANCE_AFFINE, TRACK_RUNNING_STATS, INSTANCE_BIAS = 7 };

#define INSTANCE_PARAMS(layer)                                                                           \
    {                                                                                                    \
        {"num_features", ARG_SIZE, NULL, NULL},                                                          \
        {"eps", ARG_FLOAT, "1e-05", NULL},                                                               \
        {"momentum", ARG_FLOAT_OR_NONE, "0.1", NULL},                                                    \
        {"affine", ARG_BOOL, "False", NULL},                                                             \
        {"track_running_stats", ARG_BOOL, "False", NULL},                                                \
        {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"}, \
        {"dtype", ARG_STRING, "None", layer " computes in float32 only"},                                \
        {"bias", ARG_BOOL, "True", NULL},                                                                \
        {0},                                                                                             \
    }

static const Param instance_params_1d[] = INSTANCE_PARAMS("InstanceNorm1d");
static const Param instance_params_2d[] = INSTANCE_PARAMS("InstanceNorm2d");

static bool infer_instance(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    layer->out = layer_in(layer);
    if (!norm_check_channels(arena, diag, layer, NUM_FEATURES, "features") ||
        !norm_check_eps(diag, layer, INSTANCE_EPS) || !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    if (shape_count(layer_in(layer)) == layer_in(layer).dim[0]) {
        diag_error(diag, layer->name_span, "%s expects more than 1 spatial element but receives %s", layer->kind->name,
                   shape_text(arena, layer_in(layer)));
        layer_note_input(arena, diag, layer);
        return false;
    }
    norm_add_affine(arena, layer, args->at[INSTANCE_AFFINE].i, args->at[INSTANCE_BIAS].i);
    if (args->at[TRACK_RUNNING_STATS].i)
        norm_add_running(arena, layer);
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

/* momentum=None is 0 here, as in torch: the running statistics stay as they begin. Nor does torch count batches. */
static Value *lower_instance(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    Attributes attr = {.norm = {.eps = args->at[INSTANCE_EPS].f, .groups = layer_in(layer).dim[0],
                                .momentum = args->at[MOMENTUM].none ? 0 : args->at[MOMENTUM].f}};
    Value *in[MAX_INPUTS] = {NULL};
    norm_inputs(layer, parameter, in);
    return lower_norm(builder, layer, OP_GROUP_STATISTICS, x, in, attr);
}

const LayerKind layer_instance_norm1d = {
    "InstanceNorm1d", "each channel of a sequence normalised", instance_params_1d, infer_instance_1d, lower_instance,
    {.shape = "C,L -> C,L", .example = "InstanceNorm1d(_)  # 8x100 -> 8x100"},
    .torch = {.module = "torch.nn.modules.instancenorm", .parameters = "weight bias", .prints = PRINTS,
              .buffers = "running_mean running_var num_batches_tracked"}};
const LayerKind layer_instance_norm2d = {
    "InstanceNorm2d", "each channel of a sample normalised", instance_params_2d, infer_instance_2d, lower_instance,
    {.shape = "C,H,W -> C,H,W", .example = "InstanceNorm2d(_)  # 16x8x8 -> 16x8x8"},
    .torch = {.module = "torch.nn.modules.instancenorm", .parameters = "weight bias", .prints = PRINTS,
              .buffers = "running_mean running_var num_batches_tracked"}};

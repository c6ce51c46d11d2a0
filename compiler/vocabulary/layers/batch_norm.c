/* torch.nn.BatchNorm1d and BatchNorm2d.
 *
 * In training a channel is normalised by its mean and biased variance over the whole batch, and the running statistics
 * take a share of each. In evaluation those are used instead, or the batch's own where none are tracked. */
#include "vocabulary/layers/norms.h"

enum { NUM_FEATURES, EPS, MOMENTUM, AFFINE, TRACK_RUNNING_STATS, BIAS = 7 };

#define PARAMS(layer)                                                                                    \
    {                                                                                                    \
        {"num_features", ARG_SIZE, NULL, NULL},                                                          \
        {"eps", ARG_FLOAT, "1e-05", NULL},                                                               \
        {"momentum", ARG_FLOAT_OR_NONE, "0.1", NULL},                                                    \
        {"affine", ARG_BOOL, "True", NULL},                                                              \
        {"track_running_stats", ARG_BOOL, "True", NULL},                                                 \
        {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"}, \
        {"dtype", ARG_STRING, "None", layer " computes in float32 only"},                                \
        {"bias", ARG_BOOL, "True", NULL},                                                                \
        {0},                                                                                             \
    }

static const Param params_1d[] = PARAMS("BatchNorm1d"), params_2d[] = PARAMS("BatchNorm2d");

/* torch refuses others in training, and only there. */
static bool check_eps(Diag *diag, const Layer *layer)
{
    const Arg *eps = &layer->args.at[EPS];
    if (eps->f > 0)
        return true;
    diag_error(diag, eps->span, "%s expects eps to be above 0, as a batch may not vary, but gets %.12g",
               layer->kind->name, eps->f);
    return false;
}

static bool infer_channels(Arena *arena, Diag *diag, Layer *layer)
{
    const Args *args = &layer->args;
    layer->out = layer_in(layer);
    if (!norm_check_channels(arena, diag, layer, NUM_FEATURES, "features") || !check_eps(diag, layer) ||
        !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    norm_add_affine(arena, layer, args->at[AFFINE].i, args->at[BIAS].i);
    if (args->at[TRACK_RUNNING_STATS].i)
        norm_add_running(arena, layer);
    return true;
}

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    if (layer_in(layer).rank <= 2)
        return infer_channels(arena, diag, layer);
    diag_error(diag, layer->name_span, "BatchNorm1d expects features or channels x length but receives %s: images take "
               "BatchNorm2d", shape_text(arena, layer_in(layer)));
    layer_note_input(arena, diag, layer);
    return false;
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer_channels(arena, diag, layer);
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const Args *args = &layer->args;
    Attributes attr = {.norm = {.eps = args->at[EPS].f, .momentum = args->at[MOMENTUM].f,
                                .cumulative = args->at[MOMENTUM].none, .several = true}};
    Value *in[MAX_INPUTS] = {NULL};
    norm_inputs(layer, parameter, in);
    return lower_norm(builder, layer, OP_BATCH_STATISTICS, x, in, attr);
}

#define PRINTS "num_features eps= momentum= affine= bias=&affine track_running_stats="
const LayerKind layer_batch_norm1d = {
    "BatchNorm1d", "each feature normalised over the batch", params_1d, infer_1d, lower,
    {.shape = "C -> C; C,L -> C,L", .example = "BatchNorm1d(_)  # 8x100 -> 8x100",
     .differs = "a batch of one number a channel is refused before training begins"},
    .torch = {.module = "torch.nn.modules.batchnorm", .parameters = "weight bias", .prints = PRINTS,
              .buffers = "running_mean running_var num_batches_tracked"}};
const LayerKind layer_batch_norm2d = {
    "BatchNorm2d", "each channel normalised over the batch", params_2d, infer_2d, lower,
    {.shape = "C,H,W -> C,H,W", .example = "BatchNorm2d(_)  # 16x8x8 -> 16x8x8"},
    .torch = {.module = "torch.nn.modules.batchnorm", .parameters = "weight bias", .prints = PRINTS,
              .buffers = "running_mean running_var num_batches_tracked"}};

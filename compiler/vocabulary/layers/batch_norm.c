/* torch.nn.BatchNorm1d and BatchNorm2d.
 *
 * In training a channel is normalised by its mean and biased variance over the whole batch, which MOMENTS and
 * BATCH_STATISTICS gather; the running statistics take a share of each. In evaluation those are used instead, or the
 * batch's own where none are tracked. */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { NUM_FEATURES, EPS, MOMENTUM, AFFINE, TRACK_RUNNING_STATS };

/* The rows of what is kept of each channel. */
enum { MOMENT_ROWS = 3, STATISTIC_ROWS = 4, SUM_ROWS = 2 };

#define PARAMS(layer)                                                                              \
    {                                                                                              \
        {"num_features", ARG_SIZE, NULL, NULL},                                                    \
        {"eps", ARG_FLOAT, "1e-05", NULL},                                                         \
        {"momentum", ARG_FLOAT_OR_NONE, "0.1", NULL},                                              \
        {"affine", ARG_BOOL, "True", NULL},                                                        \
        {"track_running_stats", ARG_BOOL, "True", NULL},                                           \
        {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"}, \
        {"dtype", ARG_STRING, "None", layer " computes in float32 only"},                          \
        {0},                                                                                       \
    }

static const Param params_1d[] = PARAMS("BatchNorm1d"), params_2d[] = PARAMS("BatchNorm2d");

/* Adds the parameters and buffers, in the order of torch's state_dict. */
static void add_parameters(Arena *arena, Layer *layer)
{
    const Args *args = &layer->args;
    Shape channels = shape_of(1, layer->in.dim), none = {0};
    if (args->at[AFFINE].i) {
        layer_parameter(arena, layer, "weight", channels, INIT_CONSTANT, 1, 1);
        layer_parameter(arena, layer, "bias", channels, INIT_CONSTANT, 0, 0);
    }
    if (args->at[TRACK_RUNNING_STATS].i) {
        layer_buffer(arena, layer, PARAMETER_KEPT, "running_mean", channels, 0);
        layer_buffer(arena, layer, PARAMETER_KEPT, "running_var", channels, 1);
        layer_buffer(arena, layer, PARAMETER_COUNT, "num_batches_tracked", none, 0);
    }
}

static bool infer_channels(Arena *arena, Diag *diag, Layer *layer)
{
    Arg *features = &layer->args.at[NUM_FEATURES], *eps = &layer->args.at[EPS];
    if (features->inferred)
        features->i = layer->in.dim[0];
    if (features->i != layer->in.dim[0]) {
        diag_error(diag, features->span, "%s expects %" PRId64 " features but receives %s", layer->kind->name,
                   features->i, shape_text(arena, layer->in));
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (!(eps->f >= 0)) {
        diag_error(diag, eps->span, "%s expects eps to be at least 0 but gets %.12g", layer->kind->name, eps->f);
        return false;
    }
    layer->out = layer->in;
    if (!layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    add_parameters(arena, layer);
    return true;
}

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    if (layer->in.rank == 3) {
        diag_error(diag, layer->name_span, "BatchNorm1d expects flat features but receives %s: images take BatchNorm2d",
                   shape_text(arena, layer->in));
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (layer->in.rank != 1) {
        diag_error(diag, layer->name_span, "BatchNorm1d over sequences is not supported yet: it receives %s",
                   shape_text(arena, layer->in));
        layer_note_input(arena, diag, layer);
        return false;
    }
    return infer_channels(arena, diag, layer);
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer_channels(arena, diag, layer);
}

/* The shape of `rows` numbers for each channel of x. */
static Shape of_channels(const Value *x, int rows)
{
    return shape_of(3, (int64_t[]){x->shape.dim[0], rows, 1});
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    Arena *arena = builder->graph->arena;
    const Args *args = &layer->args;
    const char *name = layer_value_name(arena, layer);
    Attributes attr = {.norm = {.pixels = shape_count(x->shape) / x->shape.dim[0], .eps = args->at[EPS].f,
                                .momentum = args->at[MOMENTUM].f, .cumulative = args->at[MOMENTUM].none}};
    int place = 0;
    Value *in[MAX_INPUTS] = {graph_value(builder, OP_MOMENTS, arena_printf(arena, "%s_moments", name), x, NULL, NULL,
                                         of_channels(x, MOMENT_ROWS), attr)};
    for (int i = 1; i <= 2 && args->at[AFFINE].i; i++)
        in[i] = parameter[place++];
    for (int i = 3; i <= 5 && args->at[TRACK_RUNNING_STATS].i; i++)
        in[i] = parameter[place++];
    Shape of_batch = of_channels(x, STATISTIC_ROWS);
    Op *statistics =
        graph_op(builder, OP_BATCH_STATISTICS, arena_printf(arena, "%s_statistics", name), in, &of_batch, attr);
    return graph_op(builder, OP_NORM, name, (Value *[]){x, in[1], in[2], statistics->out[0]}, &layer->out, attr)
        ->out[0];
}

/* With xh = (x - mean) / sqrt(var + eps) and means over the batch: db = sum dy, dw = sum dy xh,
 * dx = w / sqrt(var + eps) * (dy - mean(dy) - xh mean(dy xh)). */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    Arena *arena = builder->graph->arena;
    Value *x = op->in[0], *statistics = op->in[3];
    const char *name = op->out[0]->name;
    Value *sums = graph_value(builder, OP_NORM_SUMS, arena_printf(arena, "d_%s_sums", name), dy, x, statistics,
                              of_channels(x, SUM_ROWS), op->attr);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_NORM_GRAD_WEIGHT, op->in[1], sums, NULL, op->attr);
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_NORM_GRAD_BIAS, op->in[2], sums, NULL, op->attr);
    if (!wanted[0])
        return;
    Value *of_batch = graph_value(builder, OP_BATCH_STATISTICS_GRAD, arena_printf(arena, "d_%s_statistics", name), sums,
                                  statistics, NULL, of_channels(x, SUM_ROWS), op->attr);
    dx[0] = graph_op(builder, OP_NORM_GRAD, arena_printf(arena, "d_%s", x->name),
                     (Value *[]){dy, x, statistics, of_batch}, &x->shape, op->attr)
                ->out[0];
}

const LayerKind layer_batch_norm1d = {
    "BatchNorm1d", "each feature normalised over the batch", params_1d, infer_1d, lower,
    {.shape = "num_features -> num_features", .example = "BatchNorm1d(_)  # 64 -> 64",
     .differs = "takes flat features; a batch of one is refused before training begins"}};
const LayerKind layer_batch_norm2d = {
    "BatchNorm2d", "each channel normalised over the batch", params_2d, infer_2d, lower,
    {.shape = "C,H,W -> C,H,W", .example = "BatchNorm2d(_)  # 16x8x8 -> 16x8x8"}};
const BackwardRule backward_norm = {OP_NORM, backward};

/* torch.nn.Dropout; Dropout1d and Dropout2d, which drop whole channels; torchvision.ops.StochasticDepth, which drops
 * whole samples. */
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { P, MODE };

static const Param params[] = {
    {"p", ARG_FLOAT, "0.5", NULL},
    {"inplace", ARG_BOOL, "False", NULL}, /* where results are kept is the compiler's business: either is honoured */
    {0},
};

static const Param depth_params[] = {{"p", ARG_FLOAT, NULL, NULL}, {"mode", ARG_STRING, NULL, NULL}, {0}};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *p = &layer->args.at[P];
    if (!(p->f >= 0 && p->f <= 1)) {
        diag_error(diag, p->span, "%s expects p to be a probability between 0 and 1 but gets %.12g",
                   layer->kind->name, p->f);
        return false;
    }
    layer->out = layer_in(layer);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static bool infer_channels2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer(arena, diag, layer);
}

static bool infer_channels1d(Arena *arena, Diag *diag, Layer *layer)
{
    if (layer_in(layer).rank == 2)
        return infer(arena, diag, layer);
    diag_error(diag, layer->name_span, "Dropout1d expects an input of channels x length but receives %s%s",
               shape_text(arena, layer_in(layer)),
               layer_in(layer).rank == 3 ? ": Dropout2d drops the channels of images" : "");
    layer_note_input(arena, diag, layer);
    return false;
}

static bool is_mode(const Layer *layer, const char *mode)
{
    return strcmp(layer->args.at[MODE].s, mode) == 0;
}

static bool infer_depth(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *mode = &layer->args.at[MODE];
    if (is_mode(layer, "row") || is_mode(layer, "batch"))
        return infer(arena, diag, layer);
    diag_error(diag, mode->span, "StochasticDepth knows the modes \"row\", which drops samples, and \"batch\", which "
               "drops all of a batch, but gets \"%s\"", mode->s);
    return false;
}

static Value *lower_as(Builder *builder, const Layer *layer, Value *x, OpKind kind, DropoutUnit unit, Shape second)
{
    if (layer->args.at[P].f == 0)
        return x;
    Attributes attr = {.dropout = {.p = layer->args.at[P].f, .unit = unit}};
    Shape out[2] = {layer->out, second};
    return graph_op(builder, kind, layer_value_name(builder->graph->arena, layer), &x, out, attr)->out[0];
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return lower_as(builder, layer, x, OP_DROPOUT, DROP_EACH, layer->out);
}

static Value *lower_channels(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter;
    return lower_as(builder, layer, x, OP_DROPOUT_CHANNELS, DROP_EACH, shape_of(1, &layer->out.dim[0]));
}

static Value *lower_depth(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter;
    return lower_as(builder, layer, x, OP_DROPOUT_CHANNELS, is_mode(layer, "row") ? DROP_SAMPLES : DROP_BATCH,
                    shape_of(1, &layer->out.dim[0]));
}

static const char differs[] =
    "masks are those of PyTorch's own generator: on Intel processors its builds with MKL draw others";

const LayerKind layer_dropout = {
    "Dropout", "elements become 0 with probability p in training, the others are divided by 1 - p", params, infer,
    lower,
    {.shape = "any -> the same", .example = "Dropout(p=0.2)  # 3x32x32 -> 3x32x32", .differs = differs},
    .torch = {.module = "torch.nn.modules.dropout", .prints = "p= inplace="}};
const LayerKind layer_dropout1d = {
    "Dropout1d", "channels become 0 with probability p in training, the others are divided by 1 - p", params,
    infer_channels1d, lower_channels,
    {.shape = "C,L -> C,L", .example = "Dropout1d(p=0.2)  # 16x100 -> 16x100", .differs = differs},
    .torch = {.module = "torch.nn.modules.dropout", .prints = "p= inplace="}};
const LayerKind layer_dropout2d = {
    "Dropout2d", "channels of images become 0 with probability p in training, the others are divided by 1 - p",
    params, infer_channels2d, lower_channels,
    {.shape = "C,H,W -> C,H,W", .example = "Dropout2d(p=0.2)  # 16x32x32 -> 16x32x32", .differs = differs},
    .torch = {.module = "torch.nn.modules.dropout", .prints = "p= inplace="}};

const LayerKind layer_stochastic_depth = {
    "StochasticDepth", "samples become 0 with probability p in training, the others are divided by 1 - p", depth_params,
    infer_depth, lower_depth,
    {.shape = "any -> the same; mode=\"row\" drops each sample by itself, mode=\"batch\" all of a batch or none",
     .example = "StochasticDepth(0.2, \"row\")  # 16x32x32 -> 16x32x32", .module = "torchvision.ops",
     .differs = differs},
    .torch = {.module = "torchvision.ops.stochastic_depth", .prints = "p= mode="}};

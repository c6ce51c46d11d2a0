/* torch.nn.Dropout, and Dropout1d and Dropout2d, which drop whole channels. */
#include "vocabulary/vocabulary.h"

enum { P };

static const Param params[] = {
    {"p", ARG_FLOAT, "0.5", NULL},
    {"inplace", ARG_BOOL, "False", NULL}, /* where results are kept is the compiler's business: either is honoured */
    {0},
};

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

static Value *lower_as(Builder *builder, const Layer *layer, Value *x, OpKind kind, Shape factors)
{
    if (layer->args.at[P].f == 0)
        return x;
    Attributes attr = {.p = layer->args.at[P].f};
    Shape out[2] = {layer->out, factors};
    return graph_op(builder, kind, layer_value_name(builder->graph->arena, layer), &x, out, attr)->out[0];
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return lower_as(builder, layer, x, OP_DROPOUT, layer->out);
}

static Value *lower_channels(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter;
    return lower_as(builder, layer, x, OP_DROPOUT_CHANNELS, shape_of(1, &layer->out.dim[0]));
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

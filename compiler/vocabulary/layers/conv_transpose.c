/* torch.nn.ConvTranspose1d and ConvTranspose2d: the data gradient of a convolution with the same arguments, which goes
 * from out_channels to in_channels, and whose weight it has. */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { IN_CHANNELS, OUT_CHANNELS, KERNEL_SIZE, STRIDE, PADDING, OUTPUT_PADDING, GROUPS, BIAS, DILATION };

#define PARAMS(layer, SIZE)                                                                               \
    {                                                                                                     \
        {"in_channels", ARG_SIZE, NULL, NULL},                                                            \
        {"out_channels", ARG_INT, NULL, NULL},                                                            \
        {"kernel_size", SIZE, NULL, NULL},                                                                \
        {"stride", SIZE, "1", NULL},                                                                      \
        {"padding", SIZE, "0", NULL},                                                                     \
        {"output_padding", SIZE, "0", NULL},                                                              \
        {"groups", ARG_INT, "1", NULL},                                                                   \
        {"bias", ARG_BOOL, "True", NULL},                                                                 \
        {"dilation", SIZE, "1", NULL},                                                                    \
        {"padding_mode", ARG_STRING, "\"zeros\"", layer " has only padding_mode=\"zeros\", in torch too"},  \
        {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"},  \
        {"dtype", ARG_STRING, "None", layer " computes in float32 only"},                                 \
        {0},                                                                                              \
    }

static const Param params_1d[] = PARAMS("ConvTranspose1d", ARG_SINGLE);
static const Param params_2d[] = PARAMS("ConvTranspose2d", ARG_PAIR);

static const WindowPlaces places = {KERNEL_SIZE, STRIDE, PADDING, DILATION};

/* The window of the convolution that goes the other way. */
static Window window_of(const Layer *layer)
{
    Window window = layer_window(layer, places);
    const int64_t *more = layer->args.at[OUTPUT_PADDING].pair;
    window.groups = (int)layer->args.at[GROUPS].i;
    for (int axis = layer_in(layer).rank == 2; axis < 2; axis++)
        window.left_out[axis] = (int)more[axis] / window.stride[axis];
    return window;
}

/* torch's rule: more would be a window of its own. */
static bool check_output_padding(Diag *diag, const Layer *layer)
{
    const Args *args = &layer->args;
    const Arg *more = &args->at[OUTPUT_PADDING];
    for (int axis = 0; axis < 2; axis++) {
        int64_t stride = args->at[STRIDE].pair[axis], dilation = args->at[DILATION].pair[axis];
        if (more->pair[axis] < stride || more->pair[axis] < dilation)
            continue;
        diag_error(diag, more->span, "%s expects output_padding smaller than its stride, %" PRId64
                   ", or its dilation, %" PRId64 ", but gets %" PRId64, layer->kind->name, stride, dilation,
                   more->pair[axis]);
        return false;
    }
    return true;
}

/* Each position within a step of the stride is a kernel of its own, if it has a tap. */
static bool check_positions(Diag *diag, const Layer *layer)
{
    enum { MOST = 4096 };
    Window window = window_of(layer);
    int64_t positions = 1;
    for (int axis = 0; axis < 2; axis++)
        positions *= window.stride[axis] < window.kernel[axis] ? window.stride[axis] : window.kernel[axis];
    if (positions <= MOST)
        return true;
    diag_error(diag, layer->args.at[STRIDE].span, "%s would need %" PRId64 " kernels, one for each position of a "
               "stride, where at most %d are supported: take several layers of smaller strides",
               layer->kind->name, positions, MOST);
    return false;
}

static int64_t extent_of(const Args *args, int axis, int64_t in)
{
    const int64_t most = (int64_t)1 << 60; /* of a part: the sum stays a number, and is refused as too large */
    int64_t window = args->at[DILATION].pair[axis] * (args->at[KERNEL_SIZE].pair[axis] - 1) + 1;
    int64_t steps = (in - 1) * args->at[STRIDE].pair[axis];
    return (steps < most ? steps : most) + (window < most ? window : most) + args->at[OUTPUT_PADDING].pair[axis] -
           2 * args->at[PADDING].pair[axis];
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    int rank = layer_in(layer).rank;
    if (!layer_check_positive(diag, layer, OUT_CHANNELS) || !layer_check_positive(diag, layer, GROUPS) ||
        !layer_check_pair(diag, layer, KERNEL_SIZE, 1) || !layer_check_pair(diag, layer, STRIDE, 1) ||
        !layer_check_pair(diag, layer, DILATION, 1) || !layer_check_pair(diag, layer, PADDING, 0) ||
        !layer_check_pair(diag, layer, OUTPUT_PADDING, 0) || !check_output_padding(diag, layer) ||
        !layer_check_channels(arena, diag, layer, IN_CHANNELS, OUT_CHANNELS, GROUPS))
        return false;
    int64_t out = args->at[OUT_CHANNELS].i, per_group = out / args->at[GROUPS].i, fan_in = per_group;
    Shape weight = {.rank = rank + 1, .dim = {layer_in(layer).dim[0], per_group}};
    layer->out = shape_of(rank, (int64_t[]){out, 0, 0});
    for (int d = 1; d < rank; d++) {
        int axis = d + 2 - rank; /* a sequence lies horizontally */
        int64_t extent = extent_of(args, axis, layer_in(layer).dim[d]), kernel = args->at[KERNEL_SIZE].pair[axis];
        layer->out.dim[d] = extent;
        weight.dim[d + 1] = kernel;
        if (extent >= 1)
            continue;
        const char *which = rank == 2 ? "length" : axis ? "width" : "height";
        diag_error(diag, args->at[PADDING].span, "%s leaves nothing of %s: its %s would be %" PRId64,
                   layer->kind->name, shape_text(arena, layer_in(layer)), which, extent);
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (!layer_check_size(arena, diag, layer, layer->out, "an output") ||
        !layer_check_size(arena, diag, layer, weight, "a weight") || !check_positions(diag, layer))
        return false;
    for (int d = 2; d <= rank; d++)
        fan_in *= weight.dim[d]; /* torch counts the weight's second dimension here too */
    layer_weight_and_bias(arena, layer, weight, fan_in, args->at[BIAS].i ? out : 0);
    return true;
}

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_sequence(arena, diag, layer, "ConvTranspose2d") && infer(arena, diag, layer);
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer(arena, diag, layer);
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    Attributes attr = {.window = window_of(layer)};
    Value *bias = layer->args.at[BIAS].i ? parameter[1] : NULL;
    return graph_value(builder, OP_CONV_TRANSPOSE2D, layer_value_name(builder->graph->arena, layer), x, parameter[0],
                       bias, layer->out, attr);
}

static void attributes(TorchAttributes *out, const Layer *layer)
{
    const int64_t *padding = layer->args.at[PADDING].pair;
    const int64_t sides[] = {padding[1], padding[1], padding[0], padding[0]};
    torch_add(out, "transposed", "True");
    torch_add(out, "_reversed_padding_repeated_twice", "%s",
              torch_tuple(out->arena, sides, layer_in(layer).rank == 3 ? 4 : 2));
}

#define POSITIONS "a stride that has more than 4096 positions with a tap of the kernel is refused"
#define PRINTS \
    "in_channels out_channels kernel_size= stride= padding=? dilation=? output_padding=? groups=? bias=? padding_mode=?"
extern const LayerKind layer_conv_transpose1d, layer_conv_transpose2d;
const LayerKind layer_conv_transpose1d = {
    "ConvTranspose1d", "a transposed convolution: a sequence longer by the stride", params_1d, infer_1d, lower,
    {.shape = "C,L -> out_channels,(L - 1)*stride - 2*padding + dilation*(kernel_size - 1) + output_padding + 1",
     .example = "ConvTranspose1d(_, 4, 4, stride=2, padding=1)  # 8x100 -> 4x200", .differs = POSITIONS},
    .torch = {.module = "torch.nn.modules.conv", .parameters = "weight bias", .tuples = true, .more = attributes,
              .prints = PRINTS}};
const LayerKind layer_conv_transpose2d = {
    "ConvTranspose2d", "a transposed convolution: an image larger by the stride", params_2d, infer_2d, lower,
    {.shape = "C,H,W -> out_channels,(H - 1)*stride - 2*padding + dilation*(kernel_size - 1) + output_padding + 1, "
              "and so for W",
     .example = "ConvTranspose2d(_, 16, 4, stride=2, padding=1)  # 3x32x32 -> 16x64x64", .differs = POSITIONS},
    .torch = {.module = "torch.nn.modules.conv", .parameters = "weight bias", .tuples = true, .more = attributes,
              .prints = PRINTS}};

/* torch.nn.Conv1d and Conv2d */
#include "vocabulary/layers/pads.h"

#include <inttypes.h>
#include <string.h>

enum { IN_CHANNELS, OUT_CHANNELS, KERNEL_SIZE, STRIDE, PADDING, DILATION, GROUPS, BIAS, PADDING_MODE };

#define PARAMS(layer, SIZE, AMOUNT)                                                                               \
    {                                                                                                             \
        {"in_channels", ARG_SIZE, NULL, NULL},                                                                    \
        {"out_channels", ARG_INT, NULL, NULL},                                                                    \
        {"kernel_size", SIZE, NULL, NULL},                                                                        \
        {"stride", SIZE, "1", NULL},                                                                              \
        {"padding", AMOUNT, "0", NULL},                                                                           \
        {"dilation", SIZE, "1", NULL},                                                                            \
        {"groups", ARG_INT, "1", NULL},                                                                           \
        {"bias", ARG_BOOL, "True", NULL},                                                                         \
        {"padding_mode", ARG_STRING, "\"zeros\"", NULL},                                                          \
        {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"},          \
        {"dtype", ARG_STRING, "None", layer " computes in float32 only"},                                         \
        {0},                                                                                                      \
    }

static const Param params_1d[] = PARAMS("Conv1d", ARG_SINGLE, ARG_SINGLE_PADDING);
static const Param params_2d[] = PARAMS("Conv2d", ARG_PAIR, ARG_PADDING);

static const WindowPlaces places = {KERNEL_SIZE, STRIDE, PADDING, DILATION};

/* padding="same": what keeps the extent at stride 1, as much on both sides; an odd rest goes to the right and the
 * bottom. Fills in padding->pair, and padding->sides with all sides. */
static bool resolve_padding(Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    Arg *padding = &args->at[PADDING];
    const int64_t *kernel = args->at[KERNEL_SIZE].pair, *stride = args->at[STRIDE].pair,
                  *dilation = args->at[DILATION].pair;
    bool same = padding->s && padding->s[0] == 's';
    for (int axis = 0; axis < 2; axis++) {
        if (same && stride[axis] != 1) {
            diag_error(diag, padding->span, "%s with padding=\"same\" expects stride 1 but gets %" PRId64
                       ": write the padding as a number", layer->kind->name, stride[axis]);
            return false;
        }
        int64_t total = same ? dilation[axis] * (kernel[axis] - 1) : 2 * padding->pair[axis];
        bool there = axis == 1 || layer_in(layer).rank == 3;
        padding->pair[axis] = total / 2;
        padding->sides[axis ? 0 : 2] = there ? total / 2 : 0;
        padding->sides[axis ? 1 : 3] = there ? total - total / 2 : 0;
    }
    return true;
}

static bool check_padding(Arena *arena, Diag *diag, const Layer *layer)
{
    const Arg *padding = &layer->args.at[PADDING], *name = &layer->args.at[PADDING_MODE];
    PadMode mode;
    if (!pad_mode(name->s, &mode)) {
        diag_error(diag, name->span, "%s expects padding_mode to be \"zeros\", \"reflect\", \"replicate\" or "
                   "\"circular\" but gets \"%s\"", layer->kind->name, name->s);
        return false;
    }
    const char *whose = arena_printf(arena, "%s with padding_mode=\"%s\"", layer->kind->name, name->s);
    return (mode == PAD_ZEROS || pad_check(arena, diag, layer, whose, padding->span, mode, padding->sides)) &&
           layer_check_size(arena, diag, layer, pad_shape(layer_in(layer), padding->sides), "a padded input");
}

static Window window_of(const Layer *layer)
{
    Window window = layer_window(layer, places);
    window.groups = (int)layer->args.at[GROUPS].i;
    return window;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    if (!layer_check_positive(diag, layer, OUT_CHANNELS) || !layer_check_positive(diag, layer, GROUPS) ||
        !layer_check_pair(diag, layer, KERNEL_SIZE, 1) || !layer_check_pair(diag, layer, STRIDE, 1) ||
        !layer_check_pair(diag, layer, DILATION, 1) || !resolve_padding(diag, layer) ||
        !layer_check_pair(diag, layer, PADDING, 0) ||
        !layer_check_channels(arena, diag, layer, IN_CHANNELS, OUT_CHANNELS, GROUPS) ||
        !check_padding(arena, diag, layer))
        return false;
    Window window = window_of(layer);
    int64_t out = args->at[OUT_CHANNELS].i, per_group = layer_in(layer).dim[0] / window.groups;
    bool same = args->at[PADDING].s && args->at[PADDING].s[0] == 's';
    layer->out = layer_window_shape(layer, out, &window);
    if (same)
        memcpy(&layer->out.dim[1], &layer->inputs.at[0].shape.dim[1], 2 * sizeof *layer->out.dim);
    if (!same && !layer_check_window(arena, diag, layer, &window, KERNEL_SIZE))
        return false;
    Shape weight = shape_of(4, (int64_t[]){out, per_group, window.kernel[0], window.kernel[1]});
    if (layer_in(layer).rank == 2)
        weight = shape_of(3, (int64_t[]){out, per_group, window.kernel[1]});
    if (!layer_check_size(arena, diag, layer, layer->out, "an output") ||
        !layer_check_size(arena, diag, layer, weight, "a weight"))
        return false;
    int64_t fan_in = per_group * window.kernel[0] * window.kernel[1];
    layer_weight_and_bias(arena, layer, weight, fan_in, args->at[BIAS].i ? out : 0);
    return true;
}

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_sequence(arena, diag, layer, "Conv2d") && infer(arena, diag, layer);
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer(arena, diag, layer);
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    Arena *arena = builder->graph->arena;
    Attributes attr = {.window = window_of(layer)};
    Value *bias = layer->args.at[BIAS].i ? parameter[1] : NULL;
    const char *name = layer_value_name(arena, layer);
    int64_t sides[4];
    PadMode mode;
    pad_mode(layer->args.at[PADDING_MODE].s, &mode);
    for (int side = 0; side < 4; side++) { /* of zeros, what both ends have is the window's */
        int64_t window = mode == PAD_ZEROS ? attr.window.padding[side < 2] : 0;
        sides[side] = layer->args.at[PADDING].sides[side] - window;
    }
    if (mode != PAD_ZEROS)
        attr.window.padding[0] = attr.window.padding[1] = 0;
    x = pad_image(builder, arena_printf(arena, "%s_padded", name), x, mode, sides, 0);
    return graph_value(builder, OP_CONV2D, name, x, parameter[0], bias, layer->out, attr);
}

/* The sides that padding_mode pads, as torch.nn.functional.pad has them: the last axis first. */
static void attributes(TorchAttributes *out, const Layer *layer)
{
    bool row = layer_in(layer).rank == 2;
    torch_add(out, "transposed", "False");
    torch_add(out, "output_padding", "%s", row ? "(0,)" : "(0, 0)");
    torch_add(out, "_reversed_padding_repeated_twice", "%s",
              torch_tuple(out->arena, layer->args.at[PADDING].sides, row ? 2 : 4));
}

#define MODES \
    "padding may be \"same\" or \"valid\", padding_mode \"zeros\", \"reflect\", \"replicate\" or \"circular\""

#define PRINTS "in_channels out_channels kernel_size= stride= padding=? dilation=? groups=? bias=? padding_mode=?"
extern const LayerKind layer_conv1d, layer_conv2d;
const LayerKind layer_conv1d = {
    "Conv1d", "a convolution along a sequence, C,L", params_1d, infer_1d, lower,
    {.shape = "C,L -> out_channels,(L + 2*padding - dilation*(kernel_size - 1) - 1)//stride + 1; " MODES,
     .example = "Conv1d(_, 16, 5, padding=2)  # 8x100 -> 16x100"},
    .torch = {.module = "torch.nn.modules.conv", .parameters = "weight bias", .tuples = true, .more = attributes,
              .prints = PRINTS}};
const LayerKind layer_conv2d = {
    "Conv2d", "a convolution over C,H,W", params_2d, infer_2d, lower,
    {.shape = "C,H,W -> out_channels,(H + 2*padding - dilation*(kernel_size - 1) - 1)//stride + 1, and so for W; "
              MODES,
     .example = "Conv2d(_, 32, 5, padding=2)  # 3x32x32 -> 32x32x32"},
    .torch = {.module = "torch.nn.modules.conv", .parameters = "weight bias", .tuples = true, .more = attributes,
              .prints = PRINTS}};

/* torch.nn.Conv2d */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { IN_CHANNELS, OUT_CHANNELS, KERNEL_SIZE, STRIDE, PADDING, DILATION, GROUPS, BIAS };

static const Param params[] = {
    {"in_channels", ARG_SIZE, NULL, NULL},
    {"out_channels", ARG_INT, NULL, NULL},
    {"kernel_size", ARG_PAIR, NULL, NULL},
    {"stride", ARG_PAIR, "1", NULL},
    {"padding", ARG_PADDING, "0", NULL},
    {"dilation", ARG_PAIR, "1", NULL},
    {"groups", ARG_INT, "1", NULL},
    {"bias", ARG_BOOL, "True", NULL},
    {"padding_mode", ARG_STRING, "\"zeros\"", "Conv2d pads with zeros only: other padding modes are not supported yet"},
    {"device", ARG_STRING, "None", "Conv2d takes no device here: a train block says where it runs"},
    {"dtype", ARG_STRING, "None", "Conv2d computes in float32 only"},
    {0},
};

/* padding="same": as much on both sides as keeps the extent at stride 1. */
static bool resolve_padding(Diag *diag, Args *args)
{
    Arg *padding = &args->at[PADDING];
    if (!padding->s)
        return true;
    const int64_t *kernel = args->at[KERNEL_SIZE].pair, *stride = args->at[STRIDE].pair,
                  *dilation = args->at[DILATION].pair;
    bool same = padding->s[0] == 's';
    for (int axis = 0; axis < 2; axis++) {
        if (same && stride[axis] != 1) {
            diag_error(diag, padding->span, "Conv2d with padding=\"same\" expects stride 1 but gets %" PRId64,
                       stride[axis]);
            return false;
        }
        int64_t total = same ? dilation[axis] * (kernel[axis] - 1) : 0;
        if (total % 2) {
            diag_error(diag, padding->span,
                       "Conv2d with padding=\"same\" expects an odd kernel: more padding on one side is "
                       "not supported yet");
            return false;
        }
        padding->pair[axis] = total / 2;
    }
    return true;
}

static Window window_of(const Args *args)
{
    Window window = {.groups = (int)args->at[GROUPS].i};
    for (int axis = 0; axis < 2; axis++) {
        window.kernel[axis] = (int)args->at[KERNEL_SIZE].pair[axis];
        window.stride[axis] = (int)args->at[STRIDE].pair[axis];
        window.padding[axis] = (int)args->at[PADDING].pair[axis];
        window.dilation[axis] = (int)args->at[DILATION].pair[axis];
    }
    return window;
}

static bool check_channels(Arena *arena, Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    int64_t channels = layer->in.dim[0], groups = args->at[GROUPS].i;
    if (args->at[IN_CHANNELS].inferred)
        args->at[IN_CHANNELS].i = channels;
    if (args->at[IN_CHANNELS].i != channels) {
        diag_error(diag, args->at[IN_CHANNELS].span, "Conv2d expects %" PRId64 " input channels but receives %s",
                   args->at[IN_CHANNELS].i, shape_text(arena, layer->in));
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (channels % groups || args->at[OUT_CHANNELS].i % groups) {
        diag_error(diag, args->at[GROUPS].span, "Conv2d expects groups to divide %" PRId64 " input and %" PRId64
                   " output channels but gets %" PRId64, channels, args->at[OUT_CHANNELS].i, groups);
        return false;
    }
    return true;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    if (!layer_expect_image(arena, diag, layer) || !layer_check_positive(diag, layer, OUT_CHANNELS) ||
        !layer_check_positive(diag, layer, GROUPS) || !layer_check_pair(diag, layer, KERNEL_SIZE, 1) ||
        !layer_check_pair(diag, layer, STRIDE, 1) || !layer_check_pair(diag, layer, DILATION, 1) ||
        !resolve_padding(diag, args) || !layer_check_pair(diag, layer, PADDING, 0) ||
        !check_channels(arena, diag, layer))
        return false;
    Window window = window_of(args);
    int64_t out = args->at[OUT_CHANNELS].i, per_group = layer->in.dim[0] / window.groups;
    layer->out = shape_of(3, (int64_t[]){out, window_extent(&window, 0, layer->in.dim[1]),
                                         window_extent(&window, 1, layer->in.dim[2])});
    if (!layer_check_window(arena, diag, layer, &window, KERNEL_SIZE))
        return false;
    Shape weight = shape_of(4, (int64_t[]){out, per_group, window.kernel[0], window.kernel[1]});
    if (!layer_check_size(arena, diag, layer, layer->out, "an output") ||
        !layer_check_size(arena, diag, layer, weight, "a weight"))
        return false;
    int64_t fan_in = per_group * window.kernel[0] * window.kernel[1];
    double bound = init_weight_bound(fan_in);
    layer_parameter(arena, layer, "weight", weight, INIT_UNIFORM, -bound, bound);
    if (args->at[BIAS].i) {
        bound = init_bias_bound(fan_in);
        layer_parameter(arena, layer, "bias", shape_of(1, &out), INIT_UNIFORM, -bound, bound);
    }
    return true;
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    Attributes attr = {.window = window_of(&layer->args)};
    Value *bias = layer->args.at[BIAS].i ? parameter[1] : NULL;
    return graph_value(builder, OP_CONV2D, layer_value_name(builder->graph->arena, layer), x, parameter[0], bias,
                       layer->out, attr);
}

/* dx is the full correlation of dy with the weight, dw the correlation of x with dy, db the sum of dy. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    Value *x = op->in[0], *w = op->in[1], *bias = op->in[2];
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_CONV2D_GRAD_INPUT, x, dy, w, op->attr);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_CONV2D_GRAD_WEIGHT, w, dy, x, op->attr);
    if (bias && wanted[2])
        dx[2] = gradient_value(builder, OP_GRAD_BIAS, bias, dy, NULL, (Attributes){0});
}

const LayerKind layer_conv2d = {
    "Conv2d", "a convolution over C,H,W", params, infer, lower,
    {.shape = "C,H,W -> out_channels,(H + 2*padding - dilation*(kernel_size - 1) - 1)//stride + 1, and so for W",
     .example = "Conv2d(_, 32, 5, padding=2)  # 3x32x32 -> 32x32x32"}};
const BackwardRule backward_conv2d = {OP_CONV2D, backward};

/* torch.nn.MaxPool2d */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { KERNEL_SIZE, STRIDE, PADDING, DILATION, RETURN_INDICES, CEIL_MODE };

static const Param params[] = {
    {"kernel_size", ARG_PAIR, NULL, NULL},
    {"stride", ARG_PAIR, "None", NULL},
    {"padding", ARG_PAIR, "0", NULL},
    {"dilation", ARG_PAIR, "1", NULL},
    {"return_indices", ARG_BOOL, "False", "MaxPool2d gives its maxima only: return_indices is not supported"},
    {"ceil_mode", ARG_BOOL, "False", NULL},
    {0},
};

static Window window_of(const Args *args)
{
    Window window = {.groups = 1, .ceil_mode = args->at[CEIL_MODE].i != 0};
    for (int axis = 0; axis < 2; axis++) {
        window.kernel[axis] = (int)args->at[KERNEL_SIZE].pair[axis];
        window.stride[axis] = (int)args->at[STRIDE].pair[axis];
        window.padding[axis] = (int)args->at[PADDING].pair[axis];
        window.dilation[axis] = (int)args->at[DILATION].pair[axis];
    }
    return window;
}

/* torch: a window with more than half of it in the padding might see nothing of the input. */
static bool check_padding(Diag *diag, const Layer *layer, const Window *window)
{
    for (int axis = 0; axis < 2; axis++) {
        int64_t most = ((int64_t)(window->kernel[axis] - 1) * window->dilation[axis] + 1) / 2;
        if (window->padding[axis] > most) {
            diag_error(diag, layer->args.at[PADDING].span,
                       "MaxPool2d expects padding of at most half its window, %" PRId64 ", but gets %d", most,
                       window->padding[axis]);
            return false;
        }
    }
    return true;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    Args *args = &layer->args;
    if (args->at[STRIDE].none) { /* the kernel's size */
        args->at[STRIDE].pair[0] = args->at[KERNEL_SIZE].pair[0];
        args->at[STRIDE].pair[1] = args->at[KERNEL_SIZE].pair[1];
    }
    if (!layer_expect_image(arena, diag, layer) || !layer_check_pair(diag, layer, KERNEL_SIZE, 1) ||
        !layer_check_pair(diag, layer, STRIDE, 1) || !layer_check_pair(diag, layer, PADDING, 0) ||
        !layer_check_pair(diag, layer, DILATION, 1))
        return false;
    Window window = window_of(args);
    if (!check_padding(diag, layer, &window))
        return false;
    if ((int64_t)window.kernel[0] * window.kernel[1] > MAX_WINDOW) {
        diag_error(diag, args->at[KERNEL_SIZE].span, "MaxPool2d expects a window of at most %d elements but gets %dx%d",
                   MAX_WINDOW, window.kernel[0], window.kernel[1]);
        return false;
    }
    layer->out = shape_of(3, (int64_t[]){layer->in.dim[0], window_extent(&window, 0, layer->in.dim[1]),
                                         window_extent(&window, 1, layer->in.dim[2])});
    return layer_check_window(arena, diag, layer, &window, KERNEL_SIZE) &&
           layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    Attributes attr = {.window = window_of(&layer->args)};
    Shape out[2] = {layer->out, layer->out};
    Op *op = graph_op(builder, OP_MAX_POOL2D, layer_value_name(builder->graph->arena, layer), &x, out, attr);
    op->out[1]->type = TYPE_U8;
    return op->out[0];
}

/* dy goes to the element that was the maximum. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_MAX_POOL2D_GRAD, op->in[0], dy, op->out[1], op->attr);
}

const LayerKind layer_max_pool2d = {
    "MaxPool2d", "the maximum of each window", params, infer, lower,
    {.shape = "C,H,W -> C,(H + 2*padding - dilation*(kernel_size - 1) - 1)//stride + 1, and so for W; "
              "a stride of None is the kernel_size; ceil_mode rounds up",
     .example = "MaxPool2d(2)  # 3x32x32 -> 3x16x16"}};
const BackwardRule backward_max_pool2d = {OP_MAX_POOL2D, backward};

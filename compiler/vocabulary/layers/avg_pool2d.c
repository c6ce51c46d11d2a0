/* torch.nn.AvgPool2d and torch.nn.AdaptiveAvgPool2d: two ways to say which windows are averaged. */
#include <inttypes.h>
#include <limits.h>

#include "vocabulary/vocabulary.h"

enum { KERNEL_SIZE, STRIDE, PADDING, CEIL_MODE, COUNT_INCLUDE_PAD, DIVISOR_OVERRIDE };
enum { OUTPUT_SIZE };

static const Param params[] = {
    {"kernel_size", ARG_PAIR, NULL, NULL},
    {"stride", ARG_PAIR, "None", NULL},
    {"padding", ARG_PAIR, "0", NULL},
    {"ceil_mode", ARG_BOOL, "False", NULL},
    {"count_include_pad", ARG_BOOL, "True", NULL},
    {"divisor_override", ARG_INT, "None", NULL},
    {0},
};

static const Param adaptive_params[] = {
    {"output_size", ARG_EXTENTS, NULL, NULL},
    {0},
};

static AveragePool pool_of(const Args *args)
{
    AveragePool pool = {
        .window = {.groups = 1, .ceil_mode = args->at[CEIL_MODE].i != 0},
        .include_pad = args->at[COUNT_INCLUDE_PAD].i != 0,
        .divisor = args->at[DIVISOR_OVERRIDE].none ? 0 : args->at[DIVISOR_OVERRIDE].i,
    };
    for (int axis = 0; axis < 2; axis++) {
        pool.window.kernel[axis] = (int)args->at[KERNEL_SIZE].pair[axis];
        pool.window.stride[axis] = (int)args->at[STRIDE].pair[axis];
        pool.window.padding[axis] = (int)args->at[PADDING].pair[axis];
        pool.window.dilation[axis] = 1;
    }
    return pool;
}

static bool check_arguments(Diag *diag, const Layer *layer, const AveragePool *pool)
{
    const Arg *divisor = &layer->args.at[DIVISOR_OVERRIDE];
    if (!divisor->none && (divisor->i == 0 || divisor->i > INT_MAX || divisor->i < -INT_MAX)) {
        diag_error(diag, divisor->span,
                   "AvgPool2d expects divisor_override to be a number other than 0, of at most %d, but gets %" PRId64,
                   INT_MAX, divisor->i);
        return false;
    }
    for (int axis = 0; axis < 2; axis++) {
        int most = pool->window.kernel[axis] / 2; /* torch's rule: every window sees something of the input */
        if (pool->window.padding[axis] > most) {
            diag_error(diag, layer->args.at[PADDING].span,
                       "AvgPool2d expects padding of at most half its window, %d, but gets %d", most,
                       pool->window.padding[axis]);
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
        !layer_check_pair(diag, layer, STRIDE, 1) || !layer_check_pair(diag, layer, PADDING, 0))
        return false;
    AveragePool pool = pool_of(args);
    if (!check_arguments(diag, layer, &pool))
        return false;
    layer->out = shape_of(3, (int64_t[]){layer->in.dim[0], window_extent(&pool.window, 0, layer->in.dim[1]),
                                         window_extent(&pool.window, 1, layer->in.dim[2])});
    return layer_check_window(arena, diag, layer, &pool.window, KERNEL_SIZE) &&
           layer_check_size(arena, diag, layer, layer->out, "an output");
}

static bool infer_adaptive(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *size = &layer->args.at[OUTPUT_SIZE];
    if (!layer_expect_image(arena, diag, layer))
        return false;
    layer->out = layer->in;
    for (int axis = 0; axis < 2; axis++) {
        if (size->pair_none[axis])
            continue; /* the input's extent */
        if (size->pair[axis] < 1) {
            diag_error(diag, size->span, "AdaptiveAvgPool2d expects output_size to be at least 1 but gets %" PRId64,
                       size->pair[axis]);
            return false;
        }
        layer->out.dim[1 + axis] = size->pair[axis];
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower_pool(Builder *builder, const Layer *layer, Value *x, AveragePool pool)
{
    return graph_value(builder, OP_AVG_POOL2D, layer_value_name(builder->graph->arena, layer), x, NULL, NULL,
                       layer->out, (Attributes){.average = pool});
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return lower_pool(builder, layer, x, pool_of(&layer->args));
}

/* Where the output's extents divide the input's, all windows are alike. */
static Value *lower_adaptive(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    AveragePool pool = {.window.groups = 1};
    for (int axis = 0; axis < 2; axis++) {
        int64_t in = layer->in.dim[1 + axis], out = layer->out.dim[1 + axis];
        pool.window.kernel[axis] = pool.window.stride[axis] = in / out > 0 ? (int)(in / out) : 1;
        pool.window.dilation[axis] = 1;
        pool.adaptive = pool.adaptive || in % out;
    }
    return lower_pool(builder, layer, x, pool);
}

/* Every element of a window gets the same part of dy. */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_AVG_POOL2D_GRAD, op->in[0], dy, NULL, op->attr);
}

const LayerKind layer_avg_pool2d = {
    "AvgPool2d", "the mean of each window", params, infer, lower,
    {.shape = "C,H,W -> C,(H + 2*padding - kernel_size)//stride + 1, and so for W; "
              "a stride of None is the kernel_size; ceil_mode rounds up",
     .example = "AvgPool2d(3, stride=2, padding=1)  # 3x32x32 -> 3x16x16"}};
const LayerKind layer_adaptive_avg_pool2d = {
    "AdaptiveAvgPool2d", "the means of so many windows", adaptive_params, infer_adaptive, lower_adaptive,
    {.shape = "C,H,W -> C,output_size; None keeps the input's extent",
     .example = "AdaptiveAvgPool2d((7, None))  # 3x32x32 -> 3x7x32"}};
const BackwardRule backward_avg_pool2d = {OP_AVG_POOL2D, backward};

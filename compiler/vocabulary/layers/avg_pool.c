/* torch.nn.AvgPool1d, AvgPool2d, AdaptiveAvgPool1d and AdaptiveAvgPool2d: ways to say which windows are averaged. */
#include <inttypes.h>
#include <limits.h>

#include "vocabulary/layers/pools.h"

enum { KERNEL_SIZE, STRIDE, PADDING, CEIL_MODE, COUNT_INCLUDE_PAD, DIVISOR_OVERRIDE };

#define PARAMS(SIZE) \
    {"kernel_size", SIZE, NULL, NULL}, {"stride", SIZE, "None", NULL}, {"padding", SIZE, "0", NULL}, \
    {"ceil_mode", ARG_BOOL, "False", NULL}, {"count_include_pad", ARG_BOOL, "True", NULL}

static const Param params_1d[] = {PARAMS(ARG_SINGLE), {0}};
static const Param params_2d[] = {PARAMS(ARG_PAIR), {"divisor_override", ARG_INT, "None", NULL}, {0}};
static const Param adaptive_params_1d[] = {{"output_size", ARG_SINGLE, NULL, NULL}, {0}};
static const Param adaptive_params_2d[] = {{"output_size", ARG_EXTENTS, NULL, NULL}, {0}};

static const WindowPlaces places = {KERNEL_SIZE, STRIDE, PADDING, -1};

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return pool_infer(arena, diag, layer, places, "AvgPool2d");
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *divisor = &layer->args.at[DIVISOR_OVERRIDE];
    if (!pool_infer(arena, diag, layer, places, NULL))
        return false;
    if (divisor->none || (divisor->i != 0 && divisor->i <= INT_MAX && divisor->i >= -INT_MAX))
        return true;
    diag_error(diag, divisor->span,
               "AvgPool2d expects divisor_override to be a number other than 0, of at most %d, but gets %" PRId64,
               INT_MAX, divisor->i);
    return false;
}

static bool infer_adaptive_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return pool_infer_adaptive(arena, diag, layer, "AdaptiveAvgPool2d");
}

static bool infer_adaptive_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return pool_infer_adaptive(arena, diag, layer, NULL);
}

static Value *lower_pool(Builder *builder, const Layer *layer, Value *x, AveragePool pool)
{
    return graph_value(builder, OP_AVG_POOL2D, layer_value_name(builder->graph->arena, layer), x, NULL, NULL,
                       layer->out, (Attributes){.average = pool});
}

static AveragePool pool_of(const Layer *layer)
{
    AveragePool pool = {
        .window = layer_window(layer, places),
        .include_pad = layer->args.at[COUNT_INCLUDE_PAD].i != 0,
    };
    pool.window.ceil_mode = layer->args.at[CEIL_MODE].i != 0;
    return pool;
}

static Value *lower_1d(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return lower_pool(builder, layer, x, pool_of(layer));
}

static Value *lower_2d(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    AveragePool pool = pool_of(layer);
    pool.divisor = layer->args.at[DIVISOR_OVERRIDE].none ? 0 : layer->args.at[DIVISOR_OVERRIDE].i;
    return lower_pool(builder, layer, x, pool);
}

static Value *lower_adaptive(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return lower_pool(builder, layer, x, (AveragePool){.window = pool_adaptive_window(layer)});
}

extern const LayerKind layer_avg_pool1d, layer_avg_pool2d, layer_adaptive_avg_pool1d, layer_adaptive_avg_pool2d;
const LayerKind layer_avg_pool1d = {
    "AvgPool1d", "the mean of each window along a sequence", params_1d, infer_1d, lower_1d,
    {.shape = POOL_SHAPE("C,L", "C,(L + 2*padding - kernel_size)//stride + 1"),
     .example = "AvgPool1d(4, stride=2, padding=1)  # 8x100 -> 8x50"},
    .torch = {.module = "torch.nn.modules.pooling", .same = "stride=kernel_size", .tuples = true,
              .prints = "kernel_size= stride= padding="}};
const LayerKind layer_avg_pool2d = {
    "AvgPool2d", "the mean of each window", params_2d, infer_2d, lower_2d,
    {.shape = POOL_SHAPE("C,H,W", "C,(H + 2*padding - kernel_size)//stride + 1, and so for W"),
     .example = "AvgPool2d(3, stride=2, padding=1)  # 3x32x32 -> 3x16x16"},
    .torch = {.module = "torch.nn.modules.pooling", .same = "stride=kernel_size",
              .prints = "kernel_size= stride= padding="}};
const LayerKind layer_adaptive_avg_pool1d = {
    "AdaptiveAvgPool1d", "the means of so many windows along a sequence", adaptive_params_1d, infer_adaptive_1d,
    lower_adaptive, POOL_ADAPTIVE_1D("AdaptiveAvgPool1d"),
    .torch = {.module = "torch.nn.modules.pooling", .prints = "output_size="}};
const LayerKind layer_adaptive_avg_pool2d = {
    "AdaptiveAvgPool2d", "the means of so many windows", adaptive_params_2d, infer_adaptive_2d, lower_adaptive,
    POOL_ADAPTIVE_2D("AdaptiveAvgPool2d"),
    .torch = {.module = "torch.nn.modules.pooling", .prints = "output_size="}};

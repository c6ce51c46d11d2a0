/* torch.nn.MaxPool1d, MaxPool2d, AdaptiveMaxPool1d and AdaptiveMaxPool2d */
#include <inttypes.h>

#include "vocabulary/layers/pools.h"

enum { KERNEL_SIZE, STRIDE, PADDING, DILATION, RETURN_INDICES, CEIL_MODE };
enum { OUTPUT_SIZE, ADAPTIVE_RETURN_INDICES };

#define NO_INDICES(layer) \
    {"return_indices", ARG_BOOL, "False", layer " gives its maxima only: return_indices is not supported"}

#define PARAMS(layer, SIZE)                          \
    {                                                \
        {"kernel_size", SIZE, NULL, NULL},           \
        {"stride", SIZE, "None", NULL},              \
        {"padding", SIZE, "0", NULL},                \
        {"dilation", SIZE, "1", NULL},               \
        NO_INDICES(layer),                           \
        {"ceil_mode", ARG_BOOL, "False", NULL},      \
        {0},                                         \
    }

static const Param params_1d[] = PARAMS("MaxPool1d", ARG_SINGLE), params_2d[] = PARAMS("MaxPool2d", ARG_PAIR);
static const Param adaptive_params_1d[] = {
    {"output_size", ARG_SINGLE, NULL, NULL}, NO_INDICES("AdaptiveMaxPool1d"), {0}};
static const Param adaptive_params_2d[] = {
    {"output_size", ARG_EXTENTS, NULL, NULL}, NO_INDICES("AdaptiveMaxPool2d"), {0}};

static const WindowPlaces places = {KERNEL_SIZE, STRIDE, PADDING, DILATION};

/* Which element of a window was largest is noted in two bytes. */
static bool check_elements(Diag *diag, const Layer *layer, const Window *window)
{
    if ((int64_t)window->kernel[0] * window->kernel[1] <= MAX_WINDOW)
        return true;
    diag_error(diag, layer->args.at[0].span, "%s expects a window of at most %d elements but gets %dx%d",
               layer->kind->name, MAX_WINDOW, window->kernel[0], window->kernel[1]);
    return false;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer, const char *for_images)
{
    if (!pool_infer(arena, diag, layer, places, for_images))
        return false;
    Window window = layer_window(layer, places);
    return check_elements(diag, layer, &window);
}

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return infer(arena, diag, layer, "MaxPool2d");
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return infer(arena, diag, layer, NULL);
}

static bool infer_adaptive(Arena *arena, Diag *diag, Layer *layer, const char *for_images)
{
    if (!pool_infer_adaptive(arena, diag, layer, for_images))
        return false;
    Window window = pool_adaptive_window(layer);
    return check_elements(diag, layer, &window);
}

static bool infer_adaptive_1d(Arena *arena, Diag *diag, Layer *layer)
{
    return infer_adaptive(arena, diag, layer, "AdaptiveMaxPool2d");
}

static bool infer_adaptive_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return infer_adaptive(arena, diag, layer, NULL);
}

static Value *lower_pool(Builder *builder, const Layer *layer, Value *x, Window window)
{
    Shape out[2] = {layer->out, layer->out};
    return graph_op(builder, OP_MAX_POOL2D, layer_value_name(builder->graph->arena, layer), &x, out,
                    (Attributes){.window = window})->out[0];
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    Window window = layer_window(layer, places);
    window.ceil_mode = layer->args.at[CEIL_MODE].i != 0;
    return lower_pool(builder, layer, x, window);
}

static Value *lower_adaptive(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return lower_pool(builder, layer, x, pool_adaptive_window(layer));
}

extern const LayerKind layer_max_pool1d, layer_max_pool2d, layer_adaptive_max_pool1d, layer_adaptive_max_pool2d;
const LayerKind layer_max_pool1d = {
    "MaxPool1d", "the maximum of each window along a sequence", params_1d, infer_1d, lower,
    {.shape = POOL_SHAPE("C,L", "C,(L + 2*padding - dilation*(kernel_size - 1) - 1)//stride + 1"),
     .example = "MaxPool1d(2)  # 8x100 -> 8x50"},
    .torch = {.module = "torch.nn.modules.pooling", .same = "stride=kernel_size",
              .prints = "kernel_size= stride= padding= dilation= ceil_mode="}};
const LayerKind layer_max_pool2d = {
    "MaxPool2d", "the maximum of each window", params_2d, infer_2d, lower,
    {.shape = POOL_SHAPE("C,H,W", "C,(H + 2*padding - dilation*(kernel_size - 1) - 1)//stride + 1, and so for W"),
     .example = "MaxPool2d(2)  # 3x32x32 -> 3x16x16"},
    .torch = {.module = "torch.nn.modules.pooling", .same = "stride=kernel_size",
              .prints = "kernel_size= stride= padding= dilation= ceil_mode="}};
const LayerKind layer_adaptive_max_pool1d = {
    "AdaptiveMaxPool1d", "the maxima of so many windows along a sequence", adaptive_params_1d, infer_adaptive_1d,
    lower_adaptive, POOL_ADAPTIVE_1D("AdaptiveMaxPool1d"),
    .torch = {.module = "torch.nn.modules.pooling", .prints = "output_size="}};
const LayerKind layer_adaptive_max_pool2d = {
    "AdaptiveMaxPool2d", "the maxima of so many windows", adaptive_params_2d, infer_adaptive_2d, lower_adaptive,
    POOL_ADAPTIVE_2D("AdaptiveMaxPool2d"),
    .torch = {.module = "torch.nn.modules.pooling", .prints = "output_size="}};

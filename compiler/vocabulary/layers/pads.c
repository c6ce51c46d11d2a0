/* torch.nn.ZeroPad2d, ConstantPad2d, ReflectionPad2d, ReplicationPad2d and CircularPad2d, and the same of sequences:
 * what is put around an image or at both ends, and the gradients of what puts it there. */
#include "vocabulary/layers/pads.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { PADDING, VALUE };

static const Param params_1d[] = {{"padding", ARG_PAIR, NULL, NULL}, {0}};
static const Param params_2d[] = {{"padding", ARG_SIDES, NULL, NULL}, {0}};
static const Param constant_params_1d[] = {{"padding", ARG_PAIR, NULL, NULL}, {"value", ARG_FLOAT, NULL, NULL}, {0}};
static const Param constant_params_2d[] = {{"padding", ARG_SIDES, NULL, NULL}, {"value", ARG_FLOAT, NULL, NULL}, {0}};

static const struct {
    const char *mode, *layer; /* as both begin, of images and of sequences */
} modes[] = {
    [PAD_ZEROS] = {"zeros", "ZeroPad"},
    [PAD_REFLECT] = {"reflect", "ReflectionPad"},
    [PAD_REPLICATE] = {"replicate", "ReplicationPad"},
    [PAD_CIRCULAR] = {"circular", "CircularPad"},
};
enum { MODES = sizeof modes / sizeof modes[0] };

bool pad_mode(const char *name, PadMode *mode)
{
    for (int i = 0; i < MODES; i++) {
        *mode = (PadMode)i;
        if (strcmp(modes[i].mode, name) == 0)
            return true;
    }
    return false;
}

/* The mode of a layer of this file; ConstantPad pads as ZeroPad does. */
static PadMode mode_of(const Layer *layer)
{
    for (int i = 0; i < MODES; i++) {
        if (strncmp(modes[i].layer, layer->kind->name, strlen(modes[i].layer)) == 0)
            return (PadMode)i;
    }
    return PAD_ZEROS;
}

Shape pad_shape(Shape image, const int64_t sides[4])
{
    for (int axis = 3 - image.rank; axis < 2; axis++)
        image.dim[image.rank - 2 + axis] += sides[axis ? 0 : 2] + sides[axis ? 1 : 3];
    return image;
}

/* The most that may be put at a side of an axis: a reflection does not take the edge itself, and neither takes an
 * element twice; what is cut off from the other side is gone for a circle. */
static int64_t most_padding(PadMode mode, int64_t in, int64_t other)
{
    return mode == PAD_REFLECT ? in - 1 : in + (other < 0 ? other : 0);
}

bool pad_check(Arena *arena, Diag *diag, const Layer *layer, const char *whose, Span span, PadMode mode,
               const int64_t sides[4])
{
    Shape in = shape_image(layer_in(layer)), out = shape_image(pad_shape(layer_in(layer), sides));
    for (int axis = 0; axis < 2; axis++) {
        const int64_t *side = &sides[axis ? 0 : 2];
        const char *extent = !axis ? "height" : layer_in(layer).rank == 3 ? "width" : "length";
        if (out.dim[1 + axis] < 1) {
            diag_error(diag, span, "%s leaves nothing of %s: its %s would be %" PRId64, whose,
                       shape_text(arena, layer_in(layer)), extent, out.dim[1 + axis]);
            layer_note_input(arena, diag, layer);
            return false;
        }
        for (int end = 0; end < 2 && (mode == PAD_REFLECT || mode == PAD_CIRCULAR); end++) {
            int64_t most = most_padding(mode, in.dim[1 + axis], side[!end]);
            if (side[end] <= 0 || side[end] <= most)
                continue;
            diag_error(diag, span, "%s expects padding %s its input's %s, %" PRId64 ", but gets %" PRId64, whose,
                       mode == PAD_REFLECT ? "smaller than" : "of at most", extent,
                       mode == PAD_REFLECT ? most + 1 : most, side[end]);
            layer_note_input(arena, diag, layer);
            return false;
        }
    }
    return true;
}

Value *pad_image(Builder *builder, const char *name, Value *x, PadMode mode, const int64_t sides[4], double value)
{
    int64_t cut[4], added[4];
    bool cuts = false, adds = false;
    for (int i = 0; i < 4; i++) {
        cut[i] = sides[i] < 0 && mode == PAD_CIRCULAR ? sides[i] : 0;
        added[i] = sides[i] - cut[i];
        cuts = cuts || cut[i];
        adds = adds || added[i];
    }
    if (cuts) { /* a circle goes round in what is left */
        const char *left = adds ? arena_printf(builder->graph->arena, "%s_cut", name) : name;
        x = graph_value(builder, OP_PAD2D, left, x, NULL, NULL, pad_shape(x->shape, cut),
                        (Attributes){.pad = {.top = cut[2], .left = cut[0]}});
    }
    if (!adds)
        return x;
    Attributes attr = {.pad = {.top = added[2], .left = added[0], .mode = mode, .value = value}};
    return graph_value(builder, mode == PAD_ZEROS ? OP_PAD2D : OP_EXTEND2D, name, x, NULL, NULL,
                       pad_shape(x->shape, added), attr);
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *padding = &layer->args.at[PADDING], *value = &layer->args.at[VALUE];
    if (layer->kind->params[VALUE].name && !(fabs(value->f) <= FLT_MAX)) {
        diag_error(diag, value->span, "%s expects a value that a float can hold but gets %.9g", layer->kind->name,
                   value->f);
        return false;
    }
    if (!pad_check(arena, diag, layer, layer->kind->name, padding->span, mode_of(layer), padding->sides))
        return false;
    layer->out = pad_shape(layer_in(layer), padding->sides);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static bool infer_1d(Arena *arena, Diag *diag, Layer *layer)
{
    Arg *padding = &layer->args.at[PADDING];
    const char *name = layer->kind->name, *of_images = arena_printf(arena, "%.*s2d", (int)strlen(name) - 2, name);
    memcpy(padding->sides, padding->pair, sizeof padding->pair);
    return layer_expect_sequence(arena, diag, layer, of_images) && infer(arena, diag, layer);
}

static bool infer_2d(Arena *arena, Diag *diag, Layer *layer)
{
    return layer_expect_image(arena, diag, layer) && infer(arena, diag, layer);
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    double value = layer->kind->params[VALUE].name ? layer->args.at[VALUE].f : 0;
    return pad_image(builder, layer_value_name(builder->graph->arena, layer), x, mode_of(layer),
                     layer->args.at[PADDING].sides, value);
}

#define IMAGE "C,H,W -> C,H + top + bottom,W + left + right; padding is a number or (left, right, top, bottom); "
#define SEQUENCE "C,L -> C,left + L + right; padding is a number or (left, right); "
#define CUT "negative ones cut off"

const LayerKind layer_zero_pad2d = {
    "ZeroPad2d", "zeros around an image", params_2d, infer_2d, lower,
    {.shape = IMAGE CUT, .example = "ZeroPad2d((1, 2, 0, -1))  # 3x32x32 -> 3x31x35"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .also = "'value': 0.0", .prints = "padding"}};
const LayerKind layer_constant_pad2d = {
    "ConstantPad2d", "a number around an image", constant_params_2d, infer_2d, lower,
    {.shape = IMAGE CUT, .example = "ConstantPad2d(2, -0.5)  # 3x32x32 -> 3x36x36"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding= value="}};
const LayerKind layer_reflection_pad2d = {
    "ReflectionPad2d", "an image with its reflection around it", params_2d, infer_2d, lower,
    {.shape = IMAGE "smaller than H and W; " CUT, .example = "ReflectionPad2d((3, 0, 1, 1))  # 3x32x32 -> 3x34x35"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding"}};
const LayerKind layer_replication_pad2d = {
    "ReplicationPad2d", "an image with its edges repeated around it", params_2d, infer_2d, lower,
    {.shape = IMAGE CUT, .example = "ReplicationPad2d(2)  # 3x32x32 -> 3x36x36"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding"}};
const LayerKind layer_circular_pad2d = {
    "CircularPad2d", "an image with its opposite sides around it", params_2d, infer_2d, lower,
    {.shape = IMAGE "at most H and W; " CUT, .example = "CircularPad2d((1, 1, 2, 2))  # 3x32x32 -> 3x36x34"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding"}};
const LayerKind layer_zero_pad1d = {
    "ZeroPad1d", "zeros at both ends of a sequence", params_1d, infer_1d, lower,
    {.shape = SEQUENCE CUT, .example = "ZeroPad1d((1, -2))  # 8x100 -> 8x99"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .also = "'value': 0.0", .prints = "padding"}};
const LayerKind layer_constant_pad1d = {
    "ConstantPad1d", "a number at both ends of a sequence", constant_params_1d, infer_1d, lower,
    {.shape = SEQUENCE CUT, .example = "ConstantPad1d(2, -0.5)  # 8x100 -> 8x104"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding= value="}};
const LayerKind layer_reflection_pad1d = {
    "ReflectionPad1d", "a sequence with its reflection at both ends", params_1d, infer_1d, lower,
    {.shape = SEQUENCE "smaller than L; " CUT, .example = "ReflectionPad1d((3, 0))  # 8x100 -> 8x103"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding"}};
const LayerKind layer_replication_pad1d = {
    "ReplicationPad1d", "a sequence with its first and last element repeated", params_1d, infer_1d, lower,
    {.shape = SEQUENCE CUT, .example = "ReplicationPad1d(2)  # 8x100 -> 8x104"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding"}};
const LayerKind layer_circular_pad1d = {
    "CircularPad1d", "a sequence with its end before it and its begin behind it", params_1d, infer_1d, lower,
    {.shape = SEQUENCE "at most L; " CUT, .example = "CircularPad1d((1, 4))  # 8x100 -> 8x105"},
    .torch = {.module = "torch.nn.modules.padding", .tuples = true, .prints = "padding"}};

/* torch.nn.Upsample: an image, or a row, with more elements between its own, or fewer. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { SIZE, SCALE_FACTOR, MODE, ALIGN_CORNERS, RECOMPUTE_SCALE_FACTOR };

static const Param params[] = {
    {"size", ARG_NUMBER_LIST, "None", NULL},
    {"scale_factor", ARG_NUMBER_LIST, "None", NULL},
    {"mode", ARG_STRING, "\"nearest\"", NULL},
    {"align_corners", ARG_BOOL, "None", NULL},
    {"recompute_scale_factor", ARG_BOOL, "None", NULL},
    {0},
};

/* torch's modes, each with the number of extents it is for (0: any), and what to say of those that there are not. */
static const struct {
    const char *name;
    int extents;
    bool linear;
    const char *refused;
} modes[] = {
    {"nearest", 0, false, NULL},
    {"nearest-exact", 0, false, NULL},
    {"linear", 1, true, NULL},
    {"bilinear", 2, true, NULL},
    {"bicubic", 2, false, "mode=\"bicubic\" is not supported: mode=\"bilinear\" is the smoothest there is"},
    {"trilinear", 3, false, "mode=\"trilinear\" is for volumes: over C,H,W there is mode=\"bilinear\""},
    {"area", 0, false, "mode=\"area\" is not supported: AdaptiveAvgPool2d(size) gives the same"},
};
enum { MODES = sizeof modes / sizeof modes[0] };

static int mode_of(const Args *args)
{
    int mode = 0;
    while (mode < MODES && strcmp(modes[mode].name, args->at[MODE].s) != 0)
        mode++;
    return mode;
}

static bool is_true(const Arg *arg)
{
    return !arg->none && arg->i;
}

static bool check_mode(Arena *arena, Diag *diag, const Layer *layer)
{
    const Arg *name = &layer->args.at[MODE], *align = &layer->args.at[ALIGN_CORNERS];
    int mode = mode_of(&layer->args), extents = layer_in(layer).rank - 1;
    if (mode == MODES || modes[mode].refused) {
        const char *known = arena_printf(arena, "knows the modes \"nearest\", \"nearest-exact\", \"linear\" and "
                                                "\"bilinear\" but gets \"%s\"", name->s);
        diag_error(diag, name->span, "Upsample%s %s", mode == MODES ? "" : ":", mode == MODES ? known
                   : modes[mode].refused);
        return false;
    }
    if (modes[mode].extents && modes[mode].extents != extents) {
        diag_error(diag, name->span, "Upsample with mode=\"%s\" expects an input of %s but receives %s: "
                   "mode=\"%s\" is for that", name->s, modes[mode].extents == 1 ? "channels x length"
                   : "channels x height x width", shape_text(arena, layer_in(layer)),
                   extents == 1 ? "linear" : "bilinear");
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (!modes[mode].linear && !align->none) {
        diag_error(diag, align->span, "Upsample takes align_corners with mode=\"%s\" only",
                   extents == 1 ? "linear" : "bilinear");
        return false;
    }
    return true;
}

/* One of size and scale_factor, with a number for all extents or one for each. */
static bool check_sizes(Arena *arena, Diag *diag, const Layer *layer)
{
    const Arg *size = &layer->args.at[SIZE], *factor = &layer->args.at[SCALE_FACTOR],
              *recompute = &layer->args.at[RECOMPUTE_SCALE_FACTOR], *given = size->none ? factor : size;
    if (size->none == factor->none) {
        diag_error(diag, size->none ? layer->name_span : factor->span, "Upsample expects %s size or scale_factor",
                   size->none ? "either" : "only one of");
        return false;
    }
    if (!size->none && is_true(recompute)) {
        diag_error(diag, recompute->span, "Upsample has no scale factor to recompute where size is given");
        return false;
    }
    if ((given->listed || given->list_count != 1) && given->list_count != layer_in(layer).rank - 1) {
        diag_error(diag, given->span, "Upsample expects %s to be a number, or one for each of the %d extents of %s",
                   size->none ? "scale_factor" : "size", layer_in(layer).rank - 1, shape_text(arena, layer_in(layer)));
        return false;
    }
    for (int i = 0; i < given->list_count; i++) {
        bool good = size->none ? given->list[i] > 0 && given->list[i] <= FLT_MAX && 1 / given->list[i] <= FLT_MAX
                               : given->whole && given->list[i] >= 1;
        if (good)
            continue;
        diag_error(diag, given->span, "Upsample expects %s but gets %.12g", size->none
                   ? "scale_factor to be larger than 0" : "size to be a whole number of at least 1", given->list[i]);
        return false;
    }
    return true;
}

static double number_for(const Arg *arg, int axis)
{
    return arg->list[arg->list_count == 1 ? 0 : axis];
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *size = &layer->args.at[SIZE], *factor = &layer->args.at[SCALE_FACTOR];
    if (layer_in(layer).rank < 2) {
        diag_error(diag, layer->name_span, "Upsample expects an input of channels x height x width, or channels x "
                   "length, but receives %s", shape_text(arena, layer_in(layer)));
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (!check_mode(arena, diag, layer) || !check_sizes(arena, diag, layer))
        return false;
    layer->out = layer_in(layer);
    for (int axis = 0; axis < layer_in(layer).rank - 1; axis++) {
        double extent = size->none ? floor((double)layer_in(layer).dim[1 + axis] * number_for(factor, axis))
                                   : number_for(size, axis);
        layer->out.dim[1 + axis] = extent < 1e15 ? (int64_t)extent : (int64_t)1e15;
        if (extent >= 1)
            continue;
        diag_error(diag, factor->span, "Upsample leaves nothing of %s with a scale_factor of %.12g",
                   shape_text(arena, layer_in(layer)), number_for(factor, axis));
        layer_note_input(arena, diag, layer);
        return false;
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

/* The step in the input from one element of the output to the next, as torch computes it, in float: a factor that is
 * given is taken as it is, whatever the output's extent was rounded to, but where that is the input's or, of the
 * nearest elements, its double. */
static float step_of(const Args *args, UpsampleMode mode, int axis, int64_t in, int64_t out)
{
    const Arg *factor = &args->at[SCALE_FACTOR];
    if (mode == UPSAMPLE_ALIGNED)
        return out > 1 ? (float)(in - 1) / (float)(out - 1) : 0;
    if (mode != UPSAMPLE_EXACT && in == out)
        return 1;
    if (mode == UPSAMPLE_NEAREST && out == 2 * in)
        return 0.5F;
    if (!factor->none && !is_true(&args->at[RECOMPUTE_SCALE_FACTOR]))
        return (float)(1 / number_for(factor, axis));
    return (float)in / (float)out;
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    Attributes attr = {.upsample = {.step = {1, 1}}};
    int mode = mode_of(&layer->args), extents = layer_in(layer).rank - 1;
    attr.upsample.mode = !modes[mode].linear                         ? (UpsampleMode)mode
                         : is_true(&layer->args.at[ALIGN_CORNERS]) ? UPSAMPLE_ALIGNED
                                                                     : UPSAMPLE_LINEAR;
    for (int axis = 0; axis < extents; axis++) /* a row is an image of one */
        attr.upsample.step[2 - extents + axis] =
            step_of(&layer->args, attr.upsample.mode, axis, x->shape.dim[1 + axis], layer->out.dim[1 + axis]);
    return graph_value(builder, OP_UPSAMPLE2D, layer_value_name(builder->graph->arena, layer), x, NULL, NULL,
                       layer->out, attr);
}

/* torch makes floats of scale_factor, and keeps its own name. */
static void attributes(TorchAttributes *out, const Layer *layer)
{
    const Arg *factor = &layer->args.at[SCALE_FACTOR];
    Text text = text_new(out->arena);
    torch_add(out, "name", "'Upsample'");
    for (int i = 0; !factor->none && i < factor->list_count; i++)
        text_printf(&text, "%s%s", i ? ", " : "", torch_number(out->arena, factor->list[i]));
    if (factor->none)
        torch_add(out, "scale_factor", "None");
    else if (factor->listed)
        torch_add(out, "scale_factor", "(%s%s)", text.bytes, factor->list_count == 1 ? "," : "");
    else
        torch_add(out, "scale_factor", "%s", text.bytes);
}

const LayerKind layer_upsample = {
    "Upsample", "an image of another size", params, infer, lower,
    {.shape = "C,H,W -> C,size, or C,floor(H*scale_factor),floor(W*scale_factor); so for C,L; mode is \"nearest\", "
              "\"nearest-exact\", \"bilinear\", or \"linear\" for C,L",
     .example = "Upsample(scale_factor=2, mode=\"bilinear\")  # 3x32x32 -> 3x64x64",
     .differs = "where a scale_factor gives the input's extent or its double without being 1 or 2, the nearest "
                "elements are those to which torch's gradient goes; torch's forward pass takes others for some sizes"},
    .torch = {.module = "torch.nn.modules.upsampling", .without = "scale_factor", .more = attributes,
              .prints = "scale_factor=? size=? mode='"}};

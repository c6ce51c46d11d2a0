/* What the nouns share: parts of shape rules, parameters, names and gradients. */
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/character.h"
#include "vocabulary/vocabulary.h"

Parameter *layer_parameter(Arena *arena, Layer *layer, const char *name, Shape shape, InitKind init, double low,
                           double high)
{
    Parameter *parameter = arena_make(arena, Parameter);
    *parameter = (Parameter){.name = arena_printf(arena, "%s.%s", layer->path, name), .shape = shape, .init = init,
                             .low = low, .high = high, .layer = layer};
    vec_push(arena, layer->parameters, parameter);
    return parameter;
}

const char *fill_text(Arena *arena, const Fill *fill)
{
    switch (fill->kind) {
    case INIT_UNIFORM: return arena_printf(arena, "uniform(%.9g, %.9g)", fill->low, fill->high);
    case INIT_NORMAL: return arena_printf(arena, "normal(%.9g, %.9g)", fill->low, fill->high);
    case INIT_TRUNC_NORMAL:
        return arena_printf(arena, "trunc_normal(%.9g, %.9g, %.9g, %.9g)", fill->low, fill->high, fill->from, fill->to);
    case INIT_EYE: return "eye";
    case INIT_DIRAC: return arena_printf(arena, "dirac(%.9g)", fill->low);
    case INIT_ORTHOGONAL: return arena_printf(arena, "orthogonal(%.9g)", fill->low);
    case INIT_NORMAL_PADDED: return arena_printf(arena, "normal(0, 1), row %.9g 0", fill->low);
    case INIT_PARTIAL_DIRAC: return "dirac in the first outputs";
    case INIT_WHITENING:
        return arena_printf(arena, "whitening(%.9g) of %.0f training samples", fill->low, fill->high);
    case INIT_CONSTANT: break;
    }
    return arena_printf(arena, "%.9g", fill->low);
}

Parameter *layer_buffer(Arena *arena, Layer *layer, ParameterKind kind, const char *name, Shape shape, double value)
{
    Parameter *parameter = layer_parameter(arena, layer, name, shape, INIT_CONSTANT, value, value);
    parameter->kind = kind;
    return parameter;
}

double init_weight_bound(int64_t fan_in)
{
    double gain = sqrt(2.0 / (1.0 + sqrt(5.0) * sqrt(5.0)));
    return sqrt(3.0) * (gain / sqrt((double)fan_in));
}

double init_bias_bound(int64_t fan_in)
{
    return 1.0 / sqrt((double)fan_in);
}

void layer_weight_and_bias(Arena *arena, Layer *layer, Shape weight, int64_t fan_in, int64_t biases)
{
    double bound = init_weight_bound(fan_in);
    layer_parameter(arena, layer, "weight", weight, INIT_UNIFORM, -bound, bound);
    bound = init_bias_bound(fan_in);
    if (biases)
        layer_parameter(arena, layer, "bias", shape_of(1, &biases), INIT_UNIFORM, -bound, bound);
}

const char *shape_product(Arena *arena, Shape shape)
{
    Text text = text_new(arena);
    for (int i = 0; i < shape.rank; i++)
        text_printf(&text, "%s%" PRId64, i ? "*" : "", shape.dim[i]);
    return text.bytes;
}

Shape layer_in(const Layer *layer)
{
    return layer->inputs.at[0].shape;
}

void layer_note_input(Arena *arena, Diag *diag, const Layer *layer)
{
    const Layer *from = layer->inputs.at[0].from;
    const Span span = layer->inputs.at[0].span;
    const char *shape = shape_text(arena, layer_in(layer));
    if (!from)
        diag_note(diag, span, "the model's input is %s", shape);
    else if (layer_in(from).rank > 1 && from->out.rank == 1)
        diag_note(diag, span, "%s gives %s = %s here", from->kind->name, shape,
                  shape_product(arena, layer_in(from)));
    else
        diag_note(diag, span, "%s gives %s here", from->kind->name, shape);
}

bool layer_is_view(const Layer *layer)
{
    static const char *const views[] = {"Flatten", "Identity", "Permute", "Unflatten", NULL};
    int in_place = signature_find(layer->kind->params, "inplace");
    for (const char *const *view = views; *view; view++)
        if (strcmp(layer->kind->name, *view) == 0)
            return true;
    return in_place >= 0 && layer->args.at[in_place].i;
}

bool layer_check_size(Arena *arena, Diag *diag, const Layer *layer, Shape shape, const char *what)
{
    int64_t count = 1;
    for (int i = 0; i < shape.rank; i++)
        if (__builtin_mul_overflow(count, shape.dim[i], &count) || count > INT_MAX) {
            diag_error(diag, layer->span, "%s has %s of %s, more than %d elements", layer->kind->name, what,
                       shape_text(arena, shape), INT_MAX);
            return false;
        }
    return true;
}

const char *layer_value_name(Arena *arena, const Layer *layer)
{
    char *kind = arena_printf(arena, "%s", layer->kind->name);
    for (char *c = kind; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return arena_printf(arena, "%s_%s", kind, character_identifier(arena, layer->path));
}

bool layer_expect_image(Arena *arena, Diag *diag, const Layer *layer)
{
    if (layer_in(layer).rank == 3)
        return true;
    diag_error(diag, layer->name_span, "%s expects an input of channels x height x width but receives %s",
               layer->kind->name, shape_text(arena, layer_in(layer)));
    layer_note_input(arena, diag, layer);
    return false;
}

bool layer_expect_sequence(Arena *arena, Diag *diag, const Layer *layer, const char *for_images)
{
    if (layer_in(layer).rank == 2)
        return true;
    const char *hint = layer_in(layer).rank == 3 ? arena_printf(arena, ": images take %s", for_images)
                                           : ": Unflatten(1, (channels, length)) makes that of features";
    diag_error(diag, layer->name_span, "%s expects an input of channels x length but receives %s%s", layer->kind->name,
               shape_text(arena, layer_in(layer)), hint);
    layer_note_input(arena, diag, layer);
    return false;
}

bool layer_check_positive(Diag *diag, const Layer *layer, int place)
{
    const Arg *arg = &layer->args.at[place];
    if (arg->i > 0)
        return true;
    diag_error(diag, arg->span, "%s expects %s to be at least 1 but gets %" PRId64, layer->kind->name,
               layer->kind->params[place].name, arg->i);
    return false;
}

/* The hint for a shape H,W,C. */
static const char *channels_first(Arena *arena, Shape shape)
{
    return arena_printf(arena, "; channels come first: (%" PRId64 ", %" PRId64 ", %" PRId64 ")", shape.dim[2],
                        shape.dim[0], shape.dim[1]);
}

bool layer_check_channels(Arena *arena, Diag *diag, Layer *layer, int in, int out, int groups)
{
    Arg *arg = layer->args.at;
    int64_t channels = layer_in(layer).dim[0];
    if (arg[in].inferred)
        arg[in].i = channels;
    if (arg[in].i != channels) {
        bool last = !layer->inputs.at[0].from && layer_in(layer).rank == 3 && layer_in(layer).dim[2] == arg[in].i;
        diag_error(diag, arg[in].span, "%s expects %" PRId64 " input channels but receives %s%s", layer->kind->name,
                   arg[in].i, shape_text(arena, layer_in(layer)), last ? channels_first(arena, layer_in(layer)) : "");
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (channels % arg[groups].i || arg[out].i % arg[groups].i) {
        diag_error(diag, arg[groups].span, "%s expects groups to divide %" PRId64 " input and %" PRId64
                   " output channels but gets %" PRId64, layer->kind->name, channels, arg[out].i, arg[groups].i);
        return false;
    }
    return true;
}

bool layer_check_pair(Diag *diag, const Layer *layer, int place, int least)
{
    const Arg *arg = &layer->args.at[place];
    int64_t less = arg->pair[0] < arg->pair[1] ? arg->pair[0] : arg->pair[1];
    if (less >= least)
        return true;
    diag_error(diag, arg->span, "%s expects %s to be at least %d but gets %" PRId64, layer->kind->name,
               layer->kind->params[place].name, least, less);
    return false;
}

/* "3x5" of an image, "5" of a sequence. */
static const char *extents_text(Arena *arena, const Layer *layer, int64_t height, int64_t width)
{
    return shape_text(arena, layer_in(layer).rank == 3 ? shape_of(2, (int64_t[]){height, width}) : shape_of(1, &width));
}

bool layer_check_window(Arena *arena, Diag *diag, const Layer *layer, const Window *window, int place)
{
    Shape in = shape_image(layer_in(layer));
    if (window_extent(window, 0, in.dim[1]) > 0 && window_extent(window, 1, in.dim[2]) > 0)
        return true;
    int64_t size[2], padded[2];
    for (int axis = 0; axis < 2; axis++) {
        size[axis] = (int64_t)window->dilation[axis] * (window->kernel[axis] - 1) + 1;
        padded[axis] = in.dim[1 + axis] + 2 * (int64_t)window->padding[axis];
    }
    const char *with = window->padding[0] || window->padding[1]
        ? arena_printf(arena, " padded to %s", extents_text(arena, layer, padded[0], padded[1])) : "";
    bool last = !layer->inputs.at[0].from && in.rank == 3 && (in.dim[2] == 1 || in.dim[2] == 3);
    diag_error(diag, layer->args.at[place].span, "%s window %s is larger than its input %s%s%s", layer->kind->name,
               extents_text(arena, layer, size[0], size[1]), shape_text(arena, layer_in(layer)), with,
               last ? channels_first(arena, layer_in(layer)) : "");
    layer_note_input(arena, diag, layer);
    return false;
}

/* What argument `place` says of an axis. */
static int window_number(const Layer *layer, int place, int axis, int fallback)
{
    bool said = place >= 0 && (axis == 1 || layer_in(layer).rank == 3);
    return said ? (int)layer->args.at[place].pair[axis] : fallback;
}

Window layer_window(const Layer *layer, WindowPlaces places)
{
    Window window = {.groups = 1};
    for (int axis = 0; axis < 2; axis++) {
        window.kernel[axis] = window_number(layer, places.kernel, axis, 1);
        window.stride[axis] = window_number(layer, places.stride, axis, 1);
        window.padding[axis] = window_number(layer, places.padding, axis, 0);
        window.dilation[axis] = window_number(layer, places.dilation, axis, 1);
    }
    return window;
}

Shape layer_window_shape(const Layer *layer, int64_t channels, const Window *window)
{
    Shape out = layer_in(layer);
    out.dim[0] = channels;
    for (int axis = 3 - out.rank; axis < 2; axis++)
        out.dim[out.rank - 2 + axis] = window_extent(window, axis, layer_in(layer).dim[out.rank - 2 + axis]);
    return out;
}

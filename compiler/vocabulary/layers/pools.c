#include "vocabulary/layers/pools.h"

#include <inttypes.h>

enum { OUTPUT_SIZE };

static bool expect_input(Arena *arena, Diag *diag, const Layer *layer, const char *for_images)
{
    return for_images ? layer_expect_sequence(arena, diag, layer, for_images) : layer_expect_image(arena, diag, layer);
}

/* torch: a window with more than half of it in the padding might see nothing of the input. */
static bool check_padding(Diag *diag, const Layer *layer, const Window *window, int place)
{
    for (int axis = 0; axis < 2; axis++) {
        int64_t most = ((int64_t)(window->kernel[axis] - 1) * window->dilation[axis] + 1) / 2;
        if (window->padding[axis] > most) {
            diag_error(diag, layer->args.at[place].span,
                       "%s expects padding of at most half its window, %" PRId64 ", but gets %d", layer->kind->name,
                       most, window->padding[axis]);
            return false;
        }
    }
    return true;
}

bool pool_infer(Arena *arena, Diag *diag, Layer *layer, WindowPlaces places, const char *for_images)
{
    Arg *stride = &layer->args.at[places.stride];
    if (stride->none)
        stride->listed = layer->args.at[places.kernel].listed;
    for (int axis = 0; axis < 2 && stride->none; axis++)
        stride->pair[axis] = layer->args.at[places.kernel].pair[axis];
    if (!expect_input(arena, diag, layer, for_images) || !layer_check_pair(diag, layer, places.kernel, 1) ||
        !layer_check_pair(diag, layer, places.stride, 1) || !layer_check_pair(diag, layer, places.padding, 0) ||
        (places.dilation >= 0 && !layer_check_pair(diag, layer, places.dilation, 1)))
        return false;
    Window window = layer_window(layer, places);
    window.ceil_mode = layer->args.at[signature_find(layer->kind->params, "ceil_mode")].i != 0;
    if (!check_padding(diag, layer, &window, places.padding))
        return false;
    layer->out = layer_window_shape(layer, layer_in(layer).dim[0], &window);
    return layer_check_window(arena, diag, layer, &window, places.kernel) &&
           layer_check_size(arena, diag, layer, layer->out, "an output");
}

bool pool_infer_adaptive(Arena *arena, Diag *diag, Layer *layer, const char *for_images)
{
    const Arg *size = &layer->args.at[OUTPUT_SIZE];
    if (!expect_input(arena, diag, layer, for_images))
        return false;
    layer->out = layer_in(layer);
    for (int d = 1; d < layer->out.rank; d++) {
        int axis = d + 2 - layer->out.rank;
        if (size->pair_none[axis])
            continue; /* the input's extent */
        if (size->pair[axis] < 1) {
            diag_error(diag, size->span, "%s expects output_size to be at least 1 but gets %" PRId64,
                       layer->kind->name, size->pair[axis]);
            return false;
        }
        layer->out.dim[d] = size->pair[axis];
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

Window pool_adaptive_window(const Layer *layer)
{
    Shape in = shape_image(layer_in(layer)), out = shape_image(layer->out);
    Window window = {.groups = 1};
    for (int axis = 0; axis < 2; axis++) {
        int64_t from = in.dim[1 + axis], to = out.dim[1 + axis];
        window.adaptive |= from % to != 0;
        window.stride[axis] = from / to > 0 ? (int)(from / to) : 1;
        window.dilation[axis] = 1;
        window.kernel[axis] = window.stride[axis];
    }
    for (int axis = 0; axis < 2 && window.adaptive; axis++) {
        int64_t from = in.dim[1 + axis], to = out.dim[1 + axis];
        window.kernel[axis] = (int)(from % to == 0 ? from / to : from / to + 2);
    }
    return window;
}

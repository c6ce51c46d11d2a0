/* The layers of convolutions, pools, and of what gives samples other extents. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx.h"

/* "3" of 3, 3, or "(3, 5)". */
static const char *pair(OnnxReader *r, int64_t a, int64_t b, int axes)
{
    return axes == 1 || a == b ? onnx_print(r, "%" PRId64, a) : onnx_print(r, "(%" PRId64 ", %" PRId64 ")", a, b);
}

static void add_argument(OnnxReader *r, Text *out, const char *name, const int64_t *values, int axes, int64_t otherwise)
{
    if (values[0] != otherwise || values[1] != otherwise)
        text_printf(out, ", %s=%s", name, pair(r, values[0], values[1], axes));
}

/* Elements before and behind each extent; fewer, where the numbers are below 0. `value`: what they are, after a comma,
 * or NULL. */
static void add_sides(OnnxReader *r, const Onnx__Node *node, ItemList *list, const char *kind, int axes,
                      const int64_t *begin, const int64_t *end, const char *value)
{
    Text out = text_new(r->import->arena);
    text_printf(&out, "%sPad%dd((", kind, axes);
    for (int i = axes - 1; i >= 0; i--)
        text_printf(&out, "%s%" PRId64 ", %" PRId64, i < axes - 1 ? ", " : "", begin[i], end[i]);
    text_printf(&out, ")%s%s)", value ? ", " : "", value ? value : "");
    onnx_add_layer(r, node, list, out.bytes);
}

static bool is_even(const OnnxWindow *w)
{
    return w->begin[0] == w->end[0] && w->begin[1] == w->end[1];
}

static void clear_sides(OnnxWindow *w)
{
    memset(w->begin, 0, sizeof w->begin);
    memset(w->end, 0, sizeof w->end);
}

void onnx_add_conv(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const bool transposed = node->op_type[4] != 0;
    const OnnxNumbers *w = onnx_floats_of(r, node, 1, false), *bias = onnx_floats_of(r, node, 2, true);
    const int64_t groups = onnx_int_of(node, "group", 1);
    OnnxWindow s = onnx_window_of(r, node);
    int64_t cut[2][2] = {{0}};
    for (int i = 0; i < 2 && transposed; i++) { /* the padding that is not the same on both sides, and less than none */
        const int64_t least = s.begin[i] < s.end[i] ? s.begin[i] : s.end[i], padding = least < 0 ? 0 : least;
        cut[0][i] = padding - s.begin[i];
        cut[1][i] = padding - s.end[i];
        s.begin[i] = s.end[i] = padding;
    }
    if (!is_even(&s)) {
        add_sides(r, node, list, "Zero", s.axes, s.begin, s.end, NULL);
        clear_sides(&s);
    }
    Text out = text_new(r->import->arena);
    text_printf(&out, "Conv%s%dd(_, %" PRId64 ", %s", transposed ? "Transpose" : "", s.axes,
                transposed ? w->shape.dim[1] * groups : w->shape.dim[0], pair(r, s.kernel[0], s.kernel[1], s.axes));
    add_argument(r, &out, "stride", s.stride, s.axes, 1);
    add_argument(r, &out, "padding", s.begin, s.axes, 0);
    add_argument(r, &out, "output_padding", s.more, s.axes, 0);
    add_argument(r, &out, "dilation", s.dilation, s.axes, 1);
    if (groups != 1)
        text_printf(&out, ", groups=%" PRId64, groups);
    text_printf(&out, "%s)", bias ? "" : ", bias=False");
    Item *item = onnx_add_layer(r, node, list, out.bytes);
    onnx_begin_with(r, item, "weight", w);
    onnx_begin_with(r, item, "bias", bias);
    if (cut[0][0] || cut[0][1] || cut[1][0] || cut[1][1])
        add_sides(r, node, list, "Zero", s.axes, cut[0], cut[1], NULL);
}

/* A pool's own padding is the same on both sides, and at most half its window. Other padding stands before it: of what
 * is less than any element, or of zeros, where these count. */
static void pad_pool(OnnxReader *r, const Onnx__Node *node, ItemList *list, OnnxWindow *s, bool average)
{
    bool own = is_even(s);
    for (int i = 0; i < 2; i++)
        own = own && s->begin[i] <= (s->dilation[i] * (s->kernel[i] - 1) + 1) / 2;
    if (own)
        return;
    if (average && !onnx_int_of(node, "count_include_pad", 0))
        onnx_refuse(r, node, "its padding differs at both ends, or is more than half its window, and does not count");
    add_sides(r, node, list, average ? "Zero" : "Constant", s->axes, s->begin, s->end,
              average ? NULL : "-3.4028234e+38");
    clear_sides(s);
}

void onnx_add_pool(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const bool average = node->op_type[0] == 'A', counts = onnx_int_of(node, "count_include_pad", 0) != 0;
    OnnxWindow s = onnx_window_of(r, node);
    if (node->n_output > 1 && *node->output[1])
        onnx_refuse(r, node, "the places of the largest elements are no value here");
    if (average && (s.dilation[0] != 1 || s.dilation[1] != 1))
        onnx_refuse(r, node, "an average over windows with gaps is no layer");
    pad_pool(r, node, list, &s, average);
    bool changes = false;
    for (int i = 0; i < 2; i++)
        changes = changes || s.kernel[i] != 1 || s.stride[i] != 1 || s.begin[i];
    if (!changes)
        return; /* what an adaptive pool to the extents that are there already becomes */
    Text out = text_new(r->import->arena);
    text_printf(&out, "%sPool%dd(%s", average ? "Avg" : "Max", s.axes, pair(r, s.kernel[0], s.kernel[1], s.axes));
    if (s.stride[0] != s.kernel[0] || s.stride[1] != s.kernel[1])
        text_printf(&out, ", stride=%s", pair(r, s.stride[0], s.stride[1], s.axes));
    add_argument(r, &out, "padding", s.begin, s.axes, 0);
    add_argument(r, &out, "dilation", s.dilation, s.axes, 1);
    if (s.ceil_mode)
        text_add(&out, ", ceil_mode=True");
    if (average && !counts && (s.begin[0] || s.begin[1]))
        text_add(&out, ", count_include_pad=False");
    text_add(&out, ")");
    onnx_add_layer(r, node, list, out.bytes);
}

void onnx_add_global(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int axes = onnx_input(r, node, 0)->shape.rank - 2;
    if (axes > 2)
        onnx_refuse(r, node, "it is of %d dimensions behind the channels; there are layers for one and two", axes);
    onnx_add_layer(r, node, list, onnx_print(r, "Adaptive%sPool%dd(1)", node->op_type[6] == 'A' ? "Avg" : "Max", axes));
}

/* A mean, or the largest, of all that netc has behind the channels is a pool. */
void onnx_add_reduce(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0), *out = onnx_find(r, node->output[0]);
    int64_t count;
    const int64_t *axes = onnx_ints_of(r, node, 1, "axes", &count);
    const int rank = x->shape.rank;
    bool taken[MAX_RANK] = {0};
    int others = 0;
    for (int64_t i = 0; i < count; i++) {
        const int place = onnx_place(x, axes[i]);
        others += place < 2 || taken[place];
        taken[place < 0 ? 0 : place] = true;
    }
    if (others || count != rank - 2 || rank < 3 || rank > 4)
        onnx_refuse(r, node, "it is of all that is behind the channels");
    onnx_add_layer(r, node, list, onnx_print(r, "Adaptive%sPool%dd(1)", strstr(node->op_type, "Max") ? "Max" : "Avg",
                                             rank - 2));
    if (out->shape.rank < rank)
        onnx_add_layer(r, node, list, "Flatten()");
}

/* begin and end of what netc has behind the channels. Ends the program where others are padded. */
static void sides_of(OnnxReader *r, const Onnx__Node *node, const int64_t *begin, const int64_t *end,
                     int64_t (*sides)[2])
{
    const OnnxValue *x = onnx_input(r, node, 0);
    for (int i = 0; i < x->shape.rank; i++) {
        const int place = onnx_place(x, i);
        if (place < 2 && (begin[i] || end[i]))
            onnx_refuse(r, node, "it is of what is behind the channels, and nothing else");
        if (place >= 2 && place < 4) {
            sides[0][place - 2] = begin[i];
            sides[1][place - 2] = end[i];
        }
    }
    if (x->shape.rank < 3 || x->shape.rank > 4)
        onnx_refuse(r, node, "it is of images, or of sequences");
}

void onnx_add_pad(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int rank = onnx_input(r, node, 0)->shape.rank;
    int64_t count, named, begin[MAX_RANK] = {0}, end[MAX_RANK] = {0}, sides[2][2] = {{0}};
    const int64_t *pads = onnx_ints_of(r, node, 1, "pads", &count),
                  *axes = node->n_input > 3 ? onnx_ints_of(r, node, 3, "", &named) : NULL;
    const double value = onnx_scalar(r, node, 2, "value", 0);
    const bool constant = !onnx_attribute(node, "mode") || onnx_is_string(node, "mode", "constant");
    const char *kind = constant ? value == 0 ? "Zero" : "Constant"
                       : onnx_is_string(node, "mode", "reflect") ? "Reflection"
                       : onnx_is_string(node, "mode", "edge")    ? "Replication"
                       : onnx_is_string(node, "mode", "wrap")    ? "Circular"
                                                                 : NULL;
    if (!kind)
        onnx_refuse(r, node, "there is no layer for its mode");
    for (int64_t i = 0; i < count / 2; i++) {
        const int64_t axis = axes ? (axes[i] < 0 ? axes[i] + rank : axes[i]) : i;
        begin[axis] = pads[i];
        end[axis] = pads[count / 2 + i];
    }
    sides_of(r, node, begin, end, sides);
    add_sides(r, node, list, kind, rank - 2, sides[0], sides[1],
              constant && value != 0 ? onnx_write_number(r, value) : NULL);
}

/* A part of what is behind the channels: less than no padding. */
void onnx_add_slice(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0), *out = onnx_find(r, node->output[0]);
    const int rank = x->shape.rank;
    int64_t count, begin[MAX_RANK] = {0}, end[MAX_RANK] = {0}, sides[2][2] = {{0}};
    const int64_t *starts = onnx_ints_of(r, node, 1, "starts", &count),
                  *axes = onnx_ints_of(r, node, 3, "axes", &(int64_t){0});
    for (int64_t i = 0; i < count; i++) {
        const int64_t axis = axes ? (axes[i] < 0 ? axes[i] + rank : axes[i]) : i;
        const int64_t first = starts[i] < 0 ? starts[i] + x->shape.dim[axis] : starts[i];
        begin[axis] = first < 0 ? 0 : -first;
        end[axis] = out->shape.dim[axis] - begin[axis] - x->shape.dim[axis];
    }
    sides_of(r, node, begin, end, sides);
    add_sides(r, node, list, "Zero", rank - 2, sides[0], sides[1], NULL);
}

/* Where an element of the output lies in the input. */
typedef enum ResizePlace { PLACE_NONE, PLACE_ASYMMETRIC, PLACE_ALIGNED, PLACE_CENTRED } ResizePlace;

static ResizePlace place_of(const Onnx__Node *node, bool old, bool of_one)
{
    static const char key[] = "coordinate_transformation_mode";
    if (old || onnx_is_string(node, key, "asymmetric"))
        return PLACE_ASYMMETRIC;
    if (onnx_is_string(node, key, "align_corners"))
        return PLACE_ALIGNED;
    if (!onnx_attribute(node, key) || onnx_is_string(node, key, "half_pixel"))
        return PLACE_CENTRED;
    return onnx_is_string(node, key, "pytorch_half_pixel") && !of_one ? PLACE_CENTRED : PLACE_NONE;
}

/* Whether each extent times its scale is whole: otherwise the scale takes other elements than the extents do. */
static bool scales_fit(OnnxReader *r, const Onnx__Node *node, const OnnxValue *x, bool old)
{
    const OnnxNumbers *scales = onnx_floats_of(r, node, old ? 1 : 2, true);
    for (int64_t i = 0; scales && i < scales->count; i++) {
        const int64_t axis = onnx_at_of(node, "axes", (size_t)i, i);
        const int64_t from = x->shape.dim[axis < 0 ? axis + x->shape.rank : axis];
        if (from != ONNX_BATCH && fmodf((float)from * scales->floats[i], 1) != 0)
            return false;
    }
    return true;
}

/* The nearest elements by whole factors, or between elements by extents: where PyTorch and ONNX agree. */
void onnx_add_resize(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0), *out = onnx_find(r, node->output[0]);
    const Shape in = onnx_sample(x), to = onnx_sample(out);
    const bool old = node->n_input == 2 && !onnx_attribute(node, "axes"); /* opset 10, and Upsample: floor */
    const bool linear = onnx_is_string(node, "mode", "linear");
    const bool nearest = !onnx_attribute(node, "mode") || onnx_is_string(node, "mode", "nearest");
    const bool floors = old || onnx_is_string(node, "nearest_mode", "floor");
    const bool rounds = !onnx_attribute(node, "nearest_mode") ||
                        onnx_is_string(node, "nearest_mode", "round_prefer_floor") ||
                        onnx_is_string(node, "nearest_mode", "round_prefer_ceil");
    bool whole = true, of_one = false, alike = true;
    if (in.dim[0] != to.dim[0] || (!linear && !nearest) || in.rank < 2 || in.rank > 3)
        onnx_refuse(r, node, "what is behind the channels gets other extents, by `nearest` or `linear`");
    for (int i = 1; i < in.rank; i++) {
        whole = whole && to.dim[i] % in.dim[i] == 0;
        of_one = of_one || to.dim[i] == 1;
        alike = alike && to.dim[i] / in.dim[i] == to.dim[1] / in.dim[1];
    }
    const ResizePlace place = place_of(node, old, of_one);
    if (onnx_int_of(node, "antialias", 0) || (onnx_attribute(node, "keep_aspect_ratio_policy") &&
                                             !onnx_is_string(node, "keep_aspect_ratio_policy", "stretch")) ||
        (linear ? place != PLACE_ALIGNED && place != PLACE_CENTRED
                : !whole || !((place == PLACE_ASYMMETRIC && floors) || (place == PLACE_CENTRED && rounds && !old))) ||
        !scales_fit(r, node, x, old))
        onnx_refuse(r, node, "it takes other elements than PyTorch's Upsample does");
    if (shape_equal(in, to))
        return;
    const char *size = in.rank == 2 ? onnx_print(r, "(%" PRId64 ",)", to.dim[1]) : pair(r, to.dim[1], to.dim[2], 2);
    const char *how = whole && alike ? onnx_print(r, "scale_factor=%" PRId64, to.dim[1] / in.dim[1])
                                     : onnx_print(r, "size=%s", size);
    const char *mode = !linear ? "" : in.rank == 2 ? ", mode=\"linear\"" : ", mode=\"bilinear\"";
    onnx_add_layer(r, node, list, onnx_print(r, "Upsample(%s%s%s)", how, mode,
                                             place == PLACE_ALIGNED ? ", align_corners=True" : ""));
}

/* What nodes with one input are as layers, by the operators' names. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "import/onnx.h"

/* ---- Attributes -------------------------------------------------------------------------------------------------- */

static const Onnx__Attribute *attribute(const Onnx__Node *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (!strcmp(node->attribute[i]->name, name))
            return node->attribute[i];
    return NULL;
}

static int64_t int_of(const Onnx__Node *node, const char *name, int64_t otherwise)
{
    const Onnx__Attribute *found = attribute(node, name);
    return found ? found->i : otherwise;
}

static double float_of(const Onnx__Node *node, const char *name, double otherwise)
{
    const Onnx__Attribute *found = attribute(node, name);
    return found ? (double)found->f : otherwise;
}

static bool is_string(const Onnx__Node *node, const char *name, const char *value)
{
    const Onnx__Attribute *found = attribute(node, name);
    return found && found->s.len == strlen(value) && !memcmp(found->s.data, value, found->s.len);
}

/* The number `i` of a list, or what it is where there is none. */
static int64_t at_of(const Onnx__Node *node, const char *name, size_t i, int64_t otherwise)
{
    const Onnx__Attribute *found = attribute(node, name);
    return found && i < found->n_ints ? found->ints[i] : otherwise;
}

static const char *name_of(const Onnx__Node *node, size_t i)
{
    return i < node->n_input ? node->input[i] : "";
}

/* Numbers of the file that a node must have; NULL: the input is optional, and not there. */
static const OnnxNumbers *operand(OnnxReader *r, const Onnx__Node *node, size_t i, bool optional)
{
    const char *name = name_of(node, i);
    const OnnxNumbers *found = *name ? onnx_numbers(r, name) : NULL;
    if (!found && (*name || !optional))
        onnx_refuse(r, node, "its input %zu is no numbers of the file", i);
    return found;
}

static const OnnxNumbers *floats(OnnxReader *r, const Onnx__Node *node, size_t i, bool optional)
{
    const OnnxNumbers *found = operand(r, node, i, optional);
    if (found && !found->floats)
        onnx_refuse(r, node, "its input %zu is not of floats", i);
    return found;
}

/* A list of whole numbers: an attribute of old opsets, or an input of new ones. NULL: none. */
static const int64_t *ints(OnnxReader *r, const Onnx__Node *node, size_t i, const char *name, int64_t *count)
{
    const Onnx__Attribute *found = attribute(node, name);
    const OnnxNumbers *numbers = found ? NULL : operand(r, node, i, true);
    if (numbers && !numbers->ints)
        onnx_refuse(r, node, "its input %zu is not of whole numbers", i);
    *count = found ? (int64_t)found->n_ints : numbers ? numbers->count : 0;
    return found ? found->ints : numbers ? numbers->ints : NULL;
}

static double scalar(OnnxReader *r, const Onnx__Node *node, size_t i, const char *name, double otherwise)
{
    if (attribute(node, name))
        return float_of(node, name, otherwise);
    const OnnxNumbers *found = floats(r, node, i, true);
    if (found && found->count != 1)
        onnx_refuse(r, node, "its input %zu is a single number", i);
    return found ? (double)found->floats[0] : otherwise;
}

/* ---- Items ------------------------------------------------------------------------------------------------------- */

static Item *add_layer(OnnxReader *r, const Onnx__Node *node, ItemList *list, const char *text)
{
    Item *item = arena_make(r->import->arena, Item);
    *item = (Item){.kind = ITEM_LAYER, .node = node, .text = text};
    vec_push(r->import->arena, *list, item);
    return item;
}

static void begin_with(OnnxReader *r, Item *item, const char *name, const OnnxNumbers *numbers)
{
    if (numbers)
        vec_push(r->import->arena, item->numbers, ((ItemNumbers){name, numbers, false}));
}

static const char *print(OnnxReader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *print(OnnxReader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(r->import->arena, format, args);
    va_end(args);
    return text;
}

/* "3" of 3, 3, or "(3, 5)". */
static const char *pair(OnnxReader *r, int64_t a, int64_t b, int axes)
{
    return axes == 1 || a == b ? print(r, "%" PRId64, a) : print(r, "(%" PRId64 ", %" PRId64 ")", a, b);
}

static const char *number(OnnxReader *r, double value)
{
    const char *shortest = print(r, "%.7g", value);
    for (int digits = 1; digits < 9; digits++) { /* of a float, as someone wrote it */
        shortest = print(r, "%.*g", digits, value);
        if (strtof(shortest, NULL) == (float)value)
            break;
    }
    return shortest;
}

/* ---- Windows ----------------------------------------------------------------------------------------------------- */

typedef struct Sides {
    int axes;
    int64_t kernel[2], stride[2], dilation[2], begin[2], end[2];
    bool same;
} Sides;

static Sides sides_of(OnnxReader *r, const Onnx__Node *node, int axes)
{
    Sides s = {.axes = axes};
    if (axes < 1 || axes > 2)
        onnx_refuse(r, node, "it is of %d dimensions behind the channels; there are layers for one and two", axes);
    for (int i = 0; i < axes; i++) {
        s.kernel[i] = at_of(node, "kernel_shape", (size_t)i, 1);
        s.stride[i] = at_of(node, "strides", (size_t)i, 1);
        s.dilation[i] = at_of(node, "dilations", (size_t)i, 1);
        s.begin[i] = at_of(node, "pads", (size_t)i, 0);
        s.end[i] = at_of(node, "pads", (size_t)(axes + i), 0);
    }
    if (axes == 1) {
        s.kernel[1] = s.kernel[0], s.stride[1] = s.stride[0], s.dilation[1] = s.dilation[0];
        s.begin[1] = s.begin[0], s.end[1] = s.end[0];
    }
    const bool automatic = attribute(node, "auto_pad") && !is_string(node, "auto_pad", "NOTSET") &&
                           !is_string(node, "auto_pad", "VALID");
    for (int i = 0; automatic && i < 2; i++) {
        const int64_t total = s.dilation[i] * (s.kernel[i] - 1);
        if (s.stride[i] != 1)
            onnx_refuse(r, node, "auto_pad with a stride is not read: export it with pads");
        s.begin[i] = is_string(node, "auto_pad", "SAME_LOWER") ? total - total / 2 : total / 2;
        s.end[i] = total - s.begin[i];
    }
    return s;
}

static bool is_even(const Sides *s)
{
    return s->begin[0] == s->end[0] && s->begin[1] == s->end[1];
}

/* Zeros around, where a layer's own padding is the same on both sides. */
static void add_zeros(OnnxReader *r, const Onnx__Node *node, ItemList *list, Sides *s)
{
    if (is_even(s))
        return;
    if (s->axes == 1)
        add_layer(r, node, list, print(r, "ZeroPad1d((%" PRId64 ", %" PRId64 "))", s->begin[0], s->end[0]));
    else
        add_layer(r, node, list, print(r, "ZeroPad2d((%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "))",
                                       s->begin[1], s->end[1], s->begin[0], s->end[0]));
    memset(s->begin, 0, sizeof s->begin);
    memset(s->end, 0, sizeof s->end);
}

static void add_argument(OnnxReader *r, Text *out, const char *name, const int64_t *values, int axes, int64_t otherwise)
{
    if (values[0] != otherwise || values[1] != otherwise)
        text_printf(out, ", %s=%s", name, pair(r, values[0], values[1], axes));
}

static void add_conv(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const bool transposed = node->op_type[4] != 0;
    const OnnxNumbers *w = floats(r, node, 1, false), *bias = floats(r, node, 2, true);
    const int64_t groups = int_of(node, "group", 1);
    Sides s = sides_of(r, node, w->shape.rank - 2);
    for (int i = 0; i < s.axes; i++)
        s.kernel[i] = w->shape.dim[2 + i];
    s.kernel[1] = s.axes == 1 ? s.kernel[0] : s.kernel[1];
    int64_t more[2] = {at_of(node, "output_padding", 0, 0), at_of(node, "output_padding", (size_t)s.axes - 1, 0)};
    if (transposed && (!is_even(&s) || attribute(node, "output_shape")))
        onnx_refuse(r, node, "its padding is the same on both sides, and there is no output_shape");
    add_zeros(r, node, list, &s);
    Text out = text_new(r->import->arena);
    text_printf(&out, "Conv%s%dd(_, %" PRId64 ", %s", transposed ? "Transpose" : "", s.axes,
                transposed ? w->shape.dim[1] * groups : w->shape.dim[0], pair(r, s.kernel[0], s.kernel[1], s.axes));
    add_argument(r, &out, "stride", s.stride, s.axes, 1);
    add_argument(r, &out, "padding", s.begin, s.axes, 0);
    add_argument(r, &out, "output_padding", more, s.axes, 0);
    add_argument(r, &out, "dilation", s.dilation, s.axes, 1);
    if (groups != 1)
        text_printf(&out, ", groups=%" PRId64, groups);
    text_printf(&out, "%s)", bias ? "" : ", bias=False");
    Item *item = add_layer(r, node, list, out.bytes);
    begin_with(r, item, "weight", w);
    begin_with(r, item, "bias", bias);
}

static void add_pool(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const bool average = node->op_type[0] == 'A';
    const bool counts = int_of(node, "count_include_pad", 0) != 0;
    Sides s = sides_of(r, node, onnx_rank(r, node->input[0]) - 2);
    if (!is_even(&s) && (!average || !counts))
        onnx_refuse(r, node, "its padding differs at both ends");
    if (node->n_output > 1 && *node->output[1])
        onnx_refuse(r, node, "the places of the largest elements are no value here");
    add_zeros(r, node, list, &s);
    Text out = text_new(r->import->arena);
    text_printf(&out, "%sPool%dd(%s", average ? "Avg" : "Max", s.axes, pair(r, s.kernel[0], s.kernel[1], s.axes));
    if (s.stride[0] != s.kernel[0] || s.stride[1] != s.kernel[1])
        text_printf(&out, ", stride=%s", pair(r, s.stride[0], s.stride[1], s.axes));
    add_argument(r, &out, "padding", s.begin, s.axes, 0);
    if (average && (s.dilation[0] != 1 || s.dilation[1] != 1))
        onnx_refuse(r, node, "an average over windows with gaps is no layer");
    add_argument(r, &out, "dilation", s.dilation, s.axes, 1);
    if (int_of(node, "ceil_mode", 0))
        text_add(&out, ", ceil_mode=True");
    if (average && !counts && (s.begin[0] || s.begin[1]))
        text_add(&out, ", count_include_pad=False");
    text_add(&out, ")");
    add_layer(r, node, list, out.bytes);
}

static void add_global(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int axes = onnx_rank(r, node->input[0]) - 2;
    add_layer(r, node, list, print(r, "Adaptive%sPool%dd(1)", node->op_type[6] == 'A' ? "Avg" : "Max", axes));
}

/* A mean over all behind the channels is a pool. */
static void add_mean(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    int64_t count;
    const int64_t *axes = ints(r, node, 1, "axes", &count);
    const int rank = onnx_rank(r, node->input[0]);
    bool all = count == rank - 2 && count > 0;
    for (int64_t i = 0; i < count; i++)
        all = all && (axes[i] >= 2 || (axes[i] < 0 && axes[i] >= 2 - rank));
    if (!all)
        onnx_refuse(r, node, "a mean is of all that is behind the channels");
    add_layer(r, node, list, print(r, "AdaptiveAvgPool%dd(1)", rank - 2));
    if (!int_of(node, "keepdims", 1))
        add_layer(r, node, list, "Flatten()");
}

/* ---- Products, norms --------------------------------------------------------------------------------------------- */

static void add_gemm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *w = floats(r, node, 1, false), *bias = floats(r, node, 2, true);
    const bool transposed = int_of(node, "transB", 0) != 0;
    if (float_of(node, "alpha", 1) != 1 || float_of(node, "beta", 1) != 1 || int_of(node, "transA", 0) ||
        w->shape.rank != 2 || onnx_rank(r, node->input[0]) != 2)
        onnx_refuse(r, node, "a Linear is x times a matrix, plus a row, without factors");
    const int64_t outputs = w->shape.dim[transposed ? 0 : 1];
    if (bias && bias->count != outputs)
        onnx_refuse(r, node, "its bias has not a number for each output");
    Item *item = add_layer(r, node, list, print(r, "Linear(_, %" PRId64 "%s)", outputs, bias ? "" : ", bias=False"));
    begin_with(r, item, "weight", w);
    item->numbers.at[0].transposed = !transposed;
    begin_with(r, item, "bias", bias);
}

static void add_batch_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    static const char *const names[] = {"weight", "bias", "running_mean", "running_var"};
    const double eps = float_of(node, "epsilon", 1e-5), momentum = 1 - float_of(node, "momentum", 0.9);
    Text out = text_new(r->import->arena);
    if (int_of(node, "training_mode", 0))
        onnx_refuse(r, node, "it is of training mode: export the model in evaluation mode");
    text_printf(&out, "BatchNorm%dd(_", onnx_rank(r, node->input[0]) == 4 ? 2 : 1);
    if ((float)eps != 1e-5F)
        text_printf(&out, ", eps=%s", number(r, eps));
    if (fabs(momentum - 0.1) > 1e-6)
        text_printf(&out, ", momentum=%s", number(r, (float)momentum));
    text_add(&out, ")");
    Item *item = add_layer(r, node, list, out.bytes);
    for (size_t i = 0; i < 4; i++)
        begin_with(r, item, names[i], floats(r, node, 1 + i, false));
}

static void add_instance_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double eps = float_of(node, "epsilon", 1e-5);
    const int axes = onnx_rank(r, node->input[0]) - 2;
    Item *item = add_layer(r, node, list, print(r, "InstanceNorm%dd(_%s%s, affine=True)", axes,
                                                (float)eps == 1e-5F ? "" : ", eps=",
                                                (float)eps == 1e-5F ? "" : number(r, eps)));
    begin_with(r, item, "weight", floats(r, node, 1, false));
    begin_with(r, item, "bias", floats(r, node, 2, false));
}

static void add_layer_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *w = floats(r, node, 1, false), *bias = floats(r, node, 2, true);
    const double eps = float_of(node, "epsilon", 1e-5);
    const int64_t rank = onnx_rank(r, node->input[0]), axis = int_of(node, "axis", -1);
    Text out = text_new(r->import->arena);
    if (w->shape.rank != rank - (axis < 0 ? axis + rank : axis) || w->shape.rank >= rank)
        onnx_refuse(r, node, "its scale has a number for each element of the last dimensions, from axis on");
    text_add(&out, "LayerNorm((");
    for (int i = 0; i < w->shape.rank; i++)
        text_printf(&out, "%s%" PRId64, i ? ", " : "", w->shape.dim[i]);
    text_printf(&out, w->shape.rank == 1 ? ",)" : ")");
    if ((float)eps != 1e-5F)
        text_printf(&out, ", eps=%s", number(r, eps));
    text_printf(&out, "%s)", bias ? "" : ", bias=False");
    Item *item = add_layer(r, node, list, out.bytes);
    begin_with(r, item, "weight", w);
    begin_with(r, item, "bias", bias);
}

static void add_prelu(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *slope = floats(r, node, 1, false);
    if (slope->count != 1 && slope->count != slope->shape.dim[0])
        onnx_refuse(r, node, "a slope is one number, or one a channel");
    if (slope->count != 1 && slope->shape.rank != onnx_rank(r, node->input[0]) - 1)
        onnx_refuse(r, node, "its slopes are not of the channels");
    const char *count = slope->count == 1 ? "" : print(r, "%" PRId64, slope->count);
    begin_with(r, add_layer(r, node, list, print(r, "PReLU(%s)", count)), "weight", slope);
}

/* ---- Shapes ------------------------------------------------------------------------------------------------------ */

static void add_flatten(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    if (int_of(node, "axis", 1) != 1)
        onnx_refuse(r, node, "a sample becomes a row, behind the batch: axis 1");
    add_layer(r, node, list, "Flatten()");
}

/* The batch stays in front, and a sample gets another shape, whose elements netc's own must be (Item.elements). */
static void add_reshape(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    int64_t count, elements = 1;
    const int64_t *dims = ints(r, node, 1, "shape", &count);
    const int rank = onnx_rank(r, node->input[0]);
    if (count < 2 || count > 4 || (dims[0] > 0 && dims[0] != r->batch) || int_of(node, "allowzero", 0))
        onnx_refuse(r, node, "a sample is given another shape, and the batch stays in front");
    Text out = text_new(r->import->arena);
    for (int64_t i = 1; i < count; i++) {
        text_printf(&out, "%s%" PRId64, i > 1 ? ", " : "", dims[i]);
        if (dims[i] < 1 && (count > 2 || dims[0] == -1 || dims[i] != -1))
            onnx_refuse(r, node, "its shape leaves a dimension open");
        elements = dims[i] < 1 ? 0 : elements > INT32_MAX / dims[i] ? INT32_MAX : elements * dims[i];
    }
    if (rank > 2)
        add_layer(r, node, list, "Flatten()")->elements = elements;
    if (count > 2)
        add_layer(r, node, list, print(r, "Unflatten(1, (%s))", out.bytes));
    else if (rank <= 2)
        add_layer(r, node, list, "Identity()")->elements = elements;
}

static void add_squeeze(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    int64_t count;
    const int64_t *axes = ints(r, node, 1, "axes", &count);
    bool good = onnx_rank_of(r, node, onnx_rank(r, node->input[0])) == 2;
    for (int64_t i = 0; i < count; i++)
        good = good && axes[i] != 0 && axes[i] != -onnx_rank(r, node->input[0]);
    if (!good)
        onnx_refuse(r, node, "it leaves a row of each sample");
    add_layer(r, node, list, "Flatten()");
}

static void add_pad(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    int64_t count;
    const int64_t *pads = ints(r, node, 1, "pads", &count);
    const int axes = onnx_rank(r, node->input[0]) - 2;
    const double value = scalar(r, node, 2, "value", 0);
    const bool constant = !attribute(node, "mode") || is_string(node, "mode", "constant");
    const char *kind = is_string(node, "mode", "reflect") ? "Reflection"
                       : is_string(node, "mode", "edge")  ? "Replication"
                       : is_string(node, "mode", "wrap")  ? "Circular"
                       : value == 0                       ? "Zero"
                                                          : "Constant";
    if (node->n_input > 3 || count != 2 * (axes + 2) || axes < 1 || pads[0] || pads[1] || pads[axes + 2] ||
        pads[axes + 3])
        onnx_refuse(r, node, "what is behind the channels is padded, and nothing else");
    Text out = text_new(r->import->arena);
    text_printf(&out, "%sPad%dd((", kind, axes);
    for (int i = axes - 1; i >= 0; i--)
        text_printf(&out, "%s%" PRId64 ", %" PRId64, i < axes - 1 ? ", " : "", pads[2 + i], pads[axes + 4 + i]);
    text_add(&out, ")");
    if (constant && value != 0)
        text_printf(&out, ", %s", number(r, value));
    text_add(&out, ")");
    add_layer(r, node, list, out.bytes);
}

static void add_softmax(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int rank = onnx_rank(r, node->input[0]);
    const int64_t axis = int_of(node, "axis", r->opset < 13 ? 1 : -1);
    if (r->opset < 13 && rank != 2)
        onnx_refuse(r, node, "before opset 13 it is of all that is behind the axis: export it with a newer one");
    add_layer(r, node, list, print(r, "%s(dim=%" PRId64 ")", node->op_type, axis < 0 ? axis + rank : axis));
}

static void add_embedding(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *table = floats(r, node, 0, false);
    if (int_of(node, "axis", 0) != 0 || table->shape.rank != 2)
        onnx_refuse(r, node, "an embedding is rows of a table, axis 0");
    begin_with(r, add_layer(r, node, list, print(r, "Embedding(%" PRId64 ", %" PRId64 ")", table->shape.dim[0],
                                                 table->shape.dim[1])), "weight", table);
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

static void add_clip(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double low = scalar(r, node, 1, "min", -INFINITY), high = scalar(r, node, 2, "max", INFINITY);
    if (low == 0 && high == 6)
        add_layer(r, node, list, "ReLU6()");
    else if (low == 0 && isinf(high))
        add_layer(r, node, list, "ReLU()");
    else if (isfinite(low) && isfinite(high))
        add_layer(r, node, list, print(r, "Hardtanh(%s, %s)", number(r, low), number(r, high)));
    else
        onnx_refuse(r, node, "a clip has two limits");
}

static void add_gelu(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    add_layer(r, node, list, is_string(node, "approximate", "tanh") ? "GELU(approximate=\"tanh\")" : "GELU()");
}

static void add_selu(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    if (fabs(float_of(node, "alpha", 1.6732632) - 1.6732632) > 1e-6 ||
        fabs(float_of(node, "gamma", 1.0507010) - 1.0507010) > 1e-6)
        onnx_refuse(r, node, "SELU has numbers of its own, and these are others");
    add_layer(r, node, list, "SELU()");
}

static void add_hard_sigmoid(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    if (fabs(float_of(node, "alpha", 0.2) - 1 / 6.0) > 1e-6 || float_of(node, "beta", 0.5) != 0.5)
        onnx_refuse(r, node, "PyTorch's has the slope 1/6, and this one has another");
    add_layer(r, node, list, "Hardsigmoid()");
}

static void add_shrink(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double lambd = float_of(node, "lambd", 0.5), bias = float_of(node, "bias", 0);
    if (bias != 0 && bias != lambd)
        onnx_refuse(r, node, "its bias is 0 or lambd");
    add_layer(r, node, list, print(r, "%sshrink(%s)", bias == 0 ? "Hard" : "Soft", number(r, lambd)));
}

static void add_dropout(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    add_layer(r, node, list, print(r, "Dropout(%s)", number(r, scalar(r, node, 1, "ratio", 0.5))));
}

/* ---- What is a layer only with others ---------------------------------------------------------------------------- */

static void add_raw(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    Item *item = add_layer(r, node, list, node->op_type);
    item->kind = ITEM_RAW;
    for (size_t i = 0; i < node->n_input; i++) {
        const OnnxNumbers *numbers = *node->input[i] ? onnx_numbers(r, node->input[i]) : NULL;
        item->operand = numbers ? numbers : item->operand;
        if (numbers && i == 0 && strcmp(node->op_type, "Add") != 0 && strcmp(node->op_type, "Mul") != 0)
            onnx_refuse(r, node, "its first input is numbers of the file");
    }
}

static const struct {
    const char *op;
    void (*add)(OnnxReader *r, const Onnx__Node *node, ItemList *list);
    const char *text; /* of a layer without arguments, or with `argument`, which has a default there and here */
    const char *argument;
    double otherwise;
} operators[] = {
    {"Conv", add_conv, NULL, NULL, 0}, {"ConvTranspose", add_conv, NULL, NULL, 0}, {"MaxPool", add_pool, NULL, NULL, 0},
    {"AveragePool", add_pool, NULL, NULL, 0}, {"GlobalAveragePool", add_global, NULL, NULL, 0},
    {"GlobalMaxPool", add_global, NULL, NULL, 0}, {"ReduceMean", add_mean, NULL, NULL, 0},
    {"Gemm", add_gemm, NULL, NULL, 0}, {"BatchNormalization", add_batch_norm, NULL, NULL, 0},
    {"InstanceNormalization", add_instance_norm, NULL, NULL, 0},
    {"LayerNormalization", add_layer_norm, NULL, NULL, 0}, {"PRelu", add_prelu, NULL, NULL, 0},
    {"Flatten", add_flatten, NULL, NULL, 0}, {"Reshape", add_reshape, NULL, NULL, 0},
    {"Squeeze", add_squeeze, NULL, NULL, 0}, {"Pad", add_pad, NULL, NULL, 0}, {"Softmax", add_softmax, NULL, NULL, 0},
    {"LogSoftmax", add_softmax, NULL, NULL, 0}, {"Gather", add_embedding, NULL, NULL, 0},
    {"Clip", add_clip, NULL, NULL, 0}, {"Gelu", add_gelu, NULL, NULL, 0}, {"Selu", add_selu, NULL, NULL, 0},
    {"HardSigmoid", add_hard_sigmoid, NULL, NULL, 0}, {"Shrink", add_shrink, NULL, NULL, 0},
    {"Dropout", add_dropout, NULL, NULL, 0}, {"MatMul", add_raw, NULL, NULL, 0}, {"Add", add_raw, NULL, NULL, 0},
    {"Mul", add_raw, NULL, NULL, 0}, {"Div", add_raw, NULL, NULL, 0}, {"Erf", add_raw, NULL, NULL, 0},
    {"Relu", NULL, "ReLU", NULL, 0}, {"Sigmoid", NULL, "Sigmoid", NULL, 0}, {"Tanh", NULL, "Tanh", NULL, 0},
    {"LeakyRelu", NULL, "LeakyReLU", "alpha", 0.01}, {"Elu", NULL, "ELU", "alpha", 1},
    {"Celu", NULL, "CELU", "alpha", 1}, {"Softplus", NULL, "Softplus", NULL, 0}, {"Mish", NULL, "Mish", NULL, 0},
    {"Softsign", NULL, "Softsign", NULL, 0}, {"HardSwish", NULL, "Hardswish", NULL, 0},
    {"Identity", NULL, NULL, NULL, 0},
};

void onnx_add_node(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const size_t count = sizeof operators / sizeof *operators;
    size_t i = 0;
    while (i < count && strcmp(operators[i].op, node->op_type) != 0)
        i++;
    if (i == count || (node->domain && *node->domain))
        onnx_refuse(r, node, "there is no layer for this operator");
    if (operators[i].add)
        operators[i].add(r, node, list);
    else if (operators[i].argument && (float)float_of(node, operators[i].argument, operators[i].otherwise) !=
                                          (float)operators[i].otherwise)
        add_layer(r, node, list, print(r, "%s(%s)", operators[i].text,
                                       number(r, float_of(node, operators[i].argument, 0))));
    else if (operators[i].text)
        add_layer(r, node, list, print(r, "%s()", operators[i].text));
}

int onnx_rank_of(OnnxReader *r, const Onnx__Node *node, int in)
{
    int64_t count;
    if (!strcmp(node->op_type, "Flatten") || !strcmp(node->op_type, "Gemm"))
        return 2;
    if (!strcmp(node->op_type, "Gather"))
        return in + 1;
    if (!strcmp(node->op_type, "Reshape")) {
        ints(r, node, 1, "shape", &count);
        return count < MAX_RANK ? (int)count : MAX_RANK;
    }
    if (!strcmp(node->op_type, "Squeeze") || (!strcmp(node->op_type, "ReduceMean") && !int_of(node, "keepdims", 1))) {
        ints(r, node, 1, "axes", &count);
        return count < in ? in - (int)count : 0;
    }
    return in;
}

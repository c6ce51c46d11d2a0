/* What nodes with one input are as layers, by the operators' names. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "graph/onnx.h"
#include "import/onnx.h"

/* ---- Items ------------------------------------------------------------------------------------------------------- */

Item *onnx_add_layer(OnnxReader *r, const Onnx__Node *node, ItemList *list, const char *text)
{
    Item *item = arena_make(r->import->arena, Item);
    *item = (Item){.kind = ITEM_LAYER, .node = node, .text = text};
    vec_push(r->import->arena, *list, item);
    return item;
}

void onnx_begin_with(OnnxReader *r, Item *item, const char *name, const OnnxNumbers *numbers)
{
    if (numbers)
        vec_push(r->import->arena, item->numbers, ((ItemNumbers){.name = name, .numbers = numbers}));
}

const char *onnx_print(OnnxReader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(r->import->arena, format, args);
    va_end(args);
    return text;
}

const char *onnx_write_number(OnnxReader *r, double value)
{
    const char *shortest = onnx_print(r, "%.7g", value);
    for (int digits = 1; digits < 9; digits++) { /* of a float, as someone wrote it */
        shortest = onnx_print(r, "%.*g", digits, value);
        if (strtof(shortest, NULL) == (float)value)
            break;
    }
    return shortest;
}

void onnx_expect_plain(const OnnxReader *r, const Onnx__Node *node)
{
    if (!onnx_is_plain(onnx_input(r, node, 0)))
        onnx_refuse(r, node, "its input was turned, and is no image of channels first, as it is for netc");
}

/* ", eps=0.001", where it is not PyTorch's own. */
static const char *eps_of(OnnxReader *r, const Onnx__Node *node)
{
    const double eps = onnx_float_of(node, "epsilon", 1e-5);
    return (float)eps == 1e-5F ? "" : onnx_print(r, ", eps=%s", onnx_write_number(r, eps));
}

/* ---- Products ---------------------------------------------------------------------------------------------------- */

/* Numbers times a factor, which is not 1. */
static const OnnxNumbers *scaled(OnnxReader *r, const Onnx__Node *node, const OnnxNumbers *numbers, double factor,
                                 int64_t count)
{
    if (!numbers || (factor == 1 && numbers->count == count))
        return numbers;
    OnnxNumbers *made = onnx_new_numbers(r, node, count == numbers->count ? numbers->shape : shape_of(1, &count), true);
    for (int64_t i = 0; i < count; i++)
        ((float *)made->floats)[i] = (float)(factor * (double)numbers->floats[numbers->count == 1 ? 0 : i]);
    return made;
}

/* x times a matrix, plus a row, where it has one: a Gemm, a MatMul, and a MatMul with an Add. */
static void add_linear(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0);
    const bool gemm = !strcmp(node->op_type, "Gemm"), transposed = onnx_int_of(node, "transB", 0) != 0;
    const OnnxNumbers *w = onnx_floats_of(r, node, 1, false), *bias = onnx_floats_of(r, node, 2, true);
    const int64_t outputs = w->shape.dim[transposed ? 0 : 1];
    if (gemm) {
        w = scaled(r, node, w, onnx_float_of(node, "alpha", 1), w->count);
        bias = scaled(r, node, bias, onnx_float_of(node, "beta", 1), outputs);
    }
    Item *item = onnx_add_layer(r, node, list, onnx_print(r, "Linear(_, %" PRId64 "%s)", outputs,
                                                          bias ? "" : ", bias=False"));
    onnx_begin_with(r, item, "weight", w);
    item->numbers.at[0].transposed = !transposed;
    item->numbers.at[0].row_of = x->row_of;
    onnx_begin_with(r, item, "bias", bias);
}

/* The second class has the numbers of the file, and the first one none: a softmax of 0 and x is 1 minus the sigmoid of
 * x, and that. */
static void add_two_classes(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0);
    const OnnxNumbers *w = onnx_floats_of(r, node, 1, false), *bias = onnx_floats_of(r, node, 2, false);
    OnnxNumbers *rows = onnx_new_numbers(r, node, shape_of(2, (int64_t[]){2, w->count}), true),
                *two = onnx_new_numbers(r, node, shape_of(1, (int64_t[]){2}), true);
    memcpy((float *)rows->floats + w->count, w->floats, (size_t)w->count * sizeof(float));
    ((float *)two->floats)[1] = bias->floats[0];
    Item *item = onnx_add_layer(r, node, list, "Linear(_, 2)");
    onnx_begin_with(r, item, "weight", rows);
    item->numbers.at[0].row_of = x->row_of;
    onnx_begin_with(r, item, "bias", two);
    onnx_add_layer(r, node, list, "Softmax(dim=1)");
}

/* x with a number, or one a channel, is a convolution of each channel with one weight: it has the same gradients. */
static void add_affine(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const char op = node->op_type[strlen(ONNX_AFFINE_PREFIX)];
    const OnnxNumbers *given = onnx_floats_of(r, node, 1, false);
    const Shape sample = onnx_sample(onnx_input(r, node, 0));
    const int64_t channels = sample.dim[0];
    const int axes = sample.rank - 1;
    OnnxNumbers *w = onnx_new_numbers(r, node, shape_of(1, &channels), true),
                *b = op == 'A' || op == 'S' ? onnx_new_numbers(r, node, w->shape, true) : NULL;
    for (int64_t i = 0; i < channels; i++) {
        const float number = given->floats[given->count == 1 ? 0 : i];
        ((float *)w->floats)[i] = op == 'M' ? number : op == 'D' ? 1 / number : 1;
        if (b)
            ((float *)b->floats)[i] = op == 'S' ? -number : number;
    }
    if (axes == 0)
        onnx_add_layer(r, node, list, onnx_print(r, "Unflatten(1, (%" PRId64 ", 1))", channels));
    Item *item = onnx_add_layer(r, node, list, onnx_print(r, "Conv%dd(_, %" PRId64 ", 1, groups=%" PRId64 "%s)",
                                                          axes == 2 ? 2 : 1, channels, channels,
                                                          b ? "" : ", bias=False"));
    onnx_begin_with(r, item, "weight", w);
    onnx_begin_with(r, item, "bias", b);
    if (axes == 0)
        onnx_add_layer(r, node, list, "Flatten()");
}

/* ---- Norms ------------------------------------------------------------------------------------------------------- */

static void add_batch_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    static const char *const names[] = {"weight", "bias", "running_mean", "running_var"};
    const double momentum = 1 - onnx_float_of(node, "momentum", 0.9);
    Text out = text_new(r->import->arena);
    if (onnx_int_of(node, "training_mode", 0))
        onnx_refuse(r, node, "it is of training mode: export the model in evaluation mode");
    text_printf(&out, "BatchNorm%dd(_%s", onnx_input(r, node, 0)->shape.rank == 4 ? 2 : 1, eps_of(r, node));
    if (fabs(momentum - 0.1) > 1e-6)
        text_printf(&out, ", momentum=%s", onnx_write_number(r, (float)momentum));
    text_add(&out, ")");
    Item *item = onnx_add_layer(r, node, list, out.bytes);
    for (size_t i = 0; i < 4; i++)
        onnx_begin_with(r, item, names[i], onnx_floats_of(r, node, 1 + i, false));
}

static void add_instance_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int axes = onnx_input(r, node, 0)->shape.rank - 2;
    Item *item = onnx_add_layer(r, node, list, onnx_print(r, "InstanceNorm%dd(_%s, affine=True)", axes,
                                                          eps_of(r, node)));
    onnx_begin_with(r, item, "weight", onnx_floats_of(r, node, 1, false));
    onnx_begin_with(r, item, "bias", onnx_floats_of(r, node, 2, false));
}

/* Before opset 21 a group has one number, and then each channel. Where there are none, the layer has none. */
static const OnnxNumbers *for_channels(OnnxReader *r, const Onnx__Node *node, size_t place, int64_t channels)
{
    const OnnxNumbers *found = onnx_floats_of(r, node, place, true);
    if (!found || found->count == channels)
        return found;
    if (found->count < 1 || channels % found->count)
        onnx_refuse(r, node, "its input %zu has not a number for each channel", place);
    OnnxNumbers *made = onnx_new_numbers(r, node, shape_of(1, &channels), true);
    for (int64_t i = 0; i < channels; i++)
        ((float *)made->floats)[i] = found->floats[i / (channels / found->count)];
    return made;
}

static void add_group_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int64_t channels = onnx_input(r, node, 0)->shape.dim[1];
    const OnnxNumbers *w = for_channels(r, node, 1, channels), *bias = for_channels(r, node, 2, channels);
    Item *item = onnx_add_layer(r, node, list,
                                onnx_print(r, "GroupNorm(%" PRId64 ", _%s%s)", onnx_int_of(node, "num_groups", 1),
                                           eps_of(r, node), !w ? ", affine=False" : bias ? "" : ", bias=False"));
    onnx_begin_with(r, item, "weight", w);
    onnx_begin_with(r, item, "bias", bias);
}

static void add_layer_norm(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *w = onnx_floats_of(r, node, 1, false), *bias = onnx_floats_of(r, node, 2, true);
    const int64_t rank = onnx_input(r, node, 0)->shape.rank, axis = onnx_int_of(node, "axis", -1);
    Text out = text_new(r->import->arena);
    if (w->shape.rank != rank - (axis < 0 ? axis + rank : axis) || w->shape.rank >= rank)
        onnx_refuse(r, node, "its scale has a number for each element of the last dimensions, from axis on");
    text_add(&out, "LayerNorm((");
    for (int i = 0; i < w->shape.rank; i++)
        text_printf(&out, "%s%" PRId64, i ? ", " : "", w->shape.dim[i]);
    text_printf(&out, "%s%s%s)", w->shape.rank == 1 ? ",)" : ")", eps_of(r, node), bias ? "" : ", bias=False");
    Item *item = onnx_add_layer(r, node, list, out.bytes);
    onnx_begin_with(r, item, "weight", w);
    onnx_begin_with(r, item, "bias", bias);
}

static void add_prelu(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *slope = onnx_floats_of(r, node, 1, false);
    if (slope->count != 1 && slope->count != slope->shape.dim[0])
        onnx_refuse(r, node, "a slope is one number, or one a channel");
    if (slope->count != 1 && slope->shape.rank != onnx_input(r, node, 0)->shape.rank - 1)
        onnx_refuse(r, node, "its slopes are not of the channels");
    const char *count = slope->count == 1 ? "" : onnx_print(r, "%" PRId64, slope->count);
    onnx_begin_with(r, onnx_add_layer(r, node, list, onnx_print(r, "PReLU(%s)", count)), "weight", slope);
}

/* ---- Shapes ------------------------------------------------------------------------------------------------------ */

/* The same elements under other dimensions. */
static void add_reshape(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const Shape from = onnx_sample(onnx_input(r, node, 0)), to = onnx_sample(onnx_find(r, node->output[0]));
    const bool keeps = from.rank > 1 && to.rank > 1 && from.dim[0] == to.dim[0];
    Text sizes = text_new(r->import->arena);
    for (int i = keeps ? 1 : 0; i < to.rank; i++)
        text_printf(&sizes, "%s%" PRId64, i > (keeps ? 1 : 0) ? ", " : "", to.dim[i]);
    if (shape_equal(from, to) || to.rank == 0)
        return;
    if (from.rank > MAX_SAMPLE_RANK || to.rank > MAX_SAMPLE_RANK)
        onnx_refuse(r, node, "a sample has one to three dimensions");
    if (from.rank > (keeps ? 2 : 1))
        onnx_add_layer(r, node, list, keeps ? "Flatten(2)" : "Flatten()");
    if (to.rank > (keeps ? 2 : 1))
        onnx_add_layer(r, node, list, onnx_print(r, "Unflatten(%d, (%s))", keeps ? 2 : 1, sizes.bytes));
}

/* The dimensions of a sequence are swapped; those of an image are in another order for the file alone. */
static void add_transpose(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0), *out = onnx_find(r, node->output[0]);
    if (!shape_equal(onnx_sample(x), onnx_sample(out)) ||
        (x->shape.rank == 3 && onnx_is_plain(x) && onnx_at_of(node, "perm", 1, 2) == 2))
        onnx_add_layer(r, node, list, "Permute([0, 2, 1])");
}

static void add_softmax(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxValue *x = onnx_input(r, node, 0);
    const int64_t axis = onnx_int_of(node, "axis", r->opset < 13 ? 1 : -1);
    if (r->opset < 13 && x->shape.rank != 2)
        onnx_refuse(r, node, "before opset 13 it is of all that is behind the axis: export it with a newer one");
    if (onnx_place(x, axis) < 1)
        onnx_refuse(r, node, "it is of a dimension of a sample");
    onnx_add_layer(r, node, list, onnx_print(r, "%s(dim=%d)", node->op_type, onnx_place(x, axis)));
}

static void add_embedding(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxNumbers *table = onnx_floats_of(r, node, 0, false);
    Item *item = onnx_add_layer(r, node, list, onnx_print(r, "Embedding(%" PRId64 ", %" PRId64 ")", table->shape.dim[0],
                                                          table->shape.dim[1]));
    onnx_begin_with(r, item, "weight", table);
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

static void add_clip(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double low = onnx_scalar(r, node, 1, "min", -INFINITY), high = onnx_scalar(r, node, 2, "max", INFINITY);
    if (low == 0 && high == 6)
        onnx_add_layer(r, node, list, "ReLU6()");
    else if (low == 0 && !(high <= 3e38))
        onnx_add_layer(r, node, list, "ReLU()");
    else if (isfinite(low) && isfinite(high) && low < high)
        onnx_add_layer(r, node, list, onnx_print(r, "Hardtanh(%s, %s)", onnx_write_number(r, low),
                                                 onnx_write_number(r, high)));
    else if (isfinite(low) && !isfinite(high))
        onnx_add_layer(r, node, list, onnx_print(r, "Threshold(%s, %s)", onnx_write_number(r, low),
                                                 onnx_write_number(r, low)));
    else if (isfinite(low) || isfinite(high) || isnan(low) || isnan(high))
        onnx_refuse(r, node, "a clip has a lower limit, and none or a higher one above");
}

static void add_gelu(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    onnx_add_layer(r, node, list, onnx_is_string(node, "approximate", "tanh") ? "GELU(approximate=\"tanh\")"
                                                                              : "GELU()");
}

static void add_selu(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    if (fabs(onnx_float_of(node, "alpha", 1.6732632) - 1.6732632) > 1e-6 ||
        fabs(onnx_float_of(node, "gamma", 1.0507010) - 1.0507010) > 1e-6)
        onnx_refuse(r, node, "SELU has numbers of its own, and these are others");
    onnx_add_layer(r, node, list, "SELU()");
}

static void add_swish(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    if (onnx_float_of(node, "alpha", 1) != 1)
        onnx_refuse(r, node, "SiLU is x times its sigmoid, without a factor in it");
    onnx_add_layer(r, node, list, "SiLU()");
}

static void add_hard_sigmoid(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    if (fabs(onnx_float_of(node, "alpha", 0.2) - 1 / 6.0) > 1e-6 || onnx_float_of(node, "beta", 0.5) != 0.5)
        onnx_refuse(r, node, "PyTorch's has the slope 1/6, and this one has another");
    onnx_add_layer(r, node, list, "Hardsigmoid()");
}

static void add_shrink(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double lambd = onnx_float_of(node, "lambd", 0.5), bias = onnx_float_of(node, "bias", 0);
    if (bias != 0 && bias != lambd)
        onnx_refuse(r, node, "its bias is 0 or lambd");
    onnx_add_layer(r, node, list, onnx_print(r, "%sshrink(%s)", bias == 0 ? "Hard" : "Soft",
                                             onnx_write_number(r, lambd)));
}

static void add_thresholded(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double alpha = onnx_float_of(node, "alpha", 1);
    onnx_add_layer(r, node, list, onnx_print(r, "Threshold(%s, 0)", onnx_write_number(r, alpha)));
}

static void add_dropout(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const double ratio = onnx_scalar(r, node, 1, "ratio", 0.5);
    onnx_add_layer(r, node, list, onnx_print(r, "Dropout(%s)", onnx_write_number(r, ratio)));
}

/* Nothing, where the type stays: floats, or the model's own whole numbers. */
static void add_cast(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const int64_t to = onnx_int_of(node, "to", 0);
    const bool whole = to == ONNX_TENSOR_INT64 || to == ONNX_TENSOR_INT32;
    const bool tokens = r->input_type == ONNX_TENSOR_INT64 || r->input_type == ONNX_TENSOR_INT32;
    (void)list; /* it makes no layer */
    if (tokens ? !whole || onnx_input(r, node, 0)->maker >= 0 : to != ONNX_TENSOR_FLOAT)
        onnx_refuse(r, node, "a model computes in float32, and what it makes is of no other type");
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

/* What is no layer by itself has neither a function nor a text. */
static const OnnxOperator operators[] = {
    {"Conv", onnx_shape_conv, onnx_add_conv, NULL, NULL, 0},
    {"ConvTranspose", onnx_shape_conv, onnx_add_conv, NULL, NULL, 0},
    {"MaxPool", onnx_shape_pool, onnx_add_pool, NULL, NULL, 0},
    {"AveragePool", onnx_shape_pool, onnx_add_pool, NULL, NULL, 0},
    {"GlobalAveragePool", onnx_shape_global, onnx_add_global, NULL, NULL, 0},
    {"GlobalMaxPool", onnx_shape_global, onnx_add_global, NULL, NULL, 0},
    {"ReduceMean", onnx_shape_reduce, onnx_add_reduce, NULL, NULL, 0},
    {"ReduceMax", onnx_shape_reduce, onnx_add_reduce, NULL, NULL, 0},
    {"Pad", onnx_shape_pad, onnx_add_pad, NULL, NULL, 0},
    {"Slice", onnx_shape_slice, onnx_add_slice, NULL, NULL, 0},
    {"Resize", onnx_shape_resize, onnx_add_resize, NULL, NULL, 0},
    {"Upsample", onnx_shape_resize, onnx_add_resize, NULL, NULL, 0},
    {"Gemm", onnx_shape_gemm, add_linear, NULL, NULL, 0},
    {"MatMul", onnx_shape_matmul, add_linear, NULL, NULL, 0},
    {ONNX_LINEAR, onnx_shape_matmul, add_linear, NULL, NULL, 0},
    {ONNX_TWO_CLASSES, onnx_shape_same, add_two_classes, NULL, NULL, 0},
    {ONNX_AFFINE_PREFIX "Add", onnx_shape_same, add_affine, NULL, NULL, 0},
    {ONNX_AFFINE_PREFIX "Sub", onnx_shape_same, add_affine, NULL, NULL, 0},
    {ONNX_AFFINE_PREFIX "Mul", onnx_shape_same, add_affine, NULL, NULL, 0},
    {ONNX_AFFINE_PREFIX "Div", onnx_shape_same, add_affine, NULL, NULL, 0},
    {"BatchNormalization", onnx_shape_plain, add_batch_norm, NULL, NULL, 0},
    {"InstanceNormalization", onnx_shape_plain, add_instance_norm, NULL, NULL, 0},
    {"GroupNormalization", onnx_shape_plain, add_group_norm, NULL, NULL, 0},
    {"LayerNormalization", onnx_shape_plain, add_layer_norm, NULL, NULL, 0},
    {"PRelu", onnx_shape_plain, add_prelu, NULL, NULL, 0},
    {"Flatten", onnx_shape_flatten, add_reshape, NULL, NULL, 0},
    {"Reshape", onnx_shape_reshape, add_reshape, NULL, NULL, 0},
    {"Squeeze", onnx_shape_squeeze, add_reshape, NULL, NULL, 0},
    {"Unsqueeze", onnx_shape_unsqueeze, add_reshape, NULL, NULL, 0},
    {"Transpose", onnx_shape_transpose, add_transpose, NULL, NULL, 0},
    {"Softmax", onnx_shape_same, add_softmax, NULL, NULL, 0},
    {"LogSoftmax", onnx_shape_same, add_softmax, NULL, NULL, 0},
    {"Gather", onnx_shape_embedding, add_embedding, NULL, NULL, 0},
    {"Clip", onnx_shape_same, add_clip, NULL, NULL, 0},
    {"Gelu", onnx_shape_same, add_gelu, NULL, NULL, 0},
    {"Selu", onnx_shape_same, add_selu, NULL, NULL, 0},
    {"Swish", onnx_shape_same, add_swish, NULL, NULL, 0},
    {"HardSigmoid", onnx_shape_same, add_hard_sigmoid, NULL, NULL, 0},
    {"Shrink", onnx_shape_same, add_shrink, NULL, NULL, 0},
    {"ThresholdedRelu", onnx_shape_same, add_thresholded, NULL, NULL, 0},
    {"Dropout", onnx_shape_same, add_dropout, NULL, NULL, 0},
    {"Relu", onnx_shape_same, NULL, "ReLU", NULL, 0},
    {"Sigmoid", onnx_shape_same, NULL, "Sigmoid", NULL, 0},
    {"Tanh", onnx_shape_same, NULL, "Tanh", NULL, 0},
    {"LeakyRelu", onnx_shape_same, NULL, "LeakyReLU", "alpha", 0.01},
    {"Elu", onnx_shape_same, NULL, "ELU", "alpha", 1},
    {"Celu", onnx_shape_same, NULL, "CELU", "alpha", 1},
    {"Softplus", onnx_shape_same, NULL, "Softplus", NULL, 0},
    {"Mish", onnx_shape_same, NULL, "Mish", NULL, 0},
    {"Softsign", onnx_shape_same, NULL, "Softsign", NULL, 0},
    {"HardSwish", onnx_shape_same, NULL, "Hardswish", NULL, 0},
    {ONNX_LOG_SIGMOID, onnx_shape_same, NULL, "LogSigmoid", NULL, 0},
    {ONNX_TANHSHRINK, onnx_shape_same, NULL, "Tanhshrink", NULL, 0},
    {"Identity", onnx_shape_same, NULL, "", NULL, 0},
    {"Cast", onnx_shape_same, add_cast, NULL, NULL, 0},
    {"Concat", onnx_shape_concat, NULL, "", NULL, 0}, /* of one */
    {"Add", onnx_shape_broadcast, NULL, NULL, NULL, 0},
    {"Sum", onnx_shape_broadcast, NULL, NULL, NULL, 0},
    {"Sub", onnx_shape_broadcast, NULL, NULL, NULL, 0},
    {"Mul", onnx_shape_broadcast, NULL, NULL, NULL, 0},
    {"Div", onnx_shape_broadcast, NULL, NULL, NULL, 0},
    {"Pow", onnx_shape_broadcast, NULL, NULL, NULL, 0},
    {"Erf", onnx_shape_same, NULL, NULL, NULL, 0},
    {"Log", onnx_shape_same, NULL, NULL, NULL, 0},
};

const OnnxOperator *onnx_operator_called(const char *name)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i].name, name))
            return &operators[i];
    return NULL;
}

const OnnxOperator *onnx_operator(const Onnx__Node *node)
{
    return node->domain && *node->domain ? NULL : onnx_operator_called(node->op_type);
}

void onnx_add_node(OnnxReader *r, const Onnx__Node *node, ItemList *list)
{
    const OnnxOperator *as = onnx_operator(node);
    const double given = as->argument ? onnx_float_of(node, as->argument, as->otherwise) : 0;
    if (as->add)
        as->add(r, node, list);
    else if (!as->text)
        onnx_refuse(r, node, "with these numbers it is no layer");
    else if (as->argument && (float)given != (float)as->otherwise)
        onnx_add_layer(r, node, list, onnx_print(r, "%s(%s)", as->text, onnx_write_number(r, given)));
    else if (*as->text)
        onnx_add_layer(r, node, list, onnx_print(r, "%s()", as->text));
}

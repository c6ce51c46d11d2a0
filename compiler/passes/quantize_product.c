/* See quantize.h. Products: convolutions and linear layers, with the norm behind them folded into weights and biases;
 * and norms that stand alone, each channel times a number and plus one. */
#include <math.h>

#include "graph/op.h"
#include "passes/quantize.h"

/* A product in reals: of each output its weights and its bias. */
typedef struct Product {
    Shape filters; /* outputs, channels of a group, rows, columns */
    double *weight, *bias;
} Product;

static double parameter(const Trained *trained, const Value *value, int64_t at, double otherwise)
{
    return value ? (double)trained->parameters[value->id][at] : otherwise;
}

/* The norm's factor and summand of each output, y = x * factor + summand. */
static void fold(const Trained *trained, const Op *statistics, Product *product)
{
    const Value *w = op_in(statistics, ROLE_W), *bias = op_in(statistics, ROLE_BIAS);
    const Value *mean = op_in(statistics, ROLE_MEAN), *var = op_in(statistics, ROLE_VAR);
    const int64_t outputs = product->filters.dim[0], of_each = shape_count(product->filters) / outputs;
    for (int64_t o = 0; o < outputs; o++) {
        const double deviation = sqrt(parameter(trained, var, o, 1) + statistics->attr.norm.eps);
        const double factor = parameter(trained, w, o, 1) / deviation;
        for (int64_t i = 0; i < of_each; i++)
            product->weight[o * of_each + i] *= factor;
        product->bias[o] = (product->bias[o] - parameter(trained, mean, o, 0)) * factor +
                           parameter(trained, bias, o, 0);
    }
}

static Shape filters_of(const Op *op)
{
    if (op->kind == OP_CONV2D)
        return shape_filters(op->in[1]->shape);
    const int64_t outputs = op->out[0]->shape.dim[0];
    const int64_t channels = op->kind == OP_LINEAR ? op->in[0]->shape.dim[0] : 1;
    return shape_of(4, (int64_t[]){outputs, channels, 1, 1});
}

static Product product_of(Arena *arena, const GraphKernel *from, const Trained *trained)
{
    const Op *op = from->op;
    const bool alone = op->kind == OP_NORM;
    Product product = {.filters = filters_of(op)};
    const int64_t outputs = product.filters.dim[0], count = shape_count(product.filters);
    product.weight = arena_alloc(arena, (size_t)count * sizeof *product.weight);
    product.bias = arena_alloc(arena, (size_t)outputs * sizeof *product.bias);
    for (int64_t i = 0; i < count; i++)
        product.weight[i] = alone ? 1 : parameter(trained, op->in[1], i, 0);
    for (int64_t o = 0; o < outputs; o++)
        product.bias[o] = alone ? 0 : parameter(trained, op_in(op, ROLE_BIAS), o, 0);
    const Value *stats = from->value[ROLE_STATS];
    if (stats)
        fold(trained, stats->producer, &product);
    return product;
}

/* The largest weight is 127, but where the bias would have no room in the sums then: its scale is that of x times this
 * one. So is an output whose weights are all 0. */
static float scale_of_weights(const double *weight, int64_t count, double bias, double scale_x)
{
    const double room = 1 << 30;
    double largest = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(weight[i]));
    const float scale = (float)fmax(largest / INT8_MOST, fabs(bias) / (scale_x * room));
    return scale > 0 ? scale : 1;
}

static int8_t quantized_weight(double weight, float scale)
{
    const double q = round(weight / (double)scale);
    return (int8_t)(q < -INT8_MOST ? -INT8_MOST : q > INT8_MOST ? INT8_MOST : q);
}

/* Sets the weights of an output, and its bias. Returns the largest sum that can come about. */
static double quantize_output(const Product *product, int64_t o, float scale, double scale_x, int8_t *weight,
                              int32_t *bias)
{
    const Shape f = product->filters;
    const int64_t channels = f.dim[1], taps = f.dim[2] * f.dim[3];
    const double *from = product->weight + o * channels * taps;
    int64_t sum = 0;
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t i = 0; i < channels; i++) {
            const int8_t q = quantized_weight(from[i * taps + tap], scale);
            weight[(o * taps + tap) * channels + i] = q;
            sum += q < 0 ? -q : q;
        }
    bias[o] = (int32_t)llround(product->bias[o] / (scale_x * (double)scale));
    return (double)sum * (INT8_MOST - INT8_LEAST) + fabs((double)bias[o]);
}

/* A norm that stands alone is of windows of one pixel, which it takes channel by channel. */
static Window window_of(const Op *op)
{
    if (op->kind == OP_CONV2D)
        return op->attr.window;
    const int groups = op->kind == OP_NORM ? (int)op->in[0]->shape.dim[0] : 1;
    return (Window){.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}, .groups = groups};
}

static bool report(Diag *diag, const Op *op, const char *what)
{
    diag_error(diag, op->span, "%s; leave out --int8", what);
    return false;
}

bool quantize_product(const IntegerGraph *graph, Diag *diag, const GraphKernel *from, const Trained *trained,
                      IntegerKernel *to)
{
    const Product product = product_of(graph->arena, from, trained);
    const int64_t outputs = product.filters.dim[0], count = shape_count(product.filters), of_each = count / outputs;
    const double scale_x = (double)graph->of[to->in[0]->id].scale, scale_y = (double)graph->of[to->out->id].scale;
    int8_t *weight = arena_alloc(graph->arena, (size_t)count);
    int32_t *bias = arena_alloc(graph->arena, (size_t)outputs * sizeof *bias);
    Rescale *rescale = arena_alloc(graph->arena, (size_t)outputs * sizeof *rescale);
    for (int64_t o = 0; o < outputs; o++) {
        const float scale = scale_of_weights(product.weight + o * of_each, of_each, product.bias[o], scale_x);
        if (!isfinite(scale))
            return report(diag, from->op, "a weight of this layer is not finite, and has no scale");
        if (quantize_output(&product, o, scale, scale_x, weight, bias) > INT32_MAX)
            return report(diag, from->op, "a sum of this layer has no room in 32 bits");
        rescale[o] = rescale_by(scale_x * (double)scale / scale_y);
    }
    to->window = window_of(from->op);
    to->weight = weight;
    to->bias = bias;
    to->rescale = rescale;
    return true;
}

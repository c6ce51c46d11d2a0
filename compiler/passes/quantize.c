/* See quantize.h. Here: what is computed in integers and what is not, the scales, and all kernels but products. */
#include "passes/quantize.h"

#include <float.h>
#include <math.h>

#include "base/fail.h"
#include "graph/op.h"
#include "graph/pool.h"

/* ---- What can be done -------------------------------------------------------------------------------------------- */

static bool cuts_off(const Op *op)
{
    return op->kind == OP_RELU || (op->kind == OP_ACTIVATION && op->attr.activation.kind == ACTIVATION_HARDTANH);
}

bool quantize_fuses(const GraphKernel *kernel, const Op *op)
{
    const OpKind kind = kernel->op->kind;
    if (op->kind == OP_NORM)
        return true;
    return cuts_off(op) && (kind == OP_CONV2D || kind == OP_LINEAR || kind == OP_NORM || kind == OP_ADD);
}

/* Whether an operation has no place among kernels: the model's input, and the tables of norms, which are folded into
 * weights. */
static bool is_no_kernel(const Op *op)
{
    return op->kind == OP_INPUT || op->kind == OP_KEPT_STATISTICS;
}

static bool goes_by_kept(const Op *norm)
{
    return op_in(norm, ROLE_STATS)->producer->kind == OP_KEPT_STATISTICS;
}

static bool has_one_slope(const Op *prelu)
{
    return prelu->in[1]->shape.dim[0] == 1;
}

/* What there is for an operation, by its kind. */
static const struct {
    bool known;
    IntegerKind kind;
    bool (*fits)(const Op *op); /* whether it is for this one; NULL: for all */
} kinds[OP_COUNT] = {
    [OP_CONV2D] = {true, INTEGER_PRODUCT, NULL},
    [OP_LINEAR] = {true, INTEGER_PRODUCT, NULL},
    [OP_NORM] = {true, INTEGER_PRODUCT, goes_by_kept},
    [OP_MAX_POOL2D] = {true, INTEGER_MAX, NULL},
    [OP_AVG_POOL2D] = {true, INTEGER_AVERAGE, NULL},
    [OP_ADD] = {true, INTEGER_SUM, NULL},
    [OP_MULTIPLY] = {true, INTEGER_MULTIPLY, NULL},
    [OP_RELU] = {true, INTEGER_TABLE, NULL},
    [OP_ACTIVATION] = {true, INTEGER_TABLE, NULL},
    [OP_PRELU] = {true, INTEGER_TABLE, has_one_slope},
    [OP_CONCAT] = {true, INTEGER_CONCAT, NULL},
    [OP_RESHAPE] = {true, INTEGER_RESHAPE, NULL},
    [OP_PAD2D] = {true, INTEGER_PAD, NULL},
};

/* False: there is nothing for it. */
static bool find_kind(const Op *op, IntegerKind *kind)
{
    *kind = kinds[op->kind].kind;
    return kinds[op->kind].known && (!kinds[op->kind].fits || kinds[op->kind].fits(op));
}

/* Whether x and y of a kernel have one scale, since y is made of numbers of x. */
static bool keeps_scale(IntegerKind kind)
{
    return kind == INTEGER_MAX || kind == INTEGER_CONCAT || kind == INTEGER_RESHAPE || kind == INTEGER_PAD;
}

static bool is_last(const Graph *graph, const Op *op)
{
    return op->kind == OP_SOFTMAX && op->out[0] == graph->output;
}

bool quantize_check(Diag *diag, const KernelGraph *kernels)
{
    const Graph *graph = kernels->graph;
    bool fine = true;
    if (graph->input->type != TYPE_F32) {
        diag_error(diag, graph->input->producer->span, "an int8 library takes samples of numbers, and this model takes "
                   "tokens; leave out --int8");
        return false;
    }
    for (int i = 0; i < kernels->kernels.count; i++) {
        const Op *op = kernels->kernels.at[i]->op;
        IntegerKind kind;
        if (is_no_kernel(op) || is_last(graph, op) || find_kind(op, &kind))
            continue;
        fine = false;
        diag_error(diag, op->span, op->kind == OP_SOFTMAX
                   ? "an int8 library makes a softmax in float, at the end of the model alone; leave out --int8"
                   : op->kind == OP_PRELU
                   ? "an int8 library has PReLU with one slope alone: say num_parameters=1, or leave out --int8"
                   : "an int8 library has nothing for this layer (%s); leave out --int8", op->info->formula);
    }
    return fine;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

int quantized(Quantization of, double real)
{
    const double q = round(real / (double)of.scale) + of.zero;
    return q < INT8_LEAST ? INT8_LEAST : q > INT8_MOST ? INT8_MOST : (int)q;
}

Rescale rescale_by(double factor)
{
    int exponent;
    int64_t multiplier = llround(ldexp(frexp(factor, &exponent), 31));
    if (multiplier == INT64_C(1) << 31) {
        multiplier /= 2;
        exponent++;
    }
    if (31 - exponent > 62) /* so small that every sum becomes 0 */
        return (Rescale){0, 1};
    if (31 - exponent < 1) /* so large that everything but 0 is cut off */
        return (Rescale){INT32_MAX, 1};
    return (Rescale){(int32_t)multiplier, 31 - exponent};
}

/* The least and the largest become -128 and 127, and 0 an integer, since what is padded and cut off is exactly 0. Where
 * a value is nothing but 0, any scale will do. */
static Quantization quantization_of(Range range)
{
    const double low = range.low < 0 ? range.low : 0, high = range.high > 0 ? range.high : 0;
    const float scale = (float)((high - low) / (INT8_MOST - INT8_LEAST));
    if (scale < FLT_MIN)
        return (Quantization){1, 0};
    const Quantization from = {scale, INT8_LEAST};
    return (Quantization){scale, quantized(from, -low)};
}

/* ---- Scales ------------------------------------------------------------------------------------------------------ */

typedef struct Scaler {
    const KernelGraph *kernels;
    const Value **same; /* by value id: another value of the same scale; itself: the first of them */
    Range *range;       /* of these */
} Scaler;

static const Value *first_of(const Scaler *s, const Value *value)
{
    while (s->same[value->id] != value)
        value = s->same[value->id];
    return value;
}

static void add_range(Scaler *s, const Value *value, const Range *ranges)
{
    Range *of = &s->range[first_of(s, value)->id];
    const Range more = ranges[value->id];
    *of = (Range){fminf(of->low, more.low), fmaxf(of->high, more.high)};
}

/* What a kernel makes; a softmax at the end nothing. */
static Value *made_by(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return is_last(kernels->graph, kernel->op) || kernel->op->kind == OP_KEPT_STATISTICS ? NULL
                                                                                        : kernel->value[ROLE_Y];
}

static void tie(Scaler *s, const GraphKernel *kernel)
{
    IntegerKind kind;
    if (!made_by(s->kernels, kernel) || !find_kind(kernel->op, &kind) || !keeps_scale(kind))
        return;
    for (int i = 0; i < MAX_INPUTS; i++)
        if (kernel->op->in[i])
            s->same[first_of(s, kernel->op->in[i])->id] = first_of(s, kernel->value[ROLE_Y]);
}

/* The scales of all that kernels store. */
static void find_scales(IntegerGraph *made, const KernelGraph *kernels, const Range *ranges)
{
    const Graph *graph = kernels->graph;
    const int values = graph->values.count;
    Scaler s = {.kernels = kernels};
    s.same = arena_alloc(made->arena, (size_t)values * sizeof *s.same);
    s.range = arena_alloc(made->arena, (size_t)values * sizeof *s.range);
    for (int i = 0; i < values; i++)
        s.same[i] = graph->values.at[i];
    for (int i = 0; i < kernels->kernels.count; i++)
        tie(&s, kernels->kernels.at[i]);
    add_range(&s, graph->input, ranges);
    for (int i = 0; i < kernels->kernels.count; i++)
        if (made_by(kernels, kernels->kernels.at[i]))
            add_range(&s, made_by(kernels, kernels->kernels.at[i]), ranges);
    for (int i = 0; i < values; i++)
        made->of[i] = quantization_of(s.range[first_of(&s, graph->values.at[i])->id]);
}

/* Whether all that kernels store was finite. */
static bool check_ranges(Diag *diag, const KernelGraph *kernels, const Range *ranges)
{
    for (int i = 0; i < kernels->kernels.count; i++) {
        const GraphKernel *kernel = kernels->kernels.at[i];
        const Value *value = made_by(kernels, kernel);
        if (!value || (isfinite(ranges[value->id].low) && isfinite(ranges[value->id].high)))
            continue;
        diag_error(diag, kernel->op->span, "what this layer makes of the samples is not finite, and has no scale");
        return false;
    }
    return true;
}

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

static const Rescale *one_rescale(Arena *arena, double factor)
{
    Rescale *made = arena_make(arena, Rescale);
    *made = rescale_by(factor);
    return made;
}

/* The activation behind what a kernel makes cuts off within what y can be. */
static void cut_off(const IntegerGraph *graph, const Op *activation, IntegerKernel *to)
{
    const Quantization of = graph->of[to->out->id];
    if (!activation)
        return;
    to->low = quantized(of, activation->kind == OP_RELU ? 0 : activation->attr.activation.a);
    if (activation->kind != OP_RELU)
        to->high = quantized(of, activation->attr.activation.b);
}

static double scale_of(const IntegerGraph *graph, const Value *value)
{
    return (double)graph->of[value->id].scale;
}

/* What all windows are divided by; 0: each by a number of its own. */
static int64_t common_divisor(const Op *op)
{
    const AveragePool *pool = &op->attr.average;
    const Shape x = shape_image(op->in[0]->shape), y = shape_image(op->out[0]->shape);
    switch (average_divisor(pool)) {
    case BY_A_NUMBER: return pool->divisor ? pool->divisor : (int64_t)pool->window.kernel[0] * pool->window.kernel[1];
    case ADAPTIVE: return x.dim[1] % y.dim[1] || x.dim[2] % y.dim[2] ? 0 : x.dim[1] / y.dim[1] * (x.dim[2] / y.dim[2]);
    default: return 0;
    }
}

/* Where all windows have as many pixels, or what they are divided by is a number, that is part of the factor. Else each
 * window divides by its own: the 64 bits have to have room for that. */
static void quantize_average(const IntegerGraph *graph, IntegerKernel *to)
{
    const AveragePool *pool = &to->op->attr.average;
    const double factor = scale_of(graph, to->in[0]) / scale_of(graph, to->out);
    const int64_t taps = (int64_t)pool->window.kernel[0] * pool->window.kernel[1];
    Rescale *rescale = arena_make(graph->arena, Rescale);
    to->window = pool->window;
    to->rescale = rescale;
    *rescale = rescale_by(factor);
    const int64_t divisor = common_divisor(to->op);
    to->alike = divisor > 0;
    if (divisor)
        *rescale = rescale_by(factor / (double)divisor);
    while (!divisor && rescale->shift > 1 && taps > INT64_C(1) << (61 - rescale->shift))
        *rescale = (Rescale){rescale->multiplier / 2, rescale->shift - 1};
}

/* Both sides by the same shift: the larger factor has all 31 bits. */
static void quantize_sum(const IntegerGraph *graph, IntegerKernel *to)
{
    const double y = scale_of(graph, to->out);
    const double factor[2] = {scale_of(graph, to->in[0]) / y, scale_of(graph, to->in[1]) / y};
    Rescale *rescale = arena_alloc(graph->arena, 2 * sizeof *rescale);
    const int larger = factor[1] > factor[0];
    rescale[larger] = rescale_by(factor[larger]);
    rescale[!larger].shift = rescale[larger].shift;
    rescale[!larger].multiplier = rescale[larger].multiplier == INT32_MAX
        ? INT32_MAX : (int32_t)llround(ldexp(factor[!larger], rescale[larger].shift));
    to->rescale = rescale;
}

static double activated(const Trained *trained, const Op *op, double t)
{
    if (op->kind == OP_RELU)
        return t <= 0 ? 0 : t;
    if (op->kind == OP_PRELU)
        return t > 0 ? t : (double)trained->parameters[op->in[1]->id][0] * t;
    return trained->activation(trained, op, t);
}

static void quantize_table(const IntegerGraph *graph, const Trained *trained, IntegerKernel *to)
{
    const Quantization x = graph->of[to->in[0]->id], y = graph->of[to->out->id];
    int8_t *table = arena_alloc(graph->arena, INT8_TABLE);
    for (int i = 0; i < INT8_TABLE; i++)
        table[i] = (int8_t)quantized(y, activated(trained, to->op, (double)x.scale * (i + INT8_LEAST - x.zero)));
    to->table = table;
}

/* False after reporting. */
static bool quantize_kernel(IntegerGraph *graph, Diag *diag, const GraphKernel *from, const Trained *trained)
{
    IntegerKernel *to = arena_make(graph->arena, IntegerKernel);
    *to = (IntegerKernel){.op = from->op, .out = from->value[ROLE_Y], .low = INT8_LEAST, .high = INT8_MOST};
    if (!find_kind(from->op, &to->kind))
        fail_bug("%s has no kernel in integers", op_name(from->op->kind));
    for (int i = 0; i < MAX_INPUTS; i++)
        if (from->op->in[i] && from->op->in[i]->batched)
            to->in[i] = from->op->in[i];
    vec_push(graph->arena, graph->kernels, to);
    cut_off(graph, from->activation, to);
    switch (to->kind) {
    case INTEGER_PRODUCT: return quantize_product(graph, diag, from, trained, to);
    case INTEGER_MAX: to->window = from->op->attr.window; break;
    case INTEGER_AVERAGE: quantize_average(graph, to); break;
    case INTEGER_SUM: quantize_sum(graph, to); break;
    case INTEGER_MULTIPLY:
        to->rescale = one_rescale(graph->arena, scale_of(graph, to->in[0]) * scale_of(graph, to->in[1]) /
                                                scale_of(graph, to->out));
        break;
    case INTEGER_TABLE: quantize_table(graph, trained, to); break;
    case INTEGER_PAD: to->fill = quantized(graph->of[to->out->id], from->op->attr.pad.value); break;
    case INTEGER_CONCAT:
    case INTEGER_RESHAPE: break;
    }
    return true;
}

const IntegerGraph *pass_quantize(Arena *arena, Diag *diag, const KernelGraph *kernels, const Trained *trained)
{
    const Graph *graph = kernels->graph;
    IntegerGraph *made = arena_make(arena, IntegerGraph);
    *made = (IntegerGraph){.arena = arena, .graph = graph, .output = graph->output};
    made->of = arena_alloc(arena, (size_t)graph->values.count * sizeof *made->of);
    if (!check_ranges(diag, kernels, trained->ranges))
        return NULL;
    find_scales(made, kernels, trained->ranges);
    for (int i = 0; i < kernels->kernels.count; i++) {
        const GraphKernel *kernel = kernels->kernels.at[i];
        if (is_last(graph, kernel->op)) {
            made->softmax = kernel->op;
            made->output = kernel->op->in[0];
        } else if (!is_no_kernel(kernel->op) && !quantize_kernel(made, diag, kernel, trained)) {
            return NULL;
        }
    }
    return made;
}

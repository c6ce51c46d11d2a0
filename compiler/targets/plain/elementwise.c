/* Element by element: activations, sums, dropout; and softmax, along the channels. */
#include <inttypes.h>

#include "targets/plain/plain.h"

static void relu(Plain *p, const Op *op)
{
    plain_set_elements(p, op->in[0]);
    plain_print(p, "$loops\n"
                   "y$at = x$at <= 0 ? 0 : x$at;\n");
}

static void relu_grad(Plain *p, const Op *op)
{
    plain_set_elements(p, op->in[0]);
    plain_print(p, "$loops\n"
                   "dx$at = y$at <= 0 ? 0 : dy$at;\n");
}

static void add(Plain *p, const Op *op)
{
    plain_set_elements(p, op->out[0]);
    plain_print(p, "$loops\n"
                   "y$at = a$at + b$at;\n");
}

/* b is like a, or has one number for each channel. */
static void multiply(Plain *p, const Op *op)
{
    const Shape a = op->in[0]->shape, b = op->in[1]->shape;
    plain_set_elements(p, op->out[0]);
    plain_set(p, "factor", "%s", shape_equal(a, b) ? plain_get(p, "at") : a.rank == 3 ? "[n][i][0][0]" : "[n][i][0]");
    plain_print(p, "$loops\n"
                   "y$at = a$at * b$factor;\n");
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

/* Of t, with the layer's numbers $a and $b: y is of x, the slope of what graph/activations.def says: where that is y,
 * the numbers have been rounded as it was. */
static const struct {
    const char *y, *slope;
} formulas[ACTIVATION_COUNT] = {
    [ACTIVATION_SIGMOID] = {"1 / (1 + exp(-t))", "t * (1 - t)"},
    [ACTIVATION_TANH] = {"tanh(t)", "1 - t * t"},
    [ACTIVATION_LEAKY_RELU] = {"t > 0 ? t : $a * t", "t > 0 ? 1 : $a"},
    [ACTIVATION_HARDTANH] = {"t < $a ? $a : t > $b ? $b : t", "t <= (real)$a || t >= (real)$b ? 0 : 1"},
    [ACTIVATION_ELU] = {"$b * (t > 0 ? t : $a * expm1(t))", "$b * (t > 0 ? 1 : $a * exp(t))"},
    [ACTIVATION_CELU] = {"t > 0 ? t : $a * expm1(t / $a)", "t > 0 ? 1 : exp(t / $a)"},
    [ACTIVATION_GELU] = {"t * 0.5 * (1 + erf(t * 0.7071067811865476))",
                         "0.5 * (1 + erf(t * 0.7071067811865476)) + t * 0.3989422804014327 * exp(-0.5 * t * t)"},
    [ACTIVATION_GELU_TANH] = {
        "0.5 * t * (1 + tanh(0.7978845608028654 * (t + 0.044715 * t * t * t)))",
        "0.5 * (1 + tanh(0.7978845608028654 * (t + 0.044715 * t * t * t)))"
        " + 0.5 * t * (1 - pow(tanh(0.7978845608028654 * (t + 0.044715 * t * t * t)), 2))"
        " * 0.7978845608028654 * (1 + 3 * 0.044715 * t * t)"},
    [ACTIVATION_SILU] = {"t / (1 + exp(-t))", "(1 + t * (1 - 1 / (1 + exp(-t)))) / (1 + exp(-t))"},
    [ACTIVATION_MISH] = {"t * tanh(softplus(t))",
                         "tanh(softplus(t)) + t * (1 - pow(tanh(softplus(t)), 2)) / (1 + exp(-t))"},
    [ACTIVATION_HARDSWISH] = {"t <= -3 ? 0 : t >= 3 ? t : t * (t + 3) / 6", "t <= -3 ? 0 : t >= 3 ? 1 : t / 3 + 0.5"},
    [ACTIVATION_HARDSIGMOID] = {"t <= -3 ? 0 : t >= 3 ? 1 : (t + 3) / 6", "t > -3 && t < 3 ? 1 / 6.0 : 0"},
    [ACTIVATION_SOFTPLUS] = {"$a * t > $b ? t : softplus($a * t) / $a", "$a * t > $b ? 1 : 1 / (1 + exp(-$a * t))"},
    [ACTIVATION_LOG_SIGMOID] = {"-softplus(-t)", "1 / (1 + exp(t))"},
    [ACTIVATION_SOFTSIGN] = {"t / (1 + fabs(t))", "1 / ((1 + fabs(t)) * (1 + fabs(t)))"},
    [ACTIVATION_TANHSHRINK] = {"t - tanh(t)", "tanh(t) * tanh(t)"},
    [ACTIVATION_SOFTSHRINK] = {"t > $a ? t - $a : t < -$a ? t + $a : t * 0", "t >= -$a && t <= $a ? 0 : 1"},
    [ACTIVATION_HARDSHRINK] = {"t >= -$a && t <= $a ? 0 : t", "t >= -$a && t <= $a ? 0 : 1"},
    [ACTIVATION_THRESHOLD] = {"t <= $a ? $b : t", "t <= $a ? 0 : 1"},
};

static void set_activation(Plain *p, const Op *op)
{
    plain_set(p, "a", "%s", plain_number(p, op->attr.activation.a));
    plain_set(p, "b", "%s", plain_number(p, op->attr.activation.b));
    plain_set_elements(p, op->in[0]);
}

static void activation(Plain *p, const Op *op)
{
    set_activation(p, op);
    plain_print(p, "$loops\n{\ndouble t = x$at;\n");
    plain_print(p, arena_printf(p->arena, "y$at = %s;\n}\n", formulas[op->attr.activation.kind].y));
}

static void activation_grad(Plain *p, const Op *op)
{
    set_activation(p, op);
    plain_print(p, "$loops\n{\ndouble t = v$at;\n");
    plain_print(p, arena_printf(p->arena, "dx$at = dy$at * (%s);\n}\n", formulas[op->attr.activation.kind].slope));
}

/* ---- PReLU ------------------------------------------------------------------------------------------------------- */

static void set_slopes(Plain *p, const Value *x, const Value *w)
{
    plain_set_elements(p, x);
    plain_set(p, "slope", "%s", w->shape.dim[0] == 1 ? "[0]" : "[i]");
}

static void prelu(Plain *p, const Op *op)
{
    set_slopes(p, op->in[0], op->in[1]);
    plain_print(p, "$loops\n"
                   "y$at = x$at > 0 ? x$at : w$slope * x$at;\n");
}

static void prelu_grad(Plain *p, const Op *op)
{
    set_slopes(p, op->in[0], op->in[2]);
    plain_print(p, "$loops\n"
                   "dx$at = x$at > 0 ? dy$at : w$slope * dy$at;\n");
}

static void prelu_grad_weight(Plain *p, const Op *op)
{
    set_slopes(p, op->in[0], op->out[0]);
    plain_set(p, "W", "%" PRId64, op->out[0]->shape.dim[0]);
    plain_print(p, "double sum[$W] = {0};\n"
                   "$loops\n"
                   "sum$slope += x$at > 0 ? 0 : dy$at * x$at;\n"
                   "for (int i = 0; i < $W; i++)\n"
                   "dw[i] = sum[i];\n");
}

/* ---- Softmax ----------------------------------------------------------------------------------------------------- */

static void set_channels(Plain *p, const Op *op)
{
    plain_set(p, "C", "%" PRId64, op->in[0]->shape.dim[0]);
    plain_set(p, "log", "%s", op->attr.log ? "1" : "");
    plain_set_pixels(p, op->in[0]->shape);
}

static void softmax(Plain *p, const Op *op)
{
    set_channels(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "?pixels $pixels\n"
                   "{\n"
                   "double largest = x[n][0]$at, sum = 0;\n"
                   "for (int i = 1; i < $C; i++)\n"
                   "largest = fmax(largest, x[n][i]$at);\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "sum += exp(x[n][i]$at - largest);\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "?log y[n][i]$at = x[n][i]$at - largest - log(sum);\n"
                   "!log y[n][i]$at = exp(x[n][i]$at - largest) / sum;\n"
                   "}\n");
}

static void softmax_grad(Plain *p, const Op *op)
{
    set_channels(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "?pixels $pixels\n"
                   "{\n"
                   "double sum = 0;\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "?log sum += dy[n][i]$at;\n"
                   "!log sum += dy[n][i]$at * y[n][i]$at;\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "?log dx[n][i]$at = dy[n][i]$at - exp(y[n][i]$at) * sum;\n"
                   "!log dx[n][i]$at = y[n][i]$at * (dy[n][i]$at - sum);\n"
                   "}\n");
}

/* ---- Dropout ----------------------------------------------------------------------------------------------------- */

/* torch draws nothing where p is 1; torchvision does. */
static void set_keep(Plain *p, const Op *op)
{
    plain_set(p, "none", "%s", op->attr.dropout.p >= 1 && op->attr.dropout.unit == DROP_EACH ? "1" : "");
    plain_set(p, "keep", "%s", op->attr.dropout.p >= 1 ? "0" : plain_number(p, 1 - op->attr.dropout.p));
}

static void dropout(Plain *p, const Op *op)
{
    set_keep(p, op);
    plain_set_elements(p, op->in[0]);
    plain_print(p, "$loops\n"
                   "{\n"
                   "?none mask$at = !training;\n"
                   "!none mask$at = !training || uniform53() < $keep;\n"
                   "?none y$at = training ? 0 : x$at;\n"
                   "!none y$at = training ? mask$at * (x$at / $keep) : x$at;\n"
                   "}\n");
}

static void dropout_grad(Plain *p, const Op *op)
{
    set_keep(p, op);
    plain_set_elements(p, op->in[0]);
    plain_print(p, "$loops\n"
                   "?none dx$at = mask$at * dy$at;\n"
                   "!none dx$at = mask$at * dy$at / $keep;\n");
}

/* A number is drawn for each channel, for each sample or for the batch. */
static void dropout_channels(Plain *p, const Op *op)
{
    const DropoutUnit unit = op->attr.dropout.unit;
    double kept = 1 - op->attr.dropout.p;
    const char *divided = kept > 0 ? arena_printf(p->arena, "1 / %s", plain_number(p, kept)) : "1";
    set_keep(p, op);
    plain_set(p, "factor", "!training ? 1 : uniform53() < %s ? %s : 0", plain_get(p, "keep"), divided);
    plain_set(p, "each", "%s", unit == DROP_EACH && !*plain_get(p, "none") ? "1" : "");
    plain_set(p, "samples", "%s", unit == DROP_SAMPLES ? "1" : "");
    plain_set(p, "batch", "%s", unit == DROP_BATCH ? "1" : "");
    plain_set(p, "together", "%s", unit == DROP_EACH ? "" : "1");
    plain_set(p, "C", "%" PRId64, op->in[0]->shape.dim[0]);
    plain_set_pixels(p, op->in[0]->shape);
    plain_print(p, "?batch real factor = $factor;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "?samples {\n"
                   "?samples real factor = $factor;\n"
                   "for (int i = 0; i < $C; i++) {\n"
                   "?none factors[n][i] = !training;\n"
                   "?each factors[n][i] = $factor;\n"
                   "?together factors[n][i] = factor;\n"
                   "?pixels $pixels\n"
                   "y[n][i]$at = factors[n][i] * x[n][i]$at;\n"
                   "}\n"
                   "?samples }\n");
}

static void dropout_channels_grad(Plain *p, const Op *op)
{
    plain_set_elements(p, op->in[0]);
    plain_print(p, "$loops\n"
                   "dx$at = factors[n][i] * dy$at;\n");
}

const PlainKernel plain_relu = {.name = "forward", .print = relu};
const PlainKernel plain_relu_grad = {.name = "grad", .print = relu_grad};
const PlainKernel plain_add = {.name = "add", .print = add};
const PlainKernel plain_multiply = {.name = "multiply", .print = multiply};
const PlainKernel plain_activation = {.name = "forward", .print = activation};
const PlainKernel plain_activation_grad = {.name = "grad", .print = activation_grad};
const PlainKernel plain_prelu = {.name = "forward", .print = prelu};
const PlainKernel plain_prelu_grad = {.name = "grad_input", .print = prelu_grad};
const PlainKernel plain_prelu_grad_weight = {.name = "grad_weight", .print = prelu_grad_weight};
const PlainKernel plain_softmax = {.name = "forward", .print = softmax};
const PlainKernel plain_softmax_grad = {.name = "grad", .print = softmax_grad};
const PlainKernel plain_dropout = {.name = "forward", .print = dropout, .also = "int training"};
const PlainKernel plain_dropout_grad = {.name = "grad", .print = dropout_grad};
const PlainKernel plain_dropout_channels = {.name = "forward", .print = dropout_channels, .also = "int training"};
const PlainKernel plain_dropout_channels_grad = {.name = "grad", .print = dropout_channels_grad};

/* Element by element: activations, sums, products, dropout; and softmax, along channels. S: elements of a sample. */
#include "targets/formulas.h"
#include "targets/plain/plain.h"

static void elements(Plain *p, const Op *op)
{
    plain_elements(p, op->in[0]);
}

/* What dropout is called with beside its sizes. */
#define DRAWS {"int training", "struct generator *g"}

#define ELEMENTS "for (int i = 0; i < count * S; i++)\n"

static void relu(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, ELEMENTS
                   "y[i] = x[i] <= 0 ? 0 : x[i];\n");
}

static void relu_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, ELEMENTS
                   "dx[i] = y[i] <= 0 ? 0 : dy[i];\n");
}

static void add(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, ELEMENTS
                   "y[i] = a[i] + b[i];\n");
}

/* b is like a, or has one number for each channel. */
static void multiply_sizes(Plain *p, const Op *op)
{
    plain_elements(p, op->in[0]);
    plain_setting(p, "P", shape_count(op->in[0]->shape) / shape_count(op->in[1]->shape), 1);
}

static void multiply(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, ELEMENTS
                   "?P y[i] = a[i] * b[i / P];\n"
                   "!P y[i] = a[i] * b[i];\n");
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

static const char *activation_function(Plain *p, const Op *op, const char *suffix)
{
    return arena_printf(p->arena, "%s_%s", activation_name(op->attr.activation.kind), suffix);
}

static const char *activation_forward_name(Plain *p, const Op *op)
{
    return activation_function(p, op, "forward");
}

static const char *activation_grad_name(Plain *p, const Op *op)
{
    return activation_function(p, op, "grad");
}

static void activation_sizes(Plain *p, const Op *op)
{
    plain_elements(p, op->in[0]);
    plain_factor(p, "double", "a", plain_number(p, op->attr.activation.a));
    plain_factor(p, "double", "b", plain_number(p, op->attr.activation.b));
}

static void activation(Plain *p, const Op *op)
{
    plain_set(p, "formula", "%s", activation_formulas[op->attr.activation.kind].y);
    plain_print(p, ELEMENTS "{\n"
                   "double t = x[i];\n"
                   "y[i] = $formula;\n"
                   "}\n");
}

static void activation_grad(Plain *p, const Op *op)
{
    plain_set(p, "formula", "%s", activation_formulas[op->attr.activation.kind].slope);
    plain_print(p, ELEMENTS "{\n"
                   "double t = v[i];\n"
                   "dx[i] = dy[i] * ($formula);\n"
                   "}\n");
}

/* ---- PReLU ------------------------------------------------------------------------------------------------------- */

/* One slope, or one for each channel: R of them. */
static void tell_slopes(Plain *p, const Value *x, const Value *w)
{
    plain_elements(p, x);
    plain_size(p, "C", x->shape.dim[0]);
    plain_pixels(p, x->shape);
    plain_setting(p, "R", w->shape.dim[0], 1);
}

static void prelu_sizes(Plain *p, const Op *op)
{
    tell_slopes(p, op->in[0], op->in[1]);
}

static void prelu_grad_sizes(Plain *p, const Op *op)
{
    tell_slopes(p, op->in[0], op->in[2]);
}

static void prelu_weight_sizes(Plain *p, const Op *op)
{
    tell_slopes(p, op->in[0], op->out[0]);
}

static void set_slope(Plain *p)
{
    plain_set(p, "slope", "%s", !plain_has(p, "R") ? "w[0]" : plain_has(p, "P") ? "w[i / P % R]" : "w[i % R]");
}

static void prelu(Plain *p, const Op *op)
{
    (void)op;
    set_slope(p);
    plain_print(p, ELEMENTS
                   "y[i] = x[i] > 0 ? x[i] : $slope * x[i];\n");
}

static void prelu_grad(Plain *p, const Op *op)
{
    (void)op;
    set_slope(p);
    plain_print(p, ELEMENTS
                   "dx[i] = x[i] > 0 ? dy[i] : $slope * dy[i];\n");
}

static void prelu_grad_weight(Plain *p, const Op *op)
{
    (void)op;
    plain_set(p, "step", "%s", plain_has(p, "R") ? "R" : "1");
    plain_set(p, "C", "%s", plain_has(p, "P") ? "C * P" : "C");
    plain_set(p, "at", "%s", plain_has(p, "P") ? "(n * C + c) * P + i" : "n * C + c");
    plain_print(p, "for (int o = 0; o < $step; o++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "for (int c = o; c < C; c += $step)\n"
                   "?P for (int i = 0; i < P; i++)\n"
                   "sum += x[$at] > 0 ? 0 : dy[$at] * x[$at];\n"
                   "dw[o] = sum;\n"
                   "}\n");
}

/* ---- Softmax ----------------------------------------------------------------------------------------------------- */

static const char *softmax_name(Plain *p, const Op *op)
{
    (void)p;
    return op->attr.log ? "log_softmax_forward" : "softmax_forward";
}

static const char *softmax_grad_name(Plain *p, const Op *op)
{
    (void)p;
    return op->attr.log ? "log_softmax_grad" : "softmax_grad";
}

static void channels(Plain *p, const Op *op)
{
    plain_size(p, "C", op->in[0]->shape.dim[0]);
    plain_pixels(p, op->in[0]->shape);
}

/* `at`: channel i of a sample, at a place p. */
static void set_channels(Plain *p, const Op *op)
{
    plain_set(p, "log", "%s", op->attr.log ? "1" : "");
    plain_set(p, "at", "%s", plain_has(p, "P") ? "(n * C + i) * P + p" : "n * C + i");
    plain_set(p, "at0", "%s", plain_has(p, "P") ? "n * C * P + p" : "n * C");
}

static void softmax(Plain *p, const Op *op)
{
    set_channels(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "?P for (int p = 0; p < P; p++)\n"
                   "{\n"
                   "double largest = x[$at0], sum = 0;\n"
                   "for (int i = 1; i < C; i++)\n"
                   "largest = fmax(largest, x[$at]);\n"
                   "for (int i = 0; i < C; i++)\n"
                   "sum += exp(x[$at] - largest);\n"
                   "for (int i = 0; i < C; i++)\n"
                   "?log y[$at] = x[$at] - largest - log(sum);\n"
                   "!log y[$at] = exp(x[$at] - largest) / sum;\n"
                   "}\n");
}

static void softmax_grad(Plain *p, const Op *op)
{
    set_channels(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "?P for (int p = 0; p < P; p++)\n"
                   "{\n"
                   "double sum = 0;\n"
                   "for (int i = 0; i < C; i++)\n"
                   "?log sum += dy[$at];\n"
                   "!log sum += dy[$at] * y[$at];\n"
                   "for (int i = 0; i < C; i++)\n"
                   "?log dx[$at] = dy[$at] - exp(y[$at]) * sum;\n"
                   "!log dx[$at] = y[$at] * (dy[$at] - sum);\n"
                   "}\n");
}

/* ---- Dropout ----------------------------------------------------------------------------------------------------- */

static const char *dropout_name(Plain *p, const Op *op)
{
    (void)p;
    return dropout_draws_nothing(op) ? "dropout_all_forward" : "dropout_forward";
}

static void dropout_sizes(Plain *p, const Op *op)
{
    plain_elements(p, op->in[0]);
    plain_factor(p, "double", "keep", op->attr.dropout.p >= 1 ? "0" : plain_number(p, 1 - op->attr.dropout.p));
}

static void dropout(Plain *p, const Op *op)
{
    plain_set(p, "none", "%s", dropout_draws_nothing(op) ? "1" : "");
    plain_print(p, ELEMENTS "{\n"
                   "?none mask[i] = !training;\n"
                   "!none mask[i] = !training || uniform53(g) < keep;\n"
                   "?none y[i] = training ? 0 : x[i];\n"
                   "!none y[i] = training ? mask[i] * (x[i] / keep) : x[i];\n"
                   "}\n");
}

static void dropout_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, ELEMENTS
                   "dx[i] = mask[i] ? dy[i] / keep : 0;\n");
}

/* A number is drawn for each channel, for each sample or for the batch. */
static const char *channels_name(Plain *p, const Op *op)
{
    static const char *const names[] = {"dropout_channels_forward", "dropout_samples_forward",
                                        "dropout_batch_forward"};
    (void)p;
    return dropout_draws_nothing(op) ? "dropout_all_channels_forward" : names[op->attr.dropout.unit];
}

static void dropout_channels_sizes(Plain *p, const Op *op)
{
    const double kept = 1 - op->attr.dropout.p;
    channels(p, op);
    plain_elements(p, op->in[0]);
    plain_factor(p, "double", "keep", kept > 0 ? plain_number(p, kept) : "0");
}

static void dropout_channels(Plain *p, const Op *op)
{
    const DropoutUnit unit = op->attr.dropout.unit;
    plain_set(p, "factor", "%s", "!training ? 1 : uniform53(g) < keep ? 1 / keep : 0");
    plain_set(p, "none", "%s", dropout_draws_nothing(op) ? "1" : "");
    plain_set(p, "each", "%s", unit == DROP_EACH && !dropout_draws_nothing(op) ? "1" : "");
    plain_set(p, "samples", "%s", unit == DROP_SAMPLES ? "1" : "");
    plain_set(p, "batch", "%s", unit == DROP_BATCH ? "1" : "");
    plain_set(p, "together", "%s", unit == DROP_EACH ? "" : "1");
    plain_print(p, "?batch real factor = $factor;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "?samples {\n"
                   "?samples real factor = $factor;\n"
                   "for (int i = n * C; i < n * C + C; i++)\n"
                   "{\n"
                   "?none factors[i] = !training;\n"
                   "?each factors[i] = $factor;\n"
                   "?together factors[i] = factor;\n"
                   "?P for (int p = i * P; p < i * P + P; p++)\n"
                   "?P y[p] = factors[i] * x[p];\n"
                   "!P y[i] = factors[i] * x[i];\n"
                   "}\n"
                   "?samples }\n");
}

static void dropout_channels_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int i = 0; i < count * C; i++)\n"
                   "?P for (int p = i * P; p < i * P + P; p++)\n"
                   "?P dx[p] = factors[i] * dy[p];\n"
                   "!P dx[i] = factors[i] * dy[i];\n");
}

const PlainKernel plain_relu = {
    .name = "relu_forward", .sizes = elements, .print = relu, .in_place = true, .about = "What is negative becomes 0."};
const PlainKernel plain_relu_grad = {
    .name = "relu_grad", .sizes = elements, .print = relu_grad,
    .about = "Where it was negative, a change of x changes nothing."};
const PlainKernel plain_add = {
    .name = "add_forward", .sizes = elements, .print = add, .in_place = true, .about = "y = a + b."};
const PlainKernel plain_multiply = {
    .name = "multiply_forward", .sizes = multiply_sizes, .print = multiply, .in_place = true,
    .about = "y = a b, where b may have one number for the P pixels of a channel."};
const PlainKernel plain_activation = {
    .named = activation_forward_name, .sizes = activation_sizes, .print = activation, .in_place = true,
    .about = "y of t = x."};
const PlainKernel plain_activation_grad = {
    .named = activation_grad_name, .sizes = activation_sizes, .print = activation_grad,
    .about = "dx = dy times the slope of y, of t = v: what went in, or what came out."};
const PlainKernel plain_prelu = {
    .name = "prelu_forward", .sizes = prelu_sizes, .print = prelu, .in_place = true,
    .about = "What is negative is multiplied by a slope that is learned."};
const PlainKernel plain_prelu_grad = {
    .name = "prelu_grad_input", .sizes = prelu_grad_sizes, .print = prelu_grad,
    .about = "The slope is 1 where x is positive, else that which was learned."};
const PlainKernel plain_prelu_grad_weight = {
    .name = "prelu_grad_weight", .sizes = prelu_weight_sizes, .print = prelu_grad_weight,
    .about = "A slope has multiplied what was negative: its gradient is the sum of dy x over that."};
const PlainKernel plain_softmax = {
    .name = "softmax_forward", .named = softmax_name, .sizes = channels, .print = softmax,
    .about = "exp(x) over its sum over the channels: numbers from 0 to 1 whose sum is 1. The largest x is taken from\n"
             "all, which changes no quotient and keeps exp from overflowing."};
const PlainKernel plain_softmax_grad = {
    .name = "softmax_grad", .named = softmax_grad_name, .sizes = channels, .print = softmax_grad,
    .about = "Each channel is in the sum that all are divided by: so all gradients meet in one sum."};
const PlainKernel plain_dropout = {
    .name = "dropout_forward", .named = dropout_name, .sizes = dropout_sizes, .print = dropout, .also = DRAWS,
    .about = "In training elements are kept by chance, and the kept ones made larger, so that their mean stays."};
const PlainKernel plain_dropout_grad = {
    .name = "dropout_grad", .sizes = dropout_sizes, .print = dropout_grad,
    .about = "What was dropped has no gradient."};
const PlainKernel plain_dropout_channels = {
    .name = "dropout_channels_forward", .named = channels_name, .sizes = dropout_channels_sizes,
    .print = dropout_channels, .also = DRAWS,
    .about = "In training channels are kept by chance, and the kept ones made larger, so that their mean stays."};
const PlainKernel plain_dropout_channels_grad = {
    .name = "dropout_channels_grad", .sizes = channels, .print = dropout_channels_grad,
    .about = "A channel's gradient is multiplied as the channel was."};

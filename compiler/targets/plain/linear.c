/* Linear layers, and what biases and the weights of single elements learn. */
#include "targets/plain/plain.h"

static void tell(Plain *p, const Value *in, const Value *out)
{
    plain_size(p, "I", in->shape.dim[0]);
    plain_size(p, "O", out->shape.dim[0]);
}

static void linear_sizes(Plain *p, const Op *op)
{
    tell(p, op->in[0], op->out[0]);
}

static void input_sizes(Plain *p, const Op *op)
{
    tell(p, op->out[0], op->in[0]);
}

static void weight_sizes(Plain *p, const Op *op)
{
    tell(p, op->in[1], op->in[0]);
}

static void linear(Plain *p, const Op *op)
{
    plain_optional(p, "start", op, ROLE_BIAS, "bias[o]", "0");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int o = 0; o < O; o++) {\n"
                   "double sum = $start;\n"
                   "for (int i = 0; i < I; i++)\n"
                   "sum += x[n * I + i] * w[o * I + i];\n"
                   "y[n * O + o] = sum;\n"
                   "}\n");
}

static void linear_grad_input(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < I; i++) {\n"
                   "double sum = 0;\n"
                   "for (int o = 0; o < O; o++)\n"
                   "sum += dy[n * O + o] * w[o * I + i];\n"
                   "dx[n * I + i] = sum;\n"
                   "}\n");
}

static void linear_grad_weight(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int o = 0; o < O; o++)\n"
                   "for (int i = 0; i < I; i++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "sum += dy[n * O + o] * x[n * I + i];\n"
                   "dw[o * I + i] = sum;\n"
                   "}\n");
}

static void bias_sizes(Plain *p, const Op *op)
{
    plain_size(p, "O", op->in[0]->shape.dim[0]);
    plain_pixels(p, op->in[0]->shape);
}

static void grad_bias(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int o = 0; o < O; o++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "?P for (int i = 0; i < P; i++)\n"
                   "?P sum += dy[(n * O + o) * P + i];\n"
                   "!P sum += dy[n * O + o];\n"
                   "db[o] = sum;\n"
                   "}\n");
}

/* ---- A weight for each element ----------------------------------------------------------------------------------- */

static void elements(Plain *p, const Op *op)
{
    plain_elements(p, op->in[0]);
}

static void scale(Plain *p, const Op *op)
{
    plain_optional(p, "bias", op, ROLE_BIAS, "bias[i]", "0");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < S; i++)\n"
                   "y[n * S + i] = x[n * S + i] * w[i] + $bias;\n");
}

static void scale_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < S; i++)\n"
                   "dx[n * S + i] = dy[n * S + i] * w[i];\n");
}

static void scale_grad_parameter(Plain *p, const char *to, const char *what)
{
    plain_set(p, "to", "%s", to);
    plain_set(p, "what", "%s", what);
    plain_print(p, "for (int i = 0; i < S; i++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "sum += dy[n * S + i]$what;\n"
                   "$to[i] = sum;\n"
                   "}\n");
}

static void scale_grad_weight(Plain *p, const Op *op)
{
    (void)op;
    scale_grad_parameter(p, "dw", " * x[n * S + i]");
}

static void scale_grad_bias(Plain *p, const Op *op)
{
    (void)op;
    scale_grad_parameter(p, "db", "");
}

const PlainKernel plain_linear = {
    .name = "linear_forward", .sizes = linear_sizes, .print = linear,
    .about = "y = x w^T + bias: each output is the sum of all inputs, each times a weight of its own."};
const PlainKernel plain_linear_grad_input = {
    .name = "linear_grad_input", .sizes = input_sizes, .print = linear_grad_input,
    .about = "dx = dy w: an input went into each output, times a weight; so much of its gradient comes back."};
const PlainKernel plain_linear_grad_weight = {
    .name = "linear_grad_weight", .sizes = weight_sizes, .print = linear_grad_weight,
    .about = "dw = dy^T x, the sum over the samples: a weight moves its output by as much as its input is."};
const PlainKernel plain_grad_bias = {
    .name = "bias_grad", .sizes = bias_sizes, .print = grad_bias,
    .about = "A bias is added to all that its channel has: its gradient is the sum of all gradients there."};
const PlainKernel plain_scale = {
    .name = "scale_forward", .sizes = elements, .print = scale, .in_place = true,
    .about = "A weight and a bias for each element."};
const PlainKernel plain_scale_grad = {
    .name = "scale_grad_input", .sizes = elements, .print = scale_grad, .about = "dx = dy w, element by element."};
const PlainKernel plain_scale_grad_weight = {
    .name = "scale_grad_weight", .sizes = elements, .print = scale_grad_weight,
    .about = "dw = dy x, element by element, the sum over the samples."};
const PlainKernel plain_scale_grad_bias = {
    .name = "scale_grad_bias", .sizes = elements, .print = scale_grad_bias,
    .about = "db = dy, element by element, the sum over the samples."};

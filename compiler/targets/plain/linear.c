/* Linear layers, and what biases and the weights of single elements learn. */
#include <inttypes.h>

#include "targets/plain/plain.h"

static void set_features(Plain *p, Shape in, Shape out)
{
    plain_set(p, "I", "%" PRId64, in.dim[0]);
    plain_set(p, "O", "%" PRId64, out.dim[0]);
}

static void linear(Plain *p, const Op *op)
{
    set_features(p, op->in[0]->shape, op->out[0]->shape);
    plain_set(p, "start", "%s", op->in[2] ? "bias[o]" : "0");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int o = 0; o < $O; o++) {\n"
                   "double sum = $start;\n"
                   "for (int i = 0; i < $I; i++)\n"
                   "sum += x[n][i] * w[o][i];\n"
                   "y[n][o] = sum;\n"
                   "}\n");
}

static void linear_grad_input(Plain *p, const Op *op)
{
    set_features(p, op->out[0]->shape, op->in[0]->shape);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $I; i++) {\n"
                   "double sum = 0;\n"
                   "for (int o = 0; o < $O; o++)\n"
                   "sum += dy[n][o] * w[o][i];\n"
                   "dx[n][i] = sum;\n"
                   "}\n");
}

static void linear_grad_weight(Plain *p, const Op *op)
{
    set_features(p, op->in[1]->shape, op->in[0]->shape);
    plain_print(p, "for (int o = 0; o < $O; o++)\n"
                   "for (int i = 0; i < $I; i++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "sum += dy[n][o] * x[n][i];\n"
                   "dw[o][i] = sum;\n"
                   "}\n");
}

static void grad_bias(Plain *p, const Op *op)
{
    plain_set(p, "O", "%" PRId64, op->in[0]->shape.dim[0]);
    plain_set_pixels(p, op->in[0]->shape);
    plain_print(p, "for (int o = 0; o < $O; o++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "?pixels $pixels\n"
                   "sum += dy[n][o]$at;\n"
                   "db[o] = sum;\n"
                   "}\n");
}

/* ---- A weight for each element ----------------------------------------------------------------------------------- */

/* "[i][j]" of a parameter where `at` is "[n][i][j]". */
static void set_elements(Plain *p, const Value *x)
{
    Value parameter = *x;
    parameter.batched = false;
    plain_set_elements(p, &parameter);
    plain_set(p, "each", "%s", plain_get(p, "loops"));
    plain_set(p, "own", "%s", plain_get(p, "at"));
    plain_set_elements(p, x);
}

static void scale(Plain *p, const Op *op)
{
    set_elements(p, op->in[0]);
    plain_set(p, "bias", "%s", op->in[2] ? arena_printf(p->arena, " + bias%s", plain_get(p, "own")) : "");
    plain_print(p, "$loops\n"
                   "y$at = x$at * w$own$bias;\n");
}

static void scale_grad(Plain *p, const Op *op)
{
    set_elements(p, op->in[0]);
    plain_print(p, "$loops\n"
                   "dx$at = dy$at * w$own;\n");
}

static void scale_grad_parameter(Plain *p, const Op *op, const char *to, const char *what)
{
    set_elements(p, op->in[0]);
    plain_set(p, "to", "%s", to);
    plain_set(p, "what", "%s%s", what, *what ? plain_get(p, "at") : "");
    plain_print(p, "$each\n"
                   "{\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "sum += dy$at$what;\n"
                   "$to$own = sum;\n"
                   "}\n");
}

static void scale_grad_weight(Plain *p, const Op *op)
{
    scale_grad_parameter(p, op, "dw", " * x");
}

static void scale_grad_bias(Plain *p, const Op *op)
{
    scale_grad_parameter(p, op, "db", "");
}

const PlainKernel plain_linear = {.name = "forward", .print = linear};
const PlainKernel plain_linear_grad_input = {.name = "grad_input", .print = linear_grad_input};
const PlainKernel plain_linear_grad_weight = {.name = "grad_weight", .print = linear_grad_weight};
const PlainKernel plain_grad_bias = {.name = "grad_bias", .print = grad_bias};
const PlainKernel plain_scale = {.name = "scale", .print = scale};
const PlainKernel plain_scale_grad = {.name = "scale_grad", .print = scale_grad};
const PlainKernel plain_scale_grad_weight = {.name = "scale_grad_weight", .print = scale_grad_weight};
const PlainKernel plain_scale_grad_bias = {.name = "scale_grad_bias", .print = scale_grad_bias};

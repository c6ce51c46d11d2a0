#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    text_add(out, op->attr.log ? " log" : "");
}

/* dx = y (dy - sum dy y); of the logarithm dx = dy - exp(y) sum dy */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_SOFTMAX_GRAD, op->in[0], dy[0], op->out[0], op->attr);
}

static void onnx_softmax(Onnx *onnx, const Op *op)
{
    onnx_int(onnx, onnx_simple(onnx, op->attr.log ? "LogSoftmax" : "Softmax"), "axis", 1);
}

const OpInfo op_softmax = {
    .name = "SOFTMAX",
    .formula = "y = exp x / sum exp x over the channels, or its logarithm",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
    .gradient = gradient,
    .eager = eager_output,
    .print = print,
    .onnx = onnx_softmax,
};

const OpInfo op_softmax_grad = {
    .name = "SOFTMAX_GRAD",
    .formula = "dx of SOFTMAX from dy, y",
    .in = {{ROLE_DY, BATCHED}, {ROLE_Y, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = must_keep_shape,
    .print = print,
    .backward_name = {"softmax", "_grad"},
};

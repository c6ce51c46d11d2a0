/* A weight, and a summand, for each element of a sample. */
#include "graph/ops/rules.h"

static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Attributes none = {0};
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_SCALE_GRAD, op->in[0], dy[0], op->in[1], none);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_SCALE_GRAD_WEIGHT, op->in[1], dy[0], op->in[0], none);
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_SCALE_GRAD_BIAS, op->in[2], dy[0], NULL, none);
}

static void onnx_scale(Onnx *onnx, const Op *op)
{
    const Value *bias = op->in[2];
    const char *scaled = bias ? onnx_name(onnx, "scaled") : onnx_y(onnx);
    onnx_node(onnx, "Mul", (const char *[]){onnx_x(onnx), onnx_value(onnx, op->in[1]), NULL}, scaled);
    if (bias)
        onnx_node(onnx, "Add", (const char *[]){scaled, onnx_value(onnx, bias), NULL}, onnx_y(onnx));
}

const OpInfo op_scale = {
    .name = "SCALE",
    .formula = "y = x * w{bias| + b}, element by element",
    .in = {{ROLE_X, BATCHED}, {ROLE_W}, {ROLE_BIAS, OPTIONAL}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
    .gradient = gradient,
    .onnx = onnx_scale,
};

const OpInfo op_scale_grad = {
    .name = "SCALE_GRAD",
    .formula = "dx of SCALE from dy, w",
    .in = {{ROLE_DY, BATCHED}, {ROLE_W}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = must_keep_shape,
    .backward_name = {"scale", "_grad"},
};

const OpInfo op_scale_grad_weight = {
    .name = "SCALE_GRAD_WEIGHT",
    .formula = "dw of SCALE from dy, x, summed over the samples",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = must_keep_shape,
    .backward_name = {"scale", "_grad_weight"},
};

const OpInfo op_scale_grad_bias = {
    .name = "SCALE_GRAD_BIAS",
    .formula = "db of SCALE from dy, summed over the samples",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DB}},
    .verify = must_keep_shape,
    .backward_name = {"scale", "_grad_bias"},
};

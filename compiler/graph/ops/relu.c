#include "graph/ops/rules.h"

/* dx = dy where y > 0; at 0 torch's gradient is 0. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_RELU_GRAD, op->in[0], dy[0], op->out[0], (Attributes){0});
}

static void onnx_relu(Onnx *onnx, const Op *op)
{
    (void)op;
    onnx_simple(onnx, "Relu");
}

const OpInfo op_relu = {
    .name = "RELU",
    .formula = "y = max(x, 0)",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
    .gradient = gradient,
    .eager = eager_output,
    .elementwise = true,
    .onnx = onnx_relu,
};

const OpInfo op_relu_grad = {
    .name = "RELU_GRAD",
    .formula = "dx = dy where y > 0, else 0; inputs dy, y",
    .in = {{ROLE_DY, BATCHED}, {ROLE_Y, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = must_keep_shape,
    .backward_name = {"relu", "_grad"},
};

/* A convolution over C,H,W, or over a sequence C,L. */
#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    print_window(out, &op->attr.window);
}

/* x, w, bias -> y */
static void verify(const OpCheck *check)
{
    const Value *x = check->op->in[0], *w = check->op->in[1], *bias = check->op->in[2], *y = check->op->out[0];
    must_fit_conv(check, x->shape, w->shape, y->shape);
    must_fit_bias(check, bias, y);
}

/* dy, w -> dx */
static void verify_grad_input(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *w = check->op->in[1], *dx = check->op->out[0];
    must_fit_conv(check, dx->shape, w->shape, dy->shape);
}

/* dy, x -> dw */
static void verify_grad_weight(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *x = check->op->in[1], *dw = check->op->out[0];
    must_fit_conv(check, x->shape, dw->shape, dy->shape);
}

static int64_t multiply_adds(const Op *op)
{
    const Window *window = &op->attr.window;
    return shape_count(op->out[0]->shape) * window->kernel[0] * window->kernel[1] * op->in[0]->shape.dim[0] /
           window->groups;
}

/* dx is the full correlation of dy with the weight, dw the correlation of x with dy, db the sum of dy. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Value *x = op->in[0], *w = op->in[1], *bias = op->in[2];
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_CONV2D_GRAD_INPUT, x, dy[0], w, op->attr);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_CONV2D_GRAD_WEIGHT, w, dy[0], x, op->attr);
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_GRAD_BIAS, bias, dy[0], NULL, (Attributes){0});
}

/* A weight of one tap in as many groups as there are channels is a factor for each. */
static bool scales_channels(const Op *op)
{
    const Window *w = &op->attr.window;
    return w->kernel[0] == 1 && w->kernel[1] == 1 && w->padding[0] == 0 && w->padding[1] == 0 && w->stride[0] == 1 &&
           w->stride[1] == 1 && w->groups == op->in[0]->shape.dim[0] && w->groups == op->out[0]->shape.dim[0];
}

static void onnx_conv(Onnx *onnx, const Op *op)
{
    const Value *x = op->in[0], *w = op->in[1], *bias = op->in[2];
    if (scales_channels(op) && x->shape.rank == 2) { /* as LayerNorm has it */
        const Shape channels = onnx_channels(x->shape.dim[0], x->shape.rank);
        const char *scaled = bias ? onnx_name(onnx, "scaled") : onnx_y(onnx);
        onnx_node(onnx, "Mul", (const char *[]){onnx_x(onnx), onnx_parameter(onnx, w, channels), NULL}, scaled);
        if (bias)
            onnx_node(onnx, "Add", (const char *[]){scaled, onnx_parameter(onnx, bias, channels), NULL}, onnx_y(onnx));
        return;
    }
    OnnxNode *node = onnx_weighted(onnx, "Conv");
    onnx_window(onnx, node, &op->attr.window, x->shape.rank, NULL);
    if (op->attr.window.groups != 1)
        onnx_int(onnx, node, "group", op->attr.window.groups);
}

const OpInfo op_conv2d = {
    .name = "CONV2D",
    .formula = "y[o] = {bias|b[o] + }sum x[i] * w[o][i]",
    .in = {{ROLE_X, BATCHED}, {ROLE_W}, {ROLE_BIAS, OPTIONAL}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager_input,
    .print = print,
    .multiply_adds = multiply_adds,
    .backward_name = {"convtranspose2d", "_grad_input"}, /* which it is, of a transposed one */
    .onnx = onnx_conv,
};

const OpInfo op_conv2d_grad_input = {
    .name = "CONV2D_GRAD_INPUT",
    .formula = "dx of CONV2D from dy, w",
    .in = {{ROLE_DY, BATCHED}, {ROLE_W}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad_input,
    .print = print,
    .transposed = true,
    .backward_name = {"conv2d", "_grad_input"},
};

const OpInfo op_conv2d_grad_weight = {
    .name = "CONV2D_GRAD_WEIGHT",
    .formula = "dw of CONV2D from dy, x, summed over the samples",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = verify_grad_weight,
    .print = print,
    .backward_name = {"conv2d", "_grad_weight"},
};

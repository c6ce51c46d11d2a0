/* A transposed convolution: the data gradient of a convolution from y to x. */
#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    print_window(out, &op->attr.window);
}

static void verify(const OpCheck *check)
{
    const Value *x = check->op->in[0], *w = check->op->in[1], *bias = check->op->in[2], *y = check->op->out[0];
    must_fit_conv(check, y->shape, w->shape, x->shape);
    must_fit_bias(check, bias, y);
}

static int64_t multiply_adds(const Op *op)
{
    const Window *window = &op->attr.window;
    return shape_count(op->in[0]->shape) * window->kernel[0] * window->kernel[1] * op->out[0]->shape.dim[0] /
           window->groups;
}

/* dx is the convolution of dy, dw the gradient of that convolution's weight, with dy for its input and x for its
 * output's gradient. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Value *x = op->in[0], *w = op->in[1], *bias = op->in[2];
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_CONV2D, x, dy[0], w, op->attr);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_CONV2D_GRAD_WEIGHT, w, x, dy[0], op->attr);
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_GRAD_BIAS, bias, dy[0], NULL, (Attributes){0});
}

/* What is more at the end than a ConvTranspose without output_padding gives, by axis. */
static int64_t more_at_end(const Op *op, int i, int axis)
{
    const Window *window = &op->attr.window;
    return op->out[0]->shape.dim[1 + i] - (op->in[0]->shape.dim[1 + i] - 1) * window->stride[axis] +
           2 * window->padding[axis] - (int64_t)window->dilation[axis] * (window->kernel[axis] - 1) - 1;
}

/* ONNX Runtime wants an output_padding below the stride; what is beyond comes of less padding at the end. */
static void onnx_conv(Onnx *onnx, const Op *op)
{
    const Value *x = op->in[0];
    const Window *window = &op->attr.window;
    const int axes = x->shape.rank - 1;
    int64_t more[2], pads[4];
    OnnxNode *node = onnx_weighted(onnx, "ConvTranspose");
    for (int i = 0; i < axes; i++) {
        const int axis = 2 - axes + i;
        const int64_t beyond = more_at_end(op, i, axis) - window->stride[axis] + 1;
        const int64_t less = beyond > 0 ? beyond : 0;
        more[i] = more_at_end(op, i, axis) - less;
        pads[i] = window->padding[axis];
        pads[axes + i] = window->padding[axis] - less;
        if (pads[axes + i] < 0)
            onnx->refused = "ConvTranspose takes an output_padding smaller than the stride, or as much more padding";
    }
    onnx_window(onnx, node, window, x->shape.rank, pads);
    if (window->groups != 1)
        onnx_int(onnx, node, "group", window->groups);
    if (more[0] || more[axes - 1])
        onnx_ints(onnx, node, "output_padding", more, axes);
}

const OpInfo op_conv_transpose2d = {
    .name = "CONV_TRANSPOSE2D",
    .formula = "y[i] = b[i] + sum x[o] * w[o][i], where a CONV2D from y to x has them; inputs x, w, b",
    .in = {{ROLE_X, BATCHED}, {ROLE_W}, {ROLE_BIAS, OPTIONAL}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager_input,
    .print = print,
    .multiply_adds = multiply_adds,
    .transposed = true,
    .onnx = onnx_conv,
};

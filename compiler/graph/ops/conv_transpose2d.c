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
};

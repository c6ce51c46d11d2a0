/* The maximum of each window of an image or a sequence. */
#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    print_window(out, &op->attr.window);
}

/* x -> y, arg */
static void verify(const OpCheck *check)
{
    const Value *x = check->op->in[0], *y = check->op->out[0], *arg = check->op->out[1];
    must_fit_window(check, x->shape, y->shape);
    op_must(check, x->shape.dim[0] == y->shape.dim[0], "a pool keeps the channels");
    op_must(check, shape_equal(arg->shape, y->shape), "the argmax is shaped like the output");
}

/* dy, arg -> dx */
static void verify_grad(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *arg = check->op->in[1], *dx = check->op->out[0];
    op_must(check, shape_equal(dy->shape, arg->shape), "the argmax is shaped like the output");
    must_fit_window(check, dx->shape, dy->shape);
}

/* dy goes to the element that was the maximum, the first one on a tie. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_MAX_POOL2D_GRAD, op->in[0], dy[0], op->out[1], op->attr);
}

/* Besides x the places of the largest elements, in numbers of 8 bytes. */
static void eager(Eager *kept, const Op *op)
{
    eager_keep(kept, op->in[0]);
    eager_keep_floats(kept, 2 * shape_count(op->out[0]->shape), 0);
}

static void onnx_max(Onnx *onnx, const Op *op)
{
    Window window = op->attr.window;
    if (window.adaptive && !onnx_regular(op, &window)) {
        onnx->refused = "MaxPool has windows of one size there: let output_size divide the extents";
        return;
    }
    onnx_pool(onnx, "MaxPool", &window, onnx_y(onnx));
}

const OpInfo op_max_pool2d = {
    .name = "MAX_POOL2D",
    .formula = "y = max over the window; second output: which element it was, first one on a tie",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}, {ROLE_ARG, BATCHED | FIXED, TYPE_U8}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager,
    .print = print,
    .onnx = onnx_max,
};

const OpInfo op_max_pool2d_grad = {
    .name = "MAX_POOL2D_GRAD",
    .formula = "dx from dy and the argmax",
    .in = {{ROLE_DY, BATCHED}, {ROLE_ARG, BATCHED, TYPE_U8}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad,
    .print = print,
    .backward_name = {"maxpool2d", "_grad"},
};

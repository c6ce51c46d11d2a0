/* ReLU whose slope below 0 is learned: one, or one a channel. */
#include "graph/op.h"

/* x, w -> y */
static void verify(const OpCheck *check)
{
    const Value *x = check->op->in[0], *w = check->op->in[1], *y = check->op->out[0];
    op_must(check, shape_equal(x->shape, y->shape), "prelu keeps the shape");
    op_must(check, w->shape.rank == 1 && (w->shape.dim[0] == 1 || w->shape.dim[0] == x->shape.dim[0]),
            "a slope a channel, or one");
}

/* dy, x, w -> dx */
static void verify_grad(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *x = check->op->in[1], *dx = check->op->out[0];
    op_must(check, shape_equal(dy->shape, x->shape) && shape_equal(dy->shape, dx->shape), "prelu keeps the shape");
}

/* dy, x -> dw */
static void verify_grad_weight(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *x = check->op->in[1];
    op_must(check, shape_equal(dy->shape, x->shape), "prelu keeps the shape");
}

/* dx = dy where x > 0, else w dy; dw = sum of x dy where x <= 0 */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Value *x = op->in[0], *w = op->in[1];
    if (wanted[0])
        dx[0] = graph_op(builder, OP_PRELU_GRAD, arena_printf(builder->graph->arena, "d_%s", x->name),
                         (Value *[]){dy[0], x, w}, &x->shape, (Attributes){0})->out[0];
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_PRELU_GRAD_WEIGHT, w, dy[0], x, (Attributes){0});
}

static void onnx_prelu(Onnx *onnx, const Op *op)
{
    const Value *x = op->in[0], *w = op->in[1];
    const char *slope = onnx_parameter(onnx, w, onnx_channels(w->shape.dim[0], x->shape.rank));
    onnx_node(onnx, "PRelu", (const char *[]){onnx_x(onnx), slope, NULL}, onnx_y(onnx));
}

const OpInfo op_prelu = {
    .name = "PRELU",
    .formula = "y = x where x > 0, else w x; inputs x, w: one number, or one a channel",
    .in = {{ROLE_X, BATCHED}, {ROLE_W}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager_input,
    .onnx = onnx_prelu,
};

const OpInfo op_prelu_grad = {
    .name = "PRELU_GRAD",
    .formula = "dx of PRELU from dy, x, w",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}, {ROLE_W}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad,
    .backward_name = {"prelu", "_grad"},
};

const OpInfo op_prelu_grad_weight = {
    .name = "PRELU_GRAD_WEIGHT",
    .formula = "dw of PRELU from dy, x, summed over samples and positions",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = verify_grad_weight,
    .backward_name = {"prelu", "_grad_weight"},
};

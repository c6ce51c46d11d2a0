/* A product, element by element, or of each channel by one factor: what is multiplied by what is made of itself. */
#include "graph/ops/rules.h"

/* Whether b is one number for each channel of a, which has more. */
static bool broadcasts(const Value *a, const Value *b)
{
    return !shape_equal(a->shape, b->shape);
}

static void verify(const OpCheck *check)
{
    const Value *a = check->op->in[0], *b = check->op->in[1], *y = check->op->out[0];
    op_must(check, shape_equal(a->shape, y->shape), "a product has the shape of its left side");
    op_must(check, !broadcasts(a, b) || (b->shape.rank == a->shape.rank && b->shape.dim[0] == a->shape.dim[0] &&
                                         shape_count(b->shape) == b->shape.dim[0]),
            "the right side is shaped like the left one, or has a number for each channel");
}

/* The sum of each channel's pixels of `x`: an average whose divisor is 1. */
static Value *sum_of_pixels(Builder *builder, Value *x, const Value *of)
{
    const Shape image = shape_image(x->shape);
    AveragePool all = {.divisor = 1};
    all.window = (Window){.dilation = {1, 1}, .groups = 1};
    for (int axis = 0; axis < 2; axis++)
        all.window.kernel[axis] = all.window.stride[axis] = (int)image.dim[1 + axis];
    return gradient_value(builder, OP_AVG_POOL2D, of, x, NULL, (Attributes){.average = all});
}

/* da = dy b; db = dy a, summed over the pixels that b has one number for. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Value *a = op->in[0], *b = op->in[1];
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_MULTIPLY, a, dy[0], b, (Attributes){0});
    if (!wanted[1])
        return;
    if (!broadcasts(a, b)) {
        dx[1] = gradient_value(builder, OP_MULTIPLY, b, dy[0], a, (Attributes){0});
        return;
    }
    const char *name = arena_printf(builder->graph->arena, "d_%s_pixels", b->name);
    Value *each = graph_value(builder, OP_MULTIPLY, name, dy[0], a, NULL, a->shape, (Attributes){0});
    dx[1] = sum_of_pixels(builder, each, b);
}

static void eager(Eager *kept, const Op *op)
{
    eager_keep(kept, op->in[0]);
    eager_keep(kept, op->in[1]);
}

static void onnx_mul(Onnx *onnx, const Op *op)
{
    onnx_node(onnx, "Mul", (const char *[]){onnx_x(onnx), onnx_value(onnx, op->in[1]), NULL}, onnx_y(onnx));
}

const OpInfo op_multiply = {
    .name = "MULTIPLY",
    .formula = "y = a * b, where b may have one number for all pixels of a channel",
    .in = {{ROLE_A, BATCHED}, {ROLE_B, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager,
    .backward_name = {"multiply", "_grad"},
    .onnx = onnx_mul,
};

/* A sum: where branches meet, and of the gradients of a value that is used twice, of a parameter's too. */
#include "graph/ops/rules.h"

static void verify(const OpCheck *check)
{
    const Value *a = check->op->in[0], *b = check->op->in[1], *y = check->op->out[0];
    must_keep_shape(check);
    op_must(check, a->batched == y->batched && b->batched == y->batched, "both sides of a sum are alike");
}

/* Both sides get dy as it is. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    (void)builder;
    (void)op;
    for (int i = 0; i < 2; i++)
        dx[i] = wanted[i] ? dy[0] : NULL;
}

static void onnx_add(Onnx *onnx, const Op *op)
{
    onnx_node(onnx, "Add", (const char *[]){onnx_x(onnx), onnx_value(onnx, op->in[1]), NULL}, onnx_y(onnx));
}

const OpInfo op_add = {
    .name = "ADD",
    .formula = "y = a + b: where branches meet, and the gradients of a value that is used twice",
    .in = {{ROLE_A, EITHER}, {ROLE_B, EITHER}},
    .out = {{ROLE_Y, EITHER}},
    .verify = verify,
    .gradient = gradient,
    .backward_name = {"gradient", "_sum"},
    .onnx = onnx_add,
};

/* A linear layer over a row of features. */
#include "graph/op.h"

static void must_fit(const OpCheck *check, const Value *x, const Value *w, const Value *y)
{
    op_must(check, x->shape.rank == 1 && y->shape.rank == 1 && w->shape.rank == 2,
            "a linear layer goes from [in] to [out] by [out,in]");
    op_must(check, w->shape.dim[0] == y->shape.dim[0] && w->shape.dim[1] == x->shape.dim[0],
            "features fit the weight");
}

/* x, w, bias -> y */
static void verify(const OpCheck *check)
{
    const Value *x = check->op->in[0], *w = check->op->in[1], *bias = check->op->in[2], *y = check->op->out[0];
    must_fit(check, x, w, y);
    op_must(check, !bias || shape_equal(bias->shape, y->shape), "a bias has one number per output");
}

/* dy, w -> dx */
static void verify_grad_input(const OpCheck *check)
{
    must_fit(check, check->op->out[0], check->op->in[1], check->op->in[0]);
}

/* dy, x -> dw */
static void verify_grad_weight(const OpCheck *check)
{
    must_fit(check, check->op->in[1], check->op->out[0], check->op->in[0]);
}

static int64_t multiply_adds(const Op *op)
{
    return shape_count(op->in[1]->shape);
}

/* dx = dy w, dw = dy^T x, db = sum dy */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Value *x = op->in[0], *w = op->in[1], *bias = op->in[2];
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_LINEAR_GRAD_INPUT, x, dy[0], w, (Attributes){0});
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_LINEAR_GRAD_WEIGHT, w, dy[0], x, (Attributes){0});
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_GRAD_BIAS, bias, dy[0], NULL, (Attributes){0});
}

static void onnx_gemm(Onnx *onnx, const Op *op)
{
    (void)op;
    onnx_int(onnx, onnx_weighted(onnx, "Gemm"), "transB", 1);
}

const OpInfo op_linear = {
    .name = "LINEAR",
    .formula = "y = x w^T{bias| + b}",
    .in = {{ROLE_X, BATCHED}, {ROLE_W}, {ROLE_BIAS, OPTIONAL}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager_input,
    .multiply_adds = multiply_adds,
    .onnx = onnx_gemm,
};

const OpInfo op_linear_grad_input = {
    .name = "LINEAR_GRAD_INPUT",
    .formula = "dx of LINEAR from dy, w",
    .in = {{ROLE_DY, BATCHED}, {ROLE_W}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad_input,
    .backward_name = {"linear", "_grad_input"},
};

const OpInfo op_linear_grad_weight = {
    .name = "LINEAR_GRAD_WEIGHT",
    .formula = "dw of LINEAR from dy, x, summed over the samples",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = verify_grad_weight,
    .backward_name = {"linear", "_grad_weight"},
};

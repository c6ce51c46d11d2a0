/* The mean of each window of an image or a sequence. */
#include <inttypes.h>

#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    const AveragePool *pool = &op->attr.average;
    print_window(out, &pool->window);
    if (pool->include_pad)
        text_add(out, " count_include_pad");
    if (pool->divisor)
        text_printf(out, " divisor=%" PRId64, pool->divisor);
}

static void must_fit(const OpCheck *check, const Value *x, const Value *y)
{
    must_fit_window(check, x->shape, y->shape);
    op_must(check, x->shape.dim[0] == y->shape.dim[0], "a pool keeps the channels");
}

static void verify(const OpCheck *check)
{
    must_fit(check, check->op->in[0], check->op->out[0]);
}

static void verify_grad(const OpCheck *check)
{
    must_fit(check, check->op->out[0], check->op->in[0]);
}

/* Every element of a window gets the same part of dy. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_AVG_POOL2D_GRAD, op->in[0], dy[0], NULL, op->attr);
}

/* A mean over all of an image is AdaptiveAvgPool2d(1), for which torch calls mean, which keeps nothing. (An AvgPool2d
 * as large as the image would keep it; few write that.) */
static void eager(Eager *kept, const Op *op)
{
    if (shape_count(op->out[0]->shape) != op->out[0]->shape.dim[0])
        eager_keep(kept, op->in[0]);
}

const OpInfo op_avg_pool2d = {
    .name = "AVG_POOL2D",
    .formula = "y = mean over the window",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager,
    .print = print,
};

const OpInfo op_avg_pool2d_grad = {
    .name = "AVG_POOL2D_GRAD",
    .formula = "dx from dy, shared out over the window",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad,
    .print = print,
    .backward_name = {"avgpool2d", "_grad"},
};

/* The mean of each window of an image or a sequence. */
#include <inttypes.h>

#include "graph/ops/rules.h"
#include "graph/pool.h"

Divisor average_divisor(const AveragePool *pool)
{
    const Window *window = &pool->window;
    if (window->adaptive)
        return ADAPTIVE;
    bool pads = window->padding[0] + window->padding[1] > 0;
    if (pool->divisor || (!window->ceil_mode && (!pads || pool->include_pad)))
        return BY_A_NUMBER;
    return pool->include_pad ? BY_PADDED : BY_PIXELS;
}

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

/* Along one axis, what each output has of each input: a row for each output. */
static const char *parts_matrix(Onnx *onnx, int64_t in, int64_t out, bool transposed)
{
    float *parts = arena_alloc(onnx->arena, (size_t)(in * out) * sizeof *parts);
    for (int64_t i = 0; i < out; i++) {
        const int64_t first = i * in / out, end = ((i + 1) * in + out - 1) / out;
        for (int64_t k = first; k < end; k++)
            parts[transposed ? k * out + i : i * in + k] = 1 / (float)(end - first);
    }
    return onnx_floats(onnx, shape_of(2, transposed ? (int64_t[]){in, out} : (int64_t[]){out, in}), parts);
}

/* Windows of different sizes are two products with matrices of means. */
static void onnx_means(Onnx *onnx, const Op *op)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    const int last = x->rank - 1;
    const char *rows = last == 2 ? onnx_name(onnx, "rows") : onnx_y(onnx);
    const char *right = parts_matrix(onnx, x->dim[last], y->dim[last], true);
    onnx_node(onnx, "MatMul", (const char *[]){onnx_x(onnx), right, NULL}, rows);
    if (last == 2)
        onnx_node(onnx, "MatMul", (const char *[]){parts_matrix(onnx, x->dim[1], y->dim[1], false), rows, NULL},
                  onnx_y(onnx));
}

/* Whether a window goes beyond the padding at the end. */
static bool overhangs(const Op *op, const Window *window)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    for (int i = 1; i < x->rank; i++) {
        const int axis = 2 - x->rank + i;
        if ((y->dim[i] - 1) * window->stride[axis] + window->kernel[axis] > x->dim[i] + 2 * window->padding[axis])
            return true;
    }
    return false;
}

static void onnx_average(Onnx *onnx, const Op *op)
{
    const AveragePool *pool = &op->attr.average;
    const int rank = op->in[0]->shape.rank;
    Window window = pool->window;
    if (window.adaptive && !onnx_regular(op, &window)) {
        onnx_means(onnx, op);
        return;
    }
    const char *mean = pool->divisor ? onnx_name(onnx, "mean") : onnx_y(onnx);
    if (pool->divisor && overhangs(op, &window)) {
        onnx->refused = "its AveragePool has no divisor of its own where a window goes beyond the padding";
        return;
    }
    if (pool->window.adaptive && shape_count(op->out[0]->shape) == op->out[0]->shape.dim[0]) {
        onnx_simple(onnx, "GlobalAveragePool");
        return;
    }
    OnnxNode *node = onnx_pool(onnx, "AveragePool", &window, mean);
    if (!node)
        return;
    if (pool->include_pad || pool->divisor)
        onnx_int(onnx, node, "count_include_pad", 1);
    if (!pool->divisor)
        return;
    const double elements = (double)window.kernel[1] * (rank == 3 ? window.kernel[0] : 1);
    onnx_node(onnx, "Mul", (const char *[]){mean, onnx_number(onnx, elements / (double)pool->divisor), NULL},
              onnx_y(onnx));
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
    .onnx = onnx_average,
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

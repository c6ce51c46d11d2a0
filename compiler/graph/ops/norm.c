/* A norm: each channel less its mean, over its deviation, then scaled. What these are of, statistics.c tells. */
#include "graph/ops/rules.h"

/* How many numbers there are for each channel. */
enum { STATISTIC_ROWS = 4, SUM_ROWS = 2 };

static void must_fit(const OpCheck *check, bool fits)
{
    op_must(check, fits, "statistics fit the channels they are of");
}

/* x, w, bias, stats -> y */
static void verify(const OpCheck *check)
{
    const Value *x = check->op->in[0], *stats = op_in(check->op, ROLE_STATS), *y = check->op->out[0];
    must_fit(check, shape_equal(x->shape, y->shape) && is_of_channels(stats, x, STATISTIC_ROWS));
}

/* dy, x, stats -> sums */
static void verify_sums(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *x = check->op->in[1], *stats = check->op->in[2], *sums = check->op->out[0];
    must_fit(check, shape_equal(dy->shape, x->shape) && is_of_channels(stats, x, STATISTIC_ROWS) &&
             is_of_channels(sums, x, SUM_ROWS));
}

/* dy, x, stats, dstats -> dx */
static void verify_grad(const OpCheck *check)
{
    const Value *dy = check->op->in[0], *x = check->op->in[1], *stats = check->op->in[2], *dstats = check->op->in[3];
    must_fit(check, shape_equal(dy->shape, x->shape) && shape_equal(check->op->out[0]->shape, x->shape) &&
             is_of_channels(stats, x, STATISTIC_ROWS) && is_of_channels(dstats, x, SUM_ROWS) &&
             dstats->batched == stats->batched);
}

/* sums -> dw, or db */
static void verify_grad_parameter(const OpCheck *check)
{
    const Value *sums = check->op->in[0], *gradient = check->op->out[0];
    must_fit(check, is_of_channels(sums, sums, SUM_ROWS) && gradient->shape.rank == 1 &&
             gradient->shape.dim[0] == sums->shape.dim[0]);
}

/* With xh = (x - mean) / sqrt(var + eps) and means over what those are of: db = sum dy, dw = sum dy xh,
 * dx = (w dy - mean(w dy) - xh mean(w dy xh)) / sqrt(var + eps). That has all that goes back through the statistics. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Arena *arena = builder->graph->arena;
    Value *x = op->in[0], *stats = op->in[3];
    const char *name = op->out[0]->name;
    Shape of_channels = shape_of(3, (int64_t[]){x->shape.dim[0], SUM_ROWS, 1});
    OpKind means_kind = stats->producer->kind == OP_BATCH_STATISTICS ? OP_BATCH_STATISTICS_GRAD
                                                                     : OP_GROUP_STATISTICS_GRAD;
    Value *sums = graph_value(builder, OP_NORM_SUMS, arena_printf(arena, "d_%s_sums", name), dy[0], x, stats,
                              of_channels, op->attr);
    if (wanted[1])
        dx[1] = gradient_value(builder, OP_NORM_GRAD_WEIGHT, op->in[1], sums, NULL, op->attr);
    if (wanted[2])
        dx[2] = gradient_value(builder, OP_NORM_GRAD_BIAS, op->in[2], sums, NULL, op->attr);
    if (!wanted[0])
        return;
    Value *means = graph_value(builder, means_kind, arena_printf(arena, "d_%s_statistics", name), sums, stats, NULL,
                               of_channels, op->attr);
    dx[0] = graph_op(builder, OP_NORM_GRAD, arena_printf(arena, "d_%s", x->name),
                     (Value *[]){dy[0], x, stats, means}, &x->shape, op->attr)->out[0];
}

/* x, and the mean and the deviation of each channel, or of each group of a sample's channels. */
static void eager(Eager *kept, const Op *op)
{
    const Op *statistics = op->in[3]->producer;
    eager_keep(kept, op->in[0]);
    if (statistics->kind == OP_GROUP_STATISTICS)
        eager_keep_floats(kept, 2 * statistics->attr.norm.groups, 0);
    else
        eager_keep_floats(kept, 0, 2 * op->in[0]->shape.dim[0]);
}

/* For each channel a number: a parameter, or what it is where there is none. */
static const char *of_each_channel(Onnx *onnx, const Value *parameter, int64_t channels, float otherwise)
{
    if (parameter)
        return onnx_value(onnx, parameter);
    float *values = arena_alloc(onnx->arena, (size_t)channels * sizeof *values);
    for (int64_t i = 0; i < channels; i++)
        values[i] = otherwise;
    return onnx_floats(onnx, shape_of(1, &channels), values);
}

static void onnx_batch(Onnx *onnx, const Op *op, const Op *statistics)
{
    const int64_t channels = op->in[0]->shape.dim[0];
    OnnxNode *node = onnx_node(onnx, "BatchNormalization", (const char *[]){
        onnx_x(onnx), of_each_channel(onnx, op->in[1], channels, 1), of_each_channel(onnx, op->in[2], channels, 0),
        onnx_value(onnx, op_in(statistics, ROLE_MEAN)), onnx_value(onnx, op_in(statistics, ROLE_VAR)), NULL},
        onnx_y(onnx));
    onnx_float(onnx, node, "epsilon", statistics->attr.norm.eps);
}

/* Each group is a channel of a sequence, which InstanceNormalization takes; then each channel has its own numbers. */
static void onnx_groups(Onnx *onnx, const Op *op, int64_t groups, double eps)
{
    const Shape shape = op->in[0]->shape;
    const Value *w = op->in[1], *bias = op->in[2];
    const Shape channels = onnx_channels(shape.dim[0], shape.rank);
    const char *grouped = onnx_name(onnx, "groups"), *normal = onnx_name(onnx, "normal");
    const char *whole = w || bias ? onnx_name(onnx, "whole") : onnx_y(onnx);
    const char *scaled = bias ? onnx_name(onnx, "scaled") : onnx_y(onnx);
    int64_t dims[MAX_RANK + 1] = {0};
    for (int i = 0; i < shape.rank; i++)
        dims[1 + i] = shape.dim[i];
    onnx_node(onnx, "Reshape", (const char *[]){onnx_x(onnx), onnx_list(onnx, (int64_t[]){0, groups, -1}, 3), NULL},
              grouped);
    OnnxNode *node = onnx_node(onnx, "InstanceNormalization", (const char *[]){
        grouped, of_each_channel(onnx, NULL, groups, 1), of_each_channel(onnx, NULL, groups, 0), NULL}, normal);
    onnx_float(onnx, node, "epsilon", eps);
    onnx_node(onnx, "Reshape", (const char *[]){normal, onnx_list(onnx, dims, shape.rank + 1), NULL}, whole);
    if (w)
        onnx_node(onnx, "Mul", (const char *[]){whole, onnx_parameter(onnx, w, channels), NULL}, scaled);
    if (bias)
        onnx_node(onnx, "Add", (const char *[]){w ? scaled : whole, onnx_parameter(onnx, bias, channels), NULL},
                  onnx_y(onnx));
}

static void onnx_norm(Onnx *onnx, const Op *op)
{
    const Op *statistics = op->in[3]->producer;
    const int64_t channels = op->in[0]->shape.dim[0], groups = statistics->attr.norm.groups;
    const double eps = statistics->attr.norm.eps;
    if (statistics->kind == OP_KEPT_STATISTICS) {
        onnx_batch(onnx, op, statistics);
    } else if (statistics->kind == OP_BATCH_STATISTICS) {
        onnx->refused = "a norm by the batch's own statistics is for training: let it keep running statistics";
    } else if (groups == 1 && op->in[0]->shape.rank == 1) {
        OnnxNode *node = onnx_node(onnx, "LayerNormalization", (const char *[]){
            onnx_x(onnx), of_each_channel(onnx, op->in[1], channels, 1), op->in[2] ? onnx_value(onnx, op->in[2]) : NULL,
            NULL}, onnx_y(onnx));
        onnx_float(onnx, node, "epsilon", eps);
    } else if (groups == channels && op->in[0]->shape.rank > 1) {
        OnnxNode *node = onnx_node(onnx, "InstanceNormalization", (const char *[]){
            onnx_x(onnx), of_each_channel(onnx, op->in[1], channels, 1), of_each_channel(onnx, op->in[2], channels, 0),
            NULL}, onnx_y(onnx));
        onnx_float(onnx, node, "epsilon", eps);
    } else {
        onnx_groups(onnx, op, groups, eps);
    }
}

const OpInfo op_norm = {
    .name = "NORM",
    .formula = "y = (x - mean) / sqrt(var + eps){w| * w}{bias| + b}",
    .in = {{ROLE_X, BATCHED}, {ROLE_W, OPTIONAL}, {ROLE_BIAS, OPTIONAL}, {ROLE_STATS, EITHER}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .eager = eager,
    .backward_name = {"norm", "_again"},
    .onnx = onnx_norm,
};

const OpInfo op_norm_sums = {
    .name = "NORM_SUMS",
    .formula = "of each channel of a sample the sums of dy and dy * (x - mean) / sqrt(var + eps)",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}, {ROLE_STATS, EITHER}},
    .out = {{ROLE_SUMS, BATCHED}},
    .verify = verify_sums,
    .backward_name = {"norm", "_grad_sums"},
};

const OpInfo op_norm_grad = {
    .name = "NORM_GRAD",
    .formula = "dx of NORM from dy, x, the statistics and their gradient",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}, {ROLE_STATS, EITHER}, {ROLE_DSTATS, EITHER}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad,
    .backward_name = {"norm", "_grad"},
};

const OpInfo op_norm_grad_weight = {
    .name = "NORM_GRAD_WEIGHT",
    .formula = "dw of NORM from the sums, over the samples",
    .in = {{ROLE_SUMS, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = verify_grad_parameter,
    .backward_name = {"norm", "_grad_weight"},
};

const OpInfo op_norm_grad_bias = {
    .name = "NORM_GRAD_BIAS",
    .formula = "db of NORM from the sums, over the samples",
    .in = {{ROLE_SUMS, BATCHED}},
    .out = {{ROLE_DB}},
    .verify = verify_grad_parameter,
    .backward_name = {"norm", "_grad_bias"},
};

/* What a norm subtracts and divides by: moments of each channel of each sample, and the statistics that are made of
 * them, of the batch or of groups of a sample's channels. */
#include "graph/ops/rules.h"

/* How many numbers there are for each channel. */
enum { MOMENT_ROWS = 3, STATISTIC_ROWS = 4, SUM_ROWS = 2, KEPT_ROWS = 2 };

static void must_fit(const OpCheck *check, bool fits)
{
    op_must(check, fits, "statistics fit the channels they are of");
}

static void must_take_parameters(const OpCheck *check, int first)
{
    for (int i = first; i < MAX_INPUTS; i++)
        must_fit(check, !check->op->in[i] || check->op->in[i]->producer->kind == OP_PARAMETER);
}

static void verify_moments(const OpCheck *check)
{
    must_fit(check, is_of_channels(check->op->out[0], check->op->in[0], MOMENT_ROWS));
}

static void verify_statistics(const OpCheck *check)
{
    const Value *moments = check->op->in[0], *stats = check->op->out[0];
    must_fit(check, is_of_channels(moments, moments, MOMENT_ROWS) && is_of_channels(stats, moments, STATISTIC_ROWS));
    must_take_parameters(check, 1);
}

static void verify_kept(const OpCheck *check)
{
    must_fit(check, is_of_channels(check->op->out[0], op_in(check->op, ROLE_MEAN), STATISTIC_ROWS));
    must_take_parameters(check, 0);
}

static void verify_keep(const OpCheck *check)
{
    const Value *moments = check->op->in[0], *kept = check->op->out[0];
    must_fit(check, is_of_channels(moments, moments, MOMENT_ROWS) && is_of_channels(kept, moments, KEPT_ROWS));
}

static void verify_grad(const OpCheck *check)
{
    const Value *sums = check->op->in[0], *stats = check->op->in[1], *dstats = check->op->out[0];
    must_fit(check, is_of_channels(sums, stats, SUM_ROWS) && is_of_channels(stats, stats, STATISTIC_ROWS) &&
             is_of_channels(dstats, stats, SUM_ROWS));
}

/* They are no node of their own: the norm that goes by them says all. */
static void onnx_nothing(Onnx *onnx, const Op *op)
{
    (void)onnx;
    (void)op;
}

const OpInfo op_moments = {
    .name = "MOMENTS",
    .formula = "of each channel of a sample a pixel p, the sum of x - p and that of (x - p)^2",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_MOMENTS, BATCHED}},
    .verify = verify_moments,
    .onnx = onnx_nothing,
};

const OpInfo op_batch_statistics = {
    .name = "BATCH_STATISTICS",
    .formula = "mean, 1 / sqrt(var + eps), factor and summand of each channel; or as kept in training",
    .in = {{ROLE_MOMENTS, BATCHED}, {ROLE_W, OPTIONAL}, {ROLE_BIAS, OPTIONAL}, {ROLE_MEAN, OPTIONAL},
           {ROLE_VAR, OPTIONAL}, {ROLE_COUNT, OPTIONAL}},
    .out = {{ROLE_STATS}},
    .verify = verify_statistics,
    .onnx = onnx_nothing,
};

const OpInfo op_group_statistics = {
    .name = "GROUP_STATISTICS",
    .formula = "the same over groups of a sample's channels, of their moments; or as kept",
    .in = {{ROLE_MOMENTS, BATCHED}, {ROLE_W, OPTIONAL}, {ROLE_BIAS, OPTIONAL}, {ROLE_MEAN, OPTIONAL},
           {ROLE_VAR, OPTIONAL}},
    .out = {{ROLE_STATS, BATCHED}},
    .verify = verify_statistics,
    .onnx = onnx_nothing,
};

const OpInfo op_kept_statistics = {
    .name = "KEPT_STATISTICS",
    .formula = "the bias in front, 0, factor and summand of each channel, by what was kept in training",
    .in = {{ROLE_BEFORE, OPTIONAL}, {ROLE_W, OPTIONAL}, {ROLE_BIAS, OPTIONAL}, {ROLE_MEAN}, {ROLE_VAR}},
    .out = {{ROLE_STATS}},
    .verify = verify_kept,
    .onnx = onnx_nothing,
};

const OpInfo op_instance_keep = {
    .name = "INSTANCE_KEEP",
    .formula = "mean and variance of each channel, the mean over the samples, kept for evaluation",
    .in = {{ROLE_MOMENTS, BATCHED}, {ROLE_MEAN}, {ROLE_VAR}},
    .out = {{ROLE_KEPT}},
    .verify = verify_keep,
    .evaluation = NOT_EVALUATED,
};

const OpInfo op_batch_statistics_grad = {
    .name = "BATCH_STATISTICS_GRAD",
    .formula = "the mean of those sums over the batch, as factor and summand of dx",
    .in = {{ROLE_SUMS, BATCHED}, {ROLE_STATS}},
    .out = {{ROLE_DSTATS}},
    .verify = verify_grad,
    .backward_name = {"norm", "_grad_statistics"},
};

const OpInfo op_group_statistics_grad = {
    .name = "GROUP_STATISTICS_GRAD",
    .formula = "the mean of those sums over groups of channels, as factor and summand of dx",
    .in = {{ROLE_SUMS, BATCHED}, {ROLE_STATS, BATCHED}},
    .out = {{ROLE_DSTATS, BATCHED}},
    .verify = verify_grad,
    .backward_name = {"norm", "_grad_statistics"},
};

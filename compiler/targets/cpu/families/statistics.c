/* The calls that make a norm's statistics of what its kernels gathered. */
#include <stdlib.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/family.h"

/* Where a parameter starts in the block; -1 where there is none. */
static const char *place(const Call *call, const Value *parameter)
{
    return parameter ? block_name(call->arena, call->plan->buffer_of[parameter->id]) : "-1";
}

/* The shortest decimal that is this very number. */
static const char *number(const Call *call, double value)
{
    const char *text = NULL;
    for (int digits = 1; digits <= 17; digits++) {
        text = arena_printf(call->arena, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return text;
}

static long long channels(const Call *call)
{
    return (long long)call->kernel->op->in[0]->shape.dim[0];
}

static long long pixels(const Call *call)
{
    return (long long)call->kernel->op->attr.norm.pixels;
}

/* How far apart two samples' moments, or sums, lie. */
static long long stride(const Call *call)
{
    return (long long)call->kernel->operand[call->kernel->roles[0]].buffer->stride;
}

static const char *batch(const Call *call)
{
    const Op *op = call->kernel->op;
    return arena_printf(call->arena,
                        "nc_batch_norm(g, &(const struct nc_batch_norm){.channels = %lld, .pixels = %lld, .eps = %s,"
                        " .momentum = %s, .weight = %s, .bias = %s, .running_mean = %s, .running_var = %s,"
                        " .batches = %s}, %s, %lld, %s);\n",
                        channels(call), pixels(call), number(call, op->attr.norm.eps),
                        op->attr.norm.cumulative ? "-1" : number(call, op->attr.norm.momentum), place(call, op->in[1]),
                        place(call, op->in[2]), place(call, op->in[3]), place(call, op->in[4]), place(call, op->in[5]),
                        call->operand[ROLE_MOMENTS], stride(call), call->operand[ROLE_STATS]);
}

static const char *batch_grad(const Call *call)
{
    return arena_printf(call->arena, "nc_batch_norm_grad(g, %lld, %lld, %s, %lld, %s, %s);\n", channels(call),
                        pixels(call), call->operand[ROLE_SUMS], stride(call), call->operand[ROLE_STATS],
                        call->operand[ROLE_DSTATS]);
}

static const char *group(const Call *call)
{
    const Op *op = call->kernel->op;
    return arena_printf(call->arena,
                        "nc_group_norm(g, &(const struct nc_group_norm){.channels = %lld, .pixels = %lld,"
                        " .groups = %lld, .eps = %s, .weight = %s, .bias = %s}, %s, %s);\n",
                        channels(call), pixels(call), (long long)op->attr.norm.groups,
                        number(call, op->attr.norm.eps), place(call, op->in[1]), place(call, op->in[2]),
                        call->operand[ROLE_MOMENTS], call->operand[ROLE_STATS]);
}

static const char *group_grad(const Call *call)
{
    return arena_printf(call->arena, "nc_group_norm_grad(%lld, %lld, %lld, %s, %s, %s);\n", channels(call),
                        pixels(call), (long long)call->kernel->op->attr.norm.groups, call->operand[ROLE_SUMS],
                        call->operand[ROLE_STATS], call->operand[ROLE_DSTATS]);
}

/* Where the statistics that were kept stand, and the bias in front. */
static const char *kept(const Call *call)
{
    const Op *op = call->kernel->op;
    return arena_printf(call->arena,
                        "nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = %lld, .eps = %s, .weight = %s,"
                        " .bias = %s, .running_mean = %s, .running_var = %s}, %s, %s);\n",
                        (long long)op->out[0]->shape.dim[0], number(call, op->attr.norm.eps), place(call, op->in[1]),
                        place(call, op->in[2]), place(call, op->in[3]), place(call, op->in[4]), place(call, op->in[0]),
                        call->operand[ROLE_STATS]);
}

/* What is kept of the samples' moments. */
static const char *keep(const Call *call)
{
    const Op *op = call->kernel->op;
    return arena_printf(call->arena,
                        "nc_instance_keep(g, &(const struct nc_batch_norm){.channels = %lld, .pixels = %lld,"
                        " .momentum = %s, .running_mean = %s, .running_var = %s}, %s, %lld, %s);\n",
                        (long long)op->out[0]->shape.dim[0], pixels(call), number(call, op->attr.norm.momentum),
                        place(call, op->in[1]), place(call, op->in[2]), call->operand[ROLE_MOMENTS], stride(call),
                        call->operand[ROLE_KEPT]);
}

const FamilyInfo family_batch_statistics = {
    .name = "batch_statistics",
    .parameters = {READS(MOMENTS, moments), MAKES(STATS, stats)},
    .computes = {{&op_batch_statistics}},
    .layout = layout_call, .call = batch,
};

const FamilyInfo family_batch_statistics_grad = {
    .name = "batch_statistics_grad",
    .parameters = {READS(SUMS, sums), READS(STATS, stats), MAKES(DSTATS, dstats)},
    .computes = {{&op_batch_statistics_grad}},
    .layout = layout_call, .call = batch_grad,
};

const FamilyInfo family_group_statistics = {
    .name = "group_statistics",
    .parameters = {READS(MOMENTS, moments), MAKES(STATS, stats)},
    .computes = {{&op_group_statistics}},
    .layout = layout_call, .call = group,
};

const FamilyInfo family_group_statistics_grad = {
    .name = "group_statistics_grad",
    .parameters = {READS(SUMS, sums), READS(STATS, stats), MAKES(DSTATS, dstats)},
    .computes = {{&op_group_statistics_grad}},
    .layout = layout_call, .call = group_grad,
};

const FamilyInfo family_kept_statistics = {
    .name = "kept_statistics",
    .parameters = {MAKES(STATS, stats)},
    .computes = {{&op_kept_statistics}},
    .layout = layout_call, .call = kept,
};

const FamilyInfo family_instance_keep = {
    .name = "instance_keep",
    .parameters = {READS(MOMENTS, moments), MAKES(KEPT, kept)},
    .computes = {{&op_instance_keep}},
    .layout = layout_call, .call = keep,
};

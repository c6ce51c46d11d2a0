/* The calls that make a norm's statistics of what its kernels gathered. */
#include <stdlib.h>

#include "targets/cpu/emit/frame.h"

/* Where a parameter starts in the block; -1 where there is none. */
static const char *place(Frame *f, const Value *parameter)
{
    return parameter ? block_name(f, f->plan->buffer_of[parameter->id]) : "-1";
}

/* The shortest decimal that is this very number. */
static const char *number(Frame *f, double value)
{
    const char *text = NULL;
    for (int digits = 1; digits <= 17; digits++) {
        text = arena_printf(f->arena, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return text;
}

/* Where the statistics that were kept stand, and the bias in front. */
static const char *kept_call(Frame *f, const Op *op, const char *table)
{
    return arena_printf(f->arena,
                        "nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = %lld, .eps = %s, .weight = %s,"
                        " .bias = %s, .running_mean = %s, .running_var = %s}, %s, %s);\n",
                        (long long)op->out[0]->shape.dim[0], number(f, op->attr.norm.eps), place(f, op->in[1]),
                        place(f, op->in[2]), place(f, op->in[3]), place(f, op->in[4]), place(f, op->in[0]), table);
}

/* What is kept of the samples' moments. */
static const char *keep_call(Frame *f, const Kernel *kernel, const char *const *operand)
{
    const Op *op = kernel->ops[0];
    return arena_printf(f->arena,
                        "nc_instance_keep(g, &(const struct nc_batch_norm){.channels = %lld, .pixels = %lld,"
                        " .momentum = %s, .running_mean = %s, .running_var = %s}, %s, %lld, %s);\n",
                        (long long)op->out[0]->shape.dim[0], (long long)op->attr.norm.pixels,
                        number(f, op->attr.norm.momentum), place(f, op->in[1]), place(f, op->in[2]),
                        operand[ROLE_MOMENTS], (long long)kernel->operand[ROLE_MOMENTS].buffer->stride,
                        operand[ROLE_KEPT]);
}

const char *norm_call(Frame *f, const Kernel *kernel, const char *const *operand)
{
    const Op *op = kernel->ops[0];
    if (op->kind == OP_KEPT_STATISTICS)
        return kept_call(f, op, operand[ROLE_STATS]);
    if (op->kind == OP_INSTANCE_KEEP)
        return keep_call(f, kernel, operand);
    bool forward = op->kind == OP_BATCH_STATISTICS;
    const Buffer *gathered = kernel->operand[kernel->roles[0]].buffer;
    int64_t channels = op->in[0]->shape.dim[0], pixels = op->attr.norm.pixels;
    long long groups = op->attr.norm.groups;
    Text call = text_new(f->arena);
    if (op->kind == OP_GROUP_STATISTICS) {
        text_printf(&call, "nc_group_norm(g, &(const struct nc_group_norm){.channels = %lld, .pixels = %lld,"
                           " .groups = %lld, .eps = %s, .weight = %s, .bias = %s}, %s, %s);\n",
                    (long long)channels, (long long)pixels, groups, number(f, op->attr.norm.eps), place(f, op->in[1]),
                    place(f, op->in[2]), operand[ROLE_MOMENTS], operand[ROLE_STATS]);
        return call.bytes;
    }
    if (op->kind == OP_GROUP_STATISTICS_GRAD) {
        text_printf(&call, "nc_group_norm_grad(%lld, %lld, %lld, %s, %s, %s);\n", (long long)channels,
                    (long long)pixels, groups, operand[ROLE_SUMS], operand[ROLE_STATS], operand[ROLE_DSTATS]);
        return call.bytes;
    }
    if (!forward) {
        text_printf(&call, "nc_batch_norm_grad(g, %lld, %lld, %s, %lld, %s, %s);\n", (long long)channels,
                    (long long)pixels, operand[ROLE_SUMS], (long long)gathered->stride, operand[ROLE_STATS],
                    operand[ROLE_DSTATS]);
        return call.bytes;
    }
    text_printf(&call,
                "nc_batch_norm(g, &(const struct nc_batch_norm){.channels = %lld, .pixels = %lld, .eps = %s,"
                " .momentum = %s, .weight = %s, .bias = %s, .running_mean = %s, .running_var = %s, .batches = %s},"
                " %s, %lld, %s);\n",
                (long long)channels, (long long)pixels, number(f, op->attr.norm.eps),
                op->attr.norm.cumulative ? "-1" : number(f, op->attr.norm.momentum), place(f, op->in[1]),
                place(f, op->in[2]), place(f, op->in[3]), place(f, op->in[4]), place(f, op->in[5]),
                operand[ROLE_MOMENTS], (long long)gathered->stride, operand[ROLE_STATS]);
    return call.bytes;
}

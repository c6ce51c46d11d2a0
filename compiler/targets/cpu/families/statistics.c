/* The calls that make a norm's statistics of what its kernels gathered. */
#include <string.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/family.h"

/* Where a parameter starts in the block; -1 where there is none. */
static const char *place(const Call *call, const Value *parameter)
{
    return parameter ? block_name(call->arena, call->plan->buffer_of[parameter->id]) : "-1";
}

/* Whether `text` is the first bytes of `weight`, which name the layer, and then `suffix`. */
static bool same_layer(const char *text, const char *weight, size_t bytes, const char *suffix)
{
    return !strncmp(text, weight, bytes) && !strcmp(text + bytes, suffix);
}

/* ", .eps = 1e-05, .momentum = 0.1, .weight = AT_1_weight, .bias = ...": a norm's numbers, and where its parameters
 * start, the count of batches last, which is NULL where the call has no use for it, nor for the momentum. A layer that
 * has all of them is named alone: BATCH_NORM_OF. */
static const char *numbers(const Call *call, Value *const *parameter, const Value *batches)
{
    const Op *op = call->kernel->op;
    const char *eps = text_double(call->arena, op->attr.norm.eps),
               *momentum = op->attr.norm.cumulative ? "-1" : text_double(call->arena, op->attr.norm.momentum);
    const char *weight = place(call, parameter[0]), *bias = place(call, parameter[1]),
               *mean = place(call, parameter[2]), *var = place(call, parameter[3]);
    const size_t kind = strlen("AT_"), tail = strlen("_weight"), length = strlen(weight);
    if (length > kind + tail && same_layer(bias, weight, length - tail, "_bias") &&
        same_layer(mean, weight, length - tail, "_running_mean") &&
        same_layer(var, weight, length - tail, "_running_var") &&
        (!batches || same_layer(place(call, batches), weight, length - tail, "_num_batches_tracked")))
        return arena_printf(call->arena, ", BATCH_NORM_OF(%.*s, %s, %s)", (int)(length - tail - kind), weight + kind,
                            eps, momentum);
    const char *more = !batches ? "" : arena_printf(call->arena, ", .momentum = %s, .batches = %s", momentum,
                                                    place(call, batches));
    return arena_printf(call->arena, ", .eps = %s, .weight = %s, .bias = %s, .running_mean = %s, .running_var = %s%s",
                        eps, weight, bias, mean, var, more);
}

static long long channels(const Call *call)
{
    return (long long)call->kernel->op->in[0]->shape.dim[0];
}

static long long pixels(const Call *call)
{
    return (long long)call->kernel->op->attr.norm.pixels;
}

/* In how many pieces of a sample moments, or sums, were made; how far apart they lie. */
static long long pieces(const Call *call)
{
    const Buffer *sums = call->kernel->operand[call->kernel->roles[0]].buffer;
    return sums->pieces ? (long long)sums->pieces : 1;
}

static const char *stride(const Call *call)
{
    const Buffer *sums = call->kernel->operand[call->kernel->roles[0]].buffer;
    return call->number(call, "stride", (long long)sums->stride / pieces(call));
}

/* The channels of a part. Where there are more, parts of them are made side by side; not where all batches count alike,
 * since the first part counts them. */
enum { PART_CHANNELS = 64 };

static void layout_batch(Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->op;
    const int64_t count = op->in[0]->shape.dim[0];
    layout_call(plan, kernel);
    if (count % PART_CHANNELS || (op->kind == OP_BATCH_STATISTICS && op->attr.norm.cumulative))
        return;
    kernel_cut(kernel, 1, 1, count / PART_CHANNELS);
    for (const Role *role = kernel->roles; *role; role++)
        kernel->operand[*role].step[2] = PART_CHANNELS;
}

static bool has_parts(const Call *call)
{
    return call->kernel->parts > 1;
}

/* ", part * 64, part * 64 + 64": the channels of a part. */
static const char *part_range(const Call *call)
{
    return has_parts(call) ? arena_printf(call->arena, ", part * %d, part * %d + %d", PART_CHANNELS, PART_CHANNELS,
                                          PART_CHANNELS) : "";
}

static const char *batch(const Call *call)
{
    const Op *op = call->kernel->op;
    const char *in_pieces = pieces(call) > 1 ? arena_printf(call->arena, ", .pieces = %lld", pieces(call)) : "";
    const char *norm = arena_printf(call->arena, "{.channels = %lld, .pixels = %lld%s%s}", channels(call),
                                    pixels(call), in_pieces, numbers(call, op->in + 1, op->in[5]));
    const char *apart = stride(call), *what = call->constant(call, "struct nc_batch_norm", "norm", norm);
    return arena_printf(call->arena, "nc_batch_norm%s(mb, %s, %s, %s, %s%s);\n", has_parts(call) ? "_part" : "", what,
                        call->operand[ROLE_MOMENTS], apart, call->operand[ROLE_STATS], part_range(call));
}

static const char *batch_grad(const Call *call)
{
    const char *of = call->number(call, "channels", channels(call));
    const char *over = call->number(call, "pixels", pixels(call)), *apart = stride(call);
    const char *in_pieces = call->number(call, "pieces", pieces(call));
    return arena_printf(call->arena, "nc_batch_norm_grad%s(mb, %s, %s, %s, %s, %s, %s, %s%s);\n",
                        has_parts(call) ? "_part" : "", of, over, in_pieces, call->operand[ROLE_SUMS], apart,
                        call->operand[ROLE_STATS], call->operand[ROLE_DSTATS], part_range(call));
}

static const char *group(const Call *call)
{
    const Op *op = call->kernel->op;
    const char *norm =
        arena_printf(call->arena,
                     "{.channels = %lld, .pixels = %lld, .groups = %lld, .eps = %s, .weight = %s, .bias = %s}",
                     channels(call), pixels(call), (long long)op->attr.norm.groups,
                     text_double(call->arena, op->attr.norm.eps), place(call, op->in[1]), place(call, op->in[2]));
    return arena_printf(call->arena, "nc_group_norm(mb, %s, %s, %s);\n",
                        call->constant(call, "struct nc_group_norm", "norm", norm), call->operand[ROLE_MOMENTS],
                        call->operand[ROLE_STATS]);
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
                        "nc_kept_norm(weights, &(const struct nc_batch_norm){.channels = %lld%s}, %s, %s);\n",
                        (long long)op->out[0]->shape.dim[0], numbers(call, op->in + 1, NULL), place(call, op->in[0]),
                        call->operand[ROLE_STATS]);
}

/* What is kept of the samples' moments. */
static const char *keep(const Call *call)
{
    const Op *op = call->kernel->op;
    const char *norm =
        arena_printf(call->arena,
                     "{.channels = %lld, .pixels = %lld, .momentum = %s, .running_mean = %s, .running_var = %s}",
                     (long long)op->out[0]->shape.dim[0], pixels(call),
                     text_double(call->arena, op->attr.norm.momentum), place(call, op->in[1]),
                     place(call, op->in[2]));
    const char *apart = stride(call), *what = call->constant(call, "struct nc_batch_norm", "norm", norm);
    return arena_printf(call->arena, "nc_instance_keep(mb, %s, %s, %s, %s);\n", what, call->operand[ROLE_MOMENTS],
                        apart, call->operand[ROLE_KEPT]);
}

const FamilyInfo family_batch_statistics = {
    .name = "batch_statistics",
    .parameters = {READS(MOMENTS, moments), MAKES(STATS, stats)},
    .computes = {{&op_batch_statistics}},
    .layout = layout_batch, .call = batch,
};

const FamilyInfo family_batch_statistics_grad = {
    .name = "batch_statistics_grad",
    .parameters = {READS(SUMS, sums), READS(STATS, stats), MAKES(DSTATS, dstats)},
    .computes = {{&op_batch_statistics_grad}},
    .layout = layout_batch, .call = batch_grad,
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

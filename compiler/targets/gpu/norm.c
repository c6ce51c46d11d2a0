/* Norms. Of each channel of a sample, `moments` are a pixel of it, the sum of what the pixels differ from that one, and
 * the sum of its squares; `stats` are the mean, 1 / sqrt(var + eps), that times w, and bias less the mean times that.
 * C: channels; P: pixels of one. */
#include "targets/gpu/gpu.h"

enum { CHANNEL_GROUP = 64 };

static void image_sizes(Gpu *g, Shape image)
{
    gpu_constant(g, "C", image.dim[0]);
    gpu_constant(g, "P", shape_count(shape_places(image)));
    gpu_constant(g, "GROUP", CHANNEL_GROUP);
}

void gpu_moments(Gpu *g, const Op *op)
{
    image_sizes(g, op->in[0]->shape);
    gpu_kernel(g, op, "", "What a mean and a variance are made of, a group for each channel of each sample.",
               gpu_groups_each(op->in[0]->shape.dim[0], CHANNEL_GROUP),
               "SHARED float part[GROUP];\n"
               "int plane = group_id(), id = local_id();\n"
               "float first = x[plane * P], sum = 0, squares = 0;\n"
               "for (int i = id; i < P; i += GROUP) {\n"
               "float apart = x[plane * P + i] - first;\n"
               "sum += apart;\n"
               "squares += apart * apart;\n"
               "}\n"
               "sum = sum_of_group(sum, part, GROUP);\n"
               "squares = sum_of_group(squares, part, GROUP);\n"
               "if (id == 0) {\n"
               "moments[3 * plane] = first;\n"
               "moments[3 * plane + 1] = sum;\n"
               "moments[3 * plane + 2] = squares;\n"
               "}\n");
}

/* ---- Statistics -------------------------------------------------------------------------------------------------- */

static void norm_sizes(Gpu *g, const Op *op, int64_t channels)
{
    gpu_constant(g, "C", channels);
    gpu_constant(g, "P", op->attr.norm.pixels);
    gpu_constant(g, "GROUP", CHANNEL_GROUP);
    gpu_real(g, "eps", op->attr.norm.eps);
    gpu_real(g, "momentum", op->attr.norm.momentum);
    gpu_set(g, "w", "%s", op_in(op, ROLE_W) ? "w[i]" : "1");
    gpu_set(g, "b", "%s", op_in(op, ROLE_BIAS) ? "bias[i]" : "0");
    gpu_set(g, "affine", "%s", op_in(op, ROLE_W) || op_in(op, ROLE_BIAS) ? "1" : "");
    gpu_set(g, "kept", "%s", op_in(op, ROLE_MEAN) ? "1" : "");
    gpu_set(g, "share", "%s", op->attr.norm.cumulative ? "1.0f / batches[0]" : "momentum");
}

#define TABLE(at)                                           \
    "float inverse = 1 / sqrt(var + eps);\n"                \
    "stats[4 * (" at ")] = mean;\n"                         \
    "stats[4 * (" at ") + 1] = inverse;\n"                  \
    "stats[4 * (" at ") + 2] = inverse * $w;\n"             \
    "stats[4 * (" at ") + 3] = $b - mean * inverse * $w;\n"

/* The batches are counted first where all channels look at their number. */
static void count_batches(Gpu *g, const Op *op)
{
    gpu_kernel(g, op, "count", "One batch more is kept.", gpu_groups(1, 1),
               "if (count > 0)\n"
               "batches[0]++;\n");
}

void gpu_batch_statistics(Gpu *g, const Op *op)
{
    const int64_t channels = op->in[0]->shape.dim[0];
    if (op_in(op, ROLE_COUNT) && op->attr.norm.cumulative)
        count_batches(g, op);
    norm_sizes(g, op, channels);
    gpu_set(g, "counts", "%s", op_in(op, ROLE_COUNT) && !op->attr.norm.cumulative ? "1" : "");
    gpu_kernel(g, op, "", "The mean and the variance of each channel over samples and pixels; what is kept of them.",
               gpu_groups(channels, CHANNEL_GROUP),
               "SHARED float part[GROUP];\n"
               "int i = group_id(), id = local_id();\n"
               "float sum = 0, squares = 0;\n"
               "for (int n = id; n < count; n += GROUP)\n"
               "sum += moments[3 * (n * C + i)] + moments[3 * (n * C + i) + 1] / P;\n"
               "float mean = sum_of_group(sum, part, GROUP) / count;\n"
               "for (int n = id; n < count; n += GROUP) {\n"
               "GLOBAL const float *m = moments + 3 * (n * C + i);\n"
               "float apart = m[0] + m[1] / P - mean;\n"
               "squares += m[2] - m[1] * m[1] / P + P * apart * apart;\n"
               "}\n"
               "float all = (float)count * P, var = sum_of_group(squares, part, GROUP) / all;\n"
               "if (id == 0) {\n"
               "?kept float share = $share, unbiased = var * all / (all - 1);\n"
               "?kept running_mean[i] = share * mean + (1 - share) * running_mean[i];\n"
               "?kept running_var[i] = share * unbiased + (1 - share) * running_var[i];\n"
               TABLE("i")
               "}\n"
               "?counts if (i == 0 && id == 0)\n"
               "?counts batches[0]++;\n");
}

void gpu_kept_statistics(Gpu *g, const Op *op)
{
    const int64_t channels = op->out[0]->shape.dim[0];
    norm_sizes(g, op, channels);
    gpu_kernel(g, op, "", "What training has kept of each channel.", gpu_all(channels),
               "int i = global_id();\n"
               "if (i < C) {\n"
               "float mean = running_mean[i], var = running_var[i];\n"
               TABLE("i")
               "}\n");
}

void gpu_group_statistics(Gpu *g, const Op *op)
{
    const int64_t channels = op->in[0]->shape.dim[0], groups = op->attr.norm.groups;
    norm_sizes(g, op, channels);
    gpu_constant(g, "GROUPS", groups);
    gpu_constant(g, "SIZE", channels / groups);
    gpu_kernel(g, op, "", "The mean and the variance of each group of channels of a sample.", gpu_each(groups),
               "int place = global_id(), first = place * SIZE;\n"
               "if (place >= count * GROUPS)\n"
               "return;\n"
               "float mean = 0, var = 0;\n"
               "for (int k = first; k < first + SIZE; k++)\n"
               "mean += moments[3 * k] + moments[3 * k + 1] / P;\n"
               "mean /= SIZE;\n"
               "for (int k = first; k < first + SIZE; k++) {\n"
               "GLOBAL const float *m = moments + 3 * k;\n"
               "float apart = m[0] + m[1] / P - mean;\n"
               "var += m[2] - m[1] * m[1] / P + P * apart * apart;\n"
               "}\n"
               "var /= (float)SIZE * P;\n"
               "for (int k = first; k < first + SIZE; k++) {\n"
               "?affine int i = k % C;\n"
               TABLE("k")
               "}\n");
}

void gpu_instance_keep(Gpu *g, const Op *op)
{
    const int64_t channels = op->in[0]->shape.dim[0];
    norm_sizes(g, op, channels);
    gpu_kernel(g, op, "", "What is kept for evaluation: the statistics of the samples' channels, their mean.",
               gpu_all(channels),
               "int i = global_id();\n"
               "if (i >= C)\n"
               "return;\n"
               "float mean = 0, var = 0;\n"
               "for (int n = 0; n < count; n++) {\n"
               "GLOBAL const float *m = moments + 3 * (n * C + i);\n"
               "mean += m[0] + m[1] / P;\n"
               "var += (m[2] - m[1] * m[1] / P) / (P - 1);\n"
               "}\n"
               "mean /= count;\n"
               "var /= count;\n"
               "kept[2 * i] = mean;\n"
               "kept[2 * i + 1] = var;\n"
               "running_mean[i] = momentum * mean + (1 - momentum) * running_mean[i];\n"
               "running_var[i] = momentum * var + (1 - momentum) * running_var[i];\n");
}

void gpu_batch_statistics_grad(Gpu *g, const Op *op)
{
    const int64_t channels = op->in[1]->shape.dim[0];
    const GraphKernel *weight = g->along[0][g->kernel->id], *bias = g->along[1][g->kernel->id];
    norm_sizes(g, op, channels);
    gpu_set(g, "weight", "%s", weight ? "1" : "");
    gpu_set(g, "bias", "%s", bias ? "1" : "");
    if (weight)
        gpu_extra(g, "dw", "float", gpu_operand_of(g, weight->value[ROLE_DW]));
    if (bias)
        gpu_extra(g, "db", "float", gpu_operand_of(g, bias->value[ROLE_DB]));
    gpu_kernel(g, op, "", "What a pixel's part in the mean and the variance does: a factor and a summand a channel.",
               gpu_groups(channels, CHANNEL_GROUP),
               "SHARED float part[GROUP];\n"
               "int i = group_id(), id = local_id();\n"
               "float sum = 0, products = 0, all = (float)count * P;\n"
               "for (int n = id; n < count; n += GROUP) {\n"
               "sum += sums[2 * (n * C + i)];\n"
               "products += sums[2 * (n * C + i) + 1];\n"
               "}\n"
               "sum = sum_of_group(sum, part, GROUP);\n"
               "products = sum_of_group(products, part, GROUP);\n"
               "if (id == 0) {\n"
               "dstats[2 * i] = -stats[4 * i + 2] * stats[4 * i + 1] * products / all;\n"
               "dstats[2 * i + 1] = -stats[4 * i + 2] * sum / all;\n"
               "?weight dw[i] = products;\n"
               "?bias db[i] = sum;\n"
               "}\n");
}

void gpu_group_statistics_grad(Gpu *g, const Op *op)
{
    const int64_t channels = op->in[1]->shape.dim[0], groups = op->attr.norm.groups;
    norm_sizes(g, op, channels);
    gpu_constant(g, "GROUPS", groups);
    gpu_constant(g, "SIZE", channels / groups);
    gpu_kernel(g, op, "", "What a pixel's part in its group's mean and variance does: a factor and a summand.",
               gpu_each(groups),
               "int place = global_id(), first = place * SIZE;\n"
               "if (place >= count * GROUPS)\n"
               "return;\n"
               "float sum = 0, products = 0, all = (float)SIZE * P;\n"
               "for (int k = first; k < first + SIZE; k++) {\n"
               "sum += stats[4 * k + 2] * sums[2 * k];\n"
               "products += stats[4 * k + 2] * sums[2 * k + 1];\n"
               "}\n"
               "for (int k = first; k < first + SIZE; k++) {\n"
               "dstats[2 * k] = -stats[4 * k + 1] * products / all;\n"
               "dstats[2 * k + 1] = -sum / all;\n"
               "}\n");
}

/* ---- What goes through a norm ------------------------------------------------------------------------------------ */

/* The place of an element's channel among the statistics: of its sample, or of the batch. */
static void set_channel(Gpu *g, const Op *op)
{
    gpu_set(g, "channel", "%s", op_in(op, ROLE_STATS)->batched ? "plane" : "plane % C");
}

void gpu_norm(Gpu *g, const Op *op)
{
    const GraphKernel *kernel = g->kernel;
    set_channel(g, op);
    gpu_set(g, "b", "%s", op_in(op, ROLE_BIAS) ? " + bias[plane % C]" : "");
    gpu_set_finish(g, "");
    gpu_constant(g, "C", op_in(op, ROLE_X)->shape.dim[0]);
    gpu_elements(g, op, op_in(op, ROLE_X),
                 arena_printf(g->arena, "Each channel with mean 0 and variance 1, then times w, plus bias%s%s.",
                              kernel->sum ? ", plus b" : "", kernel->activation ? "; and its activation" : ""),
                 "int plane = i / P, at = 4 * ($channel);\n"
                 "!finish $to (x[i] - stats[at]) * stats[at + 2]$b;\n"
                 "?finish float value = (x[i] - stats[at]) * stats[at + 2]$b;\n"
                 "?finish $finish\n"
                 "?finish $to value;\n");
}

/* The activation's slope is computed from what the norm's kernel gave. */
static void set_back(Gpu *g)
{
    if (!g->kernel->activation)
        return;
    gpu_extra(g, "v", "const float", gpu_operand_of(g, g->kernel->activation->in[1]));
    gpu_set_back(g, "v[i]");
}

void gpu_norm_sums(Gpu *g, const Op *op)
{
    const Shape shape = op_in(op, ROLE_X)->shape;
    image_sizes(g, shape);
    set_channel(g, op);
    set_back(g);
    gpu_kernel(g, op, "", "Of each channel of a sample the sum of dy, and that of dy times the normed x.",
               gpu_groups_each(shape.dim[0], CHANNEL_GROUP),
               "SHARED float part[GROUP];\n"
               "int plane = group_id(), id = local_id(), at = 4 * ($channel);\n"
               "float sum = 0, products = 0, mean = stats[at], inverse = stats[at + 1];\n"
               "for (int i = plane * P + id; i < plane * P + P; i += GROUP) {\n"
               "float d = dy[i];\n"
               "?back $back\n"
               "sum += d;\n"
               "products += d * (x[i] - mean) * inverse;\n"
               "}\n"
               "sum = sum_of_group(sum, part, GROUP);\n"
               "products = sum_of_group(products, part, GROUP);\n"
               "if (id == 0) {\n"
               "sums[2 * plane] = sum;\n"
               "sums[2 * plane + 1] = products;\n"
               "}\n");
}

void gpu_norm_grad(Gpu *g, const Op *op)
{
    set_channel(g, op);
    set_back(g);
    gpu_constant(g, "C", op_in(op, ROLE_X)->shape.dim[0]);
    gpu_elements(g, op, op_in(op, ROLE_X), "dy through the norm itself, and what comes through the statistics.",
                 "int plane = i / P, at = $channel;\n"
                 "float d = dy[i];\n"
                 "?back $back\n"
                 "$to d * stats[4 * at + 2] + (x[i] - stats[4 * at]) * dstats[2 * at] + dstats[2 * at + 1];\n");
}

void gpu_norm_grad_weight(Gpu *g, const Op *op)
{
    gpu_sum_of_samples(g, op, "dw = the sum of dy times the normed x.", op->in[0]->shape.dim[0],
                       "sums[2 * (n * S + i) + 1]", "dw");
}

void gpu_norm_grad_bias(Gpu *g, const Op *op)
{
    gpu_sum_of_samples(g, op, "db = the sum of dy.", op->in[0]->shape.dim[0], "sums[2 * (n * S + i)]", "db");
}

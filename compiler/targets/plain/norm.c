/* Norms. Of each channel of a sample, `moments` are a pixel of it, the sum of what the pixels differ from that one, and
 * the sum of its squares; `stats` are the mean, 1 / sqrt(var + eps), that times w, and bias less the mean times that.
 * i: channel. C: channels, P: pixels of one. */
#include "targets/plain/plain.h"

/* "batch_norm_forward", where the statistics are the batch's; else "group_norm_forward". */
static const char *name_of(Plain *p, const Value *stats, const char *suffix)
{
    return arena_printf(p->arena, "%s_%s", stats->batched ? "group_norm" : "batch_norm", suffix);
}

static void image_sizes(Plain *p, const Value *x)
{
    plain_size(p, "C", x->shape.dim[0]);
    plain_pixels(p, x->shape);
}

/* The pixels of a channel of a sample: a loop, where there are some, and the place of one. */
static void set_pixels(Plain *p)
{
    plain_set(p, "at", "%s", plain_has(p, "P") ? "(n * C + i) * P + p" : "n * C + i");
    plain_set(p, "first", "%s", plain_has(p, "P") ? "(n * C + i) * P" : "n * C + i");
}

#define PIXELS "?P for (int p = 0; p < P; p++)\n"

static void moments_sizes(Plain *p, const Op *op)
{
    image_sizes(p, op->in[0]);
}

static void moments(Plain *p, const Op *op)
{
    (void)op;
    set_pixels(p);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < C; i++) {\n"
                   "double first = x[$first], sum = 0, squares = 0;\n"
                   PIXELS
                   "{\n"
                   "double apart = x[$at] - first;\n"
                   "sum += apart;\n"
                   "squares += apart * apart;\n"
                   "}\n"
                   "real *m = moments + 3 * (n * C + i);\n"
                   "m[0] = first;\n"
                   "m[1] = sum;\n"
                   "m[2] = squares;\n"
                   "}\n");
}

/* ---- Over the batch ---------------------------------------------------------------------------------------------- */

static void tell_norm(Plain *p, const Op *op, const Value *of)
{
    plain_size(p, "C", of->shape.dim[0]);
    plain_size(p, "P", op->attr.norm.pixels);
    plain_setting(p, "groups", op->attr.norm.groups, 0);
    plain_factor(p, "double", "eps", plain_number(p, op->attr.norm.eps));
    plain_factor(p, "double", "momentum", plain_number(p, op->attr.norm.momentum));
    plain_setting(p, "cumulative", op->attr.norm.cumulative, false);
}

static void statistics_sizes(Plain *p, const Op *op)
{
    tell_norm(p, op, op->in[0]);
}

static void statistics_grad_sizes(Plain *p, const Op *op)
{
    tell_norm(p, op, op->in[1]);
}

/* Whether a norm keeps running statistics, is another function. */
static const char *kept_name(Plain *p, const Op *op, const char *name)
{
    return arena_printf(p->arena, op_in(op, ROLE_MEAN) ? "%s_running" : "%s", name);
}

static const char *batch_name(Plain *p, const Op *op)
{
    return kept_name(p, op, "batch_statistics");
}

static const char *group_name(Plain *p, const Op *op)
{
    return kept_name(p, op, "group_statistics");
}

static void set_parameters(Plain *p, const Op *op)
{
    plain_optional(p, "w", op, ROLE_W, "w[i]", "1");
    plain_optional(p, "b", op, ROLE_BIAS, "bias[i]", "0");
    plain_set(p, "kept", "%s", op_in(op, ROLE_MEAN) ? "1" : "");
}

#define STATISTICS(mean, var)                       \
    "s[0] = " mean ";\n"                            \
    "s[1] = 1 / sqrt(" var " + eps);\n"             \
    "s[2] = s[1] * $w;\n"                           \
    "s[3] = $b - " mean " * s[2];\n"

static void batch_statistics(Plain *p, const Op *op)
{
    set_parameters(p, op);
    plain_set(p, "share", "%s", plain_has(p, "cumulative") ? "share" : "momentum");
    plain_print(p, "double all = (double)count * P;\n"
                   "?kept if (training)\n"
                   "?kept batches[0]++;\n"
                   "for (int i = 0; i < C; i++) {\n"
                   "double mean = 0, var = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "mean += moments[3 * (n * C + i)] + moments[3 * (n * C + i) + 1] / P;\n"
                   "mean /= count;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "const real *m = moments + 3 * (n * C + i);\n"
                   "double apart = m[0] + m[1] / P - mean;\n"
                   "var += m[2] - m[1] * m[1] / P + P * apart * apart;\n"
                   "}\n"
                   "var /= all;\n"
                   "?kept if (training) {\n"
                   "?kept ?cumulative double share = cumulative ? 1.0 / batches[0] : momentum;\n"
                   "?kept double unbiased = var * all / (all - 1);\n"
                   "?kept running_mean[i] = $share * mean + (1 - $share) * running_mean[i];\n"
                   "?kept running_var[i] = $share * unbiased + (1 - $share) * running_var[i];\n"
                   "?kept } else {\n"
                   "?kept mean = running_mean[i];\n"
                   "?kept var = running_var[i];\n"
                   "?kept }\n"
                   "real *s = stats + 4 * i;\n"
                   STATISTICS("mean", "var")
                   "}\n");
}

static void kept_sizes(Plain *p, const Op *op)
{
    plain_size(p, "C", op_in(op, ROLE_MEAN)->shape.dim[0]);
    plain_factor(p, "double", "eps", plain_number(p, op->attr.norm.eps));
}

static void kept_statistics(Plain *p, const Op *op)
{
    set_parameters(p, op);
    plain_print(p, "for (int i = 0; i < C; i++) {\n"
                   "real *s = stats + 4 * i;\n"
                   STATISTICS("running_mean[i]", "running_var[i]")
                   "}\n");
}

static void batch_statistics_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "double all = (double)count * P;\n"
                   "for (int i = 0; i < C; i++) {\n"
                   "const real *s = stats + 4 * i;\n"
                   "double sum = 0, products = 0;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "sum += sums[2 * (n * C + i)];\n"
                   "products += sums[2 * (n * C + i) + 1];\n"
                   "}\n"
                   "dstats[2 * i] = -s[2] * s[1] * products / all;\n"
                   "dstats[2 * i + 1] = -s[2] * sum / all;\n"
                   "}\n");
}

/* ---- Within a sample --------------------------------------------------------------------------------------------- */

#define GROUPS                                                              \
    "int size = C / groups; /* channels of a group */\n"                    \
    "for (int n = 0; n < count; n++)\n"                                     \
    "for (int first = n * C; first < n * C + C; first += size) {\n"
#define CHANNELS "for (int i = first; i < first + size; i++) {\n"

static void group_statistics(Plain *p, const Op *op)
{
    set_parameters(p, op);
    plain_optional(p, "w", op, ROLE_W, "w[i % C]", "1");
    plain_optional(p, "b", op, ROLE_BIAS, "bias[i % C]", "0");
    plain_print(p, GROUPS
                   "double mean = 0, var = 0;\n"
                   "for (int i = first; i < first + size; i++)\n"
                   "mean += moments[3 * i] + moments[3 * i + 1] / P;\n"
                   "mean /= size;\n"
                   CHANNELS
                   "const real *m = moments + 3 * i;\n"
                   "double apart = m[0] + m[1] / P - mean;\n"
                   "var += m[2] - m[1] * m[1] / P + P * apart * apart;\n"
                   "}\n"
                   "var /= (double)size * P;\n"
                   CHANNELS
                   "?kept double center = training ? mean : running_mean[i % C];\n"
                   "?kept double spread = training ? var : running_var[i % C];\n"
                   "!kept double center = mean, spread = var;\n"
                   "real *s = stats + 4 * i;\n"
                   STATISTICS("center", "spread")
                   "}\n"
                   "}\n");
}

static void group_statistics_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, GROUPS
                   "double sum = 0, products = 0;\n"
                   CHANNELS
                   "sum += stats[4 * i + 2] * sums[2 * i];\n"
                   "products += stats[4 * i + 2] * sums[2 * i + 1];\n"
                   "}\n"
                   CHANNELS
                   "dstats[2 * i] = -stats[4 * i + 1] * products / ((double)size * P);\n"
                   "dstats[2 * i + 1] = -sum / ((double)size * P);\n"
                   "}\n"
                   "}\n");
}

static void instance_keep(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int i = 0; i < C; i++) {\n"
                   "double mean = 0, var = 0;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "const real *m = moments + 3 * (n * C + i);\n"
                   "mean += m[0] + m[1] / P;\n"
                   "var += (m[2] - m[1] * m[1] / P) / (P - 1);\n"
                   "}\n"
                   "mean /= count;\n"
                   "var /= count;\n"
                   "kept[2 * i] = mean;\n"
                   "kept[2 * i + 1] = var;\n"
                   "if (training) {\n"
                   "running_mean[i] = momentum * mean + (1 - momentum) * running_mean[i];\n"
                   "running_var[i] = momentum * var + (1 - momentum) * running_var[i];\n"
                   "}\n"
                   "}\n");
}

/* ---- What goes through a norm ------------------------------------------------------------------------------------ */

static const char *norm_name(Plain *p, const Op *op)
{
    return name_of(p, op_in(op, ROLE_STATS), "forward");
}

static const char *sums_name(Plain *p, const Op *op)
{
    return name_of(p, op_in(op, ROLE_STATS), "grad_sums");
}

static const char *norm_grad_name(Plain *p, const Op *op)
{
    return name_of(p, op_in(op, ROLE_STATS), "grad_input");
}

static void norm_sizes(Plain *p, const Op *op)
{
    image_sizes(p, op_in(op, ROLE_X));
}

static void set_statistics(Plain *p, const Op *op)
{
    set_pixels(p);
    plain_set(p, "channel", "%s", op_in(op, ROLE_STATS)->batched ? "(n * C + i)" : "i");
}

static void norm(Plain *p, const Op *op)
{
    set_statistics(p, op);
    plain_optional(p, "b", op, ROLE_BIAS, "bias[i]", "0");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < C; i++) {\n"
                   "const real *s = stats + 4 * $channel;\n"
                   PIXELS
                   "y[$at] = (x[$at] - s[0]) * s[2] + $b;\n"
                   "}\n");
}

static void norm_sums(Plain *p, const Op *op)
{
    set_statistics(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < C; i++) {\n"
                   "const real *s = stats + 4 * $channel;\n"
                   "double sum = 0, products = 0;\n"
                   PIXELS
                   "{\n"
                   "sum += dy[$at];\n"
                   "products += dy[$at] * (x[$at] - s[0]) * s[1];\n"
                   "}\n"
                   "sums[2 * (n * C + i)] = sum;\n"
                   "sums[2 * (n * C + i) + 1] = products;\n"
                   "}\n");
}

static void norm_grad(Plain *p, const Op *op)
{
    set_statistics(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < C; i++) {\n"
                   "const real *s = stats + 4 * $channel, *d = dstats + 2 * $channel;\n"
                   PIXELS
                   "dx[$at] = dy[$at] * s[2] + (x[$at] - s[0]) * d[0] + d[1];\n"
                   "}\n");
}

static void parameter_sizes(Plain *p, const Op *op)
{
    plain_size(p, "C", op->in[0]->shape.dim[0]);
}

static void sum_of_sums(Plain *p, const char *to, int which)
{
    plain_set(p, "to", "%s", to);
    plain_set(p, "which", "%s", which ? " + 1" : "");
    plain_print(p, "for (int i = 0; i < C; i++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "sum += sums[2 * (n * C + i)$which];\n"
                   "$to[i] = sum;\n"
                   "}\n");
}

static void norm_grad_weight(Plain *p, const Op *op)
{
    (void)op;
    sum_of_sums(p, "dw", 1);
}

static void norm_grad_bias(Plain *p, const Op *op)
{
    (void)op;
    sum_of_sums(p, "db", 0);
}

const PlainKernel plain_moments = {
    .name = "moments_of_channels", .sizes = moments_sizes, .print = moments,
    .about = "What a mean and a variance are made of, for each channel of a sample: one pixel, and the sums of what\n"
             "the others differ from it, and of that squared. Such differences are small: so nothing is lost, as it\n"
             "would be where the squares of large numbers are subtracted from each other."};
const PlainKernel plain_batch_statistics = {
    .name = "batch_statistics", .named = batch_name, .sizes = statistics_sizes, .print = batch_statistics,
    .also = {"int training"},
    .about = "The mean and the variance of each channel, over the samples and the pixels. s: the mean, 1 / deviation,\n"
             "and the factor and the summand that a norm is then."};
const PlainKernel plain_kept_statistics = {
    .name = "kept_statistics", .sizes = kept_sizes, .print = kept_statistics,
    .about = "The statistics of each channel, as training has kept them. s: the mean, 1 / deviation, and the factor\n"
             "and the summand that a norm is then."};
const PlainKernel plain_group_statistics = {
    .name = "group_statistics", .named = group_name, .sizes = statistics_sizes, .print = group_statistics,
    .also = {"int training"},
    .about = "The mean and the variance of each group of channels of a sample. s: the mean, 1 / deviation, and the\n"
             "factor and the summand that a norm is then."};
const PlainKernel plain_instance_keep = {
    .name = "instance_statistics_running", .sizes = statistics_sizes, .print = instance_keep, .also = {"int training"},
    .about = "What is kept for evaluation: the statistics of the samples' channels, their mean over the batch."};
const PlainKernel plain_norm = {
    .name = "batch_norm_forward", .named = norm_name, .sizes = norm_sizes, .print = norm, .in_place = true,
    .about = "Each channel with mean 0 and variance 1, then times w, plus bias."};
const PlainKernel plain_norm_sums = {
    .name = "batch_norm_grad_sums", .named = sums_name, .sizes = norm_sizes, .print = norm_sums,
    .about = "Of each channel of a sample the sum of dy, and that of dy times the normed x: of these two are the\n"
             "gradients of w, of bias and of the statistics."};
const PlainKernel plain_batch_statistics_grad = {
    .name = "batch_statistics_grad", .sizes = statistics_grad_sizes, .print = batch_statistics_grad,
    .about = "A pixel moves the mean and the variance too, which all others go by: what that does to the loss, as a\n"
             "factor and a summand of each channel."};
const PlainKernel plain_group_statistics_grad = {
    .name = "group_statistics_grad", .sizes = statistics_grad_sizes, .print = group_statistics_grad,
    .about = "A pixel moves the mean and the variance of its group too: what that does to the loss, as a factor and a\n"
             "summand of each channel."};
const PlainKernel plain_norm_grad = {
    .name = "batch_norm_grad_input", .named = norm_grad_name, .sizes = norm_sizes, .print = norm_grad,
    .about = "dy through the norm itself, and what comes through the statistics."};
const PlainKernel plain_norm_grad_weight = {
    .name = "norm_grad_weight", .sizes = parameter_sizes, .print = norm_grad_weight,
    .about = "dw = the sum of dy times the normed x."};
const PlainKernel plain_norm_grad_bias = {
    .name = "norm_grad_bias", .sizes = parameter_sizes, .print = norm_grad_bias, .about = "db = the sum of dy."};

/* Norms. Of each channel, `moments` are a pixel of it, the sum of what the pixels differ from that one, and the sum of
 * its squares; `stats` are the mean, 1 / sqrt(var + eps), that times w, and b less the mean times that. i: channel. */
#include <inttypes.h>

#include "targets/plain/plain.h"

static void set_channels(Plain *p, const Op *op, const Value *of)
{
    plain_set(p, "C", "%" PRId64, of->shape.dim[0]);
    plain_set(p, "P", "%" PRId64, op->attr.norm.pixels);
    plain_set(p, "eps", "%s", plain_number(p, op->attr.norm.eps));
    if (op->attr.norm.groups) {
        plain_set(p, "G", "%" PRId64, op->attr.norm.groups);
        plain_set(p, "S", "%" PRId64, of->shape.dim[0] / op->attr.norm.groups);
    }
}

static void moments(Plain *p, const Op *op)
{
    Shape x = op->in[0]->shape;
    plain_set(p, "C", "%" PRId64, x.dim[0]);
    plain_set_pixels(p, x);
    plain_set(p, "first", "%s", x.rank == 3 ? "[0][0]" : x.rank == 2 ? "[0]" : "");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $C; i++) {\n"
                   "double p = x[n][i]$first, sum = 0, squares = 0;\n"
                   "?pixels $pixels\n"
                   "{\n"
                   "double apart = x[n][i]$at - p;\n"
                   "sum += apart;\n"
                   "squares += apart * apart;\n"
                   "}\n"
                   "moments[n][i][0] = p;\n"
                   "moments[n][i][1] = sum;\n"
                   "moments[n][i][2] = squares;\n"
                   "}\n");
}

/* ---- Over the batch ---------------------------------------------------------------------------------------------- */

static void set_parameters(Plain *p, const Op *op)
{
    plain_set(p, "w", "%s", op->in[1] ? " * w[i]" : "");
    plain_set(p, "b", "%s", op->in[2] ? "bias[i]" : "0");
    plain_set(p, "kept", "%s", op->in[3] ? "1" : "");
}

static void batch_statistics(Plain *p, const Op *op)
{
    set_channels(p, op, op->in[0]);
    set_parameters(p, op);
    if (op->attr.norm.cumulative)
        plain_set(p, "share", "1.0 / batches[0]");
    else
        plain_set(p, "share", "%s", plain_number(p, op->attr.norm.momentum));
    plain_print(p, "?kept if (training)\n"
                   "?kept batches[0]++;\n"
                   "for (int i = 0; i < $C; i++) {\n"
                   "double mean = 0, var = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "mean += moments[n][i][0] + moments[n][i][1] / $P;\n"
                   "mean /= count;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "double sum = moments[n][i][1], apart = moments[n][i][0] + sum / $P - mean;\n"
                   "var += moments[n][i][2] - sum * sum / $P + $P * apart * apart;\n"
                   "}\n"
                   "var /= count * $P.0;\n"
                   "?kept if (training) {\n"
                   "?kept double share = $share, unbiased = var * count * $P / (count * $P - 1.0);\n"
                   "?kept running_mean[i] = share * mean + (1 - share) * running_mean[i];\n"
                   "?kept running_var[i] = share * unbiased + (1 - share) * running_var[i];\n"
                   "?kept } else {\n"
                   "?kept mean = running_mean[i];\n"
                   "?kept var = running_var[i];\n"
                   "?kept }\n"
                   "stats[i][0] = mean;\n"
                   "stats[i][1] = 1 / sqrt(var + $eps);\n"
                   "stats[i][2] = stats[i][1]$w;\n"
                   "stats[i][3] = $b - mean * stats[i][2];\n"
                   "}\n");
}

static void batch_statistics_grad(Plain *p, const Op *op)
{
    set_channels(p, op, op->in[1]);
    plain_print(p, "for (int i = 0; i < $C; i++) {\n"
                   "double sum = 0, products = 0;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "sum += sums[n][i][0];\n"
                   "products += sums[n][i][1];\n"
                   "}\n"
                   "dstats[i][0] = -stats[i][2] * stats[i][1] * products / (count * $P.0);\n"
                   "dstats[i][1] = -stats[i][2] * sum / (count * $P.0);\n"
                   "}\n");
}

/* ---- Within a sample --------------------------------------------------------------------------------------------- */

static void group_statistics(Plain *p, const Op *op)
{
    set_channels(p, op, op->in[0]);
    set_parameters(p, op);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int first = 0; first < $C; first += $S) {\n"
                   "double mean = 0, var = 0;\n"
                   "for (int i = first; i < first + $S; i++)\n"
                   "mean += moments[n][i][0] + moments[n][i][1] / $P;\n"
                   "mean /= $S;\n"
                   "for (int i = first; i < first + $S; i++) {\n"
                   "double sum = moments[n][i][1], apart = moments[n][i][0] + sum / $P - mean;\n"
                   "var += moments[n][i][2] - sum * sum / $P + $P * apart * apart;\n"
                   "}\n"
                   "var /= $S * $P.0;\n"
                   "for (int i = first; i < first + $S; i++) {\n"
                   "?kept double center = training ? mean : running_mean[i];\n"
                   "?kept double spread = training ? var : running_var[i];\n"
                   "!kept double center = mean, spread = var;\n"
                   "stats[n][i][0] = center;\n"
                   "stats[n][i][1] = 1 / sqrt(spread + $eps);\n"
                   "stats[n][i][2] = stats[n][i][1]$w;\n"
                   "stats[n][i][3] = $b - center * stats[n][i][2];\n"
                   "}\n"
                   "}\n");
}

static void group_statistics_grad(Plain *p, const Op *op)
{
    set_channels(p, op, op->in[1]);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int first = 0; first < $C; first += $S) {\n"
                   "double sum = 0, products = 0;\n"
                   "for (int i = first; i < first + $S; i++) {\n"
                   "sum += stats[n][i][2] * sums[n][i][0];\n"
                   "products += stats[n][i][2] * sums[n][i][1];\n"
                   "}\n"
                   "for (int i = first; i < first + $S; i++) {\n"
                   "dstats[n][i][0] = -stats[n][i][1] * products / ($S * $P.0);\n"
                   "dstats[n][i][1] = -sum / ($S * $P.0);\n"
                   "}\n"
                   "}\n");
}

static void instance_keep(Plain *p, const Op *op)
{
    set_channels(p, op, op->in[0]);
    plain_set(p, "share", "%s", plain_number(p, op->attr.norm.momentum));
    plain_print(p, "for (int i = 0; i < $C; i++) {\n"
                   "double mean = 0, var = 0;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "double sum = moments[n][i][1];\n"
                   "mean += moments[n][i][0] + sum / $P;\n"
                   "var += (moments[n][i][2] - sum * sum / $P) / ($P - 1);\n"
                   "}\n"
                   "mean /= count;\n"
                   "var /= count;\n"
                   "kept[i][0] = mean;\n"
                   "kept[i][1] = var;\n"
                   "if (training) {\n"
                   "running_mean[i] = $share * mean + (1 - $share) * running_mean[i];\n"
                   "running_var[i] = $share * var + (1 - $share) * running_var[i];\n"
                   "}\n"
                   "}\n");
}

/* ---- What goes through a norm ------------------------------------------------------------------------------------ */

static void set_image(Plain *p, const Op *op, const Value *x, const Value *stats)
{
    (void)op;
    plain_set(p, "C", "%" PRId64, x->shape.dim[0]);
    plain_set_pixels(p, x->shape);
    plain_set(p, "s", "%s", stats->batched ? "[n][i]" : "[i]");
}

static void norm(Plain *p, const Op *op)
{
    set_image(p, op, op->in[0], op->in[3]);
    plain_set(p, "b", "%s", op->in[2] ? " + bias[i]" : "");
    plain_set(p, "factor", "%s", op->in[1] ? "2" : "1");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "?pixels $pixels\n"
                   "y[n][i]$at = (x[n][i]$at - stats$s[0]) * stats$s[2]$b;\n");
}

static void norm_sums(Plain *p, const Op *op)
{
    set_image(p, op, op->in[1], op->in[2]);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $C; i++) {\n"
                   "double sum = 0, products = 0;\n"
                   "?pixels $pixels\n"
                   "{\n"
                   "sum += dy[n][i]$at;\n"
                   "products += dy[n][i]$at * (x[n][i]$at - stats$s[0]) * stats$s[1];\n"
                   "}\n"
                   "sums[n][i][0] = sum;\n"
                   "sums[n][i][1] = products;\n"
                   "}\n");
}

static void norm_grad(Plain *p, const Op *op)
{
    set_image(p, op, op->in[1], op->in[2]);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "?pixels $pixels\n"
                   "dx[n][i]$at = dy[n][i]$at * stats$s[2] + (x[n][i]$at - stats$s[0]) * dstats$s[0] + dstats$s[1];\n");
}

static void sum_of_sums(Plain *p, const Op *op, const char *to, int which)
{
    plain_set(p, "C", "%" PRId64, op->in[0]->shape.dim[0]);
    plain_set(p, "to", "%s", to);
    plain_set(p, "which", "%d", which);
    plain_print(p, "for (int i = 0; i < $C; i++) {\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "sum += sums[n][i][$which];\n"
                   "$to[i] = sum;\n"
                   "}\n");
}

static void norm_grad_weight(Plain *p, const Op *op)
{
    sum_of_sums(p, op, "dw", 1);
}

static void norm_grad_bias(Plain *p, const Op *op)
{
    sum_of_sums(p, op, "db", 0);
}

#define TRAINING .also = "int training"

const PlainKernel plain_moments = {.name = "moments", .print = moments, .channels = true};
const PlainKernel plain_batch_statistics = {
    .name = "statistics", .print = batch_statistics, TRAINING, .channels = true};
const PlainKernel plain_group_statistics = {
    .name = "statistics", .print = group_statistics, TRAINING, .channels = true};
const PlainKernel plain_instance_keep = {
    .name = "keep", .print = instance_keep,
    TRAINING, .channels = true};
const PlainKernel plain_norm = {.name = "forward", .print = norm};
const PlainKernel plain_norm_sums = {.name = "grad_sums", .print = norm_sums, .channels = true};
const PlainKernel plain_batch_statistics_grad = {
    .name = "grad_statistics", .print = batch_statistics_grad,
    .channels = true};
const PlainKernel plain_group_statistics_grad = {
    .name = "grad_statistics", .print = group_statistics_grad,
    .channels = true};
const PlainKernel plain_norm_grad = {.name = "grad_input", .print = norm_grad};
const PlainKernel plain_norm_grad_weight = {.name = "grad_weight", .print = norm_grad_weight};
const PlainKernel plain_norm_grad_bias = {.name = "grad_bias", .print = norm_grad_bias};

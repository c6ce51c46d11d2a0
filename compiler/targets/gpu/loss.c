/* Losses with their gradients: of each sample the loss, times the step's scale, and how many of its places have their
 * class as the largest output. A group of work items takes a sample. */
#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "targets/formulas.h"
#include "targets/gpu/gpu.h"

enum { SAMPLE_GROUP = 64 };

/* What a sample leaves. Where its loss is not finite, the run has diverged: then nothing more is learned. */
#define RESULTS(loss, right)                                      \
    "int to = 2 * ((int)numbers[RESULT] + n);\n"                  \
    "results[to] = " loss ";\n"                                   \
    "results[to + 1] = " right ";\n"                              \
    "if (results[to] - results[to] != 0)\n"                       \
    "results[0] = 1;\n"

static void loss_operands(Gpu *g)
{
    gpu_extra(g, "numbers", "const float", (GpuOperand){.block = NC_ON_NUMBERS});
    gpu_extra(g, "results", "float", (GpuOperand){.block = NC_ON_RESULTS});
    gpu_constant(g, "SCALE", NC_NUMBER_SCALE);
    gpu_constant(g, "PROBABILITIES", NC_NUMBER_PROBABILITIES);
    gpu_constant(g, "RESULT", NC_NUMBER_RESULT);
    gpu_constant(g, "GROUP", SAMPLE_GROUP);
}

/* A table of the loss's weights in front of the kernels, if it has one. */
static void print_weights(Gpu *g, const char *name, const double *weights, int64_t count)
{
    Text text = text_new(g->arena);
    if (!weights)
        return;
    for (int64_t i = 0; i < count; i++)
        text_printf(&text, "%s%s", i ? ", " : "", gpu_float(g->arena, weights[i]));
    template_print(&g->t, arena_printf(g->arena, "CONSTANT float %s[%" PRId64 "] = {%s};\n\n", name, count,
                                       text.bytes));
}

/* ---- Over classes ------------------------------------------------------------------------------------------------ */

/* Of class i: how much of the target it is, and what of the loss that takes. */
#define SHARE                                                                                              \
    "float hit = numbers[PROBABILITIES] != 0 ? shares[first + i * P] : i == label ? 1 : 0;\n"              \
    "float share = $wi((1 - SMOOTHING) * hit + SMOOTHING / C);\n"

#define PLACE                                                                           \
    "int first = n * C * P + p;\n"                                                      \
    "bool soft = numbers[PROBABILITIES] != 0;\n"                                        \
    "int label = soft ? -1 : t[n * P + p];\n"                                           \
    "bool counts = soft || label != IGNORED;\n"

/* One place of a sample, by one work item. */
static void cross_entropy_of_places(Gpu *g, const Op *op)
{
    gpu_kernel(g, op, "", "Cross entropy: a group a sample, a work item a place.", gpu_groups_each(1, SAMPLE_GROUP),
               "SHARED float part[GROUP];\n"
               "int n = group_id();\n"
               "float loss = 0, right = 0;\n"
               "for (int p = local_id(); p < P; p += GROUP) {\n"
               PLACE
               "float largest = x[first], sum = 0, whole_share = 0, most = -1;\n"
               "int at = 0, wanted = label;\n"
               "for (int i = 1; i < C; i++)\n"
               "if (x[first + i * P] > largest) {\n"
               "largest = x[first + i * P];\n"
               "at = i;\n"
               "}\n"
               "for (int i = 0; i < C; i++)\n"
               "sum += exp(x[first + i * P] - largest);\n"
               "for (int i = 0; i < C; i++) {\n"
               SHARE
               "whole_share += share;\n"
               "loss += counts && share != 0 ? share * (largest + log(sum) - x[first + i * P]) : 0;\n"
               "if (soft && hit > most) {\n"
               "most = hit;\n"
               "wanted = i;\n"
               "}\n"
               "}\n"
               "for (int i = 0; i < C; i++) {\n"
               SHARE
               "float d = whole_share * exp(x[first + i * P] - largest) / sum - share;\n"
               "dx[first + i * P] = counts ? d * numbers[SCALE] : 0;\n"
               "}\n"
               "right += counts && at == wanted;\n"
               "}\n"
               "loss = sum_of_group(loss, part, GROUP);\n"
               "right = sum_of_group(right, part, GROUP);\n"
               "if (local_id() == 0) {\n"
               RESULTS("loss * numbers[SCALE]", "right")
               "}\n");
}

/* The one place of a sample, whose classes the group shares out. */
static void cross_entropy_of_samples(Gpu *g, const Op *op)
{
    gpu_kernel(g, op, "", "Cross entropy: a group a sample, which shares out the classes.",
               gpu_groups_each(1, SAMPLE_GROUP),
               "SHARED float part[GROUP];\n"
               "int n = group_id(), p = 0, id = local_id();\n"
               PLACE
               "float largest = -INFINITY, sum = 0, whole_share = 0, loss = 0, most = -1;\n"
               "for (int i = id; i < C; i += GROUP) {\n"
               SHARE
               "largest = fmax(largest, x[first + i * P]);\n"
               "most = fmax(most, hit);\n"
               "whole_share += share;\n"
               "}\n"
               "largest = largest_of_group(largest, part, GROUP);\n"
               "most = largest_of_group(most, part, GROUP);\n"
               "whole_share = sum_of_group(whole_share, part, GROUP);\n"
               "for (int i = id; i < C; i += GROUP)\n"
               "sum += exp(x[first + i * P] - largest);\n"
               "sum = sum_of_group(sum, part, GROUP);\n"
               "float at = -C, wanted = -C;\n"
               "for (int i = id; i < C; i += GROUP) {\n"
               SHARE
               "loss += counts && share != 0 ? share * (largest + log(sum) - x[first + i * P]) : 0;\n"
               "float d = whole_share * exp(x[first + i * P] - largest) / sum - share;\n"
               "dx[first + i * P] = counts ? d * numbers[SCALE] : 0;\n"
               "if (x[first + i * P] == largest)\n"
               "at = fmax(at, (float)-i);\n"
               "if (hit == most)\n"
               "wanted = fmax(wanted, (float)-i);\n"
               "}\n"
               "loss = sum_of_group(loss, part, GROUP);\n"
               "at = largest_of_group(at, part, GROUP);\n"
               "wanted = largest_of_group(wanted, part, GROUP);\n"
               "if (id == 0) {\n"
               RESULTS("loss * numbers[SCALE]", "counts && at == wanted ? 1 : 0")
               "}\n");
}

static void nll(Gpu *g, const Op *op)
{
    gpu_kernel(g, op, "", "The negative of the output of the sample's class.", gpu_groups_each(1, SAMPLE_GROUP),
               "SHARED float part[GROUP];\n"
               "int n = group_id();\n"
               "float loss = 0, right = 0;\n"
               "for (int p = local_id(); p < P; p += GROUP) {\n"
               "int first = n * C * P + p, label = t[n * P + p], at = 0;\n"
               "bool counts = label != IGNORED;\n"
               "for (int i = 0; i < C; i++) {\n"
               "dx[first + i * P] = counts && i == label ? -($one) * numbers[SCALE] : 0;\n"
               "if (x[first + i * P] > x[first + at * P])\n"
               "at = i;\n"
               "}\n"
               "loss -= counts ? $one * x[first + label * P] : 0;\n"
               "right += counts && at == label;\n"
               "}\n"
               "loss = sum_of_group(loss, part, GROUP);\n"
               "right = sum_of_group(right, part, GROUP);\n"
               "if (local_id() == 0) {\n"
               RESULTS("loss * numbers[SCALE]", "right")
               "}\n");
}

static void of_classes(Gpu *g, const Op *op)
{
    const LossSettings *loss = op->attr.loss;
    const int64_t classes = op->in[0]->shape.dim[0] / loss->places;
    print_weights(g, "class_weight", loss->weight, classes);
    gpu_constant(g, "C", classes);
    gpu_constant(g, "P", loss->places);
    gpu_constant(g, "IGNORED", loss->ignore_index);
    gpu_real(g, "SMOOTHING", loss->label_smoothing);
    gpu_extra(g, "shares", "const float", (GpuOperand){.block = NC_ON_TARGETS});
    gpu_set(g, "wi", "%s", loss->weight ? "class_weight[i] * " : "");
    gpu_set(g, "one", "%s", loss->weight ? "class_weight[label]" : "1");
    if (!strcmp(loss->runtime, "nc_nll"))
        nll(g, op);
    else if (loss->places > 1)
        cross_entropy_of_places(g, op);
    else
        cross_entropy_of_samples(g, op);
}

/* ---- Over each output -------------------------------------------------------------------------------------------- */

static void of_outputs(Gpu *g, const Op *op)
{
    const LossSettings *loss = op->attr.loss;
    const int64_t outputs = shape_count(op->in[0]->shape);
    if (!loss_formula(loss, false))
        fail_bug("the gpu target has no formula for %s", loss->runtime);
    print_weights(g, "output_weight", loss->weight, outputs);
    print_weights(g, "positive_weight", loss->pos_weight, outputs);
    gpu_constant(g, "S", outputs);
    gpu_set(g, "beta", "%s", gpu_float(g->arena, loss->threshold));
    gpu_set(g, "w", "%s", loss->weight ? "output_weight[i] * " : "");
    gpu_set(g, "yes", "%s", loss->pos_weight ? "positive_weight[i] * ti" : "ti");
    gpu_set(g, "mean", "%s", loss->reduction == REDUCE_MEAN ? " / S" : "");
    const char *value = gpu_formula(g->arena, loss_formula(loss, false), NULL);
    const char *slope = gpu_formula(g->arena, loss_formula(loss, true), NULL);
    const char *lines = arena_printf(
        g->arena,
        "SHARED float part[GROUP];\n"
        "int n = group_id();\n"
        "float loss = 0;\n"
        "for (int i = local_id(); i < S; i += GROUP) {\n"
        "float xi = x[n * S + i], ti = t[n * S + i]%s;\n"
        "loss += %s;\n"
        "dx[n * S + i] = (%s)$mean * numbers[SCALE];\n"
        "}\n"
        "loss = sum_of_group(loss, part, GROUP);\n"
        "if (local_id() == 0) {\n"
        RESULTS("loss$mean * numbers[SCALE]", "0")
        "}\n", text_has_word(value, "d") || text_has_word(slope, "d") ? ", d = xi - ti" : "", value, slope);
    gpu_kernel(g, op, "", "The loss of each output, and its slope: a group a sample.", gpu_groups_each(1, SAMPLE_GROUP),
               lines);
}

void gpu_loss_grad(Gpu *g, const Op *op)
{
    loss_operands(g);
    if (op->attr.loss->classes)
        of_classes(g, op);
    else
        of_outputs(g, op);
}

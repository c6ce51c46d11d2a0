/* Optimizers: one kernel over the block of all parameters. What a part of them is learned by stands among the step's
 * numbers, those that the runtime's optimizer has computed and the settings themselves (runtime/optimizers). */
#include <string.h>

#include "base/fail.h"
#include "targets/gpu/gpu.h"

enum { SQUARES_OF = 4096 }; /* floats whose squares one group adds up, as the runtime's memory for them has it */

/* Of an optimizer: the names of its numbers and of its settings, as the runtime's file has them, and the step of one
 * element: weight w, gradient g, state. */
static const struct {
    const char *runtime; /* "nc_sgd" */
    const char *names;
    const char *step;
} optimizers[] = {
    {"nc_sgd",
     "enum { LR, MOMENTUM, UNDAMPED, DECAY, FIRST, MOVES = 12 + 1, NESTEROV = 12 + 4, MAXIMIZE = 12 + 5 };\n",
     "if (part[MOVES] != 0) {\n"
     "float b = part[FIRST] != 0 ? g : fma(part[UNDAMPED], g, state[i] * part[MOMENTUM]);\n"
     "state[i] = b;\n"
     "g = part[NESTEROV] != 0 ? fma(part[MOMENTUM], b, g) : b;\n"
     "}\n"
     "w = fma(-part[LR], g, w);\n"},
    {"nc_adam",
     "enum { DECAY, SHRINK, FRESH1, BETA2, FRESH2, CORRECTION2, EPS, STEP, AMSGRAD = 12 + 5, MAXIMIZE = 12 + 6 };\n",
     "float m = between(state[i], g, part[FRESH1]);\n"
     "float v = fma(part[FRESH2] * g, g, state1[i] * part[BETA2]), square = v;\n"
     "state[i] = m;\n"
     "state1[i] = v;\n"
     "if (part[AMSGRAD] != 0) {\n"
     "square = state2[i] > v ? state2[i] : v;\n"
     "state2[i] = square;\n"
     "}\n"
     "w = w * part[SHRINK] + part[STEP] * m / (sqrt(square) / part[CORRECTION2] + part[EPS]);\n"},
    {"nc_nadam",
     "enum { DECAY, SHRINK, FRESH1, BETA2, FRESH2, CORRECTION2, EPS, GRADIENT, AVERAGE, MAXIMIZE = 12 + 7 };\n",
     "float m = between(state[i], g, part[FRESH1]);\n"
     "float v = fma(part[FRESH2] * g, g, state1[i] * part[BETA2]);\n"
     "float below = sqrt(v / part[CORRECTION2]) + part[EPS];\n"
     "state[i] = m;\n"
     "state1[i] = v;\n"
     "w = w * part[SHRINK] + part[GRADIENT] * g / below;\n"
     "w = w + part[AVERAGE] * m / below;\n"},
    {"nc_radam",
     "enum { DECAY, SHRINK, FRESH1, BETA2, FRESH2, CORRECTION1, EPS, LR, ROOT2, RECTIFIED, RECT };\n"
     "enum { MAXIMIZE = 12 + 6 };\n",
     "float m = between(state[i], g, part[FRESH1]);\n"
     "float v = fma(part[FRESH2] * g, g, state1[i] * part[BETA2]), step = m / part[CORRECTION1] * part[LR];\n"
     "state[i] = m;\n"
     "state1[i] = v;\n"
     "if (part[RECTIFIED] != 0)\n"
     "step = step * (1 / (sqrt(v) + part[EPS]) * part[ROOT2]) * part[RECT];\n"
     "w = w * part[SHRINK] - step;\n"},
    {"nc_rmsprop",
     "enum { DECAY, ALPHA, FRESH, EPS, MOMENTUM, STEP, MOVES = 12 + 4, CENTERED = 12 + 5, MAXIMIZE = 12 + 6 };\n",
     "float square = fma(part[FRESH] * g, g, state[i] * part[ALPHA]), spread = square;\n"
     "state[i] = square;\n"
     "if (part[CENTERED] != 0) {\n"
     "float mean = between(state1[i], g, part[FRESH]);\n"
     "state1[i] = mean;\n"
     "spread = fma(-mean, mean, square);\n"
     "}\n"
     "float below = sqrt(spread) + part[EPS];\n"
     "if (part[MOVES] > 0) {\n"
     "float buffer = state2[i] * part[MOMENTUM] + g / below;\n"
     "state2[i] = buffer;\n"
     "w = fma(part[STEP], buffer, w);\n"
     "} else {\n"
     "w = w + part[STEP] * g / below;\n"
     "}\n"},
    {"nc_adagrad", "enum { DECAY, EPS, STEP, MAXIMIZE = 12 + 5 };\n",
     "float sum = fma(g, g, state[i]);\n"
     "state[i] = sum;\n"
     "w = w + part[STEP] * g / (sqrt(sum) + part[EPS]);\n"},
    {"nc_adadelta", "enum { DECAY, RHO, FRESH, EPS, LR, MAXIMIZE = 12 + 4 };\n",
     "float square = fma(part[FRESH] * g, g, state[i] * part[RHO]);\n"
     "float delta = sqrt(state1[i] + part[EPS]) / sqrt(square + part[EPS]) * g;\n"
     "state[i] = square;\n"
     "state1[i] = fma(part[FRESH] * delta, delta, state1[i] * part[RHO]);\n"
     "w = fma(-part[LR], delta, w);\n"},
    {"nc_adamax", "enum { DECAY, FRESH1, BETA2, EPS, STEP, MAXIMIZE = 12 + 5 };\n",
     "float m = between(state[i], g, part[FRESH1]);\n"
     "float before = state1[i] * part[BETA2], now = fabs(g) + part[EPS], norm = before > now ? before : now;\n"
     "state[i] = m;\n"
     "state1[i] = norm;\n"
     "w = w + part[STEP] * m / norm;\n"},
};

static void add_operands(Gpu *g)
{
    gpu_extra(g, "weights", "float", (GpuOperand){.block = NC_ON_WEIGHTS});
    gpu_extra(g, "gradients", "float", (GpuOperand){.block = NC_ON_WHOLE});
    gpu_extra(g, "state", "float", (GpuOperand){.block = NC_ON_STATE});
    gpu_extra(g, "state1", "float", (GpuOperand){.block = NC_ON_STATE + 1});
    gpu_extra(g, "state2", "float", (GpuOperand){.block = NC_ON_STATE + 2});
    gpu_extra(g, "numbers", "const float", (GpuOperand){.block = NC_ON_NUMBERS});
    gpu_extra(g, "parts", "const int", (GpuOperand){.block = NC_ON_PARTS});
    gpu_extra(g, "squares", "float", (GpuOperand){.block = NC_ON_SQUARES});
    gpu_extra(g, "results", "const float", (GpuOperand){.block = NC_ON_RESULTS});
    gpu_constant(g, "ALL", g->block);
    gpu_constant(g, "GROUP", GPU_GROUP);
    gpu_constant(g, "OF_GROUP", SQUARES_OF);
    gpu_constant(g, "SUMS", (g->block + SQUARES_OF - 1) / SQUARES_OF);
    gpu_constant(g, "NUMBERS", NC_NUMBERS);
    gpu_constant(g, "PART_NUMBERS", NC_PART_NUMBERS);
    gpu_constant(g, "PART_FLOATS", NC_PART_FLOATS);
    gpu_constant(g, "SHARE", NC_NUMBER_SHARE);
    gpu_constant(g, "LIMIT", NC_NUMBER_LIMIT);
    gpu_constant(g, "ADDS", NC_NUMBER_ADDS);
    gpu_constant(g, "CLIP", NC_NUMBER_CLIP);
    gpu_constant(g, "SEEN", NC_NUMBER_SEEN);
}

/* The launch that was added last is made in some runs alone. */
static void launch_when(Gpu *g, int when)
{
    g->launches->at[g->launches->count - 1].when = when;
}

static void gather_batches(Gpu *g)
{
    add_operands(g);
    gpu_extra(g, "of_batch", "const float", (GpuOperand){.block = NC_ON_GRADIENTS});
    gpu_kernel(g, NULL, "update_gather", "The gradients of the batches of an update are added up.", gpu_all(g->block),
               "int i = global_id();\n"
               "if (i < ALL)\n"
               "gradients[i] = numbers[ADDS] != 0 ? gradients[i] + of_batch[i] : of_batch[i];\n");
    launch_when(g, NC_ACCUMULATING);
}

/* The norm of all gradients, where it is looked at. */
static void measure(Gpu *g)
{
    add_operands(g);
    gpu_kernel(g, NULL, "update_squares", "The sums of the gradients' squares, a group for so many of them.",
               gpu_groups((g->block + SQUARES_OF - 1) / SQUARES_OF, GPU_GROUP),
               "SHARED float shared[GROUP];\n"
               "int first = group_id() * OF_GROUP;\n"
               "float sum = 0;\n"
               "for (int i = first + local_id(); i < first + OF_GROUP && i < ALL; i += GROUP) {\n"
               "float x = gradients[i] * numbers[SHARE];\n"
               "sum += x * x;\n"
               "}\n"
               "sum = sum_of_group(sum, shared, GROUP);\n"
               "if (local_id() == 0)\n"
               "squares[group_id()] = sum;\n");
    launch_when(g, NC_CLIPPING);
    add_operands(g);
    gpu_kernel(g, NULL, "update_norm", "What all gradients are multiplied by, so that their norm is not too large.",
               gpu_groups(1, GPU_GROUP),
               "SHARED float shared[GROUP];\n"
               "float sum = 0;\n"
               "for (int i = local_id(); i < SUMS; i += GROUP)\n"
               "sum += squares[i];\n"
               "sum = sum_of_group(sum, shared, GROUP);\n"
               "float factor = 1 / (sqrt(sum) + 1e-6f) * numbers[CLIP];\n"
               "if (local_id() == 0)\n"
               "squares[SUMS] = factor > 1 ? 1 : factor;\n");
    launch_when(g, NC_CLIPPING);
}

void gpu_update(Gpu *g)
{
    const char *runtime = g->program->train->optimizer->runtime;
    const char *name = strcmp(runtime, "nc_adamw") ? runtime : "nc_adam";
    size_t i = 0, count = sizeof optimizers / sizeof *optimizers;
    while (i < count && strcmp(optimizers[i].runtime, name))
        i++;
    if (i == count)
        fail_bug("the gpu target has no optimizer %s", runtime);
    g->launches = &g->update;
    gather_batches(g);
    measure(g);
    add_operands(g);
    gpu_set(g, "names", "%s", optimizers[i].names);
    gpu_set(g, "step", "%s", optimizers[i].step);
    gpu_kernel(g, NULL, "update_parameters", arena_printf(g->arena, "A step of %s: a work item for each weight.",
                                                   g->program->train->optimizer->name), gpu_all(g->block),
               "$names\n"
               "int i = global_id();\n"
               "if (i >= ALL || parts[i / PART_FLOATS] < 0 || results[0] != 0) /* a loss was not finite */\n"
               "return;\n"
               "GLOBAL const float *part = numbers + NUMBERS + PART_NUMBERS * parts[i / PART_FLOATS];\n"
               "float w = weights[i], g = gradients[i] * numbers[SHARE];\n"
               "if (numbers[CLIP] != 0)\n"
               "g *= squares[SUMS];\n"
               "if (numbers[LIMIT] > 0)\n"
               "g = g < -numbers[LIMIT] ? -numbers[LIMIT] : g > numbers[LIMIT] ? numbers[LIMIT] : g;\n"
               "if (numbers[SEEN] != 0)\n"
               "gradients[i] = g;\n"
               "if (part[MAXIMIZE] != 0)\n"
               "g = -g;\n"
               "if (part[DECAY] != 0)\n"
               "g = fma(part[DECAY], w, g);\n"
               "$step\n"
               "weights[i] = w;\n");
}

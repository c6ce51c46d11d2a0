/* Phases: the order of the kernels, and where the threads wait for each other.
 *
 * Needs: a plan whose kernels have their operands.
 * Guarantees: every kernel but the packed weights' is in one phase, a stretch of plan->kernels; the gradients of
 * parameters that are made over the whole batch stand in the last phases, which have no barrier between them, and so
 * does before them what is kept for evaluation; the packed weights come after all.
 *
 *     shards    a run of SAMPLE and MICROBATCH kernels: a task takes its samples through all of them, depth first
 *     parts     a BATCH kernel, and those behind it that read just what its part made: a task is a part
 *
 * A model without BATCH kernels is one phase. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"

/* Nothing waits for what is kept for evaluation, nor for the gradients of parameters, and what reads parameters must
 * come before these, since the optimizer takes each part of a gradient as soon as it is made. */
static int rank(const Kernel *kernel)
{
    return kernel->stage == STAGE_PACK ? 3 : kernel->learns > 0 ? 2 : kernel->keeps;
}

static void order_kernels(Plan *plan)
{
    VEC(Kernel *) sorted = {0};
    for (int which = 0; which <= 3; which++) {
        for (int i = 0; i < plan->kernels.count; i++) {
            if (rank(plan->kernels.at[i]) == which)
                vec_push(plan->arena, sorted, plan->kernels.at[i]);
        }
    }
    for (int i = 0; i < sorted.count; i++) {
        sorted.at[i]->id = i;
        plan->kernels.at[i] = sorted.at[i];
    }
}

static bool same_place(const Operand *a, const Operand *b)
{
    return a->buffer && a->buffer == b->buffer && a->offset == b->offset && a->down == b->down && a->along == b->along;
}

/* Whether part p of a BATCH kernel needs, of what `before` made, just its part p. */
static bool follows(const Kernel *before, const Kernel *kernel)
{
    if (before->parts != kernel->parts || before->across != kernel->across || kernel->learns)
        return false;
    const Operand *made = &before->operand[before->output];
    for (const Role *role = kernel->roles; *role != kernel->output; role++) {
        if (same_place(made, &kernel->operand[*role]))
            return true;
    }
    return false;
}

static bool same_phase(const Kernel *before, const Kernel *kernel)
{
    if (before->scope == SCOPE_BATCH || kernel->scope == SCOPE_BATCH)
        return before->scope == kernel->scope && follows(before, kernel);
    return true;
}

void cpu_phases(Plan *plan)
{
    order_kernels(plan);
    int barriers = -1;
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        kernel->phase = -1;
        if (kernel->stage == STAGE_PACK)
            continue;
        if (i == 0 || !same_phase(plan->kernels.at[i - 1], kernel)) {
            bool learns = kernel->learns > 0, ends = learns || kernel->keeps;
            barriers += !(ends && i > 0 && rank(plan->kernels.at[i - 1]) == rank(kernel));
            Phase phase = {.first = i, .parts = kernel->parts, .barriers = barriers, .learns = learns};
            vec_push(plan->arena, plan->phases, phase);
        }
        kernel->phase = plan->phases.count - 1;
        Phase *phase = &plan->phases.at[kernel->phase];
        phase->last = i;
        phase->loss = phase->loss || kernel->stage == STAGE_LOSS;
    }
}

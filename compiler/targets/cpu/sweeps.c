/* Sweeps: the order of the kernels, and where the threads wait for each other.
 *
 * Needs: a plan whose kernels have their operands.
 * Guarantees: every kernel but the derived layouts' is in one sweep, a stretch of plan->kernels; the gradients of
 * parameters that are made over the whole batch stand in the last sweeps, which are one round, and so does before them
 * what is kept for evaluation; the derived layouts come after all.
 *
 *     slices    a run of SAMPLE and GROUP kernels: a task takes its samples through all of them, depth first
 *     parts     a BATCH kernel, and those behind it that read just what its part made: a task is a part
 *
 * A model without BATCH kernels is one sweep. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"

/* Nothing waits for what is kept for evaluation, nor for the gradients of parameters, and what reads parameters must
 * come before these, since the optimizer takes each part of a gradient as soon as it is made. */
static int rank(const Kernel *kernel)
{
    return kernel->stage == STAGE_DERIVE ? 3 : kernel->learns > 0 ? 2 : kernel->keeps;
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

static bool same_sweep(const Kernel *before, const Kernel *kernel)
{
    if (before->scope == SCOPE_BATCH || kernel->scope == SCOPE_BATCH)
        return before->scope == kernel->scope && follows(before, kernel);
    return true;
}

void cpu_sweeps(Plan *plan)
{
    order_kernels(plan);
    int round = -1;
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        kernel->sweep = -1;
        if (kernel->stage == STAGE_DERIVE)
            continue;
        if (i == 0 || !same_sweep(plan->kernels.at[i - 1], kernel)) {
            bool learns = kernel->learns > 0, ends = learns || kernel->keeps;
            round += !(ends && i > 0 && rank(plan->kernels.at[i - 1]) == rank(kernel));
            Sweep sweep = {.first = i, .parts = kernel->parts, .round = round, .learns = learns};
            vec_push(plan->arena, plan->sweeps, sweep);
        }
        kernel->sweep = plan->sweeps.count - 1;
        Sweep *sweep = &plan->sweeps.at[kernel->sweep];
        sweep->last = i;
        sweep->loss = sweep->loss || kernel->stage == STAGE_LOSS;
    }
}

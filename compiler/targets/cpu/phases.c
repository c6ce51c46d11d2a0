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
#include <string.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/estimate.h"
#include "targets/cpu/families/family.h"

/* Nothing waits for what is kept for evaluation, nor for the gradients of parameters, and what reads parameters must
 * come before these, since the optimizer takes each part of a gradient as soon as it is made. */
static int rank(const Kernel *kernel)
{
    return kernel->stage == STAGE_PACK ? 3 : kernel->learns > 0 ? 2 : kernel->keeps;
}

static void order_kernels(Plan *plan)
{
    VEC(Kernel *) sorted = {0};
    double *size = arena_alloc(plan->arena, (size_t)plan->kernels.count * sizeof *size); /* of a part that learns */
    for (int which = 0; which <= 3; which++) {
        const int begin = sorted.count;
        for (int i = 0; i < plan->kernels.count; i++) {
            Kernel *kernel = plan->kernels.at[i];
            if (rank(kernel) != which)
                continue;
            /* A large part that begins last would keep all others waiting. */
            const double own = kernel->learns ? kernel_cost(kernel, plan->batch) : 0;
            int at = sorted.count;
            vec_push(plan->arena, sorted, kernel);
            for (; at > begin && own > size[at - 1]; at--) {
                sorted.at[at] = sorted.at[at - 1];
                size[at] = size[at - 1];
            }
            sorted.at[at] = kernel;
            size[at] = own;
        }
    }
    for (int i = 0; i < sorted.count; i++) {
        sorted.at[i]->id = i;
        plan->kernels.at[i] = sorted.at[i];
    }
}

/* Whether parts of two kernels that are cut alike find the same in a buffer: they begin at one place, or each is about
 * all rows of its own samples and channels, with what is around them. */
static bool same_place(const Kernel *kernel, const Operand *a, const Operand *b)
{
    for (int k = 0; k < MAX_CUTS; k++) {
        if (kernel->cut[k] > 1 && a->step[k] != b->step[k])
            return false;
    }
    const bool all_rows = kernel->chunk && kernel->cut[1] == 1 && a->buffer->value && a->buffer->value->batched;
    return a->offset == b->offset || (all_rows && (a->offset - b->offset) % a->buffer->pitch == 0);
}

/* Of what two kernels share and one of them makes: whether there is any, and whether it is part by part the same. */
typedef struct Shared {
    bool any, alike;
} Shared;

static Shared shared(const Kernel *before, const Kernel *kernel)
{
    Shared shared = {false, true};
    for (const Role *a = before->roles; *a; a++) {
        for (const Role *b = kernel->roles; *b; b++) {
            const Operand *one = &before->operand[*a], *other = &kernel->operand[*b];
            if (!one->buffer || one->buffer != other->buffer ||
                (!kernel_makes(before, *a) && !kernel_makes(kernel, *b)))
                continue;
            shared.any = true;
            shared.alike = shared.alike && same_place(kernel, one, other);
        }
    }
    return shared;
}

bool goes_along(const Kernel *before, const Kernel *kernel)
{
    if (before->scope != SCOPE_BATCH || kernel->scope != SCOPE_BATCH || kernel->learns ||
        before->chunk != kernel->chunk || memcmp(before->cut, kernel->cut, sizeof kernel->cut))
        return false;
    const Shared of_both = shared(before, kernel);
    return of_both.any && of_both.alike;
}

/* Whether a kernel goes on with a phase's tasks: behind a part, where it needs nothing but that part. */
static bool same_phase(const Plan *plan, const Phase *phase, const Kernel *kernel)
{
    const Kernel *before = plan->kernels.at[phase->last];
    if (before->scope != SCOPE_BATCH && kernel->scope != SCOPE_BATCH)
        return true;
    if (!goes_along(before, kernel))
        return false;
    for (int i = phase->first; i < phase->last; i++) {
        if (!shared(plan->kernels.at[i], kernel).alike)
            return false;
    }
    return true;
}

/* Whether two kernels make different residues of one transposed convolution: each has pixels of its own. */
static bool are_residues(const Kernel *a, const Kernel *b)
{
    return a->op == b->op && a->family == b->family && a->residue[0] != BIAS_ALONE && b->residue[0] != BIAS_ALONE &&
           memcmp(a->residue, b->residue, sizeof a->residue);
}

/* Whether all of a phase has to be done before a kernel begins. */
static bool waits_for(const Plan *plan, const Phase *phase, const Kernel *kernel)
{
    for (int i = phase->first; i <= phase->last; i++) {
        const Kernel *before = plan->kernels.at[i];
        if (!are_residues(before, kernel) && shared(before, kernel).any)
            return true;
    }
    return false;
}

/* Whether phase `index` has to wait for one with as many barriers as the phase before it. */
static bool begins_behind_barrier(const Plan *plan, int index)
{
    const Phase *phase = &plan->phases.at[index];
    for (int i = index - 1; i >= 0 && plan->phases.at[i].barriers == plan->phases.at[index - 1].barriers; i--) {
        for (int k = phase->first; k <= phase->last; k++) {
            if (waits_for(plan, &plan->phases.at[i], plan->kernels.at[k]))
                return true;
        }
    }
    return false;
}

/* There is a barrier where a phase waits for another; what learns comes behind the last one. */
static void find_barriers(Plan *plan)
{
    for (int i = 1; i < plan->phases.count; i++) {
        Phase *phase = &plan->phases.at[i];
        const Phase *before = &plan->phases.at[i - 1];
        const int end = rank(plan->kernels.at[phase->first]), end_before = rank(plan->kernels.at[before->first]);
        const bool begins = end != end_before || (!end && begins_behind_barrier(plan, i));
        phase->barriers = before->barriers + begins;
    }
}

void cpu_phases(Plan *plan)
{
    order_kernels(plan);
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        kernel->phase = -1;
        if (kernel->stage == STAGE_PACK)
            continue;
        if (i == 0 || !same_phase(plan, &plan->phases.at[plan->phases.count - 1], kernel)) {
            Phase phase = {.first = i, .parts = kernel->parts, .learns = kernel->learns > 0};
            vec_push(plan->arena, plan->phases, phase);
        }
        kernel->phase = plan->phases.count - 1;
        Phase *phase = &plan->phases.at[kernel->phase];
        phase->last = i;
        phase->loss = phase->loss || kernel->stage == STAGE_LOSS;
    }
    find_barriers(plan);
}

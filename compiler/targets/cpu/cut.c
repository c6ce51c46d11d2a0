/* Cut: kernels that a shard would take through as a whole become tasks of their own.
 *
 * Needs: a plan whose kernels have their dimensions (cpu_layout), of a step over whole batches.
 * Guarantees: what was cut is a BATCH kernel with parts, each about a chunk of the samples, some rows and some outputs
 * of a kernel; every output is still one sum in the same order, so that cutting changes no bits. What several processes
 * share goes over the samples of each.
 *
 * Where there are as many shards as threads are wanted, a shard takes its samples through all kernels while they are in
 * cache. Where samples are few, or a kernel's weights are many and would be read for a few samples each time, the tasks
 * come from the kernel's own dimensions. What is cheaper is estimated (estimate.c), for two threads and for many. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/estimate.h"
#include "targets/cpu/families/family.h"

enum {
    MOST_PARTS = 4 * WANTED_THREADS,
    LEAST_CHUNK = 8, /* samples of a linear layer that fill a register tile */
};

/* The time of two threads and that of as many as are wanted, as if all were busy, for tasks between two barriers. */
static double shared_cost(double tasks, double cost)
{
    const double turns = (double)(((int64_t)tasks + WANTED_THREADS - 1) / WANTED_THREADS);
    return (double)(((int64_t)tasks + 1) / 2 * 2) * cost + turns * WANTED_THREADS * cost;
}

/* A copy of the kernel, cut by the grid. Returns false where it has no such parts. */
static bool cut_copy(const Plan *plan, const Kernel *kernel, Grid grid, Kernel *copy)
{
    const FamilyInfo *info = family_info(kernel->family);
    const int64_t chunk = plan->batch / grid.samples;
    *copy = *kernel;
    copy->scope = SCOPE_BATCH;
    copy->chunk = (int)chunk;
    if (chunk > 1 && !info->images)
        return false;
    if (info->images) {
        copy->dim[info->images] = chunk;
        copy->counts_samples = chunk > 1;
    }
    kernel_cut(copy, grid.samples, grid.rows, grid.outs);
    for (const Role *role = copy->roles; *role; role++) {
        Operand *operand = &copy->operand[*role];
        if (operand->buffer && operand->buffer->value && operand->buffer->value->batched)
            operand->step[0] = chunk * operand->buffer->stride;
    }
    return info->cut(copy, grid);
}

static double cut_cost(const Plan *plan, const Kernel *copy, bool goes_along)
{
    const double wait = goes_along ? 0 : (2 + WANTED_THREADS) * (double)BARRIER_COST;
    return shared_cost(copy->parts, kernel_cost(copy, copy->chunk ? copy->chunk : plan->batch) + TASK_COST) + wait;
}

/* The cheapest way to cut a kernel, if any is cheaper than not to. `before`: the kernel in front of it; where that is
 * cut alike, parts may go on without a wait. */
static bool best_cut(const Plan *plan, const Kernel *kernel, const Kernel *before, Kernel *best)
{
    double least = shared_cost((double)plan_shards(plan), kernel_cost(kernel, plan->shard));
    bool found = false;
    for (int64_t samples = 1; samples <= plan->batch; samples++) {
        for (int64_t rows = 1; rows <= MOST_PARTS && plan->batch % samples == 0; rows++) {
            for (int64_t outs = 1; samples * rows * outs <= MOST_PARTS; outs++) {
                Kernel copy;
                if (!cut_copy(plan, kernel, (Grid){samples, rows, outs}, &copy))
                    continue;
                const double cost = cut_cost(plan, &copy, before && goes_along(before, &copy));
                if (cost < least) {
                    least = cost;
                    *best = copy;
                    found = true;
                }
            }
        }
    }
    return found;
}

/* A copy of a linear layer over the batch whose parts are each about a chunk of the samples. */
static Kernel chunked(const Plan *plan, const Kernel *linear, int64_t chunks)
{
    Kernel copy = *linear;
    copy.chunk = (int)(plan->batch / chunks);
    kernel_cut(&copy, chunks, linear->parts, 1);
    for (const Role *role = copy.roles; *role; role++) {
        Operand *operand = &copy.operand[*role];
        const bool batched = operand->buffer && operand->buffer->value && operand->buffer->value->batched;
        operand->step[1] = operand->step[0];
        operand->step[0] = batched ? copy.chunk * operand->buffer->stride : 0;
    }
    return copy;
}

/* A linear layer over the batch has a part for a panel of outputs. Where these are few, samples are shared out too. */
static void cut_samples(const Plan *plan, Kernel *linear)
{
    const Kernel whole = *linear;
    double least = cut_cost(plan, &whole, false);
    for (int64_t chunks = 2; chunks * whole.parts <= MOST_PARTS && plan->batch / chunks >= LEAST_CHUNK; chunks++) {
        const Kernel copy = chunked(plan, &whole, chunks);
        const double cost = cut_cost(plan, &copy, false);
        if (plan->batch % chunks || cost >= least)
            continue;
        least = cost;
        *linear = copy;
    }
}

/* Where several processes share the batch, a linear layer, or the gradient of its input, goes over the samples of each
 * in steps. So every process does all parts, but of its own samples, and reads a part's weights once. */
static void loop_samples(const Plan *plan, Kernel *linear)
{
    const int64_t step = divisor_below(plan->batch, 1, LEAST_CHUNK);
    const bool makes_samples = linear->op->kind == OP_LINEAR || linear->op->kind == OP_LINEAR_GRAD_INPUT;
    if (makes_samples && linear->scope == SCOPE_BATCH && linear->counts_samples && !linear->chunk &&
        2 * step >= LEAST_CHUNK)
        linear->loop = (int)step;
}

void cpu_cut(Plan *plan)
{
    if (plan->capacity != plan->batch) /* evaluation takes larger batches as a whole */
        return;
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i], best;
        if (kernel->op->kind == OP_LINEAR && kernel->scope == SCOPE_BATCH)
            cut_samples(plan, kernel);
        if (plan->shared)
            loop_samples(plan, kernel);
        const bool data = kernel->stage == STAGE_FORWARD || kernel->stage == STAGE_BACKWARD;
        if (!data || kernel->scope == SCOPE_BATCH || !family_info(kernel->family)->cut || op_is_linear(kernel->op))
            continue;
        if (!best_cut(plan, kernel, i > 0 ? plan->kernels.at[i - 1] : NULL, &best))
            continue;
        *kernel = best;
        if (family_info(kernel->family)->scratch)
            scratch_resize(kernel->operand[ROLE_SCRATCH].buffer, family_info(kernel->family)->scratch(kernel));
    }
}

/* Which memory the plan gives each value, for a picture of it. */
#include "targets/cpu/cpu.h"

/* The steps of the plan, and for each of its kernels which step it is: packing weights is none. */
static int *add_steps(Lifetimes *out, const Plan *plan)
{
    int *step_of = arena_alloc(plan->arena, (size_t)plan->kernels.count * sizeof *step_of);
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        step_of[i] = kernel->stage == STAGE_PACK ? -1 : out->steps.count;
        if (kernel->stage != STAGE_PACK)
            vec_push(plan->arena, out->steps, ((LifeStep){kernel->name, kernel->stage}));
    }
    return step_of;
}

static const char *what_text(Arena *arena, const Buffer *b)
{
    return arena_printf(arena, "%lld rows, %lld columns, %lld channels%s%s", (long long)b->rows, (long long)b->cols,
                        (long long)b->channels, b->per_sample ? ", for each sample" : "",
                        b->kept_zero ? ", with a border of zeros, which shares its place with nobody" : "");
}

static void add_memory(Lifetimes *out, const Plan *plan, Space space, const char *name, const int *step_of)
{
    SharedMemory memory = {.name = name};
    for (int i = 0; i < plan->buffers.count; i++) {
        const Buffer *b = plan->buffers.at[i];
        if (b->space != space || b->last < 0)
            continue;
        int last = b->last;
        while (last > b->first && step_of[last] < 0)
            last--;
        if (step_of[b->first] < 0 || step_of[last] < 0)
            continue;
        const bool gradient = b->value ? b->value->producer->backward
                                       : out->steps.at[step_of[b->first]].stage == STAGE_BACKWARD;
        vec_push(plan->arena, memory.lives,
                 ((Lifetime){b->name, what_text(plan->arena, b), step_of[b->first], step_of[last], b->offset,
                             buffer_bytes(plan, b), gradient}));
    }
    vec_push(plan->arena, out->memories, memory);
}

void cpu_lifetimes(Lifetimes *out, const Lowering *lowering)
{
    const CpuPlans *plans = lowering->plans;
    const Plan *plan = plans->training ? plans->training : plans->evaluation;
    const int *step_of = add_steps(out, plan);
    out->title = plans->training
                     ? arena_printf(plan->arena, "Memory over a training step: batches of %d, microbatches of %d",
                                    plan->batch, plan->microbatch)
                     : arena_printf(plan->arena, "Memory over a forward pass: microbatches of %d", plan->microbatch);
    add_memory(out, plan, SPACE_WORKSPACE,
               arena_printf(plan->arena, "workspace of a thread, for a microbatch of %d", plan->microbatch), step_of);
    add_memory(out, plan, SPACE_BATCH, "values of the whole batch", step_of);
}

/* The CPU target: from kernels over values to C with vectors, threads and placed buffers. */
#include "targets/cpu/cpu.h"

#include <inttypes.h>

#include "targets/cpu/emit/program.h"
#include "targets/cpu/parameter_layout.h"
#include "targets/cpu/rounding.h"

/* Each pass only adds to what those before it made, and is verified. */
static Plan *plan_kernels(const KernelGraph *kernels, ParameterLayout *layout, const BatchSizes *sizes, Step last)
{
    Plan *plan = cpu_plan(kernels, layout);
    plan->one_sample = sizes->one_sample;
    cpu_choose(plan, sizes);
    cpu_expand(plan);
    plan_verify(plan, STEP_CHOOSE);
    if (last == STEP_CHOOSE)
        return plan;
    cpu_layout(plan);
    if (plan->one_sample)
        cpu_panels(plan);
    plan_verify(plan, STEP_LAYOUT);
    if (last == STEP_LAYOUT)
        return plan;
    plan->shared = sizes->shared;
    if (sizes->threads)
        cpu_cut(plan);
    cpu_phases(plan);
    cpu_schedule(plan);
    plan_verify(plan, STEP_SCHEDULE);
    if (last == STEP_SCHEDULE)
        return plan;
    cpu_place(plan);
    cpu_share(plan);
    plan_verify(plan, STEP_PLAN);
    return plan;
}

/* The samples of a batch where no train block tells: only memory over the batch depends on it. */
enum { FORWARD_BATCH = 64 };

/* A library's function takes one sample, in the caller's thread. */
static BatchSizes batch_sizes(const Lowering *lowering)
{
    const Train *train = lowering->program->train;
    if (lowering->form == EMIT_LIBRARY)
        return (BatchSizes){.training = 1, .precision = lowering->precision, .one_sample = true};
    if (!train)
        return (BatchSizes){.training = FORWARD_BATCH, .precision = lowering->precision, .threads = true};
    return (BatchSizes){train->data.batch_size, train->test.data ? train->test.batch_size : 0, lowering->precision,
                        train->shards, true, lowering->shared, false};
}

/* Whether a library can have the kernels. False after reporting. */
static bool check_library(const Lowering *lowering)
{
    const Graph *graph = lowering->evaluation->graph;
    for (int i = 0; i < graph->ops.count; i++)
        if (graph->ops.at[i]->kind == OP_BATCH_STATISTICS)
            diag_error(lowering->diag, graph->ops.at[i]->span, "a library with vectors has no norm that goes by the "
                       "batch in evaluation: let it keep running statistics, or say --plain");
    return diag_error_count(lowering->diag) == 0;
}

static void lower(Lowering *lowering)
{
    Arena *arena = lowering->arena;
    const BatchSizes sizes = batch_sizes(lowering);
    if (lowering->form == EMIT_LIBRARY && !check_library(lowering))
        return;
    CpuPlans *plans = lowering->plans = arena_make(arena, CpuPlans);
    plans->layout = parameter_layout_new(arena);
    if (lowering->training) {
        plans->training = plan_kernels(lowering->training, plans->layout, &sizes, lowering->last);
        check_precision(plans->training, lowering->program->train, lowering->diag);
    }
    if (lowering->evaluation)
        plans->evaluation = plan_kernels(lowering->evaluation, plans->layout, &sizes, lowering->last);
    parameter_layout_place_packed(plans->layout);
    if (lowering->form == EMIT_LIBRARY)
        emit_library(lowering);
    else if (lowering->last == STEP_C)
        lowering->text = emit_program(lowering, lowering->form, &lowering->model);
}

static const char *emit(const Lowering *lowering, EmitForm form)
{
    return emit_program(lowering, form, NULL);
}

static void print(Text *out, const Lowering *lowering, Step step, bool evaluation)
{
    const CpuPlans *plans = lowering->plans;
    (step == STEP_SCHEDULE ? schedule_print : plan_print)(out, evaluation ? plans->evaluation : plans->training);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void print_bytes(Text *out, Arena *arena, const char *what, int64_t bytes)
{
    text_printf(out, "    %-44s%16s bytes\n", what, text_grouped(arena, bytes));
}

/* What sharing places saves of the memory of values. */
static void print_sharing(Text *out, Arena *arena, const Lowering *lowering)
{
    Lifetimes lifetimes = {0};
    int64_t unshared = 0;
    cpu_lifetimes(&lifetimes, lowering);
    for (int i = 0; i < lifetimes.memories.count; i++)
        unshared += memory_unshared(&lifetimes.memories.at[i]);
    text_printf(out, "    the values of a step would take %s if none shared its place with another\n",
                text_grouped(arena, unshared));
}

/* Multiplications and additions for a sample, counted each, by the layers' definitions, as a profile counts them:
 * of the forward kernels, or of the others. */
static double count_arithmetic(const Plan *plan, bool forward)
{
    double sum = 0;
    for (int i = 0; i < plan->kernels.count; i++)
        if ((plan->kernels.at[i]->stage == STAGE_FORWARD) == forward)
            sum += plan->kernels.at[i]->flops;
    return sum;
}

static double arithmetic(const Lowering *lowering)
{
    const CpuPlans *plans = lowering->plans;
    return count_arithmetic(plans->training, true) + count_arithmetic(plans->training, false);
}

static void print_arithmetic(Text *out, const Plan *plan)
{
    const double forward = count_arithmetic(plan, true) * plan->batch;
    const double backward = count_arithmetic(plan, false) * plan->batch;
    text_printf(out, "\narithmetic of a training step: %.3f GFLOP, of which the forward pass has %.3f\n",
                1e-9 * (forward + backward), 1e-9 * forward);
}

/* What the trainer takes at its start beside the data and its code. */
static void print_memory(Text *out, const Lowering *lowering)
{
    const CpuPlans *plans = lowering->plans;
    const ParameterLayout *layout = plans->layout;
    Arena *arena = lowering->arena;
    int64_t floats = (int64_t)sizeof(float);
    int64_t shards = (layout->batch + layout->shard - 1) / layout->shard;
    print_arithmetic(out, plans->training);
    text_printf(out, "\nmemory of the plan: batches of %d, shards of %d, microbatches of %d\n", layout->batch,
                layout->shard, layout->microbatch);
    print_bytes(out, arena, "workspace of a thread", layout->workspace);
    print_bytes(out, arena, "parameters", layout->block * floats);
    print_bytes(out, arena, "packed weights", layout->packed_floats * floats);
    /* What phases over the whole batch learn needs no gradients that stay. */
    print_bytes(out, arena, arena_printf(arena, "gradients of %" PRId64 " shard%s", shards, shards == 1 ? "" : "s"),
                shards * layout->sharded * floats);
    if (layout->batch_bytes > 0)
        print_bytes(out, arena, "values of the whole batch", layout->batch_bytes);
    print_sharing(out, arena, lowering);
}

const Target target_cpu = {
    .name = "cpu",
    .summary = "C with vectors, which calls netc's runtime; what netc run and netc build take",
    .fuses = cpu_fuses,
    .recomputes = true,
    .runs = true,
    .lower = lower,
    .emit = emit,
    .print = print,
    .print_memory = print_memory,
    .lifetimes = cpu_lifetimes,
    .made = cpu_made,
    .arithmetic = arithmetic,
};

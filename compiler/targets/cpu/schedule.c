/* Schedule: how each kernel runs.
 *
 * Needs: a plan whose kernels have their dimensions.
 * Guarantees: every tiled kernel has a tile for each vector width, chosen by shapes alone; dimensions that count
 * samples are set. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/estimate.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/tiles.h"

int64_t samples_together(const Plan *plan, const Kernel *kernel)
{
    if (kernel->loop)
        return kernel->loop;
    return kernel->chunk ? kernel->chunk : kernel->scope == SCOPE_BATCH ? plan->batch : plan->microbatch;
}

void cpu_schedule(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        const FamilyInfo *info = family_info(kernel->family);
        if (info->count_samples)
            info->count_samples(plan, kernel);
        for (int width = 0; info->tiles && width < WIDTH_COUNT; width++) {
            TileSpace space = info->tiles->space(kernel->dim);
            kernel->tile[width] = tile_choose(kernel->family, (Width)width, space.rows, space.cols, space.outs);
        }
    }
}

/* "phase 2, 16 parts, 1.03 % of the step each": how the kernels below it are cut, and what a task is estimated to
 * take of all that there is to do. */
static void print_phase(Text *out, const Plan *plan, int index, double step_cost)
{
    const Phase *phase = &plan->phases.at[index];
    const long long tasks = phase->parts ? phase->parts : (long long)plan_shards(plan);
    if (phase->barriers > 0 && phase->barriers > phase[-1].barriers)
        text_add(out, "barrier\n");
    text_printf(out, "phase %d, %lld %s%s, %.2f %% of the step each:\n", index + 1, tasks,
                phase->parts ? "part" : "shard", tasks == 1 ? "" : "s",
                100 * phase_task_cost(plan, phase, false) / step_cost);
}

static void print_blocking(Text *out, const Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    if (info->blocks)
        text_printf(out, " %lld at once", (long long)kernel->dim[info->blocks]);
    for (int width = 0; info->tiles && width < WIDTH_COUNT; width++) {
        Tile tile = kernel->tile[width];
        text_printf(out, " %dx%dx%d (%.0f %%)", tile.rows, tile.cols, tile.vecs,
                    100 * tile_share(kernel->family, tile));
    }
}

/* How many times as fast the plan is with many threads, by what its tasks are estimated to cost. */
static void print_speedup(Text *out, const Plan *plan, bool forward)
{
    static const int threads[] = {2, 8, 16, 64};
    text_printf(out, "ideal speed-up of %s:", forward ? "the forward pass" : "a step");
    for (int i = 0; i < 4; i++)
        text_printf(out, "%s %.1f on %d", i ? "," : "", plan_speedup(plan, threads[i], forward), threads[i]);
    text_add(out, " threads\n");
}

/* A line a kernel: MFLOP are a sample's by the definition, "of it" is what the kernel is reckoned to take of them; then
 * the register tile for each vector width with the share of the peak that it keeps up, or how many of Winograd's tiles
 * a block has; then the operations that are fused. */
void schedule_print(Text *out, const Plan *plan)
{
    text_printf(out, "batch %d: shards of %d samples, microbatches of %d\n\n", plan->batch, plan->shard,
                plan->microbatch);
    text_printf(out, "%-44s %-22s %-10s %10s %6s  %s\n", "kernel", "family", "runs", "MFLOP", "of it",
                "tile at 16, 8, 4 floats a vector, and what is fused");
    const double step_cost = plan_cost(plan);
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const FamilyInfo *info = family_info(kernel->family);
        static const char *const scopes[] = {"sample", "microbatch", "batch"};
        if (kernel->phase >= 0 && (i == 0 || kernel->phase != plan->kernels.at[i - 1]->phase))
            print_phase(out, plan, kernel->phase, step_cost);
        Text line = text_new(plan->arena);
        text_printf(&line, "%-44s %-22s %-10s", kernel->name, info->call ? "call" : info->name,
                    kernel->stage == STAGE_PACK ? "update" : scopes[kernel->scope]);
        if (kernel->flops > 0)
            text_printf(&line, " %10.3f %4.0f %% ", kernel->flops * 1e-6,
                        100 * (info->reckoned ? info->reckoned(kernel) : 1));
        else if (kernel->op_count > 1)
            text_printf(&line, " %18s", "");
        print_blocking(&line, kernel);
        if (kernel->op_count > 1) {
            text_add(&line, "  ");
            print_kernel_ops(&line, kernel->ops, kernel->op_count);
        }
        text_printf(out, "%s\n", line.bytes);
    }
    text_add(out, "\n");
    if (!plan->graph->evaluates)
        print_speedup(out, plan, false);
    print_speedup(out, plan, true);
}

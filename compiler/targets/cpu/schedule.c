/* Schedule: how each kernel runs.
 *
 * Needs: a plan whose kernels have their dimensions.
 * Guarantees: every tiled kernel has a tile for each vector width, chosen by shapes alone; dimensions that count
 * samples are set. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/tiles.h"
#include "targets/cpu/winograd.h"

static bool tiled(const Kernel *kernel)
{
    return kernel->family != FAMILY_CALL && family_info(kernel->family)->tiled;
}

/* Where the samples of a group or of the batch go through a kernel together: as the columns of a linear layer, as the
 * images of a convolution. */
static void count_samples(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim, samples = kernel->scope == SCOPE_BATCH ? plan->batch : plan->group;
    const Operand *operand = kernel->operand;
    const bool linear = kernel_is_linear(kernel);
    switch (kernel->family) {
    case FAMILY_CONV_POOL:
        d[CONV_POOL_arg_image] = operand[ROLE_ARG].buffer->stride; /* fall through */
    case FAMILY_CONV:
        d[linear ? CONV_cols : CONV_images] = samples;
        d[linear ? CONV_x_col : CONV_x_image] = operand[ROLE_X].buffer->stride;
        d[linear ? CONV_y_col : CONV_y_image] = operand[ROLE_Y].buffer->stride;
        break;
    case FAMILY_CONV_GRAD_WEIGHT:
        d[linear ? CONV_GRAD_WEIGHT_cols : CONV_GRAD_WEIGHT_images] = samples;
        d[linear ? CONV_GRAD_WEIGHT_x_col : CONV_GRAD_WEIGHT_x_image] = operand[ROLE_X].buffer->stride;
        d[linear ? CONV_GRAD_WEIGHT_d_col : CONV_GRAD_WEIGHT_d_image] = operand[ROLE_DY].buffer->stride;
        break;
    case FAMILY_GRAD_BIAS:
        d[GRAD_BIAS_cols] = samples;
        d[GRAD_BIAS_d_col] = operand[ROLE_DY].buffer->stride;
        break;
    default:
        break;
    }
}

static void choose_tiles(Kernel *kernel)
{
    const int64_t *d = kernel->dim;
    int64_t rows, cols, outs;
    switch (kernel->family) {
    case FAMILY_POOL_CONV_GRAD_WEIGHT:
        rows = d[POOL_CONV_GRAD_WEIGHT_taps_y];
        cols = d[POOL_CONV_GRAD_WEIGHT_run];
        outs = d[POOL_CONV_GRAD_WEIGHT_outs];
        break;
    case FAMILY_CONV_GRAD_WEIGHT:
        rows = 1;
        cols = d[CONV_GRAD_WEIGHT_run];
        outs = d[CONV_GRAD_WEIGHT_group_ins] ? d[CONV_GRAD_WEIGHT_group_outs] : d[CONV_GRAD_WEIGHT_outs];
        break;
    case FAMILY_POOL_CONV_GRAD_INPUT:
        rows = 1;
        cols = d[POOL_CONV_GRAD_INPUT_run];
        outs = d[POOL_CONV_GRAD_INPUT_outs];
        break;
    case FAMILY_DEPTHWISE:
        rows = d[DEPTHWISE_rows];
        cols = d[DEPTHWISE_cols];
        outs = d[DEPTHWISE_channels];
        break;
    case FAMILY_DEPTHWISE_GRAD_WEIGHT:
        rows = d[DEPTHWISE_GRAD_WEIGHT_taps_y];
        cols = d[DEPTHWISE_GRAD_WEIGHT_taps_x];
        outs = d[DEPTHWISE_GRAD_WEIGHT_channels];
        break;
    default:
        rows = d[CONV_rows];
        cols = d[CONV_cols];
        outs = d[CONV_group_ins] ? d[CONV_group_outs] : d[CONV_outs]; /* a tile stays in a block of groups */
    }
    for (int width = 0; width < WIDTH_COUNT; width++)
        kernel->tile[width] = tile_choose(kernel->family, (Width)width, rows, cols, outs);
}

void cpu_schedule(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (kernel->family == FAMILY_CONV || kernel->family == FAMILY_CONV_POOL)
            kernel->dim[CONV_images] = 1;
        if (kernel->family == FAMILY_CONV_GRAD_WEIGHT)
            kernel->dim[CONV_GRAD_WEIGHT_images] = 1;
        if (kernel->counts_samples)
            count_samples(plan, kernel);
        if (tiled(kernel))
            choose_tiles(kernel);
    }
}

/* Multiplications a cycle that a tile keeps up, over what the processor could: from its loads and its chains. */
static double tile_share(Family family, Tile tile)
{
    return tile.rows * tile.cols * tile.vecs / 2.0 / tile_cycles(family, tile);
}

/* "round 2, 16 parts": what the kernels below it share; nothing where all are one sweep. */
static void print_sweep(Text *out, const Plan *plan, int index)
{
    const Sweep *sweep = &plan->sweeps.at[index];
    if (plan->sweeps.count == 1)
        return;
    if (sweep->parts)
        text_printf(out, "round %d, %d part%s:\n", sweep->round + 1, sweep->parts, sweep->parts == 1 ? "" : "s");
    else
        text_printf(out, "round %d, slices:\n", sweep->round + 1);
}

/* The multiply-adds that a kernel is reckoned to take the time of, as a share of the definition's. */
static double reckoned(const Kernel *kernel)
{
    if (kernel->family == FAMILY_POOL_CONV_GRAD_WEIGHT || kernel->family == FAMILY_POOL_CONV_GRAD_INPUT)
        return 0.25; /* one of a window's four */
    if (!is_winograd(kernel->family))
        return 1;
    const int64_t images = kernel->dim[WINOGRAD3_images];
    return winograd_cost(kernel->family, kernel->dim) / (kernel->flops / 2 * (double)images);
}

static void print_blocking(Text *out, const Kernel *kernel)
{
    if (is_winograd(kernel->family))
        text_printf(out, " %lld at once", (long long)kernel->dim[WINOGRAD3_block]);
    for (int width = 0; tiled(kernel) && width < WIDTH_COUNT; width++) {
        Tile tile = kernel->tile[width];
        text_printf(out, " %dx%dx%d (%.0f %%)", tile.rows, tile.cols, tile.vecs,
                    100 * tile_share(kernel->family, tile));
    }
}

/* A line a kernel: MFLOP are a sample's by the definition, "of it" is what the kernel is reckoned to take of them; then
 * the register tile for each vector width with the share of the peak that it keeps up, or how many of Winograd's tiles
 * a block has; then the operations that are fused. */
void schedule_print(Text *out, const Plan *plan)
{
    text_printf(out, "batch %d: slices of %d samples, groups of %d\n\n", plan->batch, plan->slice, plan->group);
    text_printf(out, "%-44s %-22s %-6s %10s %6s  %s\n", "kernel", "family", "runs", "MFLOP", "of it",
                "tile at 16, 8, 4 floats a vector, and what is fused");
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const char *family = kernel->family == FAMILY_CALL ? "call" : family_info(kernel->family)->name;
        static const char *const scopes[] = {"sample", "group", "batch"};
        if (kernel->sweep >= 0 && (i == 0 || kernel->sweep != plan->kernels.at[i - 1]->sweep))
            print_sweep(out, plan, kernel->sweep);
        Text line = text_new(plan->arena);
        text_printf(&line, "%-44s %-22s %-6s", kernel->name, family,
                    kernel->stage == STAGE_DERIVE ? "update" : scopes[kernel->scope]);
        if (kernel->flops > 0)
            text_printf(&line, " %10.3f %4.0f %% ", kernel->flops * 1e-6, 100 * reckoned(kernel));
        else if (kernel->op_count > 1)
            text_printf(&line, " %18s", "");
        print_blocking(&line, kernel);
        if (kernel->op_count > 1) {
            text_add(&line, "  ");
            print_kernel_ops(&line, kernel->ops, kernel->op_count);
        }
        text_printf(out, "%s\n", line.bytes);
    }
}

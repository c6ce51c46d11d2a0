/* Estimate: what tasks cost, and how well a plan's tasks keep many threads at work.
 *
 * Needs: a plan with tiles. A task costs its arithmetic, over the share of the peak that its tiles keep up, and the
 * floats that it reads and writes. Threads take tasks in their order; from barrier to barrier a step costs what the
 * last thread needs, and the barrier. */
#include "targets/cpu/estimate.h"

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"
#include "targets/cpu/tiles.h"

enum {
    MOVED = 6,           /* multiply-adds in the time in which a float comes from a far cache, or goes there; */
    NEAR = 2,            /* or a near one; */
    SCATTERED = 3,       /* times as long where it is read in pieces of a pixel that are shorter than */
    PIECE_FLOATS = 256,  /* so much, as what memory fetches ahead is in vain; */
    FETCHED = 17,        /* from memory: of weights that no cache holds, */
    FETCHED_WEIGHTS = 1 << 20, /* so many floats and more */
    LEARNED = 4,         /* floats that an update moves for each one that it learns */
    RANGE_FLOATS = 4096, /* of a task of the update (optimizer.c of the runtime) */
};

int64_t plan_shards(const Plan *plan)
{
    return (plan->batch + plan->shard - 1) / plan->shard;
}

/* The share of the peak that a kernel's tiles keep up, what sticks out counted as done for nothing. */
static double tiled_share(const Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    if (!info->tiles)
        return 1;
    const TileSpace space = info->tiles->space(kernel->dim);
    if (space.rows < 1 || space.cols < 1 || space.outs < 1)
        return 1;
    const Tile t = tile_choose(kernel->family, WIDTH_8, space.rows, space.cols, space.outs);
    const double share = tile_share(kernel->family, t);
    if (info->tiles->window || op_is_linear(kernel->op))
        return share;
    const int64_t rows = round_up(space.rows, t.rows), cols = round_up(space.cols, t.cols);
    return share * (double)(space.rows * space.cols) / (double)(rows * cols);
}

/* The floats of an operand that a call reads or makes. */
static double operand_floats(const Kernel *kernel, const Operand *operand, double samples)
{
    const Buffer *buffer = operand->buffer;
    if (!buffer)
        return 0;
    double floats = (double)(buffer_is_activation(buffer) ? buffer->stride : buffer->count);
    if (buffer->value && buffer->value->batched)
        floats *= samples;
    for (int k = kernel->chunk ? 1 : 0; kernel->parts && k < MAX_CUTS; k++)
        floats /= operand->step[k] ? kernel->cut[k] : 1;
    const bool some_channels = buffer_is_activation(buffer) && buffer->rows * buffer->cols > 1 && kernel->chunk &&
                               kernel->cut[2] > 1 && operand->step[2];
    if (some_channels && operand->step[2] < PIECE_FLOATS)
        floats *= SCATTERED;
    return floats * (double)element_bytes(buffer->element) / 4;
}

/* Weights that have to come from memory again for each part that reads them. */
static bool is_far(const Buffer *buffer)
{
    return !buffer_is_activation(buffer) && buffer->count > FETCHED_WEIGHTS;
}

double kernel_cost(const Kernel *kernel, int64_t samples)
{
    const FamilyInfo *info = family_info(kernel->family);
    const double count = (double)samples, reckoned = info->reckoned ? info->reckoned(kernel) : 1;
    double cost = kernel->flops / 2 * reckoned / tiled_share(kernel) * count / kernel_pieces(kernel);
    for (const Role *role = kernel->roles; *role; role++) {
        const Operand *operand = &kernel->operand[*role];
        if (operand->buffer && (operand->buffer->value || !buffer_is_activation(operand->buffer)))
            cost += (is_far(operand->buffer) ? FETCHED : MOVED) * operand_floats(kernel, operand, count);
    }
    return cost + LEARNED * MOVED * (double)kernel_learned(kernel);
}

double kernel_spared(const Kernel *before, const Kernel *kernel, int64_t samples)
{
    double floats = 0;
    for (const Role *role = kernel->roles; *role; role++) {
        const Operand *operand = &kernel->operand[*role];
        bool again = false;
        for (const Role *other = before->roles; *other; other++)
            again = again || operand->buffer == before->operand[*other].buffer;
        if (again && operand->buffer && buffer_is_activation(operand->buffer) && operand->buffer->value)
            floats += operand_floats(kernel, operand, (double)samples);
    }
    return (MOVED - NEAR) * floats;
}

/* ---- A step ------------------------------------------------------------------------------------------------------ */

enum { MOST_THREADS = 64 };

/* When each thread is free. */
typedef struct Threads {
    int count;
    double free[MOST_THREADS];
    double work; /* of all tasks */
} Threads;

/* The thread that is free first takes a task. */
static void take_tasks(Threads *threads, int64_t tasks, double cost)
{
    cost += TASK_COST;
    for (int64_t i = 0; i < tasks; i++) {
        int first = 0;
        for (int k = 1; k < threads->count; k++)
            first = threads->free[k] < threads->free[first] ? k : first;
        threads->free[first] += cost;
    }
    threads->work += (double)tasks * cost;
}

/* All wait for the last one. */
static void wait_for_all(Threads *threads)
{
    double last = 0;
    for (int k = 0; k < threads->count; k++)
        last = threads->free[k] > last ? threads->free[k] : last;
    for (int k = 0; k < threads->count; k++)
        threads->free[k] = last + BARRIER_COST;
}

double phase_task_cost(const Plan *plan, const Phase *phase, bool forward)
{
    double cost = 0;
    for (int i = phase->first; i <= phase->last; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (forward && kernel->stage != STAGE_FORWARD)
            break;
        const int64_t samples = !phase->parts ? plan->shard : kernel->chunk ? kernel->chunk : plan->batch;
        cost += kernel_cost(kernel, samples);
        const Kernel *before = i > phase->first ? plan->kernels.at[i - 1] : NULL;
        if (before && before->stage == kernel->stage)
            cost -= kernel_spared(before, kernel, samples);
    }
    return cost;
}

/* The floats of the gradients that shards make. */
static int64_t sharded_floats(const Plan *plan)
{
    int64_t floats = 0;
    for (int i = 0; i < plan->layout->parameters.count; i++) {
        const PlacedParameter *placed = plan->layout->parameters.at[i];
        floats += placed->gradients ? placed->gradients->count : 0;
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        floats -= kernel->learns ? kernel->operand[kernel->output].buffer->count : 0;
    }
    return floats;
}

/* The update of what shards learn, in ranges, and then the packed weights, shared out evenly. */
static void update(const Plan *plan, Threads *threads)
{
    const int64_t shards = plan_shards(plan), floats = sharded_floats(plan);
    if (!plan->phases.at[plan->phases.count - 1].learns)
        wait_for_all(threads);
    take_tasks(threads, (floats + RANGE_FLOATS - 1) / RANGE_FLOATS,
               MOVED * (double)(2 * shards + LEARNED) * RANGE_FLOATS);
    wait_for_all(threads);
    double packed = 0;
    for (int i = 0; i < plan->kernels.count; i++) {
        if (plan->kernels.at[i]->stage == STAGE_PACK)
            packed += kernel_cost(plan->kernels.at[i], 1);
    }
    take_tasks(threads, 4 * threads->count, packed / (4 * threads->count));
    wait_for_all(threads);
}

static bool is_forward(const Plan *plan, const Phase *phase)
{
    return plan->kernels.at[phase->first]->stage == STAGE_FORWARD;
}

static Threads run_step(const Plan *plan, int count, bool forward)
{
    Threads threads = {.count = count};
    for (int i = 0; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        if (forward && !is_forward(plan, phase))
            break;
        if (i > 0 && plan->phases.at[i - 1].barriers != phase->barriers)
            wait_for_all(&threads);
        take_tasks(&threads, phase->parts ? phase->parts : plan_shards(plan), phase_task_cost(plan, phase, forward));
    }
    if (plan->graph->evaluates || forward)
        wait_for_all(&threads);
    else
        update(plan, &threads);
    return threads;
}

double plan_cost(const Plan *plan)
{
    return run_step(plan, 1, false).work;
}

double plan_speedup(const Plan *plan, int threads, bool forward)
{
    return run_step(plan, 1, forward).work / run_step(plan, threads, forward).free[0];
}

/* Cut: kernels that a shard would take through as a whole become tasks of their own.
 *
 * Needs: a plan whose kernels have their dimensions (cpu_layout), of a step over whole batches.
 * Guarantees: what was cut is a BATCH kernel with parts, each about a chunk of the samples, some rows and some outputs
 * of a kernel; every output is still one sum in the same order, so that cutting changes no bits, but for the sums of
 * norms in pieces, whose cuts the shapes alone choose. What several processes share goes over the samples of each.
 *
 * Where there are as many shards as threads are wanted, a shard takes its samples through all kernels while they are in
 * cache. Where samples are few, or a kernel's weights are many and would be read for a few samples each time, the tasks
 * come from the kernel's own dimensions. What is cheaper is estimated (estimate.c), for two threads and for many.
 *
 * The parts of one kernel may go on with what those of the kernel in front of it have just made, where both are cut
 * alike. This spares a wait, and what is read is still in a cache, so all kernels are looked at together: a convolution
 * is cut by its outputs, or by rows, for the sake of the moments behind it. Sums over the pixels are cut by rows too:
 * they stand in pieces (Buffer.pieces), which the statistics of the batch add up in their order. */
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

static double wait_cost(void)
{
    return (2 + WANTED_THREADS) * (double)BARRIER_COST;
}

static double cut_cost(const Plan *plan, const Kernel *copy)
{
    return shared_cost(copy->parts, kernel_cost(copy, copy->chunk ? copy->chunk : plan->batch) + TASK_COST) +
           wait_cost();
}

/* A way to run a kernel, and what it and all kernels behind it then take, if each goes the best way. */
typedef struct Way {
    Grid grid; /* no samples: as it is */
    double cost;
    bool along; /* the next kernel goes the same way, which spares something */
} Way;

typedef VEC(Way) Ways;

static bool is_cut(const Way *way)
{
    return way->grid.samples > 0;
}

static Kernel kernel_by(const Plan *plan, const Kernel *kernel, const Way *way)
{
    Kernel copy = *kernel;
    if (is_cut(way))
        cut_copy(plan, kernel, way->grid, &copy);
    return copy;
}

static void add_ways(const Plan *plan, const Kernel *kernel, Ways *ways)
{
    const bool data = kernel->stage == STAGE_FORWARD || kernel->stage == STAGE_BACKWARD;
    Way whole = {.cost = 0};
    if (kernel->scope != SCOPE_BATCH)
        whole.cost = shared_cost((double)plan_shards(plan), kernel_cost(kernel, plan->shard));
    vec_push(plan->arena, *ways, whole);
    if (!data || kernel->scope == SCOPE_BATCH || !family_info(kernel->family)->cut || op_is_linear(kernel->op))
        return;
    for (int64_t samples = 1; samples <= plan->batch; samples++) {
        for (int64_t rows = 1; rows <= MOST_PARTS && plan->batch % samples == 0; rows++) {
            for (int64_t outs = 1; samples * rows * outs <= MOST_PARTS; outs++) {
                const Grid grid = {samples, rows, outs};
                Kernel copy;
                if (cut_copy(plan, kernel, grid, &copy))
                    vec_push(plan->arena, *ways, ((Way){grid, cut_cost(plan, &copy), false}));
            }
        }
    }
}

static bool same_grid(const Way *a, const Way *b)
{
    return a->grid.samples == b->grid.samples && a->grid.rows == b->grid.rows && a->grid.outs == b->grid.outs;
}

/* What is spared where a kernel follows one that goes the same way. */
static double spared(const Plan *plan, const Kernel *kernel, const Way *way, const Kernel *next)
{
    const Kernel one = kernel_by(plan, kernel, way), other = kernel_by(plan, next, way);
    if (one.stage != other.stage)
        return 0;
    if (is_cut(way))
        return goes_along(&one, &other)
                   ? wait_cost() + shared_cost(other.parts, kernel_spared(&one, &other, other.chunk)) : 0;
    if (one.scope == SCOPE_BATCH || other.scope == SCOPE_BATCH)
        return 0;
    return shared_cost((double)plan_shards(plan), kernel_spared(&one, &other, plan->shard));
}

static const Way *best_way(const Ways *ways)
{
    const Way *best = &ways->at[0];
    for (int i = 1; i < ways->count; i++)
        best = ways->at[i].cost < best->cost ? &ways->at[i] : best;
    return best;
}

/* Adds what comes behind: the best way of the next kernel, or the same way, which spares something. */
static void look_ahead(const Plan *plan, const Kernel *kernel, Ways *ways, const Kernel *next, const Ways *behind)
{
    const double best = best_way(behind)->cost;
    for (int i = 0; i < ways->count; i++) {
        Way *way = &ways->at[i];
        double least = best;
        for (int k = 0; k < behind->count; k++) {
            if (!same_grid(way, &behind->at[k]))
                continue;
            const double cost = behind->at[k].cost - spared(plan, kernel, way, next);
            if (cost < least) {
                least = cost;
                way->along = true;
            }
        }
        way->cost += least;
    }
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
    double least = cut_cost(plan, &whole);
    for (int64_t chunks = 2; chunks * whole.parts <= MOST_PARTS && plan->batch / chunks >= LEAST_CHUNK; chunks++) {
        const Kernel copy = chunked(plan, &whole, chunks);
        const double cost = cut_cost(plan, &copy);
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

/* The kernels that stand between barriers: others are moved behind all of them (phases.c). */
static bool stays(const Kernel *kernel)
{
    return kernel->stage != STAGE_PACK && !kernel->learns && !kernel->keeps;
}

/* What a kernel of sums makes has room for the pieces. */
static void stand_in_pieces(const Kernel *kernel)
{
    Buffer *made = kernel->operand[kernel->output].buffer;
    made->pieces = kernel->cut[1];
    made->stride = made->pieces * kernel->operand[kernel->output].step[1];
}

/* Goes through the kernels from the last one to the first, so that it is known what each way brings those behind. */
static void cut_kernels(Plan *plan)
{
    const int count = plan->kernels.count;
    Ways *ways = arena_alloc(plan->arena, (size_t)(count + 1) * sizeof *ways);
    int next = -1, before = -1;
    for (int i = count - 1; i >= 0; i--) {
        if (!stays(plan->kernels.at[i]))
            continue;
        add_ways(plan, plan->kernels.at[i], &ways[i]);
        if (next >= 0)
            look_ahead(plan, plan->kernels.at[i], &ways[i], plan->kernels.at[next], &ways[next]);
        next = i;
    }
    Way last = {0};
    for (int i = 0; i < count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (!stays(kernel))
            continue;
        Way way = *best_way(&ways[i]);
        for (int k = 0; before >= 0 && last.along && k < ways[i].count; k++)
            way = same_grid(&last, &ways[i].at[k]) ? ways[i].at[k] : way;
        before = i;
        last = way;
        *kernel = kernel_by(plan, kernel, &way);
        if (is_cut(&way) && kernel->in_pieces && way.grid.rows > 1)
            stand_in_pieces(kernel);
        if (is_cut(&way) && family_info(kernel->family)->scratch)
            scratch_resize(kernel->operand[ROLE_SCRATCH].buffer, family_info(kernel->family)->scratch(kernel));
    }
}

void cpu_cut(Plan *plan)
{
    if (plan->capacity != plan->batch) /* evaluation takes larger batches as a whole */
        return;
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (kernel->op->kind == OP_LINEAR && kernel->scope == SCOPE_BATCH)
            cut_samples(plan, kernel);
        if (plan->shared)
            loop_samples(plan, kernel);
    }
    cut_kernels(plan);
}

/* optimizer.c: the update of the parameters. torch.optim.SGD (torch/optim/sgd.py, _single_tensor_sgd), to the bit: an
 * `add` with `alpha` is one fused multiply-add in PyTorch's loops, a `mul` rounds by itself. */
#include <math.h>
#include <string.h>

#include "core.h"

#if defined __x86_64__
#define WITH_FMA __attribute__((target("avx2,fma")))
#define HAS_FMA (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#else
#define WITH_FMA
#define HAS_FMA 1
#endif

enum { RANGE = 4096 }; /* floats of a task: enough to pay for it, few enough to share out and to stay in L1 */

/* sum += the gradients of slices `first` to `end`. Leaves zeros for the next step to add to, while the lines are in the
 * cache anyway. */
static inline __attribute__((always_inline)) void add_slices(float *gradients, long long sliced, long long from,
                                                             int count, int first, int end, float *restrict sum)
{
    for (int slice = first; slice < end; slice++) {
        float *restrict more = gradients + slice * sliced + from;
        for (int i = 0; i < count; i++)
            sum[i] += more[i];
        memset(more, 0, (size_t)count * sizeof *more);
    }
}

static inline __attribute__((always_inline)) void sum_slices(const struct nc_update *s, long long from, int count,
                                                             float *restrict sum)
{
    memcpy(sum, s->gradients + from, (size_t)count * sizeof *sum);
    memset(s->gradients + from, 0, (size_t)count * sizeof *sum);
    add_slices(s->gradients, s->sliced, from, count, s->folded[from / RANGE], s->slices, sum);
}

/* The step over the floats from `from`, by their gradient g, which is not kept. */
static inline __attribute__((always_inline)) void sgd(const struct nc_update *s, long long from, int count,
                                                      float *restrict g)
{
    float *restrict w = s->weights + from;
    float lr = s->lr, momentum = s->momentum, undamped = s->undamped, weight_decay = s->weight_decay;
    if (weight_decay != 0)
        for (int i = 0; i < count; i++)
            g[i] = fmaf(weight_decay, w[i], g[i]);
    if (s->buffer != NULL) {
        float *restrict b = s->buffer + from;
        if (s->first)
            memcpy(b, g, (size_t)count * sizeof *b);
        else
            for (int i = 0; i < count; i++)
                b[i] = fmaf(undamped, g[i], b[i] * momentum);
        if (s->nesterov)
            for (int i = 0; i < count; i++)
                g[i] = fmaf(momentum, b[i], g[i]);
        else
            memcpy(g, b, (size_t)count * sizeof *g);
    }
    for (int i = 0; i < count; i++)
        w[i] = fmaf(-lr, g[i], w[i]);
}

static inline __attribute__((always_inline)) void sgd_range(const struct nc_update *s, long long from, int count)
{
    float sum[RANGE];
    sum_slices(s, from, count, sum);
    sgd(s, from, count, sum);
}

/* The same twice: where the processor has it, fmaf is one instruction on whole vectors; else a call with the same
 * result. */
WITH_FMA static void sgd_fma(const struct nc_update *s, long long from, int count, float *g)
{
    sgd(s, from, count, g);
}

static void sgd_plain(const struct nc_update *s, long long from, int count, float *g)
{
    sgd(s, from, count, g);
}

WITH_FMA static void sgd_range_fma(const struct nc_update *s, long long from, int count)
{
    sgd_range(s, from, count);
}

static void sgd_range_plain(const struct nc_update *s, long long from, int count)
{
    sgd_range(s, from, count);
}

static int range(const struct nc_run *run, int index, long long *from)
{
    *from = (long long)index * RANGE;
    long long left = run->model->sliced - *from;
    return left < RANGE ? (int)left : RANGE;
}

int nc_fold_begin(struct nc_run *run)
{
    int ranges = nc_update_tasks(run);
    for (int i = 0; i < ranges; i++)
        run->folded[i] = 1;
    return nc_pool_threads(run->pool) > 1 && run->command == NC_COMMAND_TRAIN ? ranges : 0;
}

void nc_fold_task(struct nc_run *run, int index, int done)
{
    long long from;
    int count = range(run, index, &from);
    if (done < 2)
        return;
    add_slices(run->gradients, run->model->sliced, from, count, 1, done, run->gradients + from);
    run->folded[index] = done;
    nc_lap(NC_LAP_UPDATE);
}

void nc_update_begin(struct nc_run *run, int slices)
{
    const struct nc_sgd_state *sgd = &run->sgd;
    run->update = (struct nc_update){
        .weights = run->weights, .buffer = sgd->buffer, .gradients = run->gradients, .sliced = run->model->sliced,
        .folded = run->folded, .slices = slices, .first = !sgd->begun, .nesterov = sgd->nesterov.value != 0,
        .lr = (float)sgd->lr.value, .momentum = (float)sgd->momentum.value,
        .undamped = (float)(1 - sgd->dampening.value), .weight_decay = (float)sgd->weight_decay.value,
    };
}

int nc_update_tasks(const struct nc_run *run)
{
    return (int)((run->model->sliced + RANGE - 1) / RANGE);
}

void nc_update_task(struct nc_run *run, int index)
{
    const struct nc_update *s = &run->update;
    long long from;
    int count = range(run, index, &from);
    if (HAS_FMA)
        sgd_range_fma(s, from, count);
    else
        sgd_range_plain(s, from, count);
    nc_lap(NC_LAP_UPDATE);
}

void nc_learn(struct nc_group *g, long long at, int floats)
{
    if (g->whole != NULL)
        return;
    if (HAS_FMA)
        sgd_fma(g->update, at, floats, g->learned);
    else
        sgd_plain(g->update, at, floats, g->learned);
    nc_lap(NC_LAP_UPDATE);
}

void nc_update_end(struct nc_run *run)
{
    run->sgd.begun = 1;
}

static void derive_task(void *context, int index, int thread)
{
    (void)thread;
    struct nc_run *run = context;
    run->model->derive(run->weights, run->derived, index, 4 * nc_pool_threads(run->pool));
}

void nc_derive(struct nc_run *run)
{
    nc_pool_run(run->pool, 4 * nc_pool_threads(run->pool), derive_task, run);
}

void nc_sgd(struct nc_run *run, double lr, double momentum, double dampening, double weight_decay, int nesterov)
{
    run->has_optimizer = 1;
    nc_give_real(&run->sgd.lr, lr);
    nc_give_real(&run->sgd.momentum, momentum);
    nc_give_real(&run->sgd.dampening, dampening);
    nc_give_real(&run->sgd.weight_decay, weight_decay);
    nc_give_long(&run->sgd.nesterov, nesterov);
}

/* lookahead.c: the setting `lookahead`. Beside the weights that the optimizer changes there are slow ones, which after
 * every k updates go a share of the way to them; then the optimizer goes on from there. Running statistics are averaged
 * like weights. Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back" (arXiv:1907.08610); with `power` the
 * share that the slow weights keep grows with the run, as in the CIFAR-10 speed runs (arXiv:2404.00498). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"
#include "step/schedule.h"

void nc_lookahead(struct nc_run *run, int k, double alpha, double power)
{
    run->lookahead = (struct nc_lookahead){.k = k, .alpha = alpha, .power = power};
}

void nc_lookahead_prepare(struct nc_run *run)
{
    if (run->lookahead.k > 0)
        run->lookahead.slow = nc_memory(run, run->model->block, sizeof(float), "the slow weights");
}

void nc_lookahead_begin(struct nc_run *run)
{
    if (run->lookahead.slow != NULL)
        memcpy(run->lookahead.slow, run->weights, (size_t)run->model->block * sizeof(float));
}

void nc_lookahead_free(struct nc_run *run)
{
    free(run->lookahead.slow);
}

NC_ALWAYS_INLINE void meet(float *restrict slow, float *restrict fast, long long count, float share)
{
    for (long long i = 0; i < count; i++)
        fast[i] = slow[i] = nc_lerp(slow[i], fast[i], share);
}

NC_WITH_FMA static void meet_fma(float *slow, float *fast, long long count, float share)
{
    meet(slow, fast, count, share);
}

static void meet_plain(float *slow, float *fast, long long count, float share)
{
    meet(slow, fast, count, share);
}

/* A parameter. Those that count batches are no numbers to be averaged. */
static void meet_task(void *context, int index, int thread)
{
    (void)thread;
    struct nc_run *run = context;
    const struct nc_parameter *p = &run->model->parameters[index];
    if (p->kind != NC_COUNT)
        (NC_HAS_FMA ? meet_fma : meet_plain)(run->lookahead.slow + p->offset, run->weights + p->offset, p->floats,
                                             run->lookahead.share);
    nc_lap(NC_LAP_UPDATE);
}

/* The updates of the whole run. */
static long long all_updates(const struct nc_run *run)
{
    return run->epochs.value * nc_updates_per_epoch(run);
}

int nc_lookahead_is_due(const struct nc_run *run)
{
    return run->lookahead.slow != NULL &&
           (run->updates % run->lookahead.k == 0 || run->updates >= all_updates(run));
}

void nc_lookahead_update(struct nc_run *run)
{
    struct nc_lookahead *l = &run->lookahead;
    if (!nc_lookahead_is_due(run))
        return;
    const long long all = all_updates(run);
    const int due = run->updates % l->k == 0, last = run->updates >= all;
    const double done = last ? 1 : (double)run->updates / (double)all;
    l->share = due ? (float)(1 - (1 - l->alpha) * pow(done, l->power)) : 0;
    nc_pool_run(run->pool, run->model->parameter_count, meet_task, run);
}

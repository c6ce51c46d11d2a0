/* step.c: one training step. The batch is cut into shards, each with a gradient block of its own; the blocks are added
 * in shard order: so the sum does not depend on the threads. */
#include "step/step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/offload.h"
#include "step/optimizer.h"
#include "step/ranks.h"
#include "step/sum.h"

/* The samples of this process's shards. */
static void share_of_batch(const struct nc_run *run, int count, int *first, int *end)
{
    const int size = run->model->shard, shards = (count + size - 1) / size;
    *first = nc_ranks_first(run, shards, run->rank) * size;
    *end = nc_ranks_first(run, shards, run->rank + 1) * size;
    *first = *first < count ? *first : count;
    *end = *end < count ? *end : count;
}

void nc_step_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    struct nc_step *step = run->step = nc_memory(run, 1, sizeof *step, "the batch");
    struct nc_pass *pass = &step->pass;
    run->shards = (m->batch + m->shard - 1) / m->shard;
    step->dropout = nc_memory(run, m->dropout_count, sizeof *step->dropout, "dropout");
    for (int i = 0; i < m->dropout_count; i++)
        step->dropout[i] = nc_memory(run, nc_dropout_draws(&m->dropouts[i], m->batch), 1, "dropout");
    *pass = (struct nc_pass){.run = run, .loader = &run->train, .stretch = m->batch, .training = 1,
                              .shared = nc_is_shared(run)};
    nc_pass_prepare(pass, m->batch, (m->batch + m->microbatch - 1) / m->microbatch, "the batch");
    if (nc_looks_at_gradients(run) && m->sharded < m->block)
        run->whole = nc_memory(run, m->block, sizeof *run->whole, "the gradients");
    pass->whole = run->whole;
    run->train.feed = nc_feed_start(&run->train, run, m->batch, (int)run->threads.value);
    if (pass->shared) {
        nc_feed_share(run->train.feed, share_of_batch);
        nc_sum_prepare(run);
    }
    pass->open = nc_memory(run, run->shards, sizeof *pass->open, "the batch");
    pass->begun = nc_memory(run, run->shards, sizeof *pass->begun, "the batch");
}

void nc_step_free(struct nc_run *run)
{
    struct nc_step *step = run->step;
    if (step == NULL)
        return;
    nc_feed_stop(run->train.feed);
    for (int i = 0; i < run->model->dropout_count; i++)
        free(step->dropout[i]);
    free(step->dropout);
    nc_pass_free(&step->pass);
    nc_sum_free(run);
    free(step->pass.open);
    free(step->pass.begun);
    free(step);
}

static void gather(struct nc_run *run, long long batch)
{
    struct nc_step *step = run->step;
    struct nc_pass *pass = &step->pass;
    long long place;
    int count = nc_loader_batch(&run->train, batch, &place);
    pass->dropout = NULL;
    nc_pass_gather(pass, place, count);
    long long judged;
    double divisor = nc_loss_divisor(run->model, pass->labels, count, &judged);
    pass->scale = run->model->loss->reduction == NC_SUM ? 1.0f : judged > 0 ? 1.0f / (float)divisor : 0.0f;
    nc_lap(NC_LAP_LOADING);
    if (pass->dropout != NULL)
        return;
    nc_draw_dropout(run->model, &run->random, count, step->dropout);
    pass->dropout = (const unsigned char *const *)step->dropout;
}

struct nc_score nc_step_forward(struct nc_run *run)
{
    run->step->pass.backward = 0;
    return nc_pass_run(&run->step->pass);
}

static struct nc_score forward_and_backward(struct nc_run *run, long long batch)
{
    gather(run, batch);
    run->step->pass.backward = 1;
    return nc_pass_run(&run->step->pass);
}

struct nc_score nc_step_gradients(struct nc_run *run, long long batch)
{
    memset(run->gradients, 0, (size_t)(run->shards * run->model->sharded) * sizeof(float)); /* of a call before */
    if (run->gpu != NULL) {
        gather(run, batch);
        return run->offload->gradients(&run->step->pass);
    }
    struct nc_score score = forward_and_backward(run, batch);
    if (run->step->pass.whole != NULL)
        nc_pass_learn(&run->step->pass);
    return score;
}

void nc_step(struct nc_run *run, long long batch)
{
    struct nc_step *step = run->step;
    if (run->gpu != NULL) {
        gather(run, batch);
        run->offload->step(&step->pass);
        return;
    }
    step->score = forward_and_backward(run, batch);
    step->scored = 1;
    if (isfinite(step->score.loss) && nc_pass_learn(&step->pass)) {
        nc_lookahead_update(run);
        nc_pack(run);
    }
}

int nc_step_room(const struct nc_run *run)
{
    return run->gpu != NULL ? run->offload->room(run) : !run->step->scored;
}

int nc_step_score(struct nc_run *run, struct nc_score *score)
{
    struct nc_step *step = run->step;
    if (run->gpu != NULL)
        return run->offload->score(&step->pass, score);
    const int scored = step->scored;
    *score = step->score;
    step->scored = 0;
    return scored;
}

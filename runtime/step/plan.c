/* plan.c: the memory that passes take on the CPU: what the model's plan says, and its parameters in other layouts. A
 * run on another device takes it only where the CPU goes through the model too. */
#include <stdlib.h>

#include "step/optimizer.h"
#include "step/step.h"

static long long packed_floats(const struct nc_run *run)
{
    return nc_needs_gradients(run) ? run->model->packed : run->model->packed_forward;
}

/* Floats of a thread's part of a gradient. */
static long long learned_floats(const struct nc_run *run)
{
    return nc_needs_gradients(run) ? run->model->learned : 0;
}

/* Floats of all shards' gradients: run->shards is 0 where there are no steps. */
static long long sharded_floats(const struct nc_run *run)
{
    return run->shards * run->model->sharded;
}

void nc_plan_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    const int threads = (int)run->threads.value;
    if (run->workspace != NULL)
        return;
    run->packed = nc_memory(run, packed_floats(run), sizeof(float), "the parameters");
    run->workspace = nc_memory(run, threads, sizeof *run->workspace, "the workspaces");
    for (int i = 0; i < threads; i++)
        run->workspace[i] = nc_memory(run, 1, m->workspace, "a thread's workspace");
    run->batch = nc_memory(run, 1, m->batch_bytes, "the batch");
    if (learned_floats(run) > 0) {
        run->learned = nc_memory(run, threads, sizeof *run->learned, "the gradients");
        for (int i = 0; i < threads; i++)
            run->learned[i] = nc_memory(run, learned_floats(run), sizeof(float), "the gradients");
    }
    if (run->shards > 0) {
        run->gradients = nc_memory(run, sharded_floats(run), sizeof(float), "the gradients");
        run->folded = nc_memory(run, nc_update_tasks(run), sizeof *run->folded, "the gradients");
    }
}

long long nc_plan_bytes(const struct nc_run *run)
{
    const long long threads = run->threads.value;
    if (run->workspace == NULL)
        return 0;
    return (packed_floats(run) + threads * learned_floats(run) + sharded_floats(run)) * (long long)sizeof(float) +
           threads * run->model->workspace + run->model->batch_bytes;
}

void nc_plan_free(struct nc_run *run)
{
    for (int i = 0; run->workspace != NULL && i < (int)run->threads.value; i++)
        free(run->workspace[i]);
    for (int i = 0; run->learned != NULL && i < (int)run->threads.value; i++)
        free(run->learned[i]);
    free(run->packed);
    free(run->workspace);
    free(run->batch);
    free(run->learned);
    free(run->gradients);
    free(run->folded);
}

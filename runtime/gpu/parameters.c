/* parameters.c: a run's parameters, the optimizer's state and gradients on their way to the device and back. There each
 * parameter's elements lie in torch's order. */
#include <stdlib.h>

#include "gpu/gpu.h"
#include "step/optimizer.h"

/* A block of the run to one of the device: all parameters, or those that learn. */
static void push(struct nc_gpu_session *s, const struct nc_run *run, const float *block, int to, int learned)
{
    const struct nc_model *m = run->model;
    memset(s->dense, 0, (size_t)s->device->block * sizeof *s->dense);
    for (int i = 0; i < m->parameter_count; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        float *at = s->dense + s->device->places[i];
        if (learned && p->kind != NC_LEARNED)
            continue;
        if (p->kind == NC_COUNT)
            *(long long *)at = nc_count_get(p, block);
        else
            nc_parameter_gather(p, block, at);
    }
    nc_gpu_put(s, to, s->dense, s->device->block * (long long)sizeof *s->dense);
    nc_gpu_wait(s);
}

static void pull(struct nc_gpu_session *s, const struct nc_run *run, float *block, int from, int learned)
{
    const struct nc_model *m = run->model;
    nc_gpu_get(s, from, s->dense, s->device->block * (long long)sizeof *s->dense);
    for (int i = 0; i < m->parameter_count; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        const float *at = s->dense + s->device->places[i];
        if (learned && p->kind != NC_LEARNED)
            continue;
        if (p->kind == NC_COUNT)
            nc_count_set(p, block, *(const long long *)at);
        else
            nc_parameter_scatter(p, at, block);
    }
}

/* The part that learns float `at` of the run's block; -1: none. */
static int part_at(const struct nc_run *run, long long at)
{
    for (int i = 0; i < run->segment_count; i++)
        if (at < run->segments[i].end)
            return run->segments[i].part;
    return -1;
}

static void push_parts(struct nc_gpu_session *s, const struct nc_run *run)
{
    const long long count = s->device->block / NC_PART_FLOATS;
    int *parts = nc_memory(run, count, sizeof *parts, "the device");
    memset(parts, -1, (size_t)count * sizeof *parts);
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *p = &run->model->parameters[i];
        const long long first = s->device->places[i] / NC_PART_FLOATS, floats = nc_parameter_elements(p);
        for (long long k = 0; p->kind == NC_LEARNED && k * NC_PART_FLOATS < floats; k++)
            parts[first + k] = part_at(run, p->offset);
    }
    nc_gpu_put(s, NC_ON_PARTS, parts, count * (long long)sizeof *parts);
    nc_gpu_wait(s);
    free(parts);
}

void nc_gpu_push(struct nc_run *run)
{
    struct nc_gpu_session *s = run->gpu;
    push(s, run, run->weights, NC_ON_WEIGHTS, 0);
    if (run->command != NC_COMMAND_TRAIN)
        return;
    push_parts(s, run);
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        if (run->state[i] != NULL)
            push(s, run, run->state[i], NC_ON_STATE + i, 1);
    if (run->accumulate.value > 1)
        push(s, run, run->whole, NC_ON_WHOLE, 1);
    s->newer = 0;
}

void nc_gpu_pull(struct nc_run *run)
{
    struct nc_gpu_session *s = run->gpu;
    if (!s->newer)
        return;
    pull(s, run, run->weights, NC_ON_WEIGHTS, 0);
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        if (run->state[i] != NULL)
            pull(s, run, run->state[i], NC_ON_STATE + i, 1);
    if (run->accumulate.value > 1)
        pull(s, run, run->whole, NC_ON_WHOLE, 1);
    if (run->seen != NULL && run->seen_step == run->steps)
        pull(s, run, run->seen, NC_ON_WHOLE, 1);
    s->newer = 0;
}

/* To the first shard's block, which the others' are added to, and behind it to where those are that have no shards. */
static void gradients_to(struct nc_run *run, float *block)
{
    const struct nc_model *m = run->model;
    memcpy(run->gradients, block, (size_t)m->sharded * sizeof *block);
    if (run->step->pass.whole != NULL)
        memcpy(run->step->pass.whole, block, (size_t)m->block * sizeof *block);
}

struct nc_score nc_gpu_gradients(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    float *block = nc_memory(run, run->model->block, sizeof *block, "the gradients");
    struct nc_score score = nc_gpu_run(pass);
    pull(run->gpu, run, block, NC_ON_GRADIENTS, 1);
    gradients_to(run, block);
    free(block);
    return score;
}
